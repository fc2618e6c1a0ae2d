"""The mail that asks: read, told on its own (`prepdoc request`), or taken into the main job."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from prepdoc.cli import failing
from prepdoc.cli.streams import say
from prepdoc.showing import shortened, shown
from prepdoc.texts import _, ngettext, system_says

if TYPE_CHECKING:
    from prepdoc.correspondence.letter import Letter
    from prepdoc.correspondence.mail import Mail

MAX_SUBJECT: Final = 80
"""Characters of a mail's subject that are shown."""


def say_what_is_asked(mail: Path, dkim_key: Path | None, as_json: bool) -> None:
    """Print what the mail asks, and where it contradicts itself."""
    from prepdoc.correspondence.contradictions import contradictions, unseen
    from prepdoc.correspondence.telling import as_dict, as_text

    letter = read_letter(mail)
    found, missing = contradictions(letter.mail), unseen(letter.mail)
    is_signed = _is_signed(letter.mail, dkim_key) if dkim_key else None
    if as_json:
        told = as_dict(mail if _is_file(mail) else None, letter.asked, found, missing, is_signed)
        say(json.dumps(told, ensure_ascii=False))
    else:
        say(as_text(letter.asked, found, missing, is_signed))


def _is_signed(mail: Mail, key: Path) -> bool:
    from prepdoc.correspondence.signature import MAX_RECORD_BYTES, verified

    try:
        with key.open("rb") as file:
            record = file.read(MAX_RECORD_BYTES)
    except OSError as error:
        raise click.UsageError(
            _("{file}: cannot be read: {reason}").format(file=shown(key), reason=system_says(error))
        ) from None
    return verified(mail.source, record)


def read_letter(mail: Path) -> Letter:
    """The mail in a file, or on standard input for `-`, and what it asks.

    Raises:
        UnreadableInput: it is no mail.
    """
    from prepdoc.correspondence.letter import Letter
    from prepdoc.correspondence.mail import MAX_BYTES, read_mails
    from prepdoc.reading.files import bytes_of

    # One more than a mail may have, so that a larger one is seen to be so.
    data = bytes_of(mail) if _is_file(mail) else _standard_input(MAX_BYTES + 1)
    mails = read_mails(data)
    letter = Letter.latest(mails)
    if len(mails) > 1:
        _say_which(letter, mail, len(mails))
    return letter


def _standard_input(most: int) -> bytes:
    """So many bytes at most; none where it is closed."""
    return sys.stdin.buffer.read(most) if sys.stdin else b""


def _say_which(letter: Letter, source: Path, count: int) -> None:
    """On stderr, which of a mailbox's mails is meant."""
    subject = shortened(letter.mail.subject, MAX_SUBJECT)
    text = _("of {n} mails in it, this is about the one called “{subject}”")
    failing.complain(text.format(n=count, subject=subject), source)


def warn_of_contradictions(letter: Letter, source: Path | None) -> None:
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
        failing.complain(text.format(n=len(found)), source)


def _is_file(mail: Path) -> bool:
    return str(mail) != "-"
