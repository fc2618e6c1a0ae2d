"""Where lines stand, straight or bent as those of a curled page in a photograph are, and what they
look like laid flat.

A box around a bent line is as high as the line sinks: what is read in it is half of the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.page import Pixels, Quad

Corners: TypeAlias = NDArray[np.float32]
"""4 × 2, in pixels: tl, tr, br, bl of a line in reading order."""
_Floats: TypeAlias = NDArray[np.floating]

TALL = 1.5
"""A box this many times as high as wide holds a line that runs up or down."""
STRIP_HEIGHT = 96
LONG = 5.0
"""Heights from which on a line may bend so that it cannot be read; a word is nearly straight."""
_BEND = 0.3
"""Times its thickness, as the detector marks it, by which a line sinks or rises before it counts:
letters with strokes below the line move its middle by less."""
_SAMPLES = 33
_DEGREE = 5
"""Of the polynomial that a line's middle follows: a page curls up and down once or twice."""
_WHOLE = 0.8
"""Part of the box's length that the detector marks as the line."""
_THICKEST = 90
"""Per cent of the columns that are thinner than a line is said to be."""
_BESIDE_PX = 9
"""Columns between two pieces of a line: its marks may hang together by a corner."""
_LEAST_PX = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands.

    `sinks` is how far its middle is below the box's (pixels, across the reading direction) at even
    distances from one end to the other, and empty where it is straight; `height` is then its own.
    """

    corners: Corners = field(repr=False)
    sinks: tuple[float, ...] = ()
    height: float = 0.0

    @property
    def is_upright(self) -> bool:
        """Whether the line runs along the page rather than up or down it."""
        dx, dy = self.corners[1] - self.corners[0]
        return bool(abs(dx) >= abs(dy))

    def turned_about(self) -> Place:
        """The same for who reads it upside down."""
        return Place(
            np.roll(self.corners, -2, axis=0), tuple(-s for s in self.sinks[::-1]), self.height
        )

    def scaled(self, stretch: _Floats, by: tuple[int, int]) -> Place:
        """On a picture that is so many times as wide and high, and moved by so many pixels."""
        corners = (self.corners * stretch + by).astype(np.float32)
        factor = float(np.mean(stretch))
        return Place(corners, tuple(s * factor for s in self.sinks), self.height * factor)

    def slice(self, start: float, end: float) -> Quad:
        """What lies between two shares of its width."""
        if not self.sinks:
            return Quad.from_array(self.corners).part(start, end)
        (tl, tr), (bl, br) = self.at(np.array([start, end]), np.array([0.0, 1.0]))
        return Quad.from_array(np.stack([tl, tr, br, bl]))

    def at(self, along: _Floats, across: _Floats) -> _Floats:
        """Points of a bent line at these shares of its length and height: rows × columns × 2."""
        tl, tr, br, bl = self.corners.astype(np.float64)
        down = (bl - tl + br - tr) / np.linalg.norm(bl - tl + br - tr)
        s = along[:, np.newaxis]
        sinks = np.interp(along, np.linspace(0, 1, len(self.sinks)), self.sinks)
        middles = (tl + bl + s * (tr - tl + br - bl)) / 2 + sinks[:, np.newaxis] * down
        points = middles + (across[:, np.newaxis, np.newaxis] - 0.5) * self.height * down
        return np.asarray(points)


def placed(corners: Corners, marked: NDArray[np.uint8], stretch: _Floats) -> Place:
    """A line that the detector found, by what it marks as text (0 or 1).

    `stretch` is how many times as wide and high the picture of the corners is.
    """
    width, height, *_ = _sides(corners)
    if width < LONG * height:
        return Place(corners)
    own = (corners / stretch).astype(np.float32)
    line = _own_line(_straight(marked, own))
    thick = line.sum(axis=0)
    seen = np.flatnonzero(thick)
    if len(seen) < _WHOLE * line.shape[1] - 2 * line.shape[0]:
        return Place(corners)
    return _bent(corners, line, seen, float(np.percentile(thick[seen], _THICKEST)))


def _bent(corners: Corners, line: NDArray[np.uint8], seen: NDArray[np.intp], thick: float) -> Place:
    """By the middle of what is marked in each column, and a smooth curve through these."""
    height, width = line.shape
    rows = np.arange(height) + 0.5
    middles = rows @ line[:, seen] / line[:, seen].sum(axis=0) - height / 2
    curve = np.polynomial.Polynomial.fit(seen, middles, _DEGREE, w=line[:, seen].sum(axis=0))
    smooth = curve(np.clip(np.arange(width), seen[0], seen[-1]))
    sunk = float(np.ptp(smooth))
    if sunk < _BEND * thick:
        return Place(corners)
    samples = np.interp(np.linspace(0, width - 1, _SAMPLES), np.arange(width), smooth)
    factor = float(np.linalg.norm(corners[3] - corners[0])) / height
    own = factor * height * thick / (thick + sunk)
    return Place(corners, tuple(float(s) * factor for s in samples), own)


def _straight(marked: NDArray[np.uint8], corners: Corners) -> NDArray[np.uint8]:
    """What is marked in the box, upright."""
    width, height, *_ = (max(_LEAST_PX, round(side)) for side in _sides(corners))
    turn = cv2.getPerspectiveTransform(corners, frame(width, height))
    found = cv2.warpPerspective(marked, turn, (width, height), flags=cv2.INTER_NEAREST)
    return np.asarray(found, dtype=np.uint8)


def _own_line(marked: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The longest piece: those of the rows above and below reach into the box."""
    joined = cv2.dilate(marked, np.ones((1, _BESIDE_PX), dtype=np.uint8))
    found = components(np.asarray(joined, dtype=np.uint8))
    if not len(found.boxes):
        return marked
    longest = int(np.argmax(found.boxes[:, 2] - found.boxes[:, 0]))
    return np.asarray(marked & (found.labels == longest + 1), dtype=np.uint8)


