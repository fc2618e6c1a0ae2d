"""Digits that somebody covered with a marker that lets light through are gone from the output."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from prepdoc.job import Options
from prepdoc.ocr.covers import covers
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import Cardholder, Quad
from prepdoc.pipeline import prepare
from samples import make
from tests import draw, judge
from tests.draw import Drawn, Item, Rgb, Text
from tests.test_tinted import barred, highlighted, plain

EN = Cardholder(**make.CARDHOLDER_EN)
LAST_FOUR = 4
DPI = 200
NUMBERS = [draw.pan("visa", 31), draw.pan("mastercard", 32), draw.pan("jcb", 33)]


def statement() -> Drawn:
    items: list[Item] = [Text("Card statement of November 2026", (20, 30), 12, "helv")]
    for i, number in enumerate(NUMBERS):
        items.append(Text("Card number", (20, 62 + 60 * i), 10, "helv"))
        items.append(Text(draw.grouped(number, " "), (20, 80 + 60 * i), 11, "helv", f"pan{i}"))
        items.append(Text("11/10 AMAZON MKTPLACE $52.10", (20, 98 + 60 * i), 10, "helv"))
    return draw.page(items, dpi=DPI, size=(420, 250))


def hidden(drawn: Drawn, i: int) -> list[Quad]:
    digits = [glyph for glyph in drawn.tagged(f"pan{i}") if glyph.is_digit]
    return [glyph.cell for glyph in digits[:-LAST_FOUR]]


def place(drawn: Drawn, i: int) -> tuple[int, int, int, int]:
    boxes = np.array([quad.box() for quad in hidden(drawn, i)])
    return (*boxes[:, :2].min(axis=0).astype(int), *boxes[:, 2:].max(axis=0).astype(int))


def box(drawn: Drawn, i: int) -> NDArray[np.uint8]:
    """Which pixels a rectangle covers."""
    shape = np.zeros(drawn.pixels.shape[:2], dtype=np.uint8)
    left, top, right, bottom = place(drawn, i)
    shape[top - 4 : bottom + 4, left - 4 : right + 2] = 1
    return shape


def stroke(drawn: Drawn, i: int, *, zigzag: float = 0.0) -> NDArray[np.uint8]:
    """Which pixels the pen of a phone's editor covers, drawn by an unsteady hand."""
    shape = np.zeros(drawn.pixels.shape[:2], dtype=np.uint8)
    left, top, right, bottom = place(drawn, i)
    xs = np.linspace(left, right - 10, 24)
    ys = (top + bottom) / 2 + 3 * np.sin(xs / 11 + i) + zigzag * (-1.0) ** np.arange(24)
    points = np.stack([xs, ys], axis=1).round().astype(int).tolist()
    for a, b in pairwise(points):
        cv2.line(shape, a, b, 1, round(0.55 * (bottom - top)) if zigzag else bottom - top)
    return shape


SHAPES = {
    "box": box,
    "stroke": stroke,
    "zigzag": partial(stroke, zigzag=9.0),
}
INKS: dict[str, tuple[float, Rgb]] = {
    "80 %": (0.8, (0, 0, 0)),
    "90 %": (0.9, (0, 0, 0)),
    "95 %": (0.95, (0, 0, 0)),
    "98 %": (0.98, (0, 0, 0)),
    "red": (0.92, (200, 20, 20)),
    "grey": (0.93, (40, 40, 40)),
}


def covered(drawn: Drawn, shape: str, ink: str) -> Drawn:
    opacity, colour = INKS[ink]
    pixels = drawn.pixels.astype(np.float32)
    for i in range(len(NUMBERS)):
        part = opacity * SHAPES[shape](drawn, i)[:, :, None]
        pixels = pixels * (1 - part) + np.array(colour, np.float32) * part
    return replace(drawn, pixels=pixels.round().astype(np.uint8))


