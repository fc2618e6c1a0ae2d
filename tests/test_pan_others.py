"""Groups of four that are something else stay; what may be a card's goes, proven or not."""

from __future__ import annotations

import pytest

from prepdoc.pan import are_listed, find, is_told, told
from prepdoc.pan.labels import Before
from tests import draw


@pytest.mark.parametrize(
    "line",
    [
        # phones of eight digits (Singapore, Hong Kong)
        "Tel: 6254 2855   6283 9555",
        "TEL 6254 2855 6283 9555",
        "Telephone No. 6254 2855 6283 9555",
        "Bugis 6338 4410, Hotline 6221 2211 / 6220 9988",
        "Bugis 6221 2211 / 6220 9988",
        "Orchard 6254 2855   6283 9555",
        "電話番号：6254 2855 6283 9555",
        # rows of amounts, and an axis
        "4120 3980 4410 3875 4002",
        "4120  3980  4410  3875  4002",
        "Scale 4000 4500 5000 5500 6000",
        "4000 4500 5000 5500",
        "2026年7月 4926  5917  4855  4477",
        "2026年10月\t4432  1292  2913  4648",
        "10月 5280  4980  3300  1280",
        "Nov 2026 4926  5917  4855  4477",
        "202629F      4602   5683   4473   2362",
        # numbers of other things
        "送り状番号 4312-5566-7788-9911",
        "お問い合わせ伝票番号 4312-5566-7788-9911",
        "供給地点特定番号 03-0011-3612-9356-5157-4630",
        "03-0011-3612-9356-5157-4630",
        "お客様番号 4000 1234 5678 9012 3456",
        "TC# 4820 1937 5563 0487 1125",
        "Ponta会員ID 3479-9593-4609-381",
        "Ponta会員ID 4308-3640-5711-515",
        "楽天ポイントカード番号 2634-2242-5931-1337",
        "IBAN FR12 0878. 8464 5078 0524 5730 672",
        "Loyalty number 4312 5566 7788 9911",
    ],
)
def test_what_something_beside_it_says_is_no_card_stays(line: str) -> None:
    assert find(line) == ()


@pytest.mark.parametrize("label", ["Ref.", "参照番号", "Receipt"])
def test_a_reference_holds_no_number_with_its_expiry(label: str) -> None:
    """As those of acquirers, which have 23 digits; without a label, or a digit more, it goes."""
    long = f"{draw.pan('mastercard-2', 3)}0632888"
    line = f"{label} {long}"
    assert find(line) == ()
    assert all(is_told(match, told([line])) for match in find(long))
    assert len(find(long)) == len(find(f"{label} {long}4")) == 1


def test_an_order_number_with_something_unseen_behind_each_digit_is_one() -> None:
    pan = draw.grouped(draw.pan("visa", 1), " ")
    assert find("".join(f"{c}\u200b" for c in "order 618-4162619-9580922")) == ()
    (match,) = find("".join(f"{c}\u200b" for c in f"order 618-4162619-9580922 card {pan}"))
    assert match.pan.digits == pan.replace(" ", "")


def test_a_number_behind_a_phone_number_is_no_part_of_it() -> None:
    """Nor where a reader took one of its digits for another."""
    number = draw.pan("visa", 3, luhn=False)
    others = told([f"TEL 1234-5678 {draw.grouped(number, ' ')}"])
    assert not any(is_told(match, others) for match in find(draw.grouped(number, " ")))


def test_a_number_behind_three_digits_of_an_order_is_no_part_of_these() -> None:
    """All together are as many as a card may have, in groups: only one run is believed."""
    number = draw.grouped(draw.pan("visa", 3, luhn=False), " ")
    others = told([f"注文番号 123 {number}"])
    assert not any(is_told(match, others) for match in find(number))


@pytest.mark.parametrize("label", ["追跡番号", "追跡", "送り状", "Tracking"])
def test_a_parcels_seventeen_digits_are_no_number_with_one_too_many(label: str) -> None:
    assert find(f"{label} {draw.pan('visa', 3)}2") == ()


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "No. {} end",
        "2026/11/10 {}",
        "10月 {} 12,345円",
        "山田 花子 {} 2026年11月",
        "{} 1128",
        "{} 2026/11/10",
        "2026 {}",
        "{0} {0}",
        "{} 12,345",
        "{} 4500円",
        "カード番号 {} 4500",
        "カード番号 電話 6254 2855 カード番号 {}",
        "VISA {} 4500",
        "会員番号 {} 4500",
        "お客様番号 {}",
        "Tel 03-1234-5678 {}",
        "送り状番号 4312-5566-7788 {}",
    ],
)
@pytest.mark.parametrize("separator", [" ", "-", " - "])
def test_a_card_s_grouping_goes_though_its_check_digit_is_wrong(line: str, separator: str) -> None:
    """Most numbers of samples have a wrong one, and so has what a reader misread."""
    digits = draw.pan("visa", seed=8, luhn=False)
    (match, *_) = find(line.format(draw.grouped(digits, separator)))
    assert match.pan.digits == digits


@pytest.mark.parametrize(
    "line",
    [
        "Tel: {}",
        "{} 3980 4410",
        "送り状番号 {}",
        "2026年7月 {}",
        "TC# {} 1125",
    ],
)
@pytest.mark.parametrize("separator", [" ", "  ", "-"])
def test_a_proven_number_goes_whatever_stands_beside_it(line: str, separator: str) -> None:
    digits = draw.pan("mastercard", seed=3)
    (match, *_) = find(line.format(draw.grouped(digits, separator)))
    assert match.pan.digits == digits


