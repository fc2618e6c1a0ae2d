"""Numbers with a hole: a punch, glare, a fold or a stamp hides some of their digits from readers,
and perhaps not from a person. That the last four are a card's, which the document names elsewhere,
tells that the digits before them are that card's too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from prepdoc.pan.candidates import Candidate, candidates
from prepdoc.pan.labels import Before, before
from prepdoc.pan.lookalikes import forms
from prepdoc.pan.match import RULE_LABELLED, RULE_MASKED, Match
from prepdoc.pan.number import HIDDEN, LAST_FOUR, Pan, begins_like_a_card
from prepdoc.pan.others import is_other
from prepdoc.pan.text import digits_of, folded

FEWEST, MOST = 9, 19
"""Digits that are read of a number without a label; a year and the last four are eight."""
_BESIDE_LABEL = 8
"""The same beside a card's label, with the last four."""
_FOURS = (LAST_FOUR,) * 4
_DATES = ((4, 2, 2), (2, 2, 4), (2, 2, 2), (4, 1, 2), (4, 2, 1), (4, 1, 1))
"""Groups before the last four that may be a day."""
_HOLE = 2
"""Digits that one group lacks at most, where nothing but its groups tells that it is a number."""
_DIGITS = re.compile(r"(?<!\d)\d(?:[^年月日円,，¥￥$%/]{0,30}\d)?")
_GROUPS = re.compile(r"\d{4}\D{1,3}\d{2,4}\D{1,3}\d{2,4}\D{1,3}\d{4}")
"""What may be four groups of which one lacks digits; most lines hold nothing like it."""
_WORD = re.compile(r"[^\W\d_]{3,}")


def holed(text: str, last_fours: Collection[str]) -> Iterator[Match]:
    """Such numbers of a line: those that end in one of the last fours, behind a card's label or by
    themselves, and those in groups of four of which one in the middle lacks a digit or two.

    >>> [m.pan for m in holed("カード5200 8274済51 8516", {"8516"})]
    [<Pan card ···· 8516>]
    >>> [len(m.hide) for m in holed("5200 864 4273 0607", ())]
    [11]
    """
    line = folded(text)
    digits = digits_of(line)
    is_named = any(four in digits for four in last_fours)
    if not (is_named or _GROUPS.search(line)):
        return
    yield from _labelled(line, last_fours if is_named else ())
    known_otherwise = {i for form in forms(line) for i in form}
    for run in candidates(text):
        is_alone = run.neighbours == (None, None) and run.evenly_separated and not run.in_code
        is_told = known_otherwise.issuperset(run.indices) or (not run.masks and is_other(run))
        if is_alone and not is_told and _is_holed(run, last_fours):
            yield _match(RULE_MASKED, line, [i for i in run.indices if line[i].isdecimal()])


def _labelled(line: str, last_fours: Collection[str]) -> Iterator[Match]:
    for found in _DIGITS.finditer(line) if last_fours else ():
        if not _is_a_cards(before(line, found.start())):
            continue
        places = [i for i in range(*found.span()) if line[i].isdecimal()]
        cut = _up_to_last_four(line, places, last_fours)
        if len(cut) >= _BESIDE_LABEL and not _WORD.search(line[cut[0] : cut[-1]]):
            yield _match(RULE_LABELLED, line, cut)


def _is_a_cards(label: Before) -> bool:
    return (label.is_of_a_card or label.is_doubtful_label) and not label.is_other_label


def _up_to_last_four(
    line: str, places: Sequence[int], last_fours: Collection[str]
) -> Sequence[int]:
    """The digits up to the last ones that are one of the last fours, behind which no digit is."""
    for past in range(len(places), LAST_FOUR - 1, -1):
        ends = past == len(places) or places[past] > places[past - 1] + 1
        if ends and "".join(line[i] for i in places[past - LAST_FOUR : past]) in last_fours:
            return places[:past] if past <= MOST else ()
    return ()


def _is_holed(run: Candidate, last_fours: Collection[str]) -> bool:
    """A solid hole may be read as a mark that hides a digit."""
    read = len(run.chars) - run.masks
    if FEWEST <= read <= MOST and run.chars[-LAST_FOUR:] in last_fours:
        separators = set(run.separators)
        return run.sizes[:-1] not in _DATES and len(separators) == 1 and "/" not in separators
    return not run.masks and _lacks_in_the_middle(run)


def _lacks_in_the_middle(run: Candidate) -> bool:
    if len(run.sizes) != len(_FOURS):
        return False
    first, *middle, last = run.sizes
    are_fours = first == last == LAST_FOUR >= max(middle)
    missing = sum(_FOURS) - len(run.chars)
    return are_fours and 0 < missing <= _HOLE and begins_like_a_card(run.chars)


def _match(rule: int, line: str, places: Sequence[int]) -> Match:
    """Of what is read; where more of it is hidden nobody can tell."""
    digits = "".join(line[i] for i in places)
    shown = Pan(HIDDEN + digits)
    hide, keep = tuple(places[:-LAST_FOUR]), tuple(places[-LAST_FOUR:])
    return Match(rule, places[0], places[-1] + 1, hide, keep, shown)
