"""The command line, the outermost stage: words typed → `prepare` → a report and an exit code.

`app` knows the commands and their options, `preparing` does the files one after the other,
`details` gets the cardholder's details, `failing` turns errors into a line and an exit code.
Nothing heavy is imported before it is used; `leaflet` has the text of `prepdoc --help` at hand.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from prepdoc.cli import leaflet
from prepdoc.cli.streams import flushed
from prepdoc.errors import ExitCode

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (`errors.ExitCode`, or 128 + the signal)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    text = leaflet.wanted(words, os.environ)
    if text is not None:
        return flushed(ExitCode.DONE, text)
    # click takes as long to import as four Pythons to start.
    from prepdoc.cli.app import run

    return run(words)
