"""Finds blank space on a masked page and draws the cardholder's details there, before writing.

The stamp says that the cardholder added it and looks unlike the issuer's print: dark blue on a
white box with a thin frame.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from prepdoc import fonts
from prepdoc.errors import CannotProve
from prepdoc.page import (
    POINTS_PER_INCH,
    Cardholder,
    Glyph,
    Language,
    Line,
    Pixels,
    Point,
    Quad,
    Stamp,
)

INK_COLOUR = (16, 44, 140)
"""Dark blue: statements are printed in black, grey or the issuer's bright colour. Contrast with
the paper 11.9:1 (WCAG 2.2 asks 4.5:1)."""
PAPER_COLOUR = (255, 255, 255)

WISHED_STAMP_PT = 10.5
"""The usual body size of Japanese business letters."""
MIN_STAMP_PT = 9.0
"""The smallest size that design and common legibility rules allow for added details."""
STAMP_PTS = (WISHED_STAMP_PT, 9.75, MIN_STAMP_PT)
MIN_EM_PX = 20
"""The floor in pixels per em, whatever the dpi. Measured with Tesseract 5.5 (jpn+eng, psm 6 and 11)
on three stamps: at 14 px kanji and 〒 were misread, at 18 px still some labels and letters, at 20
and 24 px only rare forms in names."""

MARGIN_MM = 1.5
"""Blank paper around the frame, and between the frame and the page's edge."""
PADDING_EM = 0.45
LEADING_EM = 0.3
"""Blank rows between the ink of two lines. Measured at 96 and 200 dpi in both languages: the
least of 0, 0.1, … 0.4 em at which Tesseract read 97 % or more of every line (0.2 em: 57 %)."""
FRAME_PT = 0.6
"""A hairline that still prints."""
INDENT_EM = 1.0
"""How far a continued line is set in."""
WRAP_WIDTHS_MM = (math.inf, 110.0, 90.0, 75.0, 60.0, 48.0, 38.0)
"""Widths of text that are tried: whole lines first, down to a narrow column."""
NARROWER = 0.96
"""The step in which a width is narrowed: less than a character of the narrowest column."""
LINE_COST_MM = 8.0
"""How much farther from the number a stamp may stand for having one line less."""

EDGE_MM = 8.0
"""Nearer to the page's edge printers cut off, and a stamp looks lost."""
EDGE_COST = 4.0
"""How much farther from the number a stamp may stand for each millimetre that it keeps of that."""

CELL_MM = 0.5
"""The ink map's grain: finer than the gap between two lines of 6 pt print."""
INK_LEVELS = 6
"""Levels (of 255) within a cell from which a difference is print: print paler than 249 on white
is invisible. Measured: JPEG of quality 60 to 90 leaves blank paper beside print flat."""
MOST_NOISE_LEVELS = 64
"""A paper whose own grain asks for more than this has no blank space that can be proven."""
GRAIN_QUANTILE = 0.25
"""The paper's grain is taken from the calmest quarter: so much of a page is blank at least."""
GRAIN_TO_EXTREME = 2.2
"""The largest range within a cell of blank grainy A4 over the range at the quantile. Measured
with Gaussian grain of 2, 4 and 6 levels at 96, 150 and 300 dpi: 1.8 to 2.3."""
GRAIN_TO_EXTREME_OF_MEANS = 3.0
"""The same for the range of nine cell means; measured 2.3 to 3.0."""

NEVER_STARTS_A_LINE = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃％‰〜～－ｰ"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)]}"
)
NEVER_ENDS_A_LINE = frozenset("‘“（〔［｛〈《「『【〒＃([{")
"""Kinsoku, JIS X 4051:2004 §4.3 and annex; 〒 and ＃ stay with what they announce."""

Words: TypeAlias = tuple[str, str, str, str, str, str]
WORDS: dict[Literal["ja", "en"], Words] = {
    "ja": ("カード名義人による追記", "氏名", "住所", "電話番号", "カード番号下4桁", "："),
    "en": (
        "Added by the cardholder",
        "Name",
        "Address",
        "Phone",
        "Card number, last four",
        ": ",
    ),
}
"""Heading, the four labels, and what stands between label and detail."""


