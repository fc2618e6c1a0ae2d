"""A number over three lines or four, as narrow cells break it: at its hyphens, or between groups.

Card 4987-            Card 4987
6011-6729-            6011 6729
8813 is yours         8813 is yours
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, pairwise

from prepdoc.page import LINE_BREAK, Glyph, Line
from prepdoc.pan import RULE_GROUPED, RULE_VALID, Match
from prepdoc.pan.text import DASHES, folded

_DASH = f"[{re.escape(DASHES)}]"
_TIED = re.compile(rf"(?<![\w-])\d+(?:{_DASH}\d+)*(?:{_DASH}(?=\s|$))?(?!\d)", re.ASCII)
_GROUPS = re.compile(r"(?<![!-~])\d{4,6}(?: \d{4,6}){0,2}(?!\S)")
"""Behind Japanese, which is written without blanks, a number begins as well."""
_GROUPINGS = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4))
_LINES = range(3, 5)
"""Over two lines a number is any wrapped one."""
_NEXT = (0.5, 2.2)
"""Heights to the line in which it goes on."""
_INDENTED = 3.0
"""Heights by which a paragraph's first line begins further right than its others."""
_OFF = 0.5
"""Heights by which lines below each other begin further left or right."""
_PITCH = 0.2
"""Heights by which their distances differ; from one cell to the next it is another."""
_COLUMN = "\t"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Groups of digits; the first character of the part of a line they stand in, whether they end
    it, and whether no digits stand in others.
    """

    line: Line
    part: Glyph
    is_last: bool
    is_alone: bool

    @property
    def goes_on(self) -> bool:
        """Whether a hyphen says so."""
        return not self.line.text[-1:].isdecimal()

    @property
    def is_first(self) -> bool:
        return self.line.glyphs[0] is self.part

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(map(len, self.line.text.split()))

    def place_of(self, other: Glyph) -> tuple[float, float]:
        """Where a character begins, along the piece and down from it, in heights."""
        first = self.line.glyphs[0].quad
        along, down = first.place_of(other.quad.tl)
        return along / first.height(), down / first.height()


def narrow(lines: Sequence[Line]) -> Iterator[Line]:
    """Pieces on lines below each other that may be one number, as one line with breaks in it."""
    for path in (*_tied(lines), *_parted(lines)):
        yield reduce(Line.over, (piece.line for piece in path))


def is_whole(match: Match, line: Line) -> bool:
    """Whether a match is a card's number over every break of such a line: proven, or tied by its
    hyphens as cards are grouped.
    """
    beside = line.text[: match.start] + line.text[match.end :]
    is_tied = all(piece[-1:] in DASHES for piece in line.text.split(LINE_BREAK)[:-1])
    one = match.rule == RULE_VALID or (match.rule == RULE_GROUPED and is_tied)
    return one and LINE_BREAK not in beside


def _tied(lines: Iterable[Line]) -> Iterator[list[_Piece]]:
    pieces = [piece for line in lines for piece in _pieces(line, _TIED)]
    for piece in (piece for piece in pieces if piece.goes_on):
        yield from _tied_paths([piece], pieces)


def _tied_paths(path: list[_Piece], pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """A path of pieces that goes on with the nearest ones below, up to one without a hyphen."""
    if not path[-1].goes_on:
        yield from [path] if len(path) in _LINES else []
    elif len(path) < _LINES[-1]:
        below = [piece for piece in pieces if _is_next(path[-1], piece)]
        downs = [path[-1].place_of(piece.line.glyphs[0])[1] for piece in below]
        for piece, down in zip(below, downs, strict=True):
            if down <= min(downs) + _OFF:
                yield from _tied_paths([*path, piece], pieces)


def _is_next(upper: _Piece, lower: _Piece) -> bool:
    """Whether a piece stands on the next line, below the upper one or where its text begins."""
    along, down = upper.place_of(lower.line.glyphs[0])
    end, _ = upper.place_of(upper.line.glyphs[-1])
    begin = upper.place_of(upper.part)[0] - _INDENTED if lower.is_first else 0.0
    return _NEXT[0] < down < _NEXT[1] and begin - 1.0 <= along <= end + 1.0


def _parted(lines: Iterable[Line]) -> Iterator[list[_Piece]]:
    pieces = [piece for line in lines for piece in _pieces(line, _GROUPS)]
    first = [piece for piece in pieces if piece.is_first and piece.is_alone]
    for piece in pieces:
        yield from (path for path in _paths([piece], first) if not _is_column(path, first))


def _paths(path: list[_Piece], first: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """The same of pieces that begin their lines, of which those before the last fill theirs."""
    sizes = tuple(chain.from_iterable(piece.sizes for piece in path))
    if sizes in _GROUPINGS and len(path) in _LINES:
        yield path
    is_begun = any(sizes == grouping[: len(sizes)] for grouping in _GROUPINGS)
    if is_begun and (len(path) == 1 or path[-1].is_last):
        for below in (piece for piece in first if _goes_on_in(path, piece)):
            yield from _paths([*path, below], first)


def _goes_on_in(path: Sequence[_Piece], lower: _Piece) -> bool:
    """Whether a line begins below the others, as far from the last one as these are; or, below the
    first, below its digits or where their text begins, if that ends with them.
    """
    along, down = path[-1].place_of(lower.line.glyphs[0])
    if len(path) > 1:
        return abs(along) <= _OFF and abs(down - _pitch(path)) <= _PITCH
    begins = [0.0, path[0].place_of(path[0].part)[0]] if path[0].is_last else [0.0]
    return _NEXT[0] < down < _NEXT[1] and any(abs(along - begin) <= _OFF for begin in begins)


def _is_column(path: Sequence[_Piece], first: Iterable[_Piece]) -> bool:
    """Whether more such rows stand above or below, as far from it."""
    rows = [piece for piece in first if piece.is_last]
    is_more = any(_goes_on_in(path, row) for row in rows if path[-1].is_last)
    steps = [_below(row, path[0]) for row in rows if path[0].is_first and path[0].is_last]
    return is_more or any(abs(step - _pitch(path)) <= _PITCH for step in steps)


def _below(upper: _Piece, lower: _Piece) -> float:
    """Heights from one row to another that begins below it; none if it does not."""
    along, down = upper.place_of(lower.line.glyphs[0])
    return down if abs(along) <= _OFF else 0.0


def _pitch(path: Sequence[_Piece]) -> float:
    """Heights from a line to the next one."""
    return min(upper.place_of(lower.line.glyphs[0])[1] for upper, lower in pairwise(path))


def _pieces(line: Line, pattern: re.Pattern[str]) -> Iterator[_Piece]:
    text = folded(line.text)
    for found in pattern.finditer(text):
        start, end = found.span()
        first = text.rfind(_COLUMN, 0, start) + 1
        rest, *others = text[end:].split(_COLUMN)
        is_alone = not any(map(str.isdecimal, text[:first] + "".join(others)))
        piece = replace(line, glyphs=line.glyphs[start:end])
        yield _Piece(piece, line.glyphs[first], not rest.strip(), is_alone)
