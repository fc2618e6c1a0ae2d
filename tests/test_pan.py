"""The pure rules: what is a card number in a line of text, and which of its digits go."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.pan import (
    Pan,
    brand_of,
    embedded,
    ended,
    find,
    kindred,
    lack_ends,
    luhn,
    unclaimed,
)
from tests import draw
from tests.lines import shown


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        # rule 1: range, length, Luhn
        ("4111111111111111", "############KKKK"),
        ("Visa 4222222222222", "Visa #########KKKK"),
        ("VISAカード：4222222222222", "VISAカード：#########KKKK"),
        ("card#4111111111111111;exp12/27", "card#############KKKK;exp12/27"),
        ("**4111-1111-1111-1111**", "**####-####-####-KKKK**"),
        ("{4111 1111 1111 1111} VISA :", "{#### #### #### KKKK} VISA :"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "# # # # # # # # # # # # K K K K"),
        ("4111.1111.1111.1111", "####.####.####.KKKK"),
        ("4111·1111·1111·1111", "####·####·####·KKKK"),
        ("4111_1111_1111_1111", "####_####_####_KKKK"),
        ("4111 | 1111 | 1111 | 1111", "#### | #### | #### | KKKK"),
        ("4111-1111\n1111-1111", "####-####\n####-KKKK"),
        ("４１１１－１１１１－１１１１－１１１１", "####－####－####－KKKK"),
        ("3782-822463-10005", "####-######-#KKKK"),
        ("3056 930902 5904", "#### ###### KKKK"),
        ("5555 5555 5555 4444 2026 11 10", "#### #### #### KKKK 2026 11 10"),
        ("41111111 11111111", "######## ####KKKK"),
        # rule 2: grouped, Luhn or not
        ("4111-1111-1111-1112", "####-####-####-KKKK"),
        ("6200 0000 0000 0000 005", "#### #### #### ###K KKK"),
        ("411l 1111 1111 11I2", "#### #### #### KKKK"),
        # a digit doubled or lost by a reader: beside a label, or tied
        ("カード番号 3569 9947 22376 5492", "カード番号 #### #### ##### KKKK"),
        ("カード\t番号\n3569 9947 22376 5492", "カード\t番号\n#### #### ##### KKKK"),
        ("3569-9947-223-5492", "####-####-###-KKKK"),
        ("会員番号：4242-4242-4242-44242", "会員番号：####-####-####-#KKKK"),
        # rule 3: labelled
        ("カード番号 1234 5678 9012 3456", "カード番号 #### #### #### KKKK"),
        ("Account Number: 4111111111111112", "Account Number: ############KKKK"),
        # rule 4: partly masked
        ("4980-12**-****-1234", "####-##**-****-KKKK"),
        ("4980-12***-*****-1234", "####-##***-*****-KKKK"),
        ("4980-1234-5678-9***", "####-####-####-#***"),
        ("4980-00**-****-****", "####-##**-****-****"),
        ("4980-00**-****-**** 2026/11/10", "####-##**-****-**** 2026/11/10"),
        ("XXXX-XXXXXX-21001", "XXXX-XXXXXX-#KKKK"),
        ("401288■■■■■■■■247", "######■■■■■■■■###"),
        ("4012 88■■ ■■■■ ■■47", "#### ##■■ ■■■■ ■■##"),
        ("4111 XXXX XXXX 1111", "#### XXXX XXXX KKKK"),
        ("3782 XXXX XXXX 123", "#### XXXX XXXX ###"),
        ("411111XXXXXX1111", "######XXXXXXKKKK"),
        ("41 XXXXXXXX 1111", "## XXXXXXXX KKKK"),
        ("4980 12•• •••• 1234", "#### ##•• •••• KKKK"),
        ("4980-12■■■■■■■■■ 1234", "####-##■■■■■■■■■ KKKK"),
        ("4980-00**-****-**** 2026年11月", "####-##**-****-**** 2026年11月"),
        ("4980 12■■ ■■■■ 1234", "#### ##■■ ■■■■ KKKK"),
        ("Account Ending 7-21001", "Account Ending #-#KKKK"),
        ("カード番号下5桁：71005 作成日", "カード番号下5桁：#KKKK 作成日"),
        ("last five digits: 71005", "last five digits: #KKKK"),
        ("Card number: 4980-1234-5678-****", "Card number: ####-####-####-****"),
        ("カード番号：4980 1234 5678 XXXX", "カード番号：#### #### #### XXXX"),
        ("Amex 3742 36671251163", "Amex #### #######KKKK"),
        ("VISA 4147209833445567", "VISA ############KKKK"),
        ("4147 2098 33445567", "#### #### ####KKKK"),
        ("4147 2098 3344 5566 / 5301 2208 4471 0093", "#### #### #### KKKK / #### #### #### KKKK"),
        ("%B4111111111111111^", "%B############KKKK^"),
        ("4111\u200b1111\u200b1111\u200b1111", "####\u200b####\u200b####\u200bKKKK"),
        # the last four only
        ("XXXX-XXXX-XXXX-1234 12/28", "XXXX-XXXX-XXXX-KKKK 12/28"),
        ("****-****-****-1234 2026/10/08", "****-****-****-KKKK 2026/10/08"),
        ("XXXX-XXXX-XXXX-1234 5.90", "XXXX-XXXX-XXXX-KKKK 5.90"),
        ("■■■■ ■■■■ ■■■■ 1111 05/28", "■■■■ ■■■■ ■■■■ KKKK 05/28"),
        ("10/07 ■■■■-■■■■-■■■■-1111 10/08", "10/07 ■■■■-■■■■-■■■■-KKKK 10/08"),
        ("■■■■ ■■■■ ■■■■ 1111 123", "■■■■ ■■■■ ■■■■ KKKK 123"),
        ("■■■■-■■XX-XXXX-5678 10/07/2026", "■■■■-■■XX-XXXX-KKKK 10/07/2026"),
        ("■■■■ ■■■■ ■■■■ 1111 ■■■■ ■■■■ ■■■■ 2222", "■■■■ ■■■■ ■■■■ KKKK ■■■■ ■■■■ ■■■■ KKKK"),
        ("**■■■■-■■■■-■■■■-4455**", "**■■■■-■■■■-■■■■-KKKK**"),
        ("*k■■■■■■■■■■■■■■■-4455** UOB", "*k■■■■■■■■■■■■■■■-KKKK** UOB"),
        ("■ ■ ■ ■ ■ ■ ■ ■ ■ ■ ■ ■ 1 1 1 1", "■ ■ ■ ■ ■ ■ ■ ■ ■ ■ ■ ■ K K K K"),
        ("PAN ######### 5107 0000", "PAN ######### KKKK 0000"),
        ("PAN ######## 5107 0000", "PAN ######## KKKK 0000"),
        ("VISA 1234 APP: 123456", "VISA KKKK APP: 123456"),
        ("Visa ending 1234", "Visa ending KKKK"),
        ("VISA *1234", "VISA *KKKK"),
        ("Mastercard (…4321)", "Mastercard (…KKKK)"),
        ("下4けた 1234", "下4けた KKKK"),
        ("****-****-****-1234", "****-****-****-KKKK"),
        ("################1234", "################KKKK"),
        ("Karten-Nr. ###########1234 0000", "Karten-Nr. ###########KKKK 0000"),
        ("########1234 0000", "########KKKK 0000"),
        ("会員番号 XXXX1234", "会員番号 XXXXKKKK"),
        ("Visa ••••1234", "Visa ••••KKKK"),
        ("ご利用力一ド番号：222241467527701", "ご利用力一ド番号：###########KKKK"),
        ("ｶｰﾄﾞ番号 222241467527701", "ｶｰﾄﾞ番号 ###########KKKK"),
        ("カ-ド番号222241467527701", "カ-ド番号###########KKKK"),
        ("カード番号…1234", "カード番号…KKKK"),
        ("カード番号下4桁：1234 2026年11月10日", "カード番号下4桁：KKKK 2026年11月10日"),
        ("【カード番号末尾4桁】 1234", "【カード番号末尾4桁】 KKKK"),
        ("XXXX XXXX XXXX 123 4", "XXXX XXXX XXXX KKK K"),
        ("Sapphire Preferred (...1234)", "Sapphire Preferred (...KKKK)"),
        ("Freedom® (***1234)", "Freedom® (***KKKK)"),
        ("Blue Cash (…1234)", "Blue Cash (…KKKK)"),
        ("●●3●0●●5●6●●9●3●3●8●4●●9●●2●9●2●7●●", "●●#●#●●#●#●●#●#●#●#●#●●#●●K●K●K●K●●"),
        ("4980 12●● ●●●● 1234 ●●●", "#### ##●● ●●●● KKKK ●●●"),
        ("080-6025-1704 5108-●●●●-●●●●-2001", "080-6025-1704 ####-●●●●-●●●●-KKKK"),
        ("4242 4242●● 4242 4242", "#### ####●● #### KKKK"),
        ("4242 4242 4242 4242●", "#### #### #### KKKK●"),
        ("6524 1215  3528 ■■■■ ■■■■ 1909", "6524 1215  #### ■■■■ ■■■■ KKKK"),
        ("Account number ending in: 123 4", "Account number ending in: KKK K"),
        # boxes hide more than is printed, as they are counted
        ("4111 ■■■■■ ■■■■■ 1579", "#### ■■■■■ ■■■■■ KKKK"),
        ("6011 ■■■■■■ ■■■■■■ 9264", "#### ■■■■■■ ■■■■■■ KKKK"),
        ("4111 ■■■■■■■■■■■■ 1579", "#### ■■■■■■■■■■■■ KKKK"),
        ("498012 ■■■■■ ■■■■■ 1579", "###### ■■■■■ ■■■■■ KKKK"),
        ("3782 ■■■■■■■■■ 71001", "#### ■■■■■■■■■ #KKKK"),
        ("4980 5212 ■■■■■ ■■■■■", "#### #### ■■■■■ ■■■■■"),
        ("6011 ******* ******* 9264", "#### ******* ******* KKKK"),
        # a whole number is hidden behind another one's first digits
        ("4111 ************1579", "4111 ************KKKK"),
        ("4111 ■■■■■ ■■■■■ ■■■■■ 1579", "4111 ■■■■■ ■■■■■ ■■■■■ KKKK"),
        ("2026 ■■■■■ ■■■■■ 1579", "2026 ■■■■■ ■■■■■ KKKK"),
        # marks that touch, of which readers see two
        ("(2)\t51051**", "(2)\t######*"),
        ("カード番号 51051******1234", "カード番号 ######*****KKKK"),
        ("45,000**", "45,000**"),
        ("会員番号\t*****34-3453-5971", "会員番号\t*****##-####-KKKK"),
        ("(2) ●●●-●●34-3453-5971", "(2) ●●●-●●##-####-KKKK"),
        # specks of dirt, as readers see them
        ("4111'1171 0233 7599", "####'#### #### KKKK"),
        ("4111 ‘1171 0233 7599", "#### ‘#### #### KKKK"),
        ("4111 1171 02.33 7599", "#### #### ##.## KKKK"),
        ("4111 11·71 0233 75.99", "#### ##·## #### KK.KK"),
        ("4111 1171 0,233 7599 1,234", "#### #### #,### KKKK 1,234"),
        ("4111 *1171 0233 7599", "#### *#### #### KKKK"),
        ("4111-11'71-0233-7599", "####-##'##-####-KKKK"),
        ("411111-7102337599", "######-######KKKK"),
        ("3714 497·962 92563", "#### ###·### #KKKK"),
        # a footnote's mark, or a digit of the issuer's own, right at a number
        ("4111 1171 0233 75993", "#### #### #### KKKK3"),
        ("41111171023375993", "############KKKK3"),
        ("Card No. 4111-1171-0233-7599*1", "Card No. ####-####-####-KKKK*1"),
        ("Account number 04111117102337599", "Account number #############KKKK"),
        ("3714 497962 925631", "#### ###### #KKKK1"),
        # of which a reader saw one twice: no mark
        ("4242-4242-4242-44242", "####-####-####-#KKKK"),
        # the first thirteen, of whose marks readers see none
        ("川端 様 4000-0036-9513-4三井住友", "川端 様 ####-####-####-#三井住友"),
        # marks that stand apart behind thirteen digits, which pass Luhn by themselves
        ("カード番号 4222223132522 * * *", "カード番号 ############# * * *"),
        # fewer marks than the issuer printed, and a date beside marks that are none
        ("様,4000-00●● ●●●s● ' ●●", "様,####-##●● ●●●s● ' ●●"),
        ("26/09/19●●●●●|● SHOP", "26/09/19●●●●●|● SHOP"),
        # thirteen digits that pass Luhn, and marks behind them
        ("6011-1128-4898-2●●●", "####-####-####-#●●●"),
        ("Card number 6011-1128-4898-20", "Card number ####-####-####-##"),
        ("3530-米米米*-*米米米-米米米米", "####-米米米*-*米米米-米米米米"),
        ("4222 2234 3927 0■■■", "#### #### #### #■■■"),
        ("Card number■■■5551 4432 3780", "Card number■■■#### #### KKKK"),
        ("カード番号 ■■■■■ 5551-4432-3780", "カード番号 ■■■■■ ####-####-KKKK"),
        ("Card number ****1234 2026-1110-0000", "Card number ****KKKK 2026-1110-0000"),
        ("Card **** **** **** 1234 5678 9012", "Card **** **** **** KKKK 5678 9012"),
    ],
)
def test_digits_beyond_the_last_four_are_hidden(line: str, masked: str) -> None:
    """Every form of formats.md loses what it shows too much, and keeps its last four."""
    assert shown(line) == masked


@pytest.mark.parametrize(
    "line",
    [
        "250-1234567-1234567",
        "4,111 1,171 0,233 7,599",
        "伝票番号 412122、9780000000002",
        "503-1234567-1234567 2026/11/10",
        "03-1234-5678 0120-899-543 +81 90-1234-5678 090-****-1234",
        "4901234567894",
        "ポイントカード 4222222222222",
        "Invoice 4000-2026-1118-0033",
        "Order No. 4000-2026-1118-0033",
        "ご予約番号：4000-2026-1118-0033",
        "Reference 477199823441 0038 (bank)",
        "GB90 NWBK 6757 6389 6146 44",
        "IBAN FR76 3000 6000 0112 345",
        "2026/11/10 2026/12/10 10,000 12,345",
        "DE89 3704 0044 0532 0130 00",
        "カード番号のお問い合わせは0120-899-543",
        "1111 1111 1111 1111",
        "4500 3200 12500 4300",
        "3569 9947 22376 5492 1200",
        "4111111111111112",
        "普通 ***1234 口座番号 1234567 口座 ****5678",
        "12345678901234567890123",
        "Lost? Card No: 0120-123-456",
        "T-20012********47",
        "ref 110123********47",
        "MAX 1234 x 5678",
        "カード番号\n2026/10/07",
        "Alternate Account Number: 0001234567890123456",
        "〒100-0001 東京都千代田区千代田1-1",
        # the scan line of a Swedish giro's slip
        "# 90798362104024 # 57915 57 4 > 22080215#41#",
        "#90798362104024# 57915 57 4 > 22080215#41#",
        "90798362104024 #   57915 57   4 >    22080215#41#",
        "# 90798362104024 # > 22080215#41#",
    ],
)
def test_lookalikes_stay(line: str) -> None:
    """Orders, phones, dates, amounts, accounts and codes are none of our business."""
    assert find(line) == ()


def test_known_digits_are_hidden_wherever_they_stand() -> None:
    """Six digits in a row of a number seen elsewhere go (rule 5); its last four alone stay."""
    known = (Pan("5123456789012346"),)
    assert shown("ref 345678 ok 2346", known) == "ref ###### ok 2346"
    assert shown("ref 9012346", known) == "ref ###KKKK"
    assert shown("ref 34567 ok", known) == "ref 34567 ok"


@pytest.mark.parametrize("middle", range(3559190, 3559220))
def test_no_order_number_is_a_card_whatever_its_check_digit(middle: int) -> None:
    """503 begins as Maestro does, and of 17 digits one in ten passes Luhn."""
    orders = [f"503-{middle}-56614{last:02}" for last in range(70, 80)]
    assert any(luhn(order.replace("-", "")) for order in orders)
    assert [find(f"注文 {order} 登録") for order in orders] == [()] * 10
    assert [find(f"注文番号{order.replace('-', '.')}") for order in orders] == [()] * 10
    assert [find(f"注文番号：{order}") for order in orders] == [()] * 10


@pytest.mark.parametrize(
    ("line", "told", "found"),
    [
        ("{}0000084207000003500011142026", "{}", True),
        ("0035000{}00842070", "{}", True),
        ("{}0000084207000003500011142026", "0000", False),
        ("{}", "{}", False),
        ("1{}7 {}00842070", "", False),
    ],
)
def test_a_longer_run_holds_the_number_whose_last_four_are_told(
    line: str, told: str, found: bool
) -> None:
    """A payment slip's scan line; what stands alone is found by itself."""
    for brand in ("visa", "mastercard", "amex"):
        number = draw.pan(brand, 7)
        fours = {told.format(number[-4:])}
        assert (number in {p.digits for p in embedded(line.format(number, number), fours)}) == found


