"""A mail → where it contradicts itself, or what is known of the recipient's mails.

No verdict: a mail without a contradiction may be forged, and one with some may be real.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from prepdoc.correspondence.domains import (
    host_of,
    in_unicode,
    is_look_alike,
    is_own,
    own_domain,
)

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


MAX_LINE: Final = 120
"""Characters of a line that is shown."""
_FAILED: Final = frozenset({"fail", "hardfail", "softfail", "permerror"})
# Wants what no mail that is known asks for; E2 and E3 say not to send the whole number.
_SECRET = re.compile(
    r"(?:パスワード|暗証番号|セキュリティコード|ワンタイム(?:パスワード|コード)|認証コード"
    r"|カード番号(?:の)?(?:全体|全桁|すべて|全て)|(?:16|１６)桁の?カード番号)"
    r"[^。\n]{0,20}(?:ご?入力|ご?記入|お?知らせ|ご?送信|ご?返信|ご?提供|教えて)"
    r"|\b(?:enter|send|provide|confirm|reply with|tell us)\b[^.\n]{0,40}"
    r"\b(?:password|pin|security code|cvv|one-time code"
    r"|(?:full|whole|complete|entire|16-digit) (?:credit )?card number)",
    re.IGNORECASE,
)
_NOT_WANTED = re.compile(
    r"控え|しないで|なさらないで|必要はありません|求めることはありません|\b(?:never|not|don't)\b",
    re.I,
)


def contradictions(mail: Mail) -> tuple[Contradiction, ...]:
    """Everything in a mail that contradicts something, in the order in which it is read."""
    return tuple(
        dict.fromkeys(
            (*_sender(mail), *_reply_to(mail), *_authentication(mail), *_links(mail),
             *_attachments(mail), *_secrets(mail))
        )
    )  # fmt: skip


def _shown(kind: Kind, line: str) -> Contradiction:
    words = " ".join(line.split())
    return Contradiction(kind, words if len(words) <= MAX_LINE else words[: MAX_LINE - 1] + "…")


def _domain(address: str) -> str:
    return in_unicode(address.rpartition("@")[2])


# --- head --------------------------------------------------------------------------------------


def _sender(mail: Mail) -> Iterator[Contradiction]:
    if not mail.sender:
        return
    host = _domain(mail.sender)
    line = f"From: {mail.sender_name} <{mail.sender}>"
    if is_look_alike(host):
        yield _shown(Kind.SENDER_LOOK_ALIKE, f"{line} ({host})")
    elif not is_own(host):
        yield _shown(Kind.SENDER, line)


def _reply_to(mail: Mail) -> Iterator[Contradiction]:
    for address in mail.reply_to:
        if address != mail.sender and not is_own(_domain(address)):
            yield _shown(Kind.REPLY_TO, f"Reply-To: {address}")


def _authentication(mail: Mail) -> Iterator[Contradiction]:
    """What the receiving server found, and whether what it proved is the sender's own domain."""
    proven: list[str] = []
    for method, result, domain in _results(mail.authentication):
        line = f"Authentication-Results: {method}={result} {domain}"
        if result in _FAILED and method in ("dmarc", "dkim", "spf"):
            yield _shown(Kind(method), line)
        elif result == "pass" and domain:
            proven.append(domain)
    sender = own_domain(_domain(mail.sender))
    if proven and sender and all(own_domain(domain) != sender for domain in proven):
        yield _shown(Kind.ALIGNMENT, f"From: {mail.sender}; {', '.join(dict.fromkeys(proven))}")


def _results(header: str) -> Iterator[tuple[str, str, str]]:
    """Method, result and the domain that it is about (RFC 8601, section 2.7)."""
    import authres
    from authres import dmarc

    if not header:
        return
    # Outlook's servers leave out who they are, which comes first and holds no "=".
    named = header if "=" not in header.partition(";")[0] else f"unnamed; {header}"
    try:
        parsed = authres.FeatureContext(dmarc).parse(f"Authentication-Results: {named}")
    except authres.AuthResError:
        return
    for result in parsed.results:
        about = {(p.type, p.name): str(p.value) for p in result.properties}
        keys = (("header", "from"), ("header", "d"), ("header", "i"), ("smtp", "mailfrom"))
        value = next((about[key] for key in keys if key in about), "")
        yield result.method.lower(), result.result.lower(), _domain(value.lower())


# --- body --------------------------------------------------------------------------------------


def _links(mail: Mail) -> Iterator[Contradiction]:
    for link in mail.links:
        host = host_of(link.target)
        if not host:
            continue
        line = f"{link.text} → {link.target}" if link.text != link.target else link.target
        said = _said_host(link)
        if said and own_domain(said) != own_domain(host):
            yield _shown(Kind.LINK_TEXT, line)
        elif is_look_alike(host):
            yield _shown(Kind.LINK_LOOK_ALIKE, f"{line} ({host})")
        elif not is_own(host):
            yield _shown(Kind.LINK_TARGET, line)


def _said_host(link: Link) -> str:
    """The host that a link's own words name, if they are an address."""
    words = unicodedata.normalize("NFKC", link.text).strip()
    is_url = re.fullmatch(r"(?:https?://)?[\w.-]+\.[a-z]{2,}(?:/\S*)?", words, re.IGNORECASE)
    return host_of(words) if is_url else ""


def _attachments(mail: Mail) -> Iterator[Contradiction]:
    """None of the known mails carries one."""
    return (_shown(Kind.ATTACHMENT, name) for name in mail.attachments)


def _secrets(mail: Mail) -> Iterator[Contradiction]:
    for sentence in re.split(r"[。\n]|(?<=[.!?])\s", unicodedata.normalize("NFKC", mail.text)):
        if _SECRET.search(sentence) and not _NOT_WANTED.search(sentence):
            yield _shown(Kind.CREDENTIALS, sentence)
