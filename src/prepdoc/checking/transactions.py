"""Rows that OCR read → those that show a transaction: the one that is named, or any of Amazon's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from prepdoc.checking.amounts import Amount, amounts_in, parted_in
from prepdoc.checking.dateforms import Written, written_in
from prepdoc.checking.folding import folded, goes_on, mended, plain, skeleton, spelled
from prepdoc.checking.spelling import in_digits
from prepdoc.checking.talk import entry_of, goes_on_in_words, is_talk
from prepdoc.showing import shown
from prepdoc.texts import _

ONE_IN: Final = 8
"""Of so many characters of a shop's name one may be misread, as in other details."""
SHORT_NAME: Final = 4
"""A name of so few letters must be a word of its own: au is in restaurant."""

# What Amazon calls itself on statements of cards, as people in Japan and the US list it; most names
# hold the same word: AMAZON.CO.JP, AMAZON.COM*2K4AB12C3, AMZN MKTP US, AMZ*…, AMAZON DOWNLOADS,
# AMAZON PRIME, AMAZON WEB SERVICES, アマゾンジャパン, アマゾンプライムカイヒ.
AMAZON: Final = ("amazon", "amzn", "amz *", "アマゾン", "kindle", "prime video", "プライムビデオ",
                 "aws emea", "aws japan", "audible", "オーディブル")  # fmt: skip
# What follows where OCR saw no blank, or none is printed; AMAZONIA and KINDLER are others' names.
_GOES_ON: Final = (
    "co", "jp", "japan", "us", "uk", "de", "m", "pri", "prime", "down", "digi", "fresh", "web",
    "pay", "gift", "video", "music", "svcs", "serv", "retail", "kids", "go", "pharm", "unl",
)  # fmt: skip
_NO_SHOP_BEHIND: Final = re.compile(r"\s?[川河流展]")
# What bears its name and is no purchase from it: the cards of several issuers, and points.
_CARDS: Final = ("mastercard", "マスターカード", "visa", "classic", "クラシック", "ゴールド",
                 "カード", "card", "ポイント", "points", "rewards")  # fmt: skip
_PRIME: Final = ("prime", "プライム")

_ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+-]+\s?@\s?[\w.-]+|https?\s?:\s?/{0,2}\s?\S+")
"""E-mail addresses and web addresses."""
_NO_NAME: Final = re.compile(
    r"[回括]?払い?|分割|リボ|本人|家族|本?会員|ご?利用|国内|海外|換算|レート|ショッピング|注文番号|様"
    r"|クレジット|デビット|visa|mastercard|jcb|credit|debit|order|ref|rate|円|yen|jpy|usd"
)
"""Words beside the day and the sum of a purchase that do not name the shop."""
MIN_NAME: Final = 3
"""Letters beside the day and the sum that name a shop."""
_TOTAL: Final = re.compile(r"合計|小計|総額|前回|残高|(?<![a-z])(?:total|balance)(?![a-z])")
"""A sum beside these words is no single purchase's."""

# What joins the parts of a transaction as people write it: “$10 at Amazon”, 11月10日のアマゾン.
_JOINED_BEFORE: Final = re.compile(r"^(?:[\s,、。:;/|-]|(?:on|at|from|for)\s|の(?=[^ぁ-ん]))+")
_JOINED_BEHIND: Final = re.compile(
    r"(?:[\s,、。:;/|-]|\s(?:on|at|for)(?=\s)|(?<=[^ぁ-ん\s])[でのに])+$"
)


_PAID_BACK: Final = re.compile(
    r"返品|返金|返戻|払い?戻|キャンセル|取り?消"
    r"|(?<![a-z])(?:refund(?:ed)?|return(?:ed)?|reversal|reversed|chargeback|cancel+(?:ed|ation)?)"
    r"(?![a-z])"
)
"""Words beside a sum that came back, as issuers print them where the sum has no sign."""
_FEWEST_SPENT: Final = 3
"""Sums below zero from which on a page is taken to print so what was spent, as banks do."""


