"""A sum as people write it in words and short forms → in digits: 3万円, 一万二千円, 10k, 10ドル."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_ONES: Final[Mapping[str, int]] = {c: n for n, c in enumerate("〇一二三四五六七八九")}
_TENS: Final[Mapping[str, int]] = {"十": 10, "百": 100, "千": 1000}
_MYRIAD: Final = 10_000
# What amounts are marked with (`amounts`), instead of the currency's name.
_UNITS: Final[Mapping[str, str]] = {"ドル": "usd", "ユーロ": "eur", "ポンド": "gbp"}

_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?"
_MIXED: Final = re.compile(
    rf"(?<![A-Za-z\d.,])(?:(?P<m>{_NUMBER})\s?万)?\s?(?:(?P<t>{_NUMBER})\s?千|(?P<rest>{_NUMBER}))?"
    r"\s?(?P<yen>円|(?=[\sのでを]|$))"
)
_KANJI: Final = re.compile(r"(?<![一-龠々\d])[〇一二三四五六七八九十百千万]+(?=円(?![ァ-ヶ一-龠]))")
_KILO: Final = re.compile(rf"(?<![\w.,-])(?P<sign>[$¥€£]?)(?P<n>{_NUMBER})\s?[kK](?![\w-])")
_UNIT: Final = re.compile(rf"(?<=\d)\s?({'|'.join(_UNITS)})(?![ァ-ヶー])")


def in_digits(text: str) -> str:
    """The text, in NFKC, with such sums in digits.

    >>> in_digits("Amazon 3万5千円"), in_digits("Amazon 一万二千円"), in_digits("Amazon 10k")
    ('Amazon 35000円', 'Amazon 12000円', 'Amazon 10000')
    """
    text = _KANJI.sub(lambda found: str(_kanji(found[0])), text)
    text = _KILO.sub(lambda found: found["sign"] + _times(found["n"], 1000), text)
    text = _UNIT.sub(lambda found: _UNITS[found[1]], text)
    return _MIXED.sub(_mixed, text)


def _mixed(found: re.Match[str]) -> str:
    """Only what has 万 or 千 in it."""
    if not (found["m"] or found["t"]):
        return found[0]
    parts = ((found["m"], _MYRIAD), (found["t"], 1000), (found["rest"], 1))
    total = sum(int(_times(number, times)) for number, times in parts if number)
    return f"{total}{found['yen'] or '円'}"


def _times(number: str, times: int) -> str:
    return str(int(Decimal(number.replace(",", "")) * times))


def _kanji(text: str) -> int:
    """一万二千 is 12000, and so is 一二〇〇〇."""
    if not set(text) & {"万", *_TENS}:
        return int("".join(str(_ONES[c]) for c in text))
    *high, low = text.split("万")
    return sum(_below_myriad(part) or 1 for part in high) * _MYRIAD + _below_myriad(low)


def _below_myriad(text: str) -> int:
    total, digit = 0, 0
    for char in text:
        if char in _TENS:
            total, digit = total + (digit or 1) * _TENS[char], 0
        else:
            digit = _ONES[char]
    return total + digit
