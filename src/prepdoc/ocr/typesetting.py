"""Characters that stand apart → the same close together on blank paper, where engines read them.

In a form's cells engines read the rules, and of characters below each other they make lines that
run down. What is read of a set goes back to where each character stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.ocr import Reader
from prepdoc.page import Glyph, Line, Pixels, Quad

FEWEST = 6
"""Characters in a set: as many digits as give a known number away."""
INK = 64
"""Difference from the paper in a frame, of 255."""
SET_PX = 48
"""Height at which characters are set to be read."""
GAP = 0.14
"""Heights between two characters so set."""
NARROWEST = 0.4
"""Heights of the narrowest character with the blank in its font: ones closer together than digits
are printed come back as fewer.
"""
MARGIN_PX = 40
"""Blank paper around each set."""
MAX_SHEET_PX = 12_000
"""How high a sheet is at most, but for one picture; Tesseract takes up to 32,767 pixels each way,
and a sheet of that size is hundreds of megabytes."""
MOST_SETS = MAX_SHEET_PX // (SET_PX + 2 * MARGIN_PX)
"""On one sheet: a grid of dots is full of columns."""
READ = 0.75
"""Part of a set that is read, from which on this reading counts instead of the others."""


@dataclass(frozen=True, slots=True)
class Set:
    """Characters set close together, in which columns each is, and its quad on the page."""

    pixels: Pixels = field(repr=False)
    quads: tuple[Quad, ...]
    places: tuple[tuple[int, int], ...]
    """For each its first column and the one past its last."""


def typeset(frames: Sequence[Pixels], quads: Sequence[Quad]) -> Set | None:
    """One character out of each frame, as high as the highest; None where too few hold ink.

    The frames are upright cut-outs of the page that hold nothing else; `quads` are their places.
    """
    inked = [ink_in(frame) for frame in frames]
    rows = [np.flatnonzero(ink.any(axis=1)) for ink in inked if ink.any()]
    if len(rows) < FEWEST:
        return None
    top, bottom = min(int(r[0]) for r in rows), max(int(r[-1]) for r in rows) + 1
    pieces = [_piece(frame, ink, top, bottom) for frame, ink in zip(frames, inked, strict=True)]
    gap = np.full((SET_PX, round(GAP * SET_PX), 3), 255, dtype=np.uint8)
    places, strips, at = [], [], 0
    for piece in pieces:
        places.append((at, at + piece.shape[1]))
        strips += [piece, gap]
        at += piece.shape[1] + gap.shape[1]
    return Set(np.concatenate(strips, axis=1), tuple(quads), tuple(places))


def read_sets(sets: Sequence[Set], reader: Reader) -> tuple[Line | None, ...]:
    """The characters of each set in their places; None where too few of them are read.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    parts = (sets[i : i + MOST_SETS] for i in range(0, len(sets), MOST_SETS))
    return tuple(line for part in parts for line in _read_part(part, reader))


def _read_part(sets: Sequence[Set], reader: Reader) -> Iterator[Line | None]:
    sheet, tops = _sheet(sets)
    seen = reader.read(sheet)
    return (_line(one, top, seen) for one, top in zip(sets, tops, strict=True))


