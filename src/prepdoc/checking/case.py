"""What a document is checked for, and what comes of each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from prepdoc.checking.ledger.transactions import Wanted
from prepdoc.page import Cardholder
from prepdoc.requirements import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the recipient wants and what the user says to it; None and empty where not known.

    `hint_digits` and `hint_brand` are those by which the mail names the card. `said` are ids of
    rules that the message which goes with the document takes care of.
    """

    profile: Profile
    allow: frozenset[str] = frozenset()
    transaction: Wanted | None = field(default=None, repr=False)
    hint_digits: str = ""
    hint_brand: str = ""
    account_holder: str | None = field(default=None, repr=False)
    said: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Strip:
    """What was added below a page for the cardholder's details: its height in widths of the page;
    `turn` is the quarter turns that bring the page upright.
    """

    height: float
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One document's check: the demand, whose card it is, and the day.

    A detail that is empty was not given. `last_four` and `brand` are the card's, where known;
    `shown_fours` are those that verification has read on the pages, each in its place.
    `is_stamped` says that the cardholder's details were added to the page, and so must be labelled;
    `strips` are what pages were made longer by for them, by the pages' numbers.
    """

    demand: Demand
    cardholder: Cardholder
    today: date
    last_four: str | None = None
    brand: str | None = None
    shown_fours: frozenset[str] = frozenset()
    is_stamped: bool = False
    strips: Mapping[int, Strip] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule's look at the document gave: whether it is as it should be, what and where.

    `is_met` is None where nothing can be told. `page` and `place` name where on the document.
    """

    is_met: bool | None
    what: str
    todo: str = ""
    page: int | None = None
    place: str | None = None
