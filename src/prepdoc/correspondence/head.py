"""Headers of a message → whom it is from, what it is about, and what the receiving server says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.utils import parsedate_to_datetime
from itertools import islice, takewhile
from typing import Final

from prepdoc.correspondence.addresses import Mailbox, mailboxes
from prepdoc.correspondence.charsets import seen, text_of, text_of_header
from prepdoc.correspondence.limits import MAX_ADDRESSES, MAX_HEADER, MAX_RESULTS, OVERGROWN
from prepdoc.correspondence.parts import Part
from prepdoc.errors import UnreadableInput

# Who checked, the first word (RFC 8601, section 2.2); Outlook.com leaves it out.
_SERVER = re.compile(r"(?:\s|\([^()]*\))*\"?([^\s;(\"]*)")
_ICLOUD: Final = "icloud.com"
_SERVICE: Final = {
    f"{check}.{_ICLOUD}": _ICLOUD for check in ("arc", "bimi", "dkim-verifier", "dmarc", "spf")
}
"""Servers that write a header for each of their checks, each by a name of its own."""


def words_of(message: Part, name: str) -> str:
    """The first header of that name as words; empty where there is none."""
    return in_words(text_of_header(next(iter(_sent(message, name)), "")))


def in_words(text: str) -> str:
    """A header's words on one line, with its encoded ones decoded (RFC 2047)."""
    line = re.sub(r"[\r\n]+", "", text)
    try:
        found = decode_header(line)
    except MessageError:  # base64 that is none
        found = [(line, None)]
    return " ".join(seen("".join(_decoded(*word) for word in found)).split())


def _decoded(word: bytes | str, charset: str | None) -> str:
    if isinstance(word, str):
        return word
    # What stands between encoded words is given so by the email package.
    if charset is None:
        return word.decode("raw-unicode-escape", "replace")
    return text_of(word, charset.partition("*")[0])[0]  # a language may follow (RFC 2231)


def mailboxes_of(message: Part, name: str) -> tuple[Mailbox, ...]:
    """The mailboxes in all headers of that name: there may be one, but programs show any.

    Raises:
        UnreadableInput: there are far more than in a mail for people.
    """
    values = _sent(message, name)
    if sum(map(len, values)) > MAX_HEADER:
        raise UnreadableInput(OVERGROWN)
    found = tuple(box for value in values for box in mailboxes(text_of_header(value)))
    if len(found) > MAX_ADDRESSES:
        raise UnreadableInput(OVERGROWN)
    return found


def _sent(message: Part, name: str) -> list[str]:
    return message.sent.get(name.lower(), [])


def recipients_of(message: Part) -> tuple[str, ...]:
    """Whom it was sent to, by its sender and by the server that took it; the first of many."""
    values = (value for name in ("Delivered-To", "To") for value in _sent(message, name))
    found = (box.address for value in values for box in mailboxes(text_of_header(value)))
    return tuple(dict.fromkeys(islice(found, MAX_ADDRESSES)))


def date_of(message: Part) -> datetime | None:
    """When it says that it was sent; None if it does not, or not so that it can be read."""
    try:
        date = parsedate_to_datetime(words_of(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # -0000 says that it is UTC, and not where the sender is (RFC 5322, section 3.3).
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def authentication_of(message: Part) -> tuple[str, ...]:
    """What the receiving server found (RFC 8601), as it wrote it.

    Headers are put above those that are there, so those of the receiving server are the first.
    From the first on that is another's, they may have been there when the mail was sent; and of
    one who says not who it is, only the very first was surely not.
    """
    sent = _sent(message, "Authentication-Results")[:MAX_RESULTS]
    results = [" ".join(text_of_header(value).split()) for value in sent]
    own = takewhile(lambda result: _server(result) == _server(results[0]), results)
    return tuple(own) if results and _server(results[0]) else tuple(results[:1])


def _server(result: str) -> str:
    """Who checked; empty if it does not say."""
    found = _SERVER.match(result)
    name = found[1].lower() if found else ""
    return "" if "=" in name else _SERVICE.get(name, name)