def test_orders_and_phones_share_digits_by_chance() -> None:
    """1234567 in an order number is not the card's 1234567."""
    known = (Pan("4980123456789012"),)
    line = "250-1234567-1234567 tel 090-1234-5678 ref 1234567"
    assert shown(line, known) == "250-1234567-1234567 tel 090-1234-5678 ref #######"


@pytest.mark.parametrize(
    ("digits", "line"),
    [
        ("4000000123456789", "AID A0000000031010"),
        ("3330101014567890", "AID: A000000333010101 TC"),
        ("3540120555019876", "お問い合わせ 0120-555-019(9時〜17時)"),
    ],
)
def test_a_chips_application_and_a_free_number_share_digits_by_chance(
    digits: str, line: str
) -> None:
    """Every receipt of a chip names one."""
    known = (Pan(digits),)
    assert shown(line, known) == line
    assert shown(f"ref {digits[:8]}", known) == "ref ########"


def test_what_the_user_keeps_is_spared_unless_luhn_proves_it() -> None:
    """--keep overrules every rule but the first."""
    assert find("No. 4111 1111 1111 1112", spared=("4111111111111112",)) == ()
    assert find("No. 4111 1111 1111 1111", spared=("4111111111111111",)) != ()


def test_an_unproven_run_is_reported() -> None:
    """What looks like a card but fails Luhn is named for the report, not hidden."""
    line = "ref 4111111111111112"
    assert unclaimed(line, find(line)) == ("4111111111111112",)


