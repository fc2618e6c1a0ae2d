"""Mail, details and prepared file → reply.txt, and reply.eml where the answer is a mail.

    Wanted ─understood→ Reply ─write→ files

`understood` refuses what must not be answered before any work is done; `write` comes after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from prepdoc.cardholder import saved_path, write_privately
from prepdoc.cli.demanding import Wish
from prepdoc.errors import OutputExists
from prepdoc.showing import shown
from prepdoc.texts import _
from prepdoc.texts import asked as asked_language

if TYPE_CHECKING:
    from prepdoc.checked import Unprinted
    from prepdoc.correspondence.errand import Errand
    from prepdoc.correspondence.letter import Letter
    from prepdoc.correspondence.reply import Added, Answer, Template
    from prepdoc.page import Cardholder
    from prepdoc.requirements import Profile

MAX_TEMPLATE_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was typed about the answer; the repr shows nothing personal."""

    wish: Wish
    last4: str | None = field(default=None, repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    relation: str | None = field(default=None, repr=False)
    order: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    added: tuple[Added, ...] | None = None
    """What the statement does not print; None where the file shall tell it."""
    template: Path | None = None
    output: Path | None = None
    force: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wanted:
        """From the command line's values by their names."""
        own = {field.name: given[field.name] for field in fields(cls) if field.name in given}
        return cls(**own, wish=Wish.of(given))


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be answered, what was typed about it, and the templates it is made with."""

    wanted: Wanted
    errand: Errand
    templates: Mapping[str, Template] = field(default_factory=dict, repr=False)

    @property
    def last_four(self) -> str | None:
        """The card's, as typed, or as the mail names them."""
        hint = self.errand.hint
        return self.wanted.last4 or (hint if len(hint) == 4 else None)


def refuse_misuse(wanted: Wanted) -> None:
    """What contradicts itself whatever the mail says.

    Raises:
        click.UsageError: something does.
    """
    if wanted.relation and not wanted.wish.account_holder:
        raise click.UsageError(_("--relation says nothing without --account-holder NAME"))


def understood(wanted: Wanted, letter: Letter | None, profile: Profile) -> Reply:
    """What is to be answered, if it may be.

    Raises:
        PrepdocError: the mail is over, contradicts itself, or means another card.
        click.UsageError: a template cannot be read.
    """
    from prepdoc.correspondence import errand as errands
    from prepdoc.correspondence.reply import template_name

    mail, asked = (letter.mail, letter.asked) if letter else (None, None)
    errand = errands.understood(profile, asked_language() or profile.language, mail, asked)
    if wanted.last4:
        errands.agreeing(wanted.last4, errand.hint)
    name = template_name(errand.profile, errand.language)
    return Reply(wanted, errand, _templates(name, wanted.template))


def write(
    reply: Reply,
    file: Path,
    data: bytes,
    cardholder: Cardholder,
    last_four: str,
    unprinted: Unprinted,
) -> tuple[Path, ...]:
    """Write the answer with the prepared file attached; returns the files, beside it or in `-o`.

    `data` is what is attached, from `file`; `unprinted` is what it shows only as added.

    Raises:
        OutputExists: a name is taken; nothing was written.
        PrepdocError: the answer must not be written.
        click.UsageError: a template is broken.
    """
    from prepdoc.correspondence.errand import files_of
    from prepdoc.correspondence.reply import BadTemplate

    answer = _answer(reply, cardholder, last_four, unprinted)
    try:
        contents = files_of(reply.errand, answer, data, file.stem, reply.templates)
    except BadTemplate as error:
        raise click.UsageError(shown(str(error))) from None
    folder = reply.wanted.output or file.parent
    _write_all({folder / name: content for name, content in contents.items()}, reply.wanted.force)
    return tuple(folder / name for name in contents)


def next_step(reply: Reply) -> str:
    """What the user does with what was written, as one line."""
    from prepdoc.correspondence import errand

    return errand.next_step(reply.errand)


def said(wanted: Wanted) -> frozenset[str]:
    """Ids of the rules that the message takes care of."""
    return frozenset({"TEL", "THIRD", *(["MAIL"] if wanted.email else [])})


def _answer(reply: Reply, cardholder: Cardholder, last_four: str, unprinted: Unprinted) -> Answer:
    from prepdoc.correspondence.errand import added_by, agreeing
    from prepdoc.correspondence.reply import Answer, shop_of

    wanted, errand = reply.wanted, reply.errand
    return Answer(
        cardholder=cardholder,
        last_four=agreeing(last_four, errand.hint),
        profile=errand.profile,
        language=errand.language,
        phones=wanted.phones,
        account_holder=wanted.wish.account_holder or "",
        relation=wanted.relation or "",
        order=wanted.order or "",
        transaction=wanted.wish.transaction or "",
        email=wanted.email or "",
        added=added_by(unprinted.ids) if wanted.added is None else wanted.added,
        absent=added_by(unprinted.absent) if wanted.added is None else wanted.added,
        shop=shop_of(errand.profile, errand.mail),
    )


def _write_all(files: Mapping[Path, bytes], force: bool) -> None:
    """All of them or none; none that exists is replaced without `force`."""
    for path in files:
        if path.exists() and not force:
            raise OutputExists(shown(path))
    written: list[Path] = []
    try:
        for path, data in files.items():
            write_privately(path, data)
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _templates(name: str, own: Path | None) -> dict[str, Template]:
    """The user's, by name: those in the folder of settings, and the one that was named."""
    folder = saved_path().parent / "templates"
    found = {path.name: _template(path) for path in sorted(folder.glob("*.j2"))}
    return {**found, name: _template(own)} if own else found


def _template(path: Path) -> Template:
    from prepdoc.correspondence.reply import Template

    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEMPLATE_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(
            _("the template {file} cannot be read: it must be text in UTF-8").format(
                file=shown(path)
            )
        ) from None
    if len(data) > MAX_TEMPLATE_BYTES:
        raise click.UsageError(_("{file}: this is far too large for a template").format(file=path))
    return Template(text, str(path))
