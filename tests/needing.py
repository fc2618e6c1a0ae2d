"""What a test needs of the machine: missing elsewhere it skips the test, in CI it fails it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def cannot_run(reason: str) -> NoReturn:
    """End the test; CI (which sets CI=true) must have installed whatever tests need."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
