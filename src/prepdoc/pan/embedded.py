"""Numbers that stand in a longer run of digits, told by their last four: a payment slip's scan line
is a card number with the amounts and dates behind it, and nothing between.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator
from itertools import accumulate

from prepdoc.pan.number import (
    HIDDEN,
    IIN_DIGITS,
    LAST_FOUR,
    Pan,
    begins_like_a_card,
    is_proven,
)
from prepdoc.pan.text import Group, bare, plain, runs

LENGTHS = (15, 16)
"""Digits of the cards that such slips are printed for."""
FEWEST, USUAL, MOST = 13, 16, 19
"""Digits of a number whose last four are known (ISO/IEC 7812-1); a date and they are twelve."""
LEAST_LEFT = 9
"""Digits in groups of four that end in them; a year and a last four are eight."""
_RUN = re.compile(r"\d{17,}")


def embedded(text: str, last_fours: Container[str]) -> Iterator[Pan]:
    """Those of a known range whose check digit and last four fit.

    Of a run of 40 digits one in 2,000 does so by chance, for each of the last fours.

    >>> [str(pan) for pan in embedded("555555555555444400004200", {"4444"})]
    ['Mastercard ···· 4444']
    """
    for run in map(plain, _RUN.findall(text)):
        for end in range(LENGTHS[0], len(run) + 1):
            if run[end - LAST_FOUR : end] in last_fours:
                yield from _ending(run[:end])


def _ending(digits: str) -> Iterator[Pan]:
    """The numbers that end these digits."""
    for length in LENGTHS:
        number = digits[-length:]
        if len(number) == length and is_proven(number):
            yield Pan(number)


def holds_number(run: str) -> bool:
    """Whether a run of digits is longer than a number that it holds, of a known range and with a
    check digit that fits: a date is glued to it, before or behind.

    >>> holds_number("555555555555444420261124"), holds_number("5555555555554444")
    (True, False)
    """
    digits = plain(run)
    return not is_proven(digits) and any(map(is_proven, _stretches(digits)))


def _stretches(digits: str) -> Iterator[str]:
    """Every part of them that is as long as a number may be."""
    for length in range(FEWEST, min(MOST, len(digits)) + 1):
        for start in range(len(digits) - length + 1):
            yield digits[start : start + length]


def ended(text: str, last_four: str) -> Iterator[Pan]:
    """Runs of digits that begin as cards do and end in a card's last four, in groups of whatever
    sizes: that card's.

    Where check digit and range fit they say where it begins; else it is of the usual length, or as
    long as its groups are. One number in 10,000 ends so by chance. Of nine digits and more in
    groups of four that end so, what is before them is covered. And runs that a reader cut before
    their last digit, by the check digit.

    >>> [str(pan) for pan in ended("411111 6001 041799", "1799")]
    ['Visa ···· 1799']
    >>> [str(pan) for pan in ended("411111600104179", "1799")]
    ['Visa ···· 1799']
    """
    for run in runs(text):
        for past in range(1, len(run.groups) + 1):
            found = tuple(_wholes(run.groups[:past]))
            wholes = [whole for whole in found if whole.endswith(last_four)]
            if wholes:
                yield Pan(max(wholes, key=_likelihood))
            elif cut := next(filter(None, (_completed(one, last_four) for one in found)), None):
                yield Pan(cut)
            elif rest := _rest(run.groups[:past], last_four):
                yield Pan(rest.rjust(USUAL, HIDDEN))


def _completed(digits: str, last_four: str) -> str | None:
    """All of a number whose last digit no reader saw."""
    whole = digits + last_four[-1]
    return whole if whole.endswith(last_four) and is_proven(whole) else None


def _rest(groups: tuple[Group, ...], last_four: str) -> str | None:
    """What something leaves of a number in groups of four, where it covers the beginning; the last
    digit may be covered as well, as by a ring around it all.
    """
    first, *others = (group.chars for group in groups)
    if others and len(others[-1]) == LAST_FOUR - 1:
        others[-1] += last_four[-1]
    digits = first + "".join(others)
    fours = all(len(group) == LAST_FOUR for group in others) and len(first) <= LAST_FOUR
    shown = digits.endswith(last_four) and HIDDEN not in digits
    return digits if fours and shown and LEAST_LEFT <= len(digits) <= USUAL else None


def kindred(text: str, heads: Collection[str]) -> Iterator[Pan]:
    """Runs of digits that begin with the same six as other cards there and whose check digit fits,
    in groups of whatever sizes: a second card of the same issuer.

    >>> [str(pan) for pan in kindred("411111 6001 041799", {"411111"})]
    ['Visa ···· 1799']
    """
    digits = bare(text)
    for run in runs(text) if any(head in digits for head in heads) else ():
        for past in range(1, len(run.groups) + 1):
            for whole in _wholes(run.groups[:past]):
                if whole[:IIN_DIGITS] in heads and is_proven(whole):
                    yield Pan(whole)


def _wholes(groups: tuple[Group, ...]) -> Iterator[str]:
    """The last groups together, one more each time, where they have a number's length."""
    backwards = accumulate((group.chars for group in groups[::-1]), lambda tail, head: head + tail)
    whole = (digits for digits in backwards if FEWEST <= len(digits) <= MOST)
    return (digits for digits in whole if HIDDEN not in digits and begins_like_a_card(digits))


def _likelihood(digits: str) -> tuple[bool, bool, int]:
    return is_proven(digits), len(digits) <= USUAL, len(digits)
