"""A mail is read as mail programs show it, whatever whoever sent or saved it made of it."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.correspondence.addresses import mailboxes
from prepdoc.correspondence.charsets import text_of
from prepdoc.correspondence.contradictions import Kind, contradictions, unseen
from prepdoc.correspondence.forwards import innermost
from prepdoc.correspondence.limits import (
    HTML_BOMB,
    MAX_ADDRESSES,
    MAX_HEADER,
    MAX_LINES,
    MAX_LINKS,
    MAX_MAILS,
    MAX_NESTED_PARTS,
    MAX_PARTS,
    MAX_RESULTS,
    MAX_TEXT,
    NO_MAIL,
    OVERGROWN,
    TOO_LARGE,
)
from prepdoc.correspondence.links import bare_links
from prepdoc.correspondence.mail import Mail, read_mails
from prepdoc.errors import UnreadableInput

OWN = "no-reply@amazon.co.jp"
EVIL = "info@mail.evil.example"
WORDS = "請求明細書を添付の上、このメッセージにご返信ください。"
SECONDS = 5
"""Of the processor, for what took minutes; it takes a tenth of one."""


def encoded(words: str) -> str:
    return f"=?UTF-8?B?{b64encode(words.encode()).decode()}?="


def headed(*headers: str, body: str = WORDS) -> bytes:
    return "\n".join([*headers, "Subject: x", "", body]).encode()


def typed(kind: str, body: str | bytes, *headers: str) -> bytes:
    """A message of one part."""
    head = "\n".join([f"From: {OWN}", *headers, f"Content-Type: {kind}", "\n"])
    return head.encode() + (body.encode() if isinstance(body, str) else body)


def mixed(*parts: str, kind: str = "mixed") -> bytes:
    """A message of several parts, each with its own headers."""
    body = "".join(f"--b\n{part}\n" for part in parts)
    return typed(f'multipart/{kind}; boundary="b"', f"{body}--b--\n")


def read(data: bytes) -> Mail:
    (mail,) = read_mails(data)
    return mail


def page(html: str, *headers: str) -> Mail:
    return read(typed("text/html; charset=utf-8", f"<p>{WORDS}</p>{html}", *headers))


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableInput) as caught:
        read_mails(data)
    return str(caught.value)


# --- whom it is from ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "address", "name"),
    [
        (f"Amazon.co.jp <{OWN}>", OWN, "Amazon.co.jp"),
        (f'"Amazon.co.jp, \\"Account\\"" <{OWN}>', OWN, 'Amazon.co.jp, "Account"'),
        (f"{encoded('アカウント@Amazon')} <{OWN}>", OWN, "アカウント@Amazon"),
        (f"{encoded('Amazon, (アカウント)')} <{OWN}>", OWN, "Amazon, (アカウント)"),
        (OWN.upper(), OWN, ""),
        (f"<{OWN}> (Amazon)", OWN, ""),
        (f"Amazon (Amazon.co.jp, Inc.) <{OWN}>", OWN, "Amazon"),
        (f"Amazon :( <{OWN}>", OWN, "Amazon :("),
        (f"\n Amazon\n <{OWN}>", OWN, "Amazon"),
        (f"Undisclosed:{OWN};", OWN, "Undisclosed:"),
        # What looks like an address in a name is none.
        (f"{OWN} <{EVIL}>", EVIL, OWN),
        (f'"{OWN}" <{EVIL}>', EVIL, OWN),
        (f"Amazon.co.jp ({OWN}) <{EVIL}>", EVIL, "Amazon.co.jp"),
        (f"{encoded(f'Amazon <{OWN}>')} <{EVIL}>", EVIL, f"Amazon <{OWN}>"),
        (f"{encoded(f'{OWN}, ')} <{EVIL}>", EVIL, f"{OWN},"),
        (f"=?UTF-8?Q?=22Amazon=22_=3Cno-reply=40amazon=2Eco=2Ejp=3E?= <{EVIL}>", EVIL,
         f'"Amazon" <{OWN}>'),
        (f"=?UTF-8?Q?<{OWN}>,?= <{EVIL}>", EVIL, f"<{OWN}>,"),
        (f'<"{OWN}"@mail.evil.example>', f'"{OWN}"@mail.evil.example', ""),
        (f"<@amazon.co.jp,@a.example:{EVIL}>", EVIL, ""),
        ("Amazon <info@mail (@amazon.co.jp)\n .evil.example>", EVIL, "Amazon"),
        (f'"Amazon <{EVIL}>', EVIL, "Amazon"),
        (f"Amazon <{EVIL}", EVIL, "Amazon"),
        (f"{encoded(chr(27) + '[31mAmazon')} <{EVIL}>", EVIL, "\x1b[31mAmazon"),
        # No address at all.
        ("Amazon.co.jp", "", "Amazon.co.jp"),
        (encoded(f"Amazon <{OWN}>"), "", f"Amazon <{OWN}>"),
        ("Amazon <>", "", "Amazon <>"),
        ("<@>, @, a@, <b@>", "", "<@>, @, a@, <b@>"),
    ],
)  # fmt: skip
def test_the_sender_is_the_address_and_not_what_its_name_says(
    header: str, address: str, name: str
) -> None:
    mail = read(headed(f"From: {header}"))
    assert (mail.sender, mail.sender_name, mail.other_senders) == (address, name, ())


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=50))
def test_no_name_changes_the_address(name: str) -> None:
    for written in (Header(name, "utf-8").encode(), f'"{name.translate({34: None, 92: None})}"'):
        (found,) = mailboxes(f"{written} <{EVIL}>")
        assert found.address == EVIL


@given(st.text(max_size=200) | st.text('<>"(),;:@\\ a.=?', max_size=60))
def test_any_header_of_addresses_is_read(header: str) -> None:
    for found in mailboxes(header):
        assert "@" in found.address
        assert not any(char.isspace() for char in found.address)


@pytest.mark.parametrize(
    ("headers", "sender", "others"),
    [
        ([f"From: {OWN}", f"From: {EVIL}"], OWN, (EVIL,)),
        ([f"From: {EVIL}", f"From: {OWN}"], EVIL, (OWN,)),
        ([f"From: Amazon <{OWN}>, Support <{EVIL}>"], OWN, (EVIL,)),
        ([f"From: <{OWN}> <{EVIL}>"], OWN, (EVIL,)),
        ([f"From: <{OWN}> {EVIL}"], OWN, (EVIL,)),
        ([f"From: {OWN} {EVIL}"], OWN, (EVIL,)),
        ([f"From: {OWN}\rFrom: {EVIL}"], OWN, (EVIL,)),
        ([f"From: {OWN}", f"Sender: <{EVIL}>"], OWN, (EVIL,)),
        ([f"From: {OWN}", f"Sender: <{OWN}>"], OWN, ()),
        ([f"Sender: {EVIL}"], "", (EVIL,)),
        (["Received: x"], "", ()),
    ],
)
def test_every_address_that_a_mail_calls_its_sender_is_told(
    headers: list[str], sender: str, others: tuple[str, ...]
) -> None:
    mail = read(headed(*headers))
    assert (mail.sender, mail.other_senders, mail.has_head) == (sender, others, True)


@pytest.mark.parametrize(
    "headers",
    [
        [f"Reply-To: {OWN}", f"Reply-To: {EVIL}"],
        [f"Reply-To: {OWN}, {EVIL}"],
        [f"Reply-To: {encoded(OWN)} <{OWN}>, {encoded(f'Amazon <{OWN}>')} <{EVIL}>"],
        [f"reply-to: {OWN} <{OWN}>", f"REPLY-TO: {OWN} <{EVIL}>"],
    ],
)
def test_the_answer_may_go_to_any_address_that_is_named(headers: list[str]) -> None:
    assert read(headed(f"From: {OWN}", *headers)).reply_to == (OWN, EVIL)


def test_what_was_pasted_has_no_head_but_what_was_copied() -> None:
    mail = read(f"差出人: {OWN} <{EVIL}>\n件名: お願い\n\n{WORDS}".encode())
    assert (mail.sender, mail.sender_name, mail.subject) == (EVIL, OWN, "お願い")
    assert not mail.has_head


# --- what the receiving server found -----------------------------------------------------------


@pytest.mark.parametrize(
    ("results", "own"),
    [
        ([], 0),
        (["mx.example; dkim=none", "mx.example; dmarc=fail", "mx.example; spf=pass"], 3),
        (["mx.example; spf=pass", "mx.google.com; dmarc=pass", "mx.example; dmarc=pass"], 1),
        (["mx.example 1; spf=pass", "MX.example; dmarc=fail", "mx.example.jp; dmarc=pass"], 2),
        (["(by) mx.example; spf=pass", '"mx.example"; dmarc=fail', "mx; dmarc=pass"], 2),
        # iCloud names each of its checkers.
        (["bimi.icloud.com; bimi=skipped", "arc.icloud.com; arc=none",
          "dmarc.icloud.com; dmarc=fail", "dkim-verifier.icloud.com; dkim=none",
          "spf.icloud.com; spf=pass", "evil.icloud.com; dmarc=pass"], 5),
        # Yahoo! JAPAN and au write more before the first semicolon.
        (["mta1.yahoo.co.jp  from=amazon.co.jp; dkim=neutral", "mta2.yahoo.co.jp; dkim=pass"], 1),
        (["mx.auone.jp smtp.mailfrom=x@evil.example; spf=pass", "mx.auone.jp; dmarc=fail"], 2),
        # Outlook.com does not say who it is; anyone else may not either.
        (["spf=fail smtp.mailfrom=amazon.co.jp; dmarc=fail", "dmarc=pass header.from=x"], 1),
        (["mx.example; spf=pass"] * 50, MAX_RESULTS),
    ],
)  # fmt: skip
def test_only_what_the_receiving_server_wrote_counts(results: list[str], own: int) -> None:
    mail = read(headed(f"From: {OWN}", *(f"Authentication-Results: {one}" for one in results)))
    assert mail.authentication == tuple(" ".join(one.split()) for one in results[:own])


def test_a_folded_result_is_one_line_and_stays_as_it_is() -> None:
    result = "mx.example;\n\tdmarc=fail (p=quarantine\n dis=none) header.from=a.example"
    mail = read(
        headed(f"From: {OWN}", f"Authentication-Results: {result}", "X-Other: a; dkim=pass")
    )
    assert mail.authentication == (
        "mx.example; dmarc=fail (p=quarantine dis=none) header.from=a.example",
    )


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Tue, 24 Nov 2026 11:14:15 +0000", datetime(2026, 11, 24, 11, 14, 15, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 20:14:15 +0900 (JST)",
         datetime(2026, 11, 24, 20, 14, 15, tzinfo=timezone(timedelta(hours=9)))),
        ("24 Nov 2026 11:14:15 -0000", datetime(2026, 11, 24, 11, 14, 15, tzinfo=UTC)),
        ("Tue, 99 Nov 2026 11:14:15 +0000", None),
        ("Tue, 24 Nov 99999999999 11:14:15 +9999", None),
        ("yesterday", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_date_has_a_zone_or_there_is_none(header: str, date: datetime | None) -> None:
    assert read(headed(f"From: {OWN}", f"Date: {header}")).date == date


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40))
def test_any_date_can_be_compared(words: str) -> None:
    found = read(headed(f"From: {OWN}", f"Date: {words}")).date
    assert found is None or isinstance(found < datetime(2026, 1, 1, tzinfo=UTC), bool)


# --- forms -------------------------------------------------------------------------------------

TABLE = """元のメッセージ
メッセージ ID\t<1@example.com>
From:\t"Amazon.co.jp" <no-reply@amazon.co.jp>
SPF:\tPASS（IP: 192.0.2.58）。詳細

