"""The glyphs of a text layer and a page's ink → pieces: ink with the characters it claims to be.

Most pieces are one character. Some characters touch, and underlined words hang together: then one
piece claims to be all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.explaining.ink import Ink
from prepdoc.page import Glyph, Line

SHARED: Final = 0.4
"""Part of the narrower and of the lower one of a component and a glyph's box that they share:
italic letters reach into the next box, and no further."""
ASKEW: Final = 0.02
"""Sine of what a line may be off the page's edges: glyphs' upright boxes hold no others' ink."""
TALL: Final = 3.0
"""Heights of a line beyond which a component is no part of it, but a frame around it."""
SMALL, SMALLEST_PX = 0.3, 8
"""Part of the height of a character's box below which a component may be other print that stands
within it, unless it is as small as a dot."""
IN_ROW, NEAR_BY, FEWEST = 0.25, 6.0, 3
"""Part of their height by which print of one row differs, heights from one to others, and how many
others there are: print beside a large character, and no part of it."""
BAND_PX: Final = 64
"""Components are looked up by bands of the page so high."""

_Frame: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """Components of ink (by index) and the text that they claim to be.

    `boxes` are left, top, right and bottom of each character's box in pixels of the page, `turn`
    the quarter turns counter-clockwise (numpy.rot90) that bring it upright.
    """

    text: str = field(repr=False)
    parts: tuple[int, ...]
    boxes: tuple[_Frame, ...]
    turn: int

    @property
    def frame(self) -> _Frame:
        """Around all the boxes."""
        left, top, right, bottom = zip(*self.boxes, strict=True)
        return min(left), min(top), max(right), max(bottom)


@dataclass(frozen=True, slots=True)
class Claim:
    """A line of the text layer and the pieces (by index) that it is made of.

    They are None where a character has no ink, or the line runs askew.
    """

    line: Line
    pieces: tuple[int, ...] | None


def claims(lines: Sequence[Line], ink: Ink) -> tuple[tuple[Claim, ...], tuple[Piece, ...]]:
    """What each line of a text layer claims of a page's ink."""
    turns = [_turn(line) for line in lines]
    glyphs = [
        (glyph, i)
        for i, line in enumerate(lines)
        if turns[i] is not None
        for glyph in line.glyphs
        if not glyph.char.isspace()
    ]
    links = list(_links([(glyph, turns[i] or 0) for glyph, i in glyphs], ink))
    groups = _grouped(links)
    pieces = tuple(
        _piece([glyphs[i][0] for i in group], [links[i] for i in group], turns[glyphs[group[0]][1]])
        for group in groups
    )
    return tuple(_claims(lines, [i for _, i in glyphs], groups)), pieces


def _turn(line: Line) -> int | None:
    """The quarter turns that bring a line upright; None where it lies askew."""
    first, last = line.glyphs[0].quad, line.glyphs[-1].quad
    along = np.subtract(last.tr, first.tl) + np.subtract(last.br, first.bl)
    x, y = along / max(float(np.linalg.norm(along)), 1e-6)
    if min(abs(x), abs(y)) > ASKEW:
        return None
    return (0 if x > 0 else 2) if abs(x) > abs(y) else (1 if y > 0 else 3)


def _links(glyphs: Sequence[tuple[Glyph, int]], ink: Ink) -> Iterator[tuple[int, ...]]:
    """The components that belong to each glyph, which is upright after so many quarter turns."""
    bands = _bands(ink, np.flatnonzero(~ink.rules))
    parts = [_parts(glyph, turn, ink, bands) for glyph, turn in glyphs]
    small = {
        int(part)
        for (glyph, turn), own in zip(glyphs, parts, strict=True)
        for part in own[_is_small(ink.boxes[own], glyph, turn)]
    }
    strange = _in_rows(ink, np.array(sorted(small), dtype=np.intp))
    return (tuple(part for part in own.tolist() if part not in strange) for own in parts)