def stamp_text(
    cardholder: Cardholder, last_four: str | None, lang: Literal["ja", "en"]
) -> tuple[str, ...]:
    """What the stamp says, a paragraph each: heading, name, address, phone, last four if given.

    The card number comes last, so that no other digits stand below its label. An empty detail
    is left out.

    Raises:
        ComponentMissing: no font has one of the characters.
    """
    heading, *labels, colon = WORDS[lang]
    details = (cardholder.name, cardholder.address, cardholder.phone, last_four or "")
    clean = map(fonts.drawable, details)
    return (heading, *(f"{label}{colon}{d}" for label, d in zip(labels, clean, strict=True) if d))


def language_of(cardholder: Cardholder) -> Language:
    """Japanese where kana or kanji stand in the details (Unicode blocks from U+3040 on)."""
    return "ja" if any(c >= "\u3040" for c in cardholder.name + cardholder.address) else "en"


def place(
    pixels: Pixels,
    dpi: float,
    page_number: int,
    texts: tuple[str, ...],
    near: Quad | None,
    turn: int = 0,
    avoid: tuple[Quad, ...] = (),
) -> Stamp:
    """Where the stamp goes: the blank space nearest to `near`, or else to the page's top.

    `turn` is the quarter turns counter-clockwise (numpy.rot90) that bring the page's text
    upright; all quads given and returned are in pixels of the page as it is. `avoid` is never
    covered, ink or not. Where no space fits, a white band below the page is asked for.

    Raises:
        ComponentMissing: no font has one of the characters.
        CannotProve: the page is too narrow to hold legible text at all.
    """
    sheet = _Sheet(pixels.shape[1], pixels.shape[0], turn % 4)
    goal = sheet.upright(near).centre() if near else None
    blank = _Blank.of(pixels, dpi, sheet, avoid)
    return _placed(blank, sheet, dpi, page_number, texts, partial(_distance, goal))


def place_at(
    pixels: Pixels,
    dpi: float,
    page_number: int,
    texts: tuple[str, ...],
    middle: Point,
    turn: int = 0,
    avoid: tuple[Quad, ...] = (),
) -> Stamp:
    """Where the stamp goes if its middle is wished at a point: as near to it as is blank.

    Raises:
        ComponentMissing, CannotProve: as `place`.
    """
    sheet = _Sheet(pixels.shape[1], pixels.shape[0], turn % 4)
    goal = sheet.upright(Quad(middle, middle, middle, middle)).centre()
    blank = _Blank.of(pixels, dpi, sheet, avoid)
    return _placed(blank, sheet, dpi, page_number, texts, partial(_off_middle, goal))


def _placed(
    blank: _Blank, sheet: _Sheet, dpi: float, page_number: int, texts: tuple[str, ...], far: _Far
) -> Stamp:
    for size in _sizes(dpi):
        spots = [blank.nearest(block, far) for block in _blocks(texts, size, dpi)]
        found = [spot for spot in spots if spot is not None]
        if found:
            return _stamp(page_number, min(found, key=lambda spot: spot.cost), sheet, band_px=0)
    return _on_band(page_number, texts, dpi, sheet)


def draw(pixels: Pixels, stamp: Stamp) -> Pixels:
    """A new array with the stamp drawn, and with the white band that it stands on, if any."""
    out = with_band(pixels, stamp)
    sheet = _Sheet(out.shape[1], out.shape[0], stamp.quad.turn())
    x0, y0, x1, y1 = map(round, sheet.upright(stamp.quad).box())
    glyphs = (
        replace(glyph, quad=sheet.upright(glyph.quad).moved(-x0, -y0))
        for line in stamp.lines
        for glyph in line.glyphs
    )
    np.rot90(out, sheet.turn)[y0:y1, x0:x1] = _picture(x1 - x0, y1 - y0, glyphs)
    return out


