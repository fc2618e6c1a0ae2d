"""The whole line with the real engines: samples and small statements, judged by `tests.judge`.

Every sample is prepared once a session and looked at from all sides; what needs no whole page is
tried on small sheets.
"""

from __future__ import annotations

import io
import stat
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pymupdf
import pytest
from PIL import Image

from bench import corpus
from bench.corpus.truth import Spec
from prepdoc import job, pipeline
from prepdoc.errors import CannotProve, NoCardNumber, OtherCard, PrepdocError
from prepdoc.finding import Wishes
from prepdoc.job import Options, OutputFormat, opened
from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Cardholder, Drawn, FinishedPage, Pixels, Quad, Spot, quads_box
from prepdoc.pipeline import Prepared, prepare
from samples import make
from tests import draw, judge
from tests.draw import Box, DrawnGlyph, Item, Sheet, Text

JA = Cardholder(**make.CARDHOLDER_JA)
EN = Cardholder(**make.CARDHOLDER_EN)
VISA, JCB = draw.pan("visa", 1), draw.pan("jcb", 1)
JPEG_ERROR = 60
"""Grey levels by which noise may change when a JPEG is encoded again at quality 90; a digit that
goes or comes changes by 150 and more."""
JPEG_BLACK = 48
"""As bright may a mask be at its edge in a JPEG, where white paper rings into it."""
JPEG_BLOCK_PX = 8
"""As far a mask's edge rings."""
MASK_REACH = 0.25
"""So many digit heights around a number's row masking may reach into blank paper."""
STAMP_EDGE_PX = 3.0
"""The stamp's frame is drawn on its edge, half of it outside."""
SIZE_LIMIT = 10_000_000


@pytest.fixture(autouse=True)
def one_finder(monkeypatch: pytest.MonkeyPatch, paddle: Paddle) -> None:
    """The session's, so that its models load once."""
    monkeypatch.setattr(job, "Paddle", lambda: paddle)


# --- the samples -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A sample, prepared: what went in, what is on it, what came out."""

    name: str
    source: bytes = field(repr=False)
    data: bytes = field(repr=False)
    result: Prepared = field(repr=False)
    glyphs: tuple[DrawnGlyph, ...] = field(repr=False)

    @property
    def tags(self) -> list[str]:
        """Of the card numbers on it."""
        return sorted({glyph.tag for glyph in self.glyphs if glyph.tag})

    def tagged(self, tag: str) -> list[DrawnGlyph]:
        """The glyphs of one number."""
        return [glyph for glyph in self.glyphs if glyph.tag == tag]

    def shown(self, tag: str) -> str:
        """The first run of digits of a number that the issuer shows."""
        text = "".join(g.char for g in self.tagged(tag) if g.char not in " -")
        return text.split("*")[0]

    @cached_property
    def before(self) -> Pixels:
        """The source as it is shown, at the output's size."""
        if self.source.startswith(b"%PDF"):
            return judge.drawn_by_mupdf(self.source, dpi=self.result.dpi)
        return judge.upright(self.source)

    @cached_property
    def after(self) -> Pixels:
        """The output's only page."""
        (picture,) = judge.pictures(self.data)
        return picture

    @property
    def lossy(self) -> bool:
        """Whether the output holds a JPEG."""
        return b"/DCTDecode" in self.data or self.data.startswith(b"\xff\xd8")

    @property
    def changed(self) -> judge.Region:
        """Where the output differs by more than a JPEG may."""
        return judge.changed(self.before, self.after, JPEG_ERROR if self.lossy else 0)

    @property
    def dark(self) -> judge.Region:
        """What is as black as a mask."""
        return is_dark(self.after, self.lossy)


def is_dark(pixels: Pixels, lossy: bool) -> judge.Region:
    """As black as a mask, in every channel."""
    return np.asarray(pixels.max(axis=2) <= (JPEG_BLACK if lossy else 0))


def _grown(quad: Quad, by: float) -> Quad:
    corners = quad.array()
    along = (corners[1] - corners[0]) / quad.width() * by
    across = (corners[3] - corners[0]) / quad.height() * by
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    return Quad.from_array(corners + signs @ np.stack([along, across]))


SAMPLES = (*make.PDFS, *make.PICTURES)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory, paddle: Paddle) -> Callable[[str], Case]:
    """Each sample prepared once, when it is first asked for."""
    done: dict[str, Case] = {}
    folder = tmp_path_factory.mktemp("samples")

    def case(name: str) -> Case:
        if name not in done:
            done[name] = _prepared(name, folder)
        return done[name]

    return case


def _prepared(name: str, folder: Path) -> Case:
    source = (make.HERE / name).read_bytes()
    (folder / name).write_bytes(source)
    result = prepare(folder / name, EN if "-en" in name else JA)
    assert result.output is not None
    glyphs: tuple[DrawnGlyph, ...]
    if name in make.PDFS:
        glyphs = make.PDFS[name]().glyphs(1, result.dpi)
    else:
        glyphs = make.PICTURES[name]().glyphs
    return Case(name, source, result.output.read_bytes(), result, glyphs)


@pytest.fixture(params=SAMPLES)
def case(request: pytest.FixtureRequest, cases: Callable[[str], Case]) -> Case:
    return cases(request.param)


