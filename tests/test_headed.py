"""Bare numbers in a column headed as a card's, of which the check digit is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from prepdoc.finding.sightings import assembled_by_reader
from prepdoc.listing import headed
from prepdoc.pan import find, unclaimed
from prepdoc.reading import open_source
from tests import draw
from tests.draw import DrawnPdf, Text
from tests.sheets import found, sheet

WRONG = [draw.pan("visa", seed, luhn=False) for seed in range(3)]
NEAR, FAR = (20.0, 72.0, 160.0), (20.0, 100.0, 240.0)
"""Where columns begin, in points: with less room between them than parts columns, and with more."""


def table(heads: Sequence[str], numbers: Sequence[str], columns: Sequence[float]) -> DrawnPdf:
    rows = [heads, *((f"2026/11/{i + 1:02}", one, "16,535") for i, one in enumerate(numbers))]
    return sheet(
        [
            Text(text, (x, 60 + 14 * i), 8)
            for i, row in enumerate(rows)
            for x, text in zip(columns, row, strict=True)
        ]
    )


def seen_again(source: DrawnPdf) -> int:
    lines = assembled_by_reader(open_source(source.data).page(1).lines)
    return len(list(headed(lines)))


@pytest.mark.parametrize("columns", [NEAR, FAR])
@pytest.mark.parametrize("head", ["Card number", "カード番号", "Card No."])
def test_every_row_below_a_card_s_label_is_found(head: str, columns: Sequence[float]) -> None:
    """As spreadsheets make them, which keep fifteen digits of a number."""
    source = table(("Date", head, "Amount"), WRONG, columns)
    assert found(source) == {number[-4:] for number in WRONG}
    assert seen_again(source) == len(WRONG)


@pytest.mark.parametrize("heads", [("Card number", "Reference", "Amount"), ("Date", "Ref", "Card")])
def test_rows_below_another_label_stay(heads: Sequence[str]) -> None:
    source = table(heads, WRONG, FAR)
    assert not found(source)
    assert not seen_again(source)


def test_rows_stay_that_stand_far_below() -> None:
    """Another table, with other columns."""
    items = [Text("Card number", (20, 40), 8), Text(WRONG[0], (20, 140), 8)]
    assert not found(sheet(items))


@pytest.mark.parametrize(
    ("head", "first"),
    [("BIN", draw.pan("mastercard", 1)[:6]), ("First 6", "41111111"), ("上6桁", "411111")],
)
def test_the_first_digits_in_a_column_of_their_own_go(head: str, first: str) -> None:
    """As lists of payments have them; the date's year left of the last four is none."""
    rows = [("Date", head, "Last 4", "Amount"), *(("2026-10-02", first, "9427", "$12.10"),) * 2]
    source = sheet(
        [
            Text(text, (x, 60 + 14 * i), 8)
            for i, row in enumerate(rows)
            for x, text in zip((20.0, 68.0, 108.0, 140.0), row, strict=True)
        ]
    )
    assert found(source) == {None, "9427"}
    assert seen_again(source) == 2


OTHER = draw.grouped(WRONG[0], " ")


@pytest.mark.parametrize(
    "label", ["WAON番号", "ポイントカード番号", "Tracking number", "Order No.", "Loyalty number"]
)
def test_groups_right_below_another_numbers_label_stay(label: str) -> None:
    assert not found(sheet([Text(label, (40, 60), 8), Text(OTHER, (40, 74), 8)]))
    assert not found(sheet([Text(label, (40, 60), 8), Text(OTHER, (160, 60), 8)]))


@pytest.mark.parametrize(
    "above",
    [
        [Text("WAON番号 6900 1234", (40, 60), 8)],
        [Text("WAON番号", (200, 60), 8)],
        [Text("WAON番号", (40, 20), 8)],
        [Text("Receipt", (40, 60), 8)],
        [Text("WAON番号", (40, 46), 8), Text("カード番号", (40, 60), 8)],
    ],
)
def test_groups_that_no_such_label_is_right_above_of_go(above: Sequence[Text]) -> None:
    """A reader that takes one digit for another sees a card's number so."""
    assert found(sheet([*above, Text(OTHER, (40, 74), 8)])) == {OTHER[-4:]}


def test_a_proven_number_below_another_label_goes() -> None:
    number = draw.grouped(draw.pan("visa", 1), " ")
    assert found(sheet([Text("WAON番号", (40, 60), 8), Text(number, (40, 74), 8)])) == {number[-4:]}


def test_six_digits_below_another_word_stay() -> None:
    assert not found(table(("Date", "Order", "Amount"), ["411111", "555598"], FAR))


def test_what_is_left_alone_beside_a_date_and_an_amount_is_told() -> None:
    text = f"2026/11/01 {WRONG[0]} 16,535"
    assert unclaimed(text, find(text)) == (WRONG[0],)
