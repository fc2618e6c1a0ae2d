"""The loop of a tool's script: runs in the tool's own environment, so it imports nothing of bench.

{"source": "in.pdf", "target": "out.pdf"} ─stdin→ redact(bytes, suffix) ─stdout→ {"done": true}
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

Redact = Callable[[bytes, str], bytes]
"""A file's bytes and its suffix in, the redacted file's bytes out."""


class Refused(Exception):
    """The tool declined to give a file; the message is a short word, never a part of the file."""


def serve(redact: Redact) -> None:
    """Answer a line of JSON for each line of JSON until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the tool prints is no answer
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(_answer(redact, Path(job["source"]), Path(job["target"]))), file=answers)
        answers.flush()


def _answer(redact: Redact, source: Path, target: Path) -> dict[str, object]:
    try:
        target.write_bytes(redact(source.read_bytes(), source.suffix))
    except Refused as refused:
        return {"refused": str(refused)}
    except Exception as error:  # noqa: BLE001  (a tool's crash is a result)
        return {"crashed": type(error).__name__}
    return {"done": True}
