"""The text of `prepdoc --help`, set ahead for the widths that most terminals have.

click sets it for any width, and takes as long to import as four Pythons to start. After an option,
a command, or a translation of their help has changed, run

    python -c "from prepdoc.cli import leaflet; leaflet.set_anew()"

A test says where the texts and the options differ.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final

from prepdoc.languages import LANGUAGES, preferred

if TYPE_CHECKING:
    from prepdoc.page import Language

WIDTHS: Final = (80, 100)
"""Columns of a plain terminal, and of one as wide as help ever is; also what `app` sets help to."""
FOLDER: Final = Path(__file__).parent / "leaflets"


def wanted(words: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """The text, where help is all that is asked for and this terminal's width is at hand."""
    if list(words) not in (["--help"], ["-h"]):
        return None
    columns = min(get_terminal_size().columns, WIDTHS[-1])
    if columns not in WIDTHS or not _shows_all_characters():
        return None
    return path_of(preferred(words, environ), columns).read_text(encoding="utf-8")


def path_of(language: Language, columns: int) -> Path:
    """Where the text stands that is set for so many columns."""
    return FOLDER / f"{language}-{columns}.txt"


def _shows_all_characters() -> bool:
    return sys.stdout is not None and (sys.stdout.encoding or "").lower() == "utf-8"


def set_by_click(language: Language, columns: int) -> str:
    """The text as the options give it, by a process that knows nothing of leaflets."""
    import subprocess

    environ = {**os.environ, "COLUMNS": str(columns), "PYTHONUTF8": "1"}
    # With --lang no leaflet is taken.
    command = [sys.executable, "-m", "prepdoc", "--lang", language, "--help"]
    done = subprocess.run(command, env=environ, capture_output=True, check=True)
    return done.stdout.decode().replace("\r\n", "\n")


def set_anew() -> None:
    """Write every text as the options give it now."""
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for columns in WIDTHS:
            path_of(language, columns).write_text(set_by_click(language, columns), "utf-8")
