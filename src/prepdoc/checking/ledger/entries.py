"""Rows that OCR read → what each says as an entry of a list: its days, its sums, whether it names a
shop.

A statement prints an entry in one row; an app spreads it over several (`spreading`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from prepdoc.checking.dateforms import Written, written_in
from prepdoc.checking.folding import closed, folded, plain, says
from prepdoc.checking.ledger.amounts import Amount, amounts_in, parted_in
from prepdoc.checking.talk import entry_of, listed_entry_of

_NO_NAME: Final = re.compile(
    r"[回括]?払い?|分割|リボ|本人|家族|本?会員|ご?利用|国内|海外|換算|レート|ショッピング|注文番号|様"
    r"|クレジット|デビット|visa|mastercard|jcb|credit|debit|order|ref|rate|円|yen|jpy|usd"
    r"|\d:\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?\s?(?:[ecmp][sd]?t|utc|gmt|jst|bst|cet)?(?![a-z])"
)
"""Words beside the day and the sum of a purchase that do not name the shop."""
_POINTS: Final = re.compile(r"[^\w]*(?:\d[\d,]*\s?(?:p(?:oin)?ts?|p|ポイント|マイル|miles))?[^\w]*")
_CELL: Final = re.compile(r"(?<=\S)\s{2,}(?=\S)")
MIN_NAME: Final = 3
"""Letters beside the day and the sum that name a shop."""
TOTAL: Final = re.compile(
    r"合計|小計|総額|前回|(?<!pay)(?<!ペイ)残高|(?<![a-z])(?:total|balance)(?![a-z])"
)
"""A sum beside these words is no single purchase's; PayPay残高 is how one was paid."""
_SUMMARY: Final = re.compile(r"合計|小計|(?<![a-z])(?:total|purchases)(?![a-z])|\d\s?%")
_LEFT: Final = re.compile(
    r"(?:残高|(?<!\d)(?<!\d\s)(?:ポイント|マイル)|(?<![a-z])(?<!new )(?:balance|points|miles))"
    r"[^a-zぁ-ヿ㐀-鿿]*$"
)
"""What stands before a number that is no purchase's sum, but what is left or was earned by it."""
PAID_BACK: Final = re.compile(
    r"返品|返金|返戻|払い?戻|取り?消|キ[ャヤ]ンセル|[へヘ]ン(?:ピン|キン)|マイナス"
    r"|(?:決済|支払い?|承認)(?:エラー|失敗|不可)|赤伝|戻入|gutschrift|erstattung|storno"
    r"|(?<![a-z])(?:refund(?:ed)?|return(?:ed)?|reversal|reversed|reverted|chargeback"
    r"|cancel+(?:ed|ation)?|declined|void(?:ed)?|failed"
    r"|rebate|adjustment|(?:dispute|offer|provisional|statement|courtesy|temporary|merchandise)\scredit"
    r"|(?:shop|pay|paid) with points)(?![a-z])|(?<![a-z])credit\s(?=amazon|amzn)"
    r"|(?:(?:amazon|amzn)\S*|\d)\scredit(?!\s?(?:card|purchase)|[a-z])"
)
"""Words beside a sum that came back or was never paid, as issuers print them where it has no sign.
"""

_BILL: Final = re.compile(
    r"(?:支払い?|引き?落と?し|請求)(?:予定|確定)?金?額|利用可能|限度"
    r"|(?<![a-z])(?:due|limit|available|balance)(?![a-z])"
)
"""Beside or above the sum of a bill or a card, where a purchase has one of its own."""
_BUTTON: Final = re.compile(r"キャンセル|取り?消し?|cancel")

