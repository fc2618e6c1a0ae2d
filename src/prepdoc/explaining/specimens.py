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

from prepdoc.explaining.ink import Ink
from prepdoc.explaining.pieces import Piece
from prepdoc.ocr import RowReader
from prepdoc.page import Pixels

Shape: TypeAlias = NDArray[np.uint8]
"""As high as the boxes of its characters, as wide as its ink, upright: 0 where a pixel is not of
the piece or like its paper, up to 255 where it differs most."""

MIN_CONTRAST: Final = 40
"""Grey levels (of 255) between ink and paper; fainter print is left to the readers of pages."""
SOLID, SOFT = 166, 89
"""Of a shape's 255: what is surely its stroke, and what may be the edge of one."""
MIN_ALIKE_PX, MIN_ALIKE_DIGIT_PX = 10, 18
"""Lower shapes are alike only where every pixel is: a pixel or two may close the gap of a six."""
SET_PX, GAP_PX = 48, 14
"""Height of a row of specimens, and the blank between two."""
ROW_PX: Final = 1200
"""Width of a row; some 25 specimens."""
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
class Specimen:
    """A shape, the text that it claims to be, and what the finder makes of that."""

    text: str = field(repr=False)
    shape: Shape = field(repr=False, compare=False)
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
    """Each piece's shape; None where it is too faint, or no word."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    owner = np.full(len(ink.boxes) + 1, -1, dtype=np.int32)
    for number, piece in enumerate(pieces):
        owner[np.array(piece.parts) + 1] = number
    made: dict[tuple[bytes, tuple[int, ...]], Shape | None] = {}
    for number, piece in enumerate(pieces):
        rows, columns = _place_of(piece, ink)
        labels, part = ink.labels[rows, columns], grey[rows, columns]
        paper = int(np.median(part[labels == 0])) if (labels == 0).any() else 255
        away = cv2.absdiff(part, np.full_like(part, paper)) * (owner[labels] == number)
        upright = np.rot90(away, piece.turn)
        key = upright.tobytes(), upright.shape
        if key not in made:
            made[key] = _stretched(upright)
        yield made[key] if len(piece.text) <= MOST_CHARS else None


def _place_of(piece: Piece, ink: Ink) -> tuple[slice, slice]:
    """Where a piece stands: its ink along the line, its characters' boxes across it."""
    boxes = ink.boxes[list(piece.parts)]
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    x0, y0, x1, y1 = piece.frame
    if piece.turn % 2:
        left, right = min(left, max(0, round(x0))), max(right, round(x1))
    else:
        top, bottom = min(top, max(0, round(y0))), max(bottom, round(y1))
    return slice(top, bottom), slice(left, right)


def _stretched(away: NDArray[np.uint8]) -> Shape | None:
    contrast = int(away.max(initial=0))
    if contrast < MIN_CONTRAST:
        return None
    return np.asarray(np.round(away * (255 / contrast)), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Outline:
    """A shape, its solid strokes, and its strokes with their edges and a pixel around."""

    shape: Shape = field(repr=False)
    solid: NDArray[np.uint8] = field(repr=False)
    reach: NDArray[np.uint8] = field(repr=False)

    @classmethod
    def of(cls, shape: Shape) -> _Outline:
        framed = cv2.copyMakeBorder(shape, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[0])
        soft = np.asarray(framed >= SOFT, dtype=np.uint8)
        solid = np.asarray(framed >= SOLID, dtype=np.uint8)
        reach = np.asarray(cv2.dilate(soft, np.ones((3, 3), dtype=np.uint8)), dtype=np.uint8)
        return cls(shape, solid, reach)

    def is_alike(self, other: _Outline, least: int) -> bool:
        """Whether no stroke of either is more than a pixel away from the other's.

        Where the ink is less than `least` pixels high, whether every pixel is the same.
        """
        (high, wide), (tall, broad) = self.shape.shape, other.shape.shape
        if abs(high - tall) > 1 or abs(wide - broad) > 1:
            return False
        if np.count_nonzero(self.shape.any(axis=1)) < least:
            return self.shape.shape == other.shape.shape and bool((self.shape == other.shape).all())
        # Both have a blank pixel around: what the larger one has more holds no stroke.
        common = slice(min(high, tall) + 2), slice(min(wide, broad) + 2)
        beyond = self.solid[common] > other.reach[common], other.solid[common] > self.reach[common]
        return not any(stroke.any() for stroke in beyond)


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
    """What each shape is read as."""
    set_ = [_set(shape) for shape in shapes]
    rows = list(_rows([one.shape[1] for one in set_]))
    pictures = [_picture(row, set_) for row in rows]
    read = [""] * len(shapes)
    for row, line in zip(rows, reader.read_rows(pictures), strict=True):
        for glyph in line.glyphs:
            index = _at(glyph.quad.centre()[0], row, set_)
            if index is not None and not glyph.char.isspace():
                read[index] += glyph.char
    return read


_Row: TypeAlias = Mapping[int, int]
"""For each shape (by index) in a row its first column."""


def _set(shape: Shape) -> NDArray[np.uint8]:
    """Dark on white, as high as a row."""
    high, wide = shape.shape
    size = max(2, round(wide * SET_PX / high)), SET_PX
    method = cv2.INTER_AREA if high > SET_PX else cv2.INTER_CUBIC
    return np.asarray(255 - cv2.resize(shape, size, interpolation=method), dtype=np.uint8)


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
