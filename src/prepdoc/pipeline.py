"""The order of the stages, and nothing else: read, find, mask, stamp, write, verify, publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from prepdoc.page import CardNumber, Proof, Stamp

OutputFormat: TypeAlias = Literal["pdf", "png", "jpg"]
Language: TypeAlias = Literal["ja", "en"]
Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the stage ("read", "write" or "verify"), the pages done and the pages in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user may choose; every field has the default that suits most."""

    last_four: str | None = None
    output: Path | None = None
    format: OutputFormat | None = None
    password: str | None = field(default=None, repr=False)
    pages: tuple[int, ...] | None = None
    mask: tuple[str, ...] = field(default=(), repr=False)
    keep: tuple[str, ...] = field(default=(), repr=False)
    dpi: float | None = None
    preview: bool = False
    force: bool = False
    lang: Language = "en"


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A digit run that looks like a number but was not masked: where it stands and how long it is.

    `last_four` holds its last four digits at most.
    """

    page: int
    digits: int
    last_four: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """The result: a file that is proven, and what was done to get it.

    `output` is None where bytes came in and no output path was named; `data` is then the file.
    `numbers` are in pixels of the output's pages; `dpi` is the resolution that was written.
    `fewer_dpi` tells that the resolution was lowered to stay under the size limit.
    """

    output: Path | None
    data: bytes | None = field(repr=False)
    size_bytes: int
    seconds: float
    pages: int
    dpi: float
    fewer_dpi: bool
    numbers: tuple[CardNumber, ...]
    stamps: tuple[Stamp, ...]
    proof: Proof
    left_alone: tuple[LeftAlone, ...] = ()
    preview: Path | None = None
