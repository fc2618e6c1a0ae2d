"""Bytes of a mail, in any form that a person can save or paste → `Mail`: its words and its links.

    bytes ─forms→ messages ─parts, head→ headers, words ─markup, links→ Mail ─forwards→ Mail

A mail that a person sent on is the one within: its sender is not whoever sent it on.

What no mail for people exceeds is in `limits`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, cast

from prepdoc.correspondence.addresses import Mailbox, mailboxes
from prepdoc.correspondence.charsets import seen, text_of
from prepdoc.correspondence.forms import is_message, messages
from prepdoc.correspondence.forwards import MAX_NOTE, Head, innermost, is_of_person
from prepdoc.correspondence.head import (
    authentication_of,
    date_of,
    in_words,
    mailboxes_of,
    recipients_of,
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
from prepdoc.correspondence.parts import (
    Part,
    attached_mail,
    content_of,
    file_name,
    parsed,
    sorted_parts,
)
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
    one of them. `has_head` tells that the mail came with its headers; without, as where it was
    pasted or sent on, nothing is known of who sent it but what was copied. `recipients` are whom
    this copy was sent to. `authentication` is what the mail server that received it says
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
    """The mail as it was saved, by which a signature is verified; empty without its headers."""
    other_senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
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
            mails += [_with(source, mail)] if _has_words(mail.text) else []
    if not mails:
        raise why
    return tuple(reversed(mails))


def _with(source: bytes, mail: Mail) -> Mail:
    return replace(mail, source=source) if mail.has_head else mail


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _mail(source: bytes) -> Mail:
    if is_message(source):
        message = parsed(source)
        return _copied_within(_attached_within(_of_message(message), message))
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
    plain, page, is_broken = _words(shown)
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
        is_broken=is_broken,
        other_senders=others,
        recipients=recipients_of(message),
        other_text=page.words if has_both else "",
        date=date_of(message),
        has_head=True,
        has_password_field=page.has_password_field,
    )


def _words(shown: list[Part]) -> tuple[str, Page, bool]:
    """The plain text of parts, their HTML, and whether some of it could not be decoded."""
    read = [(part.get_content_type(), *content_of(part)) for part in shown]
    plain = _plain("\n".join(text for kind, text, _ in read if kind != "text/html"))
    page = _page([text for kind, text, _ in read if kind == "text/html"])
    return plain, page, any(is_broken for _, _, is_broken in read)


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
    mail = Mail(text, links=distinct(bare_links(text)), is_broken=is_broken)
    if head := innermost(text):
        return _headed(mail, head)
    name, sender, subject = _copied(text)
    return replace(mail, sender=sender, sender_name=name, subject=subject)


def _copied(text: str) -> tuple[str, str, str]:
    """The sender's name and address and the subject, where they were copied with the text."""
    sender, subject = (
        match[1].strip() if (match := line.search(text)) else ""
        for line in (_COPIED_SENDER, _COPIED_SUBJECT)
    )
    mailbox = next(mailboxes(sender[:MAX_HEADER]), Mailbox("", sender))
    return mailbox.name, mailbox.address, subject


# --- mails that were sent on -------------------------------------------------------------------


def _attached_within(mail: Mail, message: Part) -> Mail:
    """The mail that a person attached to a note, with its own headers; else the mail itself.

    What the receiving server found is what the person's copy says of it. All words, links and
    files of both are looked at.
    """
    attached = attached_mail(message)
    if attached is None or not _is_sent_on(mail) or not _is_note(message, attached):
        return mail
    within = _of_message(cast("Part", attached.get_payload(0)))
    files = list(mail.attachments)
    if (name := in_words(file_name(attached))) in files:
        files.remove(name)
    return replace(
        within,
        text=mail.text,
        other_text=mail.other_text,
        links=mail.links,
        attachments=tuple(files),
        recipients=mail.recipients,
        is_broken=mail.is_broken,
        has_head=False,
        has_password_field=mail.has_password_field,
    )


def _is_note(message: Part, attached: Part) -> bool:
    """Whether a message has no more words of its own than a person writes above another."""
    inside = {id(part) for part in attached.walk()}
    own = [part for part in sorted_parts(message)[0] if id(part) not in inside]
    plain, page, _is_broken = _words(own)
    return max(len(plain), len(page.words)) <= MAX_NOTE


def _copied_within(mail: Mail) -> Mail:
    """The mail whose head a person copied below a note, as it stands there; else the mail itself.

    What the receiving server found is about that person. Where there is HTML too, it must tell the
    same sender: a program shows one of both.
    """
    texts = [text for text in (mail.text, mail.other_text) if text]
    heads = [innermost(text, mail.subject) for text in texts]
    head = heads[0] if heads else None
    if head is None or not _is_sent_on(mail):
        return mail
    if any(other is None or other.senders != head.senders for other in heads):
        return mail
    return _headed(mail, head)


def _is_sent_on(mail: Mail) -> bool:
    """Whether it may be a person's who sends another on, as it does not pose as the recipient's."""
    senders = (mail.sender, *mail.other_senders)
    return bool(mail.sender) and is_of_person(map(Mailbox, senders), mail.sender_name)


def _headed(mail: Mail, head: Head) -> Mail:
    """A mail with what is copied of its head; programs make links of the addresses in it."""
    first, *others = [sender.address for sender in head.senders] or [""]
    of_head = {f"mailto:{one}" for one in (first, *others, *head.reply_to, *head.recipients)}
    return replace(
        mail,
        sender=first,
        sender_name=head.name,
        subject=head.subject or mail.subject,
        other_senders=tuple(others),
        reply_to=head.reply_to,
        message_id="",
        references="",
        authentication=(),
        links=tuple(link for link in mail.links if link.target.lower() not in of_head),
        has_head=False,
    )
