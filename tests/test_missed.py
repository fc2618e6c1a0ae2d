"""The group of a number that no detector saw, read in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prepdoc.assembling import assembled
from prepdoc.finding.missed import with_missed
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Line, Pixels
from prepdoc.pan import find
from tests import draw
from tests.draw import Brand, Text


def page(text: str, turns: int) -> Pixels:
    lines = [Text("Mizutama Card", (12, 30), 11), Text(text, (30, 90), 11)]
    return draw.turned(draw.page(lines, dpi=130, size=(260, 260)), turns).pixels


def without(lines: tuple[Line, ...], group: str) -> tuple[Line, ...]:
    """What is left when no line has that group of digits."""
    return tuple(piece for line in lines for piece in _pieces(line, group))


def _pieces(line: Line, group: str) -> list[Line]:
    start = line.text.find(group)
    if start < 0:
        return [line]
    ends = (line.glyphs[:start], line.glyphs[start + len(group) :])
    return [replace(line, glyphs=glyphs) for glyphs in ends if glyphs]


def seen_in(lines: tuple[Line, ...]) -> set[str]:
    return {match.pan.digits for row in assembled(lines) for match in find(row.text)}


@pytest.mark.parametrize("turns", [0, 1, 3])
@pytest.mark.parametrize(
    ("brand", "at"),
    [*(("visa", at) for at in range(4)), *((b, at) for b in ("amex", "diners") for at in range(3))],
)
def test_a_group_that_was_not_detected_is_read_where_it_stands(
    brand: Brand, at: int, turns: int, paddle: Paddle
) -> None:
    """The first one, one in the middle, or the last one; on a page and up and down it."""
    pan = draw.pan(brand, 5)
    groups = draw.grouped(pan, " ").split()
    pixels = page(draw.grouped(pan, "  "), turns)
    seen = without(paddle.read(pixels), groups[at])
    assert pan not in seen_in(seen)
    assert pan in seen_in(with_missed(seen, pixels, paddle))


@pytest.mark.parametrize(
    "text",
    ["Parcel {} {} {}", "{} {} {}    ABCD", "{} {} {} / 12", "2026 1111 {} {}"],
)
def test_nothing_is_read_where_no_number_goes_on(text: str, paddle: Paddle) -> None:
    """Blank paper, and what is read already."""
    groups = draw.grouped(draw.pan("visa", 5), " ").split()
    pixels = page(text.format(*groups), 0)
    lines = paddle.read(pixels)
    assert with_missed(lines, pixels, paddle) == lines


def test_digits_that_no_card_has_are_not_added(paddle: Paddle) -> None:
    """Three groups and one more that is printed before them: a reference of sixteen digits."""
    wrong = draw.grouped(draw.pan("visa", 5, luhn=False), " ")
    pixels = page(wrong.replace(" ", "  "), 0)
    seen = without(paddle.read(pixels), wrong[:4])
    assert with_missed(seen, pixels, paddle) == seen
