"""`prepdoc batch` and `--jobs` with the real engine: results, refusals, kills and going on."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

from prepdoc import Cardholder, Options, Prepared, prepare, requirements
from prepdoc.batch import delivering
from prepdoc.batch.journal import NAME, opened
from prepdoc.batch.local import Processes
from prepdoc.batch.table import BadTable
from prepdoc.cli import batching, progress
from prepdoc.cli.demanding import Wish
from prepdoc.cli.naming import outputs, results_among
from prepdoc.cli.tasking import ForAll, tasks_of
from prepdoc.job import OutputFormat
from prepdoc.report import SCHEMA_FILE, Refusal, as_dict
from prepdoc.texts import speak
from tests.batch_work import lives
from tests.draw import Sheet, Text, statement_pdf
from tests.terminal import DETAILS, PREPDOC, Runner, ended, environ, run
from tests.test_cli_preparing import statement

__all__ = ["environ", "run"]

WITHOUT = ("--allow", "TXN")
ANN = Cardholder("Ann Example", "1 Road, Leeds", "03-5555-0100")
TABLE = "file,name,address,phone\n" + "".join(
    f'{file},Ann Example,"1 Road, Leeds",03-5555-0100\n'
    for file in ("broken.pdf", "a.pdf", "b.pdf")
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    speak("en")
    yield
    speak("en")


@pytest.fixture
def table(run: Runner) -> Path:
    statement(run.folder, "a.pdf")
    statement(run.folder, "b.pdf")
    (run.folder / "broken.pdf").write_text("no PDF")
    path = run.folder / "jobs.csv"
    path.write_text(TABLE)
    return path


def journal(folder: Path) -> list[dict[str, Any]]:
    path = folder / "out" / NAME
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def results(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "out").glob("*.pdf")}


def started(run: Runner, *words: str) -> subprocess.Popen[str]:
    command = [*PREPDOC, "batch", "jobs.csv", "--out", "out", "--jobs", "2", *WITHOUT, *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command,
        cwd=run.folder,
        env=run.environ,
        stdout=pipe,
        stderr=pipe,
        text=True,
        start_new_session=True,
    )


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 240
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_batch_that_was_killed_goes_on_and_ends_as_if_it_had_not_been(
    run: Runner, table: Path
) -> None:
    first = started(run)
    wait_for(lambda: any("output" in line for line in journal(run.folder)))
    first.kill()
    first.communicate()
    assert first.returncode == -signal.SIGKILL
    done = run("batch", "jobs.csv", "--out", "out", *WITHOUT)
    assert done.returncode == 1
    assert "go on with --resume" in done.stderr

    done = run("batch", "jobs.csv", "--out", "out", "--resume", "--json", *WITHOUT)
    assert done.returncode == 1
    told = {report["source"]: report for report in map(json.loads, done.stdout.splitlines())}
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    for report in told.values():
        jsonschema.validate(report, schema)
    assert told[str(Path("broken.pdf"))]["refused"]["kind"] == "UnreadableInput"
    expected = {
        f"{name}-prepared.pdf": prepare((run.folder / f"{name}.pdf").read_bytes(), ANN).data
        for name in ("a", "b")
    }
    assert results(run.folder) == expected
    assert {line["line"] for line in journal(run.folder)} == {2, 3, 4}
    assert {path.name for path in (run.folder / "out").iterdir()} == {NAME, *expected}

    again = run("batch", "jobs.csv", "--out", "out", "--resume", *WITHOUT)
    assert again.returncode == 1
    assert "2  prepared by an earlier run\n  1  refused: cannot be read\n" in again.stdout
    assert again.stderr.startswith("prepdoc: broken.pdf: This file cannot be read")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_batch_that_is_stopped_leaves_no_process_and_no_draft(run: Runner, table: Path) -> None:
    batch = started(run)
    wait_for(lambda: bool(journal(run.folder)))
    workers = children(batch.pid)
    assert len(workers) >= 2
    batch.send_signal(signal.SIGINT)
    _, errors = batch.communicate(timeout=60)
    assert batch.returncode == 128 + signal.SIGINT
    assert errors.endswith("prepdoc: stopped; no unfinished file is left behind\n")
    wait_for(lambda: not any(map(lives, workers)))
    left = {path.name for path in (run.folder / "out").iterdir()}
    assert left <= {NAME, "a-prepared.pdf", "b-prepared.pdf"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("gaps", [(0.03,), (0.08, 0.2), (0.2, 0.4, 0.2), (0.001,) * 9])
def test_whoever_presses_ctrl_c_again_and_again_is_told_once(
    run: Runner, table: Path, gaps: tuple[float, ...]
) -> None:
    """Every process of the terminal hears it, also those that are being started, and this one while
    it puts away what it was at, or when it is at its own end.
    """
    batch = started(run)
    wait_for((run.folder / "out" / NAME).exists)
    for pause in (*gaps, 0):
        with contextlib.suppress(ProcessLookupError):  # it has ended
            os.killpg(batch.pid, signal.SIGINT)
        time.sleep(pause)
    _, errors = batch.communicate(timeout=60)
    assert errors.lstrip() == "prepdoc: stopped; no unfinished file is left behind\n"
    assert batch.returncode == 128 + signal.SIGINT


def children(pid: int) -> list[int]:
    """Of a process, by Linux's proc(5): each of its threads has those that it started."""
    texts = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(word) for text in texts for word in text.split()]


