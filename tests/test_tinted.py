"""Numbers under a highlighter, under a seal and on coloured bars are masked, or leak."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from prepdoc.explaining import unexplained
from prepdoc.finding import Wishes, find_numbers
from prepdoc.noting import noted
from prepdoc.ocr.bands import band_lines
from prepdoc.ocr.bars import printed_bars
from prepdoc.ocr.blocks import read_blocks
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.ocr.tinted import tinted_bands
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import ExpectedPage
from prepdoc.verifying.rereading import Readers
from tests import draw
from tests.draw import Drawn, Item, Text
from tests.looking import looked_at
from tests.test_finding import check_middles

Rgb = tuple[int, int, int]
NUMBERS = [draw.pan("visa", 1), draw.pan("mastercard", 2), draw.pan("jcb", 3)]
MARKERS = {
    "yellow": (250, 235, 60),
    "green": (140, 230, 100),
    "orange": (250, 170, 70),
    "blue": (110, 190, 250),
    "pink": (250, 130, 190),
}
RED = (190, 25, 25)


def plain() -> Drawn:
    items: list[Item] = [Text("ご利用代金明細書 2026/11/10", (20, 24), 12)]
    for i, number in enumerate(NUMBERS):
        items.append(Text("ご利用カード", (20, 60 + 36 * i), 10))
        items.append(Text(draw.grouped(number, " "), (95, 60 + 36 * i), 10, "helv", f"pan{i}"))
    items.append(Text("AMAZON.CO.JP 3,480", (20, 170), 10))
    return draw.page(items, dpi=200, size=(300, 190))


def edges(drawn: Drawn, i: int) -> tuple[int, int, int, int]:
    boxes = np.array([glyph.cell.box() for glyph in drawn.tagged(f"pan{i}")])
    left, top, right, bottom = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    return round(left), round(top), round(right), round(bottom)


def highlighted(drawn: Drawn, colour: tuple[int, int, int]) -> Drawn:
    """As a marker pen does: what is dark stays dark."""
    pixels = drawn.pixels.copy()
    for i in range(len(NUMBERS)):
        left, top, right, bottom = edges(drawn, i)
        part = pixels[top - 3 : bottom + 3, left - 8 : right + 8]
        part[:] = np.minimum(part, np.array(colour, np.uint8))
    return replace(drawn, pixels=pixels)


def sealed(drawn: Drawn) -> Drawn:
    """A red ring with a cross in it over the middle of each number."""
    pixels = drawn.pixels.copy()
    for i in range(len(NUMBERS)):
        left, top, right, bottom = edges(drawn, i)
        ink = np.full_like(pixels, 255)
        middle, radius = ((left + right) // 2, (top + bottom) // 2), 40
        cv2.circle(ink, middle, radius, RED, 5)
        cv2.line(ink, (middle[0] - 20, middle[1] - 14), (middle[0] + 20, middle[1] - 14), RED, 3)
        cv2.line(ink, (middle[0], middle[1] - 28), (middle[0], middle[1] + 28), RED, 3)
        pixels = np.minimum(pixels, ink)
    return replace(drawn, pixels=pixels)


def barred(
    drawn: Drawn, colour: Rgb, ink: Rgb = (255, 255, 255), rim: int = 12, whole: bool = True
) -> Drawn:
    """Pale digits on a bar: across the page, or no longer than they are."""
    pixels = drawn.pixels.copy()
    for i in range(len(NUMBERS)):
        left, top, right, bottom = edges(drawn, i)
        part = pixels[top - rim : bottom + rim]
        part = part if whole else part[:, left - rim : right + rim]
        share = 1 - part.astype(np.float32) / 255
        part[:] = np.round(share * np.array(ink) + (1 - share) * np.array(colour)).astype(np.uint8)
    return replace(drawn, pixels=pixels)


COLOURED = {
    **{f"{name} marker": highlighted(plain(), colour) for name, colour in MARKERS.items()},
    "seal": sealed(plain()),
    "red bar": barred(plain(), (165, 10, 25)),
    "blue bar": barred(plain(), (20, 60, 150)),
    "black bar": barred(plain(), (0, 0, 0)),
    "grey bar": barred(plain(), (70, 70, 70)),
    "marker's black that lets digits through": barred(
        plain(), (88, 86, 92), (40, 38, 45), rim=8, whole=False
    ),
    "yellow on green": barred(plain(), (0, 90, 60), (240, 240, 0)),
    "tight black box": barred(plain(), (0, 0, 0), rim=4, whole=False),
    "tight red box": barred(plain(), (165, 10, 25), rim=4, whole=False),
}


@pytest.mark.parametrize("drawn", COLOURED.values(), ids=COLOURED.keys())
def test_a_number_with_coloured_ink_is_masked_and_leaks_where_it_stays(drawn: Drawn) -> None:
    """Of a scan, which has no text layer to help."""
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    check_middles(drawn, numbers, [f"pan{i}" for i in range(len(NUMBERS))])
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    leaks = looked_at(drawn.pixels, ExpectedPage(1, drawn.pixels, True), (), readers).leaks
    for i in range(len(NUMBERS)):
        _, top, _, bottom = edges(drawn, i)
        assert any(top <= leak.quad.centre()[1] <= bottom for leak in leaks)


def test_a_bar_with_print_on_it_hides_nothing_and_a_box_beside_digits_does() -> None:
    """Though the digits touch it."""
    printed = barred(plain(), (0, 0, 0), rim=4, whole=False).pixels
    assert len(printed_bars(printed, away_from_paper(printed))) == len(NUMBERS)
    boxed = plain().pixels.copy()
    left, top, right, bottom = edges(plain(), 0)
    boxed[top - 3 : bottom + 3, left : (left + right) // 2] = 0
    assert printed_bars(boxed, away_from_paper(boxed)) == ()


def test_a_bar_that_a_letter_touches_is_one_and_digits_that_a_line_joins_are_none() -> None:
    """Whoever blackens a number with a marker often touches its label."""
    touched = barred(plain(), (88, 86, 92), (40, 38, 45), rim=8, whole=False).pixels
    joined = plain().pixels.copy()
    for i in range(len(NUMBERS)):
        left, top, right, bottom = edges(plain(), i)
        cv2.circle(touched, (left - 18, (top + bottom) // 2), 10, (0, 0, 0), 4)
        joined[(top + bottom) // 2 :, left:right][:4] = 0
    assert len(printed_bars(touched, away_from_paper(touched))) == len(NUMBERS)
    assert printed_bars(joined, away_from_paper(joined)) == ()


@pytest.mark.parametrize("degrees", [-5.0, -2.0, 3.0])
def test_a_bar_that_lies_askew_is_one(degrees: float) -> None:
    pixels = barred(plain(), (0, 0, 0), whole=False).pixels
    high, wide = pixels.shape[:2]
    turning = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    askew = cv2.warpAffine(pixels, turning, (wide, high), borderValue=(255, 255, 255))
    page = np.asarray(askew, np.uint8)
    assert len(printed_bars(page, away_from_paper(page))) == len(NUMBERS)


def test_a_highlighted_number_is_no_black_box_and_a_coloured_box_is_one() -> None:
    drawn = highlighted(plain(), MARKERS["yellow"])
    assert all(len(block.glyphs) == 1 for block in read_blocks(drawn.pixels)), "parts of kanji"
    boxed = plain().pixels.copy()
    left, top, right, bottom = edges(plain(), 0)
    boxed[top:bottom, left : (left + right) // 2] = (200, 160, 20)
    assert sum(len(block.glyphs) > 1 for block in read_blocks(boxed)) == 1


def test_only_rows_with_coloured_ink_are_read_again() -> None:
    assert tinted_bands(plain().pixels) == ()
    bands = tinted_bands(highlighted(plain(), MARKERS["green"]).pixels)
    assert len(bands) == len(NUMBERS)
    read = {line.text.replace(" ", "")[-16:] for line in band_lines(bands, Paddle())}
    assert read >= set(NUMBERS)
