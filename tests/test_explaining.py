"""What a text layer explains of a page's ink: what was read, and nothing that it lies about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from prepdoc.explaining import Explained, Island, Known, explained
from prepdoc.explaining.ink import ink_of
from prepdoc.explaining.islands import _is_doubtful
from prepdoc.explaining.specimens import LOOKALIKES, Verdict, verdict
from prepdoc.finding import Wishes
from prepdoc.noting import noted
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Glyph, Line, Page, Pixels
from prepdoc.pan import Pan
from tests import draw
from tests.draw import BLACK, WHITE, Box, Item, Text

VISA = draw.pan("visa", 81)
SHIFTED = str.maketrans("0123456789", "3456789012")
FONTS = ("japan", "notos", "cour", "tiro", "ubuntu")
DPI = 300


class Counting:
    """Paddle, and how many rows it was asked to read."""

    def __init__(self) -> None:
        self.rows = 0

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """As Paddle reads them."""
        self.rows += len(rows)
        return Paddle().read_rows(rows)


def sheet(*items: Item, dpi: float = DPI) -> Page:
    """A page of 400 by 160 points with some lines of text, and what is drawn on it besides."""
    texts = [
        Text("みずたまカード ご利用明細 2026年11月", (20, 24), 10),
        Text("Wide World of Books, Order 250-1234567-7654321", (20, 44), 9, "notos"),
    ]
    return draw.page([*texts, *items], dpi=dpi, size=(400, 160)).as_page()


def number(digits: str = VISA, at: tuple[float, float] = (20, 90), font: str = "japan") -> Text:
    return Text(f"Card {draw.grouped(digits)}", at, 10, font)


def claiming(page: Page, table: Mapping[int, str]) -> Page:
    """The page with a text layer that says other characters than are drawn."""
    lines = (
        replace(line, glyphs=tuple(replace(g, char=g.char.translate(table)) for g in line.glyphs))
        for line in page.lines
    )
    return replace(page, lines=tuple(lines))


def covers(given: Explained, page: Page, digits: str) -> bool:
    """Whether the place of every such digit is on an island."""
    glyphs = [g for line in page.lines if digits in draw_digits(line) for g in line.glyphs]
    centres = [glyph.quad.centre() for glyph in glyphs if glyph.char.isdecimal()]
    boxes = [island.box for island in given.islands]
    return bool(centres) and all(
        any(left <= x < right and top <= y < bottom for left, top, right, bottom in boxes)
        for x, y in centres
    )


def draw_digits(line: Line) -> str:
    return "".join(c for c in line.text if c.isdecimal())


def text_of(given: Explained) -> str:
    return "".join(line.text for line in given.lines)


def test_what_a_truthful_layer_says_is_explained_and_nothing_is_left_to_read() -> None:
    given, known = explained(sheet(number()), {}, Paddle())
    assert draw.grouped(VISA) in text_of(given)
    assert "ご利用明細" in text_of(given) and "Books" in text_of(given)
    assert {line.seen_by for line in given.lines} == {"ocr"}
    assert given.islands == ()
    assert known


def test_of_what_is_explained_words_with_digits_and_their_labels_are_read_once_more() -> None:
    """Three words may be a label, or the groups that an issuer hides."""
    text = "BOOKS FROM EVERYWHERE XXXX XXXX XXXX 1234 GIFT CARDS"
    page = draw.page([Text(text, (20, 90), 10, "notos")], dpi=DPI, size=(400, 160)).as_page()
    given, _ = explained(page, {}, Paddle())
    (island,) = given.figures()
    inked = np.flatnonzero(island.pixels.min(axis=(0, 2)) < 128) + island.left
    seen = (g for g in page.lines[0].glyphs if inked[0] < g.quad.centre()[0] < inked[-1])
    assert "".join(glyph.char for glyph in seen) == "XXXX XXXX XXXX 1234"
    (line,) = given.letters()
    assert line.text.split() == ["BOOKS", "FROM", "EVERYWHERE", "GIFT", "CARDS"]
    assert given.islands == ()


def test_a_page_of_known_shapes_is_explained_without_reading() -> None:
    _, known = explained(sheet(number()), {}, Paddle())
    reader = Counting()
    given, _ = explained(sheet(number()), known, reader)
    assert draw.grouped(VISA) in text_of(given)
    assert not reader.rows


def test_broad_letters_in_another_size_are_not_read_again_but_digits_are() -> None:
    def printed(text: str, pt: float) -> Page:
        item = Text(text, (20, 90), pt)
        return draw.page([item], dpi=DPI, size=(400, 160)).as_page()

    kana, digits = "みずたまご利用明細年月日", "2026"
    _, known = explained(printed(kana + digits, 10), {}, Paddle())
    reader = Counting()
    given, _ = explained(printed(kana, 14), known, reader)
    assert text_of(given) == kana
    assert not reader.rows
    given, _ = explained(printed(digits, 14), known, reader)
    assert text_of(given) == digits
    assert reader.rows


@pytest.mark.parametrize("pt", [7, 10, 14])
def test_broad_digits_that_say_they_are_letters_are_read_in_any_size(pt: float) -> None:
    """Those letters were read before, in another size and truly."""
    kana = "みずたまご利用明細年"
    first = draw.page([Text(kana, (20, 90), 11)], dpi=DPI, size=(400, 160)).as_page()
    _, known = explained(first, {}, Paddle())
    wide = draw.page(
        [Text("０１２３４５６７８９", (20, 90), pt)], dpi=DPI, size=(400, 160)
    ).as_page()
    lying = claiming(wide, str.maketrans("０１２３４５６７８９", kana))
    given, _ = explained(lying, known, Paddle())
    assert given.lines == ()


@pytest.mark.parametrize("font", FONTS)
def test_digits_that_say_they_are_others_are_read(font: str) -> None:
    page = claiming(sheet(number(font=font)), SHIFTED)
    given, _ = explained(page, {}, Paddle())
    assert covers(given, page, VISA.translate(SHIFTED))
    assert VISA.translate(SHIFTED) not in text_of(given).replace("-", "")
    assert Pan(VISA) in noted(given, Paddle(), Wishes()).pans


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("letters", ["abcdefghij", "あいうえおかきくけこ", "OIZEASGTBg"])
def test_digits_that_say_they_are_letters_are_read(font: str, letters: str) -> None:
    page = sheet(number(font=font))
    lying = claiming(page, str.maketrans("0123456789", letters))
    given, _ = explained(lying, {}, Paddle())
    assert covers(given, page, VISA)
    assert Pan(VISA) in noted(given, Paddle(), Wishes()).pans


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("pt", [4, 5, 6, 7, 8, 10, 14, 20])
def test_no_digit_passes_for_another_that_was_read_before(pt: float, font: str) -> None:
    """The first page is truthful; the second one's layer says the next digit of each."""
    first = draw.page([Text("0123456789", (20, 30), pt, font)], dpi=DPI, size=(300, 60)).as_page()
    _, known = explained(first, {}, Paddle())
    for step in range(1, 10):
        others = "".join(str((i + step) % 10) for i in range(10))
        page = claiming(first, str.maketrans("0123456789", others))
        given, _ = explained(page, known, Paddle())
        assert given.lines == (), f"{step} further on"


