"""What a mail asks is told by its words, in whatever form and encoding it was saved."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from prepdoc.correspondence.mail import MAX_BYTES, MAX_LINKS, read_mails
from prepdoc.correspondence.phrases import Says
from prepdoc.correspondence.request import Asked, Hint, asked, latest_known
from prepdoc.correspondence.telling import SCHEMA_FILE, as_dict, as_text
from prepdoc.errors import UnreadableInput
from prepdoc.requirements import ids
from prepdoc.texts import speak
from tests.terminal import Runner, environ, run

__all__ = ["environ", "run"]

MAILS = Path(__file__).parent / "mails"
SUBJECTS = {
    "e1": "お客様の Amazon アカウント 返信のお願い",
    "e2": "ご利用の Amazon.co.jp でのご注文を出荷できません",
    "e3": "ご利用の Amazon.co.jp アカウントにつきまして",
    "e4": "ご利用の Amazon.co.jp アカウントを再開いたしました",
    "com-upload": "Your Amazon account",
    "com-reply": "Action required",
}
SENDER = "no-reply@amazon.co.jp"
JCB = Hint("17", "JCB")
PERSON = (Says.NAME, Says.ADDRESS)
ASKED = {
    "e1": Asked(
        "amazon-co-jp-upload",
        "ja",
        (*PERSON, Says.PHONE, Says.PAYMENT, Says.TRANSACTION),
        "upload",
        Hint("1117", "JCB"),
        24,
    ),
    "e2": Asked("amazon-co-jp-statement", "ja", (*PERSON, Says.PHONE_IF_PRINTED), "reply", JCB, 24),
    "e3": Asked("amazon-co-jp-statement-phone", "ja", (*PERSON, Says.PHONE), "reply", JCB, 24),
    "e4": Asked(None, "ja", is_over=True, cancelled_orders=("250-1234567-7654321",)),
    "com-upload": Asked(
        "amazon-com",
        "en",
        (*PERSON, Says.PAYMENT, Says.TRANSACTION),
        "upload",
        Hint("1117", "Visa"),
        24,
    ),
    "com-reply": Asked(
        "amazon-com", "en", (*PERSON, Says.PHONE, Says.EMAIL), "reply", Hint("17"), 48
    ),
}


def words(name: str) -> str:
    return (MAILS / f"{name}.txt").read_text("utf-8")


def message(
    name: str, charset: str = "utf-8", cte: str | None = None, subtype: str = "plain"
) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Amazon.co.jp <{SENDER}>"
    mail["To"] = "taro@example.com"
    mail["Subject"] = SUBJECTS[name]
    mail["Message-ID"] = "<1@example.com>"
    text = words(name) if subtype == "plain" else page(name)
    mail.set_content(text, charset=charset, cte=cte, subtype=subtype)
    return mail


def page(name: str) -> str:
    lines = "".join(f"<p>{line}</p>" for line in words(name).splitlines())
    style = "<style>p {color: red}</style><title>カード番号の下4桁のみ</title>"
    return f"<!DOCTYPE html><html><head>{style}</head><body><div>{lines}</div></body></html>"


def bare_japanese(name: str, charset: str, cte: str) -> bytes:
    """As old Japanese mailers write it, which Python's own does not."""
    body = words(name).encode(charset)
    if cte == "base64":
        body = b64encode(body)
    head = f"From: {SENDER}\r\nSubject: =?utf-8?B?{b64encode(SUBJECTS[name].encode()).decode()}?="
    kind = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {cte}"
    return f"{head}\r\n{kind}\r\n\r\n".encode() + body


def headed(name: str) -> str:
    return f"送信者:{SENDER}\nタイトル:{SUBJECTS[name]}\n\n{words(name)}"


