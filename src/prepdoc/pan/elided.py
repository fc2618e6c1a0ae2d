"""Card numbers that an ellipsis shortens: `414720…5678`, and `VISA 4147…5678`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prepdoc.pan import labels
from prepdoc.pan.match import RULE_MASKED, Match
from prepdoc.pan.number import HIDDEN, LAST_FOUR, Pan, begins_like_a_card, brand_of
from prepdoc.pan.text import ELLIPSES

_ELIDED = re.compile(
    rf"(?<!\w)(\d{{4}}[ -]?(?:\d{{2,4}})?)\s?(?:(?:[{ELLIPSES}]+|\.{{2,6}})\s?)+(\d{{4,5}})(?!\w)"
)
"""Readers see three dots, or five."""
_TELLING_HEAD = 6
"""Shown digits that an issuer's range makes a card's; four are as often a year or an amount, but
where they and the last four are all that a line says.
"""
_LENGTHS = (16, 15, 14)


def elided(line: str) -> Iterator[Match]:
    """Those of a folded line: the shown digits but for the last four go."""
    for match in _ELIDED.finditer(line):
        head = [i for i in range(*match.span(1)) if line[i].isdecimal()]
        shown = "".join(line[i] for i in head)
        named = labels.before(line, match.start()).is_of_a_card
        telling = len(head) >= _TELLING_HEAD or match[0] == line.strip()
        if begins_like_a_card(shown) and (named or telling):
            keep = tuple(range(match.end() - LAST_FOUR, match.end()))
            more = tuple(range(match.start(2), keep[0]))
            pan = _pan(shown, match[2])
            yield Match(RULE_MASKED, *match.span(), (*head, *more), keep, pan)


def _pan(head: str, tail: str) -> Pan:
    """With as many hidden digits as the usual numbers of its range have."""
    whole = [head + HIDDEN * (n - len(head) - len(tail)) + tail for n in _LENGTHS]
    return Pan(next((digits for digits in whole if brand_of(digits) is not None), whole[0]))
