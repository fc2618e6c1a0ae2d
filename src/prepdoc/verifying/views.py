"""What a reader is shown of an output page, and the way back from there to the page's pixels.

Tesseract needs pages upright, both engines need print of a fair size, and a black mask beside a
digit is read as a letter; so a view is turned, cut out, enlarged and has its masks blanked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.explaining import Island
from prepdoc.page import Line, Pixels, Point, Quad

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels."""

Region: TypeAlias = NDArray[np.bool_]
"""H × W, of a page or of a box on it."""

BLURRED_PX = 2
"""A mask's edge is blurred by JPEG; two pixels more hold no digit that can be read."""
SHARP_PX = 1
"""Without loss it is painted to a part of a pixel; a second one may be the edge of a small digit
that stays."""
_RING_PX = 6
"""As wide as this around a mask is its surrounding colour taken from."""


@dataclass(frozen=True, slots=True)
class View:
    """Pixels cut out of a page at `left`, `top`, turned `turn` quarters and enlarged `factor`."""

    pixels: Pixels = field(repr=False)
    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0
    turn: int = 0
    factor: float = 1.0

    def back(self, line: Line) -> Line:
        """The same line in pixels of the page."""
        return replace(
            line, glyphs=tuple(replace(g, quad=self._quad_back(g.quad)) for g in line.glyphs)
        )

    def _quad_back(self, quad: Quad) -> Quad:
        return Quad(*map(self._point_back, quad.corners()))

    def _point_back(self, point: Point) -> Point:
        x, y = point[0] / self.factor, point[1] / self.factor
        # The turned picture's width is the page's height after an odd number of quarters.
        width, height = (self.width, self.height)[:: -1 if self.turn % 2 else 1]
        for _ in range(self.turn % 4):
            x, y, width, height = height - y, x, height, width
        return x + self.left, y + self.top


def view(page: Pixels, box: Box | None, turn: int, factor: float = 1.0) -> View:
    """Of a part of the page, or all of it, upright."""
    height, width = page.shape[:2]
    left, top, right, bottom = box or (0, 0, width, height)
    part = np.rot90(page[top:bottom, left:right], k=turn % 4)
    if factor != 1.0:
        part = _resized(np.ascontiguousarray(part), factor)
    return View(np.ascontiguousarray(part), left, top, right - left, bottom - top, turn % 4, factor)


@dataclass(frozen=True, slots=True)
class Levelled:
    """A picture whose lines were turned level; `onto` (2 × 3) maps a place of it to what it was."""

    pixels: Pixels = field(repr=False)
    onto: NDArray[np.float64] = field(repr=False)

    def back(self, line: Line) -> Line:
        """The same line in pixels of the picture as it was."""
        return line.mapped(self.onto)


def levelled(pixels: Pixels, slant: float) -> Levelled:
    """The whole picture, turned counter-clockwise by so many degrees."""
    height, width = pixels.shape[:2]
    turning = cv2.getRotationMatrix2D((width / 2, height / 2), slant, 1.0)
    cos, sin = abs(turning[0, 0]), abs(turning[0, 1])
    wide, high = round(width * cos + height * sin), round(width * sin + height * cos)
    turning[:, 2] += (wide - width) / 2, (high - height) / 2
    flags, border = cv2.INTER_CUBIC, cv2.BORDER_REPLICATE
    level = cv2.warpAffine(pixels, turning, (wide, high), flags=flags, borderMode=border)
    back = cv2.invertAffineTransform(turning)
    return Levelled(np.asarray(level, dtype=np.uint8), np.asarray(back, dtype=np.float64))


def _resized(pixels: Pixels, factor: float) -> Pixels:
    method = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=method), dtype=np.uint8)


def blanked(page: Pixels, masks: Iterable[Quad], edge_px: int = BLURRED_PX) -> Pixels:
    """A copy with each mask and its edge in the colour around it. The masks' uniformity is proven
    before, so nothing that could be read gets lost.
    """
    copy = page.copy()
    for mask in masks:
        _blank(copy, page, mask, edge_px)
    return copy


def cleared(island: Island, places: Iterable[Quad]) -> Island:
    """The island with these places of its page blanked."""
    here = [place.moved(-island.left, -island.top) for place in places]
    inside = [place for place in here if _meets(place, island.pixels)]
    return replace(island, pixels=blanked(island.pixels, inside)) if inside else island


def _meets(place: Quad, pixels: Pixels) -> bool:
    left, top, right, bottom = place.box()
    return left < pixels.shape[1] and top < pixels.shape[0] and right > 0 and bottom > 0


def _blank(copy: Pixels, page: Pixels, mask: Quad, edge_px: int) -> None:
    box = left, top, right, bottom = grown(mask, _RING_PX, _RING_PX, page)
    hole = edged(filled([mask], box), edge_px)
    around = page[top:bottom, left:right][~hole]
    colour = np.median(around, axis=0) if len(around) else np.array([255, 255, 255])
    copy[top:bottom, left:right][hole] = colour.astype(np.uint8)


def filled(quads: Iterable[Quad], box: Box) -> Region:
    """Which pixels of the box lie in any of the quads."""
    left, top, right, bottom = box
    inside = np.zeros((bottom - top, right - left), dtype=np.uint8)
    for quad in quads:
        corners = np.round(quad.array() - (left, top)).astype(np.int32)
        cv2.fillConvexPoly(inside, corners, 1)
    return inside.astype(np.bool_)


def edged(region: Region, edge_px: int = BLURRED_PX) -> Region:
    """A mask with its edge."""
    size = 2 * edge_px + 1
    kernel = np.ones((size, size), dtype=np.uint8)
    return cv2.dilate(region.astype(np.uint8), kernel).astype(np.bool_)


def grown(quad: Quad, across: float, down: float, page: Pixels) -> Box:
    """The upright box around a quad with a margin, within the page; never empty."""
    x0, y0, x1, y1 = quad.box()
    height, width = page.shape[:2]
    left, top = int(np.clip(x0 - across, 0, width - 1)), int(np.clip(y0 - down, 0, height - 1))
    right = int(np.clip(np.ceil(x1 + across), left + 1, width))
    return left, top, right, int(np.clip(np.ceil(y1 + down), top + 1, height))
