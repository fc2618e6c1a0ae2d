"""A written file is accepted only when nothing of it could be otherwise; one defect a test."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image, PngImagePlugin

from prepdoc.errors import CannotProve, LeakFound
from prepdoc.masking import painted
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import ExpectedPage, Glyph, Line, Pixels, Proof, Quad, Stamp, quads_box
from prepdoc.pan import Pan, luhn
from prepdoc.texts import speak
from prepdoc.verifying import legibility, searching
from prepdoc.verifying.endings import beside_last_fours
from prepdoc.verifying.leaking import leaks_in_layer, leaks_in_text
from prepdoc.verifying.pixels import check_pixels
from prepdoc.verifying.rereading import Readers
from prepdoc.verifying.searching import MIN_IN_BYTES, MIN_IN_TEXT, holds, needles
from prepdoc.verifying.unread import unread_behind
from prepdoc.verifying.views import levelled
from tests import draw
from tests.looking import looked_at, verified

DIGITS = draw.pan("visa", seed=7)
PAN = Pan(DIGITS)
LAST = DIGITS[-4:]
SIZE = (400.0, 150.0)
DPI = 200.0
GREY = (16, 16, 16)
STAMP_TEXTS = ("髙﨑 花子", "090-1234-5678")

FINDER, VERIFIER = Paddle(), Tesseract()


@dataclass(frozen=True)
class Output:
    """One page's pixels as they are written, and what the verifier is told of it."""

    pixels: Pixels = field(repr=False)
    page: ExpectedPage = field(repr=False)

    def but(self, change: Callable[[Pixels], None], **told: object) -> Output:
        """With a defect in the pixels, or told otherwise."""
        pixels = self.pixels.copy()
        change(pixels)
        return Output(pixels, replace(self.page, **told))


class Blind:
    """A reader that reads nothing."""

    name = "blind"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Nothing."""
        return ()

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """Nothing of any."""
        return tuple(Line((), "ocr") for _ in rows)


class Broken:
    """A reader that fails, with what it read in its message."""

    name = "broken"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Never comes back."""
        raise RuntimeError(DIGITS)


def drawn(number: str = "") -> draw.Drawn:
    """A slip with a card number, beside a label and other digits."""
    return draw.page(
        [
            draw.Text("Card number", (20, 30)),
            draw.Text(number or draw.grouped(DIGITS, " "), (100, 30), tag="pan"),
            draw.Text("2026-11-03 BOOKS   12,345", (20, 55), tag="shop"),
            draw.Text(STAMP_TEXTS[0], (20, 100), pt=12, tag="name"),
            draw.Text(STAMP_TEXTS[1], (20, 120), pt=12, tag="phone"),
        ],
        dpi=DPI,
        size=SIZE,
    )


def line_of(page: draw.Drawn, tag: str) -> Line:
    return Line(tuple(Glyph(g.char, g.cell) for g in page.tagged(tag)), "ocr")


def box_of(quads: tuple[Quad, ...], margin: float) -> Quad:
    x0, y0, x1, y1 = quads_box(quads)
    return Quad.from_box(x0 - margin, y0 - margin, x1 + margin, y1 + margin)


def paint(pixels: Pixels, quad: Quad, colour: int | tuple[int, int, int] = 0) -> None:
    x0, y0, x1, y1 = (round(v) for v in quad.box())
    pixels[y0:y1, x0:x1] = colour


def slip(masked: int = 12, lossless: bool = True) -> Output:
    """The slip with the first digits masked; the rest is told to be the last four."""
    page = drawn()
    truth = page.truth(last=len(DIGITS) - masked)
    mask, keep = box_of(truth.mask, 3), box_of(truth.keep, 0)
    source = page.pixels.copy()
    lines = (line_of(page, "name"), line_of(page, "phone"))
    frame = box_of(tuple(line.quad for line in lines), 8)
    paint(source, frame, 255)
    pixels = page.pixels.copy()
    paint(pixels, mask)
    expected = ExpectedPage(
        1,
        source,
        lossless,
        masks=(mask,),
        last_fours=((LAST, keep),),
        stamps=(Stamp(1, frame, lines),),
        near=(line_of(page, "shop"),),
    )
    return Output(pixels, expected)


@pytest.fixture(scope="module")
def good() -> Output:
    return slip()


# --- files -------------------------------------------------------------------------------------


def jpeg_of(pixels: Pixels, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90, subsampling=0, **options)  # type: ignore[arg-type]
    return out.getvalue()


