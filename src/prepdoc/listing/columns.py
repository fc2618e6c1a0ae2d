"""Two rows of a column that look like a number over two lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from operator import attrgetter
from typing import Literal

import numpy as np

from prepdoc.listing.rows import Row, rows_of
from prepdoc.page import Line
from prepdoc.pan import RULE_GROUPED, RULE_VALID, Match, are_listed
from prepdoc.pan.labels import before
from prepdoc.pan.number import brand_of, is_grouped, is_proven, is_telling

OFF_HEIGHTS = 0.35
"""By which a row's first digit is off from where its column and the distance of rows have it."""
MOST_BROKEN = 16
"""Digits of numbers that narrow cells break into halves; those of more are rare."""
_GROUPED = re.compile(r"(?<!\d)\d{4}\s+\d{4}(?! {0,3}\d)")
_SOLID = re.compile(r"(?<!\d)\d{7,9}(?!\d)")
"""Rows that are half of a number each: in groups, or solid as references are."""
_VALUE = re.compile(r"(?<![\d-])\d+(?:[ -]\d+)*")
_DIGITS = re.compile(r"\d+")
_USUAL = (15, 16)
_FIRST = re.compile(r"\d{5,}(?!\d)")
"""What a row begins with; four digits are a card's group."""
_CODE = r"\d{4}(?P<tie>[ -])\d{4}(?P=tie)\d{4}"
_CODE_ABOVE = re.compile(rf"(?<!\d)(?<!\d[ -]){_CODE}$")
_CODE_BELOW = re.compile(rf"{_CODE}(?![ -]?\d)")
"""Rows of three groups of four, and no more."""


@dataclass(frozen=True)
class _Column:
    """Two rows, a step apart, and what else is written as they are."""

    upper: Row
    lower: Row
    others: tuple[Row, ...]

    def between(self) -> list[str]:
        """What stands halfway between the two rows."""
        return self._texts(0.5)

    def beyond(self, steps: int) -> list[str]:
        """What stands so many steps above the upper row, if negative, or below the lower one."""
        return self._texts(steps + (steps > 0))

    def are_behind_words(self) -> bool:
        """Whether a word stands right before both rows, and no card's label before the upper."""
        return self._stand(attrgetter("is_behind_word"), attrgetter("is_labelled"))

    def are_values(self) -> bool:
        """Whether something stands before both rows in their lines, and no card's name before the
        upper one."""
        return self._stand(attrgetter("is_behind_others"), attrgetter("is_named"))

    def _stand(self, is_so: Callable[[Row], bool], is_card: Callable[[Row], bool]) -> bool:
        """Whether any reader's row is so in both places, and none in the upper one a card's."""
        upper, lower = self._at(0), self._at(1)
        return not any(map(is_card, upper)) and all(
            any(map(is_so, rows)) for rows in (upper, lower)
        )

    def go_on(self) -> bool:
        """Whether a row as long as these two are, behind something too, stands right above or
        below them; but not where every further two make a number as well.
        """
        size = len(self.upper.text)
        near = [*self._at(-1), *self._at(2)] if size == len(self.lower.text) else []
        further = [*self.pairs(-1), *self.pairs(1)]
        is_even = not any(self._count(way) % 2 for way in (-1, 1))
        are_numbers = bool(further) and is_even and all(map(is_proven, further))
        return any(r.is_behind_others and len(r.text) == size for r in near) and not are_numbers

    def _count(self, way: Literal[-1, 1]) -> int:
        """How many rows there are above, or below."""
        return next(steps for steps in count() if not self.beyond(way * (steps + 1)))

    def pairs(self, way: Literal[-1, 1]) -> Iterator[str]:
        """Every further two rows above or below, joined, as far as the column goes."""
        for steps in count(1, 2):
            two = self.beyond(way * steps), self.beyond(way * (steps + 1))
            upper, lower = two[::way]
            if not (upper and lower):
                return
            yield from (a + b for a in upper for b in lower)

    def _texts(self, steps: float) -> list[str]:
        return [row.text for row in self._at(steps)]

    def _at(self, steps: float) -> list[Row]:
        first = self.upper.first
        place = first.tl + steps * np.subtract(self.lower.first.tl, first.tl)
        near = OFF_HEIGHTS * first.height()
        return [row for row in self.others if np.hypot(*(row.first.tl - place)) <= near]


