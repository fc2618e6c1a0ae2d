"""The first pass: what is written on a page, kept without its pixels.

So memory stays flat however many pages there are, and a number that the last page names is known
when the first one is painted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from prepdoc.explaining import Explained, Island, beside
from prepdoc.finding import Wishes, ended_in, named_in
from prepdoc.finding.holed import holed_in, is_sure, shown
from prepdoc.finding.missed import with_missed
from prepdoc.finding.sightings import told_in
from prepdoc.ocr import RowReader
from prepdoc.ocr.blocks import read_blocks, with_blocks
from prepdoc.ocr.marks import with_marks
from prepdoc.ocr.marks.strip import REACH
from prepdoc.ocr.scattered import Scattered, scattered, with_scattered
from prepdoc.ocr.struck import struck_out
from prepdoc.page import Line, Quad, Symbol, Witness
from prepdoc.pan import Pan, embedded, find, is_told, kindred
from prepdoc.threads import threads

MIN_NEEDLE = 6
"""Digits in a row that a number must show to be looked for elsewhere (masking rule 5)."""
MIN_SLANTING = 4
"""Characters of a line that tells how the page lies."""
FINE_PX = 18.0
"""Boxes of a font lower than this hold digits of some 9 pixels, at 300 dpi print of 3 points."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What every reader saw on a page, in pixels at `dpi`.

    `turn` is the quarter turns counter-clockwise (numpy.rot90) that bring its text upright, `slant`
    the degrees clockwise by which its lines fall then.
    """

    page: int
    dpi: float
    lines: tuple[Line, ...] = field(repr=False)
    symbols: tuple[Symbol, ...]
    pans: frozenset[Pan]
    turn: int
    is_fine: bool = False
    """Whether a card number is printed so small that more dpi show more of it."""
    explained: tuple[Line, ...] = field(default=(), repr=False)
    """What the text layer explains: its digits are proven, of its letters that they are none."""
    shown: tuple[Line, ...] = field(default=(), repr=False)
    """What is read of the rest at first sight, before anything is set anew: each place once."""
    photographic: bool = False
    slant: float = 0.0
    covered: tuple[Quad, ...] = ()
    """Print that somebody covered or struck out, and that shows all the same."""
    tangles: tuple[Quad, ...] = ()
    """A pen's ink that may be a scribble over digits."""
    is_crossed: bool = False
    """Whether lines run through print or touch it, in the ink of which no digit's end is seen."""

    @property
    def read_lines(self) -> tuple[Line, ...]:
        """Only what can be seen: the lines that OCR read from the pixels."""
        return tuple(line for line in self.lines if line.seen_by == "ocr")


def noted(given: Explained, finder: RowReader, wishes: Wishes) -> Notes:
    """Read what is not explained of a page with every reader there is.

    Raises:
        ComponentMissing: an engine is not installed.
    """
    from prepdoc.ocr.barcode import read_symbols

    page, islands = given.page, given.islands
    # Blocks stand beside digits that are explained as well, and may hang together with them.
    figures = given.figures()
    with threads(1, "shapes") as beside_this:
        # Looked for in this order, each when it is needed, while the finder reads.
        apart = beside_this.map(scattered, [island.pixels for island in islands])
        solid = beside_this.map(read_blocks, [island.pixels for island in figures])
        # An island may cut the blank off that a barcode must have around it.
        coded = beside_this.submit(lambda: read_symbols(page.pixels) if islands else ())
        read = [finder.read(island.pixels) for island in islands]
        found = tuple(apart)
        seen = _seen(given, read, found, finder)
    blocks = (island.lines(found) for island, found in zip(figures, solid, strict=True))
    lines = with_blocks(page.lines, seen, tuple(chain.from_iterable(blocks)), page.pixels, finder)
    named = named_in(lines, wishes)
    return Notes(
        page.number,
        page.dpi,
        lines,
        coded.result(),
        named.pans,
        turn_of(seen),
        named.smallest_px < FINE_PX,
        given.lines,
        _on_page(islands, read),
        page.photographic,
        slant_of(seen),
        tuple(_covered(islands, found, lines)),
        _tangles(islands, found),
        any(one.is_crossed for one in found),
    )


def _covered(
    islands: Sequence[Island], found: Sequence[Scattered], lines: Iterable[Line]
) -> Iterator[Quad]:
    """What shows under covers, and what may be a number and is struck out."""
    places: list[Quad] = []
    for island, one in zip(islands, found, strict=True):
        yield from island.quads(one.covered)
        places += island.quads(one.struck)
    yield from struck_out(places, (line for line in lines if line.seen_by == "ocr"))


