"""Numbers with a hole that no reader sees through are hidden where the last four tell whose they
are, on drawn pages too.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from prepdoc.errors import CannotProve
from prepdoc.finding.holed import is_sure, whole_where_contradicted
from prepdoc.finding.unread import begin_beside_a_label
from prepdoc.job import Options
from prepdoc.page import Cardholder, CardNumber, Glyph, Line, Quad
from prepdoc.pan import Pan, holed
from prepdoc.pipeline import prepare
from samples import make
from tests import draw, judge
from tests.draw import Drawn, Item, Text
from tests.test_covers import inked

EN = Cardholder(**make.CARDHOLDER_EN)
LAST_FOUR = 4
DPI, SIZE = 200, (420.0, 200.0)
NUMBER = draw.pan("visa", 51)
GROUPS = [NUMBER[i : i + 4] for i in range(0, 16, 4)]
END = GROUPS[-1]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("{0} {1[0]} {2} {3}", 9),
        ("{0[0]}{0[1]}{0[2]} {1} {2} {3}", 11),
        ("{0}{1[0]} {2} {3}", 9),
        ("{0} {1[0]} {1[3]} {2} {3}", 10),
        ("{0}-{1}-{2}-{3}", 12),
        ("カード{0} {1}済{2[2]}{2[3]} {3}", 10),
        ("カード番号 {0} {1}済{2[3]} {3} 12/28", 9),
        ("Card {0} {1[0]}:{1[2]}{1[3]} {2} {3}", 11),
        ("会員番号 {0} {1[2]}{1[3]} {2} {3}", 10),
    ],
)
def test_digits_before_a_last_four_that_is_named_are_its_numbers(text: str, hidden: int) -> None:
    """By themselves, or behind a card's label with a stamp's letter or a fold between."""
    line = text.format(*GROUPS)
    hide = {i for match in holed(line, {END}) for i in match.hide}
    keep = {i for match in holed(line, {END}) for i in match.keep}
    assert len(hide) == hidden
    assert "".join(line[i] for i in sorted(keep)) == END


@pytest.mark.parametrize(
    "text",
    [
        "{3}",
        "Card ending in {3}",
        "2026/11/03 {3}",
        "Card 2 ({3})",
        "2026/11/03 Card 0412 payment 12.00 {3}",
        "カード: 0412  2026年11月 {3}",
        "Visa 0412 and Visa {3}",
        "ポイントカード番号 123 4567 {3}",
        "TEL 090-1234-{3}",
        "Order # 112-4471903-883{3}",
        "Tracking no. 1234 5678 {3}",
    ],
)
def test_what_is_something_else_ends_in_a_last_four_by_chance(text: str) -> None:
    assert list(holed(text.format(*GROUPS), {END})) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("{0} {1[0]}{1[1]}{1[2]} {2} {3}", 11),
        ("{0} {1} {2[0]}{2[1]} {3}", 10),
        ("{0[0]} {1} {2} {3}", 0),
        ("{0} {1[0]} {2} {3}", 0),
        ("Order {0} {1[0]}{1[1]}{1[2]} {2} {3}", 0),
        ("1234 567 8901 2345", 0),
    ],
)
def test_groups_of_four_of_which_one_is_short_are_a_number_if_they_begin_so(
    text: str, count: int
) -> None:
    """Also where nothing names its last four."""
    line = text.format(*GROUPS)
    assert sum(len(match.hide) for match in holed(line, ())) == count


def items_of(line: str, *more: str) -> list[Item]:
    """A statement whose head hides a number that stands below, in one line or more."""
    return [
        Text("Card statement of November 2026", (20, 30), 12, "helv"),
        Text(f"Account **** **** **** {END}", (20, 50), 10, "helv"),
        Text("Order 112-4471903-8830217", (20, 70), 10, "helv", "order"),
        Text("11/10 AMAZON MKTPLACE $52.10", (20, 90), 10, "helv"),
        Text(line, (20, 130), 11, "helv", "pan"),
        *(Text(text, (20, 146 + 16 * i), 11, "helv", "pan") for i, text in enumerate(more)),
    ]


def statement(line: str, *more: str) -> Drawn:
    return draw.page(items_of(line, *more), dpi=DPI, size=SIZE)


def punched(drawn: Drawn, first: int, last: int) -> Drawn:
    """With a black hole from one of the number's digits up to another one."""
    cells = [glyph.cell.box() for glyph in drawn.tagged("pan") if glyph.is_digit]
    (left, top, _, bottom), right = cells[first], cells[last][2]
    middle = round((left + right) / 2), round((top + bottom) / 2)
    axes = round((right - left) / 2), round(0.6 * (bottom - top))
    pixels = cv2.ellipse(drawn.pixels.copy(), middle, axes, 0, 0, 360, (20, 20, 20), -1)
    return replace(drawn, pixels=pixels)


