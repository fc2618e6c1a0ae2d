"""A phone number as somebody gives it → the pattern that finds it as it is printed, and no other.

The same number is written at home with a nought or a 1 in front, abroad with a country code; what
stands behind another country's code is another number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_MIN_PHONE: Final = 7
_MIN_NATIONAL: Final = 8
"""Digits behind the nought of a number that is one by itself, in whatever country."""
_JAPAN, _AMERICA = "81", "1"
_COUNTRY: Final = re.compile(
    r"(?:\+|00|011)(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)"
)
"""Country codes (ITU-T E.164 and its list of assigned codes), behind a plus or what is dialled."""
# Without a plus: 81 and nine or ten digits (総務省, 番号計画), 1 and ten (NANPA); at home.
_JAPAN_BARE: Final = re.compile(r"(81)(0?[1-9]\d{8,9})")
_AMERICA_BARE: Final = re.compile(r"(1?)([2-9]\d{2}[2-9]\d{6})")
_MOBILE_OF_JAPAN: Final = re.compile(r"0[5-9]0\d{8}")

_GAP: Final = r"[^0-9A-Za-z]{0,3}"
_ANY_CODE: Final = rf"\+[0-9]{{1,3}}{_GAP}"
_NO_CODE_BEFORE: Final = r"(?<!\(0\))" + "".join(
    rf"(?<!\+[0-9]{{{digits}}}[^0-9]{{{gap}}})" for digits in (1, 2, 3) for gap in (1, 2, 3)
)


@dataclass(frozen=True, slots=True)
class _Phone:
    """A number by its country, where known, and without the nought in front."""

    country: str
    national: str
    has_nought: bool


def phone_patterns(phone: str) -> list[re.Pattern[str]]:
    """One for each number that is given, to be searched for in text in NFKC."""
    return [re.compile(rf"(?<![0-9])(?:{_forms(number)})(?![0-9])") for number in _numbers(phone)]


def _numbers(phone: str) -> Iterator[str]:
    """Digits, with a plus if there is one in front."""
    plain = unicodedata.normalize("NFKC", phone)
    for part in re.split(r"[/,、;・]|\s{2,}", plain):
        digits = "".join(c for c in part if c.isdecimal())
        if len(digits) >= _MIN_PHONE:
            yield ("+" if part.lstrip(" (").startswith("+") else "") + digits


def _forms(number: str) -> str:
    phone = _read(number)
    home = [phone.national, f"0{phone.national}"]
    if phone.country:
        return "|".join((*_abroad(phone.country, phone), *map(_at_home, home)))
    if not phone.has_nought or len(phone.national) < _MIN_NATIONAL:
        return _at_home(number.lstrip("+"))
    of_japan = _abroad(_JAPAN, phone)
    if _MOBILE_OF_JAPAN.fullmatch(number):
        return "|".join((*of_japan, _at_home(number)))
    anywhere = (f"{_ANY_CODE}{_spread(form)}" for form in home)
    return "|".join((*anywhere, *of_japan, _at_home(number)))


def _read(number: str) -> _Phone:
    found = _COUNTRY.fullmatch(number) or _JAPAN_BARE.fullmatch(number)
    if found:
        return _Phone(found[1], found[2].removeprefix("0"), has_nought=True)
    if american := _AMERICA_BARE.fullmatch(number):
        return _Phone(_AMERICA, american[2], has_nought=False)
    return _Phone("", number.removeprefix("0"), number.startswith("0"))


def _abroad(country: str, phone: _Phone) -> list[str]:
    """Behind its country's code; many write the nought too, in parentheses."""
    return [f"(?:00)?{_spread(country + nought + phone.national)}" for nought in ("", "0")]


def _at_home(digits: str) -> str:
    return _NO_CODE_BEFORE + _spread(digits)


def _spread(digits: str) -> str:
    """With whatever separators."""
    return _GAP.join(digits)
