"""Card numbers of which one group stands far from the others, in a column of its own.

    `4111 1111 1111 <tab> 1234`, `4111 <tab> 1111 1111 1234`

So do a parcel's number and an amount without a comma, of which one in forty passes for a number. A
line alone cannot tell them apart, so `find` does not look for these: `prepdoc.listing` asks what
stands above and below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prepdoc.pan import labels
from prepdoc.pan.match import RULE_GROUPED, Match, whole
from prepdoc.pan.number import is_proven, is_telling
from prepdoc.pan.text import folded

_FAR = r"(?:[ \u3000]*\t[ \u3000\t]*|[ \u3000]{3,})"
"""Between columns: as lines are assembled, and as blanks are counted (`prepdoc.widths`)."""
_SEPARATORS = (" {1,2}", "-")


def _near(*sizes: int) -> str:
    """Groups of these sizes that stand beside each other as a card's do."""
    groups = [rf"\d{{{size}}}" for size in sizes]
    return rf"(?P<near>{'|'.join(between.join(groups) for between in _SEPARATORS)})"


_BEFORE = r"(?<![\w.,/#-])"
_AFTER = rf"(?=\s*$|{_FAR})(?!\s*\d{{4}}(?![\d/.,年-]))"
"""Nothing stands in the cell of the last group but its digits, and no group of four goes on."""
_FORMS = tuple(
    re.compile(f"{_BEFORE}{groups}{_AFTER}")
    for groups in (
        rf"{_near(4, 4, 4)}{_FAR}\d{{4}}",
        rf"\d{{4}}{_FAR}{_near(4, 4, 4)}",
        rf"{_near(4, 6)}{_FAR}\d{{5}}",
        rf"\d{{4}}{_FAR}{_near(6, 5)}",
    )
)
_GROUP_BEFORE = re.compile(r"(?<![\d/.,-])\d{4}[ \t\u3000]+$")


def distant(text: str) -> Iterator[Match]:
    """Those of a line that are proven by their range and check digit."""
    line = folded(text)
    for form in _FORMS:
        for found in form.finditer(line):
            places = [i for i in range(*found.span()) if line[i].isdecimal()]
            if not _GROUP_BEFORE.search(line[: found.start()]) and _is_proven(line, places):
                yield whole(RULE_GROUPED, line, places)


def is_named(text: str, start: int) -> bool:
    """Whether a card's label or brand stands before that place."""
    return labels.before(folded(text), start).is_of_a_card


def _is_proven(line: str, places: list[int]) -> bool:
    """In a range as which few other numbers begin, unless a card is named."""
    digits = "".join(line[i] for i in places)
    return is_telling(digits) or (is_proven(digits) and is_named(line, places[0]))
