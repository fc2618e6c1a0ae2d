"""Masking rules 1 to 5: which digits of a line belong to a card number, and which of them stay.

A candidate is a stretch of neighbouring groups. Each rule says whether a candidate is a card
number; where candidates overlap, the strongest reading wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import TypeAlias

from prepdoc.pan import labels, lookalikes
from prepdoc.pan.number import (
    HIDDEN,
    Pan,
    agrees_with_grouping,
    begins_like_a_card,
    brand_of,
    is_grouped,
    is_nearly_grouped,
    luhn,
)
from prepdoc.pan.text import Group, folded, runs

LAST_FOUR = 4
MIN_KNOWN_RUN = 6
"""Digits of a known number that give it away; five would hit amounts by chance (rule 5)."""
MIN_LABELLED = 7
"""Beside a card's own label, in one group; in several, 2026/10/07 would be one."""
MIN_PAN, MAX_PAN = 12, 19
"""ISO/IEC 7812-1 allows up to 19 digits; the shortest in use are Maestro's 12."""
MIN_UNLABELLED = 14
"""12 and 13 digits look like JAN codes, parcel numbers and +81 phones."""
MIN_MASKS = 2
MASKED_SLACK = 5
"""How far a reader may miscount a row of mask characters."""
MAX_GROUPS = 19
_DIGITS = "0123456789"
MIN_SHOWN_MASKS = 8
"""Fewer before a last four, and no word of a card, stand for a bank account or a phone."""
MAX_END_MARKS = 3
_END_MARK = "*"
"""UOB prints `**dddd-dddd-dddd-dddd**`."""
MIN_REPORTED = 14


