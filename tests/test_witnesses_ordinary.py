"""Ordinary files name no number beyond what their pages show: a needle costs a mask or a refusal.

Widths, coordinates, offsets, identifiers, dates and hashes are figures, and no card numbers.
"""

from __future__ import annotations

import hashlib
import io
import random
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pymupdf
import pytest
from PIL import Image

from prepdoc.noting import needles
from prepdoc.pan import Pan
from prepdoc.reading import open_source
from tests.seeds.make_producers import COLUMNS, LINES

SAMPLES = Path(__file__).parent.parent / "samples"
PRODUCERS = sorted((Path(__file__).parent / "seeds" / "producers").glob("*.pdf"))


def named(data: bytes) -> tuple[Pan, ...]:
    return needles((), open_source(data).witnesses())


def by_pymupdf() -> bytes:
    document = pymupdf.open()
    for _ in range(3):
        page = document.new_page()
        for row, line in enumerate(LINES):
            page.insert_text((50, 60 + 14 * row), line, fontname="japan", fontsize=9)
        for row, amounts in enumerate(COLUMNS):
            for column, amount in enumerate(amounts):
                page.insert_text((300 + 70 * column, 300 + 14 * row), str(amount), fontsize=9)
        for step in range(300):
            page.draw_line((step * 1.37, 411.11), (411.1111, step * 2.1111))
    return bytes(document.tobytes(deflate=False))


def with_integer_coordinates() -> bytes:
    """As Ghostscript and dvips draw: in tenths of a point, whole numbers of four figures."""
    chance = random.Random(1)
    drawing = b"q 0.1 0 0 0.1 0 0 cm\n" + b"".join(
        b"%d %d %d %d re\n%d %d %d %d v\n"
        % tuple(
            chance.choice((chance.randint(4000, 5999), chance.randint(1000, 9999)))
            for _ in range(8)
        )
        for _ in range(3000)
    )
    return edited(lambda document: document.pages[0].contents_add(drawing + b"f Q"))


def edited(edit: Callable[[pikepdf.Pdf], object]) -> bytes:
    source = pymupdf.open()
    source.new_page()
    with pikepdf.open(io.BytesIO(source.tobytes())) as document:
        edit(document)
        out = io.BytesIO()
        document.save(out, compress_streams=False, fix_metadata_version=False)
    return out.getvalue()


def with_hashes() -> bytes:
    """Identifiers in metadata, in names and in private data, hundreds of them."""
    ids = [hashlib.md5(b"%d" % i).hexdigest() for i in range(1500)]
    ids += [hashlib.sha256(b"%d" % i).hexdigest() for i in range(1500)]
    ids += [str(uuid.UUID(int=random.Random(i).getrandbits(128))) for i in range(1500)]
    xmp = "".join(f"<xmpMM:InstanceID>uuid:{i}</xmpMM:InstanceID>" for i in ids)

    def edit(document: pikepdf.Pdf) -> None:
        document.Root["/Metadata"] = document.make_stream(
            f"<x:xmpmeta>{xmp}</x:xmpmeta>".encode(),
            Type=pikepdf.Name.Metadata,
            Subtype=pikepdf.Name.XML,
        )
        document.Root["/Ids"] = pikepdf.Array(
            [pikepdf.String(bytes.fromhex(i)) for i in ids[:3000]]
        )

    return edited(edit)


def with_figures() -> bytes:
    """Widths, sizes, dates and places of every kind, as objects."""
    chance = random.Random(2)

    def edit(document: pikepdf.Pdf) -> None:
        document.Root["/W"] = pikepdf.Array([chance.randint(400, 5999) for _ in range(5000)])
        dates = [
            f"D:20{chance.randint(10, 26)}{chance.randint(10, 12)}{chance.randint(10, 28)}"
            f"{chance.randint(10, 23)}{chance.randint(10, 59)}{chance.randint(10, 59)}+09'00'"
            for _ in range(2000)
        ]
        document.Root["/D"] = pikepdf.Array(list(map(pikepdf.String, dates)))
        document.Root["/H"] = document.make_stream(
            "".join(f"{chance.getrandbits(256):064x}\n" for _ in range(4000)).encode(),
        )
        document.Root["/T"] = document.make_stream(
            "".join(
                f"{chance.random() * 1e4:.8f} {chance.random():.16f} " for _ in range(9000)
            ).encode()
        )

    return edited(edit)


