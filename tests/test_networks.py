"""The networks find what RapidOCR's own sessions find, and touch no other thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from rapidocr import RapidOCR

from prepdoc.ocr.networks import PARAMS, SMALL_PX, networks
from tests import draw
from tests.draw import Text

TINY = np.float32(1e-40)
"""A denormal number."""


@pytest.mark.parametrize("size", [(500, 100), (600, 800)])
def test_boxes_are_those_of_a_session_with_denormal_numbers(size: tuple[int, int]) -> None:
    """To the last bit, and from the same scores, for a small picture and for a page."""
    texts = (Text(f"Total {i} of 3,480 yen", (40, 20 + 30 * i), 12) for i in range(3))
    picture = draw.page(texts, dpi=150, size=size).pixels[:, :, ::-1]
    picture = np.ascontiguousarray(picture)
    detector = networks().detector(picture.shape[0] * picture.shape[1])
    own = RapidOCR(params=PARAMS)._load_det_model()
    prepared = own.get_preprocess()(picture)
    assert (detector.session(prepared) == own.session(prepared)).all()
    found = [place.corners for place in detector.places(picture)]
    assert np.array_equal(found, own(picture).boxes)


def test_a_blank_picture_has_no_lines() -> None:
    assert networks().small_detector.places(np.full((40, 90, 3), 255, np.uint8)) == []


def test_the_caller_still_counts_with_denormal_numbers() -> None:
    """Other libraries in the same thread rely on them."""
    networks().small_detector.session(np.zeros((1, 3, 64, 64), np.float32))
    assert float(TINY * np.float32(0.5)) > 0


def test_what_fails_in_a_networks_thread_is_raised_in_the_callers() -> None:
    """A picture of one channel is none that the network takes."""
    with pytest.raises(Exception, match=r"(?i)invalid|dimension"):
        networks().small_detector.session(np.zeros((1, 1, 64, 64), np.float32))


def test_a_small_picture_is_looked_at_by_another_network_than_a_page() -> None:
    """A second core mostly waits there."""
    loaded = networks()
    assert loaded.detector(SMALL_PX - 1) is loaded.small_detector
    assert loaded.detector(SMALL_PX) is loaded.page_detector


def test_threads_share_one_network() -> None:
    """Pages are read in several threads; models are loaded once."""
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(networks())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, seen))) == 1
