"""What a text layer explains of a page's ink, and the islands of ink that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.assembling import assembled, segments, words
from prepdoc.components import Box
from prepdoc.explaining.ink import Ink, ink_of
from prepdoc.explaining.pieces import Claim, Piece, claims
from prepdoc.explaining.specimens import LOOKALIKES, NONE_KNOWN, Known, Verdict, judged
from prepdoc.ocr import RowReader
from prepdoc.page import Glyph, Line, Page, Pixels, Quad, boxes_overlap

GRID_PX: Final = 8
"""Islands are made of squares of so many pixels."""
CELLS_PX: Final = 224
"""Unexplained ink that stands nearer to each other is one island: cells are up to 200 wide."""
LINES_PX: Final = 88
"""The same of lines with digits, which are known already."""
SHORE_PX: Final = 40
"""So much paper goes with an island."""
MOST: Final = 0.5
"""Part of the page that islands may cover; readers see a whole page better than many parts."""
MIN_GROUP: Final = 3
"""Letters of a word that may be a group of a card number: `OOOI`."""
LABEL_WORDS: Final = 3
"""Words before a number that may say what it is, or be the groups of it that an issuer hides."""


@dataclass(frozen=True, slots=True)
class Island:
    """A part of a page to be read: where it is, and its pixels without what is explained."""

    pixels: Pixels = field(repr=False)
    left: int = 0
    top: int = 0

    @property
    def box(self) -> Box:
        """On the page."""
        high, wide = self.pixels.shape[:2]
        return self.left, self.top, self.left + wide, self.top + high

    def lines(self, read: Iterable[Line]) -> tuple[Line, ...]:
        """What was read on it, in pixels of the page."""
        return tuple(line.moved(self.left, self.top) for line in read)

    def quads(self, seen: Iterable[Quad]) -> tuple[Quad, ...]:
        """Places on it, in pixels of the page."""
        return tuple(quad.moved(self.left, self.top) for quad in seen)

    def is_near(self, line: Line, reach: float) -> bool:
        """Whether it lies so many heights of a line around it, or nearer."""
        left, top, right, bottom = line.quad.box()
        start, up, end, low = self.box
        far = reach * line.quad.height()
        return left - far < end and start < right + far and top - far < low and up < bottom + far


@dataclass(frozen=True, slots=True)
class Proven:
    """A line of the text layer and the components of ink that are proven to be what it says.

    `words` are its characters in words without a digit that are no label of one, with blanks
    between; `letters` are the components that are nothing else.
    """

    line: Line
    parts: frozenset[int]
    words: tuple[Glyph, ...]
    letters: frozenset[int]


@dataclass(frozen=True, slots=True)
class Explained:
    """A page, what of its text layer is proven to be seen, and the islands that are to be read.

    Where nothing is explained one island is the whole page.
    """

    page: Page
    islands: tuple[Island, ...]
    proven: tuple[Proven, ...] = ()
    ink: Ink | None = field(default=None, repr=False)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The proven lines, as if they had been read."""
        return tuple(one.line for one in self.proven)

    def figures(self) -> tuple[Island, ...]:
        """The islands, and islands of explained words that have digits, with their labels."""
        if self.ink is None:
            return self.islands
        own = frozenset(chain.from_iterable(one.letters for one in self.proven))
        found = _islands(self.page.pixels, self.ink, own, LINES_PX)
        return (Island(self.page.pixels),) if found is None else found

    def letters(self) -> tuple[Line, ...]:
        """Of the proven lines the words that are in no island of `figures`."""
        return tuple(replace(one.line, glyphs=one.words) for one in self.proven if one.words)


def unexplained(page: Page) -> Explained:
    """All of the page is to be read."""
    return Explained(page, (Island(page.pixels),))


