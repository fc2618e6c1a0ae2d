"""Fifth check: what the recipient asks for can still be read on the output page.

A place is first looked up in what was read of the whole page; only where it is missing there, it
is cut out, enlarged and read again, by one reader and then the other.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby, pairwise

import numpy as np

from prepdoc.comparing import as_it_looks
from prepdoc.ocr import Reader
from prepdoc.page import ExpectedPage, Glyph, Line, Pixels, Quad
from prepdoc.pan.number import LAST_FOUR
from prepdoc.verifying.axes import Axes, digits_between
from prepdoc.verifying.views import edged, filled, grown, view

LEGIBLE = 0.8
"""The share of characters in which a text as read agrees with the text as drawn (difflib's ratio,
NFKC, without blanks): PP-OCR and Tesseract misread one Japanese character in ten at most."""
_READ_HEIGHT_PX = 48
"""Height that a line is brought to: digits of some 32 px, which both engines like best."""
_MAX_ENLARGEMENT = 6.0
_MARGIN_HEIGHTS = 0.8
_CLEAR, _ALIKE = 3, 2
"""Digits that are a reading at all, and that agree with the last four where those are misread."""
_MAX_PAINTED_PX = 1.5
"""Columns of a character's ink that a mask's edge may take: less than a digit's stem."""
_MIN_CONTRAST = 40
"""Grey levels between the darkest and the palest pixel where digits can be; less is bare paper."""
_MAX_APART = 4.0
"""Grey levels (of 255), on average, that JPEG at quality 90 changes digits by."""
_PART, _PART_SLACK = 0.8, 0.1
"""Part of a last four's place that holds three of its digits, where another number's group has
four; and heights by which it is exceeded."""
_STEP = 1.2
"""Times the usual distance of a number's digits from which on there is a blank between two."""
_BETWEEN, _FOOT = 0.04, 0.2
"""Part of a last four's width that its own last digit may reach beyond it, and of its height that
every digit stands in and no footnote's mark does."""
_PLACE_HEIGHTS = 0.6
"""How far outside its quad a glyph may be read and still belong to it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One output page as it is read: its pixels with masks blanked, who reads, what was read."""

    pixels: Pixels = field(repr=False)
    page: ExpectedPage = field(repr=False)
    readings: tuple[tuple[Line, ...], ...] = field(repr=False)
    readers: tuple[Reader, ...]
    """The verifier first, and then the finder."""
    letters: tuple[Reader, ...]
    """Who reads names and addresses, in any of the languages that stamps are in."""


def unread_last_fours(sight: Sight) -> int:
    """How many of the last fours cannot be read in their places.

    One that no mask or stamp has touched is as legible as it was, also where print is too small or
    too boxed in for the readers. Neighbouring places with the same digits may be parts of one
    number (`123 4`, or two lines).
    """
    groups = groupby(sight.page.last_fours, key=lambda last: last[0])
    return sum(_unread(sight, digits, [quad for _, quad in group]) for digits, group in groups)


def _unread(sight: Sight, digits: str, quads: Sequence[Quad]) -> int:
    for lines in sight.readings:
        parts = [_digits(_text_at(quad, lines, slack_heights=0.1)) for quad in quads]
        if "".join(parts) == digits:
            return 0
    return sum(not _is_read(sight, digits, quad) for quad in quads)


def shows_last_four_only(sight: Sight, quad: Quad) -> bool:
    """Whether digits were read in a part of a last four's place, of which a close look shows those
    four and nothing beside them: a reader made six digits of four.
    """
    for digits, keep in sight.page.last_fours:
        axes = Axes.of(keep)
        (start, end), slack = axes.span(quad), _PART_SLACK * axes.height
        inside = axes.on_row(quad) and -slack <= start and end <= axes.width + slack
        if inside and end - start <= _PART * axes.width:
            return any(_digits(text) == digits for text in _read_again(sight, keep, sight.readers))
    return False


def digits_too_many(sight: Sight, lines: Sequence[Line]) -> Iterator[Quad]:
    """The first of five digits that two readers see in a last four's place: one was read for two,
    or the number goes on.

    `lines` are one's, the other takes a close look. What is read further behind the four is no
    digit of theirs, and a one may be a wall between them.
    """
    for digits, keep in sight.page.last_fours:
        axes = Axes.of(keep)
        read = digits_between(lines, axes, 0.0, axes.width)
        told = "".join(glyph.char for glyph in read)
        is_theirs = not told.startswith(digits) or (_goes_on(read) and not _is_raised(sight, keep))
        more = len(told) == len(digits) + 1 and is_theirs
        if more and told.replace("1", "") != digits.replace("1", ""):
            again = _read_again(sight, keep, sight.readers[1:])
            if any(_digits(text) == told for text in again):
                yield read[0].quad


def _goes_on(digits: Sequence[Glyph]) -> bool:
    """Whether the last one is as far from the one before as these are from each other."""
    middles = [glyph.quad.centre() for glyph in digits]
    *steps, last = (math.dist(one, other) for one, other in pairwise(middles))
    return last <= _STEP * float(np.median(steps))


def _is_raised(sight: Sight, keep: Quad) -> bool:
    """Whether what stands right behind a last four ends above its foot, as a footnote's mark does
    and no digit of the number.
    """
    behind = keep.part(1.0 + _BETWEEN, 1.0 + 1 / LAST_FOUR)
    box = left, top, right, bottom = grown(behind, 0, 0, sight.pixels)
    here = sight.page.source[top:bottom, left:right]
    paper = np.median(here, axis=(0, 1))
    ink = filled([behind], box) & (np.abs(here - paper).max(axis=2) >= _MIN_CONTRAST)
    return bool(ink.any()) and not (ink & filled([_foot_of(behind)], box)).any()


