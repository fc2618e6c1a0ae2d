"""A hostile file costs seconds and some memory, never gigabytes; what is left out is told."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from prepdoc.noting import needles
from prepdoc.pan import Pan
from prepdoc.reading import open_source
from prepdoc.reading.witnesses.limits import MAX_NAMED
from tests import draw
from tests.test_witnesses_carriers import (
    PAN,
    Array,
    Dictionary,
    Edit,
    Name,
    attached,
    content,
    edited,
    in_info,
    plain_pdf,
    zipped,
)

MAX_CPU_S = 15.0
"""Of one file here; the process that reads has a minute."""
MAX_RESIDENT_BYTES = 1_000_000_000
"""Of the whole process, MuPDF and Python too; the streams would be gigabytes."""


def with_number(edit: Edit) -> Callable[[], bytes]:
    def make() -> bytes:
        def both(document: pikepdf.Pdf) -> None:
            in_info(document)
            edit(document)

        return edited(both)

    return make


def many_objects(document: pikepdf.Pdf) -> None:
    document.Root["/A"] = Array([document.make_indirect(Dictionary()) for _ in range(100_000)])


def bombs(document: pikepdf.Pdf) -> None:
    packed = zlib.compress(b" " * 200_000_000, 9)
    twice = Array([Name.FlateDecode, Name.FlateDecode])
    for number in range(2):
        document.Root[f"/S{number}"] = document.make_stream(packed, Filter=Name.FlateDecode)
        document.Root[f"/T{number}"] = document.make_stream(zlib.compress(packed), Filter=twice)


def loops(document: pikepdf.Pdf) -> None:
    first = document.make_indirect(Dictionary())
    document.Root["/A"] = document.make_indirect(Dictionary(A=first))
    first["/B"] = document.Root.A
    form = document.make_stream(b"/F Do", Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    form["/Resources"] = Dictionary(XObject=Dictionary(F=form))
    document.Root["/F"] = form


def written(extra: bytes) -> bytes:
    """A small PDF in clear, with an object more."""
    objects = (
        b"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"endobj 3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj",
        b"4 0 obj <</Subject(" + PAN.encode() + b")>> endobj 5 0 obj " + extra + b" endobj",
    )
    return b"%PDF-1.4\n" + b"\n".join(objects) + b"\ntrailer <</Root 1 0 R/Info 4 0 R>>\n%%EOF"


NAMED: dict[str, Callable[[], bytes]] = {
    "100 000 objects": with_number(many_objects),
    "streams that unpack to gigabytes": with_number(bombs),
    "loops of references and forms": with_number(loops),
    "arrays in arrays": lambda: written(b"[" * 200_000 + b"]" * 200_000),
    "arrays as deep as qpdf reads": lambda: written(b"[" * 400 + b"]" * 400),
    "brackets without end": lambda: written(b"(" * 2_000_000),
    "arrays of strings without end": lambda: written(b"[(" * 1_000_000),
    "one shown array": with_number(content(b"[" + b"(1) 1 " * 300_000 + b" x")),
    "hexadecimal without end": with_number(content(b"<" + b"a1 " * 1_000_000)),
    "ends of revisions": lambda: edited(in_info) + b"%%EOF\n" * 500,
}
FLOODS: dict[str, Callable[[], bytes]] = {
    "digits": lambda: b"0123456789" * 500_000,
    "digits in a row": lambda: b"1 2 3 4 5 6 7 8 9 " * 50_000,
    "masked digits": lambda: b"1*" * 500_000,
    "masks": lambda: (b"4111 " + b"** " * 13) * 20_000,
    "fractions": lambda: b"1." * 500_000,
    "hashes": lambda: (b"0" * 31 + b"a ") * 60_000,
    "identifiers": lambda: b"12345678-1234-1234-" * 100_000,
    "tags": lambda: b"<w:r " * 500_000,
    "entities": lambda: b"&#52" * 500_000,
    "base64": lambda: (b"A" * 60 + b"\n") * 50_000,
    "quotes": lambda: b"'1'," * 500_000,
    "escapes": lambda: b"\\061" * 500_000,
    "a zip of bombs": lambda: zipped({f"{i}.txt": b"0" * 17_000_000 for i in range(2)}),
    "zips in zips": lambda: zips_in_zips(12),
}


def zips_in_zips(depth: int) -> bytes:
    data = PAN.encode()
    for _ in range(depth):
        data = zipped({"a.zip": data, "b.zip": data})
    return data


def costs(data: bytes) -> tuple[tuple[Pan, ...], float]:
    """What is named, and the seconds of work that it took."""
    source = open_source(data)
    start = time.process_time()
    named = needles((), source.witnesses())
    return named, time.process_time() - start


@pytest.mark.parametrize("make", NAMED.values(), ids=NAMED)
def test_a_number_in_a_hostile_pdf_is_named_in_time(make: Callable[[], bytes]) -> None:
    named, seconds = costs(make())
    assert Pan(PAN) in named
    assert seconds < MAX_CPU_S


@pytest.mark.parametrize("make", FLOODS.values(), ids=FLOODS)
def test_a_flood_in_an_attachment_ends_in_time(make: Callable[[], bytes]) -> None:
    _, seconds = costs(attached(make()))
    assert seconds < MAX_CPU_S


MEASURE = """
import sys
from pathlib import Path
from prepdoc.reading import open_source
data = sys.stdin.buffer.read()
source = open_source(data)
source.witnesses()
# Not ru_maxrss: a child inherits that of the process that started it.
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it in /proc")
def test_a_bomb_takes_no_more_memory_than_its_limit() -> None:
    told = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=with_number(bombs)(),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(told.stdout) * unit < MAX_RESIDENT_BYTES


def test_files_too_deep_within_each_other_are_told_of() -> None:
    found = open_source(attached(zips_in_zips(12))).witnesses()
    assert any(witness.where.endswith("file within (too much to read)") for witness in found)


def test_what_a_bomb_would_still_unpack_to_is_told_of() -> None:
    lines = (b" " * 999 + b"\n") * 17_000
    found = open_source(attached(zipped({f"{i}": lines for i in range(5)}))).witnesses()
    assert [witness.where for witness in found] == ["the rest (too much to read)"]


def test_numbers_without_end_are_named_up_to_a_limit() -> None:
    numbers = "\n".join(draw.grouped(draw.pan("visa", i), " ") for i in range(1_200))
    found = open_source(attached(numbers.encode())).witnesses()
    assert len(found) == MAX_NAMED + 1
    assert found[-1].where == "the rest (too much to read)"


def test_a_sealed_archive_is_told_of() -> None:
    sealed = b"7z\xbc\xaf\x27\x1c" + bytes(64)
    found = open_source(attached(sealed)).witnesses()
    assert any("archive (unreadable)" in witness.where for witness in found)


def test_a_plain_file_is_read_in_no_time() -> None:
    _, seconds = costs(plain_pdf())
    assert seconds < 1
