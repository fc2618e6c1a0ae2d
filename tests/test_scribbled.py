"""Digits that somebody scribbled over are gone from the output, and letters and frames are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from prepdoc.job import Options
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.scribbles import tangles
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import Cardholder, ExpectedPage, Glyph, Line, Pixels, Quad
from prepdoc.pan import Pan
from prepdoc.pipeline import prepare
from prepdoc.scribbled import scribbled_over
from prepdoc.verifying.rereading import Readers
from samples import make
from tests import draw, judge
from tests.draw import Drawn, Item, Text
from tests.looking import looked_at
from tests.test_covers import inked
from tests.test_struck import NOTHING, edges

EN = Cardholder(**make.CARDHOLDER_EN)
LAST_FOUR = 4
DPI = 200
NUMBER = draw.pan("visa", 51)
PENS = {"black": (20, 20, 20), "red": (200, 20, 20), "blue": (25, 45, 160)}
WHITE = (255, 255, 255)
THICK = 2
LEFT, RIGHT = (70, 60, 150), (20, 110, 160)
"""The colours of a card's sides."""


def statement(before: str = "") -> Drawn:
    """A masked head that names the last four, and the number once more below."""
    items: list[Item] = [
        Text("Card statement of November 2026", (20, 30), 12, "helv"),
        Text(f"Card number: **** **** **** {NUMBER[-LAST_FOUR:]}", (20, 50), 10, "helv"),
        Text("11/10 AMAZON MKTPLACE $52.10", (20, 80), 10, "helv", "row"),
        Text(before, (20, 120), 11, "helv"),
        Text(draw.grouped(NUMBER, " "), (130, 120), 11, "helv", "pan"),
        Text("11/12 BRIGHT PHARMACY $14.05", (20, 150), 10, "helv", "row2"),
    ]
    return draw.page(items, dpi=DPI, size=(420, 220))


def zigzag(left: float, right: float, top: float, bottom: float) -> NDArray[np.float64]:
    across = np.arange(left, right, 0.25 * (bottom - top))
    return np.stack([across, np.where(np.arange(len(across)) % 2, top, bottom)], axis=1)


def loops(left: float, right: float, top: float, bottom: float) -> NDArray[np.float64]:
    high = bottom - top
    turns = np.linspace(0, 2 * np.pi * (right - left) / (0.4 * high), 600)
    across = np.clip(np.linspace(left, right, 600) + 0.3 * high * np.sin(turns), left, right)
    return np.stack([across, (top + bottom) / 2 + high / 2 * np.cos(turns)], axis=1)


HANDS = {"zigzag": zigzag, "loops": loops}


def scribbled(
    drawn: Drawn, hand: Callable[..., NDArray[np.float64]], pen: str, digits: int
) -> Drawn:
    """With so many digits of the number hidden so, as far as they can be seen."""
    boxes = [glyph.cell.box() for glyph in drawn.tagged("pan") if glyph.is_digit][:digits]
    _, top, _, bottom = edges(drawn, "pan")
    ways = hand(boxes[0][0] - 4, boxes[-1][2] - 1, top + 2, bottom - 2).round().astype(np.int32)
    pixels = drawn.pixels.copy()
    return replace(
        drawn,
        pixels=cv2.polylines(
            pixels, [ways], False, {**PENS, "white": WHITE}[pen], THICK, cv2.LINE_AA
        ),
    )


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("pen", PENS)
def test_no_digit_under_a_scribble_before_the_last_four_is_in_the_output(
    hand: str, pen: str
) -> None:
    """No label stands before it: the masked head above says what its last four belong to."""
    before = statement()
    drawn = scribbled(before, HANDS[hand], pen, len(NUMBER) - LAST_FOUR)
    output = prepared(drawn)
    cells = [glyph.cell for glyph in before.tagged("pan") if glyph.is_digit]
    assert all(np.ptp(output[inked(before, cell)]) <= 8 for cell in cells[:-LAST_FOUR])
    for cell in cells[1 - LAST_FOUR :]:
        assert same(output, drawn.pixels, cell.box())
    for tag in ("row", "row2"):
        assert same(output, drawn.pixels, edges(before, tag))


def test_a_scribble_over_all_of_a_number_behind_its_label_is_painted_over() -> None:
    before = statement("Card number")
    output = prepared(scribbled(before, zigzag, "blue", len(NUMBER)))
    cells = [glyph.cell for glyph in before.tagged("pan") if glyph.is_digit]
    assert all(np.ptp(output[inked(before, cell)]) <= 8 for cell in cells)


