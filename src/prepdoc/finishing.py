"""The second pass: a page rendered again → painted, stamped, and ready to be written.

What verification will expect of the page is made here too, from the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import groupby
from typing import TypeAlias

import cv2
import numpy as np

from prepdoc.finding import Wishes, find_numbers
from prepdoc.masking import painted
from prepdoc.noting import Notes
from prepdoc.ocr.covers import uncovered
from prepdoc.ocr.struck import without_lines
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import (
    POINTS_PER_INCH,
    CardNumber,
    Drawn,
    ExpectedPage,
    FinishedPage,
    Glyph,
    Layout,
    Leak,
    Line,
    Page,
    Pixels,
    Point,
    Quad,
    Stamp,
    boxes_touch,
)
from prepdoc.pan import Pan, is_proven
from prepdoc.scribbled import scribbled_over
from prepdoc.searchable import searchable
from prepdoc.stamping import draw, place, place_at, with_band

_Stays: TypeAlias = Callable[[Glyph], bool]
"""Whether a character of the source stands on the output as well."""

RULE_VERIFIER = 7
"""The rule of what only verification saw."""
RULE_DRAWN = 8
"""The rule of what the user drew."""
RULE_COVERED = 9
"""The rule of what was covered before, and shows all the same."""
MIN_NEAR = 2
"""Letters or digits that make a line worth reading again."""
WATERMARK = 2.5
"""Print so many times as high as a mask does not stand beside it but lies under it; fonts' boxes
are up to twice as high as their digits."""
ALONG = 0.94
"""Cosine of 20°: print that runs more aslant than this to a mask lies under it as well."""
NEAR = 1.5
"""Lines within so many of their heights of a mask are read again by verification."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to one page of the output, in its pixels at `dpi`, `width` of them wide.

    Of what is not painted, `lines` are what may be searched, `explained` what the text layer
    explains, and `shown` what was read of the rest at first sight.
    """

    number: int
    width: int
    dpi: float
    photographic: bool
    turn: int
    slant: float
    numbers: tuple[CardNumber, ...]
    lines: tuple[Line, ...] = field(repr=False)
    explained: tuple[Line, ...] = field(repr=False)
    shown: tuple[Line, ...] = field(repr=False)
    stamps: tuple[Stamp, ...] = ()

    @property
    def masks(self) -> tuple[Quad, ...]:
        """Everything that is painted."""
        return tuple(quad for number in self.numbers for quad in number.mask)

    @property
    def keeps(self) -> tuple[Quad, ...]:
        """The last fours that stay."""
        return tuple(quad for number in self.numbers for quad in number.keep)

    @property
    def layout(self) -> Layout:
        """What is put on the page, and how its text lies."""
        return Layout(self.masks, self.stamps, self.turn, self.slant)


def planned(
    page: Page,
    notes: Notes,
    known: Sequence[Pan],
    wishes: Wishes,
    leaks: Iterable[Leak] = (),
    drawn: Iterable[Drawn] = (),
    last_fours: Collection[str] = (),
) -> Plan:
    """Find what to mask on a page.

    `leaks` are places that verification asks for, in its pixels, `drawn` those that the user does;
    `last_fours` are those that the document names for sure.
    """
    factor = page.dpi / notes.dpi
    lines = tuple(_scaled(notes.lines, factor))
    symbols = tuple(replace(s, quad=s.quad.scaled(factor)) for s in notes.symbols)
    # Where digits end is not to be seen in the ink of what covers them.
    pixels = uncovered(page.pixels) if notes.covered else page.pixels
    pixels = without_lines(pixels) if notes.is_crossed else pixels
    found = find_numbers(page.number, pixels, lines, symbols, known, wishes, last_fours)
    asked = (CardNumber(page.number, Pan(""), RULE_VERIFIER, (leak.quad,)) for leak in leaks)
    scribbles = tuple(_scribbles(notes, lines, factor, found.numbers, last_fours))
    legible = [_without_scribbled(number, scribbles) for number in found.numbers]
    under = (quad.scaled(factor) for quad in notes.covered)
    hidden = _covered((*under, *scribbles), legible)
    covered = (CardNumber(page.number, Pan(""), RULE_COVERED, (quad,)) for quad in hidden)
    by_hand = tuple(one.quad.scaled(page.dpi / POINTS_PER_INCH) for one in drawn)
    marks = (CardNumber(page.number, Pan(""), RULE_DRAWN, (quad,)) for quad in by_hand)
    numbers = (*(_uncovered(number, by_hand) for number in legible), *covered, *asked, *marks)
    masks = [quad for number in numbers for quad in number.mask]
    stays = _staying(found.hidden, masks, by_hand)
    kept = _only(searchable(lines), stays)
    return Plan(
        page.number,
        page.pixels.shape[1],
        page.dpi,
        notes.photographic,
        notes.turn,
        notes.slant,
        numbers,
        kept,
        tuple(_parted(_scaled(notes.explained, factor), stays)),
        tuple(_parted(_scaled(notes.shown, factor), stays)),
    )


def _scribbles(
    notes: Notes,
    lines: Iterable[Line],
    factor: float,
    numbers: Sequence[CardNumber],
    last_fours: Collection[str],
) -> Iterator[Quad]:
    """What of a pen's tangles hides digits: none in which a proven number is read to its end."""
    proven = [keep for one in numbers if is_proven(one.pan.digits) for keep in one.keep]
    tangles = (quad.scaled(factor) for quad in notes.tangles)
    read = (line for line in lines if line.seen_by == "ocr")
    return scribbled_over(tangles, proven, read, last_fours)