@dataclass(frozen=True, slots=True)
class Match:
    """A card number in a string: which characters to hide and which to keep, by index.

    `start` and `end` span the whole number with its separators and mask characters. `hide` is
    empty where only the last four are shown; `keep` is empty where the issuer hides those.
    """

    rule: int
    start: int
    end: int
    hide: tuple[int, ...]
    keep: tuple[int, ...]
    pan: Pan


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Neighbouring groups of one run, and the text that stands before them."""

    groups: tuple[Group, ...]
    before: str
    line: str
    beside_masks: bool = False

    @property
    def evenly_separated(self) -> bool:
        """Whether no two different separators stand between groups, blanks aside."""
        between = (self.line[a.end : b.start].strip() for a, b in pairwise(self.groups))
        return len(set(filter(None, between))) <= 1

    @property
    def chars(self) -> str:
        return "".join(group.chars for group in self.groups)

    @property
    def indices(self) -> tuple[int, ...]:
        return tuple(i for group in self.groups for i in range(group.start, group.end))

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(group) for group in self.groups)

    @property
    def masks(self) -> int:
        return self.chars.count(HIDDEN)


def find(text: str, known: Iterable[Pan] = (), spared: Iterable[str] = ()) -> tuple[Match, ...]:
    """Every card number of rules 1 to 5 in one line of text, from left to right.

    Matches do not overlap. `known` are numbers seen elsewhere, for rule 5; their hidden digits
    are not compared. `spared` are texts that the user wants kept: a match inside one is dropped,
    but never one of rule 1.

    >>> [m.pan for m in find("Card 4111-1111-1111-1111, order 250-1234567-1234567")]
    [<Pan Visa ···· 1111>]
    """
    line = folded(text)
    readings = [m for candidate in _candidates(line) for m in _readings(candidate)]
    chosen = _without_overlap([match for _, match in sorted(readings, key=lambda r: r[0])])
    found = sorted(_with_known(chosen, line, known), key=lambda m: m.start)
    kept = tuple(bare(wish) for wish in spared)
    return tuple(
        m for m in found if m.rule == 1 or not _is_spared(bare(line[m.start : m.end]), kept)
    )


def bare(text: str) -> str:
    """Letters and digits alone, as the rules compare them."""
    return "".join(c for c in folded(text) if c.isalnum())


def _is_spared(number: str, kept: Iterable[str]) -> bool:
    return any(number in wish for wish in kept)


def unclaimed(text: str, matches: Iterable[Match]) -> tuple[str, ...]:
    """Digit runs as long as a card number that no match covers, for the report."""
    taken = {i for match in matches for i in range(match.start, match.end)}
    stretches = (
        _Candidate(run.groups, "", "")
        for run in runs(folded(text))
        if not taken & _span(run.groups)
    )
    return tuple(stretch.chars for stretch in stretches if _looks_like_a_card(stretch))


def _looks_like_a_card(stretch: _Candidate) -> bool:
    long_enough = MIN_REPORTED <= len(stretch.chars) <= MAX_PAN
    return long_enough and not stretch.masks and agrees_with_grouping(stretch.sizes)


def _span(groups: tuple[Group, ...]) -> set[int]:
    return set(range(groups[0].start, groups[-1].end))


def _candidates(line: str) -> Iterator[_Candidate]:
    for run in runs(line):
        count = len(run.groups)
        for first in range(count):
            for last in range(first, min(first + MAX_GROUPS, count)):
                groups = _undecorated(run.groups[first : last + 1], line)
                beside = run.groups[max(0, first - 1) : first] + run.groups[last + 1 : last + 2]
                if groups:
                    masked = any(HIDDEN * MIN_MASKS in group.chars for group in beside)
                    yield _Candidate(groups, line[: groups[0].start], line, masked)


def _undecorated(groups: tuple[Group, ...], line: str) -> tuple[Group, ...]:
    """Without the marks that stand around a number: `**4111 … 1111**`, `card#4111 …`.

    Marks at the end of fewer digits than a card has hide some: `4980-1234-5678-9***`.
    """
    inner = "".join(group.chars for group in groups).strip(HIDDEN)
    decorated = groups[0].chars.startswith(HIDDEN)
    if decorated and HIDDEN not in inner and brand_of(inner) is not None:
        return tuple(group for group in map(_stripped, groups) if group.chars)
    return _without_end_marks(groups, line)


def _without_end_marks(groups: tuple[Group, ...], line: str) -> tuple[Group, ...]:
    """`**■■■■-■■■■-■■■■-4455**`: the number is whole before the marks at its end."""
    text = line[groups[0].start : groups[-1].end]
    right = len(text) - len(text.rstrip(text[-1])) if text[-1] == _END_MARK else 0
    left = len(text) - len(text.lstrip(_END_MARK))
    length = sum(map(len, groups)) - right
    last = groups[-1]
    ending = last.chars[: len(last) - right][-LAST_FOUR:]
    if not 0 < right <= MAX_END_MARKS or len(ending) < LAST_FOUR or HIDDEN in ending:
        return groups
    if left != right and length < _USUAL_LENGTHS[0]:
        return groups
    return (*groups[:-1], Group(last.start, last.end - right, last.chars[:-right]))


def _stripped(group: Group) -> Group:
    left = len(group.chars) - len(group.chars.lstrip(HIDDEN))
    right = len(group.chars) - len(group.chars.rstrip(HIDDEN))
    return Group(group.start + left, group.end - right, group.chars.strip(HIDDEN))


def _readings(candidate: _Candidate) -> Iterator[tuple[_Strength, Match]]:
    """The rules in the order of their strength; a candidate is read by the first that fits."""
    rule = _rule(candidate)
    if rule is not None:
        yield _strength(rule, candidate), _match(rule, candidate)


def _rule(candidate: _Candidate) -> int | None:
    if candidate.masks:
        return 4 if _is_masked(candidate) else None
    labelled = labels.is_ending_label(candidate.before) or _is_approved(candidate)
    if labelled and _is_ending(candidate):
        return 4
    if candidate.beside_masks and not _is_valid(candidate):
        return None
    if not lookalikes.is_in_iban(candidate.line, candidate.indices[0]):
        if _is_valid(candidate):
            return 1
        if _is_printed_like_a_card(candidate):
            return 2
    return 3 if _is_labelled(candidate) else None


def _is_valid(candidate: _Candidate) -> bool:
    """Rule 1: a known range, its length, and Luhn; 12 and 13 digits need more than that."""
    digits = candidate.chars
    if brand_of(digits) is None or not luhn(digits) or not agrees_with_grouping(candidate.sizes):
        return False
    if len(digits) >= MIN_UNLABELLED:
        return True
    return _has_label(candidate) or (len(digits) == MIN_PAN + 1 and is_grouped(candidate.sizes))


def _is_printed_like_a_card(candidate: _Candidate) -> bool:
    """Rule 2: grouped as cards are, in a known range; Luhn fails on misreads and UnionPay.

    Readers lose a blank, so a break may be missing, but not all of them.
    """
    digits, sizes = candidate.chars, candidate.sizes
    if len(digits) < MIN_UNLABELLED or brand_of(digits) is None:
        return False
    return is_grouped(sizes) or is_nearly_grouped(sizes)


def _is_labelled(candidate: _Candidate) -> bool:
    """Rule 3: beside a label; one that other numbers share needs a card's length and range."""
    digits = candidate.chars
    if digits.startswith("0") or not agrees_with_grouping(candidate.sizes):
        return False
    if labels.is_ending_label(candidate.before):
        return False
    if labels.is_card_label(candidate.before):
        least = MIN_LABELLED if len(candidate.groups) == 1 else MIN_PAN
        return least <= len(digits) <= MAX_PAN
    if labels.names_a_card(candidate.before) and len(digits) >= MIN_UNLABELLED:
        return brand_of(digits) is not None
    doubtful = labels.is_doubtful_label(candidate.before)
    return doubtful and MIN_UNLABELLED <= len(digits) <= MAX_PAN and begins_like_a_card(digits)


