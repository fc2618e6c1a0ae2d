"""Finished pages → a fresh file: after painting and stamping, before verification.

Nothing but pixels and the text that may be searched goes in, so nothing of the source can.
A PDF holds a catalog, pages, one image and one content stream a page, and one font that draws
nothing; an image file holds its pixels and its resolution.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import BinaryIO, Literal

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from prepdoc.page import POINTS_PER_INCH, FinishedPage, Line, Pixels, Quad

PRODUCER = "prepdoc"
JPEG_QUALITY = 90
JPEG_SUBSAMPLING = 0
"""4:4:4: colour as sharp as brightness, so that a mask's edge stays where it is."""
FLATE_LEVEL = 4
"""zlib level. Measured on a dense 300 dpi A4 page of print (RGB, 2 busy cores): level 1 0.06 s
and 1070 kB, 4 0.11 s and 980 kB, 6 0.14 s and 950 kB, 9 0.99 s and 910 kB."""
FLAT = 0.85
"""Part of the pixels that are as the one before them: 0.97 to 0.99 of pages of print, of a scan
0.63, of a photograph 0.32. Print repeats itself so well that filtering would only hide it (420 kB
without, 510 kB with it); the scan takes 2410 kB without and 1970 kB with it."""
FLAT_SAMPLED = 16
"""Rows are compared so, every so many."""
UP = 2
"""PNG's filter that leaves the difference from the pixel above: ISO/IEC 15948 §9.2. Choosing the
best one for each row, as Pillow does, takes twice as long for 2 to 8 % less, and holds up every
other thread meanwhile."""
SAMPLED = 4
"""Colours are looked for on every fourth pixel across and down first."""

MAX_PALETTE = 256
"""Colours that a palette holds: PDF 32000-1 §8.6.6.3, PNG (ISO/IEC 15948) §11.2.2."""
MAX_SMALL_PALETTE = 16
"""Colours that need four bits a pixel or fewer; beyond that grey is kept as plain grey."""

EM = 1000
"""Units per em of the text layer's font."""
WIDTH_STEP = 100
MOST_WIDTH_STEPS = 30
"""Widths of a character are told apart by a tenth of an em; what is left is mended by moving
the next one, by less than any reader takes for a space."""
LAST_CODE = 0xFFFF
DESCENT = 200
ASCENT = EM - DESCENT
"""How much of a glyph's box lies below its baseline and above it, as in most Latin and Japanese
fonts."""
TOUCHING_EM = 1.0
"""Glyphs of a line with no more space between them are one run of text."""
CMAP_BLOCK = 100
"""Most entries of one bfchar block: Adobe Technical Note 5014 §2."""
ROUNDING = 4
"""Decimals of a coordinate: a ten-thousandth of a point is far below a pixel."""


class TooLarge(Exception):
    """The file would have as many bytes as it must not have, or more."""


def write_pdf(pages: Iterable[FinishedPage], out: BinaryIO, limit_bytes: float = math.inf) -> None:
    """Write the pages, one at a time, as a PDF; the same pages give the same bytes.

    `lines` become invisible text (PDF 32000-1 §9.3.6, mode 3) in the places of their quads.

    Raises:
        TooLarge: the file would have `limit_bytes` or more; no further page is drawn.
    """
    size = 0
    with Pdf.new() as pdf:
        font = _Font(pdf)
        for page in pages:
            size += _add_page(pdf, page, font)
            _check_size(size, limit_bytes)
            del page  # or the next one would be made while this one still takes its memory
        font.finish()
        pdf.docinfo[Name.Producer] = PRODUCER
        written = BytesIO()  # qpdf aborts the process where a disk is full; Python raises OSError
        pdf.save(
            written,
            deterministic_id=True,
            min_version="1.4",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
        )
    _check_size(written.getbuffer().nbytes, limit_bytes)
    out.write(written.getbuffer())


def write_image(
    page: FinishedPage,
    out: BinaryIO,
    format: Literal["png", "jpg"],
    limit_bytes: float = math.inf,
) -> None:
    """Write one page as an image, with its resolution and no other metadata.

    Raises:
        TooLarge: the file would have `limit_bytes` or more.
    """
    dpi, written = (page.dpi, page.dpi), BytesIO()
    if format == "png":
        _exact(page.pixels).image().save(written, "PNG", dpi=dpi, compress_level=FLATE_LEVEL)
    else:
        _save_jpeg(page.pixels, written, dpi)
    _check_size(written.getbuffer().nbytes, limit_bytes)
    out.write(written.getbuffer())