def beside(
    lines: Iterable[Line], islands: Sequence[Island], reach: float
) -> tuple[list[Line], list[Line]]:
    """The lines that lie so many of their heights around an island, and the others."""
    near: list[Line] = []
    far: list[Line] = []
    for line in lines:
        (near if any(island.is_near(line, reach) for island in islands) else far).append(line)
    return near, far


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that overlap, made one, until none does."""
    apart: list[Box] = []
    for box in boxes:
        while near := next((other for other in apart if boxes_overlap(other, box)), None):
            apart.remove(near)
            box = *map(min, near[:2], box[:2]), *map(max, near[2:], box[2:])  # type: ignore[assignment]
        apart.append(box)
    return apart


def all_explained(
    pages: Iterable[Page], reader: RowReader, known: Known = NONE_KNOWN
) -> Iterator[tuple[Explained, Known]]:
    """Each page in turn, with the specimens known after it.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    for page in pages:
        one, known = explained(page, known, reader)
        yield one, known


def explained(page: Page, known: Known, reader: RowReader) -> tuple[Explained, Known]:
    """What the text layer explains, with the specimens `known` from earlier pages and those of it.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    ink = ink_of(page.pixels) if page.lines and not page.photographic else None
    return explained_of(page, ink, known, reader)


def explained_of(
    page: Page, ink: Ink | None, known: Known, reader: RowReader
) -> tuple[Explained, Known]:
    """The same of a page of which it is known what `ink_of` says; nothing without ink.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    if ink is None:
        return unexplained(page), known
    lines = [part for line in assembled(words(page.lines)) for part in segments(line)]
    claimed, pieces = claims(lines, ink)
    verdicts, known = judged(pieces, page.pixels, ink, known, reader)
    proven = tuple(
        _proven(claim.line, [pieces[i] for i in claim.pieces or ()])
        for claim in claimed
        if _is_proven(claim, pieces, verdicts)
    )
    own = frozenset(chain.from_iterable(one.parts for one in proven))
    islands = _islands(page.pixels, ink, own, CELLS_PX)
    if islands is None:
        return unexplained(page), known
    return Explained(page, islands, proven, ink), known


def _proven(line: Line, pieces: Sequence[Piece]) -> Proven:
    """The line as if it had been read, and the components that are its pieces."""
    words = tuple(_words(line))
    boxes = {glyph.quad.box() for glyph in words}
    letters = (piece.parts for piece in pieces if boxes.issuperset(piece.boxes))
    parts = frozenset(chain.from_iterable(piece.parts for piece in pieces))
    of_letters = frozenset(chain.from_iterable(letters))
    return Proven(replace(line, seen_by="ocr"), parts, words, of_letters)


def _words(line: Line) -> Iterator[Glyph]:
    """The characters of the words without a digit that stand before none which they may name."""
    spaced = groupby(line.glyphs, lambda glyph: glyph.char.isspace())
    runs = [tuple(run) for _, run in spaced]  # words and blanks in turn
    has_digits = [any(glyph.char.isdecimal() for glyph in run) for run in runs]
    for place, run in enumerate(runs):
        if not any(has_digits[place : place + 2 * LABEL_WORDS + 1]):
            yield from run


def _is_proven(claim: Claim, pieces: Sequence[Piece], verdicts: Sequence[Verdict]) -> bool:
    """Whether every piece is what it claims, also letters beside digits that look like digits."""
    own = {i: verdicts[i] for i in claim.pieces or ()}
    if not own or Verdict.OTHER in own.values():
        return False
    text = claim.line.text
    alike = {char for i, says in own.items() if says is Verdict.ALIKE for char in pieces[i].text}
    doubtful = _is_doubtful if _has_digits(text) else _is_group
    return not any(doubtful(word, alike) for word in text.split())


def _is_doubtful(word: str, alike: set[str]) -> bool:
    """Whether letters of a word may be digits: `alike` are those that were read as such.

    They are believed in words that have another letter and no digit.
    """
    letters = {char for char in word if char.isalnum() and not char.isdecimal()}
    lookalikes = letters & LOOKALIKES.keys()
    if _has_digits(word):
        return bool(lookalikes | (letters & alike))
    return _is_group(word, alike) or (bool(letters) and letters <= alike)


