"""Strips of lines, read one way round → each reading that counts, and whether its strip had to be
turned by 180° for it.

A strip does not tell which way its text runs. Long lines upside down are read with a low score; a
group of four digits is read as four others, or as fewer, with a score as high as any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np

from prepdoc.ocr.strips import Corners, Place, height_of
from prepdoc.page import Pixels

SURE: Final = 0.80
"""Below this mean score a line along the page is read upside down as well."""
SURE_OF_TURN: Final = 0.95
"""The same of a line of digits, and of the lines by which the page's turn is learnt."""
SUREST_OF_TURN: Final = 0.99
"""The same of a line that runs up or down the page, where any other may run the other way."""
MOST_ASIDE: Final = 40
"""Lines up and down a page beyond which they are the page itself, fed in on its side."""
SURER, SUREST = 0.05, 0.2
"""By so much it must be read better than the other way, in which its neighbours are read: and the
second where most of it are marks, or what these are read as, which look the same upside down, as
some last fours do too."""
MARKS: Final = frozenset("xX*＊#●○◯•・-0Ooο")
SAMPLE: Final = 6
"""Lines read both ways to learn which way the page is turned."""
MIN_DENSITY: Final = 0.9
"""Characters for each strip height of width: kanji have about 1.2, digits 2.5."""
ASIDE, APART, ALIKE = 0.5, 6.0, 1.5
"""Heights by which the parts of one line stand off its middle, and stand apart, and how many times
as high the one is as the other: detectors make a line of each group that is set apart."""
ANY_WAY: Final = 0.01
"""By so much each part of a line up or down the page must be read better the other way."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the recogniser saw in one strip: characters and their centres as parts of its width."""

    text: str
    centres: tuple[float, ...]
    scores: tuple[float, ...]
    ratio: float

    @property
    def score(self) -> float:
        """The mean score, less where the strip holds fewer characters than have room in it.

        Upside down, a line is read as a few characters that each look certain.
        """
        if not self.scores:
            return 0.0
        density = len(self.text.replace(" ", "")) / max(self.ratio, 1.0)
        return float(np.mean(self.scores)) * min(1.0, density / MIN_DENSITY)

    @property
    def is_of_digits(self) -> bool:
        """Whether half of it are digits, which are others upside down."""
        return 2 * sum(char.isdecimal() for char in self.text) >= len(self.text)

    @property
    def is_doubtful(self) -> bool:
        """Whether the line may run the other way, where others do."""
        return self.score < SUREST_OF_TURN or self.is_of_digits

    @property
    def is_read_badly(self) -> bool:
        """Whether it may run the other way, where hardly any other does."""
        return self.score < (SURE_OF_TURN if self.is_of_digits else SURE)

    @property
    def is_of_marks(self) -> bool:
        """Whether most of it looks the same upside down."""
        return 2 * sum(char in MARKS for char in self.text) > len(self.text)


Recognise: TypeAlias = Callable[[Sequence[Pixels]], Sequence[Reading]]
Faced: TypeAlias = tuple[Reading, bool]
"""A reading, and whether its strip was turned for it."""


@dataclass(frozen=True, slots=True)
class _Gain:
    """By how much a strip is surer turned, and whether that tells which way it runs."""

    by: float
    tells: bool

    @classmethod
    def of(cls, turned: Reading, as_it_is: Reading) -> _Gain:
        marks = turned.is_of_marks or as_it_is.is_of_marks
        return cls(turned.score - as_it_is.score, not marks)


@dataclass(frozen=True, slots=True)
class Strips:
    """Lines laid flat, where they stand on the page, and who reads them."""

    pixels: Sequence[Pixels] = field(repr=False)
    places: Sequence[Place]
    recognise: Recognise

    def standing(self, upright: bool) -> list[int]:
        """Those along the page, or those up and down it."""
        return [i for i, place in enumerate(self.places) if place.is_upright is upright]

    def other_way(self, some: Sequence[int], read: Mapping[int, Faced]) -> dict[int, Faced]:
        """Some of them read the other way round than they were."""
        if not some:  # as on most pages: no readers need to be started
            return {}
        flips = [not read[i][1] for i in some]
        strips = map(_turned, (self.pixels[i] for i in some), flips)
        again = self.recognise(list(strips))
        return dict(zip(some, zip(again, flips, strict=True), strict=True))


def faced(strips: Strips) -> list[Faced]:
    """Each strip's reading, and whether it had to be turned for it."""
    read = {i: (reading, False) for i, reading in enumerate(strips.recognise(strips.pixels))}
    for upright in (True, False):
        own = strips.standing(upright)
        read |= _by_page(strips, own, read)
        if upright or len(own) > MOST_ASIDE:
            read |= _by_line(strips, own, read)
            read |= _by_run(strips, _mixed(strips, own, read), read)
        else:
            read |= _by_run(strips, _doubted(strips, own, read), read)
    return [read[i] for i in range(len(strips.pixels))]


