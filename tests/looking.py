"""Verification's look at a page's pixels, for tests that have no file; and at a file by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prepdoc.explaining import Explained, unexplained
from prepdoc.ocr import Reader, RowReader
from prepdoc.page import POINTS_PER_INCH, ExpectedPage, Page, Pixels, Proof
from prepdoc.pan import Pan
from prepdoc.verifying import foreseeing, verify
from prepdoc.verifying.rereading import Readers, Reading, looked, reread, symbols_of
from prepdoc.verifying.views import blanked


def looked_at(
    pixels: Pixels, page: ExpectedPage, known: tuple[Pan, ...], readers: Readers
) -> Reading:
    """A page without a text layer, as it is read again."""
    blank = blanked(pixels, page.masks)
    given = unexplained(Page(page.number, blank, POINTS_PER_INCH))
    return looked_at_given(given, pixels, page, known, readers)


def verified(
    path: Path,
    expected: Callable[[int], ExpectedPage],
    page_count: int,
    known: tuple[Pan, ...],
    finder: RowReader,
    verifier: Reader,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Proof:
    """A file of which nothing was read ahead, and no shape before."""
    with foreseeing(finder, verifier, {}) as foresight:
        return verify(path, expected, page_count, known, foresight, progress)


def looked_at_given(
    given: Explained,
    pixels: Pixels,
    page: ExpectedPage,
    known: tuple[Pan, ...],
    readers: Readers,
) -> Reading:
    """The same of a page of which `given` is known."""
    looks = looked(given, page.layout, readers)
    return reread(looks, symbols_of(pixels), given, page, known, readers)
