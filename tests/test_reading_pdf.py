"""PDFs become pages whose glyphs stand where their ink is, however the page is turned or cut."""

from __future__ import annotations

import io
import math
import resource
from collections.abc import Callable

import numpy as np
import pikepdf
import pymupdf
import pytest

from prepdoc.errors import PasswordNeeded, UnreadableInput, WrongPassword
from prepdoc.page import Glyph, Line, Page, Pixels, Quad
from prepdoc.reading import MAX_PIXELS, open_source

NUMBER = "4111 1111 1111 1111"
SIZE_PT = 24.0
INK = 128


def pdf(draw: Callable[[pymupdf.Page], object], size: tuple[float, float] = (400, 300)) -> bytes:
    document = pymupdf.open()
    page = document.new_page(width=size[0], height=size[1])
    draw(page)
    return bytes(document.tobytes(deflate=True, no_new_id=True))


def with_number(page: pymupdf.Page) -> None:
    page.insert_text((60, 150), NUMBER, fontsize=SIZE_PT)


def edited(data: bytes, edit: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document:
        edit(document)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def with_keys(**keys: object) -> bytes:
    def edit(document: pikepdf.Pdf) -> None:
        for key, value in keys.items():
            document.pages[0].obj[f"/{key}"] = value

    return edited(pdf(with_number), edit)


def first_page(data: bytes, dpi: float | None = None) -> Page:
    return open_source(data).page(1, dpi)


def the_line(page: Page, text: str = NUMBER) -> Line:
    (line,) = (line for line in page.lines if text in line.text)
    return line


def ink(pixels: Pixels) -> np.ndarray:
    return np.asarray(pixels.min(axis=2) < INK)


def ink_in(pixels: Pixels, quad: Quad) -> int:
    x0, y0, x1, y1 = quad.box()
    rows = slice(max(0, math.floor(y0)), math.ceil(y1))
    return int(ink(pixels[rows, max(0, math.floor(x0)) : math.ceil(x1)]).sum())


def assert_glyphs_hold_their_ink(page: Page, text: str = NUMBER) -> None:
    """Each digit has ink in its quad, and there is none outside of all the quads."""
    line = the_line(page, text)
    for glyph in line.glyphs:
        assert (ink_in(page.pixels, glyph.quad) > 0) == (glyph.char != " ")
    rest = page.pixels.copy()
    for glyph in line.glyphs:
        x0, y0, x1, y1 = glyph.quad.box()
        rest[max(0, int(y0)) : math.ceil(y1), max(0, int(x0)) : math.ceil(x1)] = 255
    assert not ink(rest).any()


def direction(glyph: Glyph) -> tuple[float, float]:
    """Along the glyph's top edge, as a unit vector."""
    (x0, y0), (x1, y1) = glyph.quad.tl, glyph.quad.tr
    length = math.hypot(x1 - x0, y1 - y0)
    return (x1 - x0) / length, (y1 - y0) / length


GEOMETRIES = {
    "plain": {},
    "turned by 90": {"Rotate": 90},
    "turned by 180": {"Rotate": 180},
    "turned by 270": {"Rotate": 270},
    "turned by -90": {"Rotate": -90},
    "cropped": {"CropBox": pikepdf.Array([40, 60, 390, 250])},
    "cropped and turned": {"CropBox": pikepdf.Array([40, 60, 390, 250]), "Rotate": 90},
    "a MediaBox that does not start at zero": {"MediaBox": pikepdf.Array([-30, -20, 400, 300])},
    "a fraction of a point": {"MediaBox": pikepdf.Array([0.3, 0.7, 399.1, 299.6])},
    "UserUnit 2": {"UserUnit": 2},
    "UserUnit 2, cropped and turned": {
        "UserUnit": 2,
        "CropBox": pikepdf.Array([40, 60, 390, 250]),
        "Rotate": 270,
    },
}


@pytest.mark.parametrize("keys", GEOMETRIES.values(), ids=GEOMETRIES)
@pytest.mark.parametrize("dpi", [72.0, 150.0, 300.0])
def test_every_glyph_stands_on_its_ink(keys: dict[str, object], dpi: float) -> None:
    assert_glyphs_hold_their_ink(first_page(with_keys(**keys), dpi))


@pytest.mark.parametrize(
    ("turn", "expected"), [(0, (1, 0)), (90, (0, 1)), (180, (-1, 0)), (270, (0, -1))]
)
def test_quads_follow_the_reading_direction(turn: int, expected: tuple[int, int]) -> None:
    line = the_line(first_page(with_keys(Rotate=turn)))
    assert direction(line.glyphs[0]) == pytest.approx(expected, abs=1e-3)
    assert line.quad.width() > 5 * line.quad.height()


@pytest.mark.parametrize("degrees", [-30, 30, 90, 137])
def test_tilted_text_has_tilted_quads(degrees: float) -> None:
    def draw(page: pymupdf.Page) -> None:
        point = pymupdf.Point(200, 150)
        page.insert_text(
            point, "41111111", fontsize=SIZE_PT, morph=(point, pymupdf.Matrix(degrees))
        )

    page = first_page(pdf(draw))
    glyph = page.lines[0].glyphs[0]
    radians = math.radians(degrees)
    expected = (math.cos(radians), -math.sin(radians))
    assert direction(glyph) == pytest.approx(expected, abs=1e-3)
    assert glyph.quad.height() == pytest.approx(SIZE_PT * 1.374 * 300 / 72, rel=0.02)


def test_stretched_text_has_quads_as_high_as_it_is() -> None:
    """A text matrix of 1 to 3: the font's size says nothing about the height."""

    def edit(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        page.Contents = document.make_stream(b"1 0 0 2.5 0 -200 cm " + content)

    page = first_page(edited(pdf(with_number), edit))
    assert_glyphs_hold_their_ink(page)
    assert the_line(page).quad.height() == pytest.approx(2.5 * SIZE_PT * 1.374 * 300 / 72, rel=0.02)


def vertical(document: pikepdf.Pdf) -> None:
    """Turns the page's text into Japanese that runs downwards (UniJIS-UTF16-V)."""
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=pikepdf.Name("/Ryumin-Light"),
        Flags=4,
        FontBBox=pikepdf.Array([0, -120, 1000, 880]),
        ItalicAngle=0,
        Ascent=880,
        Descent=-120,
        CapHeight=700,
        StemV=80,
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType0,
        BaseFont=pikepdf.Name("/Ryumin-Light"),
        CIDSystemInfo=pikepdf.Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Japan1"), Supplement=2
        ),
        DW=1000,
        FontDescriptor=document.make_indirect(descriptor),
    )
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/Ryumin-Light-UniJIS-UTF16-V"),
        Encoding=pikepdf.Name("/UniJIS-UTF16-V"),
        DescendantFonts=pikepdf.Array([descendant]),
    )
    page = document.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=document.make_indirect(font)))
    text = "番号４１１１".encode("utf-16-be").hex()
    page.Contents = document.make_stream(f"BT /F 24 Tf 200 250 Td <{text}> Tj ET".encode())


