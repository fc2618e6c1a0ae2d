"""Columns of ink → atoms, dealt to a line's characters so that all of it fits best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.cutting.frame import Frame
from prepdoc.cutting.ink import Ink, columns_of
from prepdoc.page import Glyph, Line, SeenBy

BLANK = 0.08
"""Part of a line's darkest column up to which a column counts as blank: noise and halos."""
INKED = 0.3
"""How much of a pixel is ink where a row of it counts."""
HIGH, LOW = 0.6, 8.0
"""Part of the digits' rows that a digit reaches over at least; hyphens and commas do over a fifth:
what a digit's place costs where it does not, by how much is missing.
"""
TALL = 4.0
"""What a hyphen's place costs with ink as high as a digit's, where a line may be off."""
SINGLE = 1.3
"""Ink at most so many digits wide is one character's."""
NARROW = 0.7
"""Part of the others' width that a digit's ink has at least, but for a one's: half of a digit, of
two that touch, has less."""
MAX_ATOMS = 6
"""Atoms that may make up one character: `■` and kanji fall into several."""
HALF = 0.6
"""Part of a digit's width that ink beside it may have and still be a part of it."""
AWAY: dict[SeenBy, float] = {"text": 6.0, "ocr": 1.5}
"""What it costs to move a character by one digit's width: a font's own boxes stand where its ink
is, OCR's are off by half a digit."""
OFFSETS: dict[SeenBy, tuple[float, ...]] = {"text": (), "ocr": (-0.5, 0.5, -0.85, 0.85)}
"""Widths of a digit by which all of a line may be off."""
MOVED = 5.0
"""What it costs to move all of it: more than of 3,900 digits that stand right any line gains."""
_HYPHENS = frozenset("-‐‑–—")
_BROAD = frozenset("023456789")
_THIN = frozenset(" -‐–—.,:;'·・|/_*＊∗•●○■□#･")
"""What may have no ink of its own: separators, and mask characters, which run into each other."""
Span: TypeAlias = tuple[float, float]
"""Columns of the strip from the first up to the one past the last."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Columns `start` up to `end` of ink; `seam` is how dark the cut before it is (0 to 1), `high`
    the part of the digits' rows that it reaches over.
    """

    start: int
    end: int
    seam: float
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class _Digit:
    """In columns: from one digit of a line to the next, and the least that one's ink is wide."""

    pitch: float
    least: float


def atoms_of(ink: Ink, pitch: float) -> list[Atom]:
    """Stretches of upright ink, of the digits' rows alone, between blank columns; and where these
    are wide, between valleys.
    """
    columns = columns_of(ink)
    cut = _cut(columns, pitch)
    return [replace(atom, high=_high(ink[:, atom.start : atom.end])) for atom in cut]


def _high(ink: Ink) -> float:
    """From the first row with ink to the last one."""
    rows = np.flatnonzero((ink > INKED).any(axis=1))
    return float(rows[-1] + 1 - rows[0]) / len(ink) if len(rows) else 0.0


def _cut(columns: NDArray[np.float64], pitch: float) -> list[Atom]:
    dark = columns > BLANK
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(np.int8)))
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [atom for start, end in spans for atom in _split(columns, int(start), int(end), pitch)]


def _split(columns: NDArray[np.float64], start: int, end: int, pitch: float) -> Iterator[Atom]:
    """A stretch of ink at its valleys; one narrower than a digit and a half stays whole."""
    valleys = _valleys(columns, start, end) if end - start > SINGLE * pitch else []
    for left, right in pairwise([start, *valleys, end]):
        yield Atom(left, right, 0.0 if left == start else float(min(columns[left], 1.0)))


def _valleys(columns: NDArray[np.float64], start: int, end: int) -> list[int]:
    inner = columns[start:end]
    lower = (inner[1:-1] <= inner[:-2]) & (inner[1:-1] < inner[2:])
    return [start + 1 + int(i) for i in np.flatnonzero(lower)]


