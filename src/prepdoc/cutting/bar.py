"""A strip whose line stands on a bar → the same with the bar's colour all around."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from prepdoc.cutting.frame import BETWEEN, margin_of
from prepdoc.cutting.ink import MIDDLE, RULE
from prepdoc.ocr.typesetting import away_from, paper_of
from prepdoc.page import Pixels

OUTSIDE = 48
"""Difference from a bar's colour, of 255, of what lies around the bar."""
SHADES = 16
"""Levels, of 255, that grain makes of one colour."""
MOST_BESIDE, MOST_BLURRED = 0.5, 0.65
"""Part of a bar, where digits stand, that is not of its colour; and of one whose colour is the most
frequent, as of a marker's stroke under blurred digits. Of what lies between small print and its
paper nearly all is another."""
BLANKS = 0.2
"""Part of the columns between groups that may show the paper around a marker's stroke."""
CORE = 0.35
"""Part of the strip's height above and below its middle, where it is all bar if it is on one."""
PARTED = 0.05
"""Part of the strip's height that is blank at least between a bar and the next row of text."""


def on_its_bar(strip: Pixels, under: NDArray[np.bool_], enlarged: float) -> Pixels:
    """The strip with what lies around a bar, on which the line stands, in the bar's own colour.

    Else the paper that is seen around a tight bar would be the page's, and the bar's edges ink.
    """
    for colour, most in _bar_colours(strip, under, enlarged):
        shown = _with_bar(strip, under, colour, most)
        if shown is not None:
            return shown
    return strip


def _bar_colours(
    strip: Pixels, under: NDArray[np.bool_], enlarged: float
) -> Iterator[tuple[NDArray[np.uint8], float]]:
    """What may be a bar's colour, and which part of it may be of others.

    It is looked for where the line stands, and then in its middle: a font's boxes may be half as
    high again as a bar, and then most of what is in them is no bar's. The last one is the most
    frequent there: blurred digits leave half of a marker's stroke, and colours between. Of tiny
    print, which is enlarged, there are more of these than of any other.
    """
    high = len(strip)
    margins = margin_of(high), round(CORE * high)
    wide, core = (strip[margin : high - margin, under] for margin in margins)
    yield paper_of(wide), MOST_BESIDE
    yield paper_of(core), MOST_BESIDE
    if enlarged < BETWEEN and not _has_blanks(strip, under):
        yield _usual(core), MOST_BLURRED


def _has_blanks(strip: Pixels, under: NDArray[np.bool_]) -> bool:
    """Whether what lies above and below the line is also seen between its groups of digits, as on
    no stroke: of bold print, blurred, the ink is the most frequent colour.
    """
    high, seen = len(strip), np.flatnonzero(under)
    margin, core = margin_of(high), round(CORE * high)
    between = np.setdiff1d(np.arange(seen[0], seen[-1]), seen)
    if not len(between):
        return False
    paper = paper_of(np.concatenate([strip[:margin], strip[-margin:]]))
    gaps = np.ascontiguousarray(strip[core : high - core, between])
    near = away_from(gaps, paper) < OUTSIDE / 2
    return bool(near.all(axis=0).mean() > BLANKS)


def _usual(pixels: Pixels) -> NDArray[np.uint8]:
    """The most frequent colour, of all that differ little from it the median."""
    coarse = (pixels // SHADES).reshape(-1, 3)
    kinds, counts = np.unique(coarse, axis=0, return_counts=True)
    near = np.abs(coarse.astype(np.int16) - kinds[counts.argmax()]).max(axis=1) <= 1
    return paper_of(pixels.reshape(-1, 1, 3)[near])


def _with_bar(
    strip: Pixels, under: NDArray[np.bool_], bar: NDArray[np.uint8], most: float
) -> Pixels | None:
    """The same for a bar of this colour, or as it is where nothing lies around it; None where more
    than so much under the digits is of another.
    """
    far = (away := away_from(strip, bar)) >= OUTSIDE
    rows = _beyond(far.mean(axis=1) > RULE)
    if not rows.any():
        return strip
    if rows.all() or (away[~rows][:, under] >= OUTSIDE / 2).mean() > most:
        return None
    columns = _aside(far[~rows].mean(axis=0) > RULE, under, _thick(strip))
    around = rows[:, None] | columns
    return np.where(around[..., None], bar, strip)


def _beyond(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The rows above and below a bar: from those on that are no bar's, whatever stands further on.

    A line that strikes digits out is in the middle, and thinner than what parts rows of text.
    """
    solid = _solid(flags, _thick(flags))
    above = np.flatnonzero(solid[: round(MIDDLE[0] * len(flags))])
    below = np.flatnonzero(solid[round(MIDDLE[1] * len(flags)) :])
    rows = _outer(flags)
    if len(above):
        rows[: above[-1] + 1] = True
    if len(below):
        rows[round(MIDDLE[1] * len(flags)) + below[0] :] = True
    return rows


def _aside(flags: NDArray[np.bool_], under: NDArray[np.bool_], thick: int) -> NDArray[np.bool_]:
    """The columns before and behind a bar, whatever else of the line stands there on paper."""
    first, past = int(under.argmax()), len(under) - int(under[::-1].argmax())
    solid, columns = _solid(flags, thick), _outer(flags)
    columns[: max(np.flatnonzero(solid[:first]), default=-1) + 1] = True
    columns[past + min(np.flatnonzero(solid[past:]), default=len(flags)) :] = True
    return columns


def _thick(strip: NDArray[np.generic]) -> int:
    """Rows, or columns, that part a bar from what stands beside it."""
    return max(2, round(PARTED * len(strip)))


def _solid(flags: NDArray[np.bool_], thick: int) -> NDArray[np.bool_]:
    """In the middle of how many in a row that are true."""
    return np.asarray(np.convolve(flags, np.ones(thick), mode="same") >= thick)


def _outer(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those that are true up to either end."""
    ahead = np.logical_and.accumulate(flags)
    return ahead | np.logical_and.accumulate(flags[::-1])[::-1]
