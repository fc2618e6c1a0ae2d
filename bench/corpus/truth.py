"""What a document of the corpus truly says: each number, each digit, its fate, where its ink lies.

    Spec ─make→ Case (file and truth) ─any tool→ output ─judge(Case, output)→ Verdict

The truth is drawn, not measured: a case is drawn once for the tool, and once more with every digit
in a colour of its own, which tells the pixels of its ink. Nothing here knows prepdoc.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Fate: TypeAlias = Literal["mask", "keep"]
Kind: TypeAlias = Literal["pan", "lookalike"]
Labels: TypeAlias = NDArray[np.uint16]
"""H × W; 0 where there is no ink of a digit, else the digit's label, which is its own on a page."""

STRENGTHS = (1, 2, 3)
"""How strongly a class shows: 1 is what many statements have, 3 the worst a person still reads."""


@dataclass(frozen=True, slots=True)
class Item:
    """A card number, or something that looks like one, on one page.

    `digits` are those that are printed (of a partly masked number only these), `fates` has one
    entry a digit, and digit i has the label `first` + i in `Sheet.labels`. A look-alike's digits
    all are kept. An item without `ink` stands in a hidden place only (metadata, attachment, …).
    """

    kind: Kind
    printed: str = field(repr=False)
    digits: str = field(repr=False)
    fates: tuple[Fate, ...] = field(repr=False)
    first: int
    ink: bool = True

    @property
    def labels(self) -> range:
        """The labels of the digits, in reading order."""
        return range(self.first, self.first + len(self.digits))

    @property
    def masked(self) -> tuple[int, ...]:
        """The labels of the digits that may not be readable in an output."""
        return tuple(n for n, fate in zip(self.labels, self.fates, strict=True) if fate == "mask")

    @property
    def kept(self) -> tuple[int, ...]:
        """The labels of the digits that must stay readable."""
        return tuple(n for n, fate in zip(self.labels, self.fates, strict=True) if fate == "keep")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: what it shows, and where, on the page as a reader sees it (turned upright by
    /Rotate or EXIF). `labels` may have any resolution; only the proportions count.
    """

    labels: Labels = field(repr=False)
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """Which case: enough to make it, the same each time."""

    klass: str
    strength: int
    number: int
    seed: int = 0

    @property
    def id(self) -> str:
        """A file-name-safe name."""
        return f"{self.klass}-{self.strength}-{self.number}"


@dataclass(frozen=True, slots=True)
class Case:
    """A document, and the truth about it.

    `legible` is whether a person can read its numbers without effort: where not, a refusal is
    right and is not counted.
    """

    spec: Spec
    producer: str
    font: str
    suffix: Literal[".pdf", ".png", ".jpg"]
    data: bytes = field(repr=False)
    sheets: tuple[Sheet, ...]
    legible: bool = True
