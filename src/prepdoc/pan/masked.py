"""Rule 4: numbers that the issuer has masked in part, and endings that stand for a number."""

from __future__ import annotations

import re
from itertools import takewhile

from prepdoc.pan.candidates import (
    MASKED_SLACK,
    MAX_PAN,
    MIN_LABELLED,
    MIN_MASKS,
    MIN_PAN,
    USUAL_LENGTH,
    Candidate,
)
from prepdoc.pan.number import (
    DIGITS,
    HIDDEN,
    IIN_DIGITS,
    LAST_FOUR,
    begins_like_a_card,
    is_grouped,
    is_nearly_grouped,
    tail_of,
)
from prepdoc.pan.text import Group

MIN_SHOWN_MASKS = 8
"""Fewer before a last four, and no word of a card, stand for a bank account or a phone."""
_MASKED_LENGTHS = frozenset({15, 16, 19})
_APPROVED = re.compile(r"\s*APP\b", re.IGNORECASE)
_DIGITS_BEFORE = re.compile(r"\d[^\w*]{0,3}$")
FIRST_THIRTEEN = 13
_THREE_MARKS = re.compile(r"(?:\s[*●•]){3}(?!\s?[*●•])")
THREE_GROUPS = 12
"""Digits of a number of which the first group is hidden."""
_TWO_GROUPS = re.compile(r"(?:[ -]\d{4}){2}(?![\d-])")
_SIX = (r"\d{4}", rf"\d\d{re.escape(HIDDEN * 2)}")
_LAST_TEN = re.compile(r"[*●]{4,}\d\d-\d{4}-\d{4}|[*●]{3,5}-[*●]{2}\d\d-\d{4}-\d{4}")
"""`****-**34-3453-5971` as readers see it whose asterisks touch, and with as many marks as there is
room for on a rule of underscores."""


def is_masked(candidate: Candidate) -> bool:
    """Rule 4: partly masked by the issuer, and the stretch is one whole number.

    What begins within a phone number is none: the marks behind it hide another number.
    """
    if candidate.chars.startswith("0") or candidate.forms_crossed:
        return False
    if _hides_the_first(candidate):
        return _shows_the_rest(candidate)
    if candidate.masks < MIN_MASKS:
        return candidate.before.names_a_card and _shows_last_four_only(candidate)
    shows = _is_masked_pan(candidate) or _shows_last_four_only(candidate)
    return shows and _is_whole(candidate) and _begins_in_card_groups(candidate)


def hides_the_rest(candidate: Candidate) -> bool:
    """Whether it is the first thirteen digits, and behind them three marks stand apart."""
    behind = candidate.line[candidate.groups[-1].end :]
    return candidate.sizes == (FIRST_THIRTEEN,) and _THREE_MARKS.match(behind) is not None


def is_ending(candidate: Candidate) -> bool:
    """The first groups that make four: `Ending 7-21001`, `下4桁：1234`, `ending in: 123 4`."""
    length = len(candidate.chars)
    return length - candidate.sizes[-1] < LAST_FOUR <= length < MIN_LABELLED


def is_approved(candidate: Candidate) -> bool:
    """`VISA dddd APP: dddddd`, as Malaysian slips print a last four."""
    approved = _APPROVED.match(candidate.line, candidate.groups[-1].end) is not None
    return approved and candidate.before.names_a_card


def _is_in_parentheses(candidate: Candidate) -> bool:
    """`Sapphire Preferred (...1234)`, as pages of US banks name a card."""
    closes = candidate.line[candidate.groups[-1].end :].startswith(")")
    return closes and candidate.before.opens_an_ending


def _begins_in_card_groups(candidate: Candidate) -> bool:
    """Groups in full before the masked ones are of two, four or six, or the first thirteen of
    sixteen; three belong to a phone, and two between slashes are a date, beside which a reader sees
    marks.
    """
    full = list(takewhile(lambda group: HIDDEN not in group.chars, candidate.groups))
    is_date = "/" in candidate.separators[: len(full)] and any(len(group) == 2 for group in full)
    is_first_part = candidate.sizes[0] == FIRST_THIRTEEN and len(candidate.chars) == USUAL_LENGTH
    return not is_date and (
        is_first_part or all(len(group) == 1 or len(group) % 2 == 0 for group in full)
    )


