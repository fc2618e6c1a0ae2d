"""Ink like four digits more behind a kept last four, which no reader reads: a part of check four.

A reader that reads the beginning of a number and not its end makes a last four of digits in its
middle. What it does not read no rule sees; but it stands there, as high, as far apart and as close
behind as the digits of one number do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np

from prepdoc.page import ExpectedPage, Leak, Line
from prepdoc.pan import Pan
from prepdoc.verifying.axes import Axes
from prepdoc.verifying.endings import is_spaced, unsure_last_fours
from prepdoc.verifying.views import Region

_HEIGHT_PX = 32
"""Last fours are looked at at this height."""
_GROUP = 4
"""Digits that a card's number goes on with."""
_ROOM_HEIGHTS = 0.35
"""Above and below, where ink would be too high for the digits of this number."""
_LEAST_CONTRAST = 40
"""Grey levels (of 255) from the paper."""
_DARK = 0.5
"""And this part of how dark the last four are."""
_JOINED = ((0.12, 0.0), (0.12, 0.12))
"""Heights of gaps, across and along, that are closed within a character: of worn print, whose
neighbours may be as near as that, and of print of dots."""
_AS_HIGH = 0.15
"""Heights by which digits of one number differ, and by which their feet do."""
_AS_FAR = (0.7, 1.35)
"""Steps of the last four's digits from the middle of one digit to that of the next."""
_BLANK, _SPACED_BLANK = 2.2, 3.0
"""Steps from the last of the four to the next group's first digit; and where all are spaced out."""
_ALIKE = frozenset("oOQDIiLl|!ZzSsBbGgqAT")
"""Letters that readers make of digits; another one says that no number goes on here."""
_OF_A_DAY = "/"
"""As high as a digit: a card's last month stands right behind many numbers (09/29, /0929)."""


_Ends: TypeAlias = tuple[float, float]
"""From where to where a character reaches along the row, in pixels of the strip."""


@dataclass(frozen=True, slots=True)
class _Strip:
    """The ink of a last four, `wide` in the strip's pixels, and of what is behind."""

    ink: Region = field(repr=False)
    wide: float
    scale: float


def unread_behind(
    page: ExpectedPage, readings: Iterable[Sequence[Line]], known: Sequence[Pan]
) -> Iterator[Leak]:
    """The last fours behind which, one blank further, four unread digits stand or more.

    Only those beside a mask: what the issuer hid may have anything behind it, and so may a number
    that is proven.
    """
    read = tuple(readings)
    for digits, quad in unsure_last_fours(page, known):
        axes = Axes.of(quad)
        blank = _SPACED_BLANK if is_spaced(digits, axes) else _BLANK
        if _goes_on(page, axes, blank, read):
            yield Leak(page.number, quad)


def _goes_on(
    page: ExpectedPage, axes: Axes, blank: float, readings: Sequence[Sequence[Line]]
) -> bool:
    strip = _laid(page, axes, blank)
    for joined in _JOINED:
        found = _characters(strip, joined)
        behind = _next_group(_middles(found[:_GROUP]), found[_GROUP:], blank)
        behind = behind or _next_group(*_as_placed(strip, found), blank)
        if behind:
            ends = behind[0][0] / strip.scale, behind[-1][1] / strip.scale
            return not any(_says_otherwise(lines, axes, *ends) for lines in readings)
    return False


def _middles(found: Sequence[_Ends]) -> list[float]:
    return [(left + right) / 2 for left, right in found]


def _as_placed(strip: _Strip, found: Sequence[_Ends]) -> tuple[list[float], list[_Ends]]:
    """The middles of the last four by their place, of which ink may be missing, and the rest."""
    step = strip.wide / _GROUP
    behind = [ends for ends in found if ends[0] >= strip.wide - step / 2]
    return [step * (i + 0.5) for i in range(_GROUP)], behind


def _next_group(own: Sequence[float], behind: Sequence[_Ends], most: float) -> Sequence[_Ends]:
    """The four characters behind four with these middles, if they stand as these do, `most` steps
    away.

    The place of a last four may reach over what follows: so their own ink is measured first.
    """
    group = behind[:_GROUP]
    if len(own) < _GROUP or len(group) < _GROUP:
        return ()
    usual = float(np.median([b - a for a, b in pairwise(own)]))
    blank, *steps = ((b - a) / usual for a, b in pairwise([own[-1], *_middles(group)]))
    as_near = all(_AS_FAR[0] <= by <= _AS_FAR[1] for by in steps)
    return group if as_near and _AS_FAR[0] <= blank <= most else ()


def _says_otherwise(lines: Iterable[Line], axes: Axes, start: float, end: float) -> bool:
    """Whether a reader reads there something that is no part of a number, or the digits of one.

    What is read is judged by the rules for text.
    """
    on_row = (glyph for line in lines for glyph in line.glyphs if axes.on_row(glyph.quad))
    inside = [g.char for g in on_row if start <= sum(axes.span(g.quad)) / 2 <= end]
    letters = [char for char in inside if char.isalpha() and char not in _ALIKE]
    digits = [char for char in inside if char.isdecimal() or char in _OF_A_DAY]
    return bool(letters) or len(digits) >= _GROUP


def _laid(page: ExpectedPage, axes: Axes, blank: float) -> _Strip:
    scale, room = _HEIGHT_PX / axes.height, _ROOM_HEIGHTS * axes.height
    back = axes.flattening(0, -room, scale)
    length = axes.width * (1 + (blank + _GROUP + 1) / _GROUP)
    size = max(1, round(length * scale)), round((axes.height + 2 * room) * scale)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.BORDER_REPLICATE
    flat = cv2.warpAffine(page.source, back, size, flags=flags, borderMode=border).astype(np.int16)
    away = np.abs(flat - np.median(flat.reshape(-1, 3), axis=0)).max(axis=2)
    wide = axes.width * scale
    usual = float(np.percentile(away[:, : max(1, round(wide))], 95))
    ink = np.asarray(away >= max(_LEAST_CONTRAST, _DARK * usual))
    return _Strip(ink, wide, scale)


def _characters(strip: _Strip, join: tuple[float, float]) -> list[_Ends]:
    """From where to where what is as high as the last four's digits reaches, from left to right.

    Gaps of so many heights across and along are closed within them.
    """
    across, along = (1 + 2 * round(side * _HEIGHT_PX / 2) for side in join)
    kernel = np.ones((across, along), dtype=np.uint8)
    joined = cv2.morphologyEx(strip.ink.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    _, _, found, _ = cv2.connectedComponentsWithStats(joined)
    boxes = sorted(tuple(box[:4]) for box in found[1:].tolist())
    own = [box for box in boxes if box[0] + box[2] / 2 < strip.wide and box[3] > _HEIGHT_PX / 2]
    if not own:
        return []
    high = float(np.median([box[3] for box in own]))
    foot = float(np.median([box[1] + box[3] for box in own]))
    slack = max(2.0, _AS_HIGH * high)
    return [
        (left, left + width)
        for left, top, width, height in boxes
        if abs(height - high) <= slack and abs(top + height - foot) <= slack and width <= height
    ]