# A number that is left beside a currency or a magnitude, and one that may be two.
_UNREAD: Final = re.compile(
    r"[¥$€£]\s?\d|[\d〇一二三四五六七八九十百千万億数]\s?(?:[万億千百]+円?|円|ドル|k)(?!\w)"
)
_PARTED: Final = re.compile(r"(?<![\d.,/:¥$€£*#-])(?<![¥$€£] )\d{1,3}(?: \d{3})+(?![\d,./:-])")


class BadTransaction(ValueError):
    """A transaction that names neither a shop nor an amount, or no amount that can be read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A transaction as the user names it; what was not named is empty or None."""

    merchant: str
    amount: Decimal | None
    day: date | None
    month_day: tuple[int, int] | None


def wanted(text: str) -> Wanted:
    """What a text such as “11/10 Amazon 10,000” names, in any order.

    Raises:
        BadTransaction: neither a shop nor an amount is there, or it is not clear which.
    """
    text = in_digits(plain(text))
    dates = written_in(text)
    _refuse_parted(text, dates)
    amount = _named_amount(text)
    merchant = _rest(text, dates, amount)
    if not merchant and amount is None:
        raise BadTransaction(
            _("a transaction needs a shop, an amount or both, as in “Amazon 10,000”")
        )
    if _UNREAD.search(folded(merchant)):
        raise _unclear(merchant)
    named = next((written for written in dates if written.day), None)
    day = named.whole if named else None
    month_day = (named.month, named.day) if named and named.day and not day else None
    return Wanted(merchant, amount.value if amount else None, day, month_day)


def rows_with(rows: Sequence[str], wanted: Wanted) -> tuple[int, ...]:
    """The rows that show all that was named.

    The shop's row counts. Where it has no amount or no day, the next row's or the one's before do,
    unless that one is a whole transaction itself.
    """
    read, is_back = _entries(rows, wanted), _wants_back(wanted)
    shown = (i for i in range(len(read)) if _shows(read, i, wanted))
    return tuple(i for i in shown if is_back or not _is_paid_back(read, i))


def amazon_rows(rows: Sequence[str]) -> tuple[int, ...]:
    """The rows that look like a purchase from Amazon: its name, and a sum or a day before it."""
    read = _entries(rows, None)
    bought = (i for i in range(len(read)) if _is_bought(read, i))
    return tuple(i for i in bought if not _is_paid_back(read, i))


def refund_rows(rows: Sequence[str], wanted: Wanted | None) -> tuple[int, ...]:
    """The rows that show no purchase, but what came back of the one named or of any of Amazon's."""
    read = _entries(rows, wanted)
    back = [i for i in range(len(read)) if _is_paid_back(read, i)]
    if wanted is None:
        return tuple(i for i in back if _is_bought(read, i))
    spent = [replace(row, values=tuple(map(abs, row.values))) for row in read]
    return tuple(i for i in back if _shows(spent, i, wanted))


def is_entry(text: str) -> bool:
    """Whether a row is a transaction in itself: a day, a sum and a name."""
    return _read(entry_of(text)).is_whole


def numbers_left(text: str) -> str:
    """A row without its days and its sums; empty where it lists both, as an entry of a table."""
    read = _read(text)
    if read.days and read.has_sum:
        return ""
    sums = (a for a in amounts_in(text) if a.is_marked or not _is_plain(text, a))
    taken = [(a.start, a.end) for a in sums] + [(w.start, w.end) for w in written_in(text)]
    return _without(folded(text), taken)


def _is_plain(text: str, amount: Amount) -> bool:
    return plain(text)[amount.start : amount.end].isdecimal()


def is_amazon(text: str) -> bool:
    """Whether Amazon is named as a shop: not in an address, and not as a card's name."""
    return bool(_amazons(text))


# --- what the user names -------------------------------------------------------------------------


def _named_amount(text: str) -> Amount | None:
    """The last sum with a currency, else the last number that stands by itself."""
    written, sums = plain(text), amounts_in(text)
    marked = [amount for amount in sums if amount.is_marked]
    apart = [amount for amount in sums if _stands_apart(written, amount)]
    return next(reversed(marked or apart), None)