def _by_page(strips: Strips, own: Sequence[int], read: Mapping[int, Faced]) -> dict[int, Faced]:
    """All of them turned, where the longest lines are read better so: these are the surest."""
    widest = sorted(own, key=lambda i: -strips.pixels[i].shape[1])[:SAMPLE]
    as_is = [read[i][0].score for i in widest]
    if not widest or np.mean(as_is) > SURE_OF_TURN:
        return {}
    other = strips.other_way(widest, read)
    if sum(reading.score for reading, _ in other.values()) <= sum(as_is):
        return {}
    return other | strips.other_way([i for i in own if i not in other], read)


def _by_line(strips: Strips, own: Sequence[int], read: Mapping[int, Faced]) -> dict[int, Faced]:
    """Those that are read badly, where they are read better the other way."""
    other = strips.other_way([i for i in own if read[i][0].is_read_badly], read)
    return {i: one for i, one in other.items() if one[0].score > read[i][0].score + _surer(one[0])}


def _mixed(strips: Strips, own: Sequence[int], read: Mapping[int, Faced]) -> list[list[int]]:
    """Lines of which a part is read one way and a part the other."""
    if len({read[i][1] for i in own}) < 2:
        return []
    return [run for run in _runs(strips.places, own) if len({read[i][1] for i in run}) > 1]


def _doubted(strips: Strips, own: Sequence[int], read: Mapping[int, Faced]) -> list[list[int]]:
    """Lines of which a part may be read the wrong way."""
    runs = _runs(strips.places, own)
    return [run for run in runs if any(read[i][0].is_doubtful for i in run)]


def _by_run(
    strips: Strips, runs: Sequence[Sequence[int]], read: Mapping[int, Faced]
) -> dict[int, Faced]:
    """The parts of a line together: of some, nothing tells by itself which way they run."""
    other = strips.other_way([i for run in runs for i in run], read)
    both = {i: {read[i][1]: read[i], one[1]: one} for i, one in other.items()}
    gains = {i: _Gain.of(ways[True][0], ways[False][0]) for i, ways in both.items()}
    return {i: both[i][way] for run in runs for i, way in _ways(run, gains, read).items()}


def _ways(
    run: Sequence[int], gains: Mapping[int, _Gain], read: Mapping[int, Faced]
) -> dict[int, bool]:
    """Whether each part is turned: as the line is, but for a part that is far surer by itself, as
    what stands beside a card that lies upside down.
    """
    certain = {i: gains[i].by > 0 for i in run if gains[i].tells and abs(gains[i].by) >= SUREST}
    own = [i for i in run if i not in certain] if len({*certain.values()}) > 1 else run
    is_turned = _is_turned(own, gains, read)
    return {i: certain.get(i, is_turned) for i in run}


def _is_turned(parts: Sequence[int], gains: Mapping[int, _Gain], read: Mapping[int, Faced]) -> bool:
    """Whether they are surer turned; as most are read where neither way is."""
    most = 2 * sum(read[i][1] for i in parts) > len(parts)
    telling = [gains[i].by for i in parts if gains[i].tells]
    least = (ANY_WAY if telling else SUREST) * len(parts)
    change = sum(telling) if telling else sum(gains[i].by for i in parts)
    return most != ((-change if most else change) > least)


def _runs(places: Sequence[Place], own: Sequence[int]) -> list[list[int]]:
    """Lines from the page's top to its foot, each behind the first run that it goes on."""
    runs: list[list[int]] = []
    for i in sorted(own, key=lambda i: float(places[i].corners[:, 1].mean())):
        before = [run for run in runs if _goes_on(places[run[-1]].corners, places[i].corners)]
        if before:
            before[0].append(i)
        else:
            runs.append([i])
    return runs


def _goes_on(one: Corners, other: Corners) -> bool:
    side = one[1] - one[0]
    along, across = side / np.linalg.norm(side), one[3] - one[0]
    away = other.mean(axis=0) - one.mean(axis=0)
    low, high = sorted((height_of(one), height_of(other)))
    between = abs(along @ away) - (np.linalg.norm(side) + np.linalg.norm(other[1] - other[0])) / 2
    aside = abs(across @ away) / np.linalg.norm(across)
    return bool(high <= ALIKE * low and aside <= ASIDE * low and between <= APART * low)


def _surer(reading: Reading) -> float:
    return SUREST if reading.is_of_marks else SURER


def _turned(strip: Pixels, flip: bool) -> Pixels:
    return strip[::-1, ::-1] if flip else strip
