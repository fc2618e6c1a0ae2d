"""Phishing contradicts itself somewhere; what is told is where, never a verdict."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from prepdoc.correspondence.contradictions import Contradiction, Kind, contradictions, unseen
from prepdoc.correspondence.domains import hosts_of, is_active, is_look_alike, is_own, unwrapped
from prepdoc.correspondence.mail import Link, Mail, read_mails
from prepdoc.correspondence.request import asked
from prepdoc.correspondence.secrets import sentences_that_want_secrets
from prepdoc.correspondence.telling import SCHEMA_FILE, as_dict, as_text
from prepdoc.showing import shortened
from tests import draw
from tests.terminal import Runner, environ, run
from tests.test_request import ASKED, SUBJECTS, words

__all__ = ["environ", "run"]

GOOGLE = (
    "mx.google.com; dkim=pass header.i=@amazon.co.jp header.s=abc header.b=x;"
    " dkim=pass header.i=@amazonses.com header.s=q; spf=pass (google.com: domain of"
    " x@bounces.amazon.co.jp designates 192.0.2.4 as permitted sender)"
    " smtp.mailfrom=x@bounces.amazon.co.jp;"
    " dmarc=pass (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from=amazon.co.jp"
)
OUTLOOK = (
    "spf=pass (sender IP is 192.0.2.4) smtp.mailfrom=bounces.amazon.co.jp; dkim=pass (signature"
    " was verified) header.d=amazon.co.jp;dmarc=pass action=none header.from=amazon.co.jp;"
)


def message(name: str, html: str | None = None, **head: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    fields = {"From": "Amazon.co.jp <no-reply@amazon.co.jp>", "Authentication-Results": GOOGLE}
    for key, value in {**fields, **{k.replace("_", "-"): v for k, v in head.items()}}.items():
        if value:
            mail[key] = value
    mail["Subject"] = SUBJECTS[name]
    mail.set_content(words(name))
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def found(mail: EmailMessage) -> tuple[Contradiction, ...]:
    (read,) = read_mails(bytes(mail))
    return contradictions(read)


@pytest.mark.parametrize("results", [GOOGLE, OUTLOOK, "mx.example; none", "broken (((", ""])
@pytest.mark.parametrize("name", [name for name in ASKED if name.startswith("e")])
def test_the_known_mails_contradict_nothing(name: str, results: str) -> None:
    """Although E3 and E4 are signed with http://www.amazon.jp."""
    assert found(message(name, Authentication_Results=results)) == ()


def with_link(target: str, text: str) -> EmailMessage:
    return message("e1", html=f'<p>{text}</p><p><a href="{target}">{text}</a></p>')


def with_words(sentence: str) -> EmailMessage:
    mail = message("e1")
    mail.set_content(f"{words('e1')}\n{sentence}\n")
    return mail


def with_file() -> EmailMessage:
    mail = message("e1")
    mail.add_attachment(b"x", maintype="application", subtype="zip", filename="form.zip")
    return mail