def read_each(pictures: Sequence[Pixels], reader: Reader) -> tuple[tuple[Line, ...], ...]:
    """What is read of each picture, in its own pixels: they are read below each other.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    parts = _parts([picture.shape[0] + MARGIN_PX for picture in pictures])
    return tuple(lines for part in parts for lines in _read_below(pictures[part], reader))


def _parts(heights: Sequence[int]) -> Iterator[slice]:
    """Which of so high pictures go on a sheet together."""
    start, high = 0, 0
    for i, height in enumerate(heights):
        if i > start and high + height > MAX_SHEET_PX:
            yield slice(start, i)
            start, high = i, 0
        high += height
    if heights:
        yield slice(start, len(heights))


def _read_below(pictures: Sequence[Pixels], reader: Reader) -> Iterator[tuple[Line, ...]]:
    sheet, tops = _sheet_of(pictures)
    seen = reader.read(sheet)
    for picture, top in zip(pictures, tops, strict=True):
        bottom = top + picture.shape[0]
        own = (line for line in seen if top <= line.quad.centre()[1] < bottom)
        yield tuple(line.moved(-MARGIN_PX, -top) for line in own)


def beside(lines: Iterable[Line], places: Iterable[Quad]) -> tuple[Line, ...]:
    """The lines without what stands in these places, where it is read anew."""
    fences = tuple(places)
    clear = (
        replace(line, glyphs=tuple(g for g in line.glyphs if not _is_in_any(g, fences)))
        for line in lines
    )
    return tuple(line for line in clear if line.text.strip())


def _is_in_any(glyph: Glyph, places: Iterable[Quad]) -> bool:
    return any(is_within(glyph.quad, place) for place in places)


def is_read(one: Set, lines: Iterable[Line]) -> bool:
    """Whether a digit in every place of a set belongs to one line."""
    digits = ([g.quad for g in line.glyphs if g.char.isdecimal()] for line in lines)
    return any(
        len(own) >= len(one.quads)
        and all(any(is_within(quad, place) for quad in own) for place in one.quads)
        for own in digits
    )


def is_within(quad: Quad, place: Quad) -> bool:
    """Whether the middle of a quad lies in another one, however both are turned."""
    return cv2.pointPolygonTest(place.array().astype(np.float32), quad.centre(), False) >= 0


def away_from_paper(page: Pixels) -> NDArray[np.uint8]:
    """Height × width: how far each pixel is from the page's paper, in the furthest channel."""
    return away_from(page, paper_of_page(page))


def paper_of_page(page: Pixels) -> NDArray[np.uint8]:
    """The colour in the middle of those of a sample of the page."""
    return paper_of(page[::8, ::8])


def paper_of(part: Pixels) -> NDArray[np.uint8]:
    """The colour in the middle of a picture's, channel by channel: that of its paper.

    It is the median in whole levels, by counting them: numpy sorts, and takes ten times as long.
    """
    channels = (np.asarray(channel, dtype=np.uint8) for channel in cv2.split(part))
    return np.array([_middle(channel) for channel in channels], dtype=np.uint8)


def _middle(channel: NDArray[np.uint8]) -> int:
    """The median of 8-bit levels; between two that lie in the middle, rounded down."""
    counts = cv2.calcHist([channel], [0], None, [256], [0, 256]).ravel()
    upto = np.cumsum(counts.astype(np.int64))
    pair = (channel.size - 1) // 2, channel.size // 2
    return int(np.searchsorted(upto, pair, side="right").sum()) // 2


