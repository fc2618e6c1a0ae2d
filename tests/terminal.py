"""Runs the command line as a person does, off a terminal and on one; shared by its tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

PROJECT = Path(__file__).parent.parent
PREPDOC = [sys.executable, "-m", "prepdoc"]
DETAILS = ["--name", "Hanako Takasaki", "--address", "1-1-1 Marunouchi", "--phone", "03-1234-5678"]
LOCALE = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class Runner:
    """Runs prepdoc in a folder of its own, off a terminal or on one."""

    def __init__(self, environ: dict[str, str], folder: Path) -> None:
        self.environ = environ
        self.folder = folder

    def __call__(self, *words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """Off a terminal, to its end."""
        return subprocess.run(
            [*PREPDOC, *map(str, words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            env={**self.environ, **environ},
            cwd=self.folder,
            timeout=300,
        )

    def on_terminal(self, *words: str | Path) -> pexpect.spawn[str]:
        """On a terminal of 200 columns, to talk with."""
        return pexpect.spawn(
            PREPDOC[0],
            [*PREPDOC[1:], *map(str, words)],
            env={**self.environ, "TERM": "xterm"},
            cwd=str(self.folder),
            encoding="utf-8",
            timeout=150,
            dimensions=(40, 200),
        )


def ended(terminal: pexpect.spawn[str]) -> int | None:
    """The exit code, once everything is said."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Settings of their own, English, and no password around."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "src"))
    for name in (*LOCALE, "PREPDOC_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return dict(os.environ)


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path) -> Runner:
    return Runner(environ, tmp_path)
