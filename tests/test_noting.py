"""The first pass: what all readers of a page know, and which numbers the other pages must fear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from prepdoc.explaining import unexplained
from prepdoc.finding import Wishes
from prepdoc.noting import Notes, needles, noted, slant_of
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Quad, Symbol, Witness
from prepdoc.pan import Pan, luhn
from tests import draw
from tests.draw import Text

VISA, JCB, AMEX = draw.pan("visa", 1), draw.pan("jcb", 1), draw.pan("amex", 1)
NOWHERE = Quad.from_box(0, 0, 1, 1)
BLANK = Notes(1, 200.0, (), (), frozenset(), 0)


def statement() -> draw.Drawn:
    items = [
        Text("Card number", (30, 30), 10, "helv"),
        Text(draw.grouped(VISA), (110, 30), 10, "helv"),
        Text("Statement of November 2026", (30, 60), 10, "helv"),
    ]
    return draw.page(items, dpi=150, size=(300, 80))


def test_a_page_is_read_by_text_layer_ocr_and_barcode_reader(paddle: Paddle) -> None:
    import zxingcpp

    page = replace(statement().as_page(7), lines=())
    code = zxingcpp.create_barcode(f"pan={JCB}", zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(np.asarray(code.to_image(scale=4))).convert("RGB")
    below = np.full((picture.height + 40, page.pixels.shape[1], 3), 255, dtype=np.uint8)
    below[20 : 20 + picture.height, 40 : 40 + picture.width] = np.asarray(picture)
    page = replace(page, pixels=np.vstack([page.pixels, below]))
    layer = draw.page([Text(draw.grouped(AMEX), (30, 30))], dpi=150, size=(200, 40)).lines()
    notes = noted(unexplained(replace(page, lines=layer)), paddle, Wishes())
    assert (notes.page, notes.dpi, notes.turn) == (7, 150.0, 0)
    assert {line.seen_by for line in notes.lines} == {"text", "ocr"}
    assert {line.seen_by for line in notes.read_lines} == {"ocr"}
    assert notes.pans == {Pan(VISA), Pan(AMEX)}
    assert [symbol.content for symbol in notes.symbols] == [f"pan={JCB}"]
    assert needles([notes], []) == tuple(
        sorted(map(Pan, (VISA, AMEX, JCB)), key=lambda p: p.digits)
    )


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_the_turn_brings_the_text_upright(turns: int, paddle: Paddle) -> None:
    drawn = draw.turned(statement(), turns)
    notes = noted(unexplained(drawn.as_page()), paddle, Wishes())
    upright = np.rot90(drawn.pixels, notes.turn)
    assert (upright == statement().pixels).all()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("degrees", [-6.0, 0.0, 3.0])
def test_the_slant_is_that_of_most_lines(degrees: float, turns: int, paddle: Paddle) -> None:
    drawn = draw.turned(draw.skewed(statement(), degrees), turns)
    lines = noted(unexplained(replace(drawn.as_page(), lines=())), paddle, Wishes()).lines
    assert slant_of(lines) == pytest.approx(-degrees, abs=0.6)


def test_a_number_and_the_next_column_are_no_second_card() -> None:
    """Three digits of an amount and sixteen before them pass Luhn in one row of ten."""
    amount = next(f"{n}" for n in range(100, 1000) if luhn(f"{VISA}{n}"))
    row = Witness("page 1, text layer", f"20568592  {VISA}  {amount}.25")
    assert needles([replace(BLANK, pans=frozenset({Pan(VISA)}))], [row]) == (Pan(VISA),)


def test_a_page_without_text_stands_upright(paddle: Paddle) -> None:
    page = replace(statement().as_page(), pixels=np.full((90, 90, 3), 255, np.uint8), lines=())
    notes = noted(unexplained(page), paddle, Wishes())
    assert (notes.turn, notes.lines, notes.symbols, notes.pans) == (0, (), (), frozenset())


def test_a_number_that_is_wished_to_stay_is_no_needle(paddle: Paddle) -> None:
    wrong = VISA[:-1] + str((int(VISA[-1]) + 1) % 10)
    drawn = draw.page([Text(f"カード番号 {wrong}", (20, 30))], dpi=150, size=(260, 50))
    assert noted(unexplained(drawn.as_page()), paddle, Wishes(keep=(wrong,))).pans == frozenset()
    assert noted(unexplained(drawn.as_page()), paddle, Wishes()).pans == {Pan(wrong)}


# --- needles -----------------------------------------------------------------------------------


def test_needles_come_from_pages_barcodes_and_hidden_places_once_each() -> None:
    pages = [
        replace(BLANK, pans=frozenset({Pan(VISA)})),
        replace(BLANK, page=2, symbols=(Symbol(f"card={JCB}", NOWHERE, "QRCode"),)),
        replace(BLANK, page=3, pans=frozenset({Pan(VISA)})),
    ]
    hidden = [Witness("title", f"Statement {draw.grouped(AMEX)}"), Witness("note", "2026-11-10")]
    assert set(needles(pages, hidden)) == {Pan(VISA), Pan(JCB), Pan(AMEX)}
    assert len(needles(pages, hidden)) == 3


def test_needles_are_in_the_same_order_however_they_were_seen() -> None:
    pages = [replace(BLANK, pans=frozenset({Pan(n)})) for n in (VISA, JCB, AMEX)]
    assert needles(pages, []) == needles(reversed(pages), [])


@pytest.mark.parametrize(
    ("digits", "telling"),
    [
        ("????????????1234", False),
        ("498012??????1234", True),
        ("4980????????1234", False),
        ("49801??????????", False),
        ("4980123456789???", True),
        ("", False),
    ],
)
def test_only_six_known_digits_in_a_row_are_looked_for(digits: str, telling: bool) -> None:
    found = needles([replace(BLANK, pans=frozenset({Pan(digits)}))], [])
    assert found == ((Pan(digits),) if telling else ())


def test_what_was_noted_shows_no_digit_when_it_is_printed() -> None:
    notes = replace(
        BLANK,
        pans=frozenset({Pan(VISA)}),
        symbols=(Symbol(VISA, NOWHERE, "QRCode"),),
        lines=statement().lines(),
    )
    witness = Witness("title", VISA)
    assert not any(VISA[i : i + 5] in f"{notes!r} {witness!r}" for i in range(12))
