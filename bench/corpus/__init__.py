"""Documents with card numbers whose truth is known to the pixel, made anew from a seed.

    specs(per_strength, seed) → Specs ─make→ Cases;  CLASSES: what there is

The classes stand in `text_classes` (how text is laid out), `parted_classes` (groups apart),
`pdf_classes` (how a PDF is built), `picture_classes` (scans, photographs, symbols) and
`owner_classes` (ink on scanned paper).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias

from bench.corpus.truth import STRENGTHS, Case, Spec

Make: TypeAlias = Callable[[Spec, random.Random], Case]

CLASSES: tuple[str, ...]
"""The names of all classes, in a fixed order."""

TABLES = ("text_classes", "parted_classes", "pdf_classes", "picture_classes", "owner_classes")

__all__ = ["CLASSES", "Case", "Spec", "make", "specs"]


@lru_cache(maxsize=1)
def _cases() -> Mapping[str, Make]:
    cases: dict[str, Make] = {}
    for table in TABLES:
        cases |= import_module(f"bench.corpus.{table}").CASES
    return cases


def __getattr__(name: str) -> tuple[str, ...]:
    """`CLASSES` when it is first asked for: whoever reads the truth alone loads no producer."""
    if name == "CLASSES":
        return tuple(_cases())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def specs(per_strength: int, seed: int = 0) -> tuple[Spec, ...]:
    """So many cases of each strength of each class, class by class."""
    return tuple(
        Spec(klass, strength, number, seed)
        for klass in _cases()
        for strength in STRENGTHS
        for number in range(per_strength)
    )


def make(spec: Spec) -> Case:
    """The case, the same each time.

    Raises:
        KeyError: there is no such class.
    """
    chance = random.Random(f"{spec.seed} {spec.klass} {spec.strength} {spec.number}")
    return _cases()[spec.klass](spec, chance)
