"""What `tests.draw` says about its pages is true, and the samples are what it draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from prepdoc.page import Pixels, Quad
from samples import make
from tests import draw
from tests.draw import WHITE, Box, Drawn, DrawnGlyph, DrawnPdf, Sheet, Text

FONTS = ["japan", "helv", "hebo", "cour", "tiro", "figo", "notos", "spacemo", "ubuntu"]
BRANDS = [(brand, length) for brand, (_, lengths) in draw.TEST_RANGES.items() for length in lengths]
PAN = draw.grouped(draw.pan("visa", 1))


def specimen() -> list[Text | Box]:
    """The same number in every font, and a Japanese line."""
    texts = [
        Text(PAN, at=(120, 150 + 40 * row), pt=11, font=font, tag=font)
        for row, font in enumerate(FONTS)
    ]
    return [*texts, Text("髙﨑 花子 様 ￥１０，０００", at=(120, 600), tag="ja")]


def darkness(drawn: Drawn) -> NDArray[np.float64]:
    """How much darker than white paper each pixel is, 0 to 255."""
    return np.asarray(255.0 - drawn.pixels.min(axis=2), dtype=np.float64)


def covered(shape: tuple[int, ...], quads: list[Quad], slack: float) -> NDArray[np.bool_]:
    """The pixels that lie in one of the quads, or within `slack` pixels of one."""
    mask = np.zeros(shape[:2], dtype=np.uint8)
    for quad in quads:
        corners = np.rint((quad.array() - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(mask, [corners], 255, shift=4)
    reach = 2 * int(np.ceil(slack)) + 1
    return cv2.dilate(mask, np.ones((reach, reach), np.uint8)) > 0


def assert_ink_is_known(drawn: Drawn, threshold: float, slack: float) -> None:
    """Every dark pixel lies in an ink quad, and every ink quad is filled to its edges."""
    inked = [glyph.quad for glyph in drawn.glyphs if glyph.inked]
    ink = darkness(drawn) > threshold
    stray = ink & ~covered(ink.shape, inked, slack)
    assert ink.any()
    assert not stray.any(), f"{stray.sum()} dark pixels lie in no quad"
    assert [quad for quad in inked if not touches_each_edge(ink, quad, slack)] == []


def touches_each_edge(ink: NDArray[np.bool_], quad: Quad, slack: float) -> bool:
    """Seen straight on, ink begins within `slack` pixels (and one of sampling) of each edge."""
    width, height = max(2, round(quad.width())), max(2, round(quad.height()))
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform((quad.array() - 0.5).astype(np.float32), flat - 0.5)
    seen = cv2.warpPerspective(ink.astype(np.uint8) * 255, matrix, (width, height)) > 64
    ys, xs = np.nonzero(seen)
    if not len(xs):
        return False
    gaps = (xs.min(), ys.min(), width - 1 - xs.max(), height - 1 - ys.max())
    return bool(max(gaps) <= slack)


def rendered(pdf: DrawnPdf, dpi: float, page: int = 1) -> Drawn:
    """The page as MuPDF shows it, with the ground truth at that resolution."""
    import pymupdf

    with pymupdf.open(stream=pdf.data) as document:
        pixmap = document[page - 1].get_pixmap(dpi=round(dpi), alpha=False)
        samples = np.frombuffer(pixmap.samples, dtype=np.uint8)
        pixels = samples.reshape(pixmap.height, pixmap.width, 3).copy()
    return Drawn(pixels, pdf.glyphs(page, dpi), dpi)


# --- card numbers


@pytest.mark.parametrize(("brand", "length"), BRANDS)
def test_a_made_up_number_has_its_length_its_range_and_passes_luhn(
    brand: draw.Brand, length: int
) -> None:
    for seed in range(20):
        digits = draw.pan(brand, seed, length)
        assert len(digits) == length
        assert digits.startswith(draw.TEST_RANGES[brand][0])
        assert draw.luhn_digit(digits[:-1]) == digits[-1]


@pytest.mark.parametrize(("brand", "length"), BRANDS)
def test_a_number_can_be_made_to_fail_luhn(brand: draw.Brand, length: int) -> None:
    for seed in range(20):
        digits = draw.pan(brand, seed, length, luhn=False)
        assert draw.luhn_digit(digits[:-1]) != digits[-1]


@pytest.mark.parametrize(
    "published",
    [
        "4111111111111111",
        "378282246310005",
        "3530111333300000",
        "5555555555554444",
        "30569309025904",
        "6200000000000005",
    ],
)
def test_the_check_digit_agrees_with_published_test_numbers(published: str) -> None:
    assert draw.luhn_digit(published[:-1]) == published[-1]


def test_the_same_seed_gives_the_same_number_and_another_seed_another() -> None:
    assert draw.pan("jcb", 5) == draw.pan("jcb", 5)
    assert len({draw.pan("jcb", seed) for seed in range(50)}) == 50


def test_a_brand_refuses_a_length_that_it_does_not_issue() -> None:
    with pytest.raises(ValueError, match="15"):
        draw.pan("amex", 1, length=16)


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("4111111111111111", "4111 1111 1111 1111"),
        ("378282246310005", "3782 822463 10005"),
        ("30569309025904", "3056 930902 5904"),
        ("6200000000000000005", "6200 0000 0000 0000 005"),
        ("4222222222222", "4222 222 222 222"),
        ("675964982643", "6759 6498 2643"),
    ],
)
def test_a_number_is_grouped_as_its_card_shows_it(digits: str, shown: str) -> None:
    assert draw.grouped(digits, " ") == shown


# --- pages of pixels


def test_every_dark_pixel_lies_in_an_ink_box_that_it_fills_to_the_edges() -> None:
    assert_ink_is_known(draw.page(specimen()), threshold=0, slack=0)


def test_ink_boxes_stay_exact_on_coloured_paper() -> None:
    plain = draw.page(specimen())
    on_paper = draw.page(specimen(), paper=(250, 240, 220))
    assert [g.quad for g in on_paper.glyphs] == [g.quad for g in plain.glyphs]


def small() -> Drawn:
    """One number on a small sheet."""
    text = Text(f"No. {PAN}", at=(60, 80), pt=11, font="helv", tag="pan")
    return draw.page([text], size=(300, 140))


def on_a_desk(drawn: Drawn) -> Drawn:
    """In perspective, on a light background that holds nothing dark."""
    height, width = drawn.pixels.shape[:2]
    desk = np.full((height + 200, width + 200, 3), WHITE, dtype=np.uint8)
    corners = Quad((130, 80), (width + 60, 120), (width + 120, height + 60), (70, height + 110))
    return draw.in_perspective(drawn, corners, desk)


# Interpolation smears ink by up to one pixel, so there half-dark pixels count, one pixel off.
@pytest.mark.parametrize(
    ("change", "threshold", "slack"),
    [
        pytest.param(lambda d: draw.turned(d, 1), 0, 0, id="a quarter turn"),
        pytest.param(lambda d: draw.turned(d, 2), 0, 0, id="a half turn"),
        pytest.param(lambda d: draw.turned(d, 3), 0, 0, id="three quarter turns"),
        pytest.param(lambda d: draw.skewed(d, 1.5), 60, 1, id="1.5 degrees"),
        pytest.param(lambda d: draw.skewed(d, -7), 60, 1, id="-7 degrees"),
        pytest.param(lambda d: draw.scaled(d, 1.6), 60, 1, id="enlarged"),
        pytest.param(lambda d: draw.scaled(d, 0.7), 60, 1, id="shrunk"),
        pytest.param(on_a_desk, 60, 1, id="perspective"),
        pytest.param(lambda d: draw.turned(draw.skewed(d, 3), 1), 60, 1, id="skewed and turned"),
        pytest.param(lambda d: draw.blurred(d, 0.7), 60, 1, id="blurred"),
        pytest.param(lambda d: draw.noisy(d, 6), 60, 1, id="noisy"),
        pytest.param(lambda d: draw.jpegged(d, 80), 80, 1, id="JPEG"),
        pytest.param(lambda d: draw.curled(d, 6), 60, 1, id="curled"),
        pytest.param(draw.grey, 0, 0, id="grey"),
        pytest.param(draw.one_bit, 100, 1, id="one bit"),
    ],
)
def test_ink_quads_follow_the_ink_through(
    change: Callable[[Drawn], Drawn], threshold: float, slack: float
) -> None:
    assert_ink_is_known(change(small()), threshold, slack)


def test_dark_mode_shows_light_ink_in_the_same_places() -> None:
    night = draw.dark(small())
    assert int(night.pixels[0, 0].max()) == 0
    assert_ink_is_known(draw.dark(night), threshold=0, slack=0)


def test_a_shadow_darkens_one_corner_and_leaves_the_other() -> None:
    shade = draw.shadowed(small(), darkest=0.5).pixels
    assert tuple(shade[0, 0]) == (128, 128, 128)
    assert tuple(shade[-1, -1]) == WHITE


@pytest.mark.parametrize(
    "change",
    [
        lambda d: draw.skewed(d, 2),
        lambda d: draw.turned(d, 1),
        lambda d: draw.noisy(d, 9),
        draw.shadowed,
        draw.dark,
        draw.grey,
        draw.one_bit,
        on_a_desk,
    ],
)
def test_a_change_leaves_the_page_it_was_given_alone(change: Callable[[Drawn], Drawn]) -> None:
    before = small()
    pixels = before.pixels.copy()
    change(before)
    assert np.array_equal(before.pixels, pixels)


def test_quads_stay_in_reading_order_when_the_page_is_turned() -> None:
    first, *_, last = draw.turned(small(), 2).tagged("pan")
    assert first.quad.tl[1] > first.quad.bl[1]
    assert first.quad.centre()[0] > last.quad.centre()[0]


def test_truth_masks_all_but_the_last_four_digits() -> None:
    drawn = small()
    truth = drawn.truth("pan")
    digits = [glyph for glyph in drawn.tagged("pan") if glyph.is_digit]
    assert (len(truth.mask), len(truth.keep)) == (12, 4)
    assert truth.mask + truth.keep == tuple(glyph.quad for glyph in digits)
    assert drawn.truth("pan", last=0).keep == ()


def test_a_pitch_sets_letters_apart_and_downwards() -> None:
    text = Text("4111", at=(50, 50), pitch=(0, 14), tag="down")
    boxes = [glyph.box for glyph in draw.page([text], dpi=72).tagged("down")]
    steps = np.diff([box[3] for box in boxes])
    assert steps == pytest.approx([14, 14, 14])


def test_a_character_that_the_font_lacks_is_an_error_and_not_a_box() -> None:
    with pytest.raises(ValueError, match="20BB7"):
        draw.page([Text("𠮷野", at=(50, 50))])


def test_a_page_has_one_line_for_each_run_with_its_spaces() -> None:
    assert [line.text for line in draw.page(specimen()).lines()][-1].startswith("髙﨑 花子")
    assert small().as_page().lines[0].text == f"No. {PAN}"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_picture_stored_turned_is_upright_once_its_exif_is_obeyed(orientation: int) -> None:
    from io import BytesIO

    from PIL import Image, ImageOps

    data = draw.picture_bytes(small(), "PNG", orientation=orientation)
    with Image.open(BytesIO(data)) as image:
        upright: Pixels = np.array(ImageOps.exif_transpose(image).convert("RGB"))
    assert np.array_equal(upright, small().pixels)


@pytest.mark.parametrize("format", ["BMP", "GIF"])
def test_a_format_without_orientation_is_never_stored_turned(format: Any) -> None:
    with pytest.raises(ValueError, match=format):
        draw.picture_bytes(small(), format, orientation=6)


# --- PDF files

WAYS = [
    {},
    {"rotate": 90},
    {"rotate": 180, "user_unit": 2.0},
    {"rotate": 270, "crop": (30.0, 40.0, 500.0, 800.0)},
    {"user_unit": 1.5, "crop": (10.0, 20.0, 560.0, 830.0)},
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_ink_boxes_of_a_pdf_are_where_it_is_rendered(way: dict[str, Any]) -> None:
    sheet = Sheet(items=specimen(), **way)
    assert_ink_is_known(rendered(draw.statement_pdf([sheet]), 200), threshold=90, slack=1)


def test_a_pdf_carries_its_text_and_only_embedded_fonts() -> None:
    import pymupdf

    pdf = draw.statement_pdf([Sheet(items=specimen())], metadata={"title": "Specimen"})
    with pymupdf.open(stream=pdf.data) as document:
        assert document[0].get_text().count(PAN) == len(FONTS)
        assert all(ending in {"ttf", "cid", "otf"} for _, ending, *_ in document[0].get_fonts())
        assert document.metadata["title"] == "Specimen"
    assert len(pdf.data) < 300_000


def test_a_pdf_with_a_password_opens_with_it_only() -> None:
    import pymupdf

    pdf = draw.statement_pdf([Sheet(items=specimen())], password="hanako-1234")
    with pymupdf.open(stream=pdf.data) as document:
        assert document.needs_pass
        assert not document.authenticate("wrong")
        assert document.authenticate("hanako-1234")


def test_the_same_sheets_give_the_same_bytes() -> None:
    sheets = [Sheet(items=specimen()), Sheet(items=specimen(), size=draw.LETTER)]
    assert draw.statement_pdf(sheets).data == draw.statement_pdf(sheets).data


@pytest.mark.parametrize("turns", [0, 1])
def test_a_scan_shows_the_picture_and_has_no_text(turns: int) -> None:
    import pymupdf

    drawn = draw.turned(draw.skewed(small(), 1.5), turns)
    scan = draw.scan_pdf(drawn)
    assert_ink_is_known(rendered(scan, drawn.dpi), threshold=60, slack=1)
    with pymupdf.open(stream=scan.data) as document:
        assert document[0].get_text() == ""


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_an_invisible_text_layer_lies_on_the_ink_and_is_not_seen(turns: int) -> None:
    import pymupdf

    drawn = draw.turned(draw.skewed(small(), 1.5), turns)
    with_text, without = draw.scan_pdf_with_text(drawn), draw.scan_pdf(drawn)
    assert np.array_equal(rendered(with_text, 200).pixels, rendered(without, 200).pixels)
    with pymupdf.open(stream=with_text.data) as document:
        blocks = document[0].get_text("rawdict", flags=pymupdf.TEXTFLAGS_TEXT)["blocks"]
    read = [c for b in blocks for ln in b["lines"] for s in ln["spans"] for c in s["chars"]]
    assert_same_places(read, [g for g in with_text.glyphs() if g.inked])


def assert_same_places(read: list[dict[str, Any]], glyphs: list[DrawnGlyph]) -> None:
    """Each character of the layer is centred within 4 pt of its ink, less than a digit away."""
    found = [c for c in read if not str(c["c"]).isspace()]
    assert [c["c"] for c in found] == [glyph.char for glyph in glyphs]
    for char, glyph in zip(found, glyphs, strict=True):
        x0, y0, x1, y1 = char["bbox"]
        x, y = glyph.quad.centre()
        assert abs((x0 + x1) / 2 - x) < 4
        assert abs((y0 + y1) / 2 - y) < 4


# --- the samples


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every sample, drawn here and now."""
    folder = tmp_path_factory.mktemp("samples")
    make.make(folder)
    return folder


