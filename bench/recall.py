"""Runs a tool over the corpus and prints what leaks, what is refused and what is lost, by class.

    python -m bench.recall                            prepdoc over the whole corpus
    python -m bench.recall --sample                   one case a class; exit code 1 below the floors
    python -m bench.recall --tool presidio            another tool, in an environment of its own
    python -m bench.recall --side-by-side             the results of all tools so far
    python -m bench.recall --class qr --keep-failures DIR    a class, with pictures of what is wrong

Each case's result is a line of JSON in the output folder, so that a run can be taken up again with
--resume and tables can be printed anew with --table.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench import table
from bench.corpus import CLASSES, Spec, specs
from bench.corpus.truth import STRENGTHS
from bench.running import BenchFailed, records, work
from bench.table import Part, Record, total
from bench.tools import TOOLS, ToolMissing, cache

MOST_REFUSED = 0.05
LEAST_LOOKALIKES = 0.97
LEAST_LAST_FOURS = 0.97
LEAST_STAMPS = 0.97
"""The sample's floors, some points below what the full run gives (docs/figures.md), for a sample
of some sixty documents is coarse. Leaks and crashes have no floor: there may be none."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 the sample fell short or the bench failed, 2 usage."""
    chosen = _parser().parse_args(arguments)
    if chosen.work:
        work(chosen.tool, chosen.keep_failures)
        return 0
    folder: Path = chosen.out or cache() / "results"
    if chosen.side_by_side:
        return _show(side_by_side(_loaded(folder)), chosen.write, "side by side")
    wanted = _wanted(chosen)
    results, failures = _run(chosen, folder, wanted)
    text = f"{table.by_class(results)}\n{table.NOTE}\n{_troubles(results, failures)}"
    _show(text, chosen.write, f"recall {chosen.tool}")
    short = shortfalls(results) if chosen.sample else []
    for line in short:
        print(f"below the floor: {line}", file=sys.stderr)
    return 1 if short or failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.recall",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tool", choices=TOOLS, default="prepdoc")
    parser.add_argument("--class", dest="classes", nargs="+", metavar="NAME", choices=CLASSES)
    parser.add_argument("--per-strength", type=int, default=1, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", action="store_true", help="a fixed case a class, with floors")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results are kept")
    parser.add_argument("--resume", action="store_true", help="leave out what is done already")
    parser.add_argument("--table", action="store_true", help="only print what is done already")
    parser.add_argument("--side-by-side", action="store_true", help="all tools' results in one")
    parser.add_argument("--write", type=Path, metavar="FILE.md", help="put the table there too")
    parser.add_argument("--keep-failures", type=Path, metavar="DIR")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    return parser


def _wanted(chosen: argparse.Namespace) -> list[Spec]:
    classes = chosen.classes or CLASSES
    if chosen.sample:
        return [spec for spec in sample(chosen.seed) if spec.klass in classes]
    return [spec for spec in specs(chosen.per_strength, chosen.seed) if spec.klass in classes]


def sample(seed: int = 0) -> list[Spec]:
    """One case a class, the strengths by turns; the same each time."""
    return [
        Spec(klass, STRENGTHS[i % len(STRENGTHS)], i % 2, seed) for i, klass in enumerate(CLASSES)
    ]


# --- running -----------------------------------------------------------------------------------


def _run(
    chosen: argparse.Namespace, folder: Path, wanted: Sequence[Spec]
) -> tuple[list[Record], list[str]]:
    path = folder / f"{chosen.tool}.jsonl"
    before = _of_run(_read(path), wanted) if chosen.resume or chosen.table else []
    done = {(record.id, record.seed) for record in before}
    missing = [spec for spec in wanted if (spec.id, spec.seed) not in done]
    if chosen.table or not missing:
        return before, []
    try:
        TOOLS[chosen.tool].ready()
    except ToolMissing as error:
        return before, [str(error)]
    path.parent.mkdir(parents=True, exist_ok=True)
    if not chosen.resume:
        path.unlink(missing_ok=True)
    new, failures = _gathered(records(missing, chosen.tool, chosen.jobs, chosen.keep_failures),
                              path, len(missing))  # fmt: skip
    order = {(spec.id, spec.seed): i for i, spec in enumerate(wanted)}
    return sorted([*before, *new], key=lambda r: order[r.id, r.seed]), failures