def test_vertical_writing_reads_downwards() -> None:
    page = first_page(edited(pdf(with_number), vertical))
    (line,) = page.lines
    assert line.text == "番号４１１１"
    for glyph in line.glyphs:
        assert direction(glyph) == pytest.approx((0, 1), abs=1e-3)
    assert_glyphs_hold_their_ink(page, "番号４１１１")


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_vertical_writing_may_be_turned(turn: int) -> None:
    def edit(document: pikepdf.Pdf) -> None:
        vertical(document)
        document.pages[0].obj["/Rotate"] = turn

    assert_glyphs_hold_their_ink(first_page(edited(pdf(with_number), edit)), "番号４１１１")


def test_form_fields_and_annotations_are_drawn_and_read() -> None:
    def draw(page: pymupdf.Page) -> None:
        field = pymupdf.Widget()
        field.field_name, field.field_type = "number", pymupdf.PDF_WIDGET_TYPE_TEXT
        field.field_value, field.rect = "4111111111111111", pymupdf.Rect(50, 50, 300, 80)
        page.add_widget(field)
        page.add_freetext_annot(pymupdf.Rect(50, 150, 350, 180), "5555555555554444", fontsize=16)

    page = first_page(pdf(draw))
    for number in ("4111111111111111", "5555555555554444"):
        (line,) = (line for line in page.lines if number in line.text)
        assert ink_in(page.pixels, line.quad) > 0


def test_unknown_characters_are_kept() -> None:
    """A font without a usable encoding gives U+FFFD, which still marks a place."""

    def edit(document: pikepdf.Pdf) -> None:
        vertical(document)
        font = document.pages[0].Resources.Font.F
        font.Encoding = pikepdf.Name("/Identity-H")
        font.DescendantFonts[0].CIDSystemInfo.Ordering = pikepdf.String("Identity")

    page = first_page(edited(pdf(with_number), edit))
    assert [line.text.count("�") for line in page.lines] == [6]


@pytest.mark.parametrize("text", ["503-2281944-7710236", "4111-11"])
def test_a_hyphen_that_is_called_a_soft_one_is_a_hyphen(text: str) -> None:
    """PyMuPDF's own fonts draw `-` and name it U+00AD, which counts as nothing."""
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), text.replace("-", "\u00ad"), fontname="helv")
        data = document.tobytes()
    assert open_source(data, None).page(1).lines[0].text == text


