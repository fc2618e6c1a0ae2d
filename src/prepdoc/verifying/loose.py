"""Numbers of the output over two rows that stand further apart than lines mostly do, or in a square
of four groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prepdoc.listing import LOOSE_GAP, is_pair
from prepdoc.page import Glyph, Line, Quad
from prepdoc.pan import Match
from prepdoc.pan.number import begins_like_a_card
from prepdoc.verifying.axes import Axes
from prepdoc.verifying.matched import Finder, hidden
from prepdoc.verifying.rows import elsewhere, joined, on_row_of

_ENDS = re.compile(r"(?<![\d.,/-])(\d{4})(?:[ -]{1,3}\d{4,6}){0,2}$")
_BEGINS = re.compile(r"\d{4,6}(?![\d.,/])")
_SQUARE = re.compile(r"(\d{4})\s+(\d{4})")
_NEAREST_HEIGHTS = 0.5
"""By which lines below another one are as near: words of one row."""


def in_loose_rows(
    lines: Sequence[Line], seen: Finder, around: Sequence[Line] = ()
) -> Iterator[Quad]:
    """Numbers that go on in the next row, whatever it is: each row is put together of what stands
    on it, with one blank in it if it is two groups and nothing else.

    `around` is what any reading of the page has, of which these lines may be a part.
    """
    begun = [line for line in lines if _begins_a_number(line.text)]
    lowers = [line for line in lines if _BEGINS.match(line.text)] if begun else []
    rows = {id(line): _flat(joined(on_row_of(line, lines))) for line in (*begun, *lowers)}
    uppers = [rows[id(line)] for line in begun]
    pairs = [(row, rows[id(low)]) for row in uppers for low in _next(row, lowers, lines)]
    others = (*rows.values(), *lines, *elsewhere(around, lines)) if pairs else ()
    for upper, lower in pairs:
        yield from hidden(*_over(upper, lower, seen, others))


def _over(
    upper: Line, lower: Line, seen: Finder, others: Iterable[Line]
) -> tuple[tuple[Glyph, ...], list[Match]]:
    """Two rows with a break between them, and the numbers over it."""
    both, cut = upper.over(lower), len(upper.glyphs)
    found = [match for match in seen(both.text) if match.start < cut < match.end - 1]
    return both.glyphs, [match for match in found if is_pair(match, both, others)]


def _begins_a_number(text: str) -> bool:
    """Whether groups end a line, the first of which a card's number may begin with."""
    found = _SQUARE.fullmatch(text) or _ENDS.search(text)
    return found is not None and begins_like_a_card(found[1])


def _next(upper: Line, lowers: Sequence[Line], lines: Iterable[Line]) -> Iterator[Line]:
    """Those that stand on the nearest row below, if it is not too far."""
    axes = Axes.of(upper.quad)
    near = [(depth, id(line)) for line in lines if (depth := _depth(axes, line)) is not None]
    least = min(near, default=(0.0, 0))[0] + _NEAREST_HEIGHTS * axes.height
    own = {key for depth, key in near if depth <= least}
    return (line for line in lowers if id(line) in own)


def _depth(axes: Axes, line: Line) -> float | None:
    """How far below a row another line stands that reaches below it, from middle to middle."""
    start, end = axes.span(line.quad)
    depth = (sum(axes.depth(line.quad)) - axes.height) / 2
    is_below = axes.height / 2 < depth < LOOSE_GAP * axes.height
    return depth if is_below and start < axes.width and end > 0 else None


def _flat(row: Line) -> Line:
    """A row of two groups with one blank for what parts them, and others as they are."""
    found = _SQUARE.fullmatch(row.text)
    if found is None:
        return row
    one, other = row.glyphs[: found.end(1)], row.glyphs[found.start(2) :]
    return replace(row, glyphs=(*one, Glyph(" ", one[-1].quad), *other))
