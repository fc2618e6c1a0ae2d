"""A card that lies beside the statement, with the end of its number out of the picture or under
something: the groups that show stand above the month until which the card is valid.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from prepdoc.finding.unread import is_open_beginning
from prepdoc.page import Line, Quad
from prepdoc.pan.text import folded

_GROUPS = re.compile(r"\s*(?:\d{4}[ -]?\d{4}[ -]?\d{1,4}|\d{4}[ -]?\d{6}[ -]?\d{1,4})\s*")
"""The beginning of a number as cards are embossed, and nothing else on its line."""
_VALID = re.compile(
    r"(?:valid|good|exp\w*|month|有効期限)\D{0,16}(?:0[1-9]|1[0-2])\s?/\s?\d\d", re.IGNORECASE
)
_BELOW = 4.0
"""Heights of the groups up to which the month stands below them."""


def is_cut_off(lines: Sequence[Line], taken: Sequence[Quad], spared: Sequence[str] = ()) -> bool:
    """Whether the beginning of a number stands so on a page, in no place that is `taken` by one
    that was found, and is none of the `spared` texts.
    """
    seen = [line for line in lines if line.seen_by == "ocr"]
    months = [line.quad for line in seen if _VALID.search(folded(line.text))]
    return any(
        _GROUPS.fullmatch(folded(line.text))
        and any(_is_below(month, line.quad) for month in months)
        and is_open_beginning(line.glyphs, taken, spared)
        for line in (seen if months else ())
    )


def _is_below(month: Quad, groups: Quad) -> bool:
    across, down = groups.place_of(month.centre())
    near = groups.height() / 2 < down <= (_BELOW + 1) * groups.height()
    return near and 0 <= across <= groups.width() + groups.height()
