"""Card numbers that are printed as no card's are: parted by columns, by signs, by markup, padded
with noughts, or with their expiry glued to them.

    `4111 <tab> 1111 <tab> 1111 <tab> 1234`, `4111:1111:1111:1234`, `4111</a><a>1111</a><a>…`

The same stands between all groups, and no group of four goes on at either end. Cells may part a
number elsewhere: then it takes a card's label and the check digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from prepdoc.pan import labels
from prepdoc.pan.candidates import MIN_MASKS
from prepdoc.pan.match import RULE_GROUPED, RULE_LABELLED, RULE_MASKED, Match, whole
from prepdoc.pan.number import HIDDEN, LAST_FOUR, Pan, begins_like_a_card, is_proven
from prepdoc.pan.text import Group, is_separator, runs

_GROUPINGS = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4)})
"""Other lengths end in groups as short as amounts are; two groups of eight are two references."""
_FEWEST, _MOST = 2, 4
_PARTS, _LEAST, _LENGTHS = 3, 4, range(14, 17)
"""Other groups, each of so many digits, that cells may part a number into beside its label."""
_HIDDEN_GROUPS, _HIDDEN_ENDS, _HIDDEN_LENGTHS = (4, 3), (4, 5), range(12, 21)
"""Columns of a number that the issuer hides in part, characters of its last one, and of all, for
readers miscount marks.
"""
_ENDS = re.compile(r"\d+")
_COLUMNS = re.compile(r"[ \u3000]*\t[ \u3000\t]*|[ \u3000]{4,}")
_ONE_A_CELL = re.compile(rf"(?<!\S)\d(?:(?:{_COLUMNS.pattern})\d)+(?!\S)")
"""Between two columns: as lines are assembled here, and as blanks are counted for Tesseract."""
_SIGNS = re.compile(r"[^\w¥￥$€£]{1,6}|(?:</?\w+>){1,4}|[\\¥￥][tn]|%\^\^")
_QUOTED = re.compile(r"(?=.*[\"'`´‘’“”„])[\"'`´‘’“”„,.;:]{2,6}")
"""`","` between the cells of a table that is printed as it is stored: readers see other quotes, and
a dot for a comma."""
_ESCAPED_BLANK = "%20"
_IN_ONE_PIECE = (
    re.compile(
        r"(?<![\d,.'])(?P<pan>\d{1,3}(?P<sign>[,.'])\d{3}(?:(?P=sign)\d{3}){3,4})(?![\d,.'])"
    ),
    re.compile(r"(?<!\d)0{2,}(?P<pan>[1-9]\d{13,15})(?!\d)"),
    re.compile(
        r"(?<![\w.,-])(?=[\d-]*[A-Za-z])"
        r"(?P<pan>\d{4}[A-Za-z-](?:\d{4}[A-Za-z-]\d{4}[A-Za-z-]\d{4}|\d{6}[A-Za-z-]\d{4,5}))"
        r"(?![\w.,-])"
    ),
    re.compile(
        r"(?<![\d-])(?P<pan>\d{4}(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}"
        r"(?:(?=\s*[^\w\s])[^\w¥￥$€£]{1,6}|\W{0,2}(?:の|末尾|ending(?: in)?)\W{0,2})"
        r"\d{4})(?![\d/.,年月円-])"
    ),
    re.compile(
        r"(?<!\d)(?=(?P<pan>\d{14,16})(?:0[1-9]|1[0-2])(?:2[4-9]|3\d)(?:\d{3,4})?(?!\d))\d{18,24}"
    ),
)
"""`4,111,111,111,111,234`, as a table writes what it takes for a sum; `00004111111111111111`, as
records of a fixed width have it; `4111L1111-1111-1111`, of whose dash a seal's line makes a letter;
`4111 1111 1111 → 1234`, whose last four are set off by whatever sign;
a number, its month and year, and perhaps its security code.
"""

_ACQUIRERS = re.compile(r"(?<!\d)[27]\d{22}(?!\d)")

_COLUMN, _BLANK, _NEAR, _QUOTE = "\t", " ", " \t", '","'
"""The third is both: a parcel's number and an amount beside it, unless a label says what it is."""
_WIDE = "   "
"""Blanks that are nearly a column: where others are one, they are one as well."""

_Span = tuple[int, int]


def parted(line: str) -> Iterator[Match]:
    """Those of a folded line that have a card's range and grouping, and are proven by their check
    digit, or stand in columns beside a card's label.
    """
    unescaped = line.replace(_ESCAPED_BLANK, "%^^")  # as long, and without digits
    groups = [match.span() for match in _ENDS.finditer(unescaped)]
    kinds = [_kind(unescaped[a:b]) for (_, a), (b, _) in pairwise(groups)]
    for first, past in _windows(groups):
        kind = _shared(kinds[first : past - 1])
        if kind is not None and _is_apart(groups, kinds, (first, past), kind):
            places = [i for group in groups[first:past] for i in range(*group)]
            are_whole = tuple(b - a for a, b in groups[first:past]) in _GROUPINGS
            rule = (_rule if are_whole else _rule_of_parts)(unescaped, places, kind)
            if rule is not None:
                yield whole(rule, line, places)
    yield from _in_one_piece(line)
    yield from _one_a_cell(line)
    yield from _hidden(line)


def _windows(groups: Sequence[_Span]) -> Iterator[tuple[int, int]]:
    """From which group up to which they have the sizes of a card's."""
    sizes = [end - start for start, end in groups]
    for first in range(len(groups)):
        for past in range(first + _FEWEST, min(first + _MOST, len(groups)) + 1):
            own = tuple(sizes[first:past])
            if own in _GROUPINGS or _are_parts(own):
                yield first, past


