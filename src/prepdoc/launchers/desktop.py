"""What a person without a terminal sees: a line that says what goes on, and the result's folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from prepdoc.errors import ComponentMissing
from prepdoc.launchers.placing import run

_NOTIFY = 'on run words\ndisplay notification (item 1 of words) with title "prepdoc"\nend run'
"""The text is handed over as a word, so that nothing in it is taken for a script."""


def tell(text: str) -> None:
    """Show a line for a moment, where the desktop can; on Windows the console shows it."""
    with suppress(ComponentMissing):
        if sys.platform == "darwin":
            run("osascript", "-e", _NOTIFY, text)
        elif sys.platform != "win32":
            run("notify-send", "--app-name=prepdoc", "--icon=prepdoc", "--", "prepdoc", text)


def show(files: Sequence[Path]) -> None:
    """Open the file manager with the files marked, or their folder with what opens folders."""
    from showinfm.showinfm import show_in_file_manager

    try:
        show_in_file_manager([str(file.absolute()) for file in files])
    except Exception:  # noqa: BLE001 (it raises what it meets on a desktop that it does not know)
        click.launch(str(files[0].absolute()), locate=True)
