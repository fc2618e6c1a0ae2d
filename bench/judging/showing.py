"""Keeps a failing case so that a person can look: input, output, and a picture of what is wrong.

The picture holds, for each item with a leaked or lost digit, the source above the output; a red box
is round each digit that can be read and may not, an orange one round each that is gone. The cases
are made up, and so are their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.corpus.truth import Case, Item
from bench.judging import Look, look
from bench.judging.ink import window
from bench.judging.rendering import Pixels, opened
from bench.judging.verdict import ItemVerdict, Verdict

RED, ORANGE = (220, 0, 0), (255, 140, 0)
MARGIN = 30
LARGEST = 1600


def keep_refused(folder: Path, case: Case, words: str) -> None:
    """Write a refused case's input into the folder, and what the tool said."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{case.spec.id}-in{case.suffix}").write_bytes(case.data)
    (folder / f"{case.spec.id}.txt").write_text(f"{words}\n", encoding="utf-8")


def keep(folder: Path, case: Case, output: bytes, suffix: str, verdict: Verdict) -> None:
    """Write a failing case's files into the folder, with the reasons and the picture."""
    reasons = [f"{r.ground}, page {r.page}, {r.digits} digits" for r in verdict.reasons]
    stamp = [] if verdict.stamped is None else [f"stamp read: {verdict.stamped}"]
    keep_refused(folder, case, "\n".join([*reasons, *stamp]))
    (folder / f"{case.spec.id}-out{suffix}").write_bytes(output)
    if strips := list(_strips(case, output, suffix, verdict)):
        picture = _stacked(strips)[..., ::-1]
        (folder / f"{case.spec.id}.png").write_bytes(bytes(cv2.imencode(".png", picture)[1]))


def _strips(case: Case, output: bytes, suffix: str, verdict: Verdict) -> Iterator[Pixels]:
    """Source and output of each item with something wrong."""
    verdicts = iter(verdict.items)
    with opened(case.data, case.suffix) as source, opened(output, suffix) as result:
        for index, sheet in enumerate(case.sheets):
            pairs = [(item, next(verdicts)) for item in sheet.items]
            wrong = [(item, v) for item, v in pairs if v.leaked or v.lost]
            if wrong and index < len(result):
                seen = look(sheet, index, source, result)
                for item, found in wrong:
                    yield from _strip(seen, item, found)


def _strip(seen: Look, item: Item, found: ItemVerdict) -> Iterator[Pixels]:
    ours = np.isin(seen.labels, list(item.labels))
    if not ours.any() or not seen.outputs:
        return
    rows, columns = window(ours, MARGIN)
    labels = seen.labels[rows, columns]
    for page in (seen.sources[0], seen.outputs[0]):
        cut = page[rows, columns].copy()
        for colour, wrong in ((RED, found.leaked), (ORANGE, found.lost)):
            for label in wrong:
                _box_round(cut, labels == label, colour)
        yield _fitting(cut)


def _box_round(cut: Pixels, digit: NDArray[np.bool_], colour: tuple[int, int, int]) -> None:
    if digit.any():
        rows, columns = window(digit, 2)
        cv2.rectangle(cut, (columns.start, rows.start), (columns.stop, rows.stop), colour, 1)


def _fitting(cut: Pixels) -> Pixels:
    scale = min(1.0, LARGEST / max(cut.shape[:2]))
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _stacked(strips: list[Pixels]) -> Pixels:
    wide = max(strip.shape[1] for strip in strips)
    gap = np.full((6, wide, 3), (0, 90, 200), dtype=np.uint8)
    rows: list[Pixels] = []
    for strip in strips:
        padded = np.full((strip.shape[0], wide, 3), 255, dtype=np.uint8)
        padded[:, : strip.shape[1]] = strip
        rows += [padded, gap]
    return np.concatenate(rows)
