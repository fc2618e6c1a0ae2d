"""What README and its sisters say is so: commands, options, exit codes, files and the example."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from prepdoc.cli.app import Root, command_line
from prepdoc.cli.commands import others
from prepdoc.errors import ExitCode

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text("utf-8")
CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
PAGES = [PROJECT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
DECISIONS = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
SETTINGS: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))

FIRST_COMMAND = (
    "pip install . && "
    "prepdoc samples/statement-ja.pdf --last4 --cardholder samples/cardholder-ja.toml"
)
TEST_COMMAND = "pip install '.[test]' && pytest"
AGPL_3_SHA256 = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
"""Of the text that the Free Software Foundation publishes."""
MAX_PICTURE_BYTES = 300_000


def section(title: str) -> str:
    """What stands below a heading of the README."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row but the heads'."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = [i for i, line in enumerate(lines) if set(line) <= set("|- ")]
    body = [line for i, line in enumerate(lines) if i not in rules and i + 1 not in rules]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


def program() -> Root:
    root = command_line()
    assert isinstance(root, Root)
    return root


def options() -> set[str]:
    """Every option of the main job and the program, in all its spellings."""
    root = program()
    params = [param for _title, own in root.sections for param in own] + root.params
    own_help = root.get_help_option(click.Context(root))
    assert own_help is not None
    found = [*params, own_help]
    return {name for param in found if isinstance(param, click.Option) for name in param.opts}


def options_of_commands() -> set[str]:
    """Of `prepdoc request` and the others."""
    made = [command.made() for command in others()]
    params = [param for command in made for param in command.params]
    return {name for param in params if isinstance(param, click.Option) for name in param.opts}


def named_options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", text))


@pytest.mark.parametrize("command", [FIRST_COMMAND, TEST_COMMAND])
def test_the_readme_has_the_command_once_as_a_line_to_copy(command: str) -> None:
    assert README.count(f"```console\n{command}\n```") == 1
    assert README.splitlines().count(command) == 1


@pytest.mark.parametrize(
    ("start", "command"),
    [("pip install . && prepdoc", FIRST_COMMAND), ("pip install '.[test]'", TEST_COMMAND)],
)
def test_ci_runs_the_readmes_line_which_it_finds_by_its_beginning(start: str, command: str) -> None:
    script = (PROJECT / ".ci" / "run").read_text("utf-8")
    assert f'readme_command "{start}"' in script or f"readme_command '{start}'" in script
    assert [line for line in README.splitlines() if line.startswith(start)] == [command]


def test_the_first_command_is_one_that_the_program_takes() -> None:
    words = shlex.split(FIRST_COMMAND)[shlex.split(FIRST_COMMAND).index("prepdoc") + 1 :]
    taken = program().prepare.make_context("prepdoc", words).params
    assert (PROJECT / taken["files"][0]).is_file()
    assert (PROJECT / taken["cardholder"]).is_file()


def test_the_exit_codes_are_those_of_the_program() -> None:
    told = {int(code): meaning.lower() for code, meaning in rows(section("Exit codes"))}
    assert set(told) == {int(code) for code in ExitCode}
    for code in ExitCode:
        words = code.name.lower().replace("_", " ").split()
        assert all(word in told[code] for word in words), code


def test_the_options_are_those_of_the_program_no_more_and_no_less() -> None:
    table = [cells[0] for cells in rows(section("Options")) if cells[0].startswith("`-")]
    assert named_options(" ".join(table)) == options() - {"-h"}


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=lambda page: page.name)
def test_an_option_that_a_page_names_exists(page: Path) -> None:
    quoted = re.findall(r"`[^`]*`", page.read_text("utf-8"))
    prepdocs = [words for words in quoted if words.startswith(("`--", "`prepdoc "))]
    assert named_options(" ".join(prepdocs)) <= options() | options_of_commands()


def test_the_commands_are_those_of_the_program() -> None:
    told = rows(section("Options"))
    named = {found[1] for cells in told if (found := re.match(r"`prepdoc ([\w-]+)", cells[0]))}
    assert named == {name for name, c in program().commands.items() if not c.hidden}


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    here = [target for target in targets if not target.startswith("https://")]
    assert [target for target in here if not (page.parent / target).exists()] == []


def test_the_readme_shows_a_picture_that_is_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all((PROJECT / picture).stat().st_size < MAX_PICTURE_BYTES for picture in pictures)


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=lambda page: page.name)
def test_a_page_shows_no_card_number_in_full(page: Path) -> None:
    from prepdoc.pan import find

    lines = page.read_text("utf-8").splitlines()
    assert [match.rule for line in lines for match in find(line) if match.rule < 4] == []


def test_the_readme_asks_for_the_python_that_the_package_asks_for() -> None:
    least = SETTINGS["project"]["requires-python"].removeprefix(">=")
    assert f"Python {least} or newer" in README


def test_the_example_in_python_works_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PROJECT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    [example] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    output = tmp_path / "for-upload.pdf"
    assert capsys.readouterr().out == f"for-upload.pdf {output.stat().st_size} ['1913']\n"


def test_the_errors_named_are_those_that_can_be_imported() -> None:
    import prepdoc

    named = set(re.findall(r"`(\w+)`", section("From Python").partition("Every error")[2]))
    errors = {name for name in prepdoc.__all__ if name in vars(prepdoc.errors)}
    assert named == errors


def test_the_changelog_knows_the_version() -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    assert f"\n## {SETTINGS['project']['version']}" in changelog


def test_every_place_in_contributing_exists_and_every_module_has_one() -> None:
    package = PROJECT / "src" / "prepdoc"
    table = CONTRIBUTING.partition("## Where a line belongs")[2].partition("\n## ")[0]
    named = {name for cells in rows(table) for name in re.findall(r"`([\w.]+)/?`", cells[0])}
    present = {path.name for path in package.iterdir() if not path.name.startswith("__")}
    assert named == present - {"py.typed"}


def test_the_licence_is_the_published_text() -> None:
    text = (PROJECT / "LICENSE").read_bytes()
    assert hashlib.sha256(text).hexdigest() == AGPL_3_SHA256


def test_the_script_of_ci_is_bash_without_mistakes_of_grammar() -> None:
    script = PROJECT / ".ci" / "run"
    assert script.read_text("utf-8").startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", script], check=True)
