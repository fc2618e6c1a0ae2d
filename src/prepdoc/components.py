"""A mask → its connected components, with their boxes, areas and middles.

OpenCV's own count of these goes through every pixel, of which nearly all are paper: 57 ms for an
A4 page at 300 dpi. Its labels alone take 14, and the rest is told by runs of ink along the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels, the last two exclusive."""


@dataclass(frozen=True, slots=True)
class Components:
    """The components of a mask, in the order of their labels, which begin at 1.

    `labels` has the mask's shape and is 0 around them. `boxes` is n × 4: left, top, right and
    bottom in pixels, the last two exclusive; `areas` counts pixels; `middles` is n × 2: x and y.
    """

    labels: NDArray[np.int32] = field(repr=False)
    boxes: NDArray[np.int64] = field(repr=False)
    areas: NDArray[np.int64] = field(repr=False)
    middles: NDArray[np.float64] = field(repr=False)

    def among(self, fits: NDArray[np.bool_]) -> Iterator[tuple[int, Box]]:
        """The label and the box of each component that fits (n, by their order)."""
        for index in np.flatnonzero(fits).tolist():
            left, top, right, bottom = self.boxes[index].tolist()
            yield index + 1, (left, top, right, bottom)


@dataclass(frozen=True, slots=True)
class _Runs:
    """Stretches of ink along the rows: in which row, from which column up to which (exclusive)."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def components(mask: NDArray[np.uint8], connectivity: int = 8) -> Components:
    """What hangs together of a mask of 0 and 1, by its sides (4) or by its corners as well (8)."""
    count, found = cv2.connectedComponents(mask, connectivity=connectivity)
    labels, runs = np.asarray(found, dtype=np.int32), _runs(mask)
    own = labels[runs.rows, runs.starts].astype(np.int64) - 1
    long = runs.ends - runs.starts
    areas = np.bincount(own, long, count - 1)
    sums = (long * (runs.starts + runs.ends - 1) / 2, long * runs.rows)
    middles = np.stack([np.bincount(own, one, count - 1) / areas for one in sums], axis=1)
    return Components(labels, _boxes(runs, own, count - 1), areas.astype(np.int64), middles)


def with_insides(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A mask of 0 and 1 with all that its components enclose."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, cv2.FILLED), np.uint8)


def _runs(mask: NDArray[np.uint8]) -> _Runs:
    height, width = mask.shape
    # A column of paper before the first one, so that no run goes on in the next row.
    flat = np.zeros(height * (width + 1) + 1, dtype=np.uint8)
    flat[:-1].reshape(height, width + 1)[:, 1:] = mask
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    rows, starts = np.divmod(edges[::2], width + 1)
    return _Runs(rows, starts, starts + edges[1::2] - edges[::2])


def _boxes(runs: _Runs, own: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Around all runs of each component."""
    first = np.full((2, count), np.iinfo(np.int64).max)
    last = np.zeros((2, count), dtype=np.int64)
    for axis, (begin, end) in enumerate(((runs.starts, runs.ends), (runs.rows, runs.rows + 1))):
        np.minimum.at(first[axis], own, begin)
        np.maximum.at(last[axis], own, end)
    return np.concatenate([first, last]).T
