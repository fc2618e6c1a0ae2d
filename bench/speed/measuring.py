"""Each way of doing a page, timed; in rounds, one of each, so that a slow moment is all theirs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Final

from PIL import Image

from bench.corpus.truth import Spec
from bench.speed.documents import CARDHOLDER, pages, picture
from bench.tools import TOOLS, ToolMissing
from prepdoc import Options, Prepared, prepare
from prepdoc.batch.local import Processes
from prepdoc.batch.parcel import Parcel, prepared
from prepdoc.batch.running import Work, each_done
from prepdoc.checking import Demand
from prepdoc.doctor import own_version
from prepdoc.ocr.tesseract import binary, environment
from prepdoc.report import Refusal
from prepdoc.requirements import named

Action = Callable[[], object]
OTHERS: Final = ("presidio", "blankout")
BATCH: Final = 8
"""Documents of one page in a batch."""

COLD: Final = (
    "import sys; from bench.speed.documents import CARDHOLDER; from prepdoc import prepare;"
    "prepare(open(sys.argv[1], 'rb').read(), CARDHOLDER)"
)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How often the one thing goes into the other, in the median round; the least and the most."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, one: Sequence[float], other: Sequence[float]) -> Ratio:
        """Of each round's two times."""
        ratios = [a / b for a, b in zip(one, other, strict=True)]
        return cls(median(ratios), min(ratios), max(ratios))


def timed(actions: Mapping[str, Action], rounds: int) -> dict[str, list[float]]:
    """Seconds of each action in each round, after one that counts for nothing."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(rounds + 1):
        for name, action in actions.items():
            started = time.perf_counter()
            action()
            if turn:
                times[name].append(time.perf_counter() - started)
    return times


def plain(kind: str) -> Action:
    """One RapidOCR pass over one page as it comes, with the engine loaded: the unit of cost."""
    from rapidocr import RapidOCR

    engine, pixels = RapidOCR(params={"Global.log_level": "critical"}), picture(kind)[:, :, ::-1]
    return lambda: engine(pixels)


def floor(kind: str) -> Action:
    """That and one pass of Tesseract, one after the other: the floor of a proof."""
    png = BytesIO()
    Image.fromarray(picture(kind)).save(png, "PNG", compress_level=1)
    program = binary()
    command = [str(program), "stdin", "stdout", "--psm", "11"]
    first, data, own = plain(kind), png.getvalue(), environment(program)

    def both() -> None:
        first()
        subprocess.run(command, input=data, capture_output=True, check=True, env=own)

    return both


def warm(kind: str, count: int) -> Action:
    """So many pages of prepdoc in this process."""
    document = pages(kind, count)
    return lambda: prepare(document, CARDHOLDER)


def checked(kind: str) -> Action:
    """One page that is also held against what Amazon's form asks, as the command line does it."""
    document, demand = pages(kind, 1), Demand(profile=named("amazon-co-jp-upload"))
    return lambda: prepare(document, CARDHOLDER, Options(demand=demand))


def cold(kind: str, folder: Path) -> Action:
    """One page in a process of its own, from its start to its end."""
    file = folder / f"cold-{kind}.pdf"
    file.write_bytes(pages(kind, 1))
    command = [sys.executable, "-c", COLD, str(file)]
    return lambda: subprocess.run(command, check=True)


def others(kind: str) -> Iterator[tuple[str, Action]]:
    """The other tools on one page, warm, in environments of their own; those that can be had."""
    document, spec = pages(kind, 1), Spec("plain", 1, 0)
    for name in OTHERS:
        tool = TOOLS[name]
        try:
            tool.ready()
        except ToolMissing as error:
            print(error, file=sys.stderr)
            continue
        yield name, lambda tool=tool: tool.apply(document, ".pdf", spec)  # type: ignore[misc]


@contextmanager
def batch(kind: str, jobs: int) -> Iterator[Action]:
    """Documents of one page over so many processes that are warm already."""
    parcel = Parcel(pages(kind, 1), CARDHOLDER, Options(), "en", own_version())
    with closing(Processes(jobs)) as workers:
        work: Work[int, Parcel, Prepared | Refusal]
        work = Work(lambda _: parcel, prepared, workers)

        def once() -> None:
            for _ in each_done(range(BATCH), work):
                pass

        yield once


@contextmanager
def on_one_core() -> Iterator[None]:
    """What is started meanwhile has one core; what runs already keeps its own (Linux only)."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def peak_mb(kind: str, count: int) -> float:
    """Peak memory of a process of its own that prepares so many pages."""
    command = [sys.executable, "-m", "bench.speed.peak", kind, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def python(*words: str) -> Action:
    """A Python process, from its start to its end."""
    return lambda: subprocess.run([sys.executable, *words], capture_output=True, check=True)
