"""What the mails that ask say, as patterns: facts about the world, each with the mail it is from.

E1 to E4 are the four of Amazon.co.jp; A the wording of amazon.com as its recipients quote it: A1
akira-t.com ("When uploading a document"), A2 pochtoy.com ("A copy of your bank statement"), A3
ayuzak.jp, 2013 ("send this information to our secure fax line"); Y the mail of Amazon.co.jp that
yasmee.hatenablog.com quotes (2022-08-31); O the older wording of Amazon.co.jp. W is a wording that
is near to one of these and was not seen: the mails change by a word from year to year.

They are matched against folded text: NFKC, lower case, all dashes one; of Japanese all blanks and
line breaks are gone, of English one blank is left between words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prepdoc.page import Language


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
    REPLY_WITH_IT = "reply-with-it"
    LEGIBLE = "legible"
    CARD = "card"
    FOR_SELLERS = "for-sellers"
    OTHER_PAPERS = "other-papers"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What the mails say in one language, and how it is written.

    A sentence asks for a document if it has `sending` and `wish`, it or the one before it has
    `document`, and it is not the `writers_own`. What stands in a sentence with `denial` or `fraud`
    is not asked; in a letter that warns of fraud neither is what it quotes, nor what comes after
    `example`.
    """

    joint: str
    """Between two words."""
    stop: re.Pattern[str]
    """Between two sentences."""
    says: Mapping[Says, re.Pattern[str]]
    document: re.Pattern[str]
    sending: re.Pattern[str]
    wish: re.Pattern[str]
    writers_own: re.Pattern[str]
    denial: re.Pattern[str]
    fraud: re.Pattern[str]
    example: re.Pattern[str]
    hints: tuple[re.Pattern[str], ...]
    """The last digits of the card that the mail means."""
    brand_alone: re.Pattern[str]
    """Its brand, where the mail tells no digits."""
    deadlines: tuple[re.Pattern[str], ...]
    dates: tuple[re.Pattern[str], ...]
    """A day by which the answer is due; the year may be left out."""
    not_due: re.Pattern[str]
    """What is not the reader's to do, in the clause of such a day; a line break stands for it."""
    clause: re.Pattern[str]
    """Between two clauses."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_ANYTHING: Final = re.compile("")

# --- who asks ----------------------------------------------------------------------------------

# As the sender, in the words or in the subject; goods and cards that bear the name are not it.
RECIPIENT: Final = re.compile(
    r"(?:amazon|アマゾン)(?! ?(?:ギフト|gift|ポイント|point|ペイ|pay(?!ment)|prime ?visa|mastercard"
    r"|マスターカード|store ?card|ゴールド|クラシック|photos))"
)
# What recipients' letters begin with: each of them is a letter of its own, however it was copied.
GREETING: Final = re.compile(
    r"^[ \t]*(?:"
    r"(?:平素|いつも|日頃)[^\n]{0,16}(?:amazon|アマゾン)"
    r"|(?:hello|hi|dear)\b[^\n]{0,60}$"
    r")",
    re.MULTILINE,
)
# Above what a mail quotes: Gmail, Outlook, Apple Mail, Thunderbird and Yahoo! Mail, both languages.
QUOTATION: Final = re.compile(
    r"^[ \t]*(?:"
    # -----Original Message-----, ---------- Forwarded message ---------, -----元のメッセージ-----
    r"[-_=*]{2,}[^\n]{0,30}(?:message|mail|メッセージ|メール)[^\n]{0,20}[-_=*]{2,}[ \t]*$"
    # Begin forwarded message:, 転送されたメール:
    r"|(?:begin forwarded message|転送されたメール|転送されたメッセージ):?[ \t]*$"
    # On Tue, Nov 24, 2026 at 8:14 PM … wrote:, which may be wrapped
    r"|on\b[^\n]{6,120}(?:\n[^\n]{0,80}){0,2}?\bwrote:[ \t]*$"
    # 2026年11月24日(火) 20:14 … <…>:, 2026/11/24 20:14、…のメール:
    r"|[^\n]{0,20}\d{4} ?[年/.-] ?\d{1,2} ?[月/.-] ?\d{1,2}[^\n]{0,120}(?:\n[^\n]{0,80})?"
    r"(?:<[^<>\s]{1,100}@[^<>\s]{1,100}>|のメール|書きました|wrote)[^\n]{0,10}:[ \t]*$"
    # From: …, Sent: …; 差出人: …, 送信日時: …
    r"|(?:from|差出人|送信者|送信元)[ \t]*:[^\n]*\n(?:[^\n]*\n){0,3}?[ \t]*"
    r"(?:sent|date|to|cc|subject|送信日時|日付|日時|宛先|件名|タイトル|題名)[ \t]*:"
    r")",
    re.MULTILINE,
)
QUOTE_MARKS: Final = re.compile(r"[ \t]*(?:>[ \t]?)+")
ANSWERED: Final = re.compile(r"\s*(?:re|fwd?|fw|転送|返信)\s*:", re.IGNORECASE)
SPOKEN: Final = re.compile(
    r"「[^」]{0,500}」|『[^』]{0,500}』|“[^”]{0,500}”|\"[^\"]{0,500}\"",
)
EMPHASIS: Final = re.compile(r"(?<!\*)\*(?!\*)")
"""Bold words in text made from HTML, as Gmail does; two stars and more hide a card's digits."""
DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"’": "'"})

