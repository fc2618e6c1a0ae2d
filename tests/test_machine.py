"""Cores and memory are those that the process may use, also in a container."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from prepdoc import machine

GB = 1 << 30


@pytest.fixture
def in_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine of 8 cores and 16 GB, on which this process is in `slice/unit`."""
    own, groups = tmp_path / "cgroup", tmp_path / "fs"
    own.write_text("4:memory:/elsewhere\n0::/slice/unit\n")
    (groups / "slice" / "unit").mkdir(parents=True)
    monkeypatch.setattr(machine, "_OWN_GROUP", own)
    monkeypatch.setattr(machine, "_GROUPS", groups)
    monkeypatch.setattr(machine, "_cores_of_machine", lambda: 8)
    monkeypatch.setattr(machine, "_memory_of_machine", lambda: [16 * GB])
    return groups


CORES = [
    ({}, 8),
    ({"slice/unit": "max 100000\n"}, 8),
    ({"slice/unit": "200000 100000\n"}, 2),
    ({"slice/unit": "150000 100000\n"}, 2),
    ({"slice/unit": "20000 100000\n"}, 1),
    ({"slice/unit": "400000 100000\n", "slice": "300000 100000\n"}, 3),
    ({"slice/unit": "3200000 100000\n"}, 8),
    ({"slice/unit": ""}, 8),
    ({"elsewhere": "100000 100000\n"}, 8),
]


@pytest.mark.parametrize(("told", "count"), CORES)
def test_the_tightest_share_of_the_cores_counts(
    in_group: Path, told: dict[str, str], count: int
) -> None:
    write(in_group, "cpu.max", told)
    assert machine.cores() == count


MEMORY = [
    ({}, 16 * GB),
    ({"slice/unit": "max\n"}, 16 * GB),
    ({"slice/unit": f"{4 * GB}\n"}, 4 * GB),
    ({"slice/unit": "max\n", "slice": f"{2 * GB}\n"}, 2 * GB),
    ({"slice/unit": f"{64 * GB}\n"}, 16 * GB),
]


@pytest.mark.parametrize(("told", "count"), MEMORY)
def test_the_tightest_limit_of_memory_counts(
    in_group: Path, told: dict[str, str], count: int
) -> None:
    write(in_group, "memory.max", told)
    assert machine.memory_bytes() == count


def write(groups: Path, what: str, told: dict[str, str]) -> None:
    for group, text in told.items():
        (groups / group).mkdir(exist_ok=True)
        (groups / group / what).write_text(text)


def test_a_machine_without_control_groups_has_all_of_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "_OWN_GROUP", tmp_path / "none")
    assert machine.cores() == machine._cores_of_machine() <= (os.cpu_count() or 1)


SHORT = [
    (MemoryError(), True),
    (RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : MatMul: std::bad_alloc"), True),
    (Exception("alloc.cpp:73: error: (-4:Insufficient memory) in 'OutOfMemoryError'"), True),
    (RuntimeError("can't start new thread"), True),
    (ImportError("libavcodec.so: failed to map segment from shared object"), True),
    (ImportError("libavcodec.so: cannot open shared object file"), False),
    (RuntimeError("no such node"), False),
]


@pytest.mark.parametrize(("error", "is_short"), SHORT, ids=lambda value: str(value)[:30])
def test_what_libraries_say_where_memory_is_short_is_known(
    error: Exception, is_short: bool
) -> None:
    assert machine.lacks_memory(error) == is_short
    outer = SystemError("returned a result with an exception set")
    outer.__cause__ = error
    assert machine.lacks_memory(outer) == is_short


def test_this_machine_says_how_much_memory_it_has() -> None:
    memory = machine.memory_bytes()
    assert memory is None if sys.platform == "win32" else memory and memory > 500_000_000
