"""First check, for PDF: every object is one that a page of pixels needs.

`schema` is the allow-list; what it does not name is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import pikepdf

from prepdoc.errors import CannotProve
from prepdoc.texts import _
from prepdoc.verifying.containers import inflated, jpeg_segments
from prepdoc.verifying.layout import check_layout
from prepdoc.verifying.schema import (
    INVISIBLE,
    NEUTRAL,
    OPERATORS,
    SCAFFOLD,
    SCHEMA,
    SHOWING,
    STREAMS,
    WORDS,
    XREF_STREAM_KEYS,
)

FIRST_PNG_PREDICTOR = 10
"""It and those above it put a byte before each row (ISO 32000-1 §7.4.4.4)."""

PdfObject: TypeAlias = Any
"""pikepdf's wrapper has one class for every type of PDF object."""


@dataclass
class Inventory:
    """What the walk met: objects by number, streams that are no picture, and every string."""

    seen: set[tuple[int, int]] = field(default_factory=set)
    streams: list[bytes] = field(default_factory=list, repr=False)
    strings: list[str | bytes] = field(default_factory=list, repr=False)
    pictures: list[bytes | None] = field(default_factory=list, repr=False)
    """A page's picture as JPEG bytes, or None where it is lossless; in page order."""


def inventory(raw: bytes, pdf: pikepdf.Pdf) -> Inventory:
    """Every object of the PDF, checked against the allow-list.

    Raises:
        CannotProve: something is there that a page of pixels does not need, or is damaged.
    """
    met = Inventory()
    if pdf.is_encrypted:
        raise CannotProve(_("the output is encrypted"))
    standing = check_layout(raw, pdf)
    trailer = {k: v for k, v in pdf.trailer.items() if k not in XREF_STREAM_KEYS}
    _walk_keys(trailer, "trailer", met)
    _check_nothing_else(pdf, met)
    if not standing <= met.seen:
        raise CannotProve(_("the output holds an object that its table does not list"))
    if len(met.pictures) != len(pdf.pages) or pdf.get_warnings():
        raise CannotProve(_("the output is damaged, or a page is not one picture"))
    return met


def _check_nothing_else(pdf: pikepdf.Pdf, met: Inventory) -> None:
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Object) or item.objgen in met.seen:
            continue
        if not (_is_stream(item) and str(item.stream_dict.get("/Type")) in SCAFFOLD):
            raise CannotProve(_("the output holds an object that no page uses"))
        met.streams.append(item.read_bytes())
        met.seen.add(item.objgen)


def _walk(item: PdfObject, role: str, met: Inventory) -> None:
    if isinstance(item, pikepdf.Object) and item.is_indirect:
        if item.objgen in met.seen:
            return
        met.seen.add(item.objgen)
    if role in SCHEMA:
        _walk_dictionary(item, role, met)
    else:
        _WALKS[role](item, met)


def _walk_dictionary(item: PdfObject, role: str, met: Inventory) -> None:
    if not isinstance(item, pikepdf.Stream if role in STREAMS else pikepdf.Dictionary):
        # ToUnicode and CIDToGIDMap may be a name (`/Identity-H`), a palette a string.
        if role != "mapping":
            what = _("the output's {role} is of a wrong type")
            raise CannotProve(what.format(role=role))
        _plain(item, met)
        return
    _walk_keys(dict(item.items()), role, met)
    if role in STREAMS:
        _STREAM_CHECKS.get(role, _keep_stream)(item, met)


def _walk_keys(items: dict[str, PdfObject], role: str, met: Inventory) -> None:
    for key, value in items.items():
        if key not in SCHEMA[role]:
            what = _("the output's {role} holds more than prepdoc writes")
            raise CannotProve(what.format(role=role))
        _walk(value, SCHEMA[role][key], met)


def _plain(item: PdfObject, met: Inventory) -> None:
    if isinstance(item, pikepdf.Name):
        met.strings.append(str(item))
    elif not isinstance(item, bool | int | float | Decimal):
        raise CannotProve(_("the output holds text where a number or a name belongs"))


def _numbers(item: PdfObject, met: Inventory) -> None:
    if isinstance(item, pikepdf.Array):
        for part in item:
            _walk(part, "numbers", met)
    else:
        _plain(item, met)


def _words(item: PdfObject, met: Inventory) -> None:
    if not isinstance(item, pikepdf.String) or not WORDS.fullmatch(str(item)):
        raise CannotProve(_("the output holds a text that prepdoc does not write"))
    met.strings.append(str(item))


def _neutral(item: PdfObject, met: Inventory) -> None:
    if not isinstance(item, pikepdf.String) or not NEUTRAL.fullmatch(str(item)):
        raise CannotProve(_("the output's producer is not neutral"))
    met.strings.append(str(item))


def _id(item: PdfObject, met: Inventory) -> None:
    parts = list(item) if isinstance(item, pikepdf.Array) else []
    if len(parts) != 2 or any(len(bytes(part)) != 16 for part in parts):
        raise CannotProve(_("the output's identifier is not of the usual kind"))
    met.strings += [bytes(part) for part in parts]


def _seen(item: PdfObject, met: Inventory) -> None:
    """Never called for a parent that the walk came from; anything else is a stray object."""
    raise CannotProve(_("a page of the output refers to something outside the page tree"))


def _kids(item: PdfObject, met: Inventory) -> None:
    for kid in item:
        _walk(kid, "pages" if kid.get("/Type") == pikepdf.Name.Pages else "page", met)
        if kid.get("/Type") == pikepdf.Name.Page:
            _check_page(kid)


