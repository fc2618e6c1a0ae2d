"""Rule 5: digits of a number that is known from another place give it away wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prepdoc.pan import lookalikes
from prepdoc.pan.match import RULE_KNOWN, Match
from prepdoc.pan.number import HIDDEN, LAST_FOUR, Pan
from prepdoc.pan.text import Run, runs

MIN_KNOWN_RUN = 6
"""Digits of a known number that give it away; five would hit amounts by chance."""


def with_known(chosen: Sequence[Match], line: str, known: Sequence[Pan]) -> list[Match]:
    """The matches, and six or more digits in a row of a number that is known from another place.

    What other rules keep stays, and what they do not cover is hidden as well; but a match that is
    a part of the known digits was chance, and goes.
    """
    if not known:
        return list(chosen)
    found, stretches = dict.fromkeys(chosen), tuple(runs(line))
    owners = {i: match for match in chosen for i in _digits(match)}
    forms = {i for form in lookalikes.forms(line) for i in form}
    for match in (m for pan in known for run in stretches for m in _shared(run, pan)):
        digits = set(_digits(match))
        others = {owners[i] for i in digits if i in owners}
        parts = {other for other in others if digits > set(_digits(other))}
        rest = _rest(match, others - parts)
        if rest is not None and not forms.issuperset(digits):
            for part in parts:
                found.pop(part, None)
            found[rest] = None
            owners |= dict.fromkeys(digits, rest)
    return list(found)


def _rest(match: Match, others: Iterable[Match]) -> Match | None:
    """The match without what others keep; None where they hide all the rest."""
    kept = {i for other in others for i in other.keep}
    hidden = {i for other in others for i in other.hide}
    hide = tuple(i for i in match.hide if i not in kept)
    return replace(match, hide=hide) if set(hide) - hidden else None


def _digits(match: Match) -> tuple[int, ...]:
    return match.hide + match.keep


def _shared(run: Run, pan: Pan) -> Iterator[Match]:
    start = 0
    while start + MIN_KNOWN_RUN <= len(run.chars):
        length, at = _longest_shared(run.chars[start : start + len(pan.digits)], pan.digits)
        if length >= MIN_KNOWN_RUN:
            yield _stretch_match(run, start, length, pan, at + length == len(pan.digits))
        start += max(length - MIN_KNOWN_RUN + 1, 1)


def _longest_shared(chars: str, digits: str) -> tuple[int, int]:
    """The longest stretch of `digits` that `chars` begin with: its length and its place."""
    if chars[:MIN_KNOWN_RUN] not in digits:
        return 0, 0
    places = range(len(digits) - MIN_KNOWN_RUN + 1)
    return max((_common(chars, digits[at:]), at) for at in places)


def _common(left: str, right: str) -> int:
    pairs = zip(left, right, strict=False)
    return next(
        (i for i, (a, b) in enumerate(pairs) if a != b or a == HIDDEN), min(len(left), len(right))
    )


def _stretch_match(run: Run, start: int, length: int, pan: Pan, ends: bool) -> Match:
    indices = run.indices[start : start + length]
    keep = indices[-LAST_FOUR:] if ends else ()
    hide = indices[: len(indices) - len(keep)]
    return Match(RULE_KNOWN, indices[0], indices[-1] + 1, hide, keep, pan)
