"""Only of details of which nothing alike is on the page is it said that the issuer prints none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prepdoc.checked import Unprinted
from prepdoc.checking.printed import absent
from prepdoc.checking.rules import unprinted
from prepdoc.page import Cardholder
from tests.test_check_matching import page
from tests.test_check_rules import CASE, LINES, sighting

JA = Cardholder("山田 花子", "東京都港区青葉坂三丁目14番15号", "090-1234-5678")
EN = Cardholder("Hanako Yamada", "1420 Example Street, Springfield, IL 62701", "+1 217-555-0142")
STATEMENT = [
    "サンプルカード VISA",
    "ご利用代金明細書",
    "カード番号  ****-****-****-7769",
    "発行日 2026年11月15日",
    "ご利用日  ご利用店名  金額",
    "2026/11/05  AMAZON.CO.JP  10,000円",
    "AMAZON.COM*2K4AB12C3  11/05/2026  120.50",
    "お問い合わせ 0120-000-123",
    "Call 1-800-555-0100",
    "2026/10/13  みなもモバイル 電話料金  2,728",
    "株式会社みずたまカード",
    "〒530-0099 大阪市北区水玉町1-2-3  03-1234-5678",
    "みずたまビル",
]


@pytest.mark.parametrize("who", [JA, EN])
def test_a_statement_that_prints_none_of_them_says_so(who: Cardholder) -> None:
    assert absent([page(*STATEMENT)], who, ()) == {"NAME", "ADDR", "TEL", "PAN-2"}


@pytest.mark.parametrize(
    ("who", "row", "doubted"),
    [
        (JA, "ヤマダ ハナコ 様", "NAME"),
        (JA, "ヤマダ ハナコ", "NAME"),
        (JA, "YAMADA HANAKO", "NAME"),
        (JA, "鈴木 太郎 様", "NAME"),
        (JA, "会員氏名 ヤマダハナコ", "NAME"),
        (JA, "山田様", "NAME"),
        (JA, "ﾔﾏﾀﾞ ﾊﾅｺ ｻﾏ", "NAME"),
        (JA, "H.YAMADA", "NAME"),
        (EN, "HANAKO M YAMADA", "NAME"),
        (EN, "Ms H Yamada", "NAME"),
        (EN, "Account holder: H. Y.", "NAME"),
        (JA, "横浜市中区本町9-9-9", "ADDR"),
        (JA, "ご 住 所 登録済み", "ADDR"),
        (JA, "〒107-0099", "ADDR"),
        (JA, "107-0099 港区 青葉坂", "ADDR"),
        (EN, "1420 EXAMPLE ST #5B SPRINGFIELD", "ADDR"),
        (EN, "SPRINGFIELD IL 62701", "ADDR"),
        (EN, "London NW1 4AB", "ADDR"),
        (JA, "045-111-2222", "TEL"),
        (JA, "（０９０）１２３４－５６７８", "TEL"),
        (JA, "09012345678", "TEL"),
        (JA, "090(1234)5678", "TEL"),
        (JA, "090-****-5678", "TEL"),
        (JA, "ご連絡先 ご登録のとおり", "TEL"),
        (JA, "O90ー1234ー5678", "TEL"),
        (JA, "***-****-5678", "TEL"),
        (EN, "(***) ***-0142", "TEL"),
        (EN, "XXX-XXX-0142", "TEL"),
        (EN, "(217) 555-0142", "TEL"),
        (EN, "217.555.0142", "TEL"),
    ],
)
def test_what_may_be_the_same_in_another_form_is_doubted(
    who: Cardholder, row: str, doubted: str
) -> None:
    assert doubted not in absent([page(*STATEMENT, row)], who, ())


@pytest.mark.parametrize(
    "rows",
    [
        # The cardholder's column beside the issuer's, as most statements have it.
        [("〒150-0099", "株式会社みずたまカード"),
         ("港区青葉坂九丁目", "お問い合わせ 0570-000-123"),
         ("みずたまハイツ", "受付時間 9:30〜17:30")],
        [("〒150-0099 港区青葉坂", "お問い合わせ 0570-000-123"), ("みずたまハイツ",)],
        [("お問い合わせ 0570-000-123", "〒150-0099"), ("受付時間 9:30", "港区青葉坂")],
        ["〒150-0099 お問い合わせ 0570-000-123"],
        # Below the issuer's name, and the person's below it.
        ["株式会社みずたまカード", "〒150-0099 港区青葉坂9-9", "ヤマダ ハナコ 様"],
        # Its own numbers or its postal code, whatever stands around them.
        ["株式会社みずたまカード", "青葉坂3-14-15"],
        ["株式会社みずたまカード", "青葉坂 三丁目 14番15号"],
    ],
)  # fmt: skip
def test_an_address_beside_the_issuers_block_is_doubted(rows: list[str | tuple[str, ...]]) -> None:
    assert "ADDR" not in absent([page(*rows, *STATEMENT[1:4])], JA, ())


def test_an_address_is_doubted_where_its_town_or_postal_code_is_named() -> None:
    rows = ["株式会社みずたまカード", "107-0099 あおば"]
    who = replace(JA, address="〒107-0099 東京都港区青葉坂三丁目14番15号")
    assert "ADDR" not in absent([page(*rows)], who, ())
    assert "ADDR" not in absent([page("株式会社みずたまカード", "青葉坂 九丁目")], who, ())


@pytest.mark.parametrize(
    "rows",
    [
        [("ご利用代金明細書", "株式会社みずたまカード"), ("", "〒530-0099 大阪市北区水玉町1-2-3")],
        [("ご利用代金明細書", "水玉カード株式会社 〒530-0099 大阪市北区水玉町1-2-3")],
        [("2026/11/05  AMAZON.CO.JP  10,000円  港区青葉坂店 9-9",)],
        [("お支払口座 ひばり銀行 青葉坂支店 普通 ****123",), ("青葉坂鉄道 定期券うりば",)],
    ],
)
def test_an_issuers_own_address_and_a_shops_are_not(rows: list[tuple[str, ...]]) -> None:
    assert "ADDR" in absent([page(*rows)], JA, ())


@pytest.mark.parametrize(
    ("rows", "is_absent"),
    [
        ([("ご連絡先 090(1234)9999", "受付時間 9:30")], False),
        ([("090-1234-9999", "お問い合わせ 0570-000-123")], False),
        ([("株式会社みずたまカード", "03-1234-9999")], False),
        (["お問い合わせ", "03-1234-9999"], True),
        (["お問い合わせ 03-1234-9999"], True),
        (["〒107-0099", "107-0099 青葉坂", "SPRINGFIELD IL 62701-0042"], True),
        (["Phone 555-0142"], False),
        (["****-****-****-1117", "XXXX XXXX XXXX 1117", "**** ****** *1117"], True),
        (["お 問 い 合 わ せ 03-1234-9999"], True),
        (["ご 連 絡 先 登録済み"], False),
        ([("受付時間 9:30", "お問い合わせ 0570-000-123")], True),
    ],
)
def test_a_number_in_another_column_than_the_issuers_is_doubted(
    rows: list[str | tuple[str, ...]], is_absent: bool
) -> None:
    assert ("TEL" in absent([page(*rows)], JA, ())) is is_absent


def test_last_fours_that_the_page_shows_are_not_absent() -> None:
    assert "PAN-2" not in absent([page(*STATEMENT)], JA, {"7769"})


def test_what_stands_beside_the_stamp_is_printed() -> None:
    """Also where it follows right below."""
    lines = ["Added by the cardholder", "Name: Hanako Yamada", "Address: 1420 Example Street",
             "Springfield, IL 62701", "Phone: +1 217-555-0142",
             "Card number: ---- ---- ---- 7769"]  # fmt: skip
    case = replace(CASE, cardholder=EN, last_four="7769")
    ids = unprinted(sighting("Sample Bank", *lines), case).ids
    assert ids == {"NAME", "ADDR", "TEL"}


def test_of_a_page_with_a_stamp_it_is_told_what_is_absent() -> None:
    """The good page prints nothing of its own about the cardholder, and the last four."""
    told: Unprinted = unprinted(sighting(), CASE)
    assert told.ids == told.absent == {"NAME", "ADDR", "TEL"}
    doubted = unprinted(sighting("タカサキ ハナコ 様", *LINES), CASE)
    assert doubted.ids == {"NAME", "ADDR", "TEL"}
    assert doubted.absent == {"ADDR", "TEL"}
