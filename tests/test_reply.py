"""The answer says everything politely, goes to nobody but the recipient, and opens as a draft."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.checked import Checked, Unprinted
from prepdoc.checking import Case, Checkup
from prepdoc.cli import replying
from prepdoc.cli.failing import exit_code_of
from prepdoc.cli.replying import reply_command
from prepdoc.correspondence.mail import Mail, read_mails
from prepdoc.correspondence.reply import (
    MAX_REFERENCES,
    Answer,
    BadTemplate,
    NoAnswer,
    Template,
    draft,
    phones_of,
    recipient,
    shop_of,
    template_name,
    text_of,
)
from prepdoc.page import Cardholder, Language
from prepdoc.requirements import Profile, ids, load, named
from prepdoc.texts import speak
from tests.draw import Sheet, Text, grouped, pan, statement_pdf
from tests.test_request import SUBJECTS, words

HANAKO = Cardholder("髙﨑 花子", "東京都千代田区丸の内1-1-1", "03-1234-5678")
VERIFICATION = "address-verification@amazon.co.jp"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
ID = "<0106018f-0123456789abcdef-01234567-89ab-cdef-0123-456789abcdef-000000@email.amazon.co.jp>"
REPLY = "amazon-co-jp-statement-phone"
UPLOAD = "amazon-co-jp-upload"
FULL: dict[str, Any] = {
    "phones": ("090-1234-5678",),
    "account_holder": "髙﨑 太郎",
    "relation": "妻",
    "order": "250-1234567-1234567",
    "transaction": "Amazon 10,000",
    "email": "taro@example.com",
}


def answer(profile: str | Profile = REPLY, language: Language = "ja", **more: Any) -> Answer:
    which = named(profile) if isinstance(profile, str) else profile
    options: dict[str, Any] = {"cardholder": HANAKO, "last_four": "1117", **more}
    return Answer(profile=which, language=language, **options)


# --- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("profile", ids())
def test_the_text_says_everything(profile: str, language: Language) -> None:
    text = text_of(answer(profile, language, **FULL))
    told = (
        HANAKO.name, HANAKO.address, HANAKO.phone, "1117", "090-1234-5678", "髙﨑 太郎", "妻",
        "250-1234567-1234567", "Amazon 10,000", "taro@example.com",
    )  # fmt: skip
    assert [what for what in told if what not in text] == []
    assert "\n\n\n" not in text
    assert text.endswith("\n") and not text.startswith("\n")
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("profile", ids())
def test_what_is_not_known_is_left_out(profile: str, language: Language) -> None:
    text = text_of(answer(profile, language, added=()))
    absent = (
        "注文番号", "お取引", "メールアドレス", "名義について", "追記", "（携帯）", "Order",
        "Transaction", "E-mail", "Whose card", "was added", "(mobile)",
    )  # fmt: skip
    assert [what for what in absent if what in text] == []
    assert "\n\n\n" not in text
    assert not re.search(r"[：:]\s*$", text, re.MULTILINE)


def test_the_japanese_text_is_polite() -> None:
    text = text_of(answer(**FULL))
    assert text.startswith(
        "Amazon.co.jp\nアカウントスペシャリスト ご担当者様\n\nお世話になっております。"
    )
    assert text.endswith("ご確認のほどよろしくお願いいたします。\n\n髙﨑 太郎\n")
    sentences = [s for line in text.splitlines() for s in re.findall(r"[^。]+(?=。)", line)]
    polite = ("ます", "です", "ません")
    assert [s for s in sentences if not s.endswith(polite)] == []


def test_the_english_text_is_polite() -> None:
    text = text_of(answer("amazon-com", "en", **FULL))
    assert "Dear Account Specialist at Amazon.com,\n\n" in text
    assert "\nThank you very much for your help.\n\nKind regards,\n髙﨑 太郎\n" in text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "ja",
            "カード会社が発行する請求明細書の書式には、住所・電話番号の記載がございません。\n"
            "そのため、カード名義人である私が明細書の余白に追記し、",
        ),
        (
            "en",
            "The statement that my card issuer makes does not print the address and phone number.\n"
            "For this reason I, the cardholder, added what is missing on blank space of the page,",
        ),
    ],
)
def test_it_says_what_was_added_by_whom_and_why(language: Language, told: str) -> None:
    added: Any = ("address", "phone")
    assert told in text_of(answer(language=language, added=added, absent=added))


@pytest.mark.parametrize(
    ("added", "ja", "en"),
    [
        (("phone",), "電話番号", "the phone number"),
        (
            ("name", "address", "phone"),
            "氏名・住所・電話番号",
            "the name, address and phone number",
        ),
        (("phone", "last four"), "電話番号・カード番号の下4桁", "number and last four digits"),
    ],
)
def test_what_was_added_is_a_sentence(added: Any, ja: str, en: str) -> None:
    for absent in (added, ()):
        assert ja in text_of(answer(language="ja", added=added, absent=absent))
        assert en in text_of(answer(language="en", added=added, absent=absent))


@pytest.mark.parametrize(
    ("absent", "ja", "en"),
    [
        (
            (),
            "私が明細書の余白に氏名・電話番号を追記し、",
            "I, the cardholder, added the name and phone",
        ),
        (
            ("phone",),
            "余白に氏名・電話番号を追記し、",
            "I, the cardholder, added the name and phone",
        ),
    ],
)
def test_nothing_is_said_to_be_missing_of_which_that_is_not_known(
    absent: Any, ja: str, en: str
) -> None:
    """That the cardholder added it is true however the issuer prints it."""
    texts = [
        text_of(answer(language=language, added=("name", "phone"), absent=absent))
        for language in ("ja", "en")
    ]
    assert all(told in text for told, text in zip((ja, en), texts, strict=True))
    assert ["書式には、電話番号の" in texts[0], "does not print the phone number." in texts[1]] == [
        bool(absent)
    ] * 2
    assert "氏名の記載が" not in texts[0] and "print the name" not in texts[1]


@pytest.mark.parametrize(
    ("holder", "relation", "is_other"),
    [
        ("髙﨑 太郎", "", True),
        ("Hanako Takasaki", "", False),
        ("タカサキ ハナコ", "", False),
        ("Taro Takasaki", "夫", True),
    ],
)
def test_a_name_in_other_letters_is_not_said_to_be_another_persons(
    holder: str, relation: str, is_other: bool
) -> None:
    made = answer(account_holder=holder, relation=relation)
    assert (made.is_third_party, made.is_another_person) == (True, is_other)
    for language in ("ja", "en"):
        text = text_of(replace(made, language=language))
        assert ("ではなく" in text or "not in my name" in text) is (is_other and not relation)
        assert holder in text and HANAKO.name in text


@pytest.mark.parametrize(
    ("holder", "explains"),
    [
        ("", False),
        ("髙﨑 花子", False),
        ("高崎花子", False),
        ("髙﨑　花子", False),
        ("髙﨑 太郎", True),
    ],
)
@pytest.mark.parametrize(
    ("language", "head"), [("ja", "カードの名義について"), ("en", "Whose card it is")]
)
def test_another_persons_card_is_explained(
    holder: str, explains: bool, language: Language, head: str
) -> None:
    text = text_of(answer(language=language, account_holder=holder, relation="妻"))
    assert (head in text) is explains
    assert text.strip().endswith(holder or HANAKO.name)


@pytest.mark.parametrize(
    ("language", "relation", "told"),
    [
        ("ja", "妻", "私の妻である髙﨑 花子の名義です。"),
        ("ja", "私の妻", "私の妻である髙﨑 花子の名義です。"),
        ("ja", "", "私ではなく髙﨑 花子の名義です。"),
        ("en", "My wife", "in the name of 髙﨑 花子, my wife."),
        ("en", "", "not in my name but in that of 髙﨑 花子."),
    ],
)
def test_the_relation_is_said_as_it_is_spoken(language: Language, relation: str, told: str) -> None:
    text = text_of(answer(language=language, account_holder="髙﨑 太郎", relation=relation))
    assert told in text


@pytest.mark.parametrize(
    ("number", "ja", "en"),
    [
        ("03-1234-5678", "（固定）：03-1234-5678", " (landline): 03-1234-5678"),
        ("090-1234-5678", "（携帯）：090-1234-5678", " (mobile): 090-1234-5678"),
        ("+81 80 1234 5678", "（携帯）：+81 80", " (mobile): +81 80"),
        ("０６ー１２３４ー５６７８", "（固定）：０６", " (landline): ０６"),
        ("0800-123-4567", "電話番号：0800", "phone number: 0800"),
        ("0120-123-456", "電話番号：0120", "phone number: 0120"),
        ("+1 206 555 0100", "電話番号：+1 206", "phone number: +1 206"),
    ],
)
def test_a_phones_kind_is_told_where_its_number_tells_it(number: str, ja: str, en: str) -> None:
    person = replace(HANAKO, phone=number)
    assert ja in text_of(answer(cardholder=person))
    assert en in text_of(answer(cardholder=person, language="en"))


def test_phones_may_stand_in_one_text() -> None:
    both = ("03-1234-5678", "090-1234-5678")
    for given_ in (both, ["03-1234-5678/090-1234-5678"], ["03-1234-5678、 090-1234-5678", both[0]]):
        assert phones_of(given_) == both
    text = text_of(answer(cardholder=replace(HANAKO, phone=" / ".join(both)), phones=both))
    assert text.count(both[0]) == text.count(both[1]) == 1


@pytest.mark.parametrize(
    ("profile", "language", "site"),
    [
        (UPLOAD, "ja", "https://www.amazon.co.jp とご自分で入力"),
        (UPLOAD, "en", "Type https://www.amazon.co.jp into the browser yourself"),
        ("amazon-com", "en", "Type https://www.amazon.com into the browser yourself"),
        ("amazon-com", "ja", "https://www.amazon.com とご自分で入力"),
    ],
)
def test_for_an_upload_the_address_is_typed(profile: str, language: Language, site: str) -> None:
    text = text_of(answer(profile, language))
    assert site in text
    assert not re.search("添付|attach", text)
    line = "─" * 10 if language == "ja" else "-" * 10
    steps, message, rest = text.split(line)
    assert HANAKO.address in message and HANAKO.address not in steps
    assert not rest.strip()


def test_the_shop_is_the_mails_own() -> None:
    assert shop_of(named("amazon-com"), mail(sender="x@amazon.co.jp")) == "amazon.co.jp"
    assert shop_of(named(UPLOAD), mail(sender="x@amazon.jp")) == "amazon.co.jp"
    assert shop_of(named("amazon-com"), mail(sender="x@shop.example")) == "amazon.com"
    text = text_of(answer("amazon-com", "en", shop="amazon.co.jp"))
    assert "https://www.amazon.co.jp " in text


def test_the_repr_shows_nothing_personal() -> None:
    shown = repr(answer(**FULL))
    for hidden in (
        *FULL["phones"],
        "花子",
        "太郎",
        "妻",
        "250-",
        "10,000",
        "taro",
        "1117",
        "丸の内",
    ):
        assert hidden not in shown


@pytest.mark.parametrize(
    "typed",
    ["Amazon 4111 1111 1111 1111", "カード番号 4111-1111-1111-1111", "4111-11**-****-1111"],
)
def test_no_card_number_gets_into_the_text(typed: str) -> None:
    with pytest.raises(NoAnswer, match="beyond the last four") as caught:
        text_of(answer(transaction=typed))
    assert "4111" not in str(caught.value)


# --- templates ---------------------------------------------------------------------------------


def with_template(text: str, **more: Any) -> str:
    made = answer(**more)
    return text_of(made, {template_name(made.profile, made.language): Template(text, "own.j2")})


def test_a_template_of_ones_own_is_used() -> None:
    assert with_template("{{ name }}\n{{ phones[0].number }}") == f"{HANAKO.name}\n{HANAKO.phone}\n"


def test_a_block_can_be_changed_alone() -> None:
    own = '{% extends "prepdoc/reply.ja.txt.j2" %}{% block closing %}\n敬具\n{% endblock %}'
    text = with_template(own, **FULL)
    assert text.endswith("敬具\n")
    assert "お世話になっております。" in text and "私の妻である" in text


def test_the_users_message_is_in_the_upload_too() -> None:
    own = {"reply.ja.txt.j2": Template("{{ last_four }}です。", "reply.ja.txt.j2")}
    text = text_of(answer(UPLOAD), own)
    assert "https://www.amazon.co.jp" in text
    assert "──────────\n1117です。\n──────────\n" in text


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a\n{% if %}", 2, "Expected"),
        ("a\nb\n{{ nobody }}", 3, "nobody"),
        ("{{ name.nothing.more }}", 1, "nothing"),
        ("a\n\n{{ 1 // 0 }}", 3, "division"),
        ('a\n{% include "absent.j2" %}', 2, "absent.j2"),
        ('{% include "../../request.py" %}', 1, "request.py"),
        ("a\n{{ name.__class__.__mro__ }}", 2, "__class__"),
        ("{{ ''.join.__globals__ }}", 1, "__globals__"),
        ("{% for i in range(999999999) %}{% endfor %}", 1, "big"),
        ("{{ name | nonsense }}", 1, "nonsense"),
    ],
)
def test_a_broken_template_is_one_line_with_its_place(text: str, line: int, problem: str) -> None:
    with pytest.raises(BadTemplate, match=rf"^own\.j2, line {line}: .*{problem}") as caught:
        with_template(text)
    assert "\n" not in str(caught.value)


def test_a_broken_template_within_another_is_named() -> None:
    own = {
        "upload.ja.txt.j2": Template('a\n{% include "part.j2" %}', "upload.j2"),
        "part.j2": Template("x\n{{ nobody }}", "part.j2"),
    }
    with pytest.raises(BadTemplate, match=r"^part\.j2, line 2: "):
        text_of(answer(UPLOAD), own)


# --- the mail that is answered -----------------------------------------------------------------


def saved(name: str = "e3", **head: str) -> bytes:
    """As a mail program of today saves it: UTF-8, base64."""
    fields = {
        "From": f"Amazon.co.jp <{VERIFICATION}>",
        "Subject": f"=?utf-8?B?{b64encode(SUBJECTS[name].encode()).decode()}?=",
        "Message-ID": ID,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "base64",
        **{key.replace("_", "-"): value for key, value in head.items()},
    }
    lines = [f"{key}: {value}\r\n" for key, value in fields.items() if value]
    return "".join(lines).encode() + b"\r\n" + b64encode(words(name).encode())


def saved_in_iso_2022_jp(name: str = "e3") -> bytes:
    """As Japanese mail programs did for decades."""
    subject = Header(SUBJECTS[name], "iso-2022-jp", header_name="Subject").encode(linesep="\r\n")
    head = f"From: {VERIFICATION}\r\nSubject: {subject}\r\nMessage-ID:\r\n {ID}\r\n"
    kind = "Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n"
    return f"{head}{kind}\r\n".encode() + words(name).encode("iso-2022-jp")


def mail(name: str = "e3", sender: str = VERIFICATION, **head: str) -> Mail:
    (read,) = read_mails(saved(name, From=f"Amazon <{sender}>", **head))
    return read


def drafted(
    read: Mail | None = None, made: Answer | None = None, name: str = "statement-prepared.pdf"
) -> bytes:
    which = made or answer()
    return draft(which, text_of(which), read, PDF, name)


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert all(not part.defects for part in message.walk())
    return message


@pytest.mark.parametrize("source", [saved, saved_in_iso_2022_jp])
@pytest.mark.parametrize("name", ["e2", "e3"])
def test_the_draft_is_an_answer(name: str, source: Callable[[str], bytes]) -> None:
    (read,) = read_mails(source(name))
    message = parsed(drafted(read))
    assert message["To"] == VERIFICATION
    assert message["Subject"] == f"Re: {SUBJECTS[name]}"
    assert (message["In-Reply-To"], message["References"]) == (ID, ID)
    assert message["X-Unsent"] == "1"
    absent = ("From", "Date", "Message-ID", "Cc", "Bcc", "Reply-To")
    assert [key for key in absent if key in message] == []


def test_the_draft_holds_the_text_and_the_file() -> None:
    made = answer(**FULL)
    message = parsed(drafted(mail(), made))
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == text_of(made)
    (attached,) = message.iter_attachments()
    assert attached.get_content() == PDF
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content_disposition() == "attachment"
    assert attached.get_filename() == "statement-prepared.pdf"
    assert message["From"] == "taro@example.com"


def test_other_parsers_read_the_same() -> None:
    data = drafted(mail(References=f"<a@b> {ID}"), answer(**FULL))
    old: Message = message_from_bytes(data, policy=policy.compat32)
    kinds = [part.get_content_type() for part in old.walk()]
    assert kinds == ["multipart/mixed", "text/plain", "application/pdf"]
    head, _body = dkim.rfc822_parse(data)
    values = {key.decode(): b" ".join(value.split()).decode() for key, value in head}
    assert len(values) == len(head)
    assert values["To"] == VERIFICATION
    assert values["In-Reply-To"] == ID
    assert values["References"] == f"<a@b> {ID}"


def test_the_draft_is_a_message_for_the_wire() -> None:
    data = drafted(mail(), answer(**FULL))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_the_same_input_gives_the_same_bytes() -> None:
    assert drafted(mail(), answer(**FULL)) == drafted(mail(), answer(**FULL))


@pytest.mark.parametrize(
    ("data", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")]
)
def test_the_attachments_kind_is_told_by_its_content(data: bytes, kind: str) -> None:
    made = answer()
    (attached,) = parsed(draft(made, "x", None, data, "a.bin")).iter_attachments()
    assert (attached.get_content_type(), attached.get_content()) == (kind, data)


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"MZ", b"<html>", b"GIF89a", b"RIFF1234WEBP"])
def test_anything_else_is_not_attached(data: bytes) -> None:
    with pytest.raises(NoAnswer, match="PDF, PNG or JPEG"):
        draft(answer(), "x", None, data, "a.pdf")


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Your account", "Re: Your account"),
        ("Re: Your account", "Re: Your account"),
        ("RE: re:  Re[2]: Your account", "Re: Your account"),
        ("Ｒｅ：ご利用の", "Re: ご利用の"),
        ("返信：ご利用の", "Re: ご利用の"),
        ("返信のお願い", "Re: 返信のお願い"),
        ("Reopened", "Re: Reopened"),
        ("", "ご依頼の請求明細書の送付"),
        ("Re:", "ご依頼の請求明細書の送付"),
        ("=?utf-8?q?a=0D=0ABcc:_x=40y.example?=", "Re: a Bcc: x@y.example"),
        ("x" * 5000, "Re: " + "x" * 200),
    ],
)
def test_the_subject_is_not_doubled(subject: str, answered: str) -> None:
    message = parsed(drafted(mail(Subject=subject)))
    assert message["Subject"] == answered
    assert "Bcc" not in message


@pytest.mark.parametrize("encoding", ["utf-8", "iso-2022-jp", "cp932"])
def test_a_subject_in_a_bare_encoding_is_read(encoding: str) -> None:
    raw = saved(Subject="").replace(
        b"From:", f"Subject: {SUBJECTS['e3']}\r\nFrom:".encode(encoding), 1
    )
    (read,) = read_mails(raw)
    assert parsed(drafted(read))["Subject"] == f"Re: {SUBJECTS['e3']}"


def test_a_long_id_stays_as_it_is() -> None:
    long = f"<{'a' * 300}@amazon.co.jp>"
    data = drafted(mail(Message_ID=long))
    assert f"In-Reply-To: {long}\r\n".encode() in data


def test_the_thread_goes_on_and_stays_bounded() -> None:
    earlier = [f"<{n}@amazon.co.jp>" for n in range(60)]
    message = parsed(drafted(mail(References="\r\n ".join(earlier))))
    ids_ = message["References"].split()
    assert len(ids_) == MAX_REFERENCES
    assert (ids_[0], ids_[-2], ids_[-1]) == (earlier[0], earlier[-1], ID)


@pytest.mark.parametrize("id_", ["", "no id", "<a b@c>", "<ä@b>", f"<{'a' * 5000}>", "<>"])
def test_what_is_no_id_is_not_answered(id_: str) -> None:
    message = parsed(drafted(mail(Message_ID=id_)))
    assert "In-Reply-To" not in message and "References" not in message


def test_a_mail_without_a_sender_is_not_answered_but_a_pasted_text_is() -> None:
    with pytest.raises(NoAnswer, match="sender"):
        drafted(mail(sender=""))
    (pasted,) = read_mails(words("e2").encode())
    assert parsed(drafted(pasted))["To"] == VERIFICATION


def test_without_a_mail_it_goes_to_the_known_address() -> None:
    for profile in ("amazon-co-jp-statement", REPLY):
        message = parsed(drafted(made=answer(profile)))
        assert message["To"] == VERIFICATION
        assert message["Subject"] == "ご依頼の請求明細書の送付"
        assert "In-Reply-To" not in message
    with pytest.raises(NoAnswer, match="not known to whom"):
        recipient(named("amazon-com"), None)


@pytest.mark.parametrize(
    ("head", "to"),
    [
        ({"sender": "account-alert@amazon.com"}, "account-alert@amazon.com"),
        ({"sender": "no-reply@amazon.co.jp"}, VERIFICATION),
        ({"sender": "NoReply@Amazon.co.jp"}, VERIFICATION),
        ({"Reply_To": "a+1.b_c@mail.amazon.co.jp"}, "a+1.b_c@mail.amazon.co.jp"),
        ({"Reply_To": "do-not-reply@amazon.co.jp"}, VERIFICATION),
        ({"Reply_To": "x@amazon.com, y@amazon.com"}, "x@amazon.com"),
    ],
)
def test_it_goes_where_the_mail_wants_it_if_that_is_the_recipient(
    head: dict[str, str], to: str
) -> None:
    assert parsed(drafted(mail(**head)))["To"] == to


STRANGERS = {
    "another sender": {"sender": "info@shop.example"},
    "a look-alike": {"sender": "x@amaz0n.co.jp"},
    "below another domain": {"sender": "x@amazon.co.jp.example"},
    "everybody's sending service": {"sender": "x@amazonses.com"},
    "an address below the own one": {"sender": "x@notamazon.co.jp"},
    "punycode for the own name": {"sender": "x@xn--amazon-.co.jp"},
    "answers elsewhere": {"Reply_To": "help@mail.example"},
    "answers elsewhere too": {"Reply_To": f"{VERIFICATION}, help@mail.example"},
    "answers to punycode": {"Reply_To": "x@xn--amazon-.co.jp"},
    "a quoted address": {"Reply_To": '"x y"@amazon.co.jp'},
    "an address in an address": {"Reply_To": "a@b.example(@amazon.co.jp"},
    "a comment for a domain": {"Reply_To": f"{VERIFICATION} <help@mail.example>"},
}


@pytest.mark.parametrize("head", STRANGERS.values(), ids=STRANGERS)
def test_no_stranger_is_answered(head: dict[str, str]) -> None:
    with pytest.raises(NoAnswer):
        drafted(mail(**head))


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_mail_says_the_draft_goes_to_the_recipient(
    subject: str, id_: str, address: str
) -> None:
    hostile = Mail(
        "x", subject=subject, sender=VERIFICATION, reply_to=(address,), message_id=id_,
        references=f"{id_} {subject}",
    )  # fmt: skip
    try:
        data = draft(answer(), "x", hostile, PDF, subject)
    except NoAnswer:
        return
    message = message_from_bytes(data, policy=policy.default)
    assert str(message["To"]).rpartition("@")[2] in ("amazon.co.jp", "amazon.com", "amazon.jp")


LINES = "a\r\nBcc: x@y.example\r\n\r\nb"


@pytest.mark.parametrize(
    "read",
    [
        Mail("x", sender=VERIFICATION, subject=LINES),
        Mail("x", sender=VERIFICATION, message_id=f"<{LINES}@b>"),
        Mail("x", sender=VERIFICATION, message_id=ID, references=f"<a@b> <{LINES}> \r\nBcc: x"),
        Mail("x", sender=VERIFICATION, subject="a\x00\x0b\x0c\x85\u2028Bcc: x\ud800"),
    ],
    ids=["subject", "id", "references", "controls"],
)
def test_no_header_can_be_put_in(read: Mail) -> None:
    message = parsed(drafted(read, name=f"{LINES}.pdf"))
    assert "Bcc" not in message
    assert message["To"] == VERIFICATION
    (attached,) = message.iter_attachments()
    assert attached.get_content() == PDF
    assert re.fullmatch(r"[\w.-]+", attached.get_filename() or "")


def test_no_header_can_be_put_in_by_the_address_given() -> None:
    with pytest.raises(ValueError, match="From"):
        drafted(mail(), answer(email=LINES))


# --- the command -------------------------------------------------------------------------------


class Replier:
    """Runs `prepdoc reply` in a folder with a prepared file, a mail, and no settings."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        self.said = ""
        self.complained = ""
        (folder / "statement-prepared.pdf").write_bytes(PDF)
        (folder / "mail.eml").write_bytes(saved())

    def __call__(  # noqa: D102
        self, *more: str, file: str = "statement-prepared.pdf", person: bool = True
    ) -> int:
        details = ["--name", HANAKO.name, "--address", HANAKO.address, "--phone", HANAKO.phone]
        words_ = [file, *(details if person else []), *more]
        command = reply_command()
        code = exit_code_of(
            lambda: command.main(words_, "prepdoc reply", standalone_mode=False), debug=False
        )
        self.said, self.complained = self.capture.readouterr()
        return code

    def files(self) -> list[str]:
        """What was written."""
        return sorted(path.name for path in self.folder.glob("**/reply.*"))

    def text(self) -> str:
        """What reply.txt says."""
        return (self.folder / "reply.txt").read_text("utf-8")

    def draft(self) -> EmailMessage:
        """What reply.eml holds."""
        return parsed((self.folder / "reply.eml").read_bytes())


