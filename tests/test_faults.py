"""What breaks on the way, really broken: no output, no draft, no digit told, the input as it was.

Engines that see nothing, see ghosts or crash are played by small readers; everything else is real:
signals, a full disk, a folder that cannot be written to, components that are not there.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from prepdoc import job, pipeline
from prepdoc.errors import (
    CannotProve,
    LeakFound,
    MachineFailed,
    NoCardNumber,
    PasswordNeeded,
    PrepdocError,
    UnreadableInput,
)
from prepdoc.job import Options
from prepdoc.ocr import Reader, RowReader
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import Cardholder, Glyph, Line, Page, Pixels, Quad
from prepdoc.pipeline import prepare
from prepdoc.reading import Source
from prepdoc.reading.apart import opened_apart
from tests import draw, judge
from tests.draw import Drawn, Sheet, Text
from tests.needing import AS_NOBODY, cannot_run

PROJECT = Path(__file__).parent.parent
WHO = Cardholder("Hanako Takasaki", "1420 Example Street, Springfield", "+1 217-555-0142")
VISA = draw.pan("visa", 1)
SIZE = (340.0, 170.0)
ITEMS = (
    Text("Card number", (30, 36), 10, "helv"),
    Text(draw.grouped(VISA), (100, 36), 10, "helv", "pan"),
    Text("Statement of November 2026", (30, 60), 10, "helv"),
)
QUICK = Options(dpi=150)
TELLING = re.compile("|".join(re.escape(VISA[i : i + 5]) for i in range(len(VISA) - 4)))
"""Five digits in a row, one more than may be told."""


def statement(password: str | None = None) -> bytes:
    return draw.statement_pdf([Sheet(items=ITEMS, size=SIZE)], password=password).data


def scan() -> Drawn:
    return draw.page(ITEMS, dpi=150, size=SIZE)


@dataclass(frozen=True)
class Folder:
    """A folder with one input, and what must be true of it after a failure."""

    path: Path
    data: bytes

    @property
    def source(self) -> Path:
        """The input."""
        return self.path / "statement.pdf"

    def is_as_before(self) -> bool:
        """Nothing but the input is there, and that is untouched."""
        names = {entry.name for entry in self.path.iterdir()}
        return names == {self.source.name} and self.source.read_bytes() == self.data


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[bytes], Folder]:
    def make(data: bytes) -> Folder:
        made = Folder(tmp_path / "statements", data)
        made.path.mkdir()
        made.source.write_bytes(data)
        return made

    return make


# --- inputs that are none ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "password", "error"),
    [
        (statement("hirake"), None, PasswordNeeded),
        (statement("hirake"), "wrong", PasswordNeeded),
        (statement()[:400], None, UnreadableInput),
        (b"Card number 4111-1111-1111-1111\n" * 40, None, UnreadableInput),
        (b"", None, UnreadableInput),
        (draw.picture_bytes(scan(), "PNG")[:900], None, UnreadableInput),
        (draw.picture_bytes(scan(), "JPEG")[:900], None, UnreadableInput),
        (b"%PDF-1.7\n" + os.urandom(2000), None, UnreadableInput),
    ],
    ids=[
        "no password",
        "wrong password",
        "truncated PDF",
        "text named .pdf",
        "empty",
        "truncated PNG",
        "truncated JPEG",
        "noise",
    ],
)
def test_an_input_that_cannot_be_read_is_refused(
    data: bytes, password: str | None, error: type[Exception], folder: Callable[[bytes], Folder]
) -> None:
    place = folder(data)
    with pytest.raises(error) as caught:
        prepare(place.source, WHO, Options(password=password))
    assert place.is_as_before()
    assert not re.search(r"\d{5}", str(caught.value))


@pytest.mark.parametrize("missing", ["statement.pdf", "."])
def test_a_path_that_is_no_file_is_refused(missing: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput):
        prepare(tmp_path / missing, WHO)
    assert list(tmp_path.iterdir()) == []


# --- engines that fail -------------------------------------------------------------------------


class Blind:
    """Sees nothing."""

    name = "blind"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """No line."""
        return ()

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """Empty lines."""
        return tuple(Line((), "ocr") for _ in rows)


@dataclass
class Crashing:
    """Raises with what it read in the message, as careless libraries do."""

    what: str = f"cannot decode {VISA}"
    name: str = "crashing"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Never a line."""
        raise RuntimeError(self.what)


