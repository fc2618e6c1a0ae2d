"""A private folder for what the engine writes meanwhile: gone at the end, or at the next start."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prepdoc import leftovers

PREFIX: Final = "prepdoc-page-"
LOCK: Final = "in-use"


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder of mode 0700 that everything temporary goes into, as long as the block lasts.

    What a killed run left behind is wiped first.
    """
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name, (Path(name) / LOCK).open("wb") as lock:
        with suppress(ImportError):  # Windows does not remove what is open
            _claim(lock.fileno())
        before, tempfile.tempdir = tempfile.tempdir, name
        try:
            with leftovers.passing(Path(name)):
                yield Path(name)
        finally:
            tempfile.tempdir = before


def _sweep(folder: Path) -> None:
    """Remove the folders of runs that no longer live; others' cannot be opened."""
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(ImportError, OSError), (left / LOCK).open("rb") as lock:
            _claim(lock.fileno())
            shutil.rmtree(left)


def _claim(handle: int) -> None:
    """Lock the folder for as long as this process lives.

    Raises:
        BlockingIOError: another process lives and holds it.
    """
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
