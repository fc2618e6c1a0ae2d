"""Rows of a column that look like a number over two lines, for finding and verification."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

import numpy as np

from prepdoc.page import Glyph, Line, Quad
from prepdoc.pan import RULE_GROUPED, RULE_VALID, Match, are_listed, but_spared, distant
from prepdoc.pan.distant import is_named
from prepdoc.pan.labels import REACH, Before, folded
from prepdoc.pan.number import WIDE_RANGES, brand_of, is_grouped, is_proven
from prepdoc.pan.text import folded as as_digits

OFF_HEIGHTS = 0.35
"""By which a row's first digit is off from where its column and the distance of rows have it."""
MOST_BROKEN = 16
"""Digits of numbers that narrow cells break into halves; those of more are rare."""
_GROUPED = re.compile(r"(?<!\d)\d{4}\s+\d{4}(?! {0,3}\d)")
_SOLID = re.compile(r"(?<!\d)\d{7,9}(?!\d)")
"""Rows that are half of a number each: in groups, or solid as references are."""
_CODE = r"\d{4}(?P<tie>[ -])\d{4}(?P=tie)\d{4}"
_CODE_ABOVE = re.compile(rf"(?<!\d)(?<!\d[ -]){_CODE}$")
_CODE_BELOW = re.compile(rf"{_CODE}(?![ -]?\d)")
"""Rows of three groups of four, and no more."""
_GROUPS = re.compile(
    r"(?<!\d)(?<!\d{4}[ -])(?:\d{4}[ -]{1,2}(?:\d{4}[ -]{1,2}\d{4}|\d{6})|\d{6}[ -]{1,2}\d{5})"
    r"(?![ -]{0,2}\d{4}|\d)"
)
"""Groups of a number of which one more stands in another column, and codes that look like these."""
_WORD = re.compile(r"[^\W\d]\W?$")
_DIGITS = re.compile(r"\d+")
LOOSE_GAP, FREE = 3.5, 12.0
"""Heights from middle to middle, up to which a number may go on in the next line below, three times
as far as mostly; and above and below, in which nothing else may look like one of its two rows."""
WORD_GAP = 0.5
"""Heights from such a word to a row that is its own at most: `No. 12345678`, `伝票12345678`."""


@dataclass(frozen=True)
class _Row:
    """The place of a row's first digit, what it says, and what stands before it in its line."""

    first: Quad
    text: str
    before: tuple[Glyph, ...] = ()

    @property
    def is_behind_word(self) -> bool:
        """Whether a word stands right before it."""
        text = "".join(glyph.char for glyph in self.before)
        gap = math.dist(self.before[-1].quad.tr, self.first.tl) if self.before else math.inf
        return bool(_WORD.search(text)) and gap <= WORD_GAP * self.first.height()

    @property
    def is_labelled(self) -> bool:
        """Whether a card's label stands before it."""
        return Before(folded("".join(glyph.char for glyph in self.before))).is_card_label


@dataclass(frozen=True)
class _Column:
    """Two rows, a step apart, and what else is written as they are."""

    upper: _Row
    lower: _Row
    others: tuple[_Row, ...]

    def between(self) -> list[str]:
        """What stands halfway between the two rows."""
        return self._texts(0.5)

    def beyond(self, steps: int) -> list[str]:
        """What stands so many steps above the upper row, if negative, or below the lower one."""
        return self._texts(steps + (steps > 0))

    def are_behind_words(self) -> bool:
        """Whether a word stands right before both rows, and no card's label before the upper."""
        upper, lower = self._at(0), self._at(1)
        named = any(row.is_labelled for row in upper)
        return not named and all(any(r.is_behind_word for r in rows) for rows in (upper, lower))

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

    def _at(self, steps: float) -> list[_Row]:
        first = self.upper.first
        place = first.tl + steps * np.subtract(self.lower.first.tl, first.tl)
        near = OFF_HEIGHTS * first.height()
        return [row for row in self.others if np.hypot(*(row.first.tl - place)) <= near]


def is_listed(match: Match, line: Line, others: Iterable[Line]) -> bool:
    """Whether a number over a line break is two rows of a column that goes on as they do, by what
    stands above or below them, or between them: phones, references.
    """
    if match.rule in (RULE_VALID, RULE_GROUPED) and _are_codes(*line.text.split("\n", 1)):
        return True
    first, _, second = line.text[match.start : match.end].partition("\n")
    upper = _Row(line.glyphs[match.start].quad, first)
    lower = _Row(line.glyphs[min(match.start + len(first) + 1, match.end - 1)].quad, second)
    if match.rule == RULE_GROUPED and _are_both(_GROUPED, first, second):
        return _are_phones(_Column(upper, lower, tuple(_rows(_GROUPED, others))))
    if match.rule in (RULE_VALID, RULE_GROUPED) and _are_both(_SOLID, first, second):
        column = _Column(upper, lower, tuple(_rows(_SOLID, others)))
        return column.are_behind_words() or _are_references(column)
    return False


def _are_codes(upper: str, lower: str = "") -> bool:
    """Whether two lines end and begin with three groups of four each, as parcels' numbers are
    grouped, and not behind a card's label: a card's number has two of them in each, or three and
    one.
    """
    found, below = _CODE_ABOVE.search(upper), _CODE_BELOW.match(lower)
    if found is None or below is None:
        return False
    return not Before(folded(upper[max(0, found.start() - REACH) : found.start()])).is_card_label


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