_HIDDEN = r"(?<![*•●・#x.])(?:[*•●・#]{2,}|x{3,}|\.{2,})[ -]?"
"""A card's digits that are not told."""

_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august",
                  "september", "october", "november", "december")  # fmt: skip

# --- Japanese ----------------------------------------------------------------------------------

_AND_JA = r"(?:、|,|・|/|と|及び|および|ならびに|並びに)"
_TEL = r"(?:(?:お?電話|携帯(?:電話)?|ご?連絡先)の?番号|tel)"
# E2: (請求明細書に含まれている場合); W: 記載がある, 表示されている, 印字されていれば
_PRINTED = r"(?:含ま|記載|表示|印字|印刷|掲載|載っ)[^。な]{0,8}(?:場合|とき|限り|あれば|なら)"
_IF_PRINTED = rf"[^。]{{0,24}}(?:{_PRINTED}|任意|不要)"
_DID = "(?:いたし|させていただき|され|し)ました(?!ら)"
# The writer's own doing, not what is asked.
_DONE = (
    r"(?!さ(?:れ|せて)|をご?希望|いたし|致し|申し上げ|しま|して(?:い?ます|おり|あり)|した(?!上|うえ|後)|済|にて"
    r"|先|いただき(?:、|あり)|いただい(?:た|て)|ファイル|書類"
    r"|の(?:最近の)?(?:ご?請求|ご?利用|カード|明細|書類|ファイル|資料|画像))"
)

_DAY_JA = (
    r"(?<![\d年/.-])(?:(?P<year>20\d\d)[年/])?(?P<month>\d{1,2})[月/](?P<day>\d{1,2})(?!\d)日?"
    r"(?:\([月火水木金土日](?:曜日?)?(?:・祝)?\))?"
)
_HOUR_JA = r"(?:の?(?:午前|午後|正午|深夜|\d{1,2}(?:時|:\d\d)(?:\d{1,2}分)?|中|日本時間)){0,3}"
_ANSWER_JA = r"(?:返信|返答|回答|提出|連絡|対応|お?送り|送付|送信|アップロード|お?手続)"

