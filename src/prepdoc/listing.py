"""Rows of a column that look like a number over two lines, for finding and verification."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import Literal, TypeAlias

import numpy as np

from prepdoc.page import Line, Quad
from prepdoc.pan import RULE_GROUPED, RULE_VALID, Match, are_listed
from prepdoc.pan.number import brand_of

OFF_HEIGHTS = 0.35
"""By which a row's first digit is off from where its column and the distance of rows have it."""
MOST_BROKEN = 16
"""Digits of numbers that narrow cells break into halves; those of more are rare."""
_GROUPED = re.compile(r"(?<!\d)\d{4}\s+\d{4}(?! {0,3}\d)")
_SOLID = re.compile(r"(?<!\d)\d{7,9}(?!\d)")
"""Rows that are half of a number each: in groups, or solid as references are."""
_Row: TypeAlias = tuple[Quad, str]
"""The place of a row's first digit, and what it says."""


@dataclass(frozen=True)
class _Column:
    """Two rows, a step apart, and what else is written as they are."""

    upper: _Row
    lower: _Row
    others: tuple[_Row, ...]

    def between(self) -> list[str]:
        """What stands halfway between the two rows."""
        return self._at(0.5)

    def beyond(self, steps: int) -> list[str]:
        """What stands so many steps above the upper row, if negative, or below the lower one."""
        return self._at(steps + (steps > 0))

    def pairs(self, way: Literal[-1, 1]) -> Iterator[str]:
        """Every further two rows above or below, joined, as far as the column goes."""
        for steps in count(1, 2):
            two = self.beyond(way * steps), self.beyond(way * (steps + 1))
            upper, lower = two[::way]
            if not (upper and lower):
                return
            yield from (a + b for a in upper for b in lower)

    def _at(self, steps: float) -> list[str]:
        first, _ = self.upper
        place = first.tl + steps * np.subtract(self.lower[0].tl, first.tl)
        near = OFF_HEIGHTS * first.height()
        return [text for quad, text in self.others if np.hypot(*(quad.tl - place)) <= near]


def is_listed(match: Match, line: Line, others: Iterable[Line]) -> bool:
    """Whether a number over a line break is two rows of a column that goes on as they do, by what
    stands above or below them, or between them: phones, references.
    """
    first, _, second = line.text[match.start : match.end].partition("\n")
    upper = line.glyphs[match.start].quad, first
    lower = line.glyphs[min(match.start + len(first) + 1, match.end - 1)].quad, second
    if match.rule == RULE_GROUPED and _are_both(_GROUPED, first, second):
        return _are_phones(_Column(upper, lower, tuple(_rows(_GROUPED, others))))
    if match.rule in (RULE_VALID, RULE_GROUPED) and _are_both(_SOLID, first, second):
        alike = (row for row in _rows(_SOLID, others) if len(row[1]) == len(first))
        return len(first) == len(second) and _are_references(_Column(upper, lower, tuple(alike)))
    return False


def _are_both(row: re.Pattern[str], first: str, second: str) -> bool:
    return bool(row.fullmatch(first) and row.fullmatch(second))


def _are_phones(column: _Column) -> bool:
    """Rows in two groups, with another one; never two of which the number is proven."""
    first, last = column.upper[1], column.lower[1]
    columns = (
        *([above, first, last] for above in column.beyond(-1)),
        *([first, last, below] for below in column.beyond(1)),
        *([first, between, last] for between in column.between()),
    )
    return any(map(are_listed, columns))


def _are_references(column: _Column) -> bool:
    """Solid rows, though one in ten with the next one passes Luhn.

    Of numbers that are all broken so, every two rows above these, and below, are one as well.
    """
    if column.between():
        return True
    if 2 * len(column.upper[1]) > MOST_BROKEN and (column.beyond(-1) or column.beyond(1)):
        return True
    return any(brand_of(digits) is None for digits in chain(column.pairs(-1), column.pairs(1)))


def _rows(row: re.Pattern[str], lines: Iterable[Line]) -> Iterator[_Row]:
    """All such rows."""
    for line in lines:
        for found in row.finditer(line.text):
            yield line.glyphs[found.start()].quad, found.group()
