"""The classes in which a number's groups stand apart: on bars of colour, on a chip each, in a
column each, with a sign between them, in a quoted letter; or each digit in a wide cell. And those
with something right behind their last digit, or above others that are none.

    CASES[klass](spec, chance) → Case;  DRAWINGS[klass](chance, strength) → Drawing

All numbers have the groups that are printed on their cards, and valid check digits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle

from bench.corpus import numbers
from bench.corpus.drawing import BLACK, WHITE, Drawing, Rgb
from bench.corpus.framing import Draw, Write, any_label, closed, listed, opened, step
from bench.corpus.layout import GREY, MARGIN, PALE, RULE, Canvas, Point, item_run, number_run
from bench.corpus.numbers import all_kept, but_last_four
from bench.corpus.producers import case_by
from bench.corpus.truth import Case, Spec
from tests.draw import Brand, grouped

FEW = 4
"""Card numbers on a page."""
IN_FOURS: tuple[Brand, ...] = ("visa", "mastercard", "jcb", "discover", "unionpay", "mastercard-2")

# Strength → bars and their print: the contrast (WCAG 2.2, 1.4.3) falls from above 10 to about 3.
BARS: Mapping[int, tuple[tuple[Rgb, Rgb], ...]] = {
    1: ((BLACK, WHITE), ((20, 40, 90), WHITE), ((0, 60, 50), (255, 245, 200))),
    2: (((170, 30, 40), WHITE), ((0, 98, 112), WHITE), ((60, 60, 60), (230, 230, 230))),
    3: (((200, 60, 60), (255, 240, 200)), ((110, 110, 110), WHITE), ((0, 130, 160), WHITE)),
}
# Strength → the bar's room above and below its digits, in em.
ROOM_EM: Mapping[int, float] = {1: 0.45, 2: 0.2, 3: 0.1}
STANDING_PT = (112.0, 96.0, 250.0)
"""From one standing card to the next, its width and its height."""
BLOCK_EM: Mapping[int, float] = {1: 1.0, 2: 0.5, 3: 0.1}
"""Strength → the room around the lines on a block."""
HIGH_EM = 0.72
"""How high a digit is, about."""
COLUMN_PT: Mapping[int, float] = {1: 90.0, 2: 60.0, 3: 42.0}
"""Strength → from one column's left edge to the next."""
CELL_EM: Mapping[int, float] = {1: 1.9, 2: 2.4, 3: 3.0}
"""Strength → how wide a cell is that holds one digit."""
WALL = 0.2
"""How far the walls of cells on a bar are from its colour, of what its print is."""
LONGEST = 16
"""Digits of the longest of these numbers."""
# Strength → what stands between groups, from what people write to what machines do.
SIGNS: Mapping[int, tuple[str, ...]] = {
    1: (":", "、", ",", " : ", "="),
    2: ("+", " + ", "→", "~", "), (", ";"),
    3: ("><", '","', "</b><b>", "#", "\\t"),
}
# Strength → how a number stands whose last group, or another one, is set off by brackets.
BRACKETS: Mapping[int, tuple[str, ...]] = {
    1: ("{} {} {} ({})", "{} {} {}【{}】", "{} {} {} [{}]", "{}-{}-{}-({})"),
    2: ("{}{}{}({})", "{}-{}-{}({})", "{} {} {}「{}」", "{} {} {} <{}>"),
    3: ("({}) {} {} {}", "{} {} ({}) {}", "{}-{}-[{}]-{}", "{} {} {} [ {} ]"),
}
# Strength → what stands behind each group but the last, where a cell breaks the number.
BROKEN: Mapping[int, tuple[tuple[str, str, str], ...]] = {
    1: (("-\n", "-", "-\n"), ("-", "-\n", "-\n"), ("-\n", "-\n", "-")),
    2: (("-\n",) * 3, ("\n", " ", "\n"), (" ", "\n", "\n")),
    3: (("-\n", "-", "-\n"), ("\n", " ", "\n"), ("-\n",) * 3),
}
GROUP = 4
"""Digits between blanks."""
CELLS = ("No.", "Card", "カード", "ETC")
ROWS_EM: Mapping[int, float] = {1: 0.8, 2: 0.3, 3: 0.0}
"""Strength → from a cell's second line to the next cell's first, more than within a cell."""
BESIDE_EM = 7.0
"""From such a cell's left edge to what stands beside it: a cell holds two groups."""
# Strength → after how many of sixteen digits a line of prose ends, which is never between groups.
PROSE_ENDS: Mapping[int, tuple[tuple[int, ...], ...]] = {
    1: ((9,), (10,), (11,), (7,)),
    2: ((5,), (6,), (13,), (14,)),
    3: ((3, 13), (5, 14), (3, 14), (5, 15)),
}
OTHERS_JA, OTHERS_EN = ("WAON番号", "ポイント会員番号"), ("Points number", "Tracking number")
"""Labels that only other numbers have."""
QUOTE = "> "
# Strength → what stands right before and behind a number, and how large and raised, in em.
MARKS: Mapping[int, tuple[tuple[str, str], ...]] = {
    1: (("", "1"), ("", "2)"), ("", "*1"), ("", "3")),
    2: (("", "*1"), ("", "†"), ("", "*2"), ("", "a")),
    3: (("", "1"), ("0", ""), ("", "7"), ("", "3")),
}
MARK_EM: Mapping[int, tuple[float, float]] = {1: (0.6, 0.35), 2: (1.0, 0.0), 3: (1.0, 0.0)}


