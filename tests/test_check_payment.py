"""Issuers and brands are recognised by their names, and not in words that only hold them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.checking.payment import BANKS, BRANDS, ISSUERS, payment_named
from prepdoc.correspondence.phrases import BRANDS as HINTED

PRINTED = [
    (name, text) for table in (ISSUERS, BRANDS, BANKS) for name in table for text in table[name]
]
WIDE = {i: i + 0xFEE0 for i in range(0x21, 0x7F)}


@pytest.mark.parametrize(("name", "text"), PRINTED)
def test_every_name_is_found_as_it_is_printed(name: str, text: str) -> None:
    """In capitals or not, in wide letters, without its blanks, with other words beside it."""
    spellings = (text, text.upper(), text.lower(), text.translate(WIDE), text.replace(" ", ""))
    for spelling in spellings:
        assert payment_named([f"{spelling} ご利用分"]) == (name, 0), spelling
        assert payment_named(["", "10,000円", f"[{spelling}]"]) == (name, 2), spelling


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("VlSA", "Visa"),
        ("V1SA 末尾1117", "Visa"),
        ("VISA™", "Visa"),
        ("VISACARD", "Visa"),
        ("Visa Signature® Rewards", "Visa"),
        ("rnastercard", "Mastercard"),
        ("ﾏｽﾀｰｶｰﾄﾞ", "Mastercard"),
        ("マスタ一カ一ド", "Mastercard"),
        ("JCBカード", "JCB"),
        ("JCBCARD", "JCB"),
        ("アメリカン·エキスプレス", None),
        ("ア メ ッ ク ス", "American Express"),
        ("AMERICANEXPRESS", "American Express"),
        ("DISCOVER", "Discover"),
        ("DISC0VER CARD", "Discover"),
        ("三井住友カ-ド株式会社", "三井住友カード"),
        ("三 井 住 友 カード", "三井住友カード"),
        ("髙島屋カード", "高島屋カード"),
        ("ｵﾘｺｶｰﾄﾞ", "オリコカード"),
        ("エポスゴールドカード", "エポスカード"),
        ("dカード GOLD", "dカード"),
        ("セゾンゴールド・アメリカン・エキスプレス・カード", "セゾンカード"),
        ("Amazon Mastercardクラシック", "Amazon Mastercard"),
        ("CITIBANK N.A.", "Citi"),
        ("CHASE SAPPHIRE", "Chase"),
        ("ソニー銀行 デビット", "ソニー銀行"),
    ],
)
def test_a_name_is_found_as_ocr_reads_it(text: str, name: str | None) -> None:
    assert payment_named([text]) == ((name, 0) if name else None)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("エポスカード 2026年11月27日お支払い分 ご請求金額 52,644円", "エポスカード"),
        ("イオンカード 2026年11月10日 ポイント残高 1,204 ご利用可能額 500,000円", "イオンカード"),
        ("楽天カード  2026/11/27  ご請求額  10,000円", "楽天カード"),
        ("Chase Freedom  New balance on 11/27/2026  $1,204.50", "Chase"),
        ("2026/11/03  エポスカード  52,644", None),
    ],
)
def test_a_statements_head_with_a_day_and_a_sum_is_no_purchase(row: str, name: str | None) -> None:
    assert payment_named(["Monthly summary", row]) == ((name, 1) if name else None)


@pytest.mark.parametrize(
    "row",
    ["11/09/2026 Barclays Center tickets 14.20", "11/09/2026  CITI BIKE NYC  3.00",
     "2026/11/09 ポケモンカード館 500円", "11/09/2026 River Bank Hotel 120.00"],
)  # fmt: skip
def test_a_shop_called_like_an_issuer_is_none(row: str) -> None:
    """A brand in a column of its own counts all the same."""
    assert payment_named(["Monthly summary", row]) is None
    assert payment_named(["Monthly summary", row, "MUFG"]) == ("三菱UFJニコス", 2)
    assert payment_named([f"{row}  VISA"]) == ("Visa", 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "visation",
        "supervisa",
        "advisable",
        "cities",
        "velocity",
        "purchase",
        "chased",
        "Discover new ways to save",
        "rediscovered",
        "diners and cafes",
        "maestros",
        "オリコン",
        "トヨタ自動車",
        "イオンモール 青葉坂",
        "楽天市場",
        "高島屋 大阪店",
        "ライフ 青葉坂店",
        "PayPay",
        "ENEOS 青葉坂SS",
        "iDカード",
        "クレジットカード",
        "ご利用カード",
        "お手元のカード",
        "ゴールドカード",
        "ETCカード ご利用分はありません。",
        "メインカード",
        "プレミアムカード 年会費無料",
        "年会費無料カード",
        "当社のメインカード",
        "交通系ICカード",
        "プラスチックカード再発行",
        "バーチャルカード",
        "エントリーカード",
        "マイカード",
        "カード名義人による追記",
        "カード番号下4桁：0366",
        "Your Credit Card",
        "PAID BY CARD",
        "AMAZON GIFT CARD",
        "Amazon Gift Card",
        "YOUR MEADOWLARK CARD",
        "緑町カード",
        "カード会社 本人カード",
        "Card number",
        "View card details",
        "お支払口座 横浜銀行 青葉坂支店",
        "ゆうちょ銀行 口座振替",
        "10,000円",
    ],
)
def test_other_words_are_no_issuer(text: str) -> None:
    assert payment_named([text]) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("カード名称 みずたまカードゴールド", "みずたまカード"),
        ("株式会社みずたまカード", "株式会社みずたまカード"),
        ("青葉坂力一ド株式会社", "青葉坂カード"),
        ("みずたまETCカード", "みずたまETCカード"),
        ("みずたまプレミアムカード", "みずたまプレミアムカード"),
        ("あおばざか信用金庫", "あおばざか信用金庫"),
        ("Meadowlark Bank", "Meadowlark Bank"),
        ("Meadowlark Bank Card Services", "Meadowlark Bank Card Services"),
        ("First Example Credit Union", "First Example Credit Union"),
        ("カード会社：緑町カード", "緑町カード"),
        ("カード会社名 緑町カード", "緑町カード"),
        ("緑町信用金庫", "緑町信用金庫"),
        ("MEADOWLARK CARD Statement", "MEADOWLARK CARD"),
        ("LARK & SONS BANK", "LARK & SONS BANK"),
        ("Lark & Sons Bank", "Lark & Sons Bank"),
        ("Meadowlark Building Society", "Meadowlark Building Society"),
    ],
)
def test_an_issuer_that_no_table_has_is_known_by_what_it_is_called(text: str, name: str) -> None:
    assert payment_named(["10,000円", text]) == (name, 1)


ATMS = "※海外ATMはVISA・PLUS、Mastercard・Cirrusの表示のあるATMをご利用いただけます。"


@pytest.mark.parametrize("brand", [None, "JCB", "Visa"])
@pytest.mark.parametrize(
    "row", [ATMS, ATMS.replace("ます", "ま す"), "VISA  Mastercard  JCB  AMEX", "VISA・JCB 加盟店"]
)
def test_brands_that_are_taken_are_not_the_cards(row: str, brand: str | None) -> None:
    assert payment_named(["Monthly summary", row], brand) is None
    assert payment_named([row, "JCB"], None if brand == "Visa" else brand) == ("JCB", 1)


def test_a_note_names_the_brand_only_where_it_is_known_to_be_the_cards() -> None:
    row = "※VISAのマークのあるお店でご利用いただけます"
    assert payment_named([row]) is None
    assert payment_named([row], "JCB") is None
    assert payment_named([row], "Visa") == ("Visa", 0)


@pytest.mark.parametrize(
    ("printed", "brand", "is_named"),
    [("Visa", "Visa", True), ("Visa", "JCB", False), ("JCB", "Visa", False),
     ("Diners Club", "Discover", True), ("Mastercard", "Maestro", True),
     ("UnionPay", "Visa", True), ("Visa Signature Rewards", "Visa", True)],
)  # fmt: skip
def test_a_brand_that_is_not_the_cards_is_not_named(
    printed: str, brand: str, is_named: bool
) -> None:
    """Some cards bear two."""
    assert bool(payment_named([printed], brand)) is is_named


def test_issuers_come_before_brands_and_banks_last() -> None:
    rows = ["横浜銀行", "VISA", "楽天カード", "JCB"]
    assert payment_named(rows) == ("楽天カード", 2)
    assert payment_named(["横浜銀行", "JCB", "VISA"]) == ("JCB", 1)
    assert payment_named(["", "横浜銀行"]) == ("横浜銀行", 1)
    assert payment_named([]) is None


@pytest.mark.parametrize(
    "rows",
    [["AMERICAN", "EXPRESS"], ["AMERICAN", "HANAKO TAKASAKI", "EXPRESS  Closing Date 11/15/26"]],
)
def test_a_logo_may_stand_in_two_lines(rows: list[str]) -> None:
    assert payment_named(["Monthly summary", *rows]) == ("American Express", 1)
    assert (
        payment_named(["Monthly summary", "AMERICAN", *4 * ["10/19 SHOP 1.00"], "EXPRESS"]) is None
    )
    assert payment_named(["AMERICAN AIRLINES", "EXPRESS"]) is None


def test_the_brands_have_the_names_that_mails_are_read_for() -> None:
    assert set(HINTED.values()) <= set(BRANDS)


@given(st.lists(st.text() | st.text("visajcbカード銀行 1l0o"), max_size=4))
def test_any_text_is_read(rows: list[str]) -> None:
    found = payment_named(rows)
    assert found is None or (0 <= found[1] < len(rows) and found[0])
