"""Every card number of a line: which digits belong to one, and which of them stay.

Where readings overlap, the strongest wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from prepdoc.pan.candidates import MAX_PAN, Candidate, candidates
from prepdoc.pan.elided import elided
from prepdoc.pan.glued import dated, glued
from prepdoc.pan.known import with_known
from prepdoc.pan.match import RULE_LABELLED, RULE_VALID, Match
from prepdoc.pan.number import HIDDEN, LAST_FOUR, Pan, agrees_with_grouping
from prepdoc.pan.others import forget as forget_rows
from prepdoc.pan.overlapping import Reading, settled, without_overlap
from prepdoc.pan.parted import parted
from prepdoc.pan.rules import is_in_parts, match_of, rule_of
from prepdoc.pan.strays import among_marks, among_specks
from prepdoc.pan.strays import forget as forget_specks
from prepdoc.pan.strength import strength
from prepdoc.pan.text import LINE, Group, Run, bare, folded, runs, visible
from prepdoc.pan.text import forget as forget_runs

MIN_REPORTED = 14
_TOGETHER = re.compile(r"\d\d")
_KEPT = 16384
"""Lines of a page or two, alone and over each other, as ten readings of a dense table ask for them
again."""
_HIDDEN_ONCE = re.compile(rf"\d*{re.escape(HIDDEN)}{{4,}}(\d*)")
_HIDDEN_END = re.compile(rf"\d+{re.escape(HIDDEN)}{{2,}}")
_ENDED_LENGTHS = frozenset({15, 16})


def find(text: str, known: Iterable[Pan] = (), spared: Iterable[str] = ()) -> tuple[Match, ...]:
    """Every card number of rules 1 to 5 in one line of text, from left to right.

    Matches do not overlap. `known` are numbers seen elsewhere, for rule 5; their hidden digits
    are not compared. `spared` are texts that the user wants kept: a match inside one is dropped,
    but never one of rule 1.

    >>> [m.pan for m in find("Card 4111-1111-1111-1111, order 250-1234567-1234567")]
    [<Pan Visa ···· 1111>]
    """
    found = sorted(_seen(text, tuple(known)), key=lambda m: m.start)
    return but_spared(found, text, spared)


def but_spared(found: Iterable[Match], text: str, spared: Iterable[str]) -> tuple[Match, ...]:
    """The matches of a text without those, other than rule 1's, that stand in a spared one."""
    kept = tuple(bare(wish) for wish in spared)
    if not kept:
        return tuple(found)
    line = folded(text)
    return tuple(
        m
        for m in found
        if m.rule == RULE_VALID or not _is_spared(bare(line[m.start : m.end]), kept)
    )


def _seen(text: str, known: Sequence[Pan]) -> list[Match]:
    """As the eye sees it, and then with what cannot be seen: that may part groups as well."""
    places = visible(text)
    if len(places) == len(text):
        return _found(text, known)
    seen = [match.at(places) for match in _found("".join(text[i] for i in places), known)]
    if not _TOGETHER.search(folded(text)):  # a font that tells one behind each digit: no groups
        return seen
    taken = {i for match in seen for i in match.hide + match.keep}
    return seen + [m for m in _found(text, known) if taken.isdisjoint(m.hide + m.keep)]


def forget() -> None:
    """Let go of the lines that are kept for when they are asked for again, and of their numbers."""
    _in_line.cache_clear()
    forget_rows()
    forget_specks()
    forget_runs()


def _found(text: str, known: Sequence[Pan]) -> list[Match]:
    alone = _in_line(text) if len(text) <= LINE else _by_itself(text)
    return with_known(alone, folded(text), known)


def _by_itself(text: str) -> tuple[Match, ...]:
    line = folded(text)
    readings = [m for candidate in candidates(text) for m in _readings(candidate)]
    chosen = without_overlap([*settled(readings), *elided(line)])
    whole, others = among_marks(text)
    dirty = among_specks(line)
    sure = filter(_is_sure, chosen)
    strange = (*dirty, *parted(line), *dated(line))
    return tuple(without_overlap([*glued(line), *sure, *whole, *strange, *chosen, *others]))


_in_line = lru_cache(_KEPT)(_by_itself)
"""The same: a line is looked at when its page is read, and again when it is planned and proven."""


def _readings(candidate: Candidate) -> Iterator[Reading]:
    """The rules in the order of their strength; a candidate is read by the first that fits."""
    rule = rule_of(candidate)
    if rule is not None:
        yield strength(rule, candidate), match_of(rule, candidate)


def _is_sure(match: Match) -> bool:
    """Whether it is proven, or masked as issuers do: four digits and more in one stretch, up to a
    last four or the end; or some at the end, of as many as a card has.

    Beside such a number stand others' groups of four, and one in ten passes Luhn with its own.
    """
    digits = match.pan.digits
    tail = _HIDDEN_ONCE.fullmatch(digits)
    whole = len(digits) in _ENDED_LENGTHS and _HIDDEN_END.fullmatch(digits) is not None
    by_marks = whole or bool(tail and len(tail[1]) in (0, LAST_FOUR))
    return match.rule == RULE_VALID or (match.rule != RULE_LABELLED and by_marks)


def _is_spared(number: str, kept: Iterable[str]) -> bool:
    return any(number in wish for wish in kept)


def unclaimed(text: str, matches: Iterable[Match]) -> tuple[str, ...]:
    """Digit runs as long as a card number that no match covers, for the report."""
    taken = {i for match in matches for i in range(match.start, match.end)}
    line = folded(text)
    free = (run for run in runs(line) if not taken & _span(run.groups))
    return tuple(chain.from_iterable(_like_a_card(run, line) for run in free))


def _like_a_card(run: Run, line: str) -> tuple[str, ...]:
    """All of a run, or those of its groups that are as long as a number: beside a date."""
    if _looks_like_a_card(run) and not _is_period(run, line):
        return (run.chars,)
    alone = (Run((group,)) for group in run.groups)
    return tuple(one.chars for one in alone if _looks_like_a_card(one))


def _is_period(run: Run, line: str) -> bool:
    """Whether slashes part it, as those of two days: no card's number has any."""
    return any("/" in line[a.end : b.start] for a, b in pairwise(run.groups))


def _looks_like_a_card(run: Run) -> bool:
    long_enough = MIN_REPORTED <= len(run.chars) <= MAX_PAN
    like = agrees_with_grouping(run.sizes) or is_in_parts(run)
    return long_enough and HIDDEN not in run.chars and like


def _span(groups: tuple[Group, ...]) -> set[int]:
    return set(range(groups[0].start, groups[-1].end))
