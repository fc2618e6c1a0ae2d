"""Glyph boxes → cuts in the valleys of ink; part of finding, for a mask is as good as its cuts.

A reader's boxes are roughly right: OCR is off by up to half a digit, a font's boxes are wider or
lower than its ink. So the line is laid flat, its ink is cut into atoms at blank columns and at
valleys, and the atoms are dealt to the characters so that all of it fits best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.ocr.typesetting import away_from, paper_of
from prepdoc.page import Glyph, Line, Pixels, Quad, SeenBy

DIGIT_PX = 32
"""Lines are looked at with digits at least this high, so that a valley is wider than a pixel."""
MAX_SCALE = 4.0
SPREAD = 1.7
"""Height of the strip in glyph heights: room for ink that leaves the glyph's box."""
MIN_CONTRAST = 12
"""Grey levels (of 255) between ink and paper; paler than that nobody reads."""
EVEN, GRAIN = 20, 3.4
"""Percentile of a strip's pixels that is paper however close the print, and the times its
difference from the paper around up to which a pixel is grain and no ink."""
BLANK = 0.08
"""Part of a line's darkest column up to which a column counts as blank: noise and halos."""
OFF = 0.1
"""Part of the strip's height by which its ink may lie beside its middle."""
BRIDGED = 0.02
"""Part of the strip's height that may be blank within a row of digits: hatched ones."""
STROKE = 0.15
"""Part of the strip's height that ink has on both sides of a line that strikes digits out."""
CROSSING = 0.3
"""Part of the ink beside such a line that stands on both sides of it, where a foot is shorter."""
MIDDLE = (0.3, 0.7)
"""Where in the strip such a line runs, as parts of its height; a rule under digits lies lower."""
SPECK = 0.02
"""Mean of a row below which nothing is written in it."""
THIN = 0.2
"""Part of the strip's height below which a row of ink is a rule; digits have a third of it."""
RULE = 0.85
"""Part of the strip's width that makes a row of ink a rule and not text."""
OUTSIDE = 48
"""Difference from a bar's colour, of 255, of what lies around the bar."""
BETWEEN = 2.0
"""Times a strip is enlarged from where on most of its colours are between print and paper."""
SHADES = 16
"""Levels, of 255, that grain makes of one colour."""
MOST_BESIDE, MOST_BLURRED = 0.5, 0.65
"""Part of a bar, where digits stand, that is not of its colour; and of one whose colour is the most
frequent, as of a marker's stroke under blurred digits. Of what lies between small print and its
paper nearly all is another."""
CORE = 0.35
"""Part of the strip's height above and below its middle, where it is all bar if it is on one."""
FILLED, DARKEST = 0.8, 0.7
"""Part of a reader's box that digits fill at most, and how dark they are on what fills more."""
PARTED = 0.05
"""Part of the strip's height that is blank at least between a bar and the next row of text."""
SLANTS = (0.0, 0.12, 0.21, 0.3)
"""Shears tried for italics, in x a y; 12° to 17° is what italic fonts lean."""
SLANT_GAIN = 1.08
SINGLE = 1.3
"""Ink at most so many digits wide is one character's."""
NARROW = 0.7
"""Part of the others' width that a digit's ink has at least, but for a one's: half of a digit, of
two that touch, has less."""
MAX_ATOMS = 6
"""Atoms that may make up one character: `■` and kanji fall into several."""
PAD = 0.2
"""How far a box may reach into blank space beside its ink, in digit widths."""
HALF = 0.6
"""Part of a digit's width that ink beside it may have and still be a part of it."""
FRINGE_PX = 1.0
"""Anti-aliased edges reach this far beyond what counts as ink, in page pixels."""

AWAY: dict[SeenBy, float] = {"text": 6.0, "ocr": 1.5}
"""What it costs to move a character by one digit's width: a font's own boxes stand where its ink
is, OCR's are off by half a digit."""

