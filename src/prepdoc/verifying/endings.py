"""Last fours that stay → digits too many beside them, and numbers that go on behind them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from prepdoc.ocr.typesetting import is_within
from prepdoc.page import ExpectedPage, Glyph, Line, Quad
from prepdoc.pan import Pan, luhn
from prepdoc.verifying.axes import Axes, digits_between

_CROWDED = 2
"""So many digits more are read in the place of a last four than it has room for."""
_BEFORE_FIRST = 0.06
"""Part of a last four's place; its first digit's middle is at 0.12, read as much off at most."""
_PROVEN = 15
"""Digits of the shortest number that a reader does not make of three groups of four."""
_MOST_USUAL = 16
_USUAL = {"American Express": 15, "Diners Club": 14}
"""Digits of a number, in most cards and in those that have fewer."""
_UNEVEN = 0.35
"""Part of a step by which digits in cells stand nearer or further, as readers' boxes do."""
_NEXT_GROUP_HEIGHTS, _NEXT_GROUP_STEPS = 1.0, 2.5
"""A card's groups are less than this apart."""
_FOUR_MORE = re.compile(r"[ -]?((?!19|20)\d{4})(?![\d,.:/年月日円-])")
_NO_LAST_MONTH = re.compile(rf"(?![ -]?(?:0[1-9]|1[0-2])[23]\d){_FOUR_MORE.pattern}")
"""The same, but for a card's last month (0929): it stands behind a whole number."""


def beside_last_fours(
    lines: Sequence[Line], page: ExpectedPage, marks: Sequence[Quad] = ()
) -> Iterator[Quad]:
    """A fifth digit between a mask and the last four, whatever it is; but what is read of the
    issuer's `marks`, which are proven to be none.
    """
    for digits, quad in page.last_fours:
        axes = Axes.of(quad)
        ends = [axes.span(mask)[1] for mask in page.masks if axes.on_row(mask)]
        before = [end for end in ends if end <= axes.width / 2]
        if before:
            read = digits_between(lines, axes, max(before), axes.width)
            shown = [g for g in read if not any(is_within(g.quad, mark) for mark in marks)]
            yield from (glyph.quad for glyph in _too_many(shown, digits, axes))


def _too_many(read: Sequence[Glyph], digits: str, axes: Axes) -> Sequence[Glyph]:
    """Those before the last four; what stands behind them is another character, misread.

    A one between them that stands in their own place is a rule between two cells. Where more are
    read there than have room, as of digits that stand far apart, none of these is one before them.
    """
    if "".join(glyph.char for glyph in read).startswith(digits):
        return ()
    spare = read[: max(0, len(read) - len(digits))]
    if not _in_order(digits, "".join(glyph.char for glyph in read)):
        inside = [g for g in read if 0 <= sum(axes.span(g.quad)) / 2 <= axes.width]
        crowded, start = len(inside) >= len(digits) + _CROWDED, axes.width * _BEFORE_FIRST
        return [g for g in spare if not crowded or sum(axes.span(g.quad)) / 2 < start]
    return [glyph for glyph in spare if sum(axes.span(glyph.quad)) < 0]


def _in_order(wanted: str, read: str) -> bool:
    """Whether all wanted characters are read in their order, perhaps with others between."""
    rest = iter(read)
    return all(char in rest for char in wanted)


def kept_too_early(
    lines: Sequence[Line], page: ExpectedPage, known: Sequence[Pan]
) -> Iterator[Quad]:
    """Last fours behind which a number goes on with four digits more: they are not its last.

    A reader that doubles a digit makes thirteen of the first twelve, which some cards have. Years
    stand behind a number too; what the issuer hid itself, with another number behind it, may.
    """
    for digits, quad in unsure_last_fours(page, known):
        axes = Axes.of(quad)
        more = _NO_LAST_MONTH if _are_last(digits, known, _is_usual) else _FOUR_MORE
        if _goes_on(lines, digits, axes, more):
            yield quad
    for digits, quad in page.last_fours:
        axes = Axes.of(quad)
        spaced = is_spaced(digits, axes) and _is_beside_mask(page, axes, axes.height)
        if spaced and not _are_last(digits, known, _is_usual) and _has_next(lines, axes):
            yield quad


