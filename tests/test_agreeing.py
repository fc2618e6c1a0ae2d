"""Readers that contradict each other about where a number ends: one of them is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from prepdoc.agreeing import Sighting, agreed
from prepdoc.finding import find_numbers
from prepdoc.ocr import Reader
from prepdoc.page import Glyph, Line, Pixels, Quad, SeenBy
from prepdoc.pan import find
from prepdoc.pan.number import WIDE_RANGES, brand_of, luhn
from prepdoc.verifying.legibility import Sight, unread_last_fours
from tests import draw

WIDTH, HEIGHT = 10.0, 16.0
UNIONPAY = draw.pan("unionpay", 3)
VISA = draw.pan("visa", 5)


def line(text: str, seen_by: SeenBy, start: float = 0.0, step: float = WIDTH) -> Line:
    """A character each `step` pixels, on one row."""
    boxes = (Quad.from_box(start + step * i, 0, start + step * (i + 1), HEIGHT) for i in range(99))
    return Line(tuple(Glyph(c, box) for c, box in zip(text, boxes, strict=False)), seen_by)


def sightings(*lines: Line) -> tuple[Sighting, ...]:
    return tuple(Sighting(match, one) for one in lines for match in find(one.text))


def last_fours(*lines: Line) -> set[str | None]:
    return {s.match.pan.last_four for s in agreed(sightings(*lines))}


def test_a_kanji_that_ocr_reads_as_a_digit_takes_nothing_from_a_proven_number() -> None:
    """`…6133様` read as `…61334`, which passes Luhn as well, and may be as long."""
    told = line(f"No.{UNIONPAY}様", "text")
    misread = line(f"No.{UNIONPAY}{draw.luhn_digit(UNIONPAY)}", "ocr")
    assert last_fours(misread) != {UNIONPAY[-4:]}, "alone it would be believed"
    assert last_fours(told, misread) == {UNIONPAY[-4:]}


def test_a_last_digit_that_is_read_twice_does_not_make_a_second_card() -> None:
    """The same twelve digits go on to a last four that is proven, and to one that is not."""
    told = line(f"No.{draw.grouped(VISA)}", "ocr")
    again = line(f"No.{draw.grouped(VISA[:-1])}{(int(VISA[-1]) + 5) % 10}", "ocr")
    assert last_fours(again) != {VISA[-4:]}, "alone it would be believed"
    assert last_fours(told, again) == {VISA[-4:]}


def test_dots_that_ocr_overlooks_still_hide_the_last_four() -> None:
    """`4012-2345-9497-••••` read as `4012-2345-9497`: 9497 are no last four."""
    shown = f"{VISA[:4]}-{VISA[4:8]}-{VISA[8:12]}"
    told = line(f"Card number {shown}-••••", "text")
    overlooked = line(f"Card number {shown}", "ocr")
    assert last_fours(overlooked) == {None}, "so short it has none either"
    assert last_fours(told, overlooked) == {None}
    hidden = [len(s.match.hide) for s in agreed(sightings(told, overlooked))]
    assert hidden == [12, 12]


def test_the_groups_before_the_last_of_a_proven_number_are_no_number() -> None:
    """One reader sees a column between the third group and the last, and misreads a digit."""
    told = line(f"Card number {draw.grouped(VISA)}", "text")
    shorter = line(f"Card number {draw.grouped(VISA)[:14].replace(VISA[6], VISA[5], 1)}", "ocr")
    assert last_fours(shorter) == {None}, "alone it has none"
    assert last_fours(told, shorter) == {VISA[-4:]}


def test_the_end_of_a_proven_number_below_a_label_is_no_number_of_its_own() -> None:
    """Its first group stands in the line above, and a label before its last three."""
    upper, lower = line(VISA[:4], "text"), line(draw.grouped(VISA)[5:], "text")
    whole = sightings(upper.over(lower))
    (short,) = sightings(line(f"Card number {draw.grouped(VISA)[5:]}", "text", -12 * WIDTH))
    assert short.match.keep == (), "alone it has no last four"
    assert {s.match.pan.last_four for s in agreed((*whole, short))} == {VISA[-4:]}


@pytest.mark.parametrize("marks", ["○○○", "***", "..."])
def test_rings_that_ocr_reads_as_noughts_still_hide_the_last_four(marks: str) -> None:
    """`…5794 8○○○` read as `…5794 8000`, which passes Luhn once in ten times."""
    stems = (f"{VISA[:9]}{middle:03}" for middle in range(1000))
    stem = next(stem for stem in stems if luhn(f"{stem}8000"))
    told = line(f"Card number {stem}8{marks}", "text")
    misread = line(f"Card number {stem}8000", "ocr")
    assert last_fours(misread) == {"8000"}, "alone it would be believed"
    assert last_fours(told, misread) == {None}


def test_boxes_that_ocr_overlooks_still_stand_for_digits() -> None:
    """`4222 22■■ ■■■■ 0385` read as `42222385`: its last four are not what they seem."""
    told = line("Card number 422222■■ ■■■■ 0385", "text")
    short = Line((*told.glyphs[:17], *told.glyphs[-3:]), "ocr")
    assert last_fours(short) == {"2385"}, "alone it would be believed"
    assert last_fours(told, short) == {"0385"}


def test_a_column_of_a_table_of_groups_takes_no_last_four() -> None:
    """Four numbers, a row each: the first column passes Luhn, as one in ten does."""
    heads = ("4111", "5200", "6200", "6445")
    assert luhn("".join(heads))
    pans = [next(p for n in range(10) if luhn(p := f"{head}00001111222{n}")) for head in heads]
    texts = ("\t".join(pan[i : i + 4] for i in (0, 4, 8, 12)) for pan in pans)
    rows = [line(text, "ocr").moved(0, 2 * HEIGHT * row) for row, text in enumerate(texts)]
    column = reduce(Line.over, [replace(row, glyphs=row.glyphs[:4]) for row in rows])
    seen = sightings(*rows, column)
    assert len(seen) == 5
    assert [s.match.pan.digits for s in agreed(seen)] == pans
    assert len(agreed(sightings(*rows[:2], column))) == 3


def test_two_halves_of_a_number_in_every_row_are_no_number_the_other_way_round() -> None:
    """`6682 6732` and, in the cell below, `3528 2411`: the check digit fits as well."""
    pan = next(pan for seed in range(99) if (pan := draw.pan("visa", seed))[8] == "4")
    halves = (f"{half[:4]} {half[4:]}" for half in (pan[:8], pan[8:]) * 2)
    rows = [line(half, "ocr", 10 * WIDTH * i) for i, half in enumerate(halves)]
    pairs = [a.over(b) for a, b in pairwise(rows)]
    assert {s.match.pan.last_four for s in sightings(*pairs)} == {pan[-4:], pan[4:8]}
    assert last_fours(*pairs) == {pan[-4:]}
    assert len(agreed(sightings(*pairs[1:2]))) == 1, "alone it is a number"


def wide_the_other_way_round() -> str:
    """A Visa that begins as other brands' do when its halves change places."""
    pans = (draw.pan("visa", seed) for seed in range(5_000))
    return next(pan for pan in pans if brand_of(turned(pan)) in WIDE_RANGES and luhn(turned(pan)))


