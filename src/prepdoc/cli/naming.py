"""What results are called where several documents are prepared at once: each has its own name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prepdoc.publishing import ADDED_TO_NAME, alike, numbered, output_name

if TYPE_CHECKING:
    from prepdoc.job import OutputFormat

_PICTURES: Final = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg"}
"""Files that stay what they are."""

_NUMBER: Final = re.compile(rf"-\d+{ADDED_TO_NAME}$")
"""As `numbered` puts it into a name."""


def expected_suffix(source: Path, wanted: OutputFormat | None) -> str:
    """What kind of file a result will be, as far as the name tells."""
    return wanted or _PICTURES.get(source.suffix.lower(), "pdf")


def stems(stem: str, numbers: Iterable[int]) -> Iterator[str]:
    """The names for a result, the best one for 1: `a-prepared`, `a-2-prepared`, and so on."""
    return (stem if number == 1 else numbered(stem, number) for number in numbers)


def is_for(stem: str, name: str) -> bool:
    """Whether `stems` gives the name for that stem.

    >>> is_for("a-prepared", "a-2-prepared"), is_for("a-prepared", "b-prepared")
    (True, False)
    """
    return stem in (name, _NUMBER.sub(ADDED_TO_NAME, name))


def outputs(
    files: Sequence[Path], folder: Path | None, wanted: OutputFormat | None
) -> Mapping[Path, Path]:
    """The files whose results get a number, for they would be called like another one's.

    None takes the place of a file that is read either.
    """
    taken = {_place(file) for file in files}
    left: defaultdict[Path, Iterator[int]] = defaultdict(lambda: count(1))
    others: dict[Path, Path] = {}
    for source in dict.fromkeys(files):
        suffix = expected_suffix(source, wanted)
        usual = (folder or source.parent) / output_name(source.stem, suffix)
        free = _free(usual, left[_place(usual)], taken)
        taken.add(_place(free))
        if free != usual:
            others[source] = free
    return others


def results_among(files: Sequence[Path]) -> Mapping[Path, Path]:
    """The files that are the result of another one, which goes by name, folder and kind."""
    sources: dict[Path, Path] = {}
    files = [file for file in files if file.name]  # `.` and `/` have none, and are no results
    for source in files:
        sources.setdefault(source.with_name(output_name(source.stem, "pdf")), source)
    return {file: sources[name] for file in files for name in _usual(file) if name in sources}


def _usual(file: Path) -> Iterator[Path]:
    """What it would be called as a PDF and without a number, if it were a result."""
    yield file.with_name(f"{_NUMBER.sub(ADDED_TO_NAME, file.stem)}.pdf")
    yield file.with_name(f"{file.stem}.pdf")


def _free(usual: Path, left: Iterator[int], taken: Container[Path]) -> Path:
    names = (usual.with_name(f"{stem}{usual.suffix}") for stem in stems(usual.stem, left))
    return next(name for name in names if _place(name) not in taken)


def _place(path: Path) -> Path:
    return path.parent.absolute() / alike(path.name)
