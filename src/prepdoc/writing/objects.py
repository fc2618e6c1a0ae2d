"""What every part of a PDF is written with: numbers, compressed streams, pictures."""

from __future__ import annotations

import zlib

from pikepdf import Name, Pdf, Stream

ROUNDING = 4
"""Decimals of a coordinate: a ten-thousandth of a point is far below a pixel."""


def number(value: float) -> str:
    """A PDF number without exponent or needless zeros."""
    text = f"{value:.{ROUNDING}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def flate(pdf: Pdf, data: bytes) -> Stream:
    """The data as a stream, compressed as well as can be."""
    return Stream(pdf, zlib.compress(data, 9), Filter=Name.FlateDecode)


def image_stream(
    pdf: Pdf, data: bytes, size: tuple[int, int], colours: object, depth: int, **coding: object
) -> Stream:
    """A picture of width × height pixels whose `data` are `coding`-ed so."""
    width, height = size
    return Stream(
        pdf,
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=colours,
        BitsPerComponent=depth,
        **coding,
    )