@pytest.mark.parametrize("separator", [" ", "   "])
def test_a_wrong_number_alone_on_its_line_goes_however_wide_its_gaps(separator: str) -> None:
    """On a card groups stand far apart."""
    digits = draw.pan("visa", seed=5, luhn=False)
    (match,) = find(draw.grouped(digits, separator))
    assert match.pan.digits == digits


def test_rows_of_a_column_are_no_number_over_two_lines() -> None:
    """Of phones of eight digits each begins as cards do."""
    assert are_listed(["6227 2265", "6338 4410", "6784 9021"])
    assert not are_listed(["6227 2265", "6338 4410"])
    assert not are_listed(["6227 2265", "6338 4410", "1784 9021", "6784 9021"])
    first = draw.grouped(draw.pan("unionpay", seed=3), " ")
    assert not are_listed([first[:9], first[10:], "6784 9021"])


def test_a_number_that_a_label_names_is_no_card_s_where_it_is_read_without_it() -> None:
    others = told(["Ponta会員ID 3479-9593-4609-381", "no label 4120 3980"])
    (match,) = find("3479-9593-4609-381")
    assert is_told(match, others) and not is_told(match, told([]))


@pytest.mark.parametrize(
    "code",
    [
        "9400 5029 3294 7874 2595 0{}",
        "9274 4111 1111 1111 1111 0{}",
        "8981 6247 1113 0932 49{}",
        "8981 4111 1111 1111 11{}",
    ],
)
@pytest.mark.parametrize("line", ["{}", "Tracking {} sent", "{} 2026-11-30"])
def test_parcels_and_sim_cards_numbers_in_groups_of_four_stay(code: str, line: str) -> None:
    """With their check digit; some hold a card's number by chance."""
    texts = [line.format(code.format(digit)) for digit in range(10)]
    assert sum(not find(text) for text in texts) >= 1
    assert find(line.format(f"{draw.grouped(draw.pan('visa', 3), ' ')} 12"))


@pytest.mark.parametrize("leader", ["....... 12.00", "...12.00", "………… 1,200円", "･･････ 980"])
@pytest.mark.parametrize("separator", ["", " ", "-"])
def test_leaders_behind_a_whole_number_hide_nothing_of_it(leader: str, separator: str) -> None:
    """Its last four stay, and so does the amount they lead to."""
    digits = draw.pan("visa", 4)
    (match,) = find(f"Visa {draw.grouped(digits, separator)}{leader}")
    assert match.pan.last_four == digits[-4:]
    assert len(match.hide) == 12


def test_dots_behind_fewer_digits_are_the_issuer_s_marks() -> None:
    (match,) = find("カード番号 4980-1234-5678-9...")
    assert match.pan.last_four is None


@pytest.mark.parametrize("line", ["paid with {} on 12 Nov", "{}", "Diners {}"])
def test_fourteen_digits_in_fours_are_found_without_a_label(line: str) -> None:
    """As web forms group them; the last four lie in two groups."""
    digits = draw.pan("diners", 2)
    printed = " ".join((digits[:4], digits[4:8], digits[8:12], digits[12:]))
    (match,) = find(line.format(printed))
    assert match.pan.last_four == digits[-4:]


@pytest.mark.parametrize("label", ["WAON番号", "nanaco番号", "Edy番号"])
def test_numbers_of_money_cards_stay_unless_they_are_proven(label: str) -> None:
    digits = draw.pan("visa", 3, luhn=False)
    assert not find(f"{label} 69{draw.grouped(digits, ' ')[2:]}")


@pytest.mark.parametrize(
    "line", ["2345.... 16.59", "5331..45.92\n2345.. 16.59", "0167..…….1,200", "1249... $5"]
)
def test_what_dots_lead_to_from_a_last_four_is_no_number(line: str) -> None:
    """As verification reads rows of which the rest is masked; readers see some of the dots."""
    assert not any(match.hide for match in find(line))


@pytest.mark.parametrize("start", ["34", "37", "36", "38", "300"])
@pytest.mark.parametrize("amount", ["442,7{} €", "2942,7{} €", "1.294,7{}"])
def test_an_account_of_ten_digits_and_an_amount_are_no_number(start: str, amount: str) -> None:
    """With whatever check digit."""
    account = start + "34528588"[: 10 - len(start)]
    assert not any(find(f"{account} {amount.format(digit)}") for digit in range(10))


@pytest.mark.parametrize("line", ["4** **** **** 6339", "Card No. 4** **** ****6339"])
def test_a_first_group_that_lacks_a_digit_is_hidden_with_its_first_mark(line: str) -> None:
    """As PP-OCR reads `41** ****` in a narrow font: the one's ink lies there."""
    (match,) = find(line)
    first = line.index("4")
    assert match.hide == (first, first + 1)
    assert match.pan.last_four == "6339"


@pytest.mark.parametrize("label", ["last 4: ", "Last 5 digits ", "ending in ", "下4桁 ", "last4 "])
def test_a_label_that_names_how_many_digits_follow_is_one(label: str) -> None:
    """Though it ends in a digit, as another number right before one does."""
    assert Before(label).is_ending_label
    assert not Before(f"{label}1234 ").is_ending_label
