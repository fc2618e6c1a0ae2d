"""Dates are found in every form that statements have, and the statement's own among them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.checking.dates import AHEAD, Dated, dates_in, day_ahead, months_in, statement_date

TODAY = date(2026, 11, 24)
DAY = date(2026, 11, 10)
NEXT = date(2026, 12, 4)
WIDE = str.maketrans("0123456789R./", "０１２３４５６７８９Ｒ．／")
MISREAD = str.maketrans("01", "Ol")


def ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{'th' if day in (11, 12, 13) else ending}"


FORMS: dict[str, Callable[[date], str]] = {
    "kanji": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "kanji with blanks": lambda d: f"{d.year}年 {d.month:2}月 {d.day:2}日",
    "kanji, wide": lambda d: f"{d.year} 年 {d.month} 月 {d.day} 日".translate(WIDE),
    "kanji, short": lambda d: f"{d:%y}年{d.month}月{d.day}日",
    "era": lambda d: f"令和{d.year - 2018}年{d.month}月{d.day}日",
    "era, letter": lambda d: f"R{d.year - 2018}.{d.month}.{d.day}",
    "era, slashes": lambda d: f"R{d.year - 2018:02}/{d:%m/%d}",
    "era, wide": lambda d: f"R{d.year - 2018}.{d.month}.{d.day}".translate(WIDE),
    "slashes": lambda d: f"{d:%Y/%m/%d}",
    "slashes, bare": lambda d: f"{d.year}/{d.month}/{d.day}",
    "hyphens": lambda d: f"{d:%Y-%m-%d}",
    "long vowels": lambda d: f"{d:%Y}ー{d:%m}ー{d:%d}",
    "kanji for one": lambda d: f"{d:%Y}一{d:%m}一{d:%d}",
    "dots": lambda d: f"{d:%Y.%m.%d}",
    "middle dots": lambda d: f"{d:%Y}・{d:%m}・{d:%d}",
    "short, slashes": lambda d: f"{d:%y/%m/%d}",
    "short, dots": lambda d: f"{d:%y.%m.%d}",
    "US": lambda d: f"{d:%m/%d/%Y}",
    "month first": lambda d: f"{d:%b} {d.day}, {d.year}",
    "month first, in full": lambda d: f"{d:%B} {d.day}, {d.year}",
    "month first, no blanks": lambda d: f"{d:%B}{d.day},{d.year}",
    "month first, ordinal": lambda d: f"{d:%B} {ordinal(d.day)}, {d.year}",
    "month first, capitals": lambda d: f"{d:%b}. {d.day} {d.year}".upper(),
    "day first": lambda d: f"{d.day} {d:%b} {d.year}",
    "day first, ordinal": lambda d: f"{ordinal(d.day)} of {d:%B} {d.year}",
    "day first, hyphens": lambda d: f"{d.day}-{d:%b-%y}",
    "year first, named month": lambda d: f"{d.year}-{d:%b}-{d:%d}",
}
useful_days = st.dates(date(2020, 1, 1), date(2049, 12, 31))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(
    day=useful_days,
    before=st.sampled_from(["", "発行日", "発行日: ", "Date ", "AMAZON.CO.JP  ", "10,000円  "]),
    behind=st.sampled_from(["", " 10,000円", "  AMAZON", "発行", "（火）", ".", " まで"]),
)
def test_any_day_is_found_in_every_form(
    form: Callable[[date], str], day: date, before: str, behind: str
) -> None:
    assert dates_in(f"{before}{form(day)}{behind}") == (day,)


@given(day=useful_days, form=st.sampled_from(["kanji", "slashes", "hyphens", "US", "dots"]))
def test_letters_that_ocr_reads_for_digits_do_no_harm(day: date, form: str) -> None:
    assert dates_in(f"発行日 {FORMS[form](day).translate(MISREAD)} 発行") == (day,)


@given(day=useful_days, form=st.sampled_from(["hyphens", "slashes", "dots", "short, dots"]),
       digit=st.integers(0, 9))  # fmt: skip
def test_a_longer_number_is_no_date(day: date, form: str, digit: int) -> None:
    written = FORMS[form](day)
    separator = next(c for c in written if not c.isdigit())
    for number in (f"{written}{digit}0", f"{digit}{written}", f"0{digit}{separator}{written}",
                   f"{written}{separator}{digit}1"):  # fmt: skip
        assert day not in dates_in(number), number


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("令和元年5月1日", [date(2019, 5, 1)]),
        ("今和8年11月10日", [DAY]),
        ("平成31年4月30日", [date(2019, 4, 30)]),
        ("H31.4.30", [date(2019, 4, 30)]),
        ("昭和63年1月7日", [date(1988, 1, 7)]),
        ("㋿8年11月10日", [DAY]),
        ("2026年11月10目", [DAY]),
        ("13/11/2026", [date(2026, 11, 13)]),
        ("10.11.2026", [DAY]),
        ("11/10/26", [DAY]),
        ("STATEMENT DATE 11-10-26", [DAY]),
        ("10-0ct-26", [date(2026, 10, 10)]),
        ("20 Sept 2026", [date(2026, 9, 20)]),
        ("10/11/26-11/10/26", [date(2026, 10, 11), DAY]),
        ("2026/11/10 ～ 2026/12/04", [DAY, NEXT]),
        ("発行日 2026年11月10日 お支払日 2026年12月4日", [DAY, NEXT]),
        ("2024年2月29日", [date(2024, 2, 29)]),
    ],
)
def test_the_days_of_a_row_are_found_in_order(text: str, days: list[date]) -> None:
    assert dates_in(text) == tuple(days)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026/13/45",
        "2026年2月30日",
        "2026年0月0日",
        "99/99/9999",
        "令和8年13月1日",
        "03-2026-1110",
        "03-2026-11-10",
        "0120-20-1110",
        "090-2011-0110",
        "250-1234567-1234567",
        "4980-2026-1110-0000",
        "2,026,11,10",
        "¥2,026.11",
        "丸の内26-11-10",
        "1-2-3",
        "10:15:26",
        "192.26.11.10",
        "11/10",
        "11月10日",
        "Nov 10",
        "10 Nov 26.50",
        "Nov 10 2026.50",
        "10 Nov 11 Nov AMAZON",
        "19 Nov 20 Nov AMAZON",
        "10月分",
        "8年11月10日",
        "１回払い ①10",
    ],
)
def test_what_is_no_whole_date_is_passed_over(text: str) -> None:
    assert dates_in(text) == ()


@pytest.mark.parametrize(
    "text",
    ["2026年11月分", "2026年11月ご請求分", "２０２６年 １１月", "2026/11", "2026-11", "26年11月分",
     "令和8年11月分", "R8年11月", "November 2026", "Nov. 2026"],
)  # fmt: skip
def test_a_month_is_its_first_day(text: str) -> None:
    assert months_in(text) == (date(2026, 11, 1),)


@pytest.mark.parametrize(
    "text", ["2026年11月10日", "2026/11/10", "2026/13", "11月分", "2026.11", "2026/11/100", "$2026"]
)
def test_other_text_is_no_month(text: str) -> None:
    assert months_in(text) == ()


# --- the statement's date ------------------------------------------------------------------------

LABELLED = [
    ["ご利用代金明細書  2026年11月お支払い分  発行日 2026年11月10日"],
    ["発 行 日：２０２６年１１月１０日"],
    ["発行日", "2026年11月10日"],
    ["発行日  お支払日", "2026年11月10日  2026年12月4日"],
    ["お支払日  発行日", "2026年12月4日  2026年11月10日"],
    ["ご利用月  発行日", "2026年10月  2026年11月10日"],
    ["作成年月日 R8.11.10", "お支払日 2026年12月4日"],
    ["明細書作成曰 2026/11/10"],
    ["2026年11月10日作成基準日"],
    ["ご請求日 2026年11月10日"],
    ["締切日 2026/11/10 お支払日 2026/12/04"],
    ["お支払日 2026年12月4日 締め日 2026年11月10日"],
    ["2026年11月10日（火）発行"],
    ["2026年11月10日現在"],
    ["ご利用期間 2026年10月11日～11月10日"],
    ["ご利用期間 2026年10月11日〜2026年11月10日"],
    ["Statement Date: 11/10/2026", "Payment Due Date 12/04/2026"],
    ["Payment Due Date 12/04/26", "Opening/Closing Date 10/11/26 - 11/10/26"],
    ["Payment due date  Statement date", "12/04/2026  11/10/2026"],
    ["Statementdate Nov 10, 2026"],
    ["C1osing date 10 Nov 2026"],
    ["Billing Period: 10/11/2026 to 11/10/2026"],
    ["Date of issue 10-Nov-26"],
    ["前回のご請求日 2026年10月10日", "今回のご請求日 2026年11月10日"],
    ["次回締切日 2026年12月10日", "締切日 2026年11月10日"],
    ["Your statement 11 October - 10 November 2026", "Pay by 4 December 2026"],
    ["カードご利用代金明細書 2026年11月10日", "お支払日 2026年12月4日"],
    ["発行日 2062年11月10日", "作成日 2026年11月10日"],
]


@pytest.mark.parametrize("rows", LABELLED, ids=" | ".join)
def test_the_day_beside_a_label_is_the_statements(rows: list[str]) -> None:
    """Whatever else is written, newer or before it."""
    for extra in (["2026/11/20 AMAZON.CO.JP 10,000"], ["ポイント有効期限 2026/12/31"]):
        dated = statement_date([*extra, *rows, *extra], TODAY)
        assert dated is not None
        assert (dated.day, dated.is_labelled) == (DAY, True)
        assert DAY in dates_in([*extra, *rows][dated.row]) or "期間" in rows[0]


@pytest.mark.parametrize(
    "rows",
    [["お支払日 2026年12月4日"], ["お支払い日", "2026年12月4日"], ["お引落日：2026/12/4"],
     ["口座振替日 2026年12月4日"], ["2026年12月4日(金)お引落し"],
     ["Payment Due Date: Dec 4, 2026"]],
    ids=" | ".join,
)  # fmt: skip
def test_without_such_a_label_the_day_of_payment_counts(rows: list[str]) -> None:
    day = statement_date(["2026/12/10 AMAZON.CO.JP 10,000", *rows], TODAY)
    assert day == Dated(NEXT, len(rows), True, is_payment=True)


@pytest.mark.parametrize(
    "row",
    ["Open to Close Date: 10/19/2026 - 11/18/2026",
     "Open Date: 10/19/2026 - Close Date: 11/18/2026"],
)  # fmt: skip
def test_the_day_on_which_an_account_closed_comes_before_the_one_of_payment(row: str) -> None:
    dated = statement_date([row, "Payment Due Date 12/13/2026"], TODAY)
    assert dated == Dated(date(2026, 11, 18), 0, True)


def test_without_any_label_the_newest_day_counts() -> None:
    """Neither a day too far ahead, nor one of another statement, nor one on which points end."""
    rows = [
        "2026/10/02 AMAZON.CO.JP 10,000",
        "2026/10/31 ひだまり電力 6,842",
        "2026/10/04 スーパーひだまり 4,216",
        "2027/10/10",
        "次回お支払日 2026年12月4日",
        "ポイント有効期限 2026年12月31日",
        "2026年11月お支払い分",
    ]
    assert statement_date(rows, TODAY) == Dated(date(2026, 10, 31), 1, False)


@pytest.mark.parametrize(
    "row",
    ["2026年11月分", "2026年11月ご請求分", "2026年11月のお支払い", "2026年11月度", "2026/11 ご請求",
     "ご利用代金明細書 2026年11月", "November 2026 statement", "ご利用月：2026年11月",
     "ご請求月 2026年11月", "対象年月 2026/11", "お支払月  2026年11月", "Billing month: Nov 2026"],
)  # fmt: skip
def test_a_month_that_is_named_as_the_statements_is_the_last_resort(row: str) -> None:
    assert statement_date(["10/02 AMAZON", row], TODAY) == Dated(date(2026, 11, 30), 1, True)


@pytest.mark.parametrize(
    "rows",
    [[], ["ご利用代金明細書"], ["2026年11月"], ["10/02 AMAZON.CO.JP 10,000"], ["2026/13/45"],
     ["発行日 2062年1月1日"], ["生年月日 1970年1月1日"], ["有効期限 2026年12月31日"]],
    ids=" | ".join,
)  # fmt: skip
def test_where_no_day_can_be_the_statements_there_is_none(rows: list[str]) -> None:
    assert statement_date(rows, TODAY) is None


@pytest.mark.parametrize(
    "row",
    ["ポイント残高 100 2026年11月20日現在", "2026年11月20日現在のマイル 100",
     "ご利用可能額 50,000円（2026年11月20日現在）"],
)  # fmt: skip
def test_a_day_as_of_which_points_are_counted_is_not_the_statements(row: str) -> None:
    """Nor one as of which a card may be used."""
    rows = [row, "2026年11月10日現在", "2026/10/02 AMAZON.CO.JP 10,000"]
    assert statement_date(rows, TODAY) == Dated(DAY, 1, True)
    assert statement_date([row, rows[2]], TODAY) == Dated(date(2026, 10, 2), 1, False)


def test_a_label_takes_no_day_that_is_not_its_own() -> None:
    """Neither across another label, nor from the next row where it has words of its own."""
    rows = ["締切日 毎月15日 お支払日 2026年12月4日", "2026/10/02 AMAZON.CO.JP 10,000"]
    assert statement_date(rows, TODAY) == Dated(NEXT, 0, True, is_payment=True)
    rows = ["発行日", "お支払日 2026年12月4日"]
    assert statement_date(rows, TODAY) == Dated(NEXT, 1, True, is_payment=True)


NOTICES = [
    "会員規約改定のお知らせ(2026年11月20日改定)",
    "2026年11月20日付で規約を改定します",
    "キャンペーン期間 2026年10月1日～2026年11月20日",
    "キャンペーン期間  2026年10月1日～2026年11月20日",
    "キャンペーン対象期間 2026年11月20日",
    "お申込みは2026年11月20日まで",
    "Offer valid until 11/20/2026",
    "Offer ends  Nov 20, 2026",
    "Changes to your cardholder agreement take effect 11/20/2026",
    "2026/12/01",
    "発行日 2026年11月25日",
]
OLD = [
    (["ご利用代金明細書 2026年4月分", "2026/03/05 AMAZON.CO.JP 10,000円"], date(2026, 3, 5)),
    (["ご利用代金明細書 2026年4月分", "03/05 AMAZON.CO.JP 10,000円"], date(2026, 4, 30)),
    (["Statement for April 2026", "03/05 AMAZON.COM 10.00"], date(2026, 4, 30)),
    (["発行日 2026年3月10日"], date(2026, 3, 10)),
    (["カードご利用代金のお知らせ 2026年3月10日発行"], date(2026, 3, 10)),
]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize(("rows", "day"), OLD, ids=lambda value: str(value))
def test_no_day_of_a_notice_and_none_to_come_is_the_statements(
    rows: list[str], day: date, notice: str
) -> None:
    """An old statement stays old, whatever is announced on it."""
    dated = statement_date(["みずたまカード", *rows, "合計 11,920円", notice], TODAY)
    assert dated is not None
    assert dated.day == day


PRINTED_TODAY = [
    "出力日時 2026/11/23 10:22",
    "印刷日：2026年11月23日",
    "照会日時  2026年11月23日 10時22分",
    "表示日 2026/11/23",
    "2026/11/23 10:22",
    "2026/11/23 10:22  ご利用明細 | みずたまカード",
    "ご利用代金明細書  2026/11/23 10:22",
    "2026年11月23日印刷",
    "11/23/26, 10:22 AM   Card Statement | MyBank",
    "Printed on Nov 23, 2026",
    "次回更新予定 2026年11月23日",
]


@pytest.mark.parametrize("printed", PRINTED_TODAY)
@pytest.mark.parametrize(
    ("rows", "day"),
    [
        (["ご利用月：2025年10月", "10/18 みなもストア 1,284"], date(2025, 10, 31)),
        (["2025年10月分", "10/18 みなもストア 1,284"], date(2025, 10, 31)),
        (["令和6年11月10日", "10/18 みなもストア 1,284"], date(2024, 11, 10)),
        (["2025/10/18 みなもストア 1,284"], date(2025, 10, 18)),
        (["10/18 みなもストア 1,284"], None),
    ],
    ids=str,
)
def test_the_day_on_which_a_page_was_printed_is_not_the_statements(
    rows: list[str], day: date | None, printed: str
) -> None:
    """An old statement can be printed today."""
    dated = statement_date(["みずたまカード", printed, *rows], TODAY)
    assert (dated and dated.day) == day


def test_a_time_beside_the_statements_own_day_does_no_harm() -> None:
    assert statement_date(["発行日 2026/11/10 10:22"], TODAY) == Dated(DAY, 0, True)
    entry = "2026/11/10 10:22  AMAZON.CO.JP  10,000円"
    assert statement_date([entry], TODAY) == Dated(DAY, 0, False)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.integers(-400, 400))
def test_only_a_payment_may_lie_ahead_and_no_farther_than_it_can(today: date, days: int) -> None:
    day = min(max(today + timedelta(days), date(1990, 1, 1)), date(2099, 12, 31))
    for row in (f"発行日 {day:%Y/%m/%d}", f"{day:%Y-%m-%d} AMAZON.CO.JP 1,000"):
        assert (statement_date([row], today) is not None) == (day <= today)
    assert (statement_date([f"支払日 {day:%Y/%m/%d}"], today) is not None) == (day <= today + AHEAD)


@given(st.lists(st.text() | st.text("0123456789年月日/.-RH令和発行日お支払 NovDec,"), max_size=4))
def test_any_text_is_read(rows: list[str]) -> None:
    dated = statement_date(rows, TODAY)
    assert dated is None or 0 <= dated.row < len(rows)
    assert all(isinstance(day, date) for row in rows for day in (*dates_in(row), *months_in(row)))


@pytest.mark.parametrize(
    "row",
    [
        "Statement Ending 11/10/2026",
        "Statement ending November 10, 2026",
        "For the period October 11, 2026 through November 10, 2026",
        "October 11 through November 10, 2026",
        "10/11/2026 through 11/10/2026 Account summary",
        "Statement from 11 October until 10 November 2026",
        "2026年10月11日から2026年11月10日まで",
        "Statement begins 10/11/2026 ends 11/10/2026",
        "STATEMENT DATE  11-10-26",
    ],
)
def test_a_period_is_the_statements_although_sentences_have_its_words(row: str) -> None:
    dated = statement_date(["Example Bank Visa", row, "10/21  AMAZON.COM  18.49"], TODAY)
    assert dated is not None and dated.day == DAY


@pytest.mark.parametrize(
    "row",
    [
        "Earn 5% back October 11, 2026 through November 10, 2026",
        "Double points on all that you buy from October 11 through November 10, 2026",
        "Phone 555-11-10-26",
        "Ref 11-10-26A",
    ],
)
def test_an_offers_period_and_references_are_no_statements_date(row: str) -> None:
    assert statement_date(["Example Bank Visa", row, "10/21  AMAZON.COM  18.49"], TODAY) is None


@pytest.mark.parametrize(
    ("rows", "day"),
    [
        (["Statement date 10/06/2026", "14/05/2026  TESCO  3.00"], date(2026, 6, 10)),
        (["Statement date 10/06/26", "14/05/26  TESCO  3.00"], date(2026, 6, 10)),
        (["Statement date 10/06/2026", "05/14/2026  TARGET  3.00"], date(2026, 10, 6)),
        (["Statement date 10/06/2026", "08/05/2026  TARGET  3.00"], date(2026, 10, 6)),
        (["Statement ends 07/09/2026", "12/08/2026  COLES  88.10"], date(2026, 9, 7)),
        (["Statement date 10/06/2026", "14/05/2026  A STORE  3.00", "05/25/2026  B STORE  4.00"],
         date(2026, 10, 6)),
    ],
)  # fmt: skip
def test_a_page_that_writes_the_day_first_does_so_everywhere(rows: list[str], day: date) -> None:
    """It has a day that is no month, or its purchases would lie ahead."""
    dated = statement_date(rows, TODAY)
    assert dated is not None and dated.day == day


def test_a_statements_date_that_is_still_to_come_is_told() -> None:
    rows = ["Statement date 28 Dec 2026", "02 Nov  AMAZON PRIME VIDEO  5.99"]
    assert statement_date(rows, TODAY) is None
    assert day_ahead(rows, TODAY) == date(2026, 12, 28)
    assert day_ahead(["Statement date 10 Nov 2026"], TODAY) is None


@pytest.mark.parametrize("month", ["November 2026", "2026年11月"])
def test_a_month_that_heads_a_list_is_the_statements(month: str) -> None:
    rows = ["Example Card", month, "Amazon  $23.10", "Nov 12", "Uber  $18.44", "Nov 10"]
    assert statement_date(rows, TODAY) == Dated(date(2026, 11, 30), 1, True)
    assert statement_date(["Example Card", f"Rates of {month} apply"], TODAY) is None
