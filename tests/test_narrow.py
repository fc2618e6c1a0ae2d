"""Card numbers that narrow cells break over three lines and four, and columns that look so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from prepdoc.job import Options
from prepdoc.narrow import is_whole, narrow
from prepdoc.page import Cardholder, Line
from prepdoc.pan import find
from prepdoc.pan.number import luhn
from prepdoc.pipeline import prepare
from prepdoc.reading import open_source
from tests import draw, judge
from tests.draw import DrawnPdf, Text
from tests.sheets import found, sheet

PT, STEP = 9.0, 13.0
CARD, AMEX = draw.pan("visa", 6), draw.pan("amex", 1)
FOURS = {
    "1-2-1": ("{0}-\n{1}-{2}-\n{3}", "{0}\n{1} {2}\n{3}"),
    "2-1-1": ("{0}-{1}-\n{2}-\n{3}", "{0} {1}\n{2}\n{3}"),
    "1-1-2": ("{0}-\n{1}-\n{2}-{3}", "{0}\n{1}\n{2} {3}"),
    "1-1-1-1": ("{0}-\n{1}-\n{2}-\n{3}", "{0}\n{1}\n{2}\n{3}"),
}


def lines(text: str, x: float = 60, y: float = 60) -> list[Text]:
    return [Text(line, (x, y + STEP * i), PT) for i, line in enumerate(text.split("\n"))]


def seen_again(source: DrawnPdf) -> int:
    """The numbers that verification sees where each text is a line, as detectors have it."""
    words = [Line(line.glyphs, "ocr") for line in open_source(source.data).page(1).lines]
    return sum(is_whole(match, line) for line in narrow(words) for match in find(line.text))


@pytest.mark.parametrize("text", [text for both in FOURS.values() for text in both])
@pytest.mark.parametrize("lead", ["Card ", "No. 1 ", "カード"])
def test_a_number_that_a_paragraph_breaks_often_is_found(text: str, lead: str) -> None:
    printed = text.format(*draw.grouped(CARD).split("-"))
    source = sheet(lines(f"{lead}{printed} is yours"))
    assert found(source) == {CARD[-4:]}
    assert seen_again(source)


@pytest.mark.parametrize("text", [text for both in FOURS.values() for text in both])
@pytest.mark.parametrize("gap", [12.0, 30.0])
def test_a_number_that_a_cell_breaks_is_found_beside_others(text: str, gap: float) -> None:
    """However near the next column stands."""
    printed = text.format(*draw.grouped(CARD).split("-"))
    beside = 60 + draw.width_pt("0000-0000-", PT) + gap
    source = sheet([*lines("No.1", 20), *lines(printed), *lines("09/29", beside)])
    assert found(source) == {CARD[-4:]}


@pytest.mark.parametrize("separator", ["-\n", "\n"])
def test_fifteen_digits_in_three_lines_are_found(separator: str) -> None:
    printed = draw.grouped(AMEX).replace("-", separator)
    source = sheet([*lines("Taro", 20), *lines(printed), *lines("9,800", 130)])
    assert found(source) == {AMEX[-4:]}


@pytest.mark.parametrize(
    "rows",
    [
        ["{0}", "{1}", "{2}", "{3}", "7731"],
        ["7731", "{0}", "{1}", "{2}", "{3}"],
        ["{0}", "{1} {2}", "{3}", "7731 9032"],
    ],
)
def test_a_column_of_groups_is_no_number(rows: Sequence[str]) -> None:
    """Though four of its rows are proven, by chance."""
    source = sheet(lines("\n".join(rows).format(*draw.grouped(CARD).split("-"))))
    assert not found(source)
    assert not seen_again(source)


def test_numbers_below_each_other_do_not_borrow_groups() -> None:
    """The first three of one and the first of the next are proven, and belong to two cells."""
    other = draw.pan("mastercard", 3)
    cards = (draw.pan("visa", seed) for seed in range(1000))
    card = next(digits for digits in cards if luhn(digits[:12] + other[:4]))
    upper, lower = (draw.grouped(digits).replace("-", "-\n") for digits in (card, other))
    source = sheet([*lines(upper), *lines(lower, y=60 + 4 * STEP - 2)])
    assert found(source) == {card[-4:], other[-4:]}


def test_what_stands_beside_a_group_parts_two_rows() -> None:
    """A middle row fills its line; a table's row has other columns."""
    first, second, third, last = draw.grouped(CARD).split("-")
    source = sheet(lines(f"Room {first}\n{second} nights\n{third} guests\n{last} yen"))
    assert not found(source)
    assert not seen_again(source)


def test_nothing_of_such_a_number_can_be_read_in_the_output() -> None:
    """But for the last four, and what stands beside it."""
    printed = FOURS["1-2-1"][0].format(*draw.grouped(CARD).split("-"))
    source = sheet([*lines("No.1", 20), *lines(printed), *lines("09/29", 130)])
    holder = Cardholder("Taro Yamada", "1-2-3 Ginza, Tokyo", "+81 3-1234-5678")
    done = prepare(source.data, holder, Options(dpi=150))
    assert done.data is not None
    text = judge.pdfium_text(done.data)
    assert CARD[-4:] in text
    assert not any(group in text for group in draw.grouped(CARD).split("-")[:3])
