"""Card digits in an output's texts and bytes: poppler, PDFium, and every stream and string.

Nothing of this needs pixels. Bytes are seen plain, as UTF-16, out of hex strings and out of TJ
arrays; streams are decoded by qpdf (pikepdf), and again by zlib wherever one begins.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf
from PIL import Image

from bench.corpus.truth import Item
from bench.judging.needles import Needle, Needles, digit_runs, digits_of, in_place, kept
from bench.judging.places import Place
from bench.judging.rendering import Char, Document
from bench.judging.verdict import Found, Ground

IN_PLACE = 3
"""Masked digits in a row of the text layer, where the item stands: the place is emptied, so only
the kept digits, which are no needle, and a mask's own text could be there."""
DEEPEST = 3
"""Documents within documents."""
MOST_BYTES = 50_000_000
"""Of one decoded stream; the corpus has none that is larger."""


def text_layer(data: bytes, document: Document, needles: Needles) -> list[Found]:
    """What poppler and PDFium read anywhere."""
    texts = [*_poppler(data), "\n".join(document.text(i) for i in range(len(document)))]
    return [found for text in texts for found in told("text", text, needles)]


def told(ground: Ground, text: str, needles: Needles) -> list[Found]:
    """What a text that was read uncovers."""
    hits = needles.hits(digit_runs(text)) + needles.whole_hits(digits_of(text))
    return [Found(ground, needle.page, needle.labels) for needle in hits]


def _poppler(data: bytes) -> list[str]:
    program = shutil.which("pdftotext")
    if program is None:
        raise RuntimeError("poppler's pdftotext is needed to judge: install poppler-utils")
    texts = []
    for mode in ("-layout", "-raw"):
        done = subprocess.run(
            [program, mode, "-", "-"], input=data, capture_output=True, timeout=120
        )
        texts.append(done.stdout.decode("utf-8", "replace"))
    return texts


# --- the text layer in place -------------------------------------------------------------------


def text_in_place(chars: list[Char], page: int, item: Item, place: Place) -> list[Found]:
    """Masked digits of the text layer where the item stands; `place` in parts of the width."""
    here = [char for char in chars if place.holds(char.x, char.y)]
    order = place.in_reading_order([(char.x, char.y) for char in here])
    as_written = digits_of("".join(char.char for char in here))
    if _only_kept(as_written, item):
        return []
    readings = {digits_of("".join(here[i].char for i in order)), as_written}
    hits = [n for read in readings for n in hits_in_place(read, page, item, IN_PLACE)]
    return [Found("place", page, needle.labels) for needle in hits]


def _only_kept(digits: str, item: Item) -> bool:
    """Whether these are no more than the kept digits, in any order: files shuffle and turn them."""
    return not Counter(digits) - Counter("".join(kept([item])))


def hits_in_place(
    digits: str, page: int, item: Item, length: int, others: Iterable[Item] = ()
) -> list[Needle]:
    """The needles of so many masked digits among digits read where an item stands."""
    wanted = in_place(item, page, length, kept([item, *others]))
    return [n for n in wanted if n.text in digits]


# --- bytes -------------------------------------------------------------------------------------


def raw(data: bytes, needles: Needles) -> list[Found]:
    """What the file's bytes and decoded parts uncover."""
    found = []
    for part in parts(data):
        for view in _views(part):
            hits = needles.hits(_unbroken(view)) + _whole_hits(view, needles)
            found += [Found("bytes", needle.page, needle.labels) for needle in hits]
    return found


_UNBROKEN = re.compile(rb"[0-9]{6,}")
_XREF = re.compile(rb"\b0{3}[0-9]{7} [0-9]{5} [nf](?=\s)")
"""Entries of a cross-reference table (ISO 32000-1, 7.5.4) of a file below 10 MB: offsets with
zeros before them, as 6200 0000 0154 has within it."""
_GROUPED = re.compile(rb"[0-9]{2,}(?:[ \-./]{1,2}[0-9]{2,})+|[0-9](?:[ \-][0-9]){11,}")


def _unbroken(view: bytes) -> Iterator[str]:
    """Runs without a separator: coordinates have at most some six digits behind their point."""
    told = _XREF.sub(b"", view)
    return (match.group().decode() for match in _UNBROKEN.finditer(told))


def _whole_hits(view: bytes, needles: Needles) -> list[Needle]:
    """Grouped digits only count as a whole number: a content stream is full of short ones."""
    runs = {re.sub(rb"[^0-9]", b"", m.group()).decode() for m in _GROUPED.finditer(view)}
    return [needle for run in runs if len(run) >= 12 for needle in needles.whole_hits(run)]


_HEX = re.compile(rb"<([0-9A-Fa-f\s]{12,})>")
_KERN = re.compile(rb"\)\s*-?[0-9.]*\s*\(")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