PARTS = [(6, 10), (10, 6), (4, 6, 6), (6, 6, 4)]


def in_parts(digits: str, sizes: Sequence[int]) -> str:
    ends = list(accumulate(sizes))
    return " ".join(digits[end - size : end] for size, end in zip(sizes, ends, strict=True))


@pytest.mark.parametrize("sizes", PARTS)
@pytest.mark.parametrize("line", ["{} (JCB)", "{} JCB", "Card {}", "JCB {}", "ご利用カード {}"])
def test_a_few_long_groups_are_a_number_where_a_card_is_named(
    line: str, sizes: tuple[int, ...]
) -> None:
    """Before it, or its own brand behind it."""
    number = draw.pan("jcb", 4)
    (match,) = find(line.format(in_parts(number, sizes)))
    assert (match.rule, match.pan.digits) == (1, number)


@pytest.mark.parametrize("sizes", [(2, 14), (1, 15), (14, 2), (1, 2, 13), (4, 2, 10), (8, 7, 1)])
@pytest.mark.parametrize(
    ("line", "is_one"), [("カード番号 {}", True), ("Card no. {}", True), ("{}", False)]
)
def test_a_blank_anywhere_is_forgiven_beside_a_card_s_label(
    line: str, is_one: bool, sizes: tuple[int, ...]
) -> None:
    """Readers see one between digits that are set wide apart."""
    number = draw.pan("visa", 4)
    found = [match.pan.digits for match in find(line.format(in_parts(number, sizes)))]
    assert found == ([number] if is_one else [])


