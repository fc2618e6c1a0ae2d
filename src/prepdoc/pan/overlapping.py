"""Of the readings of a line that overlap, those that count, with what they leave in doubt hidden.

Four digits of another kind right before a number or behind it make a second number with three of
its groups, and one in ten of these passes Luhn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeAlias

from prepdoc.pan.match import RULE_GROUPED, RULE_VALID, Match
from prepdoc.pan.number import HIDDEN
from prepdoc.pan.strength import Strength

Reading: TypeAlias = tuple[Strength, Match]


def settled(readings: Iterable[Reading]) -> list[Match]:
    """The strongest reading of each place, strongest first; of readings as strong as each other,
    as many as have room, and of these that have none, what would else be shown of them is hidden.
    """
    chosen: list[Match] = []
    taken: set[int] = set()
    for _, alike in groupby(sorted(readings, key=_order), key=lambda reading: reading[0]):
        free = [match for _, match in alike if taken.isdisjoint(range(match.start, match.end))]
        now = list(_with_doubtful(without_overlap(free), free))
        taken.update(i for match in now for i in range(match.start, match.end))
        chosen += now
    return chosen


def without_overlap(found: Iterable[Match]) -> list[Match]:
    """Each that does not overlap one before it."""
    chosen: list[Match] = []
    taken: set[int] = set()
    for match in found:
        place = range(match.start, match.end)
        if taken.isdisjoint(place):
            chosen.append(match)
            taken.update(place)
    return chosen


def _order(reading: Reading) -> tuple[Strength, int, int]:
    """By strength; those that end first leave the most room for others as strong."""
    return reading[0], reading[1].end, reading[1].start


def _overlap(one: Match, other: Match) -> bool:
    return one.start < other.end and other.start < one.end


def _with_doubtful(chosen: Sequence[Match], alike: Iterable[Match]) -> Iterator[Match]:
    """The chosen ones, each with those that overlap it and of which it leaves digits."""
    covered = {i for match in chosen for i in (*match.hide, *match.keep)}
    doubtful = [m for m in alike if _may_be_either(m) and not covered.issuperset(m.hide + m.keep)]
    for match in chosen:
        for other in doubtful if _may_be_either(match) else ():
            if _overlap(match, other):
                match = _both(match, other, covered.difference(match.hide, match.keep))
        yield match


def _may_be_either(match: Match) -> bool:
    """Whether it is told by its digits alone, and shows all of them."""
    return match.rule in (RULE_VALID, RULE_GROUPED) and HIDDEN not in match.pan.digits


def _both(one: Match, other: Match, others: Iterable[int]) -> Match:
    """Hides what either does, but for digits of `others`; the last four of one stay where they are
    none of the other's digits.
    """
    hide = {*one.hide, *other.hide}.difference(others)
    keep = {*one.keep, *other.keep}.difference(others, hide)
    places = sorted(hide | keep)
    pan = max(one, other, key=lambda match: match.end).pan
    return replace(
        one,
        start=min(one.start, places[0]),
        end=max(one.end, places[-1] + 1),
        hide=tuple(sorted(hide)),
        keep=tuple(sorted(keep)),
        pan=pan,
    )
