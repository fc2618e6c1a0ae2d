"""onnxruntime must not report home: called before anything loads it."""

from __future__ import annotations

import os
from typing import Final

_NO_TELEMETRY: Final = "ORT_DISABLE_TELEMETRY"
"""Else onnxruntime 1.32 writes a device id into the user's folders and means to report home; its
`disable_telemetry_events()` comes too late. Read when its library is loaded."""


def silence() -> None:
    """For this process and those that it starts."""
    os.environ[_NO_TELEMETRY] = "1"
