"""Files → where they are, so that nothing is written over what is read, or read twice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from prepdoc.publishing import alike

Place: TypeAlias = str | tuple[int, int]
"""Of a file: its whole path as `alike` tells it, or its device and number there."""


def places(files: Iterable[Path]) -> frozenset[Place]:
    """Of each by its name, which need not exist yet, and by what it is: it may have other names."""
    return frozenset(place for file in files for place in _places(file))


def repeated(files: Iterable[Path]) -> Iterator[tuple[int, int]]:
    """Each file that stands there before, by whatever name: its place among them, and that one's.

    Here a name in other letters is another name: most file systems tell `A` from `a`.
    """
    first: dict[Place, int] = {}
    for index, file in enumerate(files):
        here = {real(file), *_number(file)}
        before = min((first[place] for place in here if place in first), default=None)
        if before is None:
            first.update(dict.fromkeys(here, index))
        else:
            yield index, before


def real(file: Path) -> str:
    """Not `Path.resolve`, which raises where a link leads to itself (before Python 3.13)."""
    return os.path.realpath(file)


def _places(file: Path) -> Iterator[Place]:
    yield alike(real(file))
    yield from _number(file)


def _number(file: Path) -> Iterator[Place]:
    """What hard links have in common."""
    with suppress(OSError):
        about = file.stat()
        yield about.st_dev, about.st_ino