def _parts(
    glyph: Glyph, turn: int, ink: Ink, bands: Mapping[int, NDArray[np.intp]]
) -> NDArray[np.intp]:
    """The components that stand in a glyph's box."""
    left, top, right, bottom = glyph.quad.box()
    rows = range(int(top) // BAND_PX, int(bottom) // BAND_PX + 1)
    near = [bands[row] for row in rows if row in bands]
    if not near:
        return np.array([], dtype=np.intp)
    parts = np.concatenate(near)
    x0, y0, x1, y1 = ink.boxes[parts].T
    wide = np.minimum(x1, right) - np.maximum(x0, left)
    high = np.minimum(y1, bottom) - np.maximum(y0, top)
    own = wide >= SHARED * np.minimum(x1 - x0, right - left)
    own &= high >= SHARED * np.minimum(y1 - y0, bottom - top)
    own &= (x1 - x0 if turn % 2 else y1 - y0) <= TALL * glyph.quad.height()
    return np.array(list(dict.fromkeys(parts[own].tolist())), dtype=np.intp)


def _is_small(boxes: NDArray[np.int64], glyph: Glyph, turn: int) -> NDArray[np.bool_]:
    """Which components may be print that stands within a much larger character's box."""
    x0, y0, x1, y1 = boxes.T
    high = x1 - x0 if turn % 2 else y1 - y0
    return np.asarray((high >= SMALLEST_PX) & (high < SMALL * glyph.quad.height()))


def _in_rows(ink: Ink, parts: NDArray[np.intp]) -> frozenset[int]:
    """Those of some components that have others like them beside them, along or down the page."""
    strange: set[int] = set()
    for turn in (0, 1):
        boxes = ink.boxes[parts][:, [1, 0, 3, 2] if turn else [0, 1, 2, 3]].astype(np.float64)
        foot, high = boxes[:, 3], boxes[:, 3] - boxes[:, 1]
        middle = (boxes[:, 0] + boxes[:, 2]) / 2
        for i, part in enumerate(parts.tolist()):
            slack = IN_ROW * high[i]
            alike = (np.abs(foot - foot[i]) <= slack) & (np.abs(high - high[i]) <= slack)
            alike &= np.abs(middle - middle[i]) <= NEAR_BY * high[i]
            if np.count_nonzero(alike) > FEWEST:
                strange.add(part)
    return frozenset(strange)


def _bands(ink: Ink, chosen: NDArray[np.intp]) -> dict[int, NDArray[np.intp]]:
    """The chosen components by the bands of the page that they reach into."""
    bands: dict[int, list[int]] = defaultdict(list)
    tops, bottoms = ink.boxes[chosen, 1] // BAND_PX, (ink.boxes[chosen, 3] - 1) // BAND_PX
    for part, top, bottom in zip(chosen.tolist(), tops.tolist(), bottoms.tolist(), strict=True):
        for band in range(top, bottom + 1):
            bands[band].append(part)
    return {band: np.array(parts, dtype=np.intp) for band, parts in bands.items()}


def _grouped(links: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """The glyphs (by index) that share components, together; those without ink are left out."""
    parents = list(range(len(links)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    first: dict[int, int] = {}
    for i, parts in enumerate(links):
        for part in parts:
            parents[root(i)] = root(first.setdefault(part, i))
    groups: dict[int, list[int]] = defaultdict(list)
    for i, parts in enumerate(links):
        if parts:
            groups[root(i)].append(i)
    return list(groups.values())


def _piece(glyphs: Sequence[Glyph], links: Iterable[tuple[int, ...]], turn: int | None) -> Piece:
    text = "".join(glyph.char for glyph in glyphs)
    parts = sorted({part for linked in links for part in linked})
    return Piece(text, tuple(parts), tuple(glyph.quad.box() for glyph in glyphs), turn or 0)


def _claims(
    lines: Sequence[Line], line_of: Sequence[int], groups: Sequence[Sequence[int]]
) -> Iterator[Claim]:
    """`line_of` has the line (by index) of each glyph in the groups."""
    pieces: dict[int, list[int]] = defaultdict(list)
    inked: dict[int, int] = defaultdict(int)
    for number, group in enumerate(groups):
        for place in {line_of[i] for i in group}:
            pieces[place].append(number)
        for i in group:
            inked[line_of[i]] += 1
    for number, line in enumerate(lines):
        own = tuple(pieces[number])
        whole = inked[number] == sum(not glyph.char.isspace() for glyph in line.glyphs)
        yield Claim(line, own if whole and own else None)
