"""A page's blank space, and where in it a block goes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Pixels, Point, Quad
from prepdoc.stamping.block import Block
from prepdoc.stamping.sheet import Sheet

EDGE_MM = 8.0
"""Nearer to the page's edge printers cut off, and a stamp looks lost."""
EDGE_COST = 4.0
"""How much farther from the number a stamp may stand for each millimetre that it keeps of that."""
BOXED_MM = 80.0
"""How much farther from the number a stamp may stand to keep out of what rules enclose: an issuer's
own field, or a cell of a table."""
BETWEEN_COST = 16.0
"""The same for each millimetre of rows that a stamp parts: it stands between a shop and its sum."""
CELL_MM = 0.5
"""The ink map's grain: finer than the gap between two lines of 6 pt print."""
INK_LEVELS = 6
"""Levels (of 255) within a cell from which a difference is print: print paler than 249 on white
is invisible. Measured: JPEG of quality 60 to 90 leaves blank paper beside print flat."""
MOST_NOISE_LEVELS = 64
"""A paper whose own grain asks for more than this has no blank space that can be proven."""
GRAIN_QUANTILE = 0.25
"""The paper's grain is taken from the calmest quarter: so much of a page is blank at least."""
GRAIN_TO_EXTREME = 2.2
"""The largest range within a cell of blank grainy A4 over the range at the quantile. Measured
with Gaussian grain of 2, 4 and 6 levels at 96, 150 and 300 dpi: 1.8 to 2.3."""
GRAIN_TO_EXTREME_OF_MEANS = 3.0
"""The same for the range of nine cell means; measured 2.3 to 3.0."""
Far: TypeAlias = Callable[[Block, NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]
"""How far a block is from where it is wished, with its frame's corner at each (x, y)."""


@dataclass(frozen=True)
class Spot:
    """A block and where its frame's top-left corner goes on the upright page."""

    block: Block
    x: int
    y: int
    cost: float = 0.0


@dataclass(frozen=True)
class Blank:
    """The upright page's ink, summed over its cells (an integral image), which cells are open paper
    and no box's, and a cell's pixels.
    """

    sums: NDArray[np.int32]
    is_open: NDArray[np.bool_]
    cell: int

    @classmethod
    def of(cls, pixels: Pixels, dpi: float, sheet: Sheet, avoid: Iterable[Quad]) -> Blank:
        """Measure the page; every cell that an `avoid` quad touches counts as ink."""
        cell = max(2, round(CELL_MM * dpi / 25.4))
        ink = _ink(np.ascontiguousarray(np.rot90(pixels, sheet.turn)), cell)
        for quad in avoid:
            x0, y0, x1, y1 = (edge / cell for edge in sheet.upright(quad).box())
            rows = slice(max(0, math.floor(y0)), max(0, math.ceil(y1)))
            ink[rows, max(0, math.floor(x0)) : max(0, math.ceil(x1))] = True
        sums = cv2.integral(ink.astype(np.uint8)).astype(np.int32, copy=False)
        return cls(sums, _open_paper(ink), cell)

    def nearest(self, block: Block, far: Far) -> Spot | None:
        """Where the block stands with its margin on blank paper, at the least cost; or None."""
        ys, xs = np.nonzero(self._free(block) == 0)
        if not len(ys):
            return None
        x, y = xs * self.cell + block.margin, ys * self.cell + block.margin
        cost = far(block, x, y) + len(block.rows) * block.line_cost
        cost += EDGE_COST * self._into_edge(block, x, y)
        cost += np.where(self.is_open[ys, xs], 0.0, BOXED_MM / CELL_MM * self.cell)
        cost += BETWEEN_COST * self._between(block)[ys, xs]
        best = int(np.argmin(cost))
        return Spot(block, int(x[best]), int(y[best]), float(cost[best]))

    def _into_edge(
        self, block: Block, x: NDArray[np.intp], y: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """How many pixels the frame reaches into the page's outer margin at each (x, y)."""
        edge = round(EDGE_MM / CELL_MM) * self.cell
        height, width = ((side - 1) * self.cell for side in self.sums.shape)
        free = np.minimum(
            np.minimum(x, width - x - block.width), np.minimum(y, height - y - block.height)
        )
        return np.asarray(np.maximum(0, edge - free), dtype=np.float64)

    def _between(self, block: Block) -> NDArray[np.float64]:
        """How many pixels of rows with print on both sides the block stands in, for each cell as
        its top-left corner.
        """
        high, wide = self._size(block)
        upto = self.sums[1:] - self.sums[:-1]  # the ink of each row, left of each column
        before, behind = upto[:, :-wide] > 0, upto[:, wide:] < upto[:, -1:]
        parted = np.pad(np.cumsum(before & behind, axis=0), ((1, 0), (0, 0)))
        return np.asarray((parted[high:] - parted[:-high]) * float(self.cell))

    def _size(self, block: Block) -> tuple[int, int]:
        """Rows and columns of cells that the block and its margin take."""
        high, wide = block.height + 2 * block.margin, block.width + 2 * block.margin
        return math.ceil(high / self.cell), math.ceil(wide / self.cell)

    def _free(self, block: Block) -> NDArray[np.int32]:
        """The ink below the block and its margin, for each cell as its top-left corner."""
        high, wide = self._size(block)
        if high >= self.sums.shape[0] or wide >= self.sums.shape[1]:
            return np.ones((0, 0), dtype=np.int32)
        s = self.sums
        return s[high:, wide:] - s[:-high, wide:] - s[high:, :-wide] + s[:-high, :-wide]


def off_middle(
    goal: Point, block: Block, x: NDArray[np.intp], y: NDArray[np.intp]
) -> NDArray[np.float64]:
    """From the goal to the middle of the frame at each (x, y)."""
    dx, dy = x + block.width / 2 - goal[0], y + block.height / 2 - goal[1]
    return np.asarray(np.hypot(dx, dy), dtype=np.float64)


def distance(
    goal: Point | None, block: Block, x: NDArray[np.intp], y: NDArray[np.intp]
) -> NDArray[np.float64]:
    """From the goal to the nearest edge of the frame at each (x, y); from the top without goal."""
    if goal is None:
        return y.astype(np.float64)
    dx = np.maximum(0, np.maximum(x - goal[0], goal[0] - x - block.width))
    dy = np.maximum(0, np.maximum(y - goal[1], goal[1] - y - block.height))
    return np.asarray(np.hypot(dx, dy), dtype=np.float64)


def _open_paper(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest stretch of blank cells that touch each other; others are within boxes."""
    blank = np.asarray(~ink, dtype=np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(blank, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return np.asarray(labels == 1 + int(areas.argmax()) if len(areas) else blank > 0)


def _ink(pixels: Pixels, cell: int) -> NDArray[np.bool_]:
    """Which cells hold print: more unlike within, or unlike their neighbours, than the paper.

    The range within a cell sees every thin line; the range of neighbouring means sees pale and
    soft print on grainy paper. Both are blind to the paper's colour and to slow shadows.
    """
    rows, columns = pixels.shape[0] // cell, pixels.shape[1] // cell
    if not rows or not columns:
        return np.ones((rows, columns), dtype=np.bool_)
    whole = pixels[: rows * cell, : columns * cell]
    means = np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    around = _widest_channel(_range(means, 3))
    within = _range_within(_calmed(pixels, cell), cell)[:rows, :columns]
    return _above_grain(within, GRAIN_TO_EXTREME) | _above_grain(around, GRAIN_TO_EXTREME_OF_MEANS)


def _calmed(pixels: Pixels, cell: int) -> Pixels:
    """Very grainy paper smoothed a little, so that its print stands out; other paper as it is."""
    grain = _grain(_range_within(pixels, cell))
    if grain * GRAIN_TO_EXTREME <= MOST_NOISE_LEVELS:
        return pixels
    return np.asarray(cv2.blur(pixels, (3, 3)), dtype=np.uint8)


def _range_within(pixels: Pixels, cell: int) -> NDArray[np.uint8]:
    """Largest less smallest level in each cell and the pixel row and column around it."""
    centre = cell // 2
    return _widest_channel(_range(pixels, cell + 2)[centre::cell, centre::cell])


def _range(pixels: Pixels, window: int) -> Pixels:
    kernel = np.ones((window, window), dtype=np.uint8)
    return np.asarray(cv2.morphologyEx(pixels, cv2.MORPH_GRADIENT, kernel), dtype=np.uint8)


def _widest_channel(levels: Pixels) -> NDArray[np.uint8]:
    red, green, blue = cv2.split(np.ascontiguousarray(levels))
    return np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def _above_grain(levels: NDArray[np.uint8], grain_to_extreme: float) -> NDArray[np.bool_]:
    wanted = max(INK_LEVELS, _grain(levels) * grain_to_extreme)
    return levels >= min(MOST_NOISE_LEVELS, wanted)


def _grain(levels: NDArray[np.uint8]) -> float:
    return float(np.quantile(levels, GRAIN_QUANTILE))