def turned(pan: str) -> str:
    return pan[8:] + pan[:8]


def test_the_other_way_round_a_number_is_none_that_begins_as_many_do() -> None:
    """Also where readers did not see both halves of it in that row."""
    pan = wide_the_other_way_round()
    whole, other = line(draw.grouped(pan), "ocr"), line(draw.grouped(turned(pan)), "ocr", 500)
    assert last_fours(other) == {pan[4:8]}, "alone it would be believed"
    assert last_fours(whole, other) == {pan[-4:]}


def test_a_part_of_a_number_over_two_lines_is_no_number_of_its_own() -> None:
    """Its first line's end passes for a shorter one's, or is what a label tells."""
    for first in (f"Card number {VISA[:4]} {VISA[4:8]} {VISA[8:10]}", f"カード番号{VISA[:10]}"):
        upper, lower = line(first, "ocr"), line(f"{VISA[10:12]} {VISA[12:]}", "ocr", 600)
        assert VISA[-4:] not in last_fours(upper), "alone it would be believed"
        both = upper.over(lower)
        own = tuple(Sighting(match, both) for match in find(both.text))
        seen = agreed((*sightings(upper), *own))
        assert {one.match.pan.last_four for one in seen} == {VISA[-4:]}


@pytest.mark.parametrize("second", [draw.pan("visa", 6), draw.pan("mastercard", 1)])
def test_two_numbers_in_different_places_do_not_touch_each_other(second: str) -> None:
    """Also where a text layer and OCR saw one of them each."""
    apart = line(second, "ocr", start=400.0)
    assert last_fours(line(VISA, "text"), apart) == {VISA[-4:], second[-4:]}


