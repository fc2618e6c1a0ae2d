"""What a card number is: IIN ranges, Luhn, truncation, and finding PANs in a run of characters.

Pure: no I/O, no pixels. Everything else in prepdoc asks this module whether digits are a PAN.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pan:
    """A primary account number (ISO/IEC 7812); a digit that the issuer hides is written `?`.

    Its repr and str show the brand and the last four only.
    """

    digits: str


@dataclass(frozen=True, slots=True)
class Match:
    """A card number in a string: which characters to hide and which to keep, by index.

    `start` and `end` span the whole number with its separators and mask characters.
    """

    rule: int
    start: int
    end: int
    hide: tuple[int, ...]
    keep: tuple[int, ...]
    pan: Pan


def find(text: str, known: Iterable[Pan] = ()) -> tuple[Match, ...]:
    """Every card number of rules 1 to 5 in one line of text, from left to right."""
    raise NotImplementedError
