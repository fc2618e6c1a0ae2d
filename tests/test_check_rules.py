"""Each rule of the checklist, judged on pages as OCR gives them: one good case, one defect each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from prepdoc.checked import Checked
from prepdoc.checking.appearance import HEADINGS
from prepdoc.checking.case import Case, Demand, Strip
from prepdoc.checking.checks import check
from prepdoc.checking.ledger.transactions import wanted
from prepdoc.checking.rules import LOOKS
from prepdoc.checking.seeing import Piece, Row, SeenPage, with_more
from prepdoc.checking.sighting import Exposed, Sighting
from prepdoc.checking.telling import SCHEMA_FILE, as_dict, as_text
from prepdoc.page import Cardholder
from prepdoc.requirements import ids, named
from prepdoc.requirements.profile import RULES
from prepdoc.texts import speak

TODAY = date(2026, 11, 24)
WHO = Cardholder("髙﨑 花子", "東京都千代田区丸の内1-1-1", "03-1234-5678")
CASE = Case(
    demand=Demand(profile=named("amazon-co-jp-upload"), account_holder="髙﨑 花子"),
    cardholder=WHO,
    today=TODAY,
    last_four="0366",
    is_stamped=True,
)
LINES = (
    "みずたまカード ご利用代金明細書",
    "発行日 2026年11月10日",
    "Visa カード番号  0366",
    "2026/10/02  AMAZON.CO.JP  10,000",
    "カード名義人による追記",
    "氏名：高崎花子",
    "住所：東京都千代田区丸の内1-1-1",
    "電話番号：03-1234-5678",
)
SIZE = (2480, 3508)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages in one language; others are asked for where they matter."""
    speak("en")
    yield
    speak("en")


def page(*lines: str, contrast: float = 15.0) -> SeenPage:
    """An A4 page at 300 dpi with these rows."""
    rows = (
        Row((Piece(line, (300, 400 + 60 * i, 300 + 36 * len(line), 440 + 60 * i), contrast),))
        for i, line in enumerate(lines)
    )
    return SeenPage(1, *SIZE, 300.0, tuple(rows))


def sighting(*lines: str, contrast: float = 15.0) -> Sighting:
    """A PDF of half a megabyte with one such page."""
    seen = page(*(lines or LINES), contrast=contrast)
    return Sighting("PDF", 500_000, False, (seen,), frozenset({"0366"}))


def without(word: str) -> Sighting:
    """The good page without the lines that hold a word."""
    return sighting(*(line for line in LINES if word not in line))


def outcome(seen: Sighting, rule: str, case: Case = CASE) -> Checked:
    """What one rule comes to."""
    return next(one for one in check(seen, case) if one.id == rule)


def test_every_rule_of_the_checklist_has_a_look() -> None:
    """And every profile has only such rules."""
    assert set(LOOKS) == set(RULES)
    for profile_id in ids():
        assert all(rule.id in LOOKS for rule in named(profile_id).rules)


@pytest.mark.parametrize("profile_id", ids())
def test_a_good_page_passes_everything_that_must_be_met(profile_id: str) -> None:
    """By every profile that comes with prepdoc."""
    case = replace(CASE, demand=replace(CASE.demand, profile=named(profile_id)))
    checks = check(sighting(), case)
    assert [one.id for one in checks] == [rule.id for rule in named(profile_id).rules]
    assert not [(one.id, one.seen) for one in checks if one.outcome == "fail"]
    told = {one.id for one in checks if one.outcome == "warn"}
    assert told <= {"PAN-3", "MAIL", "TEL"}  # no mail and no message is at hand


