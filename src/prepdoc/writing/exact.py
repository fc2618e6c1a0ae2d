"""Pixels → the smallest kind of picture that holds them exactly."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from prepdoc.page import Pixels
from prepdoc.writing.objects import image_stream

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


@dataclass(frozen=True)
class Exact:
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
        return image_stream(pdf, packed, self._size(), colours, 8, **coding)

    def _indexed(self, pdf: Pdf) -> Stream:
        """The data are a PNG's own."""
        chunks = self._chunks()
        depth, colours = chunks[b"IHDR"][8], _palette(chunks[b"PLTE"])
        coding = {"Filter": Name.FlateDecode, "DecodeParms": self._parameters(depth)}
        return image_stream(pdf, chunks[b"IDAT"], self._size(), colours, depth, **coding)

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


def exact(pixels: Pixels) -> Exact:
    """A palette where there are few colours, grey where there is no other, else all three."""
    if len(_colours(_packed(pixels[::SAMPLED, ::SAMPLED]))) > MAX_PALETTE:
        return Exact(pixels)
    packed = _packed(pixels)
    colours = _colours(packed)
    if len(colours) > MAX_PALETTE:
        return Exact(pixels)
    rgb = np.stack([colours & 255, colours >> 8 & 255, colours >> 16], axis=1).astype(np.uint8)
    grey = bool((rgb == rgb[:, :1]).all())
    if grey and len(colours) > MAX_SMALL_PALETTE:
        return Exact(pixels[:, :, 0].copy())
    return Exact(_places(packed, colours), rgb)


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
