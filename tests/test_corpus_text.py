"""The corpus tells the truth: what is drawn, where its ink lies, and what DESIGN.md asks of it."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import numpy as np
import pymupdf
import pytest

from bench.corpus import fonts, numbers, parted_classes, producers, raw_pdf, text_classes
from bench.corpus.drawing import MOST_LABELS, Builder, label_colour, labelled, labels_of, printed
from bench.corpus.layout import LABELS_EN, LABELS_JA, MARGIN, STAMP_SPACE, statement
from bench.corpus.truth import STRENGTHS, Item, Spec
from tests.draw import luhn_digit

SEEDS = range(6)
DRAWINGS = {**text_classes.DRAWINGS, **parted_classes.DRAWINGS}
STRENGTHS_AND_CLASSES = [(klass, n) for klass in DRAWINGS for n in STRENGTHS]
# What stays in the ink's colour when a producer draws a page once for the eye and once labelled.
AGREEMENT = 0.95


def drawn(klass, strength, seed=0):
    return DRAWINGS[klass](random.Random(f"{klass} {strength} {seed}"), strength)


def missing_fonts():
    return [face.package for key, face in fonts.FACES.items() if not _is_there(key)]


def _is_there(key):
    try:
        return fonts.path(key).is_file()
    except fonts.FontMissing:
        return False


needs_fonts = pytest.mark.skipif(bool(missing_fonts()), reason="Debian's fonts are not installed")


def test_a_font_that_is_missing_names_its_package(monkeypatch, tmp_path):
    """Whoever runs the bench is told what to install."""
    monkeypatch.setattr(fonts, "SYSTEM", tmp_path)
    with pytest.raises(fonts.FontMissing, match="fonts-ipafont-gothic"):
        fonts.path("ipa-gothic")


def test_there_are_at_least_twelve_families_of_both_scripts():
    """Issue 4 asks for 12 fonts."""
    assert len({face.family for face in fonts.FACES.values()}) >= 12
    assert len(fonts.keys("japanese")) >= 3


def test_every_label_has_a_colour_of_its_own_that_survives_rounding_down():
    """MuPDF draws a third of all colours one step too dark."""
    colours = np.array([label_colour(n) for n in range(1, MOST_LABELS + 1)], dtype=np.uint8)
    expected = np.arange(1, MOST_LABELS + 1)
    assert (labels_of(colours) == expected).all()
    assert (labels_of(colours - 1) == expected).all()


def test_a_label_too_many_is_an_error():
    """It would be read as another digit's."""
    with pytest.raises(ValueError, match=str(MOST_LABELS)):
        label_colour(MOST_LABELS + 1)


def test_the_builder_labels_digits_only_and_counts_on():
    """Full-width digits are digits; a separator, a line break and a mask are none."""
    builder = Builder()
    assert builder.item("pan", "４9-*\n1", ("mask", "keep", "keep")) == (1, 2, 0, 0, 0, 3)
    assert builder.item("lookalike", "7", ("keep",)) == (4,)
    assert [item.digits for item in builder.items] == ["491", "7"]


# --- what is a card, and what only looks like one -----------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", numbers.LOOKALIKES)
def test_a_look_alike_is_no_card_by_the_rules_and_shares_no_stretch_with_one(name, seed):
    """Else masking it would be right."""
    chance = random.Random(seed)
    pans = numbers.cards(chance, 5)
    other = numbers.lookalike(chance, name, pans)
    assert not numbers.reads_as_card(other.printed)
    assert not any(numbers.shares(other.printed, pan) for pan in pans)


@pytest.mark.parametrize(
    ("text", "is_card"),
    [
        ("4111111111111111", True),
        ("4111 1111 1111 1112", True),
        ("4111111111111112", False),
        ("3782-822463-10005", True),
        ("250-1234567-1234567", False),
        ("4901234567894", False),
        ("DE89 3704 0044 0532 0130 00", False),
        ("2023 2024 2025 2026", False),
        ("Ref 4111-1111-1111-1111 00", True),
    ],
)
def test_cards_are_told_from_look_alikes_as_design_says(text, is_card):
    """Rules 1 and 2: Luhn and a known range, or the grouping and a known range."""
    assert numbers.reads_as_card(text) is is_card


def test_an_iban_has_right_check_digits():
    """One that has wrong ones may be taken for something else."""
    for seed in range(20):
        iban = numbers.lookalike(random.Random(seed), "iban").printed.replace(" ", "")
        number = int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4]))
        assert number % 97 == 1


def test_a_reference_fails_luhn():
    """It must stay readable because of that alone."""
    for seed in range(50):
        digits = numbers.lookalike(random.Random(seed), "reference").printed
        assert luhn_digit(digits[:-1]) != digits[-1]


