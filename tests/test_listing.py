"""References below each other are no number, though one in ten with the next one passes Luhn."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from prepdoc.finding.sightings import assembled_by_reader
from prepdoc.pan import find
from prepdoc.pan.number import brand_of, luhn
from prepdoc.reading import open_source
from prepdoc.verifying.wrapping import in_cells, in_wrapped
from tests import draw
from tests.draw import DrawnPdf, Text
from tests.sheets import found, sheet

PAN = draw.pan("mastercard", 9)
BY_CHANCE = {7: "305693", 8: "411111", 9: "675964"}
"""By the digits of a row, how a number begins whose halves two of them may be."""


def number(size: int) -> str:
    body = BY_CHANCE[size] + "".join(random.Random(size).choices("0123456789", k=2 * size - 7))
    return body + draw.luhn_digit(body)


def table(size: int, above: int, below: int) -> list[Text]:
    """References of which two are a number's halves, and so many stand above and below them."""
    chance, half = random.Random(size), number(size)
    others = ["9" + "".join(chance.choices("0123456789", k=size - 1)) for _ in range(above + below)]
    rows = [*others[:above], half[:size], half[size:], *others[above:]]
    return [item for i, row in enumerate(rows) for item in cells(row, 80 + 11 * i)]


def cells(reference: str, y: float) -> tuple[Text, ...]:
    """A row: a word stands so near its reference that both are one line."""
    return (
        Text("03 Nov", (20, y), 8),
        Text(reference, (60, y), 8),
        Text("BOOKS", (66 + draw.width_pt(reference, 8), y), 8),
        Text("1,234", (200, y), 8),
    )


def statement(items: list[Text]) -> DrawnPdf:
    """With a card's number above."""
    return sheet([Text(f"Card number {draw.grouped(PAN, ' ')}", (20, 40), 9), *items])


@pytest.mark.parametrize("size", BY_CHANCE)
@pytest.mark.parametrize(("above", "below"), [(2, 3), (0, 2), (4, 0)])
def test_references_of_a_column_are_no_number(size: int, above: int, below: int) -> None:
    """Neither in finding nor in verification."""
    data = statement(table(size, above, below))
    assert found(data) == {PAN[-4:]}
    lines = open_source(data.data).page(1).lines
    hidden = [quad for seen in (in_cells, in_wrapped) for quad in seen(lines, find)]
    assert not hidden


def test_a_number_over_two_rows_by_itself_is_found() -> None:
    assert found(statement(table(8, 0, 0))) == {PAN[-4:], number(8)[-4:]}


@pytest.mark.parametrize("size", [7, 9])
def test_two_rows_with_words_before_them_are_no_unusual_number(size: int) -> None:
    """Of fourteen digits or eighteen: a form's values, each behind what it is called."""
    assert found(statement(table(size, 0, 0))) == {PAN[-4:]}


def test_numbers_that_all_go_on_below_are_found() -> None:
    """Cards in a narrow column, as near to each other as their halves are."""
    cards = [draw.pan("visa", seed) for seed in range(3)]
    halves = [half for card in cards for half in (card[:8], card[8:])]
    rows = [item for i, half in enumerate(halves) for item in cells(half, 80 + 11 * i)]
    assert found(statement(rows)) == {PAN[-4:], *(card[-4:] for card in cards)}


@pytest.mark.parametrize("words", [("Ref", "No."), ("ID", "Ref"), ("伝票", "伝票")])
@pytest.mark.parametrize("sizes", [(8, 8), (7, 9), (9, 7)])
def test_numbers_that_have_a_word_of_their_own_are_two(
    words: tuple[str, str], sizes: tuple[int, int]
) -> None:
    """In lines below each other, of any length: what is a card's has a word before it once."""
    halves = number(8)[: sizes[0]], number(8)[sizes[0] :]
    items = [
        Text(f"{word} {half} BOOKS 12.30", (20, 80 + 11 * i), 8)
        for i, (word, half) in enumerate(zip(words, halves, strict=True))
    ]
    data = statement(items)
    assert found(data) == {PAN[-4:]}
    assert not list(in_cells(open_source(data.data).page(1).lines, find))


