"""Lines as readers give them → lines as a person sees them; the first half of finding.

A number may come as one span a digit, in any order, printed three times for bold, or as boxes that
a reader split at wide gaps. Order in the file means nothing; only the place on the page counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Glyph, Line, Quad, SeenBy

WORD_GAP: dict[SeenBy, float] = {"text": 0.1, "ocr": 0.3}
"""A gap of so many glyph heights is a blank. A font's boxes touch within a word, and its blank is
at least a fifth of an em wide; OCR's boxes are rough."""
COLUMN_GAP = 2.0
"""A gap of so many glyph heights parts two columns: no number runs across it."""
REACH = 20.0
"""A label may stand so many glyph heights left of its number."""
OVERLAP = 0.6
"""Boxes of neighbours may overlap by this part of their height; readers draw them generously."""
SAME_LINE = 0.35
"""Neighbours on a line differ by less than this part of their height across it."""
DRIFT = 0.03
"""What neighbours may differ more for each unit of distance: directions are known to about 2°."""
LIKE_HEIGHT = 1.8
LIKE_DIRECTION = 0.97
"""Cosine: directions of neighbours differ by less than 14°."""
SAME_PLACE = 0.3
"""Prints of the same character closer than this (of its width or height, the smaller)
are one: bold by overprinting."""
WRAP_GAP = 2.2
"""A number goes on in the next line at most so many heights below, from middle to middle."""
LABEL_GAP = 4.0
"""A label stands at most so many heights above its number."""
COLUMN_BREAK = "\t"
"""Stands between columns; no separator to the rules, so digits are not joined across it."""
LINE_BREAK = "\n"


@dataclass(frozen=True)
class _Piece:
    """Glyphs that surely follow each other, and the line that they lie on."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def height(self) -> float:
        corners = np.array([(q.tl, q.tr, q.br, q.bl) for q in (g.quad for g in self.glyphs)])
        sides = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
        return float(np.median(sides))

    @cached_property
    def start(self) -> NDArray[np.float64]:
        quad = self.glyphs[0].quad.array()
        return np.asarray((quad[0] + quad[3]) / 2)

    @cached_property
    def end(self) -> NDArray[np.float64]:
        quad = self.glyphs[-1].quad.array()
        return np.asarray((quad[1] + quad[2]) / 2)

    @cached_property
    def along(self) -> NDArray[np.float64]:
        away = self.end - self.start
        return np.asarray(away / max(float(np.linalg.norm(away)), 1e-6))


def words(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Text-layer lines cut at blanks and gaps, each glyph once however often it is printed."""
    return tuple(
        replace(line, glyphs=word) for line in _printed_once(lines) for word in _words(line.glyphs)
    )


def assembled(pieces: Sequence[Line]) -> tuple[Line, ...]:
    """Pieces of one reader joined along the reading direction.

    Where a gap was stands a blank, between columns a tab.
    """
    if not pieces:
        return ()
    parts = [_Piece(piece.glyphs) for piece in pieces]
    follower = _followers(parts)
    heads = sorted(set(range(len(parts))) - set(follower.values()))
    chains = (_chain(head, follower) for head in heads)
    reader = pieces[0].seen_by
    blank = WORD_GAP[reader]
    return tuple(Line(_joined([parts[i] for i in chain], blank), reader) for chain in chains)


def standing(pieces: Sequence[Line]) -> tuple[Line, ...]:
    """Single characters that stand below each other, joined from top to bottom.

    Their quads are turned to the reading direction, which is down.
    """
    single = [piece for piece in pieces if len(piece.text.strip()) == 1]
    turned = [
        replace(piece, glyphs=tuple(_downwards(g) for g in piece.glyphs if not g.char.isspace()))
        for piece in single
    ]
    return tuple(line for line in assembled(turned) if len(line.glyphs) > 1)


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
        starts, ends = ((side - top.start) @ top.along for side in (self._starts, self._ends))
        length = float((top.end - top.start) @ top.along)
        near = (distance > 0.5) & (distance < gap) & (starts < length) & (ends > 0)
        near &= self._is_like(top)
        return tuple(self._lines[int(i)] for i in np.flatnonzero(near))

    def _is_like(self, top: _Piece) -> NDArray[np.bool_]:
        ratio = top.height / self._heights
        alike = (ratio < LIKE_HEIGHT) & (ratio > 1 / LIKE_HEIGHT)
        same_way = self._along @ top.along > LIKE_DIRECTION
        return np.asarray(alike & (same_way | self._single | (len(top.glyphs) == 1)))


