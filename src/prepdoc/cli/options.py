"""The options of every command, with their help texts, as the issue and README name them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from prepdoc.cardholder import last_four_of
from prepdoc.cli.demanding import options as demand_options
from prepdoc.cli.values import Between, FilePath, ResultPath
from prepdoc.cli.wording import options as answer_options
from prepdoc.languages import LANGUAGES
from prepdoc.texts import _

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from prepdoc.job import OutputFormat

MIN_DPI: Final = 96
"""The least at which the engines were measured to read statements (DESIGN.md)."""

MAX_DPI: Final = 600
"""Twice the default; more makes files over the upload limit and adds nothing to read."""


MAX_JOBS: Final = 256
"""More cores has hardly any machine; a slip of the finger has more."""

FORMATS: Final[tuple[OutputFormat, ...]] = ("pdf", "png", "jpg")


def shared_options() -> list[click.Parameter]:
    """What every command takes: language, version and tracebacks."""
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            help=_("The language of texts and of the stamp; else your locale's and the details'."),
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            help=_(
                "After an error, show where in the program it arose (card numbers blotted out)."
            ),
        ),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help=_("Show the version and exit."),
        ),
    ]


def prepare_sections() -> Sequence[tuple[str, Sequence[click.Parameter]]]:
    """The main job's parameters, under the titles that help shows them with."""
    return [
        (_("Card number"), [_files(), *_card_options()]),
        (_("Cardholder"), cardholder_options(_phone())),
        (_("What is asked"), demand_options()),
        (_("Answer"), [_reply_option(), *answer_options()]),
        (_("Input"), [_pages_option(), *_password_options()]),
        (_("Output"), _output_options()),
        (_("Several files"), [_jobs_option(_("otherwise one after the other"))]),
        (_("Messages"), [*_message_options(), *shared_options()]),
    ]


def check_params() -> list[click.Parameter]:
    """What `prepdoc check` takes."""
    file = click.Argument(["file"], metavar="FILE", type=FilePath())
    expected = click.Option(
        ["--last4"],
        metavar="DIGITS",
        callback=last_four,
        help=_("The card's last four digits that must be there."),
    )
    as_json = click.Option(["--json", "as_json"], is_flag=True, help=_("Print it as JSON."))
    return [
        file,
        expected,
        *cardholder_options(_phone()),
        *demand_options(),
        *_password_options(is_asked=False),
        as_json,
        *shared_options(),
    ]


def batch_params() -> list[click.Parameter]:
    """What `prepdoc batch` takes."""
    table = click.Argument(["table"], metavar="TABLE", type=FilePath())
    out = click.Option(
        ["--out"],
        metavar="DIR",
        required=True,
        type=FilePath(file_okay=False),
        help=_("The folder for the results and the journal; it is made if it is not there."),
    )
    last4 = click.Option(
        ["--last4"],
        is_flag=True,
        expose_value=False,
        help=_(
            "Leave only the last four digits; this is what always happens. The column last4 says"
            " which four are expected."
        ),
    )
    executor = click.Option(
        ["--executor"],
        metavar="dask://HOST:PORT",
        help=_("The scheduler of a Dask cluster that does the work, instead of this machine."),
    )
    resume = click.Option(
        ["--resume"],
        is_flag=True,
        help=_("Go on with the batch whose journal is in the folder; what is done is not redone."),
    )
    as_json = click.Option(
        ["--json", "as_json"],
        is_flag=True,
        help=_("Print the reports as JSON, one object a line, as the documents are done."),
    )
    quiet = click.Option(
        ["--quiet"],
        is_flag=True,
        help=_("Print nothing but errors and what --json asks for; no progress is shown."),
    )
    return [
        table,
        out,
        last4,
        _jobs_option(_("otherwise one for each core, and for each 2 GB of memory")),
        executor,
        resume,
        *cardholder_options(_phone(), is_asked=False),
        *demand_options(),
        *_password_options(is_asked=False),
        *_kind_options(),
        _force_option(),
        as_json,
        quiet,
        *shared_options(),
    ]


def is_last_four(word: str) -> bool:
    """Whether a word is four digits; full-width ones count."""
    return last_four_of(word) is not None


def last_four(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The four digits of `--last4`, as plain ones.

    Raises:
        click.BadParameter: they are not four digits.
    """
    digits = None if value is None else last_four_of(value)
    if value is not None and digits is None:
        raise click.BadParameter(_("give exactly four digits, as in --last4 1234"))
    return digits


def _files() -> click.Parameter:
    """One that may not be read is that file's own refusal, which the work says; click stops all."""
    path = FilePath(readable=False)
    return click.Argument(["files"], nargs=-1, required=True, metavar="FILE...", type=path)


def _card_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--last4"],
            metavar="[DIGITS]",
            callback=_last_four_if_given,
            shell_complete=_files_may_follow,
            help=_(
                "Leave only the last four digits of the card number; this is what prepdoc always"
                " does. With four digits behind it: these are the last four that are expected."
            ),
        ),
        click.Option(
            ["--mask"],
            multiple=True,
            metavar="TEXT",
            help=_("Black out this text too, wherever it stands. May be given several times."),
        ),
        click.Option(
            ["--keep"],
            multiple=True,
            metavar="TEXT",
            help=_(
                "Leave this text as it is. May be given several times; a complete card number is"
                " removed all the same."
            ),
        ),
    ]