# --- the fates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("klass", "strength"), STRENGTHS_AND_CLASSES)
@needs_fonts
def test_no_more_than_four_digits_of_a_number_stay_and_they_are_its_last(klass, strength):
    """And a look-alike stays whole."""
    for item in drawn(klass, strength).items:
        if item.kind == "lookalike":
            assert set(item.fates) == {"keep"}
        else:
            assert item.fates.count("keep") in (0, 4)
            assert list(item.fates) == sorted(item.fates, reverse=True)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("klass", ["last-four-hidden", "first-thirteen"])
@needs_fonts
def test_where_the_issuer_hides_the_last_four_every_shown_digit_goes(klass, strength):
    """DESIGN.md, rule 4."""
    pans = [item for item in drawn(klass, strength).items if item.kind == "pan"]
    assert pans
    assert all(set(item.fates) == {"mask"} for item in pans)


@needs_fonts
def test_of_amex_endings_the_first_of_five_goes_and_the_digit_before_it():
    """`Account Ending 7-21001`."""
    pans = [item for item in drawn("amex-endings", 2).items if item.kind == "pan"]
    assert [len(item.digits) for item in pans] == [6] * len(pans)
    assert {item.fates for item in pans} == {("mask", "mask", "keep", "keep", "keep", "keep")}


@pytest.mark.parametrize("strength", STRENGTHS)
@needs_fonts
def test_a_stretch_printed_again_is_of_six_digits_at_least_and_of_a_whole_number(strength):
    """Rule 5; it holds all of the last four or none, so that its fates are beyond dispute."""
    for seed in SEEDS:
        pans = [i for i in drawn("known-elsewhere", strength, seed).items if i.kind == "pan"]
        for again in pans[3:]:
            assert len(again.digits) >= numbers.SHARED
            source = next(p for p in pans[:3] if again.digits in p.digits)
            ends = source.digits.endswith(again.digits)
            assert again.fates.count("keep") == (4 if ends else 0)
            assert ends or again.digits in source.digits[:-4]


@needs_fonts
def test_what_only_its_label_tells_fails_luhn_and_has_no_groups():
    """Else the class would not try rule 3."""
    for klass in ("label-right", "label-above"):
        for item in (i for i in drawn(klass, 2).items if i.kind == "pan"):
            assert luhn_digit(item.digits[:-1]) != item.digits[-1]
            assert item.printed == item.digits


@needs_fonts
def test_short_numbers_stand_beside_a_label():
    """12 and 13 digits are no card number without one (rule 1)."""
    labels = (*LABELS_JA, *LABELS_EN)
    for strength, seed in ((s, seed) for s in STRENGTHS for seed in range(12)):
        page = drawn("brands", strength, seed)
        for item in (i for i in page.items if i.kind == "pan" and len(i.digits) < 14):
            assert _beside(page, item).startswith(labels)


def _beside(page, item: Item):
    line = next(run.at[1] for run in page.runs if item.first in run.labels)
    same = sorted((r for r in page.runs if r.at[1] == line), key=lambda run: run.at[0])
    return "".join(run.text for run in same)


@needs_fonts
def test_every_separator_of_design_occurs():
    """Space, NBSP, hyphens, dot, middle dot, slash, underscore, box lines, nothing."""
    separators = "".join("".join(s) for s in text_classes.SEPARATORS.values())
    assert set(" \u00a0-\u2010\u2011\u2212－./\u00b7_|\u2502") <= set(separators)
    assert "" in text_classes.SEPARATORS[1]


@needs_fonts
def test_every_mask_character_of_design_occurs():
    """Rule 4's list."""
    assert set("*＊xX•●■#･·○_") == set("".join(text_classes.MASKS.values()))


@pytest.mark.parametrize("klass", parted_classes.DRAWINGS)
@needs_fonts
def test_groups_that_stand_apart_are_of_four_valid_numbers(klass):
    """Nothing else tells that a row of columns, or groups between signs, is a card number."""
    for strength in STRENGTHS:
        pans = [item for item in drawn(klass, strength).items if item.kind == "pan"]
        assert len({item.digits for item in pans}) == (
            2 if klass == "in-rows" else parted_classes.FEW
        )
        assert all(luhn_digit(item.digits[:-1]) == item.digits[-1] for item in pans)
        assert all(len(item.digits) == 16 for item in pans)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("klass", ["on-bars", "on-chips"])
@needs_fonts
def test_every_digit_of_a_number_on_a_bar_stands_on_one(klass, strength):
    """Where it begins and ends."""
    page = drawn(klass, strength)
    numbers_ = {n for item in page.items if item.kind == "pan" for n in item.labels}
    for run in (run for run in page.runs if numbers_ & set(run.labels)):
        right = run.at[0] + fonts.width(run.font, run.text, run.size, run.spacing)
        assert any(_holds(box, run.at[0], right, run.at[1]) for box in page.boxes)