@pytest.mark.parametrize(
    ("label", "first", "last"), [("", 0, 0), ("", 5, 6), ("Card ", 4, 6), ("", 9, 9)]
)
def test_no_digit_beside_a_hole_is_in_the_output(label: str, first: int, last: int) -> None:
    """Of a scan: the order's number and the last four stay."""
    whole = statement(label + " ".join(GROUPS))
    drawn = punched(whole, first, last)
    result = prepare(draw.picture_bytes(drawn, "PNG"), EN, Options(dpi=DPI))
    assert result.data is not None
    output = judge.pictures(result.data)[0]
    digits = [glyph.cell for glyph in whole.tagged("pan") if glyph.is_digit]
    shown = [quad for i, quad in enumerate(digits) if not first - 1 <= i <= last + 1]
    if first == 0:  # what is left of it goes as well
        left, top, right, bottom = (round(edge) for edge in digits[0].box())
        assert (output[top + 8 : bottom - 8, left + 4 : right] <= 24).all()
    for quad in (quad for quad in shown if quad not in digits[-LAST_FOUR:]):
        assert np.ptp(output[inked(whole, quad)]) <= 8
    for glyph in (*whole.tagged("order"), *whole.tagged("pan")[-LAST_FOUR:]):
        if glyph.is_digit:
            there = inked(whole, glyph.cell)
            assert np.abs(output[there].astype(int) - drawn.pixels[there]).max() <= 64


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize(
    "lines",
    [
        ("> my Visa {0}", "{1}", "> {2} {3} was charged"),
        ("Card       {0}       {1}", "           {2}       {3}"),
        ("Is it {0} {1[0]}{1[1]}", "{1[2]}{1[3]} {2} {3}?"),
    ],
)
def test_a_number_in_pieces_whose_last_four_are_named_is_not_in_the_output(
    lines: tuple[str, ...], as_text: bool
) -> None:
    """By its pixels and its text; what is written beside it stays."""
    written = [line.format(*GROUPS) for line in lines]
    drawn = statement(*written)
    sheet = draw.Sheet(items=items_of(*written), size=SIZE)
    source = draw.statement_pdf([sheet]).data if as_text else draw.picture_bytes(drawn, "PNG")
    result = prepare(source, EN, Options(dpi=DPI))
    assert result.data is not None
    output = judge.pictures(result.data)[0]
    digits = [glyph.cell for glyph in drawn.tagged("pan") if glyph.is_digit]
    assert all(np.ptp(output[inked(drawn, quad)]) <= 8 for quad in digits[:-LAST_FOUR])
    for glyph in (*drawn.tagged("order"), *drawn.tagged("pan")):
        if not glyph.char.isspace() and (not glyph.is_digit or glyph.cell in digits[-LAST_FOUR:]):
            there = inked(drawn, glyph.cell)  # other renderers draw edges otherwise
            assert np.abs(output[there].astype(int) - drawn.pixels[there]).mean() <= 48


def test_a_number_whose_end_is_hidden_beside_its_label_refuses_the_document() -> None:
    """Also where another one is found: what else is there nobody can tell."""
    whole = statement("Card number: " + " ".join(GROUPS))
    drawn = punched(whole, 10, 15)
    with pytest.raises(CannotProve):
        prepare(draw.picture_bytes(drawn, "PNG"), EN, Options(dpi=DPI))


ROW = Quad.from_box(0, 0, 200, 20)


@pytest.mark.parametrize(
    ("digits", "fours", "is_whole"),
    [
        (NUMBER, {"0000"}, False),
        (GROUPS[0] + GROUPS[1] + END, {"0000"}, True),
        (GROUPS[0] + GROUPS[1] + END, {END}, False),
        (GROUPS[0] + GROUPS[1] + END, {"0000", "0001"}, False),
        (GROUPS[0] + GROUPS[1] + END, (), False),
        ("????" + GROUPS[0] + GROUPS[1] + END, {"0000"}, False),
        ("???" + GROUPS[0] + "?" + GROUPS[1] + END, {"0000"}, True),
        ("????????????" + END, {"0000"}, False),
        (GROUPS[0] + "????????" + END, {"0000"}, False),
    ],
)
def test_what_is_too_short_and_ends_in_no_last_four_that_is_named_is_hidden_whole(
    digits: str, fours: set[str], is_whole: bool
) -> None:
    number = CardNumber(1, Pan(digits), 2, (ROW.part(0, 0.7),), (ROW.part(0.7, 1),))
    (told,) = whole_where_contradicted([number], fours)
    assert (told.keep == ()) == is_whole
    assert sorted(told.mask + told.keep, key=Quad.box) == [*number.mask, *number.keep]
    assert (told.pan.last_four is None) == is_whole


@pytest.mark.parametrize(
    ("digits", "sure"),
    [
        (NUMBER, True),
        ("????????????" + END, True),
        (NUMBER[:6] + "??????" + END, True),
        (END, True),
        (GROUPS[0] + GROUPS[1] + END, False),
        ("????" + GROUPS[0] + GROUPS[1] + END, False),
    ],
)
def test_last_fours_are_sure_of_numbers_that_are_proven_or_show_what_issuers_do(
    digits: str, sure: bool
) -> None:
    assert is_sure(Pan(digits)) == sure


@pytest.mark.parametrize(
    ("text", "taken", "spared", "begins"),
    [
        ("Card number: 4532 0146 063", False, "", True),
        ("Card number: 4532 0146 063", True, "", False),
        ("Card number: 4532 0146 063", False, "4532 0146 063", False),
        ("Card number: 1532 0146 063", False, "", False),
        ("Card number: 4532", False, "", False),
        ("ご利用カード 4回払い 52,000", False, "", False),
        ("Reference 4532 0146 063", False, "", False),
    ],
)
def test_digits_that_begin_as_a_cards_beside_its_label_are_seen(
    text: str, taken: bool, spared: str, begins: bool
) -> None:
    """Where no number takes them, and the user names them not."""
    glyphs = tuple(Glyph(c, Quad.from_box(10 * i, 0, 10 * i + 10, 20)) for i, c in enumerate(text))
    quads = [Quad.from_box(0, 0, 10 * len(text), 20)] if taken else []
    assert begin_beside_a_label([Line(glyphs, "ocr")], quads, [spared]) == begins
