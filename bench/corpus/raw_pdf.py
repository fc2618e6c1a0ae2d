"""Writes PDF pages by hand, operator by operator, so that their structure can be as odd as need be.

    Drawing ─lines→ Line of Glyph ─as_runs, as_arrays, …→ operators ─Book→ PDF bytes

The words are those of ISO 32000-1: a content stream is a row of operands and operators (§7.8.2);
text is shown by codes (§9.4), which a font maps to outlines and ToUnicode (§9.10.3) to characters.
Positions here are in points, origin bottom-left, y upwards, as in the file.
"""

from __future__ import annotations

import io
import itertools
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np
import pikepdf
import pymupdf
from fontTools import subset
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from numpy.typing import NDArray

from bench.corpus import fonts
from bench.corpus.drawing import Drawing, Ink, Rgb, labels_of
from bench.corpus.truth import Labels

# Fonts that cannot be embedded as a subset of one file → one of like metrics that can.
STAND_INS: Mapping[str, str] = {
    "helv": "liberation-sans",
    "tiro": "liberation-serif",
    "cour": "dejavu-mono",
    "noto-cjk": "ipa-gothic",
    "noto-serif-cjk": "ipa-mincho",
}
KEPT_TABLES = frozenset(
    {"head", "hhea", "maxp", "hmtx", "cmap", "OS/2", "name", "post", "glyf", "loca", "CFF "}
    | {"GlyphOrder"}
)
"""What an embedded font needs (ISO 32000-1 §9.9), and what subsetting reads."""
UNITS_PER_EM = 1000
"""Of PDF glyph space (§9.2.4)."""

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character at its place: `at` is its origin, `turn` degrees counter-clockwise."""

    char: str = field(repr=False)
    at: Point
    size: float
    turn: float
    font: str
    colour: Rgb
    label: int

    def moved(self, dx: float, dy: float) -> Glyph:
        """The same, elsewhere."""
        return replace(self, at=(self.at[0] + dx, self.at[1] + dy))


Line: TypeAlias = tuple[Glyph, ...]
"""The characters of a run, in reading order."""


class Typeface(Protocol):
    """A font of the document: what code shows a character, and its dictionary."""

    def code(self, char: str) -> bytes:
        """The character's code in a string operand, as hex digits."""
        ...

    def embedded(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font dictionary, added to the document."""
        ...


Faces: TypeAlias = Callable[[str, frozenset[str]], Typeface]
"""A font's key and the characters needed → how it is embedded."""


# --- glyphs --------------------------------------------------------------------------------------


def embeddable(drawing: Drawing) -> Drawing:
    """The drawing in fonts that `Outlines` can read."""
    runs = (replace(run, font=STAND_INS.get(run.font, run.font)) for run in drawing.runs)
    return replace(drawing, runs=tuple(runs))


def lines(drawing: Drawing, ink: Ink) -> tuple[Line, ...]:
    """Each run's characters where they stand; blanks too."""
    height = drawing.size[1]
    found = []
    for run in drawing.runs:
        along, glyphs = 0.0, []
        cosine, sine = math.cos(math.radians(run.turn)), math.sin(math.radians(run.turn))
        for index, char in enumerate(run.text):
            at = (run.at[0] + along * cosine, height - run.at[1] + along * sine)
            label = run.labels[index] if run.labels else 0
            colour = ink(run, index)
            glyphs.append(Glyph(char, at, run.size, run.turn, run.font, colour, label))
            along += fonts.advance(run.font, char) * run.size + run.spacing
        found.append(tuple(glyphs))
    return tuple(found)


def characters(drawings: Iterable[Drawing]) -> dict[str, frozenset[str]]:
    """Font → the characters that it has to show."""
    wanted: dict[str, set[str]] = {}
    for run in (run for drawing in drawings for run in drawing.runs):
        wanted.setdefault(run.font, set()).update(run.text)
    return {font: frozenset(chars) for font, chars in sorted(wanted.items())}


# --- fonts ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlines:
    """A font cut down to some characters: glyph numbers, widths and outlines in 1/1000 em."""

    font: TTFont = field(repr=False)

    @property
    def scale(self) -> float:
        """From the font's units to 1/1000 em."""
        return UNITS_PER_EM / float(self.font["head"].unitsPerEm)

    def name(self, char: str) -> str:
        """The glyph's name in the font."""
        return str(self.font.getBestCmap()[ord(char)])

    def number(self, char: str) -> int:
        """The glyph's number in the font."""
        return int(self.font.getGlyphID(self.name(char)))

    def width(self, char: str) -> float:
        """In 1/1000 em."""
        return float(self.font["hmtx"][self.name(char)][0]) * self.scale

    def path(self, char: str) -> bytes:
        """The outline as path operators, in 1/1000 em, without painting."""
        pen = _PathPen(self.font.getGlyphSet(), self.scale)
        self.font.getGlyphSet()[self.name(char)].draw(pen)
        return b"\n".join(pen.operators)

    def program(self) -> bytes:
        """The font file: TrueType as it is, or the bare CFF table."""
        if "CFF " in self.font:
            return bytes(self.font.getTableData("CFF "))
        target = io.BytesIO()
        self.font.save(target)
        return target.getvalue()


class _PathPen(BasePen):  # type: ignore[misc]
    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self.scale, self.operators = scale, list[bytes]()

    def _add(self, operator: str, *points: Point) -> None:
        numbers = (f"{value * self.scale:.2f}" for point in points for value in point)
        self.operators.append(" ".join((*numbers, operator)).encode())

    def _moveTo(self, point: Point) -> None:  # noqa: N802
        self._add("m", point)

    def _lineTo(self, point: Point) -> None:  # noqa: N802
        self._add("l", point)

    def _curveToOne(self, first: Point, second: Point, end: Point) -> None:  # noqa: N802
        self._add("c", first, second, end)

    def _closePath(self) -> None:  # noqa: N802
        self._add("h")


@lru_cache(maxsize=16)
def outlines(key: str, chars: frozenset[str]) -> Outlines:
    """The font's glyphs of these characters; the same question gives the same bytes."""
    font = TTFont(io.BytesIO(fonts.data(key)), recalcTimestamp=False, fontNumber=0)
    for table in set(font.keys()) - KEPT_TABLES:
        del font[table]
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, recalc_timestamp=False
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, chars)))
    cutter.subset(font)
    return Outlines(font)


