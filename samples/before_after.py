"""Draws the README's picture from a sample; `python -m samples.before_after` writes it anew.

Left the statement as it came, right what prepdoc made of it, below each its card number enlarged.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from prepdoc import Cardholder, Prepared, prepare
from prepdoc.page import POINTS_PER_INCH, Pixels, quads_box

HERE = Path(__file__).parent
SOURCE = HERE / "statement-ja.pdf"
CARDHOLDER = HERE / "cardholder-ja.toml"
PICTURE = HERE.parent / "docs" / "images" / "before-after.png"

PAGE_WIDTH_PX = 480
"""Two pages beside each other are as wide as a README is shown."""
GAP_PX = 16
CLOSE_UP_PT = (14.0, 4.5)
"""Page shown around the card number, along and across it: the lines above and below stay out."""
GROUND = (208, 215, 222)
COLOURS = 255
"""What a palette holds; with 64 the stamp's blue took the issuer's green."""


def before_after() -> Image.Image:
    """The picture, of pages that are rendered here and now."""
    made = prepare(SOURCE.read_bytes(), _cardholder())
    assert made.data is not None  # bytes went in, so bytes come out
    pages = [_rendered(data, made.dpi) for data in (SOURCE.read_bytes(), made.data)]
    close_up = _around_number(made)
    columns = [_stacked([_fitted(page), _fitted(_cropped(page, close_up))]) for page in pages]
    return _beside(columns).quantize(COLOURS, dither=Image.Dither.NONE)


def _cardholder() -> Cardholder:
    return Cardholder(**tomllib.loads(CARDHOLDER.read_text("utf-8")))


def _rendered(data: bytes, dpi: float) -> Pixels:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        bitmap = document[0].render(scale=dpi / POINTS_PER_INCH)
        return np.array(bitmap.to_pil().convert("RGB"))


def _around_number(made: Prepared) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in pixels of the page, a little more than the number."""
    number = made.numbers[0]
    left, top, right, bottom = quads_box(number.mask + number.keep)
    along, across = (points * made.dpi / POINTS_PER_INCH for points in CLOSE_UP_PT)
    return round(left - along), round(top - across), round(right + along), round(bottom + across)


def _cropped(page: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    left, top, right, bottom = box
    return page[top:bottom, left:right]


def _fitted(page: Pixels) -> Image.Image:
    height, width = page.shape[:2]
    size = (PAGE_WIDTH_PX, round(PAGE_WIDTH_PX * height / width))
    return Image.fromarray(page).resize(size, Image.Resampling.LANCZOS)


def _stacked(pictures: Sequence[Image.Image]) -> Image.Image:
    height = sum(picture.height for picture in pictures) + GAP_PX * (len(pictures) - 1)
    sheet = Image.new("RGB", (PAGE_WIDTH_PX, height), GROUND)
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height + GAP_PX
    return sheet


def _beside(columns: Sequence[Image.Image]) -> Image.Image:
    width = sum(column.width + GAP_PX for column in columns) + GAP_PX
    height = max(column.height for column in columns) + 2 * GAP_PX
    sheet = Image.new("RGB", (width, height), GROUND)
    for i, column in enumerate(columns):
        sheet.paste(column, (GAP_PX + i * (column.width + GAP_PX), GAP_PX))
    return sheet


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    before_after().save(PICTURE, optimize=True)
