"""Details as the cardholder writes them, looked for in text as OCR reads it.

Texts are compared as they look (`prepdoc.comparing`). Of a long text one character in `ONE_IN` may
be misread, in an address for one that it looks like; no digit of an address or a phone number may,
and no letter of a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from rapidfuzz import fuzz
from rapidfuzz.distance import Editop, Levenshtein

from prepdoc.checking.folding import mended
from prepdoc.checking.naming import name_line, name_pattern
from prepdoc.checking.phones import phone_patterns
from prepdoc.checking.seeing import Box, Piece, SeenPage, paragraphs
from prepdoc.checking.slips import is_slip, joined
from prepdoc.checking.streets import SHORT, with_short_words, without_country
from prepdoc.comparing import as_it_looks, pattern_of

Fold: TypeAlias = Callable[[str], str]
"""How a text is brought to the form in which it is compared."""
IsSlip: TypeAlias = Callable[[Editop, str, str], bool]
"""Whether an edit between what is wanted and what was read may be OCR's."""

ONE_IN: Final = 8
"""Of so many characters one may be misread: PP-OCR misreads fewer on clean print (see
`verifying.legibility`), and names and addresses that differ are farther apart."""
_MIN_TOLERANT: Final = 10
"""A shorter text must be read as it is: another one may differ by one character."""

_START: Final = 2
"""Characters by which the beginning of an address is found."""

_KANJI_DIGITS: Final = str.maketrans("〇一二三四五六七八九", "0123456789")
# What stands between the numbers of an address, written out or as a hyphen (住居表示に関する法律).
_BLOCK_WORDS = re.compile(r"(?<=\d)(?:丁目|番地の|番地|番|号室|号|の(?=\d))")
_SECTION = re.compile(r"(?<=[市区町村郡])大?字")
"""Of a village that is now a part of a town; people leave it out."""
_KANJI_BLOCK = re.compile(
    r"([〇一二三四五六七八九]?十?[〇一二三四五六七八九]?)(?=丁目|番地|番|号|条)"
)
_WIDE = re.compile("[ぁ-ヿ㐀-鿿]")
_BESIDE_WIDE = re.compile(r"\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+")
_POSTAL = re.compile(r"〒?\s*(\d{3})\s*[-‐‑–—−ー]?\s*(\d{4})(?!\d)")
_PREFECTURE = re.compile(
    r"\s*(?:東京都|北海道|(?:京都|大阪)府|(?:神奈川|和歌山|鹿児島|[一-龠]{2})県)(?=.*?[市区町村])"
)
"""At the beginning of an address (JIS X 0401); many leave it out."""
# A number, an amount, a date or a time goes on there.
_NO_NUMBER_BEFORE: Final = r"(?<![0-9¥$])(?<![0-9][-.,/:‐−–])"
_CALLED_LAST: Final = re.compile(
    r"(?:下\s*4\s*[桁ケけ]|末尾|last\s*(?:four|4)|ending|(?:[*x•●■#·○_?]\s?){2,}|…)"
    r"[^0-9\n]{0,12}([0-9]{4})(?![0-9])",
    re.IGNORECASE,
)
# A number and what belongs to it, as in 5B, 12番; where it stands in a name, numerals of kanji too.
_PART: Final = re.compile(r"(\d+)((?:[a-z]{1,2}(?![a-z]))?)")
_ONLY_FOUR: Final = re.compile(r"\W*([0-9]{4})\W*")
_CARD_LABEL: Final = pattern_of(
    ("カード番号", "カードNo", "会員番号", "card number", "card no", "account number", "account no")
)
_LABEL_HEIGHTS: Final = 1.5
_BEHIND_BAR: Final = re.compile(r"[^0-9A-Za-z]{0,3}([0-9]{4})(?![0-9円年,/])")
_IN_ANOTHER: Final = re.compile(r"[一-龠々](?<!住所|在地|届先)$")
"""Before an address without its region: of 新宿区神南 only 区神南 is in 渋谷区神南."""
_MAIL: Final = re.compile(r"\S+\s?@\s?\S+")
"""hanako.takasaki@example.jp is nobody's name in print."""
_NO_NUMBER_BEHIND: Final = r"(?![0-9円年])(?![-.,/:‐−–][0-9])"


@dataclass(frozen=True, slots=True)
class Match:
    """Where a detail stands: the page, the pieces it was read in, and characters misread."""

    page: SeenPage
    pieces: tuple[Piece, ...] = field(repr=False)
    misread: int = 0

    @property
    def box(self) -> Box:
        """Around all of it."""
        boxes = [piece.box for piece in self.pieces]
        return (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )

    @property
    def contrast(self) -> float:
        """Of the palest piece."""
        return min(piece.contrast for piece in self.pieces)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def find_name(pages: Sequence[SeenPage], name: str) -> Match | None:
    """The name, its words in any order; the best match."""
    pattern = name_pattern(name)
    return _best(match for page in pages for match in _named(page, pattern))


