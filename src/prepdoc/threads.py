"""Threads that speak as the one does that starts them; stages that work side by side ask here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from prepdoc.texts import speak, spoken


def threads(most: int, name: str) -> ThreadPoolExecutor:
    """So many at a time, in which a refusal is told in the language that is spoken here.

    A context variable, as the language is one, is not seen from other threads.
    """
    return ThreadPoolExecutor(most, f"prepdoc-{name}", initializer=speak, initargs=(spoken(),))
