"""A page of the output and what OCR read on it → rows of text as a person sees them.

    Page, Lines ─see→ SeenPage(rows(pieces))

Only pixels count: a text layer says what the file claims, not what a person at the other end sees.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prepdoc.checking.slanting import Slant, slant_of
from prepdoc.noting import turn_of
from prepdoc.page import Line, Page, Pixels, Quad
from prepdoc.whereabouts import ninth

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the upright page."""

_SAME_ROW: Final = 0.5
"""Pieces are on one row where they share half of the lower one's height."""
_NEXT_GAP_HEIGHTS: Final = 1.6
"""How far below a line its paragraph goes on."""
_NEXT_INDENT_HEIGHTS: Final = 6.0
"""How far to the side: a continued line may be set in, or stand under its text, not its label."""
_SAME_GAP_HEIGHTS: Final = 4.0
"""How far right of a piece the same text goes on."""
_WORD_GAP_HEIGHTS: Final = 0.5
"""How far right of a piece its frame's next word is; a stamp keeps 1.5 mm and its padding."""
_ROW_HEIGHTS: Final = 4.0
"""A label and a large sum stand on one row."""
_LIKE_HEIGHTS: Final = 1.7
"""Lines of one paragraph are nearly as high as each other."""
_MAX_LINES: Final = 6
"""Lines of an address at most."""
PAGES_AT_ONCE: Final = 16
"""Of which paragraphs are kept: every rule looks for its detail in the same ones."""
_DARKEST, _PALEST = 1.5, 98.5
"""Percentiles taken for the ink: a line's box holds 5 to 25 % of it, edges are blended."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that OCR read as one line: where it stands, and how it stands out from the paper.

    `contrast` is the ratio of WCAG 2.2 (§ contrast ratio), 1 to 21, between paper and ink.
    """

    text: str = field(repr=False)
    box: Box
    contrast: float

    @property
    def height(self) -> float:
        """In pixels, of the line."""
        return max(1.0, self.box[3] - self.box[1])

    @property
    def level(self) -> float:
        """The middle of its height, in pixels."""
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces beside each other, from left to right."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """All of the row, with blanks between its pieces."""
        return "  ".join(piece.text for piece in self.pieces)

    @property
    def level(self) -> float:
        """The middle of its first piece's height, in pixels."""
        return self.pieces[0].level

    def reaches(self, level: float) -> bool:
        """Whether it stands so far down."""
        return abs(self.level - level) < self.pieces[0].height / 2

    def is_beside(self, other: Row) -> bool:
        """Whether another one stands at its level: two readers may have seen the same."""
        return self.reaches(other.level)


