"""What a tool may answer, and how it may fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from bench.corpus.truth import Spec


@dataclass(frozen=True, slots=True)
class Done:
    """The tool gave a file."""

    data: bytes = field(repr=False)
    suffix: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The tool declined, and said why: in a word that results hold, and in its own words."""

    why: str
    words: str = field(default="", repr=False)


Result: TypeAlias = Done | Refused


class ToolCrashed(Exception):
    """The tool failed in a way it does not promise; the message is the error's class."""


class ToolMissing(Exception):
    """The tool cannot be installed here; the message says why."""


class Tool(Protocol):
    """Anything that masks card numbers in a file."""

    @property
    def name(self) -> str:
        """As `--tool` names it."""

    def ready(self) -> None:
        """Install what is needed; raises ToolMissing."""

    def details(self, spec: Spec) -> tuple[str, ...]:
        """What it is asked to stamp for that case."""

    def apply(self, data: bytes, suffix: str, spec: Spec) -> Result:
        """What the tool makes of a file; raises ToolCrashed."""