@dataclass(frozen=True)
class Embedded:
    """A composite font (§9.7) with two-byte codes.

    `codes` is what code shows a character; `meaning` what ToUnicode says that a character is,
    None where the font has no ToUnicode.
    """

    key: str
    glyphs: Outlines = field(repr=False)
    codes: Mapping[str, int] = field(repr=False)
    meaning: Mapping[str, str] | None = field(repr=False)

    def code(self, char: str) -> bytes:
        """Four hex digits."""
        return b"%04X" % self.codes[char]

    def embedded(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """A Type 0 font whose Encoding is Identity-H, or a CMap of its own where codes are odd."""
        name = pikepdf.Name("/AAAAAA+" + self.key.title().replace("-", ""))
        plain = all(self.glyphs.number(char) == code for char, code in self.codes.items())
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=name,
            Encoding=pikepdf.Name("/Identity-H") if plain else pdf.make_stream(self._encoding()),
            DescendantFonts=pikepdf.Array([self._descendant(pdf, name)]),
        )
        if not plain:
            font.Encoding.Type, font.Encoding.CMapName = pikepdf.Name.CMap, pikepdf.Name.Odd
        if self.meaning is not None:
            font.ToUnicode = pdf.make_stream(_to_unicode(self._meanings()))
        return pdf.make_indirect(font)

    def _meanings(self) -> dict[int, str]:
        assert self.meaning is not None
        return {self.codes[char]: self.meaning.get(char, char) for char in self.codes}

    def _encoding(self) -> bytes:
        rows = [b"<%04X> %d" % (self.codes[c], self.glyphs.number(c)) for c in sorted(self.codes)]
        return _cmap(b"/Odd", rows, b"cidchar")

    def _descendant(self, pdf: pikepdf.Pdf, name: pikepdf.Name) -> pikepdf.Object:
        compact = "CFF " in self.glyphs.font
        widths = {self.glyphs.number(char): self.glyphs.width(char) for char in self.codes}
        return pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.CIDFontType0 if compact else pikepdf.Name.CIDFontType2,
                BaseFont=name,
                CIDSystemInfo=pikepdf.Dictionary(
                    Registry=b"Adobe", Ordering=b"Identity", Supplement=0
                ),
                FontDescriptor=self._descriptor(pdf, name, compact),
                W=pikepdf.Array(
                    [x for cid, w in sorted(widths.items()) for x in (cid, [round(w)])]
                ),
                **({} if compact else {"CIDToGIDMap": pikepdf.Name.Identity}),
            )
        )

    def _descriptor(self, pdf: pikepdf.Pdf, name: pikepdf.Name, compact: bool) -> pikepdf.Object:
        program = pdf.make_stream(self.glyphs.program())
        if compact:
            program.Subtype = pikepdf.Name.CIDFontType0C
        return pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.FontDescriptor,
                FontName=name,
                Flags=4,
                FontBBox=[-200, -300, 1200, 1100],
                ItalicAngle=0,
                Ascent=880,
                Descent=-120,
                CapHeight=700,
                StemV=80,
                **{"FontFile3" if compact else "FontFile2": program},
            )
        )


