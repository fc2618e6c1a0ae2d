"""Results as a table in markdown, with 95 % intervals: records in, text out, nothing else.

    Record (a line of JSON a case) ─summed by class→ Sums ─rows→ markdown

Intervals are Wilson's (1927) score intervals; where nothing or everything was hit, the exact
one-sided 95 % bound (Clopper and Pearson 1934; near 3/n, the rule of three).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

Z = 1.959964
"""The 97.5 % point of the normal distribution: 95 % between both ends."""
ALPHA = 0.05
Outcome: TypeAlias = Literal["judged", "refused", "crashed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One case with one tool; counts only, so that it can be kept and shown."""

    tool: str
    id: str
    klass: str
    strength: int
    number: int
    seed: int
    producer: str = ""
    font: str = ""
    legible: bool = True
    pages: int = 0
    numbers: int = 0
    outcome: Outcome
    why: str = ""
    leaks: int = 0
    lookalikes: int = 0
    lookalikes_kept: int = 0
    last_fours: int = 0
    last_fours_kept: int = 0
    stamped: bool | None = None
    reasons: tuple[tuple[str, int, int], ...] = ()
    """Ground, page, digits; see bench.judging.verdict."""
    seconds: float = 0.0
    judge_seconds: float = 0.0

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Record:
        """From a line of JSON."""
        known = dict(values)
        known["reasons"] = tuple(tuple(reason) for reason in known.get("reasons", ()))  # type: ignore[attr-defined]
        return cls(**known)  # type: ignore[arg-type]

    def values(self) -> dict[str, object]:
        """For a line of JSON."""
        return asdict(self)

    @property
    def is_doubtful(self) -> bool:
        """The judge could not lay a page over its source, or found the truth untrue."""
        return any(ground in ("geometry", "truth") for ground, _, _ in self.reasons)


@dataclass(frozen=True, slots=True)
class Part:
    """k of n."""

    k: int = 0
    n: int = 0

    def __add__(self, other: Part) -> Part:
        return Part(self.k + other.k, self.n + other.n)

    @property
    def share(self) -> float:
        """k / n; 0 of none is 0."""
        return self.k / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Sums:
    """Records added up."""

    documents: int = 0
    numbers: int = 0
    leaks: Part = Part()
    """Numbers with a readable masked digit, of those in written files."""
    refused: Part = Part()
    """Numbers in refused documents, of those that a person can read."""
    refused_illegible: int = 0
    lookalikes: Part = Part()
    last_fours: Part = Part()
    stamps: Part = Part()
    crashes: int = 0
    doubtful: int = 0
    pages: int = 0
    seconds: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        names = self.__slots__
        return Sums(*(getattr(self, name) + getattr(other, name) for name in names))


def sums_of(record: Record) -> Sums:
    """One record's part in the table."""
    judged, refused = record.outcome == "judged", record.outcome == "refused"
    return Sums(
        documents=1,
        numbers=record.numbers,
        leaks=Part(record.leaks, record.numbers) if judged else Part(),
        refused=Part(record.numbers * refused, record.numbers) if record.legible else Part(),
        refused_illegible=record.numbers * refused if not record.legible else 0,
        lookalikes=Part(record.lookalikes_kept, record.lookalikes) if judged else Part(),
        last_fours=Part(record.last_fours_kept, record.last_fours) if judged else Part(),
        stamps=Part(int(bool(record.stamped)), int(record.stamped is not None)),
        crashes=int(record.outcome == "crashed"),
        doubtful=int(record.is_doubtful),
        pages=record.pages,
        seconds=record.seconds,
    )


def total(records: Iterable[Record]) -> Sums:
    """All of them."""
    return sum((sums_of(record) for record in records), Sums())


def interval(part: Part) -> tuple[float, float]:
    """The 95 % interval of a share.

    >>> [round(end, 3) for end in interval(Part(0, 100))]
    [0.0, 0.03]
    """
    k, n = part.k, part.n
    if n == 0:
        return 0.0, 1.0
    if k == 0:
        return 0.0, 1 - ALPHA ** (1 / n)
    if k == n:
        return ALPHA ** (1 / n), 1.0
    p, spread = k / n, Z * Z / n
    middle = (p + spread / 2) / (1 + spread)
    reach = Z * math.sqrt(p * (1 - p) / n + spread / (4 * n)) / (1 + spread)
    return middle - reach, middle + reach


# --- markdown ----------------------------------------------------------------------------------

HEADS = (
    "documents",
    "numbers",
    "leaks",
    "refused",
    "refused, illegible",
    "look-alikes kept",
    "last fours kept",
    "stamps legible",
    "crashes",
    "not judged",
    "s/page",
)
NOTE = (
    "Leaks: numbers with any masked digit readable, of those in written files. Refused: numbers in "
    "documents that were refused, of those a person can read. Not judged: documents with a page "
    "that could not be laid over its source. In brackets the 95 % interval: Wilson's, and the "
    "exact one-sided bound where none or all were hit."
)


def by_class(records: Sequence[Record]) -> str:
    """A row a class, in the order they come, and a total."""
    classes = dict.fromkeys(record.klass for record in records)
    rows = [(k, total(r for r in records if r.klass == k)) for k in classes]
    return _table("class", [*rows, ("**all**", total(records))])


def side_by_side(records: Sequence[Record]) -> str:
    """A row a tool."""
    tools = dict.fromkeys(record.tool for record in records)
    return _table("tool", [(t, total(r for r in records if r.tool == t)) for t in tools])


def classes_side_by_side(records: Sequence[Record]) -> str:
    """Leaks and refusals of each tool, a row a class."""
    tools = list(dict.fromkeys(record.tool for record in records))
    heads = ["class", *(f"{tool}: {what}" for tool in tools for what in ("leaks", "refused"))]
    lines = [_line(heads), _line(["---"] * len(heads))]
    for klass in dict.fromkeys(record.klass for record in records):
        cells = [klass]
        for tool in tools:
            both = total(r for r in records if r.tool == tool and r.klass == klass)
            cells += [f"{both.leaks.k}/{both.leaks.n}", f"{both.refused.k}/{both.refused.n}"]
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _table(first: str, rows: Sequence[tuple[str, Sums]]) -> str:
    lines = [_line([first, *HEADS]), _line(["---", *["--:"] * len(HEADS)])]
    lines += [_line([name, *_cells(sums)]) for name, sums in rows]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(sums: Sums) -> list[str]:
    return [
        str(sums.documents),
        str(sums.numbers),
        shown(sums.leaks),
        shown(sums.refused),
        str(sums.refused_illegible),
        shown(sums.lookalikes),
        shown(sums.last_fours),
        shown(sums.stamps),
        str(sums.crashes),
        str(sums.doubtful),
        f"{sums.seconds / sums.pages:.1f}" if sums.pages else "–",
    ]


def shown(part: Part) -> str:
    """Such as `0/100 (0–3.0 %)`; a dash for none."""
    if not part.n:
        return "–"
    low, high = (f"{100 * end:.1f}".removesuffix(".0") for end in interval(part))
    return f"{part.k}/{part.n} ({low}–{high} %)"


# --- a file with the table in it ---------------------------------------------------------------


def between(text: str, name: str, table: str) -> str:
    """The text with the table between the markers of that name, added at the end if absent."""
    start, end = (f"<!-- {name} {edge} -->" for edge in ("begins", "ends"))
    block = f"{start}\n{table}{end}"
    if start not in text or end not in text:
        return f"{text.rstrip()}\n\n{block}\n".lstrip()
    before, _, rest = text.partition(start)
    return f"{before}{block}{rest.partition(end)[2]}"