def test_a_layer_over_blank_paper_explains_nothing() -> None:
    page = sheet()
    ghost = sheet(number()).lines
    given, _ = explained(replace(page, lines=ghost), {}, Paddle())
    assert VISA not in text_of(given).replace("-", "")


def test_a_number_without_a_layer_is_an_island() -> None:
    page = sheet(number())
    bare = replace(page, lines=page.lines[:2])
    given, _ = explained(bare, {}, Paddle())
    assert covers(given, page, VISA)
    assert "ご利用明細" in text_of(given)
    assert Pan(VISA) in noted(given, Paddle(), Wishes()).pans


def test_what_is_explained_is_gone_from_an_island_beside_it() -> None:
    page = sheet(number(), Text("1234", (20, 106), 10))
    given, _ = explained(replace(page, lines=page.lines[:-1]), {}, Paddle())
    (island,) = given.islands
    read = "".join(line.text for line in Paddle().read(island.pixels))
    assert read.strip() == "1234"


@pytest.mark.parametrize("dpi", [150, 300])
def test_pale_digits_on_a_dark_panel_without_a_layer_are_an_island(dpi: float) -> None:
    panel = Box((10, 70), (300, 40), (20, 40, 90))
    page = sheet(panel, replace(number(at=(30, 95)), colour=WHITE), dpi=dpi)
    given, _ = explained(replace(page, lines=page.lines[:2]), {}, Paddle())
    assert covers(given, page, VISA)


