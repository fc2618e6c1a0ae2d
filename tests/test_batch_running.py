"""Documents over real processes: errors stay with their document, and processes that die."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from prepdoc.batch import local
from prepdoc.batch.local import Processes
from prepdoc.batch.running import MOST_DEATHS, Work, each_done
from prepdoc.cli import failing
from prepdoc.errors import PrepdocError
from prepdoc.machine import cores
from tests import batch_work


@pytest.fixture
def processes() -> Iterator[Processes]:
    with closing(Processes(2)) as workers:
        yield workers


def by_document(done: Iterable[tuple[int, object]]) -> dict[int, object]:
    results = list(done)
    assert len({document for document, _ in results}) == len(results)
    return dict(results)


def test_each_document_has_its_result_or_its_error(processes: Processes) -> None:
    def packed(document: int) -> int:
        if document == 5:
            raise OSError("not there")
        return document

    work = Work(packed, batch_work.doubled, processes)
    results = by_document(each_done(range(-1, 20), work))
    errors = {d: type(r) for d, r in results.items() if isinstance(r, Exception)}
    assert errors == {-1: ValueError, 5: OSError}
    assert all(results[d] == 2 * d for d in range(20) if d != 5)


def test_no_more_is_packed_than_is_worked_on(processes: Processes) -> None:
    """A million documents do not wait in memory."""
    packed: list[int] = []

    def pack(document: int) -> int:
        packed.append(document)
        return document

    done = each_done(iter(range(50)), Work(pack, batch_work.doubled, processes))
    for count, _ in enumerate(done, start=1):
        assert len(packed) <= count + processes.at_once


def test_the_cores_are_divided_among_the_processes() -> None:
    with closing(Processes(1)) as workers:
        ((_, told),) = each_done([1], Work(int, batch_work.threads, workers))
    assert told == (str(cores()), cores())


@pytest.mark.parametrize("deaths", [1, 2, 3, 100])
@pytest.mark.parametrize(
    "done",
    [
        batch_work.doubled_if_it_lives,
        batch_work.doubled_unless_told_to_end,
        batch_work.doubled_if_the_answer_arrives,
    ],
)
def test_what_dies_with_a_process_is_done_again_until_it_is_to_blame(
    processes: Processes,
    tmp_path: Path,
    done: Callable[[tuple[int, Path | None]], int],
    deaths: int,
) -> None:
    """The others, which were in work at the same time, are done all the same."""
    killing = tmp_path / "deaths"
    killing.write_text("x" * deaths)

    def packed(document: int) -> tuple[int, Path | None]:
        return document, killing if document == 3 else None

    work = Work(packed, done, processes)
    results = by_document(each_done(range(8), work))
    killer = results.pop(3)
    assert results == {d: 2 * d for d in range(8) if d != 3}
    if deaths < MOST_DEATHS:
        assert killer == 6
    else:
        assert isinstance(killer, PrepdocError)
        assert "processes that worked on it ended" in str(killer)
        assert "try this file alone (prepdoc FILE)" in str(killer)
        assert len(killing.read_text()) == deaths - MOST_DEATHS


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_what_is_closed_puts_away_what_it_was_at(tmp_path: Path) -> None:
    for _time in range(3):
        with closing(Processes(2)) as workers:
            for _document in range(4):
                workers.executor().submit(batch_work.put_away_slowly, tmp_path)
            wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_was_told_to_end_begins_no_other_document(tmp_path: Path) -> None:
    """Not even where a library kept from it that it was told."""
    with closing(Processes(2)) as workers:
        for _document in range(4):
            workers.executor().submit(batch_work.hear_nothing, tmp_path)
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
        began = time.monotonic()
    assert time.monotonic() - began < local.GRACE_S
    assert [path.read_text() for path in tmp_path.iterdir()] == ["x", "x"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_waits_for_its_threads_ends_in_time_and_leaves_no_draft(
    tmp_path: Path,
) -> None:
    with closing(Processes(1)) as workers:
        workers.executor().submit(batch_work.wait_for_a_thread, tmp_path)
        wait_until(lambda: any(tmp_path.iterdir()))
        began = time.monotonic()
    assert time.monotonic() - began < failing.GRACE_S
    assert list(tmp_path.iterdir()) == []


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


ORPHANS = """
import os, sys, time
from contextlib import closing
from prepdoc.batch import local
from prepdoc.batch.local import Processes
from prepdoc.batch.running import Work, each_done
if __name__ == "__main__":
    with closing(Processes(1)) as workers:
        print(workers.executor().submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


HERE = """
from contextlib import closing
from prepdoc.batch.local import Processes

if __name__ == "__main__":
    with closing(Processes(1)) as workers:
        print(workers.executor().submit(abs, -3).result())
"""


@pytest.mark.parametrize("name", ["struct", "pickle", "selectors", "cv2"])
def test_processes_look_for_no_module_in_the_current_folder(tmp_path: Path, name: str) -> None:
    """Where statements lie, and what somebody put beside them."""
    here, script = tmp_path / "statements", tmp_path / "batch.py"
    here.mkdir()
    (here / f"{name}.py").write_text("open('was-run', 'w')\nraise SystemExit(7)\n")
    script.write_text(HERE)
    done = subprocess.run(
        [sys.executable, str(script)], cwd=here, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("3\n", 0)
    assert not (here / "was-run").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_processes_end_when_the_one_that_started_them_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while batch_work.lives(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not batch_work.lives(worker)


def test_a_process_that_ends_by_itself_is_told_to_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Else its standard error would show a traceback to who ran the batch."""
    process = multiprocessing.get_context("spawn").Process(target=batch_work.end_and_be_told_to)
    process.start()
    process.join(30)
    assert process.exitcode == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("memory_gb", "count"), [(None, 8), (64, 8), (16, 8), (8, 4), (4, 2), (2, 1), (0.5, 1)]
)
def test_no_more_processes_are_started_than_the_machine_has_room_for(
    monkeypatch: pytest.MonkeyPatch, memory_gb: float | None, count: int
) -> None:
    memory = None if memory_gb is None else int(memory_gb * 1e9)
    monkeypatch.setattr(local, "cores", lambda: 8)
    monkeypatch.setattr(local, "memory_bytes", lambda: memory)
    assert local.room() == count