def _has_label(candidate: _Candidate) -> bool:
    return labels.is_card_label(candidate.before) or labels.is_doubtful_label(candidate.before)


def _is_approved(candidate: _Candidate) -> bool:
    """`VISA dddd APP: dddddd`, as Malaysian slips print a last four."""
    rest = candidate.line[candidate.groups[-1].end :]
    approved = re.match(r"\s*APP\b", rest, re.IGNORECASE) is not None
    return approved and labels.names_a_card(candidate.before)


def _is_ending(candidate: _Candidate) -> bool:
    """The first groups that make four: `Ending 7-21001`, `下4桁：1234`, `ending in: 123 4`."""
    *head, _ = candidate.sizes
    return sum(head) < LAST_FOUR <= len(candidate.chars) < MIN_LABELLED


def _is_masked(candidate: _Candidate) -> bool:
    """Rule 4: partly masked by the issuer, and the stretch is one whole number."""
    if candidate.chars.startswith("0"):
        return False
    if candidate.masks < MIN_MASKS:
        return labels.names_a_card(candidate.before) and _shows_last_four_only(candidate)
    shows = _is_masked_pan(candidate) or _shows_last_four_only(candidate)
    return shows and _is_whole(candidate) and _begins_in_card_groups(candidate)


def _begins_in_card_groups(candidate: _Candidate) -> bool:
    """Groups in full before the masked ones are of two, four or six; three belong to a phone."""
    full = takewhile(lambda group: HIDDEN not in group.chars, candidate.groups)
    return all(len(group) == 1 or len(group) % 2 == 0 for group in full)


def _is_masked_pan(candidate: _Candidate) -> bool:
    chars = candidate.chars
    shown = len(chars) - candidate.masks
    if shown <= 0 or not MIN_PAN - MASKED_SLACK <= len(chars) <= MAX_PAN + MASKED_SLACK:
        return False
    if len(chars) < MIN_PAN:
        return _has_label(candidate)
    return _has_label(candidate) or begins_like_a_card(chars) or chars.startswith(HIDDEN)


def _shows_last_four_only(candidate: _Candidate) -> bool:
    """`****1234`, and no shown digits before it: `090-****-1234` is a phone."""
    chars = candidate.chars
    only = not chars.rstrip(_DIGITS).strip(HIDDEN) and _tail(chars) == LAST_FOUR
    enough = candidate.masks >= MIN_SHOWN_MASKS or _has_label(candidate)
    enough = enough or labels.names_a_card(candidate.before)
    return only and enough and not _ends_in_digits(candidate.before)


def _ends_in_digits(before: str) -> bool:
    return re.search(r"\d[^\w*]{0,3}$", before) is not None


def _is_whole(candidate: _Candidate) -> bool:
    """Ends with hidden digits, or with the digits that close the number."""
    tail_groups = _tail_groups(candidate.groups)
    if not tail_groups:
        return True
    tail = _tail(candidate.chars)
    if len(tail_groups) == 1 or _tail(tail_groups[0].chars) >= LAST_FOUR < len(tail_groups[0]):
        three = len(candidate.chars) == 15 and not candidate.chars.startswith(HIDDEN)
        return len(tail_groups) == 1 and (tail >= LAST_FOUR or three)
    return len(candidate.chars) in (15, 16, 19) or len(tail_groups[0]) < LAST_FOUR == tail


def _tail(chars: str) -> int:
    """How many digits follow the last hidden one."""
    return len(chars) - len(chars.rstrip(_DIGITS))


