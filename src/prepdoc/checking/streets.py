"""Addresses in Latin letters → as they are compared, whether their words are written out or short.

Issuers print 415 ST. BRENDAN ST APT 6C, ALBANY NY for 415 Saint Brendan Street, Apartment 6C,
Albany, New York, USA, and leave out their own country.
"""

from __future__ import annotations

import re
from typing import Final

# Abbreviations of addresses (USPS Publication 28, appendices C1 and C2; Australia Post and Canada
# Post have the same ones), those in most use.
SHORT: Final = {
    "street": "st", "saint": "st", "avenue": "ave", "road": "rd", "boulevard": "blvd",
    "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "highway": "hwy",
    "parkway": "pkwy", "floor": "fl", "building": "bldg", "parade": "pde", "crescent": "cres",
    "terrace": "ter", "tce": "ter", "close": "cl", "grove": "gr", "gardens": "gdns",
    "circle": "cir", "trail": "trl", "mount": "mt", "fort": "ft",
    "north": "n", "south": "s", "east": "e", "west": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
    **dict.fromkeys(("apartment", "apt", "suite", "ste", "unit", "flat"), ""),  # or as #5B
}  # fmt: skip
# USPS Publication 28, appendix B; Canada Post, Addressing Guidelines, table of provinces; Australia
# Post, Addressing Guidelines.
_REGIONS: Final = {
    "alabama": "al", "alaska": "ak", "arizona": "az", "arkansas": "ar", "california": "ca",
    "colorado": "co", "connecticut": "ct", "delaware": "de", "district of columbia": "dc",
    "florida": "fl", "georgia": "ga", "hawaii": "hi", "idaho": "id", "illinois": "il",
    "indiana": "in", "iowa": "ia", "kansas": "ks", "kentucky": "ky", "louisiana": "la",
    "maine": "me", "maryland": "md", "massachusetts": "ma", "michigan": "mi", "minnesota": "mn",
    "mississippi": "ms", "missouri": "mo", "montana": "mt", "nebraska": "ne", "nevada": "nv",
    "new hampshire": "nh", "new jersey": "nj", "new mexico": "nm", "new york": "ny",
    "north carolina": "nc", "north dakota": "nd", "ohio": "oh", "oklahoma": "ok", "oregon": "or",
    "pennsylvania": "pa", "rhode island": "ri", "south carolina": "sc", "south dakota": "sd",
    "tennessee": "tn", "texas": "tx", "utah": "ut", "vermont": "vt", "virginia": "va",
    "washington": "wa", "west virginia": "wv", "wisconsin": "wi", "wyoming": "wy",
    "alberta": "ab", "british columbia": "bc", "manitoba": "mb", "new brunswick": "nb",
    "newfoundland and labrador": "nl", "nova scotia": "ns", "ontario": "on",
    "prince edward island": "pe", "quebec": "qc", "québec": "qc", "saskatchewan": "sk",
    "new south wales": "nsw", "queensland": "qld", "south australia": "sa", "tasmania": "tas",
    "victoria": "vic", "western australia": "wa",
}  # fmt: skip
_COUNTRIES: Final = (
    "usa", "u.s.a.", "us", "u.s.", "united states", "united states of america", "canada",
    "united kingdom", "uk", "u.k.", "great britain", "england", "scotland", "wales",
    "northern ireland", "ireland", "australia", "new zealand", "germany", "deutschland", "france",
    "italy", "spain", "netherlands", "the netherlands", "belgium", "austria", "switzerland",
    "singapore", "india", "japan", "hong kong", "taiwan", "south korea", "korea",
)  # fmt: skip
_SHORT_REGION: Final = "|".join(sorted(set(_REGIONS.values())))
_REGION: Final = re.compile(
    r"(?<![^\W_])(?:" + "|".join(sorted(_REGIONS, key=len, reverse=True)) + r")"
    rf"(?=\W*(?:$|[,|]|\d|[a-z]\d[a-z]|(?:{_SHORT_REGION})(?![^\W_])))"
)
"""At the end of an address or before its postal code: Washington Street is in New York."""
_COUNTRY: Final = re.compile(
    r"[\s,]+(?:" + "|".join(map(re.escape, _COUNTRIES)) + r")\s*$", re.IGNORECASE
)
_STREET_BEHIND: Final = re.compile(r"(?<=[^\W\d_]{3})(?:straße|strasse|str\.)(?![^\W_])")
"""Lindenstraße, as which a word of its own has none."""
_BETWEEN_NUMBERS: Final = re.compile(r"(?<=\d)\s?[-/]\s?(?=\d)")
"""Of a unit and its house, 12/88 and 1809-455, which are apart in Unit 12, 88."""


def without_country(address: str) -> str:
    """An address as it is written in its own country.

    >>> without_country("Lindenstraße 42, 50674 Köln, Germany")
    'Lindenstraße 42, 50674 Köln'
    """
    return _COUNTRY.sub("", address)


def with_short_words(text: str) -> str:
    """A folded text with states, provinces and streets as their abbreviations, and blanks between
    its numbers.

    >>> with_short_words("lindenstraße 42"), with_short_words("12/88 main road, albany, new york")
    ('lindenstr 42', '12 88 main rd, albany, ny')
    """
    short = _STREET_BEHIND.sub("str", _REGION.sub(lambda found: _REGIONS[found[0]], text))
    apart = _BETWEEN_NUMBERS.sub(" ", short.replace("#", " "))
    return re.sub(r"[^\W\d_]+", lambda found: SHORT.get(found[0], found[0]), apart)
