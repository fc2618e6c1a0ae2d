"""Classes of pictures: scans, photographs, screenshots, faxes, embossed cards, bar codes.

    Spec ─statement, producer→ Picture(pixels, labels) ─spoilt(strength)→ ─filed→ PNG, JPEG or scan

A symbol (QR, Data Matrix, …) has no digits to label: what it says is an item without ink. A judge
decodes the output: a symbol that still says masked digits is a leak, and one whose item is a
look-alike is lost when it no longer says them.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
import pymupdf
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from bench.corpus import (
    degrading,
    fonts,
    layout,
    numbers,
    parted_classes,
    producers,
    raw_pdf,
    text_classes,
)
from bench.corpus.degrading import Picture, Pixels
from bench.corpus.drawing import Builder, Drawing, Rgb, printed
from bench.corpus.framing import Draw
from bench.corpus.layout import Canvas, statement
from bench.corpus.truth import Case, Fate, Item, Kind, Sheet, Spec
from tests.draw import A4, grouped

DPI = 200.0
"""Of scans and photographs of a page, where a class does not say otherwise."""
SCREEN_DPI = {1: 150.0, 2: 120.0, 3: 96.0}
"""Strength → of a page on a screen: at half again as large, a quarter larger, and as it is."""
DOTS_AN_INCH = 90.0
"""Of a matrix printer, so that digits of 10 points are nine dots high."""
MEMBERS = 5
"""Card numbers on a page."""

Spoil: TypeAlias = Callable[[Picture, random.Random, int], Picture]
"""Picture, chance, strength → the picture as this class has it."""
Suffix: TypeAlias = Literal[".pdf", ".png", ".jpg"]
ANY: tuple[Suffix, ...] = (".png", ".jpg", ".pdf")
EXIF_ORIENTATION = 0x0112
# EXIF Orientation (CIPA DC-008 4.6.5) → quarter turns counter-clockwise that the stored rows have.
STORED_TURNS: Mapping[int, int] = {1: 0, 3: 2, 6: 1, 8: 3}


# --- scans ---------------------------------------------------------------------------------------


def skewed(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Fed in askew: up to 1.5, 3 or 5 degrees, with a scanner's noise."""
    degrees = chance.uniform(0.6, 1.0) * (1.5, 3.0, 5.0)[strength - 1] * chance.choice((-1, 1))
    picture = degrading.skewed(picture, degrees, (250, 250, 248))
    return degrading.noisy(degrading.blurred(picture, 0.5), chance, 3.0 * strength)


