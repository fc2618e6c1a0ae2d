"""Rows that OCR read → the dates that are written in them, and which of them is the statement's."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from prepdoc.checking.dateforms import Written, order_of, with_day_first, written_in
from prepdoc.checking.folding import DASHES, mended, skeleton, spelled
from prepdoc.checking.ledger.transactions import is_entry
from prepdoc.checking.talk import is_talk, without_notices

MONTHS: Final = 12
FEW: Final = 24
"""Letters beside a period's days that stand by themselves."""
AHEAD: Final = timedelta(days=62)
"""How far a payment may lie ahead: it is due up to two months after the closing day."""

# What issuers print beside the day on which a statement was closed, made out or sent, or beside its
# period: the wording of Japanese ones (SMBC, MUFG NICOS, Rakuten, JCB, Saison, American Express)
# and of international ones (Chase, Citi, American Express, HSBC).
_STATEMENT: Final = (
    "発行日", "発行年月日", "作成日", "作成年月日", "作成基準日", "請求日", "請求年月日", "確定日",
    "締切日", "締め切り日", "締め日", "締日", "通知日", "お知らせ日", "対象期間", "利用期間",
    "集計期間", "請求期間",
    "statement date", "date of statement", "closing date", "close date", "issue date",
    "issued on", "date of issue", "date issued", "billing date", "bill date", "invoice date",
    "statement period", "billing period", "billing cycle", "account as at", "account as of",
    "balance as at", "balance as of", "statement ending", "statement ends",
    "statement begins", "period ending", "period ended", "month ending", "for the period",
)  # fmt: skip
_PAYMENT: Final = (
    "支払日", "支払い日", "支払期日", "支払期限", "支払予定日", "引落日", "引落し日",
    "引き落とし日", "引落予定日", "振替日", "due date", "payment due", "pay by", "due by",
)  # fmt: skip
# Beside the days of single purchases and payments.
_ENTRY: Final = ("利用日", "取引日", "入金日", "計上日", "transaction date", "trans date",
                 "post date", "posting date")  # fmt: skip
# Beside days that say nothing of the statement's age.
_OTHER: Final = (
    "入会日", "生年月日", "有効期限", "失効", "date of birth", "expiration", "expiry", "expires",
    "valid thru", "valid until", "member since",
)  # fmt: skip
# Beside the day on which somebody looked at the statement, or on which a page is made anew.
_LOOKED_AT: Final = (
    "出力日", "印刷日", "印字日", "表示日", "照会日", "取得日", "閲覧日", "参照日", "更新日",
    "ダウンロード日", "更新予定", "次回更新", "printed on", "print date", "printed:",
    "date printed", "downloaded", "generated on", "viewed on", "last updated", "accessed on",
)  # fmt: skip
# Beside a month that is the statement's, before it.
_OF_MONTH: Final = (
    "利用月", "請求月", "対象月", "支払月", "支払い月", "引落月", "利用年月", "請求年月",
    "対象年月", "支払年月", "支払い年月", "statement month", "billing month",
)  # fmt: skip
_OF_ANOTHER: Final = ("前回", "前月", "次回", "翌月", "来月", "previous", "prior", "next", "last")
_TITLES: Final = ("利用代金明細", "利用明細", "請求明細", "代金明細書", "請求書", "card statement",
                  "account statement", "statement of account", "monthly statement",
                  "statement for", "your statement")  # fmt: skip
# Right behind a date: 2026年11月10日発行, 2026年12月4日お引落し; behind a month: 11月ご請求分.
_DONE: Final = ("発行", "作成", "締切", "締め", "現在", "付", "請求", "確定")
_PAID: Final = ("支払", "引落", "引き落", "振替")
_MONTHLY: Final = ("分", "度", "請求", "支払", "利用", "明細", "statement")


def _any(names: Iterable[str]) -> str:
    return "|".join(map(spelled, names))