def with_band(pixels: Pixels, stamp: Stamp) -> Pixels:
    """A new array: the page as it is, with the stamp's white band below it, if any."""
    band = np.full((stamp.band_px, *pixels.shape[1:]), 255, dtype=np.uint8)
    return np.concatenate([pixels, band])


# -- the sheet: page and upright coordinates ------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page of so many pixels, and the quarter turns that bring its text upright."""

    width: int
    height: int
    turn: int

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height as read."""
        return (self.height, self.width) if self.turn % 2 else (self.width, self.height)

    def upright(self, quad: Quad) -> Quad:
        """From the page as it is to the page as it is read."""
        corners, width, height = quad.array(), self.width, self.height
        for _ in range(self.turn):
            corners = corners[:, ::-1] * (1, -1) + (0, width)
            width, height = height, width
        return Quad.from_array(corners)

    def back(self, quad: Quad) -> Quad:
        """From the page as it is read to the page as it is."""
        corners, (width, height) = quad.array(), self.upright_size
        for _ in range(self.turn):
            corners = corners[:, ::-1] * (-1, 1) + (height, 0)
            width, height = height, width
        return Quad.from_array(corners)


# -- the block: text broken into lines ------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """One line of the stamp and how far it is set in, in pixels."""

    text: str
    indent: int


@dataclass(frozen=True)
class _Block:
    """The stamp's lines at one size and width, not yet placed; lengths in pixels."""

    rows: tuple[_Row, ...]
    size: int
    line_width: int
    margin: int
    line_cost: float

    @property
    def padding(self) -> int:
        """Between the frame's outer edge and the ink."""
        return round(PADDING_EM * self.size) + self.line_width

    @property
    def pitch(self) -> int:
        """From one line's top to the next one's."""
        return fonts.ink_height(self.size) + math.ceil(LEADING_EM * self.size)

    @cached_property
    def width(self) -> int:
        """Of the frame, outside."""
        text = max(row.indent + _length(row.text, self.size) for row in self.rows)
        return math.ceil(text) + 2 * self.padding

    @property
    def height(self) -> int:
        """Of the frame, outside."""
        ink = (len(self.rows) - 1) * self.pitch + fonts.ink_height(self.size)
        return ink + 2 * self.padding

    def lines(self, x: int, y: int) -> Iterator[Line]:
        """The lines with the frame's top-left corner at (x, y)."""
        for index, row in enumerate(self.rows):
            top = y + self.padding + index * self.pitch
            yield Line(tuple(self._glyphs(row, x + self.padding + row.indent, top)), "text")

    def _glyphs(self, row: _Row, x: float, top: int) -> Iterator[Glyph]:
        bottom = top + fonts.ink_height(self.size)
        for char in row.text:
            end = x + fonts.advance(char, self.size)
            yield Glyph(char, Quad.from_box(round(x), top, round(end), bottom))
            x = end


def _sizes(dpi: float) -> list[int]:
    """Sizes in pixels per em, largest first, each the largest of its height of ink."""
    wished = (max(MIN_EM_PX, math.ceil(pt * dpi / POINTS_PER_INCH)) for pt in STAMP_PTS)
    return sorted({fonts.size_with_ink(fonts.ink_height(px)) for px in wished}, reverse=True)


def _blocks(texts: Iterable[str], size: int, dpi: float) -> list[_Block]:
    """The texts wrapped at each of the widths that need not break a word or a short line."""
    paragraphs = [fonts.drawable(text) for text in texts]
    least = _least_width(paragraphs, size)
    widths = (max(least, mm * dpi / 25.4) for mm in WRAP_WIDTHS_MM)
    blocks = (_balanced(paragraphs, size, dpi, width, least) for width in widths)
    return list({block.rows: block for block in blocks}.values())


def _least_width(paragraphs: Iterable[str], size: int) -> float:
    """Where only the longest paragraph, the address as a rule, need be wrapped."""
    *others, longest = sorted(paragraphs, key=lambda text: _length(text, size))
    piece = max(_length(piece, size) for piece in _unbroken(longest))
    return max(INDENT_EM * size + piece, *(_length(text, size) for text in others), 0)


