"""A document's rows → the card in whose section of the list each stands.

    カード番号 ●●●● ●●●● ●●●● 7553
    2026/11/03  AMAZON.CO.JP  10,000    → 7553
    家族カード ●●●● ●●●● ●●●● 1726
    2026/11/05  イオン 青葉店  8,412     → 1726

A card of the family has a section of its own. Cards that are listed without entries below them head
nothing, and neither does a row that names two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from prepdoc.checking.ledger.transactions import is_entry
from prepdoc.checking.matching import placed_fours
from prepdoc.checking.seeing import Row, SeenPage

_FEWEST = 2
"""Cards; where fewer are named no row need be looked at for what is another one's."""

Place: TypeAlias = tuple[int, float]
"""A page's number, and how far down on it, in pixels."""


@dataclass(frozen=True, slots=True)
class Section:
    """From one card's number to the next one's; `last_four` is None where its row names several."""

    last_four: str | None
    start: Place
    end: Place
    has_entries: bool


def sections(pages: Sequence[SeenPage]) -> tuple[Section, ...]:
    """All of a document, from its first card's number on."""
    heads = [head for page in pages for head in _heads(page)]
    if len({four for four, _start in heads if four}) < _FEWEST:
        return ()
    entries = [(page.number, row.level) for page in pages for row in page.rows if _is_entry(row)]
    ends = [*(start for _four, start in heads[1:]), (pages[-1].number + 1, 0.0)]
    return tuple(
        Section(four, start, end, any(start < entry < end for entry in entries))
        for (four, start), end in zip(heads, ends, strict=True)
    )


def other_card(
    every: Sequence[Section], page: SeenPage, row: Row, last_four: str | None
) -> str | None:
    """The last four of the other card whose entry a row is, where both cards have entries."""
    cards = {one.last_four for one in every if one.has_entries}
    place = (page.number, row.level)
    its = next((one.last_four for one in every if one.start < place < one.end), None)
    return its if last_four in cards and its in cards and its != last_four else None


def _heads(page: SeenPage) -> Iterator[tuple[str | None, Place]]:
    """The cards that head what is below them; an entry may name one too."""
    named: dict[float, set[str]] = {}
    for level, four in sorted(placed_fours(page)):
        row = next((row for row in page.rows if row.reaches(level)), None)
        if row is None or not _is_entry(row):
            named.setdefault(row.level if row else level, set()).add(four)
    for level, fours in sorted(named.items()):
        yield (fours.pop() if len(fours) == 1 else None), (page.number, level)


def _is_entry(row: Row) -> bool:
    return is_entry(row.text)
