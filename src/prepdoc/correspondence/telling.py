"""What a mail asks, told to a person (`as_text`) and to a program (`as_dict`).

The JSON is valid by schema/request-1.json. What the mail says of itself is never taken for true:
who sent it is not told by its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from prepdoc.correspondence.phrases import Says
from prepdoc.correspondence.request import Asked, Hint
from prepdoc.requirements import named
from prepdoc.showing import shown
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
_HOURS_A_DAY = 24


def as_text(asked: Asked) -> str:
    """What the mail asks as lines for a person, in the language spoken."""
    return "\n".join([_headline(asked), *_points(asked), _caution()])


def as_dict(source: Path | None, asked: Asked) -> dict[str, Any]:
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
        "cancelled_orders": list(asked.cancelled_orders),
    }


def _headline(asked: Asked) -> str:
    if asked.profile:
        return f"{asked.profile}: {named(asked.profile).titles[spoken()]}"
    if asked.is_over:
        return _("This mail asks nothing any more: it says that the account is open again.")
    return _("This mail asks for nothing that prepdoc knows.")


def _points(asked: Asked) -> Iterator[str]:
    if asked.details:
        wanted = [_("the last four digits of the card only"), *map(_detail, asked.details)]
        yield _("It wants: {details}").format(details=_("; ").join(wanted))
    if asked.hint != Hint():
        yield _("It names the card: {hint}").format(hint=_hint(asked.hint))
    if asked.channel:
        yield _("How to answer: {how}").format(how=_(_CHANNELS[asked.channel]))
    if asked.deadline_hours:
        yield _("Time that it names: {time}").format(time=_time(asked.deadline_hours))
    if asked.cancelled_orders:
        orders = ", ".join(asked.cancelled_orders)
        yield _("Orders that it calls cancelled: {orders}").format(orders=orders)


def _detail(what: Says) -> str:
    return _(_DETAILS[what])


def _hint(hint: Hint) -> str:
    digits = _("ending in {digits}").format(digits=hint.digits) if hint.digits else ""
    return " ".join(part for part in (hint.brand, digits) if part)


def _time(hours: int) -> str:
    if hours % _HOURS_A_DAY or hours == _HOURS_A_DAY:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    days = hours // _HOURS_A_DAY
    return ngettext("{n} day", "{n} days", days).format(n=days)


def _caution() -> str:
    return _(
        "Who sent it, its words do not tell. Do not open its links: type the address yourself or"
        " open the app, and look whether the account is locked and the same mail stands in the"
        " Message Center."
    )
