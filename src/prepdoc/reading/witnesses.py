"""Part of the first stage, hidden places → witnesses: reads what a file holds beside its pages.

Nothing here is copied into the output. Only stretches of text that hold a number are kept, with
some characters around them, each as a line of its own; so a witness is short, and what it says
about a person is little.

A PDF is full of figures that are no text: coordinates, widths of glyphs, offsets. So the stretches
are looked for with two eyes. Where text is meant (strings, names, metadata, attachments, scripts)
anything of seven digits counts, with whatever separates them. In bytes of unknown meaning (the raw
file, fonts, colour profiles) only what is written like a whole card number counts.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import itertools
import logging
import numbers
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image

from prepdoc.errors import UnreadableInput
from prepdoc.page import Witness
from prepdoc.reading import MAX_PAGES, PDF_HEADER_WITHIN_BYTES, Format
from prepdoc.reading.image import DECODING_ERRORS, decoded

MAX_TEXT = 32_000_000
"""Characters kept in all; what a file of 500 pages of figures comes to is a tenth of it."""
MAX_STREAM_BYTES = 16_000_000
"""Bytes looked at of one decoded stream: a hostile one unpacks to gigabytes."""
MAX_REVISIONS = 16
"""Earlier revisions of a PDF that are opened; each costs as much as the file itself."""
MAX_NESTED = 2
"""PDFs within PDFs, how deep."""
MAX_DEPTH = 100
"""Arrays and dictionaries within each other, how deep; qpdf itself stops at 500."""
LONG_INTEGER = 10**11
"""A PDF integer of twelve digits is no coordinate, size or offset."""

MIN_DIGITS = 7
"""One more than the six that rule 5 needs, so that a masked number's first seven are kept."""
CONTEXT = 24
"""Characters kept on either side of a run: a label such as ご利用カード番号 or Card number."""
SEPARATOR = r"(?:[^\w\r\n]|[_xX])"
"""What may stand between digits: anything but letters, and the letters that mask a digit."""
WITHIN = 14
"""Separators in a row within a run: `12**-****-` is nine, with spaces between them fourteen."""

RUN = re.compile(rf"\d(?:{SEPARATOR}{{0,{WITHIN}}}\d){{{MIN_DIGITS - 1},}}")
CARD = re.compile(
    r"(?<![\d.])(?<!\d[ -])"
    r"(?:\d{12,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{2,7}|\d{4}([ -])\d{6}\2\d{4,5})"
    r"(?![\d.])(?![ -]\d)"
)
"""Twelve to nineteen digits, or grouped 4-4-4-n or 4-6-n with one and the same separator."""

LITERAL = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.DOTALL)  # ISO 32000-2 §7.3.4.2
HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]{14,})>")  # ISO 32000-2 §7.3.4.3
END_OF_FILE = re.compile(rb"%%EOF[\r\n]*")

ENCODINGS = ("utf-8", "cp932")
"""Tried in this order on text without a byte-order mark; what neither knows is read as Latin-1."""
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)

# What a PDF object is, by its /Type or /Subtype (ISO 32000-2, annex on types): only these names
# are told, since a file may call its own objects by anything, a card number too.
PLACES = {
    "/Metadata": "XMP metadata",
    "/XML": "XMP metadata",
    "/EmbeddedFile": "attachment",
    "/Filespec": "attachment",
    "/Annot": "annotation",
    "/Widget": "form field",
    "/Popup": "annotation",
    "/Page": "page",
    "/Form": "drawing",
    "/Catalog": "catalog",
    "/StructElem": "structure",
    "/JavaScript": "script",
    "/Outlines": "outline",
    "/Sig": "signature",
}
NOTES = ("(unreadable)", "(not shown)", "(too much to read)")
"""How a place ends that is told for its own sake."""
OPAQUE = frozenset({"/XRef", "/ObjStm"})
"""Streams that qpdf has already taken apart into the objects that they hold."""

