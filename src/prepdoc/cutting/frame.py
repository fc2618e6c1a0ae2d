"""A strip of the page laid along a line: where it lies, and what of it lies under the digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Glyph, Pixels

DIGIT_PX = 32
"""Lines are looked at with digits at least this high, so that a valley is wider than a pixel."""
MAX_SCALE = 4.0
SPREAD = 1.7
"""Height of the strip in glyph heights: room for ink that leaves the glyph's box."""
BETWEEN = 2.0
"""Times a strip is enlarged from where on most of its colours are between print and paper."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A strip laid along a line: its origin, axes and scale on the page."""

    origin: NDArray[np.float64]
    along: NDArray[np.float64]
    across: NDArray[np.float64]
    scale: float
    width: int
    height: int

    def to_page(self, x: float, y: float) -> tuple[float, float]:
        """A point of the strip in pixels of the page."""
        point = self.origin + (x * self.along + y * self.across) / self.scale
        return float(point[0]), float(point[1])

    def to_strip(self, point: tuple[float, float]) -> tuple[float, float]:
        """A point of the page in pixels of the strip."""
        away = np.asarray(point) - self.origin
        return float(away @ self.along) * self.scale, float(away @ self.across) * self.scale


def frame_along(glyphs: Sequence[Glyph]) -> Frame:
    """Level with the glyphs: `SPREAD` times as high, half of a height longer at each end."""
    along = _direction(glyphs)
    across = np.array([-along[1], along[0]])
    height = float(np.median([glyph.quad.height() for glyph in glyphs]))
    scale = float(np.clip(DIGIT_PX / max(height, 1.0), 1.0, MAX_SCALE))
    corners = np.concatenate([glyph.quad.array() for glyph in glyphs])
    centre = np.mean([glyph.quad.centre() for glyph in glyphs], axis=0)
    left, right = _reach((corners - centre) @ along, margin=height / 2)
    half = height * SPREAD / 2
    origin = centre + left * along - half * across
    size = round((right - left) * scale), round(2 * half * scale)
    return Frame(origin, along, across, scale, max(size[0], 4), max(size[1], 4))


def _reach(places: NDArray[np.float64], margin: float) -> tuple[float, float]:
    return float(places.min()) - margin, float(places.max()) + margin


def _direction(glyphs: Sequence[Glyph]) -> NDArray[np.float64]:
    """The unit vector of the reading direction: the glyphs' own, wide ones weighing more."""
    quads = [glyph.quad for glyph in glyphs if not glyph.char.isspace()]
    along = np.sum([np.subtract(quad.tr, quad.tl) for quad in quads], axis=0)
    length = float(np.linalg.norm(along))
    return along / length if length else np.array([1.0, 0.0])


def strip_of(pixels: Pixels, frame: Frame) -> Pixels:
    """What the page shows within the frame."""
    step_x, step_y = frame.along / frame.scale, frame.across / frame.scale
    back = np.array(
        [[step_x[0], step_y[0], frame.origin[0]], [step_x[1], step_y[1], frame.origin[1]]]
    )
    # Pixel centres lie at .5 in our coordinates and at whole numbers in OpenCV's.
    back[:, 2] += (step_x + step_y) / 2 - 0.5
    size = (frame.width, frame.height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(pixels, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(
        np.uint8
    )


def margin_of(height: int) -> int:
    """Rows of a strip above the glyphs' boxes, and below."""
    return round((1 - 1 / SPREAD) / 2 * height)


def under_digits(glyphs: Sequence[Glyph], frame: Frame) -> NDArray[np.bool_]:
    """The strip's columns where digits were seen: mask characters such as `_` stand lower."""
    chosen = np.zeros(frame.width, dtype=np.bool_)
    for glyph in glyphs:
        if glyph.char.isdecimal():
            left, right = as_read(glyph, frame)
            chosen[max(0, round(left)) : max(0, round(right))] = True
    return chosen if chosen.any() else ~chosen


def as_read(glyph: Glyph, frame: Frame) -> tuple[float, float]:
    """The columns of the strip where its reader saw a glyph."""
    corners = [frame.to_strip(point)[0] for point in (glyph.quad.tl, glyph.quad.tr)]
    return corners[0], corners[1]


def pitch_of(glyphs: Sequence[Glyph]) -> float:
    """Width of a digit in page pixels, from the distance of neighbours without a blank between."""
    pairs = [
        float(np.linalg.norm(np.subtract(b.quad.centre(), a.quad.centre())))
        for a, b in pairwise(glyphs)
        if a.char.isdecimal() and b.char.isdecimal()
    ]
    pitch = float(np.median(pairs)) if pairs else 0.55 * glyphs[0].quad.height()
    return max(pitch, 1.0)  # hidden text may stand all in one point
