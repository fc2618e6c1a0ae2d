"""What the judge says about an output: which digits stayed readable, which were lost, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bench.corpus.truth import Item, Kind

Ground: TypeAlias = Literal[
    "ink", "place", "text", "bytes", "tesseract", "rapidocr", "symbol", "lost", "geometry", "truth"
]
"""What told the judge. `ink`: the digits' own pixels; `place`: the text layer where they stood;
`text`: poppler or PDFium; `bytes`: the raw file or a decoded stream; `tesseract` and `rapidocr`;
`symbol`: a barcode; `lost`: pixels that should be there are not; `geometry`: a page is missing or
cannot be laid over its source; `truth`: the source shows no ink where the truth says so."""

LOSS: frozenset[Ground] = frozenset({"lost", "geometry"})
NO_LEAK: frozenset[Ground] = LOSS | {"truth"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A ground, the page (from 1; 0 is the whole file), and how many digits it is about."""

    ground: Ground
    page: int
    digits: int


@dataclass(frozen=True, slots=True)
class Found:
    """Labels of one page's digits that were found, and what told so."""

    ground: Ground
    page: int
    labels: frozenset[int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """What became of one number or look-alike: the labels of its digits, never the digits."""

    page: int
    kind: Kind
    leaked: tuple[int, ...]
    lost: tuple[int, ...]
    has_kept: bool
    """Whether any of its digits is printed and must stay."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's word on one output; `stamped` is None where no stamp was asked for."""

    items: tuple[ItemVerdict, ...]
    reasons: tuple[Reason, ...]
    stamped: bool | None

    @property
    def leaks(self) -> int:
        """Card numbers with any masked digit readable."""
        return sum(bool(item.leaked) for item in self.items)

    @property
    def is_judged(self) -> bool:
        """Whether every page could be laid over its source, and the truth was true."""
        return all(reason.ground not in ("geometry", "truth") for reason in self.reasons)


def verdict_on(page: int, item: Item, found: list[Found]) -> ItemVerdict:
    """Gather what was found about one item."""
    here = [f for f in found if f.page == page]
    leaked = {n for f in here if f.ground not in NO_LEAK for n in f.labels}
    lost = {n for f in here if f.ground in LOSS for n in f.labels}
    return ItemVerdict(
        page,
        item.kind,
        tuple(n for n in item.masked if n in leaked),
        tuple(n for n in item.kept if n in lost),
        bool(item.kept) and item.ink,
    )