def test_digits_of_blocks_without_soft_edges_are_an_island() -> None:
    """Drawn as areas of one colour: what is as flat as paper may still be large print."""
    page = sheet()
    pixels = page.pixels.copy()
    for i in range(16):
        left = 40 + 90 * i
        pixels[300:480, left : left + 60] = BLACK
        pixels[330:380, left + 20 : left + 60] = WHITE
    given, _ = explained(replace(page, pixels=pixels), {}, Paddle())
    boxes = [island.box for island in given.islands]
    assert any(box[0] <= 40 and box[2] >= 40 + 90 * 15 + 60 for box in boxes)


def test_an_issuers_black_box_is_an_island() -> None:
    box = Box((60, 80), (70, 12))
    page = sheet(Text("4111", (20, 90), 10), box, Text("1234", (140, 90), 10))
    given, _ = explained(page, {}, Paddle())
    left, top = (side * DPI / 72 for side in box.at)
    assert any(i.box[0] <= left and i.box[1] <= top for i in given.islands)
    notes = noted(given, Paddle(), Wishes())
    assert any("■" in line.text for line in notes.lines)


@pytest.mark.parametrize("colour", [WHITE, (250, 220, 90)], ids=["paper", "another colour"])
@pytest.mark.parametrize("thick", [2.6, 2.9, 6.0])
def test_digits_on_a_thick_bar_are_read(thick: float, colour: tuple[int, int, int]) -> None:
    """Print of 3 points on a bar as thin as it fits on, as dark as the text, and no text layer."""
    bar = Box((25, 66), (340, thick))
    text = Text("4111 1111 1111 1111", (150, 66 + thick - 0.2), 3, "notos", "pan", colour)
    page = sheet(number(), bar, text)
    given, _ = explained(outlined(page, slice(-1, None)), {}, Paddle())
    x, y = 160 * DPI / 72, (66 + thick / 2) * DPI / 72
    assert any(a <= x < c and b <= y < d for a, b, c, d in (i.box for i in given.islands))


def test_a_bar_over_twenty_digits_is_no_rule() -> None:
    bar = Box((20, 120), (20 * 0.62 * 8, 8))
    given, _ = explained(sheet(number(), bar), {}, Paddle())
    (island,) = given.islands
    assert island.pixels.min() == 0


def test_a_stop_leaves_no_speck_on_coloured_paper() -> None:
    """It fills its own box, of which no pixel is paper."""
    panel = Box((10, 70), (380, 70), (220, 230, 240))
    texts = [Text("Total: 12.00", (20, 90), 10, "notos"), Text("5B", (40, 101), 10, "notos")]
    given, _ = explained(sheet(panel, *texts), {}, Paddle())
    (island,) = given.islands
    inside = (g.char for g in texts_on(island, given))
    assert {":", "1"} <= set(inside)
    assert island.pixels.max(axis=(0, 1)).tolist() == [220, 230, 240], "nothing is white there"


def texts_on(island: Island, given: Explained) -> list[Glyph]:
    """The explained characters whose middle stands on an island."""
    left, top, right, bottom = island.box
    glyphs = (glyph for line in given.lines for glyph in line.glyphs)
    places = ((glyph, glyph.quad.centre()) for glyph in glyphs)
    return [g for g, (x, y) in places if left < x < right and top < y < bottom]


@pytest.mark.parametrize("digits", ["0", "4", "00", "1"])
@pytest.mark.parametrize("into", [0.0, 0.6, 1.5, 4.0])
def test_a_black_box_that_touches_digits_is_an_island(digits: str, into: float) -> None:
    """Digit, box and digit hang together, and the finder reads them as the digits alone."""
    first = Text(f"4111 11{digits}", (20, 90), 10, "notos")
    end = 20 + draw.width_pt(first.text, 10, "notos")
    box = Box((end - into, 80), (60 + 2 * into, 12))
    page = sheet(first, box, Text("4234", (end + 60, 90), 10, "notos"))
    given, _ = explained(page, {}, Paddle())
    x, y = ((side + half / 2) * DPI / 72 for side, half in zip(box.at, box.size, strict=True))
    boxes = [island.box for island in given.islands]
    assert any(x0 <= x < x1 and y0 <= y < y1 for x0, y0, x1, y1 in boxes)
    assert any("■" in line.text for line in noted(given, Paddle(), Wishes()).lines)


