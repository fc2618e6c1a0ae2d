"""A number in any one place of a file, however it is written, becomes a needle for every page."""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pymupdf
import pytest
from PIL import Image, PngImagePlugin

from prepdoc.noting import needles
from prepdoc.pan import Pan
from prepdoc.reading import open_source
from tests import draw

PAN = draw.pan("mastercard", 7)
HYPHENS, SPACES = draw.grouped(PAN, "-"), draw.grouped(PAN, " ")
WIDE = PAN.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

Edit = Callable[[pikepdf.Pdf], object]
Name, Dictionary, Array, String = pikepdf.Name, pikepdf.Dictionary, pikepdf.Array, pikepdf.String


def is_named(data: bytes) -> bool:
    return Pan(PAN) in needles((), open_source(data).witnesses())


def plain_pdf(text: str = "Statement") -> bytes:
    document = pymupdf.open()
    document.new_page(width=300, height=200).insert_text((50, 100), text)
    return bytes(document.tobytes(deflate=True, no_new_id=True))


def edited(edit: Edit, data: bytes | None = None, **options: Any) -> bytes:
    with pikepdf.open(io.BytesIO(data or plain_pdf())) as document:
        edit(document)
        out = io.BytesIO()
        document.save(out, fix_metadata_version=False, **options)
    return out.getvalue()


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def entities(text: str, figure: str = "&#{};") -> str:
    return "".join(figure.format(ord(char)) for char in text)


# --- ways of writing ---

