"""A PDF's password from where it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from prepdoc.showing import shown
from prepdoc.texts import _

MAX_BYTES: Final = 100_000
"""A PDF's password has 127 bytes at most (ISO 32000-2, 7.6.4.3.3); notes may stand below it."""


def given_password(typed: str | None, file: Path | None) -> str | None:
    """From the file named, else from the option or the environment. Of a file, its first line,
    without the mark that Notepad and Excel begin UTF-8 with.

    Raises:
        click.UsageError: the file cannot be read, or is far too large.
    """
    if file is None:
        return typed
    try:
        with file.open("rb") as opened:  # perhaps a pipe, of a program that keeps passwords
            data = opened.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(
            _("the password file {file} cannot be read").format(file=shown(file))
        ) from None
    if len(data) > MAX_BYTES:
        what = _("{file}: this is far too large for a password")
        raise click.UsageError(what.format(file=shown(file)))
    return text.replace("\r", "\n").partition("\n")[0]