def test_actual_text_is_not_believed() -> None:
    def edit(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        page.Contents = document.make_stream(
            b"/Span << /ActualText (nothing here) >> BDC " + content + b" EMC"
        )

    assert_glyphs_hold_their_ink(first_page(edited(pdf(with_number), edit)))


def test_text_off_the_page_is_no_glyph() -> None:
    def draw(page: pymupdf.Page) -> None:
        page.insert_text((60, 150), "visible")
        page.insert_text((60, 500), NUMBER)
        page.insert_text((-300, 100), NUMBER)

    assert [line.text for line in first_page(pdf(draw)).lines] == ["visible"]


def test_a_full_page_is_read_to_the_last_character() -> None:
    """MuPDF's text must be kept alive while it is read, which shows on long pages only."""
    lines = [
        f"2026/11/{row:02} 利用店 Shop {row} and more text 1234 5678 4,980 円" for row in range(65)
    ]

    def draw(page: pymupdf.Page) -> None:
        for row, text in enumerate(lines):
            page.insert_text((20, 20 + 12 * row), text, fontsize=7, fontname="japan")

    data = pdf(draw, size=(595, 842))
    for _ in range(3):
        assert [line.text for line in first_page(data, 72).lines] == lines


def test_a_page_knows_its_size_and_resolution() -> None:
    page = first_page(pdf(with_number), 150)
    assert page.dpi == 150
    assert page.size_pt == pytest.approx((400, 300), abs=0.5)
    assert first_page(pdf(with_number)).dpi == 300


def test_a_gigantic_page_gets_fewer_dpi() -> None:
    page = first_page(pdf(with_number, size=(14_400, 10_000)))
    assert page.pixels.shape[0] * page.pixels.shape[1] <= MAX_PIXELS
    assert page.dpi < 300
    assert page.size_pt == pytest.approx((14_400, 10_000), rel=0.001)
    assert ink_in(page.pixels, the_line(page).quad) > 0


@pytest.mark.parametrize(
    ("size", "size_pt", "pixels"),
    [
        ((2480, 3508), (595, 842), (2480, 3508)),
        ((4032, 3024), (842, 631), (3507, 2630)),
        ((1170, 8000), (595, 4070), (2481, 16_966)),
        ((842, 1191), (842, 1191), (3508, 4963)),
    ],
    ids=["an A4 scan of 300 dpi", "a photograph", "screens put together", "an A3 sheet"],
)
def test_a_picture_with_a_point_for_each_pixel_is_taken_for_an_a4_page(
    size: tuple[int, int], size_pt: tuple[float, float], pixels: tuple[int, int]
) -> None:
    def draw(page: pymupdf.Page) -> None:
        page.insert_image(page.rect, stream=picture(2), keep_proportion=False)
        with_number(page)

    data = pdf(draw, size=size)
    page = first_page(data)
    assert page.size_pt == pytest.approx(size_pt, abs=2)
    assert page.pixels.shape[1::-1] == pytest.approx(pixels, abs=6)
    assert page.dpi == pytest.approx(300)
    assert ink_in(page.pixels, the_line(page).quad) > 0
    bare = open_source(data).bare(1)
    assert (bare.dpi, bare.pixels.shape) == (page.dpi, page.pixels.shape)


def picture(colours: int) -> bytes:
    """A PNG of 200 × 200 with so many colours."""
    numbers = np.arange(200 * 200) % colours
    values = np.stack((numbers & 255, numbers >> 8, numbers & 127), axis=-1).astype(np.uint8)
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, 200, 200, values.tobytes(), False)
    return bytes(pixmap.tobytes("png"))


@pytest.mark.parametrize(
    ("colours", "box", "photographic"),
    [
        (4000, (0, 0, 400, 300), True),
        (4000, (0, 0, 400, 180), True),
        (4000, (0, 0, 150, 150), False),
        (2, (0, 0, 400, 300), False),
    ],
    ids=["a photo", "most of the page", "a logo", "a scan of two colours"],
)
def test_a_page_of_pictures_with_many_colours_is_photographic(
    colours: int, box: tuple[float, ...], photographic: bool
) -> None:
    def draw(page: pymupdf.Page) -> None:
        page.insert_image(pymupdf.Rect(box), stream=picture(colours), keep_proportion=False)

    assert first_page(pdf(draw), 36).photographic is photographic


def test_a_page_of_many_coloured_vectors_is_not_photographic() -> None:
    def draw(page: pymupdf.Page) -> None:
        for i in range(400):
            page.draw_rect(pymupdf.Rect(i, 0, i + 1, 300), color=None, fill=(i / 400, i % 7 / 7, 0))

    assert not first_page(pdf(draw)).photographic


