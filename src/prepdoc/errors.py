"""What can go wrong, as a tree; every stage raises from here and nothing else.

    PrepdocError
    ├── UnreadableInput     the file is no document that prepdoc reads, or it is broken
    │   └── PasswordNeeded  it is encrypted, and the password is missing or wrong
    │       └── WrongPassword   one was given, and does not open it
    ├── NoCardNumber        no page shows a card number, and none was given
    ├── NotPossible         what is wished cannot be had of this document: a page that it lacks
    ├── CannotProve         the result could not be proven safe: nothing is written
    │   ├── LeakFound       verification read a digit that should be gone
    │   └── OtherCard       the last four that were given are not those of the card on the pages
    ├── RequirementNotMet   the result lacks what its recipient asks for, and that was not allowed
    ├── ComponentMissing    an engine, model or font is not installed
    ├── MachineFailed       the system ended a part of prepdoc, or lacked memory or time for it
    └── OutputExists        the output's name is taken, and --force was not given

A message says what happened, to which file or page, and what to do next. It never holds a
card digit beyond a last four.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prepdoc.checked import Checked
    from prepdoc.page import Leak


class ExitCode(IntEnum):
    """What the command line tells the shell."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NO_CARD_NUMBER = 3
    UNREADABLE_INPUT = 4
    COMPONENT_MISSING = 5


class PrepdocError(Exception):
    """Anything that keeps prepdoc from giving a file; no output exists once it is raised."""

    exit_code = ExitCode.REFUSED


class UnreadableInput(PrepdocError):
    """The input is empty, truncated, hostile or no document of a known kind."""

    exit_code = ExitCode.UNREADABLE_INPUT


class PasswordNeeded(UnreadableInput):
    """The PDF is encrypted, and no password or a wrong one was given."""


class WrongPassword(PasswordNeeded):
    """The PDF is encrypted, and the password that was given does not open it."""


class NoCardNumber(PrepdocError):
    """No page shows a card number, and no last four were given to stamp."""

    exit_code = ExitCode.NO_CARD_NUMBER


class NotPossible(PrepdocError):
    """What is wished cannot be had of this document, whenever it is tried."""


class CannotProve(PrepdocError):
    """The result could not be proven to hold to the promise, so there is none."""


class LeakFound(CannotProve):
    """Verification read digits that should be gone; `leaks` says where, never which."""

    def __init__(self, message: str, leaks: tuple[Leak, ...]) -> None:
        super().__init__(message)
        self.leaks = leaks


class OtherCard(CannotProve):
    """The last four that are expected are on no page, but another card's are."""


class RequirementNotMet(PrepdocError):
    """The result is safe, but it does not show what its recipient must see; it was not kept.

    `checks` are all the rules' outcomes, met or not.
    """

    def __init__(self, message: str, checks: tuple[Checked, ...] = ()) -> None:
        super().__init__(message)
        self.checks = checks


class ComponentMissing(PrepdocError):
    """An engine, a model or a font that the work needs is not installed."""

    exit_code = ExitCode.COMPONENT_MISSING


class MachineFailed(PrepdocError):
    """The system ended a part of prepdoc or lacked memory or time: nobody knows of the file."""


class OutputExists(PrepdocError):
    """The output's name is taken, and overwriting was not asked for."""