クリップボードにコピー

"""
ENGLISH_TABLE = "Original Message\nMessage ID\t<1@example.com>\nTo:\tx@example.com\n\n"
PROPERTIES = b'<?xml version="1.0"?>\n<plist version="1.0"><dict></dict></plist>\n'
SAVED = headed(
    "Received: from a by b",
    f"From: Amazon <{OWN}>",
    f"Reply-To: {EVIL}",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
)
SAVES: dict[str, Callable[[bytes], bytes]] = {
    "as it came": lambda data: data,
    "lines of Windows": lambda data: data.replace(b"\n", b"\r\n"),
    "lines of the first Macintosh": lambda data: data.replace(b"\n", b"\r"),
    "with a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "as Unicode": lambda data: data.decode().encode("utf-16"),
    "as Unicode, big end first": lambda d: b"\xfe\xff" + d.decode().encode("utf-16-be"),
    "blank lines before it": lambda data: b"\n \r\n\n" + data,
    "blanks before it": lambda data: b"   " + data,
    "a mark and blank lines before it": lambda data: b"\xef\xbb\xbf\r\n\n" + data,
    "Apple Mail's own": lambda data: b"%-10d\n" % len(data) + data + PROPERTIES,
    "Apple Mail's own, cut": lambda data: b"123\n" + data,
    "Gmail's page": lambda data: TABLE.encode() + data,
    "Gmail's page in Shift_JIS": lambda d: TABLE.encode("cp932") + d,
    "Gmail's English page": lambda data: b"\n" + ENGLISH_TABLE.encode() + data,
    "a mailbox of one": lambda data: b"From a@example.com Thu Jan  1 00:00:00 2026\n" + data,
    "a mailbox with a mark": lambda d: b"\xef\xbb\xbfFrom - Thu Jan  1 00:00:00 2026\r\n" + d,
}  # fmt: skip


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_a_mail_is_the_same_however_it_was_saved(save: Callable[[bytes], bytes]) -> None:
    mail = read(save(SAVED))
    assert (mail.sender, mail.reply_to, mail.text) == (OWN, (EVIL,), WORDS)
    assert mail.has_head and not mail.is_broken
    assert mail.source.startswith(b"Received: from a by b")
    assert PROPERTIES not in mail.source


@pytest.mark.parametrize("above", ["Original Message\n\n", "Look what came:\n\n", TABLE])
def test_words_above_what_is_no_source_are_words(above: str) -> None:
    mail = read(f"{above}Dear customer,\nFrom: {OWN}\n{WORDS}".encode())
    assert above.strip() in mail.text
    assert not mail.has_head


def test_a_source_below_other_words_is_not_taken_for_the_mail() -> None:
    mail = read(b"Dear customer, please answer.\n\n" + SAVED)
    assert not mail.has_head
    assert mail.text.startswith("Dear customer")


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Title (words)>>",
        b"\x89PNG\r\n\x1a\nwords",
        b"\xff\xd8\xff\xe0\0\x10JFIF words",
        b"GIF89a words",
        b"PK\x03\x04word/document.xml",
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500 + "words".encode("utf-16-le"),
        rb"{\rtf1\ansi words}",
        b"\x1f\x8b\x08words",
        b"\x7fELF\x02\x01\x01" + b"\0\x01words\x02\0" * 50,
        bytes(range(128, 256)) * 10 + b"words",
        b"<html>" + b"\0\x01\x02" * 50,
    ],
    ids=["pdf", "png", "jpeg", "gif", "docx", "msg", "rtf", "gzip", "elf", "bytes", "false html"],
)
def test_another_kind_of_file_is_told_to_be_one(data: bytes) -> None:
    assert refused(data) == NO_MAIL


def test_a_text_with_a_damaged_character_is_read_and_told_to_be_broken() -> None:
    mail = read((WORDS * 3).encode() + b"\xff")
    assert mail.is_broken
    assert WORDS in mail.text


# --- mailboxes ---------------------------------------------------------------------------------


def box(*mails: bytes) -> bytes:
    return b"".join(b"From - Thu Jan  1 00:00:00 2026\n%s\n\n" % mail for mail in mails)


def test_of_a_mailbox_the_newest_mails_are_read_in_their_order() -> None:
    many = MAX_MAILS + 10
    mails = read_mails(box(*(b"Subject: %d\n\nx" % number for number in range(many))))
    assert [mail.subject for mail in mails] == [str(number) for number in range(10, many)]


def test_of_a_mailbox_of_too_many_lines_the_newest_mails_are_read() -> None:
    long = headed(f"From: {OWN}", body="x\n" * (MAX_LINES // 2 - 100))
    mails = read_mails(box(long, SAVED, long, headed("From: a@example.com"), long))
    assert [mail.sender for mail in mails] == [OWN, OWN, "a@example.com", OWN]


def test_a_mail_that_cannot_be_read_hides_no_other() -> None:
    bomb = typed("text/html", "<b>" * MAX_TEXT)
    (mail,) = read_mails(box(SAVED, bomb, headed("From: a@example.com", body="")))
    assert mail.sender == OWN
    assert refused(box(bomb, bomb)) == HTML_BOMB


def test_a_line_that_begins_like_a_mailbox_parts_no_mail() -> None:
    body = "Your flight:\nFrom Tokyo 2026\nFrom here on"
    assert read(headed(f"From: {OWN}", body=body)).text == body


# --- links -------------------------------------------------------------------------------------

THERE = "https://evil.example/"


@pytest.mark.parametrize(
    ("html", "target", "text"),
    [
        (f"<a href=' {THERE} '><b>サイン</b>\n イン</a>", THERE, "サイン イン"),
        (f"<A HREF={THERE}>サインイン", THERE, "サインイン"),
        (f"<a href='{THERE}'><img src=x alt=y></a>", THERE, ""),
        (f"<a href='{THERE}'>one<br>two</a>", THERE, "one two"),
        (f"<a href='https://own.example/'><table><td><a href='{THERE}'>in</a>", THERE, "in"),
        (f"<map><area shape=rect href='{THERE}'></map>", THERE, ""),
        (f"<form action='{THERE}'><input type=submit>send</form>", THERE, ""),
        (f"<form><button formaction='{THERE}'>send</button></form>", THERE, ""),
        (f"<base href='{THERE}'>", THERE, ""),
        (f"<base href='{THERE}'><a href='/ap/signin'>in</a>", f"{THERE}ap/signin", "in"),
        (f"<a href='signin'>in</a><base href='{THERE}'>", f"{THERE}signin", "in"),
        (f"<meta http-equiv=Refresh content='0; URL=\"{THERE}\"'>", THERE, ""),
        (f"<meta http-equiv=refresh content='3,{THERE}'>", THERE, ""),
        (f"<iframe src='{THERE}'></iframe>", THERE, ""),
        (f"<svg><a xlink:href='{THERE}'><text>in</text></a></svg>", THERE, "in"),
        (f"<svg><a href='{THERE}'><text>in</text></a></svg>", THERE, "in"),
        (f"<noscript><a href='{THERE}'>in</a></noscript>", THERE, "in"),
        (f"<!--[if mso]><a href='{THERE}'>in</a><![endif]-->", THERE, "in"),
        (f"<!--[if mso]><v:roundrect href='{THERE}'>in</v:roundrect><![endif]-->", THERE, ""),
        ("<a href='javascript:location=1'>in</a>", "javascript:location=1", "in"),
        ("<a href='data:text/html;base64,PA=='>in</a>", "data:text/html;base64,PA==", "in"),
        ("<a href='ftp://evil.example/a'>in</a>", "ftp://evil.example/a", "in"),
        ("<a href='file://evil.example/a'>in</a>", "file://evil.example/a", "in"),
        ("<a href='blob:https://evil.example/a'>in</a>", "blob:https://evil.example/a", "in"),
        ("<a href='https:\\\\evil.example\\a'>in</a>", "https:\\\\evil.example\\a", "in"),
        ("<base href='https://a.example/'><a href='\\\\b.example'>x</a>", "\\\\b.example", "x"),
        ("<base href='https://a.example/'><a href='mailto:b@c.example'>x</a>",
         "mailto:b@c.example", "x"),
        ("<base href='https://[broken'><a href='a'>x</a>", "a", "x"),
        ("<a href='https://a.example/'>ama&#8203;zon&shy;.example</a>", "https://a.example/",
         "amazon.example"),
    ],
)  # fmt: skip
def test_everything_that_leads_somewhere_is_a_link(html: str, target: str, text: str) -> None:
    assert (target, text) in {(link.target, link.text) for link in page(html).links}


@pytest.mark.parametrize(
    "html",
    ["<a>x</a>", "<a href=''>x</a>", "<a name=x href=' '>x</a>", "<form>x</form>",
     "<meta http-equiv=refresh content=5>", "<meta content='0;url=https://a.example'>",
     "<!-- <a href=https://a.example>x</a> -->", "<img src=https://a.example>"],
)  # fmt: skip
def test_what_leads_nowhere_is_no_link(html: str) -> None:
    assert page(html).links == ()


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("https://www.amazon.co.jpにアクセスし", ["https://www.amazon.co.jp"]),
        ("https://www.amazon.co.jp：お問い合わせ", ["https://www.amazon.co.jp"]),
        ("www.amazon.co.jpからログイン", ["www.amazon.co.jp"]),
        ("【Amazon｜https://www.amazon.co.jp】", ["https://www.amazon.co.jp"]),
        ("*https://www.amazon.co.jp*", ["https://www.amazon.co.jp"]),
        ("（https://www.amazon.co.jp）, https://a.example/b。",
         ["https://www.amazon.co.jp", "https://a.example/b"]),
        ("https://a.example<https://b.example/>", ["https://a.example", "https://b.example/"]),
        ("[https://a.example/](https://b.example/)", ["https://a.example/", "https://b.example/"]),
        ("(see https://a.example/b_(c)!)", ["https://a.example/b_(c"]),
        ("https://a.example/?x=1&amp;y=2.", ["https://a.example/?x=1&y=2"]),
        # The host is behind the last @, whatever stands before it.
        ("https://www.amazon.co.jp@evil.example/login", ["https://www.amazon.co.jp@evil.example/login"]),
        ("https://www.amazon.co.jp*:x@evil.example", ["https://www.amazon.co.jp*:x@evil.example"]),
        ("https://evil.example\\@www.amazon.co.jp", ["https://evil.example\\@www.amazon.co.jp"]),
        ("https://evil.example:8443/a", ["https://evil.example:8443/a"]),
        ("https://[2001:db8::1]/a", ["https://[2001:db8::1]/a"]),
        ("http://3221225991/a", ["http://3221225991/a"]),
        # Names in other scripts are names.
        ("https://www.\u0430mazon.co.jp/", ["https://www.\u0430mazon.co.jp/"]),
        ("https://アマゾン.example へ", ["https://アマゾン.example"]),
        ("https://www.amazon.co.jpにて.example へ", ["https://www.amazon.co.jpにて.example"]),
        ("https://evil.みんな/", ["https://evil.みんな/"]),
        ("a.www.example.com x@www.example.com https://", []),
        # Cut by a phone's lines.
        ("http://ww\nw.amazon.jp\n", ["http://www.amazon.jp"]),
        ("http://www.am\nazon.jp\n", ["http://www.amazon.jp"]),
        ("http://\nwww.ama\nzon.co.\njp\nx", ["http://www.amazon.co.jp"]),
        ("https://www.amazon.co.j\np/a", ["https://www.amazon.co.jp/a"]),
        ("https://evil.example\nwww.amazon.co.jp", ["https://evil.example", "www.amazon.co.jp"]),
        ("https://evil.example\n.amazon.co.jp", ["https://evil.example"]),
        ("http://3221225991\n.amazon.co.jp", ["http://3221225991"]),
    ],
)  # fmt: skip
def test_an_address_in_a_text_ends_where_its_host_ends(text: str, targets: list[str]) -> None:
    mail = read(f"{WORDS}\n{text}".encode())
    assert [link.target for link in mail.links] == targets
    assert all(link.text == link.target for link in mail.links)


@given(st.sampled_from(["https://evil.example", "www.evil.example"]),
       st.text(st.characters(codec="utf-8", exclude_characters="@"), max_size=30))  # fmt: skip
def test_no_address_hides_behind_what_follows(url: str, after: str) -> None:
    found = [link.target for link in bare_links(f"{url} {after}")]
    assert found[0] == url


def test_addresses_without_width_in_them_are_read_as_they_look() -> None:
    text = "https://www.amazon.co.jp\u200b.evil.example/ and https://www.amazon.co.jp\u200b\n"
    targets = [link.target for link in read(text.encode()).links]
    assert targets == ["https://www.amazon.co.jp.evil.example/", "https://www.amazon.co.jp"]


def test_a_link_behind_a_thousand_others_is_seen() -> None:
    many = "".join(f"<a href='https://own.example/{number}'>x</a>" for number in range(1000))
    assert page(f"{many}<a href='{THERE}'>x</a>").links[-1].target == THERE


def test_the_same_link_counts_once_and_too_many_are_refused() -> None:
    assert len(page(f"<a href='{THERE}'>x</a>" * 5 * MAX_LINKS).links) == 1
    many = "".join(f"<a href='https://own.example/{n}'>x</a>" for n in range(MAX_LINKS + 1))
    assert refused(typed("text/html", many)) == OVERGROWN
    urls = "\n".join(f"https://own.example/{number}" for number in range(MAX_LINKS + 1))
    assert refused(urls.encode()) == OVERGROWN


def test_addresses_in_both_forms_of_a_mail_are_links() -> None:
    mail = read(
        mixed(
            "\nhttps://a.example/",
            "Content-Type: text/html\n\n<p>https://b.example/</p><a href=https://c.example/>c</a>",
            kind="alternative",
        )
    )
    targets = {link.target for link in mail.links}
    assert targets == {"https://a.example/", "https://b.example/", "https://c.example/"}


@pytest.mark.parametrize(
    ("html", "has_one"),
    [
        ("<form><input type=password></form>", True),
        ("<INPUT NAME=a TYPE=' PassWord '>", True),
        ("<input type=text name=password>", False),
        ("password", False),
    ],
)
def test_a_field_for_a_password_is_told(html: str, has_one: bool) -> None:
    assert page(html).has_password_field is has_one
    assert read(f"<html><p>{WORDS}</p>{html}".encode()).has_password_field is has_one


# --- words -------------------------------------------------------------------------------------


def test_the_words_of_both_forms_are_kept_apart() -> None:
    html = f"Content-Type: text/html; charset=utf-8\n\n<p>{WORDS}</p><p>more</p>"
    both = read(mixed("\nSee the HTML.", html, kind="alternative"))
    assert (both.text, both.other_text) == ("See the HTML.", f"{WORDS}\nmore")
    blank = read(mixed("\n \n\n", html, kind="alternative"))
    assert (blank.text, blank.other_text) == (f"{WORDS}\nmore", "")
    plain = read(mixed("\nSee the HTML.", kind="alternative"))
    assert (plain.text, plain.other_text) == ("See the HTML.", "")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>one\n two</p>three<br>four", "one two\nthree\nfour"),
        ("<pre>one\n  two</pre>", "one\ntwo"),
        ("a<wbr>b&nbsp;c<b>d</b>", "ab cd"),
        ("<head><title>no</title><style>no</style></head>yes<script>no</script>", "yes"),
        ("<noscript>yes</noscript><template>no</template>", "yes"),
        ("<table><tr><td>a<td>b</table>", "a\nb"),
        ("<div>" * 300 + "deep" + "</div>" * 300, "deep"),
        ("<table><tr><td>" * 100 + "deep" + "</td></tr></table>" * 100, "deep"),
        ("a\0b", "ab"),
        ("&shy;a&#8203;b&zwnj;", "ab"),
        ("&lt;p&gt; &amp; &#x2460;", "<p> & ①"),
    ],
)
def test_html_is_read_as_it_is_shown(html: str, words: str) -> None:
    assert read(typed("text/html; charset=utf-8", html)).text == words


UNSEEN = "\u00ad\u200b\u200c\u200e\u2060\ufeff\u202e"


@pytest.mark.parametrize("char", UNSEEN, ids=[f"U+{ord(char):04X}" for char in UNSEEN])
def test_characters_without_a_shape_part_no_words(char: str) -> None:
    words = char.join("password")
    html = f"Content-Type: text/html; charset=utf-8\n\n{words}<a href=x>{words}</a>"
    named = f"Content-Type: application/zip; name={encoded(f'{words}.zip')}\n\nx"
    plain = f"Content-Type: text/plain; charset=utf-8\n\n{words}"
    data = mixed(plain, html, named).replace(
        b"From:", f"Subject: {encoded(words)}\nFrom: {encoded(words)}".encode()
    )
    mail = read(data)
    assert mail.text == mail.subject == mail.sender_name == "password"
    assert mail.other_text == "passwordpassword"
    assert (mail.links[0].text, mail.attachments) == ("password", ("password.zip",))
    assert mail.source == data
    assert read(words.encode()).text == "password"


def test_an_address_keeps_them_as_no_host_has_any() -> None:
    assert read(headed("From: x@amazon\u200b.co.jp")).sender == "x@amazon\u200b.co.jp"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (f"{encoded('お客様の')}\n {encoded('アカウント')}", "お客様のアカウント"),
        (f"Re: {encoded('お客様')} x", "Re: お客様 x"),
        ("=?utf-8?B?4?= =?nosuch?Q?x?=", "=?utf-8?B?4?= =?nosuch?Q?x?="),
        ("=?punycode?Q?abc-?= =?idna?B?eA==?= =?utf-8*ja?Q?=E3=81=82?=", "abc-xあ"),
        ("=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①"),
        (" folded\n\tlines ", "folded lines"),
    ],
)
def test_a_subject_is_one_line_of_words(subject: str, words: str) -> None:
    assert read(headed(f"From: {OWN}\nSubject: {subject}")).subject == words


# --- attachments -------------------------------------------------------------------------------

FILE = "Content-Disposition: attachment"


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("Content-Type: application/zip; name=a.zip\n\nx", ("a.zip",)),
        (f"Content-Type: text/html; name=a.html\n{FILE}; filename=b.html\n\nx", ("b.html",)),
        (f"Content-Type: application/octet-stream\n{FILE}\n\nx", ("application/octet-stream",)),
        ("Content-Type: application/zip\n\nx", ("application/zip",)),
        ("Content-Type: application/x-msdownload; name=\n\nx", ("application/x-msdownload",)),
        (f"Content-Type: text/html\n{FILE}\n\n<form>x</form>", ("text/html",)),
        (f"Content-Type: text/plain\n{FILE}\n\nx", ("text/plain",)),
        ("Content-Type: text/calendar\n\nBEGIN:VCALENDAR", ("text/calendar",)),
        (f"Content-Type: message/rfc822\n{FILE}\n\nFrom: a@b.example\n\nx", ("message/rfc822",)),
        ("Content-Type: message/rfc822\n\nFrom: a@b.example\n\nx", ()),
        ("Content-Type: image/png; name=a.png\nContent-ID: <a>\n\nx", ()),
        ("Content-Type: image/png; name=a.png\nContent-ID: <a>\n"
         "Content-Disposition: inline; filename=a.png\n\nx", ()),
        (f"Content-Type: image/png; name=a.png\nContent-ID: <a>\n{FILE}\n\nx", ("a.png",)),
        ("Content-Type: image/png; name=a.png\n\nx", ("a.png",)),
        ("Content-Type: image/svg+xml; name=a.svg\nContent-ID: <a>\n\nx", ("a.svg",)),
        (f"{FILE}; filename*=utf-8''%E8%AB%8B%E6%B1%82.pdf\n\nx", ("請求.pdf",)),
        (f"{FILE}; filename*=idna''abc%20def.exe\n\nx", ("abc def.exe",)),
        (f"{FILE}; filename*=undefined''abc%20def.exe\n\nx", ("abc def.exe",)),
        (f"{FILE}; filename*0=a; filename*=utf-8''b\n\nx", ("text/plain",)),
        (f"{FILE}; filename={encoded('請求.pdf')}\n\nx", ("請求.pdf",)),
    ],
)  # fmt: skip
def test_a_file_is_an_attachment_with_or_without_a_name(part: str, names: tuple[str, ...]) -> None:
    mail = read(mixed(f"Content-Type: text/plain; charset=utf-8\n\n{WORDS}", part))
    assert mail.attachments == names
    assert mail.text.startswith(WORDS)
    assert "<form>" not in mail.text + mail.other_text


def test_other_forms_of_the_same_words_are_no_attachments() -> None:
    parts = ("\nwords", "Content-Type: text/x-amp-html\n\nx", "Content-Type: text/calendar\n\nx")
    assert read(mixed(*parts, kind="alternative")).attachments == ()
    assert read(mixed(*parts)).attachments == ("text/x-amp-html", "text/calendar")


# --- characters --------------------------------------------------------------------------------


def jis_of(pair: bytes) -> bytes:
    """Two bytes of Shift_JIS as the row and cell that they have in JIS X 0208."""
    lead, trail = pair
    row = (lead - (0x71 if lead <= 0x9F else 0xB1)) * 2 + 1
    if trail >= 0x9F:
        return bytes((row + 1, trail - 0x7E))
    return bytes((row, trail - (0x20 if trail > 0x7F else 0x1F)))


def jis_of_windows(text: str) -> bytes:
    """As Windows writes ISO-2022-JP: all of CP932, in the rows of JIS X 0208."""
    written = b""
    for data in (char.encode("cp932") for char in text):
        if len(data) == 2:
            written += b"\x1b$B" + jis_of(data) + b"\x1b(B"
        elif data[0] >= 0xA1:
            written += b"\x1b(I" + bytes((data[0] - 0x80,)) + b"\x1b(B"
        else:
            written += data
    return written


TAKAHASHI = b"\x1b$B|b\x1b(B"
"""髙 in row 92, where NEC put IBM's extensions."""