@pytest.mark.parametrize("sizes", PARTS)
@pytest.mark.parametrize("line", ["Ref {}", "{} paid by JCB", "{} Visa", "{} JCBs", "{}"])
def test_a_few_long_groups_without_a_name_stay_and_are_reported(
    line: str, sizes: tuple[int, ...]
) -> None:
    number = draw.pan("jcb", 4)
    text = line.format(in_parts(number, sizes))
    assert find(text) == ()
    assert unclaimed(text, ()) == (number,)


@pytest.mark.parametrize(
    "text",
    [
        in_parts(draw.pan("jcb", 4, luhn=False), (6, 10)) + " JCB",
        in_parts(draw.pan("maestro", 4), (6, 10)) + " Maestro",
        "Card " + in_parts(draw.pan("jcb", 4), (3, 3, 10)),
        "Card " + in_parts(draw.pan("jcb", 4), (4, 4, 6, 2)),
        "Card " + in_parts(draw.pan("jcb", 4), (6, 10)) + "-1",
    ],
)
def test_a_name_beside_long_groups_makes_no_number_without_proof(text: str) -> None:
    """And not of short groups, or a part of a chain."""
    assert find(text) == ()


def test_a_pan_shows_its_last_four_only() -> None:
    """Neither repr nor str nor a match's repr gives the digits away."""
    match = find("4111222233334444")
    assert "41112222" not in repr(Pan("4111222233334444")) + str(Pan("4111222233334444"))
    assert "2222" not in repr(match)