@dataclass(frozen=True, slots=True)
class SeenPage:
    """One upright page: its size in pixels, its resolution, its rows from top to bottom, and the
    bars that something is covered with.
    """

    number: int
    width: int
    height: int
    dpi: float
    rows: tuple[Row, ...] = field(default=(), repr=False)
    bars: tuple[Box, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece, row by row."""
        return tuple(chain.from_iterable(row.pieces for row in self.rows))


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Pieces by their tops: those near one are found without asking all of a page."""

    pieces: tuple[Piece, ...]
    tops: tuple[float, ...]

    def near(self, piece: Piece) -> tuple[Piece, ...]:
        """Those that may stand in its row or go on below it, by their tops."""
        reach = max(_LIKE_HEIGHTS, _NEXT_GAP_HEIGHTS) * piece.height
        start = bisect_left(self.tops, piece.box[1] - reach)
        return self.pieces[start : bisect_right(self.tops, piece.box[3] + reach)]


@dataclass(frozen=True, slots=True)
class Upright:
    """A page of this size in pixels, turned as numpy.rot90 does it."""

    width: int
    height: int
    turn: int

    def size(self) -> tuple[int, int]:
        """Width and height of the upright page."""
        return (self.height, self.width) if self.turn % 2 else (self.width, self.height)

    def pixels(self, pixels: Pixels) -> Pixels:
        """The page's pixels, upright."""
        return np.rot90(pixels, self.turn)

    def quad(self, quad: Quad) -> Quad:
        """Where a quad of the page stands on the upright one."""
        corners, width, height = quad.array(), self.width, self.height
        for _ in range(self.turn % 4):
            corners = np.c_[corners[:, 1], width - corners[:, 0]]
            width, height = height, width
        return Quad.from_array(corners)


def see(page: Page, lines: Iterable[Line], bars: Iterable[Line] = ()) -> SeenPage:
    """What was read on a page, brought upright and its rows level."""
    lines = [line for line in lines if line.text.strip()]
    height, width = page.pixels.shape[:2]
    upright = Upright(width, height, turn_of(lines))
    quads = [upright.quad(line.quad) for line in lines]
    slant = slant_of(upright.pixels(page.pixels), quads)
    boxes = [_level(quad, slant) for quad in quads]
    rows = tuple(_rows(_piece(page.pixels, *pair) for pair in zip(lines, boxes, strict=True)))
    covered = tuple(_level(upright.quad(bar.quad), slant) for bar in bars)
    return SeenPage(page.number, *upright.size(), page.dpi, rows, covered)


def with_more(page: SeenPage, other: SeenPage) -> SeenPage:
    """The page with the rows that another reader saw on it, behind the first one's."""
    return replace(page, rows=(*page.rows, *other.rows))


def outside(page: SeenPage, frames: Iterable[Box]) -> SeenPage:
    """The page with the pieces alone whose middle lies in none of the frames."""
    frames = tuple(frames)
    return only(page, lambda piece: not _is_in(piece, frames))


def clear_of(page: SeenPage, frames: Iterable[Box]) -> SeenPage:
    """The page with the pieces alone that do not reach into a frame from beside it either: a reader
    takes a row and what stands in the frame beside it for one line.
    """
    frames = tuple(frames)
    return only(outside(page, frames), lambda piece: not _reaches_in(piece, frames))


def _reaches_in(piece: Piece, frames: Iterable[Box]) -> bool:
    """Whether it lies on a frame's row, and over the frame's edge by more than its height."""
    left, _, right, _ = piece.box
    return any(
        y0 <= piece.level <= y1 and min(right, x1) - max(left, x0) > piece.height
        for x0, y0, x1, y1 in frames
    )


def only(page: SeenPage, is_kept: Callable[[Piece], bool]) -> SeenPage:
    """The page with these pieces alone, and the rows that have any."""
    kept = (Row(tuple(filter(is_kept, row.pieces))) for row in page.rows)
    return replace(page, rows=tuple(row for row in kept if row.pieces))


def _is_in(piece: Piece, frames: Iterable[Box]) -> bool:
    left, top, right, bottom = piece.box
    x, y = (left + right) / 2, (top + bottom) / 2
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in frames)


@lru_cache(maxsize=PAGES_AT_ONCE)
def paragraphs(page: SeenPage) -> tuple[tuple[Piece, ...], ...]:
    """From each piece on what goes on beside and below it, as one text might.

    And what goes on below it alone: beside it another column may stand as near as a word.
    """
    pieces = _sorted(page)
    columns = (tuple(_down(piece, pieces, _MAX_LINES)) for piece in page.pieces)
    texts = (
        tuple(_going_on(piece, pieces, _MAX_LINES, _SAME_GAP_HEIGHTS)) for piece in page.pieces
    )
    return tuple(dict.fromkeys((*texts, *columns)))


def block(piece: Piece, page: SeenPage) -> tuple[Piece, ...]:
    """All that stands beside and below a piece without a gap, such as what a frame holds.

    What stands outside of a frame is further away than its words are from each other.
    """
    return tuple(_going_on(piece, _sorted(page), len(page.pieces), _WORD_GAP_HEIGHTS))


def place(pieces: Sequence[Piece], page: SeenPage) -> str:
    """Where on the page, in words; by the first piece, for a row may go across all of it."""
    return place_of(pieces[0].box, page)


def place_of(box: Box, page: SeenPage) -> str:
    """Where on the page a box stands, in words."""
    left, top, right, bottom = box
    return ninth(((left + right) / 2, (top + bottom) / 2), (page.width, page.height))


