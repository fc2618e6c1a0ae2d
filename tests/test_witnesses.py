"""Whatever place of a file names a card number, a witness tells it; and it tells little else."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pillow_heif
import pymupdf
import pytest
from PIL import Image, PngImagePlugin

from prepdoc.page import Witness
from prepdoc.reading import open_source

PAN = "4111111111111111"
GROUPED = "5555 5555 5555 4444"
MASKED = "4980-12**-****-1234"

Edit = Callable[[pikepdf.Pdf], object]


def plain_pdf() -> bytes:
    document = pymupdf.open()
    document.new_page(width=300, height=200).insert_text((50, 100), "Statement")
    return bytes(document.tobytes(deflate=True, no_new_id=True))


def edited(edit: Edit, data: bytes | None = None, **options: Any) -> bytes:
    with pikepdf.open(io.BytesIO(data or plain_pdf())) as document:
        edit(document)
        out = io.BytesIO()
        document.save(out, **options)
    return out.getvalue()


def drawn(draw: Callable[[pymupdf.Document, pymupdf.Page], object]) -> bytes:
    document = pymupdf.open()
    draw(document, document.new_page(width=300, height=200))
    return bytes(document.tobytes(deflate=True, no_new_id=True))


def told(data: bytes, password: str | None = None) -> str:
    return "\n".join(witness.text for witness in witnesses(data, password) if witness.text)


def witnesses(data: bytes, password: str | None = None) -> tuple[Witness, ...]:
    return open_source(data, password).witnesses()


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def in_info(value: Any) -> Edit:
    def edit(document: pikepdf.Pdf) -> None:
        document.docinfo["/Subject"] = value

    return edit


def in_catalog(value: Any, indirect: bool = False) -> Edit:
    def edit(document: pikepdf.Pdf) -> None:
        document.Root["/Extra"] = document.make_indirect(value) if indirect else value

    return edit


def in_stream(content: bytes, **keys: Any) -> Edit:
    def edit(document: pikepdf.Pdf) -> None:
        document.Root["/Extra"] = document.make_stream(content, **keys)

    return edit


def in_xmp(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as metadata:
        metadata["dc:description"] = f"Card {PAN}"


def in_attachment(content: bytes) -> Edit:
    def edit(document: pikepdf.Pdf) -> None:
        document.attachments["notes.csv"] = pikepdf.AttachedFileSpec(document, content)

    return edit


def in_attachment_name(document: pikepdf.Pdf) -> None:
    document.attachments[f"{PAN}.txt"] = pikepdf.AttachedFileSpec(document, b"x")


def in_outline(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(f"Card {PAN}", 0))


def in_actual_text(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    page.contents_add(f"/Span << /ActualText ({PAN}) >> BDC".encode(), prepend=True)
    page.contents_add(b"EMC")


def in_comment_of_content(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(f"% {PAN}\n".encode())


def in_bead(key: str) -> Edit:
    def edit(document: pikepdf.Pdf) -> None:
        document.pages[0].obj["/PieceInfo"] = pikepdf.Dictionary({key: pikepdf.Name("/Yes")})

    return edit


OBJECTS: dict[str, Edit] = {
    "document info": in_info(f"Card {PAN}"),
    "document info, grouped": in_info(f"Card {GROUPED}"),
    "document info, full width": in_info("カード ４１１１１１１１１１１１１１１１"),
    "UTF-16 without a mark": in_info(pikepdf.String(PAN.encode("utf-16-be"))),
    "UTF-8 with a mark": in_info(pikepdf.String(b"\xef\xbb\xbf" + PAN.encode())),
    "XMP": in_xmp,
    "an attachment": in_attachment(f"number,{PAN}\n".encode()),
    "an attachment in UTF-16": in_attachment(f"number,{PAN}\n".encode("utf-16")),
    "an attachment in Shift-JIS": in_attachment(
        "番号、４１１１１１１１１１１１１１１１".encode("cp932")
    ),
    "an attached PDF": in_attachment(edited(in_info(f"Card {PAN}"))),
    "an attachment's name": in_attachment_name,
    "an outline": in_outline,
    "ActualText": in_actual_text,
    "a comment between operators": in_comment_of_content,
    "a name": in_catalog(pikepdf.Name(f"/N{PAN}")),
    "a key": in_bead(f"/K{PAN}"),
    "an integer": in_catalog(int(PAN)),
    "nested arrays": in_catalog(pikepdf.Array([pikepdf.Array([pikepdf.String(PAN)])])),
    "a script": in_stream(f"this.number = '{PAN}'; app.alert(number);".encode()),
    "a form in XML": in_stream(f"<xfa><field>{PAN}</field></xfa>".encode()),
    "bytes of no known kind": in_stream(bytes(range(200)) + PAN.encode() + bytes(range(200))),
    "bytes in UTF-16": in_stream(bytes(range(200)) + PAN.encode("utf-16-le") + bytes(range(99))),
}


@pytest.mark.parametrize("edit", OBJECTS.values(), ids=OBJECTS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in object streams"])
def test_a_number_in_an_object_is_told(edit: Edit, packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    data = edited(edit, object_stream_mode=mode, compress_streams=True)
    text = digits(told(data)).translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    assert PAN in text or digits(GROUPED) in text


def test_a_file_without_numbers_has_no_witnesses() -> None:
    assert witnesses(plain_pdf()) == ()
    assert witnesses(saved("PNG")) == ()


def test_a_partly_masked_number_is_told_with_its_label() -> None:
    assert f"Card {MASKED}" in told(edited(in_info(f"Card {MASKED}")))


def hidden_layer(document: pymupdf.Document, page: pymupdf.Page) -> None:
    layer = document.add_ocg("hidden", on=False)
    for index, digit in enumerate(PAN):
        page.insert_text((50 + 8 * index, 50), digit, fontsize=13, oc=layer)


def under_a_picture(_: pymupdf.Document, page: pymupdf.Page) -> None:
    page.insert_text((50, 50), GROUPED)
    page.draw_rect(page.rect, fill=(1, 1, 1))


def digit_by_digit(_: pymupdf.Document, page: pymupdf.Page) -> None:
    for index, digit in enumerate(PAN):
        page.insert_text((50 + 8 * index, 50), digit, fontname="helv", fontsize=13)


def annotation(_: pymupdf.Document, page: pymupdf.Page) -> None:
    page.add_text_annot((50, 50), f"Card {PAN}")


def form_field(_: pymupdf.Document, page: pymupdf.Page) -> None:
    field = pymupdf.Widget()
    field.field_name, field.field_type = "f", pymupdf.PDF_WIDGET_TYPE_TEXT
    field.field_value, field.rect = PAN, pymupdf.Rect(50, 50, 250, 80)
    page.add_widget(field)


PAGES: dict[str, Callable[[pymupdf.Document, pymupdf.Page], object]] = {
    "invisible": lambda _, page: page.insert_text((50, 50), GROUPED, render_mode=3),
    "off the page": lambda _, page: page.insert_text((50, 900), GROUPED),
    "left of the page": lambda _, page: page.insert_text((-500, 50), GROUPED),
    "white on white": lambda _, page: page.insert_text((50, 50), GROUPED, color=(1, 1, 1)),
    "under a picture": under_a_picture,
    "in a hidden layer": hidden_layer,
    "digit by digit": digit_by_digit,
    "in an annotation": annotation,
    "in a form field": form_field,
}


@pytest.mark.parametrize("draw", PAGES.values(), ids=PAGES)
def test_text_that_is_hidden_on_a_page_is_told(
    draw: Callable[[pymupdf.Document, pymupdf.Page], object],
) -> None:
    text = digits(told(drawn(draw)))
    assert PAN in text or digits(GROUPED) in text


def test_an_object_that_nothing_refers_to_is_told() -> None:
    document = pymupdf.open(stream=plain_pdf())
    document.update_object(document.get_new_xref(), f"<< /Note (Card {PAN}) >>")
    assert f"Card {PAN}" in told(document.tobytes(garbage=0))


def test_an_earlier_revision_is_told(tmp_path: Path) -> None:
    """Editors that save in place append; what they replaced is still in the file."""
    path = tmp_path / "updated.pdf"
    path.write_bytes(edited(in_info(f"Card {PAN}")))
    with pymupdf.open(path) as document:
        document.set_metadata({"subject": "nothing"})
        document.save(path, incremental=True, encryption=pymupdf.PDF_ENCRYPT_KEEP)
    found = [witness.where for witness in witnesses(path.read_bytes()) if PAN in witness.text]
    assert any(where.startswith("revision 1") for where in found)


def test_bytes_behind_the_end_are_told() -> None:
    assert PAN in told(plain_pdf() + f"\nnote to self: {PAN}\n".encode())


def test_a_comment_in_the_raw_file_is_told() -> None:
    data = plain_pdf()
    assert PAN in told(data.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%" + PAN.encode() + b"\n", 1))


def test_an_encrypted_pdf_is_read_with_its_password() -> None:
    encryption = pikepdf.Encryption(user="secret", owner="owner")
    data = edited(in_info(f"Card {PAN}"), encryption=encryption)
    assert PAN in told(data, "secret")


def test_an_object_that_cannot_be_read_is_noted_and_the_others_are_told() -> None:
    def edit(document: pikepdf.Pdf) -> None:
        in_info(f"Card {PAN}")(document)
        broken = document.make_stream(b"\xff" * 300, Filter=pikepdf.Name.LZWDecode)
        chain = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        document.Root["/A"] = broken
        document.Root["/B"] = document.make_stream(zlib.compress(b"x" * 300), Filter=chain)

    found = witnesses(edited(edit, compress_streams=False))
    assert any("(unreadable)" in witness.where and not witness.text for witness in found)
    assert any(PAN in witness.text for witness in found)


def test_what_qpdf_complains_of_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    def edit(document: pikepdf.Pdf) -> None:
        in_info(f"Card {PAN}")(document)
        document.Root.Pages.Kids.append(pikepdf.Array([]))
        document.Root.Pages.Count = 1

    assert PAN in told(edited(edit))
    assert capfd.readouterr() == ("", "")


def test_a_stream_bomb_is_read_up_to_its_limit() -> None:
    def edit(document: pikepdf.Pdf) -> None:
        in_info(f"Card {PAN}")(document)
        packed = zlib.compress(b" " * 300_000_000, 9)
        document.Root["/Extra"] = document.make_stream(packed, Filter=pikepdf.Name.FlateDecode)

    data = edited(edit)
    start = time.perf_counter()
    assert PAN in told(data)
    assert time.perf_counter() - start < 10


def test_coordinates_widths_and_tables_are_no_witnesses() -> None:
    """Figures that are no text would give thousands of numbers that pass for cards by chance."""

    def draw(document: pymupdf.Document, page: pymupdf.Page) -> None:
        page.insert_text((50, 50), "カード", fontname="japan")
        for index in range(200):
            page.draw_line((index * 1.37, 4111.11), (4111.1111, index * 3.1111))

    assert digits(told(drawn(draw))) == ""


def test_a_context_does_not_make_a_new_number() -> None:
    text = told(edited(in_info("1234 abc 4111111111111111 def 5678")))
    assert text.splitlines() == [" abc 4111111111111111 def "]


def test_numbers_of_different_lines_stay_apart() -> None:
    halves = f"{GROUPED[:9]}\n{GROUPED[10:]}\n"
    found = witnesses(edited(in_info(halves + PAN)))
    assert {digits(witness.text) for witness in found} == {PAN}


def test_each_number_is_a_witness_of_its_own() -> None:
    """Two stretches in one text could be read as one number across the end of a line."""
    found = witnesses(edited(in_info(f"{PAN}\n{GROUPED}")))
    assert {digits(witness.text) for witness in found} == {PAN, digits(GROUPED)}


@pytest.mark.parametrize("data", [edited(in_info(PAN)), edited(in_attachment_name)])
def test_neither_a_place_nor_a_repr_holds_the_number(data: bytes) -> None:
    found = witnesses(data)
    assert PAN not in repr(found)
    assert not any(PAN in witness.where for witness in found)


# --- pictures ---


def picture() -> Image.Image:
    return Image.fromarray(np.full((40, 60, 3), 200, dtype=np.uint8))


def saved(format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture().save(out, format, **options)
    return out.getvalue()


def exif(tag: int, value: Any, directory: int | None = None) -> Image.Exif:
    made = Image.Exif()
    (made if directory is None else made.get_ifd(directory))[tag] = value
    return made


def png_text(key: str, text: str, kind: str = "tEXt") -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    if kind == "iTXt":
        info.add_itxt(key, text, zip=True)
    else:
        info.add_text(key, text, zip=kind == "zTXt")
    return info


def heif(**options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(out, **options)
    return out.getvalue()


def with_late_text() -> bytes:
    """A PNG whose text stands behind the pixels."""
    data = saved("PNG")
    text = saved("PNG", pnginfo=png_text("Comment", PAN, "zTXt"))
    begin = text.index(b"zTXt") - 4
    length = int.from_bytes(text[begin : begin + 4], "big") + 12
    end = data.index(b"IEND") - 4
    return data[:end] + text[begin : begin + length] + data[end:]


USER_COMMENT, IMAGE_DESCRIPTION, XP_COMMENT, EXIF_IFD = 0x9286, 0x010E, 0x9C9C, 0x8769
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><d>{PAN}</d></x:xmpmeta>".encode()

PICTURES = {
    "JPEG comment": saved("JPEG", comment=PAN.encode()),
    "EXIF description": saved("JPEG", exif=exif(IMAGE_DESCRIPTION, f"Card {PAN}")),
    "EXIF user comment": saved(
        "JPEG", exif=exif(USER_COMMENT, b"ASCII\0\0\0" + PAN.encode(), EXIF_IFD)
    ),
    "EXIF user comment, Unicode": saved(
        "JPEG", exif=exif(USER_COMMENT, b"UNICODE\0" + PAN.encode("utf-16-le"), EXIF_IFD)
    ),
    "XP comment": saved("JPEG", exif=exif(XP_COMMENT, PAN.encode("utf-16-le"))),
    "JPEG XMP": saved("JPEG", xmp=XMP),
    "PNG tEXt": saved("PNG", pnginfo=png_text("Comment", PAN)),
    "PNG zTXt": saved("PNG", pnginfo=png_text("Comment", PAN, "zTXt")),
    "PNG iTXt": saved("PNG", pnginfo=png_text("Comment", f"カード{PAN}", "iTXt")),
    "PNG text behind the pixels": with_late_text(),
    "PNG keyword": saved("PNG", pnginfo=png_text(PAN, "x")),
    "PNG EXIF": saved("PNG", exif=exif(IMAGE_DESCRIPTION, PAN)),
    "TIFF description": saved("TIFF", tiffinfo={270: f"Card {PAN}"}),
    "WebP XMP": saved("WEBP", xmp=XMP),
    "WebP EXIF": saved("WEBP", exif=exif(IMAGE_DESCRIPTION, PAN)),
    "GIF comment": saved("GIF", comment=PAN.encode()),
    "HEIF EXIF": heif(exif=exif(IMAGE_DESCRIPTION, PAN).tobytes()),
    "HEIF XMP": heif(xmp=XMP),
    "behind a JPEG": saved("JPEG") + PAN.encode(),
    "behind a PNG": saved("PNG") + PAN.encode(),
    "behind a PNG in UTF-16": saved("PNG") + PAN.encode("utf-16-le"),
    "behind a BMP": saved("BMP") + f"\n{PAN}\n".encode(),
}


@pytest.mark.parametrize("data", PICTURES.values(), ids=PICTURES)
def test_a_number_beside_a_picture_is_told(data: bytes) -> None:
    found = witnesses(data)
    assert any(PAN in digits(witness.text) for witness in found)
    assert not any(PAN in witness.where for witness in found)


def test_a_masked_number_in_a_comment_is_told() -> None:
    assert MASKED in told(saved("JPEG", comment=MASKED.encode()))


def test_a_thumbnail_is_told_of() -> None:
    """A cropped picture may keep the whole one as its thumbnail (EXIF 2.32 §4.5.8: IFD1)."""
    thumbnail = saved("JPEG")
    header = b"Exif\0\0MM\0*" + struct.pack(">IHI", 8, 0, 14)
    offset = 14 + 2 + 2 * 12 + 4
    tags = ((0x0201, 4, 1, offset), (0x0202, 4, 1, len(thumbnail)))
    directory = struct.pack(">H", 2) + b"".join(struct.pack(">HHII", *tag) for tag in tags)
    made = header + directory + bytes(4) + thumbnail
    where = [witness.where for witness in witnesses(saved("JPEG", exif=made))]
    assert "EXIF thumbnail (not shown)" in where


def test_pixels_are_no_witnesses() -> None:
    """Greys 48 to 57 are the digits of ASCII."""
    values = np.random.default_rng(1).integers(48, 58, (200, 200), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(values).save(out, "BMP")
    assert told(out.getvalue()) == ""