def _are_parts(sizes: Sequence[int]) -> bool:
    return len(sizes) <= _PARTS and min(sizes) >= _LEAST and sum(sizes) in _LENGTHS


def _shared(kinds: Sequence[str | None]) -> str | None:
    """The one that stands between all groups; some columns are so near that they are blanks."""
    found = {_BLANK if kind == _WIDE else kind for kind in kinds}
    if set(kinds) == {_COLUMN, _WIDE}:
        return _COLUMN
    if found == {_COLUMN, _BLANK}:
        return _NEAR
    return found.pop() if len(found) == 1 and _BLANK not in found else None


def _is_apart(
    groups: Sequence[_Span], kinds: Sequence[str | None], own: tuple[int, int], shared: str
) -> bool:
    """Whether nothing goes on at either end as they do; in columns no group of four."""
    first, past = own
    beside = [(groups[first - 1], kinds[first - 1])] if first else []
    beside += [(groups[past], kinds[past - 1])] if past < len(groups) else []
    in_columns = shared in (_COLUMN, _NEAR)
    alike = (_COLUMN, _WIDE, _BLANK) if in_columns else (shared,)
    like = (b - a for (a, b), kind in beside if kind in alike)
    return all(in_columns and size != LAST_FOUR for size in like)


def _kind(between: str) -> str | None:
    """What parts two groups, where it is one of those that this looks for."""
    if _COLUMNS.fullmatch(between):
        return _COLUMN
    if between.isspace():
        return _WIDE if between == _WIDE else _BLANK
    if is_separator(between):
        return None  # `candidates` looks at these
    sign = "".join(between.split())
    if _QUOTED.fullmatch(sign):
        return _QUOTE
    return sign if _SIGNS.fullmatch(sign) else None


def _rule(line: str, places: Sequence[int], kind: str) -> int | None:
    """Of a card's groups: by the check digit, or in columns by a label."""
    if kind != _NEAR and _is_proven(line, places):
        return RULE_GROUPED
    return RULE_LABELLED if _is_labelled(line, places, kind) else None


def _rule_of_parts(line: str, places: Sequence[int], kind: str) -> int | None:
    """Of other groups: by both."""
    both = _is_proven(line, places) and _is_labelled(line, places, kind)
    return RULE_LABELLED if both else None


def _is_proven(line: str, places: Sequence[int]) -> bool:
    return is_proven("".join(line[i] for i in places))


def _is_labelled(line: str, places: Sequence[int], kind: str) -> bool:
    return kind in (_COLUMN, _NEAR) and labels.before(line, places[0]).is_card_label


def _in_one_piece(line: str) -> Iterator[Match]:
    """By the check digit: one in a thousand references as long passes for one with an expiry."""
    for form in _IN_ONE_PIECE:
        for found in form.finditer(line):
            places = [i for i in range(*found.span("pan")) if line[i].isdecimal()]
            if _is_proven(line, places) and not _is_reference(found):
                yield whole(RULE_GROUPED, line, places)


def _is_reference(found: re.Match[str]) -> bool:
    """Whether it is an acquirer's reference, of 23 digits, by how it begins and by its label."""
    begins = found.start("pan")
    acquirers = _ACQUIRERS.match(found.string, begins) is not None
    return acquirers and labels.before(found.string, begins).is_other_label


def _one_a_cell(line: str) -> Iterator[Match]:
    """`4 | 1 | 1 | 1 | …`, by the check digit, where as many cells follow each other as a number
    has digits.
    """
    for found in _ONE_A_CELL.finditer(line):
        places = [i for i in range(*found.span()) if line[i].isdecimal()]
        if len(places) in _LENGTHS and _is_proven(line, places):
            yield whole(RULE_GROUPED, line, places)


def _hidden(line: str) -> Iterator[Match]:
    """`4111 | 11** | **** | 1234`, which the issuer hides in part, by a card's range."""
    groups = [g for run in runs(line) for g in run.groups] if _COLUMNS.search(line) else []
    for first in range(len(groups)):
        windows = (groups[first : first + count] for count in _HIDDEN_GROUPS)
        if own := next((some for some in windows if _is_hidden(line, some)), None):
            shown = [i for g in own for i, c in enumerate(g.chars, g.start) if c != HIDDEN]
            keep = [] if own[-1].chars.endswith(HIDDEN) else shown[-LAST_FOUR:]
            hide = tuple(i for i in shown if i not in keep)
            pan = Pan("".join(group.chars for group in own))
            yield Match(RULE_MASKED, own[0].start, own[-1].end, hide, tuple(keep), pan)


def _is_hidden(line: str, own: Sequence[Group]) -> bool:
    """Whether columns part these groups, of which the first and the last are shown as a card's."""
    between = [line[a.end : b.start] for a, b in pairwise(own)]
    if not any(map(_COLUMNS.fullmatch, between)) or not all(map(str.isspace, between)):
        return False
    chars = "".join(group.chars for group in own)
    head, last = own[0].chars, own[-1].chars
    is_card = len(head) == LAST_FOUR and head.isdecimal() and begins_like_a_card(chars)
    tail = last.lstrip(HIDDEN)
    ends = len(last) in _HIDDEN_ENDS and (not tail or (tail.isdecimal() and len(tail) >= LAST_FOUR))
    marks = chars.count(HIDDEN)
    few = marks >= MIN_MASKS and any(g.chars.rstrip(HIDDEN) not in ("", g.chars) for g in own)
    is_masked = marks >= LAST_FOUR or few  # a reader may overlook a cell of nothing but marks
    return is_card and ends and is_masked and len(chars) in _HIDDEN_LENGTHS
