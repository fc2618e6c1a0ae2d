"""Balances and points are no sums of purchases, where a list's head says which columns they are."""

from __future__ import annotations

import pytest

from prepdoc.checking.ledger.columns import purchases
from prepdoc.checking.ledger.transactions import amazon_rows, rows_with, wanted
from prepdoc.checking.seeing import Piece, Row

TORN = " " * 6
ACCOUNT = (
    "日付  内容  出金金額  残高",
    "2026/10/28  セブン銀行ATM  3,000  13,000",
    "2026/10/30  AMAZON.CO.JP  3,000  10,000",
)


def rows(*lines: str, top: int = 400) -> list[Row]:
    """Rows below each other, as PP-OCR reads them cell by cell; as Tesseract does, all in one."""
    return [_row(line, top + 60 * i) for i, line in enumerate(lines)]


def _row(line: str, y: int) -> Row:
    cells = [line] if TORN in line else line.split("  ")
    boxes = ((300 * x, y, 300 * x + 250, y + 40) for x in range(len(cells)))
    return Row(tuple(Piece(cell, box, 15.0) for cell, box in zip(cells, boxes, strict=True)))


def shows(seen: list[Row], text: str) -> bool:
    """Whether a transaction is found in the last row."""
    return rows_with(purchases(seen), wanted(text)) == (len(seen) - 1,)


@pytest.mark.parametrize(
    ("head", "row", "spent", "other"),
    [
        (ACCOUNT[0], ACCOUNT[2], "3,000", "10,000"),
        ("日 付      内 容      出 金 金額      残 高",
         "2026/10/30      AMAZON.CO.JP      3,000      10,000", "3,000", "10,000"),
        ("年月日  お取引内容  お引出し  お預入れ  差引残高", ACCOUNT[2], "3,000", "10,000"),
        ("ご利用日  ご利用店名  支払区分  ご利用金額(円)  獲得ポイント",
         "2026/10/30  AMAZON.CO.JP  1回払い  10,000  100", "10,000", "100"),
        ("利用日  利用店名・商品名  利用者  支払方法  利用金額  支払手数料  支払総額  "
         "11月支払金額  12月繰越残高", "2026/10/30  AMAZON.CO.JP  本人  1回払い  30,000  0  "
         "30,000  10,000  20,000", "10,000", "20,000"),
        ("お取り引き日  摘要  お預け入れ額  お引き出し額  差し引き残高",
         "2026年10月30日  Visaデビット 50001 AMAZON.CO.JP  3,000  10,000", "3,000", "10,000"),
        ("Date  Description  Amount  Balance", "10/30/2026  AMZN Mktp US*2K4  $64.20  $1,935.80",
         "64.20", "1,935.80"),
        ("Posted  Details  Paid out  Paid in  Balance", "30 Oct 2026  AMAZON.CO.UK  £64.20  "
         "£1,935.80", "64.20", "1,935.80"),
        ("Transaction date  Merchant  Amount  Points", "10/30/2026  AMAZON.COM  $164.20  492",
         "164.20", "492"),
    ],
)  # fmt: skip
def test_a_balance_or_points_behind_a_sum_are_none(
    head: str, row: str, spent: str, other: str
) -> None:
    seen = rows(head, row)
    assert shows(seen, f"Amazon {spent}")
    assert not shows(seen, f"Amazon {other}")


@pytest.mark.parametrize(
    ("head", "row", "sum"),
    [
        ("日付  内容  出金金額  残高", "2026/10/30  AMAZON.CO.JP  3,000", "3,000"),
        ("ご利用日  ご利用店名  ご利用金額", "2026/10/30  AMAZON.CO.JP  10,000  10,000", "10,000"),
        (
            "ご利用日  ご利用店名  ポイント  ご利用金額",
            "2026/10/30  AMAZON.CO.JP  30  3,000",
            "3,000",
        ),
        ("ご利用可能額  ポイント残高", "2026/10/30  AMAZON.CO.JP  12.00 USD  1,803", "1,803"),
        ("2026/10/28  ポイント  金額  残高", "2026/10/30  AMAZON.CO.JP  12.00 USD  1,803", "1,803"),
    ],
)
def test_other_sums_stay(head: str, row: str, sum: str) -> None:
    """Of a row without a balance, under other heads, and under what is none."""
    assert shows(rows(head, row), f"Amazon {sum}")


