"""A page's pixels → its ink in pieces that hang together, and the solid areas that hide something.

Born-digital pages are painted in flat colours: what has the colour of a large flat area is paper,
all else is ink. Scans and photographs have no such areas, and no ink is told from paper here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box, components, with_insides
from prepdoc.page import Pixels

SAMPLED: Final = 4
"""Colours are counted on every fourth pixel across and down."""
FREQUENT: Final = 8
"""As many colours may be paper: the page's own, stripes of a table, heads, panels."""
MIN_SHARE, MIN_PAPER = 0.001, 0.3
"""Of the page that such a colour has, and that the most frequent one has: noise has none."""
FLAT_PX, MIN_AREA_PX = 13, 2500
"""Side of a square that fits into an area of paper, and how large it is: strokes are thinner."""
SQUARE: Final = 0.97
"""Part of its frame that the cell of a table fills with what stands in it."""
DARK: Final = 96
"""Difference from the page's paper, of 255, that hides what is under it."""
COVER_PX: Final = (8, 150)
"""Height of an area that may hide digits."""
MAX_PRINT_PX: Final = 300
"""Print of 70 points; what is higher and of one colour is no character."""
COVER_SHAPE: Final = 13.0
"""And its width in heights: twenty digits."""

RULE_PX, LONG_PX = 8, 100
"""A component not thicker than the one and longer than the other is a rule, and part of no
character: at 300 dpi print of 50 points has strokes as long."""
THICK_PX, THICK_SHAPE = 32, 25
"""A bar not thicker than the one and so many times as long as thick is a rule too, where it is of
one colour but for its soft edges: what hides a number is half as long."""
SET, FOUND, DONE = 255, 2, 1
"""A pixel of a colour: as OpenCV sets it, in the area that is looked at, in one seen before."""
_NOTHING_BEYOND: Final[Mapping[str, Any]] = {"borderType": cv2.BORDER_CONSTANT, "borderValue": 0}
EDGE_PX: Final = 2
"""Soft edges of areas are not wider."""

_Region: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink of a page. `labels` is height × width: 0 for paper, i + 1 for component i.

    `boxes` is n × 4: left, top, right, bottom of each component; `rules` tells which are rules and
    frames. `covers` are solid areas as large as those that hide digits, or that are no cells of a
    table: logos, and large print.
    """

    labels: NDArray[np.int32] = field(repr=False)
    boxes: NDArray[np.int64] = field(repr=False)
    rules: NDArray[np.bool_] = field(repr=False)
    covers: tuple[Box, ...] = ()


def ink_of(pixels: Pixels) -> Ink | None:
    """The ink of a page whose paper is flat; None for any other."""
    every = np.ascontiguousarray(pixels[::SAMPLED, ::SAMPLED])
    colours = _frequent(every)
    if not colours:
        return None
    paper = cv2.inRange(pixels, colours[0], colours[0]) > 0
    covers: list[Box] = []
    for colour in colours[1:]:
        for area, box in _areas(pixels, colour, _flat(every, colour)):
            part = _within(paper, box)
            part &= ~_enclosed(part)
            part |= area
            if _is_cover(area, _distance(colour, colours[0])):
                covers.append(box)
    found = components((~paper).astype(np.uint8))
    rules = _rules(found.labels, found.boxes, pixels)
    return Ink(found.labels, found.boxes, rules, tuple(covers))


def _rules(
    labels: NDArray[np.int32], boxes: NDArray[np.int64], pixels: Pixels
) -> NDArray[np.bool_]:
    size = boxes[:, 2:] - boxes[:, :2]
    rules = np.asarray((size.min(axis=1) <= RULE_PX) & (size.max(axis=1) >= LONG_PX))
    for i in np.flatnonzero((size.max(axis=1) >= LONG_PX) & ~rules).tolist():
        box = tuple(boxes[i].tolist())
        part = _within(labels, box) == i + 1
        rules[i] = _is_bar(part, _within(pixels, box)) or _is_frame(part.astype(np.uint8))
    return rules


def _frequent(every: Pixels) -> list[NDArray[np.uint8]]:
    """Of a sample the colours that may be paper, the page's own first; none where no colour is."""
    sample = every.reshape(-1, 3).astype(np.uint32)
    codes, counts = np.unique(sample @ np.array([1 << 16, 1 << 8, 1]), return_counts=True)
    order = np.argsort(-counts)[:FREQUENT]
    if counts[order[0]] < MIN_PAPER * len(sample):
        return []
    chosen = codes[order][counts[order] > MIN_SHARE * len(sample)].tolist()
    own, *others = (np.array([c >> 16, c >> 8 & 255, c & 255], dtype=np.uint8) for c in chosen)
    return [own, *others]