def _is_beside_mask(page: ExpectedPage, axes: Axes, reach: float) -> bool:
    ends = [axes.span(mask)[1] for mask in page.masks if axes.on_row(mask)]
    return any(-reach <= end <= axes.width / 2 for end in ends)


def _has_next(lines: Sequence[Line], axes: Axes) -> bool:
    """Whether one more digit stands behind digits far apart, as far from them as they are.

    Of sixteen in cells, of which a reader misses the last, one row in ten passes Luhn.
    """
    read = digits_between(lines, axes, 0.0, axes.width)
    middles = [sum(axes.span(glyph.quad)) / 2 for glyph in read]
    steps = [b - a for a, b in pairwise(middles) if b - a > axes.height]
    if not steps:
        return False
    step = float(np.median(steps))
    further = digits_between(lines, axes, middles[-1] + (1 - _UNEVEN) * step, math.inf)
    return any(sum(axes.span(g.quad)) / 2 <= middles[-1] + (1 + _UNEVEN) * step for g in further)


def unsure_last_fours(page: ExpectedPage, known: Sequence[Pan]) -> Iterator[tuple[str, Quad]]:
    """Those beside a mask which end no number that is proven: they may be digits in its middle."""
    for digits, quad in page.last_fours:
        axes = Axes.of(quad)
        is_beside = _is_beside_mask(page, axes, _to_next_group(digits, axes))
        if is_beside and not _are_last(digits, known, _is_long):
            yield digits, quad


def _to_next_group(digits: str, axes: Axes) -> float:
    """How far the next group of a number begins behind this one, at most."""
    step = axes.width / len(digits)
    return (
        _NEXT_GROUP_STEPS * step if is_spaced(digits, axes) else _NEXT_GROUP_HEIGHTS * axes.height
    )


def is_spaced(digits: str, axes: Axes) -> bool:
    """Whether its digits stand further apart than they are high."""
    return axes.width > len(digits) * axes.height


def ends_proven(digits: str, known: Iterable[Pan]) -> bool:
    """Whether they are the last of a number that is proven, and as long as its brand's are."""
    return _are_last(digits, known, _is_usual)


def _are_last(digits: str, known: Iterable[Pan], is_whole: Callable[[Pan], bool]) -> bool:
    """Whether a number that is proven ends in these digits: behind it another one may stand."""
    ending = (pan for pan in known if pan.complete and pan.digits.endswith(digits))
    return any(is_whole(pan) and pan.brand and luhn(pan.digits) for pan in ending)


def _is_long(pan: Pan) -> bool:
    """Of twelve digits and one that is doubled one in ten passes Luhn, but none is so long."""
    return len(pan.digits) >= _PROVEN


def _is_usual(pan: Pan) -> bool:
    """Whether a number is as long as its brand's are; Maestro's may have any length."""
    return pan.brand != "Maestro" and len(pan.digits) == _USUAL.get(pan.brand or "", _MOST_USUAL)


def _goes_on(lines: Sequence[Line], digits: str, axes: Axes, more: re.Pattern[str]) -> bool:
    """Whether one blank or hyphen further four digits stand, and nothing that makes them a date.

    Behind the last four as they are read, for their place may reach over the next digit, or else
    behind their place. Of digits that are spaced out blanks say nothing.
    """
    reach, spaced = _to_next_group(digits, axes), is_spaced(digits, axes)
    for line in lines:
        told = [g for g in line.glyphs if not (spaced and g.char.isspace())]
        glyphs = [g for g in told if axes.on_row(g.quad) and sum(axes.span(g.quad)) > 0]
        begins = "".join(glyph.char for glyph in glyphs).startswith(digits)
        after = [g for g in glyphs if sum(axes.span(g.quad)) / 2 > axes.width]
        behind = glyphs[len(digits) :] if begins else after
        text = "".join(glyph.char for glyph in behind)
        found = more.match(text)
        if found and axes.span(behind[found.start(1)].quad)[0] - axes.width <= reach:
            return True
    return False
