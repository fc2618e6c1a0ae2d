"""Documents of the corpus of which a number leaked once, or which were refused without need, end to
end: the judge, which shares no code with prepdoc, reads what comes out.
"""

from __future__ import annotations

import pytest

from bench.corpus import make
from bench.corpus.truth import Spec
from bench.running import record
from bench.tools.ours import Ours

LEAKED = [
    Spec("black-boxes", 1, 0, seed=2611),  # boxes of four digits have room for five
    Spec("first-thirteen", 3, 0, seed=3307),  # thirteen digits before marks pass Luhn
    Spec("photo-screen-moire", 3, 0, seed=2611),  # no line is found through coloured stripes
    Spec("scan-of-boxed", 2, 0, seed=2611),  # ones in cells come back as fewer
    Spec("scan-of-last-four-hidden", 1, 0, seed=3307),  # asterisks touch the sixth digit
    Spec("scan-of-last-four-hidden", 3, 0, seed=2611),  # full-width circles are read as letters
    Spec("scan-of-partly-masked", 2, 0, seed=9001),  # asterisks that touch before ten digits
    Spec("scan-of-letter-spaced", 3, 0, seed=3307),  # a blank of spaced digits parts no columns
    Spec("scan-of-letter-spaced", 3, 0, seed=5519),  # a part of a row is found by no engine
    Spec("scan-of-black-boxes", 3, 0, seed=0),  # cracks between boxes pass for print on a bar
    Spec("scan-of-first-thirteen", 2, 0, seed=7),  # marks behind the thirteenth are read as 0
    Spec("scan-of-last-four-hidden", 2, 0, seed=7),  # heavy asterisks are read as rice
    Spec("scan-of-on-chips", 2, 0, seed=7),  # the inside of a nought passes for a block
    Spec("scan-of-with-signs", 3, 0, seed=7),  # quotes and commas are read with blanks or without
    Spec("ink-of-seal", 3, 0, seed=7),  # a seal's line makes a dash a letter
    Spec("scan-of-on-chips", 2, 0, seed=83),  # touching digits on a chip pass for a block
    Spec("scan-of-on-chips", 3, 0, seed=11),  # small digits on a chip touch each other
    Spec("picture-patterned-paper", 2, 0, seed=17),  # crashed: a mark ends behind its strip
    Spec("scan-of-partly-masked", 3, 0, seed=17),  # four underscores have room for three digits
    Spec("scan-of-in-columns", 2, 0, seed=19),  # of a table's columns some are nearer than others
    Spec("scan-of-piled", 3, 0, seed=23),  # a group is a blank away from the next column's amount
    Spec("scan-of-first-thirteen", 3, 0, seed=23),  # the foot of a 6 is one more dot beside it
    Spec("scan-of-first-thirteen", 3, 0, seed=31),  # circles that touch each other are read as 0
    Spec("scan-of-with-signs", 3, 0, seed=73),  # a Japanese font has a yen sign for a backslash
    Spec("full-width", 3, 0, seed=73),  # two last fours below each other hold six known digits
    Spec("partly-masked", 3, 0, seed=73),  # a last four's box reaches further than its digits
    Spec("quoted", 3, 0, seed=73),  # a label, and the last three groups, in the second line
    Spec("wrapped", 1, 0, seed=13),  # a form beside another one, each of which goes on below itself
]
NOT_YET = [
    Spec("ink-of-marker", 3, 0, seed=19),  # the last digit is no more on the marker, and not read
    Spec("scan-of-one-a-cell", 3, 0, seed=17),  # fifteen digits of sixteen pass Luhn
    Spec("scan-of-amex-endings", 3, 0, seed=17),  # the finder reads one 7 for two
]
REFUSED = [
    Spec("scan-of-on-bars", 1, 0, seed=19),  # the paper between a label and a bar was a digit's ink
    Spec("scan-of-on-bars", 3, 0, seed=19),  # three of a last four on a chip are misread
    Spec("scan-of-amex-endings", 1, 0, seed=17),  # half of a digit was cut off as one
    Spec("ink-of-marker", 3, 0, seed=17),  # … and leave no row that is the stroke's colour
    Spec("boxed", 2, 0, seed=17),  # a wall beside the last four was one more digit
    Spec("ink-of-marker", 3, 0, seed=0),  # digits fill more than half of a marker's stroke
    Spec("pdf-under-picture", 3, 0, seed=13),  # three groups beside a label were one more number
    Spec("pdf-boxes-over", 2, 0, seed=13),  # the last four were cut where a box over digits ends
    Spec("pdf-kerned", 3, 0, seed=13),  # kerning as wide as the thinnest blank parts a number
    Spec("scan-of-on-chips", 1, 0, seed=0),  # groups of a number went on in the number below
    Spec("on-bars", 3, 0, seed=7),  # a font's boxes are half as high again as the bar
    Spec("partly-masked", 1, 0, seed=3307),  # four digits in a wide font are read as six
    Spec("partly-masked", 1, 0, seed=5519),  # marks and 9930 are a line upside down as well
    Spec("picture-watermark", 2, 0, seed=2611),  # large letters lie under masks
    Spec("scan-of-partly-masked", 3, 0, seed=3307),  # crashed: a mark begins before its strip
    Spec("scan-of-letter-spaced", 3, 0, seed=2611),  # digits far apart are read twice
]


@pytest.mark.parametrize("spec", [*LEAKED, *REFUSED], ids=lambda spec: f"{spec.id}-{spec.seed}")
def test_what_leaked_or_was_refused_once_comes_out_right(spec: Spec) -> None:
    told = record(spec, Ours(), make, None)
    assert (told.outcome, told.leaks, told.stamped) == ("judged", 0, True)
    assert told.last_fours_kept == told.last_fours
    assert told.lookalikes_kept == told.lookalikes


@pytest.mark.parametrize("spec", NOT_YET, ids=lambda spec: f"{spec.id}-{spec.seed}")
def test_what_leaked_once_is_refused_at_least(spec: Spec) -> None:
    """Of a number that is read a digit short, other digits would stay than its last four."""
    told = record(spec, Ours(), make, None)
    assert (told.outcome, told.leaks) in {("judged", 0), ("refused", 0)}
