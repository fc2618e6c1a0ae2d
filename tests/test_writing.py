"""What is written is the pixels exactly, the text where it stands, and nothing else."""

from __future__ import annotations

import gc
import io
import math
import shutil
import subprocess
import time
import weakref
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pikepdf
import pymupdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from prepdoc import stamping
from prepdoc.page import Cardholder, FinishedPage, Glyph, Line, Pixels, Quad
from prepdoc.writing import TooLarge, write_image, write_pdf
from prepdoc.writing.font import LAST_CODE, Font
from tests.needing import cannot_run

DPI = 200.0
WHITE_PAGE = np.full((1000, 1200, 3), 255, dtype=np.uint8)


def line(text: str, x: float, y: float, height: float = 40, degrees: float = 0) -> Line:
    """Text with its top-left corner at (x, y); Japanese is one em wide, the rest half."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def corner(along: float, down: float) -> tuple[float, float]:
        return x + along * cos - down * sin, y + along * sin + down * cos

    glyphs, start = [], 0.0
    for char in text:
        end = start + height * (1 if ord(char) > 0x2000 else 0.5)
        quad = Quad(corner(start, 0), corner(end, 0), corner(end, height), corner(start, height))
        glyphs.append(Glyph(char, quad))
        start = end
    return Line(tuple(glyphs), "text")


def vertical(text: str, x: float, y: float, height: float = 40) -> Line:
    boxes = [(x, y + i * height, x + height, y + (i + 1) * height) for i in range(len(text))]
    return Line(tuple(map(Glyph, text, (Quad.from_box(*box) for box in boxes))), "ocr")


def pdf(*pages: FinishedPage) -> bytes:
    out = io.BytesIO()
    write_pdf(pages, out)
    return out.getvalue()


def finished(
    pixels: Pixels = WHITE_PAGE, *lines: Line, photographic: bool = False, number: int = 1
) -> FinishedPage:
    return FinishedPage(number, pixels, DPI, photographic, lines)


# -- the text layer -------------------------------------------------------------------------

TEXTS = {
    "Latin": line("Account ending 1111, total due 12,345", 100, 300),
    "Japanese": line("髙﨑 花子 カード番号 下4桁 1234 様", 100, 300),
    "beyond the BMP": line("𠮷野家 and 😀 done", 100, 300),
    "turned by 90°": line("read from below 90", 500, 900, 40, -90),
    "turned by 180°": line("upside down 180", 900, 600, 40, 180),
    "turned by 270°": line("read from above 270", 500, 100, 40, 90),
    "tilted": line("tilted by five degrees", 100, 300, 40, 5),
    "vertical": vertical("縦書きの文章です", 700, 200),
    "small": line("the small print 6 pt", 100, 300, 16),
    "one character": line("x", 100, 300),
    "wide apart": Line(line("Amount", 100, 300).glyphs + line("12,345", 800, 300).glyphs, "text"),
}


def read_by_mupdf(data: bytes) -> str:
    return str(pymupdf.open(stream=data)[0].get_text())


def read_by_pdfium(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = str(document[0].get_textpage().get_text_range())
    document.close()
    return text


def read_by_poppler(data: bytes) -> str:
    if shutil.which("pdftotext") is None:
        cannot_run("pdftotext is not installed")
    run = ["pdftotext", "-raw", "-", "-"]
    done = subprocess.run(run, input=data, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


READERS = {"MuPDF": read_by_mupdf, "PDFium": read_by_pdfium, "Poppler": read_by_poppler}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", TEXTS)
def test_every_reader_gets_the_words_with_their_spaces(kind: str, reader: str) -> None:
    text = TEXTS[kind]
    words = READERS[reader](pdf(finished(WHITE_PAGE, text))).split()
    expected = ["Amount", "12,345"] if kind == "wide apart" else text.text.split()
    assert words == expected


@pytest.mark.parametrize("kind", TEXTS)
def test_mupdf_finds_each_character_where_it_stands(kind: str) -> None:
    page = pymupdf.open(stream=pdf(finished(WHITE_PAGE, TEXTS[kind])))[0]
    found = [
        (char["c"], np.array(char["bbox"]) * DPI / 72)
        for block in page.get_text("rawdict")["blocks"]
        for part in block.get("lines", [])
        for span in part["spans"]
        for char in span["chars"]
    ]
    glyphs = [g for g in TEXTS[kind].glyphs if g.char != " "]
    found = [(char, box) for char, box in found if char != " "]
    assert [char for char, _ in found] == [g.char for g in glyphs]
    for (char, box), glyph in zip(found, glyphs, strict=True):
        assert np.abs(box - np.array(glyph.quad.box())).max() < 3, char


@pytest.mark.parametrize("kind", ["Latin", "Japanese", "turned by 180°", "small"])
def test_pdfium_finds_each_character_where_it_stands(kind: str) -> None:
    document = pypdfium2.PdfDocument(pdf(finished(WHITE_PAGE, TEXTS[kind])))
    text = document[0].get_textpage()
    for index, glyph in enumerate(TEXTS[kind].glyphs):
        if glyph.char != " ":
            left, bottom, right, top = (v * DPI / 72 for v in text.get_charbox(index, loose=True))
            box = np.array([left, 1000 - top, right, 1000 - bottom])
            assert np.abs(box - np.array(glyph.quad.box())).max() < 3, glyph.char
    document.close()


def test_characters_of_uneven_width_keep_their_places_and_words() -> None:
    rng = np.random.default_rng(3)
    glyphs, x = [], 100.0
    for char in "Hanako Takasaki 1111 uneven":
        width = float(rng.uniform(6, 31))
        glyphs.append(Glyph(char, Quad.from_box(x, 300, x + width, 330)))
        x += width
    text = Line(tuple(glyphs), "ocr")
    data = pdf(finished(WHITE_PAGE, text))
    for reader in READERS.values():
        assert reader(data).split() == text.text.split()
    page = pymupdf.open(stream=data)[0]
    starts = [word[0] * DPI / 72 for word in page.get_text("words")]
    expected = [glyphs[i].quad.tl[0] for i in (0, 7, 16, 21)]
    assert np.abs(np.array(starts) - expected).max() < 1


def test_text_is_invisible() -> None:
    bare = pypdfium2.PdfDocument(pdf(finished(WHITE_PAGE)))[0].render(scale=2).to_numpy()
    full = pypdfium2.PdfDocument(pdf(finished(WHITE_PAGE, *TEXTS.values())))[0]
    assert np.array_equal(full.render(scale=2).to_numpy(), bare)
    seen = pymupdf.open(stream=pdf(finished(WHITE_PAGE, *TEXTS.values())))[0].get_pixmap()
    assert seen.is_unicolor


def test_a_stamp_can_be_searched() -> None:
    hanako = Cardholder("髙﨑 花子", "〒150-0001 東京都渋谷区神宮前1-2-3", "03-1234-5678")
    texts = stamping.stamp_text(hanako, "1111", "ja")
    stamp = stamping.place(WHITE_PAGE, DPI, 1, texts, None)
    data = pdf(finished(stamping.draw(WHITE_PAGE, stamp), *stamp.lines))
    for reader in READERS.values():
        said = reader(data).split()
        assert said == " ".join(row.text for row in stamp.lines).split()


def test_a_line_without_glyphs_or_height_is_left_out() -> None:
    flat = Line((Glyph("a", Quad.from_box(10, 20, 30, 20)),), "text")
    assert read_by_mupdf(pdf(finished(WHITE_PAGE, Line((), "ocr"), flat))).strip() == ""


def test_glyphs_that_lie_on_each_other_or_run_backwards_do_no_harm() -> None:
    same = Quad.from_box(100, 300, 120, 340)
    doubled = Line((Glyph("A", same), Glyph("A", same), Glyph("B", same.moved(-50, 0))), "text")
    assert sorted(read_by_mupdf(pdf(finished(WHITE_PAGE, doubled))).split()) != []


def test_more_characters_than_the_font_has_codes_are_written_without_harm() -> None:
    chars = [chr(code) for code in range(0x3400, 0x3400 + 90_000) if not 0xD800 <= code < 0xE000]
    with pikepdf.Pdf.new() as document:
        font = Font(document)
        codes = [font.code(char, 1000)[0] for char in chars]
        assert codes[:3] == [1, 2, 3]
        assert codes[LAST_CODE - 1 : LAST_CODE + 1] == [LAST_CODE, 0]
        assert font.code(chars[5], 1000) == (6, 1000)


# -- the picture ----------------------------------------------------------------------------


def coloured(count: int, grey: bool = False) -> Pixels:
    """A picture of exactly so many colours."""
    rng = np.random.default_rng(count)
    if grey:
        levels = rng.permutation(256)[:count].astype(np.uint8)
        colours = np.repeat(levels[:, None], 3, axis=1)
    else:
        packed = rng.choice(1 << 24, count, replace=False)
        colours = np.stack([packed & 255, packed >> 8 & 255, packed >> 16], axis=1)
    places = np.concatenate([np.arange(count), rng.integers(0, count, 97 * 131 - count)])
    return colours.astype(np.uint8)[places].reshape(97, 131, 3)


def print_in(count: int) -> Pixels:
    """White paper with a speck of each of so many colours."""
    pixels = np.full((97 * 131, 3), 255, dtype=np.uint8)
    places = np.random.default_rng(count).choice(len(pixels), count, replace=False)
    pixels[places] = coloured(count).reshape(-1, 3)[:count]
    return pixels.reshape(97, 131, 3)


def scan_in_grey() -> Pixels:
    """Paper that is lighter to the right, with a scanner's noise."""
    noise = np.random.default_rng(1).integers(0, 3, (97, 131))
    grey = (np.linspace(180, 250, 131)[None, :] + noise).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


