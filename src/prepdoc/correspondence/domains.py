"""Names of hosts: which are the recipient's own, and which only look like them. No name is looked
up."""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from urllib.parse import urlsplit

OWN: Final = ("amazon.co.jp", "amazon.com", "amazon.jp")
"""Domains of which Amazon sends and to which its mails lead; amazon.jp stands in the signatures of
E3 and E4. amazonses.com is everybody's who pays for sending."""

NAME: Final = "amazon"
_ASCII_TWINS: Final = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s"), ("4", "a"))
"""Characters of ASCII that are taken for others at a glance."""
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+-]*:", re.IGNORECASE)
MAX_EDITS: Final = 1
"""Letters more, less or other: `amazom`, `amaz0n`; with two, `azon` and `amason` would be many."""


def host_of(target: str) -> str:
    """The host of a link's target, or of the address that it writes to; empty where it has none."""
    url = target.strip()
    if _OTHER_SCHEME.match(url):
        return in_unicode(url.partition("?")[0].rpartition("@")[2]) if "@" in url else ""
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return in_unicode(host.rstrip("."))


def in_unicode(host: str) -> str:
    """The host with its punycode read (RFC 3492): `xn--mazon-3ve.com` is `аmazon.com`."""
    return ".".join(_label(label) for label in host.lower().split("."))


def is_own(host: str) -> bool:
    """Whether it is one of the recipient's domains, or below one."""
    return own_domain(host) is not None


def own_domain(host: str) -> str | None:
    """Which of the recipient's domains a host belongs to."""
    return next((own for own in OWN if host == own or host.endswith(f".{own}")), None)


def is_look_alike(host: str) -> bool:
    """Whether a person may take a host that is not the recipient's for it."""
    if is_own(host):
        return False
    from rapidfuzz.distance import Levenshtein

    parts = re.split(r"[.-]", _skeleton(host))
    return any(NAME in part or Levenshtein.distance(part, NAME) <= MAX_EDITS for part in parts)


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        read = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
    # Punycode that spells plain ASCII is no host's name (RFC 5890, section 2.3.2.1).
    return label if read.isascii() else read


@cache
def _skeleton(host: str) -> str:
    """As it looks: letters of other scripts and twins within ASCII as the Latin ones."""
    from confusable_homoglyphs.confusables import is_confusable

    found = is_confusable(host, greedy=True, preferred_aliases=["latin"]) or []
    latin = {
        one["character"]: twin["c"]
        for one in found
        for twin in one["homoglyphs"]
        if twin["c"].isascii()
    }
    plain = "".join(latin.get(char, char) for char in host)
    for twin, letter in _ASCII_TWINS:
        plain = plain.replace(twin, letter)
    return plain
