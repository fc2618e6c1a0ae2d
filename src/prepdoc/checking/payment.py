"""Rows that OCR read → the issuer or the brand of the card that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from prepdoc.checking.folding import folded, goes_on, skeleton, spelled
from prepdoc.checking.issuers import unlisted_issuer
from prepdoc.checking.ledger.transactions import is_entry

# The names under which they are known → as they print them on statements and cards: each issuer's
# own wording; the Japanese ones are of the kind that the Japan Consumer Credit Association
# (日本クレジット協会) lists as its members. A name that is a shop's too stands with the word card.
ISSUERS: Final[Mapping[str, tuple[str, ...]]] = {
    # Japan
    "三井住友カード": ("三井住友カード", "SMBC", "SMCC", "三井住友VISA"),
    "三井住友トラスト・カード": ("三井住友トラスト・カード", "三井住友トラストカード"),
    "三菱UFJニコス": ("三菱UFJニコス", "三菱UFJカード", "MUFGカード", "MUFG", "NICOS",
                "ニコスカード", "DCカード"),
    "楽天カード": ("楽天カード", "Rakuten Card", "楽天e-NAVI", "Rakuten e-NAVI"),
    "イオンカード": ("イオンカード", "イオンフィナンシャル", "イオンクレジット", "AEON CARD",
               "イオンウォレット", "AEON WALLET",
               "AEON Financial"),
    "UCカード": ("UCカード", "UC CARD", "ユーシーカード"),
    "セゾンカード": ("クレディセゾン", "セゾンカード", "セゾン", "SAISON", "Netアンサー"),
    "エポスカード": ("エポスカード", "エポス", "EPOS"),
    "オリコカード": ("オリコカード", "オリコ", "eオリコサービス",
               "オリエントコーポレーション", "Orico"),
    "ジャックス": ("ジャックス", "JACCS"),
    "アプラス": ("アプラス", "APLUS"),
    "セディナ": ("セディナ", "CEDYNA"),
    "dカード": ("dカード", "dCARD", "d CARD"),
    "au PAYカード": ("au PAYカード", "au PAY CARD", "auフィナンシャルサービス"),
    "PayPayカード": ("PayPayカード", "PayPay CARD"),
    "ビューカード": ("ビューカード", "VIEWカード", "ビュー・カード", "ビュー・スイカ",
               "VIEW's NET"),
    "出光カード": ("出光クレジット", "出光カード", "apollostation card", "apollostation THE"),
    "ENEOSカード": ("ENEOSカード", "ENEOS CARD", "ENEOS BUSINESS"),
    "TS CUBIC": ("TS CUBIC", "トヨタファイナンス", "トヨタTS"),
    "ポケットカード": ("ポケットカード", "POCKET CARD", "ファミマTカード", "P-one"),
    "ライフカード": ("ライフカード", "LIFE CARD", "LIFE-Web Desk"),
    "東急カード": ("東急カード", "TOKYU CARD", "TOKYU POINT"),
    "JFRカード": ("JFRカード", "JFR CARD", "大丸松坂屋カード", "大丸カード", "松坂屋カード"),
    "高島屋カード": ("高島屋カード", "タカシマヤカード", "高島屋ファイナンシャル",
               "Takashimaya Card"),
    "エムアイカード": ("エムアイカード", "MICARD", "MI CARD", "エムアイ友の会"),
    "りそなカード": ("りそなカード", "Resona Card", "りそなデビット"),
    "九州カード": ("九州カード",),
    "セブンカード": ("セブンカード", "セブン・カードサービス", "Seven Card"),
    "UCSカード": ("UCSカード", "UCS CARD"),
    "Amazon Mastercard": ("Amazon Mastercard", "Amazonマスターカード", "Amazon Prime Mastercard",
                          "Amazonプライムマスターカード"),
    "マネックスカード": ("マネックスカード", "Monex Card"),
    "横浜バンクカード": ("横浜バンクカード", "浜銀ファイナンス"),
    "みずほカード": ("みずほマイレージクラブカード", "UC MIZUHO"),
    "ヨドバシカード": ("ヨドバシカード", "ゴールドポイントマーケティング"),
    "ルミネカード": ("ルミネカード",),
    "メルカード": ("メルカード", "mercard"),
    "Kyash": ("Kyash",),
    "バンドルカード": ("バンドルカード", "Vandle"),
    "コスモ・ザ・カード": ("コスモ・ザ・カード", "コスモザカード"),
    "ペイディ": ("ペイディカード", "ペイディ", "Paidy"),
    "LINE Pay": ("LINE Pay",),
    "au PAY プリペイドカード": ("au PAY プリペイド",),
    "ファミペイ": ("ファミペイバーチャル", "ファミペイローン", "FamiPay"),
    "三井住友トラストクラブ": ("トラストクラブ", "TRUST CLUB"),
    "ACマスターカード": ("ACマスターカード", "アコム"),
    "京王パスポートカード": ("京王パスポート",),
    "Tカードプラス": ("Tカードプラス", "Tカード プラス"),
    "ゆめカード": ("ゆめカード",),
    "JAカード": ("JAカード", "JA CARD"),
    # elsewhere
    "Chase": ("Chase", "JPMorgan"),
    "Apple Card": ("Apple Card", "Goldman Sachs"),
    "Citi": ("Citi", "Citibank", "Citicards"),
    "Bank of America": ("Bank of America", "BankAmericard"),
    "Capital One": ("Capital One",),
    "Wells Fargo": ("Wells Fargo",),
    "Barclays": ("Barclays", "Barclaycard"),
    "HSBC": ("HSBC",),
    "U.S. Bank": ("U.S. Bank", "US Bank", "USBank"),
    "USAA": ("USAA",),
    "Synchrony": ("Synchrony",),
    "TD Bank": ("TD Bank", "TD Canada Trust"),
    "PNC": ("PNC",),
    "Navy Federal": ("Navy Federal",),
    "RBC": ("RBC", "Royal Bank of Canada"),
    "Scotiabank": ("Scotiabank",),
    "CIBC": ("CIBC",),
    "BMO": ("BMO",),
    "Lloyds Bank": ("Lloyds Bank",),
    "NatWest": ("NatWest",),
    "Halifax": ("Halifax Clarity", "halifax.co.uk"),
    "Nationwide": ("Nationwide Building Society",),
    "Santander": ("Santander",),
    "Revolut": ("Revolut",),
    "Monzo": ("Monzo",),
    "N26": ("N26",),
    "Wise": ("Wise card", "Wise debit", "Wise Payments"),
    "Starling": ("Starling Bank",),
    "bunq": ("bunq",),
    "Commonwealth Bank": ("Commonwealth Bank", "CommBank"),
    "Westpac": ("Westpac",),
    "ANZ": ("ANZ",),
    "DBS": ("DBS",),
    "OCBC": ("OCBC",),
    "UOB": ("UOB",),
    "ICICI Bank": ("ICICI",),
    "HDFC Bank": ("HDFC",),
    "Kotak": ("Kotak",),
    "Deutsche Bank": ("Deutsche Bank",),
    "Commerzbank": ("Commerzbank",),
    "DKB": ("DKB",),
    "Sparkasse": ("Sparkasse",),
    "BNP Paribas": ("BNP Paribas",),
    "MBNA": ("MBNA",),
    "Virgin Money": ("Virgin Money",),
    "Vanquis": ("Vanquis",),
    "Desjardins": ("Desjardins",),
    "Tangerine": ("Tangerine Bank", "Tangerine Mastercard", "Tangerine Money-Back"),
    "SoFi": ("SoFi Credit", "SoFi Bank", "SoFi Money"),
    "Ally": ("Ally Bank", "Ally Financial", "Ally Platinum", "Ally Unlimited"),
    "Truist": ("Truist",),
    "Macquarie": ("Macquarie",),
    "St.George": ("St.George Bank", "St George Bank"),
    "Postbank": ("Postbank",),
    "comdirect": ("comdirect",),
    "Consorsbank": ("Consorsbank", "Consors Finanz"),
    "ING": ("ING-DiBa", "ING Bank", "ING Direct"),
}  # fmt: skip
# As the brands write themselves on cards, and as Japanese statements do.
BRANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Visa": ("VISA",),
    "Mastercard": ("Mastercard", "Master Card", "マスターカード"),
    "JCB": ("JCB", "ジェーシービー"),
    "American Express": ("American Express", "AMEX", "アメリカン・エキスプレス",
                         "アメリカンエキスプレス", "アメックス"),
    "Diners Club": ("Diners Club", "Diners Card", "ダイナースクラブ", "ダイナース"),
    "Discover": ("Discover Card", "Discover it", "Discover Bank", "Discover Network",
                 "Discover Financial", "Discover.com"),
    "UnionPay": ("UnionPay", "Union Pay", "銀聯"),
    "Maestro": ("Maestro",),
}  # fmt: skip
# Banks that issue debit and credit cards under their own name. Statements also name them as the
# bank that the money is taken from, so they come last, and not beside the words for that.
BANKS: Final[Mapping[str, tuple[str, ...]]] = {
    "住信SBIネット銀行": ("住信SBI", "d NEOBANK"),
    "ソニー銀行": ("ソニー銀行", "Sony Bank"),
    "ゆうちょ銀行": ("ゆうちょ", "JP BANK"),
    "横浜銀行": ("横浜銀行", "はまぎん"),
    "りそな銀行": ("りそな銀行",),
    "三菱UFJ銀行": ("三菱UFJ銀行",),
    "三井住友銀行": ("三井住友銀行",),
    "みずほ銀行": ("みずほ銀行",),
    "楽天銀行": ("楽天銀行",),
    "PayPay銀行": ("PayPay銀行",),
    "auじぶん銀行": ("じぶん銀行",),
    "イオン銀行": ("イオン銀行",),
    "セブン銀行": ("セブン銀行",),
    "SBI新生銀行": ("新生銀行",),
    "千葉銀行": ("千葉銀行", "ちばぎん"),
    "静岡銀行": ("静岡銀行",),
    "福岡銀行": ("福岡銀行",),
    "スルガ銀行": ("スルガ銀行",),
}  # fmt: skip
_OF_ACCOUNTS: Final = ("口座", "支店", "振替", "引落", "引き落とし", "振込", "預金")
_LOGOS: Final[Mapping[str, str]] = {"Discover": "Discover"}
"""Names that are words of advertisements too: they count where they are all of a row."""
_TOGETHER: Final = (
    frozenset({"Discover", "Diners Club"}),
    frozenset({"Mastercard", "Maestro", "Diners Club"}),
    *(frozenset({"UnionPay", brand}) for brand in ("Visa", "Mastercard", "JCB")),
)
"""Brands that one card may bear: a network's second one, and cards that two of them run."""
_NOTE_MARKS: Final = ("※", "*", "＊", "†", "(注", "（注")
_IN_NOTES: Final = (
    "ます", "です", "ません", "ました", "ください", "下さい", "ATM", "加盟店", "商標", "提携",
    "お取扱", "取り扱い", "対応店", "タッチ決済", "accepted", "wherever", "merchants", "trademark",
    "please",
)  # fmt: skip
"""Words of sentences that tell where cards of a brand are taken, or whose mark it is."""
_IN_HEADS: Final = (
    "支払い分", "支払分", "請求額", "請求金額", "支払額", "支払金額", "支払い金額", "利用可能",
    "明細", "カード番号", "会員番号", "問い合わせ", "問合せ", "残高", "合計", "statement",
    "balance", "payment due", "minimum", "credit limit", "available credit", "account number",
)  # fmt: skip
"""Words of a statement's head, which may have a day and a sum in one row as a purchase has."""
_CARD_WORDS: Final = ("card", "credit", "debit", "gold", "platinum", "classic", "カード",
                      "ゴールド", "プラチナ", "クラブ", "インターナショナル")  # fmt: skip
