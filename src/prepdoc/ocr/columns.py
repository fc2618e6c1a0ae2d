"""Upright digits below each other → lines: engines take two or three of them for a line down.

Characters that have nothing beside them and one like them below are taken for a column; they are
set side by side, read there, and each goes back to its place as a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import (
    FEWEST,
    INK,
    Box,
    Set,
    beside,
    ink_in,
    near_ink,
    read_sets,
    typeset,
)
from prepdoc.page import Line, Pixels, Quad

TURNS = (0, 1)
"""Quarter turns counter-clockwise after which columns are looked for: down the page, across it."""
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 8, 120
"""Of a character: print of 3 points at 200 dpi to 28 points at 300 dpi."""
MIN_SHAPE, MAX_SHAPE = 0.15, 1.1
"""Its width in heights, from a 1 to a wide 0."""
DISC, ROUND = 0.55, 0.85
"""Part of its box that a dot fills, and its width in heights at least: no digit is so."""
ALONE = 0.5
"""Heights of blank paper left and right of it; words have neighbours there."""
NOISE = 0.02
"""Part of that paper that may be ink."""
ALIKE = 0.25
"""Neighbours differ by this part of their height at most."""
ASIDE = 0.35
"""Heights by which one stands left or right of the one above it."""
STEP = (1.0, 2.8)
"""Heights from one to the next: set solid, to the blank between two groups."""
TALL = 1.45
"""Heights that a character of writing downwards has for itself; more is a blank."""
STROKES, PLAIN = 3, 0.6
"""A line meets the ink of a digit three times at most, that of most kanji more often; and what part
of a column is so plain, where it may be a number."""
BAR, MOST_BARS = 0.9, 19
"""Part of its box that a dash fills, and as many dashes as the longest card number has digits: more
are a line to cut along."""
DIGITS = 0.9
"""Part of a column that is read as digits: words that run down are no number."""


def with_columns(lines: Sequence[Line], sets: Sequence[Set], reader: Reader) -> tuple[Line, ...]:
    """The lines, but in columns of digits as they are read there on their own."""
    read = column_lines(sets, reader)
    return (*beside(lines, (line.quad for line in read)), *read)


def column_sets(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Set, ...]:
    """What stands in every column, for any number of readers.

    `away` is how far each pixel is from the page's paper (`away_from_paper`).
    """
    ink = np.asarray(away >= INK, dtype=np.uint8)
    return tuple(one for turn in TURNS for one in _sets(pixels, ink, turn))


def column_lines(sets: Sequence[Set], reader: Reader) -> tuple[Line, ...]:
    """A line for each digit of the columns that a reader reads as digits, in pixels of the page.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    read = [line for line in read_sets(sets, reader) if line is not None and _is_number(line)]
    return tuple(replace(line, glyphs=(glyph,)) for line in read for glyph in line.glyphs)


def _is_number(line: Line) -> bool:
    return sum(glyph.char.isdecimal() for glyph in line.glyphs) >= DIGITS * len(line.glyphs)


def _sets(pixels: Pixels, ink: NDArray[np.uint8], turn: int) -> Iterator[Set]:
    """The columns of the page turned by quarters, each set to be read."""
    page, ink = np.rot90(pixels, turn), np.ascontiguousarray(np.rot90(ink, turn))
    for column in _columns(_alone(ink)):
        if _is_dashed(column, ink):
            continue
        frames = [page[top:bottom, left:right] for left, top, right, bottom in _framed(column)]
        quads = [_quad(box, turn, page.shape[0]) for box in _tall(column)]
        if _may_be_digits(frames) and (set_ := typeset(frames, quads)):
            yield set_


def _is_dashed(column: Sequence[Box], ink: NDArray[np.uint8]) -> bool:
    """Whether these are the dashes of a long line."""
    parts = (ink[top:bottom, left:right] for left, top, right, bottom in column)
    return len(column) > MOST_BARS and all(part.mean() >= BAR for part in parts)


