"""Where a number is masked when its readers place it differently: where its ink is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from prepdoc.finding import find_numbers
from prepdoc.ocr.blocks import read_blocks, with_blocks
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import CardNumber, Glyph, Line, Quad, SeenBy
from prepdoc.pan import Pan
from prepdoc.placing import each_once, not_denied
from tests import draw
from tests.draw import Drawn, Text
from tests.test_finding import card, check


def written(drawn: Drawn, digits: str, move: tuple[float, float] = (0, 0)) -> Line:
    """A text layer's line that says `digits` where the number is drawn, or moved in digits."""
    tagged = drawn.tagged("pan")
    wide, high = tagged[0].cell.width(), tagged[0].cell.height()
    by = np.array([move[0] * wide, move[1] * high])
    quads = [Quad.from_array(glyph.cell.array() + by) for glyph in tagged]
    return Line(tuple(Glyph(c, q) for c, q in zip(digits, quads, strict=True)), "text")


def text_of(drawn: Drawn) -> str:
    return "".join(glyph.char for glyph in drawn.tagged("pan"))


@pytest.mark.parametrize(
    "move", [(0, 0), (1, 0), (-1, 0), (0.6, 0.4), (0.5, -0.5), (0, 0.45)], ids=str
)
@pytest.mark.parametrize("separator", ["", " "])
def test_a_text_layer_that_is_off_is_masked_where_the_ink_is(
    separator: str, move: tuple[float, float], paddle: Paddle, tmp_path: Path
) -> None:
    """As layers of scans are: by a digit, by half a line, or both."""
    drawn = card("visa", separator, "cour", pt=11)
    lines = (written(drawn, text_of(drawn), move), *paddle.read(drawn.pixels))
    check(drawn, find_numbers(1, drawn.pixels, lines).numbers, tmp_path)


@pytest.mark.parametrize("move", [(0, 0), (1, 0), (-1, 0), (0.5, -0.5)], ids=str)
def test_a_layer_that_says_other_digits_tells_no_last_four(
    move: tuple[float, float], paddle: Paddle, tmp_path: Path
) -> None:
    """Both are masked, and the last four are those that can be seen; also where it is off."""
    drawn = card("visa", "", "cour", pt=11)
    lie = draw.pan("mastercard", 4)
    lines = (written(drawn, lie, move), *paddle.read(drawn.pixels))
    numbers = find_numbers(1, drawn.pixels, lines).numbers
    check(drawn, numbers, tmp_path)
    assert lie in {number.pan.digits for number in numbers}
    assert kept(numbers) == {text_of(drawn)[-4:]}


@pytest.mark.parametrize(("shift", "stretch"), [(0.0, 2.0), (-22.0, 1.0), (-3.0, 1.6)], ids=str)
def test_a_layer_set_wider_than_its_print_or_over_its_label_hides_only_the_number(
    shift: float, stretch: float, paddle: Paddle, tmp_path: Path
) -> None:
    """As a scanner's own layer has it, whose font has another width, or without its blanks."""
    items = [
        Text("ご利用カードの本人会員番号様", (20, 50), 11),
        Text("2026/11/03 本屋 12,345", (20, 75), 11),
    ]
    number = Text(draw.grouped(draw.pan("visa", 1), " "), (190, 50), 11, "cour", "pan")
    drawn = draw.page([*items, number], dpi=200, size=(500, 100))
    tagged = drawn.tagged("pan")
    step, (left, top, _, bottom) = tagged[0].cell.width(), tagged[0].cell.box()
    places = (left + step * (shift + stretch * i) for i in range(len(tagged)))
    boxes = (Quad.from_box(x, top, x + stretch * step, bottom) for x in places)
    glyphs = tuple(Glyph(g.char, box) for g, box in zip(tagged, boxes, strict=True))
    lines = (Line(glyphs, "text"), *paddle.read(drawn.pixels))
    numbers = find_numbers(1, drawn.pixels, lines).numbers
    check(drawn, numbers, tmp_path)
    assert kept(numbers) == {text_of(drawn).replace(" ", "")[-4:]}


def test_a_stretch_that_ocr_saw_is_not_taken_for_the_whole_number() -> None:
    """Of digits in cells OCR reads a part, with the rules' height; the layer has all of them."""
    pan = Pan(draw.pan("mastercard", 2))
    whole = CardNumber(1, pan, 1, (Quad.from_box(20, 10, 140, 26),),
                       (Quad.from_box(140, 10, 180, 26),), frozenset({"text"}))  # fmt: skip
    mask, keep = Quad.from_box(110, 4, 140, 30), Quad.from_box(140, 4, 185, 30)
    ink = np.zeros((40, 200, 3), dtype=np.uint8)
    ink[:, ::2] = 255
    for rule in (1, 5):
        part = CardNumber(1, pan, rule, (mask,), (keep,), frozenset({"ocr"}))
        (placed,) = each_once([whole, part], ink)
        assert placed.mask == whole.mask


