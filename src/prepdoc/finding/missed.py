"""A group of a card's number that the detector did not see → what is read in its place.

A detector takes each group of a number that runs up a card for a line of its own, and misses one
now and then. Where all the others stand as a number's groups do, that one's place is known; who
reads a row reads it there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from prepdoc.assembling import assembled
from prepdoc.ocr import RowReader
from prepdoc.ocr.strips import Place, strip_of
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import Glyph, Line, Pixels, Quad
from prepdoc.pan.number import HIDDEN, brand_of, groupings, luhn
from prepdoc.pan.text import folded

_LENGTHS = (14, 15, 16)
"""Digits of numbers of which a group may be missing."""
_GROUP = re.compile(r"(?<![\d.,/])\d{4,6}(?![\d.,/年月])")
_BETWEEN, _ACROSS = re.compile(r"[ -]{1,3}"), re.compile(r"[ \t-]*")
"""Between two groups that are read, and between those beside the one that is not."""
_WIDEST = 2.5
"""Digits' widths of the blank between two groups, at most."""
_OFF = 1.2
"""The same by which the place of a group between two others may be too narrow or too wide."""
_PALE = 24
"""Levels (of 255) within a place where something is printed, at least."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """Where so many digits of a number would stand, and its digits before and behind."""

    quad: Quad
    count: int
    before: str = field(repr=False)
    behind: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Taken:
    """The middles (N × 2) of all that was read, and how many quarters the line of each is turned:
    tables of thousands of groups are asked about each of these.
    """

    middles: NDArray[np.float64] = field(repr=False)
    turns: NDArray[np.intp] = field(repr=False)

    @classmethod
    def of(cls, lines: Iterable[Line]) -> _Taken:
        inked = [(g, line.quad.turn()) for line in lines for g in line.glyphs if g.char.strip()]
        middles = np.array([glyph.quad.centre() for glyph, _ in inked]).reshape(-1, 2)
        return cls(middles, np.array([turn for _, turn in inked], dtype=np.intp))


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read in a place, and the whole number."""

    place: _Hole
    line: Line

    @property
    def number(self) -> str:
        """All its digits."""
        return self.place.before + folded(self.line.text) + self.place.behind


