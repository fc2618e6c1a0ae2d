"""Digits that stand below each other are one number, for finding and for verification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from prepdoc.explaining import unexplained
from prepdoc.finding import Wishes, find_numbers
from prepdoc.noting import noted
from prepdoc.ocr.alone import turned
from prepdoc.ocr.columns import column_sets, down_columns
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.typesetting import away_from_paper, read_sets
from prepdoc.page import ExpectedPage, Glyph, Line, Page, Pixels, Quad
from prepdoc.verifying.columns import columns
from prepdoc.verifying.leaking import leaks_in_text
from tests import draw
from tests.draw import Drawn, Item, Text
from tests.test_finding import check_middles

NUMBERS = [draw.pan("visa", 1), draw.pan("mastercard", 2), draw.pan("amex", 3)]
GROUPS = {16: (4, 4, 4, 4), 15: (4, 6, 5)}


def upright(number: str, at: tuple[float, float], tag: str, font: str, pt: float) -> list[Item]:
    """Digits below each other, with half an em between the groups."""
    items: list[Item] = []
    (x, y), begin = at, 0
    for size in GROUPS[len(number)]:
        part = number[begin : begin + size]
        items.append(Text(part, (x, y), pt, font, tag, pitch=(0, 1.05 * pt)))
        y, begin = y + (size * 1.05 + 0.5) * pt, begin + size
    return items


def page(font: str = "helv", pt: float = 9.0, dpi: float = 200) -> Drawn:
    items: list[Item] = [Text("ご利用代金明細書", (20, 24), 12), Text("11月分", (150, 24), 12)]
    for i, number in enumerate(NUMBERS):
        items += upright(number, (250 - 70 * i, 60), f"pan{i}", font, pt)
    return draw.page(items, dpi=dpi, size=(300, 100 + 22 * pt))


def columns_of(pixels: Pixels) -> tuple[Line, ...]:
    sets = column_sets(turned(pixels, away_from_paper(pixels)))
    return down_columns(read_sets(sets, Paddle()))


@pytest.mark.parametrize("font", ["helv", "figo", "japan"])
@pytest.mark.parametrize(
    "alter", [lambda d: d, lambda d: draw.skewed(d, 1), lambda d: draw.turned(d, 1)]
)
def test_upright_digits_of_a_scan_are_masked(font: str, alter: Callable[[Drawn], Drawn]) -> None:
    """OCR takes some of them for lines down the page, and reads these on their side."""
    drawn = alter(page(font))
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    check_middles(drawn, numbers, [f"pan{i}" for i in range(len(NUMBERS))])


@pytest.mark.parametrize("font", ["figo", "japan"])
def test_a_dash_set_upright_between_groups_is_no_digit_of_the_column(font: str) -> None:
    """As 縦書き has it: a reader takes it for a 1, or for 一."""
    items: list[Item] = [Text("ご利用代金明細書", (20, 24), 12)]
    for i, number in enumerate(NUMBERS):
        begin, y = 0, 60.0
        for size in GROUPS[len(number)]:
            if begin:
                items.append(Text("｜", (248 - 70 * i, y), 9, "japan"))
                y += 1.05 * 9
            part = number[begin : begin + size]
            items.append(Text(part, (250 - 70 * i, y), 9, font, f"pan{i}", pitch=(0, 1.05 * 9)))
            begin, y = begin + size, y + size * 1.05 * 9
    drawn = draw.page(items, dpi=200, size=(300, 300))
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    check_middles(drawn, numbers, [f"pan{i}" for i in range(len(NUMBERS))])


@pytest.mark.parametrize("times", [1.5, 2.0, 2.5])
def test_rows_of_wide_digits_are_no_columns_across(times: float) -> None:
    """As wide as they are high, they are as far from one to the next as digits below each other."""
    items: list[Item] = [Text("Oak Harbor Bank", (20, 24), 12)]
    for i, number in enumerate(NUMBERS):
        items.append(Text(draw.grouped(number), (20, 60 + 24 * i), 9, "helv"))
    drawn = draw.page(items, dpi=200, size=(150, 150))
    wide = cv2.resize(drawn.pixels, None, fx=times, fy=1.0, interpolation=cv2.INTER_CUBIC)
    pixels = np.asarray(wide, dtype=np.uint8)
    notes = noted(unexplained(Page(1, pixels, 200.0)), Paddle(), Wishes())
    found = find_numbers(1, pixels, notes.lines).numbers
    assert sorted(one.pan.digits for one in found) == sorted(NUMBERS)
    for one in found:
        assert all(quad.width() > quad.height() for quad in one.mask), "across the page"


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_an_output_that_still_shows_them_leaks(turn: int) -> None:
    drawn = draw.turned(page(), turn)
    pixels: Pixels = np.ascontiguousarray(drawn.pixels)
    # `draw.turned` and a page's turn both count quarters counter-clockwise; one undoes the other.
    expected = ExpectedPage(1, pixels, True, turn=-turn % 4)
    leaks = leaks_in_text(columns_of(pixels), expected, ())
    for i in range(len(NUMBERS)):
        first = drawn.tagged(f"pan{i}")[4].quad.centre()
        assert any(_holds(leak.quad, first) for leak in leaks)


def _holds(quad: Quad, point: tuple[float, float]) -> bool:
    left, top, right, bottom = quad.box()
    return left <= point[0] <= right and top <= point[1] <= bottom


def column(digits: str, step: float, size: float = 20.0) -> list[Line]:
    return [
        Line((Glyph(digit, Quad.from_box(100, step * i, 112, step * i + size)),), "ocr")
        for i, digit in enumerate(digits)
    ]


def test_counts_in_a_table_are_no_column_of_digits() -> None:
    """Words stand beside them, and more of them follow than a number has."""
    lines = column((NUMBERS[0] + "1") * 2, 40.0)
    assert [line.text for line in columns(lines, 0)] == [(NUMBERS[0] + "1") * 2]
    assert leaks_in_text(lines, ExpectedPage(1, np.zeros((9, 9, 3), np.uint8), True), ()) == ()


def test_a_word_beside_the_column_takes_no_part() -> None:
    word = Line(
        tuple(Glyph("8", Quad.from_box(90 + 12 * i, 60, 102 + 12 * i, 80)) for i in range(3)), "ocr"
    )
    (line,) = columns([*column(NUMBERS[0], 30.0), word], 0)
    assert line.text == NUMBERS[0]


def test_plain_text_and_a_table_have_no_columns_of_digits() -> None:
    items: list[Item] = [Text("2026/11/03  BOOKS  12,345", (40, 30 + 14 * i), 9) for i in range(9)]
    items += [Text("1234567"[i % 7], (200, 30 + 14 * i), 9, "helv") for i in range(9)]
    items += [Text("縦書きの文章です"[i % 8], (240, 30 + 14 * i), 9) for i in range(9)]
    drawn = draw.page(items, dpi=200, size=(300, 170))
    read = columns_of(drawn.pixels)
    assert "".join(line.text for line in read) == "1234567" + "12"
    assert not find_numbers(1, drawn.pixels, read).numbers


def test_a_line_to_cut_along_is_no_column() -> None:
    """Each dash stands alone and is as high and as wide as a one, across the page or down it."""
    page = np.full((900, 900, 3), 255, np.uint8)
    for at in range(20, 860, 38):
        page[450:454, at : at + 25] = 0
    for pixels in (page, np.ascontiguousarray(np.rot90(page))):
        assert column_sets(turned(pixels, away_from_paper(pixels))) == ()
    few = page.copy()
    few[:, 600:] = 255
    assert column_sets(turned(few, away_from_paper(few))), "fifteen may be a number"


def test_letters_of_a_spaced_line_are_no_column() -> None:
    """A page on its side has its columns along the lines of an upright one; blurred, each letter is
    one piece of ink.
    """
    words = Text("適格請求書発行事業者登録番号", (30, 40), 9, pitch=(12.0, 0))
    sharp = draw.page([words], dpi=300, size=(300, 70)).pixels
    pixels = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 1.5), dtype=np.uint8)
    assert column_sets(turned(pixels, away_from_paper(pixels))) == ()
