"""Rows that look like a part of a number, held against what stands above, below and between them;
for finding and verification, which must agree on what a table is.

    columns   two rows of a column of phones, references or parcels, which are no number
    cells     groups with one more in another column, which are one unless the column says no
    headed    bare numbers below a card's label, which are one though their check digit is wrong;
              and groups below another number's label, which are none
    pairs     two rows far apart, or a square of groups, which are one if they are free of others
"""

from __future__ import annotations

from prepdoc.listing.cells import alone, has_code
from prepdoc.listing.columns import are_rows, is_listed
from prepdoc.listing.headed import headed, named_otherwise
from prepdoc.listing.pairs import LOOSE_GAP, is_pair

__all__ = [
    "LOOSE_GAP",
    "alone",
    "are_rows",
    "has_code",
    "headed",
    "is_listed",
    "is_pair",
    "named_otherwise",
]
