"""Components are those that OpenCV counts pixel by pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from prepdoc.components import components, with_insides

CONNECTIVITIES = (4, 8)
MASKS = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 1)
)


@given(mask=MASKS, connectivity=st.sampled_from(CONNECTIVITIES))
def test_labels_boxes_areas_and_middles_are_those_that_opencv_counts(mask, connectivity):
    """Of any mask, by sides or by corners."""
    found = components(mask, connectivity)
    _, labels, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    left, top, width, height, areas = stats[1:].T
    boxes = np.stack([left, top, left + width, top + height], axis=1)
    assert np.array_equal(found.labels, labels)
    assert np.array_equal(found.boxes, boxes)
    assert np.array_equal(found.areas, areas)
    assert np.allclose(found.middles, middles[1:], rtol=0, atol=1e-9)


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("connectivity", CONNECTIVITIES)
def test_a_page_has_the_same_labels_whatever_the_number_of_threads(threads, connectivity):
    """A batch divides the threads, and its results are to be those of a run on its own."""
    grain = np.random.default_rng(7).random((900, 1400)).astype(np.float32)
    mask = (cv2.GaussianBlur(grain, (0, 0), 2) > 0.52).astype(np.uint8)
    _, labels, _, _ = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(threads)
        found = components(mask, connectivity)
    finally:
        cv2.setNumThreads(before)
    assert len(found.boxes) > 100
    assert np.array_equal(found.labels, labels)


@pytest.mark.parametrize("connectivity", CONNECTIVITIES)
@pytest.mark.parametrize(("value", "count"), [(0, 0), (1, 1)])
def test_a_mask_of_one_value_has_one_component_or_none(value, count, connectivity):
    """A blank page, and one that is black all over."""
    found = components(np.full((30, 20), value, dtype=np.uint8), connectivity)
    assert found.boxes.tolist() == [[0, 0, 20, 30]][:count]
    assert found.areas.tolist() == [600][:count]
    assert found.middles.tolist() == [[9.5, 14.5]][:count]


@given(mask=MASKS)
def test_insides_are_all_that_paper_outside_does_not_reach(mask):
    """By the sides of pixels: what hangs together by corners encloses."""
    framed = np.pad(mask, 1)
    _, flooded, _, _ = cv2.floodFill(framed.copy(), None, (0, 0), 2, flags=4)
    assert np.array_equal(with_insides(mask), (flooded != 2)[1:-1, 1:-1])


@given(mask=MASKS)
def test_components_that_fit_come_with_their_labels_and_boxes(mask):
    """And no others, in their order."""
    found = components(mask)
    fits = found.areas > 2
    named = list(found.among(fits))
    assert [label for label, _ in named] == (np.flatnonzero(fits) + 1).tolist()
    for label, (left, top, right, bottom) in named:
        own = np.argwhere(found.labels == label)
        assert own.min(axis=0).tolist() == [top, left]
        assert (own.max(axis=0) + 1).tolist() == [bottom, right]
