"""Bytes of a mail, in any form that a person can save or paste → `Mail`: its words and its links.

    bytes ─forms→ messages ─parts, head→ headers, words ─markup, links→ Mail

What no mail for people exceeds is in `limits`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from prepdoc.correspondence.addresses import Mailbox, mailboxes
from prepdoc.correspondence.charsets import seen, text_of
from prepdoc.correspondence.forms import is_message, messages
from prepdoc.correspondence.head import (
    authentication_of,
    date_of,
    in_words,
    mailboxes_of,
    words_of,
)
from prepdoc.correspondence.limits import (
    HTML_BOMB,
    MAX_BYTES,
    MAX_HEADER,
    MAX_LINKS,
    MAX_TEXT,
    NO_MAIL,
    NO_TEXT,
    TOO_LARGE,
)
from prepdoc.correspondence.links import Link, bare_links, distinct
from prepdoc.correspondence.markup import MARKUP, Page, page_of
from prepdoc.correspondence.parts import Part, content_of, parsed, sorted_parts
from prepdoc.errors import UnreadableInput

__all__ = ["MAX_BYTES", "MAX_LINKS", "Link", "Mail", "read_mails"]

# Above a copied mail, what programs and people write.
_COPIED_SENDER = re.compile(r"^(?:From|差出人|送信者|送信元)\s*[:：]\s*(.+)$", re.M | re.I)
_COPIED_SUBJECT = re.compile(r"^(?:Subject|件名|タイトル|題名)\s*[:：]\s*(.+)$", re.M | re.I)
_UNREADABLE = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
"""Control characters, and what was in no encoding; but ESC, which a damaged mail may keep."""
_MAX_UNREADABLE: Final = 0.05
"""Of a text's characters: random bytes have some 0.4, a text with a damaged line far less."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's words and what stands around them; what is missing is empty.

    `text` are the words of the plain text, and `other_text` those of the HTML, which programs show
    instead; if there is one of them only, it is `text`. `sender` is the address alone, and
    `other_senders` are all further ones that it names as such (From, Sender): mail programs show
    one of them. `has_head` tells that the mail came with its headers; without, nothing is known of
    who sent it but what was copied. `authentication` is what the mail server that received it says
    of it (Authentication-Results, RFC 8601): what stands below another server's may have been
    there when the mail was sent. `is_broken` tells that characters could not be decoded.
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
    authentication: tuple[str, ...] = ()
    is_broken: bool = False
    source: bytes = field(default=b"", repr=False)
    """The mail as it was saved, by which a signature is verified."""
    other_senders: tuple[str, ...] = ()
    other_text: str = field(default="", repr=False)
    date: datetime | None = None
    has_head: bool = False
    has_password_field: bool = False


def read_mails(data: bytes) -> tuple[Mail, ...]:
    """The mails in a file, in their order; one, but for .mbox, of which the newest are read.

    One that cannot be read is passed over in a mailbox, if another can.

    Raises:
        UnreadableInput: the file is empty, far too large, no mail, or holds no words.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableInput(TOO_LARGE)
    mails: list[Mail] = []
    why = UnreadableInput(NO_TEXT)
    for source in messages(data):
        try:
            mail = _mail(source)
        except UnreadableInput as error:
            why = error
        else:
            mails += [replace(mail, source=source)] if _has_words(mail.text) else []
    if not mails:
        raise why
    return tuple(reversed(mails))


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _mail(source: bytes) -> Mail:
    if is_message(source):
        return _of_message(parsed(source))
    text, is_broken = text_of(source)
    if _is_binary(text[:MAX_TEXT]):
        raise UnreadableInput(NO_MAIL)
    if MARKUP.search(text):
        page = _page([text])
        return Mail(
            page.words,
            links=page.links,
            is_broken=is_broken,
            has_password_field=page.has_password_field,
        )
    return _of_text(_plain(text), is_broken)


def _is_binary(text: str) -> bool:
    """Whether it is no text, but what some program alone can read."""
    return _has_words(text) and len(_UNREADABLE.findall(text)) > len(text) * _MAX_UNREADABLE


def _of_message(message: Part) -> Mail:
    shown, files = sorted_parts(message)
    read = [(part.get_content_type(), *content_of(part)) for part in shown]
    plain = _plain("\n".join(text for kind, text, _ in read if kind != "text/html"))
    page = _page([text for kind, text, _ in read if kind == "text/html"])
    has_both = _has_words(plain) and _has_words(page.words)
    sender, others = _senders(message)
    return Mail(
        text=plain if _has_words(plain) else page.words,
        subject=words_of(message, "Subject"),
        sender=sender.address,
        sender_name=in_words(sender.name) if sender.address else words_of(message, "From"),
        reply_to=_addresses(mailboxes_of(message, "Reply-To")),
        message_id=words_of(message, "Message-ID"),
        references=words_of(message, "References"),
        links=distinct((*page.links, *bare_links(plain))),
        attachments=tuple(map(in_words, files)),
        authentication=authentication_of(message),
        is_broken=any(is_broken for _, _, is_broken in read),
        other_senders=others,
        other_text=page.words if has_both else "",
        date=date_of(message),
        has_head=True,
        has_password_field=page.has_password_field,
    )


def _senders(message: Part) -> tuple[Mailbox, tuple[str, ...]]:
    """Whom the mail is from, and every other address that it names as such."""
    named = mailboxes_of(message, "From")
    first = next(iter(named), Mailbox(""))
    others = _addresses((*named, *mailboxes_of(message, "Sender")))
    return first, tuple(address for address in others if address != first.address)


def _addresses(found: Iterable[Mailbox]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mailbox.address for mailbox in found))


def _page(texts: list[str]) -> Page:
    """All the HTML of a mail, one page below the other."""
    if sum(map(len, texts)) > MAX_TEXT:
        raise UnreadableInput(HTML_BOMB)
    pages = [page_of(text) for text in texts]
    return Page(
        "\n".join(page.words for page in pages),
        distinct(link for page in pages for link in page.links),
        any(page.has_password_field for page in pages),
    )


def _plain(text: str) -> str:
    """Plain text as it is seen, in lines that end in one way."""
    if len(text) > MAX_TEXT:
        raise UnreadableInput(TOO_LARGE)
    return seen(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _of_text(text: str, is_broken: bool) -> Mail:
    """A mail of which the words were copied."""
    name, sender, subject = _copied(text)
    links = distinct(bare_links(text))
    return Mail(text, subject, sender, name, links=links, is_broken=is_broken)


def _copied(text: str) -> tuple[str, str, str]:
    """The sender's name and address and the subject, where they were copied with the text."""
    sender, subject = (
        match[1].strip() if (match := line.search(text)) else ""
        for line in (_COPIED_SENDER, _COPIED_SUBJECT)
    )
    mailbox = next(mailboxes(sender[:MAX_HEADER]), Mailbox("", sender))
    return mailbox.name, mailbox.address, subject
