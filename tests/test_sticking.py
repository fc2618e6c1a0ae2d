"""Heads and feet of digits that stick out of a mask are seen, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prepdoc.errors import LeakFound
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import ExpectedPage, Quad
from prepdoc.verifying.axes import Axes
from prepdoc.verifying.sticking import sticking_out
from tests import draw
from tests.draw import Box, Drawn, Item, Text
from tests.looking import verified
from tests.test_verifying import paint, png_of, slip

NUMBER = draw.grouped(draw.pan("visa", 3), " ")
AT = (40.0, 60.0)
PT = 11.0
TOP, BOTTOM = 51.9, 60.1
"""Where the digits' ink is, in points."""
GREY = (120, 120, 120)


def card(*more: Item, dpi: float = 200) -> Drawn:
    return draw.page([*more, Text(NUMBER, AT, PT, "helv", "pan")], dpi=dpi, size=(240, 110))


def masks(drawn: Drawn, top: float = 0.0, bottom: float = 0.0, fringe: float = 1.0) -> list[Quad]:
    """The masks of the number, cut short above and below by parts of their height."""
    return [_short(quad, top, bottom, fringe) for quad in drawn.truth("pan").mask]


def _short(quad: Quad, top: float, bottom: float, fringe: float) -> Quad:
    tl, tr, br, bl = quad.array()
    down = bl - tl
    unit = down / np.linalg.norm(down)
    start, end = top * down - fringe * unit, -bottom * down + fringe * unit
    return Quad.from_array(np.stack([tl + start, tr + start, br + end, bl + end]))


def leaks(drawn: Drawn, quads: list[Quad]) -> list[Quad]:
    page = ExpectedPage(1, drawn.pixels, True, tuple(quads))
    return [leak.quad for leak in sticking_out(page)]


def rule(y: float, thick: float = 0.6, left: float = 0.0) -> Box:
    return Box((left, y), (240.0, thick), GREY)


def cells() -> list[Item]:
    return [Box((x, 45.0), (0.6, 23.0), GREY) for x in range(36, 200, 14)]


ALTERED: dict[str, Callable[[Drawn], Drawn]] = {
    "as drawn": lambda drawn: drawn,
    "dark": draw.dark,
    "askew": lambda drawn: draw.skewed(drawn, 7),
    "turned": lambda drawn: draw.turned(drawn, 1),
    "blurred": lambda drawn: draw.blurred(drawn, 1.2),
    "noisy": lambda drawn: draw.noisy(drawn, 8),
    "JPEG": lambda drawn: draw.jpegged(drawn, 40),
}


@pytest.mark.parametrize("short", [(0.25, 0.0), (0.0, 0.2), (0.2, 0.2)], ids=str)
@pytest.mark.parametrize("altered", ALTERED)
def test_heads_and_feet_are_seen_and_painted(altered: str, short: tuple[float, float]) -> None:
    """And once they are painted, nothing sticks out any more."""
    drawn = ALTERED[altered](card())
    quads = masks(drawn, *short, fringe=0.0)
    more = leaks(drawn, quads)
    assert more
    assert not leaks(drawn, quads + more)


@pytest.mark.parametrize("dpi", [96, 150, 300])
@pytest.mark.parametrize("altered", ALTERED)
def test_nothing_sticks_out_of_a_mask_that_fits(altered: str, dpi: float) -> None:
    drawn = ALTERED[altered](card(dpi=dpi))
    assert not leaks(drawn, masks(drawn))


BESIDE: dict[str, list[Item]] = {
    "an underline": [rule(BOTTOM + 0.2)],
    "a line that strikes out": [rule(55.5)],
    "a table's row": [rule(BOTTOM + 1.5), rule(TOP - 2)],
    "cells": cells(),
    "a watermark": [Text("COPY", (40.0, 90.0), 70, "helv", colour=(170, 170, 170))],
    "letters that hang into it": [Text("gjpqy(gjpqy)gjpqy", (40.0, TOP - 2.6), PT, "helv")],
    "a shaded row": [Box((0.0, 0.0), (240.0, 56.0), (225, 232, 240))],
}


@pytest.mark.parametrize("beside", BESIDE)
def test_what_else_is_printed_is_no_digit(beside: str) -> None:
    drawn = card(*BESIDE[beside])
    assert not leaks(drawn, masks(drawn))


@pytest.mark.parametrize("altered", ALTERED)
@pytest.mark.parametrize("at", ["before", "behind"])
def test_a_half_of_a_digit_at_the_end_of_its_mask_is_seen_and_painted(
    altered: str, at: str
) -> None:
    """A cut went through it, as on a chip whose edge is near."""
    drawn = ALTERED[altered](draw.page([Text("0380", AT, PT, "helv", "pan")], size=(240, 110)))
    first, last = (drawn.tagged("pan")[i].quad for i in (0, -1))
    whole = first.to(last)
    wide = (first if at == "before" else last).width() / whole.width()
    short = whole.part(wide / 2, 1.0) if at == "before" else whole.part(0.0, 1 - wide / 2)
    (found,) = leaks(drawn, [short])
    lost = whole.part(0.0, wide / 2) if at == "before" else whole.part(1 - wide / 2, 1.0)
    axes = Axes.of(found)
    start, end = axes.span(lost.part(0.1, 0.9))
    assert start >= 0
    assert end <= axes.width


def test_feet_below_a_rule_are_seen() -> None:
    """A table's line runs through the digits, and the mask ends at it."""
    drawn = card(rule(57.5))
    assert leaks(drawn, masks(drawn, bottom=0.25, fringe=0.0))


def test_an_output_in_which_feet_can_be_seen_is_no_proof(tmp_path: Path) -> None:
    """Readers see no digit in them."""
    whole = slip()
    (mask,) = whole.page.masks
    x0, y0, x1, y1 = mask.box()
    low = Quad.from_box(x0, y0, x1, y1 - 0.35 * (y1 - y0))
    pixels = whole.pixels.copy()
    box = tuple(round(v) for v in mask.box())
    area = slice(box[1], box[3]), slice(box[0], box[2])
    pixels[area] = whole.page.source[area]
    paint(pixels, low)
    path = tmp_path / "out.png"
    path.write_bytes(png_of(pixels))
    page = ExpectedPage(
        1, whole.page.source, True, (low,), whole.page.last_fours, whole.page.stamps
    )
    with pytest.raises(LeakFound) as found:
        verified(path, lambda n: page, 1, (), Paddle(), Tesseract())
    assert any(leak.quad.box()[3] >= y1 - 4 for leak in found.value.leaks)


@pytest.mark.parametrize("width", [0.0, 0.05, 0.4, 1.0])
def test_a_mask_that_is_hardly_wider_than_nothing_ends_no_process(width: float) -> None:
    """OpenCV crashes with the whole process where it counts what hangs together in no column."""
    drawn = card()
    left, top, right, bottom = masks(drawn)[0].box()
    for x in np.linspace(left, right, 7):
        leaks(drawn, [Quad.from_box(x, top, x + width, bottom)])