JAPANESE: Final = Phrasing(
    joint="",
    stop=re.compile(r"[。!?]"),
    says={
        # E2, E3: このお支払いカードの最近の請求明細書を添付の上; W: ご利用代金明細書, ご利用明細
        Says.STATEMENT: _any("明細", "ステートメント", "請求書", "計算書"),
        # E1: カード番号の最後の4桁のみ; E2, E3: カード番号の下4桁のみ; O: 下2桁;
        # W: だけ, 以外を隠して. With digits behind it, it is the hint.
        Says.LAST_FOUR_ONLY: _any(
            r"(?:最後|下|末尾|最終)の?[24四二](?:桁|けた|ケタ)(?!は不要|の?(?:番号|数字)?[がはの:(「]{0,2}\d)"
        ),
        Says.NAME: _any("氏名", "お名前", "姓名", "名義人(?:様)?の名前"),
        Says.ADDRESS: _any("住所"),
        # E1: クレジットカード名義人様のお電話番号; E3: カード名義人様の電話番号を添付の上;
        # W: 名義人様のご自宅の電話番号, 名義人ご本人様の電話番号, in a list of details
        Says.PHONE: _any(
            rf"(?:名義人|所有者|会員|請求先|登録)[^。、]{{0,16}}{_TEL}(?!{_IF_PRINTED})",
            rf"(?:氏名|名前|住所)[^。]{{0,8}}{_AND_JA}お?{_TEL}(?!{_IF_PRINTED})",
            rf"{_TEL}{_AND_JA}[^。]{{0,6}}(?:氏名|名前|住所)",
            rf"(?:^|[。・•●*-]){_TEL}(?=[。・•●*-]|$)",
            rf"{_TEL}を(?:添付|ご?記[入載])",
        ),
        # E2: 電話番号(請求明細書に含まれている場合)
        Says.PHONE_IF_PRINTED: _any(f"{_TEL}{_IF_PRINTED}", f"{_PRINTED}は?、?{_TEL}"),
        # E1: お支払い方法、および関連する取引情報がはっきりと表示されている
        Says.PAYMENT: _any(f"支払い?方法(?:{_AND_JA}|が)"),
        Says.TRANSACTION: _any("取引の?(?:情報|詳細|内容)"),
        # O: Amazon.co.jpにご登録のEメールアドレスから
        Says.EMAIL: _any(
            "登録(?:されている|済みの|いただいている|の)?(?:お客様の)?e?メールアドレス"
        ),
        # E1: 再度サインインし、画面の指示に従って; 書類をアップロードする際は
        Says.UPLOAD: _any("アップロード", "(?:サインイン|ログイン)し(?:て)?、?画面の指示"),
        # E2, E3: 添付の上、このメッセージにご返信ください;
        # W: このメールに返信する形でお送りください
        Says.REPLY_WITH_IT: _any(
            "添付[^。]{0,60}返信(?!で?は)", "返信(?!で?は)[^。]{0,40}(?:添付|お?送り|送付)"
        ),
        # E1: はっきりと表示されていること; E2, E3: 次の情報が記載されている必要があります
        Says.LEGIBLE: _any(
            "(?:はっきり|明確|鮮明)[^。]{0,8}(?:表示|見え|読|確認|記載|写)",
            "(?:記載|表示)されている(?:必要|こと)",
            "判読|読み取れる",
        ),
        Says.CARD: _any("カード", "支払い?方法"),
        # Amazon's requests to sellers and authors
        Says.FOR_SELLERS: _any("セラーセントラル|出品(?:用)?アカウント|kdp|kindleダイレクト"),
        # and to those who are to show who they are
        Says.OTHER_PAPERS: _any("免許証|パスポート|事業者確認|登記"),
        # E4: 該当のアカウントを元の状態に戻しました; アカウントを再開いたしました;
        # W: アカウントの一時停止を解除いたしました
        Says.REOPENED: _any(
            f"アカウント(?:のご?利用|へのアクセス)?[をがは](?:再開|復旧|回復|復元){_DID}",
            "元の状態に(?:戻し|戻り)(?:まし)?た(?!ら)",
            f"アカウント[^。]{{0,16}}(?:停止|保留|ロック|制限)[をはが]?解除(?:{_DID}|されて(?:おり|い)ます)",
            "アカウントの再開の?手続きが完了しました",
        ),
        # E4: 以下のご注文はキャンセルさせていただきました
        Says.CANCELLED: _any("注文[はをが]?[^。]{0,12}キャンセル(?:させて|いた|し|され)"),
    },
    # E1: 書類; E2, E3: 請求明細書
    document=_any(
        "書類|明細|ステートメント|請求書|計算書|証明書|写し|コピー|スキャン|画像|ファイル"
    ),
    # E1: アップロードする際は; E2, E3: 添付の上、このメッセージにご返信ください; W: お送りください
    sending=_any(
        f"(?:アップロード|添付|同封|送付|送信|郵送|お?送り|提出|提示|提供|ファックス|fax){_DONE}",
        "送って",
        "(?:明細書?|書類|コピー|写し)を[^。]{0,24}返信",
    ),
    wish=_any(
        "ください|下さい|お願い|願い(?:ます|たく)|必要|求め|いただけ(?:ます|れば)",
        "いただき(?:たく|ますよう)|いただくよう|(?:する|の)際",
    ),
    # The seed's answers: 私の妻の名義, 別の書類をご提出したほうがよろしいのでしょうか
    writers_own=_any(
        "私(?!ども|共|たち|書|用)|当方|妻",
        "必要(?:が|は)?(?:あり|ござい)?(?:ます|です|でしょう)か|よろしいの?で(?:しょう|す)か",
    ),
    # W: パスワードをお知らせいただくようお願いすることはありません
    denial=_any(
        "(?:お願い|お?尋ね|求め|お?聞き|要求|依頼|お?伺い)を?(?:する|いたす|る)?ことは"
        "(?:あり|ござい|一切|決して|絶対|ない)",
        "(?:お願い|お?尋ね|求め|お?聞き|要求|依頼)(?:し|いたし|しており|いたしており|ており)?ません",
    ),
    fraud=_any(
        "フィッシング|なりすまし|装った|装う|偽(?:の|メール|サイト|物)|ニセ",
        "詐欺(?!防止|対策|から|を防|行為)|不審なe?(?:メール|サイト|メッセージ)",
    ),
    example=_any("(?:次|以下|下記|こ)のような[^。]{0,16}(?:文面|文言|文章|メール|メッセージ)"),
    hints=(
        # E1: 末尾1234の; E2, E3: カード番号下2桁が12の; Y: カード番号の末尾が12の;
        # W: 下2桁:12, 末尾の番号1234の
        re.compile(
            r"(?:末尾|下[24四二]桁|最後の[24四二]桁)(?:の?[24四二]桁)?(?:の?(?:番号|数字))?"
            r"[がはの:=(「『*]{0,3}(?P<digits>\d{2,4})(?!\d|-\d|時間|日|営業|桁|年|月)"
        ),
        # W: 1234で終わる
        re.compile(r"(?<![\d-])(?P<digits>\d{2,4})で終わる"),
        # W: Visa ****1234
        re.compile(rf"{_HIDDEN}(?P<digits>\d{{4}})(?!\d|-\d)"),
    ),
    brand_alone=re.compile(r"カード"),
    deadlines=(
        # E1, E2, E3: 24時間以内; W: 3営業日以内; not 90日以内に発行された
        re.compile(
            r"(?<!\d)(?<!過去)(?<!直近)(?<!発行から)(?<!発行後)(?<!発行日から)"
            r"(?P<n>\d{1,3}|[一二三四五六七十])(?:[-~〜]\d{1,3})?(?P<unit>時間|営業日|日間?|週間)以内"
            r"(?!に?(?:発行|作成|印刷|出力|取得)|\)?の(?:請求|ご?利用|明細|取引|日付|もの))"
        ),
    ),
    dates=(
        # W: 2025年3月14日までに, 11月30日(月)まで, 2025/3/14必着; not 10月1日から11月30日までの取引
        re.compile(
            rf"(?<!から)(?<![~〜-]){_DAY_JA}{_HOUR_JA}(?:(?:まで|迄)(?!の(?!ご?{_ANSWER_JA}))|必着)"
        ),
        # W: ご返信の期限は11月30日です, 提出期限:2025年3月14日
        re.compile(
            rf"(?:{_ANSWER_JA}|手続き?|回答)の?(?:期限|締め?切り?)(?:日)?(?:は|が|を|[::])?[「『(]?{_DAY_JA}"
        ),
    ),
    # 当社より11月30日までにご連絡いたします, 11月30日までにお届け, までにいただいた書類
    not_due=_any(
        "\n.*(?:連絡|返信|返答|回答|お知らせ|案内|返金|発送|手配|審査)(?:いた|致|しま|申し|を?差し)(?!だ)",
        "\n.*(?:お?届け|配達|到着|いただいた|いただきました|くださった)",
    ),
    clause=re.compile(r"[。、,!?]"),
)

