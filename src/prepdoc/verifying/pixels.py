"""Third check: masks of one colour, and everything else as it was before they were painted.

What the page must look like is known: the source with each mask filled. Where the output is
lossless it must be equal; where it is a JPEG, that picture goes through the same JPEG tables,
and must then be equal but for the rounding of another encoder.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from prepdoc.errors import CannotProve
from prepdoc.page import ExpectedPage, Pixels, Quad
from prepdoc.patterns import lightest
from prepdoc.texts import _
from prepdoc.verifying.views import Region

Colour: TypeAlias = NDArray[np.uint8]

_INSIDE_PX = 0.6
"""A pixel whose middle is so far inside a mask must be painted, however painting rounds …"""
_OUTSIDE_PX = 1.6
"""… and one so far outside must not. Between the two both colours are right."""
_ENDS_PX = (0.25, 0.0, 0.125, 0.375, 0.5)
"""By how much painting may draw in a mask's ends, the usual way first; tried only for JPEG."""
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


_JPEG_BLACK = 4
"""What was black before a JPEG may come back so bright: half a step of the level of a block."""
_JPEG_RINGS = 48
"""The same in a block that a stamp reaches into; a digit on a black mask differs by 100 or more."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A quad's surroundings on the page: where they are, and what of them is mask or edge."""

    rows: slice
    columns: slice
    corners: NDArray[np.float64]
    inner: Region = field(repr=False)
    outer: Region = field(repr=False)


Edge: TypeAlias = Callable[[_Window, Pixels, Pixels, Colour], Region]
"""Says of the pixels at a mask's edge which are mask, from the output's and the source's pixels."""


def check_pixels(actual: Pixels, page: ExpectedPage, jpeg: bytes | None) -> int:
    """The number of masks that are uniform; `jpeg` is the page's picture where it is one.

    Raises:
        CannotProve: a mask is not of one colour, or a pixel outside of masks and stamps changed.
    """
    if actual.shape != page.source.shape:
        what = _("page {page} of the output is of another size than planned")
        raise CannotProve(what.format(page=page.number))
    if page.lossless == (jpeg is not None):
        what = _("page {page} of the output is stored in another way than planned")
        raise CannotProve(what.format(page=page.number))
    if jpeg is None:
        _check_exact(actual, page)
    else:
        _check_jpeg(actual, page, jpeg)
    return len(page.masks)


def _painted(actual: Pixels, page: ExpectedPage, edge: Edge) -> Pixels:
    """The source as it must look: masks filled with their colour, stamps as they are."""
    painted = page.source.copy()
    for mask in page.masks:
        _fill(painted, actual, page, mask, edge)
    for stamp in page.stamps:
        rows, columns = _around(stamp.quad, actual, _STAMP_EDGE_PX)
        painted[rows, columns] = actual[rows, columns]
    return painted


def _fill(painted: Pixels, actual: Pixels, page: ExpectedPage, mask: Quad, edge: Edge) -> None:
    window = _window(mask, actual)
    here = actual[window.rows, window.columns]
    there = painted[window.rows, window.columns]
    if not window.inner.any():
        what = _("page {page} has a mask that is off the page")
        raise CannotProve(what.format(page=page.number))
    colour = _usual(here[window.inner])
    if not page.lossless and colour.max() <= _JPEG_BLACK:
        colour = np.zeros_like(colour)
    between = window.outer & ~window.inner & edge(window, here, there, colour)
    there[window.inner | between] = colour


def _usual(values: NDArray[np.uint8]) -> Colour:
    """The most frequent value of each channel: ringing in a JPEG moves the mean and the median."""
    return np.array([np.bincount(channel).argmax() for channel in values.T], dtype=np.uint8)


def _as_seen(window: _Window, here: Pixels, there: Pixels, colour: Colour) -> Region:
    """Where a pixel is more like the mask than like what was there: exact without loss."""
    to_mask = np.abs(here.astype(np.int16) - colour).sum(axis=2)
    to_source = np.abs(here.astype(np.int16) - there).sum(axis=2)
    return np.asarray(to_mask < to_source)


def _as_drawn(end: float, window: _Window, here: Pixels, *_: Pixels) -> Region:
    """Where OpenCV draws the quad in sixteenths of a pixel, its ends drawn in by `end`.

    A JPEG's rings at an edge cannot tell a mask from dark print beside it, so the ways in which
    a quad may be painted are tried; if none of them was the one, the page is refused.
    """
    tl, tr, br, bl = window.corners
    along = (tr - tl) / max(float(np.linalg.norm(tr - tl)), 1e-6)
    inwards = min(end, float(np.linalg.norm(tr - tl + br - bl)) / 4) * along
    corners = np.stack([tl + inwards, tr - inwards, br - inwards, bl + inwards]) - 0.5
    drawn = np.zeros(here.shape[:2], dtype=np.uint8)
    points = np.round(corners * 16).astype(np.int32)
    cv2.fillConvexPoly(drawn, points, [1], lineType=cv2.LINE_8, shift=4)
    return drawn.astype(bool)