"""What goes on behind a name without a blank, or so that OCR sees none."""
_SHORT_KANA: Final = 4
"""So many kana at most are found in longer words by chance (オリコ in オリコン)."""

_Names = tuple[tuple[str, re.Pattern[str]], ...]


def payment_named(rows: Sequence[str], brand: str | None = None) -> tuple[str, int] | None:
    """The name of an issuer, else of a brand, else of a bank that rows show, and the first row;
    else what is named like an issuer.

    `brand` is the card's, where its number tells it: another one's name is not the card's. A shop's
    name in the row of a purchase says nothing of the card: Barclays Center.
    """
    rows = list(_with_stacked([_beside_shops(row) for row in rows]))
    banks = [_beside_accounts(row) for row in rows]
    known = chain(_named(rows, _ISSUERS), _of_card(rows, brand), _named(banks, _BANKS))
    return next(known, None) or unlisted_issuer(rows)


def _with_stacked(rows: Sequence[str]) -> Iterator[str]:
    """The rows; with the rest of a logo that begins there: AMERICAN over EXPRESS, and a line of
    something else beside them may be between.
    """
    for at, row in enumerate(rows):
        below = [cell for other in rows[at + 1 : at + 1 + _LOGO_ROWS] for cell in _cells(other)]
        rest = (second for first, second in _STACKED if first in _cells(row) and second in below)
        yield f"{row} {next(rest, '')}".rstrip()


