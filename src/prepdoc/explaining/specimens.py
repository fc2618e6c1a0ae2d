"""Pieces → what they are, from one reading of each shape: a page prints few shapes many times.

    pieces ─cut→ shapes ─alike→ specimens ─read→ what each says

A text layer may lie, so no shape is believed before the finder has read it; but once is enough.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import ceil
from types import MappingProxyType
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.explaining.ink import Ink
from prepdoc.explaining.pieces import Piece
from prepdoc.explaining.shapes import Outline, Shape, shapes_of
from prepdoc.ocr import RowReader
from prepdoc.page import Pixels
from prepdoc.pan.text import LOOKALIKES as AMONG_DIGITS

MIN_ALIKE_PX, MIN_ALIKE_DIGIT_PX = 10, 18
"""Lower shapes are alike only where every pixel is: a pixel or two may close the gap of a six."""
SET_PX, GAP_PX = 48, 8
"""Height of a row of specimens, and the blank between two; at 5 neighbours are read together."""
FILLED: Final = 0.8
"""Part of it that a line takes: reading costs as much as the row is wide. Of 4,205 specimens of 34
documents as many are read rightly as where a line takes all of it."""
WIDE_PX, NARROWED = 30, 0.7
"""What is wider than digits are, where a line takes all of the row, is set as much narrower: it
need only be told from them."""
ASPECT: Final = 0.08
"""Part of its width by which a small shape's pixels leave it wider or narrower than a large one."""
ROW_PX: Final = 1200
"""Width of a row at most; some 40 specimens. Rows are as wide as each other and an even number, so
that two threads, if there are two, end at once; how a shape is read may not depend on them."""
MOST_NEW: Final = 2000
"""Specimens that a page brings: one of more shapes is no print of few fonts."""
LOOKALIKES: Final[Mapping[str, str]] = {
    **AMONG_DIGITS,
    **dict.fromkeys("○〇◯Оо", "0"),
    **dict.fromkeys("i|!L丨ノ", "1"),
}
"""Characters that readers take for digits where they stand alone: more than in a row."""


class Verdict(Enum):
    """Whether a shape is what it claims: yes; a letter that looks like a digit; or no."""

    SAME = "same"
    ALIKE = "alike"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Specimen:
    """A shape's outline, the text that it claims to be, and what the finder makes of that."""

    text: str = field(repr=False)
    outline: Outline = field(compare=False, repr=False)
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
    shapes = list(shapes_of(pieces, pixels, ink))
    places, fresh = _placed(pieces, shapes, known)
    if len(fresh) > MOST_NEW:
        return (Verdict.OTHER,) * len(pieces), known
    read = _read([(text, outline.shape) for text, outline in fresh], reader)
    whole = _with(known, fresh, read)
    return tuple(
        Verdict.OTHER if place is None else whole[piece.text][place].verdict
        for piece, place in zip(pieces, places, strict=True)
    ), whole


def _placed(
    pieces: Sequence[Piece], shapes: Sequence[Shape | None], known: Known
) -> tuple[list[int | None], list[tuple[str, Outline]]]:
    """For each piece the place of its shape among those of its text, and the new ones of these."""
    placed: dict[tuple[str, int], int] = {}
    seen = {text: [one.outline for one in found] for text, found in known.items()}
    same = {
        (text, one.shape.key): place
        for text, found in seen.items()
        for place, one in enumerate(found)
    }
    for piece, shape in zip(pieces, shapes, strict=True):
        key = piece.text, id(shape)
        if shape is not None and key not in placed:
            # Most are a specimen pixel for pixel, and no earlier one is like it.
            place = same.get((piece.text, shape.key))
            others = seen.setdefault(piece.text, [])
            placed[key] = _place(piece.text, shape, others) if place is None else place
    new = {text: found[len(known.get(text, ())) :] for text, found in seen.items()}
    fresh = [(text, one) for text, found in new.items() for one in found]
    pairs = zip(pieces, shapes, strict=True)
    return [placed.get((piece.text, id(shape))) for piece, shape in pairs], fresh


def _with(known: Known, fresh: Sequence[tuple[str, Outline]], read: Sequence[str]) -> Known:
    more: dict[str, tuple[Specimen, ...]] = dict(known)
    for (text, outline), says in zip(fresh, read, strict=True):
        one = Specimen(text, outline, verdict(text, says))
        more[text] = (*more.get(text, ()), one)
    return more


def verdict(claimed: str, read: str) -> Verdict:
    """Whether what is read of a shape is what it claims, as far as digits go.

    What claims to be a digit may look like a letter; what claims to be a letter and looks like a
    digit is told from it by what stands beside it. What is not read at all may be a stop or a dash.

    >>> [verdict(*pair).value for pair in (("8", "B"), ("O", "0"), ("曜", "躍"), ("x", "7"))]
    ['same', 'alike', 'same', 'other']
    """
    claim, seen = _plain(claimed), _plain(read)
    if _is_half_a_digit(claimed):
        return Verdict.OTHER
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


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _is_half_a_digit(claimed: str) -> bool:
    """Whether it looks like a digit and is none for whoever looks for numbers: ³ and ₃, and ③."""
    return any(not c.isdecimal() and _digits(_plain(c)) for c in claimed)


