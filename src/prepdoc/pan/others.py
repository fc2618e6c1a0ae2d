"""Groups of four that are other things: phones, a row of amounts, a parcel's number.

They look like a card's number whose check digit does not fit, as one number in ten does that a
reader misread, and most that a sample shows. So something beside them must say what they are, and
nothing that they are a card's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from prepdoc.pan.candidates import MAX_PAN, MIN_PAN, Candidate, candidates
from prepdoc.pan.match import RULE_GROUPED, RULE_VALID, Match
from prepdoc.pan.number import LAST_FOUR, brand_of, is_grouped, luhn
from prepdoc.pan.text import digits_of, folded

_FOURS = (LAST_FOUR,) * 4
_WIDE, _FAR = 2, 3
"""Blanks that are wider than between a card's groups, and much wider (`prepdoc.widths`)."""
_TICK = 10
"""What the numbers at a chart's axis are multiples of."""
_LONGER = re.compile(rf"\d{{{MAX_PAN + 1},}}")
_TOLD = re.compile(r"\d{4}\D{1,3}\d{4}|\d{17}")
"""What is no card's though it looks like one: groups of four, and what is longer than a number."""
_FOUR = re.compile(r"(?<![\d,.])\d{4}(?!\d)")
_GAP = re.compile(r"[ -]{1,3}")
_GOING_ON = frozenset("年月日円,./:%")
_YEAR_OR_EXPIRY = re.compile(r"(?:19|20)\d\d|(?:0[1-9]|1[0-2])(?:2[4-9]|3\d)")
"""Behind a card's number, or before it, a fifth group of four that is not of it."""
_BEGINS_A_ROW = re.compile(
    r"(?:\d{1,2}月|\d年|\d[-/.]\d{1,2}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
    r"(?:\s*(?:\d\d|\d{4}))?\s*$",
    re.IGNORECASE,
)
"""A month or a date, as the rows of a table begin."""
_DATE = 40
"""Characters that one has at most, with the blanks behind it."""
_FEWEST_ROWS = 3


def is_other(candidate: Candidate) -> bool:
    """Whether its label or how it is set says that it is something else, if its check digit does
    not fit.
    """
    if candidate.before.is_card_label:
        return False
    if candidate.before.is_other_label:
        return True
    if candidate.before.is_doubtful_label or candidate.before.names_a_card:
        return candidate.before.is_payers_label and _is_in_a_row(candidate)
    ways = (_is_in_a_row, _is_scale, _is_cells, _is_halves)
    return any(is_so(candidate) for is_so in ways)


def told(texts: Iterable[str]) -> frozenset[str]:
    """The digits of those in a page's lines: a reader may see one apart from what stands beside it,
    and hidden places have it without that.
    """
    lines = (text for text in texts if _TOLD.search(folded(text)))
    found = (candidate for line in lines for candidate in candidates(line))
    others = (c for c in found if not c.masks and len(c.chars) >= MIN_PAN and is_other(c))
    return frozenset(c.chars for c in others if _is_long(c) or _is_wrong(c))


def _is_long(candidate: Candidate) -> bool:
    """Whether it is one run of more digits than any card's number has."""
    return len(candidate.groups) == 1 and len(candidate.chars) > MAX_PAN


def _is_wrong(candidate: Candidate) -> bool:
    """Whether its check digit says that it is no card's."""
    return len(candidate.chars) <= MAX_PAN and not luhn(candidate.chars)


def is_told(match: Match, others: Collection[str]) -> bool:
    """Whether a match is one of these, or a part of a longer one, and has no proof of its own."""
    digits = match.pan.digits
    # What is longer than a number is one run, which holds nothing of what stands beside it.
    longer_ones = (other for other in others if len(other) > MAX_PAN)
    is_one = digits in others or any(digits in other for other in longer_ones)
    return match.rule == RULE_GROUPED and is_one


def longer(texts: Iterable[str]) -> tuple[str, ...]:
    """Runs of digits that are longer than any card's number: references."""
    return tuple(run for text in texts for run in _LONGER.findall(folded(text)))


def is_part(match: Match, runs: Iterable[str]) -> bool:
    """Whether digits without a blank, which are proven by chance, are the end or another part of
    such a run: a view that is cut there shows no more of it.
    """
    solid = match.end - match.start == len(match.pan.digits)
    return match.rule == RULE_VALID and solid and any(match.pan.digits in run for run in runs)


def _is_in_a_row(candidate: Candidate) -> bool:
    """Whether more groups of four stand in its row, as far from each other, but as many as are
    several cards' one behind the other.
    """
    return candidate.sizes == _FOURS and candidate.groups[0].start in _in_rows(candidate.line)


