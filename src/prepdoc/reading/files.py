"""The very beginning, path → bytes: an ordinary file, read once and whole, or a refusal."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prepdoc.errors import UnreadableInput
from prepdoc.reading import MAX_FILE_BYTES
from prepdoc.showing import shown

HOW = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without waiting: a named pipe that nobody writes to would wait for ever."""


def bytes_of(path: Path) -> bytes:
    """The bytes of an ordinary file; a link to one is followed.

    Raises:
        UnreadableInput: it is none (a folder, pipe or device), is absent, too large, cannot be
            read, or changes meanwhile.
    """
    try:
        with _opened(path) as descriptor:
            before = os.fstat(descriptor)
            _check(path, before)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read()
            after = os.fstat(descriptor)
    except FileNotFoundError:
        raise UnreadableInput(f"{shown(path)} does not exist; check the name") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        why = getattr(error, "strerror", None) or "its name is none that a file can have"
        raise UnreadableInput(f"{shown(path)} cannot be read: {why}") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableInput(f"{shown(path)} changed while it was read; try again")
    return data


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, HOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _check(path: Path, about: os.stat_result) -> None:
    """What was opened is looked at, not the name: that may stand for something else by now."""
    if not stat.S_ISREG(about.st_mode):
        what = "is a folder" if stat.S_ISDIR(about.st_mode) else "is no ordinary file"
        raise UnreadableInput(f"{shown(path)} {what}; name a file")
    if about.st_size > MAX_FILE_BYTES:
        raise UnreadableInput(f"{shown(path)} is far too large; save or print it anew")