DEFECTS = {
    "PAN-1": replace(sighting(), exposed=(Exposed(1),)),
    "PAN-1 hidden": replace(sighting(), exposed=(Exposed(0, "Info"),)),
    "PAN-2": without("0366"),
    "NAME": without("氏名"),
    "ADDR": without("住所"),
    "TEL": without("電話番号"),
    "PAY": sighting("ご利用代金明細書", *LINES[1:2], "番号 0366", *LINES[3:]),
    "TXN": without("AMAZON"),
    "LEG": sighting(contrast=1.4),
    "ENC": replace(sighting(), is_encrypted=True),
    "EDIT": without("追記"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_one_defect_fails_its_rule_and_says_what_to_do(defect: str) -> None:
    """What must be met refuses the document."""
    one = outcome(DEFECTS[defect], defect.split()[0])
    assert (one.outcome, one.refuses) == ("fail", True)
    assert one.seen and one.todo


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        ("DATE", sighting(*LINES[:1], "発行日 2026年8月21日", *LINES[2:])),  # 95 days old
        ("DATE", sighting("みずたまカード")),
        ("FMT", replace(sighting(), format="HEIF")),
        ("SIZE", replace(sighting(), size_bytes=12_000_000)),
        ("FULL", replace(sighting(), pages=(replace(page(*LINES), height=1500),))),
        (
            "FULL",
            replace(
                sighting(),
                pages=(SeenPage(1, *SIZE, 300.0, (Row((Piece("請求", (0, 9, 80, 50), 9.0),)),)),),
            ),
        ),
        (
            "SHOT",
            replace(
                sighting(), format="PNG", pages=(replace(page(*LINES), width=1170, height=2532),)
            ),
        ),
    ],
)
def test_a_wish_that_is_not_met_warns(rule: str, seen: Sighting) -> None:
    """The result is there all the same."""
    one = outcome(seen, rule)
    assert (one.outcome, one.refuses) == ("warn", False)
    assert one.todo


A4_STRIP = Strip(700 / 2480)


@pytest.mark.parametrize(
    ("size", "strip", "expected"),
    [
        ((2480, 3508), None, "pass"),
        ((2480, 4208), A4_STRIP, "pass"),
        ((4208, 2480), replace(A4_STRIP, turn=1), "pass"),
        ((2480, 4208), replace(A4_STRIP, turn=2), "pass"),
        ((1536, 2048), None, "pass"),
        ((1536, 2348), Strip(300 / 1536), "pass"),
        # 360 × 420 pixels of an app's picture, and a strip that makes it 2:3.
        ((360, 630), Strip(210 / 360), "warn"),
        ((1200, 1800), Strip(400 / 1200), "warn"),
        # As small as a photograph never is.
        ((360, 640), None, "warn"),
    ],
)
def test_a_page_is_judged_as_it_came(
    size: tuple[int, int], strip: Strip | None, expected: str
) -> None:
    """Not with the strip that was added for the details."""
    seen = SeenPage(1, *size, 300.0)
    strips = {1: strip} if strip else {}
    one = outcome(replace(sighting(), pages=(seen,)), "FULL", replace(CASE, strips=strips))
    assert one.outcome == expected
    if size == (360, 630):
        assert "360 × 420 pixels" in one.seen


def test_the_95_days_are_counted_from_the_statements_own_date() -> None:
    """Ninety are well."""
    for day, expected in (("8月26日", "pass"), ("8月25日", "warn")):
        seen = sighting("みずたまカード", f"発行日 2026年{day}", "2026/8/1 AMAZON 100")
        assert outcome(seen, "DATE").outcome == expected


def test_last_fours_that_verification_has_read_are_there() -> None:
    """Where print touches its mask, the reader of whole pages may miss a digit."""
    seen = replace(without("0366"), last_fours=frozenset())
    for last_four in (None, "0366"):
        case = replace(CASE, last_four=last_four, shown_fours=frozenset({"0366"}))
        assert outcome(seen, "PAN-2", case).outcome == "pass"
        assert outcome(seen, "LEG", case).outcome == "pass"
        case = replace(case, shown_fours=frozenset())
        assert outcome(seen, "PAN-2", case).outcome == "fail"


def test_the_last_fours_of_several_cards_can_be_told_from_a_number() -> None:
    """Four of them are as long as one, of which twelve digits would be blotted out."""
    fours = ("0366", "4059", "5851", "8128")
    seen = replace(without("0366"), last_fours=frozenset(fours))
    for last_four in (None, "1111"):
        case = replace(CASE, last_four=last_four, shown_fours=frozenset(fours))
        told = as_text(Path("a.pdf"), case.demand.profile, [outcome(seen, "PAN-2", case)])
        assert all(four in told for four in fours)


