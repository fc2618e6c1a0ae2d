"""A line of text → runs of digit groups, with the index of every digit kept.

A run is what could be one number: digits and mask characters, with separators between them. A
group is a part of a run without separators.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Stand for a digit that the issuer hides, one or more of them.
_MASKS = "*xX●■#○✱∗×◆◇□█▇▉▪⬛⚫∎"
# Stand for a hidden digit only where two or more follow each other, else for a separator.
_MASKS_IN_PAIRS = "•·･・_.‥⋅∙․"
_DASHES = "-‐‑‒–—―−－ーｰ﹣~～"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SEPARATORS = (
    _INVISIBLE
    + " \u00a0\u2002\u2003\u2007\u2009\u202f\u3000\n/\\|｜│┃¦"
    + _DASHES
    + _MASKS_IN_PAIRS
)
# As DESIGN.md lists them; three of them make the longest that is printed, " - ".
_MAX_SEPARATORS = 3

# Letters that OCR reads for digits, only believed between digits.
_LOOKALIKES = str.maketrans("OoDQIlZzSsBGbgq", "000011225586699")
_MIXED = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]{3,})[0-9OoDQIlZzSsBGbgq]+(?![A-Za-z0-9])")

_WORD = re.compile(r"[A-Za-z]+")
_RUN = re.compile(rf"[dm](?:s{{0,{_MAX_SEPARATORS}}}[dm])*")

DIGIT, MASK, SEPARATOR, OTHER = "d", "m", "s", "o"


@dataclass(frozen=True, slots=True)
class Group:
    """Characters `start` up to `end` of a line, each a digit or a mask (written `?`)."""

    start: int
    end: int
    chars: str

    def __len__(self) -> int:
        return len(self.chars)


@dataclass(frozen=True, slots=True)
class Run:
    """Groups that could be one number, from left to right."""

    groups: tuple[Group, ...]


def folded(text: str) -> str:
    """As the rules compare it: decimal digits of any script as ASCII, look-alike letters as digits.

    The length stays, so that an index means the same character.
    """
    plain = "".join(_folded_char(c) for c in text)
    return _MIXED.sub(_digits_for_lookalikes, plain)


def runs(text: str) -> Iterator[Run]:
    """Every run of a line, in order."""
    line = folded(text)
    kinds = _kinds(line)
    for match in _RUN.finditer(kinds):
        yield Run(_groups(line, kinds, match.start(), match.end()))


def _groups(text: str, kinds: str, start: int, end: int) -> tuple[Group, ...]:
    spans = [(m.start(), m.end()) for m in re.finditer(r"[dm]+", kinds[start:end])]
    return tuple(
        Group(
            start + a, start + b, _chars(text[start + a : start + b], kinds[start + a : start + b])
        )
        for a, b in spans
    )


def _chars(text: str, kinds: str) -> str:
    return "".join(c if kind == DIGIT else "?" for c, kind in zip(text, kinds, strict=True))


def _kinds(text: str) -> str:
    """One letter a character: digit, mask, separator or other."""
    kinds = "".join(_kind(c) for c in text)
    pairs = re.compile(rf"([{re.escape(_MASKS_IN_PAIRS)}])\1+")
    kinds = _marked(kinds, pairs.finditer(text), MASK)
    return _marked(kinds, (m for m in _WORD.finditer(text) if not _is_masking(m.group())), OTHER)


def _is_masking(word: str) -> bool:
    """XXXX hides digits; MAX and a lone x do not."""
    return len(word) > 1 and set(word) <= {"x", "X"}


def _marked(kinds: str, matches: Iterable[re.Match[str]], kind: str) -> str:
    for match in matches:
        kinds = kinds[: match.start()] + kind * len(match.group()) + kinds[match.end() :]
    return kinds


def _kind(char: str) -> str:
    if char.isdecimal():
        return DIGIT
    if char in _MASKS:
        return MASK
    return SEPARATOR if char in _SEPARATORS else OTHER


def _folded_char(char: str) -> str:
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and not plain.isdecimal() else char


def _digits_for_lookalikes(match: re.Match[str]) -> str:
    word = match.group()
    digits = sum(c.isdecimal() for c in word)
    if re.search(r"\d{12}", word):
        return word  # a letter glued to a number, as in track data (ISO/IEC 7813: %B4111…)
    return word.translate(_LOOKALIKES) if 2 * digits >= len(word) else word