def _holds(box, left, right, baseline):
    (x, y), (width, height) = box.at, box.size
    return x <= left and right <= x + width and y < baseline < y + height


# --- the pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("klass", "strength"), STRENGTHS_AND_CLASSES)
@needs_fonts
def test_a_page_lies_inside_its_paper_and_leaves_room_for_a_stamp(klass, strength):
    """Text ends above the stamp's room, and no run begins off the page."""
    for seed in SEEDS:
        page = drawn(klass, strength, seed)
        width, height = page.size
        for run in page.runs:
            x, y = producers.along(
                run.at, run.turn, fonts.width(run.font, run.text, run.size, run.spacing)
            )
            assert MARGIN - 31 <= min(run.at[0], x) <= max(run.at[0], x) <= width - 20
            assert 0 <= min(run.at[1], y) <= max(run.at[1], y) <= height - STAMP_SPACE[1]


@needs_fonts
def test_a_statement_has_the_numbers_asked_for_and_some_look_alikes():
    """Several numbers to a page, different ones."""
    for seed in SEEDS:
        items = statement(random.Random(seed), 2, 4).items
        pans = [item.digits for item in items if item.kind == "pan"]
        assert len(set(pans)) == len(pans) == 4
        assert len(items) - len(pans) >= 4


@needs_fonts
def test_the_same_chance_draws_the_same_page():
    """A case can be made again from its Spec."""
    for klass in DRAWINGS:
        assert drawn(klass, 3) == drawn(klass, 3)
    assert drawn("plain", 3) != drawn("plain", 3, seed=1)


# --- the producers ------------------------------------------------------------------------------


def _page_for(name):
    pages = (drawn("plain", 1, seed) for seed in range(99))
    return next(page for page in pages if name in producers.able(page))


@pytest.mark.parametrize("name", producers.available())
@needs_fonts
def test_a_producer_draws_the_labelled_page_where_it_draws_the_printed_one(name):
    """The labels lie on the ink that a reader sees, every digit has some."""
    page = _page_for(name)
    draw = producers.PRODUCERS[name].draw
    labels = producers.labels(page, draw)
    ink = raw_pdf.bare_pixels(draw(page, printed), dpi=producers.LABEL_DPI).min(axis=2) < 128
    assert ink[labels > 0].mean() > AGREEMENT


@pytest.mark.parametrize("name", producers.available())
@needs_fonts
def test_a_producer_writes_text_and_the_same_bytes_each_time(name):
    """A text layer, so that tools which read one have a fair chance."""
    page, draw = _page_for(name), producers.PRODUCERS[name].draw
    data = draw(page, printed)
    text = re.sub(r"\s", "", pymupdf.open(stream=data, filetype="pdf")[0].get_text())
    pans = [item for item in page.items if item.kind == "pan"]
    assert all(re.sub(r"\s", "", item.printed) in text for item in pans)
    assert draw(page, printed) == data


@needs_fonts
def test_turned_text_is_labelled_where_it_is_turned_to():
    """Reading order runs upwards where the line does."""
    for name in producers.available():
        pages = (drawn("turned", 1, seed) for seed in range(99))
        page = next(page for page in pages if name in producers.able(page))
        labels = producers.labels(page, producers.PRODUCERS[name].draw)
        upwards = next(i for i in page.items if i.kind == "pan" and i.first > 16)
        rows = np.broadcast_to(np.arange(len(labels))[:, None], labels.shape)[labels > 0]
        middles = [rows[labels[labels > 0] == n].mean() for n in upwards.labels]
        assert all(later < earlier for earlier, later in pairwise(middles))


def test_a_digit_without_ink_is_an_error():
    """A case that hides what it claims to show would count as a success for every tool."""
    builder = Builder()
    builder.item("pan", "12", ("mask", "keep"))
    labels = np.zeros((20, 20), dtype=np.uint16)
    labels[:5, :5] = 1
    with pytest.raises(producers.Unlabelled, match=r"\[2\]"):
        producers.check(labels, builder.items)


@needs_fonts
def test_a_case_says_how_it_was_made():
    """Its table row is by class, but a leak is hunted by producer and font."""
    spec = Spec("plain", 1, 0)
    case = text_classes.CASES["plain"](spec, random.Random(0))
    assert case.spec == spec and case.suffix == ".pdf"
    assert case.producer in producers.PRODUCERS and case.font in fonts.FACES
    assert len(case.sheets) == 1


def test_labelled_ink_shows_nothing_but_digits_of_items():
    """Words are white, on white paper."""
    page = drawn("plain", 1)
    run = next(run for run in page.runs if not any(run.labels))
    assert labelled(run, 0) == (255, 255, 255)
    assert page.bare().boxes == () and page.bare().background == (255, 255, 255)
