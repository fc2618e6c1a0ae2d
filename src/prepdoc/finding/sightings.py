"""What each reader saw → where the rules see a number: in a line, over lines, below a label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain, combinations, compress

from prepdoc.agreeing import Sighting
from prepdoc.assembling import (
    LABEL_GAP,
    Stack,
    assembled,
    segments,
    standing,
    unquoted,
    words,
)
from prepdoc.finding.bubbles import in_bubbles
from prepdoc.finding.cells import in_cells
from prepdoc.finding.loose import loose
from prepdoc.finding.unread import unread_in
from prepdoc.finding.wrapping import unfinished, wrapped, wrapped_often
from prepdoc.listing import alone, headed, is_listed, named_otherwise
from prepdoc.narrow import is_whole, narrow
from prepdoc.page import Glyph, Line, SeenBy, boxes_overlap
from prepdoc.pan import (
    RULE_GROUPED,
    RULE_KNOWN,
    RULE_LABELLED,
    RULE_MASKED,
    RULE_VALID,
    Match,
    Pan,
    but_spared,
    find,
    is_told,
    told,
)
from prepdoc.pan.candidates import MIN_PAN
from prepdoc.pan.labels import spans
from prepdoc.pan.number import groupings
from prepdoc.pan.text import digits_of, folded
from prepdoc.piling import piles
from prepdoc.widths import widened

THIN = 0.15
"""Heights that a blank in a text layer is wide at most which may be none; gaps from 0.1 on are
blanks, and a font's has at least 0.2."""
_USUAL = (14, 15, 16)
"""Digits of the numbers that are printed upright with dashes."""
_DASHES = frozenset("1Il|一ー｜-")
"""What readers take an upright dash for."""
_REACHES = 0.5
"""Heights of a word that stand below a label where it is in the label's column."""
_GLUED_SUM = re.compile(r"(?<=\d)[¥￥$€£] ?\d[\d,.]*$")
_BESIDE_A_LABEL = (RULE_LABELLED, RULE_MASKED)


def sightings(
    lines: Sequence[Line], known: Sequence[Pan], spared: Sequence[str]
) -> Iterator[Sighting]:
    """Wherever a rule sees a number in these lines, by any reader, but those of `spared` texts, and
    what by something that one reader sees beside it is something else.
    """
    seen = tuple(_seen(lines, known, spared))
    grouped = any(one.match.rule == RULE_GROUPED for one in seen)
    others = told_in(lines) if grouped else ()
    yield from (one for one in seen if not is_told(one.match, others))


def told_in(lines: Iterable[Line]) -> frozenset[str]:
    """The digits that look like a number's, and that something beside them says are none."""
    whole = tuple(widened(line) for line in assembled_by_reader(lines))
    return told(line.text for line in whole) | named_otherwise(whole)


def _seen(lines: Sequence[Line], known: Sequence[Pan], spared: Sequence[str]) -> Iterator[Sighting]:
    lines = tuple(map(widened, lines))
    whole = tuple(map(widened, assembled_by_reader(lines)))
    yield from _in_lines(lines, whole, known, spared)
    yield from _parted(whole, spared)
    yield from _in_columns(lines, known, spared)
    for reader in ("text", "ocr"):
        own = [line for line in whole if line.seen_by == reader]
        yield from _headed(own, spared)
        yield from loose(own, spared)
        over = _over_lines(own, spared)
        yield from (one for one in over if not is_listed(one.match, one.line, own))
    # What stands a blank beside a group, in the next column, is a line of its own for a detector.
    yield from _piled([line for line in lines if line.seen_by == "ocr"], spared)


def _in_lines(
    lines: Sequence[Line], whole: Sequence[Line], known: Sequence[Pan], spared: Sequence[str]
) -> Iterator[Sighting]:
    as_read = (line for line in lines if line.seen_by == "ocr")
    written = (line for line in whole if line.seen_by == "text")
    kerned = (closed for line in written if (closed := _closed(line)).text != line.text)
    found: dict[str, tuple[Match, ...]] = {}  # the file and the readers mostly say the same
    for line in (*whole, *kerned, *_torn(lines, whole), *as_read):
        if line.text not in found:
            found[line.text] = tuple(find(line.text, known, spared))
        yield from (Sighting(match, line) for match in found[line.text])
        if line.seen_by == "ocr":
            yield from unread_in(line, found[line.text], spared)