@pytest.mark.parametrize(
    ("digits", "brand", "expected"),
    [("0366", "Visa", "pass"), ("66", "", "pass"), ("67", "", "warn"), ("66", "JCB", "warn")],
)
def test_the_mails_hint_is_compared(digits: str, brand: str, expected: str) -> None:
    """Two or four digits, and the brand where the number tells it."""
    demand = replace(CASE.demand, hint_digits=digits, hint_brand=brand)
    case = replace(CASE, demand=demand, brand="Visa")
    assert outcome(sighting(), "PAN-3", case).outcome == expected


def test_a_brand_that_the_number_contradicts_is_not_the_cards() -> None:
    lines = ("ご利用代金明細書", *LINES[1:])
    assert outcome(sighting(*lines), "PAY", replace(CASE, brand="Visa")).outcome == "pass"
    assert outcome(sighting(*lines), "PAY", replace(CASE, brand="JCB")).outcome == "fail"


def test_a_phone_in_the_message_is_enough() -> None:
    """The rule says: on the page or in the message."""
    case = replace(CASE, demand=replace(CASE.demand, said=frozenset({"TEL"})))
    checks = {one.id: one.outcome for one in check(without("電話番号"), case)}
    assert (checks["TEL"], checks["LEG"]) == ("pass", "pass")


def test_what_is_allowed_does_not_refuse_but_is_told() -> None:
    """The line stays a failure."""
    case = replace(CASE, demand=replace(CASE.demand, allow=frozenset({"TXN", "NAME"})))
    checks = check(sighting(*(line for line in LINES if "AMAZON" not in line)), case)
    one = next(one for one in checks if one.id == "TXN")
    assert (one.outcome, one.is_allowed, one.refuses) == ("fail", True, False)
    assert "TXN" in as_text(Path("a.pdf"), case.demand.profile, checks).splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Amazon 10,000", "pass"), ("アマゾン 10000円", "pass"), ("Amazon 9,000", "fail")],
)
def test_the_transaction_that_is_named_is_looked_for(text: str, expected: str) -> None:
    """And not another purchase from the same shop."""
    case = replace(CASE, demand=replace(CASE.demand, transaction=wanted(text)))
    assert outcome(sighting(), "TXN", case).outcome == expected


def test_a_row_that_two_readers_saw_is_counted_once() -> None:
    seen = with_more(page(*LINES), page(*LINES))
    one = outcome(replace(sighting(), pages=(seen,)), "TXN")
    assert one.seen == "“2026/10/02 AMAZON.CO.JP 10,000”"
    more = page(*LINES, "2026/10/03  AMAZON.CO.JP  500")
    assert "and 1 more row" in outcome(replace(sighting(), pages=(more,)), "TXN").seen


def test_a_row_is_told_without_the_stamp_beside_it_and_a_date_where_it_stands() -> None:
    """The second reader takes the stamp's heading and the row beside it for one line."""

    def piece(text: str, left: float, right: float, top: float) -> Piece:
        return Piece(text, (left, top, right, top + 20), 12.0)

    bought = piece("2026/10/03 AMAZON.CO.JP 28,864", 100, 500, 130)
    rows = (
        Row(
            (
                piece("Mizutama Card", 100, 300, 20),
                piece("Statement date: 2026-11-10", 700, 950, 20),
            )
        ),
        Row((piece("Date  Merchant", 100, 300, 100), piece(HEADINGS[1], 600, 900, 100))),
        Row((bought, piece("Address: 1 Road, Leeds", 600, 880, 130))),
        Row((piece("Phone: 03-5555-0100", 600, 860, 160),)),
    )
    merged = Row((piece(f"Date  Merchant  {HEADINGS[1]}", 100, 900, 100),))
    seen = SeenPage(1, 1000, 1400, 100.0, (*rows, merged, rows[2]))
    checked = replace(sighting(), pages=(seen,))
    assert outcome(checked, "TXN").seen == "“2026/10/03 AMAZON.CO.JP 28,864”"
    assert outcome(checked, "DATE").place == "upper right"