def _balanced(paragraphs: list[str], size: int, dpi: float, width: float, least: float) -> _Block:
    """As narrow as it gets with so many lines, so that no line holds a word alone."""
    block = _block(paragraphs, size, dpi, width)
    while width < math.inf and width * NARROWER >= least:
        width *= NARROWER
        trial = _block(paragraphs, size, dpi, width)
        if len(trial.rows) > len(block.rows):
            break
        block = trial
    return block


def _block(paragraphs: Iterable[str], size: int, dpi: float, width: float) -> _Block:
    rows = tuple(row for text in paragraphs for row in _wrapped(text, size, width))
    return _Block(
        rows,
        size,
        line_width=max(1, round(FRAME_PT * dpi / POINTS_PER_INCH)),
        margin=math.ceil(MARGIN_MM * dpi / 25.4),
        line_cost=LINE_COST_MM * dpi / 25.4,
    )


def _wrapped(text: str, size: int, width: float) -> Iterator[_Row]:
    """The text in lines of this width at most; continued lines are set in."""
    indent, line = 0, ""
    for piece in _pieces(text, size, width - INDENT_EM * size):
        if line.strip() and indent + _length((line + piece).rstrip(), size) > width:
            yield _Row(line.strip(), indent)
            indent, line = round(INDENT_EM * size), ""
        line += piece
    yield _Row(line.strip(), indent)


def _pieces(text: str, size: int, width: float) -> Iterator[str]:
    """What is not broken, in order; a piece that alone is too long is broken anywhere."""
    for piece in _unbroken(text):
        if _length(piece.rstrip(), size) <= width:
            yield piece
        else:
            yield from piece


def _unbroken(text: str) -> list[str]:
    """Split after spaces and beside Japanese characters, but for kinsoku."""
    pieces: list[str] = []
    for token in re.findall(r" +|.", text):
        if pieces and _stay_together(pieces[-1][-1], token[0]):
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


def _stay_together(before: str, after: str) -> bool:
    if after == " " or after in NEVER_STARTS_A_LINE or before in NEVER_ENDS_A_LINE:
        return True
    return before != " " and not _is_wide(before) and not _is_wide(after)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _length(text: str, size: int) -> float:
    return sum(fonts.advance(char, size) for char in text)


# -- the blank space ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Spot:
    """A block and where its frame's top-left corner goes on the upright page."""

    block: _Block
    x: int
    y: int
    cost: float = 0.0


