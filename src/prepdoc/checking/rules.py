"""Each id of the checklist → what is seen of it in the document (`LOOKS`).

One function a rule; what the rule wants, and whether it must be met, stands in the profile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Final

from prepdoc.checked import Unprinted
from prepdoc.checking import appearance
from prepdoc.checking.case import Case, Seen
from prepdoc.checking.dates import dates_in, day_ahead, statement_date
from prepdoc.checking.ledger.columns import purchases
from prepdoc.checking.ledger.transactions import amazon_rows, refund_rows, rows_with
from prepdoc.checking.matching import (
    Match,
    find_address,
    find_last_four,
    find_name,
    find_phone,
    last_fours,
)
from prepdoc.checking.payment import payment_named
from prepdoc.checking.printed import absent
from prepdoc.checking.sections import Section, other_card, sections
from prepdoc.checking.seeing import PAGES_AT_ONCE, Row, SeenPage, clear_of, outside, place
from prepdoc.checking.sighting import HIDDEN_PLACES, Exposed, Sighting
from prepdoc.comparing import as_it_looks
from prepdoc.showing import HIDDEN_RUN, shown
from prepdoc.texts import _, ngettext

Look = Callable[[Sighting, Case], Seen]
Find = Callable[[Sequence[SeenPage], str], Match | None]

MAX_AGE_DAYS: Final = 90
MIN_CONTRAST: Final = 3.0
"""Between paper and print: what WCAG 2.2 § 1.4.3 asks of large text; print has 10 or more."""


def _pan_1(sighting: Sighting, case: Case) -> Seen:
    if sighting.exposed:
        where = "; ".join(dict.fromkeys(map(_exposed, sighting.exposed)))
        todo = _("prepare it with prepdoc; do not send it as it is")
        page = next((e.page for e in sighting.exposed if e.page != HIDDEN_PLACES), None)
        what = _("more than the last four digits of a card number: {where}")
        return Seen(False, what.format(where=where), todo, page)
    return Seen(True, _("no digit of a card number before the last four"))


def _exposed(exposed: Exposed) -> str:
    if exposed.page == HIDDEN_PLACES:
        return _("hidden in the file ({where})").format(where=shown(exposed.where))
    return _("page {page}").format(page=exposed.page)


def _pan_2(sighting: Sighting, case: Case) -> Seen:
    todo = _("choose a statement that shows them, or give them with --last4 1234 to be added")
    if case.last_four is None:
        return _any_last_four(sighting, case, todo)
    match = find_last_four(sighting.pages, case.last_four)
    if match:
        return _at(match, _("the last four digits {digits}").format(digits=case.last_four))
    # Where they touch their mask, the reader of whole pages may miss one.
    if case.last_four in case.shown_fours:
        return Seen(True, _("the last four digits {digits}").format(digits=case.last_four))
    others = _several(sorted(sighting.last_fours))
    what = _("not {digits}; last fours of cards that are seen: {others}")
    return Seen(False, what.format(digits=case.last_four, others=others), todo)


def _any_last_four(sighting: Sighting, case: Case, todo: str) -> Seen:
    """Which ones they should be was not said."""
    fours = sorted(sighting.last_fours | case.shown_fours)
    if not fours and any(one.page != HIDDEN_PLACES for one in sighting.exposed):
        what = _("the last four digits are not seen by themselves, but in a whole number")
        return Seen(False, what, _("prepare it with prepdoc; do not send it as it is"))
    if not fours:
        return Seen(False, _("no card's last four digits are seen"), todo)
    match = next(filter(None, (find_last_four(sighting.pages, four) for four in fours)), None)
    what = _("the last four digits {digits}; compare them with your card")
    told = what.format(digits=_several(fours))
    return _at(match, told) if match else Seen(True, told)


def _several(fours: Sequence[str]) -> str:
    """Those of one card plainly; of several so that four of them do not look like a number."""
    if len(fours) == 1:
        return fours[0]
    return ", ".join(f"{HIDDEN_RUN} {four}" for four in fours) or _("none")


def _pan_3(sighting: Sighting, case: Case) -> Seen:
    demand = case.demand
    if not (demand.hint_digits or demand.hint_brand):
        return Seen(None, _("no mail that names the card was given (--request)"))
    fours = [case.last_four] if case.last_four else sorted(sighting.last_fours)
    wanted = " ".join(filter(None, (demand.hint_brand, demand.hint_digits)))
    if not any(four.endswith(demand.hint_digits) for four in fours) or _is_other_brand(case):
        what = _("the mail names {wanted}, and the document shows {fours}")
        todo = _("use the statement of the card that the mail names")
        told = " ".join(filter(None, (case.brand, _several(fours))))
        return Seen(False, what.format(wanted=wanted, fours=told), todo)
    return Seen(True, _("the card that the mail names: {wanted}").format(wanted=wanted))


def _is_other_brand(case: Case) -> bool:
    hint = case.demand.hint_brand
    return bool(hint and case.brand) and hint != case.brand


def _name(sighting: Sighting, case: Case) -> Seen:
    return _detail("NAME", sighting, case, "--name")


def _address(sighting: Sighting, case: Case) -> Seen:
    return _detail("ADDR", sighting, case, "--address")


def _phone(sighting: Sighting, case: Case) -> Seen:
    seen = _detail("TEL", sighting, case, "--phone")
    if not seen.is_met and case.cardholder.phone and "TEL" in case.demand.said:
        return Seen(True, _("not on the page, but in the message that goes with it"))
    return seen


def _detail(id: str, sighting: Sighting, case: Case, option: str) -> Seen:
    """Where a rule's detail stands, and whether the cardholder added it."""
    wanted, find = _finders(case)[id]
    if not wanted:
        what = _("not looked for, as it was not given")
        return Seen(False, what, _("give it with {option}").format(option=option))
    printed = find(_printed(sighting), wanted)
    is_sure = printed is not None and not printed.misread
    seen = printed if is_sure else find(sighting.pages, wanted)
    is_added = printed is None or (seen is not None and seen.misread < printed.misread)
    match = seen if is_added else printed
    if match is None:
        what = _("“{wanted}” cannot be read on any page").format(wanted=wanted)
        return Seen(False, what, _("let prepdoc add it to the page, and use a sharper picture"))
    told = _told(match, wanted)
    added = _("{detail}, as the cardholder added it")
    return _at(match, added.format(detail=told) if is_added else told)


