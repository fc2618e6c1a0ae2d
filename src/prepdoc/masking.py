"""Paints the masks: the digits leave the pixels, and only the pixels exist afterwards."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Pixels, Quad

MASK_COLOUR = (0, 0, 0)
_SUBPIXEL_BITS = 4
_END_PX = 0.25
"""OpenCV paints what an outline touches, half a pixel too much: half of that is taken back."""


def painted(pixels: Pixels, masks: Iterable[Quad]) -> Pixels:
    """A copy in which the quads are black, without soft edges.

    Where two digits share a column of grey pixels, it goes: better a paler edge of a digit that
    stays than the edge of one that must not.
    """
    canvas = np.ascontiguousarray(pixels).copy()
    for quad in masks:
        # Pixel centres lie at .5 in our coordinates and at whole numbers in OpenCV's.
        corners = (_drawn_in(quad) - 0.5) * (1 << _SUBPIXEL_BITS)
        points = np.round(corners).astype(np.int32)
        cv2.fillConvexPoly(canvas, points, MASK_COLOUR, lineType=cv2.LINE_8, shift=_SUBPIXEL_BITS)
    return canvas


def _drawn_in(quad: Quad) -> NDArray[np.float64]:
    tl, tr, br, bl = quad.array()
    along = (tr - tl) / max(float(np.linalg.norm(tr - tl)), 1e-6)
    inwards = min(_END_PX, quad.width() / 2) * along
    return np.stack([tl + inwards, tr - inwards, br - inwards, bl + inwards])
