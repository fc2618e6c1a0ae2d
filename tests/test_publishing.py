"""A file gets its name only when it is complete; names and messages hold no card number."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
import tempfile
import textwrap
import traceback
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc import publishing
from prepdoc.cardholder import write_privately
from prepdoc.errors import OutputExists, PrepdocError
from prepdoc.publishing import Draft, ascii_name, check_writable, output_name, workspace
from tests.needing import cannot_run

# -- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "suffix", "name"),
    [
        ("statement", ".pdf", "statement-prepared.pdf"),
        ("statement", "PNG", "statement-prepared.png"),
        ("Relevé de compte", ".pdf", "Releve-de-compte-prepared.pdf"),
        ("ｓｔａｔｅｍｅｎｔ", ".jpg", "statement-prepared.jpg"),
        ("ご利用明細書", ".pdf", "ご利用明細書-prepared.pdf"),
        ("田中", ".pdf", "田中-prepared.pdf"),
        ("か\u3099る", ".pdf", "がる-prepared.pdf"),
        ("ภาษาไทย", ".pdf", "ภาษาไทย-prepared.pdf"),
        ("Łódź Straße", ".pdf", "Łodz-Straße-prepared.pdf"),
        ("三井住友 2026-11", ".pdf", "三井住友-2026-11-prepared.pdf"),
        ("田" * 100, ".pdf", "田" * 53 + "-prepared.pdf"),
        ("", ".pdf", "document-prepared.pdf"),
        ("../../etc/passwd", ".pdf", "etc-passwd-prepared.pdf"),
        ("-rf *", ".pdf", "rf-prepared.pdf"),
        (".hidden", ".pdf", "hidden-prepared.pdf"),
        ("a\x00b\nc", ".pdf", "a-b-c-prepared.pdf"),
        ("statement 2026-11", ".pdf", "statement-2026-11-prepared.pdf"),
        ("meisai_20261124", ".pdf", "meisai_20261124-prepared.pdf"),
        ("明細2026年11月", ".pdf", "明細2026年11月-prepared.pdf"),
        ("明細 2026年1月5日", ".pdf", "明細-2026年1月5日-prepared.pdf"),
        ("明細 4111 1111 1111 1111 田中", ".pdf", "明細-田中-prepared.pdf"),
        ("Nov 24 (2)", ".pdf", "Nov-24-2-prepared.pdf"),
        ("card 1111", ".pdf", "card-1111-prepared.pdf"),
        ("x" * 300, ".pdf", "x" * 80 + "-prepared.pdf"),
    ],
)
def test_the_name_tells_what_it_was_and_is_safe_everywhere(
    stem: str, suffix: str, name: str
) -> None:
    assert output_name(stem, suffix) == name


@pytest.mark.parametrize(
    "stem",
    [
        "4111111111111111",
        "statement 4111 1111 1111 1111",
        "4111-1111-1111-1111 Nov",
        "４１１１１１１１１１１１１１１１",
        "４１１１－１１１１－１１１１－１１１１",
        "4111_1111_1111_1111",
        "4111明1111細1111書1111",
        "4111a1111b1111c1111",
        "四一一一 一一一一 一一一一 一一一一",
        "四一一一年11月1111",
        "四11111",
        "4⃣1⃣1⃣1⃣1⃣1⃣1⃣1⃣",
        "2026年11月24日1111",
        "41111年1月1日",
        "411111xxxxxx1111",
        "4111-11**-****-1111",
        "٤١١١١١١١١١١١١١١١",
        "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏",
        "④①①①①①①①①①①①①①①①",
        "20261124 4111 1111 1111 1111",
        "4111111111111111-2026-11-24",
        "2026-11x4111x1111x1111x1111",
    ],
)
def test_a_card_number_in_the_name_is_not_kept(stem: str) -> None:
    name = output_name(stem, ".pdf")
    digits = "".join(char for char in name.replace("2026-11-24", "") if char.isnumeric())
    digits = digits.removeprefix("202611")
    assert "1111" * 2 not in digits
    assert "411111" not in digits
    assert len(digits) <= publishing.MOST_DIGITS


@given(st.text(max_size=60))
def test_any_name_becomes_one_with_few_digits_and_no_separator_of_paths(stem: str) -> None:
    name = output_name(stem, ".pdf")
    assert ascii_name(stem, ".pdf").isascii()
    assert all(char in "-_." or unicodedata.category(char)[0] in "LNM" for char in name)
    assert len(name.encode()) < 200
    assert name.endswith("-prepared.pdf")
    assert name[0] not in ".-"
    assert not set(name) & set('/\\:*?"<>|\x00 \n')
    digits = sum(map(str.isdigit, name))
    assert digits <= publishing.MOST_DIGITS or "20" in name


@given(st.text("0123456789 -_.a*明年月日２３", max_size=40))
def test_more_than_five_digits_are_kept_only_as_dates(stem: str) -> None:
    name = output_name(stem, ".pdf")
    undated = publishing._DIGIT_RUN.sub(
        lambda run: "" if publishing._DATE.fullmatch(run.group()) else run.group(), name
    )
    assert sum(map(str.isdigit, undated)) <= publishing.MOST_DIGITS


# -- drafts ---------------------------------------------------------------------------------


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_draft_is_published_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    with Draft(tmp_path) as draft:
        assert draft.path.parent == tmp_path
        assert draft.path.name.startswith(".prepdoc-")
        assert draft.path.suffix == ".tmp"
        assert stat.S_IMODE(draft.path.stat().st_mode) == 0o600
        draft.path.write_bytes(b"proven")
        assert not target.exists()
        draft.publish(target)
    assert target.read_bytes() == b"proven"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert left_in(tmp_path) == ["out.pdf"]


def test_the_mode_is_0600_even_where_the_draft_was_replaced_or_opened_up(tmp_path: Path) -> None:
    with Draft(tmp_path) as draft:
        draft.path.chmod(0o644)
        draft.publish(tmp_path / "out.pdf")
    assert stat.S_IMODE((tmp_path / "out.pdf").stat().st_mode) == 0o600


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_whatever_ends_a_draft_unpublished_removes_it(
    tmp_path: Path, error: type[BaseException]
) -> None:
    with pytest.raises(error), Draft(tmp_path) as draft:
        draft.path.write_bytes(b"half")
        raise error
    assert left_in(tmp_path) == []


def test_a_draft_that_is_never_published_is_removed(tmp_path: Path) -> None:
    with Draft(tmp_path) as draft:
        draft.path.write_bytes(b"refused")
    assert left_in(tmp_path) == []
    with pytest.raises(ValueError, match="only inside"):
        _ = draft.path


def test_a_draft_removed_by_somebody_else_is_no_error_at_the_end(tmp_path: Path) -> None:
    with Draft(tmp_path) as draft:
        draft.path.unlink()
    assert left_in(tmp_path) == []


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    target.write_bytes(b"older")
    taken = pytest.raises(OutputExists, match=r"out\.pdf exists already.*--force")
    with taken, Draft(tmp_path) as draft:
        draft.path.write_bytes(b"newer")
        draft.publish(target)
    assert target.read_bytes() == b"older"
    assert left_in(tmp_path) == ["out.pdf"]


def test_force_overwrites_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    target.write_bytes(b"older")
    target.chmod(0o644)
    with Draft(tmp_path) as draft:
        draft.path.write_bytes(b"newer")
        draft.publish(target, force=True)
    assert target.read_bytes() == b"newer"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert left_in(tmp_path) == ["out.pdf"]


def test_a_dangling_link_counts_as_taken(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    target.symlink_to(tmp_path / "elsewhere.pdf")
    with pytest.raises(OutputExists), Draft(tmp_path) as draft:
        draft.publish(target)
    assert left_in(tmp_path) == ["out.pdf"]


def test_a_folder_in_the_targets_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.pdf").mkdir()
    for force, expected in ((False, OutputExists), (True, PrepdocError)):
        with pytest.raises(expected), Draft(tmp_path) as draft:
            draft.publish(tmp_path / "out.pdf", force)
    assert left_in(tmp_path) == ["out.pdf"]


def without_links(source: object, target: object) -> None:
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


def test_where_links_are_not_supported_the_promise_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", without_links)
    target = tmp_path / "out.pdf"
    for content in (b"first", b"second"):
        try:
            with Draft(tmp_path) as draft:
                draft.path.write_bytes(content)
                draft.publish(target)
        except OutputExists:
            assert content == b"second"
    assert target.read_bytes() == b"first"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert left_in(tmp_path) == ["out.pdf"]


RACE = """
import sys
from pathlib import Path
from prepdoc.errors import OutputExists
from prepdoc.publishing import Draft

