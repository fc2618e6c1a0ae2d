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
from prepdoc.texts import _, system_says

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
        what = _("{file} does not exist; check the name")
        raise UnreadableInput(what.format(file=shown(path))) from None
    except OSError as error:
        what = _("{file}: cannot be read: {reason}")
        told = what.format(file=shown(path), reason=system_says(error))
        raise UnreadableInput(told) from None
    except ValueError:  # a null character
        what = _("{file} cannot be read: its name is none that a file can have")
        raise UnreadableInput(what.format(file=shown(path))) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        what = _("{file} changed while it was read; try again")
        raise UnreadableInput(what.format(file=shown(path)))
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
        is_folder = stat.S_ISDIR(about.st_mode)
        folder, other = _("{file} is a folder; name a file"), _("{file} is no ordinary file")
        raise UnreadableInput((folder if is_folder else other).format(file=shown(path)))
    if about.st_size > MAX_FILE_BYTES:
        what = _("{file} is far too large; save or print it anew")
        raise UnreadableInput(what.format(file=shown(path)))
