"""How much of a file's hidden places is read: a hostile one unpacks to gigabytes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

MAX_STREAM_BYTES = 16_000_000
"""Bytes looked at of one unpacked stream or file."""
MAX_UNPACKED_BYTES = 64_000_000
"""Bytes looked at of all that a file unpacks to; half a minute's work."""
MAX_REVISIONS = 16
"""Earlier revisions of a PDF that are opened; each costs as much as the file itself."""
MAX_OBJECTS = 200_000
"""Objects read in all revisions; a statement of 500 pages has some thousands."""
MAX_LAYERS = 2_000
"""Pages and forms whose text is laid out, in all revisions; a millisecond to ten each."""
MAX_NESTED = 3
"""Files within each other: a PDF in a zip in a PDF."""
MAX_MEMBERS = 1_000
"""Files in one archive."""
MAX_DEPTH = 100
"""Arrays and dictionaries within each other, how deep; qpdf itself stops at 500."""
MAX_EFFORT = 1_000_000
"""Pairs of digit groups that are weighed as a number's ends: half a minute's work at most, and
some hundred thousand for a statement of a hundred pages."""
MAX_NAMED = 1_000
"""Stretches with a number that are told: each costs time on every page."""
MAX_RAW_BYTES = 128_000_000
"""Bytes of the file itself, half of them from its end; a fifth of a second each million."""
MAX_RAW_STRINGS = 1_000_000
"""Strings in one stretch of raw bytes or drawing; some 20 µs each."""

UNREADABLE, NOT_SHOWN, TOO_MUCH = "(unreadable)", "(not shown)", "(too much to read)"
NOTES = (UNREADABLE, NOT_SHOWN, TOO_MUCH)
"""How a place ends that is told for its own sake."""


@dataclass
class _Allowance:
    """What is left, for all that is nested in one file."""

    unpacked_bytes: int = MAX_UNPACKED_BYTES
    objects: int = MAX_OBJECTS
    layers: int = MAX_LAYERS


@dataclass(frozen=True)
class Reach:
    """How deep we are, and how much may still be read; the allowance is shared by all depths."""

    depth: int = 0
    _left: _Allowance = field(default_factory=_Allowance)

    @property
    def is_spent(self) -> bool:
        """Whether something had to be left out."""
        return min(self._left.unpacked_bytes, self._left.objects, self._left.layers) <= 0

    @property
    def may_descend(self) -> bool:
        """Whether a file within this one may be opened."""
        return self.depth < MAX_NESTED and not self.is_spent

    @property
    def stream_bytes(self) -> int:
        """How much of the next stream may be unpacked."""
        return max(0, min(MAX_STREAM_BYTES, self._left.unpacked_bytes))

    def below(self) -> Reach:
        """Within a file in this file."""
        return replace(self, depth=self.depth + 1)

    def spend(self, unpacked_bytes: int = 0, objects: int = 0, layers: int = 0) -> None:
        """Note what was read."""
        self._left.unpacked_bytes -= unpacked_bytes
        self._left.objects -= objects
        self._left.layers -= layers
