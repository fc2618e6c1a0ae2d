"""Assembling puts pieces together by their place: order in the file and turn of the page are moot.

Pure; readers are played by lines of glyphs on a grid, ten pixels high.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.assembling import (
    COLUMN_BREAK,
    COLUMN_GAP,
    LABEL_GAP,
    WORD_GAP,
    WRAP_GAP,
    Stack,
    assembled,
    segments,
    words,
)
from prepdoc.page import Glyph, Line, Quad

HIGH = 10.0
WIDE = 6.0


def line(text: str, x: float = 0, y: float = 0, *, step: float = WIDE) -> Line:
    """Glyphs of one size from x on; y is their top."""
    boxes = (
        Quad.from_box(x + i * step, y, x + i * step + WIDE, y + HIGH) for i in range(len(text))
    )
    glyphs = (Glyph(char, box) for char, box in zip(text, boxes, strict=True))
    return Line(tuple(glyphs), "text")


def turned(lines: Iterable[Line], degrees: float) -> list[Line]:
    """About the origin."""
    a = math.radians(degrees)
    turn = np.array([(math.cos(a), math.sin(a)), (-math.sin(a), math.cos(a))])
    return [
        replace(old, glyphs=tuple(_through(glyph, turn) for glyph in old.glyphs)) for old in lines
    ]


def _through(glyph: Glyph, turn: np.ndarray) -> Glyph:
    return replace(glyph, quad=Quad.from_array(glyph.quad.array() @ turn))


def texts(lines: Sequence[Line]) -> list[str]:
    """Of a text layer's lines, cut into words and put together again."""
    return sorted(made.text for made in assembled(words(lines)))


# --- the gaps between pieces -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "between"),
    [
        (0.0, ""),
        (WORD_GAP["text"] - 0.05, ""),
        (WORD_GAP["text"] + 0.05, " "),
        (COLUMN_GAP - 0.1, " "),
        (COLUMN_GAP + 0.1, COLUMN_BREAK),
        (8.0, COLUMN_BREAK),
        (-0.3, ""),
    ],
)
def test_a_gap_is_nothing_a_blank_or_a_column(gap: float, between: str) -> None:
    left = line("4111")
    right = line("1111", 4 * WIDE + gap * HIGH)
    assert texts([left, right]) == [f"4111{between}1111"]


@pytest.mark.parametrize(("widest", "between"), [(1.9, " "), (2.2, COLUMN_BREAK), (4.0, " ")])
def test_columns_of_a_line_are_about_as_far_apart(widest: float, between: str) -> None:
    """Where some are hardly columns, a gap that is nearly as wide is one too."""
    starts = itertools.accumulate((4 * WIDE + gap * HIGH for gap in (widest, 1.8)), initial=0.0)
    row = [line(group, x) for group, x in zip(("4111", "2222", "3333"), starts, strict=True)]
    first = COLUMN_BREAK if widest > COLUMN_GAP else " "
    assert texts(row) == [f"4111{first}2222{between}3333"]


def test_the_boxes_of_ocr_are_rough_and_need_a_wider_gap_for_a_blank() -> None:
    gap = (WORD_GAP["text"] + WORD_GAP["ocr"]) / 2
    pieces = [replace(line(c, x), seen_by="ocr") for c, x in (("4111", 0), ("1", 24 + gap * HIGH))]
    assert [made.text for made in assembled(pieces)] == ["41111"]


def test_letter_spacing_makes_blanks_and_never_columns() -> None:
    assert texts([line("41111111", step=WIDE + 4)]) == ["4 1 1 1 1 1 1 1"]


def test_one_glyph_a_line_becomes_one_line() -> None:
    assert texts([line(c, i * WIDE) for i, c in enumerate("41111")]) == ["41111"]


@given(st.lists(st.floats(1, WIDE), min_size=2, max_size=20), st.randoms())
def test_narrow_glyphs_stay_where_they_are(widths: list[float], chance: random.Random) -> None:
    """`l.` and `11` are each narrower than what the boxes of neighbours may overlap."""
    ends = list(itertools.accumulate(widths))
    boxes = [Quad.from_box(end - w, 0, end, HIGH) for end, w in zip(ends, widths, strict=True)]
    text = ("1234567890" * 2)[: len(widths)]
    pieces = [Line((Glyph(c, box),), "text") for c, box in zip(text, boxes, strict=True)]
    chance.shuffle(pieces)
    assert texts(pieces) == [text]


@pytest.mark.parametrize("prints", [2, 3])
def test_bold_by_overprinting_counts_once(prints: int) -> None:
    assert texts([line("4111 1111", 0.2 * i) for i in range(prints)]) == ["4111 1111"]


