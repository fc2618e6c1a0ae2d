"""What unpacks: streams of a PDF through their filters, and archives, each up to a limit."""

from __future__ import annotations

import base64
import binascii
import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from prepdoc.reading.witnesses.limits import MAX_MEMBERS, Reach

MAX_PACKED_BYTES = 256_000
"""A stream that qpdf unpacks whole: Flate makes at most 1032 bytes of one, so 264 MB."""
CHUNK_BYTES = 65_536

ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError)
UNPACKING_ERRORS = (*ZIP_ERRORS, ValueError, LookupError, zlib.error, lzma.LZMAError, MemoryError)
"""What the standard library raises on damaged, encrypted or unknown archives."""


class _Unpacker(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


SIGNATURES: tuple[tuple[bytes, Callable[[], _Unpacker]], ...] = (
    (b"\x1f\x8b\x08", lambda: zlib.decompressobj(wbits=31)),  # gzip, RFC 1952 §2.3.1
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lzma.LZMADecompressor),
)
ZIP_SIGNATURE = b"PK\x03\x04"  # APPNOTE 4.3.7; office documents and e-books are zips
SEALED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
"""Archives that no library at hand unpacks."""


def unpacked_whole(data: bytes, limit: int) -> bytes | None:
    """What a gzip, bzip2 or xz file holds, up to `limit` bytes; None if it is none of these."""
    for signature, unpacker in SIGNATURES:
        if data.startswith(signature):
            return _inflated(data, unpacker(), limit)
    return None


def zip_members(data: bytes, reach: Reach) -> Iterator[tuple[str, bytes | None]]:
    """Each member's name with its comment, and its bytes up to the limit, or None if unreadable."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield _decoded(archive.comment), b""
        for info in archive.infolist()[:MAX_MEMBERS]:
            label = f"{info.filename}\n{_decoded(info.comment)}"
            try:
                with archive.open(info) as member:
                    yield label, member.read(reach.stream_bytes)
            except UNPACKING_ERRORS:
                yield label, None


def _decoded(comment: bytes) -> str:
    return comment.decode("utf-8", "replace")


def stream_bytes(stream: Any, limit: int) -> bytes:
    """The decoded bytes of a PDF's stream, `limit` at most.

    Raises:
        ValueError: it could unpack to so much that it is not tried.
    """
    names = filters(stream)
    if "/DecodeParms" not in stream and all(name in DECODERS for name in names):
        data = bytes(stream.read_raw_bytes())
        for name in names:
            data = DECODERS[name](data, limit)
        return data[:limit]
    if len(stream.read_raw_bytes()) > MAX_PACKED_BYTES or len(names) > 1:
        raise ValueError("may unpack to gigabytes")
    return bytes(stream.read_bytes())[:limit]


def filters(stream: Any) -> list[str]:
    """The names of a stream's filters, the outermost first (ISO 32000-2 §7.3.8.2)."""
    import pikepdf

    value = stream.get("/Filter")
    if value is None:
        return []
    return [str(name) for name in value] if isinstance(value, pikepdf.Array) else [str(value)]


def _inflated(packed: bytes, unpacker: _Unpacker, limit: int) -> bytes:
    """Up to the limit or the first damaged byte: what comes before it is still a witness."""
    out = bytearray()
    for start in range(0, len(packed), CHUNK_BYTES):
        if len(out) >= limit:
            break
        try:
            out += unpacker.decompress(packed[start : start + CHUNK_BYTES], limit)
        except (*UNPACKING_ERRORS, EOFError):
            break
    return bytes(out[:limit])


def _deflated(data: bytes, limit: int) -> bytes:
    return _inflated(data, zlib.decompressobj(), limit)


def _from_hexadecimal(data: bytes, limit: int) -> bytes:
    figures = b"".join(data.partition(b">")[0].split())[: 2 * limit]
    return binascii.unhexlify(figures + b"0" * (len(figures) % 2))


def _from_base_85(data: bytes, limit: int) -> bytes:
    figures = data.partition(b"~>")[0][: 5 * limit]
    return base64.a85decode(figures, ignorechars=b" \t\n\r\v\f\0")


def _from_run_lengths(data: bytes, limit: int) -> bytes:
    """ISO 32000-2 §7.4.5."""
    out, at = bytearray(), 0
    while at < len(data) and data[at] != 128 and len(out) < limit:
        count = data[at]
        if count < 128:
            out += data[at + 1 : at + 2 + count]
            at += 2 + count
        else:
            out += data[at + 1 : at + 2] * (257 - count)
            at += 2
    return bytes(out[:limit])


DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "/FlateDecode": _deflated,
    "/ASCIIHexDecode": _from_hexadecimal,
    "/ASCII85Decode": _from_base_85,
    "/RunLengthDecode": _from_run_lengths,
}
"""ISO 32000-2 §7.4; the others need parameters, or are for pictures."""
