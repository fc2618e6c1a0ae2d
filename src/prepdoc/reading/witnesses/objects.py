"""The object tree of a PDF → witnesses: strings, names, keys, long integers and streams.

Objects are taken by their number, not from the root: one that nothing refers to counts as well.
"""

from __future__ import annotations

import contextlib
import itertools
import zlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeAlias

from prepdoc.page import Witness
from prepdoc.reading.witnesses import syntax
from prepdoc.reading.witnesses.characters import readings
from prepdoc.reading.witnesses.contents import (
    attachment_witnesses,
    byte_witnesses,
    meant_as_text,
    text_witnesses,
)
from prepdoc.reading.witnesses.limits import MAX_DEPTH, MAX_RAW_STRINGS, UNREADABLE, Reach
from prepdoc.reading.witnesses.packed import filters, stream_bytes
from prepdoc.reading.witnesses.stretches import MIN_DIGITS, contiguous

LONG_INTEGER = 10**11
"""A PDF integer of twelve digits is no coordinate, size or offset."""

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
OPAQUE = frozenset({"/XRef", "/ObjStm"})
"""Streams that qpdf has already taken apart into the objects that they hold."""
PICTURE_FILTERS = frozenset({"/DCTDecode", "/JPXDecode"})
"""Streams that are whole files of pictures (ISO 32000-2 §7.4.8, §7.4.9)."""
FIGURES = ("/FunctionType", "/ShadingType", "/Length1", "/Length2", "/Length3")
"""Keys of streams that hold figures or font programs (ISO 32000-2 §7.10, §8.7.4, §9.9)."""

Id: TypeAlias = tuple[int, int]


def pdf_errors() -> tuple[type[Exception], ...]:
    """What pikepdf raises on damaged objects: there is no common base class."""
    import pikepdf

    wrong = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError)
    return (pikepdf.PdfError, pikepdf.PasswordError, *wrong, OSError, MemoryError, zlib.error)


def object_texts(pdf: Any, reach: Reach) -> Iterator[Witness]:
    """What every object of an opened pikepdf.Pdf says."""
    errors = pdf_errors()
    yield from _strings("trailer", pdf.trailer, reach)
    objects = _each(pdf, reach)
    drawn, attached = _streams_by_use(objects)
    for number, thing in objects:
        try:
            yield from _one_object(thing, number, drawn, attached, reach)
        except errors:
            yield Witness(f"object {number} {UNREADABLE}", "")


def _each(pdf: Any, reach: Reach) -> list[tuple[int, Any]]:
    found = []
    objects = pdf.objects  # made anew whenever it is asked for
    for index in range(len(objects)):
        if reach.is_spent:
            break
        reach.spend(objects=1)
        with contextlib.suppress(*pdf_errors()):
            found.append((index + 1, objects[index]))
    return found


def _streams_by_use(objects: Iterable[tuple[int, Any]]) -> tuple[set[Id], set[Id]]:
    """Those that draw pages and Type 3 glyphs, and attached files: most bear no mark."""
    import pikepdf

    drawn: set[Id] = set()
    attached: set[Id] = set()
    for _, holder in objects:
        if not isinstance(holder, pikepdf.Dictionary):
            continue
        with contextlib.suppress(*pdf_errors()):
            drawn |= set(_streams_under(holder, "/Contents"))
            drawn |= set(_streams_under(holder, "/CharProcs"))
            attached |= set(_streams_under(holder, "/EF"))
    return drawn, attached


def _streams_under(holder: Any, key: str) -> Iterator[Id]:
    import pikepdf

    value = holder.get(key)
    parts: Iterable[Any] = (value,)
    if isinstance(value, pikepdf.Array):
        parts = value
    elif isinstance(value, pikepdf.Dictionary):
        parts = (part for _, part in value.items())
    return (part.objgen for part in parts if isinstance(part, pikepdf.Stream))


