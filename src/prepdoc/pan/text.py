"""A line of text → runs of digit groups, with the index of every digit kept.

A run is what could be one number: digits and mask characters, with separators between them. A
group is a part of a run without separators.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from prepdoc.pan.number import luhn

# Stand for a digit that the issuer hides, one or more of them.
_MASKS = "*xX●■#○◯〇⚪✱✲✳∗⁎×◆◇□█▇▉▊▓▒░▪◾◼⬛⚫∎★☆"
# Stand for a hidden digit only where two or more follow each other, else for a separator.
_MASKS_IN_PAIRS = "•·･・_.‥⋅∙․‧"
# OCR of Japanese reads a dash as the character for one, and both as lines of a box.
DASHES = "-‐‑‒–—―⸺⸻−－ーｰ﹣~～⁃˗─━⎯➖一"
_SLASHES = "/\\⁄∕"
_BARS = "|｜│┃║┆┊╎¦∣❘▏"
_BLANKS = " \u00a0\u2002\u2003\u2007\u2009\u202f\u3000\n\r\u2028"
_BRACKETS = "()[]{}<>「」『』【】〈〉《》〔〕〖〗"
_ALIKE = str.maketrans(
    {
        c: kind
        for kind, alike in (("-", DASHES + _MASKS_IN_PAIRS), ("/", _SLASHES), ("|", _BARS))
        for c in alike
    }
    | dict.fromkeys(_BRACKETS, "")
)
_SEPARATORS = _BLANKS + _SLASHES + _BARS + DASHES + _MASKS_IN_PAIRS
# As DESIGN.md lists them; three of them make the longest that is printed, " - ".
_MAX_SEPARATORS = 3
ELLIPSES = "…⋯‥"
"""One of them stands for all the digits that the issuer hides."""

# Letters that OCR reads for digits, only believed between digits.
LOOKALIKES = dict(zip("OoDQIlZzSsBGbgq", "000011225586699", strict=True))
_LOOKALIKES = str.maketrans(LOOKALIKES)
_MIXED = re.compile(
    rf"(?<![A-Za-z0-9])(?=[A-Za-z0-9]{{3,}})(?=\d*[{''.join(LOOKALIKES)}])"
    rf"[0-9{''.join(LOOKALIKES)}]+(?![A-Za-z0-9])"
)
# What readers make of heavy asterisks; by itself it is a country or rice.
_ASTERISKS = re.compile(r"米{2,}|(?<=[*✱✲✳∗⁎])米|米(?=[*✱✲✳∗⁎])")
# Digits in circles are footnotes unless there are as many as the shortest card number has.
_CIRCLES = frozenset("⓪①②③④⑤⑥⑦⑧⑨")
_CIRCLED = str.maketrans("⓪①②③④⑤⑥⑦⑧⑨", "0123456789")
_MIN_CIRCLED = 12

_WORD = re.compile(r"[A-Za-z]+")
_PAIRS = re.compile(rf"([{re.escape(_MASKS_IN_PAIRS)}])\1+")
# The same with blanks between them, as a wide font or a reader's boxes make them: `6 ･ ･ ･`.
_SPACED = re.compile(rf"([{re.escape(_MASKS_IN_PAIRS)}])(?: {{1,2}}\1){{2,}}")
# The first of a group whose others are shown, after a masked group: `4111 11XX X1111`.
_LONE = re.compile(rf"(?<!\w)[{re.escape(_MASKS_IN_PAIRS)}xX](?=\d)")
_MASKED = re.compile(rf"([{re.escape(_MASKS_IN_PAIRS)}xX])\1[^\w*]{{1,3}}$")
# A card's groups of which some stand in brackets, mostly the last: `4111 1111 1111 (1234)`.
_SHOWN = rf"[\d{re.escape(_MASKS + _MASKS_IN_PAIRS)}]"
_PARTING = rf"[{re.escape(_BRACKETS + _BLANKS + DASHES)}]{{0,{_MAX_SEPARATORS}}}"
_BRACKETED = re.compile(
    rf"(?<!\d){_SHOWN}{{4}}{_PARTING}"
    rf"(?:{_SHOWN}{{4}}{_PARTING}{_SHOWN}{{4}}{_PARTING}{_SHOWN}{{4}}"
    rf"|{_SHOWN}{{6}}{_PARTING}{_SHOWN}{{5}})(?!\d)"
)
# Dashes between the first six digits and the last four are what the issuer hides.
_DASHED = re.compile(
    rf"(?<=\d{{6}})[{re.escape(DASHES)}](?: ?[{re.escape(DASHES)}])+(?=\d{{4,5}}(?!\d))"
)
# Dots that lead the eye from a whole number to an amount hide nothing: `… 1234........ 12.00`.
_DOTS = frozenset(".…·‥_･・")
_LED = re.compile(r"(?<!\d)(?<!\d[ -])((?:\d[ -]?){14,15}\d)([.…·‥_･・])\2{2,}")
# The same with the amount, which ends no number: readers see some of the dots alone.
_LED_TO = re.compile(r"(?<=\d)[.…‥]{2,} ?[$¥€£]? ?\d{1,3}(?:,\d{3})*(?:\.\d{1,2})?(?!\d)")
# What a Swedish giro's slip says to machines: its reference, the amount and its check digit, the
# giro's number and the kind of slip. The signs between these hide nothing (Bankgirot, OCR line).
_GIRO = re.compile(
    r"#? ?\d{2,25} ?#(?: {0,9}\d{1,8} \d\d {1,3}\d)? {0,9}[>＞] {0,9}\d{6,10} ?# ?\d\d ?#"
)
_RUN = re.compile(rf"[dm](?:s{{0,{_MAX_SEPARATORS}}}[dm])*")

_CHARACTERS = 4096
"""As many as Japanese is written with in daily life, twice over: what each folds to is kept."""
_LINES, LINE = 64, 200
"""Each rule asks for the runs of the same line, one after the other: so many lines are kept; and
the longest that is, in characters. Witnesses are longer.
"""

DIGIT, MASK, SEPARATOR, OTHER = "d", "m", "s", "o"


@dataclass(frozen=True, slots=True)
class Group:
    """Characters `start` up to `end` of a line, each a digit or a mask (written `?`)."""

    start: int
    end: int
    chars: str

    def __len__(self) -> int:
        return len(self.chars)


@dataclass(frozen=True)
class Run:
    """Groups that stand next to each other, from left to right: what could be one number."""

    groups: tuple[Group, ...]

    @cached_property
    def chars(self) -> str:
        """The digits and masks without what separates them."""
        return "".join(group.chars for group in self.groups)

    @cached_property
    def indices(self) -> tuple[int, ...]:
        """Where each of `chars` stands in the line."""
        return tuple(i for group in self.groups for i in range(group.start, group.end))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many characters each group has."""
        return tuple(len(group) for group in self.groups)


