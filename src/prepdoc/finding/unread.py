"""Numbers beside a card's label of which no reader reads every digit: a thumb, a blur, a scribble
or correction fluid is over some.

The digits that are read stand where those of a number in groups of four would, up to its last, with
room for the others between them. What is between may be legible to a person, so it is hidden too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from operator import itemgetter
from typing import TypeAlias

import numpy as np

from prepdoc.agreeing import Sighting
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import Glyph, Line, Pixels, Quad
from prepdoc.pan import (
    RULE_GROUPED,
    RULE_KNOWN,
    RULE_LABELLED,
    RULE_MASKED,
    Match,
    Pan,
    bare,
    lack_ends,
)
from prepdoc.pan.labels import card_spans
from prepdoc.pan.number import HIDDEN, LAST_FOUR, begins_like_a_card
from prepdoc.pan.text import digits_of, folded

FEWEST, SURE = 4, 6
"""Digits that are read of such a number; and so many that there is no need to look for the others.
"""
NOT_READ = 0.0
"""Score of a glyph that no reader saw."""
INKED, PALE = 0.6, 24
"""Part of the places of the others that are no blank paper, by so much of 255: a label and four
digits far behind it are printed so."""
_DATED = frozenset("年月日円,，./:：¥￥$")
_COLONS = ":：.．"
_Grid: TypeAlias = tuple[int, tuple[int, ...]]
_Way: TypeAlias = tuple[_Grid, tuple[int, ...]]
_GRIDS: tuple[_Grid, _Grid] = ((16, (4, 8, 12)), (15, (4, 10)))
"""How many digits numbers have, and before which of them a blank may stand; those of American
Express the second.
"""
AMEX = ("34", "37")
_GAP = r"[\s.:·~_'\"()\[\]|-]*(?:[AMNVWXZmnvwxz]{1,16}[\s.·-]*)?"
"""Between digits: separators, and what a reader makes of a scribble's peaks."""
_NUMBER = re.compile(rf"{_GAP}(?P<digits>\d(?:{_GAP}\d)+)(?![\d,/年月日])")
_LEAST, _MOST = 0.6, 0.5
"""Steps from one digit to the next by which readers' places are wrong."""
_LABEL = 1.5
"""Steps from the middle of a label's last character to that of a digit behind it, at least."""
_ROOMY = 1.25
"""Part of their usual room before the first digit that is read up to which the others fill it."""
_BLANK, _USUAL = 1.25, 0.6
"""Steps that the blank between two groups is wide at most, and usually."""


def unread_in(
    line: Line, matches: Iterable[Match], spared: Sequence[str] = ()
) -> Iterator[Sighting]:
    """The numbers of a line that have a place for every digit, where no rule sees a whole one; but
    those of `spared` texts.
    """
    text = folded(line.text)
    whole = (match for match in matches if match.rule not in (RULE_LABELLED, RULE_KNOWN))
    taken = {i for match in whole for i in (*match.hide, *match.keep)}
    for _start, end in card_spans(text):
        found = _NUMBER.match(text, end)
        if found is None:
            continue
        own = [i for i in range(*found.span("digits")) if text[i].isdecimal()]
        is_spared = bare(found["digits"]) in map(bare, spared)
        if len(own) >= FEWEST and taken.isdisjoint(own) and not is_spared:
            yield from _seen(line, end - 1, own)


def _seen(line: Line, label: int, own: Sequence[int]) -> Iterator[Sighting]:
    """Of the number whose digits are these, behind a label, if they fit in one of the grids."""
    before, digits = line.glyphs[label], [line.glyphs[i] for i in own]
    step = _step(digits)
    if not step:
        return
    steps = [_apart(a, b) / step for a, b in pairwise((before, *digits))]
    shown = folded("".join(glyph.char for glyph in digits))
    if found := min(_ways(steps, shown), key=partial(_misfit, steps), default=None):
        room = steps[0] - (before.quad.width() / step + 1) / 2
        whole = _whole(digits, found[1], _where(steps, found, room), step)
        yield _sighting(whole, line, own)


def _sighting(whole: Sequence[Glyph], line: Line, own: Sequence[int]) -> Sighting:
    """Of all digits but the last four, whether they are read or not."""
    laid = tuple(_with_separators(whole, line, own))
    at = [i for i, glyph in enumerate(laid) if glyph in whole]
    hide, keep = tuple(at[:-LAST_FOUR]), tuple(at[-LAST_FOUR:])
    pan = Pan(folded("".join(glyph.char for glyph in whole)))
    return Sighting(Match(RULE_MASKED, 0, len(laid), hide, keep, pan), Line(laid, "ocr"))