@pytest.mark.parametrize("order", [1, -1])
def test_two_stretches_of_a_known_number_are_masked_both(order: int) -> None:
    """As OCR reads cells: each reading has some digits, and together they have all."""
    pan = Pan(draw.pan("mastercard", 2))
    masks = [Quad.from_box(20, 10, 100, 26), Quad.from_box(60, 10, 140, 26)]
    seen = [CardNumber(1, pan, 5, (mask,), (), frozenset({"ocr"})) for mask in masks]
    ink = np.zeros((40, 200, 3), dtype=np.uint8)
    placed = each_once(seen[::order], ink)
    assert {quad for number in placed for quad in number.mask} == set(masks)


def test_a_layer_in_other_pieces_takes_nothing_of_a_last_four_that_is_seen(
    paddle: Paddle, tmp_path: Path
) -> None:
    """A lie of which the stretch over the print begins in its middle."""
    drawn = card("visa", "", "cour", pt=11)
    lie = written(drawn, draw.pan("mastercard", 4), (9, 0.1))
    numbers = find_numbers(1, drawn.pixels, (lie, *paddle.read(drawn.pixels))).numbers
    assert kept(numbers) == {text_of(drawn)[-4:]}
    taken = [n.mask for n in numbers if n.mask]
    assert all(not _holds(q, g.quad.centre()) for mask in taken for q in mask
               for g in drawn.tagged("pan")[-4:])  # fmt: skip


@pytest.mark.parametrize(("read", "denied"), [("6580", True), ("2146", False), ("21", False)])
def test_a_last_four_that_ocr_reads_as_other_digits_is_not_promised(
    read: str, denied: bool
) -> None:
    """A font whose codes are scrambled: the number goes, and nothing is expected to be read."""
    keep = Quad.from_box(100, 10, 140, 26)
    number = CardNumber(1, Pan("4209416897832146"), 2, (), (keep,), frozenset({"text"}))
    quads = (Quad.from_box(100 + 10 * i, 8, 110 + 10 * i, 28) for i in range(4))
    seen = Line(tuple(Glyph(c, q) for c, q in zip(read, quads, strict=False)), "ocr")
    assert bool(not_denied(number, (seen,)).keep) is not denied


def test_the_cut_before_the_last_four_is_the_font_s_where_the_ends_agree() -> None:
    """In 3 pt print OCR divides a number a digit too late; its font knows."""
    pan, row = Pan(draw.pan("visa", 2)), (10.0, 26.0)

    def number(cut_at: float, reader: SeenBy) -> CardNumber:
        mask, keep = (
            Quad.from_box(x0, row[0], x1, row[1]) for x0, x1 in ((20, cut_at), (cut_at, 180))
        )
        return CardNumber(1, pan, 1, (mask,), (keep,), frozenset({reader}))

    ink = np.zeros((40, 200, 3), dtype=np.uint8)
    ink[:, ::2] = 255
    (placed,) = each_once([number(140, "text"), number(150, "ocr")], ink)
    assert placed.keep[0].box()[0] == 140
    assert placed.seen_by == {"text", "ocr"}


def kept(numbers: Sequence[CardNumber]) -> set[str | None]:
    return {number.pan.last_four for number in numbers if number.keep}


@pytest.mark.parametrize(("ink", "masked"), [(255, False), (254, True), (0, True)])
def test_what_a_layer_says_of_bare_paper_is_not_painted(ink: int, masked: bool) -> None:
    """The number is looked for elsewhere; of the palest ink nothing may stay."""
    drawn = card("visa", "", "cour", pt=11)
    paper = np.full_like(drawn.pixels, 255)
    paper[drawn.pixels < 128] = ink
    line = written(drawn, text_of(drawn))
    (number,) = find_numbers(1, paper, (line,)).numbers
    assert bool(number.mask) is masked
    assert bool(number.keep) is (ink == 0)
    assert number.pan.digits == text_of(drawn)


