"""What the mails that ask say, as patterns: facts about the world, each with the mail it is from.

E1 to E4 are the four of Amazon.co.jp, A the wording of amazon.com as its recipients quote it. They
are matched against folded text: NFKC, lower case; of Japanese all blanks are gone, of English one
is left between words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Says(StrEnum):
    """What a mail can say that matters for the answer."""

    STATEMENT = "statement"
    LAST_FOUR_ONLY = "last-four-only"
    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"
    PHONE_IF_PRINTED = "phone-if-printed"
    PAYMENT = "payment"
    TRANSACTION = "transaction"
    EMAIL = "email"
    UPLOAD = "upload"
    REPLY = "reply"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


JAPANESE: Final[Mapping[Says, re.Pattern[str]]] = {
    # E2, E3: このお支払いカードの最近の請求明細書を添付の上
    Says.STATEMENT: _any("請求明細書?", "利用明細書?"),
    # E1: カード番号の最後の4桁のみ; E2, E3: カード番号の下4桁のみ
    Says.LAST_FOUR_ONLY: _any("(?:最後の|下|末尾)4(?:桁|けた|ケタ)のみ"),
    Says.NAME: _any("氏名", "名義人(?:様)?の(?:お)?名前"),
    Says.ADDRESS: _any("住所"),
    # E1: クレジットカード名義人様のお電話番号; E3: カード名義人様の電話番号を添付の上
    Says.PHONE: _any("名義人(?:様|さま)?の(?:お)?電話番号"),
    # E2: 電話番号(請求明細書に含まれている場合)
    Says.PHONE_IF_PRINTED: _any(r"電話番号\(?[^()。]{0,12}(?:含まれ|記載され)ている場合"),
    # E1: お支払い方法、および関連する取引情報がはっきりと表示されている
    Says.PAYMENT: _any("お?支払い?方法、"),
    Says.TRANSACTION: _any("取引情報"),
    Says.EMAIL: _any("登録(?:されている|済みの|の)?e?メールアドレス"),
    # E1: 再度サインインし、画面の指示に従って; 書類をアップロードする際は
    Says.UPLOAD: _any("アップロード", "サインインし、画面の指示"),
    # E2, E3: このメッセージにご返信ください
    Says.REPLY: _any("この(?:メッセージ|e?メール)に(?:ご)?返信(?:して)?ください"),
    # E4: 該当のアカウントを元の状態に戻しました; アカウントを再開いたしました
    Says.REOPENED: _any("アカウントを再開(?:いた)?しました", "元の状態に戻し(?:まし|た)"),
    # E4: 以下のご注文はキャンセルさせていただきました
    Says.CANCELLED: _any("注文[はを]キャンセル(?:させて|いた|し)"),
}

ENGLISH: Final[Mapping[Says, re.Pattern[str]]] = {
    Says.STATEMENT: _any(r"\bstatement\b", r"\bbilling document"),
    # A: only the final 4 digits
    Says.LAST_FOUR_ONLY: _any(
        r"\b(?:only|just) (?:show |include |display )?the (?:last|final) (?:4|four|two|2) digits",
        r"\b(?:last|final) (?:4|four) digits only",
        r"\b(?:last|final) (?:4|four|two|2) digits of (?:the|your) (?:credit |payment )?card",
    ),
    Says.NAME: _any(r"\bname\b"),
    Says.ADDRESS: _any(r"\b(?:billing |mailing )?address(?!es)\b(?! book)"),
    Says.PHONE: _any(r"\b(?:phone|telephone) number\b"),
    Says.PHONE_IF_PRINTED: _any(
        r"\b(?:phone|telephone) number[ ,(]{0,3}if (?:it is )?(?:included|shown|listed|printed)"
    ),
    # A: name, address, payment type and relevant transaction information clearly visible
    Says.PAYMENT: _any(r"\bpayment (?:type|method)\b"),
    Says.TRANSACTION: _any(r"\btransaction (?:information|details)\b", r"\brelevant transaction"),
    Says.EMAIL: _any(r"\be-?mail address\b[^.]{0,40}\baccount\b", r"registered e-?mail address"),
    Says.UPLOAD: _any(r"\bupload", r"\bsign in\b[^.]{0,60}\bon-?screen instructions"),
    Says.REPLY: _any(r"\breply(?:ing)? to this (?:e-?mail|message)", r"\brespond to this e-?mail"),
    Says.REOPENED: _any(
        r"\b(?:reinstated|restored|reopened|re-activated|reactivated) (?:access to )?your account",
        r"\byour account (?:has been|is|was) (?:reinstated|restored|reopened|reactivated)",
    ),
    Says.CANCELLED: _any(r"\bcancell?ed (?:the|your|these) (?:following )?orders?\b"),
}

# The card that the mail means: its last digits and its brand, each where the mail tells it.
# E1: 末尾1234のVisaカード; E2, E3: カード番号下2桁が12のVisaカード
HINTS: Final = (
    re.compile(r"末尾(?P<digits>\d{2,4})の(?P<brand>.{0,24}?)カード"),
    re.compile(r"下[24]桁が(?P<digits>\d{2,4})の(?P<brand>.{0,24}?)カード"),
    re.compile(r"(?P<brand>[a-z][a-z ]{2,20}?)?(?: card)? ending in (?P<digits>\d{2,4})\b"),
    re.compile(
        r"last (?:two|2|four|4) digits(?: of [a-z ]{0,30})?(?: are| is|:)? (?P<digits>\d{2,4})"
    ),
)
BRANDS: Final[Mapping[str, str]] = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "master": "Mastercard",
    "マスター": "Mastercard",
    "americanexpress": "American Express",
    "amex": "American Express",
    "アメリカン・エキスプレス": "American Express",
    "jcb": "JCB",
    "dinersclub": "Diners Club",
    "diners": "Diners Club",
    "ダイナース": "Diners Club",
    "discover": "Discover",
    "unionpay": "UnionPay",
    "銀聯": "UnionPay",
}
# E1, E2, E3: 24時間以内
DEADLINES: Final = (
    re.compile(r"(?P<n>\d{1,3})(?P<unit>時間|日|営業日)以内"),
    re.compile(r"within (?P<n>\d{1,3}) (?P<unit>hours?|business days|days?)"),
)
HOURS_OF: Final[Mapping[str, int]] = {
    "時間": 1, "日": 24, "営業日": 24, "hour": 1, "hours": 1, "day": 24, "days": 24,
    "business days": 24,
}  # fmt: skip
# E4: 注文番号: 250-1234567-1234567
ORDER: Final = re.compile(r"(?<!\d)\d{3}-\d{7}-\d{7}(?!\d)")
