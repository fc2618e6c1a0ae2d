"""Parts of a page that are shown to the readers once more in another light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import beside, is_within, read_each
from prepdoc.page import Line, Pixels, Quad


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a page, H × W × 3, where its corner is, and how many digits a line of it has that
    counts.
    """

    pixels: Pixels = field(repr=False)
    left: int
    top: int
    fewest: int


def band_lines(bands: Sequence[Band], reader: Reader) -> tuple[Line, ...]:
    """What a reader reads in them with as many digits as count, in pixels of the page.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    read = read_each([band.pixels for band in bands], reader) if bands else ()
    return tuple(
        line.moved(band.left, band.top)
        for band, own in zip(bands, read, strict=True)
        for line in own
        if _digits(line) >= band.fewest
    )


def with_bands(lines: Sequence[Line], bands: Sequence[Band], reader: Reader) -> tuple[Line, ...]:
    """The lines, and those of the bands in which more digits are read than in any of them there.

    Where all of them together have fewer, only the bands' count.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    seen = [(line, _read_in(line.quad, lines)) for line in band_lines(bands, reader)]
    more = [(line, before) for line, before in seen if _digits(line) > max(before, default=0)]
    instead = [line.quad for line, before in more if _digits(line) > sum(before)]
    return (*beside(lines, instead), *(line for line, _ in more))


def _read_in(place: Quad, lines: Iterable[Line]) -> list[int]:
    """How many digits each of the lines has in a place."""
    inside = ([g for g in line.glyphs if is_within(g.quad, place)] for line in lines)
    return [sum(glyph.char.isdecimal() for glyph in own) for own in inside]


def _digits(line: Line) -> int:
    return sum(glyph.char.isdecimal() for glyph in line.glyphs)