_BESIDE: Final = ("statement", "title", "payment")
"""The kinds of label that count, the best first."""
_LABELS: Final = re.compile(
    rf"(?P<other>(?:{_any(_OF_ANOTHER)}).{{0,4}}?(?:{_any(_STATEMENT + _PAYMENT)})"
    rf"|{_any(_OTHER + _LOOKED_AT)})"
    rf"|(?P<statement>{_any(_STATEMENT)})|(?P<payment>{_any(_PAYMENT)})|(?P<entry>{_any(_ENTRY)})"
    rf"|(?P<title>{_any(_TITLES)})|(?P<month>{_any(_OF_MONTH)})"
)
# Between the two: the day of the week in parentheses, and words that only join or are polite.
_LINK: Final = rf"(?:\s?\(.{{1,3}}\))?\s?の?(?:{_any('おご御')})?\s?"
_TAILS: Final[Mapping[str, re.Pattern[str]]] = {
    "statement": re.compile(rf"{_LINK}(?:{_any(_DONE)})(?!.?\s?日|[与加金額])"),
    "payment": re.compile(rf"{_LINK}(?:{_any(_PAID)})(?!.?\s?[日金額])"),
}
# Points, and what a card may be used for, are counted on any day: 2026年11月20日現在のポイント.
_COUNTED: Final = re.compile(_any(("ポイント", "マイル", "利用可能")))
_AS_OF: Final = re.compile(rf"{_LINK}{spelled('現在')}")
_MONTH_TAIL: Final = re.compile(rf"{_LINK}(?:{_any(_MONTHLY)})")
# Browsers and portals print when they were asked: 2026/11/28 10:22, 2026年11月28日 印刷.
_ASKED: Final = re.compile(
    rf"\s?[,/]?\s?(?:\d{{1,2}}:\d\d|\d{{1,2}}時\d{{1,2}}分|{_LINK}(?:出力|印刷|表示|照会|取得|閲覧))"
)
_RANGE: Final = re.compile(rf"\s*(?:[{DASHES}~〜∼]|から|to|through|thru|until|till|ends|ending)\s*")

_UP_TO: Final = re.compile(r"^\s*まで")


@dataclass(frozen=True, slots=True)
class Dated:
    """A statement's date, and its row; `is_labelled` where words beside it say what it is, and
    `is_payment` where it is the day on which the bill is paid.
    """

    day: date
    row: int
    is_labelled: bool
    is_payment: bool = False


def dates_in(text: str) -> tuple[date, ...]:
    """Every complete date, in the order of the text."""
    return tuple(day for written in written_in(text) if (day := written.whole))


def months_in(text: str) -> tuple[date, ...]:
    """The first day of every month that is written with its year and without a day."""
    return tuple(date(w.year, w.month, 1) for w in written_in(text) if w.year and not w.day)


def statement_date(rows: Sequence[str], today: date) -> Dated | None:
    """The statement's date: beside a label, else the day of payment, else the newest purchase's.

    The last day of a month that is named as the statement's stands in where there is none, and then
    any other day that no sentence tells. Only a payment or such a month may lie ahead.
    """
    read = _all_read(rows, today)
    latest = today + AHEAD
    last_days = {"payment": latest}
    labelled = (
        dated
        for kind in _BESIDE
        for dated in _labelled(read, kind)
        if dated.day <= last_days.get(kind, today)
    )
    return next(
        labelled,
        _newest(_of_entries(read), today)
        or _newest(_months(read), latest)
        or _newest(_unlabelled(read), today),
    )


def day_ahead(rows: Sequence[str], today: date) -> date | None:
    """The day beside a label of the statement's, where that is still to come."""
    labelled = (dated.day for dated in _labelled(_all_read(rows, today), "statement"))
    return next((day for day in labelled if day > today), None)


