"""Bare numbers in a column that is headed as a card's, though their check digit is wrong: a
spreadsheet keeps fifteen digits of a number, and readers misread one. And the first six or eight
digits in a column of their own, as lists of payments have them beside the last four.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from prepdoc.page import Line, Quad
from prepdoc.pan import RULE_LABELLED, RULE_MASKED, Match, Pan
from prepdoc.pan.candidates import USUAL_LENGTH
from prepdoc.pan.labels import before, spans
from prepdoc.pan.match import whole
from prepdoc.pan.number import HIDDEN, WIDE_RANGES, begins_like_a_card, brand_of
from prepdoc.pan.text import folded

_BARE = re.compile(r"(?<![\d.,/-])\d{14,16}(?![.,/-]?\d)")
_IIN = re.compile(r"(?<![\d.,/-])\d{6}(?:\d\d)?(?![.,/-]?\d)")
_IIN_HEADING = re.compile(r"\b[BI]IN\b(?! ?\d)|\bfirst (?:6|six)\b|[上前頭]6桁", re.IGNORECASE)
"""Issuer identification number (ISO/IEC 7812-1), called bank identification number before."""
_STEP = 4.0
"""Heights from the heading to the first row, and from each row to the next, at most."""
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


def _numbers(line: Line) -> Iterator[_Number]:
    text = folded(line.text)
    for found in _BARE.finditer(text):
        brand = brand_of(found[0])
        if brand is not None and brand not in WIDE_RANGES:
            yield _Number(whole(RULE_LABELLED, text, range(*found.span())), line)


def _headings(line: Line) -> Iterator[Quad]:
    for start, end in spans(line.text):
        rest = line.text[end:].partition("\t")[0]
        if before(line.text, end).is_card_label and not any(map(str.isdecimal, rest)):
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
