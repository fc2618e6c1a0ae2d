"""Groups of which one more stands in another column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from prepdoc.page import Line, Quad
from prepdoc.pan import Match, but_spared, distant
from prepdoc.pan.distant import is_named
from prepdoc.pan.text import folded

_GROUPS = re.compile(
    r"(?<!\d)(?<!\d{4}[ -])(?:\d{4}[ -]{1,2}(?:\d{4}[ -]{1,2}\d{4}|\d{6})|\d{6}[ -]{1,2}\d{5})"
    r"(?![ -]{0,2}\d{4}|\d)"
)
"""Groups of a number of which one more stands in another column, and codes that look like these."""


def alone(lines: Iterable[Line], spared: Sequence[str]) -> Iterator[tuple[Match, Line]]:
    """The numbers with one group in a column of its own, but where most of the codes that stand
    below each other make none with it: parcels and amounts, of which one in forty is proven.
    """
    rows = [(line, *_codes(line)) for line in lines]
    codes = [(place, belongs) for _, _, found in rows for place, belongs in found]
    for line, numbers, _ in rows:
        for match in but_spared(numbers, line.text, spared):
            first = line.glyphs[_code_in(match, line.text)].quad
            column = [belongs for place, belongs in codes if _is_below(first, place)]
            if is_named(line.text, match.start) or 2 * sum(column) > len(column):
                yield match, line


def has_code(text: str) -> bool:
    """Whether a text has groups as those of a number of which one more may stand elsewhere."""
    return _GROUPS.search(folded(text)) is not None


def _codes(line: Line) -> tuple[tuple[Match, ...], list[tuple[Quad, bool]]]:
    """A line's proven numbers with a group in a column of its own; and where each of its codes that
    are grouped so begins, and whether it is one of these numbers'.
    """
    numbers = tuple(distant(line.text))
    own = {_code_in(match, line.text) for match in numbers}
    starts = (found.start() for found in _GROUPS.finditer(folded(line.text)))
    return numbers, [(line.glyphs[start].quad, start in own) for start in starts]


def _code_in(match: Match, text: str) -> int:
    """Where those of a number's groups begin that stand near each other."""
    found = _GROUPS.search(folded(text), match.start, match.end)
    return found.start() if found else match.start


def _is_below(first: Quad, other: Quad) -> bool:
    """Whether two codes begin below each other, or are one."""
    return abs(first.place_of(other.tl)[0]) <= first.height() / 2
