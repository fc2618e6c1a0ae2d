"""Strings, names and comments in PDF syntax: in content streams, and in raw bytes of a file.

What stands between them, the operands of drawing operators, are places and sizes, no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LITERAL = rb"\((?:[^()\\]*+(?:\\.[^()\\]*+)*+)\)"  # ISO 32000-2 §7.3.4.2
_HEXADECIMAL = rb"<[0-9A-Fa-f\s]{2,}+>"  # ISO 32000-2 §7.3.4.3
_NUMBER = rb"[-+]?[\d.]++"

STRING = re.compile(rb"%s|%s" % (_LITERAL, _HEXADECIMAL), re.DOTALL)
SHOWN = re.compile(
    rb"\[((?:\s*+(?:%s|%s|%s))++)\s*+\]\s*TJ" % (_LITERAL, _HEXADECIMAL, _NUMBER), re.DOTALL
)
"""Strings that are shown as one text, with steps between them (ISO 32000-2 §9.4.3)."""
PIECE = re.compile(rb"(%s|%s)|(%s)" % (_LITERAL, _HEXADECIMAL, _NUMBER), re.DOTALL)
NAME = re.compile(rb"/[^\s()<>\[\]{}/%]{6,}")
COMMENT = re.compile(rb"%[^\r\n]{6,}")
ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\r\n])|(.))", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

BLANK_STEP = -180
"""Thousandths of an em that set two pieces of a text apart; a blank is 200 to 300 wide."""
MIN_BYTES = 6


def strings(data: bytes) -> Iterator[bytes]:
    """Every string, each text that is shown in pieces, and every comment."""
    for match in STRING.finditer(data):
        if len(match.group()) > MIN_BYTES:
            yield _content(match.group())
    yield from (_put_together(match.group(1)) for match in SHOWN.finditer(data))
    yield from (match.group() for match in COMMENT.finditer(data))


def names(data: bytes) -> Iterator[str]:
    """Every name of some length, as it stands."""
    return (match.group().decode("latin-1") for match in NAME.finditer(data))


def _put_together(pieces: bytes) -> bytes:
    whole = bytearray()
    for string, step in PIECE.findall(pieces):
        whole += _content(string) if string else b" " * _sets_apart(step)
    return bytes(whole)


def _sets_apart(step: bytes) -> bool:
    try:
        return float(step) <= BLANK_STEP
    except ValueError:
        return False


def _content(string: bytes) -> bytes:
    if string.startswith(b"("):
        return ESCAPE.sub(_unescaped, string[1:-1])
    figures = b"".join(string[1:-1].split())
    return bytes.fromhex((figures + b"0" * (len(figures) % 2)).decode("ascii"))


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, line_end, char = match.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return b"" if line_end else ESCAPED.get(char, char)
