"""`prepdoc open`: the page in the browser, for those who would rather see what is done."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from prepdoc.errors import ComponentMissing
from prepdoc.reading.files import bytes_of
from prepdoc.texts import _


def open_page(file: Path | None, *, browse: bool, why: str = "") -> None:
    """Serve the page until it is closed, with `file` on it, and why it must be looked at.

    Raises:
        UnreadableInput: there is no such file, or it cannot be read.
        ComponentMissing: the server is not installed.
    """
    try:
        from prepdoc.web.desk import Named
        from prepdoc.web.opening import serve
    except ImportError as error:
        what = _("{name} is not installed")
        raise ComponentMissing(what.format(name=error.name)) from None
    named = Named(file.name, bytes_of(file), why) if file else None
    if browse:
        serve(named, _tell, webbrowser.open)
    else:
        serve(named, _name, _leave_it)


def _tell(address: str) -> None:
    click.echo(_("The page is open in your browser; if it is not, open this address:"), err=True)
    click.echo(address)


def _name(address: str) -> None:
    click.echo(_("The page is at this address; open it in a browser:"), err=True)
    click.echo(address)


def _leave_it(address: str) -> None:
    """Somebody else opens it."""
