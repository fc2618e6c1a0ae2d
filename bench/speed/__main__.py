"""What prepdoc costs, as ratios within one run; times of one machine mean nothing on another.

    python -m bench.speed                          all of it, two hours on two cores
    python -m bench.speed --kind text --pages 1 4  a part of it
    python -m bench.speed --write docs/figures.md --plot docs/images/cost.svg

The unit is one plain RapidOCR pass over one page, with the engine loaded. The floor of a proof is
that and one pass of Tesseract.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench import table
from bench.speed import measuring, telling
from bench.speed.documents import KINDS
from bench.speed.measuring import Ratio
from bench.speed.telling import Figure

PASS: Final = "one plain RapidOCR pass"
GOALS: Final = {"text": "≤ 0.8", "scan": "≤ 1.4", "photo": ""}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is wanted, print the table, and write both where that is wished."""
    chosen = _parser().parse_args(arguments)
    figures: list[Figure] = []
    costs: dict[str, dict[int, Ratio]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in chosen.kind:
            costs[kind] = _by_pages(kind, chosen.pages, chosen.rounds)
            figures += _figures(kind, costs[kind])
            figures += _beside(kind, Path(folder), chosen)
    figures += _help(chosen.rounds)
    if not chosen.no_batch:
        figures += (one for kind in chosen.kind for one in _batch(kind, chosen.rounds))
    if not chosen.no_memory:
        figures += (one for kind in chosen.kind for one in _memory(kind))
    _tell(figures, costs, chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--pages", nargs="+", type=int, default=[1, 4, 10, 40], metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-others", action="store_true", help="leave out the other tools")
    parser.add_argument("--no-batch", action="store_true", help="leave out two processes")
    parser.add_argument("--no-memory", action="store_true", help="leave out the runs for memory")
    parser.add_argument("--write", type=Path, metavar="FILE.md", help="put the table there too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="cost against pages: PNG or SVG")
    return parser


def _by_pages(kind: str, counts: Sequence[int], rounds: int) -> dict[int, Ratio]:
    """Passes a page, by how many pages the document has."""
    ratios = {}
    for count in counts:
        actions = {"pass": measuring.plain(kind), "ours": measuring.warm(kind, count)}
        times = measuring.timed(actions, rounds)
        ratios[count] = Ratio.of([t / count for t in times["ours"]], times["pass"])
    return ratios


def _figures(kind: str, costs: dict[int, Ratio]) -> Iterator[Figure]:
    for count, ratio in costs.items():
        what = f"prepdoc, {kind}, {count} page{'s' if count > 1 else ''}, a page"
        yield Figure(what, PASS, ratio, GOALS[kind])


def _beside(kind: str, folder: Path, chosen: argparse.Namespace) -> Iterator[Figure]:
    """The floor, prepdoc cold, and the other tools."""
    actions = {
        "pass": measuring.plain(kind),
        f"RapidOCR and Tesseract, {kind}": measuring.floor(kind),
        f"prepdoc and the check of what is asked, {kind}, 1 page": measuring.checked(kind),
        f"prepdoc cold, {kind}, 1 page": measuring.cold(kind, folder),
    }
    if not chosen.no_others:
        actions |= {f"{name}, {kind}, 1 page": do for name, do in measuring.others(kind)}
    times = measuring.timed(actions, chosen.rounds)
    bare = times.pop("pass")
    for what, seconds in times.items():
        yield Figure(what, PASS, Ratio.of(seconds, bare))


def _batch(kind: str, rounds: int) -> Iterator[Figure]:
    """Two processes, of which each has a share of the cores, against one with all, and with one."""
    with ExitStack() as stack:
        every, two, one = (stack.enter_context(measuring.batch(kind, jobs)) for jobs in (1, 2, 1))
        with measuring.on_one_core():
            one()  # its process is started by its first document
        times = measuring.timed({"every": every, "two": two, "one": one}, rounds)
    what = f"a batch, {kind}: 1 process"
    yield Figure(
        f"{what} on one core", "2 processes", Ratio.of(times["one"], times["two"]), "≥ 1.8"
    )
    yield Figure(f"{what} on all cores", "2 processes", Ratio.of(times["every"], times["two"]))


def _memory(kind: str) -> Iterator[Figure]:
    few, many = measuring.peak_mb(kind, 4), measuring.peak_mb(kind, 40)
    what = f"peak memory, {kind}: 40 pages ({many:.0f} MB)"
    yield Figure(what, f"4 pages ({few:.0f} MB)", Ratio.of([many], [few]), "≤ 1.2")


def _help(rounds: int) -> Iterator[Figure]:
    actions = {
        "help": measuring.python("-m", "prepdoc", "--help"),
        "pass": measuring.python("-c", "pass"),
    }
    times = measuring.timed(actions, 3 * rounds)
    ratio = Ratio.of(times["help"], times["pass"])
    yield Figure("`prepdoc --help`", "`python -c pass`", ratio, "≤ 4")


def _tell(
    figures: Sequence[Figure], costs: dict[str, dict[int, Ratio]], chosen: argparse.Namespace
) -> None:
    text = telling.as_table(figures, chosen.rounds)
    print(text)
    if chosen.write:
        before = chosen.write.read_text("utf-8") if chosen.write.exists() else ""
        chosen.write.write_text(table.between(before, "speed", text), "utf-8")
    if chosen.plot:
        telling.plot(costs, chosen.plot)


if __name__ == "__main__":
    main()
