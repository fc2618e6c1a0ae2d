"""Bytes → text, in whichever encodings they may be text; none where they are not."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
ENCODINGS = ("utf-8", "cp932")
"""Tried in this order on text without a byte-order mark; what neither knows is read as Latin-1."""
EUC_DIGITS = re.compile(rb"(?:\xa3[\xb0-\xb9]){4}")
"""Full-width digits of EUC-JP; GB 2312 and KS X 1001 have them at the same place."""
ESCAPE_TO_KANJI = b"\x1b$"
"""How ISO-2022-JP (RFC 1468) leaves ASCII: EXIF's `JIS`, and mail."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""Characters that text does not hold."""
LETTER_SAMPLE = 4096
"""Characters by which the kind of a text is judged."""
PROSE_LETTERS = 0.3
"""The share of letters in scripts, XML and prose; tables of figures have none."""


def readings(data: bytes) -> tuple[str, ...]:
    """Every way in which these bytes may be text."""
    return tuple(dict.fromkeys(text for text in _decodings(data) if not CONTROL.search(text)))


def is_prose(text: str) -> bool:
    """Whether it holds as many letters as scripts, XML and prose do."""
    sample = text[:LETTER_SAMPLE]
    return sum(map(str.isalpha, sample)) >= PROSE_LETTERS * len(sample)


def _decodings(data: bytes) -> Iterator[str]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            # UTF-32's mark begins as UTF-16's: what is left over are its zeros.
            yield data[len(mark) :].decode(encoding, "replace").replace("\0", "")
            return
    if b"\0" in data:
        yield from _utf_16(data.rstrip(b"\0") + b"\0" * (len(data.rstrip(b"\0")) % 2))
        return
    if ESCAPE_TO_KANJI in data:
        yield data.decode("iso2022_jp", "replace")
    if EUC_DIGITS.search(data):
        yield data.decode("euc_jp", "replace")
    yield _in_known_encoding(data)


def _in_known_encoding(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _utf_16(data: bytes) -> Iterator[str]:
    """Both byte orders, since nothing tells which; and as if the zeros stood between the texts."""
    yield data.decode("utf-16-be", "ignore")
    yield data.decode("utf-16-le", "ignore")
    yield data.replace(b"\0", b"").decode("latin-1")
    yield data.replace(b"\0", b"\n").decode("utf-8", "replace")
