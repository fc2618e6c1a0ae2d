"""Which of several readings of the same digits is taken for the number."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

from prepdoc.pan.candidates import MAX_PAN, USUAL_LENGTH, Candidate
from prepdoc.pan.match import RULE_LABELLED, RULE_VALID
from prepdoc.pan.number import (
    HIDDEN,
    LAST_FOUR,
    begins_like_a_card,
    brand_of,
    is_grouped,
    is_proven,
    is_telling,
    luhn,
)

Strength: TypeAlias = tuple[bool, bool, int, bool, bool, bool, bool, bool, bool, bool, int, int]
_USUAL_LENGTHS = (16, 15, 14, 19, 18, 17, 13, 12)
_FRAMES = frozenset({14, 15, 16})
_TAILS = (LAST_FOUR, LAST_FOUR + 1)
BOX = "■"
_SHORTEST_END = 3
"""Digits of the last group of a number of 19."""
_ISSUERS_OF_ODD = frozenset({"UnionPay", "Maestro"})
"""Of numbers of 17 and 18 digits; others may by ISO/IEC 7812-1, and none does."""
_LONG_BOX = 13
"""Hidden digits in one box that are all of a number but its last four. How many a box hides is an
estimate: of eight and a blank 12 at most are made.
"""
_HIDDEN_GROUPS = 3
"""And groups."""
_ROWS_OF_MARKS = (11, 12)
"""The same in one row of marks."""
_HEAD = re.compile(r"(?<!\d)(\d{4})[^\w*]?(\d{2})?[^\w*]{1,3}$")
_GOING_ON = re.compile(r"\s?[年月日円,，]|[-/.]\d")
_DATE_OR_AMOUNT = re.compile(
    r"(?:\d{1,2}|(?:19|20)\d\d)(?:[-/.]\d|[年月日])|\d{1,3}[,，]\d|\d{1,3}円"
)


def strength(rule: int, candidate: Candidate) -> Strength:
    """Sort key: from its beginning, the rules in order, a card's own grouping, a shown ending, the
    usual length.

    Four groups of four and three digits are one number of 19 where Luhn says so, and always for
    UnionPay, which may fail it, and where more than blanks ties them: to take 16 of 19 digits would
    leave three too many. But not where an amount begins, nor where the number began a group before:
    its month and year and a security code stand behind it.
    """
    length = len(candidate.chars)
    usual = _USUAL_LENGTHS.index(length) if length in _USUAL_LENGTHS else len(_USUAL_LENGTHS)
    usual = usual if set(candidate.sizes) != {1} else 0
    long = length > USUAL_LENGTH and not candidate.masks and candidate.evenly_separated
    tied = all(candidate.separators) and _is_issued(candidate)
    goes_on_as_other = goes_on(candidate) and not _is_before_a_branch(candidate)
    ends = candidate.evenly_separated and not goes_on_as_other
    whole = long and ends and is_grouped(candidate.sizes) and not _begins_late(candidate)
    whole = whole and (tied or _is_proven(candidate))
    bare = not candidate.masks
    shown = candidate.tail >= LAST_FOUR and length <= MAX_PAN and ends
    return (
        _is_beheaded(candidate),
        is_torn(candidate),
        0 if whole else RULE_LABELLED if rule == RULE_VALID and not candidate.is_long else rule,
        not whole and not _is_framed(candidate),
        not shown,
        candidate.masks > 0 and candidate.tail not in _TAILS,
        not whole,
        bare and _is_oddly_grouped(candidate),
        bare and _spans_a_gap(candidate),
        bare and not (candidate.has_label or candidate.before.names_a_card),
        usual,
        -length,
    )


def _is_oddly_grouped(candidate: Candidate) -> bool:
    """Whether a break of a card's grouping is missing, or one too many: `63861740 4980 0356`."""
    return set(candidate.sizes) != {1} and not any(map(is_grouped, candidate.layouts))