@pytest.mark.parametrize("label", ["ISO-2022-JP", "iso-2022-jp-ms", "utf-8", "us-ascii", ""])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (jis_of_windows("① カード番号の下4桁"), "① カード番号の下4桁"),
        (TAKAHASHI + "橋 太郎".encode("iso-2022-jp"), "髙橋 太郎"),
        (jis_of_windows("ﾔﾏﾀﾞ 様"), "ﾔﾏﾀﾞ 様"),
        (jis_of_windows("①ﾔﾏﾀﾞ\n㈱"), "①ﾔﾏﾀﾞ\n㈱"),
        (b"\x1b(I\x54\x4f\x1b(B", "ﾔﾏ"),
        ("漢字".encode("iso-2022-jp"), "漢字"),
        ("漢字①".encode("iso2022_jp_2004"), "漢字①"),
        ("丂".encode("iso2022_jp_ext"), "丂"),
        (b"\x1b$B-!\x1b$(D0!\x1b(B", "①丂"),
    ],
)  # fmt: skip
def test_iso_2022_jp_is_read_as_windows_writes_it(data: bytes, words: str, label: str) -> None:
    mail = read(typed(f"text/plain; charset={label}", data))
    assert (mail.text, mail.is_broken) == (words, False)
    assert text_of(data) == (words, False)


