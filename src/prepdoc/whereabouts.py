"""Where on a page something stands, in words that a person finds it by."""

from __future__ import annotations

from typing import Final

from prepdoc.texts import N_

_NINTHS: Final = (
    (N_("upper left"), N_("top centre"), N_("upper right")),
    (N_("middle left"), N_("centre"), N_("middle right")),
    (N_("lower left"), N_("bottom centre"), N_("lower right")),
)


def ninth(centre: tuple[float, float], size: tuple[float, float]) -> str:
    """The ninth of a page of width and height `size` in which a point lies; to be translated.

    >>> ninth((90.0, 5.0), (100.0, 100.0))
    'upper right'
    """
    column, row = (
        min(max(int(3 * at / length), 0), 2) for at, length in zip(centre, size, strict=True)
    )
    return _NINTHS[row][column]