def _cards(chance: random.Random) -> tuple[str, ...]:
    """Of different brands; all have four groups of four."""
    return tuple(numbers.card(chance, brand, 16) for brand in chance.sample(IN_FOURS, FEW))


# --- bars and chips ------------------------------------------------------------------------------


def on_bars(chance: random.Random, strength: int) -> Drawing:
    """Light print on a bar as long as the number, by BARS and ROOM_EM."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    y = listed(canvas, chance, pans, y, lambda c, pan, at: _bar(c, chance, pan, at, strength))
    return closed(canvas, chance, y)


def _bar(canvas: Canvas, chance: random.Random, pan: str, at: Point, strength: int) -> None:
    bar, ink = chance.choice(BARS[strength])
    separator = chance.choice((" ", "-", ""))
    _under(canvas, grouped(pan, separator), at, ROOM_EM[strength], bar)
    number_run(canvas, pan, at, separator=separator, colour=ink)


def _under(canvas: Canvas, text: str, at: Point, room_em: float, fill: Rgb) -> None:
    """A rectangle around where a text will stand."""
    (x, y), size = at, canvas.style.size
    room = room_em * size
    box = (canvas.width(text) + 2 * room, HIGH_EM * size + 2 * room)
    canvas.box((x - room, y - HIGH_EM * size - room), box, fill)


def on_blocks(chance: random.Random, strength: int) -> Drawing:
    """Light print in two lines on each of two coloured blocks, as the head of a statement has.

    1: apart; 2: the blocks touch each other; 3: they are as high as their lines.
    """
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    for fellows in (pans[:2], pans[2:]):
        y = _block(canvas, chance, fellows, y, strength) + (step(canvas) if strength == 1 else 0.0)
    return closed(canvas, chance, y + step(canvas))


def _block(
    canvas: Canvas, chance: random.Random, pans: Sequence[str], y: float, strength: int
) -> float:
    """From `y` on; returns where it ends."""
    size, line = canvas.style.size, HIGH_EM * canvas.style.size + step(canvas) / 2
    room = BLOCK_EM[strength] * size
    fill, ink = chance.choice(BARS[min(strength, 2)])
    width = canvas.size[0] - 2 * MARGIN + 2 * room
    canvas.box((MARGIN - room, y), (width, len(pans) * line + 2 * room), fill)
    for index, pan in enumerate(pans):
        at = MARGIN, y + room + (index + 1) * line - (line - HIGH_EM * size) / 2
        end = canvas.text(any_label(canvas, chance), at, colour=ink)
        number_run(canvas, pan, (end[0] + size, at[1]), separator=" ", colour=ink)
    return y + len(pans) * line + 2 * room


def on_standing_cards(chance: random.Random, strength: int) -> Drawing:
    """Cards that stand upright, as programs show them, with the number up or down their side.

    One, two or three blanks between groups.
    """
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    across, _, high = STANDING_PT
    for i, pan in enumerate(pans):
        _standing(canvas, chance, pan, (MARGIN + i * across, y), strength)
    return closed(canvas, chance, y + high + step(canvas))


def _standing(canvas: Canvas, chance: random.Random, pan: str, at: Point, strength: int) -> None:
    (x, y), (_, wide, high), size = at, STANDING_PT, canvas.style.size
    fill, ink = chance.choice(BARS[strength])
    canvas.box(at, (wide, high), fill)
    canvas.text(chance.choice(("GOLD", "Card", "デビット")), (x + size, y + 2 * size), colour=ink)
    turn = chance.choice((90, -90))
    start = (x + 0.6 * wide, y + high - size) if turn == 90 else (x + 0.5 * wide, y + 3 * size)
    number_run(canvas, pan, start, separator=" " * strength, colour=ink, turn=turn)


def on_chips(chance: random.Random, strength: int) -> Drawing:
    """Each group on a chip of its own; 1: pale ones, 2: dark ones, 3: dark ones that are tight."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    y = listed(canvas, chance, pans, y, lambda c, pan, at: _chips(c, chance, pan, at, strength))
    return closed(canvas, chance, y)