def _check_size(size_bytes: int, limit_bytes: float) -> None:
    if size_bytes >= limit_bytes:
        raise TooLarge


# -- pages ----------------------------------------------------------------------------------


def _add_page(pdf: Pdf, page: FinishedPage, font: _Font) -> int:
    """Gives the bytes that its picture takes."""
    height, width = page.pixels.shape[:2]
    scale = POINTS_PER_INCH / page.dpi
    box = [_number(width * scale), _number(height * scale)]
    content = _content(page, font, scale, height * scale, box)
    picture = _image(pdf, page)
    resources = Dictionary(XObject=Dictionary(Im0=picture))
    if page.lines:
        resources.Font = Dictionary(F0=font.reference)
    leaf = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *map(Decimal, box)]),
        Contents=_flate(pdf, content),
        Resources=resources,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(leaf)))
    return len(memoryview(picture.get_raw_stream_buffer()))


def _content(
    page: FinishedPage, font: _Font, scale: float, height_pt: float, box: list[str]
) -> bytes:
    """The picture over the whole page, then the text that nobody sees."""
    picture = f"q {box[0]} 0 0 {box[1]} 0 0 cm /Im0 Do Q\n"
    runs = [run for line in page.lines if line.glyphs for run in _runs(line)]
    shown = "".join(_show(run, font, scale, height_pt) for run in runs)
    return f"{picture}BT 3 Tr\n{shown}ET\n".encode("ascii")


def _image(pdf: Pdf, page: FinishedPage) -> Stream:
    """The picture as an indirect image XObject: JPEG where photographic, else without loss."""
    if not page.photographic:
        return _exact(page.pixels).stream(pdf)
    jpeg = io.BytesIO()
    mode = _save_jpeg(page.pixels, jpeg, None)
    colours = Name.DeviceGray if mode == "L" else Name.DeviceRGB
    size = (page.pixels.shape[1], page.pixels.shape[0])
    return _image_stream(pdf, jpeg.getvalue(), size, colours, 8, Filter=Name.DCTDecode)


def _image_stream(
    pdf: Pdf, data: bytes, size: tuple[int, int], colours: object, depth: int, **coding: object
) -> Stream:
    width, height = size
    return Stream(
        pdf,
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=colours,
        BitsPerComponent=depth,
        **coding,
    )


def _save_jpeg(pixels: Pixels, out: BinaryIO, dpi: tuple[float, float] | None) -> str:
    """Encode, grey where every pixel is grey; gives Pillow's mode."""
    image = Image.fromarray(pixels[:, :, 0].copy() if _is_grey(pixels) else pixels)
    resolution = {"dpi": dpi} if dpi else {}
    image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=JPEG_SUBSAMPLING, **resolution)
    return image.mode


def _is_grey(pixels: Pixels) -> bool:
    red, green, blue = cv2.split(np.ascontiguousarray(pixels))
    return np.array_equal(red, green) and np.array_equal(red, blue)


def _flate(pdf: Pdf, data: bytes) -> Stream:
    return Stream(pdf, zlib.compress(data, 9), Filter=Name.FlateDecode)


# -- pixels without loss --------------------------------------------------------------------


