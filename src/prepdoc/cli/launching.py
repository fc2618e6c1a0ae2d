"""`prepdoc install-launcher`: the icon is put there or taken away, and its use is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from prepdoc import launchers
from prepdoc.showing import shown
from prepdoc.texts import _, system_says


def install() -> None:
    """Put it there.

    Raises:
        click.ClickException: the place cannot be written to.
        ComponentMissing: prepdoc's command or a tool of the system is not there.
    """
    placed = _done(launchers.install)
    click.echo(_("Put there: {files}").format(files=_listed(placed)))
    click.echo(
        _(
            "Drop a statement on it. The first time, the page opens and asks for the cardholder's"
            " details; saved, they are used from then on."
        ),
        err=True,
    )


def remove() -> None:
    """Take it away.

    Raises:
        click.ClickException: it cannot be removed.
    """
    there = _done(launchers.remove)
    click.echo(
        _("Taken away: {files}").format(files=_listed(there)) if there else _("No icon was there.")
    )


def _done(work: Callable[[], tuple[Path, ...]]) -> tuple[Path, ...]:
    try:
        return work()
    except OSError as error:
        place = shown(str(error.filename or ""))
        raise click.ClickException(f"{place}: {system_says(error)}") from None


def _listed(files: Sequence[Path]) -> str:
    return ", ".join(map(shown, files))