def _ways(steps: Sequence[float], shown: str) -> Iterator[_Way]:
    """In which grid the digits may stand, and where in it."""
    for grid in _GRIDS:
        for places in _places(steps, *grid) if len(shown) < grid[0] else ():
            begins = places[0] == 0
            if (not begins or begins_like_a_card(shown)) and grid == _grid(shown if begins else ""):
                yield grid, places


def _grid(beginning: str) -> _Grid:
    return _GRIDS[beginning[:2] in AMEX]


def _misfit(steps: Sequence[float], way: _Way) -> float:
    """How far digits stand, in steps and in all, from where they would with usual blanks."""
    (_, blanks), places = way
    usual = (b - a + _USUAL * _parted(a, b, blanks) for a, b in pairwise(places))
    return sum(abs(long - step) for long, step in zip(steps[1:], usual, strict=True))


def _with_separators(whole: Sequence[Glyph], line: Line, own: Sequence[int]) -> Iterator[Glyph]:
    """The number's digits, with what is printed between two that are read and are neighbours."""
    behind = {line.glyphs[a]: line.glyphs[a + 1 : b] for a, b in pairwise(own)}
    for glyph, after in pairwise((*whole, whole[-1])):
        yield glyph
        if HIDDEN not in (glyph.char, after.char) and glyph is not after:
            yield from (one for one in behind[glyph] if not one.char.isalnum())


def stand_beside_a_label(lines: Sequence[Line]) -> bool:
    """Whether digits stand on the row of a card's label that make no number: most of one may be
    there that nobody reads, as widely spaced print on a band.
    """
    rows = (_text_of(row) for row in _behind_labels(lines))
    return any(len(digits_of(row)) >= FEWEST and _DATED.isdisjoint(row) for row in rows)


def begin_beside_a_label(
    lines: Sequence[Line], taken: Sequence[Quad], spared: Sequence[str] = ()
) -> bool:
    """Whether digits that begin as a card's do stand so, none of them in a place that is `taken` by
    a number, and are not `spared`: the end of one may be hidden, or what is more.
    """
    for row in _behind_labels(lines):
        text = _text_of(row)
        is_one = len(digits_of(text)) >= SURE and _DATED.isdisjoint(text)
        if is_one and is_open_beginning(row, taken, spared):
            return True
    return False


def is_open_beginning(
    glyphs: Sequence[Glyph], taken: Sequence[Quad], spared: Sequence[str]
) -> bool:
    """Whether their digits begin as a card's do, in no place that is `taken` by a number that was
    found, and have nothing in common with one of the `spared` texts.
    """
    digits = digits_of("".join(folded(glyph.char) for glyph in glyphs))
    if not begins_like_a_card(digits):
        return False
    if any(is_within(glyph.quad, quad) for glyph in glyphs for quad in taken):
        return False
    told = (plain for wish in spared if (plain := bare(wish)))
    return not any(wish in digits or digits in wish for wish in told)


def stand_in_part(lines: Sequence[Line], spared: Sequence[str] = ()) -> bool:
    """Whether a reader sees a card's groups without a digit at an end, other than `spared` ones."""
    return any(line.seen_by == "ocr" and lack_ends(line.text, spared) for line in lines)


def _behind_labels(lines: Sequence[Line]) -> Iterator[list[Glyph]]:
    """What stands on the row of each card's label, behind it."""
    seen = [line for line in lines if line.seen_by == "ocr"]
    glyphs = [glyph for line in seen for glyph in line.glyphs if not glyph.char.isspace()]
    for line in seen:
        for start, end in card_spans(line.text):
            label = line.glyphs[start].quad.to(line.glyphs[end - 1].quad)
            placed = [(label.place_of(glyph.quad.centre()), glyph) for glyph in glyphs]
            behind = [
                (x, glyph)
                for (x, y), glyph in placed
                if x > label.width() and 0 <= y <= label.height()
            ]
            yield [glyph for _, glyph in sorted(behind, key=itemgetter(0))]


def _text_of(glyphs: Iterable[Glyph]) -> str:
    """Without the colon that belongs to the label."""
    return "".join(folded(glyph.char) for glyph in glyphs).lstrip(_COLONS)


def believed(seen: Sequence[Sighting]) -> Iterator[Sighting]:
    """Without what takes the last four of such a number for a group of another one, by its grouping
    or label alone.
    """
    kept = {id(glyph) for one in seen if _is_partly_read(one) for glyph in _kept(one)}
    for one in seen:
        hides = (one.line.glyphs[i] for i in one.match.hide)
        is_weak = one.match.rule in (RULE_GROUPED, RULE_LABELLED)
        is_other = is_weak and any(id(glyph) in kept for glyph in hides)
        if not is_other:
            yield one


