"""Second check: no known card number in the written bytes, in whatever form digits are stored.

Every form is brought to plain ASCII digits without separators, and the numbers are looked for
there. In texts six digits in a row give a number away (rule 5 of the masking); among offsets,
lengths and coordinates, which are digits without end, it takes ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prepdoc.errors import CannotProve
from prepdoc.pan import Pan
from prepdoc.texts import N_, _

MIN_IN_TEXT = 6
MIN_IN_BYTES = 10
"""A 40-page text layer has about 500 000 digits of coordinates: ten of them meet one of a
number's seven stretches by chance in 1 of 3000 files; six would in every one."""
_MIN_DISTINCT = 3
"""Stretches such as 000000 or 111111 stand in every table of offsets: they are made longer."""

_HIDDEN = "?"

# ASCII characters between digits; NUL makes UTF-16 in both byte orders ASCII.
_SEPARATORS = b"\0 \t\r\n\f-./_|\\:,()<>"
# Separators in UTF-8; one by one they are found ten times as quickly as by one expression.
_SPACES = re.compile(rb"\xe2\x80[\x80-\xaf]")
_OTHER_SEPARATORS = (b"\xe3\x80\x80", b"\xc2\xa0", b"\xc2\xb7", b"\xef\xbc\x8d")
# Full-width digits in UTF-8, Shift-JIS and UTF-16 (Unicode block FF00, JIS X 0208 row 3).
_FULL_WIDTH = (
    re.compile(rb"\xef\xbc([\x90-\x99])"),
    re.compile(rb"\x82([\x4f-\x58])"),
    re.compile(rb"\xff([\x10-\x19])"),
    re.compile(rb"([\x10-\x19])\xff"),
)
_FIRST_DIGIT = (0x90, 0x4F, 0x10, 0x10)
# All bytes of what is named above: what else there is no number goes on across. Of compressed bytes
# one in thirty stands in a run of so many.
_PARTS = re.compile(
    rb"[0-9"
    + re.escape(_SEPARATORS)
    + rb"\x80-\xaf\xe2\xe3\xc2\xb7\xef\xbc\x82\x4f-\x58\xff\x10-\x19]{6,}"
)
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f\s]{12,}")
# A digit as hexadecimal, alone or as UTF-16, ASCII or full-width.
_HEX_DIGITS = re.compile(rb"(?:(?:(?:00)?3|[fF][fF]1)[0-9]\s*){6,}")
_HEX_DIGIT = re.compile(rb"(?:(?:00)?3|[fF][fF]1)([0-9])")


def needles(known: Iterable[Pan], length: int) -> frozenset[bytes]:
    """Every stretch of `length` digits of the known numbers, longer where it is too plain.

    >>> sorted(needles([Pan("4012888888881881")], 10))[0]
    b'0128888888'
    """
    stretches = (part for pan in known for part in pan.digits.split(_HIDDEN))
    return frozenset(
        needle
        for stretch in stretches
        for start in range(len(stretch) - length + 1)
        if (needle := _telling(stretch, start, length))
    )


def _telling(stretch: str, start: int, length: int) -> bytes:
    """From `start`, as long as it takes to hold three different digits; else the whole stretch."""
    for end in range(start + length, len(stretch) + 1):
        if len(set(stretch[start:end])) >= _MIN_DISTINCT:
            return stretch[start:end].encode()
    return stretch.encode()


def holds(data: bytes, wanted: Iterable[bytes]) -> bool:
    """Whether one of the wanted stretches of digits stands in the data, in any form."""
    told = b"x".join(_PARTS.findall(data))
    views = [bare(view) for view in (told, *_full_width(told), _hexadecimal(data))]
    return any(needle in view for needle in wanted for view in views)


def bare(data: bytes) -> bytes:
    """Without what may stand between two digits."""
    data = _SPACES.sub(b"", data)
    for separator in _OTHER_SEPARATORS:
        data = data.replace(separator, b"")
    return data.translate(None, _SEPARATORS)


def _full_width(data: bytes) -> list[bytes]:
    return [
        pattern.sub(lambda m, first=first: bytes([0x30 + m[1][0] - first]), data)  # type: ignore[misc]
        for pattern, first in zip(_FULL_WIDTH, _FIRST_DIGIT, strict=True)
        if pattern.search(data)
    ]


def _hexadecimal(data: bytes) -> bytes:
    """The digits that are written as hexadecimal, one run a line."""
    return b"x".join(
        b"".join(_HEX_DIGIT.findall(run.group()))
        for part in _HEXADECIMAL.finditer(data)  # compressed data hold none: ten times as quick
        for run in _HEX_DIGITS.finditer(part.group())
    )


def check_bytes(blobs: Iterable[bytes], known: Iterable[Pan]) -> int:
    """The number of bytes searched in the raw file and its decoded streams.

    Raises:
        CannotProve: a known number stands in them.
    """
    return _check(
        blobs,
        needles(known, MIN_IN_BYTES),
        N_("the output's bytes still hold digits of a card number"),
    )


def check_texts(texts: Iterable[str | bytes], known: Iterable[Pan]) -> int:
    """The number of bytes searched in names and strings.

    Raises:
        CannotProve: six or more digits in a row of a known number stand in one.
    """
    blobs = (text.encode() if isinstance(text, str) else text for text in texts)
    return _check(
        blobs,
        needles(known, MIN_IN_TEXT),
        N_("a text inside the output still hold digits of a card number"),
    )


def _check(blobs: Iterable[bytes], wanted: frozenset[bytes], what: str) -> int:
    size = 0
    for blob in blobs:
        size += len(blob)
        if holds(blob, wanted):
            raise CannotProve(_(what))
    return size
