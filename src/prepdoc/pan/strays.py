"""Numbers that are proven once it is left out what readers see among their digits: specks of dirt,
and marks in the shadows of embossed digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from prepdoc.pan.candidates import MAX_PAN, MIN_UNLABELLED, Candidate, candidates
from prepdoc.pan.lookalikes import forms
from prepdoc.pan.match import RULE_GROUPED, RULE_VALID, Match
from prepdoc.pan.number import DIGITS, IIN_DIGITS, begins_like_a_card, is_grouped, is_nearly_grouped
from prepdoc.pan.rules import LONG_GROUPS, match_of, rule_of
from prepdoc.pan.strength import BOX, is_torn, strength

_SPECKS = frozenset(".,'‘’`´\"“”·˙•・°:;^~*、。，．")
_LISTING = frozenset(",、，;")
"""Those that may part two numbers that have no blanks: `412122、9780000000002`."""
_TWO = re.compile(r"\d+ +\d{1,3}(?:[.,]\d{3})*[.,]\d\d")
"""An account and an amount behind it."""
_KEPT = 16384
"""Lines of a page, whole and in the parts that are asked about with those below them."""
MAX_SPECKS = 2
"""As many in one number: four amounts below each other are no number."""
SEEN_MARKS = frozenset({"●", BOX})
"""What prepdoc's own readers write for a mark and for a black box (`ocr.marks`, `ocr.blocks`)."""


def among_specks(text: str) -> Iterator[Match]:
    """Numbers grouped as cards are, or solid, that are proven without specks of dirt; each on a
    line of its own.

    A scan's specks are read as `4111'1111 11·11 1111`, a blank's width from a digit or in a group.
    """
    start = 0
    for line in text.split("\n"):
        yield from (match.at(range(start, start + len(line))) for match in _in_line(line))
        start += len(line) + 1


def forget() -> None:
    """Let go of the lines that are kept for when they are asked for again."""
    _in_line.cache_clear()


@lru_cache(_KEPT)
def _in_line(line: str) -> tuple[Match, ...]:
    return tuple(_among_specks(line)) if _is_speckled(line) else ()


def _among_specks(line: str) -> Iterator[Match]:
    dashed = "".join("-" if char in _SPECKS else char for char in line)  # as dots are misread
    orders = {(form[0], form[-1] + 1) for way in (line, dashed) for form in forms(way)}
    for specks, instead in ((_SPECKS, ""), (_SPECKS, " "), (_SPECKS | {"-"}, "")):
        kept = [i for i, char in enumerate(line) if instead or char not in specks]
        bare_line = "".join(instead if line[i] in specks else line[i] for i in kept)
        proven = (c for c in candidates(bare_line) if rule_of(c) == RULE_VALID and _is_tidy(c))
        for candidate in proven:
            match = match_of(RULE_GROUPED, candidate).at(kept)
            whole = line[match.start : match.end]
            dirt = [char for char in whole if char in specks]
            # Solid digits may be a list's.
            may_part = _LISTING if len(candidate.groups) == 1 else frozenset[str]()
            clear = may_part.isdisjoint(dirt) and (match.start, match.end) not in orders
            clear = clear and not _TWO.fullmatch(whole)
            if clear and 0 < len(dirt) <= MAX_SPECKS:
                yield match


def _is_speckled(line: str) -> bool:
    """Whether a group that cards begin with is followed by enough digits, with few specks among
    them: to look at every line of amounts takes ten times as long.
    """
    places = [i for i, char in enumerate(line) if char in DIGITS]
    digits = "".join(line[i] for i in places)
    for n in range(len(places) - MIN_UNLABELLED + 1):
        begins = n == 0 or places[n] > places[n - 1] + 1
        if not begins or not begins_like_a_card(digits[n : n + IIN_DIGITS]):
            continue
        least = line[places[n] : places[n + MIN_UNLABELLED - 1]]
        whole = line[places[n] : places[min(n + MAX_PAN, len(places)) - 1]]
        few = sum(char in _SPECKS for char in least) <= MAX_SPECKS
        if few and ("-" in whole or not _SPECKS.isdisjoint(whole)):
            return True
    return False


def _is_tidy(candidate: Candidate) -> bool:
    """Whether it is grouped as cards are, or not at all, and nothing is tied to it."""
    is_two_numbers = candidate.sizes == LONG_GROUPS
    grouped = is_grouped(candidate.sizes) or is_nearly_grouped(candidate.sizes)
    tidy = len(candidate.groups) == 1 or (grouped and not is_two_numbers)
    return tidy and candidate.evenly_separated and not is_torn(candidate)


def among_marks(text: str) -> tuple[list[Match], list[Match]]:
    """Numbers that are proven without the marks that were seen among their digits: those that are
    printed as cards are, and others.

    Readers see marks in the shadows of embossed digits; a number that shows every digit hides none.
    """
    shown = [i for i, char in enumerate(text) if char not in SEEN_MARKS]
    if len(shown) == len(text):
        return [], []
    bare_line = "".join(text[i] for i in shown)
    proven = (c for c in candidates(bare_line) if rule_of(c) == RULE_VALID)
    found: tuple[list[Match], list[Match]] = ([], [])
    for candidate in sorted(proven, key=lambda c: strength(RULE_VALID, c)):
        # No rule 1: what the user wants kept stays, for these digits may be two numbers'.
        match = match_of(RULE_GROUPED, candidate).at(shown)
        if not SEEN_MARKS.isdisjoint(text[max(0, match.start - 1) : match.end + 1]):
            found[not is_grouped(candidate.sizes)].append(match)
    return found
