"""Rows of a column that look like a number over two lines, for finding and verification."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from prepdoc.page import Glyph, Line, Quad
from prepdoc.pan import RULE_GROUPED, Match, are_listed

OFF_HEIGHTS = 0.35
"""By which a row's first digit is off from where its column and the distance of rows have it."""
_ROW = re.compile(r"(?<!\d)\d{4}\s+\d{4}(?! {0,3}\d)")
"""Such rows: half of a number each."""


def is_listed(match: Match, line: Line, others: Iterable[Line]) -> bool:
    """Whether a number over a line break is two rows of a column that goes on as they do, by what
    stands in the row above or below them, or between them: phones. Never one that is proven.
    """
    text = line.text[match.start : match.end]
    halves = text.split("\n")
    if match.rule != RULE_GROUPED or len(halves) != 2 or not all(map(_ROW.fullmatch, halves)):
        return False
    upper = line.glyphs[match.start].quad
    lower = line.glyphs[match.start + len(halves[0]) + 1].quad
    step = np.subtract(lower.tl, upper.tl)
    rows = tuple(_rows(others))
    first, last = halves
    columns = (
        *([above, first, last] for above in _at(rows, upper, -step)),
        *([first, last, below] for below in _at(rows, lower, step)),
        *([first, between, last] for between in _at(rows, upper, step / 2)),
    )
    return any(map(are_listed, columns))


def _rows(lines: Iterable[Line]) -> Iterator[tuple[Glyph, str]]:
    """The first digit of everything that is such a row, and what it says."""
    for line in lines:
        for found in _ROW.finditer(line.text):
            yield line.glyphs[found.start()], found.group()


def _at(rows: Sequence[tuple[Glyph, str]], beside: Quad, step: np.ndarray) -> Iterator[str]:
    place = np.add(beside.tl, step)
    near = OFF_HEIGHTS * beside.height()
    return (text for first, text in rows if np.hypot(*np.subtract(first.quad.tl, place)) <= near)
