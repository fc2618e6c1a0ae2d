"""Digits in the cells of a form → lines: engines read the rules between them, or nothing at all.

The paper inside a cell is a patch of its own, fenced in by rules. Patches of one size in a row are
taken for a row of cells; what stands in them is set close together on blank paper, where any engine
reads it, and each character goes back to its cell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, product, takewhile
from operator import itemgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, Components, components, with_insides
from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import (
    FEWEST,
    Set,
    away_from,
    beside,
    paper_of,
    read_sets,
    typeset,
)
from prepdoc.page import Line, Pixels, Quad
from prepdoc.patterns import in_three

TURNS = (0, 1)
"""Quarter turns counter-clockwise after which rows are looked for: along the page, and up it."""
MIN_SIDE_PX, MAX_SIDE_PX = 6, 200
"""Of a cell's inside: print of 4 points at 150 dpi to a coupon's boxes at 300 dpi."""
MIN_SHAPE, MAX_SHAPE = 0.3, 2.5
"""Width of a cell in heights; in wider ones stand words and amounts."""
MIN_PAPER = 0.3
"""Part of a cell that is paper, whatever digit stands in it."""
MIN_INK = 0.6
"""Part of a dark cell that is ink, whatever pale digit stands in it; a frame has less."""
ALIKE = 0.25
"""Neighbours differ by this part of their height or width at most, and lie as far off their row."""
APART = 1.5
"""Heights between neighbours: a rule, or the blank between two groups."""
CORNER = 0.05
"""Part of a box's sides at which its corners are looked at."""
CORNERS = 3
"""Of those what is paper in a cell at least that is not round; a pale 5 has two."""
ROUND = 0.92
"""Part of a round cell's radius within which its digit stands."""
CIRCLE, CIRCULAR, ROUNDED = 0.7, 0.75, 0.86
"""Part of its box that a round cell fills with its digit (π/4, less by rounding), how wide it is at
least in heights, and the part that one with rounded corners fills."""
SQUARE, SOLID = 0.9, 0.98
"""Part of its box that a dark cell fills with its digit, and of that what is ink at most."""
DARK = 48
"""Difference from the page's paper, of 255, that makes a rule."""
JOINED_PX = 3
"""Gaps where rules meet are narrower: of rounding, or of a worn print."""
DOT_PX, SIDE_PX, SAME = 6, 6, 0.99
"""How high the inside of a pattern's dots is at most (hardly a digit can be read at that), at what
side they are compared, and how far each agrees with them all: the cosine between them."""
STROKE, FAINT = 95, 20
"""Per cent of a cell's pixels that are no digit's stroke, and difference from the paper, of 255, of
print that a person still sees.
"""
INSET = 0.03
"""Part of a cell's height by which its soft edge reaches inside."""


def with_cells(lines: Sequence[Line], sets: Sequence[Set], reader: Reader) -> tuple[Line, ...]:
    """The lines, but in cells as they are read there on their own.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    read = in_cells(read_sets(sets, reader))
    return (*beside(lines, (line.quad for line in read)), *read)


def cell_sets(pixels: Pixels, away: NDArray[np.uint8]) -> tuple[Set, ...]:
    """What stands in every row of cells, for any number of readers.

    `away` is how far each pixel is from the page's paper (`away_from_paper`).
    """
    patches = _patches(away)
    return tuple(one for turn in TURNS for one in _sets(pixels, patches, turn))


def dark_cells(away: NDArray[np.uint8]) -> tuple[Box, ...]:
    """The squares of ink that stand in rows, with something pale in each: they hide no digit."""
    squares = _dark_patches(np.asarray(away >= DARK, dtype=np.uint8))
    height, width = away.shape
    turns = [{_turned(box, turn, width, height): box for box in squares} for turn in TURNS]
    return tuple(ways[box] for ways in turns for row in _chains(sorted(ways)) for box in row)


def in_cells(read: Iterable[Line | None]) -> tuple[Line, ...]:
    """Every row of cells of which a reader reads most (`read_sets`), a glyph for each."""
    return tuple(line for line in read if line is not None)


# --- cells -------------------------------------------------------------------------------------


def _patches(away: NDArray[np.uint8]) -> dict[Box, bool]:
    """The patches of paper of a cell's size and shape, or of ink; and whether each is round."""
    ink = np.asarray(away >= DARK, dtype=np.uint8)
    joined = np.ones((JOINED_PX, JOINED_PX), dtype=np.uint8)
    rules = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, joined), dtype=np.uint8)
    return {**_dark_patches(ink), **_pale_patches(1 - rules)}


