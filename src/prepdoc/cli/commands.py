"""What each command does, at the height of a table of contents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prepdoc.cli.options import batch_params, check_params, shared_options
from prepdoc.cli.streams import say
from prepdoc.cli.values import FilePath
from prepdoc.errors import ExitCode
from prepdoc.showing import shown
from prepdoc.texts import _

if TYPE_CHECKING:
    from prepdoc.page import Cardholder

SHELLS = ("bash", "zsh", "fish")


def prepare(**given: Any) -> int:
    """The main job, with what the options say."""
    from prepdoc.cli.preparing import Request, run

    return run(Request.of(given), debug=bool(click.get_current_context().obj))


class Later(click.Command):
    """A command that the program's help names in a line; what it takes is made when it is meant."""

    def __init__(self, command: Callable[[], click.Command], name: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help, hidden=not short_help)
        self._command = command

    def made(self) -> click.Command:
        """The command itself."""
        return self._command()


def others() -> list[Later]:
    """Every command but the main one; one without a line of help is hidden."""
    return [
        Later(
            _open,
            "open",
            _("Open a page in the browser: drop the statement, look, change, save."),
        ),
        Later(_batch, "batch", _("Prepare every document of a table.")),
        Later(_request, "request", _("Say what the mail that asks for a statement wants.")),
        Later(_check, "check", _("Say line by line whether a file meets what is asked.")),
        Later(_reply, "reply", _("Write the answer to the mail, with the prepared file attached.")),
        Later(_cardholder, "cardholder", _("Show, change or delete the saved details.")),
        Later(_doctor, "doctor", _("Check that every engine, model and font is there.")),
        Later(
            _completion, "completion", _("Print what makes the shell complete prepdoc's options.")
        ),
        Later(
            _install_launcher,
            "install-launcher",
            _("Put an icon on the desktop to drop statements on."),
        ),
        Later(_drop, "drop", ""),
    ]


def _open() -> click.Command:
    file = click.Argument(["file"], metavar="[FILE]", required=False, type=FilePath())
    browse = click.Option(
        ["--no-browser"],
        is_flag=True,
        help=_("Only print the page's address."),
    )
    return click.Command(
        "open",
        callback=_open_page,
        params=[file, browse, *shared_options()],
        help=_(
            "Open a page in the browser where a statement is dropped, looked at, changed and"
            " prepared. Nothing leaves this machine: the page is served by prepdoc itself, for this"
            " machine alone, and ends when it is closed."
        ),
    )


def _reply() -> click.Command:
    from prepdoc.cli.replying import reply_command

    return reply_command()


def _batch() -> click.Command:
    from prepdoc.batch.table import OTHER_COLUMNS

    return click.Command(
        "batch",
        callback=_prepare_batch,
        params=batch_params(),
        help=_(
            "Prepare every document of TABLE, a CSV file whose first line names the columns, or"
            " JSON objects one a line (- for standard input). The column file is needed; the others"
            " are: {columns}. A document that is refused stops no other one; the journal in the"
            " folder says how each went, and --resume goes on with it."
        ).format(columns=", ".join(OTHER_COLUMNS)),
    )


def _prepare_batch(**given: Any) -> int:
    from prepdoc.cli.batching import Batch, run

    return run(Batch.of({**given, "debug": bool(click.get_current_context().obj)}))


def _install_launcher() -> click.Command:
    remove = click.Option(["--remove"], is_flag=True, help=_("Take the icon away again."))
    return click.Command(
        "install-launcher",
        callback=_install_or_remove,
        params=[remove, *shared_options()],
        help=_(
            "Put an icon on the desktop, and where files are sent or opened with. A statement that"
            " is dropped on it is prepared with the saved details; where something is to be"
            " decided, the page opens."
        ),
    )


def _drop() -> click.Command:
    """What the icon starts; nobody types it."""
    files = click.Argument(["files"], nargs=-1, type=FilePath())
    from_cmd = click.Option(["--from-cmd"], is_flag=True)
    params = [files, from_cmd, *shared_options()]
    return click.Command("drop", callback=_drop_files, params=params, hidden=True)


def _request() -> click.Command:
    mail = click.Argument(["mail"], metavar="MAIL", type=FilePath())
    key = click.Option(
        ["--dkim-key"],
        metavar="FILE",
        type=FilePath(dir_okay=False),
        help=_(
            "The text of the DNS record with the sender's key (v=DKIM1; …): the mail's signature is"
            " verified with it. No name server is asked."
        ),
    )
    as_json = click.Option(["--json", "as_json"], is_flag=True, help=_("Print it as JSON."))
    return click.Command(
        "request",
        callback=_say_what_is_asked,
        params=[mail, key, as_json, *shared_options()],
        help=_(
            "Say what the mail that asks for a statement wants: which details, of which card, by"
            " which way and by when; and where it contradicts itself. MAIL is a file (.eml, .mbox,"
            " .html or text), or - for standard input."
        ),
    )


