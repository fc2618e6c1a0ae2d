"""The stretches of a line that might be one card number, for the rules to judge.

A candidate is one group of a run or several that follow each other, bared of the letters and marks
that are glued to it, with what stands around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from prepdoc.pan import labels, lookalikes
from prepdoc.pan.number import HIDDEN, LAST_FOUR, brand_of, tail_of
from prepdoc.pan.text import Group, Run, folded, plain, runs, separator

MIN_LABELLED = 7
"""Beside a card's own label, in one group; in several, 2026/10/07 would be one."""
MIN_PAN = 12
"""The shortest in use are Maestro's."""
MIN_UNLABELLED = 14
"""12 and 13 digits look like JAN codes, parcel numbers and +81 phones."""
MAX_PAN = 19
"""ISO/IEC 7812-1."""
MAX_GROUPS = 19
MASKED_SLACK = 5
"""How far a reader may miscount a row of mask characters."""
MAX_DIGITS = MAX_PAN + MASKED_SLACK
"""More in a stretch are no number, however the marks are counted."""
MIN_MASKS = 2
MAX_END_MARKS = 3
_END_MARK = "*"
"""UOB prints `**dddd-dddd-dddd-dddd**`."""
USUAL_LENGTH = 16
_BROKEN = ("\n", "-\n")
_ENDED = frozenset({(4, 6, 5), (4, 6, 4)})
"""Groupings that are whole: marks behind them hide nothing."""


_Neighbours: TypeAlias = tuple[Group | None, Group | None]


@dataclass(frozen=True)
class Candidate(Run):
    """Neighbouring groups of one run, and what stands around them."""

    line: str
    before: labels.Before
    neighbours: _Neighbours
    in_code: bool
    """Whether it is a part of an IBAN, or of a parcel's or a SIM card's number."""
    forms_crossed: int
    """How many of its ends lie within an order number or a phone number."""

    @cached_property
    def separators(self) -> tuple[str, ...]:
        """What stands between the groups; a blank is empty, and a hyphen that a line ends with."""
        return tuple(self._between(a, b) for a, b in pairwise(self.groups))

    def _between(self, left: Group, right: Group) -> str:
        between = separator(self.line[left.end : right.start])
        return "" if self._is_broken(left, right) else between

    def _is_broken(self, left: Group, right: Group) -> bool:
        """Whether a line ends between them, perhaps with a hyphen, and nothing else is there."""
        return self.line[left.end : right.start] in _BROKEN

    @cached_property
    def layouts(self) -> tuple[tuple[int, ...], ...]:
        """The sizes of its groups, as they stand and with those in one that a line break parts."""
        joined: list[int] = []
        for i, group in enumerate(self.groups):
            broken = i > 0 and self._is_broken(self.groups[i - 1], group)
            joined[-1:] = [joined[-1] + len(group)] if broken else [*joined[-1:], len(group)]
        return tuple(dict.fromkeys((self.sizes, tuple(joined))))

    @property
    def evenly_separated(self) -> bool:
        """Whether no two different separators stand between groups, blanks aside."""
        return len(set(filter(None, self.separators))) <= 1

    @property
    def beside_masks(self) -> bool:
        """Whether a masked group stands next to it."""
        return any(g is not None and HIDDEN * MIN_MASKS in g.chars for g in self.neighbours)

    @cached_property
    def ties(self) -> tuple[str, ...]:
        """What stands between it and its neighbours, where its own groups are parted so as well."""
        pairs = ((self._between(a, b), max(len(a), len(b))) for a, b in self._edges())
        return tuple(s for s, size in pairs if s in self.separators and (s or size == 1))

    @property
    def is_tied(self) -> bool:
        """Whether more than a blank stands between it and a neighbour."""
        return any(self._between(*edge) for edge in self._edges())

    @property
    def blanks_within(self) -> tuple[int, ...]:
        """How many stand in each gap between its groups that has no other sign."""
        return tuple(self._blanks(pairwise(self.groups)))

    @property
    def blanks_beside(self) -> tuple[int, ...]:
        """The same between it and its neighbours."""
        return tuple(self._blanks(self._edges()))

    def _blanks(self, gaps: Iterable[tuple[Group, Group]]) -> Iterator[int]:
        between = (self.line[left.end : right.start] for left, right in gaps)
        return (len(blank) for blank in between if not separator(blank))

    @property
    def is_glued(self) -> bool:
        """Whether a sign without a blank stands between it and a neighbour."""
        between = (self.line[left.end : right.start] for left, right in self._edges())
        return any(sign and not any(map(str.isspace, sign)) for sign in between)

    @property
    def cuts_through(self) -> bool:
        """Whether blanks part it and an end is tied to a group beyond: these are two numbers."""
        return "" in self.separators and any(self.ties)

    def _edges(self) -> Iterator[tuple[Group, Group]]:
        before, after = self.neighbours
        if before is not None:
            yield before, self.groups[0]
        if after is not None:
            yield self.groups[-1], after

    @cached_property
    def brand(self) -> str | None:
        """Who issues numbers of this range and length, if anyone does."""
        return brand_of(self.chars)

    @property
    def is_long(self) -> bool:
        """Whether it may be a number by its range and check digit alone."""
        return len(self.chars) >= MIN_UNLABELLED

    @property
    def has_label(self) -> bool:
        """Whether a card's label stands before it, or one that other numbers share."""
        return self.before.is_card_label or self.before.is_doubtful_label

    @property
    def is_named(self) -> bool:
        """Whether a card stands before it, or its own brand behind it."""
        behind = self.line[self.groups[-1].end :][: labels.REACH]
        return self.before.names_a_card or labels.is_behind(self.brand, labels.folded(behind))

    @cached_property
    def tail(self) -> int:
        """How many digits follow the last hidden one."""
        return tail_of(self.chars)

    @cached_property
    def masks(self) -> int:
        """How many digits the issuer hides."""
        return self.chars.count(HIDDEN)


