"""A transaction is found by what the user names of it, and by nothing that only looks like it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from prepdoc.checking.ledger.amounts import amounts_in
from prepdoc.checking.ledger.transactions import (
    BadTransaction,
    Wanted,
    amazon_rows,
    is_amazon,
    refund_rows,
    rows_with,
    wanted,
)

DAY = date(2026, 11, 10)
SHOP = "スーパーひだまり 青葉坂店"
STATEMENT = (
    "みずたまカード  Web明細サービス",
    "ご利用代金明細書  2026年11月お支払い分  発行日 2026年11月10日",
    "カード番号  ****-****-****-1117",
    "ご利用日  ご利用先など  備考  金額（円）",
    "2026/10/02  AMAZON.CO.JP  Amazonギフト券  10,000",
    "2026/10/02  AMAZON.CO.JP  注文番号 250-1234567-1234567  3,480",
    f"2026/10/04  {SHOP}  4,216",
    "2026/10/07  トコトコ書店 オンライン  商品 4901234567894  1,980",
    "2026/10/21  EXAMPLE HOSTING (USA)  12.00 USD × 150.25  1,803",
    "お支払い合計  46,904",
    "〒530-0099 大阪市北区水玉町1-2-3  0120-000-123",
)
amounts = st.integers(1, 99_999_999)


def named(merchant: str = "", amount: str | None = None, day: date | None = None,
          month_day: tuple[int, int] | None = None) -> Wanted:  # fmt: skip
    return Wanted(merchant, None if amount is None else Decimal(amount), day, month_day)


# --- what the user names -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Amazon 10,000", named("Amazon", "10000")),
        ("10,000 Amazon", named("Amazon", "10000")),
        ("Amazon", named("Amazon")),
        ("10,000", named("", "10000")),
        ("¥980", named("", "980")),
        ("11/10 Amazon.co.jp ¥10,000", named("Amazon.co.jp", "10000", None, (11, 10))),
        ("2026年11月10日 アマゾン 10000円", named("アマゾン", "10000", DAY)),
        ("11月10日のアマゾンで10,000円", named("アマゾン", "10000", None, (11, 10))),
        ("$1,234.56 AMZN Mktp US on Nov 10, 2026", named("AMZN Mktp US", "1234.56", DAY)),
        ("$10 at Amazon", named("Amazon", "10")),
        ("Ａｍａｚｏｎ　１０，０００円", named("Amazon", "10000")),
        ("Amazon: 10,000 yen", named("Amazon", "10000")),
        ("Amazon JPY 10000", named("Amazon", "10000")),
        ("Amazon - 10,000", named("Amazon", "10000")),
        ("Amazon - ¥10,000", named("Amazon", "10000")),
        ("Amazon -10,000", named("Amazon", "-10000")),
        ("AMAZON.COM*2K4AB12C3 $100.00", named("AMAZON.COM*2K4AB12C3", "100")),
        ("7-Eleven 500", named("7-Eleven", "500")),
        ("109シネマズ", named("109シネマズ")),
        ("109シネマズ 2,000円", named("109シネマズ", "2000")),
        ("セブン-イレブン 11月10日 500円", named("セブン-イレブン", "500", None, (11, 10))),
        ("R8.11.10 喫茶こもれび", named("喫茶こもれび", None, DAY)),
        ("Amazon 3万円", named("Amazon", "30000")),
        ("25/05 Amazon 18.49", named("Amazon", "18.49", None, (5, 25))),
        ("Amazon 1.5万円", named("Amazon", "15000")),
        ("アマゾン 3万5千円", named("アマゾン", "35000")),
        ("アマゾン 3万5,000円", named("アマゾン", "35000")),
        ("アマゾンで３万", named("アマゾン", "30000")),
        ("Amazon 5千円", named("Amazon", "5000")),
        ("Amazon 10k", named("Amazon", "10000")),
        ("Amazon $1.2k", named("Amazon", "1200")),
        ("Amazon 一万円", named("Amazon", "10000")),
        ("アマゾン 一万二千三百円", named("アマゾン", "12300")),
        ("アマゾン 十万円", named("アマゾン", "100000")),
        ("Amazon 10ドル", named("Amazon", "10")),
        ("11月10日 2,500円 Amazon", named("Amazon", "2500", None, (11, 10))),
        ("Nov 10 500 Amazon", named("Amazon", "500", None, (11, 10))),
        ("Amazon ¥2 500", named("Amazon", "2500")),
        ("千葉屋 500円", named("千葉屋", "500")),
        ("百円ショップ 330円", named("百円ショップ", "330")),
        ("三千院 1,000", named("三千院", "1000")),
        ("K2 Sports 500", named("K2 Sports", "500")),
    ],
)
def test_shop_amount_and_day_are_told_apart(text: str, want: Wanted) -> None:
    assert wanted(text) == want


@pytest.mark.parametrize("text", ["", "  ", "11/10", "2026年11月10日", "!!!", "¥", "\n"])
def test_a_transaction_without_shop_and_amount_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadTransaction, match="needs a shop, an amount or both") as caught:
        wanted(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["Amazon 2 500", "Amazon 2 500円", "Amazon 1 234 567", "Amazon 3億円", "Amazon 3百万円",
     "Amazon 数千円"],
)  # fmt: skip
def test_an_amount_that_cannot_be_read_is_no_part_of_the_shops_name(text: str) -> None:
    """Else any purchase from that shop would pass."""
    with pytest.raises(BadTransaction, match="in digits, as in") as caught:
        wanted(text)
    assert "\n" not in str(caught.value)


# --- what rows show ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Amazon 10,000", [4]),
        ("アマゾン 3480円", [5]),
        ("Amazon", [4, 5]),
        ("10,000", [4]),
        ("10/2 Amazon", [4, 5]),
        ("2026-10-02 Amazon 3,480", [5]),
        ("Oct 2, 2026 AMZN ¥3,480", [5]),
        ("2025-10-02 Amazon 3,480", []),
        ("10/3 Amazon 3,480", []),
        ("Amazon 4,216", []),
        ("Amazon 1,000", []),
        (SHOP, [6]),
        ("スーパーひたまり青葉坂店 4216", [6]),
        ("スーパーひだまり 若葉町店", []),
        ("トコトコ書店", [7]),
        ("ﾄｺﾄｺ書店 ｵﾝﾗｲﾝ 1,980円", [7]),
        ("トコトコ書店 4,901,234,567,894", []),
        ("Example Hosting 1803", [8]),
        ("EXAMPLE H0STlNG $12", [8]),
        ("46,904", [9]),
        ("1117", []),
        ("530", []),
        ("250", []),
        ("2,026", []),
    ],
)
def test_rows_are_found_by_all_that_was_named(text: str, rows: list[int]) -> None:
    assert rows_with(STATEMENT, wanted(text)) == tuple(rows)


SAME_AMOUNT = [
    "10,000", "10000", "10,000円", "10000 円", "￥10,000", "¥ 10,000-", "¥10 000", "10 000",
    "10.000円", "10, 000", "１０，０００", "1O,OOO円", "lO,000", "JPY 10,000", "10,000JPY",
    "$10,000.00", "US$10,000", "10000.00", "Y10,000", "\\10,000", "10,000円 1回",
    "10,000本人", "1回 10,000",
]  # fmt: skip
OTHER_AMOUNT = [
    "110,000", "10,000.50", "10,0000", "1,10,000", "110000円", "100,000", "10,000,000", "1,000",
    "10", "¥110 000", "-10,000", "▲10,000", "△10,000", "▲ 10,000", "−10,000円", "¥-10,000",
    "-¥10,000", "A10,000", "A ¥10,000", "∆10,000", "Δ10,000", "▲10 000", "10000.00-",
    "$10,000.00 CR", "****10000", "A10000", "10000-1", "03-10000", "T10000", "10,000ポイント",
    "10,000%", "250-10000-1234567", "",
]  # fmt: skip


@pytest.mark.parametrize("written", SAME_AMOUNT)
def test_an_amount_is_found_however_it_is_written(written: str) -> None:
    assert rows_with([f"10/02  AMAZON.CO.JP  {written}"], wanted("Amazon 10,000")) == (0,)


@pytest.mark.parametrize("written", OTHER_AMOUNT)
def test_another_amount_is_not_taken_for_it(written: str) -> None:
    """A longer number, a sum that was paid back, digits of a reference."""
    assert rows_with([f"10/02  AMAZON.CO.JP  {written}"], wanted("Amazon 10,000")) == ()


def test_what_was_paid_back_is_found_where_that_is_named() -> None:
    assert rows_with(["AMAZON.CO.JP ▲10,000"], wanted("Amazon -10,000")) == (0,)
    assert rows_with(["AMAZON.CO.JP 10,000"], wanted("Amazon -10,000")) == ()


AMOUNT_FORMS: dict[str, Callable[[int], str]] = {
    "commas": lambda n: f"{n:,}",
    "yen": lambda n: f"{n:,}円",
    "sign": lambda n: f"¥{n:,}",
    "plain": str,
    "wide": lambda n: f"￥{n:,}".translate(str.maketrans("0123456789,", "０１２３４５６７８９，")),
    "dots": lambda n: f"{n:,}円".replace(",", "."),
    "blanks": lambda n: f"¥{n:,}".replace(",", " "),
    "cents": lambda n: f"${n:,}.00",
}


@pytest.mark.parametrize("form", AMOUNT_FORMS.values(), ids=AMOUNT_FORMS)
@given(n=amounts)
def test_any_amount_is_found_in_every_form(form: Callable[[int], str], n: int) -> None:
    assert rows_with([f"10/02  AMAZON.CO.JP  {form(n)}"], wanted(f"Amazon {n:,}円")) == (0,)


@pytest.mark.parametrize("form", AMOUNT_FORMS.values(), ids=AMOUNT_FORMS)
@given(n=amounts, before=st.text("123456789", max_size=3), behind=st.text("0123456789", max_size=3))
@example(n=10_000, before="1", behind="")
def test_an_amount_is_never_found_in_a_longer_one(
    form: Callable[[int], str], n: int, before: str, behind: str
) -> None:
    assume(before or behind)
    longer = form(int(f"{before}{n}{behind}"))
    assert rows_with([f"AMAZON.CO.JP  {longer}"], wanted(f"Amazon {n}円")) == ()


@pytest.mark.parametrize(
    "row",
    ["2026/11/10", "2026年11月10日", "R8.11.10", "26/11/10", "11/10", "11月10日", "Nov 10", "NOV10",
     "10 Nov", "10-Nov-26", "11/10/2026", "11/12 11/10"],
)  # fmt: skip
def test_the_day_is_found_however_it_is_written(row: str) -> None:
    rows = [f"{row}  AMAZON.CO.JP  10,000"]
    assert rows_with(rows, named("Amazon", "10000", DAY)) == (0,)
    assert rows_with(rows, named("Amazon", "10000", None, (11, 10))) == (0,)
    assert rows_with(rows, named("Amazon", "10000", date(2026, 11, 13))) == ()
    assert rows_with(rows, named("Amazon", "10000", None, (10, 11))) == ()


def test_a_day_that_is_no_month_is_found_before_its_month() -> None:
    rows = ["25/05  AMAZON.CO.UK  18.49", "25/05/2026  AMAZON.CO.UK  18.49"]
    for text in ("25/05 Amazon", "5/25 Amazon", "25 May Amazon", "25/05/2026 Amazon"):
        assert rows_with(rows, wanted(text)) == (0, 1)


def test_a_year_counts_only_where_it_is_written() -> None:
    want = named("Amazon", None, date(2025, 11, 10))
    assert rows_with(["11/10 AMAZON.CO.JP"], want) == (0,)
    assert rows_with(["2026/11/10 AMAZON.CO.JP"], want) == ()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["11/10 AMAZON.CO.JP 本人", "10,000円 1回払い"], [0]),
        (["11/10 10,000円 1回払い", "AMAZON.CO.JP"], [1]),
        (["11/10 VISA", "AMAZON.CO.JP", "10,000円"], [1]),
        (["11/09 喫茶こもれび 10,000", "11/10 AMAZON.CO.JP"], []),
        (["11/10 AMAZON.CO.JP", "11/10 喫茶こもれび 10,000"], []),
        (["11/10 AMAZON.CO.JP 3,480", "10,000円"], []),
        (["11/09 AMAZON.CO.JP 10,000", "11/10"], []),
        (["11/10 AMAZON.CO.JP 1", "10,000円"], [0]),
        (["11/10 AMAZON.CO.JP", "", "10,000円"], []),
    ],
    ids=lambda value: " | ".join(map(str, value)),
)
def test_a_transaction_on_two_lines_is_found(rows: list[str], found: list[int]) -> None:
    """But another transaction's amount or day is not lent."""
    assert rows_with(rows, wanted("11/10 Amazon 10,000")) == tuple(found)


