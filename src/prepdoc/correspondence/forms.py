"""Bytes of a file → the mails in it, without what programs put around them.

Forms: .eml (RFC 5322), .mbox (RFC 4155), Apple Mail's .emlx, the source of a mail as Gmail shows
it, .html, and text copied out of a mail program; in any encoding that an editor saves.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from prepdoc.correspondence.charsets import UTF_16_MARKS, text_of
from prepdoc.correspondence.limits import (
    MAX_HEAD_BYTES,
    MAX_LINES,
    MAX_MAILS,
    NO_MAIL,
    OVERGROWN,
    TOO_LARGE,
)
from prepdoc.errors import UnreadableInput

# A header's name and a colon (RFC 5322, section 2.2), of which a mail has one of these.
_HEADER = re.compile(
    rb"\A(?:From \S[^\n]*\n)?(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.MULTILINE
)
_TELLING = re.compile(
    rb"^(?:From|Subject|Received|Return-Path|MIME-Version|Message-ID|Delivered-To):",
    re.MULTILINE | re.IGNORECASE,
)
_MBOX_FROM = re.compile(rb"^From \S[^\n]*\d{4}[^\n]*\n", re.MULTILINE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_EMLX = re.compile(rb"\A\d{1,10}[ \t]*\r?\n")
"""How many bytes the mail has; behind it a property list of Apple Mail's own follows."""
_PROPERTIES: Final = b"<?xml"
# Gmail's page "Show original": a table, and the source below it.
_GMAIL_TABLE: Final = ("Original Message", "Message ID", "元のメッセージ", "メッセージ ID")
_GMAIL_SOURCE = re.compile(rb"^(?:Delivered-To|Received|Return-Path|MIME-Version):", re.MULTILINE)
_MAX_TABLE_BYTES: Final = 10_000
"""The table takes some 600."""
# What people have at hand instead of the mail; the first bytes of each kind of file.
_OTHER_FILES: Final = (
    b"%PDF-",
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
    b"PK\x03\x04",  # ZIP, and so .docx and .pages
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # Outlook's .msg, and .doc
    b"{\\rtf",
    b"\x1f\x8b",  # gzip
)


def messages(data: bytes) -> Iterator[bytes]:
    """The mails in a file, the newest first: of a mailbox as many as are read in a moment.

    Raises:
        UnreadableInput: it is another kind of file, or a mail of far too many lines.
    """
    if data.startswith(_OTHER_FILES):
        raise UnreadableInput(NO_MAIL)
    lines = 0
    for message in _each(_unwrapped(data)):
        lines += message.count(b"\n")
        if lines > MAX_LINES:
            if lines == message.count(b"\n"):
                raise UnreadableInput(TOO_LARGE)
            return
        yield message


def is_message(data: bytes) -> bool:
    """Whether it begins with the headers of a mail.

    Raises:
        UnreadableInput: it does, and they do not end.
    """
    is_cut = len(data) > MAX_HEAD_BYTES
    above = data[:MAX_HEAD_BYTES].replace(b"\r\n", b"\n") + b"\n" * is_cut
    head = _HEADER.match(above)
    if head and is_cut and b"\n" not in above[head.end() : -1]:
        raise UnreadableInput(OVERGROWN)
    return head is not None and _TELLING.search(head[0]) is not None


def _each(data: bytes) -> Iterator[bytes]:
    """A mailbox's messages, the last first; anything else as it is."""
    starts = [match.span() for match in _MBOX_FROM.finditer(data)]
    if not starts or starts[0][0]:
        yield data
        return
    ends = [start for start, _ in starts[1:]] + [len(data)]
    for (_, start), end in list(zip(starts, ends, strict=True))[: -MAX_MAILS - 1 : -1]:
        # mboxrd quotes a body's own lines that begin so (RFC 4155, appendix A).
        yield _QUOTED_FROM.sub(rb"\1", data[start:end])


def _unwrapped(data: bytes) -> bytes:
    """A file's mail from its first byte on."""
    data = _in_utf_8(data).removeprefix(codecs.BOM_UTF8)
    if b"\n" not in data:  # as on the first Macintosh
        data = data.replace(b"\r", b"\n")
    data = data.lstrip()
    wrapped = _EMLX.match(data)
    if wrapped and is_message(data[wrapped.end() :]):
        message, _mark, properties = data[wrapped.end() :].rpartition(_PROPERTIES)
        return message if b"<plist" in properties else data[wrapped.end() :]
    return data[_start_below_table(data) :]


def _in_utf_8(data: bytes) -> bytes:
    """What Windows' editors save as Unicode, in the encoding of other files."""
    try:
        return data.decode("utf-16").encode() if data.startswith(UTF_16_MARKS) else data
    except UnicodeError:  # half a character: it is read as far as it goes
        return data


def _start_below_table(data: bytes) -> int:
    """Where the source begins on Gmail's page; 0 for anything else."""
    above, _newline, _rest = data[:_MAX_TABLE_BYTES].rpartition(b"\n")
    source = _GMAIL_SOURCE.search(above)
    if not source or not text_of(above)[0].startswith(_GMAIL_TABLE):
        return 0
    return source.start() if is_message(data[source.start() :]) else 0
