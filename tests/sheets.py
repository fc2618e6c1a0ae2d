"""One page of text as a small PDF, and which cards finding sees on it: for tests of tables."""

from __future__ import annotations

from collections.abc import Sequence

from prepdoc.finding import find_numbers
from prepdoc.reading import open_source
from tests import draw
from tests.draw import DrawnPdf, Sheet, Text

SIZE = (330.0, 300.0)
"""Points."""


def sheet(items: Sequence[Text]) -> DrawnPdf:
    return draw.statement_pdf([Sheet(items=items, size=SIZE)])


def found(source: DrawnPdf) -> set[str | None]:
    """The last fours of the numbers, None where one is not known."""
    page = open_source(source.data).page(1)
    return {one.pan.last_four for one in find_numbers(1, page.pixels, page.lines).numbers}
