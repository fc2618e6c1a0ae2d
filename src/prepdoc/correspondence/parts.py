"""Bytes of a message → its headers and parts (RFC 5322, RFC 2045), none of them larger than a
mail's: hostile ones take the email package minutes, or all of the stack.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from email.policy import Policy, compat32
from itertools import count
from typing import Any, Final, cast

from prepdoc.correspondence.charsets import text_of, text_of_header
from prepdoc.correspondence.limits import (
    MAX_HEADER,
    MAX_NESTED_PARTS,
    MAX_PARTS,
    OVERGROWN,
)
from prepdoc.errors import UnreadableInput

_READ: Final = frozenset(
    {"authentication-results", "date", "from", "message-id", "reply-to", "sender", "subject"}
    | {"content-disposition", "content-id", "content-transfer-encoding", "content-type"}
)
"""Headers that matter; others may be long, as a To of hundreds."""
_SHOWN: Final = frozenset({"text/plain", "text/html"})


class Part(Message):
    """A message or a part of one, which refuses to grow without bound."""

    depth = 0
    is_alternative = False

    def __init__(self, policy: Policy = compat32) -> None:
        super().__init__(policy)
        self.sent: dict[str, list[str]] = {}
        """The headers as they were sent, by their names in lower case."""

    def attach(self, payload: Message | str) -> None:
        """The parser found a part within this one."""
        if isinstance(payload, Part):
            payload.depth = self.depth + 1
            payload.is_alternative = self.get_content_type() == "multipart/alternative"
            if payload.depth > MAX_NESTED_PARTS:
                raise UnreadableInput(OVERGROWN)
        super().attach(payload)

    def set_raw(self, name: str, value: str) -> None:
        """The parser found a header."""
        if len(value) > MAX_HEADER:
            if name.lower() in _READ:
                raise UnreadableInput(OVERGROWN)
            value = ""
        self.sent.setdefault(name.lower(), []).append(value)
        super().set_raw(name, value)

    def get_param(
        self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True
    ) -> Any:
        """A parameter of a header, always as text.

        The email package would decode it by any codec of Python that it names (RFC 2231), and
        fails where a parameter is given both whole and in pieces.
        """
        try:
            value = super().get_param(param, failobj, header, unquote)
        except (TypeError, ValueError):
            return failobj
        if not isinstance(value, tuple):
            return value
        charset, _language, words = value
        return text_of(words.encode("latin-1", "surrogateescape"), charset or "")[0]

    def get_content_charset(self, failobj: Any = None) -> Any:
        """None: the email package shall decode nothing by itself."""
        return failobj

    @property
    def charset(self) -> str:
        """What the part says of its characters."""
        return str(super().get_content_charset(""))


def parsed(source: bytes) -> Part:
    """A message, with its parts.

    Raises:
        UnreadableInput: it is built like no mail for people.
    """
    made = count()

    def part(policy: Policy = compat32) -> Part:
        if next(made) > MAX_PARTS:
            raise UnreadableInput(OVERGROWN)
        return Part(policy)

    return cast("Part", message_from_bytes(source, _class=part, policy=compat32))


def sorted_parts(message: Part) -> tuple[list[Part], list[str]]:
    """The parts that mail programs show as the mail itself, and the names of the files in it.

    A file without a name is told by its type.
    """
    shown: list[Part] = []
    files: list[str] = []
    for part in message.walk():
        if not isinstance(part, Part) or _is_picture_in_text(part):
            continue
        if name := file_name(part):
            files.append(name)
        elif _is_words(part):
            shown.append(part)
    return shown, files


def attached_mail(message: Part) -> Part | None:
    """The mail that is attached to another as it was saved (RFC 2046, section 5.2.1), if it is one.

    Its headers and parts are those of the only part within it.
    """
    found = [part for part in message.walk() if part.get_content_type() == "message/rfc822"]
    if len(found) != 1 or found[0] is message:
        return None
    within = found[0].get_payload()
    return found[0] if isinstance(within, list) and len(within) == 1 else None


def content_of(part: Part) -> tuple[str, bool]:
    """A part's words, and whether some could not be decoded; its own charset is tried first."""
    try:
        payload = part.get_payload(decode=True)
    except ValueError:  # what is not uuencoded, in older versions of Python
        return "", True
    return text_of(payload if isinstance(payload, bytes) else b"", part.charset)


def _is_words(part: Part) -> bool:
    # One without a boundary has no parts: programs show all of it.
    is_whole = part.get_content_maintype() == "multipart" and not part.is_multipart()
    return is_whole or part.get_content_type() in _SHOWN


def file_name(part: Part) -> str:
    """What a file is called; empty for what is none, as other forms of the same words."""
    kind = part.get_content_maintype()
    if kind == "multipart":
        return ""
    name = text_of_header(part.get_filename("") or "")
    is_saved = part.get_content_disposition() == "attachment"
    is_shown = part.is_multipart() or part.is_alternative or _is_words(part)
    return (name or part.get_content_type()) if name or is_saved or not is_shown else ""


def _is_picture_in_text(part: Part) -> bool:
    """A logo, which the HTML shows by its id (RFC 2392); an SVG may run scripts."""
    if part.get_content_maintype() != "image" or "content-id" not in part.sent:
        return False
    is_saved = part.get_content_disposition() == "attachment"
    return "svg" not in part.get_content_subtype() and not is_saved
