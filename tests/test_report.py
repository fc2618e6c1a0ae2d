"""The report tells what was done, fits its schema, and holds no digit beyond a last four."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from prepdoc import errors
from prepdoc.errors import (
    CannotProve,
    LeakFound,
    MachineFailed,
    NoCardNumber,
    OutputExists,
    PrepdocError,
)
from prepdoc.page import CardNumber, Proof, Quad, Stamp
from prepdoc.pan import Pan
from prepdoc.pipeline import LeftAlone, Prepared
from prepdoc.report import SCHEMA, SCHEMA_FILE, Refusal, as_dict, as_text, refusal_of
from prepdoc.showing import scrubbed, shown
from prepdoc.texts import speak

VISA = Pan("4111111111111111")
AMEX = Pan("378282246310005")
HIDDEN = Pan("411111??????????")
BOX = Quad.from_box(100, 200, 300, 230)
SOURCE = Path("statement.pdf")

WHOLE = CardNumber(1, VISA, 1, (BOX,), (BOX.moved(200, 0),), frozenset({"text", "ocr"}))
TRUNCATED = CardNumber(2, AMEX, 4, (), (BOX,), frozenset({"ocr"}))
UNSEEN = CardNumber(2, HIDDEN, 4, (BOX,), (), frozenset({"text"}))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    speak("en")
    yield
    speak("en")


def prepared(**changes: object) -> Prepared:
    plain = Prepared(
        output=Path("statement-prepared.pdf"),
        data=None,
        size_bytes=412_345,
        seconds=4.21,
        pages=2,
        dpi=300.0,
        fewer_dpi=False,
        numbers=(WHOLE,),
        stamps=(Stamp(1, Quad.from_box(1700, 100, 2300, 300), ()),),
        proof=Proof(2, 11, 500_000, 3, 1, 4, 120),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def pdf(*sizes: tuple[float, float]) -> bytes:
    with pymupdf.open() as document:
        for width, height in sizes:
            document.new_page(width=width, height=height)
        return bytes(document.tobytes())


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def valid(report: dict[str, object]) -> dict[str, object]:
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(json.dumps(report)), schema)
    return report


ALL_KINDS = [
    prepared(),
    prepared(numbers=(), stamps=()),
    prepared(numbers=(), stamped_last_four="8812"),
    prepared(numbers=(WHOLE, TRUNCATED, UNSEEN)),
    prepared(output=None, data=pdf((595, 842))),
    prepared(preview=Path("statement-preview.png"), fewer_dpi=True, dpi=171.4),
    prepared(left_alone=(LeftAlone(2, 16, "1112", "fails the check digit"),)),
    prepared(places_unread=3),
    prepared(stamps=(Stamp(2, BOX, (), band_px=180),)),
    Refusal("NoCardNumber", "No card number was found", 3),
]


@pytest.mark.parametrize("outcome", ALL_KINDS)
def test_every_report_fits_the_schema(outcome: Prepared | Refusal) -> None:
    assert valid(as_dict(SOURCE, outcome))["schema"] == SCHEMA
    assert valid(as_dict(None, outcome))["source"] is None


@pytest.mark.parametrize("wrong", [{}, {"prepared": {}}, {"refused": {"kind": "X"}}, {"more": 1}])
def test_the_schema_refuses_what_is_no_report(wrong: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        valid({"schema": SCHEMA, "source": "a.pdf", **wrong})


def test_the_schema_lets_no_more_than_four_digits_be_a_last_four() -> None:
    report = as_dict(SOURCE, prepared())
    report["prepared"]["numbers"][0]["last_four"] = "41111"
    with pytest.raises(jsonschema.ValidationError):
        valid(report)


@pytest.mark.parametrize("cls", [c for c in vars(errors).values() if isinstance(c, type)])
def test_every_error_class_is_a_kind_that_the_schema_knows(cls: type) -> None:
    if issubclass(cls, PrepdocError):
        error = cls("why", ()) if cls is LeakFound else cls("why")
        valid(as_dict(SOURCE, refusal_of(error)))


@pytest.mark.parametrize(
    ("error", "kind", "code", "said"),
    [
        (NoCardNumber("page 1"), "NoCardNumber", 3, "--last4 1234 to have them written"),
        (CannotProve("page 2, upper left"), "CannotProve", 1, "(page 2, upper left)"),
        (OutputExists("a-prepared.pdf"), "OutputExists", 1, "--force (a-prepared.pdf)"),
        (MachineFailed("Tesseract"), "MachineFailed", 1, "too little memory or time for it"),
        (MemoryError(), "MachineFailed", 1, "close other programs"),
        (RuntimeError("MatMul: std::bad_alloc"), "MachineFailed", 1, "close other programs"),
        (ImportError("cv2: failed to map segment"), "MachineFailed", 1, "close other programs"),
        (OSError(28, "No space left on device"), "SystemRefused", 1, "No space left on device"),
        (ModuleNotFoundError("No module", name="cv2"), "ComponentMissing", 5, "doctor` to see"),
        (KeyError("4111111111111111"), "InternalError", 1, "internal error (KeyError)"),
    ],
)
def test_a_refusal_says_what_happened_and_what_to_do(
    error: Exception, kind: str, code: int, said: str
) -> None:
    refusal = refusal_of(error)
    assert (refusal.kind, refusal.exit_code) == (kind, code)
    assert said in refusal.message
    assert "4111" not in refusal.message
    valid(as_dict(SOURCE, refusal))


def test_an_error_of_several_lines_becomes_one() -> None:
    assert "\n" not in refusal_of(CannotProve("first\nsecond")).message


def test_the_text_says_what_was_found_where_and_what_became_of_it() -> None:
    text = as_text(SOURCE, prepared(numbers=(WHOLE, TRUNCATED, UNSEEN)))
    assert "Visa ···· 1111, page 1: all but the last four removed" in text
    assert "American Express ···· 0005, page 2: shows the last four digits only" in text
    assert "Visa ···· ????, page 2: removed (the statement hides the last four)" in text
    assert "2 pages read again: no card number is left" in text
    assert "statement-prepared.pdf, 0.41 MB, 300 dpi, 4.2 seconds" in text


def test_a_barcode_that_holds_a_number_is_not_said_to_hide_it() -> None:
    code = CardNumber(1, VISA, 6, (BOX,), (), frozenset({"barcode"}))
    text = as_text(SOURCE, prepared(numbers=(code,)))
    assert "Visa ···· 1111, page 1: in a barcode, which was painted over" in text
    assert "hides" not in text


def test_digits_of_a_number_that_the_page_shows_elsewhere_are_not_said_to_hide_its_end() -> None:
    part = replace(WHOLE, mask=(BOX.moved(0, 300),), keep=())
    text = as_text(SOURCE, prepared(numbers=(WHOLE, part)))
    assert "Visa ···· 1111, page 1: digits of it that stand there by themselves removed" in text
    assert "hides" not in text


def test_pages_on_which_digits_were_covered_are_not_said_to_show_none() -> None:
    text = as_text(SOURCE, prepared(numbers=(CardNumber(2, Pan(""), 7, (BOX,)),)))
    assert "digits that could still be read, page 2: covered" in text
    assert "show none" not in text


def test_last_four_that_were_stamped_are_told_and_that_the_pages_show_no_number() -> None:
    done = prepared(numbers=(), stamped_last_four="8812")
    text = as_text(SOURCE, done)
    assert "no card number: the pages show none" in text
    assert "name, address, phone and the last four digits 8812 on page 1" in text
    assert valid(as_dict(SOURCE, done))["prepared"]["stamps"][0]["last_four"] == "8812"  # type: ignore[index]


def test_no_last_four_are_told_as_stamped_where_the_page_shows_them() -> None:
    text = as_text(SOURCE, prepared())
    assert "name, address and phone on page 1" in text
    assert "show none" not in text
    assert as_dict(SOURCE, prepared())["prepared"]["stamps"][0]["last_four"] is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (0, "text that you named, page 2: covered"),
        (7, "digits that could still be read, page 2: covered"),
        (8, "area that you marked, page 2: covered"),
    ],
)
def test_what_is_known_as_no_cards_number_is_told_as_what_it_is(rule: int, said: str) -> None:
    """Each place once, whoever saw it."""
    mark = CardNumber(2, Pan(""), rule, (BOX,))
    seen_twice = (mark, replace(mark, mask=()), replace(mark, mask=(BOX.moved(3, 1),)))
    text = as_text(SOURCE, prepared(numbers=(WHOLE, *seen_twice)))
    assert text.count(said) == 1
    assert "????" not in text and "hides the last four" not in text
    apart = replace(mark, mask=(BOX.moved(0, 300),))
    assert as_text(SOURCE, prepared(numbers=(mark, apart))).count(said) == 2


def test_the_text_names_what_was_left_alone_and_why() -> None:
    text = as_text(SOURCE, prepared(left_alone=(LeftAlone(2, 16, "1112", "no label"),)))
    assert "page 2: 16 digits ending in 1112 (no label)" in text
    assert "Left as it is" not in as_text(SOURCE, prepared())


@pytest.mark.parametrize(
    ("texts", "said"), [(1, "1 text that you named"), (2, "2 texts that you named")]
)
def test_the_text_tells_what_was_to_be_covered_and_is_nowhere(texts: int, said: str) -> None:
    assert said in as_text(SOURCE, prepared(texts_unseen=texts))
    assert "that you named" not in as_text(SOURCE, prepared())


@pytest.mark.parametrize(
    ("places", "said"), [(1, "1 hidden place of the"), (3, "3 hidden places of the original")]
)
def test_the_text_tells_that_hidden_places_were_not_read(places: int, said: str) -> None:
    assert said in as_text(SOURCE, prepared(places_unread=places))
    assert "Not read" not in as_text(SOURCE, prepared())


def test_fewer_dpi_and_a_preview_are_told() -> None:
    text = as_text(SOURCE, prepared(fewer_dpi=True, preview=Path("x/statement-preview.png")))
    assert "to stay under 10 MB" in text
    assert "picture to look at: statement-preview.png" in text


def test_the_report_speaks_japanese() -> None:
    speak("ja")
    text = as_text(SOURCE, prepared(output=None, data=pdf((595, 842), (595, 842))))
    assert "Visa ···· 1111（1 ページ）：下 4 桁以外を消しました" in text
    assert "位置：右上" in text


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((10, 10, 500, 300), "upper left"),
        ((1000, 10, 1400, 300), "top centre"),
        ((1700, 100, 2300, 300), "upper right"),
        ((10, 1500, 500, 1800), "middle left"),
        ((1000, 1500, 1400, 1800), "centre"),
        ((2000, 1500, 2400, 1800), "middle right"),
        ((10, 3300, 500, 3480), "lower left"),
        ((1000, 3300, 1400, 3480), "bottom centre"),
        ((2000, 3300, 2470, 3500), "lower right"),
    ],
)
@pytest.mark.parametrize("data", [pdf((595.2, 841.9)), png(2480, 3508)], ids=["PDF", "PNG"])
def test_the_stamp_s_place_is_told_in_words(
    box: tuple[float, float, float, float], place: str, data: bytes
) -> None:
    stamps = (Stamp(1, Quad.from_box(*box), ()),)
    done = prepared(output=None, data=data, stamps=stamps, pages=1)
    assert as_dict(None, done)["prepared"]["stamps"][0]["place"] == place
    assert f"page 1, {place}" in as_text(SOURCE, done)


def test_the_place_is_reckoned_on_the_stamp_s_own_page() -> None:
    data = pdf((1000, 1000), (300, 300))
    stamp = Stamp(2, Quad.from_box(200, 200, 290, 290), ())
    done = prepared(output=None, data=data, stamps=(stamp,), dpi=72.0)
    assert as_dict(None, done)["prepared"]["stamps"][0]["place"] == "lower right"


def test_a_stamp_on_an_added_band_is_told_so() -> None:
    done = prepared(stamps=(Stamp(1, BOX, (), band_px=180),))
    assert "page 1, in a strip added below the page" in as_text(SOURCE, done)


def test_an_output_that_has_gone_leaves_the_place_untold() -> None:
    done = prepared(output=Path("gone/away.pdf"))
    assert as_dict(None, done)["prepared"]["stamps"][0]["place"] is None
    assert "page 1, on blank space" in as_text(SOURCE, done)


@pytest.mark.parametrize("separator", ["", "-", " ", "_"])
@pytest.mark.parametrize("digits", [VISA.digits, "5555555555554444", "3530111333300000"])
def test_no_name_of_a_file_gives_the_number_away(digits: str, separator: str) -> None:
    name = separator.join(re.findall("....", digits))
    done = prepared(
        output=Path(f"out/{name}-prepared.pdf"),
        preview=Path(f"out/card {name}.png"),
        numbers=(CardNumber(1, Pan(digits), 1, (BOX,), (BOX,)),),
    )
    source = Path(f"scan {name}.pdf")
    for told in (json.dumps(as_dict(source, done)), as_text(source, done)):
        plain = re.sub(r"[-_ ]", "", told)
        assert digits[:12] not in plain
        assert digits[4:12] not in plain
        assert digits[-4:] in plain


@pytest.mark.parametrize("separator", ["", "-", " ", "_"])
@pytest.mark.parametrize("glued", ["{}20261124", "20261124{}", "{}1", "1{}", "2026{}1124"])
@pytest.mark.parametrize(
    "number", ["4242 4242 4242 4242", "3782 822463 10005", "3530 1113 3330 0000"]
)
def test_what_is_glued_to_a_number_in_a_name_does_not_give_it_away(
    number: str, glued: str, separator: str
) -> None:
    told = shown(f"in9/{glued.format(number.replace(' ', separator))}.pdf")
    assert re.fullmatch(r"in9/[-_ ·]+\d{,4}\.pdf", told)  # a digit more may make a longer number


def test_the_digits_of_a_time_or_of_an_order_are_shown() -> None:
    name = "IMG_20261124_123456789 20261124123456789 250-1234567-1234567 2026-11-24.jpg"
    assert shown(name) == name


def test_a_name_cannot_steer_the_terminal() -> None:
    assert shown("a\x1b[2Jb\u202e\n.pdf") == "a?[2Jb??.pdf"


def test_a_name_without_a_card_number_is_shown_as_it_is() -> None:
    assert shown("明細 2026-11-24 (250-1234567-1234567).pdf") == (
        "明細 2026-11-24 (250-1234567-1234567).pdf"
    )


@given(
    st.lists(st.sampled_from("0123456789０５"), min_size=7), st.sampled_from(["", " ", "-", " - "])
)
def test_scrubbing_leaves_no_run_of_seven_digits(digits: list[str], separator: str) -> None:
    assert scrubbed(f"x {separator.join(digits)} y") == "x ···· y"


@given(st.text())
def test_scrubbed_text_holds_nothing_more_to_scrub(text: str) -> None:
    once = scrubbed(text)
    assert scrubbed(once) == once
    assert not re.search(r"\d{7}", once)
