"""Print on or under coloured ink → lines: a seal over digits, white ones on a red bar.

Engines see both as one thing. In a pixel's lightest channel red, yellow and blue ink are pale, and
black print on or under them stays; in its darkest one coloured bars are black, and white print on
them stays; so does coloured print that is pale. The rows with such ink are read in the channel in
which there may be more to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import is_within, paper_of_page, read_each
from prepdoc.page import Line, Pixels
from prepdoc.patterns import darkest, lightest

LOOKED_AT = 2
"""Pixels are looked at in squares of so many."""
COLOURED = 70
"""Between the lightest and the darkest channel, of 255: the tint of a table's head has 30."""
MIN_PX, MAX_PX = 12, 300
"""How high coloured ink is that may hide digits; higher are pictures and what lies on a desk."""
FILLED = 0.08
"""Part of its box that it fills: a seal's ring has twice as much, a stroke of a pen less."""
PRINT, PRINT_PX = 0.4, 32
"""How far black print is from the paper at least, of what lies between that and the other end; and
so many pixels of it beside coloured ink may be a part of a digit, where more of it is hidden.
"""
SOLID, LONG, BROAD_PX = 0.3, 3.0, 120
"""Part of its box that a bar fills whatever stands on it in white, and its length in heights, or
both its sides: coloured letters are smaller.
"""
PALE = 128
"""Difference from the paper in grey below which coloured print is read better in another channel.
"""
ACROSS = 0.5
"""Part of the picture's width of what may begin at its side: a bar across the page."""
MARGIN_PX = 24
"""Around it, for the digits that reach beyond it."""
FEWEST = 8
"""Digits of a line that may be a number."""


Boxes: TypeAlias = NDArray[np.int64]
"""n × 4: left, top, right and bottom, the last two exclusive."""


@dataclass(frozen=True, slots=True)
class _Ink:
    """Pieces of coloured ink, in squares, and the part of its box that each fills."""

    boxes: Boxes
    filled: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of a picture in one of their channels, H × W × 3, and the first of them."""

    pixels: Pixels = field(repr=False)
    top: int


def tinted_bands(pixels: Pixels) -> tuple[Band, ...]:
    """The rows with coloured ink, in the lightest channel where there is black print on or under
    it, in the darkest one where it is pale, or may have white print on it.
    """
    small = pixels[::LOOKED_AT, ::LOOKED_AT]
    light, dark = lightest(small), darkest(small)
    colour = np.asarray(cv2.subtract(light, dark), dtype=np.uint8)
    inked = _inked(colour)
    if not len(inked.boxes):
        return ()
    paper = paper_of_page(small)
    ways = (
        (lightest, _with_print(light, colour, inked, int(paper.max()))),
        (darkest, _bars_and_pale(small, inked, paper)),
    )
    return tuple(
        Band(_grey(channel(pixels[top:bottom])), top)
        for channel, chosen in ways
        for top, bottom in _rows(chosen, pixels.shape[0])
    )


def tinted_lines(bands: Sequence[Band], reader: Reader) -> tuple[Line, ...]:
    """What a reader reads in them with as many digits as may be a number, in pixels of the page.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    read = read_each([band.pixels for band in bands], reader) if bands else ()
    lines = (line.moved(0, band.top) for band, own in zip(bands, read, strict=True) for line in own)
    return tuple(line for line in lines if _digits(line) >= FEWEST)


def with_tinted(lines: Sequence[Line], bands: Sequence[Band], reader: Reader) -> tuple[Line, ...]:
    """The lines, and those of the bands in which more digits are read than without them.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    more = (line for line in tinted_lines(bands, reader) if _digits(line) > _read_in(line, lines))
    return (*lines, *more)


def _read_in(place: Line, lines: Iterable[Line]) -> int:
    """The most digits that one of the lines has in the place of another."""
    quad = place.quad
    inside = ([g for g in line.glyphs if is_within(g.quad, quad)] for line in lines)
    return max((sum(g.char.isdecimal() for g in own) for own in inside), default=0)


def _digits(line: Line) -> int:
    return sum(glyph.char.isdecimal() for glyph in line.glyphs)


def _grey(grey: NDArray[np.uint8]) -> Pixels:
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _rows(boxes: Boxes, height: int) -> Iterator[tuple[int, int]]:
    """From which row of the page up to which such ink stands, with a margin; what meets in one."""
    inked = np.zeros(height + 1, dtype=np.int8)
    for top, bottom in (LOOKED_AT * boxes[:, 1::2]).tolist():
        inked[max(0, top - MARGIN_PX) : min(height, bottom + MARGIN_PX)] = 1
    edges = np.flatnonzero(np.diff(inked, prepend=0))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _inked(colour: NDArray[np.uint8]) -> _Ink:
    """The pieces of coloured ink that may hide digits, in squares.

    But not the streaks of what lies around a paper, at the picture's sides.
    """
    found = components(np.asarray(colour >= COLOURED, dtype=np.uint8))
    left, top, right, bottom = found.boxes.T
    wide, high = right - left, bottom - top
    filled = found.areas / (wide * high)
    fits = (LOOKED_AT * high >= MIN_PX) & (LOOKED_AT * high <= MAX_PX) & (filled >= FILLED)
    at_side = (left == 0) | (right == colour.shape[1])
    fits &= ~at_side | (wide > ACROSS * colour.shape[1])
    return _Ink(found.boxes[fits], filled[fits])


def _with_print(
    light: NDArray[np.uint8], colour: NDArray[np.uint8], ink: _Ink, paper: int
) -> Boxes:
    """Those with print in their boxes that has no colour."""
    far = cv2.absdiff(light, np.full_like(light, paper)) >= PRINT * max(paper, 255 - paper)
    sums = cv2.integral(np.asarray(far & (colour < COLOURED), dtype=np.uint8))
    left, top, right, bottom = ink.boxes.T
    within = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(ink.boxes[within * LOOKED_AT**2 >= PRINT_PX])


def _bars_and_pale(small: Pixels, ink: _Ink, paper: NDArray[np.uint8]) -> Boxes:
    """Those on which there is room for a row of digits, and those that are pale in grey."""
    wide, high = LOOKED_AT * (ink.boxes[:, 2:] - ink.boxes[:, :2]).T
    longer, shorter = np.maximum(wide, high), np.minimum(wide, high)
    is_row = (longer >= LONG * shorter) & (shorter >= MIN_PX)
    is_bar = (is_row | (shorter >= BROAD_PX)) & (ink.filled >= SOLID)
    far = _in_grey(small).astype(int) - int(_in_grey(paper[None, None])[0, 0])
    most = (np.abs(far[t:b, left:right]).max() for left, t, right, b in ink.boxes.tolist())
    return np.asarray(ink.boxes[is_bar | np.array([one < PALE for one in most])])


def _in_grey(pixels: Pixels) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