@pytest.mark.parametrize("pt", [8, 11])
@pytest.mark.parametrize("at", [0.45, 0.55, 0.75])
def test_digits_that_a_line_strikes_out_are_masked_as_a_whole(
    at: float, pt: float, paddle: Paddle, tmp_path: Path
) -> None:
    drawn = card("visa", " ", "helv", pt=pt, dpi=300)
    inked = np.array([g.quad.array() for g in drawn.tagged("pan") if g.inked]).reshape(-1, 2)
    (left, top), (right, bottom) = inked.min(axis=0), inked.max(axis=0)
    y = round(top + at * (bottom - top))
    pixels = drawn.pixels.copy()
    cv2.line(pixels, (round(left) - 20, y), (round(right) + 20, y), (0, 0, 0), 2)
    struck = replace(drawn, pixels=pixels)
    lines = (written(drawn, text_of(drawn)), *paddle.read(pixels))
    truth = judged_without_rule(struck, find_numbers(1, pixels, lines).numbers)
    assert truth == (0, 0), f"left bare and lost: {truth}"


def judged_without_rule(drawn: Drawn, numbers: Sequence[CardNumber]) -> tuple[int, int]:
    """Pixels of hidden digits left bare, and of the last four lost; the line itself may go."""
    from tests import judge
    from tests.test_finding import black, blank

    truth, painted_over, paper = (
        drawn.truth("pan"),
        black(drawn.pixels.shape, numbers),
        blank(drawn),
    )
    return (
        judge.left_bare(painted_over | paper, truth, drawn.dpi),
        judge.lost(painted_over & ~paper, truth),
    )


@pytest.mark.parametrize("font", ["helv", "cour"])
def test_a_black_box_that_touches_its_neighbours_stands_for_digits(
    font: str, paddle: Paddle
) -> None:
    """The first six are found by the box beside them, also by a layer that knows no box."""
    number = draw.pan("visa", 5)
    drawn = draw.page([Text(number, (40, 50), 12, font, "pan")], dpi=300, size=(240, 90))
    digits = drawn.tagged("pan")
    pixels = drawn.pixels.copy()
    left, right = round(digits[5].quad.box()[2]), round(digits[12].quad.box()[0])
    pixels[round(digits[0].cell.box()[1]) : round(digits[0].cell.box()[3]), left:right] = 0
    shown = "".join(g.char for g in (*digits[:6], *digits[12:]))
    quads = [g.cell for g in (*digits[:6], *digits[12:])]
    layer = Line(tuple(Glyph(c, q) for c, q in zip(shown, quads, strict=True)), "text")
    for own in ((), (layer,)):
        lines = with_blocks(own, paddle.read(pixels), read_blocks(pixels), pixels, paddle)
        numbers = find_numbers(1, pixels, lines).numbers
        assert kept(numbers) == {number[-4:]}
        first = digits[0].quad.centre()
        assert any(_holds(quad, first) for n in numbers for quad in n.mask)


def test_a_box_drawn_over_a_number_does_not_divide_it_for_the_layer_that_has_it_whole(
    paddle: Paddle,
) -> None:
    """Three of its groups are under the box, and are no number of twelve digits."""
    number = draw.grouped(draw.pan("jcb", 5))
    drawn = draw.page([Text(number, (40, 50), 12, "helv", "pan")], dpi=300, size=(240, 90))
    glyphs = drawn.tagged("pan")
    pixels = drawn.pixels.copy()
    (left, top, _, bottom), (_, _, right, _) = glyphs[0].cell.box(), glyphs[13].cell.box()
    pixels[round(top) : round(bottom), round(left) - 3 : round(right) + 3] = 0
    layer = Line(tuple(Glyph(g.char, g.cell) for g in drawn.glyphs), "text")
    lines = with_blocks((layer,), paddle.read(pixels), read_blocks(pixels), pixels, paddle)
    assert [line.text for line in lines if line.seen_by == "text"] == [number]
    numbers = find_numbers(1, pixels, lines).numbers
    assert {n.pan.last_four for n in numbers} == {number[-4:]}


def _holds(quad: Quad, point: tuple[float, float]) -> bool:
    return cv2.pointPolygonTest(quad.array().astype(np.float32), point, False) >= 0


@pytest.mark.parametrize("degrees", [0.0, 0.8, 2.0, -2.0])
def test_a_row_of_touching_boxes_is_found_in_a_scan_that_lies_askew(degrees: float) -> None:
    """Boxes that touch each other and the digits beside them are one long block."""
    number = draw.pan("visa", 5)
    wide = draw.width_pt("0", 12, "helv")
    row = [draw.Box((40 + 6 * wide, 40), (6 * wide, 12))]
    items = [Text(number[:6], (40, 50), 12, "helv"), *row,
             Text(number[12:], (40 + 12 * wide, 50), 12, "helv")]  # fmt: skip
    drawn = draw.skewed(draw.page(items, dpi=200, size=(240, 90)), degrees)
    (line,) = read_blocks(drawn.pixels)
    assert 5 <= len(line.glyphs) <= 7


