"""An edit between a text and what OCR read → whether OCR may have made it, or it is another text.

北区 and 西区 differ by one character as 葉 and 菜 do, but nobody takes one for the other: a slip is
a character that looks like the one that stands there, or a thin one lost or seen twice.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Editop

from prepdoc.comparing import as_it_looks
from prepdoc.errors import NotPossible

MIN_LIKENESS: Final = 0.78
"""Correlation of two characters' ink. By the font below, 葉菜 has 0.84, 坂板 0.78, 大犬 0.95; of
directions, towns and wards, those most alike have less: 梅桃 0.73, 桜楓 0.67, 東南 0.60."""
_SIZE_PX, _BLUR_PX = 40, 2
"""A character is compared as large as its ink, and a stroke may lie beside another."""

NUMERALS: Final = frozenset("-二三四五六七八九十")
"""As they look: 第二 and 第三 are two houses."""
# Latin letters that OCR and people confuse, large or small; kana that differ by the slant of a
# stroke, or of which place names use either; forms of one kanji that place names use.
_LIKE_EACH_OTHER: Final = """
    ao ae ce co eo cg gq gy oq do dq cd ef fi fl ft it lt ij jl hb hn mn nr nu bs br pr kx uv vw vy
    sz s5 z2 b8 g9 t7
    シツ ソン ンリ ソリ ンシ クワ ウワ コユ がケ がヶ ノの ッツ
    麴麹 檜桧 淵渕 藪薮 壱壹 條条 燈灯 嶽岳 曾曽 蘆芦 礪砺 蠣蛎 鷗鴎 阪坂
"""
_PAIRS: Final = frozenset(frozenset(as_it_looks(pair)) for pair in _LIKE_EACH_OTHER.split())
_READ_AS_ONE: Final = (("rn", "m"), ("vv", "w"), ("c1", "d"))
_REGION: Final = re.compile("[^0-9]{0,4}[都道府県市区郡]")
"""What is left of it from any of its characters on: 神奈川県, 北九州市."""
_THIN: Final = frozenset(as_it_looks("iljtfr"))


def joined(text: str) -> str:
    """A text as it looks, with one letter for two that are read as one.

    >>> joined("burn1ey")
    'bum1ey'
    """
    for two, one in _READ_AS_ONE:
        text = text.replace(two, one)
    return text


def is_slip(edit: Editop, wanted: str, read: str) -> bool:
    """Whether OCR may have read so what was wanted; the texts are as they look.

    What the part that was read leaves out at its end is not there to be misread, nor is the
    prefecture or the city, which many leave out.
    """
    if edit.tag == "replace":
        return is_alike(wanted[edit.src_pos], read[edit.dest_pos])
    if edit.tag == "delete":
        is_region = edit.dest_pos == 0 and _REGION.match(wanted, edit.src_pos)
        return bool(is_region or edit.dest_pos == len(read)) or _is_lost(wanted, edit.src_pos)
    return edit.src_pos in (0, len(wanted)) or _is_lost(read, edit.dest_pos)


def is_alike(one: str, other: str) -> bool:
    """Whether one character may be read for the other.

    >>> is_alike("葉", "菜"), is_alike("北", "西"), is_alike("m", "n"), is_alike("m", "h")
    (True, False, True, False)
    """
    pair = frozenset((one, other))
    if pair <= NUMERALS:
        return False
    if pair in _PAIRS or not (one.isalnum() and other.isalnum()) or _bare(one) == _bare(other):
        return True
    is_latin = one.isascii() and other.isascii()
    return not is_latin and _likeness(one, other) >= MIN_LIKENESS


def _bare(char: str) -> str:
    """Without marks and accents: ゾ is read as ソ in poor print."""
    return as_it_looks(unicodedata.normalize("NFD", char)[0])


def _is_lost(text: str, place: int) -> bool:
    """Whether readers lose or add it: thin or no letter at all, kana, or as the one beside it."""
    char = text[place]
    is_kana = "ぁ" <= char <= "ヿ"
    is_double = char in (text[place - 1 : place], text[place + 1 : place + 2])
    return char in _THIN or is_kana or is_double or not char.isalnum()


@cache
def _likeness(one: str, other: str) -> float:
    """From -1 to 1; nothing is like a character that the font has not."""
    a, b = _ink(one), _ink(other)
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size else 0.0


@cache
def _ink(char: str) -> NDArray[np.float64]:
    """Its pixels about their mean, in the font that comes with the stamp."""
    from PIL import Image, ImageDraw, ImageFilter

    from prepdoc.fonts import face

    picture, corner = Image.new("L", (2 * _SIZE_PX, 2 * _SIZE_PX)), (_SIZE_PX // 2, _SIZE_PX // 2)
    try:
        ImageDraw.Draw(picture).text(corner, char, 255, face(char, _SIZE_PX))
    except NotPossible:
        return np.zeros((_SIZE_PX, _SIZE_PX))
    ink = picture.crop(picture.getbbox()).resize((_SIZE_PX, _SIZE_PX))
    pixels = np.asarray(ink.filter(ImageFilter.GaussianBlur(_BLUR_PX)), np.float64)
    return np.asarray(pixels - pixels.mean(), np.float64)
