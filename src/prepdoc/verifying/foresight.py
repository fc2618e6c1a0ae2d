"""What is read of a page's pixels alone: begun while the file is written, taken if it is the same.

Engines take most of the time, and need no file: they may read the pixels that are meant to be
written. What they read counts only for a page that is drawn from the file with the same pixels,
every one of them, and on which the same places are masked and stamped; else it is read anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field

from prepdoc.explaining import Explained, Known, explained_of, ink_of, unexplained
from prepdoc.explaining.ink import Ink
from prepdoc.ocr import Reader, RowReader, engine_threads
from prepdoc.ocr.ahead import AT_ONCE
from prepdoc.ocr.tesseract import LETTERS, Tesseract
from prepdoc.page import POINTS_PER_INCH, FinishedPage, Layout, Line, Page, Pixels, Symbol
from prepdoc.threads import threads
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
class Looking:
    """What is being read of a page with these pixels: its barcodes, what its text layer explains,
    and what both readers see of the rest.
    """

    pixels: Pixels = field(repr=False)
    symbols: Future[tuple[Symbol, ...]]
    given: Future[Explained]
    looks: Future[Looks]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is read of a page before its text layer is known: with its masks `blank`, its barcodes.

    Where a layer may explain the page, its ink if it is lossless, and the lines of its stamps as
    rows; where none can, all that both readers read.
    """

    pixels: Pixels = field(repr=False)
    layout: Layout
    blank: Pixels = field(repr=False)
    symbols: Future[tuple[Symbol, ...]]
    ink: Future[Ink | None] | None = None
    stamped: Future[tuple[Line, ...]] | None = None
    looks: Future[Looks] | None = None


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
    layers: Executor = field(repr=False)
    """Of one thread: what a page's shapes are read as is known for the next page."""
    engines: Executor = field(repr=False)
    meant: dict[int, Beginning] = field(default_factory=dict, repr=False)

    def look(self, page: FinishedPage, layout: Layout) -> None:
        """Begin to read one of the first pages, which is meant to be written without loss.

        Once at most: what is written anew, at fewer dpi, may have to be again.
        """
        if page.number <= self.most and page.number not in self.meant:
            own = page.pixels.copy()  # whoever writes the page may not change what was read
            self.meant[page.number] = self._begun(own, layout, lossless=True)

    def going_on(self, number: int, layout: Layout, layer: tuple[Line, ...]) -> Looking | None:
        """What was begun of page `number`, and goes on with the text layer that the file has.

        It counts if the page is drawn with the same pixels. Asked for once of each page; None
        where nothing was begun of it, or with other places.
        """
        begun = self.meant.pop(number, None)
        return self._looking(begun, layer) if begun and begun.layout == layout else None

    def looking(
        self, pixels: Pixels, layout: Layout, layer: tuple[Line, ...], lossless: bool
    ) -> Looking:
        """Of a page as it is drawn from the file, with nothing known of it before."""
        return self._looking(self._begun(pixels, layout, lossless), layer)

    def _begun(self, pixels: Pixels, layout: Layout, lossless: bool) -> Beginning:
        blank = blanked(pixels, layout.masks, SHARP_PX if lossless else BLURRED_PX)
        if not self.specimens:
            given = unexplained(Page(0, blank, POINTS_PER_INCH))
            looks = self.engines.submit(looked, given, layout, self.readers)
            symbols = self.eyes.submit(symbols_of, pixels)
            return Beginning(pixels, layout, blank, symbols, looks=looks)
        ink = self.eyes.submit(ink_of, blank) if lossless else None
        stamped = self.eyes.submit(stamps_of, blank, layout, self.readers.finder)
        symbols = self.eyes.submit(symbols_of, pixels)
        return Beginning(pixels, layout, blank, symbols, ink, stamped)

    def _looking(self, begun: Beginning, layer: tuple[Line, ...]) -> Looking:
        given = self.layers.submit(self._given, begun, layer)
        looks = begun.looks or self.engines.submit(self._looks, begun, given)
        return Looking(begun.pixels, begun.symbols, given, looks)

    def _given(self, begun: Beginning, layer: tuple[Line, ...]) -> Explained:
        page = Page(0, begun.blank, POINTS_PER_INCH, lines=layer)
        if not begun.ink or not layer:
            return unexplained(page)
        finder = self.readers.finder
        given, self.specimens = explained_of(page, begun.ink.result(), self.specimens, finder)
        return given

    def _looks(self, begun: Beginning, given: Future[Explained]) -> Looks:
        return looked(given.result(), begun.layout, self.readers, begun.stamped)


@contextmanager
def foreseeing(finder: RowReader, verifier: Reader, specimens: Known) -> Iterator[Foresight]:
    """Readers for one document; what is not read yet at the end is not read any more."""
    guarded = GuardedFinder(finder)
    readers = Readers(guarded, Guarded(verifier), (guarded, Guarded(Tesseract(LETTERS))))
    at_once = min(AT_ONCE, engine_threads() or AT_ONCE)
    eyes = threads(1, "begun")
    layers = threads(1, "layers")
    engines = threads(at_once, "looks")
    try:
        yield Foresight(readers, specimens, at_once if at_once > 1 else 0, eyes, layers, engines)
    finally:
        # Each waits for the ones before it.
        for pool in (eyes, layers, engines):
            pool.shutdown(cancel_futures=True)
