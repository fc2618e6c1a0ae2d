"""Digits in the cells of a form are read, however thick the rules and however turned the form."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from prepdoc.explaining import unexplained
from prepdoc.finding import Wishes, find_numbers
from prepdoc.noting import noted
from prepdoc.ocr.blocks import read_blocks
from prepdoc.ocr.cells import cell_sets, in_cells, with_cells
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.ocr.typesetting import away_from_paper, read_sets
from prepdoc.page import ExpectedPage, Glyph, Line, Pixels, Quad
from prepdoc.verifying.rereading import Readers
from tests import draw
from tests.draw import Box, Drawn, Item, Text
from tests.looking import looked_at
from tests.test_finding import black, check_middles

NUMBERS = [draw.pan("mastercard", 2), draw.pan("jcb", 5)]
PT = 11.0


def form(
    numbers: list[str],
    thick: float = 1.4,
    wide: float = 11.0,
    high: float = 17.0,
    dpi: float = 200,
    grey: int = 0,
) -> Drawn:
    """A label, and below it a row of cells a number, a digit in each, as pale as `grey`."""
    items: list[Item] = []
    for n, number in enumerate(numbers):
        y = 40.0 + 45 * n
        items.append(Text("Card number", (40, y - 6), 9, "helv"))
        items += cells(len(number), (40.0, y), thick, wide, high)
        items += [
            Text(
                digit,
                (40 + wide * i + (wide - 6.1) / 2, y + high / 2 + 4),
                PT,
                "helv",
                f"pan{n}",
                colour=(grey,) * 3,
            )
            for i, digit in enumerate(number)
        ]
    return draw.page(items, dpi=dpi, size=(420, 40.0 + 45 * len(numbers)))


def cells(
    count: int, at: tuple[float, float], thick: float, wide: float, high: float
) -> list[Item]:
    (x, y), length = at, count * wide
    level = [Box((x, y + dy), (length + thick, thick)) for dy in (0.0, high)]
    upright = [Box((x + wide * i, y), (thick, high)) for i in range(count + 1)]
    return [*level, *upright]


def cells_of(pixels: Pixels) -> tuple[Line, ...]:
    return in_cells(read_sets(cell_sets(pixels, away_from_paper(pixels)), Paddle()))


def texts(drawn: Drawn) -> list[str]:
    return sorted(line.text for line in cells_of(drawn.pixels))


@pytest.mark.parametrize("grey", [195, 210, 220])
def test_pale_digits_in_dark_cells_are_read(grey: int) -> None:
    """Paler than what passes for ink; a person reads them."""
    assert texts(draw.jpegged(form(NUMBERS, grey=grey), 80)) == sorted(NUMBERS)


def test_nothing_is_read_in_empty_cells_of_a_noisy_scan() -> None:
    assert texts(draw.noisy(form(NUMBERS, grey=255), 6.0)) == []


@pytest.mark.parametrize("thick", [0.5, 1.4, 2.2])
@pytest.mark.parametrize(("wide", "high"), [(9.5, 15), (11, 17), (18, 18), (13, 24)])
def test_every_digit_is_read_in_its_own_cell(wide: float, high: float, thick: float) -> None:
    drawn = form(NUMBERS, thick, wide, high)
    assert texts(drawn) == sorted(NUMBERS)
    for line in cells_of(drawn.pixels):
        n = NUMBERS.index(line.text)
        for glyph, truth in zip(line.glyphs, drawn.tagged(f"pan{n}"), strict=True):
            x0, y0, x1, y1 = glyph.quad.box()
            x, y = truth.quad.centre()
            assert x0 < x < x1
            assert y0 < y < y1


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_as_many_ones_are_read_as_stand_in_cells(dpi: float) -> None:
    """Each is narrow; set close together, six come back as four."""
    numbers = ["4111114363711133", "6011117789579667"]
    assert texts(form(numbers, dpi=dpi)) == numbers


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("dpi", [150, 300])
def test_a_turned_form_is_read_in_its_own_direction(turns: int, dpi: float) -> None:
    drawn = draw.turned(form(NUMBERS, dpi=dpi), turns)
    assert texts(drawn) == sorted(NUMBERS)


@pytest.mark.parametrize(
    "alter", [draw.dark, lambda d: draw.noisy(d, 8), lambda d: draw.skewed(d, 2)]
)
def test_a_scanned_form_is_read(alter: object) -> None:
    assert texts(alter(form(NUMBERS, 1.0))) == sorted(NUMBERS)  # type: ignore[operator]


@pytest.mark.parametrize("degrees", [-1.5, 1.0])
@pytest.mark.parametrize("turns", [0, 1])
def test_the_cells_of_a_form_that_lies_askew_fall_with_their_row(
    turns: int, degrees: float
) -> None:
    """Else masks over wide rows would be level, and leave a digit's foot at their ends."""
    drawn = draw.turned(draw.skewed(form(NUMBERS, wide=20), degrees), turns)
    for line in cells_of(drawn.pixels):
        first, last = line.glyphs[0].quad.centre(), line.glyphs[-1].quad.centre()
        row = np.subtract(last, first) / np.linalg.norm(np.subtract(last, first))
        for glyph in line.glyphs:
            along = np.subtract(glyph.quad.tr, glyph.quad.tl)
            assert float(along @ row) / np.linalg.norm(along) > np.cos(np.radians(0.3))
    numbers = find_numbers(1, drawn.pixels, cells_of(drawn.pixels)).numbers
    assert {number.pan.digits for number in numbers} == set(NUMBERS)


