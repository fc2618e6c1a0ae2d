"""Draws test pages whose every glyph is known, for tests, samples and benchmarks.

    page([Text(…), Box(…)]) → Drawn (pixels and glyphs) → skewed, noisy, in_perspective, … → Drawn
    statement_pdf([Sheet([Text(…)])]) → DrawnPdf (bytes and glyphs);  scan_pdf(drawn) → DrawnPdf

Positions are in points from the page's top-left corner and name the start of the baseline. What
is drawn comes back in pixels, origin top-left; a pixel covers [i, i + 1). Fonts come from PyMuPDF
and pymupdf-fonts, never from the system, so that every machine draws the same page. (Fira Mono,
"fimo", is one to avoid in a PDF: MuPDF fails to subset it and says so on stderr.)
"""

from __future__ import annotations

import math
import random
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from prepdoc.page import POINTS_PER_INCH, Glyph, Line, Page, Pixels, Point, Quad

Rgb: TypeAlias = tuple[int, int, int]
Size: TypeAlias = tuple[float, float]
Matrix: TypeAlias = NDArray[np.float64]

A4: Size = (595.0, 842.0)
LETTER: Size = (612.0, 792.0)
BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)

# The em box of CJK fonts (OpenType `ideo` baseline): 0.88 em above the baseline, 0.12 below.
ASCENT_EM = 0.88
DESCENT_EM = 0.12

# Far enough around a baseline's start for every glyph of the fonts used; the widest is 1 em.
STAMP_EM = 1.5
# Outlines are measured at this size: 0.002 em, a twentieth of a pixel of 10 pt text at 200 dpi.
OUTLINE_PX = 512

Brand: TypeAlias = Literal[
    "visa",
    "mastercard",
    "mastercard-2",
    "amex",
    "jcb",
    "diners",
    "unionpay",
    "discover",
    "maestro",
]

# Brand → the first six digits of test numbers that payment services publish for their sandboxes
# (Stripe, Adyen, PayPal and Braintree test cards), and the lengths; the first is the usual one.
TEST_RANGES: Mapping[Brand, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "visa": (("411111", "424242", "401288", "422222"), (16, 13, 19)),
    "mastercard": (("555555", "510510", "520082"), (16,)),
    "mastercard-2": (("222300", "222240", "222241"), (16,)),
    "amex": (("378282", "371449", "378734"), (15,)),
    "jcb": (("353011", "356600", "356999"), (16, 19)),
    "diners": (("305693", "385200", "362272"), (14,)),
    "unionpay": (("620000", "620550", "621094"), (16, 19)),
    "discover": (("601111", "601100", "644564"), (16, 19)),
    "maestro": (("675964", "677179", "630400"), (16, 12, 13, 19)),
}

# Digits → how they are grouped on the card and on statements; others go by fours.
GROUPS: Mapping[int, tuple[int, ...]] = {
    13: (4, 3, 3, 3),
    14: (4, 6, 4),
    15: (4, 6, 5),
    16: (4, 4, 4, 4),
    19: (4, 4, 4, 4, 3),
}

# EXIF Orientation (tag 0x0112, CIPA DC-008 4.6.5) → quarter turns counter-clockwise that the
# stored picture is away from the upright one.
ORIENTATION_TAG = 0x0112
STORED_TURNS: Mapping[int, int] = {1: 0, 3: 2, 6: 1, 8: 3}


# --- card numbers ------------------------------------------------------------------------------


def luhn_digit(body: str) -> str:
    """The check digit that follows `body` (ISO/IEC 7812-1 annex B)."""
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def pan(brand: Brand, seed: int, length: int | None = None, luhn: bool = True) -> str:
    """The digits of a made-up card number from a test range; the same seed gives the same.

    Raises:
        ValueError: the brand issues no numbers of that length.
    """
    prefixes, lengths = TEST_RANGES[brand]
    length = length or lengths[0]
    if length not in lengths:
        raise ValueError(f"{brand} numbers have {lengths} digits, not {length}")
    chance = random.Random(f"{brand} {length} {seed}")
    prefix = chance.choice(prefixes)
    body = prefix + "".join(chance.choices("0123456789", k=length - len(prefix) - 1))
    check = int(luhn_digit(body))
    return body + str(check if luhn else (check + chance.randint(1, 9)) % 10)


