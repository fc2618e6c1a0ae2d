"""What stands on a page beside the added details → which of these it surely does not print.

A name may be printed in kana, an address with abbreviations, a phone number in groups of its own:
that a detail is not found as it was given says little. Only where nothing of its kind is there is
it said to be missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from prepdoc.checking.folding import mended
from prepdoc.checking.ledger.transactions import is_entry
from prepdoc.checking.matching import block_numbers, postal_codes
from prepdoc.checking.seeing import Piece, SeenPage
from prepdoc.comparing import as_it_looks
from prepdoc.page import Cardholder

MIN_WORD: Final = 3
"""Letters of a word that can be told from parts of other words; two where it is kanji or kana."""

NEXT_LINE_HEIGHTS: Final = 1.6
"""How far below an issuer's name its address begins: no further than lines of a paragraph."""
INDENT_HEIGHTS: Final = 6.0
"""How far to the side: centred, or set in."""
BESIDE_HEIGHTS: Final = 4.0
"""How far right of お問い合わせ its number stands; another column is farther off."""
LEAST_NUMBERS, MOST_NUMBERS = 2, 3
"""So many numbers of an address stand one after the other hardly by chance: 3-14-15."""

_FOR_SOMEBODY: Final = re.compile(
    r"[様樣殿]|さま|サマ(?!ー)|(?<![a-z])(?:mr|mrs|ms|miss|dr)(?![a-z])|氏名|名義|御?宛名|card\s?(?:holder|member)"
    r"|account holder|name"
)
# Of two to four words: HANAKO M YAMADA, ヤマダ ハナコ; what else looks so is doubted too.
_LIKE_A_NAME: Final = re.compile(
    r"(?:[A-Z][A-Za-z.'-]*\s+){1,3}[A-Z][A-Za-z.'-]*|[A-Z]\.[A-Z][A-Za-z'-]+|[ァ-ヶー]+[\s・･/][ァ-ヶー]+"
    r"|[一-龠々ぁ-んァ-ヶ]{1,4}\s+[一-龠々ぁ-んァ-ヶ]{1,4}"
)
# Postal codes of Japan, the US, Canada and the UK; prefectures with what lies in them (JIS X 0401).
_LIKE_AN_ADDRESS: Final = re.compile(
    r"〒|(?<![\d*-])\d{3}-\d{4}(?![\d-])|住所|address|(?<![a-z])[a-z]{2}\.?,?\s+\d{5}(?!\d)"
    r"|(?<![a-z])[a-z]\d[a-z]\s?\d[a-z]\d(?![a-z\d])"
    r"|(?<![a-z])[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}(?![a-z\d])"
    r"|[都道府県].{1,8}[市区町村郡]|[市区町村].{1,12}\d|p\.?\s?o\.?\s?box"
)
# What stands around a town's name: many an issuer is in the same city or ward.
_AROUND_TOWN: Final = re.compile(r"^.*[都道府県市区郡]|[〇一二三四五六七八九十]*(?:丁目|番)?$")
_BETWEEN_WIDE: Final = re.compile(r"(?<=[^\x00-\x7f])\s(?=[^\x00-\x7f])")
_TOWN_ENDS: Final = r"(?:(?![^\W\d_])|(?=[二三四五六七八九十]*丁))"
_LIKE_A_PHONE: Final = re.compile(
    r"(?<![\d*./-])(?:\+\d{1,3}[\s-]?)?\(?\d{2,5}\)?[\s.-]?\d{1,4}[\s.-]\d{3,4}(?![\d*/-])"
    r"|(?<![\d*-])0\d{1,4}\(\d{1,4}\)\d{3,4}(?!\d)|(?<![\d*-])0\d{1,3}-?[*x●]{2,4}-?\d{3,4}(?!\d)"
    r"|(?<![\d*x●•-])\(?[*x●•]{2,3}\)?[\s.-]{1,2}[*x●•]{3,4}[\s.-]\d{4}(?![\d-])"
    r"|(?<!\d)0\d{9,10}(?!\d)|\+\d{8,}|電話|携帯|連絡先|(?<![a-z])(?:tel|phone|mobile)"
)
# Free and special numbers, which are issuers' own (総務省, 番号計画; FCC, toll-free numbers), and
# postal codes: in Japan they begin a line.
_NO_PHONE: Final = re.compile(
    r"0120[\s-]\d{2,3}[\s-]\d{3,4}|0(?:570|800)[\s-]\d{2,3}[\s-]\d{3,4}"
    r"|(?:1[\s-])?\(?8(?:00|33|44|55|66|77|88)\)?[\s.-]\d{3}[\s.-]\d{4}"
    r"|(?:^|〒)\s*\d{3}-\d{4}(?![\d-])|(?<![\d-])\d{5}-\d{4}(?![\d-])"
)
# What stands beside an issuer's own address and numbers.
_ISSUERS_OWN: Final = re.compile(
    r"株式会社|有限会社|お?問い?合わ?せ|受付時間|登録番号|コールセンター|デスク|card services"
    r"|customer (?:service|care)|questions|lost or stolen|remit|(?<![a-z])(?:inc|llc|n\.a)\."
)


