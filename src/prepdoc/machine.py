"""What this process may use of the machine: cores and memory, as the system tells, and its control
groups where it runs in a container (cgroup v2, the Linux kernel's admin-guide).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Final

_NO_MEMORY: Final = (
    "bad_alloc",  # C++'s std::bad_alloc, as ONNX Runtime hands it on
    "Failed to allocate memory",  # ONNX Runtime's own allocator
    "Insufficient memory",  # OpenCV, error -4
    "can't start new thread",  # Python, where there is no room for its stack
    "failed to map segment",  # the dynamic linker, while a library is loaded
)
"""What libraries say where they get no memory and do not raise MemoryError."""

_OWN_GROUP: Final = Path("/proc/self/cgroup")
_GROUPS: Final = Path("/sys/fs/cgroup")


def cores() -> int:
    """Cores that this process may use; of a part of one, one.

    >>> cores() >= 1
    True
    """
    return max(1, min([_cores_of_machine(), *_quotas()]))


def memory_bytes() -> int | None:
    """Bytes of memory that it may use; None where the system does not tell."""
    return min([*_memory_of_machine(), *_memory_limits()], default=None)


def lacks_memory(error: BaseException) -> bool:
    """Whether memory was short, whatever the error, or what led to it, calls that.

    >>> lacks_memory(RuntimeError("std::bad_alloc")), lacks_memory(RuntimeError("no such node"))
    (True, False)
    """
    if isinstance(error, MemoryError) or any(said in str(error) for said in _NO_MEMORY):
        return True
    return error.__cause__ is not None and lacks_memory(error.__cause__)


def _cores_of_machine() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_of_machine() -> Iterator[int]:
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _quotas() -> Iterator[int]:
    """`max 100000` is no limit, `150000 100000` one and a half cores."""
    for told in _told("cpu.max"):
        with suppress(ValueError):
            quota, period = map(int, told.split())
            yield ceil(quota / period)


def _memory_limits() -> Iterator[int]:
    """`max` is no limit."""
    for told in _told("memory.max"):
        with suppress(ValueError):
            yield int(told)


def _told(what: str) -> Iterator[str]:
    """What the group that the process is in says, and each that holds it."""
    for group in _groups():
        with suppress(OSError):  # the outermost one has no limits
            yield (group / what).read_text("ascii")


def _groups() -> Iterator[Path]:
    with suppress(OSError):  # no Linux
        for line in _OWN_GROUP.read_text().splitlines():
            if line.startswith("0::/"):
                own = _GROUPS / line.removeprefix("0::/")
                yield own
                yield from (group for group in own.parents if group.is_relative_to(_GROUPS))