def _may_be_digits(frames: Sequence[Pixels]) -> bool:
    """Whether most have as few strokes as digits: letters of a spaced line stand alone as well."""
    plain = sum(_strokes(ink_in(frame)) <= STROKES for frame in frames)
    return plain >= PLAIN * len(frames)


def _strokes(ink: NDArray[np.bool_]) -> float:
    """How often a line across or down a character meets ink, but for its busiest lines."""
    edges = (np.diff(ink.astype(np.int8), axis=axis, prepend=0) == 1 for axis in (0, 1))
    return max(float(np.percentile(e.sum(axis=axis), 90)) for axis, e in enumerate(edges))


def _alone(ink: NDArray[np.uint8]) -> list[Box]:
    """Pieces of ink of a digit's size and shape with nothing beside them, from top to bottom."""
    rows = near_ink(ink)
    counted = components(ink[rows])
    found = counted.boxes
    width, height = (found[:, 2:] - found[:, :2]).T
    fits = (height >= MIN_HEIGHT_PX) & (height <= MAX_HEIGHT_PX)
    fits &= (width >= MIN_SHAPE * height) & (width <= MAX_SHAPE * height)
    fits &= (counted.areas < DISC * width * height) | (width < ROUND * height)
    down = rows[found[:, 1]] - found[:, 1]
    boxes = (found + np.stack([np.zeros_like(down), down] * 2, axis=1))[fits]
    clear = boxes[_is_clear(boxes, ink)] if len(boxes) else boxes
    return sorted(
        ((int(a), int(b), int(c), int(d)) for a, b, c, d in clear), key=lambda box: box[1]
    )


def _is_clear(boxes: NDArray[Any], ink: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether there is paper on both sides of each box."""
    sums = cv2.integral(ink)
    left, top, right, bottom = boxes.T
    reach = np.ceil(ALONE * (bottom - top)).astype(int)
    wide = ink.shape[1]
    around = np.zeros(len(boxes))
    for a, b in ((np.maximum(left - reach, 0), left), (right, np.minimum(right + reach, wide))):
        around += sums[bottom, b] - sums[top, b] - sums[bottom, a] + sums[top, a]
    return np.asarray(around <= NOISE * 2 * reach * (bottom - top))


def _columns(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes from top to bottom, each below the nearest one that it follows."""
    columns: list[list[Box]] = []
    for box in boxes:
        above = [column for column in columns if _follows(column[-1], box)]
        if above:
            max(above, key=lambda column: column[-1][1]).append(box)
        else:
            columns.append([box])
    return [column for column in columns if len(column) >= FEWEST]


def _follows(upper: Box, lower: Box) -> bool:
    (left, top, right, bottom), (start, up, end, low) = upper, lower
    high = max(bottom - top, low - up)
    alike = abs((bottom - top) - (low - up)) <= ALIKE * high
    aside = abs(left + right - start - end) / 2 <= ASIDE * high
    step = (up + low - top - bottom) / 2
    return alike and aside and STEP[0] * high <= step <= STEP[1] * high


def _framed(column: Sequence[Box]) -> Iterator[Box]:
    """Each with some paper around, of which there is enough on all sides."""
    for left, top, right, bottom in column:
        rim = max(1, (bottom - top) // 16)
        aside = max(1, (bottom - top) // 4)
        yield max(0, left - aside), max(0, top - rim), right + aside, bottom + rim


def _tall(column: Sequence[Box]) -> Iterator[Box]:
    """As high as a character is with its share of the gap above and below it, all as wide."""
    wide = max(right - left for left, _, right, _ in column)
    high = max(bottom - top for _, top, _, bottom in column)
    for left, top, right, bottom in column:
        x, y = (left + right) / 2, (top + bottom) / 2
        across, down = wide / 2, TALL * high / 2
        yield round(x - across), round(y - down), round(x + across), round(y + down)


def _quad(box: Box, turn: int, height: int) -> Quad:
    """A box of the page turned by so many quarters, and then so high, as it lies on the page."""
    left, top, right, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float)
    turned = np.stack([height - corners[:, 1], corners[:, 0]], axis=1) if turn else corners
    return Quad.from_array(turned)