def grouped(digits: str, separator: str = "-") -> str:
    """The digits as a card shows them: 4-4-4-4, 4-6-5, 4-6-4, 4-4-4-4-3."""
    sizes = GROUPS.get(len(digits), (4,) * math.ceil(len(digits) / 4))
    ends = np.cumsum(sizes)
    return separator.join(digits[end - n : end] for n, end in zip(sizes, ends, strict=True))


# --- what is asked for -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A run of characters: `at` is the start of its baseline and `pt` its size, in points.

    `pitch` is the step from one character to the next in points where the font's own advance
    shall not count: (12, 0) sets letters wide, (0, 12) writes downwards.
    """

    text: str
    at: Point
    pt: float = 10.0
    font: str = "japan"
    tag: str = ""
    colour: Rgb = BLACK
    pitch: Point | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: `at` is its top-left corner and `size` its width and height, in points."""

    at: Point
    size: Size
    fill: Rgb = BLACK


Item: TypeAlias = Text | Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page of a born-digital PDF.

    `rotate` is the page's /Rotate in degrees, `crop` its CropBox as left, top, right, bottom in
    points from the top-left of the sheet, and `user_unit` its /UserUnit.
    """

    items: Sequence[Item]
    size: Size = A4
    rotate: int = 0
    crop: tuple[float, float, float, float] | None = None
    user_unit: float = 1.0


# --- what comes back ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawnGlyph:
    """A character as drawn: the quad of its ink, and its cell (advance × em box).

    A space has no ink: there `quad` is its cell.
    """

    char: str
    quad: Quad
    cell: Quad
    tag: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The upright box around the ink: left, top, right, bottom."""
        return self.quad.box()

    @property
    def inked(self) -> bool:
        """Whether anything of it can be seen."""
        return not self.char.isspace()

    @property
    def is_digit(self) -> bool:
        """A decimal digit, full-width ones too."""
        return unicodedata.normalize("NFKC", self.char).isdecimal()

    def through(self, matrix: Matrix) -> DrawnGlyph:
        """The same glyph after a 3 × 3 projective map of the page's points."""
        return replace(self, quad=_mapped(self.quad, matrix), cell=_mapped(self.cell, matrix))


@dataclass(frozen=True, slots=True)
class Truth:
    """What masking has to do with one number: paint `mask`, leave `keep`; ink quads in pixels."""

    mask: tuple[Quad, ...]
    keep: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn page: H × W × 3 RGB pixels, and every glyph on it in the order of drawing."""

    pixels: Pixels = field(repr=False, compare=False)
    glyphs: tuple[DrawnGlyph, ...] = field(repr=False)
    dpi: float

    def tagged(self, tag: str) -> tuple[DrawnGlyph, ...]:
        """The glyphs of one run, spaces too."""
        return tuple(glyph for glyph in self.glyphs if glyph.tag == tag)

    def truth(self, tag: str = "pan", last: int = 4) -> Truth:
        """What to paint and to keep of the run; `last` is how many digits may stay."""
        return truth_of(self.tagged(tag), last)

    def lines(self) -> tuple[Line, ...]:
        """One line a run, as a truthful text layer gives them (cells, spaces as glyphs)."""
        return tuple(
            Line(tuple(Glyph(g.char, g.cell) for g in run), "text") for run in _runs(self.glyphs)
        )

    def as_page(self, number: int = 1) -> Page:
        """The page as the reading stage would hand it on, with a truthful text layer."""
        return Page(number, self.pixels, self.dpi, lines=self.lines())


@dataclass(frozen=True, slots=True)
class DrawnPdf:
    """A PDF file and, for each page as it is displayed, its glyphs in pixels at 72 dpi."""

    data: bytes = field(repr=False)
    pages: tuple[tuple[DrawnGlyph, ...], ...] = field(repr=False)

    def glyphs(self, page: int = 1, dpi: float = POINTS_PER_INCH) -> tuple[DrawnGlyph, ...]:
        """The glyphs of a page (from 1) in pixels of its rendering at `dpi`."""
        matrix = _scaling(dpi / POINTS_PER_INCH)
        return tuple(glyph.through(matrix) for glyph in self.pages[page - 1])

    def truth(
        self, tag: str = "pan", page: int = 1, dpi: float = POINTS_PER_INCH, last: int = 4
    ) -> Truth:
        """What to paint and to keep of the run, in pixels of the page's rendering at `dpi`."""
        return truth_of((g for g in self.glyphs(page, dpi) if g.tag == tag), last)


