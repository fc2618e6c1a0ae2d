"""A batch on a Dask cluster: a real scheduler and real workers, on this machine's loopback."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import dask
import pytest
import trustme
from distributed import Scheduler

from prepdoc import Cardholder, prepare
from prepdoc.batch import cluster as cluster_module
from prepdoc.batch import running
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

ALLOWED = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"


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

    def add_worker(self, *more: str) -> None:
        """One more, of one thread, that nobody starts again when it dies."""
        words = "--nthreads", "1", "--no-nanny", "--no-dashboard", *more
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


def wait_for_file(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


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


def test_a_document_of_any_size_is_sent_without_a_word(cluster: Running) -> None:
    """Warnings are errors here."""
    cluster.add_worker()
    with closing(Cluster(cluster.address)) as workers:
        assert workers.executor().submit(len, bytes(11_000_000)).result() == 11_000_000


@pytest.mark.parametrize(("allowed", "deaths"), [(3, 8), (0, MOST_DEATHS)])
def test_a_document_that_kills_workers_is_refused_and_the_others_are_done(
    environ: dict[str, str], tmp_path: Path, allowed: int, deaths: int
) -> None:
    """As many die of it as docs/scale.md says; three failures is what Dask allows by itself."""
    speak("en")
    environ["PYTHONPATH"] = os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])
    environ[ALLOWED] = str(allowed)
    killing = tmp_path / "deaths"
    killing.write_text("x" * 100)
    cluster = Running(tmp_path, environ)
    try:
        for _ in range(deaths + 1):
            cluster.add_worker()
        refused, results = killed(cluster, killing)
    finally:
        cluster.end()
    assert str(refused).startswith(f"{deaths} processes that worked on it ended")
    assert len(killing.read_text()) == 100 - deaths
    assert results == {0: 0, 2: 4, 3: 6}


def killed(cluster: Running, killing: Path) -> tuple[object, dict[int, object]]:
    """What comes of a document that kills, and of the others."""

    def packed(document: int) -> tuple[int, Path | None]:
        return document, killing if document == 1 else None

    with closing(Cluster(cluster.address)) as workers:
        work = Work(packed, batch_work.doubled_if_it_lives, workers)
        results: dict[int, object] = dict(each_done(range(4), work))
    return results.pop(1), results


def test_a_batch_whose_workers_are_all_gone_ends_and_says_so(
    cluster: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "WAIT_S", 10)
    monkeypatch.setattr(running, "CHECK_S", 0.5)
    cluster.add_worker()
    done: list[int] = []
    with (
        closing(Cluster(cluster.address)) as workers,
        pytest.raises(PrepdocError, match="no worker is left; go on with --resume"),
    ):
        for document, _ in each_done(range(9), Work(int, batch_work.doubled, workers)):
            done.append(document)
            cluster.workers[0].kill()
            workers._client.run_on_scheduler(wait_until_lonely)
    assert 0 < len(done) < 9


def test_a_batch_whose_scheduler_is_frozen_ends_and_says_so(
    cluster: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection stays open, and nothing comes over it."""
    monkeypatch.setattr(cluster_module, "WAIT_S", 5)
    monkeypatch.setattr(cluster_module, "FAREWELL_S", 1)
    monkeypatch.setattr(running, "CHECK_S", 0.5)
    cluster.add_worker()
    done: list[int] = []
    with (
        closing(Cluster(cluster.address)) as workers,
        pytest.raises(PrepdocError, match="the scheduler does not answer any more; go on with"),
    ):
        for document, _ in each_done(range(9), Work(int, batch_work.doubled, workers)):
            done.append(document)
            cluster.scheduler.send_signal(signal.SIGSTOP)
    assert 0 < len(done) < 9


async def wait_until_lonely(dask_scheduler: Scheduler) -> None:
    while dask_scheduler.workers:
        await asyncio.sleep(0.05)


LACKING = """
import sys
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "prepdoc":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Lacking())
"""
OTHER = "import prepdoc.doctor; prepdoc.doctor.own_version = lambda: '0.0.1'"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (LACKING, "has no prepdoc that works: install it on all (ModuleNotFoundError)"),
        (OTHER, "a worker has prepdoc 0.0.1, and this is"),
    ],
    ids=["none", "another"],
)
def test_no_document_is_sent_to_workers_without_this_prepdoc(
    cluster: Running, tmp_path: Path, code: str, said: str
) -> None:
    (tmp_path / "preload.py").write_text(code)
    cluster.add_worker("--preload", str(tmp_path / "preload.py"))
    with pytest.raises(PrepdocError) as caught:
        Cluster(cluster.address)
    assert said in str(caught.value)


def test_a_scheduler_that_is_killed_is_told_in_one_line(cluster: Running, run: Runner) -> None:
    statement(run.folder, "a.pdf")
    row = 'a.pdf,Ann Example,"1 Road, Leeds",03-5555-0100\n'
    (run.folder / "jobs.csv").write_text(f"file,name,address,phone\n{row}")
    cluster.add_worker()
    words = "jobs.csv", "--out", "out", "--executor", cluster.address
    pipe = subprocess.PIPE
    batch = subprocess.Popen(
        [*PREPDOC, "batch", *words], cwd=run.folder, env=run.environ, stdout=pipe, stderr=pipe
    )
    wait_for_file(run.folder / "out" / NAME)
    time.sleep(3)
    cluster.scheduler.kill()
    _, told = batch.communicate(timeout=120)
    assert batch.returncode == 1
    assert told.decode().startswith("prepdoc: ")
    assert told.count(b"\n") == 1
    assert b"go on with --resume" in told


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


def test_what_is_wrong_with_tls_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Running
) -> None:
    """Each time what is wrong, before anything is sent."""
    authority, other = trustme.CA(), trustme.CA()
    own = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    own.cert_chain_pems[0].write_to_path(tmp_path / "keyless.pem")
    (tmp_path / "empty.pem").write_text("")
    other.cert_pem.write_to_path(tmp_path / "other.pem")
    address = cluster.address

    def said(ca: str, cert: str | None, to: str = address) -> str:
        tls = {
            "distributed.comm.tls.ca-file": str(tmp_path / ca),
            "distributed.comm.tls.client.cert": cert and str(tmp_path / cert),
        }
        with dask.config.set(tls), pytest.raises(PrepdocError) as caught:
            Cluster(to)
        return str(caught.value)

    assert "set up by halves: DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT" in said("ca.pem", None)
    assert "TLS__CA_FILE cannot be used (No such file" in said("absent.pem", "own.pem")
    assert "TLS__CA_FILE cannot be used" in said("empty.pem", "own.pem")
    assert "CLIENT__CERT (with its key in it) cannot be used" in said("ca.pem", "absent.pem")
    assert "CLIENT__CERT (with its key in it) cannot be used" in said("ca.pem", "empty.pem")
    assert "CLIENT__CERT (with its key in it) cannot be used" in said("ca.pem", "keyless.pem")
    assert "does not speak TLS" in said("ca.pem", "own.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.configure_cert(context)
    with tls_server(context) as port:
        told = said("other.pem", "own.pem", f"dask://127.0.0.1:{port}")
    assert "no certificate of the authority in DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in told


@contextmanager
def tls_server(context: ssl.SSLContext) -> Iterator[int]:
    """Answers one caller."""

    def answer() -> None:
        with suppress(OSError), server.accept()[0] as caller:
            context.wrap_socket(caller, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


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