CARD_PREFIXES = ("4", "51", "2221", "34", "37", "36", "3528", "62", "6011", "50")
LENGTHS = {"34": 15, "37": 15, "36": 14}


@st.composite
def pans(draw: st.DrawFn) -> str:
    """A number of a known range with the right length and check digit."""
    prefix = draw(st.sampled_from(CARD_PREFIXES))
    length = LENGTHS.get(prefix, 16)
    body = prefix + draw(st.text("0123456789", min_size=length, max_size=length))
    body = body[: length - 1]
    return next(body + d for d in "0123456789" if luhn(body + d))


@given(pans(), st.sampled_from(["", " ", "-", "・", " - ", "/", "\u00a0"]))
def test_a_number_is_always_found(digits: str, separator: str) -> None:
    """Whatever stands between the groups, all but the last four digits are hidden."""
    line = "No. " + separator.join(digits[i : i + 4] for i in range(0, len(digits), 4)) + " end"
    if len(digits) != 16 and separator:
        line = "No. " + separator.join((digits[:4], digits[4:10], digits[10:])) + " end"
    assert brand_of(digits) is not None
    kept = [c for c, mark in zip(line, shown(line), strict=True) if mark == "K"]
    assert "".join(kept) == digits[-4:]
    assert not any(c.isdecimal() for c in shown(line))


MARKS = st.dictionaries(st.integers(1, 18), st.sampled_from("●■"), max_size=3)
"""Fewer than hide a group: from four on an issuer may have hidden digits so."""


@given(pans(), MARKS)
def test_a_few_marks_that_are_seen_among_all_its_digits_hide_no_number(
    digits: str, marks: dict[int, str]
) -> None:
    """Readers see marks in the shadows of embossed digits; issuers hide four in a row and more."""
    ends = (4, 8, 12, 16) if len(digits) == 16 else (4, 10, 16)
    line = " ".join(digits[a:b] for a, b in pairwise((0, *ends)))
    line = "".join(marks.get(i, "") + char for i, char in enumerate(line))
    kept = [c for c, mark in zip(line, shown(line), strict=True) if mark == "K"]
    assert "".join(kept) == digits[-4:]
    assert not any(c.isdecimal() for c in shown(line))


@given(st.text())
def test_no_text_breaks_the_rules(text: str) -> None:
    """Matches lie inside the text, in order, with hidden and kept characters apart."""
    for match in find(text):
        assert 0 <= match.start < match.end <= len(text)
        assert not set(match.hide) & set(match.keep)
        assert all(match.start <= i < match.end for i in match.hide + match.keep)


