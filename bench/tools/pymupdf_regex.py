"""What many people do: a regular expression over the text layer and PyMuPDF's own redaction.

All but the last four digits of what looks like a card number and passes Luhn is removed. A
picture has no text layer, so it comes back as it was.
"""

# mypy: disable-error-code="import-not-found"
# Its imports are those of the tool's own environment.

from __future__ import annotations

import re

import pymupdf
from serving import serve

CARD = re.compile(r"(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])")
KEPT = 4


def redact(data: bytes, suffix: str) -> bytes:
    """Remove what the expression finds, and save without what nothing refers to."""
    if suffix != ".pdf":
        return data
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            for box in _boxes(page):
                page.add_redact_annot(box, fill=(0, 0, 0))
            page.apply_redactions(images=pymupdf.PDF_REDACT_IMAGE_PIXELS)
        return bytes(document.tobytes(garbage=4, deflate=True))


def _boxes(page: pymupdf.Page) -> list[pymupdf.Rect]:
    boxes = []
    for text, chars in _lines(page):
        for match in CARD.finditer(text):
            digits = [i for i in range(*match.span()) if text[i].isdigit()]
            if _passes_luhn("".join(text[i] for i in digits)):
                boxes += [pymupdf.Rect(chars[i]) for i in digits[:-KEPT]]
    return boxes


def _lines(page: pymupdf.Page) -> list[tuple[str, list[tuple[float, float, float, float]]]]:
    lines = []
    for block in page.get_text("rawdict")["blocks"]:
        for line in block.get("lines", ()):
            chars = [char for span in line["spans"] for char in span["chars"]]
            lines.append(("".join(c["c"] for c in chars), [c["bbox"] for c in chars]))
    return lines


def _passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


if __name__ == "__main__":
    serve(redact)