TEXTS = {
    "plain": PAN,
    "hyphens": HYPHENS,
    "spaces": SPACES,
    "no-break spaces": draw.grouped(PAN, "\u00a0"),
    "dots": draw.grouped(PAN, "."),
    "zero-width spaces": "\u200b".join(PAN),
    "soft hyphens": draw.grouped(PAN, "\u00ad"),
    "digit by digit": " ".join(PAN),
    "full width": WIDE,
    "glued to words": f"card{PAN}exp12",
    "percent-encoded": percent(PAN),
    "percent-encoded blanks": draw.grouped(PAN, "%20"),
    "percent-encoded full width": percent(WIDE),
    "decimal entities": entities(PAN),
    "hexadecimal entities": "".join(f"&#x{ord(char):x};" for char in PAN),
    "entities of blanks": draw.grouped(PAN, "&nbsp;"),
    "entities of percents": html.escape(percent(PAN)).replace("%", "&#37;"),
    "tags within": f"<p>{PAN[:6]}<b>{PAN[6:9]}</b><span style='x'>{PAN[9:]}</span></p>",
    "unicode escapes": "".join(f"\\u{ord(char):04x}" for char in PAN),
    "hexadecimal escapes": "".join(f"\\x{ord(char):02x}" for char in PAN),
    "octal escapes": "".join(f"\\{ord(char):03o}" for char in PAN),
    "quoted-printable": "".join(f"={ord(char):02X}" for char in PAN),
    "broken by a soft line end": f"{PAN[:9]}=\r\n{PAN[9:]}",
    "concatenated": f"'{PAN[:4]}' + '{PAN[4:]}'",
    "a list of digits": ",".join(f'"{digit}"' for digit in PAN),
    "base64": base64.b64encode(PAN.encode()).decode(),
    "base64 of a sentence": base64.urlsafe_b64encode(f"番号 {SPACES} です".encode()).decode(),
    "scientific": f"{PAN[0]}.{PAN[1:]}E+15",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_number_in_a_text_is_named_however_it_is_written(text: str) -> None:
    def edit(document: pikepdf.Pdf) -> None:
        document.docinfo["/Subject"] = f"see {text} there"

    assert is_named(edited(edit))


# --- bytes of a string or a stream ---

BYTES = {
    "UTF-8": f"番号 {PAN}".encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + WIDE.encode(),
    "UTF-16 BE": WIDE.encode("utf-16-be"),
    "UTF-16 LE": PAN.encode("utf-16-le"),
    "UTF-16 with a mark": f"番号 {HYPHENS}".encode("utf-16"),
    "UTF-32": PAN.encode("utf-32"),
    "Shift-JIS": f"番号 {WIDE}".encode("cp932"),
    "EUC-JP": f"番号 {WIDE}".encode("euc_jp"),
    "ISO-2022-JP": f"番号 {WIDE}".encode("iso2022_jp"),
    "GBK": f"号码 {WIDE}".encode("gbk"),
    "between control characters": b"\1\2\3" + PAN.encode() + b"\4\5",
    "full width between control characters": b"\1\2\3" + WIDE.encode() + b"\4\5",
    "zero-terminated fields": b"name\0" + SPACES.encode() + b"\0more\0",
}


@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
def test_a_number_in_a_string_is_named_in_any_encoding(content: bytes) -> None:
    def edit(document: pikepdf.Pdf) -> None:
        document.Root["/Extra"] = String(content)

    assert is_named(edited(edit))


# --- files within the file ---


def zipped(members: dict[str, bytes], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def picture(format: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.full((40, 60, 3), 200, dtype=np.uint8)).save(out, format, **options)
    return out.getvalue()


def png_text(text: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text, zip=True)
    return info


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Statement"
    message.set_content("attached")
    message.add_attachment(zipped({"a.txt": PAN.encode()}), "application", "zip")
    return message.as_bytes()


def in_info(document: pikepdf.Pdf) -> None:
    document.docinfo["/Subject"] = PAN


WORD = (
    "<w:document><w:body><w:p>"
    + "".join(f"<w:r><w:rPr><w:b w:val='1'/></w:rPr><w:t>{part}</w:t></w:r>" for part in PAN)
    + "</w:p></w:body></w:document>"
).encode()

FILES = {
    "text": f"number,{PAN}\n".encode(),
    "a table of figures": f"1,2,3\n4,{PAN},5\n".encode(),
    "JSON": f'{{"number": "{PAN}"}}'.encode(),
    "HTML": f"<td>{entities(PAN)}</td>".encode(),
    "SVG": f"<svg><text>{PAN[:8]}<tspan>{PAN[8:]}</tspan></text></svg>".encode(),
    "a PDF": edited(in_info),
    "a PDF that shows it": plain_pdf(SPACES),
    "a zip": zipped({"a.txt": PAN.encode()}),
    "a zip in a zip": zipped({"a.zip": zipped({"a.txt": PAN.encode()})}),
    "a PDF in a zip": zipped({"a.pdf": edited(in_info)}),
    "a name in a zip": zipped({f"{PAN}.txt": b""}),
    "a comment of a zip": zipped({"a": b""}, PAN.encode()),
    "a text document": zipped({"word/document.xml": WORD}),
    "a spreadsheet": zipped({"xl/sheet1.xml": f"<row><c><v>{PAN}</v></c></row>".encode()}),
    "shared strings": zipped(
        {"s.xml": f"<si><r><t>{PAN[:5]}</t></r><r><t>{PAN[5:]}</t></r></si>".encode()}
    ),
    "gzip": gzip.compress(PAN.encode() + b"\n" * 50),
    "bzip2": bz2.compress(PAN.encode() + b"\n" * 500),
    "xz": lzma.compress(PAN.encode() + b"\n" * 500),
    "a picture": picture(pnginfo=png_text(PAN)),
    "a picture in a zip": zipped({"a.png": picture(pnginfo=png_text(PAN))}),
    "mail": mail(),
}


def attached(content: bytes) -> bytes:
    def edit(document: pikepdf.Pdf) -> None:
        document.attachments["notes"] = pikepdf.AttachedFileSpec(document, content)

    return edited(edit)


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_number_in_an_attached_file_is_named(content: bytes) -> None:
    assert is_named(attached(content))


# --- places of a PDF ---


def at(place: str, value: Any) -> Edit:
    """`Root/Extra` or `Page/Thumb`: from the catalogue or the first page."""

    def edit(document: pikepdf.Pdf) -> None:
        base, key = place.split("/")
        holder = document.Root if base == "Root" else document.pages[0].obj
        holder[f"/{key}"] = value(document) if callable(value) else value

    return edit


def stream(content: bytes, **keys: Any) -> Callable[[pikepdf.Pdf], pikepdf.Object]:
    return lambda document: document.make_stream(content, **keys)


def content(drawing: bytes) -> Edit:
    def edit(document: pikepdf.Pdf) -> None:
        document.pages[0].contents_add(drawing)

    return edit


def annotation(**keys: Any) -> Edit:
    rect = Array([10, 10, 60, 30])
    return at("Page/Annots", Array([Dictionary(Type=Name.Annot, Rect=rect, **keys)]))


def field(**keys: Any) -> Edit:
    def edit(document: pikepdf.Pdf) -> None:
        made = document.make_indirect(Dictionary(T=String("f"), **keys))
        document.Root["/AcroForm"] = Dictionary(Fields=Array([made]))

    return edit


def properties(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    page.obj.Resources["/Properties"] = Dictionary(P=Dictionary(Note=String(PAN)))
    page.contents_add(b"/Span /P BDC EMC")


def layer_name(document: pikepdf.Pdf) -> None:
    group = document.make_indirect(Dictionary(Type=Name.OCG, Name=String(PAN)))
    document.Root["/OCProperties"] = Dictionary(OCGs=Array([group]), D=Dictionary())


def soft_mask(document: pikepdf.Pdf) -> None:
    form = document.make_stream(
        f"BT /F 9 Tf ({PAN}) Tj ET".encode(),
        Subtype=Name.Form,
        BBox=Array([0, 0, 9, 9]),
    )
    mask = Dictionary(S=Name.Luminosity, G=form)
    document.pages[0].obj.Resources["/ExtGState"] = Dictionary(G=Dictionary(SMask=mask))


def appearance(document: pikepdf.Pdf) -> None:
    form = document.make_stream(
        b"BT /F 9 Tf " + b" ".join(b"(%c) Tj 9 0 Td" % digit for digit in PAN.encode()) + b" ET",
        Subtype=Name.Form,
        BBox=Array([0, 0, 200, 20]),
        Resources=Dictionary(
            Font=Dictionary(
                F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            )
        ),
    )
    annotation(Subtype=Name.Stamp, F=2, AP=Dictionary(N=form))(document)  # hidden


def image(document: pikepdf.Pdf) -> None:
    """Cropped, masked or clipped: its pixels are not seen, its metadata are read."""
    data = picture("JPEG", comment=zlib.compress(b"x") + WIDE.encode())
    document.Root["/Extra"] = document.make_stream(
        data, Subtype=Name.Image, Width=60, Height=40, Filter=Name.DCTDecode
    )


def name_tree(key: str) -> Edit:
    value = Dictionary(Names=Array([String(PAN), Dictionary(D=Array([0]))]))
    return at("Root/Names", Dictionary({key: value}))


def thumbnail_of(comment: str) -> bytes:
    """EXIF with a thumbnail that has a comment of its own (IFD1, EXIF 3.0 §4.5.8)."""
    inner = picture("JPEG", comment=comment.encode("utf-16-le"))
    offset = 14 + 2 + 2 * 12 + 4
    tags = ((0x0201, 4, 1, offset), (0x0202, 4, 1, len(inner)))
    directory = struct.pack(">H", 2) + b"".join(struct.pack(">HHII", *tag) for tag in tags)
    header = b"Exif\0\0MM\0*" + struct.pack(">IHI", 8, 0, 14)
    return header + directory + bytes(4) + inner


OCTAL = "".join(f"\\{ord(char):03o}" for char in PAN).encode()
NUMBERED = "".join(f"#{ord(char):02x}" for char in PAN).encode()
SIMPLE = Array([0, 0, 9, 9])

PLACES: dict[str, Edit] = {
    "a comment of an annotation": annotation(Subtype=Name.Text, Contents=String(PAN)),
    "rich text of an annotation": annotation(
        Subtype=Name.FreeText, RC=String(f"<body><p>{PAN[:7]}<i>{PAN[7:]}</i></p></body>")
    ),
    "the author of an annotation": annotation(Subtype=Name.Text, T=String(PAN)),
    "the appearance of a hidden annotation": appearance,
    "a URI": annotation(
        Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String(f"https://x.example/?n={PAN}"))
    ),
    "a URI, percent-encoded": annotation(
        Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String(f"https://x/?n={percent(SPACES)}"))
    ),
    "a script": annotation(
        Subtype=Name.Link, A=Dictionary(S=Name.JavaScript, JS=String(f"f('{PAN}')"))
    ),
    "a script in a stream": at(
        "Root/OpenAction",
        lambda pdf: Dictionary(S=Name.JavaScript, JS=stream(b"n=" + PAN.encode())(pdf)),
    ),
    "a launch action": annotation(
        Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String(f"/tmp/{PAN}.pdf"))
    ),
    "an action to submit a form": annotation(
        Subtype=Name.Link,
        A=Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=String(f"http://x/{PAN}"))),
    ),
    "an additional action": at(
        "Page/AA", Dictionary(O=Dictionary(S=Name.JavaScript, JS=String(f"n({PAN})")))
    ),
    "a field's value": field(FT=Name.Tx, V=String(PAN)),
    "a field's value in a stream": field(FT=Name.Tx, V=Array([String(PAN)])),
    "a field's default": field(FT=Name.Tx, DV=String(HYPHENS)),
    "a comb field": field(FT=Name.Tx, Ff=1 << 24, MaxLen=16, V=String(PAN)),
    "a field's rich text": field(FT=Name.Tx, RV=String(f"<p>{PAN[:4]}<b>{PAN[4:]}</b></p>")),
    "a field's choices": field(FT=Name.Ch, Opt=Array([Array([String(PAN), String("a")])])),
    "a field's tool tip": field(FT=Name.Tx, TU=String(PAN)),
    "a field's export name": field(FT=Name.Btn, V=Name(f"/{PAN}"), AS=Name(f"/{PAN}")),
    "XFA": at(
        "Root/AcroForm",
        lambda pdf: Dictionary(
            XFA=Array([String("datasets"), stream(f"<x><n>{PAN}</n></x>".encode())(pdf)])
        ),
    ),
    "a signature's reason": field(FT=Name.Sig, V=Dictionary(Type=Name.Sig, Reason=String(PAN))),
    "a signature's certificate": field(
        FT=Name.Sig,
        V=Dictionary(Type=Name.Sig, Contents=String(b"\x30\x82\x01" + PAN.encode() + bytes(99))),
    ),
    "a bookmark": at("Root/Outlines", Dictionary(First=Dictionary(Title=String(PAN)))),
    "a named destination": name_tree("/Dests"),
    "an old named destination": at("Root/Dests", Dictionary({f"/{PAN}": Array([0])})),
    "a name of a script": name_tree("/JavaScript"),
    "a page label": at(
        "Root/PageLabels", Dictionary(Nums=Array([0, Dictionary(P=String(f"{PAN}-"))]))
    ),
    "XMP of the document": at(
        "Root/Metadata",
        stream(f"<rdf>{entities(PAN)}</rdf>".encode(), Type=Name.Metadata, Subtype=Name.XML),
    ),
    "XMP of a page": at("Page/Metadata", stream(PAN.encode("utf-16"), Type=Name.Metadata)),
    "XMP with a preview in base64": at(
        "Root/Metadata",
        stream(
            b"<xmpGImg:image>"
            + base64.encodebytes(picture("JPEG", comment=PAN.encode("utf-16-le"))).replace(
                b"\n", b"&#xA;\n"
            )
            + b"</xmpGImg:image>",
            Type=Name.Metadata,
        ),
    ),
    "alternative text": at("Root/StructTreeRoot", Dictionary(K=Dictionary(Alt=String(PAN)))),
    "an expansion": at("Root/StructTreeRoot", Dictionary(K=Dictionary(E=String(PAN)))),
    "ActualText in UTF-16": content(
        b"/Span <</ActualText <FEFF" + PAN.encode("utf-16-be").hex().encode() + b">>> BDC EMC"
    ),
    "marked-content properties": properties,
    "the name of a layer": layer_name,
    "a soft mask": soft_mask,
    "a page's thumbnail": at(
        "Page/Thumb",
        stream(
            picture("JPEG", comment=WIDE.encode()),
            Subtype=Name.Image,
            Width=60,
            Height=40,
            Filter=Name.DCTDecode,
        ),
    ),
    "metadata of a picture": image,
    "PieceInfo": at(
        "Page/PieceInfo", Dictionary(Maker=Dictionary(Private=Dictionary(N=String(PAN))))
    ),
    "an integer": at("Root/Private", int(PAN)),
    "an integer with a point": at("Root/Private", pikepdf.Operator(f"{PAN}.0")),
    "a name with numbers": at("Root/Private", Name("/A" + PAN)),
    "ToUnicode": at(
        "Root/Extra",
        stream(b"begincmap 1 beginbfchar <01> <" + PAN.encode("utf-16-be").hex().encode() + b">"),
    ),
    "hexadecimal in a content stream": content(b"BT <" + PAN.encode().hex().encode() + b"> Tj ET"),
    "octal in a content stream": content(b"BT (" + OCTAL + b") Tj ET"),
    "a string over two lines": content(f"BT ({PAN[:8]}\\\n{PAN[8:]}) Tj ET".encode()),
    "nested brackets in a string": content(f"BT (a (b {PAN}) c) Tj ET".encode()),
    "two strings of one array": content(f"BT [({PAN[:6]})-20({PAN[6:]})] TJ ET".encode()),
    "sixteen strings of one array": content(
        f"BT [{' 5 '.join(f'({digit})' for digit in PAN)}] TJ ET".encode()
    ),
    "octal in a name of a content stream": content(b"/" + NUMBERED + b" BMC EMC"),
    "a comment of a content stream": content(f"% {SPACES}\n".encode()),
    "an unknown operand": content(PAN.encode() + b" unknown"),
    "a stream in ASCII85": at(
        "Root/Extra",
        stream(base64.a85encode(WIDE.encode()) + b"~>", Filter=Name.ASCII85Decode),
    ),
    "a stream packed twice": at(
        "Root/Extra",
        stream(
            zlib.compress(zlib.compress(PAN.encode())),
            Filter=Array([Name.FlateDecode, Name.FlateDecode]),
        ),
    ),
    "a stream that breaks off": at(
        "Root/Extra",
        stream(
            zlib.compress(PAN.encode() + b"\n" + bytes(range(256)))[:-90], Filter=Name.FlateDecode
        ),
    ),
}


