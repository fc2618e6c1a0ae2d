"""Figures → a table, and cost against pages → a plot."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.speed.measuring import Ratio
from prepdoc.machine import cores

LIBRARIES: Final = ("rapidocr", "onnxruntime", "opencv-python-headless", "pymupdf", "pypdfium2")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was compared with what, and the goal: `at most 0.8`, or none."""

    what: str
    unit: str
    ratio: Ratio
    goal: str = ""


def as_table(figures: Sequence[Figure], rounds: int) -> str:
    """Markdown: a row a figure, and below it what it was measured on."""
    rows = [
        "| what | median | least–most | compared with | goal |",
        "| --- | --: | --: | --- | --- |",
    ]
    rows += [
        f"| {one.what} | {one.ratio.middle:.2f} | {one.ratio.least:.2f}–{one.ratio.most:.2f} "
        f"| {one.unit} | {one.goal} |"
        for one in figures
    ]
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    machine = f"{cores()} cores, {platform.system()} {platform.machine()}"
    python = f"Python {platform.python_version()}"
    return "\n".join([*rows, "", f"{rounds} rounds; {machine}, {python}, {libraries}."])


def plot(costs: Mapping[str, Mapping[int, Ratio]], file: Path) -> None:
    """Cost a page against pages, a line a kind with its spread, in plain RapidOCR passes."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for kind, by_count in costs.items():
        counts = sorted(by_count)
        ratios = [by_count[count] for count in counts]
        (line,) = axes.plot(counts, [r.middle for r in ratios], marker="o", label=kind)
        low, high = [r.least for r in ratios], [r.most for r in ratios]
        axes.fill_between(counts, low, high, color=line.get_color(), alpha=0.2)
    axes.axhline(1.0, color="grey", linestyle=":", label="one plain RapidOCR pass")
    axes.set(xscale="log", xlabel="pages", ylabel="RapidOCR passes a page", ylim=(0, None))
    every = sorted(set().union(*costs.values()))
    axes.set_xticks(every, map(str, every))
    axes.minorticks_off()
    axes.legend()
    figure.savefig(file)
    pyplot.close(figure)