def test_a_table_and_plain_text_have_no_cells() -> None:
    items: list[Item] = [Text("2026/11/03  BOOKS  12,345", (40, 30 + 14 * i), 9) for i in range(6)]
    items += [Box((40.0, 18.0 + 14 * i), (300.0, 0.6)) for i in range(8)]
    items += [Box((40.0 + 75 * i, 18.0), (0.6, 98.0)) for i in range(5)]
    assert cells_of(draw.page(items, dpi=200, size=(400, 140)).pixels) == ()


@pytest.mark.parametrize("font", ["helv", "hebo", "cobo", "japan"])
@pytest.mark.parametrize("turn", [0, 1, 3])
@pytest.mark.parametrize("digits", [*(draw.pan("visa", seed) for seed in (7, 8, 9)), "5" * 16])
def test_pale_digits_on_a_dark_card_are_no_cells(font: str, turn: int, digits: str) -> None:
    """Each of them is a patch of paper with ink all around, as the inside of a cell is."""
    number = draw.grouped(digits, " ")
    drawn = draw.page([Text(number, (60, 60), 28, font, "pan")], dpi=144, size=(520, 120))
    pixels = drawn.pixels.copy()
    pixels[40:-40, 40:-40] = 255 - pixels[40:-40, 40:-40]
    white = ((0, 0), (300, 300), (0, 0))
    page = np.pad(np.rot90(pixels, turn), white, constant_values=255)
    assert cell_sets(page, away_from_paper(page)) == ()


def test_paper_with_a_weave_has_no_cells_but_those_that_differ() -> None:
    """Each mesh is as large as the smallest cell, with a dot in it: 364 rows on a page."""
    paper = np.full((80, 200, 3), 255, np.uint8)
    paper[::8] = paper[:, ::8] = 90
    paper[3::8, 3::8] = paper[4::8, 4::8] = 90
    assert cell_sets(paper, away_from_paper(paper)) == ()
    for i in range(10):
        paper[41 + i % 5 : 47, 8 * i + 1 : 8 * i + 3] = 90
    assert cell_sets(paper, away_from_paper(paper))


def test_what_was_read_over_the_cells_gives_way_and_the_rest_stays() -> None:
    drawn = form(NUMBERS[:1])
    (first, *_) = drawn.tagged("pan0")
    misread = Line((Glyph("8", first.quad),), "ocr")
    label = Line((Glyph("C", Quad.from_box(110, 80, 118, 95)),), "ocr")
    sets = cell_sets(drawn.pixels, away_from_paper(drawn.pixels))
    lines = with_cells((misread, label), sets, Paddle())
    assert [line.text for line in lines] == ["C", NUMBERS[0]]


