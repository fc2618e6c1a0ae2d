"""The measure of speed: ratios round by round, and memory that is a process's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.speed.measuring import Ratio, on_one_core, timed
from bench.speed.telling import Figure, as_table, plot

MB = 1024 * 1024
TELLS_PEAK = "from bench.speed.peak import peak_mb; print(peak_mb())"


def test_a_ratio_is_of_times_of_the_same_round() -> None:
    """A slow moment that hits both does not count."""
    assert Ratio.of([2.0, 20.0, 3.0], [1.0, 10.0, 1.0]) == Ratio(2.0, 2.0, 3.0)


def test_rounds_of_unequal_length_are_no_measure() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Ratio.of([1.0, 2.0], [1.0])


def test_each_round_does_everything_once_and_the_first_counts_for_nothing() -> None:
    done: list[str] = []
    times = timed({"one": lambda: done.append("one"), "two": lambda: done.append("two")}, 2)
    assert done == ["one", "two"] * 3
    assert [len(seconds) for seconds in times.values()] == [2, 2]


def test_a_row_says_what_was_compared_with_what() -> None:
    table = as_table([Figure("ours", "theirs", Ratio(1.5, 1.25, 2.0), "≤ 2")], rounds=3)
    assert "| ours | 1.50 | 1.25–2.00 | theirs | ≤ 2 |" in table
    assert "3 rounds" in table


def test_the_plot_has_a_tick_for_each_number_of_pages(tmp_path: Path) -> None:
    file = tmp_path / "cost.svg"
    plot({"text": {1: Ratio(2, 2, 2), 40: Ratio(1, 1, 1)}}, file)
    drawn = file.read_text("utf-8")
    assert "<!-- 40 -->" in drawn
    assert "<!-- 1 -->" in drawn


def test_what_is_started_on_one_core_stays_there_and_the_bench_does_not() -> None:
    before = os.sched_getaffinity(0)
    with on_one_core():
        child = subprocess.Popen(
            [sys.executable, "-c", "input(); import os; print(len(os.sched_getaffinity(0)))"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    assert os.sched_getaffinity(0) == before
    told, _ = child.communicate("\n")
    assert told.strip() == "1"


def test_memory_of_a_process_is_not_that_of_its_parent() -> None:
    """As large as the bench is by then, which has its engines loaded."""
    held = bytearray(b"\xff") * (700 * MB)
    command = [sys.executable, "-c", TELLS_PEAK]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 10 < float(told.stdout) < len(held) / MB
