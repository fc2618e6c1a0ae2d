"""Prepares so many pages and prints this process's peak memory in MB.

`python -m bench.speed.peak KIND PAGES`
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Final

from bench.speed.documents import CARDHOLDER, pages
from prepdoc import prepare

STATUS: Final = Path("/proc/self/status")


def peak_mb() -> float:
    """The most that this process has held so far.

    Linux hands a parent's `ru_maxrss` on to what it starts (the kernel's `exec_mmap` keeps it), so
    that a large bench would measure itself: `VmHWM` begins anew.
    """
    if STATUS.exists():
        told = dict(line.split(":", 1) for line in STATUS.read_text("utf-8").splitlines())
        return int(told["VmHWM"].split()[0]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    prepare(pages(sys.argv[1], int(sys.argv[2])), CARDHOLDER)
    print(peak_mb())
