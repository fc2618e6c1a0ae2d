"""What readers saw of the same number → what is believed of it; part of finding.

Readers disagree about where a number ends: OCR reads a kanji behind it as a digit, or overlooks the
dots that hide the last four. Masking what either of them wants would take the last four of a whole
number, or tell as last four what is none. So of two that contradict each other one is believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import LINE_BREAK, Glyph, Line
from prepdoc.pan import RULE_GROUPED, RULE_KNOWN, RULE_LABELLED, RULE_MASKED, RULE_VALID, Match, Pan
from prepdoc.pan.number import HIDDEN, LAST_FOUR, WIDE_RANGES, is_telling, luhn

LIKE = 0.85
"""Likeness (difflib) of two readings of one number: two of sixteen digits may differ."""
CONTRADICTED = 2
"""Digits of a last four that another one wants hidden: one may be a box that is drawn too wide."""

ACROSS = 3
"""Valid numbers, of which a stretch each makes another one: a pile has three groups or four."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A match and the line, perhaps of two rows, whose characters it counts."""

    match: Match
    line: Line


def agreed(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """The sightings without those that a sounder one of the same digits contradicts.

    Where the issuer hides the last four, what another reader took for them is hidden too.
    """
    seen = tuple(_but_parts(tuple(_but_by_chance(tuple(sightings)))))
    seen = tuple(_but_misread(tuple(_but_turned_over(seen))))
    rivals = tuple(_rivals(seen))
    wrong = {id(b) for a, b in rivals if _is_sounder(a, b)}
    wrong |= {id(a) for a, b in rivals if _shows_its_own(b) and _is_sounder(b, a)}
    wrong |= {id(one) for one in filter(_is_short, seen) if any(_goes_on(one, b) for b in seen)}
    hidden = {id(a) for a, b in rivals if id(b) not in wrong and _shows_none(b)}
    return tuple(
        replace(s, match=hiding(s.match)) if id(s) in hidden else s
        for s in seen
        if id(s) not in wrong
    )


def _but_by_chance(seen: Sequence[Sighting]) -> Iterator[Sighting]:
    """Without those that lie across others: in a table of groups, the rows or the columns are the
    numbers, and of the other ones one in ten passes Luhn.
    """
    owners: dict[Glyph, set[Pan]] = {}
    for one in seen:
        if one.match.pan.complete and luhn(one.match.pan.digits):
            for glyph in _own(one):
                owners.setdefault(glyph, set()).add(one.match.pan)
    for one in seen:
        of_others = [owners.get(glyph, set()) - {one.match.pan} for glyph in _own(one)]
        if not _is_by_chance(one.match, of_others):
            yield one


def _is_by_chance(match: Match, of_others: Sequence[set[Pan]]) -> bool:
    """Whether its digits are those of valid numbers: of many, or all of them, as the end of one
    cell with the beginning of the next one, which no check digit proves.
    """
    crossed = set[Pan]().union(*of_others)
    return len(crossed) >= ACROSS or (
        match.rule == RULE_GROUPED and len(crossed) > 1 and all(of_others)
    )


def _but_parts(seen: Sequence[Sighting]) -> Iterator[Sighting]:
    """Without those whose digits are a part of those of a number over two lines, of a card's range
    and length: of ends of lines one in ten fits a wide range by chance, and a label before it tells
    all of the number.

    What stays of that number is no more than stays of its part.
    """
    whole = [frozenset(_own(s)) for s in seen if _is_over_lines(s) and _has_a_range(s)]
    for one in seen:
        own = frozenset(_own(one))
        weak = one.match.rule == RULE_LABELLED or _is_by_a_wide_range(one)
        if not (weak and any(own < digits for digits in whole)):
            yield one


def _is_by_a_wide_range(sighting: Sighting) -> bool:
    return sighting.match.rule == RULE_VALID and sighting.match.pan.brand in WIDE_RANGES


def _has_a_range(sighting: Sighting) -> bool:
    brand = sighting.match.pan.brand
    return brand is not None and brand not in WIDE_RANGES


def _is_over_lines(sighting: Sighting) -> bool:
    match = sighting.match
    return LINE_BREAK in sighting.line.text[match.start : match.end]


def _but_turned_over(seen: Sequence[Sighting]) -> Iterator[Sighting]:
    """Without those of halves of two cells below each other, where each holds the same number over
    two lines. The end of one and the beginning of the next fit the check digit as the number does,
    for both halves are even; two ends that are the same fit it one time in five.
    """
    places: dict[Pan, set[frozenset[Glyph]]] = {}
    owned = [(one, one.match.pan, frozenset(_own(one))) for one in seen]
    for _, pan, own in owned:
        places.setdefault(pan, set()).add(own)
    for one, pan, own in owned:
        others = [other for other in places if _is_turned_over(pan, other)]
        told = any(_tells_more(other, pan) for other in others)
        if not (told or any(_is_between(own, places[it], len(places[pan])) for it in others)):
            yield one


def _tells_more(one: Pan, other: Pan) -> bool:
    """Whether its range says more: as the other one's so many numbers begin."""
    return is_telling(one.digits) and other.brand in WIDE_RANGES


def _is_turned_over(pan: Pan, other: Pan) -> bool:
    """Whether one begins with the end of the other and goes on with its beginning, or is one half
    of it twice.
    """
    digits, half = other.digits, len(other.digits) // 2
    twice = (2 * digits[:half], 2 * digits[half:])
    is_other = pan != other and len(pan.digits) == len(digits)
    return is_other and (pan.digits in 2 * digits or pan.digits in twice)


def _is_between(own: frozenset[Glyph], cells: set[frozenset[Glyph]], count: int) -> bool:
    """Whether all its digits are in the other's cells, of which there are more."""
    return len(cells) > count and own <= frozenset().union(*cells)


def _but_misread(seen: Sequence[Sighting]) -> Iterator[Sighting]:
    """Without those that no check digit proves, where the very same digits go on to others that one
    does: a digit at a box's edge is read twice.
    """
    proven = {_hidden(one) for one in seen if one.match.rule == RULE_VALID}
    for one in seen:
        if one.match.rule != RULE_GROUPED or _hidden(one) not in proven:
            yield one


def _hidden(sighting: Sighting) -> tuple[Glyph, ...]:
    return tuple(sighting.line.glyphs[i] for i in sighting.match.hide)


def _own(sighting: Sighting) -> Iterator[Glyph]:
    """The number's digits, as this reader saw them."""
    match = sighting.match
    return (sighting.line.glyphs[i] for i in (*match.hide, *match.keep))


def _rivals(seen: Iterable[Sighting]) -> Iterator[tuple[Sighting, Sighting]]:
    """Each sighting with each other one that hides what it keeps as the last four."""
    weighed = [s for s in seen if s.match.rule != RULE_KNOWN]
    owners = np.array([i for i, s in enumerate(weighed) for _ in _gone(s)], dtype=np.intp)
    gone = _boxes((s, i) for s in weighed for i in _gone(s))
    for kept in weighed:
        middles = _boxes((kept, i) for i in kept.match.keep).mean(axis=1)[:, None]
        within = ((gone[None, :, 0] <= middles) & (middles <= gone[None, :, 1])).all(axis=2)
        digits, boxes = np.nonzero(within)
        hits = set(zip(digits, owners[boxes], strict=True))  # boxes of one line may overlap
        for i, count in Counter(owner for _, owner in hits).items():
            rival = weighed[i]
            if rival is not kept and (count >= CONTRADICTED or _knows_more(rival, kept)):
                yield kept, rival


def _is_short(sighting: Sighting) -> bool:
    """Whether its last four were not read."""
    return sighting.match.rule == RULE_LABELLED and not sighting.match.keep


def _goes_on(short: Sighting, other: Sighting) -> bool:
    """Whether another reading of the same digits, or of the same place, has the last four too."""
    if not other.match.keep or not other.match.pan.complete:
        return False
    return _is_within(short, other) or _begins(short, other)


def _is_within(short: Sighting, other: Sighting) -> bool:
    """Whether its digits are a proven number's, also the end, in the lower one of two lines."""
    return other.match.rule == RULE_VALID and set(_own(short)) <= set(_own(other))


def _begins(short: Sighting, other: Sighting) -> bool:
    shown = short.match.pan.digits.replace(HIDDEN, "")
    is_longer = len(other.match.pan.digits) > len(shown)
    if not (is_longer and _begins_so(shown, other.match.pan.digits)):
        return False
    own, there = (_boxes((s, i) for i in s.match.hide) for s in (short, other))
    (left, top), (right, bottom) = there[:, 0].min(axis=0), there[:, 1].max(axis=0)
    x, y = own.mean(axis=(0, 1))
    return bool(left <= x <= right and top <= y <= bottom)


def _gone(sighting: Sighting) -> Sequence[int]:
    """The glyphs that hide something: digits to be masked, and the issuer's own marks."""
    match = sighting.match
    return range(match.start, match.end) if _shows_none(sighting) else match.hide


def _knows_more(one: Sighting, other: Sighting) -> bool:
    """Whether one has all digits of the other, and more, or marks that the other overlooked."""
    a, b = one.match.pan, other.match.pan
    return b.digits in a.digits != b.digits or _has_more_marks(a, b)


def _has_more_marks(one: Pan, other: Pan) -> bool:
    """Whether they are one number, and only the first reading has its hidden digits."""
    shown = one.digits.replace(HIDDEN, "")
    return other.complete and not one.complete and _likeness(shown, other.digits) >= LIKE


def _boxes(glyphs: Iterable[tuple[Sighting, int]]) -> NDArray[np.float64]:
    """n × 2 × 2: the left upper and right lower corners of these glyphs, in pixels."""
    boxes = [sighting.line.glyphs[i].quad.box() for sighting, i in glyphs]
    return np.array(boxes, dtype=np.float64).reshape(-1, 2, 2)


def _is_sounder(one: Sighting, other: Sighting) -> bool:
    """Whether `other` is `one` misread: nearly the same digits, and less reason to believe them."""
    a, b = one.match, other.match
    if a.pan == b.pan and a.pan.complete:
        return False  # the same digits, of which one layer lies beside its ink: see `placing`
    is_told = one.line.seen_by == "text" != other.line.seen_by
    if not are_alike(a.pan, b.pan):
        return _is_part(b, a) or (is_told and _has_more_marks(a.pan, b.pan))
    if (a.rule == RULE_VALID) != (b.rule == RULE_VALID):
        return a.rule == RULE_VALID
    return is_told


def _is_part(one: Match, other: Match) -> bool:
    """Whether one that no check digit proves is a part of a proven one, perhaps misread."""
    matcher = SequenceMatcher(None, one.pan.digits, other.pan.digits, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return one.rule != RULE_VALID == other.rule and same >= LIKE * len(one.pan.digits)


def are_alike(one: Pan, other: Pan) -> bool:
    """Whether they may be readings of one number."""
    return _likeness(one.digits, other.digits) >= LIKE


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _begins_so(shown: str, digits: str) -> bool:
    return _likeness(shown, digits[: len(shown)]) >= LIKE


def _shows_none(sighting: Sighting) -> bool:
    """Whether the issuer hides the last four, by marks that the reader saw."""
    return sighting.match.rule == RULE_MASKED and not sighting.match.keep


def _shows_its_own(sighting: Sighting) -> bool:
    """Whether its last four are certain: the number is proven, or the issuer's marks are seen."""
    match = sighting.match
    return match.rule == RULE_VALID or (match.rule == RULE_MASKED and bool(match.keep))


def hiding(match: Match) -> Match:
    """The same with nothing kept: its last digits are not the number's last four."""
    hide = tuple(sorted((*match.hide, *match.keep)))
    return replace(match, hide=hide, keep=(), pan=Pan(match.pan.digits + LAST_FOUR * HIDDEN))
