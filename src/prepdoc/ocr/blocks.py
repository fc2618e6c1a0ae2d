"""Solid blocks of ink → ■ glyphs: some issuers paint over the digits that they hide.

No OCR engine reads a black box, so `4980-12██-████-1234` would come as two short numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, Components, components
from prepdoc.ocr import Reader
from prepdoc.ocr.bars import printed_bars
from prepdoc.ocr.cells import dark_cells
from prepdoc.ocr.covers import covers
from prepdoc.ocr.marks import MARK
from prepdoc.ocr.typesetting import (
    INK,
    away_from_paper,
    is_within,
    paper_of,
    paper_of_page,
    read_each,
)
from prepdoc.page import Glyph, Line, Pixels, Quad

_Edges: TypeAlias = tuple[float, float, float, float]

BLOCK = "■"
LOOKED_AT = 2
"""Pixels are looked at in squares of so many: a block that hides a digit is larger."""
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 8, 120
"""Of the page's pixels: print of 3 points at 200 dpi to 28 points at 300 dpi."""
MIN_FILLED = 0.93
"""Part of its bounding box that a block fills: letters and frames fill less."""
MIN_FILLED_ASKEW = 0.6
"""The same of the upright box around one that lies askew: eight digits wide, at 3 degrees."""
MIN_SHAPE = 0.45
"""Narrower than this part of its height it is a rule or the letter I."""
MOST_DIGITS = 20
"""Wider blocks are rules and the heads of tables."""
DIGIT_SHAPE = 0.62
"""Width of a digit with its share of the gaps, in heights of a block that covers it."""
EDGE = 0.3
"""Nearer to a block than this part of its height stands the middle of no letter: an edge is read
as I or as a bracket."""
COVERS = 0.35
"""Part of the height of a reader's box that a block has at least which hides what it reads there;
readers' boxes are roomy."""
SOLID, SOFT, CRACK = 0.85, 0.1, 0.25
"""Of how high a block is in its middle it is at its ends, but for soft edges narrower than this
part of its height, and what is between two boxes: the digits that touch it are less high and wider.
"""
AROUND = 0.4
"""Of a line's height, around it where it is read again."""
STROKES = (1, 3, 6)
"""Widths, in squares, of what is taken away to free a block from the digits that touch it."""
BLOCK_STROKES = 2.5
"""A block is so many times as high as the strokes of the digits beside it are wide."""
STROKE = (1.4, 6.0)
"""Heights of a block that the character is high of which it is a part."""
AREA, MOST_AROUND = 2.0, 0.6
"""Heights of a block around it, and the part of these that is as dark where light print stands on
a coloured area: what seems to be a block is the inside of a nought there."""
PRINTED_ON = 0.5
"""Part of its frame that a smaller area has at least, a group's chip, where light print stands on
it; a cell's rules around a block that hides a digit have less."""
MOST_PRINT = 0.03
"""Part of a block that may be darker than it: dirt. Digits take a tenth of what is around them."""
RIM_PX, LEAST_PRINT_PX = 2, 5
"""A block's soft edge, and the height of what may be a digit in it, on a screen's 96 dpi; specks
are smaller."""
CLEAR, MOST_WIDE, LEAST_WIDE, GROUP, ALIKE = 32, 3.0, 0.25, 3, 0.2
"""How far from what is around it, of 255, what is printed on a block is at least; how many times as
wide as high a digit is at most, with others that touch it, and at least, where a crack between two
blocks is narrower; and how many of them in a row are a group, for one may touch the edge, as high
as each other but for this part."""
TAKEN = 0.04
"""Part of a block that a group of digits takes which touch each other; two have a chip each."""
NOISE, GRAIN = 4.0, 2.0
"""Times what pixels beside each other differ by: no photograph's grain, averaged, is so clear."""
HATS, THIN = (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT), 4
"""What is lighter, and darker, than its surroundings and no wider than this part of the block's
height: two coloured areas that touch each other differ as much as print from either."""
SMALL_PX = 24
"""Lower blocks are looked at pixel by pixel: in squares the stem of a 1 and the bowl of a bold 9
are as full as they, wherever text is as small as on a screen."""
PALE, MOST_PALE = 0.5, 0.06
"""Part of how far a small block's darkest pixels are from the paper from which on one is as pale as
that, and the part of a block's inside that may be: noise. Of a bowl it is a third."""
MIN_SMALL_SHAPE = 0.4
"""Width of a small block in heights, by its pixels; the stem of a bold 1 has 0.3."""
ALONG = 0.6
"""Part of a row, or column, of a small block that is dark where it is the block's."""
DARK = 96
"""Difference from the paper, of 255; a coloured cell of a table is paler."""


