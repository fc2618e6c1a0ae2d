"""A number whose digits are made of separate dots is read, and masked as any other."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prepdoc import Cardholder, prepare
from prepdoc.ocr.dots import dot_lines, dot_rows, with_dots
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import ExpectedPage, Line, Pixels
from prepdoc.verifying.rereading import Readers
from tests import draw, judge
from tests.draw import Text
from tests.looking import looked_at

PAN = draw.pan("visa", 7)
NUMBER = draw.grouped(PAN, " ")
SIZE = (500, 150)
AT = (240.0, 100.0)
"""Left and top of the number, in pixels."""
DPI = 200.0
DOTS = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00010 00100 01000 11111",
    "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
}
"""The 5 × 7 matrix of printers and displays, from the top down."""
FINER = 4
"""Dots are drawn so many times as large and made smaller, so that their edges are soft."""


@dataclass(frozen=True)
class Matrix:
    """How far dots are apart, how wide they are, and how dark (0 is black), in pixels."""

    pitch: float
    dot: float
    ink: int = 20

    def __str__(self) -> str:
        return f"{self.pitch:g}-{self.dot:g}-{self.ink}"


MATRICES = [
    Matrix(3, 2.2),
    Matrix(4, 3),
    Matrix(4, 3.6),
    Matrix(5, 3.5),
    Matrix(5, 5),
    Matrix(6, 4.5, 130),
    Matrix(8, 6),
    Matrix(10, 8),
]


def places(matrix: Matrix) -> list[tuple[float, float, float, float]]:
    """The box of every digit of the number."""
    (left, top), (wide, high) = AT, (edge * matrix.pitch + matrix.dot for edge in (4, 6))
    starts = (left + 6 * i * matrix.pitch for i, char in enumerate(NUMBER) if char != " ")
    return [(start, top, start + wide, top + high) for start in starts]


def page(matrix: Matrix) -> Pixels:
    """A page with a label, the number in dots, and a line of usual print."""
    items = [Text("Card number", (8, 45), 10, "helv"), Text("2026/11/02 BOOKS 12,345", (8, 90), 10)]
    items += [Text("Phone 03-5555-0100", (8, 110), 10, "helv")]
    image = Image.fromarray(draw.page(items, dpi=DPI, size=SIZE).pixels)
    large = image.resize((image.width * FINER, image.height * FINER))
    pen, ink = ImageDraw.Draw(large), (matrix.ink,) * 3
    for char, (left, top, _, _) in zip(PAN, places(matrix), strict=True):
        for row, bits in enumerate(DOTS[char].split()):
            for x in (left + matrix.pitch * i for i, bit in enumerate(bits) if bit == "1"):
                y = top + matrix.pitch * row
                edges = (x, y, x + matrix.dot, y + matrix.dot)
                pen.ellipse([round(FINER * edge) for edge in edges], fill=ink)
    return np.asarray(large.resize(image.size, Image.Resampling.LANCZOS))


def digits(lines: Iterable[Line]) -> str:
    """All that were read, row by row."""
    found = sorted(lines, key=lambda line: line.quad.centre()[0])
    return "".join(char for line in found for char in line.text if char.isdecimal())


@pytest.mark.parametrize("matrix", MATRICES, ids=str)
def test_a_number_of_dots_is_read_where_it_stands(matrix: Matrix) -> None:
    pixels = page(matrix)
    rows = dot_rows(away_from_paper(pixels))
    lines = tuple(line for own in dot_lines(rows, Paddle()) for line in own)
    assert digits(lines) == PAN
    boxes = [glyph.quad.box() for line in lines for glyph in line.glyphs]
    reach = 2 * matrix.pitch
    assert abs(min(box[0] for box in boxes) - AT[0]) < reach
    assert abs(max(box[2] for box in boxes) - places(matrix)[-1][2]) < reach
    middles = (line.quad.centre()[1] for line in lines)
    assert all(AT[1] < y < places(matrix)[0][3] for y in middles)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_page_that_lies_on_its_side_is_read_too(turn: int) -> None:
    pixels = np.ascontiguousarray(np.rot90(page(Matrix(5, 4)), turn))
    lines = (line for own in dot_lines(dot_rows(away_from_paper(pixels)), Paddle()) for line in own)
    assert sorted("".join(line.text for line in lines).replace(" ", "")) == sorted(PAN)


@pytest.mark.parametrize("matrix", MATRICES, ids=str)
def test_a_number_of_dots_is_masked_in_the_output_but_for_its_last_four(matrix: Matrix) -> None:
    """No ink is left of a masked digit, and of the last four none is lost."""
    before = page(matrix)
    data = io.BytesIO()
    Image.fromarray(before).save(data, "PNG", dpi=(DPI, DPI))
    prepared = prepare(data.getvalue(), Cardholder("Ann Example", "1 Road, Leeds", "0355550100"))
    assert [number.pan.last_four for number in prepared.numbers] == [PAN[-4:]]
    after = judge.pictures(prepared.data or b"")[0]
    for i, box in enumerate(places(matrix)):
        left, top, right, bottom = (round(edge) for edge in box)
        now, then = (pixels[top:bottom, left:right] for pixels in (after, before))
        assert np.ptp(now) == 0 if i < len(PAN) - 4 else (now == then).all()


def test_an_output_that_shows_a_number_of_dots_leaks() -> None:
    pixels = page(Matrix(5, 3.5))
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    assert looked_at(pixels, ExpectedPage(1, pixels, True), (), readers).leaks


@pytest.mark.parametrize("pt", [5, 8, 12])
@pytest.mark.parametrize("font", ["helv", "japan", "cour"])
def test_usual_print_has_no_rows_of_dots(font: str, pt: float) -> None:
    lines = [
        "1111 i.i.i ::: ....",
        NUMBER,
        "2026/11/02 .................... 12,345",
        "%‰ ;;; !!! ÄÖÜ",
    ]
    items = [Text(text, (10, 20 + 30 * i), pt, font) for i, text in enumerate(lines)]
    assert dot_rows(away_from_paper(draw.page(items, dpi=DPI, size=SIZE).pixels)) == ()


class Blind:
    """Reads nothing in the rows, as an engine may."""

    name = "blind"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """No line."""
        return ()


def test_what_was_read_stays_where_less_is_read_of_its_dots() -> None:
    pixels = page(Matrix(3, 2.2))
    read = Paddle().read(pixels)
    here = tuple(line for line in read if line.quad.centre()[1] < AT[1] + 30)
    assert digits(here) == PAN
    rows = dot_rows(away_from_paper(pixels))
    assert with_dots(read, rows, Blind()) == read
    some = tuple(replace(line, glyphs=line.glyphs[:5]) for line in here)
    assert digits(with_dots(some, rows, Paddle())) == PAN