PHISHING = {
    "another sender": (message("e1", From="Amazon <info@shop.example>"), Kind.SENDER),
    "everybody's sending service": (
        message("e1", From="Amazon <x@amazonses.com>", Authentication_Results=""),
        Kind.SENDER_LOOK_ALIKE,
    ),
    "a sender below another domain": (
        message("e1", From="no-reply@amazon.co.jp.account.example"),
        Kind.SENDER_LOOK_ALIKE,
    ),
    "a digit for a letter": (message("e1", From="no-reply@amaz0n.co.jp"), Kind.SENDER_LOOK_ALIKE),
    "two letters for one": (message("e1", From="no-reply@arnazon.co.jp"), Kind.SENDER_LOOK_ALIKE),
    "a Cyrillic letter": (
        message("e1", From="no-reply@xn--mazon-3ve.com"),
        Kind.SENDER_LOOK_ALIKE,
    ),
    "punycode of plain letters": (
        message("e1", From="no-reply@xn--amazon-.co.jp"),
        Kind.SENDER_LOOK_ALIKE,
    ),
    "answers elsewhere": (message("e1", Reply_To="help@mail.example"), Kind.REPLY_TO),
    "DMARC failed": (
        message("e1", Authentication_Results="mx.example; dmarc=fail header.from=amazon.co.jp"),
        Kind.DMARC,
    ),
    "SPF failed": (
        message("e1", Authentication_Results="mx.example; spf=softfail smtp.mailfrom=a@b.example"),
        Kind.SPF,
    ),
    "a signature failed": (
        message("e1", Authentication_Results="mx.example; dkim=fail header.d=amazon.co.jp"),
        Kind.DKIM,
    ),
    "another's signature": (
        message("e1", Authentication_Results="mx.example; dkim=pass header.d=amazonses.com"),
        Kind.ALIGNMENT,
    ),
    "another link than it says": (
        with_link("https://login.example/amazon", "https://www.amazon.co.jp/ap/signin"),
        Kind.LINK_TEXT,
    ),
    "a link elsewhere": (with_link("https://login.example/", "サインイン"), Kind.LINK_TARGET),
    "a link to a number": (with_link("http://192.0.2.7/ap", "サインイン"), Kind.LINK_TARGET),
    "a name before the host": (
        with_link("https://www.amazon.co.jp@login.example/", "サインイン"),
        Kind.LINK_TARGET,
    ),
    "a link that looks alike": (
        with_link("https://amazon-co-jp.example/", "サインイン"),
        Kind.LINK_LOOK_ALIKE,
    ),
    "a Cyrillic link": (
        with_link("https://www.xn--mazon-3ve.com/", "サインイン"),
        Kind.LINK_LOOK_ALIKE,
    ),
    "a file": (with_file(), Kind.ATTACHMENT),
    "a password": (with_words("至急、パスワードをご入力ください。"), Kind.CREDENTIALS),
    "the whole number": (with_words("カード番号全体をご記入ください。"), Kind.CREDENTIALS),
    "a code": (with_words("Confirm your security code within 1 hour."), Kind.CREDENTIALS),
}


@pytest.mark.parametrize(("mail", "kind"), PHISHING.values(), ids=PHISHING)
def test_each_contradiction_is_told_once_with_its_line(mail: EmailMessage, kind: Kind) -> None:
    told = found(mail)
    assert [one.kind for one in told] == [kind]
    assert told[0].line


@pytest.mark.parametrize(
    "sentence",
    [
        "返信にカード番号全体をご記入いただくことはお控えください。",
        "パスワードをお知らせいただく必要はありません。",
        "Please do not send your full card number.",
        "We never ask you to provide your password.",
        "We do not need your full card number.",
        "Please do not reply with your full card number.",
        "We will never ask you to\nprovide your password or security code.",
        "パスワードや暗証番号をお知らせいただくようお願いすることはございません。",
        "カード番号全体は送らないでください。",
        "お心当たりがない場合は、パスワードを変更してください。",
        "カード番号の下4桁のみが記載された明細書をお送りください。",
        "Only the last four digits of your credit card number must be visible; please send it.",
    ],
)
def test_what_a_mail_does_not_want_is_no_contradiction(sentence: str) -> None:
    assert found(with_words(sentence)) == ()


@pytest.mark.parametrize(
    "words",
    [
        "セキュリティコードを\nご入力ください。",
        "カード番号をご入力ください",
        "カード番号と有効期限をお知らせください",
        "カード番号 16 桁をすべてご記入ください",
        "全桁が確認できる画像をお送りください",
        "確認コードをご返信ください",
        "カードの両面の写真をお送りください",
        "パスワードを再登録してください",
        "パスワードをご入力いただけない場合、停止いたします",
        "If you do not confirm your password within 24 hours, your account is closed.",
        "Don't wait: enter your password.",
        "Reply immediately with your full card number, CVV and password.",
        "Please respond by e-mail with the full card number.",
        "Please reply today, including your full card number.",
        "We need your full card number and your password immediately.",
        "Write back with your password.",
        "Please confirm your\npassword",
        "Submit your credit card number, now.",
        "Please update your card number, expiration date and CVV.",
        "Reply with the verification code",
        "> please send photos of both sides of your card",
        "Verify all 16 digits of your card",
    ],
)
def test_whoever_wants_secrets_is_told_in_whatever_words(words: str) -> None:
    """Also across lines, and where a "not" belongs to something else."""
    assert list(sentences_that_want_secrets(f"お客様へ\n\n{words}\n\n以上"))


