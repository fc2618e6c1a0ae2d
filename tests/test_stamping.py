"""The stamp goes onto blank paper or a band, is drawn where it says, and can be read back."""

from __future__ import annotations

import difflib
import math
import re
import sys
import time
import unicodedata
from typing import Literal

import numpy as np
import pytesseract
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from prepdoc import fonts, stamping
from prepdoc.errors import CannotProve, NotPossible
from prepdoc.page import Cardholder, Pixels, Quad, Stamp
from prepdoc.stamping import block, drawing
from prepdoc.stamping import sheet as sheets

HANAKO = Cardholder(
    "髙﨑 花子", "〒150-0001 東京都渋谷区神宮前一丁目2番3号 コーポ原宿 1203号室", "03-1234-5678"
)
HANAKO_ABROAD = Cardholder(
    "Hanako Takasaki", "1-2-3 Jingumae, Shibuya-ku, Tokyo 150-0001, Japan", "+81 3-1234-5678"
)
JA = stamping.stamp_text(HANAKO, "1111", "ja")
EN = stamping.stamp_text(HANAKO_ABROAD, "1111", "en")
A4_INCHES = (8.27, 11.69)


def paper(dpi: int, colour: tuple[int, int, int] = (255, 255, 255)) -> Pixels:
    width, height = (round(side * dpi) for side in A4_INCHES)
    return np.full((height, width, 3), colour, dtype=np.uint8)


def print_mask(
    dpi: int, rows: range, text: str = "ご利用明細 Amount 12,345"
) -> NDArray[np.float64]:
    """How much ink (0 to 1) statement lines leave on an A4 page; 60 rows of 10 pt fill it."""
    height, width = paper(dpi).shape[:2]
    image = Image.new("L", (width, height))
    pen, size = ImageDraw.Draw(image), round(10 * dpi / 72)
    for row in rows:
        x, y = width / 12, (row + 2) * height / 63
        while x < width * 11 / 12:
            for char in text + "  ":
                pen.text((x, y), char, 255, fonts.face(char, size), anchor="ls")
                x += fonts.advance(char, size)
    return np.asarray(image) / 255.0


def printed(
    page: Pixels, ink: NDArray[np.float64], colour: tuple[int, int, int] = (0, 0, 0)
) -> Pixels:
    share = ink[:, :, None]
    return np.asarray(page * (1 - share) + np.array(colour) * share).round().astype(np.uint8)


def grainy(page: Pixels, sigma: float) -> Pixels:
    grain = np.random.default_rng(7).normal(0, sigma, page.shape)
    return np.clip(page + grain, 0, 255).astype(np.uint8)


def shadowed(page: Pixels) -> Pixels:
    light = np.linspace(1.0, 0.5, page.shape[1])[None, :, None]
    return np.asarray(page * light).astype(np.uint8)


def around(quad: Quad, margin_px: float) -> tuple[slice, slice]:
    x0, y0, x1, y1 = quad.box()
    return (
        slice(math.ceil(y0 - margin_px), math.floor(y1 + margin_px)),
        slice(math.ceil(x0 - margin_px), math.floor(x1 + margin_px)),
    )


def margin_px(dpi: float) -> float:
    return block.MARGIN_MM * dpi / 25.4


# -- what it says ---------------------------------------------------------------------------


def test_the_stamp_says_who_added_it_and_then_the_details() -> None:
    assert stamping.stamp_text(HANAKO, "1234", "ja") == (
        "カード名義人による追記",
        "氏名：髙﨑 花子",
        "住所：〒150-0001 東京都渋谷区神宮前一丁目2番3号 コーポ原宿 1203号室",
        "電話番号：03-1234-5678",
        "カード番号下4桁：1234",
    )
    assert stamping.stamp_text(HANAKO_ABROAD, None, "en") == (
        "Added by the cardholder",
        "Name: Hanako Takasaki",
        "Address: 1-2-3 Jingumae, Shibuya-ku, Tokyo 150-0001, Japan",
        "Phone: +81 3-1234-5678",
    )
    assert EN[-1] == "Card number, last four: 1111"


def test_a_name_that_no_font_can_draw_is_refused_by_name() -> None:
    with pytest.raises(NotPossible, match=r"𠮷.*U\+20BB7.*吉"):
        stamping.stamp_text(Cardholder("𠮷田 花子", "東京都", "03-1234-5678"), None, "ja")


def test_a_detail_that_is_empty_is_left_out() -> None:
    texts = stamping.stamp_text(Cardholder("花子", "東京都", " "), None, "ja")
    assert texts == ("カード名義人による追記", "氏名：花子", "住所：東京都")


