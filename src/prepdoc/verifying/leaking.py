"""Lines that a reader saw on an output page → places where digits can still be read.

A mask is put into the text around it as a row of `■`, as a person sees it: so a digit that peeks
out beside one is seen as part of a number, by the same rules that find numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise

import numpy as np

from prepdoc.cropping import cropped
from prepdoc.listing import headed, named_otherwise
from prepdoc.narrow import is_whole, narrow
from prepdoc.page import ExpectedPage, Glyph, Leak, Line, Quad, Symbol
from prepdoc.pan import (
    RULE_KNOWN,
    RULE_VALID,
    Match,
    Pan,
    but_spared,
    find,
    is_part,
    is_told,
    longer,
    told,
)
from prepdoc.pan.text import digits_of
from prepdoc.verifying.axes import Axes, digits_between
from prepdoc.verifying.columns import columns, is_number, piles
from prepdoc.verifying.endings import beside_last_fours, ends_proven, kept_too_early
from prepdoc.verifying.loose import in_loose_rows
from prepdoc.verifying.matched import Finder, hidden
from prepdoc.verifying.rows import blanks, in_parted_rows, in_rows
from prepdoc.verifying.wrapping import in_cells, in_wrapped
from prepdoc.widths import widened

_LAYER_BLANK_HEIGHTS = 0.1
"""The same in the text layer, whose boxes touch within a word."""
_GROWN_HEIGHTS = 0.08
"""A leak's place is to be painted: readers cut their boxes at the ink, where soft edges stay."""
_OFF_HEIGHTS = 0.35
"""Readers' boxes are off by half a digit."""
_MOST_GIVEN = 7
"""Digits of a postcode: one card number in 45,000 shares six with one, in a million all seven."""
_CELL_RULES = frozenset("|¦[]{}()/\\!")
_ASTERISKS = frozenset("*＊")
_LETTER = "k"
"""One that no reader takes for a digit or a mark."""
_NOUGHTS = frozenset("oO")
"""What readers take for a rule between two cells, and for a nought beside one."""


@dataclass(frozen=True, slots=True)
class Others:
    """Digits that by what stands beside them are something else's than a card's, runs of digits
    longer than a card's number, all lines, of which a view around a mask shows but a few, and where
    asterisks are proven to stand.
    """

    told: frozenset[str] = frozenset()
    longer: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    marks: tuple[Quad, ...] = ()

    def have(self, match: Match) -> bool:
        """Whether a match is one of these."""
        return is_told(match, self.told) or is_part(match, self.longer)


NONE = Others()


def leaks_in_text(
    lines: Sequence[Line], page: ExpectedPage, known: Sequence[Pan], others: Others = NONE
) -> tuple[Leak, ...]:
    """Every place where a card number's digits are read, by one reader in one page's pixels, but
    those of `others`.
    """
    lines = tuple(map(widened, lines))
    found = _leaking(lines, page, known, others)
    seen = (quad for quad in found if not _is_in_mask(quad, page))
    early = (Leak(page.number, quad) for quad in kept_too_early(lines, page, known))
    return (*(_leak(quad, page) for quad in seen), *early)


def others_in(
    lines: Sequence[Line], proven: Iterable[Line], named: frozenset[str] = frozenset()
) -> Others:
    """What any reader sees on a page, and what of its text layer is `proven` to be seen; `named`
    digits are something else's.
    """
    proven = tuple(proven)
    everything = (*lines, *proven)
    runs = longer(line.text for line in proven)
    marks = tuple(g.quad for line in proven for g in line.glyphs if g.char in _ASTERISKS)
    return Others(named | told(widened(line).text for line in everything), runs, everything, marks)


def _leaking(
    lines: Sequence[Line], page: ExpectedPage, known: Iterable[Pan], others: Others = NONE
) -> Iterator[Quad]:
    numbers = tuple(known)

    def seen(text: str) -> tuple[Match, ...]:
        found = find(text, numbers, page.spared)
        return tuple(m for m in found if m.pan in numbers or not others.have(m))

    def given(text: str) -> tuple[Match, ...]:
        found = seen(text)
        if all(match.rule != RULE_KNOWN for match in found):
            return found  # as nearly always: the stamps need not be looked through
        by_chance = _given_by_chance(page, numbers)
        return tuple(m for m in found if m.rule != RULE_KNOWN or m.pan not in by_chance)

    added, own = _parted(lines, page)
    bare = replace(page, masks=(), last_fours=())
    around, marks = others.lines, others.marks
    settled = _settled(own, page, numbers)
    places = chain(
        _places(own, page, seen, around),
        beside_last_fours(own, page, marks),
        _going_on(settled, seen, around),
        _places(added, bare, given, around),
        _going_on(added, given, around),
    )
    return (quad for quad in dict.fromkeys(places) if not _is_kept(quad, lines, page))


