"""Digits printed far apart in a row → lines: of such a row engines leave parts out.

Characters with paper on both sides that follow each other at one distance are taken for a row; they
are set close together, read there, and each goes back to its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from math import dist
from operator import itemgetter

import numpy as np

from prepdoc.components import Box
from prepdoc.ocr import Reader
from prepdoc.ocr.alone import Turned, are_digits, may_be_digits, turned
from prepdoc.ocr.bands import Band
from prepdoc.ocr.typesetting import (
    FEWEST,
    Set,
    away_from_paper,
    beside,
    is_read,
    is_within,
    read_sets,
    typeset,
)
from prepdoc.page import Glyph, Line, Quad

ALONE = 0.35
"""Heights of blank paper left and right of each."""
ALIKE = 0.25
"""Neighbours differ by this part of their height at most."""
OFF_ROW = 0.12
"""Heights by which one lies above or below the one before it, for each height between the two."""
STEP = (0.9, 7.5)
"""Heights from one to the next: from a third of an em more than usual, to the blank between two
groups."""
MOST_APART = 3.0
"""Heights from one to the next within a group: further apart they are columns of a table."""
MOST_OTHERS = 0.25
"""Digits beside those of a row that are read as one with them, for each of these; boxes are rough.
"""
NEXT_GROUP, NEXT_ROW = 1.4, 2.5
"""Steps from one to the next, from which on it begins another group, or another row."""


def with_spaced(lines: Sequence[Line], sets: Sequence[Set], reader: Reader) -> tuple[Line, ...]:
    """The lines, but rows of which none of them holds all as they are read there on their own; not
    where digits are read between these.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    unread = [one for one in sets if not (is_read(one, lines) or _leaves_out(one, lines))]
    read = in_groups(read_sets(unread, reader))
    return (*beside(lines, (glyph.quad for line in read for glyph in line.glyphs)), *read)


def _leaves_out(one: Set, lines: Iterable[Line]) -> bool:
    """Whether digits are read as one with its own, or between them, that are none of its own: of
    narrow ones in a wide font some have paper beside them, and the others have not.
    """
    row = one.quads[0].to(one.quads[-1])
    others = 0
    for word in (word for line in lines for word in _digits_of(line)):
        own = sum(any(is_within(quad, place) for place in one.quads) for quad in word)
        within = sum(is_within(quad, row) for quad in word)
        others += len(word) - own if own else within
    return others >= max(MOST_OTHERS * len(one.quads), 2)


def _digits_of(line: Line) -> Iterator[list[Quad]]:
    """The places of a line's digits, as far as they follow each other without anything between."""
    for is_digit, glyphs in groupby(line.glyphs, lambda glyph: glyph.char.isdecimal()):
        if is_digit:
            yield [glyph.quad for glyph in glyphs]


def spaced_sets(pages: Iterable[Turned]) -> tuple[Set, ...]:
    """What stands in every such row along the page or up it, for any number of readers."""
    return tuple(one for page in pages for one in _sets(page))


def spaced_on(bands: Iterable[Band]) -> tuple[Set, ...]:
    """The same in bands of a page, such as white digits in the cells of a dark bar."""
    return tuple(
        replace(one, quads=tuple(quad.moved(band.left, band.top) for quad in one.quads))
        for band in bands
        for one in spaced_sets(turned(band.pixels, away_from_paper(band.pixels)))
    )


def in_groups(read: Iterable[Line | None]) -> tuple[Line, ...]:
    """Every row that was read as digits (`read_sets`), with blanks between its groups."""
    return tuple(_grouped(line) for line in read if line is not None and are_digits(line))


def _grouped(line: Line) -> Line:
    centres = [glyph.quad.centre() for glyph in line.glyphs]
    steps = [dist(a, b) for a, b in pairwise(centres)]
    usual = float(np.median(steps))
    glyphs: list[Glyph] = [line.glyphs[0]]
    for (last, glyph), step in zip(pairwise(line.glyphs), steps, strict=True):
        if step > NEXT_GROUP * usual:
            between = Quad(last.quad.tr, glyph.quad.tl, glyph.quad.bl, last.quad.br)
            glyphs.append(Glyph(" ", between))
        glyphs.append(glyph)
    return replace(line, glyphs=tuple(glyphs))


def _sets(page: Turned) -> Iterator[Set]:
    for row in _rows(page.alone(ALONE)):
        frames = [page.frame(box) for box in row]
        quads = [page.quad(box) for box in _wide(row)]
        if may_be_digits(frames) and (set_ := typeset(frames, quads)):
            yield set_


def _rows(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """Boxes from left to right, each behind the nearest one that it follows."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=itemgetter(0)):
        before = [row for row in rows if _follows(row[-1], box)]
        if before:
            max(before, key=lambda row: row[-1][0]).append(box)
        else:
            rows.append([box])
    return (part for row in rows for part in _parts(row) if len(part) >= FEWEST)


def _follows(one: Box, other: Box) -> bool:
    (left, top, right, bottom), (start, up, end, low) = one, other
    high = max(bottom - top, low - up)
    alike = abs((bottom - top) - (low - up)) <= ALIKE * high
    step = (start + end - left - right) / 2
    in_row = abs(low - bottom) <= ALIKE * high + OFF_ROW * step
    return alike and in_row and STEP[0] * high <= step <= STEP[1] * high


def _parts(row: Sequence[Box]) -> Iterator[list[Box]]:
    """The row where its characters stand as near as in a group or two."""
    steps = _steps(row)
    if not steps:
        return
    usual = float(np.median(steps))
    if usual > MOST_APART * float(np.median([bottom - top for _, top, _, bottom in row])):
        return
    part = [row[0]]
    for box, step in zip(row[1:], steps, strict=True):
        if step > NEXT_ROW * usual:
            yield part
            part = []
        part.append(box)
    yield part


def _steps(row: Sequence[Box]) -> list[float]:
    return [(c + d - a - b) / 2 for (a, _, b, _), (c, _, d, _) in pairwise(row)]


def _wide(row: Sequence[Box]) -> Iterator[Box]:
    """Each with the paper beside it that is its own."""
    half = min(_steps(row)) / 2
    for left, top, right, bottom in row:
        across = min((right - left) / 2 + ALONE * (bottom - top), half)
        x = (left + right) / 2
        yield round(x - across), top, round(x + across), bottom
