"""Digits in the cells of a form → lines: engines read the rules between them, or nothing at all.

The paper inside a cell is a patch of its own, fenced in by rules. Patches of one size in a row are
taken for a row of cells; what stands in them is set close together on blank paper, where any engine
reads it, and each character goes back to its cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.ocr import Reader
from prepdoc.page import Glyph, Line, Pixels, Quad

FEWEST = 6
"""Cells in a row: as many digits as give a known number away."""
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
INK = 64
"""The same for what stands in a cell, from the paper there."""
INSET = 0.03
"""Part of a cell's height by which its soft edge reaches inside."""
SET_PX = 48
"""Height at which characters are set to be read."""
GAP = 0.14
"""Heights between two characters so set."""
MARGIN_PX = 40
"""Blank paper around each line so set."""
READ = 0.75
"""Part of the cells that are read, from which on this reading counts instead of the others."""

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels."""


@dataclass(frozen=True, slots=True)
class _Set:
    """What stands in a row of cells, set close together, and which columns are whose."""

    pixels: Pixels = field(repr=False)
    cells: tuple[Quad, ...]
    places: tuple[tuple[int, int], ...]
    """For each cell the first column of its character and the one past its last."""


def with_cells(lines: Sequence[Line], pixels: Pixels, reader: Reader) -> tuple[Line, ...]:
    """The lines, but in cells as they are read there on their own."""
    read = read_cells(pixels, reader)
    fences = [line.quad.array().astype(np.float32) for line in read]
    clear = (
        replace(line, glyphs=tuple(g for g in line.glyphs if not _is_within(g, fences)))
        for line in lines
    )
    return (*(line for line in clear if line.text.strip()), *read)


def _is_within(glyph: Glyph, fences: Iterable[NDArray[np.float32]]) -> bool:
    return any(cv2.pointPolygonTest(f, glyph.quad.centre(), False) >= 0 for f in fences)


def read_cells(pixels: Pixels, reader: Reader) -> tuple[Line, ...]:
    """Every row of cells of which most are read, a glyph for each, in pixels of the page.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    patches = _patches(pixels)
    sets = [one for turn in TURNS for one in _sets(pixels, patches, turn)]
    if not sets:
        return ()
    sheet, tops = _sheet(sets)
    seen = reader.read(sheet)
    lines = (_line(one, top, seen) for one, top in zip(sets, tops, strict=True))
    return tuple(line for line in lines if line is not None)


# --- cells -------------------------------------------------------------------------------------


def _patches(page: Pixels) -> list[Box]:
    """The patches of paper of a cell's size and shape."""
    paper = np.full_like(page, np.median(page[::8, ::8].reshape(-1, 3), axis=0))
    away = cv2.absdiff(page, paper).max(axis=2)
    joined = np.ones((JOINED_PX, JOINED_PX), dtype=np.uint8)
    rules = cv2.morphologyEx((away >= DARK).astype(np.uint8), cv2.MORPH_CLOSE, joined)
    _, _, found, _ = cv2.connectedComponentsWithStats(1 - rules, connectivity=4)
    left, top, width, height, area = found[1:].T
    size = np.stack([width, height])
    fits = (size.min(axis=0) >= MIN_SIDE_PX) & (size.max(axis=0) <= MAX_SIDE_PX)
    fits &= area >= MIN_PAPER * width * height
    boxes = np.stack([left, top, left + width, top + height], axis=1)[fits]
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in boxes]


def _sets(pixels: Pixels, patches: Sequence[Box], turn: int) -> Iterator[_Set]:
    """The rows of cells on the page turned by quarters, each set to be read."""
    page = np.ascontiguousarray(np.rot90(pixels, turn))
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


def _set(page: Pixels, row: Sequence[Box], boxes: Sequence[Box], turn: int) -> _Set | None:
    """The row's characters on paper of their own; None where the cells are empty."""
    insides = [_inside(page, box) for box in row]
    inked = [_ink(inside) for inside in insides]
    rows = [np.flatnonzero(ink.any(axis=1)) for ink in inked if ink.any()]
    if len(rows) < FEWEST:
        return None
    top, bottom = min(int(r[0]) for r in rows), max(int(r[-1]) for r in rows) + 1
    pieces = [_piece(i, ink, top, bottom) for i, ink in zip(insides, inked, strict=True)]
    gap = np.full((SET_PX, round(GAP * SET_PX), 3), 255, dtype=np.uint8)
    places, strips, at = [], [], 0
    for piece in pieces:
        places.append((at, at + piece.shape[1]))
        strips += [piece, gap]
        at += piece.shape[1] + gap.shape[1]
    cells = tuple(_quad(box, turn) for box in boxes)
    return _Set(np.concatenate(strips, axis=1), cells, tuple(places))


