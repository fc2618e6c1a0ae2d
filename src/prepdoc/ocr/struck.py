"""Print that a pen's line strikes out, or touches → bands without the line.

People strike a number out and think it gone; a person reads it all the same, and engines see one
long thing. A line of ink that runs through many strokes of print is taken out and its place filled
from what is around it. What is read there is not sure, so what may be a number is painted over as
what shows under a cover is: who strikes it out means to hide it. A line that many strokes touch
from one side, as a ring does that is drawn close around a number, is taken out for the readers, and
nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, Components, components
from prepdoc.ocr.bands import Band
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import Glyph, Line, Pixels, Quad, boxes_overlap

INK = 64
"""Difference from the page's paper, of 255: a ballpoint's blue has 100."""
RUN_PX = 32
"""Ink in a row that is no digit's own: one of 12 points at 300 dpi is 25 wide."""
LONG_PX, THICK_PX = 96, 20
"""How long such a line is at least, and how thick at most."""
SLIM = 8
"""Its length in thicknesses at least."""
GAP_PX = 3
"""Rows that part two pieces of one line, which is drawn by hand."""
CROSSINGS, APART_PX = 8, 40
"""Strokes of print that leave it on either side at least, and how far one is from the next, mostly:
eight digits have ten, and a table's rule has a rule at each column.
"""
SIDES = 2
"""Of a line, above and below: where print is on both it runs through."""
STUB_PX = 3
"""How far beyond its edge print is looked for: edges are soft."""
FILLED_PX = 5
"""How far around a pixel that is taken out those are that tell what was there."""
AROUND_PX = 48
"""What is shown around it: digits of 20 points at 300 dpi, struck through their feet."""
FEWEST = 8
"""Digits of a line that is shown to the rules."""
EDGE = 0.25
"""What is painted of a line behind its first and last character, in heights: where they end is not
sure, and the line goes on there.
"""
SHORTEST, DIGITS = 12, 0.75
"""Characters that a number has at least, and the part of them that are read as digits."""


@dataclass(frozen=True, slots=True)
class Struck:
    """Where such a line is on its picture, in pixels, whether it runs through the print or along
    it, and the print without the line.
    """

    place: Quad
    is_through: bool
    band: Band


def struck(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Struck, ...]:
    """Every line of an H × W × 3 picture that strikes print out or touches it.

    `away` is how far each pixel is from the page's paper (`away_from_paper`).
    """
    ink = np.asarray(away >= INK, dtype=np.uint8)
    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, RUN_PX), dtype=np.uint8))
    lines = np.asarray(opened, dtype=np.uint8)
    joined = cv2.dilate(lines, np.ones((GAP_PX, 1), dtype=np.uint8))
    found = components(np.asarray(joined, dtype=np.uint8))
    return tuple(
        Struck(Quad.from_box(*box), sides == SIDES, _without(pixels, lines, box))
        for _, box in _thin(found)
        if (sides := _crossed_sides(ink, lines, box))
    )


def without_lines(pixels: Pixels) -> Pixels:
    """The picture without such lines and others beside them."""
    bare = pixels.copy()
    for one in struck(pixels, away_from_paper(pixels)):
        (top, left), (high, wide) = (one.band.top, one.band.left), one.band.pixels.shape[:2]
        bare[top : top + high, left : left + wide] = one.band.pixels
    return bare


def struck_out(places: Sequence[Quad], read: Iterable[Line]) -> Iterator[Quad]:
    """Of each line that was read, the part that is struck out at one of the places, where that has
    as many digits as a number of which readers see a few as letters.
    """
    for line in read if places else ():
        for place in places:
            own = [g for g in line.glyphs if boxes_overlap(g.quad.box(), place.box())]
            if may_be_a_number(own):
                left, top, right, bottom = own[0].quad.to(own[-1].quad).box()
                edge = EDGE * (bottom - top)
                yield Quad.from_box(left - edge, top, right + edge, bottom)


def may_be_a_number(glyphs: Sequence[Glyph]) -> bool:
    """Whether there are as many digits as in a number of which readers see a few as letters."""
    chars = [glyph.char for glyph in glyphs if glyph.char.isalnum()]
    return len(chars) >= SHORTEST and sum(map(str.isdecimal, chars)) >= DIGITS * len(chars)


def _thin(found: Components) -> Iterator[tuple[int, Box]]:
    """Those of a line's length and thickness."""
    long = found.boxes[:, 2] - found.boxes[:, 0]
    thick = found.areas / long - (GAP_PX - 1)
    return found.among((long >= LONG_PX) & (thick <= THICK_PX) & (long >= SLIM * thick))


def _crossed_sides(ink: NDArray[np.uint8], lines: NDArray[np.uint8], box: Box) -> int:
    """On how many of its two sides strokes of print leave it, as close to each other as digits have
    them; of a ring, whose upper and lower arc hang together, the more of one of them.
    """
    left, top, right, bottom = box
    line = np.pad(lines[top:bottom, left:right] > 0, ((1, 1), (0, 0)))
    inked, columns = line.any(axis=0), np.arange(left, right)
    edges = np.diff(line.astype(np.int8), axis=0)
    starts, ends = edges > 0, edges[::-1] < 0
    # The first row and the one past the last of the uppermost piece in each column, and the lowest.
    arcs = (
        (starts.argmax(axis=0), (edges < 0).argmax(axis=0)),
        (len(edges) - 1 - starts[::-1].argmax(axis=0), len(edges) - 1 - ends.argmax(axis=0)),
    )
    return max(
        sum(
            _is_crossed(inked & (ink[np.clip(row, 0, len(ink) - 1), columns] > 0))
            for row in (top + first - STUB_PX, top + past - 1 + STUB_PX)
        )
        for first, past in arcs
    )


def _is_crossed(stubs: NDArray[np.bool_]) -> bool:
    at = np.flatnonzero(np.diff(stubs.astype(np.int8), prepend=0) > 0)
    return len(at) >= CROSSINGS and float(np.median(np.diff(at))) <= APART_PX


def _without(pixels: Pixels, lines: NDArray[np.uint8], box: Box) -> Band:
    left, top = (max(0, side - AROUND_PX) for side in box[:2])
    right, bottom = (side + AROUND_PX for side in box[2:])
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    gone = lines[top:bottom, left:right]
    filled = cv2.inpaint(part, gone, FILLED_PX, cv2.INPAINT_NS)
    return Band(np.asarray(filled, dtype=np.uint8), left, top, FEWEST)
