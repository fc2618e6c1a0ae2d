"""Lines that a reader saw on an output page → places where digits can still be read.

A mask is put into the text around it as a row of `■`, as a person sees it: so a digit that peeks
out beside one is seen as part of a number, by the same rules that find numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, dropwhile, groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import ExpectedPage, Glyph, Leak, Line, Quad, Symbol
from prepdoc.pan import RULE_KNOWN, RULE_VALID, Match, Pan, find, luhn
from prepdoc.pan.lookalikes import begins_a_row, is_tied
from prepdoc.verifying.columns import columns, is_number, piles

MASKED = "■"
_DIGIT_HEIGHTS = 0.6
"""A digit's width as a share of its line's height, in most fonts; only to count the masked ones."""
_CROWDED = 2
"""So many digits more are read in the place of a last four than it has room for."""
_BEFORE_FIRST = 0.06
"""Part of a last four's place; its first digit's middle is at 0.12, read as much off at most."""
_MAX_MASKED = 16
_BLANK_HEIGHTS = 0.3
"""A narrower gap is between two characters of a word."""
_LAYER_BLANK_HEIGHTS = 0.1
"""The same in the text layer, whose boxes touch within a word."""
_SPACE_HEIGHTS = 0.65
"""A gap holds a blank for each of these: more than three end a number (see `prepdoc.pan`)."""
_MAX_SPACES = 6
_SPACED_HEIGHTS = 0.3
"""Digits this much further apart than they are wide are letter-spaced."""
_FEWEST_SPACED = 5
"""Distances that show it."""
_SAME_ROW_HEIGHTS = 0.4
"""A glyph's centre is at most this far from the middle of its row."""
_WRAP_GAP_HEIGHTS = 0.9
_ALIKE_HEIGHTS = 1.6
"""Lines of one wrapped number are as high as each other and closely below each other."""
_GROWN_HEIGHTS = 0.08
"""A leak's place is to be painted: readers cut their boxes at the ink, where soft edges stay."""
_MIN_ABOVE = 4
"""Digits that are no chance any more: one pair of lines in 10 000 has them."""
_OFF_HEIGHTS = 0.35
"""Readers' boxes are off by half a digit."""
_BESIDE_HEIGHTS = 0.15
"""How far the last four's box may end before their last digit's centre."""

_MOST_GIVEN = 7
"""Digits of a postcode: one card number in 45,000 shares six with one, in a million all seven."""

_PROVEN = 15
"""Digits of the shortest number that a reader does not make of three groups of four."""
_MOST_USUAL = 16
_USUAL = {"American Express": 15, "Diners Club": 14}
"""Digits of a number, in most cards and in those that have fewer."""
_UNEVEN = 0.35
"""Part of a step by which digits in cells stand nearer or further, as readers' boxes do."""
_NEXT_GROUP_HEIGHTS, _NEXT_GROUP_STEPS = 1.0, 2.5
"""A card's groups are less than this apart."""
_FOUR_MORE = re.compile(r"[ -]?((?!19|20)\d{4})(?![\d,.:/年月日円-])")
_CELL_HEIGHTS, _NEXT_ROW_HEIGHTS, _RIGHT_BELOW_HEIGHTS = 1.25, 2.2, 0.75
"""From the middle of a character to that of the next one in another cell, where words are 0.85
apart; from a line to the next one; and from a digit to the one right below it, which readers' boxes
are off."""
_QUOTES = ">＞"
_DASHES = "-‐‑–—−－ "
_CELL_RULES = frozenset("|¦[]{}()/\\!")
_NOUGHTS = frozenset("oO")
"""What readers take for a rule between two cells, and for a nought beside one."""

Finder = Callable[[str], tuple[Match, ...]]