@given(st.text("abcdefgh ,;:()\n漢字", max_size=200))
def test_text_without_digits_is_never_masked(text: str) -> None:
    """No digit, no match."""
    assert find(text) == ()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("IBAN FR27 9923 4209 4168 9783 2146 821", False),
        ("IBAN: FR27 9923 4209 4168 9783 2146 821", False),
        ("FR27 9923 4209 4168 9783 2146 821", True),
        ("IBAN FR27 4209 4168 9783 2146", True),
        ("IBAN 4111 1111 1111 1111", True),
        ("IBAN FR27 9923 4209 4168", False),
        ("RO12 VISA 4111 1111 1111 1111", True),
    ],
)
def test_an_iban_misread_is_still_one_behind_its_word(text: str, is_found: bool) -> None:
    """Its check digits do not fit, but its country's length does."""
    assert bool(find(text)) is is_found


@pytest.mark.parametrize("brand", ["visa", "mastercard", "jcb"])
@pytest.mark.parametrize("separator", ["-", " "])
def test_the_last_four_of_a_number_that_is_cut_off_are_none(
    brand: draw.Brand, separator: str
) -> None:
    """A thumb hides its last digit: the digits before it are no last four."""
    text = f"Card number {draw.grouped(draw.pan(brand, 5), separator)}"[:-1]
    (match,) = find(text)
    assert (len(match.hide), match.keep, match.pan.last_four) == (15, (), None)


@pytest.mark.parametrize("behind", ["", " last 4: 1234", "  ref 12"])
def test_three_groups_of_a_card_that_has_four_are_hidden_with_the_last(behind: str) -> None:
    """Whoever reads no more of it does not know its last four."""
    text = f"カード番号 {draw.grouped(draw.pan('jcb', 5), ' ')[:14]}{behind}"
    match = find(text)[0]
    assert (len(match.hide), match.keep, match.pan.last_four) == (12, (), None)


PARTED = {
    "columns": "カード番号\t{}\t{}\t{}\t{}",
    "columns of a table": "2026/10/02\t{}\t{}\t{}\t{}\t12,340",
    "columns of which some are near": "カード番号\t{} {} {}\t{}",
    "wide blanks": "{}      {}      {}      {}",
    "blanks of which one is hardly wide enough": "{}    {}   {}    {}",
    "colons": "{}:{}:{}:{}",
    "Japanese commas": "{}、{}、{}、{}",
    "plus": "PAN {}+{}+{}+{}",
    "equals": "{}={}={}={}",
    "parentheses": "({})({})({})({})",
    "the last group in parentheses": "カード番号 {} {} {} ({})",
    "the last four behind solid digits": "Card number: {}{}{}({})",
    "the last four in Japanese brackets": "{} {} {}【{}】",
    "the first group in parentheses": "({}) {} {} {}",
    "another group in brackets": "{}-{}-[{}]-{}",
    "an arrow before the last four": "{} {} {} → {}",
    "a dash far from the last four": "Card No. {} {} {}  -  {}",
    "a word before the last four": "カード番号 {}-{}-{} の {}",
    "links": "<a>{}</a><a>{}</a><a>{}</a><a>{}</a>",
    "a URL's blanks": "card={}%20{}%20{}%20{}",
    "escaped tabs": r"{}\t{}\t{}\t{}",
    "the same in a Japanese font": "{}¥t{}¥t{}¥t{}",
    "quoted cells": '"{}","{}","{}","{}"',
    "quotes as readers see them": '{}", "{}“,”{}","{}"',
    "a dash that is read as a letter": "Card No. {}L{}-{}-{}",
}


@pytest.mark.parametrize("form", PARTED.values(), ids=PARTED)
def test_groups_are_parted_by_what_no_card_is_printed_with(form: str) -> None:
    number = draw.pan("visa", 5)
    text = form.format(*(number[i : i + 4] for i in range(0, 16, 4)))
    (match,) = find(text)
    assert "".join(text[i] for i in match.hide) == number[:12]
    assert "".join(text[i] for i in match.keep) == number[12:]