APP = ["楽天カード", "2026年11月ご請求分  確定", "セブンイレブン", "■", "2026/10/18・1回払い",
       "1,284円", "AMAZON.CO.JP", "■  ■", "2026/11/03・1回払い", "10,000円", "ENEOS 青葉SS", "■",
       "2026/10/20・1回払い", "5,930円"]  # fmt: skip
APP_OF_TESSERACT = ["セブ ン イ レブ ン", "2026/10/18・1  回 払い", "1.284 円", "AMAZON.CO.JP",
                    "2026/11/03・1  回 払い", "10,000 円", "ENEOS 青葉 SS",
                    "2026/10/20・1  回 払い", "5,930 円"]  # fmt: skip
DETAILS = ["ご利用日  2026年11月3日", "ご利用先  AMAZON.CO.JP", "ご利用者  本人",
           "支払方法  1回払い", "利用金額  10,000円", "支払予定日  2026年12月28日"]  # fmt: skip
DETAILS_OF_TESSERACT = ["ご 利用 日      2026 年 11 月 3 日", "ご 利用 先      AMAZON.CO.JP",
                        "ご 利用 者      本 人", "支払 方 法      1 回 払い",
                        "利用 金額      10,000 円"]  # fmt: skip
DETAILS_UPWARDS = ["利用金額  10,000円", "支払方法  1回払い", "ご利用日  2026年11月3日",
                   "ご利用先  AMAZON.CO.JP", "カード  本会員"]  # fmt: skip
