"""Numbers that go on below their first digit, beside something else: in forms."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from prepdoc.agreeing import Sighting
from prepdoc.assembling import WRAP_GAP, Stack
from prepdoc.finding.wrapping import nearest, over_break
from prepdoc.page import Glyph, Line
from prepdoc.pan import Match, find
from prepdoc.pan.labels import spans

CELL_GAP = 1.25
"""Heights from the middle of a character to that of the next one between cells; between words they
are some 0.85."""
BELOW, RIGHT_BELOW = 1.0, 0.6
"""Heights by which a digit below another one begins left or right of it at most: in a cell that
stands by itself, and where a word stands right beside it."""


def in_cells(parts: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers that go on below their first digit, where something stands beside them, so near that
    it is one line with them: the cells and fields of a form. As near as words are, right below it.
    """
    for cuts, reach in ((_gaps, BELOW), (_edges, RIGHT_BELOW)):
        gaps = [(part, gap) for part in parts for gap in cuts(part)]
        begun = [*parts, *(_cut(part, 0, gap) for part, gap in gaps)]
        ended = [*parts, *(_cut(part, gap, len(part.glyphs)) for part, gap in gaps)]
        stack = Stack([line for line in ended if line.text[:1].isdecimal()])
        for upper in begun if gaps else ():
            for lower, match in _right_below(upper, stack, spared, reach):
                yield Sighting(match, upper.over(lower))


def _right_below(
    upper: Line, stack: Stack, spared: Sequence[str], reach: float
) -> Iterator[tuple[Line, Match]]:
    """The numbers that go on below their first digit, in the nearest line with which one does."""
    lowers = [low for low in stack.below(upper, WRAP_GAP) if _is_under(low, upper.glyphs, reach)]
    found = [(low, m) for low in lowers for m in over_break(upper, low, spared)]
    found = [(low, m) for low, m in found if _is_under(low, upper.glyphs[m.start :][:1], reach)]
    gaps = [math.dist(upper.glyphs[m.start].quad.tl, low.glyphs[0].quad.tl) for low, m in found]
    return nearest(found, gaps, upper.quad.height())


def _gaps(line: Line) -> Iterator[int]:
    """Where characters begin that stand further from the one before than words do, and labels; but
    none within a number, the rest of which would be joined with one below.
    """
    labels = {start for start, _ in spans(line.text) if start}
    for before, i in _pairs(line):
        one, other = line.glyphs[before].quad, line.glyphs[i].quad
        if i in labels or math.dist(one.centre(), other.centre()) > CELL_GAP * one.height():
            yield i


def _edges(line: Line) -> Iterator[int]:
    """The same, and where words begin and end."""
    text, far = line.text, set(_gaps(line))
    return (i for before, i in _pairs(line) if i in far or _is_edge(text[before : i + 1]))


def _pairs(line: Line) -> Iterator[tuple[int, int]]:
    """Each character and the one before it, without blanks, but none within a number."""
    text = line.text
    numbers = [(match.start, match.end) for match in find(text)]
    inked = (i for i, char in enumerate(text) if not char.isspace())
    for before, i in pairwise(inked):
        if not any(start < i < end for start, end in numbers):
            yield before, i


def _is_edge(text: str) -> bool:
    """Whether a text leads from a word to something else or back; not from digits to digits.

    Only Japanese is written without a blank there.
    """
    ends = text[0] + text[-1]
    word = "".join(c for c in ends if c.isalpha())
    is_apart = len(text) > 2 or not word.isascii()
    return is_apart and len(word) < 2 and not ends.isdecimal()


def _cut(line: Line, start: int, end: int) -> Line:
    """A part of a line, without blanks at its end."""
    return replace(line, glyphs=line.glyphs[start : start + len(line.text[start:end].rstrip())])


def _is_under(lower: Line, glyphs: Iterable[Glyph], reach: float) -> bool:
    """Whether a line begins below one of these digits, so many heights beside it at most."""
    corner = lower.glyphs[0].quad.tl
    quads = (glyph.quad for glyph in glyphs if glyph.char.isdecimal())
    return any(abs(quad.place_of(corner)[0]) <= reach * quad.height() for quad in quads)
