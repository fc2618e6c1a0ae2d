"""A row that OCR read → the amounts of money in it.

A number is an amount where it stands by itself: no date, no part of a card's, phone's or order's
number, no count. OCR reads the comma of the thousands as a dot, and blanks beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from prepdoc.checking.dateforms import written_in
from prepdoc.checking.folding import DASHES, mended

MIN_PLAIN_DIGITS: Final = 3
"""A shorter number without sign, separator or decimals is rather a count, or a page's number."""
MAX_PLAIN_DIGITS: Final = 8
"""A longer one is rather a reference: cards' limits end below."""

# The signs before and behind an amount (ISO 4217, and CLDR's for the yen, the dollars, the euro and
# the pound); OCR reads ¥ as Y or a backslash, which share its place in JIS X 0201, and $ as S.
_SIGN: Final = (
    r"(?:us|ca?|au?|hk|nz?)?\$|[¥€£\\]|(?<![a-z])(?:(?:jpy|usd|eur|gbp)(?=\s?[-\d])|[ys](?=\d))"
)
_UNIT: Final = r"円|(?:yen|jpy|usd|eur|gbp)(?![a-z])|[¥€£$](?!\s?\d)"
# In front of a sum that is paid back: Japanese accounts print a triangle, which Tesseract reads as
# an A. A dash that joins words, or that stands between blanks, is none; where a cell
# begins, a blank may part it from the currency: - $30.00 (Capital One), - £20.00 (Barclaycard).
_TRIANGLES: Final = "▲△▼∆δ"
_AS_A: Final = r"(?:(?<![^\s(])a|(?<=\s\s)a\s)(?=[¥\\]?\d{1,3}(?:[.,]\d{3})+(?!\d))"
_APART: Final = r"(?:(?<=\s\s)|^)[-‐‑‒–—―−─]\s(?=[¥$€£]|\d[\d,]*(?:\.\d\d(?!\d)|\s?円))"
_MINUS: Final = rf"(?:[{_TRIANGLES}]\s?|{_AS_A}|{_APART}|(?<![^\s(])[{DASHES}])"
_COMMAS: Final = r"\d+(?:[.,]\d+|\s?,\s?\d{3}(?!\d))*"
_BLANKS: Final = r"\d{1,3}(?:\s\d{3})+(?:[.,]\d{2})?(?!\d)"
_SUMS: Final = re.compile(
    rf"(?P<minus>{_MINUS}|(?<![^\s(])cr\s?(?=[$£€]?\d))?(?:(?P<sign>{_SIGN})\s?(?P<inner>[{DASHES}{_TRIANGLES}])?)?"
    rf"(?<!\d)(?P<number>(?(sign){_BLANKS}|(?!))|{_COMMAS})"
    rf"(?P<back>-(?!\w))?(?:\s?(?P<unit>{_UNIT}))?(?:(?:\s?|\s\s+(?=cr\s*$))(?P<credit>cr)(?![a-z]))?"
)
_BARE_BLANKS: Final = re.compile(rf"(?<![\d.,{_TRIANGLES}-])(?P<number>{_BLANKS})")
# What stands right before or behind a number that is no sum: hidden digits, the rest of a longer
# number, of a time or of a name; counts, shares, points, the year of a copyright.
_NO_SUM_BEFORE: Final = re.compile(
    r"(?:[*●•■█][\s-]?|[#№/]|\d[-:.,/]|(?:©|\(c\)|copyright)\s?"
    r"|(?:番\s?号|下\s?4\s?[桁けケ]た?|末\s?尾|(?<![a-z])(?:ends|ending|in|number))\s*:?\s*)$"
)
_REACH: Final = 20
_NO_SUM_BEHIND: Final = re.compile(
    r"[*]|[-./:]\d|\s?%|\s?回|(?:年|月|日|分|時|枚|個|件|点|桁|本(?!人)|名(?!義)|[かケヶヵ]月"
    r"|\s?(?:ポイント|マイル|points?|pts?|miles)(?![a-z]))"
)
_WORD_BEFORE: Final = re.compile(r"[a-z][-.]?$")
_WORD_BEHIND: Final = re.compile(r"[-.]?[a-z]")
_CENTS: Final = re.compile(r"[.,]\d\d$")
_VALUE: Final = re.compile(r"(?P<whole>\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](?P<part>\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum and its place in the row; `is_marked` where a sign or a unit says its currency.

    `is_likely` is False for a short number without any sign of what it is.
    """

    value: Decimal
    start: int
    end: int
    is_marked: bool
    is_likely: bool


def amounts_in(text: str) -> tuple[Amount, ...]:
    """Every sum in a row, in order; the places are those in `folding.mended`."""
    row = mended(text)
    dates = [(written.start, written.end) for written in written_in(text)]
    found = (_amount(match) for match in _SUMS.finditer(row))
    return tuple(a for a in found if a and not any(a.start < e and s < a.end for s, e in dates))


def parted_in(text: str) -> tuple[Decimal, ...]:
    """What the numbers without a sign are if blanks part their thousands: perhaps two numbers."""
    values = (_value(match["number"]) for match in _BARE_BLANKS.finditer(mended(text)))
    return tuple(value for value in values if value is not None)


def _amount(match: re.Match[str]) -> Amount | None:
    number, value = match["number"], _value(match["number"])
    is_marked, is_plain = bool(match["sign"] or match["unit"]), number.isdecimal()
    if value is None or _is_no_sum(match) or (is_plain and not is_marked and _is_code(match)):
        return None
    is_likely = is_marked or not is_plain or len(number) >= MIN_PLAIN_DIGITS
    signed = -value if _is_paid_back(match) else value
    return Amount(signed, match.start(), match.end(), is_marked, is_likely)


def _value(number: str) -> Decimal | None:
    """None for what has separators at odd places, or noughts in front."""
    found = _VALUE.fullmatch("".join(number.split()))
    whole = re.sub("[.,]", "", found["whole"]) if found else "00"
    if found is None or (whole.startswith("0") and len(whole) > 1):
        return None
    return Decimal(f"{whole}.{found['part']}" if found["part"] else whole)


def _is_no_sum(match: re.Match[str]) -> bool:
    row, start = match.string, match.start()
    before = "" if match["sign"] else row[max(0, start - _REACH) : start]
    is_other_behind = not match["unit"] and _NO_SUM_BEHIND.match(row, match.end("number"))
    return bool(_NO_SUM_BEFORE.search(before) or is_other_behind)


def _is_code(match: re.Match[str]) -> bool:
    """Whether plain digits are a reference: too long, or part of a word."""
    before, behind = match.string[: match.start()], match.string[match.end() :]
    is_long = len(match["number"]) > MAX_PLAIN_DIGITS
    return is_long or bool(_WORD_BEFORE.search(before[-2:]) or _WORD_BEHIND.match(behind))


def _is_paid_back(match: re.Match[str]) -> bool:
    """¥10,000- is how sums in yen end; 10.00- is a credit, and 1,980- in a column without signs."""
    is_yens_end = match["sign"] and not _CENTS.search(match["number"])
    marks = (match["minus"], match["inner"], match["credit"], not is_yens_end and match["back"])
    return any(marks)
