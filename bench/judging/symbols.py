"""Barcodes and QR codes that an output still shows, read by zxing-cpp."""

from __future__ import annotations

import zxingcpp

from bench.judging.needles import Needles
from bench.judging.rendering import Pixels
from bench.judging.texts import told
from bench.judging.verdict import Found


def symbols(pixels: Pixels, needles: Needles) -> list[Found]:
    """What the symbols of one page uncover."""
    contents = [code.text for code in zxingcpp.read_barcodes(pixels)]
    return [found for content in contents for found in told("symbol", content, needles)]