def test_every_character_of_windows_is_read_in_iso_2022_jp() -> None:
    """Each by its bytes, as some stand in CP932 twice."""
    leads = [*range(0x81, 0xA0), *range(0xE0, 0xF0)]
    pairs = [bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFD)]
    chars = [(pair, pair.decode("cp932", "replace")) for pair in pairs]
    known = [(jis_of(pair), char) for pair, char in chars if len(char) == 1]
    data = b"\x1b$B" + b"".join(jis for jis, _ in known) + b"\x1b(B"
    assert len(known) > 7_000
    assert text_of(data) == ("".join(char for _, char in known), False)


def test_a_damaged_text_in_iso_2022_jp_is_read_as_far_as_it_goes() -> None:
    mail = read(typed("text/plain; charset=iso-2022-jp", jis_of_windows("①番号") + b"\xff\xfe"))
    assert mail.is_broken
    assert mail.text.startswith("①番号")


@pytest.mark.parametrize(
    "charset",
    ["no-such", "", "\0", "punycode", "idna", "undefined", "utf-16", "utf-32", "utf-7", "rot13",
     "base64_codec", "hex", "zip", "unicode_escape", "raw_unicode_escape", "mbcs", "../etc/passwd",
     "a" * 5000, '"utf-8"', "utf-8''x", "é", "us-ascii", "shift_jis-2004-x"],
)  # fmt: skip
def test_a_charset_that_cannot_be_true_is_none(charset: str) -> None:
    for words in (WORDS, f"{WORDS}x", f"{WORDS}xx", f"{WORDS}xxx"):  # any number of bytes
        mail = read(typed(f"text/plain; charset={charset}", words))
        assert (mail.text, mail.is_broken) == (words, False)
    html = f'<html><meta charset="{charset}"><p>{WORDS}'
    assert WORDS in read(html.encode()).text


