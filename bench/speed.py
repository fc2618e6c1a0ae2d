"""What prepdoc costs, as ratios within one run: `python -m bench.speed`.

The floor of a page is what nobody can do without: one render at 200 dpi, one RapidOCR pass and one
Tesseract pass over it. Times of one machine mean nothing on another; ratios do.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image

from prepdoc import Cardholder, prepare
from prepdoc.ocr.tesseract import binary

SAMPLE = Path(__file__).parents[1] / "samples" / "statement-ja.pdf"
CARDHOLDER = Cardholder("髙﨑 花子", "東京都港区青葉坂三丁目14番15号", "090-1234-5678")
FLOOR_DPI = 200
MOST_COST = 1.5
MOST_MEMORY = 1.2
MOST_HELP = 6.0


def pages(count: int) -> bytes:
    """The sample statement `count` times over, as one PDF with a text layer."""
    sample, document = pymupdf.open(SAMPLE), pymupdf.open()
    for _ in range(count):
        document.insert_pdf(sample)
    return bytes(document.tobytes(garbage=4, deflate=True))


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def floor() -> Callable[[], object]:
    """One page's render, RapidOCR pass and Tesseract pass, with the engines loaded."""
    from rapidocr import RapidOCR

    engine, document = RapidOCR(params={"Global.log_level": "critical"}), pymupdf.open(SAMPLE)
    command = [str(binary()), "stdin", "stdout", "--psm", "11"]

    def once() -> None:
        pixmap = document[0].get_pixmap(dpi=FLOOR_DPI)
        shape = pixmap.height, pixmap.width, 3
        pixels = np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(shape)
        engine(pixels[:, :, ::-1])
        png = BytesIO()
        Image.fromarray(pixels).save(png, "PNG", compress_level=1)
        subprocess.run(command, input=png.getvalue(), capture_output=True, check=True)

    return once


def cost(count: int, rounds: int) -> tuple[float, float]:
    """Seconds a page of prepdoc once warm, and of the floor; medians of alternating rounds."""
    document, bare = pages(count), floor()
    bare()
    prepare(pages(1), CARDHOLDER)
    ours, floors = [], []
    for _ in range(rounds):
        floors += [seconds(bare) for _ in range(3)]
        ours.append(seconds(lambda: prepare(document, CARDHOLDER)) / count)
    return statistics.median(ours), statistics.median(floors)


def peak_mb(count: int) -> float:
    """Peak memory of a process of its own that prepares so many pages."""
    code = (
        "import resource, sys; from bench.speed import pages, CARDHOLDER, prepare;"
        "prepare(pages(int(sys.argv[1])), CARDHOLDER);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(count)], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1]) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def help_ratio(rounds: int = 9) -> float:
    """`prepdoc --help` against `python -c pass`: the best of each."""

    def best(*arguments: str) -> float:
        command = [sys.executable, *arguments]
        run = lambda: subprocess.run(command, capture_output=True, check=True)  # noqa: E731
        return min(seconds(run) for _ in range(rounds))

    return best("-m", "prepdoc", "--help") / best("-c", "pass")


def main() -> None:
    """Print each ratio beside its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--no-memory", action="store_true", help="leave out the 40-page runs")
    chosen = parser.parse_args()
    ours, bare = cost(chosen.pages, chosen.rounds)
    print(f"a page, warm: {ours:.2f} s; floor {bare:.2f} s; ratio {ours / bare:.2f} "
          f"(goal {MOST_COST})")  # fmt: skip
    print(f"prepdoc --help against python -c pass: {help_ratio():.1f} (goal {MOST_HELP})")
    if not chosen.no_memory:
        few, many = peak_mb(4), peak_mb(40)
        print(f"peak of 40 pages against 4: {many:.0f} / {few:.0f} MB = {many / few:.2f} "
              f"(goal {MOST_MEMORY})")  # fmt: skip


if __name__ == "__main__":
    main()
