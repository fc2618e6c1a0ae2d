"""Bytes of a mail, in any form that a person can save or paste → `Mail`: its words and its links.

Forms: .eml (RFC 5322), .mbox (RFC 4155), .html, and text copied out of a mail program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from html import unescape
from typing import TYPE_CHECKING, Final

from prepdoc.errors import UnreadableInput

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_BYTES: Final = 20_000_000
"""Of a mail with its attachments: mail services let through 25 MB in base64, 18 MB of content."""
MAX_TEXT: Final = 1_000_000
"""Characters of words, in HTML or not; the mails that ask have some two thousand."""
MAX_LINKS: Final = 1_000
MAX_ATTACHMENTS: Final = 200

TOO_LARGE: Final = "This mail is far larger than any that asks for a statement: save it alone."
NO_TEXT: Final = "This mail holds no text: save it again, or paste its text into a file."
HTML_BOMB: Final = "This mail's HTML unpacks to far more than a person reads: paste its text."

# A header's name and a colon (RFC 5322, section 2.2), of which a mail has one of these.
_HEADER = re.compile(
    rb"\A(?:From \S[^\n]*\n)?(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.MULTILINE
)
_TELLING = re.compile(
    rb"^(?:From|Subject|Received|Return-Path|MIME-Version|Message-ID|Delivered-To):",
    re.MULTILINE | re.IGNORECASE,
)
_MBOX_FROM = re.compile(rb"(?:\A|\n)From \S+[^\n]*\d{4}[^\n]*\n")
_MARKUP = re.compile(r"<(?:!doctype html|html|head|body|div|p|table|br|meta)\b", re.IGNORECASE)
_CHARSET_OF_HTML = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
# In the order in which a wrong guess is least likely.
_ENCODINGS = ("utf-8-sig", "cp932", "euc_jp")
_ESCAPE = b"\x1b$"
"""Before kanji in ISO-2022-JP (RFC 1468)."""
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Above a copied mail, what programs and people write.
_COPIED_SENDER = re.compile(r"^(?:From|差出人|送信者|送信元)\s*[:：]\s*(.+)$", re.M | re.I)
_COPIED_SUBJECT = re.compile(r"^(?:Subject|件名|タイトル|題名)\s*[:：]\s*(.+)$", re.M | re.I)
# Elements that stand on lines of their own (HTML, section 15.3, and br).
_BLOCKS: Final = frozenset(
    {"address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td"}
    | {"th", "tr", "ul"}
)
_UNREAD: Final = frozenset({"head", "noscript", "script", "style", "template", "title"})
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'、。）」』]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, and the words that it stands under; both the same in plain text."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's words and what stands around them; what is missing is empty.

    `sender` is the address alone. `authentication` is what the mail server that received it last
    says of it (Authentication-Results, RFC 8601): only its own line, the first, was not there when
    the mail was sent. `is_broken` tells that characters could not be decoded.
    """

    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    sender: str = ""
    sender_name: str = field(default="", repr=False)
    reply_to: tuple[str, ...] = ()
    message_id: str = ""
    references: str = ""
    links: tuple[Link, ...] = field(default=(), repr=False)
    attachments: tuple[str, ...] = field(default=(), repr=False)
    authentication: str = ""
    is_broken: bool = False
    source: bytes = field(default=b"", repr=False)
    """All of it as it was saved, by which a signature is verified."""


def read_mails(data: bytes) -> tuple[Mail, ...]:
    """The mails in a file, in their order; one, but for .mbox.

    Raises:
        UnreadableInput: the file is empty, far too large, or holds no words.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableInput(TOO_LARGE)
    read = (replace(_mail(message), source=message) for message in _messages(data))
    mails = tuple(mail for mail in read if _has_words(mail))
    if not mails:
        raise UnreadableInput(NO_TEXT)
    return mails


def _has_words(mail: Mail) -> bool:
    return any(char.isalnum() for char in mail.text)


def _messages(data: bytes) -> Iterator[bytes]:
    """A mailbox's messages; anything else as it is."""
    starts = [match.start() for match in _MBOX_FROM.finditer(data)]
    if not starts or data[: starts[0]].strip():
        yield data
        return
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        message = data[start:end].lstrip(b"\n").partition(b"\n")[2]
        # mboxrd quotes a body's own lines that begin so (RFC 4155, appendix A).
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", message)


def _mail(data: bytes) -> Mail:
    unix = data.replace(b"\r\n", b"\n")
    header = _HEADER.match(unix)
    if header and _TELLING.search(header[0]):
        return _of_message(data)
    text, is_broken = _decoded(data)
    if _MARKUP.search(text):
        return _of_html(text, is_broken)
    _no_more_than_a_person_reads(text)
    name, sender, subject = _copied(text)
    return Mail(
        text,
        subject,
        sender,
        name,
        links=tuple(_bare_links(text))[:MAX_LINKS],
        is_broken=is_broken,
    )


# --- RFC 5322 ----------------------------------------------------------------------------------


