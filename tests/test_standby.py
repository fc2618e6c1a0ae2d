"""Processes that wait for work: taken once, started again, and gone with whoever started them."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from prepdoc.errors import ComponentMissing
from prepdoc.standby import Process, Standby
from tests.batch_work import lives

ECHO = "import sys; sys.stdout.write(sys.stdin.read())"


def started() -> Process:
    """A process that says what it is told, once that has ended."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", ECHO], stdin=pipe, stdout=pipe)


def never() -> Process:
    """Nothing is to be started."""
    raise ZeroDivisionError


def let_go(standby: Standby) -> None:
    """Ask for one that is started otherwise: those that wait are ended, and none is begun."""
    with pytest.raises(ZeroDivisionError):
        standby.take(never, "otherwise")


def told(process: Process, text: bytes) -> bytes:
    """What it answers; it has ended afterwards."""
    return process.communicate(text, timeout=30)[0]


def test_none_is_started_ahead_before_two_were_needed() -> None:
    """A command for one file starts what it uses and no more."""
    begun: list[Process] = []
    standby = Standby()

    def start() -> Process:
        begun.append(started())
        return begun[-1]

    for needed, after in ((1, 1), (2, 3), (3, 4)):
        assert told(standby.take(start), b"so") == b"so"
        standby.renew()
        assert len(begun) == after, needed
    let_go(standby)
    assert all(process.poll() is not None for process in begun)


def test_the_one_that_waits_is_taken_if_it_was_started_in_the_same_way() -> None:
    standby = Standby(2)
    for _ in range(2):
        told(standby.take(started, "a"), b"")
    standby.renew()
    waiting = [standby.take(never, "a") for _ in range(2)]
    assert [told(process, text) for process, text in zip(waiting, (b"1", b"2"), strict=True)] == [
        b"1",
        b"2",
    ]
    told(standby.take(started, "a"), b"")
    standby.renew()
    let_go(standby)


def test_one_that_ended_meanwhile_is_not_taken() -> None:
    standby = Standby()
    for _ in range(2):
        told(standby.take(started), b"")
    standby.renew()
    waiting = standby.take(started)
    standby.renew()
    waiting.kill()
    waiting.communicate()
    ended = standby.take(started)
    ended.kill()
    ended.communicate()
    assert told(standby.take(started), b"new") == b"new"


def test_one_that_cannot_be_started_ahead_is_nobodys_failure_yet() -> None:
    """Whoever needs it is told, and not whoever has what he needs."""
    standby, missing = Standby(), ComponentMissing("gone")

    def start() -> Process:
        if standby_is_told:
            raise missing
        return started()

    standby_is_told = False
    for _ in range(2):
        told(standby.take(start), b"")
    standby_is_told = True
    standby.renew()
    with pytest.raises(ComponentMissing, match="gone"):
        standby.take(start)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are looked for in Linux's way")
def test_one_that_waits_ends_with_the_process_that_started_it() -> None:
    """However that ended: here it is killed."""
    lines = (
        "from tests.test_standby import Standby, started, told",
        "standby = Standby()",
        "for _ in range(2): told(standby.take(started), b'')",
        "standby.renew()",
        "print(standby.take(started).pid, flush=True)",
        "import time; time.sleep(60)",
    )
    parent = subprocess.Popen([sys.executable, "-c", "\n".join(lines)], stdout=subprocess.PIPE)
    assert parent.stdout
    waiting = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    end = time.monotonic() + 30
    while lives(waiting) and time.monotonic() < end:
        time.sleep(0.05)
    assert not lives(waiting)