@pytest.mark.parametrize("edit", PLACES.values(), ids=PLACES)
def test_a_number_in_a_place_of_a_pdf_is_named(edit: Edit) -> None:
    assert is_named(edited(edit))


# --- bytes that no object holds ---

RAW: dict[str, bytes] = {
    "before the header": f"From: {SPACES}\n".encode() + plain_pdf(),
    "after the end": plain_pdf() + f"\n{SPACES}\n".encode(),
    "after the end, zipped": plain_pdf() + zipped({"a.txt": PAN.encode()}),
    "after the end, full width": plain_pdf() + WIDE.encode(),
    "a comment": plain_pdf().replace(b"\nendobj", f"\nendobj\n% {SPACES}".encode(), 1),
    "octal in a string": plain_pdf().replace(b"\nendobj", b"\nendobj\n(" + OCTAL + b")", 1),
    "hexadecimal in a string": plain_pdf().replace(
        b"\nendobj", b"\nendobj\n<" + PAN.encode("utf-16").hex().encode() + b">", 1
    ),
    "the trailer": plain_pdf().replace(b"trailer\n<<", f"trailer\n<</N ({HYPHENS})".encode(), 1),
}


@pytest.mark.parametrize("data", RAW.values(), ids=RAW)
def test_a_number_around_the_objects_is_named(data: bytes) -> None:
    assert data != plain_pdf()
    assert is_named(data)


