"""A line of the page, upright, with what stands around it, where marks are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr.typesetting import away_from, paper_of
from prepdoc.page import Glyph, Line, Pixels, Quad

REACH = 14.0
"""Of a line's heights, on both sides: where the marks beside its digits may stand."""
MARGIN = 0.3
"""The same above and below: underscores hang below a line."""
MAX_HEIGHT_PX = 120
"""Lines that are higher, as those of a card that fills a photograph, are looked at smaller."""
MIN_DIGIT = 0.4
"""Part of a line's height that its digits have at least; readers' boxes are roomy."""
STEP = (0.5, 1.1)
"""Digit heights from one digit to the next; wider steps have a blank or a dash in them."""
MIN_CONTRAST = 40
"""Of 255, between paper and ink."""
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of a strip."""
Piece: TypeAlias = tuple[int, int, int, int]
"""The same of a component of ink, in whole pixels."""
Ink: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of the page, upright, with what stands around it.

    `onto` maps a place of it to the page. The line itself has these `rows`, and its
    `digits` these columns; one is `high` pixels high, stands on row `base`, and the next one begins
    a `step` further on.
    """

    pixels: Pixels = field(repr=False)
    ink: Ink = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
    onto: NDArray[np.float64] = field(repr=False)
    rows: tuple[int, int]
    digits: tuple[tuple[float, float], ...]
    high: float
    base: float
    step: float

    def quad(self, box: Box) -> Quad:
        """A box of the strip as it lies on the page."""
        return self.placed(Quad.from_box(*box))

    def placed(self, quad: Quad) -> Quad:
        """A quad of the strip as it lies on the page."""
        return quad.mapped(self.onto)

    def columns(self, glyphs: Iterable[Glyph]) -> tuple[tuple[float, float], ...]:
        """From where to where each glyph of the page reaches in the strip, as the reader says."""
        return tuple(_columns(glyphs, self.onto))


def strip_around(line: Line, pixels: Pixels) -> Strip | None:
    """The line and what stands around it; None where there is no ink of a digit's size."""
    height = min(line.quad.height(), MAX_HEIGHT_PX)
    strip, onto = _around(line.quad, pixels, height / max(line.quad.height(), 1e-6))
    left, right = REACH * height, strip.shape[1] - REACH * height
    rows = round(MARGIN * height), round((1 + MARGIN) * height)
    ink = _ink(strip)
    pieces = _pieces(ink)
    boxes = _in_line(pieces, rows, (left, right))
    digits = [box for box in boxes if box[3] - box[1] >= MIN_DIGIT * height]
    if not digits:
        return None
    # Among the marks of a line its digits may be few, but they are higher than most marks.
    high = float(np.percentile([box[3] - box[1] for box in digits], 85))
    base = float(np.median([box[3] for box in digits if box[3] - box[1] >= 0.8 * high]))
    places = tuple(_columns((glyph for glyph in line.glyphs if glyph.char.isdecimal()), onto))
    step = _step(digits, high)
    return Strip(strip, ink, pieces, onto, rows, places, high, base, step)


def _columns(glyphs: Iterable[Glyph], onto: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    back = cv2.invertAffineTransform(onto)
    for glyph in glyphs:
        places = glyph.quad.array() @ back[0, :2] + back[0, 2]
        yield float(places.min()), float(places.max())


def _around(quad: Quad, pixels: Pixels, scale: float) -> tuple[Pixels, NDArray[np.float64]]:
    """A quad and what stands around it, upright and so much smaller, and what maps it back."""
    corners, height = quad.array(), quad.height()
    along = (corners[1] - corners[0]) / max(quad.width(), 1e-6)
    down = np.array([-along[1], along[0]])
    onto = np.c_[along / scale, down / scale, corners[0] - height * (REACH * along + MARGIN * down)]
    wide, high = quad.width() + 2 * REACH * height, (1 + 2 * MARGIN) * height
    size = max(1, round(scale * wide)), max(1, round(scale * high))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(pixels, onto, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return strip.astype(np.uint8), onto


def _step(digits: Sequence[Box], high: float) -> float:
    middles = sorted((left + right) / 2 for left, _, right, _ in digits)
    steps = [b - a for a, b in pairwise(middles) if STEP[0] * high <= b - a <= STEP[1] * high]
    return float(np.median(steps)) if steps else STEP[0] * high


def _ink(strip: Pixels) -> Ink:
    away = away_from(strip, paper_of(strip))
    level, _ = cv2.threshold(away, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(away > max(level, MIN_CONTRAST), dtype=np.uint8)


def _pieces(ink: Ink) -> tuple[Piece, ...]:
    boxes = components(ink).boxes.tolist()
    return tuple((left, top, right, bottom) for left, top, right, bottom in boxes)


def _in_line(
    pieces: Iterable[Piece], rows: tuple[int, int], columns: tuple[float, float]
) -> list[Box]:
    """The pieces of ink within the line's own rows and columns."""
    (top, bottom), (left, right) = rows, columns
    return [
        box
        for box in pieces
        if left <= (box[0] + box[2]) / 2 <= right
        and top <= (box[1] + box[3]) / 2 <= bottom
        and box[3] - box[1] <= 1.1 * (bottom - top)
    ]