def _of_message(data: bytes) -> Mail:
    message = message_from_bytes(data, policy=policy.compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    words = [part for part in parts if _is_text(part)]
    plain = [_content(part) for part in words if part.get_content_type() == "text/plain"]
    html = [_content(part) for part in words if part.get_content_type() == "text/html"]
    read = [_of_html(text, is_broken) for text, is_broken in html]
    text = "\n".join(text for text, _ in plain).strip() or "\n".join(mail.text for mail in read)
    _no_more_than_a_person_reads(text)
    links = [link for mail in read for link in mail.links] + list(_bare_links(text))
    names = [_header_text(part.get_filename() or "") for part in parts if not _is_text(part)]
    (name, address), *_rest = getaddresses([_header(message, "From")]) or [("", "")]
    return Mail(
        text,
        subject=_header(message, "Subject"),
        sender=address.lower(),
        sender_name=name,
        reply_to=tuple(to.lower() for _, to in getaddresses([_header(message, "Reply-To")]) if to),
        message_id=_header(message, "Message-ID"),
        references=_header(message, "References"),
        links=tuple(links[:MAX_LINKS]),
        attachments=tuple(name for name in names[:MAX_ATTACHMENTS] if name),
        authentication=_header(message, "Authentication-Results"),
        is_broken=any(is_broken for _, is_broken in plain + html),
    )


def _is_text(part: Message) -> bool:
    named = part.get_filename() is not None
    return part.get_content_maintype() == "text" and not named


def _content(part: Message) -> tuple[str, bool]:
    """A part's words, and whether some could not be decoded; its own charset is tried first."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return _decoded(data, part.get_content_charset() or "")


def _header(message: Message, name: str) -> str:
    """The first header of that name; some programs write it in a bare encoding of Japanese."""
    raw = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    text, _is_broken = _decoded(next(raw, "").encode("ascii", "surrogateescape"))
    return _header_text(text)


def _header_text(value: str) -> str:
    """A header's words, with its encoded ones decoded (RFC 2047), on one line."""
    try:
        words = str(make_header(decode_header(value)))
    except (LookupError, ValueError, MessageError):
        words = value
    return " ".join(words.split())


# --- characters --------------------------------------------------------------------------------


def _decoded(data: bytes, charset: str = "") -> tuple[str, bool]:
    """The text in the first encoding that fits, and whether none did."""
    encodings = [encoding for encoding in _encodings(data, charset) if _is_known(encoding)]
    for encoding in encodings:
        try:
            return data.decode(encoding), False
        except UnicodeDecodeError:
            continue
    return data.decode(encodings[0], errors="replace"), True


def _encodings(data: bytes, charset: str) -> Iterator[str]:
    """What a mail says of its characters, then the usual ones."""
    if data.startswith(_UTF_16_MARKS):
        yield "utf-16"
    if charset:
        # What calls itself ISO-2022-JP or Shift_JIS often has Windows' own characters.
        yield {"shift_jis": "cp932", "iso-2022-jp": "iso2022_jp_2004"}.get(charset, charset)
    if named := _CHARSET_OF_HTML.search(data[:2048]):
        yield named[1].decode("ascii")
    # Any bytes of seven bits are valid in the others.
    yield from ("iso2022_jp_2004", "utf-8-sig") if _ESCAPE in data else _ENCODINGS


def _is_known(encoding: str) -> bool:
    try:
        b"xx".decode(encoding, "replace")
    except (LookupError, ValueError):  # unknown, or no encoding of text
        return False
    return True


# --- HTML --------------------------------------------------------------------------------------


def _of_html(text: str, is_broken: bool) -> Mail:
    """The words that an HTML page shows, a block a line, and its links.

    Raises:
        UnreadableInput: it is far larger than a page for people.
    """
    from lxml import etree, html

    if len(text) > MAX_TEXT:
        raise UnreadableInput(HTML_BOMB)
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return Mail("", is_broken=is_broken)
    words = "".join(_shown(root))
    lines = (" ".join(line.split()) for line in words.splitlines())
    shown = "\n".join(line for line in lines if line)
    links = [Link(a.get("href", "").strip(), _text_of(a)) for a in root.iter("a") if a.get("href")]
    return Mail(shown, links=tuple(links[:MAX_LINKS]), is_broken=is_broken)


def _shown(root: HtmlElement) -> Iterator[str]:
    """The words in their order; libxml2 parses no deeper than 256 elements, so it may recurse."""
    if not isinstance(root.tag, str) or root.tag in _UNREAD:
        return
    edge = "\n" if root.tag in _BLOCKS else ""
    yield edge
    yield root.text or ""
    for child in root:
        yield from _shown(child)
        yield child.tail or ""
    yield edge


def _text_of(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


# --- plain text --------------------------------------------------------------------------------


def _bare_links(text: str) -> Iterator[Link]:
    for match in _URL.finditer(unescape(text)):
        yield Link(match[0].rstrip(".,;:!?)"), match[0])


def _copied(text: str) -> tuple[str, str, str]:
    """The sender's name and address and the subject, where they were copied with the text."""
    sender, subject = (
        match[1].strip() if (match := line.search(text)) else ""
        for line in (_COPIED_SENDER, _COPIED_SUBJECT)
    )
    name, address = next(iter(getaddresses([sender])), ("", ""))
    return (name, address.lower(), subject) if "@" in address else (sender, "", subject)


def _no_more_than_a_person_reads(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise UnreadableInput(TOO_LARGE)
