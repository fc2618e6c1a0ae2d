"""Rows that OCR read → what each says as an entry of a list: its days, its sums, whether it names a
shop, and what the rows around it add.

A statement prints an entry in one row; an app spreads it over several: the shop, its day and how it
is paid, the sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, takewhile
from typing import Final

from prepdoc.checking.amounts import Amount, amounts_in, parted_in
from prepdoc.checking.dateforms import Written, written_in
from prepdoc.checking.folding import closed, folded, plain, says
from prepdoc.checking.talk import entry_of

_NO_NAME: Final = re.compile(
    r"[回括]?払い?|分割|リボ|本人|家族|本?会員|ご?利用|国内|海外|換算|レート|ショッピング|注文番号|様"
    r"|クレジット|デビット|visa|mastercard|jcb|credit|debit|order|ref|rate|円|yen|jpy|usd"
)
"""Words beside the day and the sum of a purchase that do not name the shop."""
MIN_NAME: Final = 3
"""Letters beside the day and the sum that name a shop."""
TOTAL: Final = re.compile(r"合計|小計|総額|前回|残高|(?<![a-z])(?:total|balance)(?![a-z])")
"""A sum beside these words is no single purchase's."""
_LEFT: Final = re.compile(
    r"(?:残高|(?<!\d)(?<!\d\s)(?:ポイント|マイル)|(?<![a-z])(?<!new )(?:balance|points|miles))"
    r"[^a-zぁ-ヿ㐀-鿿]*$"
)
"""What stands before a number that is no purchase's sum, but what is left or was earned by it."""
PAID_BACK: Final = re.compile(
    r"返品|返金|返戻|払い?戻|取り?消|キ[ャヤ]ンセル|[へヘ]ン(?:ピン|キン)|マイナス"
    r"|(?<![a-z])(?:refund(?:ed)?|return(?:ed)?|reversal|reversed|chargeback|cancel+(?:ed|ation)?)"
    r"(?![a-z])"
)
"""Words beside a sum that came back, as issuers print them where the sum has no sign."""

# What stands beside or between a shop and its sum in the apps and detail views of issuers (Rakuten,
# PayPay, SMBC Vpass, JCB, EPOS; Chase, Citi, Amex, Revolut), and names no shop.
_LABELS: Final = re.compile(
    r"(?:ご|お)?(?:利用|支払い?|取引|取扱|決済|請求|購入|承認|会員|カード|加盟店?|売上)"
    r"(?:予定)?(?:日時?|先|者|店名?|区分|種別|方法|回数|状況|金額|総額|番号|内容|名義?|分)?"
    r"|金額|区分|種別|種類|方法|状態|状況|ステータス|摘要|備考|内訳|明細|詳細|店名|日時|通貨"
    r"|未?確定|速報|処理中|完了|済み?|予定|下4桁|末尾|(?:タッチ|オンライン|ネット)(?:決済)?"
    r"|(?<![a-z])(?:(?:trans(?:action)?|purchase|post(?:ed|ing)?|processing)?\s?(?:date|time)|amount"
    r"|status|card|ending|ends|account|number|pending|posted|completed?|approved|authori[sz]ed"
    r"|type|category|method|payment|purchase|transaction|merchant|merchandise|description|details?"
    r"|online|contactless|shopping|today|yesterday)(?![a-z])"
)
_DUE: Final = re.compile(
    r"(?:支払い?|引き?落と?し?|振替|請求|確定|締め?)(?:予定)?日|期限|更新|(?<![a-z])(?:due|expir)"
)
"""A day beside these words is not the purchase's."""
_REACH: Final = 5
"""Rows below or above a shop's that may tell more of its entry: who, how, how often, status, sum.
"""

