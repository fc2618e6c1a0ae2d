"""Glyphs → card numbers with the quads to mask and the quads to keep.

Every reader's lines are assembled by place, the rules of `pan` are asked about each line, each
pair of lines that a number may run over, and each number below a label; what they name is cut out
of the ink.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, groupby, pairwise

import numpy as np

from prepdoc.agreeing import Sighting, agreed
from prepdoc.assembling import (
    COLUMN_BREAK,
    LABEL_GAP,
    LINE_BREAK,
    WRAP_GAP,
    Stack,
    assembled,
    segments,
    stacked,
    standing,
    unquoted,
    words,
)
from prepdoc.cutting import cut
from prepdoc.ocr.blocks import BLOCK
from prepdoc.page import CardNumber, Glyph, Line, Pixels, Quad, SeenBy, Symbol
from prepdoc.pan import (
    RULE_GROUPED,
    RULE_KNOWN,
    RULE_LABELLED,
    RULE_MASKED,
    RULE_VALID,
    Match,
    Pan,
    bare,
    find,
    unclaimed,
)
from prepdoc.pan.candidates import MIN_PAN
from prepdoc.pan.labels import spans
from prepdoc.pan.lookalikes import begins_a_row, is_tied
from prepdoc.pan.number import agrees_with_grouping, is_grouped
from prepdoc.pan.text import counts, folded
from prepdoc.piling import piles
from prepdoc.placing import each_once, not_denied, not_misplaced, seen_on_page

RULE_ASKED = 0
"""The rule of what the user named with --mask."""
RULE_BARCODE = 6
NARROW = 0.75
"""Part of the usual width of a digit's quad; a narrower one lost some of its digit, or is a one."""
GOING_ON = re.compile(r"[-/.,，年月日]\d|[年月日円]")
"""Behind a number's last digit, what makes it the beginning of a date or an amount."""
BARE_BOXES = 2
"""What is left of a box by a mask is to be seen as one."""
CONTEXT = 2
"""Glyphs on either side of a number that help to find its ends."""
_BESIDE_A_LABEL = (RULE_LABELLED, RULE_MASKED)
WRAPPED_PART = 3
"""Of rows of bare digits below each other, one in three makes a number with the next if any does:
in a column of references one in thirty does, by chance."""

MOST_MIDDLES = 2
"""Lines of digits between the first and the last one of a number; a card has four groups."""

CELL_GAP = 1.25
"""Heights from the middle of a character to that of the next one between cells; between words they
are some 0.85."""

EDGE = 0.15
"""Part of its width on either side that a digit's quad may reach beyond a block over it."""

BELOW, RIGHT_BELOW = 1.0, 0.6
"""Heights by which a digit below another one begins left or right of it at most: in a cell that
stands by itself, and where a word stands right beside it."""

THIN = 0.15
"""Heights that a blank in a text layer is wide at most which may be none; gaps from 0.1 on are
blanks, and a font's has at least 0.2."""

NEAREST = 0.5
"""Heights by which lines below another are as near: in two columns, or read twice."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Texts that the user wants masked, or kept although a rule other than 1 would mask them."""

    mask: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """The numbers on a page as needles for every other one, and how small the smallest is that a
    text layer has: the height of its print in pixels, infinite where it has none.
    """

    pans: frozenset[Pan]
    smallest_px: float


@dataclass(frozen=True, slots=True)
class Found:
    """The card numbers of a page, and the glyphs that no output may hold, not even as text."""

    numbers: tuple[CardNumber, ...]
    hidden: frozenset[Glyph] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Page:
    """What masks are cut on: a page's number, its pixels, and where its solid blocks are."""

    number: int
    pixels: Pixels = field(repr=False)
    blocks: tuple[Quad, ...]

    def covers(self, line: Line, index: int) -> bool:
        """Whether one of the blocks is drawn over a digit of the text layer."""
        glyph = line.glyphs[index]
        is_written = line.seen_by == "text" and glyph.char.isdecimal()
        return is_written and any(_is_on(glyph.quad, block) for block in self.blocks)


def named_in(lines: Sequence[Line], wishes: Wishes) -> Named:
    """The numbers that these lines name, whichever reader saw them."""
    seen = tuple(_sightings(lines, (), wishes.keep))
    by_layer = (one for one in seen if one.line.seen_by == "text")
    return Named(frozenset(s.match.pan for s in agreed(seen)), _smallest_px(agreed(by_layer)))


