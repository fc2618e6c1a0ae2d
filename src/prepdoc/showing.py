"""Text made safe to show: file names and tracebacks may hold a card number too.

Everything that cli, report and doctor print of foreign text passes here last.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prepdoc.pan import Match

HIDDEN_DIGIT: Final = "·"
HIDDEN_RUN: Final = "····"

MAX_SHOWN_DIGITS: Final = 6
"""Six digits are at most an IIN, which names an issuer; a longer run goes whole."""

MAX_SEPARATORS: Final = 3
""" " - " is the longest separator that cards are printed with."""

_PARTING = re.compile(r"(?<=\d)(?:%20|[+x=_~*]{1,3})(?=\d)")
"""Between digits, what is neither a blank nor a dash."""
_RUN = re.compile(r"\d{4,}([-_. ])\d{4,}(?:\1\d{4,})+|\d+")
"""A number's groups, of which the first or last may go on; or digits with nothing between."""
_LONG_RUN = re.compile(rf"\d(?:[\W_]{{0,{MAX_SEPARATORS}}}\d){{{MAX_SHOWN_DIGITS},}}")


def shown(name: str | Path) -> str:
    """A file's name or path with the digits of card numbers, but for the last four, blotted out.

    Characters that would steer a terminal, or cannot be printed, become `?`.

    >>> shown("4111-1111-1111-1111.pdf")
    '····-····-····-1111.pdf'
    """
    text = str(name)
    hidden = _hidden(text)
    shown = (HIDDEN_DIGIT if i in hidden else c for i, c in enumerate(text))
    return "".join(c if c.isprintable() else "?" for c in shown)


def names_card(name: str) -> bool:
    """Whether a name holds digits of a card number, which `shown` would blot out.

    >>> names_card("x 4111-1111-1111-1111.pdf"), names_card("order 250-1234567-1234567.pdf")
    (True, False)
    """
    return bool(_hidden(name))


def shortened(text: str, most: int) -> str:
    """Foreign words made safe, and then no longer than so many characters.

    A number that is cut before it is looked for is none that could be found.
    """
    safe = shown(text)
    return safe if len(safe) <= most else f"{safe[: most - 1]}…"


def _hidden(text: str) -> frozenset[int]:
    """Places of the digits of card numbers, whatever stands between them, or is glued to them.

    Characters that nobody sees part no digits, and what parts them in addresses of the web (`+`,
    `%20`) is as good as a blank. Digits that are written as `%34` are all hidden.
    """
    from urllib.parse import unquote

    seen = [i for i, c in enumerate(text) if c.isprintable()]
    plain = "".join(text[i] for i in seen)
    spaced = _PARTING.sub(lambda found: " " * len(found[0]), plain)
    hidden = {seen[i] for form in (plain, spaced) for m in _found(form) for i in m.hide}
    hidden |= {seen[i] for i in _glued(plain)}
    told = unquote(plain)
    if not hidden and (_found(told) or _glued(told)):
        hidden |= {seen[i] for run in _LONG_RUN.finditer(plain) for i in range(*run.span())}
    return frozenset(hidden)


def _glued(text: str) -> frozenset[int]:
    """Places of all digits of runs that hold a number: where in them it ends is not sure."""
    from prepdoc.pan import holds_number

    runs = (run for run in _RUN.finditer(text) if holds_number(re.sub(r"\D", "", run[0])))
    return frozenset(i for run in runs for i in range(*run.span()) if text[i].isdecimal())


def _found(text: str) -> tuple[Match, ...]:
    from prepdoc.pan import find

    return tuple(find(text))


def scrubbed(text: str) -> str:
    """Foreign words, such as a traceback, without any run of seven digits or more.

    >>> scrubbed("ValueError: 4111 1111-1111.1111, line 12")
    'ValueError: ····, line 12'
    """
    return _LONG_RUN.sub(HIDDEN_RUN, text)
