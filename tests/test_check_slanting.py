"""A row of a table is read as one, however askew the page lies."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prepdoc.checking.seeing import see
from prepdoc.checking.slanting import Slant, slant_of
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Pixels, Quad
from tests import draw
from tests.draw import WHITE, Drawn, Text

SHOPS = ["TESCO", "AMAZON.CO.JP", "LAWSON", "BOOKS", "SUICA", "UNIQLO", "NETFLIX", "ENEOS"]
SIZE = (560.0, 190.0)


def table() -> Drawn:
    """A date on the left, a shop, and an amount far to the right, one a row."""
    cells = [
        (
            Text(f"2026/10/{i + 10}", (30, y), 8),
            Text(shop, (110, y), 8),
            Text(f"{i + 1},480", (500, y), 8),
        )
        for i, shop in enumerate(SHOPS)
        for y in [30.0 + 18 * i]
    ]
    return draw.page([text for row in cells for text in row], dpi=150, size=SIZE)


def tilted(drawn: Drawn) -> Drawn:
    """Photographed from the left: the right side is smaller, and the rows run together."""
    height, width = drawn.pixels.shape[:2]
    corners = Quad((0, 0), (0.95 * width, 0.1 * height), (0.95 * width, 0.85 * height), (0, height))
    return draw.in_perspective(drawn, corners, drawn.pixels * 0 + 255)


@pytest.mark.parametrize(
    "alter",
    [
        lambda d: d,
        lambda d: draw.skewed(d, 2.5, WHITE),
        lambda d: draw.skewed(d, -4, WHITE),
        tilted,
        lambda d: draw.skewed(tilted(d), 3, WHITE),
    ],
)
def test_each_amount_is_in_the_row_of_its_shop(alter: Callable[[Drawn], Drawn]) -> None:
    drawn = alter(table())
    page = see(drawn.as_page(), Paddle().read(drawn.pixels))
    rows = [row.text.replace(" ", "") for row in page.rows]
    for i, shop in enumerate(SHOPS):
        assert any(shop in row and f"{i + 1},480" in row for row in rows), rows
    assert len(rows) == len(SHOPS)


def bars(slope: float, count: int = 15, level: float = 0.0) -> tuple[Pixels, list[Quad]]:
    """A page whose lines are bars of ink, and where they are."""
    pixels = np.full((1700, 1000, 3), 255, dtype=np.uint8)
    quads = []
    for i in range(count):
        top = 80.0 + 100 * i
        fall = 400 * (slope + level * i)
        cv2.line(pixels, (200, round(top)), (600, round(top + fall)), (0, 0, 0), 6)
        above, below = top - 5, top + 5
        quads.append(Quad((200, above), (600, above + fall), (600, below + fall), (200, below)))
    return pixels, quads


@settings(max_examples=25)
@given(slope=st.floats(-0.1, 0.1), fan=st.floats(-0.003, 0.003))
def test_what_stands_on_a_line_of_the_page_is_level(slope: float, fan: float) -> None:
    """Also where lines run together."""
    pixels, quads = bars(slope, level=fan)
    slant = slant_of(pixels, quads)
    for quad in quads:
        (x0, y0), (x1, y1) = quad.tl, quad.tr
        assert slant.level(x0, y0) == pytest.approx(slant.level(x1, y1), abs=6)


@pytest.mark.parametrize("count", [0, 3])
def test_few_lines_show_nothing(count: int) -> None:
    assert slant_of(*bars(0.1, count)) == Slant()


def test_lines_without_ink_show_nothing() -> None:
    pixels, quads = bars(0.1)
    assert slant_of(np.full_like(pixels, 255), quads) == Slant()
