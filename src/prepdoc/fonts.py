"""The typefaces of the stamp: which font draws a character, how wide and how high its ink is.

Stands beside `stamping`; nothing else draws text onto a page.
"""

from __future__ import annotations

import io
import math
import unicodedata
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from prepdoc.errors import NotPossible
from prepdoc.texts import _

CHAIN = ("japan", "helv")
"""PyMuPDF's bundled fonts, asked in this order: Droid Sans Fallback, then Nimbus Sans (which
has the minus sign and Latin that the first lacks). Source: PyMuPDF documentation, `Font`."""

USUAL_FORM = {
    "𠮷": "吉",
    "𠮟": "叱",
    "𡈽": "土",
    "𣘺": "橋",
    "𠀋": "丈",
    "𣳾": "泰",
    "㟢": "崎",
}
"""What to write for a form that no font of the chain has. Source: JIS X 0213:2004 plane 2 forms
met in names, with the JIS X 0208 form of the same character."""

REFERENCE = "gjpqy|()[]{}Qｶ髙鬱國﨑々ÅÉÇŞＱ"
"""Characters that reach as high and as low as names and addresses do; a line's height is
measured on their ink."""

OTHER_SCRIPTS = (
    "CYRILLIC", "GREEK", "HANGUL", "ARABIC", "HEBREW", "THAI", "ARMENIAN", "GEORGIAN", "DEVANAGARI",
    "BOPOMOFO", "BENGALI", "TAMIL", "TELUGU", "KHMER", "LAO", "MYANMAR", "ETHIOPIC", "TIBETAN",
)  # fmt: skip
"""As Unicode's names of their letters begin: fonts have some of them, and no reader reads them."""

TRIAL_PX = 40
"""The size at which a character is asked whether it has ink: its thinnest stroke is a pixel."""

LARGEST_PX = 600
"""Larger than 10.5 pt at 4000 dpi: the end of every search for a size."""

_COMPATIBILITY_IDEOGRAPHS = (range(0xF900, 0xFB00), range(0x2F800, 0x2FA20))
"""Unicode ch. 18.1: NFC would swap each for another form, and a name's form is its owner's."""


def normalised(text: str) -> str:
    """The text as it is drawn: composed (NFC), on one line, without invisible characters.

    Line breaks, tabs and other spaces become a single space (the ideographic space stays as it
    is); controls, format characters and variation selectors go. Compatibility ideographs such
    as 﨑 or the old form of 神 keep their form.
    """
    composed = _composed("".join(char for char in map(_space, text) if not _invisible(char)))
    words = (word for word in composed.split(" ") if word)
    return " ".join(words).strip("\u3000 ")


def drawable(text: str) -> str:
    """The text `normalised`, each character of which has a font and is read again.

    Raises:
        NotPossible: no font has a character, or it is of a script that the readers do not read;
            the message names it, its code point and another way to write it.
    """
    text = normalised(text)
    for index, char in enumerate(text):
        if unicodedata.category(char).startswith("M") or _font_name(char) is None:
            raise NotPossible(_missing(text, index))
    others = "".join(filter(_is_of_another_script, text))
    if others:
        what = _("no reader reads “{characters}” ({codes}): write it in Latin or Japanese letters")
        raise NotPossible(what.format(characters=others, codes=_codes(others)))
    return text


def _is_of_another_script(char: str) -> bool:
    """Whether it is a letter of a script that neither PP-OCR's model nor Tesseract's two read."""
    name = unicodedata.name(unicodedata.normalize("NFKC", char)[:1], "")
    return char.isalpha() and name.startswith(OTHER_SCRIPTS)


def face(char: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The font that draws this character, at this size in pixels per em.

    Raises:
        NotPossible: no font has it.
    """
    name = _font_name(char)
    if name is None:
        raise NotPossible(_missing(char, 0))
    return _sized(name, size_px)


@cache
def advance(char: str, size_px: int) -> float:
    """How far the pen moves for this character, in pixels."""
    return face(char, size_px).getlength(char)


@cache
def ink_rows(size_px: int) -> tuple[int, int]:
    """How many pixel rows of ink a line has above and below its baseline, measured."""
    boxes = [_ink_box(char, size_px) for char in REFERENCE]
    return size_px * 2 - min(top for top, _ in boxes), max(end for _, end in boxes) - size_px * 2


def ink_height(size_px: int) -> int:
    """The height in pixels of a line's ink at this size."""
    return sum(ink_rows(size_px))


@cache
def size_with_ink(height_px: int) -> int:
    """The largest size, in pixels per em, whose lines have this height of ink or less."""
    size = max(1, math.floor(height_px / 2))
    while size < LARGEST_PX and ink_height(size + 1) <= height_px:
        size += 1
    return size


def _space(char: str) -> str:
    if char == "\u3000":
        return char
    return " " if char.isspace() or unicodedata.category(char).startswith("Z") else char


def _invisible(char: str) -> bool:
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or unicodedata.category(char) in ("Cc", "Cf")


def _composed(text: str) -> str:
    parts, start = [], 0
    for index, char in enumerate(text):
        if any(ord(char) in block for block in _COMPATIBILITY_IDEOGRAPHS):
            kept = char if _font_name(char) else unicodedata.normalize("NFC", char)
            parts += [unicodedata.normalize("NFC", text[start:index]), kept]
            start = index + 1
    return "".join([*parts, unicodedata.normalize("NFC", text[start:])])


def _missing(text: str, index: int) -> str:
    """What to tell about the character at `index`; a mark is told with the letter it sits on."""
    start = index
    while start and unicodedata.category(text[start]).startswith("M"):
        start -= 1
    shown = text[start : index + 1]
    codes = _codes(shown)
    other = USUAL_FORM.get(shown) or _compatible(shown)
    if other:
        what = _("no font has “{characters}” ({codes}): write it another way, for example {other}")
        return what.format(characters=shown, codes=codes, other=other)
    what = _("no font has “{characters}” ({codes}): write it in Latin or Japanese letters")
    return what.format(characters=shown, codes=codes)


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(char):04X}" for char in dict.fromkeys(text))


def _compatible(shown: str) -> str | None:
    other = unicodedata.normalize("NFKC", shown)
    return other if other != shown and all(map(_font_name, other)) else None


@cache
def _font_name(char: str) -> str | None:
    """The first font that draws the character; some know one (‾) and draw nothing."""
    if char in " \u3000":
        return CHAIN[0]
    return next((name for name in CHAIN if _has_ink(name, char)), None)


def _has_ink(name: str, char: str) -> bool:
    known = _bundled(name).has_glyph(ord(char))
    return bool(known) and _sized(name, TRIAL_PX).getmask(char).getbbox() is not None


@cache
def _bundled(name: str):  # type: ignore[no-untyped-def]  # pymupdf has no types
    import pymupdf

    return pymupdf.Font(name)


@cache
def _sized(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    data = io.BytesIO(_bundled(name).buffer)
    return ImageFont.truetype(data, size_px, layout_engine=ImageFont.Layout.BASIC)


def _ink_box(char: str, size_px: int) -> tuple[int, int]:
    """First and last row (+ 1) of ink of a character whose baseline is at twice its size."""
    canvas = Image.new("L", (size_px * 3, size_px * 4))
    baseline = (size_px, size_px * 2)
    ImageDraw.Draw(canvas).text(baseline, char, 255, face(char, size_px), anchor="ls")
    box = canvas.getbbox()
    return (box[1], box[3]) if box else (baseline[1], baseline[1])
