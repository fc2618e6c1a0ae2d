"""The stamp's typefaces draw every character that they accept, and name each one they lack."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prepdoc import fonts
from prepdoc.errors import ExitCode, NotPossible


@pytest.mark.parametrize(
    ("given_text", "drawn"),
    [
        ("髙﨑 花子", "髙﨑 花子"),
        ("  Hanako\tTakasaki \r\n", "Hanako Takasaki"),
        ("Hanako\u00a0 Takasaki", "Hanako Takasaki"),
        ("か\u3099く ゑ", "がく ゑ"),
        ("Zoe\u0308 Strauß", "Zoë Strauß"),
        ("渡邉\u3000健一", "渡邉\u3000健一"),
        ("東京都\n渋谷区", "東京都 渋谷区"),
        ("葛\U000e0101飾", "葛飾"),
        ("A\u200bB\u00adC\x00D\ufeff", "ABCD"),
        ("\ufa19田", "\ufa19田"),
        ("", ""),
    ],
)
def test_text_is_composed_on_one_line_and_keeps_the_forms_of_names(
    given_text: str, drawn: str
) -> None:
    assert fonts.normalised(given_text) == drawn


def test_every_form_common_in_japanese_names_can_be_drawn() -> None:
    names = "髙﨑瀨邉邊齋齊斎濵濱德栁槗桒祐神福羽隆閒曻惠廣澤櫻龍國眞"
    assert fonts.drawable(names) == names


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("𠮷田", "no font has “𠮷” (U+20BB7): write it another way, for example 吉"),
        ("𣘺本", "no font has “𣘺” (U+2363A): write it another way, for example 橋"),
        ("Hanako 😀", "no font has “😀” (U+1F600): write it in Latin or Japanese letters"),
        (
            "X\u030cY",
            "no font has “X\u030c” (U+0058 U+030C): write it in Latin or Japanese letters",
        ),
        ("𝐇anako", "no font has “𝐇” (U+1D407): write it another way, for example H"),
        ("שרה", "no font has “ש” (U+05E9): write it in Latin or Japanese letters"),
    ],
)
def test_a_character_that_no_font_has_is_named_with_its_code_point(text: str, named: str) -> None:
    with pytest.raises(NotPossible) as caught:
        fonts.drawable(text)
    assert str(caught.value) == named
    assert caught.value.exit_code is ExitCode.REFUSED


@pytest.mark.parametrize("text", ["Дмитрий Иванов", "김민수", "Αλέξανδρος", "山田 김"])
def test_letters_that_no_reader_reads_are_refused_before_any_work(text: str) -> None:
    """The stamp could be drawn, and would then be proven by nobody."""
    with pytest.raises(NotPossible, match="write it in Latin or Japanese letters"):
        fonts.drawable(text)


def test_every_usual_form_offered_can_itself_be_drawn_and_differs() -> None:
    for rare, usual in fonts.USUAL_FORM.items():
        assert fonts.drawable(usual) == usual
        with pytest.raises(NotPossible):
            fonts.drawable(rare)


@settings(max_examples=400)
@given(st.characters(exclude_categories=["Cs"]))
def test_a_character_is_drawn_with_ink_or_refused_and_never_left_blank(char: str) -> None:
    try:
        text = fonts.drawable(f"a{char}a")
    except NotPossible as error:
        assert f"U+{ord(unicodedata.normalize('NFC', char)[0]):04X}" in str(error)
        return
    for drawn in text.replace(" ", "").replace("\u3000", ""):
        assert fonts.face(drawn, 40).getmask(drawn).getbbox() is not None


@pytest.mark.parametrize("blank", ["\u3164", "\u115f", "\u2800"])
def test_a_character_that_would_show_nothing_is_refused(blank: str) -> None:
    with pytest.raises(NotPossible, match=rf"U\+{ord(blank):04X}"):
        fonts.drawable(f"Hanako{blank}Takasaki")


@pytest.mark.parametrize("size_px", [12, 20, 23, 44, 88])
def test_the_ink_of_names_lies_within_the_measured_rows(size_px: int) -> None:
    above, below = fonts.ink_rows(size_px)
    for char in "髙﨑瀨邉花子gjpqyÅÉÇ|()〒０１２−":
        _, top, _, bottom = fonts.face(char, size_px).getbbox(char, anchor="ls")
        assert -top <= above, char
        assert bottom <= below, char


@pytest.mark.parametrize("size_px", range(12, 90, 7))
def test_a_size_is_found_again_by_its_ink(size_px: int) -> None:
    found = fonts.size_with_ink(fonts.ink_height(size_px))
    assert found >= size_px
    assert fonts.ink_height(found) == fonts.ink_height(size_px)
    assert fonts.size_with_ink(fonts.ink_height(found)) == found


def test_a_space_has_width_and_a_japanese_character_is_one_em_wide() -> None:
    assert fonts.advance(" ", 40) > 0
    assert fonts.advance("花", 40) == 40


def test_a_font_that_draws_nothing_for_a_character_it_knows_is_passed_over() -> None:
    overline = "\u203e"
    assert fonts._bundled(fonts.CHAIN[0]).has_glyph(ord(overline))
    assert fonts._sized(fonts.CHAIN[0], 40).getmask(overline).getbbox() is None
    assert fonts.face(overline, 40).getmask(overline).getbbox() is not None
