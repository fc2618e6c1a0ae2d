"""The parts of a page that must be read → one picture without the blank rows between them.

An engine takes half its time for paper; what is left of a page is read as one picture, in its order
and as far apart across as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

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


def packed(sheet: Pixels, islands: Sequence[Island]) -> Packed | None:
    """The rows and columns of a page of islands that hold any; None where there are none."""
    if not islands:
        return None
    boxes = np.array([island.box for island in islands])
    left, right = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    kept = np.zeros(len(sheet), dtype=np.bool_)
    for _, top, _, bottom in boxes:
        kept[top:bottom] = True
    return Packed(sheet[kept, left:right], tuple(np.flatnonzero(kept).tolist()), left)
