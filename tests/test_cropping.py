"""Numbers that the edge of a picture cuts off are hidden as others are."""

from __future__ import annotations

import numpy as np
import pytest

from prepdoc.cropping import cropped
from prepdoc.finding import find_numbers
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import ExpectedPage, Glyph, Line, Pixels, Quad
from prepdoc.verifying.leaking import leaks_in_text
from tests import draw
from tests.draw import Drawn, Text

PAN = draw.pan("visa", 6)
SHAPE = (100, 400)
WIDE = 10.0


def line(text: str, left: float) -> Line:
    """Characters side by side, the first at `left`."""
    boxes = (
        Quad.from_box(left + i * WIDE, 40, left + (i + 1) * WIDE, 60) for i in range(len(text))
    )
    return Line(tuple(Glyph(c, box) for c, box in zip(text, boxes, strict=True)), "ocr")


def hidden(text: str, left: float) -> str:
    """The text with the digits that are to be hidden."""
    found = [i for match in cropped(line(text, left), SHAPE) for i in match.hide]
    return "".join("#" if i in found else char for i, char in enumerate(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3456 7890 1234", "#### #### 1234"),
        ("12-3456-7890-1234", "##-####-####-1234"),
        ("|3456 7890 1234", "|#### #### 1234"),
        ("2 345678 90123", "# ###### #0123"),
        ("3456 7890 1234 5678", "3456 7890 1234 5678"),
        ("3-1234-5678", "3-1234-5678"),
        ("2026 1103 12,345", "2026 1103 12,345"),
        ("1234 5678 2026/11", "1234 5678 2026/11"),
    ],
)
def test_what_begins_beyond_the_edge_keeps_its_last_four(text: str, shown: str) -> None:
    assert hidden(text, 3) == shown
    assert hidden(text, 30) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("No. 4111 1111 1111", "No. #### #### ####"),
        ("4111-1111-1111-12", "####-####-####-##"),
        ("3782 822463 10", "#### ###### ##"),
        ("1234-5678-9012", "1234-5678-9012"),
        ("6254 4111 1111 1111", "6254 4111 1111 1111"),
        ("4111 1111", "4111 1111"),
    ],
)
def test_what_ends_beyond_the_edge_is_hidden_as_a_whole(text: str, shown: str) -> None:
    left = SHAPE[1] - WIDE * len(text) - 3
    assert hidden(text, left) == shown
    assert hidden(text, left - 30) == text


def page() -> Drawn:
    items = [Text("Statement 2026/11/10", (150, 30), 9)]
    items += [Text(f"Card {draw.grouped(PAN, ' ')}", (20, 60), 10, "helv", "pan")]
    return draw.page(items, dpi=200, size=(330, 100))


def cut(drawn: Drawn, digit: int) -> Pixels:
    """The picture from the middle of one of the number's digits on."""
    digits = [glyph for glyph in drawn.tagged("pan") if glyph.is_digit]
    return np.ascontiguousarray(drawn.pixels[:, round(digits[digit].quad.centre()[0]) :])


@pytest.mark.parametrize("digit", [1, 3])
def test_a_screenshot_that_cuts_a_number_off_hides_what_is_left(digit: int) -> None:
    pixels = cut(page(), digit)
    lines = Paddle().read(pixels)
    numbers = find_numbers(1, pixels, lines).numbers
    assert [number.pan.last_four for number in numbers] == [PAN[-4:]]
    assert leaks_in_text(lines, ExpectedPage(1, pixels, lossless=True), ())
