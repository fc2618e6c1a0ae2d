"""What the two halves of reading say to each other: pages and witnesses as bytes that run nothing.

    header (JSON, UTF-8) and body (raw pixels), each after its length

The half that parses the file may have been taken over by it, so the other half believes no
message: every length, shape and type is checked, and nothing is unpickled.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import IO, Any, TypeAlias

import numpy as np

from prepdoc.page import Glyph, Line, Page, Quad, Witness
from prepdoc.reading import MAX_PIXELS

Header: TypeAlias = Mapping[str, Any]

LENGTHS = struct.Struct(">QQ")
MAX_HEADER_BYTES = 256_000_000
"""Far above what a page's glyphs or a file's witnesses come to; more is not read into memory."""
MAX_BODY_BYTES = MAX_PIXELS * 3
"""RGB, 8 bits."""


class Garbled(Exception):
    """The message is cut off, too long, or not of the form that was agreed on."""


def write_message(stream: IO[bytes], header: Header, body: bytes | memoryview = b"") -> None:
    """Send one message; raises OSError where the other side is gone."""
    head = json.dumps(header, ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(LENGTHS.pack(len(head), len(body)))
    stream.write(head)
    stream.write(body)
    stream.flush()


def read_message(stream: IO[bytes], most_bytes: int = MAX_BODY_BYTES) -> tuple[Header, bytes]:
    """Wait for one message with a body of `most_bytes` at most.

    Raises:
        Garbled: the stream ended, or says what no message may say.
    """
    head_length, body_length = LENGTHS.unpack(_exactly(stream, LENGTHS.size))
    if head_length > MAX_HEADER_BYTES or body_length > most_bytes:
        raise Garbled
    head, body = _exactly(stream, head_length), _exactly(stream, body_length)
    try:
        header = json.loads(head.decode("utf-8", "surrogatepass"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Garbled from None
    if not isinstance(header, dict):
        raise Garbled
    return header, body


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise Garbled
    return data


def _no_number(name: str) -> float:
    """NaN and the infinities, which JSON does not know (RFC 8259 §6) and Python's reader does."""
    raise Garbled


def page_message(page: Page) -> tuple[Header, memoryview]:
    """A page as header and body."""
    height, width = page.pixels.shape[:2]
    lines = [[_told_glyph(glyph) for glyph in line.glyphs] for line in page.lines]
    header = {
        "number": page.number,
        "size": [width, height],
        "dpi": page.dpi,
        "photographic": page.photographic,
        "lines": lines,
    }
    return header, np.ascontiguousarray(page.pixels).reshape(-1).data


def _told_glyph(glyph: Glyph) -> list[str | float]:
    return [glyph.char, *(float(value) for value in glyph.quad.array().reshape(-1))]


def page_from(header: Header, body: bytes) -> Page:
    """The page that a message holds.

    Raises:
        Garbled: it holds none.
    """
    try:
        width, height = (int(side) for side in header["size"])
        pixels = np.frombuffer(body, dtype=np.uint8).reshape(height, width, 3)
        lines = tuple(Line(tuple(map(_glyph_from, told)), "text") for told in header["lines"])
        number, dpi = int(header["number"]), float(header["dpi"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Garbled from None
    if not (pixels.size and dpi > 0 and all(line.glyphs for line in lines)):
        raise Garbled
    return Page(number, pixels, dpi, header.get("photographic") is True, lines)


def _glyph_from(told: Sequence[Any]) -> Glyph:
    char, *corners = told
    if not isinstance(char, str) or not char:
        raise Garbled
    return Glyph(char, Quad.from_array(np.array(corners, dtype=np.float64).reshape(4, 2)))


def witnesses_message(witnesses: Sequence[Witness]) -> Header:
    """Witnesses as a header; there is no body."""
    return {"witnesses": [[witness.where, witness.text] for witness in witnesses]}


def witnesses_from(header: Header) -> tuple[Witness, ...]:
    """The witnesses that a message holds.

    Raises:
        Garbled: it holds none.
    """
    try:
        return tuple(Witness(str(where), str(text)) for where, text in header["witnesses"])
    except (KeyError, TypeError, ValueError):
        raise Garbled from None
