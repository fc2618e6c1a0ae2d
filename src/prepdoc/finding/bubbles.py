"""A number that somebody sent in several messages: its groups stand in bubbles of a chat, further
below each other than lines do, one or more in each, and nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from itertools import pairwise

from prepdoc.agreeing import Sighting
from prepdoc.assembling import segments
from prepdoc.page import Line
from prepdoc.pan import RULE_VALID
from prepdoc.pan.match import whole
from prepdoc.pan.number import LAST_FOUR, agrees_with_grouping, is_telling
from prepdoc.pan.text import digits_of, folded
from prepdoc.piling import stands_in_columns

_GROUPS = re.compile(r"\d{4,6}(?:[ -]?\d{4,6}){0,2}")
_ANSWER, _NEXT = 9.0, 4.5
"""Heights from one message to another with an answer between them, and to the next one."""
_ALIGNED = 0.5
"""Heights by which they begin, or end, further left or right of each other."""
_MOST = 16
"""Digits of such a number."""


def in_bubbles(lines: Sequence[Line], last_fours: Collection[str]) -> Iterator[Sighting]:
    """The proven numbers of one reader's lines, of which the messages follow each other, or that
    end in one of the last fours; no table's columns.
    """
    parts = [part for line in lines for part in segments(line)]
    groups = [part for part in parts if _GROUPS.fullmatch(folded(part.text))]
    for last in groups:
        is_named = digits_of(folded(last.text))[-LAST_FOUR:] in last_fours
        pile = _upwards(last, groups, _ANSWER if is_named else _NEXT)
        is_message = len(pile) > 1 and not _is_table(pile, parts)
        if is_message and (is_named or _is_apart(pile, groups, parts)):
            yield from _proven(reduce(Line.over, pile))


def _upwards(last: Line, groups: Sequence[Line], reach: float) -> list[Line]:
    """A message with those above it, until they have as many digits as a number, or more."""
    pile = [last]
    while sum(len(digits_of(folded(line.text))) for line in pile) < _MOST - 1:
        upper = _above(pile[0], groups, reach)
        if upper is None:
            return []
        pile.insert(0, upper)
    return pile


def _above(lower: Line, groups: Sequence[Line], reach: float) -> Line | None:
    near = {gap: line for line in groups if 0 < (gap := _gap(line, lower)) <= reach}
    return near[min(near)] if near else None


def _gap(upper: Line, lower: Line) -> float:
    """Heights from one to another that is as high and begins or ends below it, or infinite."""
    quad, height = upper.quad, upper.quad.height()
    (left, down), (right, _) = quad.place_of(lower.quad.tl), quad.place_of(lower.quad.tr)
    is_aligned = min(abs(left), abs(right - quad.width())) <= _ALIGNED * height
    alike = _ALIGNED < lower.quad.height() / height < 1 / _ALIGNED
    return down / height if is_aligned and alike else math.inf


def _is_table(pile: Sequence[Line], parts: Sequence[Line]) -> bool:
    """Whether all have something beside them."""
    others = [part for part in parts if part not in pile]
    return all(stands_in_columns(line, others) for line in pile)


def _is_apart(pile: Sequence[Line], groups: Sequence[Line], parts: Sequence[Line]) -> bool:
    """Whether no more such groups stand above or below, and nothing between them."""
    others = [part for part in parts if part not in pile]
    before = _above(pile[0], groups, _NEXT)
    behind = any(0 < _gap(pile[-1], line) <= _NEXT for line in groups)
    is_parted = any(_is_between(one, *both) for both in pairwise(pile) for one in others)
    return before is None and not (behind or is_parted)


def _is_between(line: Line, upper: Line, lower: Line) -> bool:
    """Whether it stands below one line and above another, and not beside them."""
    quad = upper.quad
    (start, _), (end, _) = quad.place_of(line.quad.tl), quad.place_of(line.quad.tr)
    _, down = quad.place_of(line.quad.centre())
    _, below = quad.place_of(lower.quad.centre())
    is_beside = start >= quad.width() or end <= 0
    return quad.height() < down < below and not is_beside


def _proven(joined: Line) -> Iterator[Sighting]:
    text = folded(joined.text)
    own = [i for i, char in enumerate(text) if char.isdecimal()]
    sizes = [len(group) for group in re.findall(r"\d+", text)]
    if is_telling(digits_of(text)) and agrees_with_grouping(sizes):
        yield Sighting(whole(RULE_VALID, text, own), joined)