def test_the_judge_finds_what_is_there(case: Case) -> None:
    """Or its silence about the output would say nothing."""
    before = judge.squeezed(judge.pdfium_text(case.source))
    for tag in case.tags:
        truth = draw.truth_of(case.tagged(tag))
        digits = case.shown(tag)
        if before:
            assert judge.traces(case.source, digits)
            assert judge.traces(before.encode("utf-16-be"), digits)
        nothing = np.zeros(case.before.shape[:2], dtype=np.bool_)
        assert judge.left_bare(nothing, truth, case.result.dpi) > 100
        assert judge.lost(~nothing, truth) > 100
        assert judge.digits_read(case.before, truth.mask[:6]) == digits[:6]


def test_no_digit_that_must_go_is_in_bytes_streams_or_text(case: Case) -> None:
    for tag in case.tags:
        assert judge.traces(case.data, case.shown(tag)) == ()


def test_every_pixel_of_hidden_digits_is_black(case: Case) -> None:
    for tag in case.tags:
        truth = draw.truth_of(case.tagged(tag))
        assert judge.left_bare(case.dark, truth, case.result.dpi) == 0


def test_the_last_four_can_be_read(case: Case) -> None:
    for tag in case.tags:
        keep = draw.truth_of(case.tagged(tag)).keep
        digits = "".join(g.char for g in case.tagged(tag) if g.is_digit)[-4:]
        assert judge.digits_read(case.after, keep) == digits
        assert digits in {number.pan.last_four for number in case.result.numbers}


def test_nothing_else_is_changed(case: Case) -> None:
    """Only the row of each number, from the first hidden digit to the last, and the stamp."""
    shape = case.after.shape
    rings = JPEG_BLOCK_PX if case.lossy else 0
    stamps = [_grown(s.quad, STAMP_EDGE_PX + rings) for s in case.result.stamps]
    allowed = judge.inside(stamps, shape)
    for tag in case.tags:
        row = draw.truth_of(case.tagged(tag)).mask
        whole = row[0].to(row[-1])
        allowed |= judge.inside([_grown(whole, MASK_REACH * whole.height() + rings)], shape)
    allowed[case.before.shape[0] :] = True
    assert int((case.changed & ~allowed).sum()) == 0
    assert shape[0] - case.before.shape[0] == case.result.stamps[0].band_px


def test_no_other_character_is_touched(case: Case) -> None:
    """Order numbers, JAN codes, phones, dates, amounts and names: every pixel is as it was."""
    hidden = {q for tag in case.tags for q in draw.truth_of(case.tagged(tag)).mask}
    between = {g.quad for tag in case.tags for g in case.tagged(tag) if not g.is_digit}
    keep = {q for tag in case.tags for q in draw.truth_of(case.tagged(tag)).keep}
    others = {g.quad for g in case.glyphs if g.inked} - hidden - between - keep
    assert len(others) > 150
    inner = (*others, *judge.widened(keep, -judge.EDGE_PX))
    assert int((case.changed & judge.inside(inner, case.after.shape)).sum()) == 0


def test_the_stamp_covers_no_ink(case: Case) -> None:
    (stamp,) = case.result.stamps
    covered = judge.inside([stamp.quad], case.before.shape)
    inked = [glyph.quad for glyph in case.glyphs if glyph.inked]
    assert not (covered & judge.inside(inked, case.before.shape)).any()


@pytest.mark.parametrize("case", make.PDFS, indirect=True)
def test_the_stamp_stands_in_the_text_layer(case: Case) -> None:
    who = EN if "-en" in case.name else JA
    heading = "Added by the cardholder" if who is EN else "カード名義人による追記"
    text = judge.squeezed(judge.pdfium_text(case.data))
    for told in (heading, who.name, who.phone, who.address[-12:]):
        assert judge.squeezed(told) in text


KEPT_IN_TEXT: Mapping[str, tuple[str, ...]] = {
    "statement-ja.pdf": (
        "250-1234567-1234567",
        "4901234567894",
        "0120-000-123",
        "2026/10/02",
        "T1234567890123",
        "46,904",
    ),
    "statement-en.pdf": (
        "112-1234567-1234567",
        "9780306406157",
        "24692166283100412345678",
        "1-800-555-0199",
        "10/31/2026",
        "$737.15",
    ),
    "partly-masked.pdf": ("250-1234567-1234567", "4901234567894", "2026/10/07"),
    "four-cards.pdf": ("2026/10/22", "0120-000-123", "44,049"),
    "scan.pdf": ("250-1234567-1234567", "4901234567894", "0120-000-123"),
}


@pytest.mark.parametrize("name", KEPT_IN_TEXT)
def test_other_numbers_can_still_be_searched_for(name: str, cases: Callable[[str], Case]) -> None:
    text = judge.squeezed(judge.pdfium_text(cases(name).data))
    assert [number for number in KEPT_IN_TEXT[name] if number not in text] == []


def test_the_output_is_what_upload_forms_take(case: Case) -> None:
    data, result = case.data, case.result
    assert result.output is not None
    suffix = {b"%PDF": ".pdf", b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}
    assert {result.output.suffix} == {s for start, s in suffix.items() if data.startswith(start)}
    assert result.output.suffix == Path(case.name).suffix
    assert result.output.name == f"{Path(case.name).stem}-prepared{result.output.suffix}"
    assert b"/Encrypt" not in data
    assert (result.size_bytes, result.pages) == (len(data), 1)
    assert len(data) < SIZE_LIMIT
    assert stat.S_IMODE(result.output.stat().st_mode) == 0o600
    source = result.output.with_name(case.name)
    assert source.read_bytes() == case.source