def _without_scribbled(number: CardNumber, scribbles: Sequence[Quad]) -> CardNumber:
    """What seems to be a last four in the midst of a scribble is none that anybody should read."""
    under = [keep for keep in number.keep if any(is_within(keep, quad) for quad in scribbles)]
    kept = tuple(keep for keep in number.keep if keep not in under)
    return replace(number, mask=(*number.mask, *under), keep=kept)


def _covered(covered: Iterable[Quad], numbers: Iterable[CardNumber]) -> Iterator[Quad]:
    """What shows of them but for the last fours among it."""
    keeps = [quad for number in numbers for quad in number.keep]
    for quad in covered:
        yield reduce(_beside, (keep for keep in keeps if _touches(keep, [quad])), quad)


def _beside(quad: Quad, keep: Quad) -> Quad:
    """The most of an upright quad that is beside another one, on one of its four sides."""
    left, top, right, bottom = quad.box()
    x0, y0, x1, y1 = keep.box()
    sides = (
        (left, top, min(right, x0), bottom),
        (max(left, x1), top, right, bottom),
        (left, top, right, min(bottom, y0)),
        (left, max(top, y1), right, bottom),
    )
    return Quad.from_box(*max(sides, key=_area))


def _area(box: tuple[float, float, float, float]) -> float:
    left, top, right, bottom = box
    return max(0.0, right - left) * max(0.0, bottom - top)


def stamped(page: Page, plan: Plan, texts: tuple[str, ...], wished: Point | None = None) -> Plan:
    """The plan with a place for the stamp, clear of every digit.

    It is as near as can be to `wished` (a point of the page, in points), else to the first number.

    Raises:
        ComponentMissing: no font has one of the characters.
        CannotProve: the page is too narrow for legible text.
    """
    quads = plan.keeps + plan.masks
    pixels = painted(page.pixels, plan.masks)
    if wished:
        middle = wished[0] * plan.dpi / POINTS_PER_INCH, wished[1] * plan.dpi / POINTS_PER_INCH
        stamp = place_at(pixels, plan.dpi, plan.number, texts, middle, plan.turn, quads)
    else:
        near = next(iter(quads), None)
        stamp = place(pixels, plan.dpi, plan.number, texts, near, plan.turn, quads)
    return replace(plan, stamps=(*plan.stamps, stamp))


def finished(page: Page, plan: Plan) -> FinishedPage:
    """The page with its masks painted and its stamps drawn."""
    pixels = painted(page.pixels, plan.masks)
    for stamp in plan.stamps:
        pixels = draw(pixels, stamp)
    lines = plan.lines + tuple(line for stamp in plan.stamps for line in stamp.lines)
    return FinishedPage(plan.number, pixels, plan.dpi, plan.photographic, lines)