@pytest.mark.parametrize("between", ["\t", "     ", " \t "])
def test_a_digit_in_each_column_is_a_number_where_as_many_follow_each_other(between: str) -> None:
    """By the check digit; a longer row of counts is none, whatever some of them make."""
    number = draw.pan("visa", 5)
    row = between.join(number)
    (match,) = find(f"Total 12{between}{row}{between}1,200")
    assert len(match.hide) == 12
    wrong = between.join(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not find(wrong)
    assert not find(f"7{between}{row}")
    assert not find(f"{row}{between}0")


def test_a_number_written_as_a_sum_is_one() -> None:
    number = draw.pan("visa", 5)
    (match,) = find(f"{int(number):,}")
    assert len(match.hide) == 12


def test_dashes_hide_digits_behind_the_first_six() -> None:
    (match,) = find("411111――――――1234")
    assert len(match.hide) == 6
    assert find("4111――――1234") == () == find("2026/10/02 ---- 10,000")
    assert len(find("411111— ——1234")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{}\t{}\t{}\t{}\t1800",
        "1800\t{}\t{}\t{}\t{}",
        "{}円、{}円、{}円、{}円",
        "{}, {}, {}, {}, 1800",
        "'{}','{}','{}','{}','1800'",
    ],
)
def test_columns_and_lists_of_four_digits_are_none(text: str) -> None:
    number = draw.pan("visa", 5)
    assert find(text.format(*(number[i : i + 4] for i in range(0, 16, 4)))) == ()


@pytest.mark.parametrize("between", ["\t", "    ", " \t"])
@pytest.mark.parametrize(
    ("groups", "hidden", "kept"),
    [
        (("4111", "11**", "****", "1234"), 6, 4),
        (("4111", "XXXX", "XXXX", "1234"), 4, 4),
        (("4111", "11••", "••••", "••••"), 6, 0),
        (("3714", "49****", "*1234"), 6, 4),
        (("4111", "11**", "1234"), 6, 4),
        (("3714", "******", "51234"), 5, 4),
    ],
)
def test_what_the_issuer_hides_in_part_may_stand_in_columns(
    between: str, groups: tuple[str, ...], hidden: int, kept: int
) -> None:
    (match,) = find(f"2026/10/02{between}" + between.join(groups) + f"{between}12,340")
    assert (len(match.hide), len(match.keep)) == (hidden, kept)


@pytest.mark.parametrize(
    "text",
    [
        "4111\t1111\t1800\t1**5\t1800",
        "1800\t****\t****\t1234",
        "****\t****\t****\t1234",
        "4111\t**\t1800\t2026",
        "4111\tXL\tXX\t1234",
    ],
)
def test_columns_with_marks_are_no_number_without_a_cards_shape(text: str) -> None:
    """Nothing is hidden of what shows no digit but the last four."""
    assert all(not match.hide for match in find(text))


def test_columns_without_a_check_digit_need_a_label() -> None:
    assert find("4111\t1111\t1111\t1112") == ()
    assert len(find("カード番号\t4111\t1111\t1111\t1112")) == 1


def test_a_phone_before_a_hidden_number_is_no_part_of_it() -> None:
    (match,) = find("TEL 06-5999-9471 ■■■■ ■■■■ ■■■■ 0457")
    assert match.hide == ()
    (hidden,) = find("03-1234-5678 4980-12**-****-1234")
    assert len(hidden.hide) == 6


@pytest.mark.parametrize("noughts", [2, 4, 8])
@pytest.mark.parametrize("brand", ["visa", "amex", "jcb", "diners"])
def test_a_number_behind_noughts_is_one_by_its_check_digit(brand: draw.Brand, noughts: int) -> None:
    """Records of a fixed width are filled up with them."""
    pan = draw.pan(brand, 7)
    (match,) = find(f"データ {'0' * noughts}{pan}")
    assert (match.pan.digits, len(match.keep)) == (pan, 4)
    wrong = pan[:-1] + str((int(pan[-1]) + 1) % 10)
    assert find(f"データ {'0' * noughts}{wrong}") == ()


@pytest.mark.parametrize("brand", ["visa", "mastercard", "amex", "jcb"])
@pytest.mark.parametrize("behind", ["01", "1", "00"])
def test_a_branch_behind_a_number_takes_none_of_its_last_four(
    brand: draw.Brand, behind: str
) -> None:
    """Which card of an account it is, though the longer number pass Luhn as well."""
    pan = draw.pan(brand, 4)
    (match,) = find(f"Card number {draw.grouped(pan, '-')}-{behind}")
    assert match.pan.digits == pan


@pytest.mark.parametrize("behind", ["-*", "-**", "-●", " -*1", "-1*"])
@pytest.mark.parametrize("form", ["{0}-{1}-{2}-{3}", "{0}-****-****-{3}", "{0}-{1}-****-****"])
def test_marks_behind_a_number_s_last_group_are_no_branch(form: str, behind: str) -> None:
    groups = draw.grouped(draw.pan("visa", 3), "-").split("-")
    line = f"Card number {form.format(*groups)}{behind}"
    hidden = {line[i] for match in find(line) for i in match.hide}
    assert set(groups[0]) <= hidden


@pytest.mark.parametrize("behind", ["01", "1"])
def test_longer_numbers_of_unionpay_are_hidden_whole(behind: str) -> None:
    pan = draw.pan("unionpay", 2)
    (match,) = find(f"Card number {draw.grouped(pan, '-')}-{behind}")
    assert match.pan.digits == pan + behind


