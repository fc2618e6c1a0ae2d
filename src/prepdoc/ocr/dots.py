"""Print whose characters are made of separate dots → lines: engines read a part of it, or nothing.

Matrix printers, tills and dotted fonts leave paper between the dots of a character. Small discs of
one size that stand close together are closed to strokes; rows of them that are as high as
characters are set on blank paper, where any engine reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import beside, is_within, near_ink, read_each
from prepdoc.page import Glyph, Line, Pixels, Quad, boxes_overlap

TURNS = (0, 1)
"""Quarter turns counter-clockwise after which rows are looked for: along the page, and up it."""
LOOKS = ((56, 0), (112, 0), (176, 0), (112, 1), (210, 1), (176, 2))
"""Difference from the paper, of 255, that makes a dot, and pixels that are taken away around it:
what is faint must be seen, and dots that touch must come apart."""
MAX_DOT_PX = 16
"""Wide or high; a larger one belongs to print that is no text."""
ROUND, ROUND_PX = 1.5, 1
"""Its longer side in shorter ones, or by how much: a dot of two pixels has no shape."""
MIN_FILLED = 0.5
"""Part of its frame that a disc fills: π/4, and 5/9 where it is a cross of five pixels."""
SIZES = (1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.3)
"""Dots of one print are about as large as one of these."""
AS_LARGE = (0.7, 1.35)
"""From which part of that size up to which."""
APART = 2.2
"""Sizes from the middle of one dot to the next, at most: further apart they are leaders."""
NEAR, FEWEST = 2, 40
"""Other dots that a dot of a character has about it, and dots of a row: four digits have 50."""
SAMPLE = 200
"""Dots whose distance from the next one is measured."""
EVEN, MIN_EVEN = 0.15, 0.7
"""By which part these distances differ in print of dots, but for slanting strokes, and what part of
the dots is so even: in what is left of letters few are."""
REACH, RISE = 5.0, 1.2
"""Distances between dots that each reaches to its sides, over a blank between groups, and up and
down, short of the next line: what so joins is a row."""
HIGH, MAX_HIGH_PX = (3.5, 15.0), 150
"""Distances between dots that a row is high: of five dots or more."""
MIN_WIDE = 2.0
"""Heights that a row is wide: of four digits."""
MIN_DENSE = 1.0
"""Dots for each distance between two that a row is wide: a one has two with its blank."""
SET_PX = 32
"""Height at which characters are set to be read."""
ROOM = 0.25
"""Heights around a row that go with it."""
SOFT = 0.35
"""Distances between dots by which edges are softened: engines know no jagged letters."""

_Ink: TypeAlias = NDArray[np.uint8]
_Points: TypeAlias = NDArray[np.float64]
"""n × 2: x and y in pixels."""


@dataclass(frozen=True, slots=True)
class DotRow:
    """A row of dotted characters, closed to strokes, set to be read; and where it is on the page.

    A place of it goes to the page by `onto`.
    """

    pixels: Pixels = field(repr=False)
    onto: NDArray[np.float64] = field(repr=False)
    quad: Quad
    dots: int


@dataclass(frozen=True, slots=True)
class _Dots:
    """The dots of one size on a page, their middles, and its ink, after so many quarter turns."""

    ink: _Ink = field(repr=False)
    middles: _Points = field(repr=False)
    turn: int


def with_dots(lines: Sequence[Line], rows: Sequence[DotRow], reader: Reader) -> tuple[Line, ...]:
    """The lines, but print of dots as it is read when its dots are joined.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    kept = tuple(lines)
    for row, read in zip(rows, dot_lines(rows, reader), strict=True):
        if _has_more(read, row.quad, kept):
            kept = (*beside(kept, [row.quad]), *read)
    return kept


def _has_more(read: Iterable[Line], place: Quad, lines: Iterable[Line]) -> bool:
    """Whether more digits are read there than before: what an engine reads by itself it reads best,
    and dots may be what is left of letters.
    """
    before = (g for line in lines for g in line.glyphs if is_within(g.quad, place))
    return _digits(g for line in read for g in line.glyphs) > _digits(before)


