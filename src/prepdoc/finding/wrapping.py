"""Numbers that begin on one line and go on below."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from prepdoc.agreeing import Sighting
from prepdoc.assembling import WRAP_GAP, Stack
from prepdoc.listing import are_rows
from prepdoc.page import LINE_BREAK, Line
from prepdoc.pan import RULE_GROUPED, RULE_VALID, Match, find
from prepdoc.pan.lookalikes import begins_a_row, is_tied
from prepdoc.pan.number import LAST_FOUR, agrees_with_grouping, is_grouped
from prepdoc.pan.text import folded

GOING_ON = re.compile(r"[-/.,，年月日]\d|[年月日円]")
"""Behind a number's last digit, what makes it the beginning of a date or an amount."""
_FIFTH = re.compile(r"[ -]\d{4}(?!\d)")
"""A group more, which no card has. Where the digits above are grouped otherwise, both are others'
numbers, as an account's above a parcel's.
"""
WRAPPED_PART = 3
"""Of rows of bare digits below each other, one in three makes a number with the next if any does:
in a column of references one in thirty does, by chance."""
MOST_MIDDLES = 2
"""Lines of digits between the first and the last one of a number; a card has four groups."""
NEAREST = 0.5
"""Heights by which lines below another are as near: in two columns, or read twice."""


def wrapped(parts: Sequence[Line], stack: Stack, spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers that begin at the end of a part and go on at the start of one below it."""
    pairs = [(u, low, m) for u in parts for low, m in _nearest_below(u, stack, spared)]
    solid = {upper for upper, lower, _ in pairs if _is_solid(upper) and _is_solid(lower)}
    for upper, lower, match in pairs:
        column = stack.alike(upper) if upper in solid else ()
        if WRAPPED_PART * sum(row in solid for row in column) >= len(column):
            yield Sighting(match, upper.over(lower))


def wrapped_often(parts: Sequence[Line], stack: Stack, spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers over three lines or four, of which those in the middle are full of digits: in a
    chat's bubble, in a narrow cell.

    Not where all are digits and no more: a list's column is full of such rows.
    """
    for upper in filter(_ends_in_digits, parts):
        for whole, last in _going_on(upper, upper, stack, MOST_MIDDLES):
            for lower in stack.below(last, WRAP_GAP):
                if not (_is_solid(upper) and _is_solid(lower)):
                    ends = len(upper.glyphs), len(whole.glyphs)
                    yield from _across(whole.over(lower), *ends, spared)


def _going_on(whole: Line, last: Line, stack: Stack, left: int) -> Iterator[tuple[Line, Line]]:
    """A line with those below it that are full of digits, one more each time, and the last one."""
    for middle in filter(_is_solid, stack.below(last, WRAP_GAP) if left else ()):
        if _fills(last, middle):
            longer = whole.over(middle)
            yield longer, middle
            yield from _going_on(longer, middle, stack, left - 1)


def _across(whole: Line, first: int, last: int, spared: Sequence[str]) -> Iterator[Sighting]:
    """The proven numbers that begin before the first of two breaks, and end behind the last."""
    for match in find(whole.text, (), spared):
        if match.rule == RULE_VALID and match.start < first and last < match.end - 1:
            yield Sighting(match, whole)


def _ends_in_digits(line: Line) -> bool:
    return line.text[-1:].isdecimal()


def _fills(upper: Line, lower: Line) -> bool:
    """Whether a line below reaches as far as the upper one, as one does that had to be broken."""
    quad = upper.quad
    along, _ = quad.place_of(lower.quad.tr)
    return abs(along - math.dist(quad.tl, quad.tr)) <= quad.height()


def _nearest_below(
    upper: Line, stack: Stack, spared: Sequence[str]
) -> Iterator[tuple[Line, Match]]:
    """The numbers that go on below, in the nearest line with which there is one."""
    below = (low for low in stack.below(upper, WRAP_GAP) if not are_rows(upper, low))
    found = [(low, match) for low in below for match in over_break(upper, low, spared)]
    gaps = [math.dist(upper.quad.centre(), low.quad.centre()) for low, _ in found]
    return nearest(found, gaps, upper.quad.height())


def nearest(
    found: Iterable[tuple[Line, Match]], gaps: Sequence[float], height: float
) -> Iterator[tuple[Line, Match]]:
    """Of lines that are so far below another one in pixels, those that are as near as any."""
    least = min(gaps, default=0.0) + NEAREST * height
    return (one for one, gap in zip(found, gaps, strict=True) if gap <= least)


def over_break(upper: Line, lower: Line, spared: Sequence[str]) -> Iterator[Match]:
    """The numbers over the line break, but those that take a part of one on either line."""
    text = upper.over(lower).text
    broken = len(upper.glyphs)
    over = (m for m in find(text, (), spared) if m.start < broken < m.end - 1)
    over = (m for m in over if not is_tied(text, m.start, m.end))
    return (m for m in over if _goes_on(m, text, lower) and not _takes_from(m, upper, lower))


def _goes_on(match: Match, text: str, lower: Line) -> bool:
    """Whether a match over a line break can be one number: proven, or grouped as cards are."""
    if match.rule not in (RULE_VALID, RULE_GROUPED) or begins_a_row(lower.text):
        return False
    upper_sizes, lower_sizes = (
        _sizes(part) for part in text[match.start : match.end].split(LINE_BREAK)
    )
    if match.rule == RULE_GROUPED:
        unlike = max(upper_sizes) > LAST_FOUR >= max(lower_sizes)
        if unlike and _FIFTH.match(text[match.end :]):
            return False
        return len(upper_sizes) + len(lower_sizes) > 2
    joined = (*upper_sizes[:-1], upper_sizes[-1] + lower_sizes[0], *lower_sizes[1:])
    separate = (*upper_sizes, *lower_sizes)
    if is_grouped(joined) or is_grouped(separate):
        return True
    if len(lower_sizes) == 1 and GOING_ON.match(text[match.end :]):
        return False
    return len(separate) == 2 or agrees_with_grouping(separate)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(len(group) for group in re.findall(r"\d+", folded(text)))


def _takes_from(match: Match, upper: Line, lower: Line) -> bool:
    first = [(m.start, m.end) for m in find(upper.text)]
    below = len(upper.glyphs) + 1
    second = [(m.start + below, m.end + below) for m in find(lower.text)]
    return any(
        start < match.end and match.start < end and not match.start <= start < end <= match.end
        for start, end in first + second
    )


def _is_solid(line: Line) -> bool:
    return line.text.isdecimal()
