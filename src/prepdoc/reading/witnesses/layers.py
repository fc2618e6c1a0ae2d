"""The text that pages and forms of a PDF would draw → witnesses, whether it is seen or not.

MuPDF lays it out: invisible, off the page, under pictures, in layers that are off, in appearances
of hidden annotations, in forms and pages that nothing shows. It maps codes to characters, which no
search through strings can do for fonts whose codes are numbers of glyphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from prepdoc.page import Witness
from prepdoc.reading.witnesses.contents import text_witnesses
from prepdoc.reading.witnesses.limits import UNREADABLE, Reach

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
    import pymupdf

    from prepdoc.reading.pdf import mupdf_errors, silence_mupdf

    silence_mupdf()
    try:
        with pymupdf.open(stream=data, filetype="pdf") as document:
            document.authenticate(password or "")
            # Without their list no layer is off; this is a copy in memory, and the bytes stay.
            document.xref_set_key(document.pdf_catalog(), "OCProperties", "null")
            pages = [document.page_xref(index) for index in range(document.page_count)]
            yield from _pages(document, len(pages), "page", reach)
            added = _add_unshown(document, frozenset(pages), reach)
            yield from _pages(document, len(pages) + added, "drawing", reach, len(pages))
    except mupdf_errors():
        yield Witness(f"text layers {UNREADABLE}", "")


def _pages(document: Any, end: int, kind: str, reach: Reach, start: int = 0) -> Iterator[Witness]:
    for index in range(start, end):
        if reach.is_spent:
            return
        reach.spend(layers=1)
        yield from _text_layer(document, index, f"{kind} {index - start + 1}, text layer", reach)


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


def _add_unshown(document: Any, shown: frozenset[int], reach: Reach) -> int:
    """Give every form, and every page outside of the tree of pages, a page in this copy."""
    from prepdoc.reading.pdf import mupdf_errors

    added = 0
    for xref in range(1, document.xref_length()):
        if reach.is_spent or xref in shown:
            continue
        try:
            kind = document.xref_get_key(xref, "Subtype")[1]
            if kind == "/Form":
                _draw_form(document, xref)
            elif document.xref_get_key(xref, "Type")[1] == "/Page":
                _draw_page(document, xref)
            else:
                continue
        except mupdf_errors():
            continue  # what cannot be drawn is read string by string
        added += 1
    return added


def _draw_form(document: Any, xref: int) -> None:
    page = document.new_page()
    document.xref_set_key(page.xref, "Resources", f"<</XObject<</F {xref} 0 R>>>>")
    _set_contents(document, page.xref, b"/F Do")


def _set_contents(document: Any, page: int, drawing: bytes) -> None:
    stream = document.get_new_xref()
    document.update_object(stream, "<<>>")
    document.update_stream(stream, drawing, new=True)
    document.xref_set_key(page, "Contents", f"{stream} 0 R")


def _draw_page(document: Any, xref: int) -> None:
    page = document.new_page()
    for key in ("Resources", "Contents", "Annots"):
        kind, value = document.xref_get_key(xref, key)
        if kind != "null":
            document.xref_set_key(page.xref, key, value)


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
