"""Numbers beside a card's label, of which something hides a part from every reader, are masked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from prepdoc.explaining import unexplained
from prepdoc.finding import Wishes, find_numbers
from prepdoc.finding.unread import unread_in
from prepdoc.job import Options
from prepdoc.noting import noted
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Cardholder, Glyph, Line, Pixels, Quad
from prepdoc.pipeline import prepare
from samples import make
from tests import draw, judge
from tests.draw import Drawn, Item, Text
from tests.test_covers import LAST_FOUR, inked

EN = Cardholder(**make.CARDHOLDER_EN)
DPI = 200
WHOLE = draw.pan("visa", 41)
NUMBERS = [draw.pan("visa", 42), draw.pan("mastercard", 43), draw.pan("discover", 44)]
PARTS = [(4, 12), (0, 4), (6, 12)]
"""Which digits of each are hidden: from which up to which."""


def statement() -> Drawn:
    items: list[Item] = [Text("First Example Bank", (20, 30), 14, "helv")]
    items.append(Text(f"Card number {draw.grouped(WHOLE, ' ')}", (20, 60), 11, "helv"))
    for i, number in enumerate(NUMBERS):
        items.append(Text("Card number", (20, 84 + 24 * i), 11, "helv"))
        items.append(Text(draw.grouped(number, " "), (86, 84 + 24 * i), 11, "helv", f"pan{i}"))
    items.append(Text("Questions? 1-800-555-0123. Order 250-4455667-8899001", (20, 164), 9, "helv"))
    return draw.page(items, dpi=DPI, size=(420, 190))


def digits(drawn: Drawn, i: int) -> list[Quad]:
    return [glyph.cell for glyph in drawn.tagged(f"pan{i}") if glyph.is_digit]


def blurred(part: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(part, (0, 0), 7), np.uint8)


def mosaic(part: Pixels) -> Pixels:
    high, wide = part.shape[:2]
    small = cv2.resize(part, (max(1, wide // 14), max(1, high // 14)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (wide, high), interpolation=cv2.INTER_NEAREST), np.uint8)


def scribbled(part: Pixels) -> Pixels:
    high, wide = part.shape[:2]
    ups = np.arange(2, wide - 2, 7)
    points = np.stack([ups, np.where(np.arange(len(ups)) % 2, 3, high - 4)], axis=1)
    return np.asarray(
        cv2.polylines(part.copy(), [points.astype(np.int32)], False, (200, 20, 40), 4), np.uint8
    )


def hiding(drawn: Drawn, way: Callable[[Pixels], Pixels]) -> Drawn:
    pixels = drawn.pixels.copy()
    for i, (first, past) in enumerate(PARTS):
        boxes = np.array([quad.box() for quad in digits(drawn, i)[first:past]]).round().astype(int)
        (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        place = slice(top - 2, bottom + 2), slice(left - 2, right + 2)
        pixels[place] = way(pixels[place])
    return replace(drawn, pixels=pixels)


WAYS = {"blurred": blurred, "mosaic": mosaic, "scribbled": scribbled}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_what_is_left_of_a_labelled_number_is_masked_but_its_last_four(
    way: Callable[[Pixels], Pixels],
) -> None:
    before = statement()
    drawn = hiding(before, way)
    result = prepare(draw.picture_bytes(drawn, "PNG"), EN, Options(dpi=DPI))
    assert result.data is not None
    output = judge.pictures(result.data)[0]
    for i in range(len(NUMBERS)):
        own = [inked(before, quad) for quad in digits(before, i)]
        # A mask ends where the last four begin; its first digit may begin a little behind a blank.
        assert all((output[place] <= 8).mean() > 0.9 for place in own[:-LAST_FOUR])
        assert all((output[place] == drawn.pixels[place]).mean() > 0.9 for place in own[-3:])


def row(*texts: tuple[str, float]) -> Line:
    """Words, each from so many steps on; a digit is one step wide, and so is a letter."""
    glyphs = [
        Glyph(char, Quad.from_box(10 * (start + i), 0, 10 * (start + i) + 9, 18))
        for text, start in texts
        for i, char in enumerate(text)
    ]
    return Line(tuple(glyphs), "ocr")


LABEL = ("Card number ", 0.0)
PARTLY = [
    row(LABEL, ("4000 ", 12.0), ("4594", 26.0)),
    row(LABEL, ("9559 5957", 21.0)),
    row(LABEL, ("60", 12.0), ("0083 7036 9123", 16.5)),
    row(LABEL, ("5555 AWW ", 12.0), ("6717", 27.0)),
    row(("カード番号", 0.0), ("352800", 6.0), ("3828", 20.0)),
    row(("Card numberAWWWWWWWM", 0.0), ("5168", 26.0)),
    row(LABEL, ("3782 82", 12.0), ("38621", 24.0)),
]
NONE = [
    row(LABEL, ("4321 valid thru 0929", 12.0)),
    row(LABEL, ("4321 THRU 0929", 12.0)),
    row(LABEL, ("1234 5678 9012", 12.0)),
    row(LABEL, ("4000 0000 0000 0000", 12.0)),
    row(LABEL, ("4321   11/20", 12.0)),
    row(LABEL, ("4321   12,345", 12.0)),
    row(("Points number ", 0.0), ("4000 ", 14.0), ("4594", 28.0)),
    row(LABEL, ("4000 ", 12.0), ("4594", 40.0)),
    row(LABEL, ("4000 ", 12.0), ("4594", 19.0)),
]


@pytest.mark.parametrize("line", PARTLY, ids=range(len(PARTLY)))
def test_digits_that_leave_room_for_the_others_are_a_number(line: Line) -> None:
    (seen,) = unread_in(line, ())
    shown = "".join(char for char in line.text if char.isdecimal())
    kept = "".join(seen.line.glyphs[i].char for i in seen.match.keep)
    assert kept == shown[-LAST_FOUR:]
    hidden = "".join(seen.line.glyphs[i].char for i in seen.match.hide)
    assert hidden.replace("?", "") == shown[:-LAST_FOUR]


@pytest.mark.parametrize("line", NONE, ids=range(len(NONE)))
def test_digits_that_do_not_are_none(line: Line) -> None:
    assert tuple(unread_in(line, ())) == ()


def test_what_the_user_wants_kept_is_none() -> None:
    line = row(LABEL, ("4000 ", 12.0), ("4594", 26.0))
    assert tuple(unread_in(line, (), ("4000 4594",))) == ()


def test_a_last_four_far_behind_its_label_is_left_with_nothing_but_paper_before_it() -> None:
    items: list[Item] = [
        Text("Card number", (20, 40), 11, "helv"),
        Text("1234", (170, 40), 11, "helv"),
        Text("Statement date November 20, 2026", (20, 64), 11, "helv"),
    ]
    drawn = draw.page(items, dpi=DPI, size=(320, 90))
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    assert not any(number.mask for number in numbers)


def test_a_question_mark_is_no_digit_that_is_not_read() -> None:
    """Whoever wants words masked that end in one gets that."""
    drawn = draw.page([Text("Questions?", (20, 40), 11, "helv", "words")], dpi=DPI, size=(160, 60))
    found = find_numbers(1, drawn.pixels, drawn.lines(), wishes=Wishes(mask=("Questions",)))
    assert len(found.numbers) == 1