def with_random_bytes() -> bytes:
    chance = random.Random(3)
    return edited(
        lambda document: document.Root.__setitem__(
            "/Extra", document.make_stream(chance.randbytes(3_000_000))
        )
    )


def with_drawing_attached() -> bytes:
    """SVG's paths, and a table of measurements."""
    chance = random.Random(4)
    path = " ".join(
        f"{chance.uniform(0, 900):.3f},{chance.uniform(0, 900):.3f}" for _ in range(5000)
    )
    rows = "\n".join(
        f"2026-11-{i % 28 + 1:02},{chance.randint(0, 99999)},{chance.random()}" for i in range(3000)
    )

    def edit(document: pikepdf.Pdf) -> None:
        for name, content in (("a.svg", f"<svg><path d='M {path}'/></svg>"), ("b.csv", rows)):
            document.attachments[name] = pikepdf.AttachedFileSpec(document, content.encode())

    return edited(edit)


def noise() -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    return Image.fromarray(values)


def camera_picture() -> bytes:
    exif = Image.Exif()
    exif[0x0132] = "2026:11:24 13:57:35"
    exif[0x0110] = "Camera 5000"
    details = exif.get_ifd(0x8769)
    details[0x9003] = details[0x9004] = "2026:11:24 13:57:35"
    details[0xA420] = hashlib.md5(b"unique").hexdigest()  # ImageUniqueID
    details[0x927C] = random.Random(5).randbytes(20_000)
    gps = exif.get_ifd(0x8825)
    gps[2] = (35.0, 41.0, 22.4999999)
    out = io.BytesIO()
    noise().save(out, "JPEG", exif=exif, dpi=(300, 300))
    return out.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "PyMuPDF": by_pymupdf,
    "integer coordinates": with_integer_coordinates,
    "hashes": with_hashes,
    "figures": with_figures,
    "random bytes": with_random_bytes,
    "drawings and tables attached": with_drawing_attached,
    "a camera's picture": camera_picture,
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_an_ordinary_file_names_no_number(make: Callable[[], bytes]) -> None:
    assert named(make()) == ()


@pytest.mark.parametrize("path", PRODUCERS, ids=lambda path: path.stem)
def test_a_statement_names_no_number_whoever_wrote_it(path: Path) -> None:
    """Programs write fonts, coordinates and metadata each in a way of their own."""
    assert len(PRODUCERS) >= 5
    assert named(path.read_bytes()) == ()


SHOWN = [path for path in sorted(SAMPLES.iterdir()) if path.suffix in (".pdf", ".png", ".jpg")]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_a_sample_names_what_its_pages_show_and_no_more(path: Path) -> None:
    """The text layer of the samples is what is drawn; pictures have none."""
    source = open_source(path.read_bytes())
    lines = [line.text for n in range(source.page_count) for line in source.page(n + 1, 72).lines]
    shown = "".join(char for line in lines for char in line if char.isdecimal() or char in "*")
    for pan in needles((), source.witnesses()):
        assert all(part in shown for part in pan.digits.split("?")), path.name


def test_compressed_streams_of_every_kind_name_nothing() -> None:
    """Fonts of twelve families, embedded whole: their tables and programs are figures."""
    document = pymupdf.open()
    page = document.new_page()
    for row, name in enumerate(("figo", "fimo", "notos", "notosit", "spacemo", "math", "music")):
        page.insert_font(fontname=name, fontbuffer=pymupdf.Font(name).buffer)
        page.insert_text((50, 60 + 20 * row), "MNOPQRSTUVMNOPQRSTUV GG ** 77", fontname=name)
    assert named(bytes(document.tobytes(deflate=False))) == ()
