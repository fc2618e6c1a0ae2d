"""What engines read only when it is set anew: digits in cells, in columns or far apart, print of
dots, print on or under coloured ink, print on bars, under covers that let it through, and struck
out.

It is looked for once on a picture, while the engines read the rest, and read by any number of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from prepdoc.ocr import Reader
from prepdoc.ocr.alone import turned
from prepdoc.ocr.bands import Band, with_bands
from prepdoc.ocr.bars import bar_bands
from prepdoc.ocr.cells import cell_sets, in_cells, with_cells
from prepdoc.ocr.columns import column_sets, down_columns, with_columns
from prepdoc.ocr.covers import covers
from prepdoc.ocr.dots import DotRow, dot_rows, with_dots
from prepdoc.ocr.scribbles import tangles
from prepdoc.ocr.spaced import in_groups, spaced_on, spaced_sets, with_spaced
from prepdoc.ocr.struck import struck
from prepdoc.ocr.tinted import tinted_bands
from prepdoc.ocr.typesetting import Set, away_from_paper, read_sets
from prepdoc.page import Line, Pixels, Quad


@dataclass(frozen=True, slots=True)
class Scattered:
    """Of one picture what stands in cells, columns, far apart, in dots, and in the bands with
    coloured ink, on bars, under covers or struck out; and where print is `covered`, but shows,
    lines strike it out, or a pen's ink is in tangles.
    """

    cells: tuple[Set, ...] = field(repr=False)
    columns: tuple[Set, ...] = field(repr=False)
    spaced: tuple[Set, ...] = field(repr=False)
    dots: tuple[DotRow, ...] = field(repr=False)
    bands: tuple[Band, ...] = field(repr=False)
    covered: tuple[Quad, ...]
    struck: tuple[Quad, ...]
    tangles: tuple[Quad, ...]
    is_crossed: bool
    """Whether any line runs through print or touches it."""


def scattered(pixels: Pixels) -> Scattered:
    """What stands so on a picture; nothing is read yet."""
    away = away_from_paper(pixels)
    pages, under, bars = turned(pixels, away), covers(pixels, away), bar_bands(pixels, away)
    lines = struck(pixels, away)
    return Scattered(
        cell_sets(pixels, away),
        column_sets(pages),
        (*spaced_sets(pages), *spaced_on(bars)),
        dot_rows(away),
        (
            *tinted_bands(pixels),
            *(one.band for one in lines),
            *bars,
            *(cover.band for cover in under),
        ),
        tuple(cover.print for cover in under),
        tuple(one.place for one in lines if one.is_through),
        tangles(pixels, away),
        bool(lines),
    )


def with_scattered(lines: Sequence[Line], found: Scattered, reader: Reader) -> tuple[Line, ...]:
    """The lines, but what is scattered as it is read when it is set anew.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    seen = with_columns(with_cells(lines, found.cells, reader), found.columns, reader)
    seen = with_dots(with_spaced(seen, found.spaced, reader), found.dots, reader)
    return with_bands(seen, found.bands, reader)


def set_lines(found: Scattered, reader: Reader) -> tuple[tuple[Line, ...], ...]:
    """What a reader reads in cells, in columns and far apart, all of it on one sheet.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    read = iter(read_sets((*found.cells, *found.columns, *found.spaced), reader))
    cells = in_cells(islice(read, len(found.cells)))
    return cells, down_columns(islice(read, len(found.columns))), in_groups(read)