# What stands beside or between a shop and its sum in the apps and detail views of issuers (Rakuten,
# PayPay, SMBC Vpass, JCB, EPOS; Chase, Citi, Amex, Revolut), and names no shop.
_LABELS: Final = re.compile(
    r"(?:ご|お)?(?:利用|支払い?|取引|取扱|決済|請求|購入|承認|会員|カード|加盟店?|売上)"
    r"(?:予定)?(?:日時?|先|者|店名?|区分|種別|方法|回数|状況|金額|総額|番号|内容|名義?|分)?"
    r"|金額|区分|種別|種類|方法|状態|状況|ステータス|摘要|備考|内訳|明細|詳細|店名|日時|通貨"
    r"|(?:(?:pay){1,2}|ペイ)\s?(?:残高|クレジット|カード|あと払い)"
    r"|お?引き?出し|出金|未?確定|速報|処理中|完了|済み?|予定|下4桁|末尾|(?:タッチ|オンライン|ネット)(?:決済)?"
    r"|(?<![a-z])(?:(?:trans(?:action)?|purchase|post(?:ed|ing)?|processing)?\s?(?:date|time)|amount"
    r"|status|card|ending|ends|account|number|pending|posted|completed?|approved|authori[sz]ed"
    r"|type|category|method|payment|purchase|transaction|merchant|merchandise|description|details?"
    r"|online|contactless|shopping|today|yesterday|spent|charged"
    r"|process(?:ing|ed)|settled|cleared"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)(?![a-z])"
)
_DUE: Final = re.compile(
    r"(?:支払い?|引き?落と?し?|振替|請求|確定|締め?)(?:予定)?日|期限|更新|(?<![a-z])(?:due|expir)"
)
"""A day beside these words is not the purchase's."""
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
    def shop(self) -> str:
        """Where the shop's name is: not behind an entry that is whole without it, where another
        column begins, unless that lists entries too.
        """
        cells = _CELL.split(self.text)
        for count in range(2, len(cells)):
            before = read_entry("  ".join(cells[:count]))
            if before.is_whole and amounts_in(cells[count - 1]):
                return self.text if written_in("  ".join(cells[count:])) else before.text
        return self.text

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
        return bool(self.days) and self.has_sum and self.has_name and not self.is_detail

    @property
    def is_half(self) -> bool:
        """Whether it is one but for the shop."""
        return bool(self.days) and self.has_sum and not self.is_whole

    @property
    def is_mark(self) -> bool:
        """Whether it is an icon or a rule, and no text."""
        return bool(self.text.strip()) and not any(map(str.isalnum, self.text))

    @property
    def is_labelled(self) -> bool:
        """Whether it begins with what it tells, as rows of a detail view do."""
        return bool(_LABELS.match(closed(self.text)))

    @property
    def is_total(self) -> bool:
        """Whether its sum is no single purchase's."""
        return says(TOTAL, self.text)

    @property
    def is_summary(self) -> bool:
        """Whether it has no day, and its sum is said to be several purchases' or a rate's."""
        return not self.days and says(_SUMMARY, self.text)

    @property
    def is_bill(self) -> bool:
        """Whether it may be about all of a bill or a card."""
        return says(_BILL, self.text)

    @property
    def own_days(self) -> tuple[Written, ...]:
        """Its days, but for those on which a bill is paid."""
        return () if says(_DUE, self.text) else self.days

    @property
    def is_paid_back(self) -> bool:
        """Whether it says so in words, or by a plus."""
        return says(PAID_BACK, self.text) or self.is_plus

    @property
    def is_status(self) -> bool:
        """Whether it says so in words that are no button's."""
        return says(PAID_BACK, self.text) and not _BUTTON.fullmatch(closed(self.text).strip())

    @property
    def is_plus(self) -> bool:
        """Whether its sum has a plus."""
        return says(_PLUS, self.text)


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
    entry = listed_entry_of(text) if _is_listed(text) else entry_of(text)
    sums = [a for a in amounts_in(entry) if not _LEFT.search(closed(plain(entry)[: a.start]))]
    return replace(_entry(entry, sums), is_cut=entry.split() != text.split())


def _is_listed(text: str) -> bool:
    """Whether it begins with a day and ends with a sum, or the points for it, and something else is
    between.
    """
    days, sums = written_in(text), amounts_in(text)
    if not (days and sums and sums[-1].is_likely):
        return False
    is_first = not text[: days[0].start].strip()
    is_last = _POINTS.fullmatch(folded(text), sums[-1].end) is not None
    return is_first and is_last and days[0].day is not None and days[-1].end < sums[-1].start


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