@pytest.mark.parametrize("case", make.PDFS, indirect=True)
def test_a_pdf_is_shown_as_it_is_stored(case: Case) -> None:
    shown = judge.drawn_by_pdfium(case.data, dpi=case.result.dpi)
    height, width = (min(a, b) for a, b in zip(shown.shape[:2], case.after.shape[:2], strict=True))
    difference = np.abs(shown[:height, :width].astype(int) - case.after[:height, :width])
    assert difference.mean() < 3


def test_the_proof_counts_what_was_done(case: Case) -> None:
    proof, result = case.result.proof, case.result
    masks = sum(len(number.mask) for number in result.numbers)
    assert (proof.pages, proof.masks_uniform) == (1, masks)
    assert proof.last_fours_read == sum(len(number.keep) for number in result.numbers)
    assert proof.last_fours_read >= len(case.tags)
    assert proof.stamp_lines_read == len(result.stamps[0].lines)
    assert proof.bytes_searched >= len(case.data)


# --- small sheets ------------------------------------------------------------------------------

QUICK = Options(dpi=150)
SIZE = (340.0, 170.0)
REST = (
    Text("Statement of November 2026", (30, 60), 10, "helv"),
    Text("2026/10/02 AMAZON.CO.JP 3,480 JPY", (30, 76), 10, "helv"),
)


def labelled(number: str, tag: str = "pan") -> list[Item]:
    return [
        Text("Card number", (30, 36), 10, "helv"),
        Text(number, (100, 36), 10, "helv", tag),
        *REST,
    ]


def pdf(*pages: Sequence[Item], metadata: Mapping[str, str] | None = None) -> draw.DrawnPdf:
    return draw.statement_pdf([Sheet(items=p, size=SIZE) for p in pages], metadata=metadata)


def made(source: bytes, options: Options = QUICK) -> tuple[Prepared, bytes]:
    result = prepare(source, EN, options)
    assert result.data is not None
    return result, result.data


def is_black(data: bytes, quads: Sequence[Quad], page: int = 1) -> bool:
    """Every one of the quads' pixels."""
    dark = is_dark(judge.pictures(data)[page - 1], lossy=False)
    return bool(dark[judge.inside(quads, dark.shape)].all())


def test_bytes_give_the_bytes_that_a_path_gives_and_touch_no_file(tmp_path: Path) -> None:
    source = pdf(labelled(draw.grouped(VISA))).data
    path = tmp_path / "a.pdf"
    path.write_bytes(source)
    path.chmod(0o400)
    from_bytes, data = made(source)
    assert list(tmp_path.iterdir()) == [path]
    from_path = prepare(path, EN, QUICK)
    assert (from_bytes.output, from_path.data) == (None, None)
    assert from_path.output == tmp_path / "a-prepared.pdf"
    assert from_path.output.read_bytes() == data
    assert stat.S_IMODE(from_path.output.stat().st_mode) == 0o600
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (source, 0o400)
    assert {p.name for p in tmp_path.iterdir()} == {"a.pdf", "a-prepared.pdf"}


def test_bytes_are_written_where_an_output_is_named(tmp_path: Path) -> None:
    stages: list[tuple[str, int, int]] = []
    options = Options(dpi=150, output=tmp_path / "o.png")
    source = pdf(labelled(draw.grouped(VISA))).data
    result = prepare(source, EN, options, lambda *told: stages.append(told))
    assert (result.output, result.data) == (tmp_path / "o.png", None)
    assert judge.traces((tmp_path / "o.png").read_bytes(), VISA) == ()
    assert stages == [("read", 1, 1), ("write", 1, 1), ("verify", 1, 1)]


def test_only_the_pages_asked_for_are_written_in_their_order() -> None:
    source = pdf(labelled(VISA), labelled("see page 3"), labelled(draw.grouped(JCB)))
    result, data = made(source.data, Options(dpi=150, pages=(3, 2)))
    assert result.pages == len(judge.pictures(data)) == 2
    assert is_black(data, source.truth(page=3, dpi=150).mask, page=1)
    assert [number.pan.last_four for number in result.numbers] == [JCB[-4:]]
    assert "seepage3" in judge.squeezed(judge.pdfium_text(data))


def test_a_page_that_is_not_there_is_refused() -> None:
    with pytest.raises(PrepdocError, match="no page 2"):
        made(pdf(labelled(VISA)).data, Options(pages=(1, 2)))


def test_print_of_three_points_is_written_finer_and_stays_legible() -> None:
    """At 300 dpi its digits are nine pixels high; other resolutions are written as wished."""
    small = [
        Text("Card number", (30, 36), 3, "helv"),
        Text(draw.grouped(VISA, " "), (50, 36), 3, "helv", "pan"),
        *REST,
    ]
    source = pdf(small)
    result, data = made(source.data, Options())
    assert (result.dpi, result.fewer_dpi) == (450, False)
    assert is_black(data, source.truth(dpi=450).mask)
    assert judge.digits_read(judge.pictures(data)[0], source.truth(dpi=450).keep) == VISA[-4:]