def with_blocks(
    written: Sequence[Line],
    lines: Iterable[Line],
    found: Iterable[Line],
    pixels: Pixels,
    reader: Reader,
) -> tuple[Line, ...]:
    """What is `written` in a page's text layer, its lines as OCR read them, and its blocks.

    `found` are the blocks as `read_blocks` sees them.

    The blocks stand among both, and so do the marks that OCR found, for a number goes on beside
    one for either; but not where the layer has its own characters, as under a box that was drawn
    over a number. A line with blocks in it is read again without them.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    lines = tuple(lines)
    marks = tuple(row for line in lines for row in _marks(line))
    blocks = tuple(block for block in found if not _is_on(block, marks))
    read = _clear_of(blocks, lines, pixels, reader)
    unwritten = (row for row in (*blocks, *marks) if written and not _is_on(row, written))
    beside = (replace(row, seen_by="text") for row in unwritten)
    return (*written, *beside, *read, *blocks)


def _clear_of(
    blocks: Sequence[Line], lines: Iterable[Line], pixels: Pixels, reader: Reader
) -> Iterator[Line]:
    """The lines without what was read into blocks, which also shifts what stands beside them."""
    boxes = [block.quad.box() for block in blocks]
    touched: list[Line] = []
    for line in lines:
        if any(_is_inside(glyph, boxes) for glyph in line.glyphs):
            touched.append(line)
        else:
            yield line
    for line, again in zip(touched, _read_again(touched, boxes, pixels, reader), strict=True):
        own = tuple(glyph for glyph in line.glyphs if not _is_inside(glyph, boxes))
        kept = (replace(line, glyphs=own),)
        mended = _with_digits_of(line, again)
        chosen = mended if _digits(mended) >= _digits(kept) else kept
        yield from (one for one in chosen if one.text.strip())


def _with_digits_of(line: Line, again: Sequence[Line]) -> tuple[Line, ...]:
    """A second reading, with the first one's digits where it has as many characters.

    Of a digit that touches a block an edge goes with this, and `0` may be read as `C`.
    """
    row = sorted(again, key=lambda one: math.dist(one.quad.tl, line.quad.tl))
    first = [glyph.char for glyph in line.glyphs if not glyph.char.isspace()]
    second = [glyph for one in row for glyph in one.glyphs if not glyph.char.isspace()]
    if len(first) != len(second):
        return tuple(row)
    pairs = zip(first, second, strict=True)
    spoilt = {g: replace(g, char=c) for c, g in pairs if c.isdecimal() and not g.char.isdecimal()}
    return tuple(replace(one, glyphs=tuple(spoilt.get(g, g) for g in one.glyphs)) for one in row)


def _digits(lines: Iterable[Line]) -> int:
    return sum(char.isdecimal() for line in lines for char in line.text)


def _read_again(
    lines: Sequence[Line], boxes: Sequence[_Edges], pixels: Pixels, reader: Reader
) -> Iterator[tuple[Line, ...]]:
    """What is read in the place of each line when the blocks have the colour of its paper."""
    places = [_around(line.quad, pixels) for line in lines]
    read = read_each([_blanked(place, boxes, pixels) for place in places], reader)
    for line, place, seen in zip(lines, places, read, strict=True):
        back = (one.moved(place[0], place[1]) for one in seen)
        yield tuple(one for one in back if is_within(one.quad, line.quad))


def _around(quad: Quad, pixels: Pixels) -> Box:
    left, top, right, bottom = quad.box()
    room, (height, width) = AROUND * quad.height(), pixels.shape[:2]
    start = max(0, round(left - room)), max(0, round(top - room))
    return *start, min(width, round(right + room)), min(height, round(bottom + room))


def _blanked(place: Box, boxes: Iterable[_Edges], pixels: Pixels) -> Pixels:
    """A cut-out with the blocks and their soft edges in the colour of most of it."""
    left, top, right, bottom = place
    part = pixels[top:bottom, left:right].copy()
    paper = paper_of(part)
    for x0, y0, x1, y1 in boxes:
        rows = slice(max(0, round(y0 - top) - LOOKED_AT), max(0, round(y1 - top) + LOOKED_AT))
        part[rows, max(0, round(x0 - left) - LOOKED_AT) : max(0, round(x1 - left) + LOOKED_AT)] = (
            paper
        )
    return part


def _marks(line: Line) -> Iterator[Line]:
    for is_mark, glyphs in groupby(line.glyphs, lambda glyph: glyph.char == MARK):
        if is_mark:
            yield replace(line, glyphs=tuple(glyphs))


def _is_on(line: Line, others: Iterable[Line]) -> bool:
    """Whether a character of the others stands on it."""
    glyphs = (glyph for other in others for glyph in other.glyphs if not glyph.char.isspace())
    return any(is_within(glyph.quad, line.quad) for glyph in glyphs)


def _is_inside(glyph: Glyph, boxes: Iterable[_Edges]) -> bool:
    """Whether it is seen within a block, or at its edge and is no digit but perhaps a one."""
    x, y = glyph.quad.centre()
    edge = 0.0 if glyph.char.isdecimal() and glyph.char != "1" else EDGE
    least = COVERS * glyph.quad.height()
    large = (box for box in boxes if box[3] - box[1] >= least)
    near = ((left, right, edge * (end - top)) for left, top, right, end in large if top < y < end)
    return any(left - reach < x < right + reach for left, right, reach in near)


def read_blocks(pixels: Pixels) -> tuple[Line, ...]:
    """Every solid block of about the height of text, as a line of as many ■ as digits fit in.

    But not the dark cells of a row in which pale digits stand, the bars with print on them and the
    covers under which it shows, nor what is dark within these.
    """
    blocks = tuple(_blocks(pixels))
    edges = _printed(pixels) if blocks else ()
    cells = [(left, top, right - left, bottom - top) for left, top, right, bottom in edges]
    return tuple(_line(*box) for box in blocks if not any(_is_same(box, cell) for cell in cells))


def _printed(pixels: Pixels) -> tuple[Box, ...]:
    """The dark boxes that show print, and so hide none."""
    away = away_from_paper(pixels)
    under = (cover.box for cover in covers(pixels, away) if cover.is_sure)
    return (*dark_cells(away), *printed_bars(pixels, away), *under)


def _blocks(pixels: Pixels) -> Iterator[Box]:
    half, method = 1 / LOOKED_AT, cv2.INTER_AREA
    small = np.asarray(cv2.resize(pixels, None, fx=half, fy=half, interpolation=method), np.uint8)
    dark = np.asarray(away_from_paper(small) > DARK, dtype=np.uint8)
    seen: list[Box] = []
    for stroke in STROKES:
        freed = _freed(small, dark, stroke)
        seen += [box for box in freed if not any(_is_same(box, other) for other in seen)]
    whole, paper = components(dark), _grey_of(paper_of_page(pixels))
    blocks = (box for box in seen if _is_solid(box, pixels, paper))
    blocks = (box for box in blocks if not _is_stroke(box, whole))
    blocks = (box for box in blocks if not _is_in_area(box, dark))
    blocks = (box for box in blocks if not _shows_print(box, pixels))
    return (box for box in blocks if not _is_on_area(box, whole))


def _grey_of(paper: NDArray[np.uint8]) -> int:
    """A colour as OpenCV makes it grey."""
    return int(cv2.cvtColor(paper[None, None], cv2.COLOR_RGB2GRAY)[0, 0])


def _far_in_grey(pixels: Pixels, paper: int) -> NDArray[np.uint8]:
    """How far each pixel, with those beside it, is from the paper; a colour is stored coarser."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.blur(cv2.absdiff(grey, np.full_like(grey, paper)), (2, 2)), np.uint8)


