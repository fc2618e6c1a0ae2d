"""Whether a digit's own pixels survived: the ground that needs no reader at all.

Around every pixel of a digit's ink the source and the output are correlated in a window of a few
strokes. A pixel survives where the patterns are alike, whatever the contrast, so that a thin veil
over a digit does not hide it; a plain mask of any colour has no pattern. Only pixels nearer to the
digit than to its neighbours count (Voronoi), so that a mask's edge between two digits says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.corpus.truth import Item, Labels
from bench.judging.rendering import Pixels

READABLE = 0.25
"""From this part of its ink on a person may tell which digit it was. Pixels beside the cut look
like neither, so that half a digit laid bare measures 0.35 to 0.55 (0.3 with a rim of one pixel
only), a third of it 0.2; a proper mask 0.00, an untouched digit 0.7 to 1."""
WHOLE = 0.65
"""A digit that should stay is lost when less of its ink survives. Measured: untouched digits 0.98
and more from 8 pt at 200 dpi, 0.72 and more at 5 pt after JPEG of quality 40; half a digit 0.5."""
ALIKE = 0.8
"""Correlation from which a pixel survives. The straight edge of a mask looks like one side of a
stroke; beside it the correlation is 0.65 at most (computed for a step edge and this window)."""
WINDOW_STROKES = 1.1
"""The window's Gaussian sigma in strokes: both sides of a stroke are in it, for one side alone
looks the same as the edge of a mask."""
LEAST_SIGMA = 1.5
LEAST_CONTRAST = 0.6
"""Grey levels (standard deviation in the window) that must be there at all."""
LEAST_GAIN = 0.03
"""Of the source's contrast: a veil that leaves less is as good as a mask in print and on screens
of 8 bits."""
NO_INK = 2.0
"""Levels within a digit's surroundings below which the source shows nothing there."""
RIM_STROKES = 0.75
"""How far around its ink a digit's surroundings reach, and a pixel more: what else stands there,
such as the rest of a mask in which one digit was left out, is not compared."""
REACH_STROKES = 3.0
CERTAIN = 0.97
"""No better shift is looked for."""
SOMETHING = 0.1
"""Of the ink that must show any pattern at all for other shifts to be tried."""
STEPS = (0.0, -0.5, 0.5, -1.0, 1.0)
SHIFTS = tuple(sorted(product(STEPS, STEPS), key=lambda at: abs(at[0]) + abs(at[1])))
"""Pixels that a line may be off by itself. Measured: PDFium and MuPDF set lines of the same page
up to 0.8 pixels apart."""

Grid = NDArray[np.float64]
Region = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Digit:
    """What part of a digit's ink survives, and how strongly the source shows it (levels)."""

    survives: float
    contrast: float


def digits(source: Pixels, output: Pixels, labels: Labels, item: Item) -> dict[int, Digit]:
    """Each of an item's digits that has pixels in `labels`; the three arrays share one grid."""
    ink = np.isin(labels, list(item.labels))
    if not ink.any():
        return {}
    stroke = stroke_of(ink)
    rows, columns = window(ink, round(REACH_STROKES * stroke) + 3)
    part = labels[rows, columns]
    before, after = _telling_channel(
        source[rows, columns], output[rows, columns], ink[rows, columns]
    )
    nearest = _nearest(part, 1.0 + RIM_STROKES * stroke)
    sigma = max(LEAST_SIGMA, WINDOW_STROKES * stroke)
    return {
        label: _digit(before, after, part == label, nearest == label, sigma)
        for label in item.labels
        if (part == label).any()
    }


def stroke_of(ink: Region) -> float:
    """The width of the strokes in pixels."""
    rows, columns = window(ink, 2)
    depth = cv2.distanceTransform(ink[rows, columns].astype(np.uint8), cv2.DIST_L2, 5)
    return max(1.0, 2.0 * float(np.quantile(depth[depth > 0], 0.8)) - 1.0)


def window(region: Region, margin: int) -> tuple[slice, slice]:
    """The rows and columns that a region takes, and a margin."""
    down, across = (np.asarray(region.any(axis=axis)) for axis in (1, 0))
    return _span(down, margin), _span(across, margin)


def _span(line: Region, margin: int) -> slice:
    places = np.flatnonzero(line)
    return slice(max(0, int(places[0]) - margin), min(len(line), int(places[-1]) + 1 + margin))


