"""What is hidden and kept of a line, as a line."""

from __future__ import annotations

from prepdoc.pan import Pan, find


def shown(text: str, known: tuple[Pan, ...] = ()) -> str:
    """The line with every hidden digit as # and every kept one as K."""
    matches = find(text, known)
    hide = {i for m in matches for i in m.hide}
    keep = {i for m in matches for i in m.keep}
    return "".join("#" if i in hide else "K" if i in keep else c for i, c in enumerate(text))
