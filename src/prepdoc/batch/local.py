"""Processes on this machine as an Executor; its cores are divided among them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

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
_SAFE_PATH: Final = "PYTHONSAFEPATH"
"""Of Python itself; `multiprocessing` has no way to give it `-P`."""


Given = ParamSpec("Given")
Result = TypeVar("Result")
_Pipe: TypeAlias = "Connection[Any, Any]"
"""Its end; both say what they like (pickle): they are one program."""


def room() -> int:
    """How many processes there are cores for, and memory where that can be known.

    >>> room() >= 1
    True
    """
    memory = memory_bytes()
    return cores() if memory is None else max(1, min(cores(), int(OURS * memory / MEMORY_EACH)))


class Processes:
    """So many processes, until they are closed; where one dies another takes its place.

    They are started afresh, not forked: the engines have threads of their own.
    """

    def __init__(self, jobs: int) -> None:
        self.at_once = AHEAD * jobs
        self._jobs = jobs
        self._pool: _Pool | None = None

    def executor(self) -> Executor:
        """The pool of the processes."""
        if self._pool is None:
            self._pool = _Pool(self._jobs, threads=max(1, cores() // self._jobs))
        return self._pool

    def deaths(self, error: Exception) -> int:
        """One, where its process was gone before it was done."""
        return int(isinstance(error, BrokenExecutor))

    def check(self) -> None:
        """A process that ends is noticed by the thread that waits for it."""

    def close(self) -> None:
        """End the processes, whatever they are at."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()


class _Pool(Executor):
    """A thread for each process, which hands it a parcel and waits for what becomes of that.

    Each process has a pipe of its own. The standard library's pool has one for all their results:
    of a process that dies while it writes there half a message is left, and the pool waits for the
    other half for ever (docs/decisions/0042).
    """

    def __init__(self, jobs: int, threads: int) -> None:
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._starting = threading.Lock()
        self._started: list[BaseProcess] | None = []
        self._threads = threads
        self._hands = [threading.Thread(target=self._serve, daemon=True) for _ in range(jobs)]
        for hand in self._hands:
            hand.start()

    def submit(
        self, work: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        """Have it done by the process that is free first."""
        future: Future[Result] = Future()
        self._tasks.put(_Task(future, partial(work, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End the processes, whatever they are at; what has not begun is cancelled."""
        with suppress(Empty):
            while task := self._tasks.get_nowait():
                task.future.cancel()
        for _hand in self._hands:
            self._tasks.put(None)
        with self._starting:
            started, self._started = self._started or [], None
        _end(started)

    def _serve(self) -> None:
        """One process after the other, until there is nothing to do any more."""
        pipe: _Pipe | None = None
        while task := self._tasks.get():
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                pipe = pipe or self._process()
                pipe.send(task.work)
                task.settle(pipe.recv())
            except (EOFError, OSError):
                pipe = None
                task.future.set_exception(BrokenExecutor("the process ended"))
            except Exception as error:  # noqa: BLE001 (who waits for the future is told)
                task.future.set_exception(error)

    def _process(self) -> _Pipe:
        """The way to a new process; ours alone, so that it ends with the process.

        Raises:
            EOFError: the pool is closed.
        """
        context = multiprocessing.get_context("spawn")
        ours, its = context.Pipe()
        with self._starting, its, _nothing_from_here(), _without_interrupts():
            if self._started is None:
                raise EOFError
            process = context.Process(target=_work, args=(its, self._threads), daemon=True)
            process.start()
            self._started.append(process)
        return ours


@contextmanager
def _nothing_from_here() -> Iterator[None]:
    """Whatever Python is started looks for no module in the current folder, where statements lie
    and what somebody put beside them.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Whatever is started hears no Ctrl-C, which reaches every process of the terminal: before
    `_begin` can say so there, it would end it with a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # which would begin by letting this thread hear again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be done, and who waits for it."""

    future: Future[Any]
    work: Callable[[], object]

    def settle(self, outcome: tuple[object, Exception | None]) -> None:
        """Tell what came of it."""
        value, error = outcome
        if error is None:
            self.future.set_result(value)
        else:
            self.future.set_exception(error)


def _end(processes: Sequence[BaseProcess]) -> None:
    """All at once: what one takes to end is the others' time too."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        process.kill()


def _work(pipe: _Pipe, threads: int) -> None:
    """A process's life: one parcel after the other, until nobody sends any."""
    _begin(threads)
    with suppress(EOFError):
        while True:
            pipe.send(_done_or_ended(pipe.recv()))


def _done_or_ended(work: Callable[[], object]) -> tuple[object, Exception | None]:
    """What the work gives, or its error; the process ends with it where it is told to end.

    A library may take the request to end for a failure of its own.
    """
    _busy.set()
    _end_if_told()
    try:
        return work(), None
    except SystemExit:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 (the parent is told)
        return None, error
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

    Told once more, it goes on with that. One that waits for work has no drafts.
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
