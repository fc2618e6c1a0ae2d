"""Digits printed far apart in a row are one number, for finding and for verification, whatever of
the row an engine finds by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from prepdoc.explaining import unexplained
from prepdoc.finding import Wishes, find_numbers
from prepdoc.noting import noted
from prepdoc.ocr.alone import turned
from prepdoc.ocr.bars import bar_bands
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.spaced import in_groups, spaced_on, spaced_sets, with_spaced
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.ocr.typesetting import Set, away_from_paper, read_sets
from prepdoc.page import ExpectedPage, Glyph, Line, Pixels
from prepdoc.verifying.leaking import leaks_in_text
from tests import draw
from tests.draw import Box, Drawn, Item, Text
from tests.test_finding import check_middles

NUMBERS = [draw.pan("visa", 1), draw.pan("mastercard", 2), draw.pan("amex", 3)]
GROUPS = {16: (4, 4, 4, 4), 15: (4, 6, 5)}


def grouped(number: str) -> list[str]:
    ends = np.cumsum(GROUPS[len(number)]).tolist()
    return [number[a:b] for a, b in zip([0, *ends], ends, strict=False)]


ROWS = {" ".join(grouped(number)) for number in NUMBERS}


def row(number: str, at: tuple[float, float], tag: str, pitch: float, between: str) -> list[Item]:
    """Digits so many points apart, with a blank or a hyphen as wide as they between the groups."""
    items: list[Item] = []
    x, y = at
    for i, part in enumerate(grouped(number)):
        if i:
            items.append(Text(between, (x, y), 9, "helv", "", pitch=(pitch, 0)))
            x += pitch
        items.append(Text(part, (x, y), 9, "helv", tag, pitch=(pitch, 0)))
        x += pitch * len(part)
    return items


def page(pitch: float = 14.0, between: str = "-") -> Drawn:
    items: list[Item] = [Text("ご利用代金明細書", (20, 24), 12), Text("11月分", (150, 24), 12)]
    for i, number in enumerate(NUMBERS):
        items += row(number, (24, 60 + 24 * i), f"pan{i}", pitch, between)
    items.append(Text("2026/11/03  BOOKS  12,345", (24, 140), 9))
    return draw.page(items, dpi=200, size=(400, 160))


def sets_of(pixels: Pixels) -> tuple[Set, ...]:
    return spaced_sets(turned(pixels, away_from_paper(pixels)))


class Torn(Paddle):
    """The finder, as it leaves out the middle of such rows in a noisy scan."""

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Without the middle third of each row of digits far apart."""
        return tuple(part for line in super().read(pixels) for part in self._parts(line))

    @staticmethod
    def _parts(line: Line) -> Sequence[Line]:
        digits = sum(glyph.char.isdecimal() for glyph in line.glyphs)
        if digits < 13 or " " not in line.text:
            return [line]
        third = len(line.glyphs) // 3
        return [replace(line, glyphs=part) for part in (line.glyphs[:third], line.glyphs[-third:])]


@pytest.mark.parametrize("between", [" ", "-"])
@pytest.mark.parametrize("pitch", [9.0, 14.0, 18.0])
@pytest.mark.parametrize(
    "alter",
    [
        lambda d: d,
        lambda d: draw.skewed(d, 2),
        lambda d: draw.turned(d, 1),
        lambda d: draw.turned(d, 2),
        lambda d: draw.turned(d, 3),
    ],
    ids=["level", "aslant", "on-its-side", "upside-down", "on-its-other-side"],
)
def test_the_finder_reads_every_row(
    alter: Callable[[Drawn], Drawn], pitch: float, between: str
) -> None:
    """Set close together, with a blank where a group ends."""
    found = sets_of(np.ascontiguousarray(alter(page(pitch, between)).pixels))
    assert {line.text for line in in_groups(read_sets(found, Paddle()))} == ROWS


def test_the_verifier_reads_every_row() -> None:
    """It takes a 5 for a 9."""
    read = {line.text for line in in_groups(read_sets(sets_of(page().pixels), Tesseract()))}
    assert {len(text) for text in read} == {len(text) for text in ROWS}
    assert len(ROWS & read) >= len(ROWS) - 1


@pytest.mark.parametrize(
    "alter", [lambda d: d, lambda d: draw.skewed(d, 1), lambda d: draw.turned(d, 1)]
)
def test_a_row_of_which_the_finder_leaves_out_a_part_is_masked(
    alter: Callable[[Drawn], Drawn],
) -> None:
    """And its last four, which are read at the row's end by themselves, stay."""
    drawn = alter(page())
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Torn(), Wishes())
    numbers = find_numbers(1, drawn.pixels, notes.lines).numbers
    check_middles(drawn, numbers, [f"pan{i}" for i in range(len(NUMBERS))])


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_an_output_that_still_shows_them_leaks(turn: int) -> None:
    drawn = draw.turned(page(), turn)
    pixels: Pixels = np.ascontiguousarray(drawn.pixels)
    # `draw.turned` and a page's turn both count quarters counter-clockwise; one undoes the other.
    expected = ExpectedPage(1, pixels, True, turn=-turn % 4)
    leaks = leaks_in_text(in_groups(read_sets(sets_of(pixels), Paddle())), expected, ())
    for i in range(len(NUMBERS)):
        x, y = drawn.tagged(f"pan{i}")[4].quad.centre()
        boxes = (leak.quad.box() for leak in leaks)
        assert any(a <= x <= c and b <= y <= d for a, b, c, d in boxes)


