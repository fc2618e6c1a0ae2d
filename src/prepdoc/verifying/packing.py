"""The parts of a page that must be read → one picture without the blank rows between them.

An engine takes half its time for paper; what is left of a page is read as one picture, in its order
and as far apart across as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.explaining import Island
from prepdoc.ocr.typesetting import paper_of_page
from prepdoc.page import Line, Pixels, Quad


@dataclass(frozen=True, slots=True)
class Packed:
    """Some rows of a page, with the islands alone on them; `rows` has each one's row on the page,
    `left` is its first column there.
    """

    pixels: Pixels = field(repr=False)
    rows: tuple[int, ...] = field(repr=False)
    left: int

    def back(self, line: Line) -> Line:
        """A line of the picture in pixels of the page."""
        return replace(line, glyphs=tuple(replace(g, quad=self._back(g.quad)) for g in line.glyphs))

    def _back(self, quad: Quad) -> Quad:
        return Quad(*((x + self.left, self._row(y)) for x, y in quad.corners()))

    def _row(self, y: float) -> float:
        place = int(max(0.0, min(y, len(self.rows) - 1.0)))
        return self.rows[place] + y - place


def only(islands: Iterable[Island], page: Pixels) -> Pixels:
    """The page with nothing but the islands, on its paper."""
    paper = paper_of_page(page)
    sheet = np.empty_like(page)
    cv2.rectangle(sheet, (0, 0), sheet.shape[1::-1], paper.tolist(), cv2.FILLED)
    for island in islands:
        left, top, right, bottom = island.box
        sheet[top:bottom, left:right] = island.pixels
    return sheet


def packed(sheet: Pixels, islands: Sequence[Island]) -> tuple[Packed, ...]:
    """The rows and columns of a page of islands that hold any, in two parts where no island is cut:
    each is read by a process of its own.
    """
    if not islands:
        return ()
    boxes = np.array([island.box for island in islands])
    left, right = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    held = np.zeros(len(sheet), dtype=np.int64)
    for start, top, end, bottom in boxes:
        held[top:bottom] += end - start
    rows = np.flatnonzero(held)
    parts = np.split(rows, _middle(rows, held[rows]))
    return tuple(Packed(sheet[part, left:right], tuple(part.tolist()), left) for part in parts)


def _middle(rows: NDArray[np.int64], held: NDArray[np.int64]) -> list[int]:
    """Where rows were left out, and as much is held before as behind; nowhere if none were."""
    gaps = np.flatnonzero(np.diff(rows) > 1) + 1
    if not len(gaps):
        return []
    before = np.cumsum(held)[gaps - 1]
    return [int(gaps[np.abs(before - held.sum() / 2).argmin()])]