# --- text that is laid out ---


def drawn(draw_on: Callable[[pymupdf.Document, pymupdf.Page], object]) -> bytes:
    document = pymupdf.open()
    draw_on(document, document.new_page(width=300, height=400))
    return bytes(document.tobytes(deflate=True, no_new_id=True))


def one_by_one(places: Iterable[tuple[float, float]]) -> Callable[..., None]:
    def draw_on(_: pymupdf.Document, page: pymupdf.Page) -> None:
        shuffled = sorted(zip(places, PAN, strict=True), key=lambda item: hash(item[0]))
        for place, digit in shuffled:
            page.insert_text(place, digit, fontsize=10, render_mode=3)

    return draw_on


def in_glyph_numbers(_: pymupdf.Document, page: pymupdf.Page) -> None:
    """A font whose codes are the numbers of its glyphs, as most producers write it."""
    page.insert_font(fontname="figo", fontbuffer=pymupdf.Font("figo").buffer)
    page.insert_text((20, 900), SPACES, fontname="figo")


def under_a_clip(_: pymupdf.Document, page: pymupdf.Page) -> None:
    in_glyph_numbers(_, page)
    page.set_contents(page.get_contents()[0])
    _.update_stream(page.get_contents()[0], b"0 0 1 1 re W n " + page.read_contents())


