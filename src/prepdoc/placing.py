"""Card numbers as several readers place them → each once, where its ink is; the end of finding.

A text layer says exactly what is written and mostly where, but a scan's may be off by a digit or by
half a line, or say what nobody sees. The ink decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.agreeing import are_alike
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import CardNumber, Glyph, Line, Pixels, Quad, boxes_touch, quads_box
from prepdoc.pan import RULE_KNOWN, RULE_VALID, Pan
from prepdoc.pan.number import LAST_FOUR

LEAST_INK_PX = 2.0
"""What is smaller each way is no print: pages hide words at a hundredth of a point."""
LEAST_CONTRAST = 12
"""Grey levels (of 255) between ink and paper; paler than that nobody reads as the last four."""
CORE = 0.3
"""Part of a line's height, above and below, beside what lies in the middle of its digits."""
ANY_INK = 1
"""What is to be masked goes however pale: a program can make it darker."""
APART = 0.3
"""Readers place a number differently if an end or its row differs by this part of its height:
half a digit."""
CLEAR, ALIKE = 3, 2
"""Digits that are a reading at all, and that agree with the last four where those are misread."""
WHOLE = 0.8
"""Part of a number's length that all of it has, also where a layer spaces it wider."""
SURE, WORDED = 0.8, 0.7
"""The least mean score of letters that are surely read, and what part of a place they fill."""
STEP = 0.35
"""Heights from one digit to the next, at least, in the narrowest print."""
END = 0.5
"""Heights at each end of a number that hold a digit at least in part."""

_Vector: TypeAlias = NDArray[np.float64]
_Box: TypeAlias = tuple[float, float, float, float]


def each_once(numbers: Iterable[CardNumber], pixels: Pixels) -> list[CardNumber]:
    """Each number once: the same digits at the same place only add who saw them."""
    placed: list[CardNumber] = []
    boxes: list[_Box] = []
    for number in sorted(numbers, key=_believed):
        box = quads_box(number.mask + number.keep)
        near = [i for i, place in enumerate(boxes) if boxes_touch(place, box)]
        i = next((i for i in near if _covers(placed[i], number)), None)
        if i is not None and placed[i].pan == number.pan:
            placed[i] = _where_its_ink_is(placed[i], number, pixels)
            boxes[i] = quads_box(placed[i].mask + placed[i].keep)
        elif i is None:
            for j in near:
                placed[j] = _as_seen(placed[j], number, pixels)
                number = _as_seen(number, placed[j], pixels)
            placed.append(number)
            boxes.append(box)
    return placed


def _believed(number: CardNumber) -> tuple[bool, bool]:
    """Sort key: whole numbers before known stretches, the text layer before OCR."""
    return number.rule == RULE_KNOWN, "text" not in number.seen_by


def _covers(other: CardNumber, number: CardNumber) -> bool:
    """Whether `number` is the other one, or known digits that two numbers share by chance.

    Known digits that reach beyond the other one's are a longer stretch of it, and not covered.
    """
    is_same = other.pan == number.pan and _same_place(other, number)
    if number.rule != RULE_KNOWN:
        return is_same
    return (is_same or other.rule != RULE_KNOWN) and _holds(other, number)


def _where_its_ink_is(one: CardNumber, other: CardNumber, pixels: Pixels) -> CardNumber:
    """As `one` places it, but for a text layer that lies beside the ink which `other` stands on."""
    readers = one.seen_by | other.seen_by
    is_off = one.seen_by == {"text"} and _is_whole(other, one) and _are_apart(one, other)
    is_off = is_off and _ends_on_ink(other, pixels)
    return replace(other if is_off else one, seen_by=readers)


def _is_whole(other: CardNumber, one: CardNumber) -> bool:
    """Whether it is all of the number: a known stretch may be a part of it, as in boxed cells.

    The layer of a scan may be set in a font twice as wide as the print.
    """
    (a_start, a_end), (b_start, b_end) = _extents(_quads(one), _quads(other))
    long, high = b_end[0] - b_start[0], max(quad.height() for quad in _quads(other))
    has_room = other.rule == RULE_VALID and long >= STEP * high * len(other.pan.digits)
    return other.rule != RULE_KNOWN and (has_room or long >= WHOLE * (a_end[0] - a_start[0]))