# -- how it wraps ---------------------------------------------------------------------------


def wrapped(text: str, ems: float, size: int = 40) -> list[str]:
    return [row.text for row in block._wrapped(text, size, ems * size)]


@pytest.mark.parametrize(
    ("text", "ems", "rows"),
    [
        ("東京都渋谷区神宮前", 5, ["東京都渋谷", "区神宮前"]),
        ("東京都渋谷区、神宮前", 6, ["東京都渋谷", "区、神宮前"]),
        ("コーポ「原宿」", 4, ["コーポ", "「原", "宿」"]),
        ("原宿センター", 5, ["原宿セン", "ター"]),
        ("神宮前1203号", 5, ["神宮前", "1203号"]),
        ("Grand Maison Harajuku", 7.2, ["Grand Maison", "Harajuku"]),
        ("1-2-3 Jingumae", 5.5, ["1-2-3", "Jingumae"]),
    ],
)
def test_lines_break_where_readers_expect_it(text: str, ems: float, rows: list[str]) -> None:
    assert wrapped(text, ems) == rows


def test_a_word_longer_than_the_line_is_broken() -> None:
    rows = wrapped("Llanfairpwllgwyngyllgogerychwyrndrobwll", 8)
    assert len(rows) > 2
    assert "".join(rows) == "Llanfairpwllgwyngyllgogerychwyrndrobwll"


ADDRESS = st.text("東京都渋谷区、。「」ーァ〒1203-abc, .", min_size=1, max_size=60)


@settings(max_examples=150)
@given(ADDRESS, st.floats(4, 30))
def test_wrapping_loses_nothing_and_no_line_is_too_wide(text: str, ems: float) -> None:
    text, size = fonts.drawable(text), 40
    rows = list(block._wrapped(text, size, ems * size))
    assert "".join(row.text for row in rows).replace(" ", "") == text.replace(" ", "")
    for row in rows:
        assert row.indent + block.length_of(row.text, size) <= ems * size + 1e-6


@settings(max_examples=150)
@given(ADDRESS, st.floats(12, 30))
def test_no_line_begins_or_ends_against_kinsoku_unless_forced(text: str, ems: float) -> None:
    pieces = block._unbroken(fonts.drawable(text))
    if any(block.length_of(piece, 40) > (ems - 1) * 40 for piece in pieces):
        return  # a piece that alone is too long is broken anywhere
    rows = wrapped(fonts.drawable(text), ems)
    assert all(row[0] not in block.NEVER_STARTS_A_LINE for row in rows[1:])
    assert all(row[-1] not in block.NEVER_ENDS_A_LINE for row in rows[:-1])


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("dpi", [96, 300])
def test_only_the_address_is_wrapped_and_never_within_a_number(dpi: int, turn: int) -> None:
    page = np.zeros((round(8 * dpi), round(8 * dpi), 3), dtype=np.uint8)
    page[::4] = 255
    for texts in (JA, EN):
        stamp = stamping.place(page, dpi, 1, texts, None, turn)
        rows = [line.text for line in stamp.lines]
        assert [text for text in texts if text not in rows] in ([], [texts[2]])
        assert len(rows[-3]) > 3  # the address does not end in a lone character
        numbers = re.findall(r"[0-9+-]+", "".join(texts))
        assert [run for row in rows for run in re.findall(r"[0-9+-]+", row)] == numbers


# -- where it goes --------------------------------------------------------------------------

GAP = range(20, 32)
TEXT_ROWS = [row for row in range(60) if row not in GAP]
PAPERS = {
    "white": (paper(150), (0, 0, 0)),
    "yellow with green print": (paper(150, (255, 240, 170)), (20, 120, 60)),
    "the same brightness in another hue": (paper(150, (200, 120, 120)), (110, 158, 120)),
    "dark with light print": (paper(150, (25, 25, 40)), (230, 230, 230)),
    "pale print": (paper(150), (244, 244, 246)),
    "grainy": (grainy(paper(150, (235, 232, 225)), 6), (40, 40, 40)),
    "very grainy": (grainy(paper(150, (205, 202, 205)), 14), (30, 30, 30)),
    "pale print on grain": (grainy(paper(150, (235, 235, 235)), 4), (190, 190, 190)),
    "in shadow": (shadowed(paper(150, (245, 245, 245))), (30, 30, 30)),
}


@pytest.fixture(scope="module")
def gap_ink() -> NDArray[np.float64]:
    return np.maximum.reduce(
        [print_mask(150, range(0, GAP.start)), print_mask(150, range(GAP.stop, 60))]
    )


