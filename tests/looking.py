"""Verification's look at a page's pixels, for tests that have no file."""

from __future__ import annotations

from prepdoc.explaining import unexplained
from prepdoc.page import POINTS_PER_INCH, ExpectedPage, Page, Pixels
from prepdoc.pan import Pan
from prepdoc.verifying.rereading import Readers, Reading, reread
from prepdoc.verifying.views import blanked


def looked_at(
    pixels: Pixels, page: ExpectedPage, known: tuple[Pan, ...], readers: Readers
) -> Reading:
    """A page without a text layer, as it is read again."""
    blank = blanked(pixels, page.masks)
    given = unexplained(Page(page.number, blank, POINTS_PER_INCH))
    return reread(pixels, given, page, known, readers)
