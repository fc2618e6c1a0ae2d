"""What a batch writes down: whole lines, its own files, one batch a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from prepdoc.batch.journal import NAME, SCHEMA, Entry, digest_of, names_of, opened, written
from prepdoc.doctor import own_version
from prepdoc.errors import (
    ComponentMissing,
    LeakFound,
    MachineFailed,
    NotPossible,
    OtherCard,
    OutputExists,
    PrepdocError,
    RequirementNotMet,
    UnreadableInput,
    WrongPassword,
)
from prepdoc.report import as_dict, refusal_of
from prepdoc.texts import speak

FILE = b"%PDF-1.7"
SOURCE = Path("a.pdf")
DONE = Entry("k1", 2, {"source": "a.pdf", "prepared": {}}, "a-prepared.pdf", digest_of(FILE))
REFUSED = Entry(
    "k2",
    3,
    {"source": "b.pdf", "refused": {"kind": "NoCardNumber", "message": "none"}},
    version=own_version(),
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    speak("en")
    with opened(tmp_path, resume=False) as journal:
        journal.write(DONE)
        journal.write(REFUSED)
    (tmp_path / "a-prepared.pdf").write_bytes(FILE)
    yield tmp_path


def test_what_is_done_is_known_to_the_next_run(folder: Path) -> None:
    with opened(folder, resume=True) as journal:
        assert journal.done("k1") == DONE
        assert journal.done("k2") == REFUSED
        assert journal.done("k3") is None


@pytest.mark.parametrize("version", [None, "0.0.1"])
def test_what_another_version_refused_is_tried_again(folder: Path, version: str | None) -> None:
    """It may have learnt to read it; journals of the first versions do not say which wrote them."""
    with opened(folder, resume=True) as journal:
        journal.write(replace(REFUSED, version=version))
    with opened(folder, resume=True) as journal:
        assert journal.done("k2") is None
        journal.write(REFUSED)
    with opened(folder, resume=True) as journal:
        assert journal.done("k2") == REFUSED


@pytest.mark.parametrize(
    ("error", "is_done"),
    [
        (UnreadableInput(""), True),
        (WrongPassword(""), True),
        (NotPossible(""), True),
        (OtherCard(""), True),
        (LeakFound("", ()), True),
        (RequirementNotMet(""), True),
        (OutputExists(""), False),
        (ComponentMissing(""), False),
        (MachineFailed("Tesseract"), False),
        (PrepdocError("no space left"), False),
        (OSError(28, "No space left on device"), False),
        (MemoryError(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_a_refusal_for_what_the_document_is_is_not_tried_again(
    folder: Path, error: Exception, is_done: bool
) -> None:
    with opened(folder, resume=True) as journal:
        journal.write(Entry("k", 4, as_dict(SOURCE, refusal_of(error)), version=own_version()))
    with opened(folder, resume=True) as journal:
        assert (journal.done("k") is not None) == is_done


@pytest.mark.parametrize("change", ["gone", "another"])
def test_a_result_that_is_not_there_as_it_was_written_is_not_done(
    folder: Path, change: str
) -> None:
    """It was written down, but the batch was killed before it had its name; or it was changed."""
    result = folder / "a-prepared.pdf"
    result.write_bytes(b"%PDF-1.6") if change == "another" else result.unlink()
    with opened(folder, resume=True) as journal:
        assert journal.done("k1") is None


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_that_was_cut_is_no_line_and_spoils_none(folder: Path, cut: int) -> None:
    path = folder / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    with opened(folder, resume=True) as journal:
        assert journal.done("k1") == DONE
        assert journal.done("k2") is None or cut == 1
        journal.write(REFUSED)
    with opened(folder, resume=True) as journal:
        assert journal.done("k2") == REFUSED


@pytest.mark.parametrize(
    "change",
    [
        {"report": {}},
        {"report": 5},
        {"report": {"source": "a.pdf", "prepared": 5}},
        {"report": {"source": None, "prepared": {}}},
        {"output": 5},
        {"output": "a\0.pdf"},
        {"output": "../e.csv"},
        {"output": ".."},
        {"output": ""},
        {"output": None},
        {"sha256": None},
        {"key": 5},
        {"path": 0},
        {"path": "\ud800x.pdf"},
        {"output": "\ud800x.pdf"},
        {"report": {"source": "a.pdf", "prepared": {"more": ["\udfff"]}}},
        {"line": float("inf")},
        {"line": float("nan")},
        {"line": 2.5},
        {"line": "x"},
        {"line": None},
        {"schema": "other"},
    ],
    ids=str,
)
def test_a_line_that_no_batch_wrote_is_no_line(folder: Path, change: dict[str, object]) -> None:
    first, second = (folder / NAME).read_text("utf-8").splitlines()
    changed = json.dumps({**json.loads(first), **change})
    (folder / NAME).write_text(f"{changed}\n{'[' * 100_000}\n[]\n7\n{second}\n")
    with opened(folder, resume=True) as journal:
        assert journal.done("k1") is None
        assert not journal.is_own("a-prepared.pdf", SOURCE)
        assert journal.done("k2") == REFUSED


def test_a_result_is_known_for_its_own_as_long_as_nobody_changed_it(folder: Path) -> None:
    """Also where the document or the row is another by now."""
    with opened(folder, resume=True) as journal:
        assert journal.is_own("a-prepared.pdf", SOURCE)
        assert not journal.is_own("a-prepared.pdf", Path("b.pdf"))
        assert not journal.is_own("b-prepared.pdf", SOURCE)
        (folder / "a-prepared.pdf").write_bytes(b"another's")
        assert not journal.is_own("a-prepared.pdf", SOURCE)


def test_a_result_is_its_sources_from_whichever_folder_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not another one's that was called so from elsewhere; no card number is in the journal."""
    name = "4111111111111111.pdf"
    for folder in ("a", "b", "out"):
        (tmp_path / folder).mkdir()
    (tmp_path / "link").symlink_to("a")
    monkeypatch.chdir(tmp_path / "a")
    with opened(tmp_path / "out", resume=False) as journal:
        path = journal.path_of(Path(name))
        journal.write(replace(DONE, report={"source": name, "prepared": {}}, path=path))
    (tmp_path / "out" / "a-prepared.pdf").write_bytes(FILE)
    text = (tmp_path / "out" / NAME).read_text("utf-8")
    assert "1111111" not in text.replace(f'"source": "{name}"', "")
    assert str(tmp_path) not in text

    monkeypatch.chdir(tmp_path / "b")
    own = [Path("../a", name), tmp_path / "a" / name, tmp_path / "link" / name]
    with opened(Path("../out"), resume=True) as journal:
        assert all(journal.is_own("a-prepared.pdf", source) for source in own)
        assert not journal.is_own("a-prepared.pdf", Path(name))
    known = written(Path("../out"))
    assert all(any(one in known for one in names_of(source)) for source in own)
    assert not any(one in known for one in names_of(Path(name)))