def _cells(row: str) -> list[str]:
    """Its pieces, as they are compared."""
    return re.split(r"\s{2,}", folded(row).strip())


def _of_card(rows: Sequence[str], brand: str | None) -> Iterator[tuple[str, int]]:
    """Brands each of which a row names alone: those that a shop or a cash machine takes are many.

    Where the card's is not known, no note counts: it may tell of any.
    """
    for number, row in enumerate(rows):
        names = {name for name, _row in _named([row], _BRANDS)}
        if len(names) == 1 and (_is_same(names, brand) if brand else not _is_note(row)):
            yield names.pop(), number


def _is_same(names: set[str], brand: str) -> bool:
    return any(names <= together for together in ({brand}, *_TOGETHER) if brand in together)


def _is_note(row: str) -> bool:
    return row.lstrip().startswith(_NOTE_MARKS) or bool(_NOTE.search(skeleton(row)))


def _beside_accounts(row: str) -> str:
    """Nothing of a row that tells from which bank the money is taken."""
    return "" if _ACCOUNT.search(skeleton(row)) else row


def _beside_shops(row: str) -> str:
    """A row; of a purchase's only what is nothing but a brand's name, as in a column of its own."""
    if _HEAD.search(skeleton(row)) or not is_entry(row):
        return row
    cells = re.split(r"\s{2,}", row)
    return "  ".join(cell for cell in cells if _BRAND.fullmatch(skeleton(cell)))