# Pillow keeps these under `info`; the other keys are PNG keywords, which a file chooses freely.
INFO_PLACES = {
    "comment": "comment",
    "exif": "EXIF",
    "xmp": "XMP metadata",
    "XML:com.adobe.xmp": "XMP metadata",
    "photoshop": "Photoshop block",
    "icc_profile": "colour profile",
}
END_MARKERS: dict[Format, bytes] = {
    "JPEG": b"\xff\xd9",  # EOI, ITU-T T.81 table B.1
    "PNG": b"IEND\xaeB`\x82",  # IEND and its check sum, PNG 3rd edition §11.2.5
}
"""The last bytes of a picture; a file may go on behind them."""

EXPANDING = frozenset({"/FlateDecode", "/LZWDecode", "/RunLengthDecode"})
MAX_PACKED_BYTES = 256_000
"""A stream that qpdf unpacks whole: Flate makes at most 1032 bytes of one, so 264 MB."""
CHUNK_BYTES = 65_536
LETTER_SAMPLE = 4096
"""Bytes by which a stream's kind is judged."""
PROSE_LETTERS = 0.3
"""The share of letters in scripts, XML and prose; tables of figures have none."""
CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f\x7f]")
"""Bytes that text does not hold."""


def pdf_witnesses(data: bytes, password: str | None = None) -> tuple[Witness, ...]:
    """What a PDF's objects, streams, earlier revisions, raw bytes and text layers say.

    An object that cannot be read is a witness without text, and the reading goes on.
    """
    return _kept(_pdf_texts(data, password, nested=0))


def image_witnesses(data: bytes, format: Format) -> tuple[Witness, ...]:
    """What a picture's metadata, comments, further frames and raw bytes say."""
    return _kept(_image_texts(data, format))


def _kept(found: Iterable[Witness]) -> tuple[Witness, ...]:
    """One witness a place, each stretch told once, up to MAX_TEXT characters."""
    places: dict[str, dict[str, None]] = {}
    told: set[str] = set()
    size = 0
    for witness in found:
        lines = places.setdefault(witness.where, {})
        for stretch in witness.text.splitlines():
            if stretch and stretch not in told:
                told.add(stretch)
                lines[stretch] = None
                size += len(stretch)
        if size > MAX_TEXT:
            places["the rest (too much to read)"] = {}
            break
    told_places = ((where, lines) for where, lines in places.items() if lines or _is_note(where))
    return tuple(Witness(where, "\n".join(lines)) for where, lines in told_places)


def _is_note(where: str) -> bool:
    """Whether the place is worth telling without a number in it."""
    return where.endswith(NOTES)


def _stretches(text: str, pattern: re.Pattern[str] = RUN) -> str:
    """The runs with what stands around them on their line, each on a line of its own."""
    found = []
    for line in text.splitlines():
        for match in pattern.finditer(line):
            before = line[max(0, match.start() - CONTEXT) : match.start()]
            after = line[match.end() : match.end() + CONTEXT]
            found.append(_last_words(before) + match.group() + _first_words(after))
    return "\n".join(found)


def _last_words(before: str) -> str:
    """Without digits: those that are cut off from their number could make up another one."""
    return before[max((i + 1 for i, char in enumerate(before) if char.isdigit()), default=0) :]


def _first_words(after: str) -> str:
    return "".join(itertools.takewhile(lambda char: not char.isdigit(), after))


# --- text out of bytes ---