@dataclass(frozen=True)
class _Exact:
    """Pixels as the smallest kind of picture that holds them exactly.

    `pixels` is height × width: places in the `palette` (n × 3) where there is one, else grey; or
    height × width × 3.
    """

    pixels: NDArray[np.uint8]
    palette: NDArray[np.uint8] | None = None

    def image(self) -> Image.Image:
        """As Pillow has it."""
        if self.palette is None:
            return Image.fromarray(self.pixels)
        image = Image.fromarray(self.pixels, mode="P")
        image.putpalette(self.palette.tobytes())
        return image

    def stream(self, pdf: Pdf) -> Stream:
        """As an image XObject, filtered as a PNG is where that helps: PDF 32000-1 §7.4.4.4."""
        if self.palette is not None:
            return self._indexed(pdf)
        if _is_flat(self.pixels):
            return self._deflated(pdf, self.pixels)
        return self._deflated(pdf, _filtered(self.pixels), DecodeParms=self._parameters(8))

    def _deflated(self, pdf: Pdf, data: NDArray[np.uint8], **coding: object) -> Stream:
        colours = Name.DeviceGray if self.pixels.ndim == 2 else Name.DeviceRGB
        packed = zlib.compress(np.ascontiguousarray(data).data, FLATE_LEVEL)
        coding = {"Filter": Name.FlateDecode, **coding}
        return _image_stream(pdf, packed, self._size(), colours, 8, **coding)

    def _indexed(self, pdf: Pdf) -> Stream:
        """The data are a PNG's own."""
        chunks = self._chunks()
        depth, colours = chunks[b"IHDR"][8], _palette(chunks[b"PLTE"])
        coding = {"Filter": Name.FlateDecode, "DecodeParms": self._parameters(depth)}
        return _image_stream(pdf, chunks[b"IDAT"], self._size(), colours, depth, **coding)

    def _size(self) -> tuple[int, int]:
        height, width = self.pixels.shape[:2]
        return width, height

    def _parameters(self, depth: int) -> Dictionary:
        return Dictionary(
            Predictor=15,
            Colors=1 if self.pixels.ndim == 2 else 3,
            BitsPerComponent=depth,
            Columns=self.pixels.shape[1],
        )

    def _chunks(self) -> dict[bytes, bytes]:
        png = io.BytesIO()
        self.image().save(png, "PNG", compress_level=FLATE_LEVEL)
        chunks: dict[bytes, bytes] = {}
        for kind, data in _png_chunks(png.getvalue()):
            chunks[kind] = chunks.get(kind, b"") + data
        return chunks


def _is_flat(pixels: NDArray[np.uint8]) -> bool:
    """Whether most pixels are as the one before them."""
    rows = pixels.reshape(*pixels.shape[:2], -1)[::FLAT_SAMPLED]
    same = (rows[:, 1:] == rows[:, :-1]).all(axis=2)
    return not same.size or float(same.mean()) >= FLAT


