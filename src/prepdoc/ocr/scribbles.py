"""A pen's zigzag or loops over print → where it is: one long piece of ink with many strokes.

Whoever hides the digits of a card number with a ballpoint makes one, through which a person still
reads and no engine does.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, Components, components
from prepdoc.ocr.struck import INK, RUN_PX
from prepdoc.page import Pixels, Quad, boxes_overlap

LOW_PX, HIGH_PX = 10, 240
"""How high a tangle is at least, and at most."""
SCANT, FILLED = 0.15, 0.9
"""Part of its box that ink fills at least, and at most: a frame has less, a bar that hides more."""
STROKES, DENSE = 8, 1.5
"""Strokes that its middle row runs through at least, and on a length as great as its height: cells
with a digit each are wider.
"""
FLAT = 0.4
"""Part of it that lies in long level lines at most: rings, frames and lines that strike out."""
LONG, HIGHER, HIGHEST = 5.5, 1.15, 4.0
"""Heights of the print beside it that it is long at least, high at least and high at most: letters
that touch each other are no higher, or no word is as long.
"""
LOOKED_AT, AROUND = 4, 31
"""What is around a pixel is looked for in squares of so many, and up to half of so many of these
away: in twice as much as a tangle is high."""
BEHIND, BEFORE, LOW = 4.0, 12.0, 0.3
"""Its own heights up to which print stands behind and before it, and that this is high at least."""


def tangles(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Quad, ...]:
    """Every tangle of ink on a picture, in its pixels; also light ink on a card's colour.

    `away` is how far each pixel is from the picture's paper (`away_from_paper`).
    """
    boxes = [*_tangled(away)]
    for box in _tangled(_away_from_around(pixels)):
        if not any(boxes_overlap(box, other) for other in boxes):
            boxes.append(box)
    return tuple(Quad.from_box(*box) for box in boxes)


def _away_from_around(pixels: Pixels) -> NDArray[np.uint8]:
    """Height × width: how far each pixel is from the colour of most that is around it."""
    small = cv2.medianBlur(np.ascontiguousarray(pixels[::LOOKED_AT, ::LOOKED_AT]), AROUND)
    around = cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.absdiff(np.ascontiguousarray(pixels), around).max(axis=2))


def _tangled(away: NDArray[np.uint8]) -> Iterator[Box]:
    found = components(np.asarray(away >= INK, dtype=np.uint8))
    wide, high = _sizes(found)
    fits = (high >= LOW_PX) & (high <= HIGH_PX) & (wide >= LONG / HIGHEST * high)
    fits &= (found.areas >= SCANT * wide * high) & (found.areas <= FILLED * wide * high)
    for label, box in found.among(fits):
        if _is_tangled(found.labels, label, box) and _is_over_print(box, found):
            yield box


def _sizes(found: Components) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Widths and heights."""
    left, top, right, bottom = found.boxes.T
    return right - left, bottom - top


def _is_tangled(labels: NDArray[np.int32], label: int, box: Box) -> bool:
    left, top, right, bottom = box
    own = np.asarray(labels[top:bottom, left:right] == label, dtype=np.uint8)
    strokes = int((np.diff(own[len(own) // 2].astype(np.int8), prepend=0) > 0).sum())
    level = cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones((1, RUN_PX), dtype=np.uint8))
    is_dense = strokes >= max(STROKES, DENSE * (right - left) / (bottom - top))
    return is_dense and int(np.sum(level)) <= FLAT * int(own.sum())


def _is_over_print(box: Box, found: Components) -> bool:
    """Whether it has the size of a scribble over some digits of the print beside it: of what is
    behind it, if anything is.
    """
    left, top, right, bottom = box
    high = bottom - top
    starts, tops, ends, bottoms = found.boxes.T
    beside = (top < (tops + bottoms) / 2) & ((tops + bottoms) / 2 < bottom)
    beside &= (bottoms - tops >= LOW * high) & (bottoms - tops < high)
    behind = beside & (starts >= right - high) & (starts <= right + BEHIND * high)
    before = beside & (ends <= left + high) & (ends >= left - BEFORE * high)
    own = (bottoms - tops)[behind if behind.any() else before]
    print_ = float(np.median(own)) if len(own) else float("inf")
    return HIGHER * print_ <= high <= HIGHEST * print_ and right - left >= LONG * print_