@pytest.mark.parametrize(
    ("side", "digit"),
    [*(("before", digit) for digit in "05689"), *(("behind", digit) for digit in "045689")],
)
def test_a_digit_that_touches_a_long_box_is_no_part_of_it(side: str, digit: str) -> None:
    """Their common frame is nearly as full as the box's own."""
    row = digit * 9
    drawn = draw.page([Text(row, (40, 50), 12, "helv", "pan")], dpi=200, size=(240, 90))
    digits = drawn.tagged("pan")
    pixels = drawn.pixels.copy()
    box = (
        digits[1].quad.to(digits[8].quad) if side == "before" else digits[0].quad.to(digits[7].quad)
    )
    edges = [round(value) for value in box.box()]
    beside = digits[0 if side == "before" else 8].quad.box()
    edges[0 if side == "before" else 2] = round(beside[2 if side == "before" else 0])
    left, top, right, bottom = edges
    pixels[top:bottom, left:right] = 0
    (line,) = read_blocks(pixels)
    found_left, _, found_right, _ = line.quad.box()
    assert abs(found_left - left) <= 2
    assert abs(found_right - right) <= 2


def test_a_dark_spot_in_a_digit_does_not_take_it_away(paddle: Paddle) -> None:
    """Of a moiré or of worn print: it is far lower than the line."""
    pixels = np.full((80, 200, 3), 255, dtype=np.uint8)
    pixels[36:44, 60:64] = 0
    digit = Line((Glyph("3", Quad.from_box(54, 20, 70, 62)),), "ocr")
    (kept, block) = with_blocks((), (digit,), read_blocks(pixels), pixels, paddle)
    assert kept == digit
    assert set(block.text) == {"■"}


def test_the_thick_part_of_a_stroke_is_no_block() -> None:
    pixels = np.full((120, 200, 3), 255, dtype=np.uint8)
    pixels[20:80, 60:66] = 0
    pixels[40:56, 58:72] = 0
    assert read_blocks(pixels) == ()


@pytest.mark.parametrize("font", ["helv", "cour", "tiro"])
@pytest.mark.parametrize("pt", [8, 9, 10, 12])
@pytest.mark.parametrize("coloured", [False, True])
def test_stems_and_bowls_of_a_screenshots_small_digits_are_no_blocks(
    font: str, pt: float, coloured: bool, paddle: Paddle
) -> None:
    """At 96 dpi, also with each of a pixel's colours from another third of it, as screens show."""
    number = draw.grouped("4111" + "1499" + draw.pan("visa", 5)[8:], " ")
    items = [Text("Card number:", (20, 20), 9, "helv"), Text(number, (20, 40), pt, font, "pan")]
    drawn = draw.page(items, dpi=288, size=(240, 60))
    thirds = drawn.pixels[: drawn.pixels.shape[0] // 3 * 3, : drawn.pixels.shape[1] // 3 * 3]
    rows = thirds.reshape(-1, 3, thirds.shape[1], 3).mean(axis=1)
    parts = rows.reshape(len(rows), -1, 3, 3)
    shown = np.stack([parts[:, :, i, i] for i in range(3)], axis=2) if coloured else parts.mean(2)
    pixels = np.asarray(shown, dtype=np.uint8)
    assert read_blocks(pixels) == ()
    lines = paddle.read(pixels)
    assert with_blocks((), lines, read_blocks(pixels), pixels, paddle) == lines


@pytest.mark.parametrize("side", [8, 10, 12, 16])
def test_small_boxes_that_hide_digits_are_blocks(side: int) -> None:
    pixels = np.full((60, 240, 3), 255, dtype=np.uint8)
    for i in range(4):
        pixels[20 : 20 + side, 21 + 2 * side * i : 21 + 2 * side * i + round(0.7 * side)] = 10
    assert len(read_blocks(pixels)) == 4


def test_the_inside_of_a_nought_on_a_coloured_card_is_no_block() -> None:
    """An app shows the card in its own colour, and white digits on it."""
    pixels = np.full((400, 900, 3), 255, dtype=np.uint8)
    pixels[60:300, 40:860] = (255, 0, 51)
    pixels[160:200, 400:426] = 255
    pixels[165:195, 405:421] = (255, 0, 51)
    assert read_blocks(pixels) == ()
