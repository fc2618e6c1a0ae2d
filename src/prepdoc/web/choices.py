"""What the person chose on the page, from JSON: whose card, what to mask, where to stamp."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from prepdoc.cardholder import FIELDS, BadDetails, cleaned, last_four_of, plain
from prepdoc.checking.ledger.transactions import BadTransaction, wanted
from prepdoc.correspondence.reply import ADDRESS, ORDER
from prepdoc.page import Cardholder, Drawn, Language, Quad, Spot
from prepdoc.requirements import ids
from prepdoc.requirements.profile import NEVER_ALLOWED, RULES

Line = Annotated[str, Meta(max_length=500)]
"""A detail; the longest addresses have a third of that."""
Points = Annotated[float, Meta(ge=-20_000, le=20_000)]
"""A coordinate; PDF pages end at 14,400 points (ISO 32000-2, annex C)."""
PageNumber = Annotated[int, Meta(ge=1, le=100_000)]
Id = Annotated[str, Meta(max_length=100)]


class BadChoice(ValueError):
    """What came is not what the page sends; the message names the key and quotes no value."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen; `masked` and `kept` are ids of texts that the document told the page."""

    cardholder: Cardholder
    last_four: str | None = field(default=None, repr=False)
    language: Language | None = None
    drawn: tuple[Drawn, ...] = ()
    stamp_at: Spot | None = None
    masked: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()
    profile: str | None = None
    transaction: str = field(default="", repr=False)
    """As `transactions.wanted` reads it."""
    account_holder: str = field(default="", repr=False)
    relation: str = field(default="", repr=False)
    order: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


class ToldBox(Struct, frozen=True, forbid_unknown_fields=True):
    """A rectangle on a page: left, top, right, bottom."""

    page: PageNumber
    box: tuple[Points, Points, Points, Points]


class ToldSpot(Struct, frozen=True, forbid_unknown_fields=True):
    """A point on a page."""

    page: PageNumber
    x: Points
    y: Points


class Told(Struct, frozen=True, forbid_unknown_fields=True):
    """The choices as the page sends them."""

    name: Line
    address: Line
    phone: Line
    last_four: Annotated[str, Meta(max_length=20)] = ""
    language: Literal["ja", "en", ""] = ""
    drawn: Annotated[list[ToldBox], Meta(max_length=500)] = []
    stamp_at: ToldSpot | None = None
    masked: Annotated[list[Id], Meta(max_length=500)] = []
    kept: Annotated[list[Id], Meta(max_length=500)] = []
    allow: Annotated[list[Id], Meta(max_length=50)] = []
    profile: Id = ""
    transaction: Line = ""
    account_holder: Line = ""
    relation: Line = ""
    order: Line = ""
    email: Line = ""


def choices_from(body: bytes) -> Choices:
    """The choices in a request's JSON.

    Raises:
        BadChoice: something is missing or not of its kind.
    """
    try:
        told = msgspec.json.decode(body, type=Told)
    except msgspec.DecodeError as error:  # tells the place and the kind, no value
        raise BadChoice(str(error)) from None
    return Choices(
        cardholder=Cardholder(**{key: _detail(told, key) for key in FIELDS}),
        last_four=_last_four(told.last_four),
        language=told.language or None,
        drawn=tuple(map(_drawn, told.drawn)),
        stamp_at=_spot(told.stamp_at) if told.stamp_at else None,
        masked=frozenset(told.masked),
        kept=frozenset(told.kept),
        allow=_allowed(told.allow),
        profile=_profile(told.profile),
        transaction=_transaction(_line(told, "transaction")),
        **{key: _line(told, key) for key in ("account_holder", "relation")},
        order=_fitting(told.order.upper(), ORDER, "order"),
        email=_fitting(told.email, ADDRESS, "email"),
    )


def _detail(told: Told, key: str) -> str:
    try:
        return cleaned(getattr(told, key))
    except BadDetails:
        raise BadChoice(key) from None


def _line(told: Told, key: str) -> str:
    return _detail(told, key) if getattr(told, key).strip() else ""


def _fitting(told: str, form: re.Pattern[str], key: str) -> str:
    text = plain(told)
    if text and not form.fullmatch(text):
        raise BadChoice(key)
    return text


def _allowed(told: Iterable[str]) -> frozenset[str]:
    """Rules to do without; never the one that is the promise."""
    return frozenset(told) & frozenset(RULES) - {NEVER_ALLOWED}


def _profile(told: str) -> str | None:
    if told and told not in ids():
        raise BadChoice("profile")
    return told or None


def _transaction(told: str) -> str:
    try:
        if told:
            wanted(told)
    except BadTransaction:
        raise BadChoice("transaction") from None
    return told


def _last_four(told: str) -> str | None:
    digits = last_four_of(told)
    if digits is None and plain(told):
        raise BadChoice("last_four")
    return digits


def _drawn(told: ToldBox) -> Drawn:
    x0, y0, x1, y1 = told.box
    if not (x0 < x1 and y0 < y1):
        raise BadChoice("drawn")
    return Drawn(told.page, Quad.from_box(x0, y0, x1, y1))


def _spot(told: ToldSpot) -> Spot:
    return Spot(told.page, (told.x, told.y))