def _as_seen(number: CardNumber, seen: CardNumber, pixels: Pixels) -> CardNumber:
    """A number that only the text layer tells, where OCR has `seen` quite other digits.

    Its last four cannot be expected there; and where it lies beside the ink, its mask may not
    take the last four that are printed.
    """
    differs = "ocr" in seen.seen_by and not are_alike(number.pan, seen.pan)
    if number.seen_by != {"text"} or not seen.keep or not differs:
        return number
    if not _same_place(number, seen) and not any(_takes(number, quad) for quad in seen.keep):
        return number
    if not _ends_on_ink(seen, pixels):
        return replace(number, keep=())
    if len(number.pan.digits) == len(seen.pan.digits) and _are_apart(number, seen):
        return replace(number, mask=seen.mask, keep=())
    taken = seen.keep if seen.rule == RULE_VALID else ()
    rest = (part for quad in number.mask for part in _beside(quad, taken))
    return replace(number, mask=tuple(rest), keep=())


def not_denied(number: CardNumber, lines: Iterable[Line]) -> CardNumber:
    """Without a last four that only the text layer tells, where OCR reads quite other digits."""
    if number.seen_by != {"text"} or not number.pan.last_four:
        return number
    glyphs = (glyph for line in lines if line.seen_by == "ocr" for glyph in line.glyphs)
    digits = [glyph for glyph in glyphs if glyph.char.isdecimal()]
    keep = tuple(quad for quad in number.keep if not _is_other(_read_in(quad, digits), number.pan))
    return replace(number, keep=keep)


def not_misplaced(numbers: Sequence[CardNumber], lines: Iterable[Line]) -> list[CardNumber]:
    """The numbers, but where a text layer has set one over words that OCR reads, and OCR sees the
    same digits elsewhere: a scan's layer lies beside its print there, and nothing is hidden.
    """
    seen = {number.pan for number in numbers if "ocr" in number.seen_by}
    glyphs = [glyph for line in lines if line.seen_by == "ocr" for glyph in line.glyphs]

    def is_misplaced(number: CardNumber) -> bool:
        told = number.seen_by == {"text"} and number.pan.complete and number.pan in seen
        return told and all(_is_worded(quad, glyphs) for quad in _quads(number))

    return [replace(n, mask=(), keep=()) if is_misplaced(n) else n for n in numbers]


def _is_worded(quad: Quad, glyphs: Iterable[Glyph]) -> bool:
    """Whether letters that are surely read, and no digit, fill the place."""
    inside = [glyph for glyph in glyphs if is_within(glyph.quad, quad)]
    letters = [glyph for glyph in inside if glyph.char.isalpha()]
    if not letters or any(glyph.char.isdecimal() for glyph in inside):
        return False
    filled = sum(glyph.quad.width() for glyph in letters) >= WORDED * quad.width()
    return filled and float(np.mean([glyph.score for glyph in letters])) >= SURE


def _read_in(quad: Quad, digits: Iterable[Glyph]) -> str:
    return "".join(glyph.char for glyph in digits if is_within(glyph.quad, quad))


def _is_other(read: str, pan: Pan) -> bool:
    """Whether digits are clearly read and hardly one of them is the last four's."""
    matcher = SequenceMatcher(None, read, pan.digits[-LAST_FOUR:], autojunk=False)
    return len(read) >= CLEAR and sum(b.size for b in matcher.get_matching_blocks()) < ALIKE


def _takes(number: CardNumber, keep: Quad) -> bool:
    """Whether it would mask half of what is kept, or more."""
    (start, end), *masks = _extents((keep,), *((quad,) for quad in number.mask))
    common = (np.minimum(end, stop) - np.maximum(start, begin) for begin, stop in masks)
    return any((c > 0).all() and np.prod(c) > 0.5 * np.prod(end - start) for c in common)


def _beside(quad: Quad, keeps: Sequence[Quad]) -> tuple[Quad, ...]:
    """The pieces of a mask before and behind the last four, on whose row it lies."""
    if not keeps:
        return (quad,)
    (start, end), (first, last) = _extents((quad,), keeps)
    wide = max(end[0] - start[0], 1.0)
    if first[1] >= end[1] or last[1] <= start[1]:
        return (quad,)
    before, behind = (float((x[0] - start[0]) / wide) for x in (first, last))
    pieces = ((0.0, min(before, 1.0)), (max(behind, 0.0), 1.0))
    return tuple(quad.part(a, b) for a, b in pieces if (b - a) * wide >= 1.0)