WANTED_LISTS = [
    "次の情報をお送りください。\n・カード番号（16桁すべて）\n・氏名",
    "下記をご返信ください\n\n1. カード番号の全桁\n2. 氏名",
    "必要な書類\n■ カードの両面の写真",
    "ご提出ください：\nセキュリティコード\n暗証番号\nお名前",
    "以下が必要です。\n① クレジットカードの有効期限\n② 氏名",
    "明細書をお送りください。\n\nお客様の情報は保護されます。\n\n- カード番号（全桁）\n- 住所",
    "Please send:\n- Card number (all 16 digits)\n- Name",
    "We need the following:\n* Security code (CVV)\n* Name",
    "Please provide:\n1. Your password\n2. Billing address",
    "Reply to this message.\n\nExpiration date\nSecurity code\n",
]
OTHER_LISTS = [
    "次の情報をお送りください。\n・カード番号の下4桁のみ\n・氏名と住所",
    "次の情報は絶対に送らないでください。\n・パスワード\n・セキュリティコード\nよろしくお願いいたします。",
    "明細書をお送りください。\n以下の情報をお尋ねすることはありません。\n・カード番号（16桁）\n・暗証番号",
    "明細書をお送りください。次の項目は塗りつぶしてください：\n・セキュリティコード\n・有効期限",
    "明細書をお送りください。\n・パスワード\n・暗証番号\n上記は送らないでください",
    "明細書をお送りください。\n・パスワードの変更方法\n・有効期限の確認について",
    "書類をお送りください。\n・有効期限内の証明書\n・氏名",
    "書類をお送りください。安全のため、\nセキュリティコード\n(CVV) は記載しないでください。",
    "パスワード\n暗証番号",
    "Please send a statement.\n- The last four digits of the card number only\n- Billing name",
    "We never ask for:\n- Your password\n- Security code\nPlease sign in.",
    "Please cover the following:\n- Card number (first 12 digits)\n- Security code",
    "Please send a statement.\n\nNever send\n- your password\n- full card number",
    "Please send the statement.\n* PIN\nThese are never needed.",
]  # fmt: skip


@pytest.mark.parametrize("words", WANTED_LISTS)
def test_an_entry_of_a_list_that_names_a_secret_is_told(words: str) -> None:
    assert list(sentences_that_want_secrets(words))


@pytest.mark.parametrize("words", OTHER_LISTS)
def test_other_lists_want_no_secret(words: str) -> None:
    assert not list(sentences_that_want_secrets(words))


@pytest.mark.parametrize(
    "words",
    [
        "カードの表面と裏面の写真を添付してください。",
        "カードの表裏を撮影してお送りください",
        "カード（表・裏）のコピーを同封してください",
        "カード両面のスキャンを添付の上、ご返信ください",
        "カードの裏側の写真も送付してください",
        "カード裏面の3桁の数字をご記入ください",
        "Please attach a photo of your card, front and back.",
        "Please send a picture of the front and the back of your card",
        "Upload a scan showing both sides of the card",
        "Take photos of your credit card (front and back) and reply.",
    ],
)
def test_pictures_of_both_sides_of_the_card_are_secrets(words: str) -> None:
    assert list(sentences_that_want_secrets(words))


@pytest.mark.parametrize(
    "words",
    [
        "ご不明な点は、カード裏面に記載の電話番号へご連絡ください。",
        "有効期限内の証明書を添付してください。",
        "カード番号は下4桁以外を隠して提出してください",
        "カード番号を黒塗りにして送付してください",
        "Please call the number on the back of your card to confirm it.",
        "Please upload a statement with the full card number hidden.",
    ],
)
def test_what_is_hidden_or_only_named_is_no_secret(words: str) -> None:
    assert not list(sentences_that_want_secrets(words))


