"""Files that fight back: whatever they are made to do happens in a process that can be lost."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from prepdoc.errors import MachineFailed, PasswordNeeded, PrepdocError, UnreadableInput
from prepdoc.page import Page, Witness
from prepdoc.reading import MAX_PIXELS, open_source
from prepdoc.reading.apart import Limits, opened_apart
from prepdoc.reading.files import bytes_of
from prepdoc.reading.messages import (
    Garbled,
    page_from,
    page_message,
    read_message,
    witnesses_from,
    witnesses_message,
    write_message,
)
from tests import draw
from tests.draw import Sheet, Text

QUICK = Limits(memory_bytes=2_000_000_000, cpu_s=2, wall_s=20)
SHEET = Sheet(
    items=(Text("Card number 4111 1111 1111 1111 様", (20, 40), 10, "japan"),), size=(300, 90)
)
ORDINARY = draw.statement_pdf([SHEET]).data


# --- the two halves say the same as one would ---------------------------------------------------


def picture(format: str, size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize(size).save(out, format)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [ORDINARY, *(picture(format) for format in ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"))],
    ids=["PDF", "PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"],
)
def test_a_file_read_apart_is_what_it_is_when_read_here(data: bytes) -> None:
    here = open_source(data)
    with opened_apart(data) as apart:
        assert (apart.kind, apart.format, apart.page_count) == (here.kind, here.format, 1)
        there, page = apart.page(1), here.page(1)
        assert there == page
        assert (there.pixels == page.pixels).all()
        for source in (apart, here):
            bare = source.bare(1, 50)
            assert (bare.pixels == here.page(1, 50).pixels).all()
            assert bare.dpi == here.page(1, 50).dpi
            assert source.page(1, 50).lines == here.page(1, 50).lines, "a bare page is no page"
        assert apart.witnesses() == here.witnesses()


@pytest.mark.parametrize(("pages", "kept"), [(1, True), (4, True), (5, False)])
def test_the_pages_of_a_short_document_are_drawn_once(pages: int, kept: bool) -> None:
    sheets = [draw.Sheet(items=[draw.Text(f"page {n}", (50, 50))]) for n in range(pages)]
    with opened_apart(draw.statement_pdf(sheets).data) as source:
        first = source.page(1)
        assert (source.page(1, first.dpi) is first) is kept
        assert (source.page(1) is first) is kept
        assert (source.bare(1) is first) is kept
        assert source.page(1, 72).pixels.shape != first.pixels.shape
        assert source.page(1).dpi == first.dpi


def test_a_refusal_crosses_the_pipe_with_its_class_and_its_words() -> None:
    locked = draw.statement_pdf([SHEET], password="hirake").data
    with pytest.raises(PasswordNeeded, match="--password"), opened_apart(locked):
        pass
    with opened_apart(locked, "hirake") as source:
        assert source.page_count == 1
        with pytest.raises(UnreadableInput, match="no page 2"):
            source.page(2)
        assert source.page(1).number == 1, "a refused request does not end the reading"


# --- bombs, loops and depths --------------------------------------------------------------------


def pdf_of(objects: dict[int, bytes], root: int = 1) -> bytes:
    """A PDF with these objects, whatever they say, and a correct cross-reference table."""
    out, offsets = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % offsets.get(n, 0) for n in range(1, size))
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, start)
    return bytes(out)


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), more, data)


def page_of(
    contents: bytes, resources: bytes = b"", box: bytes = b"0 0 300 90"
) -> dict[int, bytes]:
    return {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>>>"
        % (box, resources),
        4: contents,
    }


def forms_within_forms(levels: int, times: int) -> bytes:
    """Each form draws the next one `times` times: times ** levels drawings from a few bytes."""
    objects = page_of(stream(b"/F Do"), b"/XObject<</F 5 0 R>>")
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 300 90]"
    for level in range(levels):
        inner = b"/Resources<</XObject<</F %d 0 R>>>>" % (6 + level)
        objects[5 + level] = stream(b"/F Do " * times, head + inner)
    objects[5 + levels] = stream(b"0 0 9 9 re f", head)
    return pdf_of(objects)


def form_that_draws_itself() -> bytes:
    objects = page_of(stream(b"/F Do"), b"/XObject<</F 5 0 R>>")
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 300 90]/Resources<</XObject<</F 5 0 R>>>>"
    return pdf_of({**objects, 5: stream(b"/F Do", head)})


def page_tree_that_loops() -> bytes:
    objects = page_of(stream(b""))
    return pdf_of({**objects, 2: b"<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Count 3>>"})


def page_tree_that_lies() -> bytes:
    objects = page_of(stream(b""))
    return pdf_of({**objects, 2: b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>"})


def cross_reference_that_loops() -> bytes:
    data = pdf_of(page_of(stream(b"")))
    start = data.rindex(b"xref\n0")
    return data.replace(b"/Root", b"/Prev %d/Root" % start)


def deep_arrays() -> bytes:
    return pdf_of({**page_of(stream(b"")), 5: b"[" * 1_000_000 + b"]" * 1_000_000})


def deep_graphics_states() -> bytes:
    return pdf_of(page_of(stream(b"q " * 2_000_000)))


def zeros(length: int, filters: int = 1) -> bytes:
    """So many spaces, packed."""
    packer, out = zlib.compressobj(9), bytearray()
    for _ in range(length // 1_000_000):
        out += packer.compress(b" " * 1_000_000)
    data = bytes(out + packer.flush())
    for _ in range(filters - 1):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter[%s]" % (b"/FlateDecode" * filters))


def huge_stream() -> bytes:
    return pdf_of(page_of(zeros(1_000_000_000)))


def huge_stream_packed_thrice() -> bytes:
    return pdf_of(page_of(zeros(300_000_000, filters=3)))


def huge_picture_in_a_pdf() -> bytes:
    head = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8"
    packed = zeros(100_000_000).replace(b"/Filter", head + b"/ColorSpace/DeviceRGB/Filter", 1)
    return pdf_of({**page_of(stream(b"/I Do"), b"/XObject<</I 5 0 R>>"), 5: packed})


def huge_pattern() -> bytes:
    """A tile of a thousandth of a point over a page of 200 inches."""
    tile = stream(
        b"0 0 1 1 re f",
        b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]"
        b"/XStep 0.001/YStep 0.001/Resources<<>>",
    )
    drawn = stream(b"/Pattern cs /P scn 0 0 14400 14400 re f")
    return pdf_of({**page_of(drawn, b"/Pattern<</P 5 0 R>>", b"0 0 14400 14400"), 5: tile})


def object_stream_that_holds_itself() -> bytes:
    body = b"6 0 <</Type/Catalog/Pages 2 0 R>>"
    return pdf_of(
        {**page_of(stream(b"")), 5: stream(body, b"/Type/ObjStm/N 1/First 4/Extends 5 0 R")}
    )


def broken_font() -> bytes:
    document = pymupdf.open(stream=ORDINARY)
    with pikepdf.open(io.BytesIO(document.tobytes())) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                    if key in thing:
                        data = bytearray(thing[key].read_bytes())
                        data[20:] = os.urandom(len(data) - 20)
                        thing[key].write(bytes(data))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """One of PNG's (3rd edition §5.3)."""
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check