def _one_object(
    thing: Any, number: int, drawn: set[Id], attached: set[Id], reach: Reach
) -> Iterator[Witness]:
    import pikepdf

    where = f"object {number}{_place(thing)}"
    yield from _strings(where, thing, reach)
    if not isinstance(thing, pikepdf.Stream) or str(thing.get("/Type")) in OPAQUE:
        return
    if thing.get("/Subtype") == "/Image":
        yield from _picture(where, thing, reach)
        return
    data = stream_bytes(thing, reach.stream_bytes)
    reach.spend(unpacked_bytes=len(data))
    yield from _stream(where, thing, data, drawn, attached, reach)


def _stream(
    where: str, stream: Any, data: bytes, drawn: set[Id], attached: set[Id], reach: Reach
) -> Iterator[Witness]:
    """By what it is for: drawing, a file, text, figures or unknown."""
    is_drawn = "/PatternType" in stream or stream.get("/Subtype") == "/Form"
    if is_drawn or stream.objgen in drawn or b"begincmap" in data:
        yield from drawing_witnesses(where, data, reach)
    elif stream.objgen in attached or stream.get("/Type") == "/EmbeddedFile":
        yield from attachment_witnesses(where, data, reach)
    elif any(key in stream for key in FIGURES):
        yield from (Witness(where, stretch) for stretch in contiguous(data))
    elif _place(stream):
        yield from meant_as_text(where, data, reach)
    else:
        yield from byte_witnesses(where, data, reach)


def drawing_witnesses(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    """Strings, names and comments between drawing operators, and long integers."""
    yield from (Witness(where, stretch) for stretch in contiguous(data))
    for string in itertools.islice(syntax.strings(data), MAX_RAW_STRINGS):
        for text in readings(string):
            yield from text_witnesses(where, text, reach)
    for name in syntax.names(data):
        yield from text_witnesses(where, name, reach)


def _picture(where: str, stream: Any, reach: Reach) -> Iterator[Witness]:
    """Metadata of a picture that is kept as a file; pixels are no text, and are not unpacked."""
    names = set(filters(stream))
    if not names & PICTURE_FILTERS or len(names) > 1:
        return
    data = bytes(stream.read_raw_bytes())[: reach.stream_bytes]
    reach.spend(unpacked_bytes=len(data))
    yield from byte_witnesses(where, data, reach)


def _place(thing: Any) -> str:
    import pikepdf

    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return ""
    names = (str(thing.get(key)) for key in ("/Subtype", "/Type", "/S"))
    return next((f" ({PLACES[name]})" for name in names if name in PLACES), "")


def _strings(where: str, thing: Any, reach: Reach) -> Iterator[Witness]:
    for scalar in _scalars(thing):
        if isinstance(scalar, bytes):
            yield from meant_as_text(where, scalar, reach)
        else:
            yield from text_witnesses(where, scalar, reach)


def _scalars(thing: Any, depth: int = 0) -> Iterator[str | bytes]:
    """Every string, name and long integer in an object; what it refers to has its own turn."""
    import pikepdf

    if isinstance(thing, pikepdf.String):
        yield bytes(thing)
        yield str(thing)  # in PDFDocEncoding
    elif isinstance(thing, (str, pikepdf.Name)):
        yield str(thing)
    elif _is_long_integer(thing):
        yield str(int(thing))
    elif depth < MAX_DEPTH:
        for part in _direct_parts(thing):
            yield from _scalars(part, depth + 1)


def _is_long_integer(thing: object) -> bool:
    """Also one that is written with a point and zeros behind it."""
    if isinstance(thing, Decimal):
        return thing.is_finite() and abs(thing) >= LONG_INTEGER and thing == int(thing)
    return isinstance(thing, int) and abs(thing) >= LONG_INTEGER


def _direct_parts(thing: Any) -> Iterator[Any]:
    import pikepdf

    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary):
        keys = (key for key in thing.keys() if len(key) > MIN_DIGITS)  # noqa: SIM118
        parts: Iterable[Any] = itertools.chain(keys, (part for _, part in thing.items()))
    else:
        parts = thing if isinstance(thing, pikepdf.Array) else ()
    yield from (part for part in parts if not getattr(part, "is_indirect", False))