@pytest.mark.parametrize("hand", HANDS)
def test_no_digit_under_light_ink_on_a_cards_colour_is_in_the_output(hand: str) -> None:
    before = on_a_card(statement())
    output = prepared(scribbled(before, HANDS[hand], "white", len(NUMBER) - LAST_FOUR))
    cells = [glyph.cell for glyph in before.tagged("pan") if glyph.is_digit]
    assert all(np.ptp(output[inked(statement(), cell)]) <= 8 for cell in cells[:-LAST_FOUR])
    for cell in cells[1 - LAST_FOUR :]:
        assert same(output, before.pixels, cell.box())


def on_a_card(drawn: Drawn) -> Drawn:
    """With the number in white on a card's colour, which runs into another one."""
    _, top, _, bottom = edges(drawn, "pan")
    rows = slice(top - 60, bottom + 60)
    ink = 1 - drawn.pixels[rows] / 255
    across = np.linspace(0, 1, ink.shape[1])[None, :, None]
    colour = (1 - across) * np.array(LEFT) + across * np.array(RIGHT)
    pixels = drawn.pixels.copy()
    pixels[rows] = np.rint(ink * 255 + (1 - ink) * colour)
    return replace(drawn, pixels=pixels)


def same(output: Pixels, source: Pixels, box: tuple[float, ...]) -> bool:
    left, top, right, bottom = map(round, box)
    return np.array_equal(output[top:bottom, left:right], source[top:bottom, left:right])


def prepared(drawn: Drawn) -> Pixels:
    result = prepare(draw.picture_bytes(drawn, "PNG"), EN, Options(dpi=DPI))
    assert result.data is not None
    return judge.pictures(result.data)[0]


def test_a_scribbled_number_that_stays_leaks() -> None:
    drawn = scribbled(statement(), zigzag, "black", len(NUMBER) - LAST_FOUR)
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    expected = ExpectedPage(1, drawn.pixels, True)
    leaks = looked_at(drawn.pixels, expected, (Pan(NUMBER),), readers).leaks
    _, top, _, bottom = edges(drawn, "pan")
    assert any(top <= leak.quad.centre()[1] <= bottom for leak in leaks)


def framed() -> Drawn:
    """A field's frame, a row of bars, cells and a word whose letters hang together."""
    drawn = statement()
    pixels = drawn.pixels.copy()
    left, top, right, bottom = edges(drawn, "pan")
    cv2.rectangle(pixels, (left - 6, top), (right + 6, bottom), (0, 0, 0), 2)
    for x in range(60, 500, 22):
        cv2.rectangle(pixels, (x, 430), (x + 22, 466), (0, 0, 0), 2)
    for x in range(60, 500, 9):
        cv2.line(pixels, (x, 480), (x, 540), (0, 0, 0), 3)
    joined = pixels[edges(drawn, "row")[1] : edges(drawn, "row")[3]]
    joined[...] = cv2.erode(joined, np.ones((1, 9), dtype=np.uint8))
    return replace(drawn, pixels=pixels)


@pytest.mark.parametrize("drawn", [*NOTHING.values(), framed()], ids=[*NOTHING, "framed"])
def test_print_and_frames_are_no_tangles(drawn: Drawn) -> None:
    assert tangles(drawn.pixels, away_from_paper(drawn.pixels)) == ()


FOURS = ("1704",)


@pytest.mark.parametrize(
    ("text", "place", "hidden"),
    [
        ("Ref VAVWAVA/1704", (4, 11), (4, 11)),
        ("Ref 42 VAWAVA 1704", (7, 13), (4, 13)),
        ("Ref VAVWAVAV04", (4, 14), None),
        ("Ref VAVWAVA/1799", (4, 11), (4, 11)),
        ("Ref VAVWAVA 61799", (4, 11), (4, 13)),
        ("Ref VAVWAVA     1799", (4, 11), None),
        ("Ref VAVWAVA     1704", (4, 11), None),
        ("Ref VAVWAVA 2026/11/30", (4, 11), None),
        ("Ref VAVWAVA 2026年", (4, 11), None),
        ("Ref VAVWAVA 1799.50", (4, 11), None),
        ("Ref VAV 1704 and so", (16, 19), None),
        ("Card number VAVWAVAVA", (12, 21), (12, 21)),
        ("Order number VAVWAVAVA", (13, 22), None),
    ],
)
def test_only_what_a_last_four_or_a_label_tells_is_hidden(
    text: str, place: tuple[int, int], hidden: tuple[int, int] | None
) -> None:
    """Characters are 10 pixels wide, and a tangle reaches above and below them."""
    glyphs = tuple(
        Glyph(char, Quad.from_box(10 * i, 10, 10 * i + 10, 30), 1.0) for i, char in enumerate(text)
    )
    tangle = Quad.from_box(10 * place[0], 4, 10 * place[1], 36)
    found = [quad.box() for quad in scribbled_over([tangle], (), [Line(glyphs, "ocr")], FOURS)]
    assert found == ([(10 * hidden[0], 4, 10 * hidden[1], 36)] if hidden else [])
