"""Files of a launcher: read from those that come along, written where they go, removed again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prepdoc.errors import ComponentMissing
from prepdoc.texts import _

FILES: Final = Path(__file__).parent / "files"
ICON: Final = Path(__file__).parents[1] / "web" / "static" / "icon.svg"
"""The page's own."""
TOOL_S: Final = 60.0
"""A tool of the system that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a launcher: what is in it and where it goes."""

    path: Path
    data: bytes = field(repr=False)
    is_executable: bool = False


def command() -> Path:
    """The program that an icon starts: this prepdoc, by its full path.

    Raises:
        ComponentMissing: it was not installed as a command.
    """
    name = "prepdoc.exe" if sys.platform == "win32" else "prepdoc"
    user = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    own = os.pathsep.join((sysconfig.get_path("scripts"), user))
    found = shutil.which(name, path=own) or shutil.which(name)
    if found is None:
        raise ComponentMissing(_("the command {name} is not installed").format(name=name))
    return Path(found).absolute()


def plain(name: str) -> str:
    """The text of a file that comes along, by its path below `files`."""
    return (FILES / name).read_text("utf-8")


def put_in(text: str, line: str, instead: str) -> bytes:
    """A file's text with one of its lines exchanged, as bytes in UTF-8."""
    lines = text.splitlines()
    lines[lines.index(line)] = instead
    return "".join(f"{one}\n" for one in lines).encode()


def place(pieces: Iterable[Piece]) -> None:
    """Write the files; what stands in their place goes.

    Raises:
        OSError: one cannot be written.
    """
    for piece in pieces:
        piece.path.parent.mkdir(parents=True, exist_ok=True)
        piece.path.unlink(missing_ok=True)  # a link there is not followed
        piece.path.write_bytes(piece.data)
        if piece.is_executable:
            piece.path.chmod(0o755)


def take_away(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Remove files and folders; returns those that were there.

    Raises:
        OSError: one cannot be removed.
    """
    there = tuple(path for path in paths if path.exists() or path.is_symlink())
    for path in there:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return there


def run(*words: str | Path, **environment: str) -> str:
    """Run a tool of the system, with some variables more; returns what it printed.

    Raises:
        ComponentMissing: it is not there, or it failed.
    """
    try:
        done = subprocess.run(
            words,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TOOL_S,
            env={**os.environ, **environment},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ComponentMissing(f"{words[0]}: {type(error).__name__}") from None
    return done.stdout.decode("utf-8", "replace")
