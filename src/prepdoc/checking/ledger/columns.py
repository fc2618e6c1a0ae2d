"""A page's rows → their texts without the numbers of columns that hold no purchase: what is left on
an account, and points; and without those of a summary that stands aside.

    日付        内容          出金金額    残高
    2026/10/30  AMAZON.CO.JP     3,000  10,000    →  2026/10/30  AMAZON.CO.JP  3,000

A list's head says which columns it has. One reader may miss a word of it that another sees, so
every head counts for the rows of all readers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from prepdoc.checking.folding import closed, folded, plain, says
from prepdoc.checking.ledger.amounts import Amount, amounts_in
from prepdoc.checking.ledger.entries import places, read_entry, without
from prepdoc.checking.seeing import Piece, Row

# The heads of lists of issuers and banks in Japan (Rakuten, SMBC, JCB, Aeon, Sony Bank, SBI), the
# US and the UK (Chase, Wells Fargo, Barclays).
_DAY: Final = re.compile(
    r"日付|年月日|(?:利用|取り?引き?|取り?扱い?|購入|交換)日"
    r"|(?<![a-z])(?<!due )(?<!closing )(?<!statement )(?<!payment )(?<!billing )(?<!expiry )"
    r"(?<!expiration )(?:date|posted)(?![a-z])"
)
"""A bill's summary has days in one row with its balance: New Balance | Payment Due Date."""
_COLUMNS: Final = re.compile(
    r"(?P<other>残高|ポイント|マイル|(?<![a-z])(?:balance|points|miles)(?![a-z]))"
    r"|金額|[出入]金|引き?[出落]と?し|預け?入れ?|お?預け?り|(?:利用|請求|支払い?|総)額"
    r"|(?<![a-z])(?:amounts?|withdrawals?|deposits?|debits?|credits?|charges?"
    r"|(?:paid|money) (?:in|out))(?![a-z])"
)
"""The columns of numbers; `other` is none of sums that were spent."""

_POINTS: Final = re.compile(r"\d\s?(?:p(?:oin)?ts?|p|ポイント|マイル|miles)(?![a-z])")
FEWEST_LISTED: Final = 2
"""Entries with their days and sums in one row that make a list."""
ALIGNED: Final = 1.0
"""Heights by which sums of one column begin and end further left or right."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A list's head, whether it has a column of sums, and how many others behind the last."""

    row: Row
    has_sums: bool
    others: int


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a list's sums end, and where those begin that are nothing else, in pixels, in order."""

    ends: tuple[float, ...] = ()
    starts: tuple[float, ...] = ()


def purchases(rows: Sequence[Row]) -> list[str]:
    """The rows' texts; a row of a list that has no column of sums at all is void, and so is one
    without a day whose sum stands in no column of sums of a page that lists entries with days.
    """
    heads = sorted((head for row in rows if (head := _head(row))), key=_level)
    listed = _columns_of([piece for row in rows if (piece := _listed_sum(row))])
    return ["" if _is_aside(row, listed) else _purchase(row, _nearest(heads, row)) for row in rows]


def _listed_sum(row: Row) -> Piece | None:
    """The piece with the sum of an entry that is whole with it; what is behind may be another's."""
    so_far = (Row(row.pieces[: count + 1]) for count in range(len(row.pieces)))
    return next((one.pieces[-1] for one in so_far if read_entry(one.text).is_whole), None)


def _columns_of(sums: Sequence[Piece]) -> _Columns:
    if len(sums) < FEWEST_LISTED:
        return _Columns()
    starts = sorted(piece.box[0] for piece in sums if _is_bare(piece))
    return _Columns(tuple(sorted(piece.box[2] for piece in sums)), tuple(starts))


def _is_bare(piece: Piece) -> bool:
    """Whether it is a sum and nothing else."""
    return not read_entry(piece.text).has_name


def _is_aside(row: Row, columns: _Columns) -> bool:
    entry = read_entry(row.text)
    if not columns.ends or entry.days or entry.is_detail or not (entry.has_name and entry.has_sum):
        return False
    own = next((p for p in reversed(row.pieces) if amounts_in(p.text)), row.pieces[-1])
    off = ALIGNED * own.height
    begins_so = _is_bare(own) and _is_near(own.box[0], columns.starts, off)
    return not (begins_so or _is_near(own.box[2], columns.ends, off))


def _is_near(edge: float, edges: Sequence[float], off: float) -> bool:
    """Whether one of the edges, which are in order, is no further away."""
    at = bisect_left(edges, edge - off)
    return at < len(edges) and edges[at] <= edge + off


def _head(row: Row) -> _Head | None:
    entry, columns = read_entry(row.text), list(_COLUMNS.finditer(closed(row.text)))
    if entry.days or entry.values or not columns or not says(_DAY, row.text):
        return None
    sums = [i for i, column in enumerate(columns, 1) if not column["other"]]
    return _Head(row, bool(sums), len(columns) - max(sums, default=0))


def _nearest(heads: Sequence[_Head], row: Row) -> _Head | None:
    """The head that a row is under, as the reader saw it who saw most of its other columns."""
    above = heads[: bisect_left(heads, row.level, key=_level)]
    same = takewhile(lambda head: head.row.is_beside(above[-1].row), reversed(above))
    return max(same, key=lambda head: (head.others, head.has_sums), default=None)


def _level(head: _Head) -> float:
    return head.row.level


def _purchase(row: Row, head: _Head | None) -> str:
    if head is None or not head.others:
        return row.text
    sums = amounts_in(row.text)
    if not head.has_sums:
        return "" if sums and read_entry(row.text).days else row.text
    others = head.others - _counted_behind(row.text, sums)
    if others <= 0 or not any(one.is_likely for one in sums[:-others]):
        return row.text
    return without(plain(row.text), places(sums[-others:], ()))


def _counted_behind(text: str, sums: Sequence[Amount]) -> int:
    """How many numbers behind the last sum say themselves that they are points."""
    return len(_POINTS.findall(folded(text), sums[-1].end)) if sums else 0