def test_a_row_of_black_boxes_is_no_row_of_ones() -> None:
    """Engines read an issuer's boxes as digits; they stay, and the digits before them go."""
    size, start = 11.0, (100.0, 36.0)
    wide = draw.width_pt("0", size, "helv")
    boxes = [
        draw.Box((start[0] + wide * i, start[1] - 8.2), (0.85 * wide, 8.4)) for i in range(6, 12)
    ]
    behind = (start[0] + wide * 12.5, start[1])
    items: list[Item] = [
        Text("Card number", (30, 36), 10, "helv"),
        Text(VISA[:6], start, size, "helv", "first"),
        *boxes,
        Text(VISA[-4:], behind, size, "helv", "last"),
        *REST,
    ]
    source = pdf(items)
    result, data = made(source.data, Options())
    assert is_black(data, source.truth("first", dpi=300, last=0).mask)
    last = source.truth("last", dpi=300).keep
    assert judge.digits_read(judge.pictures(data)[0], last) == VISA[-4:]
    assert {number.pan.last_four for number in result.numbers} == {VISA[-4:]}


def test_a_nought_that_touches_the_issuers_box_in_a_scan_goes_with_the_digits_before_it() -> None:
    """The box that it touches is as long as nine digits; the nought is none of them."""
    size, start = 11.0, (100.0, 36.0)
    first, wide = f"{VISA[:5]}0", draw.width_pt("0", size, "helv")
    left = start[0] + draw.width_pt(first, size, "helv") - 0.04 * size
    right = left + 8.5 * wide
    items: list[Item] = [
        Text("Card number", (30, 36), 10, "helv"),
        Text(first, start, size, "helv", "first"),
        draw.Box((left, start[1] - 8), (right - left, 8.2)),
        Text(VISA[-4:], (right + 2, start[1]), size, "helv", "last"),
        *REST,
    ]
    scan = draw.skewed(draw.page(items, dpi=200), 0.4)
    _, data = made(draw.picture_bytes(scan, "PNG"), Options())
    page = is_dark(judge.pictures(data)[0], lossy=False)
    assert judge.left_bare(page, scan.truth("first", last=0), 200) == 0
    last = scan.truth("last").keep
    assert judge.digits_read(judge.pictures(data)[0], last) == VISA[-4:]


@pytest.mark.parametrize("font", ["cour", "notos"])
def test_words_behind_the_last_four_that_the_layer_explains_are_no_digits(font: str) -> None:
    """No reader sees these letters again, which stand as a fourth group of digits would."""
    number = draw.pan("maestro", 12, length=12)
    text = Text(f"Card number: {draw.grouped(number, ' ')} DOCK PIER", (30, 90), 10, font)
    prepared, data = made(pdf([text]).data)
    assert prepared.proof.masks_uniform == 1
    assert f"{number[-4:]} DOCK PIER" in judge.pdfium_text(data)


def test_a_number_known_from_page_two_is_masked_in_part_on_page_one() -> None:
    first = [
        Text("Reference", (30, 36), 10, "helv"),
        Text(VISA[4:10], (100, 36), 10, "helv", "part"),
        *REST,
    ]
    source = pdf(first, labelled(draw.grouped(VISA)))
    result, data = made(source.data)
    assert is_black(data, source.truth("part", 1, 150, last=0).mask)
    assert is_black(data, source.truth("pan", 2, 150).mask, page=2)
    assert judge.traces(data, VISA) == ()
    assert {(n.page, n.rule) for n in result.numbers} == {(1, 5), (2, 1)}
    assert result.stamps[0].page in (1, 2)


def test_a_number_known_from_the_metadata_is_masked_in_part_on_the_page() -> None:
    items = [*labelled(f"**** **** **** {VISA[-4:]}"), Text(VISA[:6], (30, 100), 10, tag="part")]
    source = pdf(items, metadata={"title": f"Statement {draw.grouped(VISA, ' ')}"})
    _, data = made(source.data)
    assert is_black(data, source.truth("part", dpi=150, last=0).mask)
    assert judge.traces(data, VISA) == ()
    assert judge.digits_read(judge.pictures(data)[0], source.truth(dpi=150).keep) == VISA[-4:]


@pytest.mark.parametrize(
    ("told", "given"), [(f"Account ending in {VISA[-4:]}", None), ("Account", VISA[-4:])]
)
def test_the_number_in_a_payment_slips_scan_line_is_masked(told: str, given: str | None) -> None:
    """Amounts and a date follow with nothing between; only its last four are told elsewhere."""
    slip = [
        Text(told, (30, 36), 10, "helv"),
        Text(VISA, (30, 120), 10, "cour", "pan"),
        Text("0000084207000003511142026", (126, 120), 10, "cour"),
    ]
    source = pdf([*slip, *REST])
    _, data = made(source.data, replace(QUICK, last_four=given))
    assert is_black(data, source.truth("pan", dpi=150).mask)
    assert judge.traces(data, VISA) == ()


def test_a_number_over_a_watermark_of_words_is_masked() -> None:
    """Put together by place, its groups and the watermark's words take turns on one row."""
    mark = Text("Aoba Bank - confidential - Aoba Bank", (24, 35), 10, "helv", colour=(0.85,) * 3)
    source = pdf([mark, *labelled(draw.grouped(VISA, " "))])
    _, data = made(source.data)
    assert is_black(data, source.truth("pan", dpi=150).mask)
    assert judge.traces(data, VISA) == ()


def test_a_number_right_behind_a_date_is_masked_and_the_date_stays() -> None:
    width = pymupdf.get_text_length("2026/11/05", "helv", 10)
    row = [
        Text("Aoba Card VISA", (30, 24), 10, "helv"),
        Text("2026/11/05", (30, 46), 10, "helv", "date"),
        Text(VISA, (30.5 + width, 46), 10, "helv", "pan"),
    ]
    source = pdf([*REST, *row])
    _, data = made(source.data)
    assert is_black(data, source.truth("pan", dpi=150).mask)
    date = source.truth("date", dpi=150, last=8).keep
    assert judge.digits_read(judge.pictures(data)[0], date) == "20261105"


