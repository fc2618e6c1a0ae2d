"""Patterns behind the print through which no line of it is found, and views without them.

Photographed screens have stripes: red, green and blue beat with the camera's pixels, and each pixel
of the paper has another colour than those around it; in grey they are gone. Other paper has dots
or lines, paler than the print, that are taken for print.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Pixels

EVERY, AROUND_PX = 48, 15
"""A picture's colours are looked at in every so many rows, against those of so many pixels."""
STANDS_OFF, MOST = 6, 0.25
"""By how much, of 255, the red or blue of a pixel stands off from those around it where there are
stripes, and of how many pixels it does: 0.7 of a photographed screen, 0.05 of most photographs.
"""
PRINT = 0.05
"""Percentile of a page's pixels that are as dark as its print: three lines on a page are 0.1."""
PALE = 0.5
"""Of the way from print to paper, from which on what is there is no print."""
PALER = 24
"""Of 255: what differs from the paper by so much is printed on it."""
COLOURED = 70
"""Between the lightest and the darkest channel, of 255: the tint of a table's head has 30."""
RUN_PX, RUNS = 3, 12
"""Pixels in a row of pale print that are no dark print's edge; and how many such runs half of a
page's rows have where there is a pattern on it, for each thousand pixels.
"""


def has_stripes(pixels: Pixels) -> bool:
    """Whether much of an H × W × 3 picture has stripes of colours."""
    rows = pixels[::EVERY].astype(np.float32)
    tints = np.ascontiguousarray(rows[..., ::2] - rows[..., 1:2])
    red, blue = cv2.split(cv2.absdiff(tints, cv2.blur(tints, (AROUND_PX, 1))))
    return float((cv2.max(red, blue) > STANDS_OFF).mean()) > MOST


def has_pale_print(pixels: Pixels) -> bool:
    """Whether on most of an H × W × 3 picture there is something small that is paler than its
    print: dots, lines.
    """
    rows = pixels[::EVERY]
    light, dark = lightest(rows), darkest(rows)
    is_print = light <= _palest(light)
    near = cv2.dilate(is_print.astype(np.uint8), np.ones((1, 2 * RUN_PX + 1), np.uint8)) > 0
    pale = (dark < np.median(dark) - PALER) & ~near
    ends = np.diff(pale.astype(np.int8), axis=1, prepend=0, append=0)
    runs = [
        int((np.flatnonzero(row < 0) - np.flatnonzero(row > 0) >= RUN_PX).sum()) for row in ends
    ]
    return bool(np.median(runs) > RUNS * rows.shape[1] / 1000)


def in_grey(pixels: Pixels) -> Pixels:
    """The picture without its colours, H × W × 3."""
    return in_three(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8))


def without_pale(pixels: Pixels) -> Pixels:
    """The picture in grey, H × W × 3, and of what is on its paper only what is dark in any colour.

    White are what is pale, and all of a picture of which most is dark.
    """
    light = lightest(pixels)
    white = max(1.0, _palest(light[::EVERY]))
    return in_three(np.asarray(cv2.convertScaleAbs(light, alpha=255 / white), dtype=np.uint8))


def coloured(pixels: Pixels) -> NDArray[np.bool_]:
    """H × W: where the lightest and the darkest channel are far apart, as in the ink of a seal."""
    return np.asarray(cv2.subtract(lightest(pixels), darkest(pixels)) >= COLOURED)


def in_three(grey: NDArray[np.uint8]) -> Pixels:
    """H × W in three equal channels, as readers take it."""
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def lightest(pixels: Pixels) -> NDArray[np.uint8]:
    """H × W: the lightest channel of each pixel; numpy takes ten times as long to find it."""
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.max(cv2.max(red, green, dst=red), blue, dst=red), dtype=np.uint8)


def darkest(pixels: Pixels) -> NDArray[np.uint8]:
    """H × W: the darkest channel of each pixel."""
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.min(cv2.min(red, green, dst=red), blue, dst=red), dtype=np.uint8)


def _palest(light: NDArray[np.uint8]) -> float:
    """How light the print is at most, in its lightest channel."""
    dark, paper = np.percentile(light, (PRINT, 50))
    return float(dark + PALE * (paper - dark))
