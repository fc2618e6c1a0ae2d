"""The main job from the command line, with the real engine: results, refusals, stops."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from prepdoc import cardholder as stored
from prepdoc.page import Cardholder
from prepdoc.report import SCHEMA_FILE
from prepdoc.texts import speak
from tests.draw import Sheet, Text, statement_pdf
from tests.terminal import DETAILS, PREPDOC, Runner, ended, environ, run

__all__ = ["environ", "run"]

BOUND_BY_MODES = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
)
"""Root may read any file, unless it is started without the capabilities for that."""

# Small, so that the engines are done soon.
STATEMENT = Sheet(
    items=[
        Text("Visa card number 4242-4242-4242-4242", (30, 40), 12),
        Text("Statement of November 2026", (30, 80), 12),
        Text("AMAZON.CO.JP 3,480", (30, 100), 12),
    ],
    size=(340, 300),
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    speak("en")
    yield
    speak("en")


def statement(folder: Path, name: str, password: str | None = None) -> Path:
    path = folder / name
    path.write_bytes(statement_pdf([STATEMENT], password=password).data)
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_statement_is_prepared_and_reported_in_text_json_and_picture(run: Runner) -> None:
    statement(run.folder, "a.pdf")
    done = run("a.pdf", "--last4", *DETAILS, "-o", "out.pdf", "--preview", "--report", "r.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("a.pdf → out.pdf\n")
    assert "Visa ···· 4242, page 1: all but the last four removed" in done.stdout
    report = json.loads((run.folder / "r.json").read_text("utf-8"))
    jsonschema.validate(report, json.loads(SCHEMA_FILE.read_text("utf-8")))
    prepared = report["prepared"]
    assert prepared["size_bytes"] == (run.folder / "out.pdf").stat().st_size
    assert [number["last_four"] for number in prepared["numbers"]] == ["4242"]
    with Image.open(run.folder / prepared["preview"]) as picture:
        assert picture.width > 900
    assert names(run.folder) == {"a.pdf", "out.pdf", "r.json", prepared["preview"]}


def test_a_picture_to_look_at_never_stands_in_the_inputs_place(run: Runner) -> None:
    given = run.folder / "out-preview.png"
    Image.new("L", (40, 40), 255).save(given)
    before = given.read_bytes()
    done = run(given.name, "--last4", *DETAILS, "-o", "out.png", "--preview", "--force")
    assert (done.returncode, done.stdout) == (1, "")
    assert "out-preview.png is the input itself" in done.stderr
    assert "overwrite" not in done.stderr
    assert names(run.folder) == {given.name}
    assert given.read_bytes() == before


def test_one_refusal_does_not_stop_the_others_and_gives_the_exit_code(run: Runner) -> None:
    (run.folder / "broken.pdf").write_text("no PDF")
    (run.folder / "out").mkdir()
    statement(run.folder, "4242-4242-4242-4242.pdf")
    done = run("broken.pdf", "4242-4242-4242-4242.pdf", *DETAILS, "--json", "-o", "out")
    assert done.returncode == 4
    refused, prepared = map(json.loads, done.stdout.splitlines())
    assert (refused["refused"]["kind"], refused["refused"]["exit_code"]) == ("UnreadableInput", 4)
    assert prepared["source"] == "····-····-····-4242.pdf"
    assert names(run.folder / "out") == {Path(prepared["prepared"]["output"]).name}
    assert re.fullmatch(r"prepdoc: broken\.pdf: This file cannot be read \(.+\)\n", done.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities, or a user who is not root")
def test_a_file_that_may_not_be_read_is_refused_alone(run: Runner) -> None:
    (run.folder / "locked.pdf").write_text("")
    (run.folder / "locked.pdf").chmod(0)
    statement(run.folder, "a.pdf")
    done = subprocess.run(
        [*BOUND_BY_MODES, *PREPDOC, "locked.pdf", "a.pdf", *DETAILS],
        cwd=run.folder,
        env=run.environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 4
    assert "prepdoc: locked.pdf: This file cannot be read" in done.stderr
    assert names(run.folder) == {"locked.pdf", "a.pdf", "a-prepared.pdf"}


def test_a_report_that_cannot_be_written_stops_all_before_any_work(run: Runner) -> None:
    done = run(statement(run.folder, "a.pdf"), *DETAILS, "--report", "none/r.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert names(run.folder) == {"a.pdf"}


def test_a_report_whose_folder_goes_meanwhile_is_told_beside_the_result(run: Runner) -> None:
    (run.folder / "told").mkdir()
    statement(run.folder, "a.pdf")
    terminal = run.on_terminal("a.pdf", "--last4", "--report", "told/r.json")
    for answer in ("Hanako Takasaki", "1-1-1 Marunouchi", "03-1234-5678", "n"):
        terminal.expect(r"(: |\]: )$")
        terminal.sendline(answer)
    (run.folder / "told").rmdir()
    terminal.expect("the report could not be written .*; what was prepared is there")
    assert ended(terminal) == 1
    assert names(run.folder) == {"a.pdf", "a-prepared.pdf"}


def test_on_a_terminal_details_and_password_are_asked_for_and_progress_is_shown(
    run: Runner,
) -> None:
    terminal = run.on_terminal(statement(run.folder, "locked.pdf", "hirake"), "--last4")
    for answer in ("Hanako Takasaki", "1-1-1 Marunouchi", "03-1234-5678", "y"):
        terminal.expect(r"(: |\]: )$")
        terminal.sendline(answer)
    terminal.expect(r"Password of locked\.pdf: ")
    terminal.sendline("wrong")
    terminal.expect(r"That password does not open it\.\s+Password of locked\.pdf: ")
    terminal.sendline("hirake")
    terminal.expect(r"(Reading|Writing|Checking) ")
    terminal.expect(r"locked\.pdf → .*locked-prepared\.pdf")
    assert "hirake" not in terminal.before
    assert ended(terminal) == 0
    assert stored.saved() == Cardholder("Hanako Takasaki", "1-1-1 Marunouchi", "03-1234-5678")


def test_three_wrong_passwords_are_a_refusal(run: Runner) -> None:
    terminal = run.on_terminal(statement(run.folder, "locked.pdf", "hirake"), *DETAILS)
    for _try in range(3):
        terminal.expect(r"Password of locked\.pdf: ")
        terminal.sendline("wrong")
    terminal.expect(r"prepdoc: .*locked\.pdf: .* the password that was given does not open it")
    assert ended(terminal) == 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "give its password with --password-file"),
        ({"PREPDOC_PASSWORD": "wrong"}, "the password that was given does not open it"),
    ],
)
def test_off_a_terminal_a_locked_file_says_what_it_lacks(
    run: Runner, given: dict[str, str], said: str
) -> None:
    done = run(statement(run.folder, "locked.pdf", "hirake"), *DETAILS, **given)
    assert done.returncode == 4
    assert said in done.stderr


@pytest.mark.parametrize(
    ("words", "environ_more"),
    [
        (["--password", "hirake"], {}),
        (["--password-file", "key"], {"PREPDOC_PASSWORD": "x"}),
        (["--password-file", "marked"], {}),
        ([], {"PREPDOC_PASSWORD": "hirake"}),
    ],
)
def test_a_password_is_taken_from_option_file_or_environment(
    run: Runner, words: list[str], environ_more: dict[str, str]
) -> None:
    (run.folder / "key").write_text("hirake\nanother line")
    (run.folder / "marked").write_text("hirake\r\n", "utf-8-sig")
    locked = statement(run.folder, "locked.pdf", "hirake")
    done = run(locked, *DETAILS, *words, "--pages", "2", **environ_more)
    assert done.returncode == 1  # opened, and found to have one page only
    assert "What is wished cannot be had of this file" in done.stderr
    assert "no page 2" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_request_to_end_leaves_nothing_behind(
    run: Runner, number: signal.Signals, code: int
) -> None:
    statement(run.folder, "a.pdf")
    process = subprocess.Popen(
        [*PREPDOC, "a.pdf", *DETAILS],
        env=run.environ,
        cwd=run.folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _wait_for_another_file(run.folder)
    os.killpg(process.pid, number)
    said = process.communicate(timeout=90)[1]
    assert process.returncode == code
    assert "Traceback" not in said
    assert names(run.folder) == {"a.pdf"}


def _wait_for_another_file(folder: Path) -> None:
    """Until the engine has made the file that it must not leave behind."""
    for _tick in range(600):
        if len(names(folder)) > 1:
            return
        time.sleep(0.1)
    raise TimeoutError("the engine made no file within a minute")
