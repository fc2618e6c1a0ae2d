"""The classes that concern how text is laid out: spacing, turning, size, colour, partial masks.

    CASES[klass](spec, chance) → Case;  DRAWINGS[klass](chance, strength) → Drawing

Each page has a heading, a holder, some numbers in the way of its class, a few look-alikes and room
for a stamp. What strength means is said in each function. The fates follow DESIGN.md: of a number
all goes but its own last four, and where the issuer hides those, all that is shown goes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle

from bench.corpus import numbers
from bench.corpus.drawing import WHITE, Drawing, Rgb
from bench.corpus.framing import (
    Draw,
    any_label,
    closed,
    listed,
    opened,
    short_label,
    step,
)
from bench.corpus.layout import (
    GREY,
    LEADING,
    MARGIN,
    Canvas,
    Point,
    item_run,
    lookalike_run,
    number_run,
    right_run,
    statement,
)
from bench.corpus.numbers import but_last_four
from bench.corpus.producers import case_by
from bench.corpus.truth import Case, Fate, Spec
from tests import draw
from tests.draw import Brand, grouped

FEW = 5
"""Card numbers on a page, as on a statement of a family."""
# Labels that no other number has.
SURE_JA = ("カード番号", "ご利用カード番号", "クレジットカード番号")
SURE_EN = ("Card number", "Credit card number", "Primary Account Number", "Card No.")


# --- brands and separators ----------------------------------------------------------------------

# Brand, length: every length from 12 to 19 that a brand of the test ranges has.
KINDS: tuple[tuple[Brand, int], ...] = tuple(
    (brand, length) for brand, (_, lengths) in draw.TEST_RANGES.items() for length in lengths
)
NEEDS_LABEL = (12, 13)
"""Lengths that are no card number without a label or grouping (rule 1)."""


def brands(chance: random.Random, strength: int) -> Drawing:
    """Six brands of mixed lengths; 1: labelled, 2: some not, 3: also in one piece, or not Luhn."""
    kinds = _six_kinds(chance)
    pans = [draw.pan(brand, chance.randrange(10**9), length) for brand, length in kinds]
    canvas, y = opened(chance, pans, strength=strength)
    for (brand, length), pan in zip(kinds, pans, strict=True):
        bare = length not in NEEDS_LABEL and chance.random() < (strength - 1) / 3
        label = numbers.BRAND_NAMES[brand] if bare else any_label(canvas, chance)
        end = canvas.text(label, (MARGIN, y))
        separator = "" if strength == 3 and chance.random() < 0.5 else chance.choice(" -")
        number_run(canvas, pan, (max(end[0] + 14, MARGIN + 150), y), separator=separator)
        y += step(canvas)
    return closed(canvas, chance, y)


def _six_kinds(chance: random.Random) -> list[tuple[Brand, int]]:
    """One length of each of six brands."""
    of_brands = chance.sample(numbers.BRANDS, 6)
    return [chance.choice([kind for kind in KINDS if kind[0] == brand]) for brand in of_brands]


NO_LUHN: tuple[Brand, ...] = ("visa", "mastercard", "jcb", "unionpay", "discover")


def luhn_failing(chance: random.Random, strength: int) -> Drawing:
    """Grouped as a card and in a known range, but the check digit is wrong; 2, 3: fewer labels."""
    pans = [draw.pan(brand, chance.randrange(10**9), luhn=False) for brand in NO_LUHN]
    canvas, y = opened(chance, pans, strength=strength)
    for pan in pans:
        label = any_label(canvas, chance) if chance.random() > strength / 3 else "VISA / JCB"
        end = canvas.text(label, (MARGIN, y))
        number_run(canvas, pan, (max(end[0] + 14, MARGIN + 150), y), separator=chance.choice(" -"))
        y += step(canvas)
    return closed(canvas, chance, y)


# Strength → what stands between groups: DESIGN.md's list, from the usual to the rare.
SEPARATORS: Mapping[int, tuple[str, ...]] = {
    1: (" ", "-", "", "\u00a0", "－", " "),
    2: ("\u2010", "\u2013", ".", "/", "\u00b7", "\u2011", "|", "\u3000"),
    3: ("_", "\u2502", "\u2014", "\u2212", "\u30fb", "\u2012", " - ", " / ", "\u2015"),
}


def separators(chance: random.Random, strength: int) -> Drawing:
    """Six numbers, each with another separator; 1: usual ones, 2: look-alikes, 3: rare ones."""
    pans = numbers.cards(chance, 6)
    canvas, y = opened(chance, pans)
    between = cycle(chance.sample(SEPARATORS[strength], 6))
    y = listed(
        canvas, chance, pans, y, lambda c, pan, at: number_run(c, pan, at, separator=next(between))
    )
    return closed(canvas, chance, y)


# --- one digit at a time ------------------------------------------------------------------------

# Strength → what is added after each character, in em; 1 em more leaves gaps as wide as digits.
SPACING_EM: Mapping[int, float] = {1: 0.2, 2: 0.55, 3: 1.0}


def letter_spaced(chance: random.Random, strength: int) -> Drawing:
    """Set wide, by SPACING_EM."""
    pans = numbers.cards(chance, FEW)
    canvas, y = opened(chance, pans)
    for pan in pans:
        canvas.text(any_label(canvas, chance), (MARGIN, y))
        y += step(canvas)
        _spaced(canvas, pan, (MARGIN + 16, y), SPACING_EM[strength], chance.choice(" -"))
        y += step(canvas)
    return closed(canvas, chance, y)


def _spaced(canvas: Canvas, pan: str, at: Point, em: float, separator: str) -> None:
    number_run(canvas, pan, at, separator=separator, spacing=em * canvas.style.size)


# Strength → a cell's width in em, the rules' thickness in points, the gap between groups in cells.
CELLS: Mapping[int, tuple[float, float, float]] = {
    1: (1.7, 0.5, 0.5),
    2: (1.4, 0.8, 0.25),
    3: (1.05, 1.0, 0.0),
}


def boxed(chance: random.Random, strength: int) -> Drawing:
    """Each digit in a cell between rules, as in forms; the stronger, the narrower the cells."""
    pans = numbers.cards(chance, FEW)
    canvas, y = opened(chance, pans)
    for pan in pans:
        canvas.text(any_label(canvas, chance), (MARGIN, y))
        y += 2.2 * canvas.style.size
        _cells(canvas, pan, (MARGIN + 6, y), *CELLS[strength])
        y += 2.2 * canvas.style.size
    return closed(canvas, chance, y)


def _cells(canvas: Canvas, pan: str, at: Point, em: float, thick: float, gap: float) -> None:
    labels = canvas.builder.item("pan", pan, but_last_four(pan))
    size, (x, y) = canvas.style.size, at
    side = em * size
    ends = [len("".join(grouped(pan, "|").split("|")[: i + 1])) for i in range(len(pan))]
    for i, (digit, label) in enumerate(zip(pan, labels, strict=True)):
        x += gap * side * (i in ends)
        canvas.frame((x, y - 1.15 * size), (side + thick, 1.6 * size), thick)
        canvas.text(digit, (x + (side - canvas.width(digit)) / 2, y), labels=(label,))
        x += side


# Strength → what is glued before and after; 2: letters, 3: what machines write (ISO/IEC 7813).
GLUED: Mapping[int, tuple[tuple[str, str], ...]] = {
    1: (
        ("card#", ";exp12/27"),
        ("【", "】"),
        ("(", ")"),
        ("No.", "様"),
        ("カード:", "、ETC"),
        ("<", ">"),
    ),
    2: (
        ("VISA", "exp12/27"),
        ("ご利用カード", "のご利用"),
        ("card=", "&exp=1227"),
        ("PAN:", ";OK"),
        ("Kartennr.", "gültig12/27"),
        ("カード", "様分"),
    ),
    3: (
        ("%B", "^TAKASAKI/HANAKO^27121010000"),
        (";", "=27121010000"),
        ("VISA", "EXP1227"),
        ("x-card-", "-ok"),
        ('{"pan":"', '"}'),
        ("id_", "_v2"),
    ),
}


def glued(chance: random.Random, strength: int) -> Drawing:
    """Numbers glued to other words, by GLUED."""
    pans = numbers.cards(chance, FEW)
    canvas, y = opened(chance, pans)
    for pan, (before, after) in zip(pans, chance.sample(GLUED[strength], FEW), strict=True):
        start = canvas.text("メモ " if canvas.style.japanese else "Memo ", (MARGIN, y), colour=GREY)
        separator = "" if strength == 3 else chance.choice(("", "-"))
        number_run(canvas, pan, start, separator=separator, before=before, after=after)
        y += step(canvas)
    return closed(canvas, chance, y)


def wrapped(chance: random.Random, strength: int) -> Drawing:
    """Over two lines; 1: labelled, between groups, 2: no label, 3: in one piece, anywhere."""
    pans = numbers.cards(chance, 4)
    canvas, y = opened(chance, pans)
    for i, pan in enumerate(pans):
        x = MARGIN + (i % 2) * 230
        text = any_label(canvas, chance) if strength == 1 else f"({i + 1})"
        end = canvas.text(text, (x, y))
        _in_two_lines(canvas, _broken(chance, pan, strength), pan, (end[0] + 10, y))
        y += 3.5 * step(canvas) * (i % 2)
    return closed(canvas, chance, y)


def _broken(chance: random.Random, pan: str, strength: int) -> str:
    """As printed, with the line break in it."""
    if strength == 3:
        cut = chance.randint(6, len(pan) - 5)
        return f"{pan[:cut]}\n{pan[cut:]}"
    separator = chance.choice("- ")
    groups = grouped(pan, separator).split(separator)
    middle = len(groups) // 2
    end = separator.strip()
    return separator.join(groups[:middle]) + end + "\n" + separator.join(groups[middle:])


def _in_two_lines(canvas: Canvas, printed: str, pan: str, at: Point) -> None:
    _in_lines(canvas, printed, pan, at, 1.3)


def _in_lines(canvas: Canvas, printed: str, pan: str, at: Point, apart: float) -> None:
    labels = canvas.builder.item("pan", printed, but_last_four(pan))
    for line in printed.split("\n"):
        canvas.text(line, at, labels=labels[: len(line)])
        labels = labels[len(line) + 1 :]
        at = (at[0], at[1] + apart * canvas.style.size)


def piled(chance: random.Random, strength: int) -> Drawing:
    """A line for each group, as in a card's corner; 3: with other text beside it."""
    pans = numbers.cards(chance, 3)
    canvas, y = opened(chance, pans)
    apart = (1.3, 1.6, 1.9)[strength - 1]
    for i, pan in enumerate(pans):
        x = MARGIN + 150 * i
        canvas.text(f"Card {i + 1}", (x, y))
        _in_lines(canvas, grouped(pan, "\n"), pan, (x, y + 1.5 * canvas.style.size), apart)
        if strength == 3:
            beside = y + 0.7 * canvas.style.size
            for text in ("Example Pay", "Balance", "18,204", "Points"):
                canvas.text(text, (x + 50, beside), 0.8 * canvas.style.size)
                beside += 1.2 * canvas.style.size
    return closed(canvas, chance, y + 9 * canvas.style.size)


