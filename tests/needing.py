"""What a test needs of the machine: missing elsewhere it skips the test, in CI it fails it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

AS_NOBODY = """
import os
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
"""
"""Code for a process of its own that must not do what only root may; imports go before it."""


def cannot_run(reason: str) -> NoReturn:
    """End the test; CI (which sets CI=true) must have installed whatever tests need."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
