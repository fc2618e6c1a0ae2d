"""Marks that stand for hidden digits → ● glyphs: engines skip dots, or read them as digits.

`4111 11･･ ････ 3001` comes back as `4111 11…3001`, and a row of ● as nothing or as noughts. Beside
each line of digits, blobs that are alike and evenly spaced are taken for marks; then the line is
read again without them, so that what an engine makes of them is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from prepdoc.ocr import Reader
from prepdoc.ocr.marks.rows import FEWEST, rows_of_marks, without_feet
from prepdoc.ocr.marks.stretch import Marked, stretch_of
from prepdoc.ocr.marks.strip import Box, Strip, strip_around
from prepdoc.ocr.typesetting import beside, is_within, read_each
from prepdoc.page import Glyph, Line, Pixels, Quad
from prepdoc.pan import RULE_VALID, find

MARK = "●"
FEWEST_DIGITS = 2
"""Beside fewer no mark is looked for: an issuer shows the first two of a number, or more."""
KINDS = 4
"""Digits of so many kinds are no marks that were misread: one kind is theirs, and their neighbours
on both sides may be read in their place.
"""
LETTERS, SURE = 3, 0.95
"""Letters of so many kinds of which the reader is so sure are none either, though tiny ones are as
round and as far apart; digits beside a row are not read as letters.
"""
NEIGHBOURS = 2
"""Digits beside a row, of which readers may say that they stand in it."""
OFF = 0.6
"""Digit heights by which readers' boxes of characters are off at most, but for rare ones."""
PARTED = 0.4
"""Digit heights from a mark to what stands beside it that hold a blank."""


def with_marks(lines: Sequence[Line], pixels: Pixels, reader: Reader) -> tuple[Line, ...]:
    """The lines, with a ● for every mark beside digits, and these as they are read without marks.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    kept = tuple(lines)
    for one, read in _without_marks(lines, pixels, reader):
        kept = (*(beside(kept, [one.quad()]) if _has_all(one, read, kept) else kept), read)
    return kept


def either_way(
    lines: Sequence[Line], pixels: Pixels, reader: Reader
) -> tuple[tuple[Line, ...], ...]:
    """The same as one or two readings, none of which has a place twice.

    Where digits are lost by reading without marks, one reading has the line as it was.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    found = list(_without_marks(lines, pixels, reader))
    sure = [(one, read) for one, read in found if _has_all(one, read, lines)]
    return tuple(_instead(lines, some) for some in ([sure, found] if sure != found else [found]))


def _instead(lines: Sequence[Line], found: Sequence[tuple[Marked, Line]]) -> tuple[Line, ...]:
    places = [one.quad() for one, _ in found]
    return (*beside(tuple(lines), places), *(read for _, read in found))


def _without_marks(
    lines: Sequence[Line], pixels: Pixels, reader: Reader
) -> Iterator[tuple[Marked, Line]]:
    """Each stretch with marks beside digits, and how it is read without them."""
    found = list(_marked(lines, pixels))
    for one, seen in zip(found, read_each([one.rest for one in found], reader), strict=True):
        glyphs = _in_strip(one, seen)
        free = _free_of_digits(one.rows, glyphs)
        if any(len(row) >= FEWEST for row in free):
            sure = replace(one, rows=free)
            yield sure, _line(sure, glyphs)


def _marked(lines: Iterable[Line], pixels: Pixels) -> Iterator[Marked]:
    """The stretches of the page with digits and marks, each once."""
    seen: list[Quad] = []
    for line in lines:
        if sum(glyph.char.isdecimal() for glyph in line.glyphs) < FEWEST_DIGITS:
            continue
        if any(is_within(line.quad, place) for place in seen):
            continue
        one = _marked_line(line, pixels)
        if one is not None:
            seen.append(one.quad())
            yield one


def _marked_line(line: Line, pixels: Pixels) -> Marked | None:
    """What stands around a line's marks; None where it has none."""
    strip = strip_around(line, pixels)
    if strip is None:
        return None
    proven = _proven(line)
    likely = (row for row in rows_of_marks(strip) if _may_be_marks(row, line, strip, proven))
    rows = [row for row in (without_feet(one, strip) for one in likely) if row]
    return stretch_of(strip, rows) if any(len(row) >= FEWEST for row in rows) else None