def _chips(canvas: Canvas, chance: random.Random, pan: str, at: Point, strength: int) -> None:
    chip, ink = (PALE, BLACK) if strength == 1 else chance.choice(BARS[strength])
    labels, (x, y) = canvas.builder.item("pan", grouped(pan, ""), but_last_four(pan)), at
    room = ROOM_EM[strength]
    for start in range(0, len(pan), 4):
        group = pan[start : start + 4]
        _under(canvas, group, (x, y), room, chip)
        end = canvas.text(group, (x, y), labels=labels[start : start + 4], colour=ink)
        x = end[0] + (2 * room + 0.4) * canvas.style.size


# --- columns and signs ---------------------------------------------------------------------------


def in_columns(chance: random.Random, strength: int) -> Drawing:
    """A table with a column for each group, by COLUMN_PT; from 2 on with rules around each."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    canvas.text(any_label(canvas, chance), (MARGIN, y), colour=GREY)
    y += 1.3 * step(canvas)
    for pan in pans:
        _row(canvas, pan, y, strength)
        y += 1.1 * step(canvas)
    return closed(canvas, chance, y)


def _row(canvas: Canvas, pan: str, y: float, strength: int) -> None:
    labels, wide = canvas.builder.item("pan", pan, but_last_four(pan)), COLUMN_PT[strength]
    size, high = canvas.style.size, 1.1 * step(canvas)
    for i in range(4):
        x, part = MARGIN + i * wide, slice(4 * i, 4 * i + 4)
        if strength > 1:
            canvas.frame((x - 6, y - 1.3 * size), (wide, high), colour=RULE)
        canvas.text(pan[part], (x, y), labels=labels[part])


def one_a_cell(chance: random.Random, strength: int) -> Drawing:
    """Each digit in a cell of its own, by CELL_EM, as spreadsheets print them; no label beside. The
    last cell may reach over the page's edge, but its digit does not.
    """
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    canvas.text(any_label(canvas, chance), (MARGIN, y), colour=GREY)
    y += 1.5 * step(canvas)
    on_page = (canvas.size[0] - MARGIN - canvas.style.size / 2) / (LONGEST - 0.5)
    for pan in pans:
        _one_each(canvas, pan, y, min(CELL_EM[strength] * canvas.style.size, on_page))
        y += 1.6 * step(canvas)
    return closed(canvas, chance, y)


def _one_each(canvas: Canvas, pan: str, y: float, wide: float) -> None:
    labels, size = canvas.builder.item("pan", pan, but_last_four(pan)), canvas.style.size
    for i, (digit, label) in enumerate(zip(pan, labels, strict=True)):
        x = MARGIN + i * wide
        canvas.frame((x, y - 1.2 * size), (wide, 1.7 * size), colour=RULE)
        canvas.text(digit, (x + (wide - canvas.width(digit)) / 2, y), labels=(label,))


def cells_on_bars(chance: random.Random, strength: int) -> Drawing:
    """Each digit in a cell of its own on a dark bar, by CELL_EM and BARS; the cells' walls are a
    little paler than the bar.
    """
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    canvas.text(any_label(canvas, chance), (MARGIN, y), colour=GREY)
    y += 1.5 * step(canvas)
    on_page = (canvas.size[0] - 2 * MARGIN) / LONGEST
    for pan in pans:
        bar, ink = chance.choice(BARS[min(strength, 2)])
        _cells_on(canvas, pan, y, min(CELL_EM[strength] * canvas.style.size, on_page), (bar, ink))
        y += 2.2 * step(canvas)
    return closed(canvas, chance, y)


def _cells_on(canvas: Canvas, pan: str, y: float, wide: float, colours: tuple[Rgb, Rgb]) -> None:
    size, (bar, ink) = canvas.style.size, colours
    labels = canvas.builder.item("pan", pan, but_last_four(pan))
    red, green, blue = (round(b + WALL * (i - b)) for b, i in zip(bar, ink, strict=True))
    canvas.box((MARGIN, y - 1.2 * size), (len(pan) * wide, 1.7 * size), bar)
    for i, (digit, label) in enumerate(zip(pan, labels, strict=True)):
        x = MARGIN + i * wide
        canvas.frame((x, y - 1.2 * size), (wide, 1.7 * size), colour=(red, green, blue))
        canvas.text(digit, (x + (wide - canvas.width(digit)) / 2, y), colour=ink, labels=(label,))


def with_signs(chance: random.Random, strength: int) -> Drawing:
    """The same sign between all groups, by SIGNS."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    signs = cycle(chance.sample(SIGNS[strength], FEW))
    y = listed(
        canvas, chance, pans, y, lambda c, pan, at: number_run(c, pan, at, separator=next(signs))
    )
    return closed(canvas, chance, y)


