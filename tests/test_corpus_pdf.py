"""The corpus's odd PDFs are what they say, and their labels lie where another viewer shows ink."""

import io
import random
import re
from collections.abc import Iterator

import numpy as np
import pikepdf
import pymupdf
import pypdfium2
import pytest

from bench.corpus import pdf_classes
from bench.corpus.truth import Case, Spec

INKED = 25
"""Grey levels from the paper around it by which a pixel is ink."""


def make(klass: str, strength: int, number: int = 0) -> Case:
    return pdf_classes.CASES[klass](
        Spec(klass, strength, number), random.Random(f"{klass} {strength} {number}")
    )


def shown(case: Case, page: int) -> np.ndarray:
    """The page as pdfium shows it, with annotations and form fields, in grey.

    As large as its labels: pdfium does not know UserUnit.
    """
    document = pypdfium2.PdfDocument(case.data)
    document.init_forms()
    scale = case.sheets[page].labels.shape[0] / document[page].get_height()
    pixels = document[page].render(scale=scale, draw_annots=True).to_numpy()
    document.close()
    return pixels[..., :3].mean(axis=2)


def said(case: Case) -> str:
    """All text that MuPDF reads from the pages, without separators."""
    with pymupdf.open("pdf", case.data) as document:
        return re.sub(r"[\s-]", "", "".join(page.get_text() for page in document))


def numbers_of(case: Case, *, ink: bool) -> Iterator[str]:
    for sheet in case.sheets:
        for item in sheet.items:
            if item.kind == "pan" and item.ink is ink:
                yield item.digits


def numbers_said(case: Case, *, ink: bool = True) -> list[bool]:
    text = said(case)
    return [digits in text for digits in numbers_of(case, ink=ink)]


@pytest.mark.parametrize("klass", pdf_classes.CASES)
def test_pdfium_shows_each_digit_where_its_label_lies(klass: str) -> None:
    case = make(klass, 1 + list(pdf_classes.CASES).index(klass) % 3, 1)
    for number, sheet in enumerate(case.sheets):
        grey = shown(case, number)
        height, width = (min(a, b) for a, b in zip(grey.shape, sheet.labels.shape, strict=True))
        assert abs(grey.shape[0] - sheet.labels.shape[0]) <= 2
        labels, grey = sheet.labels[:height, :width], grey[:height, :width]
        paper = float(np.median(grey))
        whole = np.bincount(labels.ravel(), minlength=1 << 16)
        inked = np.bincount(labels[abs(grey - paper) > INKED].ravel(), minlength=1 << 16)
        marked = [label for item in sheet.items if item.ink for label in item.labels]
        assert len(marked) > 60
        # A scan is blurred, a picture's paper is not even, a hatch has gaps: a half will do.
        assert min(inked[label] / whole[label] for label in marked) > 0.5


@pytest.mark.parametrize("klass", ["pdf-glyph-a-span", "pdf-type3", "pdf-revisions", "pdf-forms"])
def test_the_same_spec_gives_the_same_bytes(klass: str) -> None:
    assert make(klass, 3).data == make(klass, 3).data


def test_numbers_differ_from_case_to_case() -> None:
    first, second = (set(numbers_of(make("pdf-kerned", 1, n), ink=True)) for n in (0, 1))
    assert len(first) == 5
    assert not first & second


@pytest.mark.parametrize("klass", ["pdf-crop-box", "pdf-user-unit", "pdf-rotate", "pdf-ocr-layer"])
def test_an_honest_layer_says_the_numbers(klass: str) -> None:
    assert all(numbers_said(make(klass, 1)))


@pytest.mark.parametrize(
    "klass", ["pdf-outlines", "pdf-type3", "pdf-unicode-lies", "pdf-ocr-layer-lies"]
)
@pytest.mark.parametrize("strength", [1, 3])
def test_a_page_without_an_honest_layer_says_no_number(klass: str, strength: int) -> None:
    assert not any(numbers_said(make(klass, strength)))


def test_fonts_without_tounicode_have_none() -> None:
    with pikepdf.open(io.BytesIO(make("pdf-unicode-missing", 2).data)) as pdf:
        fonts = pdf.pages[0].obj.Resources.Font
        assert not any("/ToUnicode" in font for font in fonts.values())


@pytest.mark.parametrize("strength", [1, 2, 3])
@pytest.mark.parametrize("klass", ["pdf-hidden-copies", "pdf-layers", "pdf-boxes-over"])
def test_hidden_numbers_are_written_but_have_no_ink(klass: str, strength: int) -> None:
    case = make(klass, strength)
    with pikepdf.open(io.BytesIO(case.data)) as pdf:
        operators = pdf.pages[0].obj.Contents.read_bytes()
    assert operators.count(b"<") > sum(map(len, numbers_of(case, ink=False)))
    hidden = [n for sheet in case.sheets for i in sheet.items if not i.ink for n in i.labels]
    assert len(hidden) >= 5 * 12
    assert not np.isin(case.sheets[0].labels, hidden).any()


@pytest.mark.parametrize("number", range(len(pdf_classes.PLACES)))
def test_a_hidden_place_says_the_number_that_the_page_does_not(number: int) -> None:
    case = make("pdf-hidden-places", 1, number)
    (hidden,) = numbers_of(case, ink=False)
    assert hidden not in said(case)
    with pikepdf.open(io.BytesIO(case.data)) as pdf:
        whole = b"".join(_bytes_of(thing) for thing in pdf.objects)
    name = list(pdf_classes.PLACES)[number]
    found = hidden.encode() in whole.replace(b"-", b"").replace(b"%2D", b"")
    # A zip and a nested PDF are packed once more.
    assert found or name in ("zip", "nested-pdf")


def _bytes_of(thing: pikepdf.Object) -> bytes:
    body = thing.read_bytes() if isinstance(thing, pikepdf.Stream) else b""
    return thing.unparse(resolved=True) + body


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_an_earlier_revision_shows_what_the_present_one_does_not(strength: int) -> None:
    case = make("pdf-revisions", strength)
    ends = [match.end() for match in re.finditer(rb"%%EOF\s", case.data)]
    assert len(ends) == strength + 1
    with pymupdf.open("pdf", case.data[: ends[0]]) as document:
        earlier = re.sub(r"[\s-]", "", document[0].get_text())
    assert all(digits in earlier for digits in numbers_of(case, ink=False))
    assert not any(numbers_said(case, ink=False))


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_an_encrypted_page_opens_without_a_password(strength: int) -> None:
    data = make("pdf-encrypted", strength).data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.is_encrypted


def test_pages_share_one_form() -> None:
    with pikepdf.open(io.BytesIO(make("pdf-forms", 1).data)) as pdf:
        forms = [page.obj.Resources.XObject.X0.objgen for page in pdf.pages]
    assert len(forms) == 3
    assert len(set(forms)) == 2


def test_a_comb_field_has_its_number_as_value() -> None:
    case = make("pdf-comb-fields", 1)
    with pikepdf.open(io.BytesIO(case.data)) as pdf:
        values = [str(field.V) for field in pdf.Root.AcroForm.Fields]
    assert values == list(numbers_of(case, ink=True))