def folded(text: str) -> str:
    """As the rules compare it: decimal digits of any script as ASCII, look-alike letters as digits.

    The length stays, so that an index means the same character.
    """
    return _MIXED.sub(_digits_for_lookalikes, plain(text))


def plain(text: str) -> str:
    """The same, with letters as they are."""
    line = _ASTERISKS.sub(_as_marks, text if text.isascii() else "".join(map(_folded_char, text)))
    circled = 0 if _CIRCLES.isdisjoint(line) else sum(c in _CIRCLES for c in line)
    return line.translate(_CIRCLED) if circled >= _MIN_CIRCLED else line


def separator(between: str) -> str:
    """Of what stands between two groups, what counts: a dash or dot, a slash, a bar, or nothing."""
    return between.translate(_ALIKE).strip()


def is_separator(between: str) -> bool:
    """Whether it may stand between two groups of one run."""
    return len(between) <= _MAX_SEPARATORS and all(char in _SEPARATORS for char in between)


def digits_of(text: str) -> str:
    """All of them, whatever stands between."""
    return "".join(filter(str.isdecimal, text))


def bare(text: str) -> str:
    """Letters and digits alone, as the rules compare them."""
    return "".join(c for c in folded(text) if counts(c))


def counts(char: str) -> bool:
    """Whether it is a letter or a digit, and not one that readers take a dash for."""
    return char.isalnum() and char not in _SEPARATORS


def visible(text: str) -> tuple[int, ...]:
    """The indices of the characters that can be seen; soft hyphens and the like part nothing."""
    every = range(len(text))
    return tuple(every if text.isascii() else (i for i in every if not _is_invisible(text[i])))


