"""A date that the reader of whole pages takes for a card's groups is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import ExpectedPage, Glyph, Line, Quad
from prepdoc.verifying.labelled import others_beside
from prepdoc.verifying.legibility import Sight
from tests import draw
from tests.draw import Text

MISREAD = "3847 20264711258"
"""What Tesseract's English makes of 発行日2026年11月25日."""


def told_beside(printed: str, part: float = 1.0) -> frozenset[str]:
    """What is told of the misread line, where it stands on so much of what is printed."""
    drawn = draw.page([Text(printed, (30, 60), 14, "japan", "date")], dpi=150, size=(300, 120))
    boxes = np.array([glyph.cell.box() for glyph in drawn.tagged("date")])
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    wide = (right - left) / part / len(MISREAD)
    quads = (
        Quad.from_box(left + i * wide, top, left + (i + 1) * wide, bottom)
        for i in range(len(MISREAD))
    )
    line = Line(tuple(map(Glyph, MISREAD, quads)), "ocr")
    page = ExpectedPage(1, drawn.pixels, True)
    sight = Sight(drawn.pixels, page, (), (Tesseract(), Paddle()), ())
    return others_beside(sight, [[line]], ())


@pytest.mark.parametrize(
    ("printed", "part", "is_told"),
    [
        ("発行日 2026年11月25日", 1.0, True),
        ("2026年11月25日", 1.0, True),
        ("2026年11月25日", 0.4, False),
        ("3847 2026471125 8", 1.0, False),
        ("発行番号 2026-1125-88", 1.0, False),
    ],
)
def test_only_a_date_that_takes_most_of_the_place_is_told(
    printed: str, part: float, is_told: bool
) -> None:
    digits = "".join(filter(str.isdecimal, MISREAD))
    assert (digits in told_beside(printed, part)) == is_told
