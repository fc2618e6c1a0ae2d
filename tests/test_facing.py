"""Which way round a line is read, where lines run along the page, up it and down it."""

from __future__ import annotations

import numpy as np
import pytest

from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Pixels
from tests import draw
from tests.draw import Text

UPRIGHT = ("Mizutama Card", "2026/10/02 AMAZON.CO.JP", "10,000")
APART = " " * 4
"""So far that the detector makes a line of each group."""


def page(texts: tuple[str, ...], dpi: float, quarter_turns: int) -> Pixels:
    """A square of paper with a line each, turned."""
    lines = (Text(text, (12, 30 + 40 * i), 14, "helv") for i, text in enumerate(texts))
    return draw.turned(draw.page(lines, dpi=dpi, size=(260, 260)), quarter_turns).pixels


def groups(pan: str) -> list[str]:
    return draw.grouped(pan, " ").split()


@pytest.mark.parametrize("dpi", [72.0, 96.0, 200.0])
@pytest.mark.parametrize("seed", range(4))
def test_groups_set_apart_are_read_the_right_way_up_and_down_a_page(
    seed: int, dpi: float, paddle: Paddle
) -> None:
    """Upside down each is read as four digits too, or as fewer, and none looks doubtful."""
    up, down = draw.pan("visa", seed), draw.pan("mastercard", seed)
    numbers = [draw.grouped(pan, APART) for pan in (up, down)]
    parts = [
        page(UPRIGHT, dpi, 0),
        page((numbers[0],), dpi, 1),
        page((numbers[1], draw.grouped(draw.pan("jcb", seed), APART)), dpi, 3),
    ]
    read = [line.text for line in paddle.read(np.concatenate(parts, axis=1))]
    wanted = [*groups(up), *groups(down)]
    assert [group for group in wanted if not any(group in text for text in read)] == []


@pytest.mark.parametrize("dpi", [96.0, 200.0])
@pytest.mark.parametrize("seed", range(3))
def test_groups_upside_down_beside_upright_lines_are_read_the_right_way(
    seed: int, dpi: float, paddle: Paddle
) -> None:
    """As on a card that lies the wrong way round on a statement; what is upright stays so."""
    pan = draw.pan("amex", seed)
    parts = [page(UPRIGHT, dpi, 0), page((draw.grouped(pan, APART), "HANAKO TAKASAKI"), dpi, 2)]
    read = [line.text for line in paddle.read(np.concatenate(parts, axis=1))]
    wanted = [*groups(pan), *UPRIGHT]
    assert [group for group in wanted if not any(group in text for text in read)] == []
