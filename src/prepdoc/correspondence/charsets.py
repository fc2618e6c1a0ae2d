"""Bytes of text → its characters, in the encoding that it is really in, and only those seen."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# In the order in which a wrong guess is least likely.
_USUAL: Final = ("utf-8-sig", "cp932", "euc_jp")
_CHARSET_OF_HTML = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_CHARSET_WITHIN: Final = 2048
"""Bytes of a page in which it names its charset (1,024 by HTML, section 4.2.5.4)."""
_CP50221: Final = "cp50221"
"""ISO-2022-JP as Windows writes it, by Windows' name; Python has no codec of it."""
_JIS: Final = ("iso2022_jp_2004", "iso2022_jp_ext", "iso2022_jp_3", _CP50221)
_MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "utf-8": ("utf-8-sig",),
    # What calls itself so often has Windows' own characters (NEC's row 13, IBM's extensions).
    "shift_jis": ("cp932",),
    "euc_jp": ("euc_jp", "euc_jis_2004"),
    "iso2022_jp": _JIS,
}
_UNREADABLE: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"}
)
"""Python's codecs that are none of text: of names of hosts, and of Python's own source."""
_WIDE: Final = ("utf-16", "utf-32")
# Before anything but ASCII in ISO-2022-JP (RFC 1468, RFC 1554, RFC 2237, JIS X 0213) and in what
# Windows makes of it, with kana of half width (CP50221).
_JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([IJ])")
_ESCAPE = re.compile(rb"\x1b(\$\([@BDOPQ]|\$[@B]|\([A-Z])")
_KANJI: Final = frozenset({b"$@", b"$B", b"$(@", b"$(B"})
_KANA: Final = b"(I"
_LATIN: Final = frozenset({b"(B", b"(J", b"(H"})
_WITH_KANA = re.compile(rb"[\0-\x7f\xa1-\xdf]*")
"""ASCII, and kana of half width in eight bits, which have no escape before them."""
_PAIR = re.compile(rb"[\x21-\x7e]{2}")
_HIGH: Final = bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in range(256))


def text_of(data: bytes, charset: str = "") -> tuple[str, bool]:
    """The text in the first encoding that fits, and whether none did; `charset` is what it says."""
    encodings = tuple(_encodings(data, charset))
    for encoding in encodings:
        try:
            return _whole(_decoded(data, encoding, "strict")), False
        except UnicodeError:
            continue
    likely = _CP50221 if _CP50221 in encodings else encodings[0]
    return _whole(_decoded(data, likely, "replace")), True


def text_of_header(value: str) -> str:
    """A header as the email package gives it: bytes beyond ASCII stand in it as surrogates."""
    try:
        data = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = value.encode("utf-8", "replace")
    return text_of(data)[0]


def seen(text: str) -> str:
    """The text without what has no shape, as soft hyphens, blanks of no width, marks of direction.

    They part words for a program that a person reads in one (Unicode's category Cf).
    """
    unseen = {ord(char): None for char in set(text) if unicodedata.category(char) == "Cf"}
    return text.translate(unseen) if unseen else text


def _encodings(data: bytes, charset: str) -> Iterator[str]:
    """What the text can be in, the likeliest first; never none."""
    if data.startswith(UTF_16_MARKS):
        yield "utf-16"
    named = _CHARSET_OF_HTML.search(data[:_CHARSET_WITHIN])
    names = (charset, named[1].decode("ascii") if named else "")
    declared = [encoding for name in names for encoding in _meant(name, data)]
    # Any bytes of seven bits are UTF-8 and Shift_JIS too, with the escapes as garbage in them.
    if _JIS_ESCAPE.search(data):
        yield from _JIS if data.isascii() else (*declared, *_JIS)
        return
    yield from (*declared, *_USUAL)


def _meant(name: str, data: bytes) -> tuple[str, ...]:
    """The encodings that a name can mean; none if it is unknown, or cannot be true of the data."""
    try:
        codec = codecs.lookup(name).name
        b"x".decode(codec, "replace")
    except (LookupError, ValueError):  # unknown, no encoding of text, or no name at all
        return ()
    if codec in _UNREADABLE or (codec.startswith(_WIDE) and b"\0" not in data):
        return ()
    return _MEANT.get(codec, (codec,))


def _decoded(data: bytes, encoding: str, errors: str) -> str:
    return _windows_jis(data, errors) if encoding == _CP50221 else data.decode(encoding, errors)


def _whole(text: str) -> str:
    """Without halves of characters, which UTF-7 can spell and nothing can write."""
    return text.encode("utf-8", "replace").decode()


def _windows_jis(data: bytes, errors: str) -> str:
    """CP50221: the rows of JIS X 0208 hold all that Shift_JIS of Windows (CP932) has in them."""
    runs = _ESCAPE.split(data)
    escapes = [b"(B", *runs[1::2]]
    return "".join(
        _run(escape, run, errors) for escape, run in zip(escapes, runs[::2], strict=True)
    )


def _run(escape: bytes, run: bytes, errors: str) -> str:
    """What stands between two escapes."""
    if escape in _LATIN and _WITH_KANA.fullmatch(run):
        return run.decode("cp932", errors)
    if escape == _KANA and run.isascii():
        return run.translate(_HIGH).decode("cp932", errors)
    if escape in _KANJI and run.isascii():
        return _PAIR.sub(_shift_jis, run).decode("cp932", errors)
    return (b"\x1b" + escape + run + b"\x1b(B").decode("iso2022_jp_ext", errors)


def _shift_jis(pair: re.Match[bytes]) -> bytes:
    """A character's row and cell in JIS X 0208 as Shift_JIS has them (JIS X 0208, annex 1)."""
    row, cell = pair[0]
    lead = (row - 0x21) // 2 + 0x81
    trail = cell + (0x7E if row % 2 == 0 else 0x1F if cell < 0x60 else 0x20)
    return bytes((lead if lead <= 0x9F else lead + 0x40, trail))
