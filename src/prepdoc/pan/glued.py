"""Card numbers with a digit too many right at their end or beginning: a footnote's mark, or a check
digit of the issuer's own, that a reader sees as one of theirs; and those with a date before them.

    `Card No. 4111 1111 1111 12341`, `04111111111111234`, `4111111111111234*1`,
    `2026/11/054111111111111234`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prepdoc.pan.candidates import USUAL_LENGTH
from prepdoc.pan.labels import before
from prepdoc.pan.lookalikes import forms, ibans
from prepdoc.pan.match import RULE_GROUPED, RULE_VALID, Match, whole
from prepdoc.pan.number import (
    HIDDEN,
    LAST_FOUR,
    Pan,
    brand_of,
    is_grouped,
    is_telling,
    luhn,
)
from prepdoc.pan.text import Group, runs

_LENGTHS = (15, 16)
_GLUED_LENGTHS = (16, 17, 18)
_GROUPS = (1, 3, 4)
"""In one, as American Express prints them, or in fours."""
_DATED = re.compile(
    r"(?<!\d)(?:(?:\d{2,4}[/.-])?\d{1,2}[/.-](?:(?:19|20)\d\d|[0-3]\d)|[A-Za-z]{3,9}\.? 20\d\d)"
    r"(?P<number>\d{15,16}|\d{4}(?:[ -]\d{4}){3}|\d{4}[ -]\d{6}[ -]\d{5})(?!\d)"
)
_TAILS = (1, 2)
"""A digit, and a mark before it."""


def glued(line: str) -> Iterator[Match]:
    """Those of a usual length and range whose check digit fits without the digit that is too many.

    Of references of 17 digits one in 20 passes by chance. A digit before the number is covered with
    it; a mark behind it stays.

    >>> [str(match.pan) for match in glued("4111 1111 1111 11111")]
    ['Visa ···· 1111']
    """
    others = {i for place in (*ibans(line), *forms(line)) for i in place}
    for run in runs(line):
        for count in _GROUPS:
            for first in range(len(run.groups) - count + 1):
                own = run.groups[first : first + count]
                beside = (*run.groups[:first][-1:], *run.groups[first + count :][:1])
                is_other = _are_fours(own, beside) or (count == 1 and _is_labelled(line, own[0]))
                if others.isdisjoint(group.start for group in own) and not is_other:
                    yield from _in(own)


def dated(line: str) -> Iterator[Match]:
    """Those that are proven and stand right behind the day of a date, or its year: the column
    beside a date's, so near that readers see no blank.

    >>> [str(match.pan) for match in dated("2026/11/054111111111111111 BOOKS")]
    ['Visa ···· 1111']
    """
    for found in _DATED.finditer(line):
        places = [i for i in range(*found.span("number")) if line[i].isdecimal()]
        if is_telling("".join(line[i] for i in places)):
            yield whole(RULE_VALID, line, places)


def _is_labelled(line: str, group: Group) -> bool:
    """Whether its label says that it is something else's: a parcel's number may well have 17."""
    return before(line, group.start).is_other_label


def _are_fours(groups: Sequence[Group], beside: Sequence[Group]) -> bool:
    """Whether all have four digits and one more such group stands with them: whose they are is not
    told by three of the last one.
    """
    return bool(beside) and {len(group) for group in (*groups, *beside)} == {LAST_FOUR}


def _in(groups: Sequence[Group]) -> Iterator[Match]:
    if sum(map(len, groups)) not in _GLUED_LENGTHS:
        return
    chars = "".join(group.chars for group in groups)
    if _is_whole(chars):
        return
    places = [i for group in groups for i in range(group.start, group.end)]
    sizes = [len(group) for group in groups]
    for tail in _TAILS:
        if _is_tail(groups, tail) and _fits(chars[:-tail], [*sizes[:-1], sizes[-1] - tail]):
            yield _match(chars, places, slice(None, -tail))
    if len(groups) == 1 and _fits(chars[1:], [sizes[0] - 1]):
        yield _match(chars, places, slice(1, None))


def _is_whole(chars: str) -> bool:
    """Whether it may be a number as it is: one as long as most, or one that is proven."""
    usual = len(chars) in _LENGTHS or (HIDDEN not in chars and luhn(chars))
    return usual and brand_of(chars) is not None


def _is_tail(groups: Sequence[Group], tail: int) -> bool:
    """Whether so many characters at the end are no digits of a number: a mark and a digit, or one
    digit, if the number fits with none of the group's others for one that a reader saw twice.
    """
    last = groups[-1].chars
    if tail > 1:
        return last[-tail:].startswith(HIDDEN)
    before = "".join(group.chars for group in groups[:-1])
    twice = (i for i in range(1, len(last)) if last[i] == last[i - 1])
    once = {before + last[:i] + last[i + 1 :] for i in twice} - {before + last[:-1]}
    return len(groups) == 1 or not any(map(_is_number, once))


def _fits(digits: str, sizes: Sequence[int]) -> bool:
    """In one group only of the most usual length: American Express' and one are 16, as many
    references are.
    """
    whole = len(digits) == USUAL_LENGTH if len(sizes) == 1 else is_grouped(sizes)
    return whole and _is_number(digits)


def _is_number(digits: str) -> bool:
    """In a wide range the check digit alone tells none."""
    return len(digits) in _LENGTHS and is_telling(digits)


def _match(chars: str, places: Sequence[int], own: slice) -> Match:
    keep = tuple(places[own][-LAST_FOUR:])
    hide = tuple(i for i in places[:-LAST_FOUR] if i < keep[0])
    return Match(RULE_GROUPED, places[0], places[-1] + 1, hide, keep, Pan(chars[own]))