def _inside(page: Pixels, box: Box) -> Pixels:
    left, top, right, bottom = box
    inset = max(1, round(INSET * (bottom - top)))
    return page[top + inset : bottom - inset, left + inset : right - inset]


def _ink(inside: Pixels) -> NDArray[np.bool_]:
    paper = np.median(inside.reshape(-1, 3), axis=0)
    return np.asarray(np.abs(inside - paper).max(axis=2) >= INK)


def _piece(inside: Pixels, ink: NDArray[np.bool_], top: int, bottom: int) -> Pixels:
    """A cell's character in black on white, from the row's first row of ink to its last."""
    columns = np.flatnonzero(ink[top:bottom].any(axis=0))
    if not len(columns):
        return np.full((SET_PX, SET_PX // 3, 3), 255, dtype=np.uint8)
    part = inside[top:bottom, columns[0] : columns[-1] + 1]
    paper = np.median(inside.reshape(-1, 3), axis=0)
    away = np.abs(part - paper).max(axis=2)
    grey = 255 - np.clip(away * 255 / max(float(away.max()), 1.0), 0, 255)
    scale = SET_PX / (bottom - top)
    size = max(2, round(part.shape[1] * scale)), SET_PX
    set_ = cv2.resize(grey.astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    return np.repeat(set_[:, :, None], 3, axis=2)


def _quad(box: Box, turn: int) -> Quad:
    """A cell of the page whose text is upright after so many quarter turns counter-clockwise."""
    left, top, right, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float)
    return Quad.from_array(np.roll(corners, -turn, axis=0))


# --- reading -----------------------------------------------------------------------------------


def _sheet(sets: Sequence[_Set]) -> tuple[Pixels, list[int]]:
    """All rows below each other on blank paper, and where each begins."""
    step = SET_PX + 2 * MARGIN_PX
    wide = max(one.pixels.shape[1] for one in sets) + 2 * MARGIN_PX
    sheet = np.full((step * len(sets), wide, 3), 255, dtype=np.uint8)
    tops = [step * i + MARGIN_PX for i in range(len(sets))]
    for one, top in zip(sets, tops, strict=True):
        sheet[top : top + SET_PX, MARGIN_PX : MARGIN_PX + one.pixels.shape[1]] = one.pixels
    return sheet, tops


def _line(one: _Set, top: int, seen: Iterable[Line]) -> Line | None:
    """The characters of one row, each in its cell; None where too few are read."""
    chosen: dict[int, Glyph] = {}
    for glyph in (g for line in seen for g in line.glyphs if not g.char.isspace()):
        i = _cell_of(glyph, one, top)
        if i is not None and (i not in chosen or glyph.score > chosen[i].score):
            chosen[i] = glyph
    if len(chosen) < READ * len(one.cells):
        return None
    line = [replace(chosen[i], quad=one.cells[i]) for i in sorted(chosen)]
    upright = sum(glyph.quad.tl[0] < glyph.quad.tr[0] for glyph in chosen.values())
    return Line(tuple(line if 2 * upright >= len(line) else _upside_down(line)), "ocr")


def _cell_of(glyph: Glyph, one: _Set, top: int) -> int | None:
    x, y = glyph.quad.centre()
    if not top <= y < top + SET_PX:
        return None
    half, x = GAP * SET_PX / 2, x - MARGIN_PX
    return next((i for i, (a, b) in enumerate(one.places) if a - half <= x < b + half), None)


def _upside_down(line: Sequence[Glyph]) -> list[Glyph]:
    """As the reader turned it to read it."""
    corners = ((glyph, np.roll(glyph.quad.array(), -2, axis=0)) for glyph in reversed(line))
    return [replace(glyph, quad=Quad.from_array(quad)) for glyph, quad in corners]