def is_unread(glyph: Glyph) -> bool:
    """Whether it stands for a digit that nobody read; a printed question mark has a score."""
    return glyph.char == HIDDEN and glyph.score == NOT_READ


def _is_partly_read(one: Sighting) -> bool:
    return any(map(is_unread, one.line.glyphs))


def _kept(one: Sighting) -> Iterator[Glyph]:
    return (one.line.glyphs[i] for i in one.match.keep)


def not_blank(seen: Iterable[Sighting], pixels: Pixels) -> Iterator[Sighting]:
    """Without those of a few digits that have nothing but paper where the others would stand."""
    for one in seen:
        others = [glyph.quad for glyph in one.line.glyphs if is_unread(glyph)]
        read = len(one.match.hide) + len(one.match.keep) - len(others)
        if not others or read >= SURE or _inked(others, pixels) >= INKED:
            yield one


def _inked(quads: Sequence[Quad], pixels: Pixels) -> float:
    """In how many of these places, of all, there is something."""
    height, width = pixels.shape[:2]
    boxes = (np.clip(np.round(quad.box()), 0, (width, height) * 2).astype(int) for quad in quads)
    parts = [pixels[top:bottom, left:right] for left, top, right, bottom in boxes]
    return float(np.mean([part.size > 0 and int(np.ptp(part)) >= PALE for part in parts]))


def _step(digits: Sequence[Glyph]) -> float:
    """From the middle of one digit to that of the next, where nothing is between."""
    return float(np.median([_apart(a, b) for a, b in pairwise(digits)]))


def _apart(one: Glyph, other: Glyph) -> float:
    return math.dist(one.quad.centre(), other.quad.centre())


def _places(steps: Sequence[float], count: int, blanks: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Which digits of the number these are; `steps` from the label to each and on to the next."""
    room = max(0, math.floor(steps[0] - _LABEL) + 1)
    for first in range(min(count - len(steps), room) + 1):
        yield from _going_on((first,), steps[1:], count, blanks)


def _going_on(
    places: tuple[int, ...], steps: Sequence[float], count: int, blanks: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    """All are told when the last one is the number's last, and the last four are whole."""
    if not steps:
        if places[-LAST_FOUR:] == tuple(range(count - LAST_FOUR, count)):
            yield places
        return
    for place in range(places[-1] + 1, count - len(steps) + 1):
        between = place - places[-1]
        wide = _BLANK * _parted(places[-1], place, blanks)
        if between - _LEAST <= steps[0] <= between + wide + _MOST:
            yield from _going_on((*places, place), steps[1:], count, blanks)


def _where(steps: Sequence[float], way: _Way, room: float) -> tuple[float, ...]:
    """How many steps each digit of the number is behind the first one that is read, with blanks as
    wide as they are between those that are; in the room behind the label.
    """
    (count, blanks), places = way
    pairs = zip(steps[1:], pairwise(places), strict=True)
    wide = [(long - (b - a)) / n for long, (a, b) in pairs if (n := _parted(a, b, blanks))]
    blank = max(0.0, float(np.median(wide))) if wide else _USUAL
    first = places[0]
    ends = [place + blank * _parted(-1, place, blanks) for place in range(count)]
    whole = [end - ends[first] for end in ends]
    share = max(0.0, room) / max(-whole[0], 1e-6)
    stretched = share if share < _ROOMY else 1.0
    return tuple(stretched * end if end < 0 else end for end in whole)


def _parted(before: int, place: int, blanks: Sequence[int]) -> int:
    """How many blanks are between two digits."""
    return sum(before < blank <= place for blank in blanks)


def _whole(
    digits: Sequence[Glyph], places: Sequence[int], where: Sequence[float], step: float
) -> tuple[Glyph, ...]:
    """A glyph for each digit of the number: one that is not read lies between its neighbours, or
    before the first one.
    """
    known = dict(zip(places, digits, strict=True))
    return tuple(known.get(i) or _unread(i, known, where, step) for i in range(len(where)))


def _unread(place: int, known: dict[int, Glyph], where: Sequence[float], step: float) -> Glyph:
    after = min(other for other in known if other > place)
    before = max((other for other in known if other < place), default=None)
    quad = known[after].quad
    if before is None:
        along = np.subtract(quad.tr, quad.tl) / max(quad.width(), 1e-6)
        return Glyph(HIDDEN, quad.moved(*((where[place] - where[after]) * step * along)), NOT_READ)
    share = (where[place] - where[before]) / (where[after] - where[before])
    start, end = known[before].quad.array(), quad.array()
    return Glyph(HIDDEN, Quad.from_array(start + share * (end - start)), NOT_READ)
