"""What a mail asks is told by its words, in whatever form and encoding it was saved."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from prepdoc.correspondence.mail import MAX_BYTES, MAX_LINKS, Mail, read_mails
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
    "com-portal": "Your Amazon order",
    "com-fax": "Account on Hold: Response Required",
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
        "amazon-com",
        "en",
        (*PERSON, Says.PHONE, Says.EMAIL),
        "reply",
        Hint("17"),
        48,
        deadline_business_days=2,
    ),
    "com-portal": Asked(
        "amazon-com", "en", (*PERSON, Says.PHONE, Says.EMAIL), "upload", Hint(), 48
    ),
    "com-fax": Asked(
        "amazon-com",
        "en",
        (*PERSON, Says.PHONE, Says.EMAIL),
        "reply",
        Hint("17", "Visa"),
        24,
        digits=2,
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


NOTHING_ASKED = [
    # orders, parcels, payments
    "Your parcel has been shipped to your address. Order 250-1234567-1234567.",
    "ご注文の商品を発送いたしました。お届け先住所：東京都千代田区。氏名：髙﨑 花子 様",
    "Amazon.co.jp ご注文の明細です。お支払い方法：Visa 下4桁 1234。氏名、住所の変更はこちら。"
    "納品書のコピーが必要な場合は、ダウンロードしてください。",
    "Your payment was declined. We could not charge the last 4 digits of your card: 1234. Check the"
    " name, billing address and phone number on your Amazon account within 3 days.",
    "Amazon.co.jp: お支払い方法が承認されませんでした。カード番号は下4桁のみ表示しています。"
    "請求先の氏名・住所をご確認のうえ、再度サインインし、画面の指示に従って変更してください。",
    "Your Amazon Prime membership will renew. Your Visa ending in 1234 will be charged. Your"
    " account statement shows only the last 4 digits of the card. Update your name, address or"
    " payment method any time.",
    "Return your item to Amazon: include a copy of the packing slip with your name and address."
    " Refund to Visa, last 4 digits 1234.",
    # banks
    "カード番号の下4桁のみ表示しています。今月のご利用明細書が確定しました。",
    "Your statement is ready. Only the last four digits of your card are shown here.",
    "Your Amazon Store Card statement is ready. We show only the last four digits of your card"
    " number. Sign in to view the payment method, billing address and transaction details.",
    "ご利用明細書の発行準備ができました。サインインし、画面の指示に従ってご確認ください。"
    "カード番号は下4桁のみ表示しています。氏名・住所・電話番号の変更はWebで。",
    "Amazon Mastercardのご利用明細が確定しました。下4桁のみ表示しています。氏名・住所の変更は"
    "お届けください。明細書の郵送をご希望の方はお申し込みください。",
    "When you call us we ask for your name, your billing address and the last 4 digits of your"
    " card. Your Bank",
    "A statement for your card ending in 1234 is available. We only show the last 4 digits of your"
    " card. Check that your name, mailing address and phone number are right.",
    # others ask the same, or Amazon asks for something else
    "楽天カードです。本人確認書類をアップロードしてください。氏名、住所がはっきりと表示されている"
    "こと。カード番号は下4桁のみをご記入ください。",
    "Upload a photo of your card statement. Make sure your name, address and only the last four"
    " digits are visible. Airbnb",
    "Amazonギフトカードが当たる! 明細書の画像をアップロードしてください。お名前とご住所をご記入"
    "ください。カードの下4桁のみ見せてください。",
    "Amazon Seller Central: upload a bank statement. Your name and address must be clearly visible."
    " Hide all but the last four digits of the account.",
    "Upload a copy of your government-issued ID to recover your Amazon account. Name and address"
    " must be clearly visible. Do not send your card.",
    # newsletters, surveys, friends
    "今週のAmazon。写真をアップロードして年賀状を作りましょう。お名前とご住所を入れられます。",
    "Amazon: how did we do? Reply to this email with your name and phone number for a call back.",
    "Hello, do you have time for lunch tomorrow?",
    # warnings
    "Amazonを装ったフィッシングメールにご注意ください。「このお支払いカードの最近の請求明細書を"
    "添付の上、このメッセージにご返信ください。カード番号の下4桁のみ。請求先氏名と住所」などと"
    "書かれています。このようなメールには返信しないでください。",
    "Amazonをかたる詐欺が増えています。次のような文面のメールです。請求明細書を添付の上、この"
    "メッセージにご返信ください。カード番号の下4桁のみ。請求先氏名と住所。",
    "Amazonが、氏名、住所、カード番号の下4桁が記載された請求明細書を添付してご返信いただくよう"
    "お願いすることはありません。",
    "Beware of phishing. Scammers send messages such as: Please upload a copy of your statement"
    " showing your name, address and only the last four digits of your card. Amazon.",
    "Amazon will never ask you to send a statement with your name, address and the last four digits"
    " of your card by e-mail.",
    # the user's own answers
    "請求明細書を添付します。ご確認ください。" * 3,
    "お世話になります。Amazonの請求明細書を添付いたしますので、ご確認ください。カード番号の下4桁"
    "のみ表示しています。氏名と住所、電話番号も記載されています。",
    "添付の請求明細書をご確認ください。氏名と住所、下4桁のみの表示です。不足があればご返信ください。"
    "Amazonアカウント",
    "Dear Amazon, I attach my statement. It shows the name, address and only the last four digits.",
    "Attached is the statement. Please reply to this e-mail if you need more. Name, address and the"
    " last 4 digits only. Amazon account",
    # not yet open again
    "Your Amazon account is on hold. You cannot order until your account has been reinstated. Once"
    " we have restored your account you can.",
    "Amazonアカウントを一時保留いたしました。確認が完了するまで、アカウントを再開することは"
    "できません。再開しましたら、ご連絡します。",
    "Netflix: your account has been reinstated.",
]


@pytest.mark.parametrize("text", NOTHING_ASKED)
def test_a_mail_that_asks_for_no_document_has_no_profile(text: str) -> None:
    (mail,) = read_mails(text.encode())
    want = asked(mail)
    assert (want.profile, want.is_over, want.details) == (None, False, ())


REPLY = "このメッセージにご返信ください"
LIMIT = "カード番号の下 4 桁のみ"
IF_PRINTED = "電話番号 (請求明細書に含まれている場合)"
PHONE = "カード名義人様の電話番号"
FINAL = "show only the final 4 digits of the card number"
BACK = "このたび、該当のアカウントを元の状態に戻しました"
REWORDED = [
    # the statement
    ("e2", "請求明細書", "ご利用代金明細書"),
    ("e2", "請求明細書", "カード会社のご利用明細"),
    # how it is sent
    ("e2", REPLY, "このメッセージに 48 時間以内にご返信ください"),
    ("e2", REPLY, "本メールにご返信ください"),
    ("e2", REPLY, "このメールに返信する形でお送りください"),
    ("e2", REPLY, "このメッセージへのご返信をお願いいたします"),
    ("e2", REPLY, "このメッセージにご返信いただきますようお願いいたします"),
    ("e2", REPLY, f"{REPLY}。または、サインインして書類をアップロードすることもできます"),
    ("e1", "何卒、", "ご不明な点は、このメールにご返信ください。請求明細書以外は受け付けません。"),
    # which digits
    ("e2", LIMIT, "カード番号の下 2 桁のみ"),
    ("e2", LIMIT, "カード番号の下 2 桁"),
    ("e2", LIMIT, "カード番号の下 4 桁だけ"),
    ("e2", LIMIT, "カード番号の末尾の 4 桁のみ"),
    ("e2", LIMIT, "カード番号は下四桁以外を隠してください"),
    ("com-upload", FINAL, "hide every digit of the payment method except the last four"),
    ("com-upload", FINAL, "black out all but the last 4 digits"),
    ("com-upload", FINAL, "make sure that no more than the last four digits are visible"),
    # the phone
    ("e3", PHONE, "カード名義人様のご自宅の電話番号"),
    ("e3", PHONE, "カード名義人ご本人様の電話番号"),
    ("e3", PHONE, "カード所有者様の携帯電話番号"),
    ("e2", IF_PRINTED, "電話番号（請求明細書に記載がある場合）"),
    ("e2", IF_PRINTED, "電話番号 (請求明細書に表示されている場合)"),
    ("e2", IF_PRINTED, "明細書に印字されている場合は、電話番号"),
    ("e2", IF_PRINTED, "電話番号（任意）"),
    # what is wanted of the mail's reader, and what is not
    ("e1", "お支払い方法、および", "お支払い方法および"),
    ("e1", "何卒、", "パスワードやメールアドレスをお尋ねすることはありません。何卒、"),
    ("com-upload", "Account Spec", "We never ask you for your phone number.\nAccount Spec"),
    # open again
    ("e4", BACK, "お客様のアカウントの一時停止を解除いたしました"),
    ("e4", BACK, "お客様のアカウントのご利用を再開いたしました"),
    ("e4", "250-1234567-7654321", "２５０－１２３４５６７－７６５４３２１"),
]


@pytest.mark.parametrize(("name", "old", "new"), REWORDED)
def test_a_word_more_or_less_asks_the_same(name: str, old: str, new: str) -> None:
    reworded = words(name).replace(old, new)
    assert reworded != words(name)
    deadline = 48 if "48" in new else ASKED[name].deadline_hours
    digits = 2 if "下 2 桁" in new else ASKED[name].digits
    expected = replace(ASKED[name], deadline_hours=deadline, digits=digits)
    assert asked(Mail(reworded)) == expected


def test_the_registered_address_is_wanted_where_the_answer_is_to_come_from_it() -> None:
    new = f"Amazon.co.jp にご登録の E メールアドレスから、{REPLY}"
    assert Says.EMAIL in asked(Mail(words("e2").replace(REPLY, new))).details


def test_cancelled_orders_are_told_whatever_was_ordered() -> None:
    order = "250-1234567-7654321"
    several = words("e4").replace(order, f"{order}\n-- 注文番号: D01-1234567-7654321")
    assert asked(Mail(several)).cancelled_orders == (order, "D01-1234567-7654321")


@pytest.mark.parametrize(
    "text",
    [
        "We have lifted the hold on your Amazon.com account and you can use it again.",
        "Your Amazon account has been reinstated.",
        "Hello from Amazon. We have restored access to your account.",
    ],
)
def test_an_account_that_is_open_again_asks_nothing_any_more(text: str) -> None:
    assert asked(Mail(text)) == Asked(None, "en", is_over=True)


CARD = "末尾1117のJCBカード"
OWNED = "カード番号下2 桁が 17 の JCB カード"
ENDING = "the Visa card ending in 1117"


@pytest.mark.parametrize(
    ("name", "old", "card", "hint"),
    [
        ("e1", CARD, "末尾1117のVisaカード", Hint("1117", "Visa")),
        ("e1", CARD, "末尾１１１７の マスターカード", Hint("1117", "Mastercard")),
        ("e1", CARD, "末尾17のアメリカン・エキスプレスカード", Hint("17", "American Express")),
        ("e1", CARD, "カード番号の末尾が 21 のJCBカード", Hint("21", "JCB")),
        ("e1", CARD, "末尾1117のカード", Hint("1117", "")),
        ("e1", CARD, "末尾●●●●の●●●●カード", Hint()),
        ("e1", CARD, "お客様のカード", Hint()),
        ("e1", CARD, "お客様のJCBカード", Hint("", "JCB")),
        ("e2", OWNED, "次のカード\n\nカード： Visa\nカード番号の下2桁：34\n", Hint("34", "Visa")),
        ("e2", OWNED, "末尾の番号 1234 のカード（Visa）", Hint("1234", "Visa")),
        ("e2", OWNED, "カード番号末尾が 1234 の Visa カード", Hint("1234", "Visa")),
        ("e2", OWNED, "下4桁 1234 の Visa カード", Hint("1234", "Visa")),
        ("e2", OWNED, "カード番号下2桁が 12 である JCB カード", Hint("12", "JCB")),
        ("e2", OWNED, "Visa ●●●● 1234", Hint("1234", "Visa")),
        ("e2", OWNED, "末尾が 4111 1111 1111 1111 の Visa カード", Hint("", "Visa")),
        ("com-upload", ENDING, "the Mastercard that ends in 1234", Hint("1234", "Mastercard")),
        (
            "com-upload",
            ENDING,
            "your American Express card ending with 1005",
            Hint("1005", "American Express"),
        ),
        ("com-upload", ENDING, "your Visa with the last four digits 1234", Hint("1234", "Visa")),
        ("com-upload", ENDING, "your Visa card (last 4 digits: 1234)", Hint("1234", "Visa")),
        ("com-upload", ENDING, "your Visa ****1234", Hint("1234", "Visa")),
        ("com-upload", ENDING, "your JCB payment", Hint("", "JCB")),
        ("com-upload", ENDING, "a card ending in 1234. Discover more", Hint("1234", "")),
        ("com-upload", ENDING, "a card ending in 4111 1111 1111 1111", Hint()),
    ],
)
def test_the_hint_is_what_the_mail_says_of_the_card(
    name: str, old: str, card: str, hint: Hint
) -> None:
    (mail,) = read_mails(words(name).replace(old, card).encode())
    assert asked(mail).hint == hint


@pytest.mark.parametrize(
    ("name", "old", "new", "hours"),
    [
        ("e2", "24時間以内", "3 営業日以内", 72),
        ("e2", "24時間以内", "24～48時間以内", 24),
        ("e2", "24時間以内", "二日以内", 48),
        ("e2", "最近の", "90 日以内に発行された最近の", 24),
        ("e2", "最近の", "過去90日以内の", 24),
        ("com-upload", "within 24 hours", "within the next 24 hours", 24),
        ("com-upload", "within 24 hours", "within two business days", 48),
        ("com-upload", "within 24 hours", "within 24 business hours", 24),
        ("com-upload", "within 24 hours", "within 24-48 hours", 24),
        ("com-upload", "within 24 hours", "within 3 calendar days", 72),
        ("com-upload", "a document", "a document issued within 90 days", 24),
        ("com-upload", "within 24 hours", "soon", None),
    ],
)
def test_the_time_is_the_one_for_the_answer(
    name: str, old: str, new: str, hours: int | None
) -> None:
    (mail,) = read_mails(words(name).replace(old, new).encode())
    assert asked(mail).deadline_hours == hours


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("e2", "24時間以内", "3 営業日以内", "3 business days"),
        ("e2", "24時間以内", "3 日以内", "3 days"),
        ("com-upload", "within 24 hours", "within 2 business days", "2 business days"),
        ("com-upload", "within 24 hours", "within one working day", "1 business day"),
        ("com-upload", "within 24 hours", "within 2 days", "2 days"),
        ("com-upload", "within 24 hours", "within 2 calendar days", "2 days"),
    ],
)
def test_business_days_are_told_as_such(name: str, old: str, new: str, said: str) -> None:
    (mail,) = read_mails(words(name).replace(old, new).encode())
    wanted = asked(mail)
    assert re.search(rf": {said}(?:$|\W)", as_text(wanted, ()), re.MULTILINE)
    days = int(said[0]) if "business" in said else None
    assert as_dict(None, wanted, ())["deadline_business_days"] == days


DUE_JA = {
    "2025年3月14日までにご返信ください": "2025-03-14",
    "11月30日（月）まで": "2025-11-30",
    "1月5日までにご提出ください": "2026-01-05",
    "ご返信の期限は 1月9日(金) です": "2026-01-09",
    "提出期限：2026年1月9日": "2026-01-09",
    "１月９日必着": "2026-01-09",
    "1月9日の午後5時までに、": "2026-01-09",
    "1月9日までのご返信をお願いします": "2026-01-09",
    "10月1日から11月30日までの明細": None,
    "11月30日までのご利用分": None,
    "11月30日のご注文": None,
    "11月30日までに当社よりご連絡いたします": None,
    "1月9日までにお届けします": None,
    "1月9日までにいただいた書類": None,
    "13月40日まで": None,
    "2月29日まで": None,
    "令和8年1月9日まで": None,
}
DUE_EN = {
    "Please reply by March 3, 2025": "2025-03-03",
    "no later than 3 January": "2026-01-03",
    "before 11:59 PM on Friday, January 9th, 2026": "2026-01-09",
    "You have until the 9th of January": "2026-01-09",
    "by the end of the day on Jan. 9": "2026-01-09",
    "by 2026-01-09": "2026-01-09",
    "If we do not hear from you by January 9, 2026, we may close it": "2026-01-09",
    "Reply by January 9 or we will cancel": "2026-01-09",
    "We will answer by March 3, 2025": None,
    "your purchase on March 3, 2025": None,
    "charges made before March 3, 2025": None,
    "from March 1 until March 3": None,
    "by 3/4/2025": None,
    "by February 30, 2026": None,
    "Your order will arrive by January 9": None,
}


@pytest.mark.parametrize(
    ("name", "said", "due"),
    [*(("e2", *row) for row in DUE_JA.items()), *(("com-upload", *row) for row in DUE_EN.items())],
)
def test_the_day_by_which_the_answer_is_due_is_told(name: str, said: str, due: str | None) -> None:
    """One without its year is the nearest to when the mail was sent."""
    ends = {"e2": "。", "com-upload": ".\n\n"}[name]
    mail = Mail(f"{words(name)}\n{said}{ends}", date=datetime(2025, 12, 28, tzinfo=UTC))
    found = asked(mail).deadline_date
    assert (found.isoformat() if found else None) == due


@pytest.mark.parametrize(
    ("said", "due"), [("1月9日までに", None), ("2026年1月9日までに", date(2026, 1, 9))]
)
def test_a_day_whose_year_is_not_known_is_none(said: str, due: date | None) -> None:
    mail = Mail(f"{words('e2')}{said}ご返信ください。")
    assert asked(mail).deadline_date == due


def test_the_day_and_the_time_that_a_mail_names_are_both_told() -> None:
    want = replace(ASKED["e2"], deadline_date=date(2026, 1, 9))
    assert "2026-01-09; 24 hours" in as_text(want, ())
    assert as_dict(None, want, ())["deadline_date"] == "2026-01-09"


# --- what is quoted ----------------------------------------------------------------------------


def cut(text: str, columns: int, marks: str) -> str:
    """As a program cuts lines that it quotes, also within words and numbers."""
    pieces = ([line[at : at + columns] for at in range(0, len(line), columns)] or [""]
              for line in text.splitlines())  # fmt: skip
    return "\n".join(f"{marks}{piece}" for line in pieces for piece in line)


MINE = "お世話になります。明細書を添付いたします。電話番号の記載はありません。\n\n"
WROTE = f"2026年11月24日(火) 20:14 Amazon.co.jp <{SENDER}>:\n\n"
SEPARATED = [
    "\n-----Original Message-----\n",
    "\n-----元のメッセージ-----\n差出人: Amazon\n送信日時: 2026年11月24日\n宛先: x\n件名: y\n",
    "\n________\nFrom: Amazon <a@example.com>\nSent: Tuesday\nTo: x\nSubject: y\n\n",
    "\nOn Tue, Nov 24, 2026 at 8:14 PM Amazon.co.jp\n<no-reply@amazon.co.jp> wrote:\n\n",
    f"\n2026/11/24 20:14、Amazon <{SENDER}>のメール:\n\n",
    f"\n{WROTE}",
    "\n",
]
"""What stands between a letter and the older one below it; the last as in HTML without marks."""


@pytest.mark.parametrize("marks", ["> ", ">", ">> ", "> > ", "＞ "])
@pytest.mark.parametrize("columns", [11, 34, 35, 37, 39, 41, 76])
@pytest.mark.parametrize("name", ["e1", "e2", "e3", "e4"])
def test_a_quoted_mail_is_read_wherever_its_lines_end(name: str, columns: int, marks: str) -> None:
    assert asked(Mail(MINE + WROTE + cut(words(name), columns, marks))) == ASKED[name]


def test_a_mail_that_was_quoted_twice_is_read_though_its_lines_lost_marks() -> None:
    assert asked(Mail(MINE + cut(cut(words("e2"), 36, "> "), 34, ">> "))) == ASKED["e2"]
    lines = (f"> {line[:60]}\n{line[60:]}".rstrip("\n") for line in words("e2").splitlines())
    assert asked(Mail(MINE + "\n".join(lines))) == ASKED["e2"]


def test_a_quoted_english_mail_is_read() -> None:
    quoted = "\n".join(f"> {line}" for line in words("com-upload").splitlines())
    assert asked(Mail(quoted, subject="Re: Your Amazon account")) == ASKED["com-upload"]


@pytest.mark.parametrize("between", SEPARATED)
@pytest.mark.parametrize("older", ["e1", "e2", "e3", "e4"])
@pytest.mark.parametrize("newest", ["e1", "e2", "e3", "e4"])
def test_the_newest_words_decide(newest: str, older: str, between: str) -> None:
    assert asked(Mail(words(newest) + between + words(older))) == ASKED[newest]


def test_an_answer_that_is_quoted_changes_nothing() -> None:
    mine = "> 電話番号 (請求明細書に含まれている場合) とありますが、記載されません。"
    assert asked(Mail(f"{words('e3')}\n\n{mine}\n")) == ASKED["e3"]


def test_a_note_in_another_language_above_it_changes_nothing() -> None:
    note = "転送します。アメリカのアマゾンから届いたメールです。どうすればよいか教えてください。"
    mail = Mail(f"{note}\n\n---------- Forwarded message ---------\n{words('com-upload')}")
    assert asked(mail) == ASKED["com-upload"]


@pytest.mark.parametrize(
    "stub",
    [
        "このメールはHTML形式で送信されています。HTMLを表示できるソフトでご覧ください。",
        "Please view this message in an HTML capable mail program.",
        "見てください。本物でしょうか。",
    ],
)
def test_of_text_and_html_the_one_counts_that_says_more(stub: str) -> None:
    assert asked(Mail(stub, other_text=words("e2"))) == ASKED["e2"]
    assert asked(Mail(words("e2"), other_text=stub)) == ASKED["e2"]
    assert asked(Mail(words("e3"), other_text=words("e3"))) == ASKED["e3"]


# --- mailboxes ---------------------------------------------------------------------------------


def day(number: int) -> datetime:
    return datetime(2026, 11, number)


def test_of_a_mailbox_the_mail_counts_that_asks_itself() -> None:
    quoting = Mail(MINE + WROTE + cut(words("e2"), 76, "> "), sender="taro@example.com")
    assert latest_known([Mail(words("e3"), sender=SENDER), quoting])[1] == ASKED["e3"]
    assert latest_known([Mail(words("e2"), sender=SENDER), quoting])[0].sender == SENDER
    assert latest_known([quoting, Mail("Sale")]) == (quoting, ASKED["e2"])


def test_of_a_mailbox_that_is_in_no_order_the_latest_counts() -> None:
    newest, older = Mail(words("e4"), date=day(27)), Mail(words("e2"), date=day(24))
    assert latest_known([newest, older])[1] == ASKED["e4"]
    assert latest_known([newest, replace(older, date=None)])[1] == ASKED["e2"]
    assert (
        latest_known([older, replace(newest, date=day(25).replace(tzinfo=UTC))])[1] == ASKED["e4"]
    )


def test_a_mailbox_without_mails_is_refused() -> None:
    with pytest.raises(ValueError, match="no mail"):
        latest_known([])


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


def test_many_links_are_one_if_they_are_the_same_and_refused_if_not() -> None:
    links = [f'<a href="https://x.example/{n}">y</a>' for n in range(MAX_LINKS + 1)]
    same, others = (page("e1").replace("</body>", f"{''.join(some)}</body>")
                    for some in (links[:1] * 5000, links))  # fmt: skip
    (mail,) = read_mails(same.encode())
    assert asked(mail) == ASKED["e1"]
    with pytest.raises(UnreadableInput, match="links"):
        read_mails(others.encode())


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


@pytest.mark.parametrize(
    ("which", "digits"), [("下 4 桁のみ", 4), ("下 2 桁のみ", 2), ("最後の二桁のみ", 2)]
)
def test_it_is_told_whether_two_or_four_digits_are_to_be_seen(which: str, digits: int) -> None:
    """Older mails ask for two."""
    speak("en")
    letter = words("e2")
    assert "下 4 桁のみ" in letter
    (mail,) = read_mails(letter.replace("下 4 桁のみ", which).encode())
    told = asked(mail)
    assert told.digits == digits
    assert ("last two digits of the card only" in as_text(told, ())) == (digits == 2)
