"""What is written in the corpus: card numbers from test ranges, and numbers that are no cards.

    chance ─cards→ PANs · ─lookalike→ (what it is, as printed) ─▶ layout

What counts as a card number here is DESIGN.md's rules 1 and 2, written down a second time: a
look-alike that they would mask is dealt again, and so is one that shares six digits with a card of
its page (rule 5). Everybody and everything in here is invented.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

from bench.corpus.truth import Fate
from tests import draw
from tests.draw import Brand

LAST_FOUR = 4
SHARED = 6
"""Digits in a row that make a stretch of a known number (rule 5)."""
BRANDS: tuple[Brand, ...] = get_args(Brand)
BRAND_NAMES: Mapping[Brand, str] = {
    "visa": "VISA",
    "mastercard": "Mastercard",
    "mastercard-2": "MasterCard",
    "amex": "American Express",
    "jcb": "JCB",
    "diners": "Diners Club",
    "unionpay": "UnionPay",
    "discover": "Discover",
    "maestro": "Maestro",
}
# (first IIN, last IIN, lengths), from requirements.md.
IIN_RANGES: tuple[tuple[int, int, range], ...] = (
    (4, 4, range(13, 20, 3)),
    (51, 55, range(16, 17)),
    (2221, 2720, range(16, 17)),
    (34, 34, range(15, 16)),
    (37, 37, range(15, 16)),
    (300, 305, range(14, 20)),
    (36, 36, range(14, 20)),
    (38, 38, range(14, 20)),
    (3528, 3589, range(16, 20)),
    (62, 62, range(16, 20)),
    (6011, 6011, range(16, 20)),
    (644, 649, range(16, 20)),
    (65, 65, range(16, 20)),
    (50, 50, range(12, 20)),
    (56, 69, range(12, 20)),
)
CARD_GROUPS = frozenset(
    {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (6, 13), (4, 4, 4, 4, 3), (4, 3, 3, 3)}
)


def but_last_four(digits: str, kept: int = LAST_FOUR) -> tuple[Fate, ...]:
    """The fates of a whole number: all masked but its end."""
    return tuple("mask" if i < len(digits) - kept else "keep" for i in range(len(digits)))


def all_kept(printed: str) -> tuple[Fate, ...]:
    """The fates of a look-alike."""
    return tuple("keep" for char in printed if char.isdigit())


def all_masked(printed: str) -> tuple[Fate, ...]:
    """The fates of what is left of a number whose last four the issuer hides."""
    return tuple("mask" for char in printed if char.isdigit())


def card(chance: random.Random, brand: Brand | None = None, length: int | None = None) -> str:
    """The digits of one card; without a brand, one that needs no label to be known (rule 1)."""
    return draw.pan(brand or _brand(chance), chance.randrange(10**9), length)


def _brand(chance: random.Random) -> Brand:
    return chance.choice(BRANDS)


def cards(chance: random.Random, count: int) -> tuple[str, ...]:
    """So many different cards, of different brands as long as there are any left."""
    order = chance.sample(BRANDS, len(BRANDS))
    return tuple(card(chance, order[i % len(order)]) for i in range(count))


# --- look-alikes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Something with digits that is no card number; `ja` and `en` are what stands before it."""

    name: str
    ja: str
    en: str
    printed: str = field(repr=False)

    def label(self, japanese: bool) -> str:
        """What stands before it."""
        return self.ja if japanese else self.en


Maker = Callable[[random.Random], str]


def _digits(chance: random.Random, count: int, first: str = "") -> str:
    return first + "".join(chance.choices("0123456789", k=count - len(first)))


def _order(chance: random.Random) -> str:
    first = chance.choice(("250", "249", "503", "112", "113", "114"))
    return f"{first}-{_digits(chance, 7)}-{_digits(chance, 7)}"


def _mobile(chance: random.Random) -> str:
    head = chance.choice(("090", "080", "070"))
    return f"{head}-{_digits(chance, 4)}-{_digits(chance, 4)}"


def _landline(chance: random.Random) -> str:
    shape = chance.choice(("03-#-#", "(03) #-#", "03 # #", "06-#-#"))
    return re.sub("#", lambda _: _digits(chance, 4), shape)


def _free_dial(chance: random.Random) -> str:
    return f"0120-{_digits(chance, 3)}-{_digits(chance, 3)}"


def _abroad(chance: random.Random) -> str:
    shape = chance.choice(("+81-90-#-#", "+81 3-#-#", "+81 80 # #", "+81(0)3-#-#"))
    return re.sub("#", lambda _: _digits(chance, 4), shape)


def _postal_code(chance: random.Random) -> str:
    return f"{_digits(chance, 3, '1')}-{_digits(chance, 4)}"


def _date(chance: random.Random) -> str:
    day, month = chance.randint(1, 28), chance.randint(1, 12)
    shape = chance.choice(("2026/{1:02}/{0:02}", "2026-{1:02}-{0:02}", "{0:02}.{1:02}.2026"))
    return shape.format(day, month)


def _amount(chance: random.Random) -> str:
    return f"{chance.randint(100, 999999):,}"


