"""A file → what can be seen of it, for the rules to judge: its pages' text, and its own facts.

    bytes ─reading─ocr→ Sighting

The file is opened like any other input, in a process of its own: it may be anybody's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Final, TypeAlias

from prepdoc.checking.matching import find_last_four, last_fours
from prepdoc.checking.seeing import SeenPage, see, with_more
from prepdoc.explaining import Island, unexplained
from prepdoc.finding import Wishes, named_in
from prepdoc.noting import noted
from prepdoc.ocr import Reader, RowReader
from prepdoc.ocr.ahead import read_ahead
from prepdoc.ocr.blocks import read_blocks
from prepdoc.page import POINTS_PER_INCH, Line, Page, Pixels, Quad
from prepdoc.pan import Pan, find
from prepdoc.pan.candidates import USUAL_LENGTH
from prepdoc.pan.number import HIDDEN, LAST_FOUR
from prepdoc.reading import Format, Source
from prepdoc.reading.apart import opened_apart
from prepdoc.verifying.views import blanked, cleared, grown, view

HIDDEN_PLACES: Final = 0
"""Stands for a page where a number is named in no page's pixels, but elsewhere in the file."""


_Read: TypeAlias = tuple[SeenPage, frozenset[Pan]]

BAR_SHAPE: Final = 2.0
"""Width in heights of the shortest bar: four digits that were covered."""
MIN_BAR_PT: Final = 4.0
"""Height of the lowest; lower ones are strokes of large letters."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was read of a page before it was written, and where something was `added` to it since.

    Its pixels are proven to be the same everywhere else. Lines and quads are in pixels of the page
    as it was rendered then, `width` pixels wide. Of the lines that a text layer `explained`, digits
    are proven to be what they claim, and letters only to be no digits.
    """

    width: int
    lines: tuple[Line, ...] = field(repr=False)
    explained: tuple[Line, ...] = field(default=(), repr=False)
    added: tuple[Quad, ...] = ()


@dataclass(frozen=True, slots=True)
class Exposed:
    """More of a card number than its last four: on a page, or in a hidden place of the file."""

    page: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is seen of a file. `last_fours` are those that its pages show as a card's."""

    format: Format
    size_bytes: int
    is_encrypted: bool
    pages: tuple[SeenPage, ...]
    last_fours: frozenset[str]
    exposed: tuple[Exposed, ...] = field(default=())


def sighted(data: bytes, finder: RowReader, before: Sequence[Before] = ()) -> Sighting:
    """What is seen of a file that verification has proven to hold no number.

    Where it is said for each page what was read `before`, only what was added is read, and what
    letters are claimed.

    Raises:
        UnreadableInput: it cannot be read.
        ComponentMissing: an engine is not installed.
    """
    with opened_apart(data) as source:
        pages = (source.page(number) for number in range(1, source.page_count + 1))
        if before:
            both = zip(pages, before, strict=True)
            read = read_ahead(lambda pair: _read_added(finder, *pair), both)
        else:
            read = read_ahead(partial(_read, finder), pages)
        return _sighting(source, data, tuple(read))


def _sighting(source: Source, data: bytes, read: tuple[_Read, ...]) -> Sighting:
    pages = tuple(page for page, _ in read)
    is_encrypted = source.is_encrypted
    return Sighting(source.format, len(data), is_encrypted, pages, _last_fours(read))


def examined(data: bytes, password: str | None, finder: RowReader, verifier: Reader) -> Sighting:
    """What is seen of any file; its numbers are looked for by all readers and in hidden places.

    Raises:
        UnreadableInput: it cannot be read.
        PasswordNeeded: it is encrypted, and the password is missing or wrong.
        ComponentMissing: an engine is not installed.
    """
    with opened_apart(data, password) as source:
        pages = (source.page(number) for number in range(1, source.page_count + 1))
        read = tuple(read_ahead(partial(_examined, finder, verifier), pages))
        hidden = dict.fromkeys(w.where for w in source.witnesses() if _names_number(w.text))
        shown = (Exposed(page.number) for page, pans in read if exposes(pans))
        exposed = (*shown, *(Exposed(HIDDEN_PLACES, where) for where in hidden))
        return replace(_sighting(source, data, read), exposed=exposed)


def looked_at_again(
    sighting: Sighting, data: bytes, password: str | None, reader: Reader
) -> Sighting:
    """The sighting with what another reader sees on the pages.

    Raises:
        UnreadableInput, ComponentMissing: as `sighted`.
    """
    with opened_apart(data, password) as source:
        pages = (source.page(page.number) for page in sighting.pages)
        more = tuple(read_ahead(partial(_read, reader), pages))
    both = zip(sighting.pages, more, strict=True)
    return replace(
        sighting,
        pages=tuple(with_more(page, other) for page, (other, _) in both),
        last_fours=sighting.last_fours | _last_fours(more),
    )