def bracketed(chance: random.Random, strength: int) -> Drawing:
    """One group in brackets, by BRACKETS: the last, which is read out; 3: any."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    forms = cycle(chance.sample(BRACKETS[strength], FEW))
    y = listed(canvas, chance, pans, y, lambda c, pan, at: _set_off(c, pan, at, next(forms)))
    return closed(canvas, chance, y)


def _set_off(canvas: Canvas, pan: str, at: Point, form: str) -> None:
    item_run(canvas, "pan", form.format(*grouped(pan).split("-")), but_last_four(pan), at)


def footnoted(chance: random.Random, strength: int) -> Drawing:
    """With a footnote's mark glued to it; 1: a raised one, 2: one on its row, 3: a digit of its own
    size, as issuers that count a check digit more have it.
    """
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    marks = cycle(chance.sample(MARKS[strength], FEW))
    y = listed(
        canvas,
        chance,
        pans,
        y,
        lambda c, pan, at: _marked(c, chance, pan, at, strength, next(marks)),
    )
    return closed(canvas, chance, y)


def _marked(
    canvas: Canvas,
    chance: random.Random,
    pan: str,
    at: Point,
    strength: int,
    mark: tuple[str, str],
) -> None:
    before, behind = mark
    separator = "" if before else chance.choice((" ", "-", ""))
    size, raised = (em * canvas.style.size for em in MARK_EM[strength])
    x, y = number_run(canvas, pan, canvas.text(before, at), separator=separator)
    canvas.text(behind, (x, y - raised), size)


# --- narrow cells ---------------------------------------------------------------------------------


def narrow(chance: random.Random, strength: int) -> Drawing:
    """Broken over three lines or four in a cell, by BROKEN; 3: with a column right beside it."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    ends = cycle(chance.sample(BROKEN[strength], len(BROKEN[strength])))
    for pan in pans:
        x = canvas.text(chance.choice(CELLS), (MARGIN, y))[0] + canvas.style.size
        if strength == 3:
            canvas.text(
                f"{chance.randint(10, 99)},{chance.randint(100, 999)}",
                (x + BESIDE_EM * canvas.style.size, y),
            )
        y = _in_lines(canvas, pan, next(ends), (x, y)) + 0.5 * step(canvas)
    return closed(canvas, chance, y)


