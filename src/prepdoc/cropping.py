"""Numbers that the edge of a picture cuts off, for finding and verification: a screenshot that was
zoomed in, a photograph of a part of a page. What is left has a card's groups up to the edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from prepdoc.page import Glyph, Line
from prepdoc.pan import RULE_MASKED, Match, Pan
from prepdoc.pan.number import HIDDEN, LAST_FOUR, WIDE_RANGES, brand_of
from prepdoc.pan.text import digits_of, folded

TO_EDGE = 1.1
"""Widths of a digit from its middle to beyond the edge: no other one has room there."""
USUAL, AMEX = 16, 15
_ENDED = re.compile(
    r"\D{0,2}(?P<pan>\d{0,3}[ -]?\d{4}[ -]?\d{4}[ -]\d{4}|\d{1,3}(?P<amex>[ -])\d{6}(?P=amex)\d{5})"
    r"(?![\d/.,年月]|[ -]\d)"
)
"""What is left of one whose first group is cut off, or a part of it; readers lose a blank."""
_BEGUN = re.compile(
    r"(?<!\d)(?<!\d[ -])(?P<pan>\d{4}(?P<a>[ -])"
    r"(?:\d{4}(?P=a)\d{4}(?:(?P=a)\d{1,3})?|\d{6}(?:(?P=a)\d{1,4})?))\D{0,2}$"
)
"""The same of the last group."""


def cropped(line: Line, shape: tuple[int, ...]) -> Iterator[Match]:
    """The number that begins beyond the edge of a picture of this shape (rows, columns), or ends
    there. Its last four stay if they are seen.
    """
    text = folded(line.text)
    found = _ENDED.match(text)
    if found and _is_at_edge(line.glyphs[0], -TO_EDGE, shape):
        length = AMEX if found["amex"] else USUAL
        digits = digits_of(found["pan"]).rjust(length, HIDDEN)
        yield _match(found, digits, LAST_FOUR)
    found = _BEGUN.search(text)
    if found and _is_at_edge(line.glyphs[-1], TO_EDGE, shape):
        digits = digits_of(found["pan"])
        brands = {brand_of(digits.ljust(length, HIDDEN)) for length in (AMEX, USUAL)}
        if brands - {None} - WIDE_RANGES:
            yield _match(found, digits.ljust(USUAL, HIDDEN), 0)


def _is_at_edge(glyph: Glyph, widths: float, shape: tuple[int, ...]) -> bool:
    """Whether the page ends before so many of a digit's widths along its line."""
    along = np.subtract(glyph.quad.tr, glyph.quad.tl)
    x, y = glyph.quad.centre() + widths * along
    return not (0 <= x < shape[1] and 0 <= y < shape[0])


def _match(found: re.Match[str], digits: str, kept: int) -> Match:
    start, end = found.span("pan")
    own = tuple(i for i in range(start, end) if found.string[i].isdecimal())
    split = len(own) - kept
    return Match(RULE_MASKED, start, end, own[:split], own[split:], Pan(digits))
