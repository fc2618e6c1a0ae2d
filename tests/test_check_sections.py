"""Under which card's number an entry stands, where a document lists those of several."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prepdoc.checking.case import Case
from prepdoc.checking.checks import check
from prepdoc.checking.seeing import SeenPage
from prepdoc.checking.sighting import Sighting
from tests.test_check_rules import CASE, page

HEAD = "カード番号 ●●●● ●●●● ●●●● {}"
AMAZON = "2026/11/03  AMAZON.CO.JP  10,000"
OTHER = "2026/11/05  イオン 青葉店  8,412"
MINE, THEIRS = HEAD.format("1726"), HEAD.format("7553")

# Each: its name, its pages' rows, and whether the purchase counts for the card 1726.
DOCUMENTS: dict[str, tuple[tuple[tuple[str, ...], ...], bool | None]] = {
    "below its own number": (((MINE, AMAZON, THEIRS, OTHER),), True),
    "below the other's": (((THEIRS, AMAZON, MINE, OTHER),), None),
    "below both": (((THEIRS, AMAZON, MINE, AMAZON),), True),
    "on the page that goes on": (((MINE, OTHER, THEIRS, OTHER), (AMAZON,)), None),
    "above every number": (((AMAZON, MINE, OTHER, THEIRS, OTHER),), True),
    "one list below two numbers": (((MINE, THEIRS, AMAZON, OTHER),), True),
    "two numbers in a row": (((f"{MINE} {THEIRS}", AMAZON, MINE, OTHER),), True),
    "an entry that names a card": (
        ((MINE, "2026/11/01  末尾7553への振替  5,000", AMAZON, THEIRS, OTHER),),
        True,
    ),
    "the only number is another's": (((THEIRS, AMAZON, OTHER),), True),
    "an account's number": (((MINE, OTHER, "お支払い口座 ****7553", AMAZON),), True),
}


def _txn(pages: tuple[tuple[str, ...], ...], case: Case) -> tuple[bool | None, str]:
    seen: tuple[SeenPage, ...] = tuple(
        replace(page(*rows), number=number) for number, rows in enumerate(pages, 1)
    )
    sighting = Sighting("PDF", 500_000, False, seen, frozenset({"1726", "7553"}))
    one = next(one for one in check(sighting, case) if one.id == "TXN")
    return {"pass": True, "warn": None, "fail": False}[one.outcome], one.seen


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_purchase_counts_for_the_card_below_whose_number_it_stands(name: str) -> None:
    pages, expected = DOCUMENTS[name]
    is_met, what = _txn(pages, replace(CASE, last_four="1726"))
    assert is_met is expected
    assert ("below the card that ends in 7553" in what) is (expected is None)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_without_a_card_that_was_asked_for_any_purchase_counts(name: str) -> None:
    assert _txn(DOCUMENTS[name][0], replace(CASE, last_four=None))[0] is True
