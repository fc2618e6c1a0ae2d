"""Digits that somebody struck out are gone from the output, and what else is crossed is not."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from prepdoc.job import Options
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.struck import struck, struck_out
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import Cardholder, ExpectedPage, Glyph, Line, Pixels, Quad
from prepdoc.pipeline import prepare
from prepdoc.verifying.rereading import Readers
from samples import make
from tests import draw, judge
from tests.draw import Drawn, Item, Text
from tests.looking import looked_at
from tests.test_covers import inked

EN = Cardholder(**make.CARDHOLDER_EN)
LAST_FOUR = 4
DPI = 200
NUMBERS = [draw.pan("visa", 41), draw.pan("mastercard", 42), draw.pan("jcb", 43)]
SEPARATORS = (" ", "", "-")
PENS = {"black": (20, 20, 20), "red": (200, 20, 20), "blue": (25, 45, 160)}
THICK = {"ballpoint": 0.12, "felt pen": 0.25}
"""In heights of a digit."""


def statement(*more: Item) -> Drawn:
    """Numbers without a card's label, which says nothing where they cannot be read."""
    items: list[Item] = [
        Text("Card statement of November 2026", (20, 30), 12, "helv"),
        Text(f"Card ending in {NUMBERS[0][-LAST_FOUR:]}", (20, 48), 10, "helv"),
        *more,
    ]
    for i, number in enumerate(NUMBERS):
        shown = draw.grouped(number, SEPARATORS[i])
        items.append(Text(shown, (30, 80 + 45 * i), 11, "helv", f"pan{i}"))
        items.append(Text("11/10 AMAZON MKTPLACE $52.10", (20, 98 + 45 * i), 10, "helv", f"row{i}"))
    return draw.page(items, dpi=DPI, size=(420, 220))


def edges(drawn: Drawn, tag: str) -> tuple[int, int, int, int]:
    boxes = np.array([glyph.cell.box() for glyph in drawn.tagged(tag)])
    left, top = boxes[:, :2].min(axis=0).astype(int).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).astype(int).tolist()
    return left, top, right, bottom


def crossed(drawn: Drawn, tag: str, pen: str, thick: str) -> Drawn:
    """With a line through what is tagged that an unsteady hand drew."""
    left, top, right, bottom = edges(drawn, tag)
    steps = np.linspace(left - 12, right + 15, 9)
    shake = 0.06 * (bottom - top) * np.sin(np.arange(9))
    ways = np.stack([steps, (top + bottom) / 2 + shake], axis=1).round().astype(np.int32)
    wide = max(2, round(THICK[thick] * (bottom - top)))
    return replace(
        drawn,
        pixels=cv2.polylines(drawn.pixels.copy(), [ways], False, PENS[pen], wide, cv2.LINE_AA),
    )


def all_crossed(pen: str, thick: str) -> Drawn:
    drawn = statement()
    for i in range(len(NUMBERS)):
        drawn = crossed(drawn, f"pan{i}", pen, thick)
    return drawn


def lines_in(drawn: Drawn) -> tuple[Quad, ...]:
    found = struck(drawn.pixels, away_from_paper(drawn.pixels))
    return tuple(one.place for one in found if one.is_through)


@pytest.mark.parametrize("thick", THICK)
@pytest.mark.parametrize("pen", PENS)
def test_a_line_through_a_number_is_seen(pen: str, thick: str) -> None:
    drawn = all_crossed(pen, thick)
    middles = {round(place.centre()[1]) for place in lines_in(drawn)}
    for i in range(len(NUMBERS)):
        _, top, _, bottom = edges(drawn, f"pan{i}")
        assert any(top < middle < bottom for middle in middles)


def underlined() -> Drawn:
    """Close enough to touch the digits' feet."""
    drawn = statement()
    pixels = drawn.pixels.copy()
    for i in range(len(NUMBERS)):
        digits = [glyph.cell.box() for glyph in drawn.tagged(f"pan{i}") if glyph.is_digit]
        feet = feet_of(drawn.pixels, edges(drawn, f"pan{i}"))
        start, end = round(digits[0][0]) - 5, round(digits[-1][2]) + 5
        cv2.line(pixels, (start, feet), (end, feet), (0, 0, 0), 3)
    return replace(drawn, pixels=pixels)


def feet_of(pixels: Pixels, box: tuple[int, int, int, int]) -> int:
    left, top, right, bottom = box
    inked = (pixels[top:bottom, left:right].min(axis=2) < 128).any(axis=1)
    return top + int(np.flatnonzero(inked)[-1])


def ruled() -> Drawn:
    """A table's rules, one of which many others cross, and a form's cells."""
    drawn = statement()
    pixels = drawn.pixels.copy()
    for y in (545, 570, 595):
        cv2.line(pixels, (60, y), (1000, y), (0, 0, 0), 2)
    for x in range(60, 1001, 94):
        cv2.line(pixels, (x, 535), (x, 605), (0, 0, 0), 2)
    return replace(drawn, pixels=pixels)