def test_files_at_once_are_told_in_their_order(run: Runner, table: Path) -> None:
    files = ("b.pdf", "broken.pdf", "a.pdf", "absent.pdf")
    done = run(*files, *DETAILS, *WITHOUT, "--jobs", "2", "--json")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["source"] for report in reports] == list(files)
    assert ["prepared" in report for report in reports] == [True, False, True, False]
    assert done.returncode == 4
    assert done.stderr.count("prepdoc: ") == 2
    assert (run.folder / "a-prepared.pdf").exists()


@pytest.mark.parametrize("words", [["batch", "jobs.csv", "--out", "out"], ["x.pdf", "y.pdf"]])
def test_where_an_error_arose_in_a_process_is_shown_with_debug_only(
    run: Runner, words: list[str]
) -> None:
    for name in ("x.pdf", "y.pdf"):
        (run.folder / name).write_text("no PDF")
    (run.folder / "jobs.csv").write_text("file\nx.pdf\ny.pdf\n")
    words = [*words, *DETAILS, "--jobs", "2"]
    assert len(run(*words).stderr.splitlines()) == 2
    shutil.rmtree(run.folder / "out", ignore_errors=True)
    said = run(*words, "--debug").stderr
    assert said.count("in prepared\n") == said.count("prepdoc.errors.UnreadableInput: ") == 2
    assert all("Traceback" not in json.dumps(line) for line in journal(run.folder))


@pytest.mark.parametrize("other", ["a.pdf", "./a.pdf", "link.pdf", "twin.pdf", "absent/../a.pdf"])
def test_one_file_by_two_names_is_told_before_any_work(run: Runner, other: str) -> None:
    (run.folder / "a.pdf").write_text("no PDF")
    (run.folder / "b.pdf").write_text("no PDF")
    (run.folder / "link.pdf").symlink_to("a.pdf")
    (run.folder / "twin.pdf").hardlink_to(run.folder / "a.pdf")
    done = run("b.pdf", "a.pdf", other, *DETAILS, "--last4", "4242")
    said = f"a.pdf and {Path(other)} are the same file: name it once; see prepdoc --help"
    assert (done.returncode, done.stderr) == (2, f"prepdoc: {said}\n")


# -- the table ----------------------------------------------------------------------------------


FOR_ALL = ForAll(
    name="Ann Example",
    address="1 Road, Leeds",
    phone=None,
    cardholder=None,
    password=None,
    password_file=None,
    format=None,
    dpi=None,
    force=False,
    wish=Wish(),
)


