"""Pieces → shapes: what each looks like, apart from where it stands, and which are alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.components import Box
from prepdoc.explaining.ink import RULE_PX, Ink
from prepdoc.explaining.pieces import Piece
from prepdoc.page import Pixels

MIN_CONTRAST: Final = 40
"""Grey levels (of 255) between ink and paper; fainter print is left to the readers of pages."""
SOLID, SOFT, FAINT = 166, 89, 24
"""Of a shape's 255: what is surely its stroke, what may be the edge of one, and what is no paper:
print below it, of which a piece touches the character."""
OUTSIDE: Final = 0.35
"""Of the height of its characters' boxes that a piece may reach out of them, as italics do."""
BESIDE: Final = 0.15
"""The same beside each character's box; further away there may be nothing but an underline."""
THICK: Final = 0.25
"""Of that height that a square of ink within a character is wide: of a block, and of no stroke."""
TALLEST_PX: Final = 110
"""Higher boxes (18 points at 300 dpi) are set so much smaller that other print in them is lost."""
MOST_CHARS: Final = 40
"""A piece of more is no word."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The ink of a piece, upright: high × wide, 0 for paper to 255 for what differs most from it.

    It begins so many pixels `above` (below, as a rule) the top of its characters' boxes, which are
    `tall` pixels high.
    """

    ink: NDArray[np.uint8] = field(repr=False)
    above: int = field(repr=False)
    tall: int = field(repr=False)

    @property
    def key(self) -> tuple[bytes, tuple[int, ...]]:
        """The same of any two whose every pixel is the same."""
        return self.ink.tobytes(), self.ink.shape


_Key: TypeAlias = tuple[bytes, tuple[int, ...], int, int]


@dataclass(frozen=True, slots=True)
class _Inked:
    """A page's grey levels, its components, and for each of these the piece that it belongs to."""

    grey: NDArray[np.uint8] = field(repr=False)
    ink: Ink = field(repr=False)
    owner: NDArray[np.int32] = field(repr=False)

    @classmethod
    def of(cls, pieces: Sequence[Piece], pixels: Pixels, ink: Ink) -> _Inked:
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        owner = np.full(len(ink.boxes) + 1, -1, dtype=np.int32)
        for number, piece in enumerate(pieces):
            owner[np.array(piece.parts) + 1] = number
        return cls(grey, ink, owner)

    def box(self, piece: Piece) -> Box:
        """Around a piece's ink."""
        boxes = self.ink.boxes[list(piece.parts)]
        left, top = boxes[:, :2].min(axis=0).tolist()
        right, bottom = boxes[:, 2:].max(axis=0).tolist()
        return left, top, right, bottom

    def away(self, number: int, box: Box) -> NDArray[np.uint8]:
        """How far the ink of a piece is from its paper; 0 for all else in the box."""
        left, top, right, bottom = box
        labels, part = (page[top:bottom, left:right] for page in (self.ink.labels, self.grey))
        paper = _median(part[labels == 0], or_else=255)
        own = self.owner[labels] == number
        return np.asarray(cv2.absdiff(part, np.full_like(part, paper)) * own, dtype=np.uint8)