def _pale_patches(paper: NDArray[np.uint8]) -> dict[Box, bool]:
    found = components(paper, connectivity=4)
    patches: dict[Box, bool] = {}
    for label, box in _sized(found, MIN_PAPER):
        left, top, right, bottom = box
        corners = sum(bool(found.labels[y, x] == label) for x, y in _corners(box))
        is_round = corners < CORNERS
        if not is_round or _fills(found.labels[top:bottom, left:right] == label):
            patches[box] = is_round
    return patches


def _fills(part: NDArray[np.bool_]) -> bool:
    """Whether a patch with what stands in it is as full as a circle, or as a box with rounded
    corners: a pale digit on a dark card is one patch of paper as well, and a nought is as full.
    """
    filled = float(with_insides(part.astype(np.uint8)).mean())
    least = CIRCLE if min(part.shape) >= CIRCULAR * max(part.shape) else ROUNDED
    return filled >= least


def _corners(box: Box) -> Iterator[tuple[int, int]]:
    """The pixels in the corners of a box, which a round patch leaves out."""
    left, top, right, bottom = box
    aside, down = round(CORNER * (right - left)), round(CORNER * (bottom - top))
    return product((left + aside, right - 1 - aside), (top + down, bottom - 1 - down))


def _dark_patches(ink: NDArray[np.uint8]) -> dict[Box, bool]:
    """Squares of ink with something pale in each, in which white digits may stand."""
    found = components(ink)
    squares: dict[Box, bool] = {}
    for label, box in _sized(found, MIN_INK):
        left, top, right, bottom = box
        part = np.asarray(found.labels[top:bottom, left:right] == label, dtype=np.uint8)
        whole = with_insides(part)
        if whole.mean() >= SQUARE and part.sum() < SOLID * whole.sum():
            squares[box] = False
    return squares


def _sized(found: Components, filled: float) -> Iterator[tuple[int, Box]]:
    """The components of a cell's size, by their labels."""
    size = found.boxes[:, 2:] - found.boxes[:, :2]
    fits = (size.min(axis=1) >= MIN_SIDE_PX) & (size.max(axis=1) <= MAX_SIDE_PX)
    fits &= found.areas >= filled * size.prod(axis=1)
    return found.among(fits)


def _sets(pixels: Pixels, patches: Mapping[Box, bool], turn: int) -> Iterator[Set]:
    """The rows of cells on the page turned by quarters, each set to be read."""
    page = np.rot90(pixels, turn)
    height, width = pixels.shape[:2]
    turned = {_turned(box, turn, width, height): box for box in patches}
    for row in _chains(sorted(turned)):
        boxes = [turned[box] for box in row]
        frames = [_inside(page, a, patches[b]) for a, b in zip(row, boxes, strict=True)]
        if _is_pattern(frames):
            continue
        slope = _slope(row)
        quads = [_quad(box, turn, slope) for box in boxes]
        if set_ := typeset(frames, quads) or typeset(_stretched(frames), quads):
            yield set_


def _stretched(frames: Sequence[Pixels]) -> list[Pixels]:
    """What is faint in most cells, black on white; nothing where most are empty."""
    away = [away_from(frame, paper_of(frame)) for frame in frames]
    faint = float(np.median([np.percentile(one, STROKE) for one in away]))
    if faint < FAINT:
        return []
    grey = (255 - np.clip(one * (255.0 / faint), 0, 255) for one in away)
    return [in_three(one.astype(np.uint8)) for one in grey]


