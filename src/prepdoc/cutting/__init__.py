"""Glyph boxes → cuts in the valleys of ink; part of finding, for a mask is as good as its cuts.

A reader's boxes are roughly right: OCR is off by up to half a digit, a font's boxes are wider or
lower than its ink. So the line is laid flat, its ink is cut into atoms at blank columns and at
valleys, and the atoms are dealt to the characters so that all of it fits best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from prepdoc.cutting.bar import on_its_bar
from prepdoc.cutting.dealing import Span, atoms_of, dealt, whole
from prepdoc.cutting.frame import Frame, as_read, frame_along, pitch_of, strip_of, under_digits
from prepdoc.cutting.ink import (
    Ink,
    Rows,
    digits_band,
    ink_of,
    sheared,
    slant_of,
    with_shade,
)
from prepdoc.page import Glyph, Line, Pixels, Quad

OFF = 0.1
"""Part of the strip's height by which its ink may lie beside its middle."""
PAD = 0.2
"""How far a box may reach into blank space beside its ink, in digit widths."""
FRINGE_PX = 1.0
"""Anti-aliased edges reach this far beyond what counts as ink, in page pixels."""


def cut(pixels: Pixels, line: Line) -> Line:
    """The line with every glyph's quad fitted to its ink, or as it was where there is no ink.

    Quads reach from cut to cut, at most `PAD` into blank space, and from the top to the bottom of
    the line's ink.
    """
    laid = _laid(pixels, line.glyphs)
    if laid is None:
        return line
    frame, ink, (top, bottom) = laid
    slant = slant_of(ink[top:bottom])
    pitch = pitch_of(line.glyphs) * frame.scale
    atoms = atoms_of(sheared(ink[top:bottom], slant), pitch)
    spans = whole(line.glyphs, dealt(line, frame, atoms, pitch), atoms, pitch)
    rows = with_shade(ink[:, under_digits(line.glyphs, frame)], (top, bottom))
    fitted = _fitted(line.glyphs, spans, frame, rows, slant, PAD * pitch)
    return replace(line, glyphs=tuple(fitted))


def _laid(pixels: Pixels, glyphs: Sequence[Glyph]) -> tuple[Frame, Ink, Rows] | None:
    """A strip along the glyphs, its ink and the rows of it; laid again where the boxes are off."""
    frame = frame_along(glyphs)
    seen = _seen(pixels, glyphs, frame)
    if seen is None:
        return None
    off = (sum(seen[1]) - frame.height) / 2
    moved = replace(frame, origin=frame.origin + off / frame.scale * frame.across)
    again = _seen(pixels, glyphs, moved) if abs(off) > OFF * frame.height else None
    return (frame, *seen) if again is None else (moved, *again)


def _seen(pixels: Pixels, glyphs: Sequence[Glyph], frame: Frame) -> tuple[Ink, Rows] | None:
    under = under_digits(glyphs, frame)
    ink = ink_of(on_its_bar(strip_of(pixels, frame), under, frame.scale))
    return None if ink is None else (ink, digits_band(ink[:, under], frame.scale))


def _fitted(
    glyphs: Sequence[Glyph],
    spans: Sequence[Span | None],
    frame: Frame,
    band: Rows,
    slant: float,
    pad: float,
) -> Iterator[Glyph]:
    fringe = FRINGE_PX * frame.scale
    for i, glyph in enumerate(glyphs):
        left, right = spans[i] or as_read(glyph, frame)
        before = max((s[1] for s in spans[:i] if s), default=left - 2 * pad)
        after = min((s[0] for s in spans[i + 1 :] if s), default=right + 2 * pad)
        left, right = left - _into(left - before, pad), right + _into(after - right, pad)
        yield replace(glyph, quad=_quad(frame, (left, right), band, fringe, slant))


def _into(gap: float, pad: float) -> float:
    """Half of a gap, at most the pad; neighbours that touch share the cut."""
    return min(max(gap, 0.0) / 2, pad)


def _quad(
    frame: Frame,
    columns: Span,
    band: Rows,
    fringe: float,
    slant: float,
) -> Quad:
    middle = (band[0] + band[1]) / 2
    top, bottom = band[0] - fringe, band[1] + fringe
    corners = ((columns[0], top), (columns[1], top), (columns[1], bottom), (columns[0], bottom))
    tl, tr, br, bl = (frame.to_page(x - slant * (y - middle), y) for x, y in corners)
    return Quad(tl, tr, br, bl)