def _in_lines(canvas: Canvas, pan: str, ends: tuple[str, str, str], at: Point) -> float:
    groups, (x, y) = grouped(pan).split("-"), at
    printed = "".join(map("".join, zip(groups, (*ends, ""), strict=True)))
    labels = canvas.builder.item("pan", printed, but_last_four(pan))
    for line in printed.split("\n"):
        canvas.text(line, (x, y), labels=labels[: len(line)])
        labels, y = labels[len(line) + 1 :], y + step(canvas)
    return y


def in_rows(chance: random.Random, strength: int) -> Drawing:
    """In every row of a table, over two lines of a cell, by ROWS_EM; a page has two such tables."""
    pans = numbers.card(chance, "visa", 16), numbers.card(chance, chance.choice(IN_FOURS), 16)
    canvas, y = opened(chance, pans)
    for pan in pans:
        for _ in range(chance.randint(3, 5)):
            y = _twice(canvas, chance, pan, y, ROWS_EM[strength])
        y += 2 * step(canvas)
    return closed(canvas, chance, y)


def _twice(canvas: Canvas, chance: random.Random, pan: str, y: float, room_em: float) -> float:
    printed, size = grouped(pan, " "), canvas.style.size
    first, last = printed[:9], printed[10:]
    labels = canvas.builder.item("pan", printed, but_last_four(pan))
    x = MARGIN + 1.2 * canvas.width("2026/10/02")
    canvas.text(f"2026/{chance.randint(1, 12):02}/{chance.randint(1, 28):02}", (MARGIN, y))
    canvas.text(first, (x, y), labels=labels[:9])
    canvas.text(last, (x, y + 1.2 * size), labels=labels[10:])
    canvas.text("AMAZON.CO.JP", (x + 1.3 * canvas.width(first), y))
    return y + (2.4 + room_em) * size


# --- prose ----------------------------------------------------------------------------------------


def in_prose(chance: random.Random, strength: int) -> Drawing:
    """In a message, whose lines break within its groups by PROSE_ENDS."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    ends = cycle(chance.sample(PROSE_ENDS[strength], len(PROSE_ENDS[strength])))
    for pan in pans:
        y = _said(canvas, chance, pan, next(ends), y) + step(canvas)
    return closed(canvas, chance, y)


def _said(
    canvas: Canvas, chance: random.Random, pan: str, ends: tuple[int, ...], y: float
) -> float:
    """The message's lines from `y` down, and where the next one may stand."""
    before, behind = (
        ("カードは", "です。よろしくお願いします")
        if canvas.style.japanese
        else ("card ", ", thanks!")
    )
    x, _ = canvas.text(before, (MARGIN, y))
    printed = grouped(pan, chance.choice(" -"))
    for end in reversed(ends):
        at = end + end // GROUP
        printed = f"{printed[:at]}\n{printed[at:]}"
    labels = canvas.builder.item("pan", printed, but_last_four(pan))
    for line in printed.split("\n"):
        x, _ = canvas.text(line, (x, y), labels=labels[: len(line)])
        labels, last, y = labels[len(line) + 1 :], (x, y), y + step(canvas)
        x = MARGIN
    canvas.text(behind, last)
    return y


