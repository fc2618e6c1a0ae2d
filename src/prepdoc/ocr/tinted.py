"""Print on or under coloured ink, or pale in its colour → bands: a seal over digits.

Engines see both as one thing. In a pixel's lightest channel red, yellow and blue ink are pale, and
black print on or under them stays; in its darkest one so does coloured print that is pale. The rows
with such ink are read in the channel in which there may be more to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr.bands import Band
from prepdoc.ocr.typesetting import paper_of_page
from prepdoc.page import Pixels
from prepdoc.patterns import coloured, darkest, in_three, lightest

LOOKED_AT = 2
"""Pixels are looked at in squares of so many."""
MIN_PX, MAX_PX = 12, 300
"""How high coloured ink is that may hide digits; higher are pictures and what lies on a desk."""
FILLED = 0.08
"""Part of its box that it fills: a seal's ring has twice as much, a stroke of a pen less."""
PRINT, PRINT_PX = 0.4, 32
"""How far black print is from the paper at least, of what lies between that and the other end; and
so many pixels of it beside coloured ink may be a part of a digit, where more of it is hidden.
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


def tinted_bands(pixels: Pixels) -> tuple[Band, ...]:
    """The rows with coloured ink, in the lightest channel where there is black print on or under
    it, in the darkest one where it is pale.
    """
    small = np.ascontiguousarray(pixels[::LOOKED_AT, ::LOOKED_AT])
    colour = coloured(small)
    inked = _inked(colour)
    if not len(inked):
        return ()
    paper = paper_of_page(small)
    ways = (
        (lightest, _with_print(lightest(small), colour, inked, int(paper.max()))),
        (darkest, _pale(small, inked, paper)),
    )
    return tuple(
        Band(in_three(channel(pixels[top:bottom])), 0, top, FEWEST)
        for channel, chosen in ways
        for top, bottom in _rows(chosen, pixels.shape[0])
    )


def _rows(boxes: Boxes, height: int) -> Iterator[tuple[int, int]]:
    """From which row of the page up to which such ink stands, with a margin; what meets in one."""
    inked = np.zeros(height + 1, dtype=np.int8)
    for top, bottom in (LOOKED_AT * boxes[:, 1::2]).tolist():
        inked[max(0, top - MARGIN_PX) : min(height, bottom + MARGIN_PX)] = 1
    edges = np.flatnonzero(np.diff(inked, prepend=0))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _inked(colour: NDArray[np.bool_]) -> Boxes:
    """The pieces of coloured ink that may hide digits, in squares.

    But not the streaks of what lies around a paper, at the picture's sides.
    """
    found = components(np.asarray(colour, dtype=np.uint8))
    left, top, right, bottom = found.boxes.T
    wide, high = right - left, bottom - top
    filled = found.areas / (wide * high)
    fits = (LOOKED_AT * high >= MIN_PX) & (LOOKED_AT * high <= MAX_PX) & (filled >= FILLED)
    at_side = (left == 0) | (right == colour.shape[1])
    fits &= ~at_side | (wide > ACROSS * colour.shape[1])
    return np.asarray(found.boxes[fits])


def _with_print(
    light: NDArray[np.uint8], colour: NDArray[np.bool_], boxes: Boxes, paper: int
) -> Boxes:
    """Those with print in their boxes that has no colour."""
    far = cv2.absdiff(light, np.full_like(light, paper)) >= PRINT * max(paper, 255 - paper)
    sums = cv2.integral(np.asarray(far & ~colour, dtype=np.uint8))
    left, top, right, bottom = boxes.T
    within = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(boxes[within * LOOKED_AT**2 >= PRINT_PX])


def _pale(small: Pixels, boxes: Boxes, paper: NDArray[np.uint8]) -> Boxes:
    """Those of which nothing is far from the paper in grey."""
    far = _in_grey(small).astype(int) - int(_in_grey(paper[None, None])[0, 0])
    most = (np.abs(far[t:b, left:right]).max() for left, t, right, b in boxes.tolist())
    return np.asarray(boxes[np.array([one < PALE for one in most])])


def _in_grey(pixels: Pixels) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