def _filtered(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each row as its difference from the one above, behind the number of that filter."""
    rows = pixels.reshape(len(pixels), -1)
    filtered = np.empty((len(rows), 1 + rows.shape[1]), dtype=np.uint8)
    filtered[:, 0] = UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    return filtered


def _palette(colours: bytes) -> Array:
    return Array([Name.Indexed, Name.DeviceRGB, len(colours) // 3 - 1, pikepdf.String(colours)])


def _png_chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk: ISO/IEC 15948 §5.3."""
    at = 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _exact(pixels: Pixels) -> _Exact:
    """A palette where there are few colours, grey where there is no other, else all three."""
    if len(_colours(_packed(pixels[::SAMPLED, ::SAMPLED]))) > MAX_PALETTE:
        return _Exact(pixels)
    packed = _packed(pixels)
    colours = _colours(packed)
    if len(colours) > MAX_PALETTE:
        return _Exact(pixels)
    rgb = np.stack([colours & 255, colours >> 8 & 255, colours >> 16], axis=1).astype(np.uint8)
    grey = bool((rgb == rgb[:, :1]).all())
    if grey and len(colours) > MAX_SMALL_PALETTE:
        return _Exact(pixels[:, :, 0].copy())
    return _Exact(_places(packed, colours), rgb)


def _places(packed: NDArray[np.uint32], colours: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Where each pixel's colour stands among these."""
    place = np.zeros(1 << 24, dtype=np.uint8)
    place[colours] = np.arange(len(colours))
    return place[packed]


def _packed(pixels: Pixels) -> NDArray[np.uint32]:
    """Each pixel as one number: red, green and blue from the lowest byte up."""
    four = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2RGBA)
    return np.asarray(four.view("<u4")[:, :, 0] & 0xFFFFFF, dtype=np.uint32)


def _colours(packed: NDArray[np.uint32]) -> NDArray[np.intp]:
    """The colours there are, in order; looked up in a table of all, which is quicker to sort."""
    seen = np.zeros(1 << 24, dtype=np.bool_)
    seen[packed] = True
    return np.flatnonzero(seen)


# -- invisible text -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    """Glyphs that follow each other without a gap; lengths in pixels.

    `origin` is where the baseline begins, `along` the reading direction (length 1), `widths`
    how far it is from each glyph's start to the next one's.
    """

    chars: tuple[str, ...]
    widths: tuple[float, ...]
    height: float
    origin: NDArray[np.float64]
    along: NDArray[np.float64]


def _runs(line: Line) -> Iterator[_Run]:
    """The line's glyphs, cut where there is a gap or a step back."""
    along = _direction(line)
    down = np.array([-along[1], along[0]])
    boxes = [_extent(glyph.quad, along, down) for glyph in line.glyphs]
    run = [0]
    for here, after in pairwise(range(len(boxes))):
        if not _touching(boxes[here], boxes[after]):
            yield _run(line, boxes, run, along, down)
            run = []
        run.append(after)
    yield _run(line, boxes, run, along, down)


@dataclass(frozen=True)
class _Extent:
    """Where a glyph begins and ends along the line, and across it from top to bottom."""

    start: float
    end: float
    top: float
    bottom: float


def _extent(quad: Quad, along: NDArray[np.float64], down: NDArray[np.float64]) -> _Extent:
    corners = quad.array()
    x, y = corners @ along, corners @ down
    return _Extent(float(x.min()), float(x.max()), float(y.min()), float(y.max()))


def _touching(here: _Extent, after: _Extent) -> bool:
    gap = after.start - here.end
    return after.start > here.start and gap < TOUCHING_EM * (here.bottom - here.top)


def _run(
    line: Line,
    boxes: list[_Extent],
    members: list[int],
    along: NDArray[np.float64],
    down: NDArray[np.float64],
) -> _Run:
    mine = [boxes[index] for index in members]
    starts = [box.start for box in mine]
    ends = [*starts[1:], max(mine[-1].end, starts[-1])]
    top = float(np.median([box.top for box in mine]))
    bottom = float(np.median([box.bottom for box in mine]))
    baseline = bottom - DESCENT / EM * (bottom - top)
    return _Run(
        chars=tuple(line.glyphs[index].char for index in members),
        widths=tuple(end - start for start, end in zip(starts, ends, strict=True)),
        height=bottom - top,
        origin=starts[0] * along + baseline * down,
        along=along,
    )


def _direction(line: Line) -> NDArray[np.float64]:
    """Where the line runs: along its glyphs, or from one to the next where it is vertical."""
    whole = line.quad.array()
    first = line.glyphs[0].quad.array()
    sideways = _unit(whole[1] - whole[0] + whole[2] - whole[3], np.array([1.0, 0.0]))
    upright = _unit(first[1] - first[0] + first[2] - first[3], sideways)
    if sideways @ upright > math.cos(math.pi / 4):
        return sideways
    step = line.glyphs[-1].quad.array().mean(axis=0) - first.mean(axis=0)
    return _unit(step, upright)


def _unit(vector: NDArray[np.float64], otherwise: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.hypot(*vector))
    return vector / length if length > 0 else otherwise


def _show(run: _Run, font: _Font, scale: float, height_pt: float) -> str:
    """The operators that show a run: PDF 32000-1 §9.4."""
    size = run.height * scale
    if size <= 0:
        return ""
    (cos, sin), (x, y) = run.along, run.origin * scale
    matrix = " ".join(map(_number, (cos, -sin, sin, cos, x, height_pt - y)))
    array = "".join(_placed(run, font))
    return f"/F0 {_number(size)} Tf {matrix} Tm [{array}] TJ\n"


def _placed(run: _Run, font: _Font) -> Iterator[str]:
    """Each glyph's code, and how far the next one is from where the font's width would put it.

    One operator shows the whole run, because PDFium takes each for a line of its own where the
    page is turned.
    """
    wanted = pen = 0.0
    for char, width in zip(run.chars, run.widths, strict=True):
        wanted += width / run.height * EM
        code, width_of_code = font.code(char, round(wanted - pen))
        pen += width_of_code
        step = round(pen - wanted)
        pen -= step
        yield f"<{code:04X}>" + (str(step) if step else "")


@dataclass
class _Font:
    """The font that draws nothing: a code for each character in each width that it has."""

    pdf: Pdf
    codes: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reference = self.pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type0))

    def code(self, char: str, width: int) -> tuple[int, int]:
        """The code, and its width in units, which is near the one asked for.

        Codes are given in the order of use, from 1. Once all are used up, new characters get
        code 0, which no reader can copy or search.
        """
        steps = min(max(1, round(width / WIDTH_STEP)), MOST_WIDTH_STEPS)
        free = len(self.codes) + 1
        if free <= LAST_CODE:
            return self.codes.setdefault((char, steps), free), steps * WIDTH_STEP
        code = self.codes.get((char, steps), 0)
        return code, steps * WIDTH_STEP if code else EM

    def finish(self) -> None:
        """Complete the font once all characters are known."""
        self.reference.BaseFont = Name.Glyphless
        self.reference.Encoding = Name("/Identity-H")
        self.reference.DescendantFonts = Array([self.pdf.make_indirect(self._descendant())])
        self.reference.ToUnicode = _flate(self.pdf, _to_unicode(self.codes))

    def _descendant(self) -> Dictionary:
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name.Glyphless,
            CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            DW=EM,
            W=Array([1, Array([steps * WIDTH_STEP for _, steps in self.codes])]),
            CIDToGIDMap=_flate(self.pdf, self._glyph_numbers()),
            FontDescriptor=self.pdf.make_indirect(self._descriptor()),
        )

    def _glyph_numbers(self) -> bytes:
        """Which glyph each code has, from code 0: the one of its width."""
        steps = (0, *(steps for _, steps in self.codes))
        return struct.pack(f">{len(steps)}H", *steps)

    def _descriptor(self) -> Dictionary:
        """PDF 32000-1 §9.8: a symbolic font whose box is the em."""
        program = _glyphless()
        file = Stream(
            self.pdf, zlib.compress(program, 9), Filter=Name.FlateDecode, Length1=len(program)
        )
        return Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name.Glyphless,
            Flags=4,
            FontBBox=Array([0, -DESCENT, EM, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=-DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=file,
        )


def _glyphless() -> bytes:
    """A TrueType font whose glyphs have a box but no area, one a width, and the em as glyph 0.

    It is embedded because PDFium leaves out the characters that its replacement fonts lack; and
    each glyph is a diagonal, not nothing, because PDFium leaves out characters whose box is
    empty. The tables are those that PDF 32000-1 §9.9 asks for; layout: OpenType 1.9.
    """
    widths = (EM, *(step * WIDTH_STEP for step in range(1, MOST_WIDTH_STEPS + 1)))
    glyphs = [_diagonal(width) for width in widths]
    words = len(glyphs[0]) // 2
    zeros = [0] * 11
    tables = {
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, EM, 0, 0),
            *(0, -DESCENT, max(widths), ASCENT, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhH11hH", 0x00010000, ASCENT, -DESCENT, 0, max(widths), *zeros, len(widths)
        ),
        b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in widths),
        b"loca": struct.pack(f">{len(widths) + 1}H", *(words * n for n in range(len(widths) + 1))),
        b"maxp": struct.pack(">IH13H", 0x00010000, len(widths), 2, 1, *zeros),
    }
    return _sfnt(tables)


