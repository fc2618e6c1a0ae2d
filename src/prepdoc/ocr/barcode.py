"""Pixels → symbols: zxing-cpp reads every barcode and QR code, for rule 6 of masking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Pixels, Quad, Symbol

QUIET_MODULES = 2.0
"""How far a quad is grown on every side, in modules: zxing-cpp cuts at the outermost edge."""
QUIET_PX = 2.0
"""The least growth in pixels, for symbols whose modules are a pixel or two."""
GUARD_MODULES = 5.0
"""How far the guard bars of an EAN or UPC reach past the others (ISO/IEC 15420 §5.2.4.1)."""
GUARDED = frozenset({"EAN/UPC", "EAN-13", "EAN-8", "EAN-5", "EAN-2", "UPC-A", "UPC-E", "ISBN"})
"""Codes that have such bars; what is printed below the others stands nearer than these reach."""
SAME_ROW = 0.8
"""The share of pixels that two rows of the same bars have alike; bars against blank have half."""
ANY_ROW = 0.0
"""For stacked codes, whose rows differ: only the edges count."""
STACKED = frozenset({"PDF417", "Compact PDF417", "MicroPDF417"})
"""Codes of rows of bars (ISO/IEC 15438); zxing-cpp counts them among the matrix codes."""
MIN_BARS_PX = 3.0
"""How far the bars are looked at on either side to tell their direction, where one row was read."""
MODULE_QUANTILE = 0.1
"""Which of the sorted run lengths counts as one module: not the smallest, which may be a speck."""


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where a symbol lies: the middle of its left edge, its size, and which ways it runs."""

    start: NDArray[np.float64]
    along: NDArray[np.float64]
    across: NDArray[np.float64]
    width: float
    height: float


def read_symbols(pixels: Pixels) -> tuple[Symbol, ...]:
    """Every barcode and QR code on the picture, at any turn, dark on light or light on dark.

    The quads are in pixels of `pixels`, origin top-left, in the symbol's own reading order, and
    cover the whole symbol.
    """
    import zxingcpp

    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    found = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)
    return tuple(_symbol(grey, barcode) for barcode in found)


def _symbol(grey: NDArray[np.uint8], barcode: Any) -> Symbol:
    position = barcode.position
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    quad = Quad.from_array(np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64))
    return Symbol(barcode.text, _whole(grey, quad, barcode.format), str(barcode.format))


def _whole(grey: NDArray[np.uint8], quad: Quad, kind: Any) -> Quad:
    """The quad grown to where the symbol ends."""
    import zxingcpp

    if kind in zxingcpp.barcode_formats_list(zxingcpp.BarcodeFormat.AllLinear):
        guard = GUARD_MODULES if str(kind) in GUARDED else 0.0
        return _whole_of_bars(grey, quad, SAME_ROW, guard)
    if str(kind) in STACKED:
        return _whole_of_bars(grey, quad, ANY_ROW, 0.0)
    return _whole_matrix(grey, quad)


def _whole_matrix(grey: NDArray[np.uint8], quad: Quad) -> Quad:
    """The quad with some of the quiet zone."""
    axes = _axes(quad)
    rows = _upright(grey, axes, axes.height / 2)
    quiet = _quiet_px(_module_px(rows < _threshold(rows)))
    return _grown(quad, axes, quiet, quiet, quiet)


def _whole_of_bars(grey: NDArray[np.uint8], quad: Quad, alike: float, guard: float) -> Quad:
    """The rectangle around all the bars, and as many modules of guard bars beyond.

    zxing-cpp tells where rows or columns of the picture crossed them: the first and the last in
    which it read the code, which are neither the bars' ends nor parallel to them.
    """
    axes = _along_bars(grey, _axes(quad))
    rows = _upright(grey, axes, axes.height / 2 + axes.width)
    middle = len(rows) // 2
    dark = rows < _threshold(rows[middle : middle + 1])
    module = _module_px(dark[middle : middle + 1])
    above, below = _extent(quad, axes)
    beyond = guard * module + _quiet_px(module)
    above = max(above, _bars_go_on(dark[middle::-1], alike)) + beyond
    below = max(below, _bars_go_on(dark[middle:], alike)) + beyond
    line = (axes.start, axes.start + axes.along * axes.width)
    quad = Quad.from_array(np.array((line[0], line[1], line[1], line[0])))
    return _grown(quad, axes, _quiet_px(module), above, below)


