"""What the recipient demands, from the options: a profile by its name or the mail, and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prepdoc.cli.values import FilePath
from prepdoc.errors import UnreadableInput
from prepdoc.showing import shown
from prepdoc.texts import _, translate_error

if TYPE_CHECKING:
    from prepdoc.checking import Demand
    from prepdoc.checking.ledger.transactions import Wanted
    from prepdoc.correspondence.letter import Letter
    from prepdoc.page import Language
    from prepdoc.requirements import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was typed about the recipient; the repr shows nothing personal."""

    profile: str | None = None
    request: Path | None = None
    transaction: str | None = field(default=None, repr=False)
    allow: tuple[str, ...] = ()
    account_holder: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wish:
        """From the command line's values by their names."""
        return cls(
            **{field.name: given[field.name] for field in fields(cls) if field.name in given}
        )


def options() -> list[click.Parameter]:
    """For every command that checks."""
    return [
        click.Option(
            ["--request"],
            metavar="MAIL",
            type=FilePath(),
            help=_("The mail that asks for the statement: what it asks is checked (or -)."),
        ),
        click.Option(
            ["--profile"],
            metavar="NAME|FILE.toml",
            help=_(
                "What is checked: {names}, or a file of your own. Otherwise what the mail asks, or"
                " what suits the language of the details."
            ).format(names=", ".join(_ids())),
        ),
        click.Option(
            ["--transaction"],
            metavar="TEXT",
            help=_(
                "The transaction in question, as in “Amazon 10,000” or “11/10 Amazon 10,000”;"
                " otherwise any purchase from Amazon is looked for."
            ),
        ),
        click.Option(
            ["--account-holder"],
            metavar="NAME",
            help=_("Whose account it is, if it is not the cardholder's."),
        ),
        click.Option(
            ["--allow"],
            multiple=True,
            metavar="RULE",
            help=_("Do without a rule, by its id, such as TXN. May be given several times."),
        ),
    ]


def demand(
    wish: Wish,
    profile: Profile,
    letter: Letter | None,
    said: frozenset[str] = frozenset(),
) -> Demand:
    """What the document is checked for; `said` are rules that the message takes care of.

    Raises:
        click.UsageError: there is no such rule, or the transaction says nothing.
    """
    from prepdoc.checking import Demand

    hint = letter.asked.hint if letter else None
    return Demand(
        profile=profile,
        allow=_allowed(wish.allow),
        transaction=_transaction(wish.transaction),
        hint_digits=hint.digits if hint else "",
        hint_brand=hint.brand if hint else "",
        account_holder=wish.account_holder,
        said=said,
    )


def letter(wish: Wish) -> Letter | None:
    """The mail that was named, read.

    Raises:
        click.UsageError: it is no mail: no statement's fault, of whatever was named.
    """
    from prepdoc.cli.asking import read_letter

    if wish.request is None:
        return None
    try:
        return read_letter(wish.request)
    except UnreadableInput as error:
        raise click.UsageError(f"{shown(wish.request)}: {translate_error(error)}") from None


def names_file(profile: str) -> bool:
    """Whether it is a file of the user's own.

    >>> names_file("amazon-com"), names_file("mine.toml"), names_file("./mine")
    (False, True, True)
    """
    return profile.lower().endswith(".toml") or bool(re.search(r"[/\\]", profile))


def profile_named(name: str) -> Profile:
    """One that comes with prepdoc, or one in a file.

    Raises:
        click.UsageError: there is none, or it cannot be used.
    """
    from prepdoc.requirements import BadProfile, load, named

    try:
        return load(Path(name)) if names_file(name) else named(name)
    except BadProfile as error:
        raise click.UsageError(shown(str(error))) from None


def profile_of(wish: Wish, language: Language, letter: Letter | None) -> Profile:
    """The one that `name_of_profile` names.

    Raises:
        click.UsageError: there is none, or it cannot be used.
    """
    return profile_named(name_of_profile(wish, language, letter))


def name_of_profile(wish: Wish, language: Language, letter: Letter | None) -> str:
    """The one that was named, else what the mail asks, else what suits the language.

    Raises:
        click.UsageError: the mail asks for nothing that is known.
    """
    from prepdoc.requirements import BY_LANGUAGE

    return wish.profile or (_asked(letter) if letter else BY_LANGUAGE[language])


def _asked(letter: Letter) -> str:
    if letter.asked.profile:
        return letter.asked.profile
    over = _("the mail asks nothing any more: it says that the account is open again")
    unknown = _("the mail asks for nothing that prepdoc knows")
    raise click.UsageError(
        _("{what}; say with --profile what is to be checked").format(
            what=over if letter.asked.is_over else unknown
        )
    )


def _allowed(words: Iterable[str]) -> frozenset[str]:
    from prepdoc.requirements.profile import NEVER_ALLOWED, RULES

    ids = frozenset(part.strip().upper() for word in words for part in word.split(","))
    unknown = sorted(ids - frozenset(RULES))
    if unknown:
        raise click.UsageError(
            _("there is no rule {rule}; there are: {rules}").format(
                rule=shown(unknown[0]), rules=", ".join(RULES)
            )
        )
    if NEVER_ALLOWED in ids:
        raise click.UsageError(_("{rule} cannot be done without").format(rule=NEVER_ALLOWED))
    return ids


def _transaction(text: str | None) -> Wanted | None:
    if text is None:
        return None
    from prepdoc.checking.ledger.transactions import BadTransaction, wanted

    try:
        return wanted(text)
    except BadTransaction as error:
        raise click.UsageError(f"--transaction: {shown(str(error))}") from None


def _ids() -> tuple[str, ...]:
    from prepdoc.requirements import ids

    return ids()
