"""First check, for PDF files: where the bytes are, before the objects are looked at one by one."""

from __future__ import annotations

import re

import pikepdf

from prepdoc.errors import CannotProve
from prepdoc.texts import _

_HEADER = re.compile(rb"%PDF-[12]\.\d\s+(?:%[^\r\n]{1,8}\s+)?")
_OBJECT = re.compile(rb"\s*(\d+) (\d+) obj\b")
_BODY_END = re.compile(rb"stream\r?\n|endobj")
_STREAM_END = re.compile(rb"\s*endstream\s*endobj")
_TAIL = re.compile(
    rb"\s*(?:xref\s+0 \d+\s+(?:\d{10} \d{5} [nf]\s*)+trailer\s*<<(?:(?!startxref).){0,600}?>>\s*)?"
    rb"startxref\s+\d+\s+%%EOF\s*",
    re.DOTALL,
)


def check_layout(raw: bytes, pdf: pikepdf.Pdf) -> frozenset[tuple[int, int]]:
    """Header, objects one behind the other, one table, the end: nothing between or behind.

    Gives number and generation of the objects that stand in the file.

    Raises:
        CannotProve: the file is not of that shape.
    """
    header = _HEADER.match(raw)
    if header is None:
        raise CannotProve(_("the output does not begin like a PDF"))
    position = header.end()
    numbers: set[tuple[int, int]] = set()
    while found := _OBJECT.match(raw, position):
        number = int(found[1]), int(found[2])
        if number in numbers:
            raise CannotProve(_("the output holds an earlier revision of an object"))
        numbers.add(number)
        position = _object_end(raw, found.end(), pdf, number)
    if not _TAIL.fullmatch(raw, position):
        raise CannotProve(_("the output holds an earlier revision, or bytes outside its objects"))
    return frozenset(numbers)


def _object_end(raw: bytes, start: int, pdf: pikepdf.Pdf, number: tuple[int, int]) -> int:
    end = _BODY_END.search(raw, start)
    if end is None:
        raise CannotProve(_("the output is cut off"))
    if end.group() == b"endobj":
        return end.end()
    stream = pdf.get_object(number)
    length = (
        int(stream.stream_dict.get("/Length", -1)) if isinstance(stream, pikepdf.Stream) else -1
    )
    closed = _STREAM_END.match(raw, end.end() + length) if length >= 0 else None
    if closed is None:
        raise CannotProve(_("the output holds an object that its table does not list"))
    return closed.end()