def _is_masked_pan(candidate: Candidate) -> bool:
    chars = candidate.chars
    shown = len(chars) - candidate.masks
    if shown <= 0 or not MIN_PAN - MASKED_SLACK <= len(chars) <= MAX_PAN + MASKED_SLACK:
        return False
    if len(chars) < MIN_PAN:
        return candidate.has_label or _breaks_off(candidate) or _shows_six(candidate)
    return candidate.has_label or begins_like_a_card(chars) or chars.startswith(HIDDEN)


def _breaks_off(candidate: Candidate) -> bool:
    """`51051**` at the end of a line: the first digits of a number and marks, of which readers see
    fewer than there are where these touch.
    """
    head = candidate.chars.rstrip(HIDDEN)
    alone = len(candidate.groups) == 1 and not candidate.line[candidate.groups[-1].end :].strip()
    as_long = head.isdecimal() and IIN_DIGITS - 1 <= len(head) <= IIN_DIGITS
    return alone and as_long and begins_like_a_card(head)


def _shows_six(candidate: Candidate) -> bool:
    """`4980-00** ***`: the first six digits in a card's groups, and marks, of which a reader sees
    a part.
    """
    if len(candidate.groups) <= len(_SIX):
        return False
    head = [group.chars for group in candidate.groups[: len(_SIX)]]
    as_six = all(re.fullmatch(form, chars) for form, chars in zip(_SIX, head, strict=True))
    return as_six and begins_like_a_card("".join(head))


def _shows_last_four_only(candidate: Candidate) -> bool:
    """`****1234`, and no shown digits before it: `090-****-1234` is a phone."""
    chars = candidate.chars
    only = not chars.rstrip(DIGITS).strip(HIDDEN) and candidate.tail == LAST_FOUR
    enough = candidate.masks >= MIN_SHOWN_MASKS or candidate.has_label
    enough = enough or candidate.before.names_a_card or _is_in_parentheses(candidate)
    return only and enough and not _follows_digits(candidate)


def _hides_the_first(candidate: Candidate) -> bool:
    """Beside a label, and groups of four behind: something solid on the first group, which may be
    as wide as three digits or five.
    """
    few = 0 < candidate.masks <= LAST_FOUR + 1 and candidate.chars.startswith(HIDDEN)
    end = candidate.groups[-1].end
    is_part = _TWO_GROUPS.match(candidate.line, end) is not None
    alone = candidate.has_label and not candidate.beside_masks
    return few and alone and (is_part or _shows_the_rest(candidate))


def _shows_the_rest(candidate: Candidate) -> bool:
    """All three groups, and not the first of them alone."""
    shown = candidate.chars.lstrip(HIDDEN)
    fours = list(candidate.sizes[-2:]) == [LAST_FOUR] * 2
    return len(shown) == THREE_GROUPS and HIDDEN not in shown and fours


def _follows_digits(candidate: Candidate) -> bool:
    start = candidate.groups[0].start
    return _DIGITS_BEFORE.search(candidate.line[max(0, start - 4) : start]) is not None


def _is_whole(candidate: Candidate) -> bool:
    """Ends with hidden digits, or with the digits that close the number."""
    tail_groups = _tail_groups(candidate.groups)
    if not tail_groups:
        return True
    tail = candidate.tail
    if len(tail_groups) == 1 and tail < LAST_FOUR and _shows_an_iin(candidate):
        return True
    if len(tail_groups) == 1 or tail_of(tail_groups[0].chars) >= LAST_FOUR < len(tail_groups[0]):
        three = len(candidate.chars) == 15 and not candidate.chars.startswith(HIDDEN)
        return len(tail_groups) == 1 and (tail >= LAST_FOUR or three)
    grouped = is_grouped(candidate.sizes) or is_nearly_grouped(candidate.sizes)
    grouped = grouped and candidate.evenly_separated and len(candidate.chars) in _MASKED_LENGTHS
    if _LAST_TEN.fullmatch(candidate.line[candidate.groups[0].start : candidate.groups[-1].end]):
        return True
    return grouped or len(tail_groups[0]) < LAST_FOUR == tail


def _shows_an_iin(candidate: Candidate) -> bool:
    """Six digits of a card's range and hidden ones behind them, of which readers miss the last."""
    head = candidate.chars.partition(HIDDEN)[0]
    return len(head) == IIN_DIGITS and begins_like_a_card(head) and candidate.masks >= IIN_DIGITS


def _tail_groups(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups from the one in which the last hidden digit is followed by a shown one."""
    last_masked = max(i for i, group in enumerate(groups) if HIDDEN in group.chars)
    after = groups[last_masked + 1 :]
    return after if groups[last_masked].chars.endswith(HIDDEN) else groups[last_masked:]