ELSEWHERE = "docs@login.example"
DIVERTED = [
    f"請求明細書は、返信ではなく {ELSEWHERE} 宛にお送りください。",
    f"明細書を{ELSEWHERE}までご返信ください",
    f"下記へお願いします。\n送付先：{ELSEWHERE}",
    f"ご提出先は「{ELSEWHERE}」です",
    f"書類は {ELSEWHERE} に\nご提出いただきますようお願いいたします",
    f"ご返信は {ELSEWHERE} へお願いいたします",
    f"> {ELSEWHERE} あてに明細書をメールしてください",
    "明細書を amazon@mail.example に送って下さい",
    "明細書は ｄｏｃｓ＠ｌｏｇｉｎ．ｅｘａｍｐｌｅ 宛にご送付ください",
    f"Please send your statement to {ELSEWHERE} instead of replying.",
    f"E-mail the document\nto our team at {ELSEWHERE} within 24 hours",
    f"Forward a copy to: {ELSEWHERE}",
    f"Do not reply to this e-mail. Please use {ELSEWHERE} for your reply.",
    f"Please e-mail {ELSEWHERE} with a copy of the statement",
]
NOT_DIVERTED = [
    f"ご登録のメールアドレス {ELSEWHERE} から返信してください",
    f"{ELSEWHERE} にお送りしたコードを返信してください",
    f"お問い合わせは {ELSEWHERE} まで。",
    f"このメールは {ELSEWHERE} に送信されました。明細書をご返信ください。",
    f"{ELSEWHERE} 宛には送らないでください",
    f"明細書を {ELSEWHERE} に送りました。",
    "address-verification@amazon.co.jp 宛にお送りください",
    "TARO@mail.example 宛にお送りください",
    f"宛先: {ELSEWHERE}\n件名: お願い\n\n明細書をお送りください。",
    f"Do not send it to {ELSEWHERE}.",
    f"We will send a confirmation to {ELSEWHERE}.",
    f"This e-mail was sent to {ELSEWHERE}. Please reply with your statement.",
    f"Reply from {ELSEWHERE} with your statement",
    "Send it to address-verification@amazon.com",
    f"Sent: Tuesday\nTo: mail <{ELSEWHERE}>\nSubject: x\n\nPlease send a statement.",
    f"If you have questions, write to {ELSEWHERE}.",
    f"> On 1 May {ELSEWHERE} wrote:\n> please send a statement",
]


@pytest.mark.parametrize("sentence", DIVERTED)
def test_an_answer_that_is_wanted_at_another_address_is_told_with_its_line(sentence: str) -> None:
    told = found(with_words(sentence))
    assert [one.kind for one in told] == [Kind.REPLY_TO]
    assert "@" in told[0].line


@pytest.mark.parametrize("sentence", NOT_DIVERTED)
def test_an_address_that_is_the_readers_or_only_named_is_none(sentence: str) -> None:
    mail = with_words(sentence)
    mail["To"] = "Taro <taro@mail.example>"
    assert found(mail) == ()


