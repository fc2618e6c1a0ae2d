"""What verification asks to be painted takes no digit of the last four that could stay."""

from __future__ import annotations

import math

import numpy as np
import pytest

from prepdoc.page import ExpectedPage, Quad
from prepdoc.verifying.leaking import _clear_of_kept

KEEP = Quad.from_box(100, 50, 180, 80)
"""Four digits, 20 pixels wide each."""


def turned(quad: Quad, degrees: float) -> Quad:
    """The same place on a page that is turned around its origin."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return quad.mapped(np.array([[cos, -sin, 0.0], [sin, cos, 0.0]]))


@pytest.mark.parametrize("degrees", [0.0, 90.0, 180.0, 3.5])
@pytest.mark.parametrize(
    ("leak", "painted"),
    [
        ((85, 45, 110, 85), (85, 45, 100, 85)),  # a cell's wall, and half of the first digit
        ((170, 45, 195, 85), (180, 45, 195, 85)),  # a wall behind, and half of the last one
        ((85, 45, 102, 85), (85, 45, 100, 85)),  # a digit that is seen, read two pixels off
        ((120, 45, 140, 85), (120, 45, 140, 85)),  # a digit within the place of the last four
        ((80, 45, 200, 85), (80, 45, 200, 85)),  # all of them
        ((0, 45, 190, 85), (0, 45, 100, 85)),  # most of it before them
        ((85, 90, 110, 120), (85, 90, 110, 120)),  # the line below
    ],
)
def test_a_leak_beside_the_last_four_is_painted_up_to_them(
    leak: tuple[float, ...], painted: tuple[float, ...], degrees: float
) -> None:
    """Where they would lose half of a digit, they could not be read any more."""
    source = np.full((300, 300, 3), 255, dtype=np.uint8)
    page = ExpectedPage(1, source, lossless=True, last_fours=(("1234", turned(KEEP, degrees)),))
    place = _clear_of_kept(turned(Quad.from_box(*leak), degrees), page)
    assert place.array() == pytest.approx(turned(Quad.from_box(*painted), degrees).array())