# --- downwards, tilted, turned ------------------------------------------------------------------


DASHES: Mapping[int, str] = {1: "｜", 2: "|", 3: "-"}
"""Strength → what stands between the groups of a number that is set downwards."""


def vertical(chance: random.Random, strength: int) -> Drawing:
    """Set downwards; 1: the line turned, 2: digits upright, groups apart, 3: upright, one piece."""

    def draw(canvas: Canvas, pan: str, at: Point) -> None:
        if strength == 1:
            number_run(canvas, pan, (at[0], at[1] - canvas.style.size), turn=-90)
        else:
            _upright(canvas, pan, at, gap=0.5 if strength == 2 else 0.0)

    return _set_down(chance, draw)


def vertical_dashed(chance: random.Random, strength: int) -> Drawing:
    """Digits upright, with one of DASHES between groups."""

    def draw(canvas: Canvas, pan: str, at: Point) -> None:
        labels = canvas.builder.item("pan", grouped(pan), but_last_four(pan))
        _downwards(canvas, grouped(pan).replace("-", DASHES[strength]), at, labels)

    return _set_down(chance, draw)


def _set_down(chance: random.Random, draw: Callable[[Canvas, str, Point], None]) -> Drawing:
    """A column for each number, from the right, with its label beside it."""
    pans = numbers.cards(chance, FEW)
    canvas, y = opened(chance, pans, japanese=True)
    for i, pan in enumerate(pans):
        x = canvas.right - 40 - i * 52
        _downwards(canvas, "カード番号", (x + 1.6 * canvas.style.size, y))
        draw(canvas, pan, (x, y))
    return closed(canvas, chance, y + 25 * canvas.style.size)


