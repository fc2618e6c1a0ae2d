"""Text → the stretches that may be a card number, with what stands around them on their line.

`in_text` takes any digits, whatever separates them; `in_bytes` only what is written like a whole
card number, for bytes whose meaning is not known.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator

from prepdoc.pan import luhn

MIN_DIGITS = 6
"""What rule 5 needs to look for a number elsewhere; `4980-12**-****-****` shows no more."""
CONTEXT = 24
"""Characters kept on either side of a run: a label such as ご利用カード番号 or Card number."""
SEPARATOR = r"(?:[^\w\r\n,;:='\"<>()\[\]{}%&+!?@$^]|[_xX])"
"""What may stand between digits: anything but letters and the marks of tables and scripts, which
no card number has within it; and the letters that mask a digit."""
WITHIN = 14
"""Separators in a row within a run: `12**-****-` is nine, with spaces between them fourteen."""
MAX_GROUPS = 48
"""Groups of digits in one stretch: a dozen numbers of four; more is a table, and is cut."""
OVERLAP = 19
"""Groups that two stretches of a table share: a number of nineteen single digits is in one."""
LEAST_CARD, LEAST_LABELLED = 12, 7
"""Digits of a card number, and of the part of one that stands beside a label (rules 1 to 4)."""

MAX_RUN = 300
"""Digits matched at a time; a longer run is taken up again where the last stretch begins."""

RUN = re.compile(rf"\d(?:{SEPARATOR}{{0,{WITHIN}}}\d){{{MIN_DIGITS - 1},{MAX_RUN}}}")
GROUP = re.compile(r"\d+|[xX_]+|[^\w\s]+")

# Written with digits, but no numbers: identifiers in hexadecimal with a letter among them.
IDENTIFIER = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{32,}"  # MD5 and longer hashes; fonts in ASCII
    r"|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"  # UUID, RFC 9562 §4
    r")(?![0-9A-Za-z])"
)
# Times to the second or finer, with a zone: no card's grouping, but long when glued together.
TIME = re.compile(
    r"D:\d{14}(?:[+\-Z](?:\d\d'?(?:\d\d'?)?)?)?"  # ISO 32000-2 §7.9.4
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:?\d\d|Z)?"  # ISO 8601
)
FIGURE = re.compile(r"(?<![\d.])-?\d*\.\d{5,}(?!\d|\.\d)")
"""A decimal fraction of five places or more: a coordinate, no part of a grouped number."""

ROW_OF_DIGITS = re.compile(r"\d{40,}")
"""Twice as long as any card number."""

CARD = re.compile(
    rb"[0-9](?<![0-9.].)(?<![0-9][ -].)"
    rb"(?:\d{11,18}|\d{3}([ -])\d{4}\1\d{4}\1\d{2,7}|\d{3}([ -])\d{6}\2\d{4,5})"
    rb"(?![\d.])(?![ -]\d)"
    # Four figures before an operator of path, colour or text are a place or a size.
    rb"(?!\s(?:re|[vyklKmc]|cm|Tm|d[01])\b)"
)
"""Twelve to nineteen digits, or grouped 4-4-4-n or 4-6-n with one and the same separator."""
FULL_WIDTH = (
    ("utf-8", re.compile(rb"\xef\xbc[\x90-\x99](?:\xef\xbc[\x90-\x99]){13,18}")),
    ("cp932", re.compile(rb"\x82[\x4f-\x58](?:\x82[\x4f-\x58]){13,18}")),
    ("utf-16-be", re.compile(rb"\xff[\x10-\x19](?:\xff[\x10-\x19]){13,18}")),
    ("utf-16-le", re.compile(rb"[\x10-\x19]\xff(?:[\x10-\x19]\xff){13,18}")),
)
"""Full-width digits as bytes (Unicode U+FF10 to U+FF19; JIS X 0208 row 3 in Shift-JIS)."""


def in_text(text: str) -> Iterator[str]:
    """Every run of six digits or more, with what stands around it on its line."""
    if not RUN.search(text):
        return
    for pattern in (ROW_OF_DIGITS, IDENTIFIER, TIME, FIGURE):
        text = pattern.sub("n", text)
    for start, end in _spans(text):
        before = text[max(0, start - CONTEXT) : start]
        yield _last_words(before) + text[start:end] + _first_words(text[end : end + CONTEXT])


def in_bytes(data: bytes) -> Iterator[str]:
    """What is written like a whole card number, in ASCII, UTF-16 or full-width digits."""
    for reading, match in _cards(data):
        if _is_no_figures(match):
            yield _in_context(reading, match)
    for encoding, pattern in FULL_WIDTH:
        yield from (match.group().decode(encoding) for match in pattern.finditer(data))


def contiguous(data: bytes) -> Iterator[str]:
    """Whole card numbers without blanks in them: between drawing operators those are places."""
    for reading, match in _cards(data):
        if b" " not in match.group():
            yield _in_context(reading, match)


def _cards(data: bytes) -> Iterator[tuple[bytes, re.Match[bytes]]]:
    for reading in (data, data.replace(b"\0", b"")) if b"\0" in data else (data,):
        identifiers: list[tuple[int, int]] | None = None
        for match in CARD.finditer(reading):
            if identifiers is None:
                identifiers = [found.span() for found in _IDENTIFIER_BYTES.finditer(reading)]
            before = bisect.bisect(identifiers, (match.start() + 1,)) - 1
            if before < 0 or identifiers[before][1] <= match.start():
                yield reading, match


def may_name(stretch: str) -> bool:
    """Whether there are digits enough: a whole number's, hidden ones too, or a label's seven."""
    marks = sum(char.isdigit() or not (char.isalnum() or char.isspace()) for char in stretch)
    if marks >= LEAST_CARD:
        return True
    digits = sum(map(str.isdigit, stretch))
    return digits >= LEAST_LABELLED and any(map(str.isalpha, stretch))


def effort(stretch: str) -> int:
    """How many pairs of groups there are to weigh."""
    return max(1, sum(1 for _ in GROUP.finditer(stretch))) ** 2


_IDENTIFIER_BYTES = re.compile(IDENTIFIER.pattern.encode("ascii"))


def _is_no_figures(match: re.Match[bytes]) -> bool:
    """Four figures with blanks may be anything; in bytes the check digit must say that they are."""
    digits = match.group()
    return b" " not in digits or luhn(digits.replace(b" ", b"").decode("ascii"))


def _in_context(data: bytes, match: re.Match[bytes]) -> str:
    before = data[max(0, match.start() - CONTEXT) : match.start()].decode("utf-8", "ignore")
    after = data[match.end() : match.end() + CONTEXT].decode("utf-8", "ignore")
    return _last_words(before) + match.group().decode("ascii") + _first_words(after)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each run, or of the overlapping parts of a long one."""
    match = RUN.search(text)
    while match:
        groups = [group.span() for group in itertools.islice(_groups(text, match), MAX_GROUPS)]
        start, end = groups[0][0], groups[-1][1]
        yield start, end
        goes_on = end < match.end() or len(match.group()) > MAX_RUN
        at = groups[-min(OVERLAP, len(groups) - 1)][0] if goes_on and len(groups) > 1 else end
        match = RUN.search(text, at)


def _groups(text: str, match: re.Match[str]) -> Iterator[re.Match[str]]:
    return GROUP.finditer(text, match.start(), match.end())


def _last_words(before: str) -> str:
    """Without digits: those that are cut off from their number could make up another one."""
    line = (before + "|").splitlines()[-1][:-1]
    return line[max((i + 1 for i, char in enumerate(line) if char.isdigit()), default=0) :]


def _first_words(after: str) -> str:
    line = ("|" + after).splitlines()[0][1:]
    return "".join(itertools.takewhile(lambda char: not char.isdigit(), line))