def sample_names() -> list[str]:
    return [*make.PDFS, *make.PICTURES, *make.CARDHOLDERS]


def as_picture(path: Path) -> Pixels:
    """A sample as it is seen: PDFs at 100 dpi, photographs upright."""
    import pymupdf
    from PIL import Image, ImageOps

    if path.suffix == ".pdf":
        with pymupdf.open(path) as document:
            pixmap = document[0].get_pixmap(dpi=100, alpha=False)
            samples = np.frombuffer(pixmap.samples, dtype=np.uint8)
            return np.array(samples.reshape(pixmap.height, pixmap.width, 3))
    with Image.open(path) as image:
        return np.array(ImageOps.exif_transpose(image).convert("RGB"))


def assert_looks_alike(one: Path, other: Path) -> None:
    now, then = as_picture(one).astype(int), as_picture(other).astype(int)
    assert now.shape == then.shape
    assert np.abs(now - then).mean() < 2  # grey levels: other encoders and rasterizers differ less


@pytest.mark.parametrize("name", [*make.PDFS, *make.PICTURES])
def test_a_sample_drawn_anew_is_the_committed_one(name: str, made: Path) -> None:
    """Byte for byte where the same libraries draw it; others may encode the same picture anew."""
    if make.made_with() == make.libraries():
        assert (made / name).read_bytes() == (make.HERE / name).read_bytes()
    assert_looks_alike(made / name, make.HERE / name)


