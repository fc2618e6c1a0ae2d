"""Numbers of a page of which something hides digits from the readers, or that break anywhere over
lines, told by the last fours that the document names elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from prepdoc.agreeing import Sighting
from prepdoc.finding.bubbles import in_bubbles
from prepdoc.finding.pieces import in_pieces
from prepdoc.finding.quads import Page, number_of
from prepdoc.finding.sightings import assembled_by_reader
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import CardNumber, Line, Quad
from prepdoc.pan import Pan, bare, holed, is_proven
from prepdoc.pan.number import HIDDEN, IIN_DIGITS, LAST_FOUR

_SHORTEST = 13
"""Digits of the shortest number in use, but for Maestro's."""


def holed_in(lines: Sequence[Line], last_fours: Collection[str]) -> frozenset[Pan]:
    """As they are read."""
    return frozenset(one.match.pan for one in _seen(lines, last_fours))


def with_holed(
    page: Page,
    numbers: Sequence[CardNumber],
    lines: Sequence[Line],
    last_fours: Collection[str],
    spared: Sequence[str],
) -> Iterator[CardNumber]:
    """The numbers, and those with a hole of which the others leave digits; but `spared` texts."""
    yield from numbers
    quads = [quad for number in numbers for quad in (*number.mask, *number.keep)]
    wishes = [plain for wish in spared if (plain := bare(wish))]
    for one in _seen(lines, last_fours):
        if any(wish in one.match.pan.digits for wish in wishes):
            continue
        missing = _missing_first(one)
        if missing or not all(_is_in(one, i, quads) for i in one.match.hide):
            yield _from_its_beginning(number_of(page, one), one, missing)


def _missing_first(one: Sighting) -> int:
    """How many digits its first group lacks, where all others are groups of four."""
    text = one.line.text[one.match.start : one.match.end]
    first, *others = map(len, re.findall(r"\d+", text))
    return max(0, LAST_FOUR - first) if set(others) == {LAST_FOUR} else 0


def _from_its_beginning(number: CardNumber, one: Sighting, missing: int) -> CardNumber:
    """With the place of the digits that are missing before it."""
    if not (missing and number.mask):
        return number
    begin, *rest = number.mask
    lacking = missing * one.line.glyphs[one.match.hide[0]].quad.width()
    return replace(number, mask=(begin.part(-lacking / begin.width(), 1.0), *rest))


def _seen(lines: Sequence[Line], last_fours: Collection[str]) -> Iterator[Sighting]:
    """With holes, and in pieces over several lines."""
    whole = assembled_by_reader(lines)
    for line in whole:
        yield from (Sighting(match, line) for match in holed(line.text, last_fours))
    for reader in ("text", "ocr"):
        own = [line for line in whole if line.seen_by == reader]
        yield from in_pieces(own, last_fours)
        yield from in_bubbles(own, last_fours)


def _is_in(one: Sighting, i: int, quads: Iterable[Quad]) -> bool:
    return any(is_within(one.line.glyphs[i].quad, quad) for quad in quads)


def is_sure(pan: Pan) -> bool:
    """Whether its last four are: it is proven, or shows no more than issuers do. Of another one
    they may be a group before its last, which something hides.
    """
    most = LAST_FOUR if pan.complete else IIN_DIGITS + LAST_FOUR
    return is_proven(pan.digits) or shown(pan) <= most


def whole_where_contradicted(
    numbers: Iterable[CardNumber], last_fours: Collection[str]
) -> Iterator[CardNumber]:
    """Numbers that are too short, and do not end in the last four of the one card that is named,
    are all to be hidden: what seems to be their end is a group before it. But where their first
    group is hidden there is nothing else to miss, and among several cards it may be one more, of
    which some digits in the middle are not read.
    """
    is_one = len(last_fours) == 1
    for number in numbers:
        is_short = not is_sure(number.pan) and shown(number.pan) < _SHORTEST
        lacks_first = number.pan.digits.startswith(HIDDEN * LAST_FOUR)
        if is_short and not lacks_first and is_one and number.pan.last_four not in last_fours:
            pan = Pan(number.pan.digits + HIDDEN * LAST_FOUR)
            yield replace(number, pan=pan, mask=(*number.mask, *number.keep), keep=())
        else:
            yield number


def shown(pan: Pan) -> int:
    """How many of its digits are known."""
    return len(pan.digits) - pan.digits.count(HIDDEN)