@dataclass(frozen=True, slots=True)
class Axes:
    """Coordinates along and across a quad's reading direction, in pixels from its corner `tl`."""

    origin: NDArray[np.float64]
    along: NDArray[np.float64]
    width: float
    height: float

    @classmethod
    def of(cls, quad: Quad) -> Axes:
        """The quad's own."""
        corners = quad.array()
        edge = corners[1] - corners[0] + corners[2] - corners[3]
        along = edge / max(float(np.linalg.norm(edge)), 1e-9)
        return cls(corners[0], along, quad.width(), max(quad.height(), 1.0))

    def flattening(self, along: float, across: float, scale: float) -> NDArray[np.float64]:
        """What cv2.warpAffine takes (WARP_INVERSE_MAP, 2 × 3) to lay text flat, so much enlarged.

        The strip begins so many pixels of the page from the quad's corner, along and across.
        """
        down = np.array([-self.along[1], self.along[0]])
        origin = self.origin + along * self.along + across * down
        back = np.stack([self.along / scale, down / scale, origin], axis=1)
        # Pixel centres lie at .5 in our coordinates and at whole numbers in OpenCV's.
        back[:, 2] += (self.along + down) / scale / 2 - 0.5
        return back

    def span(self, quad: Quad) -> tuple[float, float]:
        """Where another quad begins and ends along the reading direction."""
        (left, top), (u, v) = self.origin.tolist(), self.along.tolist()
        places = [(x - left) * u + (y - top) * v for x, y in quad.corners()]
        return min(places), max(places)

    def depth(self, quad: Quad) -> tuple[float, float]:
        """Where another quad begins and ends across it."""
        (left, top), (u, v) = self.origin.tolist(), self.along.tolist()
        places = [(y - top) * u - (x - left) * v for x, y in quad.corners()]
        return min(places), max(places)

    def on_row(self, quad: Quad) -> bool:
        """Whether another quad stands on the same row of text."""
        middle = sum(self.depth(quad)) / 2
        return abs(middle - self.height / 2) <= _SAME_ROW_HEIGHTS * self.height


def leaks_in_text(
    lines: Sequence[Line], page: ExpectedPage, known: Sequence[Pan]
) -> tuple[Leak, ...]:
    """Every place where a card number's digits are read, by one reader in one page's pixels."""
    seen = (quad for quad in _leaking(lines, page, known) if not _is_in_mask(quad, page))
    early = (Leak(page.number, quad) for quad in _kept_too_early(lines, page, known))
    return (*(_leak(quad, page) for quad in seen), *early)


def _leaking(lines: Sequence[Line], page: ExpectedPage, known: Iterable[Pan]) -> Iterator[Quad]:
    numbers = tuple(known)

    def seen(text: str) -> tuple[Match, ...]:
        return find(text, numbers, page.spared)

    def given(text: str) -> tuple[Match, ...]:
        found = seen(text)
        if all(match.rule != RULE_KNOWN for match in found):
            return found  # as nearly always: the stamps need not be looked through
        by_chance = _given_by_chance(page, numbers)
        return tuple(m for m in found if m.rule != RULE_KNOWN or m.pan not in by_chance)

    added, own = _parted(lines, page)
    bare = replace(page, masks=(), last_fours=())
    places = chain(_places(own, page, seen), _places(added, bare, given))
    return (quad for quad in dict.fromkeys(places) if not _is_kept(quad, lines, page))


def _given_by_chance(page: ExpectedPage, known: Sequence[Pan]) -> frozenset[Pan]:
    """The numbers of which the cardholder's own details share a few digits, all in all.

    Nobody can tell them from a postcode's, for the cardholder gave them as that.
    """
    shared: Counter[Pan] = Counter()
    for line in (line for stamp in page.stamps for line in stamp.lines):
        for match in find(line.text, known):
            if match.rule == RULE_KNOWN:
                shared[match.pan] += len(_digits(line.text[match.start : match.end]))
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


