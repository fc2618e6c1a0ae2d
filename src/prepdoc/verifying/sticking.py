"""Ink that sticks out of a mask → places to paint as well; a part of the fourth check.

No reader sees the feet of digits below a mask, and a person may tell some digits by them. What the
page shows beside its masks is its source, which is proven before; so the source's ink is followed
across the edges of every mask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc import patterns
from prepdoc.page import ExpectedPage, Leak, Pixels, Quad
from prepdoc.verifying.axes import Axes
from prepdoc.verifying.views import Region

_HEIGHT_PX = 32
"""Masks are looked at at least this high, so that a blurred edge is wider than a pixel."""
_MAX_ENLARGEMENT = 4.0
_REACH_HEIGHTS = 0.5
"""How far beside a mask is looked; what reaches farther is no digit's foot but something large."""
_BESIDE_HEIGHTS = 1.5
"""How far at its ends, where a rule goes on and the bar of a 5 does not."""
_BODY_HEIGHTS = 0.25
"""How deep ink must reach into a mask to be a digit that it hides, and no neighbour's foot."""
_FOOT_HEIGHTS = 0.08
"""What sticks out less is an edge, soft or hard; a digit's stroke is a tenth of its height."""
_LEAST_CONTRAST = 40
"""Grey levels (of 255) from the paper; what is fainter is the fringe of an edge."""
_DARK = 0.5
"""And this part of how dark the ink below the mask is."""
_MOST = 0.5
"""Part of the ink below a mask that has such a colour where its digits have it; and of what sticks
out that is masked elsewhere, or the last four's."""
_BAR_HEIGHTS = 0.15
"""What is so narrow and sticks out on both sides is a rule between cells."""
_RULE = 0.85
"""Part of a row that is ink where a rule runs: no row of digits has so much."""
_HALF_HEIGHTS, _WHOLE_HEIGHTS = (0.18, 0.42), 0.75
"""How wide what is left of a digit within its mask is, and at most with what sticks out at the end:
what is narrower is a slanted neighbour's foot, and what is wider a digit that touches it."""
_EDGE_PX = 1.0
"""So much more is painted than was seen to stick out."""


@dataclass(frozen=True, slots=True)
class _Strip:
    """A mask's surroundings, laid flat: where there is ink, what of them is painted, what is the
    issuer's last four, and in which columns the mask itself is.
    """

    ink: Region = field(repr=False)
    hidden: Region = field(repr=False)
    kept: Region = field(repr=False)
    ends: slice
    scale: float

    @property
    def height(self) -> float:
        """Of the mask, in pixels of the strip."""
        return len(self.ink) / (1 + 2 * _REACH_HEIGHTS)


def sticking_out(page: ExpectedPage) -> tuple[Leak, ...]:
    """The masks whose digits show around them, grown to where those end."""
    if not page.masks:
        return ()
    # Stripes of colours stand off from the paper as print does, and hang together with it.
    source = patterns.in_grey(page.source) if patterns.has_stripes(page.source) else page.source
    hidden = _filled(page.masks, source)
    kept = _filled((quad for _, quad in page.last_fours), source)
    seen = ((mask, _laid(source, mask, hidden, kept)) for mask in page.masks)
    return tuple(leak for mask, strip in seen for leak in _leaks(page.number, mask, strip))


