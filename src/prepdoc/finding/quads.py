"""Where a number was seen → the quads to mask and the quads to keep, cut out of the page's ink."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

import numpy as np

from prepdoc.agreeing import Sighting
from prepdoc.assembling import COLUMN_BREAK
from prepdoc.cutting import cut
from prepdoc.finding.unread import is_unread
from prepdoc.ocr.blocks import BLOCK
from prepdoc.page import LINE_BREAK, CardNumber, Glyph, Line, Pixels, Quad, Symbol
from prepdoc.pan import Match, Pan, bare, find
from prepdoc.pan.text import counts, folded
from prepdoc.placing import LEAST_CONTRAST, has_ink

RULE_ASKED = 0
"""The rule of what the user named with --mask."""
RULE_BARCODE = 6
NARROW = 0.75
"""Part of the usual width of a digit's quad; a narrower one lost some of its digit, or is a one."""
BARE_BOXES = 2
"""What is left of a box by a mask is to be seen as one."""
CONTEXT = 2
"""Glyphs on either side of a number that help to find its ends."""
SAME_MIDDLE = 0.45
"""Heights by which two readers may differ about a text's middle: less than a narrow character."""
OFF = 0.5
"""Heights by which a text layer lies beside the ink that a mask was cut on."""
FAR, ROUGH, LEAST = 3.0, 0.5, 0.15
"""Steps from one of the last four to the next, beyond which a reader missed digits before them; by
how many of these its boxes are off at most; and heights of what is too narrow for a digit.
"""
LEAST_KEPT = 3
"""Digits of a last four by which their step is known."""
EDGE = 0.15
"""Part of its width on either side that a digit's quad may reach beyond a block over it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What masks are cut on: a page's number, its pixels, and where its solid blocks are."""

    number: int
    pixels: Pixels = field(repr=False)
    blocks: tuple[Quad, ...]

    def covers(self, line: Line, index: int) -> bool:
        """Whether one of the blocks is drawn over a digit of the text layer."""
        glyph = line.glyphs[index]
        is_written = line.seen_by == "text" and glyph.char.isdecimal()
        return is_written and any(_is_on(glyph.quad, block) for block in self.blocks)


def blocks_of(lines: Iterable[Line]) -> Iterator[Quad]:
    """What the finder saw as solid blocks, each whole."""
    for line in lines:
        for is_block, glyphs in groupby(line.glyphs, lambda glyph: glyph.char == BLOCK):
            if is_block:
                first, *rest = (glyph.quad for glyph in glyphs)
                yield first.to(rest[-1]) if rest else first


def _is_on(quad: Quad, block: Quad) -> bool:
    """Whether a quad, but for its edges, lies on a block."""
    edge = EDGE * quad.width()
    (x0, y), (x1, _) = (np.mean(side, axis=0) for side in ((quad.tl, quad.bl), (quad.tr, quad.br)))
    left, top, right, bottom = block.box()
    return bool(left <= x0 + edge and x1 - edge <= right and top <= y <= bottom)


def number_of(page: Page, sighting: Sighting) -> CardNumber:
    """What was seen, with the quads of what is to be hidden and of what stays."""
    match = sighting.match
    quads = _cut_quads(page, sighting.line, match.start, match.end)
    hide = _with_blocks(match, sighting.line)
    missed, quads = _without_missed(match, sighting.line, quads, page.pixels)
    mask = (*_spans(hide, match.keep, sighting.line, quads), *missed)
    keep = tuple(_spans(match.keep, match.hide, sighting.line, quads))
    seen_by = frozenset({sighting.line.seen_by})
    return CardNumber(page.number, match.pan, match.rule, mask, keep, seen_by)


def _without_missed(
    match: Match, line: Line, quads: dict[int, Quad], pixels: Pixels
) -> tuple[tuple[Quad, ...], dict[int, Quad]]:
    """What lies before the first digit that stays, in its quad, and the quads without that; nothing
    where that is as near to the reader's own box as these are rough, or is paper.

    Of widely spaced digits a reader may miss some before the last four, and the cut before these
    may fall before those, which would stay.
    """
    if line.seen_by != "ocr" or not match.hide or len(match.keep) < LEAST_KEPT:
        return (), quads
    first, *others = match.keep
    own, quad = line.glyphs[first].quad, quads[first]
    centres = [line.glyphs[i].quad.centre() for i in (match.hide[-1], first, *others)]
    gap, *steps = (math.dist(a, b) for a, b in pairwise(centres))
    usual, wide = float(np.median(steps)), max(quad.width(), 1e-6)
    start = (quad.place_of(own.tl)[0] - ROUGH * usual) / wide
    if gap <= FAR * usual or not LEAST * quad.height() / wide < start < 1.0:
        return (), quads
    missed, kept = quad.part(0.0, start), quad.part(start, 1.0)
    inked = has_ink(missed, pixels, LEAST_CONTRAST)
    return ((missed,), {**quads, first: kept}) if inked else ((), quads)