def test_a_number_over_two_lines_is_masked_where_a_sum_is_glued_to_the_first() -> None:
    """As readers see a table's narrow columns, one of which the number fills."""
    number = draw.grouped(VISA, " ")
    width = pymupdf.get_text_length(number[:9], "helv", 10)
    items = [
        *REST,
        Text("Aoba Card VISA", (30, 24), 10, "helv"),
        Text(number[:9], (30, 46), 10, "helv", "pan"),
        Text("¥47,330", (31 + width, 46), 10, "japan"),
        Text(number[10:], (30, 57), 10, "helv", "rest"),
    ]
    source = pdf(items)
    _, data = made(source.data)
    assert is_black(data, source.truth("pan", dpi=150, last=0).mask)
    assert is_black(data, source.truth("rest", dpi=150).mask)
    assert judge.traces(data, VISA) == ()
    assert "47,330" in judge.squeezed(judge.pdfium_text(data))


def test_a_number_under_the_crosses_that_should_hide_it_is_masked() -> None:
    """A layer that this reader shows: also where the whole number stands once more elsewhere."""
    whole = draw.grouped(JCB, " ")
    crosses = Text(f"xxxx xxxx xxxx {JCB[-4:]}", (100, 36), 10, "helv")
    again = Text(whole, (100, 100), 10, "helv", "again")
    source = pdf([*labelled(whole), crosses, again])
    _, data = made(source.data)
    assert is_black(data, source.truth("pan", dpi=150).mask)
    assert is_black(data, source.truth("again", dpi=150).mask)


def test_long_groups_go_where_their_brand_is_named_and_are_told_where_it_is_not() -> None:
    other = draw.pan("jcb", 4)
    named = [
        Text(f"{JCB[:6]} {JCB[6:]}", (30, 100), 10, "helv", "pan"),
        Text("(JCB)", (140, 100), 10, "helv"),
        Text(f"Ref {other[:6]} {other[6:]}", (30, 120), 10, "helv"),
    ]
    source = pdf([*REST, *named])
    result, data = made(source.data)
    assert is_black(data, source.truth("pan", dpi=150).mask)
    assert judge.traces(data, JCB) == ()
    told = [(left.digits, left.last_four, left.reason) for left in result.left_alone]
    assert told == [(16, other[-4:], pipeline.GROUPED_OTHERWISE)]


HIDDEN_LAST = f"{VISA[:4]}-{VISA[4:6]}**-****-****"


@pytest.mark.parametrize("font", ["japan", "helv"])
def test_last_four_that_the_issuer_hides_are_stamped(font: str) -> None:
    items = labelled("")
    source = pdf([*items, Text(HIDDEN_LAST, (100, 36), 10, font, "pan")])
    result, data = made(source.data, Options(dpi=150, last_four="4321"))
    assert is_black(data, source.truth(dpi=150, last=0).mask)
    assert "4321" in judge.squeezed(judge.pdfium_text(data))
    assert "4321" in result.stamps[0].lines[-1].text
    assert judge.traces(data, VISA[:6]) == ()


def test_last_four_that_the_issuer_hides_must_be_given() -> None:
    with pytest.raises(NoCardNumber, match="hides the last four"):
        made(pdf(labelled(HIDDEN_LAST)).data)


@pytest.mark.parametrize("read", ["6 9 60", "9   69608"])
def test_digits_beside_a_cards_label_that_make_no_number_are_no_page_without_one(read: str) -> None:
    """Most of a number may be there, widely spaced on a band, of which readers see a part."""
    items = [*REST, Text("Card number", (30, 36), 10, "helv"), Text(read, (130, 36), 10, "helv")]
    with pytest.raises(CannotProve, match="beside a card's label"):
        made(pdf(items).data, Options(dpi=150, last_four="4321"))


@pytest.mark.parametrize("ends", [(1, 15), (1, 16), (2, 15)])
def test_a_card_s_groups_without_a_digit_at_an_end_are_no_page_without_a_number(
    ends: tuple[int, int],
) -> None:
    """As of a number in a ring: that digit no reader sees, and every person."""
    seen = draw.grouped(VISA, " ")[ends[0] : ends[1] + 3]
    items = [*REST, Text("Paid by", (30, 36), 10, "helv"), Text(seen, (130, 36), 10, "helv")]
    options = Options(dpi=150, last_four=VISA[-4:])
    with pytest.raises(CannotProve, match="seem to stand there") as caught:
        made(pdf(items).data, options)
    assert VISA[4:8] not in str(caught.value)
    _, data = made(pdf(items).data, replace(options, mask=(seen.rpartition(" ")[0],)))
    assert judge.traces(data, VISA) == ()
    drawn = Drawn(1, Quad.from_box(125, 25, 240, 40))
    _, data = made(pdf(items).data, replace(options, drawn=(drawn,)))
    assert judge.traces(data, VISA) == ()
    _, data = made(pdf(items).data, replace(options, keep=(seen,)))
    assert seen.replace(" ", "") in judge.squeezed(judge.pdfium_text(data))


