"""Numbers of the output that go on below: in the next line, or in the same cell of a form."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile, pairwise

from prepdoc.listing import are_rows, is_listed
from prepdoc.page import Line, Quad
from prepdoc.pan import RULE_KNOWN, Match
from prepdoc.pan.lookalikes import begins_a_row, is_tied
from prepdoc.pan.text import digits_of
from prepdoc.verifying.axes import Axes
from prepdoc.verifying.matched import Finder, hidden

_WRAP_GAP_HEIGHTS = 0.9
_ALIKE_HEIGHTS = 1.6
"""Lines of one wrapped number are as high as each other and closely below each other."""
_MIN_ABOVE = 4
"""Digits that are no chance any more: one pair of lines in 10 000 has them."""
_CELL_HEIGHTS, _NEXT_ROW_HEIGHTS, _RIGHT_BELOW_HEIGHTS = 1.25, 2.2, 0.75
"""From the middle of a character to that of the next one in another cell, where words are 0.85
apart; from a line to the next one; and from a digit to the one right below it, which readers' boxes
are off."""
_REACH, _BELOW = 140, 56
"""Characters before and behind a break that may belong to a number over it, or say that it is none:
its label's reach, and as many digits, marks and blanks as one has. What is looked at grows with the
lines, not their square, and so short texts are kept for when they are met again.
"""
_CELL_BEFORE = re.compile(r"(?:^|\s{2}|[^\d\s-]\s?)\d{4}\s{2,}$")
_CELL_AFTER = re.compile(r"\d[0-9A-Za-z]{3}(?:\s{2}|\s*$|\s?[^\d\s-])")
"""Four digits that have a cell for themselves, and no more of a number in it; readers take some
for letters."""
_AMOUNT_ABOVE = re.compile(r"\d[.,]\d\d$")
_AMOUNT_BELOW = re.compile(r"\s*\d{1,3}(?:,\d{3})*[.,]\d\d(?!\d)")
_CURRENCIES = frozenset("¥￥$€£")
"""Before a sum, which readers see glued to the column beside it."""
_QUOTES = ">＞"
_DASHES = "-‐‑–—−－ "


def in_wrapped(lines: Sequence[Line], seen: Finder, around: Sequence[Line] = ()) -> Iterator[Quad]:
    """Numbers that go on in the line below, though a dash parts the two or mail quotes it.

    `around` is what any reading of the page has: where these lines are a part of it, two rows are
    held against their whole column.
    """
    others = (*lines, *around)
    upper = [line for line in lines if line.text.rstrip(_DASHES)[-1:].isdecimal()]
    bare = [_unquoted(line) for line in lines]
    lower = [line for line in bare if line.text.lstrip(_DASHES)[:1].isdecimal()]
    for a in upper:
        for b in lower:
            if a is not b and _is_below(a.quad, b.quad) and not are_rows(a, b):
                both = a.over(b)
                over = _over(both.text, len(a.glyphs), seen)
                numbers = (m for m in over if not is_listed(m, both, others))
                yield from hidden(both.glyphs, numbers)


def in_cells(lines: Sequence[Line], seen: Finder, around: Sequence[Line] = ()) -> Iterator[Quad]:
    """Numbers that go on below their digits, though something stands beside them on one of the two
    lines: far from them, or as near as words are, where they go on right below their first digit.

    `around` is what `in_wrapped` asks for.
    """
    others = (*lines, *around)
    for cuts, counts in ((_gaps, _begins_before), (_edges, _begins_above)):
        for a, b in _cells([(line, at) for line in lines for at in cuts(line)], lines):
            both = a.over(b)
            over = _over(both.text, len(a.glyphs), seen)
            numbers = (m for m in over if counts(m, a, b) and not is_listed(m, both, others))
            yield from hidden(both.glyphs, numbers)


def _cells(cuts: Sequence[tuple[Line, int]], lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """Every two lines that may be one cell's, when one of them or both are cut there."""
    begun = [_begun(line, at) for line, at in cuts]
    ended = [replace(line, glyphs=line.glyphs[at:]) for line, at in cuts]
    for uppers, lowers in ((begun, (*lines, *ended)), (lines, ended)):
        lower = [line for line in lowers if line.text[:1].isdecimal()]
        upper = (line for line in uppers if line.text.rstrip(_DASHES)[-1:].isdecimal())
        yield from ((a, b) for a in upper for b in lower if _goes_on_below(a, b))


def _gaps(line: Line) -> Iterator[int]:
    """Where characters begin that stand further from the one before than words do."""
    for before, i in pairwise(_inked(line)):
        one, other = line.glyphs[before].quad, line.glyphs[i].quad
        is_far = math.dist(one.centre(), other.centre()) > _CELL_HEIGHTS * one.height()
        if is_far and not _is_among_cells(line.text, i):
            yield i


