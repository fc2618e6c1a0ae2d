"""The command line as a person meets it: words typed, what is shown, and the exit code."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pexpect
import pytest

from prepdoc import cardholder as stored
from prepdoc.cli import details, failing, leaflet, paging
from prepdoc.cli.app import with_command, with_last_four_joined
from prepdoc.cli.options import parsed_pages
from prepdoc.languages import LANGUAGES
from prepdoc.page import Cardholder, Language
from prepdoc.texts import speak
from tests.terminal import DETAILS, Runner, ended, environ, run

__all__ = ["environ", "run"]

HANAKO = Cardholder("髙﨑 花子", "東京都千代田区丸の内1-1-1", "03-1234-5678")
HEAVY = ("numpy", "PIL", "cv2", "rich", "pymupdf", "rapidocr", "importlib.metadata", "prepdoc.page")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    speak("en")
    yield
    speak("en")


# -- help ------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_names_every_option_and_command(run: Runner, word: str) -> None:
    said = run(word).stdout
    options = (
        "--last4 --name --address --phone --cardholder --output --format --password"
        " --password-file --pages --mask --keep --dpi --report --json --preview --force --lang"
        " --quiet --debug --version --help"
    )
    assert all(re.search(rf"{option}\b", said) for option in options.split())
    assert all(
        re.search(rf"^  {name} ", said, re.M) for name in ("request", "cardholder", "doctor")
    )
    assert "prepare " not in said.partition("Commands:")[2]


@pytest.mark.parametrize("words", [["--last4", "-h"], ["a.pdf", "--help"], ["prepare", "-h"], []])
def test_the_main_job_s_help_is_the_program_s(run: Runner, words: list[str]) -> None:
    done = run(*words)
    assert (done.stdout + done.stderr).strip() == run("--help").stdout.strip()


@pytest.mark.parametrize(
    ("words", "locale"),
    [
        (["--lang", "ja", "--help"], {}),
        (["--lang=ja", "a.pdf", "-h"], {}),
        (["-h"], {"LANG": "ja_JP.UTF-8"}),
        (["cardholder", "--lang", "ja", "-h"], {}),
        (["doctor", "-h"], {"LC_ALL": "ja_JP.UTF-8"}),
    ],
)
def test_help_speaks_japanese_throughout(
    run: Runner, words: list[str], locale: dict[str, str]
) -> None:
    done = run(*words, **locale)
    said = done.stdout
    assert said.startswith("使い方："), done.stderr
    explained = re.findall(r"^  (?:-\w, )?--?\w+(?: \S+)?  +(.+)$", said, re.M)
    assert len(explained) >= 3
    assert not any(text.isascii() for text in explained)
    assert not re.search(r"\b(Usage|Options|Commands|Show|Print)\b", said)


@pytest.mark.parametrize("columns", leaflet.WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_help_set_ahead_is_what_the_options_say(language: Language, columns: int) -> None:
    """Character for character: another click may break its lines elsewhere."""
    ready = leaflet.path_of(language, columns).read_text(encoding="utf-8")
    assert unbroken(ready) == unbroken(leaflet.set_by_click(language, columns))


def unbroken(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("columns", [60, 80, 90, 100, 180])
def test_help_fits_every_terminal(run: Runner, columns: int) -> None:
    said = run("--help", COLUMNS=str(columns)).stdout
    assert unbroken(said) == unbroken(run("--lang", "en", "--help").stdout)
    widest = max(len(line) for line in said.splitlines())
    assert widest <= columns
    assert widest > min(columns, 100) - 20, "lines are broken no earlier than they must"


@pytest.mark.parametrize(("columns", "is_set_ahead"), [(80, True), (90, False), (100, True)])
def test_help_imports_nothing_heavy(run: Runner, columns: int, is_set_ahead: bool) -> None:
    code = "import sys; from prepdoc.cli import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**run.environ, "COLUMNS": str(columns)},
        check=True,
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert ("click" in loaded) != is_set_ahead
    assert not loaded.intersection(HEAVY)


def test_the_version_is_said(run: Runner) -> None:
    assert re.fullmatch(r"prepdoc (\d+\.\d+\.\d+.*|source)\n", run("--version").stdout)


def test_a_reader_that_goes_away_is_not_complained_about(run: Runner) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$0" -m prepdoc --help | true; exit ${PIPESTATUS[0]}', sys.executable],
        capture_output=True,
        text=True,
        env=run.environ,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("redirection", [">&-", "<&-", "2>&-", ">/dev/full", "</dev/null >&- 2>&-"])
def test_closed_and_full_streams_are_borne_without_a_traceback(
    run: Runner, redirection: str
) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"$0" -m prepdoc --help {redirection}', sys.executable],
        capture_output=True,
        text=True,
        env=run.environ,
    )
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert done.returncode == (1 if "full" in redirection else 0)


def test_an_encoding_without_japanese_shows_question_marks(run: Runner) -> None:
    done = run("--lang", "ja", "明細.pdf", PYTHONIOENCODING="latin-1")
    assert "?" in run("--help", PYTHONIOENCODING="latin-1", LANG="ja_JP.UTF-8").stdout
    assert (done.returncode, done.stdout) == (4, "")
    assert re.match(r"prepdoc: \?\?.pdf: \?+", done.stderr)


# -- which words mean what -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["--last4", "a.pdf"], ["--last4=", "a.pdf"]),
        (["a.pdf", "--last4"], ["a.pdf", "--last4="]),
        (["a.pdf", "--last4", "1234"], ["a.pdf", "--last4=1234"]),
        (["--last4", "1234", "a.pdf"], ["--last4=1234", "a.pdf"]),
        (["--last4=1234", "a.pdf"], ["--last4=1234", "a.pdf"]),
        (["--last4", "１２３４"], ["--last4=１２３４"]),
        (["--last4", "12345"], ["--last4=12345"]),
        (["--last4", "99", "a.pdf"], ["--last4=99", "a.pdf"]),
        (["--last4", "--last4", "1234"], ["--last4=", "--last4=1234"]),
        (["--last4", "-o", "b.pdf"], ["--last4=", "-o", "b.pdf"]),
        (["--", "--last4", "1234"], ["--", "--last4", "1234"]),
        ([], []),
    ],
)
def test_last4_takes_the_next_word_only_if_it_is_digits(typed: list[str], meant: list[str]) -> None:
    assert with_last_four_joined(typed) == meant


@pytest.mark.parametrize(
    ("typed", "main_job"),
    [
        (["a.pdf"], True),
        (["--last4", "a.pdf"], True),
        (["-o", "b.pdf", "a.pdf"], True),
        (["--lang", "ja", "a.pdf"], True),
        (["--debug", "a.pdf"], True),
        (["./doctor"], True),
        (["doctor"], False),
        (["--lang", "ja", "doctor"], False),
        (["--debug", "--lang=ja", "cardholder", "show"], False),
        (["--help"], False),
        (["--lang", "ja", "-h"], False),
        (["--version"], False),
        ([], False),
    ],
)
def test_a_first_word_that_is_no_command_means_the_main_job(
    typed: list[str], main_job: bool
) -> None:
    words = with_command(typed, ("doctor", "cardholder"))
    assert words == (["prepare", *typed] if main_job else typed)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("1", (1,)),
        ("1-2,5", (1, 2, 5)),
        ("5, 1 - 2", (1, 2, 5)),
        ("2,1-3,2", (1, 2, 3)),
        ("１−２".replace("−", "-"), (1, 2)),
    ],
)
def test_pages_are_numbers_and_ranges(text: str, pages: tuple[int, ...]) -> None:
    assert parsed_pages(text) == pages


@pytest.mark.parametrize(
    "text", ["", "0", "3-1", "a", "1,", "-2", "1-", "1--2", "1.5", "二", "9" * 9]
)
def test_what_is_no_list_of_pages_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parsed_pages(text)


# -- wrong usage -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--last4"], "Missing argument 'FILE...'"),
        (["--last4=12", "a.pdf"], "give exactly four digits"),
        (["--lsat4", "a.pdf"], "No such option '--lsat4'"),
        (["a.pdf", "--pages", "3-1"], "a range goes upwards"),
        (["a.pdf", "--dpi", "10"], "10.0 is not in the range 96<=x<=600"),
        (["a.pdf", "--format", "gif"], "'gif' is not one of 'pdf', 'png', 'jpg'"),
        (["a.pdf", "--lang", "fr"], "'fr' is not one of 'ja', 'en'"),
        (["a.pdf", "-o", "absent/out.pdf"], "there is no folder absent; make it, or name another"),
        (["a.pdf", "-o", "absent/"], "there is no folder absent; make it, or name another place"),
        (["a.pdf", "-o", "c.toml/out.pdf"], "there is no folder c.toml; make it"),
        (["a.pdf", "b.pdf", "-o", "out.pdf"], "-o must name a folder"),
        (["a.pdf", "x/a.png", "-o", ".", "--force"], "two of the files have the same name"),
        (["a.pdf", "--report", "a.pdf"], "--report names a file that is read or written"),
        (["a.pdf", "-o", "b.pdf", "--report", "./b.pdf"], "--report names a file that is read"),
        (["a.pdf", "--cardholder", "c.toml", "--report", "c.toml", "--force"], "--report names a"),
        (["a.pdf", "--cardholder", "c.toml", "-o", "c.toml", "--force"], "-o names a file that is"),
        (["a.pdf", "--report", "none/r.json"], "--report cannot be written: the folder none does"),
        (["a.pdf", "-o", "b.pdf", "--format", "jpg"], "-o names a file of another kind than"),
        (["a.pdf", "-o", "b.gif"], "-o must name a PDF, PNG or JPEG (.pdf, .png, .jpg), and not"),
        (["a.pdf", "-o", "b.docx", "--format", "pdf"], "-o must name a PDF, PNG or JPEG"),
        (["a.pdf", "-o", "x 5388011494307026.pdf"], "with a card number in its name; leave it out"),
        (["cardholder", "shwo"], "No such command 'shwo'"),
        (["doctor", "more"], "Got unexpected extra argument (more)"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
        (["cardholder", "edit"], "there is no terminal to ask on"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_is_wrong(
    run: Runner, words: list[str], said: str
) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"prepdoc: .+; see prepdoc --help\n", done.stderr), done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.pdf", "--cardholder", "none.toml"], "そのファイルやフォルダーがありません"),
        (["a.pdf", "--profile", "none.toml", "--cardholder", "c.toml"], "フォルダーがありません"),
        (["a.pdf", "--request", "none.eml", "--cardholder", "c.toml"], "none.emlがありません"),
        (["request", "none.eml"], "none.emlがありません。名前を確かめてください"),
        (["request", "."], "フォルダーです。ファイルを指定してください"),
    ],
)
def test_what_the_system_refuses_is_told_in_the_language_spoken(
    run: Runner, words: list[str], said: str
) -> None:
    (run.folder / "a.pdf").touch()
    (run.folder / "c.toml").write_text('name = "H"\naddress = "T"\nphone = "03-1234-5678"\n')
    done = run("--lang", "ja", *words)
    assert done.returncode in (2, 4)
    assert said in done.stderr


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([], "--name, --address, --phone, or --cardholder FILE.toml"),
        (["--phone", "03-1234-5678"], "give --name, --address, or --cardholder"),
        (["--name", "H", "--address", "T"], "give --phone, or --cardholder"),
    ],
)
def test_off_a_terminal_missing_details_are_named_by_their_options(
    run: Runner, given: list[str], missing: str
) -> None:
    (run.folder / "a.pdf").touch()
    done = run("a.pdf", "--last4", *given)
    assert done.returncode == 2
    assert missing in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_detail_that_is_empty_is_wrong_usage(run: Runner) -> None:
    (run.folder / "a.pdf").touch()
    done = run("a.pdf", *DETAILS, "--name", " ")
    assert done.returncode == 2
    assert "--name cannot be used: it is empty" in done.stderr


def test_a_password_file_that_is_not_there_is_wrong_usage(run: Runner) -> None:
    (run.folder / "a.pdf").touch()
    done = run("a.pdf", *DETAILS, "--password-file", "none")
    assert done.returncode == 2
    assert "the password file none cannot be read" in done.stderr


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device that never ends")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*DETAILS, "--password-file", "/dev/zero"], "far too large for a password"),
        (["--cardholder", "/dev/zero"], "far too large for details"),
    ],
)
def test_what_never_ends_is_not_read_to_its_end(run: Runner, words: list[str], said: str) -> None:
    (run.folder / "a.pdf").touch()
    done = run("a.pdf", *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_name_too_long_for_the_system_is_refused_without_a_traceback(run: Runner) -> None:
    done = run("n" * 300 + ".pdf", *DETAILS)
    assert done.returncode == 1
    assert "File name too long" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["a.pdf", "--dpi", "4111111111111111"], ["--4111111111111111"]])
def test_a_card_number_typed_in_the_wrong_place_is_not_repeated(
    run: Runner, words: list[str]
) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "11111" not in done.stderr


# -- files that are refused ------------------------------------------------------------------


def test_a_file_that_is_not_there_is_unreadable_input(run: Runner) -> None:
    done = run("none.pdf", *DETAILS)
    assert done.returncode == 4
    assert done.stderr == "prepdoc: none.pdf: there is no such file; check the name\n"


def test_each_of_several_files_gets_its_own_line(run: Runner) -> None:
    done = run("none.pdf", "4111-1111-1111-1111.pdf", "--quiet")
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "prepdoc: none.pdf: there is no such file; check the name",
        "prepdoc: ····-····-····-1111.pdf: there is no such file; check the name",
    ]


def test_a_report_is_not_written_over_another_file(run: Runner) -> None:
    (run.folder / "report.json").write_text("mine")
    done = run("none.pdf", "--report", "report.json")
    assert done.returncode == 1
    assert "--force (report.json)" in done.stderr
    assert (run.folder / "report.json").read_text() == "mine"


# -- unforeseen errors -----------------------------------------------------------------------


def boom() -> None:
    number = "4111 1111-1111.1111"
    try:
        raise KeyError(number)
    except KeyError as error:
        raise ValueError(f"{number} and ４１１１１１１１１１１１１１１１") from error


def test_an_unforeseen_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert failing.exit_code_of(boom, debug=False) == 1
    assert capsys.readouterr().err == (
        "prepdoc: internal error (ValueError); nothing was written; --debug shows where\n"
    )


def test_a_traceback_is_shown_with_debug_only_and_without_long_digit_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert failing.exit_code_of(boom, debug=True) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said and "in boom" in said and "KeyError" in said
    plain = re.sub(r"[\W_]", "", said)
    assert "41111" not in plain and "４１１１" not in plain


def swallow_a_signal_and_fail() -> None:
    with contextlib.suppress(BaseException):  # as some libraries do
        signal.raise_signal(signal.SIGTERM)
    raise ValueError("the library came to harm by that")


def test_a_stop_that_a_library_swallows_is_a_stop_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with failing.signals_as_exceptions():
        assert failing.exit_code_of(swallow_a_signal_and_fail, debug=False) == 143
    assert capsys.readouterr().err == "prepdoc: stopped; no unfinished file is left behind\n"


BUSY = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from prepdoc.cli import failing
from prepdoc.publishing import Draft

def work():
    with Draft(Path(sys.argv[1])) as draft, ThreadPoolExecutor(1) as pool:
        done = pool.submit(time.sleep, 60)
        print("begun", flush=True)
        done.result()

with failing.signals_as_exceptions():
    failing.exit_code_of(work, debug=False)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_stop_does_not_wait_for_what_threads_are_at(tmp_path: Path) -> None:
    """Nor does it leave a draft, though the main thread waits for them."""
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert busy.stdout is not None and busy.stdout.readline() == "begun\n"
    assert list(tmp_path.iterdir())
    busy.send_signal(signal.SIGTERM)
    _, errors = busy.communicate(timeout=30)
    assert busy.returncode == 128 + signal.SIGTERM
    assert errors == "prepdoc: stopped; no unfinished file is left behind\n"
    assert not list(tmp_path.iterdir())


def test_no_further_file_is_begun_after_a_stop() -> None:
    with failing.signals_as_exceptions():
        failing.stop_if_asked()
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
        with pytest.raises(KeyboardInterrupt):
            failing.stop_if_asked()
    with failing.signals_as_exceptions():
        failing.stop_if_asked()  # that was another run


def test_a_signal_that_nohup_has_silenced_stays_silent() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with failing.signals_as_exceptions():
            signal.raise_signal(signal.SIGHUP)
            failing.stop_if_asked()
    finally:
        signal.signal(signal.SIGHUP, before)


# -- the saved details -----------------------------------------------------------------------


def test_details_are_entered_shown_kept_and_forgotten(run: Runner) -> None:
    assert run("cardholder", "show").returncode == 1
    terminal = run.on_terminal("cardholder", "edit")
    terminal.expect("Cardholder's name: ")
    terminal.sendline("")
    terminal.expect("Cardholder's name: ")  # nothing is no name
    terminal.sendline("髙﨑 花子")
    terminal.expect("Billing address with postal code: ")
    terminal.sendline("東京都千代田区丸の内1-1-1")
    terminal.expect("phone number: ")
    terminal.sendline("03-1234-5678")
    terminal.expect("Saved in .*cardholder.toml")
    assert ended(terminal) == 0
    assert stored.saved() == HANAKO

    terminal = run.on_terminal("cardholder", "edit")
    terminal.expect(r"name \[髙﨑 花子\]: ")
    terminal.sendline("")
    terminal.expect(r"\[東京都千代田区丸の内1-1-1\]: ")
    terminal.sendline("")
    terminal.expect(r"\[03-1234-5678\]: ")
    terminal.sendline("090-0000-0000")
    assert ended(terminal) == 0
    shown = run("cardholder", "show")
    assert shown.stdout.splitlines() == [
        "name: 髙﨑 花子",
        "address: 東京都千代田区丸の内1-1-1",
        "phone: 090-0000-0000",
    ]

    assert run("cardholder", "forget").stdout == "The saved details were deleted.\n"
    assert stored.saved() is None
    assert run("cardholder", "forget").stdout == "No details were saved.\n"


@pytest.mark.parametrize("command", [["cardholder", "show"], ["a.pdf"]])
def test_saved_details_that_are_broken_are_wrong_usage(run: Runner, command: list[str]) -> None:
    (run.folder / "a.pdf").touch()
    stored.save(HANAKO)
    stored.saved_path().write_text('nmae = "x"')
    done = run(*command)
    assert done.returncode == 2
    assert "'nmae' is unknown (did you mean name?)" in done.stderr


def stop_by_ctrl_c(terminal: pexpect.spawn[str], last_words: str) -> None:
    """Press until it is heard: in the moment between prompt and read, Python notes the signal but
    acts on it after the next key only."""
    for _press in range(10):
        terminal.sendintr()
        if terminal.expect([last_words, pexpect.TIMEOUT], timeout=1) == 0:
            return
    raise AssertionError("Ctrl-C was not heard")


def test_ctrl_c_at_a_question_ends_with_130_and_one_line(run: Runner) -> None:
    terminal = run.on_terminal("cardholder", "edit")
    terminal.expect("name: ")
    stop_by_ctrl_c(terminal, "prepdoc: stopped; no unfinished file is left behind")
    assert ended(terminal) == 130
    assert "Traceback" not in terminal.before


@pytest.mark.usefixtures("environ")
def test_an_option_goes_before_the_file_and_the_file_before_what_was_saved(tmp_path: Path) -> None:
    stored.save(Cardholder("saved", "saved", "saved"))
    file = tmp_path / "card.toml"
    file.write_text('name = "file"\naddress = "file"\nphone = "file"\n')
    none = {"name": None, "address": None, "phone": None}
    assert details.complete(none, None) == Cardholder("saved", "saved", "saved")
    assert details.complete(none, file) == Cardholder("file", "file", "file")
    assert details.complete({**none, "phone": "typed"}, file) == Cardholder("file", "file", "typed")
    assert details.complete({**none, "name": "typed"}, None) == Cardholder(
        "typed", "saved", "saved"
    )


@pytest.mark.usefixtures("environ")
def test_where_all_is_typed_a_broken_file_does_not_matter() -> None:
    stored.save(HANAKO)
    stored.saved_path().write_text("broken")
    typed = {"name": "a", "address": "b", "phone": "c"}
    assert details.complete(typed, None) == Cardholder("a", "b", "c")


# -- completion ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["prepdoc", "--la"], {"plain,--last4", "plain,--lang"}),
        (["prepdoc", "doc"], {"plain,doctor", "file,doc"}),
        (["prepdoc", "a.pdf", "--form"], {"plain,--format"}),
        (["prepdoc", "a.pdf", "--format", ""], {"plain,pdf", "plain,png", "plain,jpg"}),
        (["prepdoc", "cardholder", "f"], {"plain,forget"}),
        (["prepdoc", "--last4", "sta"], {"file,sta"}),
    ],
)
def test_the_shell_is_told_what_can_follow(
    run: Runner, words: list[str], offered: set[str]
) -> None:
    done = run(
        _PREPDOC_COMPLETE="bash_complete",
        COMP_WORDS=" ".join(words),
        COMP_CWORD=str(len(words) - 1),
    )
    assert set(done.stdout.split("\n")) - {""} == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_prepdoc(run: Runner, shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0
    assert f"_PREPDOC_COMPLETE={shell}_complete" in done.stdout


# -- what cannot be used -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["a.pdf", "--dpi", "nan"], "this is no number"),
        (["", "--last4"], "the name is empty"),
        (["check", ""], "the name is empty"),
        (["a.pdf", "-o", "pipe"], "-o must name an ordinary file or a folder"),
        (["a.pdf", "-o", "pipe", "--force"], "-o must name an ordinary file or a folder"),
        (["a.pdf", "--report", "pipe", "--force"], "--report must name an ordinary file"),
        (["--json", "check", "a.pdf"], "as in prepdoc check FILE"),
        (["--quiet", "doctor"], "as in prepdoc doctor FILE"),
    ],
)
def test_what_cannot_be_used_is_refused_before_any_work(
    run: Runner, words: list[str], problem: str
) -> None:
    """A pipe or a device stays what it is, also with --force."""
    (run.folder / "a.pdf").write_bytes(b"%PDF-1.7")
    os.mkfifo(run.folder / "pipe")
    done = run(*words, *(() if "doctor" in words else DETAILS))
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
    assert (run.folder / "pipe").is_fifo()


def test_a_file_that_is_called_like_a_command_can_be_prepared(run: Runner) -> None:
    (run.folder / "check").write_bytes(b"no statement")
    done = run("--last4", "check", *DETAILS)
    assert done.returncode == 4, done.stderr


def test_a_reader_that_goes_away_is_no_error(run: Runner) -> None:
    for words in ("doctor", "doctor --json"):
        code = f"{sys.executable} -m prepdoc {words} | true; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("browse", "told"), [(True, "is open in your"), (False, "open it in a")])
def test_the_page_is_said_to_be_open_only_where_it_was_opened(
    browse: bool, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("prepdoc.web.opening.serve", lambda file, tell, open_: tell("http://x/"))
    paging.open_page(None, browse=browse)
    out, err = capsys.readouterr()
    assert (out, told in err) == ("http://x/\n", True)
