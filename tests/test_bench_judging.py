"""The judge finds every planted failure, and lets a proper output pass.

Each case is one small page drawn with PyMuPDF; outputs are made from it by hand: masked properly,
or with one thing wrong. Nothing of prepdoc takes part. Where only the digits' pixels matter, they
alone are judged (`judge_ink`), for OCR takes a second.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageFilter, PngImagePlugin

from bench.corpus.drawing import BLACK, Builder, Rgb, Run, labelled, labels_of, printed
from bench.corpus.truth import Case, Fate, Sheet, Spec
from bench.judging import Verdict, ink, judge, judge_ink, reading
from bench.judging.aligning import aligned
from bench.judging.needles import digit_runs, needles
from bench.judging.places import Place
from bench.judging.rendering import Char
from bench.judging.stamps import distance_within, is_read
from bench.judging.texts import raw, text_in_place

SIZE = (420.0, 220.0)
DPI = 200
PAN = "4980 1200 3411 7812"
OTHER = "5105-1051-0510-5100"
REFERENCE = "9031 7724 6605 1182"
DETAILS = ("Hanako Takasaki", "1420 Example Street, Springfield, IL 62701, USA", "+1 217-555-0142")
MASK_LAST_FOUR: tuple[Fate, ...] = ("mask",) * 12 + ("keep",) * 4


@dataclass(frozen=True)
class Made:
    """A case and what is needed to draw its page once more, in parts."""

    case: Case
    runs: tuple[Run, ...]


def made(size: float = 11.0, colour: Rgb = BLACK, font: str = "helv") -> Made:
    """Two card numbers, a reference that stays, and some text."""
    builder, runs = Builder(), []
    for y, before, text, kind in (
        (50, "Card number: ", PAN, "pan"),
        (80, "Second card: ", OTHER, "pan"),
        (110, "Reference: ", REFERENCE, "lookalike"),
    ):
        fates: tuple[Fate, ...] = MASK_LAST_FOUR if kind == "pan" else ("keep",) * 16
        runs.append(Run(before, (30, y), size, font, colour=colour))
        x = 30 + pymupdf.get_text_length(before, font, size)
        runs.append(Run(text, (x, y), size, font, builder.item(kind, text, fates), colour=colour))
    runs.append(Run("Total of 12 purchases: 3,980.00", (30, 140), size, font, colour=colour))
    labels = labels_of(pixels_of(drawn(runs, labelled), antialiased=False))
    sheet = Sheet(labels, builder.items)
    data = drawn(runs, printed)
    return Made(Case(Spec("plain", 1, 1), "PyMuPDF", font, ".pdf", data, (sheet,)), tuple(runs))


def drawn(runs: Sequence[Run], ink_of: object = printed, extra: object = None) -> bytes:
    document = pymupdf.open()
    page = document.new_page(width=SIZE[0], height=SIZE[1])
    for run in runs:
        x, y = run.at
        for i, char in enumerate(run.text):
            rgb = [c / 255 for c in ink_of(run, i)]  # type: ignore[operator]
            page.insert_text((x, y), char, fontname=run.font, fontsize=run.size, color=rgb)
            x += pymupdf.get_text_length(char, run.font, run.size)
    if callable(extra):
        extra(document, page)
    return bytes(document.tobytes())


def pixels_of(data: bytes, dpi: int = DPI, antialiased: bool = True) -> np.ndarray:
    pymupdf.TOOLS.set_aa_level(8 if antialiased else 0)
    try:
        with pymupdf.open(stream=data) as document:
            pixmap = document[0].get_pixmap(dpi=dpi)
            shape = (pixmap.height, pixmap.width, 3)
            return np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(shape).copy()
    finally:
        pymupdf.TOOLS.set_aa_level(8)


def box(case: Case, labels: Sequence[int], margin: int = 3) -> tuple[slice, slice]:
    return ink.window(np.isin(case.sheets[0].labels, list(labels)), margin)


def painted(
    pixels: np.ndarray,
    case: Case,
    items: Sequence[int] = (0, 1),
    colour: tuple[int, int, int] = (0, 0, 0),
    alpha: float = 1.0,
) -> np.ndarray:
    """The masked digits of those items under one plain mask each."""
    out = pixels.astype(np.float64)
    for i in items:
        place = box(case, case.sheets[0].items[i].masked)
        out[place] = (1 - alpha) * out[place] + alpha * np.array(colour)
    return out.round().astype(np.uint8)


def as_pdf(pixels: np.ndarray, quality: int | None = None) -> bytes:
    """One picture a page, as a proper tool writes it."""
    picture = io.BytesIO()
    image = Image.fromarray(pixels)
    image.save(picture, "PNG") if quality is None else image.save(picture, "JPEG", quality=quality)
    with pymupdf.open() as document:
        page = document.new_page(width=SIZE[0], height=pixels.shape[0] * 72 / DPI)
        page.insert_image(page.rect, stream=picture.getvalue())
        return bytes(document.tobytes())


def grounds(verdict: Verdict) -> set[str]:
    return {reason.ground for reason in verdict.reasons}


@pytest.fixture(scope="module")
def plain() -> Made:
    return made()


@pytest.fixture(scope="module")
def page(plain: Made) -> np.ndarray:
    return pixels_of(plain.case.data)


# --- what passes -------------------------------------------------------------------------------


@pytest.mark.parametrize("quality", [None, 85])
def test_a_proper_output_passes_on_every_ground(plain: Made, page, quality) -> None:
    verdict = judge(plain.case, as_pdf(painted(page, plain.case), quality), ".pdf")
    assert verdict.reasons == ()
    assert verdict.is_judged
    assert [item.has_kept for item in verdict.items] == [True] * 3


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (128, 128, 128), (200, 30, 90)])
@pytest.mark.parametrize("quality", [None, 75])
def test_a_mask_of_any_colour_passes(plain: Made, page, colour, quality) -> None:
    out = as_pdf(painted(page, plain.case, colour=colour), quality)
    verdict = judge_ink(plain.case, out, ".pdf")
    assert verdict.reasons == ()
    assert all(not item.leaked and not item.lost for item in verdict.items)


def test_a_mask_that_ends_between_two_digits_passes(plain: Made, page) -> None:
    """Also tight: cut in the middle of the gap before the first digit that stays."""
    case, out = plain.case, page.copy()
    for item in case.sheets[0].items[:2]:
        rows, hidden = box(case, item.masked, 1)
        _, shown = box(case, item.kept, 0)
        out[rows, hidden.start : (hidden.stop + shown.start) // 2] = 0
    assert judge_ink(case, as_pdf(out), ".pdf").reasons == ()


@pytest.mark.parametrize("size", [5.0, 8.0, 24.0])
def test_small_and_large_print_is_judged_alike(size: float) -> None:
    case = made(size).case
    pixels = pixels_of(case.data)
    assert judge_ink(case, as_pdf(painted(pixels, case)), ".pdf").reasons == ()
    assert judge_ink(case, as_pdf(pixels), ".pdf").leaks == 2


def test_a_band_below_the_page_does_not_disturb(plain: Made, page) -> None:
    masked = painted(page, plain.case)
    band = np.full((120, page.shape[1], 3), 255, np.uint8)
    assert judge_ink(plain.case, as_pdf(np.concatenate([masked, band])), ".pdf").reasons == ()


@pytest.mark.parametrize("shift", [(0, 1), (1, 0), (-1, 2)])
def test_a_page_that_is_a_pixel_off_is_laid_over_its_source(plain: Made, page, shift) -> None:
    masked = np.roll(painted(page, plain.case), shift, axis=(0, 1))
    assert judge_ink(plain.case, as_pdf(masked), ".pdf").reasons == ()


def test_offsets_of_a_file_are_no_digits_of_a_number(plain: Made) -> None:
    """`0000000154 00000 n` has eight digits of 6200 0000 0154; the same elsewhere does leak."""
    sheet = plain.case.sheets[0]
    pan = replace(sheet.items[0], digits="6200000001540928")
    wanted = needles([replace(sheet, items=(pan,))])
    assert not raw(b"%PDF-1.7 xref\n0 2\n0000000154 00000 n \n", wanted)
    assert raw(b"%PDF-1.7 (6200000001540928)", wanted)
    assert raw(b"%PDF-1.7 (00000001540928)", wanted)


@pytest.mark.parametrize(
    ("read", "leaks"), [("8890", 0), ("83890", 0), ("38918890", 1), ("8389", 1)]
)
def test_an_invented_digit_among_the_kept_ones_is_no_leak(
    plain: Made, read: str, leaks: int
) -> None:
    item = replace(plain.case.sheets[0].items[0], digits="6205506838918890")
    words = [reading.Word(read, 0.5, 0.5)]
    place = Place((0, 0, 1, 1), 0.1)
    assert bool(reading.read_in_place("tesseract", words, 1, item, place, [])) == bool(leaks)


def test_a_page_with_large_areas_painted_over_is_the_same_page(plain: Made, page) -> None:
    """Barcodes go as a whole, and their bars are most of what edges a page has."""
    barred = page.copy()
    h, w = barred.shape[:2]
    barred[h // 2 : h - 40, 40 : w - 40 : 6] = 0
    out = painted(barred, plain.case)
    out[h // 2 : h - 40, 40 : w - 40] = 0
    assert aligned(barred, out) is not None
    assert aligned(barred, np.full_like(page, 255)) is None


def test_kept_digits_that_a_file_writes_in_another_order_are_no_leak(plain: Made) -> None:
    """`0928` written as 8, 0, 9, 2 after a masked …809 shows nothing of it."""
    item = plain.case.sheets[0].items[0]
    shown = item.digits[-4:]
    masked = "".join(sorted(set("0123456789") - set(shown)))[:3]
    other = replace(item, digits=item.digits[:-7] + shown[3] + shown[:2] + shown)
    place = Place((0, 0, 1, 1), 0.1)
    order = (3, 0, 1, 2)
    chars = [Char(shown[i], 0.1 + 0.1 * i, 0.5) for i in order]
    assert not text_in_place(chars, 1, other, place)
    assert text_in_place([*chars, Char(masked[0], 0.05, 0.5)], 1, other, place)


# --- planted failures --------------------------------------------------------------------------


def test_an_untouched_document_leaks_on_every_ground(plain: Made) -> None:
    verdict = judge(plain.case, plain.case.data, ".pdf")
    assert verdict.leaks == 2
    assert {"ink", "place", "text", "tesseract", "rapidocr"} <= grounds(verdict)
    assert all(not item.lost for item in verdict.items)


def test_untouched_pixels_leak_without_a_text_layer(plain: Made, page) -> None:
    verdict = judge(plain.case, as_pdf(page, quality=60), ".pdf")
    assert {"ink", "tesseract", "rapidocr"} <= grounds(verdict)
    assert [len(item.leaked) for item in verdict.items] == [12, 12, 0]


@pytest.mark.parametrize("at", [0, 5, 11])
def test_one_digit_unmasked_is_found(plain: Made, page, at: int) -> None:
    item = plain.case.sheets[0].items[0]
    out, bare = painted(page, plain.case), box(plain.case, [item.labels[at]], 1)
    out[bare] = page[bare]
    verdict = judge_ink(plain.case, as_pdf(out), ".pdf")
    assert verdict.items[0].leaked == (item.labels[at],)
    assert verdict.leaks == 1


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_half_a_digit_uncovered_is_found(plain: Made, page, side: str) -> None:
    item = plain.case.sheets[0].items[1]
    out, (rows, columns) = painted(page, plain.case), box(plain.case, [item.labels[3]], 2)
    x, y = (columns.start + columns.stop) // 2, (rows.start + rows.stop) // 2
    half = {
        "left": (rows, slice(columns.start, x)),
        "right": (rows, slice(x, columns.stop)),
        "top": (slice(rows.start, y), columns),
        "bottom": (slice(y, rows.stop), columns),
    }[side]
    out[half] = page[half]
    assert judge_ink(plain.case, as_pdf(out), ".pdf").items[1].leaked == (item.labels[3],)


def test_slivers_at_a_masks_edge_are_no_leak(plain: Made, page) -> None:
    """The uppermost row of pixels alone tells nobody a digit."""
    out = painted(page, plain.case)
    rows, columns = box(plain.case, plain.case.sheets[0].items[0].masked, 0)
    out[rows.start - 4 : rows.start + 2, columns] = page[rows.start - 4 : rows.start + 2, columns]
    assert judge_ink(plain.case, as_pdf(out), ".pdf").leaks == 0


@pytest.mark.parametrize("alpha", [0.5, 0.8, 0.93])
@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255)])
def test_a_mask_that_shines_through_is_found(plain: Made, page, alpha, colour) -> None:
    out = painted(page, plain.case, colour=colour, alpha=alpha)
    verdict = judge_ink(plain.case, as_pdf(out), ".pdf")
    assert verdict.leaks == 2
    assert "ink" in grounds(verdict)


def test_a_negative_is_found(plain: Made, page) -> None:
    assert judge_ink(plain.case, as_pdf(255 - page), ".pdf").leaks == 2


def test_a_white_mask_over_a_text_layer_is_found(plain: Made) -> None:
    def cover(document, page) -> None:
        scale = 72 / DPI
        for item in plain.case.sheets[0].items[:2]:
            rows, columns = box(plain.case, item.masked)
            sides = (columns.start, rows.start, columns.stop, rows.stop)
            page.draw_rect([side * scale for side in sides], color=None, fill=(1, 1, 1))

    verdict = judge(plain.case, drawn(plain.runs, printed, cover), ".pdf")
    assert verdict.leaks == 2
    assert {"text", "place"} <= grounds(verdict)
    assert "ink" not in grounds(verdict)


@pytest.mark.parametrize("place", ["keywords", "attachment", "outline"])
def test_a_number_left_in_a_hidden_place_is_found(plain: Made, page, place: str) -> None:
    with pymupdf.open(stream=as_pdf(painted(page, plain.case))) as document:
        if place == "keywords":
            document.set_metadata({"keywords": f"statement of {PAN}"})
        elif place == "attachment":
            document.embfile_add("notes", f"card={PAN.replace(' ', '')}".encode())
        else:
            document.set_toc([[1, f"Card {PAN}", 1]])
        out = document.tobytes(deflate=True)
    verdict = judge(plain.case, out, ".pdf")
    assert len(verdict.items[0].leaked) == 12
    assert grounds(verdict) == {"bytes"}


def test_an_earlier_revision_is_found(plain: Made, page) -> None:
    """Bytes that no cross-reference names any more."""
    with pymupdf.open(stream=as_pdf(page)) as document:
        document.set_metadata({"title": PAN})
        old = document.tobytes()
    out = old + as_pdf(painted(page, plain.case))
    assert "bytes" in grounds(judge(plain.case, out, ".pdf"))


def test_covered_last_fours_are_found(plain: Made, page) -> None:
    out = painted(page, plain.case)
    out[box(plain.case, plain.case.sheets[0].items[0].labels)] = 0
    verdict = judge_ink(plain.case, as_pdf(out), ".pdf")
    assert verdict.items[0].lost == plain.case.sheets[0].items[0].kept
    assert verdict.items[1].lost == verdict.items[2].lost == ()
    assert verdict.leaks == 0


def test_a_covered_look_alike_is_found(plain: Made, page) -> None:
    out = painted(page, plain.case)
    out[box(plain.case, plain.case.sheets[0].items[2].labels[4:8])] = 0
    verdict = judge_ink(plain.case, as_pdf(out), ".pdf")
    assert verdict.items[2].lost == tuple(plain.case.sheets[0].items[2].labels[4:8])


def test_a_missing_page_loses_what_it_kept(plain: Made, page) -> None:
    case = replace(plain.case, sheets=plain.case.sheets * 2)
    verdict = judge_ink(case, as_pdf(painted(page, plain.case)), ".pdf")
    assert "geometry" in grounds(verdict)
    assert len(verdict.items[3].lost) == 4


def test_another_page_is_told_apart(plain: Made) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 1167, 3), dtype=np.uint8)
    blurred = np.asarray(Image.fromarray(noise).filter(ImageFilter.GaussianBlur(6)))
    verdict = judge_ink(plain.case, as_pdf(blurred), ".pdf")
    assert grounds(verdict) == {"geometry"}
    assert not verdict.is_judged


def test_a_qr_code_with_the_number_is_found(plain: Made, page) -> None:
    import zxingcpp

    code = zxingcpp.create_barcode(PAN.replace(" ", ""), zxingcpp.BarcodeFormat.QRCode)
    tile = np.array(code.to_image(scale=5))
    out = painted(page, plain.case)
    out[420 : 420 + tile.shape[0], 700 : 700 + tile.shape[1]] = tile[..., None]
    verdict = judge(plain.case, as_pdf(out), ".pdf")
    assert grounds(verdict) == {"symbol"}
    assert len(verdict.items[0].leaked) == 12


# --- pictures ----------------------------------------------------------------------------------


def picture(pixels: np.ndarray, form: str, **options: object) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, form, **options)  # type: ignore[arg-type]
    return target.getvalue()


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_a_turned_photo_is_judged_upright(plain: Made, page, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    quarter = {1: 0, 3: 2, 6: 1, 8: 3}[turn]
    case = replace(
        plain.case, suffix=".jpg", data=picture(np.rot90(page, quarter), "JPEG", exif=exif)
    )
    proper = picture(painted(page, plain.case), "JPEG", quality=90)
    assert judge_ink(case, proper, ".jpg").reasons == ()
    assert judge_ink(case, case.data, ".jpg").leaks == 2


def test_pixels_under_zero_alpha_are_found(plain: Made, page) -> None:
    case = replace(plain.case, suffix=".png", data=picture(page, "PNG"))
    alpha = np.full((*page.shape[:2], 1), 255, np.uint8)
    for item in case.sheets[0].items[:2]:
        alpha[box(case, item.masked)] = 0
    verdict = judge_ink(case, picture(np.dstack([page, alpha]), "PNG"), ".png")
    assert verdict.leaks == 2
    assert "ink" in grounds(verdict)


@pytest.mark.parametrize("form", ["png", "jpg", "exif"])
def test_a_pictures_hidden_texts_are_found(plain: Made, page, form: str) -> None:
    masked = painted(page, plain.case)
    case = replace(plain.case, suffix=".png", data=picture(page, "PNG"))
    if form == "png":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", PAN, zip=True)
        out, suffix = picture(masked, "PNG", pnginfo=info), ".png"
    elif form == "jpg":
        out, suffix = picture(masked, "JPEG", quality=92, comment=PAN.encode()), ".jpg"
    else:
        exif = Image.Exif()
        exif[0x9C9C] = PAN.encode("utf-16-le")  # XPComment
        out, suffix = picture(masked, "JPEG", quality=92, exif=exif), ".jpg"
    assert grounds(judge(case, out, suffix)) == {"bytes"}


# --- the stamp ---------------------------------------------------------------------------------


def stamped(page: np.ndarray, details: Sequence[str]) -> np.ndarray:
    def write(document, sheet) -> None:
        for i, line in enumerate(details):
            sheet.insert_text((30, 165 + 14 * i), line, fontsize=10, color=(0.1, 0.2, 0.5))

    return np.minimum(page, pixels_of(drawn((), printed, write)))


def test_a_stamp_is_read_and_its_phone_is_no_leak(plain: Made, page) -> None:
    out = stamped(painted(page, plain.case), DETAILS)
    verdict = judge(plain.case, as_pdf(out), ".pdf", DETAILS)
    assert verdict.stamped
    assert verdict.reasons == ()


def test_a_stamp_without_the_phone_is_told(plain: Made, page) -> None:
    out = stamped(painted(page, plain.case), DETAILS[:2])
    assert judge(plain.case, as_pdf(out), ".pdf", DETAILS).stamped is False


def test_a_misread_letter_or_variant_kanji_is_forgiven() -> None:
    assert is_read(["髙﨑 花子", "03-1234-5678"], ["氏名:高崎花子", "電話 03−1234−5678"])
    assert not is_read(["髙﨑 花子"], ["氏名:高橋太郎"])
    assert distance_within("abc", "xxabxx") == 1


def test_a_stamp_on_a_turned_page_is_read(plain: Made, page) -> None:
    """Its lines then stand side by side, or on their heads."""
    out = stamped(painted(page, plain.case), DETAILS)
    for turn in (1, 2):
        words = reading.rapidocr(np.rot90(out, turn).copy(), [(0, 0, out.shape[1], out.shape[1])])
        assert is_read(DETAILS, reading.texts(words))


@pytest.mark.parametrize(
    ("row", "leaks"),
    [("7812", 0), ("3411", 1), ("1143", 0), ("0034", 1)],
    ids=["the last four", "four hidden ones", "backwards", "across two groups"],
)
def test_words_of_one_row_are_read_from_left_to_right(plain: Made, row: str, leaks: int) -> None:
    """Engines give them by a pixel's difference in height, which would shuffle a last four."""
    item = plain.case.sheets[0].items[0]
    heights = (9.0, 6.0, 8.0, 5.0)
    words = [
        reading.Word(c, 10.0 + 20 * i, y) for i, (c, y) in enumerate(zip(row, heights, strict=True))
    ]
    by_height = sorted(words, key=lambda word: word.y)
    place = Place((0.0, 0.0, 400.0, 20.0), 12.0)
    assert len(reading.read_in_place("rapidocr", by_height, 1, item, place, [item])) == leaks