def test_a_row_says_what_is_its_own_and_the_options_the_rest(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hirake\n")
    (tmp_path / "jobs.csv").write_text(
        "file,name,phone,last4,pages,format,password_file,output,profile,allow\n"
        "in/a.pdf,,090,４２４２,1-2,PNG,secret,mine.png,amazon-com,TXN\n"
        "b.pdf,高崎 花子,091,,,,,,,\n"
    )
    one, two = tasks_of(tmp_path / "jobs.csv", FOR_ALL, tmp_path / "out")
    assert (one.line, one.source, one.stem) == (2, tmp_path / "in" / "a.pdf", "mine")
    assert one.cardholder == Cardholder("Ann Example", "1 Road, Leeds", "090")
    options = one.options
    assert (options.last_four, options.pages, options.format) == ("4242", (1, 2), "png")
    assert options.password == "hirake"
    assert options.demand is not None
    assert (options.demand.profile.id, options.demand.allow) == ("amazon-com", {"TXN"})
    assert (two.stem, two.cardholder.name, two.options) == (
        "b-prepared",
        "高崎 花子",
        Options(demand=two.options.demand),
    )


@pytest.mark.parametrize("profile", ["mine.toml", "./mine.toml", "in/mine", "amazon-com"])
def test_the_files_that_a_row_names_are_looked_for_beside_the_table(
    tmp_path: Path, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    own = (Path(requirements.__file__).parent / "amazon-com.toml").read_text("utf-8")
    (tmp_path / "in").mkdir()
    for name in ("mine.toml", "in/mine"):
        (tmp_path / name).write_text(own, "utf-8")
    (tmp_path / "secret").write_text("hirake\n")
    table = f"file,phone,profile,password_file\na.pdf,1,{profile},secret\n"
    (tmp_path / "jobs.csv").write_text(table)
    (one,) = tasks_of(tmp_path / "jobs.csv", FOR_ALL, tmp_path / "out")
    assert (one.source, one.options.password) == (tmp_path / "a.pdf", "hirake")
    assert one.options.demand is not None
    assert one.options.demand.profile.id == "amazon-com"


@pytest.mark.parametrize("profile", ["", "mine.toml", "amazon-com"])
def test_rows_that_are_checked_alike_share_what_is_checked(tmp_path: Path, profile: str) -> None:
    """Read once for each, a profile would take most of the time and memory of a large table."""
    own = (Path(requirements.__file__).parent / "amazon-com.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(own, "utf-8")
    rows = "".join(f"{i}.pdf,1,{profile}\n" for i in range(3))
    (tmp_path / "jobs.csv").write_text(f"file,phone,profile\n{rows}")
    tasks = tasks_of(tmp_path / "jobs.csv", FOR_ALL, tmp_path / "out")
    profiles = {id(task.options.demand.profile) for task in tasks if task.options.demand}
    assert len(profiles) == 1


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        (["a.pdf,1", "b.pdf,", ",1"], ["line 4: no file is named"]),
        (["a.pdf,1", "b.pdf,"], ["line 3: phone missing: give a column, or an option"]),
        (["a.pdf,1", "./a.pdf,2"], ["line 3: the same file stands in line 2"]),
        (["a.pdf,1", "link.pdf,2", "twin.pdf,3"], ["line 3: the same", "line 4: the same"]),
        (["a.pdf,1", "x/A.pdf,2"], []),
        (["a.pdf,1", "a.png,2"], []),
        (
            ["a.pdf,1,,,,田中", "b.pdf,1,,,,田中.pdf"],
            ["line 3: its result 田中 would have the name of the one of line 2"],
        ),
        (["a.pdf,1,424"], ["line 2: last4 must be exactly four digits; make its cells text where"]),
        (["a.pdf,1,,2-1"], ["line 2: pages are counted from 1, and a range goes upwards"]),
        (["a.pdf,1,,,gif"], ["line 2: format must be pdf, png or jpg"]),
        (
            ["a.pdf,1,,,png,x.pdf", "b.pdf,1,,,jpg,x.JPEG"],
            ["line 2: output names a file of another kind than the format png"],
        ),
        (
            ["a.pdf,1,,,,x.docx", "b.pdf,1,,,png,y.TIFF", "c.pdf,1,,,,r.2026"],
            [
                "line 2: output must name a PDF, PNG or JPEG (.pdf, .png, .jpg), and not .docx",
                "line 3: output must name",
            ],
        ),
        (["a.pdf,1,,,,x/y"], ["line 2: output must be a file's name, without a folder"]),
        (["a.pdf,1,,,,,nope"], ["line 2: there is no profile 'nope'"]),
        (["a.pdf,1,,,,,,nope"], ["line 2: the password file"]),
        (["a.pdf,1,,,,,,,NOPE"], ["line 2: there is no rule NOPE"]),
        (["a.pdf,1,,,,,,,,11/10"], ["line 2: --transaction: "]),
        (["a.pdf,\a"], ["line 2: phone cannot be used: it holds a line break"]),
        (["a.pdf,1,42", "b.pdf,1,,x"], ["line 2: last4", "line 3: write pages"]),
    ],
)
def test_what_is_wrong_with_rows_is_said_before_any_work(
    tmp_path: Path, rows: list[str], faults: list[str]
) -> None:
    columns = "file,phone,last4,pages,format,output,profile,password_file,allow,transaction"
    (tmp_path / "a.pdf").write_text("1234")
    (tmp_path / "link.pdf").symlink_to("a.pdf")
    (tmp_path / "twin.pdf").hardlink_to(tmp_path / "a.pdf")
    (tmp_path / "jobs.csv").write_text("\n".join([columns, *rows]))
    try:
        tasks_of(tmp_path / "jobs.csv", FOR_ALL, tmp_path / "out")
        told: tuple[str, ...] = ()
    except BadTable as error:
        told = tuple(error.faults)
    assert len(told) == len(faults)
    assert all(one.startswith(start) for one, start in zip(told, faults, strict=True)), told


@pytest.mark.parametrize(
    ("rows", "stems"),
    [
        (["田中.pdf,", "佐藤.pdf,"], ["田中-prepared", "佐藤-prepared"]),
        (["100001.pdf,", "100002.pdf,"], ["document-prepared", "document-2-prepared"]),
        (["a.pdf,100001", "b.pdf,100002"], ["document-prepared", "document-2-prepared"]),
        (["a.pdf,", "x/A.pdf,", "y/a.png,"], ["a-prepared", "A-2-prepared", "a-prepared"]),
        (["a.pdf,", "b.pdf,a-prepared"], ["a-2-prepared", "a-prepared"]),
        (["4111-1111-1111-1111 田中.pdf,", "4242424242424242田中.pdf,"],
         ["田中-prepared", "田中-2-prepared"]),
    ],
)  # fmt: skip
def test_each_result_has_a_name_of_its_own(
    tmp_path: Path, rows: list[str], stems: list[str]
) -> None:
    (tmp_path / "jobs.csv").write_text("\n".join(["file,output", *rows]))
    for_all = replace(FOR_ALL, phone="1")
    tasks = tasks_of(tmp_path / "jobs.csv", for_all, tmp_path / "out")
    assert [task.stem for task in tasks] == stems


@pytest.mark.parametrize(
    ("cells", "for_all", "stem", "kind"),
    [
        ("out.pdf,", None, "out", "pdf"),
        ("out.JPEG,", None, "out", "jpg"),
        ("out.png,PNG", "pdf", "out", "png"),
        ("out,", "jpg", "out", "jpg"),
        ("r.2026,", None, "r-2026-prepared", None),
        ("Statement 1.5,", None, "Statement-1-5-prepared", None),
    ],
)
def test_the_name_of_a_result_says_its_format_where_nothing_else_does(
    tmp_path: Path, cells: str, for_all: OutputFormat | None, stem: str, kind: str | None
) -> None:
    (tmp_path / "jobs.csv").write_text(f"file,output,format\npic.png,{cells}\n")
    given = replace(FOR_ALL, phone="1", format=for_all)
    (task,) = tasks_of(tmp_path / "jobs.csv", given, tmp_path / "out")
    assert (task.stem, task.options.format) == (stem, kind)


def test_a_format_for_all_and_a_name_that_says_another_contradict_each_other(
    tmp_path: Path,
) -> None:
    (tmp_path / "jobs.csv").write_text("file,output\na.pdf,out.pdf\n")
    given = replace(FOR_ALL, phone="1", format="png")
    with pytest.raises(BadTable, match="line 2: output names a file of another kind"):
        tasks_of(tmp_path / "jobs.csv", given, tmp_path / "out")


WRITTEN = {
    "a/s.pdf": ("s-prepared.pdf",),
    "b/s.pdf": ("s-2-prepared.pdf",),
    "························.pdf": ("document-prepared.pdf", "document-2-prepared.pdf"),
}


@pytest.mark.parametrize(
    ("rows", "stems"),
    [
        (["a/s.pdf,", "b/s.pdf,"], ["s-prepared", "s-2-prepared"]),
        (["c/s.pdf,", "a/s.pdf,", "b/s.pdf,"], ["s-3-prepared", "s-prepared", "s-2-prepared"]),
        (["b/s.pdf,", "a/s.pdf,"], ["s-2-prepared", "s-prepared"]),
        (["b/s.pdf,"], ["s-2-prepared"]),
        (["c/s.pdf,", "b/s.pdf,"], ["s-3-prepared", "s-2-prepared"]),
        (["c/s.pdf,s-prepared", "a/s.pdf,"], ["s-prepared", "s-3-prepared"]),
        (["a/s.pdf,mine", "b/s.pdf,"], ["mine", "s-2-prepared"]),
        (["424242424242424220261124.pdf,", "202611244242424242424242.pdf,"],
         ["document-prepared", "document-2-prepared"]),
        (["/x/a/s.pdf,", "/x/b/s.pdf,"], ["s-prepared", "s-2-prepared"]),
    ],
)  # fmt: skip
def test_what_an_earlier_run_has_written_keeps_its_name(
    tmp_path: Path, rows: list[str], stems: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("jobs.csv").write_text("\n".join(["file,output", *rows]))
    tasks = tasks_of(Path("jobs.csv"), replace(FOR_ALL, phone="1"), Path("out"), WRITTEN)
    assert [task.stem for task in tasks] == stems


def test_a_batch_goes_on_though_rows_came_and_went_above_others_of_the_same_name(
    run: Runner,
) -> None:
    for name in "abc":
        (run.folder / name).mkdir()
        statement(run.folder / name, "s.pdf")
    batch = ("batch", "jobs.csv", "--out", "out", *DETAILS, *WITHOUT)
    (run.folder / "jobs.csv").write_text("file\na/s.pdf\nb/s.pdf\n")
    assert run(*batch).returncode == 0
    first = results(run.folder)
    assert set(first) == {"s-prepared.pdf", "s-2-prepared.pdf"}

    (run.folder / "jobs.csv").write_text("file\nc/s.pdf\nb/s.pdf\n")
    done = run(*batch, "--resume")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{Path('c/s.pdf')} → s-3-prepared.pdf\n")
    assert "1  prepared\n" in done.stdout
    assert "1  prepared by an earlier run\n" in done.stdout
    assert "\n  1 page in " in done.stdout
    second = results(run.folder)
    assert set(second) == {*first, "s-3-prepared.pdf"}
    assert {name: second[name] for name in first} == first


def test_a_batch_goes_on_from_another_folder_with_rows_that_changed_and_changed_places(
    run: Runner,
) -> None:
    for name in "ab":
        (run.folder / name).mkdir()
        statement(run.folder / name, "s.pdf")
    table = run.folder / "jobs.csv"
    table.write_text("file,phone\na/s.pdf,1\nb/s.pdf,2\n")
    assert run("batch", "jobs.csv", "--out", "out", *DETAILS, *WITHOUT).returncode == 0
    table.write_text("file,phone\nb/s.pdf,4\na/s.pdf,3\n")
    elsewhere = Runner(run.environ, run.folder / "a")
    words = ("../jobs.csv", "--out", "../out", "--resume", "--jobs", "1")
    done = elsewhere("batch", *words, *DETAILS, *WITHOUT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        "../b/s.pdf → s-2-prepared.pdf",
        "../a/s.pdf → s-prepared.pdf",
    ]


def test_of_several_files_each_result_has_a_name_of_its_own(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("100001.pdf", "100002.pdf", "田中.pdf", "100003.png")]
    assert outputs(files, None, None) == {files[1]: tmp_path / "document-2-prepared.pdf"}
    assert outputs(files, Path("out"), "pdf") == {
        files[1]: Path("out/document-2-prepared.pdf"),
        files[3]: Path("out/document-3-prepared.pdf"),
    }
    files = [tmp_path / name for name in ("ガ.pdf", "カ\u3099-prepared.pdf")]
    assert outputs(files, None, None)[files[0]] == tmp_path / "ガ-2-prepared.pdf"
    files = [tmp_path / "a.pdf", tmp_path / "A-prepared.pdf"]
    assert outputs(files, None, None)[files[0]] == tmp_path / "a-2-prepared.pdf"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a-prepared.pdf", "a.pdf"),
        ("a-2-prepared.pdf", "a.pdf"),
        ("a-prepared.png", "a.pdf"),
        ("document-3-prepared.pdf", "100001.pdf"),
        ("b-2-prepared.pdf", "b-2.pdf"),
        ("c-prepared.pdf", None),
        ("x/a-prepared.pdf", None),
        ("a.pdf", None),
    ],
)
def test_a_result_is_known_by_its_name_beside_its_source(name: str, source: str | None) -> None:
    files = [Path(one) for one in ("a.pdf", "100001.pdf", "b-2.pdf", name)]
    assert results_among(files) == ({Path(name): Path(source)} if source else {})


