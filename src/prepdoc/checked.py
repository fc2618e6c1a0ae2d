"""One rule's outcome, which the check gives and refusals and reports carry on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Level: TypeAlias = Literal["must", "warn"]
"""What a rule that is not met does: refuse the document, or warn."""
Outcome: TypeAlias = Literal["pass", "warn", "fail"]
"""Met; not met but wished only, or not to be told; not met."""


@dataclass(frozen=True, slots=True)
class Unprinted:
    """Ids of the rules whose details a document shows only where the cardholder added them.

    `absent` are those of them of which nothing alike is printed beside: of the others it is not
    known whether the issuer prints them in another way.
    """

    ids: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


ALL_PRINTED: Final = Unprinted()


@dataclass(frozen=True, slots=True)
class Checked:
    """One rule's outcome, with what was seen, where, and what to do."""

    id: str
    level: Level
    text: str
    outcome: Outcome
    seen: str = field(repr=False)
    todo: str = ""
    page: int | None = None
    place: str | None = None
    is_allowed: bool = False

    @property
    def refuses(self) -> bool:
        """Whether there may be no result because of it."""
        return self.outcome == "fail" and not self.is_allowed
