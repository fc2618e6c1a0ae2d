"""Marks that stand for hidden digits are seen beside digits, whatever an engine makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from bench.corpus import make
from bench.corpus.truth import Spec
from prepdoc.assembling import assembled
from prepdoc.explaining import unexplained
from prepdoc.finding import Wishes, find_numbers
from prepdoc.noting import noted
from prepdoc.ocr.marks import MARK, either_way, with_marks
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import ExpectedPage, Line, Pixels
from prepdoc.pan import luhn
from prepdoc.verifying.rereading import Readers
from tests import draw
from tests.draw import Box, Drawn, Text
from tests.looking import looked_at
from tests.test_finding import black

PAN = draw.pan("visa", 3)
SIZE = (330, 90)
PAPER = (255, 255, 255)
FORMS = {
    "DDDD DD** **** KKKK": 10,
    "DDDD-****-****-KKKK": 12,
    "DDDD DDDD **** ****": 8,
    "DDDD-DDDD-DDDD-D***": 3,
    "DDDDDDDDDDDDD***": 3,
}
"""A form, and how many digits it hides or more: D is shown, * hidden, K one of the last four."""
FORM = "DDDD DDDD **** ****"


def printed(form: str, mark: str) -> str:
    """The number in a form, with a mark for every digit that it hides."""
    digits = iter(PAN)
    return "".join(c if c in " -" else (d, mark)[c == "*"] for c in form for d in _next(c, digits))


def _next(kind: str, digits: Iterator[str]) -> str:
    return kind if kind in " -" else next(digits)


def page(text: str, font: str = "japan", dpi: float = 200, pt: float = 11) -> Drawn:
    items = [Text("Card number", (20, 24), 9, "helv"), Text(text, (24, 50), pt, font, "pan")]
    items += [Text("2026/11/03 BOOKS 12,345", (20, 76), 9, "helv")]
    return draw.page(items, dpi=dpi, size=SIZE)


def seen(drawn: Drawn) -> str:
    """The line with marks, as it is seen as a whole."""
    lines = with_marks(Paddle().read(drawn.pixels), drawn.pixels, Paddle())
    return "".join(line.text for line in assembled(lines) if MARK in line.text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mark", ["●", "•", "○", "･"])
def test_every_mark_beside_digits_is_seen_and_every_digit_read(form: str, mark: str) -> None:
    read = seen(page(printed(form, mark)))
    shown = [c for c in printed(form, "?") if c.isdigit()]
    assert [c for c in read if c.isdigit()] == shown
    assert read.count(MARK) == form.count("*")


@pytest.mark.parametrize("pt", [9, 10, 11])
def test_circles_that_are_as_high_as_digits_are_marks(pt: float) -> None:
    """Full-width ones, wider than any nought; an engine reads them as letters."""
    items = [Text("Card number", (20, 24), 9, "helv"), Text("5555-55", (24, 50), 11, "tiro")]
    at = 24 + draw.width_pt("5555-55", 11, "tiro")
    wide = Text("◯◯-◯◯◯◯-◯◯◯◯", (at, 50), pt, "japan")
    read = seen(draw.page([*items, wide], dpi=200, size=SIZE))
    assert read.startswith("5555-55"), "a pair of circles alone may be read as noughts"
    assert read.count(MARK) in (8, 10)


@pytest.mark.parametrize("lit", [0, 70])
def test_no_cell_of_another_row_is_read_with_marks_where_rules_cross_their_line(lit: int) -> None:
    """As on a page that bends, also where the light on it changes beside the number."""
    number = Text(printed("DDDD DD** **** KKKK", "●"), (150, 52), 9, "japan", "pan")
    items = [Text("Apple Pay (QUICPay)", (20, 40), 9, "helv"), number]
    drawn = draw.page([*items, Text("12/29", (290, 58), 9, "helv")], dpi=200, size=(360, 90))
    pixels = drawn.pixels.copy()
    for left, right in ((34, 46), (50, 62)):
        cv2.line(pixels, (40, round(left * 200 / 72)), (980, round(right * 200 / 72)), (90,) * 3, 2)
    pixels[:, 700:] -= np.uint8(lit)
    read = seen(replace(drawn, pixels=pixels))
    assert [c for c in read if c.isdigit()] == [*PAN[:6], *PAN[-4:]]


def test_marks_of_a_card_that_fills_a_photograph_are_seen() -> None:
    read = seen(draw.scaled(page(printed(FORM, "●"), dpi=300), 6.0))
    assert [c for c in read if c.isdigit()] == list(PAN[:8])
    assert read.count(MARK) == 8


@pytest.mark.parametrize("font", ["japan", "helv", "cour", "tiro"])
@pytest.mark.parametrize("dpi", [150, 300])
def test_underscores_are_as_many_marks_as_digits_have_room(font: str, dpi: float) -> None:
    read = seen(page(printed("DDDD-DDDD-DDDD-****", "_"), font, dpi))
    assert [c for c in read if c.isdigit()] == list(PAN[:12])
    assert read.count(MARK) in (3, 4, 5)


@pytest.mark.parametrize(
    "alter",
    [
        draw.dark,
        lambda d: draw.noisy(d, 8),
        lambda d: draw.skewed(d, 2),
        lambda d: draw.turned(d, 1),
        lambda d: draw.turned(d, 2),
        lambda d: draw.jpegged(d, 40),
    ],
)
@pytest.mark.parametrize("mark", ["●", "•"])
def test_marks_of_a_scan_are_seen(mark: str, alter: Callable[[Drawn], Drawn]) -> None:
    read = seen(alter(page(printed(FORM, mark))))
    assert [c for c in read if c.isdigit()] == list(PAN[:8])
    assert read.count(MARK) == 8


@pytest.mark.parametrize(
    "text",
    [
        PAN,
        draw.grouped(PAN),
        draw.grouped(PAN, " "),
        "Page ............................................ 12",
        "Amazon.co.jp  10,000  2,500  1:30",
        "+81 90-1234-5678 / 000-1000-1000",
        "4000 0000 0000 0002",
        "オロロロ 1000 ロロロ",
        "xxxx-xxxx-xxxx-1234",
        "look 00 book 1000000 ooze",
        "適格請求書発行事業者登録番号T1234567890123",
    ],
)
def test_what_is_no_mark_is_left_to_the_engine(text: str) -> None:
    drawn = page(text)
    read = Paddle().read(drawn.pixels)
    assert with_marks(read, drawn.pixels, Paddle()) == read


@pytest.mark.parametrize("font", ["helv", "tiro"])
@pytest.mark.parametrize("pt", [6, 7])
@pytest.mark.parametrize("blurred", [0.7, 1.0])
def test_letters_of_tiny_print_are_no_marks(font: str, pt: float, blurred: float) -> None:
    """They are as round, as small and as far apart as marks, and a phone number is beside them."""
    drawn = page("Telephone 03457 404 404 textphone 03457 125 563", font, 100, pt)
    pixels = np.asarray(cv2.GaussianBlur(drawn.pixels, (0, 0), blurred), dtype=np.uint8)
    read = Paddle().read(pixels)
    assert with_marks(read, pixels, Paddle()) == read


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mark", ["●", "･", "_"])
def test_the_digits_before_marks_are_masked_in_the_pixels(form: str, mark: str) -> None:
    """Of a scan, which has no text layer to help."""
    drawn = page(printed(form, mark))
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    dark = black(drawn.pixels.shape, find_numbers(1, drawn.pixels, notes.lines).numbers)
    places = [glyph.quad.centre() for glyph in drawn.tagged("pan") if glyph.char.strip()]
    kinds = form.replace(" ", "")
    at = [(kind, dark[round(y), round(x)]) for kind, (x, y) in zip(kinds, places, strict=True)]
    assert all(is_dark for kind, is_dark in at if kind == "D")
    assert not any(is_dark for kind, is_dark in at if kind == "K")


def spaced(text: str, font: str, spacing: float) -> Drawn:
    """Every character by itself, so many points further apart than the font has them."""
    x, items = 24.0, [Text("Card number", (20, 24), 9, "helv")]
    for char in text:
        face = font if char.isascii() else "japan"
        items.append(Text(char, (x, 50), 11, face, "pan"))
        x += draw.width_pt(char, 11, face) + spacing
    return draw.page(items, dpi=200, size=(360, 90))


@pytest.mark.parametrize(
    ("form", "font", "spacing"),
    [("DDDD - DD** - **** - KKKK", "cour", 2.0), ("DDDD DDDD DDDD D***", "tiro", 0.0)],
)
def test_marks_beyond_a_wide_dash_and_right_beside_a_round_digit_hide_the_rest(
    form: str, font: str, spacing: float
) -> None:
    """Of a wide font ` - ` is four heights; the foot of a 6 is as solid as the dot beside it."""
    text = printed(form, "･")
    if form.endswith("D***"):
        text = text[:-4] + "6" + text[-3:]
    drawn = spaced(text, font, spacing)
    notes = noted(unexplained(replace(drawn.as_page(), lines=())), Paddle(), Wishes())
    dark = black(drawn.pixels.shape, find_numbers(1, drawn.pixels, notes.lines).numbers)
    inked = (glyph for glyph in drawn.tagged("pan") if glyph.char.strip())
    for kind, glyph in zip(form.replace(" ", ""), inked, strict=True):
        x, y = glyph.quad.centre()
        assert kind != "D" or dark[round(y), round(x)]


@pytest.mark.parametrize("mark", ["●", "･", "_"])
def test_an_output_that_shows_digits_before_marks_leaks(mark: str) -> None:
    drawn = page(printed(FORM, mark))
    pixels: Pixels = np.ascontiguousarray(drawn.pixels)
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    assert looked_at(pixels, ExpectedPage(1, pixels, True), (), readers).leaks


class Misreading:
    """Reads as the finder does, but for one digit."""

    name = "misreading"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """With the last digit of every line as another one."""
        return tuple(map(self._misread, Paddle().read(pixels)))

    def _misread(self, line: Line) -> Line:
        *rest, last = line.glyphs
        other = str((int(last.char) + 1) % 10) if last.char.isdecimal() else last.char
        return replace(line, glyphs=(*rest, replace(last, char=other)))


def test_a_line_that_is_read_otherwise_without_its_marks_stands_in_two_readings() -> None:
    """Never twice in one: `7447` and `1447` together are `17444477`."""
    drawn = page(printed("DDDD DD** **** KKKK", "●"), pt=14)
    lines = Paddle().read(drawn.pixels)
    readings = either_way(lines, drawn.pixels, Misreading())
    assert len(readings) == 2
    for reading in readings:
        own = [line for line in reading if PAN[-4:-1] in line.text]
        assert [line.text.replace(" ", "")[-4:-1] for line in own] == [PAN[-4:-1]]
    assert len(either_way(lines, drawn.pixels, Paddle())) == 1


@pytest.mark.parametrize("font", ["cobi", "cobo"])
@pytest.mark.parametrize("pt", [5.5, 6.0])
def test_eights_of_a_proven_number_in_small_bold_print_are_no_marks(font: str, pt: float) -> None:
    """Three in a row are blobs that are alike and evenly spaced; the check digit says that they
    are digits.
    """
    diners = next(n for i in range(10) if luhn(n := f"3005388866267{i}"))
    drawn = page(draw.grouped(diners, " "), font, 150, pt)
    assert seen(drawn) == ""
    lines = with_marks(Paddle().read(drawn.pixels), drawn.pixels, Paddle())
    assert diners in "".join(c for line in lines for c in line.text if c.isdigit())


def test_a_rule_below_digits_hides_nothing() -> None:
    """Underlined, and with a table's line beside it."""
    drawn = draw.page(
        [
            Text("4980 1234", (20, 30), 11, "helv"),
            Box((20, 32), (50, 0.7)),
            Text("4980 1234", (20, 60), 11, "helv"),
            Box((80, 62), (250, 0.7)),
        ],
        dpi=200,
        size=SIZE,
    )
    read = Paddle().read(drawn.pixels)
    assert with_marks(read, drawn.pixels, Paddle()) == read


def test_shadows_at_the_feet_of_embossed_digits_are_no_marks() -> None:
    """A dark card on wood, beside another one: its print's shadows look like underscores."""
    case = make(Spec("photo-embossed-cards", 3, 0, seed=1128))
    photo = cv2.imdecode(np.frombuffer(case.data, np.uint8), cv2.IMREAD_COLOR_RGB)[:1100]
    cards = np.asarray(photo, dtype=np.uint8)
    read = Paddle().read(cards)
    whole = [line.text for line in read if line.text.startswith("3056 ")]
    assert len(whole) == 1
    for lines in (with_marks(read, cards, Paddle()), *either_way(read, cards, Paddle())):
        assert whole[0] in [line.text for line in lines]