def _is_solid(box: Box, pixels: Pixels, paper: int) -> bool:
    """Whether a small block is one by its pixels too: no stem, and no paper in it."""
    left, top, width, height = box
    if height >= SMALL_PX:
        return True
    above = min(top, height // 2)
    # With the pixels before it, which the first ones are averaged with.
    x, y = max(0, left - 1), max(0, top - above - 1)
    around = pixels[y : top + height + height // 2, x : left + width]
    part = _far_in_grey(around, paper)[top - above - y :, left - x :]
    own = part[above : above + height]
    dark = part >= PALE * own.max()
    columns = dark[above : above + height].mean(axis=0) >= ALONG
    if not columns.any():
        return False
    high = int((dark[:, columns].mean(axis=1) >= ALONG).sum())
    inside = own[LOOKED_AT : height - LOOKED_AT, columns][:, 1:-1]
    pale = float((inside < PALE * own.max()).mean()) if inside.size else 0.0
    return int(columns.sum()) >= MIN_SMALL_SHAPE * max(high, height) and pale <= MOST_PALE


def _is_in_area(box: Box, dark: NDArray[np.uint8]) -> bool:
    """Whether most of what is around it is as dark as it is itself."""
    left, top, width, height = (side // LOOKED_AT for side in box)
    reach = round(AREA * height)
    rows = slice(max(0, top - reach), top + height + reach)
    around = dark[rows, max(0, left - reach) : left + width + reach]
    return float(around.mean()) > MOST_AROUND


def _is_on_area(box: Box, whole: Components) -> bool:
    """Whether another dark component lies all around it and fills most of its own frame."""
    left, top, width, height = (side // LOOKED_AT for side in box)
    inside = whole.labels[top : top + height, left : left + width]
    corners = np.array([left, top, -(left + width), -(top + height)])
    around = (whole.boxes * (1, 1, -1, -1) <= corners).all(axis=1)
    size = (whole.boxes[:, 2:] - whole.boxes[:, :2]).prod(axis=1)
    around &= whole.areas >= PRINTED_ON * size
    return bool(set(np.flatnonzero(around) + 1) - set(np.unique(inside)))


def _shows_print(box: Box, pixels: Pixels) -> bool:
    """Whether as much as a group of digits stands in it, in one line or several."""
    left, top, width, height = box
    inside = pixels[top : top + height, left : left + width][RIM_PX:-RIM_PX, RIM_PX:-RIM_PX]
    if min(inside.shape[:2]) < 2 * LEAST_PRINT_PX:
        return False
    kernel = np.ones((max(LEAST_PRINT_PX, height // THIN) | 1,) * 2, dtype=np.uint8)
    channels = (np.asarray(channel, dtype=np.uint8) for channel in cv2.split(inside))
    return any(_is_printed_in(channel, kernel) for channel in channels)


def _is_printed_in(channel: NDArray[np.uint8], kernel: NDArray[np.uint8]) -> bool:
    """Whether print stands out in one of the colours: to the eye grey on purple does."""
    noise = _noise(channel)
    # In a picture without grain the thin strokes of small print would be averaged away.
    smooth = channel if noise < GRAIN else cv2.blur(channel, (3, 3))
    hats = (cv2.morphologyEx(smooth, hat, kernel) for hat in HATS)
    clear = (hat >= max(CLEAR, NOISE * noise) for hat in hats)
    return any(_are_characters(np.asarray(one, dtype=np.uint8)) for one in clear)


def _noise(channel: NDArray[np.uint8]) -> float:
    """By how much a pixel differs from the next one, in most of a picture."""
    return float(np.median(cv2.absdiff(channel[:, 1:], channel[:, :-1])))


def _are_characters(print_: NDArray[np.uint8]) -> bool:
    """Whether enough pieces, or large enough ones where they touch, may be characters.

    What reaches the edge is a crack between two blocks, or stands beside them.
    """
    found = components(print_)
    boxes = found.boxes
    wide, high = (boxes[:, 2:] - boxes[:, :2]).T
    fits = (high >= LEAST_PRINT_PX) & (wide <= MOST_WIDE * high) & (wide >= LEAST_WIDE * high)
    fits &= (boxes[:, :2] > 0).all(axis=1) & (boxes[:, 2:] < print_.shape[1::-1]).all(axis=1)
    in_a_row = _most_in_a_row(boxes[fits])
    return in_a_row >= GROUP or float(found.areas[fits].sum()) >= TAKEN * print_.size


def _most_in_a_row(boxes: NDArray[np.int64]) -> int:
    """How many stand on one line and are as high as each other."""
    if not len(boxes):
        return 0
    high, foot = boxes[:, 3] - boxes[:, 1], boxes[:, 3]
    slack = np.maximum(1, ALIKE * high)
    alike = np.abs(high[:, None] - high) <= slack[:, None]
    alike &= np.abs(foot[:, None] - foot) <= slack[:, None]
    return int(alike.sum(axis=1).max())


def _is_stroke(box: Box, whole: Components) -> bool:
    """Whether it is the thick part of a letter's or digit's stroke.

    A row of digits that touches a block is about as high as it is, and a table far higher.
    """
    left, top, width, height = (side // LOOKED_AT for side in box)
    inside = whole.labels[top : top + height, left : left + width]
    around = whole.boxes[np.bincount(inside[inside > 0]).argmax() - 1]
    wide, high = around[2:] - around[:2]
    return bool(STROKE[0] * height < high < STROKE[1] * height and wide < STROKE[1] * height)


def _is_same(box: Box, other: Box) -> bool:
    """Whether the middle of a box (left, top, width, height) lies in another one."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    left, top, width, height = other
    return left <= x <= left + width and top <= y <= top + height


def _freed(small: Pixels, dark: NDArray[np.uint8], stroke: int) -> Iterator[Box]:
    """The blocks that are left when strokes up to that width are gone: digits may touch a block."""
    kernel = np.ones((stroke, stroke), dtype=np.uint8)
    opened = cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel)
    found = components(np.asarray(opened, dtype=np.uint8))
    for index in _sized(found):
        left, top, right, bottom = found.boxes[index].tolist()
        part = found.labels[top:bottom, left:right] == index + 1
        high = bottom - top
        solid = found.areas[index] > MIN_FILLED * _frame_area(part)
        is_block = high >= BLOCK_STROKES * stroke and solid
        if is_block and not _holds_print(small[top:bottom, left:right], part):
            first, last = _solid(part)
            box = left + first, top, last + 1 - first, high
            yield tuple(LOOKED_AT * side for side in box)  # type: ignore[misc]


def _holds_print(cut: Pixels, part: NDArray[np.bool_]) -> bool:
    """Whether something darker is printed on a block, as digits are under a highlighter."""
    inside = cv2.erode(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    grey = np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), dtype=np.int16)[inside]
    return grey.size > 0 and float((grey < np.median(grey) - INK).mean()) > MOST_PRINT


def _solid(part: NDArray[np.bool_]) -> tuple[int, int]:
    """The first and the last column of a component's longest stretch as high as most of it.

    A digit that touches a long block leaves its frame nearly as full as it was.
    """
    heights, (high, wide) = part.sum(axis=0), part.shape
    solid = np.flatnonzero(heights >= SOLID * np.median(heights))
    stretches = np.split(solid, np.flatnonzero(np.diff(solid) > CRACK * high) + 1)
    longest = max(stretches, key=lambda stretch: stretch[-1] - stretch[0])
    first, last, soft = int(longest[0]), int(longest[-1]), SOFT * high
    return first if first > soft else 0, last if wide - 1 - last > soft else wide - 1


def _sized(found: Components) -> list[int]:
    """Which components have a block's size and shape."""
    width, height = LOOKED_AT * (found.boxes[:, 2:] - found.boxes[:, :2]).T
    sized = (height >= MIN_HEIGHT_PX) & (height <= MAX_HEIGHT_PX)
    sized &= (width >= MIN_SHAPE * height) & (width <= MOST_DIGITS * DIGIT_SHAPE * height)
    sized &= found.areas * LOOKED_AT**2 > MIN_FILLED_ASKEW * width * height
    return [int(index) for index in np.flatnonzero(sized)]


def _frame_area(part: NDArray[np.bool_]) -> float:
    """Of the smallest rectangle around a component, upright or as askew as it lies."""
    outline, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = np.concatenate(outline)
    _, (wide, high), _ = cv2.minAreaRect(points)
    # It goes through the middles of the outermost squares, of which half are filled in part.
    return float(min(part.size, (wide + 0.5) * (high + 0.5)))


def _line(left: int, top: int, width: int, height: int) -> Line:
    count = max(1, round(width / (DIGIT_SHAPE * height)))
    edges = np.linspace(left, left + width, count + 1)
    pairs = pairwise(edges.tolist())
    quads = (Quad.from_box(a, top, b, top + height) for a, b in pairs)
    return Line(tuple(Glyph(BLOCK, quad) for quad in quads), "ocr")