def _piece(pixels: Pixels, line: Line, box: Box) -> Piece:
    x0, y0, x1, y1 = line.quad.box()
    height, width = pixels.shape[:2]
    left, top = int(np.clip(x0, 0, width - 1)), int(np.clip(y0, 0, height - 1))
    part = pixels[top : max(top + 1, int(y1)), left : max(left + 1, int(x1))]
    return Piece(line.text.strip(), box, _contrast(part))


def _level(quad: Quad, slant: Slant) -> Box:
    """The box around a quad when the page's rows are level."""
    return Quad(*((x, slant.level(x, y)) for x, y in quad.corners())).box()


def _contrast(part: Pixels) -> float:
    light = _luminance(part)
    paper = float(np.median(light))
    inks = (float(np.percentile(light, at)) for at in (_DARKEST, _PALEST))
    return max((max(paper, ink) + 0.05) / (min(paper, ink) + 0.05) for ink in inks)


def _luminance(pixels: Pixels) -> NDArray[np.float64]:
    """Relative luminance, 0 to 1 (WCAG 2.2, § relative luminance)."""
    share = pixels.reshape(-1, 3) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), dtype=np.float64)


def _rows(pieces: Iterable[Piece]) -> Iterator[Row]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.box[1] + p.box[3], p.box[0])):
        row = next((row for row in reversed(rows) if _beside(_nearest(row, piece), piece)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    for row in rows:
        yield Row(tuple(sorted(row, key=lambda p: p.box[0])))


def _nearest(row: Sequence[Piece], piece: Piece) -> Piece:
    return min(row, key=lambda p: abs(p.box[0] - piece.box[0]))


def _beside(a: Piece, b: Piece) -> bool:
    """On one row; a watermark lies across many."""
    shared = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    return _is_alike(a, b, _ROW_HEIGHTS) and shared >= _SAME_ROW * min(a.height, b.height)


def _is_alike(a: Piece, b: Piece, most: float) -> bool:
    return max(a.height, b.height) <= most * min(a.height, b.height)


def _sorted(page: SeenPage) -> _Sorted:
    pieces = sorted(page.pieces, key=lambda p: p.box[1])
    return _Sorted(tuple(pieces), tuple(piece.box[1] for piece in pieces))


def _going_on(piece: Piece, pieces: _Sorted, most_lines: int, gap: float) -> Iterator[Piece]:
    for line in _down(piece, pieces, most_lines):
        yield line
        last = line
        while right := _right_of(last, pieces, gap):
            yield right
            last = right


def _down(piece: Piece | None, pieces: _Sorted, most_lines: int) -> Iterator[Piece]:
    for _ in range(most_lines):
        if piece is None:
            return
        yield piece
        piece = _below(piece, pieces)


def _right_of(piece: Piece, pieces: _Sorted, gap: float) -> Piece | None:
    reach = piece.box[2] + gap * piece.height
    right = (p for p in pieces.near(piece) if _is_right(p, piece) and p.box[0] <= reach)
    found = (p for p in right if _beside(p, piece) and _is_alike(p, piece, _LIKE_HEIGHTS))
    return min(found, key=lambda p: p.box[0], default=None)


def _is_right(other: Piece, piece: Piece) -> bool:
    return other.box[0] >= piece.box[2] - piece.height / 2 and other.box[0] > piece.box[0]


def _below(piece: Piece, pieces: _Sorted) -> Piece | None:
    found = (p for p in pieces.near(piece) if _goes_on(p, piece))
    return min(found, key=lambda p: (p.box[1], abs(p.box[0] - piece.box[0])), default=None)


def _goes_on(other: Piece, piece: Piece) -> bool:
    gap = other.box[1] - piece.box[3]
    indent = abs(other.box[0] - piece.box[0])
    near = -piece.height / 2 <= gap <= _NEXT_GAP_HEIGHTS * piece.height
    is_lower = other.box[1] > piece.box[1] + piece.height / 2
    is_under = other.box[0] < piece.box[2] and piece.box[0] < other.box[2]
    is_one_text = _is_alike(other, piece, _LIKE_HEIGHTS) and is_under
    return is_lower and near and is_one_text and indent <= _NEXT_INDENT_HEIGHTS * piece.height