def _is_group(word: str, alike: set[str]) -> bool:
    """Whether all of its letters look like digits, some of which were read as such: `SlOS`."""
    letters = [char for char in word if char.isalnum()]
    looks = all(char in LOOKALIKES or char in alike for char in letters)
    return len(letters) >= MIN_GROUP and looks


def _has_digits(text: str) -> bool:
    return any(char.isdecimal() for char in text)


# --- islands -----------------------------------------------------------------------------------


def _islands(
    pixels: Pixels, ink: Ink, own: frozenset[int], reach: int
) -> tuple[Island, ...] | None:
    """The parts of a page with ink that is not its own text's; None where they are most of it.

    What stands nearer to each other than `reach` pixels is in one part.
    """
    is_own = np.zeros(len(ink.boxes), dtype=np.bool_)
    is_own[list(own)] = True
    boxes = [*map(tuple, ink.boxes[~(is_own | ink.rules)].tolist()), *ink.covers]
    shores = _shores(boxes, pixels, reach)
    covered = sum((right - left) * (bottom - top) for left, top, right, bottom in shores)
    if covered > MOST * pixels.shape[0] * pixels.shape[1]:
        return None
    return tuple(_island(pixels, ink, is_own, shore) for shore in shores)


def _shores(boxes: Sequence[Box], pixels: Pixels, reach: int) -> list[Box]:
    """Boxes around those that are near each other, with some paper around them."""
    high, wide = pixels.shape[:2]
    grid = np.zeros((high // GRID_PX + 1, wide // GRID_PX + 1), dtype=np.uint8)
    for left, top, right, bottom in boxes:
        rows, columns = slice(top // GRID_PX, bottom // GRID_PX + 1), slice(left // GRID_PX, None)
        grid[rows, columns][:, : right // GRID_PX - left // GRID_PX + 1] = 1
    kernel = np.ones((reach // GRID_PX,) * 2, dtype=np.uint8)
    _, labels = cv2.connectedComponents(cv2.dilate(grid, kernel))
    group_of = [int(labels[top // GRID_PX, left // GRID_PX]) for left, top, _, _ in boxes]
    groups = np.array(boxes).reshape(-1, 4)
    shores = [groups[np.array(group_of) == group] for group in dict.fromkeys(group_of)]
    return merged([_shore(group, wide, high) for group in shores])


def _shore(boxes: NDArray[np.int64], wide: int, high: int) -> Box:
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    start = max(0, int(left) - SHORE_PX), max(0, int(top) - SHORE_PX)
    return *start, min(wide, int(right) + SHORE_PX), min(high, int(bottom) + SHORE_PX)


def _island(pixels: Pixels, ink: Ink, is_own: NDArray[np.bool_], shore: Box) -> Island:
    """Its pixels, with what is explained in the colour of its paper."""
    left, top, right, bottom = shore
    part = pixels[top:bottom, left:right].copy()
    labels = ink.labels[top:bottom, left:right]
    gone = np.concatenate(([False], is_own))[labels]
    for x0, y0, x1, y1 in _near(ink.boxes[is_own], shore):
        rows, columns = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        hole = gone[rows, columns]
        part[rows, columns][hole] = _paper(part, labels, (x0 - left, y0 - top, x1 - left, y1 - top))
    return Island(part, left, top)


def _paper(part: Pixels, labels: NDArray[np.int32], box: Box) -> NDArray[np.float64]:
    """The colour of the paper in a box, or else around it, for a stop fills its own; or white."""
    for rim in (0, 2):
        left, top, right, bottom = box
        rows = slice(max(0, top - rim), bottom + rim)
        columns = slice(max(0, left - rim), right + rim)
        paper = labels[rows, columns] == 0
        if paper.any():
            return np.asarray(np.median(part[rows, columns][paper], axis=0))
    return np.full(3, 255.0)


def _near(boxes: NDArray[np.int64], shore: Box) -> Iterator[Box]:
    """What of each box lies on an island."""
    left, top, right, bottom = shore
    for x0, y0, x1, y1 in boxes.tolist():
        if x0 < right and left < x1 and y0 < bottom and top < y1:
            yield max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)