WALLET = ["Nov 2, 2026", "CORNER CAFE", "Card ending in 1001", "$14.20", "Nov 3, 2026",
          "AMAZON MKTPL*AB12C", "Card ending in 1001", "Pending", "$10,000.00"]  # fmt: skip
DETAILS_BELOW_LABELS = ["ご利用先", "AMAZON.CO.JP", "ご利用日", "2026/11/03", "ご利用者", "本人",
                        "支払方法", "1回払い", "利用金額", "10,000円"]  # fmt: skip
PAID_BY = ["Amazon.co.jp に支払い  10,000円", "2026年11月3日 12時04分  PayPay残高",
           "ローソン に支払い  580円", "2026年11月4日 18時30分  PayPayクレジット"]  # fmt: skip
DRAWN = ["AMAZON.CO.JP", "2026年11月3日", "お引出し", "10,000円", "残高 90,000円"]
SPENT = ["Amazon", "Processing", "Spent  $10,000.00", "3 November"]
PAID_TO = ["アマゾンに支払い", "10,000円", "2026年11月3日 12:04"]
SUM_FIRST = ["11/02 500円 1回払い", "ローソン", "11/03 10,000円 1回払い", "AMAZON.CO.JP",
             "11/04 720円 1回払い", "スターバックス"]  # fmt: skip
SUM_ABOVE = ["ご利用明細", "500円", "ローソン", "2026/11/02", "10,000円", "AMAZON.CO.JP",
             "2026/11/03", "720円", "スターバックス", "2026/11/04"]  # fmt: skip
CUT_ABOVE = ["1,284円", "AMAZON.CO.JP", "2026/11/03・1回払い", "10,000円", "ENEOS 青葉SS"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [(APP, 6), (APP_OF_TESSERACT, 3), (DETAILS, 1), (DETAILS_OF_TESSERACT, 1),
     (DETAILS_UPWARDS, 3), (DETAILS_BELOW_LABELS, 1), (PAID_BY, 0), (PAID_TO, 0),
     (DRAWN, 0), (SPENT, 0),
     (WALLET, 5), (SUM_FIRST, 3), (SUM_ABOVE, 5), (CUT_ABOVE, 1)],
)  # fmt: skip
def test_a_transaction_that_an_app_spreads_over_rows_is_found(rows: list[str], found: int) -> None:
    """Who paid, how and on which day may stand between the shop and its sum."""
    assert rows_with(rows, wanted("11/3 Amazon 10,000")) == (found,)
    assert amazon_rows(rows) == (found,)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (APP, "Amazon 1,284"),
        (APP, "Amazon 5,930"),
        (APP, "11/5 Amazon 10,000"),
        (DETAILS, "12/28 Amazon 10,000"),
        (WALLET, "Amazon 14.20"),
        (WALLET, "Amazon 1001"),
        (SUM_FIRST, "Amazon 500"),
        (["AMAZON.CO.JP", "2026/11/03・1回払い", "ENEOS 青葉SS", "10,000円"], "Amazon 10,000"),
        (["AMAZON.CO.JP", "2026/11/03・1回払い", "GU", "10,000円"], "Amazon 10,000"),
        (["AMAZON.CO.JP", "1回払い", "お支払い合計  10,000円"], "Amazon 10,000"),
        (["10,000円", "ローソン", "AMAZON.CO.JP", "1回払い"], "Amazon 10,000"),
        (["AMAZON.CO.JP", "カード番号  10000"], "Amazon 10,000"),
        (
            ["2026年12月お支払い金額", "10,000円", *CUT_ABOVE[1:2], "11/03", "500円"],
            "Amazon 10,000",
        ),
        (["ご請求額  10,000円", "AMAZON.CO.JP", "11/03", "500円"], "Amazon 10,000"),
        (["Payment due", "$10,000", "Amazon", "Nov 3", "$5.00"], "Amazon 10,000"),
    ],
    ids=lambda value: value if isinstance(value, str) else " | ".join(value),
)
def test_another_shops_rows_lend_nothing(rows: list[str], text: str) -> None:
    assert rows_with(rows, wanted(text)) == ()


