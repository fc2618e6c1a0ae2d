"""What is printed, whatever becomes of the streams that it is printed on."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from prepdoc.errors import ExitCode


def flushed(code: int, text: str = "") -> int:
    """The exit code, after all output is out and this text behind it; a reader that went away
    (`| head`) is no error.
    """
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