def _given_by_chance(page: ExpectedPage, known: Sequence[Pan]) -> frozenset[Pan]:
    """The numbers of which the cardholder's own details share a few digits, all in all.

    Nobody can tell them from a postcode's, for the cardholder gave them as that.
    """
    shared: Counter[Pan] = Counter()
    for line in (line for stamp in page.stamps for line in stamp.lines):
        for match in find(line.text, known):
            if match.rule == RULE_KNOWN:
                shared[match.pan] += len(digits_of(line.text[match.start : match.end]))
    return frozenset(pan for pan, digits in shared.items() if digits <= _MOST_GIVEN)


def _leak(quad: Quad, page: ExpectedPage) -> Leak:
    return Leak(page.number, _clear_of_kept(_grown(quad), page))


def _is_in_mask(quad: Quad, page: ExpectedPage) -> bool:
    """Whether digits are read deep in a mask, where there is one colour only: out of patterns.

    In pixels only: the words of a text layer may well lie there.
    """
    for mask in page.masks:
        axes = Axes.of(mask)
        (start, end), off = axes.span(quad), _OFF_HEIGHTS * axes.height
        if axes.on_row(quad) and off <= start and end <= axes.width - off:
            return True
    return False


def _parted(lines: Iterable[Line], page: ExpectedPage) -> tuple[list[Line], list[Line]]:
    """The lines inside the stamps and those outside: a stamp's words are no label of a number."""
    frames = [stamp.quad.box() for stamp in page.stamps]
    parts: tuple[list[Line], list[Line]] = ([], [])
    for line in lines:
        for is_outside, glyphs in groupby(line.glyphs, lambda glyph: not _is_in(glyph, frames)):
            parts[is_outside].append(replace(line, glyphs=tuple(glyphs)))
    return parts


def _is_in(glyph: Glyph, frames: Iterable[tuple[float, float, float, float]]) -> bool:
    x, y = glyph.quad.centre()
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in frames)


def _places(
    lines: Sequence[Line], page: ExpectedPage, seen: Finder, around: Sequence[Line]
) -> Iterator[Quad]:
    yield from (quad for line in lines for quad in hidden(line.glyphs, seen(line.text)))
    yield from (quad for line in lines for quad in _through_rules(line, seen))
    yield from _in_columns(lines, page, seen)
    for match, line in headed(lines):
        yield from hidden(line.glyphs, but_spared([match], line.text, page.spared))
    yield from in_rows(lines, page, seen)
    yield from in_parted_rows(lines, page, around)
    yield from (q for a in lines for q in hidden(a.glyphs, cropped(a, page.source.shape)))


def _going_on(lines: Sequence[Line], seen: Finder, around: Sequence[Line]) -> Iterator[Quad]:
    """Numbers over several lines."""
    yield from in_wrapped(lines, seen, around)
    yield from in_cells(lines, seen, around)
    yield from _in_narrow_cells(lines, seen)
    yield from in_loose_rows(lines, seen, around)


def _settled(lines: Sequence[Line], page: ExpectedPage, known: Sequence[Pan]) -> list[Line]:
    """The lines with letters in the place of last fours that end numbers which are proven: these
    are no beginning of another number, which a reference in the next row would go on with.
    """
    ends = [Axes.of(keep) for digits, keep in page.last_fours if ends_proven(digits, known)]
    if not ends:
        return list(lines)
    return [replace(line, glyphs=tuple(_lettered(g, ends) for g in line.glyphs)) for line in lines]


def _lettered(glyph: Glyph, ends: Iterable[Axes]) -> Glyph:
    is_settled = glyph.char.isdecimal() and any(
        axes.on_row(glyph.quad) and 0 <= sum(axes.span(glyph.quad)) / 2 <= axes.width
        for axes in ends
    )
    return replace(glyph, char=_LETTER) if is_settled else glyph


def _clear_of_kept(quad: Quad, page: ExpectedPage) -> Quad:
    """Up to the last four beside it: what is to be painted may not take a part of their digits.

    The wall of a cell beside them is read as one more digit, with a place as wide. If it is none
    but a digit that is seen there, it is seen again.
    """
    for _, keep in page.last_fours:
        axes = Axes.of(keep)
        start, end = axes.span(quad)
        is_before = start < 0 < end and (end <= axes.width or start + end < 0)
        if axes.on_row(quad) and is_before:
            quad = quad.part(0.0, start / (start - end))
        elif axes.on_row(quad) and 0 <= start < axes.width < end:
            quad = quad.part((axes.width - start) / (end - start), 1.0)
    return quad