def _told(match: Match, wanted: str) -> str:
    if not match.misread:
        return _("“{wanted}”").format(wanted=wanted)
    what = ngettext(
        "“{wanted}”, {n} character read differently",
        "“{wanted}”, {n} characters read differently",
        match.misread,
    )
    return what.format(wanted=wanted, n=match.misread)


def _printed(sighting: Sighting) -> list[SeenPage]:
    """The pages without what the cardholder added to them."""
    return list(map(_as_printed, sighting.pages))


@lru_cache(maxsize=PAGES_AT_ONCE)
def _as_printed(page: SeenPage) -> SeenPage:
    """Each detail's rule asks for it."""
    return clear_of(page, appearance.stamps(page))


def _mail(sighting: Sighting, case: Case) -> Seen:
    if "MAIL" in case.demand.said:
        return Seen(True, _("in the message that goes with it"))
    todo = _("write in your message the e-mail address that your account is registered with")
    return Seen(None, _("a message's words are not in this file"), todo)


def _payment(sighting: Sighting, case: Case) -> Seen:
    for page in sighting.pages:
        found = payment_named([row.text for row in page.rows], case.brand)
        if found:
            name, row = found
            return _in_rows(page, [page.rows[row]], name)
    todo = _("use a page that shows the name of the card's issuer or brand")
    return Seen(False, _("no issuer's or brand's name is seen"), todo)


def _transaction(sighting: Sighting, case: Case) -> Seen:
    every = sections(sighting.pages)
    without: list[_Bought] = []
    for bought in _looked_for(sighting.pages, case, every):
        if bought.rows:
            rows = [bought.page.rows[i] for i in bought.rows]
            return _in_rows(bought.page, rows, _told_rows(bought.page, bought.rows))
        without.append(bought)
    theirs = next((bought for bought in without if bought.others), None)
    return _anothers(theirs, every, case) if theirs else _no_transaction(without, case)


@dataclass(frozen=True, slots=True)
class _Bought:
    """Rows of a page that show the purchase, by which card, and those that say it came back."""

    page: SeenPage
    rows: Sequence[int]
    others: Sequence[int]
    back: Sequence[int]

    @property
    def refunds(self) -> list[Row]:
        """The rows in which any reader sees that something came back."""
        return [self.page.rows[i] for i in self.back]


def _looked_for(
    pages: Sequence[SeenPage], case: Case, every: Sequence[Section]
) -> Iterator[_Bought]:
    """On every page; then on those with a stamp without it: it may stand beside the rows, whose
    parts belong together without its words.
    """
    seen: list[_Bought] = []
    for page in pages:
        seen.append(_bought(page, case, every))
        yield seen[-1]
    for bought in seen:
        printed = _as_printed(bought.page)
        if printed != bought.page:
            yield _bought(printed, case, every, bought.refunds)