def _flat(every: Pixels, colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middles of the squares of this colour that are seen in a sample of the page."""
    fits = np.ones((FLAT_PX // SAMPLED,) * 2, dtype=np.uint8)
    return np.asarray(cv2.erode(cv2.inRange(every, colour, colour), fits), dtype=np.uint8)


def _distance(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    return int(np.abs(one.astype(np.int16) - other.astype(np.int16)).max())


def _areas(
    pixels: Pixels, colour: NDArray[np.uint8], flat: NDArray[np.uint8]
) -> Iterator[tuple[_Region, Box]]:
    """The parts of one colour that are large and flat, each in its box.

    They are looked for where a sample of the page is `flat`: of all that has the colour most is no
    area, but a letter's edge.
    """
    mask: NDArray[Any] | None = None
    for seed in _cores(pixels, colour, flat):
        mask = cv2.inRange(pixels, colour, colour) if mask is None else mask
        if mask[seed[::-1]] != SET:
            continue
        area, _, _, (left, top, wide, high) = cv2.floodFill(mask, None, seed, FOUND, flags=8)
        here = mask[top : top + high, left : left + wide]
        own = here == FOUND
        here[own] = DONE
        if area >= MIN_AREA_PX:
            yield own, (left, top, left + wide, top + high)


def _cores(
    pixels: Pixels, colour: NDArray[np.uint8], flat: NDArray[np.uint8]
) -> Iterator[tuple[int, int]]:
    """A pixel, x and y, of each square of one colour into which strokes do not fit."""
    square = np.ones((FLAT_PX, FLAT_PX), dtype=np.uint8)
    for left, top, right, bottom in components(flat).boxes.tolist():
        x, y = max(0, SAMPLED * left - FLAT_PX), max(0, SAMPLED * top - FLAT_PX)
        part = pixels[y : SAMPLED * bottom + FLAT_PX, x : SAMPLED * right + FLAT_PX]
        cores = cv2.erode(cv2.inRange(part, colour, colour), square, **_NOTHING_BEYOND)
        outlines, _ = cv2.findContours(cores, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for column, row in (outline[0, 0].tolist() for outline in outlines):
            yield x + column, y + row


def _within(page: NDArray[Any], box: Box) -> NDArray[Any]:
    left, top, right, bottom = box
    return page[top:bottom, left:right]


def _enclosed(paper: _Region) -> _Region:
    """What has the page's own colour and is small within an area of another one: pale letters."""
    found = components(paper.astype(np.uint8))
    small = np.concatenate([[False], found.areas < MIN_AREA_PX])
    return np.asarray(small[found.labels])


def _is_cover(area: _Region, distance: int) -> bool:
    """Whether an area may hide digits, or is large print, rather than the paper of a cell."""
    high, wide = area.shape
    if high > MAX_PRINT_PX:
        return False
    filled = with_insides(area.astype(np.uint8))
    if filled.mean() < SQUARE:
        return True
    sized = COVER_PX[0] <= high <= COVER_PX[1] and wide <= COVER_SHAPE * high
    return sized and distance >= DARK and bool(area.sum() > SQUARE * filled.sum())


def _is_bar(part: _Region, pixels: Pixels) -> bool:
    """Whether a component is one thick straight rule, on which nothing stands."""
    thick, length = sorted(part.shape)
    if not RULE_PX < thick <= min(THICK_PX, length / THICK_SHAPE) or not part.all():
        return False
    inner = pixels[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX]
    return bool((inner == inner[0, 0]).all())


def _is_frame(part: NDArray[np.uint8]) -> bool:
    """Whether a component is made of long straight runs, and of what joins two of them."""
    runs = _runs(part, (1, LONG_PX)) | _runs(part, (LONG_PX, 1))
    thick = cv2.erode(part, np.ones((RULE_PX + 1, RULE_PX + 1), dtype=np.uint8))
    near = np.asarray(cv2.dilate(runs, np.ones((3, 3), dtype=np.uint8)), dtype=np.uint8)
    return bool(runs.any()) and not thick.any() and all(_joins(part & (1 - near), near))


def _runs(part: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """What of a component is as high and as wide as this."""
    kernel = np.ones(size, dtype=np.uint8)
    return np.asarray(cv2.morphologyEx(part, cv2.MORPH_OPEN, kernel), dtype=np.uint8)


def _joins(rest: NDArray[np.uint8], near: NDArray[np.uint8]) -> Iterator[bool]:
    """Of each component, whether it is as thin as a rule and touches runs of ink at two places.

    One is enough where it is but the soft edge of an area.
    """
    _, labels, found, _ = cv2.connectedComponentsWithStats(rest)
    for label, (x, y, w, h, _) in enumerate(found.tolist()):
        if label and min(w, h) > RULE_PX:
            yield False
        elif label:
            rows, columns = slice(max(0, y - 1), y + h + 1), slice(max(0, x - 1), x + w + 1)
            own = np.asarray(labels[rows, columns] == label, dtype=np.uint8)
            reached = cv2.dilate(own, np.ones((3, 3), dtype=np.uint8))
            touched = np.asarray(reached, dtype=np.uint8) & near[rows, columns]
            ends = cv2.connectedComponents(touched)[0] - 1
            yield ends >= (1 if min(w, h) <= EDGE_PX else 2)
