"""Rows that OCR read → those that show a transaction: the one that is named, or any of Amazon's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from prepdoc.checking.dateforms import Written, written_in
from prepdoc.checking.folding import folded, goes_on, mended, plain, says, skeleton, spelled
from prepdoc.checking.ledger.amounts import Amount, amounts_in
from prepdoc.checking.ledger.entries import (
    PAID_BACK,
    Entry,
    is_left,
    places,
    read_entry,
    read_without_talk,
    without,
)
from prepdoc.checking.ledger.spending import as_spent
from prepdoc.checking.ledger.spreading import dated, days, is_paid_back, summed
from prepdoc.checking.spelling import in_digits
from prepdoc.checking.talk import goes_on_in_words, is_talk
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
_NO_SHOP_BEHIND: Final = re.compile(
    r"\s?[川河流展]|(?:\.?\s?(?:co\.?\s?jp|com)|ジ[ャヤ]パン(?:合同会社)?)?\s?"
    r"(?:アカウント|カスタマー|サポート|担当|御中|account|customer|support|team)"
)
"""A river, an exhibition, and whom a letter is for: Amazon.co.jp アカウント担当 御中."""
# What bears its name and is no purchase from it: the cards of several issuers, and points.
_CARDS: Final = ("american express", "amex", "mastercard", "マスターカード", "visa", "classic",
                 "クラシック", "ゴールド", "カード", "card", "ポイント", "points",
                 "rewards")  # fmt: skip
_KINDS: Final = ("prime", "プライム", "business", "ビジネス", "store", "chase", "rewards")

# What an employer pays, and how the bill of a card that bears its name is paid.
_PAID_IN: Final = re.compile(
    r"給与|給料|賞与|(?<![a-z])(?:payroll|payouts?|salary|direct dep(?:osit)?"
    r"|(?:credit card|store card|visa|mastercard)\s(?:payment|pymt|pmt)(?!\s(?:to|at)\s))(?![a-z])"
)
_ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+-]+\s?@\s?[\w.-]+|https?\s?:\s?/{0,2}\s?\S+")
"""E-mail addresses and web addresses."""
# What joins the parts of a transaction as people write it: “$10 at Amazon”, 11月10日のアマゾン.
_JOINED_BEFORE: Final = re.compile(r"^(?:[\s,、。:;/|-]|(?:on|at|from|for)\s|の(?=[^ぁ-ん]))+")
_JOINED_BEHIND: Final = re.compile(
    r"(?:[\s,、。:;/|-]|\s(?:on|at|for)(?=\s)|(?<=[^ぁ-ん\s])[でのに])+$"
)
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
    return tuple(i for i in shown if is_back or not is_paid_back(read, i))


def amazon_rows(rows: Sequence[str]) -> tuple[int, ...]:
    """The rows that look like a purchase from Amazon: its name, and a sum or a day before it."""
    read = _entries(rows, None)
    bought = (i for i in range(len(read)) if _is_bought(read, i))
    return tuple(i for i in bought if not is_paid_back(read, i))


def refund_rows(rows: Sequence[str], wanted: Wanted | None) -> tuple[int, ...]:
    """The rows that show no purchase, but what came back of the one named or of any of Amazon's."""
    read = _entries(rows, wanted)
    back = [i for i in range(len(read)) if is_paid_back(read, i)]
    if wanted is None:
        return tuple(i for i in back if _is_bought(read, i))
    if _wants_back(wanted):
        return ()
    spent = [replace(row, values=tuple(map(abs, row.values))) for row in read]
    return tuple(i for i in back if _shows(spent, i, wanted))


def is_entry(text: str) -> bool:
    """Whether a row is a transaction in itself: a day, a sum and a name."""
    return read_without_talk(text).is_whole


def numbers_left(text: str) -> str:
    """A row without its days and its sums; empty where it lists both, as an entry of a table."""
    read = read_entry(text)
    if read.days and read.has_sum:
        return ""
    sums = (a for a in amounts_in(text) if a.is_marked or not _is_plain(text, a))
    return without(folded(text), places(sums, written_in(text)))


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
    words = f" {' '.join(without(plain(text), taken).split())} "
    shop = _JOINED_BEFORE.sub("", _JOINED_BEHIND.sub("", words)).strip()
    return shop if any(c.isalnum() for c in shop) else ""


# --- what rows show ------------------------------------------------------------------------------


def _entries(rows: Sequence[str], wanted: Wanted | None) -> list[Entry]:
    """Without what is told in sentences, points and balances, unless the shop is called so."""
    is_called_so = wanted is not None and (is_talk(wanted.merchant) or is_left(wanted.merchant))
    return as_spent([(read_entry if is_called_so else read_without_talk)(row) for row in rows])


def _is_bought(entries: Sequence[Entry], i: int) -> bool:
    """A day behind the name may be one until which something is offered."""
    row = entries[i]
    names = _sellers(row.shop) if _sellers(row.text) else ()
    if not names or row.is_summary or (row.is_cut and not (row.days and row.has_sum)):
        return False
    if row.values and not any(row.values):
        return False
    is_dated = any(day.end <= max(names) for day in row.days)
    near = (*summed(entries, i), *dated(entries, i))
    return row.has_sum or is_dated or any(one.is_detail or not one.has_name for one in near)


def _wants_back(wanted: Wanted) -> bool:
    """Whether it is money that came back which is named."""
    is_below = wanted.amount is not None and wanted.amount < 0
    return is_below or says(PAID_BACK, wanted.merchant)


def _shows(entries: Sequence[Entry], i: int, wanted: Wanted) -> bool:
    row = entries[i]
    texts = (row.text, row.shop) if wanted.merchant else ()
    if not all(_names(text, wanted.merchant) for text in texts):
        return False
    if row.is_summary and is_amazon(wanted.merchant):
        return False
    sums = (row, *summed(entries, i)) if wanted.merchant else (row,)
    has_sum = wanted.amount is None or any(wanted.amount in one.values for one in sums)
    return has_sum and _has_day(wanted, days(entries, i))


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
    """Those that stand in no sentence, where nothing came in and no bill was paid."""
    if says(_PAID_IN, text):
        return ()
    return tuple(end for end in _amazons(text) if not goes_on_in_words(text, end))


def _blank(found: re.Match[str]) -> str:
    """As long as what was found: places stay the same."""
    return " " * len(found[0])


def _pattern(names: Iterable[str]) -> str:
    return "|".join(map(spelled, names))


_TORN: Final = (r"\s?".join(map(spelled, name)) for name in ("amazon", "amzn"))
"""Wide letters, Ａ Ｍ Ａ Ｚ Ｏ Ｎ, are read with blanks between them."""
_AMAZON: Final = re.compile("|".join((*_TORN, _pattern(AMAZON))))
_AMAZON_CARD: Final = re.compile(
    rf"(?:{_pattern(('amazon', 'アマゾン'))})"
    rf"(?:\s?(?:{_pattern(_KINDS)}))*\s?(?:{_pattern(_CARDS)})"
)
