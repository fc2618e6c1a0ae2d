"""A batch on a Dask cluster: a real scheduler and real workers, on this machine's loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from prepdoc import Cardholder, prepare
from prepdoc.batch.cluster import Cluster
from prepdoc.batch.journal import NAME
from prepdoc.batch.running import MOST_DEATHS, Work, each_done
from prepdoc.errors import PrepdocError
from prepdoc.texts import speak
from tests import batch_work
from tests.terminal import PREPDOC, PROJECT, Runner, environ, run
from tests.test_cli_preparing import statement

__all__ = ["environ", "run"]

ANN = Cardholder("Ann Example", "1 Road, Leeds", "03-5555-0100")
TLS, SCHEME = "DASK_DISTRIBUTED__COMM__TLS__", "DASK_DISTRIBUTED__COMM__DEFAULT_SCHEME"


class Running:
    """A scheduler and its workers, as processes."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.file = folder / "scheduler.json"
        self.environ = environ
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._started("scheduler", "--port", "0", "--no-dashboard")
        wait_for(self.file)

    @property
    def address(self) -> str:
        """As `--executor` takes it."""
        place = str(json.loads(self.file.read_text())["address"])
        return f"dask://{place.partition('://')[2]}"

    def add_worker(self) -> None:
        """One more, of one thread, that nobody starts again when it dies."""
        words = "--nthreads", "1", "--no-nanny", "--no-dashboard"
        self.workers.append(self._started("worker", *words))

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _started(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        host = ("--host", "127.0.0.1", "--scheduler-file", str(self.file))
        command: Sequence[str] = (
            sys.executable, "-m", f"distributed.cli.dask_{what}", *host, *words,
        )  # fmt: skip
        folder, nowhere = self.file.parent, subprocess.DEVNULL
        return subprocess.Popen(
            command, env=self.environ, cwd=folder, stdout=nowhere, stderr=nowhere
        )


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path: Path, environ: dict[str, str]) -> Iterator[Running]:
    speak("en")
    environ["PYTHONPATH"] = os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])
    running = Running(tmp_path, environ)
    yield running
    running.end()


def test_a_worker_that_is_killed_half_way_changes_nothing(cluster: Running, run: Runner) -> None:
    """Every result is, byte for byte, what this machine makes by itself."""
    names = ("a", "b", "c")
    for name in names:
        statement(run.folder, f"{name}.pdf")
    rows = "".join(f'{name}.pdf,Ann Example,"1 Road, Leeds",03-5555-0100\n' for name in names)
    (run.folder / "jobs.csv").write_text(f"file,name,address,phone\n{rows}")
    cluster.add_worker()
    cluster.add_worker()
    words = "jobs.csv", "--out", "out", "--executor", cluster.address, "--allow", "TXN"
    command = [*PREPDOC, "batch", *words]
    batch = subprocess.Popen(command, cwd=run.folder, env=run.environ, stdout=subprocess.PIPE)
    journal = run.folder / "out" / NAME
    wait_for(journal)
    cluster.workers[0].send_signal(signal.SIGKILL)
    told, _ = batch.communicate(timeout=300)
    assert batch.returncode == 0
    assert b"3  prepared\n" in told
    for name in names:
        expected = prepare((run.folder / f"{name}.pdf").read_bytes(), ANN).data
        assert (run.folder / "out" / f"{name}-prepared.pdf").read_bytes() == expected


def test_a_document_that_kills_workers_is_refused_and_the_others_are_done(
    cluster: Running, tmp_path: Path
) -> None:
    killing = tmp_path / "deaths"
    killing.write_text("x" * 100)
    for _ in range(2 * (MOST_DEATHS + 1) + 1):
        cluster.add_worker()

    def packed(document: int) -> tuple[int, Path | None]:
        return document, killing if document == 1 else None

    with closing(Cluster(cluster.address)) as workers:
        work = Work(packed, batch_work.doubled_if_it_lives, workers)
        results = dict(each_done(range(4), work))
    assert isinstance(results.pop(1), PrepdocError)
    assert results == {0: 0, 2: 4, 3: 6}


def test_tls_is_used_as_dask_is_told(tmp_path: Path, environ: dict[str, str]) -> None:
    authority = trustme.CA()
    own = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    settings = {f"{TLS}CA_FILE": str(tmp_path / "ca.pem"), SCHEME: "tls"}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        settings[f"{TLS}{role}__CERT"] = str(tmp_path / "own.pem")
    environ["PYTHONPATH"] = os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])
    running = Running(tmp_path, environ | settings)
    try:
        assert "tls://" in running.file.read_text()
        running.add_worker()
        done = subprocess.run(
            [sys.executable, "-c", OVER_TLS, running.address],
            env=environ | settings, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "[(1, 2), (2, 4)]\n")
        refused = subprocess.run(
            [sys.executable, "-c", OVER_TLS, running.address],
            env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "no scheduler answers" in refused.stderr
    finally:
        running.end()


OVER_TLS = """
import sys
from contextlib import closing
from prepdoc.batch.cluster import Cluster
from prepdoc.batch.running import Work, each_done
from tests.batch_work import doubled
with closing(Cluster(sys.argv[1])) as workers:
    print(sorted(each_done([1, 2], Work(int, doubled, workers))))
"""


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("dask://10.1.2.3:8786", "unencrypted: set up TLS"),
        ("dask://cluster.example:8786", "unencrypted: set up TLS"),
        ("127.0.0.1:8786", "dask://HOST:PORT"),
        ("tcp://127.0.0.1:8786", "dask://HOST:PORT"),
        ("dask://127.0.0.1", "dask://HOST:PORT"),
        ("dask://127.0.0.1:x", "dask://HOST:PORT"),
    ],
)
def test_no_document_goes_unencrypted_to_another_machine(address: str, message: str) -> None:
    speak("en")
    with pytest.raises(PrepdocError, match=message):
        Cluster(address)