def _tail_groups(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups from the one in which the last hidden digit is followed by a shown one."""
    last_masked = max(i for i, group in enumerate(groups) if HIDDEN in group.chars)
    after = groups[last_masked + 1 :]
    return after if groups[last_masked].chars.endswith(HIDDEN) else groups[last_masked:]


def _match(rule: int, candidate: _Candidate) -> Match:
    """Hides every shown digit but the last four of the number itself."""
    chars, indices = candidate.chars, candidate.indices
    shown = [i for i, c in zip(indices, chars, strict=True) if c != HIDDEN]
    keep = indices[-LAST_FOUR:] if HIDDEN not in chars[-LAST_FOUR:] else ()
    hide = tuple(i for i in shown if i not in keep)
    return Match(rule, indices[0], indices[-1] + 1, hide, keep, Pan(chars))


def _with_known(chosen: list[Match], line: str, known: Iterable[Pan]) -> list[Match]:
    """Rule 5: six or more digits in a row of a number that is known from another place."""
    stretches = [_Candidate(run.groups, "", line) for run in runs(line)]
    for match in (m for pan in known for stretch in stretches for m in _shared(stretch, pan)):
        if all(lookalikes.is_in_form(line, i) for i in match.hide + match.keep):
            continue
        chosen = _with_stretch(chosen, match)
    return chosen


def _with_stretch(chosen: list[Match], match: Match) -> list[Match]:
    """What other rules keep stays; what they do not cover is hidden as well."""
    kept = {i for other in chosen for i in other.keep}
    covered = kept | {i for other in chosen for i in other.hide}
    hide = tuple(i for i in match.hide if i not in kept)
    return [*chosen, replace(match, hide=hide)] if set(hide) - covered else chosen


def _shared(stretch: _Candidate, pan: Pan) -> Iterator[Match]:
    start = 0
    while start + MIN_KNOWN_RUN <= len(stretch.chars):
        length, at = _longest_shared(stretch.chars, start, pan.digits)
        if length >= MIN_KNOWN_RUN:
            yield _stretch_match(stretch, start, length, pan, at + length == len(pan.digits))
        start += max(length - MIN_KNOWN_RUN + 1, 1) if length >= MIN_KNOWN_RUN else 1


def _longest_shared(chars: str, start: int, digits: str) -> tuple[int, int]:
    """The longest stretch of `digits` that begins at chars[start]: its length and its place."""
    best = (0, 0)
    for at in range(len(digits) - MIN_KNOWN_RUN + 1):
        length = _common(chars[start:], digits[at:])
        best = max(best, (length, at))
    return best


def _common(left: str, right: str) -> int:
    pairs = zip(left, right, strict=False)
    return next(
        (i for i, (a, b) in enumerate(pairs) if a != b or a == HIDDEN), min(len(left), len(right))
    )


def _stretch_match(stretch: _Candidate, start: int, length: int, pan: Pan, ends: bool) -> Match:
    indices = stretch.indices[start : start + length]
    keep = indices[-LAST_FOUR:] if ends else ()
    hide = indices[: len(indices) - len(keep)]
    return Match(5, indices[0], indices[-1] + 1, hide, keep, pan)


def _goes_on(candidate: _Candidate) -> bool:
    """Whether the last group begins a date or an amount rather than ends the number."""
    rest = candidate.line[candidate.groups[-1].end :]
    return re.match(r"\s?[年月日円,，]|[-/.]\d", rest) is not None


def _without_overlap(found: Iterable[Match]) -> list[Match]:
    """The strongest reading of each place; `found` has the strongest first."""
    chosen: list[Match] = []
    for match in found:
        if all(m.end <= match.start or match.end <= m.start for m in chosen):
            chosen.append(match)
    return chosen


_Strength: TypeAlias = tuple[int, bool, bool, bool, bool, int, int, int]
_USUAL_LENGTHS = (16, 15, 14, 19, 18, 17, 13, 12)
_FRAMES = frozenset({14, 15, 16})
_TAILS = (LAST_FOUR, LAST_FOUR + 1)


def _strength(rule: int, candidate: _Candidate) -> _Strength:
    """Sort key: the rules in order, a card's own grouping, a shown ending, the usual length.

    Four groups of four and three digits are one number of 19 where Luhn says so, and always for
    UnionPay, which may fail it: to take 16 of 19 digits would leave three too many.
    """
    length, digits = len(candidate.chars), candidate.chars
    usual = _USUAL_LENGTHS.index(length) if length in _USUAL_LENGTHS else len(_USUAL_LENGTHS)
    long = length == MAX_PAN and is_grouped(candidate.sizes) and candidate.evenly_separated
    whole = long and not candidate.masks and (luhn(digits) or brand_of(digits) == "UnionPay")
    ends = candidate.evenly_separated and not _goes_on(candidate)
    shown = _tail(digits) >= LAST_FOUR and length <= MAX_PAN and ends
    return (
        0 if whole else rule,
        not whole and not _is_framed(candidate),
        not shown,
        candidate.masks > 0 and _tail(digits) not in _TAILS,
        not whole,
        usual,
        -length,
        candidate.indices[0],
    )


def _is_framed(candidate: _Candidate) -> bool:
    """Whether a masked number has a card's own grouping, and ends shown or hidden as a whole."""
    tail = _tail(candidate.chars)
    ends = tail == 0 or tail >= LAST_FOUR
    return (
        bool(candidate.masks)
        and len(candidate.chars) in _FRAMES
        and (is_grouped(candidate.sizes) and ends)
    )