def candidates(text: str) -> Iterator[Candidate]:
    """Every stretch of a line that has no more digits than a card number."""
    line = _Line(text)
    for run in runs(line.text):
        for first in range(len(run.groups)):
            for stretch in _stretches(run.groups[first : first + MAX_GROUPS]):
                beside = _neighbours(run.groups, first, first + len(stretch))
                for groups in line.bared(stretch):
                    yield line.candidate(groups, beside)


class _Line:
    """A line as the rules compare it, with what is looked up once for all its candidates."""

    def __init__(self, text: str) -> None:
        as_written, self.text = plain(text), folded(text)
        self._letters = frozenset(i for i, c in enumerate(as_written) if c != self.text[i])
        coded = (*lookalikes.ibans(as_written), *lookalikes.codes(self.text))
        self._codes = {i for code in coded for i in code}
        self._within_forms = {i for form in lookalikes.forms(self.text) for i in form[1:]}
        self._labelled = labels.folded(self.text)
        self._befores: dict[int, labels.Before] = {}

    def bared(self, groups: tuple[Group, ...]) -> Iterator[tuple[Group, ...]]:
        """As they are, and without letters at either end: `ID4111 1111…` is not `10 4111 1111…`."""
        for unglued in _unglued(groups, self._letters):
            bare = _undecorated(unglued, self.text)
            if bare:
                yield bare

    def candidate(self, groups: tuple[Group, ...], neighbours: _Neighbours) -> Candidate:
        """The groups, and what the line says about their place."""
        start, past = groups[0].start, groups[-1].end
        in_code = any(group.start in self._codes for group in groups)
        crosses = sum(end in self._within_forms for end in (start, past))
        return Candidate(groups, self.text, self._before(start), neighbours, in_code, crosses)

    def _before(self, start: int) -> labels.Before:
        """What stands before a number, but for marks around it: `カード番号：**4111…`."""
        if start not in self._befores:
            text = self._labelled[max(0, start - labels.REACH) : start]
            self._befores[start] = labels.Before(text.rstrip(_END_MARK))
        return self._befores[start]


def _stretches(groups: tuple[Group, ...]) -> Iterator[tuple[Group, ...]]:
    """The first group alone, with the next one, and so on while there may be one number."""
    digits = 0
    for last, group in enumerate(groups, start=1):
        digits += len(group) - group.chars.count(HIDDEN)
        if digits > MAX_DIGITS:
            return
        yield groups[:last]


def _neighbours(groups: tuple[Group, ...], first: int, past: int) -> _Neighbours:
    before = groups[first - 1] if first else None
    return before, groups[past] if past < len(groups) else None


def _unglued(groups: tuple[Group, ...], letters: frozenset[int]) -> Iterator[tuple[Group, ...]]:
    """As they are, and without letters at either end: `ID4111 1111…` is not 10 4111 1111…"""
    head = next((i for i in range(len(groups[0])) if groups[0].start + i not in letters), 0)
    tail = next((i for i in range(len(groups[-1])) if groups[-1].end - 1 - i not in letters), 0)
    for left, right in {(0, 0), (head, 0), (0, tail), (head, tail)}:
        yield tuple(g for g in _shortened(groups, left, right) if g.chars)


def _shortened(groups: tuple[Group, ...], left: int, right: int) -> tuple[Group, ...]:
    """So many characters fewer at the start of the first group and the end of the last."""
    first = groups[0]
    cut = (Group(first.start + left, first.end, first.chars[left:]), *groups[1:])
    last = cut[-1]
    return (*cut[:-1], Group(last.start, last.end - right, last.chars[: len(last) - right]))


def _undecorated(groups: tuple[Group, ...], line: str) -> tuple[Group, ...]:
    """Without the marks that stand around a number: `**4111 … 1111**`, `card#4111 …`.

    Marks at the end of fewer digits than a card has hide some: `4980-1234-5678-9***`.
    """
    inner = "".join(group.chars for group in groups).strip(HIDDEN)
    decorated = groups[0].chars.startswith(HIDDEN)
    if decorated and HIDDEN not in inner and brand_of(inner) is not None:
        return tuple(group for group in map(_stripped, groups) if group.chars)
    return _without_end_marks(groups, line)


def _without_end_marks(groups: tuple[Group, ...], line: str) -> tuple[Group, ...]:
    """`**■■■■-■■■■-■■■■-4455**`: the number is whole before the marks at its end."""
    text = line[groups[0].start : groups[-1].end]
    right = len(text) - len(text.rstrip(_END_MARK))
    left = len(text) - len(text.lstrip(_END_MARK))
    if not 0 < right <= min(MAX_END_MARKS, len(groups[-1])):
        return groups
    inner = tuple(group for group in _shortened(groups, 0, right) if group.chars)
    ending = "".join(group.chars for group in inner)[-LAST_FOUR:]
    if len(ending) < LAST_FOUR or HIDDEN in ending:
        return groups
    sizes = tuple(map(len, inner))
    whole = left == right or sum(sizes) >= USUAL_LENGTH or sizes in _ENDED
    return inner if whole else groups


def _stripped(group: Group) -> Group:
    left = len(group.chars) - len(group.chars.lstrip(HIDDEN))
    right = len(group.chars) - len(group.chars.rstrip(HIDDEN))
    return Group(group.start + left, group.end - right, group.chars.strip(HIDDEN))