def _refuse_parted(text: str, dates: Sequence[Written]) -> None:
    """2 500 may be a sum, or a part of the shop's name and a sum.

    Raises:
        BadTransaction: there is such a number.
    """
    for found in _PARTED.finditer(mended(text)):
        if not any(one.start < found.end() and found.start() < one.end for one in dates):
            raise _unclear(found[0])


def _unclear(text: str) -> BadTransaction:
    what = _("the amount in “{text}” cannot be read; write it in digits, as in “Amazon 10,000”")
    return BadTransaction(what.format(text=shown(text)))


def _stands_apart(text: str, amount: Amount) -> bool:
    around = text[max(0, amount.start - 1) : amount.start] + text[amount.end : amount.end + 1]
    return not any(c.isalnum() for c in around)


def _rest(text: str, dates: Sequence[Written], amount: Amount | None) -> str:
    """The shop: what is left without the dates and the amount."""
    taken = [(one.start, one.end) for one in dates]
    if amount:
        taken.append((amount.start, amount.end))
    words = f" {' '.join(_without(plain(text), taken).split())} "
    shop = _JOINED_BEFORE.sub("", _JOINED_BEHIND.sub("", words)).strip()
    return shop if any(c.isalnum() for c in shop) else ""


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


# --- what a row shows ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row says as an entry of a table; a sum that is rather a count is in `values` only,
    and not among its `sums`.

    `is_cut` says that other parts of the row were talk.
    """

    text: str
    days: tuple[Written, ...]
    sums: tuple[Decimal, ...]
    values: tuple[Decimal, ...]
    has_name: bool
    is_cut: bool

    @property
    def has_sum(self) -> bool:
        """Whether there is a sum in it."""
        return bool(self.sums)

    @property
    def is_below_zero(self) -> bool:
        """Whether all of its sums are."""
        return self.has_sum and max(self.sums) < 0

    @property
    def is_whole(self) -> bool:
        """Whether it is a transaction in itself."""
        return bool(self.days) and self.has_sum and self.has_name


def _entries(rows: Sequence[str], wanted: Wanted | None) -> list[_Row]:
    """What is told in sentences is no entry, unless the shop is called so."""
    if wanted and is_talk(wanted.merchant):
        read = [_read(row) for row in rows]
    else:
        entries = [(row, entry_of(row)) for row in rows]
        read = [replace(_read(entry), is_cut=entry != row) for row, entry in entries]
    return [_turned(row) for row in read] if _spends_below_zero(read) else read


def _spends_below_zero(rows: Sequence[_Row]) -> bool:
    """Whether a page prints what was spent with a minus, as accounts of banks do."""
    whole = [row.is_below_zero for row in rows if row.is_whole]
    return sum(whole) >= max(_FEWEST_SPENT, len(whole) / 2)


def _turned(row: _Row) -> _Row:
    sums, values = (tuple(-one for one in some) for some in (row.sums, row.values))
    return replace(row, sums=sums, values=values)


def _read(text: str) -> _Row:
    sums, days = amounts_in(text), tuple(w for w in written_in(text) if w.day)
    taken = [*((a.start, a.end) for a in sums), *((w.start, w.end) for w in days)]
    rest = _without(folded(text), taken)
    letters = sum(c.isalpha() for c in _NO_NAME.sub(" ", rest))
    values = (*(amount.value for amount in sums), *parted_in(text))
    likely = tuple(amount.value for amount in sums if amount.is_likely)
    return _Row(text, days, likely, values, letters >= MIN_NAME, is_cut=False)


def _near(rows: Sequence[_Row], i: int) -> tuple[_Row, ...]:
    """The rows below and above that may belong to a row's transaction."""
    beside = (rows[j] for j in (i + 1, i - 1) if 0 <= j < len(rows))
    return tuple(row for row in beside if not row.is_whole and not _TOTAL.search(folded(row.text)))


def _is_bought(rows: Sequence[_Row], i: int) -> bool:
    """A day behind the name may be one until which something is offered."""
    row, names = rows[i], _sellers(rows[i].text)
    if not names or (row.is_cut and not (row.days and row.has_sum)):
        return False
    is_dated = any(day.end <= max(names) for day in row.days)
    lent = (one for one in _near(rows, i) if not one.has_name)
    return row.has_sum or is_dated or any(one.days or one.has_sum for one in lent)