# --- needles -----------------------------------------------------------------------------------


def test_ends_of_two_numbers_below_each_other_are_no_needle(plain: Made) -> None:
    """Of two that stand in a column, the one's end may be the four digits before the other's."""
    sheet = plain.case.sheets[0]
    upper, lower = (
        replace(sheet.items[0], digits=digits)
        for digits in ("4980120034119351", "3569990093519394")
    )
    wanted = needles([replace(sheet, items=(upper, lower))])
    assert not wanted.hits(digit_runs("9351\n9394"))
    assert wanted.hits(digit_runs("0093519394"))
    assert needles([replace(sheet, items=(lower,))]).hits(digit_runs("9351 9394"))


def test_what_stays_is_no_needle(plain: Made) -> None:
    found = needles(plain.case.sheets, ["12175550142"])
    texts = {needle.text for needle in found.runs}
    assert "49801200" in texts
    assert not any(text.endswith("7812"[:2]) and text in REFERENCE for text in texts)
    assert not found.hits([REFERENCE.replace(" ", ""), "12175550142", "7812"])


@pytest.mark.parametrize(
    "text",
    ["4980 1200 3411 7812", "4980-1200-34", "４９８０１２００", "4980\n12 00", "49|80|12|00"],
)
def test_separators_and_full_width_digits_do_not_hide_a_number(plain: Made, text: str) -> None:
    assert needles(plain.case.sheets).hits(digit_runs(text))


@pytest.mark.parametrize(
    "data",
    [
        b"<34393830313230303334313137383132>",
        PAN.encode("utf-16-be"),
        b"[(4980)-20(1200)30(3411)(7812)] TJ",
        "４９８０１２００３４１１".encode(),
        b"uri=4%39801200",
    ],
    ids=["hex", "utf-16", "kerned", "full-width", "percent"],
)
def test_bytes_are_read_in_every_form(plain: Made, data: bytes) -> None:
    assert raw(b"%some file " + data, needles(plain.case.sheets))
