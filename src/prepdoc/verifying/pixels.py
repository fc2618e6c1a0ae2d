"""Third check: masks of one colour, and everything else as it was before they were painted.

What the page must look like is known: the source with each mask filled. Where the output is
lossless it must be equal; where it is a JPEG, that picture goes through the same JPEG tables,
and must then be equal but for the rounding of another encoder.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from prepdoc.errors import CannotProve
from prepdoc.page import ExpectedPage, Pixels, Quad

Region = NDArray[np.bool_]

_EDGE_PX = 1
"""Painting rounds a corner to the next pixel or the one after: there both colours are right."""
_STAMP_EDGE_PX = 3
"""The stamp's frame is drawn on its edge, half of its width outside."""
_JPEG_BLOCK_PX = 16
"""The largest block of a JPEG (4:2:0); what is drawn in one block changes no other."""
_JPEG_ERROR = 4
"""Largest difference of one value between two encoders with the same tables. Pillow, OpenCV and
MuPDF, decoded by Pillow and pdfium, differed by 0 on text, noise and colour; another compressor
rounds by 1 or 2, which the change of colour space may double."""
_JPEG_MASK_ERROR = 2
"""The same inside a mask, away from its edge. A digit left below a mask differs by far more."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A quad's surroundings on the page: where they are, and what of them is mask or edge."""

    rows: slice
    columns: slice
    inner: Region = field(repr=False)
    outer: Region = field(repr=False)


def check_pixels(actual: Pixels, page: ExpectedPage, jpeg: bytes | None) -> int:
    """The number of masks that are uniform; `jpeg` is the page's picture where it is one.

    Raises:
        CannotProve: a mask is not of one colour, or a pixel outside of masks and stamps changed.
    """
    if actual.shape != page.source.shape:
        raise CannotProve(f"page {page.number} of the output is of another size than planned")
    if page.lossless == (jpeg is not None):
        raise CannotProve(f"page {page.number} of the output is stored in another way than planned")
    painted = _painted(actual, page)
    if jpeg is None:
        _check_exact(actual, painted, page)
    else:
        _check_jpeg(actual, painted, page, jpeg)
    return len(page.masks)


def _painted(actual: Pixels, page: ExpectedPage) -> Pixels:
    """The source as it must look: masks filled with their colour, stamps as they are."""
    painted = page.source.copy()
    for mask in page.masks:
        _fill(painted, actual, page, mask)
    for stamp in page.stamps:
        rows, columns = _around(stamp.quad, actual, _STAMP_EDGE_PX)
        painted[rows, columns] = actual[rows, columns]
    return painted


def _fill(painted: Pixels, actual: Pixels, page: ExpectedPage, mask: Quad) -> None:
    window = _window(mask, actual)
    here = actual[window.rows, window.columns]
    there = painted[window.rows, window.columns]
    if not window.inner.any():
        raise CannotProve(f"page {page.number} has a mask that is thinner than a pixel")
    colour = np.median(here[window.inner], axis=0).astype(np.uint8)
    there[window.inner] = colour
    edge = window.outer & ~window.inner
    there[edge & _nearer(here, colour, there)] = colour


def _nearer(here: Pixels, colour: NDArray[np.uint8], there: Pixels) -> Region:
    """Where a pixel is more like the mask than like what was there."""
    to_mask = np.abs(here.astype(np.int16) - colour).sum(axis=2)
    to_source = np.abs(here.astype(np.int16) - there).sum(axis=2)
    return np.asarray(to_mask < to_source)


def _window(quad: Quad, picture: Pixels) -> _Window:
    rows, columns = _around(quad, picture, 2 * _EDGE_PX + 1)
    shape = picture[rows, columns].shape[:2]
    corners = quad.array() - (columns.start, rows.start)
    full = np.zeros(shape, dtype=np.uint8)
    cv2.fillConvexPoly(full, np.round(corners).astype(np.int32), 1)
    kernel = np.ones((2 * _EDGE_PX + 1,) * 2, dtype=np.uint8)
    inner, outer = cv2.erode(full, kernel, borderValue=0), cv2.dilate(full, kernel)
    return _Window(rows, columns, inner.astype(bool), outer.astype(bool))


def _around(quad: Quad, picture: Pixels, margin: int) -> tuple[slice, slice]:
    x0, y0, x1, y1 = quad.box()
    height, width = picture.shape[:2]
    rows = slice(max(0, int(y0) - margin), max(0, min(height, int(np.ceil(y1)) + margin + 1)))
    columns = slice(max(0, int(x0) - margin), max(0, min(width, int(np.ceil(x1)) + margin + 1)))
    return rows, columns


def _check_exact(actual: Pixels, painted: Pixels, page: ExpectedPage) -> None:
    wrong = (actual != painted).any(axis=2)
    if not wrong.any():
        return
    _refuse(wrong, page)


def _check_jpeg(actual: Pixels, painted: Pixels, page: ExpectedPage, jpeg: bytes) -> None:
    difference = _difference(actual, _encoded_alike(painted, jpeg))
    for mask in page.masks:
        window = _window(mask, actual)
        if difference[window.rows, window.columns][window.inner].max() > _JPEG_MASK_ERROR:
            raise CannotProve(f"page {page.number} has a mask that is not of one colour")
    for stamp in page.stamps:
        rows, columns = _around(stamp.quad, actual, _STAMP_EDGE_PX + _JPEG_BLOCK_PX)
        difference[rows, columns] = 0
    if difference.max(initial=0) > _JPEG_ERROR:
        _refuse(difference > _JPEG_ERROR, page)


def _difference(a: Pixels, b: Pixels) -> NDArray[np.int16]:
    return np.asarray(np.abs(a.astype(np.int16) - b).max(axis=2), dtype=np.int16)


def _encoded_alike(painted: Pixels, jpeg: bytes) -> Pixels:
    """Through the same tables, sampling and colours as the JPEG, and back."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as model:
            tables, mode = model.quantization, model.mode  # type: ignore[attr-defined]
            sampling = JpegImagePlugin.get_sampling(model)
    except (OSError, SyntaxError, ValueError):
        raise CannotProve("a picture in the output is damaged") from None
    again = io.BytesIO()
    picture = Image.fromarray(painted).convert(mode)
    picture.save(again, "JPEG", qtables=tables, subsampling=sampling)
    with Image.open(again, formats=("JPEG",)) as decoded:
        return np.asarray(decoded.convert("RGB"), dtype=np.uint8)


def _refuse(wrong: Region, page: ExpectedPage) -> None:
    """Says whether it is a mask or something beside it."""
    for mask in page.masks:
        window = _window(mask, page.source)
        if (wrong[window.rows, window.columns] & window.inner).any():
            raise CannotProve(f"page {page.number} has a mask that is not of one colour")
    y, x = (int(v[0]) for v in np.nonzero(wrong))
    raise CannotProve(f"page {page.number} was changed outside its masks and stamps, at {x}, {y}")