@pytest.mark.parametrize("tie", ["-", " "])
@pytest.mark.parametrize("taken", [1, 2, 3])
def test_parcels_below_each_other_are_no_number(tie: str, taken: int) -> None:
    """Rows of three groups of four, of which the last with the next row's first may be proven."""
    groups = draw.grouped(draw.pan("visa", 3)).split("-")
    rows = [*("9876",) * (3 - taken), *groups, *("5432",) * (taken - 1)]
    texts = [tie.join(rows[:3]), tie.join(rows[3:])]
    data = statement([Text(text, (60, 80 + 11 * i), 8) for i, text in enumerate(texts)])
    assert found(data) == {PAN[-4:]}
    lines = open_source(data.data).page(1).lines
    assert not [quad for seen in (in_cells, in_wrapped) for quad in seen(lines, find)]
    named = statement([Text(f"Card No. {texts[0]}", (20, 80), 8), Text(texts[1], (20, 91), 8)])
    assert taken < 3 or found(named) != {PAN[-4:]}


@pytest.mark.parametrize(
    "values",
    [
        (("MERCH ID", "649020546664"), ("BATCH", "000559")),
        (("Folio", "369840082"), ("Member", "44636")),
        (("加盟店番号", "5018250074"), ("端末", "63042")),
    ],
)
@pytest.mark.parametrize("x", [60.0, 110.0])
def test_values_below_each_other_that_have_words_before_them_are_no_number(
    values: Sequence[tuple[str, str]], x: float
) -> None:
    """As receipts and forms print them, however far from their words; proven by chance."""
    digits = "".join(value for _, value in values)
    last = values[1][1][:-1] + draw.luhn_digit(digits[:-1])
    rows = [(values[0][0], values[0][1]), (values[1][0], last)]
    items = [
        Text(text, (left, 80 + 12 * i), 8)
        for i, row in enumerate(rows)
        for left, text in zip((20, x), row, strict=True)
    ]
    assert found(statement(items)) == {PAN[-4:]}
    lines = assembled_by_reader(open_source(statement(items).data).page(1).lines)
    assert not [quad for seen in (in_cells, in_wrapped) for quad in seen(lines, find)]


@pytest.mark.parametrize(("first", "last"), [("4912896518575", "248"), ("357012345679", "4142")])
def test_a_row_s_end_and_the_next_row_s_beginning_are_no_number(first: str, last: str) -> None:
    """What begins both is as long; the end of one and the beginning of the next pass by chance."""
    codes = (f"{n:0{len(last)}}" for n in range(10 ** len(last)))
    begun = next(code for code in codes if _is_one(code + first))
    rows = (("9" * len(first), begun), (first, last))
    items = [
        Text(f"{code} Green tea {count}", (20, 80 + 12 * i), 8)
        for i, (code, count) in enumerate(rows)
    ]
    assert found(statement(items)) == {PAN[-4:]}


def _is_one(digits: str) -> bool:
    return brand_of(digits) is not None and luhn(digits)


@pytest.mark.parametrize("first", ["03 Nov", "11/03"])
def test_rows_of_a_short_table_with_something_before_each_are_no_number(first: str) -> None:
    """Though two of three pairs are proven by chance."""
    one, other = draw.pan("visa", 3), draw.pan("jcb", 4)
    rows = [one[:8], one[8:], "10203040", "50607080", other[:8], other[8:]]
    items = [
        Text(text, (x, 80 + 11 * i), 8)
        for i, row in enumerate(rows)
        for x, text in ((20, first), (120, "990"), (200, row))
    ]
    assert found(statement(items)) == {PAN[-4:]}


def test_a_number_over_two_lines_is_found_beside_the_end_of_another_one() -> None:
    """Two cards of any range in columns beside each other, each broken behind its ninth digit."""
    cards = [draw.pan("mastercard", 4), draw.pan("maestro", 6)]
    items = [
        Text(text, (x, y), 8)
        for x, number, card in zip((20, 160), ("(3) ", "(4) "), cards, strict=True)
        for y, text in ((80, number + card[:9]), (91, card[9:]))
    ]
    assert found(statement(items)) == {PAN[-4:], *(card[-4:] for card in cards)}


def test_a_phone_behind_its_area_code_does_not_go_on_below() -> None:
    """`(03) 3494-1789` above seven digits: an American Express number by its check digit."""
    card = draw.pan("amex", 2)
    phone = Text(f"Tel. (03) {card[:4]}-{card[4:8]}", (20, 80), 8)
    data = statement([phone, Text(card[8:], (20, 91), 8)])
    lines = open_source(data.data).page(1).lines
    assert found(data) == {PAN[-4:]}
    assert not [quad for seen in (in_cells, in_wrapped) for quad in seen(lines, find)]