def _downwards(canvas: Canvas, text: str, at: Point, labels: Sequence[int] = ()) -> float:
    """One character below the other, each in the middle of its column; returns the next one's y."""
    (x, y), size = at, canvas.style.size
    for char, label in zip(text, labels or (0,) * len(text), strict=True):
        canvas.text(char, (x + (size - canvas.width(char)) / 2, y), labels=(label,))
        y += 1.05 * size
    return y


def _upright(canvas: Canvas, pan: str, at: Point, gap: float) -> None:
    labels, (x, y) = canvas.builder.item("pan", pan, but_last_four(pan)), at
    for group in grouped(pan, "-").split("-"):
        y = _downwards(canvas, group, (x, y), labels[: len(group)]) + gap * canvas.style.size
        labels = labels[len(group) :]


# Strength → degrees.
TILTS: Mapping[int, float] = {1: 5.0, 2: 15.0, 3: 30.0}


def tilted(chance: random.Random, strength: int) -> Drawing:
    """Lines askew on an upright page, by TILTS, up or down."""
    pans = numbers.cards(chance, 4)
    canvas, y = opened(chance, pans)
    for i, pan in enumerate(pans):
        turn = TILTS[strength] * chance.choice((1, -1))
        x, middle = MARGIN + (i % 2) * 250, y + 75 + (i // 2) * 160
        at = (x, middle + (60 if turn > 0 else -60) * strength / 3)
        end = canvas.text(short_label(canvas, chance) + " ", at, turn=turn)
        number_run(canvas, pan, end, separator=chance.choice(" -"), turn=turn)
    return closed(canvas, chance, y + 330)


TURNED_PT = 280.0
"""How long the longest label and number are, at 12 points."""
# Strength → the turns of the page's numbers, in degrees counter-clockwise.
TURNS: Mapping[int, tuple[float, ...]] = {1: (90, 90), 2: (-90, 90, -90), 3: (180, 90, 180, -90)}


def turned(chance: random.Random, strength: int) -> Drawing:
    """At right angles to the page or upside down, by TURNS, beside upright text."""
    turns = TURNS[strength]
    pans = numbers.cards(chance, len(turns) + 1)
    canvas, y = opened(chance, pans)
    number_run(canvas, pans[-1], (MARGIN, y), before=any_label(canvas, chance) + " ")
    for i, (pan, turn) in enumerate(zip(pans, turns, strict=False)):
        start = {
            90: (MARGIN + 30 + i * 60, y + TURNED_PT + 30),
            -90: (MARGIN + 30 + i * 60, y + 30),
            180: (canvas.right, y + 50 + i * 40),
        }[int(turn)]
        number_run(canvas, pan, start, before=short_label(canvas, chance) + " ", turn=turn)
    return closed(canvas, chance, y + TURNED_PT + 60)


# --- size and script ----------------------------------------------------------------------------

# Strength → points.
TINY_PT: Mapping[int, float] = {1: 5.0, 2: 4.0, 3: 3.0}
LARGE_PT: Mapping[int, float] = {1: 18.0, 2: 26.0, 3: 60.0}
INSIDE_EM = 0.5
"""What stays free at the right of the largest print."""


def tiny(chance: random.Random, strength: int) -> Drawing:
    """Small print, by TINY_PT."""
    pans = numbers.cards(chance, FEW)
    canvas, y = opened(chance, pans)
    small = TINY_PT[strength]
    for pan in pans:
        label = any_label(canvas, chance)
        end = canvas.text(label + " ", (MARGIN, y), small)
        number_run(canvas, pan, end, size=small, separator=chance.choice(" -"))
        y += 2.2 * small
    return closed(canvas, chance, y)


def large(chance: random.Random, strength: int) -> Drawing:
    """Large print, by LARGE_PT, or as large as the line is long."""
    pans = numbers.cards(chance, 4)
    canvas, y = opened(chance, pans)
    for pan in pans:
        separator = chance.choice((" ", "-", ""))
        whole = canvas.width(grouped(pan, separator), 1.0) + INSIDE_EM
        size = min(LARGE_PT[strength], (canvas.right - MARGIN) / whole)
        canvas.text(any_label(canvas, chance), (MARGIN, y))
        y += 1.2 * size + 4
        number_run(canvas, pan, (MARGIN, y), size=size, separator=separator)
        y += 12 + step(canvas)
    return closed(canvas, chance, y)


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
# Strength → separators; 3: in one piece.
WIDE_SEPARATORS: Mapping[int, tuple[str, ...]] = {1: ("－",), 2: ("\u3000", "‐", "ー"), 3: ("",)}


def full_width(chance: random.Random, strength: int) -> Drawing:
    """Full-width digits, as old Japanese systems print them, by WIDE_SEPARATORS."""
    pans = numbers.cards(chance, FEW)
    canvas, y = opened(chance, pans, japanese=True)
    y = listed(canvas, chance, pans, y, lambda c, pan, at: _wide(chance, c, pan, at, strength))
    return closed(canvas, chance, y)


def _wide(chance: random.Random, canvas: Canvas, pan: str, at: Point, strength: int) -> None:
    separator = chance.choice(WIDE_SEPARATORS[strength])
    item_run(canvas, "pan", grouped(pan, separator).translate(FULL_WIDTH), but_last_four(pan), at)


# --- what the issuer hides ----------------------------------------------------------------------

# In a form, D is a shown digit that goes, K one of the last four that stays, * a hidden digit.
# The forms are those of formats.md and of DESIGN.md, rule 4; all are of 16 digits, or Amex's 15.
PARTLY = (
    "DDDD-DD**-****-KKKK",
    "DDDD DD** **** KKKK",
    "DDDDDD******KKKK",
    "DDDD **** **** KKKK",
    "DDDD-****-****-KKKK",
    "DD** **** **** KKKK",
    "****-****-****-KKKK",
    "****-**DD-DDDD-KKKK",
    "************KKKK",
)
LAST_FOUR_HIDDEN = (
    "DDDD-DD**-****-****",
    "DDDD DD** **** ****",
    "DDDDDD**********",
    "DDDD-****-****-****",
    "DDDD DDDD **** ****",
    "DDDD-DDDD-DDDD-****",
)
FIRST_THIRTEEN = ("DDDD-DDDD-DDDD-D***", "DDDD DDDD DDDD D***", "DDDDDDDDDDDDD***")
AMEX_FIVE = (
    "****-******-DKKKK",
    "**** ****** DKKKK",
    "**********DKKKK",
    "DDDD-******-DKKKK",
    "DDDD DD**** DKKKK",
)
# Strength → what stands for a hidden digit, from the usual to the rare.
MASKS: Mapping[int, str] = {1: "*Xx", 2: "*＊•●", 3: "#･·○_■●"}


def partly_masked(chance: random.Random, strength: int) -> Drawing:
    """First digits and the last four shown, by PARTLY and MASKS."""
    return _masked_page(chance, strength, PARTLY)


def last_four_hidden(chance: random.Random, strength: int) -> Drawing:
    """The first digits shown and the last four hidden: every digit goes."""
    return _masked_page(chance, strength, LAST_FOUR_HIDDEN)


def first_thirteen(chance: random.Random, strength: int) -> Drawing:
    """All but the last three shown: every digit goes, for the last four are not there."""
    return _masked_page(chance, strength, FIRST_THIRTEEN)


def _masked_page(chance: random.Random, strength: int, forms: Sequence[str]) -> Drawing:
    pans = [numbers.card(chance, brand) for brand in ("visa", "mastercard", "jcb", "discover")]
    canvas, y = opened(chance, pans)
    masks = cycle(chance.sample(MASKS[strength], min(4, len(MASKS[strength]))))
    filled = iter(chance.choices(forms, k=len(pans)))

    def write(canvas: Canvas, pan: str, at: Point) -> None:
        _fill(canvas, next(filled), pan, at, next(masks))

    return closed(canvas, chance, listed(canvas, chance, pans, y, write))


def _fill(canvas: Canvas, form: str, pan: str, at: Point, mask: str, before: str = "") -> Point:
    """Writes a number in a form, whose hidden digits `mask` stands for."""
    digits = iter(pan[-form.count("D") - form.count("K") - form.count("*") :])
    filled = [(next(digits), kind) if kind in "DK*" else (kind, kind) for kind in form]
    printed = "".join(mask if kind == "*" else char for char, kind in filled)
    fates: tuple[Fate, ...] = tuple("mask" if k == "D" else "keep" for k in form if k in "DK")
    return item_run(canvas, "pan", printed, fates, at, before=before)


def black_boxes(chance: random.Random, strength: int) -> Drawing:
    """A black box for hidden digits; 1: a box a group, 2: a box a digit, 3: one box for all."""
    pans = [numbers.card(chance, brand) for brand in ("visa", "mastercard", "jcb", "discover")]
    canvas, y = opened(chance, pans)
    form = {1: "DDDD ####|####|KKKK", 2: "DDDDDD.. .... KKKK", 3: "DDDDDD========KKKK"}[strength]
    y = listed(canvas, chance, pans, y, lambda c, pan, at: _boxes(c, form, pan, at))
    return closed(canvas, chance, y)


def _boxes(canvas: Canvas, form: str, pan: str, at: Point) -> None:
    """D and K as in the forms above; `.` is a digit's box, `#` and `=` parts of a longer one."""
    shown = pan[: form.count("D")] + pan[-4:]
    fates: tuple[Fate, ...] = tuple("mask" if k == "D" else "keep" for k in form if k in "DK")
    labels, digits = iter(canvas.builder.item("pan", shown, fates)), iter(shown)
    side, (x, y), size = canvas.width("0"), at, canvas.style.size
    for kind in form:
        if kind in "DK":
            canvas.text(next(digits), (x, y), labels=(next(labels),))
        elif kind in ".#=":
            canvas.box((x, y - 0.75 * size), (side * (0.85 if kind == "." else 1.0), 0.8 * size))
        x += side * (0.5 if kind in " |" else 1.0)


ENDINGS_EN = ("Account Ending ", "Account ending in ", "Account Ending: ")
ENDINGS_JA = ("カード末尾 ", "Account Ending ")


def amex_endings(chance: random.Random, strength: int) -> Drawing:
    """The five digits that Amex shows; 1: masked number, 2: `Account Ending 7-21001`, 3: both.

    The last four of the number itself stay, so the first of the five goes, and the 7 before them.
    """
    pans = [numbers.card(chance, "amex") for _ in range(4)]
    canvas, y = opened(chance, pans, strength=strength, japanese=False)
    canvas.text("American Express", (MARGIN, y))
    y += step(canvas)
    for i, pan in enumerate(pans):
        if strength == 2 or (strength == 3 and i % 2):
            _fill(canvas, "D-DKKKK", pan, (MARGIN, y), "*", chance.choice(ENDINGS_EN))
        else:
            label = chance.choice(("Card Number ", "Membership Number "))
            _fill(canvas, chance.choice(AMEX_FIVE), pan, (MARGIN, y), "*Xx"[i % 3], label)
        y += step(canvas)
    return closed(canvas, chance, y)


# --- where the label is -------------------------------------------------------------------------

# Strength → the gap between a label and its number, in points.
GAPS: Mapping[int, float] = {1: 20.0, 2: 60.0, 3: 140.0}


def label_right(chance: random.Random, strength: int) -> Drawing:
    """The number right of its label, by GAPS; from 2 on it is known by nothing but the label."""
    return _label_page(chance, strength, below=False)


def label_above(chance: random.Random, strength: int) -> Drawing:
    """The number below its label; from 2 on it is known by nothing but the label."""
    return _label_page(chance, strength, below=True)


def _label_page(chance: random.Random, strength: int, *, below: bool) -> Drawing:
    pans = [_unknown(chance, strength) for _ in range(4)]
    canvas, y = opened(chance, pans)
    for pan in pans:
        label = chance.choice(SURE_JA if canvas.style.japanese else SURE_EN)
        end = canvas.text(label, (MARGIN, y))
        at = (MARGIN, y + 1.5 * canvas.style.size) if below else (end[0] + GAPS[strength], y)
        number_run(canvas, pan, at, separator=" " if strength == 1 else "")
        y += (3.2 if below else LEADING) * canvas.style.size
    return closed(canvas, chance, y)


def _unknown(chance: random.Random, strength: int) -> str:
    """A card number that fails Luhn where only its label is to speak for it."""
    brand = chance.choice(NO_LUHN)
    return draw.pan(brand, chance.randrange(10**9), luhn=strength == 1)


# --- colour -------------------------------------------------------------------------------------

# Strength → ink and paper. The contrast (WCAG 2.2, 1.4.3) falls from above 10 to about 4 and 2.5.
DARK: Mapping[int, tuple[tuple[Rgb, Rgb], ...]] = {
    1: ((WHITE, (10, 10, 20)), (WHITE, (20, 40, 90)), ((250, 240, 180), (20, 20, 20))),
    2: (((210, 210, 210), (70, 70, 80)), (WHITE, (0, 110, 120)), (WHITE, (170, 60, 60))),
    3: (((180, 180, 180), (95, 95, 95)), ((150, 170, 200), (60, 75, 110))),
}
COLOURED: Mapping[int, tuple[tuple[Rgb, Rgb], ...]] = {
    1: (((20, 20, 90), (255, 250, 220)), ((90, 0, 0), (255, 235, 235)), ((0, 60, 30), WHITE)),
    2: (((190, 40, 40), (255, 230, 200)), ((0, 110, 160), (225, 240, 220))),
    3: (((225, 120, 40), (255, 250, 225)), ((90, 150, 130), (235, 240, 225))),
}


def light_on_dark(chance: random.Random, strength: int) -> Drawing:
    """A dark page, by DARK."""
    return _in_colours(statement(chance, 1), *chance.choice(DARK[strength]))


def coloured(chance: random.Random, strength: int) -> Drawing:
    """Coloured paper and coloured text, by COLOURED."""
    return _in_colours(statement(chance, 1), *chance.choice(COLOURED[strength]))


def _in_colours(drawing: Drawing, ink: Rgb, paper: Rgb) -> Drawing:
    """The whole page in these colours; rules and tints are mixed from both, the top bar stays."""
    runs = tuple(run if run.colour == WHITE else replace(run, colour=ink) for run in drawing.runs)
    tint = tuple(round(0.85 * p + 0.15 * i) for i, p in zip(ink, paper, strict=True))
    boxes = tuple(
        box if box.at == (0, 0) else replace(box, fill=(tint[0], tint[1], tint[2]))
        for box in drawing.boxes
    )
    return replace(drawing, runs=runs, background=paper, boxes=boxes)


# --- known from elsewhere -----------------------------------------------------------------------

# Strength → how many digits in a row are printed again; fewer than six may stay (rule 5).
AGAIN: Mapping[int, tuple[int, ...]] = {1: (12, 13), 2: (8, 9, 10), 3: (6, 7)}
PLACES_JA = ("整理番号", "照会", "ID", "控え")
PLACES_EN = ("Ref", "Trace", "ID", "Slip")


def known_elsewhere(chance: random.Random, strength: int) -> Drawing:
    """Three whole numbers, and stretches of them in other places, by AGAIN."""
    pans = numbers.cards(chance, 3)
    canvas, y = opened(chance, pans)
    y = listed(canvas, chance, pans, y, number_run)
    y += step(canvas)
    for pan in (*pans, *pans[:2]):
        place = chance.choice(PLACES_JA if canvas.style.japanese else PLACES_EN)
        end = canvas.text(place + " ", (MARGIN, y))
        _again(canvas, pan, end, *_stretch(chance, pan, strength))
        y += step(canvas)
    return closed(canvas, chance, y)


def _stretch(chance: random.Random, pan: str, strength: int) -> tuple[int, int]:
    """Where it starts and ends: before the last four, or after all of them."""
    if chance.random() < 1 / 3:
        length = min(chance.choice(AGAIN[strength]), len(pan) - 2)
        return len(pan) - length, len(pan)
    length = min(chance.choice(AGAIN[strength]), len(pan) - 5)
    start = chance.choice((0, chance.randint(1, len(pan) - 4 - length)))
    return start, start + length


def _again(canvas: Canvas, pan: str, at: Point, start: int, end: int) -> None:
    """The number's own last four may stay, and only where the stretch has all of them."""
    kept = 4 if end == len(pan) else 0
    item_run(canvas, "pan", pan[start:end], but_last_four(pan[start:end], kept), at)


# --- look-alikes --------------------------------------------------------------------------------

COLUMN = ("mobile", "landline", "iban", "jan", "isbn", "acquirer", "reference", "tracking")
MORE = ("order", "tracking", "reference", "parcel", "merchant", "abroad", "approval", "free-dial")


def look_alikes(chance: random.Random, strength: int) -> Drawing:
    """One card number and some twenty others; 1: labelled, 2: without labels, 3: close columns."""
    pans = numbers.cards(chance, 1)
    canvas, y = opened(chance, pans, strength=strength)
    number_run(canvas, pans[0], (MARGIN, y), before=any_label(canvas, chance) + " ")
    y = _in_two_columns(canvas, chance, y + 2 * step(canvas), label=strength == 1)
    y = _dates_in_a_row(canvas, chance, y + step(canvas), gap=24 / strength)
    y = _amounts_in_columns(canvas, chance, y + step(canvas), gap=60 / strength)
    return canvas.drawing()


def _in_two_columns(canvas: Canvas, chance: random.Random, y: float, *, label: bool) -> float:
    left = chance.sample(COLUMN, 6)
    for one, other in zip(left, chance.sample(MORE, 6), strict=True):
        for x, name in ((MARGIN, one), (MARGIN + 260, other)):
            lookalike_run(canvas, canvas.lookalike(chance, name), (x, y), label=label)
        y += step(canvas)
    return y


def _dates_in_a_row(canvas: Canvas, chance: random.Random, y: float, gap: float) -> float:
    x = MARGIN
    for _ in range(4):
        end = lookalike_run(canvas, canvas.lookalike(chance, "date"), (x, y), label=False)
        x = end[0] + max(gap, canvas.width("0"))
    return y + step(canvas)


def _amounts_in_columns(canvas: Canvas, chance: random.Random, y: float, gap: float) -> float:
    """Right-aligned, four lines of three."""
    for _ in range(4):
        for column in range(3):
            x = MARGIN + 70 + column * (60 + gap)
            right_run(canvas, canvas.lookalike(chance, "amount"), (x, y))
        y += 1.3 * canvas.style.size
    return y


# --- the table ----------------------------------------------------------------------------------

DRAWINGS: Mapping[str, Draw] = {
    "plain": statement,
    "brands": brands,
    "luhn-failing": luhn_failing,
    "separators": separators,
    "letter-spaced": letter_spaced,
    "boxed": boxed,
    "glued": glued,
    "wrapped": wrapped,
    "piled": piled,
    "vertical": vertical,
    "vertical-dashed": vertical_dashed,
    "tilted": tilted,
    "turned": turned,
    "tiny": tiny,
    "large": large,
    "full-width": full_width,
    "partly-masked": partly_masked,
    "black-boxes": black_boxes,
    "last-four-hidden": last_four_hidden,
    "first-thirteen": first_thirteen,
    "amex-endings": amex_endings,
    "label-right": label_right,
    "label-above": label_above,
    "light-on-dark": light_on_dark,
    "coloured": coloured,
    "known-elsewhere": known_elsewhere,
    "look-alikes": look_alikes,
}


CASES: Mapping[str, Callable[[Spec, random.Random], Case]] = {
    klass: partial(case_by, draw_page) for klass, draw_page in DRAWINGS.items()
}
