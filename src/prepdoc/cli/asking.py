"""The mail that asks: read, told on its own (`prepdoc request`), or taken into the main job."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prepdoc.cli import failing
from prepdoc.showing import shown
from prepdoc.texts import _, ngettext

if TYPE_CHECKING:
    from prepdoc.correspondence.mail import Mail
    from prepdoc.correspondence.request import Asked


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail that asks, where it was read, and what it asks."""

    source: Path
    mail: Mail = field(repr=False)
    asked: Asked


def say_what_is_asked(mail: Path, dkim_key: Path | None, as_json: bool) -> None:
    """Print what the mail asks, and where it contradicts itself."""
    from prepdoc.correspondence.contradictions import contradictions
    from prepdoc.correspondence.telling import as_dict, as_text

    letter = read_letter(mail)
    found = contradictions(letter.mail)
    is_signed = _is_signed(letter.mail, dkim_key) if dkim_key else None
    if as_json:
        told = as_dict(mail if _is_file(mail) else None, letter.asked, found, is_signed)
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(as_text(letter.asked, found, is_signed))


def _is_signed(mail: Mail, key: Path) -> bool:
    from prepdoc.correspondence.signature import MAX_RECORD_BYTES, verified

    try:
        with key.open("rb") as file:
            record = file.read(MAX_RECORD_BYTES)
    except OSError as error:
        raise click.UsageError(
            _("{file}: cannot be read: {reason}").format(file=shown(key), reason=error.strerror)
        ) from None
    return verified(mail.source, record)


def read_letter(mail: Path) -> Letter:
    """The mail in a file, or on standard input for `-`, and what it asks.

    Raises:
        UnreadableInput: it is no mail.
    """
    from prepdoc.correspondence.mail import MAX_BYTES, read_mails
    from prepdoc.correspondence.request import latest_known
    from prepdoc.reading.files import bytes_of

    # One more than a mail may have, so that a larger one is seen to be so.
    data = bytes_of(mail) if _is_file(mail) else sys.stdin.buffer.read(MAX_BYTES + 1)
    return Letter(mail, *latest_known(read_mails(data)))


def warn_of_contradictions(letter: Letter) -> None:
    """On stderr, where the mail contradicts itself: its answer may go to the wrong people."""
    from prepdoc.correspondence.contradictions import contradictions

    found = contradictions(letter.mail)
    if found:
        text = ngettext(
            "this mail contradicts itself in {n} place; see prepdoc request, and check the Message"
            " Center before you answer it",
            "this mail contradicts itself in {n} places; see prepdoc request, and check the Message"
            " Center before you answer it",
            len(found),
        )
        failing.complain(text.format(n=len(found)), letter.source)


def _is_file(mail: Path) -> bool:
    return str(mail) != "-"
