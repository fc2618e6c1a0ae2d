"""Which solid areas hide digits, and which are coloured paper with print on them."""

from __future__ import annotations

import numpy as np
import pytest

from prepdoc.ocr.blocks import read_blocks
from prepdoc.page import Pixels
from tests import draw
from tests.draw import WHITE, Box, Item, Rgb, Text

NAVY: Rgb = (20, 40, 90)
GREEN: Rgb = (46, 125, 50)
TEAL: Rgb = (33, 170, 153)
CHARCOAL: Rgb = (33, 33, 33)
SIZE = (420.0, 200.0)
NUMBER = draw.grouped(draw.pan("visa", 1))


def lines(count: int, top: float, colour: Rgb = WHITE, pt: float = 9.0) -> list[Item]:
    """So many below each other."""
    baselines = (top + 1.3 * pt * (i + 1) for i in range(count))
    return [Text(f"Card number {NUMBER}", (40, y), pt, "helv", colour=colour) for y in baselines]


# Each: what is drawn, in points.
PRINTED: dict[str, list[Item]] = {
    "two lines on navy": [Box((30, 30), (360, 30), NAVY), *lines(2, 30)],
    "four lines on green": [Box((30, 30), (360, 54), GREEN), *lines(4, 32)],
    "two bands that touch": [
        Box((30, 30), (360, 16), NAVY), *lines(1, 30),
        Box((30, 46), (360, 16), TEAL), *lines(1, 46),
    ],
    "grey on charcoal": [
        Box((30, 30), (360, 30), CHARCOAL), *lines(2, 30, (120, 120, 120)),
    ],
    "purple on grey as bright": [
        Box((30, 30), (360, 30), (130, 130, 130)), *lines(2, 30, (200, 90, 200)),
    ],
    "a panel behind the last group": [
        Box((136, 30), (200, 30), (88, 86, 214)),
        Text(NUMBER, (40, 48), 11, "cour", colour=(80, 80, 88)),
    ],
    "a chip whose digits touch": [
        Box((30, 30), (25, 14), TEAL),
        Text("6445", (32, 41), 11, "helv", colour=WHITE, pitch=(5.2, 0.0)),
    ],
}  # fmt: skip


def noisy(pixels: Pixels, deviation: float) -> Pixels:
    grain = np.random.default_rng(1).normal(0, deviation, pixels.shape[:2])[..., None]
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("deviation", [0.0, 8.0])
@pytest.mark.parametrize("dpi", [96.0, 120.0, 150.0, 200.0])
@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_on_hides_nothing(name: str, dpi: float, deviation: float) -> None:
    """What readers see in a block that hides digits is dropped."""
    drawn = draw.page(PRINTED[name], dpi=dpi, size=SIZE)
    assert read_blocks(noisy(drawn.pixels, deviation)) == ()


@pytest.mark.parametrize("deviation", [0.0, 6.0, 12.0, 20.0])
@pytest.mark.parametrize("dpi", [120.0, 200.0, 300.0])
@pytest.mark.parametrize("wide", [12.0, 60.0])
def test_a_solid_box_hides_what_is_below_it(wide: float, dpi: float, deviation: float) -> None:
    """Also in a photograph taken in the dark, whose black has a grain."""
    items = [
        Text("Card number", (30, 44), 10, "helv"),
        Box((100, 34), (wide, 12), (16, 16, 16)),
        Text("1234", (106 + wide, 44), 10, "helv"),
    ]
    drawn = draw.page(items, dpi=dpi, size=SIZE)
    (block,) = read_blocks(noisy(drawn.pixels, deviation))
    left, _top, right, _bottom = (side * 72 / dpi for side in block.quad.box())
    assert (left, right) == pytest.approx((100, 100 + wide), abs=2)
