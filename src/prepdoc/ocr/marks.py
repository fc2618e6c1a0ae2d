"""Marks that stand for hidden digits → ● glyphs: engines skip dots, or read them as digits.

`4111 11･･ ････ 3001` comes back as `4111 11…3001`, and a row of ● as nothing or as noughts. Beside
each line of digits, blobs that are alike and evenly spaced are taken for marks; then the line is
read again without them, so that what an engine makes of them is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import pi
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import components
from prepdoc.ocr import Reader
from prepdoc.ocr.typesetting import away_from, beside, is_within, paper_of, read_each
from prepdoc.page import Glyph, Line, Pixels, Quad

MARK = "●"
FEWEST_DIGITS = 2
"""Beside fewer no mark is looked for: an issuer shows the first two of a number, or more."""
FEWEST, MOST = 3, 16
"""Marks in a row: as many as hide the end of a number of which thirteen digits are shown, and as
hide a whole one; leaders of a table of contents have more."""
REACH = 14.0
"""Of a line's heights, on both sides: where the marks beside its digits may stand."""
MARGIN = 0.3
"""The same above and below: underscores hang below a line."""
MAX_HEIGHT_PX = 120
"""Lines that are higher, as those of a card that fills a photograph, are looked at smaller."""
MIN_DIGIT = 0.4
"""Part of a line's height that its digits have at least; readers' boxes are roomy."""
STEP = (0.5, 1.1)
"""Digit heights from one digit to the next; wider steps have a blank or a dash in them."""
MIN_CONTRAST = 40
"""Of 255, between paper and ink."""
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
ERODED = (0.0, 0.3, 0.6)
"""Digit heights that are taken off the ink, so that marks which touch come apart."""
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
BLANK = 1.5
"""Digit heights without ink that part a number from what stands beside it."""
EDGE = 0.08
"""Digit heights around a mark that go with it, for its soft edge."""
KINDS = 4
"""Digits of so many kinds are no marks that were misread: one kind is theirs, and their neighbours
on both sides may be read in their place.
"""
NEIGHBOURS = 2
"""Digits beside a row, of which readers may say that they stand in it."""
OFF = 0.6
"""Digit heights by which readers' boxes of characters are off at most, but for rare ones."""
PARTED = 0.4
"""Digit heights from a mark to what stands beside it that hold a blank."""

_Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of a strip."""
_Piece: TypeAlias = tuple[int, int, int, int]
"""The same of a component of ink, in whole pixels."""
_Ink: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Strip:
    """A line of the page, upright, with what stands around it.

    `onto` maps a place of it to the page. The line itself has these `rows`, and its
    `digits` these columns; one is `high` pixels high, stands on row `base`, and the next one begins
    a `step` further on.
    """

    pixels: Pixels = field(repr=False)
    ink: _Ink = field(repr=False)
    pieces: tuple[_Piece, ...] = field(repr=False)
    onto: NDArray[np.float64] = field(repr=False)
    rows: tuple[int, int]
    digits: tuple[tuple[float, float], ...]
    high: float
    base: float
    step: float

    def quad(self, box: _Box) -> Quad:
        """A box of the strip as it lies on the page."""
        return self.placed(Quad.from_box(*box))

    def placed(self, quad: Quad) -> Quad:
        """A quad of the strip as it lies on the page."""
        return quad.mapped(self.onto)


@dataclass(frozen=True, slots=True)
class _Marked:
    """A stretch of a strip with digits and marks: where these are, and what is left without them.

    `rest` begins in column `left` and in the line's first row.
    """

    strip: _Strip
    rows: tuple[tuple[_Box, ...], ...]
    left: int
    rest: Pixels = field(repr=False)

    def quad(self) -> Quad:
        """The stretch on the page."""
        top, bottom = self.strip.rows
        return self.strip.quad((self.left, top, self.left + self.rest.shape[1], bottom))


def with_marks(lines: Sequence[Line], pixels: Pixels, reader: Reader) -> tuple[Line, ...]:
    """The lines, with a ● for every mark beside digits, and these as they are read without marks.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    kept = tuple(lines)
    for one, read in _without_marks(lines, pixels, reader):
        kept = (*(beside(kept, [one.quad()]) if _has_all(one, read, kept) else kept), read)
    return kept


