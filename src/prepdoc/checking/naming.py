"""A person's name → the pattern that finds it in a line as OCR reads it, and nobody else's.

Hanako and Hanaka, Ann Lee and Joann Lee are two people: only what looks alike is taken for alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Final

from prepdoc.comparing import as_it_looks

_MAX_ORDERED: Final = 3
"""Words of a name that may stand in any order (family name first, or last)."""

# Letters that Unicode does not part from their strokes, as names without accents spell them.
_WITHOUT: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}
)
# As OCR confuses Latin letters, beyond what `as_it_looks` knows.
_ALIKE: Final[Mapping[str, str]] = {"rn": "m", "vv": "w", "c1": "d", "5": "s", "8": "b", "2": "z"}
_UMLAUT: Final = re.compile("[äöü]")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
"""Unicode's block of combining marks; that of kana lies elsewhere."""

_KANJI: Final = "一-龠々〆ヵヶ"
_KANA: Final = "ァ-ヺぁ-ん"
_APART: Final = r"[\s,./・･_-]*"
"""Between two words of a name: Yamada/Hanako, YAMADA,HANAKO."""
_LONG: Final = 8
"""Letters of a Latin name from which on OCR may see no blank in it: edli is in many words."""
_IS_INITIAL: Final = re.compile(r"[A-Za-z]\.?")
_INITIAL: Final = r"(?:(?<=[\s,.])[a-z01]\.?\s)?"
"""A middle name's first letter, which cards print and people leave out."""
# What stands right before and behind a name in Japanese without a blank.
_LABELS: Final = r"(?<=名)|(?<=人)|(?<=者)|(?<=義)|(?<=様)|(?<=は)|(?<=の)"
_HONORED: Final = "様|殿|さ|御|の|に|は|が|本人|家族|名義"


def name_pattern(name: str) -> re.Pattern[str]:
    """Finds the name in `name_line` of a text, its words in any order."""
    words = unicodedata.normalize("NFKC", name).split()
    bare = _without_initials(words)
    # Of whom a middle initial is known none has another one.
    initial = _INITIAL if bare == words else ""
    forms = dict.fromkeys(form for one in (words, bare) for form in _forms(one, initial))
    return re.compile("|".join(forms) or "(?!)")


def _without_initials(words: list[str]) -> list[str]:
    """Without those of middle names, which cards and people leave out."""
    middle = [word for word in words[1:-1] if not _IS_INITIAL.fullmatch(word)]
    return [*words[:1], *middle, *words[1:][-1:]]


def _forms(words: list[str], initial: str) -> Iterator[str]:
    orders = permutations(words) if len(words) <= _MAX_ORDERED else [tuple(words)]
    return (_ordered(order, initial) for order in orders if any(order))


def name_line(text: str) -> str:
    """A text as it looks, its blanks kept: they part words."""
    return " ".join(map(_shape, unicodedata.normalize("NFKC", text).split()))


def _ordered(words: tuple[str, ...], initial: str) -> str:
    is_latin = all(_shape(word).isascii() for word in words)
    is_short = is_latin and sum(map(len, words)) < _LONG
    between = (_APART[:-1] + "+" if is_short else _APART) + (initial if is_latin else "")
    first, last = _shape(words[0])[:1], _shape(words[-1])[-1:]
    return _before(first) + between.join(map(_word, words)) + _behind(last)


def _word(word: str) -> str:
    """One word, of which an umlaut may be written with an e."""
    chars = [_UMLAUT.sub(lambda found: found[0] + "\0", c) for c in word.casefold()]
    shape = _shape("".join(chars).replace("\0", "\ue000"))
    gap = "" if shape.isascii() else r"\s*"
    return gap.join("e?" if c == "\ue000" else _char(c) for c in shape)


def _char(char: str) -> str:
    return rf"[\s{re.escape(char)}]?" if not char.isalnum() else re.escape(char)


def _before(char: str) -> str:
    if re.match(f"[{_KANJI}{_KANA}]", char):
        return rf"(?:(?<![{_KANJI}{_KANA}])|{_LABELS})"
    return r"(?<![^\W_])"


def _behind(char: str) -> str:
    if re.match(f"[{_KANJI}{_KANA}]", char):
        return rf"(?:(?![{_KANJI}{_KANA}])|(?={_HONORED}))"
    return r"(?![^\W_])"


def _shape(word: str) -> str:
    """Without the accents of Latin letters, which cards and many issuers leave out.

    Accents go first: í is an i, which looks like 1.
    """
    parts = unicodedata.normalize("NFD", word.casefold().translate(_WITHOUT))
    plain = as_it_looks(unicodedata.normalize("NFC", _ACCENTS.sub("", parts)))
    for other, usual in _ALIKE.items():
        plain = plain.replace(other, usual)
    return plain
