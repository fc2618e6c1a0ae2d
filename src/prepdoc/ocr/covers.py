"""Print that shows under a dark cover: the marker of a phone's editor lets some light through.

To the eye it is a black bar; with more contrast its digits are as legible as any. Whoever drew it
meant to hide them, so they are read, and where they show they are painted over whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, components, with_insides
from prepdoc.ocr.bands import Band
from prepdoc.ocr.bars import DARK, LEAST_PX, LOOKED_AT, MIN_PX, is_straight
from prepdoc.ocr.typesetting import away_from_paper, paper_of, paper_of_page
from prepdoc.page import Pixels, Quad
from prepdoc.patterns import darkest, in_three, lightest

MOST_PX = 130
"""How thick a cover is at most; the heads of tables and pages are thicker."""
LONG, FILLED = 2.0, 0.6
"""A cover's length in thicknesses, and the part of its box that it fills: strokes of a pen beside
each other."""
STROKE = 0.3
"""Part of a cover's thickness that is wider than any stroke of the print under it."""
THROUGH = 0.45
"""Part of the paper's light, in some colour, that a cover lets through at most: more is blurred
print, or a highlighter, under which readers see all."""
FAINT, CLEAR = 3, 96
"""Difference from the cover, of 255, from which on print is more than noise, and that print has on
a bar that is meant to be read."""
DARKER = 0.8
"""Part of the cover's light that its print has at most: a grey one has light of its own."""
MOST_PRINT = 0.4
"""Part of a cover that print takes at most; noise takes half."""
HIGH, TALL = 0.2, 1.2
"""Of a cover's thickness what a digit is high, at least and at most: it may stick out."""
NARROW, WIDE = 0.15, 3.0
"""Of its height what a digit is wide, or some that the strokes of a pen join."""
ALIKE, FEWEST = 0.15, 3
"""Part of their heights by which so many digits of a row differ, and by which their middles do."""
SURE = 0.6
"""Part of what is as large as digits that stands in the row where it is print for sure, not noise
in a black box."""
ALONG, ACROSS = 8.0, 0.25
"""Thicknesses of a cover around it that are read with it: the digits that it leaves."""
WHITE = 255
RIM_PX = 5
"""The soft edge of a cover."""
GROUP = 4
"""Digits of a line that may be a number's."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Where it is on its picture, in pixels, the print that shows under it, and a band in which
    that is black on white, among what stands beside the cover.
    """

    box: Box
    print: Quad
    is_sure: bool
    """Whether that is print, and no noise in a box that hides all."""
    band: Band


@dataclass(frozen=True, slots=True)
class _Patch:
    """What is in a cover's box: its pixels, which of them are the cover's, and how thick it is."""

    pixels: Pixels = field(repr=False)
    own: NDArray[np.bool_] = field(repr=False)
    whole: NDArray[np.bool_] = field(repr=False)
    thick: float


@dataclass(frozen=True, slots=True)
class _Lit:
    """A patch as if nothing covered it, H × W: how light each of its pixels is, from the print's
    black to the paper's white, and which of them are print.
    """

    light: NDArray[np.uint8] = field(repr=False)
    print: NDArray[np.uint8] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Row:
    """The box around all in a patch that is as large as digits."""

    box: Box
    is_sure: bool


def covers(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Cover, ...]:
    """Every cover of a picture (H × W × 3) under which something like digits shows.

    `away` is how far each pixel is from the picture's paper (`away_from_paper`).
    """
    return tuple(_covers(pixels, away))


def uncovered(pixels: Pixels) -> Pixels:
    """The picture as if its covers were not there: the print under each is black on white."""
    lit = pixels.copy()
    for cover in covers(pixels, away_from_paper(pixels)):
        left, top, right, bottom = cover.box
        x, y = left - cover.band.left, top - cover.band.top
        under = cover.band.pixels[y : y + bottom - top, x : x + right - left]
        lit[top:bottom, left:right] = under
    return lit


def _covers(pixels: Pixels, away: NDArray[np.uint8]) -> Iterator[Cover]:
    paper = paper_of_page(pixels)
    for box, patch in _patches(pixels, away):
        lit = _lit(patch, paper)
        row = _row(lit.print, patch.thick) if lit else None
        if lit and row and (row.is_sure or _is_drawn_straight(patch)):
            yield Cover(box, _on_page(row, box), row.is_sure, _band(pixels, box, patch, lit))


def _patches(pixels: Pixels, away: NDArray[np.uint8]) -> Iterator[tuple[Box, _Patch]]:
    """The dark components of a cover's size and shape."""
    found = components(np.asarray(away[::LOOKED_AT, ::LOOKED_AT] >= DARK, dtype=np.uint8))
    size = LOOKED_AT * (found.boxes[:, 2:] - found.boxes[:, :2])
    longer, shorter = size.max(axis=1), size.min(axis=1)
    fits = (shorter >= MIN_PX) & (shorter <= MOST_PX) & (longer >= LEAST_PX)
    fits &= (longer >= LONG * shorter) & (LOOKED_AT**2 * found.areas >= FILLED * size.prod(axis=1))
    for label, (left, top, right, bottom) in found.among(fits):
        # All that is darker than a cover hangs together with it; what is lighter is no part of it.
        framed = np.pad((found.labels[top:bottom, left:right] == label).astype(np.uint8), 1)
        box = LOOKED_AT * left, LOOKED_AT * top, LOOKED_AT * right, LOOKED_AT * bottom
        patch = _patch(pixels[box[1] : box[3], box[0] : box[2]], framed)
        if patch.own.any() and not _is_bar(framed, patch.thick / LOOKED_AT):
            yield box, patch