# --- English -----------------------------------------------------------------------------------

_YOUR_ACCOUNT = r"your (?:amazon(?:\.[a-z.]{2,5})? )?account"
_HOLD, _LIFTED = r"(?:hold|suspension|restrictions?|lock)", r"(?:lifted|removed|released)"
_OPENED = r"(?:reinstated|restored|reopened|re-?activated|unlocked)"
# Whole, so that "phone" alone is not found where a condition follows the number.
_TELEPHONE = r"(?>(?:tele)?phone numbers?|(?<=name, )phone|(?<=address, )phone|(?<=, and )phone)\b"
# Behind these an account is not open again.
_NOT_YET = r"(?<!until )(?<!once )(?<!if )(?<!when )(?<!after )(?<!before )"
_IF_SHOWN = (
    r"\W{0,3}(?:if|when|where)\b[^.]{0,30}"
    r"\b(?:includ|shown|listed|printed|appears|displayed|available|present)"
)
_COUNT = (
    r"(?P<n>\d{1,3}|one|two|three|four|five|six|seven|ten|twenty-four|forty-eight)(?: \(\d{1,3}\))?"
)
_UNIT = (
    r" ?(?:calendar |(?:business|working) (?!day))?"
    r"(?P<unit>hour|hr|h|(?:business |working )?day|week)s?\b"
)

