"""The runs of digits that give a number away, and which chance hits they leave out.

A needle is searched in text that holds other digits: dates, amounts, phones. A statement has some
two hundred windows of k digits outside its items; a number has about nine windows of 8, or eleven
of 6. By chance a needle is hit in 200 · 11 / 10⁶ = 0.2 % of numbers with k = 6, and in
200 · 9 / 10⁸ = 0.002 % with k = 8: over 1,500 numbers 3 false leaks against 0.03. So away from
the number's own place 8 digits in a row tell. In its place, where nothing else stands, few do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, permutations

from bench.corpus.truth import Item, Sheet

TELLING = 8
LEAST_MASKED = 3
"""Digits of a needle that may not be readable; a last four with other digits before it is none."""
SHORT = 6
"""A partly masked number prints six digits too many and no more: that run is a needle as it is."""
WHOLE = 12
"""The shortest card numbers, and so the least to look for among a text's digits run together."""


@dataclass(frozen=True, slots=True)
class Needle:
    """Digits, and which labels of which page they uncover."""

    text: str = field(repr=False)
    page: int
    labels: frozenset[int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Needles:
    """All of a case's: short ones for runs of digits, whole numbers for digits run together."""

    runs: tuple[Needle, ...]
    whole: tuple[Needle, ...]

    def hits(self, runs: Iterable[str]) -> list[Needle]:
        """Those that stand in one of the runs."""
        table: dict[str, list[Needle]] = {}
        for needle in self.runs:
            table.setdefault(needle.text, []).append(needle)
        lengths = {len(text) for text in table}
        found = {w for run in runs for n in lengths for w in windows(run, n) if w in table}
        return [needle for text in sorted(found) for needle in table[text]]

    def whole_hits(self, digits: str) -> list[Needle]:
        """Whole numbers in a text's digits run together."""
        return [needle for needle in self.whole if needle.text in digits]


def needles(sheets: Sequence[Sheet], allowed: Iterable[str] = ()) -> Needles:
    """What may not stand in an output; nothing that is a part of what may (`allowed`, and what
    the sheets keep).
    """
    items = [item for sheet in sheets for item in sheet.items]
    innocent = [*allowed, *kept(items), *_below_each_other(items)]
    runs, whole = [], []
    for page, sheet in enumerate(sheets, 1):
        for item in sheet.items:
            runs += [n for n in _runs(item, page) if _is_telling(n.text, innocent)]
            whole += [n for n in _whole(item, page) if _is_telling(n.text, innocent)]
    return Needles(tuple(runs), tuple(whole))


def in_place(item: Item, page: int, length: int, innocent: Sequence[str]) -> list[Needle]:
    """Windows of so many masked digits, for a search where the item stands."""
    return [
        Needle(item.digits[i : i + length], page, frozenset(item.labels[i : i + length]))
        for i in range(len(item.digits) - length + 1)
        if all(fate == "mask" for fate in item.fates[i : i + length])
        and _is_telling(item.digits[i : i + length], innocent)
    ]


def kept(items: Iterable[Item]) -> list[str]:
    """Every stretch of digits that must stay."""
    return [text for item in items for fate, text, _ in _stretches(item) if fate == "keep"]


def _below_each_other(items: Iterable[Item]) -> Iterator[str]:
    """The ends that two numbers keep, one behind the other as in a column of them: one in 10,000
    such pairs is the end of one of them with the four hidden digits before it.
    """
    ends = kept(item for item in items if item.masked)
    return ("".join(pair) for pair in permutations(ends, 2))


def windows(text: str, length: int) -> Iterator[str]:
    """Every stretch of that length."""
    return (text[i : i + length] for i in range(len(text) - length + 1))


def _runs(item: Item, page: int) -> Iterator[Needle]:
    masked = frozenset(item.masked)
    for i in range(len(item.digits) - TELLING + 1):
        labels = frozenset(item.labels[i : i + TELLING]) & masked
        if len(labels) >= LEAST_MASKED:
            yield Needle(item.digits[i : i + TELLING], page, labels)
    for fate, text, start in _stretches(item):
        if fate == "mask" and SHORT <= len(text) < TELLING:
            yield Needle(text, page, frozenset(item.labels[start : start + len(text)]))


def _whole(item: Item, page: int) -> Iterator[Needle]:
    if len(item.digits) >= WHOLE and len(item.masked) >= LEAST_MASKED:
        yield Needle(item.digits, page, frozenset(item.masked))


def _stretches(item: Item) -> Iterator[tuple[str, str, int]]:
    """Fate, digits and start of each stretch of digits of the same fate."""
    for fate, group in groupby(range(len(item.digits)), key=lambda i: item.fates[i]):
        places = list(group)
        yield fate, item.digits[places[0] : places[-1] + 1], places[0]


def _is_telling(text: str, innocent: Iterable[str]) -> bool:
    """Not a part of what may be read, and no row of one digit: masks and rules are read as such."""
    return len(set(text)) > 1 and not any(text in other for other in innocent)


# --- runs of digits in a text ------------------------------------------------------------------

_BETWEEN = r"[\s\-‐‑‒–—―−ー.·・/_|¦│]{0,3}"
"""What stands between two digits of one number: blanks, hyphens, dots, box lines, a line break."""
_RUN = re.compile(rf"[0-9](?:{_BETWEEN}[0-9])+")


def digit_runs(text: str) -> list[str]:
    """A text's runs of digits, without what separates their groups."""
    return [digits_of(match.group()) for match in _RUN.finditer(folded(text))]


def folded(text: str) -> str:
    """NFKC, and every digit of any script as 0 to 9."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def digits_of(text: str) -> str:
    """All of a text's digits run together."""
    return "".join(c for c in folded(text) if "0" <= c <= "9")