@pytest.mark.parametrize("kind", PAPERS)
def test_the_one_blank_space_is_found_on_any_paper(kind: str, gap_ink: NDArray[np.float64]) -> None:
    background, colour = PAPERS[kind]
    page = printed(background, gap_ink, colour)
    stamp = stamping.place(page, 150, 3, JA, None)
    assert stamp.page == 3
    assert stamp.band_px == 0
    assert gap_ink[around(stamp.quad, margin_px(150) - 1)].max() == 0
    top, bottom = (row * page.shape[0] / 63 for row in (GAP.start + 1, GAP.stop + 2))
    assert top < stamp.quad.box()[1] < stamp.quad.box()[3] < bottom


@pytest.mark.parametrize("kind", PAPERS)
def test_a_full_page_gets_a_band_on_any_paper(kind: str) -> None:
    background, colour = PAPERS[kind]
    page = printed(background, print_mask(150, range(60)), colour)
    stamp = stamping.place(page, 150, 1, JA, None)
    assert stamp.band_px > 0
    assert stamp.quad.box()[1] >= page.shape[0] + margin_px(150) - 1


@pytest.mark.parametrize("dpi", [96, 150, 300])
@pytest.mark.parametrize("shade", [0, 160, 235])
def test_hairlines_are_print_too(dpi: int, shade: int) -> None:
    page = paper(dpi)
    step = round(12 * dpi / 25.4)  # 12 mm: lower than the stamp
    page[step::step] = shade
    stamp = stamping.place(page, dpi, 1, JA, None)
    assert stamp.band_px > 0


def test_a_tinted_box_edge_is_print_but_its_inside_is_paper() -> None:
    page = paper(150)
    page[300:700, 100:1100] = (240, 244, 250)
    box = stamping.place(page, 150, 1, JA, Quad.from_box(500, 480, 600, 500)).quad.box()
    edges = (300, 700)
    assert all(not box[1] - 8 < edge < box[3] + 8 for edge in edges)


def boxed(page: Pixels, left: int, top: int, right: int, bottom: int) -> Pixels:
    """With an issuer's own field, framed by rules of two pixels."""
    framed = page.copy()
    framed[top:bottom, left:right] = 0
    framed[top + 2 : bottom - 2, left + 2 : right - 2] = page[
        top + 2 : bottom - 2, left + 2 : right - 2
    ]
    return framed


def test_the_stamp_does_not_part_a_shop_from_its_sum() -> None:
    """A wide gap within a table's rows is blank, and near; the foot of the page is blank too."""
    page = paper(150)
    for row in range(300, 900, 30):
        page[row : row + 12, 100:300] = page[row : row + 12, 1050:1140] = 0
    quad = stamping.place(page, 150, 1, JA, Quad.from_box(100, 500, 300, 520)).quad
    assert quad.box()[1] > 880 or quad.box()[3] < 300


def test_an_issuers_field_stays_free_though_it_is_nearer_to_the_number() -> None:
    """`For our use only`: what stands there would seem to be the issuer's, or be cut off."""
    page = boxed(paper(150), 200, 300, 1000, 700)
    x0, y0, x1, y1 = stamping.place(page, 150, 1, JA, Quad.from_box(250, 250, 600, 280)).quad.box()
    assert y1 < 300 or y0 > 700 or x1 < 200 or x0 > 1000


def test_a_field_is_used_where_nothing_else_is_blank(gap_ink: NDArray[np.float64]) -> None:
    page = printed(
        paper(150), np.clip(print_mask(150, range(0, 20)) + print_mask(150, range(32, 60)), 0, 1)
    )
    page = boxed(page, 0, 560, page.shape[1], 900)
    stamp = stamping.place(page, 150, 1, JA, None)
    assert stamp.band_px == 0
    assert 560 < stamp.quad.box()[1] < stamp.quad.box()[3] < 900


def test_the_space_nearest_to_the_number_is_taken(gap_ink: NDArray[np.float64]) -> None:
    ink = (
        print_mask(150, range(0, 8))
        + print_mask(150, range(20, 40))
        + print_mask(150, range(52, 60))
    )
    page = printed(paper(150), np.clip(ink, 0, 1))
    high = Quad.from_box(100, 300, 300, 320)
    low = Quad.from_box(100, 1500, 300, 1520)
    assert stamping.place(page, 150, 1, JA, high).quad.centre()[1] < 700
    assert stamping.place(page, 150, 1, JA, low).quad.centre()[1] > 1000