def _are_apart(one: CardNumber, other: CardNumber) -> bool:
    """Whether an end of the number, or its row, differs by half a digit.

    Where only the cut before the last four differs, a font's own boxes tell it better than OCR's.
    """
    if bool(one.mask) != bool(other.mask) or bool(one.keep) != bool(other.keep):
        return False
    most = APART * max(quad.height() for quad in _quads(one))
    (a_start, a_end), (b_start, b_end) = _extents(_quads(one), _quads(other))
    return float(np.abs([a_start - b_start, a_end - b_end]).max()) > most


def _ends_on_ink(number: CardNumber, pixels: Pixels) -> bool:
    """Whether there is ink in the first and in the last digit's place."""
    quads = (*number.mask, *number.keep)
    first = min(1.0, END * quads[0].height() / max(quads[0].width(), 1.0))
    last = min(1.0, END * quads[-1].height() / max(quads[-1].width(), 1.0))
    ends = (quads[0].part(0.0, first), quads[-1].part(1.0 - last, 1.0))
    return all(has_ink(end, pixels, LEAST_CONTRAST) for end in ends)


def _holds(other: CardNumber, number: CardNumber) -> bool:
    """Whether `number` stands wholly within the place of `other`, whose digits are masked."""
    (a_start, a_end), (b_start, b_end) = _extents(_quads(other), _quads(number))
    slack = float(b_end[1] - b_start[1]) / 2
    return bool((a_start - slack <= b_start).all() and (b_end <= a_end + slack).all())


def _same_place(one: CardNumber, other: CardNumber) -> bool:
    (a_start, a_end), (b_start, b_end) = _extents(_quads(one), _quads(other))
    common = np.minimum(a_end, b_end) - np.maximum(a_start, b_start)
    smaller = min(np.prod(a_end - a_start), np.prod(b_end - b_start))
    return bool((common > 0).all() and np.prod(common) > 0.4 * smaller)


def _quads(number: CardNumber) -> tuple[Quad, ...]:
    return number.mask + number.keep


def _extents(*groups: Sequence[Quad]) -> tuple[tuple[_Vector, _Vector], ...]:
    """Of each group of quads the start and end, along the first one's line and across it."""
    quads = [np.stack([quad.array() for quad in group]) for group in groups]
    along = quads[0][0, 1] - quads[0][0, 0]
    along = along / max(float(np.linalg.norm(along)), 1e-6)
    axes = np.stack([along, (-along[1], along[0])], axis=1)
    places = (quad.reshape(-1, 2) @ axes for quad in quads)
    return tuple((place.min(axis=0), place.max(axis=0)) for place in places)


# --- what can be seen --------------------------------------------------------------------------


def seen_on_page(number: CardNumber, pixels: Pixels) -> CardNumber:
    """Without what only a text layer can say: off the page, too small to have ink, or in none."""
    if number.seen_by != {"text"}:
        return number
    mask = tuple(quad for quad in number.mask if _can_be_seen(quad, pixels, ANY_INK))
    keep = tuple(quad for quad in number.keep if _is_shown(quad, pixels))
    return replace(number, mask=mask, keep=keep)


def _is_shown(quad: Quad, pixels: Pixels) -> bool:
    """Whether there is ink where every digit has some: the edge of what covers them is no digit."""
    middle = Quad.from_array(quad.array() + CORE * (quad.array()[::-1] - quad.array()))
    return _can_be_seen(middle, pixels, LEAST_CONTRAST)


def _can_be_seen(quad: Quad, pixels: Pixels, contrast: int) -> bool:
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = quad.box()
    on_page = x1 > 1 and y1 > 1 and x0 < width - 1 and y0 < height - 1
    large_enough = min(quad.width(), quad.height()) >= LEAST_INK_PX
    return on_page and large_enough and has_ink(quad, pixels, contrast)


def has_ink(quad: Quad, pixels: Pixels, contrast: int) -> bool:
    """Whether its upright box is more than bare paper."""
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = np.clip(np.round(quad.box()), 0, (width, height, width, height)).astype(int)
    here = pixels[y0:y1, x0:x1].reshape(-1, pixels.shape[2])
    return len(here) > 0 and int(np.ptp(here, axis=0).max()) >= contrast