def _telling_channel(before: Pixels, after: Pixels, ink: Region) -> tuple[Grid, Grid]:
    """Luminance, or the colour in which the source's ink stands out most: red on green has no
    contrast in grey.
    """
    near = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.bool_)
    pairs = [(_grey(before), _grey(after))]
    pairs += [(before[..., i].astype(float), after[..., i].astype(float)) for i in range(3)]
    contrast = [float(a[near].std()) for a, _ in pairs]
    contrast[0] *= 1.5  # luminance is less noisy: a colour must be clearly better
    return pairs[int(np.argmax(contrast))]


def _grey(pixels: Pixels) -> Grid:
    return np.asarray(pixels @ np.array([0.299, 0.587, 0.114]), dtype=np.float64)


def _nearest(labels: Labels, reach: float) -> Labels:
    """The label of the nearest ink for each pixel, 0 farther than `reach` from any."""
    paper = (labels == 0).astype(np.uint8)
    distance, index = cv2.distanceTransformWithLabels(
        paper, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(index.max()) + 1, dtype=np.uint16)
    table[index[paper == 0]] = labels[paper == 0]
    return np.where(distance <= reach, table[index], 0).astype(np.uint16)


def _digit(before: Grid, after: Grid, ink: Region, near: Region, sigma: float) -> Digit:
    """The best over small shifts: renderers snap glyphs to whole pixels, each line its own way."""
    rows, columns = window(ink, round(3 * sigma))
    crop = _Crop.of(before[rows, columns], ink[rows, columns], near[rows, columns], sigma)
    other = after[rows, columns]
    best = 0.0
    for shift in SHIFTS:
        survives, shows_something = crop.survival(_moved(other, *shift))
        best = max(best, survives)
        if best >= CERTAIN or not shows_something:
            break
    return Digit(best, crop.contrast)


@dataclass(frozen=True, slots=True)
class _Crop:
    """One digit's surroundings in the source, with what every comparison needs of them."""

    values: Grid
    mean: Grid
    spread: Grid
    ink: Region
    lens: _Lens

    @classmethod
    def of(cls, before: Grid, ink: Region, near: Region, sigma: float) -> _Crop:
        lens = _Lens.over(near, sigma)
        values = before - before.mean()
        return cls(values, *lens.moments(values), ink, lens)

    @property
    def contrast(self) -> float:
        """Levels by which the source's ink stands out."""
        return float(np.median(self.spread[self.ink]))

    def survival(self, after: Grid) -> tuple[float, bool]:
        """The part of the ink that is alike, and whether there is anything but a plain mask."""
        values = after - after.mean()
        mean, spread = self.lens.moments(values)
        alike = (self.lens.of(self.values * values) - self.mean * mean) / (self.spread * spread)
        shown = spread >= np.maximum(LEAST_CONTRAST, LEAST_GAIN * self.spread)
        shown &= self.spread >= LEAST_CONTRAST
        # A negative is as readable as the picture itself.
        parts = [float((shown & (sign * alike >= ALIKE))[self.ink].mean()) for sign in (1, -1)]
        return max(parts), bool(shown[self.ink].mean() > SOMETHING)


@dataclass(frozen=True, slots=True)
class _Lens:
    """Means in a Gaussian window over the pixels that count (normalised convolution)."""

    weight: Grid
    total: Grid
    sigma: float

    @classmethod
    def over(cls, near: Region, sigma: float) -> _Lens:
        weight = near.astype(np.float64)
        return cls(weight, _blurred(weight, sigma) + 1e-9, sigma)

    def of(self, values: Grid) -> Grid:
        return _blurred(self.weight * values, self.sigma) / self.total

    def moments(self, values: Grid) -> tuple[Grid, Grid]:
        """Mean and standard deviation about each pixel."""
        mean = self.of(values)
        return mean, np.sqrt(np.maximum(self.of(values * values) - mean * mean, 1e-12))


def _moved(values: Grid, dx: float, dy: float) -> Grid:
    if not (dx or dy):
        return values
    step = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])
    size = (values.shape[1], values.shape[0])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(values, step, size, flags=how, borderMode=cv2.BORDER_REPLICATE),
        dtype=np.float64,
    )


def _blurred(values: Grid, sigma: float) -> Grid:
    return np.asarray(
        cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT), dtype=np.float64
    )
