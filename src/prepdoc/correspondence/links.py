"""Links, and the plain text of a mail → those that mail programs make of the addresses in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

from prepdoc.correspondence.limits import MAX_LINKS, OVERGROWN
from prepdoc.errors import UnreadableInput

# What ends an address in a text: blanks, quotes, brackets, and Japanese punctuation.
_END: Final = r"\s<>\"'\[\]{}|、。，．（）「」『』【】〈〉《》〔〕［］｛｝｜”’"
# An address from its scheme on (RFC 3986, appendix A): a name for the server (userinfo), its host
# in any script or as a number, and the way there. Browsers take a backslash for a slash.
_URL = re.compile(
    r"(?:https?://(?:[\w.%:!$&'()*+,;=~-]*@)?(?:\[[0-9a-f:.]+\]|[\w.%-]+)(?::\d+)?"
    r"|(?<![\w.@%-])www\.[\w.%-]+(?::\d+)?)"
    rf"(?P<way>[/?#\\][^{_END}]*)?",
    re.IGNORECASE,
)
# A host's last name and the Japanese that follows without a blank: https://www.amazon.co.jpに.
# No such name ends in Latin letters and kana or kanji (IANA's list of top-level domains).
_RUN_ON = re.compile(
    r"(\.[a-z]{2,})[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]+\w*$", re.IGNORECASE
)
_CUT = re.compile(r"(?<![\w.-])((?:https?://|www\.)[\w.-]*)\n(?=[a-z0-9.-])", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:https?://)?(?:(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[\w-]{2,}|\d+|0x[0-9a-f]+)", re.IGNORECASE
)
_WWW_AND_ONE = re.compile(r"(?:https?://)?www\.[\w-]*", re.IGNORECASE)
_MAX_CUTS: Final = 20
"""Lines over which one address is cut; a phone's narrowest lines have some eight characters."""
_AFTER: Final = ".,;:!?)*~"
"""What stands behind an address and is the sentence's."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, as it is written, and the words that it stands under.

    Both are the same in plain text; what is no text, as a form or a picture, has no words.
    """

    target: str
    text: str


def distinct(links: Iterable[Link]) -> tuple[Link, ...]:
    """Each link once, in their order.

    Raises:
        UnreadableInput: there are far too many to look at; to drop some would hide them.
    """
    found: dict[Link, None] = {}
    for link in links:
        found[link] = None
        if len(found) > MAX_LINKS:
            raise UnreadableInput(OVERGROWN)
    return tuple(found)


def bare_links(text: str) -> Iterator[Link]:
    """The addresses that stand in a text as they are."""
    for match in _URL.finditer(_joined(unescape(text))):
        url = match[0] if match["way"] else _RUN_ON.sub(r"\1", match[0])
        url = url.rstrip(_AFTER)
        yield Link(url, url)


def _joined(text: str) -> str:
    """The text with addresses that a pasted mail's lines cut within the host made whole."""
    for _ in range(_MAX_CUTS):
        joined = _CUT.sub(lambda cut: cut[0] if _is_whole(cut[1]) else cut[1], text)
        if joined == text:
            break
        text = joined
    return text


def _is_whole(url: str) -> bool:
    """Whether a host can stand there: more than `www.am` of www.amazon, or a number."""
    return bool(_WHOLE.fullmatch(url)) and not _WWW_AND_ONE.fullmatch(url)