def either_way(
    lines: Sequence[Line], pixels: Pixels, reader: Reader
) -> tuple[tuple[Line, ...], ...]:
    """The same as one or two readings, none of which has a place twice.

    Where digits are lost by reading without marks, one reading has the line as it was.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    found = list(_without_marks(lines, pixels, reader))
    sure = [(one, read) for one, read in found if _has_all(one, read, lines)]
    return tuple(_instead(lines, some) for some in ([sure, found] if sure != found else [found]))


def _instead(lines: Sequence[Line], found: Sequence[tuple[_Marked, Line]]) -> tuple[Line, ...]:
    places = [one.quad() for one, _ in found]
    return (*beside(tuple(lines), places), *(read for _, read in found))


def _without_marks(
    lines: Sequence[Line], pixels: Pixels, reader: Reader
) -> Iterator[tuple[_Marked, Line]]:
    """Each stretch with marks beside digits, and how it is read without them."""
    found = list(_marked(lines, pixels))
    for one, seen in zip(found, read_each([one.rest for one in found], reader), strict=True):
        glyphs = _in_strip(one, seen)
        free = _free_of_digits(one.rows, glyphs)
        if any(len(row) >= FEWEST for row in free):
            sure = replace(one, rows=free)
            yield sure, _line(sure, glyphs)


def _marked(lines: Iterable[Line], pixels: Pixels) -> Iterator[_Marked]:
    """The stretches of the page with digits and marks, each once."""
    seen: list[Quad] = []
    for line in lines:
        if sum(glyph.char.isdecimal() for glyph in line.glyphs) < FEWEST_DIGITS:
            continue
        if any(is_within(line.quad, place) for place in seen):
            continue
        one = _marked_line(line, pixels)
        if one is not None:
            seen.append(one.quad())
            yield one


def _marked_line(line: Line, pixels: Pixels) -> _Marked | None:
    """What stands around a line's marks; None where it has none."""
    strip = _strip(line, pixels)
    if strip is None:
        return None
    rows = [row for row in _rows(strip) if _may_be_marks(row, line, strip)]
    return _stretch(strip, rows) if any(len(row) >= FEWEST for row in rows) else None


def _may_be_marks(row: Sequence[_Box], line: Line, strip: _Strip) -> bool:
    """Whether no digits of many kinds were read there: marks are alike, and are read alike."""
    left, right = row[0][0], row[-1][2]
    digits = (glyph for glyph in line.glyphs if glyph.char.isdecimal())
    places = zip(digits, strip.digits, strict=True)
    return len({glyph.char for glyph, (a, b) in places if left <= (a + b) / 2 <= right}) < KINDS


# --- strips ------------------------------------------------------------------------------------


def _strip(line: Line, pixels: Pixels) -> _Strip | None:
    """The line and what stands around it; None where there is no ink of a digit's size."""
    height = min(line.quad.height(), MAX_HEIGHT_PX)
    strip, onto = _around(line.quad, pixels, height / max(line.quad.height(), 1e-6))
    left, right = REACH * height, strip.shape[1] - REACH * height
    rows = round(MARGIN * height), round((1 + MARGIN) * height)
    ink = _ink(strip)
    pieces = _pieces(ink)
    boxes = _in_line(pieces, rows, (left, right))
    digits = [box for box in boxes if box[3] - box[1] >= MIN_DIGIT * height]
    if not digits:
        return None
    # Among the marks of a line its digits may be few, but they are higher than most marks.
    high = float(np.percentile([box[3] - box[1] for box in digits], 85))
    base = float(np.median([box[3] for box in digits if box[3] - box[1] >= 0.8 * high]))
    places = tuple(_columns(line, onto))
    step = _step(digits, high)
    return _Strip(strip, ink, pieces, onto, rows, places, high, base, step)


