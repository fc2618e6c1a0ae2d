"""Finished pages → a fresh file: after painting and stamping, before verification.

Nothing but pixels and the text that may be searched goes in, so nothing of the source can.
A PDF holds a catalog, pages, one image and one content stream a page, and one font that draws
nothing; an image file holds its pixels and its resolution.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from typing import BinaryIO, Literal

import cv2
import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from prepdoc.page import POINTS_PER_INCH, FinishedPage, Pixels
from prepdoc.writing.exact import FLATE_LEVEL, exact
from prepdoc.writing.font import Font
from prepdoc.writing.objects import flate, image_stream, number
from prepdoc.writing.text import runs, show

PRODUCER = "prepdoc"
JPEG_QUALITY = 90
JPEG_SUBSAMPLING = 0
"""4:4:4: colour as sharp as brightness, so that a mask's edge stays where it is."""


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
        font = Font(pdf)
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


def size_bytes(page: FinishedPage) -> int:
    """Bytes that the page's picture takes in a PDF; all else is little."""
    with Pdf.new() as pdf:
        return _add_page(pdf, page, Font(pdf))


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
        exact(page.pixels).image().save(written, "PNG", dpi=dpi, compress_level=FLATE_LEVEL)
    else:
        _save_jpeg(page.pixels, written, dpi)
    _check_size(written.getbuffer().nbytes, limit_bytes)
    out.write(written.getbuffer())


def _check_size(size_bytes: int, limit_bytes: float) -> None:
    if size_bytes >= limit_bytes:
        raise TooLarge


def _add_page(pdf: Pdf, page: FinishedPage, font: Font) -> int:
    """Gives the bytes that its picture takes."""
    height, width = page.pixels.shape[:2]
    scale = POINTS_PER_INCH / page.dpi
    box = [number(width * scale), number(height * scale)]
    content = _content(page, font, scale, height * scale, box)
    picture = _image(pdf, page)
    resources = Dictionary(XObject=Dictionary(Im0=picture))
    if page.lines:
        resources.Font = Dictionary(F0=font.reference)
    leaf = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *map(Decimal, box)]),
        Contents=flate(pdf, content),
        Resources=resources,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(leaf)))
    return len(memoryview(picture.get_raw_stream_buffer()))


def _content(
    page: FinishedPage, font: Font, scale: float, height_pt: float, box: list[str]
) -> bytes:
    """The picture over the whole page, then the text that nobody sees."""
    picture = f"q {box[0]} 0 0 {box[1]} 0 0 cm /Im0 Do Q\n"
    written = [run for line in page.lines if line.glyphs for run in runs(line)]
    shown = "".join(show(run, font, scale, height_pt) for run in written)
    return f"{picture}BT 3 Tr\n{shown}ET\n".encode("ascii")


def _image(pdf: Pdf, page: FinishedPage) -> Stream:
    """The picture as an indirect image XObject: JPEG where photographic, else without loss."""
    if not page.photographic:
        return exact(page.pixels).stream(pdf)
    jpeg = io.BytesIO()
    mode = _save_jpeg(page.pixels, jpeg, None)
    colours = Name.DeviceGray if mode == "L" else Name.DeviceRGB
    size = (page.pixels.shape[1], page.pixels.shape[0])
    return image_stream(pdf, jpeg.getvalue(), size, colours, 8, Filter=Name.DCTDecode)


def _save_jpeg(pixels: Pixels, out: BinaryIO, dpi: tuple[float, float] | None) -> str:
    """Encode, grey where every pixel is grey; gives Pillow's mode."""
    image = Image.fromarray(pixels[:, :, 0].copy() if _is_grey(pixels) else pixels)
    resolution = {"dpi": dpi} if dpi else {}
    image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=JPEG_SUBSAMPLING, **resolution)
    return image.mode


def _is_grey(pixels: Pixels) -> bool:
    red, green, blue = cv2.split(np.ascontiguousarray(pixels))
    return np.array_equal(red, green) and np.array_equal(red, blue)