def _is_pattern(frames: Sequence[Pixels]) -> bool:
    """Whether these are the dots of a patterned paper: tiny cells that all look the same."""
    if max(frame.shape[0] for frame in frames) > DOT_PX:
        return False
    small = (cv2.resize(frame, (SIDE_PX, SIDE_PX)).mean(axis=2).ravel() for frame in frames)
    looks = np.stack([look - look.mean() for look in small])
    usual = looks.mean(axis=0)
    size = np.linalg.norm(looks, axis=1) * np.linalg.norm(usual)
    return bool((looks @ usual >= SAME * size).all())


def _turned(box: Box, turn: int, width: int, height: int) -> Box:
    """A box of a page of this size after so many quarter turns counter-clockwise (np.rot90)."""
    left, top, right, bottom = box
    for _ in range(turn):
        left, top, right, bottom = top, width - right, bottom, width - left
        width, height = height, width
    return left, top, right, bottom


def _chains(patches: Sequence[Box]) -> Iterator[list[Box]]:
    """Rows of neighbours that are alike, from left to right; each patch in one of them at most.

    The patches are in order from left to right.
    """
    free = [box for box in patches if _has_shape(box)]
    while free:
        row = [free.pop(0)]
        while after := next(filter(partial(_follows, row[-1]), _near(row[-1], free)), None):
            free.remove(after)
            row.append(after)
        if len(row) >= FEWEST:
            yield row


def _near(one: Box, others: Sequence[Box]) -> Iterator[Box]:
    """Those that begin right of it and no further away than its neighbour does."""
    reach = one[2] + APART * (one[3] - one[1])
    first = bisect_right(others, one[2], key=itemgetter(0))
    return takewhile(lambda box: box[0] <= reach, islice(others, first, None))


def _has_shape(box: Box) -> bool:
    width, height = box[2] - box[0], box[3] - box[1]
    return MIN_SHAPE * height <= width <= MAX_SHAPE * height


def _follows(one: Box, other: Box) -> bool:
    (left, top, right, bottom), (start, up, end, low) = one, other
    height, width = bottom - top, right - left
    in_row = max(abs(up - top), abs(low - bottom)) <= ALIKE * height
    as_wide = abs(end - start - width) <= ALIKE * width
    return in_row and as_wide and 0 < start - right <= APART * height


# --- what stands in them -----------------------------------------------------------------------


def _inside(page: Pixels, box: Box, is_round: bool) -> Pixels:
    """A cell's pixels; of a round one those in its corners are paper."""
    left, top, right, bottom = box
    inset = max(1, round(INSET * (bottom - top)))
    inside = page[top + inset : bottom - inset, left + inset : right - inset]
    if not is_round:
        return inside
    high, wide = inside.shape[:2]
    y, x = (np.linspace(-1, 1, count) for count in (high, wide))
    outside = (y[:, None] ** 2 + x[None, :] ** 2) > ROUND**2
    paper = np.median(inside[~outside], axis=0).astype(np.uint8)
    return np.where(outside[..., None], paper, inside)


def _slope(row: Sequence[Box]) -> float:
    """By how much a row of cells falls for each pixel to the right."""
    left, top, right, bottom = np.array(row, dtype=float).T
    return float(np.polyfit((left + right) / 2, (top + bottom) / 2, 1)[0])


def _quad(box: Box, turn: int, slope: float) -> Quad:
    """A cell of the page whose text is upright after so many quarter turns counter-clockwise, and
    falls with its row.
    """
    left, top, right, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float)
    tl, tr, br, bl = np.roll(corners, -turn, axis=0)
    down = (bl - tl) / max(float(np.linalg.norm(bl - tl)), 1e-6)
    fall = slope * float(np.linalg.norm(tr - tl)) / 2 * down
    return Quad.from_array(np.stack([tl - fall, tr + fall, br + fall, bl - fall]))