_Far: TypeAlias = Callable[[_Block, NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]
"""How far a block is from where it is wished, with its frame's corner at each (x, y)."""


@dataclass(frozen=True)
class _Blank:
    """The upright page's ink, summed over its cells (an integral image), and a cell's pixels."""

    sums: NDArray[np.int32]
    cell: int

    @classmethod
    def of(cls, pixels: Pixels, dpi: float, sheet: _Sheet, avoid: Iterable[Quad]) -> _Blank:
        """Measure the page; every cell that an `avoid` quad touches counts as ink."""
        cell = max(2, round(CELL_MM * dpi / 25.4))
        ink = _ink(np.ascontiguousarray(np.rot90(pixels, sheet.turn)), cell)
        for quad in avoid:
            x0, y0, x1, y1 = (edge / cell for edge in sheet.upright(quad).box())
            rows = slice(max(0, math.floor(y0)), max(0, math.ceil(y1)))
            ink[rows, max(0, math.floor(x0)) : max(0, math.ceil(x1))] = True
        return cls(cv2.integral(ink.astype(np.uint8)).astype(np.int32, copy=False), cell)

    def nearest(self, block: _Block, far: _Far) -> _Spot | None:
        """Where the block stands with its margin on blank paper, at the least cost; or None."""
        ys, xs = np.nonzero(self._free(block) == 0)
        if not len(ys):
            return None
        x, y = xs * self.cell + block.margin, ys * self.cell + block.margin
        cost = far(block, x, y) + len(block.rows) * block.line_cost
        cost += EDGE_COST * self._into_edge(block, x, y)
        best = int(np.argmin(cost))
        return _Spot(block, int(x[best]), int(y[best]), float(cost[best]))

    def _into_edge(
        self, block: _Block, x: NDArray[np.intp], y: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """How many pixels the frame reaches into the page's outer margin at each (x, y)."""
        edge = round(EDGE_MM / CELL_MM) * self.cell
        height, width = ((side - 1) * self.cell for side in self.sums.shape)
        free = np.minimum(
            np.minimum(x, width - x - block.width), np.minimum(y, height - y - block.height)
        )
        return np.asarray(np.maximum(0, edge - free), dtype=np.float64)

    def _free(self, block: _Block) -> NDArray[np.int32]:
        """The ink below the block and its margin, for each cell as its top-left corner."""
        wide = math.ceil((block.width + 2 * block.margin) / self.cell)
        high = math.ceil((block.height + 2 * block.margin) / self.cell)
        if high >= self.sums.shape[0] or wide >= self.sums.shape[1]:
            return np.ones((0, 0), dtype=np.int32)
        s = self.sums
        return s[high:, wide:] - s[:-high, wide:] - s[high:, :-wide] + s[:-high, :-wide]


def _off_middle(
    goal: Point, block: _Block, x: NDArray[np.intp], y: NDArray[np.intp]
) -> NDArray[np.float64]:
    """From the goal to the middle of the frame at each (x, y)."""
    dx, dy = x + block.width / 2 - goal[0], y + block.height / 2 - goal[1]
    return np.asarray(np.hypot(dx, dy), dtype=np.float64)


def _distance(
    goal: Point | None, block: _Block, x: NDArray[np.intp], y: NDArray[np.intp]
) -> NDArray[np.float64]:
    """From the goal to the nearest edge of the frame at each (x, y); from the top without goal."""
    if goal is None:
        return y.astype(np.float64)
    dx = np.maximum(0, np.maximum(x - goal[0], goal[0] - x - block.width))
    dy = np.maximum(0, np.maximum(y - goal[1], goal[1] - y - block.height))
    return np.asarray(np.hypot(dx, dy), dtype=np.float64)


def _ink(pixels: Pixels, cell: int) -> NDArray[np.bool_]:
    """Which cells hold print: more unlike within, or unlike their neighbours, than the paper.

    The range within a cell sees every thin line; the range of neighbouring means sees pale and
    soft print on grainy paper. Both are blind to the paper's colour and to slow shadows.
    """
    rows, columns = pixels.shape[0] // cell, pixels.shape[1] // cell
    if not rows or not columns:
        return np.ones((rows, columns), dtype=np.bool_)
    whole = pixels[: rows * cell, : columns * cell]
    means = np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    around = _widest_channel(_range(means, 3))
    within = _range_within(_calmed(pixels, cell), cell)[:rows, :columns]
    return _above_grain(within, GRAIN_TO_EXTREME) | _above_grain(around, GRAIN_TO_EXTREME_OF_MEANS)


def _calmed(pixels: Pixels, cell: int) -> Pixels:
    """Very grainy paper smoothed a little, so that its print stands out; other paper as it is."""
    grain = _grain(_range_within(pixels, cell))
    if grain * GRAIN_TO_EXTREME <= MOST_NOISE_LEVELS:
        return pixels
    return np.asarray(cv2.blur(pixels, (3, 3)), dtype=np.uint8)


def _range_within(pixels: Pixels, cell: int) -> NDArray[np.uint8]:
    """Largest less smallest level in each cell and the pixel row and column around it."""
    centre = cell // 2
    return _widest_channel(_range(pixels, cell + 2)[centre::cell, centre::cell])


def _range(pixels: Pixels, window: int) -> Pixels:
    kernel = np.ones((window, window), dtype=np.uint8)
    return np.asarray(cv2.morphologyEx(pixels, cv2.MORPH_GRADIENT, kernel), dtype=np.uint8)


def _widest_channel(levels: Pixels) -> NDArray[np.uint8]:
    red, green, blue = cv2.split(np.ascontiguousarray(levels))
    return np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def _above_grain(levels: NDArray[np.uint8], grain_to_extreme: float) -> NDArray[np.bool_]:
    wanted = max(INK_LEVELS, _grain(levels) * grain_to_extreme)
    return levels >= min(MOST_NOISE_LEVELS, wanted)


def _grain(levels: NDArray[np.uint8]) -> float:
    return float(np.quantile(levels, GRAIN_QUANTILE))


# -- the stamp ------------------------------------------------------------------------------


def _stamp(page_number: int, spot: _Spot, sheet: _Sheet, band_px: int) -> Stamp:
    block, x, y = spot.block, spot.x, spot.y
    frame = Quad.from_box(x, y, x + block.width, y + block.height)
    lines = tuple(_turned_back(line, sheet) for line in block.lines(x, y))
    return Stamp(page_number, sheet.back(frame), lines, band_px)


def _turned_back(line: Line, sheet: _Sheet) -> Line:
    glyphs = (replace(glyph, quad=sheet.back(glyph.quad)) for glyph in line.glyphs)
    return replace(line, glyphs=tuple(glyphs))


def _on_band(page_number: int, texts: tuple[str, ...], dpi: float, sheet: _Sheet) -> Stamp:
    """On a white band below the page, as thick as the frame and its margins."""
    block = _band_block(texts, dpi, sheet)
    thick = (block.width if sheet.turn % 2 else block.height) + 2 * block.margin
    taller = replace(sheet, height=sheet.height + thick)
    band = Quad.from_box(0, sheet.height, sheet.width, taller.height)
    x, y, _, _ = taller.upright(band).box()
    spot = _Spot(block, round(x) + block.margin, round(y) + block.margin)
    return _stamp(page_number, spot, taller, thick)


def _band_block(texts: tuple[str, ...], dpi: float, sheet: _Sheet) -> _Block:
    """The block that makes the thinnest band, at the largest size that fits along the page."""
    for size in _sizes(dpi):
        fitting = [b for b in _band_blocks(texts, size, dpi, sheet) if _fits(b, sheet)]
        if fitting:
            return min(fitting, key=lambda b: b.width if sheet.turn % 2 else b.height)
    raise CannotProve(
        f"a page of {sheet.width} by {sheet.height} pixels is too small for the cardholder's "
        "details; use a larger picture"
    )


def _band_blocks(texts: tuple[str, ...], size: int, dpi: float, sheet: _Sheet) -> Iterator[_Block]:
    """The usual widths, and the page's own where it is narrower."""
    yield from _blocks(texts, size, dpi)
    paragraphs = [fonts.drawable(text) for text in texts]
    trial = _block(paragraphs, size, dpi, math.inf)
    room = sheet.width - 2 * (trial.margin + trial.padding)
    if room > 4 * size and not sheet.turn % 2:
        yield _block(paragraphs, size, dpi, room)


def _fits(block: _Block, sheet: _Sheet) -> bool:
    along = block.height if sheet.turn % 2 else block.width
    return along + 2 * block.margin <= sheet.width


def _picture(width: int, height: int, glyphs: Iterable[Glyph]) -> Pixels:
    """The frame and the text in it, upright; glyph quads in pixels of this picture."""
    image = Image.new("RGB", (width, height), PAPER_COLOUR)
    pen = ImageDraw.Draw(image)
    glyphs = tuple(glyphs)
    size = fonts.size_with_ink(round(glyphs[0].quad.height()))
    above, _ = fonts.ink_rows(size)
    for glyph in glyphs:
        x, top, _, _ = glyph.quad.box()
        corner = (round(x), round(top) + above)
        pen.text(corner, glyph.char, INK_COLOUR, fonts.face(glyph.char, size), anchor="ls")
    line_width = round(glyphs[0].quad.box()[0]) - round(PADDING_EM * size)
    pen.rectangle((0, 0, width - 1, height - 1), outline=INK_COLOUR, width=line_width)
    return np.asarray(image)
