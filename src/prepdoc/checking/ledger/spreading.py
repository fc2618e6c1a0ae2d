"""Rows as entries → what the rows around one add to it: its sum, its day, that it came back.

    AMAZON.CO.JP
    2026/11/03・1回払い
    10,000円

Another shop's rows add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Final

from prepdoc.checking.dateforms import Written
from prepdoc.checking.ledger.entries import Entry

_REACH: Final = 10
"""Rows below or above a shop's that may tell more of it: who paid, how, how often, status, sum, and
above each of these what it is.
"""
_WINDOW: Final = 2 * _REACH
"""Rows among which those are looked for: icons may stand between them as rows of their own."""


def details(entries: Sequence[Entry], i: int) -> tuple[Entry, ...]:
    """The rows below that tell more of an entry: those that name no shop, with its sum at most.

    The next row may name something else where the entry has no sum: the seller, or a town.
    """
    return tuple(_details(entries[i], (entries[j] for j in _below(entries, i))))


def _details(entry: Entry, below: Iterable[Entry]) -> Iterator[Entry]:
    has_sum = entry.has_sum
    for count, row in enumerate(below):
        is_other = row.is_whole or row.is_total or (has_sum and row.has_sum)
        if is_other or not (row.is_detail or (count == 0 and not has_sum)):
            return
        yield row
        if not row.is_detail:
            return
        has_sum = has_sum or row.has_sum


def _details_above(entries: Sequence[Entry], i: int) -> Iterator[int]:
    """The row above if it names no shop, and in a detail view those above that, until a sum."""
    for count, j in enumerate(_above(entries, i)):
        row = entries[j]
        is_other = row.is_total or not row.is_detail or (row.is_cut and row.has_sum)
        if is_other or (count > 0 and not row.is_labelled):
            return
        yield j
        if row.has_sum:
            return


def _below(entries: Sequence[Entry], i: int) -> Iterator[int]:
    return _with_text(entries, range(i + 1, min(len(entries), i + 1 + _WINDOW)))


def _above(entries: Sequence[Entry], i: int) -> Iterator[int]:
    return _with_text(entries, range(i - 1, max(-1, i - 1 - _WINDOW), -1))


def _with_text(entries: Sequence[Entry], places: Iterable[int]) -> Iterator[int]:
    """The first rows with text, until one that has none left without talk."""
    read = takewhile(lambda j: bool(entries[j].text.strip()), places)
    return islice((j for j in read if not entries[j].is_mark), _REACH)


def summed(entries: Sequence[Entry], i: int) -> tuple[Entry, ...]:
    """The rows that may have an entry's sum: its own, else one below, else one above.

    Where it cannot be told whether a list prints the shop or the sum first, either may be.
    """
    if entries[i].has_sum:
        return (entries[i],)
    under = tuple(row for row in details(entries, i) if row.has_sum)
    over = tuple(j for j in _details_above(entries, i) if entries[j].has_sum)
    if under and over and not _may_be_its_sum(entries, over[0], under[0]):
        return under
    return (*under, *(entries[j] for j in over))


def _may_be_its_sum(entries: Sequence[Entry], over: int, under: Entry) -> bool:
    """Whether a sum above a shop may be its own although there is one below."""
    named = (entries[over], *(entries[j] for j in islice(_above(entries, over), 1)))
    if any(row.is_bill for row in named):
        return False
    return under.is_half or not _is_last(entries, over)


def _is_last(entries: Sequence[Entry], i: int) -> bool:
    """Whether a sum stands last in its entry, below its shop, and so in those above it."""
    for _ in range(_WINDOW):
        shop = next((j for j in _above(entries, i) if not entries[j].is_detail), None)
        if shop is None or entries[shop].has_sum:
            return False
        before = next(_above(entries, shop), None)
        if before is None or not (entries[before].is_detail and entries[before].has_sum):
            return True
        i = before
    return True


def dated(entries: Sequence[Entry], i: int) -> tuple[Entry, ...]:
    """The rows near it that may have an entry's day: its own, else those below and above."""
    if entries[i].days:
        return (entries[i],)
    return tuple(row for row in _around(entries, i) if row.own_days)


def days(entries: Sequence[Entry], i: int) -> tuple[Written, ...]:
    """The days that may be an entry's: its own, else those near it and above its list."""
    if entries[i].days:
        return entries[i].days
    rows = (*dated(entries, i), *_heading(entries, i))
    return tuple(day for row in rows for day in row.own_days)


def _around(entries: Sequence[Entry], i: int) -> Iterator[Entry]:
    yield from details(entries, i)
    yield from (entries[j] for j in _details_above(entries, i))


def _heading(entries: Sequence[Entry], i: int) -> tuple[Entry, ...]:
    """The row above that is nothing but a day, and under which all others have none."""
    above = (entries[j] for j in range(i - 1, -1, -1))
    row = next((row for row in above if row.days), None)
    is_heading = row is not None and row.is_detail and not row.has_sum and bool(row.own_days)
    return (row,) if row and is_heading else ()


def is_paid_back(entries: Sequence[Entry], i: int) -> bool:
    """By a word in it or in its details, or by the sign of its sum."""
    below = (row for row in details(entries, i) if row.is_detail or row.has_sum)
    told = (entries[i], *below, *_status(entries, i))
    return any(row.is_paid_back for row in told) or any(
        row.is_below_zero for row in summed(entries, i)
    )


def _status(entries: Sequence[Entry], i: int) -> tuple[Entry, ...]:
    """The rows above a shop and its sum, unless they go with another shop above."""
    over = next((j for j in _details_above(entries, i) if entries[j].has_sum), None)
    is_over = over is not None and entries[over] in summed(entries, i)
    if entries[i].is_whole or (over is not None and not is_over):
        return ()
    start = i if over is None else over
    above = tuple(takewhile(lambda j: _tells_only(entries[j]), _above(entries, start)))
    is_anothers = bool(above) and _ends_an_entry(entries, above[-1], start)
    return () if is_anothers else tuple(row for j in above if (row := entries[j]).is_status)


def _tells_only(row: Entry) -> bool:
    return row.is_detail and not (row.has_sum or row.is_total)


def _ends_an_entry(entries: Sequence[Entry], i: int, start: int) -> bool:
    """Whether the next shop above has a sum of its own, and not that of the entry that starts."""
    shop = next((j for j in _above(entries, i) if not entries[j].is_detail), None)
    sums = () if shop is None else summed(entries, shop)
    return any(row is not entries[start] for row in sums)
