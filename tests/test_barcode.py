"""Barcodes and QR codes are read, and their quads cover every dark pixel of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from bench.corpus import make
from bench.corpus.truth import Spec
from prepdoc.explaining import Explained, Island
from prepdoc.finding import Wishes
from prepdoc.noting import noted
from prepdoc.ocr.barcode import read_symbols
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import ExpectedPage, Page, Pixels, Quad
from prepdoc.reading.apart import opened_apart
from prepdoc.verifying.rereading import Readers
from tests.looking import looked_at_given

PAGE_PX = (1300, 1700)
PAN = "4111111111111111"
JAN = "4901234567894"

FORMATS = [
    (zxingcpp.BarcodeFormat.QRCode, PAN),
    (zxingcpp.BarcodeFormat.DataMatrix, PAN),
    (zxingcpp.BarcodeFormat.Aztec, PAN),
    (zxingcpp.BarcodeFormat.PDF417, PAN),
    (zxingcpp.BarcodeFormat.Code128, PAN),
    (zxingcpp.BarcodeFormat.ITF, PAN),
    (zxingcpp.BarcodeFormat.Code39, PAN),
    (zxingcpp.BarcodeFormat.EAN13, JAN),
]
IDS = [str(kind) for kind, _ in FORMATS]


def drawn(kind: zxingcpp.BarcodeFormat, content: str, scale: int = 4) -> NDArray[np.uint8]:
    symbol = zxingcpp.create_barcode(content, kind)
    return np.array(symbol.to_image(scale=scale), dtype=np.uint8)


def page_with(symbol: NDArray[np.uint8], x: int = 200, y: int = 150) -> Pixels:
    page = np.full((*PAGE_PX, 3), 255, dtype=np.uint8)
    height, width = symbol.shape
    page[y : y + height, x : x + width] = symbol[..., None]
    return page


def tilted(page: Pixels, degrees: float) -> Pixels:
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = (255, 255, 255)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=white), np.uint8)


def dark_outside(page: Pixels, quad: Quad) -> int:
    """How many dark pixels the quad leaves uncovered when painted."""
    painted = page.copy()
    cv2.fillPoly(painted, [np.rint(quad.array()).astype(np.int32)], (255, 255, 255))
    return int((painted[..., 0] < 128).sum())


@pytest.mark.parametrize(("kind", "content"), FORMATS, ids=IDS)
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_symbol_is_read_and_covered_at_every_quarter_turn(
    kind: zxingcpp.BarcodeFormat, content: str, turns: int
) -> None:
    page = np.ascontiguousarray(np.rot90(page_with(drawn(kind, content)), turns))
    (symbol,) = read_symbols(page)
    assert symbol.content == content
    assert symbol.kind == str(kind)
    assert dark_outside(page, symbol.quad) == 0


@pytest.mark.parametrize(("kind", "content"), FORMATS, ids=IDS)
@pytest.mark.parametrize("degrees", [-4.0, 2.5, 8.0])
def test_a_tilted_symbol_is_covered(
    kind: zxingcpp.BarcodeFormat, content: str, degrees: float
) -> None:
    page = tilted(page_with(drawn(kind, content), x=400, y=400), degrees)
    (symbol,) = read_symbols(page)
    assert symbol.content == content
    assert dark_outside(page, symbol.quad) == 0


@pytest.mark.parametrize(("kind", "content"), FORMATS, ids=IDS)
def test_a_quad_keeps_to_its_symbol(kind: zxingcpp.BarcodeFormat, content: str) -> None:
    """Bars are followed to their end and no further: what is printed around stays, and below those
    that have no guard bars it stands near.
    """
    symbol = drawn(kind, content)
    page = page_with(symbol)
    (found,) = read_symbols(page)
    x0, y0, x1, y1 = found.quad.box()
    assert x0 >= 200 - 20
    room = 40 if kind == zxingcpp.BarcodeFormat.EAN13 else 20
    assert y0 >= 150 - room
    assert x1 <= 200 + symbol.shape[1] + 20
    assert y1 <= 150 + symbol.shape[0] + room


def test_a_quad_follows_the_reading_order_of_a_symbol_that_stands_on_its_head() -> None:
    page = np.ascontiguousarray(np.rot90(page_with(drawn(*FORMATS[0])), 2))
    (symbol,) = read_symbols(page)
    assert symbol.quad.tl[0] > symbol.quad.tr[0]
    assert symbol.quad.tl[1] > symbol.quad.bl[1]


def test_bars_are_followed_past_the_rows_that_were_read() -> None:
    """White-out over a part of the lower half makes it unreadable; the other bars go on there."""
    page = page_with(drawn(*FORMATS[4]))
    page[260:, 400:500] = 255
    (symbol,) = read_symbols(page)
    assert dark_outside(page, symbol.quad) == 0


def test_two_codes_that_are_read_as_one_cover_no_text_above_and_below() -> None:
    """The reader may take the ends of two codes that stand above each other for a third one."""
    case = make(Spec("symbol-pdf417", 2, 0, seed=1128))
    with opened_apart(case.data) as source:
        page = source.page(1)
    rows = [side for symbol in read_symbols(page.pixels) for side in symbol.quad.box()[1::2]]
    assert len(rows) == 2 * 4
    assert 1000 < min(rows) < max(rows) < 1480


def test_several_symbols_on_a_page_are_all_read() -> None:
    page = page_with(drawn(*FORMATS[0]))
    page[700:, :] = page_with(drawn(*FORMATS[7]))[150 : 150 + PAGE_PX[0] - 700]
    assert sorted(symbol.content for symbol in read_symbols(page)) == [PAN, JAN]


def test_a_light_symbol_on_a_dark_ground_is_read() -> None:
    page = 255 - page_with(drawn(*FORMATS[0]))
    (symbol,) = read_symbols(page)
    assert symbol.content == PAN


def test_a_page_without_symbols_has_none_and_stays_as_it_was() -> None:
    page = np.full((*PAGE_PX, 3), 255, dtype=np.uint8)
    cv2.putText(page, "4111 1111 1111 1111", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
    before = page.copy()
    assert read_symbols(page) == ()
    assert (page == before).all()


def test_the_content_is_not_in_a_repr() -> None:
    (symbol,) = read_symbols(page_with(drawn(*FORMATS[0])))
    assert PAN not in repr(symbol)


def test_a_barcode_that_is_parted_into_islands_is_read_on_the_page() -> None:
    """Bars of a vector drawing are what no text layer explains; where they are cut out of the page,
    the blank around them is not cut out with them.
    """
    symbol = drawn(zxingcpp.BarcodeFormat.Code39, PAN, scale=3)
    pixels = page_with(symbol)
    page = Page(1, pixels, 300.0)
    dark = np.argwhere(pixels[..., 0] < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    middle = (left + right) // 2
    cuts = ((left, middle), (middle, right))
    islands = tuple(Island(pixels[top:bottom, a:b], int(a), int(top)) for a, b in cuts)
    assert not any(read_symbols(island.pixels) for island in islands)
    notes = noted(Explained(page, islands), Paddle(), Wishes())
    assert [symbol.content for symbol in notes.symbols] == [PAN]
    expected = ExpectedPage(1, pixels, True)
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    assert looked_at_given(Explained(page, islands), pixels, expected, (), readers).leaks