def _with_blocks(match: Match, line: Line) -> tuple[int, ...]:
    """What is to be hidden with the issuer's own black boxes, but for two before the last four.

    Digits touch the boxes, and where one ends is seen to a pixel or two: a mask that ends within a
    box leaves no digit's edge beside it.
    """
    first_kept = min(match.keep, default=match.end)
    blocks = [i for i in range(match.start, match.end) if line.glyphs[i].char == BLOCK]
    before_kept = [i for i in blocks if i < first_kept]
    last = before_kept[-BARE_BOXES:] if match.keep else []
    own = (i for i in blocks if i not in last)
    return tuple(sorted({*match.hide, *own})) if match.hide else ()


def _cut_quads(page: Page, line: Line, start: int, end: int) -> dict[int, Quad]:
    """Quads fitted to the ink for glyphs `start` up to `end`, by index.

    Where the issuer's boxes are drawn over a text layer's digits its own quads are as good, and of
    digits that are not read there are no others.
    """
    quads: dict[int, Quad] = {}
    for left, right in _rows(line, start, end):
        quads |= {i: line.glyphs[i].quad for i in range(left, right)}
        if seen := [i for i in range(left, right) if not page.covers(line, i)]:
            fitted = cut(page.pixels, replace(line, glyphs=tuple(line.glyphs[i] for i in seen)))
            quads |= {i: glyph.quad for i, glyph in zip(seen, fitted.glyphs, strict=True)}
        read = [i for i in range(left, right) if line.glyphs[i].char.isdecimal()]
        unread = (i for i in range(left, right) if is_unread(line.glyphs[i]))
        quads |= {i: _as_high(line, i, read, quads) for i in unread}
    return quads


def _as_high(line: Line, index: int, read: Sequence[int], quads: dict[int, Quad]) -> Quad:
    """For a digit that is not read, a quad as high as that of the nearest one that is, up to one
    that is read behind it.
    """
    near = min(read, key=lambda i: abs(i - index))
    (x0, y0), (x1, y1) = (line.glyphs[i].quad.centre() for i in (near, index))
    own = quads[near].moved(x1 - x0, y1 - y0)
    return replace(own, tr=quads[near].tl, br=quads[near].bl) if near == index + 1 else own


