"""Numbers that somebody sent in several messages of a chat, on drawn pages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from prepdoc.finding import find_numbers
from prepdoc.ocr.paddle import Paddle
from tests import draw, judge
from tests.draw import Drawn, Item, Text
from tests.test_finding import black

DPI = 150
PAN = draw.pan("visa", 61)
GROUPS = [PAN[i : i + 4] for i in range(0, 16, 4)]
HALVES = [f"{PAN[:4]} {PAN[4:8]}", f"{PAN[8:12]} {PAN[12:]}"]


def chat(messages: Sequence[str], apart: float, beside: Sequence[str] = ()) -> Drawn:
    """Messages below each other, and what stands beside each."""
    items: list[Item] = [Text("I send you the card", (90, 30), 11, "helv")]
    items += [
        Text(message, (90, 30 + apart * (i + 1)), 11, "helv", "pan")
        for i, message in enumerate(messages)
    ]
    items += [
        Text(text, (30, 30 + apart * (i + 1)), 11, "helv", "kept") for i, text in enumerate(beside)
    ]
    return draw.page(items, dpi=DPI, size=(260, 60 + apart * (len(messages) + 1)))


@pytest.mark.parametrize(
    ("messages", "apart", "named"),
    [
        (GROUPS, 36.0, False),
        (GROUPS, 36.0, True),
        (HALVES, 40.0, False),
        (HALVES, 75.0, True),
        ([HALVES[0], *GROUPS[2:]], 36.0, False),
        ([PAN[:4], PAN[4:12], PAN[12:]], 36.0, False),
    ],
)
def test_a_number_in_several_messages_is_masked(
    messages: Sequence[str], apart: float, named: bool
) -> None:
    """Further apart where something names its last four; with the layer, and without one."""
    drawn = chat(messages, apart)
    fours = [GROUPS[-1]] if named else []
    for lines in (drawn.lines(), Paddle().read(drawn.pixels)):
        numbers = find_numbers(1, drawn.pixels, lines, last_fours=fours).numbers
        assert {number.pan.last_four for number in numbers} == {GROUPS[-1]}
        dark, truth = black(drawn.pixels.shape, numbers), drawn.truth()
        assert judge.left_bare(dark, truth, DPI) == 0
        assert judge.lost(dark, truth) == 0


@pytest.mark.parametrize(
    ("messages", "apart", "beside"),
    [
        ([*GROUPS, "1203"], 36.0, ()),  # a column
        (GROUPS, 36.0, ("11/03", "11/05", "11/09", "11/12")),  # a table
        (HALVES, 75.0, ()),
        ([*GROUPS[:3], f"{(int(GROUPS[3]) + 1) % 10_000:04}"], 36.0, ()),
        (["2024", "2025", "2026", "2027"], 36.0, ()),
    ],
)
def test_other_numbers_far_below_each_other_stay(
    messages: Sequence[str], apart: float, beside: Sequence[str]
) -> None:
    """More rows, with others beside them, too far apart, or without a fitting check digit."""
    drawn = chat(messages, apart, beside)
    assert not find_numbers(1, drawn.pixels, drawn.lines()).numbers