def _check_page(page: PdfObject) -> None:
    pictures = page.get("/Resources", {}).get("/XObject", {})
    if len(pictures) != 1:
        raise CannotProve(_("a page of the output is not exactly one picture"))
    try:
        instructions = pikepdf.parse_content_stream(page)
    except pikepdf.PdfError:
        raise CannotProve(_("a page of the output is damaged")) from None
    _check_operators([(str(i.operator), list(i.operands)) for i in instructions])


def _check_operators(instructions: list[tuple[str, list[PdfObject]]]) -> None:
    names = [name for name, _ in instructions]
    if not set(names) <= OPERATORS or names.count("Do") != 1:
        raise CannotProve(_("a page of the output draws more than its picture and invisible text"))
    modes = [(i, operands) for i, (name, operands) in enumerate(instructions) if name == "Tr"]
    shown = [i for i, name in enumerate(names) if name in SHOWING]
    visible = any(operands != [INVISIBLE] for _, operands in modes)
    if visible or (shown and (not modes or modes[0][0] > shown[0])):
        raise CannotProve(_("a page of the output has text that is not invisible"))


def _named(role: str, item: PdfObject, met: Inventory) -> None:
    if not isinstance(item, pikepdf.Dictionary):
        raise CannotProve(_("the output's resources are damaged"))
    for key, value in item.items():
        met.strings.append(key)
        _walk(value, role, met)


def _descendants(item: PdfObject, met: Inventory) -> None:
    for part in item:
        _walk(part, "descendant", met)


def _colours(item: PdfObject, met: Inventory) -> None:
    """DeviceGray, DeviceRGB or an indexed table of them (§8.6.6.3)."""
    if not isinstance(item, pikepdf.Array):
        _plain(item, met)
        return
    kind, base, highest, table = item
    for part in (kind, base, highest):
        _plain(part, met)
    if isinstance(table, pikepdf.String):
        _check_table(bytes(table), met)
    else:
        _walk(table, "palette", met)


def _check_table(table: bytes, met: Inventory) -> None:
    if len(table) > 3 * 256:
        raise CannotProve(_("a table of colours in the output is too long"))
    met.strings.append(table)


def _check_palette(item: PdfObject, met: Inventory) -> None:
    _check_table(_decoded(item), met)


def _keep_stream(item: PdfObject, met: Inventory) -> None:
    met.streams.append(_decoded(item))


def _keep_content(item: PdfObject, met: Inventory) -> None:
    _keep_stream(item, met)
    met.strings += list(_shown(item))


def _shown(stream: PdfObject) -> Iterator[bytes]:
    """The strings of each operand as bytes, joined over the kerning inside a TJ array."""
    for instruction in pikepdf.parse_content_stream(stream):
        parts = [p for operand in instruction.operands for p in _flat(operand)]
        yield b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))


def _flat(operand: PdfObject) -> list[PdfObject]:
    return list(operand) if isinstance(operand, pikepdf.Array) else [operand]


def _check_picture(item: PdfObject, met: Inventory) -> None:
    """The stream holds the pixels, to the byte."""
    if item.get("/Filter") == pikepdf.Name.DCTDecode:
        jpeg = item.read_raw_bytes()
        jpeg_segments(jpeg)
        met.pictures.append(jpeg)
        return
    samples = 3 if item.get("/ColorSpace") == pikepdf.Name.DeviceRGB else 1
    row = (int(item.Width) * samples * int(item.BitsPerComponent) + 7) // 8
    marks = _marks_of_a_row(item, samples)
    if len(_unpacked(item)) != (marks + row) * int(item.Height):
        raise CannotProve(_("a picture in the output holds more or less data than its pixels"))
    met.pictures.append(None)


def _marks_of_a_row(picture: PdfObject, samples: int) -> int:
    """How many bytes before each row say how it is predicted.

    Rows that are said to be longer than the picture's would leave bytes that nobody draws.
    """
    said = picture.get("/DecodeParms")
    if said is None:
        return 0
    shape = int(said.Colors), int(said.BitsPerComponent), int(said.Columns)
    own = samples, int(picture.BitsPerComponent), int(picture.Width)
    if int(said.Predictor) < FIRST_PNG_PREDICTOR or shape != own:
        raise CannotProve(_("a picture in the output has other rows than its pixels"))
    return 1


def _unpacked(stream: PdfObject) -> bytes:
    """The bytes without what they are packed in; a picture's rows as they are predicted."""
    filters = _flat(stream.get("/Filter", pikepdf.Array([])))
    if filters == [pikepdf.Name.FlateDecode]:
        return inflated(stream.read_raw_bytes())
    if filters:
        raise CannotProve(_("a stream in the output is packed in a way that prepdoc does not use"))
    return bytes(stream.read_raw_bytes())


def _decoded(stream: PdfObject) -> bytes:
    _unpacked(stream)
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        raise CannotProve(_("a stream in the output is damaged")) from None


def _is_stream(item: PdfObject) -> bool:
    return isinstance(item, pikepdf.Stream)


_WALKS: dict[str, Callable[[PdfObject, Inventory], None]] = {
    "plain": _plain,
    "numbers": _numbers,
    "words": _words,
    "neutral": _neutral,
    "id": _id,
    "seen": _seen,
    "kids": _kids,
    "descendants": _descendants,
    "colours": _colours,
    "images": lambda item, met: _named("image", item, met),
    "fonts": lambda item, met: _named("font", item, met),
}
_STREAM_CHECKS: dict[str, Callable[[PdfObject, Inventory], None]] = {
    "image": _check_picture,
    "palette": _check_palette,
    "content": _keep_content,
}