def with_missed(lines: Sequence[Line], pixels: Pixels, reader: RowReader) -> tuple[Line, ...]:
    """The lines that were read, and what is read in the place of each group that is missing.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    seen = [line for line in lines if line.seen_by == "ocr"]
    rows = assembled(seen) if any(_GROUP.search(line.text) for line in seen) else ()
    missing = [place for row in rows for place in _missing(row)]
    if not missing:  # as on most pages
        return tuple(lines)
    taken = _Taken.of(seen)
    places = [place for place in missing if _is_open(place, taken, pixels)]
    strips = [strip_of(pixels, Place(place.quad.array().astype(np.float32))) for place in places]
    inked = [i for i, strip in enumerate(strips) if np.ptp(strip) >= _PALE]
    read = reader.read_rows([strips[i] for i in inked]) if inked else ()
    found = [
        _Found(places[i], line)
        for i, seen_there in zip(inked, read, strict=True)
        if (line := _placed(places[i], seen_there, strips[i]))
    ]
    return (*lines, *(one.line for one in _once(found)))


def _missing(row: Line) -> Iterator[_Hole]:
    """The places of groups that are missing in a row, for each way to print a number."""
    text = folded(row.text)
    spans = [found.span() for found in _GROUP.finditer(text)]
    for sizes in chain.from_iterable(map(groupings, _LENGTHS)):
        for at in range(len(sizes)):
            own = sizes[:at] + sizes[at + 1 :]
            for first in range(len(spans) - len(own) + 1):
                groups = spans[first : first + len(own)]
                ends = _digits(text, groups[:at]), _digits(text, groups[at:])
                likely = at == 0 or brand_of(ends[0].ljust(sum(sizes), HIDDEN)) is not None
                free = _has_room(row, spans[: first + at], spans[first + at :], sizes[at])
                if likely and free and _are_those(text, groups, own, at):
                    quads = _quad(row, groups, sizes[at], at)
                    yield from (_Hole(quad, sizes[at], *ends) for quad in quads)


def _has_room(
    row: Line, before: Sequence[tuple[int, int]], behind: Sequence[tuple[int, int]], count: int
) -> bool:
    """Whether the groups beside the place of one with so many digits stand that far apart."""
    if not before or not behind:
        return True
    last, first = before[-1][1] - 1, behind[0][0]
    middles = [row.glyphs[i].quad.centre() for i in (last - 1, last, first)]
    step, gap = (math.dist(a, b) for a, b in pairwise(middles))
    return gap > count * step


def _are_those(text: str, groups: Sequence[tuple[int, int]], own: Sequence[int], at: int) -> bool:
    """Whether groups have these sizes and stand as a number's do, but for the one that is missing
    before the one at that place.
    """
    gaps = [text[a:b] for (_, a), (b, _) in pairwise(groups)]
    fits = (_ACROSS if i + 1 == at else _BETWEEN for i in range(len(gaps)))
    alike = all(fit.fullmatch(gap) for fit, gap in zip(fits, gaps, strict=True))
    return alike and [b - a for a, b in groups] == list(own)


def _digits(text: str, groups: Sequence[tuple[int, int]]) -> str:
    return "".join(text[a:b] for a, b in groups)


def _quad(row: Line, groups: Sequence[tuple[int, int]], count: int, at: int) -> Iterator[Quad]:
    """Where the group stands, by the distances of the others' digits; none where it has no room."""
    whole = row.glyphs[groups[0][0]].quad.to(row.glyphs[groups[-1][1] - 1].quad)
    middles = [
        [whole.place_of(glyph.quad.centre())[0] for glyph in row.glyphs[a:b]] for a, b in groups
    ]
    step = float(np.median([b - a for group in middles for a, b in pairwise(group)]))
    gaps = [b[0] - a[-1] - step for a, b in pairwise(middles)]
    is_between, wide = 0 < at < len(groups), count * step
    near = [gap for i, gap in enumerate(gaps) if i + 1 != at or not is_between]
    blank = float(np.median(near)) if near else (gaps[0] - wide) / 2
    if step <= 0 or not 0 <= blank <= _WIDEST * step:
        return
    if is_between and abs(gaps[at - 1] - wide - 2 * blank) > _OFF * step:
        return
    off = step / 2 + blank
    start = middles[at - 1][-1] + off if at else middles[0][0] - off - wide
    room, long = min(blank, step) / 2, max(whole.width(), 1e-6)
    yield whole.part((start - room) / long, (start + wide + room) / long)


def _is_open(place: _Hole, taken: _Taken, pixels: Pixels) -> bool:
    """Whether it lies on the page, and nothing was read there that runs as it does: of a group that
    runs up the page a detector may make a line of each digit.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = place.quad.box()
    if left < 0 or top < 0 or right > width or bottom > height:
        return False
    tl, tr, _, bl = place.quad.array()
    alike = taken.middles[taken.turns == place.quad.turn()] - tl
    sides = ((tr - tl), (bl - tl))
    inside = [(alike @ side >= 0) & (alike @ side <= side @ side) for side in sides]
    return not bool((inside[0] & inside[1]).any())


def _placed(place: _Hole, line: Line, strip: Pixels) -> Line | None:
    """The digits where they stand on the page, if there are as many as the group has."""
    read = [glyph for glyph in line.glyphs if not glyph.char.isspace()]
    if len(read) != place.count or not all(glyph.char.isdecimal() for glyph in read):
        return None
    wide = strip.shape[1]
    ends = [(glyph.quad.tl[0] / wide, glyph.quad.tr[0] / wide) for glyph in read]
    glyphs = (
        Glyph(glyph.char, place.quad.part(*end), glyph.score)
        for glyph, end in zip(read, ends, strict=True)
    )
    return Line(tuple(glyphs), "ocr")


def _once(found: Iterable[_Found]) -> list[_Found]:
    """Those that are a card's by their range, and by the check digit where they begin the number;
    of two in one place the one that is proven.
    """
    kept: list[_Found] = []
    cards = [one for one in found if one.place.before or luhn(one.number)]
    ranged = (one for one in cards if brand_of(one.number) is not None)
    for one in sorted(ranged, key=lambda one: luhn(one.number), reverse=True):
        quads = [glyph.quad for glyph in one.line.glyphs]
        if not any(is_within(quad, other.place.quad) for other in kept for quad in quads):
            kept.append(one)
    return kept