def test_a_day_above_a_list_is_that_of_all_under_it() -> None:
    rows = ["3 November 2026", "Tesco  $12.10", "Amazon  $64.20", "2 November 2026", "Shell  $40"]
    assert rows_with(rows, wanted("11/3 Amazon 64.20")) == (2,)
    assert rows_with(rows, wanted("11/1 Amazon 64.20")) == ()


@pytest.mark.parametrize(
    ("shop", "row"),
    [
        ("au", "au 電話料金 3,000"),
        ("7-Eleven", "7ELEVEN TOKYO 3,000"),
        ("セブン-イレブン", "セブンイレブン 3,000"),
        ("セブン-イレブン", "セブンーイレブン 3,000"),
        ("ローソン", "ﾛｰｿﾝ 3,000"),
        ("ロ一ソン", "ローソン 3,000"),
        ("ドラッグストアすずらん", "ドラッグス卜アすずらん 3,000"),
        ("Corner Books", "C0RNERBOOKS SPRINGFIELD 3,000"),
        ("Corner Books Shop", "CORNER B00KS SHDP 3,000"),
        ("カフェ リンデン", "カフエリンデン 3,000"),
        ("3COINS", "3COINS 3,000"),
    ],
)
def test_a_shops_name_is_found_as_ocr_reads_it(shop: str, row: str) -> None:
    assert rows_with([row], named(shop)) == (0,)


@pytest.mark.parametrize(
    ("shop", "row"),
    [
        ("au", "RESTAURANT LINDEN 3,000"),
        ("Corner Books", "CORNER HORSES 3,000"),
        ("喫茶こもれび", "喫茶ひだまり 3,000"),
        ("ローソン", "ローリン 3,000"),
        ("Corner Books", ""),
    ],
)
def test_another_shops_name_is_not_taken_for_it(shop: str, row: str) -> None:
    assert rows_with([row], named(shop)) == ()


# --- Amazon --------------------------------------------------------------------------------------

AMAZONS = [
    "AMAZON.CO.JP", "ＡＭＡＺＯＮ．ＣＯ．ＪＰ", "Amazon.com", "AMZN Mktp US*2K4AB12C3",
    "AMZN MKTP JP", "AMAZON MKTPLACE PMTS", "AMZ*Corner Books", "Amzn.com/bill",
    "AMAZON DOWNLOADS", "Amazon Digital", "Amazon Web Services", "AMAZON PRIME*1A2B3C",
    "Prime Video", "PRIMEVIDEO", "Kindle Unltd", "アマゾン", "ｱﾏｿﾞﾝ", "アマゾンジャパン",
    "ｱﾏｿﾞﾝｼﾞﾔﾊﾟﾝ", "アマゾンジヤパン合同会社", "アマゾンプライムカイヒ", "Amazonプライム会費",
    "Amazonギフト券", "Amazon Gift Card", "Arnazon", "AMAZ0N.C0.JP", "AMA2ON", "アマソン",
    "アマゾソ", "ァマゾン", "ア マ ゾ ン", "A M A Z O N . C O . J P", "AMAZ ON.CO.JP",
    "AMAZON.CO.JP VISA", "AMAZON  VISAデビット",
    "AWS EMEA SARL", "AUDIBLE CO JP", "Audible US*AB12", "AmazonFresh", "AMAZONDOWNLOADS",
    "AMAZONMKTPLACE", "KindleUnltd", "オーディブル",
]  # fmt: skip
NO_AMAZONS = [
    "taro@amazon.co.jp", "taro@ amazon.co.jp", "https://www.amazon.co.jp/gp/css",
    "Amazon Mastercard", "Amazonマスターカード", "Amazonカード", "Amazon Prime Mastercard",
    "Amazon Prime Visa", "Amazonポイント", "アマゾネス", "アマゾン川クルーズ",
    "AMAZONIA RESTAURANT", "Amazonas Bar", "KINDLER GARDEN CENTER", "rekindle yoga",
    "PRIME VIDEOTHEK", "AMZNSTORE", "Amazon.co.jpアカウント担当御中", "アマゾンジャパン御中",
    "Amazon.com Account Review Team", "Amazon カスタマーサービス 御中",
    "INAUDIBLE", "amaro", "prime beef", "Zona M", "PANAMA ZONE", "VISA MAZON",
]  # fmt: skip


@pytest.mark.parametrize("name", AMAZONS)
def test_all_of_amazons_names_are_alike(name: str) -> None:
    assert is_amazon(name)
    assert amazon_rows(["ご利用明細", f"2026/10/02  {name}  10,000"]) == (1,)
    assert rows_with([f"2026/10/02  {name}  10,000"], wanted("Amazon 10,000")) == (0,)
    assert rows_with(["2026/10/02  AMAZON.CO.JP  10,000"], named(name)) == (0,)


