"""Pictures of every kind become upright sRGB pages, and broken ones are refused."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageFile

from prepdoc.errors import UnreadableInput
from prepdoc.page import Page
from prepdoc.reading import open_source

ORIENTATION = 0x0112
"""The EXIF tag that says how a picture is turned (EXIF 2.32 §4.6.4)."""
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def corners() -> Image.Image:
    """60 × 40: red at the upper left, green at the upper right, blue at the lower left."""
    image = Image.new("RGB", (60, 40), WHITE)
    for colour, place in ((RED, (0, 0)), (GREEN, (40, 0)), (BLUE, (0, 20))):
        image.paste(colour, (*place, place[0] + 20, place[1] + 20))
    return image


def heif(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=95, **options)
    return out.getvalue()


def page_of(data: bytes, dpi: float | None = None) -> Page:
    return open_source(data).page(1, dpi)


def colour_at(page: Page, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in page.pixels[y, x])


SAVED = {
    "PNG": saved(corners(), "PNG"),
    "JPEG": saved(corners(), "JPEG", quality=95, subsampling=0),
    "TIFF": saved(corners(), "TIFF", compression="tiff_lzw"),
    "WEBP": saved(corners(), "WEBP", lossless=True),
    "BMP": saved(corners(), "BMP"),
    "GIF": saved(corners(), "GIF"),
    "HEIF": heif(corners()),
}


@pytest.mark.parametrize("format", SAVED)
def test_every_format_gives_its_pixels_upright(format: str) -> None:
    source = open_source(SAVED[format])
    assert (source.kind, source.format, source.page_count) == ("image", format, 1)
    page = source.page(1)
    assert page.pixels.shape == (40, 60, 3)
    assert page.pixels.dtype == np.uint8
    for place, colour in (((10, 10), RED), ((50, 10), GREEN), ((10, 30), BLUE), ((50, 30), WHITE)):
        assert colour_at(page, *place) == pytest.approx(colour, abs=12)
    assert page.lines == ()


@pytest.mark.parametrize(
    ("format", "photographic"),
    {
        "PNG": False,
        "GIF": False,
        "BMP": False,
        "TIFF": False,
        "JPEG": True,
        "WEBP": True,
        "HEIF": True,
    }.items(),
)
def test_what_came_without_loss_goes_out_without(format: str, photographic: bool) -> None:
    assert page_of(SAVED[format]).photographic is photographic


def many_colours() -> Image.Image:
    values = np.random.default_rng(1).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    return Image.fromarray(values)


def test_colours_decide_for_tiff_but_not_for_png() -> None:
    assert page_of(saved(many_colours(), "TIFF")).photographic
    assert not page_of(saved(many_colours(), "PNG")).photographic


# Orientation → where the red corner of the stored picture is seen (x, y), of the upright size.
TURNS = {
    1: ("left", "top"),
    2: ("right", "top"),
    3: ("right", "bottom"),
    4: ("left", "bottom"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_the_exif_turn_is_applied(format: str, turn: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    page = page_of(saved(corners(), format, exif=exif))
    height, width = (60, 40) if turn >= 5 else (40, 60)
    assert page.pixels.shape == (height, width, 3)
    across, down = TURNS[turn]
    x = 10 if across == "left" else width - 10
    y = 10 if down == "top" else height - 10
    assert colour_at(page, x, y) == pytest.approx(RED, abs=25)


def test_the_turn_of_a_heif_is_applied_once() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    page = page_of(heif(corners(), exif=exif.tobytes()))
    assert page.pixels.shape == (60, 40, 3)
    assert colour_at(page, 30, 10) == pytest.approx(RED, abs=25)


def test_of_several_pictures_in_a_heif_the_primary_one_is_read() -> None:
    """As every viewer shows it (ISO/IEC 23008-12, 6.2), wherever it stands."""
    pictures = pillow_heif.from_pillow(Image.new("RGB", (60, 40), "white"))
    pictures.add_from_pillow(corners())
    out = io.BytesIO()
    pictures.save(out, quality=95, primary_index=1)
    assert colour_at(page_of(out.getvalue()), 10, 10) == pytest.approx(RED, abs=25)


def ramp(dtype: type, top: float) -> Image.Image:
    return Image.fromarray(np.tile(np.linspace(0, top, 60).astype(dtype), (40, 1)))


GREYS = {
    "8 bits": saved(ramp(np.uint8, 255), "PNG"),
    "16 bits, PNG": saved(ramp(np.uint16, 65535), "PNG"),
    "16 bits, TIFF": saved(ramp(np.uint16, 65535), "TIFF"),
    "32 bits, TIFF": saved(ramp(np.int32, 2_000_000_000), "TIFF"),
    "floats, TIFF": saved(ramp(np.float32, 1.0), "TIFF"),
}


@pytest.mark.parametrize("data", GREYS.values(), ids=GREYS)
def test_greys_of_any_depth_are_scaled_and_not_clipped(data: bytes) -> None:
    row = page_of(data).pixels[20].astype(int)
    assert (row == row[:, :1]).all()
    assert row[:, 0] == pytest.approx(np.linspace(0, 255, 60), abs=2)


@pytest.mark.parametrize("compression", ["group4", "group3", "packbits", "raw"])
def test_one_bit_scans_are_black_and_white(compression: str) -> None:
    image = Image.new("1", (64, 40), 1)
    image.paste(0, (8, 8, 32, 32))
    page = page_of(saved(image, "TIFF", compression=compression))
    assert colour_at(page, 16, 16) == (0, 0, 0)
    assert colour_at(page, 50, 16) == WHITE
    assert not page.photographic


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk_becomes_the_colours_that_are_seen(format: str) -> None:
    """Adobe stores CMYK in JPEG inverted; Pillow writes and reads it so."""
    image = Image.new("CMYK", (60, 40), (0, 255, 255, 0))
    assert colour_at(page_of(saved(image, format)), 30, 20) == pytest.approx(RED, abs=8)


TRANSPARENT = {
    "RGBA": saved(Image.new("RGBA", (60, 40), (255, 0, 0, 0)), "PNG"),
    "LA": saved(Image.new("LA", (60, 40), (0, 0)), "PNG"),
    "a transparent palette entry": saved(Image.new("P", (60, 40), 0), "PNG", transparency=0),
    "a transparent colour": saved(Image.new("RGB", (60, 40), RED), "PNG", transparency=RED),
    "a transparent grey": saved(Image.new("L", (60, 40), 7), "PNG", transparency=7),
    "WebP": saved(Image.new("RGBA", (60, 40), (255, 0, 0, 0)), "WEBP", lossless=True),
    "GIF": saved(Image.new("P", (60, 40), 0), "GIF", transparency=0),
}


@pytest.mark.parametrize("data", TRANSPARENT.values(), ids=TRANSPARENT)
def test_what_is_transparent_is_white(data: bytes) -> None:
    assert colour_at(page_of(data), 30, 20) == WHITE


def test_half_transparent_ink_is_half_as_dark() -> None:
    page = page_of(saved(Image.new("RGBA", (60, 40), (0, 0, 0, 128)), "PNG"))
    assert colour_at(page, 30, 20) == pytest.approx((127, 127, 127), abs=1)


@pytest.mark.parametrize(
    ("ink", "paper"), [(250, (0, 0, 0)), (90, WHITE), (160, WHITE)], ids=["white", "dark", "grey"]
)
def test_white_print_on_nothing_is_seen_on_black(ink: int, paper: tuple[int, int, int]) -> None:
    """On white nobody could read it; whatever can be read there stays on white."""
    image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    image.paste((ink, ink, ink, 255), (10, 10, 30, 20))
    page = page_of(saved(image, "PNG"))
    assert colour_at(page, 50, 30) == paper
    assert colour_at(page, 20, 15) == (ink, ink, ink)


def test_a_window_with_clear_corners_stays_on_white() -> None:
    """A screenshot's shadow and corners are little of it."""
    image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (2, 2, 58, 38))
    assert colour_at(page_of(saved(image, "PNG")), 1, 1) == WHITE