def _is_among_cells(text: str, at: int) -> bool:
    """Whether four digits by themselves stand on both sides, as in a table of points or sums: of
    pieces of its rows one in ten would be a number.
    """
    before, after = text[max(0, at - _REACH) : at], text[at : at + _REACH]
    return bool(_CELL_BEFORE.search(before) and _CELL_AFTER.match(after))


def _edges(line: Line) -> Iterator[int]:
    """The same, and where words begin and end, as they do without a blank in Japanese."""
    far = set(_gaps(line))
    for before, i in pairwise(_inked(line)):
        pair = line.glyphs[before].char, line.glyphs[i].char
        is_one = all(map(str.isalpha, pair)) or all(map(str.isdecimal, pair))
        is_blank = before + 1 < i or any(char.isalpha() and not char.isascii() for char in pair)
        is_blank = is_blank or pair[1] in _CURRENCIES
        if i in far or (is_blank and not is_one and not _is_among_cells(line.text, i)):
            yield i


def _inked(line: Line) -> list[int]:
    return [i for i, glyph in enumerate(line.glyphs) if not glyph.char.isspace()]


def _begun(line: Line, end: int) -> Line:
    """What stands before that character, without blanks at its end."""
    return replace(line, glyphs=line.glyphs[: len(line.text[:end].rstrip())])


def _goes_on_below(upper: Line, lower: Line) -> bool:
    """Whether a line begins on the next row, below a digit of the upper one."""
    corner = lower.glyphs[0].quad.tl
    high = upper.glyphs[0].quad.height()
    along, down = upper.glyphs[0].quad.place_of(corner)
    if along < -high or not high / 2 < down < _NEXT_ROW_HEIGHTS * high:
        return False
    digits = (glyph.quad for glyph in upper.glyphs[-_REACH:] if glyph.char.isdecimal())
    return any(abs(quad.place_of(corner)[0]) <= high for quad in digits)


def _begins_before(match: Match, upper: Line, lower: Line) -> bool:
    """Whether a line begins below the number's own digits, and not below others before it: the next
    row's date. Where a part of a number that is known was read, its first digit was not.
    """
    return match.rule == RULE_KNOWN or _ahead(match, upper, lower) >= -1.0


def _begins_above(match: Match, upper: Line, lower: Line) -> bool:
    """Whether a line begins right below the number's first digit, as it does in a cell."""
    is_right_below = abs(_ahead(match, upper, lower)) <= _RIGHT_BELOW_HEIGHTS
    return match.rule == RULE_KNOWN or is_right_below


def _ahead(match: Match, upper: Line, lower: Line) -> float:
    """By how many heights a line begins behind the number's first digit."""
    along, _ = upper.glyphs[match.start].quad.place_of(lower.glyphs[0].quad.tl)
    return along / max(upper.glyphs[0].quad.height(), 1.0)


def _unquoted(line: Line) -> Line:
    """Without the marks of a quoted line: `> 1234`."""
    if line.glyphs[0].char not in _QUOTES:
        return line
    inner = dropwhile(lambda glyph: glyph.char in _QUOTES or glyph.char.isspace(), line.glyphs)
    return replace(line, glyphs=tuple(inner))


def _is_below(upper: Quad, lower: Quad) -> bool:
    axes = Axes.of(upper)
    height = max(lower.height(), 1.0)
    if max(height, axes.height) > _ALIKE_HEIGHTS * min(height, axes.height):
        return False
    gap = axes.depth(lower)[0] - axes.height
    start, end = axes.span(lower)
    return abs(gap) <= _WRAP_GAP_HEIGHTS * axes.height and start < axes.width and end > 0


def _over(text: str, cut: int, seen: Finder) -> Iterator[Match]:
    """The numbers over a break at that place."""
    near = range(max(0, cut - _REACH), min(len(text), cut + 1 + _BELOW))
    found = (match.at(near) for match in seen(text[near.start : near.stop]))
    over = (match for match in found if match.start < cut < match.end)
    if begins_a_row(text[cut + 1 :]):
        over = (match for match in over if match.rule == RULE_KNOWN)
    whole = (m for m in over if m.rule == RULE_KNOWN or not is_tied(text, m.start, m.end))
    return (m for m in whole if not _is_by_chance(m, text, cut))


def _is_by_chance(match: Match, text: str, cut: int) -> bool:
    """Whether a known number's last four stand below digits that happen to be those before them, or
    its digits in two amounts.

    Of the last fours in a column, one in a hundred stands below its number's digits 11 and 12.
    """
    if match.rule != RULE_KNOWN:
        return False
    above, below = text[match.start : cut], text[cut : match.end]
    few = digits_of(below) == match.pan.last_four and len(digits_of(above)) < _MIN_ABOVE
    return few or bool(_AMOUNT_ABOVE.search(text[:cut]) and _AMOUNT_BELOW.match(text, cut))
