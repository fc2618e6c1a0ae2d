"""What was read of pixels counts for these alone: a file with others is read anew."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from prepdoc.errors import CannotProve, LeakFound
from prepdoc.explaining import explained
from prepdoc.ocr import THREADS
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import ExpectedPage, FinishedPage, Layout, Line, Pixels, Proof
from prepdoc.verifying import Foresight, foreseeing, verify
from tests import draw
from tests.looking import verified
from tests.test_verifying import PAN, Broken, Output, paint, png_of, slip

FINDER = Paddle()


@dataclass
class Counting:
    """Tesseract, and how often it was asked."""

    reader: Tesseract = field(default_factory=Tesseract)
    name: str = "counting"
    reads: int = 0

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """As Tesseract does."""
        self.reads += 1
        return self.reader.read(pixels)


@pytest.fixture
def verifier() -> Counting:
    return Counting()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "output.png"


def meant(output: Output, number: int = 1) -> FinishedPage:
    return FinishedPage(number, output.pixels, 200.0, photographic=False)


def seen_ahead(foresight: Foresight, *outputs: Output) -> None:
    """The engines have read these pages to their end."""
    for number, output in enumerate(outputs, start=1):
        foresight.look(meant(output, number), output.page.layout)
    for one in foresight.meant.values():
        one.looks.result()  # type: ignore[union-attr]


def proven(path: Path, page: ExpectedPage, foresight: Foresight) -> Proof:
    return verify(path, lambda _: page, 1, (PAN,), foresight)


def test_a_page_that_was_read_before_it_was_written_is_not_read_again(
    path: Path, verifier: Counting
) -> None:
    """The proof is the same as without."""
    good = slip()
    path.write_bytes(png_of(good.pixels))
    without = verified(path, lambda _: good.page, 1, (PAN,), FINDER, verifier)
    once = verifier.reads
    with foreseeing(FINDER, verifier, {}) as foresight:
        seen_ahead(foresight, good)
        ahead = verifier.reads
        assert ahead > once
        assert proven(path, good.page, foresight) == without
    assert verifier.reads - once == once


def shows_more(output: Output) -> Output:
    """Two more of the digits are not masked."""
    return slip(masked=10)


def one_pixel_darker(output: Output) -> Output:
    """The source has it too: only reading again could tell that nothing is there."""

    def darken(pixels: Pixels) -> None:
        pixels[2, 3] = 200

    source = output.page.source.copy()
    darken(source)
    return output.but(darken, source=source)


def slanting(output: Output) -> Output:
    """The same pixels, of which is said that their lines fall."""
    return Output(output.pixels, replace(output.page, slant=0.2))


def reads_of(path: Path, output: Output, foresight: Foresight, verifier: Counting) -> int:
    """How often the verifier is asked for a proof of the file, or for what it sees instead."""
    path.write_bytes(png_of(output.pixels))
    before = verifier.reads
    with suppress(LeakFound):
        proven(path, output.page, foresight)
    return verifier.reads - before


@pytest.mark.parametrize("change", [shows_more, one_pixel_darker, slanting])
def test_what_was_read_counts_for_the_same_page_alone(
    change: Callable[[Output], Output], path: Path, verifier: Counting
) -> None:
    """A file with other pixels, or with other places, is read as one of which nothing was read."""
    good = slip()
    other = change(good)
    with foreseeing(FINDER, verifier, {}) as foresight:
        anew = reads_of(path, other, foresight, verifier)
        seen_ahead(foresight, good)
        assert reads_of(path, other, foresight, verifier) == anew
        seen_ahead(foresight, good)
        assert reads_of(path, good, foresight, verifier) < anew


def test_the_files_own_text_layer_explains_a_page_that_was_begun() -> None:
    """Its pixels are known before it is written, but what the layer says is read from the file."""
    drawn = draw.page([draw.Text("Books 12,345", (20, 40), 10)], dpi=300, size=(200, 80)).as_page()
    _, known = explained(drawn, {}, FINDER)
    page = FinishedPage(1, drawn.pixels, 300.0, photographic=False)
    read = []
    with foreseeing(FINDER, Tesseract(), known) as foresight:
        for layer in (drawn.lines, ()):
            foresight.look(page, Layout())
            looking = foresight.going_on(1, Layout(), layer)
            assert looking is not None
            read.append([line.text for line in looking.given.result().lines])
    assert read == [["Books 12,345"], []]


def test_a_leak_in_the_file_is_seen_where_none_was_in_the_pixels_that_were_meant(
    path: Path, verifier: Counting
) -> None:
    """The page that was meant has its number masked; the file shows fourteen digits of it."""
    good, bad = slip(), slip(masked=2)
    path.write_bytes(png_of(bad.pixels))
    with foreseeing(FINDER, verifier, {}) as foresight:
        seen_ahead(foresight, good)
        with pytest.raises(LeakFound):
            proven(path, bad.page, foresight)


def test_pixels_that_change_after_they_were_read_are_read_anew(
    path: Path, verifier: Counting
) -> None:
    """As if the writer drew into them: the file has what was drawn, and no reader saw it."""
    good = slip()
    other = one_pixel_darker(good)
    drawn_into = Output(good.pixels.copy(), good.page)
    with foreseeing(FINDER, verifier, {}) as foresight:
        anew = reads_of(path, other, foresight, verifier)
        seen_ahead(foresight, drawn_into)
        drawn_into.pixels[:] = other.pixels
        assert reads_of(path, other, foresight, verifier) == anew


def test_a_change_beside_the_masks_is_refused_though_the_page_was_read_before(
    path: Path, verifier: Counting
) -> None:
    """What was meant was right, and what is written is not."""
    good = slip()
    bad = good.but(lambda pixels: paint(pixels, good.page.near[0].quad, 255))
    path.write_bytes(png_of(bad.pixels))
    with foreseeing(FINDER, verifier, {}) as foresight:
        seen_ahead(foresight, good)
        with pytest.raises(CannotProve, match="changed outside its masks"):
            proven(path, good.page, foresight)


def test_a_page_that_is_written_anew_is_not_read_ahead_again() -> None:
    """As at fewer dpi, where the file was too large: what was begun is of other pixels."""
    good, smaller = slip(), slip(masked=10)
    with foreseeing(FINDER, Tesseract(), {}) as foresight:
        foresight.look(meant(good), good.page.layout)
        first = foresight.meant[1]
        foresight.look(meant(smaller), smaller.page.layout)
        assert foresight.meant[1] is first


def test_a_reader_that_fails_ahead_is_a_refusal(path: Path) -> None:
    """Its failure is told when the page is verified, without what it read."""
    good = slip()
    path.write_bytes(png_of(good.pixels))
    with foreseeing(FINDER, Broken(), {}) as foresight:
        foresight.look(meant(good), good.page.layout)
        with pytest.raises(CannotProve, match="broken failed while reading the output"):
            verify(path, lambda _: good.page, 1, (), foresight)


@pytest.mark.parametrize(("threads", "begun"), [("", {1, 2}), ("2", {1, 2}), ("1", set())])
def test_few_pages_are_read_ahead_and_none_on_one_core(
    threads: str, begun: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds its pixels, however many pages the document has."""
    monkeypatch.setenv(THREADS, threads)
    good = slip()
    with foreseeing(FINDER, Tesseract(), {}) as foresight:
        for number in (1, 2, 3):
            foresight.look(meant(good, number), good.page.layout)
        assert foresight.meant.keys() == begun
