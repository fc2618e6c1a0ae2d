"""Lays a statement out: neutral pages with card numbers and what looks like them, each labelled.

    chance ─style→ Style ─▶ Canvas ─number_run, lookalike_run, table …→ Canvas.drawing() → Drawing

Positions are in points from the page's top-left corner; a position of text is where its baseline
starts. Every page leaves a blank of at least `STAMP_SPACE` for what prepdoc adds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias, TypedDict, Unpack

from bench.corpus import fonts, numbers
from bench.corpus.drawing import BLACK, WHITE, Box, Builder, Drawing, Rgb, Run
from bench.corpus.numbers import LookAlike, all_kept, but_last_four
from bench.corpus.truth import Fate, Kind
from tests.draw import A4, LETTER, grouped

Point: TypeAlias = tuple[float, float]
Size: TypeAlias = tuple[float, float]

MARGIN = 50.0
HAIR = 0.6
STAMP_SPACE: Size = (200.0, 80.0)
"""Width and height in points that stay blank above the bottom margin."""
LEADING = 1.75
"""From one baseline to the next, in font sizes."""
GREY: Rgb = (110, 110, 110)
RULE: Rgb = (170, 170, 170)
PALE: Rgb = (236, 240, 245)
# Strength → the sizes of print in points: from what most statements have to their small print.
SIZES: Mapping[int, tuple[float, float]] = {1: (10.0, 12.0), 2: (9.0, 10.0), 3: (8.0, 9.0)}
# Strength → inks; 3 is the grey of a dull printer, which a person still reads.
INKS: Mapping[int, tuple[Rgb, ...]] = {
    1: (BLACK,),
    2: (BLACK, (40, 40, 60)),
    3: ((60, 60, 60), (90, 90, 90)),
}
# Strength → what stands between the groups of a card; "" only where a brand and Luhn agree.
SEPARATORS: Mapping[int, tuple[str, ...]] = {1: ("-", " "), 2: ("-", " ", ""), 3: (" ", "")}

LABELS_JA = ("ご利用カード番号", "カード番号", "ご利用カード", "クレジットカード番号", "会員番号")
LABELS_EN = (
    "Card number",
    "Account number",
    "Card No.",
    "Primary Account Number",
    "Credit card number",
)
MEMBERS_JA = ("本会員", "家族", "ETC")
MEMBERS_EN = ("Member", "Gold", "Platinum")
SHOPS_JA = ("スーパーひだまり", "トコトコ書店", "みなもモバイル", "喫茶こもれび", "ひだまり電力")
SHOPS_EN = ("GREEN BASKET", "PRAIRIE POWER", "CORNER BOOKS", "CAFE LINDEN", "EXAMPLE AIR")
DETAILS = ("order", "tracking", "reference", "acquirer", "jan", "isbn", "parcel", "merchant")
CONTACTS = ("mobile", "landline", "free-dial", "abroad", "bank-account", "iban", "approval")


@dataclass(frozen=True, slots=True)
class Style:
    """How a page is printed: `main` is tried first for each character, then `other`."""

    japanese: bool
    main: str
    other: str
    size: float
    ink: Rgb = BLACK


def style(chance: random.Random, strength: int = 1, japanese: bool | None = None) -> Style:
    """A language, two fonts that at least two producers can write, size and ink."""
    japanese = chance.random() < 0.5 if japanese is None else japanese
    main, other = _fonts(chance, japanese)
    size = round(chance.uniform(*SIZES[strength]), 1)
    return Style(japanese, main, other, size, chance.choice(INKS[strength]))


def _fonts(chance: random.Random, japanese: bool) -> tuple[str, str]:
    script = chance.choice(("latin", "japanese")) if japanese else "latin"
    main = chance.choice(fonts.keys("japanese" if script == "japanese" else "latin"))
    if script == "japanese":
        return main, main
    plain = fonts.FACES[main].kind in ("core", "truetype")
    return main, chance.choice(fonts.keys("japanese", *(("truetype",) if plain else ())))


class Canvas:
    """A page being laid out: what is written so far, the cards it shows, and what labels are left.

    `pans` are all card numbers of the page; look-alikes are dealt so that they share no stretch.
    """

    def __init__(self, size: Size, style: Style, pans: Sequence[str] = ()) -> None:
        self.size, self.style, self.pans = size, style, tuple(pans)
        self.builder = Builder()
        self.runs: list[Run] = []
        self.boxes: list[Box] = []
        self.background: Rgb = WHITE

    @property
    def right(self) -> float:
        """Where the right margin begins."""
        return self.size[0] - MARGIN

    @property
    def bottom(self) -> float:
        """The last baseline above the blank for a stamp."""
        return self.size[1] - MARGIN - STAMP_SPACE[1]

    def width(self, text: str, size: float | None = None, spacing: float = 0.0) -> float:
        """How far the text would reach, in points."""
        size = size or self.style.size
        return sum(fonts.width(font, part, size, spacing) for font, part in self._parts(text))

    def text(
        self,
        text: str,
        at: Point,
        size: float | None = None,
        *,
        labels: Sequence[int] = (),
        colour: Rgb | None = None,
        turn: float = 0.0,
        spacing: float = 0.0,
    ) -> Point:
        """Writes one line, in as many runs as fonts are needed; returns where it ends."""
        size, start = size or self.style.size, 0
        for font, part in self._parts(text):
            marks = tuple(labels[start : start + len(part)])
            ink = self.style.ink if colour is None else colour
            self.runs.append(Run(part, at, size, font, marks, turn, spacing, ink))
            at = along(at, turn, fonts.width(font, part, size, spacing))
            start += len(part)
        return at

    def box(self, at: Point, size: Size, fill: Rgb = BLACK) -> None:
        """A filled rectangle under the text."""
        self.boxes.append(Box(at, size, fill))

    def rule(self, y: float, left: float = MARGIN, right: float | None = None) -> None:
        """A hairline across the page."""
        self.box((left, y), ((right or self.right) - left, HAIR), RULE)

    def frame(self, at: Point, size: Size, thick: float = HAIR, colour: Rgb = BLACK) -> None:
        """Four lines around a rectangle, inside it."""
        (x, y), (width, height) = at, size
        for top in (y, y + height - thick):
            self.box((x, top), (width, thick), colour)
        for left in (x, x + width - thick):
            self.box((left, y), (thick, height), colour)

    def lookalike(self, chance: random.Random, name: str) -> LookAlike:
        """One that stays readable beside this page's cards."""
        return numbers.lookalike(chance, name, self.pans)

    def drawing(self) -> Drawing:
        """The page as it stands."""
        items, runs, boxes = self.builder.items, tuple(self.runs), tuple(self.boxes)
        return Drawing(self.size, runs, items, self.background, boxes)

    def _parts(self, text: str) -> Iterator[tuple[str, str]]:
        """The text cut where the font changes."""
        for font, chars in groupby(text, self._font):
            yield font, "".join(chars)

    def _font(self, char: str) -> str:
        for font in (self.style.main, self.style.other, *FALLBACKS):
            if fonts.covers(font, char):
                return font
        raise ValueError(f"no font has U+{ord(char):04X}")