def upside_down(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Fed in the wrong way round; from 2 on askew too."""
    picture = skewed(picture, chance, strength - 1) if strength > 1 else picture
    return degrading.turned(picture, 2)


def sideways(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Fed in on its side; from 2 on askew too."""
    picture = skewed(picture, chance, strength - 1) if strength > 1 else picture
    return degrading.turned(picture, chance.choice((1, 3)))


def jpegged(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Through JPEG at quality 40, 30 or 20; at 3 twice, on shifted blocks."""
    picture = degrading.jpegged(picture, (40, 30, 20)[strength - 1])
    if strength < 3:
        return picture
    shifted = replace(picture, pixels=np.roll(picture.pixels, (3, 5), (0, 1)))
    again = degrading.jpegged(shifted, 30)
    return replace(picture, pixels=np.roll(again.pixels, (-3, -5), (0, 1)))


def noisy(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Dark rooms and bad lines: up to 40 grey levels, and two pixels of a hundred lost."""
    picture = degrading.noisy(picture, chance, (12, 25, 40)[strength - 1])
    return degrading.salted(picture, chance, (0.0, 0.006, 0.02)[strength - 1])


def blurred(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Out of focus or shaken."""
    if chance.random() < 0.5:
        return degrading.blurred(picture, (0.9, 1.4, 1.9)[strength - 1])
    length = (3.0, 4.5, 6.0)[strength - 1]
    return degrading.motion_blurred(picture, length, chance.uniform(0, 180))


def coarse(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """150, 120 or 100 dpi; half of them blown up again."""
    factor = (150, 120, 100)[strength - 1] / DPI
    small = degrading.downsampled(picture, factor)
    return degrading.enlarged(small, 1 / factor) if chance.random() < 0.5 else small


def faxed(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """One bit, from 2 on askew, at 3 with salt and pepper."""
    if strength > 1:
        picture = degrading.skewed(picture, chance.uniform(-2, 2))
    fax = degrading.faxed(picture, chance, DPI)
    return degrading.salted(fax, chance, 0.004) if strength == 3 else fax


def dot_matrix(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Printed by a matrix printer, 90 dots an inch, scanned at 300 dpi: more and more paper between
    the dots.
    """
    grid, share = DPI / DOTS_AN_INCH, (1.0, 0.85, 0.7)[strength - 1]
    return degrading.noisy(degrading.dotted(picture, grid, 1.5 * grid, share), chance, 3.0)


def worn(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Specks, hairs, a cup's ring, and from 2 on folds."""
    picture = degrading.dirtied(picture, chance, strength)
    if strength > 1:
        picture = degrading.folded(picture, chance, (0.75, 0.6)[strength - 2])
    return degrading.noisy(picture, chance, 3.0)


# --- paper ---------------------------------------------------------------------------------------


def watermarked(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """A word across the page, in lighter to darker grey."""
    word = chance.choice(("COPY", "SPECIMEN", "VOID", "Mizutama Card"))
    size = picture.size[1] * chance.uniform(0.05, 0.12)
    grey = (225, 205, 180)[strength - 1]
    return degrading.watermarked(picture, word, grey, size, chance.uniform(20, 50))


def patterned(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Security paper: fine lines, stripes, dots or checks under the print."""
    patterns: tuple[degrading.Pattern, ...] = ("guilloche", "stripes", "dots", "checks")
    pale = (225, 205, 180)[strength - 1]
    colour = (pale, chance.randint(pale, 235), chance.randint(pale, 235))
    pattern = chance.choice(patterns)
    return degrading.patterned(picture, chance, pattern, colour, chance.uniform(10, 30))


def coloured(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Yellow, pink, green or blue paper; at 3 deep in colour."""
    low = (215, 175, 130)[strength - 1]
    paper: list[int] = [chance.randint(225, 250) for _ in range(3)]
    paper[chance.randrange(3)] = low
    return degrading.tinted(picture, (paper[0], paper[1], paper[2]))


def faint(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Little contrast: from 150 grey levels down to 75."""
    darkest, lightest = ((80, 235), (115, 220), (140, 215))[strength - 1]
    return degrading.faded(picture, darkest, lightest)


def dark_mode(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Light on dark, as a screenshot of an app; at 3 grey on grey."""
    papers: tuple[Rgb, ...] = ((0, 0, 0), (18, 18, 24), (24, 44, 92), (32, 54, 40))
    ink = ((255, 255, 255), (205, 210, 220), (150, 150, 155))[strength - 1]
    return degrading.light_on_dark(picture, chance.choice(papers), ink)


# --- photographs ---------------------------------------------------------------------------------


def photographed(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """On a table, at an angle, the paper a little curled."""
    picture = degrading.curled(picture, (0.0, 0.004, 0.008)[strength - 1] * chance.choice((-1, 1)))
    picture = degrading.in_perspective(picture, chance, (0.04, 0.08, 0.12)[strength - 1])
    picture = degrading.shaded(picture, chance, 0.75)
    return degrading.noisy(degrading.blurred(picture, 0.6), chance, 4.0)


def wavy(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """On a table, the paper so curled that lines bend by more than their height; at 2 twice."""
    bulge = (0.012, 0.015, 0.022)[strength - 1] * chance.choice((-1, 1))
    picture = degrading.curled(picture, bulge, 1 if strength == 1 else 2)
    picture = degrading.in_perspective(picture, chance, 0.03)
    picture = degrading.shaded(picture, chance, 0.7)
    return degrading.noisy(degrading.blurred(picture, 0.6), chance, 4.0)


def off_a_screen(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """A monitor photographed: bands of colour, at an angle from 2 on."""
    picture = degrading.with_moire(picture, chance, (0.25, 0.4, 0.55)[strength - 1])
    if strength > 1:
        picture = degrading.in_perspective(picture, chance, 0.03 * strength, (30, 30, 34))
    return degrading.noisy(degrading.blurred(picture, 0.6), chance, 3.0)


def in_shadow(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """The photographer's hand between lamp and page."""
    picture = degrading.shadowed(picture, chance, (0.65, 0.5, 0.35)[strength - 1])
    return degrading.noisy(degrading.shaded(picture, chance, 0.85), chance, 4.0)


def badly_lit(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Dark corners and a lamp's glare, which does not burn out the print."""
    picture = degrading.vignetted(picture, (0.7, 0.5, 0.35)[strength - 1])
    return degrading.glaring(picture, chance, (0.3, 0.5, 0.65)[strength - 1])


def snapped(picture: Picture, chance: random.Random, strength: int) -> Picture:
    """Everything at once, as it comes from a messenger: worn paper, angle, shadow, JPEG."""
    picture = degrading.dirtied(picture, chance, strength * 0.5)
    picture = photographed(picture, chance, strength)
    picture = degrading.shadowed(picture, chance, (0.8, 0.7, 0.6)[strength - 1])
    return degrading.jpegged(picture, (60, 50, 40)[strength - 1])


# --- from a page to a case -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """A page before it is spoilt, and who wrote it."""

    picture: Picture = field(repr=False)
    items: tuple[Item, ...]
    producer: str
    font: str
    dpi: float = DPI


def page(chance: random.Random, strength: int) -> Source:
    """A statement in print of usual size: what the strength spoils is the picture."""
    drawing = statement(chance, 1, MEMBERS)
    return _drawn(drawing, chance)


def _drawn(drawing: Drawing, chance: random.Random) -> Source:
    name = producers.any_producer(chance, drawing)
    draw = producers.PRODUCERS[name].draw
    pixels = raw_pdf.pixels(draw(drawing, printed), dpi=DPI)
    picture = Picture(pixels, producers.labels(drawing, draw))
    return Source(picture, drawing.items, name, producers.font_of(drawing))


def spoilt(
    spoil: Spoil,
    spec: Spec,
    chance: random.Random,
    suffixes: Sequence[Suffix] = ANY,
    dpi: float = DPI,
) -> Case:
    """A page of this class, with so many dpi then, in a file of one of these kinds."""
    source = page(chance, spec.strength)
    picture = spoil(source.picture, chance, spec.strength)
    return filed(spec, replace(source, picture=picture, dpi=dpi), chance, suffixes)


def scanned(draw: Draw, spec: Spec, chance: random.Random) -> Case:
    """A page of a class of `text_classes` as a scanner has it: a bit askew, with a bit of noise."""
    source = _drawn(draw(chance, spec.strength), chance)
    picture = degrading.skewed(source.picture, chance.uniform(-0.8, 0.8), (252, 252, 250))
    picture = degrading.noisy(degrading.blurred(picture, 0.4), chance, 3.0)
    return filed(spec, replace(source, picture=picture), chance)


def screened(draw: Draw, spec: Spec, chance: random.Random) -> Case:
    """A page as a screen has it, saved as it is."""
    source = _drawn(draw(chance, spec.strength), chance)
    dpi = SCREEN_DPI[spec.strength]
    picture = degrading.downsampled(source.picture, dpi / DPI)
    return filed(spec, replace(source, picture=picture, dpi=dpi), chance, (".png", ".jpg"))


def filed(
    spec: Spec, source: Source, chance: random.Random, suffixes: Sequence[Suffix] = ANY
) -> Case:
    """A source in a file of one of these kinds, with what it truly says."""
    suffix = chance.choice(suffixes)
    producers.check(source.picture.labels, source.items)
    sheet = Sheet(source.picture.labels, source.items)
    data = FILERS[suffix](source.picture.pixels, source.dpi, chance)
    return Case(spec, source.producer, source.font, suffix, data, (sheet,))


def _as_png(pixels: Pixels, dpi: float, chance: random.Random) -> bytes:
    return _saved(pixels, dpi, "PNG")


def _as_jpeg(pixels: Pixels, dpi: float, chance: random.Random) -> bytes:
    """Some are stored turned and say so in EXIF, as phones do."""
    orientation = chance.choice((1, 1, *STORED_TURNS))
    exif = Image.Exif()
    if orientation != 1:
        exif[EXIF_ORIENTATION] = orientation
    stored = np.rot90(pixels, STORED_TURNS[orientation])
    return _saved(stored, dpi, "JPEG", quality=chance.randint(80, 95), exif=exif.tobytes())


def _as_scan(pixels: Pixels, dpi: float, chance: random.Random) -> bytes:
    """A PDF of one picture, lossless or JPEG."""
    lossless = chance.random() < 0.3
    data = _saved(pixels, dpi, "PNG") if lossless else _saved(pixels, dpi, "JPEG", quality=85)
    with pymupdf.open() as document:
        height, width = (side * 72 / dpi for side in pixels.shape[:2])
        sheet = document.new_page(width=width, height=height)
        sheet.insert_image(sheet.rect, stream=data)
        return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


FILERS: Mapping[Suffix, Callable[[Pixels, float, random.Random], bytes]] = {
    ".png": _as_png,
    ".jpg": _as_jpeg,
    ".pdf": _as_scan,
}


def _saved(pixels: Any, dpi: float, format: Literal["PNG", "JPEG"], **how: Any) -> bytes:
    """Grey pictures are stored grey, and black and white ones with one bit where PNG may."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if bool((pixels == pixels[..., :1]).all()):
        image = image.convert("L")
        if format == "PNG" and bool(np.isin(pixels[..., 0], (0, 255)).all()):
            image = image.convert("1")
    target = io.BytesIO()
    image.save(target, format, dpi=(round(dpi), round(dpi)), **how)
    return target.getvalue()


# --- embossed cards ------------------------------------------------------------------------------

CARD_PX = (1012, 638)
"""Width and height of ID-1 (ISO/IEC 7810: 85.60 × 53.98 mm) at 300 dpi."""
CORNER_PX = 38
"""3.18 mm (ISO/IEC 7810)."""
RELIEF_PX = 3.0
"""How far light and shadow fall from an edge; letters stand 0.48 mm proud (ISO/IEC 7811-1)."""
# Fonts near to the embossing type of ISO/IEC 7811-1 (Farrington 7B): wide figures of equal width.
EMBOSSED_FONTS = ("cascadia", "spacemo", "dejavu-mono", "liberation-sans", "ubuntm")
PLASTICS: tuple[Rgb, ...] = (
    (24, 44, 92),
    (120, 30, 40),
    (0, 98, 112),
    (196, 168, 96),
    (176, 180, 186),
    (40, 40, 44),
    (222, 226, 230),
)
NAMES = ("HANAKO TAKASAKI", "TARO MIDORIKAWA", "JANE Q EXAMPLE", "KAORI AOBAZAKA", "J SPECIMEN")


@dataclass
class Card:
    """A card while it is printed and embossed."""

    pixels: Pixels
    labels: Any
    strength: int
    builder: Builder

    def emboss(
        self, text: str, at: tuple[int, int], font: ImageFont.FreeTypeFont, labels: Sequence[int]
    ) -> None:
        """Raises letters: lit from the top-left, shadow at the bottom-right, tips of silver foil.

        At strength 3 the foil is worn off, and only the relief tells.
        """
        height = self._labelled(text, at, font, labels)
        self.pixels = _raised(self.pixels, height, (0.85, 0.45, 0.0)[self.strength - 1])

    def write(
        self, text: str, at: tuple[int, int], size: int, labels: Sequence[int], colour: Rgb
    ) -> None:
        """Prints flat letters."""
        share = self._labelled(text, at, _font("liberation-sans", size), labels)[..., None]
        self.pixels = degrading.clipped(self.pixels * (1 - share) + np.array(colour) * share)

    def _labelled(
        self, text: str, at: tuple[int, int], font: ImageFont.FreeTypeFont, labels: Sequence[int]
    ) -> Any:
        """Notes whose ink lies where; returns the cover (0 to 1) of the whole text."""
        cover = np.zeros(self.pixels.shape[:2], np.float32)
        for mask, label in _masks(text, at, font, labels, self.pixels.shape[:2]):
            cover = np.maximum(cover, mask)
            if label:
                self.labels[mask > 0.5] = label
        return cover


def _masks(
    text: str,
    at: tuple[int, int],
    font: ImageFont.FreeTypeFont,
    labels: Sequence[int],
    size: tuple[int, ...],
) -> list[tuple[Any, int]]:
    """Each character's cover (0 to 1) on the card, and its label."""
    masks, x = list[tuple[Any, int]](), float(at[0])
    for index, char in enumerate(text):
        stamp = Image.new("L", (size[1], size[0]))
        ImageDraw.Draw(stamp).text((x, at[1]), char, 255, font, anchor="ls")
        x += font.getlength(char)
        masks.append((np.array(stamp, np.float32) / 255, labels[index] if labels else 0))
    return masks


def _raised(pixels: Pixels, height: Any, foil: float) -> Pixels:
    silver = pixels * (1 - foil * height[..., None]) + 232.0 * foil * height[..., None]
    smooth = cv2.GaussianBlur(height, (0, 0), RELIEF_PX / 1.5)
    shift = np.array([[1, 0, RELIEF_PX], [0, 1, RELIEF_PX]], np.float32)
    lit = smooth - cv2.warpAffine(smooth, shift, (pixels.shape[1], pixels.shape[0]))
    return degrading.clipped(silver + 170.0 * lit[..., None])


def _font(key: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(fonts.data(key)), size)


def card(chance: random.Random, strength: int, pan: str, builder: Builder) -> Picture:
    """One card: issuer, number, expiry, name, and a help line that must stay readable."""
    width, height = CARD_PX
    plastic = chance.choice(PLASTICS)
    made = Card(
        _plastic(chance, plastic, strength), np.zeros((height, width), np.uint16), strength, builder
    )
    ink: Rgb = (30, 30, 30) if sum(plastic) > 400 else (240, 240, 240)
    made.write("Mizutama Card", (50, 90), 52, (), ink)
    _chip(made)
    key = chance.choice(EMBOSSED_FONTS)
    size = min(74, int(900 / (fonts.width(key, grouped(pan, " "), 1.0))))
    labels = builder.item("pan", grouped(pan, " "), numbers.but_last_four(pan))
    made.emboss(grouped(pan, " "), (56, 400), _font(key, size), labels)
    month = f"{chance.randint(1, 12):02}/{chance.randint(27, 32)}"
    made.emboss(month, (420, 480), _font(key, 44), ())
    made.emboss(chance.choice(NAMES), (56, 570), _font(key, 40), ())
    helpline = numbers.lookalike(chance, "free-dial", (pan,)).printed
    labels = builder.item("lookalike", helpline, numbers.all_kept(helpline))
    made.write(helpline, (700, 610), 34, labels, ink)
    return Picture(made.pixels, made.labels)


def _plastic(chance: random.Random, colour: Rgb, strength: int) -> Pixels:
    """Plain, a gradient, or with a pattern that grows with strength."""
    width, height = CARD_PX
    flat = Picture(np.full((height, width, 3), colour, np.uint8), np.zeros((1, 1), np.uint16))
    shade = degrading.shaded(flat, chance, 0.8)
    if strength == 1:
        return shade.pixels
    pale = (236, 220)[strength - 2]
    return degrading.patterned(shade, chance, "guilloche", (pale, pale, pale), 24).pixels


def _chip(made: Card) -> None:
    made.pixels = made.pixels.copy()
    cv2.rectangle(made.pixels, (70, 170), (190, 260), (212, 184, 110), -1)
    for x in (110, 150):
        cv2.line(made.pixels, (x, 170), (x, 260), (150, 120, 60), 2)


def embossed(spec: Spec, chance: random.Random) -> Case:
    """Four or five cards on a table, photographed: turned by up to 3, 8 or 20 degrees each."""
    builder, count = Builder(), chance.randint(4, 5)
    pans = numbers.cards(chance, count)
    table = Picture(
        degrading.wooden((3000, 2500), chance, chance.choice(((96, 82, 70), (200, 196, 190)))),
        np.zeros((3000, 2500), np.uint16),
    )
    for place, pan in enumerate(pans):
        picture = card(chance, spec.strength, pan, builder)
        degrees = chance.uniform(-1, 1) * (3, 8, 20)[spec.strength - 1]
        at = (130 + place % 2 * 1180, 90 + place // 2 * 960)
        table = _laid(picture, table, at, degrees)
    photo = degrading.noisy(degrading.blurred(table, 0.8), chance, 3.0 * spec.strength)
    photo = degrading.shaded(photo, chance, 0.7)
    source = Source(photo, builder.items, "camera", "embossed", SYMBOL_DPI)
    return filed(spec, source, chance)


def _laid(picture: Picture, table: Picture, at: tuple[int, int], degrees: float) -> Picture:
    """The card with its round corners, turned, on the table."""
    width, height = CARD_PX
    shape = Image.new("L", CARD_PX)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, width - 1, height - 1), CORNER_PX, fill=255)
    cover = Picture(np.repeat(np.array(shape)[..., None], 3, 2), np.zeros((1, 1), np.uint16))
    turned, opaque = (degrading.skewed(p, degrees, (0, 0, 0)) for p in (picture, cover))
    return degrading.pasted(turned, table, at, opaque.pixels[..., 0] / 255.0)


# --- symbols -------------------------------------------------------------------------------------

SYMBOLS: Mapping[str, Any] = {
    "qr": zxingcpp.BarcodeFormat.QRCode,
    "data-matrix": zxingcpp.BarcodeFormat.DataMatrix,
    "pdf417": zxingcpp.BarcodeFormat.PDF417,
    "aztec": zxingcpp.BarcodeFormat.Aztec,
    "code128": zxingcpp.BarcodeFormat.Code128,
}
CONTENTS = (
    "{pan}",
    "{grouped}",
    "https://pay.example/?card={pan}&exp=1227",
    "PAN={grouped};EXP=12/27",
    ";{pan}=27121010000000000000?",
)
"""What symbols say: bare, grouped, in a link, in a record, as track 2 (ISO/IEC 7813)."""
HARMLESS = ("https://card.example/help", "order", "tracking", "jan", "mobile", "iban")
MODULE_PX = (6, 5, 4)
"""By strength, at 300 dpi: 0.5 mm down to 0.34 mm, which handheld readers still take."""
SYMBOL_DPI = 300.0
"""Of pages with symbols, and of photographed cards."""


def with_symbols(kind: str, spec: Spec, chance: random.Random) -> Case:
    """A page with two printed numbers and three symbols of this kind that say others, or one of
    them; from 2 on askew, at 3 photographed.
    """
    pans = numbers.cards(chance, MEMBERS)
    said = (pans[0], pans[2], pans[3])
    forms = CONTENTS[:2] if kind == "code128" else CONTENTS
    contents = [chance.choice(forms).format(pan=p, grouped=grouped(p, "-")) for p in said]
    source = _symbol_page(chance, spec.strength, pans[:2], [(kind, text) for text in contents])
    items = tuple(
        _unprinted("pan", text, pan, numbers.but_last_four(pan), 1000 + 20 * n)
        for n, (text, pan) in enumerate(zip(contents, said, strict=True))
    )
    return _symbol_case(spec, source, items, chance)


def harmless_symbols(spec: Spec, chance: random.Random) -> Case:
    """Symbols of any kind whose contents are no card numbers; they have to stay."""
    pans, contents = numbers.cards(chance, 2), list[tuple[str, str]]()
    for _ in range(3):
        text = chance.choice(HARMLESS)
        if text in numbers.LOOKALIKES:
            text = numbers.lookalike(chance, text, pans).printed
        contents.append((chance.choice(("qr", "data-matrix", "aztec", "pdf417")), text))
    source = _symbol_page(chance, spec.strength, pans, contents)
    items = tuple(
        _unprinted("lookalike", text, _digits(text), numbers.all_kept(text), 1000 + 40 * n)
        for n, (_, text) in enumerate(contents)
    )
    return _symbol_case(spec, source, items, chance)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _unprinted(kind: Kind, text: str, digits: str, fates: tuple[Fate, ...], first: int) -> Item:
    return Item(kind, text, digits, fates, first, ink=False)


def _symbol_case(
    spec: Spec, source: Source, items: tuple[Item, ...], chance: random.Random
) -> Case:
    """Spoilt as far as the symbols can still be read; else nothing would tell that one is lost."""
    said, seed = {item.printed for item in items}, chance.getrandbits(64)
    for share in (1.0, 0.5, 0.25, 0.0):
        picture = _tilted(source.picture, random.Random(seed), spec.strength, share)
        if said <= {found.text for found in zxingcpp.read_barcodes(picture.pixels)}:
            break
    whole = replace(source, picture=picture, items=source.items + items)
    return filed(spec, whole, chance)


def _tilted(picture: Picture, chance: random.Random, strength: int, share: float) -> Picture:
    """1 as it is, 2 askew, 3 photographed at an angle; `share` is how much of that."""
    if strength == 1 or share == 0.0:
        return picture
    if strength == 2:
        return degrading.skewed(picture, chance.uniform(-3, 3) * share)
    return degrading.blurred(degrading.in_perspective(picture, chance, 0.04 * share), 0.6)


def _symbol_page(
    chance: random.Random, strength: int, pans: Sequence[str], contents: Sequence[tuple[str, str]]
) -> Source:
    canvas = Canvas(A4, layout.style(chance, 1), pans)
    y = layout.holder(canvas, layout.heading(canvas, chance))
    for pan in pans:
        y = layout.labelled_number(canvas, chance, pan, y)
    y = layout.contacts(canvas, chance, ("order", "mobile", "date", "amount"), y)
    drawing = canvas.drawing()
    name = producers.any_producer(chance, drawing)
    draw = producers.PRODUCERS[name].draw
    pixels = raw_pdf.pixels(draw(drawing, printed), dpi=SYMBOL_DPI)
    symbols = [symbol(kind, text, MODULE_PX[strength - 1]) for kind, text in contents]
    pixels = _placed(pixels, symbols, round(y * SYMBOL_DPI / 72))
    picture = Picture(pixels, producers.labels(drawing, draw))
    return Source(picture, drawing.items, name, producers.font_of(drawing), SYMBOL_DPI)


def _placed(pixels: Pixels, symbols: Sequence[Pixels], top: int) -> Pixels:
    """One below the other from `top` on, as far left as the text; narrow ones side by side."""
    left = round(layout.MARGIN * SYMBOL_DPI / 72)
    pixels, x, y, tallest = pixels.copy(), left, top, 0
    for one in symbols:
        height, width = one.shape[:2]
        if x + width > pixels.shape[1] - left:
            x, y, tallest = left, y + tallest + 40, 0
        pixels[y : y + height, x : x + width] = one
        x, tallest = x + width + 60, max(tallest, height)
    return pixels


def symbol(kind: str, text: str, module_px: int) -> Pixels:
    """The symbol with its quiet zone, black on white."""
    made = zxingcpp.create_barcode(text, SYMBOLS[kind])
    grey = np.array(made.to_image(scale=module_px, add_quiet_zones=True), np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


# --- the table -----------------------------------------------------------------------------------

UNSCANNED = ("plain", "tiny", "known-elsewhere")
"""The first is every other picture; print of 3 points is not legible at 200 dpi; a scan has no
hidden place that tells a number."""
SCANNED: Mapping[str, Draw] = {
    name: draw
    for name, draw in {**text_classes.DRAWINGS, **parted_classes.DRAWINGS}.items()
    if name not in UNSCANNED
}
"""Class of text → how its page is drawn; in a scan no text layer helps."""

CASES: Mapping[str, Callable[[Spec, random.Random], Case]] = {
    "scan-skewed": partial(spoilt, skewed),
    "scan-upside-down": partial(spoilt, upside_down),
    "scan-sideways": partial(spoilt, sideways),
    "picture-jpeg-30": partial(spoilt, jpegged, suffixes=(".png", ".pdf")),
    "picture-noise": partial(spoilt, noisy),
    "picture-blur": partial(spoilt, blurred),
    "picture-coarse": partial(spoilt, coarse),
    "picture-fax": partial(spoilt, faxed, suffixes=(".png", ".pdf")),
    "picture-dot-matrix": partial(spoilt, dot_matrix, dpi=300.0),
    "picture-worn": partial(spoilt, worn),
    "picture-watermark": partial(spoilt, watermarked),
    "picture-patterned-paper": partial(spoilt, patterned),
    "picture-coloured-paper": partial(spoilt, coloured),
    "picture-low-contrast": partial(spoilt, faint),
    "picture-light-on-dark": partial(spoilt, dark_mode),
    "photo-perspective": partial(spoilt, photographed),
    "photo-curled": partial(spoilt, wavy),
    "photo-screen-moire": partial(spoilt, off_a_screen),
    "photo-shadow": partial(spoilt, in_shadow),
    "photo-uneven-light": partial(spoilt, badly_lit),
    "photo-snapped": partial(spoilt, snapped),
    "photo-embossed-cards": embossed,
    **{f"scan-of-{name}": partial(scanned, draw) for name, draw in SCANNED.items()},
    "screen-of-on-blocks": partial(screened, parted_classes.on_blocks),
    "screen-of-on-standing-cards": partial(screened, parted_classes.on_standing_cards),
    **{f"symbol-{kind}": partial(with_symbols, kind) for kind in SYMBOLS},
    "symbol-harmless": harmless_symbols,
}
"""Class → maker."""
