"""A card's groups one below the other → one line; many cards print their number so today.

4987
6011
6729
8813
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce

from prepdoc.assembling import WRAP_GAP, Stack, segments
from prepdoc.page import Glyph, Line
from prepdoc.pan.number import is_grouped
from prepdoc.pan.text import folded, runs

GROUP = (4, 6)
"""Digits, shown or hidden, in a group of a card's number."""
GROUPS = (3, 4)
"""Groups in a pile; in two lines a number is a wrapped one."""
BLANK = 0.8
"""Heights between two characters that do not belong to one group; readers' boxes are rough."""
LEVEL = 0.12
"""Heights by which middles on one row of a table differ."""
ALIGNED = 0.5
"""Heights by which the groups of a pile begin further left or right of each other."""


def piles(lines: Sequence[Line]) -> Iterator[Line]:
    """Every pile of groups as one line with breaks in it.

    A table's column is none: there are more rows, of which four pass for a number by chance, or
    each row has other columns.
    """
    parts = [part for line in lines for segment in segments(line) for part in _apart(segment)]
    groups, others = _sorted_out(parts)
    stack = Stack(groups)
    below = {group: _next(group, stack) for group in groups}
    lower = set(below.values())
    for top in groups:
        pile = _pile(top, below) if top not in lower else []
        sizes = [len(_bare(group)) for group in pile]
        is_pile = len(pile) in GROUPS and is_grouped(sizes)
        if is_pile and not all(stands_in_columns(group, others) for group in pile):
            yield reduce(Line.over, pile)


def _sorted_out(parts: Iterable[Line]) -> tuple[list[Line], list[Line]]:
    """The groups of digits, and the rest."""
    kinds: tuple[list[Line], list[Line]] = ([], [])
    for part in parts:
        kinds[not _is_group(part)].append(part)
    return kinds


def _apart(segment: Line) -> Iterator[Line]:
    """The segment at its wide blanks: what stands beside a group may be nearer than a column."""
    start, last = 0, None
    for i, glyph in enumerate(segment.glyphs):
        if glyph.char.isspace():
            continue
        if last is not None and _gap(segment.glyphs[last], glyph) > BLANK:
            yield replace(segment, glyphs=segment.glyphs[start : last + 1])
            start = i
        last = i
    if last is not None:
        yield replace(segment, glyphs=segment.glyphs[start : last + 1])


def _gap(before: Glyph, glyph: Glyph) -> float:
    """In heights, between the edges of two characters that follow each other."""
    return math.dist(before.quad.tr, glyph.quad.tl) / max(glyph.quad.height(), 1e-6)


def _bare(line: Line) -> str:
    return "".join(folded(line.text).split())


def _is_group(line: Line) -> bool:
    """Whether the line is one group of digits or marks and nothing else."""
    text = _bare(line)
    if not GROUP[0] <= len(text) <= GROUP[1]:
        return False
    found = list(runs(text))
    return len(found) == 1 and len(found[0].groups) == 1 and len(found[0].chars) == len(text)


def _next(upper: Line, stack: Stack) -> Line | None:
    """The nearest group below that begins where this one does."""
    slack = ALIGNED * upper.quad.height()
    near = stack.below(upper, WRAP_GAP)
    aligned = [line for line in near if abs(upper.quad.place_of(line.quad.tl)[0]) <= slack]
    return min(aligned, key=lambda line: math.dist(line.quad.tl, upper.quad.tl), default=None)


def stands_in_columns(group: Line, others: Sequence[Line]) -> bool:
    """Whether other text stands on its row; a list beside a card's picture does not."""
    quad = group.quad
    (_, level), *places = (quad.place_of(line.quad.centre()) for line in (group, *others))
    return any(abs(down - level) <= LEVEL * quad.height() for _, down in places)


def _pile(top: Line, below: dict[Line, Line | None]) -> list[Line]:
    pile = [top]
    while (lower := below[pile[-1]]) is not None and len(pile) <= GROUPS[1]:
        pile.append(lower)
    return pile