def _named(page: SeenPage, pattern: re.Pattern[str]) -> Iterator[Match]:
    for pieces in paragraphs(page):
        words = [_MAIL.sub(" ", piece.text) for piece in pieces]
        texts = (" ".join(words[:count]) for count in range(1, len(words) + 1))
        counts = (n for n, text in enumerate(texts, 1) if pattern.search(name_line(text)))
        if count := next(counts, 0):
            yield Match(page, tuple(pieces[:count]))


def find_text(pages: Sequence[SeenPage], text: str) -> Match | None:
    """Words that are known beforehand, of which a few characters may be misread."""
    return _best(_matches(pages, _Wanted(as_it_looks(text), as_it_looks, _is_any)))


def find_address(pages: Sequence[SeenPage], address: str) -> Match | None:
    """The address, on one line or several; its postal code may stand apart from it, and what an
    issuer of the same country leaves out may be left out.
    """
    plain = unicodedata.normalize("NFKC", address)
    without = _POSTAL.sub("", plain, count=1) if "〒" in plain or _POSTAL.match(plain) else plain
    if not _WIDE.search(address):
        ways = dict.fromkeys((without, without_country(without)))
        return _best(match for way in ways for match in _addressed(pages, address, way))
    short = _PREFECTURE.sub("", without, count=1)
    found = _begun_so(pages, address, short) if short != without else ()
    return _best((*_addressed(pages, address, without), *found))


def _begun_so(pages: Sequence[SeenPage], address: str, short: str) -> Iterator[Match]:
    """Where an address without its prefecture begins, and no other one's goes on."""
    found = tuple(_addressed(pages, address, short))
    others = {p for match in found if _is_of_a_region(short, match) for p in match.pieces}
    return (match for match in found if others.isdisjoint(match.pieces))


def _addressed(pages: Sequence[SeenPage], address: str, without: str) -> Iterator[Match]:
    fold = _as_address if _WIDE.search(address) else _as_latin_address
    found = _matches(pages, _Wanted(fold(without), fold, is_slip))
    return (match for match in found if _same_numbers(address, without, match))


def _is_of_a_region(short: str, match: Match) -> bool:
    """Whether a prefecture or a city stands right before: 名古屋市港区 is not 東京都港区."""
    text = _as_address(" ".join(piece.text for piece in match.pieces))
    return bool(re.search(f"[都道府県市郡]{re.escape(_as_address(short)[:_START])}", text))


def _same_numbers(address: str, without: str, match: Match) -> bool:
    """Whether the numbers of the address stand there one after the other, and none beside them."""
    text = " ".join(piece.text for piece in match.pieces)
    codes, seen = ([a + b for a, b in _POSTAL.findall(t)] for t in map(_nfkc, (address, text)))
    if "〒" in text and codes and seen and codes[0] not in seen:
        return False
    wanted, read = _parts(without), _parts(text)
    starts = range(len(read) - len(wanted) + 1)
    return any(all(map(_is_same, wanted, read[start:])) for start in starts)


def block_numbers(address: str) -> list[str]:
    """The numbers of an address or a row in their order, without its postal code."""
    return [number for number, _letters in _parts(_POSTAL.sub(" ", _nfkc(address)))]


def postal_codes(text: str) -> frozenset[str]:
    """Of Japan, without their hyphens."""
    return frozenset(a + b for a, b in _POSTAL.findall(_nfkc(text)))


def _parts(address: str) -> list[tuple[str, str]]:
    return _PART.findall(mended(" ".join(_address_words(address))))


def _is_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """5B is 5 where OCR saw a blank, or none."""
    return one[0] == other[0] and (one[1] == other[1] or not (one[1] and other[1]))


def find_phone(pages: Sequence[SeenPage], phone: str) -> Match | None:
    """The phone number with any separators, at home or abroad; one of them where several are
    given. A nought may be read as the letter.
    """
    patterns = phone_patterns(phone)
    return _written(pages, patterns) or _written(pages, patterns, mended)


def find_last_four(pages: Sequence[SeenPage], last_four: str) -> Match | None:
    """The four digits, part of no other number; hidden digits may stand right before them."""
    return _written(pages, [re.compile(_NO_NUMBER_BEFORE + last_four + _NO_NUMBER_BEHIND)])


def last_fours(page: SeenPage) -> Iterator[str]:
    """Four digits that the page calls a card's last ones, or that stand right behind a bar."""
    return (four for _level, four in placed_fours(page))


def placed_fours(page: SeenPage) -> Iterator[tuple[float, str]]:
    """These, and how far down they stand, in pixels."""
    for row in page.rows:
        plain = unicodedata.normalize("NFKC", row.text)
        if "口座" not in plain:
            yield from ((row.level, found[1]) for found in _CALLED_LAST.finditer(plain))
    for bar in page.bars:
        yield from (((bar[1] + bar[3]) / 2, four) for four in fours_behind(bar, page))
    four = ((piece, _ONLY_FOUR.fullmatch(piece.text)) for piece in page.pieces)
    yield from (
        (piece.level, found[1]) for piece, found in four if found and _is_labelled(piece, page)
    )


