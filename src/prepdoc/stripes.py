"""Photographs of screens, whose red, green and blue stripes beat with the camera's pixels.

Each pixel of the paper has another colour than those around it, and no line of print is found
through them; seen in grey the stripes are gone.
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


def are_in(pixels: Pixels) -> bool:
    """Whether much of an H × W × 3 picture has stripes of colours."""
    rows = pixels[::EVERY].astype(np.float32)
    tints = np.ascontiguousarray(rows[..., ::2] - rows[..., 1:2])
    off = np.abs(tints - cv2.blur(tints, (AROUND_PX, 1))).max(axis=2)
    return float((off > STANDS_OFF).mean()) > MOST


def in_grey(pixels: Pixels) -> Pixels:
    """The picture without its colours, H × W × 3."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