EXACT = {
    "one colour": (coloured(1), 1),
    "two colours": (coloured(2), 1),
    "three colours": (coloured(3), 2),
    "sixteen colours": (coloured(16), 4),
    "seventeen colours": (coloured(17), 8),
    "256 colours": (coloured(256), 8),
    "257 colours": (coloured(257), 8),
    "9000 colours": (coloured(9000), 8),
    "black and white": (coloured(2, grey=True), 1),
    "sixteen greys": (coloured(16, grey=True), 4),
    "256 greys": (coloured(256, grey=True), 8),
    "print in 300 colours": (print_in(300), 8),
    "a scan in grey": (scan_in_grey(), 8),
}


@pytest.mark.parametrize("kind", EXACT)
def test_pixels_come_back_exactly_from_pdf_and_png(kind: str) -> None:
    pixels, depth = EXACT[kind]
    with pikepdf.Pdf.open(io.BytesIO(pdf(finished(pixels)))) as document:
        image = document.pages[0].Resources.XObject.Im0
        assert int(image.BitsPerComponent) == depth
        seen = pikepdf.PdfImage(image).as_pil_image().convert("RGB")
        assert np.array_equal(np.asarray(seen), pixels)
    out = io.BytesIO()
    write_image(finished(pixels), out, "png")
    assert np.array_equal(np.asarray(Image.open(out).convert("RGB")), pixels)