@dataclass(frozen=True)
class Type3:
    """A font whose glyphs are content streams (§9.6.5) with names that mean nothing."""

    glyphs: Outlines = field(repr=False)
    codes: Mapping[str, int] = field(repr=False)

    def code(self, char: str) -> bytes:
        """Two hex digits."""
        return b"%02X" % self.codes[char]

    def embedded(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font, without a ToUnicode."""
        procedures, names, widths = pikepdf.Dictionary(), [], [0.0] * 256
        for char, code in sorted(self.codes.items(), key=lambda item: item[1]):
            names += [code, pikepdf.Name(f"/g{code}")]
            widths[code] = self.glyphs.width(char)
            procedures[f"/g{code}"] = pdf.make_stream(self._procedure(char))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type3,
            FontBBox=[0, 0, 0, 0],
            FontMatrix=[1 / UNITS_PER_EM, 0, 0, 1 / UNITS_PER_EM, 0, 0],
            CharProcs=procedures,
            Encoding=pikepdf.Dictionary(Type=pikepdf.Name.Encoding, Differences=names),
            FirstChar=0,
            LastChar=255,
            Widths=pikepdf.Array([round(width) for width in widths]),
            Resources=pikepdf.Dictionary(),
        )
        return pdf.make_indirect(font)

    def _procedure(self, char: str) -> bytes:
        width = b"%d" % round(self.glyphs.width(char))
        return width + b" 0 -300 -400 1500 1200 d1\n" + self.glyphs.path(char) + b"\nf"


def honest(key: str, chars: frozenset[str]) -> Typeface:
    """Codes are glyph numbers, and ToUnicode says the truth."""
    glyphs = outlines(key, chars)
    return Embedded(key, glyphs, {char: glyphs.number(char) for char in chars}, {})


def _to_unicode(meanings: Mapping[int, str]) -> bytes:
    rows = [
        b"<%04X> <%s>" % (code, meaning.encode("utf-16-be").hex().upper().encode())
        for code, meaning in sorted(meanings.items())
    ]
    return _cmap(b"/Adobe-Identity-UCS", rows, b"bfchar")


def _cmap(name: bytes, rows: Sequence[bytes], kind: bytes) -> bytes:
    """A CMap file (Adobe Technical Note 5014); at most a hundred rows a section."""
    sections = [
        b"%d begin%s\n%s\nend%s" % (len(part), kind, b"\n".join(part), kind)
        for part in (rows[start : start + 100] for start in range(0, len(rows), 100))
    ]
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> def\n"
        b"/CMapName " + name + b" def /CMapType 1 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        + b"\n".join(sections)
        + b"\nendcmap CMapName currentdict /CMap defineresource pop end end"
    )


# --- operators -----------------------------------------------------------------------------------


def number(value: float) -> bytes:
    """A real as a content stream has it: never with an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".").encode()


def numbers(*values: float) -> bytes:
    """Reals side by side."""
    return b" ".join(map(number, values))


def fill(colour: Rgb) -> bytes:
    """Sets the colour to fill with."""
    return numbers(*(channel / 255 for channel in colour)) + b" rg"


def rectangle(x: float, y: float, width: float, height: float, colour: Rgb) -> bytes:
    """Filled."""
    return b"%s %s re f" % (fill(colour), numbers(x, y, width, height))


def paper(drawing: Drawing) -> bytes:
    """The background and the boxes."""
    width, height = drawing.size
    parts = [rectangle(0, 0, width, height, drawing.background)]
    for box in drawing.boxes:
        (x, y), (wide, high) = box.at, box.size
        parts.append(rectangle(x, height - y - high, wide, high, box.fill))
    return b"\n".join(parts)


def matrix_of(glyph: Glyph) -> tuple[float, float, float, float, float, float]:
    """Where text space lies on the page (§9.4.2)."""
    cosine, sine = math.cos(math.radians(glyph.turn)), math.sin(math.radians(glyph.turn))
    return cosine, sine, -sine, cosine, *glyph.at


# --- the document --------------------------------------------------------------------------------


