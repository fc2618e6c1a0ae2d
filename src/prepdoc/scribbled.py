"""Tangles of a pen's ink on a page → those that hide a card number's digits.

No reader says what is under one. What is told of it is what stands beside it: the last four of a
card that the document names, which are left to be seen, or a card's label.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from prepdoc.ocr.struck import may_be_a_number
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import Glyph, Line, Quad, boxes_overlap
from prepdoc.pan.labels import card_spans
from prepdoc.pan.text import folded

BEFORE, INTO = 2.0, 1.5
"""Heights of the last four by which it ends before them or reaches into them."""
RIGHT_BEFORE = 1.0
"""The same of four digits that nothing names."""
BEHIND = 12.0
"""Heights of a label's last character up to which one may begin behind it, if nothing is between.
"""
BARE = 0.7
"""Part of the last four's width behind a tangle where they all stand there: readers, which see
characters in the tangle, do not tell well where the last ones are.
"""
ALIKE = 0.5
"""Part of the digits that readers see in a tangle that are one digit: they see noughts in loops."""
APART = 1.0
"""Heights between a digit and the tangle that begins behind it."""

_FOUR = re.compile(r"\d{4}(?!\d|[-,./:]\d|[年月円])")
"""Four digits that no date or amount begins with."""


def scribbled_over(
    tangles: Iterable[Quad],
    kept: Collection[Quad],
    read: Iterable[Line],
    last_fours: Collection[str],
) -> Iterator[Quad]:
    """Of each tangle what is before one of the last fours, or right before any four digits, with
    the digits that it leaves; all of those behind a card's label, and of those that readers take
    for noughts.

    In which one of the `kept` last fours is read, as in a ring or a wavy line, hides nothing.
    """
    places = [one for one in tangles if not any(is_within(quad, one) for quad in kept)]
    lines = tuple(read) if places else ()
    fours = [(line, *four) for line in lines for four in _fours(line, last_fours)]
    labels = [label for line in lines for label in _labels(line)]
    for place in places:
        cut = [
            _up_to(place, four, line)
            for line, four, is_named in fours
            if (_ends_before(place, four) if is_named else _ends_right_before(place, four))
        ]
        is_told = any(_is_behind(place, label, lines) for label in labels)
        yield from cut or ([place] if is_told or _is_read_as_digits(place, lines) else [])


def _fours(line: Line, last_fours: Collection[str]) -> Iterator[tuple[Quad, bool]]:
    """Where four digits end in a line, and whether they are named."""
    for found in _FOUR.finditer(folded(line.text)):
        first, last = line.glyphs[found.start()], line.glyphs[found.end() - 1]
        yield first.quad.to(last.quad), found[0] in last_fours


def _labels(line: Line) -> Iterator[Quad]:
    """The last character of each label of a card number."""
    for _start, end in card_spans(line.text):
        yield line.glyphs[end - 1].quad


def _ends_before(place: Quad, four: Quad) -> bool:
    _left, _top, right, _bottom = place.box()
    start, _up, end, _low = four.box()
    near = -INTO * four.height() <= start - right <= BEFORE * four.height()
    return near and right < end and _is_in_row(place, four)


def _ends_right_before(place: Quad, four: Quad) -> bool:
    """Whether a blank at most is between, and no other number's end is in the tangle."""
    start, _up, end, _low = four.box()
    apart = start - place.box()[2]
    return (
        abs(apart) <= RIGHT_BEFORE * four.height()
        and end - place.box()[2] >= BARE * (end - start)
        and _is_in_row(place, four)
    )


def _is_behind(place: Quad, label: Quad, lines: Iterable[Line]) -> bool:
    start, end = place.box()[0], label.box()[2]
    near = -label.height() <= start - end <= BEHIND * label.height()
    return (
        near
        and _is_in_row(place, label)
        and not any(
            end < glyph.quad.centre()[0] < start and _is_in_row(place, glyph.quad)
            for line in lines
            for glyph in line.glyphs
            if glyph.char.isalnum()
        )
    )


def _is_read_as_digits(place: Quad, lines: Iterable[Line]) -> bool:
    """Whether a reader sees as many digits as in a number, most of them the same: the loops."""
    seen = ([g for g in line.glyphs if boxes_overlap(g.quad.box(), place.box())] for line in lines)
    return any(may_be_a_number(own) and _are_alike(own) for own in seen)


def _are_alike(glyphs: Iterable[Glyph]) -> bool:
    chars = Counter(glyph.char for glyph in glyphs)
    return chars.most_common(1)[0][1] >= ALIKE * chars.total()


def _is_in_row(place: Quad, print_: Quad) -> bool:
    _left, top, _right, bottom = place.box()
    _start, up, _end, low = print_.box()
    return top < (up + low) / 2 < bottom


def _up_to(place: Quad, four: Quad, line: Line) -> Quad:
    """The part of a tangle before the last four, with the digits of the line right before it."""
    left, top, right, bottom = place.box()
    near = APART * four.height()
    for glyph in reversed(line.glyphs):
        start, _up, end, _low = glyph.quad.box()
        if glyph.char.isdecimal() and start < left <= end + near:
            left = start
    start, _up, end, _low = four.box()
    is_bare = end - right >= BARE * (end - start)
    between = any(right < x < start for x in _middles(line))
    return Quad.from_box(left, top, right if is_bare and not between else start, bottom)


def _middles(line: Line) -> Iterator[float]:
    """Of its digits."""
    return (g.quad.centre()[0] for g in line.glyphs if g.char.isdecimal())
