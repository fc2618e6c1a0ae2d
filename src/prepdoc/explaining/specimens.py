"""Pieces → what they are, from one reading of each shape: a page prints few shapes many times.

    pieces ─cut→ shapes ─alike→ specimens ─read→ what each says

A text layer may lie, so no shape is believed before the finder has read it; but once is enough.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.explaining.ink import RULE_PX, Box, Ink
from prepdoc.explaining.pieces import Piece
from prepdoc.ocr import RowReader
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
MIN_ALIKE_PX, MIN_ALIKE_DIGIT_PX = 10, 18
"""Lower shapes are alike only where every pixel is: a pixel or two may close the gap of a six."""
SET_PX, GAP_PX = 48, 8
"""Height of a row of specimens, and the blank between two; at 5 neighbours are read together."""
WIDE_PX, NARROWED = 30, 0.7
"""What is wider than digits are is set as much narrower: it need only be told from them."""
ROW_PX: Final = 1200
"""Width of a row; some 30 specimens."""
MOST_CHARS: Final = 40
"""A piece of more is no word."""
MOST_NEW: Final = 2000
"""Specimens that a page brings: one of more shapes is no print of few fonts."""
LOOKALIKES: Final[Mapping[str, str]] = {
    **dict.fromkeys("OoDQ○〇◯Оо", "0"),
    **dict.fromkeys("Iil|!Ll丨ノ", "1"),
    **dict.fromkeys("Zz", "2"),
    **dict.fromkeys("Ss", "5"),
    **dict.fromkeys("Gb", "6"),
    "B": "8",
    **dict.fromkeys("gq", "9"),
}
"""Letters that readers take for digits where they stand alone."""


class Verdict(Enum):
    """Whether a shape is what it claims: yes; a letter that looks like a digit; or no."""

    SAME = "same"
    ALIKE = "alike"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Shape:
    """The ink of a piece, upright: high × wide, 0 for paper to 255 for what differs most from it.

    It begins so many pixels `above` (below, as a rule) the top of its characters' boxes, which are
    `tall` pixels high.
    """

    ink: NDArray[np.uint8] = field(repr=False)
    above: int = field(repr=False)
    tall: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A shape, the text that it claims to be, and what the finder makes of that."""

    text: str = field(repr=False)
    shape: Shape = field(compare=False)
    verdict: Verdict


Known: TypeAlias = Mapping[str, tuple[Specimen, ...]]
"""Specimens by their text."""
NONE_KNOWN: Final[Known] = MappingProxyType({})


def judged(
    pieces: Sequence[Piece], pixels: Pixels, ink: Ink, known: Known, reader: RowReader
) -> tuple[tuple[Verdict, ...], Known]:
    """What each piece is, and the specimens with those that were read for it.

    Raises:
        ComponentMissing: the reader is not installed.
    """
    places: list[int | None] = []
    placed: dict[tuple[str, int], int] = {}
    seen = {text: [_Outline.of(one.shape) for one in found] for text, found in known.items()}
    shapes = list(_shapes(pieces, pixels, ink))
    for piece, shape in zip(pieces, shapes, strict=True):
        own, key = seen.setdefault(piece.text, []), (piece.text, id(shape))
        if shape is not None and key not in placed:
            placed[key] = _place(piece.text, shape, own)
        places.append(placed.get(key))
    new = {text: found[len(known.get(text, ())) :] for text, found in seen.items()}
    fresh = [(text, one.shape) for text, found in new.items() for one in found]
    if len(fresh) > MOST_NEW:
        return (Verdict.OTHER,) * len(pieces), known
    whole = _with(known, fresh, _read([shape for _, shape in fresh], reader))
    return tuple(
        Verdict.OTHER if place is None else whole[piece.text][place].verdict
        for piece, place in zip(pieces, places, strict=True)
    ), whole


def _with(known: Known, fresh: Sequence[tuple[str, Shape]], read: Sequence[str]) -> Known:
    more: dict[str, tuple[Specimen, ...]] = dict(known)
    for (text, shape), says in zip(fresh, read, strict=True):
        one = Specimen(text, shape, verdict(text, says))
        more[text] = (*more.get(text, ()), one)
    return more


def verdict(claimed: str, read: str) -> Verdict:
    """Whether what is read of a shape is what it claims, as far as digits go.

    What claims to be a digit may look like a letter; what claims to be a letter and looks like a
    digit is told from it by what stands beside it. What is not read at all may be a stop or a dash.

    >>> [verdict(*pair).value for pair in (("8", "B"), ("O", "0"), ("曜", "躍"), ("x", "7"))]
    ['same', 'alike', 'same', 'other']
    """
    claim, seen = (unicodedata.normalize("NFKC", text) for text in (claimed, read))
    if not seen:
        is_word = any(char.isalnum() for char in claim)
        return Verdict.OTHER if is_word else Verdict.SAME
    if _digits(claim) == _digits(seen):
        return Verdict.SAME
    if len(claim) != len(seen):
        return Verdict.OTHER
    pairs = tuple(zip(claim, seen, strict=True))
    if all(_is_read(*pair) for pair in pairs):
        return Verdict.SAME
    alike = all(_is_read(*pair) or LOOKALIKES.get(pair[0]) == pair[1] for pair in pairs)
    return Verdict.ALIKE if alike else Verdict.OTHER


