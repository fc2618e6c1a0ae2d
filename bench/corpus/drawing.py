"""The neutral drawing that every producer turns into a document: runs of text, each digit labelled.

Builder.number(…) → Drawing(runs, items) ─producer(drawing, ink)→ PDF bytes
                                             ink = printed: as a person sees it
                                             ink = labelled: each digit in its label's colour
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from bench.corpus.truth import Fate, Item, Kind, Labels

Rgb: TypeAlias = tuple[int, int, int]
BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)
LABEL_BLUE = 200
"""The blue part of a label's colour; nothing else on a labelled page has it."""
STEP = 4
"""From one label's red or green to the next; renderers turn a colour's fraction up or down by 1."""
MOST_LABELS = 64 * 64 - 1


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; `at` is where its baseline starts, in points from the page's top-left.

    `turn` is in degrees counter-clockwise about `at`; `spacing` in points is added after every
    character; `labels` has one entry a character, 0 where it is no digit of an item.
    """

    text: str = field(repr=False)
    at: tuple[float, float]
    size: float
    font: str
    labels: tuple[int, ...] = field(default=(), repr=False)
    turn: float = 0.0
    spacing: float = 0.0
    colour: Rgb = BLACK


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle: `at` is its top-left corner and `size` its width and height, in points.

    A rule is a thin one, a tint or a black box for hidden digits a thick one.
    """

    at: tuple[float, float]
    size: tuple[float, float]
    fill: Rgb = BLACK


@dataclass(frozen=True, slots=True)
class Drawing:
    """One page; `size` is in points, `background` the paper; `boxes` lie under the runs."""

    size: tuple[float, float]
    runs: tuple[Run, ...]
    items: tuple[Item, ...]
    background: Rgb = WHITE
    boxes: tuple[Box, ...] = ()

    def bare(self) -> Drawing:
        """The same text on white paper without a box: what is drawn `labelled`."""
        return replace(self, background=WHITE, boxes=())


Ink: TypeAlias = Callable[[Run, int], Rgb]
"""The colour of a run's i-th character."""
Producer: TypeAlias = Callable[[Drawing, Ink], bytes]
"""Draws a page as a PDF; where `ink` is the same for a whole run, the run is drawn as one."""


def printed(run: Run, index: int) -> Rgb:
    """As a person sees it."""
    return run.colour


def labelled(run: Run, index: int) -> Rgb:
    """Each digit in its label's colour, everything else invisible."""
    label = run.labels[index] if run.labels else 0
    return label_colour(label) if label else WHITE


def label_colour(label: int) -> Rgb:
    """Six bits in red and six in green, far enough apart for a renderer that rounds down.

    Raises:
        ValueError: the label is over `MOST_LABELS`.
    """
    if not 0 < label <= MOST_LABELS:
        raise ValueError(f"a page has labels from 1 to {MOST_LABELS}, not {label}")
    return ((label & 63) * STEP + STEP // 2, (label >> 6) * STEP + STEP // 2, LABEL_BLUE)


def labels_of(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Labels:
    """H × W × 3 pixels of a labelled page, drawn without antialiasing → its labels."""
    red, green, blue = (pixels[..., i].astype(np.uint16) for i in range(3))
    drawn = (blue >= LABEL_BLUE - 1) & (blue <= LABEL_BLUE + 1)
    return np.where(drawn, red // STEP | green // STEP << 6, 0).astype(np.uint16)


class Builder:
    """Deals out labels while a page is laid out."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._next = 1

    def item(self, kind: Kind, printed: str, fates: tuple[Fate, ...]) -> tuple[int, ...]:
        """Note an item; returns a label for each character of `printed` (0: no digit)."""
        digits = "".join(str(int(char)) for char in printed if char.isdigit())
        self._items.append(Item(kind, printed, digits, fates, self._next))
        labels = []
        for char in printed:
            labels.append(self._next if char.isdigit() else 0)
            self._next += char.isdigit()
        return tuple(labels)

    @property
    def items(self) -> tuple[Item, ...]:
        """Those noted so far."""
        return tuple(self._items)
