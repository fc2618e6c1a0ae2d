"""Classes of what people do to their papers before they scan them: marker pens, seals, ballpoint
pens, dirt.

    Source ─inked(strength)→ Source, a bit askew and noisy, as a scanner has it

Ink is laid over print as glass of its colour would be: what is dark stays dark.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from bench.corpus import degrading
from bench.corpus.degrading import Picture
from bench.corpus.drawing import WHITE, Rgb
from bench.corpus.numbers import LAST_FOUR
from bench.corpus.picture_classes import Source, filed, page
from bench.corpus.truth import Case, Spec

MARKERS: tuple[Rgb, ...] = (
    (250, 235, 60),
    (140, 230, 100),
    (250, 170, 70),
    (110, 190, 250),
    (250, 130, 190),
)
SEALS: tuple[Rgb, ...] = ((215, 60, 45), (190, 30, 40), (200, 40, 90))
PENS: tuple[Rgb, ...] = ((30, 60, 160), (20, 20, 30), (190, 30, 40), (20, 110, 70))
SOFT_PX = 0.7
"""How soft the edges of ink are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands: the box around its ink, in pixels, and the middle of each digit."""

    left: float
    top: float
    right: float
    bottom: float
    digits: tuple[float, ...]

    @property
    def high(self) -> float:
        """The height of its print."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The row of pixels halfway down."""
        return (self.top + self.bottom) / 2


Ink: TypeAlias = Callable[[ImageDraw.ImageDraw, Place, random.Random, int], None]
"""Draws on white paper, which is laid over the page, beside one number."""


