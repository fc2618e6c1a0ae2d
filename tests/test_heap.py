"""Memory that is given back is kept in few places, however many threads have come and gone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from prepdoc.ocr.heap import ARENAS

ON_GLIBC = sys.platform == "linux" and "glibc" in os.confstr("CS_GNU_LIBC_VERSION")
"""Elsewhere nothing is done, and nothing need be."""

THREADS = 6
COUNTED = f"""
import ctypes, sys, threading
from prepdoc.ocr.heap import with_few_arenas
print(with_few_arenas() if sys.argv[1] == "few" else None, flush=True)
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier({THREADS})
def take():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range({THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
"""


def told(which: str) -> str:
    """What a new process says of itself, and glibc of its arenas, after threads took memory."""
    clean = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    return subprocess.run(
        [sys.executable, "-c", COUNTED, which],
        capture_output=True,
        text=True,
        check=True,
        env=clean,
    ).stdout


@pytest.mark.skipif(not ON_GLIBC, reason="arenas are glibc's")
def test_threads_share_few_arenas_where_each_would_have_its_own() -> None:
    assert told("as it is").count("<heap nr=") > ARENAS
    few = told("few")
    assert few.startswith("True")
    assert few.count("<heap nr=") <= ARENAS


def test_what_the_user_set_is_left_alone() -> None:
    script = "from prepdoc.ocr.heap import with_few_arenas as few; print(few())"
    environment = {**os.environ, "MALLOC_ARENA_MAX": "4"}
    told = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    assert told.strip() == "False"
