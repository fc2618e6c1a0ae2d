"""Finding on drawn pages: every pixel of the hidden digits is masked, and no other digit is.

The ground truth of `tests.draw` judges; the finder is the real one, and text layers are real PDFs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from prepdoc.finding import Wishes, find_numbers, named_in, unclaimed_in
from prepdoc.masking import painted
from prepdoc.ocr.barcode import read_symbols
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import CardNumber, ExpectedPage, Glyph, Line, Page, Quad
from prepdoc.pan import Pan, luhn
from prepdoc.reading import open_source
from prepdoc.verifying.leaking import leaks_in_text
from tests import draw, judge
from tests.draw import Brand, Drawn, DrawnPdf, Item, Sheet, Text

Change = Callable[[Drawn], Drawn]
SIZE = (360.0, 100.0)
VISA = draw.pan("visa", 1)
OTHERS = (
    Text("Statement 2026/11/10", (30, 25), 9),
    Text("Order 250-1234567-1234567", (30, 80), 9),
)
MIN_INK = 48
"""Grey levels from the paper; what is fainter is the fringe of an anti-aliased edge."""


def card(
    brand: Brand = "visa",
    separator: str = "-",
    font: str = "japan",
    *,
    pt: float = 10,
    dpi: float = 200,
    seed: int = 1,
) -> Drawn:
    """A strip of a statement with one labelled number, tagged "pan"."""
    number = draw.grouped(draw.pan(brand, seed), separator)
    label = Text("カード番号" if font == "japan" else "Card Number:", (30, 50), pt, font)
    return draw.page([label, Text(number, (110, 50), pt, font, "pan"), *OTHERS], dpi=dpi, size=SIZE)


def black(shape: tuple[int, ...], numbers: Sequence[CardNumber]) -> judge.Region:
    """The pixels that masking paints."""
    paper = np.full(shape, 255, dtype=np.uint8)
    masks = [quad for number in numbers for quad in number.mask]
    return np.asarray((painted(paper, masks) == 0).all(axis=2))


def check_middles(drawn: Drawn, numbers: Sequence[CardNumber], tags: Sequence[str]) -> None:
    """Of each tagged number the middle of every digit is painted, but for the last four."""
    dark = black(drawn.pixels.shape, numbers)
    for tag in tags:
        digits = [glyph.quad.centre() for glyph in drawn.tagged(tag) if glyph.is_digit]
        assert all(dark[round(y), round(x)] for x, y in digits[:-4])
        assert not any(dark[round(y), round(x)] for x, y in digits[-4:])


def dirty(font: str, dpi: float, seed: int) -> Drawn:
    """Numbers with a speck or two each, between their digits, as large as a full stop."""
    chance = random.Random(seed)
    brands: tuple[Brand, ...] = ("visa", "mastercard", "amex", "jcb", "mastercard")
    items = [
        Text(
            draw.grouped(draw.pan(brand, seed + i), separator), (30, 30 + 24 * i), 10, font, f"{i}"
        )
        for i, (brand, separator) in enumerate(zip(brands, (" ", "-", " ", "", " "), strict=True))
    ]
    drawn = draw.page(items, dpi=dpi, size=(320, 170))
    pixels = drawn.pixels.copy()
    for i in range(len(brands)):
        glyphs = drawn.tagged(f"{i}")[2:-2]
        for glyph in chance.sample(glyphs, 1 + i % 2):
            _, top, right, bottom = glyph.cell.box()
            x, y = round(right), round(top + (bottom - top) * chance.uniform(0.25, 0.85))
            radius = max(1, round(dpi / 72 * chance.uniform(0.25, 0.5)))
            pixels[y - radius : y + radius + 1, x - radius : x + radius + 1] = chance.randrange(60)
    return replace(drawn, pixels=pixels)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("dpi", [150.0, 300.0])
@pytest.mark.parametrize("font", ["helv", "cour", "tiro"])
def test_specks_of_dirt_between_digits_hide_no_number(font: str, dpi: float, seed: int) -> None:
    """Readers see full stops, dots, hyphens and quotes in them."""
    drawn = dirty(font, dpi, seed)
    numbers = find_numbers(1, drawn.pixels, Paddle().read(drawn.pixels)).numbers
    check_middles(drawn, numbers, [f"{i}" for i in range(5)])


def check(
    drawn: Drawn, numbers: Sequence[CardNumber], folder: Path, tag: str = "pan", last: int = 4
) -> None:
    """The measure of this file; a picture of the mask is left where it fails."""
    truth, painted_over = drawn.truth(tag, last), black(drawn.pixels.shape, numbers)
    paper = blank(drawn)
    bare = judge.left_bare(painted_over | paper, truth, drawn.dpi)
    others = [g.quad for g in drawn.glyphs if g.inked and g.tag != tag]
    hit = int((judge.inside(others, drawn.pixels.shape) & painted_over).sum())
    lost = judge.lost(painted_over & ~paper, truth)
    if (bare, lost, hit) != (0, 0, 0):
        where = folder / "masks.png"
        shown = draw.outlined(drawn, [*truth.mask, *truth.keep])
        shown[painted_over] //= 2
        Image.fromarray(shown).save(where)
        pytest.fail(f"{bare} px bare, {lost} px of the last four and {hit} px beside: {where}")


def blank(drawn: Drawn) -> judge.Region:
    """Paper: italics leave the corners of their boxes empty, and nobody reads those."""
    paper = np.median(drawn.pixels.reshape(-1, 3), axis=0)
    return np.asarray((np.abs(drawn.pixels - paper) < MIN_INK).all(axis=2))


# --- what OCR has to find, in every size, font and state ---------------------------------------

_BRANDS: tuple[Brand, ...] = ("visa", "jcb", "amex", "mastercard", "unionpay", "diners")
_SEPARATORS = ("-", " ", "")
_tick = count()


def _print(dpi: int, font: str) -> tuple[str, Callable[[], Drawn]]:
    """Brand, separator and size go round, so that few cases meet many combinations."""
    i = next(_tick)
    brand, separator, pt = _BRANDS[i % 6], _SEPARATORS[i % 3], (8, 9.5, 11)[i // 2 % 3]
    name = f"{dpi} dpi, {font} {pt} pt, {brand} by {separator or 'nothing'}"
    return name, lambda: card(brand, separator, font, pt=pt, dpi=dpi, seed=i)


PRINTS = [
    _print(dpi, font)
    for dpi, fonts in {
        96: ("japan", "helv", "cour", "tiro", "notos", "ubuntu"),
        150: ("japan", "helv", "cour", "spacemo"),
        200: ("japan", "helv", "tiro", "notos"),
        300: ("japan", "cour"),
    }.items()
    for font in fonts
]
# Font, resolution and separator: without one, only a leaning cut parts the last four.
ITALICS = (
    ("heit", 96, " "),
    ("heit", 200, ""),
    ("tiit", 150, ""),
    ("tiit", 300, ""),
    ("notosit", 200, ""),
    ("coit", 150, " "),
)
PRINTS += [
    (f"italic {font} by {sep or 'nothing'}, {dpi} dpi", partial(card, "visa", sep, font, dpi=dpi))
    for font, dpi, sep in ITALICS
]
STATES: list[tuple[str, Change]] = [
    ("5° to the left", lambda d: draw.skewed(d, 5)),
    ("5° to the right", lambda d: draw.skewed(d, -5)),
    ("a quarter turn", lambda d: draw.turned(d, 1)),
    ("upside down", lambda d: draw.turned(d, 2)),
    ("three quarter turns", lambda d: draw.turned(d, 3)),
    ("a quarter turn and 3°", lambda d: draw.skewed(draw.turned(d, 1), 3)),
    ("in perspective", lambda d: _on_desk(d)),
    ("in dark mode", draw.dark),
    ("a noisy JPEG", lambda d: draw.jpegged(draw.noisy(d, 6), 50)),
    ("faded", lambda d: draw.faded(d, darkest=110, lightest=235)),
    ("faxed", draw.one_bit),
    ("out of focus", lambda d: draw.blurred(d, 1.2)),
]


def _on_desk(drawn: Drawn) -> Drawn:
    height, width = drawn.pixels.shape[:2]
    desk = np.full((height + 120, width + 160, 3), (120, 90, 60), dtype=np.uint8)
    corners = Quad((60, 40), (width + 90, 20), (width + 140, height + 100), (20, height + 70))
    return draw.in_perspective(drawn, corners, desk)


@pytest.mark.parametrize("drawing", [d for _, d in PRINTS], ids=[name for name, _ in PRINTS])
def test_every_font_and_resolution_is_masked_to_the_pixel(
    drawing: Callable[[], Drawn], paddle: Paddle, tmp_path: Path
) -> None:
    drawn = drawing()
    check(drawn, find_numbers(1, drawn.pixels, paddle.read(drawn.pixels)).numbers, tmp_path)


@pytest.mark.parametrize("case", range(len(STATES)), ids=[name for name, _ in STATES])
def test_what_scanners_and_cameras_do_hides_no_digit_from_the_mask(
    case: int, paddle: Paddle, tmp_path: Path
) -> None:
    drawn = STATES[case][1](card("mastercard", " " if case % 2 else "", "helv", pt=11))
    check(drawn, find_numbers(1, drawn.pixels, paddle.read(drawn.pixels)).numbers, tmp_path)


# --- what a text layer may look like -----------------------------------------------------------


def digit_by_digit(order: random.Random | None = None, times: int = 1) -> list[Item]:
    """One run a digit, drawn in any order, each `times` times a little shifted for bold."""
    step = draw.width_pt("0", 10)
    places = [(i, c) for i, c in enumerate(draw.grouped(VISA, " ")) if c != " "]
    if order is not None:
        order.shuffle(places)
    return [
        Text(digit, (110 + i * step + 0.15 * print_, 50), 10, tag="pan")
        for i, digit in places
        for print_ in range(times)
    ]


def beside(number: str, font: str = "japan") -> list[Item]:
    return [Text("カード番号", (30, 50), 10), Text(number, (110, 50), 10, font, "pan")]


def spaced(pitch: float) -> list[Item]:
    return [Text(draw.grouped(VISA, " "), (110, 50), 10, tag="pan", pitch=(pitch, 0))]


NO_LUHN = VISA[:-1] + str((int(VISA[-1]) + 1) % 10)
LAYOUTS: dict[str, list[Item]] = {
    "a label to the left, no Luhn, no grouping": beside(NO_LUHN),
    "a label to the left, one digit short": beside(NO_LUHN[1:]),
    "a label above, no Luhn, no grouping": [
        Text("ご利用カード番号", (110, 32), 10),
        Text(NO_LUHN, (110, 50), 10, tag="pan"),
    ],
    "a label far to the left": [
        Text("会員番号", (20, 50), 9),
        Text(NO_LUHN, (150, 50), 9, tag="pan"),
    ],
    "one run a digit": digit_by_digit(),
    "one run a digit in shuffled order": digit_by_digit(random.Random(1)),
    "three prints for bold": digit_by_digit(times=3),
    "three prints in shuffled order": digit_by_digit(random.Random(2), times=3),
    "set wide": spaced(9),
    "set wider": spaced(11),
    "an em apart": spaced(15),
    "full-width digits": beside("".join(chr(ord(c) + 0xFEE0) for c in VISA)),
    "no-break spaces": beside(draw.grouped(VISA, "\u00a0"), "helv"),
    "middle dots": beside(draw.grouped(VISA, "·")),
    "hyphens with blanks": beside(draw.grouped(VISA, " - ")),
    "box lines": beside(draw.grouped(VISA, "|")),
    "wrapped after two groups": [
        Text("Payment by", (180, 40), 10),
        Text(f"{VISA[:4]}-{VISA[4:8]}-", (240, 40), 10, tag="pan"),
        Text(f"{VISA[8:12]}-{VISA[12:]}", (30, 54), 10, tag="pan"),
        Text("was received in good time", (100, 54), 10),
    ],
    "wrapped with a hyphen in a group": [
        Text("to close the card", (140, 40), 10),
        Text(f"{VISA[:4]} {VISA[4:8]} {VISA[8:10]}-", (230, 40), 10, tag="pan"),
        Text(f"{VISA[10:12]} {VISA[12:]}", (30, 54), 10, tag="pan"),
        Text("and to open a new one.", (90, 54), 10),
    ],
    "over three lines of a bubble": [
        Text("カードは", (30, 40), 11, "japan"),
        Text(VISA[:3], (30 + draw.width_pt("カードは", 11, "japan"), 40), 11, "japan", "pan"),
        Text(VISA[3:14], (30, 55), 11, "japan", "pan"),
        Text(VISA[14:], (30, 70), 11, "japan", "pan"),
        Text("です", (30 + draw.width_pt(VISA[14:], 11, "japan"), 70), 11, "japan"),
    ],
    "wrapped in a group behind a label, with a blank lost": [
        Text("card number: ", (30, 40), 11, "japan"),
        Text(VISA[:10], (30 + draw.width_pt("card number: ", 11, "japan"), 40), 11, "japan", "pan"),
        Text(f"{VISA[10:12]} {VISA[12:]}", (30, 55), 11, "japan", "pan"),
    ],
    "wrapped in a group behind a label, with a blank lost, no Luhn": [
        Text("カード番号：", (30, 40), 11, "japan"),
        Text(
            NO_LUHN[:10], (30 + draw.width_pt("カード番号：", 11, "japan"), 40), 11, "japan", "pan"
        ),
        Text(f"{NO_LUHN[10:12]} {NO_LUHN[12:]}", (30, 55), 11, "japan", "pan"),
    ],
    "over three lines in groups, the middle one a group shorter": [
        Text(f"{VISA[:4]} {VISA[4:8]}", (30, 40), 11, "japan", "pan"),
        Text(f"{VISA[8:11]}", (30, 55), 11, "japan", "pan"),
        Text(f"{VISA[11]} {VISA[12:]}", (30, 70), 11, "japan", "pan"),
    ],
    "wrapped before the last group, which its expiry touches": [
        Text(f"{VISA[:4]}-{VISA[4:8]}-{VISA[8:12]}-", (240, 40), 10, tag="pan"),
        Text(VISA[12:], (230, 54), 10, tag="pan"),
        Text("/12/27", (230 + draw.width_pt(VISA[12:], 10), 54), 10),
    ],
}
WIDE_SHEET = (400.0, 110.0)


def test_the_end_of_a_line_is_no_last_four_where_digits_below_may_go_on() -> None:
    """Nothing proves what the reader saw: it lost a digit."""
    seen = Text(f"カード番号：{NO_LUHN[:9]}", (30, 40), 11, "japan")
    for below, is_open in ((f"{NO_LUHN[10:12]} {NO_LUHN[12:]}です", True), ("10,000円", False)):
        page, _ = first_page(sheet([seen, Text(below, (30, 55), 11, "japan")]), 150)
        numbers = find_numbers(1, page.pixels, page.lines).numbers
        assert (None in {number.pan.last_four for number in numbers}) is is_open
        assert all(number.mask for number in numbers)


def first_page(pdf: DrawnPdf, dpi: float) -> tuple[Page, Drawn]:
    """A PDF's first page as it is read, and its ground truth at the same size."""
    page = open_source(pdf.data).page(1, dpi)
    return page, Drawn(page.pixels, pdf.glyphs(1, dpi), dpi)


