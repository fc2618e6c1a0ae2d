"""Whatever stands around a number it is named, and no bytes bring the reader down."""

from __future__ import annotations

import contextlib
import io
import string
import time
import zipfile
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from prepdoc.errors import PrepdocError
from prepdoc.noting import needles
from prepdoc.pan import Pan
from prepdoc.reading import open_source
from tests import draw
from tests.test_witnesses_carriers import PICTURES, attached, edited, plain_pdf

SEEDS = sorted((Path(__file__).parent / "seeds" / "readers").iterdir())
MAX_CPU_S = 10.0

NUMBERS = st.builds(
    draw.pan,
    st.sampled_from(["visa", "mastercard", "amex", "jcb", "unionpay"]),
    st.integers(0, 999),
)
NO_DIGITS = st.characters(
    categories=("L", "P", "Zs"), exclude_characters="".join(map(chr, range(0x2400, 0x2460)))
)
# Mask characters and separators would make the number another one, and so would a digit.
AROUND = st.text(NO_DIGITS, max_size=60).map(lambda text: f"{text} ; " if text else "")
SEPARATORS = st.sampled_from(["", "-", " ", ".", "\u00a0", "\u2013"])
BRIEFLY = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def named(data: bytes) -> tuple[Pan, ...]:
    return needles((), open_source(data).witnesses())


@BRIEFLY
@given(NUMBERS, SEPARATORS, AROUND, AROUND)
def test_a_number_in_a_string_is_named_whatever_stands_around_it(
    number: str, separator: str, before: str, after: str
) -> None:
    text = f"{before}{draw.grouped(number, separator)} ; {after}"

    def edit(document: pikepdf.Pdf) -> None:
        document.docinfo["/Subject"] = text

    assert Pan(number) in named(edited(edit))


@BRIEFLY
@given(NUMBERS, SEPARATORS, AROUND, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-8-sig"]))
def test_a_number_in_an_attachment_is_named_whatever_stands_around_it(
    number: str, separator: str, before: str, encoding: str
) -> None:
    text = f"{before}{draw.grouped(number, separator)}"
    assert Pan(number) in named(attached(text.encode(encoding)))


@BRIEFLY
@given(NUMBERS, SEPARATORS, AROUND)
def test_a_number_in_xmp_is_named_whatever_stands_around_it(
    number: str, separator: str, before: str
) -> None:
    def edit(document: pikepdf.Pdf) -> None:
        with document.open_metadata() as metadata:
            metadata["dc:title"] = f"{before}{draw.grouped(number, separator)}"

    assert Pan(number) in named(edited(edit))


@BRIEFLY
@given(st.text(string.printable, max_size=200))
def test_a_text_without_digits_names_nothing(text: str) -> None:
    letters = "".join(char for char in text if not char.isdigit())
    assert named(attached(letters.encode())) == ()


# --- any bytes ---

PDF, ZIP = plain_pdf(), io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("a.txt", "text")
STARTS = (
    *(data[:400] for data in (PDF, *PICTURES.values())),
    b"%PDF-1.7\n",
    b"II*\0\x08\0\0\0",
    b"RIFF....WEBP",
    b"\0\0\0\x18ftypheic",
    b"GIF89a",
    b"BM" + bytes(12) + b"\x28\0\0\0",
)


def check_that_it_ends_well(data: bytes) -> None:
    start = time.process_time()
    with contextlib.suppress(PrepdocError):
        needles((), open_source(data).witnesses())
    assert time.process_time() - start < MAX_CPU_S


@settings(BRIEFLY, max_examples=150)
@given(st.sampled_from(STARTS), st.binary(max_size=600))
@example(b"%PDF-1.7\n", b"")
def test_random_bytes_raise_nothing_else_than_a_refusal(start: bytes, rest: bytes) -> None:
    check_that_it_ends_well(start + rest)


WHOLE = [PDF, attached(ZIP.getvalue()), *PICTURES.values()]


@settings(BRIEFLY, max_examples=300)
@given(st.data())
def test_a_file_with_some_bytes_changed_raises_nothing_else_than_a_refusal(
    data: st.DataObject,
) -> None:
    spoilt = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at : at + data.draw(st.integers(1, 4))] = data.draw(st.binary(max_size=5))
    check_that_it_ends_well(bytes(spoilt))


@pytest.mark.parametrize("whole", WHOLE[:2])
def test_a_file_that_breaks_off_raises_nothing_else_than_a_refusal(whole: bytes) -> None:
    for end in range(0, len(whole), 37):
        check_that_it_ends_well(whole[:end])


def test_what_once_brought_the_reader_down_no_longer_does() -> None:
    """Found by changing bytes at random; each file's name says what it was."""
    assert SEEDS
    for seed in SEEDS:
        check_that_it_ends_well(seed.read_bytes())