def test_a_digit_that_one_reader_overlooks_does_not_move_the_last_four() -> None:
    """A form's cells read without the last one: the proven number has all of them."""
    told = line(f"Card number {VISA}", "text")
    short = line(f"Card number {VISA[:-1]}", "ocr")
    assert last_fours(short) == {VISA[-5:-1]}, "alone it would be believed"
    assert last_fours(told, short) == {VISA[-4:]}


def test_readers_that_saw_quite_different_digits_are_both_masked() -> None:
    """A text layer that lies is no misreading of the print: neither is dropped."""
    other = draw.pan("mastercard", 9) + "7"
    both = agreed(
        sightings(line(f"Card number {VISA}", "text"), line(f"Card number {other}", "ocr"))
    )
    assert len(both) == 2


def test_what_lies_off_the_page_or_has_no_size_is_not_painted() -> None:
    """A text layer may hold numbers that nobody sees; they are looked for, not painted."""
    paper = np.full((100, 400, 3), 255, dtype=np.uint8)
    far = line(VISA, "text", start=2000.0)
    tiny = line(VISA, "text", step=0.01)
    for hidden in (far, tiny):
        (number,) = find_numbers(1, paper, (hidden,)).numbers
        assert (number.mask, number.keep) == ((), ())
        assert number.pan.digits == VISA


# --- what verification asks of a last four -------------------------------------------------------


class Saying:
    """Reads the same text wherever it looks, over the whole width."""

    name = "saying"

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """That text."""
        height, width = pixels.shape[:2]
        step = width / max(1, len(self.text))
        boxes = (Quad.from_box(step * i, 0, step * (i + 1), height) for i in range(99))
        glyphs = tuple(Glyph(c, box) for c, box in zip(self.text, boxes, strict=False))
        return (Line(glyphs, "ocr"),) if glyphs else ()


def sight(reader: Reader, mask: Quad) -> Sight:
    from prepdoc.page import ExpectedPage

    pixels = np.random.default_rng(1).integers(0, 255, (60, 200, 3), dtype=np.uint8)
    place = Quad.from_box(100, 20, 150, 40)
    page = ExpectedPage(1, pixels.copy(), True, masks=(mask,), last_fours=(("1234", place),))
    return Sight(pixels, page, (), (reader,), ())


BESIDE, OVER = Quad.from_box(20, 20, 100, 40), Quad.from_box(20, 20, 112, 40)


@pytest.mark.parametrize(
    ("read", "mask", "unread"),
    [
        ("1234", OVER, 0),
        ("", BESIDE, 0),
        ("234", BESIDE, 0),
        ("5678", BESIDE, 1),
        ("", OVER, 1),
        ("234", OVER, 1),
    ],
)
def test_a_last_four_is_read_or_untouched_and_not_others(
    read: str, mask: Quad, unread: int
) -> None:
    """Too small for the readers is no loss; a mask in its place, or other digits there, are."""
    assert unread_last_fours(sight(Saying(read), mask)) == unread


@pytest.mark.parametrize(
    ("readings", "unread"),
    [(("234", "234"), 1), (("234", ""), 0), (("234", "1234"), 0), (("123", "123"), 0)],
)
def test_a_last_four_of_which_both_readers_see_but_three_is_cut(
    readings: Sequence[str], unread: int
) -> None:
    """Its first digit is under the mask then: one more digit than it looks stands before it."""
    height, step = 20, 12
    lines = []
    for read in readings:
        boxes = (Quad.from_box(102 + step * i, 20, 114 + step * i, 20 + height) for i in range(4))
        glyphs = tuple(Glyph(c, box) for c, box in zip(read, boxes, strict=False))
        lines.append((Line(glyphs, "ocr"),) if glyphs else ())
    both = replace(sight(Saying("234"), BESIDE), readings=tuple(lines))
    assert unread_last_fours(both) == unread