def _spans_a_gap(candidate: Candidate) -> bool:
    """Whether more blanks stand within it than beside it, where something else begins, or
    blanks and another sign, or a sign glues an end of it to something else: `555-4111 1111 …`.
    """
    if len(set(candidate.separators)) > 1 or ("" in candidate.separators and candidate.is_glued):
        return True
    return max(candidate.blanks_within, default=0) > min(candidate.blanks_beside, default=math.inf)


def _is_beheaded(candidate: Candidate) -> bool:
    """Whether digits that card numbers begin with stand before one that begins or ends hidden.

    `4111 ■■■■■ ■■■■■ 1579`: the boxes hide four digits each, however many have room in them.
    """
    ends = candidate.chars[0], candidate.chars[-1]
    if candidate.neighbours[0] is None or HIDDEN not in ends:
        return False
    start = candidate.groups[0].start
    head = _HEAD.search(candidate.line[max(0, start - 11) : start])
    begun = head is not None and begins_like_a_card(head[1] + (head[2] or ""))
    return begun and not _is_all(candidate)


def _is_all(candidate: Candidate) -> bool:
    """Whether it has as many groups or digits as a whole number."""
    if len(candidate.groups) > _HIDDEN_GROUPS or _is_framed(candidate):
        return True
    hidden = [group.chars.count(HIDDEN) for group in candidate.groups if HIDDEN in group.chars]
    if BOX in candidate.line[candidate.indices[0] : candidate.indices[-1] + 1]:
        return max(hidden) >= _LONG_BOX
    return len(hidden) == 1 and candidate.masks in _ROWS_OF_MARKS


def is_torn(candidate: Candidate) -> bool:
    """Whether it begins or ends within something else: a longer chain, a phone, a date."""
    is_tied = bool(candidate.ties) and not _is_before_a_branch(candidate)
    return is_tied or candidate.forms_crossed > 0 or ends_in_a_date(candidate)


def _is_before_a_branch(candidate: Candidate) -> bool:
    """Whether it is a proven number in its groups, and the chain goes on with a digit or two only,
    as for which card of an account it is: `4111-1111-1111-1111-01`.
    """
    after = candidate.neighbours[1]
    if after is None or len(after) >= _SHORTEST_END or len(candidate.ties) > 1:
        return False
    whole = is_grouped(candidate.sizes) and is_telling(candidate.chars)
    return whole and brand_of(candidate.chars + after.chars) not in _ISSUERS_OF_ODD


def ends_in_a_date(candidate: Candidate) -> bool:
    """Whether a blank stands before its last group and that is where a date or amount begins."""
    if not candidate.separators or candidate.separators[-1] or candidate.sizes[-1] == 1:
        return False
    return _DATE_OR_AMOUNT.match(candidate.line, candidate.groups[-1].start) is not None


def goes_on(candidate: Candidate) -> bool:
    """Whether the last group begins a date or an amount rather than ends the number."""
    return _GOING_ON.match(candidate.line, candidate.groups[-1].end) is not None


def _is_issued(candidate: Candidate) -> bool:
    """Whether its brand has numbers of this length above the usual."""
    issues = len(candidate.chars) == MAX_PAN or candidate.brand in _ISSUERS_OF_ODD
    return issues and candidate.brand is not None


def _is_proven(candidate: Candidate) -> bool:
    return len(candidate.chars) == MAX_PAN and (
        luhn(candidate.chars) or candidate.brand == "UnionPay"
    )


def _begins_late(candidate: Candidate) -> bool:
    """Whether the group before it and three of its own are a proven number of four groups."""
    before = candidate.neighbours[0]
    if before is None or len(before) != LAST_FOUR or HIDDEN in before.chars:
        return False
    return is_proven(before.chars + candidate.chars[: USUAL_LENGTH - LAST_FOUR])


def _is_framed(candidate: Candidate) -> bool:
    """Whether a masked number has a card's own grouping, and ends shown or hidden as a whole."""
    tail = candidate.tail
    ends = tail == 0 or tail >= LAST_FOUR
    return (
        bool(candidate.masks)
        and len(candidate.chars) in _FRAMES
        and (is_grouped(candidate.sizes) and ends)
    )