FALLBACKS = ("japan", "dejavu-sans")
"""For characters that the page's own fonts lack: mask characters, rare dashes."""


def along(at: Point, turn: float, length: float) -> Point:
    """The point `length` further on a line that is turned counter-clockwise by degrees."""
    angle = math.radians(turn)
    return at[0] + length * math.cos(angle), at[1] - length * math.sin(angle)


# --- building blocks ----------------------------------------------------------------------------


class Writing(TypedDict, total=False):
    """How `item_run` writes an item."""

    before: str
    after: str
    size: float | None
    colour: Rgb | None
    turn: float
    spacing: float


def item_run(
    canvas: Canvas,
    kind: Kind,
    printed: str,
    fates: tuple[Fate, ...],
    at: Point,
    *,
    before: str = "",
    after: str = "",
    size: float | None = None,
    colour: Rgb | None = None,
    turn: float = 0.0,
    spacing: float = 0.0,
) -> Point:
    """Writes an item with what is glued to it; returns where it ends."""
    labels = (0,) * len(before) + canvas.builder.item(kind, printed, fates) + (0,) * len(after)
    text = before + printed + after
    return canvas.text(text, at, size, labels=labels, colour=colour, turn=turn, spacing=spacing)


def number_run(
    canvas: Canvas,
    pan: str,
    at: Point,
    *,
    separator: str = "-",
    **how: Unpack[Writing],
) -> Point:
    """Writes a whole card number in its own groups, all masked but the last four."""
    return item_run(canvas, "pan", grouped(pan, separator), but_last_four(pan), at, **how)


