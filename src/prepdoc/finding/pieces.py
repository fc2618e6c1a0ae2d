"""Numbers that break anywhere over two lines or three: a mail's quotes, a table's two rows.

So much text has digits at its lines' ends that a check digit alone tells little; here the last four
are also a card's that the document names elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from prepdoc.agreeing import Sighting
from prepdoc.page import Line
from prepdoc.pan import RULE_VALID, is_proven
from prepdoc.pan.match import whole
from prepdoc.pan.number import LAST_FOUR
from prepdoc.pan.text import digits_of, folded

_REACH = 2.5
"""Heights of a line between it and the one that goes on."""
_OVERLAP = 0.4
"""Heights by which the boxes of two lines below each other may overlap."""
_MOST = 3
"""Lines of a number."""
_DIGITS = r"\d(?:[\s-]{0,4}\d)*"
_HEAD = re.compile(rf"[\s>|]{{0,4}}(?P<digits>{_DIGITS})")
_TAIL = re.compile(rf"(?<!\d)(?P<digits>{_DIGITS})[\s-]*$")
_ONLY = re.compile(rf"[\s>|]{{0,4}}(?P<digits>{_DIGITS})[\s-]*$")


def in_pieces(lines: Sequence[Line], last_fours: Collection[str]) -> Iterator[Sighting]:
    """Those of one reader's lines: all digits of the lines between, and the end of the first one,
    that are a proven number with the beginning of the last one.
    """
    texts = {line: folded(line.text) for line in lines}
    lower = ((line, end) for line in lines for end in _ends(texts[line], last_fours))
    for line, end in lower if last_fours else ():
        yield from _upwards((line,), end, lines, texts)


def _ends(text: str, last_fours: Collection[str]) -> Iterator[int]:
    """Up to where the digits at a line's beginning end in one of the last fours."""
    found = _HEAD.match(text)
    for past in range(*found.span("digits")) if found else ():
        at_end = text[past].isdecimal() and not text[past + 1 : past + 2].isdecimal()
        if at_end and digits_of(text[: past + 1])[-LAST_FOUR:] in last_fours:
            yield past + 1


def _upwards(
    stack: tuple[Line, ...], end: int, lines: Sequence[Line], texts: dict[Line, str]
) -> Iterator[Sighting]:
    """With the lines above those of a stack, the nearest of which may be all digits."""
    for upper in lines:
        if not _is_above(upper, stack[0]):
            continue
        if found := _TAIL.search(texts[upper]):
            yield from _proven((upper, *stack), found.start("digits"), end)
        if len(stack) < _MOST - 1 and _ONLY.match(texts[upper]):
            yield from _upwards((upper, *stack), end, lines, texts)


def _is_above(upper: Line, lower: Line) -> bool:
    """Whether it stands so little above the other one that this may go on; wherever it ends."""
    (_, high, _, bottom), (_, top, _, low) = upper.quad.box(), lower.quad.box()
    apart = (top + low - high - bottom) / 2 - lower.quad.height()
    return -_OVERLAP * lower.quad.height() <= apart <= _REACH * lower.quad.height()


def _proven(stack: Sequence[Line], start: int, end: int) -> Iterator[Sighting]:
    """The number of which the first digits are somewhere behind `start` in the first line."""
    joined = stack[0]
    for line in stack[1:]:
        joined = joined.over(line)
    text = folded(joined.text)
    past = len(text) - len(stack[-1].glyphs) + end
    places = [i for i in range(start, past) if text[i].isdecimal()]
    firsts = (k for k, i in enumerate(places) if not text[i - 1 : i].isdecimal())
    for first in firsts:
        own = places[first:]
        if own[0] < len(stack[0].glyphs) and is_proven("".join(text[i] for i in own)):
            yield Sighting(whole(RULE_VALID, text, own), joined)
