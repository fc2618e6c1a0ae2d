"""Prove that what is packed for the verifier is cut between lines only, and finds its way back."""

import numpy as np
import pytest

from prepdoc.explaining import Island
from prepdoc.page import Glyph, Line, Pixels, Quad
from prepdoc.verifying.packing import ALONG_PX, BLANK_PX, FAINT, Packed, only, packed

LINE_PX = 24
WIDTH = 300


def lines(grey: int, *tops: int) -> Pixels:
    """A page 400 pixels high on which lines of strokes begin in these rows."""
    page = np.full((400, WIDTH, 3), 255, dtype=np.uint8)
    for top in tops:
        page[top : top + LINE_PX, 20 : WIDTH - 20 : 8] = grey
    return page


def parts_of(page: Pixels, *boxes: tuple[int, int], turn: int = 0) -> tuple[Packed, ...]:
    """Of islands as wide as the page, from which row up to which each."""
    islands = [Island(page[top:bottom], 0, top) for top, bottom in boxes]
    return packed(only(islands, page), islands, turn)


@pytest.mark.parametrize(
    ("tops", "islands"),
    [
        ((60, 120, 180, 240), [(0, 400)]),
        ((60, 120, 180, 240), [(40, 160), (160, 300)]),
        ((40, 320), [(20, 80), (300, 380)]),
        ((60, 60 + LINE_PX + BLANK_PX), [(0, 400)]),
    ],
    ids=["a-table", "islands-that-meet", "islands-apart", "two-lines-close-together"],
)
@pytest.mark.parametrize("grey", [0, 255 - FAINT])
def test_both_parts_hold_as_many_lines_and_none_is_cut(
    tops: tuple[int, ...], islands: list[tuple[int, int]], grey: int
) -> None:
    """Also lines so pale that no reader reads them."""
    page = lines(grey, *tops)
    parts = parts_of(page, *islands)
    assert [sorted({*part.rows} & {*tops}) for part in parts] == [
        list(tops[: len(tops) // 2]),
        list(tops[len(tops) // 2 :]),
    ]
    for part in parts:
        assert (part.pixels == page[list(part.rows)]).all()
        assert (part.pixels[[0, -1]] == 255).all()


def test_lines_without_so_much_blank_between_them_stay_together() -> None:
    """As those of a scan that lies askew do, and dots of a character."""
    tops = range(60, 300, LINE_PX + BLANK_PX - 1)
    (part,) = parts_of(lines(0, *tops), (0, 400))
    assert part.rows == tuple(range(400))


@pytest.mark.parametrize(("turn", "count"), [(0, 2), (1, 1), (2, 2), (3, 1)])
def test_a_line_that_runs_down_the_page_is_not_cut_between_its_groups(
    turn: int, count: int
) -> None:
    groups = lines(0, 60, 60 + LINE_PX + 2 * BLANK_PX)
    assert len(parts_of(groups, (0, 400), turn=turn)) == count
    apart = lines(0, 60, 60 + LINE_PX + ALONG_PX)
    assert len(parts_of(apart, (0, 400), turn=turn)) == 2


def test_nothing_is_packed_of_no_island_and_a_blank_one_is_whole() -> None:
    assert parts_of(lines(0, 60)) == ()
    assert [len(part.rows) for part in parts_of(lines(0), (100, 200))] == [100]


@pytest.mark.parametrize("row", [50, 340])
def test_what_is_read_of_a_part_goes_back_to_its_row_of_the_page(row: int) -> None:
    page = lines(0, 40, 320)
    part = next(part for part in parts_of(page, (20, 80), (300, 380)) if row in part.rows)
    y = part.rows.index(row)
    (glyph,) = part.back(Line((Glyph("1", Quad.from_box(30, y, 40, y + 20)),), "ocr")).glyphs
    assert glyph.quad.box() == (30, row, 40, row + 20)
