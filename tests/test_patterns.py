"""Print is found on paper with a pattern: the stripes of a photographed screen, pale dots."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from prepdoc import patterns
from prepdoc.ocr.alone import turned
from prepdoc.ocr.columns import column_sets
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import Pixels
from tests import draw
from tests.draw import Drawn, Text

NUMBER = draw.pan("mastercard", 4)
SIZE = (420, 300)


def page() -> Drawn:
    items = [Text("Card number", (30, 40), 9, "helv")]
    items += [Text(draw.grouped(NUMBER), (120, 40 + 60 * i), 9, "helv", f"pan{i}") for i in (0, 1)]
    return draw.page(items, dpi=200, size=SIZE)


def striped(drawn: Drawn, depth: float) -> Pixels:
    """As a screen's columns of red, green and blue beat with a camera's pixels."""
    height, width = drawn.pixels.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    across = (x + 0.07 * y) / 9.3
    bright = 1 - depth * (1 + np.cos(2 * np.pi * (across[..., None] + np.arange(3) / 3))) / 2
    return np.asarray(drawn.pixels * bright, dtype=np.uint8)


def dotted(drawn: Drawn, step: int = 17, radius: float = 5.5) -> Pixels:
    """On paper with a grid of pale green dots."""
    height, width = drawn.pixels.shape[:2]
    y, x = np.mgrid[:height, :width]
    away = np.hypot(x % step - step / 2, y % step - step / 2)
    green = np.where((away <= radius)[..., None], (170, 220, 170), (255, 255, 255))
    return np.asarray(np.minimum(drawn.pixels, green), dtype=np.uint8)


@pytest.mark.parametrize("depth", [0.15, 0.35, 0.6])
def test_numbers_are_read_through_the_stripes_of_a_screen(depth: float) -> None:
    pixels = striped(page(), depth)
    assert patterns.has_stripes(pixels)
    read = [line.text.replace(" ", "") for line in Paddle().read(pixels)]
    assert sum(draw.grouped(NUMBER) in text for text in read) == 2


@pytest.mark.parametrize("alter", [draw.grey, lambda d: draw.noisy(d, 3), lambda d: d])
def test_print_noise_and_coloured_paper_are_no_stripes(alter: Callable[[Drawn], Drawn]) -> None:
    drawn = alter(page())
    assert not patterns.has_stripes(drawn.pixels)
    assert not patterns.has_stripes(np.minimum(drawn.pixels, np.uint8([230, 240, 200])))


def test_numbers_are_read_on_paper_of_which_every_dot_is_taken_for_print() -> None:
    lines = [Text(draw.grouped(NUMBER), (120, 40 + 90 * i), 9, "cour") for i in range(3)]
    sheet = draw.page(lines, dpi=200, size=(595, 800))
    read = [line.text.replace(" ", "") for line in Paddle().read(dotted(sheet))]
    assert sum(draw.grouped(NUMBER) in text for text in read) == 3


def test_dots_below_each_other_are_no_column_of_digits() -> None:
    pixels = dotted(draw.page([], dpi=200, size=SIZE))
    assert column_sets(turned(pixels, away_from_paper(pixels))) == ()
    assert (
        column_sets(turned(np.rot90(pixels).copy(), away_from_paper(np.rot90(pixels).copy()))) == ()
    )


def test_what_is_pale_is_white_and_what_is_dark_stays() -> None:
    pixels = dotted(page())
    seen = patterns.without_pale(pixels)
    dots = (pixels == (170, 220, 170)).all(axis=2)
    assert dots.any()
    assert (seen[dots] == 255).all()
    assert (seen[page().pixels.max(axis=2) == 0] < 64).all()