def test_the_results_of_the_last_time_are_not_prepared_again(run: Runner) -> None:
    for name in ("a.pdf", "a-prepared.pdf"):
        (run.folder / name).write_text("no PDF")
    done = run("a.pdf", "a-prepared.pdf", *DETAILS, "--last4", "--force")
    left_out, refused = done.stderr.splitlines()
    assert left_out.startswith("prepdoc: a-prepared.pdf: left out: by its name it is the result of")
    assert refused.startswith("prepdoc: a.pdf: This file cannot be read")
    assert run("a-prepared.pdf", *DETAILS).stderr.startswith("prepdoc: a-prepared.pdf: This file")


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (["a.pdf,b.pdf,", "b.pdf,,"], [2]),
        (["a.pdf,a.pdf,", "b.pdf,,"], [2]),
        (["a.pdf,B.PDF,", "b.pdf,,"], [2]),
        (["a.pdf,,", "a-prepared.pdf,,"], [2]),
        (["a.pdf,later,", "later.pdf,,"], [2]),
        (["a.pdf,ガ,", "カ\u3099.pdf,,"], [2]),
        (["a.pdf,target,", "linked.pdf,,"], [2]),
        (["a.pdf,twin,", "b.pdf,,"], [2]),
        (["a.pdf,key,", "b.pdf,,key.pdf"], [2]),
        (["a.pdf,jobs.csv,", "b.pdf,mail,"], [3]),
        (["a.pdf,c,", "b.pdf,d.png,"], []),
    ],
    ids=["another's", "its own", "other letters", "named by us", "absent yet",
         "as APFS takes it", "linked",
         "a second name", "a password", "the mail", "none"],
)  # fmt: skip
def test_no_result_goes_where_the_batch_reads_even_with_force(
    tmp_path: Path, rows: list[str], lines: list[int]
) -> None:
    for name in ("a.pdf", "b.pdf", "a-prepared.pdf", "target.pdf", "key.pdf", "mail.pdf"):
        (tmp_path / name).write_text("1234")
    (tmp_path / "linked.pdf").symlink_to("target.pdf")
    (tmp_path / "twin.pdf").hardlink_to(tmp_path / "b.pdf")
    (tmp_path / "jobs.csv").write_text("\n".join(["file,output,password_file", *rows]))
    (tmp_path / "again").symlink_to(tmp_path)
    for_all = replace(FOR_ALL, phone="1", force=True, cardholder=tmp_path / "mail.pdf")
    (tmp_path / "mail.pdf").write_text('name = "A"\naddress = "B"\nphone = "1"\n')
    told: tuple[str, ...] = ()
    try:
        tasks_of(tmp_path / "jobs.csv", for_all, tmp_path / "again")
    except BadTable as error:
        told = tuple(error.faults)
    assert [int(one.split(":")[0].removeprefix("line ")) for one in told] == lines
    assert all("would overwrite what is read: name another output" in one for one in told)


