"""A page as it would be written → a picture and the places on it that the browser can move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import cv2

from prepdoc.finishing import RULE_DRAWN, Plan
from prepdoc.page import POINTS_PER_INCH, CardNumber, FinishedPage, Pixels, Quad

MOST_PX: Final = 2400
"""Across a picture for the browser: an A4 page at 290 dpi, where the smallest print is legible."""

Corners = list[list[float]]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the browser shows of a page; places are in points of it."""

    told: dict[str, Any] = field(repr=False)
    pixels: Pixels = field(repr=False, compare=False)


def seen(
    plan: Plan,
    page: FinishedPage,
    name: Callable[[str], str],
    is_removable: Callable[[CardNumber], bool],
) -> Sight:
    """A page for the browser; `name` gives digits an id, for they are not told themselves."""
    scale = POINTS_PER_INCH / plan.dpi
    height, width = page.pixels.shape[:2]
    numbers = (number for number in plan.numbers if number.rule != RULE_DRAWN)
    told = {
        "number": plan.number,
        "width": width * scale,
        "height": height * scale,
        "cards": [_card(number, scale, name, is_removable(number)) for number in numbers],
        "stamps": [
            {"corners": _corners(stamp.quad, scale), "is_below": bool(stamp.band_px)}
            for stamp in plan.stamps
        ],
    }
    return Sight(told, page.pixels)


def picture(pixels: Pixels, width: int) -> bytes:
    """PNG of at most so many pixels across; nothing is enlarged."""
    factor = min(1.0, min(width, MOST_PX) / pixels.shape[1])
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if factor < 1 else pixels
    done, data = cv2.imencode(".png", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError("the picture cannot be packed")
    return bytes(data)


def _card(
    number: CardNumber, scale: float, name: Callable[[str], str], removable: bool
) -> dict[str, Any]:
    return {
        "id": name(number.pan.digits),
        "brand": number.pan.brand,
        "last_four": number.pan.last_four,
        "rule": number.rule,
        "removable": removable,
        "mask": [_corners(quad, scale) for quad in number.mask],
        "keep": [_corners(quad, scale) for quad in number.keep],
    }


def _corners(quad: Quad, scale: float) -> Corners:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in quad.array() * scale]