@pytest.mark.parametrize("name", NO_AMAZONS)
def test_addresses_cards_and_other_words_are_no_shop_of_amazons(name: str) -> None:
    assert not is_amazon(name)
    assert amazon_rows([f"2026/10/02  {name}  10,000"]) == ()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (STATEMENT, [4, 5]),
        (["2026/10/02", "AMAZON.CO.JP", "10,000"], [1]),
        (["AMAZON.CO.JP", "10,000"], [0]),
        (["AMAZON.CO.JP"], []),
        (["10,000", "", "Amazon.co.jp", "お問い合わせ 0120-000-123"], []),
        (["10/31 ひだまり電力 6,842", "※ Amazon は商標です"], []),
        (["カード名義人による追記", "髙﨑 花子", "taro@amazon.example", "03-1234-5678"], []),
        (["© 2026 Amazon.com, Inc.", "1 / 1 ページ"], []),
        (["AMAZON.COM*2K4AB12C3 SEATTLE WA  Order 112-1234567-1234567  $100.00"], [0]),
        ([], []),
    ],
    ids=lambda value: " | ".join(map(str, value)),
)
def test_a_row_is_a_purchase_where_it_has_an_amount_or_a_day(
    rows: list[str], found: list[int]
) -> None:
    assert amazon_rows(rows) == tuple(found)


ADVERTISED = [
    ["Amazonでのお買い物は2%還元!(2026/11/30まで)"],
    ["Amazonでのお買い物は2%還元!", "(2026/11/30まで)"],
    ["Amazonギフト券", "500円分プレゼント 2026/11/30まで"],
    ["Amazonギフト券  10,000円が当たる"],
    ["Earn 5% back at Amazon.com until 12/31/2026"],
    ["Earn 5% back at Amazon.com", "until 12/31/2026"],
    ["Get $50 Amazon gift"],
    ["Amazon Gift Card $10 reward"],
    ["Amazon.co.jpでのご利用は1,000円以上で対象"],
    ["アマゾンでのご利用でポイント5倍 期間: 11/1-11/30"],
    ["ポイント交換 Amazonギフト券 500円分"],
    ["2026/11/01 Amazonのお買い物"],
    ["Amazon Prime Day  7/12"],
    ["AMAZON.CO.JP", "合計 10,000"],
    ["前回ご請求 10,000", "AMAZON.CO.JP"],
    ["ポイ ント 交換  :  アマ ゾン ギフ ト 券 10.000 円 分 は 10.000 ポ イン ト か ら 。"],
    ["11/30 ま で ! Amazon ギ フト カー ド 10,000 円 分 が 抽選 で 当たる"],
    ["AMAZON.CO.JP", "合 計  10,000"],
    ["Amazon Payでのお支払いで最大 10,000円"],
    ["Amazon.co.jpでのご利用  10,000円"],
    ["Amazon.co.jp 新規ご利用で 10,000円キャッシュバック"],
    ["Amazonデバイス  10,000円OFF"],
    ["Earn 3% at Amazon.com  10,000.00", "Amazon.com purchases  1,240 pts"],
]


@pytest.mark.parametrize("rows", ADVERTISED, ids=" | ".join)
def test_what_is_told_in_a_sentence_was_not_bought(rows: list[str]) -> None:
    """Advertising names the shop too, a day until which it holds, and a sum."""
    assert amazon_rows(["カード番号 1117", *rows, "ご案内"]) == ()
    assert rows_with(rows, named("Amazon", "10000")) == ()


@pytest.mark.parametrize(
    "row",
    [
        "2026/11/03  Amazonギフトカードへ交換  10,000",
        "2026/11/03      Amazon ギ フ トカ ー ド へ 交 換      10,000",
        "2026/11/03  ポイント→Amazonギフト券  10,000",
        "11/03  マイルからAmazonギフトコード  10,000",
        "Amazon.co.jpご利用分  ポイント  2%  10,000",
        "Amazon Pay  残高 10,000円",
        "AMAZON.CO.JP  0円",
        "2026/11/03  AMAZON.CO.JP 利用承認  0",
    ],
)
def test_points_balances_and_nothing_are_no_purchase(row: str) -> None:
    assert amazon_rows([row]) == rows_with([row], wanted("Amazon 10,000")) == ()


@pytest.mark.parametrize(
    ("row", "sum", "other"),
    [
        ("2026/11/03  AMAZON.CO.JP  10,000  2026/10  永久不滅ポイント12  156", "10,000", "156"),
        ("2026/11/03  AMAZON.CO.JP  10,000      2026/10      永久 不滅 ポイ ント  12      156",
         "10,000", "156"),
        ("2026/11/03  AMAZON.CO.JP  10,000円  残高 31,588円", "10,000", "31,588"),
        ("11/03  AMAZON.COM  $64.20  Balance $1,935.80", "64.20", "1,935.80"),
        ("2026/11/03  AMAZON.CO.JP  100ポイント  10,000", "10,000", "100"),
    ],
)  # fmt: skip
def test_points_and_balances_beside_a_purchase_are_not_its_sum(
    row: str, sum: str, other: str
) -> None:
    assert rows_with([row], wanted(f"Amazon {sum}")) == (0,)
    assert rows_with([row], wanted(f"Amazon {other}")) == ()


@pytest.mark.parametrize("shop", ["NEW BALANCE", "タイムズポイント", "ポイント交換館"])
def test_a_shop_may_be_called_like_points_and_balances(shop: str) -> None:
    assert rows_with([f"11/05  {shop}  3,000"], wanted(f"{shop} 3,000")) == (0,)


