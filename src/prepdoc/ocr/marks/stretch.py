"""A strip's marks and the digits beside them → the same without the marks, to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr.marks.strip import Box, Strip
from prepdoc.page import Pixels, Quad

BLANK = 1.5
"""Digit heights without ink that part a number from what stands beside it."""
RULE, THICK = 5.0, 0.35
"""Digit heights from which on a piece of ink is a rule and no character, and that a rule has in a
column at most where no character touches it."""
FULL = 0.6
"""Part of the rows, with their margins, that a character has ink in at most."""
EDGE = 0.08
"""Digit heights around a mark that go with it, for its soft edge."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a strip with digits and marks: where these are, and what is left without them.

    `rest` begins in column `left` and in the line's first row.
    """

    strip: Strip
    rows: tuple[tuple[Box, ...], ...]
    left: int
    rest: Pixels = field(repr=False)

    def quad(self) -> Quad:
        """The stretch on the page."""
        top, bottom = self.strip.rows
        return self.strip.quad((self.left, top, self.left + self.rest.shape[1], bottom))


def stretch_of(strip: Strip, rows: Sequence[tuple[Box, ...]]) -> Marked:
    """The marks with the digits beside them, up to the next wide blank on both sides."""
    top, bottom = strip.rows
    inked = _inked(strip)
    # What is grown back after it was made smaller may begin before the strip, and end behind it.
    last = len(inked) - 1
    spans = [(max(0, int(row[0][0])), min(last, int(row[-1][2]))) for row in rows]
    for start, end in spans:
        inked[start : end + 1] = True
    left, right = _bounds(inked, spans[0][0], spans[-1][1], BLANK * strip.high)
    rest = strip.pixels.copy()
    for box in (box for row in rows for box in row):
        x0, y0, x1, y1 = _grown(box, EDGE * strip.high)
        rest[y0:y1, x0:x1] = np.median(strip.pixels[top:bottom].reshape(-1, 3), axis=0)
    return Marked(strip, tuple(rows), left, rest[top:bottom, left:right])


def _inked(strip: Strip) -> NDArray[np.bool_]:
    """The columns in which something is printed on the line: a table's rule that crosses it, as on
    a page that bends, is nothing, and neither is another light on the paper, which fills them.
    """
    top, bottom = strip.rows
    found = components(strip.ink[top:bottom])
    long = found.boxes[:, 2] - found.boxes[:, 0] > RULE * strip.high
    of_rules = np.concatenate([[False], long])[found.labels]
    letters = (found.labels > 0) & ~of_rules
    share = of_rules.mean(axis=0)
    touched = (share * (bottom - top) > THICK * strip.high) & (share < FULL)
    return np.asarray(letters.any(axis=0) | touched)


def _bounds(inked: NDArray[np.bool_], left: int, right: int, blank: float) -> tuple[int, int]:
    """Outwards from the columns `left` to `right`, to the blanks that are so wide."""
    columns = np.flatnonzero(inked)
    before, after = columns[columns <= left][::-1], columns[columns >= right]
    wide_before = np.flatnonzero(-np.diff(before) > blank)
    wide_after = np.flatnonzero(np.diff(after) > blank)
    start = before[wide_before[0]] if len(wide_before) else before[-1]
    end = after[wide_after[0]] if len(wide_after) else after[-1]
    return max(0, int(start - blank / 2)), min(len(inked), int(end + blank / 2))


def _grown(box: Box, by: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return (
        max(0, int(left - by)),
        max(0, int(top - by)),
        int(np.ceil(right + by)),
        int(np.ceil(bottom + by)),
    )
