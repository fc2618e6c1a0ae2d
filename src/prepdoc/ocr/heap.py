"""The memory that engines give back, kept in few places."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Final

ARENAS: Final = 2
"""Pages are read in new threads, and each thread's pictures would stay in an arena of its own."""
_M_ARENA_MAX: Final = -8
"""glibc's malloc.h."""
_SET_BY_USER: Final = "MALLOC_ARENA_MAX"


def with_few_arenas() -> bool:
    """Let glibc keep what is freed in two arenas, not in eight a core; whether it does so.

    Other C libraries have no arenas, or none that can be limited.
    """
    if sys.platform != "linux" or _SET_BY_USER in os.environ:
        return False
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
    return False