def _diagonal(width: int) -> bytes:
    """A glyph of two points, from the box's lower left to its upper right."""
    header = (1, 0, -DESCENT, width, ASCENT)
    last_point, instructions, on_curve = 1, 0, 1
    points = (0, width, -DESCENT, EM)
    return struct.pack(">5h2H2B4h", *header, last_point, instructions, on_curve, on_curve, *points)


def _sfnt(tables: dict[bytes, bytes]) -> bytes:
    """Tables and their directory in one file: OpenType 1.9, "Organization of an OpenType font"."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(">IHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, 0)
    head = head[:10] + struct.pack(">H", (count - power) * 16)
    at, directory, body = 12 + 16 * count, b"", b""
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        directory += struct.pack(">4sIII", tag, _checksum(padded), at + len(body), len(data))
        body += padded
    return head + directory + body


def _checksum(padded: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _to_unicode(codes: dict[tuple[str, int], int]) -> bytes:
    """The CMap from codes to characters: PDF 32000-1 §9.10.3, UTF-16 beyond the BMP."""
    entries = [f"<{code:04X}> <{_utf16(char)}>\n" for (char, _), code in codes.items()]
    blocks = (entries[at : at + CMAP_BLOCK] for at in range(0, len(entries), CMAP_BLOCK))
    body = "".join(f"{len(b)} beginbfchar\n{''.join(b)}endbfchar\n" for b in blocks)
    return (CMAP_HEAD + body + CMAP_TAIL).encode("ascii")


def _utf16(char: str) -> str:
    return char.encode("utf-16-be", "replace").hex().upper()


CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
CMAP_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _number(value: float) -> str:
    """A PDF number without exponent or needless zeros."""
    text = f"{value:.{ROUNDING}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
