"""Pieces of ink of a digit's size and shape with paper on both sides of each, for any turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, components
from prepdoc.ocr.typesetting import INK, ink_in, near_ink
from prepdoc.page import Line, Pixels, Quad

TURNS = (0, 1)
"""Quarter turns counter-clockwise after which characters may be upright, or upside down."""
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 8, 120
"""Of a character: print of 3 points at 200 dpi to 28 points at 300 dpi."""
MIN_SHAPE, MAX_SHAPE = 0.15, 1.1
"""Its width in heights, from a 1 to a wide 0."""
DISC, ROUND = 0.55, 0.85
"""Part of its box that a dot fills, and its width in heights at least: no digit is so."""
NOISE = 0.02
"""Part of that paper that may be ink."""
STROKES, PLAIN = 3, 0.6
"""A line meets the ink of a digit three times at most, that of most kanji more often; and what part
of a set is so plain, where it may be a number."""
DIGITS = 0.9
"""Part of a set that is read as digits: words set so are no number."""


_Ints: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Turned:
    """A page after so many quarter turns counter-clockwise, and its ink as 0 and 1.

    `sums` is the ink above and left of each pixel's corner (OpenCV's integral of the page, turned
    like it), `sized` the boxes of pieces of ink of a digit's size and shape, n × 4 in its pixels.
    """

    turn: int
    pixels: Pixels = field(repr=False)
    ink: NDArray[np.uint8] = field(repr=False)
    sums: NDArray[np.int32] = field(repr=False)
    sized: NDArray[np.int64] = field(repr=False)

    def alone(self, heights: float) -> list[Box]:
        """Those pieces with paper left and right of them, so many of their heights wide."""
        clear = self.sized[self._is_clear(heights)].tolist()
        return [(left, top, right, bottom) for left, top, right, bottom in clear]

    def _is_clear(self, heights: float) -> NDArray[np.bool_]:
        left, top, right, bottom = self.sized.T
        reach = np.ceil(heights * (bottom - top)).astype(int)
        sides = (np.maximum(left - reach, 0), left), (right, right + reach)
        around = sum(self._ink_in(a, top, b, bottom) for a, b in sides)
        return np.asarray(around <= NOISE * 2 * reach * (bottom - top))

    def _ink_in(self, left: _Ints, top: _Ints, right: _Ints, bottom: _Ints) -> _Ints:
        """The pixels of ink in each of these boxes."""
        sums, right = self.sums, np.minimum(right, self.ink.shape[1])
        inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        return np.asarray(np.abs(inside))  # a quarter turn has changed its sign

    def frame(self, box: Box) -> Pixels:
        """What is in a box, with some paper around, of which there is enough on all sides."""
        left, top, right, bottom = box
        rim, aside = max(1, (bottom - top) // 16), max(1, (bottom - top) // 4)
        return self.pixels[max(0, top - rim) : bottom + rim, max(0, left - aside) : right + aside]

    def quad(self, box: Box) -> Quad:
        """A box as it lies on the page."""
        left, top, right, bottom = box
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        across, down = np.array(corners, dtype=float).T
        lain = (self.pixels.shape[0] - down, across) if self.turn else (across, down)
        return Quad.from_array(np.stack(lain, axis=1))


def turned(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Turned, ...]:
    """The page each way; `away` is how far each pixel is from its paper (`away_from_paper`)."""
    ink = np.asarray(away >= INK, dtype=np.uint8)
    sums, (boxes, areas) = np.asarray(cv2.integral(ink), dtype=np.int32), _pieces(ink)
    return tuple(
        Turned(
            turn,
            np.rot90(pixels, turn),
            np.rot90(ink, turn),
            np.rot90(sums, turn),
            _digit_sized(_laid(boxes, turn, ink.shape[1]), areas),
        )
        for turn in TURNS
    )


def _laid(boxes: NDArray[np.int64], turn: int, width: int) -> NDArray[np.int64]:
    """Boxes of a page so wide, as they lie on it after no or one quarter turn."""
    left, top, right, bottom = boxes.T
    return np.stack([top, width - right, bottom, width - left], axis=1) if turn else boxes


def _pieces(ink: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The boxes of all pieces of ink, n × 4, and how many pixels each has."""
    rows = near_ink(ink)
    found = components(ink[rows])
    down = rows[found.boxes[:, 1]] - found.boxes[:, 1]
    return found.boxes + np.stack([np.zeros_like(down), down] * 2, axis=1), found.areas


def _digit_sized(boxes: NDArray[np.int64], areas: NDArray[np.int64]) -> NDArray[np.int64]:
    width, height = (boxes[:, 2:] - boxes[:, :2]).T
    fits = (height >= MIN_HEIGHT_PX) & (height <= MAX_HEIGHT_PX)
    fits &= (width >= MIN_SHAPE * height) & (width <= MAX_SHAPE * height)
    fits &= (areas < DISC * width * height) | (width < ROUND * height)
    return np.asarray(boxes[fits])


def may_be_digits(frames: Sequence[Pixels]) -> bool:
    """Whether most have as few strokes as digits: letters of a spaced line stand alone as well."""
    plain = sum(_strokes(ink_in(frame)) <= STROKES for frame in frames)
    return plain >= PLAIN * len(frames)


def _strokes(ink: NDArray[np.bool_]) -> float:
    """How often a line across or down a character meets ink, but for its busiest lines."""
    edges = (np.diff(ink.astype(np.int8), axis=axis, prepend=0) == 1 for axis in (0, 1))
    return max(float(np.percentile(e.sum(axis=axis), 90)) for axis, e in enumerate(edges))


def are_digits(line: Line) -> bool:
    """Whether a set is read as digits."""
    return sum(glyph.char.isdecimal() for glyph in line.glyphs) >= DIGITS * len(line.glyphs)
