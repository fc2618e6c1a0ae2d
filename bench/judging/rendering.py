"""Opens a document with PDFium or Pillow and shows its pages as a reader sees them.

bytes ─opened→ Document ─views(page, width)→ RGB pixels, the first as seen, others hidden ones
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, TypeAlias

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageOps

Pixels: TypeAlias = NDArray[np.uint8]
"""H × W × 3, RGB, 8 bits."""
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom; in pixels, origin top-left."""


@dataclass(frozen=True, slots=True)
class Char:
    """A character of the text layer and the middle of its box, as parts of the page's width."""

    char: str = field(repr=False)
    x: float
    y: float


class Pdf:
    """A PDF's pages, with its form fields and annotations drawn."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._document = pypdfium2.PdfDocument(data)
        self._document.init_forms()

    def close(self) -> None:
        """Let go of PDFium's memory."""
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def width_pt(self, index: int) -> float:
        """Of the page as seen, in points."""
        return float(self._document[index].get_width())

    def views(self, index: int, width: int) -> list[Pixels]:
        """The page so many pixels wide."""
        page = self._document[index]
        drawn = page.render(scale=width / page.get_width(), rev_byteorder=True)
        return [_rgb(drawn.to_numpy())[:, :width]]

    def references(self, index: int, width: int) -> list[Pixels]:
        """As PDFium shows it, and as MuPDF does: each has its own fonts for those not embedded."""
        import pymupdf

        first = self.views(index, width)[0]
        with pymupdf.open(stream=self._data, filetype="pdf") as document:
            scale = width / document[index].rect.width
            drawn = document[index].get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
        pixels = np.frombuffer(drawn.samples, dtype=np.uint8)
        other = np.full_like(first, 255)
        shown = pixels.reshape(drawn.height, drawn.width, 3)[: first.shape[0], : first.shape[1]]
        other[: shown.shape[0], : shown.shape[1]] = shown
        return [first, other]

    def text(self, index: int) -> str:
        """The page's text layer in its own order."""
        return str(self._document[index].get_textpage().get_text_range())

    def chars(self, index: int) -> Iterator[Char]:
        """Every character of the text layer, where it is shown."""
        page = self._document[index]
        text = page.get_textpage()
        for i in range(text.count_chars()):
            char = chr(pdfium.FPDFText_GetUnicode(text, i))
            left, bottom, right, top = text.get_charbox(i, loose=True)
            yield Char(char, *_on_page(page, (left + right) / 2, (bottom + top) / 2))


class Picture:
    """An image file: one page, turned upright by its EXIF orientation."""

    def __init__(self, data: bytes) -> None:
        with Image.open(BytesIO(data)) as opened:
            upright = ImageOps.exif_transpose(opened)
            self._image = upright.convert("RGBA" if _has_alpha(upright) else "RGB")

    def close(self) -> None:
        """Nothing is held open."""

    def __len__(self) -> int:
        return 1

    def width_pt(self, index: int) -> float:
        """As if it had 200 pixels an inch, which suits the OCR engines."""
        return self._image.width * 72.0 / 200.0

    def views(self, index: int, width: int) -> list[Pixels]:
        """On white paper; where some of it is transparent also without its alpha channel."""
        return [_resized(view, width) for view in self._layers]

    def references(self, index: int, width: int) -> list[Pixels]:
        """A picture is what it is."""
        return self.views(index, width)[:1]

    @cached_property
    def _layers(self) -> list[Pixels]:
        if self._image.mode == "RGB":
            return [np.asarray(self._image, dtype=np.uint8)]
        paper = Image.new("RGBA", self._image.size, "white")
        shown = Image.alpha_composite(paper, self._image).convert("RGB")
        bare = self._image.convert("RGB")
        return [np.asarray(layer, dtype=np.uint8) for layer in (shown, bare)]

    def text(self, index: int) -> str:
        """A picture has no text layer."""
        return ""

    def chars(self, index: int) -> Iterator[Char]:
        """A picture has no text layer."""
        return iter(())


Document: TypeAlias = Pdf | Picture


@contextmanager
def opened(data: bytes, suffix: str) -> Iterator[Document]:
    """The document of a file's bytes."""
    document: Document = Pdf(data) if suffix == ".pdf" else Picture(data)
    try:
        yield document
    finally:
        document.close()


def unreadable(data: bytes, suffix: str) -> str:
    """Why a file cannot be opened; empty where it can."""
    try:
        with opened(data, suffix) as document:
            return "" if len(document) else "no pages"
    except (pypdfium2.PdfiumError, OSError, ValueError, Image.DecompressionBombError) as error:
        return type(error).__name__


def _rgb(pixels: NDArray[np.uint8]) -> Pixels:
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.dstack([pixels.reshape(pixels.shape[:2])] * 3)
    return np.ascontiguousarray(pixels[..., :3])


def _resized(pixels: Pixels, width: int) -> Pixels:
    scale = width / pixels.shape[1]
    if scale == 1:
        return pixels
    size = (width, max(1, round(pixels.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=how), dtype=np.uint8)


def _has_alpha(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


_FINE = 1_000_000
"""PDFium maps to whole pixels; on a page this wide they are fine enough."""


def _on_page(page: Any, x: float, y: float) -> tuple[float, float]:
    """From user space to the page as seen, in parts of its width; PDFium knows /Rotate."""
    height = round(_FINE * page.get_height() / page.get_width())
    right, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, _FINE, height, 0, x, y, right, down)
    return right.value / _FINE, down.value / _FINE
