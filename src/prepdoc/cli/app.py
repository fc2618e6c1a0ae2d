"""The commands and their options, and which command a line of words means."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import click

from prepdoc.cli import commands, failing
from prepdoc.cli.leaflet import WIDTHS
from prepdoc.cli.options import is_last_four, prepare_sections, shared_options
from prepdoc.cli.streams import flushed, never_stumble_over_characters
from prepdoc.texts import _, choose, teach_click

Sections: TypeAlias = Sequence[tuple[str, Sequence[click.Parameter]]]
"""The main job's parameters, under the titles that help shows them with."""

PREPARE: Final = "prepare"


def run(words: Sequence[str]) -> int:
    """Run the command line; returns the exit code (`errors.ExitCode`, or 128 + the signal)."""
    choose(words, os.environ)
    never_stumble_over_characters()
    teach_click(os.environ)
    with failing.signals_as_exceptions():
        debug = "--debug" in words
        code = failing.exit_code_of(
            lambda: command_line().main(list(words), "prepdoc", standalone_mode=False, obj=debug),
            debug=debug,
        )
        failing.hear_no_more()
    return flushed(code)


def command_line() -> click.Group:
    """The whole of `prepdoc`, with help texts in the language spoken."""
    sections = prepare_sections()
    prepare = PrepareCommand(
        PREPARE,
        params=[param for _title, params in sections for param in params],
        callback=commands.prepare,
        hidden=True,
    )
    root = Root("prepdoc", prepare, sections)
    for command in commands.others():
        root.add_command(command)
    return root


class PrepareContext(click.Context):
    """Names the command as the user typed it: `prepdoc`, not `prepdoc prepare`."""

    @property
    def command_path(self) -> str:
        """What stands behind "Usage:"."""
        return self.parent.command_path if self.parent else "prepdoc"


class PrepareCommand(click.Command):
    """The main job; `--last4` may stand with or without four digits behind it."""

    context_class = PrepareContext

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, after `--last4` has been made unmistakable."""
        rest = super().parse_args(ctx, with_last_four_joined(args))
        _refuse_command_behind_options(ctx)
        return rest

    def get_help(self, ctx: click.Context) -> str:
        """The help of the whole program: this command is what `prepdoc` does."""
        return ctx.parent.get_help() if ctx.parent else super().get_help(ctx)


class Root(click.Group):
    """`prepdoc`: a first word that is no sub-command means the main job."""

    def __init__(self, name: str, prepare: PrepareCommand, sections: Sections) -> None:
        super().__init__(
            name,
            params=shared_options(),
            help=_(
                "Make a card statement ready for upload: every digit of the card number but the"
                " last four is removed, the cardholder's name, address and phone are written on"
                " the page, and the result is checked before it is saved. Everything stays on this"
                " machine."
            ),
            epilog=_(
                "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no card number, 4 unreadable"
                " input, 5 a component is missing."
            ),
            context_settings={
                "help_option_names": ["-h", "--help"],
                "max_content_width": WIDTHS[-1],
            },
        )
        self.prepare = prepare
        self.sections = sections
        self.add_command(prepare)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with the main job put in where no sub-command is named."""
        return super().parse_args(ctx, with_command(args, self.commands))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; what a command takes is made now that it is meant."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.made() if isinstance(command, commands.Later) else command, rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What the usage line shows behind `prepdoc`."""
        return ["FILE...", "--last4 [DIGITS]", "[OPTIONS]"]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The main job's options by section, then the sub-commands."""
        for title, params in [*self.sections, (_("Help"), self._own_help(ctx))]:
            options = (param for param in params if isinstance(param, click.Option))
            with formatter.section(title):
                formatter.write_dl([row for p in options if (row := p.get_help_record(ctx))])
        self.format_commands(ctx, formatter)

    def _own_help(self, ctx: click.Context) -> list[click.Parameter]:
        option = self.get_help_option(ctx)
        return [option] if option else []

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Sub-commands, the main job's options, and files."""
        from click.shell_completion import CompletionItem

        own = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return own + self.prepare.shell_complete(ctx, incomplete)
        return [*own, CompletionItem(incomplete, type="file")]


def with_command(args: list[str], commands: Container[str]) -> list[str]:
    """The words with `prepare` in front, unless a sub-command or the program's help is meant.

    >>> with_command(["--last4", "a.pdf"], {"doctor": ...})
    ['prepare', '--last4', 'a.pdf']
    >>> with_command(["--lang", "ja", "doctor"], {"doctor": ...})
    ['--lang', 'ja', 'doctor']
    """
    first = next(iter(_without_shared_options(args)), None)
    if first is None or first in commands or first in ("-h", "--help", "--version"):
        return args
    return [PREPARE, *args]


def with_last_four_joined(args: list[str]) -> list[str]:
    """`--last4 1234` as one word; a `--last4` with anything else behind it stands for itself.

    >>> with_last_four_joined(["--last4", "1234", "a.pdf"])
    ['--last4=1234', 'a.pdf']
    >>> with_last_four_joined(["--last4", "a.pdf"])
    ['--last4=', 'a.pdf']

    Too few or too many digits are joined too, for click to refuse, unless a file is called so.
    """
    joined: list[str] = []
    rest = iter(range(len(args)))
    for i in rest:
        if args[i] == "--":
            return joined + args[i:]
        if args[i] != "--last4":
            joined.append(args[i])
        elif i + 1 < len(args) and _is_meant_as_digits(args[i + 1]):
            joined.append(f"--last4={args[i + 1]}")
            next(rest)
        else:
            joined.append("--last4=")
    return joined


def _refuse_command_behind_options(ctx: click.Context) -> None:
    """`prepdoc --json check FILE` would prepare a file that is called check.

    Raises:
        click.UsageError: the first file is called like a command, and there is none.
    """
    first = next(iter(ctx.params.get("files") or ()), None)
    root = ctx.find_root().command
    names = root.commands if isinstance(root, click.Group) else ()
    if first and str(first) in names and not first.exists():
        what = _("{command} is a command: write it first, as in prepdoc {command} FILE")
        raise click.UsageError(what.format(command=first))


def _is_meant_as_digits(word: str) -> bool:
    return is_last_four(word) or (word.isdecimal() and not Path(word).exists())


def _without_shared_options(args: list[str]) -> list[str]:
    """The words from the first one on that is no option which every command takes."""
    rest = list(args)
    while rest and rest[0].partition("=")[0] in ("--lang", "--debug"):
        rest = rest[2:] if rest[0] == "--lang" else rest[1:]
    return rest