def _is_kept(quad: Quad, lines: Sequence[Line], page: ExpectedPage) -> bool:
    """Whether the digits read there are a last four's own, in its place.

    A four read as one more `*` of a masked number makes the digits behind it hidden ones.
    """
    for digits, keep in page.last_fours:
        axes = Axes.of(keep)
        start, end = axes.span(quad)
        slack = _OFF_HEIGHTS * axes.height
        if axes.on_row(quad) and -slack <= start <= axes.width:
            read = "".join(glyph.char for glyph in digits_between(lines, axes, start, end))
            # All four and nothing else: a reader's box may reach further than its last digit.
            if end <= axes.width + slack or read == digits:
                return read in digits
    return False


def leaks_in_layer(
    lines: Iterable[Line], page: ExpectedPage, known: Iterable[Pan]
) -> tuple[Leak, ...]:
    """The same for the text layer, whose blanks say nothing: there every gap is one blank wide."""
    spaced = [line for raw in lines if (line := _respaced(raw)).glyphs]
    others = Others(named_otherwise(spaced))
    return tuple(_leak(quad, page) for quad in _leaking(spaced, page, known, others))


def _respaced(line: Line) -> Line:
    """With as many blanks as there is room for, in whatever direction the line runs."""
    inked = [glyph for glyph in line.glyphs if not glyph.char.isspace()]
    spaced = inked[:1]
    for before, glyph in pairwise(inked):
        gap, height = _distance(before.quad, glyph.quad), before.quad.height()
        spaced += blanks(before.quad, gap, height, _LAYER_BLANK_HEIGHTS)
        spaced.append(glyph)
    return Line(tuple(spaced), line.seen_by)


def _distance(a: Quad, b: Quad) -> float:
    """Between the nearest edges of two upright boxes."""
    ax0, ay0, ax1, ay1 = a.box()
    bx0, by0, bx1, by1 = b.box()
    return math.hypot(max(0.0, bx0 - ax1, ax0 - bx1), max(0.0, by0 - ay1, ay0 - by1))


def leaks_in_symbols(
    symbols: Iterable[Symbol], number: int, known: Iterable[Pan]
) -> tuple[Leak, ...]:
    """Every barcode whose content holds a card number, on page `number`."""
    numbers = tuple(known)
    return tuple(
        Leak(number, symbol.quad)
        for symbol in symbols
        if any(match.hide for match in find(symbol.content, numbers))
    )


def _grown(quad: Quad) -> Quad:
    tl, tr, br, bl = quad.array()
    down = (bl - tl) / max(float(np.linalg.norm(bl - tl)), 1e-9)
    # Readers may give a character no width at all; its line runs across its height then.
    along = (tr - tl) / quad.width() if quad.width() > 0.5 else np.array([down[1], -down[0]])
    along, down = (way * _GROWN_HEIGHTS * quad.height() for way in (along, down))
    corners = [tl - along - down, tr + along - down, br + along + down, bl - along + down]
    return Quad.from_array(np.stack(corners))


def _through_rules(line: Line, seen: Finder) -> Iterator[Quad]:
    """Known digits in a form's cells, whose rules and noughts are read as `2]2]2[3]o]o/8`."""
    glyphs = [
        replace(glyph, char="0") if glyph.char in _NOUGHTS else glyph
        for glyph in line.glyphs
        if glyph.char not in _CELL_RULES
    ]
    if len(glyphs) < len(line.glyphs):
        text = "".join(glyph.char for glyph in glyphs)
        yield from hidden(glyphs, (match for match in seen(text) if match.rule == RULE_KNOWN))


def _in_narrow_cells(lines: Sequence[Line], seen: Finder) -> Iterator[Quad]:
    """Numbers over three lines or four, at their hyphens or between groups."""
    for whole in narrow(lines):
        yield from hidden(whole.glyphs, (m for m in seen(whole.text) if is_whole(m, whole)))


def _in_columns(lines: Sequence[Line], page: ExpectedPage, seen: Finder) -> Iterator[Quad]:
    """Numbers of which each digit stands below the one before it, each as a place of its own."""
    for line in columns(lines, page.turn):
        matches = (match for match in seen(line.text) if is_number(match, line.text))
        yield from (line.glyphs[i].quad for match in matches for i in match.hide)
    for line in piles(lines, page.turn):
        matches = (match for match in seen(line.text) if match.end == len(line.text))
        proven = (match for match in matches if match.rule == RULE_VALID and not match.start)
        yield from (line.glyphs[i].quad for match in proven for i in match.hide)