def _digits(text: str) -> list[int]:
    return [unicodedata.decimal(char) for char in text if char.isdecimal()]


def _is_read(claim: str, seen: str) -> bool:
    if not claim.isdecimal():
        return not seen.isdecimal()
    return str(unicodedata.decimal(claim)) in (seen, LOOKALIKES.get(seen))


# --- shapes ------------------------------------------------------------------------------------


def _shapes(pieces: Sequence[Piece], pixels: Pixels, ink: Ink) -> Iterator[Shape | None]:
    """Each piece's shape; None where it is too faint, no word, or more than its characters."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    owner = np.full(len(ink.boxes) + 1, -1, dtype=np.int32)
    for number, piece in enumerate(pieces):
        owner[np.array(piece.parts) + 1] = number
    made: dict[tuple[bytes, tuple[int, ...], int, int], Shape | None] = {}
    for number, piece in enumerate(pieces):
        box = _around(piece, ink)
        if len(piece.text) > MOST_CHARS or not _fits(box, piece):
            yield None
            continue
        left, top, right, bottom = box
        labels, part = (page[top:bottom, left:right] for page in (ink.labels, grey))
        paper = int(np.median(part[labels == 0])) if (labels == 0).any() else 255
        own = owner[labels] == number
        away = cv2.absdiff(part, np.full_like(part, paper)) * own
        upright = np.rot90(away, piece.turn)
        above, tall = _level(box, piece)
        key = upright.tobytes(), upright.shape, above, tall
        if key not in made:
            is_print = not _has_block(upright, tall)
            made[key] = _stretched(upright, above, tall) if is_print else None
        yield made[key] if len(piece.boxes) == 1 or _is_covered(own, box, piece) else None


def _has_block(away: NDArray[np.uint8], tall: int) -> bool:
    """Whether a square fits into the ink that fits into no stroke: an issuer's box, or a mark."""
    side = max(RULE_PX, round(THICK * tall))
    dark = np.asarray(away >= away.max(initial=1) / 2, dtype=np.uint8)
    framed = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[0])
    return bool(cv2.erode(framed, np.ones((side, side), dtype=np.uint8)).any())


def _is_covered(own: NDArray[np.bool_], box: Box, piece: Piece) -> bool:
    """Whether all of a piece stands in its characters' boxes, but for an underline."""
    side, first = (1, box[1]) if piece.turn % 2 else (0, box[0])
    thick = own.sum(axis=side)
    for ends in piece.boxes:
        slack = BESIDE * (ends[3 - side] - ends[1 - side])
        start, end = ends[side] - slack - first, ends[2 + side] + slack - first
        thick[max(0, int(start)) : max(0, int(np.ceil(end)))] = 0
    return bool(thick.max(initial=0) <= RULE_PX)


def _around(piece: Piece, ink: Ink) -> Box:
    boxes = ink.boxes[list(piece.parts)]
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    return left, top, right, bottom


def _fits(box: Box, piece: Piece) -> bool:
    (left, top, right, bottom), (x0, y0, x1, y1) = box, piece.frame
    slack = OUTSIDE * (x1 - x0 if piece.turn % 2 else y1 - y0)
    return left >= x0 - slack and top >= y0 - slack and right <= x1 + slack and bottom <= y1 + slack


def _level(box: Box, piece: Piece) -> tuple[int, int]:
    """How far the ink is from the top of its characters' boxes, and how high these are."""
    (left, top, right, bottom), (x0, y0, x1, y1) = box, piece.frame
    above = (top - y0, x1 - right, y1 - bottom, left - x0)[piece.turn]
    return round(above), max(1, round(x1 - x0 if piece.turn % 2 else y1 - y0))


def _stretched(away: NDArray[np.uint8], above: int, tall: int) -> Shape | None:
    contrast = int(away.max(initial=0))
    if contrast < MIN_CONTRAST:
        return None
    ink = np.asarray(np.round(away * (255 / contrast)), dtype=np.uint8)
    return Shape(ink, above, tall)


