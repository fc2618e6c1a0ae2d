"""Names of hosts: which are the recipient's own, and which only look like them. No name is looked
up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlsplit

OWN: Final = ("amazon.co.jp", "amazon.com", "amazon.jp")
"""Domains of which Amazon sends and to which its mails lead; amazon.jp stands in the signatures of
E3 and E4. amazonses.com is everybody's who pays for sending."""

NAME: Final = "amazon"
_ASCII_TWINS: Final = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s"), ("4", "a"))
"""Characters of ASCII that are taken for others at a glance."""
_WRAPPERS: Final = (
    (".safelinks.protection.outlook.com", "url"),  # Microsoft Defender, "Safe Links"
    ("www.google.com", "q"),  # Gmail's page, as it is saved
)
"""Hosts of services that put their own address before a link's, and the key that holds it."""
_HARMLESS: Final = ("mailto", "tel", "cid", "mid", "about", "sms", "x-apple-data-detectors")
_NAMES_ONLY: Final = ("specs.openid.net",)
"""Hosts in addresses that name a thing and are not opened: a sign-in's `openid.ns` (OpenID 2.0)."""
_IGNORED = re.compile(r"[\t\r\n]")
_SLASHES = re.compile(r"(?:https?:)?/{2,}", re.IGNORECASE)
"""Before a host; browsers take any number for two."""
_ABSOLUTE = re.compile(r"(?:https?:)?[/\\]{2}", re.IGNORECASE)
_ADDRESS_HOST = re.compile(r"@([\w.-]+)")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+-]*:", re.IGNORECASE)
_MAX_DECODED: Final = 2
"""Times that an address within an address is percent-encoded beyond once, at most."""
_MAX_LED_ON: Final = 50
"""Addresses within a link that are looked into; a sign-in's has five."""
MAX_EDITS: Final = 1
"""Letters more, less or other: `amazom`, `amaz0n`; with two, `azon` and `amason` would be many."""


def hosts_of(target: str) -> tuple[str, ...]:
    """The host of a link's target, or of every address that it writes to; empty where none is.

    As browsers read it (URL Standard, section 4.4): full-width letters are plain ones, a backslash
    is a slash, tabs and line breaks are nothing.
    """
    url = _plain(target)
    if _OTHER_SCHEME.match(url):
        found = dict.fromkeys(in_unicode(host) for host in _ADDRESS_HOST.findall(unquote(url)))
        return tuple(found) if url[:7].lower() == "mailto:" else ()
    parts = _split(url)
    host = (parts.hostname or "") if parts else ""
    return (in_unicode(unquote(host).rstrip(".")),) if host else ()


def is_unreadable(target: str) -> bool:
    """Whether it is no address that could be taken apart, so that its host is not known."""
    url = _plain(target)
    return not _OTHER_SCHEME.match(url) and _split(url) is None


def leads_on(target: str) -> Iterator[str]:
    """The addresses in a link's query, to which the place that it leads to may send whoever comes.

    Those in them too, as a sign-in's page leads to one that leads on.
    """
    ahead = [target]
    for _ in range(_MAX_LED_ON):
        if not ahead:
            return
        found = tuple(_within(ahead.pop(0)))
        ahead += found
        yield from found


def is_active(target: str) -> bool:
    """Whether a link runs something, or opens what is no page of a site."""
    url = _IGNORED.sub("", target).strip().lower()
    return bool(_OTHER_SCHEME.match(url)) and url.partition(":")[0] not in _HARMLESS


def unwrapped(target: str) -> str:
    """Where a link leads that a mail service has wrapped for its own check."""
    url = _split(target) if target.isprintable() else None
    host = (url.hostname or "") if url else ""
    key = next((key for wrapper, key in _WRAPPERS if host.endswith(wrapper)), "")
    inside = parse_qs(url.query).get(key, []) if url and key else []
    return inside[0] if inside else target


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


def _plain(target: str) -> str:
    """As browsers read it."""
    url = _IGNORED.sub("", unicodedata.normalize("NFKC", target)).strip()
    return url if _OTHER_SCHEME.match(url) else url.replace("\\", "/")


def _split(url: str) -> SplitResult | None:
    """The parts of an address, also without its scheme; None where it cannot be taken apart."""
    slashes = _SLASHES.match(url)
    try:
        parts = urlsplit(f"//{url[slashes.end() :] if slashes else url}")
        return parts if parts.hostname or not parts.netloc else None
    except ValueError:  # brackets that hold no number of IPv6, characters that no host has
        return None


def _within(target: str) -> Iterator[str]:
    """The addresses that are values in a link's query."""
    parts = _split(_plain(target))
    for _key, value in parse_qsl(parts.query) if parts else ():
        address = _decoded(value)
        if _ABSOLUTE.match(address) and not set(hosts_of(address)) & set(_NAMES_ONLY):
            yield address


def _decoded(value: str) -> str:
    """A query's value as the page that it leads to takes it, which may decode it once more."""
    for _ in range(_MAX_DECODED):
        if _ABSOLUTE.match(value.strip()):
            break
        value = unquote(value)
    return value.strip()


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
