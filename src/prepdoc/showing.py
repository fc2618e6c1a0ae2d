"""Text made safe to show: file names and tracebacks may hold a card number too.

Everything that cli, report and doctor print of foreign text passes here last.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

HIDDEN_DIGIT: Final = "·"
HIDDEN_RUN: Final = "····"

MAX_SHOWN_DIGITS: Final = 6
"""Six digits are at most an IIN, which names an issuer; a longer run goes whole."""

MAX_SEPARATORS: Final = 3
""" " - " is the longest separator that cards are printed with."""

_LONG_RUN = re.compile(rf"\d(?:[\W_]{{0,{MAX_SEPARATORS}}}\d){{{MAX_SHOWN_DIGITS},}}")


def shown(name: str | Path) -> str:
    """A file's name or path with the digits of card numbers, but for the last four, blotted out.

    Characters that would steer a terminal, or cannot be printed, become `?`.

    >>> shown("4111-1111-1111-1111.pdf")
    '····-····-····-1111.pdf'
    """
    from prepdoc.pan import find

    text = "".join(c if c.isprintable() else "?" for c in str(name))
    hidden = {index for match in find(text) for index in match.hide}
    return "".join(HIDDEN_DIGIT if i in hidden else c for i, c in enumerate(text))


def scrubbed(text: str) -> str:
    """Foreign words, such as a traceback, without any run of seven digits or more.

    >>> scrubbed("ValueError: 4111 1111-1111.1111, line 12")
    'ValueError: ····, line 12'
    """
    return _LONG_RUN.sub(HIDDEN_RUN, text)