def _window(quad: Quad, picture: Pixels) -> _Window:
    rows, columns = _around(quad, picture, math.ceil(_OUTSIDE_PX))
    depth = _depth(quad, rows, columns)
    # Of a mask as thin as a stroke, no pixel is far inside: then those that are farthest.
    least = min(_INSIDE_PX, 0.9 * float(depth.max(initial=0)))
    corners = quad.array() - (columns.start, rows.start)
    return _Window(rows, columns, corners, depth >= max(least, 1e-6), depth > -_OUTSIDE_PX)


def _depth(quad: Quad, rows: slice, columns: slice) -> NDArray[np.float64]:
    """How far inside a convex quad the middle of each pixel is; negative outside."""
    y, x = np.mgrid[rows, columns] + 0.5
    corners = _clockwise(quad.array())
    depth = np.full(x.shape, np.inf)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
        depth = np.minimum(depth, along[0] * (y - start[1]) - along[1] * (x - start[0]))
    return depth


def _clockwise(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners in the order in which the inside is on the right hand (y runs down)."""
    x, y = corners.T
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    return corners if area >= 0 else corners[::-1]


def _around(quad: Quad, picture: Pixels, margin: int) -> tuple[slice, slice]:
    x0, y0, x1, y1 = quad.box()
    height, width = picture.shape[:2]
    rows = slice(max(0, int(y0) - margin), max(0, min(height, int(np.ceil(y1)) + margin + 1)))
    columns = slice(max(0, int(x0) - margin), max(0, min(width, int(np.ceil(x1)) + margin + 1)))
    return rows, columns


def _check_exact(actual: Pixels, page: ExpectedPage) -> None:
    painted = _painted(actual, page, _as_seen)
    if not np.array_equal(actual, painted):
        _refuse((actual != painted).any(axis=2), page)


def _check_jpeg(actual: Pixels, page: ExpectedPage, jpeg: bytes) -> None:
    least = np.full(actual.shape[:2], 255, dtype=np.uint8)
    edges: list[Edge] = [partial(_as_drawn, end) for end in _ENDS_PX]
    for edge in (*edges, _as_seen):
        painted = _painted(actual, page, edge)
        least = np.minimum(least, _difference(actual, _encoded_alike(painted, jpeg)))
        wrong = least > _allowed(page, least)
        if not wrong.any():
            return
    _refuse(wrong, page)


def _allowed(page: ExpectedPage, difference: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much each pixel may differ: least inside masks, anything in the blocks of a stamp."""
    allowed = np.full_like(difference, _JPEG_ERROR)
    for stamp in page.stamps:
        rows, columns = _around(stamp.quad, page.source, _STAMP_EDGE_PX + _JPEG_BLOCK_PX)
        allowed[rows, columns] = 255
    for mask in page.masks:
        window = _window(mask, page.source)
        here = allowed[window.rows, window.columns]
        beside_stamp = here > _JPEG_ERROR
        here[window.inner] = _JPEG_MASK_ERROR
        here[window.inner & beside_stamp] = _JPEG_RINGS
    return allowed


def _difference(a: Pixels, b: Pixels) -> NDArray[np.uint8]:
    """Of each pixel, in the channel where it is greatest."""
    return lightest(np.asarray(cv2.absdiff(a, b), dtype=np.uint8))


def _encoded_alike(painted: Pixels, jpeg: bytes) -> Pixels:
    """Through the same tables, sampling and colours as the JPEG, and back."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as model:
            tables, mode = model.quantization, model.mode  # type: ignore[attr-defined]
            sampling = JpegImagePlugin.get_sampling(model)
    except (OSError, SyntaxError, ValueError):
        raise CannotProve(_("a picture in the output is damaged")) from None
    again = io.BytesIO()
    picture = Image.fromarray(painted).convert(mode)
    picture.save(again, "JPEG", qtables=tables, subsampling=sampling)
    with Image.open(again, formats=("JPEG",)) as decoded:
        return np.asarray(decoded.convert("RGB"), dtype=np.uint8)


def _refuse(wrong: Region, page: ExpectedPage) -> None:
    """Says whether it is a mask or something beside it that is not as it must be."""
    for mask in page.masks:
        window = _window(mask, page.source)
        if (wrong[window.rows, window.columns] & window.inner).any():
            what = _("page {page} has a mask that is not of one colour")
            raise CannotProve(what.format(page=page.number))
    y, x = (int(v[0]) for v in np.nonzero(wrong))
    what = _("page {page} was changed outside its masks and stamps, at {x}, {y}")
    raise CannotProve(what.format(page=page.number, x=x, y=y))