def _places(lines: Sequence[Line], page: ExpectedPage, seen: Finder) -> Iterator[Quad]:
    yield from (quad for line in lines for quad in _hidden(line.glyphs, seen(line.text)))
    yield from (quad for line in lines for quad in _through_rules(line, seen))
    yield from _in_wrapped(lines, seen)
    yield from _in_cells(lines, seen)
    yield from _in_columns(lines, page, seen)
    yield from _in_rows(lines, page, seen)
    yield from _beside_last_fours(lines, page)


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
        if axes.on_row(quad) and start >= -slack and end <= axes.width + slack:
            read = "".join(glyph.char for glyph in digits_between(lines, axes, start, end))
            return read in digits
    return False


def leaks_in_layer(
    lines: Iterable[Line], page: ExpectedPage, known: Iterable[Pan]
) -> tuple[Leak, ...]:
    """The same for the text layer, whose blanks say nothing: there every gap is one blank wide."""
    spaced = [line for raw in lines if (line := _respaced(raw)).glyphs]
    return tuple(_leak(quad, page) for quad in _leaking(spaced, page, known))


def _respaced(line: Line) -> Line:
    """With as many blanks as there is room for, in whatever direction the line runs."""
    inked = [glyph for glyph in line.glyphs if not glyph.char.isspace()]
    spaced = inked[:1]
    for before, glyph in pairwise(inked):
        gap, height = _distance(before.quad, glyph.quad), before.quad.height()
        spaced += _blanks(before.quad, gap, height, _LAYER_BLANK_HEIGHTS)
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


def _hidden(glyphs: Sequence[Glyph], matches: Iterable[Match]) -> Iterator[Quad]:
    """One quad for each stretch of neighbouring digits that should be gone."""
    for match in matches:
        places = [i for i in match.hide if glyphs[i].char.isalnum()]
        for first, last in _stretches(places):
            yield glyphs[first].quad.to(glyphs[last].quad)


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
        yield from _hidden(glyphs, (match for match in seen(text) if match.rule == RULE_KNOWN))


