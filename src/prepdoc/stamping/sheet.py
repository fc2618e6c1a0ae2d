"""The page as it is, and as it is read: quarter turns between the two."""

from __future__ import annotations

from dataclasses import dataclass

from prepdoc.page import Quad


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of so many pixels, and the quarter turns that bring its text upright."""

    width: int
    height: int
    turn: int

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height as read."""
        return (self.height, self.width) if self.turn % 2 else (self.width, self.height)

    def upright(self, quad: Quad) -> Quad:
        """From the page as it is to the page as it is read."""
        corners, width, height = quad.array(), self.width, self.height
        for _ in range(self.turn):
            corners = corners[:, ::-1] * (1, -1) + (0, width)
            width, height = height, width
        return Quad.from_array(corners)

    def back(self, quad: Quad) -> Quad:
        """From the page as it is read to the page as it is."""
        corners, (width, height) = quad.array(), self.upright_size
        for _ in range(self.turn):
            corners = corners[:, ::-1] * (-1, 1) + (height, 0)
            width, height = height, width
        return Quad.from_array(corners)