def _decoded(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if b"\0" in data:
        return _utf_16(data)
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _utf_16(data: bytes) -> str:
    """Both byte orders, since nothing tells which: a line each."""
    readings = (data.decode(order, errors="ignore") for order in ("utf-16-be", "utf-16-le"))
    return "\n".join((*readings, data.replace(b"\0", b"").decode("latin-1")))


def _cards_in_bytes(data: bytes) -> str:
    """What is written like a whole card number, in ASCII or UTF-16."""
    readings = {data, data.replace(b"\0", b"")}
    found = (_stretches(reading.decode("latin-1"), CARD) for reading in readings)
    return "\n".join(stretch for stretch in found if stretch)


def _in_strings(data: bytes) -> str:
    """The numbers in the literal and hexadecimal strings of PDF syntax."""
    literals = (match.group(1) for match in LITERAL.finditer(data))
    hexadecimals = (_from_hexadecimal(match.group(1)) for match in HEXADECIMAL.finditer(data))
    texts = (_decoded(string) for string in (*literals, *hexadecimals) if len(string) >= MIN_DIGITS)
    return "\n".join(stretch for stretch in map(_stretches, texts) if stretch)


def _from_hexadecimal(figures: bytes) -> bytes:
    compact = b"".join(figures.split())
    return bytes.fromhex((compact + b"0" * (len(compact) % 2)).decode("ascii"))


def _letter_share(text: str) -> float:
    sample = text[:LETTER_SAMPLE]
    return sum(map(str.isalpha, sample)) / max(1, len(sample))


# --- PDF ---


def _pdf_texts(data: bytes, password: str | None, nested: int) -> Iterator[Witness]:
    yield from _revision_texts(data, password, nested)
    for number, end in enumerate(_ends_of_revisions(data), start=1):
        for witness in _revision_texts(data[:end], password, nested):
            yield Witness(f"revision {number}, {witness.where}", witness.text)
    yield Witness("raw bytes", _cards_in_bytes(data) + "\n" + _in_strings(data))
    yield Witness("bytes after the end", _stretches(_decoded(_after_the_end(data))))
    yield from _text_layers(data, password)


def _ends_of_revisions(data: bytes) -> list[int]:
    """Where the earlier revisions end: each update appends to the file (ISO 32000-2 §7.5.6)."""
    ends = [match.end() for match in END_OF_FILE.finditer(data)]
    return ends[:-1][-MAX_REVISIONS:]


def _after_the_end(data: bytes) -> bytes:
    *_, last = itertools.chain((len(data),), (m.end() for m in END_OF_FILE.finditer(data)))
    return data[last : last + MAX_STREAM_BYTES]


def _revision_texts(data: bytes, password: str | None, nested: int) -> Iterator[Witness]:
    import pikepdf

    # qpdf's warnings may quote what they warn of, a card number too.
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)
    try:
        with pikepdf.open(io.BytesIO(data), password=password or "") as pdf:
            yield from _object_texts(pdf, nested)
    except _pdf_errors():
        yield Witness("objects (unreadable)", "")


def _pdf_errors() -> tuple[type[Exception], ...]:
    """What pikepdf raises on damaged objects: there is no common base class."""
    import pikepdf

    wrong = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError)
    return (pikepdf.PdfError, pikepdf.PasswordError, *wrong, OSError, MemoryError, zlib.error)


def _object_texts(pdf: Any, nested: int) -> Iterator[Witness]:
    errors = _pdf_errors()
    drawn = _content_streams(pdf)
    yield Witness("trailer", _stretches("\n".join(_scalars(pdf.trailer))))
    for index in range(len(pdf.objects)):
        try:
            yield from _one_object(pdf.objects[index], index + 1, drawn, nested)
        except errors:
            yield Witness(f"object {index + 1} (unreadable)", "")


def _content_streams(pdf: Any) -> set[tuple[int, int]]:
    """The streams that draw pages and Type 3 glyphs: they bear no mark of their own."""
    import pikepdf

    found: set[tuple[int, int]] = set()
    for index in range(len(pdf.objects)):
        with contextlib.suppress(*_pdf_errors()):  # told as unreadable when it is its turn
            holder = pdf.objects[index]
            if isinstance(holder, pikepdf.Dictionary):
                found |= set(_streams_under(holder, "/Contents"))
                found |= set(_streams_under(holder, "/CharProcs"))
    return found


def _streams_under(holder: Any, key: str) -> Iterator[tuple[int, int]]:
    import pikepdf

    value = holder.get(key)
    parts: Iterable[Any] = (value,)
    if isinstance(value, pikepdf.Array):
        parts = value
    elif isinstance(value, pikepdf.Dictionary):
        parts = (part for _, part in value.items())
    return (part.objgen for part in parts if isinstance(part, pikepdf.Stream))