def lookalike_run(
    canvas: Canvas, other: LookAlike, at: Point, *, size: float | None = None, label: bool = True
) -> Point:
    """Writes a look-alike with what stands before it."""
    before = other.label(canvas.style.japanese)
    before = f"{before} " if label and not before.endswith(("〒", " ")) else before * label
    return item_run(
        canvas, "lookalike", other.printed, all_kept(other.printed), at, before=before, size=size
    )


def right_run(
    canvas: Canvas, other: LookAlike, at: Point, *, before: str = "", size: float | None = None
) -> Point:
    """Writes a look-alike without its label so that it ends at a position, as amounts do."""
    start = (at[0] - canvas.width(before + other.printed, size), at[1])
    fates = all_kept(other.printed)
    return item_run(canvas, "lookalike", other.printed, fates, start, before=before, size=size)


def heading(canvas: Canvas, chance: random.Random) -> float:
    """Issuer, title and the month; returns the next baseline."""
    japanese = canvas.style.japanese
    bar = chance.choice(((0, 98, 112), (24, 44, 92), (120, 30, 40), (60, 60, 60)))
    canvas.box((0, 0), (canvas.size[0], 34), bar)
    canvas.text("みずたまカード" if japanese else "Mizutama Card", (MARGIN, 23), 13, colour=WHITE)
    title = "ご利用代金明細書" if japanese else "Credit card statement"
    end = canvas.text(title, (MARGIN, 66), 16)
    month = "11月お支払い分" if japanese else "November"
    canvas.text(month, (end[0] + 16, 66), 10, colour=GREY)
    canvas.rule(74)
    return 74 + 2 * canvas.style.size


def holder(canvas: Canvas, y: float) -> float:
    """The cardholder's name and address; returns the next baseline."""
    japanese, step = canvas.style.japanese, canvas.style.size * LEADING
    lines = (
        ("髙﨑 花子 様", "東京都港区青葉坂三丁目メゾン青葉坂")
        if japanese
        else ("Hanako Takasaki", "Example Street, Springfield IL")
    )
    for line in lines:
        canvas.text(line, (MARGIN, y))
        y += step
    return y


def labelled_number(
    canvas: Canvas, chance: random.Random, pan: str, y: float, *, separator: str = "-"
) -> float:
    """A label and a card number right of it, near or in a column; returns the next baseline."""
    label = chance.choice(LABELS_JA if canvas.style.japanese else LABELS_EN)
    near = chance.random() < 0.5
    end = canvas.text(label + (":" if near else ""), (MARGIN, y))
    x = end[0] + canvas.style.size / 2 if near else max(MARGIN + 130, end[0] + 12)
    number_run(canvas, pan, (x, y), separator=separator)
    return y + canvas.style.size * LEADING


def card_table(
    canvas: Canvas, chance: random.Random, pans: Sequence[str], y: float, separators: Sequence[str]
) -> float:
    """One row a card: who, its number without a label, an amount; returns the next baseline."""
    japanese, step = canvas.style.japanese, canvas.style.size * LEADING
    header = ("カード", "番号", "ご利用額") if japanese else ("Card", "Number", "Total")
    y = _header(canvas, header, y)
    for pan in pans:
        canvas.text(chance.choice(MEMBERS_JA if japanese else MEMBERS_EN), (MARGIN, y))
        number_run(canvas, pan, (_columns(canvas)[1], y), separator=chance.choice(separators))
        canvas.text(f"{chance.randint(1000, 99999):,}", (canvas.right - 70, y))
        canvas.rule(y + step * 0.3)
        y += step
    return y + step / 2


def _columns(canvas: Canvas) -> tuple[float, float, float]:
    return MARGIN, MARGIN + 90, canvas.right - 70


def _header(canvas: Canvas, titles: Sequence[str], y: float) -> float:
    step = canvas.style.size * LEADING
    canvas.box((MARGIN - 4, y - step * 0.65), (canvas.right - MARGIN + 8, step * 0.95), PALE)
    for title, x in zip(titles, _columns(canvas), strict=True):
        canvas.text(title, (x, y), canvas.style.size - 0.5, colour=GREY)
    return y + step