def test_the_same_digits_next_to_each_other_stay() -> None:
    assert texts([line("1111111")]) == ["1111111"]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (line("1111", 30, 0.6 * HIGH), "lower on the page"),
        (line("1111", 30, 2 * HIGH), "on another row"),
        (replace(line("1"), glyphs=(Glyph("1", Quad.from_box(30, -8, 48, 22)),)), "much taller"),
        (line("1111", 24 + 21 * HIGH), "too far away"),
        (turned([line("1111", 26, 0)], 90)[0], "written upwards"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_belong_to_the_line_stays_apart(other: Line, why: str) -> None:
    assert len(texts([line("4111"), other])) == 2, why


def test_boxes_that_overlap_by_a_character_show_it_once() -> None:
    """OCR reads two parts of a long line, the last digit of the first in both."""
    first, second = line("41112"), line("2345", 4 * WIDE + 0.5)
    assert [made.text for made in assembled([first, second])] == ["41112345"]


@pytest.mark.parametrize(
    ("further", "shown"), [(0.6, "41112 345"), (0.8, "411122345")], ids=["one", "two"]
)
def test_a_character_of_which_both_boxes_hold_more_than_half_is_shown_once(
    further: float, shown: str
) -> None:
    """Each places it towards its own end of the line; two characters are further apart."""
    first, second = line("41112"), line("2345", (4 + further) * WIDE)
    assert [made.text for made in assembled([first, second])] == [shown]


@pytest.mark.parametrize(
    ("score", "shown"), [(0.9, "4118 日"), (1.0, "4113 日")], ids=["less sure", "as sure"]
)
def test_half_a_digit_at_a_boxs_edge_does_not_take_the_place_of_the_whole_one(
    score: float, shown: str
) -> None:
    """The right half of an eight is read as a three, and less surely."""
    first, second = line("4118"), line("3 日", 3 * WIDE + 1)
    half = replace(second.glyphs[0], score=score)
    second = replace(second, glyphs=(half, *second.glyphs[1:]))
    assert [made.text for made in assembled([first, second])] == [shown]


def test_segments_are_what_stands_between_columns() -> None:
    (row,) = assembled([line("12"), line("34", 80), line("56", 160)])
    assert [part.text for part in segments(row)] == ["12", "34", "56"]


def test_nothing_gives_nothing() -> None:
    assert words([]) == ()
    assert Stack([]).below(line("4111"), WRAP_GAP) == ()


# --- rows below each other ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "gap", "is_below"),
    [
        (0, 15, WRAP_GAP, True),
        (0, 21, WRAP_GAP, True),
        (0, 23, WRAP_GAP, False),
        (0, 39, LABEL_GAP, True),
        (0, 41, LABEL_GAP, False),
        (0, 0, WRAP_GAP, False),
        (0, -15, WRAP_GAP, False),
        (20, 15, WRAP_GAP, True),
        (25, 15, WRAP_GAP, False),
        (-20, 15, WRAP_GAP, True),
        (-25, 15, WRAP_GAP, False),
    ],
)
def test_below_is_near_and_overlaps_sideways(
    x: float, y: float, gap: float, is_below: bool
) -> None:
    lower = line("1111", x, y)
    assert Stack([lower]).below(line("4111"), gap) == ((lower,) if is_below else ())


@pytest.mark.parametrize("degrees", [0, 5, 90, 180, 270])
def test_below_follows_the_direction_of_reading(degrees: float) -> None:
    upper, lower = turned([line("4111"), line("1111", 0, 15)], degrees)
    assert Stack([upper, lower]).below(upper, WRAP_GAP) == (lower,)
    assert upper.over(lower).text == "4111\n1111"


# --- whatever the page -------------------------------------------------------------------------


@dataclass(frozen=True)
class Layout:
    """Pieces of rows, far enough apart for no reader to doubt what belongs together."""

    pieces: tuple[Line, ...]
    rows: tuple[str, ...]


# Two digits that touch: words of one digit each would be a line that spaces its letters, where a
# column's gap is wider.
WORD = st.from_regex(r"[0-9]{2}[0-9-]{0,3}", fullmatch=True)


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    pieces, rows = [], []
    for row in range(draw(st.integers(1, 5))):
        x, text = draw(st.floats(0, 40)), ""
        for word in draw(st.lists(WORD, min_size=1)):
            gap = draw(st.sampled_from((0.0, 0.6, 1.4, 3.0))) if text else 0.0
            x += gap * HIGH
            blank = "" if gap < WORD_GAP["text"] else " " if gap < COLUMN_GAP else COLUMN_BREAK
            pieces.append(line(word, x, row * 30))
            text += blank + word
            x += len(word) * WIDE
        rows.append(text)
    return Layout(tuple(pieces), tuple(sorted(rows)))


@given(layouts(), st.randoms(use_true_random=False))
def test_the_order_of_the_pieces_does_not_matter(layout: Layout, chance: object) -> None:
    pieces = list(layout.pieces)
    chance.shuffle(pieces)  # type: ignore[attr-defined]
    assert texts(pieces) == list(layout.rows)


@given(layouts(), st.randoms(use_true_random=False))
def test_one_glyph_a_piece_in_any_order_says_the_same(layout: Layout, chance: object) -> None:
    singles = [replace(p, glyphs=(g,)) for p in layout.pieces for g in p.glyphs]
    chance.shuffle(singles)  # type: ignore[attr-defined]
    assert texts(singles) == list(layout.rows)


@given(layouts(), st.floats(0, 360))
def test_the_turn_of_the_page_does_not_matter(layout: Layout, degrees: float) -> None:
    assert texts(turned(layout.pieces, degrees)) == list(layout.rows)


@given(layouts(), st.floats(0.3, 12))
def test_the_size_of_the_page_does_not_matter(layout: Layout, factor: float) -> None:
    assert texts([piece.scaled(factor) for piece in layout.pieces]) == list(layout.rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("************", ["Card ************ 2326"]),
        ("**** •••• ****", ["Card **** •••• **** 2326"]),
        ("*", ["*", "Card\t2326"]),
        ("cccc", ["Card\t2326", "cccc"]),
    ],
)
def test_low_marks_that_hide_digits_stand_in_their_row(text: str, expected: list[str]) -> None:
    """Some readers draw boxes around asterisks that are half as high as the row."""
    low = tuple(
        replace(glyph, quad=Quad.from_box(40 + 5 * i, 2, 45 + 5 * i, 6.5))
        for i, glyph in enumerate(line(text).glyphs)
    )
    pieces = [line("Card"), Line(low, "ocr"), line("2326", 45 + 5 * len(text))]
    read = assembled([replace(piece, seen_by="ocr") for piece in pieces])
    assert sorted(made.text for made in read) == sorted(expected)
