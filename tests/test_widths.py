"""Blanks are as wide as they are, in distances of digits."""

from __future__ import annotations

import pytest

from prepdoc.page import Glyph, Line, Quad
from prepdoc.widths import widened


def spaced(gap: float, blanks: int, pitch: float) -> Line:
    """Two groups of four; the middles on both sides of the blanks are `gap` pitches apart."""
    places = [i * pitch for i in range(4)] + [(3 + gap + i) * pitch for i in range(4)]
    boxes = [Quad.from_box(place, 0, place + 10, 20) for place in places]
    digits = [Glyph("4", box) for box in boxes]
    return Line((*digits[:4], *[Glyph(" ", boxes[3])] * blanks, *digits[4:]), "ocr")


@pytest.mark.parametrize("pitch", [12.0, 30.0])
@pytest.mark.parametrize(
    ("gap", "read", "written"),
    [
        (1.5, 1, 1),
        (2.0, 1, 1),
        (2.0, 2, 1),  # a typewriter's, as Tesseract's gaps are counted
        (2.0, 3, 3),
        (3.4, 1, 2),
        (3.4, 3, 3),
        (5.0, 1, 3),
    ],
)
def test_gaps_count_in_distances_of_digits(
    gap: float, read: int, written: int, pitch: float
) -> None:
    """However wide the letters are spaced."""
    assert widened(spaced(gap, read, pitch)).text == f"4444{' ' * written}4444"