def is_listed(match: Match, line: Line, others: Iterable[Line]) -> bool:
    """Whether a number over a line break is two rows of a column that goes on as they do, by what
    stands above or below them, or between them: phones, references.
    """
    if match.rule not in (RULE_VALID, RULE_GROUPED):
        return False
    if _are_codes(*line.text.split("\n", 1)):
        return True
    first, _, second = line.text[match.start : match.end].partition("\n")
    upper = Row(line.glyphs[match.start].quad, first)
    lower = Row(line.glyphs[min(match.start + len(first) + 1, match.end - 1)].quad, second)
    values = _Column(upper, lower, tuple(rows_of(_VALUE, others)))
    if values.are_values() and (values.go_on() or not _is_likely(match, first + " " + second)):
        return True
    if match.rule == RULE_GROUPED and _are_both(_GROUPED, first, second):
        return _are_phones(_Column(upper, lower, tuple(rows_of(_GROUPED, others))))
    if _are_both(_SOLID, first, second):
        column = _Column(upper, lower, tuple(rows_of(_SOLID, others)))
        return column.are_behind_words() or _are_references(column)
    return False


def are_rows(upper: Line, lower: Line) -> bool:
    """Whether two lines begin with as many digits below each other, as rows of a table do: where
    the upper one ends, no number begins that goes on in the lower one.
    """
    first, second = (_FIRST.match(line.text) for line in (upper, lower))
    if not first or not second or len(first[0]) != len(second[0]):
        return False
    along, _ = upper.glyphs[0].quad.place_of(lower.glyphs[0].quad.tl)
    return abs(along) <= upper.glyphs[0].quad.height() / 2


def _is_likely(match: Match, text: str) -> bool:
    """Whether it is a number as most are, or parted as cards are: those of other lengths and ranges
    are made by chance by every tenth pair of a form's values.
    """
    digits = match.pan.digits
    is_usual = len(digits) in _USUAL and is_telling(digits)
    return is_usual or is_grouped(map(len, _DIGITS.findall(text)))


def _are_codes(upper: str, lower: str = "") -> bool:
    """Whether two lines end and begin with three groups of four each, as parcels' numbers are
    grouped, and not behind a card's label: a card's number has two of them in each, or three and
    one.
    """
    found, below = _CODE_ABOVE.search(upper), _CODE_BELOW.match(lower)
    if found is None or below is None:
        return False
    return not before(upper, found.start()).is_card_label


def _are_both(row: re.Pattern[str], first: str, second: str) -> bool:
    return bool(row.fullmatch(first) and row.fullmatch(second))


def _are_phones(column: _Column) -> bool:
    """Rows in two groups, with another one; never two of which the number is proven."""
    first, last = column.upper.text, column.lower.text
    columns = (
        *([above, first, last] for above in column.beyond(-1)),
        *([first, last, below] for below in column.beyond(1)),
        *([first, between, last] for between in column.between()),
    )
    return any(map(are_listed, columns))


def _are_references(given: _Column) -> bool:
    """Solid rows as long as each other, though one in ten with the next one passes Luhn.

    Of numbers that are all broken so, every two rows above these, and below, are one as well, but
    for what a reader misread.
    """
    size = len(given.upper.text)
    column = replace(given, others=tuple(r for r in given.others if len(r.text) == size))
    if len(given.lower.text) != size:
        return False
    if column.between():
        return True
    if 2 * size > MOST_BROKEN and (column.beyond(-1) or column.beyond(1)):
        return True
    others = [*column.pairs(-1), *column.pairs(1)]
    is_mixed = any(brand_of(digits) is None for digits in others)
    return is_mixed and 2 * sum(map(is_proven, others)) < len(others)
