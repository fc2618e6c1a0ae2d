"""Fuzzing the finder's geometry: however glyphs come, the number that they show is masked exactly.

Pages are lines of glyphs on blank paper, so that no cut moves a box: what is masked is what was
found. `FUZZ_EXAMPLES=2000 pytest tests/test_fuzz_finding.py` looks longer.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from prepdoc.finding import Wishes, find_numbers, named_in
from prepdoc.page import CardNumber, Glyph, Line, Quad, SeenBy
from prepdoc.pan import Pan
from tests import draw as drawing
from tests.draw import TEST_RANGES, Brand

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
bounded = settings(max_examples=EXAMPLES or 60, derandomize=not EXAMPLES)
HIGH = 20.0
WIDE = 0.55 * HIGH
PAPER = np.full((2400, 2400, 3), 255, dtype=np.uint8)
PAPER[::2, ::2] = 254  # too pale a grain to move a cut, but no bare paper where nothing is masked
SLACK = 0.02
"""Part of a glyph's box that may lie outside its mask, or a kept one's inside: rounding."""


@dataclass(frozen=True)
class Set:
    """A glyph as it is set, and whether it has to go, has to stay, or is neither."""

    glyph: Glyph
    part: str = ""


def typeset(text: str, x: float, y: float, pitch: float = WIDE, last: int = 4) -> list[Set]:
    """One row from x on; y is its top. Its last digits stay and the others go; `last` < 0: none."""
    places = [i for i, c in enumerate(text) if c.isdecimal()]
    kept = places[len(places) - last :] if last >= 0 else places
    row = []
    for i, char in enumerate(text):
        left = x + i * pitch
        part = "" if i not in places or last < 0 else "keep" if i in kept else "hide"
        row.append(Set(Glyph(char, Quad.from_box(left, y, left + WIDE, y + HIGH)), part))
    return row


def turned(row: Iterable[Set], degrees: float, about: float = 0.0) -> list[Set]:
    """About the origin, and moved away from it."""
    a = math.radians(degrees)
    turn = np.array([(math.cos(a), math.sin(a)), (-math.sin(a), math.cos(a))])
    return [
        replace(
            s, glyph=replace(s.glyph, quad=Quad.from_array(s.glyph.quad.array() @ turn + about))
        )
        for s in row
    ]


def in_pieces(row: Sequence[Set], cuts: Iterable[int], seen_by: SeenBy = "text") -> list[Line]:
    """The row as several lines, cut before these glyphs."""
    bounds = [0, *sorted(set(cuts) & set(range(1, len(row)))), len(row)]
    parts = (row[a:b] for a, b in pairwise(bounds))
    lines = (Line(tuple(s.glyph for s in part), seen_by) for part in parts)
    return [line for line in lines if line.text.strip()]


def check(numbers: Sequence[CardNumber], page: Sequence[Set], slack: float = SLACK) -> None:
    """Every glyph that goes is covered, and none that stays is touched."""
    masks = [quad for number in numbers for quad in number.mask]
    for s in page:
        inner = _samples(s.glyph.quad, slack)
        covered = np.any([_inside(mask, inner) for mask in masks], axis=0) if masks else np.zeros(9)
        if s.part == "hide":
            assert np.all(covered), f"{s.glyph.char} at {s.glyph.quad.centre()} can be seen"
        elif s.glyph.char.isalnum():
            assert not np.any(covered), f"{s.glyph.char} at {s.glyph.quad.centre()} is masked"


def _samples(quad: Quad, slack: float) -> np.ndarray:
    """Nine points of the box, a little inside."""
    tl, tr, _, bl = quad.array()
    steps = np.array([slack, 0.5, 1 - slack])
    return np.array([tl + u * (tr - tl) + v * (bl - tl) for u in steps for v in steps])


def _inside(quad: Quad, points: np.ndarray) -> np.ndarray:
    corners = quad.array()
    along = np.roll(corners, -1, axis=0) - corners
    away = points[:, None] - corners[None]
    return np.asarray((along[:, 0] * away[..., 1] - along[:, 1] * away[..., 0] > -1e-6).all(axis=1))


def found(lines: Sequence[Line], known: Sequence[Pan] = ()) -> tuple[CardNumber, ...]:
    return find_numbers(1, PAPER, lines, known=known).numbers


# --- one number, in any state ------------------------------------------------------------------

BRANDS: tuple[Brand, ...] = tuple(TEST_RANGES)
numbers = st.tuples(st.sampled_from(BRANDS), st.integers(0, 10_000)).map(
    lambda of: drawing.pan(
        of[0], of[1], next(n for n in (16, 15, 14) if n in TEST_RANGES[of[0]][1])
    )
)
texts = st.tuples(numbers, st.sampled_from(("", " ", "-", " - ", "/", "・", "\u00a0", "|"))).map(
    lambda of: drawing.grouped(*of)
)
angles = st.floats(0, 360) | st.sampled_from((0.0, 90.0, 180.0, 270.0, 30.0))


@bounded
@given(texts, angles, st.randoms(use_true_random=False))
def test_glyphs_that_come_one_by_one_in_any_order(
    text: str, degrees: float, chance: random.Random
) -> None:
    row = turned(typeset(text, 50, 70), degrees, 900)
    lines = in_pieces(row, range(len(row)))
    chance.shuffle(lines)
    check(found(lines), row)


@bounded
@given(texts, angles, st.sets(st.integers(1, 30)), st.sampled_from(("text", "ocr")))
def test_spans_that_are_cut_anywhere(
    text: str, degrees: float, cuts: set[int], seen_by: SeenBy
) -> None:
    row = turned(typeset(f"Card {text} VISA", 50, 70), degrees, 900)
    check(found(in_pieces(row, cuts, seen_by)), row)


@bounded
@given(texts, st.floats(1.0, 4.2), angles, st.booleans())
def test_letters_that_are_set_wide_or_in_boxes(
    text: str, spread: float, degrees: float, singly: bool
) -> None:
    """Up to gaps of 1.8 heights; two part columns."""
    solid = "".join(c for c in text if c.isdecimal()) if spread > 2 else text
    row = turned(typeset(solid, 50, 70, pitch=spread * WIDE), degrees, 1500)
    check(found(in_pieces(row, range(len(row)) if singly else ())), row)


@bounded
@given(texts, st.integers(2, 4), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), angles)
def test_bold_by_overprinting(text: str, prints: int, dx: float, dy: float, degrees: float) -> None:
    """Each print a little beside the first; all of them go."""
    rows = [
        typeset(text, 50 + dx * WIDE * i / prints, 70 + dy * WIDE * i / prints)
        for i in range(prints)
    ]
    page = [turned(row, degrees, 900) for row in rows]
    lines = [line for row in page for line in in_pieces(row, ())]
    check(found(lines), page[0])


@bounded
@given(texts, st.integers(4, 14), angles, st.floats(1.1, 1.9), st.booleans())
def test_a_number_that_goes_on_in_the_next_line(
    text: str, at: int, degrees: float, leading: float, singly: bool
) -> None:
    """The words of a paragraph stand before and behind it."""
    at = min(at, len(text) - 4)
    kept = max(0, 4 - sum(c.isdecimal() for c in text[at:]))
    head, tail = text[:at].rstrip(), text[at:].lstrip()
    upper = typeset("was paid by ", 50, 70, last=-1)
    upper += typeset(head, 50 + len(upper) * WIDE, 70, last=kept)
    lower = typeset(tail, 50, 70 + leading * HIGH, last=min(4, sum(c.isdecimal() for c in tail)))
    lower += typeset(" in good time", 50 + len(tail) * WIDE, 70 + leading * HIGH, last=-1)
    page = [turned(row, degrees, 900) for row in (upper, lower)]
    lines = [line for row in page for line in in_pieces(row, range(len(row)) if singly else ())]
    check(found(lines), [s for row in page for s in row])


@bounded
@given(
    st.lists(texts.filter(lambda t: not t.isdecimal()), min_size=2, max_size=5),
    st.floats(1.2, 3.0),
    angles,
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_numbers_in_rows_below_each_other(
    rows: list[str], leading: float, degrees: float, luhn: bool, chance: random.Random
) -> None:
    """Each loses its own digits and keeps its own last four, misread or not."""
    said = rows if luhn else [row[:-1] + str((int(row[-1]) + 1) % 10) for row in rows]
    page = [
        turned(typeset(row, 50, 70 + i * leading * HIGH), degrees, 900)
        for i, row in enumerate(said)
    ]
    lines = [line for row in page for line in in_pieces(row, range(len(row)))]
    chance.shuffle(lines)
    check(found(lines), [s for row in page for s in row])


@bounded
@given(texts, st.floats(1.05, 1.4), st.booleans())
def test_a_number_that_runs_downwards(text: str, pitch: float, singly: bool) -> None:
    row = [
        replace(s, glyph=replace(s.glyph, quad=Quad.from_box(50, y, 50 + WIDE, y + HIGH)))
        for s, y in ((s, 70 + i * pitch * HIGH) for i, s in enumerate(typeset(text, 0, 0)))
    ]
    check(found(in_pieces(row, range(len(row)) if singly else ())), row)


@bounded
@given(texts, angles, st.integers(0, 7), st.integers(6, 9))
def test_a_stretch_of_a_known_number(text: str, degrees: float, start: int, count: int) -> None:
    digits = "".join(c for c in text if c.isdecimal())
    stretch = digits[start : min(start + count, len(digits) - 4)]
    if len(stretch) >= 6:
        row = turned(typeset(f"ref {stretch} ok", 50, 70, last=0), degrees, 900)
        check(found(in_pieces(row, ()), [Pan(digits)]), row)


# --- what is no number -------------------------------------------------------------------------

CELLS: dict[str, Callable[[random.Random], str]] = {
    "amounts": lambda r: f"{r.randint(1, 9_999_999):,}",
    "yen": lambda r: f"¥{r.randint(1, 9_999_999):,}",
    "円": lambda r: f"{r.randint(1, 9_999_999):,}円",
    "dollars": lambda r: f"{r.randint(1, 999_999) / 100:,.2f}",
    "dates": lambda r: f"{r.randint(2000, 2030)}/{r.randint(1, 12):02}/{r.randint(1, 31):02}",
    "days first": lambda r: f"{r.randint(1, 31):02}/{r.randint(1, 12):02}/{r.randint(2000, 2030)}",
    "four digits": lambda r: f"{r.randint(1000, 9999)}",
    "eight digits": lambda r: f"{r.randint(10**7, 10**8 - 1)}",
    "small counts": lambda r: f"{r.randint(1, 9)}",
    "words": lambda r: r.choice(("Books", "書籍", "Café 24", "Shop 7")),
    "orders": lambda r: f"250-{r.randint(10**6, 10**7 - 1)}-{r.randint(10**6, 10**7 - 1)}",
    "phones": lambda r: f"03-{r.randint(1000, 9999)}-{r.randint(1000, 9999)}",
}


@bounded
@given(
    st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=4),
    st.integers(4, 16),
    st.floats(1.2, 2.6),
    st.floats(2.1, 6.0),
    st.booleans(),
    st.sampled_from((0.0, 0.0, 90.0, 2.0)),
    st.randoms(use_true_random=False),
)
def test_the_columns_of_a_table_are_never_joined(
    kinds: list[str],
    rows: int,
    leading: float,
    gap: float,
    right: bool,
    degrees: float,
    chance: random.Random,
) -> None:
    """But for what Luhn proves by chance: a page in a thousand has two such rows."""
    page: list[list[Set]] = []
    for i in range(rows):
        x = 50.0
        for kind in kinds:
            text = CELLS[kind](chance)
            widest = 20
            start = x + (widest - len(text)) * WIDE if right else x
            page.append(
                turned(typeset(text, start, 70 + i * leading * HIGH, last=-1), degrees, 900)
            )
            x += widest * WIDE + gap * HIGH
    lines = [line for row in page for line in in_pieces(row, ())]
    chance.shuffle(lines)
    assert {number.rule for number in found(lines) if number.mask} <= {1}


@bounded
@given(st.lists(st.text("abcdefgh .,カード番号:-", min_size=1, max_size=30), max_size=6), angles)
def test_text_without_digits_is_never_masked(rows: list[str], degrees: float) -> None:
    page = [
        turned(typeset(row, 50, 70 + 25 * i, last=-1), degrees, 900) for i, row in enumerate(rows)
    ]
    lines = [line for row in page for line in in_pieces(row, ())]
    assert found(lines) == ()
    assert named_in(lines, Wishes()).pans == frozenset()


MASKED_PARTS = st.text("0123456789*•○ -/", min_size=1, max_size=24)


@bounded
@given(st.lists(st.sampled_from(["", "カード番号 ", "card: "]), min_size=2, max_size=3), st.data())
def test_marks_and_digits_below_each_other_are_read_without_failing(
    heads: list[str], data: st.DataObject
) -> None:
    """Also marks alone above digits alone; a whole number in the middle of it is found."""
    number = drawing.pan("visa", 7)
    rows = [head + data.draw(MASKED_PARTS) for head in heads] + ["", f"Visa {number}"]
    page = [typeset(row, 50, 70 + 25 * i, last=-1) for i, row in enumerate(rows) if row]
    lines = [line for row in page for line in in_pieces(row, ())]
    assert number in {n.pan.digits for n in found(lines)}


def test_a_row_of_marks_above_digits_is_no_wrapped_number_and_no_failure() -> None:
    """The hidden digits of one number above the first ones of another."""
    rows = ["3530 11** **** ****", "6011 0051 •••• ••••"]
    page = [typeset(row, 50, 70 + 25 * i, last=-1) for i, row in enumerate(rows)]
    lines = [line for row in page for line in in_pieces(row, ())]
    assert {n.rule for n in found(lines)} <= {4}
