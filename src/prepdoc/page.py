"""The values that every stage passes on; none of them changes once made.

All geometry is in pixels of the page image, origin top-left, x to the right and y down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.pan import Pan

Pixels: TypeAlias = NDArray[np.uint8]
"""H × W × 3, RGB, 8 bits."""

Point: TypeAlias = tuple[float, float]
SeenBy: TypeAlias = Literal["text", "ocr", "barcode"]
"""Who saw a glyph: the file's own text layer, an OCR engine, or a barcode reader."""

Language: TypeAlias = Literal["ja", "en"]
"""Of messages and of the stamp."""

POINTS_PER_INCH = 72.0
LINE_BREAK = "\n"
"""Stands between two lines that are looked at as one."""


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners in the reading order of the text: on a page turned by 180° `tl` is lowest."""

    tl: Point
    tr: Point
    br: Point
    bl: Point

    @classmethod
    def from_box(cls, x0: float, y0: float, x1: float, y1: float) -> Quad:
        """The upright rectangle with these left, top, right and bottom edges."""
        return cls((x0, y0), (x1, y0), (x1, y1), (x0, y1))

    @classmethod
    def from_array(cls, corners: NDArray[np.floating]) -> Quad:
        """From a 4 × 2 array in the order tl, tr, br, bl."""
        tl, tr, br, bl = ((float(x), float(y)) for x, y in corners)
        return cls(tl, tr, br, bl)

    def corners(self) -> tuple[Point, Point, Point, Point]:
        """In the order tl, tr, br, bl. Of so few numpy makes far slower work than floats do."""
        return self.tl, self.tr, self.br, self.bl

    def array(self) -> NDArray[np.float64]:
        """The corners as a 4 × 2 array in the order tl, tr, br, bl."""
        return np.array(self.corners(), dtype=np.float64)

    def box(self) -> tuple[float, float, float, float]:
        """The upright bounding box: left, top, right, bottom."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.corners()
        left, top = min(ax, bx, cx, dx), min(ay, by, cy, dy)
        return float(left), float(top), float(max(ax, bx, cx, dx)), float(max(ay, by, cy, dy))

    def centre(self) -> Point:
        """The mean of the corners."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.corners()
        return float(ax + bx + cx + dx) / 4, float(ay + by + cy + dy) / 4

    def width(self) -> float:
        """Along the reading direction, the mean of top and bottom edge."""
        return (math.dist(self.tl, self.tr) + math.dist(self.bl, self.br)) / 2

    def height(self) -> float:
        """Across the reading direction, the mean of left and right edge."""
        return (math.dist(self.tl, self.bl) + math.dist(self.tr, self.br)) / 2

    def slant(self) -> float:
        """The degrees clockwise by which the reading direction is turned, -180 to 180."""
        (x0, y0), (x1, y1) = self.tl, self.tr
        return math.degrees(math.atan2(y1 - y0, x1 - x0))

    def turn(self) -> int:
        """The quarter turns counter-clockwise (numpy.rot90) that bring its text upright, 0 to 3."""
        return round(self.slant() / 90) % 4

    def place_of(self, point: Point) -> Point:
        """How far a point is from the top left corner, along the reading direction and across."""
        (x0, y0), (x1, y1), (x, y) = self.tl, self.tr, point
        length = max(math.dist(self.tl, self.tr), 1e-6)
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        return (x - x0) * dx + (y - y0) * dy, (y - y0) * dx - (x - x0) * dy

    def scaled(self, factor: float) -> Quad:
        """The same place on the page rendered `factor` times as large."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.corners()
        return Quad(
            (ax * factor, ay * factor),
            (bx * factor, by * factor),
            (cx * factor, cy * factor),
            (dx * factor, dy * factor),
        )

    def moved(self, dx: float, dy: float) -> Quad:
        """Shifted by so many pixels."""
        return Quad(*[(x + dx, y + dy) for x, y in self.corners()])

    def mapped(self, onto: NDArray[np.float64]) -> Quad:
        """Where an affine map (2 × 3) takes it."""
        return Quad.from_array(np.c_[self.array(), np.ones(4)] @ onto.T)

    def to(self, last: Quad) -> Quad:
        """From the start of this quad to the end of `last`, further along the same line."""
        return Quad(self.tl, last.tr, last.br, self.bl)

    def part(self, start: float, end: float) -> Quad:
        """What lies between two shares of its width."""
        tl, tr, br, bl = self.array()
        top, bottom = tr - tl, br - bl
        corners = (tl + start * top, tl + end * top, bl + end * bottom, bl + start * bottom)
        return Quad.from_array(np.stack(corners))


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character and where it stands."""

    char: str
    quad: Quad
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs that one reader saw as one line, in reading order; spaces are glyphs too."""

    glyphs: tuple[Glyph, ...]
    seen_by: SeenBy

    @property
    def text(self) -> str:
        """The characters as a string; index i of it is glyph i."""
        return "".join(glyph.char for glyph in self.glyphs)

    @property
    def quad(self) -> Quad:
        """From the first glyph to the last."""
        return self.glyphs[0].quad.to(self.glyphs[-1].quad)

    def over(self, lower: Line) -> Line:
        """This line and one below it as one, with a line break between them."""
        glyphs = (*self.glyphs, Glyph(LINE_BREAK, self.glyphs[-1].quad), *lower.glyphs)
        return replace(self, glyphs=glyphs)

    def moved(self, dx: float, dy: float) -> Line:
        """Shifted by so many pixels."""
        glyphs = tuple(Glyph(g.char, g.quad.moved(dx, dy), g.score) for g in self.glyphs)
        return replace(self, glyphs=glyphs)

    def mapped(self, onto: NDArray[np.float64]) -> Line:
        """Where an affine map (2 × 3) takes it."""
        glyphs = tuple(Glyph(g.char, g.quad.mapped(onto), g.score) for g in self.glyphs)
        return replace(self, glyphs=glyphs)

    def scaled(self, factor: float) -> Line:
        """The same line on the page rendered `factor` times as large."""
        glyphs = tuple(Glyph(g.char, g.quad.scaled(factor), g.score) for g in self.glyphs)
        return replace(self, glyphs=glyphs)


