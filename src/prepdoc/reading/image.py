"""Part of the first stage, picture → pages: Pillow decodes, and any colours become sRGB."""

from __future__ import annotations

import io
import os
import struct
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps

from prepdoc.errors import UnreadableInput
from prepdoc.page import Page, Pixels, Witness
from prepdoc.reading import (
    LONGEST_IN,
    Format,
    check_page_count,
    check_page_number,
    has_many_colours,
    largest_scale,
    units_per_inch,
)
from prepdoc.texts import _

MIN_DPI, MAX_DPI = 72.0, 600.0
"""Between a screen and the finest scan that is usual; outside of it a file's own figure is idle."""
SHORTEST_IN = 5.0
"""Inches that the long side of a document has at least: a postcard slip."""
WHITE, BLACK = (255, 255, 255, 255), (0, 0, 0, 255)
OPAQUE, PALE, ALL_PALE, MOST_OPAQUE = 128, 192, 0.98, 0.5
"""Of 255: an alpha that shows, a grey nobody reads on white; parts of what shows, of a picture."""
SIXTEEN_BIT_STEP = 257
"""65535 / 255: a 16-bit grey divided by it is the 8-bit grey, white for white."""

# What Pillow and its codecs raise on damaged files: there is no common base class.
DECODING_ERRORS = (
    OSError,  # truncated, broken data stream, UnidentifiedImageError
    SyntaxError,  # broken PNG chunks, TIFF directories
    ValueError,  # oversized text chunks, tiles outside of the picture
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

# Pillow's names of the formats; an MPO is a JPEG with more pictures behind it (CIPA DC-007).
PILLOW_FORMATS: dict[Format, tuple[str, ...]] = {
    "JPEG": ("JPEG", "MPO"),
    "PNG": ("PNG",),
    "TIFF": ("TIFF",),
    "WEBP": ("WEBP",),
    "BMP": ("BMP",),
    "GIF": ("GIF",),
    "HEIF": ("HEIF",),
}
PHOTOGRAPHIC: dict[Format, bool] = {
    "JPEG": True,
    "HEIF": True,
    "WEBP": True,
    "PNG": False,
    "GIF": False,
    "BMP": False,
}
"""Whether a format is for photographs; what came without loss goes out without. TIFF may be both,
so its colours are counted."""


class ImageSource:
    """A picture, or a TIFF's pages; it holds the bytes, so the file itself is never touched."""

    kind: Literal["pdf", "image"] = "image"
    is_encrypted = False

    def __init__(self, data: bytes, format: Format) -> None:
        """Open and decode the first page, so that a broken file is refused at once."""
        self._data = data
        self.format: Format = format
        with decoded(data, format) as image:
            image.load()
            frames = int(getattr(image, "n_frames", 1))
        self.page_count = frames if format == "TIFF" else 1
        check_page_count(self.page_count)

    def page(self, number: int, dpi: float | None = None) -> Page:
        """Page `number` as it is, or smaller where `dpi` is less than the picture's; never larger.

        Raises:
            UnreadableInput: there is no such page, or it is damaged.
        """
        check_page_number(number, self.page_count)
        with decoded(self._data, self.format) as image:
            if self.page_count > 1:  # of others the first is seen: of HEIF it need not be number 1
                image.seek(number - 1)
            upright = ImageOps.exif_transpose(image)
            own_dpi = _nominal_dpi(upright)
            pixels = _rgb(upright)
        pixels, dpi = _shrunk(pixels, own_dpi, dpi or own_dpi)
        return Page(number, pixels, dpi, self._is_photographic(pixels))

    def bare(self, number: int, dpi: float | None = None) -> Page:
        """As `page`: a picture has no text of its own."""
        return self.page(number, dpi)

    def witnesses(self) -> tuple[Witness, ...]:
        """What metadata, comments and trailing bytes say."""
        from prepdoc.reading.witnesses import image_witnesses

        return image_witnesses(self._data, self.format)

    def _is_photographic(self, pixels: Pixels) -> bool:
        if self.format in PHOTOGRAPHIC:
            return PHOTOGRAPHIC[self.format]
        return has_many_colours(pixels)


@contextmanager
def decoded(data: bytes, format: Format) -> Iterator[Image.Image]:
    """The picture as Pillow sees it; what goes wrong inside the block is a refusal.

    Raises:
        UnreadableInput: the picture is damaged, truncated or a decompression bomb.
    """
    if format == "HEIF":
        _let_pillow_read_heif()
    try:
        with (
            _strict(),
            _quiet(),
            Image.open(io.BytesIO(data), formats=PILLOW_FORMATS[format]) as image,
        ):
            yield image
    except Image.DecompressionBombError as error:
        raise UnreadableInput(
            _("The picture unpacks to far more pixels than a scan has: scan it at 300 dpi.")
        ) from error
    except DECODING_ERRORS as error:
        raise UnreadableInput(
            _("The {format} picture is damaged or incomplete: save or scan it again.").format(
                format=format
            )
        ) from error


def _let_pillow_read_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()


@contextmanager
def _strict() -> Iterator[None]:
    """Whatever other libraries of the process chose (WeasyPrint does), half a picture is none."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


@contextmanager
def _quiet() -> Iterator[None]:
    """No warning of Pillow's, and none that libtiff writes to the terminal past Python."""
    with warnings.catch_warnings(), _libraries_muted():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _libraries_muted() -> Iterator[None]:
    sys.stderr.flush()
    saved = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 (a descriptor is wanted)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def _nominal_dpi(image: Image.Image) -> float:
    """The file's own dpi where it makes a document of the picture, else as if it were A4."""
    own = _own_dpi(image)
    if own >= MIN_DPI and SHORTEST_IN <= max(image.size) / own <= LONGEST_IN:
        return own
    return min(MAX_DPI, max(MIN_DPI, units_per_inch(*image.size)))


def _own_dpi(image: Image.Image) -> float:
    """What the file says, or 0 where it says nothing or nonsense."""
    stated = image.info.get("dpi")
    try:
        across = float(stated[0]) if isinstance(stated, tuple) else 0.0
    except (TypeError, ValueError, ArithmeticError, IndexError):
        return 0.0
    return across if np.isfinite(across) else 0.0


def _rgb(image: Image.Image) -> Pixels:
    """Any of Pillow's modes as sRGB, transparent parts over paper."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.has_transparency_data:
        return _over_paper(image)
    return np.array(_to_srgb(image).convert("RGB"), dtype=np.uint8)


def _eight_bits(image: Image.Image) -> Image.Image:
    """16 and 32 bits a grey scaled down; Pillow's own conversion would clip them to white."""
    values = np.asarray(image).astype(np.float64)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    if image.mode.startswith("F") and values.max() <= 1:
        step = 1 / 255
    else:
        step = max(float(SIXTEEN_BIT_STEP), values.max() / 255)
    return Image.fromarray(np.clip(np.rint(values / step), 0, 255).astype(np.uint8))


def _over_paper(image: Image.Image) -> Pixels:
    layer = image.convert("RGBA")
    colours = layer.convert("RGB")
    colours.info = image.info  # the ICC profile
    matched = _to_srgb(colours).convert("RGBA")
    matched.putalpha(layer.getchannel("A"))
    ground = Image.new("RGBA", layer.size, BLACK if _is_all_pale(matched) else WHITE)
    ground.alpha_composite(matched)
    return np.array(ground.convert("RGB"), dtype=np.uint8)


def _is_all_pale(layer: Image.Image) -> bool:
    """Whether nobody could read it on white: an app's picture of its dark page."""
    opaque = np.asarray(layer.getchannel("A")) >= OPAQUE
    grey = np.asarray(layer.convert("RGB").convert("L"))[opaque]
    return 0 < opaque.mean() < MOST_OPAQUE and float((grey > PALE).mean()) > ALL_PALE


def _to_srgb(image: Image.Image) -> Image.Image:
    """Through the ICC profile where there is one that fits; the picture itself where not."""
    profile_bytes = image.info.get("icc_profile")
    if not profile_bytes:
        return image
    try:
        profile = ImageCms.getOpenProfile(io.BytesIO(profile_bytes))
        if "sRGB" in ImageCms.getProfileDescription(profile):
            return image
        plain = image.convert("RGB") if image.mode in ("P", "YCbCr") else image
        return _through(profile, plain)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a broken profile, or one for other colours: as viewers do, go without it


def _through(profile: ImageCms.ImageCmsProfile, image: Image.Image) -> Image.Image:
    target = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, profile, target, outputMode="RGB")
    return converted if converted is not None else image


def _shrunk(pixels: Pixels, own_dpi: float, dpi: float) -> tuple[Pixels, float]:
    """At fewer dpi, or few enough for the limits of a page."""
    height, width = pixels.shape[:2]
    scale = min(1.0, dpi / own_dpi, largest_scale(width, height))
    if scale >= 1.0:
        return pixels, own_dpi
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, dtype=np.uint8), own_dpi * scale