def png_bomb() -> bytes:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(100_000_000), 9)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def png_with_a_bomb_as_text() -> bytes:
    whole = picture("PNG")
    text = b"Comment\0\0" + zlib.compress(bytes(500_000_000), 9)
    return whole[:33] + chunk(b"zTXt", text) + whole[33:]


def tiff_that_points_to_itself() -> bytes:
    data = bytearray(picture("TIFF"))
    (first,) = struct.unpack("<I", data[4:8])
    (entries,) = struct.unpack("<H", data[first : first + 2])
    data[first + 2 + 12 * entries :][:4] = struct.pack("<I", first)
    end = first + 2 + 12 * entries
    data[end : end + 4] = struct.pack("<I", first)
    return bytes(data)


BOMBS: dict[str, Callable[[], bytes]] = {
    "forms within forms": lambda: forms_within_forms(levels=12, times=10),
    "a form that draws itself": form_that_draws_itself,
    "a page tree that loops": page_tree_that_loops,
    "a page tree that lies": page_tree_that_lies,
    "a cross-reference that loops": cross_reference_that_loops,
    "arrays a million deep": deep_arrays,
    "graphics states two million deep": deep_graphics_states,
    "a stream of 1 GB": huge_stream,
    "a stream packed three times": huge_stream_packed_thrice,
    "a picture of 3.6 gigapixels": huge_picture_in_a_pdf,
    "tiles without number": huge_pattern,
    "an object stream that holds itself": object_stream_that_holds_itself,
    "a broken font": broken_font,
    "a PNG of 3.6 gigapixels": png_bomb,
    "a PNG whose comment unpacks to 500 MB": png_with_a_bomb_as_text,
    "a TIFF whose directory follows itself": tiff_that_points_to_itself,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_read_within_the_limits(name: str) -> None:
    """Which of the two does not matter here: this process neither crashes, hangs nor grows."""
    data, started = BOMBS[name](), time.monotonic()
    try:
        with opened_apart(data, limits=QUICK) as source:
            page = source.page(1)
            source.witnesses()
        assert page.pixels.size <= 3 * MAX_PIXELS
    except UnreadableInput as error:
        assert len(str(error).splitlines()) == 1
    assert time.monotonic() - started < 3 * QUICK.wall_s


def test_a_page_that_draws_for_ever_is_refused_after_its_seconds() -> None:
    started = time.monotonic()
    with (
        pytest.raises(UnreadableInput, match="did not end"),
        opened_apart(forms_within_forms(levels=14, times=10), limits=QUICK) as source,
    ):
        source.page(1)
    assert time.monotonic() - started < QUICK.wall_s


def test_a_reader_that_sleeps_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds of the processor do not pass while it waits; those of the clock do."""
    with opened_apart(ORDINARY) as source:
        # Only now: on a busy machine the reader itself takes longer than a second to start.
        monkeypatch.setattr(source, "_limits", Limits(wall_s=1))
        os.kill(source._process.pid, signal.SIGSTOP)  # type: ignore[attr-defined]
        with pytest.raises(MachineFailed):  # not for the file's sake, which another run may read
            source.page(1)


def test_a_file_that_takes_more_memory_than_allowed_is_refused() -> None:
    """300 MB are enough for the libraries and a small page, not for one of 60 megapixels."""
    large = draw.statement_pdf([Sheet(items=SHEET.items, size=(2400, 1200))]).data
    limits = Limits(memory_bytes=500_000_000)
    with opened_apart(ORDINARY, limits=limits) as source:
        assert source.page(1).number == 1
    with pytest.raises(UnreadableInput), opened_apart(large, limits=limits) as source:
        source.page(1, 1200)


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (signal.SIGSEGV, UnreadableInput),
        (signal.SIGABRT, UnreadableInput),
        (signal.SIGKILL, MachineFailed),
        (signal.SIGTERM, MachineFailed),
    ],
)
def test_a_reader_that_crashes_refuses_the_file_and_one_that_is_ended_tells_nothing_of_it(
    number: signal.Signals, refusal: type[PrepdocError]
) -> None:
    with opened_apart(ORDINARY) as source:
        os.kill(source._process.pid, number)  # type: ignore[attr-defined]
        for request in (lambda: source.page(1), source.witnesses):
            with pytest.raises(refusal) as refused:
                request()
            assert type(refused.value) is refusal


def test_no_reader_outlives_its_document() -> None:
    with opened_apart(ORDINARY) as source:
        process = source._process  # type: ignore[attr-defined]
        assert process.poll() is None
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(ZeroDivisionError), opened_apart(ORDINARY) as source:
        process = source._process  # type: ignore[attr-defined]
        raise ZeroDivisionError
    assert process.returncode == -signal.SIGKILL


ENDING = """
import os, sys, signal
from prepdoc.reading.apart import opened_apart
with opened_apart(sys.stdin.buffer.read()) as source:
    print(source._process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_reader_ends_when_prepdoc_is_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING],
        input=ORDINARY,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")},
    )
    until = time.monotonic() + 10
    while _runs(int(done.stdout)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(int(done.stdout))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_the_reader_loads_no_module_from_the_folder_of_the_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People open statements in the folder of their downloads, where anything may lie."""
    for name in ("numpy", "pymupdf", "json", "prepdoc"):
        (tmp_path / f"{name}.py").write_text("open('was-here', 'w')\n")
    monkeypatch.chdir(tmp_path)
    with opened_apart(ORDINARY) as source:
        assert source.page(1).lines
    assert not (tmp_path / "was-here").exists()


# --- messages -----------------------------------------------------------------------------------


def sent(header: dict[str, object], body: bytes = b"") -> io.BytesIO:
    stream = io.BytesIO()
    write_message(stream, header, body)
    return io.BytesIO(stream.getvalue())


@given(text=st.text(), where=st.text())
def test_witnesses_arrive_as_they_were_sent(text: str, where: str) -> None:
    """Lone surrogates too: a PDF's strings may hold any sixteen bits."""
    witnesses = (Witness(where, text), Witness("x", "\ud800"))
    header, _ = read_message(sent(dict(witnesses_message(witnesses))))
    assert witnesses_from(header) == witnesses


def good_page() -> tuple[dict[str, object], bytes]:
    header, body = page_message(open_source(ORDINARY).page(1, 72))
    return dict(header), bytes(body)


@pytest.mark.parametrize(
    "change",
    [
        {"size": [10, 10]},
        {"size": [-300, -90]},
        {"size": "no"},
        {"size": [0, 0]},
        {"dpi": "x"},
        {"dpi": -1},
        {"number": None},
        {"lines": [[]]},
        {"lines": [[["4", 1, 2]]]},
        {"lines": [[[4, 0, 0, 1, 0, 1, 1, 0, 1]]]},
        {"lines": [[["", 0, 0, 1, 0, 1, 1, 0, 1]]]},
        {"lines": [[["4", "a", 0, 1, 0, 1, 1, 0, 1]]]},
        {"lines": 7},
    ],
    ids=repr,
)
def test_a_page_that_contradicts_itself_is_believed_in_nothing(change: dict[str, object]) -> None:
    header, body = good_page()
    assert page_from(header, body).lines
    with pytest.raises(Garbled):
        page_from({**header, **change}, body)


@given(data=st.binary(max_size=200))
def test_noise_is_no_message(data: bytes) -> None:
    try:
        header, _ = read_message(io.BytesIO(data))
    except Garbled:
        return
    assert isinstance(header, dict)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">QQ", 2**63, 0),
        struct.pack(">QQ", 2, 2**62) + b"{}",
        struct.pack(">QQ", 9, 0) + b'{"a":NaN}',
        struct.pack(">QQ", 200_000, 0) + b"[" * 200_000,
        struct.pack(">QQ", 2, 0) + b"[]",
    ],
    ids=["long header", "long body", "NaN", "deep", "no object"],
)
def test_a_message_beyond_the_agreement_is_not_read(data: bytes) -> None:
    with pytest.raises(Garbled):
        read_message(io.BytesIO(data))