def _smallest_px(seen: Iterable[Sighting]) -> float:
    glyphs = (s.line.glyphs[i] for s in seen for i in (*s.match.hide, *s.match.keep))
    return min((glyph.quad.height() for glyph in glyphs), default=math.inf)


def unclaimed_in(lines: Sequence[Line]) -> tuple[str, ...]:
    """Digit runs as long as a card number that no rule claims, for the report."""
    texts = [line.text for line in _assembled(lines)]
    return tuple(run for text in texts for run in unclaimed(text, find(text)))


def find_numbers(
    page: int,
    pixels: Pixels,
    lines: Sequence[Line],
    symbols: Sequence[Symbol] = (),
    known: Iterable[Pan] = (),
    wishes: Wishes = Wishes(),
) -> Found:
    """Every card number on a page, from all readers together.

    `lines` and `symbols` are in pixels of `pixels`. Where two readers see the same digits at the
    same place the text layer's boxes are taken; where they differ, both are masked.
    """
    known = tuple(known)
    seen = agreed(_sightings(lines, known, wishes.keep))
    here = _Page(page, pixels, tuple(_blocks(lines)))
    numbers = each_once((_number(here, s) for s in seen), pixels)
    asked = [a for text in wishes.mask for a in _asked(here, _assembled(lines), text)]
    barcodes = [_barcode(page, symbol, known) for symbol in symbols]
    everything = (*numbers, *(number for number, _ in asked), *filter(None, barcodes))
    placed = not_misplaced(everything, lines)
    return Found(
        tuple(not_denied(seen_on_page(number, pixels), lines) for number in placed),
        frozenset(s.line.glyphs[i] for s in seen for i in s.match.hide)
        | frozenset(glyph for _, glyphs in asked for glyph in glyphs),
    )


def _sightings(
    lines: Sequence[Line], known: Sequence[Pan], spared: Sequence[str]
) -> Iterator[Sighting]:
    whole = _assembled(lines)
    as_read = (line for line in lines if line.seen_by == "ocr")
    written = (line for line in whole if line.seen_by == "text")
    kerned = (closed for line in written if (closed := _closed(line)).text != line.text)
    found: dict[str, tuple[Match, ...]] = {}  # the file and the readers mostly say the same
    for line in (*whole, *kerned, *_torn(lines, whole), *as_read):
        if line.text not in found:
            found[line.text] = tuple(find(line.text, known, spared))
        yield from (Sighting(match, line) for match in found[line.text])
    for line in _standing(lines):
        for match in find(line.text, known, spared):
            if _is_column(match, line.text):
                yield Sighting(match, line)
    for reader in ("text", "ocr"):
        own = [line for line in whole if line.seen_by == reader]
        parts = [unquoted(part) for line in own for part in segments(line) if _has_digits(part)]
        stack = Stack(parts)
        yield from _wrapped(parts, stack, spared)
        yield from _wrapped_often(parts, stack, spared)
        yield from _in_cells(parts, spared)
        yield from _piled(own, spared)
        yield from (
            s for line in own for label in _labels(line) for s in _under(label, stack, spared)
        )


def _assembled(lines: Iterable[Line]) -> tuple[Line, ...]:
    lines = tuple(lines)
    by_reader: dict[SeenBy, list[Line]] = {}
    for line in lines:
        by_reader.setdefault(line.seen_by, []).append(line)
    pieces = {reader: words(ls) if reader == "text" else ls for reader, ls in by_reader.items()}
    return tuple(line for ls in pieces.values() if ls for line in assembled(tuple(ls)))


def _torn(lines: Iterable[Line], whole: Iterable[Line]) -> Iterator[Line]:
    """The text layer's lines with digits enough that are in none of those put together by place:
    something else is printed on the same row, as a watermark.
    """
    together = [_digits_of(line) for line in whole if line.seen_by == "text"]
    for line in (line for line in lines if line.seen_by == "text"):
        digits = _digits_of(line)
        if len(digits) >= MIN_PAN and not any(digits in own for own in together):
            yield from assembled(words([line]))


def _digits_of(line: Line) -> str:
    return "".join(c for c in folded(line.text) if c.isdecimal())


def _closed(line: Line) -> Line:
    """Without blanks between digits that are thinner than any font's: kerning that went astray."""
    sides = zip(line.text, line.glyphs[1:-1], line.text[2:], strict=False)
    kept = [not _is_thin(blank) or not (a + b).isdecimal() for a, blank, b in sides]
    ends = line.glyphs[:1], line.glyphs[1:][-1:]
    return replace(line, glyphs=(*ends[0], *compress(line.glyphs[1:-1], kept), *ends[1]))


