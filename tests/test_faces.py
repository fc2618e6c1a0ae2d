"""A card beside the statement whose number is cut off is refused, until the user names it."""

from __future__ import annotations

import numpy as np
import pytest

from prepdoc.errors import CannotProve, NoCardNumber
from prepdoc.finding.faces import is_cut_off
from prepdoc.job import Options
from prepdoc.page import Cardholder, Glyph, Line, Quad
from prepdoc.pipeline import prepare
from samples import make
from tests import draw, judge
from tests.draw import Drawn, Text
from tests.test_covers import inked

EN = Cardholder(**make.CARDHOLDER_EN)
NUMBER = draw.pan("visa", 61)
SHOWN = draw.grouped(NUMBER, " ")[: len("dddd dddd ddd")]


def statement(month: str) -> Drawn:
    """Its head hides the number of another card; the one below reaches out of the picture."""
    return draw.page(
        [
            Text("Card statement of November 2026", (20, 30), 12, "helv"),
            Text("Card number: **** **** **** 2326", (20, 50), 10, "helv"),
            Text("11/10 AMAZON MKTPLACE $52.10", (20, 80), 10, "helv"),
            Text(SHOWN, (300, 140), 14, "cour", "pan"),
            Text(month, (310, 160), 8, "helv", "month"),
        ],
        dpi=200,
        size=(420, 220),
    )


def test_the_beginning_of_a_number_above_a_cards_month_is_refused() -> None:
    with pytest.raises(CannotProve, match="hide them with --mask"):
        prepare(draw.picture_bytes(statement("VALID THRU 08/29"), "PNG"), EN)


def test_a_page_with_such_a_beginning_alone_does_not_say_that_it_shows_no_number() -> None:
    groups = Text(SHOWN, (60, 60), 12, "helv"), Text("VALID THRU 08/29", (60, 90), 8, "helv")
    drawn = draw.page(list(groups), dpi=200, size=(300, 140))
    with pytest.raises(NoCardNumber, match="a card's digits seem to stand there"):
        prepare(draw.picture_bytes(drawn, "PNG"), EN)


def test_it_is_painted_where_the_user_names_it() -> None:
    drawn = statement("VALID THRU 08/29")
    options = Options(dpi=200, mask=(SHOWN,))
    result = prepare(draw.picture_bytes(drawn, "PNG"), EN, options)
    assert result.data is not None
    output = judge.pictures(result.data)[0]
    for tag, is_gone in (("pan", True), ("month", False)):
        cells = [glyph.cell for glyph in drawn.tagged(tag) if glyph.is_digit]
        assert all((np.ptp(output[inked(drawn, cell)]) <= 8) == is_gone for cell in cells)


def line(text: str, y: float) -> Line:
    """Digits 10 pixels wide and 20 high."""
    quads = (Quad.from_box(10 * i, y, 10 * i + 10, y + 20) for i in range(len(text)))
    return Line(tuple(map(Glyph, text, quads)), "ocr")


@pytest.mark.parametrize(
    ("text", "month", "y", "is_cut"),
    [
        ("4532 0190 618", "VALID THRU 08/29", 40, True),
        ("3540013628", "GOOD THRU 08 / 29", 40, True),
        ("3712 345678 90", "有効期限 08/29", 40, True),
        ("4532 0190 618", "VALID THRU 08/29", 200, False),
        ("4532 0190 618", "Valid on 2026-08-29", 40, False),
        ("Order 4532 0190 618", "VALID THRU 08/29", 40, False),
        ("1532 0190 618", "VALID THRU 08/29", 40, False),
        ("4532 0190 6181 7722", "VALID THRU 08/29", 40, False),
    ],
)
def test_only_groups_that_begin_as_a_cards_above_its_month_are_cut_off(
    text: str, month: str, y: float, is_cut: bool
) -> None:
    lines = [line(text, 0), line(month, y)]
    whole = Quad.from_box(0, 0, 10 * len(text), 20)
    assert is_cut_off(lines, ()) == is_cut
    assert not is_cut_off(lines, (whole,))
    assert not is_cut_off(lines, (), (text,))