# --- what is no ordinary file -------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "statement.pdf").write_bytes(ORDINARY)
    yield tmp_path


def test_a_link_to_a_file_is_followed(folder: Path) -> None:
    (folder / "link.pdf").symlink_to(folder / "statement.pdf")
    assert bytes_of(folder / "link.pdf") == ORDINARY


def test_a_pipe_that_nobody_writes_to_is_refused_at_once(folder: Path) -> None:
    os.mkfifo(folder / "pipe.pdf")
    with pytest.raises(UnreadableInput, match="no ordinary file"):
        bytes_of(folder / "pipe.pdf")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/dev/zero", "no ordinary file"),
        (".", "is a folder"),
        ("absent.pdf", "does not exist"),
        ("null\0character.pdf", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("dangling.pdf", "does not exist"),
        ("loop.pdf", "cannot be read"),
    ],
    ids=["device", "folder", "absent", "null", "long", "dangling link", "loop of links"],
)
def test_what_is_no_file_is_refused_in_one_line(name: str, words: str, folder: Path) -> None:
    (folder / "dangling.pdf").symlink_to(folder / "nowhere")
    (folder / "loop.pdf").symlink_to(folder / "loop.pdf")
    with pytest.raises(UnreadableInput, match=words) as caught:
        bytes_of(folder / name)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_changes_while_it_is_read_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A download that is still running, or a scanner that is still writing."""
    path, ended = folder / "statement.pdf", threading.Event()
    path.write_bytes(bytes(50_000_000))

    def grow() -> None:
        while not ended.is_set():
            with path.open("ab") as file:
                file.write(b"more")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(UnreadableInput, match="changed while it was read"):
            for _ in range(20):
                bytes_of(path)
    finally:
        ended.set()
        writer.join()


# --- any bytes at all ---------------------------------------------------------------------------


def spoiled(data: bytes, places: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for place, value in places:
        changed[place % len(changed)] = value
    return bytes(changed)


SEEDS = {
    "PDF": ORDINARY,
    "PDF with object streams": pymupdf.open(stream=ORDINARY).tobytes(use_objstms=1),
    **{f: picture(f) for f in ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")},
}
PLACES = st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=12)


@pytest.mark.parametrize("kind", SEEDS)
@settings(max_examples=40, derandomize=True)
@given(places=PLACES, cut=st.integers(0, 2**20))
def test_a_spoiled_file_is_read_or_refused(
    kind: str, places: list[tuple[int, int]], cut: int
) -> None:
    """In this process: the one that reads would hide an exception of the wrong class."""
    data = spoiled(SEEDS[kind], places)
    for version in (data, data[: cut % len(data)]):
        try:
            source = open_source(version)
            page = source.page(1, 50)
            source.witnesses()
        except UnreadableInput:
            continue
        assert isinstance(page, Page)
