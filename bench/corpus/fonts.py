"""The fonts of the corpus, by a key of their own: where each comes from, and what it can write.

    key ─data→ bytes · ─path→ file ─▶ a producer embeds it;  key ─advance→ em ─▶ layout

Latin and Japanese families come from PyMuPDF, from pymupdf-fonts and from Debian packages, which
`REQUIRED_DEBIAN` names.
"""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pymupdf

Kind: TypeAlias = Literal["core", "truetype", "cff", "collection"]
"""core: one of the 14 that every PDF viewer has (ISO 32000-1 §9.6.2.2), never embedded."""
Script: TypeAlias = Literal["latin", "japanese"]

SYSTEM = Path("/usr/share/fonts")
CORE_CHARACTERS = frozenset(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x100)])) - {"\u00ad"}
"""What WinAnsiEncoding shares with Latin-1, so that every producer writes it alike."""


class FontMissing(RuntimeError):
    """A font is not installed; the message names what to install."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font; `file` is below the system's fonts, or empty where PyMuPDF brings it."""

    family: str
    kind: Kind
    script: Script
    package: str
    file: str = ""


def _bundled(family: str) -> Face:
    return Face(family, "truetype", "latin", "pymupdf-fonts")


def _urw(family: str, file: str) -> Face:
    return Face(family, "cff", "latin", "fonts-urw-base35", f"opentype/urw-base35/{file}.otf")


def _dejavu(family: str) -> Face:
    file = f"truetype/dejavu/{family.replace(' ', '')}.ttf"
    return Face(family, "truetype", "latin", "fonts-dejavu-core", file)


def _liberation(family: str) -> Face:
    file = f"truetype/liberation2/{family.replace(' ', '')}-Regular.ttf"
    return Face(family, "truetype", "latin", "fonts-liberation2", file)


def _ipa(family: str, package: str, file: str) -> Face:
    return Face(family, "truetype", "japanese", package, f"opentype/{file}.ttf")


def _noto_cjk(family: str, file: str) -> Face:
    return Face(family, "collection", "japanese", "fonts-noto-cjk", f"opentype/noto/{file}.ttc")


# Fira Mono is left out: MuPDF fails to subset it.
FACES: Mapping[str, Face] = {
    "helv": Face("Helvetica", "core", "latin", "pymupdf"),
    "tiro": Face("Times-Roman", "core", "latin", "pymupdf"),
    "cour": Face("Courier", "core", "latin", "pymupdf"),
    "figo": _bundled("FiraGO"),
    "spacemo": _bundled("Space Mono"),
    "cascadia": _bundled("Cascadia Mono"),
    "notos": _bundled("Noto Sans"),
    "ubuntu": _bundled("Ubuntu"),
    "ubuntm": _bundled("Ubuntu Mono"),
    "dejavu-sans": _dejavu("DejaVu Sans"),
    "dejavu-serif": _dejavu("DejaVu Serif"),
    "dejavu-mono": _dejavu("DejaVu Sans Mono"),
    "liberation-sans": _liberation("Liberation Sans"),
    "liberation-serif": _liberation("Liberation Serif"),
    "nimbus-narrow": _urw("Nimbus Sans Narrow", "NimbusSansNarrow-Regular"),
    "schoolbook": _urw("C059", "C059-Roman"),
    "palladio": _urw("P052", "P052-Roman"),
    "bookman": _urw("URW Bookman", "URWBookman-Light"),
    "gothic": _urw("URW Gothic", "URWGothic-Book"),
    "japan": Face("Droid Sans Fallback", "truetype", "japanese", "pymupdf"),
    "ipa-gothic": _ipa("IPAGothic", "fonts-ipafont-gothic", "ipafont-gothic/ipag"),
    "ipa-mincho": _ipa("IPAPMincho", "fonts-ipafont-mincho", "ipafont-mincho/ipamp"),
    "noto-cjk": _noto_cjk("Noto Sans CJK JP", "NotoSansCJK-Regular"),
    "noto-serif-cjk": _noto_cjk("Noto Serif CJK JP", "NotoSerifCJK-Regular"),
}
REQUIRED_DEBIAN = tuple(
    sorted({face.package for face in FACES.values() if face.package.startswith("fonts-")})
)


def keys(script: Script, *kinds: Kind) -> tuple[str, ...]:
    """The fonts of a script, and of these kinds where some are named, in a fixed order."""
    fit = (key for key, face in FACES.items() if face.script == script)
    return tuple(key for key in fit if not kinds or FACES[key].kind in kinds)


def path(key: str) -> Path:
    """The font's file; one that PyMuPDF brings is written to a folder that goes with the process.

    Raises:
        FontMissing: it is not installed.
    """
    face = FACES[key]
    if not face.file:
        return _written(key)
    file = SYSTEM / face.file
    if not file.is_file():
        raise FontMissing(f"{face.family} is missing: apt-get install {face.package}")
    return file


@lru_cache(maxsize=64)
def data(key: str) -> bytes:
    """The font's bytes.

    Raises:
        FontMissing: it is not installed.
    """
    return path(key).read_bytes() if FACES[key].file else bytes(loaded(key).buffer)


@lru_cache(maxsize=64)
def loaded(key: str) -> Any:
    """The pymupdf.Font.

    Raises:
        FontMissing: it is not installed.
    """
    if FACES[key].file:
        return pymupdf.Font(fontfile=str(path(key)))
    try:
        return pymupdf.Font(key)
    except (ValueError, RuntimeError) as error:
        package = FACES[key].package
        raise FontMissing(f"{FACES[key].family} is missing: pip install {package}") from error


@lru_cache(maxsize=65536)
def covers(key: str, char: str) -> bool:
    """Whether the font has this character, in every producer's hands."""
    if FACES[key].kind == "core":
        return char in CORE_CHARACTERS
    return bool(loaded(key).has_glyph(ord(char)))


@lru_cache(maxsize=65536)
def advance(key: str, char: str) -> float:
    """How far a character reaches, in em."""
    return float(loaded(key).glyph_advance(ord(char)))


def width(key: str, text: str, size: float, spacing: float = 0.0) -> float:
    """How far a run reaches, in points."""
    return sum(advance(key, char) * size + spacing for char in text)


@lru_cache(maxsize=64)
def _written(key: str) -> Path:
    file = _folder() / f"{key}.ttf"
    file.write_bytes(data(key))
    return file


@lru_cache(maxsize=1)
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="corpus-fonts-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