def _phone() -> click.Parameter:
    return click.Option(["--phone"], metavar="TEXT", help=_("The cardholder's phone number."))


def cardholder_options(phone: click.Parameter, *, is_asked: bool = True) -> list[click.Parameter]:
    """Whose card it is; commands differ in how many phone numbers they take, and in whether they
    ask for what is missing.
    """
    return [
        click.Option(["--name"], metavar="TEXT", help=_("The cardholder's name.")),
        click.Option(["--address"], metavar="TEXT", help=_("The billing address.")),
        phone,
        click.Option(
            ["--cardholder"],
            metavar="FILE.toml",
            type=FilePath(),
            help=_(
                "A file with name, address and phone. Without it the saved details serve, and what"
                " is still missing is asked for."
            )
            if is_asked
            else _(
                "A file with name, address and phone for rows that say nothing else; without it"
                " the saved details serve."
            ),
        ),
    ]


def _reply_option() -> click.Parameter:
    return click.Option(
        ["--reply"],
        is_flag=True,
        help=_(
            "Also write the answer to the mail: reply.txt, and reply.eml, a draft with the result"
            " attached, where the mail is answered by mail."
        ),
    )


def _pages_option() -> click.Parameter:
    return click.Option(
        ["--pages"],
        metavar="1-2,5",
        callback=_pages,
        help=_("Only these pages go into the result; otherwise all."),
    )


def _password_options(*, is_asked: bool = True) -> list[click.Parameter]:
    """Commands differ in whether they ask for one that is missing."""
    return [
        click.Option(
            ["--password"],
            metavar="TEXT",
            envvar="PREPDOC_PASSWORD",
            help=_(
                "The PDF's password. Others on this machine can see what is typed here; better use"
                " --password-file, the environment variable PREPDOC_PASSWORD, or wait to be asked."
            )
            if is_asked
            else _(
                "The PDF's password. Others on this machine can see what is typed here; better use"
                " --password-file, or the environment variable PREPDOC_PASSWORD."
            ),
        ),
        click.Option(
            ["--password-file"],
            metavar="FILE",
            type=FilePath(dir_okay=False),
            help=_("A file whose first line is the PDF's password."),
        ),
    ]


def _output_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["-o", "--output"],
            metavar="OUT",
            type=ResultPath(),
            help=_(
                "Where the result goes: a file or a folder. Otherwise beside the input, as"
                " NAME-prepared.pdf. With several files it must be a folder."
            ),
        ),
        *_kind_options(),
        click.Option(
            ["--preview"],
            is_flag=True,
            help=_("Also make a picture of the result with what was done outlined, to look at."),
        ),
        _force_option(),
    ]


def _kind_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--format"],
            type=click.Choice(FORMATS),
            help=_("The kind of file to make; otherwise the input's, or what can be uploaded."),
        ),
        click.Option(
            ["--dpi"],
            type=Between(MIN_DPI, MAX_DPI),
            metavar="N",
            help=_("Pixels per inch of the result, {low} to {high}; otherwise what suits.").format(
                low=MIN_DPI, high=MAX_DPI
            ),
        ),
    ]


def _force_option() -> click.Parameter:
    return click.Option(["--force"], is_flag=True, help=_("Overwrite files that exist already."))


def _jobs_option(otherwise: str) -> click.Parameter:
    return click.Option(
        ["--jobs"],
        metavar="N",
        type=click.IntRange(1, MAX_JOBS),
        help=_("How many documents are worked on at once; {otherwise}.").format(
            otherwise=otherwise
        ),
    )


def _message_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--report", "report_file"],
            metavar="FILE.json",
            type=FilePath(dir_okay=False),
            help=_("Also save the report as JSON: one object a line, one line for each FILE."),
        ),
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            help=_("Print the report as JSON instead: one object a line, one line for each FILE."),
        ),
        click.Option(
            ["--quiet"],
            is_flag=True,
            help=_("Print nothing but errors and what --json asks for; no progress is shown."),
        ),
    ]


def _last_four_if_given(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """A bare `--last4` says nothing about the digits."""
    return last_four(ctx, param, value or None)


def _files_may_follow(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Behind a `--last4` without digits stands the next argument, most often a file."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def _pages(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    return None if value is None else parsed_pages(value)


def parsed_pages(text: str) -> tuple[int, ...]:
    """The pages that `1-2,5` names, sorted, each once.

    Raises:
        click.BadParameter: it is no such list, or names page 0 or a range that runs backwards.

    >>> parsed_pages("5, 1-2")
    (1, 2, 5)
    """
    pages: set[int] = set()
    for part in unicodedata.normalize("NFKC", text).split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        ends = (first, last if dash else first)
        if not all(word.isascii() and word.isdecimal() and len(word) <= 5 for word in ends):
            raise click.BadParameter(_("write pages as numbers and ranges, as in 1-2,5"))
        if not 1 <= int(ends[0]) <= int(ends[1]):
            raise click.BadParameter(_("pages are counted from 1, and a range goes upwards"))
        pages.update(range(int(ends[0]), int(ends[1]) + 1))
    return tuple(sorted(pages))


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from prepdoc.doctor import own_version

        click.echo(f"prepdoc {own_version()}")
        ctx.exit()
