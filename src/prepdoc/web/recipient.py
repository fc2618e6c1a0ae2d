"""What the recipient asks, and the answer: from the mail, if there is one, and the choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from prepdoc.checked import Unprinted
from prepdoc.checking import Demand
from prepdoc.checking.ledger.transactions import wanted
from prepdoc.correspondence.contradictions import contradictions, unseen
from prepdoc.correspondence.errand import (
    MESSAGE,
    Errand,
    added_by,
    agreeing,
    files_of,
    next_step,
    understood,
)
from prepdoc.correspondence.letter import Letter
from prepdoc.correspondence.reply import Answer, shop_of
from prepdoc.correspondence.request import Hint
from prepdoc.correspondence.telling import as_dict, as_text
from prepdoc.errors import PrepdocError
from prepdoc.pipeline import Prepared
from prepdoc.requirements import BY_LANGUAGE, Profile, named
from prepdoc.stamping import language_of
from prepdoc.web.choices import Choices


def letter_told(letter: Letter) -> dict[str, Any]:
    """What the mail wants, and where it contradicts itself, for the page."""
    found, missing = contradictions(letter.mail), unseen(letter.mail)
    text = as_text(letter.asked, found, missing)
    return {**as_dict(None, letter.asked, found, missing), "text": text}


def demand_of(choices: Choices, letter: Letter | None) -> Demand:
    """What the result is checked for."""
    hint = letter.asked.hint if letter else Hint()
    return Demand(
        profile=_profile(choices, letter),
        allow=choices.allow,
        transaction=wanted(choices.transaction) if choices.transaction else None,
        hint_digits=hint.digits,
        hint_brand=hint.brand,
        account_holder=choices.account_holder or None,
        said=frozenset({"TEL", "THIRD", *(["MAIL"] if choices.email else [])}),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer's files by name, and what to do with them; or why there is none."""

    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    next_step: str = ""
    why_not: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """For the page: the message, the files' names, and what to do."""
        text = self.files.get(MESSAGE, b"").decode()
        return {
            "text": text,
            "files": list(self.files),
            "next": self.next_step,
            "not": self.why_not,
        }


def reply_to(prepared: Prepared, name: str, choices: Choices, letter: Letter | None) -> Reply:
    """The answer with the result attached, called `name`."""
    four = choices.last_four or prepared.last_four or ""
    try:
        errand = _errand(choices, letter)
        answer = _answer(choices, errand, four, prepared.unprinted)
        files = files_of(errand, answer, prepared.data or b"", name)
    except PrepdocError as error:
        return Reply(why_not=str(error))
    return Reply(files, next_step(errand))


def _errand(choices: Choices, letter: Letter | None) -> Errand:
    mail, asked = (letter.mail, letter.asked) if letter else (None, None)
    profile = _profile(choices, letter)
    return understood(profile, profile.language, mail, asked)


def _answer(choices: Choices, errand: Errand, four: str, unprinted: Unprinted) -> Answer:
    return Answer(
        cardholder=choices.cardholder,
        last_four=agreeing(four, errand.hint),
        profile=errand.profile,
        language=errand.language,
        account_holder=choices.account_holder,
        relation=choices.relation,
        order=choices.order,
        transaction=choices.transaction,
        email=choices.email,
        added=added_by(unprinted.ids),
        absent=added_by(unprinted.absent),
        shop=shop_of(errand.profile, errand.mail),
    )


def _profile(choices: Choices, letter: Letter | None) -> Profile:
    """The one that was chosen, else what the mail asks, else what suits the details."""
    of_mail = letter.asked.profile if letter else None
    return named(choices.profile or of_mail or BY_LANGUAGE[language_of(choices.cardholder)])