def test_what_was_moved_together_with_its_results_is_known(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    with opened(before, resume=False) as journal:
        journal.write(replace(DONE, path=journal.path_of(before / "a.pdf")))
    (before / "a-prepared.pdf").write_bytes(FILE)
    before.rename(after)
    with opened(after, resume=True) as journal:
        assert journal.is_own("a-prepared.pdf", after / "a.pdf")
        assert not journal.is_own("a-prepared.pdf", before / "a.pdf")


@pytest.mark.parametrize("key", ["", "other"])
def test_what_is_there_already_is_not_written_again(folder: Path, key: str) -> None:
    """Of two files that cannot be read each has its line."""
    refused = [
        Entry(key and f"{key}{i}", i, {**REFUSED.report, "source": f"{i}.pdf"}, path=f"{i}.pdf")
        for i in range(2)
    ]
    sizes = []
    for _ in range(3):
        with opened(folder, resume=True) as journal:
            for entry in (*refused, DONE, *refused):
                journal.write(entry)
        sizes.append((folder / NAME).read_bytes().count(b"\n"))
    assert sizes == [4, 4, 4]
    with opened(folder, resume=True) as journal:
        journal.write(replace(refused[1], report={**REFUSED.report, "source": "other"}))
        journal.write(refused[1])
    assert (folder / NAME).read_bytes().count(b"\n") == 6


def test_a_line_for_which_there_is_no_space_leaves_nothing_of_it(tmp_path: Path) -> None:
    script = """
    import resource, sys
    from pathlib import Path
    from prepdoc.batch.journal import Entry, opened
    from prepdoc.doctor import own_version
    from prepdoc.errors import PrepdocError
    with opened(Path(sys.argv[1]), resume=False) as journal:
        refused = {"source": "a.pdf", "refused": {"kind": "NoCardNumber", "message": "none"}}
        journal.write(Entry("k1", 2, refused, version=own_version()))
        resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))
        try:
            journal.write(Entry("k2", 3, {**refused, "more": "x" * 1000}))
        except PrepdocError as error:
            print(error)
        journal.write(Entry("k3", 3, refused, version=own_version()))
    """
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "cannot be written into" in said
    with opened(tmp_path, resume=True) as journal:
        assert [journal.done(key) is not None for key in ("k1", "k2", "k3")] == [True, False, True]


@pytest.mark.skipif(sys.platform == "win32", reason="what is open cannot be taken away there")
@pytest.mark.parametrize("end", ["write", "end"])
@pytest.mark.parametrize("change", ["deleted", "replaced", "another folder", "no folder"])
def test_a_journal_that_is_taken_away_while_it_is_written_is_told(
    folder: Path, change: str, end: str
) -> None:
    """What goes to a file without a name is lost, and the next run would begin anew."""
    with (
        pytest.raises(PrepdocError, match=r"the journal cannot be written into .* \(.+\)"),
        opened(folder, resume=True) as journal,
    ):
        (folder / NAME).rename(folder / "away")
        if change == "replaced":
            (folder / NAME).write_bytes((folder / "away").read_bytes())
        elif change != "deleted":
            folder.rename(folder.with_name(f"{folder.name}-moved"))
        if change == "another folder":
            folder.mkdir()
        if end == "write":
            journal.write(replace(REFUSED, key="k3"))
            raise AssertionError("it was written")


def test_the_names_of_each_source_s_results_are_told_in_the_order_of_their_numbers(
    folder: Path,
) -> None:
    assert written(folder / "none") == {}
    with opened(folder, resume=True) as journal:
        for name in ("a-10-prepared.pdf", "a-2-prepared.pdf"):
            journal.write(replace(DONE, output=name))
    names = ("a-prepared.pdf", "a-2-prepared.pdf", "a-10-prepared.pdf")
    assert written(folder) == {DONE.report["source"]: names}


def test_every_line_is_an_object_that_names_its_schema(folder: Path) -> None:
    lines = (folder / NAME).read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["schema"] for one in told] == [SCHEMA, SCHEMA]
    assert [one.get("output") for one in told] == ["a-prepared.pdf", None]
    assert (folder / NAME).stat().st_mode & 0o077 == 0