@pytest.mark.parametrize("kind", EXACT)
def test_pdfium_renders_the_pixels_exactly_at_their_own_resolution(kind: str) -> None:
    pixels, _ = EXACT[kind]
    document = pypdfium2.PdfDocument(pdf(finished(pixels)))
    (image,) = document[0].get_objects()
    assert np.array_equal(image.get_bitmap().to_pil().convert("RGB"), pixels)
    document.close()


@settings(max_examples=40)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_any_picture_is_kept_exactly(width: int, height: int, most: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (most, 3), dtype=np.uint8)
    pixels = palette[rng.integers(0, most, (height, width))]
    with pikepdf.Pdf.open(io.BytesIO(pdf(finished(pixels)))) as document:
        image = pikepdf.PdfImage(document.pages[0].Resources.XObject.Im0)
        assert np.array_equal(np.asarray(image.as_pil_image().convert("RGB")), pixels)


@pytest.mark.parametrize(
    ("kind", "is_filtered"), [("print in 300 colours", False), ("a scan in grey", True)]
)
def test_only_what_does_not_repeat_itself_is_filtered(kind: str, is_filtered: bool) -> None:
    """And it is smaller for it."""
    pixels, _ = EXACT[kind]
    with pikepdf.Pdf.open(io.BytesIO(pdf(finished(pixels)))) as document:
        image = document.pages[0].Resources.XObject.Im0
        assert ("/DecodeParms" in image) == is_filtered
        plain = pixels[:, :, 0] if is_filtered else pixels
        smaller = len(image.read_raw_bytes()) < len(zlib.compress(plain.tobytes(), 4))
        assert smaller == is_filtered