@pytest.mark.parametrize("name", list(make.CARDHOLDERS))
def test_a_cardholder_written_anew_has_the_committed_bytes(name: str, made: Path) -> None:
    assert (made / name).read_bytes() == (make.HERE / name).read_bytes()


def test_the_samples_say_which_libraries_drew_them(made: Path) -> None:
    assert make.made_with(made) == make.libraries()
    assert set(make.made_with()) == set(make.LIBRARIES)


def test_two_makes_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    make.make(tmp_path)
    for name in sample_names():
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes(), name


@pytest.mark.parametrize("name", sample_names())
def test_a_sample_is_small(name: str) -> None:
    assert (make.HERE / name).stat().st_size < 1_000_000


@pytest.mark.parametrize("name", list(make.PDFS))
def test_the_ground_truth_of_a_sample_pdf_lies_on_its_digits(name: str) -> None:
    assert_tagged_ink_is_dark(rendered(make.PDFS[name](), 200))


@pytest.mark.parametrize("name", list(make.PICTURES))
def test_the_ground_truth_of_a_sample_picture_lies_on_its_digits(name: str) -> None:
    seen = Drawn(as_picture(make.HERE / name), make.PICTURES[name]().glyphs, 200)
    assert_tagged_ink_is_dark(draw.dark(seen) if name == "dark.png" else seen)