def _rows(row: re.Pattern[str], lines: Iterable[Line]) -> Iterator[_Row]:
    """All such rows."""
    for line in lines:
        for found in row.finditer(line.text):
            before = line.glyphs[max(0, found.start() - REACH) : found.start()]
            inked = len("".join(glyph.char for glyph in before).rstrip())
            yield _Row(line.glyphs[found.start()].quad, found.group(), before[:inked])


def alone(lines: Iterable[Line], spared: Sequence[str]) -> Iterator[tuple[Match, Line]]:
    """The numbers with one group in a column of its own, but where most of the codes that stand
    below each other make none with it: parcels and amounts, of which one in forty is proven.
    """
    rows = [(line, *_codes(line)) for line in lines]
    codes = [(place, is_proven) for _, _, found in rows for place, is_proven in found]
    for line, numbers, _ in rows:
        for match in but_spared(numbers, line.text, spared):
            first = line.glyphs[_code_in(match, line.text)].quad
            column = [is_proven for place, is_proven in codes if _is_below(first, place)]
            if is_named(line.text, match.start) or 2 * sum(column) > len(column):
                yield match, line


def has_code(text: str) -> bool:
    """Whether a text has groups as those of a number of which one more may stand elsewhere."""
    return _GROUPS.search(as_digits(text)) is not None


def _codes(line: Line) -> tuple[tuple[Match, ...], list[tuple[Quad, bool]]]:
    """A line's proven numbers with a group in a column of its own; and where each of its codes that
    are grouped so begins, and whether it is one of these numbers'.
    """
    numbers = tuple(distant(line.text))
    own = {_code_in(match, line.text) for match in numbers}
    starts = (found.start() for found in _GROUPS.finditer(as_digits(line.text)))
    return numbers, [(line.glyphs[start].quad, start in own) for start in starts]


def _code_in(match: Match, text: str) -> int:
    """Where those of a number's groups begin that stand near each other."""
    found = _GROUPS.search(as_digits(text), match.start, match.end)
    return found.start() if found else match.start


def _is_below(first: Quad, other: Quad) -> bool:
    """Whether two codes begin below each other, or are one."""
    return abs(first.place_of(other.tl)[0]) <= first.height() / 2


def is_pair(match: Match, both: Line, others: Iterable[Line]) -> bool:
    """Whether a number over two lines, though these stand far apart, or over two columns and rows,
    is one: proven, cut where a card's groups end, and beside a card's name or free of others.
    """
    first, _, second = both.text[match.start : match.end].partition("\n")
    if match.rule != RULE_VALID or not is_grouped(map(len, _DIGITS.findall(first + " " + second))):
        return False
    if is_named(both.text, match.start):
        return True
    told = match.pan.brand not in WIDE_RANGES
    return told and _go_on_at_the_left(both, first, second) and _are_free(match, both, others)


def _go_on_at_the_left(both: Line, first: str, second: str) -> bool:
    """Whether a number fills both its lines, or the second one goes on where the first one begins,
    as a paragraph does; in neither are columns.
    """
    upper, _, lower = both.text.partition("\n")
    if (upper.strip(), lower.strip()) == (first, second):
        return True
    begin, on = both.glyphs[0].quad, both.glyphs[len(upper) + 1].quad
    is_left = abs(begin.place_of(on.tl)[0]) <= begin.height()
    return is_left and lower.startswith(second) and "\t" not in both.text


def _are_free(match: Match, both: Line, others: Iterable[Line]) -> bool:
    """Whether no row like one of its two stands with them, but two that are a number as well."""
    first, _, second = both.text[match.start : match.end].partition("\n")
    upper, lower = both.glyphs[match.start].quad, both.glyphs[match.start + len(first) + 1].quad
    lines = tuple(others)
    rows = [*_rows_with(upper, first, lines), *_rows_with(lower, second, lines)]
    placed = sorted((upper.place_of(row.first.tl)[1], _digits_of(row.text)) for row in rows)
    column = [digits for i, (depth, digits) in enumerate(placed)
              if not i or depth - placed[i - 1][0] > upper.height() / 2]  # fmt: skip
    two = zip(column[::2], column[1::2], strict=False)
    return len(column) % 2 == 0 and all(is_proven(a + b) for a, b in two)


def _rows_with(first: Quad, text: str, lines: Iterable[Line]) -> Iterator[_Row]:
    """Those that look like a text, and begin not too far below or above it."""
    for row in _rows(_shape_of(text), lines):
        along, down = first.place_of(row.first.tl)
        if abs(along) <= first.height() / 2 and abs(down) <= FREE * first.height():
            yield row


def _shape_of(text: str) -> re.Pattern[str]:
    """Rows of as many digits in as many groups."""
    groups = r"[\s-]+".join(rf"\d{{{len(group)}}}" for group in _DIGITS.findall(text))
    return re.compile(rf"(?<![\d.,/-])(?<!\d ){groups}(?![.,/-]\d| {{0,3}}\d)")


def _digits_of(text: str) -> str:
    return "".join(_DIGITS.findall(text))
