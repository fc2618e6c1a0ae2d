"""A table's bytes → its text, where it is sure what they mean: a wrong name must not be stamped.

UTF-8 proves itself, and UTF-16 has its mark. What spreadsheets save otherwise is in the code page
of the machine, and nearly any bytes are some text in each of them. So a code page is believed
only where the text is what people write in it, and what is left is refused: whoever made the
table can save it as UTF-8.

A Japanese table (code page 932) read as a Western one is full of signs within words, `“c’†` for
田中. A Western table (1252) read as a Japanese one has single kanji glued to letters, for an
accented letter takes the next one with it: `R駱ublique` for République.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Final

JAPANESE: Final = "cp932"
WESTERN: Final = "cp1252"
UNIX: Final = "euc_jp"
"""Of older Japanese systems; no spreadsheet saves it, and it is not to be taken for another."""

_LATIN: Final = ("cp1252", "cp1250", "cp1254", "cp1257")
"""Code pages of western, central, Turkish and Baltic Windows: é is é in all, è is also č and ę."""
_SAME: Final = frozenset(
    letters.pop()
    for code in range(0xC0, 0x100)
    if len(letters := {bytes([code]).decode(page, "replace") for page in _LATIN}) == 1
)
_SIGNS: Final = "\u00a0«»°’–—"
"""Signs at home in names and addresses, the same in all of these code pages."""
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[a-z]{2}", re.IGNORECASE)
"""What a word has besides its accented letters, at least one in a table."""

_RUN = re.compile(r"(?P<before>[A-Za-z]?)(?P<text>[^\x00-\x7f]+)(?=(?P<after>[A-Za-z]?))")
_LONE_HALF = re.compile(r"(?<![ｦ-ﾟ])[ｦ-ﾟ](?![ｦ-ﾟ])")
"""A kana of half width is the whole of a Western letter; where they are kana there are several."""
_COMMON_LEADS: Final = range(0x81, 0xA0)
"""First bytes of kana, signs and the kanji of level 1 (JIS X 0208), and not of Cyrillic, Chinese,
Korean or EUC-JP, whose letters begin above."""
_LEAST_COMMON: Final = 2


def decoded(data: bytes) -> str | None:
    """The text, or None where it is not sure what it says."""
    with suppress(UnicodeDecodeError):
        return data.decode(_marked(data))
    readings = [text for text in (_japanese(data), _western(data)) if text is not None]
    return readings[0] if len(readings) == 1 else None


def _marked(data: bytes) -> str:
    """By the mark at its beginning (Excel's "Unicode Text" is UTF-16)."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if is_wide else "utf-8-sig"


def _western(data: bytes) -> str | None:
    """As Western text, if it has accented letters, all of them within words.

    >>> _western("Société de la République".encode("cp1252"))
    'Société de la République'
    >>> _western("田中".encode("cp932"))
    """
    text = _read(data, WESTERN)
    if text is None or not all(char.isascii() or char in _SIGNS for char in _WORD.sub("", text)):
        return None
    accented = [word for word in _WORD.findall(text) if not word.isascii()]
    sure = all(map(_is_western, accented)) and any(map(_PLAIN.search, accented))
    return text if sure else None


def _is_western(word: str) -> bool:
    foreign = [letter for letter in word if not letter.isascii()]
    return _SAME.issuperset(foreign) and 2 * len(foreign) <= len(word)


def _japanese(data: bytes) -> str | None:
    """As Japanese text, if it is one for the most part, and no kanji seems to be half a letter.

    >>> _japanese("東京タワー".encode("cp932"))
    '東京タワー'
    >>> _japanese("République".encode("cp1252"))
    """
    text = _read(data, JAPANESE)
    if text is None or any("\x80" <= char <= "\xa0" for char in text):
        return None
    pairs = [code for char in text if len(code := _bytes(char)) == 2]
    common = sum(code[0] in _COMMON_LEADS for code in pairs)
    sure = common >= max(_LEAST_COMMON, len(pairs) - common) and _read(data, UNIX) is None
    torn = _LONE_HALF.search(text) or any(map(_is_torn, _RUN.finditer(text)))
    return text if sure and not torn else None


def _is_torn(run: re.Match[str]) -> bool:
    """Whether a run beside ASCII letters may be made of accented ones."""
    before, text, after = run["before"], run["text"], run["after"]
    touching = [(before, text[0])] * bool(before) + [(after, text[-1])] * bool(after)
    single = len(text) == 1
    return (single and len(touching) == 2) or any(
        _is_ambiguous(char) and (single or letter.islower()) for letter, char in touching
    )


def _is_ambiguous(char: str) -> bool:
    """Whether it may be an accented letter and one of ASCII."""
    return _bytes(char)[-1] < 0x80


def _bytes(char: str) -> bytes:
    return char.encode(JAPANESE)


def _read(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