def _views(part: bytes) -> Iterator[bytes]:
    """The same bytes as they are, and with each way of writing text undone."""
    yield part
    for text in (part, *_unhexed(part)):
        if text is not part:
            yield text
        if b"\x00" in text:
            yield text.replace(b"\x00", b"")
        if b"\xef\xbc" in text:
            yield text.decode("utf-8", "replace").translate(_WIDE).encode()
        if b"\xff" in text and b"\x10" in text:
            yield _narrowed(text)
    if b")" in part and b"(" in part:
        yield _KERN.sub(b"", part)
    if b"%3" in part:
        yield re.sub(rb"%3([0-9])", rb"\1", part)


def _unhexed(part: bytes) -> Iterator[bytes]:
    for match in _HEX.finditer(part):
        digits = re.sub(rb"\s", b"", match.group(1))
        yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode())


def _narrowed(text: bytes) -> bytes:
    """UTF-16 full-width digits as ASCII, whichever byte comes first."""
    text = re.sub(rb"\xff([\x10-\x19])", lambda m: bytes([m.group(1)[0] + 0x20]), text)
    return re.sub(rb"([\x10-\x19])\xff", lambda m: bytes([m.group(1)[0] + 0x20]), text)


def parts(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and everything that can be unpacked from them."""
    yield data
    if depth >= DEEPEST:
        return
    if b"%PDF-" in data[:1024]:
        for part in (*_pdf_parts(data), *_inflated(data)):
            yield from parts(part, depth + 1)
    elif data[:2] == b"PK":
        yield from (inner for part in _zip_parts(data) for inner in parts(part, depth + 1))
    elif data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n":
        yield from _picture_parts(data)


def _pdf_parts(data: bytes) -> Iterator[bytes]:
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PdfError:
        return  # the raw bytes and whatever zlib can unpack are searched all the same
    with pdf:
        for thing in pdf.objects:
            yield from _strings(thing, 0)
            if isinstance(thing, pikepdf.Stream):
                yield from _stream(thing)
        yield from _strings(pdf.trailer, 0)


def _strings(thing: Any, depth: int) -> Iterator[bytes]:
    """Every string of an object; objects that it refers to come by themselves."""
    if depth and getattr(thing, "is_indirect", False):
        return
    if isinstance(thing, pikepdf.String):
        yield str(thing).encode()
    elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        for key in thing.keys():  # noqa: SIM118  (pikepdf's objects are no mappings)
            yield str(key).encode()
            yield from _strings(thing.get(key), depth + 1)
    elif isinstance(thing, pikepdf.Array):
        for entry in thing:
            yield from _strings(entry, depth + 1)


def _stream(stream: Any) -> Iterator[bytes]:
    """Decoded; of a picture only what comes after its pixels, which are no text."""
    try:
        decoded = bytes(stream.read_bytes(pikepdf.StreamDecodeLevel.generalized))
    except pikepdf.PdfError:
        return
    yield decoded[_pixel_bytes(stream) : MOST_BYTES]


def _pixel_bytes(stream: Any) -> int:
    if stream.get("/Subtype") != "/Image" or str(stream.get("/Filter", "")).find("DCT") >= 0:
        return 0
    bits = int(stream.get("/BitsPerComponent", 1))
    channels = {"/DeviceGray": 1, "/DeviceCMYK": 4}.get(str(stream.get("/ColorSpace", "")), 3)
    return -(-int(stream.get("/Width", 0)) * bits * channels // 8) * int(stream.get("/Height", 0))


def _inflated(data: bytes) -> Iterator[bytes]:
    """Streams of earlier revisions too, which no cross-reference table names any more."""
    pixels = re.compile(rb"/Subtype\s*/Image")
    for match in re.finditer(rb"stream\r?\n", data):
        if pixels.search(data[max(0, match.start() - 400) : match.start()].rpartition(b" obj")[2]):
            continue
        try:
            yield zlib.decompressobj().decompress(data[match.end() :], MOST_BYTES)
        except zlib.error:
            continue


def _zip_parts(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (name.encode() for name in archive.namelist())
            yield from (
                archive.read(entry) for entry in archive.infolist() if entry.file_size < MOST_BYTES
            )
    except (zipfile.BadZipFile, RuntimeError):
        return


def _picture_parts(data: bytes) -> Iterator[bytes]:
    """Texts of PNG chunks (also compressed ones), EXIF values and comments, by Pillow."""
    with Image.open(io.BytesIO(data)) as image:
        values = [*image.info.values(), *image.getexif().values()]
        for block in (0x8769, 0x8825):  # the Exif and GPS blocks (CIPA DC-008 4.6.3)
            values += image.getexif().get_ifd(block).values()
    for value in values:
        yield value if isinstance(value, bytes) else str(value).encode()
