"""One case from its making to its record, and the processes that do that side by side.

    Spec ─stdin→ worker process: make → tool → judge ─stdout→ Record

A worker is a process of its own, so that a tool that crashes, hangs or eats memory costs one case
and not the run. Each worker has one core and one thread: two of them are two cases at once.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from bench.corpus.truth import Case, Spec
from bench.judging import Verdict, judge
from bench.judging.rendering import unreadable
from bench.judging.showing import keep, keep_refused
from bench.table import Record
from bench.tools import TOOLS, Done, Refused, Tool, ToolCrashed

CASE_SECONDS = 600.0
"""A case that takes longer has hung: the slowest of the corpus takes a tenth of it."""
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


# --- in the worker -----------------------------------------------------------------------------


def record(spec: Spec, tool: Tool, make: Callable[[Spec], Case], kept: Path | None) -> Record:
    """Make the case, let the tool work, judge what it gave."""
    case = make(spec)
    items = [item for sheet in case.sheets for item in sheet.items]
    blank = Record(
        tool=tool.name,
        id=spec.id,
        **_spec_values(spec),  # type: ignore[arg-type]
        producer=case.producer,
        font=case.font,
        legible=case.legible,
        pages=len(case.sheets),
        numbers=sum(item.kind == "pan" for item in items),
        outcome="crashed",
    )
    started = time.perf_counter()
    try:
        result = tool.apply(case.data, case.suffix, spec)
    except ToolCrashed as crash:
        _note(kept, spec, crash)
        return replace(blank, why=str(crash), seconds=time.perf_counter() - started)
    blank = replace(blank, seconds=time.perf_counter() - started)
    if isinstance(result, Refused):
        if kept is not None and case.legible:
            keep_refused(kept / tool.name, case, result.words)
        return replace(blank, outcome="refused", why=result.why)
    return _judged(blank, case, tool, result, kept)


def _spec_values(spec: Spec) -> dict[str, object]:
    return {k: getattr(spec, k) for k in ("klass", "strength", "number", "seed")}


def _note(kept: Path | None, spec: Spec, crash: ToolCrashed) -> None:
    """Where it crashed, as frames without values: a message may hold digits."""
    if kept is None or crash.__cause__ is None:
        return
    kept.mkdir(parents=True, exist_ok=True)
    frames = traceback.format_tb(crash.__cause__.__traceback__)
    (kept / f"{spec.id}.txt").write_text(f"{crash}\n{''.join(frames)}", encoding="utf-8")


def _judged(blank: Record, case: Case, tool: Tool, result: Done, kept: Path | None) -> Record:
    if fault := unreadable(result.data, result.suffix):
        return replace(blank, why=f"its output cannot be opened: {fault}")
    started = time.perf_counter()
    verdict = judge(case, result.data, result.suffix, tool.details(case.spec))
    taken = time.perf_counter() - started
    if kept is not None and (verdict.reasons or verdict.stamped is False):
        keep(kept / tool.name, case, result.data, result.suffix, verdict)
    return replace(blank, outcome="judged", judge_seconds=taken, **_counts(verdict))  # type: ignore[arg-type]


def _counts(verdict: Verdict) -> dict[str, object]:
    lookalikes = [i for i in verdict.items if i.kind == "lookalike"]
    last_fours = [i for i in verdict.items if i.kind == "pan" and i.has_kept]
    return {
        "leaks": verdict.leaks,
        "lookalikes": len(lookalikes),
        "lookalikes_kept": sum(not i.lost for i in lookalikes),
        "last_fours": len(last_fours),
        "last_fours_kept": sum(not i.lost for i in last_fours),
        "stamped": verdict.stamped,
        "reasons": tuple((r.ground, r.page, r.digits) for r in verdict.reasons),
    }


def work(tool: str, kept: Path | None) -> None:
    """A worker: a line of JSON in, a line of JSON out, until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    from bench.corpus import make

    for line in sys.stdin:
        spec = Spec(**json.loads(line))
        try:
            answer = record(spec, TOOLS[tool], make, kept).values()
        except Exception as error:  # noqa: BLE001  (the corpus or the judge: told, not hidden)
            traceback.print_exc()
            answer = {"error": f"{spec.id}: {type(error).__name__}"}
        print(json.dumps(answer), file=answers, flush=True)


# --- in the runner -----------------------------------------------------------------------------


class BenchFailed(Exception):
    """The bench itself failed on a case: neither the tool's fault nor its merit."""


def records(
    specs: Iterable[Spec], tool: str, jobs: int, kept: Path | None
) -> Iterator[Record | BenchFailed]:
    """A record for each case, in the order in which they are done."""
    waiting: queue.SimpleQueue[Spec] = queue.SimpleQueue()
    done: queue.SimpleQueue[Record | BenchFailed | None] = queue.SimpleQueue()
    for spec in specs:
        waiting.put(spec)
    threads = [
        threading.Thread(target=_drive, args=(waiting, done, tool, core, kept), daemon=True)
        for core in range(jobs)
    ]
    for thread in threads:
        thread.start()
    still_working = jobs
    while still_working:
        result = done.get()
        if result is None:
            still_working -= 1
        else:
            yield result


def _drive(
    waiting: queue.SimpleQueue[Spec],
    done: queue.SimpleQueue[Record | BenchFailed | None],
    tool: str,
    core: int,
    kept: Path | None,
) -> None:
    """Feed one worker, and start another where one ended."""
    worker: subprocess.Popen[str] | None = None
    while True:
        try:
            spec = waiting.get_nowait()
        except queue.Empty:
            break
        worker = worker or _started(tool, core, kept)
        result = _asked(worker, spec, tool)
        if worker.poll() is not None:
            _end(worker)
            worker = None
        done.put(result)
    if worker is not None:
        _end(worker)
    done.put(None)


def _end(worker: subprocess.Popen[str]) -> None:
    """Close its pipes, at which a worker that lives ends, and wait for it."""
    with suppress(BrokenPipeError), worker:
        pass


def _started(tool: str, core: int, kept: Path | None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.recall", "--work", "--tool", tool]
    if kept is not None:
        command += ["--keep-failures", str(kept)]
    worker = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | ONE_THREAD,
    )
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        # onnxruntime takes as many threads as it sees cores, whatever the environment says.
        os.sched_setaffinity(worker.pid, {cores[core % len(cores)]})
    return worker


def _asked(worker: subprocess.Popen[str], spec: Spec, tool: str) -> Record | BenchFailed:
    assert worker.stdin is not None
    assert worker.stdout is not None
    watch = threading.Timer(CASE_SECONDS, worker.kill)
    watch.start()
    try:
        worker.stdin.write(json.dumps(asdict(spec)) + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
    except BrokenPipeError:
        line = ""
    finally:
        hung = not watch.is_alive()
        watch.cancel()
    if not line:
        worker.wait()
        return _died(spec, tool, "hung" if hung else f"process ended with {worker.returncode}")
    answer = json.loads(line)
    return BenchFailed(answer["error"]) if "error" in answer else Record.of(answer)


def _died(spec: Spec, tool: str, why: str) -> Record:
    """The process of a case ended with it; how many numbers it had is then not known."""
    values = _spec_values(spec)
    return Record(tool=tool, id=spec.id, **values, outcome="crashed", why=why)  # type: ignore[arg-type]