def _digits(text: str) -> list[int]:
    return [unicodedata.decimal(char) for char in text if char.isdecimal()]


def _is_read(claim: str, seen: str) -> bool:
    if not claim.isdecimal():
        return not seen.isdecimal()
    return str(unicodedata.decimal(claim)) in (seen, LOOKALIKES.get(seen))


def _place(text: str, shape: Shape, seen: list[Outline]) -> int:
    """The place of the one that it is like, in its own size or another, or its own at the end."""
    one, is_like = Outline.of(shape), _likeness(text, shape)
    for i, other in enumerate(seen):
        if is_like(one, other):
            return i
    if _is_broad_letter(text, shape):
        for i, other in enumerate(seen):
            if _is_broad_letter(text, other.shape) and _is_resized(shape, other.shape):
                return i
    seen.append(one)
    return len(seen) - 1


def _is_broad_letter(text: str, shape: Shape) -> bool:
    """Whether it claims to be no digit, is wider than digits are, and not tiny."""
    wide = shape.ink.shape[1] * SET_PX / _tall(shape)
    return wide > WIDE_PX and shape.ink.shape[0] >= MIN_ALIKE_PX and not _digits(_plain(text))


def _is_resized(shape: Shape, other: Shape) -> bool:
    """Whether they are alike when both are set as high as a row."""
    one, two = (SET_PX * each.ink.shape[1] / each.ink.shape[0] for each in (shape, other))
    if abs(one - two) > ASPECT * max(one, two):
        return False
    wide = max(1, round((one + two) / 2))
    return _sized(shape, wide).is_alike(_sized(other, wide))


def _sized(shape: Shape, wide: int) -> Outline:
    method = cv2.INTER_AREA if shape.ink.shape[0] > SET_PX else cv2.INTER_CUBIC
    ink = cv2.resize(shape.ink, (wide, SET_PX), interpolation=method)
    return Outline.of(Shape(np.asarray(ink, dtype=np.uint8), 0, SET_PX))


def _likeness(text: str, shape: Shape) -> Callable[[Outline, Outline], bool]:
    """How two shapes that claim this text are compared: digits with more care."""
    high, has_digit = shape.ink.shape[0], bool(_digits(_plain(text)))
    if high < (MIN_ALIKE_DIGIT_PX if has_digit else MIN_ALIKE_PX):
        return Outline.is_equal
    return Outline.is_nearly_equal if has_digit else Outline.is_alike


# --- reading -----------------------------------------------------------------------------------


def _read(fresh: Sequence[tuple[str, Shape]], reader: RowReader) -> list[str]:
    """What each shape is read as; alone, where among others it is read as nothing, or as a digit
    that it does not claim to be: that may be its neighbour.
    """
    set_ = [_set(shape) for _, shape in fresh]
    read = _read_rows(list(_rows([one.shape[1] for one in set_])), set_, reader)
    claims = [text for text, _ in fresh]
    unsure = [i for i, text in enumerate(claims) if not read[i] or _has_more(read[i], text)]
    alone = _read_rows([{index: GAP_PX} for index in unsure], set_, reader)
    return [alone[i] if i in unsure else text for i, text in enumerate(read)]


def _has_more(read: str, claimed: str) -> bool:
    """Whether digits are read where there should be none."""
    return not _digits(_plain(claimed)) and bool(_digits(_plain(read)))


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


def _tall(shape: Shape) -> int:
    """Pixels that are set as high as a row: those of its line, or all of it where it is higher."""
    return max(shape.tall, max(0, shape.above) + len(shape.ink))


def _set(shape: Shape) -> NDArray[np.uint8]:
    """Dark on white, as high as a row, where it stands between the top and bottom of its line, with
    blank above and below.
    """
    high, wide = shape.ink.shape
    tall = round(_tall(shape) / FILLED)
    top = max(0, shape.above) + (tall - _tall(shape)) // 2
    framed = np.zeros((tall, wide), dtype=np.uint8)
    framed[top : top + high] = shape.ink
    across = wide * SET_PX / tall
    narrow = NARROWED if across > FILLED * WIDE_PX else 1.0
    size = max(2, round(narrow * across)), SET_PX
    method = cv2.INTER_AREA if tall > SET_PX else cv2.INTER_CUBIC
    return np.asarray(255 - cv2.resize(framed, size, interpolation=method), dtype=np.uint8)


def _rows(widths: Sequence[int]) -> Iterator[_Row]:
    whole = sum(widths) + GAP_PX * len(widths)
    pairs = max(1, ceil(whole / (2 * ROW_PX)))
    row: dict[int, int] = {}
    at = GAP_PX
    for index, wide in enumerate(widths):
        if row and at > whole / (2 * pairs):
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