def _tangles(islands: Sequence[Island], found: Sequence[Scattered]) -> tuple[Quad, ...]:
    both = zip(islands, found, strict=True)
    return tuple(quad for island, one in both for quad in island.quads(one.tangles))


def _seen(
    given: Explained, read: Iterable[Sequence[Line]], apart: Iterable[Scattered], finder: RowReader
) -> tuple[Line, ...]:
    """What is explained and what was `read` of each island, with what the finder sees of it where
    it stands `apart`, beside marks, and in the place of a number's group that is missing.
    """
    both = zip(read, apart, strict=True)
    whole = _on_page(given.islands, (with_scattered(lines, found, finder) for lines, found in both))
    near, far = beside((*given.lines, *whole), given.islands, REACH)
    pixels = given.page.pixels
    return with_missed((*far, *with_marks(near, pixels, finder)), pixels, finder)


def _on_page(islands: Iterable[Island], read: Iterable[Iterable[Line]]) -> tuple[Line, ...]:
    return tuple(
        line for one, lines in zip(islands, read, strict=True) for line in one.lines(lines)
    )


def noted_anew(notes: Notes, wishes: Wishes) -> Notes:
    """The same page with other wishes; nothing is read again."""
    named = named_in(notes.lines, wishes)
    return replace(notes, pans=named.pans, is_fine=named.smallest_px < FINE_PX)


def needles(
    notes: Iterable[Notes], witnesses: Iterable[Witness], last_four: str | None = None
) -> tuple[Pan, ...]:
    """Every number named on any page, in any barcode or in any hidden place, in a fixed order; with
    those that longer runs of digits hold, whose last four are named somewhere or given, those that
    begin as another one does, and those on a page that end in such last four, with holes too.
    """
    notes = tuple(notes)
    hidden = [witness.text for witness in witnesses]
    contents = [symbol.content for note in notes for symbol in note.symbols]
    elsewhere = tuple(match for text in hidden + contents for match in find(text))
    others = {digits for note in notes for digits in told_in(note.lines)} if elsewhere else set()
    named = {match.pan for match in elsewhere if not is_told(match, others)}
    named |= {pan for note in notes for pan in note.pans}
    fours = (last_four, *(pan.last_four for pan in named))
    told = {four for four in fours if four}
    written = [line.text for note in notes for line in note.lines]
    whole = tuple(pan.digits for pan in named if pan.complete)
    heads = {digits[:MIN_NEEDLE] for digits in whole}
    texts = hidden + contents + written
    alike = {pan for text in texts for pan in kindred(text, heads)}
    # No second card: one that is known, and what stands in the next column.
    named |= {pan for pan in alike if not pan.digits.startswith(whole)}
    named |= {pan for text in texts for pan in embedded(text, told)}
    sure = sure_fours(notes, last_four)
    named |= {pan for note in notes for pan in ended_in(note.lines, sure)}
    holed = {pan for note in notes for pan in holed_in(note.lines, sure)}
    named |= {pan for pan in holed if not any(_tells_more(other, pan) for other in named)}
    return tuple(sorted(filter(_is_telling, named), key=lambda pan: pan.digits))


def sure_fours(notes: Iterable[Notes], last_four: str | None = None) -> frozenset[str]:
    """The last four given, and those of numbers that are `is_sure`."""
    pans = (pan for note in notes for pan in note.pans)
    fours = (pan.last_four for pan in pans if is_sure(pan))
    return frozenset(four for four in (last_four, *fours) if four)


def _tells_more(other: Pan, pan: Pan) -> bool:
    """Whether it is the same number, of which as much is known."""
    return other.last_four == pan.last_four and shown(other) >= shown(pan)


def _is_telling(pan: Pan) -> bool:
    return any(len(part) >= MIN_NEEDLE for part in pan.digits.split("?"))


def turn_of(lines: Iterable[Line]) -> int:
    """The quarter turns counter-clockwise that bring upright what most characters read like."""
    votes = Counter({0: 1})
    for line in lines:
        votes[line.quad.turn()] += len(line.glyphs)
    return votes.most_common(1)[0][0]


def slant_of(lines: Iterable[Line]) -> float:
    """The degrees by which most lines fall clockwise from the nearest quarter turn, -45 to 45."""
    slants = [
        (line.quad.slant() + 45) % 90 - 45
        for line in lines
        for _ in line.glyphs
        if len(line.glyphs) >= MIN_SLANTING
    ]
    return float(np.median(slants)) if slants else 0.0