@pytest.mark.parametrize("thick", [1.4, 2.2])
def test_a_number_in_cells_is_masked_in_the_pixels(thick: float) -> None:
    """Of a scan, which has no text layer to help."""
    drawn = form(NUMBERS, thick)
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    check_middles(drawn, numbers, [f"pan{i}" for i in range(len(NUMBERS))])


@pytest.mark.parametrize("is_scan", [True, False])
@pytest.mark.parametrize("step", [50.0, 60.0])
def test_what_an_issuer_hides_in_part_is_masked_in_a_column_for_each_group(
    is_scan: bool, step: float
) -> None:
    """`4111 | 11** | **** | 1234`: the first six digits go."""
    rows = [("4111", "11**", "****", "1234"), ("5105", "10XX", "XXXX", "5100")]
    items: list[Item] = []
    for n, groups in enumerate(rows):
        y = 40.0 + 32 * n
        for i, group in enumerate(groups):
            items += cells(1, (34 + step * i, y - 14), 0.7, step, 22)
            items.append(Text(group, (40 + step * i, y), PT, "helv", f"pan{n}"))
    drawn = draw.page(items, dpi=200, size=(320, 120))
    page = drawn.as_page()
    notes = noted(
        unexplained(replace(page, lines=() if is_scan else page.lines)), Paddle(), Wishes()
    )
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    check_middles(drawn, numbers, ["pan0", "pan1"])


def test_an_output_whose_cells_still_show_a_number_leaks() -> None:
    """Neither engine reads these rows whole; verification looks into cells as well."""
    pixels: Pixels = np.ascontiguousarray(form(NUMBERS, 2.2, 9.5, 15).pixels)
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    assert looked_at(pixels, ExpectedPage(1, pixels, True), (), readers).leaks


PX = 200 / 72
"""Pixels a point, at 200 dpi."""


def framed(number: str, shape: str) -> tuple[Drawn, list[Quad]]:
    """A label, and the number with each digit in a circle or pale on a dark square; its places."""
    wide, y, x = 15.0, 60.0, 40.0
    starts = [x + wide * i + 8 * (i // 4) for i in range(len(number))]
    dark = shape == "squares"
    squares = [Box((start, y), (wide - 1.2, 19)) for start in starts] if dark else []
    digits = [
        Text(
            digit, (start + 4, y + 13.5), PT, "helv", colour=(255, 255, 255) if dark else (0, 0, 0)
        )
        for start, digit in zip(starts, number, strict=True)
    ]
    label = Text("Card number", (40, 40), 9, "helv")
    drawn = draw.page([label, *squares, *digits], dpi=200, size=(380, 130))
    pixels = drawn.pixels.copy()
    if not dark:
        for start in starts:
            middle = round((start + 7) * PX), round((y + 9.5) * PX)
            cv2.circle(pixels, middle, round(6.4 * PX), (0, 0, 0), 2, cv2.LINE_AA)
    quads = [Quad.from_box(s * PX, y * PX, (s + 14) * PX, (y + 19) * PX) for s in starts]
    return replace(drawn, pixels=pixels), quads


@pytest.mark.parametrize("shape", ["squares", "circles"])
def test_digits_in_circles_and_on_dark_squares_are_read_and_masked(shape: str) -> None:
    """No engine reads such digits by itself; dark squares with digits hide none."""
    number = NUMBERS[0]
    drawn, places = framed(number, shape)
    assert number in [line.text for line in cells_of(drawn.pixels)]
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    assert [one.pan.digits for one in numbers] == [number]
    hidden = black(drawn.pixels.shape, numbers)
    for i, place in enumerate(places):
        x, y = place.centre()
        assert hidden[round(y), round(x)] == (i < len(number) - 4)
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    assert looked_at(drawn.pixels, ExpectedPage(1, drawn.pixels, True), (), readers).leaks


def test_black_boxes_that_hide_digits_are_still_seen() -> None:
    """Squares without anything in them, in a row, beside digits."""
    squares = [Box((70 + 9.0 * i, 40), (8, 11)) for i in range(8)]
    items = [Text("4012 88", (20, 50), PT, "helv"), *squares, Text("1881", (150, 50), PT, "helv")]
    drawn = draw.page(items, dpi=200, size=(220, 80))
    assert sum(len(line.glyphs) for line in read_blocks(drawn.pixels)) >= len(squares)