@dataclass
class Book:
    """A document while it is written; its typefaces serve all of its pages."""

    drawings: Sequence[Drawing] = field(repr=False)
    faces: Faces = field(default=honest, repr=False)
    pdf: pikepdf.Pdf = field(default_factory=pikepdf.new, repr=False)

    def __post_init__(self) -> None:
        """Embeds the fonts once."""
        self.wanted = characters(self.drawings)
        self.typefaces = {key: self.faces(key, chars) for key, chars in self.wanted.items()}
        self.names = {key: f"/F{index}" for index, key in enumerate(self.typefaces, 1)}
        fonts_of = {self.names[key]: f.embedded(self.pdf) for key, f in self.typefaces.items()}
        self.font_resources = self.pdf.make_indirect(pikepdf.Dictionary(fonts_of))

    def resources(self, **others: Any) -> pikepdf.Dictionary:
        """The fonts, and what else is named."""
        return pikepdf.Dictionary(Font=self.font_resources, **others)

    def page(self, size: Point, content: bytes, **resources: Any) -> pikepdf.Page:
        """Adds a page that draws `content`."""
        page = self.pdf.add_blank_page(page_size=size)
        page.obj.Contents = self.pdf.make_stream(content)
        page.obj.Resources = self.resources(**resources)
        return page

    def form(self, size: Point, content: bytes, **resources: Any) -> pikepdf.Object:
        """A Form XObject (§8.10) that draws `content` when it is invoked."""
        stream = self.pdf.make_stream(content)
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        stream.BBox = pikepdf.Array([0, 0, *size])
        stream.Resources = self.resources(**resources)
        return stream

    def saved(self, **how: Any) -> bytes:
        """The file; the same document gives the same bytes."""
        target = io.BytesIO()
        self.pdf.save(target, **({"static_id": True, "compress_streams": True} | how))
        return target.getvalue()

    # -- text --

    def begin(self, glyph: Glyph) -> bytes:
        """Begins a text object at the glyph's place, in its font, size and colour."""
        return b"BT %s %s %s Tf %s Tm" % (
            fill(glyph.colour),
            self.names[glyph.font].encode(),
            number(glyph.size),
            numbers(*matrix_of(glyph)),
        )

    def show(self, glyph: Glyph) -> bytes:
        """One glyph as a text object of its own."""
        return b"%s <%s> Tj ET" % (self.begin(glyph), self.code(glyph))

    def code(self, glyph: Glyph) -> bytes:
        """The glyph's code in hex."""
        return self.typefaces[glyph.font].code(glyph.char)

    def path(self, glyph: Glyph) -> bytes:
        """The glyph's outline as path operators, in 1/1000 em, without painting."""
        return outlines(glyph.font, self.wanted[glyph.font]).path(glyph.char)

    def array(self, glyphs: Sequence[Glyph]) -> bytes:
        """Glyphs of one line and colour, in any order, by one TJ that steps to and fro (§9.4.3)."""
        first, parts, pen = glyphs[0], list[bytes](), 0.0
        for glyph in glyphs:
            gap = math.dist(first.at, glyph.at) * _side(first, glyph) - pen
            step = -gap * UNITS_PER_EM / glyph.size
            parts += [number(step)] if abs(step) >= 0.5 else []
            parts.append(b"<%s>" % self.code(glyph))
            pen += gap + fonts.advance(glyph.font, glyph.char) * glyph.size
        return b"%s [%s] TJ ET" % (self.begin(first), b" ".join(parts))

    def line(self, line: Line) -> bytes:
        """A run: one TJ for each stretch of one colour."""
        groups = itertools.groupby(line, key=lambda glyph: glyph.colour)
        return b"\n".join(self.array(list(glyphs)) for _, glyphs in groups)


def _side(first: Glyph, glyph: Glyph) -> float:
    """+1 where the glyph lies ahead of the first along the baseline, -1 where behind."""
    cosine, sine, *_ = matrix_of(first)
    ahead = (glyph.at[0] - first.at[0]) * cosine + (glyph.at[1] - first.at[1]) * sine
    return math.copysign(1.0, ahead)


def shuffled(codes: Sequence[int], chars: frozenset[str], chance: random.Random) -> dict[str, int]:
    """Each character gets one of the codes, drawn by lot."""
    drawn = chance.sample(codes, len(chars))
    return dict(zip(sorted(chars), drawn, strict=True))


# --- what a page looks like ----------------------------------------------------------------------

LABEL_DPI = 300.0
"""Fine enough that strokes of 5 pt digits are whole."""


def pixels(data: bytes, page: int = 0, dpi: float = LABEL_DPI) -> NDArray[np.uint8]:
    """The page as MuPDF shows it: H × W × 3, RGB."""
    with pymupdf.open("pdf", data) as document:
        pixmap = document[page].get_pixmap(dpi=round(dpi), alpha=False)
    samples = np.frombuffer(pixmap.samples, dtype=np.uint8)
    return samples.reshape(pixmap.height, pixmap.width, 3).copy()


def bare_pixels(data: bytes, page: int = 0, dpi: float = LABEL_DPI) -> NDArray[np.uint8]:
    """The same without antialiasing: every pixel in a colour that was drawn."""
    before = pymupdf.TOOLS.show_aa_level()["graphics"]
    pymupdf.TOOLS.set_aa_level(0)
    try:
        return pixels(data, page, dpi)
    finally:
        pymupdf.TOOLS.set_aa_level(before)


def labels(data: bytes, page: int = 0, dpi: float = LABEL_DPI) -> Labels:
    """Whose ink lies where on a page that was drawn `labelled`."""
    return labels_of(bare_pixels(data, page, dpi))
