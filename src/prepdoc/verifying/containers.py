"""First check, for PNG and JPEG: the file holds the pixels and their frame, and nothing else.

Both walks are strict: what they do not know, they refuse.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from prepdoc.errors import CannotProve
from prepdoc.texts import _

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE = b"\xff\xd8"

# PNG specification, third edition, §11: what an opaque picture needs, and its resolution.
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"pHYs", b"IDAT", b"IEND"})
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1}
"""Samples a pixel by colour type (§11.2.1); 4 and 6 have an alpha channel and are refused."""

# ITU-T T.81 table B.1, and JFIF 1.02 for APP0.
_APP0, _DQT, _DHT, _DRI, _SOS, _EOI = 0xE0, 0xDB, 0xC4, 0xDD, 0xDA, 0xD9
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_JPEG_SEGMENTS = frozenset({_APP0, _DQT, _DHT, _DRI, _SOS}) | _FRAMES
_JFIF_BYTES = 14
"""An APP0 segment without a thumbnail (JFIF 1.02)."""
_STUFFED = frozenset({0x00, *range(0xD0, 0xD8)})
"""After 0xFF inside the coded data: a stuffed byte or a restart marker (T.81 B.1.1.5)."""


def png_chunks(data: bytes) -> dict[bytes, list[bytes]]:
    """The content of every chunk by type.

    Raises:
        CannotProve: a chunk that is not needed, a wrong checksum, or bytes behind the end.
    """
    chunks: dict[bytes, list[bytes]] = {}
    position = len(PNG_SIGNATURE)
    while b"IEND" not in chunks:
        name, body = _png_chunk(data, position)
        chunks.setdefault(name, []).append(body)
        position += 12 + len(body)
    if position != len(data):
        raise CannotProve(_("the picture has bytes behind its end"))
    _check_png_pixels(chunks)
    return chunks


def _png_chunk(data: bytes, position: int) -> tuple[bytes, bytes]:
    if len(data) < position + 12:
        raise CannotProve(_("the picture is cut off"))
    length, name = struct.unpack(">I4s", data[position : position + 8])
    if name not in _PNG_CHUNKS:
        raise CannotProve(_("the picture holds more than pixels (a PNG chunk that is not needed)"))
    body = data[position + 8 : position + 8 + length]
    checksum = data[position + 8 + length : position + 12 + length]
    if checksum != struct.pack(">I", zlib.crc32(name + body)):
        raise CannotProve(_("the picture is damaged (a PNG checksum is wrong)"))
    return name, body


def _check_png_pixels(chunks: dict[bytes, list[bytes]]) -> None:
    """The compressed data is the rows of the picture, to the byte."""
    header, *more = chunks.get(b"IHDR", [])
    if more or len(header) != 13:
        raise CannotProve(_("the picture's header is damaged"))
    width, height, depth, colour, *_methods, interlace = struct.unpack(">IIBBBBB", header)
    if colour not in _PNG_CHANNELS or interlace:
        raise CannotProve(_("the picture is of a kind that prepdoc does not write"))
    row = 1 + (width * _PNG_CHANNELS[colour] * depth + 7) // 8
    if len(inflated(b"".join(chunks.get(b"IDAT", [])))) != row * height:
        raise CannotProve(_("the picture holds more or less data than its pixels"))


def inflated(data: bytes) -> bytes:
    """Decompressed by zlib (RFC 1950).

    Raises:
        CannotProve: the data is damaged or cut off, or something stands behind it.
    """
    engine = zlib.decompressobj()
    try:
        result = engine.decompress(data) + engine.flush()
    except zlib.error:
        raise CannotProve(_("compressed data in the output is damaged")) from None
    if not engine.eof or engine.unused_data.strip(b"\r\n"):
        raise CannotProve(
            _("compressed data in the output is cut off, or something stands behind it")
        )
    return result


def jpeg_segments(data: bytes) -> dict[int, list[bytes]]:
    """The content of every segment by marker, without the coded pixels.

    Raises:
        CannotProve: a segment that is not needed, a thumbnail, or bytes behind the end.
    """
    segments: dict[int, list[bytes]] = {}
    for marker, body in _jpeg_walk(data):
        if marker not in _JPEG_SEGMENTS or (marker == _APP0 and len(body) != _JFIF_BYTES):
            raise CannotProve(_("the picture holds more than pixels (a JPEG segment not needed)"))
        segments.setdefault(marker, []).append(body)
    if sum(len(segments.get(frame, [])) for frame in _FRAMES) != 1 or _SOS not in segments:
        raise CannotProve(_("the picture does not hold exactly one frame"))
    return segments


def _jpeg_walk(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = len(JPEG_SIGNATURE)
    while data[position : position + 2] != bytes([0xFF, _EOI]):
        if len(data) < position + 4 or data[position] != 0xFF:
            raise CannotProve(_("the picture is cut off or damaged"))
        marker, length = struct.unpack(">BH", data[position + 1 : position + 4])
        yield marker, data[position + 4 : position + 2 + length]
        position += 2 + length
        if marker == _SOS:
            position = _after_scan(data, position)
    if position + 2 != len(data):
        raise CannotProve(_("the picture has bytes behind its end"))


def _after_scan(data: bytes, position: int) -> int:
    """Where the next marker stands behind coded data."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise CannotProve(_("the picture is cut off"))
        if data[position + 1] not in _STUFFED:
            return position
        position += 2
