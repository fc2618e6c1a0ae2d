"""Processes that are started before they are needed, for each takes a while to begin.

The reader of a document takes 0.2 s, Tesseract 0.08 s to load its model. The next ones are started
once they have been needed twice, so a command for one small file starts no more than it uses. One
that waits ends when its input does: with the process that started it, however it ends.
"""

from __future__ import annotations

import atexit
import os
import subprocess
from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock
from typing import Final, TypeAlias

from prepdoc.errors import ComponentMissing

Process: TypeAlias = "subprocess.Popen[bytes]"
Start: TypeAlias = Callable[[], Process]

ENDED: Final = frozenset({-9, -15})
"""Exit codes where SIGKILL or SIGTERM ended a process: not by its own doing, but as systems do it
that are short of memory (Linux's OOM killer, earlyoom, systemd-oomd)."""
END_S: Final = 2.0
"""For a process whose pipes are closed to be gone."""


def was_ended(process: Process) -> bool:
    """Whether it is gone because somebody ended it."""
    with suppress(subprocess.TimeoutExpired):
        return process.wait(END_S) in ENDED
    return False


class Standby:
    """At most so many processes of one kind, for whoever takes them first."""

    def __init__(self, most: int = 1) -> None:
        self._most = most
        self._lock = Lock()
        self._own = os.getpid()
        self._taken = 0
        self._start: Start | None = None
        self._kind: Hashable = None
        self._waiting: list[Process] = []
        atexit.register(self.end)

    def take(self, start: Start, kind: Hashable = None) -> Process:
        """One that waits, if it was started in the same way (`kind`), or a new one.

        Raises:
            OSError, ComponentMissing: as `start` does.
        """
        with self._lock:
            self._taken += 1
            if kind != self._kind:
                self._let_go()
            self._start, self._kind = start, kind
            return self._ready() or start()

    def renew(self) -> None:
        """Start as many as may wait, unless none will be needed again."""
        with self._lock, suppress(OSError, ComponentMissing):  # whoever takes the next is told
            if self._start and self._taken > 1:
                self._waiting = [one for one in self._waiting if one.poll() is None]
                self._waiting += [self._start() for _ in range(len(self._waiting), self._most)]

    def end(self) -> None:
        """Let nobody wait any more; a request to end comes too late then to be one."""
        with suppress(SystemExit, KeyboardInterrupt), self._lock:
            self._let_go()

    def _ready(self) -> Process | None:
        """One that waits and is still there, if it is this process's own: a fork has copies."""
        while self._waiting:
            process = self._waiting.pop()
            if self._own == os.getpid() and process.poll() is None:
                return process
        return None

    def _let_go(self) -> None:
        while process := self._ready():
            process.kill()
            process.communicate()
