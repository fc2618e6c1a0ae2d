"""Numbers that look like a card, or share digits with one, and are none."""

from __future__ import annotations

import re
from functools import cache

from prepdoc.pan.number import luhn
from prepdoc.pan.text import folded

# Country → characters of its IBANs (SWIFT, IBAN Registry, release 99). Only these are believed: of
# a hundred card numbers that stand behind two letters, one fits the check digits by chance.
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
_TIED_BEFORE, _TIED_AFTER = re.compile(r"\d-$"), re.compile(r"-\d|(?: \d{4}){2}")
_AREA_CODE, _LOCAL = re.compile(r"\(0\d{1,4}\)\s?$"), re.compile(r"\d{1,4}-\d{4}(?![-\d])")
_NEW_ROW = re.compile(r"(?:19|20)\d\d(?:年|([-/.])\d{1,2}\1\d{1,2}(?!\d))")
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2})\d{2}")
_IBAN_BEGUN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]){4,}(?![A-Za-z0-9])")
_USUAL = 16
"""Digits of most cards' numbers."""
_OF_CARDS = frozenset({"VISA", "CARD", "AMEX"})
"""Four letters that may stand before a card's number."""
_IBAN_WORD = re.compile(r"\bIBAN\W{0,3}$", re.IGNORECASE)
# Amazon's order numbers, phones of Japan and North America, and what a chip's application is called
# (EMV Book 1, 12.2.1; ISO/IEC 7816-5), with how many digits they have: a run of known digits in one
# is chance, and so is a number that begins in one and ends in the next.
_FORMS = (
    (re.compile(r"(?<![A-Za-z\d])A0{6}\d{7,11}(?![A-Za-z\d])"), {13, 14, 15, 16, 17}),
    (re.compile(r"(?<![\d/.-])0(?:120|570|800|990)-\d{3}-\d{3}(?![\d-])"), {10}),
    (re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])"), {17}),
    (re.compile(r"(?<![\d/.-])\(?0[1-9]\d{0,3}\)?[- ]?\d{1,4}-\d{4}(?![\d-])"), {10, 11}),
    (re.compile(r"(?<![\d/.-])(?<!\d )\(?0[1-9]\d{0,3}\)? ?\d{1,4} \d{4}(?!\d|[- ]\d)"), {10, 11}),
    (
        re.compile(r"(?<!\d)(?:\+|00|010-)81[- ]?(?:\(0\))?\d{1,4}[- ]\d{1,4}[- ]\d{4}(?![\d-])"),
        {11, 12, 13, 14, 15},
    ),
    (re.compile(r"(?<![\d-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\d-])"), {10}),
)
# What the US post prints on parcels (USPS Publication 199), and SIM cards' numbers (ITU-T E.118).
_PARCEL = re.compile(r"(?<![\d-])(?<!\d )9[1-5]\d\d(?: \d{4}){4} \d\d(?!-?\d)")
_SIM = re.compile(r"(?<![\d-])(?<!\d )89\d\d(?: \d{4}){3} \d{3}(?!-?\d)")


def is_tied(line: str, start: int, end: int) -> bool:
    """Whether it is a part of a longer chain of digits: `06-6557-4531`, `9612 0191 2345 6789`; or
    begins with a phone number behind its area code: `(03) 3494-1789`.
    """
    before, after = line[:start], line[end:]
    is_part = _TIED_BEFORE.search(before) is not None or _TIED_AFTER.match(after) is not None
    is_phone = _AREA_CODE.search(before) is not None and _LOCAL.match(line, start) is not None
    return is_part or is_phone


def forms(line: str) -> tuple[range, ...]:
    """The indices of each order number and phone number."""
    found = ((match, lengths) for form, lengths in _FORMS for match in form.finditer(line))
    return tuple(range(*m.span()) for m, lengths in found if _digits(m.group()) in lengths)


def codes(line: str) -> tuple[range, ...]:
    """Those of each parcel's and SIM card's number in groups of four, whose check digit fits."""
    parcels = (m for m in _PARCEL.finditer(line) if _is_checked(m[0].replace(" ", "")))
    sims = (m for m in _SIM.finditer(line) if luhn(m[0].replace(" ", "")))
    return tuple(range(*match.span()) for match in (*parcels, *sims))


def _is_checked(digits: str) -> bool:
    """By weights of three and one from the right (GS1 General Specifications, 7.9)."""
    return sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(reversed(digits))) % 10 == 0


def ibans(line: str) -> tuple[range, ...]:
    """Those of each IBAN (ISO 13616) whose check digits fit (ISO 7064 mod 97-10).

    One behind that word is believed also where a reader took one of its digits for another, or sees
    but its beginning; and so is one with its bank's letters where they are printed.
    """
    starts = [m for m in _IBAN_START.finditer(line) if m[1] in _IBAN_LENGTHS]
    found = (_of_length(_IBAN_LENGTHS[m[1]]).match(line, m.start()) for m in starts)
    whole = [m for m in found if m and (_is_valid(m[0]) or _is_named(m) or _names_a_bank(m[0]))]
    begun = (_IBAN_BEGUN.match(line, m.start()) for m in starts if _is_named(m))
    part = (m for m in begun if m and _is_part(_bare(m[0])))
    return tuple(range(*m.span()) for m in (*whole, *part))


@cache
def _of_length(length: int) -> re.Pattern[str]:
    # A speck behind a group is read as a point.
    return re.compile(rf"(?:[A-Z0-9][.,]? ?){{{length - 1}}}[A-Z0-9](?![A-Za-z0-9])")


def _digits(text: str) -> int:
    return sum(c.isdecimal() for c in text)


def _is_part(iban: str) -> bool:
    """Whether it is too short, and no card's number that only stands behind the word."""
    digits = iban[4:]
    is_card = digits.isdecimal() and (len(digits) == _USUAL or luhn(digits))
    return len(iban) < _IBAN_LENGTHS[iban[:2]] and not is_card


def _names_a_bank(iban: str) -> bool:
    """Whether it has a bank's letters behind its check digits, as those of twenty countries."""
    letters = _bare(iban)[4:8]
    return letters.isalpha() and letters not in _OF_CARDS


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _is_named(match: re.Match[str]) -> bool:
    return _IBAN_WORD.search(match.string[max(0, match.start() - 8) : match.start()]) is not None


def _is_valid(iban: str) -> bool:
    compact = _bare(iban)
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def begins_a_row(text: str) -> bool:
    """Whether a line begins with a date, as the rows of a table do: three groups of four above it
    are a parcel's number.

    >>> begins_a_row("2026-04-22 BOOKS"), begins_a_row("2026 1111")
    (True, False)
    """
    return _NEW_ROW.match(folded(text)) is not None
