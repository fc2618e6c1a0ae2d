"""Rows of digits: where each begins, and what stands before it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prepdoc.page import Glyph, Line, Quad
from prepdoc.pan.labels import REACH, Before, folded

_WORD = re.compile(r"[^\W\d]\W?$")
_HALF = re.compile(r"[\d\s]{4,}")
WORD_GAP = 0.5
"""Heights from such a word to a row that is its own at most: `No. 12345678`, `伝票12345678`."""


@dataclass(frozen=True)
class Row:
    """The place of a row's first digit, what it says, and what stands before it in its line."""

    first: Quad
    text: str
    before: tuple[Glyph, ...] = ()

    @property
    def is_behind_word(self) -> bool:
        """Whether a word stands right before it."""
        text = "".join(glyph.char for glyph in self.before)
        gap = math.dist(self.before[-1].quad.tr, self.first.tl) if self.before else math.inf
        return bool(_WORD.search(text)) and gap <= WORD_GAP * self.first.height()

    @property
    def is_behind_others(self) -> bool:
        """Whether something stands before it in its line, however far: a word, a date, a row's
        number; a longer one may be half of another card's, in a column beside this.
        """
        text = "".join(glyph.char for glyph in self.before)
        return bool(text) and not _HALF.fullmatch(text)

    @property
    def is_labelled(self) -> bool:
        """Whether a card's label stands before it."""
        return self._before.is_card_label

    @property
    def is_named(self) -> bool:
        """Whether a card's label or name does, or a label that other numbers share."""
        one = self._before
        return one.is_card_label or one.is_doubtful_label or one.names_a_card

    @property
    def _before(self) -> Before:
        return Before(folded("".join(glyph.char for glyph in self.before)))


def rows_of(row: re.Pattern[str], lines: Iterable[Line]) -> Iterator[Row]:
    """All such rows."""
    for line in lines:
        for found in row.finditer(line.text):
            before = line.glyphs[max(0, found.start() - REACH) : found.start()]
            inked = len("".join(glyph.char for glyph in before).rstrip())
            yield Row(line.glyphs[found.start()].quad, found.group(), before[:inked])
