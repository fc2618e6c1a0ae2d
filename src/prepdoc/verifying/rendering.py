"""The written file → pixels again, through libraries other than the one that wrote it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from prepdoc.errors import CannotProve
from prepdoc.page import Glyph, Line, Pixels, Quad
from prepdoc.texts import _

_INSET_PX = 0.01
"""pdfium rounds a picture's edges outwards and then scales it by one pixel; drawn a hundredth of
a pixel smaller it comes out as it is (measured: 270 of 270 sizes and resolutions exact)."""
_ROW_SHARE = 0.5
"""Of a character's smaller side, by which the next row is beside this one at least."""


class Written(Protocol):
    """The output, open for looking at."""

    def pixels(self, number: int, height: int, width: int) -> Pixels:
        """Page `number`, from 1, at a size in pixels."""
        ...

    def text(self, number: int, height: int, width: int) -> tuple[Line, ...]:
        """The page's text layer, in pixels of that size."""
        ...


@contextmanager
def opened(path: Path, is_pdf: bool) -> Iterator[Written]:
    """The file, closed again at the end.

    Raises:
        CannotProve: the libraries cannot read it.
    """
    if not is_pdf:
        yield _Picture(path)
        return
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise CannotProve(_("the output does not open again")) from None
    try:
        yield _Document(document)
    finally:
        document.close()


@dataclass(frozen=True, slots=True)
class _Document:
    document: Any = field(repr=False)

    def pixels(self, number: int, height: int, width: int) -> Pixels:
        with self._page(number) as page:
            return _rendered(page, height, width)

    def text(self, number: int, height: int, width: int) -> tuple[Line, ...]:
        with self._page(number) as page:
            text = page.get_textpage()
            try:
                return _lines(text, page.get_size(), (width, height))
            finally:
                text.close()

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        try:
            page = self.document[number - 1]
        except pypdfium2.PdfiumError:
            what = _("page {page} of the output is damaged")
            raise CannotProve(what.format(page=number)) from None
        try:
            yield page
        finally:
            page.close()


@dataclass(frozen=True, slots=True)
class _Picture:
    path: Path

    def pixels(self, number: int, height: int, width: int) -> Pixels:
        try:
            with Image.open(self.path, formats=("PNG", "JPEG")) as picture:
                return np.asarray(picture.convert("RGB"), dtype=np.uint8)
        except (OSError, SyntaxError, ValueError):
            raise CannotProve(_("the output does not open again")) from None

    def text(self, number: int, height: int, width: int) -> tuple[Line, ...]:
        return ()


def _rendered(page: Any, height: int, width: int) -> Pixels:
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, pdfium.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        across, down = page.get_size()
        scale = (width - 2 * _INSET_PX) / across, (height - 2 * _INSET_PX) / down
        matrix = pdfium.FS_MATRIX(scale[0], 0, 0, scale[1], _INSET_PX, _INSET_PX)
        clip = pdfium.FS_RECTF(0, 0, width, height)
        pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, pdfium.FPDF_ANNOT)
        drawn = cv2.cvtColor(bitmap.to_numpy(), cv2.COLOR_BGR2RGB)  # a copy of its own
        return np.asarray(drawn, dtype=np.uint8)
    finally:
        bitmap.close()


def _lines(text: Any, size_pt: tuple[float, float], size_px: tuple[int, int]) -> tuple[Line, ...]:
    """Cut where pdfium sees a line end, and where a row ends; each character with its box in
    pixels.
    """
    lines: list[list[Glyph]] = [[]]
    for index in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, index))
        if char in "\r\n":
            lines.append([])
        else:
            box = text.get_charbox(index, loose=True)
            lines[-1].append(Glyph(char, _in_pixels(box, size_pt, size_px)))
    return tuple(Line(tuple(row), "text") for line in lines for row in rows(line))


def rows(line: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """What pdfium takes for one line, cut where the next character stands back in another row.

    Where rows are closer than their boxes are high, pdfium takes all of a page for one.
    """
    row: list[Glyph] = []
    inked: list[Glyph] = []
    for glyph in line:
        if not glyph.char.isspace():
            if len(inked) > 1 and _is_in_next_row(inked[0].quad, inked[-1].quad, glyph.quad):
                yield row
                row, inked = [], []
            inked.append(glyph)
        row.append(glyph)
    if row:
        yield row


def _is_in_next_row(first: Quad, last: Quad, after: Quad) -> bool:
    """Whether a character stands back, against the way from the first one to the last, and beside
    their row. Prints of one number over each other stand back in the same row.
    """
    (x, y), (x0, y0), (x1, y1) = after.centre(), first.centre(), last.centre()
    along, down = x1 - x0, y1 - y0
    length = math.hypot(along, down)
    if length == 0:
        return False
    back = ((x - x1) * along + (y - y1) * down) / length
    aside = abs((y - y1) * along - (x - x1) * down) / length
    return back < 0 and aside > _ROW_SHARE * min(last.width(), last.height())


def _in_pixels(
    box: tuple[float, float, float, float], size_pt: tuple[float, float], size_px: tuple[int, int]
) -> Quad:
    """From PDF points, origin bottom-left."""
    left, bottom, right, top = box
    x, y = size_px[0] / size_pt[0], size_px[1] / size_pt[1]
    return Quad.from_box(left * x, (size_pt[1] - top) * y, right * x, (size_pt[1] - bottom) * y)