def _median(levels: NDArray[np.uint8], or_else: int) -> int:
    """Rounded down. numpy's own takes far longer over so few."""
    if not len(levels):
        return or_else
    ordered = np.sort(levels)
    return (int(ordered[(len(levels) - 1) // 2]) + int(ordered[len(levels) // 2])) // 2


def shapes_of(pieces: Sequence[Piece], pixels: Pixels, ink: Ink) -> Iterator[Shape | None]:
    """Each piece's shape; None where it is too faint, no word, or more than its characters."""
    page = _Inked.of(pieces, pixels, ink)
    made: dict[_Key, Shape | None] = {}
    for number, piece in enumerate(pieces):
        box = page.box(piece)
        away = page.away(number, box)
        upright, (above, tall) = np.rot90(away, piece.turn), _level(box, piece)
        key = upright.tobytes(), upright.shape, above, tall
        if key not in made:
            made[key] = _shape(upright, above, tall)
        is_word = len(piece.text) <= MOST_CHARS and _fits(box, piece)
        yield made[key] if is_word and _is_covered(away, box, piece) else None


def _shape(away: NDArray[np.uint8], above: int, tall: int) -> Shape | None:
    contrast = int(away.max(initial=0))
    if contrast < MIN_CONTRAST or tall > TALLEST_PX or _has_block(away, tall):
        return None
    ink = np.asarray(np.round(away * (255 / contrast)), dtype=np.uint8)
    return Shape(ink, above, tall)


def _has_block(away: NDArray[np.uint8], tall: int) -> bool:
    """Whether a square fits into the ink that fits into no stroke: an issuer's box, or a mark."""
    side = max(RULE_PX, round(THICK * tall))
    dark = np.asarray(away >= away.max(initial=1) / 2, dtype=np.uint8)
    framed = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[0])
    return bool(cv2.erode(framed, np.ones((side, side), dtype=np.uint8)).any())


def _is_covered(away: NDArray[np.uint8], box: Box, piece: Piece) -> bool:
    """Whether all of a piece stands in its characters' boxes, but for an underline."""
    if len(piece.boxes) == 1:
        return True  # by _fits
    side, first = (1, box[1]) if piece.turn % 2 else (0, box[0])
    thick = np.count_nonzero(away, axis=side)
    for ends in piece.boxes:
        slack = BESIDE * (ends[3 - side] - ends[1 - side])
        start, end = ends[side] - slack - first, ends[2 + side] + slack - first
        thick[max(0, int(start)) : max(0, int(np.ceil(end)))] = 0
    return bool(thick.max(initial=0) <= RULE_PX)


def _fits(box: Box, piece: Piece) -> bool:
    (left, top, right, bottom), (x0, y0, x1, y1) = box, piece.frame
    slack = OUTSIDE * (x1 - x0 if piece.turn % 2 else y1 - y0)
    return left >= x0 - slack and top >= y0 - slack and right <= x1 + slack and bottom <= y1 + slack


def _level(box: Box, piece: Piece) -> tuple[int, int]:
    """How far the ink is from the top of its characters' boxes, and how high these are."""
    (left, top, right, bottom), (x0, y0, x1, y1) = box, piece.frame
    above = (top - y0, x1 - right, y1 - bottom, left - x0)[piece.turn]
    return round(above), max(1, round(x1 - x0 if piece.turn % 2 else y1 - y0))


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape, and of its ink: the solid strokes, these with their edges, with a pixel around them
    and with two, and all that is no paper. Each has two blank pixels around.
    """

    shape: Shape
    solid: NDArray[np.bool_] = field(repr=False)
    soft: NDArray[np.bool_] = field(repr=False)
    reach: NDArray[np.bool_] = field(repr=False)
    around: NDArray[np.bool_] = field(repr=False)
    faint: NDArray[np.bool_] = field(repr=False)

    @classmethod
    def of(cls, shape: Shape) -> Outline:
        """Of this shape."""
        rim = (2, 2, 2, 2)
        framed = cv2.copyMakeBorder(shape.ink, *rim, cv2.BORDER_CONSTANT, value=[0])
        soft = np.asarray(framed >= SOFT, dtype=np.uint8)
        reach, around = (cv2.dilate(soft, np.ones((k, k), dtype=np.uint8)) > 0 for k in (3, 5))
        return cls(shape, framed >= SOLID, soft > 0, reach, around, framed >= FAINT)

    def is_equal(self, other: Outline) -> bool:
        """Whether every pixel is the same."""
        one, two = self.shape.ink, other.shape.ink
        return one.shape == two.shape and bool((one == two).all())

    def is_alike(self, other: Outline) -> bool:
        """Whether no stroke of either is more than a pixel away from the other's."""
        common = self._common(other)
        if common is None:
            return False
        pairs = (
            (self.solid, other.reach),
            (other.solid, self.reach),
            (self.faint, other.around),
            (other.faint, self.around),
        )
        return not any((mine[common] > theirs[common]).any() for mine, theirs in pairs)

    def is_nearly_equal(self, other: Outline) -> bool:
        """Whether each has strokes where the other has some, when they are laid upon each other.

        A pixel around would close the gap between a five and a six.
        """
        common = self._common(other)
        if common is None or not self.is_alike(other):
            return False
        solid, soft = self.solid[common], self.soft[common]
        for step in product((0, -1, 1), repeat=2):
            theirs, edges = (np.roll(o[common], step, (0, 1)) for o in (other.solid, other.soft))
            if not (solid > edges).any() and not (theirs > soft).any():
                return True
        return False

    def _common(self, other: Outline) -> tuple[slice, slice] | None:
        """The part that both have, of which neither has ink outside; None where sizes differ."""
        (high, wide), (tall, broad) = self.shape.ink.shape, other.shape.ink.shape
        if abs(high - tall) > 1 or abs(wide - broad) > 1:
            return None
        return slice(min(high, tall) + 4), slice(min(wide, broad) + 4)