_BROAD = frozenset("023456789")
_THIN = frozenset(" -‐–—.,:;'·・|/_*＊∗•●○■□#･")
"""What may have no ink of its own: separators, and mask characters, which run into each other."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """A strip laid along a line: its origin, axes and scale on the page."""

    origin: NDArray[np.float64]
    along: NDArray[np.float64]
    across: NDArray[np.float64]
    scale: float
    width: int
    height: int

    def to_page(self, x: float, y: float) -> tuple[float, float]:
        point = self.origin + (x * self.along + y * self.across) / self.scale
        return float(point[0]), float(point[1])

    def to_strip(self, point: tuple[float, float]) -> tuple[float, float]:
        away = np.asarray(point) - self.origin
        return float(away @ self.along) * self.scale, float(away @ self.across) * self.scale


@dataclass(frozen=True, slots=True)
class _Atom:
    """Columns `start` up to `end` of ink; `seam` is how dark the cut before it is (0 to 1)."""

    start: int
    end: int
    seam: float


@dataclass(frozen=True, slots=True)
class _Digit:
    """In columns: from one digit of a line to the next, and the least that one's ink is wide."""

    pitch: float
    least: float


_Ink: TypeAlias = NDArray[np.float32]
_Rows: TypeAlias = tuple[int, int]
_Span: TypeAlias = tuple[float, float]
"""Columns of the strip from the first up to the one past the last."""


def cut(pixels: Pixels, line: Line) -> Line:
    """The line with every glyph's quad fitted to its ink, or as it was where there is no ink.

    Quads reach from cut to cut, at most `PAD` into blank space, and from the top to the bottom of
    the line's ink.
    """
    laid = _laid(pixels, line.glyphs)
    if laid is None:
        return line
    frame, ink, (top, bottom) = laid
    slant = _slant(ink[top:bottom])
    columns = _columns(_sheared(ink[top:bottom], slant))
    atoms = _atoms(columns, _pitch(line.glyphs) * frame.scale)
    spans = _whole(line.glyphs, _deal(line, frame, atoms), atoms, _pitch(line.glyphs) * frame.scale)
    return replace(line, glyphs=tuple(_fitted(line.glyphs, spans, frame, (top, bottom), slant)))


def _laid(pixels: Pixels, glyphs: Sequence[Glyph]) -> tuple[_Frame, _Ink, _Rows] | None:
    """A strip along the glyphs, its ink and the rows of it; laid again where the boxes are off."""
    frame = _frame(glyphs)
    seen = _seen(pixels, glyphs, frame)
    if seen is None:
        return None
    off = (sum(seen[1]) - frame.height) / 2
    moved = replace(frame, origin=frame.origin + off / frame.scale * frame.across)
    again = _seen(pixels, glyphs, moved) if abs(off) > OFF * frame.height else None
    return (frame, *seen) if again is None else (moved, *again)


def _seen(pixels: Pixels, glyphs: Sequence[Glyph], frame: _Frame) -> tuple[_Ink, _Rows] | None:
    under = _under_digits(glyphs, frame)
    ink = _ink(_on_its_bar(_strip(pixels, frame), under, frame.scale))
    return None if ink is None else (ink, _digits_band(ink[:, under], frame.scale))


def _frame(glyphs: Sequence[Glyph]) -> _Frame:
    along = _direction(glyphs)
    across = np.array([-along[1], along[0]])
    height = float(np.median([glyph.quad.height() for glyph in glyphs]))
    scale = float(np.clip(DIGIT_PX / max(height, 1.0), 1.0, MAX_SCALE))
    corners = np.concatenate([glyph.quad.array() for glyph in glyphs])
    centre = np.mean([glyph.quad.centre() for glyph in glyphs], axis=0)
    left, right = _reach((corners - centre) @ along, margin=height / 2)
    half = height * SPREAD / 2
    origin = centre + left * along - half * across
    size = round((right - left) * scale), round(2 * half * scale)
    return _Frame(origin, along, across, scale, max(size[0], 4), max(size[1], 4))


