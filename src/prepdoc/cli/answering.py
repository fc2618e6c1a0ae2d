"""Mail, details and prepared file → reply.txt, and reply.eml where the answer is a mail.

    Wanted ─understood→ Errand ─write→ files

`understood` refuses what must not be answered before any work is done; `write` comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from prepdoc.cardholder import saved_path, write_privately
from prepdoc.cli.demanding import Wish
from prepdoc.errors import OutputExists, PrepdocError
from prepdoc.showing import shown
from prepdoc.texts import _
from prepdoc.texts import asked as asked_language

if TYPE_CHECKING:
    from prepdoc.cli.asking import Letter
    from prepdoc.correspondence.mail import Mail
    from prepdoc.correspondence.reply import Added, Answer, Template
    from prepdoc.correspondence.request import Asked
    from prepdoc.page import Cardholder, Language
    from prepdoc.requirements import Profile

MESSAGE: Final = "reply.txt"
DRAFT: Final = "reply.eml"
ADDED_BY_RULE: Final[Mapping[str, Added]] = {
    "NAME": "name",
    "ADDR": "address",
    "TEL": "phone",
    "PAN-2": "last four",
}
"""What the letter calls the details of the checklist's rules."""
MAX_TEMPLATE_BYTES: Final = 1_000_000

_T = TypeVar("_T")


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
class Errand:
    """What is to be answered and how; `hint` are the card's digits that the mail names."""

    wanted: Wanted
    profile: Profile
    language: Language
    mail: Mail | None = field(default=None, repr=False)
    hint: str = field(default="", repr=False)
    templates: Mapping[str, Template] = field(default_factory=dict, repr=False)

    @property
    def last_four(self) -> str | None:
        """The card's, as typed, or as the mail names them."""
        return self.wanted.last4 or (self.hint if len(self.hint) == 4 else None)


def refuse_misuse(wanted: Wanted) -> None:
    """What contradicts itself whatever the mail says.

    Raises:
        click.UsageError: something does.
    """
    if wanted.relation and not wanted.wish.account_holder:
        raise click.UsageError(_("--relation says nothing without --account-holder NAME"))


def understood(wanted: Wanted, letter: Letter | None, profile: Profile) -> Errand:
    """What is to be answered, if it may be.

    Raises:
        PrepdocError: the mail is over, contradicts itself, or means another card.
        click.UsageError: a template cannot be read.
    """
    from prepdoc.correspondence.reply import template_name
    from prepdoc.correspondence.request import AMAZON_COM

    mail, asked = (letter.mail, letter.asked) if letter else (None, None)
    if asked and asked.channel and profile.id == AMAZON_COM:
        profile = replace(profile, channel=asked.channel)
    language = asked.language if asked else asked_language() or profile.language
    hint = asked.hint.digits if asked else ""
    templates = _templates(template_name(profile, language), wanted.template)
    refuse_over(asked)
    errand = Errand(wanted, profile, language, mail, hint, templates)
    _refuse(errand)
    return errand


def write(
    errand: Errand,
    file: Path,
    data: bytes,
    cardholder: Cardholder,
    last_four: str,
    unprinted: frozenset[str],
) -> tuple[Path, ...]:
    """Write the answer with the prepared file attached; returns the files, beside it or in `-o`.

    `data` is what is attached, from `file`; `unprinted` are the ids of the rules whose details it
    shows only as added.

    Raises:
        OutputExists: a name is taken; nothing was written.
        PrepdocError: the answer must not be written.
        click.UsageError: a template is broken.
    """
    answer = _answer(errand, cardholder, _agreeing(last_four, errand.hint), unprinted)
    contents = _explained(lambda: _contents(errand, answer, data, file.stem))
    folder = errand.wanted.output or file.parent
    _write_all({folder / name: content for name, content in contents.items()}, errand.wanted.force)
    return tuple(folder / name for name in contents)