def _foot_of(quad: Quad) -> Quad:
    tl, tr, br, bl = quad.array()
    corners = (bl + _FOOT * (tl - bl), br + _FOOT * (tr - br), br, bl)
    return Quad.from_array(np.stack(corners))


def _is_read(sight: Sight, digits: str, quad: Quad) -> bool:
    if any(digits in _digits(_text_at(quad, lines)) for lines in sight.readings):
        return True
    readings = []
    for text in _read_again(sight, quad, sight.readers):
        readings.append(_digits(text))
        if digits in readings[-1]:
            return True
    is_clear = _has_ink(sight, quad) and _is_as_it_was(sight, quad)
    return is_clear and not _are_others(readings, digits) and not _lacks_first(sight, digits, quad)


def _lacks_first(sight: Sight, digits: str, quad: Quad) -> bool:
    """Whether both readers see all but the first, which then stands under the mask beside it, in
    its place or around it: what stands behind it may be digits too.
    """
    for slack in (_PART_SLACK, _PLACE_HEIGHTS):
        seen = [_digits(_text_at(quad, lines, slack_heights=slack)) for lines in sight.readings]
        seen = [read for read in seen if read]
        if len(seen) > 1 and set(seen) == {digits[1:]}:
            return True
    return False


def _are_others(readings: Iterable[str], digits: str) -> bool:
    """Whether the readers saw other digits, none of them the same ones badly."""
    clear = [read for read in readings if len(read) >= _CLEAR]
    return bool(clear) and max(_agreeing(read, digits) for read in clear) < _ALIKE


def _agreeing(read: str, digits: str) -> int:
    """Length of the longest common subsequence: difflib looks for common blocks, and may find one
    that shuts the others out."""
    row = [0] * (len(digits) + 1)
    for char in read:
        above = row
        row = [0]
        for i, wanted in enumerate(digits):
            row.append(above[i] + 1 if char == wanted else max(row[i], above[i + 1]))
    return row[-1]


def _has_ink(sight: Sight, quad: Quad) -> bool:
    left, top, right, bottom = grown(quad, 0, 0, sight.pixels)
    return bool(np.ptp(sight.page.source[top:bottom, left:right]) >= _MIN_CONTRAST)


def _is_as_it_was(sight: Sight, quad: Quad) -> bool:
    """Whether no ink in the quad was painted over; encoders change it a bit."""
    box = grown(quad, 0, 0, sight.pixels)
    left, top, right, bottom = box
    here, there = (p[top:bottom, left:right] for p in (sight.pixels, sight.page.source))
    inside, painted = filled([quad], box), filled(sight.page.masks, box)
    clear = inside & ~edged(painted)
    if not clear.any():
        return False
    paper = np.median(there[clear], axis=0)
    inked = np.abs(there - paper).max(axis=2) >= _MIN_CONTRAST
    lost = int((painted & inside & inked).sum())
    changed = np.abs(here[clear].astype(np.int16) - there[clear]).mean()
    return lost <= _MAX_PAINTED_PX * quad.height() and bool(changed <= _MAX_APART)


def unread_stamp_lines(sight: Sight) -> int:
    """How many lines of the stamps cannot be read."""
    lines = [line for stamp in sight.page.stamps for line in stamp.lines]
    return sum(not _is_legible(sight, line, sight.letters) for line in lines if line.glyphs)


def unread_near(sight: Sight) -> int:
    """How many of the lines near masks cannot be read any more.

    Where nothing was painted on a character it is as legible as it was, whatever the file says
    that it is.
    """
    lines = [line for line in sight.page.near if line.glyphs]
    return sum(
        not (_is_untouched(sight, line) or _is_legible(sight, line, sight.letters))
        for line in lines
    )


def _is_untouched(sight: Sight, line: Line) -> bool:
    inked = (glyph for glyph in line.glyphs if glyph.char.isalnum())
    return all(_is_as_it_was(sight, glyph.quad) for glyph in inked)


def _is_legible(sight: Sight, line: Line, readers: Sequence[Reader]) -> bool:
    wanted = as_it_looks(line.text)
    quad = line.quad
    if not wanted or any(_alike(wanted, _text_at(quad, lines)) for lines in sight.readings):
        return True
    return any(_alike(wanted, text) for text in _read_again(sight, quad, readers))


def _alike(wanted: str, read: str) -> bool:
    matcher = SequenceMatcher(None, wanted, as_it_looks(read), autojunk=False)
    return matcher.ratio() >= LEGIBLE


def _read_again(sight: Sight, quad: Quad, readers: Iterable[Reader]) -> Iterator[str]:
    """What each reader reads in a quad, upright and enlarged; the next one only if needed."""
    height = max(1.0, quad.height())
    margin = _MARGIN_HEIGHTS * height
    box = grown(quad, margin, margin, sight.pixels)
    factor = min(_MAX_ENLARGEMENT, _READ_HEIGHT_PX / height)
    cut = view(sight.pixels, box, quad.turn(), factor)
    for reader in readers:
        yield _text_at(quad, [cut.back(line) for line in reader.read(cut.pixels)])


def _text_at(quad: Quad, lines: Iterable[Line], slack_heights: float = _PLACE_HEIGHTS) -> str:
    """What of the lines stands in a quad, from its start to its end."""
    axes = Axes.of(quad)
    slack = slack_heights * axes.height
    found = [
        (place, glyph.char)
        for line in lines
        for glyph in line.glyphs
        if axes.on_row(glyph.quad)
        and -slack <= (place := sum(axes.span(glyph.quad)) / 2) <= axes.width + slack
    ]
    return "".join(char for _, char in sorted(found))


def _digits(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())