def dealt(line: Line, frame: Frame, atoms: Sequence[Atom], pitch: float) -> list[Span | None]:
    """For each glyph the columns of its atoms, or None; the cheapest dealing in order.

    A reader's boxes may all be off by nearly a digit: then they are cheapest moved as a whole.
    """
    places = [frame.to_strip(glyph.quad.centre())[0] for glyph in line.glyphs]
    as_read = _dealing(line, places, atoms, pitch)
    offsets = OFFSETS.get(line.seen_by, OFFSETS["ocr"]) if as_read[0] > MOVED else ()
    moved = (_dealing(line, places, atoms, pitch, by) for by in offsets)
    return min((as_read, *moved), key=itemgetter(0))[1]


def _dealing(
    line: Line, read: Sequence[float], atoms: Sequence[Atom], pitch: float, by: float = 0.0
) -> tuple[float, list[Span | None]]:
    """The cheapest dealing where all places are so many digits further right, and its price."""
    glyphs, away = line.glyphs, AWAY.get(line.seen_by, AWAY["ocr"])
    places = [place + by * pitch for place in read]
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
    spans = _traced(step, count, total, atoms)
    tall = sum(_is_tall_hyphen(g, span, atoms) for g, span in zip(glyphs, spans, strict=True))
    return float(cost[count, total]) + MOVED * bool(by) + TALL * tall, spans


def _is_tall_hyphen(glyph: Glyph, span: Span | None, atoms: Sequence[Atom]) -> bool:
    """Whether a hyphen was dealt a digit's ink."""
    if span is None or glyph.char not in _HYPHENS:
        return False
    return any(atom.high > HIGH for atom in atoms if span[0] <= atom.start < span[1])


def _moves(
    glyphs: Sequence[Glyph],
    places: Sequence[float],
    atoms: Sequence[Atom],
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


def _price(char: str, atoms: Sequence[Atom], digit: _Digit) -> float:
    """A cut through ink, and too wide or thin a shape; no digit but a one is half of the others."""
    long = atoms[-1].end - atoms[0].start
    width = long / digit.pitch
    most = 1.15 if char.isascii() else 2.2
    price = 1.5 * atoms[0].seam + 6 * max(0.0, width - most) + max(0.0, 0.12 - width)
    if char.isdecimal():
        price += LOW * max(0.0, HIGH - max(atom.high for atom in atoms))
    return price + 8 * max(0.0, digit.least - long) / digit.pitch if char in _BROAD else price


def _usual_width(
    glyphs: Sequence[Glyph], places: Sequence[float], atoms: Sequence[Atom], pitch: float
) -> float:
    """Of a digit's ink, in columns: of those that touch no other, else from one to the next."""
    digits = [x for glyph, x in zip(glyphs, places, strict=True) if glyph.char in _BROAD]
    stretches = list(_stretches(atoms))
    widths = [end - start for x in digits for start, end in stretches if start <= x < end]
    alone = [width for width in widths if width <= SINGLE * pitch]
    return float(np.median(alone)) if alone else pitch if widths else 0.0


def _stretches(atoms: Sequence[Atom]) -> Iterator[Span]:
    """Ink from one blank to the next."""
    starts = [atom.start for atom in atoms if not atom.seam]
    ends = [one.end for one, other in pairwise(atoms) if not other.seam]
    yield from zip(starts, [*ends, *(atom.end for atom in atoms[-1:])], strict=True)


def _traced(
    step: dict[tuple[int, int], tuple[int, int]], count: int, total: int, atoms: Sequence[Atom]
) -> list[Span | None]:
    spans: list[Span | None] = []
    here = (count, total)
    while here != (0, 0):
        before = step[here]
        if here[0] > before[0]:
            taken = atoms[before[1] : here[1]]
            spans.append((taken[0].start, taken[-1].end) if taken else None)
        here = before
    return spans[::-1]


def whole(
    glyphs: Sequence[Glyph],
    spans: Sequence[Span | None],
    atoms: Sequence[Atom],
    pitch: float,
) -> list[Span | None]:
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


def _with_halves(span: Span, free: Sequence[Span], most: float) -> Span:
    start, end = span
    for left, right in reversed(free):
        if right == start and span[0] - left <= most:
            start = left
    for left, right in free:
        if left == end and right - span[1] <= most:
            end = right
    return start, end