def fours_behind(bar: Box, page: SeenPage) -> Iterator[str]:
    """Four digits right behind a bar, that are no sum and no year."""
    behind = (_BEHIND_BAR.match(piece.text) for piece in page.pieces if _is_behind(piece, bar))
    yield from (found[1] for found in behind if found)


def _is_labelled(piece: Piece, page: SeenPage) -> bool:
    """Whether a card's label stands left of it or right above, as over a bar that is not seen."""
    labels = (p for p in page.pieces if _CARD_LABEL.search(as_it_looks(p.text)))
    return any(_stands_before(label.box, piece) for label in labels)


def _stands_before(label: Box, piece: Piece) -> bool:
    left, top, _, _ = piece.box
    above = 0 <= top - label[3] <= _LABEL_HEIGHTS * piece.height
    return label[0] <= left and (above or label[1] <= piece.level <= label[3])


def _is_behind(piece: Piece, bar: Box) -> bool:
    """On the bar's row, and no further than a blank away."""
    return bar[1] <= piece.level <= bar[3] and abs(piece.box[0] - bar[2]) <= piece.height


def _written(
    pages: Iterable[SeenPage], patterns: Sequence[re.Pattern[str]], fold: Fold = _nfkc
) -> Match | None:
    for page in pages:
        for piece in page.pieces:
            text = fold(piece.text)
            if any(pattern.search(text) for pattern in patterns):
                return Match(page, (piece,))
    return None


def _best(matches: Iterable[Match]) -> Match | None:
    """The one with the fewest characters misread, then in the fewest and best printed pieces."""
    return min(matches, key=lambda m: (m.misread, len(m.pieces), -m.contrast), default=None)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A text that is looked for, in the form in which it is compared."""

    text: str = field(repr=False)
    fold: Fold
    is_slip: IsSlip

    def misread_in(self, text: str) -> int | None:
        """How many characters OCR misread of it in a text or a part of it; None if it is not it."""
        read = self.fold(text)
        before, part = _alike(self.text, read) if len(read) > len(self.text) else ("", read)
        edits = Levenshtein.editops(self.text, part)
        if _IN_ANOTHER.search(before) and any(e.tag == "delete" and not e.dest_pos for e in edits):
            return None
        allowed = len(self.text) // ONE_IN if len(self.text) >= _MIN_TOLERANT else 0
        is_it = len(edits) <= allowed and all(self.is_slip(e, self.text, part) for e in edits)
        return len(edits) if self.text and is_it else None


def _is_any(edit: Editop, wanted: str, read: str) -> bool:
    """Nothing else on a page is worded so."""
    return True


def _matches(pages: Iterable[SeenPage], wanted: _Wanted) -> Iterator[Match]:
    for page in pages:
        for pieces in paragraphs(page):
            yield from _in_paragraph(page, pieces, wanted)


def _in_paragraph(page: SeenPage, pieces: Sequence[Piece], wanted: _Wanted) -> Iterator[Match]:
    """As few pieces as hold the text; it begins in the first of them."""
    for count in range(1, len(pieces) + 1):
        misread = wanted.misread_in(" ".join(piece.text for piece in pieces[:count]))
        if misread is not None:
            yield Match(page, tuple(pieces[:count]), misread)
            return


def _alike(wanted: str, text: str) -> tuple[str, str]:
    """The part of a longer text that is most like the one wanted, and what is before it."""
    place = fuzz.partial_ratio_alignment(wanted, text)
    assert place is not None  # only with a score_cutoff
    return text[: place.dest_start], text[place.dest_start : place.dest_end]


def _as_address(text: str) -> str:
    """With its words short, and its numbers with hyphens; where a line was broken says nothing."""
    return joined(re.sub(r"-+(?=\D|$)", "", as_it_looks("".join(_address_words(text)))))


def _as_latin_address(text: str) -> str:
    """With its words short."""
    short = with_short_words(unicodedata.normalize("NFKC", text).casefold())
    return joined(as_it_looks("".join(re.split(r"[\s,.]+", short))))


def _address_words(text: str) -> list[str]:
    plain = _BESIDE_WIDE.sub("", unicodedata.normalize("NFKC", text).casefold())
    plain = _KANJI_BLOCK.sub(lambda found: _kanji_number(found[1]), plain)
    plain = _SECTION.sub("", _BLOCK_WORDS.sub("-", plain))
    return [SHORT.get(word, word) for word in re.split(r"[\s,.、。・]+", plain)]


def _kanji_number(text: str) -> str:
    """Up to 99, as block numbers are written."""
    if not text:
        return ""
    tens, ten, ones = text.partition("十")
    if not ten:
        return text.translate(_KANJI_DIGITS)
    return (tens.translate(_KANJI_DIGITS) or "1") + (ones.translate(_KANJI_DIGITS) or "0")
