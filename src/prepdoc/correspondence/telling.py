"""What a mail asks, told to a person (`as_text`) and to a program (`as_dict`).

The JSON is valid by schema/request-1.json. What the mail says of itself is never taken for true:
who sent it is not told by its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from prepdoc.correspondence.contradictions import Contradiction, Kind, Unseen
from prepdoc.correspondence.phrases import Says
from prepdoc.correspondence.request import Asked, Hint
from prepdoc.requirements import named
from prepdoc.showing import shortened, shown
from prepdoc.texts import N_, _, ngettext, spoken

SCHEMA: Final = "prepdoc-request-1"
SCHEMA_FILE: Final = Path(__file__).parents[1] / "schema" / "request-1.json"

_DETAILS: Final[Mapping[Says, str]] = {
    Says.NAME: N_("the billing name"),
    Says.ADDRESS: N_("the billing address"),
    Says.PHONE: N_("the cardholder's phone number"),
    Says.PHONE_IF_PRINTED: N_("a phone number, if the statement shows one"),
    Says.PAYMENT: N_("the payment method"),
    Says.TRANSACTION: N_("the transaction"),
    Says.EMAIL: N_("the registered e-mail address"),
}
_CHANNELS: Final[Mapping[str, str]] = {
    "upload": N_("sign in (type the address yourself) and upload the file"),
    "reply": N_("reply to the mail with the file attached"),
}
_UNSEEN: Final[Mapping[Unseen, str]] = {
    "sender": N_("who sent it"),
    "authentication": N_("what your mail server found"),
}
_HOURS_A_DAY = 24
MAX_LINE: Final = 120
"""Characters of a mail's words that are shown."""


_CONTRADICTIONS: Final[Mapping[Kind, str]] = {
    Kind.SENDER: N_("the sender's address is none of Amazon's"),
    Kind.SENDER_LOOK_ALIKE: N_("the sender's address only looks like one of Amazon's"),
    Kind.REPLY_TO: N_("the answer would go to another address"),
    Kind.DMARC: N_("your mail server found that the sender's domain did not approve it (DMARC)"),
    Kind.DKIM: N_("your mail server found a signature that does not fit (DKIM)"),
    Kind.SPF: N_("your mail server found that another machine sent it (SPF)"),
    Kind.ALIGNMENT: N_("what your mail server proved is another domain than the sender's"),
    Kind.UNPROVEN: N_("your mail server could not show that the sender's domain sent it"),
    Kind.LINK_TEXT: N_("a link leads elsewhere than its words say"),
    Kind.LINK_TARGET: N_("a link leads to a place that is none of Amazon's"),
    Kind.LINK_LOOK_ALIKE: N_("a link leads to a place that only looks like Amazon's"),
    Kind.ATTACHMENT: N_("a file is attached, which mails that ask for a statement have not"),
    Kind.CREDENTIALS: N_("it wants a password, a code or the whole card number"),
}


def as_text(
    asked: Asked,
    found: Sequence[Contradiction],
    not_seen: Sequence[Unseen] = (),
    is_signed: bool | None = None,
) -> str:
    """What the mail asks as lines for a person, in the language spoken.

    `is_signed` says whether a signature was verified with a key, or None where none was given.
    """
    signature = [] if is_signed is None else [_signature(is_signed)]
    told = [*_points(asked), *_contradicting(found), *_missing(not_seen), *signature]
    return "\n".join([_headline(asked), *told, _caution()])


def as_dict(
    source: Path | None,
    asked: Asked,
    found: Sequence[Contradiction],
    not_seen: Sequence[Unseen] = (),
    is_signed: bool | None = None,
) -> dict[str, Any]:
    """The same as JSON takes it."""
    return {
        "schema": SCHEMA,
        "source": shown(source) if source else None,
        "profile": asked.profile,
        "over": asked.is_over,
        "language": asked.language,
        "details": [what.value for what in asked.details],
        "channel": asked.channel,
        "hint": {"digits": asked.hint.digits or None, "brand": asked.hint.brand or None},
        "deadline_hours": asked.deadline_hours,
        "deadline_business_days": asked.deadline_business_days,
        "deadline_date": asked.deadline_date.isoformat() if asked.deadline_date else None,
        "cancelled_orders": list(asked.cancelled_orders),
        "contradictions": [
            {"kind": one.kind.value, "line": shortened(one.line, MAX_LINE)} for one in found
        ],
        "not_seen": list(not_seen),
        "signed": is_signed,
    }