@dataclass(frozen=True, slots=True)
class _Outline:
    """A shape, and of its ink: the solid strokes, all that is no paper, the strokes with a pixel
    around, and with two.
    """

    shape: Shape
    solid: NDArray[np.bool_] = field(repr=False)
    faint: NDArray[np.bool_] = field(repr=False)
    reach: NDArray[np.bool_] = field(repr=False)
    around: NDArray[np.bool_] = field(repr=False)

    @classmethod
    def of(cls, shape: Shape) -> _Outline:
        framed = cv2.copyMakeBorder(shape.ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[0])
        soft = np.asarray(framed >= SOFT, dtype=np.uint8)
        reach, around = (cv2.dilate(soft, np.ones((k, k), dtype=np.uint8)) > 0 for k in (3, 5))
        return cls(shape, framed >= SOLID, framed >= FAINT, reach, around)

    def is_alike(self, other: _Outline, least: int) -> bool:
        """Whether no stroke of either is more than a pixel away from the other's.

        Where the ink is less than `least` pixels high, whether every pixel is the same.
        """
        one, two = self.shape.ink, other.shape.ink
        (high, wide), (tall, broad) = one.shape, two.shape
        if abs(high - tall) > 1 or abs(wide - broad) > 1:
            return False
        if high < least:
            return one.shape == two.shape and bool((one == two).all())
        # Both have a blank pixel around: what the larger one has more holds no stroke.
        common = slice(min(high, tall) + 2), slice(min(wide, broad) + 2)
        return not any(
            (mine[common] > theirs[common]).any()
            for mine, theirs in (
                (self.solid, other.reach),
                (other.solid, self.reach),
                (self.faint, other.around),
                (other.faint, self.around),
            )
        )


def _place(text: str, shape: Shape, seen: list[_Outline]) -> int:
    """The place of the one that it is like, or its own at the end."""
    least = MIN_ALIKE_DIGIT_PX if any(c.isdecimal() for c in text) else MIN_ALIKE_PX
    one = _Outline.of(shape)
    for i, other in enumerate(seen):
        if one.is_alike(other, least):
            return i
    seen.append(one)
    return len(seen) - 1


# --- reading -----------------------------------------------------------------------------------


def _read(shapes: Sequence[Shape], reader: RowReader) -> list[str]:
    """What each shape is read as; where nothing is seen among others, when it stands alone."""
    set_ = [_set(shape) for shape in shapes]
    read = _read_rows(list(_rows([one.shape[1] for one in set_])), set_, reader)
    unread = [index for index, text in enumerate(read) if not text]
    alone = _read_rows([{index: GAP_PX} for index in unread], set_, reader)
    return [text or again for text, again in zip(read, alone, strict=True)]


def _read_rows(
    rows: Sequence[_Row], shapes: Sequence[NDArray[np.uint8]], reader: RowReader
) -> list[str]:
    read = [""] * len(shapes)
    lines = reader.read_rows([_picture(row, shapes) for row in rows]) if rows else ()
    for row, line in zip(rows, lines, strict=True):
        for glyph in line.glyphs:
            index = _at(glyph.quad.centre()[0], row, shapes)
            if index is not None and not glyph.char.isspace():
                read[index] += glyph.char
    return read


_Row: TypeAlias = Mapping[int, int]
"""For each shape (by index) in a row its first column."""


def _set(shape: Shape) -> NDArray[np.uint8]:
    """Dark on white, as high as a row, where it stands between the top and bottom of its line."""
    high, wide = shape.ink.shape
    top = max(0, shape.above)
    tall = max(shape.tall, top + high)
    framed = np.zeros((tall, wide), dtype=np.uint8)
    framed[top : top + high] = shape.ink
    across = wide * SET_PX / tall
    size = max(2, round(NARROWED * across if across > WIDE_PX else across)), SET_PX
    method = cv2.INTER_AREA if tall > SET_PX else cv2.INTER_CUBIC
    return np.asarray(255 - cv2.resize(framed, size, interpolation=method), dtype=np.uint8)


def _rows(widths: Sequence[int]) -> Iterator[_Row]:
    row: dict[int, int] = {}
    at = GAP_PX
    for index, wide in enumerate(widths):
        if row and at + wide > ROW_PX:
            yield row
            row, at = {}, GAP_PX
        row[index] = at
        at += wide + GAP_PX
    if row:
        yield row


def _picture(row: _Row, shapes: Sequence[NDArray[np.uint8]]) -> Pixels:
    last = max(row)
    wide = row[last] + shapes[last].shape[1] + GAP_PX
    picture = np.full((SET_PX, wide), 255, dtype=np.uint8)
    for index, left in row.items():
        picture[:, left : left + shapes[index].shape[1]] = shapes[index]
    return np.repeat(picture[:, :, None], 3, axis=2)


def _at(x: float, row: _Row, shapes: Sequence[NDArray[np.uint8]]) -> int | None:
    half = GAP_PX / 2
    ends = ((i, left - half, left + shapes[i].shape[1] + half) for i, left in row.items())
    return next((i for i, left, right in ends if left <= x < right), None)