@pytest.mark.parametrize(
    "kind",
    ["text/plain; charset*=idna''utf-8", "text/plain; charset*0*=idna''utf; charset*1*=-8",
     "text/plain; charset*=utf-8''utf-8", "text/plain; charset*0=a; charset*=utf-8''utf-8"],
)  # fmt: skip
def test_a_charset_in_pieces_breaks_nothing(kind: str) -> None:
    assert read(typed(kind, WORDS)).text == WORDS


@pytest.mark.parametrize(
    "kind",
    ["multipart/mixed; boundary*=idna''b", "multipart/mixed; boundary*0=b; boundary*=b",
     "multipart/mixed; boundary*=undefined''%ff", "multipart/alternative", "multipart/mixed; ="],
)  # fmt: skip
def test_a_boundary_that_is_none_hides_no_words(kind: str) -> None:
    assert WORDS in read(typed(kind, f"\n--b\n\n{WORDS}\n--b--\n")).text


@pytest.mark.parametrize("encoding", ["x-uuencode", "base64", "quoted-printable", "x-foo"])
def test_an_encoding_that_is_broken_is_read_or_left_out(encoding: str) -> None:
    broken = f"Content-Transfer-Encoding: {encoding}\n\nbegin 644 x\n#!!é\x7f\n=E\n=====\n"
    assert read(mixed("\nwords", broken)).text.startswith("words")


