"""Cutting: however a reader's boxes are off, the cuts fall between the digits' ink."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from prepdoc.cutting import cut
from prepdoc.cutting.ink import digits_band
from prepdoc.page import Glyph, Line, Quad, SeenBy
from tests import draw, judge
from tests.draw import Box, Drawn, DrawnGlyph, Item, Text

DIGITS = "4817 0692 3354 1101"
"""Narrow and wide digits next to each other, and two ones."""
SIZE = (260.0, 60.0)
AT = (30.0, 36.0)
MIN_INK = 48
"""Grey levels from the paper; what is fainter is the fringe of an anti-aliased edge."""


@dataclass(frozen=True)
class Off:
    """How a reader's boxes are off, in digit widths: all to one side, and each at random."""

    shift: float = 0.0
    jitter: float = 0.0
    higher: float = 1.0


EXACT, LEFT, RIGHT = Off(), Off(-0.35), Off(0.35)
LOOSE, TALL, LOW = Off(0.1, 0.25), Off(0.0, 0.1, 1.4), Off(0.0, 0.1, 0.8)


def number(
    font: str = "helv", *, pt: float = 11, dpi: float = 200, more: tuple[Item, ...] = ()
) -> Drawn:
    return draw.page([*more, Text(DIGITS, AT, pt, font, "pan")], dpi=dpi, size=SIZE)


def as_read(drawn: Drawn, off: Off) -> Line:
    """The number's line as OCR gives it: cells that are off, the same each time."""
    chance = random.Random(1)
    glyphs = drawn.tagged("pan")
    return Line(tuple(_moved(glyph, off, chance) for glyph in glyphs), "ocr")


def _moved(glyph: DrawnGlyph, off: Off, chance: random.Random) -> Glyph:
    corners = glyph.cell.array()
    by = off.shift + chance.uniform(-off.jitter, off.jitter)
    middle = (corners + corners[[3, 2, 1, 0]]) / 2
    moved = middle + (corners - middle) * off.higher + by * (corners[1] - corners[0])
    return Glyph(glyph.char, Quad.from_array(moved))


def check(drawn: Drawn, off: Off, folder: Path, slack: float = 0) -> None:
    """Every quad holds its own digit's ink and none of another's, but for a column.

    `slack` is how many columns more, along a slanted cut.
    """
    truth = drawn.tagged("pan")
    fitted = cut(drawn.pixels, as_read(drawn, off)).glyphs
    wrong = [p for pair in zip(truth, fitted, strict=True) for p in _faults(drawn, *pair, slack)]
    if wrong:
        where = folder / "cuts.png"
        Image.fromarray(draw.outlined(drawn, [glyph.quad for glyph in fitted])).save(where)
        pytest.fail(f"{'; '.join(wrong)}: {where}")


def _faults(drawn: Drawn, glyph: DrawnGlyph, fitted: Glyph, slack: float) -> Iterator[str]:
    if not glyph.is_digit:
        return
    ink = _ink(drawn)
    own = judge.inside(_ends([glyph.quad], -judge.EDGE_PX), ink.shape)
    others = [other.quad for other in drawn.tagged("pan") if other.inked and other != glyph]
    foreign = judge.inside(_ends(others, -judge.EDGE_PX), ink.shape)
    here = judge.inside([fitted.quad], ink.shape)
    allowed = slack * glyph.quad.height()
    if (missed := int((own & ink & ~foreign & ~here).sum())) > allowed:
        yield f"{glyph.char} loses {missed} px"
    if (taken := int((foreign & ink & ~own & here).sum())) > allowed:
        yield f"{glyph.char} takes {taken} px"


def _ends(quads: list[Quad], by: float) -> list[Quad]:
    return list(judge.widened(quads, by))


def _ink(drawn: Drawn) -> judge.Region:
    paper = np.median(drawn.pixels.reshape(-1, 3), axis=0)
    return np.asarray((np.abs(drawn.pixels - paper) > MIN_INK).any(axis=2))


@pytest.mark.parametrize("dpi", [96, 150, 300])
@pytest.mark.parametrize("font", ["japan", "helv", "hebo", "cour", "tiro", "notos", "spacemo"])
def test_each_digit_is_cut_from_its_neighbours(font: str, dpi: float, tmp_path: Path) -> None:
    check(number(font, dpi=dpi), LOOSE, tmp_path)


@pytest.mark.parametrize("pt", [8, 9])
@pytest.mark.parametrize("off", [EXACT, LOOSE, TALL], ids=["exact", "loose", "tall"])
def test_blurred_bold_print_is_no_bar(off: Off, pt: float, tmp_path: Path) -> None:
    """Of digits that fill most of their line, its most frequent colour is the ink."""
    page = draw.page([Text("5555 5583 3856 6298", AT, pt, "hebo", "pan")], dpi=150, size=SIZE)
    check(draw.blurred(page, 1.2), off, tmp_path, slack=0.3)