def png_of(pixels: Pixels, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", **options)  # type: ignore[arg-type]
    return out.getvalue()


def pdf_of(
    *pages: Output,
    jpeg: bool = False,
    text: bytes = b"",
    change: Callable[[pikepdf.Pdf], None] = lambda pdf: None,
    **saving: object,
) -> bytes:
    """A page of pixels each, with `text` as more content, changed before it is saved."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for page in pages:
            add_page(pdf, page.pixels, jpeg, text)
        pdf.docinfo["/Producer"] = "prepdoc 0.1.0"
        change(pdf)
        pdf.save(out, **{"static_id": True, **saving})
    return out.getvalue()


def add_page(pdf: pikepdf.Pdf, pixels: Pixels, jpeg: bool, text: bytes) -> None:
    height, width = pixels.shape[:2]
    across, down = width * 72 / DPI, height * 72 / DPI
    picture = pdf.make_stream(
        jpeg_of(pixels) if jpeg else zlib.compress(pixels.tobytes()),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode if jpeg else Name.FlateDecode,
    )
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page = pdf.add_blank_page(page_size=(across, down))
    page.obj.Resources = Dictionary(XObject=Dictionary(Im0=picture), Font=Dictionary(F0=font))
    content = b"q %.4f 0 0 %.4f 0 0 cm /Im0 Do Q\n" % (across, down) + text
    page.obj.Contents = pdf.make_stream(content)


def shown(text: bytes, mode: int = 3) -> bytes:
    """A content stream's text, in the free space of the slip."""
    return b"BT %d Tr /F0 8 Tf 200 20 Td %s Tj ET\n" % (mode, text)


def checked(
    folder: Path, data: bytes, *pages: Output, finder: object = FINDER, verifier: object = VERIFIER
) -> Proof:
    path = folder / "out"
    path.write_bytes(data)
    told = [replace(page.page, number=i) for i, page in enumerate(pages, start=1)]
    return verified(path, lambda n: told[n - 1], len(pages), (PAN,), finder, verifier)  # type: ignore[arg-type]


def refused(folder: Path, data: bytes, *pages: Output, **readers: object) -> str:
    """The message of the refusal, which holds no digit beyond the last four."""
    with pytest.raises(CannotProve) as caught:
        checked(folder, data, *pages, **readers)
    message = str(caught.value)
    assert all(DIGITS[i : i + 5] not in message for i in range(len(DIGITS) - 4))
    return message


# --- what is accepted --------------------------------------------------------------------------


def test_a_lossless_pdf_is_proven(tmp_path: Path, good: Output) -> None:
    proof = checked(tmp_path, pdf_of(good, text=shown(b"(Card number)")), good)
    assert (proof.pages, proof.masks_uniform, proof.last_fours_read) == (1, 1, 1)
    assert proof.stamp_lines_read == 2
    assert proof.objects > 5
    assert proof.bytes_searched > 1000
    assert proof.lines_read > 4


def test_a_png_is_proven(tmp_path: Path, good: Output) -> None:
    assert checked(tmp_path, png_of(good.pixels, dpi=(DPI, DPI)), good).masks_uniform == 1


def test_a_jpeg_is_proven(tmp_path: Path) -> None:
    page = slip(lossless=False)
    assert checked(tmp_path, jpeg_of(page.pixels, dpi=(200, 200)), page).masks_uniform == 1


def test_a_pdf_of_jpegs_is_proven(tmp_path: Path) -> None:
    page = slip(lossless=False)
    assert checked(tmp_path, pdf_of(page, jpeg=True), page).last_fours_read == 1


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_turned_page_is_proven(tmp_path: Path, turn: int) -> None:
    page = turned(slip(), turn)
    assert checked(tmp_path, png_of(page.pixels), page).last_fours_read == 1


def turned(output: Output, turn: int) -> Output:
    """The whole output turned counter-clockwise, so that the page is to be turned back."""
    page = draw.Drawn(output.page.source, (), DPI)
    height, width = page.pixels.shape[:2]

    def quad(q: Quad) -> Quad:
        corners, size = q.array(), (width, height)
        for _ in range(turn):
            corners = np.stack([corners[:, 1], size[0] - corners[:, 0]], axis=1)
            size = size[::-1]
        return Quad.from_array(corners)

    def line(one: Line) -> Line:
        return replace(one, glyphs=tuple(replace(g, quad=quad(g.quad)) for g in one.glyphs))

    told = output.page
    return Output(
        np.ascontiguousarray(np.rot90(output.pixels, turn)),
        replace(
            told,
            source=np.ascontiguousarray(np.rot90(told.source, turn)),
            masks=tuple(map(quad, told.masks)),
            last_fours=tuple((d, quad(q)) for d, q in told.last_fours),
            stamps=tuple(Stamp(1, quad(s.quad), tuple(map(line, s.lines))) for s in told.stamps),
            near=tuple(map(line, told.near)),
            turn=4 - turn,
        ),
    )


def test_a_page_that_showed_only_the_last_four_passes(tmp_path: Path) -> None:
    page = drawn(f"**** **** **** {LAST}")
    keep = box_of(page.truth().keep, 0)
    output = Output(page.pixels, ExpectedPage(1, page.pixels, True, last_fours=((LAST, keep),)))
    assert checked(tmp_path, png_of(page.pixels), output).last_fours_read == 1


def test_pages_are_asked_for_one_by_one_and_told_to_progress(tmp_path: Path, good: Output) -> None:
    blank = np.full_like(good.pixels, 255)
    second = Output(blank, ExpectedPage(2, blank, True))
    path = tmp_path / "two.pdf"
    path.write_bytes(pdf_of(good, second))
    asked: list[int] = []
    told: list[tuple[str, int, int]] = []

    def expected(number: int) -> ExpectedPage:
        asked.append(number)
        return (good.page, second.page)[number - 1]

    def progress(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))

    proof = verified(path, expected, 2, (PAN,), FINDER, VERIFIER, progress)
    assert proof.pages == 2
    assert asked == [1, 2]
    assert told == [("verify", 1, 2), ("verify", 2, 2)]


def test_what_reads_like_a_letter_is_still_the_stamp(tmp_path: Path) -> None:
    """Engines write 高崎 for 髙﨑; that is a name that can be read."""
    page = slip()
    assert page.page.stamps[0].lines[0].text == STAMP_TEXTS[0]
    assert checked(tmp_path, png_of(page.pixels), page).stamp_lines_read == 2


# --- pixels ------------------------------------------------------------------------------------


def grey_corner(pixels: Pixels) -> None:
    mask = slip().page.masks[0]
    x, y = (round(v) for v in mask.centre())
    pixels[y, x] = 1


def faint_ghost(pixels: Pixels) -> None:
    """The digits shine through: the mask is lighter by one where they are."""
    page = drawn()
    box = slip().page.masks[0].box()
    x0, y0, x1, y1 = (round(v) for v in box)
    pixels[y0:y1, x0:x1] = (page.pixels[y0:y1, x0:x1] < 128).astype(np.uint8)


def strong_ghost(pixels: Pixels) -> None:
    faint_ghost(pixels)
    x0, y0, x1, y1 = (round(v) for v in slip().page.masks[0].box())
    pixels[y0:y1, x0:x1] *= 24


def speck(pixels: Pixels) -> None:
    pixels[5, 5] = (254, 255, 255)


def other_amount(pixels: Pixels) -> None:
    paint(pixels, drawn().tagged("shop")[-1].quad, 255)


def larger_mask(pixels: Pixels) -> None:
    x0, y0, x1, y1 = slip().page.masks[0].box()
    paint(pixels, Quad.from_box(x0, y0 - 6, x1, y1))


def no_mask(pixels: Pixels) -> None:
    pixels[:] = drawn().pixels


def unmasked_digit(pixels: Pixels) -> None:
    """The first digit, inside the mask's place."""
    x0, y0, x1, y1 = (round(v) for v in drawn().truth().mask[0].box())
    pixels[y0:y1, x0:x1] = drawn().pixels[y0:y1, x0:x1]


PIXEL_DEFECTS = [
    (grey_corner, "one colour"),
    (faint_ghost, "one colour"),
    (unmasked_digit, "one colour"),
    (no_mask, "one colour"),
    (speck, "changed outside"),
    (other_amount, "changed outside"),
    (larger_mask, "changed outside"),
]


@pytest.mark.parametrize(("change", "reason"), PIXEL_DEFECTS)
@pytest.mark.parametrize("write", [pdf_of, png_of])
def test_pixels_that_are_not_as_planned_are_refused(
    tmp_path: Path,
    good: Output,
    change: Callable[[Pixels], None],
    reason: str,
    write: Callable[..., bytes],
) -> None:
    bad = good.but(change)
    data = write(bad if write is pdf_of else bad.pixels)
    assert reason in refused(tmp_path, data, bad)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (strong_ghost, "one colour"),
        (unmasked_digit, "one colour"),
        (other_amount, "changed outside"),
        (larger_mask, "page 1"),
    ],
)
def test_a_jpeg_hides_no_defect(
    tmp_path: Path, change: Callable[[Pixels], None], reason: str
) -> None:
    bad = slip(lossless=False).but(change)
    assert reason in refused(tmp_path, jpeg_of(bad.pixels), bad)
    assert reason in refused(tmp_path, pdf_of(bad, jpeg=True), bad)


@pytest.mark.parametrize("quality", [70, 90, 95])
def test_a_photographed_slip_is_proven_at_any_quality(tmp_path: Path, quality: int) -> None:
    """Noise and rings are predicted, not tolerated: the check is as sharp on a photograph."""
    page = slip(lossless=False)
    noise = np.random.default_rng(quality).normal(0, 6, page.pixels.shape)
    source = np.clip(page.page.source - np.abs(noise), 0, 255).astype(np.uint8)
    pixels = source.copy()
    paint(pixels, page.page.stamps[0].quad, 255)
    x0, y0, x1, y1 = (round(v) for v in page.page.stamps[0].quad.box())
    pixels[y0:y1, x0:x1] = page.pixels[y0:y1, x0:x1]
    paint(pixels, page.page.masks[0])
    noisy = Output(pixels, replace(page.page, source=source))
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=0)
    assert checked(tmp_path, out.getvalue(), noisy).masks_uniform == 1


