"""The doctor looks at the parts themselves, and says what to do about what is not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from prepdoc import doctor
from prepdoc.doctor import PACKAGES, Finding, as_dict, as_text
from prepdoc.texts import speak
from tests.needing import AS_NOBODY

PROJECT = Path(__file__).parent.parent


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "prepdoc", "doctor", "--lang", "en", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src"), **environ},
        timeout=60,
    )


def without(module: str, tmp_path: Path) -> dict[str, str]:
    """An environment in which importing a module fails as if it were not installed."""
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent(f"""
        import sys

        class Gone:
            def find_spec(self, name, path=None, target=None):
                if name == {module!r} or name.startswith({module!r} + "."):
                    raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

        sys.meta_path.insert(0, Gone())
        """)
    )
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT / "src")])}


def part(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in told["parts"] if row["part"] == name)


def test_parts_that_have_no_name_of_their_own_are_told_in_the_language_spoken() -> None:
    """In columns of the terminal, where Japanese characters take two; a program is told English."""
    rows = [Finding("settings folder", True, "here"), Finding("font", True, "there")]
    speak("ja")
    try:
        assert as_text(rows).splitlines()[:2] == [
            "OK    設定のフォルダー  here",
            "OK    フォント          there",
        ]
        assert [row["part"] for row in as_dict(rows)["parts"]] == ["settings folder", "font"]
    finally:
        speak("en")


def test_where_all_is_there_every_line_is_ok_and_the_exit_code_0() -> None:
    done = run()
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[-1] == "All is there."
    assert all(line.startswith("ok ") for line in lines[:-1])
    assert len(lines) == len(PACKAGES) + 8


def test_looking_leaves_no_trace_and_reports_nothing_home(tmp_path: Path) -> None:
    """onnxruntime's telemetry would put a device id into the home and temp folders."""
    places = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    environment = {
        key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"
    }
    code = "from prepdoc.doctor import examine; examine()"
    environment |= {**places, "PYTHONPATH": str(PROJECT / "src")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []


def test_the_table_is_to_be_had_as_json() -> None:
    done = run("--json")
    told = json.loads(done.stdout)
    assert (told["schema"], told["ok"]) == ("prepdoc-doctor-1", True)
    assert part(told, "tesseract")["detail"][0].isdigit()
    assert part(told, "tesseract models")["detail"] == "eng, jpn"
    assert "det" in part(told, "rapidocr models")["detail"]


@pytest.mark.parametrize(
    ("module", "missing", "advice"),
    [
        ("zxingcpp", "zxing-cpp", "pip install zxing-cpp"),
        ("cv2", "opencv-python-headless", "pip install opencv-python-headless"),
    ],
)
def test_a_package_that_is_missing_is_named_with_what_to_install(
    module: str, missing: str, advice: str, tmp_path: Path
) -> None:
    done = run("--json", **without(module, tmp_path))
    told = json.loads(done.stdout)
    assert done.returncode == 5
    row = part(told, missing)
    assert (row["ok"], row["detail"], row["advice"]) == (False, "not installed", advice)


def test_a_package_that_is_broken_is_told_from_one_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "zxingcpp.py").write_text("raise ImportError('libstdc++.so.6: cannot open')")
    done = run(PYTHONPATH=os.pathsep.join([str(tmp_path), str(PROJECT / "src")]))
    assert done.returncode == 5
    line = next(line for line in done.stdout.splitlines() if "zxing-cpp" in line)
    assert line.startswith("MISSING") and "cannot be loaded: libstdc++.so.6" in line
    assert "pip install --force-reinstall zxing-cpp" in line
    assert done.stdout.splitlines()[-1] == "1 of these must be seen to."


LOOKING = f"""
from prepdoc import doctor
doctor._config_folder()  # loads what nobody may not read where the tests lie in a private folder
{AS_NOBODY}
print(doctor._config_folder().ok)
"""


def test_a_settings_folder_that_cannot_be_written_is_found() -> None:
    """Root may write anywhere, so it becomes nobody first."""
    with tempfile.TemporaryDirectory() as name:
        for mode, told in ((0o555, "False"), (0o777, "True")):
            Path(name).chmod(mode)
            done = subprocess.run(
                [sys.executable, "-c", LOOKING],
                capture_output=True,
                text=True,
                env={**os.environ, "PYTHONPATH": str(PROJECT / "src"), "XDG_CONFIG_HOME": name},
                timeout=60,
            )
            assert done.stdout == f"{told}\n", done.stderr


def test_a_settings_folder_whose_place_is_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    told = json.loads(run("--json", XDG_CONFIG_HOME=str(tmp_path / "taken")).stdout)
    assert part(told, "settings folder")["ok"] is False


def test_looking_for_the_settings_folder_does_not_make_it(tmp_path: Path) -> None:
    run(XDG_CONFIG_HOME=str(tmp_path / "settings"))
    assert list(tmp_path.iterdir()) == []


def test_the_packages_looked_at_are_the_ones_that_pyproject_names() -> None:
    named = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    distributions = {requirement.split(">")[0].split(";")[0].strip() for requirement in named}
    assert {distribution for distribution, _module in PACKAGES} <= distributions


def test_a_table_with_gaps_says_how_many_and_what_to_do() -> None:
    findings = (Finding("a", True, "1.0"), Finding("bc", False, "not installed", "pip install bc"))
    assert as_text(findings).splitlines() == [
        "ok       a   1.0",
        "MISSING  bc  not installed → pip install bc",
        "1 of these must be seen to.",
    ]
    assert as_dict(findings)["ok"] is False


def test_the_version_is_told_wherever_prepdoc_runs_from() -> None:
    assert doctor.own_version() == "source" or doctor.own_version()[0].isdigit()
