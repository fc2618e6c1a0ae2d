"""Runs of digits in a card's groups that lack a digit or more at an end: something hides it from
the readers, as a ring around the number does, and perhaps not from a person.
"""

from __future__ import annotations

from collections.abc import Collection

from prepdoc.pan.candidates import Candidate, candidates
from prepdoc.pan.lookalikes import forms
from prepdoc.pan.number import HIDDEN
from prepdoc.pan.others import is_other
from prepdoc.pan.text import bare, folded

_WHOLE = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4))
_MOST = 3
"""Digits that are missing at most: where a whole group is, three are left, as parcels have them."""


def lack_ends(text: str, spared: Collection[str] = ()) -> bool:
    """Whether such a run stands in a line, that nothing says to be another number, and of which
    `spared` tells no part.

    >>> lack_ends("Card 000 4825 9373 118"), lack_ends("Parcel 4825 9373 1187")
    (True, False)
    """
    line, told = folded(text), [plain for wish in spared if (plain := bare(wish))]
    others = {i for form in forms(line) for i in form}
    runs = (one for one in candidates(text) if one.neighbours == (None, None))
    open_ones = (run for run in runs if not any(wish in run.chars for wish in told))
    return any(_lacks(run) and not others.issuperset(run.indices) for run in open_ones)


def _lacks(run: Candidate) -> bool:
    is_alone = run.evenly_separated and not run.in_code and HIDDEN not in run.chars
    return is_alone and any(_is_part(run.sizes, whole) for whole in _WHOLE) and not is_other(run)


def _is_part(sizes: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether only the first group and the last one are shorter."""
    if len(sizes) != len(whole) or sizes[1:-1] != whole[1:-1]:
        return False
    missing = whole[0] - sizes[0], whole[-1] - sizes[-1]
    return min(missing) >= 0 and 0 < sum(missing) <= _MOST