_WINDOW: Final = 4 * _REACH
"""Rows among which those are looked for: icons may stand between them as rows of their own."""
_FEWEST_SPENT: Final = 3
"""Sums below zero from which on a page is taken to print so what was spent, as banks do."""
_FEWEST_BESIDE_INCOME: Final = 2
"""And where a page lists what was earned too: no card's statement does."""
_INCOME: Final = re.compile(r"給与|給料|賞与|(?<![a-z])(?:salary|payroll|wages)(?![a-z])")
"""Not interest or a pension, which a card's statement may have too: there they are paid."""
_PAID_IN: Final = re.compile(r"入金|(?<![a-z])(?:thank\s?you|received|auto\s?pay)(?![a-z])")
"""What a card's statement calls the payment of its bill, which has a minus there."""
_CREDITS: Final = re.compile(
    r"(?:payments?|returns?)[a-z\s,&]*\scredits|返品・(?:返金|取消|キャンセル)"
)
"""The heading there of all that has one."""
_PLUS: Final = re.compile(
    r"(?:(?<=\s)|^)\+\s?(?:[¥$€£]\s?\d|\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d\d(?!\d)|\s?円))"
    r"(?![\d,.]*\s?(?:ポイント|マイル|pt|p(?![a-z])|%))"
)
"""How an app prints what came in, where what was spent has a minus or no sign."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says as an entry; a sum that is rather a count is in `values` only, and not among
    its `sums`.

    `is_detail` says that it names no shop, and tells more of one above or below it; `is_cut`, that
    other parts of the row were talk.
    """

    text: str
    days: tuple[Written, ...]
    sums: tuple[Decimal, ...]
    values: tuple[Decimal, ...]
    has_name: bool
    is_detail: bool
    is_cut: bool

    @property
    def has_sum(self) -> bool:
        """Whether there is a sum in it."""
        return bool(self.sums)

    @property
    def is_below_zero(self) -> bool:
        """Whether its sum is: the first, or the last behind one in another currency."""
        return self.has_sum and min(self.sums[0], self.sums[-1]) < 0

    @property
    def is_whole(self) -> bool:
        """Whether it is a transaction in itself."""
        return bool(self.days) and self.has_sum and self.has_name

    @property
    def is_half(self) -> bool:
        """Whether it is one but for the shop."""
        return bool(self.days) and self.has_sum and not self.has_name

    @property
    def is_mark(self) -> bool:
        """Whether it is an icon or a rule, and no text."""
        return bool(self.text.strip()) and not any(map(str.isalnum, self.text))

    @property
    def is_total(self) -> bool:
        """Whether its sum is no single purchase's."""
        return says(TOTAL, self.text)

    @property
    def own_days(self) -> tuple[Written, ...]:
        """Its days, but for those on which a bill is paid."""
        return () if says(_DUE, self.text) else self.days

    @property
    def is_paid_back(self) -> bool:
        """Whether it says so in words, or by a plus."""
        return says(PAID_BACK, self.text) or says(_PLUS, self.text)

    @property
    def is_income(self) -> bool:
        """Whether it is what an account's owner earned."""
        return self.has_sum and not self.is_below_zero and says(_INCOME, self.text)


def read_entry(text: str) -> Entry:
    """What a row says, all of it."""
    return _entry(text, amounts_in(text))


def _entry(text: str, sums: Sequence[Amount]) -> Entry:
    days = tuple(w for w in written_in(text) if w.day)
    rest = without(folded(text), places(sums, days))
    values = (*(amount.value for amount in sums), *parted_in(text))
    likely = tuple(amount.value for amount in sums if amount.is_likely)
    has_name = _letters(_NO_NAME.sub(" ", closed(rest))) >= MIN_NAME
    return Entry(text, days, likely, values, has_name, _is_detail(rest, bool(days)), is_cut=False)


def read_without_talk(text: str) -> Entry:
    """What a row says but for its parts that are told in sentences, and for points and balances."""
    entry = entry_of(text)
    sums = [a for a in amounts_in(entry) if not _LEFT.search(closed(plain(entry)[: a.start]))]
    return replace(_entry(entry, sums), is_cut=entry.split() != text.split())


def is_left(text: str) -> bool:
    """Whether a name is such that what stands behind it would be taken for points or a balance."""
    return bool(_LEFT.search(closed(text)))


def places(sums: Iterable[Amount], days: Iterable[Written]) -> list[tuple[int, int]]:
    """Where sums and days stand in a row."""
    return [*((a.start, a.end) for a in sums), *((w.start, w.end) for w in days)]


def without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """A text with blanks in some places."""
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _is_detail(rest: str, has_day: bool) -> bool:
    """By what is left beside days and sums. A short word that is no label may be a shop: GU, au."""
    words = closed(rest)
    left = words
    for labels in (PAID_BACK, _LABELS, _NO_NAME):
        left = labels.sub(" ", left)
    few = _letters(left)
    return few < MIN_NAME and (has_day or few == 0 or left != words)


# --- what the rows around it add -----------------------------------------------------------------


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
        is_other = row.is_total or not row.is_detail
        if is_other or (count > 0 and not _LABELS.match(closed(row.text))):
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
    if under and over and _is_last(entries, over[0]) and not under[0].is_half:
        return under
    return (*under, *(entries[j] for j in over))


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
    told = (row for row in details(entries, i) if row.is_detail or row.has_sum)
    if entries[i].is_paid_back or any(row.is_paid_back for row in told):
        return True
    return any(row.is_below_zero for row in summed(entries, i))


# --- accounts that print what was spent with a minus ---------------------------------------------


def as_spent(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with what was spent above zero, whatever a page's way of printing it is."""
    return list(map(_turned, entries)) if _spends_below_zero(entries) else list(entries)


def _spends_below_zero(entries: Sequence[Entry]) -> bool:
    """Whether most sums are below zero, and they are not what a card's statement prints so."""
    items = _items(entries)
    below = [i for sums, i in items.items() if min(sums[0], sums[-1]) < 0]
    is_account = any(row.is_income for row in entries)
    fewest = _FEWEST_BESIDE_INCOME if is_account else _FEWEST_SPENT
    if len(below) < fewest or 2 * len(below) <= len(items):
        return False
    return is_account or not (
        any(entries[i].is_paid_back or says(_PAID_IN, entries[i].text) for i in below)
        or any(says(_CREDITS, row.text) for row in entries)
    )


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
