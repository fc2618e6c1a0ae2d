"""Numbers that begin on one line and go on below."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from prepdoc.agreeing import Sighting, hiding
from prepdoc.assembling import WRAP_GAP, Stack
from prepdoc.listing import are_rows
from prepdoc.page import LINE_BREAK, Line
from prepdoc.pan import RULE_GROUPED, RULE_LABELLED, RULE_VALID, Match, Pan, find
from prepdoc.pan.candidates import MIN_UNLABELLED, USUAL_LENGTH
from prepdoc.pan.lookalikes import begins_a_row, is_tied
from prepdoc.pan.number import (
    LAST_FOUR,
    WIDE_RANGES,
    agrees_with_grouping,
    begins_like_a_card,
    is_grouped,
)
from prepdoc.pan.text import digits_of, folded

GOING_ON = re.compile(r"[-/.,，年月日]\d|[年月日円]")
"""Behind a number's last digit, what makes it the beginning of a date or an amount."""
_FIFTH = re.compile(r"[ -]\d{4}(?!\d)")
"""A group more, which no card has. Where the digits above are grouped otherwise, both are others'
numbers, as an account's above a parcel's.
"""
_FIRST_DIGITS = re.compile(r"\d+(?:[ -]\d+)*")
WRAPPED_PART = 3
"""Of rows of bare digits below each other, one in three makes a number with the next if any does:
in a column of references one in thirty does, by chance."""
MOST_MIDDLES = 2
"""Lines of digits between the first and the last one of a number; a card has four groups."""
A_GROUP = 4.0
"""Heights that four digits and a blank are wide."""
NEAREST = 0.5
"""Heights by which lines below another are as near: in two columns, or read twice."""
_Sizes: TypeAlias = tuple[int, ...]


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


def unfinished(parts: Sequence[Line], stack: Stack, spared: Sequence[str]) -> Iterator[Sighting]:
    """What a label tells at the end of a part, of which the digits below may be the end: nobody
    knows which of them are the last four.
    """
    for upper in filter(_ends_in_digits, parts):
        last = (m for m in find(upper.text, (), spared) if m.end == len(upper.text))
        told = [m for m in last if m.rule == RULE_LABELLED and begins_like_a_card(m.pan.digits)]
        below = [low for low in stack.below(upper, WRAP_GAP) if not are_rows(upper, low)]
        for match in told:
            if any(_may_end(match.pan.digits, lower) for lower in below):
                yield Sighting(hiding(match), upper)


def _may_end(digits: str, lower: Line) -> bool:
    """Whether a line begins with as many digits as lack, give or take one that a reader lost."""
    first = _FIRST_DIGITS.match(folded(lower.text))
    if first is None or begins_a_row(lower.text) or GOING_ON.match(lower.text[first.end() :]):
        return False
    return abs(len(digits + digits_of(first.group())) - USUAL_LENGTH) <= 1


def _going_on(whole: Line, last: Line, stack: Stack, left: int) -> Iterator[tuple[Line, Line]]:
    """A line with those below it that are full of digits, one more each time, and the last one."""
    for middle in filter(_is_full, stack.below(last, WRAP_GAP) if left else ()):
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
    """Whether a line below reaches as far as the upper one, as one does that had to be broken: but
    for a group that goes down as a whole.
    """
    quad = upper.quad
    along, _ = quad.place_of(lower.quad.tr)
    return abs(along - math.dist(quad.tl, quad.tr)) <= A_GROUP * quad.height()


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
    """Whether a match over a line break can be one number: proven, grouped as cards are, or told
    by a label.
    """
    upper, below = (_sizes(part) for part in text[match.start : match.end].split(LINE_BREAK))
    behind = text[match.end :]
    if begins_a_row(lower.text):
        return False
    if match.rule == RULE_VALID:
        return _can_be_proven(upper, below, behind)
    if match.rule == RULE_GROUPED:
        return _are_a_cards(upper, below, behind)
    return match.rule == RULE_LABELLED and _are_told(match.pan, upper, below)


def _are_a_cards(upper: _Sizes, below: _Sizes, behind: str) -> bool:
    unlike = max(upper) > LAST_FOUR >= max(below)
    if unlike and _FIFTH.match(behind):
        return False
    return len(upper) + len(below) > 2


def _can_be_proven(upper: _Sizes, below: _Sizes, behind: str) -> bool:
    joined, separate = _joined(upper, below), (*upper, *below)
    if is_grouped(joined) or is_grouped(separate):
        return True
    if len(below) == 1 and GOING_ON.match(behind):
        return False
    # A line may break within a group, and readers lose the blanks of the others.
    return len(separate) == 2 or any(map(agrees_with_grouping, (joined, separate)))


def _are_told(pan: Pan, upper: _Sizes, below: _Sizes) -> bool:
    """Whether it is as long as cards' numbers are, and a group that the line breaks shows that its
    lines belong together.
    """
    is_long = MIN_UNLABELLED <= len(pan.digits) <= USUAL_LENGTH
    within = sum(upper) % LAST_FOUR > 0 and len(upper) + len(below) > 2
    ranged = pan.brand is not None and pan.brand not in WIDE_RANGES
    return is_long and within and ranged and agrees_with_grouping(_joined(upper, below))


def _joined(upper: _Sizes, below: _Sizes) -> _Sizes:
    """The sizes of groups of which the line's end parts one."""
    return (*upper[:-1], upper[-1] + below[0], *below[1:])


def _sizes(text: str) -> _Sizes:
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


def _is_full(line: Line) -> bool:
    """Whether it has digits and nothing else, but what parts groups."""
    return re.fullmatch(r"[\d -]+", line.text) is not None
