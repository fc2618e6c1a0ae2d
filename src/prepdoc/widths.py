"""Blanks as wide as they are, for finding and verification: the rules know columns by them.

Readers write one blank between two words however far apart these stand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from prepdoc.page import Glyph, Line

WIDE, FAR = 2.6, 4.5
"""From the middle of a digit to that of the next one over a blank, in distances of digits within
their groups, however wide letters are spaced: 1.5 over a font's blank, 2 over a typewriter's and on
embossed cards, 3.4 between cells of a table that stand close, 2.7 where a reader's boxes for these
are roomy."""
MOST = 3
"""Blanks within a number; so many are a column where others are (`pan.parted`), and stay."""
_BETWEEN = re.compile(r"(?=(?<!\d)(\d{2,})( {1,3})(\d{2,}))")


def widened(line: Line) -> Line:
    """With two blanks for a wide gap between two groups of digits, and three for a wider one; and
    with one where a reader wrote two for a gap that is none.
    """
    if " " not in line.text:
        return line
    blanks = {found.start(2): _blanks(line, found) for found in _BETWEEN.finditer(line.text)}
    return replace(line, glyphs=tuple(_with(line.glyphs, blanks)))


def _with(glyphs: tuple[Glyph, ...], blanks: dict[int, int]) -> Iterator[Glyph]:
    for i, glyph in enumerate(glyphs):
        yield from [glyph] * (1 + blanks.get(i, 0))


def _blanks(line: Line, found: re.Match[str]) -> int:
    """How many are missing in a gap; less than none where there is one too many."""
    left, between, right = (line.glyphs[found.start(i) : found.end(i)] for i in (1, 2, 3))
    pitch = max(_pitch(left), _pitch(right), 1.0)
    gap = _apart(left[-1], right[0]) / pitch
    missing = 1 + (gap >= WIDE) + (gap >= FAR) - len(between)
    return missing if len(between) < MOST else max(missing, 0)


def _pitch(group: tuple[Glyph, ...]) -> float:
    return _apart(group[0], group[-1]) / (len(group) - 1)


def _apart(one: Glyph, other: Glyph) -> float:
    return math.dist(one.quad.centre(), other.quad.centre())
