"""A strip's ink → discs, squares and rings of a mark's size."""

from __future__ import annotations

from math import pi
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components, with_insides
from prepdoc.ocr.marks.strip import Box, Strip

SIZES = (0.1, 1.45)
"""Heights of marks, in heights of a digit: from a middle dot to a full-width circle."""
ROUND = (0.75, 1.35)
"""Width of a round mark in heights."""
MIN_FILLED = 0.65
"""Part of its frame that a disc (π/4, less by rounding) or a square fills."""
SMOOTH, MIN_ROUND_PX = 0.62, 24
"""Area of an outline in that of a circle as long: 0.9 of a disc, 0.79 of a square, 0.3 of a kanji;
and from which length on pixels do not spoil it."""
RING_ROUND, RING_AREA, RING_SIZE = (0.85, 1.2), (0.9, 1.12), 0.85
"""The same of a ring, its area in that of a circle, and its height: noughts are narrow and high."""
RING_WIDE = 1.15
"""Steps from digit to digit that a higher ring is wide, as a full-width circle; no nought is."""
CHAIN, ROOM = 1.6, 1.15
"""Heights that a row of touching rings is wide at least, and its width that they fill at most."""
LINE = (1.1, 0.05)
"""Digit heights above and below the baseline in which a mark's columns hold nothing else."""
INNER = 0.15
"""Part of a mark's width on both sides where the next character may begin."""
RIM = 0.06
"""Digit heights around a mark of its soft edge."""
MAX_AROUND = 0.08
"""Part of what is above or below it that is ink, of noise."""
LEVEL = (0.12, 0.9)
"""Where a mark's middle stands above the baseline, in digit heights; full stops stand lower."""


def blobs_in(strip: Strip, taken: float) -> list[Box]:
    """Discs, squares and rings of a mark's size, when so many pixels of the ink are taken away."""
    side = round(taken)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)) if side > 1 else None
    ink = cv2.erode(strip.ink, kernel) if kernel is not None else strip.ink
    outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    more = max(side - 1, 0)
    blobs = []
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        box = (x - more / 2, y - more / 2, x + w + more / 2, y + h + more / 2)
        if not _is_placed(box, strip):
            blobs += [] if more else _chained(box, strip)
            continue
        inside = ink[y : y + h, x : x + w]
        filled = np.zeros_like(inside)
        cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED, offset=(-x, -y))
        is_ring = int(inside.sum()) < 0.9 * int(filled.sum()) and not more
        is_mark = _is_round(box, float(filled.mean()), is_ring, strip) and _is_smooth(outline)
        if is_mark and stands_alone(box, strip):
            blobs.append(box)
    return blobs


def _chained(box: Box, strip: Strip) -> list[Box]:
    """The rings of a piece of ink that is a row of some that touch each other: its round holes,
    each with as much around it as is above and below.
    """
    left, top, right, bottom = (round(side) for side in box)
    part = strip.ink[top:bottom, left:right]
    if right - left < CHAIN * (bottom - top) or bottom - top > RING_SIZE * strip.high:
        return []
    holes = components(with_insides(part) - part)
    if len(holes.boxes) < 2:
        return []
    around = (bottom - top - np.median(holes.boxes[:, 3] - holes.boxes[:, 1])) / 2
    grown = holes.boxes + around * np.array([-1, -1, 1, 1]) + np.array([left, top, left, top])
    rings: list[Box] = [(x0, y0, x1, y1) for x0, y0, x1, y1 in grown.tolist()]
    fits = all(_is_ring(ring, strip) for ring in rings)
    return rings if fits and len(rings) * (bottom - top) <= ROOM * (right - left) else []


def _is_ring(box: Box, strip: Strip) -> bool:
    left, top, right, bottom = box
    is_round = RING_ROUND[0] <= (right - left) / (bottom - top) <= RING_ROUND[1]
    return is_round and _is_placed(box, strip) and stands_alone(box, strip)


def _is_smooth(outline: NDArray[Any]) -> bool:
    """Whether an outline is that of a disc or square: dense kanji fill their frames as well."""
    round_ = cv2.arcLength(outline, True)
    return bool(round_ < MIN_ROUND_PX or 4 * pi * cv2.contourArea(outline) >= SMOOTH * round_**2)


def stands_alone(box: Box, strip: Strip) -> bool:
    """Whether nothing stands above and below it in the line: it is no part of a character."""
    left, top, right, bottom = box
    aside, rim = INNER * (right - left), RIM * strip.high
    columns = slice(max(0, round(left + aside)), max(round(right - aside), round(left + aside) + 1))
    first, last = round(strip.base - LINE[0] * strip.high), round(strip.base + LINE[1] * strip.high)
    above = strip.ink[max(0, first) : max(0, round(top - rim)), columns]
    below = strip.ink[max(0, round(bottom + rim)) : max(0, last), columns]
    return all(not rows.size or float(rows.mean()) <= MAX_AROUND for rows in (above, below))


def _is_placed(box: Box, strip: Strip) -> bool:
    """Whether it has a mark's size and shape, and stands where one does."""
    left, top, right, bottom = box
    level = (strip.base - (top + bottom) / 2) / strip.high
    sized = SIZES[0] * strip.high <= bottom - top <= SIZES[1] * strip.high
    shaped = ROUND[0] <= (right - left) / (bottom - top) <= ROUND[1]
    return sized and shaped and LEVEL[0] <= level <= LEVEL[1]


def _is_round(box: Box, filled: float, is_ring: bool, strip: Strip) -> bool:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if is_ring:
        area = filled / (pi / 4)
        round_ = RING_ROUND[0] <= width / height <= RING_ROUND[1]
        sized = height <= RING_SIZE * strip.high or width >= RING_WIDE * strip.step
        return round_ and sized and RING_AREA[0] <= area <= RING_AREA[1]
    return filled >= MIN_FILLED
