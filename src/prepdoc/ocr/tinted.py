"""Print on or under coloured ink → lines: a seal over digits, white ones on a red bar.

Engines see both as one thing. In a pixel's lightest channel red, yellow and blue ink are pale, and
black print on or under them stays; in its darkest one coloured bars are black, and white print on
them stays. The rows in which there is such ink are read in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import is_within, read_each
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
ACROSS = 0.5
"""Part of the picture's width of what may begin at its side: a bar across the page."""
MARGIN_PX = 24
"""Around it, for the digits that reach beyond it."""
FEWEST = 8
"""Digits of a line that may be a number."""


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of a picture in one of their channels, H × W × 3, and the first of them."""

    pixels: Pixels = field(repr=False)
    top: int


def tinted_bands(pixels: Pixels) -> tuple[Band, ...]:
    """The rows with coloured ink, in the lightest and in the darkest channel."""
    cuts = [(top, pixels[top:bottom]) for top, bottom in _rows(pixels)]
    return tuple(Band(_grey(of(cut)), top) for top, cut in cuts for of in (lightest, darkest))


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


def _rows(pixels: Pixels) -> Iterator[tuple[int, int]]:
    """From which row up to which there is coloured ink, with a margin; those that meet in one."""
    inked = np.zeros(pixels.shape[0] + 1, dtype=np.int8)
    for top, bottom in _inked(pixels[::LOOKED_AT, ::LOOKED_AT]):
        start, end = LOOKED_AT * top - MARGIN_PX, LOOKED_AT * bottom + MARGIN_PX
        inked[max(0, start) : min(len(inked) - 1, end)] = 1
    edges = np.flatnonzero(np.diff(inked, prepend=0))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _inked(small: Pixels) -> list[tuple[int, int]]:
    """The first row of each piece of coloured ink and the one past its last, in squares.

    But not the streaks of what lies around a paper, at the picture's sides.
    """
    colour = cv2.subtract(lightest(small), darkest(small))
    found = components(np.asarray(colour >= COLOURED, dtype=np.uint8))
    left, top, right, bottom = found.boxes.T
    wide, high = right - left, bottom - top
    fits = (LOOKED_AT * high >= MIN_PX) & (LOOKED_AT * high <= MAX_PX)
    fits &= found.areas >= FILLED * wide * high
    at_side = (left == 0) | (right == small.shape[1])
    fits &= ~at_side | (wide > ACROSS * small.shape[1])
    return list(zip(top[fits].tolist(), bottom[fits].tolist(), strict=True))
