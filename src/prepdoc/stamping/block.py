"""What the stamp says → its lines at one size and width, not yet placed."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from prepdoc import fonts
from prepdoc.page import POINTS_PER_INCH, Glyph, Line, Quad

WISHED_STAMP_PT = 10.5
"""The usual body size of Japanese business letters."""
MIN_STAMP_PT = 9.0
"""The smallest size that design and common legibility rules allow for added details."""
STAMP_PTS = (WISHED_STAMP_PT, 9.75, MIN_STAMP_PT)
MIN_EM_PX = 20
"""The floor in pixels per em, whatever the dpi. Measured with Tesseract 5.5 (jpn+eng, psm 6 and 11)
on three stamps: at 14 px kanji and 〒 were misread, at 18 px still some labels and letters, at 20
and 24 px only rare forms in names."""
MARGIN_MM = 1.5
"""Blank paper around the frame, and between the frame and the page's edge."""
PADDING_EM = 0.45
LEADING_EM = 0.3
"""Blank rows between the ink of two lines. Measured at 96 and 200 dpi in both languages: the
least of 0, 0.1, … 0.4 em at which Tesseract read 97 % or more of every line (0.2 em: 57 %)."""
FRAME_PT = 0.6
"""A hairline that still prints."""
INDENT_EM = 1.0
"""How far a continued line is set in."""
WRAP_WIDTHS_MM = (math.inf, 110.0, 90.0, 75.0, 60.0, 48.0, 38.0)
"""Widths of text that are tried: whole lines first, down to a narrow column."""
NARROWER = 0.96
"""The step in which a width is narrowed: less than a character of the narrowest column."""
LINE_COST_MM = 8.0
"""How much farther from the number a stamp may stand for having one line less."""
NEVER_STARTS_A_LINE = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃％‰〜～－ｰ"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)]}"
)
NEVER_ENDS_A_LINE = frozenset("‘“（〔［｛〈《「『【〒＃([{")
"""Kinsoku, JIS X 4051:2004 §4.3 and annex; 〒 and ＃ stay with what they announce."""


@dataclass(frozen=True)
class _Row:
    """One line of the stamp and how far it is set in, in pixels."""

    text: str
    indent: int


@dataclass(frozen=True)
class Block:
    """The stamp's lines at one size and width, not yet placed; lengths in pixels."""

    rows: tuple[_Row, ...]
    size: int
    line_width: int
    margin: int
    line_cost: float

    @property
    def padding(self) -> int:
        """Between the frame's outer edge and the ink."""
        return round(PADDING_EM * self.size) + self.line_width

    @property
    def pitch(self) -> int:
        """From one line's top to the next one's."""
        return fonts.ink_height(self.size) + math.ceil(LEADING_EM * self.size)

    @cached_property
    def width(self) -> int:
        """Of the frame, outside."""
        text = max(row.indent + length_of(row.text, self.size) for row in self.rows)
        return math.ceil(text) + 2 * self.padding

    @property
    def height(self) -> int:
        """Of the frame, outside."""
        ink = (len(self.rows) - 1) * self.pitch + fonts.ink_height(self.size)
        return ink + 2 * self.padding

    def lines(self, x: int, y: int) -> Iterator[Line]:
        """The lines with the frame's top-left corner at (x, y)."""
        for index, row in enumerate(self.rows):
            top = y + self.padding + index * self.pitch
            yield Line(tuple(self._glyphs(row, x + self.padding + row.indent, top)), "text")

    def _glyphs(self, row: _Row, x: float, top: int) -> Iterator[Glyph]:
        bottom = top + fonts.ink_height(self.size)
        for char in row.text:
            end = x + fonts.advance(char, self.size)
            yield Glyph(char, Quad.from_box(round(x), top, round(end), bottom))
            x = end


def sizes(dpi: float) -> list[int]:
    """Sizes in pixels per em, largest first, each the largest of its height of ink."""
    wished = (max(MIN_EM_PX, math.ceil(pt * dpi / POINTS_PER_INCH)) for pt in STAMP_PTS)
    return sorted({fonts.size_with_ink(fonts.ink_height(px)) for px in wished}, reverse=True)


def blocks_of(texts: Iterable[str], size: int, dpi: float) -> list[Block]:
    """The texts wrapped at each of the widths that need not break a word or a short line."""
    paragraphs = [fonts.drawable(text) for text in texts]
    least = _least_width(paragraphs, size)
    widths = (max(least, mm * dpi / 25.4) for mm in WRAP_WIDTHS_MM)
    blocks = (_balanced(paragraphs, size, dpi, width, least) for width in widths)
    return list({block.rows: block for block in blocks}.values())


def _least_width(paragraphs: Iterable[str], size: int) -> float:
    """Where only the longest paragraph, the address as a rule, need be wrapped."""
    *others, longest = sorted(paragraphs, key=lambda text: length_of(text, size))
    piece = max(length_of(piece, size) for piece in _unbroken(longest))
    return max(INDENT_EM * size + piece, *(length_of(text, size) for text in others), 0)


def _balanced(paragraphs: list[str], size: int, dpi: float, width: float, least: float) -> Block:
    """As narrow as it gets with so many lines, so that no line holds a word alone."""
    block = block_of(paragraphs, size, dpi, width)
    while width < math.inf and width * NARROWER >= least:
        width *= NARROWER
        trial = block_of(paragraphs, size, dpi, width)
        if len(trial.rows) > len(block.rows):
            break
        block = trial
    return block


def block_of(paragraphs: Iterable[str], size: int, dpi: float, width: float) -> Block:
    """The paragraphs in lines of this width in pixels at most, `size` pixels per em."""
    rows = tuple(row for text in paragraphs for row in _wrapped(text, size, width))
    return Block(
        rows,
        size,
        line_width=max(1, round(FRAME_PT * dpi / POINTS_PER_INCH)),
        margin=math.ceil(MARGIN_MM * dpi / 25.4),
        line_cost=LINE_COST_MM * dpi / 25.4,
    )


def _wrapped(text: str, size: int, width: float) -> Iterator[_Row]:
    """The text in lines of this width at most; continued lines are set in."""
    indent, line = 0, ""
    for piece in _pieces(text, size, width - INDENT_EM * size):
        if line.strip() and indent + length_of((line + piece).rstrip(), size) > width:
            yield _Row(line.strip(), indent)
            indent, line = round(INDENT_EM * size), ""
        line += piece
    yield _Row(line.strip(), indent)


def _pieces(text: str, size: int, width: float) -> Iterator[str]:
    """What is not broken, in order; a piece that alone is too long is broken anywhere."""
    for piece in _unbroken(text):
        if length_of(piece.rstrip(), size) <= width:
            yield piece
        else:
            yield from piece


def _unbroken(text: str) -> list[str]:
    """Split after spaces and beside Japanese characters, but for kinsoku."""
    pieces: list[str] = []
    for token in re.findall(r" +|.", text):
        if pieces and _stay_together(pieces[-1][-1], token[0]):
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


def _stay_together(before: str, after: str) -> bool:
    if after == " " or after in NEVER_STARTS_A_LINE or before in NEVER_ENDS_A_LINE:
        return True
    return before != " " and not _is_wide(before) and not _is_wide(after)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def length_of(text: str, size: int) -> float:
    """In pixels, at so many pixels per em."""
    return sum(fonts.advance(char, size) for char in text)