def test_what_is_to_be_avoided_is_never_covered() -> None:
    page = paper(150)
    free = stamping.place(page, 150, 1, JA, None).quad
    avoid = Quad.from_box(0, 0, page.shape[1], 900)
    below = stamping.place(page, 150, 1, JA, None, avoid=(avoid,)).quad
    assert free.box()[3] < 900
    assert below.box()[1] >= 900 + margin_px(150) - 1


def test_a_long_address_wraps_to_fit_a_narrow_space() -> None:
    ink = np.clip(print_mask(150, range(60)), 0, 1)
    ink[400:1000, 800:] = 0  # a blank corner of 75 mm
    page = printed(paper(150), ink)
    stamp = stamping.place(page, 150, 1, JA, None)
    assert stamp.band_px == 0
    assert len(stamp.lines) > len(JA)
    assert ink[around(stamp.quad, margin_px(150) - 1)].max() == 0


def test_the_type_shrinks_to_nine_points_before_a_band_is_added() -> None:
    sizes = block.sizes(300)
    assert sizes[0] >= 10.5 * 300 / 72
    assert sizes[-1] >= block.MIN_STAMP_PT * 300 / 72
    heights = [min(b.height for b in block.blocks_of(JA, size, 300)) for size in sizes]
    room = heights[-1] + 2 * margin_px(300) + 20
    page = paper(300)
    page[:: round(room)] = 0
    assert room < heights[0] + 2 * margin_px(300)
    stamp = stamping.place(page, 300, 1, JA, None)
    assert stamp.band_px == 0
    assert fonts.size_with_ink(round(stamp.lines[0].quad.height())) == sizes[-1]


def test_a_300_dpi_page_is_placed_and_drawn_in_a_blink() -> None:
    page = printed(paper(300), print_mask(300, range(0, 40)))
    stamping.place(page, 300, 1, JA, None)
    start = time.perf_counter()
    stamp = stamping.place(page, 300, 1, JA, Quad.from_box(300, 300, 900, 340))
    seconds = time.perf_counter() - start
    assert stamp.band_px == 0
    assert seconds < 1.0  # 0.05 s measured; the rest is for a machine that is busy


# -- how it is drawn ------------------------------------------------------------------------


@pytest.mark.parametrize("dpi", [72, 96, 150, 200, 300, 611.3])
@pytest.mark.parametrize("texts", [JA, EN], ids=["ja", "en"])
def test_nothing_outside_the_quad_changes_and_all_ink_lies_in_glyphs_or_frame(
    dpi: float, texts: tuple[str, ...]
) -> None:
    page = np.full((round(4 * dpi), round(8 * dpi), 3), (90, 60, 30), dtype=np.uint8)
    before = page.copy()
    stamp = stamping.place(page, dpi, 1, texts, None)
    drawn = stamping.draw(page, stamp)
    assert np.array_equal(page, before)
    changed = (drawn != page).any(axis=2)
    inside = np.zeros_like(changed)
    inside[around(stamp.quad, 0)] = True
    assert np.array_equal(changed, inside)
    line_width = max(1, round(block.FRAME_PT * dpi / 72))
    ink = np.zeros_like(changed)
    ink[around(stamp.quad, -line_width)] = True
    ink &= (drawn != drawing.PAPER_COLOUR).any(axis=2)
    overhang = stamp.lines[0].quad.height() / 10  # of letters such as J, to the left
    for line in stamp.lines:
        for glyph in line.glyphs:
            ink[around(glyph.quad, overhang)] = False
    assert not ink.any()