def purchases(canvas: Canvas, chance: random.Random, names: Sequence[str], y: float) -> float:
    """A table of transactions, one with each look-alike named; returns the next baseline.

    Dates and amounts stand in columns, as items of their own where they are named.
    """
    japanese, step = canvas.style.japanese, canvas.style.size * LEADING
    header = ("利用日", "利用先", "金額") if japanese else ("Date", "Merchant", "Amount")
    y = _header(canvas, header, y)
    details = [name for name in names if name not in ("date", "amount")]
    for i in range(max(3, len(details))):
        if y > canvas.bottom:
            break
        _purchase(canvas, chance, details[i] if i < len(details) else "", names, y)
        y += step
    canvas.rule(y - step * 0.6)
    return y + step / 2


def _purchase(
    canvas: Canvas, chance: random.Random, detail: str, names: Sequence[str], y: float
) -> None:
    day, amount = canvas.lookalike(chance, "date"), canvas.lookalike(chance, "amount")
    if "date" in names:
        lookalike_run(canvas, day, (MARGIN, y), label=False)
    else:
        canvas.text(day.printed, (MARGIN, y))
    end = canvas.text(
        chance.choice(SHOPS_JA if canvas.style.japanese else SHOPS_EN), (_columns(canvas)[1], y)
    )
    if detail:
        other = canvas.lookalike(chance, detail)
        lookalike_run(canvas, other, (end[0] + 10, y), size=canvas.style.size - 1)
    if "amount" in names:
        right_run(canvas, amount, (canvas.right, y))
    else:
        canvas.text(amount.printed, (canvas.right - canvas.width(amount.printed), y))


def contacts(canvas: Canvas, chance: random.Random, names: Sequence[str], y: float) -> float:
    """Look-alikes with their labels, one a line; returns the next baseline."""
    for name in names:
        if y > canvas.bottom:
            break
        lookalike_run(canvas, canvas.lookalike(chance, name), (MARGIN, y))
        y += canvas.style.size * LEADING
    return y


# --- the neutral page ---------------------------------------------------------------------------


def statement(chance: random.Random, strength: int = 1, numbers: int = 5) -> Drawing:
    """An A4 or Letter page with so many cards of mixed brands, and 4 to 8 look-alikes' kinds.

    About a half of the cards has a label, the others stand in a table. Strength is the smallness
    and paleness of the print, and how often a number has no separators.
    """
    return statement_canvas(chance, style(chance, strength), strength, numbers).drawing()


def statement_canvas(
    chance: random.Random, look: Style, strength: int = 1, count: int = 5
) -> Canvas:
    """The same page in a given style, still open for what a class adds below `Canvas.bottom`."""
    pans = numbers.cards(chance, count)
    canvas = Canvas(chance.choice((A4, LETTER)), look, pans)
    y = holder(canvas, heading(canvas, chance))
    y = _postal_line(canvas, chance, y)
    with_label = count - count // 2
    for pan in pans[:with_label]:
        y = labelled_number(canvas, chance, pan, y, separator=chance.choice(SEPARATORS[strength]))
    if count > with_label:
        y += look.size
        y = card_table(canvas, chance, pans[with_label:], y, SEPARATORS[strength])
    return _with_lookalikes(canvas, chance, y + look.size / 2)


def _postal_line(canvas: Canvas, chance: random.Random, y: float) -> float:
    lookalike_run(canvas, canvas.lookalike(chance, "postal-code"), (MARGIN, y))
    return y + canvas.style.size * LEADING * 1.5


def _with_lookalikes(canvas: Canvas, chance: random.Random, y: float) -> Canvas:
    details = chance.sample(DETAILS, chance.randint(2, 4))
    columns = [chance.choice(("date", "amount"))]
    y = purchases(canvas, chance, details + columns, y)
    contacts(canvas, chance, chance.sample(CONTACTS, chance.randint(1, 2)), y)
    return canvas


def recoloured(drawing: Drawing, ink: Rgb, background: Rgb) -> Drawing:
    """The same page in other ink on other paper; boxes are left out."""
    runs = tuple(replace(run, colour=ink) for run in drawing.runs)
    return replace(drawing, runs=runs, background=background, boxes=())
