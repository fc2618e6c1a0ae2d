"""Places along and across a line of text, and what stands on its row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Glyph, Line, Quad

_SAME_ROW_HEIGHTS = 0.4
"""A glyph's centre is at most this far from the middle of its row."""
_BESIDE_HEIGHTS = 0.15
"""How far the last four's box may end before their last digit's centre."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Coordinates along and across a quad's reading direction, in pixels from its corner `tl`."""

    origin: NDArray[np.float64]
    along: NDArray[np.float64]
    width: float
    height: float

    @classmethod
    def of(cls, quad: Quad) -> Axes:
        """The quad's own."""
        corners = quad.array()
        edge = corners[1] - corners[0] + corners[2] - corners[3]
        along = edge / max(float(np.linalg.norm(edge)), 1e-9)
        return cls(corners[0], along, quad.width(), max(quad.height(), 1.0))

    def flattening(self, along: float, across: float, scale: float) -> NDArray[np.float64]:
        """What cv2.warpAffine takes (WARP_INVERSE_MAP, 2 × 3) to lay text flat, so much enlarged.

        The strip begins so many pixels of the page from the quad's corner, along and across.
        """
        down = np.array([-self.along[1], self.along[0]])
        origin = self.origin + along * self.along + across * down
        back = np.stack([self.along / scale, down / scale, origin], axis=1)
        # Pixel centres lie at .5 in our coordinates and at whole numbers in OpenCV's.
        back[:, 2] += (self.along + down) / scale / 2 - 0.5
        return back

    def span(self, quad: Quad) -> tuple[float, float]:
        """Where another quad begins and ends along the reading direction."""
        (left, top), (u, v) = self.origin.tolist(), self.along.tolist()
        places = [(x - left) * u + (y - top) * v for x, y in quad.corners()]
        return min(places), max(places)

    def depth(self, quad: Quad) -> tuple[float, float]:
        """Where another quad begins and ends across it."""
        (left, top), (u, v) = self.origin.tolist(), self.along.tolist()
        places = [(y - top) * u - (x - left) * v for x, y in quad.corners()]
        return min(places), max(places)

    def on_row(self, quad: Quad) -> bool:
        """Whether another quad stands on the same row of text."""
        middle = sum(self.depth(quad)) / 2
        return abs(middle - self.height / 2) <= _SAME_ROW_HEIGHTS * self.height


def glyphs_on_row(axes: Axes, lines: Sequence[Line]) -> Iterator[Glyph]:
    """What was read there, by any line, without blanks."""
    glyphs = (glyph for line in lines for glyph in line.glyphs)
    return (glyph for glyph in glyphs if not glyph.char.isspace() and axes.on_row(glyph.quad))


def digits_between(lines: Sequence[Line], axes: Axes, start: float, end: float) -> list[Glyph]:
    """The digits on a row whose middles stand there or a bit behind, in order, as ASCII ones."""
    found = ((g, unicodedata.decimal(g.char, None)) for g in glyphs_on_row(axes, lines))
    digits = [replace(g, char=str(value)) for g, value in found if value is not None]
    slack = _BESIDE_HEIGHTS * axes.height
    inside = [g for g in digits if start <= sum(axes.span(g.quad)) / 2 <= end + slack]
    return sorted(inside, key=lambda g: axes.span(g.quad))