FORMS: dict[str, Callable[[str], bytes]] = {
    "utf-8, quoted-printable": lambda n: bytes(message(n, cte="quoted-printable")),
    "utf-8, base64": lambda n: bytes(message(n, cte="base64")),
    "utf-8, 8bit": lambda n: bytes(message(n, cte="8bit")),
    "iso-2022-jp, 7bit": lambda n: bare_japanese(n, "iso-2022-jp", "7bit"),
    "shift_jis, 8bit": lambda n: bare_japanese(n, "shift_jis", "8bit"),
    "shift_jis, base64": lambda n: bare_japanese(n, "shift_jis", "base64"),
    "euc-jp, 8bit": lambda n: bare_japanese(n, "euc-jp", "8bit"),
    "html only": lambda n: bytes(message(n, subtype="html")),
    "html in shift_jis": lambda n: page(n).replace("<head>", '<head><meta charset="shift_jis">')
    .encode("shift_jis"),
    "html file": lambda n: page(n).encode(),
    "unix lines": lambda n: bytes(message(n)).replace(b"\r\n", b"\n"),
    "mailbox": lambda n: b"From x@y Thu Jan  1 00:00:00 2026\n"
    + bytes(message(n)).replace(b"\r\n", b"\n"),
    "pasted": lambda n: words(n).encode(),
    "pasted with its head": lambda n: headed(n).encode(),
    "pasted on Windows": lambda n: words(n).replace("\n", "\r\n").encode("utf-8-sig"),
    "pasted in Windows' own encoding": lambda n: words(n).encode("cp932"),
    "saved as Unicode": lambda n: words(n).encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", ASKED)
def test_every_known_mail_is_recognised_in_every_form(
    name: str, form: Callable[[str], bytes]
) -> None:
    (mail,) = read_mails(form(name))
    assert not mail.is_broken
    assert asked(mail) == ASKED[name]


def test_the_profile_that_is_named_exists() -> None:
    named = {want.profile for want in ASKED.values() if want.profile}
    assert named == set(ids())


@pytest.mark.parametrize(
    "text",
    [
        "Your parcel has been shipped to your address. Order 250-1234567-1234567.",
        "ご注文の商品を発送いたしました。お届け先住所：東京都千代田区。氏名：髙﨑 花子 様",
        "カード番号の下4桁のみ表示しています。今月のご利用明細書が確定しました。",
        "Your statement is ready. Only the last four digits of your card are shown here.",
        "Hello, do you have time for lunch tomorrow?",
        "請求明細書を添付します。ご確認ください。" * 3,
    ],
)
def test_a_mail_that_asks_for_no_document_has_no_profile(text: str) -> None:
    (mail,) = read_mails(text.encode())
    want = asked(mail)
    assert (want.profile, want.is_over, want.details) == (None, False, ())


@pytest.mark.parametrize(
    ("card", "hint"),
    [
        ("末尾1117のVisaカード", Hint("1117", "Visa")),
        ("末尾１１１７の マスターカード", Hint("1117", "Mastercard")),
        (
            "末尾17のアメリカン・エキスプレスカード",
            Hint("17", "American Express"),
        ),
        ("末尾1117のカード", Hint("1117", "")),
        ("末尾●●●●の●●●●カード", Hint()),
        ("お客様のカード", Hint()),
    ],
)
def test_the_hint_is_what_the_mail_says_of_the_card(card: str, hint: Hint) -> None:
    (mail,) = read_mails(words("e1").replace("末尾1117のJCBカード", card).encode())
    assert asked(mail).hint == hint


def test_of_a_mailbox_the_last_mail_that_asks_counts() -> None:
    other = EmailMessage(policy=SMTP)
    other["From"], other["Subject"] = "shop@example.com", "Sale"
    other.set_content("Everything must go.\n>From here on\nFrom nobody")
    box = b"".join(
        b"From a@example.com Thu Jan  1 00:00:00 2026\n"
        + bytes(mail).replace(b"\r\n", b"\n")
        + b"\n"
        for mail in (message("e2"), message("e3"), other)
    )
    mails = read_mails(box)
    assert [mail.subject for mail in mails] == [SUBJECTS["e2"], SUBJECTS["e3"], "Sale"]
    mail, want = latest_known(mails)
    assert want == ASKED["e3"]
    assert mail.sender == SENDER


def test_what_stands_around_the_words_is_kept() -> None:
    mail = message("e1")
    mail["Reply-To"] = "Else <ELSE@example.net>"
    mail.add_alternative(
        '<p>x<a href="https://a.example/">www.amazon.co.jp</a></p>', subtype="html"
    )
    mail.add_attachment(b"x", maintype="application", subtype="zip", filename="請求.zip")
    (read,) = read_mails(bytes(mail))
    assert (read.sender, read.sender_name) == (SENDER, "Amazon.co.jp")
    assert read.reply_to == ("else@example.net",)
    assert read.message_id == "<1@example.com>"
    assert read.attachments == ("請求.zip",)
    assert ("https://a.example/", "www.amazon.co.jp") in {(k.target, k.text) for k in read.links}
    assert "https://www.amazon.co.jp" in {link.target for link in read.links}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no text"),
        (b"From: a@b\nSubject: x\n\n", "no text"),
        (b"<html><body><script>x</script></body></html>", "no text"),
        (b"\x00" * 100, "no text"),
        (b"x" * (MAX_BYTES + 1), "far larger"),
        (("あ" * 2_000_000).encode(), "far larger"),
        (b"<html>" + b"<div>" * 500_000 + b"x", "HTML"),
    ],
    ids=["empty", "head only", "script only", "nulls", "huge", "long", "html bomb"],
)
def test_what_is_no_mail_for_people_is_one_clear_line(data: bytes, told: str) -> None:
    with pytest.raises(UnreadableInput, match=told) as caught:
        read_mails(data)
    assert "\n" not in str(caught.value)


