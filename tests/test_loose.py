"""Card numbers over two lines that stand far apart, or in a square, and rows that look so."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from prepdoc.job import Options
from prepdoc.page import Cardholder, Line
from prepdoc.pan import find
from prepdoc.pipeline import prepare
from prepdoc.reading import open_source
from prepdoc.verifying.loose import in_loose_rows
from samples import make
from tests import draw, judge
from tests.draw import DrawnPdf, Text
from tests.sheets import found, sheet

PT = 9.0
FAR = 34.0
"""From line to line, in points: 2.7 times as much as the boxes of the print are high."""
NUMBER, OTHER = draw.pan("jcb", 2), draw.pan("visa", 6)


def written(text: str, x: float, y: float, tag: str = "") -> Text:
    return Text(text, (x, y), PT, "helv", tag)


def broken(number: str, at: int = 2, separator: str = " ") -> tuple[str, str]:
    """The number over two lines, in whole groups."""
    groups = draw.grouped(number, " ").split(" ")
    return separator.join(groups[:at]), separator.join(groups[at:])


def seen_again(source: DrawnPdf) -> int:
    """The places that verification sees where each text is a line, as detectors have it."""
    words = [Line(line.glyphs, "ocr") for line in open_source(source.data).page(1).lines]
    return len(list(in_loose_rows(words, find)))


def in_column(rows: Sequence[str], step: float = FAR) -> DrawnPdf:
    return sheet([written(row, 30, 40 + step * i) for i, row in enumerate(rows)])


@pytest.mark.parametrize(
    ("number", "at"),
    [(NUMBER, 1), (NUMBER, 2), (NUMBER, 3), (draw.pan("amex", 1), 1), (draw.pan("amex", 1), 2)],
)
@pytest.mark.parametrize("step", [30.0, FAR, 40.0])
def test_a_number_that_goes_on_far_below_is_found(number: str, at: int, step: float) -> None:
    source = in_column(broken(number, at), step)
    assert found(source) == {number[-4:]}
    assert seen_again(source)


@pytest.mark.parametrize("lead", ["Card ", "Please look at "])
def test_a_number_that_goes_on_in_a_paragraph_is_found(lead: str) -> None:
    """At the left edge, with words behind it or not."""
    upper, lower = broken(NUMBER)
    source = in_column([lead + upper, lower + " which is yours"])
    assert found(source) == {NUMBER[-4:]}
    assert seen_again(source)


def test_numbers_below_each_other_of_which_all_go_on_are_found() -> None:
    cards = [draw.pan("mastercard", seed) for seed in range(4)]
    source = in_column([half for card in cards for half in broken(card)])
    assert found(source) == {card[-4:] for card in cards}
    assert seen_again(source) >= len(cards)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_references_that_stand_far_below_each_other_are_no_number(place: int) -> None:
    """Though two of them are proven, by chance."""
    chance = random.Random(5)
    rows = [f"{chance.randint(7000, 9999)} {chance.randint(7000, 9999)}" for _ in range(3)]
    rows[place:place] = broken(NUMBER)
    source = in_column(rows)
    assert not found(source)
    assert not seen_again(source)


def test_a_part_of_a_page_is_held_against_what_stands_around_it() -> None:
    """A view around a mask shows a row or two of a list."""
    source = in_column(["7126 9032", "9126 7032", *broken(NUMBER)])
    lines = [Line(line.glyphs, "ocr") for line in open_source(source.data).page(1).lines]
    assert list(in_loose_rows(lines[-2:], find, lines[-2:]))
    assert list(in_loose_rows(lines[-2:], find, lines[:2])) == []
    assert list(in_loose_rows(lines[-2:], find, lines)) == []


@pytest.mark.parametrize("between", ["Thank you", "1,234"])
def test_what_stands_on_a_line_between_parts_two_references(between: str) -> None:
    upper, lower = broken(NUMBER)
    source = in_column([upper, between, lower], FAR / 2)
    assert not found(source)
    assert not seen_again(source)


def test_references_with_something_beside_them_are_no_number() -> None:
    upper, lower = broken(NUMBER)
    items = [written(half, 100, 60 + FAR * i) for i, half in enumerate((upper, lower))]
    words = [written(word, 30, 60 + FAR * i) for i, word in enumerate(("Orchard", "Bugis"))]
    source = sheet([*items, *words])
    assert not found(source)
    assert not seen_again(source)


def test_references_in_texts_that_begin_elsewhere_are_no_number() -> None:
    upper, lower = broken(NUMBER)
    texts = written(f"Look at {upper}", 30, 60), written(f"{lower} at noon", 80, 60 + FAR)
    source = sheet(texts)
    assert not found(source)
    assert not seen_again(source)


def test_a_part_of_a_group_on_each_line_is_no_number() -> None:
    source = in_column([f"{NUMBER[:6]}", f"{NUMBER[6:]}"])
    assert not found(source)
    assert not seen_again(source)


def square(number: str, y: float, step: float = FAR) -> list[Text]:
    groups = draw.grouped(number, " ").split(" ")
    return [written(g, 30 + 90 * (i % 2), y + step * (i // 2), "pan") for i, g in enumerate(groups)]


@pytest.mark.parametrize("step", [13.0, FAR])
def test_a_number_in_a_square_is_found(step: float) -> None:
    source = sheet(square(NUMBER, 60, step))
    assert found(source) == {NUMBER[-4:]}
    assert seen_again(source)


@pytest.mark.parametrize("rows", [3, 4])
def test_a_table_of_two_columns_of_four_digits_is_no_number(rows: int) -> None:
    chance = random.Random(5)
    table = [(str(chance.randint(7000, 9999)), "9126") for _ in range(rows - 2)]
    items = [
        written(cell, 30 + 90 * j, 60 + FAR * (i + 2))
        for i, row in enumerate(table)
        for j, cell in enumerate(row)
    ]
    source = sheet([*square(NUMBER, 60), *items])
    assert not found(source)
    assert not seen_again(source)


def test_two_numbers_in_a_square_each_are_found() -> None:
    source = sheet([*square(NUMBER, 60), *square(OTHER, 60 + 2 * FAR)])
    assert found(source) == {NUMBER[-4:], OTHER[-4:]}


@pytest.mark.parametrize("kind", ["lines", "square"])
def test_the_last_four_stay_and_the_rest_goes(kind: str) -> None:
    upper, lower = broken(NUMBER)
    lines = [written(f"Card {upper}", 30, 90, "upper"), written(lower, 30, 90 + FAR, "pan")]
    items = lines if kind == "lines" else square(NUMBER, 90)
    label = written(f"Card number {draw.grouped(OTHER)}", 30, 40)
    source = sheet([label, *items])
    result = prepare(source.data, Cardholder(**make.CARDHOLDER_EN), Options(dpi=150))
    assert result.data is not None
    (page,) = judge.pictures(result.data)
    black, truth = page.max(axis=2) < 40, source.truth("pan", dpi=150)
    assert judge.left_bare(black, truth, 150) == 0
    assert judge.digits_read(page, truth.keep) == NUMBER[-4:]
    assert judge.traces(result.data, NUMBER) == ()
    assert {one.pan.last_four for one in result.numbers} == {NUMBER[-4:], OTHER[-4:]}
    assert len(result.numbers) == 2
