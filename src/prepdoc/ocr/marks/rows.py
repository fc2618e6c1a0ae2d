"""Blobs and rules → rows of marks beside a line's digits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile, pairwise

import numpy as np

from prepdoc.ocr.marks.blobs import MIN_FILLED, blobs_in, stands_alone
from prepdoc.ocr.marks.strip import Box, Piece, Strip

FEWEST, MOST = 3, 16
"""Marks in a row: as many as hide the end of a number of which thirteen digits are shown, and as
hide a whole one; leaders of a table of contents have more."""
ERODED = (0.0, 0.3, 0.6)
"""Digit heights that are taken off the ink, so that marks which touch come apart."""
ALIKE, ALIKE_PX = 0.2, 1.5
"""Marks differ in size by this part, or by the rounding of small ones."""
IN_ROW = 0.15
"""And in height above the baseline by this part of a digit's height."""
PITCH = (0.28, 1.75)
"""Digit heights from one mark to the next: narrow dots have 0.35, full-width circles 1.4."""
EVEN = 0.18
"""Part by which distances in a row differ."""
BESIDE = 2.0
"""Digit heights from marks to digits or further marks, at most: a wide blank and a dash."""
DASH, DASH_LEVEL = (0.25, 1.5), (0.2, 0.6)
"""How high a dash is at most, in digit heights, and how wide at least, in its own; its level."""
RULE_HEIGHT, RULE_LEVEL = 0.16, (-0.4, 0.12)
"""Underscores join to one rule: how high it is, and where its top is above the baseline."""
MIN_RULE = 0.4
"""Digit heights that an underscore is wide at least: a dash is narrower."""
NARROW = 0.3
"""Underscores are narrower than digits in some fonts: what is left of a rule counts for one."""
MAX_RULE = 0.3
"""Digit heights that the whole of a rule is high: the edge of a card rises and falls."""
RULE_GAP = 0.15
"""Digit heights between two underscores of which the rule is made, where they do not touch."""


def rows_of_marks(strip: Strip) -> list[tuple[Box, ...]]:
    """Rows of marks beside the digits, from the nearest outwards."""
    found = [row for take in ERODED for row in _even(blobs_in(strip, take * strip.high), strip)]
    free = sorted([*found, *_rules(strip)], key=len, reverse=True)
    rows: list[tuple[Box, ...]] = []
    for row in free:
        if not any(_is_beside(row, [(other[0][0], other[-1][2])], 0.0) for other in rows):
            rows.append(row)
    return _near(rows, strip)


def _even(blobs: Iterable[Box], strip: Strip) -> Iterator[tuple[Box, ...]]:
    """Rows of blobs that are alike and evenly spaced; shorter ones only beside long ones."""
    free = sorted(blobs)
    while free:
        alike = [blob for blob in free if _is_alike(free[0], blob, strip.high)]
        free = [blob for blob in free if blob not in alike]
        middles = [(left + right) / 2 for left, _, right, _ in alike]
        parts = (tuple(alike[i] for i in part) for part in _parted(middles, strip.high))
        rows = [row for part in parts if len(row := _continued(part, strip)) <= MOST]
        if any(len(row) >= FEWEST for row in rows):
            yield from rows


def without_feet(row: tuple[Box, ...], strip: Strip) -> tuple[Box, ...]:
    """A row without marks at its ends that are the foot of a digit beside it."""
    own = list(dropwhile(lambda box: not stands_alone(box, strip), row))
    return tuple(dropwhile(lambda box: not stands_alone(box, strip), own[::-1]))[::-1]


def _continued(row: tuple[Box, ...], strip: Strip) -> tuple[Box, ...]:
    """With further marks at both ends, which touch a digit or a dash and so have another frame."""
    if len(row) < 2:
        return row
    pitch = (row[-1][0] - row[0][0]) / (len(row) - 1)
    longer = list(row)
    while _is_filled(after := _moved(longer[-1], pitch), strip):
        longer.append(after)
    while _is_filled(before := _moved(longer[0], -pitch), strip):
        longer.insert(0, before)
    return tuple(longer)


def _moved(box: Box, by: float) -> Box:
    return box[0] + by, box[1], box[2] + by, box[3]


def _is_filled(box: Box, strip: Strip) -> bool:
    left, top, right, bottom = (round(side) for side in box)
    if left < 0 or top < 0 or right > strip.ink.shape[1]:
        return False
    part = strip.ink[top:bottom, left:right]
    return part.size > 0 and float(part.mean()) >= MIN_FILLED


