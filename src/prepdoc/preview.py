"""The finished pages on one picture, for a person to look at before uploading.

Drawn from the output's pixels alone, never the source's: what is hidden there is hidden here.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import BinaryIO, Final, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from prepdoc.page import Pixels, Quad, Stamp
from prepdoc.texts import N_, _

Outlined: TypeAlias = tuple[Pixels, Sequence[Quad], Sequence[Quad], Sequence[Stamp]]
"""An output page with its masks, the last fours kept, and its stamps, in pixels of that page."""

Colour: TypeAlias = tuple[int, int, int]

PAGE_WIDTH_PX: Final = 900
"""Small print of an A4 page is just legible; three beside each other fit a large screen."""
MAX_PAGE_HEIGHT_PX: Final = 2700
"""Three times the width: a till roll's picture does not blow up its row."""
MAX_COLUMNS: Final = 3

_GAP_PX: Final = 30
_CAPTION_PX: Final = 48
_FONT_PX: Final = 28
"""Captions and legend: as large as a page's own headings at this width."""
_LINE_PX: Final = 3
_MARGIN_PX: Final = 4
"""Outlines stand this far outside of what they show, so that its edge can be looked at."""

_GROUND: Final[Colour] = (225, 225, 228)
_INK: Final[Colour] = (40, 40, 40)
_MASKED: Final[Colour] = (214, 39, 40)
_KEPT: Final[Colour] = (0, 150, 60)
_STAMPED: Final[Colour] = (31, 90, 200)
_LEGEND: Final = (
    (_MASKED, N_("blacked out")),
    (_KEPT, N_("last four digits, left")),
    (_STAMPED, N_("added details")),
)


def contact_sheet(pages: Iterable[Outlined], out: BinaryIO) -> None:
    """Write the pages side by side as one PNG: masks red, last fours green, stamps blue.

    Pages are drawn as they come and packed row by row, so that memory does not grow with their
    number. Page numbers count what is given, from 1.

    Raises:
        ValueError: there is no page.
    """
    rows = _rows(_tile(page, number) for number, page in enumerate(pages, start=1))
    first = next(rows, None)
    if first is None:
        raise ValueError("a contact sheet needs a page")
    png = _PackedRows(_strip_width(len(first)))
    png.add(_legend(png.width))
    png.add(_strip(first, png.width))
    for row in rows:
        png.add(_strip(row, png.width))
    png.write(out)


class _PackedRows:
    """A PNG of unknown height, packed as its rows come (W3C PNG, third edition, §10, §11)."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._height = 0
        self._packer = zlib.compressobj(6)
        self._packed = io.BytesIO()

    def add(self, strip: Image.Image) -> None:
        """Append a picture of the sheet's width below."""
        pixels = np.asarray(strip, dtype=np.uint8).reshape(strip.height, -1)
        unfiltered = np.zeros((strip.height, 1), dtype=np.uint8)  # filter type 0 before each row
        self._packed.write(self._packer.compress(np.hstack([unfiltered, pixels]).tobytes()))
        self._height += strip.height

    def write(self, out: BinaryIO) -> None:
        """The whole file: signature, header, pixels, end."""
        self._packed.write(self._packer.flush())
        eight_bit_rgb = (8, 2, 0, 0, 0)
        out.write(b"\x89PNG\r\n\x1a\n")
        out.write(
            _chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self._height, *eight_bit_rgb))
        )
        out.write(_chunk(b"IDAT", self._packed.getvalue()))
        out.write(_chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rows(tiles: Iterator[Image.Image]) -> Iterator[list[Image.Image]]:
    while row := list(islice(tiles, MAX_COLUMNS)):
        yield row


def _tile(page: Outlined, number: int) -> Image.Image:
    """One page with its outlines, its number above it."""
    pixels, masks, keeps, stamps = page
    picture, factor = _shrunk(pixels)
    pen = ImageDraw.Draw(picture)
    for colour, quads in (
        (_STAMPED, [stamp.quad for stamp in stamps]),
        (_MASKED, masks),
        (_KEPT, keeps),
    ):
        for quad in quads:
            _outline(pen, quad.scaled(factor), colour)
    return _captioned(picture, _("Page {number}").format(number=number))


def _shrunk(pixels: Pixels) -> tuple[Image.Image, float]:
    """The page at the sheet's width (less, for a very tall one) and the factor it took."""
    height, width = pixels.shape[:2]
    factor = min(PAGE_WIDTH_PX / width, MAX_PAGE_HEIGHT_PX / height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS), factor


def _outline(pen: ImageDraw.ImageDraw, quad: Quad, colour: Colour) -> None:
    """A frame just outside of the quad, so that what it frames can be seen to its edge."""
    corners = quad.array()
    away = corners - corners.mean(axis=0)
    grown = corners + np.sign(away) * (_MARGIN_PX)
    points = [(float(x), float(y)) for x, y in (*grown, grown[0])]
    pen.line(points, fill=colour, width=_LINE_PX, joint="curve")


def _captioned(picture: Image.Image, caption: str) -> Image.Image:
    tile = Image.new("RGB", (PAGE_WIDTH_PX, picture.height + _CAPTION_PX), _GROUND)
    tile.paste(picture, ((PAGE_WIDTH_PX - picture.width) // 2, _CAPTION_PX))
    ImageDraw.Draw(tile).text((0, _CAPTION_PX // 2), caption, _INK, _font(), anchor="lm")
    return tile


def _strip_width(columns: int) -> int:
    return columns * (PAGE_WIDTH_PX + _GAP_PX) + _GAP_PX


def _strip(tiles: Sequence[Image.Image], width: int) -> Image.Image:
    strip = Image.new("RGB", (width, max(tile.height for tile in tiles) + _GAP_PX), _GROUND)
    for column, tile in enumerate(tiles):
        strip.paste(tile, (_GAP_PX + column * (PAGE_WIDTH_PX + _GAP_PX), 0))
    return strip


def _legend(width: int) -> Image.Image:
    strip = Image.new("RGB", (width, _CAPTION_PX + _GAP_PX), _GROUND)
    pen, x, middle = ImageDraw.Draw(strip), _GAP_PX, (_CAPTION_PX + _GAP_PX) // 2
    for colour, meaning in _LEGEND:
        swatch = (x, middle - _FONT_PX // 2, x + _FONT_PX, middle + _FONT_PX // 2)
        pen.rectangle(swatch, outline=colour, width=_LINE_PX + 1)
        pen.text((x + _FONT_PX + 10, middle), _(meaning), _INK, _font(), anchor="lm")
        x += _FONT_PX + 10 + round(_font().getlength(_(meaning))) + _GAP_PX
    return strip


@cache
def _font() -> ImageFont.FreeTypeFont:
    """PyMuPDF's bundled Droid Sans Fallback: Japanese and Latin in one."""
    import pymupdf

    return ImageFont.truetype(io.BytesIO(pymupdf.Font("japan").buffer), _FONT_PX)