def test_what_one_reader_sees_of_a_head_counts_for_the_others_rows() -> None:
    second = rows("日 付      内 容      出 金 金額      に リ", *ACCOUNT[1:], top=408)
    for seen in ([*rows(*ACCOUNT), *second], [*second, *rows(*ACCOUNT)]):
        assert rows_with(purchases(seen), wanted("Amazon 10,000")) == ()
        assert rows_with(purchases(seen), wanted("Amazon 3,000")) == (2, 5)


def test_the_next_list_has_its_own_head() -> None:
    seen = rows(
        *ACCOUNT, "ご利用日  ご利用店名  ご利用金額", "2026/11/03  AMAZON.CO.JP  500  9,500"
    )
    assert shows(seen, "Amazon 9,500")


def test_a_list_of_points_alone_shows_no_purchase() -> None:
    for row in ("2026/11/03  Amazonギフトカード  10,000", "11/03  AMAZON.CO.JP ご利用分  100"):
        seen = rows("カード番号  1117", "日付  内容  ポイント", row, "2026/10/20  Vポイント  320")
        assert amazon_rows(purchases(seen)) == rows_with(purchases(seen), wanted("Amazon")) == ()


@pytest.mark.parametrize(
    "strip",
    ["New Balance  Minimum Payment Due  Payment Due Date", "Points balance  Expiry date",
     "New Balance  Statement Closing Date", "Available points  Payment date"],
)  # fmt: skip
def test_a_bills_summary_in_one_row_is_no_lists_head(strip: str) -> None:
    """It stands above the purchases, and has a balance and a day of its own."""
    seen = rows(strip, "$1,204.11  $35.00  12/13/2026", "10/22/2026  AMAZON MARKETPLACE  $58.14")
    assert amazon_rows(purchases(seen)) == (2,)


def aside(*rows: tuple[tuple[str, int], ...]) -> list[Row]:
    """Rows of pieces that end so far to the right."""
    return [
        Row(
            tuple(
                Piece(text, (right - 200, 60 * y, right, 60 * y + 40), 15.0) for text, right in row
            )
        )
        for y, row in enumerate(rows)
    ]


LISTED = ((("11/02", 300), ("HANNAFORD #8100", 700), ("43.18", 1500)),
          (("11/05", 300), ("STEWARTS", 700), ("19.80", 1500)))  # fmt: skip


@pytest.mark.parametrize(
    ("row", "is_bought"),
    [
        ((("Amazon.com $812", 2000),), False),
        ((("Amazon.com", 500), ("812", 1900)), False),
        ((("Amazon.com", 700), ("812.00", 1500)), True),
        ((("11/09", 300), ("Amazon.com", 700), ("812.00", 1900)), True),
    ],
)
def test_a_sum_aside_of_a_list_is_a_summarys(
    row: tuple[tuple[str, int], ...], is_bought: bool
) -> None:
    """Where it has a day, or stands in the list's column, it is an entry."""
    seen = aside(*LISTED, row)
    assert shows(seen, "Amazon 812") is is_bought
    assert amazon_rows(purchases(seen)) == ((2,) if is_bought else ())
    assert shows(aside(LISTED[0], row), "Amazon 812")


def test_points_that_say_so_are_not_counted_as_a_column() -> None:
    head = "ご利用日  ご利用店名  ご利用金額  獲得ポイント"
    assert shows(rows(head, "2026/10/30  Amazonギフト券  5,000円分  4,800円  48P"), "Amazon 4,800")