# --- other numbers ---------------------------------------------------------------------------


def labelled_otherwise(chance: random.Random, strength: int) -> Drawing:
    """Numbers of points and parcels in groups of four that begin as cards do, two below the cards.

    1: each behind its label; 2: each below it; 3: both in columns, below their headings.
    """
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    y = listed(canvas, chance, pans, y, _writing(chance)) + step(canvas)
    for i, label in enumerate(OTHERS_JA if canvas.style.japanese else OTHERS_EN):
        x, across = MARGIN + 200 * i * (strength == 3), canvas.width(label) + canvas.style.size
        canvas.text(label, (x, y))
        at = (x + across, y) if strength == 1 else (x, y + step(canvas))
        other = _other(chance)
        item_run(canvas, "lookalike", other, all_kept(other), at)
        y += 0 if strength == 3 else strength * step(canvas)
    return closed(canvas, chance, y + (2 if strength == 3 else 0.5) * step(canvas))


def _writing(chance: random.Random) -> Write:
    """Writes numbers with one sign between their groups, or none."""
    separator = chance.choice((" ", "-", ""))
    return lambda canvas, pan, at: number_run(canvas, pan, at, separator=separator)


def _other(chance: random.Random) -> str:
    """In a card's range and groups; its check digit does not fit."""
    digits = numbers.card(chance, chance.choice(IN_FOURS), 16)
    return grouped(digits[:-1] + str((int(digits[-1]) + chance.randint(1, 9)) % 10), " ")


# --- letters -------------------------------------------------------------------------------------


def quoted(chance: random.Random, strength: int) -> Drawing:
    """In a quoted letter; 1: on one line, 2: broken between groups, 3: quoted twice, and broken."""
    pans = _cards(chance)
    canvas, y = opened(chance, pans)
    mark = QUOTE * (2 if strength == 3 else 1)
    for pan in pans:
        canvas.text(mark + any_label(canvas, chance), (MARGIN, y), colour=GREY)
        printed = grouped(pan, " ")
        if strength > 1:
            cut = chance.choice((4, 9, 14))
            printed = printed[:cut] + "\n" + printed[cut + 1 :]
        y = _quoted(canvas, mark, printed, pan, y + step(canvas)) + 0.5 * step(canvas)
    return closed(canvas, chance, y)


def _quoted(canvas: Canvas, mark: str, printed: str, pan: str, y: float) -> float:
    labels = canvas.builder.item("pan", printed, but_last_four(pan))
    for line in printed.split("\n"):
        own = (0,) * len(mark) + labels[: len(line)]
        canvas.text(mark + line, (MARGIN, y), labels=own)
        labels = labels[len(line) + 1 :]
        y += step(canvas)
    return y


# --- the table -----------------------------------------------------------------------------------

DRAWINGS: Mapping[str, Draw] = {
    "on-bars": on_bars,
    "on-blocks": on_blocks,
    "on-standing-cards": on_standing_cards,
    "on-chips": on_chips,
    "in-columns": in_columns,
    "one-a-cell": one_a_cell,
    "cells-on-bars": cells_on_bars,
    "with-signs": with_signs,
    "quoted": quoted,
    "bracketed": bracketed,
    "narrow": narrow,
    "in-rows": in_rows,
    "in-prose": in_prose,
    "footnoted": footnoted,
    "labelled-otherwise": labelled_otherwise,
}
"""Class → how its page is drawn."""

CASES: Mapping[str, Callable[[Spec, random.Random], Case]] = {
    klass: partial(case_by, draw_page) for klass, draw_page in DRAWINGS.items()
}
"""Class → maker."""
