"""What a reader saw character by character, or group by group → what stands below each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Glyph, Line
from prepdoc.pan import RULE_GROUPED, RULE_KNOWN, RULE_MASKED, RULE_VALID, Match

_FEWEST = 12
"""Characters in a column: as many as the shortest card number has."""
_BESIDE = 0.45
"""Widths by which one stands left or right of the one above it at most."""
_BELOW = 2.6
"""Heights from one to the next at most, from middle to middle; readers' boxes may be tight."""
_PARTED = 1.25
"""Steps of a column from which on there is a blank between two characters."""
_GROUP, _GROUPS = (4, 5, 6), (3, 4)
"""Digits in a group of a card's number that has a line of its own, and how many lines there are."""
_APART = 0.8
"""Heights between two characters of which no group of digits is made."""
_LEVEL = 0.12
"""Heights by which middles on one row of a table differ; a list beside a card's picture is off."""
_Row: TypeAlias = tuple[Line, float, float, float]
"""A line with its start, its middle across and its height."""
_ALONG = np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])
"""Turn of a page → where its text runs."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A character with its middle and its size, along the page's text and down from it."""

    glyph: Glyph
    middle: tuple[float, float]
    size: tuple[float, float]


def columns(lines: Iterable[Line], turn: int) -> Iterator[Line]:
    """What stands below each other on a page that is upright after `turn` quarter turns.

    Only what was read as single characters or as a line downwards counts: a table's digits are
    parts of words.
    """
    along = _ALONG[turn % 4]
    axes = np.array([along, (-along[1], along[0])])
    placed = [
        _placed(glyph, axes) for line in lines if _is_narrow(line, axes) for glyph in _ink(line)
    ]
    for chain in _chains(sorted(placed, key=lambda one: one.middle[1])):
        if len(chain) >= _FEWEST:
            yield Line(tuple(_spaced(chain)), "ocr")


def piles(lines: Iterable[Line], turn: int) -> Iterator[Line]:
    """Groups of digits that have a line each and begin below each other, as on cards of today.

    As one line with blanks for the breaks; a table has more rows, or more columns in each.
    """
    along = _ALONG[turn % 4]
    axes = np.array([along, (-along[1], along[0])])
    lines = [part for line in lines for part in _apart(line)]
    rows = [(line, *_extent(line, axes)) for line in lines if _is_group(line)]
    others = [_extent(line, axes)[1] for line in lines if not _is_group(line)]
    piled: list[list[_Row]] = []
    for row in sorted(rows, key=lambda row: row[2]):
        above = next((pile for pile in piled if _is_under(pile[-1], row)), None)
        if above is None:
            piled.append([row])
        else:
            above.append(row)
    for pile in piled:
        if len(pile) in _GROUPS and not all(_has_beside(row, others) for row in pile):
            yield _joined([line for line, *_ in pile])


def _apart(line: Line) -> Iterator[Line]:
    """The line at its wide blanks; beside a group other text may stand."""
    ink = _ink(line)
    pairs = enumerate(pairwise(ink), start=1)
    cuts = [i for i, (a, b) in pairs if math.dist(a.quad.tr, b.quad.tl) > _APART * b.quad.height()]
    for start, end in pairwise([0, *cuts, len(ink)]):
        if start < end:
            yield Line(tuple(ink[start:end]), line.seen_by)


def _is_group(line: Line) -> bool:
    ink = _ink(line)
    return len(ink) in _GROUP and all(glyph.char.isdecimal() for glyph in ink)


def _extent(line: Line, axes: NDArray[np.float64]) -> tuple[float, float, float]:
    """Where a line begins, where its middle is across, and how high it is."""
    corners = line.quad.array() @ axes.T
    (left, top), (_, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top + bottom) / 2, float(bottom - top)


def _is_under(upper: _Row, lower: _Row) -> bool:
    (_, left, middle, high), (_, start, level, height) = upper, lower
    size = max(high, height)
    return abs(start - left) <= size and size / 2 < level - middle <= _BELOW * size


def _has_beside(row: _Row, others: Iterable[float]) -> bool:
    """Whether one of the others, whose middles these are, stands on the row."""
    _, _, middle, high = row
    return any(abs(other - middle) <= _LEVEL * high for other in others)


def _joined(lines: Sequence[Line]) -> Line:
    glyphs: list[Glyph] = []
    for line in lines:
        glyphs += [Glyph(" ", line.quad)] if glyphs else []
        glyphs += _ink(line)
    return Line(tuple(glyphs), "ocr")


def is_number(match: Match, text: str) -> bool:
    """Whether a column's match is one: proven or in a card's groups, not counts of a table."""
    around = text[: match.start].rstrip()[-1:] + text[match.end :].lstrip()[:1]
    if match.rule in (RULE_MASKED, RULE_KNOWN, RULE_GROUPED):
        return True
    return match.rule == RULE_VALID and not any(char.isdecimal() for char in around)


def _ink(line: Line) -> list[Glyph]:
    return [glyph for glyph in line.glyphs if not glyph.char.isspace()]


def _is_narrow(line: Line, axes: NDArray[np.float64]) -> bool:
    ink = _ink(line)
    if len(ink) < 2:
        return True
    away = np.subtract(ink[-1].quad.centre(), ink[0].quad.centre())
    return abs(float(away @ axes[0])) < abs(float(away @ axes[1])) / 2


def _placed(glyph: Glyph, axes: NDArray[np.float64]) -> _Placed:
    corners = glyph.quad.array() @ axes.T
    (u0, v0), (u1, v1) = corners.min(axis=0), corners.max(axis=0)
    return _Placed(glyph, ((u0 + u1) / 2, (v0 + v1) / 2), (u1 - u0, v1 - v0))


def _chains(placed: Iterable[_Placed]) -> list[list[_Placed]]:
    """From the top each one below the nearest above it, as far as there is one."""
    chains: list[list[_Placed]] = []
    for one in placed:
        above = [chain for chain in chains if _follows(chain[-1], one)]
        if above:
            max(above, key=lambda chain: chain[-1].middle[1]).append(one)
        else:
            chains.append([one])
    return chains


def _follows(upper: _Placed, lower: _Placed) -> bool:
    wide, high = (max(a, b) for a, b in zip(upper.size, lower.size, strict=True))
    aside = abs(upper.middle[0] - lower.middle[0])
    step = lower.middle[1] - upper.middle[1]
    return aside <= _BESIDE * wide and high / 2 < step <= _BELOW * high


def _spaced(chain: Sequence[_Placed]) -> Iterator[Glyph]:
    steps = [lower.middle[1] - upper.middle[1] for upper, lower in pairwise(chain)]
    usual = float(np.median(steps))
    yield chain[0].glyph
    for step, one in zip(steps, chain[1:], strict=True):
        if step > _PARTED * usual:
            yield Glyph(" ", one.glyph.quad)
        yield one.glyph
