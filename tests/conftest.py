"""What all tests share: one engine of each kind a session, for their models load slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from prepdoc.ocr.paddle import Paddle
    from prepdoc.ocr.tesseract import Tesseract

# The same examples at every run, however slow the machine; `pytest --hypothesis-profile default`
# draws others.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def paddle() -> Paddle:
    """The finder, with its models loaded once."""
    from prepdoc.ocr.paddle import Paddle

    return Paddle()


@pytest.fixture(scope="session")
def tesseract() -> Tesseract:
    """The verifier, for digits and Latin letters."""
    from prepdoc.ocr.tesseract import Tesseract

    return Tesseract()
