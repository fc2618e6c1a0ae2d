"""A mail → where it contradicts itself, or what is known of the recipient's mails.

No verdict: a mail without a contradiction may be forged, and one with some may be real.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from prepdoc.correspondence.diversions import sentences_that_divert
from prepdoc.correspondence.domains import (
    hosts_of,
    in_unicode,
    is_active,
    is_look_alike,
    is_own,
    is_unreadable,
    leads_on,
    own_domain,
    unwrapped,
)
from prepdoc.correspondence.secrets import sentences_that_want_secrets

if TYPE_CHECKING:
    from prepdoc.correspondence.mail import Link, Mail


class Kind(StrEnum):
    """What can contradict what."""

    SENDER = "sender"
    SENDER_LOOK_ALIKE = "sender-look-alike"
    REPLY_TO = "reply-to"
    DMARC = "dmarc"
    DKIM = "dkim"
    SPF = "spf"
    ALIGNMENT = "alignment"
    UNPROVEN = "unproven"
    LINK_TEXT = "link-text"
    LINK_TARGET = "link-target"
    LINK_LOOK_ALIKE = "link-look-alike"
    ATTACHMENT = "attachment"
    CREDENTIALS = "credentials"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One contradiction, and the words of the mail that show it."""

    kind: Kind
    line: str = field(repr=False)


Unseen: TypeAlias = Literal["sender", "authentication"]
"""Who sent it, and what the receiving server found."""
MAX_LINE: Final = 2_000
"""Characters of a line; the words of a long sentence."""
_METHODS: Final = ("dmarc", "dkim", "spf")
_FAILED: Final = frozenset({"fail", "hardfail", "softfail", "permerror"})
_ABOUT: Final = (("header", "from"), ("header", "d"), ("header", "i"), ("smtp", "mailfrom"))
"""The properties that name the domain, the one that DMARC is about first."""
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(?<![\w.-])(dmarc|dkim|spf)\s*=\s*([a-z]+)")
_DOMAIN_OF = re.compile(r"(?:header\.(?:from|d|i)|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]+)")


def contradictions(mail: Mail) -> tuple[Contradiction, ...]:
    """Everything in a mail that contradicts something, in the order in which it is read."""
    return tuple(
        dict.fromkeys(
            (*_sender(mail), *_reply_to(mail), *_authentication(mail), *_links(mail),
             *_attachments(mail), *_secrets(mail))
        )
    )  # fmt: skip


def unseen(mail: Mail) -> tuple[Unseen, ...]:
    """What could not be compared, because it is not in the file, or not in a known form.

    Whoever pastes a mail or sends it on can have typed what stands there as its head.
    """
    found = mail.has_head and any(_findings(header) for header in mail.authentication)
    missing: dict[Unseen, bool] = {"sender": not mail.has_head, "authentication": not found}
    return tuple(what for what, is_missing in missing.items() if is_missing)


def _shown(kind: Kind, line: str) -> Contradiction:
    return Contradiction(kind, " ".join(line.split())[:MAX_LINE])


def _domain(address: str) -> str:
    return in_unicode(address.rpartition("@")[2])


# --- head --------------------------------------------------------------------------------------


def _sender(mail: Mail) -> Iterator[Contradiction]:
    """Every address that the mail names as its sender; programs show one of them, or the name."""
    for address in (mail.sender, *mail.other_senders):
        host = _domain(address)
        line = f"From: {mail.sender_name} <{address}>"
        if address and is_look_alike(host):
            yield _shown(Kind.SENDER_LOOK_ALIKE, f"{line} ({host})")
        elif address and not is_own(host):
            yield _shown(Kind.SENDER, line)
    if mail.has_head and not mail.sender:
        yield _shown(Kind.SENDER, f"From: {mail.sender_name}")


