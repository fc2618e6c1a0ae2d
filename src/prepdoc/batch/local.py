"""Processes on this machine as an Executor; its cores are divided among them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from types import FrameType
from typing import Final, ParamSpec, TypeVar

from prepdoc import leftovers
from prepdoc.machine import cores, memory_bytes
from prepdoc.ocr import THREADS

GRACE_S: Final = 5.0
"""For a process to put away what it was at."""
LATE_S: Final = 2.0
"""After which it does not wait for its threads: less than `cli.failing.GRACE_S`, after which the
process that started it does not wait for anything."""
AHEAD: Final = 2
"""Parcels a process: the next one is there when it is done with one."""
MEMORY_EACH: Final = 1_500_000_000
"""Bytes that a process takes with one core for itself: 1.0 GB were measured for documents of four
pages with a text layer, 1.4 GB for scans."""
OURS: Final = 0.8
"""Part of the memory that there is which they may take together."""


Given = ParamSpec("Given")
Result = TypeVar("Result")


def room() -> int:
    """How many processes there are cores for, and memory where that can be known.

    >>> room() >= 1
    True
    """
    memory = memory_bytes()
    return cores() if memory is None else max(1, min(cores(), int(OURS * memory / MEMORY_EACH)))


class Processes:
    """So many processes, until they are closed.

    They are started afresh, not forked: the engines have threads of their own.
    """

    def __init__(self, jobs: int) -> None:
        self.at_once = AHEAD * jobs
        self._jobs = jobs
        self._pool: _Pool | None = None

    def executor(self) -> Executor:
        """The pool of the processes."""
        if self._pool is None:
            threads = max(1, cores() // self._jobs)
            context = multiprocessing.get_context("spawn")
            self._pool = _Pool(self._jobs, context, _begin, (threads,))
        return self._pool

    def renew(self) -> None:
        """A pool of which one process died takes no more work."""
        self.close()

    def deaths(self, error: Exception) -> int:
        """One, where the pool is broken."""
        return int(isinstance(error, BrokenExecutor))

    def check(self) -> None:
        """A process that ends is noticed, and another takes its place."""

    def close(self) -> None:
        """End the processes, whatever they are at."""
        pool, self._pool = self._pool, None
        if pool is not None:
            before = multiprocessing.active_children()
            pool.shutdown(wait=False, cancel_futures=True)
            _end(before)


def _end(processes: Sequence[BaseProcess]) -> None:
    """All at once: what one takes to end is the others' time too."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        process.kill()


class _Pool(ProcessPoolExecutor):
    """Whose processes end when they are told to, also half-way through a document."""

    def submit(
        self, work: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        return super().submit(_done_or_ended, partial(work, *args, **kwargs))


def _done_or_ended(work: Callable[[], Result]) -> Result:
    """What the work gives; the process ends with it where it is told to end.

    The pool takes a SystemExit for the work's outcome, which it hands to the parent, and goes on.
    A library may take it for a failure of its own.
    """
    _busy.set()
    _end_if_told()
    try:
        return work()
    except SystemExit:
        os._exit(1)
    finally:
        _end_if_told()
        _busy.clear()


_busy = threading.Event()
"""Whether this process is at a document."""
_told: list[int] = []
"""The signals that told this process to end; signals belong to the process, and so does this."""


def _end_if_told() -> None:
    if _told:
        os._exit(1)


def _begin(threads: int) -> None:
    """In each process, before its first document: its share of the cores, and how it ends."""
    import cv2

    os.environ[THREADS] = str(threads)
    cv2.setNumThreads(threads)
    # Ctrl-C reaches every process of the terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    Finalize(None, signal.signal, (signal.SIGTERM, signal.SIG_IGN), exitpriority=0)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _leave(number: int, frame: FrameType | None) -> None:
    """So that drafts are deleted on the way out; a process that ends anyway is not told to.

    Told once more, it goes on with that: the pool tells all others when one of them is gone. One
    that waits for work has no drafts, and may have read half of what is for it: were it to let go
    of the queue, another process would take the rest for a message, and complain.
    """
    if not _busy.is_set():
        os._exit(0)
    if not _told:
        _told.append(number)
        late = threading.Timer(LATE_S, _give_up)
        late.daemon = True
        late.start()
        sys.exit(0)


def _give_up() -> None:
    leftovers.remove()
    os._exit(1)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _give_up()
