"""Numbers with digits of another kind right beside them, with which three groups pass as well."""

from __future__ import annotations

import pytest

from prepdoc.pan import unclaimed
from prepdoc.pan.number import brand_of, luhn
from tests import draw
from tests.lines import shown

FOURS = tuple(f"{n:04}" for n in range(10_000))


def in_fours(digits: str) -> str:
    return draw.grouped(digits, " ")


def passing_before(digits: str) -> str:
    """Four digits that make a number with the first twelve."""
    return next(four for four in FOURS if _is_one(four + digits[:12]))


def passing_behind(digits: str) -> str:
    """Four digits that make a number with the last twelve."""
    return next(four for four in FOURS if _is_one(digits[4:] + four))


def _is_one(digits: str) -> bool:
    return brand_of(digits) is not None and luhn(digits)


VISA = draw.pan("visa", seed=2)
TWO_SIDED = next(f"401250510000999{n}" for n in range(10) if luhn(f"401250510000999{n}"))
"""Its last twelve begin like a card."""


@pytest.mark.parametrize("line", ["MCC {0} {1}", "{0} {1}", "desk {0} {1} on 2026/11/30"])
def test_of_two_numbers_as_good_as_each_other_neither_can_be_read(line: str) -> None:
    """The last group is one's last four, and of the other no digit at all."""
    text = line.format(passing_before(VISA), in_fours(VISA))
    assert shown(text) == line.format("####", "#### #### #### KKKK")


def test_the_same_where_the_other_digits_stand_behind() -> None:
    """Which four of them are the last cannot be told from the line."""
    text = f"{in_fours(TWO_SIDED)} {passing_behind(TWO_SIDED)}"
    assert shown(text) == "#### #### #### #### KKKK"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{before}  {number}", "{before}  #### #### #### KKKK"),
        ("カード番号 {number} {behind}", "カード番号 #### #### #### KKKK {behind}"),
        ("VISA {number} {behind}", "VISA #### #### #### KKKK {behind}"),
        ("{number}  {behind}", "#### #### #### KKKK  {behind}"),
        ("{before} / {number}", "{before} / #### #### #### KKKK"),
    ],
)
def test_a_wider_gap_or_a_label_tells_which_of_them_it_is(line: str, expected: str) -> None:
    """What stands beside the number stays then."""
    parts = {"before": passing_before(TWO_SIDED), "behind": passing_behind(TWO_SIDED)}
    text = line.format(**parts, number=in_fours(TWO_SIDED))
    assert shown(text) == expected.format(**parts)


@pytest.mark.parametrize("brand", ["visa", "mastercard", "jcb"])
@pytest.mark.parametrize("seed", range(40))
def test_an_account_s_eight_digits_before_a_number_are_none_of_it(brand: str, seed: int) -> None:
    """Half of a number in one group is printed on no card."""
    digits = draw.pan(brand, seed=seed)
    for account in (f"{seed * 7_919 + 60_000_000 + n * 1_000_003:08}" for n in range(20)):
        text = f"04-00-04 {account} {in_fours(digits)}"
        assert shown(text) == f"04-00-04 {account} #### #### #### KKKK"


@pytest.mark.parametrize("seed", range(20))
def test_numbers_behind_each_other_are_each_their_own(seed: int) -> None:
    """Of as many as have room, though groups of two neighbours may pass as well."""
    brands = ("visa", "jcb", "mastercard")
    numbers = [draw.pan(brands[n % 3], seed=100 * seed + n) for n in range(14)]
    text = " ".join(map(in_fours, numbers))
    assert shown(text) == " ".join(["#### #### #### KKKK"] * 14)


@pytest.mark.parametrize("phone", ["206-555-{}", "(206) 555-{}", "206.555.{}"])
def test_a_phone_right_before_a_number_stays_though_its_end_passes_with_it(phone: str) -> None:
    """As customers' lists have them: `206-555-4471 4532 …`."""
    before = phone.format(passing_before(TWO_SIDED))
    assert shown(f"{before} {in_fours(TWO_SIDED)} exp 08/29") == (
        f"{before} #### #### #### KKKK exp 08/29"
    )


def with_code(digits: str, expiry: str) -> str:
    """The security code that makes a number of nineteen digits of the last twelve and an expiry."""
    tail = digits[4:] + expiry
    return next(f"{n:03}" for n in range(1000) if luhn(f"{tail}{n:03}"))


@pytest.mark.parametrize("brand", ["visa", "mastercard", "jcb", "discover"])
@pytest.mark.parametrize("seed", range(4))
def test_an_expiry_and_a_security_code_behind_it_make_no_other_number(
    brand: draw.Brand, seed: int
) -> None:
    """That would leave the first group, and of the last four none."""
    digits = draw.pan(brand, seed)
    text = f"Card {in_fours(digits)} 1228 {with_code(digits, '1228')}"
    assert shown(text).startswith("Card #### #### #### KKKK ")


def test_the_same_where_the_second_group_begins_as_unionpay_does() -> None:
    number = "411162000000000"
    number += draw.luhn_digit(number)
    assert shown(f"{in_fours(number)} 1228 601") == "#### #### #### KKKK 1228 601"


def test_an_amount_behind_a_number_is_no_end_of_it() -> None:
    number = in_fours(draw.pan("unionpay", 3, 16))
    assert shown(f"UnionPay {number} 225.98") == "UnionPay #### #### #### KKKK 225.98"


def test_two_days_are_told_as_no_number_that_was_left_alone() -> None:
    assert unclaimed("10/19/2026 - 11/18/2026", ()) == ()
