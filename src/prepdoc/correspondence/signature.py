"""A mail as it was saved and its domain's key → whether the signature in it holds (DKIM, RFC 6376).

No name server is asked: the key is the user's to get, from wherever the user trusts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.utils import getaddresses
from typing import TYPE_CHECKING, Final

from prepdoc.correspondence.domains import own_domain

if TYPE_CHECKING:
    from dkim import DKIM

MAX_SIGNATURES: Final = 10
"""Mails carry two or three: the sender's, and the sending service's."""
MAX_RECORD_BYTES: Final = 10_000
"""A key of 4,096 bits takes 800."""
_WEAK: Final = frozenset({b"rsa-sha1"})
"""What must no longer be taken for a signature (RFC 8301, section 3.1)."""


def verified(raw_mail: bytes, record: bytes) -> bool:
    """Whether the sender's own domain signed the whole mail with the key of this record.

    `record` is the text of the TXT record (`v=DKIM1; k=rsa; p=…`), also as `dig` prints it. False
    says that this could not be shown, not that the mail is forged: a program that saved the mail
    may have changed it, the domain may sign with another key by now, or the signature be expired.
    """
    sender = _sender(raw_mail)
    signers = _signers(raw_mail, _key(record))
    return bool(sender) and any(_is_aligned(signer, sender) for signer in signers)


def _sender(raw_mail: bytes) -> str:
    """The domain of the one sender; a mail with several shows who knows which."""
    message = message_from_bytes(raw_mail, policy=policy.compat32)
    addresses = getaddresses([str(value) for value in message.get_all("From", [])])
    return addresses[0][1].rpartition("@")[2].lower() if len(addresses) == 1 else ""


def _key(record: bytes) -> bytes:
    """A long record is cut in strings in quotes, which belong together without a blank."""
    strings = re.findall(rb'"([^"]*)"', record)
    return b"".join(strings) if strings else b"".join(record.splitlines()).strip()


def _signers(raw_mail: bytes, key: bytes) -> Iterator[str]:
    """The domains whose signature holds with this key, of the whole mail and its sender."""
    for index in range(MAX_SIGNATURES):
        try:
            signature = _valid(raw_mail, index, key)
        except Exception:  # noqa: BLE001 (what the library raises on a hostile mail is not listed)
            signature = None
        if signature and _covers_all(signature):
            yield signature.domain.decode("ascii", "replace").lower()


def _valid(raw_mail: bytes, index: int, key: bytes) -> DKIM | None:
    import dkim

    def answer(name: bytes, timeout: float = 0) -> bytes:
        return key

    signature = dkim.DKIM(raw_mail)
    return signature if signature.verify(index, dnsfunc=answer) else None


def _covers_all(signature: DKIM) -> bool:
    """`l` would sign a part of the text only, behind which anything may stand."""
    fields = signature.signature_fields
    return b"l" not in fields and b"from" in signature.include_headers and fields[b"a"] not in _WEAK


def _is_aligned(signer: str, sender: str) -> bool:
    """Whether who signed is who sent (RFC 7489, section 3.1.1).

    Of other domains than the recipient's it is not known which belong together.
    """
    own = own_domain(signer)
    return signer == sender or (own is not None and own == own_domain(sender))