@pytest.mark.parametrize(
    "row",
    [
        "2026/11/05  AMAZON.CO.JP  10,000  ポイント2倍キャンペーン実施中",
        "2026/11/05  AMAZON.CO.JP  本人  1回払い  10,000  10,000",
        "11/05 AMAZON.CO.JP ご利用分 10,000円 対象外",
        "11/05 AMAZON.CO.JP 10,000円 キャッシュバック対象",
        "2026/11/05  AMAZON.CO.JP  10,000  +1,000ポイント",
        "POS PURCHASE AT AMAZON.COM  11/05  10,000",
        "5 Nov  Card payment to AMAZON.COM  10,000",
        "Nov 4  Nov 5  AMZN Mktp US*2K4AB12C3 Amzn.com/bill WA  10,000",
        "AMAZON.CO.JP  10,000  2026/11/05",
        "11/05 AMAZON SUBSCRIBE & SAVE 10,000",
    ],
)
def test_a_purchase_counts_beside_a_column_that_advertises(row: str) -> None:
    assert amazon_rows([row]) == (0,)
    assert rows_with([row], wanted("Amazon 10,000")) == (0,)


@pytest.mark.parametrize(
    "row",
    [
        "10/20  AMAZON.COM*GH2 Eligible for Pay Over Time  $100.00",
        "Oct 20  AMAZON.COM*GH2 (3% cash back $1.27)  $100.00",
        "10/20  Amazon.com - Rewards category: Shopping  $100.00",
        "10/20  AMAZON.COM*BONUS BUY  $100.00",
        "10/20  AMAZON.COM your purchase  $100.00",
        "2026/10/20  Amazon 定期おトク便  $100",
        "2026/10/20  アマゾンプライム会員特典  100.00",
        "2026/10/20  アマゾンギフト券 5,000円分  100.00円  50P",
        "2026/10/20  Ａｍａｚｏｎプライム　入会  100.00",
        "2026/10/18  アマゾンでのご利用分  1回  100.00",
        "2026/10/22  AMAZON.CO.JPのお買物  100.00",
    ],
)
def test_a_purchase_in_a_list_may_be_called_like_an_offer(row: str) -> None:
    """It begins with its day and ends with its sum; the issuer may remark on it, too."""
    assert amazon_rows([row]) == rows_with([row], wanted("Amazon 100")) == (0,)


@pytest.mark.parametrize(
    "row",
    [
        "10/07  WAWA 665  $100.00  $15 off $60 at Amazon.com",
        "10/02  ライフ  100.00  Amazonギフトカード",
        "2026/10/02  ライフ  1回払い  100.00  Amazon.co.jp",
        "Make payment to: AMAZON.COM, PO BOX 100, Orlando FL 32896  Payment due 12/02/2026",
        "Amazon Chase Card Services, PO Box 100, Wilmington",
        "for redemption 11/18/2026: 100 at Amazon.com",
        "11/02  AMAZON.COM SVCS PAYROLL  100.00",
        "11/02  Amazon.Com Services Payouts  100.00",
        "11/02  AMZN CREDIT CARD PAYMENT  100.00",
        "2026/10/02  アマ ゾン ギフ ト ケ ン  1 回 払い  0",
        "11/03  ONLINE PAYMENT AMAZON STORE CARD  $100.00",
        "Amazon Business Prime American Express Card  $100.00",
        "Total purchases at Amazon.com  $100.00",
        "Amazon.com and Whole Foods Market purchases  $100.00  5%",
        "Amazon.co.jp ご利用合計  100円",
        "2026/11/03  Amazonギフト券(ポイント交換)  100",
        "Amazonプライム会費 年額 100円 のご案内",
    ],
)
def test_what_stands_beside_amazons_name_may_be_anothers(row: str) -> None:
    """Another shop's entry, an offer beside it, whom to pay, what came in, a count."""
    assert amazon_rows([row]) == rows_with([row], wanted("Amazon 100")) == ()


def test_two_lists_may_stand_beside_each_other() -> None:
    row = "10/02  ライフ  2,300  10/20  アマゾン  4,280"
    assert amazon_rows([row]) == rows_with([row], wanted("Amazon 4,280")) == (0,)


def test_a_shop_that_is_called_like_an_offer_is_found() -> None:
    assert rows_with(["11/05 プレゼント館 3,000"], wanted("プレゼント館 3,000")) == (0,)


REFUNDS = [
    "2026/11/05  AMAZON.CO.JP  返品  ▲10,000円",
    "2026/11/05  AMAZON.CO.JP  ▲10,000",
    "2026/11/05  AMAZON.CO.JP  -10,000",
    "2026/11/05  AMAZON.CO.JP  返品 10,000",
    "2026/11/05  AMAZON.CO.JP  キャンセル 10,000",
    "11/05  AMZN REFUND  10,000.00",
    "11/05  AMZN Mktp US  $10,000.00 CR",
    "11/05  AMZN Mktp US Return  10,000",
    "2026/11/05      AMAZON.CO.JP (キャ ン セ ル )      10,000",
    "2026/11/05  AMAZON.CO.JP  取 消  10,000",
    "2026/11/05  ｱﾏｿﾞﾝｼﾞﾔﾊﾟﾝ  ｷﾔﾝｾﾙ  10,000",
    "2026/11/05  アマゾンジャパン  ﾍﾝﾋﾟﾝ  10,000",
    "2026/11/05      AMAZON.CO.JP      A10,000",
    "2026/11/05  AMAZON.CO.JP  +10,000円",
    "Nov 5  Amazon  +$10,000.00",
    "2026/11/05  AMAZON.CO.JP  USD 64.20 換算レート 155.763  ▲10,000",
    "Nov 5  AMAZON.COM CREDIT  - $10,000.00",
    "05 November  Amzn Mktp UK  − £10,000.00",
    "2026/11/05  AMAZON.CO.JP  - ¥10,000",
    "2026/11/05  Amazon.co.jpから返金  10,000円",
    "11/05  AMAZON.COM  CR10,000.00",
    "2026/11/05  アマゾン  10,000-",
    "2026/11/05  アマゾン  赤伝  10,000",
    "11/05  AMAZON.COM DISPUTE CREDIT  10,000.00",
    "11/05  CREDIT AMAZON.COM  10,000.00",
    "11/05  AMAZON.COM CREDIT  10,000.00",
    "11/05  AMAZON.COM  10,000.00 credit",
    "11/05  AMAZON.COM  - 10,000.00",
    "2026/11/05  アマゾン  − 10,000円",
    "05 Nov 26  AMAZON.CO.UK  10,000.00  CR",
    "11/05  AMEX OFFER CREDIT AMAZON  10,000.00",
    "11/05  PAY WITH POINTS AMAZON.COM  10,000.00",
    "11/05  AMAZON.COM ADJUSTMENT  10,000.00",
    "05.11.26  AMZN MKTP DE Gutschrift  10,000",
]


