"""Patterns behind the print through which no line of it is found, and views without them.

Photographed screens have stripes: red, green and blue beat with the camera's pixels, and each pixel
of the paper has another colour than those around it; in grey they are gone. Other paper has dots
or lines, paler than the print, that are taken for print.
"""

from __future__ import annotations

import cv2
import numpy as np

from prepdoc.page import Pixels

EVERY, AROUND_PX = 16, 15
"""A picture's colours are looked at in every so many rows, against those of so many pixels."""
STANDS_OFF, MOST = 6, 0.25
"""By how much, of 255, the red or blue of a pixel stands off from those around it where there are
stripes, and of how many pixels it does: 0.7 of a photographed screen, 0.05 of a noisy photograph.
"""
PRINT = 1
"""Percentile of a page's pixels by which its print is this dark or darker."""
PALE = 0.5
"""Of the way from print to paper, from which on what is there is no print."""


def has_stripes(pixels: Pixels) -> bool:
    """Whether much of an H × W × 3 picture has stripes of colours."""
    rows = pixels[::EVERY].astype(np.float32)
    tints = np.ascontiguousarray(rows[..., ::2] - rows[..., 1:2])
    off = np.abs(tints - cv2.blur(tints, (AROUND_PX, 1))).max(axis=2)
    return float((off > STANDS_OFF).mean()) > MOST


def in_grey(pixels: Pixels) -> Pixels:
    """The picture without its colours, H × W × 3."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def without_pale(pixels: Pixels) -> Pixels:
    """The picture in grey, H × W × 3, and of what is on its paper only what is dark in any colour.

    White are what is pale, and all of a picture of which most is dark.
    """
    lightest = pixels.max(axis=2)
    dark, paper = np.percentile(lightest[::EVERY], (PRINT, 50))
    white = max(1.0, dark + PALE * (paper - dark))
    grey = cv2.convertScaleAbs(lightest, alpha=255 / white)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
