"""The contact sheet shows the output's pages, with what was done to them outlined."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prepdoc.page import Pixels, Quad, Stamp
from prepdoc.preview import MAX_COLUMNS, PAGE_WIDTH_PX, Outlined, contact_sheet
from tests.draw import A4, Text, page

RED, GREEN, BLUE = (214, 39, 40), (0, 150, 60), (31, 90, 200)
WHITE_PAGE = np.full((1800, 1800, 3), 255, dtype=np.uint8)
BOX = Quad.from_box(600, 900, 1200, 1000)


def sheet(*pages: Outlined) -> Pixels:
    out = io.BytesIO()
    contact_sheet(pages, out)
    with Image.open(io.BytesIO(out.getvalue())) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image)


def places(picture: Pixels, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a colour below the legend."""
    below = picture[80:]
    rows, columns = np.nonzero((below == colour).all(axis=2))
    return columns.min(), rows.min() + 80, columns.max() + 1, rows.max() + 81


@pytest.mark.parametrize(
    ("outlined", "colour"),
    [
        ((WHITE_PAGE, (BOX,), (), ()), RED),
        ((WHITE_PAGE, (), (BOX,), ()), GREEN),
        ((WHITE_PAGE, (), (), (Stamp(1, BOX, ()),)), BLUE),
    ],
    ids=["masks are red", "last fours are green", "stamps are blue"],
)
def test_an_outline_has_its_colour_and_stands_just_outside_of_what_it_shows(
    outlined: Outlined, colour: tuple[int, int, int]
) -> None:
    picture = sheet(outlined)
    left, top, right, bottom = places(picture, colour)
    page_left = (picture.shape[1] - PAGE_WIDTH_PX) // 2
    assert 0 < page_left + 300 - left <= 8  # 1800 px wide, shown at 900: BOX is at 300 to 600
    assert 0 < right - (page_left + 600) <= 8
    assert 50 < bottom - top <= 50 + 2 * 8
    inside = picture[top + 8 : bottom - 8, left + 8 : right - 8]
    assert (inside == 255).all()


@pytest.mark.parametrize(
    ("pages", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 3, 2), (7, 3, 3)]
)
def test_pages_stand_in_up_to_three_columns(pages: int, columns: int, rows: int) -> None:
    picture = sheet(*[(WHITE_PAGE, (), (), ())] * pages)
    whole = (picture == 255).all(axis=2)
    assert picture.shape[1] // PAGE_WIDTH_PX == columns <= MAX_COLUMNS
    assert picture.shape[0] // PAGE_WIDTH_PX == rows
    assert whole.sum() == pytest.approx(pages * PAGE_WIDTH_PX**2, rel=0.001)


def test_pages_of_any_shape_fit_and_keep_their_proportions() -> None:
    slip = np.full((4000, 400, 3), 255, dtype=np.uint8)
    stub = np.full((30, 90, 3), 255, dtype=np.uint8)
    picture = sheet((slip, (), (), ()), (stub, (), (), ()))
    white = (picture == 255).all(axis=2)
    assert white.any(axis=1).sum() == pytest.approx(2700, abs=2)
    assert white[:, -PAGE_WIDTH_PX - 30 : -30].sum() == pytest.approx(900 * 300, rel=0.01)


def test_the_pages_themselves_stay_as_they_were() -> None:
    drawn = page(
        [Text("4111-1111-1111-1111", (60, 100), 14)], dpi=72 * PAGE_WIDTH_PX / A4[0]
    ).pixels
    before = drawn.copy()
    assert drawn.shape[1] == PAGE_WIDTH_PX  # nothing is resized, so nothing need be copied
    sheet((drawn, (BOX,), (BOX,), (Stamp(1, BOX, ()),)))
    assert (drawn == before).all()


def test_every_page_has_a_number_and_the_legend_stands_on_top() -> None:
    picture = sheet((WHITE_PAGE, (), (), ()), (WHITE_PAGE, (), (), ()))
    legend, captions = picture[:78], picture[80:124]
    for colour in (RED, GREEN, BLUE):
        assert (legend == colour).all(axis=2).any()
    half = picture.shape[1] // 2
    assert (captions[:, :half] < 100).any() and (captions[:, half:] < 100).any()
    assert (captions[:, :half] != captions[:, half : 2 * half]).any()


def test_pages_are_taken_one_by_one_so_that_memory_stays_flat() -> None:
    import tracemalloc

    def peak(pages: int) -> int:
        tracemalloc.start()
        contact_sheet(((WHITE_PAGE, (), (), ()) for _ in range(pages)), io.BytesIO())
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    peak(3)
    assert peak(24) < 1.2 * peak(3)


def test_no_page_is_no_sheet() -> None:
    with pytest.raises(ValueError, match="needs a page"):
        sheet()