def swapped_profile() -> bytes:
    """sRGB whose red and green primaries have changed places, so that the effect is plain."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", data, 128)[0]
    entries = {bytes(data[p : p + 4]): p for p in range(132, 132 + 12 * count, 12)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    data[red + 4 : red + 12], data[green + 4 : green + 12] = (
        data[green + 4 : green + 12],
        data[red + 4 : red + 12],
    )
    return bytes(data).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_colour_profile_is_followed(mode: str) -> None:
    image = Image.new(mode, (60, 40), (*RED, 255)[: len(mode)])
    page = page_of(saved(image, "PNG", icc_profile=swapped_profile()))
    assert colour_at(page, 30, 20) == pytest.approx(GREEN, abs=3)


def test_a_broken_colour_profile_is_passed_over() -> None:
    page = page_of(saved(Image.new("RGB", (60, 40), RED), "PNG", icc_profile=b"no profile at all"))
    assert colour_at(page, 30, 20) == RED


def test_the_srgb_profile_changes_no_pixel() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    page = page_of(saved(many_colours(), "PNG", icc_profile=profile))
    assert (page.pixels == np.asarray(many_colours())).all()


def frames(count: int = 3) -> list[Image.Image]:
    return [Image.new("RGB", (30, 20), (80 * index, 0, 0)) for index in range(count)]


def test_every_frame_of_a_tiff_is_a_page() -> None:
    first, *rest = frames()
    source = open_source(saved(first, "TIFF", save_all=True, append_images=rest))
    assert source.page_count == 3
    shades = [int(source.page(number).pixels[5, 5, 0]) for number in (3, 1, 2)]
    assert shades == [160, 0, 80]


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame_and_tells_of_the_others(format: str) -> None:
    first, *rest = frames()
    data = saved(first, format, save_all=True, append_images=rest, duration=100)
    source = open_source(data)
    assert source.page_count == 1
    assert colour_at(source.page(1), 5, 5) == pytest.approx((0, 0, 0), abs=3)
    assert "2 further frames (not shown)" in [witness.where for witness in source.witnesses()]


@pytest.mark.parametrize(
    ("size", "stated", "expected"),
    [
        ((2480, 3508), 300, 300),
        ((2480, 3508), 72, 300.1),
        ((2480, 3508), None, 300.1),
        ((600, 1000), 96, 96),
        ((600, 1000), 30, 85.5),
        ((200, 300), None, 72),
        ((9000, 200), None, 600),
        ((720, 10112), None, 87.1),
        ((300, 28500), None, 150),
    ],
)
def test_the_dpi_make_a_document_of_the_picture(
    size: tuple[int, int], stated: int | None, expected: float
) -> None:
    options = {} if stated is None else {"dpi": (stated, stated)}
    page = page_of(saved(Image.new("L", size, 255), "PNG", **options))
    assert page.dpi == pytest.approx(expected, rel=0.002)


def test_fewer_dpi_give_a_smaller_page_and_more_do_not_enlarge_it() -> None:
    data = saved(Image.new("L", (2480, 3508), 255), "PNG", dpi=(300, 300))
    half = page_of(data, 150)
    assert (half.pixels.shape, half.dpi) == ((1754, 1240, 3), pytest.approx(150))
    same = page_of(data, 600)
    assert (same.pixels.shape[0], same.dpi) == (3508, pytest.approx(300, rel=0.001))


def test_a_picture_too_large_for_a_page_is_made_smaller() -> None:
    page = page_of(saved(Image.new("1", (40_000, 500), 1), "PNG"))
    assert page.pixels.shape[1] == 30_000
    assert page.dpi == pytest.approx(600 * 0.75)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb() -> bytes:
    """A PNG of 60 000 × 60 000 in a few bytes."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)