# --- hostile -----------------------------------------------------------------------------------


def nested(depth: int) -> str:
    parts = (
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        for level in range(depth)
    )
    return "".join(parts) + "\nwords"


LONG = "a" * MAX_HEADER
BOMBS = {
    "a long name": (headed(f"From: {LONG} <{OWN}>"), OVERGROWN),
    "open brackets": (headed(f"From: {'(' * 1_000_000}"), OVERGROWN),
    "commas": (headed("From: " + "a@b.example, " * 500_000), OVERGROWN),
    "a route": (headed(f"From: <{'@a,' * 300_000}:x@y.example>"), OVERGROWN),
    "many answers": (headed(f"From: {OWN}", *[f"Reply-To: {EVIL}"] * 5_000), OVERGROWN),
    "many senders": (headed("From: " + "a@b.c," * (MAX_ADDRESSES + 1)), OVERGROWN),
    "encoded words": (headed("Subject: " + "=?utf-8?B?44GC?= " * 400_000), OVERGROWN),
    "long results": (
        headed("From: a@b", "Authentication-Results: a" + "; dkim=pass" * 100_000),
        OVERGROWN,
    ),
    "brackets in results": (
        headed("From: a@b", f"Authentication-Results: a; dkim=pass {'(' * 200_000}"),
        OVERGROWN,
    ),
    "a long type": (typed(f"text/plain; {LONG}", "x"), OVERGROWN),
    "no end of headers": (b"From: a@b\n" + b"X-A: 1\n" * 100_000, OVERGROWN),
    "headers above those that tell": (b"X-A: 1\n" * 100_000 + SAVED, OVERGROWN),
    "no colon": (b"From: x\n" + b"a" * 900_000, OVERGROWN),
    "no end of a header": (b"From: a@b\n" + b" \n" * 300_000, OVERGROWN),
    "many parts": (mixed(*["\nx"] * (MAX_PARTS + 1)), OVERGROWN),
    "deep parts": (f"From: {OWN}\n{nested(1_000)}".encode(), OVERGROWN),
    "parts deeper than mails have": (
        f"From: {OWN}\n{nested(MAX_NESTED_PARTS + 1)}".encode(),
        OVERGROWN,
    ),
    "mails in mails": (
        f"From: {OWN}\n".encode() + b"Content-Type: message/rfc822\n\n" * 1_000,
        OVERGROWN,
    ),
    "deep html": (typed("text/html", "<div>" * 100_000 + "x"), HTML_BOMB),
    "many pages": (mixed(*["Content-Type: text/html\n\n" + "<i>a</i>" * 50_000] * 5), HTML_BOMB),
    "many texts": (mixed(*["\n" + "a" * 400_000] * 5), TOO_LARGE),
    "many lines": (headed("From: a@b", body="\n" * 10_000_000), TOO_LARGE),
}  # fmt: skip