def test_a_view_that_is_not_contiguous_is_written_as_it_looks() -> None:
    turned = np.rot90(coloured(300))
    out = io.BytesIO()
    write_image(finished(turned), out, "png")
    assert np.array_equal(np.asarray(Image.open(out)), turned)
    assert len(pdf(finished(turned, photographic=True))) > 0


def photograph() -> Pixels:
    ramp = np.add.outer(np.arange(400), np.arange(600)) / 4
    noise = np.random.default_rng(5).normal(0, 3, (400, 600, 3))
    return np.clip(ramp[:, :, None] * (0.9, 0.7, 0.5) + noise, 0, 255).astype(np.uint8)


def test_a_photograph_becomes_a_jpeg_with_full_colour_resolution() -> None:
    pixels = photograph()
    with pikepdf.Pdf.open(io.BytesIO(pdf(finished(pixels, photographic=True)))) as document:
        image = document.pages[0].Resources.XObject.Im0
        assert image.Filter == pikepdf.Name.DCTDecode
        jpeg = Image.open(io.BytesIO(image.read_raw_bytes()))
    assert [component[1:3] for component in jpeg.layer] == [(1, 1)] * 3
    assert np.abs(np.asarray(jpeg).astype(int) - pixels).mean() < 2.5


def test_a_grey_photograph_stays_grey() -> None:
    pixels = np.repeat(photograph()[:, :, :1], 3, axis=2)
    with pikepdf.Pdf.open(io.BytesIO(pdf(finished(pixels, photographic=True)))) as document:
        image = document.pages[0].Resources.XObject.Im0
        assert image.ColorSpace == pikepdf.Name.DeviceGray
        seen = pikepdf.PdfImage(image).as_pil_image().convert("RGB")
    assert np.abs(np.asarray(seen).astype(int) - pixels).mean() < 2.5


# -- nothing else ---------------------------------------------------------------------------


def three_pages() -> Iterator[FinishedPage]:
    yield finished(coloured(200), TEXTS["Japanese"], TEXTS["Latin"])
    yield finished(photograph(), photographic=True, number=2)
    yield finished(coloured(9), TEXTS["vertical"], number=3)


def test_the_same_pages_give_the_same_bytes() -> None:
    first = pdf(*three_pages())
    time.sleep(1.1)  # a date in seconds would differ
    assert pdf(*three_pages()) == first
    assert pdf(finished(coloured(8))) != first


@pytest.mark.parametrize("format", ["png", "jpg"])
def test_an_image_is_the_same_bytes_twice_and_holds_only_its_resolution(
    format: Literal["png", "jpg"],
) -> None:
    outs = [io.BytesIO(), io.BytesIO()]
    for out in outs:
        write_image(finished(photograph()), out, format)
    assert outs[0].getvalue() == outs[1].getvalue()
    image = Image.open(outs[0])
    allowed = {"dpi"} if format == "png" else {"dpi", "jfif", "jfif_version", "jfif_unit"}
    assert set(image.info) <= allowed | {"jfif_density"}
    assert image.info["dpi"] == pytest.approx((DPI, DPI), abs=0.01)
    assert not image.getexif()


