"""A page's head and foot, around what a class of text sets between them.

chance, PANs ─opened→ Canvas, y ─a class's own part→ y ─closed→ Drawing
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

from bench.corpus.drawing import Drawing
from bench.corpus.layout import (
    LABELS_EN,
    LABELS_JA,
    LEADING,
    MARGIN,
    Canvas,
    Point,
    contacts,
    heading,
    holder,
    purchases,
    style,
)
from tests.draw import A4, LETTER

Draw: TypeAlias = Callable[[random.Random, int], Drawing]
"""Chance, strength → the page."""
Write: TypeAlias = Callable[[Canvas, str, Point], object]
"""Writes a card number where its line begins."""
SOME = ("order", "tracking", "reference", "jan", "parcel")


def opened(
    chance: random.Random, pans: Sequence[str], *, strength: int = 1, japanese: bool | None = None
) -> tuple[Canvas, float]:
    """A page with its head, and the baseline where the class begins."""
    look = style(chance, strength, japanese)
    canvas = Canvas(chance.choice((A4, LETTER)), look, pans)
    return canvas, holder(canvas, heading(canvas, chance)) + look.size


def closed(canvas: Canvas, chance: random.Random, y: float) -> Drawing:
    """The page with a few look-alikes below the class's own part, as far as there is room."""
    y += canvas.style.size
    if y + 6 * canvas.style.size * LEADING < canvas.bottom:
        y = purchases(canvas, chance, (*chance.sample(SOME, 2), "amount"), y)
    contacts(canvas, chance, chance.sample(("mobile", "landline", "free-dial", "abroad"), 1), y)
    return canvas.drawing()


def any_label(canvas: Canvas, chance: random.Random) -> str:
    """One of a card's labels, in the page's language."""
    return chance.choice(LABELS_JA if canvas.style.japanese else LABELS_EN)


def short_label(canvas: Canvas, chance: random.Random) -> str:
    """A label for lines that have to stay short."""
    return chance.choice(
        ("カード番号", "会員番号") if canvas.style.japanese else ("Card number", "Card No.")
    )


def step(canvas: Canvas) -> float:
    """From one baseline to the next, in points."""
    return canvas.style.size * LEADING


def listed(
    canvas: Canvas, chance: random.Random, pans: Sequence[str], y: float, write: Write
) -> float:
    """One number a line, every other one with a label; returns the next baseline."""
    for i, pan in enumerate(pans):
        text = any_label(canvas, chance) if i % 2 == 0 else f"({i + 1})"
        end = canvas.text(text, (MARGIN, y))
        write(canvas, pan, (max(end[0] + 14, MARGIN + 140), y))
        y += step(canvas)
    return y
