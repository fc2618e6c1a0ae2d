"""Judges a prepared PDF with tools that are not prepdoc's: pdftotext, pdfinfo, qpdf and strings.

`judge.py ORIGINAL OUTPUT CARDHOLDER.toml` exits 0 if no masked digit is found in any form, and the
last four and the details are. What the numbers are, pdftotext reads in the original. No digit
beyond a last four is printed. Needs Python's standard library only.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

CARD = re.compile(r"(?<!\d)(?:\d{4}[- ]\d{4}[- ]\d{4}[- ]\d{4}|3\d{3}[- ]\d{6}[- ]\d{5})(?!\d)")
"""Numbers in full, grouped as cards print them; the samples judged hold no others."""
TELLING = 6
"""Digits in a row that give a number away; five hit amounts by chance."""
TELLING_APART = 10
"""The same in bytes where separators are ignored: coordinates make long runs there."""
ENCODINGS = ("ascii", "utf-16-be", "utf-16-le", "utf-32-le")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def main(original: Path, output: Path, cardholder: Path) -> list[str]:
    """What is wrong, one line each; empty if nothing is."""
    numbers = numbers_in(original)
    details = tomllib.loads(cardholder.read_text("utf-8"))
    tell(f"{output.name}: in the original {endings(numbers)}")
    return [
        *(what for number in sorted(numbers) for what in traces(number, output)),
        *missing(numbers, details, output),
        *unsound(original, output),
    ]


def numbers_in(original: Path) -> set[str]:
    """The digits of every card number that pdftotext reads."""
    found = {re.sub(r"\D", "", card) for card in CARD.findall(text_of(original, "-layout"))}
    if not found:
        raise SystemExit(f"{original}: pdftotext reads no card number; nothing could be judged")
    return found


def endings(numbers: set[str]) -> str:
    """The numbers as they may be shown."""
    return ", ".join(sorted(f"···· {number[-4:]}" for number in numbers))


def traces(number: str, output: Path) -> Iterator[str]:
    """Every place where more than the last four can be read."""
    for place, text in texts(output):
        digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
        if any(run in digits for run in runs(number, TELLING)):
            yield f"{place} reads digits of ···· {number[-4:]}"
    for place, data in blobs(output):
        if any(run in data for run in written(number)):
            yield f"{place} holds digits of ···· {number[-4:]}"


def runs(number: str, length: int) -> list[str]:
    """Every stretch of the number that is so long."""
    return [number[i : i + length] for i in range(len(number) - length + 1)]


def written(number: str) -> Iterator[bytes]:
    """The telling runs in every encoding, also as hexadecimal; and longer ones with separators."""
    for run in runs(number, TELLING):
        for encoding in ENCODINGS:
            yield run.encode(encoding)
            yield run.encode(encoding).hex().encode()
            yield run.encode(encoding).hex().upper().encode()
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            yield run.translate(FULL_WIDTH).encode(encoding)
    for run in runs(number, TELLING_APART):
        for separator in " -":
            for shift in range(4):
                yield separator.join(re.findall(f"^.{{{shift}}}|.{{1,4}}", run)).encode()


def texts(output: Path) -> Iterator[tuple[str, str]]:
    """What the tools read, and which tool it was."""
    for layout in ("-layout", "-raw", "-htmlmeta"):
        yield f"pdftotext {layout}", text_of(output, layout)
    yield "pdfinfo", run("pdfinfo", output).decode("utf-8", "replace")


def blobs(output: Path) -> Iterator[tuple[str, bytes]]:
    """The file as it is, and as qpdf unpacks it; whole, and what strings finds in it."""
    unpacked = output.with_suffix(".qdf")
    run("qpdf", "--qdf", "--object-streams=disable", "--decode-level=all", output, unpacked)
    try:
        for place, path in (("the file", output), ("qpdf --qdf", unpacked)):
            yield place, path.read_bytes()
            for width in "sSblBL":
                yield f"strings -e {width} of {place}", run("strings", "-a", "-e", width, path)
    finally:
        unpacked.unlink()


def missing(numbers: set[str], details: dict[str, str], output: Path) -> Iterator[str]:
    """What the output must still show."""
    seen = squeezed(text_of(output, "-layout"))
    for number in sorted(numbers):
        if number[-4:] not in seen:
            yield f"the last four {number[-4:]} are not in the text"
    for key in ("name", "phone"):
        if squeezed(details[key]) not in seen:
            yield f"the cardholder's {key} is not in the text"


def unsound(original: Path, output: Path) -> Iterator[str]:
    """What a sound file of pixels is, as the tools see it."""
    run("qpdf", "--check", output)
    before, after = info(original), info(output)
    if after["Encrypted"] != "no" or after["Pages"] != before["Pages"]:
        yield "it is encrypted, or has other pages than the original"
    if extra := set(after) & {"Title", "Author", "Subject", "Keywords", "Creator"}:
        yield f"its metadata has {', '.join(sorted(extra))}"
    pictures = run("pdfimages", "-list", output).decode().splitlines()[2:]
    if len(pictures) != int(after["Pages"]):
        yield "its pages are not one picture each"
    if not run("pdfdetach", "-list", output).startswith(b"0 embedded files"):
        yield "it has an attachment"


def info(pdf: Path) -> dict[str, str]:
    """What pdfinfo says, by key."""
    rows = (row.partition(":") for row in run("pdfinfo", pdf).decode("utf-8").splitlines())
    return {key: value.strip() for key, _, value in rows}


def text_of(pdf: Path, layout: str) -> str:
    """What pdftotext reads."""
    return run("pdftotext", layout, pdf, "-").decode("utf-8")


def squeezed(text: str) -> str:
    """Without blanks, which every tool sets as it likes."""
    return re.sub(r"\s", "", text)


def run(*command: str | Path) -> bytes:
    """What the tool printed; a tool that is missing or fails ends the judgement."""
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def tell(text: str) -> None:
    """To stdout."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    wrong = main(*map(Path, sys.argv[1:4]))
    tell("\n".join(wrong) or "  no masked digit found; last four and details are there")
    sys.exit(bool(wrong))