def _bought(
    page: SeenPage, case: Case, every: Sequence[Section], refunds: Sequence[Row] | None = None
) -> _Bought:
    """`refunds` are the page's, unless others are known."""
    wanted, texts = case.demand.transaction, purchases(page.rows)
    back = refund_rows(texts, wanted)
    seen = rows_with(texts, wanted) if wanted else amazon_rows(texts)
    found = _undoubted(page, seen, [page.rows[i] for i in back] if refunds is None else refunds)
    others = [i for i in found if other_card(every, page, page.rows[i], case.last_four)]
    return _Bought(page, [i for i in found if i not in others], others, back)


def _anothers(bought: _Bought, every: Sequence[Section], case: Case) -> Seen:
    """A card of the family has its own list in the same document."""
    row = bought.page.rows[bought.others[0]]
    what = _("{row}, but below the card that ends in {four}, not {digits}")
    told = what.format(
        row=_told_rows(bought.page, bought.others),
        four=other_card(every, bought.page, row, case.last_four),
        digits=case.last_four,
    )
    todo = _("compare it with the card that was asked for")
    return Seen(None, told, todo, bought.page.number, place(row.pieces, bought.page))


def _undoubted(page: SeenPage, found: Sequence[int], refunds: Sequence[Row]) -> tuple[int, ...]:
    """The rows found, without those that another reader sees as a refund: a sign may be missed."""
    return tuple(i for i in found if not any(map(page.rows[i].is_beside, refunds)))


def _no_transaction(pages: Iterable[_Bought], case: Case) -> Seen:
    todo = _("use the statement that shows it, or name it: --transaction “Amazon 10,000”")
    what = _("no purchase from Amazon is seen")
    if case.demand.transaction:
        todo = _("use the statement of the month that shows it, or check --transaction")
        what = _("the transaction that was named is not seen")
    for bought in pages:
        if bought.back:
            what = _("only a refund is seen, and no purchase: {row}")
            told = what.format(row=_told_rows(bought.page, bought.back))
            where = place(bought.page.rows[bought.back[0]].pieces, bought.page)
            return Seen(False, told, todo, bought.page.number, where)
    return Seen(False, what, todo)


def _told_rows(page: SeenPage, found: Sequence[int]) -> str:
    """The first in words, without those of a stamp that stands beside it."""
    row = page.rows[found[0]]
    printed = outside(replace(page, rows=(row,)), appearance.stamps(page)).rows
    first = shown(" ".join(next(iter(printed), row).text.split()))
    more = len(_once(page.rows[i] for i in found)) - 1
    if not more:
        return _("“{row}”").format(row=first)
    return ngettext("“{row}” and {n} more row", "“{row}” and {n} more rows", more).format(
        row=first, n=more
    )


def _once(rows: Iterable[Row]) -> list[Row]:
    """The rows, each once: two readers may have seen the same."""
    kept: list[Row] = []
    for row in rows:
        if not any(map(row.is_beside, kept)):
            kept.append(row)
    return kept


def _date(sighting: Sighting, case: Case) -> Seen:
    """On the pages as they are, then without a stamp that stands beside the row with the date."""
    ways = (sighting.pages, _printed(sighting))
    rows = [[(page, row) for page in pages for row in page.rows] for pages in ways]
    texts = [[row.text for _page, row in every] for every in rows]
    found = zip(rows, (statement_date(every, case.today) for every in texts), strict=True)
    dated = next(((every[one.row], one) for every, one in found if one), None)
    if dated is None:
        return _no_date(texts[0], case)
    (page, row), one = dated
    told = _("the payment of {day}") if one.is_payment else "{day}"
    day = told.format(day=one.day.isoformat())
    age = (case.today - one.day).days
    if age > MAX_AGE_DAYS:
        what = _("{day}, {age} days ago").format(day=day, age=age)
        todo = _("use a statement of the last {days} days").format(days=MAX_AGE_DAYS)
        return Seen(False, what, todo, page.number, place(row.pieces, page))
    return _in_rows(page, [_with(row, one.day)], day)


def _no_date(texts: Sequence[str], case: Case) -> Seen:
    ahead = day_ahead(texts, case.today)
    if ahead:
        what = _("{day}, which is still to come").format(day=ahead.isoformat())
        return Seen(False, what, _("use the statement itself, or compare the date on it"))
    return Seen(False, _("no statement date is seen"), _("use a statement that shows its date"))


