"""What a mail asks, and what is answered → the files of the answer; for every way into prepdoc.

    Asked, profile ─understood→ Errand ─files_of→ reply.txt, reply.eml

What must not be answered is refused before any work is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from prepdoc.correspondence.mail import Mail
from prepdoc.correspondence.reply import (
    Added,
    Answer,
    NoAnswer,
    Template,
    draft,
    media_of,
    recipient,
    refuse_strangers,
    shop_of,
    text_of,
)
from prepdoc.correspondence.request import AMAZON_COM, Asked
from prepdoc.errors import PrepdocError
from prepdoc.page import Language
from prepdoc.publishing import ADDED_TO_NAME, ascii_name
from prepdoc.requirements import Profile
from prepdoc.texts import _

MESSAGE: Final = "reply.txt"
DRAFT: Final = "reply.eml"
ADDED_BY_RULE: Final[Mapping[str, Added]] = {
    "NAME": "name",
    "ADDR": "address",
    "TEL": "phone",
    "PAN-2": "last four",
}
"""What the letter calls the details of the checklist's rules."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be answered and how; `hint` are the card's digits that the mail names."""

    profile: Profile
    language: Language
    mail: Mail | None = field(default=None, repr=False)
    hint: str = field(default="", repr=False)


def understood(
    profile: Profile, language: Language, mail: Mail | None = None, asked: Asked | None = None
) -> Errand:
    """What is to be answered, if it may be; `asked` is what the mail asks.

    Raises:
        PrepdocError: the mail is over or contradicts itself, or nobody can be answered.
    """
    if asked and asked.channel and profile.id == AMAZON_COM:
        profile = replace(profile, channel=asked.channel)
    refuse_over(asked)
    try:
        if mail:
            refuse_strangers(mail)
        if profile.channel == "reply":
            recipient(profile, mail)
    except NoAnswer as error:
        raise PrepdocError(str(error)) from None
    language = asked.language if asked else language
    return Errand(profile, language, mail, asked.hint.digits if asked else "")


def refuse_over(asked: Asked | None) -> None:
    """There is nothing to answer once the account is open again.

    Raises:
        PrepdocError: it is.
    """
    if asked and asked.is_over:
        raise PrepdocError(_("the mail asks nothing any more: the account is open again"))


def agreeing(last_four: str, hint: str) -> str:
    """The last four, if the mail means that card.

    Raises:
        PrepdocError: it names another.
    """
    if hint and not last_four.endswith(hint):
        raise PrepdocError(
            _("the mail means a card that ends in {hint}, not in {digits}").format(
                hint=hint, digits=last_four
            )
        )
    return last_four


def added_by(rules: frozenset[str]) -> tuple[Added, ...]:
    """What was added to the page, by the ids of the rules that are met by that alone."""
    return tuple(word for id, word in ADDED_BY_RULE.items() if id in rules)


def files_of(
    errand: Errand,
    answer: Answer,
    attachment: bytes,
    stem: str,
    templates: Mapping[str, Template] | None = None,
) -> dict[str, bytes]:
    """The answer's files by name; where the answer is no mail, a draft would help nobody.

    `stem` is what the attachment's name is made of.

    Raises:
        PrepdocError: the answer must not be written.
        BadTemplate: a template is broken.
    """
    try:
        text = text_of(answer, templates)
        if answer.profile.channel == "upload":
            return {MESSAGE: text.encode()}
        name = _attached_name(stem, attachment)
        mail = draft(answer, text, errand.mail, attachment, name)
    except NoAnswer as error:
        raise PrepdocError(str(error)) from None
    return {MESSAGE: text.encode(), DRAFT: mail}


def next_step(errand: Errand) -> str:
    """What the user does with what was written, as one line."""
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


def _attached_name(stem: str, attachment: bytes) -> str:
    """As prepdoc names its files, in ASCII; no card number, whatever the file is called here."""
    suffix = (media_of(attachment) or ("", ""))[1].replace("jpeg", "jpg")
    return ascii_name(stem.removesuffix(ADDED_TO_NAME), suffix)
