"""The finished file → whether it meets what the recipient asks, line by line, from its pixels.

    bytes ─sighting→ Sighting ─rules→ Checked

`sighting` reads the file like any other input, `seeing` puts what OCR read in rows, `matching`,
`dates`, `ledger` and `payment` find in them what is wanted, `rules` judges.
"""

from prepdoc.checking.case import Case, Demand, Strip
from prepdoc.checking.checks import Checkup, check, checked_file, checked_output
from prepdoc.checking.sighting import Before

__all__ = [
    "Before",
    "Case",
    "Checkup",
    "Demand",
    "Strip",
    "check",
    "checked_file",
    "checked_output",
]
