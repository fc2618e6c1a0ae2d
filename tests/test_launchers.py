"""The icons, put where they go and used as a desktop uses them: with whatever names files have."""

from __future__ import annotations

import json
import os
import plistlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from prepdoc.launchers import linux, macos, windows
from tests.needing import cannot_run
from tests.serving import Client

SAMPLES = Path(__file__).parents[1] / "samples"
WAIT_S = 240
"""Preparing a page, on a slow machine that does something else as well."""
NAMES = (
    "two words.pdf",
    "a&b.pdf",
    "100%f %F %%.pdf",
    "wow!.pdf",
    'it\'s "quoted".pdf',
    "$HOME `id` \\back.pdf",
    "-o.pdf",
    "利用明細 11月（確定）.pdf",
    "two\nlines.pdf",
)
NOTING = """#!/bin/sh
for word in "$0" "$@"; do printf '%s\\0' "$word"; done >>"$NOTED"
printf '\\n\\0' >>"$NOTED"
"""
"""A program that notes how it was called: its words, with a null character behind each."""


@dataclass(frozen=True)
class Home:
    """A person's folder, with a desktop, and programs that note how they are called."""

    path: Path

    @property
    def environment(self) -> dict[str, str]:
        """Of a desktop that knows this folder only."""
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "DBUS_"))},
            "HOME": str(self.path),
            "NOTED": str(self.path / "noted"),
            "PATH": f"{self.path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "XDG_CURRENT_DESKTOP": "GNOME",
            "BROWSER": f"{self.path / 'bin' / 'browser'} %s",
        }

    def program(self, name: str) -> Path:
        """Put one there that notes its words."""
        path = self.path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(NOTING)
        path.chmod(0o755)
        return path

    def noted(self, name: str) -> list[list[str]]:
        """The words of each call of a program."""
        noted = self.path / "noted"
        text = noted.read_text() if noted.exists() else ""
        calls = [call.split("\0")[:-1] for call in text.split("\n\0")[:-1]]
        return [words[1:] for words in calls if Path(words[0]).name == name]

    def save_details(self) -> None:
        """As the person did who used prepdoc before."""
        place = self.path / ".config" / "prepdoc"
        place.mkdir(parents=True)
        shutil.copy(SAMPLES / "cardholder-ja.toml", place / "cardholder.toml")

    def prepdoc(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run the command line."""
        return self.run(sys.executable, "-m", "prepdoc", *words)

    def launch(self, entry: Path, *files: Path) -> None:
        """Drop files on an icon: what it starts goes on by itself."""
        words = [tool("gio"), "launch", entry, *files]
        quiet = subprocess.DEVNULL
        subprocess.run(words, env=self.environment, stdout=quiet, stderr=quiet, check=True)

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program as this person."""
        return subprocess.run(
            words, env=self.environment, capture_output=True, text=True, timeout=WAIT_S, check=False
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    (made.path / "Desktop").mkdir(parents=True)
    for name in ("nautilus", "notify-send", "browser"):
        made.program(name)
    return made


def tool(name: str) -> str:
    """A program of the system."""
    found = shutil.which(name)
    if found is None:
        cannot_run(f"there is no {name}")
    return found


def eventually(seen: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + WAIT_S
    while not seen():
        assert time.monotonic() < until
        time.sleep(0.2)


# --- Linux ------------------------------------------------------------------------------------


def test_the_icon_is_put_there_and_taken_away_again(home: Home) -> None:
    said = home.prepdoc("install-launcher")
    assert said.returncode == 0, said.stderr
    on_desktop = home.path / "Desktop" / "prepdoc.desktop"
    in_menu = home.path / ".local/share/applications/prepdoc.desktop"
    assert str(on_desktop) in said.stdout
    assert str(in_menu) in said.stdout
    for entry in (on_desktop, in_menu):
        assert os.access(entry, os.X_OK)
        checked = home.run(tool("desktop-file-validate"), entry)
        assert (checked.returncode, checked.stdout) == (0, "")
    assert (home.path / ".local/share/icons/hicolor/scalable/apps/prepdoc.svg").exists()
    assert home.prepdoc("install-launcher").returncode == 0  # once more is no harm

    said = home.prepdoc("install-launcher", "--remove")
    assert str(on_desktop) in said.stdout
    assert not [path for path in home.path.rglob("prepdoc.*") if path.is_file()]
    assert "No icon was there" in home.prepdoc("install-launcher", "--remove").stdout


def test_without_a_desktop_folder_it_is_in_the_menu_only(home: Home) -> None:
    (home.path / "Desktop").rmdir()
    said = home.prepdoc("install-launcher")
    assert said.stdout.count("prepdoc.desktop") == 1
    assert not (home.path / "Desktop").exists()


def test_a_place_that_cannot_be_written_to_is_told_in_one_line(home: Home) -> None:
    (home.path / ".local").write_text("no folder")
    said = home.prepdoc("install-launcher")
    assert said.returncode != 0
    assert said.stderr.count("\n") == 1
    assert ".local" in said.stderr


def test_what_opened_a_pdf_before_opens_it_after(home: Home) -> None:
    shared = home.path / "shared"
    (shared / "applications").mkdir(parents=True)
    (shared / "applications" / "viewer.desktop").write_text(
        "[Desktop Entry]\nType=Application\nName=Viewer\nExec=true %f\nMimeType=application/pdf;\n"
    )
    home.run(tool("update-desktop-database"), shared / "applications")
    environment = {**home.environment, "XDG_DATA_DIRS": f"{shared}:/usr/share"}

    def default() -> str:
        asked = [tool("xdg-mime"), "query", "default", "application/pdf"]
        return subprocess.check_output(asked, env=environment, text=True).strip()

    assert default() == "viewer.desktop"
    words = [sys.executable, "-m", "prepdoc", "install-launcher"]
    subprocess.run(words, env=environment, check=True, capture_output=True)
    assert default() == "viewer.desktop"


def test_names_of_any_kind_reach_the_command_as_they_are(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(home.path))
    command = home.program('pre "$doc` \\it')
    piece = next(p for p in linux.pieces(command) if p.path.parent.name == "Desktop")
    piece.path.write_bytes(piece.data)
    files = [home.path / name for name in NAMES]
    for file in files:
        file.touch()
    home.launch(piece.path, *files)
    eventually(lambda: bool(home.noted(command.name)))
    assert home.noted(command.name) == [["drop", "--", *map(str, files)]]


def test_a_statement_is_dropped_and_its_result_shown_and_the_undecided_one_opened(
    home: Home,
) -> None:
    home.save_details()
    assert home.prepdoc("install-launcher").returncode == 0
    folder = home.path / "a & b 100%"
    folder.mkdir()
    statement = folder / "利用明細 'Nov' 2026-11.pdf"
    shutil.copy(SAMPLES / "statement-ja.pdf", statement)
    taken = folder / "利用明細-Nov-2026-11-prepared.pdf"
    taken.write_text("of another time")
    empty = folder / "no statement.pdf"
    empty.write_bytes(b"neither a PDF nor a picture")
    home.launch(home.path / "Desktop/prepdoc.desktop", empty, statement)

    eventually(lambda: bool(home.noted("browser")))
    result = folder / "利用明細-Nov-2026-11-prepared-2.pdf"
    assert home.noted("nautilus") == [["--select", result.as_uri()]]
    told = [words[-1] for words in home.noted("notify-send")]
    assert [any(name in line for line in told) for name in (statement.name, result.name)] == [
        True,
        True,
    ]
    assert taken.read_text() == "of another time"
    assert result.read_bytes().startswith(b"%PDF")
    assert result.stat().st_mode & 0o777 == 0o600
    page = Client(home.noted("browser")[0][0])
    with page.kept():  # it ends soon when it is closed
        begun = json.loads(page.ask("GET", "start", headers=page.browser()).body)
    assert begun["document"]
    assert "neither a PDF nor a picture" in begun["why"]


def test_the_first_time_the_page_opens_on_the_file(home: Home) -> None:
    statement = home.path / "statement.pdf"
    shutil.copy(SAMPLES / "statement-ja.pdf", statement)
    words = [sys.executable, "-m", "prepdoc", "drop", "--", str(statement)]
    with subprocess.Popen(words, env=home.environment, stdout=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: bool(home.noted("browser")))
        finally:
            process.terminate()
    assert len(home.noted("browser")) == 1
    assert not home.noted("nautilus")
    assert [path.name for path in home.path.glob("*.pdf")] == [statement.name]


def test_a_file_that_is_gone_is_told_on_the_desktop_too(home: Home) -> None:
    home.save_details()
    said = home.prepdoc("drop", "--", home.path / "gone.pdf")
    assert said.returncode == 4
    assert not home.noted("browser")
    assert "gone.pdf" in home.noted("notify-send")[-1][-1]


# --- macOS ------------------------------------------------------------------------------------


@pytest.fixture
def mac(home: Home, monkeypatch: pytest.MonkeyPatch) -> tuple[Home, Mapping[str, Path]]:
    """A home with the files for macOS in it, and these by their names."""
    monkeypatch.setenv("HOME", str(home.path))
    pieces = macos.pieces(home.program("pre'p $doc"))
    for piece in pieces:
        piece.path.parent.mkdir(parents=True, exist_ok=True)
        piece.path.write_bytes(piece.data)
        piece.path.chmod(0o755 if piece.is_executable else 0o644)
    return home, {piece.path.name: piece.path for piece in pieces}


def test_the_quick_action_hands_files_of_any_name_to_prepdoc(
    mac: tuple[Home, Mapping[str, Path]],
) -> None:
    home, files = mac
    flow = plistlib.loads(files["document.wflow"].read_bytes())
    (action,) = flow["actions"]
    given = action["action"]["ActionParameters"]
    as_arguments = 1
    assert given["inputMethod"] == as_arguments
    assert home.run("sh", "-n", "-c", given["COMMAND_STRING"]).returncode == 0
    done = home.run(given["shell"], "-c", given["COMMAND_STRING"], "-", *NAMES)
    assert done.returncode == 0, done.stderr
    assert home.noted("pre'p $doc") == [["drop", "--", *NAMES]]


def test_the_quick_action_is_offered_for_what_prepdoc_reads(
    mac: tuple[Home, Mapping[str, Path]],
) -> None:
    info = plistlib.loads(mac[1]["Info.plist"].read_bytes())
    (service,) = info["NSServices"]
    assert service["NSMessage"] == "runWorkflowAsService"
    assert service["NSSendFileTypes"] == ["com.adobe.pdf", "public.image"]
    assert service["NSRequiredContext"]["NSApplicationIdentifier"] == "com.apple.finder"


def test_the_script_speaks_the_language_of_the_mac(mac: tuple[Home, Mapping[str, Path]]) -> None:
    home, files = mac
    assert home.run("sh", "-n", files["drop.sh"]).returncode == 0
    (home.path / "bin" / "defaults").write_text("#!/bin/sh\necho 'ja_JP@calendar=japanese'\n")
    (home.path / "bin" / "defaults").chmod(0o755)
    home.program("pre'p $doc").write_text('#!/bin/sh\necho "$LANG $*"\n')
    environment = {key: value for key, value in home.environment.items() if key != "LANG"}
    words = [files["drop.sh"], "a b.pdf"]
    said = subprocess.check_output(words, env=environment, text=True)
    assert said == "ja_JP.UTF-8 drop -- a b.pdf\n"


# --- Windows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "typed", "files"),
    [
        (r'cmd.exe /c ""C:\p\prepdoc.cmd" C:\a.pdf"', "", [r"C:\a.pdf"]),
        (r'cmd.exe /c ""C:\p\prepdoc.cmd" C:\a&b.pdf"', r"C:\a", [r"C:\a&b.pdf"]),
        (r'cmd.exe /c ""C:\p\a.cmd" "C:\a b.pdf" C:\c^d.pdf"', "", [r"C:\a b.pdf", r"C:\c^d.pdf"]),
        (r'cmd.exe /c ""C:\p p\prepdoc.cmd" "C:\100% %PATH%!.pdf""', "", [r"C:\100% %PATH%!.pdf"]),
        (r'cmd.exe /c ""C:\p\prepdoc.cmd" C:\利用明細.pdf "', "", [r"C:\利用明細.pdf"]),
        (r'C:\Windows\system32\CMD.EXE /C ""C:\p\prepdoc.cmd" "', "", []),
        (r'"C:\Windows\system32\cmd.exe" ', r'"a & b.pdf" c.pdf', ["a & b.pdf", "c.pdf"]),
        (r'cmd /c "prepdoc.cmd" "a b.pdf"', r'"a b.pdf"', ["a b.pdf"]),
        ("", r"a.pdf", ["a.pdf"]),
        ("", "", []),
    ],
)  # fmt: skip
def test_explorers_line_is_read_as_it_was_meant(line: str, typed: str, files: list[str]) -> None:
    given = windows.dropped({windows.LINE: line, windows.WORDS: typed})
    assert list(map(str, given)) == files


def test_nothing_in_the_environment_is_no_file() -> None:
    assert windows.dropped({}) == ()


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment for wine, with a Windows of its own."""
    tool("wine")
    environment = {
        **os.environ,
        "WINEPREFIX": str(tmp_path_factory.mktemp("wine")),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        "LC_ALL": "C.UTF-8",
    }
    yield environment
    subprocess.run(["wineserver", "-k"], env=environment, check=False)


def test_the_cmd_hands_its_files_over_and_waits_only_after_a_failure(
    home: Home, wine: Mapping[str, str]
) -> None:
    command = home.program("pre doc.exe")
    command.write_text('#!/bin/sh\nprintf "%s\\n" "$*" "$PREPDOC_WORDS" >"$NOTED"\n')
    script = home.path / "prepdoc.cmd"
    script.write_bytes(windows.pieces(Path(as_windows(command)))[0].data)
    files = [r"Z:\d & d\a & b.pdf", r"Z:\o'b 利用明細.pdf", r"Z:\plain.pdf"]

    def started() -> str:
        words = ["wine", "cmd", "/c", as_windows(script), *files]
        environment = {**wine, "NOTED": str(home.path / "noted")}
        done = subprocess.run(
            words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S,
            check=False,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace")

    assert "Press any key" not in started()
    noted = home.path / "noted"  # wine may end before a program that is none of Windows'
    eventually(lambda: noted.exists() and noted.read_text().count("\n") == 2)
    called, given = noted.read_text().splitlines()
    assert called == "drop --from-cmd"
    assert list(map(str, windows.dropped({windows.WORDS: given}))) == files
    command.unlink()
    assert "Press any key" in started()


def as_windows(path: Path) -> str:
    """A path as wine sees it."""
    return "Z:" + str(path).replace("/", "\\")


def test_the_cmd_is_as_a_batch_file_must_be() -> None:
    script, icon = windows.pieces(Path(r"C:\5% x\prepdoc.exe"))
    lines = script.data.decode().split("\r\n")
    assert r'set "PREPDOC=C:\5%% x\prepdoc.exe"' in lines
    assert not any("\n" in line for line in lines)
    assert lines[-2:] == ["exit", ""]  # what stands behind an & in a name must not be run
    assert icon.data.startswith(b"\0\0\1\0")