def _stretches(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring indices as pairs of first and last.

    >>> list(_stretches([1, 2, 3, 7]))
    [(1, 3), (7, 7)]
    """
    starts = [p for p in places if p - 1 not in places]
    ends = [p for p in places if p + 1 not in places]
    return zip(starts, ends, strict=True)


def _in_wrapped(lines: Sequence[Line], seen: Finder) -> Iterator[Quad]:
    """Numbers that go on in the line below, though a dash parts the two or mail quotes it."""
    upper = [line for line in lines if line.text.rstrip(_DASHES)[-1:].isdecimal()]
    bare = [_unquoted(line) for line in lines]
    lower = [line for line in bare if line.text.lstrip(_DASHES)[:1].isdecimal()]
    for a in upper:
        for b in lower:
            if a is not b and _is_below(a.quad, b.quad):
                both = _joined(a, b)
                yield from _hidden(both.glyphs, _over(both.text, len(a.glyphs), seen))


def _in_cells(lines: Sequence[Line], seen: Finder) -> Iterator[Quad]:
    """Numbers that go on below their digits, though something stands beside them on one of the two
    lines: far from them, or as near as words are, where they go on right below their first digit.
    """
    for cuts, counts in ((_gaps, _begins_before), (_edges, _begins_above)):
        for a, b in _cells([(line, at) for line in lines for at in cuts(line)], lines):
            both = _joined(a, b)
            over = _over(both.text, len(a.glyphs), seen)
            yield from _hidden(both.glyphs, (m for m in over if counts(m, a, b)))


def _cells(cuts: Sequence[tuple[Line, int]], lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """Every two lines that may be one cell's, when one of them or both are cut there."""
    begun = [_begun(line, at) for line, at in cuts]
    ended = [replace(line, glyphs=line.glyphs[at:]) for line, at in cuts]
    for uppers, lowers in ((begun, (*lines, *ended)), (lines, ended)):
        lower = [line for line in lowers if line.text[:1].isdecimal()]
        upper = (line for line in uppers if line.text.rstrip(_DASHES)[-1:].isdecimal())
        yield from ((a, b) for a in upper for b in lower if _goes_on_below(a, b))


def _gaps(line: Line) -> Iterator[int]:
    """Where characters begin that stand further from the one before than words do."""
    for before, i in pairwise(_inked(line)):
        one, other = line.glyphs[before].quad, line.glyphs[i].quad
        if math.dist(one.centre(), other.centre()) > _CELL_HEIGHTS * one.height():
            yield i


def _edges(line: Line) -> Iterator[int]:
    """The same, and where words begin and end, as they do without a blank in Japanese."""
    far = set(_gaps(line))
    for before, i in pairwise(_inked(line)):
        pair = line.glyphs[before].char, line.glyphs[i].char
        is_one = all(map(str.isalpha, pair)) or all(map(str.isdecimal, pair))
        is_blank = before + 1 < i or any(char.isalpha() and not char.isascii() for char in pair)
        if i in far or (is_blank and not is_one):
            yield i


def _inked(line: Line) -> list[int]:
    return [i for i, glyph in enumerate(line.glyphs) if not glyph.char.isspace()]


def _begun(line: Line, end: int) -> Line:
    """What stands before that character, without blanks at its end."""
    return replace(line, glyphs=line.glyphs[: len(line.text[:end].rstrip())])


def _goes_on_below(upper: Line, lower: Line) -> bool:
    """Whether a line begins on the next row, below a digit of the upper one."""
    corner = lower.glyphs[0].quad.tl
    high = upper.glyphs[0].quad.height()
    along, down = upper.glyphs[0].quad.place_of(corner)
    if along < -high or not high / 2 < down < _NEXT_ROW_HEIGHTS * high:
        return False
    digits = (glyph.quad for glyph in upper.glyphs if glyph.char.isdecimal())
    return any(abs(quad.place_of(corner)[0]) <= high for quad in digits)


def _begins_before(match: Match, upper: Line, lower: Line) -> bool:
    """Whether a line begins below the number's own digits, and not below others before it: the next
    row's date. Where a part of a number that is known was read, its first digit was not.
    """
    return match.rule == RULE_KNOWN or _ahead(match, upper, lower) >= -1.0


def _begins_above(match: Match, upper: Line, lower: Line) -> bool:
    """Whether a line begins right below the number's first digit, as it does in a cell."""
    is_right_below = abs(_ahead(match, upper, lower)) <= _RIGHT_BELOW_HEIGHTS
    return match.rule == RULE_KNOWN or is_right_below


def _ahead(match: Match, upper: Line, lower: Line) -> float:
    """By how many heights a line begins behind the number's first digit."""
    along, _ = upper.glyphs[match.start].quad.place_of(lower.glyphs[0].quad.tl)
    return along / max(upper.glyphs[0].quad.height(), 1.0)


def _unquoted(line: Line) -> Line:
    """Without the marks of a quoted line: `> 1234`."""
    if line.glyphs[0].char not in _QUOTES:
        return line
    inner = dropwhile(lambda glyph: glyph.char in _QUOTES or glyph.char.isspace(), line.glyphs)
    return replace(line, glyphs=tuple(inner))


def _is_below(upper: Quad, lower: Quad) -> bool:
    axes = Axes.of(upper)
    height = max(lower.height(), 1.0)
    if max(height, axes.height) > _ALIKE_HEIGHTS * min(height, axes.height):
        return False
    gap = axes.depth(lower)[0] - axes.height
    start, end = axes.span(lower)
    return abs(gap) <= _WRAP_GAP_HEIGHTS * axes.height and start < axes.width and end > 0


def _joined(upper: Line, lower: Line) -> Line:
    """Two lines as one, with a break between them."""
    glyphs = (*upper.glyphs, Glyph("\n", upper.glyphs[-1].quad), *lower.glyphs)
    return replace(upper, glyphs=glyphs)


def _over(text: str, cut: int, seen: Finder) -> Iterator[Match]:
    """The numbers over a break at that place."""
    over = (match for match in seen(text) if match.start < cut < match.end)
    if begins_a_row(text[cut + 1 :]):
        over = (match for match in over if match.rule == RULE_KNOWN)
    whole = (m for m in over if m.rule == RULE_KNOWN or not is_tied(text, m.start, m.end))
    return (m for m in whole if not _is_by_chance(m, text, cut))


def _is_by_chance(match: Match, text: str, cut: int) -> bool:
    """Whether a known number's last four stand below digits that happen to be those before them.

    Of the last fours in a column, one in a hundred stands below its number's digits 11 and 12.
    """
    above, below = text[match.start : cut], text[cut : match.end]
    return (
        match.rule == RULE_KNOWN
        and _digits(below) == match.pan.last_four
        and len(_digits(above)) < _MIN_ABOVE
    )


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _in_columns(lines: Sequence[Line], page: ExpectedPage, seen: Finder) -> Iterator[Quad]:
    """Numbers of which each digit stands below the one before it, each as a place of its own."""
    for line in columns(lines, page.turn):
        matches = (match for match in seen(line.text) if is_number(match, line.text))
        yield from (line.glyphs[i].quad for match in matches for i in match.hide)
    for line in piles(lines, page.turn):
        matches = (match for match in seen(line.text) if match.end == len(line.text))
        proven = (match for match in matches if match.rule == RULE_VALID and not match.start)
        yield from (line.glyphs[i].quad for match in proven for i in match.hide)


def _in_rows(lines: Sequence[Line], page: ExpectedPage, seen: Finder) -> Iterator[Quad]:
    """Numbers of which a part is masked: the row of each mask, with the mask in it."""
    rows = {tuple(m for m in page.masks if Axes.of(mask).on_row(m)) for mask in page.masks}
    for masks in rows:
        if masks:
            glyphs = _row(masks, lines)
            yield from _hidden(glyphs, seen("".join(glyph.char for glyph in glyphs)))


def _row(masks: Sequence[Quad], lines: Sequence[Line]) -> list[Glyph]:
    axes = Axes.of(masks[0])
    pieces = [_as_masked(mask, axes) for mask in masks]
    pieces += [[glyph] for glyph in _each_once(_glyphs_on_row(axes, lines), axes)]
    pieces.sort(key=lambda piece: sum(axes.span(piece[0].quad.to(piece[-1].quad))))
    row = list(pieces[0])
    spaced = _letter_spacing(pieces, axes)
    for piece in pieces[1:]:
        gap = axes.span(piece[0].quad)[0] - axes.span(row[-1].quad)[1] - spaced
        row += _blanks(row[-1].quad, gap, axes.height)
        row += piece
    return row


def _letter_spacing(pieces: Sequence[Sequence[Glyph]], axes: Axes) -> float:
    """Pixels between neighbouring digits of a row that spaces its letters."""
    digits = [piece[0] for piece in pieces if piece[0].char.isdecimal()]
    middles = [sum(axes.span(digit.quad)) / 2 for digit in digits]
    apart = [b - a - _DIGIT_HEIGHTS * axes.height for a, b in pairwise(middles)]
    spacing = float(np.median(apart)) if len(apart) >= _FEWEST_SPACED else 0.0
    return spacing if spacing > _SPACED_HEIGHTS * axes.height else 0.0


def _glyphs_on_row(axes: Axes, lines: Sequence[Line]) -> Iterator[Glyph]:
    glyphs = (glyph for line in lines for glyph in line.glyphs)
    return (glyph for glyph in glyphs if not glyph.char.isspace() and axes.on_row(glyph.quad))


def _each_once(glyphs: Iterable[Glyph], axes: Axes) -> Iterator[Glyph]:
    """Without those that a reader saw twice in one place, as where a row is read again."""
    last: dict[str, tuple[float, float]] = {}
    for glyph in sorted(glyphs, key=lambda one: axes.span(one.quad)):
        span = axes.span(glyph.quad)
        before = last.get(glyph.char)
        if before is None or sum(span) - sum(before) >= min(
            span[1] - span[0], before[1] - before[0]
        ):
            last[glyph.char] = span
            yield glyph


def _as_masked(mask: Quad, axes: Axes) -> list[Glyph]:
    """As many `■` as digits have room in the mask."""
    start, end = axes.span(mask)
    count = int(np.clip(round((end - start) / (_DIGIT_HEIGHTS * axes.height)), 1, _MAX_MASKED))
    left, right = mask.array()[[0, 3]], mask.array()[[1, 2]]
    edges = [left + (right - left) * i / count for i in range(count + 1)]
    return [
        Glyph(MASKED, Quad.from_array(np.array([a[0], b[0], b[1], a[1]])))
        for a, b in pairwise(edges)
    ]


def _blanks(before: Quad, gap: float, height: float, least: float = _BLANK_HEIGHTS) -> list[Glyph]:
    if gap < least * height:
        return []
    count = int(np.clip(round(gap / (_SPACE_HEIGHTS * max(height, 1.0))), 1, _MAX_SPACES))
    return [Glyph(" ", before)] * count


def _beside_last_fours(lines: Sequence[Line], page: ExpectedPage) -> Iterator[Quad]:
    """A fifth digit between a mask and the last four, whatever it is."""
    for digits, quad in page.last_fours:
        axes = Axes.of(quad)
        ends = [axes.span(mask)[1] for mask in page.masks if axes.on_row(mask)]
        before = [end for end in ends if end <= axes.width / 2]
        if before:
            read = digits_between(lines, axes, max(before), axes.width)
            yield from (glyph.quad for glyph in _too_many(read, digits, axes))


def _too_many(read: Sequence[Glyph], digits: str, axes: Axes) -> Sequence[Glyph]:
    """Those before the last four; what stands behind them is another character, misread.

    A one between them that stands in their own place is a rule between two cells. Where more are
    read there than have room, as of digits that stand far apart, none of these is one before them.
    """
    if "".join(glyph.char for glyph in read).startswith(digits):
        return ()
    spare = read[: max(0, len(read) - len(digits))]
    if not _in_order(digits, "".join(glyph.char for glyph in read)):
        inside = [g for g in read if 0 <= sum(axes.span(g.quad)) / 2 <= axes.width]
        crowded, start = len(inside) >= len(digits) + _CROWDED, axes.width * _BEFORE_FIRST
        return [g for g in spare if not crowded or sum(axes.span(g.quad)) / 2 < start]
    return [glyph for glyph in spare if sum(axes.span(glyph.quad)) < 0]


def _kept_too_early(
    lines: Sequence[Line], page: ExpectedPage, known: Sequence[Pan]
) -> Iterator[Quad]:
    """Last fours behind which a number goes on with four digits more: they are not its last.

    A reader that doubles a digit makes thirteen of the first twelve, which some cards have. Years
    stand behind a number too; what the issuer hid itself, with another number behind it, may.
    """
    for digits, quad in unsure_last_fours(page, known):
        axes = Axes.of(quad)
        if _goes_on(lines, digits, axes):
            yield quad
    for digits, quad in page.last_fours:
        axes = Axes.of(quad)
        spaced = is_spaced(digits, axes) and _is_beside_mask(page, axes, axes.height)
        if spaced and not _are_last(digits, known, _is_usual) and _has_next(lines, axes):
            yield quad


def _is_beside_mask(page: ExpectedPage, axes: Axes, reach: float) -> bool:
    ends = [axes.span(mask)[1] for mask in page.masks if axes.on_row(mask)]
    return any(-reach <= end <= axes.width / 2 for end in ends)


def _has_next(lines: Sequence[Line], axes: Axes) -> bool:
    """Whether one more digit stands behind digits far apart, as far from them as they are.

    Of sixteen in cells, of which a reader misses the last, one row in ten passes Luhn.
    """
    read = digits_between(lines, axes, 0.0, axes.width)
    middles = [sum(axes.span(glyph.quad)) / 2 for glyph in read]
    steps = [b - a for a, b in pairwise(middles) if b - a > axes.height]
    if not steps:
        return False
    step = float(np.median(steps))
    further = digits_between(lines, axes, middles[-1] + (1 - _UNEVEN) * step, math.inf)
    return any(sum(axes.span(g.quad)) / 2 <= middles[-1] + (1 + _UNEVEN) * step for g in further)


def unsure_last_fours(page: ExpectedPage, known: Sequence[Pan]) -> Iterator[tuple[str, Quad]]:
    """Those beside a mask which end no number that is proven: they may be digits in its middle."""
    for digits, quad in page.last_fours:
        axes = Axes.of(quad)
        is_beside = _is_beside_mask(page, axes, _to_next_group(digits, axes))
        if is_beside and not _are_last(digits, known, _is_long):
            yield digits, quad


def _to_next_group(digits: str, axes: Axes) -> float:
    """How far the next group of a number begins behind this one, at most."""
    step = axes.width / len(digits)
    return (
        _NEXT_GROUP_STEPS * step if is_spaced(digits, axes) else _NEXT_GROUP_HEIGHTS * axes.height
    )


def is_spaced(digits: str, axes: Axes) -> bool:
    """Whether its digits stand further apart than they are high."""
    return axes.width > len(digits) * axes.height


def _are_last(digits: str, known: Iterable[Pan], is_whole: Callable[[Pan], bool]) -> bool:
    """Whether a number that is proven ends in these digits: behind it another one may stand."""
    ending = (pan for pan in known if pan.complete and pan.digits.endswith(digits))
    return any(is_whole(pan) and pan.brand and luhn(pan.digits) for pan in ending)


def _is_long(pan: Pan) -> bool:
    """Of twelve digits and one that is doubled one in ten passes Luhn, but none is so long."""
    return len(pan.digits) >= _PROVEN


def _is_usual(pan: Pan) -> bool:
    """Whether a number is as long as its brand's are; Maestro's may have any length."""
    return pan.brand != "Maestro" and len(pan.digits) == _USUAL.get(pan.brand or "", _MOST_USUAL)


def _goes_on(lines: Sequence[Line], digits: str, axes: Axes) -> bool:
    """Whether one blank or hyphen further four digits stand, and nothing that makes them a date.

    Behind the last four as they are read, for their place may reach over the next digit, or else
    behind their place. Of digits that are spaced out blanks say nothing.
    """
    reach, spaced = _to_next_group(digits, axes), is_spaced(digits, axes)
    for line in lines:
        told = [g for g in line.glyphs if not (spaced and g.char.isspace())]
        glyphs = [g for g in told if axes.on_row(g.quad) and sum(axes.span(g.quad)) > 0]
        begins = "".join(glyph.char for glyph in glyphs).startswith(digits)
        after = [g for g in glyphs if sum(axes.span(g.quad)) / 2 > axes.width]
        behind = glyphs[len(digits) :] if begins else after
        text = "".join(glyph.char for glyph in behind)
        found = _FOUR_MORE.match(text)
        if found and axes.span(behind[found.start(1)].quad)[0] - axes.width <= reach:
            return True
    return False


def _in_order(wanted: str, read: str) -> bool:
    """Whether all wanted characters are read in their order, perhaps with others between."""
    rest = iter(read)
    return all(char in rest for char in wanted)


def digits_between(lines: Sequence[Line], axes: Axes, start: float, end: float) -> list[Glyph]:
    """The digits on a row whose middles stand there or a bit behind, in order."""
    digits = [g for g in _glyphs_on_row(axes, lines) if g.char.isdecimal()]
    slack = _BESIDE_HEIGHTS * axes.height
    inside = [g for g in digits if start <= sum(axes.span(g.quad)) / 2 <= end + slack]
    return sorted(inside, key=lambda g: axes.span(g.quad))