@pytest.mark.parametrize("row", REFUNDS)
def test_a_refund_is_no_purchase(row: str) -> None:
    rows = ["2026/11/03  ローソン  500", row, "2026/11/09  スーパーマルヤ  1,420"]
    for want in (None, wanted("Amazon 10,000"), wanted("Amazon")):
        assert (rows_with(rows, want) if want else amazon_rows(rows)) == ()
        assert refund_rows(rows, want) == (1,)
    bought = [*rows, "2026/11/01  AMAZON.CO.JP  10,000"]
    assert amazon_rows(bought) == rows_with(bought, wanted("Amazon 10,000")) == (3,)


@pytest.mark.parametrize(
    "rows",
    [
        ["2026/11/03  AMAZON.CO.JP", "返品分  10,000"],
        ["2026/11/03  AMAZON.CO.JP  10,000", "返品"],
        ["AMAZON.CO.JP", "2026/11/03・1回払い", "▲10,000円"],
        ["ご利用先  AMAZON.CO.JP", "利用金額  10,000円", "状態  キャンセル済み"],
        ["Amazon", "Nov 3, 2026", "$10,000.00", "Refunded"],
        ["Amazon", "Tuesday, 3 November 2026", "£10,000.00", "Declined"],
        ["AMAZON.CO.JP", "10,000円", "2026/11/03", "決済エラー"],
        ["キャンセル済み", "¥10,000", "お店  AMAZON.CO.JP", "決済日時  2026/11/03 12:04"],
        ["返金", "AMAZON.CO.JP", "10,000円", "2026/11/03"],
        ["お支払い", "返金済み", "¥10,000", "AMAZON.CO.JP", "2026/11/03 12:04"],
    ],
    ids=" | ".join,
)
def test_a_refund_may_be_told_by_the_rows_around_the_shops(rows: list[str]) -> None:
    """And what was never paid."""
    rows = [*rows, "2026/11/09  スーパーマルヤ  1,420"]
    for want in (None, wanted("Amazon 10,000")):
        assert (rows_with(rows, want) if want else amazon_rows(rows)) == ()
        assert len(refund_rows(rows, want)) == 1


def test_another_shops_refund_below_is_none_of_amazons() -> None:
    for other in ("2026/11/04  ヨドバシカメラ  返品 ▲500", "ヨドバシカメラ 返品  ▲500"):
        rows = ["2026/11/03  AMAZON.CO.JP  10,000", other]
        assert amazon_rows(rows) == rows_with(rows, wanted("Amazon 10,000")) == (0,)


def test_another_shops_status_above_is_none_of_amazons() -> None:
    """Nor is a button."""
    for rows in (
        ["500円", "ローソン", "キャンセル済み", "10,000円", "AMAZON.CO.JP", "2026/11/03"],
        ["ローソン", "500円", "キャンセル済み", "2026/11/03", "AMAZON.CO.JP", "10,000円"],
        ["返品", "2026/11/02  ローソン  ▲500", "2026/11/03", "", "AMAZON.CO.JP", "10,000円"],
        ["キャンセル", "2026/11/03", "", "明細", "AMAZON.CO.JP", "10,000円"],
        ["キャンセル", "10,000円", "", "ご利用明細", "AMAZON.CO.JP", "10,000円"],
    ):
        shop = rows.index("AMAZON.CO.JP")
        assert amazon_rows(rows) == rows_with(rows, wanted("Amazon 10,000")) == (shop,)


