"""Rows as entries → with what was spent above zero, also on pages that print it with a minus.

Accounts of banks and wallets do; a card's statement has a minus for what came back and was paid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from prepdoc.checking.folding import says
from prepdoc.checking.ledger.entries import Entry
from prepdoc.checking.ledger.spreading import dated, days, summed

_FEWEST_SPENT: Final = 3
"""Sums below zero from which on a page is taken to print so what was spent, as banks do."""
_FEWEST_BESIDE_INCOME: Final = 2
"""And where a page lists what was earned too, as no card's statement does, or what has a plus."""
_INCOME: Final = re.compile(r"給与|給料|賞与|(?<![a-z])(?:salary|payroll|wages)(?![a-z])")
"""Not interest or a pension, which a card's statement may have too: there they are paid."""
_PAID_IN: Final = re.compile(r"入金|(?<![a-z])(?:thank\s?you|received|auto\s?pay)(?![a-z])")
"""What a card's statement calls the payment of its bill, which has a minus there."""
_CREDITS: Final = re.compile(
    r"(?:payments?|returns?)[a-z\s,&]*\scredits|返品・(?:返金|取消|キャンセル)"
)
"""The heading there of all that has one."""


def as_spent(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with what was spent above zero, whatever a page's way of printing it is."""
    return list(map(_turned, entries)) if _spends_below_zero(entries) else list(entries)


def _spends_below_zero(entries: Sequence[Entry]) -> bool:
    """Whether most sums are below zero, and they are not what a card's statement prints so."""
    items = _items(entries)
    below = [i for sums, i in items.items() if min(sums[0], sums[-1]) < 0]
    is_account = any(map(_is_income, entries))
    has_plus = _has_plus(entries, items.values())
    fewest = _FEWEST_BESIDE_INCOME if is_account or has_plus else _FEWEST_SPENT
    if len(below) < fewest or 2 * len(below) <= len(items):
        return False
    return is_account or not (
        any(entries[i].is_paid_back or says(_PAID_IN, entries[i].text) for i in below)
        or any(says(_CREDITS, row.text) for row in entries)
    )


def _has_plus(entries: Sequence[Entry], items: Iterable[int]) -> bool:
    """Whether an entry's sum has one, or a sum under a day; not one of a statement's summary."""
    came_in = (i for i, row in enumerate(entries) if row.is_plus and row.has_sum)
    is_item = any(summed(entries, i)[0].is_plus for i in items)
    return is_item or any(dated(entries, i) for i in came_in)


def _items(entries: Sequence[Entry]) -> dict[tuple[Decimal, ...], int]:
    """The entries by their sums, each once: two readers may have seen the same rows."""
    return {summed(entries, i)[0].sums: i for i in range(len(entries)) if _is_item(entries, i)}


def _is_item(entries: Sequence[Entry], i: int) -> bool:
    """Whether it is an entry with all that it needs, in one row or in several."""
    row = entries[i]
    is_named = row.has_name and not (row.is_total or row.is_detail)
    return is_named and bool(summed(entries, i)) and bool(days(entries, i))


def _turned(entry: Entry) -> Entry:
    return replace(entry, sums=_spent(entry.sums), values=_spent(entry.values))


def _spent(sums: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """Behind what was spent stands what is left; where nothing was spent, all of it came in."""
    first = next((i for i, one in enumerate(sums) if one < 0), None)
    return tuple(-one for one in sums) if first is None else tuple(map(abs, sums[: first + 1]))


def _is_income(entry: Entry) -> bool:
    return entry.has_sum and not entry.is_below_zero and says(_INCOME, entry.text)