def _with(row: Row, day: date) -> Row:
    """The row from the piece on in which a day is written."""
    start = next((i for i, piece in enumerate(row.pieces) if day in dates_in(piece.text)), 0)
    return Row(row.pieces[start:])


def _legible(sighting: Sighting, case: Case) -> Seen:
    """Those that must be there: each read, and dark enough on its paper."""
    fields = tuple(_fields(sighting, case))
    faint = [(rule, match) for rule, match in fields if _is_faint(match)]
    unread = [rule for rule, match in fields if match is None]
    if unread:
        what = _("cannot be read: {fields}").format(fields=", ".join(unread))
        return Seen(False, what, _("see there"))
    if faint:
        _rule, match = faint[0]
        assert match is not None  # nothing is unread
        what = _("too faint: {fields} (contrast {contrast:.1f}, at least {least:.0f} is wanted)")
        told = what.format(
            fields=", ".join(rule for rule, _match in faint),
            contrast=match.contrast,
            least=MIN_CONTRAST,
        )
        seen = _at(match, told)
        return Seen(False, told, _("scan or print it darker"), seen.page, seen.place)
    if not fields:
        todo = _("give what is to be looked for: --name, --address, --phone, --last4")
        return Seen(None, _("no detail was given that could be looked for"), todo)
    read = ", ".join(rule for rule, _match in fields)
    return Seen(True, _("read again from the file's pixels: {fields}").format(fields=read))


def unprinted(sighting: Sighting, case: Case) -> Unprinted:
    """The details that the page shows only where the cardholder added them."""
    pages = _printed(sighting)
    ids = frozenset(
        id
        for id, (wanted, find) in _finders(case).items()
        if wanted and find(sighting.pages, wanted) and not find(pages, wanted)
    )
    fours = {four for page in pages for four in last_fours(page)} | case.shown_fours
    return Unprinted(ids, ids & absent(pages, case.cardholder, fours))


def _is_faint(match: Match | None) -> bool:
    return match is not None and match.contrast < MIN_CONTRAST


def _fields(sighting: Sighting, case: Case) -> Iterator[tuple[str, Match | None]]:
    """The required fields whose place is known, and that the user did not do without."""
    demand = case.demand
    for id, (wanted, find) in _finders(case).items():
        rule = demand.profile.rule(id)
        must = rule is not None and rule.level == "must"
        is_proven = id == "PAN-2" and wanted in case.shown_fours
        if must and wanted and not is_proven and id not in demand.allow | demand.said:
            yield id, find(sighting.pages, wanted)


def _finders(case: Case) -> Mapping[str, tuple[str, Find]]:
    """What is looked for by which rule."""
    return {
        "PAN-2": (case.last_four or "", find_last_four),
        "NAME": (case.cardholder.name, find_name),
        "ADDR": (case.cardholder.address, find_address),
        "TEL": (case.cardholder.phone, find_phone),
    }


def _third(sighting: Sighting, case: Case) -> Seen:
    holder = case.demand.account_holder
    if not holder:
        todo = _("if the account is somebody else's, say so: --account-holder")
        return Seen(None, _("whose account it is was not said"), todo)
    if as_it_looks(holder) == as_it_looks(case.cardholder.name):
        return Seen(True, _("the cardholder is the account holder"))
    if "THIRD" in case.demand.said:
        return Seen(True, _("explained in the message that goes with it"))
    todo = _("explain it in your message, or let prepdoc write it: --reply")
    return Seen(None, _("the account is {holder}'s").format(holder=shown(holder)), todo)


def _at(match: Match, what: str) -> Seen:
    return Seen(True, what, "", match.page.number, place(match.pieces, match.page))


def _in_rows(page: SeenPage, rows: Iterable[Row], what: str) -> Seen:
    pieces = tuple(chain.from_iterable(row.pieces for row in rows))
    return Seen(True, what, "", page.number, place(pieces, page))


LOOKS: Final[Mapping[str, Look]] = {
    "PAN-1": _pan_1,
    "PAN-2": _pan_2,
    "PAN-3": _pan_3,
    "NAME": _name,
    "ADDR": _address,
    "TEL": _phone,
    "MAIL": _mail,
    "PAY": _payment,
    "TXN": _transaction,
    "DATE": _date,
    "LEG": _legible,
    "ENC": appearance.encryption,
    "FMT": appearance.format,
    "SIZE": appearance.size,
    "FULL": appearance.full,
    "SHOT": appearance.screenshot,
    "EDIT": appearance.edited,
    "THIRD": _third,
}
