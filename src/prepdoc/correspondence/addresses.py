"""A header of addresses, as it was sent → the mailboxes in it (RFC 5322, section 3.4).

Also of headers that break the rules as phishing does: an address in a name, `@` without quotes,
two addresses side by side. Encoded words (RFC 2047) are not decoded here: they are words, whatever
they spell. Where it can be read in two ways, both addresses are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

# Up to its end, or the header's where there is none: so that it is read once.
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)("?)', re.DOTALL)
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_BRACKETS = re.compile(r"<[^<>]*>?")
_CLOSED_BRACKETS = re.compile(r"<[^<>]*>")
_BARE = re.compile(r"[^\s:<>]*@[^\s<>]*")
_PIECE = re.compile(r"[^,;]+")
# Stand for characters that divide nothing, so that places stay the same.
_WORD: Final = "\ue000"
_REMARK: Final = "\ue001"
_MAX_NESTED_COMMENTS: Final = 20
"""Deeper ones are taken for plain text; nobody writes two."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address in lower case, and the name before it as it was written."""

    address: str
    name: str = field(default="", repr=False)


def mailboxes(header: str) -> Iterator[Mailbox]:
    """The mailboxes in a header, in their order; a name without an address is none."""
    if not all(quoted[2] for quoted in _QUOTED.finditer(header)):
        header = header.replace('"', " ")
    mask = _masked(header)
    for piece in _PIECE.finditer(mask):
        start, end = piece.span()
        yield from _of_piece(header[start:end], mask[start:end])


def _masked(header: str) -> str:
    """The header with all that only looks like its structure made something else."""
    mask = header.replace(_WORD, " ").replace(_REMARK, " ")
    for pattern in (_QUOTED, _ENCODED_WORD):
        mask = pattern.sub(lambda found: _WORD * len(found[0]), mask)
    for _ in range(_MAX_NESTED_COMMENTS):
        mask, count = _COMMENT.subn(lambda found: _REMARK * len(found[0]), mask)
        if not count:
            break
    return _CLOSED_BRACKETS.sub(lambda found: re.sub("[,;]", _WORD, found[0]), mask)


def _of_piece(text: str, mask: str) -> Iterator[Mailbox]:
    """The mailboxes between two commas: one, if it is well formed."""
    spans = [one.span() for one in _BRACKETS.finditer(mask) if _address(text, mask, one.span())]
    # What stands before brackets is a name, even if it looks like an address.
    start = spans[-1][1] if spans else 0
    spans += [one.span() for one in _BARE.finditer(mask, start)]
    for span in spans:
        if address := _address(text, mask, span):
            yield Mailbox(address, _name(text[: spans[0][0]], mask))


def _address(text: str, mask: str, span: tuple[int, int]) -> str:
    """An address without comments, blanks and the route before it; empty if it is none."""
    kept = _without_comments(text[slice(*span)], mask[slice(*span)], "")
    address = "".join(kept.strip("<>").split()).lower()
    if address.startswith("@"):
        address = address.rpartition(":")[2]
    local, _at, domain = address.rpartition("@")
    return address if local and domain else ""


def _name(text: str, mask: str) -> str:
    """The words of a name, without its quotes."""
    words = _without_comments(text, mask, " ")
    return " ".join(_QUOTED.sub(lambda found: re.sub(r"\\(.)", r"\1", found[1]), words).split())


def _without_comments(text: str, mask: str, blank: str) -> str:
    return "".join(blank if as_ == _REMARK else char for char, as_ in zip(text, mask, strict=False))
