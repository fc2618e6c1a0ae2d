"""macOS: a droplet on the desktop and a Quick Action in Finder's menu."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from prepdoc.launchers.placing import FILES, Piece, place, plain, put_in, run, take_away

SCRIPT: Final = "macos/drop.sh"
ACTION: Final = "prepdoc.workflow"


def install(command: Path) -> tuple[Path, ...]:
    """Put both there. The droplet is compiled by osacompile, which every macOS has.

    An application gets what is dropped on it as an Apple event, which a script cannot receive;
    a compiled AppleScript does.

    Raises:
        ComponentMissing: osacompile is not there or failed.
        OSError: they cannot be written.
    """
    place(pieces(command))
    take_away([_droplet()])
    run("osacompile", "-o", _droplet(), FILES / "macos" / "prepdoc.applescript")
    return _droplet(), _action()


def remove() -> tuple[Path, ...]:
    """Take both away; returns what was there.

    Raises:
        OSError: they cannot be removed.
    """
    there = take_away((_droplet(), _action(), _script()))
    return tuple(path for path in there if path != _script())


def pieces(command: Path) -> tuple[Piece, ...]:
    """The files, with the command's path in the one that needs it."""
    script = put_in(plain(SCRIPT), "prepdoc=prepdoc", f"prepdoc={shlex.quote(str(command))}")
    action = FILES / "macos" / ACTION
    contents = [
        Piece(_action() / path.relative_to(action), path.read_bytes())
        for path in sorted(action.glob("Contents/*"))
    ]
    return (Piece(_script(), script, is_executable=True), *contents)


def _droplet() -> Path:
    return Path.home() / "Desktop" / "prepdoc.app"


def _action() -> Path:
    return Path.home() / "Library" / "Services" / ACTION


def _script() -> Path:
    """Where the droplet and the action look for it: their files name this place."""
    return Path.home() / "Library" / "Application Support" / "prepdoc" / "drop.sh"
