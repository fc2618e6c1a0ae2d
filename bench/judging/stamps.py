"""Whether the cardholder's details that a tool was given can be read on its output.

Only what an engine reads off the pixels counts, never a text layer, which nobody sees.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

MOST_MISREAD = 0.2
"""Edit distance over the detail's length that is put down to the engine. RapidOCR misreads up to
12 % of a Japanese address at 9 pt and 200 dpi; a person reads on."""
_SAME = str.maketrans("髙﨑﨟邉邊瀨−–—‐ー一", "高崎朗辺辺瀬------")
"""Forms that engines fold into each other: variant kanji (JIS X 0213) and dashes."""


def is_read(details: Iterable[str], texts: Sequence[str]) -> bool:
    """Whether every detail is in one of the texts, or in all of them run together."""
    run_together = [squeezed(text) for text in (*texts, "".join(texts))]
    return all(any(_is_in(squeezed(d), text) for text in run_together) for d in details if d)


def squeezed(text: str) -> str:
    """For comparing: NFKC, one form of each variant, without blanks and punctuation."""
    plain = unicodedata.normalize("NFKC", text).translate(_SAME).casefold()
    return "".join(char for char in plain if char.isalnum())


@lru_cache(maxsize=256)
def _is_in(wanted: str, text: str) -> bool:
    allowed = max(1, int(MOST_MISREAD * len(wanted)))
    return wanted in text or distance_within(wanted, text) <= allowed


def distance_within(wanted: str, text: str) -> int:
    """The least edit distance of `wanted` to any stretch of `text` (Sellers 1980).

    >>> distance_within("takasaki", "name:takasakl,phone")
    1
    """
    column = list(range(len(wanted) + 1))
    best = column[-1]
    for char in text:
        before, column[0] = column[0], 0
        for i, letter in enumerate(wanted, 1):
            changed = before + (letter != char)
            before, column[i] = column[i], min(changed, column[i] + 1, column[i - 1] + 1)
        best = min(best, column[-1])
    return best
