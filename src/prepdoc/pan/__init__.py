"""What a card number is, and where one stands in a run of characters.

Pure: no I/O, no pixels. Everything else in prepdoc asks this package whether digits are a PAN.
`number` knows ranges and Luhn, `text` cuts a line into groups of digits, `candidates` puts groups
together, `labels` and `lookalikes` hold what stands beside card numbers and what only looks like
them, `others` what groups of four may be instead, `rules` and `masked` judge, `strays` judges again
without what readers see among digits, `glued` without a digit right beside a number; `parted` and
`elided` know numbers that are printed otherwise, `distant` those with a group far away, `embedded`
those in longer runs of digits, `ends` what lacks a digit at an end, `holed` those with a hole,
`known` those of other places; `searching` puts it all in order, by `strength`.
"""

from prepdoc.pan.distant import distant
from prepdoc.pan.embedded import embedded, ended, holds_number, kindred
from prepdoc.pan.ends import lack_ends
from prepdoc.pan.holed import holed
from prepdoc.pan.match import (
    RULE_GROUPED,
    RULE_KNOWN,
    RULE_LABELLED,
    RULE_MASKED,
    RULE_VALID,
    Match,
)
from prepdoc.pan.number import Pan, brand_of, is_proven, luhn
from prepdoc.pan.others import are_listed, is_part, is_told, longer, told
from prepdoc.pan.searching import but_spared, find, forget, unclaimed
from prepdoc.pan.text import bare

__all__ = [
    "RULE_GROUPED",
    "RULE_KNOWN",
    "RULE_LABELLED",
    "RULE_MASKED",
    "RULE_VALID",
    "Match",
    "Pan",
    "are_listed",
    "bare",
    "brand_of",
    "but_spared",
    "distant",
    "embedded",
    "ended",
    "find",
    "forget",
    "holds_number",
    "holed",
    "is_part",
    "is_proven",
    "is_told",
    "kindred",
    "lack_ends",
    "longer",
    "luhn",
    "told",
    "unclaimed",
]