def _reach(places: NDArray[np.float64], margin: float) -> tuple[float, float]:
    return float(places.min()) - margin, float(places.max()) + margin


def _direction(glyphs: Sequence[Glyph]) -> NDArray[np.float64]:
    """The unit vector of the reading direction: the glyphs' own, wide ones weighing more."""
    quads = [glyph.quad for glyph in glyphs if not glyph.char.isspace()]
    along = np.sum([np.subtract(quad.tr, quad.tl) for quad in quads], axis=0)
    length = float(np.linalg.norm(along))
    return along / length if length else np.array([1.0, 0.0])


def _strip(pixels: Pixels, frame: _Frame) -> Pixels:
    step_x, step_y = frame.along / frame.scale, frame.across / frame.scale
    back = np.array(
        [[step_x[0], step_y[0], frame.origin[0]], [step_x[1], step_y[1], frame.origin[1]]]
    )
    # Pixel centres lie at .5 in our coordinates and at whole numbers in OpenCV's.
    back[:, 2] += (step_x + step_y) / 2 - 0.5
    size = (frame.width, frame.height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(pixels, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(
        np.uint8
    )


def _on_its_bar(strip: Pixels, under: NDArray[np.bool_], enlarged: float) -> Pixels:
    """The strip with what lies around a bar, on which the line stands, in the bar's own colour.

    Else the paper that is seen around a tight bar would be the page's, and the bar's edges ink.
    """
    for colour, most in _bar_colours(strip, under, enlarged):
        shown = _with_bar(strip, under, colour, most)
        if shown is not None:
            return shown
    return strip


def _bar_colours(
    strip: Pixels, under: NDArray[np.bool_], enlarged: float
) -> Iterator[tuple[NDArray[np.uint8], float]]:
    """What may be a bar's colour, and which part of it may be of others.

    It is looked for where the line stands, and then in its middle: a font's boxes may be half as
    high again as a bar, and then most of what is in them is no bar's. The last one is the most
    frequent there: blurred digits leave half of a marker's stroke, and colours between. Of tiny
    print, which is enlarged, there are more of these than of any other.
    """
    high = len(strip)
    margins = _margin(high), round(CORE * high)
    wide, core = (strip[margin : high - margin, under] for margin in margins)
    yield paper_of(wide), MOST_BESIDE
    yield paper_of(core), MOST_BESIDE
    if enlarged < BETWEEN:
        yield _usual(core), MOST_BLURRED


def _usual(pixels: Pixels) -> NDArray[np.uint8]:
    """The most frequent colour, of all that differ little from it the median."""
    coarse = (pixels // SHADES).reshape(-1, 3)
    kinds, counts = np.unique(coarse, axis=0, return_counts=True)
    near = np.abs(coarse.astype(np.int16) - kinds[counts.argmax()]).max(axis=1) <= 1
    return paper_of(pixels.reshape(-1, 1, 3)[near])


def _with_bar(
    strip: Pixels, under: NDArray[np.bool_], bar: NDArray[np.uint8], most: float
) -> Pixels | None:
    """The same for a bar of this colour, or as it is where nothing lies around it; None where more
    than so much under the digits is of another.
    """
    far = (away := away_from(strip, bar)) >= OUTSIDE
    rows = _beyond(far.mean(axis=1) > RULE)
    if not rows.any():
        return strip
    if rows.all() or (away[~rows][:, under] >= OUTSIDE / 2).mean() > most:
        return None
    columns = _aside(far[~rows].mean(axis=0) > RULE, under, _thick(strip))
    around = rows[:, None] | columns
    return np.where(around[..., None], bar, strip)


def _beyond(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The rows above and below a bar: from those on that are no bar's, whatever stands further on.

    A line that strikes digits out is in the middle, and thinner than what parts rows of text.
    """
    solid = _solid(flags, _thick(flags))
    above = np.flatnonzero(solid[: round(MIDDLE[0] * len(flags))])
    below = np.flatnonzero(solid[round(MIDDLE[1] * len(flags)) :])
    rows = _outer(flags)
    if len(above):
        rows[: above[-1] + 1] = True
    if len(below):
        rows[round(MIDDLE[1] * len(flags)) + below[0] :] = True
    return rows


def _aside(flags: NDArray[np.bool_], under: NDArray[np.bool_], thick: int) -> NDArray[np.bool_]:
    """The columns before and behind a bar, whatever else of the line stands there on paper."""
    first, past = int(under.argmax()), len(under) - int(under[::-1].argmax())
    solid, columns = _solid(flags, thick), _outer(flags)
    columns[: max(np.flatnonzero(solid[:first]), default=-1) + 1] = True
    columns[past + min(np.flatnonzero(solid[past:]), default=len(flags)) :] = True
    return columns


def _thick(strip: NDArray[np.generic]) -> int:
    """Rows, or columns, that part a bar from what stands beside it."""
    return max(2, round(PARTED * len(strip)))


def _solid(flags: NDArray[np.bool_], thick: int) -> NDArray[np.bool_]:
    """In the middle of how many in a row that are true."""
    return np.asarray(np.convolve(flags, np.ones(thick), mode="same") >= thick)


def _outer(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those that are true up to either end."""
    ahead = np.logical_and.accumulate(flags)
    return ahead | np.logical_and.accumulate(flags[::-1])[::-1]


def _ink(strip: Pixels) -> NDArray[np.float32] | None:
    """How far each pixel is from the paper around it, 0 to 1; without rules across the strip."""
    kernel = min(255, max(3, strip.shape[0] * 5 // 4 | 1))
    away = cv2.absdiff(strip, cv2.medianBlur(strip, kernel)).max(axis=2).astype(np.float32)
    away = np.maximum(away - GRAIN * float(np.percentile(away, EVEN)), 0)
    darkest = float(np.percentile(away, 99))
    if darkest < MIN_CONTRAST:
        return None
    ink: NDArray[np.float32] = np.clip(away / darkest, 0, 1).astype(np.float32)
    rules = (ink > 0.4).mean(axis=1) > RULE
    return _without_rows(ink, np.convolve(rules, np.ones(3), mode="same") > 0)


def _without_rows(ink: NDArray[np.float32], gone: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The ink without these rows; where they strike strokes out, as what is around them."""
    left = np.where(gone[:, None], np.float32(0), ink)
    edges = np.flatnonzero(np.diff(gone.astype(np.int8), prepend=0, append=0))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if MIDDLE[0] * len(ink) < start < end < MIDDLE[1] * len(ink) and _crosses(left, start, end):
            left[start:end] = np.minimum(ink[start - 1], ink[end])
    return left


def _crosses(ink: _Ink, start: int, end: int) -> bool:
    """Whether writing stands far above and below the rows taken out, or its strokes go through."""
    inked = ink.mean(axis=1) > SPECK
    most = round(STROKE * len(ink))
    if inked[start - most : start].all() and inked[end : end + most].all():
        return True
    above, below = ink[start - 1], ink[end]
    both = float(np.minimum(above, below).sum())
    return bool(both > CROSSING * max(float(above.sum()), float(below.sum()), 1e-6))


def _digits_band(ink: _Ink, enlarged: float) -> _Rows:
    """The rows of the digits' ink; where they fill the reader's box, of the darkest alone: a
    marker's stroke, or a seal, reaches beyond the digits on it. Tiny print has few that dark.
    """
    top, bottom = _band(ink)
    if enlarged >= BETWEEN or bottom - top <= FILLED * len(ink) / SPREAD:
        return top, bottom
    start, end = _band(np.where(ink >= DARKEST, ink, np.float32(0)))
    inner = max(top, start), min(bottom, end)
    return inner if inner[1] - inner[0] >= THIN * len(ink) else (top, bottom)


def _band(ink: NDArray[np.float32]) -> tuple[int, int]:
    """First and past-the-last row of the line's ink, from its heaviest row outwards.

    What strikes digits out or hatches them leaves blank rows in them; a rule or a frame's edge is
    no row of digits, and the next heaviest row is tried. Without any it is the reader's own box.
    """
    rows = ink.mean(axis=1)
    height = len(rows)
    inner = slice(height // 4, height - height // 4)
    bridge = round(BRIDGED * height)
    while rows[inner].any():
        start = inner.start + int(rows[inner].argmax())
        blank = rows < 0.06 * rows[start]
        top = height - _reach_of_ink(blank[::-1], height - 1 - start, bridge)
        bottom = _reach_of_ink(blank, start, bridge)
        if bottom - top >= THIN * height:
            return top, bottom
        rows[top:bottom] = 0
    margin = _margin(height)
    return margin, height - margin


def _margin(height: int) -> int:
    """Rows of a strip above the glyphs' boxes, and below."""
    return round((1 - 1 / SPREAD) / 2 * height)


def _reach_of_ink(blank: NDArray[np.bool_], start: int, bridge: int) -> int:
    """The row behind the last one of ink, where at least `bridge` blank ones follow."""
    run = 0
    for row in range(start, len(blank)):
        run = run + 1 if blank[row] else 0
        if run > bridge:
            return row + 1 - run
    return len(blank) - run


def _under_digits(glyphs: Sequence[Glyph], frame: _Frame) -> NDArray[np.bool_]:
    """The strip's columns where digits were seen: mask characters such as `_` stand lower."""
    chosen = np.zeros(frame.width, dtype=np.bool_)
    for glyph in glyphs:
        if glyph.char.isdecimal():
            left, right = _as_read(glyph, frame)
            chosen[max(0, round(left)) : max(0, round(right))] = True
    return chosen if chosen.any() else ~chosen


def _slant(ink: NDArray[np.float32]) -> float:
    """The shear that makes columns blankest; upright unless another is clearly better."""
    contrast = {slant: float(np.var(_sheared(ink, slant).mean(axis=0))) for slant in SLANTS}
    best = max(SLANTS, key=lambda slant: contrast[slant])
    return best if contrast[best] > SLANT_GAIN * contrast[0.0] else 0.0


def _sheared(ink: NDArray[np.float32], slant: float) -> NDArray[np.float32]:
    if not slant:
        return ink
    middle = ink.shape[0] / 2
    shear = np.array([[1.0, slant, -slant * middle], [0.0, 1.0, 0.0]])
    sheared = cv2.warpAffine(ink, shear, (ink.shape[1], ink.shape[0]), flags=cv2.INTER_LINEAR)
    return sheared.astype(np.float32)


def _columns(ink: NDArray[np.float32]) -> NDArray[np.float64]:
    """How dark each column is, as a part of the darkest ones."""
    columns = ink.mean(axis=0)
    return np.asarray(columns / max(float(np.percentile(columns, 95)), 1e-6), dtype=np.float64)


def _pitch(glyphs: Sequence[Glyph]) -> float:
    """Width of a digit in page pixels, from the distance of neighbours without a blank between."""
    pairs = [
        float(np.linalg.norm(np.subtract(b.quad.centre(), a.quad.centre())))
        for a, b in pairwise(glyphs)
        if a.char.isdecimal() and b.char.isdecimal()
    ]
    pitch = float(np.median(pairs)) if pairs else 0.55 * glyphs[0].quad.height()
    return max(pitch, 1.0)  # hidden text may stand all in one point


def _atoms(columns: NDArray[np.float64], pitch: float) -> list[_Atom]:
    dark = columns > BLANK
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(np.int8)))
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [atom for start, end in spans for atom in _split(columns, int(start), int(end), pitch)]


def _split(columns: NDArray[np.float64], start: int, end: int, pitch: float) -> Iterator[_Atom]:
    """A stretch of ink at its valleys; one narrower than a digit and a half stays whole."""
    valleys = _valleys(columns, start, end) if end - start > SINGLE * pitch else []
    for left, right in pairwise([start, *valleys, end]):
        yield _Atom(left, right, 0.0 if left == start else float(min(columns[left], 1.0)))


def _valleys(columns: NDArray[np.float64], start: int, end: int) -> list[int]:
    inner = columns[start:end]
    lower = (inner[1:-1] <= inner[:-2]) & (inner[1:-1] < inner[2:])
    return [start + 1 + int(i) for i in np.flatnonzero(lower)]


def _deal(line: Line, frame: _Frame, atoms: Sequence[_Atom]) -> list[_Span | None]:
    """For each glyph the columns of its atoms, or None; the cheapest dealing in order."""
    glyphs, away = line.glyphs, AWAY.get(line.seen_by, AWAY["ocr"])
    places = [frame.to_strip(glyph.quad.centre())[0] for glyph in glyphs]
    pitch = _pitch(glyphs) * frame.scale
    digit = _Digit(pitch, NARROW * _usual_width(glyphs, places, atoms, pitch))
    count, total = len(glyphs), len(atoms)
    cost = np.full((count + 1, total + 1), np.inf)
    step: dict[tuple[int, int], tuple[int, int]] = {}
    cost[0, 0] = 0.0
    for i in range(count + 1):
        for j in range(total + 1):
            if np.isinf(cost[i, j]):
                continue
            for size, taken, price in _moves(glyphs, places, atoms, digit, away, i, j):
                after = (i + taken, j + size)
                if cost[i, j] + price < cost[after]:
                    cost[after], step[after] = cost[i, j] + price, (i, j)
    return _traced(step, count, total, atoms)


def _moves(
    glyphs: Sequence[Glyph],
    places: Sequence[float],
    atoms: Sequence[_Atom],
    digit: _Digit,
    away: float,
    i: int,
    j: int,
) -> Iterator[tuple[int, int, float]]:
    """Atoms taken, glyphs taken (0 or 1) and price of each step from glyph i and atom j."""
    if j < len(atoms):
        width = (atoms[j].end - atoms[j].start) / digit.pitch
        yield 1, 0, 0.8 + 2 * min(width, 1.5) + atoms[j].seam
    if i == len(glyphs):
        return
    yield 0, 1, _price_of_none(glyphs[i].char)
    if glyphs[i].char.isspace():
        return
    for size in range(1, min(MAX_ATOMS, len(atoms) - j) + 1):
        taken = atoms[j : j + size]
        apart = ((taken[0].start + taken[-1].end) / 2 - places[i]) / digit.pitch
        yield size, 1, away * apart**2 + _price(glyphs[i].char, taken, digit)


def _price_of_none(char: str) -> float:
    if char.isspace():
        return 0.0
    return 0.6 if char in _THIN else 3.0


def _price(char: str, atoms: Sequence[_Atom], digit: _Digit) -> float:
    """A cut through ink, and too wide or thin a shape; no digit but a one is half of the others."""
    long = atoms[-1].end - atoms[0].start
    width = long / digit.pitch
    most = 1.15 if char.isascii() else 2.2
    price = 1.5 * atoms[0].seam + 6 * max(0.0, width - most) + max(0.0, 0.12 - width)
    return price + 8 * max(0.0, digit.least - long) / digit.pitch if char in _BROAD else price


def _usual_width(
    glyphs: Sequence[Glyph], places: Sequence[float], atoms: Sequence[_Atom], pitch: float
) -> float:
    """Of a digit's ink, in columns: of those that touch no other, else from one to the next."""
    digits = [x for glyph, x in zip(glyphs, places, strict=True) if glyph.char in _BROAD]
    stretches = list(_stretches(atoms))
    widths = [end - start for x in digits for start, end in stretches if start <= x < end]
    alone = [width for width in widths if width <= SINGLE * pitch]
    return float(np.median(alone)) if alone else pitch if widths else 0.0


def _stretches(atoms: Sequence[_Atom]) -> Iterator[_Span]:
    """Ink from one blank to the next."""
    starts = [atom.start for atom in atoms if not atom.seam]
    ends = [one.end for one, other in pairwise(atoms) if not other.seam]
    yield from zip(starts, [*ends, *(atom.end for atom in atoms[-1:])], strict=True)


def _traced(
    step: dict[tuple[int, int], tuple[int, int]], count: int, total: int, atoms: Sequence[_Atom]
) -> list[_Span | None]:
    spans: list[_Span | None] = []
    here = (count, total)
    while here != (0, 0):
        before = step[here]
        if here[0] > before[0]:
            taken = atoms[before[1] : here[1]]
            spans.append((taken[0].start, taken[-1].end) if taken else None)
        here = before
    return spans[::-1]


def _whole(
    glyphs: Sequence[Glyph],
    spans: Sequence[_Span | None],
    atoms: Sequence[_Atom],
    pitch: float,
) -> list[_Span | None]:
    """Digits with the ink that touches them and is no other letter's: half of a blurred six."""
    owned = [s for glyph, s in zip(glyphs, spans, strict=True) if s and glyph.char.isalnum()]
    free = [
        (atom.start, atom.end)
        for atom in atoms
        if not any(start <= atom.start < end for start, end in owned)
    ]
    return [
        _with_halves(span, free, HALF * pitch) if span and glyph.char.isdecimal() else span
        for glyph, span in zip(glyphs, spans, strict=True)
    ]


def _with_halves(span: _Span, free: Sequence[_Span], most: float) -> _Span:
    start, end = span
    for left, right in reversed(free):
        if right == start and span[0] - left <= most:
            start = left
    for left, right in free:
        if left == end and right - span[1] <= most:
            end = right
    return start, end


def _fitted(
    glyphs: Sequence[Glyph],
    spans: Sequence[_Span | None],
    frame: _Frame,
    band: tuple[int, int],
    slant: float,
) -> Iterator[Glyph]:
    pad = PAD * _pitch(glyphs) * frame.scale
    fringe = FRINGE_PX * frame.scale
    for i, glyph in enumerate(glyphs):
        left, right = spans[i] or _as_read(glyph, frame)
        before = max((s[1] for s in spans[:i] if s), default=left - 2 * pad)
        after = min((s[0] for s in spans[i + 1 :] if s), default=right + 2 * pad)
        left, right = left - _into(left - before, pad), right + _into(after - right, pad)
        yield replace(glyph, quad=_quad(frame, (left, right), band, fringe, slant))


def _as_read(glyph: Glyph, frame: _Frame) -> tuple[float, float]:
    corners = [frame.to_strip(point)[0] for point in (glyph.quad.tl, glyph.quad.tr)]
    return corners[0], corners[1]


def _into(gap: float, pad: float) -> float:
    """Half of a gap, at most the pad; neighbours that touch share the cut."""
    return min(max(gap, 0.0) / 2, pad)


def _quad(
    frame: _Frame,
    columns: tuple[float, float],
    band: tuple[int, int],
    fringe: float,
    slant: float,
) -> Quad:
    middle = (band[0] + band[1]) / 2
    top, bottom = band[0] - fringe, band[1] + fringe
    corners = ((columns[0], top), (columns[1], top), (columns[1], bottom), (columns[0], bottom))
    tl, tr, br, bl = (frame.to_page(x - slant * (y - middle), y) for x, y in corners)
    return Quad(tl, tr, br, bl)