def _is_thin(glyph: Glyph) -> bool:
    return glyph.char == " " and glyph.quad.width() < THIN * glyph.quad.height()


def _standing(lines: Sequence[Line]) -> Iterator[Line]:
    """Upright characters below each other, as each reader saw them."""
    yield from standing(words(line for line in lines if line.seen_by == "text"))
    yield from standing([line for line in lines if line.seen_by == "ocr"])


def _is_column(match: Match, text: str) -> bool:
    """Whether digits below each other are a number: a table's column of digits is spaced out.

    And it is longer: of twenty counts, some fourteen in a row pass Luhn by chance.
    """
    separated = sum(not c.isalnum() for c in text[match.start : match.end])
    around = text[: match.start].rstrip()[-1:] + text[match.end :].lstrip()[:1]
    proven = match.rule == RULE_VALID and not any(c.isdecimal() for c in around)
    return proven or match.rule in (RULE_MASKED, RULE_KNOWN) or separated < len(match.hide)


def _wrapped(parts: Sequence[Line], stack: Stack, spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers that begin at the end of a part and go on at the start of one below it."""
    pairs = [(u, low, m) for u in parts for low, m in _nearest_below(u, stack, spared)]
    solid = {upper for upper, lower, _ in pairs if _is_solid(upper) and _is_solid(lower)}
    for upper, lower, match in pairs:
        column = stack.alike(upper) if upper in solid else ()
        if WRAPPED_PART * sum(row in solid for row in column) >= len(column):
            yield Sighting(match, stacked(upper, lower))


def _wrapped_often(
    parts: Sequence[Line], stack: Stack, spared: Sequence[str]
) -> Iterator[Sighting]:
    """Numbers over three lines or four, of which those in the middle are full of digits: in a
    chat's bubble, in a narrow cell.

    Not where all are digits and no more: a list's column is full of such rows.
    """
    for upper in filter(_ends_in_digits, parts):
        for whole, last in _going_on(upper, upper, stack, MOST_MIDDLES):
            for lower in stack.below(last, WRAP_GAP):
                if not (_is_solid(upper) and _is_solid(lower)):
                    ends = len(upper.glyphs), len(whole.glyphs)
                    yield from _across(stacked(whole, lower), *ends, spared)


def _going_on(whole: Line, last: Line, stack: Stack, left: int) -> Iterator[tuple[Line, Line]]:
    """A line with those below it that are full of digits, one more each time, and the last one."""
    for middle in filter(_is_solid, stack.below(last, WRAP_GAP) if left else ()):
        if _fills(last, middle):
            longer = stacked(whole, middle)
            yield longer, middle
            yield from _going_on(longer, middle, stack, left - 1)


def _across(whole: Line, first: int, last: int, spared: Sequence[str]) -> Iterator[Sighting]:
    """The proven numbers that begin before the first of two breaks, and end behind the last."""
    for match in find(whole.text, (), spared):
        if match.rule == RULE_VALID and match.start < first and last < match.end - 1:
            yield Sighting(match, whole)


def _ends_in_digits(line: Line) -> bool:
    return line.text[-1:].isdecimal()


def _fills(upper: Line, lower: Line) -> bool:
    """Whether a line below reaches as far as the upper one, as one does that had to be broken."""
    quad = upper.quad
    along, _ = quad.place_of(lower.quad.tr)
    return abs(along - math.dist(quad.tl, quad.tr)) <= quad.height()


def _in_cells(parts: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers that go on below their first digit, where something stands beside them, so near that
    it is one line with them: the cells and fields of a form. As near as words are, right below it.
    """
    for cuts, reach in ((_gaps, BELOW), (_edges, RIGHT_BELOW)):
        gaps = [(part, gap) for part in parts for gap in cuts(part)]
        begun = [*parts, *(_cut(part, 0, gap) for part, gap in gaps)]
        ended = [*parts, *(_cut(part, gap, len(part.glyphs)) for part, gap in gaps)]
        stack = Stack([line for line in ended if line.text[:1].isdecimal()])
        for upper in begun if gaps else ():
            for lower, match in _right_below(upper, stack, spared, reach):
                yield Sighting(match, stacked(upper, lower))


def _right_below(
    upper: Line, stack: Stack, spared: Sequence[str], reach: float
) -> Iterator[tuple[Line, Match]]:
    """The numbers that go on below their first digit, in the nearest line with which one does."""
    lowers = [low for low in stack.below(upper, WRAP_GAP) if _is_under(low, upper.glyphs, reach)]
    found = [(low, m) for low in lowers for m in _over(upper, low, spared)]
    found = [(low, m) for low, m in found if _is_under(low, upper.glyphs[m.start :][:1], reach)]
    gaps = [math.dist(upper.glyphs[m.start].quad.tl, low.glyphs[0].quad.tl) for low, m in found]
    return _nearest(found, gaps, upper.quad.height())


def _gaps(line: Line) -> Iterator[int]:
    """Where characters begin that stand further from the one before than words do, and labels; but
    none within a number, the rest of which would be joined with one below.
    """
    labels = {start for start, _ in spans(line.text) if start}
    for before, i in _pairs(line):
        one, other = line.glyphs[before].quad, line.glyphs[i].quad
        if i in labels or math.dist(one.centre(), other.centre()) > CELL_GAP * one.height():
            yield i


def _edges(line: Line) -> Iterator[int]:
    """The same, and where words begin and end."""
    text, far = line.text, set(_gaps(line))
    return (i for before, i in _pairs(line) if i in far or _is_edge(text[before : i + 1]))


def _pairs(line: Line) -> Iterator[tuple[int, int]]:
    """Each character and the one before it, without blanks, but none within a number."""
    text = line.text
    numbers = [(match.start, match.end) for match in find(text)]
    inked = (i for i, char in enumerate(text) if not char.isspace())
    for before, i in pairwise(inked):
        if not any(start < i < end for start, end in numbers):
            yield before, i


def _is_edge(text: str) -> bool:
    """Whether a text leads from a word to something else or back; not from digits to digits.

    Only Japanese is written without a blank there.
    """
    ends = text[0] + text[-1]
    word = "".join(c for c in ends if c.isalpha())
    is_apart = len(text) > 2 or not word.isascii()
    return is_apart and len(word) < 2 and not ends.isdecimal()


def _cut(line: Line, start: int, end: int) -> Line:
    """A part of a line, without blanks at its end."""
    return replace(line, glyphs=line.glyphs[start : start + len(line.text[start:end].rstrip())])


def _is_under(lower: Line, glyphs: Iterable[Glyph], reach: float) -> bool:
    """Whether a line begins below one of these digits, so many heights beside it at most."""
    corner = lower.glyphs[0].quad.tl
    quads = (glyph.quad for glyph in glyphs if glyph.char.isdecimal())
    return any(abs(quad.place_of(corner)[0]) <= reach * quad.height() for quad in quads)


def _nearest_below(
    upper: Line, stack: Stack, spared: Sequence[str]
) -> Iterator[tuple[Line, Match]]:
    """The numbers that go on below, in the nearest line with which there is one."""
    found = [(low, m) for low in stack.below(upper, WRAP_GAP) for m in _over(upper, low, spared)]
    gaps = [math.dist(upper.quad.centre(), low.quad.centre()) for low, _ in found]
    return _nearest(found, gaps, upper.quad.height())


def _nearest(
    found: Iterable[tuple[Line, Match]], gaps: Sequence[float], height: float
) -> Iterator[tuple[Line, Match]]:
    least = min(gaps, default=0.0) + NEAREST * height
    return (one for one, gap in zip(found, gaps, strict=True) if gap <= least)


def _piled(lines: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers of which each group has a line of its own."""
    for pile in piles(lines):
        for match in find(pile.text, (), spared):
            is_whole = match.start == 0 and match.end == len(pile.text)
            if is_whole and match.rule in (RULE_VALID, RULE_MASKED):
                yield Sighting(match, pile)


def _over(upper: Line, lower: Line, spared: Sequence[str]) -> Iterator[Match]:
    """The numbers over the line break, but those that take a part of one on either line."""
    text = stacked(upper, lower).text
    broken = len(upper.glyphs)
    over = (m for m in find(text, (), spared) if m.start < broken < m.end - 1)
    over = (m for m in over if not is_tied(text, m.start, m.end))
    return (m for m in over if _goes_on(m, text, lower) and not _takes_from(m, upper, lower))


def _goes_on(match: Match, text: str, lower: Line) -> bool:
    """Whether a match over a line break can be one number: proven, or grouped as cards are."""
    if match.rule not in (RULE_VALID, RULE_GROUPED) or begins_a_row(lower.text):
        return False
    upper_sizes, lower_sizes = (
        _sizes(part) for part in text[match.start : match.end].split(LINE_BREAK)
    )
    if match.rule == RULE_GROUPED:
        return len(upper_sizes) + len(lower_sizes) > 2
    joined = (*upper_sizes[:-1], upper_sizes[-1] + lower_sizes[0], *lower_sizes[1:])
    separate = (*upper_sizes, *lower_sizes)
    if is_grouped(joined) or is_grouped(separate):
        return True
    if len(lower_sizes) == 1 and GOING_ON.match(text[match.end :]):
        return False
    return len(separate) == 2 or agrees_with_grouping(separate)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(len(group) for group in re.findall(r"\d+", folded(text)))


def _takes_from(match: Match, upper: Line, lower: Line) -> bool:
    first = [(m.start, m.end) for m in find(upper.text)]
    below = len(upper.glyphs) + 1
    second = [(m.start + below, m.end + below) for m in find(lower.text)]
    return any(
        start < match.end and match.start < end and not match.start <= start < end <= match.end
        for start, end in first + second
    )


def _is_solid(line: Line) -> bool:
    return line.text.isdecimal()


def _labels(line: Line) -> Iterator[Line]:
    """The line's labels that no number follows on the line itself."""
    for start, end in spans(line.text):
        rest = line.text[end:].split("\t")[0]
        if not any(c.isdecimal() for c in rest):
            yield replace(line, glyphs=line.glyphs[start:end])


def _under(label: Line, stack: Stack, spared: Sequence[str]) -> Iterator[Sighting]:
    for part in stack.below(label, LABEL_GAP):
        both = stacked(label, part)
        for match in find(both.text, (), spared):
            if match.rule in _BESIDE_A_LABEL and match.start > len(label.glyphs):
                yield Sighting(match, both)


def _has_digits(line: Line) -> bool:
    return any(c.isdecimal() for c in folded(line.text))


def _blocks(lines: Iterable[Line]) -> Iterator[Quad]:
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


def _number(page: _Page, sighting: Sighting) -> CardNumber:
    match = sighting.match
    quads = _cut_quads(page, sighting.line, match.start, match.end)
    hide = _with_blocks(match, sighting.line)
    mask = tuple(_spans(hide, match.keep, sighting.line, quads))
    keep = tuple(_spans(match.keep, match.hide, sighting.line, quads))
    seen_by = frozenset({sighting.line.seen_by})
    return CardNumber(page.number, match.pan, match.rule, mask, keep, seen_by)


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


def _cut_quads(page: _Page, line: Line, start: int, end: int) -> dict[int, Quad]:
    """Quads fitted to the ink for glyphs `start` up to `end`, by index.

    Where the issuer's boxes are drawn over a text layer's digits its own quads are as good.
    """
    quads: dict[int, Quad] = {}
    for left, right in _rows(line, start, end):
        quads |= {i: line.glyphs[i].quad for i in range(left, right)}
        if seen := [i for i in range(left, right) if not page.covers(line, i)]:
            fitted = cut(page.pixels, replace(line, glyphs=tuple(line.glyphs[i] for i in seen)))
            quads |= {i: glyph.quad for i, glyph in zip(seen, fitted.glyphs, strict=True)}
    return quads


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


def _asked(
    page: _Page, lines: Iterable[Line], text: str
) -> Iterator[tuple[CardNumber, tuple[Glyph, ...]]]:
    """Each place where the user's text stands, and its glyphs."""
    for line in lines:
        for indices in _places(line, bare(text)):
            quads = _cut_quads(page, line, indices[0], indices[-1] + 1)
            mask = tuple(_spans(indices, (), line, quads))
            number = CardNumber(
                page.number, Pan(""), RULE_ASKED, mask, (), frozenset({line.seen_by})
            )
            yield number, tuple(line.glyphs[i] for i in indices)


def _places(line: Line, wanted: str) -> Iterator[list[int]]:
    """The indices of the wanted characters, whatever separates them."""
    plain = folded(line.text)
    places = [i for i, c in enumerate(plain) if counts(c)]
    flat = "".join(plain[i] for i in places)
    at = flat.find(wanted) if wanted else -1
    while at >= 0:
        yield places[at : at + len(wanted)]
        at = flat.find(wanted, at + len(wanted))


def _barcode(page: int, symbol: Symbol, known: Sequence[Pan]) -> CardNumber | None:
    """A symbol whose content holds a card number goes as a whole (rule 6)."""
    named = [match for match in find(symbol.content, known) if match.hide]
    if not named:
        return None
    pan = named[0].pan
    return CardNumber(page, pan, RULE_BARCODE, (symbol.quad,), (), frozenset({"barcode"}))