def _is_alike(one: Box, other: Box, high: float) -> bool:
    """Whether two blobs are of one size and stand on one level."""
    (left, top, right, bottom), (start, up, end, low) = one, other
    sizes = ((right - left, end - start), (bottom - top, low - up))
    as_large = all(abs(a - b) <= max(ALIKE_PX, ALIKE * max(a, b)) for a, b in sizes)
    return as_large and abs(top + bottom - up - low) / 2 <= max(ALIKE_PX, IN_ROW * high)


def _parted(middles: Sequence[float], high: float) -> Iterator[range]:
    """Where a row of middles is cut: wherever the next is further away than most are."""
    gaps = np.diff(middles)
    near = gaps[(gaps >= PITCH[0] * high) & (gaps <= PITCH[1] * high)]
    pitch = float(np.percentile(near, 25)) if len(near) else 0.0
    cuts = [i + 1 for i, gap in enumerate(gaps) if abs(gap - pitch) > EVEN * pitch]
    return (range(a, b) for a, b in pairwise([0, *cuts, len(middles)]))


def _rules(strip: Strip) -> list[tuple[Box, ...]]:
    """Underscores, which mostly join to a rule: as many marks as digits have room on it."""
    flat = sorted(box for box in strip.pieces if _is_flat(box, strip))
    rules = _whole(flat, RULE_GAP * strip.high)
    level = (rule for rule in rules if rule[3] - rule[1] <= MAX_RULE * strip.high)
    inside = (rule for rule in level if rule[0] > 0 and rule[2] < strip.ink.shape[1])
    wide = (rule for rule in inside if rule[2] - rule[0] >= MIN_RULE * strip.high)
    rows = [_under(rule, strip.step) for rule in wide]
    return rows if any(FEWEST <= len(row) <= MOST for row in rows) else []


def _is_flat(box: Piece, strip: Strip) -> bool:
    """Whether it lies at the foot of the line, and nothing stands on it."""
    left, top, right, bottom = box
    level = (strip.base - top) / strip.high
    edge = round(RULE_GAP * strip.high)
    above = strip.ink[strip.rows[0] : top, left + edge : max(right - edge, left + edge)]
    is_low = bottom - top <= RULE_HEIGHT * strip.high and RULE_LEVEL[0] <= level <= RULE_LEVEL[1]
    return is_low and not above.any()


def _whole(pieces: Iterable[Box], gap: float) -> Iterator[Box]:
    """Pieces from left to right as one where they nearly touch."""
    rule: Box | None = None
    for piece in pieces:
        if rule is not None and piece[0] - rule[2] <= gap:
            rule = rule[0], min(rule[1], piece[1]), piece[2], max(rule[3], piece[3])
        else:
            if rule is not None:
                yield rule
            rule = piece
    if rule is not None:
        yield rule


def _under(rule: Box, step: float) -> tuple[Box, ...]:
    left, top, right, bottom = rule
    count = max(1, round((right - left) / step + NARROW))
    edges = np.linspace(left, right, count + 1).tolist()
    return tuple((a, top, b, bottom) for a, b in pairwise(edges))


def _near(rows: Iterable[tuple[Box, ...]], strip: Strip) -> list[tuple[Box, ...]]:
    """The rows that stand beside digits or beside rows that do, from left to right.

    Beside a dash that does, too: in a wide font ` - ` is wider than what may part the two.
    """
    dashes = [(box,) for box in strip.pieces if _is_dash(box, strip)]
    far, near = [*rows, *dashes], list(strip.digits)
    chosen: list[tuple[Box, ...]] = []
    while beside := [row for row in far if _is_beside(row, near, BESIDE * strip.high)]:
        chosen += beside
        near += [(row[0][0], row[-1][2]) for row in beside]
        far = [row for row in far if row not in beside]
    own = sorted(row for row in chosen if row not in dashes)
    return own if any(len(row) >= FEWEST for row in own) else []


def _is_dash(box: Piece, strip: Strip) -> bool:
    """Whether a piece of ink is one, by its shape and level."""
    left, top, right, bottom = box
    level = (strip.base - (top + bottom) / 2) / strip.high
    is_flat = bottom - top <= DASH[0] * strip.high and right - left >= DASH[1] * (bottom - top)
    return is_flat and right - left <= strip.high and DASH_LEVEL[0] <= level <= DASH_LEVEL[1]


def _is_beside(row: tuple[Box, ...], near: Iterable[tuple[float, float]], reach: float) -> bool:
    left, right = row[0][0], row[-1][2]
    return any(start - reach <= right and left <= end + reach for start, end in near)
