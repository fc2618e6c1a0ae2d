"""Digits in the cells of a form → lines: engines read the rules between them, or nothing at all.

The paper inside a cell is a patch of its own, fenced in by rules. Patches of one size in a row are
taken for a row of cells; what stands in them is set close together on blank paper, where any engine
reads it, and each character goes back to its cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import FEWEST, Box, Set, away_from_paper, beside, read_sets, typeset
from prepdoc.page import Line, Pixels, Quad

TURNS = (0, 1)
"""Quarter turns counter-clockwise after which rows are looked for: along the page, and up it."""
MIN_SIDE_PX, MAX_SIDE_PX = 6, 200
"""Of a cell's inside: print of 4 points at 150 dpi to a coupon's boxes at 300 dpi."""
MIN_SHAPE, MAX_SHAPE = 0.3, 2.5
"""Width of a cell in heights; in wider ones stand words and amounts."""
MIN_PAPER = 0.3
"""Part of a cell that is paper, whatever digit stands in it."""
ALIKE = 0.25
"""Neighbours differ by this part of their height or width at most, and lie as far off their row."""
APART = 0.7
"""Heights between neighbours: a rule, or the blank between two groups."""
DARK = 48
"""Difference from the page's paper, of 255, that makes a rule."""
JOINED_PX = 3
"""Gaps where rules meet are narrower: of rounding, or of a worn print."""
INSET = 0.03
"""Part of a cell's height by which its soft edge reaches inside."""


def with_cells(lines: Sequence[Line], pixels: Pixels, reader: Reader) -> tuple[Line, ...]:
    """The lines, but in cells as they are read there on their own."""
    read = read_cells(pixels, reader)
    return (*beside(lines, (line.quad for line in read)), *read)


def read_cells(pixels: Pixels, reader: Reader) -> tuple[Line, ...]:
    """Every row of cells of which most are read, a glyph for each, in pixels of the page.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    return cell_lines(cell_sets(pixels), reader)


def cell_sets(pixels: Pixels) -> tuple[Set, ...]:
    """What stands in every row of cells, for any number of readers."""
    patches = _patches(pixels)
    return tuple(one for turn in TURNS for one in _sets(pixels, patches, turn))


def cell_lines(sets: Sequence[Set], reader: Reader) -> tuple[Line, ...]:
    """The rows of which a reader reads most cells."""
    return tuple(line for line in read_sets(sets, reader) if line is not None)


# --- cells -------------------------------------------------------------------------------------


def _patches(page: Pixels) -> list[Box]:
    """The patches of paper of a cell's size and shape."""
    away = away_from_paper(page)
    joined = np.ones((JOINED_PX, JOINED_PX), dtype=np.uint8)
    rules = cv2.morphologyEx((away >= DARK).astype(np.uint8), cv2.MORPH_CLOSE, joined)
    _, _, found, _ = cv2.connectedComponentsWithStats(1 - rules, connectivity=4)
    left, top, width, height, area = found[1:].T
    size = np.stack([width, height])
    fits = (size.min(axis=0) >= MIN_SIDE_PX) & (size.max(axis=0) <= MAX_SIDE_PX)
    fits &= area >= MIN_PAPER * width * height
    boxes = np.stack([left, top, left + width, top + height], axis=1)[fits]
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in boxes]


def _sets(pixels: Pixels, patches: Sequence[Box], turn: int) -> Iterator[Set]:
    """The rows of cells on the page turned by quarters, each set to be read."""
    page = np.rot90(pixels, turn)
    height, width = pixels.shape[:2]
    turned = {_turned(box, turn, width, height): box for box in patches}
    for row in _chains(sorted(turned)):
        if set_ := _set(page, row, [turned[box] for box in row], turn):
            yield set_


def _turned(box: Box, turn: int, width: int, height: int) -> Box:
    """A box of a page of this size after so many quarter turns counter-clockwise (np.rot90)."""
    left, top, right, bottom = box
    for _ in range(turn):
        left, top, right, bottom = top, width - right, bottom, width - left
        width, height = height, width
    return left, top, right, bottom


def _chains(patches: Sequence[Box]) -> Iterator[list[Box]]:
    """Rows of neighbours that are alike, from left to right; each patch in one of them at most."""
    free = [box for box in patches if _has_shape(box)]
    while free:
        row = [free.pop(0)]
        while (after := next((p for p in free if _follows(row[-1], p)), None)) is not None:
            free.remove(after)
            row.append(after)
        if len(row) >= FEWEST:
            yield row


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


def _set(page: Pixels, row: Sequence[Box], boxes: Sequence[Box], turn: int) -> Set | None:
    """The row's characters; None where the cells are empty."""
    return typeset([_inside(page, box) for box in row], [_quad(box, turn) for box in boxes])


def _inside(page: Pixels, box: Box) -> Pixels:
    left, top, right, bottom = box
    inset = max(1, round(INSET * (bottom - top)))
    return page[top + inset : bottom - inset, left + inset : right - inset]


def _quad(box: Box, turn: int) -> Quad:
    """A cell of the page whose text is upright after so many quarter turns counter-clockwise."""
    left, top, right, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float)
    return Quad.from_array(np.roll(corners, -turn, axis=0))