@lru_cache(maxsize=1)
def _in_rows(line: str) -> frozenset[int]:
    """Where such groups begin: looked for once for all that a line may hold."""
    rows = (row for row in _rows(line) if len(row) > len(_FOURS) and not _are_cards(line, row))
    return frozenset(start for row in rows for start, _ in row)


def forget() -> None:
    """Let go of the last line."""
    _in_rows.cache_clear()


def _are_cards(line: str, row: Sequence[tuple[int, int]]) -> bool:
    groups = [line[a:b] for a, b in row]
    return len(row) % len(_FOURS) == 0 and all(map(brand_of, _by_fours(groups)))


def _rows(line: str) -> Iterator[list[tuple[int, int]]]:
    """Where groups of four stand in rows, with the same between all of them."""
    row: list[tuple[int, int]] = []
    gap: str | None = None
    for found in _FOUR.finditer(line):
        between = line[row[-1][1] : found.start()] if row else ""
        if row and (not _GAP.fullmatch(between) or gap not in (None, _kind(between))):
            yield _without_dates(line, row)
            row = []
        gap = _kind(between) if row else None
        row.append(found.span())
    if row:
        yield _without_dates(line, row)


def _without_dates(line: str, row: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without a number's expiry, or what begins a date or an amount, at either end."""
    ends = [i for i in (0, len(row) - 1) if _YEAR_OR_EXPIRY.fullmatch(line[slice(*row[i])])]
    if line[row[-1][1] : row[-1][1] + 1] in _GOING_ON:
        ends.append(len(row) - 1)
    return [span for i, span in enumerate(row) if i not in ends or len(row) == 1]


def _by_fours(groups: Sequence[str]) -> Iterator[str]:
    return ("".join(groups[i : i + len(_FOURS)]) for i in range(0, len(groups), len(_FOURS)))


def _is_scale(candidate: Candidate) -> bool:
    """Whether each group is so many more than the one before: the ticks of a chart's axis."""
    if candidate.sizes != _FOURS or any(candidate.separators):
        return False
    counts = [int(group.chars) for group in candidate.groups]
    steps = {b - a for a, b in pairwise(counts)}
    return len(steps) == 1 and steps.pop() > 0 and all(count % _TICK == 0 for count in counts)


def _is_cells(candidate: Candidate) -> bool:
    """Whether it stands in the cells of a row that begins with a date, as points and sums do; or
    far apart in a row that begins with anything, for not all readers know a date.
    """
    gaps = [gap for gap in _gaps(candidate) if gap != "\n"]
    if candidate.sizes != _FOURS or set("".join(gaps)) != {" "}:
        return False
    least = min(map(len, gaps))
    before = candidate.line[: candidate.groups[0].start]
    row = _BEGINS_A_ROW.search(before[-_DATE:]) is not None
    return (least >= _FAR and bool(before.strip())) or (least >= _WIDE and row)


def _is_halves(candidate: Candidate) -> bool:
    """Whether a slash, or a gap that is far wider than the others, parts it in the middle: two
    phones of eight digits.
    """
    if candidate.sizes != _FOURS:
        return False
    first, middle, last = _gaps(candidate)
    narrow = {first, last} == {" "}
    return narrow and (middle.strip() == "/" or (middle.isspace() and len(middle) >= _FAR))


def _gaps(candidate: Candidate) -> list[str]:
    """What stands between its groups, blanks and all."""
    return [candidate.line[a.end : b.start] for a, b in pairwise(candidate.groups)]


def _kind(gap: str) -> str:
    """What stands there, and of blanks whether they are wide."""
    return gap.strip() or " " * min(len(gap), _WIDE)


def are_listed(rows: Sequence[str]) -> bool:
    """Whether these rows are a column's: each with the next one would be a number, and none is
    proven. So phones of eight digits stand below each other, which all begin with a six.

    >>> are_listed(["6227 2265", "6338 4410", "6784 9021"]), are_listed(["6227 2265", "6338 4410"])
    (True, False)
    """
    digits = [digits_of(row) for row in rows]
    pairs = [upper + lower for upper, lower in pairwise(digits)]
    likes = all(brand_of(pair) is not None and not luhn(pair) for pair in pairs)
    shapes = {tuple(map(len, row.split())) for row in rows}
    alike = len(shapes) == 1 and is_grouped(2 * next(iter(shapes)))
    return len(rows) >= _FEWEST_ROWS and likes and alike