@pytest.mark.parametrize("beside", ["", "2026/11/01", "1,204.50", "not shown here"])
def test_what_is_no_part_of_a_number_beside_a_label_refuses_nothing(beside: str) -> None:
    items = [*REST, Text("Card number", (30, 36), 10, "helv"), Text(beside, (130, 36), 10, "helv")]
    result, _data = made(pdf(items).data, Options(dpi=150, last_four="4321"))
    assert result.stamped_last_four == "4321"


def test_last_four_that_the_page_shows_are_not_stamped() -> None:
    result, _data = made(pdf(labelled(VISA)).data, Options(dpi=150, last_four=VISA[-4:]))
    assert result.stamped_last_four is None


def test_last_four_under_the_user_s_own_box_are_stamped() -> None:
    """The text layer names them all the same."""
    items = [*labelled(VISA), Box((95, 24), (120, 16), draw.BLACK)]
    result, data = made(pdf(items).data, Options(dpi=150, last_four=VISA[-4:]))
    assert result.stamped_last_four == VISA[-4:]
    assert judge.traces(data, VISA) == ()


def test_other_last_four_than_expected_are_refused() -> None:
    with pytest.raises(OtherCard, match=f"{VISA[-4:]} here, not 9999") as caught:
        made(pdf(labelled(VISA)).data, Options(dpi=150, last_four="9999"))
    assert VISA[:6] not in str(caught.value)


def test_a_document_without_a_number_is_refused_unless_the_last_four_are_given() -> None:
    source = pdf(labelled("is not shown")).data
    with pytest.raises(NoCardNumber, match="shows no card number"):
        made(source)
    result, data = made(source, Options(dpi=150, last_four="4321"))
    assert "4321" in judge.squeezed(judge.pdfium_text(data))
    assert result.stamped_last_four == "4321"
    assert not any(number.mask for number in result.numbers)


def test_of_a_cover_page_it_is_told_that_an_attachment_holds_the_number() -> None:
    """A portfolio, or a form that says "Please wait" in every reader but its own."""
    document = pymupdf.open("pdf", pdf(labelled("see the attached statement")).data)
    document.embfile_add("statement.pdf", pdf(labelled(VISA)).data)
    with pytest.raises(NoCardNumber, match="print what you see") as caught:
        made(document.tobytes())
    assert VISA[:6] not in str(caught.value)


@pytest.mark.parametrize("luhn", [True, False])
def test_a_number_that_no_rule_finds_is_masked_once_its_last_four_are_given(luhn: bool) -> None:
    """Without a label, in groups that no card has: the user says that it is the card's."""
    number = draw.pan("visa", 3, luhn=luhn)
    odd = f"{number[:5]} {number[5:8]} {number[8:]}"
    source = pdf([Text(odd, (100, 36), 10, "helv", "pan"), *REST])
    with pytest.raises(NoCardNumber):
        made(source.data)
    _, data = made(source.data, Options(dpi=150, last_four=number[-4:]))
    assert is_black(data, source.truth(dpi=150, last=4).mask)
    assert judge.traces(data, number[:6]) == ()


def test_a_page_that_shows_the_last_four_only_passes_unmasked() -> None:
    source = pdf(labelled("**** **** **** 1234"))
    result, data = made(source.data)
    assert {(n.pan.last_four, n.mask) for n in result.numbers} == {("1234", ())}
    before = judge.drawn_by_mupdf(source.data, dpi=150)
    changed = judge.changed(before, judge.pictures(data)[0])
    stamp = _grown(result.stamps[0].quad, STAMP_EDGE_PX)
    assert not (changed & ~judge.inside([stamp], changed.shape))[: before.shape[0]].any()
    assert "1234" in judge.squeezed(judge.pdfium_text(data))
    assert len(result.numbers) == 1, "one number is told once, though two readers saw it"


def test_what_is_wished_masked_goes_and_what_is_wished_kept_stays() -> None:
    """The kept number is one that only its label makes a card number."""
    kept, gone = "7312 5599 0042 1187", "Meadowlark"
    items = [
        Text("Card number", (30, 20), 10, "helv"),
        Text(draw.grouped(VISA), (100, 20), 10, "helv", "pan"),
        Text("Card number", (30, 90), 10, "helv"),
        Text(kept, (110, 90), 10, "helv", "kept"),
        Text("Customer of", (30, 110), 10, "helv"),
        Text(gone, (100, 110), 10, "helv", "gone"),
        *REST,
    ]
    source = pdf(items)
    wishes = Options(dpi=150, mask=(gone, "Larkmeadow"), keep=(kept.replace(" ", ""),))
    result, data = made(source.data, wishes)
    assert result.texts_unseen == 1
    text = judge.squeezed(judge.pdfium_text(data))
    assert is_black(data, source.truth(dpi=150).mask)
    letters = [g.quad for g in source.glyphs(dpi=150) if g.tag == "gone"]
    assert is_black(data, letters)
    assert gone not in text
    before, after = judge.drawn_by_mupdf(source.data, dpi=150), judge.pictures(data)[0]
    digits = judge.inside([g.quad for g in source.glyphs(dpi=150) if g.tag == "kept"], before.shape)
    changed = judge.changed(before, after)[: before.shape[0]]
    assert not (changed & digits).any()
    assert kept.replace(" ", "") in text


def test_a_wish_to_keep_does_not_keep_a_number_that_luhn_proves() -> None:
    source = pdf(labelled(draw.grouped(VISA)))
    _, data = made(source.data, Options(dpi=150, keep=(VISA,)))
    assert is_black(data, source.truth(dpi=150).mask)