def _reply_to(mail: Mail) -> Iterator[Contradiction]:
    """Where the answer would go, or shall go by the mail's words."""
    for address in mail.reply_to:
        if address != mail.sender and not is_own(_domain(address)):
            yield _shown(Kind.REPLY_TO, f"Reply-To: {address}")
    for part in (mail.text, mail.other_text):
        sentences = sentences_that_divert(part, mail.recipients)
        yield from (_shown(Kind.REPLY_TO, sentence) for sentence in sentences)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What the receiving server found: method, result, and the domain that it is about."""

    method: str
    result: str
    domain: str

    @property
    def line(self) -> str:
        return f"Authentication-Results: {self.method}={self.result} {self.domain}"


def _authentication(mail: Mail) -> Iterator[Contradiction]:
    """What the receiving server found, and whether what it proved is the sender's own domain.

    A DMARC pass says that the sender's own domain signed or sent it, whatever else failed: a
    mailing list's signature, or the address of a forwarder (RFC 7489, section 4.2).
    """
    found = [one for header in mail.authentication for one in _findings(header)]
    sender = own_domain(_domain(mail.sender))
    approved = {one.result for one in found if one.method == "dmarc"} == {"pass"}
    if not approved:
        yield from (_shown(Kind(one.method), one.line) for one in found if one.result in _FAILED)
    proven = [one.domain for one in found if one.result == "pass" and one.domain]
    if proven and sender and all(own_domain(domain) != sender for domain in proven):
        yield _shown(Kind.ALIGNMENT, f"From: {mail.sender}; {', '.join(dict.fromkeys(proven))}")
    if found and sender and not any(one.result in {*_FAILED, "pass"} for one in found):
        yield _shown(Kind.UNPROVEN, "; ".join(one.line for one in found))


def _findings(header: str) -> tuple[_Finding, ...]:
    """What a header says (RFC 8601, section 2.7), in whatever form its server writes it."""
    return tuple(one for one in _parsed(header) or _picked(header) if one.method in _METHODS)


def _parsed(header: str) -> list[_Finding]:
    import authres
    from authres import dmarc

    # Outlook's servers leave out who they are, which comes first and holds no "=".
    named = header if "=" not in header.partition(";")[0] else f"unnamed; {header}"
    try:
        parsed = authres.FeatureContext(dmarc).parse(f"Authentication-Results: {named}")
    except (authres.AuthResError, RecursionError):
        return []
    return [
        _Finding(result.method.lower(), result.result.lower(), _about(result.properties))
        for result in parsed.results
        if result.method and result.result
    ]


def _about(properties: Iterable[Any]) -> str:
    named = {(p.type, p.name): str(p.value) for p in properties}
    value = next((named[key] for key in _ABOUT if key in named), "")
    return _domain(value.lower())


def _picked(header: str) -> list[_Finding]:
    """Where a server writes a form of its own, as Yahoo! JAPAN's do: a method and its result."""
    words = _COMMENT.sub(" ", header).lower()
    results = list(_RESULT.finditer(words))
    ends = [*(one.start() for one in results), len(words)][1:]
    return [
        _Finding(one[1], one[2], _domain_in(words[one.end() : end]))
        for one, end in zip(results, ends, strict=True)
    ]


def _domain_in(words: str) -> str:
    found = _DOMAIN_OF.search(words)
    return _domain(found[1]) if found else ""


# --- body --------------------------------------------------------------------------------------


def _links(mail: Mail) -> Iterator[Contradiction]:
    for link in mail.links:
        target = unwrapped(link.target)
        hosts = hosts_of(target)
        line = f"{link.text} → {link.target}" if link.text != link.target else link.target
        if is_active(target) or is_unreadable(target) or _strays(target, hosts):
            yield _shown(Kind.LINK_TARGET, line)
        for host in hosts:
            if kind := _wrong(link, host):
                yield _shown(kind, f"{line} ({host})" if kind is Kind.LINK_LOOK_ALIKE else line)


def _strays(target: str, hosts: Iterable[str]) -> bool:
    """Whether a place of the recipient's own may send on to somebody else's."""
    if not any(map(is_own, hosts)):
        return False
    ahead = tuple(leads_on(target))
    return any(is_unreadable(one) or not all(map(is_own, hosts_of(one))) for one in ahead)


def _wrong(link: Link, host: str) -> Kind | None:
    """What is wrong with a link to a host; two of the recipient's own domains are one place."""
    said = _said_host(link)
    if said and not (is_own(said) and is_own(host)) and said != host:
        return Kind.LINK_TEXT
    if is_look_alike(host):
        return Kind.LINK_LOOK_ALIKE
    return None if is_own(host) else Kind.LINK_TARGET


def _said_host(link: Link) -> str:
    """The host that a link's own words name, if they are an address."""
    words = unicodedata.normalize("NFKC", link.text).strip()
    is_url = re.fullmatch(r"(?:https?://)?[\w.-]+\.[a-z]{2,}(?:/\S*)?", words, re.IGNORECASE)
    return next(iter(hosts_of(words)), "") if is_url else ""


def _attachments(mail: Mail) -> Iterator[Contradiction]:
    """None of the known mails carries one."""
    return (_shown(Kind.ATTACHMENT, name) for name in mail.attachments)


def _secrets(mail: Mail) -> Iterator[Contradiction]:
    """In what mail programs show, and in the text for those that show no HTML."""
    parts = (mail.subject, mail.text, mail.other_text)
    sentences = (one for part in parts for one in sentences_that_want_secrets(part))
    yield from (_shown(Kind.CREDENTIALS, sentence) for sentence in sentences)
    if mail.has_password_field:
        yield _shown(Kind.CREDENTIALS, '<input type="password">')
