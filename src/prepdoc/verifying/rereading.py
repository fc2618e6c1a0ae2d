"""Fourth and fifth check on one page: the readers look at it again, and what they see is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain

from prepdoc.errors import CannotProve, MachineFailed, PrepdocError
from prepdoc.explaining import Explained, Island, beside, merged
from prepdoc.machine import lacks_memory
from prepdoc.ocr import Reader, RowReader
from prepdoc.ocr.bands import band_lines
from prepdoc.ocr.blocks import read_blocks
from prepdoc.ocr.covers import covers
from prepdoc.ocr.dots import dot_lines
from prepdoc.ocr.marks import either_way
from prepdoc.ocr.marks.strip import REACH
from prepdoc.ocr.scattered import Scattered, scattered, set_lines
from prepdoc.ocr.struck import struck_out
from prepdoc.ocr.typesetting import away_from_paper
from prepdoc.page import ExpectedPage, Layout, Leak, Line, Pixels, Quad, Symbol
from prepdoc.pan import Pan
from prepdoc.scribbled import scribbled_over
from prepdoc.texts import _, ngettext
from prepdoc.threads import threads
from prepdoc.verifying.labelled import others_beside
from prepdoc.verifying.leaking import leaks_in_symbols, leaks_in_text, others_in
from prepdoc.verifying.legibility import (
    Sight,
    digits_too_many,
    shows_last_four_only,
    unread_last_fours,
    unread_near,
    unread_stamp_lines,
)
from prepdoc.verifying.packing import Packed, only, packed
from prepdoc.verifying.unread import unread_behind
from prepdoc.verifying.views import Box, View, blanked, cleared, grown, levelled, view

_ALONG_HEIGHTS = 8.0
"""How much of the row on both sides of a mask the finder sees: the rest of a number and a label."""
_ACROSS_HEIGHTS = 3.0
"""The lines above and below it, where a wrapped number goes on."""
_STAMP_HEIGHTS, _NEAR_STAMPS = 0.2, 1.5
"""Paper around each line of a stamp: where it is read as a row, for where it stands is known; and
where all of a page is read, nothing of which is explained.
"""
_LEVEL = 0.5
"""Degrees: across a page, lines that fall by so much end half of their height lower."""
_NOTHING: tuple[tuple[Line, ...], ...] = ((),) * 5
"""What is read anew of no island: nothing of each kind."""
_MIN_BOX_PX = 12
"""A box that hides digits is at least so high, but for print of 4 points."""


@dataclass(slots=True)
class Guarded:
    """A reader whose every failure is a refusal; its own message may hold what it read."""

    reader: Reader
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.reader.name

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """As the reader does, without empty lines.

        Raises:
            CannotProve: the reader failed in any way.
            MachineFailed: it got no memory.
            ComponentMissing: it is not installed.
        """
        with _refusing(self.name):
            return tuple(line for line in self.reader.read(pixels) if line.glyphs)


@dataclass(slots=True)
class GuardedFinder(Guarded):
    """The same of one that reads rows too."""

    reader: RowReader

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """As the reader does.

        Raises:
            CannotProve, ComponentMissing: as `read`.
        """
        with _refusing(self.name):
            return self.reader.read_rows(rows)


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    try:
        yield
    except PrepdocError:
        raise
    except Exception as error:  # noqa: BLE001 - any failure of a reader is a refusal
        if lacks_memory(error):
            raise MachineFailed(name) from None
        what = _("{name} failed while reading the output ({kind})")
        raise CannotProve(what.format(name=name, kind=type(error).__name__)) from None


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads: the finder around masks, the verifier whole pages; who knows letters, stamps."""

    finder: RowReader
    verifier: Reader
    letters: tuple[Reader, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen on one page: where digits leak, what cannot be read, and how much was read."""

    leaks: tuple[Leak, ...]
    missing: tuple[str, ...]
    by_verifier: int
    by_finder: int
    by_shape: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page as the readers are shown it: without its masks, and without the issuer's `boxes`,
    which are among the masks of this `layout`.
    """

    layout: Layout
    boxes: tuple[Quad, ...]
    pixels: Pixels = field(repr=False)
    islands: tuple[Island, ...]
    figures: tuple[Island, ...]
    is_whole: bool
    """Whether all of the page is read: nothing of it is explained."""


@dataclass(frozen=True, slots=True)
class _Apart:
    """An island of the page, and what stands apart on it in its pixels."""

    island: Island
    found: Scattered


@dataclass(frozen=True, slots=True)
class _Look:
    """What one reader read: its lines, and these with all that was set anew for it, of which bands
    and print of dots are the last.
    """

    lines: tuple[Line, ...] = field(repr=False)
    closer: tuple[tuple[Line, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Looks:
    """What both readers read of a page without its masks and the issuer's `boxes`; and where print
    is `covered`, but shows, or `struck` out, or a pen's ink is in `tangles`.
    """

    boxes: tuple[Quad, ...]
    covered: tuple[Quad, ...]
    struck: tuple[Quad, ...]
    tangles: tuple[Quad, ...]
    verifier: _Look
    finder: _Look


def looked(
    given: Explained,
    layout: Layout,
    readers: Readers,
    stamped: Future[tuple[Line, ...]] | None = None,
) -> Looks:
    """Both readers on what is to be read of a page of the output.

    `given` is the page with its masks blanked, and what its own text layer explains of it; where
    that may be something, the lines of its stamps are read apart.

    Raises:
        CannotProve: a reader failed.
        ComponentMissing: a reader is not installed.
    """
    shown = _shown(given, layout)
    covered = tuple(_covered(given.islands))
    return Looks(shown.boxes, covered, *_looks(shown, readers, stamped))


def reread(
    looks: Looks,
    symbols: tuple[Symbol, ...],
    given: Explained,
    page: ExpectedPage,
    known: tuple[Pan, ...],
    readers: Readers,
) -> Reading:
    """What was read of one page of the output, judged.

    Raises:
        CannotProve, ComponentMissing: as `looked`.
    """
    verifier, finder = looks.verifier, looks.finder
    boxed = replace(page, masks=(*page.masks, *looks.boxes))
    # What is explained is the text layer's, which is judged as a whole (leaks_in_layer).
    readings = (*verifier.closer, *finder.closer)
    seen = verifier.lines, finder.lines, verifier.closer[-1], finder.closer[-1]
    bare = replace(page, source=blanked(page.source, looks.boxes))
    # Words that are proven to be letters no reader sees; where they stand no number goes on.
    told = (*seen, given.letters())
    shown_anew = (*seen, *(lines for look in (verifier, finder) for lines in look.closer[-2:-1]))
    both = readers.verifier, readers.finder
    sight = Sight(given.page.pixels, page, shown_anew, both, readers.letters)
    named = others_beside(sight, readings, known)
    others = others_in(tuple(chain(*readings)), given.lines, named)
    in_text = (leak for lines in readings for leak in leaks_in_text(lines, boxed, known, others))
    leaks: tuple[Leak, ...] = (
        *(leak for leak in in_text if not shows_last_four_only(sight, leak.quad)),
        *(Leak(page.number, quad) for quad in digits_too_many(sight, verifier.lines)),
        *leaks_in_symbols(symbols, page.number, known),
        *(Leak(page.number, quad) for quad in (*looks.covered, *_crossed(looks, page, known))),
        *unread_behind(bare, told, known),
    )
    silent = tuple(_silent(sight, readers, verifier.lines, finder.lines))
    missing = silent or tuple(_unread(sight))
    return Reading(leaks, missing, len(verifier.lines), len(finder.lines), len(given.lines))


def _shown(given: Explained, layout: Layout) -> _Shown:
    digits = given.figures()
    boxes = _boxes(digits)
    return _Shown(
        replace(layout, masks=(*layout.masks, *boxes)),
        boxes,
        blanked(given.page.pixels, boxes),
        tuple(cleared(island, boxes) for island in given.islands),
        tuple(cleared(island, boxes) for island in digits),
        given.ink is None,
    )


def _looks(
    shown: _Shown, readers: Readers, stamped: Future[tuple[Line, ...]] | None
) -> tuple[tuple[Quad, ...], tuple[Quad, ...], _Look, _Look]:
    """Where print is struck out, and where tangles are; what the verifier sees, which reads the
    page, and the finder, which reads around masks meanwhile.

    The verifier is a process of its own.
    """
    layout, pixels, verifier = shown.layout, shown.pixels, readers.verifier
    sheet = only(shown.figures, pixels)
    with threads(4, "verifier") as beside_this:
        parts = packed(sheet, shown.figures, layout.turn)
        waits = [beside_this.submit(_by_verifier, verifier, part, layout) for part in parts]
        by_finder = _by_finder(readers.finder, sheet, shown, stamped)
        # Our own blue print would be read as what stands on or under coloured ink.
        stamps = [stamp.quad for stamp in layout.stamps]
        apart = [_Apart(one, scattered(cleared(one, stamps).pixels)) for one in shown.islands]
        anew = beside_this.submit(_anew, verifier, apart)
        marked = beside_this.submit(lambda: _marked(verifier, _all(waits), pixels, apart))
        by_marks = _marked(readers.finder, by_finder, pixels, apart)
        finder = _Look(by_finder, (*by_marks, *_anew(readers.finder, apart)))
        struck = tuple(quad for one in apart for quad in one.island.quads(one.found.struck))
        tangles = tuple(quad for one in apart for quad in one.island.quads(one.found.tangles))
        return struck, tangles, _Look(_all(waits), (*marked.result(), *anew.result())), finder


def _all(parts: Iterable[Future[tuple[Line, ...]]]) -> tuple[Line, ...]:
    return tuple(chain.from_iterable(part.result() for part in parts))


def _by_verifier(verifier: Reader, sheet: Packed, layout: Layout) -> tuple[Line, ...]:
    """What the verifier reads of all but what is proven to be letters, where these lie level.

    Of lines that fall it takes the ends apart, and reads few of the digits.
    """
    upright = view(sheet.pixels, None, layout.turn)
    if abs(layout.slant) < _LEVEL:
        return tuple(sheet.back(line) for line in _read(verifier, [upright]))
    level = levelled(upright.pixels, layout.slant)
    lines = (level.back(line) for line in verifier.read(level.pixels))
    return tuple(sheet.back(upright.back(line)) for line in lines)


def _by_finder(
    finder: RowReader,
    sheet: Pixels,
    shown: _Shown,
    stamped: Future[tuple[Line, ...]] | None,
) -> tuple[Line, ...]:
    """What the finder reads around masks of what is on the sheet, and of the stamps on the page, of
    which every character must be read.
    """
    layout, pixels = shown.layout, shown.pixels
    around = [_surrounding(quad, pixels) for quad in layout.masks]
    if shown.is_whole or stamped is None:  # nothing says what stands beside the stamps
        near = (_beside(quad, _NEAR_STAMPS, pixels) for quad in _stamp_lines(layout))
        return _read(finder, [view(sheet, box, layout.turn) for box in merged([*around, *near])])
    lines = _read(finder, [view(sheet, box, layout.turn) for box in merged(around)])
    return (*lines, *stamped.result())


def stamps_of(pixels: Pixels, layout: Layout, finder: RowReader) -> tuple[Line, ...]:
    """The lines of the stamps on the pixels of a page, each read as a row.

    Raises:
        CannotProve, ComponentMissing: as `looked`.
    """
    quads = _stamp_lines(layout)
    rows = [view(pixels, _beside(quad, _STAMP_HEIGHTS, pixels), quad.turn()) for quad in quads]
    read = finder.read_rows([row.pixels for row in rows])
    return tuple(row.back(line) for row, line in zip(rows, read, strict=True) if line.glyphs)


def _stamp_lines(layout: Layout) -> list[Quad]:
    return [line.quad for stamp in layout.stamps for line in stamp.lines if line.glyphs]


def _marked(
    reader: Reader, lines: Sequence[Line], pixels: Pixels, apart: Sequence[_Apart]
) -> tuple[tuple[Line, ...], ...]:
    """A reader's lines, one way or two, with the marks beside them."""
    near, far = beside(lines, [one.island for one in apart], REACH)
    return tuple((*far, *some) for some in either_way(near, pixels, reader))


def _anew(reader: Reader, apart: Sequence[_Apart]) -> tuple[tuple[Line, ...], ...]:
    """What a reader reads in cells, in columns, far apart, in bands and in print of dots."""
    found = (_read_apart(one, reader) for one in apart)
    return tuple(tuple(chain.from_iterable(kind)) for kind in zip(_NOTHING, *found, strict=True))


def _read_apart(one: _Apart, reader: Reader) -> tuple[tuple[Line, ...], ...]:
    """The same of one island, in pixels of the page."""
    dots = chain.from_iterable(dot_lines(one.found.dots, reader))
    kinds = (*set_lines(one.found, reader), band_lines(one.found.bands, reader), dots)
    return tuple(one.island.lines(kind) for kind in kinds)


def _boxes(islands: Iterable[Island]) -> tuple[Quad, ...]:
    """What the issuer painted over digits: nothing to be read, and as if they were masks.

    Readers take a row of black boxes for ones. Smaller ones may be a digit's thick stroke.
    """
    lines = (line for island in islands for line in island.lines(read_blocks(island.pixels)))
    return tuple(line.quad for line in lines if line.quad.height() >= _MIN_BOX_PX)


def _crossed(looks: Looks, page: ExpectedPage, known: Iterable[Pan]) -> Iterator[Quad]:
    """What may be a number and is struck out or scribbled over, but where a last four is kept."""
    read = tuple(chain(*looks.verifier.closer, *looks.finder.closer))
    yield from struck_out(looks.struck, read)
    fours = {four for pan in known if pan.complete and (four := pan.last_four)}
    kept = [quad for _, quad in page.last_fours]
    yield from scribbled_over(looks.tangles, kept, read, fours)


def _covered(islands: Iterable[Island]) -> Iterator[Quad]:
    for island in islands:
        found = covers(island.pixels, away_from_paper(island.pixels))
        yield from island.quads(cover.print for cover in found)


def _read(reader: Reader, views: Iterable[View]) -> tuple[Line, ...]:
    return tuple(seen.back(line) for seen in views for line in reader.read(seen.pixels))


def _beside(line: Quad, heights: float, pixels: Pixels) -> Box:
    margin = heights * line.height()
    return grown(line, margin, margin, pixels)


def _surrounding(mask: Quad, pixels: Pixels) -> Box:
    height = mask.height()
    reach = _ALONG_HEIGHTS * height, _ACROSS_HEIGHTS * height
    across, down = reach[::-1] if mask.turn() % 2 else reach
    return grown(mask, across, down, pixels)


def symbols_of(pixels: Pixels) -> tuple[Symbol, ...]:
    """Of the whole page: an island may cut the blank off that a barcode must have around it.

    Raises:
        CannotProve, ComponentMissing: as `looked`.
    """
    from prepdoc.ocr.barcode import read_symbols

    with _refusing(_("the reader of barcodes")):
        return read_symbols(pixels)


def _silent(
    sight: Sight, readers: Readers, by_verifier: tuple[Line, ...], by_finder: tuple[Line, ...]
) -> Iterator[str]:
    """A reader that sees nothing where there is text proves nothing."""
    page = sight.page
    text = [quad for _, quad in page.last_fours]
    text += _stamp_lines(page.layout)
    text += [line.quad for line in page.near if line.glyphs]
    if text and not by_verifier and not _sees(readers.verifier, sight.pixels, text):
        what = _("{name} reads nothing on page {page}")
        yield what.format(name=readers.verifier.name, page=page.number)
    beside_masks = page.masks and page.last_fours
    if beside_masks and not by_finder and not _sees(readers.finder, sight.pixels, text):
        what = _("{name} reads nothing beside the masks on page {page}")
        yield what.format(name=readers.finder.name, page=page.number)


def _sees(reader: Reader, pixels: Pixels, text: Iterable[Quad]) -> bool:
    """Whether a close look at one of the places shows the reader anything."""
    for quad in text:
        margin = quad.height()
        close = view(pixels, grown(quad, margin, margin, pixels), quad.turn(), 2.0)
        if reader.read(close.pixels):
            return True
    return False


def _unread(sight: Sight) -> Iterator[str]:
    number = sight.page.number
    if count := unread_last_fours(sight):
        yield ngettext(
            "the last four digits cannot be read on page {page} ({n} place)",
            "the last four digits cannot be read on page {page} ({n} places)",
            count,
        ).format(page=number, n=count)
    if count := unread_stamp_lines(sight):
        yield ngettext(
            "the added details cannot be read on page {page} ({n} line)",
            "the added details cannot be read on page {page} ({n} lines)",
            count,
        ).format(page=number, n=count)
    if count := unread_near(sight):
        yield ngettext(
            "text beside a mask cannot be read on page {page} any more ({n} place)",
            "text beside a mask cannot be read on page {page} any more ({n} places)",
            count,
        ).format(page=number, n=count)
