"""Bank accounts (IBAN, ISO 13616): groups of four that look like a card and are none."""

from __future__ import annotations

import re

_IBAN = re.compile(
    r"(?<![A-Za-z0-9])([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)(?![A-Za-z0-9])"
)


def is_part(line: str, index: int) -> bool:
    """Whether the character stands inside an IBAN whose check digits fit (ISO 7064 mod 97-10)."""
    return any(m.start() <= index < m.end() and _is_valid(m.group()) for m in _IBAN.finditer(line))


def _is_valid(iban: str) -> bool:
    compact = iban.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1