def _parted(whole: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers with one group in a column of its own, which no line shows by itself."""
    for reader in ("text", "ocr"):
        own = [line for line in whole if line.seen_by == reader]
        yield from (Sighting(match, line) for match, line in alone(own, spared))


def _headed(own: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    for match, line in headed(own):
        yield from (Sighting(kept, line) for kept in but_spared([match], line.text, spared))


def _in_columns(
    lines: Sequence[Line], known: Sequence[Pan], spared: Sequence[str]
) -> Iterator[Sighting]:
    for line in _standing(lines):
        found = tuple(_columns_in(line, known, spared))
        yield from found
        if not found:
            proven = (one for own in _undashed(line) for one in _columns_in(own, known, spared))
            yield from (one for one in proven if one.match.rule == RULE_VALID)


def _columns_in(line: Line, known: Sequence[Pan], spared: Sequence[str]) -> Iterator[Sighting]:
    for match in find(line.text, known, spared):
        if _is_column(match, line.text):
            yield Sighting(match, line)


def _undashed(line: Line) -> Iterator[Line]:
    """A column without what is read of the dashes between its groups: upright they look like 1."""
    glyphs = [glyph for glyph in line.glyphs if not glyph.char.isspace()]
    for sizes in chain.from_iterable(map(groupings, _USUAL)):
        ends = list(accumulate(sizes[:-1]))
        more = len(glyphs) - sum(sizes)
        for dashed in combinations(ends, more) if 0 < more <= len(ends) else ():
            at = {end + i for i, end in enumerate(dashed)}
            if all(glyphs[i].char in _DASHES for i in at):
                blank = [replace(g, char=" ") if i in at else g for i, g in enumerate(glyphs)]
                yield replace(line, glyphs=tuple(blank))


def _over_lines(whole: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """What one reader's lines say together, each put together by place."""
    segmented = (part for line in whole for one in segments(line) for part in _before_sums(one))
    parts = [unquoted(part) for part in segmented if _has_digits(part)]
    stack = Stack(parts)
    yield from wrapped(parts, stack, spared)
    yield from wrapped_often(parts, stack, spared)
    yield from unfinished(parts, stack, spared)
    yield from in_bubbles(whole, ())
    yield from in_cells(parts, spared)
    yield from _in_narrow_cells(whole, spared)
    yield from _piled(whole, spared)
    for label in (label for line in whole for label in _labels(line)):
        yield from _under(label, stack, spared)


def _before_sums(line: Line) -> Iterator[Line]:
    """A line in two where a sum is glued to its digits: another column's, as readers see it."""
    found = _GLUED_SUM.search(line.text)
    at = found.start() if found else len(line.glyphs)
    parts = (line.glyphs[:at], line.glyphs[at:])
    return (replace(line, glyphs=part) for part in parts if part)


def assembled_by_reader(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines put together by place, each of what one reader saw."""
    lines = tuple(lines)
    by_reader: dict[SeenBy, list[Line]] = {}
    for line in lines:
        by_reader.setdefault(line.seen_by, []).append(line)
    pieces = {reader: words(ls) if reader == "text" else ls for reader, ls in by_reader.items()}
    return tuple(line for ls in pieces.values() if ls for line in assembled(tuple(ls)))


def _torn(lines: Iterable[Line], whole: Iterable[Line]) -> Iterator[Line]:
    """The text layer's lines with digits enough that are in none of those put together by place:
    something else is printed on the same row, as a watermark, or the x's that should hide them.
    """
    together = [(_digits_of(line), line) for line in whole if line.seen_by == "text"]
    for line in (line for line in lines if line.seen_by == "text"):
        digits = _digits_of(line)
        if len(digits) >= MIN_PAN and not any(
            digits in own and boxes_overlap(line.quad.box(), other.quad.box())
            for own, other in together
        ):
            yield from assembled(words([line]))


def _digits_of(line: Line) -> str:
    return digits_of(folded(line.text))


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


def _piled(lines: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers of which each group has a line of its own."""
    for pile in piles(lines):
        for match in find(pile.text, (), spared):
            is_whole = match.start == 0 and match.end == len(pile.text)
            if is_whole and match.rule in (RULE_VALID, RULE_MASKED):
                yield Sighting(match, pile)


def _in_narrow_cells(lines: Sequence[Line], spared: Sequence[str]) -> Iterator[Sighting]:
    """Numbers over three lines or four, at their hyphens or between groups."""
    for whole in narrow(lines):
        for match in find(whole.text, (), spared):
            if is_whole(match, whole):
                yield Sighting(match, whole)


def _labels(line: Line) -> Iterator[Line]:
    """The line's labels that no number follows on the line itself."""
    for start, end in spans(line.text):
        rest = line.text[end:].split("\t")[0]
        if not any(c.isdecimal() for c in rest):
            yield replace(line, glyphs=line.glyphs[start:end])


def _under(label: Line, stack: Stack, spared: Sequence[str]) -> Iterator[Sighting]:
    for part in stack.below(label, LABEL_GAP):
        own = _below_it(label, part)
        yield from (one for one in _beside(label, part, spared) if one.match.hide or own == part)
        # Four digits left of the label, as a date's year, are no last four.
        if own != part:
            yield from (one for one in _beside(label, own, spared) if not one.match.hide)


def _beside(label: Line, part: Line, spared: Sequence[str]) -> Iterator[Sighting]:
    both = label.over(part)
    for match in find(both.text, (), spared):
        if match.rule in _BESIDE_A_LABEL and match.start > len(label.glyphs):
            yield Sighting(match, both)


def _below_it(label: Line, part: Line) -> Line:
    """The line from the first word that reaches below the label."""
    start, heading = 0, label.glyphs[0].quad
    for i, glyph in enumerate(part.glyphs):
        if glyph.char.isspace():
            start = i + 1
        elif heading.place_of(glyph.quad.tr)[0] > _REACHES * heading.height():
            return replace(part, glyphs=part.glyphs[start:])
    return part


def _has_digits(line: Line) -> bool:
    return any(c.isdecimal() for c in folded(line.text))