def sheet(
    items: Sequence[Item], size: tuple[float, float] = WIDE_SHEET, rotate: int = 0
) -> DrawnPdf:
    return draw.statement_pdf([Sheet(items=items, size=size, rotate=rotate)])


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize("items", LAYOUTS.values(), ids=LAYOUTS)
def test_a_text_layer_in_pieces_is_put_together_by_place(
    items: list[Item], dpi: float, tmp_path: Path
) -> None:
    page, drawn = first_page(sheet([*items, *OTHERS]), dpi)
    prints = max(1, sum(g.is_digit for g in drawn.tagged("pan")) // 16)
    found = find_numbers(1, page.pixels, page.lines).numbers
    check(_in_reading_order(drawn), found, tmp_path, last=4 * prints)


def _in_reading_order(drawn: Drawn) -> Drawn:
    """However it was drawn, the last four stand at the end."""
    by_place = sorted(drawn.glyphs, key=lambda g: (round(g.cell.bl[1]), g.cell.bl[0]))
    return replace(drawn, glyphs=tuple(by_place))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_is_masked_where_its_text_is_shown(rotate: int, tmp_path: Path) -> None:
    page, drawn = first_page(sheet([*beside(draw.grouped(VISA)), *OTHERS], rotate=rotate), 150)
    check(drawn, find_numbers(1, page.pixels, page.lines).numbers, tmp_path)


def test_text_that_runs_downwards_is_masked(tmp_path: Path) -> None:
    down = Text(draw.grouped(VISA, " "), (30, 20), 10, tag="pan", pitch=(0, 11))
    page, drawn = first_page(sheet([down], (80, 260)), 200)
    check(drawn, find_numbers(1, page.pixels, page.lines).numbers, tmp_path)


# --- what is no card number --------------------------------------------------------------------

INNOCENT: dict[str, list[Item]] = {
    "two columns of amounts": [
        Text(amount, (x, y), 10)
        for x, column in ((40, ("4,111", "5,105", "3,782")), (260, ("1,111", "1,118", "2,463")))
        for y, amount in zip((30, 50, 70), column, strict=True)
    ],
    "four columns of four digits": [
        Text(part, (30 + 90 * i, 50), 10) for i, part in enumerate(("4111", "1111", "1111", "1112"))
    ],
    "five columns of four digits": [
        Text(part, (30 + 60 * i, 50), 10)
        for i, part in enumerate(("4111", "1111", "1111", "1111", "1800"))
    ],
    "amounts below each other": [
        Text(text, (x, 25 + 14 * i), 10)
        for i, part in enumerate(("4111", "1111", "1111", "1111"))
        for x, text in ((20, f"10/0{i + 1}"), (120, part))
    ],
    "more amounts below each other": [
        Text(part, (60, 20 + 14 * i), 10)
        for i, part in enumerate(("4111", "1111", "1111", "1111", "2500"))
    ],
    "order number": [Text("注文番号 250-1234567-1234567", (30, 40), 10)],
    "JAN code": [Text("商品 4901234567894", (30, 40), 10)],
    "phone": [Text("電話 090-1234-5678 / +81 90 1234 5678", (30, 40), 10)],
    "dates and an amount": [Text("2026/10/02 2026/10/07 10,000", (30, 40), 10)],
    "bank account": [Text("口座 ****5678", (30, 40), 10)],
    "date below a label": [Text("カード番号", (30, 30), 10), Text("2026/10/07", (30, 46), 10)],
    "a parcel above a date that make a number of 18 by chance": [
        Text("3582 6707 2238", (30, 30), 10),
        Text("2026/09/06", (30, 44), 10),
    ],
    "fails Luhn, without label and group": [Text(f"Ref {NO_LUHN}", (30, 40), 10)],
}


@pytest.mark.parametrize("items", INNOCENT.values(), ids=INNOCENT)
def test_other_numbers_are_left_alone(items: list[Item]) -> None:
    page, _ = first_page(sheet(items), 200)
    assert page.lines
    assert [n.rule for n in find_numbers(1, page.pixels, page.lines).numbers if n.mask] == []


def test_other_numbers_are_left_alone_by_ocr_too(paddle: Paddle) -> None:
    """All of them on one page, in strips, so that OCR runs once."""
    items = [_lowered(item, 90 * i) for i, strip in enumerate(INNOCENT.values()) for item in strip]
    drawn = draw.page(items, dpi=150, size=(400, 90 * len(INNOCENT)))
    lines = paddle.read(drawn.pixels)
    assert sum(c.isdecimal() for line in lines for c in line.text) > 150
    assert [n.rule for n in find_numbers(1, drawn.pixels, lines).numbers if n.mask] == []


def _lowered(item: Item, by: float) -> Item:
    return replace(item, at=(item.at[0], item.at[1] + by))


def test_a_long_run_that_no_rule_claims_is_told() -> None:
    page, _ = first_page(sheet([Text(f"Ref {NO_LUHN}", (30, 40), 10)]), 100)
    assert unclaimed_in(page.lines) == (NO_LUHN,)


def test_a_page_without_lines_has_no_number() -> None:
    pixels = np.full((90, 90, 3), 255, dtype=np.uint8)
    assert find_numbers(1, pixels, (), known=[Pan(VISA)]).numbers == ()
    assert named_in((), Wishes()).pans == frozenset()
    assert unclaimed_in(()) == ()


# --- known numbers, wishes, barcodes, two readers ----------------------------------------------


def test_six_digits_of_a_known_number_are_masked_and_five_are_not(tmp_path: Path) -> None:
    items = [
        Text("Ref", (30, 40), 10),
        Text(VISA[2:8], (60, 40), 10, tag="six"),
        Text(VISA[2:7], (200, 40), 10, tag="five"),
    ]
    page, drawn = first_page(sheet(items), 200)
    assert find_numbers(1, page.pixels, page.lines).numbers == ()
    found = find_numbers(1, page.pixels, page.lines, known=[Pan(VISA)])
    assert [number.rule for number in found.numbers] == [5]
    check(drawn, found.numbers, tmp_path, tag="six", last=0)


def test_the_wish_to_mask_a_text_masks_it_whatever_separates_it(tmp_path: Path) -> None:
    items = [Text("Customer", (30, 50), 10), Text("98-76-54", (90, 50), 10, tag="wish")]
    page, drawn = first_page(sheet([*items, *OTHERS]), 200)
    found = find_numbers(1, page.pixels, page.lines, wishes=Wishes(mask=("987654",)))
    check(drawn, found.numbers, tmp_path, tag="wish", last=0)
    assert "".join(sorted(g.char for g in found.hidden)) == "456789"


@pytest.mark.parametrize("word", ["ローソン", "スーパーマルヤ"])
def test_the_wish_to_mask_a_text_leaves_what_stands_beside_it(word: str, tmp_path: Path) -> None:
    """The text layer says exactly where its letters end, and readers of pixels only about where."""
    before, behind = "2026/11/03 ", " 500円"
    items = [Text(f"{before}{word}{behind}", (30, 50), 11, tag="row")]
    page, drawn = first_page(sheet(items), 300)
    read = Line(tuple(Glyph(glyph.char, glyph.cell) for glyph in drawn.tagged("row")), "ocr")
    lines = (*page.lines, read)
    numbers = find_numbers(1, page.pixels, lines, wishes=Wishes((word,))).numbers
    assert [number.seen_by for number in numbers if number.mask] == [{"text"}]
    dark = black(drawn.pixels.shape, numbers)
    wished = range(len(before), len(before) + len(word))
    for i, glyph in enumerate(drawn.tagged("row")):
        left, top, right, bottom = (round(edge) for edge in glyph.quad.box())
        part = dark[top:bottom, left:right]
        if not glyph.char.isspace():
            assert part[:, part.shape[1] // 2].any() == (i in wished), glyph.char
            assert i in wished or not part.any(), glyph.char


@pytest.mark.parametrize(("number", "kept"), [(NO_LUHN, True), (VISA, False)])
def test_the_wish_to_keep_never_overrules_a_number_that_luhn_proves(
    number: str, kept: bool
) -> None:
    page, _ = first_page(sheet(beside(number)), 150)
    wishes = Wishes(keep=(draw.grouped(number, " "),))
    found = find_numbers(1, page.pixels, page.lines, wishes=wishes)
    assert any(n.mask for n in found.numbers) is not kept
    assert (Pan(number) in named_in(page.lines, wishes).pans) is not kept


def test_a_barcode_of_a_card_number_goes_whole_and_another_stays() -> None:
    pixels = np.full((500, 1000, 3), 255, dtype=np.uint8)
    for x, content in ((60, f"card={VISA}"), (560, "https://example.com/2026")):
        pixels[60:360, x : x + 300] = _qr(content)
    symbols = read_symbols(pixels)
    assert len(symbols) == 2
    (number,) = find_numbers(1, pixels, (), symbols).numbers
    x0, y0, x1, y1 = number.mask[0].box()
    assert (number.rule, number.keep) == (6, ())
    assert (x0 < 110, x1 > 310, y0 < 110, y1 > 310, x1 < 500) == (True,) * 5


def _qr(content: str) -> np.ndarray:
    import zxingcpp

    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(np.asarray(code.to_image(scale=4))).resize((300, 300), 0)
    return np.asarray(picture.convert("RGB"))


def test_two_readers_of_one_number_give_one_number(paddle: Paddle, tmp_path: Path) -> None:
    page, drawn = first_page(sheet([*beside(draw.grouped(VISA)), *OTHERS]), 200)
    found = find_numbers(1, page.pixels, (*page.lines, *paddle.read(page.pixels)))
    (number,) = found.numbers
    assert number.seen_by == {"text", "ocr"}
    check(drawn, found.numbers, tmp_path)


def test_a_text_layer_that_lies_adds_a_number_and_takes_none_away(
    paddle: Paddle, tmp_path: Path
) -> None:
    """The layer says another number in the same place: the one that is seen must go."""
    other = draw.grouped(draw.pan("jcb", 9))
    page, _ = first_page(sheet([*beside(other), *OTHERS]), 200)
    drawn = draw.page([*beside(draw.grouped(VISA)), *OTHERS], dpi=200, size=WIDE_SHEET)
    found = find_numbers(1, drawn.pixels, (*page.lines, *paddle.read(drawn.pixels)))
    painted_over = black(drawn.pixels.shape, found.numbers)
    assert judge.left_bare(painted_over, drawn.truth(), drawn.dpi) == 0
    assert Pan(VISA) in {number.pan for number in found.numbers}


def test_a_parcel_number_above_the_date_of_the_next_row_is_no_card() -> None:
    """`4068 3964 1844` at a row's end and 2026-04-22 below it would be grouped like a card."""
    sheet = Sheet(
        items=(
            Text("2026-04-21  PARCEL 4068 3964 1844", (40, 50), 10, "cour"),
            Text("2026-04-22  BOOKS", (157, 64), 10, "cour"),
        ),
        size=(400.0, 100.0),
    )
    page = open_source(draw.statement_pdf([sheet]).data).page(1, 150)
    assert find_numbers(1, page.pixels, page.lines).numbers == ()


def piled(groups: Sequence[str], step: float = 16.0, aside: float = 0.0) -> Drawn:
    """Groups below each other, with a line of text before and behind."""
    items: list[Item] = [Text("Example Pay", (30, 25), 9)]
    items += [
        Text(group, (30 + aside * i, 45 + step * i), 11, "cour", "pan")
        for i, group in enumerate(groups)
    ]
    items += [Text("VALID 10/31", (30, 50 + step * len(groups)), 8)]
    return draw.page(items, dpi=200, size=(200, 180))


@pytest.mark.parametrize("brand", ["visa", "amex"])
@pytest.mark.parametrize("step", [13.0, 20.0])
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_number_with_a_line_for_each_group_is_masked(
    brand: Brand, step: float, turn: int
) -> None:
    """As on cards whose number stands in a corner, four digits a line."""
    groups = draw.grouped(draw.pan(brand, 5), " ").split()
    drawn = draw.turned(piled(groups, step), turn)
    numbers = find_numbers(1, drawn.pixels, Paddle().read(drawn.pixels)).numbers
    assert [number.pan.last_four for number in numbers] == ["".join(groups)[-4:]]
    dark, truth = black(drawn.pixels.shape, numbers), drawn.truth()
    assert judge.left_bare(dark, truth, 200) == 0
    assert judge.lost(dark, truth) == 0


def test_cards_beside_each_other_with_a_line_for_each_group_are_masked() -> None:
    rows = [draw.grouped(draw.pan("visa", seed), " ").split() for seed in (1, 2, 3)]
    items = [
        Text(group, (30 + 70 * column, 40 + 14 * i), 10)
        for column, groups in enumerate(rows)
        for i, group in enumerate(groups)
    ]
    drawn = draw.page(items, dpi=200, size=(260, 110))
    numbers = find_numbers(1, drawn.pixels, drawn.lines()).numbers
    assert {number.pan.last_four for number in numbers} == {groups[-1] for groups in rows}


@pytest.mark.parametrize("apart", [12.0, 25.0, 60.0])
def test_a_list_beside_a_number_with_a_line_for_each_group_hides_it_not(apart: float) -> None:
    """Not on the rows of its groups, and as near as a word or as far as a column."""
    groups = draw.grouped(draw.pan("visa", 5), " ").split()
    items: list[Item] = [Text(g, (30, 40 + 20 * i), 11, "cour") for i, g in enumerate(groups)]
    words = ("Example Pay", "Balance", "18,204", "Points 1,377", "VALID 10/31")
    x = 30 + draw.width_pt(groups[0], 11, "cour") + apart
    items += [Text(word, (x, 34 + 13 * i), 9) for i, word in enumerate(words)]
    drawn = draw.page(items, dpi=200, size=(220, 130))
    for lines in (drawn.lines(), Paddle().read(drawn.pixels)):
        numbers = find_numbers(1, drawn.pixels, lines).numbers
        assert [number.pan.last_four for number in numbers] == [groups[-1]]


def test_a_number_with_a_line_for_each_group_in_a_cell_beside_a_name_is_masked() -> None:
    """A blank away, so that the name and the first group are one line."""
    rows = [Text(VISA[i : i + 4], (72, 40 + 14 * (i // 4)), 11, tag="pan") for i in (0, 4, 8, 12)]
    drawn = draw.page([Text("Hanako", (30, 40), 11), *rows], dpi=200, size=(200, 130))
    numbers = find_numbers(1, drawn.pixels, Paddle().read(drawn.pixels)).numbers
    assert [number.pan.last_four for number in numbers] == [VISA[-4:]]
    dark, truth = black(drawn.pixels.shape, numbers), drawn.truth()
    assert judge.left_bare(dark, truth, 200) == 0
    assert judge.lost(dark, truth) == 0


def test_first_digits_above_marks_are_masked() -> None:
    groups = ["4012", "88••", "••••", "1881"]
    drawn = piled(groups)
    lines = [line for line in drawn.lines() if line.text in groups]
    numbers = find_numbers(1, drawn.pixels, lines).numbers
    assert [number.pan.digits for number in numbers] == ["401288" + "?" * 6 + "1881"]


@pytest.mark.parametrize(
    "groups",
    [
        [*draw.grouped(VISA, " ").split(), "1200"],  # a table's column
        ["2024", "2025", "2026", "2027"],
        ["4500", "4200", "1200", "3001"],
        ["1234", "5678", "9012"],
    ],
)
def test_other_numbers_below_each_other_stay(groups: Sequence[str]) -> None:
    drawn = piled(groups)
    assert not find_numbers(1, drawn.pixels, drawn.lines()).numbers


@pytest.mark.parametrize("rows", [(5, 9, 2), (6, 5, 5)])
def test_rows_of_bare_digits_are_no_number_over_three_lines(rows: tuple[int, int, int]) -> None:
    """A list of codes; one in twenty-five passes for a card's number."""
    ends = [sum(rows[: i + 1]) for i in range(3)]
    parts = [VISA[end - size : end] for size, end in zip(rows, ends, strict=True)]
    items = [Text(part, (60, 40 + 15 * i), 11, "japan") for i, part in enumerate(parts)]
    drawn = draw.page(items, dpi=200, size=(200, 130))
    assert not find_numbers(1, drawn.pixels, drawn.lines()).numbers


@pytest.mark.parametrize("reader", ["file", "finder"])
@pytest.mark.parametrize(
    "texts",
    [
        [("Card number", 30), ("4205 1234", 97), ("Card number", 160), ("6205-5043-", 227)],
        [
            ("会員番号", 20),
            ("4205-1234-", 70),
            ("ご利用枠", 140),
            ("会員番号", 240),
            ("6205-5043-", 290),
        ],
        [("Card", 20), ("4205-1234-", 50), ("Name", 106), ("Card", 180), ("6205-5043-", 210)],
        [
            ("会員番号", 20),
            ("4205-1234-", 64),
            ("有効期限12/27", 117),
            ("会員番号", 240),
            ("6205-5043-", 290),
        ],
    ],
    ids=["a-label", "a-limit", "a-word", "no-blank"],
)
def test_fields_beside_each_other_each_go_on_below_themselves(
    texts: list[tuple[str, float]], reader: str
) -> None:
    """What follows stands so close to a number that both are one line."""
    below = {"4205": "7321-9025", "6205": "7882-6490", "Name": "Branch", "有効期限": "12 回"}
    items: list[Item] = []
    for text, left in texts:
        rows = [text, *filter(None, [below.get(text[:4])])]
        items += [
            Text(row, (left, 40 + 12 * down), 10, tag=text[:4]) for down, row in enumerate(rows)
        ]
    drawn = draw.page(items, dpi=200, size=(400, 90))
    lines = drawn.lines() if reader == "file" else Paddle().read(drawn.pixels)
    found = find_numbers(1, drawn.pixels, lines).numbers
    check_middles(drawn, found, ["4205", "6205"])


def test_an_account_below_a_number_that_goes_on_elsewhere_stays() -> None:
    """It begins behind a word in running text, a digit and a half right of the number's first."""
    begun, account = next(
        (begun, f"4011{i:04}")
        for begun in [draw.pan("unionpay", seed=4)[:8]]
        for i in range(10)
        if luhn(f"{begun}4011{i:04}")
    )
    items = [
        Text(f"charged to the card {begun[:4]} {begun[4:]}", (30, 40), 10, "cour"),
        Text(f"debited from account {account}, as", (33, 52), 10, "cour"),
    ]
    drawn = draw.page(items, dpi=200, size=(300, 90))
    assert not find_numbers(1, drawn.pixels, drawn.lines()).numbers


def test_a_parcels_number_is_not_joined_with_the_first_group_of_the_next_one() -> None:
    """One in ten rows of them would pass for a card that goes on below."""
    numbers = (draw.grouped(draw.pan("visa", seed)).split("-") for seed in count())
    groups = next(groups for groups in numbers if groups[3].startswith("9"))
    rows = ["-".join(groups[:3]), f"{groups[3]} 0191 2345 6789 0123", "INV-4111-2026-0099"]
    items = [Text(row, (40, 30 + 18 * i), 10, "helv") for i, row in enumerate(rows)]
    drawn = draw.page(items, dpi=200, size=(240, 90))
    assert find_numbers(1, drawn.pixels, drawn.lines()).numbers == ()
    lines = tuple(replace(line, seen_by="ocr") for line in drawn.lines())
    assert leaks_in_text(lines, ExpectedPage(1, drawn.pixels, True), ()) == ()


def test_a_pile_of_groups_is_found_a_blank_beside_the_next_columns_text() -> None:
    """Of three groups the one in the middle is wider, and comes near to an amount beside it."""
    groups = draw.grouped(draw.pan("diners", 5), " ").split()
    width = draw.width_pt(groups[1], 11, "helv")
    items = [Text(group, (30, 40 + 22 * i), 11, "helv", "pan") for i, group in enumerate(groups)]
    aside = ("Balance", "18,204", "Points")
    items += [Text(text, (38 + width, 35 + 14 * i), 9, "helv") for i, text in enumerate(aside)]
    drawn = draw.page([*items, Text("Card 3", (30, 20), 10, "helv")], dpi=200, size=(200, 120))
    numbers = find_numbers(1, drawn.pixels, Paddle().read(drawn.pixels)).numbers
    assert {number.pan.last_four for number in numbers} == {groups[-1]}


def test_the_groups_of_a_number_begin_below_each_other() -> None:
    drawn = piled(draw.grouped(VISA, " ").split(), aside=25.0)
    assert not find_numbers(1, drawn.pixels, drawn.lines()).numbers


def test_an_account_above_a_parcel_s_number_is_no_number_over_two_lines() -> None:
    """Eight digits, and the first two of three groups of four."""
    texts = ("55041443", "9728 4992 3589")
    items = [Text(text, (30, 40 + 18 * i), 10) for i, text in enumerate(texts)]
    drawn = draw.page(items, dpi=200, size=(200, 100))
    assert not find_numbers(1, drawn.pixels, drawn.lines()).numbers


def test_a_number_goes_on_in_the_next_line_and_not_in_the_one_below_that() -> None:
    """Two numbers of two lines each: the first and third line would be one too."""
    numbers = ["4205-1234-", "7321-9025", "4980 3487", "6388 3377"]
    items = [Text(text, (30, 40 + 18 * i), 10) for i, text in enumerate(numbers)]
    drawn = draw.page(items, dpi=200, size=(200, 130))
    found = find_numbers(1, drawn.pixels, drawn.lines()).numbers
    assert {number.pan.last_four for number in found} == {"9025", "3377"}
