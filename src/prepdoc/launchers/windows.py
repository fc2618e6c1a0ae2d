"""Windows: a .cmd with a shortcut on the desktop and one under "Send to"."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from platformdirs import user_data_path, user_desktop_path

from prepdoc.launchers.placing import FILES, ICON, Piece, place, plain, put_in, run, take_away

LINE: Final = "PREPDOC_LINE"
"""The variable in which prepdoc.cmd leaves the line that Explorer started it with."""
WORDS: Final = "PREPDOC_WORDS"
"""And the one with what was typed behind its name in a console."""
ICON_PX: Final = 256


def install(command: Path) -> tuple[Path, ...]:
    """Put the .cmd into the user's program folder, and two shortcuts to it.

    Raises:
        ComponentMissing: PowerShell is not there or failed.
        OSError: they cannot be written.
    """
    place(pieces(command))
    for link in _links():
        run(
            "powershell",
            "-NoProfile",
            "-ExecutionPolicy",
            "Bypass",
            "-File",
            FILES / "windows" / "shortcut.ps1",
            PREPDOC_LINK=str(link),
            PREPDOC_TARGET=str(_script()),
            PREPDOC_ICON=str(_icon()),
        )
    return _links()


def remove() -> tuple[Path, ...]:
    """Take all away; returns what a person saw of it.

    Raises:
        OSError: it cannot be removed.
    """
    there = take_away((*_links(), _script(), _icon()))
    return tuple(path for path in there if path in _links())


def pieces(command: Path) -> tuple[Piece, ...]:
    """The files, with the command's path in the .cmd."""
    doubled = str(command).replace("%", "%%")  # a batch file takes % for a variable's beginning
    text = put_in(
        plain("windows/prepdoc.cmd"), 'set "PREPDOC=prepdoc.exe"', f'set "PREPDOC={doubled}"'
    )
    return (
        Piece(_script(), text.replace(b"\n", b"\r\n")),
        Piece(_icon(), _ico()),
    )


def dropped(environment: Mapping[str, str]) -> tuple[Path, ...]:
    r"""The files that prepdoc.cmd was given, from what it left in the environment.

    Explorer quotes a name only where there is a space in it; no name on Windows holds a quote.

    >>> dropped({LINE: r'cmd.exe /c ""C:\p\prepdoc.cmd" C:\a&b.pdf "C:\c d.pdf""'})
    (Path('C:\a&b.pdf'), Path('C:\c d.pdf'))
    """
    by_explorer = re.search(r'\s/c\s+"("[^"]*".*)"\s*$', environment.get(LINE, ""), re.IGNORECASE)
    if by_explorer:
        return _paths(by_explorer[1])[1:]  # the first is the .cmd itself
    return _paths(environment.get(WORDS, ""))


def _paths(line: str) -> tuple[Path, ...]:
    words = re.findall(r'"([^"]*)"|(\S+)', line)
    return tuple(Path(quoted or bare) for quoted, bare in words)


def _ico() -> bytes:
    """The icon as Windows takes it."""
    import pymupdf
    from PIL import Image

    with pymupdf.open(ICON) as drawn:
        page = drawn[0]
        scale = ICON_PX / page.rect.width
        pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=True)
    made = io.BytesIO()
    Image.open(io.BytesIO(pixels.tobytes("png"))).save(made, "ICO")
    return made.getvalue()


def _script() -> Path:
    return user_data_path("prepdoc", appauthor=False) / "prepdoc.cmd"


def _icon() -> Path:
    return _script().with_suffix(".ico")


def _links() -> tuple[Path, ...]:
    send_to = user_data_path(appauthor=False, roaming=True) / "Microsoft" / "Windows" / "SendTo"
    return user_desktop_path() / "prepdoc.lnk", send_to / "prepdoc.lnk"