def truth_of(glyphs: Iterable[DrawnGlyph], last: int = 4) -> Truth:
    """Of the digits among the glyphs the last ones stay (0: none), and the others go."""
    digits = [glyph.quad for glyph in glyphs if glyph.is_digit]
    first_kept = max(0, len(digits) - last)
    return Truth(tuple(digits[:first_kept]), tuple(digits[first_kept:]))


def _runs(glyphs: Iterable[DrawnGlyph]) -> list[list[DrawnGlyph]]:
    """Glyphs of one tag that follow each other, cut where the next does not touch the last."""
    runs: list[list[DrawnGlyph]] = []
    for glyph in glyphs:
        if runs and runs[-1][-1].tag == glyph.tag and _touching(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def _touching(left: DrawnGlyph, right: DrawnGlyph) -> bool:
    """Whether the second cell begins where the first ends, within a tenth of its height."""
    return math.dist(left.cell.br, right.cell.bl) < left.cell.height() / 10


# --- fonts and layout --------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _pdf_font(name: str) -> Any:
    """A font of PyMuPDF ("japan", "helv", "cour", "tiro", …) or pymupdf-fonts ("figo", …)."""
    import pymupdf

    return pymupdf.Font(fontname=name)


@lru_cache(maxsize=128)
def _pillow_font(name: str, size_px: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        BytesIO(_pdf_font(name).buffer), size_px, layout_engine=ImageFont.Layout.BASIC
    )


def width_pt(text: str, pt: float, font: str = "japan") -> float:
    """How far a run reaches, in points; takes the place of a guess when aligning right."""
    return float(sum(_advance(font, char) for char in text) * pt)


@lru_cache(maxsize=4096)
def _advance(font: str, char: str) -> float:
    """In em.

    Raises:
        ValueError: the font has no such character, and would draw a box.
    """
    if not _pdf_font(font).has_glyph(ord(char)):
        raise ValueError(f"font {font} has no {unicodedata.name(char, repr(char))}")
    return float(_pdf_font(font).glyph_advance(ord(char)))


def _origins(text: Text) -> list[Point]:
    """The baseline's start of each character, in points."""
    x, y = text.at
    origins = []
    for char in text.text:
        origins.append((x, y))
        dx, dy = text.pitch or (_advance(text.font, char) * text.pt, 0.0)
        x, y = x + dx, y + dy
    return origins


def _cell(text: Text, char: str, origin: Point) -> Quad:
    x, y = origin
    right = x + _advance(text.font, char) * text.pt
    return Quad.from_box(x, y - ASCENT_EM * text.pt, right, y + DESCENT_EM * text.pt)


# --- pages of pixels ---------------------------------------------------------------------------


def page(
    items: Iterable[Item], *, dpi: float = 200.0, size: Size = A4, paper: Rgb = WHITE
) -> Drawn:
    """The items drawn on a sheet of `size` points; later ones lie on top."""
    scale = dpi / POINTS_PER_INCH
    canvas = Image.new("RGB", (round(size[0] * scale), round(size[1] * scale)), paper)
    glyphs: list[DrawnGlyph] = []
    for item in items:
        if isinstance(item, Text):
            glyphs += _draw_text(canvas, item, scale)
        else:
            _draw_box(canvas, item, scale)
    return Drawn(np.array(canvas, dtype=np.uint8), tuple(glyphs), dpi)


def _draw_text(canvas: Image.Image, text: Text, scale: float) -> list[DrawnGlyph]:
    font = _pillow_font(text.font, text.pt * scale)
    glyphs = []
    for char, origin in zip(text.text, _origins(text), strict=True):
        cell = _cell(text, char, origin).scaled(scale)
        ink = _draw_char(canvas, font, char, (origin[0] * scale, origin[1] * scale), text.colour)
        glyphs.append(DrawnGlyph(char, ink or cell, cell, text.tag))
    return glyphs


def _draw_char(
    canvas: Image.Image, font: ImageFont.FreeTypeFont, char: str, at: Point, colour: Rgb
) -> Quad | None:
    """Draws one character on a stamp of its own, so that its ink can be measured alone."""
    left, top = math.floor(at[0]), math.floor(at[1])
    stamp, reach = _stamped(font, char, (at[0] - left, at[1] - top))
    canvas.paste(colour, (left - reach, top - reach), stamp)
    ink = stamp.getbbox()
    return Quad.from_box(*ink).moved(left - reach, top - reach) if ink else None


def _stamped(font: ImageFont.FreeTypeFont, char: str, start: Point) -> tuple[Image.Image, int]:
    """The character's coverage (0 to 255) on a square, and how far in `start` is counted from."""
    reach = math.ceil(font.size * STAMP_EM)
    stamp = Image.new("L", (2 * reach, 2 * reach))
    at = (reach + start[0], reach + start[1])
    ImageDraw.Draw(stamp).text(at, char, 255, font, anchor="ls")
    return stamp, reach


def _draw_box(canvas: Image.Image, box: Box, scale: float) -> None:
    """Hairlines are at least one pixel thick, as PDF viewers draw them."""
    left, top = round(box.at[0] * scale), round(box.at[1] * scale)
    width, height = (max(1, round(side * scale)) for side in box.size)
    ImageDraw.Draw(canvas).rectangle((left, top, left + width - 1, top + height - 1), box.fill)


# --- what scanners, phones and screens do to a page ----------------------------------------------


def skewed(drawn: Drawn, degrees: float, paper: Rgb = WHITE) -> Drawn:
    """Turned counter-clockwise about the centre by a few degrees, on a sheet of the same size."""
    height, width = drawn.pixels.shape[:2]
    affine = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return _warped(drawn, np.vstack([affine, (0, 0, 1)]), _sheet_of((height, width), paper))


def turned(drawn: Drawn, quarter_turns: int) -> Drawn:
    """Turned counter-clockwise by quarters, as numpy.rot90 counts; no pixel is lost."""
    matrix = np.eye(3)
    width, height = drawn.pixels.shape[1], drawn.pixels.shape[0]
    for _ in range(quarter_turns % 4):
        matrix = np.array([(0, 1, 0), (-1, 0, width), (0, 0, 1)], dtype=np.float64) @ matrix
        width, height = height, width
    pixels = np.ascontiguousarray(np.rot90(drawn.pixels, quarter_turns))
    return replace(drawn, pixels=pixels, glyphs=_through(drawn.glyphs, matrix))


def scaled(drawn: Drawn, factor: float) -> Drawn:
    """Shrunk or enlarged; the dpi follow."""
    height, width = (round(side * factor) for side in drawn.pixels.shape[:2])
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    pixels = _pixels(cv2.resize(drawn.pixels, (width, height), interpolation=how))
    matrix = np.diag([width / drawn.pixels.shape[1], height / drawn.pixels.shape[0], 1.0])
    return Drawn(pixels, _through(drawn.glyphs, matrix), drawn.dpi * factor)


def curled(drawn: Drawn, rise: float, waves: int = 1) -> Drawn:
    """A page that bends: lines rise by so many pixels, and sink, so many times across."""
    height, width = drawn.pixels.shape[:2]
    rises = rise * np.sin(np.linspace(0, waves * math.pi, width, dtype=np.float32))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    pixels = cv2.remap(drawn.pixels, x, y + rises, cv2.INTER_LINEAR, borderValue=WHITE)
    places = np.arange(width) + 0.5

    def bent(quad: Quad) -> Quad:
        corners = quad.array()
        corners[:, 1] -= np.interp(corners[:, 0], places, rises)
        return Quad.from_array(corners)

    glyphs = (
        replace(glyph, quad=bent(glyph.quad), cell=bent(glyph.cell)) for glyph in drawn.glyphs
    )
    return replace(drawn, pixels=_pixels(pixels), glyphs=tuple(glyphs))


def in_perspective(drawn: Drawn, corners: Quad, background: Pixels) -> Drawn:
    """The page's corners moved to `corners` (pixels) of a copy of the background picture."""
    height, width = drawn.pixels.shape[:2]
    sheet = Quad.from_box(0, 0, width, height).array().astype(np.float32)
    matrix = cv2.getPerspectiveTransform(sheet, corners.array().astype(np.float32))
    return _warped(drawn, np.asarray(matrix, dtype=np.float64), background)


def blurred(drawn: Drawn, sigma_px: float) -> Drawn:
    """Out of focus; the ink reaches a little out of its quads then."""
    return replace(drawn, pixels=_pixels(cv2.GaussianBlur(drawn.pixels, (0, 0), sigma_px)))


def noisy(drawn: Drawn, sigma: float, seed: int = 0) -> Drawn:
    """Sensor noise: normal, `sigma` grey levels, the same in the three channels."""
    noise = np.random.default_rng(seed).normal(0, sigma, drawn.pixels.shape[:2])
    return replace(drawn, pixels=_clipped(drawn.pixels + noise[..., None]))


def faded(drawn: Drawn, *, darkest: float, lightest: float) -> Drawn:
    """Less contrast: black becomes `darkest` and white `lightest`, in grey levels."""
    values = darkest + drawn.pixels * ((lightest - darkest) / 255.0)
    return replace(drawn, pixels=_clipped(values))


def shadowed(drawn: Drawn, darkest: float = 0.55) -> Drawn:
    """A shadow that falls from the top-left corner, where `darkest` of the light is left."""
    height, width = drawn.pixels.shape[:2]
    across = np.linspace(0, 1, width) + np.linspace(0, 1, height)[:, None]
    light = darkest + (1 - darkest) * np.clip(across, 0, 1)
    return replace(drawn, pixels=_clipped(drawn.pixels * light[..., None]))


def jpegged(drawn: Drawn, quality: int) -> Drawn:
    """Through a JPEG encoder and back."""
    with Image.open(BytesIO(picture_bytes(drawn, "JPEG", quality=quality))) as image:
        return replace(drawn, pixels=np.array(image.convert("RGB"), dtype=np.uint8))


def dark(drawn: Drawn) -> Drawn:
    """Dark mode: light where it was dark."""
    return replace(drawn, pixels=_pixels(255 - drawn.pixels))


def grey(drawn: Drawn) -> Drawn:
    """Without colour; still three channels."""
    luma = np.array(Image.fromarray(drawn.pixels).convert("L"), dtype=np.uint8)
    return replace(drawn, pixels=np.repeat(luma[..., None], 3, axis=2))


def one_bit(drawn: Drawn, threshold: int = 160) -> Drawn:
    """Black and white only, as a fax: what is darker than the threshold becomes black."""
    light = grey(drawn).pixels >= threshold
    return replace(drawn, pixels=np.where(light, np.uint8(255), np.uint8(0)))


def outlined(drawn: Drawn, quads: Iterable[Quad], colour: Rgb = (255, 0, 0)) -> Pixels:
    """A copy of the pixels with the quads drawn in, to look at when a test fails."""
    image = Image.fromarray(drawn.pixels)
    for quad in quads:
        ImageDraw.Draw(image).polygon([quad.tl, quad.tr, quad.br, quad.bl], outline=colour)
    return np.array(image, dtype=np.uint8)


def picture_bytes(
    drawn: Drawn,
    format: Literal["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"],
    *,
    quality: int = 90,
    orientation: int = 1,
) -> bytes:
    """The pixels as an image file; `orientation` 3, 6 and 8 store them turned, as phones do.

    Raises:
        ValueError: the format has no place to say that the picture is stored turned.
    """
    if orientation != 1 and format in ("BMP", "GIF"):
        raise ValueError(f"{format} holds no orientation")
    stored = Image.fromarray(np.ascontiguousarray(_stored(drawn.pixels, orientation)))
    exif = Image.Exif()
    if orientation != 1:
        exif[ORIENTATION_TAG] = orientation
    target = BytesIO()
    dpi = (round(drawn.dpi), round(drawn.dpi))
    stored.save(target, format, quality=quality, dpi=dpi, exif=exif.tobytes())
    return target.getvalue()


def _stored(pixels: Pixels, orientation: int) -> Pixels:
    return _pixels(np.rot90(pixels, STORED_TURNS[orientation]))


def _sheet_of(shape: tuple[int, int], paper: Rgb) -> Pixels:
    return np.full((*shape, 3), paper, dtype=np.uint8)


def _warped(drawn: Drawn, matrix: Matrix, background: Pixels) -> Drawn:
    """OpenCV puts a pixel's centre at its index; our pixels cover [i, i + 1)."""
    height, width = background.shape[:2]
    for_centres = _shifting(-0.5) @ matrix @ _shifting(0.5)
    size, how = (width, height), cv2.INTER_LINEAR
    picture = cv2.warpPerspective(drawn.pixels, for_centres, size, flags=how)
    whole = np.full(drawn.pixels.shape[:2], 255, dtype=np.uint8)
    cover = cv2.warpPerspective(whole, for_centres, size, flags=how)[..., None] / 255.0
    pixels = _clipped(picture + background * (1 - cover))
    return replace(drawn, pixels=pixels, glyphs=_through(drawn.glyphs, matrix))


def _clipped(values: NDArray[np.floating]) -> Pixels:
    return _pixels(np.clip(np.rint(values), 0, 255))


def _pixels(array: Any) -> Pixels:
    return np.asarray(array, dtype=np.uint8)


def _shifting(by: float) -> Matrix:
    return np.array([(1, 0, by), (0, 1, by), (0, 0, 1)], dtype=np.float64)


def _scaling(by: float) -> Matrix:
    return np.diag([by, by, 1.0])


def _mapped(quad: Quad, matrix: Matrix) -> Quad:
    corners = np.column_stack([quad.array(), np.ones(4)]) @ matrix.T
    return Quad.from_array(corners[:, :2] / corners[:, 2:])


def _through(glyphs: Iterable[DrawnGlyph], matrix: Matrix) -> tuple[DrawnGlyph, ...]:
    return tuple(glyph.through(matrix) for glyph in glyphs)


# --- PDF files ---------------------------------------------------------------------------------


def statement_pdf(
    sheets: Sequence[Sheet],
    *,
    password: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> DrawnPdf:
    """A born-digital PDF with a text layer and embedded subset fonts, one page a sheet.

    Without a password the same sheets give the same bytes.
    """
    import pymupdf

    with pymupdf.open() as document:
        for sheet in sheets:
            _write_sheet(document, sheet)
        document.set_metadata(dict(metadata or {}))
        document.subset_fonts()
        data = _saved(document, password)
    return DrawnPdf(data, tuple(_sheet_glyphs(sheet) for sheet in sheets))


def scan_pdf(drawn: Drawn, *, quality: int | None = None) -> DrawnPdf:
    """The picture as a scanned PDF without any text; lossless, or JPEG of that quality."""
    import pymupdf

    with pymupdf.open() as document:
        _write_scan(document, drawn, quality)
        return DrawnPdf(_saved(document, None), (_at_72_dpi(drawn),))


def scan_pdf_with_text(drawn: Drawn, *, quality: int | None = None) -> DrawnPdf:
    """The picture as a scanned PDF with an invisible text layer, as OCR programs write them."""
    import pymupdf

    with pymupdf.open() as document:
        page = _write_scan(document, drawn, quality)
        for run in _runs(_at_72_dpi(drawn)):
            _write_invisibly(page, run)
        document.subset_fonts()
        return DrawnPdf(_saved(document, None), (_at_72_dpi(drawn),))


def _saved(document: Any, password: str | None) -> bytes:
    import pymupdf

    how: dict[str, Any] = {"garbage": 4, "deflate": True, "no_new_id": True}
    if password is not None:
        how |= {
            "encryption": pymupdf.PDF_ENCRYPT_AES_256,
            "user_pw": password,
            "owner_pw": password,
        }
    return bytes(document.tobytes(**how))


def _write_sheet(document: Any, sheet: Sheet) -> None:
    """The page is turned and cropped after writing, so that positions mean the whole sheet."""
    import pymupdf

    page = document.new_page(width=sheet.size[0], height=sheet.size[1])
    for item in sheet.items:
        if isinstance(item, Text):
            _write_text(page, item)
        else:
            rect = pymupdf.Rect(*item.at, item.at[0] + item.size[0], item.at[1] + item.size[1])
            page.draw_rect(rect, color=None, fill=_unit(item.fill))
    if sheet.crop is not None:
        page.set_cropbox(pymupdf.Rect(sheet.crop))
    page.set_rotation(sheet.rotate)
    if sheet.user_unit != 1.0:
        document.xref_set_key(page.xref, "UserUnit", str(sheet.user_unit))


def _write_text(page: Any, text: Text) -> None:
    import pymupdf

    writer = pymupdf.TextWriter(page.rect)
    font = _pdf_font(text.font)
    for char, origin in zip(text.text, _origins(text), strict=True):
        writer.append(origin, char, font=font, fontsize=text.pt)
    writer.write_text(page, color=_unit(text.colour))


def _sheet_glyphs(sheet: Sheet) -> tuple[DrawnGlyph, ...]:
    matrix = _display_matrix(sheet)
    texts = (item for item in sheet.items if isinstance(item, Text))
    return _through((glyph for text in texts for glyph in _outline_glyphs(text)), matrix)


def _outline_glyphs(text: Text) -> list[DrawnGlyph]:
    """Ink boxes from the font's outlines, in points of the sheet."""
    glyphs = []
    for char, (x, y) in zip(text.text, _origins(text), strict=True):
        cell = _cell(text, char, (x, y))
        left, low, right, high = (edge * text.pt for edge in _outline_box(text.font, char))
        ink = Quad.from_box(x + left, y - high, x + right, y - low)
        glyphs.append(DrawnGlyph(char, cell if char.isspace() else ink, cell, text.tag))
    return glyphs


@lru_cache(maxsize=4096)
def _outline_box(font: str, char: str) -> tuple[float, float, float, float]:
    """Left, low, right, high of a glyph's outline in em, y upwards from the baseline.

    Measured on a large drawing: PyMuPDF's own `glyph_bbox` gives the whole font's box for most.
    """
    stamp, reach = _stamped(_pillow_font(font, OUTLINE_PX), char, (0.0, 0.0))
    left, top, right, bottom = ((edge - reach) / OUTLINE_PX for edge in stamp.getbbox() or (0,) * 4)
    return left, -bottom, right, -top


def _display_matrix(sheet: Sheet) -> Matrix:
    """Points of the sheet → pixels of the displayed page at 72 dpi (ISO 32000-1, 7.7.3.3)."""
    left, top, right, bottom = sheet.crop or (0.0, 0.0, *sheet.size)
    matrix = np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1)], dtype=np.float64)
    width, height = right - left, bottom - top
    for _ in range(sheet.rotate // 90 % 4):
        matrix = np.array([(0, -1, height), (1, 0, 0), (0, 0, 1)], dtype=np.float64) @ matrix
        width, height = height, width
    return _scaling(sheet.user_unit) @ matrix


def _write_scan(document: Any, drawn: Drawn, quality: int | None) -> Any:
    height, width = (side * POINTS_PER_INCH / drawn.dpi for side in drawn.pixels.shape[:2])
    page = document.new_page(width=width, height=height)
    page.insert_image(page.rect, stream=_scan_bytes(drawn, quality))
    return page


def _scan_bytes(drawn: Drawn, quality: int | None) -> bytes:
    """Grey pictures are stored grey: a third of the size."""
    channels = drawn.pixels
    is_grey = bool((channels == channels[..., :1]).all())
    image = Image.fromarray(channels).convert("L" if is_grey else "RGB")
    target = BytesIO()
    if quality is None:
        image.save(target, "PNG")
    else:
        image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _at_72_dpi(drawn: Drawn) -> tuple[DrawnGlyph, ...]:
    return _through(drawn.glyphs, _scaling(POINTS_PER_INCH / drawn.dpi))


def _write_invisibly(page: Any, run: list[DrawnGlyph]) -> None:
    """One run in text rendering mode 3, laid flat from its start and then turned into place."""
    import pymupdf

    start, end = _baseline(run[0]), _baseline(run[-1])
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    writer = pymupdf.TextWriter(page.rect)
    for glyph in run:
        x = start[0] + math.dist(start, _baseline(glyph))
        writer.append((x, start[1]), glyph.char, _pdf_font("japan"), glyph.cell.height())
    writer.write_text(page, render_mode=3, morph=(pymupdf.Point(start), pymupdf.Matrix(-angle)))


def _baseline(glyph: DrawnGlyph) -> Point:
    """Where the glyph's baseline starts: up its cell's left edge by the descent."""
    low, high = np.array(glyph.cell.bl), np.array(glyph.cell.tl)
    x, y = low + (high - low) * DESCENT_EM
    return float(x), float(y)


def _unit(colour: Rgb) -> tuple[float, ...]:
    return tuple(channel / 255 for channel in colour)
