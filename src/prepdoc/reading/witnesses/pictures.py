"""A picture → witnesses: metadata, comments, segments and chunks, further frames, bytes behind it.

Pixels are never read here: those that are seen are read on the page, and of those that are not
(further frames, thumbnails, colours under full transparency) it is only said that they are there.
"""

from __future__ import annotations

import numbers
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image

from prepdoc.errors import UnreadableInput
from prepdoc.page import Witness
from prepdoc.reading import MAX_PAGES, Format
from prepdoc.reading.image import DECODING_ERRORS, decoded
from prepdoc.reading.witnesses.contents import (
    attachment_witnesses,
    byte_witnesses,
    meant_as_text,
    text_witnesses,
)
from prepdoc.reading.witnesses.limits import NOT_SHOWN, UNREADABLE, Reach
from prepdoc.reading.witnesses.objects import LONG_INTEGER
from prepdoc.reading.witnesses.stretches import in_bytes

# Pillow keeps these under `info`; the other keys are PNG keywords, which a file chooses freely.
INFO_PLACES = {
    "comment": "comment",
    "exif": "EXIF",
    "xmp": "XMP metadata",
    "XML:com.adobe.xmp": "XMP metadata",
    "photoshop": "Photoshop block",
    "icc_profile": "colour profile",
}
JPEG_START = b"\xff\xd8\xff"
END_OF_IMAGE = b"\xff\xd9"
"""EOI, ITU-T T.81 table B.1; within the coded pixels FF is always followed by zero or RST."""
START_OF_SCAN = 0xDA
PNG_HEADER_BYTES = 8
PNG_PICTURE_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"fdAT", b"iCCP"})
"""Chunks of figures and pixels (PNG 3rd edition §11.2, §11.3); text chunks Pillow has unpacked."""
USER_COMMENT = 0x9286
CHARACTER_CODES = {  # EXIF 3.0 §4.6.5, table 9
    b"ASCII\0\0\0": "ascii",
    b"JIS\0\0\0\0\0": "iso2022_jp",
    b"UNICODE\0": "",  # UTF-16 in whichever byte order
    b"\0\0\0\0\0\0\0\0": "",
}
TEXT_TAGS = frozenset({0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F})
"""Windows's XPTitle, XPComment, XPAuthor, XPKeywords, XPSubject, in UTF-16-LE."""


def image_texts(data: bytes, format: Format, reach: Reach) -> Iterator[Witness]:
    """What a picture names beside its pixels."""
    try:
        with decoded(data, format) as image:
            yield from _frames(image, format, reach)
    except UnreadableInput:
        yield Witness(f"metadata {UNREADABLE}", "")
    yield from (Witness("raw bytes", stretch) for stretch in in_bytes(data))
    if format == "PNG":
        yield from _chunks(data, reach)
    end = END_OF.get(format, len)(data)
    yield from attachment_witnesses("bytes after the end", data[end:][: reach.stream_bytes], reach)


def _frames(image: Image.Image, format: Format, reach: Reach) -> Iterator[Witness]:
    frames = min(int(getattr(image, "n_frames", 1)), MAX_PAGES)
    for number in range(frames):
        image.seek(number)
        if image.format == "PNG" and reach.depth == 0:
            image.load()  # PNG may have text behind the pixels
        yield from _metadata(image, reach)
    if frames > 1 and format != "TIFF":
        yield Witness(f"{frames - 1} further frames {NOT_SHOWN}", "")
    if reach.depth == 0 and _hides_colours(image):
        yield Witness(f"colours under full transparency {NOT_SHOWN}", "")


def _hides_colours(image: Image.Image) -> bool:
    """Whether fully transparent pixels differ among themselves."""
    if image.mode != "RGBA":
        return False
    hidden = image.getchannel("A").point([255] + [0] * 255)
    extremes = [image.getchannel(band).histogram(hidden) for band in "RGB"]
    return any(sum(count > 0 for count in histogram) > 1 for histogram in extremes)


def _metadata(image: Image.Image, reach: Reach) -> Iterator[Witness]:
    for key, value in image.info.items():
        where = INFO_PLACES.get(str(key), f"{image.format} text")
        yield from text_witnesses(where, str(key), reach)
        yield from _value(where, value, reach)
    for _, segment in getattr(image, "applist", ()):
        yield from _value("JPEG segment", segment, reach)
    for tag, value in dict(getattr(image, "tag_v2", {})).items():
        yield from _value(_tag_place("TIFF", tag), value, reach)
    yield from _exif(image.getexif(), reach)