folder, mine = Path(sys.argv[1]), sys.argv[2]
for turn in range(100):
    try:
        with Draft(folder) as draft:
            draft.path.write_text(mine)
            draft.publish(folder / f"{turn}.pdf")
        print(turn)
    except OutputExists:
        pass
"""


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    source = Path(publishing.__file__).parents[1]
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(source)},
    )


def test_of_two_who_race_for_a_name_one_gets_it(tmp_path: Path) -> None:
    racers = {name: python(RACE, tmp_path, name) for name in ("a", "b")}
    won = {name: set(racer.communicate(timeout=60)[0].split()) for name, racer in racers.items()}
    assert not won["a"] & won["b"]
    assert won["a"] | won["b"] == set(map(str, range(100)))
    for name, turns in won.items():
        assert all((tmp_path / f"{turn}.pdf").read_text() == name for turn in turns)
    assert len(left_in(tmp_path)) == 100


# -- what can go wrong ----------------------------------------------------------------------


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    missing = pytest.raises(PrepdocError, match=r"folder .*nowhere does not exist")
    with missing, Draft(tmp_path / "nowhere"):
        pytest.fail("a draft without a folder")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_folder_that_takes_no_file_is_not_said_to_be_missing() -> None:
    with pytest.raises(PrepdocError, match="cannot write into /proc"):
        check_writable(Path("/proc"))


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PrepdocError, match=r"cannot write into .*file"), Draft(tmp_path / "file"):
        pytest.fail("a draft within a file")


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    script = """
    import os, sys
    from pathlib import Path
    from prepdoc.errors import PrepdocError
    from prepdoc.publishing import Draft
    from prepdoc.texts import translate_error

    translate_error(PrepdocError())  # the catalogue is read while all of the machine can be
    if os.geteuid() == 0:
        os.setuid(65534)
    try:
        with Draft(Path(sys.argv[1])):
            print("written")
    except PrepdocError as error:
        print(error)
    """
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    said, _ = python(script, folder).communicate(timeout=60)
    assert "cannot write into" in said
    assert "locked" in said


def test_a_message_holds_no_card_number_of_a_path(tmp_path: Path) -> None:
    number = "4111111111111111"
    folder = tmp_path / f"card {number}"
    with pytest.raises(PrepdocError) as missing, Draft(folder):
        pytest.fail("a draft without a folder")
    folder.mkdir()
    (folder / f"{number}.pdf").write_text("")
    with pytest.raises(OutputExists) as taken, Draft(folder) as draft:
        draft.publish(folder / f"{number}.pdf")
    for caught in (missing, taken):
        assert number not in str(caught.value)
        assert number not in "".join(traceback.format_exception(caught.value))


def test_a_full_device_is_told_as_such_and_leaves_nothing(tmp_path: Path) -> None:
    told = pytest.raises(PrepdocError, match=r"no space left in .*free some")
    with told, Draft(tmp_path), Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"x")
    assert left_in(tmp_path) == []


def test_a_file_over_the_limit_is_told_as_no_space(tmp_path: Path) -> None:
    script = """
    import resource, sys
    from pathlib import Path
    from prepdoc.errors import PrepdocError
    from prepdoc.publishing import Draft

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        with Draft(Path(sys.argv[1])) as draft:
            draft.path.write_bytes(bytes(100_000))
            draft.publish(Path(sys.argv[1]) / "out.pdf")
    except PrepdocError as error:
        print(error)
    """
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] != 1000
    said, _ = python(script, tmp_path).communicate(timeout=60)
    assert "no space left" in said
    assert left_in(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB; skipped where no disk may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        cannot_run("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_as_such_and_leaves_nothing(small_disk: Path) -> None:
    with pytest.raises(PrepdocError, match="no space left"), Draft(small_disk) as draft:
        draft.path.write_bytes(bytes(1_000_000))
    assert left_in(small_disk) == []


def test_the_next_run_sweeps_what_a_killed_one_left(tmp_path: Path) -> None:
    """A draft that nobody holds is removed after a while; one in work is not."""
    left = tmp_path / ".prepdoc-killed.tmp"
    left.write_bytes(b"half a page")
    os.utime(left, (0, 0))
    with Draft(tmp_path) as mine:
        assert not left.exists()
        os.utime(mine.path, (0, 0))
        with Draft(tmp_path):
            assert mine.path.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_next_run_sweeps_the_workspace_of_a_killed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is prepared in memory has its draft in a folder of its own among temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with workspace() as killed:
        folders = [killed, killed.with_name(killed.name + "2"), tmp_path / "prepdoc-mine"]
        for folder in folders:
            folder.mkdir(exist_ok=True)
        left = killed / ".prepdoc-killed.tmp"
        left.write_bytes(b"half a page")
        for path in (left, *folders):
            os.utime(path, (0, 0))
        with workspace() as mine, Draft(mine) as draft:
            assert not killed.exists()
            assert not folders[1].exists()
            os.utime(draft.path, (0, 0))
            os.utime(mine, (0, 0))
            with workspace():
                assert draft.path.exists()
        killed.mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["prepdoc-mine"]


@pytest.mark.skipif(os.name == "nt", reason="pipes with a name are POSIX's")
def test_a_pipe_is_never_replaced(tmp_path: Path) -> None:
    """As a device would not be, whoever may do it."""
    pipe = tmp_path / "a.pdf"
    os.mkfifo(pipe)
    with Draft(tmp_path) as draft, pytest.raises(PrepdocError, match="no ordinary file"):
        draft.publish(pipe, force=True)
    with pytest.raises(OSError, match="Invalid argument"):
        write_privately(pipe, b"")
    assert pipe.is_fifo()