@dataclass
class Haunted:
    """Reads as the real one does, and sees the number in a blank corner `times` times."""

    real: Reader
    times: int
    name: str = "haunted"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """The real lines and a ghost."""
        lines = self.real.read(pixels)
        if self.times == 0:
            return lines
        self.times -= 1
        height, width = pixels.shape[:2]
        return (*lines, _ghost(0.6 * width, 0.02 * height))


def _ghost(x: float, y: float) -> Line:
    boxes = (Quad.from_box(x + 8 * i, y, x + 8 * i + 7, y + 12) for i in range(len(VISA)))
    return Line(tuple(Glyph(c, box) for c, box in zip(VISA, boxes, strict=True)), "ocr")


@dataclass
class ThenBlind:
    """Reads as the real one does until it is told to go blind."""

    real: RowReader
    name: str = "then blind"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """What is still seen."""
        return self.real.read(pixels)

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """What is still seen."""
        return self.real.read_rows(rows)

    def go_blind(self) -> None:
        """From now on there is nothing to be seen."""
        self.real = Blind()


@pytest.fixture
def engines(
    monkeypatch: pytest.MonkeyPatch, paddle: Paddle, tesseract: Tesseract
) -> Callable[[Reader | None, Reader | None], None]:
    """Puts readers in the engines' places; None leaves the real one."""

    def put(finder: Reader | None, verifier: Reader | None) -> None:
        monkeypatch.setattr(job, "Paddle", lambda: finder or paddle)
        monkeypatch.setattr(job, "Tesseract", lambda: verifier or tesseract)

    return put


Engines = Callable[[Reader | None, Reader | None], None]


def refused(place: Folder, error: type[PrepdocError]) -> PrepdocError:
    with pytest.raises(error) as caught:
        prepare(place.source, WHO, QUICK)
    assert place.is_as_before()
    assert not TELLING.search(f"{caught.value} {caught.value!r}")
    return caught.value


def test_a_finder_that_sees_nothing_finds_no_number_on_a_scan(
    engines: Engines, folder: Callable[[bytes], Folder]
) -> None:
    engines(Blind(), None)
    refused(folder(draw.scan_pdf(scan()).data), NoCardNumber)


def test_a_finder_that_sees_nothing_proves_nothing_of_a_text_layer(
    engines: Engines, folder: Callable[[bytes], Folder]
) -> None:
    engines(Blind(), None)
    refused(folder(statement()), CannotProve)


