"""What is printed, whatever becomes of the streams that it is printed on."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from prepdoc.errors import ExitCode

_lost: list[OSError] = []
"""Why lines did not get out; the streams belong to the process, and so does this."""


def say(text: str, *, err: bool = False) -> None:
    """Print a line on stdout or stderr; no work stops where a stream takes no more of them.

    Written to the stream as it is in `sys`, so that it stands above a progress bar there.
    """
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # closed with >&-
        return
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except OSError as error:
        _lost.append(error)
        hush(stream)


def lost() -> OSError | None:
    """Why a line did not get out, the first one; None where all did."""
    return next(iter(_lost), None)


def flushed(code: int, text: str = "") -> int:
    """The exit code, after all output is out and this text behind it; a reader that went away
    (`| head`) is no error.
    """
    if any(not isinstance(error, BrokenPipeError) for error in _lost):
        code = code or ExitCode.REFUSED
    if sys.stdout is None:  # closed with >&-
        return code
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        hush(sys.stdout)
        return code if isinstance(error, BrokenPipeError) else code or ExitCode.REFUSED
    return code


def never_stumble_over_characters() -> None:
    """What the terminal's encoding lacks is shown as `?`: a report must not fail on a name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def hush(stream: TextIO) -> None:
    """Send what is still written to the stream nowhere: nobody reads it any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
