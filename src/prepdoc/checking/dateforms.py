"""A row that OCR read → the dates that are written in it, in any form that issuers print.

What is in the shape of a date and is none (2026/13/45), or part of a longer number, is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

from prepdoc.checking.folding import mended

# The forms below are those of issuers' statements, and CLDR's patterns for Japanese and English.

_YEAR: Final = r"(?:19|20)\d\d"
_SHORT_YEAR: Final = r"[2-4]\d"
"""Years written with two digits: those of statements that can be of use, 2020 to 2049."""
# The year before each era's first; OCR reads 令 as 今 and 平 as 干.
_ERAS: Final[Mapping[str, int]] = {
    "令": 2018, "今": 2018, "r": 2018, "平": 1988, "干": 1988, "h": 1988, "昭": 1925,
}  # fmt: skip
_ERA: Final = r"(?P<era>令\s?和?|今\s?和|(?<![a-z])r\.?|[平干]\s?成|(?<![a-z])h\.?|昭\s?和)"
_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august",
                  "september", "october", "november", "december")  # fmt: skip
_MONTH_NUMBER: Final = {name[:3]: number for number, name in enumerate(_MONTHS, 1)}
# In full, as three letters, and as the four of Sept; with 0 and 1 for o and l.
_NAMED: Final = "|".join(
    name.replace("o", "[o0]").replace("l", "[l1]")
    for month in _MONTHS
    for name in dict.fromkeys((month, month[:4] if month == "september" else month, month[:3]))
)
_MONTH: Final = rf"(?P<month>{_NAMED})(?![a-z])\.?"
_DAY: Final = r"(?<!\d)(?P<d>\d{1,2})(?!\d)(?:st|nd|rd|th)?"
_AMBIGUOUS: Final = re.compile(
    rf"(?P<a>\d{{1,2}})\s?(?P<s>[/-])\s?(?P<b>\d{{1,2}})\s?(?P=s)\s?(?:{_YEAR}|\d\d)"
)
_NO_AMOUNT: Final = r"(?!\d)(?![.,:]\d)"

Parts: TypeAlias = tuple[int | None, int, int | None]
"""Year, month and day."""
_Read: TypeAlias = Callable[["re.Match[str]"], "Parts | None"]


@dataclass(frozen=True, slots=True)
class Written:
    """A date and where it stands in a row; the year or the day may not be written."""

    start: int
    end: int
    year: int | None
    month: int
    day: int | None

    @property
    def whole(self) -> date | None:
        """The day, if all of it is written and there is such a day."""
        if self.year is None or self.day is None:
            return None
        return _day(self.year, self.month, self.day)


def written_in(text: str) -> tuple[Written, ...]:
    """Every date in whatever form, in order; the places are those in `folding.mended`."""
    row = mended(text)
    found = (written for pattern, read in _FORMS for written in _found(pattern, read, row))
    kept: list[Written] = []
    for written in sorted(found, key=lambda w: (w.start, -w.end)):
        if not kept or kept[-1].end <= written.start:
            kept.append(written)
    return tuple(kept)


def with_day_first(text: str, written: Written) -> Written:
    """A date as who writes the day before the month means it: 07/09/2026 is the 7 September."""
    found = _AMBIGUOUS.fullmatch(mended(text), written.start, written.end)
    if found is None or int(found["a"]) != written.month:
        return written
    return replace(written, month=int(found["b"]), day=int(found["a"]))


def order_of(text: str, written: Written) -> tuple[int, int] | None:
    """The two numbers of a date that may be day and month in either order, as they stand."""
    found = _AMBIGUOUS.fullmatch(mended(text), written.start, written.end)
    return (int(found["a"]), int(found["b"])) if found else None


def _found(pattern: re.Pattern[str], read: _Read, row: str) -> Iterator[Written]:
    for match in pattern.finditer(row):
        parts = None if _is_part(match) else read(match)
        if parts and parts != (None, parts[1], None) and _exists(parts):
            yield Written(match.start(), match.end(), *parts)


def _is_part(match: re.Match[str]) -> bool:
    """Whether the number goes on before or behind: a phone number's, an amount's."""
    separator = match.groupdict().get("s")
    if not separator:
        return False
    before, behind = match.string[: match.start()][-2:], match.string[match.end() :][:2]
    goes_on = behind[1:].isdigit() and behind[0] in f"{separator}.,"
    return goes_on or (before[:1].isdigit() and before[1:] == separator)


def _exists(parts: Parts) -> bool:
    """2000 is a leap year: a 29 February without a year is a day."""
    year, month, day = parts
    return bool(_day(2000 if year is None else year, month, 1 if day is None else day))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _plain(match: re.Match[str]) -> Parts | None:
    """Year, month and day by their names; a year of two digits is one of this century."""
    found = match.groupdict()
    year, day = found.get("y"), found.get("d")
    name = (found.get("month") or "").replace("0", "o").replace("1", "l")
    month = _MONTH_NUMBER[name[:3]] if name else int(found["m"])
    return _full(year) if year else None, month, int(day) if day else None


def _full(year: str) -> int:
    return int(year) if len(year) > 2 else 2000 + int(year)


def _of_era(match: re.Match[str]) -> Parts | None:
    year = 1 if match["e"] == "元" else int(match["e"])
    day = match["d"]
    return _ERAS[match["era"][0]] + year, int(match["m"]), int(day) if day else None


def _year_last(match: re.Match[str]) -> Parts | None:
    """Month first as in the US; day first where it can be nothing else, or points part them."""
    a, b = int(match["a"]), int(match["b"])
    month, day = (b, a) if a > 12 or match["s"] == "." else (a, b)
    return _full(match["y"]), month, day


def _without_year(match: re.Match[str]) -> Parts | None:
    """Month first, but 25/05 can only be the day."""
    a, b = int(match["a"]), int(match["b"])
    return (None, b, a) if a > 12 else (None, a, b)


def _short(match: re.Match[str]) -> Parts | None:
    """Year first as in Japan where that can be, else last."""
    parts = _full(match["a"]), int(match["b"]), int(match["y"])
    if re.fullmatch(_SHORT_YEAR, match["a"]) and _exists(parts):
        return parts
    return _year_last(match) if re.fullmatch(_SHORT_YEAR, match["y"]) else None


_FORMS: Final = tuple(
    (re.compile(form), read)
    for form, read in (
        # 令和8年11月10日, R8年11月, R8.11.10, H31/4/30
        (rf"{_ERA}\s*(?P<e>元|\d{{1,2}})\s*年\s*(?P<m>\d{{1,2}})\s*月"
         r"(?:\s*(?P<d>\d{1,2})\s*[日曰目])?", _of_era),
        (rf"{_ERA}\s*(?P<e>元|\d{{1,2}})\s?(?P<s>[/.-])\s?(?P<m>\d{{1,2}})\s?(?P=s)\s?"
         r"(?P<d>\d{1,2})(?!\d)", _of_era),
        # 2026年11月10日, 26年11月, 11月10日
        (rf"(?<!\d)(?:(?P<y>{_YEAR}|{_SHORT_YEAR})\s*年\s*)?(?P<m>\d{{1,2}})\s*月"
         r"(?:\s*(?P<d>\d{1,2})\s*[日曰目])?", _plain),
        # 2026/11/10, 2026-11-10, 2026.11.10, 2026/11; 2026.11 is an amount as well
        (rf"(?<!\d)(?P<y>{_YEAR})\s?(?P<s>[/.-])\s?(?P<m>\d{{1,2}})"
         r"\s?(?P=s)\s?(?P<d>\d{1,2})(?!\d)", _plain),
        (rf"(?<!\d)(?P<y>{_YEAR})(?P<s>[/-])(?P<m>\d{{1,2}})(?!\d)(?!\s?(?P=s)\s?\d)", _plain),
        # 11/10/2026, 13.11.2026; 26/11/10, 11/10/26, 26.11.10; 11-10-26; 11/10
        (rf"(?<!\d)(?P<a>\d{{1,2}})\s?(?P<s>[/.-])\s?(?P<b>\d{{1,2}})\s?(?P=s)\s?"
         rf"(?P<y>{_YEAR})(?!\d)", _year_last),
        (r"(?<!\d)(?P<a>\d{1,2})(?P<s>[/.])(?P<b>\d{1,2})(?P=s)(?P<y>\d\d)(?!\d)", _short),
        (r"(?<![\w-])(?P<a>\d\d)(?P<s>-)(?P<b>\d\d)(?P=s)(?P<y>\d\d)(?![\w-])", _short),
        (r"(?<!\d)(?P<a>\d{1,2})(?P<s>/)(?P<b>\d{1,2})(?!\d)", _without_year),
        # Nov 10, 2026; November 10th 2026; Nov. 10; 10 Nov 2026; 10-Nov-26; 2026 Nov 10
        (rf"(?<![a-z]){_MONTH}\s?[-/]?\s?{_DAY}(?![.,:]\d{{1,3}}(?!\d))"
         rf"(?:(?:\s*[-,./]\s*|\s+)(?P<y>{_YEAR}|(?<=,\s){_SHORT_YEAR}){_NO_AMOUNT})?", _plain),
        (rf"(?<!\d[.,]){_DAY}\s?[-/.]?\s?(?:of\s)?{_MONTH}"
         rf"(?:[-/.,']?\s*'?(?P<y>{_YEAR}|(?<!\s\s){_SHORT_YEAR}){_NO_AMOUNT}"
         rf"(?!\s*(?:{_NAMED})(?![a-z])))?", _plain),
        (rf"(?<!\d)(?P<y>{_YEAR})[-/., ]\s?{_MONTH}[-/ ]?\s?{_DAY}{_NO_AMOUNT}", _plain),
        # November 2026
        (rf"(?<![a-z\d]){_MONTH},?\s?[-/']?\s?(?P<y>{_YEAR}){_NO_AMOUNT}", _plain),
    )
)  # fmt: skip
