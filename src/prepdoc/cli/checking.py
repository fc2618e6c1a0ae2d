"""`prepdoc check`: any file in, what is met and what is not out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prepdoc.cli import asking, demanding, details
from prepdoc.cli.demanding import Wish
from prepdoc.cli.passwords import given_password
from prepdoc.cli.streams import say
from prepdoc.errors import ExitCode

if TYPE_CHECKING:
    from prepdoc.checked import Checked
    from prepdoc.checking import Case, Checkup


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was typed; the repr shows nothing personal."""

    file: Path = field(repr=False)
    last_four: str | None
    details: Mapping[str, str | None] = field(repr=False)
    cardholder: Path | None
    wish: Wish
    password: str | None = field(repr=False)
    as_json: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Check:
        """From the command line's values by their names."""
        return cls(
            file=given["file"],
            last_four=given["last4"],
            details={key: given[key] for key in ("name", "address", "phone")},
            cardholder=given["cardholder"],
            wish=Wish.of(given),
            password=given_password(given["password"], given["password_file"]),
            as_json=given["as_json"],
        )


def run(check: Check) -> int:
    """Check the file; returns 1 where a rule that must be met is not, else 0.

    Raises:
        click.UsageError: an option says nothing that can be used.
        UnreadableInput: the file, or the mail, cannot be read.
        ComponentMissing: an engine is not installed.
    """
    from prepdoc.reading.files import bytes_of

    case = _case(check)
    checkup = looked_at(bytes_of(check.file), check.password, case)
    _tell(check, case, checkup.checks)
    return ExitCode.REFUSED if checkup.refusing else ExitCode.DONE


def _case(check: Check) -> Case:
    from datetime import date

    from prepdoc.checking import Case
    from prepdoc.stamping import language_of

    cardholder = details.known(check.details, check.cardholder)
    letter = demanding.letter(check.wish)
    language = letter.asked.language if letter else language_of(cardholder)
    profile = demanding.profile_of(check.wish, language, letter)
    if letter:
        asking.warn_of_contradictions(letter, check.wish.request)
    return Case(
        demand=demanding.demand(check.wish, profile, letter),
        cardholder=cardholder,
        today=date.today(),
        last_four=check.last_four,
    )


def looked_at(data: bytes, password: str | None, case: Case) -> Checkup:
    """A file's bytes checked by all engines.

    Raises:
        UnreadableInput: it cannot be read.
        ComponentMissing: an engine is not installed.
    """
    from prepdoc.checking import checked_file
    from prepdoc.ocr.paddle import Paddle
    from prepdoc.ocr.tesseract import LETTERS, Tesseract

    return checked_file(data, password, case, Paddle(), Tesseract(), Tesseract(LETTERS))


def _tell(check: Check, case: Case, checks: tuple[Checked, ...]) -> None:
    from prepdoc.checking.telling import as_dict, as_text

    profile = case.demand.profile
    if check.as_json:
        say(json.dumps(as_dict(check.file, profile, checks), ensure_ascii=False))
    else:
        say(as_text(check.file, profile, checks))