def test_tilted_masks_across_print_are_proven_in_either_kind() -> None:
    """A mask's edge runs through letters and between pixels; both kinds know where it is."""
    page = draw.page([draw.Text("12,345 BOOKS " * 3, (5, 12 + 13 * i)) for i in range(5)], dpi=150)
    source = draw.noisy(replace(page, pixels=page.pixels[:160, :600]), 5).pixels
    chance = np.random.default_rng(1)
    for turn in (0.0, 0.02, 0.3, 1.5, 2.0, 3.14, 4.0, 5.5):
        half = np.array([[-60, -9], [60, -9], [60, 9], [-60, 9]]) + chance.uniform(-1, 1, (4, 2))
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        mask = Quad.from_array(half @ spin + chance.uniform((100, 70), (500, 90)))
        pixels = painted(source, [mask])
        assert check_pixels(pixels, ExpectedPage(1, source, True, masks=(mask,)), None) == 1
        jpeg = jpeg_of(pixels)
        decoded = np.asarray(Image.open(io.BytesIO(jpeg)))
        assert check_pixels(decoded, ExpectedPage(1, source, False, masks=(mask,)), jpeg) == 1


def test_a_lossy_file_where_a_lossless_one_was_planned_is_refused(
    tmp_path: Path, good: Output
) -> None:
    assert "another way" in refused(tmp_path, jpeg_of(good.pixels), good)


def test_a_page_of_another_size_is_refused(tmp_path: Path, good: Output) -> None:
    assert "size" in refused(tmp_path, png_of(good.pixels[:, :-1]), good)


def test_a_picture_that_does_not_fill_its_page_is_refused(tmp_path: Path, good: Output) -> None:
    def shift(pdf: pikepdf.Pdf) -> None:
        content = pdf.pages[0].obj.Contents
        content.write(content.read_bytes().replace(b"0 0 cm", b"9 0 cm"))

    assert "page 1" in refused(tmp_path, pdf_of(good, change=shift), good)


# --- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("masked", [0, 4, 8, 10, 11])
def test_digits_outside_the_masks_are_read_and_reported_with_their_place(
    tmp_path: Path, masked: int
) -> None:
    """The plan itself is wrong: the masks end too early, and the pixels are as planned."""
    page = drawn()
    good = slip()
    pixels, masks = page.pixels.copy(), ()
    if masked:
        masks = (box_of(page.truth(last=16 - masked).mask, 3),)
        paint(pixels, masks[0])
    bad = Output(pixels, replace(good.page, masks=masks))
    (tmp_path / "out").write_bytes(png_of(pixels))
    with pytest.raises(LeakFound) as caught:
        checked(tmp_path, png_of(pixels), bad)
    peeking = box_of(page.truth().mask[masked:], 0).box()
    centres = [leak.quad.centre() for leak in caught.value.leaks]
    assert {leak.page for leak in caught.value.leaks} == {1}
    assert all(peeking[0] - 10 <= x <= peeking[2] + 10 for x, _ in centres)
    assert all(peeking[1] - 10 <= y <= peeking[3] + 10 for _, y in centres)
    assert DIGITS[:6] not in str(caught.value)


def test_a_first_digit_before_the_mask_is_reported(tmp_path: Path) -> None:
    page, good = drawn(), slip()
    mask = box_of(page.truth().mask[1:], 2)
    pixels = page.pixels.copy()
    paint(pixels, mask)
    bad = Output(pixels, replace(good.page, masks=(mask,)))
    with pytest.raises(LeakFound):
        checked(tmp_path, png_of(pixels), bad)


def test_a_number_elsewhere_on_the_page_is_reported(tmp_path: Path) -> None:
    page = draw.page(
        [
            *[draw.Text("Card number", (20, 30)), draw.Text(LAST, (100, 30), tag="pan")],
            draw.Text(f"ref {DIGITS[2:10]} x", (20, 80), tag="ref"),
        ],
        dpi=DPI,
        size=SIZE,
    )
    keep = box_of(tuple(g.quad for g in page.tagged("pan")), 0)
    bad = Output(page.pixels, ExpectedPage(1, page.pixels, True, last_fours=((LAST, keep),)))
    with pytest.raises(LeakFound) as caught:
        checked(tmp_path, png_of(page.pixels), bad)
    (leak,) = caught.value.leaks
    x, y = leak.quad.centre()
    ref = box_of(tuple(g.quad for g in page.tagged("ref")), 0).box()
    assert ref[0] <= x <= ref[2]
    assert ref[1] <= y <= ref[3]


def assert_leaks(tmp_path: Path, page: draw.Drawn) -> None:
    """What is not masked of a page is reported, although its last four may stay."""
    keep = box_of(tuple(g.quad for g in page.tagged("pan")), 0)
    bad = Output(page.pixels, ExpectedPage(1, page.pixels, True, last_fours=((LAST, keep),)))
    with pytest.raises(LeakFound):
        checked(tmp_path, png_of(page.pixels), bad)


@pytest.mark.parametrize(("broken", "goes_on"), [("", ""), ("-", ""), (" -", ""), ("", "-")])
def test_a_number_over_two_lines_is_reported(tmp_path: Path, broken: str, goes_on: str) -> None:
    """Also where a dash stands at the end of the first one, or at the start of the other."""
    other = draw.pan("mastercard", seed=3)
    page = draw.page(
        [
            draw.Text(LAST, (100, 30), tag="pan"),
            draw.Text(draw.grouped(other)[:9] + broken, (20, 80)),
            draw.Text(goes_on + draw.grouped(other)[10:], (20, 93)),
        ],
        dpi=DPI,
        size=SIZE,
    )
    assert_leaks(tmp_path, page)


@pytest.mark.parametrize(("text", "left"), [("Limit 500,000", 86.0), ("Name", 69.0)])
@pytest.mark.parametrize(
    "beside", [(80.0,), (93.0,), (80.0, 93.0)], ids=["first", "second", "both"]
)
def test_a_number_over_two_lines_of_a_cell_is_reported(
    tmp_path: Path, beside: tuple[float, ...], text: str, left: float
) -> None:
    """Another cell stands so near that it is one line with it for the readers."""
    other = draw.grouped(draw.pan("mastercard", seed=3))
    page = draw.page(
        [
            draw.Text(LAST, (100, 30), tag="pan"),
            draw.Text(other[:9], (20, 80)),
            draw.Text(other[10:], (20, 93)),
            *(draw.Text(text, (left, down)) for down in beside),
        ],
        dpi=DPI,
        size=SIZE,
    )
    assert_leaks(tmp_path, page)