# --- what the user changes by hand ---------------------------------------------------------------


def in_points(quads: Iterable[Quad]) -> Quad:
    """Around them; they are in pixels at 150 dpi."""
    return Quad.from_box(*quads_box(quads)).scaled(72 / 150)


def test_what_is_drawn_by_hand_is_black_at_any_resolution_and_no_text_any_more() -> None:
    """It cuts through a letter: the letter goes from the text, the rest stays."""
    source = pdf([*labelled(draw.grouped(VISA)), Text("Meadowlark", (30, 110), 10, "helv", "word")])
    word = [g.quad for g in source.glyphs(dpi=150) if g.tag == "word"]
    half = in_points([*word[:4], word[4].moved(-word[4].width() / 2, 0)])
    for dpi in (150.0, 220.0):
        _, data = made(source.data, Options(dpi=dpi, drawn=(Drawn(1, half),)))
        assert is_black(data, [half.scaled(dpi / 72)])
        text = judge.squeezed(judge.pdfium_text(data))
        assert "wlark" in text or "lark" in text
        assert "Meado" not in text


def test_a_last_four_that_is_covered_by_hand_is_not_expected_any_more() -> None:
    source = pdf(labelled(draw.grouped(VISA)))
    truth = source.truth(dpi=150)
    covered = Drawn(1, in_points(truth.keep))
    result, data = made(source.data, Options(dpi=150, drawn=(covered,)))
    assert is_black(data, truth.keep)
    assert [number.keep for number in result.numbers if number.pan.last_four] == [()]
    assert VISA[-4:] not in judge.squeezed(judge.pdfium_text(data))


def test_the_stamp_goes_to_the_blank_space_that_is_wished() -> None:
    """Also to another page; never over print."""
    source = pdf(labelled(draw.grouped(VISA)), labelled("see page 1"))
    low = Options(dpi=150, stamp_at=Spot(2, (150, 150)))
    (stamp,) = made(source.data, low)[0].stamps
    x0, y0, x1, y1 = stamp.quad.scaled(72 / 150).box()
    assert stamp.page == 2
    assert x0 <= 150 <= x1
    assert y0 <= 150 <= y1
    over_print = Options(dpi=150, stamp_at=Spot(1, (120, 34)))
    result, data = made(source.data, over_print)
    assert result.stamps[0].page == 1
    assert VISA[-4:] in judge.squeezed(judge.pdfium_text(data))


def test_what_was_read_serves_again_with_other_wishes() -> None:
    """As when the user looks at it, changes something, and looks again."""
    member = "7312 5599 0042 1187"
    source = pdf([*labelled(draw.grouped(VISA)), Text("Card number", (30, 90), 10, "helv"),
                  Text(member, (110, 90), 10, "helv", "member")])  # fmt: skip
    looks: list[tuple[str, int, int]] = []
    with opened(source.data, EN, QUICK, lambda *told: looks.append(told)) as own:
        reading = pipeline.read(own)
        plan, page = pipeline.proposed(own, reading, 1)
        assert {number.pan.digits for number in plan.numbers} == {VISA, member.replace(" ", "")}
        assert page.pixels.shape[1] == pytest.approx(SIZE[0] * 150 / 72, abs=1)
        wishes = Wishes(keep=(member.replace(" ", ""),))
        other = replace(own, options=replace(QUICK, keep=wishes.keep))
        result = pipeline.completed(other, pipeline.reread(reading, wishes))
    assert [number.pan.digits for number in result.numbers] == [VISA]
    assert [told[0] for told in looks] == ["read", "write", "verify"]


def test_small_print_of_a_photograph_without_loss_stays_legible() -> None:
    """Digits 12 pixels high touch the mask beside them: of what stays nothing is blanked."""
    case = corpus.make(Spec("photo-perspective", 2, 0, seed=4242))
    result = prepare(case.data, EN)
    assert {number.pan.last_four for number in result.numbers} >= {"6810", "6050"}


# --- kinds of files ----------------------------------------------------------------------------


def drawn() -> draw.Drawn:
    return draw.page(labelled(draw.grouped(VISA)), dpi=150, size=SIZE)


def heic(pixels: Pixels) -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "HEIF", quality=95)
    return out.getvalue()


def picture(format: str) -> bytes:
    if format == "HEIC":
        return heic(drawn().pixels)
    if format == "PDF":
        return pdf(labelled(draw.grouped(VISA))).data
    out = io.BytesIO()
    Image.fromarray(drawn().pixels).save(out, format, dpi=(150, 150))
    return out.getvalue()


STARTS = {"pdf": b"%PDF-1.", "png": b"\x89PNG\r\n", "jpg": b"\xff\xd8\xff"}


@pytest.mark.parametrize(
    ("came", "wanted", "given"),
    [
        ("PDF", "png", "png"),
        ("PDF", "jpg", "jpg"),
        ("PNG", "pdf", "pdf"),
        ("PNG", None, "png"),
        ("JPEG", None, "jpg"),
        ("HEIC", None, "jpg"),
        ("WEBP", None, "jpg"),
        ("BMP", None, "pdf"),
    ],
)
def test_each_kind_comes_out_as_upload_forms_take_it(
    came: str, wanted: OutputFormat | None, given: str
) -> None:
    dpi = 150 if came == "PDF" else None
    _, data = made(picture(came), Options(dpi=dpi, format=wanted))
    assert data.startswith(STARTS[given])
    whole = pdf(labelled(draw.grouped(VISA)))
    truth = whole.truth(dpi=150) if came == "PDF" else drawn().truth()
    after = judge.pictures(data)[0]
    assert abs(after.shape[1] - drawn().pixels.shape[1]) <= 1
    inner = [_grown(quad, -1) for quad in truth.mask]
    assert is_dark(after, given != "png")[judge.inside(inner, after.shape)].all()
    assert judge.digits_read(after, truth.keep) == VISA[-4:]
    assert judge.traces(data, VISA) == ()


