"""Numbers that stand in a longer run of digits, told by their last four: a payment slip's scan line
is a card number with the amounts and dates behind it, and nothing between.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from prepdoc.pan.number import LAST_FOUR, Pan, brand_of, luhn
from prepdoc.pan.text import plain

LENGTHS = (15, 16)
"""Digits of the cards that such slips are printed for."""
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
        if len(number) == length and luhn(number) and brand_of(number):
            yield Pan(number)