@pytest.mark.parametrize(("above", "leaks"), [(2, False), (6, True)])
def test_last_fours_below_each_other_make_a_stretch_by_chance(above: int, leaks: bool) -> None:
    """`8352` above `8606`, the end of a number in 528606: two digits are chance, six are not."""
    known = draw.pan("mastercard", seed=3)
    start = "98765432"[: 8 - above] + known[-4 - above : -4]
    page = draw.page(
        [draw.Text(start, (20, 30), tag="a"), draw.Text(known[-4:], (20, 43), tag="b")],
        dpi=DPI,
        size=SIZE,
    )
    lines = [line_of(page, "a"), line_of(page, "b")]
    keep = box_of(tuple(g.quad for g in page.tagged("b")), 0)
    expected = ExpectedPage(1, page.pixels, True, last_fours=((known[-4:], keep),))
    assert bool(leaks_in_text(lines, expected, [Pan(known)])) == leaks


def test_a_character_behind_the_last_four_that_is_misread_is_no_fifth_digit() -> None:
    """`■■■6133様` read as 61334: what stands behind the last four was never masked."""
    page = drawn(f"{DIGITS}7")
    truth = page.truth(last=5)
    mask, keep = box_of(truth.mask, 3), box_of(truth.keep, 0)
    lines = [Line(tuple(Glyph(g.char, g.cell) for g in page.tagged("pan")[-5:]), "ocr")]
    expected = ExpectedPage(1, page.pixels, True, masks=(mask,), last_fours=((LAST, keep),))
    assert not list(beside_last_fours(lines, expected))
    assert list(beside_last_fours(lines, replace(expected, last_fours=(("0000", keep),))))


def on_row(text: str, start: float, step: float = 12.0) -> Line:
    """A row of characters 20 px high, as a reader sees it."""
    boxes = (Quad.from_box(start + i * step, 0, start + (i + 1) * step, 20) for i in range(99))
    return Line(tuple(Glyph(c, box) for c, box in zip(text, boxes, strict=False)), "ocr")


class Doubling(Tesseract):
    """The verifier, as it makes six digits of a last four in a wide font, but for a close look."""

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """With the last four of each row spread over six digits in the same place."""
        lines = super().read(pixels)
        return lines if pixels.shape[1] < 600 else tuple(map(self._doubled, lines))

    @staticmethod
    def _doubled(line: Line) -> Line:
        if not line.text.endswith(LAST):
            return line
        place = line.glyphs[-4].quad.to(line.glyphs[-1].quad)
        left, top, right, bottom = place.box()
        step = (right - left) / 6
        digits = (LAST[0], "4", LAST[1], "4", *LAST[2:])
        boxes = (
            Quad.from_box(left + i * step, top, left + (i + 1) * step, bottom) for i in range(6)
        )
        six = (Glyph(digit, box) for digit, box in zip(digits, boxes, strict=True))
        return replace(line, glyphs=(*line.glyphs[:-4], *six))


def test_a_last_four_read_as_six_digits_is_looked_at_closely(tmp_path: Path, good: Output) -> None:
    """What stands there decides, and not how many digits a reader makes of it."""
    page = drawn(f"{DIGITS[:4]} {DIGITS[4:6]}XX XXXX {LAST}")
    digits = [glyph for glyph in page.tagged("pan") if glyph.is_digit]
    mask = box_of(tuple(glyph.quad for glyph in digits[:6]), 3)
    keep = box_of(tuple(glyph.quad for glyph in digits[6:]), 0)
    pixels, blank = page.pixels.copy(), page.pixels.copy()
    paint(pixels, mask)
    paint(blank, mask, 255)
    expected = replace(good.page, source=page.pixels, masks=(mask,), last_fours=((LAST, keep),))
    seen = Doubling().read(blank)
    assert leaks_in_text(seen, expected, (PAN,)), "the first of six would be hidden"
    checked(tmp_path, png_of(pixels), Output(pixels, expected), verifier=Doubling())


def test_six_digits_in_the_place_of_a_last_four_leak(tmp_path: Path) -> None:
    """The plan itself is wrong: its place begins two digits too early."""
    output = slip(masked=10)
    with pytest.raises(LeakFound):
        checked(tmp_path, png_of(output.pixels), output)


@pytest.mark.parametrize(
    ("read", "leaks"),
    [
        ("***************051", False),  # a 6 read as one more asterisk
        ("************6051", False),
        ("*********** 16051", True),
        ("*********41*6051", True),
    ],
)
def test_the_last_four_in_their_place_are_no_leak(read: str, leaks: bool) -> None:
    """However many asterisks a reader counts before them; a digit more beside them is one."""
    line = on_row(f"PAN {read}", 0)
    end = line.glyphs[-1].quad.box()[2]
    keep = Quad.from_box(end - 48, 0, end, 20)
    page = ExpectedPage(1, np.full((30, 400, 3), 255, np.uint8), True, last_fours=(("6051", keep),))
    assert bool(leaks_in_text([line], page, [])) == leaks


@pytest.mark.parametrize(("before", "leaks"), [("", False), ("4", True)])
def test_a_row_that_a_reader_sees_twice_is_one(before: str, leaks: bool) -> None:
    """`■■■-88556699 2025/05/10` were more digits than a last four and a date."""
    keep = Quad.from_box(100, 0, 148, 20)
    rows = [on_row(f"8569 お支払日 2025/05/10{end}", 100 + off) for off, end in ((0, ""), (2, " "))]
    lines = [*rows, on_row(before, 86)] if before else rows
    page = ExpectedPage(
        1,
        np.full((30, 500, 3), 255, np.uint8),
        True,
        masks=(Quad.from_box(0, 0, 80 if before else 98, 20),),
        last_fours=(("8569", keep),),
    )
    assert bool(leaks_in_text(lines, page, [])) == leaks


@pytest.mark.parametrize(
    ("behind", "leaks"),
    [(" 5492", True), ("-5492", True), (" 2026", False), (" 10,000", False), (" 12/28", False),
     (" 123", False), ("", False), ("    5492", False)],
)  # fmt: skip
def test_last_fours_behind_which_the_number_goes_on_were_taken_too_early(
    behind: str, leaks: bool
) -> None:
    """A reader that doubles a digit leaves a group over; a date and an amount may stand there."""
    line = on_row(f"2376{behind}", 100)
    keep = line.glyphs[0].quad.to(line.glyphs[3].quad)
    page = ExpectedPage(
        1,
        np.full((30, 400, 3), 255, np.uint8),
        True,
        masks=(Quad.from_box(0, 0, 98, 20),),
        last_fours=(("2376", keep),),
    )
    assert bool(leaks_in_text([line], page, [])) == leaks