def outlined(page: Page, without: slice) -> Page:
    """The page with some lines drawn only: no text layer has them."""
    kept = [line for line in page.lines if line not in page.lines[without]]
    return replace(page, lines=tuple(kept))


@pytest.mark.parametrize("pitch", [14.0, 20.0, 22.0])
def test_digits_in_the_cells_of_a_form_are_one_island(pitch: float) -> None:
    """What reads cells needs all of them, and what stands apart is one number."""
    digits = [Text(d, (22 + pitch * i, 95), 10, "cour") for i, d in enumerate(VISA)]
    rules = [Box((18 + pitch * i, 82), (0.5, 18)) for i in range(len(VISA) + 1)]
    edges = [Box((18, y), (pitch * len(VISA) + 0.5, 0.5)) for y in (82, 99.5)]
    page = outlined(sheet(*digits, *rules, *edges), slice(2, None))
    given, _ = explained(page, {}, Paddle())
    assert len(given.islands) == 1
    assert Pan(VISA) in noted(given, Paddle(), Wishes()).pans


@pytest.mark.parametrize(("large", "small"), [(28, 5.5), (20, 4), (36, 6), (60, 8)])
def test_small_print_within_a_large_characters_box_is_no_part_of_it(
    large: float, small: float
) -> None:
    """Below a heading, where its letters have their descents."""
    heading = Text("Statement", (20, 120), large, "notos")
    below = Text(draw.grouped(VISA), (22, 120 + 1.05 * small), small, "notos")
    page = outlined(sheet(heading, below), slice(3, None))
    whole = sheet(heading, below)
    given, _ = explained(page, {}, Paddle())
    assert covers(given, whole, VISA)
    box = whole.lines[3].quad.box()
    left, top, right, bottom = (round(side) for side in box)
    shown = np.full(page.pixels.shape[:2], 255, dtype=np.uint8)
    for island in given.islands:
        x0, y0, x1, y1 = island.box
        shown[y0:y1, x0:x1] = island.pixels.min(axis=2)
    here = (slice(top, bottom), slice(left, right))
    ink = page.pixels.min(axis=2)[here] < 128
    assert (shown[here][ink] < 128).mean() > 0.9


def test_a_layer_of_letters_that_look_like_digits_is_not_believed() -> None:
    drawn = sheet(number("5105105105105100"))
    lying = claiming(drawn, str.maketrans("015", "OlS"))
    given, _ = explained(lying, {}, Paddle())
    assert covers(given, drawn, "5105105105105100")


def test_frames_and_rules_need_no_reading() -> None:
    rules = [Box((15, 60), (360, 0.5)), Box((15, 110), (360, 0.5)), Box((25, 66), (340, 2.5))]
    sides = [Box((15, 60), (0.5, 50)), Box((374.5, 60), (0.5, 50.5))]
    given, _ = explained(sheet(number(), *rules, *sides), {}, Paddle())
    assert given.islands == ()
    assert draw.grouped(VISA) in text_of(given)


def test_text_on_stripes_and_in_colours_is_explained() -> None:
    stripe = Box((10, 76), (380, 20), (232, 240, 250))
    coloured = replace(number(), colour=(30, 60, 160))
    given, _ = explained(sheet(stripe, coloured), {}, Paddle())
    assert draw.grouped(VISA) in text_of(given)
    assert given.islands == ()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turned_pages_are_explained(turns: int) -> None:
    drawn = draw.page([number(), Text("Order 250-1234567", (20, 44), 9)], dpi=DPI, size=(400, 160))
    given, _ = explained(draw.turned(drawn, turns).as_page(), {}, Paddle())
    assert draw.grouped(VISA) in text_of(given)
    assert given.islands == ()


def test_a_page_askew_is_read_as_a_whole() -> None:
    drawn = draw.skewed(draw.page([number()], dpi=DPI, size=(400, 160)), 3)
    page = drawn.as_page()
    given, _ = explained(page, {}, Paddle())
    assert given.lines == ()
    assert covers(given, page, VISA)


def test_paper_with_noise_is_read_as_a_whole() -> None:
    page = sheet(number())
    noise = np.random.default_rng(7).integers(0, 12, page.pixels.shape, dtype=np.uint8)
    given, _ = explained(replace(page, pixels=page.pixels - noise), {}, Paddle())
    assert given.lines == ()
    assert [island.box[:2] for island in given.islands] == [(0, 0)]