def as_line(one: Contradiction) -> str:
    """What contradicts what, and the words of the mail that show it."""
    return _("{what}: {line}").format(
        what=_(_CONTRADICTIONS[one.kind]), line=shortened(one.line, MAX_LINE)
    )


def _signature(is_signed: bool) -> str:
    if is_signed:
        return _("Signature: the sender's own domain signed this mail with the key that you gave.")
    return _(
        "Signature: it could not be shown that the sender's domain signed this mail with that key."
    )


def _headline(asked: Asked) -> str:
    if asked.profile:
        return f"{asked.profile}: {named(asked.profile).titles[spoken()]}"
    if asked.is_over:
        return _("This mail asks nothing any more: it says that the account is open again.")
    return _("This mail asks for nothing that prepdoc knows.")


def _points(asked: Asked) -> Iterator[str]:
    if asked.details:
        wanted = [_digits(asked), *map(_detail, asked.details)]
        yield _("It wants: {details}").format(details=_("; ").join(wanted))
    if asked.hint != Hint():
        yield _("It names the card: {hint}").format(hint=_hint(asked.hint))
    if asked.channel:
        yield _("How to answer: {how}").format(how=_(_CHANNELS[asked.channel]))
    if times := tuple(_times(asked)):
        yield _("Time that it names: {time}").format(time=_("; ").join(times))
    if asked.cancelled_orders:
        orders = ", ".join(asked.cancelled_orders)
        yield _("Orders that it calls cancelled: {orders}").format(orders=orders)


def _digits(asked: Asked) -> str:
    if asked.digits == 2:
        return _("the last two digits of the card only")
    return _("the last four digits of the card only")


def _detail(what: Says) -> str:
    return _(_DETAILS[what])


def _hint(hint: Hint) -> str:
    digits = _("ending in {digits}").format(digits=hint.digits) if hint.digits else ""
    return " ".join(part for part in (hint.brand, digits) if part)


def _times(asked: Asked) -> Iterator[str]:
    if asked.deadline_date:
        yield asked.deadline_date.isoformat()
    if asked.deadline_business_days:
        days = asked.deadline_business_days
        yield ngettext("{n} business day", "{n} business days", days).format(n=days)
    elif asked.deadline_hours:
        yield _time(asked.deadline_hours)


def _time(hours: int) -> str:
    if hours % _HOURS_A_DAY or hours == _HOURS_A_DAY:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    days = hours // _HOURS_A_DAY
    return ngettext("{n} day", "{n} days", days).format(n=days)


def _contradicting(found: Sequence[Contradiction]) -> Iterator[str]:
    if not found:
        yield _("No contradiction found: this proves nothing; check the Message Center.")
        return
    yield ngettext("{n} contradiction:", "{n} contradictions:", len(found)).format(n=len(found))
    for one in found:
        yield f"  {as_line(one)}"


def _missing(not_seen: Sequence[Unseen]) -> Iterator[str]:
    """Without it nothing contradicts it."""
    if not_seen:
        what = _("; ").join(_(_UNSEEN[one]) for one in not_seen)
        yield _(
            "Not in this file, so not compared: {what}. Save the mail that came, not one that was"
            " sent on, as .eml to have it."
        ).format(what=what)


def _caution() -> str:
    return _(
        "Who sent it, its words do not tell. Do not open its links: type the address yourself or"
        " open the app, and look whether the account is locked and the same mail stands in the"
        " Message Center. Answer only what stands there."
    )
