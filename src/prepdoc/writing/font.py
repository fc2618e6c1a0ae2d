"""The font of the text that nobody sees: it draws nothing, and says which character is meant."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from pikepdf import Array, Dictionary, Name, Pdf, Stream

from prepdoc.writing.objects import flate

EM = 1000
"""Units per em of the text layer's font."""
WIDTH_STEP = 100
MOST_WIDTH_STEPS = 30
"""Widths of a character are told apart by a tenth of an em; what is left is mended by moving
the next one, by less than any reader takes for a space."""
LAST_CODE = 0xFFFF
DESCENT = 200
ASCENT = EM - DESCENT
"""How much of a glyph's box lies below its baseline and above it, as in most Latin and Japanese
fonts."""
CMAP_BLOCK = 100
"""Most entries of one bfchar block: Adobe Technical Note 5014 §2."""


@dataclass
class Font:
    """The font that draws nothing: a code for each character in each width that it has."""

    pdf: Pdf
    codes: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reference = self.pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type0))

    def code(self, char: str, width: int) -> tuple[int, int]:
        """The code, and its width in units, which is near the one asked for.

        Codes are given in the order of use, from 1. Once all are used up, new characters get
        code 0, which no reader can copy or search.
        """
        steps = min(max(1, round(width / WIDTH_STEP)), MOST_WIDTH_STEPS)
        free = len(self.codes) + 1
        if free <= LAST_CODE:
            return self.codes.setdefault((char, steps), free), steps * WIDTH_STEP
        code = self.codes.get((char, steps), 0)
        return code, steps * WIDTH_STEP if code else EM

    def finish(self) -> None:
        """Complete the font once all characters are known."""
        self.reference.BaseFont = Name.Glyphless
        self.reference.Encoding = Name("/Identity-H")
        self.reference.DescendantFonts = Array([self.pdf.make_indirect(self._descendant())])
        self.reference.ToUnicode = flate(self.pdf, _to_unicode(self.codes))

    def _descendant(self) -> Dictionary:
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name.Glyphless,
            CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            DW=EM,
            W=Array([1, Array([steps * WIDTH_STEP for _, steps in self.codes])]),
            CIDToGIDMap=flate(self.pdf, self._glyph_numbers()),
            FontDescriptor=self.pdf.make_indirect(self._descriptor()),
        )

    def _glyph_numbers(self) -> bytes:
        """Which glyph each code has, from code 0: the one of its width."""
        steps = (0, *(steps for _, steps in self.codes))
        return struct.pack(f">{len(steps)}H", *steps)

    def _descriptor(self) -> Dictionary:
        """PDF 32000-1 §9.8: a symbolic font whose box is the em."""
        program = _glyphless()
        file = Stream(
            self.pdf, zlib.compress(program, 9), Filter=Name.FlateDecode, Length1=len(program)
        )
        return Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name.Glyphless,
            Flags=4,
            FontBBox=Array([0, -DESCENT, EM, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=-DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=file,
        )


def _glyphless() -> bytes:
    """A TrueType font whose glyphs have a box but no area, one a width, and the em as glyph 0.

    It is embedded because PDFium leaves out the characters that its replacement fonts lack; and
    each glyph is a diagonal, not nothing, because PDFium leaves out characters whose box is
    empty. The tables are those that PDF 32000-1 §9.9 asks for; layout: OpenType 1.9.
    """
    widths = (EM, *(step * WIDTH_STEP for step in range(1, MOST_WIDTH_STEPS + 1)))
    glyphs = [_diagonal(width) for width in widths]
    words = len(glyphs[0]) // 2
    zeros = [0] * 11
    tables = {
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, EM, 0, 0),
            *(0, -DESCENT, max(widths), ASCENT, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhH11hH", 0x00010000, ASCENT, -DESCENT, 0, max(widths), *zeros, len(widths)
        ),
        b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in widths),
        b"loca": struct.pack(f">{len(widths) + 1}H", *(words * n for n in range(len(widths) + 1))),
        b"maxp": struct.pack(">IH13H", 0x00010000, len(widths), 2, 1, *zeros),
    }
    return _sfnt(tables)


def _diagonal(width: int) -> bytes:
    """A glyph of two points, from the box's lower left to its upper right."""
    header = (1, 0, -DESCENT, width, ASCENT)
    last_point, instructions, on_curve = 1, 0, 1
    points = (0, width, -DESCENT, EM)
    return struct.pack(">5h2H2B4h", *header, last_point, instructions, on_curve, on_curve, *points)


def _sfnt(tables: dict[bytes, bytes]) -> bytes:
    """Tables and their directory in one file: OpenType 1.9, "Organization of an OpenType font"."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(">IHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, 0)
    head = head[:10] + struct.pack(">H", (count - power) * 16)
    at, directory, body = 12 + 16 * count, b"", b""
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        directory += struct.pack(">4sIII", tag, _checksum(padded), at + len(body), len(data))
        body += padded
    return head + directory + body


def _checksum(padded: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _to_unicode(codes: dict[tuple[str, int], int]) -> bytes:
    """The CMap from codes to characters: PDF 32000-1 §9.10.3, UTF-16 beyond the BMP."""
    entries = [f"<{code:04X}> <{_utf16(char)}>\n" for (char, _), code in codes.items()]
    blocks = (entries[at : at + CMAP_BLOCK] for at in range(0, len(entries), CMAP_BLOCK))
    body = "".join(f"{len(b)} beginbfchar\n{''.join(b)}endbfchar\n" for b in blocks)
    return (CMAP_HEAD + body + CMAP_TAIL).encode("ascii")


def _utf16(char: str) -> str:
    return char.encode("utf-16-be", "replace").hex().upper()


CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
CMAP_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