def assert_tagged_ink_is_dark(drawn: Drawn) -> None:
    """Each tagged glyph fills its quad to within 2 pixels, by the light of its own place."""
    tagged = [glyph for glyph in drawn.glyphs if glyph.tag and glyph.inked]
    assert len(tagged) >= 14
    for glyph in tagged:
        x0, y0, x1, y1 = (round(edge) for edge in glyph.box)
        around = drawn.pixels[y0 - 3 : y1 + 3, x0 - 3 : x1 + 3].min(axis=2).astype(int)
        assert around.max() - around.min() > 60, glyph.char
        ink = around < (around.max() + around.min()) / 2
        assert touches_each_edge(ink, glyph.quad.moved(3 - x0, 3 - y0), slack=2), glyph.char


@pytest.mark.parametrize("name", [*make.PDFS, *make.PICTURES])
def test_a_sample_shows_only_numbers_from_test_ranges(name: str) -> None:
    glyphs = make.PDFS[name]().glyphs() if name in make.PDFS else make.PICTURES[name]().glyphs
    prefixes = {prefix for ranges, _ in draw.TEST_RANGES.values() for prefix in ranges}
    tags = {glyph.tag for glyph in glyphs if glyph.tag}
    assert tags
    for tag in tags:
        digits = "".join(g.char for g in glyphs if g.tag == tag and g.is_digit)
        assert digits[:6] in prefixes


