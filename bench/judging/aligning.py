"""Lays an output page over its source page, so that pixels can be compared.

A tool may add a band, turn the page or shift it by parts of a pixel. The best of a few coarse
placements is taken, then refined by phase correlation of tiles (Kuglin and Hines 1975).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.judging.rendering import Pixels

COARSE_WIDTH = 500
"""Pixels: at this width lines of text are still apart, and a shift of two pixels still matches."""
ALIKE = 0.5
"""Correlation of the coarse edge maps from which a placement needs no rival. Measured: the same
page masked and stamped 0.75 and more, two different statements below 0.3."""
UNLIKE = 0.3
PAINT = 96.0
"""Grey levels (of 255) from the paper to a mask."""
LARGE = 13
"""Coarse pixels, a twentieth of an inch each; letters and lines of text are smaller."""
TILE = 256
MOST_SHIFT = 6.0
"""Pixels that a page may be off after coarse placement."""
TELLING = 0.15
"""Phase correlation's response below which a tile says nothing: blank paper, or masked."""
STILL = 0.15
"""Pixels of shift that are not worth a resampling."""

Grey: TypeAlias = NDArray[np.float32]
Mat: TypeAlias = NDArray[np.floating | np.integer]


def grey(pixels: Pixels) -> Grey:
    """Luminance, ITU-R BT.601."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def aligned(source: Pixels, output: Pixels) -> Pixels | None:
    """The output on the source's grid, white where it has nothing; None if it is another page."""
    placed = _placed(source, output)
    return None if placed is None else _refined(source, placed)


def _placed(source: Pixels, output: Pixels) -> Pixels | None:
    best, best_score = None, -1.0
    for candidate in _candidates(source, output):
        score = _likeness(source, candidate)
        if score > best_score:
            best, best_score = candidate, score
        if score >= ALIKE:
            break
    return best if best_score >= UNLIKE else None


def _candidates(source: Pixels, output: Pixels) -> Iterator[Pixels]:
    """By width from the top; then by height, from the other edges, and turned."""
    height, width = source.shape[:2]
    for turn in (0, 2, 1, 3):
        turned = np.ascontiguousarray(np.rot90(output, turn))
        for scale in (width / turned.shape[1], height / turned.shape[0]):
            yield from _cut(_scaled(turned, scale), width, height)


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    if scale == 1:
        return pixels
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=how), dtype=np.uint8)


def _cut(pixels: Pixels, width: int, height: int) -> Iterator[Pixels]:
    """To the source's size, from the top left corner and from the bottom right."""
    tall, wide = max(height, pixels.shape[0]), max(width, pixels.shape[1])
    padded = np.full((tall, wide, 3), 255, dtype=np.uint8)
    padded[: pixels.shape[0], : pixels.shape[1]] = pixels
    yield padded[:height, :width]
    if (tall, wide) != (height, width):
        yield padded[tall - height :, wide - width :]


def _likeness(source: Pixels, other: Pixels) -> float:
    """Correlation of the two edge maps outside of what was painted over; 1 without any edge."""
    size = (COARSE_WIDTH, max(1, round(COARSE_WIDTH * source.shape[0] / source.shape[1])))
    small = [cv2.resize(grey(p), size, interpolation=cv2.INTER_AREA) for p in (source, other)]
    clear = ~_painted_over(small[1])
    a, b = (_edges(image)[clear] for image in small)
    if not len(a):
        return 0.0
    spread = float(a.std() * b.std())
    if spread < 1e-6:
        return 1.0
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread)


def _painted_over(image: Mat) -> NDArray[np.bool_]:
    """Large even areas in another colour than the paper's: masks over whole barcodes."""
    other = (np.abs(image - np.median(image)) > PAINT).astype(np.uint8)
    core = cv2.erode(other, np.ones((LARGE, LARGE), np.uint8))
    return cv2.dilate(core, np.ones((2 * LARGE, 2 * LARGE), np.uint8)).astype(np.bool_)


def _edges(image: Mat) -> Grey:
    dx, dy = (cv2.Sobel(image, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    return np.asarray(cv2.GaussianBlur(cv2.magnitude(dx, dy), (0, 0), 1.5), dtype=np.float32)


def _refined(source: Pixels, placed: Pixels) -> Pixels:
    shifts = _shifts(grey(source), grey(placed))
    if not len(shifts):
        return placed
    across, down = _fit(shifts[:, 0], shifts[:, 2]), _fit(shifts[:, 1], shifts[:, 3])
    ends = [across[0], down[0], across[0] + across[1] * source.shape[1],
            down[0] + down[1] * source.shape[0]]  # fmt: skip
    if max(map(abs, ends)) < STILL:
        return placed
    warp = np.array([[1 + across[1], 0, across[0]], [0, 1 + down[1], down[0]]])
    size = (source.shape[1], source.shape[0])
    return np.asarray(
        cv2.warpAffine(
            placed,
            warp,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 255, 255),
        ),
        dtype=np.uint8,
    )


def _shifts(source: Grey, placed: Grey) -> NDArray[np.float64]:
    """N × 4: a tile's middle x and y, and how far the output is off to the right and down."""
    height, width = source.shape
    tile = min(TILE, height, width)
    window = cv2.createHanningWindow((tile, tile), cv2.CV_32F) if tile > 16 else None
    rows = []
    for y in range(0, height - tile + 1, tile) if window is not None else ():
        for x in range(0, width - tile + 1, tile):
            a, b = source[y : y + tile, x : x + tile], placed[y : y + tile, x : x + tile]
            if min(float(a.std()), float(b.std())) < 2.0:
                continue
            (dx, dy), response = cv2.phaseCorrelate(a, b, window)
            if response >= TELLING and max(abs(dx), abs(dy)) <= MOST_SHIFT:
                rows.append((x + tile / 2, y + tile / 2, dx, dy))
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _fit(at: NDArray[np.float64], shift: NDArray[np.float64]) -> tuple[float, float]:
    """Offset and slope of shift over place; the median alone where few tiles tell."""
    offset, slope = float(np.median(shift)), 0.0
    if len(at) >= 6 and np.ptp(at) > TILE:
        near = np.abs(shift - offset) <= 1.5
        if near.sum() >= 6 and np.ptp(at[near]) > TILE:
            slope, offset = (float(v) for v in np.polyfit(at[near], shift[near], 1))
    return offset, slope
