"""Print on dark or coloured bars → bands in which it is black on white.

Engines miss digits of white print that nearly touches the edges of its bar, and Tesseract reads
little of it at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, Components, components, with_insides
from prepdoc.ocr.bands import Band
from prepdoc.ocr.typesetting import away_from, paper_of
from prepdoc.page import Pixels
from prepdoc.patterns import in_three

LOOKED_AT = 2
"""Pixels are looked at in squares of so many, where bars are looked for; print on them in pixels,
for small digits touch each other in squares."""
DARK = 64
"""Difference from the page's paper, of 255; the tint of a table's head has 30."""
MIN_PX, MAX_PX, LEAST_PX = 12, 300, 36
"""How thick a bar is, and how long at least: four digits of 8 pixels."""
LONG = 1.5
"""Its length in heights: a group of four digits with some room around."""
SOLID = 0.2
"""Part of its upright box that it fills, with print on it, 25 times as long as thick and askew by 5
degrees."""
PRINT, MOST_PRINT = 0.01, 0.5
"""Part of a bar that its print takes."""
STRAIGHT, ROUND = 0.85, 0.35
"""Part of its usual thickness that a bar has everywhere but so many thicknesses from its ends. A
box that hides digits, and digits that touch it, are less thick between the two.
"""
PIECE = 0.2
"""Part of the bar's thickness, as it lies, that a digit has at least."""
STROKE = 0.15
"""Part of its height that a digit is wide at least; between boxes that hide one each are cracks."""
ARMS = 0.8
"""Part of a bar's usual thickness that it has at least; a letter that touches its end has less."""
MOST_ARMS = 0.7
"""Part of a component that is bar and not such print: digits that a pen's line joins are no bar."""
CLEAR = 32
"""Difference from the bar, of 255, that print has at least where it is as far as any of it: a
marker's black lets so much through."""
APART = 0.4
"""Part of the clearest print's difference from the bar, so that small digits do not touch each
other by their soft edges."""
FEWEST = 4
"""Digits of a line that may be a number's group: some bars hold one each."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """Where it is on the page, in pixels, and how far each of its pixels is from its colour: by
    0 outside of it, and by `most` where print is clearest.
    """

    box: Box
    away: NDArray[np.uint8] = field(repr=False)
    own: NDArray[np.bool_] = field(repr=False)
    most: float


def bar_bands(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Band, ...]:
    """Every bar that something is printed on.

    `away` is how far each pixel is from the page's paper (`away_from_paper`).
    """
    return tuple(_band(bar) for bar in _bars(pixels, away))


def printed_bars(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Box, ...]:
    """Where they are: on them nothing is hidden."""
    return tuple(bar.box for bar in _bars(pixels, away))


def _bars(pixels: Pixels, away: NDArray[np.uint8]) -> Iterator[_Bar]:
    found = components(np.asarray(away[::LOOKED_AT, ::LOOKED_AT] >= DARK, dtype=np.uint8))
    for label, box in _long(found):
        inside = _inside(found, label, box)
        if inside.any() and _holds_print(bar := _bar(pixels, box, inside)):
            yield bar


def _bar(pixels: Pixels, box: Box, inside: NDArray[np.uint8]) -> _Bar:
    """Of its box and what lies within its outline, both in squares."""
    left, top, right, bottom = (LOOKED_AT * side for side in box)
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    own = cv2.resize(inside, part.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
    away = np.where(own, away_from(part, paper_of(part[own][None])), 0).astype(np.uint8)
    most = max(CLEAR, float(np.percentile(away[own], 99)))
    return _Bar((left, top, right, bottom), away, own, most)


def _long(found: Components) -> Iterator[tuple[int, Box]]:
    """The components of a bar's size and shape, by their labels."""
    size = found.boxes[:, 2:] - found.boxes[:, :2]
    longer, shorter = size.max(axis=1), size.min(axis=1)
    fits = (LOOKED_AT * shorter >= MIN_PX) & (LOOKED_AT * shorter <= MAX_PX)
    fits &= (LOOKED_AT * longer >= LEAST_PX) & (longer >= LONG * shorter)
    fits &= found.areas >= SOLID * size.prod(axis=1)
    return found.among(fits)


def _inside(found: Components, label: int, box: Box) -> NDArray[np.uint8]:
    """What lies within a bar's outline but for its soft edge; nothing where it is no bar."""
    left, top, right, bottom = box
    framed = np.pad((found.labels[top:bottom, left:right] == label).astype(np.uint8), 1)
    outline = with_insides(framed)
    whole = _without_arms(outline)
    if whole.sum() < MOST_ARMS * outline.sum() or not is_straight(whole[1:-1, 1:-1]):
        return np.zeros_like(whole[1:-1, 1:-1])
    inner = cv2.erode(whole, np.ones((3, 3), dtype=np.uint8))
    return np.asarray(inner, dtype=np.uint8)[1:-1, 1:-1]


def _without_arms(whole: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A bar without the print outside of it that touches it."""
    thick, shape = _thicknesses(whole), whole.shape
    high = max(1, round(ARMS * float(np.median(thick[thick > 0]))))
    kernel = (high, 1) if shape[1] >= shape[0] else (1, high)
    opened = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones(kernel, dtype=np.uint8))
    return np.asarray(opened, dtype=np.uint8)


def _thicknesses(whole: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Of a bar, along it."""
    across = 0 if whole.shape[1] >= whole.shape[0] else 1
    return np.asarray(whole.sum(axis=across), dtype=np.int64)


def _holds_print(bar: _Bar) -> bool:
    """Whether there is as much print as a group of digits; a box that a nought touches has less."""
    far = bar.away >= max(CLEAR, APART * bar.most)
    if not PRINT <= float(far[bar.own].mean()) <= MOST_PRINT:
        return False
    pieces = components(np.asarray(far, dtype=np.uint8)).boxes
    axis = 1 if far.shape[1] >= far.shape[0] else 0
    size = pieces[:, 2:] - pieces[:, :2]
    thick, wide = size[:, axis], size[:, 1 - axis]
    digits = (thick >= PIECE * far.shape[1 - axis]) & (wide >= STROKE * thick)
    return int(digits.sum()) >= FEWEST


def is_straight(whole: NDArray[np.uint8]) -> bool:
    """Whether it is as thick everywhere, but for its ends."""
    thick = np.trim_zeros(_thicknesses(whole))
    usual = float(np.median(thick)) if len(thick) else 0.0
    end = round(ROUND * usual)
    return bool((thick[end : len(thick) - end] >= STRAIGHT * usual).all())


def _band(bar: _Bar) -> Band:
    """Its pixels, the print black, all else white."""
    grey = 255 - np.clip(bar.away * (255 / bar.most), 0, 255)
    return Band(in_three(grey.astype(np.uint8)), bar.box[0], bar.box[1], FEWEST)
