"""Fourth and fifth check on one page: the readers look at it again, and what they see is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from prepdoc.errors import CannotProve, PrepdocError
from prepdoc.ocr import Reader
from prepdoc.page import ExpectedPage, Leak, Line, Pixels, Quad, Symbol
from prepdoc.pan import Pan
from prepdoc.verifying.leaking import leaks_in_symbols, leaks_in_text
from prepdoc.verifying.legibility import (
    Sight,
    unread_last_fours,
    unread_near,
    unread_stamp_lines,
    upright_turn,
)
from prepdoc.verifying.unread import unread_behind
from prepdoc.verifying.views import Box, View, blanked, grown, merged, view

_ALONG_HEIGHTS = 8.0
"""How much of the row on both sides of a mask the finder sees: the rest of a number and a label."""
_ACROSS_HEIGHTS = 3.0
"""The lines above and below it, where a wrapped number goes on."""
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
            ComponentMissing: it is not installed.
        """
        try:
            return tuple(line for line in self.reader.read(pixels) if line.glyphs)
        except PrepdocError:
            raise
        except Exception as error:  # noqa: BLE001 - any failure of a reader is a refusal
            kind = type(error).__name__
            raise CannotProve(f"{self.name} failed while reading the output ({kind})") from None


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads: the finder around masks, the verifier whole pages; who knows letters, stamps."""

    finder: Reader
    verifier: Reader
    letters: tuple[Reader, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen on one page: where digits leak, what cannot be read, and how much was read."""

    leaks: tuple[Leak, ...]
    missing: tuple[str, ...]
    by_verifier: int
    by_finder: int


def reread(pixels: Pixels, page: ExpectedPage, known: tuple[Pan, ...], readers: Readers) -> Reading:
    """All readers on the output's pixels of one page.

    Raises:
        CannotProve: a reader failed.
        ComponentMissing: a reader is not installed.
    """
    blank = blanked(pixels, page.masks)
    boxes = _boxes(blank)
    empty, boxed = blanked(blank, boxes), replace(page, masks=(*page.masks, *boxes))
    by_verifier = _read(readers.verifier, [view(empty, None, page.turn)])
    by_finder = _read(readers.finder, _surroundings(empty, boxed))
    seen_by = (readers.verifier, by_verifier), (readers.finder, by_finder)
    dotted = tuple(_dotted(empty, (readers.verifier, readers.finder)))
    readings = (*_closer(seen_by, empty), *dotted)
    leaks: tuple[Leak, ...] = (
        *(leak for lines in readings for leak in leaks_in_text(lines, boxed, known)),
        *leaks_in_symbols(_symbols(pixels, page), page.number, known),
    )
    seen = by_verifier, by_finder, *dotted
    bare = replace(page, source=blanked(page.source, boxes))
    leaks += tuple(unread_behind(bare, seen, known))
    sight = Sight(blank, page, seen, (readers.verifier, readers.finder), readers.letters)
    missing = tuple(_silent(sight, readers, by_verifier, by_finder)) or tuple(_unread(sight))
    return Reading(leaks, missing, len(by_verifier), len(by_finder))


def _closer(
    seen_by: Iterable[tuple[Reader, Sequence[Line]]], pixels: Pixels
) -> Iterator[tuple[Line, ...]]:
    """Each reader's lines with the marks beside them, and what it reads in cells and in columns."""
    from prepdoc.ocr.cells import cell_lines, cell_sets
    from prepdoc.ocr.columns import column_lines, column_sets
    from prepdoc.ocr.marks import either_way

    cells, columns = cell_sets(pixels), column_sets(pixels)
    for reader, lines in seen_by:
        yield from either_way(lines, pixels, reader)
        yield cell_lines(cells, reader)
        yield column_lines(columns, reader)


def _dotted(pixels: Pixels, readers: Iterable[Reader]) -> Iterator[tuple[Line, ...]]:
    """What each reader reads of print whose characters are made of dots."""
    from prepdoc.ocr.dots import dot_lines, dot_rows

    rows = dot_rows(pixels)
    return (tuple(chain.from_iterable(dot_lines(rows, reader))) for reader in readers)


def _boxes(pixels: Pixels) -> tuple[Quad, ...]:
    """What the issuer painted over digits: nothing to be read, and as if they were masks.

    Readers take a row of black boxes for ones. Smaller ones may be a digit's thick stroke.
    """
    from prepdoc.ocr.blocks import read_blocks

    boxes = (line.quad for line in read_blocks(pixels))
    return tuple(box for box in boxes if box.height() >= _MIN_BOX_PX)


def _read(reader: Reader, views: Iterable[View]) -> tuple[Line, ...]:
    return tuple(seen.back(line) for seen in views for line in reader.read(seen.pixels))


def _surroundings(pixels: Pixels, page: ExpectedPage) -> list[View]:
    """Cut out around masks and stamps, neighbours together."""
    places = chain(page.masks, (line.quad for stamp in page.stamps for line in stamp.lines))
    boxes = merged(_surrounding(quad, pixels) for quad in places)
    return [view(pixels, box, page.turn) for box in boxes]


def _surrounding(mask: Quad, pixels: Pixels) -> Box:
    height = mask.height()
    reach = _ALONG_HEIGHTS * height, _ACROSS_HEIGHTS * height
    across, down = reach[::-1] if upright_turn(mask) % 2 else reach
    return grown(mask, across, down, pixels)


def _symbols(pixels: Pixels, page: ExpectedPage) -> tuple[Symbol, ...]:
    from prepdoc.ocr.barcode import read_symbols

    try:
        return read_symbols(pixels)
    except PrepdocError:
        raise
    except Exception as error:  # noqa: BLE001 - the same for barcodes
        kind = type(error).__name__
        raise CannotProve(f"barcodes on page {page.number} could not be read ({kind})") from None


def _silent(
    sight: Sight, readers: Readers, by_verifier: tuple[Line, ...], by_finder: tuple[Line, ...]
) -> Iterator[str]:
    """A reader that sees nothing where there is text proves nothing."""
    page = sight.page
    text = [quad for _, quad in page.last_fours]
    text += [line.quad for stamp in page.stamps for line in stamp.lines if line.glyphs]
    text += [line.quad for line in page.near if line.glyphs]
    if text and not by_verifier and not _sees(readers.verifier, sight.pixels, text):
        yield f"{readers.verifier.name} reads nothing on page {page.number}"
    beside_masks = page.masks and page.last_fours
    if beside_masks and not by_finder and not _sees(readers.finder, sight.pixels, text):
        yield f"{readers.finder.name} reads nothing beside the masks on page {page.number}"


def _sees(reader: Reader, pixels: Pixels, text: Iterable[Quad]) -> bool:
    """Whether a close look at one of the places shows the reader anything."""
    for quad in text:
        margin = quad.height()
        close = view(pixels, grown(quad, margin, margin, pixels), upright_turn(quad), 2.0)
        if reader.read(close.pixels):
            return True
    return False


def _unread(sight: Sight) -> Iterator[str]:
    number = sight.page.number
    if count := unread_last_fours(sight):
        yield f"the last four digits cannot be read on page {number} ({_places(count)})"
    if count := unread_stamp_lines(sight):
        yield f"the added details cannot be read on page {number} ({count} lines)"
    if count := unread_near(sight):
        yield f"text beside a mask cannot be read on page {number} any more ({_places(count)})"


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"
