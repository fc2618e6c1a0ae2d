"""A strip → its ink, without rules across it, and the rows and columns that digits take of it."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.cutting.frame import BETWEEN, SPREAD, margin_of
from prepdoc.page import Pixels

MIN_CONTRAST = 12
"""Grey levels (of 255) between ink and paper; paler than that nobody reads."""
EVEN, GRAIN = 20, 3.4
"""Percentile of a strip's pixels that is paper however close the print, and the times its
difference from the paper around up to which a pixel is grain and no ink."""
BRIDGED = 0.02
"""Part of the strip's height that may be blank within a row of digits: hatched ones."""
STROKE = 0.15
"""Part of the strip's height that ink has on both sides of a line that strikes digits out."""
CROSSING = 0.3
"""Part of the ink beside such a line that stands on both sides of it, where a foot is shorter."""
MIDDLE = (0.3, 0.7)
"""Where in the strip such a line runs, as parts of its height; a rule under digits lies lower."""
SPECK = 0.02
"""Mean of a row below which nothing is written in it."""
THIN = 0.2
"""Part of the strip's height below which a row of ink is a rule; digits have a third of it."""
RULE = 0.85
"""Part of the strip's width that makes a row of ink a rule and not text."""
FILLED, DARKEST = 0.8, 0.7
"""Part of a reader's box that digits fill at most, and how dark they are on what fills more."""
SHADE = 0.1
"""Heights of digits by which light and shadow of embossed ones reach beyond them."""
SLANTS = (0.0, 0.12, 0.21, 0.3)
"""Shears tried for italics, in x a y; 12° to 17° is what italic fonts lean."""
SLANT_GAIN = 1.08
Ink: TypeAlias = NDArray[np.float32]
"""(height, width): how much of a pixel is ink, 0 to 1."""
Rows: TypeAlias = tuple[int, int]
"""Rows of the strip from the first up to the one past the last."""


def ink_of(strip: Pixels) -> Ink | None:
    """How far each pixel is from the paper around it, 0 to 1; without rules across the strip."""
    kernel = min(255, max(3, strip.shape[0] * 5 // 4 | 1))
    away = cv2.absdiff(strip, cv2.medianBlur(strip, kernel)).max(axis=2).astype(np.float32)
    away = np.maximum(away - GRAIN * float(np.percentile(away, EVEN)), 0)
    darkest = float(np.percentile(away, 99))
    if darkest < MIN_CONTRAST:
        return None
    ink: Ink = np.clip(away / darkest, 0, 1).astype(np.float32)
    rules = (ink > 0.4).mean(axis=1) > RULE
    return _without_rows(ink, np.convolve(rules, np.ones(3), mode="same") > 0)


def _without_rows(ink: Ink, gone: NDArray[np.bool_]) -> Ink:
    """The ink without these rows; where they strike strokes out, as what is around them."""
    left = np.where(gone[:, None], np.float32(0), ink)
    edges = np.flatnonzero(np.diff(gone.astype(np.int8), prepend=0, append=0))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if MIDDLE[0] * len(ink) < start < end < MIDDLE[1] * len(ink) and _crosses(left, start, end):
            left[start:end] = np.minimum(ink[start - 1], ink[end])
    return left


def _crosses(ink: Ink, start: int, end: int) -> bool:
    """Whether writing stands far above and below the rows taken out, or its strokes go through."""
    inked = ink.mean(axis=1) > SPECK
    most = round(STROKE * len(ink))
    if inked[start - most : start].all() and inked[end : end + most].all():
        return True
    above, below = ink[start - 1], ink[end]
    both = float(np.minimum(above, below).sum())
    return bool(both > CROSSING * max(float(above.sum()), float(below.sum()), 1e-6))


def digits_band(ink: Ink, enlarged: float) -> Rows:
    """The rows of the digits' ink; where they fill the reader's box, of the darkest alone: a
    marker's stroke, or a seal, reaches beyond the digits on it. Tiny print has few that dark.
    """
    top, bottom = _band(ink)
    if enlarged >= BETWEEN or bottom - top <= FILLED * len(ink) / SPREAD:
        return top, bottom
    start, end = _band(np.where(ink >= DARKEST, ink, np.float32(0)))
    inner = max(top, start), min(bottom, end)
    return inner if inner[1] - inner[0] >= THIN * len(ink) else (top, bottom)


def with_shade(ink: Ink, rows: Rows) -> Rows:
    """The rows of digits with those beside them with ink: an embossed digit's light and shadow."""
    top, bottom = _band(ink)
    shade = round(SHADE * (rows[1] - rows[0]))
    return max(min(top, rows[0]), rows[0] - shade), min(max(bottom, rows[1]), rows[1] + shade)


def _band(ink: Ink) -> Rows:
    """First and past-the-last row of the line's ink, from its heaviest row outwards.

    What strikes digits out or hatches them leaves blank rows in them; a rule or a frame's edge is
    no row of digits, and the next heaviest row is tried. Without any it is the reader's own box.
    """
    rows = ink.mean(axis=1)
    height = len(rows)
    inner = slice(height // 4, height - height // 4)
    bridge = round(BRIDGED * height)
    while rows[inner].any():
        start = inner.start + int(rows[inner].argmax())
        blank = rows < 0.06 * rows[start]
        top = height - _reach_of_ink(blank[::-1], height - 1 - start, bridge)
        bottom = _reach_of_ink(blank, start, bridge)
        if bottom - top >= THIN * height:
            return top, bottom
        rows[top:bottom] = 0
    margin = margin_of(height)
    return margin, height - margin


def _reach_of_ink(blank: NDArray[np.bool_], start: int, bridge: int) -> int:
    """The row behind the last one of ink, where at least `bridge` blank ones follow."""
    run = 0
    for row in range(start, len(blank)):
        run = run + 1 if blank[row] else 0
        if run > bridge:
            return row + 1 - run
    return len(blank) - run


def slant_of(ink: Ink) -> float:
    """The shear that makes columns blankest; upright unless another is clearly better."""
    contrast = {slant: float(np.var(sheared(ink, slant).mean(axis=0))) for slant in SLANTS}
    best = max(SLANTS, key=lambda slant: contrast[slant])
    return best if contrast[best] > SLANT_GAIN * contrast[0.0] else 0.0


def sheared(ink: Ink, slant: float) -> Ink:
    """The ink with what leans by this much set upright."""
    if not slant:
        return ink
    middle = ink.shape[0] / 2
    shear = np.array([[1.0, slant, -slant * middle], [0.0, 1.0, 0.0]])
    sheared = cv2.warpAffine(ink, shear, (ink.shape[1], ink.shape[0]), flags=cv2.INTER_LINEAR)
    return sheared.astype(np.float32)


def columns_of(ink: Ink) -> NDArray[np.float64]:
    """How dark each column is, as a part of the darkest ones."""
    columns = ink.mean(axis=0)
    return np.asarray(columns / max(float(np.percentile(columns, 95)), 1e-6), dtype=np.float64)
