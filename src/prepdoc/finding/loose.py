"""Numbers over two lines that stand further apart than lines mostly do, or in two columns each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from prepdoc.agreeing import Sighting
from prepdoc.assembling import COLUMN_BREAK, WRAP_GAP, Stack
from prepdoc.finding.wrapping import NEAREST, over_break
from prepdoc.listing import LOOSE_GAP, is_pair
from prepdoc.page import Line

_ENDS_IN_A_GROUP = re.compile(r"\d{4}$|\d{6}$")
_SQUARE = re.compile(r"\d{4}\t\d{4}")


def loose(whole: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers that go on in the next line, whatever it is, though it is far below; and squares of
    groups, two columns wide and two rows high.
    """
    lines = [_flat(line) for line in whole]
    stack = Stack(lines)
    for upper, as_read in zip(lines, whole, strict=True):
        if _ENDS_IN_A_GROUP.search(upper.text):
            is_square = upper is not as_read
            if is_square or not stack.below(upper, WRAP_GAP):
                yield from _going_on(upper, stack, spared, whole)


def _going_on(
    upper: Line, stack: Stack, spared: Sequence[str], whole: Sequence[Line]
) -> Iterator[Sighting]:
    """The numbers over a line and the nearest ones below it."""
    below = stack.below(upper, LOOSE_GAP)
    found = [(lower, match) for lower in below for match in over_break(upper, lower, spared)]
    least = min((_depth(upper, lower) for lower in below), default=0.0)
    for lower, match in found:
        both = upper.over(lower)
        is_next = _depth(upper, lower) <= least + NEAREST * upper.quad.height()
        if is_next and is_pair(match, both, whole):
            yield Sighting(match, both)


def _depth(upper: Line, lower: Line) -> float:
    """Pixels by which a line begins below another one."""
    return upper.quad.place_of(lower.quad.tl)[1]


def _flat(line: Line) -> Line:
    """A line of two groups with a blank for the columns between them, and others as they are."""
    if not _SQUARE.fullmatch(line.text):
        return line
    glyphs = (replace(g, char=" ") if g.char == COLUMN_BREAK else g for g in line.glyphs)
    return replace(line, glyphs=tuple(glyphs))
