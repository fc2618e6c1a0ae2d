"""Bare numbers in a column that is headed as a card's, though their check digit is wrong: a
spreadsheet keeps fifteen digits of a number, and readers misread one. And the first six or eight
digits in a column of their own, as lists of payments have them beside the last four. And groups of
four right below the label of another number: points, a parcel's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from prepdoc.page import Line, Quad
from prepdoc.pan import RULE_GROUPED, RULE_LABELLED, RULE_MASKED, Match, Pan, find
from prepdoc.pan.candidates import USUAL_LENGTH
from prepdoc.pan.labels import before, card_spans, other_spans
from prepdoc.pan.match import whole
from prepdoc.pan.number import HIDDEN, WIDE_RANGES, begins_like_a_card, brand_of
from prepdoc.pan.text import folded

_BARE = re.compile(r"(?<![\d.,/-])\d{14,16}(?![.,/-]?\d)")
_IIN = re.compile(r"(?<![\d.,/-])\d{6}(?:\d\d)?(?![.,/-]?\d)")
_IIN_HEADING = re.compile(r"\b[BI]IN\b(?! ?\d)|\bfirst (?:6|six)\b|[上前頭]6桁", re.IGNORECASE)
"""Issuer identification number (ISO/IEC 7812-1), called bank identification number before."""
_STEP = 4.0
"""Heights from the heading to the first row, and from each row to the next, at most."""
_NEXT = 3.0
"""The same to what a label is right above of."""
_SHARED = 0.5
"""Part of the narrower one's width that a number and its heading share at least."""


@dataclass(frozen=True)
class _Number:
    match: Match
    line: Line

    @property
    def quad(self) -> Quad:
        glyphs = self.line.glyphs
        return glyphs[self.match.start].quad.to(glyphs[self.match.end - 1].quad)


def headed(lines: Sequence[Line]) -> Iterator[tuple[Match, Line]]:
    """Those below each card's label that nothing follows on its line, row by row, and the first
    digits below a heading that says so.
    """
    for read, headings in ((_numbers, _headings), (_iins, _iin_headings)):
        numbers = [number for line in lines for number in read(line)]
        for heading in (quad for line in lines if numbers for quad in headings(line)):
            for number in _below(heading, numbers):
                yield number.match, number.line


def named_otherwise(lines: Sequence[Line]) -> frozenset[str]:
    """The digits of what looks like a number whose check digit does not fit, right below a label
    that only other numbers have and nothing follows on its line.
    """
    groups = [number for line in lines for number in _groups(line)]
    headings = [quad for line in lines if groups for quad in _quads(line, other_spans(line.text))]
    return frozenset(
        number.match.pan.digits
        for heading in headings
        for number in groups
        if _is_right_below(heading, number.quad, lines)
    )


def _groups(line: Line) -> Iterator[_Number]:
    for match in find(line.text):
        if match.rule == RULE_GROUPED and not before(line.text, match.start).is_of_a_card:
            yield _Number(match, line)


def _is_right_below(heading: Quad, number: Quad, lines: Iterable[Line]) -> bool:
    """Whether it is the first thing in that column."""
    down = heading.place_of(number.tl)[1] / heading.height()
    if not 0.5 < down <= _NEXT or _shared(heading, number) < _SHARED:
        return False
    places = (heading.place_of(glyph.quad.centre()) for line in lines for glyph in line.glyphs)
    return not any(
        0.0 <= x <= heading.width() and 1.0 < y / heading.height() < down for x, y in places
    )


def _numbers(line: Line) -> Iterator[_Number]:
    text = folded(line.text)
    for found in _BARE.finditer(text):
        brand = brand_of(found[0])
        if brand is not None and brand not in WIDE_RANGES:
            yield _Number(whole(RULE_LABELLED, text, range(*found.span())), line)


def _headings(line: Line) -> Iterator[Quad]:
    yield from _quads(line, card_spans(line.text))


def _quads(line: Line, labels: Iterable[tuple[int, int]]) -> Iterator[Quad]:
    """Of those that no number follows on the line."""
    for start, end in labels:
        rest = line.text[end:].partition("\t")[0]
        if not any(map(str.isdecimal, rest)):
            yield line.glyphs[start].quad.to(line.glyphs[end - 1].quad)


def _iins(line: Line) -> Iterator[_Number]:
    text = folded(line.text)
    for found in _IIN.finditer(text):
        if begins_like_a_card(found[0]):
            pan = Pan(found[0].ljust(USUAL_LENGTH, HIDDEN))
            yield _Number(
                Match(RULE_MASKED, *found.span(), tuple(range(*found.span())), (), pan), line
            )


def _iin_headings(line: Line) -> Iterator[Quad]:
    for found in _IIN_HEADING.finditer(folded(line.text)):
        yield line.glyphs[found.start()].quad.to(line.glyphs[found.end() - 1].quad)


def _below(heading: Quad, numbers: Sequence[_Number]) -> Iterator[_Number]:
    """The numbers of its column, from the heading down to where rows are missing."""
    column = [number for number in numbers if _shared(heading, number.quad) >= _SHARED]
    downs = [heading.place_of(number.quad.tl)[1] / heading.height() for number in column]
    last = 0.0
    for down, number in sorted(zip(downs, column, strict=True), key=itemgetter(0)):
        if 0.5 < down <= last + _STEP:
            last = down
            yield number


def _shared(heading: Quad, number: Quad) -> float:
    """The part of the narrower one's width over which one stands below the other."""
    start, end = (heading.place_of(corner)[0] for corner in (number.tl, number.tr))
    wide = heading.width()
    return (min(end, wide) - max(start, 0.0)) / max(min(wide, end - start), 1.0)