def test_a_finder_that_goes_blind_before_verification_proves_nothing(
    engines: Engines,
    folder: Callable[[bytes], Folder],
    paddle: Paddle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finder, foreseeing = ThenBlind(paddle), pipeline.foreseeing

    def blinding(*args: object) -> object:
        finder.go_blind()  # verification begins to read while the file is written
        return foreseeing(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "foreseeing", blinding)
    engines(finder, None)
    refused(folder(statement()), CannotProve)


def test_a_verifier_that_sees_nothing_proves_nothing(
    engines: Engines, folder: Callable[[bytes], Folder]
) -> None:
    engines(None, Blind())
    refused(folder(statement()), CannotProve)


def test_a_verifier_that_crashes_proves_nothing_and_its_message_is_not_told(
    engines: Engines, folder: Callable[[bytes], Folder]
) -> None:
    engines(None, Crashing())
    error = refused(folder(statement()), CannotProve)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_verifier_that_gets_no_memory_says_nothing_of_the_document(
    engines: Engines, folder: Callable[[bytes], Folder]
) -> None:
    engines(None, Crashing(f"MatMul {VISA}: std::bad_alloc"))
    refused(folder(statement()), MachineFailed)


def test_a_verifier_that_still_sees_the_number_after_a_second_try_refuses(
    engines: Engines, folder: Callable[[bytes], Folder], tesseract: Tesseract
) -> None:
    engines(None, Haunted(tesseract, times=1000))
    error = refused(folder(statement()), LeakFound)
    assert isinstance(error, LeakFound)
    assert error.leaks
    assert not TELLING.search(repr(error.leaks))


def test_what_the_verifier_sees_once_is_masked_and_the_page_proven_again(
    engines: Engines, folder: Callable[[bytes], Folder], tesseract: Tesseract
) -> None:
    engines(None, Haunted(tesseract, times=1))
    place = folder(statement())
    result = prepare(place.source, WHO, QUICK)
    assert result.output is not None
    (picture,) = judge.pictures(result.output.read_bytes())
    extra = [quad for number in result.numbers if number.rule == 7 for quad in number.mask]
    assert extra
    inner = judge.inside(extra, picture.shape)
    assert (picture[inner] == 0).mean() > 0.9
    where = np.nonzero(inner)[1].mean() / picture.shape[1]
    assert where > 0.55, "the ghost stood in the right corner"


@dataclass
class Misreading:
    """Reads every digit as the next one, as if the print were blurred."""

    real: Reader
    name: str = "misreading"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """The real lines with other digits."""
        return tuple(map(_misread, self.real.read(pixels)))

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """The same of rows."""
        return tuple(map(_misread, cast(RowReader, self.real).read_rows(rows)))


def _misread(line: Line) -> Line:
    return replace(line, glyphs=tuple(replace(g, char=_next(g.char)) for g in line.glyphs))


def _next(char: str) -> str:
    return str((int(char) + 1) % 10) if char.isdecimal() else char


@pytest.mark.parametrize("data", [statement(), draw.scan_pdf(scan()).data], ids=["text", "scan"])
@pytest.mark.parametrize("which", ["finder", "verifier"])
def test_an_engine_that_misreads_every_digit_lets_none_through(
    which: str,
    data: bytes,
    engines: Engines,
    folder: Callable[[bytes], Folder],
    paddle: Paddle,
    tesseract: Tesseract,
) -> None:
    """Wherever a number is, its digits go, whatever they are taken for."""
    wrong = Misreading(paddle if which == "finder" else tesseract)
    engines(*((wrong, None) if which == "finder" else (None, wrong)))
    place = folder(data)
    try:
        result = prepare(place.source, WHO, QUICK)
    except CannotProve:
        assert place.is_as_before()
        return
    assert result.output is not None
    written = result.output.read_bytes()
    assert judge.traces(written, VISA) == ()
    (picture,) = judge.pictures(written)
    lines = (line for reader in (paddle, tesseract) for line in reader.read(picture))
    assert not any(TELLING.search(re.sub("[ -]", "", line.text)) for line in lines)


@dataclass
class Lying:
    """A source that draws its page rightly the first time, and moved by half its height after."""

    real: Source
    drawn: int = 0

    def __getattr__(self, name: str) -> object:
        """Everything else is true."""
        return getattr(self.real, name)

    def page(self, number: int, dpi: float | None = None) -> Page:
        """The page, or another one."""
        self.drawn += 1
        page = self.real.page(number, dpi)
        if self.drawn == 1:
            return page
        return self._moved(page)

    def bare(self, number: int, dpi: float | None = None) -> Page:
        """The same pixels, or others."""
        self.drawn += 1
        return self._moved(self.real.bare(number, dpi))

    def _moved(self, page: Page) -> Page:
        return replace(page, pixels=np.roll(page.pixels, page.pixels.shape[0] // 2, axis=0))


@contextmanager
def _opened_lying(data: bytes, password: str | None) -> Iterator[Source]:
    with opened_apart(data, password) as source:
        yield cast(Source, Lying(source))


def test_a_page_that_is_drawn_otherwise_the_second_time_shows_no_masked_digit(
    monkeypatch: pytest.MonkeyPatch, folder: Callable[[bytes], Folder]
) -> None:
    """The masks of the first drawing fall beside the number of the second."""
    monkeypatch.setattr(job, "opened_apart", _opened_lying)
    refused(folder(statement()), CannotProve)


# --- processes that end, disks that are full ---------------------------------------------------

RUN = """
import os, signal, sys
from pathlib import Path
from prepdoc.page import Cardholder
from prepdoc.job import Options
from prepdoc.pipeline import prepare

def progress(stage, done, total):
    if stage == {stage!r}:
        os.kill(os.getpid(), {signal})

prepare(Path(sys.argv[1]), Cardholder("Hanako Takasaki", "1420 Example Street", "+1 217-555-0142"),
        Options(dpi=150), progress)
"""


def environ(**more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PREPDOC")}
    return {
        **own,
        "PYTHONPATH": str(PROJECT / "src"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        **more,
    }


def ended_at(stage: str, number: signal.Signals, place: Folder) -> subprocess.CompletedProcess[str]:
    code = RUN.format(stage=stage, signal=int(number))
    return subprocess.run(
        [sys.executable, "-c", code, str(place.source)],
        capture_output=True,
        text=True,
        env=environ(),
        timeout=300,
    )


@pytest.mark.parametrize("stage", ["write", "verify"])
def test_a_killed_process_leaves_no_output_and_at_most_a_private_draft(
    stage: str, folder: Callable[[bytes], Folder]
) -> None:
    """Killed while it writes, and after everything is proven but before it is published."""
    place = folder(statement())
    done = ended_at(stage, signal.SIGKILL, place)
    assert done.returncode == -signal.SIGKILL
    left = [path for path in place.path.iterdir() if path != place.source]
    assert len(left) <= 1
    for draft in left:
        assert draft.name.startswith(".prepdoc-")
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600
        assert judge.traces(draft.read_bytes(), VISA) == () if stage == "verify" else True
    assert place.source.read_bytes() == place.data
    assert not TELLING.search(done.stdout + done.stderr)


@pytest.mark.parametrize("stage", ["read", "verify"])
def test_an_interrupted_process_leaves_nothing(
    stage: str, folder: Callable[[bytes], Folder]
) -> None:
    place = folder(statement())
    done = ended_at(stage, signal.SIGINT, place)
    assert done.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in done.stderr
    assert place.is_as_before()
    assert not TELLING.search(done.stdout + done.stderr)


def prepdoc(
    place: Folder, *words: str, limit_bytes: int | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """The command line; `limit_bytes` is the size that no file may exceed (RLIMIT_FSIZE)."""

    def limited() -> None:
        if limit_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    details = ["--name", WHO.name, "--address", WHO.address, "--phone", WHO.phone, "--dpi", "150"]
    return subprocess.run(
        [sys.executable, "-m", "prepdoc", str(place.source), *details, *words],
        capture_output=True,
        text=True,
        env=environ(**more),
        stdin=subprocess.DEVNULL,
        timeout=300,
        preexec_fn=limited,
    )


def test_a_file_that_grows_beyond_its_limit_is_a_full_disk(
    folder: Callable[[bytes], Folder],
) -> None:
    place = folder(statement())
    done = prepdoc(place, limit_bytes=8_000)
    assert (done.returncode, done.stdout) == (1, "")
    assert "space" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert place.is_as_before()
    assert not TELLING.search(done.stderr)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 kB of its own; only root may mount one."""
    where, mount, unmount = tmp_path / "disk", shutil.which("mount"), shutil.which("umount")
    where.mkdir()
    if os.geteuid() != 0 or not mount or not unmount:
        cannot_run("mounting needs root")
    how = [mount, "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(where)]
    if subprocess.run(how, capture_output=True).returncode:
        cannot_run("this container may not mount")
    try:
        yield where
    finally:
        subprocess.run([unmount, str(where)], check=True)


def test_a_full_disk_is_said_and_nothing_is_left_on_it(
    tiny_disk: Path, folder: Callable[[bytes], Folder]
) -> None:
    place = folder(statement())
    done = prepdoc(place, "-o", str(tiny_disk / "out.pdf"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "space" in done.stderr
    assert list(tiny_disk.iterdir()) == []
    assert place.is_as_before()


PREPARING = f"""
import sys
from contextlib import nullcontext
from pathlib import Path
import pymupdf, prepdoc.pipeline, prepdoc.reading.pdf
from prepdoc.errors import PrepdocError
from prepdoc.page import Cardholder
from prepdoc.reading import open_source
# Nobody may not start a Python that is installed in root's folder, so the file is read here.
prepdoc.job.opened_apart = lambda *given: nullcontext(open_source(*given))
prepdoc.texts.translate_error(PrepdocError())  # nor read the catalogues in it
{AS_NOBODY}
try:
    prepdoc.pipeline.prepare(sys.stdin.buffer.read(), Cardholder("H", "A", "1"),
                             prepdoc.job.Options(output=Path(sys.argv[1])))
except PrepdocError as error:
    print(type(error).__name__, error)
"""


def test_a_folder_that_cannot_be_written_to_is_refused_before_any_work() -> None:
    """Root may write anywhere, so it becomes nobody first."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", PREPARING, f"{name}/out.pdf"],
            input=statement(),
            capture_output=True,
            env=environ(),
            timeout=60,
        )
        assert list(Path(name).iterdir()) == []
        Path(name).chmod(0o755)
    assert done.stderr == b""
    assert done.stdout.startswith(b"PrepdocError cannot write into ")


# --- components that are not there -------------------------------------------------------------

WITHOUT_TESSERACT = """
import sys, sysconfig
sysconfig.get_config_vars().update(base="/nowhere", platbase="/nowhere")
sys.prefix = "/nowhere"
from prepdoc.cli import main
sys.exit(main())
"""
WITHOUT_RAPIDOCR = """
import sys
sys.modules["rapidocr"] = None  # importing it raises ImportError
from prepdoc.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("code", "path", "named"),
    [(WITHOUT_TESSERACT, "/nowhere", "Tesseract"), (WITHOUT_RAPIDOCR, None, "RapidOCR")],
    ids=["tesseract", "rapidocr"],
)
def test_a_missing_engine_is_named_and_nothing_is_left(
    code: str, path: str | None, named: str, folder: Callable[[bytes], Folder]
) -> None:
    place = folder(statement())
    details = ["--name", WHO.name, "--address", WHO.address, "--phone", WHO.phone, "--dpi", "150"]
    done = subprocess.run(
        [sys.executable, "-c", code, str(place.source), *details],
        capture_output=True,
        text=True,
        env=environ(**({"PATH": path} if path else {})),
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (5, "")
    assert named in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert place.is_as_before()
    assert not TELLING.search(done.stderr)


def test_a_password_is_not_told(folder: Callable[[bytes], Folder]) -> None:
    place = folder(statement("hirake-goma"))
    with pytest.raises(PasswordNeeded) as caught:
        prepare(place.source, WHO, replace(QUICK, password="wrong-goma"))
    assert "goma" not in f"{caught.value!r} {replace(QUICK, password='wrong-goma')!r}"
    assert place.is_as_before()


# --- names -------------------------------------------------------------------------------------

NAMES = {
    "4111-1111-1111-1111.pdf": "document-prepared.pdf",
    "ご利用明細 2026年11月.pdf": "ご利用明細-2026年11月-prepared.pdf",
    "-rf.pdf": "rf-prepared.pdf",
    "two\nlines.pdf": "two-lines-prepared.pdf",
    'it\'s 100% "safe" & $HOME!.pdf': "it-s-100-safe-HOME-prepared.pdf",
    "no-suffix": "no-suffix-prepared.pdf",
}


def test_any_name_is_read_and_what_comes_out_has_a_plain_one(tmp_path: Path) -> None:
    """After `--`, as shells and droplets hand over what begins with a dash."""
    for name in NAMES:
        (tmp_path / name).write_bytes(statement())
    details = ["--name", WHO.name, "--address", WHO.address, "--phone", WHO.phone, "--dpi", "150"]
    done = subprocess.run(
        [sys.executable, "-m", "prepdoc", *details, "--allow", "PAY,TXN", "--", *NAMES],
        capture_output=True,
        text=True,
        env=environ(),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} - set(NAMES) == set(NAMES.values())
    assert not TELLING.search(re.sub("[ -]", "", done.stdout + done.stderr))
