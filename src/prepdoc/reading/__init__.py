"""The first stage, file → pages: what a file is, decided by its content, and how to open it."""

from __future__ import annotations

import math
import re
from typing import Literal, Protocol

import numpy as np

from prepdoc.errors import UnreadableInput
from prepdoc.page import Page, Pixels, Witness
from prepdoc.texts import _

MAX_FILE_BYTES = 500_000_000
"""A scan of 100 pages is a fifth of it, and the file is held in memory."""
MAX_PAGES = 500
"""Pages of one file; a year of statements of a busy card has about 150."""
MAX_PIXELS = 60_000_000
"""Pixels of one page (180 MB as RGB): an A0 sheet at 185 dpi. Larger pages get fewer dpi. PDFium no
longer draws a picture of 80 million pixels as it is."""
MAX_SIDE_PX = 30_000
"""Pixels of one side: OpenCV's warps count in 16 bits (32 767), and JPEG ends at 65 500."""
FEW_COLOURS = 256
"""Colours that a palette holds; a page of no more is no photograph."""
COUNTED_PIXELS = 2_000_000
"""Pixels looked at when colours are counted: every second one of an A4 page at 300 dpi each way."""

LONGEST_IN = 20.0
"""Inches that the long side of a document has at most: an A2 sheet."""
A4_LONG_SIDE_IN = 11.69
"""The long side that is assumed where the file's own size makes no document (ISO 216)."""
A4_WIDTH_IN, SCROLLED, MOST_IN = 8.27, 3.0, 190.0
"""The width of a picture that is so many times as high: screens that were put together. On a page
of an inch across, digits would be smaller than a text layer can say where they are. No PDF's page
is longer than 200 inches (ISO 32000-2, annex C)."""

Format = Literal["PDF", "JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "HEIF"]

PDF_HEADER_WITHIN_BYTES = 1024
"""Where a PDF's header may begin (Adobe's implementation note 13 to PDF Reference 1.7)."""

SIGNATURES: tuple[tuple[Format, re.Pattern[bytes]], ...] = (
    ("JPEG", re.compile(rb"\xff\xd8\xff")),  # ITU-T T.81 B.1.1: SOI and the next marker
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n")),  # PNG 3rd edition §5.2
    ("GIF", re.compile(rb"GIF8[79]a")),  # GIF89a specification §17
    ("TIFF", re.compile(rb"II[*+]\0|MM\0[*+]")),  # TIFF 6.0 §2; + is BigTIFF
    ("WEBP", re.compile(rb"RIFF....WEBP", re.DOTALL)),  # RFC 9649 §2.4
    ("HEIF", re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", re.DOTALL)),  # 23008-12
    ("BMP", re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL)),
)
"""How each kind of picture begins; a BMP's fourteenth byte is the size of a known header."""


class Source(Protocol):
    """A file that was opened: its pages, and the hidden places that name numbers."""

    kind: Literal["pdf", "image"]
    format: Format
    page_count: int
    is_encrypted: bool
    """Whether a password, or only its owner's, protects it, also once it is opened."""

    def page(self, number: int, dpi: float | None = None) -> Page:
        """Page `number` (the first is 1) as pixels, with the glyphs of the file's own text.

        Raises:
            UnreadableInput: there is no such page, or it is damaged.
        """
        ...

    def bare(self, number: int, dpi: float | None = None) -> Page:
        """The same pixels once more; nothing need be told of the text that stands there.

        Raises:
            UnreadableInput: as `page`.
        """
        ...

    def witnesses(self) -> tuple[Witness, ...]:
        """What the hidden places say, as far as it holds numbers."""
        ...


def open_source(data: bytes, password: str | None = None) -> Source:
    """Open a PDF or a picture; the content decides which it is, never a name.

    Raises:
        UnreadableInput: empty, truncated, damaged, too large, or of no kind that prepdoc reads.
        PasswordNeeded: an encrypted PDF, and the password is missing or wrong.
    """
    found = _format_of(data)
    if found == "PDF":
        from prepdoc.reading.pdf import PdfSource

        return PdfSource(data, password)
    from prepdoc.reading.image import ImageSource

    return ImageSource(data, found)


def _format_of(data: bytes) -> Format:
    if not data:
        raise UnreadableInput(_("The file is empty: download or scan it again."))
    for name, signature in SIGNATURES:
        if signature.match(data):
            return name
    if b"%PDF-" in data[:PDF_HEADER_WITHIN_BYTES]:
        return "PDF"
    raise UnreadableInput(
        _(
            "The file is neither a PDF nor a picture that prepdoc reads: "
            "save the statement as PDF, PNG or JPEG and try again."
        )
    )


def check_page_count(count: int) -> None:
    """Refuse a file of no page or of absurdly many.

    Raises:
        UnreadableInput: outside of 1 to MAX_PAGES.
    """
    if count < 1:
        raise UnreadableInput(_("The file has no page: download or scan it again."))
    if count > MAX_PAGES:
        what = _(
            "The file has {count} pages, and prepdoc reads {most} at most: "
            "save the pages that are asked for as a file of their own."
        )
        raise UnreadableInput(what.format(count=count, most=MAX_PAGES))


def check_page_number(number: int, count: int) -> None:
    """Refuse a page that the file does not have.

    Raises:
        UnreadableInput: outside of 1 to `count`.
    """
    if not 1 <= number <= count:
        what = _("There is no page {page}: the file's pages are 1 to {count}.")
        raise UnreadableInput(what.format(page=number, count=count))


def largest_scale(width: float, height: float) -> float:
    """How much a page of this size may at most be enlarged to stay within the limits.

    Half a pixel more each way is counted as a whole one, as renderers do: s²wh + s(w + h) + 1 ≤ M.
    """
    around, area = width + height, width * height
    by_area = (math.sqrt(around**2 + 4 * area * (MAX_PIXELS - 1)) - around) / (2 * area)
    return min(by_area, MAX_SIDE_PX / max(width, height))


def units_per_inch(width: float, height: float) -> float:
    """How many of its units make an inch of a picture whose size on paper is not known.

    It is taken for an A4 page, or for screens of an A4 page's width that were put together.
    """
    if height > SCROLLED * width:
        return max(width / A4_WIDTH_IN, height / MOST_IN)
    return max(width, height) / A4_LONG_SIDE_IN


def has_many_colours(pixels: Pixels) -> bool:
    """Whether more than FEW_COLOURS colours are seen, on a sample of a large page."""
    step = max(1, int((pixels.shape[0] * pixels.shape[1] / COUNTED_PIXELS) ** 0.5))
    sample = pixels[::step, ::step].astype(np.uint32)
    seen = np.zeros(1 << 24, dtype=np.bool_)
    seen[sample[..., 0] << 16 | sample[..., 1] << 8 | sample[..., 2]] = True
    return int(np.count_nonzero(seen)) > FEW_COLOURS