def _digits(glyphs: Iterable[Glyph]) -> int:
    return sum(glyph.char.isdecimal() for glyph in glyphs)


def dot_rows(away: NDArray[np.uint8]) -> tuple[DotRow, ...]:
    """Every row of dotted print, for any number of readers.

    `away` is how far each pixel is from the page's paper (`away_from_paper`).
    """
    chosen: list[DotRow] = []
    for row in sorted(_candidates(away), key=lambda row: -row.dots):
        if not any(boxes_overlap(row.quad.box(), other.quad.box()) for other in chosen):
            chosen.append(row)
    return tuple(chosen)


def dot_lines(rows: Sequence[DotRow], reader: Reader) -> tuple[tuple[Line, ...], ...]:
    """What a reader reads of each row, in its place on the page.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    read = read_each([row.pixels for row in rows], reader)
    both = zip(rows, read, strict=True)
    return tuple(tuple(line.mapped(row.onto) for line in lines) for row, lines in both)


# --- dots --------------------------------------------------------------------------------------


def _candidates(away: NDArray[np.uint8]) -> Iterator[DotRow]:
    for level, taken in LOOKS:
        ink = np.asarray(away >= level, dtype=np.uint8)
        middles, sizes = _discs(ink, taken)
        for size in SIZES:
            own = middles[(sizes >= AS_LARGE[0] * size) & (sizes <= AS_LARGE[1] * size)]
            own = own[_has_near(own, APART * (size + taken))]
            if len(own) >= FEWEST:
                yield from (row for turn in TURNS for row in _rows(_turned(ink, own, turn)))


def _discs(ink: _Ink, taken: int) -> tuple[_Points, NDArray[np.int64]]:
    """Middles and widths of what may be a dot, when so many pixels around it are taken away."""
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (2 * taken + 1, 2 * taken + 1))
    rows = near_ink(ink)
    apart = cv2.erode(ink[rows], kernel) if taken else ink[rows]
    found = components(np.asarray(apart, dtype=np.uint8))
    size, top = found.boxes[:, 2:] - found.boxes[:, :2], found.boxes[:, 1]
    longer, shorter = size.max(axis=1), size.min(axis=1)
    disc = (longer <= MAX_DOT_PX) & (found.areas >= MIN_FILLED * size.prod(axis=1))
    disc &= longer <= np.maximum(ROUND * shorter, shorter + ROUND_PX)
    on_page = np.c_[np.zeros(len(top)), rows[top] - top]
    return (found.middles + on_page)[disc], longer[disc]


def _turned(ink: _Ink, middles: _Points, turn: int) -> _Dots:
    for _ in range(turn):
        middles = np.c_[middles[:, 1], ink.shape[1] - 1 - middles[:, 0]]
        ink = np.rot90(ink)  # a view: what is cut out of it is small
    return _Dots(ink, middles, turn)


def _has_near(middles: _Points, reach: float) -> NDArray[np.bool_]:
    """Which dots have others in their cell of a grid, or in the cells around it."""
    if not len(middles):
        return np.zeros(0, dtype=bool)
    column, row = (middles // reach).astype(int).T
    counts = np.zeros((row.max() + 1, column.max() + 1), dtype=np.float32)
    np.add.at(counts, (row, column), 1)
    about = cv2.boxFilter(counts, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(about[row, column] >= 1 + NEAR)


# --- rows --------------------------------------------------------------------------------------


def _rows(dots: _Dots) -> Iterator[DotRow]:
    """The rows of characters that the dots make."""
    pitch = _pitch(dots.middles)
    reach = round(REACH * pitch), round(RISE * pitch)
    for band in _bands(dots.middles, 2 * reach[1] + 1):
        if len(band) >= FEWEST:
            yield from (_set(dots, row) for row in _joined(band, *reach) if _is_row(row))


def _bands(middles: _Points, apart: int) -> Iterator[_Points]:
    """The dots between stretches of the page that are higher than that and hold none."""
    order = middles[np.argsort(middles[:, 1], kind="stable")]
    gaps = np.diff(order[:, 1].round())
    yield from np.split(order, np.flatnonzero(gaps > apart) + 1)


def _joined(middles: _Points, aside: int, rise: int) -> Iterator[_Points]:
    """Dots of which each reaches the next one, so many pixels to its sides, up and down."""
    x, y = (middles - middles.min(axis=0)).round().astype(int).T
    points = np.zeros((y.max() + 1, x.max() + 1), dtype=np.uint8)
    points[y, x] = 1
    kernel = np.ones((2 * rise + 1, 2 * aside + 1), dtype=np.uint8)
    _, labels = cv2.connectedComponents(cv2.dilate(points, kernel))
    label = np.asarray(labels)[y, x]
    yield from (middles[label == one] for one in np.unique(label))


def _is_row(middles: _Points) -> bool:
    """Whether the dots are as many, as even and as wide as those of a row of print."""
    if len(middles) < FEWEST:
        return False
    wide, high = np.ptp(middles, axis=0)
    apart = _apart(middles)
    pitch = float(np.median(apart))
    even = np.abs(apart - pitch) <= EVEN * pitch
    is_high = HIGH[0] * pitch <= high <= min(HIGH[1] * pitch, MAX_HIGH_PX)
    is_wide = MIN_WIDE * high <= wide <= len(middles) * pitch / MIN_DENSE
    return bool(is_high and is_wide and even.mean() >= MIN_EVEN)


def _pitch(middles: _Points) -> float:
    """From the middle of one dot to that of the next, as most dots have it."""
    return float(np.median(_apart(middles)))


def _apart(middles: _Points) -> NDArray[np.float64]:
    """From the middle of each dot, or of a sample of them, to that of the next one."""
    some = middles[:: max(1, len(middles) // SAMPLE)]
    apart = np.hypot(*(some[:, None, :] - middles[None, :, :]).transpose(2, 0, 1))
    return np.asarray(np.partition(apart, 1, axis=1)[:, 1])


def _closed(dots: _Ink, side: float) -> _Ink:
    """With gaps closed that are narrower than that; of an even side, it would be off by a pixel."""
    size = 1 + 2 * max(1, round((side - 1) / 2))
    kernel = np.ones((size, size), dtype=np.uint8)
    return np.asarray(cv2.morphologyEx(dots, cv2.MORPH_CLOSE, kernel), dtype=np.uint8)


# --- setting and reading -----------------------------------------------------------------------


def _set(dots: _Dots, middles: _Points) -> DotRow:
    """What stands in the row of these dots, joined, in black on white."""
    pitch = _pitch(middles)
    (left, top), (right, bottom) = middles.min(axis=0), middles.max(axis=0)
    high = float(bottom - top) + pitch
    room, scale = ROOM * high, SET_PX / high
    left, top = max(0, int(left - room)), max(0, int(top - room))
    own = dots.ink[top : int(bottom + room), left : int(right + room)]
    joined = _closed(np.ascontiguousarray(own), pitch)
    soft = cv2.GaussianBlur(255 - 255 * joined, (0, 0), SOFT * pitch)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    set_ = cv2.resize(soft, None, fx=scale, fy=scale, interpolation=way)
    onto = np.c_[np.eye(2) / scale, np.array([left, top], dtype=float)]
    back = _turned_back(onto, dots.turn, dots.ink.shape)
    quad = Quad.from_box(0, 0, set_.shape[1], set_.shape[0]).mapped(back)
    pixels = np.repeat(set_.astype(np.uint8)[:, :, None], 3, axis=2)
    return DotRow(pixels, back, quad, len(middles))


def _turned_back(
    onto: NDArray[np.float64], turn: int, shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """The same for the page before so many quarter turns counter-clockwise (np.rot90)."""
    high = shape[0]
    for _ in range(turn):
        back = np.array([[0.0, -1.0, high], [1.0, 0.0, 0.0]])
        onto = np.c_[back[:, :2] @ onto[:, :2], back[:, :2] @ onto[:, 2] + back[:, 2]]
    return onto