def encrypted(user: str, owner: str = "owner") -> bytes:
    document = pymupdf.open(stream=pdf(with_number))
    method = pymupdf.PDF_ENCRYPT_AES_256
    return bytes(document.tobytes(encryption=method, user_pw=user, owner_pw=owner))


@pytest.mark.parametrize("password", ["secret", "owner"])
def test_an_encrypted_pdf_opens_with_either_password(password: str) -> None:
    source = open_source(encrypted("secret"), password)
    assert_glyphs_hold_their_ink(source.page(1))


def test_a_pdf_that_only_restricts_opens_without_a_password() -> None:
    assert open_source(encrypted("")).page_count == 1


def test_a_missing_and_a_wrong_password_are_told_apart() -> None:
    with pytest.raises(PasswordNeeded, match="needs a password"):
        open_source(encrypted("secret"))
    with pytest.raises(WrongPassword, match="password is wrong") as wrong:
        open_source(encrypted("secret"), "not the secret")
    assert "not the secret" not in str(wrong.value)


def no_pages() -> bytes:
    out = io.BytesIO()
    pikepdf.Pdf.new().save(out)
    return out.getvalue()


def broken_content() -> bytes:
    """The content stream breaks off at its first byte, so MuPDF would draw a blank page."""
    data = bytearray(pymupdf.open(stream=pdf(with_number)).tobytes(deflate=True, garbage=1))
    start = data.index(b"FlateDecode")
    begin = data.index(b"stream", start) + 8
    data[begin : begin + 30] = b"\xff" * 30
    return bytes(data)


BROKEN = {
    "empty": b"",
    "text named .pdf": "お知らせ: this is no PDF\n".encode(),
    "a web page": b"<!DOCTYPE html><html></html>",
    "a header and nothing else": b"%PDF-1.7\n",
    "a header and text": b"%PDF-1.7\nhello, this is text\n%%EOF",
    "half a PDF": pdf(with_number)[:300],
    "no pages": no_pages(),
    "a ZIP": b"PK\x03\x04" + bytes(60),
    "noise": bytes(range(256)) * 8,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnreadableInput) as refusal:
        open_source(data)
    message = str(refusal.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("leaf", [b"[4 4 4]", b"[9 0 R]", b"[2 0 R]"])
def test_a_page_tree_without_its_page_is_refused(
    leaf: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    data = pdf(with_number)
    assert b"[4 0 R]" in data
    with pytest.raises(UnreadableInput):
        first_page(data.replace(b"[4 0 R]", leaf))
    assert capfd.readouterr() == ("", "")


def test_a_page_that_breaks_off_is_refused_rather_than_taken_for_blank(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(UnreadableInput, match="Page 1 is damaged"):
        first_page(broken_content())
    assert capfd.readouterr() == ("", "")


def test_a_blank_page_is_a_page() -> None:
    page = first_page(pdf(lambda page: None))
    assert page.lines == ()
    assert not ink(page.pixels).any()


def test_a_pdf_without_its_end_is_repaired(capfd: pytest.CaptureFixture[str]) -> None:
    data = pdf(with_number)
    assert_glyphs_hold_their_ink(first_page(data[: data.rindex(b"xref\n")]))
    assert capfd.readouterr() == ("", "")


def test_junk_before_the_header_is_passed_over() -> None:
    assert_glyphs_hold_their_ink(first_page(b"\r\n\r\n" + pdf(with_number)))


def test_more_pages_than_a_statement_has_are_refused() -> None:
    document = pymupdf.open()
    for _ in range(501):
        document.new_page(width=50, height=50)
    with pytest.raises(UnreadableInput, match="501 pages"):
        open_source(document.tobytes())


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(UnreadableInput, match="There is no page"):
        open_source(pdf(with_number)).page(number)


def test_pages_come_in_any_order_the_same_and_without_more_memory() -> None:
    document = pymupdf.open()
    for index in range(6):
        page = document.new_page(width=400, height=300)
        page.insert_text((60, 150), f"page {index}", fontsize=SIZE_PT)
        noise = np.random.default_rng(index).integers(0, 255, (600, 600, 3), dtype=np.uint8)
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, 600, 600, noise.tobytes(), False)
        page.insert_image(pymupdf.Rect(200, 200, 390, 290), pixmap=pixmap)
    source = open_source(document.tobytes(deflate=True))
    first = source.page(3)
    for number in (6, 1, 4, 2, 5):
        source.page(number)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in (6, 1, 5, 2, 4, 3) * 5:
        again = source.page(number)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (again.pixels == first.pixels).all()
    assert again.lines == first.lines
    assert after - before < 30_000  # kilobytes: one such page has 6 MB
