"""Solid blocks of ink → ■ glyphs: some issuers paint over the digits that they hide.

No OCR engine reads a black box, so `4980-12██-████-1234` would come as two short numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Glyph, Line, Pixels, Quad

BLOCK = "■"
LOOKED_AT = 2
"""Pixels are looked at in squares of so many: a block that hides a digit is larger."""
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 8, 120
"""Of the page's pixels: print of 3 points at 200 dpi to 28 points at 300 dpi."""
MIN_FILLED = 0.93
"""Part of its bounding box that a block fills: letters and frames fill less."""
MIN_SHAPE = 0.45
"""Narrower than this part of its height it is a rule or the letter I."""
MOST_DIGITS = 20
"""Wider blocks are rules and the heads of tables."""
DIGIT_SHAPE = 0.62
"""Width of a digit with its share of the gaps, in heights of a block that covers it."""
EDGE = 0.3
"""Nearer to a block than this part of its height stands no middle of a character."""
DARK = 96
"""Difference from the paper, of 255; a coloured cell of a table is paler."""


def with_blocks(lines: Iterable[Line], pixels: Pixels) -> tuple[Line, ...]:
    """The lines and the blocks of a page; what OCR read into a block's edge is dropped."""
    blocks = read_blocks(pixels)
    boxes = [_grown(block.quad) for block in blocks]
    clear = (
        replace(line, glyphs=tuple(g for g in line.glyphs if not _is_inside(g.quad, boxes)))
        for line in lines
    )
    return (*(line for line in clear if line.text.strip()), *blocks)


def _grown(quad: Quad) -> tuple[float, float, float, float]:
    left, top, right, bottom = quad.box()
    edge = EDGE * (bottom - top)
    return left - edge, top, right + edge, bottom


def _is_inside(quad: Quad, boxes: Iterable[tuple[float, float, float, float]]) -> bool:
    x, y = quad.centre()
    return any(x0 < x < x1 and y0 < y < y1 for x0, y0, x1, y1 in boxes)


def read_blocks(pixels: Pixels) -> tuple[Line, ...]:
    """Every solid block of about the height of text, as a line of as many ■ as digits fit in."""
    small = cv2.resize(
        pixels, None, fx=1 / LOOKED_AT, fy=1 / LOOKED_AT, interpolation=cv2.INTER_AREA
    )
    paper = np.median(small.reshape(-1, 3), axis=0)
    away = np.abs(small.astype(np.int16) - paper.astype(np.int16)).max(axis=2)
    _, _, found, _ = cv2.connectedComponentsWithStats((away > DARK).astype(np.uint8))
    return tuple(_line(*box) for box in _blocks(found[1:] * LOOKED_AT))


def _blocks(found: NDArray[np.int32]) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height of each component that is a block."""
    left, top, width, height, area = found.T
    filled = area * LOOKED_AT > MIN_FILLED * width * height
    sized = (height >= MIN_HEIGHT_PX) & (height <= MAX_HEIGHT_PX)
    sized &= (width >= MIN_SHAPE * height) & (width <= MOST_DIGITS * DIGIT_SHAPE * height)
    for x, y, w, h in zip(
        *(side[filled & sized] for side in (left, top, width, height)), strict=True
    ):
        yield int(x), int(y), int(w), int(h)


def _line(left: int, top: int, width: int, height: int) -> Line:
    count = max(1, round(width / (DIGIT_SHAPE * height)))
    edges = np.linspace(left, left + width, count + 1)
    pairs = pairwise(edges.tolist())
    quads = (Quad.from_box(a, top, b, top + height) for a, b in pairs)
    return Line(tuple(Glyph(BLOCK, quad) for quad in quads), "ocr")