def _is_paid_back(rows: Sequence[_Row], i: int) -> bool:
    """By a word in the row, or by the sign of its sum or of the one lent to it."""
    row = rows[i]
    with_sum = (one for one in (row, *_near(rows, i)) if one.has_sum)
    summed = next(with_sum, row)
    return bool(_PAID_BACK.search(folded(row.text))) or summed.is_below_zero


def _wants_back(wanted: Wanted) -> bool:
    """Whether it is money that came back which is named."""
    is_below = wanted.amount is not None and wanted.amount < 0
    return is_below or bool(_PAID_BACK.search(folded(wanted.merchant)))


def _shows(rows: Sequence[_Row], i: int, wanted: Wanted) -> bool:
    row, near = rows[i], _near(rows, i)
    if wanted.merchant and not _names(row.text, wanted.merchant):
        return False
    sums = (row,) if row.has_sum or not wanted.merchant else (row, *near)
    days = (row,) if row.days else near
    has_sum = wanted.amount is None or any(wanted.amount in one.values for one in sums)
    has_day = _has_day(wanted, [day for one in days for day in one.days])
    return has_sum and has_day


def _has_day(wanted: Wanted, days: Iterable[Written]) -> bool:
    """A year that the page does not tell is taken to be the one that is meant."""
    if wanted.day is None:
        return wanted.month_day is None or any((d.month, d.day) == wanted.month_day for d in days)
    year, month, day = wanted.day.year, wanted.day.month, wanted.day.day
    return any((d.month, d.day) == (month, day) and d.year in (None, year) for d in days)


def _names(text: str, merchant: str) -> bool:
    if is_amazon(merchant):
        return bool(_sellers(text))
    name, row = _letters(merchant), _letters(text)
    if len(name) <= SHORT_NAME:
        return _has_word(text, merchant)
    return name in row or _misread(name, row) <= len(name) // ONE_IN


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, skeleton(text)))


def _has_word(text: str, name: str) -> bool:
    small, found = folded(text), re.finditer(spelled(name), skeleton(text))
    return any(not (goes_on(small, m.start()) or goes_on(small, m.end())) for m in found)


def _misread(name: str, row: str) -> int:
    """The fewest characters to change, add or drop until the name is a part of the row.

    Sellers' algorithm: a part may begin anywhere, so the table of distances begins with noughts.
    """
    line = [0] * (len(row) + 1)
    for count, char in enumerate(name, 1):
        above, line = line, [count]
        for i, other in enumerate(row):
            line.append(min(above[i] + (char != other), above[i + 1] + 1, line[i] + 1))
    return min(line)


def _amazons(text: str) -> tuple[int, ...]:
    """Where Amazon's name ends as a shop's: not in an address, and not as a card's name."""
    shape = _AMAZON_CARD.sub(_blank, skeleton(_ADDRESS.sub(_blank, folded(text))))
    found = (match for match in _AMAZON.finditer(shape) if _is_whole_name(text, match))
    return tuple(match.end() for match in found)


def _is_whole_name(text: str, match: re.Match[str]) -> bool:
    """Whether it is no part of another word, such as AMAZONIA or rekindle."""
    small, end = folded(text), match.end()
    is_other = goes_on(small, end) and not small.startswith(_GOES_ON, end)
    return not (is_other or goes_on(small, match.start()) or _NO_SHOP_BEHIND.match(small, end))


def _sellers(text: str) -> tuple[int, ...]:
    """Those that stand in no sentence."""
    return tuple(end for end in _amazons(text) if not goes_on_in_words(text, end))


def _blank(found: re.Match[str]) -> str:
    """As long as what was found: places stay the same."""
    return " " * len(found[0])


def _pattern(names: Iterable[str]) -> str:
    return "|".join(map(spelled, names))


_AMAZON: Final = re.compile(_pattern(AMAZON))
_AMAZON_CARD: Final = re.compile(
    rf"(?:{_pattern(('amazon', 'アマゾン'))})"
    rf"(?:\s?(?:{_pattern(_PRIME)}))?\s?(?:{_pattern(_CARDS)})"
)