def _filled(quads: Iterable[Quad], source: Pixels) -> NDArray[np.uint8]:
    """Where on the page these are."""
    places = np.zeros(source.shape[:2], dtype=np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(places, np.round(quad.array() - 0.5).astype(np.int32), 1)
    return places


def _leaks(number: int, mask: Quad, strip: _Strip) -> Iterator[Leak]:
    above, below = (_farthest(side) / strip.scale for side in _feet(strip))
    before, behind = (_farthest(side) / strip.scale for side in _tails(strip))
    if above or below or before or behind:
        yield Leak(number, _longer(_grown(mask, above, below), before, behind))


def _laid(source: Pixels, mask: Quad, hidden: NDArray[np.uint8], kept: NDArray[np.uint8]) -> _Strip:
    axes = Axes.of(mask)
    scale = float(np.clip(_HEIGHT_PX / axes.height, 1.0, _MAX_ENLARGEMENT))
    beside, reach = _BESIDE_HEIGHTS * axes.height, _REACH_HEIGHTS * axes.height
    back = axes.flattening(-beside, -reach, scale)
    size = round((axes.width + 2 * beside) * scale), round((axes.height + 2 * reach) * scale)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.BORDER_REPLICATE
    flat = cv2.warpAffine(source, back, size, flags=flags, borderMode=border).astype(np.uint8)
    whole = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    painted, own = (cv2.warpAffine(one, back, size, flags=whole) > 0 for one in (hidden, kept))
    # One column at least: OpenCV's count of what hangs together crashes where there is none.
    first = round(beside * scale)
    ends = slice(first, max(round((beside + axes.width) * scale), first + 1))
    return _Strip(_ink(flat, painted), painted, own, ends, scale)


def _ink(flat: Pixels, painted: Region) -> Region:
    """What is dark on pale paper, or pale on dark; of rules only what crosses them."""
    kernel = min(255, max(3, flat.shape[0] * 3 // 4 | 1))
    away = cv2.absdiff(flat, cv2.medianBlur(flat, kernel)).max(axis=2)
    usual = float(np.percentile(away[painted], 95)) if painted.any() else 0.0
    ink = _of_print(away >= max(_LEAST_CONTRAST, _DARK * usual), flat, painted)
    free = np.flatnonzero(ink.mean(axis=1) <= _RULE)
    crossed = ink.copy()
    for row in np.flatnonzero(ink.mean(axis=1) > _RULE):
        over, under = free[free < row], free[free > row]
        crossed[row] = ink[over[-1]] & ink[under[0]] if len(over) and len(under) else False
    return crossed


def _of_print(ink: Region, flat: Pixels, painted: Region) -> Region:
    """The ink that may be the digits': where they are black, what has a colour is none of theirs.

    A seal's ring goes on across a number, and would be painted with what it encloses.
    """
    coloured = patterns.coloured(flat)
    below = coloured[ink & painted]
    return np.asarray(ink & ~coloured) if below.size and below.mean() < _MOST else ink


def _feet(strip: _Strip) -> tuple[list[int], list[int]]:
    """For each digit how many rows it sticks out above its mask, and below it."""
    ink, hidden = strip.ink[:, strip.ends], strip.hidden[:, strip.ends]
    _, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    height = strip.height
    above: list[int] = []
    below: list[int] = []
    for label in np.unique(labels[hidden & ink]):
        rows, columns = np.nonzero(labels == label)
        inside = rows[hidden[rows, columns]]
        if rows[0] == 0 or rows[-1] == len(labels) - 1 or np.ptp(inside) < _BODY_HEIGHTS * height:
            continue
        over, under = int(inside.min() - rows.min()), int(rows.max() - inside.max())
        if min(over, under) > 0 and np.ptp(columns) < _BAR_HEIGHTS * height:
            continue
        above.append(over)
        below.append(under)
    return ([n for n in above if n > _FOOT_HEIGHTS * height],
            [n for n in below if n > _FOOT_HEIGHTS * height])  # fmt: skip


def _tails(strip: _Strip) -> tuple[list[int], list[int]]:
    """How many columns digits stick out before a mask, and behind it: halves of them, that a cut
    went through. Not what is the last four's, as low as a hyphen, or longer than a digit.
    """
    _, labels = cv2.connectedComponents(strip.ink.astype(np.uint8), connectivity=8)
    start, stop = strip.ends.start, strip.ends.stop
    tails: tuple[list[int], list[int]] = ([], [])
    for at, edge in enumerate((start, stop - 1)):
        for label in np.unique(labels[:, edge][strip.hidden[:, edge] & strip.ink[:, edge]]):
            rows, columns = np.nonzero(labels == label)
            outside = columns < start if at == 0 else columns >= stop
            if _is_half(strip, rows, columns, outside):
                tails[at].append(int(np.ptp(columns[outside])) + 1)
    return tails


def _is_half(
    strip: _Strip, rows: NDArray[np.intp], columns: NDArray[np.intp], outside: NDArray[np.bool_]
) -> bool:
    """Whether what a component has beyond a mask's end is a part of the digit within it."""
    if rows.min() == 0 or rows.max() == len(strip.ink) - 1 or not outside.any() or outside.all():
        return False
    far = rows[outside], columns[outside]
    if (strip.hidden | strip.kept)[far].mean() > _MOST:
        return False
    height = strip.height
    inner, outer = (np.ptp(columns[part]) + 1 for part in (~outside, outside))
    least, most = (part * height for part in _HALF_HEIGHTS)
    is_part = outer > _FOOT_HEIGHTS * height and least <= inner <= most
    tall = min(np.ptp(rows[part]) for part in (~outside, outside))
    is_digit = tall >= _BODY_HEIGHTS * height and inner + outer <= _WHOLE_HEIGHTS * height
    return bool(is_part and is_digit)


def _farthest(rows: list[int]) -> int:
    return max(rows, default=0)


def _grown(mask: Quad, above: float, below: float) -> Quad:
    tl, tr, br, bl = mask.array()
    down = (bl - tl) / max(float(np.linalg.norm(bl - tl)), 1e-9)
    up_by = (above + _EDGE_PX) * down if above else 0 * down
    down_by = (below + _EDGE_PX) * down if below else 0 * down
    return Quad.from_array(np.stack([tl - up_by, tr - up_by, br + down_by, bl + down_by]))


def _longer(mask: Quad, before: float, behind: float) -> Quad:
    wide = max(mask.width(), 1e-9)
    back, on = ((by + _EDGE_PX) / wide if by else 0.0 for by in (before, behind))
    return mask.part(-back, 1.0 + on)
