"""The rows of a page that components are looked for in, and the colour of its paper."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from prepdoc.ocr.tesseract import Tesseract
from prepdoc.ocr.typesetting import (
    MAX_SHEET_PX,
    MOST_SETS,
    near_ink,
    paper_of,
    read_each,
    read_sets,
    typeset,
)
from prepdoc.page import Pixels, Quad

BANDS = st.lists(
    st.tuples(
        arrays(np.uint8, st.tuples(st.integers(1, 9), st.just(17)), elements=st.integers(0, 1)),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=6,
)


@given(BANDS)
def test_components_are_the_same_and_in_the_same_order_without_the_other_rows(
    bands: list[tuple[np.ndarray, int]],
) -> None:
    parts = (part for band, blank in bands for part in (band, np.zeros((blank, 17), np.uint8)))
    ink = np.concatenate(list(parts))
    rows = near_ink(ink)
    _, _, whole, _ = cv2.connectedComponentsWithStats(ink)
    _, _, found, _ = cv2.connectedComponentsWithStats(ink[rows])
    found[1:, 1] = rows[found[1:, 1]]
    assert found[1:].tolist() == whole[1:].tolist()


@given(st.integers(1, 40))
def test_a_blank_page_keeps_its_first_rows(height: int) -> None:
    """OpenCV does not bear a picture without any."""
    assert 1 <= len(near_ink(np.zeros((height, 3), dtype=np.uint8))) <= 2


PICTURES = arrays(np.uint8, st.tuples(st.integers(1, 7), st.integers(1, 7), st.just(3)))


@given(PICTURES, st.integers(1, 3))
def test_the_paper_is_the_median_of_each_channel(picture: np.ndarray, step: int) -> None:
    """Of a sample of a page as well, which is no picture of its own in memory."""
    part = picture[::step, ::step]
    assert paper_of(part).tolist() == np.median(part.reshape(-1, 3), axis=0).astype(int).tolist()


def written(text: str, height: int, width: int) -> Pixels:
    """Black on white, at the top."""
    picture = np.full((height, width, 3), 255, dtype=np.uint8)
    cv2.putText(picture, text, (10, 44), cv2.FONT_HERSHEY_DUPLEX, 1.2, (0, 0, 0), 2, cv2.LINE_AA)
    return picture


def test_pictures_that_no_sheet_is_high_enough_for_are_read_all_the_same() -> None:
    """Tesseract takes none that is higher than 32,767 pixels; a grid of dots makes such a one."""
    texts = ["498012", "355801", "620550", "371449"]
    pictures = [written(text, MAX_SHEET_PX * 3 // 4, 300) for text in texts]
    read = read_each(pictures, Tesseract())
    assert ["".join(line.text for line in lines) for lines in read] == texts
    assert all(0 < line.quad.centre()[1] < 60 for lines in read for line in lines)


def test_more_sets_than_a_sheet_holds_are_read_in_order() -> None:
    numbers = [f"{i:03d}{i * 7 % 1000:03d}" for i in range(MOST_SETS + 5)]
    places = [Quad.from_box(30.0 * i, 0, 30.0 * i + 20, 40) for i in range(6)]
    sets = [typeset([written(d, 60, 40) for d in digits], places) for digits in numbers]
    read = read_sets([one for one in sets if one is not None], Tesseract())
    texts = [line.text if line else "" for line in read]
    assert len(texts) == len(numbers)
    alike = sum(a == b for a, b in zip(texts, numbers, strict=True))
    assert alike >= 0.9 * len(numbers)


def test_nothing_is_read_of_nothing() -> None:
    assert read_each([], Tesseract()) == ()
    assert read_sets([], Tesseract()) == ()