def _is_drawn_straight(patch: _Patch) -> bool:
    """As boxes are, and bold kanji that touch are not: in blurred ones something seems to show."""
    return is_straight(patch.whole[::LOOKED_AT, ::LOOKED_AT].astype(np.uint8))


def _is_bar(framed: NDArray[np.uint8], thick: float) -> bool:
    """Whether it is straight and has light print on it: a table's head."""
    whole = with_insides(framed)
    return is_straight(whole[1:-1, 1:-1]) and _row(whole - framed, thick) is not None


def _patch(pixels: Pixels, framed: NDArray[np.uint8]) -> _Patch:
    """Of a cover's component, in squares, with a row of none around it."""
    along = framed.sum(axis=0 if framed.shape[1] >= framed.shape[0] else 1)
    inner = cv2.erode(framed, np.ones((3, 3), dtype=np.uint8))
    own, whole = (
        cv2.resize(part[1:-1, 1:-1], pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
        for part in (inner, framed)
    )
    thick = LOOKED_AT * float(np.median(along[along > 0]))
    return _Patch(np.ascontiguousarray(pixels), own, whole, thick)


def _lit(patch: _Patch, paper: NDArray[np.uint8]) -> _Lit | None:
    """None where there is no faint print, or no cover: too much light, or print that is clear."""
    side = max(5, round(STROKE * patch.thick))
    inside = np.where(patch.own[:, :, None], patch.pixels, 0).astype(np.uint8)
    kernel = np.ones((side, side), dtype=np.uint8)
    cover = np.asarray(cv2.morphologyEx(inside, cv2.MORPH_CLOSE, kernel), dtype=np.uint8)
    through = paper_of(cover[patch.own][None]) / np.maximum(paper, 1.0)
    darker = lightest(np.asarray(cv2.subtract(cover, inside), dtype=np.uint8))
    if through.min() > THROUGH or not FAINT <= np.percentile(darker[patch.own], 99) < CLEAR:
        return None
    light = _quotient(inside, cover)
    least = float(np.percentile(light[patch.own], 1))
    print_ = patch.own & (light < (WHITE + least) / 2) & (darker >= FAINT)
    if least > DARKER * WHITE or float(print_[patch.own].mean()) > MOST_PRINT:
        return None
    stretched = np.clip((light - least) * (WHITE / (WHITE - least)), 0, WHITE)
    return _Lit(stretched.astype(np.uint8), print_.astype(np.uint8))


def _quotient(inside: NDArray[np.uint8], cover: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is left of the cover's light in each pixel, in the colour in which it is least."""
    one = np.ones_like(inside)  # black can be divided by it
    left = cv2.divide(cv2.add(inside, one), cv2.add(cover, one), scale=WHITE)
    return darkest(np.asarray(left, dtype=np.uint8))


def _row(print_: NDArray[np.uint8], thick: float) -> _Row | None:
    """What is as large as digits; None where not so many stand in a row as might be."""
    pieces = components(print_).boxes
    axis = 1 if print_.shape[1] >= print_.shape[0] else 0
    first, last = pieces[:, axis], pieces[:, 2 + axis]
    high, wide = last - first, pieces[:, 3 - axis] - pieces[:, 1 - axis]
    sized = (high >= HIGH * thick) & (high <= TALL * thick)
    sized &= (wide >= NARROW * high) & (wide <= WIDE * high)
    middles, high = ((first + last) / 2)[sized], high[sized]
    near = ALIKE * high[:, None]
    alike = np.abs(high - high[:, None]) <= near
    alike &= np.abs(middles - middles[:, None]) <= near
    most = int(alike.sum(axis=1).max()) if len(high) else 0
    if most < FEWEST:
        return None
    left, top = pieces[sized, :2].min(axis=0).tolist()
    right, bottom = pieces[sized, 2:].max(axis=0).tolist()
    return _Row((left, top, right, bottom), most >= SURE * len(high))


def _on_page(row: _Row, box: Box) -> Quad:
    """With a square of its edge, which is neither print nor cover."""
    left, top, right, bottom = row.box
    edges = (left - LOOKED_AT, top - LOOKED_AT, right + LOOKED_AT, bottom + LOOKED_AT)
    return Quad.from_box(*edges).moved(box[0], box[1])


def _band(pixels: Pixels, box: Box, patch: _Patch, lit: _Lit) -> Band:
    """The print on white, in what is around the cover."""
    left, top, right, bottom = box
    height, width = pixels.shape[:2]
    reach = (ALONG, ACROSS) if right - left >= bottom - top else (ACROSS, ALONG)
    across, down = (round(part * patch.thick) for part in reach)
    x, y = max(0, left - across), max(0, top - down)
    around = pixels[y : min(height, bottom + down), x : min(width, right + across)].copy()
    here = np.zeros(around.shape[:2], dtype=np.uint8)
    here[top - y : bottom - y, left - x : right - x] = patch.whole
    around[cv2.dilate(here, np.ones((RIM_PX, RIM_PX), dtype=np.uint8)) > 0] = WHITE
    inner = around[top - y : bottom - y, left - x : right - x]
    inner[patch.own] = in_three(lit.light)[patch.own]
    return Band(around, x, y, GROUP)
