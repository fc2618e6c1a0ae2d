"""Words of a mail that a person sent on → the head of the mail within, as programs copy it.

    words ─copied_heads→ the heads in them, one within the other ─innermost→ Head

A copied head proves nothing: whoever sends a mail can type one. So the mail within is judged by it
as pasted text is, and only where the outer one is no mail that poses as the recipient's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from prepdoc.correspondence.addresses import Mailbox, mailboxes
from prepdoc.correspondence.domains import in_unicode, is_look_alike, is_own
from prepdoc.correspondence.limits import MAX_ADDRESSES, MAX_HEADER
from prepdoc.correspondence.phrases import QUOTE_MARKS, RECIPIENT

# How programs name the lines that they copy: Gmail, Apple Mail, Outlook, Thunderbird, Yahoo! Mail.
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "from": ("from", "差出人", "送信者", "送信元"),
    "to": ("to", "cc", "宛先", "宛て先"),
    "subject": ("subject", "件名", "タイトル", "題名"),
    "date": ("date", "sent", "日時", "日付", "送信日時", "送信日", "受信日時", "受信日"),
    "reply-to": ("reply-to", "返信先"),
}
_FIELD_OF: Final = {label: name for name, labels in _FIELDS.items() for label in labels}
_LINE = re.compile(rf"\*?({'|'.join(_FIELD_OF)})\*?[ \t]*[:：]\*?[ \t]*(.*)", re.IGNORECASE)
"""A copied line; stars stand for bold letters in text that was made from HTML."""
# ---------- Forwarded message ---------, Begin forwarded message:, 転送されたメッセージ:,
# ----- Forwarded message from … -----; what stands above an answer too, is not among them.
_MARK = re.compile(
    r"[-_=* ]*(?:(?:begin|start of) )?"
    r"(?:forwarded (?:message|e?-?mail)|転送(?:された)?(?:メッセージ|e?メール))"
    r"(?: from [^\n]{0,100}| by [^\n]{0,100})?[-_=* :：]*",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\s*(?:re|返信|回答)\s*(?:\[\d+\]|\^\d+)?\s*[:：]", re.IGNORECASE)
_OUTLOOKS_ADDRESS = re.compile(r"\[(?:mailto:)?([^\[\]\s]+@[^\[\]\s]+)\]|mailto:", re.IGNORECASE)
"""Amazon [mailto:no-reply@amazon.co.jp], and <no-reply@amazon.co.jp<mailto:…>> in its text."""
MAX_NOTE: Final = 1_000
"""Characters that a person writes above a mail that is sent on; a longer text is a letter itself,
below which a head is quoted."""
_MAX_SENT_ON: Final = 5
"""Times that a mail is sent on, one after the other."""
_MAX_LOOKED_AT: Final = 20_000
"""Characters in which the heads of so many stand, with a note above each."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is copied of a mail's head; `is_marked` tells that words above call it forwarded."""

    senders: tuple[Mailbox, ...]
    name: str = field(default="", repr=False)
    """What the sender is called; all that is said of one whose address is not."""
    subject: str = field(default="", repr=False)
    reply_to: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    is_marked: bool = False


def innermost(text: str, subject: str = "") -> Head | None:
    """The head of the mail that the words hold, however often it was sent on.

    None where they are a mail's own; what an answer quotes is not what it is about.
    """
    found: Head | None = None
    for head in islice(_copied_heads(text), _MAX_SENT_ON):
        if _ANSWER.match(subject) and not head.is_marked:
            break
        found, subject = head, head.subject
        if not is_of_person(head.senders, head.name):
            break
    return found


def is_of_person(senders: Iterable[Mailbox], name: str = "") -> bool:
    """Whether a mail is from somebody who neither is the recipient nor poses as it."""
    boxes = tuple(senders)
    hosts = {in_unicode(box.address.rpartition("@")[2]) for box in boxes}
    names = unicodedata.normalize("NFKC", "\n".join([name, *(box.name for box in boxes)]))
    has_its_host = any(is_own(host) or is_look_alike(host) for host in hosts)
    return not has_its_host and not RECIPIENT.search(names.casefold())


def _copied_heads(text: str) -> Iterator[Head]:
    """The heads in a text from above, up to one that stands below more than a note."""
    lines = [_unquoted(line) for line in text[:_MAX_LOOKED_AT].splitlines()]
    at, above, is_marked = 0, 0, False
    while at < len(lines) and above <= MAX_NOTE:
        fields, end = _fields_at(lines, at)
        if "from" in fields and len(fields) > 1:
            yield _head(fields, is_marked)
            at, above, is_marked = end, 0, False
            continue
        is_marked = is_marked or bool(_MARK.fullmatch(lines[at]))
        above += len(lines[at])
        at += 1


def _unquoted(line: str) -> str:
    marks = QUOTE_MARKS.match(line)
    return line[marks.end() if marks else 0 :].strip()


def _fields_at(lines: list[str], start: int) -> tuple[dict[str, list[str]], int]:
    """The copied lines that begin at a place, by what they say, and where they end."""
    fields: dict[str, list[str]] = {}
    name, at = "", start
    while at < len(lines):
        if labelled := _LINE.fullmatch(lines[at]):
            name = _FIELD_OF[labelled[1].lower()]
            fields.setdefault(name, []).append(labelled[2])
        elif name and _goes_on(lines, at, fields[name]):
            fields[name][-1] = f"{fields[name][-1]} {lines[at]}".strip()
        else:
            break
        at += 1
    return fields, at


def _goes_on(lines: list[str], at: int, before: list[str]) -> bool:
    """Whether a line belongs to the field above it: a table's second cell, or a long line's rest.

    A rest is followed by another field; else it is the first line of the mail.
    """
    if not lines[at]:
        return False
    return not before[-1] or (at + 1 < len(lines) and bool(_LINE.fullmatch(lines[at + 1])))


def _head(fields: Mapping[str, list[str]], is_marked: bool) -> Head:
    senders = tuple(_boxes(fields["from"]))
    return Head(
        senders,
        name=senders[0].name if senders else fields["from"][0],
        subject=next(iter(fields.get("subject", [])), ""),
        reply_to=tuple(box.address for box in _boxes(fields.get("reply-to", []))),
        recipients=tuple(box.address for box in _boxes(fields.get("to", []))),
        is_marked=is_marked,
    )


def _boxes(values: Iterable[str]) -> Iterator[Mailbox]:
    """The mailboxes that are named, of each address the first."""
    written = ", ".join(_OUTLOOKS_ADDRESS.sub(r" <\1>", value) for value in values)
    found: dict[str, Mailbox] = {}
    for box in islice(mailboxes(written[:MAX_HEADER]), MAX_ADDRESSES):
        found.setdefault(box.address, box)
    yield from found.values()
