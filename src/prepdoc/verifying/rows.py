"""The row of each mask, with the mask in it as a person sees it: a row of `■`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from prepdoc.listing import alone, has_code
from prepdoc.page import ExpectedPage, Glyph, Line, Quad
from prepdoc.verifying.axes import Axes, glyphs_on_row
from prepdoc.verifying.matched import Finder, hidden

MASKED = "■"
_DIGIT_HEIGHTS = 0.6
"""A digit's width as a share of its line's height, in most fonts; only to count the masked ones."""
_MAX_MASKED = 16
_BLANK_HEIGHTS = 0.3
"""A narrower gap is between two characters of a word."""
_SPACE_HEIGHTS = 0.65
"""A gap holds a blank for each of these: more than three end a number (see `prepdoc.pan`)."""
_MAX_SPACES = 6
_SPACED_HEIGHTS = 0.3
"""Digits this much further apart than they are wide are letter-spaced."""
_FEWEST_SPACED = 5
"""Distances that show it."""


def in_rows(lines: Sequence[Line], page: ExpectedPage, seen: Finder) -> Iterator[Quad]:
    """Numbers of which a part is masked: the row of each mask, with the mask in it."""
    rows = {tuple(m for m in page.masks if Axes.of(mask).on_row(m)) for mask in page.masks}
    for masks in rows:
        if masks:
            glyphs = _row(masks, lines)
            yield from hidden(glyphs, seen("".join(glyph.char for glyph in glyphs)))


def in_parted_rows(
    lines: Sequence[Line], page: ExpectedPage, around: Sequence[Line] = ()
) -> Iterator[Quad]:
    """Numbers with one group in a column of its own: what stands on a row with the others.

    `around` is what any reading of the page has: where these lines are a part of it, a number is
    held against its whole column.
    """
    begun = [line for line in lines if has_code(line.text)]
    rows = [joined(on_row_of(line, lines)) for line in begun]
    others = elsewhere([line for line in around if has_code(line.text)], begun)
    own = {id(row) for row in rows}
    for match, row in alone([*rows, *others], page.spared):
        if id(row) in own:
            yield from hidden(row.glyphs, [match])


def elsewhere(around: Iterable[Line], lines: Sequence[Line]) -> list[Line]:
    """What other readings have where none of these lines is."""
    placed = [Axes.of(line.quad) for line in lines]
    return [line for line in around if lines and not any(_is_at(one, line.quad) for one in placed)]


def _is_at(axes: Axes, quad: Quad) -> bool:
    """Whether something stands on a line's row, over the line or a part of it."""
    start, end = axes.span(quad)
    return axes.on_row(quad) and start < axes.width and end > 0


def on_row_of(line: Line, lines: Iterable[Line]) -> list[Line]:
    """The lines that stand on one's row, from left to right, without second readings of a place."""
    axes = Axes.of(line.quad)
    beside = [other for other in lines if other is not line and axes.on_row(other.quad)]
    row = [line]
    for other in sorted(beside, key=lambda one: axes.span(one.quad)):
        start, end = axes.span(other.quad)
        if all(end <= left or right <= start for left, right in (axes.span(r.quad) for r in row)):
            row.append(other)
    return sorted(row, key=lambda one: axes.span(one.quad))


def joined(row: Sequence[Line]) -> Line:
    """As one line, with as many blanks as there is room for."""
    axes = Axes.of(row[0].quad)
    glyphs = list(row[0].glyphs)
    for line in row[1:]:
        gap = axes.span(line.quad)[0] - axes.span(glyphs[-1].quad)[1]
        glyphs += [*blanks(glyphs[-1].quad, gap, axes.height), *line.glyphs]
    return replace(row[0], glyphs=tuple(glyphs))


def _row(masks: Sequence[Quad], lines: Sequence[Line]) -> list[Glyph]:
    axes = Axes.of(masks[0])
    pieces = [_as_masked(mask, axes) for mask in masks]
    pieces += [[glyph] for glyph in _each_once(glyphs_on_row(axes, lines), axes)]
    pieces.sort(key=lambda piece: sum(axes.span(piece[0].quad.to(piece[-1].quad))))
    row = list(pieces[0])
    spaced = _letter_spacing(pieces, axes)
    for piece in pieces[1:]:
        gap = axes.span(piece[0].quad)[0] - axes.span(row[-1].quad)[1] - spaced
        row += blanks(row[-1].quad, gap, axes.height)
        row += piece
    return row


def _letter_spacing(pieces: Sequence[Sequence[Glyph]], axes: Axes) -> float:
    """Pixels between neighbouring digits of a row that spaces its letters."""
    digits = [piece[0] for piece in pieces if piece[0].char.isdecimal()]
    middles = [sum(axes.span(digit.quad)) / 2 for digit in digits]
    apart = [b - a - _DIGIT_HEIGHTS * axes.height for a, b in pairwise(middles)]
    spacing = float(np.median(apart)) if len(apart) >= _FEWEST_SPACED else 0.0
    return spacing if spacing > _SPACED_HEIGHTS * axes.height else 0.0


def _each_once(glyphs: Iterable[Glyph], axes: Axes) -> Iterator[Glyph]:
    """Without those that a reader saw twice in one place, as where a row is read again."""
    last: dict[str, tuple[float, float]] = {}
    for glyph in sorted(glyphs, key=lambda one: axes.span(one.quad)):
        span = axes.span(glyph.quad)
        before = last.get(glyph.char)
        if before is None or sum(span) - sum(before) >= min(
            span[1] - span[0], before[1] - before[0]
        ):
            last[glyph.char] = span
            yield glyph


def _as_masked(mask: Quad, axes: Axes) -> list[Glyph]:
    """As many `■` as digits have room in the mask."""
    start, end = axes.span(mask)
    count = int(np.clip(round((end - start) / (_DIGIT_HEIGHTS * axes.height)), 1, _MAX_MASKED))
    left, right = mask.array()[[0, 3]], mask.array()[[1, 2]]
    edges = [left + (right - left) * i / count for i in range(count + 1)]
    return [
        Glyph(MASKED, Quad.from_array(np.array([a[0], b[0], b[1], a[1]])))
        for a, b in pairwise(edges)
    ]


def blanks(before: Quad, gap: float, height: float, least: float = _BLANK_HEIGHTS) -> list[Glyph]:
    """As many as have room in a gap of so many pixels behind a character; none below `least`."""
    if gap < least * height:
        return []
    count = int(np.clip(round(gap / (_SPACE_HEIGHTS * max(height, 1.0))), 1, _MAX_SPACES))
    return [Glyph(" ", before)] * count
