"""Where an item stands, and in which order what stands there is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.judging.rendering import Box

SAME_ROW = 0.6
"""Of the line's height: middles nearer than this to the row's first are in one row."""
TALL = 2.0
"""A place so many times as high as wide holds one line that runs downwards."""


@dataclass(frozen=True, slots=True)
class Place:
    """A box in any unit, and the height of its line in the same."""

    box: Box
    line: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is inside."""
        left, top, right, bottom = self.box
        return left <= x <= right and top <= y <= bottom

    def in_reading_order(self, middles: Sequence[tuple[float, float]]) -> list[int]:
        """Indexes of the middles, row by row; engines often sort words of one row by a pixel.

        >>> Place((0, 0, 100, 10), 10.0).in_reading_order([(80, 4), (20, 5), (50, 6)])
        [1, 2, 0]
        """
        left, top, right, bottom = self.box
        down = sorted(range(len(middles)), key=lambda i: middles[i][1])
        if bottom - top > TALL * (right - left):
            return down
        rows: list[list[int]] = []
        for i in down:
            if rows and middles[i][1] - middles[rows[-1][0]][1] <= SAME_ROW * self.line:
                rows[-1].append(i)
            else:
                rows.append([i])
        return [i for row in rows for i in sorted(row, key=lambda i: middles[i][0])]

    def scaled(self, by: float) -> Place:
        """The same place in another unit."""
        left, top, right, bottom = self.box
        return Place((left * by, top * by, right * by, bottom * by), self.line * by)