def beside_each_other(fields: Sequence[str], added: Sequence[str]) -> SeenPage:
    """A page's rows, with a line of the stamp on each."""
    rows = (
        Row(
            tuple(
                Piece(text, (left, 100 + 27 * i, left + 11 * len(text), 118 + 27 * i), 12.0)
                for text, left in ((field, 60), (line, 500))
            )
        )
        for i, (field, line) in enumerate(zip(fields, added, strict=True))
    )
    return SeenPage(1, 1000, 1400, 100.0, tuple(rows))


@pytest.mark.parametrize("back", [False, True])
def test_an_alert_s_purchase_is_seen_beside_the_stamp_and_a_refund_is_none(back: bool) -> None:
    """Labels and values below each other, each of them on one row with a line of the stamp."""
    amount = "$-72.60" if back else "$72.60"
    fields = ("Card Number  XXXX 2792", f"Amount  {amount}", "Date  11/21/2026", "Time  03:11 PM",
              "Merchant  AMAZON.COM*M91KD0L42")  # fmt: skip
    added = (HEADINGS[1], "Name: Hanako Takasaki", "Address: 1420 Example", "Street, Apt 5B",
             "Phone: +1 217-555-0142")  # fmt: skip
    seen = beside_each_other(fields, added)
    one = outcome(replace(sighting(), pages=(seen,)), "TXN")
    assert (one.outcome == "fail") is back
    assert back or one.seen == "“Merchant AMAZON.COM*M91KD0L42”"


def test_the_month_above_a_list_is_seen_beside_the_stamp() -> None:
    """By itself it is the statement's; with a line of the stamp it would be no heading."""
    fields = ("Example Card", "November 2026", "Amazon  $23.10", "Nov 12", "Uber  $18.44")
    added = (HEADINGS[1], "Name: Hanako Takasaki", "Address: 1420 Example", "Street, Apt B",
             "Phone: +1 217-555-0142")  # fmt: skip
    seen = beside_each_other(fields, added)
    assert outcome(replace(sighting(), pages=(seen,)), "DATE").seen == "2026-11-30"


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ((), "“髙﨑 花子”, as the cardholder added it"),
        (("髙﨑 花子 様",), "“髙﨑 花子”"),
        (("佐藤 健一 様",), "“髙﨑 花子”, as the cardholder added it"),
    ],
    ids=["nobody's", "the cardholder's", "somebody else's"],
)
def test_a_detail_that_only_the_cardholder_added_is_not_told_as_the_issuers(
    printed: tuple[str, ...], seen: str
) -> None:
    """Also where the page is another person's."""
    assert outcome(sighting(*printed, *LINES), "NAME").seen == seen


def test_what_was_not_given_is_not_said_to_be_read() -> None:
    """The line names what was."""
    nobody = replace(CASE, cardholder=Cardholder("", "", ""), last_four=None)
    one = outcome(sighting(), "LEG", nobody)
    assert (one.outcome, one.seen) == ("warn", "no detail was given that could be looked for")
    one = outcome(sighting(), "LEG", replace(nobody, last_four="0366"))
    assert one.seen.endswith("pixels: PAN-2")


def test_of_a_whole_number_its_last_four_are_not_said_to_be_missing() -> None:
    seen = replace(without("0366"), last_fours=frozenset(), exposed=(Exposed(1),))
    one = outcome(seen, "PAN-2", replace(CASE, last_four=None))
    assert one.outcome == "fail"
    assert "in a whole number" in one.seen and "prepare it" in one.todo


def test_a_refund_is_told_where_no_purchase_is_seen() -> None:
    """It fails the rule, and says what was seen instead."""
    seen = sighting(*(line.replace("10,000", "▲10,000") for line in LINES))
    for want in (None, wanted("Amazon 10,000")):
        case = replace(CASE, demand=replace(CASE.demand, transaction=want))
        one = outcome(seen, "TXN", case)
        assert (one.outcome, one.page) == ("fail", 1)
        assert one.seen.startswith("only a refund is seen, and no purchase: “2026/10/02")