def _along_bars(grey: NDArray[np.uint8], axes: _Axes) -> _Axes:
    """The same symbol, with the axes turned to the bars: across them the grey changes most.

    The direction is that of the structure tensor's larger eigenvalue (Bigun & Granlund 1987).
    """
    reach = max(axes.height / 2, MIN_BARS_PX)
    rows = _upright(grey, axes, reach).astype(np.float32)
    gx, gy = cv2.Sobel(rows, cv2.CV_32F, 1, 0), cv2.Sobel(rows, cv2.CV_32F, 0, 1)
    turn = 0.5 * math.atan2(2 * float((gx * gy).sum()), float((gx * gx - gy * gy).sum()))
    along = axes.along * math.cos(turn) + axes.across * math.sin(turn)
    across = axes.across * math.cos(turn) - axes.along * math.sin(turn)
    end = axes.along * axes.width
    width = float(end @ along)
    start = axes.start + (end - along * width) / 2
    return _Axes(start, along, across, width, axes.height)


def _extent(quad: Quad, axes: _Axes) -> tuple[float, float]:
    """How far the quad reaches above and below the axes' middle line."""
    heights = (quad.array() - axes.start) @ axes.across
    return max(0.0, float(-heights.min())), max(0.0, float(heights.max()))


def _quiet_px(module_px: float) -> float:
    return max(QUIET_PX, QUIET_MODULES * module_px)


def _axes(quad: Quad) -> _Axes:
    tl, tr, br, bl = quad.array()
    start, end = (tl + bl) / 2, (tr + br) / 2
    width = max(1.0, float(np.linalg.norm(end - start)))
    along = (end - start) / width
    across = np.array((-along[1], along[0]))
    down = float(((bl - tl) + (br - tr)) @ across) / 2
    # A mirrored symbol has its bottom on the other side.
    return _Axes(start, along, across if down >= 0 else -across, width, max(1.0, abs(down)))


def _upright(grey: NDArray[np.uint8], axes: _Axes, reach_px: float) -> NDArray[np.uint8]:
    """The symbol turned upright, with `reach_px` above and below its middle; outside is white."""
    size = (max(1, round(axes.width)), 2 * max(1, round(reach_px)) + 1)
    origin = axes.start - axes.across * (size[1] // 2)
    to_page = np.column_stack((axes.along, axes.across, origin))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    turned = cv2.warpAffine(
        grey, to_page, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
    )
    return np.asarray(turned, dtype=np.uint8)


def _threshold(rows: NDArray[np.uint8]) -> float:
    return (float(rows.min()) + float(rows.max())) / 2


def _module_px(dark: NDArray[np.bool_]) -> float:
    """The width of the narrowest bars, from the lengths of the runs in every row."""
    runs = [np.diff(np.flatnonzero(np.diff(row.astype(np.int8)))) for row in dark]
    lengths = np.concatenate(runs)
    return float(np.quantile(lengths, MODULE_QUANTILE)) if lengths.size else 1.0


def _bars_go_on(dark: NDArray[np.bool_], alike: float) -> int:
    """In how many rows, from the first on, the same bars are seen.

    Each row is compared with the one before, so that a slight tilt does no harm; and it needs
    half the first row's edges, so that bars that end aslant do not lead into the blank. Where the
    first row has none nothing goes on: two codes one above the other may be read as one.
    """
    edges = np.count_nonzero(dark[:, 1:] != dark[:, :-1], axis=1)
    if not edges[0]:
        return 0
    same = (dark[1:] == dark[:-1]).mean(axis=1)
    ended = (same < alike) | (edges[1:] < edges[0] / 2)
    return int(np.argmax(ended)) + 1 if ended.any() else len(dark)


def _grown(quad: Quad, axes: _Axes, sides: float, above: float, below: float) -> Quad:
    along, up, down = axes.along * sides, axes.across * above, axes.across * below
    tl, tr, br, bl = quad.array()
    grown = (tl - along - up, tr + along - up, br + along + down, bl - along + down)
    return Quad.from_array(np.array(grown))
