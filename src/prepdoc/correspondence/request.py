"""A mail → what it asks: which of the known requests it is, the details it wants, and its hints.

By what it asks, not by its sender or subject: these anyone can write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prepdoc.correspondence import phrases
from prepdoc.correspondence.phrases import Says

if TYPE_CHECKING:
    from prepdoc.correspondence.mail import Mail
    from prepdoc.page import Language
    from prepdoc.requirements import Channel

UPLOAD, STATEMENT, STATEMENT_PHONE, AMAZON_COM = (
    "amazon-co-jp-upload",
    "amazon-co-jp-statement",
    "amazon-co-jp-statement-phone",
    "amazon-com",
)
"""Ids of the profiles in `prepdoc.requirements`."""

_BY_EITHER: Final = (UPLOAD, AMAZON_COM)
"""Requests that may be answered by an upload; statements go by mail, whatever else is named."""
_WANTED: Final = (Says.NAME, Says.ADDRESS, Says.PHONE, Says.PHONE_IF_PRINTED, Says.PAYMENT,
                  Says.TRANSACTION, Says.EMAIL)  # fmt: skip
_MIN_WANTED = 2
"""Details that a mail names at least if it asks for a document: newsletters name an address."""
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_MIN_JAPANESE = 20
"""Kana and kanji that make a mail Japanese; an English one may name 髙﨑 花子."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The card that the mail means: its last two or four digits, its brand, or either."""

    digits: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mail wants.

    `profile` is the requirements' id; None where the mail asks nothing (`is_over`: the account is
    open again) or nothing that is known. `deadline_hours` is the first that the mail names.
    """

    profile: str | None
    language: Language
    details: tuple[Says, ...] = ()
    channel: Channel | None = None
    hint: Hint = Hint()
    deadline_hours: int | None = None
    is_over: bool = False
    cancelled_orders: tuple[str, ...] = ()


def asked(mail: Mail) -> Asked:
    """What the mail asks, by its words."""
    text = f"{mail.subject}\n{mail.text}"
    language: Language = "ja" if len(_JAPANESE.findall(text)) >= _MIN_JAPANESE else "en"
    words = _folded(text, language)
    patterns = phrases.JAPANESE if language == "ja" else phrases.ENGLISH
    said = frozenset(what for what, pattern in patterns.items() if pattern.search(words))
    profile = _profile(said, language)
    if profile is None:
        over = Says.REOPENED in said
        orders = tuple(dict.fromkeys(phrases.ORDER.findall(text)))
        cancelled = orders if over and Says.CANCELLED in said else ()
        return Asked(None, language, is_over=over, cancelled_orders=cancelled)
    return Asked(
        profile,
        language,
        details=tuple(what for what in _WANTED if what in _needed(said)),
        channel="upload" if Says.UPLOAD in said and profile in _BY_EITHER else "reply",
        hint=_hint(words),
        deadline_hours=_deadline(words),
    )


def latest_known(mails: Iterable[Mail]) -> tuple[Mail, Asked]:
    """Of a mailbox the last mail that asks something or says that it is over; else the last one.

    Raises:
        ValueError: there is no mail.
    """
    read = [(mail, asked(mail)) for mail in mails]
    if not read:
        raise ValueError("no mail")
    known = [one for one in read if one[1].profile or one[1].is_over]
    return (known or read)[-1]


def _folded(text: str, language: Language) -> str:
    """As `phrases` compares it."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(plain.split()) if language == "ja" else " ".join(plain.split())


def _profile(said: frozenset[Says], language: Language) -> str | None:
    """The request that the words add up to; None where they ask for no document."""
    wanted = sum(what in said for what in _WANTED)
    if Says.LAST_FOUR_ONLY not in said or wanted < _MIN_WANTED:
        return None
    if language == "en":
        return AMAZON_COM
    if Says.REPLY in said and Says.STATEMENT in said:
        return STATEMENT_PHONE if Says.PHONE in said else STATEMENT
    return UPLOAD if Says.UPLOAD in said else None


def _needed(said: frozenset[Says]) -> frozenset[Says]:
    """A phone that is wanted only if it is printed is no phone that must be there."""
    return said - {Says.PHONE} if Says.PHONE_IF_PRINTED in said else said


def _hint(words: str) -> Hint:
    found = next((m for pattern in phrases.HINTS if (m := pattern.search(words))), None)
    if found is None:
        return Hint()
    named = "".join((found.groupdict().get("brand") or "").split())
    brand = next((brand for word, brand in phrases.BRANDS.items() if word in named), "")
    return Hint(found["digits"], brand)


def _deadline(words: str) -> int | None:
    found = next((m for pattern in phrases.DEADLINES if (m := pattern.search(words))), None)
    return int(found["n"]) * phrases.HOURS_OF[found["unit"]] if found else None
