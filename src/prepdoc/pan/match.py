"""What `find` says of a card number in a line: where it stands, what goes and what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from prepdoc.pan.number import LAST_FOUR, Pan

RULE_VALID, RULE_GROUPED, RULE_LABELLED, RULE_MASKED, RULE_KNOWN = range(1, 6)
"""Why a number is one: a range and Luhn, a card's grouping, a label, marks of the issuer that hide
a part of it, or digits that are known from another place."""


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

    def at(self, places: Sequence[int]) -> Match:
        """The same in a longer string, of which this one has the characters at `places`."""
        hide, keep = (tuple(places[i] for i in chosen) for chosen in (self.hide, self.keep))
        start, end = places[self.start], places[self.end - 1] + 1
        return replace(self, start=start, end=end, hide=hide, keep=keep)


def whole(rule: int, text: str, places: Sequence[int]) -> Match:
    """Of a number that shows every digit, at these places of a text."""
    hide, keep = tuple(places[:-LAST_FOUR]), tuple(places[-LAST_FOUR:])
    digits = "".join(text[i] for i in places)
    return Match(rule, places[0], places[-1] + 1, hide, keep, Pan(digits))
