"""A PDF's password from where it was given."""

from __future__ import annotations

from pathlib import Path

import click

from prepdoc.showing import shown
from prepdoc.texts import _


def given_password(typed: str | None, file: Path | None) -> str | None:
    """From the file named, else from the option or the environment. Of a file, its first line,
    without the mark that Notepad and Excel begin UTF-8 with.

    Raises:
        click.UsageError: the file cannot be read.
    """
    if file is None:
        return typed
    try:
        return file.read_text("utf-8-sig").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(
            _("the password file {file} cannot be read").format(file=shown(file))
        ) from None