def test_a_page_may_print_all_that_was_spent_below_zero() -> None:
    """As banks' accounts do; what comes back has no sign there."""
    rows = ["11/03  LAWSON  -500", "11/05  AMAZON.COM  -12.99", "11/06  AMZN Mktp  7.50",
            "11/09  CORNER CAFE  -14.20", "11/12  PAYROLL EXAMPLE  2,000.00"]  # fmt: skip
    assert amazon_rows(rows) == rows_with(rows, wanted("Amazon 12.99")) == (1,)
    assert refund_rows(rows, None) == (2,)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["3 November 2026", "Amazon  -$10,000", "■", "Tesco  -$12.10", "2 November 2026",
          "Shell  -$40.00", "Starbucks  -$4.50"], 1),
        (["11月3日(火)", "AMAZON.CO.JP  -10,000円", "11月2日(月)", "ローソン  -500円",
          "セブン-イレブン  -300円", "11月1日(日)", "イオン  -8,412円"], 1),
        (["Amazon", "2026/11/03", "-10,000円", "ローソン", "2026/11/02", "-500円", "イオン",
          "2026/11/02", "-8,412円"], 0),
        (["11/3 デビット AMAZON.CO.JP  ▲10,000", "11/2 デビット ローソン  ▲500",
          "11/2 給与  250,000"], 0),
        (["Nov 1  VERIZON AUTOPAY  -$80.00", "Nov 1  PAYROLL EXAMPLE  $2,000.00",
          "Nov 3  AMAZON.COM  -$10,000.00", "Nov 4  ZARA  -$39.90", "Nov 5  GAP  +$5.00"], 2),
        (["Amazon", "3 November, 13:02  -£10,000.00", "Tesco", "2 November, 09:11  -£4.20",
          "Top-up by *1234", "1 November, 10:00  +£150.00"], 0),
        (["Tue 3 Nov", "AMAZON AU SYDNEY  -$10,000.00", "Card xx1234", "WOOLWORTHS  -$23.10",
          "Mon 2 Nov", "Salary  +$1,500.00"], 1),
        (["AMAZON.CO.JP", "2026/11/03", "-10,000円", "セブンイレブン", "2026/11/02", "-500円",
          "給与", "2026/11/01", "+200,000円"], 0),
        (["Amazon.com", "Nov 3 · Purchase  -$10,000.00", "Spotify", "Nov 2 · Purchase  -$9.99",
          "Uber", "Nov 1 · Purchase  -$12.00"], 0),
        (["2026年11月3日", "Visaデビット AMAZON.CO.JP", "-10,000円", "残高 31,588円",
          "2026年11月2日", "Visaデビット ﾛｰｿﾝ", "-500円", "残高 41,588円", "2026年11月1日",
          "振込 ﾔﾏﾀﾞﾊﾅｺ", "+50,000円", "残高 42,088円"], 1),
        (["03.11.26  AMZN Mktp DE*5T6AB  10.000,00-", "04.11.26  DB Vertrieb  64,50-",
          "06.11.26  REWE Koeln  12,10-", "15.11.26  Lastschrift  125,00+"], 0),
        (["11/01  ローソン  -500  50,000", "11/02  イオン  -8,412  41,588",
          "11/03  AMAZON.CO.JP  -10,000  31,588"], 2),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else " | ".join(value),
)  # fmt: skip
def test_a_list_may_print_so_what_was_spent_under_its_days(rows: list[str], found: int) -> None:
    for want in (None, wanted("Amazon 10,000"), wanted("11/3 Amazon 10,000")):
        assert (rows_with(rows, want) if want else amazon_rows(rows)) == (found,)
        assert refund_rows(rows, want) == ()
    assert rows_with(rows, wanted("Amazon 31,588")) == ()


@pytest.mark.parametrize(
    "rows",
    [
        ["11/03  AMAZON.CO.JP  -10,000", "11/03      AMAZON.CO.JP      -10,000",
         "11/03  AMAZON.CO.JP  -10,000"],
        ["11/03  AMAZON.CO.JP  -10,000", "11/04  ZARA  -3,990", "11/05  GAP ONLINE  -2,000",
         "11/06  ローソン  500", "11/07  イオン  8,412", "11/08  ENEOS  5,930"],
        ["Nov 1  AUTOPAY  -$500.00", "Nov 3  AMAZON.COM  -$10,000.00", "Nov 4  ZARA  +$39.90"],
        ["Nov 1  PAYMENT - THANK YOU  -$500.00", "Nov 3  AMAZON.COM  -$10,000.00",
         "Nov 4  ZARA ONLINE  -$39.90"],
        ["11/03  AMAZON.CO.JP 返品  -10,000", "11/04  ZARA 返品  -3,990",
         "11/05  GAP ONLINE 返品  -2,000"],
        ["11/03  AMAZON.CO.JP  -10,000", "11/06  ローソン  500"],
        ["11/03  AMAZON.COM  -10,000.00", "11/04  ZARA  -39.90", "11/05  INTEREST CHARGE  12.00"],
        ["Purchases  +$52.00", "11/03  AMAZON.COM  -10,000.00", "11/04  ZARA  -39.90",
         "11/05  INTEREST CHARGE  12.00"],
        ["Payments and Other Credits", "11/03  AMAZON.COM  -10,000.00", "11/04  ZARA  -39.90",
         "11/05  GAP ONLINE  -20.00"],
    ],
    ids=" | ".join,
)  # fmt: skip
def test_a_cards_statement_prints_refunds_below_zero(rows: list[str]) -> None:
    """Where they are few, no more than the purchases, or beside the payment of the bill."""
    for want in (None, wanted("Amazon 10,000")):
        assert (rows_with(rows, want) if want else amazon_rows(rows)) == ()
        assert refund_rows(rows, want) != ()


# --- amounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2026/10/02 AMAZON.CO.JP 1回 10,000 10,000", ["10000", "10000"]),
        ("12.00 USD × 150.25 1,803", ["12", "150.25", "1803"]),
        ("1.234,56 €", ["1234.56"]),
        ("£0.99", ["0.99"]),
        ("(10,000)", ["10000"]),
        ("サーバー10,000", ["10000"]),
        ("AMAZON.CO.JP10,000", ["10000"]),
        ("no.123 #456 10:15 18.0% 3/4 2026年 R8.11.10 0120", []),
        ("01234567890123", []),
        ("123456789012", []),
    ],
)
def test_a_rows_amounts_are_told_from_its_other_numbers(text: str, values: list[str]) -> None:
    assert [amount.value for amount in amounts_in(text)] == [Decimal(value) for value in values]


noise = st.text() | st.text("0123456789,. ¥円$-▲年月日/amzonアマゾン@")


@given(st.lists(noise, max_size=4), noise)
def test_any_text_is_read(rows: list[str], text: str) -> None:
    try:
        want = wanted(text)
    except BadTransaction:
        want = named("Amazon")
    for found in (rows_with(rows, want), amazon_rows(rows)):
        assert list(found) == sorted(set(found))
        assert all(0 <= i < len(rows) for i in found)


@given(st.text("abcdefgh アイウ", min_size=9).filter(str.strip), amounts)
def test_a_row_shows_what_it_says(shop: str, n: int) -> None:
    """Whatever the shop's name, if the user writes what the page prints."""
    text = f"{shop} {n:,}円"
    assert rows_with([text], wanted(text)) == (0,)
