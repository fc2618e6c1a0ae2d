"""Linux: a desktop entry in the menu and on the desktop (freedesktop.org's specifications)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from platformdirs import user_data_path, user_desktop_path

from prepdoc.errors import ComponentMissing
from prepdoc.launchers.placing import ICON, Piece, place, plain, put_in, run, take_away

ENTRY: Final = "prepdoc.desktop"


def install(command: Path) -> tuple[Path, ...]:
    """Put the entry where menus and file managers look, and on the desktop if there is one.

    Raises:
        OSError: it cannot be written.
    """
    placed = pieces(command)
    with _other_programs_kept():
        place(placed)
        _told_to_desktop()
    shown = tuple(piece.path for piece in placed if piece.path.name == ENTRY)
    for path in shown:
        with suppress(ComponentMissing):  # GNOME asks before it starts an icon; others do not
            run("gio", "set", path, "metadata::trusted", "true")
    return shown


def remove() -> tuple[Path, ...]:
    """Take it away; returns what was there.

    Raises:
        OSError: it cannot be removed.
    """
    there = take_away((_in_menu(), _on_desktop(), _icon()))
    _told_to_desktop()
    return tuple(path for path in there if path.name == ENTRY)


def pieces(command: Path) -> tuple[Piece, ...]:
    """The files, with the command's path in them."""
    entry = put_in(
        plain(f"linux/{ENTRY}"), "Exec=prepdoc drop -- %F", f"Exec={exec_word(command)} drop -- %F"
    )
    where = [_in_menu(), *([_on_desktop()] if _on_desktop().parent.is_dir() else [])]
    icon = Piece(_icon(), ICON.read_bytes())
    return (icon, *(Piece(path, entry, is_executable=True) for path in where))


def exec_word(path: Path) -> str:
    r"""A path as a word of an Exec line (Desktop Entry Specification 1.5, "The Exec key").

    Quoted by its own rule first, then as any string value, in which a backslash is doubled. GLib
    looks for the program before it makes one % of two: it finds none with a % in its path.

    >>> exec_word(Path("/opt/5% $x/prepdoc"))
    '"/opt/5%% \\\\\\\\$x/prepdoc"'
    """
    quoted = re.sub(r'(["`$\\])', r"\\\1", str(path))
    return '"{}"'.format(quoted.replace("\\", "\\\\").replace("%", "%%"))


def _in_menu() -> Path:
    return user_data_path() / "applications" / ENTRY


def _on_desktop() -> Path:
    return user_desktop_path() / ENTRY


def _icon() -> Path:
    return user_data_path() / "icons" / "hicolor" / "scalable" / "apps" / "prepdoc.svg"


def _told_to_desktop() -> None:
    """Let file managers know which files the entry takes; some need not be told."""
    with suppress(ComponentMissing):
        run("update-desktop-database", _in_menu().parent)


@contextmanager
def _other_programs_kept() -> Iterator[None]:
    """A double click opens what it opened before.

    Where nobody has chosen a program, the one of the user's own folder comes first: that would
    be ours.
    """
    kinds = _kinds()
    before = {kind: _default(kind) for kind in kinds}
    yield
    for kind, program in before.items():
        if program and _default(kind) != program:
            with suppress(ComponentMissing):
                run("xdg-mime", "default", program, kind)


def _kinds() -> list[str]:
    """The kinds of files that the entry takes."""
    found = re.search(r"^MimeType=(.*);$", plain(f"linux/{ENTRY}"), re.MULTILINE)
    assert found  # it is our file
    return found[1].split(";")


def _default(kind: str) -> str:
    """The entry that opens such files; empty where none does."""
    try:
        return run("xdg-mime", "query", "default", kind).strip()
    except ComponentMissing:
        return ""