LAID_OUT = {
    "in another order": one_by_one([(20.0 + 8 * i, 50.0) for i in range(16)]),
    "set wide": one_by_one([(20.0 + 15 * i, 50.0) for i in range(16)]),
    "downwards": one_by_one([(50.0, 20.0 + 13 * i) for i in range(16)]),
    "off the page in glyph numbers": in_glyph_numbers,
    "under a clip in glyph numbers": under_a_clip,
}


@pytest.mark.parametrize("draw_on", LAID_OUT.values(), ids=LAID_OUT)
def test_a_number_that_is_laid_out_unseen_is_named(draw_on: Callable[..., object]) -> None:
    assert is_named(drawn(draw_on))


def test_what_an_earlier_revision_showed_in_glyph_numbers_is_named(tmp_path: Path) -> None:
    """Editors that save in place append: the old page is there, and its strings say nothing."""
    path = tmp_path / "updated.pdf"
    path.write_bytes(drawn(in_glyph_numbers))
    with pymupdf.open(path) as document:
        document.update_stream(document[0].get_contents()[0], b"q Q")
        document.save(path, incremental=True, encryption=pymupdf.PDF_ENCRYPT_KEEP)
    assert is_named(path.read_bytes())


def test_a_page_outside_of_the_tree_of_pages_is_named() -> None:
    def edit(document: pikepdf.Pdf) -> None:
        document.Root["/Hidden"] = document.pages[0].obj
        document.add_blank_page()
        del document.pages[0]

    assert is_named(edited(edit, drawn(in_glyph_numbers)))


