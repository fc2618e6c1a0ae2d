"""The number itself: IIN ranges, Luhn, grouping and truncation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

HIDDEN = "?"
"""Stands in `Pan.digits` for a digit that the issuer does not show."""

LAST_FOUR = 4
"""Digits that may be shown (PCI DSS 3.4)."""

IIN_DIGITS = 6
"""The digits by which issuers are known, that they may show as well (PCI DSS 3.4)."""

DIGITS = "0123456789"

# (brand, first IIN, last IIN, lengths); the first row that fits names the brand.
# Sources: ISO/IEC 7812-1 numbering; the brands' published ranges as collected in requirements.md.
_IIN_RANGES: tuple[tuple[str, int, int, frozenset[int]], ...] = (
    ("Visa", 4, 4, frozenset({13, 16, 19})),
    ("Mastercard", 51, 55, frozenset({16})),
    ("Mir", 2200, 2204, frozenset(range(16, 20))),
    ("Mastercard", 2221, 2720, frozenset({16})),
    ("American Express", 34, 34, frozenset({15})),
    ("American Express", 37, 37, frozenset({15})),
    ("Diners Club", 300, 305, frozenset(range(14, 20))),
    ("Diners Club", 36, 36, frozenset(range(14, 20))),
    ("Diners Club", 38, 38, frozenset(range(14, 20))),
    ("JCB", 3528, 3589, frozenset(range(16, 20))),
    ("UnionPay", 62, 62, frozenset(range(16, 20))),
    ("Discover", 6011, 6011, frozenset(range(16, 20))),
    ("Discover", 644, 649, frozenset(range(16, 20))),
    ("Discover", 65, 65, frozenset(range(16, 20))),
    ("Maestro", 50, 50, frozenset(range(12, 20))),
    ("Maestro", 56, 69, frozenset(range(12, 20))),
)

WIDE_RANGES = frozenset({"Maestro"})
"""Brands as whose so many other numbers begin that the range says little."""

# How cards are printed, by length. ISO/IEC 7811-1 embossing and the issuers' habits; any other
# length is printed in fours.
_GROUPINGS: dict[int, tuple[tuple[int, ...], ...]] = {
    13: ((4, 3, 3, 3), (4, 4, 5), (4, 4, 4, 1)),
    14: ((4, 6, 4),),
    15: ((4, 6, 5), (4, 4, 4, 3)),
    16: ((4, 4, 4, 4),),
    19: ((4, 4, 4, 4, 3), (6, 13)),
}


@dataclass(frozen=True, slots=True)
class Pan:
    """A primary account number (ISO/IEC 7812); a digit that the issuer hides is `?`.

    Its repr and str show the brand and the last four only.

    >>> Pan("4111111111111234")
    <Pan Visa ···· 1234>
    >>> Pan("498000??????????").last_four is None
    True
    """

    digits: str = field(repr=False)

    @property
    def brand(self) -> str | None:
        """The brand that issues numbers of this range and length, if it is known."""
        return brand_of(self.digits)

    @property
    def last_four(self) -> str | None:
        """What may be shown, or None where the issuer hides it."""
        tail = self.digits[-4:]
        return tail if len(tail) == 4 and HIDDEN not in tail else None

    @property
    def complete(self) -> bool:
        """Whether every digit is known."""
        return HIDDEN not in self.digits

    def __str__(self) -> str:
        return f"{self.brand or 'card'} ···· {self.last_four or '????'}"

    def __repr__(self) -> str:
        return f"<Pan {self}>"


def luhn(digits: str) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1 annex B).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in _reversed(digits)]
    return sum(doubled) % 10 == 0


def brand_of(digits: str) -> str | None:
    """The brand whose IIN range and length fit; digits beyond the IIN may be hidden."""
    fitting = (row for row in _IIN_RANGES if len(digits) in row[3])
    for brand, first, last, _ in fitting:
        iin = digits[: len(str(first))]
        if iin.isdecimal() and first <= int(iin) <= last:
            return brand
    return None


def is_proven(digits: str) -> bool:
    """Whether its range and length are a brand's, and its check digit fits; never where a digit is
    hidden.

    >>> is_proven("4111111111111111"), is_proven("4111111111111112"), is_proven("1111111111111117")
    (True, False, False)
    """
    return HIDDEN not in digits and brand_of(digits) is not None and luhn(digits)


def is_telling(digits: str) -> bool:
    """Whether they are proven, in a range as which few other numbers begin.

    >>> is_telling("4111111111111111"), is_telling("6759649826438453")
    (True, False)
    """
    return brand_of(digits) not in WIDE_RANGES and is_proven(digits)


def begins_like_a_card(digits: str) -> bool:
    """Whether any brand's range begins with the digits shown first, whatever the length.

    >>> begins_like_a_card("35????????"), begins_like_a_card("18"), begins_like_a_card("??")
    (True, False, False)
    """
    shown = digits.split(HIDDEN)[0]
    return bool(shown) and any(_begins(shown, first, last) for _, first, last, _ in _IIN_RANGES)


def _begins(shown: str, first: int, last: int) -> bool:
    length = min(len(shown), len(str(first)))
    return int(str(first)[:length]) <= int(shown[:length]) <= int(str(last)[:length])


def tail_of(chars: str) -> int:
    """How many digits follow the last hidden one.

    >>> tail_of("4111????1234"), tail_of("????")
    (4, 0)
    """
    return len(chars) - len(chars.rstrip(DIGITS))


def is_grouped(sizes: Iterable[int]) -> bool:
    """Whether groups of these sizes are how a card of that length is printed.

    >>> is_grouped([4, 6, 5]), is_grouped([3, 7, 7]), is_grouped([16])
    (True, False, False)
    """
    sizes = tuple(sizes)
    return sizes in groupings(sum(sizes))


def agrees_with_grouping(sizes: Iterable[int]) -> bool:
    """Whether the breaks may come from a card's grouping: some missing, some added, or all even.

    Readers lose a blank or see one too many; a row of dates or amounts breaks elsewhere.

    >>> agrees_with_grouping([4, 8, 4]), agrees_with_grouping([3, 7, 7])
    (True, False)
    """
    sizes = tuple(sizes)
    if len(sizes) == 1 or _is_spaced_out(sizes):
        return True
    breaks = set(accumulate(sizes[:-1]))
    printed = [set(accumulate(grouping[:-1])) for grouping in groupings(sum(sizes))]
    return any(breaks <= g or (breaks >= g and len(g) > 1) for g in printed)


def odd_breaks(sizes: Iterable[int]) -> tuple[frozenset[int], ...]:
    """For each way to print a card of this length, after which groups it has no break.

    >>> odd_breaks([4, 4, 2, 2, 4]), odd_breaks([4, 8, 4])
    ((frozenset({2}),), (frozenset(),))
    """
    breaks = {at: i for i, at in enumerate(accumulate(tuple(sizes)))}
    printed = (set(accumulate(grouping)) for grouping in groupings(max(breaks)))
    return tuple(frozenset(breaks[at] for at in set(breaks) - ends) for ends in printed)


def is_nearly_grouped(sizes: Iterable[int]) -> bool:
    """Whether it is a card's grouping with a break or more lost, or digit by digit.

    >>> is_nearly_grouped([4, 8, 4]), is_nearly_grouped([16]), is_nearly_grouped([4, 4, 2, 2, 4])
    (True, False, False)
    """
    sizes = tuple(sizes)
    breaks = set(accumulate(sizes[:-1]))
    printed = [set(accumulate(grouping[:-1])) for grouping in groupings(sum(sizes))]
    return bool(breaks) and (set(sizes) == {1} or any(breaks <= grouping for grouping in printed))


def is_miscounted(sizes: Iterable[int]) -> bool:
    """Whether it is four groups of four of which a reader saw one with a digit more or less.

    The first group names the issuer, and counts.

    >>> is_miscounted([4, 4, 5, 4]), is_miscounted([4, 4, 4, 3]), is_miscounted([4, 4, 5])
    (True, True, False)
    """
    first, *rest = tuple(sizes)
    return first == LAST_FOUR and sorted(rest) in ([3, 4, 4], [4, 4, 5])


def _is_spaced_out(sizes: tuple[int, ...]) -> bool:
    """Digit by digit, or in pairs."""
    return set(sizes[:-1]) in ({1}, {2}) and sizes[-1] <= sizes[0]


def groupings(length: int) -> tuple[tuple[int, ...], ...]:
    """The ways in which a card number of this length is printed."""
    fours = (4,) * (length // 4) + ((length % 4,) if length % 4 else ())
    return _GROUPINGS.get(length, (fours,))


def _reversed(digits: str) -> Iterable[tuple[int, str]]:
    return enumerate(reversed(digits))
