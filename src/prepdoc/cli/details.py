"""Whose card it is: from the options, a file, the saved details, or the person at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prepdoc import cardholder as stored
from prepdoc.cardholder import FIELDS, BadDetails, cleaned
from prepdoc.showing import shown
from prepdoc.texts import N_, _, system_says

if TYPE_CHECKING:
    from prepdoc.page import Cardholder

_QUESTIONS = {
    "name": N_("Cardholder's name"),
    "address": N_("Billing address with postal code"),
    "phone": N_("Cardholder's phone number"),
}


def complete(given: Mapping[str, str | None], file: Path | None) -> Cardholder:
    """All details: each from its option, else the file, else what was saved, else asked for.

    Raises:
        click.UsageError: a detail is unusable, or missing and there is no terminal to ask on.
    """
    known = _known(given, file)
    missing = [key for key in FIELDS if key not in known]
    return _asked_for(missing, known) if missing else _cardholder(known)


def known(given: Mapping[str, str | None], file: Path | None) -> Cardholder:
    """The details that are given, in the file or saved; those that are not are empty.

    Raises:
        click.UsageError: a detail is unusable.
    """
    return _cardholder({**dict.fromkeys(FIELDS, ""), **_known(given, file)})


def ask(keys: Sequence[str], defaults: Mapping[str, str]) -> dict[str, str]:
    """Ask for these details on the terminal, with what is known as the answer to just confirm."""
    return {
        key: click.prompt(
            _(_QUESTIONS[key]), default=defaults.get(key), value_proc=_checked, err=True
        )
        for key in keys
    }


def on_terminal() -> bool:
    """Whether a person can be asked: both what is typed and what is shown are on a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def cleaned_option(key: str, value: str) -> str:
    """The value of `--name`, `--address` or `--phone`.

    Raises:
        BadDetails: it cannot be used.
    """
    try:
        return cleaned(value)
    except BadDetails as error:
        raise BadDetails(
            _("--{key} cannot be used: {reason}").format(key=key, reason=error)
        ) from None


def save(cardholder: Cardholder) -> None:
    """Save the details and say where."""
    try:
        path = stored.save(cardholder)
    except OSError as error:
        raise click.ClickException(
            _("the details could not be saved in {folder}: {reason}").format(
                folder=shown(stored.saved_path().parent), reason=system_says(error)
            )
        ) from None
    click.echo(_("Saved in {file}.").format(file=shown(path)), err=True)


def as_dict(cardholder: Cardholder) -> dict[str, str]:
    """The details by key."""
    return {field.name: getattr(cardholder, field.name) for field in fields(cardholder)}


def _known(given: Mapping[str, str | None], file: Path | None) -> dict[str, str]:
    try:
        known = {
            key: cleaned_option(key, value) for key, value in given.items() if value is not None
        }
        return known if len(known) == len(FIELDS) else {**_stored(file), **known}
    except BadDetails as error:
        raise click.UsageError(str(error)) from None


def _stored(file: Path | None) -> dict[str, str]:
    cardholder = stored.load(file) if file else stored.saved()
    return as_dict(cardholder) if cardholder else {}


def _asked_for(missing: Sequence[str], known: Mapping[str, str]) -> Cardholder:
    if not on_terminal():
        raise click.UsageError(_say_what_is_missing(missing))
    click.echo(
        _(
            "The cardholder's details are written on the page next to the card number, as the"
            " statement may not show them. They stay on this machine."
        ),
        err=True,
    )
    cardholder = _cardholder({**known, **ask(missing, {})})
    if click.confirm(_("Save these details for the next time?"), default=True, err=True):
        save(cardholder)
    return cardholder


def _say_what_is_missing(missing: Sequence[str]) -> str:
    options = ", ".join(f"--{key}" for key in missing)
    return _(
        "details of the cardholder are missing: give {options}, or --cardholder FILE.toml"
    ).format(options=options)


def _checked(value: str) -> str:
    try:
        return cleaned(value)
    except BadDetails as error:
        raise click.UsageError(str(error)) from None


def _cardholder(details: Mapping[str, str]) -> Cardholder:
    from prepdoc.page import Cardholder

    return Cardholder(**details)