@pytest.mark.parametrize("font", ["helv", "cour", "japan", "tiro"])
@pytest.mark.parametrize(
    ("behind", "read", "leaks"),
    [
        (" 5765", "", True),
        ("-5765", "", True),
        (" 5765", "76", True),
        (" 5765", "S7GS", True),
        (" 5765", "5765", False),  # seen by the rules for text
        ("    5765", "", False),
        (" 576", "", False),
        ("", "", False),
        (" JPY", "", False),
        (" VISA", "VISA", False),
    ],
)
def test_last_fours_with_unread_digits_behind_them_were_taken_too_early(
    behind: str, read: str, leaks: bool, font: str
) -> None:
    """A reader that sees three groups of four takes the third one for the last."""
    text = draw.Text(f"4012 8818 0346{behind}", (30, 30), 12, font, "pan")
    drawn = draw.page([text], dpi=DPI, size=SIZE)
    glyphs = drawn.tagged("pan")
    mask, keep = (glyphs[a].cell.to(glyphs[b].cell) for a, b in ((0, 8), (10, 13)))
    places = (glyph.cell for glyph in glyphs[-len(read) :])
    line = Line(tuple(Glyph(c, place) for c, place in zip(read, places, strict=False)), "ocr")
    page = ExpectedPage(1, drawn.pixels, True, masks=(mask,), last_fours=(("0346", keep),))
    assert bool(list(unread_behind(page, [[line] if read else []], []))) == leaks
    bare = replace(page, masks=())
    assert not list(unread_behind(bare, [[]], []))


def test_what_the_stamp_says_belongs_to_no_number_beside_it() -> None:
    """`カード名義人` in the stamp labels no reference beside it, nor does its phone go on there."""
    card = on_row("カード番号 ", 0, 20.0)
    number = on_row("120003057901608", 130)
    lines = [replace(card, glyphs=(*card.glyphs, *number.glyphs))]
    pixels = np.full((30, 400, 3), 255, np.uint8)
    page = ExpectedPage(1, pixels, True)
    assert leaks_in_text(lines, page, [])
    stamp = Stamp(1, Quad.from_box(0, 0, 121, 20), (card,))
    assert not leaks_in_text(lines, replace(page, stamps=(stamp,)), [])
    assert leaks_in_text([on_row(DIGITS, 0, 7.0)], replace(page, stamps=(stamp,)), [])


@pytest.mark.parametrize(("shared", "leaks"), [(6, False), (7, False), (8, True), (16, True)])
def test_a_postcode_of_the_stamp_may_have_a_few_digits_of_the_number(
    shared: int, leaks: bool
) -> None:
    """The cardholder gave them as a postcode; as many as a card's groups are no chance."""
    given = on_row(f"〒{DIGITS[-shared:]} Springfield", 0)
    page = ExpectedPage(1, np.full((30, 900, 3), 255, np.uint8), True)
    stamp = Stamp(1, Quad.from_box(0, 0, 900, 30), (given,))
    assert leaks_in_text([given], page, [PAN])
    assert bool(leaks_in_text([given], replace(page, stamps=(stamp,)), [PAN])) == leaks


def test_a_number_in_pieces_is_no_postcode() -> None:
    """Each of them could be one; both together are most of a number."""
    given = on_row(f"{DIGITS[:7]} Apt x {DIGITS[7:14]} Springfield", 0)
    stamp = Stamp(1, Quad.from_box(0, 0, 900, 30), (given,))
    page = ExpectedPage(1, np.full((30, 900, 3), 255, np.uint8), True, stamps=(stamp,))
    assert leaks_in_text([given], page, [PAN])


def test_a_digit_that_is_read_without_a_width_can_be_painted() -> None:
    line = on_row(DIGITS, 0)
    flat = Quad.from_box(50, 0, 50, 20)
    line = replace(line, glyphs=tuple(replace(glyph, quad=flat) for glyph in line.glyphs))
    page = ExpectedPage(1, np.full((30, 400, 3), 255, np.uint8), True)
    assert all(leak.quad.width() > 1 for leak in leaks_in_text([line], page, []))


@pytest.mark.parametrize(
    ("cells", "start", "leaks"), [("1217193", 100, False), ("8152793", 76, True)]
)
def test_a_rule_between_cells_read_as_a_one_is_no_fifth_digit(
    cells: str, start: float, leaks: bool
) -> None:
    """`|2|7|9|3` in the last four's place; but a digit before that place stands for itself."""
    line = on_row(cells, start)
    keep = Quad.from_box(98, 0, 200, 20)
    mask = Quad.from_box(0, 0, 70, 20)
    pixels = np.full((30, 400, 3), 255, np.uint8)
    page = ExpectedPage(1, pixels, True, masks=(mask,), last_fours=(("2793", keep),))
    assert bool(list(beside_last_fours([line], page))) == leaks


def test_what_is_read_of_a_proven_asterisk_is_no_fifth_digit() -> None:
    """`4780－12＊＊－＊＊＊＊－9526`, of whose full-width asterisks Tesseract makes 2K."""
    line = on_row("2K-2k9526", 70)
    keep = Quad.from_box(130, 0, 178, 20)
    pixels = np.full((30, 400, 3), 255, np.uint8)
    masks = (Quad.from_box(0, 0, 66, 20),)
    page = ExpectedPage(1, pixels, True, masks=masks, last_fours=(("9526", keep),))
    stars = [glyph.quad for glyph in on_row("**-**", 70).glyphs if glyph.char == "*"]
    assert len(list(beside_last_fours([line], page))) == 2
    assert len(list(beside_last_fours([line], page, stars[:2]))) == 1
    assert not list(beside_last_fours([line], page, stars))


def test_a_box_of_the_issuers_makes_first_digits_part_of_a_number() -> None:
    """`401288█████6051` of which nothing is masked: the six are seen to belong to a card."""
    page = draw.page(
        [draw.Text("401288666666" + LAST, (30, 30), 12, tag="pan")], dpi=DPI, size=SIZE
    )
    digits, pixels = page.tagged("pan"), page.pixels.copy()
    left, right = round(digits[5].quad.box()[2]) + 1, round(digits[12].quad.box()[0]) - 1
    top, bottom = digits[0].cell.box()[1], digits[0].cell.box()[3]
    pixels[round(top) : round(bottom), left:right] = 0
    keep = box_of(tuple(g.quad for g in digits[12:]), 0)
    expected = ExpectedPage(1, pixels, True, last_fours=((LAST, keep),))
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    assert looked_at(pixels, expected, (), readers).leaks


def test_leaks_of_all_pages_are_told_at_once(tmp_path: Path, good: Output) -> None:
    bad = Output(drawn().pixels, replace(good.page, source=drawn().pixels, masks=()))
    with pytest.raises(LeakFound) as caught:
        checked(tmp_path, pdf_of(bad, good, bad), bad, good, bad)
    assert {leak.page for leak in caught.value.leaks} == {1, 3}


def test_last_four_under_a_mask_are_missed(tmp_path: Path, good: Output) -> None:
    keep = good.page.last_fours[0][1]
    masks = (*good.page.masks, box_of((keep,), 3))
    bad = good.but(lambda pixels: paint(pixels, masks[1]), masks=masks)
    assert "last four" in refused(tmp_path, png_of(bad.pixels), bad)


def test_last_four_in_two_places_are_read_together(tmp_path: Path) -> None:
    page = drawn(f"ending in {LAST[:3]} {LAST[3]}")
    keep = page.truth().keep
    parts = ((LAST, box_of(keep[:3], 0)), (LAST, keep[3]))
    output = Output(page.pixels, ExpectedPage(1, page.pixels, True, last_fours=parts))
    assert checked(tmp_path, png_of(page.pixels), output).last_fours_read == 2


