"""The text that pages and forms of a PDF would draw → witnesses, whether it is seen or not.

MuPDF lays it out: invisible, off the page, under pictures, in layers that are off, in appearances
of hidden annotations, in forms and pages that nothing shows. It maps codes to characters, which no
search through strings can do for fonts whose codes are numbers of glyphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from prepdoc.page import Witness
from prepdoc.reading.witnesses.contents import text_witnesses
from prepdoc.reading.witnesses.limits import MAX_LAYERS, UNREADABLE, Reach

PAGE_KEYS = ("Resources", "Contents", "Annots")
"""What a page draws, and with what (ISO 32000-2 table 31)."""
EVERYWHERE = "[-20000 -20000 20000 20000]"
"""A page on which all text lies; the largest that PDF 1.7 allows is 14 400 points wide."""
MAX_STEP_EM = 0.6
"""From one word to the next of the same row, in heights: two blanks."""
MAX_DIGIT_STEP_EM = 1.5
"""Between single characters, which are set wide or in boxes."""
SAME_ROW_EM = 0.4
"""How far the middles of two words of one row may be apart, in heights."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word's box in points, and its text."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    def turned(self) -> _Word:
        """With rows and columns exchanged."""
        return _Word(self.y0, self.x0, self.y1, self.x1, self.text)


def layer_texts(data: bytes, reach: Reach, password: str | None = None) -> Iterator[Witness]:
    """All the text of each page, and of what no page shows."""
    from prepdoc.reading.pdf import mupdf_errors, silence_mupdf

    silence_mupdf()
    try:
        with _opened(data, password) as document:
            yield from _pages(document, "page", reach)
            unshown = _unshown(document)
            shown_now = _with_pages(document, unshown) if unshown else b""
        if shown_now:
            with _opened(shown_now, None) as document:
                yield from _pages(document, "drawing", reach)
    except mupdf_errors():
        yield Witness(f"text layers {UNREADABLE}", "")


def _opened(data: bytes, password: str | None) -> Any:
    import pymupdf

    document = pymupdf.open(stream=data, filetype="pdf")
    document.authenticate(password or "")
    # Without their list no layer is off; this is a copy in memory, and the bytes stay.
    document.xref_set_key(document.pdf_catalog(), "OCProperties", "null")
    return document


def _pages(document: Any, kind: str, reach: Reach) -> Iterator[Witness]:
    for index in range(document.page_count):
        if reach.is_spent:
            return
        reach.spend(layers=1)
        yield from _text_layer(document, index, f"{kind} {index + 1}, text layer", reach)


def _text_layer(document: Any, index: int, where: str, reach: Reach) -> Iterator[Witness]:
    import pymupdf

    from prepdoc.reading.pdf import mupdf_errors

    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_IGNORE_ACTUALTEXT
    try:
        for box in ("MediaBox", "CropBox"):
            document.xref_set_key(document.page_xref(index), box, EVERYWHERE)
        # Not from a display list: that leaves out what lies outside of a clip.
        laid_out = document.load_page(index).get_textpage(flags=flags)
        texts = (laid_out.extractText(), *_by_place(laid_out.extractWORDS()))
    except mupdf_errors():
        yield Witness(f"{where} {UNREADABLE}", "")
        return
    finally:
        pymupdf.TOOLS.store_shrink(100)
    for text in texts:
        yield from text_witnesses(where, text, reach)


def _unshown(document: Any) -> list[str]:
    """Every form, and every page outside of the tree of pages, as the keys of a page to show it."""
    from prepdoc.reading.pdf import mupdf_errors

    shown = {document.page_xref(index) for index in range(document.page_count)}
    found = []
    for xref in range(1, document.xref_length()):
        with suppress(*mupdf_errors()):  # what cannot be drawn is read string by string
            if document.xref_get_key(xref, "Subtype")[1] == "/Form":
                contents = _new_stream(document, b"/F Do")
                keys = f"/Contents {contents} 0 R/Resources<</XObject<</F {xref} 0 R>>>>"
                found.append(keys)
            elif document.xref_get_key(xref, "Type")[1] == "/Page" and xref not in shown:
                found.append(_keys_of_page(document, xref))
    return found[:MAX_LAYERS]


def _new_stream(document: Any, drawing: bytes) -> int:
    xref = int(document.get_new_xref())
    document.update_object(xref, "<<>>")
    document.update_stream(xref, drawing, new=True)
    return xref


def _keys_of_page(document: Any, xref: int) -> str:
    values = ((key, document.xref_get_key(xref, key)) for key in PAGE_KEYS)
    return "".join(f"/{key} {value}" for key, (kind, value) in values if kind != "null")


def _with_pages(document: Any, pages: list[str]) -> bytes:
    """The same objects below a new tree of pages: in a damaged one MuPDF may go in circles."""
    import pymupdf

    tree = document.get_new_xref()
    kids = []
    for keys in pages:
        kids.append(document.get_new_xref())
        page = f"<</Type/Page/Parent {tree} 0 R/MediaBox {EVERYWHERE}{keys}>>"
        document.update_object(kids[-1], page)
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    document.update_object(tree, f"<</Type/Pages/Count {len(kids)}/Kids[{listed}]>>")
    document.xref_set_key(document.pdf_catalog(), "Pages", f"{tree} 0 R")
    return bytes(document.tobytes(encryption=pymupdf.PDF_ENCRYPT_NONE))


# --- words by place: digits that are drawn one by one, in any order ---


def _by_place(words: Iterable[Any]) -> Iterator[str]:
    """The words with digits, put together by rows, and single characters by columns too."""
    boxes = [_Word(*word[:5]) for word in words if _counts(word[4])]
    yield "\n".join(_rows(boxes))
    yield "\n".join(_rows([word.turned() for word in boxes if len(word.text) == 1]))


def _counts(text: str) -> bool:
    return any(char.isdigit() for char in text) or not any(char.isalpha() for char in text)


def _rows(words: list[_Word]) -> Iterator[str]:
    row: list[_Word] = []
    for word in sorted(words, key=lambda word: word.middle):
        if row and word.middle - row[0].middle > SAME_ROW_EM * max(row[0].height, 1.0):
            yield _row(row)
            row = []
        row.append(word)
    if row:
        yield _row(row)


def _row(words: list[_Word]) -> str:
    ordered = sorted(words, key=lambda word: word.x0)
    joined = (_between(left, right) + right.text for left, right in pairwise(ordered))
    return ordered[0].text + "".join(joined)


def _between(left: _Word, right: _Word) -> str:
    single = len(left.text) == len(right.text) == 1
    step = (right.x0 - left.x1) / max(left.height, 1.0)
    if step > (MAX_DIGIT_STEP_EM if single else MAX_STEP_EM):
        return "\n"
    return "" if single else " "
