"""Verification reads a page row by row, and what that costs grows with the page, not its square."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from prepdoc.page import Glyph, Line, Quad
from prepdoc.pan import Match, Pan, find
from prepdoc.verifying.rendering import opened, rows
from prepdoc.verifying.wrapping import in_cells
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
    """Cells of four digits, on two rows."""
    once, twice = (_looked_at("4980  " * cells) for cells in (45, 90))
    assert 0 < twice < 3 * once


def test_a_number_over_a_break_is_seen_in_rows_of_any_length() -> None:
    """Its second half stands below its first one, amid cells."""
    number = draw.grouped(draw.pan("mastercard", seed=3))
    upper = "12,345 " * 60 + f"X {number[:9]}"
    lower = "X".ljust(len(upper) - 9) + f"{number[10:]} X" + " 12,345" * 60
    lines = [Line(row(upper), "ocr"), Line(row(lower, 1, pitch=HEIGHT), "ocr")]
    known = (Pan(number.replace("-", "")),)
    assert list(in_cells(lines, lambda text: find(text, known)))


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