def test_a_journal_that_is_there_is_gone_on_with_or_refused(folder: Path) -> None:
    with pytest.raises(PrepdocError, match="go on with --resume"), opened(folder, resume=False):
        raise AssertionError("it was opened")


def test_a_batch_that_could_not_begin_stands_in_nobodys_way(tmp_path: Path) -> None:
    speak("en")
    for _ in range(2):
        with opened(tmp_path, resume=False) as journal:
            assert journal.is_empty


def test_two_batches_do_not_share_a_folder(folder: Path) -> None:
    with (
        opened(folder, resume=True),
        pytest.raises(PrepdocError, match="another batch is at work"),
        opened(folder, resume=True),
    ):
        raise AssertionError("it was opened")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes")
def test_a_pipe_with_the_name_of_a_file_is_not_waited_for(folder: Path) -> None:
    """Neither one in the place of a result, nor in the journal's."""
    result, path = folder / "a-prepared.pdf", folder / NAME
    result.unlink()
    os.mkfifo(result)
    with opened(folder, resume=True) as journal:
        assert journal.done("k1") is None
    path.unlink()
    os.mkfifo(path)
    assert written(folder) == {}
    with (
        pytest.raises(PrepdocError, match=r"prepdoc-journal\.jsonl is no ordinary file"),
        opened(folder, resume=True),
    ):
        raise AssertionError("it was opened")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    speak("en")
    place = tmp_path / "4111111111111111"
    with (
        pytest.raises(PrepdocError, match="cannot be written into") as caught,
        opened(place, resume=False),
    ):
        raise AssertionError("it was opened")
    assert "41111111" not in str(caught.value)