def absent(
    pages: Iterable[SeenPage], cardholder: Cardholder, fours: Iterable[str]
) -> frozenset[str]:
    """Ids of the rules of whose details nothing alike stands on the pages.

    `fours` are the last fours of cards that the pages show.
    """
    pages = tuple(pages)
    texts = [_plain(row.text) for page in pages for row in page.rows]
    doubted: Mapping[str, bool] = {
        "NAME": _has_name(texts, cardholder.name),
        "ADDR": _has_address(pages, texts, cardholder.address),
        "TEL": any(map(_shows_phone, pages)),
        "PAN-2": any(fours),
    }
    return frozenset(id for id, is_doubted in doubted.items() if not is_doubted)


def _has_address(pages: Iterable[SeenPage], texts: list[str], address: str) -> bool:
    """Whether one is printed that is not plainly the issuer's, or a part of this one."""
    others = [text for text in texts if not is_entry(text)]
    return (
        any(map(_shows_address, pages))
        or _has_word(others, address)
        or _has_town(others, address)
        or any(_has_numbers(text, address) for text in texts)
    )


def _has_town(texts: Iterable[str], address: str) -> bool:
    """Whether one of its towns is named by itself, and not as a shop's or a bank's branch."""
    towns = (_AROUND_TOWN.sub("", word) for word in re.findall(r"[^\W\d_]+", _plain(address)))
    named = [rf"{re.escape(as_it_looks(town))}{_TOWN_ENDS}" for town in towns if len(town) > 1]
    pattern = re.compile("|".join(named) or "(?!)")
    return not address.isascii() and any(pattern.search(as_it_looks(text)) for text in texts)


def _has_numbers(text: str, address: str) -> bool:
    """Whether a row has the address's postal code, or its numbers one after the other."""
    wanted, read = block_numbers(address)[:MOST_NUMBERS], block_numbers(text)
    starts = range(len(read) - len(wanted) + 1)
    is_block = len(wanted) >= LEAST_NUMBERS and any(
        read[start : start + len(wanted)] == wanted for start in starts
    )
    return is_block or bool(postal_codes(address) & postal_codes(text))


def _shows_address(page: SeenPage) -> bool:
    """Whether it may be somebody's: neither right below an issuer's name nor behind it."""
    return any(
        _LIKE_AN_ADDRESS.search(_ISSUERS_OWN.split(_small(piece.text), maxsplit=1)[0])
        and not _is_below_issuers(piece, page)
        for piece in _beside_entries(page)
    )


def _shows_phone(page: SeenPage) -> bool:
    """Whether it may be somebody's: not the issuer's by the words with, above or left of it."""
    return any(
        _LIKE_A_PHONE.search(_NO_PHONE.sub(" ", _small(mended(piece.text))))
        and not any(map(_is_issuers, (piece, *_above(piece, page), *_left_of(piece, page))))
        for piece in _beside_entries(page)
    )


def _beside_entries(page: SeenPage) -> Iterator[Piece]:
    for row in page.rows:
        if not is_entry(row.text):
            yield from row.pieces


def _is_issuers(piece: Piece) -> bool:
    return bool(_ISSUERS_OWN.search(_small(piece.text)))


def _is_below_issuers(piece: Piece, page: SeenPage) -> bool:
    """Whether it goes on below the issuer's name, and no person's name goes on below it."""
    if not any(map(_is_issuers, _above(piece, page))):
        return False
    below = (other for other in page.pieces if piece in _above(other, page))
    return not any(_FOR_SOMEBODY.search(_small(other.text)) for other in below)


def _above(piece: Piece, page: SeenPage) -> tuple[Piece, ...]:
    """What stands right above it in the same column, if anything."""
    left, top, right, _bottom = piece.box
    higher = (p for p in page.pieces if p.box[0] < right and left < p.box[2] and _middle(p) < top)
    nearest = max(higher, key=_middle, default=None)
    if nearest is None or top - nearest.box[3] > NEXT_LINE_HEIGHTS * piece.height:
        return ()
    indent = min(abs(nearest.box[0] - left), abs(nearest.box[2] - right))
    return (nearest,) if indent <= INDENT_HEIGHTS * piece.height else ()


def _left_of(piece: Piece, page: SeenPage) -> tuple[Piece, ...]:
    """What stands right before it in its row, if anything."""
    left, top, _right, bottom = piece.box
    row = (p for p in page.pieces if top <= _middle(p) <= bottom and p.box[2] <= left + 1)
    nearest = max(row, key=lambda p: p.box[2], default=None)
    if nearest is None or left - nearest.box[2] > BESIDE_HEIGHTS * piece.height:
        return ()
    return (nearest,)


def _middle(piece: Piece) -> float:
    return (piece.box[1] + piece.box[3]) / 2


def _has_name(texts: list[str], name: str) -> bool:
    cells = (cell.strip() for text in texts for cell in re.split(r"\s{2,}", text))
    return (
        _has_any(texts, _FOR_SOMEBODY)
        or _has_word(texts, name)
        or any(_LIKE_A_NAME.fullmatch(cell) for cell in cells)
    )


def _has_any(texts: Iterable[str], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(_small(text)) for text in texts)


def _has_word(texts: Iterable[str], detail: str) -> bool:
    words = tuple(_words(detail))
    return any(word in as_it_looks(text) for text in texts for word in words)


def _words(detail: str) -> Iterator[str]:
    """As they look; digits alone are anywhere."""
    for word in re.findall(r"[^\W\d_]+", _plain(detail)):
        if len(word) >= (MIN_WORD if word.isascii() else 2):
            yield as_it_looks(word)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _small(text: str) -> str:
    """In small letters, without the blanks that Tesseract sees between kana and kanji."""
    return _BETWEEN_WIDE.sub("", _plain(text)).casefold()
