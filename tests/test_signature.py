"""A mail's signature is judged with the key that is given, and nobody is asked for another."""

from __future__ import annotations

import re
import socket
from email.message import EmailMessage
from email.policy import SMTP

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.correspondence.signature import verified
from tests.test_request import message

# Made for these tests by `openssl genrsa 2048`; it opens nothing.
PRIVATE = b"""\
-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEAlDb46Vps+Wrd5e/JWFG8mn+vVj2HaesG0IMTz4OcrzeU6Qru
UPmBaiCnqEfHWnhwYRcnc34ewUsQCqD0/M1WfKCW5daQ4EYwWR0xFI89nsDgpC53
gJYih946tqNaD1KYedjnrcNGBSAysTvO/EzWltKFjneg56csXLwf33SSiXqvT/45
anVRxwb3zS6W4uqAL3Tr/F/pzN60ZNGebzxmmsbATHeG/EBFfldtStIbwdeWlRbs
ukBhg68nuf5JFZzDidRI3/M0x8Kuroxjhwxn9D13W3olaR0FD5ot7VDFmA/EOK1U
BWD4TLCmGoGBBRgqiC9TeKNMY8nAJlLisQHJcQIDAQABAoIBAAPwiiE5xBfFHWzV
ONbeJVM9/Z0fOZA5LQ8xzL8BUpLduVmQbtE8MJJvl8VDUys2dFZAVU4elhaxNhXy
PVDS7G+XnSsyztsHQpW7zugq/opPuijjC04hr31JDOp54RTzLxZeC5p0zFGqj25i
lpfiOvn7Uo185IwDx4wXfAlmgdahn9b5YZ53zoaDXVYvcGZGEm98bINjmOHjWsTw
zdt1kKcNfXtb/NtoUYv4AVAvQyUECXgPGH1dQqVAGF+/NFfF0WUf0o4miIaYERvR
sImD5LDsfwoZs8XugWktFSZ0isY/FJ08Kx/549aMjGF2E83SB21MYHXP0wkKBd3f
eIedqiECgYEAyS+pD/1uSwZkm4rfKlDt3GaEKBy8A1sRRyZQBgZtfkFQ5pyPvWfW
gM9JZZ2Z3LKhXJO/X+BGkMoFoehGbyMUHuR2hQ6jdSV2c4UDz8v1QA1v7173gBw+
JuFBRXpV9GuQDeeCt0J7MKZvU37HVtFJEcmpvlMkaDYOUO7AbWR5glUCgYEAvJio
i+jZnhJb18T9Cr0fgu5vcU+bCvc0foqxYuDPeqDcWR8VT/zfyCsnHke8BNLJHOS/
zzVrjxttU0n9yjnudcZmVeW5wKTbHhTXln4v0H0c5MadaRn7eWo7wzCZpPh/SrKh
mFTS/yKGQY9QweCn0pjt9TqdoL7FS1/vkfFj3q0CgYAzFB2pSJ+6/pmGgCCevsNV
RNXi1UDK3VEqrkh87x7Xgj/G/RLldLqaI4av/O52gQfE2GIrNmbUFeaOL8nKJ67R
FRIeQBQyBtvnAmtwU4klxQOZU5Qk+4awGlqXCDNQhgqh7Rhb7M4YEPmMylBT83jI
wlmNT9CbgLXryGIko/DRrQKBgCapeOvtmScRhmhuRp179cjGjmwBMLyHvuguEH0/
rujpryJJ//l80ndbeVJ4zC+E8puMvVGCFwGoUrofUfqx85OLT5FOXc0DPrQk+6kr
RywLae/wU3anT+ktAQFbpjOuiZHLmtr6kKKi9jjcY2bLYjwHA8kg8g1w7kssaJVX
keylAoGBAIXK3ktHRrLeguIFGVA7HT79aji5Qzybdv9k2VLwkC4/L/1z2woxroJf
ePxrtO8oQkIsuSTFdrcbKZvDraHxfHu3FWQ6XBqRZTWMZnsnDjS9AvFA/tQL3n1V
ADi0r/QEW930tSNHU2LnwImLnw/cICFz5FaHxYceRXrvT4qESbi3
-----END RSA PRIVATE KEY-----
"""
PUBLIC = (
    b"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlDb46Vps+Wrd5e/JWFG8mn+vVj2HaesG0IMT"
    b"z4OcrzeU6QruUPmBaiCnqEfHWnhwYRcnc34ewUsQCqD0/M1WfKCW5daQ4EYwWR0xFI89nsDgpC53gJYi"
    b"h946tqNaD1KYedjnrcNGBSAysTvO/EzWltKFjneg56csXLwf33SSiXqvT/45anVRxwb3zS6W4uqAL3Tr"
    b"/F/pzN60ZNGebzxmmsbATHeG/EBFfldtStIbwdeWlRbsukBhg68nuf5JFZzDidRI3/M0x8Kuroxjhwxn"
    b"9D13W3olaR0FD5ot7VDFmA/EOK1UBWD4TLCmGoGBBRgqiC9TeKNMY8nAJlLisQHJcQIDAQAB"
)
RECORD = b"v=DKIM1; k=rsa; p=" + PUBLIC
SIGNED = [b"from", b"to", b"subject"]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    for name in ("socket", "getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)


def signed(mail: bytes, domain: str = "amazon.co.jp", **how: object) -> bytes:
    options: dict[str, object] = {"include_headers": SIGNED, **how}
    return bytes(dkim.sign(mail, b"abc", domain.encode(), PRIVATE, **options)) + mail


def mail(sender: str = "address-verification@amazon.co.jp") -> bytes:
    made: EmailMessage = message("e3")
    made.replace_header("From", f"Amazon.co.jp <{sender}>")
    return made.as_bytes(policy=SMTP)


@pytest.mark.parametrize("domain", ["amazon.co.jp", "bounces.amazon.co.jp"])
@pytest.mark.parametrize("canonical", [(b"relaxed", b"relaxed"), (b"simple", b"simple")])
def test_the_senders_own_signature_holds(domain: str, canonical: tuple[bytes, bytes]) -> None:
    assert verified(signed(mail(), domain, canonicalize=canonical), RECORD)


def test_it_holds_in_a_file_with_unix_lines_and_behind_another_signature() -> None:
    both = signed(signed(mail()), "amazonses.com")
    assert verified(both, RECORD)
    assert verified(both.replace(b"\r\n", b"\n"), RECORD)


@pytest.mark.parametrize(
    "record",
    [
        RECORD + b"\n",
        b"p=" + PUBLIC,
        b'"v=DKIM1; k=rsa; p=' + PUBLIC[:200] + b'" "' + PUBLIC[200:] + b'"\n',
        b'abc._domainkey IN TXT ( "v=DKIM1; p=' + PUBLIC[:90] + b'"\n "' + PUBLIC[90:] + b'" )\n',
    ],
    ids=["a line", "the key alone", "as dig prints it", "as a zone has it"],
)
def test_the_record_is_read_as_people_save_it(record: bytes) -> None:
    assert verified(signed(mail()), record)


class Careless(dkim.DKIM):  # type: ignore[misc]
    """Signs to whom a mail goes, and not from whom it is."""

    def gen_header(self, fields: list[tuple[bytes, bytes]], _: object, *rest: object) -> bytes:
        """The header, with the list of what is signed put right for nobody."""
        signed_fields = [(key, b"to" if key == b"h" else value) for key, value in fields]
        return bytes(super().gen_header(signed_fields, (b"to",), *rest))


WHOLE = signed(mail())
CHANGED = {
    "a letter of the text": WHOLE.replace(b"5bmz57Sg44", b"5bmz57Sg45"),
    "the subject": WHOLE.replace(b"Subject: ", b"Subject: =?utf-8?q?x?= "),
    "a second sender": b"From: Amazon <x@amazon.co.jp>\r\n" + WHOLE,
    "more text": WHOLE + b"Reply to help@mail.example\r\n",
    "no signature": mail(),
    "a broken signature": re.sub(rb"( b=\s*)\S{6}", rb"\1AAAAAA", WHOLE, count=1),
}


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_a_changed_mail_is_not_verified(changed: bytes) -> None:
    assert changed != WHOLE
    assert not verified(changed, RECORD)


WEAK = {
    "another's domain": signed(mail(), "amazonses.com"),
    "a domain that only looks like it": signed(mail(), "amazon.co.jp.example"),
    "the domain above": signed(mail(), "co.jp"),
    "another sender": signed(mail("x@shop.example")),
    "part of the text": signed(mail(), length=True),
    "without its sender": Careless(mail()).sign(b"abc", b"amazon.co.jp", PRIVATE) + mail(),
    "SHA-1": signed(mail(), signature_algorithm=b"rsa-sha1"),
}


@pytest.mark.parametrize("weak", WEAK.values(), ids=WEAK)
def test_a_signature_that_proves_nothing_of_the_sender_is_none(weak: bytes) -> None:
    assert dkim.verify(weak, dnsfunc=lambda *args, **kwargs: RECORD)
    assert not verified(weak, RECORD)


def test_another_domains_own_signature_holds_for_that_domain() -> None:
    assert verified(signed(mail("x@shop.example"), "shop.example"), RECORD)
    assert not verified(signed(mail("x@shop.example"), "mail.shop.example"), RECORD)


@pytest.mark.parametrize(
    "record", [b"", b"no record", b"v=DKIM1; p=", b"v=DKIM1; k=ed25519; p=AAAA", b"\xff\x00"]
)
def test_what_is_no_key_verifies_nothing(record: bytes) -> None:
    assert not verified(signed(mail()), record)


@given(st.binary(max_size=400))
def test_any_bytes_are_judged(data: bytes) -> None:
    assert not verified(data, RECORD)
    assert not verified(b"DKIM-Signature: v=1; a=rsa-sha256; " + data, RECORD)
    assert not verified(WHOLE, data)
