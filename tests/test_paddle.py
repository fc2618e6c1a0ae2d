"""The finder reads drawn lines at any turn, and says where each character stands."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from prepdoc.ocr.paddle import TILE_SIDE, Paddle
from prepdoc.page import Line
from tests import draw, judge
from tests.draw import Drawn, DrawnGlyph, Text

PROJECT = Path(__file__).parent.parent
WIDE_PX = 5400
NUMBER = draw.grouped(draw.pan("visa", 1), " ")
SENTENCES = ("Hanako Takasaki", NUMBER, "2026/10/02 AMAZON.CO.JP 3,480")


def strip() -> Drawn:
    """Three lines, tagged by their row, as low as a statement's header."""
    texts = (Text(text, (30, 30 + 24 * i), 11, "helv", str(i)) for i, text in enumerate(SENTENCES))
    return draw.page(texts, dpi=150, size=(320, 100))


def line_of(lines: tuple[Line, ...], text: str) -> Line:
    """The line that reads so, blanks apart; it must be one, and only one."""
    (found,) = (line for line in lines if judge.squeezed(line.text) == judge.squeezed(text))
    return found


def off_by(line: Line, truth: tuple[DrawnGlyph, ...]) -> float:
    """The farthest that a digit is read from where it stands, in digit widths."""
    read = [g.quad for g in line.glyphs if g.char.isdecimal()]
    drawn = [g.cell for g in truth if g.is_digit]
    pairs = zip(read, drawn, strict=True)
    return max(math.dist(a.centre(), b.centre()) / b.width() for a, b in pairs)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("degrees", [0, 4, -4])
def test_lines_are_read_at_every_turn_with_their_characters_in_place(
    turns: int, degrees: float, paddle: Paddle
) -> None:
    drawn = draw.turned(draw.skewed(strip(), degrees), turns)
    lines = paddle.read(drawn.pixels)
    for tag, text in enumerate(SENTENCES):
        line_of(lines, text)
        assert off_by(line_of(lines, text), drawn.tagged(str(tag))) < 0.6 if tag else True


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_quads_run_in_the_direction_of_reading(turns: int, paddle: Paddle) -> None:
    drawn = draw.turned(strip(), turns)
    quad = line_of(paddle.read(drawn.pixels), NUMBER).quad
    along = np.subtract(quad.tr, quad.tl)
    down = np.subtract(quad.bl, quad.tl)
    expected = [(1, 0), (0, -1), (-1, 0), (0, 1)][turns]
    assert np.dot(along, expected) > 0.99 * np.linalg.norm(along)
    assert along[0] * down[1] - along[1] * down[0] > 0


@pytest.mark.parametrize("turns", [0, 1, 2])
@pytest.mark.parametrize(("rise", "waves"), [(25, 1), (-25, 1), (25, 2), (-25, 2)])
def test_lines_of_a_page_that_bends_are_read_with_their_characters_in_place(
    rise: float, waves: int, turns: int, paddle: Paddle
) -> None:
    """By their own height, each the other way than the next part of it."""
    texts = [Text(f"Account holder: Hanako Takasaki  Card No. {NUMBER}", (30, 60), 11, "helv", "1")]
    texts += [Text("26/09/28 CORNER BOOKS, SPRINGFIELD  12,345 USD", (30, 100), 11, "helv")]
    page = draw.page(texts, dpi=200, size=(400, 140))
    drawn = draw.turned(draw.curled(page, rise, waves), turns)
    line = line_of(paddle.read(drawn.pixels), texts[0].text)
    assert off_by(line, drawn.tagged("1")) < 0.8


def test_what_a_line_says_does_not_depend_on_the_others(paddle: Paddle) -> None:
    pixels = strip().pixels
    quads = [line_of(paddle.read(pixels), text).quad.box() for text in SENTENCES]
    rows = [pixels[int(top) : int(bottom), int(left) :] for left, top, _, bottom in quads]
    alone = tuple(line for row in rows for line in paddle.read_rows([row]))
    assert paddle.read_rows(rows) == alone
    assert paddle.read_rows(rows[::-1]) == alone[::-1]
    assert [judge.squeezed(line.text) for line in alone] == [judge.squeezed(t) for t in SENTENCES]


def test_every_character_has_a_score_and_the_reader_is_named(paddle: Paddle) -> None:
    lines = paddle.read(strip().pixels)
    assert all(0 < glyph.score <= 1 for line in lines for glyph in line.glyphs)
    assert {line.seen_by for line in lines} == {"ocr"}


def test_small_print_on_a_large_picture_is_read_in_tiles(paddle: Paddle) -> None:
    """Shrunk to the detector's size its digits would be 5 pixels high."""
    small = draw.page([Text(NUMBER, (10, 20), 7, "helv")], dpi=150, size=(160, 40))
    sheet = np.full((500, WIDE_PX, 3), 255, dtype=np.uint8)
    assert WIDE_PX > TILE_SIDE
    height, width = small.pixels.shape[:2]
    sheet[200 : 200 + height, -width - 40 : -40] = small.pixels
    found = line_of(paddle.read(sheet), NUMBER)
    x0, y0, x1, y1 = found.quad.box()
    assert sheet.shape[1] - width - 40 < x0 < x1 < sheet.shape[1] - 40
    assert 200 < y0 < y1 < 200 + height


def test_an_empty_page_has_no_lines(paddle: Paddle) -> None:
    assert paddle.read(np.full((300, 400, 3), 255, dtype=np.uint8)) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (900, 3)])
def test_a_picture_too_small_for_text_has_no_lines(shape: tuple[int, int], paddle: Paddle) -> None:
    assert paddle.read(np.full((*shape, 3), 128, dtype=np.uint8)) == ()


def test_the_pixels_are_not_changed(paddle: Paddle) -> None:
    pixels = strip().pixels
    kept = pixels.copy()
    pixels.setflags(write=False)
    paddle.read(pixels)
    assert (pixels == kept).all()


WITHOUT = """
import sys
sys.modules[{name!r}] = None  # as if it were not installed: importing it raises ImportError
import numpy
from prepdoc.errors import ComponentMissing
from prepdoc.ocr.paddle import Paddle
try:
    Paddle().read(numpy.zeros((50, 50, 3), dtype=numpy.uint8))
except ComponentMissing as error:
    print(error, error.exit_code)
"""


@pytest.mark.parametrize("name", ["rapidocr", "onnxruntime"])
def test_without_its_library_the_component_is_missing(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(name=name)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(PROJECT / "src")},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "RapidOCR" in done.stdout
    assert "prepdoc doctor" in done.stdout
    assert done.stdout.endswith(" 5\n")


def test_reading_leaves_no_trace_and_reports_nothing_home(tmp_path: Path) -> None:
    """onnxruntime's telemetry would put a device id into the home and temp folders."""
    code = "import numpy as np; from prepdoc.ocr.paddle import Paddle; "
    code += "Paddle().read(np.full((60, 200, 3), 255, np.uint8))"
    places = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    environment = {**os.environ, **places, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