def next_step(errand: Errand) -> str:
    """What the user does with what was written, as one line."""
    from prepdoc.correspondence.reply import shop_of

    if errand.profile.channel == "reply":
        return _(
            "Next: open {draft} in your mail program (in Apple Mail choose Message > Send Again),"
            " read it, and send it from the address that is registered with the account."
        ).format(draft=DRAFT)
    shop = shop_of(errand.profile, errand.mail)
    return _(
        "Next: type {site} into the browser yourself, sign in, upload the file, and paste the"
        " message of {message} where there is a field for it."
    ).format(site=f"https://www.{shop}" if shop else _("the shop's address"), message=MESSAGE)


def said(wanted: Wanted) -> frozenset[str]:
    """Ids of the rules that the message takes care of."""
    return frozenset({"TEL", "THIRD", *(["MAIL"] if wanted.email else [])})


def refuse_over(asked: Asked | None) -> None:
    """There is nothing to answer once the account is open again.

    Raises:
        PrepdocError: it is.
    """
    if asked and asked.is_over:
        raise PrepdocError(_("the mail asks nothing any more: the account is open again"))


# --- what is refused ---------------------------------------------------------------------------


def _refuse(errand: Errand) -> None:
    """Mails that must not be answered, whoever names a profile for them."""
    from prepdoc.correspondence.reply import recipient, refuse_strangers

    if errand.wanted.last4:
        _agreeing(errand.wanted.last4, errand.hint)
    if mail := errand.mail:
        _explained(lambda: refuse_strangers(mail))
    if errand.profile.channel == "reply":
        _explained(lambda: recipient(errand.profile, errand.mail))


def _agreeing(last_four: str, hint: str) -> str:
    if hint and not last_four.endswith(hint):
        raise PrepdocError(
            _("the mail means a card that ends in {hint}, not in {digits}").format(
                hint=hint, digits=last_four
            )
        )
    return last_four


def _explained(work: Callable[[], _T]) -> _T:
    """Do the work; what the stage refuses becomes what the command line tells."""
    from prepdoc.correspondence.reply import BadTemplate, NoAnswer

    try:
        return work()
    except NoAnswer as error:
        raise PrepdocError(str(error)) from None
    except BadTemplate as error:
        raise click.UsageError(shown(str(error))) from None


# --- what is written ---------------------------------------------------------------------------


def _answer(
    errand: Errand, cardholder: Cardholder, last_four: str, unprinted: frozenset[str]
) -> Answer:
    from prepdoc.correspondence.reply import Answer, shop_of

    wanted = errand.wanted
    return Answer(
        cardholder=cardholder,
        last_four=last_four,
        profile=errand.profile,
        language=errand.language,
        phones=wanted.phones,
        account_holder=wanted.wish.account_holder or "",
        relation=wanted.relation or "",
        order=wanted.order or "",
        transaction=wanted.wish.transaction or "",
        email=wanted.email or "",
        added=_added(unprinted) if wanted.added is None else wanted.added,
        shop=shop_of(errand.profile, errand.mail),
    )


def _added(unprinted: frozenset[str]) -> tuple[Added, ...]:
    return tuple(word for id, word in ADDED_BY_RULE.items() if id in unprinted)


def _contents(errand: Errand, answer: Answer, attachment: bytes, stem: str) -> dict[str, bytes]:
    """The files by name; where the answer is no mail, a draft would help nobody."""
    from prepdoc.correspondence.reply import draft, text_of

    text = text_of(answer, errand.templates)
    if answer.profile.channel == "upload":
        return {MESSAGE: text.encode()}
    name = _attached_name(stem, attachment)
    return {MESSAGE: text.encode(), DRAFT: draft(answer, text, errand.mail, attachment, name)}


def _attached_name(stem: str, attachment: bytes) -> str:
    """As prepdoc names its files: ASCII, and no card number, whatever the file is called here."""
    from prepdoc.correspondence.reply import media_of
    from prepdoc.publishing import ADDED_TO_NAME, output_name

    suffix = (media_of(attachment) or ("", ""))[1].replace("jpeg", "jpg")
    return output_name(stem.removesuffix(ADDED_TO_NAME), suffix)


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