def expectation(page: Page, plan: Plan, lossless: bool, wishes: Wishes) -> ExpectedPage:
    """What verification may find of this page in the written file."""
    return ExpectedPage(
        plan.number,
        _with_bands(page.pixels, plan.stamps),
        lossless,
        plan.masks,
        tuple((n.pan.last_four, q) for n in plan.numbers for q in n.keep if n.pan.last_four),
        plan.stamps,
        tuple(line for line in plan.lines if _is_near(line, plan.masks)),
        plan.turn,
        plan.slant,
        wishes.keep,
    )


def _with_bands(pixels: Pixels, stamps: Iterable[Stamp]) -> Pixels:
    for stamp in stamps:
        pixels = with_band(pixels, stamp)
    return pixels


def _uncovered(number: CardNumber, by_hand: Sequence[Quad]) -> CardNumber:
    """Without the last four that the user covered: nobody can expect to read them."""
    return replace(number, keep=tuple(q for q in number.keep if not _touches(q, by_hand)))


def _only(lines: Iterable[Line], stays: _Stays) -> tuple[Line, ...]:
    """The lines with some of their characters; one with none but blanks is gone."""
    kept = (replace(line, glyphs=tuple(filter(stays, line.glyphs))) for line in lines)
    return tuple(line for line in kept if line.text.strip())


def _scaled(lines: Iterable[Line], factor: float) -> Iterator[Line]:
    return iter(lines) if factor == 1.0 else (line.scaled(factor) for line in lines)


def _parted(lines: Iterable[Line], stays: _Stays) -> Iterator[Line]:
    """What is left of each line where some of its characters go: a line before and one behind."""
    for line in lines:
        parts = (tuple(part) for stay, part in groupby(line.glyphs, stays) if stay)
        left = (replace(line, glyphs=part) for part in parts)
        yield from (part for part in left if part.text.strip())


def _touches(quad: Quad, others: Sequence[Quad]) -> bool:
    shape = quad.array().astype(np.float32)
    shapes = (other.array().astype(np.float32) for other in others)
    return any(cv2.intersectConvexConvex(shape, other)[0] > 0 for other in shapes)


def _staying(hidden: frozenset[Glyph], masks: Sequence[Quad], by_hand: Sequence[Quad]) -> _Stays:
    """Whether a character is no hidden digit, and lies under no mask and nothing that was drawn."""
    shapes = [
        (mask.box(), mask.array().astype(np.float32), WATERMARK * mask.height()) for mask in masks
    ]

    def stays(glyph: Glyph) -> bool:
        box = glyph.quad.box()
        near = ((mask, large) for around, mask, large in shapes if boxes_touch(box, around))
        is_under = any(_is_under(glyph.quad, mask, large) for mask, large in near)
        return not (glyph in hidden or is_under or _touches(glyph.quad, by_hand))

    return stays


def _is_under(quad: Quad, mask: np.ndarray, large: float) -> bool:
    """Whether its middle is masked, or a part of it where it is large or aslant: a watermark."""
    if cv2.pointPolygonTest(mask, quad.centre(), False) >= 0:
        return True
    if quad.height() <= large and _cosine(quad.array(), mask) > ALONG:
        return False
    return bool(cv2.intersectConvexConvex(quad.array().astype(np.float32), mask)[0] > 0)


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    """Of the angle between the ways in which two quads are read."""
    a, b = (quad[1] - quad[0] for quad in (one, other))
    return float(a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-6))


def _is_near(line: Line, masks: Iterable[Quad]) -> bool:
    """Whether it stands near a mask and says something; nobody reads a row of asterisks back, nor
    pieces of a watermark.
    """
    if sum(c.isalnum() for c in line.text) < MIN_NEAR:
        return False
    left, top, right, bottom = line.quad.box()
    height = line.quad.height()
    reach = NEAR * height
    boxes = (mask.box() for mask in masks if height <= WATERMARK * mask.height())
    return any(
        left - reach < x1 and x0 < right + reach and top - reach < y1 and y0 < bottom + reach
        for x0, y0, x1, y1 in boxes
    )
