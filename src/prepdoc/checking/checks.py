"""The rules of a profile, one after the other, and a second look where one is not met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prepdoc.checked import ALL_PRINTED, Checked, Outcome, Unprinted
from prepdoc.checking.case import Case, Seen
from prepdoc.checking.rules import LOOKS, unprinted
from prepdoc.checking.sighting import Before, Exposed, Sighting, examined, looked_at_again, sighted
from prepdoc.ocr import Reader, RowReader
from prepdoc.requirements import Rule
from prepdoc.texts import spoken

READ: Final = frozenset({"PAN-2", "NAME", "ADDR", "TEL", "PAY", "TXN", "LEG", "EDIT"})
"""Rules that one engine may miss and the other see."""


def check(sighting: Sighting, case: Case) -> tuple[Checked, ...]:
    """What the profile's rules say, in its order."""
    return tuple(
        _checked(rule, LOOKS[rule.id](sighting, case), case) for rule in case.demand.profile.rules
    )


@dataclass(frozen=True, slots=True)
class Checkup:
    """What the rules say of a file; which details it shows as added only; where it shows or hides
    more of a card number than its last four; and which last fours it shows.
    """

    checks: tuple[Checked, ...] = ()
    unprinted: Unprinted = ALL_PRINTED
    exposed: tuple[Exposed, ...] = ()
    last_fours: frozenset[str] = frozenset()

    @property
    def refusing(self) -> tuple[Checked, ...]:
        """The rules because of which there may be no result."""
        return tuple(one for one in self.checks if one.refuses)

    @property
    def is_unread(self) -> bool:
        """Whether another engine may see what a rule misses."""
        return any(one.id in READ and one.outcome == "fail" for one in self.checks)


def checked_output(
    data: bytes, case: Case, finder: RowReader, letters: Reader, before: Sequence[Before] = ()
) -> Checkup:
    """A file that verification has proven to hold no number; `letters` reads names.

    What was read `before` of each page is read again only where a rule is not met by it.

    Raises:
        UnreadableInput: it cannot be read.
        ComponentMissing: an engine is not installed.
    """
    if before:
        checkup = _checkup(sighted(data, finder, before), case)
        if not checkup.is_unread:
            return checkup
    return _checked_twice(sighted(data, finder), data, None, case, letters)


def checked_file(
    data: bytes,
    password: str | None,
    case: Case,
    finder: RowReader,
    verifier: Reader,
    letters: Reader,
) -> Checkup:
    """Any file, also one that prepdoc did not make; its numbers are looked for too.

    Raises:
        UnreadableInput: it cannot be read.
        PasswordNeeded: it is encrypted, and the password is missing or wrong.
        ComponentMissing: an engine is not installed.
    """
    sighting = examined(data, password, finder, verifier)
    return _checked_twice(sighting, data, password, case, letters)


def _checked_twice(
    sighting: Sighting, data: bytes, password: str | None, case: Case, letters: Reader
) -> Checkup:
    checkup = _checkup(sighting, case)
    if not checkup.is_unread:
        return checkup
    return _checkup(looked_at_again(sighting, data, password, letters), case)


def _checkup(sighting: Sighting, case: Case) -> Checkup:
    return Checkup(
        check(sighting, case), unprinted(sighting, case), sighting.exposed, sighting.last_fours
    )


def _checked(rule: Rule, seen: Seen, case: Case) -> Checked:
    return Checked(
        rule.id,
        rule.level,
        rule.text(spoken()),
        _outcome(rule, seen),
        seen.what,
        "" if seen.is_met else seen.todo,
        seen.page,
        seen.place,
        rule.id in case.demand.allow,
    )


def _outcome(rule: Rule, seen: Seen) -> Outcome:
    if seen.is_met:
        return "pass"
    return "fail" if rule.level == "must" and seen.is_met is False else "warn"
