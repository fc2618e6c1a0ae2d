"""Upright digits below each other → lines: engines take two or three of them for a line down.

Characters that have nothing beside them and one like them below are taken for a column; they are
set side by side, read there, and each goes back to its place as a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box
from prepdoc.ocr import Reader
from prepdoc.ocr.alone import Turned, are_digits, may_be_digits
from prepdoc.ocr.typesetting import FEWEST, Set, beside, is_read, read_sets, typeset
from prepdoc.page import Line

ALONE = 0.5
"""Heights of blank paper left and right of it; words have neighbours there."""
ALIKE = 0.25
"""Neighbours differ by this part of their height at most."""
ASIDE = 0.35
"""Heights by which one stands left or right of the one above it."""
STEP = (1.0, 3.2)
"""Heights from one to the next: set solid, to the blank or the dash between two groups, which take
a whole em and a tenth."""
TALL = 1.45
"""Heights that a character of writing downwards has for itself; more is a blank."""
BAR, MOST_BARS = 0.9, 19
"""Part of its box that a dash fills, and as many dashes as the longest card number has digits: more
are a line to cut along."""


def with_columns(lines: Sequence[Line], sets: Sequence[Set], reader: Reader) -> tuple[Line, ...]:
    """The lines, but in columns of digits as they are read there on their own.

    A row of digits as wide as they are high is as far from one to the next as a column; where a
    level line holds all of them, it is a row.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    level = [line for line in lines if line.quad.turn() % 2 == 0]
    unread = [one for one in sets if not is_read(one, level)]
    read = down_columns(read_sets(unread, reader))
    return (*beside(lines, (line.quad for line in read)), *read)


def column_sets(pages: Iterable[Turned]) -> tuple[Set, ...]:
    """What stands in every column down the page or across it, for any number of readers."""
    return tuple(one for page in pages for one in _sets(page))


def down_columns(read: Iterable[Line | None]) -> tuple[Line, ...]:
    """A line for each digit of the columns that were read as digits (`read_sets`)."""
    columns = (line for line in read if line is not None and are_digits(line))
    return tuple(replace(line, glyphs=(glyph,)) for line in columns for glyph in line.glyphs)


def _sets(page: Turned) -> Iterator[Set]:
    for column in _columns(page.alone(ALONE)):
        if _is_dashed(column, page.ink):
            continue
        frames = [page.frame(box) for box in column]
        quads = [page.quad(box) for box in _tall(column)]
        if may_be_digits(frames) and (set_ := typeset(frames, quads)):
            yield set_


def _is_dashed(column: Sequence[Box], ink: NDArray[np.uint8]) -> bool:
    """Whether these are the dashes of a long line."""
    parts = (ink[top:bottom, left:right] for left, top, right, bottom in column)
    return len(column) > MOST_BARS and all(part.mean() >= BAR for part in parts)


def _columns(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes from top to bottom, each below the nearest one that it follows."""
    columns: list[list[Box]] = []
    for box in sorted(boxes, key=itemgetter(1)):
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


def _tall(column: Sequence[Box]) -> Iterator[Box]:
    """As high as a character is with its share of the gap above and below it, all as wide."""
    wide = max(right - left for left, _, right, _ in column)
    high = max(bottom - top for _, top, _, bottom in column)
    for left, top, right, bottom in column:
        x, y = (left + right) / 2, (top + bottom) / 2
        across, down = wide / 2, TALL * high / 2
        yield round(x - across), round(y - down), round(x + across), round(y + down)
