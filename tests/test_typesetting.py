"""The rows of a page that components are looked for in, and the colour of its paper."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from prepdoc.ocr.typesetting import near_ink, paper_of

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
