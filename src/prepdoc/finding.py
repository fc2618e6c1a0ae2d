"""Glyphs → card numbers with the quads to mask and the quads to keep.

Every reader's lines are assembled by place, the rules of `pan` are asked about each line, each
pair of lines that a number may run over, and each number below a label; what they name is cut out
of the ink.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from prepdoc.assembling import (
    LABEL_GAP,
    LINE_BREAK,
    WRAP_GAP,
    Stack,
    assembled,
    segments,
    stacked,
    standing,
    words,
)
from prepdoc.cutting import cut
from prepdoc.page import CardNumber, Glyph, Line, Pixels, Quad, SeenBy, Symbol, quads_box
from prepdoc.pan import Match, Pan, bare, find, unclaimed
from prepdoc.pan.labels import spans
from prepdoc.pan.text import folded

RULE_ASKED = 0
"""The rule of what the user named with --mask."""
RULE_KNOWN = 5
RULE_BARCODE = 6
CONTEXT = 2
"""Glyphs on either side of a number that help to find its ends."""
_BESIDE_A_LABEL = (3, 4)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Texts that the user wants masked, or kept although a rule other than 1 would mask them."""

    mask: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The card numbers of a page, and the glyphs that no output may hold, not even as text."""

    numbers: tuple[CardNumber, ...]
    hidden: frozenset[Glyph] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A match and the line, perhaps of two rows, whose characters it counts."""

    match: Match
    line: Line


def pans_in(lines: Sequence[Line], wishes: Wishes) -> frozenset[Pan]:
    """The numbers that these lines name, as needles for every other page."""
    return frozenset(s.match.pan for s in _sightings(lines, (), wishes.keep))


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
    seen = list(_sightings(lines, known, wishes.keep))
    numbers: list[CardNumber] = []
    for sighting in sorted(seen, key=_believed):
        numbers = _with(numbers, _number(page, pixels, sighting))
    asked = [a for text in wishes.mask for a in _asked(page, pixels, _assembled(lines), text)]
    barcodes = [_barcode(page, symbol, known) for symbol in symbols]
    return Found(
        (*numbers, *(number for number, _ in asked), *(n for n in barcodes if n is not None)),
        frozenset(s.line.glyphs[i] for s in seen for i in s.match.hide)
        | frozenset(glyph for _, glyphs in asked for glyph in glyphs),
    )


def _sightings(
    lines: Sequence[Line], known: Sequence[Pan], spared: Sequence[str]
) -> Iterator[_Sighting]:
    whole = _assembled(lines)
    as_read = (line for line in lines if line.seen_by == "ocr")
    for line in (*whole, *as_read):
        yield from (_Sighting(match, line) for match in find(line.text, known, spared))
    for line in _standing(lines):
        for match in find(line.text, known, spared):
            if _is_column(match, line.text):
                yield _Sighting(match, line)
    for reader in ("text", "ocr"):
        own = [line for line in whole if line.seen_by == reader]
        parts = [part for line in own for part in segments(line) if _has_digits(part)]
        stack = Stack(parts)
        yield from (s for upper in parts for s in _wrapped(upper, stack, spared))
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


def _standing(lines: Sequence[Line]) -> Iterator[Line]:
    """Upright characters below each other, as each reader saw them."""
    yield from standing(words(line for line in lines if line.seen_by == "text"))
    yield from standing([line for line in lines if line.seen_by == "ocr"])


def _is_column(match: Match, text: str) -> bool:
    """Whether digits below each other are a number: a table's column of digits is spaced out."""
    separated = sum(not c.isalnum() for c in text[match.start : match.end])
    return match.rule in (1, 4, 5) or separated < len(match.hide)


def _wrapped(upper: Line, stack: Stack, spared: Sequence[str]) -> Iterator[_Sighting]:
    """Numbers that begin at the end of `upper` and go on at the start of a part below it."""
    for lower in stack.below(upper, WRAP_GAP):
        both = stacked(upper, lower)
        for match in find(both.text, (), spared):
            if match.rule in (1, 2) and match.start < len(upper.glyphs) < match.end - 1:
                yield _Sighting(match, both)


def _labels(line: Line) -> Iterator[Line]:
    """The line's labels that no number follows on the line itself."""
    for start, end in spans(line.text):
        rest = line.text[end:].split("\t")[0]
        if not any(c.isdecimal() for c in rest):
            yield replace(line, glyphs=line.glyphs[start:end])