def away_from(page: Pixels, paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same of paper whose three channels are known.

    By OpenCV, channel by channel: numpy takes ten times as long for the greatest of three; and in
    place, for memory that is new takes as long as the count.
    """
    channels = tuple(np.asarray(channel) for channel in cv2.split(page))
    for channel, grey in zip(channels, paper, strict=True):
        cv2.absdiff(channel, np.full_like(channel, grey), dst=channel)
    first, second, third = channels
    return np.asarray(cv2.max(cv2.max(first, second, dst=first), third, dst=first), dtype=np.uint8)


def near_ink(ink: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The rows with ink, those above and below them, and the first ones.

    Without the others, which are half of a page, no two components meet. They are taken in pairs:
    OpenCV counts components in squares of two pixels, and so in the same order.
    """
    inked = np.asarray(ink.any(axis=1))
    pairs = np.zeros(len(inked) // 2 + 3, dtype=np.bool_)
    pairs[0] = True
    pairs[1 : 1 + len(inked[::2])] |= inked[::2]
    pairs[1 : 1 + len(inked[1::2])] |= inked[1::2]
    near = pairs[:-2] | pairs[1:-1] | pairs[2:]
    return np.flatnonzero(np.repeat(near, 2)[: len(inked)])


def _sheet_of(pictures: Sequence[Pixels]) -> tuple[Pixels, list[int]]:
    """Pictures below each other on blank paper, `MARGIN_PX` apart and from the edges.

    The paper is the first one's; with the sheet comes the row of pixels where each begins.
    """
    high = [picture.shape[0] + MARGIN_PX for picture in pictures]
    wide = max(picture.shape[1] for picture in pictures) + 2 * MARGIN_PX
    paper = paper_of(pictures[0])
    sheet = np.tile(paper, (sum(high) + MARGIN_PX, wide, 1))
    tops = [MARGIN_PX + sum(high[:i]) for i in range(len(pictures))]
    for picture, top in zip(pictures, tops, strict=True):
        sheet[top : top + picture.shape[0], MARGIN_PX : MARGIN_PX + picture.shape[1]] = picture
    return sheet, tops


# --- setting -----------------------------------------------------------------------------------


def ink_in(inside: Pixels) -> NDArray[np.bool_]:
    """What of a frame is away from its own paper."""
    paper = np.median(inside.reshape(-1, 3), axis=0)
    return np.asarray(np.abs(inside - paper).max(axis=2) >= INK)


def _piece(inside: Pixels, ink: NDArray[np.bool_], top: int, bottom: int) -> Pixels:
    """A cell's character in black on white, from the row's first row of ink to its last."""
    columns = np.flatnonzero(ink[top:bottom].any(axis=0))
    if not len(columns):
        return np.full((SET_PX, SET_PX // 3, 3), 255, dtype=np.uint8)
    part = inside[top:bottom, columns[0] : columns[-1] + 1]
    paper = np.median(inside.reshape(-1, 3), axis=0)
    away = np.abs(part - paper).max(axis=2)
    grey = 255 - np.clip(away * 255 / max(float(away.max()), 1.0), 0, 255)
    scale = SET_PX / (bottom - top)
    size = max(2, round(part.shape[1] * scale)), SET_PX
    set_ = cv2.resize(grey.astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    aside = max(0, round(NARROWEST * SET_PX) - size[0])
    wide = np.pad(set_, ((0, 0), (aside // 2, aside - aside // 2)), constant_values=255)
    return np.repeat(wide[:, :, None], 3, axis=2)


# --- reading -----------------------------------------------------------------------------------


def _sheet(sets: Sequence[Set]) -> tuple[Pixels, list[int]]:
    """All rows below each other on blank paper, and where each begins."""
    step = SET_PX + 2 * MARGIN_PX
    wide = max(one.pixels.shape[1] for one in sets) + 2 * MARGIN_PX
    sheet = np.full((step * len(sets), wide, 3), 255, dtype=np.uint8)
    tops = [step * i + MARGIN_PX for i in range(len(sets))]
    for one, top in zip(sets, tops, strict=True):
        sheet[top : top + SET_PX, MARGIN_PX : MARGIN_PX + one.pixels.shape[1]] = one.pixels
    return sheet, tops


def _line(one: Set, top: int, seen: Iterable[Line]) -> Line | None:
    """The characters of one row, each in its place; None where too few are read."""
    chosen: dict[int, Glyph] = {}
    for glyph in (g for line in seen for g in line.glyphs if not g.char.isspace()):
        i = _index_of(glyph, one, top)
        if i is not None and (i not in chosen or glyph.score > chosen[i].score):
            chosen[i] = glyph
    if len(chosen) < READ * len(one.quads):
        return None
    line = [replace(chosen[i], quad=one.quads[i]) for i in sorted(chosen)]
    upright = sum(glyph.quad.tl[0] < glyph.quad.tr[0] for glyph in chosen.values())
    return Line(tuple(line if 2 * upright >= len(line) else _upside_down(line)), "ocr")


def _index_of(glyph: Glyph, one: Set, top: int) -> int | None:
    x, y = glyph.quad.centre()
    if not top <= y < top + SET_PX:
        return None
    half, x = GAP * SET_PX / 2, x - MARGIN_PX
    return next((i for i, (a, b) in enumerate(one.places) if a - half <= x < b + half), None)


def _upside_down(line: Sequence[Glyph]) -> list[Glyph]:
    """As the reader turned it to read it."""
    corners = ((glyph, np.roll(glyph.quad.array(), -2, axis=0)) for glyph in reversed(line))
    return [replace(glyph, quad=Quad.from_array(quad)) for glyph, quad in corners]
