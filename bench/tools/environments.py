"""Makes a tool's own environment with venv and pip, and talks to the tool's script in it.

So none of the tools is a dependency of prepdoc, and none can clash with another.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.corpus.truth import Spec
from bench.tools.results import Done, Refused, Result, ToolCrashed, ToolMissing


def cache() -> Path:
    """Where environments and results are kept: $PREPDOC_BENCH_CACHE, else the user's cache."""
    named = os.environ.get("PREPDOC_BENCH_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "prepdoc-bench"


@dataclass(frozen=True, slots=True)
class Environment:
    """A tool's packages, as pip takes them, and the script that runs among them."""

    name: str
    packages: tuple[str, ...]
    script: str

    def python(self) -> Path:
        """The environment's interpreter; the first call makes it, which takes minutes.

        Raises:
            ToolMissing: a package cannot be installed here.
        """
        folder = cache() / "tools" / self.name
        program = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        complete = folder / "complete"
        if not complete.exists():
            venv.create(folder, with_pip=True, clear=True)
            self._install(program)
            complete.touch()
        return program

    def _install(self, program: Path) -> None:
        command = [str(program), "-m", "pip", "install", "--quiet", *self.packages]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            raise ToolMissing(f"{self.name} cannot be installed here: {last}")


class External:
    """A tool that runs in an environment of its own; started once, warm for every case."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    @property
    def name(self) -> str:
        """As `--tool` names it."""
        return self._environment.name

    def ready(self) -> None:
        """Make the environment.

        Raises:
            ToolMissing: it cannot be made here.
        """
        self._environment.python()

    def details(self, spec: Spec) -> tuple[str, ...]:
        """Nothing: no other tool stamps."""
        return ()

    def apply(self, data: bytes, suffix: str, spec: Spec) -> Result:
        """What the tool makes of a file.

        Raises:
            ToolCrashed: it raised, or its process ended.
        """
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            source, target = Path(folder, f"in{suffix}"), Path(folder, f"out{suffix}")
            source.write_bytes(data)
            answer = self._ask({"source": str(source), "target": str(target)})
            if "refused" in answer:
                return Refused(str(answer["refused"]))
            if "done" not in answer:
                raise ToolCrashed(str(answer.get("crashed", "ended")))
            return Done(target.read_bytes(), suffix)

    def _ask(self, job: dict[str, str]) -> dict[str, object]:
        process = self._running()
        asking, answering = _pipes(process)
        asking.write(json.dumps(job) + "\n")
        asking.flush()
        line = answering.readline()
        if not line:
            self._process = None
            process.wait()
            return {}
        return dict(json.loads(line))

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [str(self._environment.python()), self._environment.script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=Path(__file__).parent,
                env=_variables(),
            )
        return self._process


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _variables() -> dict[str, str]:
    """The bench's own Tesseract serves the tools too; one thread each, as two cases run at once."""
    scripts = sysconfig.get_path("scripts")
    models = Path(sys.prefix) / "share" / "tessdata"
    own = {"PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    if models.is_dir():
        own["TESSDATA_PREFIX"] = str(models)
    dropped = ("PYTHONPATH", "PYTHONHOME")
    return {k: v for k, v in os.environ.items() if k not in dropped} | own