def test_what_one_line_holds_whole_is_left_as_it_was_read() -> None:
    """The finder's own reading knows what stands between the digits."""
    pixels = np.ascontiguousarray(page().pixels)
    sets = sets_of(pixels)
    whole = in_groups(read_sets(sets, Paddle()))
    assert with_spaced(whole, sets, Torn()) == whole
    halves = tuple(
        replace(line, glyphs=half) for line in whole for half in (line.glyphs[:9], line.glyphs[9:])
    )
    assert {line.text for line in with_spaced(halves, sets, Paddle())} == {
        line.text for line in whole
    }


def test_groups_of_a_wide_font_are_left_as_they_were_read() -> None:
    """A one in Courier has paper beside it, and its neighbours have not: ones of several groups
    are no row, and what is read of the groups stays.
    """
    numbers = [draw.pan("visa", 978), draw.pan("jcb", 970), draw.pan("discover", 869)]
    items: list[Item] = [
        Text(group, (40 + 33 * i, 40 + 26 * n), 10, "cour", f"pan{n}")
        for n, number in enumerate(numbers)
        for i, group in enumerate(grouped(number))
    ]
    drawn = draw.page(items, dpi=200, size=(260, 120))
    assert sets_of(drawn.pixels)
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    found = find_numbers(1, drawn.pixels, notes.lines).numbers
    assert {number.pan.digits for number in found} == set(numbers)
    check_middles(drawn, found, ["pan0", "pan1", "pan2"])


def test_a_calendar_counts_and_a_spaced_title_are_no_such_row() -> None:
    items: list[Item] = [
        Text("1234567", (24, 40 + 20 * i), 9, "helv", "", pitch=(32, 0)) for i in range(4)
    ]
    items.append(Text("STATEMENT", (24, 130), 9, "helv", "", pitch=(14, 0)))
    items += [Text("2026/11/03  BOOKS  12,345", (24, 150 + 14 * i), 9) for i in range(4)]
    pixels = np.ascontiguousarray(draw.page(items, dpi=200, size=(300, 210)).pixels)
    assert in_groups(read_sets(sets_of(pixels), Paddle())) == ()


def in_cells(number: str, pitch: float, gap: float) -> list[Item]:
    """Pale digits in groups of dark cells, so many points wide and apart."""
    items: list[Item] = []
    x, y, wall = 24.0, 60.0, 0.5
    for part in grouped(number):
        pale = (170, 170, 170)
        items.append(Text(part, (x, y), 6.5, "tiit", "pan", pitch=(pitch, 0), colour=pale))
        left, wide = x - 0.3 * pitch, pitch * len(part)
        items += [Box((left + i * pitch, y - 10), (wall, 14)) for i in range(len(part) + 1)]
        items += [Box((left, top), (wide, wall)) for top in (y - 10, y + 4)]
        x += wide + gap
    return items


@pytest.mark.parametrize(("pitch", "gap", "dpi"), [(6, 3, 200), (7, 2, 300), (10, 1, 150)])
@pytest.mark.parametrize("missed", [3, 4, 5])
def test_digits_before_the_last_four_that_a_reader_missed_are_not_kept_with_them(
    pitch: float, gap: float, dpi: float, missed: int
) -> None:
    """Where the ink is cut before the last four there is paper before one of those as well."""
    label = Text("Card number", (24, 40), 9, "helv", "label")
    drawn = draw.page([label, *in_cells(NUMBERS[0], pitch, gap)], dpi=dpi, size=(400, 100))
    digits = drawn.tagged("pan")
    seen = (drawn.tagged("label"), [*digits[: 12 - missed], *digits[12:]])
    lines = [Line(tuple(Glyph(g.char, g.cell) for g in glyphs), "ocr") for glyphs in seen]
    kept = [q.box() for n in find_numbers(1, drawn.pixels, lines).numbers for q in n.keep]
    unread = [glyph.cell.centre()[0] for glyph in digits[12 - missed : 12]]
    assert kept
    assert not any(left <= x <= right for left, _, right, _ in kept for x in unread)


def cells_on_a_bar(number: str, at: tuple[float, float]) -> list[Item]:
    """White digits on a dark red bar, in cells with walls of about the same colour."""
    (x, y), pitch = at, 16.0
    items: list[Item] = [Box((x - 4, y - 14), (pitch * len(number), 20), (127, 25, 49))]
    walls = range(len(number) + 1)
    items += [Box((x - 4 + i * pitch, y - 14), (0.6, 20), (84, 72, 72)) for i in walls]
    return [*items, Text(number, at, 11, "helv", "pan", pitch=(pitch, 0), colour=(255, 255, 255))]


@pytest.mark.parametrize("turned_about", [False, True])
def test_white_digits_in_the_cells_of_a_dark_bar_are_found(turned_about: bool) -> None:
    drawn = draw.page(cells_on_a_bar(NUMBERS[0], (40, 60)), dpi=200, size=(400, 110))
    if turned_about:
        drawn = draw.turned(drawn, 2)
    found = spaced_on(bar_bands(drawn.pixels, away_from_paper(drawn.pixels)))
    (read,) = in_groups(read_sets(found, Paddle()))
    assert "".join(c for c in read.text if c.isdigit()) == NUMBERS[0]
    check_middles(drawn, find_numbers(1, drawn.pixels, [read]).numbers, ["pan"])