@pytest.mark.parametrize(
    ("purchases", "total"),
    [
        (make.PURCHASES_JA, "46,904"),
        (make.PURCHASES_JA[:7], "35,894"),
        (make.PURCHASES_EN, "737.15"),
        *[(section.purchases, section.total) for section in make.SECTIONS],
    ],
)
def test_the_printed_totals_add_up(purchases: tuple[make.Purchase, ...], total: str) -> None:
    amounts = [float(p.amount.replace(",", "").lstrip("$")) for p in purchases]
    assert sum(amounts) == pytest.approx(float(total.replace(",", "")))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "statement-ja.pdf",
            ["AMAZON.CO.JP", "Amazonギフト券", "250-1234567-1234567", "髙﨑 花子 様"],
        ),
        ("statement-en.pdf", ["AMAZON.COM", "112-1234567-1234567", "Account Number:"]),
        ("partly-masked.pdf", ["**-****-1234"]),
        ("four-cards.pdf", ["家族カード", "ETCカード"]),
        ("scan.pdf", []),
    ],
)
def test_a_sample_pdf_has_the_text_layer_that_it_should(name: str, shown: list[str]) -> None:
    import pymupdf

    with pymupdf.open(make.HERE / name) as document:
        text = document[0].get_text()
    assert bool(text) == bool(shown)
    assert [words for words in shown if words not in text] == []


def test_the_photo_is_stored_turned() -> None:
    from PIL import Image

    with Image.open(make.HERE / "photo.jpg") as photo:
        assert photo.getexif()[draw.ORIENTATION_TAG] == 6
        assert photo.width > photo.height