YAHOO_JAPAN = (
    "mta7777.mail.kks.yahoo.co.jp  from=amazon.co.jp; domainkeys=neutral (no sig);"
    " dkim=fail (bad signature); header.i=@amazon.co.jp"
)
RESULTS = {
    "in a form of its own": (YAHOO_JAPAN, [Kind.DKIM]),
    "in such a form, another's signature": (
        "mta.mail.kks.yahoo.co.jp  from=amazon.co.jp; dkim=pass (ok); header.i=@list.example",
        [Kind.ALIGNMENT],
    ),
    "a tail that is none": ("mx.example; dmarc=fail header.from=amazon.co.jp; ((x", [Kind.DMARC]),
    "DMARC passed, a list's signature not": (
        "mx.example; dkim=fail header.d=list.example; dmarc=pass header.from=amazon.co.jp", [],
    ),
    "nothing was shown": (
        "mx.example; dkim=none; spf=none; dmarc=none header.from=amazon.co.jp", [Kind.UNPROVEN],
    ),
    "the body was changed": (
        "mx.google.com; dkim=neutral (body hash did not verify) header.i=@amazon.co.jp",
        [Kind.UNPROVEN],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("header", "kinds"), RESULTS.values(), ids=RESULTS)
def test_what_the_receiving_server_found_is_read(header: str, kinds: list[Kind]) -> None:
    told = found(message("e1", Authentication_Results=header))
    assert [one.kind for one in told] == kinds


def test_every_line_of_the_receiving_server_counts_and_no_older_one() -> None:
    mail = message("e1", Authentication_Results="")
    mail["Authentication-Results"] = "bimi.icloud.com; bimi=none"
    mail["Authentication-Results"] = "bimi.icloud.com; dmarc=fail header.from=amazon.co.jp"
    mail["Authentication-Results"] = "mx.forger.example; spf=fail smtp.mailfrom=a@b.example"
    assert [one.kind for one in found(mail)] == [Kind.DMARC]


def test_every_sender_and_every_address_for_answers_is_told() -> None:
    mail = message("e1", Sender="x@forger.example")
    mail["Reply-To"] = "help@amazon.co.jp"
    raw = bytes(mail).replace(b"Subject:", b"Reply-To: help@mail.example\r\nSubject:")
    (read,) = read_mails(raw)
    assert [one.kind for one in contradictions(read)] == [Kind.SENDER, Kind.REPLY_TO]


def test_what_could_not_be_compared_is_told() -> None:
    """A head that was pasted may be typed, and a mail may come without its server's findings."""
    for head in ("", "差出人: Amazon.co.jp <no-reply@amazon.co.jp>\n件名: お願い\n\n"):
        (pasted,) = read_mails(f"{head}{words('e1')}".encode())
        assert unseen(pasted) == ("sender", "authentication")
    (bare,) = read_mails(bytes(message("e1", Authentication_Results="")))
    assert unseen(bare) == ("authentication",)
    (whole,) = read_mails(bytes(message("e1")))
    assert unseen(whole) == ()
    assert "what your mail server found" in as_text(asked(bare), (), unseen(bare))


@pytest.mark.parametrize("before", [0, 100, 104, 109, 115])
def test_no_card_number_is_told_wherever_a_line_is_cut(before: int) -> None:
    pan = draw.pan("visa", 3)
    for number in (
        pan,
        draw.grouped(pan, " "),
        draw.grouped(pan, "\u200b"),
        draw.grouped(pan, "+"),
    ):
        told = shortened(f"{'x' * before} {number} and more words " + "y" * 60, 120)
        assert len(re.sub(r"\D", "", told)) <= 4


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://www.amazon.co.jp/ap?x=1", "www.amazon.co.jp"),
        ("www.Amazon.co.jp.", "www.amazon.co.jp"),
        ("https://user:pw@a.example:8443/", "a.example"),
        ("mailto:help@mail.example?subject=x", "mail.example"),
        ("tel:0120", ""),
        ("cid:logo", ""),
        ("javascript:alert(1)", ""),
        ("https://[broken", ""),
        ("https:///evil.example/", "evil.example"),
        ("www.evil.example/?next=//www.amazon.co.jp", "www.evil.example"),
        ("https://xn--mazon-3ve.com", "\u0430mazon.com"),
        (r"https://evil.example\@www.amazon.co.jp/", "evil.example"),
        ("ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ／", "evil.example"),
        ("https://ev\til.exam\nple/", "evil.example"),
        ("https://%65vil.example/", "evil.example"),
    ],
)
def test_the_host_is_what_a_browser_would_ask(target: str, host: str) -> None:
    assert hosts_of(target) == ((host,) if host else ())


def test_a_mail_link_has_the_hosts_of_all_that_it_writes_to() -> None:
    target = "mailto:help@amazon.co.jp?cc=x%40evil.example"
    assert hosts_of(target) == ("amazon.co.jp", "evil.example")


@pytest.mark.parametrize(
    "target", ["javascript:location='//x'", "data:text/html,x", "java\nscript:x", "file:///etc",
               "ftp://amazon.co.jp/x", "blob:https://www.amazon.co.jp/x", "VBScript:x"]
)  # fmt: skip
def test_what_runs_or_is_no_page_is_told(target: str) -> None:
    assert is_active(target)
    told = found(with_link(target, "https://www.amazon.co.jp/"))
    assert Kind.LINK_TARGET in {one.kind for one in told}


@pytest.mark.parametrize(
    "target",
    ["https://a.example", "www.amazon.jp", "tel:1", "mailto:a@b.c", "x-apple-data-detectors://1"],
)
def test_ordinary_links_run_nothing(target: str) -> None:
    assert not is_active(target)


def test_links_that_a_mail_service_wraps_are_unwrapped() -> None:
    wrapped = (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2F&data=1"
    )
    assert unwrapped(wrapped) == "https://a.example/"
    assert unwrapped("https://www.google.com/url?q=https://a.example/&sa=D") == "https://a.example/"
    for other in ("https://a.example/?url=https://b.example/", "https://[broken", ""):
        assert unwrapped(other) == other