def _columns(line: Line, onto: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    """From where to where each digit of the line reaches in its strip, as the reader says."""
    back = cv2.invertAffineTransform(onto)
    for glyph in line.glyphs:
        if glyph.char.isdecimal():
            places = glyph.quad.array() @ back[0, :2] + back[0, 2]
            yield float(places.min()), float(places.max())


def _around(quad: Quad, pixels: Pixels, scale: float) -> tuple[Pixels, NDArray[np.float64]]:
    """A quad and what stands around it, upright and so much smaller, and what maps it back."""
    corners, height = quad.array(), quad.height()
    along = (corners[1] - corners[0]) / max(quad.width(), 1e-6)
    down = np.array([-along[1], along[0]])
    onto = np.c_[along / scale, down / scale, corners[0] - height * (REACH * along + MARGIN * down)]
    wide, high = quad.width() + 2 * REACH * height, (1 + 2 * MARGIN) * height
    size = max(1, round(scale * wide)), max(1, round(scale * high))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(pixels, onto, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return strip.astype(np.uint8), onto


def _step(digits: Sequence[_Box], high: float) -> float:
    middles = sorted((left + right) / 2 for left, _, right, _ in digits)
    steps = [b - a for a, b in pairwise(middles) if STEP[0] * high <= b - a <= STEP[1] * high]
    return float(np.median(steps)) if steps else STEP[0] * high


def _ink(strip: Pixels) -> _Ink:
    away = away_from(strip, paper_of(strip))
    level, _ = cv2.threshold(away, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(away > max(level, MIN_CONTRAST), dtype=np.uint8)


def _pieces(ink: _Ink) -> tuple[_Piece, ...]:
    boxes = components(ink).boxes.tolist()
    return tuple((left, top, right, bottom) for left, top, right, bottom in boxes)


def _in_line(
    pieces: Iterable[_Piece], rows: tuple[int, int], columns: tuple[float, float]
) -> list[_Box]:
    """The pieces of ink within the line's own rows and columns."""
    (top, bottom), (left, right) = rows, columns
    return [
        box
        for box in pieces
        if left <= (box[0] + box[2]) / 2 <= right
        and top <= (box[1] + box[3]) / 2 <= bottom
        and box[3] - box[1] <= 1.1 * (bottom - top)
    ]


# --- marks -------------------------------------------------------------------------------------


def _rows(strip: _Strip) -> list[tuple[_Box, ...]]:
    """Rows of marks beside the digits, from the nearest outwards."""
    found = [row for take in ERODED for row in _even(_blobs(strip, take * strip.high), strip)]
    free = sorted([*found, *_rules(strip)], key=len, reverse=True)
    rows: list[tuple[_Box, ...]] = []
    for row in free:
        if not any(_is_beside(row, [(other[0][0], other[-1][2])], 0.0) for other in rows):
            rows.append(row)
    return _near(rows, strip)


def _blobs(strip: _Strip, taken: float) -> list[_Box]:
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
            continue
        inside = ink[y : y + h, x : x + w]
        filled = np.zeros_like(inside)
        cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED, offset=(-x, -y))
        is_ring = int(inside.sum()) < 0.9 * int(filled.sum()) and not more
        is_mark = _is_round(box, float(filled.mean()), is_ring, strip) and _is_smooth(outline)
        if is_mark and _stands_alone(box, strip):
            blobs.append(box)
    return blobs


def _is_smooth(outline: NDArray[Any]) -> bool:
    """Whether an outline is that of a disc or square: dense kanji fill their frames as well."""
    round_ = cv2.arcLength(outline, True)
    return bool(round_ < MIN_ROUND_PX or 4 * pi * cv2.contourArea(outline) >= SMOOTH * round_**2)


def _stands_alone(box: _Box, strip: _Strip) -> bool:
    """Whether nothing stands above and below it in the line: it is no part of a character."""
    left, top, right, bottom = box
    aside, rim = INNER * (right - left), RIM * strip.high
    columns = slice(max(0, round(left + aside)), max(round(right - aside), round(left + aside) + 1))
    first, last = round(strip.base - LINE[0] * strip.high), round(strip.base + LINE[1] * strip.high)
    above = strip.ink[max(0, first) : max(0, round(top - rim)), columns]
    below = strip.ink[max(0, round(bottom + rim)) : max(0, last), columns]
    return all(not rows.size or float(rows.mean()) <= MAX_AROUND for rows in (above, below))


def _is_placed(box: _Box, strip: _Strip) -> bool:
    """Whether it has a mark's size and shape, and stands where one does."""
    left, top, right, bottom = box
    level = (strip.base - (top + bottom) / 2) / strip.high
    sized = SIZES[0] * strip.high <= bottom - top <= SIZES[1] * strip.high
    shaped = ROUND[0] <= (right - left) / (bottom - top) <= ROUND[1]
    return sized and shaped and LEVEL[0] <= level <= LEVEL[1]


def _is_round(box: _Box, filled: float, is_ring: bool, strip: _Strip) -> bool:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if is_ring:
        area = filled / (pi / 4)
        round_ = RING_ROUND[0] <= width / height <= RING_ROUND[1]
        sized = height <= RING_SIZE * strip.high or width >= RING_WIDE * strip.step
        return round_ and sized and RING_AREA[0] <= area <= RING_AREA[1]
    return filled >= MIN_FILLED


def _even(blobs: Iterable[_Box], strip: _Strip) -> Iterator[tuple[_Box, ...]]:
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


def _continued(row: tuple[_Box, ...], strip: _Strip) -> tuple[_Box, ...]:
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


def _moved(box: _Box, by: float) -> _Box:
    return box[0] + by, box[1], box[2] + by, box[3]


def _is_filled(box: _Box, strip: _Strip) -> bool:
    left, top, right, bottom = (round(side) for side in box)
    if left < 0 or top < 0 or right > strip.ink.shape[1]:
        return False
    part = strip.ink[top:bottom, left:right]
    return part.size > 0 and float(part.mean()) >= MIN_FILLED


def _is_alike(one: _Box, other: _Box, high: float) -> bool:
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


def _rules(strip: _Strip) -> list[tuple[_Box, ...]]:
    """Underscores, which mostly join to a rule: as many marks as digits have room on it."""
    flat = sorted(box for box in strip.pieces if _is_flat(box, strip))
    rules = _whole(flat, RULE_GAP * strip.high)
    level = (rule for rule in rules if rule[3] - rule[1] <= MAX_RULE * strip.high)
    inside = (rule for rule in level if rule[0] > 0 and rule[2] < strip.ink.shape[1])
    wide = (rule for rule in inside if rule[2] - rule[0] >= MIN_RULE * strip.high)
    rows = [_under(rule, strip.step) for rule in wide]
    return rows if any(FEWEST <= len(row) <= MOST for row in rows) else []


def _is_flat(box: _Piece, strip: _Strip) -> bool:
    """Whether it lies at the foot of the line, and nothing stands on it."""
    left, top, right, bottom = box
    level = (strip.base - top) / strip.high
    edge = round(RULE_GAP * strip.high)
    above = strip.ink[strip.rows[0] : top, left + edge : max(right - edge, left + edge)]
    is_low = bottom - top <= RULE_HEIGHT * strip.high and RULE_LEVEL[0] <= level <= RULE_LEVEL[1]
    return is_low and not above.any()


def _whole(pieces: Iterable[_Box], gap: float) -> Iterator[_Box]:
    """Pieces from left to right as one where they nearly touch."""
    rule: _Box | None = None
    for piece in pieces:
        if rule is not None and piece[0] - rule[2] <= gap:
            rule = rule[0], min(rule[1], piece[1]), piece[2], max(rule[3], piece[3])
        else:
            if rule is not None:
                yield rule
            rule = piece
    if rule is not None:
        yield rule


def _under(rule: _Box, step: float) -> tuple[_Box, ...]:
    left, top, right, bottom = rule
    count = max(1, round((right - left) / step + NARROW))
    edges = np.linspace(left, right, count + 1).tolist()
    return tuple((a, top, b, bottom) for a, b in pairwise(edges))


def _near(rows: Iterable[tuple[_Box, ...]], strip: _Strip) -> list[tuple[_Box, ...]]:
    """The rows that stand beside digits or beside rows that do, from left to right."""
    far, near = list(rows), list(strip.digits)
    chosen: list[tuple[_Box, ...]] = []
    while beside := [row for row in far if _is_beside(row, near, BESIDE * strip.high)]:
        chosen += beside
        near += [(row[0][0], row[-1][2]) for row in beside]
        far = [row for row in far if row not in beside]
    return sorted(chosen) if any(len(row) >= FEWEST for row in chosen) else []


def _is_beside(row: tuple[_Box, ...], near: Iterable[tuple[float, float]], reach: float) -> bool:
    left, right = row[0][0], row[-1][2]
    return any(start - reach <= right and left <= end + reach for start, end in near)


# --- what is left without them -----------------------------------------------------------------


def _stretch(strip: _Strip, rows: Sequence[tuple[_Box, ...]]) -> _Marked:
    """The marks with the digits beside them, up to the next wide blank on both sides."""
    top, bottom = strip.rows
    inked = np.asarray(strip.ink[top:bottom].max(axis=0) > 0)
    # What is grown back after it was made smaller may begin before the strip, and end behind it.
    last = len(inked) - 1
    spans = [(max(0, int(row[0][0])), min(last, int(row[-1][2]))) for row in rows]
    for start, end in spans:
        inked[start : end + 1] = True
    left, right = _bounds(inked, spans[0][0], spans[-1][1], BLANK * strip.high)
    rest = strip.pixels.copy()
    for box in (box for row in rows for box in row):
        x0, y0, x1, y1 = _grown(box, EDGE * strip.high)
        rest[y0:y1, x0:x1] = np.median(strip.pixels[top:bottom].reshape(-1, 3), axis=0)
    return _Marked(strip, tuple(rows), left, rest[top:bottom, left:right])


def _bounds(inked: NDArray[np.bool_], left: int, right: int, blank: float) -> tuple[int, int]:
    """Outwards from the columns `left` to `right`, to the blanks that are so wide."""
    columns = np.flatnonzero(inked)
    before, after = columns[columns <= left][::-1], columns[columns >= right]
    wide_before = np.flatnonzero(-np.diff(before) > blank)
    wide_after = np.flatnonzero(np.diff(after) > blank)
    start = before[wide_before[0]] if len(wide_before) else before[-1]
    end = after[wide_after[0]] if len(wide_after) else after[-1]
    return max(0, int(start - blank / 2)), min(len(inked), int(end + blank / 2))


def _grown(box: _Box, by: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return (
        max(0, int(left - by)),
        max(0, int(top - by)),
        int(np.ceil(right + by)),
        int(np.ceil(bottom + by)),
    )


# --- lines -------------------------------------------------------------------------------------


def _in_strip(one: _Marked, seen: Iterable[Line]) -> list[Glyph]:
    """What was read of a stretch without its marks, in pixels of its strip."""
    return [g for line in seen for g in line.moved(one.left, one.strip.rows[0]).glyphs]


def _free_of_digits(
    rows: Iterable[tuple[_Box, ...]], read: Sequence[Glyph]
) -> tuple[tuple[_Box, ...], ...]:
    """The rows in whose place digits are no longer read, but for a neighbour on each side: where
    they still are, they stood there, and what seemed to be marks are the shadows at their feet.
    """
    middles = [glyph.quad.centre()[0] for glyph in read if glyph.char.isdecimal()]
    return tuple(
        row
        for row in rows
        if sum(row[0][0] <= x <= row[-1][2] for x in middles) <= min(NEIGHBOURS, len(row) // 2)
    )


def _line(one: _Marked, read: Sequence[Glyph]) -> Line:
    """What was read of a stretch, in its place, and the marks among it."""
    ends = [(row[0][0], row[-1][2]) for row in one.rows]
    clear = [g for g in read if not (g.char.isspace() and _is_in(g.quad.centre()[0], ends))]
    marks = [glyph for row in one.rows for glyph in _marks(row, one.strip.rows)]
    ordered = sorted([*clear, *marks], key=lambda glyph: glyph.quad.centre()[0])
    spaced = _spaced(ordered, one.strip.high)
    return Line(tuple(replace(glyph, quad=one.strip.placed(glyph.quad)) for glyph in spaced), "ocr")


def _is_in(x: float, ends: Iterable[tuple[float, float]]) -> bool:
    return any(left <= x <= right for left, right in ends)


def _marks(row: Sequence[_Box], rows: tuple[int, int]) -> list[Glyph]:
    """A ● for each mark of a row, as high as the line, each up to the next one."""
    middles = [(left + right) / 2 for left, _, right, _ in row]
    half = (middles[1] - middles[0]) / 2 if len(row) > 1 else (row[0][2] - row[0][0]) / 2
    return [Glyph(MARK, Quad.from_box(x - half, rows[0], x + half, rows[1])) for x in middles]


def _spaced(glyphs: Sequence[Glyph], high: float) -> Iterator[Glyph]:
    """With a blank before and after marks where there is room for one."""
    yield from glyphs[:1]
    for before, glyph in pairwise(glyphs):
        gap = glyph.quad.tl[0] - before.quad.tr[0]
        if gap > PARTED * high and MARK in (before.char, glyph.char):
            yield Glyph(" ", Quad(before.quad.tr, glyph.quad.tl, glyph.quad.bl, before.quad.br))
        yield glyph


def _has_all(one: _Marked, read: Line, lines: Iterable[Line]) -> bool:
    """Whether all digits that were read before, clear of the marks, are read again."""
    place = one.quad()
    marks = [one.strip.quad(_wider(box, OFF * one.strip.high)) for row in one.rows for box in row]
    before = Counter(
        glyph.char
        for glyph in (glyph for line in lines for glyph in line.glyphs)
        if glyph.char.isdecimal()
        and is_within(glyph.quad, place)
        and not any(is_within(glyph.quad, mark) for mark in marks)
    )
    return before <= Counter(read.text)


def _wider(box: _Box, by: float) -> _Box:
    left, top, right, bottom = box
    return left - by, top - 10 * by, right + by, bottom + 10 * by
