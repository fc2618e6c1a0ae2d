"""Groups of four that no check digit proves → which of them the words beside them say are something
else's, as the finder reads these: 会員番号 is no label for who reads whole pages; and which of them
it reads as a date.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from prepdoc.assembling import assembled
from prepdoc.explaining import merged
from prepdoc.listing import named_otherwise
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import Line, Quad
from prepdoc.pan import RULE_GROUPED, Pan, find, told
from prepdoc.verifying.legibility import Sight
from prepdoc.verifying.views import Box, grown, view
from prepdoc.widths import widened

_BESIDE_HEIGHTS, _ABOVE_HEIGHTS = 16.0, 4.0
"""How far a number's label begins at most before it and above."""
_DATE = re.compile(r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日")
_MOST = 0.5
"""Part of the width of what seemed to be a number that a date takes."""


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
    doubted = [one for line in lines for one in _doubted(line, sight, known)]
    boxes = merged(_around(quad, sight) for _, quad in doubted)
    views = [view(sight.pixels, box, page.turn) for box in boxes]
    seen = [tuple(one.back(line) for line in finder.read(one.pixels)) for one in views]
    rows = [tuple(map(widened, assembled(lines))) for lines in seen]
    dates = [date for lines in rows for line in lines for date in _dates(line)]
    dated = {digits for digits, quad in doubted if any(_is_of(date, quad) for date in dates)}
    return frozenset(dated).union(*map(_named, rows))


def _named(rows: Sequence[Line]) -> frozenset[str]:
    return told(row.text for row in rows) | named_otherwise(rows)


def _dates(line: Line) -> Iterator[Quad]:
    """Who reads whole pages takes 発行日2026年11月25日 for 3847 20264711258."""
    for found in _DATE.finditer(line.text):
        yield line.glyphs[found.start()].quad.to(line.glyphs[found.end() - 1].quad)


def _is_of(date: Quad, quad: Quad) -> bool:
    """Whether it is most of what seemed to be a number."""
    return is_within(date, quad) and date.width() >= _MOST * quad.width()


def _doubted(line: Line, sight: Sight, known: Collection[Pan]) -> Iterator[tuple[str, Quad]]:
    """The digits of groups that nothing proves, and where they stand."""
    for match in find(line.text, (), sight.page.spared):
        if match.rule == RULE_GROUPED and match.pan not in known:
            place = line.glyphs[match.start].quad.to(line.glyphs[match.end - 1].quad)
            yield match.pan.digits, place


def _around(quad: Quad, sight: Sight) -> Box:
    """With room for a label, whichever way the page is turned."""
    height = quad.height()
    reach = _BESIDE_HEIGHTS * height, _ABOVE_HEIGHTS * height
    across, down = reach[::-1] if quad.turn() % 2 else reach
    return grown(quad, across, down, sight.pixels)
