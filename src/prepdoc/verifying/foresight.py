"""What is read of a page's pixels alone: begun while the file is written, taken if it is the same.

Engines take most of the time, and need no file: they may read the pixels that are meant to be
written. What they read counts only for a page that is drawn from the file with the same pixels,
every one of them, and on which the same places are masked and stamped; else it is read anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from prepdoc.explaining import Known, ink_of, unexplained
from prepdoc.explaining.ink import Ink
from prepdoc.ocr import Reader, RowReader, engine_threads
from prepdoc.ocr.ahead import AT_ONCE
from prepdoc.ocr.tesseract import LETTERS, Tesseract
from prepdoc.page import POINTS_PER_INCH, FinishedPage, Layout, Line, Page, Pixels, Symbol
from prepdoc.verifying.rereading import (
    Guarded,
    GuardedFinder,
    Looks,
    Readers,
    looked,
    stamps_of,
    symbols_of,
)
from prepdoc.verifying.views import BLURRED_PX, SHARP_PX, blanked


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is read of a page before its text layer is known: with its masks `blank`, its barcodes.

    Where a layer may explain the page, its ink if it is lossless, and the lines of its stamps as
    rows; where none can, all that both readers read.
    """

    blank: Pixels = field(repr=False)
    symbols: Future[tuple[Symbol, ...]]
    ink: Future[Ink | None] | None = None
    stamped: Future[tuple[Line, ...]] | None = None
    looks: Future[Looks] | None = None


@dataclass(frozen=True, slots=True)
class _Meant:
    """A page as it is meant to be written, and what is read of it."""

    pixels: Pixels = field(repr=False)
    layout: Layout
    beginning: Beginning


@dataclass(slots=True)
class Foresight:
    """The readers, and the first pages of a document, of which reading is begun ahead.

    So few at `most`, for each holds its pixels; none in a process with one core for itself.
    """

    readers: Readers
    specimens: Known
    """Shapes that the finder has read before, and need not read again. Without any a text layer
    explains nothing, and all of each page is read."""
    most: int
    eyes: Executor = field(repr=False)
    engines: Executor = field(repr=False)
    meant: dict[int, _Meant] = field(default_factory=dict, repr=False)

    def look(self, page: FinishedPage, layout: Layout) -> None:
        """Begin to read one of the first pages, which is meant to be written without loss.

        Once at most: what is written anew, at fewer dpi, may have to be again.
        """
        if page.number <= self.most and page.number not in self.meant:
            own = page.pixels.copy()  # whoever writes the page may not change what was read
            self.meant[page.number] = _Meant(own, layout, self._begun(own, layout, lossless=True))

    def beginning(self, number: int, pixels: Pixels, layout: Layout, lossless: bool) -> Beginning:
        """Of page `number` as it is drawn from the file: what was begun of it, if it is the same.

        It is asked for once of each page.
        """
        meant = self.meant.pop(number, None)
        if meant and meant.layout == layout and np.array_equal(meant.pixels, pixels):
            return meant.beginning
        return self._begun(pixels, layout, lossless)

    def _begun(self, pixels: Pixels, layout: Layout, lossless: bool) -> Beginning:
        blank = blanked(pixels, layout.masks, SHARP_PX if lossless else BLURRED_PX)
        if not self.specimens:
            given = unexplained(Page(0, blank, POINTS_PER_INCH))
            looks = self.engines.submit(looked, given, layout, self.readers)
            return Beginning(blank, self.eyes.submit(symbols_of, pixels), looks=looks)
        ink = self.eyes.submit(ink_of, blank) if lossless else None
        stamped = self.eyes.submit(stamps_of, blank, layout, self.readers.finder)
        return Beginning(blank, self.eyes.submit(symbols_of, pixels), ink, stamped)


@contextmanager
def foreseeing(finder: RowReader, verifier: Reader, specimens: Known) -> Iterator[Foresight]:
    """Readers for one document; what is not read yet at the end is not read any more."""
    guarded = GuardedFinder(finder)
    readers = Readers(guarded, Guarded(verifier), (guarded, Guarded(Tesseract(LETTERS))))
    at_once = min(AT_ONCE, engine_threads() or AT_ONCE)
    eyes = ThreadPoolExecutor(1, thread_name_prefix="prepdoc-begun")
    engines = ThreadPoolExecutor(at_once, thread_name_prefix="prepdoc-looks")
    try:
        yield Foresight(readers, specimens, at_once if at_once > 1 else 0, eyes, engines)
    finally:
        eyes.shutdown(cancel_futures=True)
        engines.shutdown(cancel_futures=True)