_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?"
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS).replace("sep(?:", "sep(?:t|")
_HOUR_EN = (
    r"(?:(?:the )?(?:end|close) of (?:the day|day|business)(?: on|,)? "
    r"|(?:\d{1,2}(?::\d\d)? ?(?:[ap]\.?m\.?)?|noon|midnight)(?: [a-z]{2,4})?,?(?: on)? )?"
)
_YEAR = r"(?:,? (?P<year>20\d\d)\b)?"
_BY = (
    r"(?<!made )(?<!dated )(?<!placed )(?<!issued )(?<!posted )(?<!\d )"
    r"\b(?:by|before|until|no later than|not later than|due(?: on)?|deadline is|deadline:) "
    rf"{_HOUR_EN}(?:{_WEEKDAY},? )?(?:the )?"
)

ENGLISH: Final = Phrasing(
    joint=" ",
    stop=re.compile(r"(?<=[.!?。])\s"),
    says={
        Says.STATEMENT: _any(r"\bstatements?\b", r"\bbilling document", r"\bbill\b"),
        # A1: only display the final 4 digits; A2: which shows the last four digits of the payment
        # method; A3: The last two digits of the payment card. With digits behind it, the hint.
        Says.LAST_FOUR_ONLY: _any(
            r"\b(?:last|final) (?:4|four|2|two)(?: digits?\b| numbers?\b|(?=[.,;]| of\b| only\b|$))"
            r"(?!(?: of [a-z ]{0,30}?)?(?: are| is)?:? ?\(?[\"']?\d)"
        ),
        Says.NAME: _any(r"\bname\b"),
        Says.ADDRESS: _any(r"(?<!mail )(?<!ip )(?<!web )\baddress\b(?! book)"),
        Says.PHONE: _any(rf"\b{_TELEPHONE}(?!{_IF_SHOWN})"),
        Says.PHONE_IF_PRINTED: _any(rf"\b{_TELEPHONE}{_IF_SHOWN}"),
        # A1: name, address, payment type, and relevant transaction information clearly visible
        Says.PAYMENT: _any(
            r"(?:,|\band) (?:the |your )?payment (?:type|method)\b",
            r"\bpayment (?:type|method)(?:,| and\b| (?:is|are)\b)",
        ),
        Says.TRANSACTION: _any(
            r"\btransaction (?:information|details)\b", r"\brelevant transaction"
        ),
        # A2: the email address registered to your account; A3: Your name, phone number, and e-mail
        # address; from the e-mail address registered to your Amazon.com account
        Says.EMAIL: _any(
            r"\be-?mail address\b.{0,40}?\baccount\b",
            r"\bregistered e-?mail address",
            r"\b(?:name|address|number),? and (?:your |the )?e-?mail address",
        ),
        # A1: When uploading a document; log in … and follow the on-screen instructions
        Says.UPLOAD: _any(
            r"\bupload", r"\b(?:sign|log) in\b[^.]{0,60}\b(?:on-?screen|follow the) instructions"
        ),
        Says.REPLY_WITH_IT: _any(r"\breply(?:ing)? to this (?:e-?mail|message)"),
        # A1: be sure that … are clearly visible; A2: must be clearly displayed on the statement
        Says.LEGIBLE: _any(
            r"\b(?:clearly|fully) (?:visible|displayed|shown|legible|readable)",
            r"\blegible\b",
            r"\bmust (?:clearly )?(?:show|display|include)\b",
            r"\b(?:is|are|be) visible\b",
        ),
        Says.CARD: _any(r"\bcard\b", r"\bpayment (?:type|method)\b"),
        Says.FOR_SELLERS: _any(
            r"\bseller central\b|\b(?:selling|seller) account\b|\bkdp\b|\bkindle direct\b"
        ),
        Says.OTHER_PAPERS: _any(
            r"\bpassport\b|\bdriver'?s?'? licen[cs]e\b|\bgovernment[- ]issued\b|\btax exempt"
        ),
        Says.REOPENED: _any(
            rf"{_NOT_YET}\b{_YOUR_ACCOUNT} (?:has (?:now )?been|is now|was)(?: fully)? {_OPENED}",
            rf"{_NOT_YET}\b{_YOUR_ACCOUNT} is (?:now )?(?:active|open) again",
            rf"\bthe {_HOLD} on {_YOUR_ACCOUNT} (?:has|have) (?:now )?been {_LIFTED}",
            rf"{_NOT_YET}\bwe(?: have|'ve)?(?: now| also)* (?:{_OPENED} (?:full )?(?:access to )?"
            rf"|{_LIFTED} the {_HOLD} (?:on|from) ){_YOUR_ACCOUNT}",
        ),
        Says.CANCELLED: _any(r"\bcancell?ed (?:the|your|these) (?:following )?orders?\b"),
    },
    # A1: a document; A2: your statement; A3: A copy of your statement
    document=_any(
        r"\b(?:statements?|documents?|documentation|bills?|proof of)\b",
        r"\bcop(?:y|ies) of\b(?! the packing)",
    ),
    # Of the reader: "we send you a statement" asks for nothing.
    sending=re.compile(
        r"(?<!we )(?<!we'll )(?<!will )(?<!can )(?<!cannot )(?<!may )(?<!that )(?<!not )"
        r"\b(?:upload(?:ing)?|attach(?:ing)?|send(?:ing)?(?! you\b)|submit(?:ting)?|provid(?:e|ing)"
        r"|supply|include|fax|e-?mail us|your uploaded"
        r"|(?:reply|respond)(?:ing)? (?:to this (?:e-?mail|message) )?with)\b"
    ),
    wish=_ANYTHING,
    writers_own=re.compile(r"(?<!\()\b(?:i|i'm|i've|i'll|my|me)\b(?![).])"),
    denial=_any(
        r"\b(?:never|not|won't|don't|doesn't)(?: [a-z]+)? (?:ask|asks|request|requests|require)\b"
    ),
    fraud=_any(
        r"\bphish|\bscam|\bspoof|\bfraudsters?\b|\bimpersonat|\bpretend(?:s|ing)? to be\b",
        r"\b(?:fake|fraudulent|suspicious|forged) (?:e-?mails?|messages?|texts?|(?:web)?sites?)\b",
    ),
    example=_any(
        r"\b(?:e-?mails?|messages?|texts?) (?:such as|like|that (?:say|read|ask|look))\b",
        r"\bthe following (?:e-?mails?|messages?|texts?|words|wording)\b",
    ),
    hints=(
        # A1: your Visa card ending in 1234; W: that ends in, ending with
        re.compile(
            r"\b(?:end(?:ing|s)? (?:in|with|on):?|card(?: number)? ending) [\"'(*•x]{0,5}"
            r"(?P<digits>\d{2,4})\b(?![ /-]?\d)"
        ),
        # W: whose last two digits are 12, (last 4 digits: 1234)
        re.compile(
            r"\b(?:last|final) (?:two|2|four|4)(?: digits?| numbers?)?(?: of [a-z ]{0,30}?)?"
            r"(?: are| is| were)?:? ?[\"'(]?(?P<digits>\d{2,4})\b(?![ -]?\d)"
        ),
        # W: Visa ****1234
        re.compile(rf"{_HIDDEN}(?P<digits>\d{{4}})\b(?![ -]?\d)"),
    ),
    # A1: we were unable to verify your JCB payment
    brand_alone=re.compile(r"\b(?:card|payment)\b"),
    deadlines=(
        # A1, A3: within 24 hours; A2: within 48 hours; W: within the next 24 hours,
        # 3 calendar days; not: issued within 90 days
        re.compile(
            r"(?<!issued )(?<!dated )(?<!generated )(?<!created )(?<!printed )(?<!from )"
            rf"\bwithin (?:the (?:next|following) )?{_COUNT}(?:(?: ?- ?| to )\d{{1,3}})?{_UNIT}"
            r"(?! of (?:issu|the (?:issue|date|statement)))"
        ),
        re.compile(rf"\b(?:in|in the next|you have) {_COUNT}{_UNIT}"),
    ),
    dates=(
        # W: by March 3, 2025; before 11:59 PM on Friday, March 3rd; not: from March 1 until March
        # 3, charges made before March 3, 2025, 3/4/2025 (which of them is the month?)
        re.compile(rf"{_BY}(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b{_YEAR}"),
        # W: no later than 3 March 2025, until the 3rd of March
        re.compile(
            rf"{_BY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b{_YEAR}"
        ),
        # W: by 2025-03-03
        re.compile(rf"{_BY}(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    ),
    # We will get back to you by March 3, your order arrives by March 3
    not_due=_any(
        r"\b(?:we|we'll)\b(?! (?:do not|don't|must|need to|have to) (?:hear|receive|have|get)).*\n",
        r"\b(?:arriv|deliver|ship).*\n",
    ),
    clause=re.compile(r"[.,;!?](?= |$)"),
)

PHRASINGS: Final[Mapping[Language, Phrasing]] = {"ja": JAPANESE, "en": ENGLISH}

# --- both --------------------------------------------------------------------------------------

# How a brand is written, as a pattern, and its name.
BRANDS: Final[Mapping[str, str]] = {
    r"(?<![a-z])visa": "Visa",
    r"(?<![a-z])master ?card": "Mastercard",
    r"(?<![a-z])master(?= ?(?:カード|end|\(|\*|の|末尾))": "Mastercard",
    r"マスター": "Mastercard",
    r"(?<![a-z])american ?express": "American Express",
    r"(?<![a-z])amex": "American Express",
    r"アメリカン・?エ[キク]スプレス|アメックス": "American Express",
    r"(?<![a-z])jcb": "JCB",
    r"(?<![a-z])diners(?: ?club)?": "Diners Club",
    r"ダイナース": "Diners Club",
    r"(?<![a-z])discover(?= ?(?:card|カード|end|payment|\(|\*|の|末尾))": "Discover",
    r"(?<![a-z])union ?pay": "UnionPay",
    r"銀聯": "UnionPay",
}
MONTHS: Final[Mapping[str, int]] = {name[:3]: n for n, name in enumerate(_MONTHS, 1)}
HOURS_OF: Final[Mapping[str, int]] = {
    "時間": 1, "日": 24, "日間": 24, "営業日": 24, "週間": 168,
    "hour": 1, "hr": 1, "h": 1, "day": 24, "business day": 24, "working day": 24, "week": 168,
}  # fmt: skip
BUSINESS_DAYS: Final = frozenset({"営業日", "business day", "working day"})
NUMBERS: Final[Mapping[str, int]] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
    "twenty-four": 24, "forty-eight": 48,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "十": 10,
}  # fmt: skip
# E4: 注文番号: 250-1234567-1234567; of what is no parcel, D01-1234567-1234567
ORDER: Final = re.compile(r"(?<![\da-z])(?:\d{3}|d\d{2})-\d{7}-\d{7}(?!\d)")