@pytest.mark.parametrize("misread", ["10,000", "4 10,000", "(キャ ソ セ ル )  10,000"])
def test_a_refund_that_one_of_two_readers_sees_is_no_purchase(misread: str) -> None:
    """A sign or a word is missed more easily than it is made up."""
    first, second = (
        page(*(line.replace("10,000", sum) for line in LINES)) for sum in ("▲10,000", misread)
    )
    for want in (None, wanted("Amazon 10,000")):
        case = replace(CASE, demand=replace(CASE.demand, transaction=want))
        for seen in (with_more(first, second), with_more(second, first)):
            assert outcome(replace(sighting(), pages=(seen,)), "TXN", case).outcome == "fail"


def test_a_refund_beside_a_purchase_takes_nothing_from_it() -> None:
    seen = page(*LINES, "2026/10/03  AMAZON.CO.JP  ▲10,000")
    one = outcome(replace(sighting(), pages=(with_more(seen, seen),)), "TXN")
    assert one.seen == "“2026/10/02 AMAZON.CO.JP 10,000”"


def test_another_account_holder_wants_an_explanation() -> None:
    """Until the message has it."""
    demand = replace(CASE.demand, account_holder="高崎 太郎")
    assert outcome(sighting(), "THIRD", replace(CASE, demand=demand)).outcome == "warn"
    said = replace(demand, said=frozenset({"THIRD"}))
    assert outcome(sighting(), "THIRD", replace(CASE, demand=said)).outcome == "pass"


def test_a_bar_beside_no_number_is_told() -> None:
    """Something else may have been covered."""
    lonely = replace(page(*LINES), bars=((300.0, 2800.0, 700.0, 2840.0),))
    beside = replace(page(*LINES), bars=((700.0, 520.0, 1000.0, 560.0),))
    assert outcome(replace(sighting(), pages=(lonely,)), "EDIT").outcome == "warn"
    assert outcome(replace(sighting(), pages=(beside,)), "EDIT").outcome == "pass"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2026/11/03  500円", "warn"),
        ("2026/11/03  500", "warn"),
        ("ローソン  1,420円", "warn"),
        ("発行日 2026年11月", "warn"),
        ("カード番号", "pass"),
        ("4980  1117", "pass"),
        ("2026/11/03  ETC カード番号  500円", "pass"),
    ],
)
def test_a_bar_beside_a_day_or_a_sum_covers_no_card_number(row: str, expected: str) -> None:
    """A shop's name, say; what stands there says whether it is a card's."""
    seen = replace(page("みずたま", "", row), bars=((900.0, 520.0, 1200.0, 560.0),))
    case = replace(CASE, is_stamped=False)
    one = outcome(replace(sighting(), pages=(seen,)), "EDIT", case)
    assert one.outcome == expected
    told = "beside card numbers" if expected == "pass" else "beside no card number"
    assert told in one.seen


@pytest.mark.parametrize("language", ["ja", "en"])
def test_text_and_json_tell_the_same(language: str) -> None:
    """A line a rule; the JSON is valid and holds no more of a number than the last four."""
    speak(language)  # type: ignore[arg-type]
    raw = sighting(*LINES, "4242 4242 4242 4242 AMAZON.CO.JP 3,480")
    checks = check(raw, CASE)
    text = as_text(Path("4242-4242-4242-4242.pdf"), CASE.demand.profile, checks)
    told = as_dict(Path("4242-4242-4242-4242.pdf"), CASE.demand.profile, checks)
    jsonschema.validate(told, json.loads(SCHEMA_FILE.read_text("utf-8")))
    assert all(one.id in text for one in checks)
    assert "424242" not in (text + json.dumps(told)).replace(" ", "").replace("-", "")
    assert told["meets"] == (not any(one.refuses for one in checks))