def text_bomb() -> bytes:
    """A PNG with a compressed text chunk of 90 MB."""
    data = SAVED["PNG"]
    text = b"note\0\0" + zlib.compress(bytes(90_000_000))
    return data[:33] + chunk(b"zTXt", text) + data[33:]


NOISE = saved(many_colours(), "PNG")
BROKEN = {
    "a decompression bomb": bomb(),
    "a text bomb": text_bomb(),
    **{f"{name}, half": data[: len(data) // 2] for name, data in SAVED.items() if name != "WEBP"},
    "WEBP, half": saved(many_colours(), "WEBP")[:2000],
    "PNG, header only": NOISE[:8],
    "PNG, two thirds": NOISE[: len(NOISE) * 2 // 3],
    "JPEG, header only": b"\xff\xd8\xff\xe0",
    "TIFF, header only": b"II*\0" + bytes(8),
    "TIFF, G4, half": saved(many_colours().convert("1"), "TIFF", compression="group4")[:300],
    "BMP, header only": SAVED["BMP"][:30],
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_picture_is_refused_in_one_sentence(
    data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnreadableInput) as refusal:
        open_source(data)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert capfd.readouterr() == ("", "")


def test_damage_that_libtiff_complains_of_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(saved(many_colours().convert("1"), "TIFF", compression="group4"))
    data[300:500] = b"\xff" * 200
    with contextlib.suppress(UnreadableInput):
        page_of(bytes(data))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("number", [0, 2])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(UnreadableInput, match="There is no page"):
        open_source(SAVED["PNG"]).page(number)


def test_what_another_library_lets_pillow_forgive_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """WeasyPrint tells Pillow to load half a picture, for all of the process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = SAVED["PNG"]
    with pytest.raises(UnreadableInput):
        open_source(data[: len(data) // 2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES
