"""Lines as readers give them → lines as a person sees them; the first half of finding.

A number may come as one span a digit, in any order, printed three times for bold, or as boxes that
a reader split at wide gaps. Order in the file means nothing; only the place on the page counts.
"""

from __future__ import annotations

import math
import re
from bisect import bisect, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, takewhile
from statistics import fmean, median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Glyph, Line, Point, Quad, SeenBy

WORD_GAP: dict[SeenBy, float] = {"text": 0.1, "ocr": 0.3}
"""A gap of so many glyph heights is a blank. A font's boxes touch within a word, and its blank is
at least a fifth of an em wide; OCR's boxes are rough."""
ROUNDING = 1e-3
"""Evenly spaced letters have gaps that differ by less, and are parted everywhere or nowhere."""
COLUMN_GAP = 2.0
"""A gap of so many glyph heights parts two columns: no number runs across it."""
ALIKE_GAP = 0.75
"""A gap of this part of the least one that parts columns on a line parts two as well."""
REACH = 20.0
"""A label may stand so many glyph heights left of its number."""
OVERLAP = 0.6
"""Boxes of neighbours may overlap by this part of their height; readers draw them generously."""
SAME_LINE = 0.35
"""Neighbours on a line differ by less than this part of their height across it."""
DRIFT = 0.03
"""What neighbours may differ more for each unit of distance: directions are known to about 2°."""
LIKE_HEIGHT = 1.8
LOW_MARKS = "*＊✱✲✳∗⁎•●·・."
FEWEST_MARKS, LIKE_MARKS = 4, 3.0
"""So many asterisks or dots, which hide digits, may have boxes that differ by this: they are lower
than digits.
"""
LIKE_DIRECTION = 0.97
"""Cosine: directions of neighbours differ by less than 14°."""
SAME_PLACE = 0.3
"""Prints of the same character closer than this (of its width or height, the smaller)
are one: bold by overprinting."""
ONE = 0.7
"""Two readings of the same character in two boxes closer than this (of its width) are of one: two
characters are as far apart as they are wide, and readers place them to a quarter of that."""
WRAP_GAP = 2.2
"""A number goes on in the next line at most so many heights below, from middle to middle."""
LABEL_GAP = 4.0
"""A label stands at most so many heights above its number."""
BLOCK = 256
"""Pieces whose distances to all others are in memory at a time: 30 MB on a page of 10,000 words."""
DIGIT_EM = 0.6
"""A digit's width in heights, in most fonts."""
LETTER_SPACED = (0.3, 1.5)
"""Digits that stand so many heights further apart than they are wide are letter-spaced; still
further apart they are columns of a table."""
FEWEST_SPACED = 6
"""Digits in a row that show how far a line spaces its letters."""
QUOTED = re.compile(r"(?:[>＞]\s*)+(?=[^\s>＞])")
COLUMN_BREAK = "\t"
"""Stands between columns; no separator to the rules, so digits are not joined across it."""


_Size: TypeAlias = Callable[[Quad], float]
"""What of a glyph is the unit of distances."""


@dataclass(frozen=True)
class _Piece:
    """Glyphs that surely follow each other, the line that they lie on, and their size."""

    glyphs: tuple[Glyph, ...]
    size: _Size = Quad.height

    @cached_property
    def height(self) -> float:
        return median(self.size(glyph.quad) for glyph in self.glyphs)

    @cached_property
    def hides(self) -> bool:
        """Whether it is a row of marks that hide digits."""
        marks = [glyph.char for glyph in self.glyphs if not glyph.char.isspace()]
        return len(marks) >= FEWEST_MARKS and all(char in LOW_MARKS for char in marks)

    @cached_property
    def start(self) -> NDArray[np.float64]:
        quad = self.glyphs[0].quad.array()
        return np.asarray((quad[0] + quad[3]) / 2)

    @cached_property
    def end(self) -> NDArray[np.float64]:
        quad = self.glyphs[-1].quad.array()
        return np.asarray((quad[1] + quad[2]) / 2)

    @cached_property
    def middle(self) -> NDArray[np.float64]:
        return np.asarray((self.start + self.end) / 2)

    @cached_property
    def along(self) -> NDArray[np.float64]:
        away = self.end - self.start
        return np.asarray(away / max(float(np.linalg.norm(away)), 1e-6))


def words(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Text-layer lines cut at blanks and gaps, each glyph once however often it is printed."""
    return tuple(
        replace(line, glyphs=word) for line in printed_once(lines) for word in _words(line.glyphs)
    )


def assembled(pieces: Sequence[Line], size: _Size = Quad.height) -> tuple[Line, ...]:
    """Pieces of one reader joined along the reading direction.

    Where a gap was stands a blank, between columns a tab. `size` is the unit of gaps.
    """
    if not pieces:
        return ()
    parts = [_Piece(piece.glyphs, size) for piece in pieces]
    follower = _followers(parts)
    heads = sorted(set(range(len(parts))) - set(follower.values()))
    chains = (_chain(head, follower) for head in heads)
    reader = pieces[0].seen_by
    blank = WORD_GAP[reader]
    return tuple(Line(_joined([parts[i] for i in chain], blank), reader) for chain in chains)


def standing(pieces: Sequence[Line]) -> tuple[Line, ...]:
    """Single characters that stand below each other, joined from top to bottom.

    Their quads are turned to the reading direction, which is down; gaps are counted in what they
    measure downwards.
    """
    single = [piece for piece in pieces if len(piece.text.strip()) == 1]
    turned = [
        replace(piece, glyphs=tuple(_downwards(g) for g in piece.glyphs if not g.char.isspace()))
        for piece in single
    ]
    return tuple(line for line in assembled(turned, Quad.width) if len(line.glyphs) > 1)


def _downwards(glyph: Glyph) -> Glyph:
    quad = glyph.quad
    return replace(glyph, quad=Quad(quad.tr, quad.br, quad.bl, quad.tl))


def segments(line: Line) -> tuple[Line, ...]:
    """The line's parts between column breaks."""
    breaks = [i for i, glyph in enumerate(line.glyphs) if glyph.char == COLUMN_BREAK]
    bounds = zip([-1, *breaks], [*breaks, len(line.glyphs)], strict=True)
    parts = (line.glyphs[start + 1 : end] for start, end in bounds)
    return tuple(replace(line, glyphs=part) for part in parts if part)


class Stack:
    """Lines that may stand below each other; made once a page, asked for each line."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        pieces = [_Piece(line.glyphs) for line in lines]
        self._starts = np.array([piece.start for piece in pieces]).reshape(-1, 2)
        self._ends = np.array([piece.end for piece in pieces]).reshape(-1, 2)
        self._heights = np.array([piece.height for piece in pieces])
        self._along = np.array([piece.along for piece in pieces]).reshape(-1, 2)
        self._single = np.array([len(piece.glyphs) == 1 for piece in pieces], dtype=bool)

    def below(self, upper: Line, gap: float) -> tuple[Line, ...]:
        """The lines that begin at most `gap` heights below `upper` and overlap it sideways."""
        if not self._lines:
            return ()
        top = _Piece(upper.glyphs)
        down = np.array([-top.along[1], top.along[0]])
        distance = (self._starts - top.start) @ down / top.height
        starts, ends, length = self._along_of(top)
        near = (distance > 0.5) & (distance < gap) & (starts < length) & (ends > 0)
        near &= self._is_like(top)
        return tuple(self._lines[int(i)] for i in np.flatnonzero(near))

    def alike(self, line: Line) -> tuple[Line, ...]:
        """The lines of the same shape, digits for digits, that begin or end below each other."""
        piece = _Piece(line.glyphs)
        starts, ends, length = self._along_of(piece)
        aligned = np.minimum(np.abs(starts), np.abs(ends - length)) < piece.height / 2
        rows = (self._lines[int(i)] for i in np.flatnonzero(aligned))
        return tuple(row for row in rows if _shape(row.text) == _shape(line.text))

    def _along_of(self, piece: _Piece) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Where all lines start and end along a piece, from its start, and its own length."""
        starts, ends = ((side - piece.start) @ piece.along for side in (self._starts, self._ends))
        return starts, ends, float((piece.end - piece.start) @ piece.along)

    def _is_like(self, top: _Piece) -> NDArray[np.bool_]:
        ratio = top.height / self._heights
        alike = (ratio < LIKE_HEIGHT) & (ratio > 1 / LIKE_HEIGHT)
        same_way = self._along @ top.along > LIKE_DIRECTION
        return np.asarray(alike & (same_way | self._single | (len(top.glyphs) == 1)))


def _shape(text: str) -> str:
    return "".join("0" if char.isdecimal() else char for char in text)


def unquoted(line: Line) -> Line:
    """Without the marks with which mail begins a line that it quotes: `> 1234`."""
    quoted = QUOTED.match(line.text)
    return replace(line, glyphs=line.glyphs[quoted.end() :]) if quoted else line


def printed_once(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines without glyphs that repeat one in its place, as bold by overprinting does."""
    seen: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        fresh = tuple(glyph for glyph in line.glyphs if _is_first(glyph, seen))
        if fresh:
            yield replace(line, glyphs=fresh)


def _is_first(glyph: Glyph, seen: dict[str, list[tuple[float, float]]]) -> bool:
    if glyph.char.isspace():
        return True
    x, y = glyph.quad.centre()
    near = SAME_PLACE * min(glyph.quad.width(), glyph.quad.height())
    places = seen.setdefault(glyph.char, [])
    first, past = (bisect(places, (x + by, float("inf"))) for by in (-near, near))
    if any(abs(x - u) < near and abs(y - v) < near for u, v in places[first:past]):
        return False
    insort(places, (x, y))
    return True


def _words(glyphs: Sequence[Glyph]) -> Iterator[tuple[Glyph, ...]]:
    word: list[Glyph] = []
    apart = WORD_GAP["text"] + ROUNDING
    for glyph in glyphs:
        if word and (glyph.char.isspace() or _gap(word[-1].quad, glyph.quad) > apart):
            yield tuple(word)
            word = []
        if not glyph.char.isspace():
            word.append(glyph)
    if word:
        yield tuple(word)


def _gap(left: Quad, right: Quad, size: _Size = Quad.height) -> float:
    """Distance from one quad's end to the next one's start, in sizes; backwards counts as far."""
    (x0, y0), (x1, y1) = _middle(left.tr, left.br), _middle(right.tl, right.bl)
    along = left.tr[0] - left.tl[0], left.tr[1] - left.tl[1]
    ahead = ((x1 - x0) * along[0] + (y1 - y0) * along[1]) / max(math.hypot(*along), 1e-6)
    apart = math.hypot(x1 - x0, y1 - y0)
    high = size(left)
    return (apart if ahead >= 0 or apart > high / 2 else 0.0) / max(high, 1e-6)


def _middle(one: Point, other: Point) -> Point:
    # Of two points floats are far quicker than numpy, and a page has thousands of gaps.
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _followers(parts: Sequence[_Piece]) -> dict[int, int]:
    """For each piece the one that follows it: the nearest to the right whose nearest left it is."""
    count = len(parts)
    left, nearest = np.full(count, -1), np.full(count, np.inf, dtype=np.float32)
    right = np.full(count, -1)
    for rows in (slice(at, at + BLOCK) for at in range(0, count, BLOCK)):
        distance = _distances(parts, rows)
        right[rows] = np.where(np.isfinite(distance.min(axis=1)), distance.argmin(axis=1), -1)
        closer = distance.min(axis=0) < nearest
        left[closer] = rows.start + distance.argmin(axis=0)[closer]
        nearest = np.minimum(nearest, distance.min(axis=0))
    return {i: int(j) for i, j in enumerate(right) if j >= 0 and left[j] == i}


def _distances(parts: Sequence[_Piece], rows: slice) -> NDArray[np.float32]:
    """From the ends of these pieces to all pieces' starts in heights; infinite where unrelated."""
    ends, starts, middles, along = (
        np.array([getattr(part, name) for part in parts], dtype=np.float32)
        for name in ("end", "start", "middle", "along")
    )
    heights = np.array([part.height for part in parts], dtype=np.float32)
    away = (starts[None] - ends[rows, None]) / heights[rows, None, None]
    ahead = (away * along[rows, None]).sum(axis=2)
    aside = np.abs(away[..., 1] * along[rows, None, 0] - away[..., 0] * along[rows, None, 1])
    ratio = heights[None] / heights[rows, None]
    related = (ahead > -OVERLAP) & (ahead < REACH) & (aside < SAME_LINE + DRIFT * np.abs(ahead))
    hides = np.array([part.hides for part in parts])
    unlike = np.where(hides[None] | hides[rows, None], LIKE_MARKS, LIKE_HEIGHT)
    related &= (ratio < unlike) & (ratio > 1 / unlike)
    related &= along[rows] @ along.T > LIKE_DIRECTION
    # A stop is so narrow that the letter before it begins within the overlap behind its end.
    related &= ((middles[None] - middles[rows, None]) * along[rows, None]).sum(axis=2) > 0
    related[np.arange(len(related)), np.arange(len(parts))[rows]] = False
    return np.where(related, ahead, np.inf).astype(np.float32)


def _chain(head: int, follower: dict[int, int]) -> list[int]:
    chain = [head]
    while chain[-1] in follower and follower[chain[-1]] not in chain:
        chain.append(follower[chain[-1]])
    return chain


def _joined(parts: Sequence[_Piece], blank: float) -> tuple[Glyph, ...]:
    glyphs = list(parts[0].glyphs)
    column = _column_gap(parts)
    for part in parts[1:]:
        glyphs, further = _once(glyphs, part)
        last, first = glyphs[-1].quad, further[0].quad
        separator = _separator(_gap(last, first, part.size), blank, column)
        between = Quad(last.tr, first.tl, first.bl, last.br)
        glyphs += [Glyph(char, between) for char in separator]
        glyphs += further
    return tuple(glyphs)


def _column_gap(parts: Sequence[_Piece]) -> float:
    """Heights that part two columns of this line: fewer where its columns are hardly so far apart,
    for readers place the ends of what stands in them to half a digit.
    """
    column = COLUMN_GAP + _letter_spacing(parts)
    gaps = (_gap(a.glyphs[-1].quad, b.glyphs[0].quad, b.size) for a, b in pairwise(parts))
    return min(column, ALIKE_GAP * min((gap for gap in gaps if gap > column), default=column * 2))


def _letter_spacing(parts: Sequence[_Piece]) -> float:
    """Heights between two digits of a line that spaces its letters, as far as it is unusual.

    Readers write blanks between such digits, or none.
    """
    glyphs = [(g, part.height) for part in parts for g in part.glyphs if not g.char.isspace()]
    apart = [
        math.dist(a.quad.centre(), b.quad.centre()) / max(height, 1e-6) - DIGIT_EM
        for (a, height), (b, _) in pairwise(glyphs)
        if a.char.isdecimal() and b.char.isdecimal()
    ]
    spacing = float(np.median(apart)) if len(apart) >= FEWEST_SPACED else 0.0
    return spacing if LETTER_SPACED[0] < spacing < LETTER_SPACED[1] else 0.0


def _once(glyphs: list[Glyph], part: _Piece) -> tuple[list[Glyph], list[Glyph]]:
    """Both without the characters that both show: readers' boxes overlap by one, of which one of
    them may see half. They are those of `part` unless they are read more surely before it.
    """
    end = np.array(_middle(glyphs[-1].quad.tr, glyphs[-1].quad.br))
    past = list(takewhile(lambda g: _is_past(g, part.start, part.along), reversed(glyphs)))
    before, further = glyphs[: len(glyphs) - len(past)], list(part.glyphs)
    again = list(takewhile(lambda g: not _is_past(g, end, part.along), further))
    if not (past or again) and further[1:] and _is_one(glyphs[-1], further[0]):
        return glyphs, further[1:]
    rest = further[len(again) :]
    if past and again and rest and _score(past) > _score(again):
        return glyphs, rest
    return before or glyphs, further


def _is_one(last: Glyph, first: Glyph) -> bool:
    """Whether this is a character that both boxes hold, one of them a little more than half."""
    apart = math.dist(last.quad.centre(), first.quad.centre())
    return last.char == first.char and apart < ONE * max(last.quad.width(), first.quad.width())


def _is_past(glyph: Glyph, place: NDArray[np.float64], along: NDArray[np.float64]) -> bool:
    return float((glyph.quad.centre() - place) @ along) > 0


def _score(glyphs: Iterable[Glyph]) -> float:
    return fmean(glyph.score for glyph in glyphs)


def _separator(gap: float, blank: float, column: float) -> str:
    if gap > column:
        return COLUMN_BREAK
    return " " if gap > blank + ROUNDING else ""
