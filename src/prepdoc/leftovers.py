"""What may be on disk only as long as this process lives: drafts, and folders for them.

Whoever makes one removes it. Where a process is told to end and cannot wait for what its threads
are at, everything that is left is removed here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_passing: set[Path] = set()
"""Belong to the process, and so does this."""


@contextmanager
def passing(path: Path) -> Iterator[None]:
    """A file or folder that is gone when the block ends."""
    note(path)
    try:
        yield
    finally:
        forget(path)


def note(path: Path) -> None:
    """It is there, and has to be removed."""
    _passing.add(path)


def forget(path: Path) -> None:
    """It is removed, or has become a result."""
    _passing.discard(path)


def remove() -> None:
    """All that is left, as far as the system lets it be removed."""
    for path in tuple(_passing):
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
