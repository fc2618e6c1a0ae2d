"""What owners do to their papers in the corpus lies over the numbers, and leaves them legible."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bench.corpus import make, owner_classes
from bench.corpus.owner_classes import Ink, Place, places
from bench.corpus.picture_classes import page
from bench.corpus.truth import Spec
from tests.test_corpus_pictures import opened

CHANCE = "a fixed seed"
PLACE = Place(60, 40, 220, 60, tuple(65.0 + 10 * n for n in range(16)))
INKS: dict[str, Ink] = {
    "marker": owner_classes.marker,
    "seal": owner_classes.seal,
    "pen": owner_classes.pen,
    "specks": owner_classes.specks,
}


def test_a_place_is_around_the_number_and_no_more() -> None:
    source = page(random.Random(CHANCE), 1)
    found = list(places(source))
    numbers = [item for item in source.items if item.kind == "pan"]
    assert len(found) == len(numbers)
    for item, place in zip(numbers, found, strict=True):
        assert len(place.digits) == len(item.digits)
        assert list(place.digits) == sorted(place.digits)
        assert place.left < place.digits[0] < place.digits[-1] < place.right
        assert 10 < place.high < 60


@pytest.mark.parametrize("strength", [1, 2, 3])
@pytest.mark.parametrize("name", INKS)
def test_ink_lies_on_or_beside_the_number(name: str, strength: int) -> None:
    sheet = Image.new("RGB", (300, 100), (255, 255, 255))
    INKS[name](ImageDraw.Draw(sheet), PLACE, random.Random(CHANCE), strength)
    rows, columns = np.nonzero(np.asarray(sheet).min(axis=2) < 255)
    assert len(rows)
    assert ((columns > PLACE.left) & (columns < PLACE.right)).any()
    assert (abs(rows - PLACE.middle) < 2 * PLACE.high).any()


@pytest.mark.parametrize("klass", owner_classes.CASES)
def test_every_number_stays_dark_under_the_ink(klass: str) -> None:
    """Whatever turn and resolution the file has; ink is laid over print as glass is."""
    case = make(Spec(klass, 3, 0, seed=1))
    assert case.data == make(Spec(klass, 3, 0, seed=1)).data
    grey, labels = opened(case), case.sheets[0].labels
    scale = np.array(grey.shape) / labels.shape
    for item in (item for item in case.sheets[0].items if item.kind == "pan"):
        places = np.argwhere(np.isin(labels, list(item.labels))) * scale
        on_ink = grey[places[:, 0].astype(int), places[:, 1].astype(int)]
        assert np.median(on_ink) < np.median(grey) - 60