def places(source: Source) -> Iterator[Place]:
    """Of each card number on the page, upright."""
    picture = source.picture
    scale = picture.size[0] / picture.labels.shape[0]
    for item in source.items:
        if item.kind != "pan" or not item.ink:
            continue
        spots = [np.argwhere(picture.labels == label) * scale for label in item.labels]
        ink = np.concatenate(spots)
        (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
        middles = tuple(float(spot[:, 1].mean()) for spot in spots)
        yield Place(float(left), float(top), float(right), float(bottom), middles)


def inked(ink: Ink, spec: Spec, chance: random.Random) -> Case:
    """A statement on which somebody left this ink at each number, then scanned."""
    source = page(chance, spec.strength)
    height, width = source.picture.size
    sheet = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(sheet)
    for place in places(source):
        ink(draw, place, chance, spec.strength)
    laid = np.asarray(sheet.filter(ImageFilter.GaussianBlur(SOFT_PX)), np.uint16)
    pixels = degrading.clipped(source.picture.pixels * (laid / 255))
    picture = Picture(pixels, source.picture.labels)
    picture = degrading.skewed(picture, chance.uniform(-0.8, 0.8), (252, 252, 250))
    picture = degrading.noisy(degrading.blurred(picture, 0.4), chance, 2.0 * spec.strength)
    return filed(spec, replace(source, picture=picture), chance)


def marker(draw: ImageDraw.ImageDraw, at: Place, chance: random.Random, strength: int) -> None:
    """A highlighter over the number; from 2 on over a part of it, at 3 in two strokes."""
    colour, over = chance.choice(MARKERS), chance.uniform(0.25, 0.5) * at.high
    begin = at.left - at.high if strength == 1 else chance.choice(at.digits[:6])
    end = at.right + at.high if strength == 1 else chance.choice(at.digits[-6:])
    draw.line(
        ((begin, at.middle), (end, at.middle + chance.uniform(-2, 2))),
        colour,
        round(at.high + 2 * over),
    )
    if strength == 3:
        low = at.bottom - over
        draw.line(((at.left, low), (at.right, low)), chance.choice(MARKERS), round(at.high))


def seal(draw: ImageDraw.ImageDraw, at: Place, chance: random.Random, strength: int) -> None:
    """A red seal over some digits: a ring, or a square at 3, with strokes as of a name in it."""
    colour = chance.choice(SEALS)
    radius = at.high * chance.uniform(1.2, 1.6 + 0.4 * strength)
    x, y = chance.choice(at.digits), at.middle + chance.uniform(-0.5, 0.5) * radius
    thick = max(2, round(0.06 * radius))
    frame = draw.rectangle if strength == 3 else draw.ellipse
    frame((x - radius, y - radius, x + radius, y + radius), outline=colour, width=thick)
    for _ in range(3 + 2 * strength):
        across, down = (chance.uniform(-0.6, 0.6) * radius for _ in range(2))
        long, standing = chance.uniform(0.3, 0.6) * radius, chance.random() < 0.5
        dx, dy = (0.0, long) if standing else (long, 0.0)
        start, end = (x + across - dx, y + down - dy), (x + across + dx, y + down + dy)
        draw.line((start, end), colour, thick)


def pen(draw: ImageDraw.ImageDraw, at: Place, chance: random.Random, strength: int) -> None:
    """A ballpoint's underline that touches the digits; at 2 a ring around them; at 3 a line through
    them.
    """
    colour, thick = chance.choice(PENS), max(1, round(at.high * 0.08))
    shake = [chance.uniform(-0.06, 0.06) * at.high for _ in range(4)]
    if strength == 2:
        box = (
            at.left - 0.4 * at.high + shake[0],
            at.top - 0.25 * at.high + shake[1],
            at.right + 0.4 * at.high + shake[2],
            at.bottom + 0.25 * at.high + shake[3],
        )
        draw.ellipse(box, outline=colour, width=thick)
        return
    y = at.bottom if strength == 1 else at.middle
    steps = zip(np.linspace(at.left, at.right, 4).tolist(), shake, strict=True)
    draw.line([(x, y + by) for x, by in steps], colour, thick)


def line(draw: ImageDraw.ImageDraw, at: Place, chance: random.Random, strength: int) -> None:
    """A line through all of the number that is to strike it out: a ballpoint's, a felt pen's at 2,
    two that cross at 3.
    """
    thick = max(2, round(at.high * (0.1, 0.2, 0.14)[strength - 1]))
    steps = np.linspace(at.left - at.high, at.right + at.high * chance.uniform(0.2, 1), 9).tolist()
    for falls in (0.25, -0.25)[: 2 if strength == 3 else 1]:
        fall = falls * at.high * chance.uniform(0.3, 1)
        heights = np.linspace(at.middle - fall, at.middle + fall, 9).tolist()
        shaken = [
            (x, y + chance.uniform(-0.05, 0.05) * at.high)
            for x, y in zip(steps, heights, strict=True)
        ]
        draw.line(shaken, chance.choice(PENS), thick, joint="curve")


def scribble(draw: ImageDraw.ImageDraw, at: Place, chance: random.Random, strength: int) -> None:
    """A ballpoint's zigzag over all but the last four; loops at 2, wide ones at 3."""
    left, right = at.digits[0] - 0.5 * at.high, at.digits[-LAST_FOUR - 1] + 0.4 * at.high
    pitch, reach = at.high * (0.35, 0.45, 0.6)[strength - 1], at.high * chance.uniform(0.65, 0.85)
    turns = np.linspace(0, 2 * np.pi * (right - left) / pitch, 12 * round((right - left) / pitch))
    swing = np.cos(turns) if strength > 1 else 1 - 2 * np.abs(turns / np.pi % 2 - 1)
    back = (strength > 1) * pitch * np.sin(turns)
    across = np.clip(left + turns * pitch / (2 * np.pi) + back, left, right)
    ways = np.stack([across, at.middle + reach * swing], axis=1).ravel().tolist()
    draw.line(ways, chance.choice(PENS), max(2, round(at.high * 0.1)), joint="curve")


def specks(draw: ImageDraw.ImageDraw, at: Place, chance: random.Random, strength: int) -> None:
    """One or two specks of dirt between digits, as large as a full stop; at 3 larger."""
    gaps = [(a + b) / 2 for a, b in zip(at.digits, at.digits[1:], strict=False)]
    for x in chance.sample(gaps, min(strength, 2)):
        y = chance.uniform(at.top, at.bottom)
        r = at.high * chance.uniform(0.04, 0.07 if strength < 3 else 0.11)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(60, 60, 60))


CASES: Mapping[str, Callable[[Spec, random.Random], Case]] = {
    "ink-of-marker": partial(inked, marker),
    "ink-of-seal": partial(inked, seal),
    "ink-of-pen": partial(inked, pen),
    "ink-of-line": partial(inked, line),
    "ink-of-scribble": partial(inked, scribble),
    "ink-of-specks": partial(inked, specks),
}
"""Class → maker."""