def test_every_glyph_but_spaces_has_ink_of_the_stamps_own_colour() -> None:
    page = paper(150)
    stamp = stamping.place(page, 150, 1, JA, None)
    drawn = stamping.draw(page, stamp)
    for line in stamp.lines:
        for glyph in line.glyphs:
            inked = (drawn[around(glyph.quad, 0)] != 255).any()
            assert inked == (glyph.char != " "), glyph.char
    assert (drawn == drawing.INK_COLOUR).all(axis=2).any()


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_on_a_turned_page_the_stamp_stands_upright_when_read(
    turn: int, gap_ink: NDArray[np.float64]
) -> None:
    upright = printed(paper(150), gap_ink)
    page = np.ascontiguousarray(np.rot90(upright, -turn))
    stamp = stamping.place(page, 150, 1, JA, None, turn)
    drawn = stamping.draw(page, stamp)
    expected = stamping.draw(upright, stamping.place(upright, 150, 1, JA, None))
    assert np.array_equal(np.rot90(drawn, turn), expected)
    assert (drawn[around(stamp.quad, 0)] != page[around(stamp.quad, 0)]).any()


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_the_number_and_what_to_avoid_are_turned_with_the_page(turn: int) -> None:
    upright_near, upright_avoid = Quad.from_box(900, 200, 1100, 240), Quad.from_box(0, 0, 1240, 500)
    upright = paper(150)
    page = np.ascontiguousarray(np.rot90(upright, -turn))
    sheet = sheets.Sheet(page.shape[1], page.shape[0], turn)
    near, avoid = sheet.back(upright_near), sheet.back(upright_avoid)
    stamp = stamping.place(page, 150, 1, JA, near, turn, (avoid,))
    same = stamping.place(upright, 150, 1, JA, upright_near, 0, (upright_avoid,))
    assert sheet.upright(stamp.quad) == same.quad
    assert [line.text for line in stamp.lines] == [line.text for line in same.lines]


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_band_is_added_below_and_the_page_above_stays_as_it_is(turn: int) -> None:
    page = np.ascontiguousarray(np.rot90(printed(paper(96), print_mask(96, range(60))), -turn))
    stamp = stamping.place(page, 96, 1, JA, None, turn)
    drawn = stamping.draw(page, stamp)
    height = page.shape[0]
    assert drawn.shape == (height + stamp.band_px, *page.shape[1:])
    assert np.array_equal(drawn[:height], page)
    assert np.array_equal(stamping.with_band(page, stamp)[:height], page)
    assert (stamping.with_band(page, stamp)[height:] == 255).all()
    margin = math.ceil(margin_px(96))
    _, top, _, bottom = stamp.quad.box()
    assert (top, bottom) == (height + margin, height + stamp.band_px - margin)


def test_a_band_is_as_high_as_its_content() -> None:
    page = printed(paper(150), print_mask(150, range(60)))
    stamp = stamping.place(page, 150, 1, JA, None)
    drawn = stamping.draw(page, stamp)
    x0, _, x1, _ = map(round, stamp.quad.box())
    inside = drawn[page.shape[0] :, x0 + 4 : x1 - 4]
    rows = np.flatnonzero((inside != 255).any(axis=(1, 2)))
    margin = math.ceil(margin_px(150))
    assert rows[0] == margin
    assert rows[-1] == stamp.band_px - margin - 1


@pytest.mark.parametrize(("width", "height"), [(300, 190), (640, 400)])
def test_a_picture_of_a_card_gets_a_band_as_wide_as_itself(width: int, height: int) -> None:
    page = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    stamp = stamping.place(page, 96, 1, JA, None)
    x0, _, x1, _ = stamp.quad.box()
    assert stamp.band_px > 0
    assert 0 <= x0 < x1 <= width
    said = "".join(line.text for line in stamp.lines).replace(" ", "")
    assert said == "".join(JA).replace(" ", "")


def test_a_picture_too_small_for_any_text_is_refused() -> None:
    with pytest.raises(CannotProve, match="60 by 400 pixels is too small"):
        stamping.place(np.zeros((400, 60, 3), dtype=np.uint8), 96, 1, JA, None)


# -- whether it can be read -----------------------------------------------------------------


def read(picture: Pixels, psm: int) -> str:
    tessdata = f"{sys.prefix}/share/tessdata"
    config = f"--psm {psm} --tessdata-dir {tessdata}"
    return plain(pytesseract.image_to_string(picture, lang="jpn+eng", config=config))


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("髙﨑", "高崎")


def likeness(said: str, seen: str) -> float:
    """The share of `said` that stands in `seen`, in order and in pieces of two or more."""
    blocks = difflib.SequenceMatcher(None, said, seen, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size > 1) / len(said)


READ_BACK = 0.9
"""Tesseract's Japanese model leaves out a thin 一 now and then, and knows few forms of names."""


def cropped(drawn: Pixels, stamp: Stamp) -> Pixels:
    return drawn[around(stamp.quad, 4)]


@pytest.mark.parametrize("psm", [6, 11])
@pytest.mark.parametrize("dpi", [96, 150, 200, 300])
@pytest.mark.parametrize(("lang", "texts"), [("ja", JA), ("en", EN)])
def test_tesseract_reads_the_stamp_back(
    lang: Literal["ja", "en"], texts: tuple[str, ...], dpi: int, psm: int
) -> None:
    page = paper(dpi, (30, 30, 45))
    stamp = stamping.place(page, dpi, 1, texts, None)
    seen = read(cropped(stamping.draw(page, stamp), stamp), psm)
    for line in stamp.lines:
        said = plain(line.text)
        assert likeness(said, seen) >= READ_BACK, (line.text, seen)
        assert [run for run in re.findall(r"[0-9]+", said) if run not in seen] == []