def stacked(upper: Line, lower: Line) -> Line:
    """The two lines as one, with a line break between them."""
    corner = upper.glyphs[-1].quad
    return replace(upper, glyphs=(*upper.glyphs, Glyph(LINE_BREAK, corner), *lower.glyphs))


def _printed_once(lines: Iterable[Line]) -> Iterator[Line]:
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
    if any(abs(x - u) < near and abs(y - v) < near for u, v in places):
        return False
    places.append((x, y))
    return True


def _words(glyphs: Sequence[Glyph]) -> Iterator[tuple[Glyph, ...]]:
    word: list[Glyph] = []
    for glyph in glyphs:
        if word and (glyph.char.isspace() or _gap(word[-1].quad, glyph.quad) > WORD_GAP["text"]):
            yield tuple(word)
            word = []
        if not glyph.char.isspace():
            word.append(glyph)
    if word:
        yield tuple(word)


def _gap(left: Quad, right: Quad) -> float:
    """Distance from one quad's end to the next one's start, in heights; backwards counts as far."""
    end, start = np.add(left.tr, left.br) / 2, np.add(right.tl, right.bl) / 2
    along = np.subtract(left.tr, left.tl)
    ahead = float((start - end) @ along) / max(float(np.linalg.norm(along)), 1e-6)
    apart = float(np.linalg.norm(start - end))
    return (apart if ahead >= 0 or apart > left.height() / 2 else 0.0) / max(left.height(), 1e-6)


def _followers(parts: Sequence[_Piece]) -> dict[int, int]:
    """For each piece the one that follows it: the nearest to the right whose nearest left it is."""
    if len(parts) < 2:
        return {}
    distance = _distances(parts)
    right, left = distance.argmin(axis=1), distance.argmin(axis=0)
    return {i: int(j) for i, j in enumerate(right) if np.isfinite(distance[i, j]) and left[j] == i}


def _distances(parts: Sequence[_Piece]) -> NDArray[np.float32]:
    """n × n: from each piece's end to each piece's start in heights, infinite where unrelated."""
    ends, starts, along = (
        np.array([getattr(part, name) for part in parts], dtype=np.float32)
        for name in ("end", "start", "along")
    )
    heights = np.array([part.height for part in parts], dtype=np.float32)
    away = (starts[None] - ends[:, None]) / heights[:, None, None]
    ahead = (away * along[:, None]).sum(axis=2)
    aside = np.abs(away[..., 1] * along[:, None, 0] - away[..., 0] * along[:, None, 1])
    ratio = heights[None] / heights[:, None]
    related = (ahead > -OVERLAP) & (ahead < REACH) & (aside < SAME_LINE + DRIFT * np.abs(ahead))
    related &= (ratio < LIKE_HEIGHT) & (ratio > 1 / LIKE_HEIGHT)
    related &= along @ along.T > LIKE_DIRECTION
    np.fill_diagonal(related, False)
    return np.where(related, ahead, np.inf).astype(np.float32)


def _chain(head: int, follower: dict[int, int]) -> list[int]:
    chain = [head]
    while chain[-1] in follower and follower[chain[-1]] not in chain:
        chain.append(follower[chain[-1]])
    return chain


def _joined(parts: Sequence[_Piece], blank: float) -> tuple[Glyph, ...]:
    glyphs = list(parts[0].glyphs)
    for part in parts[1:]:
        glyphs = _before(glyphs, part) or glyphs
        last, first = glyphs[-1].quad, part.glyphs[0].quad
        separator = _separator(_gap(last, first), blank)
        between = Quad(last.tr, first.tl, first.bl, last.br)
        glyphs += [Glyph(char, between) for char in separator]
        glyphs += part.glyphs
    return tuple(glyphs)


def _before(glyphs: list[Glyph], part: _Piece) -> list[Glyph]:
    """Without the last glyphs that `part` shows again: readers' boxes overlap by a character."""
    kept = list(glyphs)
    while kept and float((kept[-1].quad.centre() - part.start) @ part.along) > 0:
        kept.pop()
    return kept


def _separator(gap: float, blank: float) -> str:
    if gap > COLUMN_GAP:
        return COLUMN_BREAK
    return " " if gap > blank else ""
