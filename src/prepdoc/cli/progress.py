"""How far the work is, on stderr: only for a person at a terminal, only if it takes its time.

The engine calls here after each page, which is also when a stop that was swallowed is heeded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from prepdoc.cli.failing import stop_if_asked
from prepdoc.texts import N_, _

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from prepdoc.job import Progress

SHOW_AFTER_S: Final = 1.0
"""What is done sooner needs no progress; a second is when people begin to wonder."""

_STAGES: Final = {
    "read": N_("Reading"),
    "write": N_("Writing"),
    "verify": N_("Checking"),
}


@contextmanager
def on_stderr(*, wanted: bool) -> Iterator[Progress]:
    """A `Progress` that draws a line on a terminal, if wanted, and takes it away at the end."""
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield _unseen
        return
    line = _Line()
    try:
        yield line
    finally:
        line.close()


class Count(Protocol):
    """Of many documents, told of each."""

    def done(self) -> None:
        """One more is done."""
        ...

    def spared(self) -> None:
        """One less is to be done: an earlier run has done it, which says nothing of the pace."""
        ...


@contextmanager
def counting(total: int, *, wanted: bool) -> Iterator[Count]:
    """Told of each of so many documents, it shows rate and time left on a terminal."""
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield _Uncounted()
        return
    with _counter() as bars:
        yield _Counted(bars, total)


class _Uncounted:
    def done(self) -> None:
        stop_if_asked()

    spared = done


class _Counted:
    def __init__(self, bars: Bars, total: int) -> None:
        self._began = time.monotonic()
        self._bars, self._done, self._total = bars, 0, total
        self._task = bars.add_task(_("Documents"), total=total, rate="", left="-:--:--")

    def done(self) -> None:
        """Move on, with the pace so far."""
        stop_if_asked()
        self._done += 1
        now = time.monotonic()
        each_s = max(now - self._began, 1e-9) / self._done
        told = _("{rate:.1f} a minute").format(rate=60 / each_s)
        left = _TimeLeft(now + each_s * (self._total - self._done))
        self._bars.update(self._task, completed=self._done, rate=told, left=left)

    def spared(self) -> None:
        """The work is one document less, and begins now if none was done yet."""
        stop_if_asked()
        self._total -= 1
        self._began = self._began if self._done else time.monotonic()
        self._bars.update(self._task, total=self._total)


@dataclass(frozen=True, slots=True)
class _TimeLeft:
    """Until the end at the pace so far, less each time that it is drawn.

    Rich's own estimate leaves out the time before the first is done: where several are done at
    about the same time, as several processes do it, next to nothing would be left.
    """

    end: float

    def __str__(self) -> str:
        minutes, seconds = divmod(max(0, round(self.end - time.monotonic())), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}"


def _unseen(stage: str, done: int, total: int) -> None:
    stop_if_asked()


class _Line:
    """One line that is drawn again at each step; no thread draws it, as the engine may fork."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """The pages done of one stage; the first second goes by unseen."""
        stop_if_asked()
        if time.monotonic() - self._began < SHOW_AFTER_S:
            return
        bars = self._bars = self._bars or _bars()
        if stage not in self._tasks:
            self._tasks[stage] = bars.add_task(_(_STAGES[stage]) if stage in _STAGES else stage)
        bars.update(self._tasks[stage], completed=done, total=total)
        bars.refresh()

    def close(self) -> None:
        """Take the line away."""
        if self._bars:
            self._bars.stop()


def _counter() -> Bars:
    """What is printed meanwhile stands above it, and goes where it would have gone without."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.fields[left]}", style="progress.remaining"),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout is not None and sys.stdout.isatty(),
    )


def _bars() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
    )
    bars.start()
    return bars