NOTHING = {
    "plain": statement(),
    "underlined": underlined(),
    "table": ruled(),
    "large heading": statement(Text("ご利用代金明細書", (150, 60), 40, "japan")),
    "noise": draw.noisy(statement(), 12.0),
}


@pytest.mark.parametrize("drawn", NOTHING.values(), ids=NOTHING.keys())
def test_what_does_not_run_through_print_strikes_nothing_out(drawn: Drawn) -> None:
    assert lines_in(drawn) == ()


@pytest.mark.parametrize("thick", THICK)
@pytest.mark.parametrize("pen", ["black", "red"])
def test_no_digit_of_a_struck_number_is_in_the_output(pen: str, thick: str) -> None:
    """Of a scan, where nothing but the line's own digits tells that there is a number."""
    before, output = statement(), prepared(all_crossed(pen, thick))
    for i in range(len(NUMBERS)):
        digits = [glyph.cell for glyph in before.tagged(f"pan{i}") if glyph.is_digit]
        assert all(np.ptp(output[inked(before, quad)]) <= 8 for quad in digits[:-LAST_FOUR])


def test_the_last_four_of_a_struck_number_and_all_beside_it_stay() -> None:
    """But for what a thick line hides: which digits there are the last four nobody can tell."""
    before, drawn = statement(), all_crossed("black", "ballpoint")
    output = prepared(drawn)
    for i in range(len(NUMBERS)):
        for glyph in before.tagged(f"pan{i}")[-LAST_FOUR:]:
            shown = inked(before, glyph.cell)
            assert np.abs(output[shown].astype(int) - drawn.pixels[shown]).max() <= 64
    for i in range(len(NUMBERS)):
        left, top, right, bottom = edges(before, f"row{i}")
        row = slice(top, bottom), slice(left, right)
        assert np.array_equal(output[row], drawn.pixels[row])


def prepared(drawn: Drawn) -> Pixels:
    result = prepare(draw.picture_bytes(drawn, "PNG"), EN, Options(dpi=DPI))
    assert result.data is not None
    return judge.pictures(result.data)[0]


def ringed(drawn: Drawn) -> Drawn:
    """With a black ring around each number that runs through heads and feet of its digits."""
    pixels = drawn.pixels.copy()
    for i in range(len(NUMBERS)):
        left, top, right, bottom = edges(drawn, f"pan{i}")
        part = drawn.pixels[top:bottom, left:right].min(axis=2) < 128
        rows = top + np.flatnonzero(part.any(axis=1))
        middle = round((left + right) / 2), round((rows[0] + rows[-1]) / 2)
        axes = round((right - left) / 2), round((rows[-1] - rows[0]) / 2) - 4
        cv2.ellipse(pixels, middle, axes, 0, 0, 360, (0, 0, 0), 4, cv2.LINE_AA)
    return replace(drawn, pixels=pixels)


def test_a_number_in_a_ring_that_touches_its_digits_is_masked_and_no_more() -> None:
    """The line goes for the readers alone: what stays of it is on the page."""
    before, drawn = statement(), ringed(statement())
    output = prepared(drawn)
    for i in range(len(NUMBERS)):
        digits = [glyph.cell for glyph in before.tagged(f"pan{i}") if glyph.is_digit]
        assert all(np.ptp(output[inked(before, quad)]) <= 8 for quad in digits[1:-LAST_FOUR])
        left, top, right, bottom = edges(before, f"row{i}")
        row = slice(top, bottom), slice(left, right)
        assert np.array_equal(output[row], drawn.pixels[row])


def test_a_struck_number_that_stays_leaks() -> None:
    drawn = all_crossed("red", "felt pen")
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    leaks = looked_at(drawn.pixels, ExpectedPage(1, drawn.pixels, True), (), readers).leaks
    for i in range(len(NUMBERS)):
        _, top, _, bottom = edges(drawn, f"pan{i}")
        assert any(top <= leak.quad.centre()[1] <= bottom for leak in leaks)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Card 42G2 O153 8899 1704", "42G2 O153 8899 1704"),
        ("42-2067-2044-4846 paid", "42-2067-2044-4846"),
        ("was 1,299.00 now 999.00", None),
        ("Cancelled, see page 12 of 20", None),
    ],
)
def test_only_what_may_be_a_number_is_struck_out(text: str, part: str | None) -> None:
    """What stands beside the line is not."""
    glyphs = tuple(
        Glyph(char, Quad.from_box(10 * i, 0, 10 * i + 10, 20), 1.0) for i, char in enumerate(text)
    )
    start = text.find(part) if part else 0
    end = start + len(part or text)
    place = Quad.from_box(10 * start + 1, 9, 10 * end - 1, 12)
    out = [quad.box() for quad in struck_out([place], [Line(glyphs, "ocr")])]
    assert out == ([(10 * start - 5, 0, 10 * end + 5, 20)] if part else [])
