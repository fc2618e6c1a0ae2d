"""Painting: black where a mask is, as it was everywhere else, whatever the quad's turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.finishing import WATERMARK, _is_under
from prepdoc.masking import painted
from prepdoc.page import Pixels, Quad
from tests import judge

SHAPE = (60, 80, 3)
ROUNDING_PX = 0.75
"""A pixel whose middle is nearer to the edge than this may be painted or not."""


def page() -> Pixels:
    return np.random.default_rng(3).integers(1, 256, SHAPE, dtype=np.uint8)


def turned(quad: Quad, degrees: float) -> Quad:
    """About its own centre."""
    a, centre = math.radians(degrees), np.array(quad.centre())
    turn = np.array([(math.cos(a), math.sin(a)), (-math.sin(a), math.cos(a))])
    return Quad.from_array((quad.array() - centre) @ turn + centre)


def around(quad: Quad, by: float) -> Quad:
    """The quad with every edge moved outwards, or inwards where negative."""
    corners, centre = quad.array(), np.array(quad.centre())
    along = (corners[1] - corners[0]) / quad.width()
    across = (corners[3] - corners[0]) / quad.height()
    half = np.array([quad.width() / 2 + by, quad.height() / 2 + by])
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    return Quad.from_array(centre + (signs * half) @ np.stack([along, across]))


def test_an_upright_mask_is_painted_to_the_pixel() -> None:
    before = page()
    after = painted(before, [Quad.from_box(10, 20, 30, 40)])
    assert (after[20:40, 10:30] == 0).all()
    assert not (after[20:40, 10:30] == before[20:40, 10:30]).any()
    after[20:40, 10:30] = before[20:40, 10:30]
    changed = (after != before).any(axis=2)
    assert not np.delete(changed, 40, axis=0).any(), "only the row below may go as well"


def test_the_page_that_comes_in_stays_as_it_is() -> None:
    before = page()
    kept = before.copy()
    before.setflags(write=False)
    painted(before, [Quad.from_box(10, 20, 30, 40)])
    assert (before == kept).all()


def test_without_masks_the_page_is_a_copy() -> None:
    before = page()
    after = painted(before, [])
    assert (after == before).all()
    assert not np.shares_memory(after, before)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_mask_on_a_turned_page_is_the_same_mask(turn: int) -> None:
    before = page()
    box = Quad.from_box(10, 20, 30, 40)
    corners = np.roll(box.array(), -turn, axis=0)
    assert (
        judge.inside([box], SHAPE) <= (painted(before, [Quad.from_array(corners)]) == 0).all(2)
    ).all()


@pytest.mark.parametrize(
    "quad",
    [
        Quad.from_box(-30, -30, 10, 10),
        Quad.from_box(70, 50, 500, 500),
        Quad.from_box(-9000, 20, 9000, 30),
        Quad.from_box(20, 20, 20.4, 40),
    ],
    ids=["over the corner", "over the end", "over both edges", "thinner than a pixel"],
)
def test_a_mask_over_the_edge_or_very_thin_is_painted(quad: Quad) -> None:
    after = painted(page(), [quad])
    assert (after[judge.inside([quad], SHAPE)] == 0).all()
    assert (after == 0).all(axis=2).any()


@given(
    st.tuples(st.floats(20, 60), st.floats(20, 40)),
    st.tuples(st.floats(3, 30), st.floats(3, 20)),
    st.floats(0, 360),
)
def test_any_quad_is_painted_inside_and_not_outside(
    centre: tuple[float, float], size: tuple[float, float], degrees: float
) -> None:
    (x, y), (wide, high) = centre, size
    quad = turned(Quad.from_box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), degrees)
    before = page()
    after = painted(before, [quad])
    inner, outer = around(quad, -ROUNDING_PX), around(quad, 2 * ROUNDING_PX)
    assert (after[judge.inside([inner], SHAPE)] == 0).all()
    beyond = ~judge.inside([outer], SHAPE)
    assert (after[beyond] == before[beyond]).all()


@pytest.mark.parametrize(
    ("degrees", "high", "is_under"),
    [(0, 20, False), (12, 20, False), (45, 20, True), (-40, 20, True), (0, 120, True)],
)
def test_print_that_a_mask_cuts_is_a_watermark_where_it_is_large_or_aslant(
    degrees: float, high: float, is_under: bool
) -> None:
    """Nobody has to read its letters again; letters beside the mask on its row stay as text."""
    mask = Quad.from_box(100, 100, 300, 120)
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    corners = np.array([(-30, -high / 2), (30, -high / 2), (30, high / 2), (-30, high / 2)])
    letter = Quad.from_array(corners @ turn.T + (90, 110))
    large = WATERMARK * mask.height()
    assert _is_under(letter, mask.array().astype(np.float32), large) is is_under