@pytest.mark.parametrize(
    "off",
    [EXACT, LEFT, RIGHT, LOOSE, TALL, LOW],
    ids=["exact", "left", "right", "loose", "tall", "low"],
)
@pytest.mark.parametrize("font", ["helv", "tiro"])
def test_boxes_may_be_off_by_a_third_of_a_digit(font: str, off: Off, tmp_path: Path) -> None:
    check(number(font), off, tmp_path)


@pytest.mark.parametrize("font", ["helv", "tiro"])
@pytest.mark.parametrize("digits", ["3782-827380-43916,", "4817-0692-3354-1101,"])
def test_boxes_that_are_off_by_nearly_a_digit_are_moved_as_a_whole(
    digits: str, font: str, tmp_path: Path
) -> None:
    """As PP-OCR has them in long lines of small print: a hyphen is no digit's place."""
    drawn = draw.page([Text(digits, AT, 11, font, "pan")], dpi=150, size=SIZE)
    check(drawn, Off(0.85), tmp_path)


@pytest.mark.parametrize("font", ["heit", "tiit", "coit", "notosit"])
@pytest.mark.parametrize("dpi", [150, 300])
def test_italics_are_cut_aslant(font: str, dpi: float, tmp_path: Path) -> None:
    """Their boxes overlap; the column at the cut leans as they do."""
    check(number(font, dpi=dpi), LOOSE, tmp_path, slack=judge.EDGE_PX / 4)


STATES: dict[str, Callable[[Drawn], Drawn]] = {
    "5° to the left": lambda d: draw.skewed(d, 5),
    "2° to the right": lambda d: draw.skewed(d, -2),
    "a quarter turn": lambda d: draw.turned(d, 1),
    "upside down": lambda d: draw.turned(d, 2),
    "dark": draw.dark,
    "a noisy JPEG": lambda d: draw.jpegged(draw.noisy(d, 6), 50),
    "faded": lambda d: draw.faded(d, darkest=120, lightest=235),
    "faxed": draw.one_bit,
    "in shadow": draw.shadowed,
}


@pytest.mark.parametrize("change", STATES.values(), ids=STATES)
def test_cuts_follow_the_line_and_find_faint_ink(
    change: Callable[[Drawn], Drawn], tmp_path: Path
) -> None:
    check(change(number()), LOOSE, tmp_path)


GROUNDS: dict[str, tuple[Item, ...]] = {
    "on a pale panel": (Box((20, 20), (220, 30), (225, 232, 240)),),
    "underlined": (Box((20, 40), (220, 0.7)),),
    "between rules": (Box((10, 22), (240, 0.7)), Box((10, 41), (240, 0.7))),
    "white on black": (Box((0, 0), SIZE),),
}


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_rules_and_grounds_are_no_ink(ground: tuple[Item, ...], tmp_path: Path) -> None:
    drawn = number(more=ground)
    if ground == GROUNDS["white on black"]:
        items = [*ground, Text(DIGITS, AT, 11, "helv", "pan", (255, 255, 255))]
        drawn = draw.page(items, dpi=200, size=SIZE)
    check(drawn, LOOSE, tmp_path)


@pytest.mark.parametrize("room", [0.5, 1.2, 2.5])
@pytest.mark.parametrize("bar", [(20, 40, 90), (200, 60, 60), (110, 110, 110)])
def test_white_digits_that_nearly_fill_a_bar_are_cut_to_their_ink(
    bar: draw.Rgb, room: float, tmp_path: Path
) -> None:
    """The page's white around a tight bar is no paper of theirs, and the bar's edge no ink."""
    glyphs = number().tagged("pan")
    boxes = np.array([glyph.quad.box() for glyph in glyphs]) * 72 / 200
    left, top, right, bottom = *boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)
    ground = Box((left - room, top - room), (right - left + 2 * room, bottom - top + 2 * room), bar)
    items: list[Item] = [ground, Text(DIGITS, AT, 11, "helv", "pan", draw.WHITE)]
    rows: list[Item] = [
        Text("Query OK, 3 rows in set (0.0042 sec)", (left, top - room - 2), 11, "cour"),
        Text("OK #1752483802 WITH 128,000 POINTS", (left, bottom + room + 9), 11, "cour"),
    ]
    check(draw.page(items, dpi=200, size=SIZE), LOOSE, tmp_path)
    check(draw.page([*items, *rows], dpi=200, size=SIZE), LOOSE, tmp_path)


@pytest.mark.parametrize("colour", [(255, 130, 190), (255, 240, 90), (150, 230, 120)])
@pytest.mark.parametrize("reach", [3.0, 5.0])
def test_a_markers_stroke_under_a_part_of_the_digits_is_none_of_their_ink(
    colour: draw.Rgb, reach: float
) -> None:
    """The quads end with the digits: a mask may not take those of the row above or below."""
    box = np.array([g.quad.box() for g in number().tagged("pan") if g.is_digit]) * 72 / 200
    left, top, right, bottom = *box[:, :2].min(axis=0), *box[:, 2:].max(axis=0)
    middle = (left + right) / 2
    stroke = Box((middle, top - reach), (right - middle + 8, bottom - top + 2 * reach), colour)
    drawn = number(more=(stroke,))
    for glyph in cut(drawn.pixels, as_read(drawn, TALL)).glyphs:
        _, y0, _, y1 = glyph.quad.box()
        assert y0 >= top * 200 / 72 - 4 and y1 <= bottom * 200 / 72 + 4