def _one_object(
    thing: Any, number: int, drawn: set[tuple[int, int]], nested: int
) -> Iterator[Witness]:
    import pikepdf

    where = f"object {number}{_place(thing)}"
    yield Witness(where, _stretches("\n".join(_scalars(thing))))
    if not isinstance(thing, pikepdf.Stream) or thing.get("/Subtype") == "/Image":
        return
    if str(thing.get("/Type")) in OPAQUE:
        return
    data = _unpacked(thing)
    is_drawn = thing.objgen in drawn or "/PatternType" in thing or thing.get("/Subtype") == "/Form"
    yield Witness(where, _stream_text(thing, data, is_drawn))
    if data[:PDF_HEADER_WITHIN_BYTES].find(b"%PDF-") >= 0 and nested < MAX_NESTED:
        for witness in _pdf_texts(data, None, nested + 1):
            yield Witness(f"{where}, {witness.where}", witness.text)


def _place(thing: Any) -> str:
    import pikepdf

    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return ""
    names = (str(thing.get(key)) for key in ("/Subtype", "/Type", "/S"))
    return next((f" ({PLACES[name]})" for name in names if name in PLACES), "")


def _scalars(thing: Any, depth: int = 0) -> Iterator[str]:
    """Every string, name and long integer in an object; what it refers to has its own turn."""
    import pikepdf

    if isinstance(thing, pikepdf.String):
        yield str(thing)
        yield _decoded(bytes(thing))
    elif isinstance(thing, (str, pikepdf.Name)) or _is_long_integer(thing):
        yield str(thing)
    elif depth < MAX_DEPTH:
        for part in _direct_parts(thing):
            yield from _scalars(part, depth + 1)


def _is_long_integer(thing: object) -> bool:
    return isinstance(thing, int) and abs(thing) >= LONG_INTEGER


def _direct_parts(thing: Any) -> Iterator[Any]:
    import pikepdf

    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary):
        yield from (key for key in thing.keys() if len(key) > MIN_DIGITS)  # noqa: SIM118
        parts: Iterable[Any] = (part for _, part in thing.items())
    else:
        parts = thing if isinstance(thing, pikepdf.Array) else ()
    yield from (part for part in parts if not getattr(part, "is_indirect", False))


def _stream_text(stream: Any, data: bytes, is_drawn: bool) -> str:
    """By what the stream is for: text, strings between drawing operators, or unknown bytes."""
    strict = _cards_in_bytes(data)
    if is_drawn:
        return strict + "\n" + _in_strings(data)
    if _place(stream) or _is_prose(stream, data):
        return strict + "\n" + _stretches(_decoded(data))
    return strict


def _is_prose(stream: Any, data: bytes) -> bool:
    """Scripts and forms have no type; they are told from functions and tables by their letters."""
    if "/FunctionType" in stream or b"begincmap" in data:
        return False
    if CONTROL.search(data[:LETTER_SAMPLE].replace(b"\0", b"")):
        return False
    return _letter_share(_decoded(data[:LETTER_SAMPLE])) >= PROSE_LETTERS


def _unpacked(stream: Any) -> bytes:
    """The decoded bytes, MAX_STREAM_BYTES at most.

    Raises:
        ValueError: it could unpack to so much that it is not tried.
    """
    filters = _filters(stream)
    if filters == ["/FlateDecode"] and "/DecodeParms" not in stream:
        return _inflated(bytes(stream.read_raw_bytes()))
    times = sum(name in EXPANDING for name in filters)
    if times > 1 or (times == 1 and len(stream.read_raw_bytes()) > MAX_PACKED_BYTES):
        raise ValueError("may unpack to gigabytes")
    return bytes(stream.read_bytes())[:MAX_STREAM_BYTES]


def _filters(stream: Any) -> list[str]:
    import pikepdf

    value = stream.get("/Filter")
    if value is None:
        return []
    return [str(name) for name in value] if isinstance(value, pikepdf.Array) else [str(value)]


def _inflated(packed: bytes) -> bytes:
    """Up to the limit or the first damaged byte: what comes before it is still a witness."""
    unpacker = zlib.decompressobj()
    out = bytearray()
    for start in range(0, len(packed), CHUNK_BYTES):
        try:
            out += unpacker.decompress(packed[start : start + CHUNK_BYTES], MAX_STREAM_BYTES)
        except zlib.error:
            break
        if len(out) >= MAX_STREAM_BYTES:
            break
    return bytes(out[:MAX_STREAM_BYTES])


