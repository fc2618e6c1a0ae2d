"""Fuzzing cutting and masking in drawn pixels: no ink of a hidden digit stays, however printed.

No OCR: the reader's boxes are the drawn cells, moved at random as far as OCR's are off.
`FUZZ_EXAMPLES=2000 pytest tests/test_fuzz_masking.py` looks longer; drawings that once failed are
kept in `tests/seeds/fuzz/prints.json`.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from prepdoc.finding import find_numbers
from prepdoc.masking import painted
from prepdoc.page import Glyph, Line, Quad
from tests import draw, judge
from tests.draw import TEST_RANGES, Box, Brand, Drawn, Item, Text

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
bounded = settings(max_examples=EXAMPLES or 80, derandomize=not EXAMPLES)
SEEDS = Path(__file__).parent / "seeds" / "fuzz" / "prints.json"
SIZE = (420.0, 90.0)
MIN_INK = 48
"""Grey levels from the paper; what is fainter is the fringe of an anti-aliased edge."""
FINE_EM_PX = 13.0
"""Smaller print has hyphens that touch the digits: there half a column may be left or lost."""
FONTS = (
    *("japan", "helv", "hebo", "cour", "cobo", "tiro", "tibo"),
    *("notos", "notosbo", "ubuntu", "spacemo", "figo", "cascadia"),
)
BRANDS: tuple[Brand, ...] = tuple(TEST_RANGES)


@dataclass(frozen=True)
class Print:
    """How a number is printed and read: everything that the drawing depends on."""

    brand: Brand = "visa"
    seed: int = 0
    separator: str = " "
    font: str = "helv"
    pt: float = 10.0
    dpi: int = 200
    degrees: float = 0.0
    turns: int = 0
    shift: float = 0.0
    jitter: float = 0.0
    dark: bool = False
    underlined: bool = False
    spread: float = 1.0

    @property
    def em_px(self) -> float:
        """The size of the print in pixels."""
        return self.pt * self.dpi / 72

    def drawn(self) -> Drawn:
        """A strip with text on either side of the number, turned as a scanner turns pages."""
        number = draw.grouped(draw.pan(self.brand, self.seed), self.separator)
        items = [
            Text("Card No.", (12, 50), self.pt, self.font),
            *self._digits(number, 26 + draw.width_pt("Card No.", self.pt, self.font)),
            Text("2026/11/10", (12, 24), self.pt, self.font),
        ]
        rule = [Box((10, 50 + 0.25 * self.pt), (280, 0.6))] if self.underlined else []
        drawn = draw.page([*items, *rule], dpi=self.dpi, size=SIZE)
        drawn = draw.skewed(draw.turned(drawn, self.turns), self.degrees)
        return draw.dark(drawn) if self.dark else drawn

    def _digits(self, number: str, x: float) -> list[Item]:
        """One by one, nearer to each other or wider apart than the font sets them."""
        items: list[Item] = []
        for char in number:
            items.append(Text(char, (x, 50), self.pt, self.font, "pan"))
            x += self.spread * draw.width_pt(char, self.pt, self.font)
        return items

    def read(self, drawn: Drawn) -> list[Line]:
        """As OCR reads it: the cells, all off to one side and each at random."""
        chance = random.Random(self.seed)
        glyphs = []
        for glyph in drawn.tagged("pan"):
            corners = glyph.cell.array()
            by = self.shift + chance.uniform(-self.jitter, self.jitter)
            moved = corners + by * (corners[1] - corners[0])
            glyphs.append(Glyph(glyph.char, Quad.from_array(moved)))
        return [Line(tuple(glyphs), "ocr")]


prints = st.builds(
    Print,
    brand=st.sampled_from(BRANDS),
    seed=st.integers(0, 10_000),
    separator=st.sampled_from((" ", "-", "")),
    font=st.sampled_from(FONTS),
    pt=st.floats(6, 13).map(lambda pt: round(pt, 1)),
    dpi=st.sampled_from((96, 150, 200, 300)),
    degrees=st.floats(-6, 6).map(lambda a: round(a, 1)) | st.just(0.0),
    turns=st.integers(0, 3),
    shift=st.sampled_from((0.0, -0.3, 0.3)),
    jitter=st.sampled_from((0.0, 0.1, 0.2)),
    dark=st.booleans(),
    underlined=st.booleans(),
    spread=st.sampled_from((1.0, 1.0, 0.97, 1.15, 1.5)),
)


def check(print_: Print, folder: Path) -> None:
    """No ink of a hidden digit is left, and of the last four none is lost, but for a column.

    That is where a digit that goes touches one that stays: see `judge.EDGE_PX`.
    """
    drawn = print_.drawn()
    numbers = find_numbers(1, drawn.pixels, print_.read(drawn)).numbers
    sheet = np.full(drawn.pixels.shape, 255, dtype=np.uint8)
    black = (painted(sheet, [quad for number in numbers for quad in number.mask]) == 0).all(axis=2)
    truth, paper = drawn.truth(), _paper(drawn)
    bare = judge.left_bare(black | paper, truth, judge.COARSE_DPI)
    lost = judge.lost(black & ~paper, truth)
    allowed = 0.0 if print_.em_px >= FINE_EM_PX else print_.em_px / 2
    if max(bare, lost) > allowed:
        shown = draw.outlined(drawn, [*truth.mask, *truth.keep])
        shown[black] //= 2
        Image.fromarray(shown).save(folder / "masks.png")
        pytest.fail(f"{bare} px bare, {lost} px of the last four lost: {print_}, {folder}")


def _paper(drawn: Drawn) -> judge.Region:
    paper = np.median(drawn.pixels.reshape(-1, 3), axis=0)
    return np.asarray((np.abs(drawn.pixels - paper) < MIN_INK).all(axis=2))


@bounded
@given(print_=prints)
def test_no_ink_of_a_hidden_digit_stays(
    print_: Print, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(print_, tmp_path_factory.getbasetemp())


@pytest.mark.parametrize("print_", [Print(**seed) for seed in json.loads(SEEDS.read_text())])
def test_prints_that_once_failed_do_no_more(print_: Print, tmp_path: Path) -> None:
    check(print_, tmp_path)