def _named(rows: Sequence[str], names: _Names) -> Iterator[tuple[str, int]]:
    for number, row in enumerate(rows):
        small, shape = folded(row), skeleton(row)
        yield from ((name, number) for name, pattern in names if _is_there(pattern, small, shape))


def _is_there(pattern: re.Pattern[str], small: str, shape: str) -> bool:
    found = pattern.finditer(shape)
    return any(not _is_part(small, match.start(), match.end()) for match in found)


def _is_part(small: str, start: int, end: int) -> bool:
    """Whether what was found goes on as a longer word, before it or behind."""
    ends = (start,) if small.startswith(_CARD_WORDS, end) else (start, end)
    is_short = end - start <= _SHORT_KANA
    return any(goes_on(small, at) or (is_short and _goes_on_in_kana(small, at)) for at in ends)


def _goes_on_in_kana(small: str, place: int) -> bool:
    pair = small[max(0, place - 1) : place + 1]
    return len(pair) > 1 and place > 0 and all("ァ" <= c <= "ー" for c in pair)


def _patterns(names: Mapping[str, Sequence[str]]) -> _Names:
    return tuple(
        (name, re.compile("|".join(map(spelled, sorted(printed, key=len, reverse=True)))))
        for name, printed in names.items()
    )


def _logos(names: Mapping[str, str]) -> _Names:
    return tuple((name, re.compile(rf"^\W*{spelled(logo)}\W*$")) for name, logo in names.items())


_STACKED: Final = (("american", "express"), ("diners", "club"))
_LOGO_ROWS: Final = 3
_ISSUERS: Final = _patterns(ISSUERS)
_BRANDS: Final = (*_patterns(BRANDS), *_logos(_LOGOS))
_BANKS: Final = _patterns(BANKS)
_ACCOUNT: Final = re.compile("|".join(map(spelled, _OF_ACCOUNTS)))
_NOTE: Final = re.compile("|".join(map(spelled, _IN_NOTES)))
_HEAD: Final = re.compile("|".join(map(spelled, _IN_HEADS)))
_BRAND: Final = re.compile("|".join(pattern.pattern for _name, pattern in _patterns(BRANDS)))
