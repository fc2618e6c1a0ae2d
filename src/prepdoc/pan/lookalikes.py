"""Numbers that look like a card, or share digits with one, and are none."""

from __future__ import annotations

import re

_IBAN = re.compile(
    r"(?<![A-Za-z0-9])([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)(?![A-Za-z0-9])"
)


# Amazon's order numbers, and Japanese phones: a run of known digits in one is chance.
_FORMS = (
    re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])"),
    re.compile(r"(?<![\d-])\(?0\d{1,4}\)?[- ]?\d{1,4}[- ]\d{4}(?![\d-])"),
)


def is_in_form(line: str, index: int) -> bool:
    """Whether the character stands inside an order number or a phone number."""
    return any(m.start() <= index < m.end() for form in _FORMS for m in form.finditer(line))


def is_in_iban(line: str, index: int) -> bool:
    """Whether it stands inside an IBAN (ISO 13616) whose check digits fit (ISO 7064 mod 97-10)."""
    return any(m.start() <= index < m.end() and _is_valid(m.group()) for m in _IBAN.finditer(line))


def _is_valid(iban: str) -> bool:
    compact = iban.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1