def _rows(line: Line, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch with some context, row by row."""
    start, end = max(0, start - CONTEXT), min(len(line.glyphs), end + CONTEXT)
    breaks = [i for i in range(start, end) if line.glyphs[i].char in (LINE_BREAK, COLUMN_BREAK)]
    for left, right in zip([start, *(b + 1 for b in breaks)], [*breaks, end], strict=True):
        if left < right:
            yield left, right


def _spans(
    chosen: Sequence[int], others: Sequence[int], line: Line, quads: dict[int, Quad]
) -> Iterator[Quad]:
    """One quad for each stretch of chosen glyphs, with the separators inside it."""
    stretch: list[int] = []
    for index in chosen:
        if stretch and _parts(stretch[-1], index, others, line):
            yield quads[stretch[0]].to(_last(stretch[-1], others, line, quads))
            stretch = []
        stretch.append(index)
    if stretch:
        yield quads[stretch[0]].to(_last(stretch[-1], others, line, quads))


def _last(last: int, others: Sequence[int], line: Line, quads: dict[int, Quad]) -> Quad:
    """A stretch's last quad, as wide as a digit is where a printed separator follows.

    In small print a hyphen touches the digit before it, and the cut falls into the digit.
    """
    quad = quads[last]
    after = line.glyphs[last + 1].char if last + 2 in others else " "
    if after.isspace() or after.isalnum():
        return quad
    usual = float(np.median([quads[i].width() for i in (*others, last)]))
    if quad.width() > NARROW * usual:
        return quad
    tl, tr, br, bl = quad.array()
    longer = min(usual, quad.width() + quads[last + 1].width()) / max(quad.width(), 1e-6)
    return Quad.from_array(np.stack([tl, tl + longer * (tr - tl), bl + longer * (br - bl), bl]))


def _parts(left: int, right: int, others: Sequence[int], line: Line) -> bool:
    between = range(left + 1, right)
    return any(i in others or line.glyphs[i].char in (LINE_BREAK, COLUMN_BREAK) for i in between)


def asked_for(
    page: Page, lines: Iterable[Line], text: str
) -> Iterator[tuple[CardNumber, tuple[Glyph, ...]]]:
    """Each place where the user's text stands, and its glyphs."""
    for line in lines:
        for indices in _places(line, bare(text)):
            quads = _cut_quads(page, line, indices[0], indices[-1] + 1)
            mask = tuple(_spans(indices, (), line, quads))
            if line.seen_by == "text" and len(mask) == 1:
                mask = (_between_neighbours(mask[0], line, indices),)
            number = CardNumber(
                page.number, Pan(""), RULE_ASKED, mask, (), frozenset({line.seen_by})
            )
            yield number, tuple(line.glyphs[i] for i in indices)


def is_named(lines: Iterable[Line], text: str) -> bool:
    """Whether the user's text stands in one of the lines, be it with other separators."""
    return any(True for line in lines for _ in _places(line, bare(text)))


def placed_best(asked: Sequence[CardNumber], pixels: Pixels) -> list[CardNumber]:
    """The user's texts, each where a text layer has it exactly, else also where OCR sees it.

    OCR tells where a line is, and its letters as if they were as wide as each other.
    """
    exact = [n for n in asked if n.seen_by == {"text"} and _ends_in_gaps(n.mask, pixels)]
    return [n for n in asked if n in exact or not any(_is_there_too(n, one) for one in exact)]


def _ends_in_gaps(mask: Sequence[Quad], pixels: Pixels) -> bool:
    """Whether there is bare paper at both ends: a layer beside the ink cuts through characters."""
    height, width = pixels.shape[:2]
    for x0, y0, x1, y1 in (quad.box() for quad in mask):
        top, bottom = max(0, int(y0)), min(height, round(y1))
        for x in (round(x0), round(x1)):
            strip = pixels[top:bottom, max(0, x - 1) : min(width, x + 1)]
            if not strip.size or int(np.ptp(strip)) >= LEAST_CONTRAST:
                return False
    return bool(mask)


def _is_there_too(number: CardNumber, exact: CardNumber) -> bool:
    """Whether it has the same middle, and so is the same text."""
    if number.seen_by != {"ocr"} or len(number.mask) != 1 or len(exact.mask) != 1:
        return False
    (one,), (other,) = number.mask, exact.mask
    (x0, y0), (x1, y1) = one.centre(), other.centre()
    return max(abs(x0 - x1), abs(y0 - y1)) <= SAME_MIDDLE * other.height()


def _between_neighbours(mask: Quad, line: Line, indices: Sequence[int]) -> Quad:
    """A mask over all of the text, and over no character beside it.

    Cuts are laid for digits, which are as wide as each other; of other letters the layer's own
    boxes tell better where they end, unless it lies beside the ink.
    """
    first, last = line.glyphs[indices[0]].quad, line.glyphs[indices[-1]].quad
    start, end = _along(mask, first)[0], _along(mask, last)[1]
    high, long = mask.height(), max(mask.width(), 1.0)
    if abs(start + end - 1) / 2 * long > OFF * high or _is_on_another_row(mask, first):
        return mask
    before = max((_along(mask, q)[1] for q in _beside(line, indices[0], -1)), default=-math.inf)
    behind = min((_along(mask, q)[0] for q in _beside(line, indices[-1], 1)), default=math.inf)
    left, right = max(min(start, 0.0), min(before, start)), min(max(end, 1.0), max(behind, end))
    return mask.part(left, right)


def _beside(line: Line, index: int, step: int) -> Iterator[Quad]:
    """The next character on that side, if there is one on the row."""
    at = index + step
    while 0 <= at < len(line.glyphs) and line.glyphs[at].char.isspace():
        if line.glyphs[at].char in (LINE_BREAK, COLUMN_BREAK):
            return
        at += step
    if 0 <= at < len(line.glyphs):
        yield line.glyphs[at].quad


def _along(mask: Quad, quad: Quad) -> tuple[float, float]:
    """Where a quad begins and ends along a mask, in parts of its length."""
    tl, tr, _br, _bl = mask.array()
    along = (tr - tl) / max(float(np.dot(tr - tl, tr - tl)), 1e-6)
    places = (quad.array() - tl) @ along
    return float(places[[0, 3]].mean()), float(places[[1, 2]].mean())


def _is_on_another_row(mask: Quad, quad: Quad) -> bool:
    """Whether its middle lies above or below the mask."""
    tl, _tr, _br, bl = mask.array()
    down = (bl - tl) / max(float(np.dot(bl - tl, bl - tl)), 1e-6)
    return not 0.0 <= float((quad.array().mean(axis=0) - tl) @ down) <= 1.0


def _places(line: Line, wanted: str) -> Iterator[list[int]]:
    """The indices of the wanted characters, whatever separates them."""
    plain = folded(line.text)
    places = [i for i, c in enumerate(plain) if counts(c)]
    flat = "".join(plain[i] for i in places)
    at = flat.find(wanted) if wanted else -1
    while at >= 0:
        yield places[at : at + len(wanted)]
        at = flat.find(wanted, at + len(wanted))


def barcode(page: int, symbol: Symbol, known: Sequence[Pan]) -> CardNumber | None:
    """A symbol whose content holds a card number goes as a whole (rule 6)."""
    named = [match for match in find(symbol.content, known) if match.hide]
    if not named:
        return None
    pan = named[0].pan
    return CardNumber(page, pan, RULE_BARCODE, (symbol.quad,), (), frozenset({"barcode"}))
