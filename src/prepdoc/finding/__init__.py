"""Glyphs → card numbers with the quads to mask and the quads to keep.

Every reader's lines are assembled by place, the rules of `pan` are asked about each line, each
pair of lines that a number may run over, and each number below a label; what they name is cut out
of the ink.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from prepdoc.agreeing import Sighting, agreed
from prepdoc.cropping import cropped
from prepdoc.finding.holed import whole_where_contradicted, with_holed
from prepdoc.finding.quads import Page, asked_for, barcode, blocks_of, number_of, placed_best
from prepdoc.finding.sightings import assembled_by_reader, sightings
from prepdoc.finding.unread import believed, not_blank
from prepdoc.page import CardNumber, Glyph, Line, Pixels, Symbol
from prepdoc.pan import Pan, ended, find, unclaimed
from prepdoc.placing import each_once, not_denied, not_misplaced, seen_on_page


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


def named_in(lines: Sequence[Line], wishes: Wishes) -> Named:
    """The numbers that these lines name, whichever reader saw them."""
    seen = tuple(sightings(lines, (), wishes.keep))
    by_layer = (one for one in seen if one.line.seen_by == "text")
    named = believed(agreed(seen))
    return Named(frozenset(s.match.pan for s in named), _smallest_px(agreed(by_layer)))


def _smallest_px(seen: Iterable[Sighting]) -> float:
    glyphs = (s.line.glyphs[i] for s in seen for i in (*s.match.hide, *s.match.keep))
    return min((glyph.quad.height() for glyph in glyphs), default=math.inf)


def unclaimed_in(lines: Sequence[Line]) -> tuple[str, ...]:
    """Digit runs as long as a card number that no rule claims, for the report."""
    texts = [line.text for line in assembled_by_reader(lines)]
    return tuple(run for text in texts for run in unclaimed(text, find(text)))


def ended_in(lines: Sequence[Line], last_fours: Collection[str]) -> frozenset[Pan]:
    """The numbers on these lines that end in a card's last four, however they are grouped."""
    texts = {line.text for line in assembled_by_reader(lines)} if last_fours else set()
    return frozenset(pan for text in texts for four in last_fours for pan in ended(text, four))


def find_numbers(
    page: int,
    pixels: Pixels,
    lines: Sequence[Line],
    symbols: Sequence[Symbol] = (),
    known: Iterable[Pan] = (),
    wishes: Wishes = Wishes(),
    last_fours: Collection[str] = (),
) -> Found:
    """Every card number on a page, from all readers together.

    `lines` and `symbols` are in pixels of `pixels`. Where two readers see the same digits at the
    same place the text layer's boxes are taken; where they differ, both are masked. `last_fours`
    are those that the document names for sure.
    """
    known = tuple(known)
    seen_by_rules = sightings(lines, known, wishes.keep)
    all_seen = believed(agreed((*seen_by_rules, *_cropped(lines, pixels))))
    seen = tuple(not_blank(all_seen, pixels))
    here = Page(page, pixels, tuple(blocks_of(lines)))
    numbers = each_once((number_of(here, s) for s in seen), pixels)
    holed = with_holed(here, numbers, lines, last_fours, wishes.keep)
    numbers = [*whole_where_contradicted(each_once(holed, pixels), last_fours)]
    asked = [a for text in wishes.mask for a in asked_for(here, assembled_by_reader(lines), text)]
    barcodes = [barcode(page, symbol, known) for symbol in symbols]
    named = placed_best([number for number, _ in asked], pixels)
    placed = not_misplaced((*numbers, *filter(None, barcodes)), lines)
    return Found(
        tuple(not_denied(seen_on_page(number, pixels), lines) for number in (*placed, *named)),
        frozenset(s.line.glyphs[i] for s in seen for i in s.match.hide)
        | frozenset(glyph for _, glyphs in asked for glyph in glyphs),
    )


def _cropped(lines: Sequence[Line], pixels: Pixels) -> Iterator[Sighting]:
    """The numbers that the picture's edge cuts off, as OCR sees them."""
    read = assembled_by_reader(line for line in lines if line.seen_by == "ocr")
    return (Sighting(match, line) for line in read for match in cropped(line, pixels.shape))
