"""What the rules match in a text → the quads of the digits that should be gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from prepdoc.page import Glyph, Quad
from prepdoc.pan import Match

Finder = Callable[[str], tuple[Match, ...]]


def hidden(glyphs: Sequence[Glyph], matches: Iterable[Match]) -> Iterator[Quad]:
    """One quad for each stretch of neighbouring digits that should be gone."""
    for match in matches:
        places = [i for i in match.hide if glyphs[i].char.isalnum()]
        for first, last in _stretches(places):
            yield glyphs[first].quad.to(glyphs[last].quad)


def _stretches(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring indices as pairs of first and last.

    >>> list(_stretches([1, 2, 3, 7]))
    [(1, 3), (7, 7)]
    """
    starts = [p for p in places if p - 1 not in places]
    ends = [p for p in places if p + 1 not in places]
    return zip(starts, ends, strict=True)
