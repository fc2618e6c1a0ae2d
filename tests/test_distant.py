"""Card numbers with one group in a column of its own, and codes with an amount beside them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import pytest

from prepdoc.job import Options
from prepdoc.page import Cardholder, ExpectedPage, Line
from prepdoc.pipeline import prepare
from prepdoc.reading import open_source
from prepdoc.verifying.rows import in_parted_rows
from samples import make
from tests import draw, judge
from tests.draw import Brand, DrawnPdf, Text
from tests.sheets import found, sheet

BLANK_PAGE = ExpectedPage(1, np.zeros((9, 9, 3), np.uint8), lossless=True)
FORMS: tuple[tuple[Brand, tuple[int, ...], int], ...] = (
    ("visa", (4, 4, 4, 4), 3),
    ("jcb", (4, 4, 4, 4), 1),
    ("amex", (4, 6, 5), 2),
    ("amex", (4, 6, 5), 1),
)
"""How a number is grouped, and before which group it is parted."""


def cut(digits: str, sizes: Sequence[int]) -> list[str]:
    ends = list(accumulate(sizes))
    return [digits[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def parted(groups: Sequence[str], at: int, y: float, far: float = 180, tag: str = "") -> list[Text]:
    """The first groups near each other, and the others in the next column."""
    return [
        Text(" ".join(groups[:at]), (60, y), 9, "helv", tag),
        Text(" ".join(groups[at:]), (far, y), 9, "helv", tag),
    ]


def seen_again(source: DrawnPdf) -> int:
    """The places that verification sees where each column is a line, as detectors have it."""
    words = [Line(line.glyphs, "ocr") for line in open_source(source.data).page(1).lines]
    return len(list(in_parted_rows(words, BLANK_PAGE)))


def codes(count: int, seed: int = 7) -> list[list[str]]:
    """Parcels' numbers and amounts, in which no card's number begins."""
    chance = random.Random(seed)
    return [[str(chance.randint(7000, 9999)) for _ in range(4)] for _ in range(count)]


@pytest.mark.parametrize(("brand", "sizes", "at"), FORMS)
def test_a_number_with_a_group_in_another_column_is_found(
    brand: Brand, sizes: tuple[int, ...], at: int
) -> None:
    number = draw.pan(brand, 3)
    source = sheet([*parted(cut(number, sizes), at, 90), Text("09/29", (290, 90), 9, "helv")])
    assert found(source) == {number[-4:]}
    assert seen_again(source)


def test_a_column_of_such_numbers_is_found() -> None:
    cards = [draw.pan("mastercard", seed) for seed in range(5)]
    rows = [parted(cut(card, (4, 4, 4, 4)), 3, 80 + 13 * i) for i, card in enumerate(cards)]
    source = sheet([item for row in rows for item in row])
    assert found(source) == {card[-4:] for card in cards}
    assert seen_again(source) >= len(cards)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_code_in_a_column_with_amounts_is_no_number(place: int) -> None:
    """Though one is proven, by chance."""
    chance = cut(draw.pan("visa", 5), (4, 4, 4, 4))
    rows = codes(3)
    rows.insert(place, chance)
    source = sheet([item for i, row in enumerate(rows) for item in parted(row, 3, 80 + 13 * i)])
    assert not found(source)
    assert not seen_again(source)


def test_a_part_of_a_page_is_held_against_what_stands_around_it() -> None:
    """A view around a mask shows a row or two of a table."""
    rows = [*codes(3), cut(draw.pan("visa", 5), (4, 4, 4, 4))]
    source = sheet([item for i, row in enumerate(rows) for item in parted(row, 3, 80 + 13 * i)])
    lines = [Line(line.glyphs, "ocr") for line in open_source(source.data).page(1).lines]
    view, alone = lines[-2:], lines[-2:]
    assert list(in_parted_rows(view, BLANK_PAGE, alone))
    assert not list(in_parted_rows(view, BLANK_PAGE, lines))


def test_a_number_is_found_among_codes_where_a_card_is_named() -> None:
    number = draw.pan("visa", 5)
    rows = [*codes(3), cut(number, (4, 4, 4, 4))]
    items = [item for i, row in enumerate(rows) for item in parted(row, 3, 80 + 13 * i)]
    assert found(sheet([*items, Text("Visa", (36, 119), 9, "helv")])) == {number[-4:]}


@pytest.mark.parametrize("behind", [" JPY", ".00", ",000", "-11"])
def test_a_code_beside_something_else_than_four_digits_is_no_number(behind: str) -> None:
    groups = cut(draw.pan("visa", 5), (4, 4, 4, 4))
    source = sheet(parted([*groups[:3], groups[3] + behind], 3, 90))
    assert not found(source)
    assert not seen_again(source)


@pytest.mark.parametrize("before", [True, False])
def test_a_code_in_a_row_of_groups_of_four_is_no_number(before: bool) -> None:
    further = Text("4126", (20 if before else 220, 90), 9, "helv")
    source = sheet([*parted(cut(draw.pan("visa", 5), (4, 4, 4, 4)), 3, 90, 150), further])
    assert not found(source)


def test_digits_of_the_group_far_away_stay_and_the_others_go() -> None:
    """Also where another card on the page begins with the same six."""
    number, other = draw.pan("visa", 5), draw.pan("visa", 4)
    assert number[:6] == other[:6]
    label = Text(f"Card number {draw.grouped(other)}", (20, 40), 9, "helv", "other")
    source = sheet([label, *parted(cut(number, (4, 4, 4, 4)), 3, 90, tag="pan")])
    result = prepare(source.data, Cardholder(**make.CARDHOLDER_EN), Options(dpi=150))
    assert result.data is not None
    (page,) = judge.pictures(result.data)
    truth = source.truth("pan", dpi=150)
    black = page.max(axis=2) < 40
    assert judge.left_bare(black, truth, 150) == 0
    assert judge.digits_read(page, truth.keep) == number[-4:]
    assert judge.traces(result.data, number[6:]) == ()
    assert sorted(one.pan.last_four or "" for one in result.numbers) == sorted(
        (number[-4:], other[-4:])
    )