def test_a_card_number_with_a_letter_for_a_nought_is_read() -> None:
    """Where letters stand among digits they are not believed, though they look as they say."""
    digits = draw.grouped("4111110000001234")
    page = sheet(Text(digits.replace("0", "O"), (20, 90), 10))
    given, _ = explained(page, {}, Paddle())
    assert "OOOO" not in text_of(given)


@pytest.mark.parametrize(
    ("claimed", "read", "expected"),
    [
        ("8", "8", Verdict.SAME),
        ("８", "8", Verdict.SAME),
        ("8", "B", Verdict.SAME),
        ("8", "3", Verdict.OTHER),
        ("8", "", Verdict.OTHER),
        ("8", "を", Verdict.OTHER),
        ("曜", "躍", Verdict.SAME),
        ("曜", "", Verdict.OTHER),
        ("曜", "4", Verdict.OTHER),
        (".", "", Verdict.SAME),
        ("-", "一", Verdict.SAME),
        ("O", "0", Verdict.ALIKE),
        ("O", "1", Verdict.OTHER),
        ("ff", "ff", Verdict.SAME),
        ("ff", "f", Verdict.SAME),
        ("12", "1", Verdict.OTHER),
        ("³", "3", Verdict.OTHER),
        ("₃", "3", Verdict.OTHER),
        ("③", "3", Verdict.OTHER),
        ("No1", "N01", Verdict.ALIKE),
        ("www.a1.jp", "wwwa1.jp", Verdict.SAME),
    ],
)
def test_a_reading_agrees_with_a_claim_as_far_as_digits_go(
    claimed: str, read: str, expected: Verdict
) -> None:
    assert verdict(claimed, read) is expected


@pytest.mark.parametrize("letter", sorted(LOOKALIKES))
def test_a_lookalike_is_no_digit_but_may_be_one(letter: str) -> None:
    assert verdict(letter, LOOKALIKES[letter]) is Verdict.ALIKE
    assert verdict(LOOKALIKES[letter], letter) is Verdict.SAME


def test_the_specimens_show_nothing_in_their_repr() -> None:
    _, known = explained(sheet(number()), {}, Paddle())
    shown: Known = {"": tuple(one for found in known.values() for one in found)}
    assert not any(char.isdecimal() for char in repr(shown))


def test_glyphs_off_the_page_explain_nothing() -> None:
    page = sheet()
    far = Line(tuple(Glyph(c, g.quad.moved(0, 900)) for c, g in _glyphs(page)), "text")
    given, _ = explained(replace(page, lines=(far,)), {}, Paddle())
    assert given.lines == ()


def _glyphs(page: Page) -> list[tuple[str, Glyph]]:
    return [(glyph.char, glyph) for glyph in page.lines[0].glyphs]


@pytest.mark.parametrize(
    ("word", "alike", "expected"),
    [
        ("OOOO", "", True),
        ("4OO1", "", True),
        ("1l", "", True),
        ("IL", "I", False),
        ("I", "I", True),
        ("SPRINGFIELD", "I", False),
        ("Order", "", False),
        ("No", "", False),
        ("2026年", "", False),
        ("A4", "", False),
        ("1234", "", False),
        ("…", "", False),
    ],
)
def test_letters_beside_digits_are_doubted(word: str, alike: str, expected: bool) -> None:
    assert _is_doubtful(word, set(alike)) is expected


def test_whether_a_chip_is_paper_does_not_depend_on_what_else_has_its_colour() -> None:
    """Its print leaves strips of 9 pixels, which no square of paper fits into."""

    def page(*lefts: int) -> NDArray[np.uint8]:
        pixels = np.full((400, 800, 3), 255, dtype=np.uint8)
        for left in lefts:
            pixels[100:160, left : left + 120] = (120, 30, 40)
            pixels[109:151, left + 9 : left + 111] = 255
        return pixels

    alone, beside = ink_of(page(400)), ink_of(page(100, 400))
    assert alone is not None and beside is not None
    assert ((alone.labels > 0)[:, 400:] == (beside.labels > 0)[:, 400:]).all()
    assert (alone.labels > 0)[100:160, 400:409].all()
