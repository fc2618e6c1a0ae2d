"""`prepdoc reply`: its options, and what is done in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prepdoc.cardholder import BadDetails
from prepdoc.cli import asking, demanding, details, failing
from prepdoc.cli.answering import (
    Reply,
    Wanted,
    next_step,
    refuse_misuse,
    said,
    understood,
    write,
)
from prepdoc.cli.checking import looked_at
from prepdoc.cli.demanding import Wish, profile_named
from prepdoc.cli.options import cardholder_options, last_four, shared_options
from prepdoc.cli.values import FilePath
from prepdoc.cli.wording import cleaned_text, options
from prepdoc.errors import PrepdocError
from prepdoc.showing import shown
from prepdoc.texts import _

if TYPE_CHECKING:
    from prepdoc.checked import Unprinted
    from prepdoc.checking import Case, Demand
    from prepdoc.correspondence.letter import Letter
    from prepdoc.page import Cardholder
    from prepdoc.requirements import Profile


def reply_command() -> click.Command:
    """The sub-command."""
    file = click.Argument(["file"], metavar="FILE", type=FilePath())
    return click.Command(
        "reply",
        callback=_reply,
        params=[
            file,
            *_asking_options(),
            *cardholder_options(_phones_option()),
            *options(),
            *_output_options(),
            *shared_options(),
        ],
        help=_(
            "Write the answer to the mail that asks for a statement: reply.txt, and reply.eml, a"
            " draft with FILE attached that a mail program opens. FILE is the file that prepdoc"
            " made. Nothing is sent. Where the file is to be uploaded, reply.txt says how, and"
            " holds the message to paste."
        ),
    )


def _reply(
    file: Path,
    name: str | None,
    address: str | None,
    phone: tuple[str, ...],
    cardholder: Path | None,
    **given: Any,
) -> None:
    wanted = Wanted.of({**given, "phones": _phones(phone)})
    _refuse_misuse(wanted)
    letter = demanding.letter(wanted.wish)
    reply = understood(wanted, letter, _profile(wanted.wish, letter))
    demand = demanding.demand(wanted.wish, reply.errand.profile, letter, said(wanted))
    if reply.last_four is None:
        raise click.UsageError(_("give the card's last four digits with --last4 1234"))
    data = _attachable(file)
    if letter:
        asking.warn_of_contradictions(letter, wanted.wish.request)
    told = {"name": name, "address": address, "phone": next(iter(wanted.phones), None)}
    whose = details.complete(told, cardholder)
    unprinted = _unprinted(file, data, _case(demand, whose, reply))
    written = write(reply, file, data, whose, reply.last_four, unprinted)
    click.echo(_("Written: {files}").format(files=", ".join(map(shown, written))))
    click.echo(next_step(reply))


def _phones(given: Sequence[str]) -> tuple[str, ...]:
    from prepdoc.correspondence.reply import phones_of

    try:
        return phones_of(details.cleaned_option("phone", value) for value in given)
    except BadDetails as error:
        raise click.UsageError(str(error)) from None


def _refuse_misuse(wanted: Wanted) -> None:
    if not (wanted.wish.request or wanted.wish.profile):
        raise click.UsageError(
            _("say what is answered: the mail with --request, or its kind with --profile")
        )
    refuse_misuse(wanted)
    if wanted.output and not wanted.output.is_dir():
        raise click.UsageError(_("-o must name a folder that exists"))


def _profile(wish: Wish, letter: Letter | None) -> Profile:
    """The one that is named, else the one that the mail asks."""
    from prepdoc.correspondence.errand import refuse_over

    asked = letter.asked if letter else None
    refuse_over(asked)
    wanted = wish.profile or (asked.profile if asked else None)
    if wanted is None:
        raise PrepdocError(
            _("the mail asks for nothing that prepdoc knows; if it does, name it with --profile")
        )
    return profile_named(wanted)


def _case(demand: Demand, cardholder: Cardholder, reply: Reply) -> Case:
    from prepdoc.checking import Case

    return Case(demand=demand, cardholder=cardholder, today=date.today(), last_four=reply.last_four)


def _unprinted(file: Path, data: bytes, case: Case) -> Unprinted:
    """What the file shows only as added, once it is seen to be fit to be sent.

    Raises:
        PrepdocError: it shows more of a card number than the last four, or another card's.
    """
    checkup = looked_at(data, None, case)
    if checkup.exposed:
        raise PrepdocError(
            _("it shows more of a card number than the last four; prepare it with prepdoc first")
        )
    refusing = {one.id: one for one in checkup.refusing}
    if "PAN-2" in refusing and checkup.last_fours:
        raise PrepdocError(
            _("it shows another card than you mean: {seen}").format(seen=refusing["PAN-2"].seen)
        )
    if refusing:
        rules = ", ".join(refusing)
        failing.complain(_("it does not meet {rules}; see prepdoc check").format(rules=rules), file)
    return checkup.unprinted


def _attachable(file: Path) -> bytes:
    """The file's bytes, read once: what is looked at is what is attached.

    Raises:
        PrepdocError: it is of no kind that can be attached.
        UnreadableInput: it cannot be read.
    """
    from prepdoc.correspondence.reply import media_of
    from prepdoc.reading.files import bytes_of
    from prepdoc.requirements import SIZE_LIMIT_BYTES

    data = bytes_of(file)
    if media_of(data) is None:
        raise PrepdocError(_("only a PDF, PNG or JPEG can be attached"))
    if len(data) >= SIZE_LIMIT_BYTES:
        failing.complain(_("it is larger than 10 MB, which may be refused"), file)
    return data


# --- options -----------------------------------------------------------------------------------


def _asking_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--request"],
            metavar="MAIL",
            type=FilePath(),
            help=_("The mail that is answered, as it was saved."),
        ),
        click.Option(
            ["--profile"],
            metavar="NAME|FILE.toml",
            help=_("What is asked; otherwise what the mail asks."),
        ),
        click.Option(
            ["--last4"],
            metavar="DIGITS",
            callback=last_four,
            help=_("The card's last four digits; not needed where the mail names four."),
        ),
        click.Option(
            ["--transaction"],
            metavar="TEXT",
            callback=cleaned_text,
            help=_("The transaction in question, as in “Amazon 10,000”."),
        ),
        click.Option(
            ["--account-holder"],
            metavar="NAME",
            callback=cleaned_text,
            help=_("Whose account it is, if it is not the cardholder's."),
        ),
    ]


def _phones_option() -> click.Parameter:
    return click.Option(
        ["--phone"],
        multiple=True,
        metavar="TEXT",
        help=_("The cardholder's phone number. May be given several times."),
    )


def _output_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["-o", "--output"],
            metavar="FOLDER",
            type=FilePath(),
            help=_("The folder where the answer goes; otherwise beside FILE."),
        ),
        click.Option(["--force"], is_flag=True, help=_("Overwrite files that exist already.")),
    ]
