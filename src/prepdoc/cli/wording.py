"""What only the answer needs, as options of the main command and of `prepdoc reply`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import click

from prepdoc.cardholder import BadDetails, cleaned, plain
from prepdoc.cli.values import FilePath
from prepdoc.texts import _

if TYPE_CHECKING:
    from prepdoc.correspondence.reply import Added

ADDED: Final[Mapping[str, Added]] = {
    "name": "name",
    "address": "address",
    "phone": "phone",
    "last4": "last four",
}
NOTHING: Final = "nothing"


def options() -> list[click.Parameter]:
    """What only the answer needs."""
    return [
        click.Option(
            ["--relation"],
            metavar="TEXT",
            callback=cleaned_text,
            help=_(
                "What the cardholder is to the account holder, in the mail's language, as in 妻."
            ),
        ),
        click.Option(
            ["--order"],
            metavar="NUMBER",
            callback=_order,
            help=_("The number of the order, as in 250-1234567-1234567."),
        ),
        click.Option(
            ["--email"],
            metavar="ADDRESS",
            callback=_email,
            help=_("The e-mail address that is registered with the account."),
        ),
        click.Option(
            ["--added"],
            metavar="WORDS",
            callback=_added,
            help=_(
                "What the statement does not print and was added: of name,address,phone,last4 with"
                " commas, or nothing. Otherwise what is read only where it was added."
            ),
        ),
        click.Option(
            ["--template"],
            metavar="FILE",
            type=FilePath(),
            help=_("A Jinja2 template of your own for the message."),
        ),
    ]


def cleaned_text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """An option's words on one line."""
    try:
        return cleaned(value) if value is not None else None
    except BadDetails as error:
        raise click.BadParameter(str(error)) from None


def _order(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from prepdoc.correspondence.reply import ORDER

    if value is not None and not ORDER.fullmatch(plain(value).upper()):
        raise click.BadParameter(_("write it as in 250-1234567-1234567"))
    return value and plain(value).upper()


def _email(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from prepdoc.correspondence.reply import ADDRESS

    if value is not None and not ADDRESS.fullmatch(plain(value)):
        raise click.BadParameter(_("this is no e-mail address"))
    return value and plain(value)


def _added(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[Added, ...] | None:
    if value is None:
        return None
    keys = [key for word in value.split(",") if (key := plain(word).lower()) != NOTHING]
    unknown = next((key for key in keys if key not in ADDED), None)
    if unknown is not None:
        raise click.BadParameter(_("write some of name,address,phone,last4, or nothing"))
    return tuple(dict.fromkeys(ADDED[key] for key in keys))