def _iban(chance: random.Random) -> str:
    """Grouped by four, with its check digits (ISO 13616, ISO 7064 mod 97-10)."""
    country, length = chance.choice((("DE", 18), ("FR", 23), ("ES", 20)))
    body = _digits(chance, length)
    check = 98 - int(f"{body}{int(country[0], 36)}{int(country[1], 36)}00") % 97
    whole = f"{country}{check:02}{body}"
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def _article(chance: random.Random, *heads: str) -> str:
    """An article number of 13 digits with its check digit (GS1 General Specifications §7.9)."""
    body = _digits(chance, 12, chance.choice(heads))
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body))
    return body + str(-weighted % 10)


def _jan(chance: random.Random) -> str:
    return _article(chance, "49", "45")


def _isbn(chance: random.Random) -> str:
    return _article(chance, "978", "979")


def _parcel(chance: random.Random) -> str:
    """Twelve digits, as Japanese carriers number parcels."""
    groups = (_digits(chance, 4) for _ in range(3))
    return chance.choice(("-", " ", "")).join(groups)


def _tracking(chance: random.Random) -> str:
    """Of 12 to 20 digits, in one piece."""
    return _digits(chance, chance.randint(12, 20), chance.choice("1349"))


def _reference(chance: random.Random) -> str:
    """Sixteen digits in one piece that fail Luhn; many begin as cards do."""
    digits = _digits(chance, 16, chance.choice(("4", "5", "62", "9", "3")))
    return digits if not luhn(digits) else digits[:-1] + str((int(digits[-1]) + 5) % 10)


def _acquirer(chance: random.Random) -> str:
    """An acquirer reference number: 23 digits."""
    return _digits(chance, 23, chance.choice(("2469", "7405", "5543")))


def _merchant(chance: random.Random) -> str:
    return _digits(chance, 15, chance.choice(("0", "9", "1")))


def _bank_account(chance: random.Random) -> str:
    return _digits(chance, 7)


def _approval(chance: random.Random) -> str:
    return _digits(chance, 6)


# What it is → (what stands before it in Japanese, in English, how it is made). The forms are those
# of DESIGN.md, "Never masked", and of formats.md, "Look-alikes".
LOOKALIKES: Mapping[str, tuple[str, str, Maker]] = {
    "order": ("注文番号", "Order", _order),
    "mobile": ("携帯電話", "Mobile", _mobile),
    "landline": ("電話", "Tel.", _landline),
    "free-dial": ("お問い合わせ", "Helpdesk", _free_dial),
    "abroad": ("海外から", "From abroad", _abroad),
    "postal-code": ("〒", "JP ", _postal_code),
    "date": ("発行日", "Date", _date),
    "amount": ("金額", "Amount", _amount),
    "iban": ("IBAN", "IBAN", _iban),
    "jan": ("JAN", "EAN", _jan),
    "isbn": ("ISBN", "ISBN", _isbn),
    "parcel": ("送り状", "Parcel", _parcel),
    "tracking": ("追跡番号", "Tracking", _tracking),
    "reference": ("整理番号", "Reference", _reference),
    "acquirer": ("取引番号", "Ref.", _acquirer),
    "merchant": ("加盟店", "Merchant", _merchant),
    "bank-account": ("普通口座", "Bank transfer from", _bank_account),
    "approval": ("承認番号", "Approval code", _approval),
}


def lookalike(chance: random.Random, name: str, pans: Sequence[str] = ()) -> LookAlike:
    """One that DESIGN.md leaves readable on a page with these cards."""
    ja, en, make = LOOKALIKES[name]
    printed = make(chance)
    while reads_as_card(printed) or any(shares(printed, pan) for pan in pans):
        printed = make(chance)
    return LookAlike(name, ja, en, printed)


# --- the rules, once more -----------------------------------------------------------------------


def luhn(digits: str) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1 annex B)."""
    return draw.luhn_digit(digits[:-1]) == digits[-1]


def in_known_range(digits: str) -> bool:
    """Whether a brand issues numbers that begin so and are so long."""
    return any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last
        for first, last, lengths in IIN_RANGES
    )


def reads_as_card(printed: str) -> bool:
    """Whether any of its groups in a row are a card number by rule 1 or 2.

    An article number of 13 digits in one piece is none without a label.
    """
    groups = re.findall(r"\d+", printed)
    stretches = (groups[i:j] for i in range(len(groups)) for j in range(i + 1, len(groups) + 1))
    return any(_is_card(stretch) for stretch in stretches)


def _is_card(groups: Sequence[str]) -> bool:
    digits = "".join(groups)
    if not 12 <= len(digits) <= 19 or not in_known_range(digits):
        return False
    if tuple(map(len, groups)) in CARD_GROUPS:
        return True
    return luhn(digits) and (len(groups) > 1 or len(digits) > 13)


def shares(printed: str, pan: str) -> bool:
    """Whether six digits in a row of the card stand in it."""
    digits = re.sub(r"\D", "", printed)
    return any(pan[i : i + SHARED] in digits for i in range(len(pan) - SHARED + 1))


def stretches(pan: str, count: int) -> tuple[str, ...]:
    """The number cut into so many parts of about the same length."""
    cuts = [round(i * len(pan) / count) for i in range(count + 1)]
    return tuple(pan[a:b] for a, b in pairwise(cuts))
