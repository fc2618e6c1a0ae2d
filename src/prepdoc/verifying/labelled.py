"""Groups of four that no check digit proves → which of them the words beside them say are something
else's, as the finder reads these: 会員番号 is no label for who reads whole pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from prepdoc.assembling import assembled
from prepdoc.explaining import merged
from prepdoc.listing import named_otherwise
from prepdoc.page import Line, Quad
from prepdoc.pan import RULE_GROUPED, Pan, find, told
from prepdoc.verifying.legibility import Sight
from prepdoc.verifying.views import Box, grown, view
from prepdoc.widths import widened

_BESIDE_HEIGHTS, _ABOVE_HEIGHTS = 16.0, 4.0
"""How far a number's label begins at most before it and above."""


def others_beside(
    sight: Sight, readings: Iterable[Sequence[Line]], known: Collection[Pan]
) -> frozenset[str]:
    """The digits of those that a label beside them or right above gives to something else.

    Numbers that are `known` are not looked at again, so on most pages nothing is.

    Raises:
        CannotProve, ComponentMissing: the finder failed, or is not installed.
    """
    page, finder = sight.page, sight.readers[-1]
    lines = (widened(line) for line in chain.from_iterable(readings))
    boxes = merged(_around(quad, sight) for line in lines for quad in _doubted(line, sight, known))
    views = [view(sight.pixels, box, page.turn) for box in boxes]
    seen = [tuple(one.back(line) for line in finder.read(one.pixels)) for one in views]
    rows = [tuple(map(widened, assembled(lines))) for lines in seen]
    return frozenset().union(*map(_named, rows))


def _named(rows: Sequence[Line]) -> frozenset[str]:
    return told(row.text for row in rows) | named_otherwise(rows)


def _doubted(line: Line, sight: Sight, known: Collection[Pan]) -> Iterator[Quad]:
    for match in find(line.text, (), sight.page.spared):
        if match.rule == RULE_GROUPED and match.pan not in known:
            yield line.glyphs[match.start].quad.to(line.glyphs[match.end - 1].quad)


def _around(quad: Quad, sight: Sight) -> Box:
    """With room for a label, whichever way the page is turned."""
    height = quad.height()
    reach = _BESIDE_HEIGHTS * height, _ABOVE_HEIGHTS * height
    across, down = reach[::-1] if quad.turn() % 2 else reach
    return grown(quad, across, down, sight.pixels)
