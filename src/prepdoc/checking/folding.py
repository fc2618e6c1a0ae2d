"""Rows that OCR read → the forms in which they are compared; its mistakes look alike in them.

Every form of a row but the closed one has the length of its plain form: a place in one is the same
place in all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Final

from prepdoc.comparing import as_it_looks

DASHES: Final = "-‐‑‒–—―−─ー一"
"""What OCR reads for any of a hyphen, a minus, the kana's long vowel and the kanji for one."""

# Beyond what `as_it_looks` knows, for names whose wording is known beforehand: letters and digits,
# as PP-OCR and Tesseract confuse them; the kana that differ by one stroke.
_LOOKS_LIKE: Final[Mapping[str, str]] = {
    "2": "z", "5": "s", "8": "b", "曰": "日", "目": "日", "ン": "ソ", "千": "チ", "三": "ミ",
    "り": "リ",
}  # fmt: skip
# Issuers' systems print small kana large (アマゾンジヤパン), others small.
_LARGE: Final = dict(zip("ァィゥェォッャュョヮヵ", "アイウエオツヤユヨワカ", strict=True))
_NOT_SPELLED: Final = ("<circle>", "<super>")
"""Unicode's kinds of ①, ² and ™, which NFKC would put as digits and letters behind a word."""

_NUMBER: Final = re.compile(r"(?<![a-z])[\doil]+(?:[,./-][\doil]+)*(?![a-z])")
_AS_DIGITS: Final = str.maketrans("oil", "011")
_COUNTED: Final = ("年", "月", "日", "円")
_ZERO_BETWEEN: Final = re.compile(r"(?<=\d)[〇○](?=\d)")
_DASH_BETWEEN: Final = re.compile(rf"(?<=\d)[{DASHES}](?=\d)")
_DOT_BETWEEN: Final = re.compile(r"(?<=\d)[・·•](?=\d)(?!\d+\s*回)")
"""But 11/03・1回払い is a day, and how it is paid."""
_WIDE: Final = r"[぀-ヿ㐀-鿿々]"
_TORN: Final = re.compile(rf"(?<={_WIDE}) (?={_WIDE})")
"""Tesseract sees a blank between any two kana or kanji, and more where columns are parted."""


def plain(text: str) -> str:
    """NFKC, but a mark such as ™ or ① is a blank."""
    bare = (" " if unicodedata.decomposition(c).startswith(_NOT_SPELLED) else c for c in text)
    return unicodedata.normalize("NFKC", "".join(bare))


def folded(text: str) -> str:
    """Plain, in small letters."""
    return "".join(low if len(low := c.casefold()) == 1 else c for c in plain(text))


def mended(text: str) -> str:
    """Folded, with the letters that stand in numbers as the digits they are."""
    number = _ZERO_BETWEEN.sub("0", _NUMBER.sub(_digits, folded(text)))
    return _DOT_BETWEEN.sub(".", _DASH_BETWEEN.sub("-", number))


def closed(text: str) -> str:
    """Folded, without the blanks that OCR saw between kana and kanji; places are others there."""
    return _TORN.sub("", folded(text))


def says(words: re.Pattern[str], text: str) -> bool:
    """Whether some of the words are in a row, with and without such blanks."""
    return bool(words.search(folded(text)) or words.search(closed(text)))


def skeleton(text: str) -> str:
    """Folded, with one character for all that look alike: for names, not for numbers."""
    return "".join(map(_shape, folded(text)))


def spelled(name: str) -> str:
    """A regular expression that finds a name in a skeleton, whatever blanks OCR saw in it.

    Latin letters stay together: blanks part words.
    """
    shape = skeleton(name)
    gaps = [
        r"\s*" if " " not in (a, b) and not (a + b).isascii() else "" for a, b in pairwise(shape)
    ]
    return "".join(_char(c) + gap for c, gap in zip(shape, [*gaps, ""], strict=True))


def goes_on(small: str, place: int) -> bool:
    """Whether a word in Latin letters goes on across a place of a folded text."""
    pair = small[max(0, place - 1) : place + 1]
    return 0 < place < len(small) and pair.isascii() and pair.isalpha()


def _digits(number: re.Match[str]) -> str:
    is_one = any(c.isdigit() for c in number[0]) or number.string.startswith(_COUNTED, number.end())
    return number[0].translate(_AS_DIGITS) if is_one else number[0]


@cache
def _shape(char: str) -> str:
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[0], parts[1:]
    if not all(map(unicodedata.combining, marks)):  # a Hangul syllable
        return char
    usual = as_it_looks(_LARGE.get(base, base))
    return _LOOKS_LIKE.get(usual, usual) if len(usual) == 1 else char


def _char(shape: str) -> str:
    if shape == " ":
        return r"\s*"
    return "(?:m|rn)" if shape == "m" else re.escape(shape)