LOOKED_AT = Checkup((), Unprinted(frozenset({"NAME", "ADDR", "TEL"})))
"""What engines see of a prepared file; that they are asked is tested with a real one below."""


@pytest.fixture
def reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Replier:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(replying, "looked_at", lambda data, password, case: LOOKED_AT)
    speak("en")
    return Replier(folder, capsys)


ASKED = ("--request", "mail.eml", "--last4", "1117")


def test_the_file_is_looked_at_for_what_was_typed_and_what_the_mail_says(
    reply: Replier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction, and the hint; and the bytes that are attached."""
    looked: list[tuple[bytes, Case]] = []

    def look(data: bytes, password: str | None, case: Case) -> Checkup:
        looked.append((data, case))
        return LOOKED_AT

    monkeypatch.setattr(replying, "looked_at", look)
    assert reply(*ASKED, "--transaction", "Amazon 10,000") == 0
    ((data, case),) = looked
    assert data == PDF
    assert case.demand.transaction is not None
    assert (case.demand.transaction.merchant, case.demand.hint_digits) == ("Amazon", "17")


def test_the_command_writes_text_and_draft(reply: Replier) -> None:
    code = reply(
        *ASKED, "--phone", "090-1234-5678", "--account-holder", "髙﨑 太郎", "--relation", "妻",
        "--order", "250-1234567-1234567", "--transaction", "Amazon 10,000",
        "--email", "taro@example.com",
    )  # fmt: skip
    assert (code, reply.complained) == (0, "")
    assert reply.text() == text_of(answer(**FULL))
    body = reply.draft().get_body(("plain",))
    assert body is not None and body.get_content().replace("\r\n", "\n") == reply.text()
    assert reply.draft()["In-Reply-To"] == ID
    assert reply.said.splitlines()[0] == "Written: reply.txt, reply.eml"
    assert reply.said.splitlines()[1].startswith("Next: open reply.eml")
    assert len(reply.said.splitlines()) == 2


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_nobody_else_can_read_the_answer(reply: Replier) -> None:
    assert reply(*ASKED) == 0
    for name in ("reply.txt", "reply.eml"):
        assert (reply.folder / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("taken", ["reply.txt", "reply.eml"])
def test_nothing_is_overwritten_without_force(reply: Replier, taken: str) -> None:
    (reply.folder / taken).write_text("mine", "utf-8")
    assert reply(*ASKED) == 1
    assert reply.files() == [taken]
    assert (reply.folder / taken).read_text("utf-8") == "mine"
    assert taken in reply.complained and reply.complained.count("\n") == 1
    assert reply(*ASKED, "--force") == 0
    assert reply.files() == ["reply.eml", "reply.txt"]
    assert (reply.folder / taken).read_text("utf-8") != "mine"


def test_a_draft_that_cannot_be_written_leaves_no_text(reply: Replier) -> None:
    (reply.folder / "reply.eml").mkdir()
    assert reply(*ASKED, "--force") == 1
    assert reply.files() == ["reply.eml"]


def test_the_answer_goes_into_the_folder_named(reply: Replier) -> None:
    (reply.folder / "out").mkdir()
    assert reply(*ASKED, "-o", "out") == 0
    assert sorted(p.name for p in (reply.folder / "out").iterdir()) == ["reply.eml", "reply.txt"]
    assert reply(*ASKED, "-o", "absent") == 2


def test_an_upload_has_no_draft(reply: Replier) -> None:
    (reply.folder / "mail.eml").write_bytes(saved("e1", From="no-reply@amazon.co.jp"))
    assert reply("--request", "mail.eml") == 0  # the mail names four digits
    assert reply.files() == ["reply.txt"]
    assert "https://www.amazon.co.jp" in reply.text()
    assert "下4桁が 1117 のカード" in reply.text()
    assert "Next: type https://www.amazon.co.jp" in reply.said


def test_amazon_com_is_answered_by_the_way_that_the_mail_names(reply: Replier) -> None:
    sender = "account-alert@amazon.com"
    (reply.folder / "mail.eml").write_bytes(saved("com-reply", From=sender))
    assert reply(*ASKED) == 0
    assert reply.draft()["To"] == sender
    assert "Dear Account Specialist at Amazon.com," in reply.text()
    (reply.folder / "mail.eml").write_bytes(saved("com-upload", From=sender))
    (reply.folder / "reply.eml").unlink()
    assert reply(*ASKED, "--force") == 0
    assert reply.files() == ["reply.txt"]
    assert "https://www.amazon.com" in reply.text()


def test_without_a_mail_the_profile_says_what_is_asked(reply: Replier) -> None:
    assert reply("--profile", REPLY, "--last4", "１１１７") == 0
    assert reply.draft()["To"] == VERIFICATION
    assert "1117" in reply.text()


def test_a_mail_in_new_words_is_answered_where_its_kind_is_named(reply: Replier) -> None:
    raw = saved(From=VERIFICATION).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    (reply.folder / "mail.eml").write_bytes(raw + b64encode("明細をお送りください。".encode()))
    assert reply(*ASKED) == 1
    assert "--profile" in reply.complained
    assert reply(*ASKED, "--profile", "amazon-co-jp-statement") == 0
    assert reply.draft()["In-Reply-To"] == ID


def test_a_profile_of_ones_own_is_read(reply: Replier) -> None:
    text = Path(load.__code__.co_filename).with_name(f"{UPLOAD}.toml").read_text("utf-8")
    own = text.replace(f'id = "{UPLOAD}"', 'id = "my-bank"', 1)
    (reply.folder / "own.toml").write_text(own, "utf-8")
    assert reply("--profile", "own.toml", "--last4", "1117") == 0
    assert "amazon" not in reply.text().lower()
    assert "the shop's address" in reply.said


REFUSED = {
    "another sender": (saved(From="Amazon <info@shop.example>"), (), "none of Amazon's"),
    "a look-alike": (saved(From="x@amaz0n.co.jp"), (), "only looks like"),
    "answers elsewhere": (saved(Reply_To="a@b.example"), (), "another address"),
    "a stranger's upload": (saved("e1", From="x@b.example"), (), "none of Amazon's"),
    "it is over": (saved("e4"), (), "open again"),
    "it is over, says the mail": (saved("e4"), ("--profile", REPLY), "open again"),
    "nothing known": (b"Subject: Sale\r\n\r\nEverything must go.", (), "nothing that prepdoc"),
    "another card": (saved(), ("--last4", "1118"), "ends in 17, not in 1118"),
    "no text": (b"", (), "no text"),
    "a card number": (saved(), ("--transaction", "4111 1111 1111 1111"), "beyond the last"),
    "nobody to answer": (saved("com-reply", From="no-reply@amazon.com"), (), "to whom"),
}


@pytest.mark.parametrize(("raw", "more", "told"), REFUSED.values(), ids=REFUSED)
def test_what_must_not_be_answered_leaves_no_file(
    reply: Replier, raw: bytes, more: tuple[str, ...], told: str
) -> None:
    (reply.folder / "mail.eml").write_bytes(raw)
    assert reply(*ASKED, *more) in (1, 2)
    assert told in reply.complained
    assert reply.complained.count("\n") == 1
    assert (reply.files(), reply.said) == ([], "")
    assert "4111" not in reply.complained


WRONG = {
    "no mail and no profile": ("--last4", "1117"),
    "no such profile": ("--profile", "amazon-mars", "--last4", "1117"),
    "two digits of the card": ("--request", "mail.eml"),
    "three digits": ("--request", "mail.eml", "--last4", "117"),
    "an order": (*ASKED, "--order", "12345"),
    "an address": (*ASKED, "--email", "taro@example"),
    "a line in the address": (*ASKED, "--email", "a@b.example\r\nBcc: c@d.example"),
    "a line in the name": (*ASKED, "--account-holder", "a\nb"),
    "a relation to nobody": (*ASKED, "--relation", "妻"),
    "an addition": (*ASKED, "--added", "name,shoes"),
    "an absent template": (*ASKED, "--template", "absent.j2"),
}


@pytest.mark.parametrize("words_", WRONG.values(), ids=WRONG)
def test_wrong_usage_is_one_line(reply: Replier, words_: tuple[str, ...]) -> None:
    assert reply(*words_) == 2
    assert reply.complained.count("\n") == 1
    assert reply.files() == []


def test_missing_details_are_named(reply: Replier) -> None:
    assert reply(*ASKED, person=False) == 2
    assert "--name" in reply.complained


@pytest.mark.parametrize(
    ("name", "data", "code"), [("a.pdf", b"MZ", 1), ("a.png", b"", 1), ("absent.pdf", None, 4)]
)
def test_what_cannot_be_attached_is_refused(
    reply: Replier, name: str, data: bytes | None, code: int
) -> None:
    if data is not None:
        (reply.folder / name).write_bytes(data)
    assert reply(*ASKED, file=name) == code
    assert reply.files() == []


def test_a_large_file_is_attached_with_a_warning(reply: Replier) -> None:
    (reply.folder / "statement-prepared.pdf").write_bytes(PDF + bytes(10_000_000))
    assert reply(*ASKED) == 0
    assert "10 MB" in reply.complained
    assert reply.files() == ["reply.eml", "reply.txt"]


def test_other_contradictions_are_warned_of(reply: Replier) -> None:
    results = "mx.example; dmarc=fail header.from=amazon.co.jp"
    (reply.folder / "mail.eml").write_bytes(saved(Authentication_Results=results))
    assert reply(*ASKED) == 0
    assert "contradicts itself" in reply.complained


@pytest.mark.parametrize(
    ("name", "data", "attached"),
    [
        ("statement-prepared.pdf", PDF, "statement-prepared.pdf"),
        ("明細.jpeg", JPEG, "document-prepared.jpg"),
        ("4111-1111-1111-1111.png", PNG, "document-prepared.png"),
    ],
)
def test_the_attachments_name_is_plain_and_tells_no_number(
    reply: Replier, name: str, data: bytes, attached: str
) -> None:
    (reply.folder / name).write_bytes(data)
    assert reply(*ASKED, file=name) == 0
    (part,) = reply.draft().iter_attachments()
    assert part.get_filename() == attached


def test_of_a_mailbox_the_last_mail_is_answered(reply: Replier) -> None:
    box = b"".join(
        b"From a@example.com Thu Jan  1 00:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n\n"
        for raw in (saved("e2", Message_ID="<e2@amazon.co.jp>"), saved("e3"))
    )
    (reply.folder / "mail.eml").write_bytes(box)
    assert reply(*ASKED) == 0
    assert reply.draft()["In-Reply-To"] == ID


def test_pasted_text_is_answered_at_the_known_address(reply: Replier) -> None:
    (reply.folder / "mail.eml").write_text(words("e2"), "utf-8")
    assert reply(*ASKED) == 0
    assert reply.draft()["To"] == VERIFICATION
    assert "In-Reply-To" not in reply.draft()


def test_the_template_named_is_used(reply: Replier) -> None:
    (reply.folder / "own.j2").write_text("{{ name }}様の{{ last_four }}", "utf-8")
    assert reply(*ASKED, "--template", "own.j2") == 0
    assert reply.text() == "髙﨑 花子様の1117\n"
    (reply.folder / "own.j2").write_text("a\n{{ nam }}", "utf-8")
    assert reply(*ASKED, "--template", "own.j2", "--force") == 2
    assert "own.j2, line 2: 'nam' is undefined" in reply.complained
    assert reply.text() == "髙﨑 花子様の1117\n"


def test_templates_in_the_settings_are_used(reply: Replier, tmp_path: Path) -> None:
    folder = tmp_path / "settings" / "prepdoc" / "templates"
    folder.mkdir(parents=True)
    (folder / "reply.ja.txt.j2").write_text("{{ address }}", "utf-8")
    assert reply(*ASKED) == 0
    assert reply.text() == f"{HANAKO.address}\n"


def test_added_says_what_the_statement_lacks(reply: Replier) -> None:
    assert reply(*ASKED, "--added", "address, phone") == 0
    assert "には、住所・電話番号の" in reply.text()
    assert reply(*ASKED, "--added", "nothing", "--force") == 0
    assert "追記" not in reply.text()


def test_a_file_that_shows_a_card_number_is_not_attached(
    reply: Replier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engines look at it, whoever made it."""
    monkeypatch.undo()
    monkeypatch.chdir(reply.folder)
    number = Text(f"Card number {grouped(pan('visa', 3))}", (30, 60), 12)
    sheet = Sheet(items=[number], size=(300, 200))
    (reply.folder / "raw.pdf").write_bytes(statement_pdf([sheet]).data)
    assert reply(*ASKED, file="raw.pdf") == 1
    assert "prepare it with prepdoc first" in reply.complained
    assert reply.files() == []


@pytest.mark.parametrize(("shown", "code"), [({"7769"}, 1), (set(), 0)])
def test_no_answer_is_written_about_another_card_than_the_file_shows(
    reply: Replier, monkeypatch: pytest.MonkeyPatch, shown: set[str], code: int
) -> None:
    """Where it shows none at all that is complained of."""
    pan_2 = Checked(
        "PAN-2", "must", "", "fail", "not 1117; last fours of cards that are seen: 7769"
    )
    seen = Checkup((pan_2,), last_fours=frozenset(shown))
    monkeypatch.setattr(replying, "looked_at", lambda data, password, case: seen)
    assert reply(*ASKED) == code
    assert ("another card" in reply.complained) == bool(code)
    assert bool(reply.files()) is not bool(code)


def test_the_letter_says_only_of_what_was_added_that_it_is_not_printed(
    reply: Replier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that the issuer prints is not said to be missing."""
    seen = Checkup((), Unprinted(frozenset({"ADDR"}), frozenset({"ADDR"})))
    monkeypatch.setattr(replying, "looked_at", lambda data, password, case: seen)
    assert reply(*ASKED) == 0
    assert "書式には、住所の記載がございません" in reply.text()