def _text_layers(data: bytes, password: str | None) -> Iterator[Witness]:
    """All the text of each page: invisible, off the page, under pictures, in hidden layers."""
    import pymupdf

    from prepdoc.reading.pdf import mupdf_errors, silence_mupdf

    silence_mupdf()
    try:
        with pymupdf.open(stream=data, filetype="pdf") as document:
            document.authenticate(password or "")
            # Without their list no layer is off; this is a copy in memory, and the bytes stay.
            document.xref_set_key(document.pdf_catalog(), "OCProperties", "null")
            for index in range(min(document.page_count, MAX_PAGES)):
                yield _text_layer(document, index)
    except mupdf_errors():
        yield Witness("text layers (unreadable)", "")


def _text_layer(document: Any, index: int) -> Witness:
    import pymupdf

    from prepdoc.reading.pdf import mupdf_errors

    where = f"page {index + 1}, text layer"
    try:
        displayed = document.load_page(index).get_displaylist(annots=True)
        text = pymupdf.TextPage(displayed.get_textpage(pymupdf.TEXT_PRESERVE_WHITESPACE))
        return Witness(where, _stretches(text.extractText()))
    except mupdf_errors():
        return Witness(f"{where} (unreadable)", "")
    finally:
        pymupdf.TOOLS.store_shrink(100)


# --- pictures ---


def _image_texts(data: bytes, format: Format) -> Iterator[Witness]:
    try:
        with decoded(data, format) as image:
            yield from _frames(image, format)
    except UnreadableInput:
        yield Witness("metadata (unreadable)", "")
    yield Witness("raw bytes", _cards_in_bytes(data))
    _, marker, rest = data.rpartition(END_MARKERS.get(format, b"\0" * 64))
    if marker and rest:
        yield Witness("bytes after the end", _stretches(_decoded(rest[:MAX_STREAM_BYTES])))


def _frames(image: Image.Image, format: Format) -> Iterator[Witness]:
    frames = min(int(getattr(image, "n_frames", 1)), MAX_PAGES)
    for number in range(frames):
        image.seek(number)
        image.load()  # PNG may have text behind the pixels
        yield from _metadata(image)
    if frames > 1 and format != "TIFF":
        yield Witness(f"{frames - 1} further frames (not shown)", "")


def _metadata(image: Image.Image) -> Iterator[Witness]:
    for key, value in image.info.items():
        where = INFO_PLACES.get(str(key), f"{image.format} text")
        yield Witness(where, _stretches(f"{key}\n{_value_text(value)}"))
    for _, segment in getattr(image, "applist", ()):
        yield Witness("JPEG segment", _stretches(_value_text(segment)))
    for tag, value in dict(getattr(image, "tag_v2", {})).items():
        yield Witness(_tag_place("TIFF", tag), _stretches(_value_text(value)))
    yield from _exif(image.getexif())


def _exif(exif: Image.Exif) -> Iterator[Witness]:
    yield from _tags(exif)
    for directory in ExifTags.IFD:
        try:
            tags = dict(exif.get_ifd(directory))
        except DECODING_ERRORS:
            yield Witness(f"EXIF {directory.name} (unreadable)", "")
            continue
        yield from _tags(tags)
        if tags and directory == ExifTags.IFD.IFD1:
            yield Witness("EXIF thumbnail (not shown)", "")


def _tags(tags: Mapping[int, Any]) -> Iterator[Witness]:
    for tag, value in tags.items():
        yield Witness(_tag_place("EXIF", tag), _stretches(_value_text(value)))


def _tag_place(kind: str, tag: object) -> str:
    name = ExifTags.TAGS.get(tag) if isinstance(tag, int) else None
    return f"{kind} {name or 'tag'}"


def _value_text(value: object) -> str:
    """A metadata value of any kind as text; lists of small numbers are bytes (EXIF's XP tags)."""
    if isinstance(value, bytes):
        return _decoded(value)
    if isinstance(value, numbers.Number):
        return str(value) if _is_long_integer(value) else ""  # 96.0119 is a resolution
    if isinstance(value, Mapping):
        return "\n".join(map(_value_text, value.values()))
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(part, int) and 0 <= part < 256 for part in value):
            return _decoded(bytes(value))
        return "\n".join(map(_value_text, value))
    return str(value)