def test_darker_ink_beside_the_digits_rows_is_none_of_theirs() -> None:
    """A seal's line above pale digits is all that is dark: their own rows are taken."""
    ink = np.zeros((50, 200), dtype=np.float32)
    ink[18:46, :] = 0.65
    ink[0:14, :90] = 0.95
    assert digits_band(ink, 1.0) == (18, 46)


def test_without_ink_a_line_stays_as_it_was_read() -> None:
    line = as_read(number(), LOOSE)
    paper = np.full((200, 800, 3), 250, dtype=np.uint8)
    assert cut(paper, line) == line


def test_a_digit_alone_is_cut() -> None:
    drawn = number()
    line = as_read(drawn, EXACT)
    (glyph,) = cut(drawn.pixels, replace(line, glyphs=line.glyphs[2:3])).glyphs
    assert judge.inside([drawn.tagged("pan")[2].quad], drawn.pixels.shape).any()
    x, y = drawn.tagged("pan")[2].quad.centre()
    x0, y0, x1, y1 = glyph.quad.box()
    assert x0 < x < x1
    assert y0 < y < y1


def test_the_page_is_not_changed() -> None:
    drawn = number()
    drawn.pixels.setflags(write=False)
    cut(drawn.pixels, as_read(drawn, LOOSE))


@pytest.mark.parametrize("marks", ["____", "····", "****", "####"])
@pytest.mark.parametrize("seen_by", ["text", "ocr"])
def test_marks_that_hide_digits_do_not_move_the_cuts(marks: str, seen_by: SeenBy) -> None:
    """Underscores stand lower than digits, dots higher, and asterisks run into each other."""
    drawn = draw.page([Text(f"6445-{marks}-{marks}-6358", AT, 11, "notos", "pan")], size=SIZE)
    glyphs = drawn.tagged("pan")
    line = Line(tuple(Glyph(glyph.char, glyph.cell) for glyph in glyphs), seen_by)
    for glyph, fitted in zip(glyphs, cut(drawn.pixels, line).glyphs, strict=True):
        if glyph.is_digit:
            x0, y0, x1, y1 = glyph.quad.box()
            left, top, right, bottom = fitted.quad.box()
            assert (top, bottom) == (pytest.approx(y0, abs=2), pytest.approx(y1, abs=2))
            assert left <= x0 + 1 and right >= x1 - 1, glyph.char


@pytest.mark.parametrize("step", [5.5, 5.7])
@pytest.mark.parametrize("digits", ["03589", "60878", "96966"])
def test_half_of_a_digit_is_no_digit(digits: str, step: float, tmp_path: Path) -> None:
    """Of ten asterisks seven were read, and the digits behind them a digit too far to the right:
    where two of these touch, each half of them has room for one.
    """
    marks = Text("*" * 10, AT, 11, "helv", "marks", pitch=(4.2, 0))
    number = Text(digits, (AT[0] + 43, AT[1]), 11, "helv", "pan", pitch=(step, 0))
    drawn = draw.page([marks, number], dpi=200, size=SIZE)
    asterisks = drawn.tagged("marks")
    read = [*(asterisks[round(i * 1.5)] for i in range(7)), *drawn.tagged("pan")]
    off = [*[0.0] * 7, 0.9, 0.65, 0.5, 0.45, 0.35]
    glyphs = [Glyph(g.char, _aside(g.cell, by)) for g, by in zip(read, off, strict=True)]
    fitted = cut(drawn.pixels, Line(tuple(glyphs), "ocr")).glyphs[7:]
    wrong = [w for pair in zip(read[7:], fitted, strict=True) for w in _faults(drawn, *pair, 0.1)]
    assert not wrong, wrong


def _aside(cell: Quad, widths: float) -> Quad:
    return cell.moved(widths * cell.width(), 0)


@pytest.mark.parametrize("grain", [4, 9, 14])
def test_grain_and_a_shaded_row_above_are_no_ink_of_the_line(grain: float, tmp_path: Path) -> None:
    """A noisy scan of a table: the quads end with the digits, also where OCR's boxes are tall."""
    shade = Box((0.0, 0.0), (SIZE[0], 24.0), (230, 237, 245))
    drawn = number(pt=8, more=(shade,))
    noise = np.random.default_rng(1).normal(0, grain, drawn.pixels.shape)
    noisy = np.clip(drawn.pixels + noise, 0, 255).astype(np.uint8)
    line = as_read(drawn, TALL)
    digits = [g.quad.box() for g in drawn.tagged("pan") if g.is_digit]
    top, bottom = min(box[1] for box in digits), max(box[3] for box in digits)
    for glyph in cut(noisy, line).glyphs:
        _, y0, _, y1 = glyph.quad.box()
        assert top - 4 <= y0 <= top + 1
        assert bottom - 1 <= y1 <= bottom + 4