def _gathered(
    results: Iterable[Record | BenchFailed], path: Path, count: int
) -> tuple[list[Record], list[str]]:
    new: list[Record] = []
    failures: list[str] = []
    started = time.monotonic()
    with path.open("a", encoding="utf-8") as lines:
        for at, result in enumerate(results, 1):
            if isinstance(result, BenchFailed):
                failures.append(str(result))
            else:
                new.append(result)
                print(json.dumps(result.values()), file=lines, flush=True)
            _progress(at, count, time.monotonic() - started, new, failures)
    print(file=sys.stderr)
    return new, failures


def _progress(
    at: int, count: int, seconds: float, new: Sequence[Record], failures: Sequence[str]
) -> None:
    sums = total(new)
    left = seconds / at * (count - at) / 60
    print(f"\r{at}/{count}, {left:.0f} min left: {sums.numbers} numbers, {sums.leaks.k} leaks, "
          f"{sums.refused.k + sums.refused_illegible} refused, {sums.crashes} crashes, "
          f"{len(failures)} bench failures   ", end="", file=sys.stderr, flush=True)  # fmt: skip


def _read(path: Path) -> list[Record]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Record.of(json.loads(line)) for line in lines]


def _of_run(found: Sequence[Record], wanted: Sequence[Spec]) -> list[Record]:
    """Those of this run, the latest of each."""
    latest = {(record.id, record.seed): record for record in found}
    return [latest[s.id, s.seed] for s in wanted if (s.id, s.seed) in latest]


def _loaded(folder: Path) -> list[Record]:
    """The latest record of each tool on each case."""
    found = [record for tool in TOOLS for record in _read(folder / f"{tool}.jsonl")]
    return list({(record.tool, record.id, record.seed): record for record in found}.values())


# --- telling -----------------------------------------------------------------------------------


def side_by_side(results: Sequence[Record]) -> str:
    """All tools on the cases that every one of them was given."""
    by_tool = [{(r.id, r.seed) for r in results if r.tool == tool}
               for tool in dict.fromkeys(r.tool for r in results)]  # fmt: skip
    common = set.intersection(*by_tool) if by_tool else set()
    shared = [r for r in results if (r.id, r.seed) in common]
    both = f"{table.side_by_side(shared)}\n{table.classes_side_by_side(shared)}"
    return f"{both}\n{table.NOTE}\n"


def _troubles(results: Sequence[Record], failures: Sequence[str]) -> str:
    """Refusals by cause, and every case that leaked or crashed."""
    lines = []
    refused = [r for r in results if r.outcome == "refused"]
    for why in dict.fromkeys(r.why for r in refused):
        lines.append(f"- refused, {why}: {', '.join(r.id for r in refused if r.why == why)}")
    lines += [f"- leaked {r.leaks}: {r.id} ({_grounds(r)})" for r in results if r.leaks]
    lines += [f"- crashed: {r.id} ({r.why})" for r in results if r.outcome == "crashed"]
    lines += [f"- not judged: {r.id} ({_grounds(r)})" for r in results if r.is_doubtful]
    lines += [f"- the bench failed: {failure}" for failure in failures]
    return "\n".join(["", *lines, ""]) if lines else ""


def _grounds(record: Record) -> str:
    return ", ".join(dict.fromkeys(ground for ground, _, _ in record.reasons))


def shortfalls(results: Sequence[Record]) -> list[str]:
    """What is worse than the sample's floors allow."""
    sums = total(results)
    floors: list[tuple[str, Part, float, int]] = [
        ("refused", sums.refused, MOST_REFUSED, -1),
        ("look-alikes kept", sums.lookalikes, LEAST_LOOKALIKES, 1),
        ("last fours kept", sums.last_fours, LEAST_LAST_FOURS, 1),
        ("stamps legible", sums.stamps, LEAST_STAMPS, 1),
    ]
    short = [
        f"{what} {table.shown(part)}, and {100 * floor:.0f} % is the limit"
        for what, part, floor, sign in floors
        if part.n and sign * (part.share - floor) < 0
    ]
    counted = (("leaks", sums.leaks.k), ("crashes", sums.crashes), ("not judged", sums.doubtful))
    return short + [f"{count} {what}" for what, count in counted if count]


def _show(text: str, path: Path | None, name: str) -> int:
    print(text)
    if path is not None:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(table.between(before, name, text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