@dataclass(frozen=True, slots=True)
class _Label:
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A row without notices; `is_talk` says whether a part of it was or is told in a sentence."""

    text: str
    shape: str
    dates: tuple[Written, ...]
    labels: tuple[_Label, ...]
    is_entry: bool
    is_talk: bool


def _all_read(rows: Sequence[str], today: date) -> list[_Row]:
    read = [_read(text) for text in rows]
    if not _is_day_first(read, today):
        return read
    return [replace(r, dates=tuple(with_day_first(r.text, w) for w in r.dates)) for r in read]


def _is_day_first(rows: Sequence[_Row], today: date) -> bool:
    """Whether the page writes 25/05/2026, or purchases would lie ahead if it wrote the month first.

    Where it writes the month first as well, each date is read by itself.
    """
    orders = [order for row in rows for w in row.dates if (order := order_of(row.text, w))]
    if any(b > MONTHS for _a, b in orders):
        return False
    bought = [day for row in rows if row.is_entry for w in row.dates if (day := w.whole)]
    return any(a > MONTHS for a, _b in orders) or any(day > today for day in bought)


def _read(row: str) -> _Row:
    text = without_notices(row)
    shape = skeleton(text)
    labels = tuple(_Label(str(m.lastgroup), *m.span()) for m in _LABELS.finditer(shape))
    told = is_entry(row), is_talk(_without_period(mended(row)))
    is_known = told[0] or any(label.kind in ("statement", "payment") for label in labels)
    days = written_in(text) if is_known else _not_asked(mended(text), written_in(text))
    if _COUNTED.search(shape):
        days = tuple(written for written in days if not _AS_OF.match(shape, written.end))
    return _Row(mended(text), shape, days, labels, *told)


def _without_period(text: str) -> str:
    """A row without the words between a period's two days, as sentences have them as well; where it
    says more, it may be one.
    """
    days = written_in(text)
    for start, end in pairwise(days):
        rest = text[: start.start] + _UP_TO.sub("", text[end.end :])
        is_short = sum(map(str.isalpha, rest)) <= FEW
        if is_short and end.whole and _RANGE.fullmatch(text, start.end, end.start):
            return rest
    return text


def _not_asked(text: str, dates: Iterable[Written]) -> tuple[Written, ...]:
    """Without the days on which a page was asked for; an old statement is printed today."""
    return tuple(written for written in dates if not _ASKED.match(text, written.end))


def _labelled(rows: Sequence[_Row], kind: str) -> Iterator[Dated]:
    for number, row in enumerate(rows):
        beside = [_beside(row, n) for n, label in enumerate(row.labels) if label.kind == kind]
        for day in (*beside, _before(row, kind)):
            if day:
                yield Dated(day, number, True, kind == "payment")
        if number + 1 < len(rows) and (day := _below(row, rows[number + 1], kind)):
            yield Dated(day, number + 1, True, kind == "payment")


def _beside(row: _Row, n: int) -> date | None:
    """The day behind a label and before the next one; of a period its last."""
    start = row.labels[n].end
    end = row.labels[n + 1].start if n + 1 < len(row.labels) else len(row.text)
    inside = [written for written in row.dates if start <= written.start < end]
    first = next((i for i, written in enumerate(inside) if written.whole), None)
    if first is None:
        return None
    return _period_end(row, *inside[first : first + 2]) or inside[first].whole


def _period_end(row: _Row, start: Written, end: Written | None = None) -> date | None:
    """The end of 2026年10月16日〜11月15日; None where the two are no period."""
    if end is None or not end.day or not _RANGE.fullmatch(row.text, start.end, end.start):
        return None
    assert start.year is not None  # it is a whole date
    is_later = (end.month, end.day) >= (start.month, start.day or 1)
    year = end.year or (start.year if is_later else start.year + 1)
    return replace(end, year=year).whole


def _before(row: _Row, kind: str) -> date | None:
    """The day right before words that say what was done on it."""
    tail = _TAILS.get(kind)
    days = (w.whole for w in row.dates if tail and tail.match(row.shape, w.end))
    return next(filter(None, days), None)


def _below(row: _Row, below: _Row, kind: str) -> date | None:
    """The day in the next row under a label that has nothing beside it, as in the head of a table.

    Labels and days are in the same order, where the row below has no label of its own.
    """
    heads = [label for label in row.labels if label.kind not in ("title", "month")]
    n = next((n for n, label in enumerate(heads) if label.kind == kind), None)
    if n is None or below.labels or any(c.isdigit() for c in row.text[heads[n].end :]):
        return None
    days = [day for written in below.dates if (day := written.whole)]
    return days[n] if n < len(days) else None


def _of_entries(rows: Sequence[_Row]) -> Iterator[Dated]:
    """The days of the transactions that the rows list."""
    return (dated for dated in _days(rows) if rows[dated.row].is_entry)


def _unlabelled(rows: Sequence[_Row]) -> Iterator[Dated]:
    """Every day that no sentence tells, nor one that begins in the row above."""
    return (
        d for d in _days(rows) if not any(r.is_talk for r in rows[max(0, d.row - 1) : d.row + 1])
    )


def _days(rows: Sequence[_Row]) -> Iterator[Dated]:
    """Every day but those in a row that is about another statement, or about no statement."""
    for number, row in enumerate(rows):
        if not any(label.kind == "other" for label in row.labels):
            yield from (Dated(day, number, False) for w in row.dates if (day := w.whole))


def _months(rows: Sequence[_Row]) -> Iterator[Dated]:
    """The last day of every month that is the statement's by the words beside it, or that heads a
    list by itself.
    """
    for number, row in enumerate(rows):
        is_title = any(label.kind in ("title", "month") for label in row.labels)
        for w in row.dates:
            is_told = is_title or _MONTH_TAIL.match(row.shape, w.end) or _heads(rows, number, w)
            if w.year and not w.day and is_told:
                day = date(w.year, w.month, monthrange(w.year, w.month)[1])
                yield Dated(day, number, True)


def _heads(rows: Sequence[_Row], number: int, month: Written) -> bool:
    """Whether it is all of its row, above days of that month without a year."""
    text = rows[number].text
    is_alone = not any(map(str.isalnum, text[: month.start] + text[month.end :]))
    below = (w for row in rows[number + 1 :] for w in row.dates) if is_alone else ()
    return any(w.day and not w.year and w.month == month.month for w in below)


def _newest(dated: Iterable[Dated], latest: date) -> Dated | None:
    return max((d for d in dated if d.day <= latest), key=lambda d: d.day, default=None)
