"""The samples, as many pages of them as wanted: text, scan and photograph."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np
import pymupdf
from numpy.typing import NDArray

from prepdoc import Cardholder

SAMPLES: Final = Path(__file__).parents[2] / "samples"
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("statement-ja.pdf", "statement-en.pdf", "four-cards.pdf", "partly-masked.pdf"),
    "scan": ("scan.pdf",),
    "photo": ("photo.jpg",),
}
"""Of each kind its samples; a plain OCR pass is measured on the first."""
CARDHOLDER: Final = Cardholder("髙﨑 花子", "東京都港区青葉坂三丁目14番15号", "090-1234-5678")
PLAIN_DPI: Final = 200
"""A plain OCR pass reads the page at this resolution, as it is usual; photographs as they are."""


def pages(kind: str, count: int) -> bytes:
    """So many pages as one PDF: the kind's samples in turn, over and over."""
    with ExitStack() as stack:
        samples = [stack.enter_context(_opened(name)) for name in KINDS[kind]]
        document = stack.enter_context(pymupdf.open())
        for number in range(count):
            document.insert_pdf(samples[number % len(samples)], to_page=0)
        return bytes(document.tobytes(garbage=4, deflate=True))


def picture(kind: str) -> NDArray[np.uint8]:
    """The first sample's first page as a plain OCR pass gets it: height × width × 3, RGB."""
    name = KINDS[kind][0]
    with _opened(name) as sample:
        if kind == "photo":
            pixmap = pymupdf.Pixmap(str(SAMPLES / name))
        else:
            pixmap = sample[0].get_pixmap(dpi=PLAIN_DPI)
        shape = pixmap.height, pixmap.width, pixmap.n
        return np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(shape)[:, :, :3].copy()


def _opened(name: str) -> pymupdf.Document:
    document = pymupdf.open(SAMPLES / name)
    if document.is_pdf:
        return document
    return pymupdf.open("pdf", document.convert_to_pdf())