def test_last_four_that_are_others_are_missed(tmp_path: Path, good: Output) -> None:
    keep = good.page.last_fours[0][1]
    told = good.but(lambda p: None, last_fours=(("0000", keep),))
    assert "last four" in refused(tmp_path, png_of(told.pixels), told)


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_missing_from_the_stamp_is_missed(tmp_path: Path, good: Output, line: int) -> None:
    def wipe(pixels: Pixels) -> None:
        paint(pixels, box_of((good.page.stamps[0].lines[line].quad,), 1), 255)

    assert "added details" in refused(tmp_path, png_of(good.but(wipe).pixels), good.but(wipe))


def test_text_that_a_stamp_covers_is_missed(tmp_path: Path, good: Output) -> None:
    """Where a stamp is drawn, pixels may change; the text near the masks may not be lost there."""
    shop = box_of((good.page.near[0].quad,), 2)
    stamps = (*good.page.stamps, Stamp(1, shop, ()))
    bad = good.but(lambda pixels: paint(pixels, shop, 255), stamps=stamps)
    assert "beside a mask" in refused(tmp_path, png_of(bad.pixels), bad)


def test_a_verifier_that_reads_nothing_proves_nothing(tmp_path: Path, good: Output) -> None:
    message = refused(tmp_path, png_of(good.pixels), good, verifier=Blind())
    assert "blind reads nothing" in message


def test_a_finder_that_reads_nothing_proves_nothing(tmp_path: Path, good: Output) -> None:
    message = refused(tmp_path, png_of(good.pixels), good, finder=Blind())
    assert "blind reads nothing" in message


@pytest.mark.parametrize("role", ["finder", "verifier"])
def test_a_reader_that_fails_refuses_without_its_message(
    tmp_path: Path, good: Output, role: str
) -> None:
    assert "broken failed" in refused(tmp_path, png_of(good.pixels), good, **{role: Broken()})


def test_what_is_refused_in_other_threads_is_told_in_the_language_spoken(
    tmp_path: Path, good: Output
) -> None:
    """The readers and the search of the file are at work beside each other."""
    cut = png_of(good.pixels)[:-5]
    speak("ja")
    try:
        assert "失敗しました" in refused(tmp_path, png_of(good.pixels), good, verifier=Broken())
        assert refused(tmp_path, cut, good) == "画像が途中で切れています"
    finally:
        speak("en")


def test_a_barcode_with_the_number_is_reported(tmp_path: Path, good: Output) -> None:
    import zxingcpp

    code = zxingcpp.create_barcode(DIGITS, zxingcpp.BarcodeFormat.QRCode)
    picture = np.array(code.to_image(scale=4), dtype=np.uint8)
    pixels, source = good.pixels.copy(), good.page.source.copy()
    for page in (pixels, source):
        page[100 : 100 + picture.shape[0], 800 : 800 + picture.shape[1]] = picture[:, :, None]
    bad = Output(pixels, replace(good.page, source=source))
    with pytest.raises(LeakFound) as caught:
        checked(tmp_path, png_of(pixels), bad)
    (leak,) = caught.value.leaks
    assert 800 <= leak.quad.centre()[0] <= 800 + picture.shape[1]


def test_nothing_to_check_is_no_success(tmp_path: Path, good: Output) -> None:
    blank = np.full_like(good.pixels, 255)
    page = Output(blank, ExpectedPage(1, blank, True))
    assert "to check" in refused(tmp_path, png_of(page.pixels), page)
    assert "pages" in refused(tmp_path, png_of(good.pixels))
    assert "pages" in refused(tmp_path, pdf_of(good, good), good)


# --- objects and bytes of a PDF ----------------------------------------------------------------


def annotate(pdf: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9])
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, b"text")