@pytest.mark.parametrize(("data", "told"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_in_a_moment(data: bytes, told: str) -> None:
    start = time.process_time()
    assert refused(data) == told
    assert time.process_time() - start < SECONDS


SLOW = {
    "attributes": typed("text/html", f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>x"),
    "anchors": typed("text/html", "<a href=x><div>" * 300 + "x " * 300_000),
    "ends": typed("text/html", "<b>" * 900 + "</i>" * 200_000 + "x"),
    "comments": typed("text/html", "x" + "<!--[if " * 100_000),
    "angles": typed("text/html", "x" + "<" * 900_000),
    "addresses": ("see " + "https://" * 100_000 + "x").encode(),
    "addresses without end": ("www." * 200_000 + "x").encode(),
    "addresses of stars": ("www.*" * 100_000 + "https://*" * 10_000).encode(),
    "cut addresses": ("see\n" + "http://a\n" * 90_000).encode(),
    "quotes": headed("From: " + '"\\' * (MAX_HEADER // 2 - 10)),
    "comments in a name": headed(f"From: {'(' * 9_000}{')' * 9_000} <{OWN}>"),
    "a mailbox": b"From a@b Tue Nov 24 11:14:15 2026\nSubject: x\n\nhi\n" * 100_000,
    "a line of a mailbox": b"From a 2026\nSubject: x\n\nFrom " + b"a" * 900_000,
    "escapes": typed("text/plain", b"\x1b$B-!\x1b(B" * 100_000),
    "punycode": typed("text/plain; charset=punycode", "abc-" + "z" * 900_000),
    "a file called in punycode": mixed(
        "\nx", f"{FILE}; filename*=punycode''{'z' * (MAX_HEADER - 100)}\n\nx"
    ),
    "parameters": typed(f"text/plain{';a=b' * (MAX_HEADER // 4 - 10)}", "x"),
    "colons": ("From" * 250_000).encode(),
}


@pytest.mark.parametrize("data", SLOW.values(), ids=SLOW)
def test_a_mail_that_is_made_to_take_long_does_not(data: bytes) -> None:
    start = time.process_time()
    assert read_mails(data)
    assert time.process_time() - start < SECONDS


def test_as_many_parts_as_mails_have_are_read() -> None:
    assert read(f"From: {OWN}\n{nested(MAX_NESTED_PARTS)}".encode()).text == "words"
    assert read(mixed(*["\nwords"] * (MAX_PARTS - 1))).text.startswith("words")


def test_a_long_header_that_is_not_read_is_no_reason_to_refuse() -> None:
    mail = read(headed(f"From: {OWN}", "To: " + "a@b.example, " * 5_000, f"References: {LONG}x"))
    assert (mail.sender, mail.references) == (OWN, "")


@given(st.lists(st.sampled_from(
    [b"From: ", b"Sender: ", b"Reply-To: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"\n",
     b"text/html", b"multipart/mixed; boundary=b", b"--b", b"--b--", b"message/rfc822", b"; name=",
     b"; name*=", b"; name*0*=", b"idna''x", b"=?utf-8?B?", b"?=", b"\x1b$B", b"\x1b(I", b"\xff",
     b"<", b">", b'"', b"(", b"a@b.c", b"<a href=", b"<!--[if", b"&#", b"https://", b"www.", b"\r",
     b"Content-Transfer-Encoding: x-uuencode", b"begin 644 a", b"charset=utf-7", b"+2AA-", b"\0",
     b"Authentication-Results: ", b"; ", b"\xe2\x80\x8b", b"words"]), max_size=40))  # fmt: skip
def test_anything_like_a_mail_is_read_or_refused(pieces: list[bytes]) -> None:
    try:
        mails = read_mails(b"From: a@b.example\n" + b"".join(pieces))
    except UnreadableInput:
        return
    for mail in mails:
        shown = [mail.text, mail.other_text, mail.subject, mail.sender, mail.sender_name]
        json.dumps([*shown, *mail.attachments, *mail.authentication]).encode()
        "".join([*shown, *(link.target + link.text for link in mail.links)]).encode()


def test_a_message_that_python_wrote_is_read_as_it_was_meant() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"アカウントスペシャリスト <{OWN}>"
    message["Subject"] = "ご利用の Amazon.co.jp アカウントにつきまして" * 3
    message.set_content(f"{WORDS}\n", charset="iso-2022-jp")
    message.add_alternative(f"<p>{WORDS}</p>", subtype="html")
    mail = read(bytes(message))
    assert (mail.text, mail.other_text) == (WORDS, WORDS)
    assert (mail.sender, mail.sender_name) == (OWN, "アカウントスペシャリスト")
    assert mail.subject == "ご利用の Amazon.co.jp アカウントにつきまして" * 3


# --- mails that were sent on -------------------------------------------------------------------

MINE = "taro@mail.example"
TITLE = "お客様の Amazon アカウント 返信のお願い"
MARKED = """FYI

---------- Forwarded message ---------
From: Amazon.co.jp <{sender}>
Date: 2026年11月24日(火) 20:14
Subject: {title}
To: <{mine}>

{words}"""
SENT_ON = {
    "Gmail": MARKED,
    "Gmail in Japanese": MARKED.replace("Forwarded message", "転送されたメッセージ"),
    "Gmail with bold words": MARKED.replace("From: ", "*From:* "),
    "Apple Mail": "Begin forwarded message:\n\nFrom: Amazon.co.jp <{sender}>\nSubject: {title}\n"
    "Date: November 24, 2026 at 20:14:15 GMT+9\nTo: {mine}\nReply-To: {sender}\n\n{words}",
    "a phone": "\n\niPhoneから送信\n\n> 転送されたメッセージ:\n> \n"
    "> 差出人: Amazon.co.jp <{sender}>\n> 日時: 2026年11月24日 20:14:15 JST\n"
    "> 宛先: {mine}\n> 件名: {title}\n> \n> {words}",
    "Outlook": "見て\n\n________________________________\n差出人: Amazon.co.jp <{sender}>\n"
    "送信日時: 2026年11月24日 20:14\n宛先: {mine}\n件名: {title}\n\n{words}",
    "old Outlook": "-----Original Message-----\nFrom: Amazon.co.jp [mailto:{sender}]\n"
    "Sent: Tuesday, November 24, 2026 8:14 PM\nTo: {mine}\nSubject: {title}\n\n{words}",
    "Outlook's text": "FYI\n\nFrom: Amazon.co.jp <{sender}<mailto:{sender}>>\nSent: Tuesday\n"
    "To: {mine}\nSubject: {title}\n\n{words}",
    "Thunderbird": "-------- 転送メッセージ --------\n件名: {title}\n日付: Tue, 24 Nov 2026\n"
    "差出人: Amazon.co.jp <{sender}>\n宛先: {mine}\n\n{words}",
    "Thunderbird's table": "-------- Forwarded Message --------\nSubject:\n{title}\nDate:\nTue\n"
    "From:\nAmazon.co.jp <{sender}>\nTo:\n{mine}\n\n{words}",
    "Yahoo! Mail": "----- Forwarded Message -----\nFrom: Amazon.co.jp <{sender}>\nTo: {mine}\n"
    "Date: 2026/11/24, Tue 20:14\nSubject: {title}\n\n> {words}",
    "mutt": "----- Forwarded message from Amazon.co.jp <{sender}> -----\n\nDate: Tue, 24 Nov 2026\n"
    "From: Amazon.co.jp <{sender}>\nSubject: {title}\n\n{words}",
    "a head with a broken line": "Begin forwarded message:\n\nFrom: Amazon.co.jp\n <{sender}>\n"
    "Subject: {title}\n\n{words}",
    "twice": "-------- 転送メッセージ --------\n件名: Fwd: {title}\n差出人: 太郎 <{mine}>\n\n"
    "> Begin forwarded message:\n>\n> From: Amazon.co.jp <{sender}>\n> Subject: {title}\n>\n"
    "> {words}",
}  # fmt: skip
RESULT = "Authentication-Results: mx.example; dmarc=pass header.from=mail.example"


def sent_on(form: str, sender: str = OWN) -> str:
    return SENT_ON[form].format(sender=sender, title=TITLE, mine=MINE, words=WORDS)


def by_person(body: str, *headers: str, subject: str = "Fwd: x") -> bytes:
    head = [RESULT, f"From: 太郎 <{MINE}>", "To: hanako@mail.example", "Message-ID: <1@x>"]
    return "\n".join([*head, *headers, f"Subject: {subject}", "", body]).encode()


@pytest.mark.parametrize("subject", ["Fwd: x", "FW: x", "転送: x", "Amazonから"])
@pytest.mark.parametrize("form", SENT_ON)
def test_the_mail_within_one_that_was_sent_on_is_the_one_that_is_read(
    form: str, subject: str
) -> None:
    mail = read(by_person(sent_on(form), subject=subject))
    assert (mail.sender, mail.sender_name, mail.subject) == (OWN, "Amazon.co.jp", TITLE)
    assert (mail.authentication, mail.message_id, mail.source) == ((), "", b"")
    assert contradictions(mail) == ()
    assert unseen(mail) == ("sender", "authentication")
    assert WORDS in mail.text


def test_an_answer_is_about_what_it_quotes_only_where_that_is_called_sent_on() -> None:
    assert read(by_person(sent_on("Gmail"), subject="Re: Fwd: x")).sender == OWN
    assert read(by_person(sent_on("Outlook"), subject="Re: Fwd: x")).sender == MINE


@pytest.mark.parametrize("form", SENT_ON)
@pytest.mark.parametrize("sender", [EVIL, "no-reply@amaz0n.co.jp"])
def test_a_stranger_is_told_within_a_mail_that_was_sent_on(form: str, sender: str) -> None:
    mail = read(by_person(sent_on(form, sender)))
    assert mail.sender == sender
    kinds = {one.kind for one in contradictions(mail)}
    assert kinds & {Kind.SENDER, Kind.SENDER_LOOK_ALIKE}


@pytest.mark.parametrize("form", SENT_ON)
def test_what_was_pasted_with_its_head_has_the_same_sender(form: str) -> None:
    mail = read(sent_on(form).encode())
    assert (mail.sender, mail.subject) == (OWN, TITLE)
    assert unseen(mail) == ("sender", "authentication")


@pytest.mark.parametrize(
    "sender",
    [f"Amazon.co.jp <{EVIL}>", f"アマゾン <{EVIL}>", "x@amaz0n.co.jp", f"x <{EVIL}>, {OWN}", OWN],
)
def test_who_poses_as_the_recipient_sends_nothing_on(sender: str) -> None:
    failed = "Authentication-Results: mx.example; dmarc=fail header.from=amazon.co.jp"
    mail = read(headed(failed, f"From: {sender}", body=sent_on("Gmail")))
    assert mail.has_head
    assert mail.authentication
    assert contradictions(mail)


LETTER = "お世話になっております。" * 100
QUOTED = {
    "an answer of the customer": ("Re: x", sent_on("Outlook")),
    "an answer below an original message": ("RE: x", sent_on("old Outlook")),
    "a letter with a head far below": ("Fwd: x", f"{LETTER}\n{sent_on('Gmail')}"),
    "a subject alone": ("Fwd: x", WORDS),
    "a sender alone": ("Fwd: x", f"From: {OWN}\n\n{WORDS}"),
    "a quotation": ("Re: x", f"2026年11月24日(火) 20:14 Amazon.co.jp <{OWN}>:\n\n> {WORDS}"),
}


@pytest.mark.parametrize(("subject", "body"), QUOTED.values(), ids=QUOTED)
def test_what_only_looks_sent_on_is_its_senders(subject: str, body: str) -> None:
    mail = read(by_person(body, subject=subject))
    assert (mail.sender, mail.has_head) == (MINE, True)
    assert Kind.SENDER in {one.kind for one in contradictions(mail)}


def test_the_recipients_own_answer_with_a_quoted_mail_is_not_sent_on() -> None:
    body = f"{WORDS}\n\n-----Original Message-----\nFrom: {MINE}\nSent: x\nTo: {OWN}\nSubject: y\n"
    mail = read(headed(f"From: {OWN}", RESULT.replace("mail.example", "amazon.co.jp"), body=body))
    assert (mail.sender, mail.has_head) == (OWN, True)


def test_text_and_html_must_tell_the_same_sender() -> None:
    html = f"<p>{sent_on('Gmail').replace(chr(10), '<br>').replace('<no', '&lt;no')}</p>"
    text = f"Content-Type: text/plain; charset=utf-8\n\n{sent_on('Gmail')}"

    def both(page: str) -> Mail:
        parts = (text, f"Content-Type: text/html; charset=utf-8\n\n{page}")
        return read(mixed(*parts, kind="alternative").replace(OWN.encode(), MINE.encode(), 1))

    assert both(html).sender == OWN
    for other in (html.replace(OWN, EVIL), f"<p>{WORDS}</p>"):
        assert both(other).sender == MINE


def test_the_links_of_a_copied_head_lead_nowhere_and_others_do() -> None:
    html = sent_on("Gmail").replace(f"<{MINE}>", f'<a href="mailto:{MINE}">{MINE}</a>')
    html = html.replace("\n", "<br>").replace(f"<{OWN}>", f'&lt;<a href="mailto:{OWN}">{OWN}</a>>')
    page = f'{html}<a href="mailto:{EVIL}">x</a>'
    mail = read(by_person(page, "Content-Type: text/html; charset=utf-8"))
    assert [link.target for link in mail.links] == [f"mailto:{EVIL}"]


def test_a_copied_reply_to_is_where_the_answer_goes() -> None:
    mail = read(by_person(sent_on("Apple Mail").replace(f"Reply-To: {OWN}", f"Reply-To: {EVIL}")))
    assert [one.kind for one in contradictions(mail)] == [Kind.REPLY_TO]


def attached(*inner: str, note: str = "見てください。", cover: str = f"太郎 <{MINE}>") -> bytes:
    plain = "Content-Type: text/plain; charset=utf-8"
    disposition = 'Content-Disposition: attachment; filename="a.eml"'
    mail = "\n".join([*inner, "Subject: x", plain, "", WORDS])
    data = mixed(f"{plain}\n\n{note}", f"Content-Type: message/rfc822\n{disposition}\n\n{mail}")
    return data.replace(f"From: {OWN}".encode(), f"From: {cover}".encode(), 1)


def test_an_attached_mail_is_read_with_its_own_head() -> None:
    mail = read(attached(f"From: Amazon.co.jp <{OWN}>", "Message-ID: <2@x>"))
    assert (mail.sender, mail.subject, mail.message_id) == (OWN, "x", "<2@x>")
    assert (mail.attachments, contradictions(mail)) == ((), ())
    assert WORDS in mail.text


@pytest.mark.parametrize(
    ("inner", "kinds"),
    [
        ([f"From: {OWN}", RESULT.replace("mail.example", "amazon.co.jp")], []),
        ([f"From: {OWN}", RESULT.replace("pass", "fail")], [Kind.DMARC]),
        ([f"From: {EVIL}"], [Kind.SENDER]),
        ([f"From: {OWN}", f"Reply-To: {EVIL}"], [Kind.REPLY_TO]),
    ],
)
def test_what_an_attached_head_proves_is_not_seen_and_its_faults_are(
    inner: list[str], kinds: list[Kind]
) -> None:
    mail = read(attached(*inner))
    assert [one.kind for one in contradictions(mail)] == kinds
    assert unseen(mail) == ("sender", "authentication")


@pytest.mark.parametrize(
    "data",
    [
        attached(f"From: {OWN}", cover=OWN),
        attached(f"From: {OWN}", cover=f"Amazon <{EVIL}>"),
        attached(f"From: {OWN}", note=LETTER),
    ],
    ids=["the recipient's", "one that poses", "below a letter"],
)
def test_a_mail_that_is_attached_to_a_letter_is_a_file(data: bytes) -> None:
    mail = read(data)
    assert (mail.has_head, mail.attachments) == (True, ("a.eml",))
    assert Kind.ATTACHMENT in {one.kind for one in contradictions(mail)}


@given(st.text(max_size=300) | st.text("From:差出人 <@amazon.co.jp>\n>*-", max_size=300))
def test_any_words_may_be_sent_on(words: str) -> None:
    innermost(words)
    innermost(f"---------- Forwarded message ---------\nFrom: {words}\nDate: {words}", words)
