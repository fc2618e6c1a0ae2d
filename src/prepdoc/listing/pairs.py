"""Two rows far apart, or in two columns each, that may be one number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from prepdoc.listing.rows import Row, rows_of
from prepdoc.page import Line, Quad
from prepdoc.pan import RULE_VALID, Match
from prepdoc.pan.distant import is_named
from prepdoc.pan.number import WIDE_RANGES, is_grouped, is_proven
from prepdoc.pan.text import digits_of

_DIGITS = re.compile(r"\d+")
LOOSE_GAP, FREE = 3.5, 12.0
"""Heights from middle to middle, up to which a number may go on in the next line below, three times
as far as mostly; and above and below, in which nothing else may look like one of its two rows."""


def is_pair(match: Match, both: Line, others: Iterable[Line]) -> bool:
    """Whether a number over two lines, though these stand far apart, or over two columns and rows,
    is one: proven, cut where a card's groups end, and beside a card's name or free of others.
    """
    first, _, second = both.text[match.start : match.end].partition("\n")
    if match.rule != RULE_VALID or not is_grouped(map(len, _DIGITS.findall(first + " " + second))):
        return False
    if is_named(both.text, match.start):
        return True
    told = match.pan.brand not in WIDE_RANGES
    return told and _go_on_at_the_left(both, first, second) and _are_free(match, both, others)


def _go_on_at_the_left(both: Line, first: str, second: str) -> bool:
    """Whether a number fills both its lines, or the second one goes on where the first one begins,
    as a paragraph does; in neither are columns.
    """
    upper, _, lower = both.text.partition("\n")
    if (upper.strip(), lower.strip()) == (first, second):
        return True
    begin, on = both.glyphs[0].quad, both.glyphs[len(upper) + 1].quad
    is_left = abs(begin.place_of(on.tl)[0]) <= begin.height()
    return is_left and lower.startswith(second) and "\t" not in both.text


def _are_free(match: Match, both: Line, others: Iterable[Line]) -> bool:
    """Whether no row like one of its two stands with them, but two that are a number as well."""
    first, _, second = both.text[match.start : match.end].partition("\n")
    upper, lower = both.glyphs[match.start].quad, both.glyphs[match.start + len(first) + 1].quad
    lines = tuple(others)
    rows = [*_rows_with(upper, first, lines), *_rows_with(lower, second, lines)]
    placed = sorted((upper.place_of(row.first.tl)[1], digits_of(row.text)) for row in rows)
    steps = pairwise([(-math.inf, ""), *placed])
    column = [digits for (above, _), (at, digits) in steps if at - above > upper.height() / 2]
    two = zip(column[::2], column[1::2], strict=False)
    return len(column) % 2 == 0 and all(is_proven(a + b) for a, b in two)


def _rows_with(first: Quad, text: str, lines: Iterable[Line]) -> Iterator[Row]:
    """Those that look like a text, and begin not too far below or above it."""
    for row in rows_of(_shape_of(text), lines):
        along, down = first.place_of(row.first.tl)
        if abs(along) <= first.height() / 2 and abs(down) <= FREE * first.height():
            yield row


def _shape_of(text: str) -> re.Pattern[str]:
    """Rows of as many digits in as many groups."""
    groups = r"[\s-]+".join(rf"\d{{{len(group)}}}" for group in _DIGITS.findall(text))
    return re.compile(rf"(?<![\d.,/-])(?<!\d ){groups}(?![.,/-]\d| {{0,3}}\d)")