def _exif(exif: Image.Exif, reach: Reach) -> Iterator[Witness]:
    yield from _tags(exif, reach)
    for directory in ExifTags.IFD:
        try:
            tags = dict(exif.get_ifd(directory))
        except DECODING_ERRORS:
            yield Witness(f"EXIF {directory.name} {UNREADABLE}", "")
            continue
        yield from _tags(tags, reach)
        if tags and directory == ExifTags.IFD.IFD1:
            yield Witness(f"EXIF thumbnail {NOT_SHOWN}", "")


def _tags(tags: Mapping[int, Any], reach: Reach) -> Iterator[Witness]:
    for tag, value in tags.items():
        where = _tag_place("EXIF", tag)
        if tag == USER_COMMENT and isinstance(value, bytes):
            yield from _user_comment(where, value, reach)
        else:
            yield from _value(where, value, reach)


def _user_comment(where: str, value: bytes, reach: Reach) -> Iterator[Witness]:
    encoding = CHARACTER_CODES.get(value[:8])
    text = value[8:] if encoding is not None else value
    if encoding:
        yield from text_witnesses(where, text.decode(encoding, "replace"), reach)
    yield from meant_as_text(where, text, reach)


def _tag_place(kind: str, tag: object) -> str:
    name = ExifTags.TAGS.get(tag) if isinstance(tag, int) else None
    return f"{kind} {name or 'tag'}"


def _value(where: str, value: object, reach: Reach) -> Iterator[Witness]:
    """A metadata value of any kind; lists of small numbers are bytes (EXIF's XP tags)."""
    if isinstance(value, bytes):
        yield from meant_as_text(where, value, reach)
        yield from _pictures_within(where, value, reach)
    elif isinstance(value, numbers.Number):
        if isinstance(value, int) and abs(value) >= LONG_INTEGER:  # 96.0119 is a resolution
            yield from text_witnesses(where, str(value), reach)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _value(where, part, reach)
    elif isinstance(value, (list, tuple)):
        if value and all(isinstance(part, int) and 0 <= part < 256 for part in value):
            yield from meant_as_text(where, bytes(value), reach)
        else:
            for part in value:
                yield from _value(where, part, reach)
    else:
        yield from text_witnesses(where, str(value), reach)


def _pictures_within(where: str, block: bytes, reach: Reach) -> Iterator[Witness]:
    """Thumbnails have metadata of their own (EXIF 3.0 §4.5.8; Photoshop's resource 1036)."""
    start = block.find(JPEG_START, 1)
    if start > 0 and reach.may_descend:
        yield from byte_witnesses(f"{where}, thumbnail", block[start:], reach)


def _chunks(data: bytes, reach: Reach) -> Iterator[Witness]:
    """PNG's chunks that no reader knows are read as any bytes."""
    for kind, start, end in _png_chunks(data):
        if kind not in PNG_PICTURE_CHUNKS:
            yield from meant_as_text("PNG chunk", data[start:end], reach)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each chunk's content (PNG 3rd edition §5.3)."""
    at = PNG_HEADER_BYTES
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at + 8, min(at + 8 + length, len(data))
        at += 12 + length
        if kind == b"IEND":
            return


# --- where a picture ends: a file may go on behind it ---


def _end_of_png(data: bytes) -> int:
    return next((end + 4 for kind, _, end in _png_chunks(data) if kind == b"IEND"), len(data))


def _end_of_jpeg(data: bytes) -> int:
    """Behind the first EOI after the pixels begin; segments before it may hold other pictures."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == START_OF_SCAN:
            end = data.find(END_OF_IMAGE, at)
            return end + 2 if end >= 0 else len(data)
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return len(data)


def _end_of_riff(data: bytes) -> int:
    """RFC 9649 §2.4."""
    return 8 + int.from_bytes(data[4:8], "little")


def _end_of_bitmap(data: bytes) -> int:
    """BITMAPFILEHEADER's bfSize."""
    return int.from_bytes(data[2:6], "little") or len(data)


def _end_of_boxes(data: bytes) -> int:
    """ISO/IEC 14496-12 §4.2: boxes follow each other; what is no box is behind the end."""
    at = 0
    while at + 8 <= len(data) and re.fullmatch(rb"[a-z]{4}", data[at + 4 : at + 8]):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:
            return len(data)  # to the end of the file, or a size of 64 bits
        at += size
    return at


END_OF: Mapping[Format, Callable[[bytes], int]] = {
    "PNG": _end_of_png,
    "JPEG": _end_of_jpeg,
    "WEBP": _end_of_riff,
    "BMP": _end_of_bitmap,
    "HEIF": _end_of_boxes,
}
"""The formats that say where they end."""
