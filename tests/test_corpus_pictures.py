"""The corpus's pictures are spoilt as they say, and their labels move with the ink."""

import io
import random
from collections.abc import Callable

import numpy as np
import pymupdf
import pytest
import zxingcpp
from PIL import Image, ImageOps

from bench.corpus import degrading, picture_classes
from bench.corpus.degrading import Picture
from bench.corpus.truth import Case, Spec

CHANCE = "a fixed seed"


def dot() -> Picture:
    """A black square of 40 pixels with label 7 on white, off the centre."""
    pixels = np.full((400, 300, 3), 255, np.uint8)
    labels = np.zeros((800, 600), np.uint16)
    pixels[100:140, 50:90] = 0
    labels[200:280, 100:180] = 7
    return Picture(pixels, labels)


GEOMETRY: dict[str, Callable[[Picture], Picture]] = {
    "turned": lambda p: degrading.turned(p, 1),
    "skewed": lambda p: degrading.skewed(p, 9),
    "in perspective": lambda p: degrading.in_perspective(p, random.Random(CHANCE), 0.1),
    "curled": lambda p: degrading.curled(p, 0.05),
    "downsampled": lambda p: degrading.downsampled(p, 0.5),
    "enlarged": lambda p: degrading.enlarged(p, 1.7),
}


@pytest.mark.parametrize("how", GEOMETRY)
def test_labels_move_with_the_ink(how: str) -> None:
    moved = GEOMETRY[how](dot())
    ink, label = (
        np.argwhere(mask).mean(axis=0) / mask.shape
        for mask in (moved.pixels.max(axis=2) < 40, moved.labels == 7)
    )
    assert np.allclose(ink, label, atol=0.004)


LIGHT: dict[str, Callable[[Picture], Picture]] = {
    "blurred": lambda p: degrading.blurred(p, 2),
    "shaken": lambda p: degrading.motion_blurred(p, 5, 30),
    "noisy": lambda p: degrading.noisy(p, random.Random(CHANCE), 20),
    "salted": lambda p: degrading.salted(p, random.Random(CHANCE), 0.02),
    "jpegged": lambda p: degrading.jpegged(p, 30),
    "moiré": lambda p: degrading.with_moire(p, random.Random(CHANCE), 0.5),
    "shaded": lambda p: degrading.shaded(p, random.Random(CHANCE), 0.5),
    "vignetted": lambda p: degrading.vignetted(p, 0.5),
    "shadowed": lambda p: degrading.shadowed(p, random.Random(CHANCE), 0.5),
    "glaring": lambda p: degrading.glaring(p, random.Random(CHANCE), 0.6),
    "faded": lambda p: degrading.faded(p, 100, 200),
    "light on dark": lambda p: degrading.light_on_dark(p),
    "tinted": lambda p: degrading.tinted(p, (200, 230, 250)),
    "watermarked": lambda p: degrading.watermarked(p, "COPY", 180, 30, 40),
    "dirtied": lambda p: degrading.dirtied(p, random.Random(CHANCE), 2),
    "folded": lambda p: degrading.folded(p, random.Random(CHANCE), 0.6),
    "guilloche": lambda p: degrading.patterned(
        p, random.Random(CHANCE), "guilloche", (200, 220, 210), 15
    ),
}


@pytest.mark.parametrize("how", LIGHT)
def test_light_changes_pixels_and_no_labels(how: str) -> None:
    before = dot()
    after = LIGHT[how](before)
    assert (after.pixels != dot().pixels).any()
    assert (before.pixels == dot().pixels).all()
    assert (after.labels == before.labels).all()
    assert (after.pixels == LIGHT[how](before).pixels).all()


def test_a_fax_is_black_and_white_at_200_dpi() -> None:
    fax = degrading.faxed(dot(), random.Random(CHANCE), 300)
    assert fax.size == (267, 200)
    assert set(np.unique(fax.pixels)) == {0, 255}


# --- classes -------------------------------------------------------------------------------------


def make(klass: str, strength: int, number: int = 0) -> Case:
    return picture_classes.CASES[klass](
        Spec(klass, strength, number), random.Random(f"{klass} {strength} {number}")
    )


def opened(case: Case) -> np.ndarray:
    """The picture upright, as a viewer shows it, in grey."""
    if case.suffix == ".pdf":
        with pymupdf.open("pdf", case.data) as document:
            png = document[0].get_pixmap(dpi=300).tobytes("png")
        return np.array(Image.open(io.BytesIO(png)).convert("L"))
    image = Image.open(io.BytesIO(case.data))
    return np.array(ImageOps.exif_transpose(image).convert("L"))


PLAIN = ("scan-upside-down", "scan-sideways", "picture-coarse", "photo-perspective")


@pytest.mark.parametrize("klass", PLAIN)
def test_labels_lie_on_dark_pixels_of_the_file(klass: str) -> None:
    """Whatever turn, EXIF orientation and resolution the file has."""
    case = make(klass, 2)
    grey, labels = opened(case), case.sheets[0].labels
    rows, columns = np.nonzero(labels)
    scale = np.array(grey.shape) / labels.shape
    on_ink = grey[(rows * scale[0]).astype(int), (columns * scale[1]).astype(int)]
    assert np.median(on_ink) < np.median(grey) - 60


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_jpeg_is_upright_however_it_is_stored(orientation: int) -> None:
    pixels, chance = dot().pixels, random.Random(CHANCE)
    stored = (picture_classes.FILERS[".jpg"](pixels, 200, chance) for _ in range(100))
    opened = map(Image.open, map(io.BytesIO, stored))
    image = next(i for i in opened if i.getexif().get(0x0112, 1) == orientation)
    upright = np.array(ImageOps.exif_transpose(image).convert("L"))
    assert np.allclose(upright, pixels[..., 0], atol=40)


@pytest.mark.parametrize("klass", ["picture-noise", "symbol-qr"])
def test_the_same_spec_gives_the_same_bytes(klass: str) -> None:
    assert make(klass, 2).data == make(klass, 2).data


@pytest.mark.parametrize("strength", [1, 3])
@pytest.mark.parametrize("kind", [*picture_classes.SYMBOLS, "harmless"])
def test_a_symbol_in_the_file_says_what_its_item_says(kind: str, strength: int) -> None:
    case = make(f"symbol-{kind}", strength)
    said = {found.text for found in zxingcpp.read_barcodes(opened(case))}
    wanted = {item.printed for item in case.sheets[0].items if not item.ink}
    assert len(wanted) == 3
    assert wanted <= said


def test_embossed_cards_have_one_number_each() -> None:
    case = make("photo-embossed-cards", 1)
    kinds = [item.kind for item in case.sheets[0].items]
    assert kinds.count("pan") in (4, 5)
    assert kinds.count("pan") == kinds.count("lookalike")