@pytest.mark.parametrize("brand", ["visa", "amex", "jcb"])
@pytest.mark.parametrize(
    "date", ["11/05", "2026/11/05", "26/11/05", "11/05/2026", "2026-11-05", "05 Nov 2026"]
)
@pytest.mark.parametrize("separator", ["", " ", "-"])
def test_a_date_right_before_a_number_does_not_hide_it(
    brand: draw.Brand, date: str, separator: str
) -> None:
    """Two columns so near that readers see no blank between them."""
    pan = draw.pan(brand, 4)
    (match,) = find(f"{date}{draw.grouped(pan, separator)} AMAZON 1,204")
    assert (match.pan.digits, len(match.keep)) == (pan, 4)
    unproven = draw.pan(brand, 4, luhn=False)
    assert not [m for m in find(f"{date}{unproven} AMAZON") if m.pan.digits == unproven]


@pytest.mark.parametrize("brand", ["visa", "amex", "jcb", "diners"])
@pytest.mark.parametrize("behind", ["1227", "0131123", "12271234"])
def test_an_expiry_glued_to_a_number_does_not_hide_it(brand: draw.Brand, behind: str) -> None:
    """Nor a security code behind that; what is no month and year does."""
    pan = draw.pan(brand, 5)
    line = f"ref {pan}{behind} x"
    (match,) = find(line)
    assert (match.pan.digits, line[match.start : match.end]) == (pan, pan)
    assert find(f"ref {pan}1399 x") == ()


@pytest.mark.parametrize("sizes", [(8, 8), (4, 12), (6, 10), (4, 4, 8)])
@pytest.mark.parametrize("gap", ["\t", "      "])
def test_cells_may_part_a_number_anywhere_beside_its_label(
    sizes: tuple[int, ...], gap: str
) -> None:
    """Without a label, or with a wrong check digit, two numbers of eight digits are two numbers."""
    pan = draw.pan("jcb", 9)
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    parts = [pan[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    (match,) = find(gap.join(["カード番号", *parts]))
    assert (match.pan.digits, len(match.hide), len(match.keep)) == (pan, 12, 4)
    assert find(gap.join(["注文", *parts])) == ()


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Card 000 4825 9373 118", True),
        ("4000-4825-9373-118", True),
        ("00 4825 9373 1187", True),
        ("782 822463 10005", True),
        ("4000 4825 9373 1187", False),
        ("4825 9373 1187", False),
        ("000 4825 9373 11", True),
        ("00 4825 9373 11", False),
        ("090 1234 5678", False),
        ("1000 4825 93-73 118", False),
        ("会員番号 000 4825 9373 118", True),
        ("お問い合わせ伝票番号 000 4825 9373 118", False),
        ("250-1234567-1234567", False),
        ("000 4825 9373 118 2026", False),
    ],
)
def test_a_card_s_groups_without_a_digit_at_an_end_are_known(text: str, lacks: bool) -> None:
    assert lack_ends(text) is lack_ends(text, ["-", "411"]) is lacks
    assert not lack_ends(text, ["Ref", "4825 9373", "822463"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("411111 6001 041799", True),
        ("1 6001 1799", True),
        ("509 2340 1799 is left", True),
        ("in November 2026 1799", False),
        ("1-800-555-1799", False),
        ("Paid by 41111 16001 041799 on 2026/11/02", True),
        ("2026/11/12 1799 BOOKS", False),
        ("30/11/2026 1799", False),
        ("2026/11/12 2026/11/14 1799", False),
        ("**** **** **** 1799", False),
        ("411111****** 1799", False),
        ("000 4825 9373 179", True),
        ("0004 4825 9373 1799", True),
    ],
)
def test_a_number_is_told_by_the_last_four_that_are_given(text: str, found: bool) -> None:
    """And no date before them is taken for a part of it."""
    assert bool(list(ended(text, "1799"))) == found


@pytest.mark.parametrize(
    ("sizes", "heads", "found"),
    [
        ((6, 4, 6), True, True),
        ((5, 5, 6), True, True),
        ((6, 10), True, True),
        ((6, 4, 6), False, False),
        ((6, 4, 5), True, False),
    ],
)
def test_a_number_is_told_by_the_first_six_of_another(
    sizes: tuple[int, ...], heads: bool, found: bool
) -> None:
    """Where its check digit fits, however it is grouped."""
    pan = draw.pan("visa", 21)
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    text = " ".join(pan[end - size : end] for size, end in zip(sizes, ends, strict=True))
    seen = kindred(f"Second {text} on 11/02", {pan[:6]} if heads else {"555555"})
    assert [one.digits for one in seen] == [pan] * found


def test_a_card_s_number_in_a_giro_s_line_goes() -> None:
    """The signs around it hide nothing of it; elsewhere they do."""
    number = draw.pan("visa", seed=7)
    assert shown(f"# {number} # 579 57 4 > 22080215#41#").startswith(f"# {'#' * 12}KKKK #")
    assert shown("Account ############1234") == "Account ############KKKK"