@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("shape", SHAPES)
def test_print_that_shows_under_a_cover_is_seen(shape: str, ink: str) -> None:
    drawn = covered(statement(), shape, ink)
    found = covers(drawn.pixels, away_from_paper(drawn.pixels))
    assert len(found) == len(NUMBERS)
    for i in range(len(NUMBERS)):
        middles = np.array([quad.centre() for quad in hidden(drawn, i)])
        boxes = np.array([cover.print.box() for cover in found])
        inside = [((middles >= b[:2]) & (middles <= b[2:])).all() for b in boxes]
        assert any(inside)


NOTHING = {
    "plain": statement(),
    "black boxes": replace(plain(), pixels=barred(plain(), (0, 0, 0), (0, 0, 0)).pixels),
    "white print on bars": barred(plain(), (70, 70, 70)),
    "yellow highlighter": highlighted(plain(), (250, 235, 60)),
    "blue highlighter": highlighted(plain(), (110, 190, 250)),
    "noise": draw.noisy(barred(plain(), (60, 60, 60)), 6.0),
}


@pytest.mark.parametrize("drawn", NOTHING.values(), ids=NOTHING.keys())
def test_what_hides_all_or_nothing_is_no_such_cover(drawn: Drawn) -> None:
    assert covers(drawn.pixels, away_from_paper(drawn.pixels)) == ()


@pytest.mark.parametrize(
    ("shape", "ink", "quality"),
    [
        ("box", "95 %", None),
        ("stroke", "80 %", None),
        ("stroke", "95 %", 85),
        ("zigzag", "90 %", None),
        ("box", "red", None),
    ],
)
def test_no_digit_under_a_cover_is_in_the_output_and_the_last_fours_are(
    shape: str, ink: str, quality: int | None
) -> None:
    """Not with any contrast: where each digit stood all pixels are alike, but for its soft edge."""
    before = statement()
    drawn = covered(before, shape, ink)
    source = draw.picture_bytes(drawn, "JPEG" if quality else "PNG", quality=quality or 90)
    result = prepare(source, EN, Options(dpi=DPI))
    assert result.data is not None
    output = judge.pictures(result.data)[0]
    assert output.shape[1] == drawn.pixels.shape[1]
    for i in range(len(NUMBERS)):
        assert all(np.ptp(output[inked(before, quad)]) <= 8 for quad in hidden(drawn, i))
        for glyph in drawn.tagged(f"pan{i}")[-LAST_FOUR:]:
            shown = inked(before, glyph.cell)
            assert np.abs(output[shown].astype(int) - drawn.pixels[shown]).max() <= 64


def inked(drawn: Drawn, quad: Quad) -> tuple[slice, slice]:
    """The rows and columns of a digit's ink."""
    left, top, right, bottom = (round(edge) for edge in quad.box())
    ink = drawn.pixels[top:bottom, left:right].min(axis=2) < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return (
        slice(top + int(rows[0]), top + int(rows[-1]) + 1),
        slice(left + int(columns[0]), left + int(columns[-1]) + 1),
    )


@pytest.mark.parametrize("text", ["お支払金額(円)", "請求金額合計", "ご利用金額"])
@pytest.mark.parametrize(("sigma", "darkest", "lightest"), [(1.0, 30, 150), (2.0, 60, 195)])
def test_bold_kanji_that_touch_cover_nothing(
    text: str, sigma: float, darkest: float, lightest: float
) -> None:
    """Of a heading in a photograph, blurred and in shade, which is no marker over something."""
    for pt in (8, 10):
        drawn = draw.page([Text(text, (30, 40), pt, "japan")], dpi=DPI, size=(200, 80))
        bold = replace(drawn, pixels=cv2.erode(drawn.pixels, np.ones((5, 5), dtype=np.uint8)))
        faint = draw.faded(bold, darkest=darkest, lightest=lightest)
        pixels = draw.noisy(draw.blurred(faint, sigma), 5).pixels
        assert covers(pixels, away_from_paper(pixels)) == ()