def _under(label: Line, stack: Stack, spared: Sequence[str]) -> Iterator[_Sighting]:
    for part in stack.below(label, LABEL_GAP):
        both = stacked(label, part)
        for match in find(both.text, (), spared):
            if match.rule in _BESIDE_A_LABEL and match.start > len(label.glyphs):
                yield _Sighting(match, both)


def _has_digits(line: Line) -> bool:
    return any(c.isdecimal() for c in folded(line.text))


def _number(page: int, pixels: Pixels, sighting: _Sighting) -> CardNumber:
    match = sighting.match
    quads = _cut_quads(pixels, sighting.line, match.start, match.end)
    mask = tuple(_spans(match.hide, match.keep, sighting.line, quads))
    keep = tuple(_spans(match.keep, match.hide, sighting.line, quads))
    seen_by = frozenset({sighting.line.seen_by})
    return CardNumber(page, match.pan, match.rule, mask, keep, seen_by)


def _cut_quads(pixels: Pixels, line: Line, start: int, end: int) -> dict[int, Quad]:
    """Quads fitted to the ink for glyphs `start` up to `end`, by index."""
    quads: dict[int, Quad] = {}
    for left, right in _rows(line, start, end):
        fitted = cut(pixels, replace(line, glyphs=line.glyphs[left:right]))
        quads |= {left + i: glyph.quad for i, glyph in enumerate(fitted.glyphs)}
    return quads


def _rows(line: Line, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch with some context, row by row."""
    start, end = max(0, start - CONTEXT), min(len(line.glyphs), end + CONTEXT)
    breaks = [i for i in range(start, end) if line.glyphs[i].char in (LINE_BREAK, "\t")]
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
            yield quads[stretch[0]].to(quads[stretch[-1]])
            stretch = []
        stretch.append(index)
    if stretch:
        yield quads[stretch[0]].to(quads[stretch[-1]])


def _parts(left: int, right: int, others: Sequence[int], line: Line) -> bool:
    between = range(left + 1, right)
    return any(i in others or line.glyphs[i].char == LINE_BREAK for i in between)


def _believed(sighting: _Sighting) -> tuple[bool, bool]:
    """Sort key: whole numbers before known stretches, the text layer before OCR."""
    return sighting.match.rule == RULE_KNOWN, sighting.line.seen_by != "text"


def _with(numbers: Sequence[CardNumber], number: CardNumber) -> list[CardNumber]:
    """Adds a number, or only its reader where the same digits stand at the same place already."""
    for i, other in enumerate(numbers):
        if other.pan == number.pan and _same_place(other, number):
            both = replace(other, seen_by=other.seen_by | number.seen_by)
            return [*numbers[:i], both, *numbers[i + 1 :]]
        if number.rule == RULE_KNOWN and other.rule != RULE_KNOWN and _holds(other, number):
            return list(numbers)  # digits that two numbers share by chance
    return [*numbers, number]


def _holds(other: CardNumber, number: CardNumber) -> bool:
    """Whether `number` stands wholly within the place of `other`, whose digits are masked."""
    a, b = quads_box(other.mask + other.keep), quads_box(number.mask + number.keep)
    slack = (b[3] - b[1]) / 2
    return (
        a[0] - slack <= b[0]
        and b[2] <= a[2] + slack
        and a[1] - slack <= b[1]
        and b[3] <= a[3] + slack
    )


def _same_place(one: CardNumber, other: CardNumber) -> bool:
    a, b = (quads_box(number.mask + number.keep) for number in (one, other))
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return wide > 0 and high > 0 and wide * high > 0.4 * smaller


def _asked(
    page: int, pixels: Pixels, lines: Iterable[Line], text: str
) -> Iterator[tuple[CardNumber, tuple[Glyph, ...]]]:
    """Each place where the user's text stands, and its glyphs."""
    for line in lines:
        for indices in _places(line, bare(text)):
            quads = _cut_quads(pixels, line, indices[0], indices[-1] + 1)
            mask = tuple(_spans(indices, (), line, quads))
            number = CardNumber(page, Pan(""), RULE_ASKED, mask, (), frozenset({line.seen_by}))
            yield number, tuple(line.glyphs[i] for i in indices)


def _places(line: Line, wanted: str) -> Iterator[list[int]]:
    """The indices of the wanted characters, whatever separates them."""
    plain = folded(line.text)
    places = [i for i, c in enumerate(plain) if c.isalnum()]
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
