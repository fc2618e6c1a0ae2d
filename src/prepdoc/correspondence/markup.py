"""HTML of a mail → the words that it shows, a block a line, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from prepdoc.correspondence.charsets import seen
from prepdoc.correspondence.limits import HTML_BOMB, MAX_NESTED_ELEMENTS
from prepdoc.correspondence.links import Link, bare_links, distinct
from prepdoc.errors import UnreadableInput

MARKUP: Final = re.compile(r"<(?:!doctype html|html|head|body|div|p|table|br|meta)\b", re.I)
"""Whether a text is HTML."""

# Elements that stand on lines of their own (HTML, section 15.3, and br).
_BLOCKS: Final = frozenset(
    {"address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td"}
    | {"th", "tr", "ul"}
)
# What is inside is no words. Mail programs run no scripts, so they do show noscript.
_UNREAD: Final = frozenset({"script", "style", "template", "title"})
# Attributes that lead somewhere, by their elements (HTML, section 4.5.1 on; SVG 1.1, section 17.1).
_LEADING: Final[Mapping[str, tuple[str, ...]]] = {
    "a": ("href", "xlink:href"),
    "area": ("href",),
    "base": ("href",),
    "form": ("action",),
    "frame": ("src",),
    "iframe": ("src",),
    # A button as Outlook draws it.
    "v:rect": ("href",),
    "v:roundrect": ("href",),
}
_LEADING_ANYWHERE: Final = ("formaction",)
_REFRESH = re.compile(r"[\d.\s]*[;,\s]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)
"""Where `<meta http-equiv=refresh>` leads (HTML, section 4.2.5.3)."""
_ABSOLUTE = re.compile(r"[\0-\x20]*(?:[a-z][a-z0-9+.-]*:|[/\\]{2}|#)", re.IGNORECASE)
"""What a base changes nothing of: another scheme or host, or a place in the mail itself."""
_BLANKS = re.compile(r"\s+")
_MAX_LINK_TEXT: Final = 2_000
"""Characters of a link's words; a link around the whole mail need not repeat it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows; `has_password_field` tells that it has a field for one."""

    words: str = field(default="", repr=False)
    links: tuple[Link, ...] = field(default=(), repr=False)
    has_password_field: bool = False


def page_of(text: str) -> Page:
    """What HTML shows, and all that it leads to, in comments for Outlook too.

    Raises:
        UnreadableInput: it is built like no page for people.
    """
    shown = _read(text)
    lines = (" ".join(line.split()) for line in "".join(shown.pieces).splitlines())
    words = seen("\n".join(line for line in lines if line))
    for_outlook = _read("".join(shown.conditional)).links() if shown.conditional else ()
    links = distinct((*shown.links(), *for_outlook, *bare_links(words)))
    return Page(words, links, shown.has_password_field)


def _read(text: str) -> _Reader:
    """All that stands in HTML.

    Without a tree, as libxml2 has no bound on the time that it takes to build one: a hundred
    thousand attributes of one element take it minutes.
    """
    from lxml import etree

    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", no_network=True, huge_tree=True)
    try:
        parser.feed(text.replace("\0", "").encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:  # it holds no element at all
        pass
    return reader


@dataclass(slots=True)
class _Place:
    """A link: where it leads, and which pieces of the page's words it stands under."""

    target: str
    start: int
    length: int = 0


class _Reader:
    """What libxml2 tells of a page while it reads it (lxml's parser target)."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.conditional: list[str] = []
        self.has_password_field = False
        self._places: list[_Place] = []
        self._anchors: list[list[_Place]] = []
        self._base = ""
        self._depth = self._unread = self._preformatted = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth > MAX_NESTED_ELEMENTS:
            raise UnreadableInput(HTML_BOMB)
        self._at_edge(tag, 1)
        places: list[_Place] = []
        if attributes:
            places += (_Place(target, len(self.pieces)) for target in _targets(tag, attributes))
            self._places += places
            self._note(tag, attributes)
        if tag == "a":
            self._anchors.append(places)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth -= 1
        if tag == "a" and self._anchors:
            for place in self._anchors.pop():
                place.length = len(self.pieces) - place.start
        self._at_edge(tag, -1)

    def data(self, text: str) -> None:
        """Words; line breaks are blanks but in what is preformatted."""
        if not self._unread:
            self.pieces.append(text if self._preformatted else _BLANKS.sub(" ", text))

    def comment(self, text: str) -> None:
        """Outlook alone reads what is in a conditional one: `<!--[if mso]><a href=…>`."""
        if text.lstrip().startswith("[if"):
            self.conditional.append(text)

    def close(self) -> None:
        """The page ends."""

    def links(self) -> Iterator[Link]:
        """Its links with their words, absolute if the page says from where."""
        for place in self._places:
            yield Link(_from_base(self._base, place.target), self._words(place))

    def _note(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "base":
            self._base = self._base or attributes.get("href", "").strip()
        elif tag == "input" and attributes.get("type", "").strip().lower() == "password":
            self.has_password_field = True

    def _at_edge(self, tag: str, change: int) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
            self._preformatted += change if tag == "pre" else 0
        elif tag in _UNREAD:
            self._unread += change

    def _words(self, place: _Place) -> str:
        words: list[str] = []
        length = 0
        for index in range(place.start, place.start + place.length):
            if length > _MAX_LINK_TEXT:
                break
            words.append(self.pieces[index][:_MAX_LINK_TEXT])
            length += len(words[-1])
        return seen(" ".join("".join(words).split())[:_MAX_LINK_TEXT])


def _targets(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Where an element leads."""
    for name in (*_LEADING.get(tag, ()), *_LEADING_ANYWHERE):
        if target := attributes.get(name, "").strip():
            yield target
    if tag == "meta" and attributes.get("http-equiv", "").strip().lower() == "refresh":
        found = _REFRESH.match(attributes.get("content", ""))
        if found and found[1].strip():
            yield found[1].strip()


def _from_base(base: str, target: str) -> str:
    """Where a relative link leads."""
    if not base or _ABSOLUTE.match(target):
        return target
    try:
        return urljoin(base, target)
    except ValueError:  # a base that is no address
        return target
