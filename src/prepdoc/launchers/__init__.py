"""Icons to drop a statement on, for people who never open a terminal.

install, remove ─> linux | macos | windows (which files go where) ─> placing (written, removed)

`files/` holds them as they can be put there by hand. What is installed holds the full path of
this very prepdoc, for a desktop's search path is not a terminal's.
"""

from __future__ import annotations

import sys
from pathlib import Path

from prepdoc.launchers import linux, macos, windows
from prepdoc.launchers.placing import command

__all__ = ["install", "remove"]

_INSTALL = {"linux": linux.install, "darwin": macos.install, "win32": windows.install}
_REMOVE = {"linux": linux.remove, "darwin": macos.remove, "win32": windows.remove}


def install() -> tuple[Path, ...]:
    """Put the icons there; returns those that a person sees.

    Raises:
        ComponentMissing: prepdoc's command or a tool of the system is not there.
        OSError: they cannot be written.
    """
    return _INSTALL.get(sys.platform, linux.install)(command())


def remove() -> tuple[Path, ...]:
    """Take the icons away; returns those that were there.

    Raises:
        OSError: they cannot be removed.
    """
    return _REMOVE.get(sys.platform, linux.remove)()