def _proven(line: Line) -> frozenset[Glyph]:
    """Digits before the last four of a number that its check digit proves: in small bold print
    three eights are blobs as well.
    """
    matches = (match for match in find(line.text) if match.rule == RULE_VALID)
    return frozenset(line.glyphs[i] for match in matches for i in match.hide)


def _may_be_marks(row: Sequence[Box], line: Line, strip: Strip, proven: Collection[Glyph]) -> bool:
    """Whether neither digits nor letters of many kinds were read there: marks are read alike."""
    left, right = row[0][0], row[-1][2]
    places = zip(line.glyphs, strip.columns(line.glyphs), strict=True)
    there = [glyph for glyph, (a, b) in places if left <= (a + b) / 2 <= right]
    if there and all(glyph in proven for glyph in there):
        return False
    digits = {glyph.char for glyph in there if glyph.char.isdecimal()}
    letters = {g.char.casefold() for g in there if g.char.isalpha() and g.score >= SURE}
    return len(digits) < KINDS and len(letters) < LETTERS


def _in_strip(one: Marked, seen: Iterable[Line]) -> list[Glyph]:
    """What was read of a stretch without its marks, in pixels of its strip."""
    return [g for line in seen for g in line.moved(one.left, one.strip.rows[0]).glyphs]


def _free_of_digits(
    rows: Iterable[tuple[Box, ...]], read: Sequence[Glyph]
) -> tuple[tuple[Box, ...], ...]:
    """The rows in whose place digits are no longer read, but for a neighbour on each side: where
    they still are, they stood there, and what seemed to be marks are the shadows at their feet.
    """
    middles = [glyph.quad.centre()[0] for glyph in read if glyph.char.isdecimal()]
    return tuple(
        row
        for row in rows
        if sum(row[0][0] <= x <= row[-1][2] for x in middles) <= min(NEIGHBOURS, len(row) // 2)
    )


def _line(one: Marked, read: Sequence[Glyph]) -> Line:
    """What was read of a stretch, in its place, and the marks among it."""
    ends = [(row[0][0], row[-1][2]) for row in one.rows]
    clear = [g for g in read if not (g.char.isspace() and _is_in(g.quad.centre()[0], ends))]
    marks = [glyph for row in one.rows for glyph in _marks(row, one.strip.rows)]
    ordered = sorted([*clear, *marks], key=lambda glyph: glyph.quad.centre()[0])
    spaced = _spaced(ordered, one.strip.high)
    return Line(tuple(replace(glyph, quad=one.strip.placed(glyph.quad)) for glyph in spaced), "ocr")


def _is_in(x: float, ends: Iterable[tuple[float, float]]) -> bool:
    return any(left <= x <= right for left, right in ends)


def _marks(row: Sequence[Box], rows: tuple[int, int]) -> list[Glyph]:
    """A ● for each mark of a row, as high as the line, each up to the next one."""
    middles = [(left + right) / 2 for left, _, right, _ in row]
    half = (middles[1] - middles[0]) / 2 if len(row) > 1 else (row[0][2] - row[0][0]) / 2
    return [Glyph(MARK, Quad.from_box(x - half, rows[0], x + half, rows[1])) for x in middles]


def _spaced(glyphs: Sequence[Glyph], high: float) -> Iterator[Glyph]:
    """With a blank before and after marks where there is room for one."""
    yield from glyphs[:1]
    for before, glyph in pairwise(glyphs):
        gap = glyph.quad.tl[0] - before.quad.tr[0]
        if gap > PARTED * high and MARK in (before.char, glyph.char):
            yield Glyph(" ", Quad(before.quad.tr, glyph.quad.tl, glyph.quad.bl, before.quad.br))
        yield glyph


def _has_all(one: Marked, read: Line, lines: Iterable[Line]) -> bool:
    """Whether all digits that were read before, clear of the marks, are read again."""
    place = one.quad()
    marks = [one.strip.quad(_wider(box, OFF * one.strip.high)) for row in one.rows for box in row]
    before = Counter(
        glyph.char
        for glyph in (glyph for line in lines for glyph in line.glyphs)
        if glyph.char.isdecimal()
        and is_within(glyph.quad, place)
        and not any(is_within(glyph.quad, mark) for mark in marks)
    )
    return before <= Counter(read.text)


def _wider(box: Box, by: float) -> Box:
    left, top, right, bottom = box
    return left - by, top - 10 * by, right + by, bottom + 10 * by