@dataclass(frozen=True, slots=True)
class Cardholder:
    """Whose card it is: the details that are stamped. Its repr shows none of them."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Witness:
    """A hidden place of the source (metadata, annotation, attachment, …) and the text it holds.

    Witnesses are read, never copied: the numbers they name are looked for on every page.
    """

    where: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A barcode or QR code: its content and where it stands."""

    content: str = field(repr=False)
    quad: Quad
    kind: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page as pixels, with what the file itself says is written on it.

    `dpi` is the resolution of `pixels`; `photographic` is true where the page is a picture with
    too many colours to be kept without loss.
    """

    number: int
    pixels: Pixels = field(repr=False, compare=False)
    dpi: float
    photographic: bool = False
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def size_pt(self) -> tuple[float, float]:
        """Width and height in points."""
        height, width = self.pixels.shape[:2]
        return width * POINTS_PER_INCH / self.dpi, height * POINTS_PER_INCH / self.dpi


@dataclass(frozen=True, slots=True)
class CardNumber:
    """A card number on a page: what to paint, and the last four to leave alone.

    `mask` is empty where the page shows the last four only; `keep` is empty where the issuer
    hides them. `rule` is the number of the masking rule that saw it.
    """

    page: int
    pan: Pan
    rule: int
    mask: tuple[Quad, ...] = ()
    keep: tuple[Quad, ...] = ()
    seen_by: frozenset[SeenBy] = frozenset()

    def scaled(self, factor: float) -> CardNumber:
        """The same number on the page rendered `factor` times as large."""
        return replace(
            self,
            mask=tuple(q.scaled(factor) for q in self.mask),
            keep=tuple(q.scaled(factor) for q in self.keep),
        )


@dataclass(frozen=True, slots=True)
class Stamp:
    """The cardholder's details as drawn: the frame's quad and the lines inside it.

    `band_px` is the height of the white band that was added below the page to hold it, or 0.
    """

    page: int
    quad: Quad
    lines: tuple[Line, ...] = field(repr=False)
    band_px: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the user wants painted on a page of the output, whatever stands there.

    `quad` is in points of the page, so that it stays where it is at any resolution.
    """

    page: int
    quad: Quad


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the user wants the stamp: a point of a page of the output, in points."""

    page: int
    at: Point


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """A page ready to be written: painted and stamped pixels, and the text that may be searched."""

    number: int
    pixels: Pixels = field(repr=False, compare=False)
    dpi: float
    photographic: bool
    lines: tuple[Line, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """What was put on a page of the output, in its pixels, and how its text lies; `turn` and
    `slant` are those of an `ExpectedPage`.
    """

    masks: tuple[Quad, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    turn: int = 0
    slant: float = 0.0


@dataclass(frozen=True, slots=True)
class ExpectedPage:
    """What verification may find on one page of the output.

    `source` are the pixels before painting and stamping, at the output's size (an added band is
    white). `last_fours` are to be read in the places given; `turn` is the quarter turns
    counter-clockwise (as numpy.rot90 counts) that bring the page's text upright, and `slant` the
    degrees clockwise by which its lines fall then. `spared` are texts that the user wants kept
    although they look like card numbers.
    """

    number: int
    source: Pixels = field(repr=False, compare=False)
    lossless: bool
    masks: tuple[Quad, ...] = ()
    last_fours: tuple[tuple[str, Quad], ...] = field(default=(), repr=False)
    stamps: tuple[Stamp, ...] = ()
    near: tuple[Line, ...] = field(default=(), repr=False)
    turn: int = 0
    slant: float = 0.0
    spared: tuple[str, ...] = field(default=(), repr=False)

    @property
    def layout(self) -> Layout:
        """What was put on it, and how its text lies."""
        return Layout(self.masks, self.stamps, self.turn, self.slant)


@dataclass(frozen=True, slots=True)
class Leak:
    """A place on an output page (pixels of that page) where digits can still be read."""

    page: int
    quad: Quad


@dataclass(frozen=True, slots=True)
class Proof:
    """What verification saw, in figures; each is a count over the whole output."""

    pages: int
    objects: int
    bytes_searched: int
    masks_uniform: int
    last_fours_read: int
    stamp_lines_read: int
    lines_read: int


def boxes_touch(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    """Whether two upright boxes (left, top, right, bottom) share a point, be it on their edges."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def boxes_overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    """Whether they share more than a part of their edges."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def quads_box(quads: Iterable[Quad]) -> tuple[float, float, float, float]:
    """The upright box around all the quads: left, top, right, bottom."""
    corners = np.concatenate([quad.array() for quad in quads])
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)