def test_a_pdf_holds_catalog_pages_images_contents_and_one_font_and_nothing_else() -> None:
    with pikepdf.Pdf.open(io.BytesIO(pdf(*three_pages()))) as document:
        kinds = sorted(kind_of(thing) for thing in document.objects)
        root, trailer = document.Root, document.trailer
        assert set(root.keys()) == {"/Type", "/Pages"}
        assert set(trailer.keys()) <= {"/Root", "/Info", "/ID", "/Size"}
        assert dict(document.docinfo.items()) == {"/Producer": "prepdoc"}
        for page in document.pages:
            assert set(page.keys()) <= {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources"}
            assert set(page.Resources.keys()) <= {"/XObject", "/Font"}
            assert list(page.Resources.XObject.keys()) == ["/Im0"]
        assert not document.is_encrypted
    plain_streams = 3 + 2 + 1  # contents, ToUnicode and glyph numbers, the font's program
    assert kinds == sorted(
        ["/Catalog", "/Pages", "/Producer", "/FontDescriptor", *["/Font"] * 2]
        + ["/Page"] * 3
        + ["/XObject"] * 3
        + ["stream"] * plain_streams
    )


def kind_of(thing: pikepdf.Object) -> str:
    if "/Type" in thing:
        return str(thing.Type)
    return "stream" if isinstance(thing, pikepdf.Stream) else ",".join(thing.keys())


def test_a_pdf_without_text_has_no_font() -> None:
    assert b"/Font" not in pdf(finished())


def test_qpdf_finds_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "out.pdf"
    path.write_bytes(pdf(*three_pages()))
    with pikepdf.Pdf.open(path) as document:
        assert document.check_pdf_syntax() == []


def test_a_page_is_as_large_in_points_as_its_pixels_are_at_its_resolution() -> None:
    odd = FinishedPage(1, np.zeros((1001, 1333, 3), dtype=np.uint8), 287.4, False)
    with pikepdf.Pdf.open(io.BytesIO(pdf(odd))) as document:
        box = [float(edge) for edge in document.pages[0].MediaBox]
    assert box == pytest.approx([0, 0, 1333 * 72 / 287.4, 1001 * 72 / 287.4], abs=1e-4)
    assert box[2:] == pytest.approx(odd_size(odd), abs=1e-4)


def odd_size(page: FinishedPage) -> tuple[float, float]:
    height, width = page.pixels.shape[:2]
    return width / page.dpi * 72, height / page.dpi * 72


# -- cost -----------------------------------------------------------------------------------


def test_pages_are_taken_one_at_a_time_and_let_go() -> None:
    alive: list[weakref.ref[Pixels]] = []

    def pages() -> Iterator[FinishedPage]:
        for number in range(1, 5):
            gc.collect()
            assert [ref for ref in alive if ref() is not None] == []
            pixels = np.full((200, 200, 3), number, dtype=np.uint8)
            alive.append(weakref.ref(pixels))
            page = finished(pixels, number=number)
            del pixels
            yield page
            del page

    out = io.BytesIO()
    write_pdf(pages(), out)
    assert len(alive) == 4


def noise(number: int = 1) -> FinishedPage:
    """A page that takes some 360 kB, however it is compressed."""
    pixels = np.random.default_rng(number).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    return finished(pixels, number=number)


def test_a_file_that_becomes_too_large_is_given_up_before_its_next_page_is_drawn() -> None:
    drawn = []

    def pages() -> Iterator[FinishedPage]:
        for number in range(1, 10):
            drawn.append(number)
            yield noise(number)

    out = io.BytesIO()
    with pytest.raises(TooLarge):
        write_pdf(pages(), out, 1_000_000)
    assert drawn == [1, 2, 3]
    assert out.getvalue() == b""


@pytest.mark.parametrize("format", ["pdf", "png", "jpg"])
def test_a_file_has_fewer_bytes_than_its_limit_or_is_not_written(
    format: Literal["pdf", "png", "jpg"],
) -> None:
    """Also by what a PDF holds besides its pictures."""

    def written(limit: float) -> bytes:
        out = io.BytesIO()
        if format == "pdf":
            write_pdf([noise()], out, limit)
        else:
            write_image(noise(), out, format, limit)
        return out.getvalue()

    whole = written(math.inf)
    assert written(len(whole) + 1) == whole
    with pytest.raises(TooLarge):
        written(len(whole))


def test_a_300_dpi_text_page_is_small_and_quick_to_write() -> None:
    source = pymupdf.open()
    sheet = source.new_page(width=595.3, height=841.9)
    for row in range(60):
        text = "Statement row 12,345 yen ご利用明細 " * 2
        sheet.insert_text((50, 50 + row * 12.5), text, fontsize=9, fontname="japan")
    shown = sheet.get_pixmap(dpi=300)
    pixels = np.frombuffer(shown.samples, dtype=np.uint8).reshape(shown.height, shown.width, 3)
    start = time.perf_counter()
    size = len(pdf(FinishedPage(1, pixels, 300, False)))
    seconds = time.perf_counter() - start
    assert size < 700_000
    assert seconds < 2.0  # see the report: a fraction of this on a machine at rest