# --- pictures ---


def with_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    end = data.index(b"IEND") - 4
    chunk = struct.pack(">I", len(body)) + kind + body
    return data[:end] + chunk + struct.pack(">I", zlib.crc32(kind + body)) + data[end:]


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[2:]


def exif(tag: int, value: Any, directory: int | None = None) -> Image.Exif:
    made = Image.Exif()
    (made if directory is None else made.get_ifd(directory))[tag] = value
    return made


def frames(format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    first, second = (Image.new("RGB", (40, 40), colour) for colour in ("red", "blue"))
    second.info["comment"] = PAN.encode()
    second.encoderinfo = {"tiffinfo": {270: draw.grouped(PAN, ".")}}
    first.save(out, format, save_all=True, append_images=[second], **options)
    return out.getvalue()


EXIF_IFD, USER_COMMENT, MAKER_NOTE = 0x8769, 0x9286, 0x927C
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><d>{entities(PAN)}</d></x:xmpmeta>".encode()

PICTURES = {
    "a comment of JPEG": picture("JPEG", comment=WIDE.encode()),
    "an unknown segment of JPEG": with_segment(picture("JPEG"), 0xEB, WIDE.encode()),
    "Photoshop's segment": with_segment(
        picture("JPEG"),
        0xED,
        b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x15\x1c\x02\x78\0\x10" + PAN.encode(),
    ),
    "a thumbnail's own comment": picture("JPEG", exif=thumbnail_of(PAN)),
    "a user comment in JIS": picture(
        "JPEG",
        exif=exif(USER_COMMENT, b"JIS\0\0\0\0\0" + WIDE.encode("iso2022_jp"), EXIF_IFD),
    ),
    "a user comment in UTF-16": picture(
        "JPEG", exif=exif(USER_COMMENT, b"UNICODE\0" + WIDE.encode("utf-16-be"), EXIF_IFD)
    ),
    "a maker's note": picture(
        "JPEG", exif=exif(MAKER_NOTE, b"\1\2\3" + SPACES.encode() + b"\4", EXIF_IFD)
    ),
    "XMP in JPEG": picture("JPEG", xmp=XMP),
    "XMP in WebP": picture("WEBP", xmp=XMP),
    "zTXt": picture(pnginfo=png_text(WIDE)),
    "a private chunk of PNG": with_chunk(picture(), b"prIv", WIDE.encode()),
    "behind a JPEG": picture("JPEG") + SPACES.encode(),
    "behind a JPEG in UTF-16": picture("JPEG") + WIDE.encode("utf-16"),
    "a picture behind a JPEG": picture("JPEG") + picture("JPEG", comment=WIDE.encode()),
    "a zip behind a PNG": picture() + zipped({"a.txt": WIDE.encode()}),
    "a PDF behind a PNG": picture() + edited(in_info),
    "behind a WebP": picture("WEBP") + WIDE.encode(),
    "behind a BMP": picture("BMP") + WIDE.encode(),
    "behind a GIF": picture("GIF") + SPACES.encode(),
    "a later page of a TIFF": frames("TIFF"),
}


@pytest.mark.parametrize("data", PICTURES.values(), ids=PICTURES)
def test_a_number_beside_a_picture_is_named(data: bytes) -> None:
    assert is_named(data)


def test_colours_under_full_transparency_are_told_of() -> None:
    pixels = np.full((40, 60, 4), 200, dtype=np.uint8)
    pixels[..., 3] = 0
    pixels[10:20, 10:20, :3] = 0
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    where = [witness.where for witness in open_source(out.getvalue()).witnesses()]
    assert "colours under full transparency (not shown)" in where