def strip_of(pixels: Pixels, place: Place) -> Pixels:
    """The line as an upright picture, at its own size."""
    width, height = _size(place)
    if place.sinks:
        along, across = ((np.arange(count) + 0.5) / count for count in (width, height))
        x, y = np.moveaxis(place.at(along, across) - 0.5, -1, 0).astype(np.float32)
        laid = cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    else:
        turn = cv2.getPerspectiveTransform(place.corners, frame(width, height))
        laid = cv2.warpPerspective(
            pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
    return np.asarray(laid, dtype=np.uint8)


def _size(place: Place) -> tuple[int, int]:
    top, right, bottom, left = _sides(place.corners)
    tall = place.height or max(right, left)
    width, height = max(_LEAST_PX, round(max(top, bottom))), max(_LEAST_PX, round(tall))
    if height > STRIP_HEIGHT:
        return max(_LEAST_PX, width * STRIP_HEIGHT // height), STRIP_HEIGHT
    return width, height


def turned_to_read(box: Corners) -> Corners:
    """A tall box is laid on its side, so that its text runs from left to right or upside down."""
    top, right, bottom, left = _sides(box)
    return np.roll(box, -1, axis=0) if right + left >= TALL * (top + bottom) else box


def height_of(box: Corners) -> float:
    """In pixels, of the line in a box, however it is turned."""
    top, right, bottom, left = _sides(box)
    return min(top + bottom, right + left) / 2


def frame(width: int, height: int) -> Corners:
    """The corners of an upright picture."""
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)


def _sides(box: Corners) -> tuple[float, float, float, float]:
    """How long the top, the right, the bottom and the left are, in pixels."""
    top, right, bottom, left = np.linalg.norm(box - np.roll(box, -1, axis=0), axis=1).tolist()
    return top, right, bottom, left
