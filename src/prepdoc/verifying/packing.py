"""The parts of a page that must be read → one picture without the blank rows between them.

An engine takes half its time for paper; what is left of a page is read as one picture, in its order
and as far apart across as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.explaining import Island
from prepdoc.ocr.typesetting import away_from, paper_of_page
from prepdoc.page import Line, Pixels, Quad

FAINT: Final = 8
"""Difference from the paper, of 255, of the palest print."""
BLANK_PX: Final = 16
"""Rows of blank between two lines: more than there is within a character, but for those of titles,
of which none is a digit."""
ALONG_PX: Final = 80
"""The same where lines run down the page: more than between the groups of a number."""


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


def packed(sheet: Pixels, islands: Sequence[Island], turn: int) -> tuple[Packed, ...]:
    """The rows and columns of a page of islands that hold any, in two parts with as much print,
    where no line is cut: each is read by a process of its own.

    So many quarter turns counter-clockwise bring the page's lines upright.
    """
    if not islands:
        return ()
    boxes = np.array([island.box for island in islands])
    left, right = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    held = np.zeros(len(sheet), dtype=np.bool_)
    for _, top, _, bottom in boxes:
        held[top:bottom] = True
    rows = np.flatnonzero(held)
    picture = sheet[rows, left:right]
    ink = away_from(picture, paper_of_page(sheet)) >= FAINT
    ends = [0, *_middle(ink, ALONG_PX if turn % 2 else BLANK_PX), len(rows)]
    parts = (slice(*pair) for pair in pairwise(ends))
    return tuple(Packed(picture[part], tuple(rows[part].tolist()), left) for part in parts)


def _middle(ink: NDArray[np.bool_], least: int) -> list[int]:
    """The row in the middle of so many blank ones that as much print is above as below; none if
    there are no such ones.
    """
    inked = np.flatnonzero(ink.any(axis=1))
    blank = np.flatnonzero(np.diff(inked) > least)
    if not len(blank):
        return []
    print_ = np.cumsum((ink[:, 1:] != ink[:, :-1]).sum(axis=1))
    rows = (inked[blank] + inked[blank + 1]) // 2
    return [int(rows[np.abs(print_[rows] - print_[-1] / 2).argmin()])]