def test_many_links_are_bounded() -> None:
    text = page("e1").replace("</body>", '<a href="https://x.example/">y</a>' * 5000 + "</body>")
    (mail,) = read_mails(text.encode())
    assert len(mail.links) == MAX_LINKS
    assert asked(mail) == ASKED["e1"]


def test_what_cannot_be_decoded_is_told_and_the_rest_is_read() -> None:
    (mail,) = read_mails(bare_japanese("e1", "iso-2022-jp", "7bit") + b"\xff\xfe\xff")
    assert mail.is_broken
    assert asked(mail) == ASKED["e1"]


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        mails = read_mails(data)
    except UnreadableInput:
        return
    assert all(asked(mail) for mail in mails)


@given(st.data())
def test_a_damaged_mail_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(bytes(message("e1", subtype="html")))
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        mails = read_mails(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    except UnreadableInput:
        return
    assert all(asked(mail) for mail in mails)


# --- what is told ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED)
def test_the_json_keeps_to_its_schema(name: str) -> None:
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    told = as_dict(Path("mail.eml"), ASKED[name], ())
    Draft202012Validator(schema).validate(told)
    assert told["profile"] == ASKED[name].profile


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", ASKED)
def test_no_text_calls_a_mail_genuine(name: str, language: str) -> None:
    speak(language)  # type: ignore[arg-type]
    try:
        told = as_text(ASKED[name], ())
    finally:
        speak("en")
    assert not any(word in told.lower() for word in ("genuine", "authentic", "本物", "正規"))
    assert ("Message Center" in told) or ("メッセージセンター" in told)


def test_the_command_says_what_a_file_asks(run: Runner) -> None:
    (run.folder / "mail.eml").write_bytes(bytes(message("e3")))
    done = run("request", "mail.eml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("amazon-co-jp-statement-phone: ")
    assert "JCB ending in 17" in done.stdout
    told = json.loads(run("request", "mail.eml", "--json").stdout)
    assert (told["source"], told["channel"], told["deadline_hours"]) == ("mail.eml", "reply", 24)


@pytest.mark.parametrize(
    ("name", "told"), [("e4", "asks nothing any more"), ("sale", "nothing that prepdoc knows")]
)
def test_the_command_says_so_where_nothing_is_asked(run: Runner, name: str, told: str) -> None:
    text = words(name) if name in ASKED else "Everything must go."
    (run.folder / "mail.txt").write_text(text, "utf-8")
    done = run("request", "mail.txt")
    assert (done.returncode, told in done.stdout) == (0, True)


def test_the_command_refuses_in_one_line(run: Runner) -> None:
    (run.folder / "mail.txt").write_bytes(b"")
    done = run("request", "mail.txt")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1
    assert run("request", "absent.eml").returncode == 4
    assert run("request").returncode == 2