def _read_added(reader: RowReader, page: Page, before: Before) -> _Read:
    """What was read of a page before, and what is read where something was added."""
    factor = page.pixels.shape[1] / before.width
    frames = [quad.scaled(factor) for quad in before.added]
    islands = [_island(frame, page) for frame in frames]
    lines, explained = (
        [line.scaled(factor) for line in kind] for kind in (before.lines, before.explained)
    )
    known, claimed = (tuple(_clear_of(islands, kind)) for kind in (lines, explained))
    # The boxes of a font reach further than its ink, and into a frame beside it.
    near = (line for line in (*lines, *explained) if _is_near(islands, line) and _has_letter(line))
    rows = (*claimed, *near)
    bars = _bars(page)
    quads = [bar.quad for bar in bars]
    added = (one.lines(reader.read(cleared(one, quads).pixels)) for one in islands)
    bare = blanked(page.pixels, (*quads, *frames))
    return _seen(page, (*known, *_read_rows(reader, bare, rows), *chain(*added)), bars)


def _clear_of(islands: Sequence[Island], lines: Iterable[Line]) -> Iterator[Line]:
    return (line for line in lines if not _is_near(islands, line))


def _is_near(islands: Iterable[Island], line: Line) -> bool:
    return any(one.is_near(line, 0) for one in islands)


def _has_letter(line: Line) -> bool:
    return any(char.isalpha() for char in line.text)


def _read_rows(reader: RowReader, pixels: Pixels, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those with a letter as they are read in their places; bars are no letters, and
    what is read without its blanks is what is claimed.
    """
    worded: list[Line] = []
    for line in lines:
        if _has_letter(line):
            worded.append(line)
        else:
            yield line
    places = [view(pixels, grown(one.quad, 0, 0, pixels), one.quad.turn()) for one in worded]
    read = reader.read_rows([place.pixels for place in places])
    for claimed, place, line in zip(worded, places, read, strict=True):
        if _closed(line) == _closed(claimed):
            yield claimed
        elif line.glyphs:
            yield place.back(line)


def _closed(line: Line) -> str:
    """Without its blanks, and in one width."""
    return "".join(unicodedata.normalize("NFKC", line.text).split())


def _island(quad: Quad, page: Page) -> Island:
    left, top, right, bottom = grown(quad, 0, 0, page.pixels)
    return Island(page.pixels[top:bottom, left:right], left, top)


def _read(reader: Reader, page: Page) -> _Read:
    return _read_beside(_bars(page), reader, page)


def _read_beside(bars: tuple[Line, ...], reader: Reader, page: Page) -> _Read:
    """Without the bars, whose edges engines read as a digit or a bracket."""
    return _seen(page, reader.read(blanked(page.pixels, (bar.quad for bar in bars))), bars)


def _seen(page: Page, lines: tuple[Line, ...], bars: tuple[Line, ...]) -> _Read:
    return see(page, lines, bars), named_in((*lines, *bars), Wishes()).pans


def _examined(finder: RowReader, verifier: Reader, page: Page) -> _Read:
    notes = noted(unexplained(page), finder, Wishes())
    others = named_in(verifier.read(page.pixels), Wishes()).pans
    contents = frozenset(match.pan for symbol in notes.symbols for match in find(symbol.content))
    bars = _bars(page)
    if not bars:
        return see(page, notes.read_lines), notes.pans | others | contents
    seen, pans = _read_beside(bars, finder, page)
    return seen, notes.pans | others | contents | pans


def _bars(page: Page) -> tuple[Line, ...]:
    """Solid areas as long as a word: what was covered, and no logo or bullet."""
    least = MIN_BAR_PT * page.dpi / POINTS_PER_INCH
    quads = ((line, line.quad) for line in read_blocks(page.pixels))
    return tuple(
        line for line, q in quads if q.height() >= least and q.width() >= BAR_SHAPE * q.height()
    )


def _last_fours(read: Iterable[tuple[SeenPage, Iterable[Pan]]]) -> frozenset[str]:
    """By the rules that find numbers, and by what stands beside four digits; no year of a date."""
    return frozenset(
        four
        for page, pans in read
        for four in (*(pan.last_four for pan in pans), *last_fours(page))
        if four and find_last_four([page], four)
    )


def _names_number(text: str) -> bool:
    return any(_is_exposed(match.pan) for match in find(text))


def exposes(pans: frozenset[Pan]) -> bool:
    """Whether they show more than last fours; where one is misread, another reader's counts."""
    shown = (pan for pan in pans if _is_exposed(pan))
    return any(not any(_is_misread(pan, other) for other in pans) for pan in shown)


def _is_misread(pan: Pan, other: Pan) -> bool:
    """Whether its last mark was read as one digit more: no card has as many with it, and without it
    it is the other one, which shows its last four alone.
    """
    marks = HIDDEN * (USUAL_LENGTH - LAST_FOUR)
    same = pan.last_four is not None and other.digits == f"{marks}{pan.last_four}"
    return same and len(pan.digits) == USUAL_LENGTH + 1 and pan.digits.startswith(marks)


def _is_exposed(pan: Pan) -> bool:
    """Whether a digit before the last four is known."""
    return any(digit != HIDDEN for digit in pan.digits[:-LAST_FOUR])