def _is_invisible(char: str) -> bool:
    """Format characters (Unicode category Cf) and variation selectors."""
    return not char.isascii() and (
        unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"
    )


def runs(text: str) -> Iterable[Run]:
    """Every run of a line, in order."""
    return _kept_runs(text) if len(text) <= LINE else _runs(text)


def _runs(text: str) -> Iterator[Run]:
    line = folded(text)
    kinds = _kinds(line)
    for match in _RUN.finditer(kinds):
        yield Run(_groups(line, kinds, match.start(), match.end()))


@lru_cache(maxsize=_LINES)
def _kept_runs(text: str) -> tuple[Run, ...]:
    return tuple(_runs(text))


def forget() -> None:
    """Let go of the lines that are kept."""
    _kept_runs.cache_clear()


def _groups(text: str, kinds: str, start: int, end: int) -> tuple[Group, ...]:
    spans = [(m.start(), m.end()) for m in re.finditer(r"[dm]+", kinds[start:end])]
    return tuple(
        Group(
            start + a, start + b, _chars(text[start + a : start + b], kinds[start + a : start + b])
        )
        for a, b in spans
    )


def _chars(text: str, kinds: str) -> str:
    return "".join(c if kind == DIGIT else "?" for c, kind in zip(text, kinds, strict=True))


def _kinds(text: str) -> str:
    """One letter a character: digit, mask, separator or other."""
    kinds = list(map(_kind, text))
    words = (match for match in _WORD.finditer(text) if not _is_masking(match.group()))
    hidden = chain(_PAIRS.finditer(text), _lone(text), _DASHED.finditer(text))
    for kind, matches in ((OTHER, words), (MASK, hidden)):
        for match in matches:
            kinds[match.start() : match.end()] = kind * len(match.group())
    for place in chain(_giro_signs(text), _leaders(text)):
        kinds[place] = OTHER
    for place in _brackets(text):
        kinds[place] = SEPARATOR
    for match in _SPACED.finditer(text):
        for place in range(match.start(), match.end()):
            kinds[place] = MASK if text[place] == match[1] else kinds[place]
    return "".join(kinds)


def _is_masking(word: str) -> bool:
    """XXXX hides digits; MAX and a lone x do not."""
    return len(word) > 1 and set(word) <= {"x", "X"}


def _giro_signs(text: str) -> Iterator[int]:
    lines = _GIRO.finditer(text) if "#" in text else iter(())
    return (i for match in lines for i in range(*match.span()) if text[i] == "#")


def _leaders(text: str) -> Iterator[int]:
    if _DOTS.isdisjoint(text):
        return iter(())
    lines = (match for match in _LED.finditer(text) if luhn(digits_of(match[1])))
    led = [match.span(2) for match in lines] + [match.span() for match in _LED_TO.finditer(text)]
    return (i for span in led for i in range(*span))


def _brackets(text: str) -> Iterator[int]:
    numbers = iter(()) if frozenset(_BRACKETS).isdisjoint(text) else _BRACKETED.finditer(text)
    return (i for match in numbers for i in range(*match.span()) if text[i] in _BRACKETS)


def _lone(text: str) -> Iterator[re.Match[str]]:
    """A mark that hides one digit, where a masked group stands before it: `4111 11XX X111`."""
    return (
        m for m in _LONE.finditer(text) if _MASKED.search(text[max(0, m.start() - 5) : m.start()])
    )


@lru_cache(maxsize=_CHARACTERS)
def _kind(char: str) -> str:
    if char.isdecimal():
        return DIGIT
    if char in _MASKS:
        return MASK
    return SEPARATOR if char in _SEPARATORS or _is_invisible(char) else OTHER


@lru_cache(maxsize=_CHARACTERS)
def _folded_char(char: str) -> str:
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and not plain.isdecimal() else char


def _as_marks(match: re.Match[str]) -> str:
    return "*" * len(match.group())


def _digits_for_lookalikes(match: re.Match[str]) -> str:
    word = match.group()
    digits = sum(c.isdecimal() for c in word)
    if re.search(r"\d{12}", word):
        return word  # a letter glued to a number, as in track data (ISO/IEC 7813: %B4111…)
    return word.translate(_LOOKALIKES) if 2 * digits >= len(word) else word