def test_every_frame_of_a_tiff_is_a_page() -> None:
    second = draw.page(labelled(draw.grouped(JCB)), dpi=150, size=SIZE)
    out = io.BytesIO()
    frames = [Image.fromarray(d.pixels) for d in (drawn(), second)]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], dpi=(150, 150))
    result, data = made(out.getvalue(), Options())
    assert result.pages == len(judge.pictures(data)) == 2
    assert is_black(data, drawn().truth().mask, page=1)
    assert is_black(data, second.truth().mask, page=2)


def test_one_picture_cannot_hold_two_pages() -> None:
    source = pdf(labelled(VISA), labelled(JCB)).data
    with pytest.raises(PrepdocError, match="holds one page"):
        made(source, Options(format="png"))


@pytest.mark.parametrize("turns", [1, 2])
def test_a_scan_that_lies_on_its_side_or_head_is_masked(turns: int) -> None:
    turned = draw.turned(draw.skewed(drawn(), 2), turns)
    result, data = made(draw.scan_pdf(turned).data, QUICK)
    dark = is_dark(judge.pictures(data)[0], lossy=True)
    assert judge.left_bare(dark, turned.truth(), 150) == 0
    assert result.proof.last_fours_read == 1


def test_a_long_document_is_not_written_where_some_pages_tell_that_it_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of ten pages two are compressed for that, at the resolution that is then not tried."""
    source = pdf(*[labelled(draw.grouped(VISA))] * 10).data
    whole, data = made(source)
    monkeypatch.setattr(pipeline, "SIZE_LIMIT_BYTES", int(0.5 * len(data)))
    written: list[float] = []
    write = pipeline.write_pdf

    def noting(pages: Iterable[FinishedPage], out: BinaryIO, limit_bytes: float) -> None:
        write((page for page in pages if written.append(page.dpi) is None), out, limit_bytes)

    monkeypatch.setattr(pipeline, "write_pdf", noting)
    result, smaller = made(source)
    assert result.fewer_dpi
    assert len(smaller) < 0.6 * len(data)
    assert whole.dpi not in written
    assert result.dpi in written


def test_too_large_a_file_is_written_with_fewer_dpi_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit is lowered to the sheet's size; a scan of ten megabytes would take minutes."""
    noisy = draw.noisy(draw.page(labelled(draw.grouped(VISA)), dpi=300, size=SIZE), 8)
    source = draw.scan_pdf(noisy).data
    whole, data = made(source, Options())
    assert (whole.dpi, whole.fewer_dpi) == (300, False)
    monkeypatch.setattr(pipeline, "SIZE_LIMIT_BYTES", int(0.8 * len(data)))
    result, smaller = made(source, Options())
    assert result.fewer_dpi
    assert result.dpi == 300 * pipeline.FEWER_DPI[0]
    assert len(smaller) <= 0.8 * len(data)
    truth = draw.scaled(noisy, result.dpi / 300).truth()
    dark = is_dark(judge.pictures(smaller)[0], lossy=True)
    inner = [_grown(quad, -1) for quad in truth.mask]
    assert dark[judge.inside(inner, dark.shape)].all()
    assert judge.digits_read(judge.pictures(smaller)[0], truth.keep) == VISA[-4:]


def test_a_long_run_left_alone_is_told_by_its_last_four() -> None:
    doubtful = "81234567890123"
    items = [*labelled(draw.grouped(VISA)), Text(f"Ref {doubtful}", (30, 96), 10, "helv")]
    result, _ = made(pdf(items).data)
    assert [(left.digits, left.last_four) for left in result.left_alone] == [(14, doubtful[-4:])]


def test_what_is_returned_shows_no_digits_when_it_is_printed() -> None:
    result, _ = made(pdf(labelled(draw.grouped(VISA))).data)
    assert not any(VISA[i : i + 5] in repr(result) for i in range(12))
    assert EN.phone not in repr(result)


# --- the judge itself --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        VISA[3:9].encode(),
        draw.grouped(VISA, " ")[5:13].encode(),
        draw.grouped(VISA, "-").encode("utf-16-le"),
        " ".join(VISA[:6]).encode(),
        VISA[:8].encode().hex().encode(),
        VISA[:8].encode("utf-16-be").hex().upper().encode(),
        "".join(chr(ord(digit) + 0xFEE0) for digit in VISA[:7]).encode(),
        "".join(chr(ord(digit) + 0xFEE0) for digit in VISA[:7]).encode("utf-16-be"),
        b"<< /Length 9 >>\nstream\n" + zlib.compress(VISA.encode()) + b"\nendstream",
    ],
)
def test_the_judge_finds_six_digits_in_any_form(told: bytes) -> None:
    around = b"(1 0 0 1 122 670 Tm) 2026-10-02 250-1234567-1234567 "
    assert judge.traces(around, VISA) == ()
    assert judge.traces(around + told + around, VISA)
