"""Verification reads a page row by row, and what that costs grows with the page, not its square."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from prepdoc.page import ExpectedPage, Glyph, Line, Quad
from prepdoc.pan import Match, Pan, find
from prepdoc.verifying.leaking import leaks_in_text, others_in
from prepdoc.verifying.rendering import opened, rows
from prepdoc.verifying.wrapping import in_cells, in_wrapped
from tests import draw

HEIGHT, WIDE, PITCH = 20.0, 12.0, 16.0
"""Pixels: rows stand closer than their characters' boxes are high."""


def row(text: str, number: int = 0, pitch: float = PITCH) -> tuple[Glyph, ...]:
    """Characters side by side in a row of the page."""
    top = number * pitch
    boxes = (Quad.from_box(i * WIDE, top, (i + 1) * WIDE, top + HEIGHT) for i, _ in enumerate(text))
    return tuple(Glyph(char, box) for char, box in zip(text, boxes, strict=True))


def turned(glyph: Glyph, degrees: float) -> Glyph:
    """The same on a page that is turned."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return Glyph(glyph.char, glyph.quad.mapped(np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])))


@pytest.mark.parametrize("degrees", [0.0, 90.0, 180.0, 270.0])
def test_rows_that_are_taken_for_one_line_are_cut_apart(degrees: float) -> None:
    """pdfium puts a blank between them."""
    texts = ("2026/11/01 1,000", "2026/11/02 2,000", "x 3")
    whole = [turned(g, degrees) for i, text in enumerate(texts) for g in row(f"{text} ", i)]
    assert [_text(one) for one in rows(whole)] == [f"{text} " for text in texts]


def test_prints_over_each_other_are_one_row() -> None:
    """For bold, or for a shadow, a pixel lower."""
    whole = [*row("1234"), *row("1234", 1, pitch=1.0)]
    assert [_text(one) for one in rows(whole)] == ["12341234"]


def test_a_dense_page_comes_back_row_by_row(tmp_path: Path) -> None:
    texts = [f"2026/11/{day:02} {1000 + day}" for day in range(1, 29)]
    lines = [draw.Text(text, (20, 30 + 6 * i), 8) for i, text in enumerate(texts)]
    path = tmp_path / "dense.pdf"
    path.write_bytes(draw.statement_pdf([draw.Sheet(items=lines, size=(300, 300))]).data)
    with opened(path, is_pdf=True) as written:
        read = [line.text.strip() for line in written.text(1, 300, 300)]
    assert read == texts


def test_what_is_looked_at_grows_with_a_row_and_not_with_its_square() -> None:
    """Cells of five digits, on two rows."""
    once, twice = (_looked_at("49801  " * cells) for cells in (45, 90))
    assert 0 < twice < 3 * once


def test_a_number_over_a_break_is_seen_in_rows_of_any_length() -> None:
    """Its second half stands below its first one, amid cells."""
    number = draw.grouped(draw.pan("mastercard", seed=3))
    upper = "12,345 " * 60 + f"X {number[:9]}"
    lower = "X".ljust(len(upper) - 9) + f"{number[10:]} X" + " 12,345" * 60
    lines = [Line(row(upper), "ocr"), Line(row(lower, 1, pitch=HEIGHT), "ocr")]
    known = (Pan(number.replace("-", "")),)
    assert list(in_cells(lines, lambda text: find(text, known)))


@pytest.mark.parametrize("sum_", ["¥47,330", "$1,204.50", "€9"])
def test_a_number_over_two_lines_is_seen_where_a_sum_is_glued_to_the_first(sum_: str) -> None:
    """Another column's, as readers see it that put both into one line."""
    number = draw.grouped(draw.pan("visa", 2), " ")
    texts = (f"{number[:9]}{sum_}", number[10:])
    lines = [Line(row(text, i, pitch=HEIGHT), "ocr") for i, text in enumerate(texts)]
    assert list(in_cells(lines, find))


@pytest.mark.parametrize("known", [True, False])
def test_a_part_of_a_longer_run_is_a_number_only_if_it_is_known(known: bool) -> None:
    """A view around a mask cuts a reference of 23 digits, of whose parts some pass their check."""
    page = ExpectedPage(1, np.zeros((9, 9, 3), np.uint8), lossless=True)
    number = draw.pan("visa", seed=7)
    cut, whole = Line(row(number), "ocr"), Line(row(f"2753525{number}"), "text")
    numbers = (Pan(number),) if known else ()
    assert leaks_in_text([cut], page, numbers)
    assert leaks_in_text([cut], page, numbers, others_in([whole], []))
    assert bool(leaks_in_text([cut], page, numbers, others_in([cut], [whole]))) == known


def _looked_at(text: str) -> int:
    """Characters that the rules are asked about, in two rows of that text."""
    asked: list[str] = []

    def seen(joined: str) -> tuple[Match, ...]:
        asked.append(joined)
        return ()

    lines = [Line(row(text, number, pitch=HEIGHT), "ocr") for number in range(2)]
    assert not list(in_cells(lines, seen))
    return sum(map(len, asked))


def _text(glyphs: list[Glyph]) -> str:
    return "".join(glyph.char for glyph in glyphs)


POINTS = ("4926  5917  4855  4477", "4602  5683  4473  2362", "4432  1292  2913  4648")


@pytest.mark.parametrize("month", ["2026年7月  ", "20264F  ", ""])
def test_rows_of_four_cells_are_no_number_over_two_rows(month: str) -> None:
    """Of their pieces one in ten would pass its check."""
    lines = [Line(row(month + text, i, pitch=HEIGHT), "ocr") for i, text in enumerate(POINTS)]
    assert not list(in_cells(lines, find))


def test_phones_below_each_other_are_no_number_over_two_rows() -> None:
    """Beside other cells, and by themselves; two of them alone may be one."""
    texts = ("Orchard  6227 2265", "Bugis    6338 4410", "Tampines 6784 9021")
    lines = [Line(row(text, i, pitch=HEIGHT), "ocr") for i, text in enumerate(texts)]
    bare = [replace(line, glyphs=line.glyphs[9:]) for line in lines]
    assert not list(in_cells(lines, find)) and not list(in_wrapped(bare, find))
    assert list(in_wrapped(bare[:2], find))


def test_what_any_reader_sees_beside_a_number_says_that_it_is_another() -> None:
    page = ExpectedPage(1, np.zeros((9, 9, 3), np.uint8), lossless=True)
    alone = Line(row("6254 2855 6283 9555"), "ocr")
    others = others_in([Line(row("Tel: 6254 2855 6283 9555"), "ocr")], [])
    assert leaks_in_text([alone], page, ()) and not leaks_in_text([alone], page, (), others)
