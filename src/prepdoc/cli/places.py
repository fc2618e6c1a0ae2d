"""Files → where they are, so that nothing is written over what is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

Place: TypeAlias = str | tuple[int, int]
"""Of a file: its whole path in small letters, or its device and number there."""


def places(files: Iterable[Path]) -> frozenset[Place]:
    """Of each by its name, which need not exist yet, and by what it is: it may have other names."""
    return frozenset(place for file in files for place in _places(file))


def real(file: Path) -> str:
    """Not `Path.resolve`, which raises where a link leads to itself (before Python 3.13)."""
    return os.path.realpath(file)


def _places(file: Path) -> Iterator[Place]:
    yield real(file).casefold()
    with suppress(OSError):
        about = file.stat()
        yield about.st_dev, about.st_ino