def _cardholder() -> click.Group:
    group = click.Group(
        "cardholder", help=_("Show, change or delete the saved details."), params=shared_options()
    )
    for name, callback, help_text in (
        ("show", _show, _("Show the saved details and where they are saved.")),
        ("edit", _edit, _("Enter the details to save; Enter keeps what is there.")),
        ("forget", _forget, _("Delete the saved details.")),
    ):
        group.add_command(
            click.Command(name, callback=callback, help=help_text, params=shared_options())
        )
    return group


def _doctor() -> click.Command:
    as_json = click.Option(["--json", "as_json"], is_flag=True, help=_("Print the table as JSON."))
    return click.Command(
        "doctor",
        callback=_examine,
        params=[as_json, *shared_options()],
        help=_("Check that every engine, model and font is there, and say what to do if not."),
    )


def _completion() -> click.Command:
    return click.Command(
        "completion",
        callback=_print_completion,
        params=[click.Argument(["shell"], type=click.Choice(SHELLS)), *shared_options()],
        help=_(
            "Print what makes the shell complete prepdoc's options; for bash, put it to use with:"
            ' eval "$(prepdoc completion bash)"'
        ),
    )


def _say_what_is_asked(mail: Path, dkim_key: Path | None, as_json: bool) -> None:
    from prepdoc.cli.asking import say_what_is_asked

    say_what_is_asked(mail, dkim_key, as_json)


def _check() -> click.Command:
    return click.Command(
        "check",
        callback=_say_what_is_met,
        params=check_params(),
        help=_(
            "Say line by line whether FILE meets what is asked, from what can be read in it. FILE"
            " may be any PDF or picture, also one that prepdoc did not make; it is left as it is."
        ),
    )


def _say_what_is_met(**given: Any) -> int:
    from prepdoc.cli.checking import Check, run

    return run(Check.of(given))


def _open_page(file: Path | None, no_browser: bool) -> None:
    from prepdoc.cli.paging import open_page

    open_page(file, browse=not no_browser)


def _install_or_remove(remove: bool) -> None:
    from prepdoc.cli import launching

    launching.remove() if remove else launching.install()


def _drop_files(files: tuple[Path, ...], from_cmd: bool) -> None:
    import os

    from prepdoc.cli.dropping import drop
    from prepdoc.launchers import windows

    given = windows.dropped(os.environ) if from_cmd else files
    drop(given, debug=bool(click.get_current_context().obj))


def _show() -> int:
    from prepdoc.cardholder import saved_path
    from prepdoc.cli.details import as_dict

    cardholder = _saved()
    if cardholder is None:
        click.echo(_("No details are saved. `prepdoc cardholder edit` saves some."), err=True)
        return ExitCode.REFUSED
    for key, value in as_dict(cardholder).items():
        say(f"{key}: {value}")
    click.echo(_("Saved in {file}.").format(file=shown(saved_path())), err=True)
    return ExitCode.DONE


def _edit() -> None:
    from prepdoc import cardholder as stored
    from prepdoc.cli import details
    from prepdoc.page import Cardholder

    if not details.on_terminal():
        raise click.UsageError(
            _("there is no terminal to ask on; write {file} yourself").format(
                file=shown(stored.saved_path())
            )
        )
    present = _saved()
    answers = details.ask(stored.FIELDS, details.as_dict(present) if present else {})
    details.save(Cardholder(**answers))


def _forget() -> None:
    from prepdoc.cardholder import forget

    deleted = forget()
    click.echo(_("The saved details were deleted.") if deleted else _("No details were saved."))


def _saved() -> Cardholder | None:
    from prepdoc.cardholder import BadDetails, saved

    try:
        return saved()
    except BadDetails as error:
        raise click.UsageError(str(error)) from None


def _examine(as_json: bool) -> int:
    import json

    from prepdoc import doctor

    findings = doctor.examine()
    if as_json:
        say(json.dumps(doctor.as_dict(findings), ensure_ascii=False))
    else:
        say(doctor.as_text(findings))
    well = all(finding.ok for finding in findings)
    return ExitCode.DONE if well else ExitCode.COMPONENT_MISSING


def _print_completion(shell: str) -> None:
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    assert completion is not None  # SHELLS are those that click knows
    root = click.get_current_context().find_root().command
    click.echo(completion(root, {}, "prepdoc", "_PREPDOC_COMPLETE").source())