def add_xmp(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = "Statement"


def add_title(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "Statement"


def name_producer(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Producer"] = f"prepdoc {DIGITS}"


def orphan(pdf: pikepdf.Pdf) -> None:
    """An object that only the page's private data name."""
    pdf.pages[0].obj.PieceInfo = pdf.make_indirect(Dictionary(Note="x"))


def second_picture(pdf: pikepdf.Pdf) -> None:
    pictures = pdf.pages[0].obj.Resources.XObject
    pictures.Im1 = pdf.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)


def soft_mask(pdf: pikepdf.Pdf) -> None:
    picture = pdf.pages[0].obj.Resources.XObject.Im0
    picture.SMask = pdf.make_stream(b"\xff", Type=Name.XObject, Subtype=Name.Image)


def more_pixels(pdf: pikepdf.Pdf) -> None:
    """Rows below the picture's last."""
    picture = pdf.pages[0].obj.Resources.XObject.Im0
    picture.write(zlib.compress(picture.read_bytes() + b"below"), filter=Name.FlateDecode)


def behind_pixels(pdf: pikepdf.Pdf) -> None:
    """Bytes behind the end of the compressed rows."""
    picture = pdf.pages[0].obj.Resources.XObject.Im0
    picture.write(picture.read_raw_bytes() + b"behind", filter=Name.FlateDecode)


def longer_rows(pdf: pikepdf.Pdf) -> None:
    """Two of the picture's rows make one, so that a byte of every two rows is not drawn."""
    picture = pdf.pages[0].obj.Resources.XObject.Im0
    width, height, rows = int(picture.Width), int(picture.Height), picture.read_bytes()
    size = len(rows) // height * 2
    pairs = b"".join(b"\0" + rows[at : at + size] for at in range(0, len(rows), size))
    said = Dictionary(Predictor=15, Colors=3, BitsPerComponent=8, Columns=2 * width)
    data = pairs.ljust(len(rows) + height, b"x")
    picture.write(zlib.compress(data), filter=Name.FlateDecode, decode_parms=said)


def open_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="1")


def rectangle(pdf: pikepdf.Pdf) -> None:
    content = pdf.pages[0].obj.Contents
    content.write(content.read_bytes() + b"\n0 0 1 1 re f\n")


OBJECT_DEFECTS = [
    annotate,
    attach,
    add_xmp,
    add_title,
    name_producer,
    orphan,
    second_picture,
    soft_mask,
    more_pixels,
    behind_pixels,
    longer_rows,
    open_action,
    rectangle,
]


@pytest.mark.parametrize("change", OBJECT_DEFECTS)
def test_an_object_that_no_page_of_pixels_needs_is_refused(
    tmp_path: Path, good: Output, change: Callable[[pikepdf.Pdf], None]
) -> None:
    assert "output" in refused(tmp_path, pdf_of(good, change=change), good)


def spread(digits: str) -> bytes:
    return b"<" + digits.encode().hex().encode() + b">"


TEXTS = [
    (shown(b"(%s)" % DIGITS.encode()), "hold"),
    (shown(b"(%s)" % draw.grouped(DIGITS, " ").encode()), "hold"),
    (shown(b"(ref %s x)" % DIGITS[3:9].encode()), "hold"),
    (shown(spread(DIGITS)), "hold"),
    (shown(b"<" + DIGITS.encode("utf-16-be").hex().encode() + b">"), "hold"),
    (b"% " + DIGITS.encode() + b"\n", "hold"),
    (shown(b"(Card)", mode=0), "not invisible"),
    (b"BT /F0 8 Tf (Card) Tj ET\n", "not invisible"),
]


@pytest.mark.parametrize(("text", "reason"), TEXTS)
def test_a_number_in_the_text_layer_is_refused(
    tmp_path: Path, good: Output, text: bytes, reason: str
) -> None:
    assert reason in refused(tmp_path, pdf_of(good, text=text), good)


def test_a_number_drawn_digit_by_digit_into_the_text_layer_is_reported(
    tmp_path: Path, good: Output
) -> None:
    """No string holds it; only who puts the characters in their places sees it."""
    digits = b" ".join(b"(%c) Tj 5 0 Td" % digit for digit in DIGITS.encode())
    text = b"BT 3 Tr /F0 8 Tf 200 20 Td " + digits + b" ET\n"
    with pytest.raises(LeakFound) as caught:
        checked(tmp_path, pdf_of(good, text=text), good)
    x, y = caught.value.leaks[0].quad.centre()
    assert (x, y) == pytest.approx((240 * DPI / 72, (SIZE[1] - 22) * DPI / 72), rel=0.1)


def appended(data: bytes) -> bytes:
    """A second revision, as an editor saves it: the old objects stay in the file."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        number = pdf.Root.objgen[0]
        root = pdf.Root.unparse(resolved=True)
        size = int(pdf.trailer.Size)
    offset = len(data)
    start = data[data.rindex(b"startxref") :].split()[1]
    return data + (
        b"%d 0 obj\n%s\nendobj\n" % (number, root)
        + b"xref\n%d 1\n%010d 00000 n \n" % (number, offset)
        + b"trailer\n<< /Size %d /Root %d 0 R /Prev %s >>\n" % (size, number, start)
        + b"startxref\n%d\n%%%%EOF\n" % (offset + len(b"%d 0 obj\n%s\nendobj\n" % (number, root)))
    )


def between(data: bytes) -> bytes:
    """An object that no table lists, where the table stood."""
    at = data.rindex(b"xref", 0, data.rindex(b"startxref"))
    start = at + len(b"999 0 obj\n(x)\nendobj\n")
    moved = data[:at] + b"999 0 obj\n(x)\nendobj\n" + data[at:]
    return moved[: moved.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % start


FORMS = [
    DIGITS.encode(),
    draw.grouped(DIGITS, "-").encode(),
    draw.grouped(DIGITS, "\u2013").encode(),
    draw.grouped(DIGITS, "\u3000").encode(),
    DIGITS.encode("utf-16-le"),
    DIGITS.encode("utf-16-be"),
    DIGITS.encode().hex().encode(),
    DIGITS.encode("utf-16-be").hex().upper().encode(),
    DIGITS.translate({ord("0") + i: 0xFF10 + i for i in range(10)}).encode(),
    DIGITS.translate({ord("0") + i: 0xFF10 + i for i in range(10)}).encode("utf-16-be"),
    DIGITS.translate({ord("0") + i: 0xFF10 + i for i in range(10)}).encode("utf-16-le"),
    DIGITS.translate({ord("0") + i: 0xFF10 + i for i in range(10)}).encode("shift-jis"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", [b"", b"\xff\x80", b"(x"])
def test_a_number_is_seen_in_every_form_that_digits_are_stored_in(
    form: bytes, around: bytes
) -> None:
    assert holds(around + form + around, needles([PAN], MIN_IN_BYTES))


FULL_WIDTH = {c: chr(0xFF10 + i) for i, c in enumerate("0123456789")}
DIGIT_FORMS = ("ascii", "utf-16-le", "utf-16-be", "utf-8", "shift-jis")
SEPARATED = (b"", b" ", b"-", b"\0", b"\xe2\x80\x93", b"\xe3\x80\x80", b"\xc2\xa0", b"x", b"\xe2")


@given(
    st.lists(
        st.tuples(st.sampled_from(DIGIT_FORMS), st.booleans(), st.sampled_from(SEPARATED)),
        min_size=len(DIGITS),
        max_size=len(DIGITS),
    ),
    st.binary(max_size=12),
)
def test_what_is_left_out_of_a_search_holds_no_number(
    forms: list[tuple[str, bool, bytes]], around: bytes
) -> None:
    """Bytes that stand in no row of those that digits and separators are stored in."""
    data = around
    for digit, (form, is_wide, separator) in zip(DIGITS, forms, strict=True):
        is_wide = form != "ascii" and (is_wide or form == "shift-jis")
        data += (FULL_WIDTH[digit] if is_wide else digit).encode(form) + separator
    data += around
    views = [data, *searching._full_width(data), searching._hexadecimal(data)]
    wanted = needles([PAN], MIN_IN_TEXT)
    seen = any(needle in searching.bare(view) for needle in wanted for view in views)
    assert holds(data, wanted) == seen


def test_a_number_that_shares_only_its_last_four_is_not_seen() -> None:
    other = draw.pan("mastercard", seed=1)[:12] + LAST
    assert not holds(other.encode(), needles([PAN], MIN_IN_TEXT))


@given(st.text("0123456789", min_size=12, max_size=19), st.integers(6, 12))
def test_needles_are_stretches_that_tell_more_than_the_last_four(digits: str, length: int) -> None:
    for needle in needles([Pan(digits)], length):
        assert needle.decode() in digits
        assert len(needle) >= length
        assert len(set(needle)) >= 3 or digits.endswith(needle.decode())


def test_tables_of_offsets_hold_no_number_by_chance() -> None:
    """A number full of zeros is not seen in an empty table."""
    table = b"".join(b"%010d 00000 n \n" % (i * 137) for i in range(200))
    assert not holds(table, needles([Pan("6200000000000005")], MIN_IN_BYTES))
    assert holds(b"6200 0000 0000 0005", needles([Pan("6200000000000005")], MIN_IN_BYTES))


LAYOUT_DEFECTS = [
    (appended, "revision"),
    (lambda data: data + b"behind", "outside"),
    (lambda data: data + data, "revision"),
    (lambda data: data[:-40], "damaged"),
    (lambda data: data[: len(data) // 2], "damaged"),
    (lambda data: b"before" + data, "neither"),
    (lambda data: b"", "neither"),
    (between, "table"),
]


@pytest.mark.parametrize(("change", "reason"), LAYOUT_DEFECTS)
def test_bytes_outside_the_pages_objects_are_refused(
    tmp_path: Path, good: Output, change: Callable[[bytes], bytes], reason: str
) -> None:
    assert reason in refused(tmp_path, change(pdf_of(good)), good)


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_file_is_refused(tmp_path: Path, good: Output, password: str) -> None:
    locked = pikepdf.Encryption(owner="owner", user=password)
    assert "encrypted" in refused(tmp_path, pdf_of(good, static_id=False, encryption=locked), good)


def test_a_file_with_object_streams_is_read_as_well(tmp_path: Path, good: Output) -> None:
    data = pdf_of(good, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert checked(tmp_path, data, good).pages == 1
    worse = pdf_of(good, change=annotate, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert "output" in refused(tmp_path, worse, good)


# --- PNG and JPEG ------------------------------------------------------------------------------


def chunk(name: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + checksum


def with_chunk(data: bytes, name: bytes, body: bytes) -> bytes:
    end = data.rindex(b"IEND") - 4
    return data[:end] + chunk(name, body) + data[end:]


PNG_DEFECTS = [
    (lambda data: with_chunk(data, b"tEXt", b"Comment\0x"), "more than pixels"),
    (lambda data: with_chunk(data, b"eXIf", b"MM"), "more than pixels"),
    (lambda data: with_chunk(data, b"IDAT", b"behind"), "behind"),
    (lambda data: data + b"behind", "behind its end"),
    (lambda data: data[:-6], "cut off"),
    (lambda data: data[:300], "damaged"),
    (lambda data: data[:60] + b"\0" + data[61:], "damaged"),
    (lambda data: with_chunk(data, b"PLTE", DIGITS.encode()[:15]), "hold digits"),
]


@pytest.mark.parametrize(("change", "reason"), PNG_DEFECTS)
def test_a_png_that_holds_more_or_less_than_its_pixels_is_refused(
    tmp_path: Path, good: Output, change: Callable[[bytes], bytes], reason: str
) -> None:
    assert reason in refused(tmp_path, change(png_of(good.pixels)), good)


def test_a_png_with_a_comment_of_pillow_is_refused(tmp_path: Path, good: Output) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "x")
    assert "more than" in refused(tmp_path, png_of(good.pixels, pnginfo=text), good)


JPEG_DEFECTS = [
    ({"comment": b"x"}, lambda data: data, "more than pixels"),
    ({"exif": b"Exif\0\0MM\0*"}, lambda data: data, "more than pixels"),
    ({}, lambda data: data + b"behind", "behind its end"),
    ({}, lambda data: data[:-40], "cut off"),
    ({}, lambda data: data + data, "behind its end"),
]


@pytest.mark.parametrize(("options", "change", "reason"), JPEG_DEFECTS)
def test_a_jpeg_that_holds_more_or_less_than_its_pixels_is_refused(
    tmp_path: Path, options: dict[str, bytes], change: Callable[[bytes], bytes], reason: str
) -> None:
    page = slip(lossless=False)
    assert reason in refused(tmp_path, change(jpeg_of(page.pixels, **options)), page)


@pytest.mark.parametrize(
    ("text", "leaks"),
    [("2]2]2[3]o]o/8 6/9]", True), ("|2|2|2|3|0|0|8|", True), ("2]2]2[4]o]o/8 6/9]", False)],
)
def test_known_digits_in_cells_are_read_through_their_rules(text: str, leaks: bool) -> None:
    """Tesseract reads a form's cells so; other digits between rules are none of the number's."""
    page = ExpectedPage(1, np.full((60, 600, 3), 255, dtype=np.uint8), True)
    known = Pan("2223008691080626")
    assert bool(leaks_in_text([on_row(text, 20.0)], page, [known])) is leaks


def test_digits_that_are_read_deep_in_a_mask_are_no_leak() -> None:
    """A reader sees some in a pattern around it; at a mask's end a digit may peek out."""
    mask = Quad.from_box(0, 0, 400, 20)
    page = ExpectedPage(1, np.full((60, 600, 3), 255, dtype=np.uint8), True, masks=(mask,))
    number = draw.pan("visa", 2)
    assert not leaks_in_text([on_row(number, 100.0)], page, ())
    assert leaks_in_text([on_row(number, 0.0)], page, ())
    assert leaks_in_layer([on_row(number, 100.0)], page, ()), "a text layer's words may be there"


@pytest.mark.parametrize(
    ("read", "length"), [("080", 2), ("20", 2), ("288200", 4), ("1111", 0), ("", 0), ("2820", 4)]
)
def test_digits_agree_as_far_as_they_stand_in_the_same_order(read: str, length: int) -> None:
    assert legibility._agreeing(read, "2820") == length


def test_an_output_that_shows_a_number_of_four_lines_leaks() -> None:
    items = [
        draw.Text(group, (30, 30 + 18 * i), 12, "cour")
        for i, group in enumerate(draw.grouped(DIGITS, " ").split())
    ]
    pixels = draw.page(items, dpi=DPI, size=(200, 120)).pixels
    readers = Readers(Paddle(), Tesseract(), (Tesseract(),))
    assert looked_at(pixels, ExpectedPage(1, pixels, True), (), readers).leaks
    words = [
        draw.Text(text, (78, 24 + 13 * i), 9) for i, text in enumerate(("Pay", "18,204", "Sum"))
    ]
    beside = draw.page([*items, *words], dpi=DPI, size=(200, 120)).pixels
    assert looked_at(beside, ExpectedPage(1, beside, True), (), readers).leaks
    column = draw.page([*items, draw.Text("1200", (30, 102), 12, "cour")], dpi=DPI, size=(200, 120))
    assert not looked_at(column.pixels, ExpectedPage(1, column.pixels, True), (), readers).leaks


@pytest.mark.parametrize("slant", [0.0, 0.7, 5.5, -12.0, 44.0])
def test_what_is_read_of_a_levelled_picture_goes_back_to_its_place(slant: float) -> None:
    pixels = np.full((120, 300, 3), 255, np.uint8)
    pixels[50:54, 200:204] = 0
    level = levelled(pixels, slant)
    y, x = (float(n.mean()) for n in np.nonzero((level.pixels < 100).all(axis=2)))
    line = Line((Glyph("1", Quad.from_box(x - 2, y - 2, x + 2, y + 2)),), "ocr")
    assert level.back(line).quad.centre() == pytest.approx((201.5, 51.5), abs=0.7)


def test_a_number_in_lines_that_fall_is_read_by_the_verifier() -> None:
    """On a photograph taken at an angle, of which the finder saw nothing."""
    size, shop = (420, 200), "2026/10/02 EXAMPLE AIR 3,480"
    items = [draw.Text(shop, (30, 40 + 30 * i), 10, "tiro") for i in range(4)]
    items += [draw.Text("Card number " + draw.grouped(draw.pan("visa", 6)), (30, 165), 10, "tiro")]
    drawn = draw.skewed(draw.page(items, dpi=150, size=size), 9)
    page = ExpectedPage(1, drawn.pixels, True, slant=-9.0)
    assert looked_at(drawn.pixels, page, (), Readers(Blind(), Tesseract(), ())).leaks
    assert not looked_at(
        drawn.pixels, replace(page, slant=0.0), (), Readers(Blind(), Tesseract(), ())
    ).leaks, "it is the levelling that shows it"


@pytest.mark.parametrize(
    ("below", "leaks"), [("2026/08/18 BOOKS", False), ("2026 BOOKS", True), ("1111 2026", True)]
)
def test_a_parcel_number_above_the_date_of_the_next_row_goes_on_nowhere(
    below: str, leaks: bool
) -> None:
    """Its twelve digits and the year make sixteen, of which one in ten passes Luhn."""
    upper = next(d for n in range(10) if luhn((d := f"41111111111{n}") + below[:4]))
    rows = [on_row(f"PARCEL {upper[:4]} {upper[4:8]} {upper[8:]}", 0), on_row(below, 0)]
    lines = [rows[0], rows[1].moved(0, 24)]
    page = ExpectedPage(1, np.full((60, 400, 3), 255, np.uint8), True)
    assert bool(leaks_in_text(lines, page, [])) == leaks