def test_a_bad_table_is_told_line_by_line_and_nothing_is_made(run: Runner) -> None:
    rows = '{"file": "a.pdf"}\n{"file": "4111-1111-1111-1111.pdf", "last4": "1"}\n'
    done = subprocess.run(
        [*PREPDOC, "batch", "-", "--out", "out"],
        cwd=run.folder, env=run.environ, input=rows, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    missing = "name, address, phone missing: give a column, or an option for all rows"
    assert done.stderr.splitlines() == [
        f"prepdoc: -: line 1: {missing}",
        f"prepdoc: -: line 2: {missing}",
        "prepdoc: -: the table cannot be used; nothing was done",
    ]
    assert not (run.folder / "out").exists()


@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_a_table_in_the_journals_place_is_refused_and_stays(run: Runner, more: list[str]) -> None:
    (run.folder / "out").mkdir()
    table = run.folder / "out" / NAME
    table.write_text("file\nabsent.pdf\n")
    done = run("batch", f"out/{NAME}", "--out", "out", *DETAILS, *more)
    assert done.returncode == 2
    assert "is read, and the journal would be written there: name another folder" in done.stderr
    assert table.read_text() == "file\nabsent.pdf\n"


def test_names_that_the_locale_lacks_are_told_line_by_line(run: Runner) -> None:
    (run.folder / "jobs.csv").write_text("file\na.pdf\n明細.pdf\n", "utf-8")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run("batch", "jobs.csv", "--out", "out", *DETAILS, **plain)
    assert done.returncode == 2
    assert "jobs.csv: line 3: a file's name has characters that this locale lacks" in done.stderr
    assert not (run.folder / "out").exists()


def test_a_table_that_is_not_there_is_wrong_usage(run: Runner) -> None:
    done = run("batch", "absent.csv", "--out", "out", "--last4", *DETAILS)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "prepdoc: absent.csv: absent.csv does not exist; check the name",
        "prepdoc: absent.csv: the table cannot be used; nothing was done",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell")
def test_a_table_that_is_a_pipe_is_refused_with_a_hint_to_standard_input(run: Runner) -> None:
    prepdoc = shlex.join([*PREPDOC, "batch"])
    done = subprocess.run(
        ["bash", "-c", f"{prepdoc} <(echo file) --out out"],
        cwd=run.folder, env=run.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    refused, hint, _ = done.stderr.splitlines()
    assert refused.endswith(" is no ordinary file")
    assert hint.endswith("is read with - as the table: … | prepdoc batch -")


def test_a_standard_input_that_is_closed_is_an_empty_table(run: Runner) -> None:
    prepdoc = shlex.join([*PREPDOC, "batch", "-", "--out", "out", *DETAILS])
    done = subprocess.run(
        ["bash", "-c", f"{prepdoc} <&-"],
        cwd=run.folder, env=run.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "prepdoc: -: the table names no document" in done.stderr


def test_files_that_are_missing_stand_once_in_the_journal_however_often_it_goes_on(
    run: Runner,
) -> None:
    (run.folder / "jobs.csv").write_text("file\nabsent.pdf\n4111111111111111.pdf\n")
    for resume in ([], ["--resume"], ["--resume"]):
        done = run("batch", "jobs.csv", "--out", "out", *DETAILS, *resume)
        assert done.returncode == 1
        assert len(journal(run.folder)) == 2


def test_what_a_shell_would_take_for_the_home_folder_is_told(run: Runner) -> None:
    (run.folder / "jobs.csv").write_text("file\n~/a.pdf\nb~.pdf\n")
    done = run("batch", "jobs.csv", "--out", "out", "--jobs", "1", *DETAILS)
    home, other = sorted(done.stderr.splitlines(), reverse=True)
    assert home.endswith("check the name); ~ in a table is no home folder: write the whole path")
    assert other.endswith("check the name)")


def test_a_link_that_leads_to_itself_is_one_documents_affair(run: Runner, table: Path) -> None:
    (run.folder / "loop.pdf").symlink_to("loop.pdf")
    table.write_text(TABLE.replace("b.pdf", "loop.pdf"))
    done = run("batch", "jobs.csv", "--out", "out", *WITHOUT)
    assert done.returncode == 1
    assert set(results(run.folder)) == {"a-prepared.pdf"}
    assert "prepdoc: loop.pdf: This file cannot be read (" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--jobs", "2", "--executor", "dask://127.0.0.1:1"], "give one"),
        (["--executor", "tcp://127.0.0.1:1"], "dask://HOST:PORT; see prepdoc --help"),
        (["--executor", ""], "dask://HOST:PORT; see prepdoc --help"),
        (["--profile", "nope"], "there is no profile 'nope'"),
        (["--jobs", "0"], "is not in the range"),
    ],
)
def test_options_that_cannot_be_used_are_told_once(
    run: Runner, table: Path, words: list[str], said: str
) -> None:
    done = run("batch", "jobs.csv", "--out", "out", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_result_whose_name_is_taken_is_refused_and_stays(run: Runner, table: Path) -> None:
    (run.folder / "out").mkdir()
    (run.folder / "out" / "a-prepared.pdf").write_text("mine")
    table.write_text("\n".join(TABLE.splitlines()[i] for i in (0, 2)))
    done = run("batch", "jobs.csv", "--out", "out", *WITHOUT)
    assert done.returncode == 1
    assert "1  refused: the result's name is taken\n" in done.stdout
    assert results(run.folder) == {"a-prepared.pdf": b"mine"}
    (advised,) = re.findall(r"overwrite it with ([-a-z ]+)", done.stderr)
    done = run("batch", "jobs.csv", "--out", "out", *WITHOUT, *advised.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert results(run.folder)["a-prepared.pdf"].startswith(b"%PDF-")


def test_what_is_done_again_takes_the_place_of_its_own_earlier_result_only(
    run: Runner, table: Path
) -> None:
    rows = [TABLE.splitlines()[i] for i in (0, 2)]
    table.write_text("\n".join(rows))
    assert run("batch", "jobs.csv", "--out", "out", *WITHOUT).returncode == 0
    first = results(run.folder)["a-prepared.pdf"]

    table.write_text("\n".join(rows).replace("Ann", "Bea"))
    done = run("batch", "jobs.csv", "--out", "out", "--resume", *WITHOUT)
    assert (done.returncode, done.stderr) == (0, "")
    second = results(run.folder)["a-prepared.pdf"]
    assert second != first

    (run.folder / "out" / "a-prepared.pdf").write_bytes(second + b"signed")
    before = journal(run.folder)
    done = run("batch", "jobs.csv", "--out", "out", "--resume", *WITHOUT)
    assert done.returncode == 1
    assert "a-prepared.pdf is not what this batch wrote for this document" in done.stderr
    assert results(run.folder) == {"a-prepared.pdf": second + b"signed"}
    (last,) = journal(run.folder)[len(before) :]
    assert last["report"]["refused"]["kind"] == "OutputExists"


REASON = "what an earlier run made of it is left: "


def test_what_is_refused_or_called_otherwise_by_now_keeps_no_earlier_result(run: Runner) -> None:
    """But what somebody changed since, and what was made of a file that is out of reach."""
    for name in "abcde":
        statement(run.folder, f"{name}.pdf")
    table = run.folder / "jobs.csv"
    table.write_text("file,last4,output\na.pdf,,\nb.pdf,,\nc.pdf,,\nd.pdf,,\ne.pdf,,\n")
    batch = ("batch", "jobs.csv", "--out", "out", *DETAILS, *WITHOUT)
    assert run(*batch).returncode == 0
    first, lines = results(run.folder), (run.folder / "out" / NAME).read_bytes()
    assert len(first) == 5

    table.write_text(
        "file,last4,output\na.pdf,1111,\nb.pdf,,\nc.pdf,,mine\nd.pdf,1111,d\ne.pdf,,\n"
    )
    (run.folder / "b.pdf").write_text("no PDF")
    (run.folder / "e.pdf").rename(run.folder / "away")
    (run.folder / "out" / "d-prepared.pdf").write_text("signed")
    left = {
        "mine.pdf": first["c-prepared.pdf"],
        "d-prepared.pdf": b"signed",
        "e-prepared.pdf": first["e-prepared.pdf"],
    }
    for again in ("with all there", "killed before its line", "killed before it was removed", ""):
        if again == "killed before its line":
            (run.folder / "out" / NAME).write_bytes(lines)
            (run.folder / "out" / "mine.pdf").unlink()
        elif again == "killed before it was removed":
            (run.folder / "out" / "c-prepared.pdf").write_bytes(first["c-prepared.pdf"])
        done = run(*batch, "--resume")
        assert done.returncode == 1
        assert results(run.folder) == left
        told = {line.split(":")[1]: line for line in done.stderr.splitlines()}
        assert {name: REASON in line for name, line in told.items()} == {
            " a.pdf": False, " b.pdf": False, " d.pdf": True, " e.pdf": True,
        }  # fmt: skip
        assert told[" d.pdf"].endswith(f"{REASON}d-prepared.pdf")
        assert told[" e.pdf"].endswith(f"{REASON}e-prepared.pdf")


def test_an_earlier_result_that_the_batch_has_another_use_for_stays(run: Runner) -> None:
    """As another row's result by now, or as what another row reads."""
    for name in "ab":
        statement(run.folder, f"{name}.pdf")
    table = run.folder / "jobs.csv"
    table.write_text("file,output\na.pdf,one\nb.pdf,two\n")
    batch = ("batch", "jobs.csv", "--out", "out", *DETAILS, *WITHOUT)
    assert run(*batch).returncode == 0
    first = results(run.folder)
    # Both are alike, so that the journal takes the new row for the old one.
    (run.folder / "b.pdf").write_text("no PDF")
    (run.folder / "link.pdf").symlink_to("out/two.pdf")
    shutil.copy(run.folder / "a.pdf", run.folder / "copy.pdf")
    table.write_text("file,output\na.pdf,other\ncopy.pdf,one\nb.pdf,b\nlink.pdf,\n")
    done = run(*batch, "--resume")
    assert "1  prepared by an earlier run\n" in done.stdout
    assert {name: results(run.folder).get(name) for name in first} == first
    assert "other.pdf" in results(run.folder)


def test_no_result_takes_the_place_of_another_of_the_same_batch(run: Runner, table: Path) -> None:
    """Not even with --force, where one is of another kind than its name says."""
    (run.folder / "a.png").write_bytes((run.folder / "b.pdf").read_bytes())
    row = ',Ann Example,"1 Road, Leeds",03-5555-0100\n'
    table.write_text(f"file,name,address,phone\na.pdf{row}a.png{row}")
    done = run("batch", "jobs.csv", "--out", "out", "--force", "--jobs", "1", *WITHOUT)
    assert done.returncode == 1
    assert "a-prepared.pdf is the result of line 2: name an output" in done.stderr
    assert set(results(run.folder)) == {"a-prepared.pdf"}


def test_a_result_of_which_nothing_can_be_told_is_refused_and_the_others_are_done(
    run: Runner, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(source: Path | None, outcome: Prepared | Refusal) -> dict[str, Any]:
        if source and source.name == "a.pdf" and not isinstance(outcome, Refusal):
            raise ValueError("no words")
        return as_dict(source, outcome)

    monkeypatch.setattr(delivering, "as_dict", told)
    out = run.folder / "out"
    out.mkdir()
    tasks = tasks_of(table, FOR_ALL, out)
    with opened(out, resume=False) as journal, closing(Processes(1)) as workers:
        done = list(delivering.deliver(tasks, out, journal, workers))
    kinds = {one.task.source.name: one.entry.report.get("refused", {}).get("kind") for one in done}
    assert kinds == {"a.pdf": "InternalError", "b.pdf": None, "broken.pdf": "UnreadableInput"}


def test_what_to_do_next_is_something_that_a_table_can_do(run: Runner) -> None:
    statement(run.folder, "locked.pdf", "hirake")
    blank = Sheet(items=[Text("Statement of November 2026", (30, 80), 12)], size=(340, 300))
    (run.folder / "blank.pdf").write_bytes(statement_pdf([blank]).data)
    (run.folder / "taken.pdf").write_bytes((run.folder / "blank.pdf").read_bytes())
    (run.folder / "out").mkdir()
    (run.folder / "out" / "taken-prepared.pdf").write_text("mine")
    (run.folder / "wrong").write_text("hirake \n")
    statement(run.folder, "locked2.pdf", "hirake")
    (run.folder / "jobs.csv").write_text(
        "file,password_file\nlocked.pdf,\nblank.pdf,\ntaken.pdf,\nlocked2.pdf,wrong\n"
    )
    done = run("batch", "jobs.csv", "--out", "out", "--jobs", "1", *DETAILS, *WITHOUT)
    assert sorted(line.removeprefix("prepdoc: ") for line in done.stderr.splitlines()) == [
        "blank.pdf: No card number was found; check that this is the right statement, or give the"
        " card's last four digits in the column last4 to have them written on the page",
        "locked.pdf: This PDF is locked; name a file with its password in the column password_file",
        "locked2.pdf: This PDF is locked, and the password that was given does not open it (The"
        " password is wrong: check it and try again.)",
        "taken.pdf: out/taken-prepared.pdf is not what this batch wrote for this document: move it"
        " away and go on with --resume, or overwrite it with --resume --force",
    ]
    told = run("batch", "--help").stdout
    assert "asked for" not in told
    assert "be asked" not in told


@pytest.mark.skipif(sys.platform == "win32", reason="a shell")
@pytest.mark.parametrize("redirection", [">/dev/full", "| head -1 >head", "2>/dev/full"])
def test_a_batch_goes_on_where_nobody_hears_of_it(
    run: Runner, table: Path, redirection: str
) -> None:
    prepdoc = f"{shlex.join(PREPDOC)} batch jobs.csv --out out --jobs 1 --allow TXN"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {prepdoc} {redirection}"],
        cwd=run.folder, env=run.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert set(results(run.folder)) == {"a-prepared.pdf", "b-prepared.pdf"}
    assert len(journal(run.folder)) == 3
    if redirection != "2>/dev/full":
        assert "out: not all could be printed (" in done.stderr
        assert "nothing was written" not in done.stderr.replace("cannot be read", "")


def test_every_kind_of_refusal_has_words_for_the_summary() -> None:
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    kinds = schema["$defs"]["refused"]["properties"]["kind"]["enum"]
    assert set(batching._REFUSED) == set(kinds)


def test_on_a_terminal_each_line_stands_for_itself_above_the_bar(run: Runner, table: Path) -> None:
    terminal = run.on_terminal("batch", "jobs.csv", "--out", "out", "--jobs", "1", *WITHOUT)
    terminal.expect("Documents:")
    told = re.sub(r"\x1b\[[0-9?;]*[A-Za-z]", "", terminal.before)
    lines = [line.strip() for line in re.split(r"[\r\n]+", told)]
    assert {"a.pdf → a-prepared.pdf", "b.pdf → b-prepared.pdf"} <= set(lines)
    assert any(line.startswith("prepdoc: broken.pdf: This file cannot be read") for line in lines)
    assert ended(terminal) == 1


class Terminal(io.StringIO):
    """A terminal that keeps what is drawn."""

    def isatty(self) -> bool:
        return True


class Clock:
    """What tells the progress how late it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: self.now))


def test_what_an_earlier_run_has_done_is_no_part_of_the_pace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of five documents, three of them old, one is done in a minute: one is left, for a minute."""
    clock = Clock(monkeypatch)
    monkeypatch.setattr(sys, "stderr", drawn := Terminal())
    with progress.counting(5, wanted=True) as count:
        for _ in range(3):
            clock.now += 60
            count.spared()
        clock.now += 60
        count.done()
        time.sleep(0.3)  # it is drawn four times a second
    assert "1/2" in drawn.getvalue()
    assert "1.0 a minute" in drawn.getvalue()
    assert "0:01:00" in drawn.getvalue()


def test_the_time_left_is_that_of_the_pace_also_where_several_are_done_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of six documents two are done after five seconds: four are left, for ten."""
    clock = Clock(monkeypatch)
    monkeypatch.setattr(sys, "stderr", drawn := Terminal())
    with progress.counting(6, wanted=True) as count:
        time.sleep(0.3)
        assert "-:--:--" in drawn.getvalue()
        clock.now += 5
        count.done()
        count.done()
        time.sleep(0.3)
        assert "24.0 a minute" in drawn.getvalue()
        assert "0:00:10" in drawn.getvalue()
        clock.now += 3
        time.sleep(0.3)
        assert "0:00:07" in drawn.getvalue()
        clock.now += 3600
        time.sleep(0.3)
        assert "0:00:00" in drawn.getvalue()