@pytest.mark.parametrize(
    "target",
    ["http://[::1", "https://[broken", "http://[v1.x:a/", "https://user@/", "http://:80/",
     "https://\u2100.example/", "http://%zz%00/", "http://a:99999999/", "https://[x]"],
)  # fmt: skip
def test_a_link_that_cannot_be_taken_apart_is_told(target: str) -> None:
    told = found(with_link(target, "サインイン"))
    assert [one.kind for one in told] == [Kind.LINK_TARGET]


@given(st.text(max_size=60) | st.text("htps:/\\[]@%?#&=.:0v1\u2100\uff0e", max_size=30))
def test_any_target_is_judged(target: str) -> None:
    for url in (target, f"https://{target}", f"https://www.amazon.co.jp/?u={target}"):
        told = Mail("x", links=(Link(url, "x"), Link("x", url)))
        assert isinstance(contradictions(told), tuple)


REDIRECT = "https://www.amazon.co.jp/gp/r.html?C=1&U={}&H=2"
SIGN_IN = (
    "https://www.amazon.co.jp/ap/signin?openid.ns=http%3A%2F%2Fspecs.openid.net%2Fauth%2F2.0"
    "&openid.identity=http%3A%2F%2Fspecs.openid.net%2Fauth%2F2.0%2Fidentifier_select"
    "&openid.return_to={}"
)


@pytest.mark.parametrize(
    "ahead",
    [
        "https%3A%2F%2Flogin.example%2F", "https%253A%252F%252Flogin.example", "//login.example/x",
        "http://login.example", "%5C%5Clogin.example", "HTTPS%3A%2F%2Flogin.example",
        "https%3A%2F%2Fwww.amazon.co.jp%40login.example%2F", "https%3A%2F%2Famazon.co.jp.example",
        "https%3A%2F%2Fwww.amazon.co.jp%2Fgp%2Fr.html%3FU%3Dhttps%253A%252F%252Flogin.example",
        "https%3A%2F%2F%5Bbroken",
    ],
)  # fmt: skip
@pytest.mark.parametrize("link", [REDIRECT, SIGN_IN])
def test_a_link_to_its_own_host_that_leads_on_to_a_stranger_is_told(link: str, ahead: str) -> None:
    told = found(with_link(link.format(ahead), "サインイン"))
    assert [one.kind for one in told] == [Kind.LINK_TARGET]


@pytest.mark.parametrize(
    "ahead",
    [
        "https%3A%2F%2Fwww.amazon.co.jp%2Fgp%2Fcss%2Fhomepage.html", "//www.amazon.com/x", "",
        "%2Fgp%2Fcss", "login.example", "urn%3Artn%3Amsg%3A2026", "https%3A%2F%2Fwww.amazon.jp",
    ],
)  # fmt: skip
@pytest.mark.parametrize("link", [REDIRECT, SIGN_IN])
def test_a_link_that_leads_on_to_its_own_host_is_none(link: str, ahead: str) -> None:
    assert found(with_link(link.format(ahead), "サインイン")) == ()


def test_two_own_domains_are_one_place() -> None:
    assert found(with_link("http://www.amazon.jp", "Amazon.co.jp")) == ()


@pytest.mark.parametrize("host", ["amazon.co.jp", "www.amazon.jp", "sellercentral.amazon.com"])
def test_its_own_hosts_look_like_nothing_else(host: str) -> None:
    assert is_own(host)
    assert not is_look_alike(host)


@pytest.mark.parametrize(
    "host", ["example.com", "amazing.example", "yamazaki.example", "amnesty.org"]
)
def test_other_hosts_are_no_look_alikes(host: str) -> None:
    assert not is_own(host)
    assert not is_look_alike(host)


def test_what_is_told_keeps_to_the_schema_and_gives_no_verdict() -> None:
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    for mail, kind in PHISHING.values():
        (read,) = read_mails(bytes(mail))
        told = as_dict(None, asked(read), contradictions(read))
        Draft202012Validator(schema).validate(told)
        assert told["contradictions"][0]["kind"] == kind
        assert "proves nothing" not in as_text(asked(read), contradictions(read))
    assert "proves nothing" in as_text(ASKED["e1"], ())


def test_the_command_tells_contradictions(run: Runner) -> None:
    (run.folder / "mail.eml").write_bytes(bytes(PHISHING["another link than it says"][0]))
    done = run("request", "mail.eml")
    assert done.returncode == 0
    assert "1 contradiction:" in done.stdout
    assert "login.example" in done.stdout
