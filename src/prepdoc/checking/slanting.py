"""How the lines of a page run: askew in a scan, and towards each other in a photograph.

    page, quads of its lines ─slant_of→ Slant ─level→ where a row stands, for all of its pieces

Readers' corners tell it of long lines only. So the ink of all lines is laid onto rows at many
slopes; where most of it falls onto the fewest rows, the lines are level (projection profiles, W.
Postl, Detection of linear oblique structures and skew scan in digitized documents, ICPR 1986).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Pixels, Quad

_STEEPEST, _STEP, _FINE = 0.16, 0.004, 0.0005
"""Slopes that are tried: nine degrees, and by how much they differ, first and then."""
_BANDS: Final = 3
"""Parts of a page, from top to bottom, whose slopes may differ."""
_FEWEST: Final = 5
"""Lines in a band that show how it lies."""
_MOST_POINTS: Final = 20_000
"""Of a band's ink; more say no more."""
_CONTRAST: Final = 0.5
"""Part of a line's contrast from which on a pixel is ink."""

_Points: TypeAlias = NDArray[np.float64]
"""n × 2: x and y of ink in pixels."""


@dataclass(frozen=True, slots=True)
class Slant:
    """A line through (`x`, y) falls by `at_top + by_level * y` pixels for each to the right."""

    x: float = 0.0
    at_top: float = 0.0
    by_level: float = 0.0

    def level(self, x: float, y: float) -> float:
        """The y at which the line through this place crosses the column `self.x`."""
        away = x - self.x
        return (y - self.at_top * away) / max(1 + self.by_level * away, 0.5)


def slant_of(pixels: Pixels, quads: Iterable[Quad]) -> Slant:
    """How most lines of an upright page run, which stand at these quads (pixels).

    None where there are too few to show it.
    """
    lines = sorted(quads, key=lambda quad: quad.centre()[1])
    x = float(np.mean([quad.centre()[0] for quad in lines])) if lines else 0.0
    slopes = [(y, slope) for band in _bands(lines) for y, slope in _slopes(pixels, band, x)]
    if not slopes:
        return Slant()
    if len(slopes) == 1:
        return Slant(x, slopes[0][1])
    levels, falls = np.array(slopes).T
    by_level, at_top = np.polyfit(levels, falls, 1)
    return Slant(x, float(at_top), float(by_level))


def _bands(lines: Sequence[Quad]) -> Iterator[Sequence[Quad]]:
    count = max(1, min(_BANDS, len(lines) // _FEWEST))
    ends = np.linspace(0, len(lines), count + 1).round().astype(int).tolist()
    return (lines[a:b] for a, b in pairwise(ends) if b - a >= _FEWEST)


def _slopes(pixels: Pixels, band: Sequence[Quad], x: float) -> Iterator[tuple[float, float]]:
    """The level and the slope of a band's lines, if there is ink in them."""
    ink = [_ink(pixels, quad) for quad in band]
    points = np.concatenate(ink)
    if len(points):
        points = points[:: 1 + len(points) // _MOST_POINTS] - (x, 0.0)
        coarse = _best(points, np.arange(-_STEEPEST, _STEEPEST, _STEP))
        slope = _best(points, np.arange(coarse - _STEP, coarse + _STEP, _FINE))
        yield float(points[:, 1].mean() - slope * points[:, 0].mean()), slope


def _ink(pixels: Pixels, quad: Quad) -> _Points:
    """The places of the ink in the box around a line."""
    left, top, right, bottom = (max(0, round(side)) for side in quad.box())
    grey = pixels[top:bottom, left:right].mean(axis=2)
    if not grey.size:
        return np.zeros((0, 2))
    away = np.abs(grey - np.median(grey))
    y, x = np.nonzero(away > max(_CONTRAST * float(away.max()), 1.0))
    return np.stack([x + left, y + top], axis=1).astype(float)


def _best(points: _Points, slopes: NDArray[np.float64]) -> float:
    """The slope at which the ink falls onto the fewest rows."""
    return float(max(slopes, key=lambda slope: _sharpness(points, slope)))


def _sharpness(points: _Points, slope: float) -> float:
    rows = np.rint(points[:, 1] - slope * points[:, 0]).astype(int)
    counts = np.bincount(rows - rows.min()).astype(float)
    return float((counts**2).sum())
