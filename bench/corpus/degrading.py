"""What scanners, phones, screens, fax machines and drawers do to a page whose digits are labelled.

    Picture(pixels, labels) ─turned, skewed, blurred, …→ Picture

Geometry moves pixels and labels alike (labels by nearest neighbour); what only changes the light
leaves the labels alone. Everything that is left to chance takes a `random.Random`, so that the
same seed spoils a page in the same way.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.corpus.drawing import BLACK, WHITE, Rgb
from bench.corpus.truth import Labels

Pixels: TypeAlias = NDArray[np.uint8]
Light: TypeAlias = NDArray[Any]
"""H × W (or H × W × 3) factors: 1 leaves a pixel as it is, 0 leaves it black."""
Matrix: TypeAlias = NDArray[np.float64]
Pattern: TypeAlias = Literal["guilloche", "stripes", "dots", "checks"]

# Light goes down to this under a shadow only at its very heart; a soft edge is this part of a page.
SHADOW_EDGE = 0.04
# Luma under which a fax sees black; ITU-T T.4 leaves it to the machine, this suits thin print.
FAX_THRESHOLD = 150
# ITU-T T.4: "fine" is 204 dots an inch across and 196 down.
FAX_DPI = 200.0
# Cells of a grid darker than this get a dot: a third of them is ink, so that no stroke is lost.
DOT_LUMA = 175
# A screen's stripes are this close to one a camera pixel: nearer, and bands are wider than a line.
SCREEN_PITCH_PX = (1.03, 1.09)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page of pixels (H × W × 3, RGB) and whose ink lies where (H × W, maybe another size)."""

    pixels: Pixels = field(repr=False)
    labels: Labels = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]


# --- where things lie ----------------------------------------------------------------------------


def turned(picture: Picture, quarters: int) -> Picture:
    """Turned counter-clockwise by quarter turns; no pixel is lost."""
    pixels, labels = (np.rot90(a, quarters).copy() for a in (picture.pixels, picture.labels))
    return Picture(pixels.astype(np.uint8), labels.astype(np.uint16))


def skewed(picture: Picture, degrees: float, paper: Rgb = WHITE) -> Picture:
    """Turned counter-clockwise by some degrees on a sheet that has grown so that nothing is cut."""
    height, width = picture.size
    sine, cosine = abs(math.sin(math.radians(degrees))), abs(math.cos(math.radians(degrees)))
    wider, taller = width * cosine + height * sine, height * cosine + width * sine
    affine = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    affine[:, 2] += np.array([(wider - width) / 2, (taller - height) / 2])
    sheet = np.full((round(taller), round(wider), 3), paper, dtype=np.uint8)
    return _warped(picture, np.vstack([affine, (0, 0, 1)]), sheet)


def in_perspective(
    picture: Picture, chance: random.Random, tilt: float, table: Rgb = (96, 82, 70)
) -> Picture:
    """Photographed askew on a table; each corner moves inwards by up to `tilt` of the sides."""
    height, width = picture.size
    margin = 0.03
    corners = [
        (
            abs(x - margin - chance.uniform(0, tilt)) * width,
            abs(y - margin - chance.uniform(0, tilt)) * height,
        )
        for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    page = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(page, np.array(corners, dtype=np.float32))
    return _warped(picture, np.asarray(matrix, np.float64), wooden((height, width), chance, table))


def curled(picture: Picture, bulge: float, waves: int = 1) -> Picture:
    """Paper that does not lie flat: lines bend up or down by `bulge` of the height, so many times
    across the page.
    """
    pixels = _bent(picture.pixels, bulge, waves, cv2.INTER_LINEAR)
    labels = _bent(picture.labels, bulge, waves, cv2.INTER_NEAREST)
    return Picture(np.asarray(pixels, np.uint8), np.asarray(labels, np.uint16))


def downsampled(picture: Picture, factor: float) -> Picture:
    """Fewer pixels; the labels keep their resolution, so that thin strokes stay noted."""
    height, width = picture.size
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    shrunk = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
    return replace(picture, pixels=np.asarray(shrunk, np.uint8))


def enlarged(picture: Picture, factor: float) -> Picture:
    """More pixels but no more to see, as when a small scan is blown up."""
    height, width = picture.size
    size = (round(width * factor), round(height * factor))
    grown = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_CUBIC)
    return replace(picture, pixels=np.asarray(grown, np.uint8))


def pasted(picture: Picture, sheet: Picture, at: tuple[int, int], opaque: Light) -> Picture:
    """The picture laid on a sheet, its top-left at `at` (x, y in pixels), where it is opaque.

    Both have labels of the size of their pixels.
    """
    height, width = picture.size
    rows, columns = slice(at[1], at[1] + height), slice(at[0], at[0] + width)
    pixels, labels = sheet.pixels.copy(), sheet.labels.copy()
    below = pixels[rows, columns].astype(np.float64)
    share = opaque[..., None]
    pixels[rows, columns] = clipped(below * (1 - share) + picture.pixels * share)
    labels[rows, columns] = np.where(opaque > 0.5, picture.labels, labels[rows, columns])
    return Picture(pixels, labels)


# --- lens and sensor -----------------------------------------------------------------------------


def blurred(picture: Picture, sigma_px: float) -> Picture:
    """Out of focus."""
    return _with(picture, cv2.GaussianBlur(picture.pixels, (0, 0), sigma_px))


def motion_blurred(picture: Picture, length_px: float, degrees: float) -> Picture:
    """The hand moved while the shutter was open."""
    side = math.ceil(length_px) | 1
    kernel = np.zeros((side, side), dtype=np.float32)
    dx, dy = (f(math.radians(degrees)) * length_px / 2 for f in (math.cos, math.sin))
    middle = side // 2
    start, end = (middle - dx, middle - dy), (middle + dx, middle + dy)
    cv2.line(kernel, _rounded(start), _rounded(end), 1.0, 1, cv2.LINE_AA)
    return _with(picture, cv2.filter2D(picture.pixels, -1, kernel / kernel.sum()))


def noisy(picture: Picture, chance: random.Random, sigma: float) -> Picture:
    """Sensor noise: normal, `sigma` grey levels, half of it the same in the three channels."""
    dice = _dice(chance)
    height, width = picture.size
    noise = dice.standard_normal((height, width, 4), np.float32) * np.float32(sigma)
    return _with(picture, clipped(picture.pixels + noise[..., :1] + noise[..., 1:] / 2))


def salted(picture: Picture, chance: random.Random, share: float) -> Picture:
    """Single pixels turned white or black, as bad lines and old copiers do."""
    hits = _dice(chance).random(picture.size)
    pixels = picture.pixels.copy()
    pixels[hits < share / 2] = 255
    pixels[hits > 1 - share / 2] = 0
    return _with(picture, pixels)


def jpegged(picture: Picture, quality: int, chroma: Literal["4:4:4", "4:2:0"] = "4:2:0") -> Picture:
    """Through a JPEG encoder and back."""
    target = BytesIO()
    Image.fromarray(picture.pixels).save(target, "JPEG", quality=quality, subsampling=chroma)
    with Image.open(target) as image:
        return _with(picture, np.array(image.convert("RGB")))


def with_moire(picture: Picture, chance: random.Random, depth: float) -> Picture:
    """A photographed screen: its red, green and blue stripes beat with the camera's pixels.

    Sampled, not painted: the stripes are about one pixel wide, so the bands come out by themselves,
    coloured and bent by the lens, `depth` (0 to 1) being how dark the stripes' gaps are.
    """
    height, width = picture.size
    x, y = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    angle = math.radians(chance.uniform(1, 5)) * chance.choice((-1, 1))
    lens = 1 + chance.uniform(-6e-9, 6e-9) * ((x - width / 2) ** 2 + (y - height / 2) ** 2)
    across = (x * math.cos(angle) + y * math.sin(angle)) * lens / chance.uniform(*SCREEN_PITCH_PX)
    down = (y * math.cos(angle) - x * math.sin(angle)) * lens / chance.uniform(*SCREEN_PITCH_PX)
    thirds = np.arange(3) / 3
    stripes = 1 + np.cos(2 * math.pi * (across[..., None] + thirds))
    rows = 1 + np.cos(2 * math.pi * down[..., None])
    return _lit(picture, 1 - depth * (0.35 * stripes + 0.15 * rows))


# --- light ---------------------------------------------------------------------------------------


def shaded(picture: Picture, chance: random.Random, darkest: float) -> Picture:
    """Lit from one side; on the other `darkest` of the light is left."""
    height, width = picture.size
    angle = chance.uniform(0, 2 * math.pi)
    across = math.cos(angle) * np.linspace(-1, 1, width)
    towards = across + math.sin(angle) * np.linspace(-1, 1, height)[:, None]
    share = (towards - towards.min()) / (towards.max() - towards.min())
    return _lit(picture, darkest + (1 - darkest) * share)


def vignetted(picture: Picture, darkest: float) -> Picture:
    """Brightest in the middle, as under a lamp or through a cheap lens."""
    height, width = picture.size
    x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, None]
    return _lit(picture, 1 - (1 - darkest) * (x**2 + y**2) / 2)


def shadowed(picture: Picture, chance: random.Random, darkest: float) -> Picture:
    """The shadow of a hand and its fingers, reaching in from an edge, with a soft border."""
    height, width = picture.size
    shade = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(shade)
    root = (chance.uniform(0.2, 0.8) * width, height * 1.05)
    palm = 0.25 * width
    draw.ellipse((root[0] - palm, height * 0.72, root[0] + palm, height * 1.4), fill=255)
    for finger in range(5):
        aim = math.radians(-90 + (finger - 2) * 17 + chance.uniform(-4, 4))
        reach = height * chance.uniform(0.45, 0.65)
        tip = (root[0] + math.cos(aim) * reach, root[1] + math.sin(aim) * reach)
        draw.line((*root, *tip), fill=255, width=round(width * 0.07))
    turned = (
        shade.transpose(chance.choice(list(Image.Transpose)[:2]))
        if chance.random() < 0.5
        else shade
    )
    soft = cv2.GaussianBlur(np.array(turned), (0, 0), SHADOW_EDGE * width / 4)
    return _lit(picture, 1 - (1 - darkest) * soft / 255.0)


def glaring(picture: Picture, chance: random.Random, strength: float) -> Picture:
    """A lamp mirrored in glossy paper or glass: a soft spot that is washed out, not burnt out."""
    height, width = picture.size
    x = np.linspace(0, width / height, width) - chance.uniform(0.2, 0.8) * width / height
    y = np.linspace(0, 1, height)[:, None] - chance.uniform(0.2, 0.8)
    spot = strength * np.exp(-(x**2 + y**2) / 0.03)[..., None]
    return _with(picture, clipped(picture.pixels * (1 - spot) + 255 * spot))


def faded(picture: Picture, darkest: float, lightest: float) -> Picture:
    """Less contrast: black becomes `darkest` and white `lightest`, in grey levels."""
    return _with(picture, clipped(darkest + picture.pixels * ((lightest - darkest) / 255.0)))


def light_on_dark(picture: Picture, paper: Rgb = BLACK, ink: Rgb = WHITE) -> Picture:
    """Dark mode: what was white takes the paper's colour, what was black the ink's."""
    share = picture.pixels / 255.0
    return _with(picture, clipped(np.array(ink) * (1 - share) + np.array(paper) * share))


# --- paper ---------------------------------------------------------------------------------------


def tinted(picture: Picture, paper: Rgb) -> Picture:
    """On coloured paper."""
    return _lit(picture, np.broadcast_to(np.array(paper) / 255.0, picture.pixels.shape))


def patterned(
    picture: Picture, chance: random.Random, pattern: Pattern, colour: Rgb, period_px: float
) -> Picture:
    """Printed over a fine pattern in `colour`, as security paper has it."""
    height, width = picture.size
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x, y = x / period_px + chance.random(), y / period_px + chance.random()
    cover = _cover(pattern, x, y)
    return _lit(picture, 1 - cover[..., None] * (1 - np.array(colour) / 255.0))


def watermarked(picture: Picture, text: str, grey: int, size_px: float, degrees: float) -> Picture:
    """A word printed slantwise across the page, again and again, under or over the print."""
    height, width = picture.size
    side = math.ceil(math.hypot(height, width))
    mark = Image.new("L", (side, side), 255)
    draw, font = ImageDraw.Draw(mark), ImageFont.load_default(size_px)
    step = draw.textlength(text, font) + size_px
    for row in range(math.ceil(side / (3 * size_px))):
        for column in range(-1, math.ceil(side / step)):
            draw.text(((column + row % 2 / 2) * step, row * 3 * size_px), text, grey, font)
    slant = mark.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    left, top = (side - width) // 2, (side - height) // 2
    return _lit(picture, np.array(slant.crop((left, top, left + width, top + height))) / 255.0)


def dirtied(picture: Picture, chance: random.Random, amount: float) -> Picture:
    """Specks, hairs and a cup's ring, thinner and paler than print: digits stay readable."""
    height, width = picture.size
    dirt = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(dirt)
    for _ in range(round(amount * 150)):
        x, y, r = (
            chance.uniform(0, width),
            chance.uniform(0, height),
            chance.uniform(0.3, 0.0012 * width),
        )
        draw.ellipse((x - r, y - r, x + r, y + r), fill=chance.randint(60, 190))
    for _ in range(round(amount * 5)):
        _draw_hair(draw, chance, (height, width))
    x, y, r = chance.uniform(0.2, 0.8) * width, chance.uniform(0.2, 0.8) * height, 0.12 * width
    draw.ellipse((x - r, y - r, x + r, y + r), outline=205, width=round(0.006 * width))
    return _lit(picture, np.asarray(cv2.GaussianBlur(np.array(dirt), (0, 0), 0.8)) / 255.0)


def folded(picture: Picture, chance: random.Random, darkest: float) -> Picture:
    """Folded in three and opened again: each fold a thin dark line beside a light one."""
    height, width = picture.size
    light = np.ones((height, width))
    for fold in (1, 2):
        at = round((fold / 3 + chance.uniform(-0.02, 0.02)) * height)
        thick = max(1, round(height / 1200))
        light[at : at + thick] = darkest
        light[at - 8 * thick : at] *= np.linspace(1, (1 + darkest) / 2, 8 * thick)[:, None]
    return _lit(picture, light)


def faxed(picture: Picture, chance: random.Random, dpi: float) -> Picture:
    """Scanned at 200 dots an inch in black and white only, with a few lines that did not come over.

    A streak is one dot thick, as a lost scan line is; the picture must come at `dpi`.
    """
    small = blurred(downsampled(picture, FAX_DPI / dpi), 0.6)
    luma = cv2.cvtColor(small.pixels, cv2.COLOR_RGB2GRAY)
    black = np.where(luma < FAX_THRESHOLD, 0, 255).astype(np.uint8)
    for _ in range(chance.randint(0, 3)):
        black[:, chance.randrange(black.shape[1])] = 0
    return _with(small, np.repeat(black[..., None], 3, axis=2))


def dotted(picture: Picture, grid_px: float, pitch_px: float, share: float) -> Picture:
    """As a matrix printer prints it: a round dot in each dark cell of a grid of `grid_px` pixels.

    Dots are `pitch_px` apart afterwards, and this share of it wide: below 1 there is paper between.
    """
    height, width = (round(side / grid_px) for side in picture.size)
    grey = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY)
    dark = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA) < DOT_LUMA
    reach = round(grid_px * picture.labels.shape[0] / picture.size[0])
    near = cv2.dilate(picture.labels, np.ones((reach, reach), np.uint8))
    whose = cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST)
    y, x = np.indices((round(height * pitch_px), round(width * pitch_px)), dtype=np.float32) + 0.5
    away = np.hypot(x % pitch_px - pitch_px / 2, y % pitch_px - pitch_px / 2)
    cells = (y // pitch_px).astype(int), (x // pitch_px).astype(int)
    cover = np.clip(share * pitch_px / 2 - away + 0.5, 0, 1) * dark[cells]
    pixels = clipped(252 - 225 * np.repeat(cover[..., None], 3, axis=2))
    return Picture(pixels, np.where(cover > 0.5, whose[cells], 0).astype(np.uint16))


def wooden(size: tuple[int, int], chance: random.Random, colour: Rgb) -> Pixels:
    """A table top: grain along the width, so that a photo's surroundings are not flat."""
    height, width = size
    rough = _dice(chance).normal(0, 1, (height, max(2, width // 40))).astype(np.float32)
    grain = np.asarray(cv2.resize(cv2.GaussianBlur(rough, (0, 0), 3), (width, height)))
    return clipped(np.array(colour) + 30.0 * grain[..., None])


# --- the parts -----------------------------------------------------------------------------------


def _draw_hair(draw: ImageDraw.ImageDraw, chance: random.Random, size: tuple[int, int]) -> None:
    height, width = size
    x, y = chance.uniform(0, width), chance.uniform(0, height)
    box = (x, y, x + chance.uniform(0.02, 0.1) * width, y + chance.uniform(0.02, 0.1) * width)
    start = chance.uniform(0, 360)
    draw.arc(box, start, start + chance.uniform(30, 140), fill=150, width=max(1, width // 1200))


def _cover(pattern: Pattern, x: Light, y: Light) -> Light:
    """How much of the pattern's ink lies at each point; a period is 1."""
    wave = 2 * math.pi
    if pattern == "guilloche":
        bent = y + 0.6 * np.sin(wave * x / 7) + 0.4 * np.sin(wave * x / 2.7)
        crossed = y - 0.6 * np.sin(wave * x / 7) - 0.4 * np.sin(wave * x / 3.1)
        return np.asarray((np.cos(wave * bent) > 0.8) | (np.cos(wave * crossed) > 0.8), float)
    if pattern == "stripes":
        return np.asarray(np.cos(wave * (x + y)) > 0.3, float)
    if pattern == "dots":
        return np.asarray((x % 1 - 0.5) ** 2 + (y % 1 - 0.5) ** 2 < 0.08, float)
    return np.asarray((np.floor(x) + np.floor(y)) % 2, float)


def _bent(image: Any, bulge: float, waves: int, how: int) -> Any:
    height, width = image.shape[:2]
    across = np.linspace(0, waves * math.pi, width, dtype=np.float32)[None, :]
    x = np.tile(np.arange(width, dtype=np.float32), (height, 1))
    y = np.arange(height, dtype=np.float32)[:, None] + bulge * height * np.sin(across)
    return cv2.remap(image, x, y, how, borderMode=cv2.BORDER_REPLICATE)


def _warped(picture: Picture, matrix: Matrix, sheet: Pixels) -> Picture:
    """The page mapped onto a copy of the sheet; a pixel's centre is n + ½ here, n in OpenCV."""
    height, width = sheet.shape[:2]
    centred = _shifting(-0.5) @ matrix @ _shifting(0.5)
    page = cv2.warpPerspective(picture.pixels, centred, (width, height), flags=cv2.INTER_CUBIC)
    whole = np.full(picture.size, 255, dtype=np.uint8)
    share = cv2.warpPerspective(whole, centred, (width, height))[..., None] / np.float32(255)
    pixels = clipped(page * share + sheet * (1 - share))
    return Picture(pixels, _warped_labels(picture, matrix, (height, width)))


def _warped_labels(picture: Picture, matrix: Matrix, size: tuple[int, int]) -> Labels:
    """At their own resolution, so that thin strokes do not get lost."""
    high, wide = (a / b for a, b in zip(picture.labels.shape, picture.size, strict=True))
    scale = np.diag([wide, high, 1.0])
    centred = _shifting(-0.5) @ scale @ matrix @ np.linalg.inv(scale) @ _shifting(0.5)
    target = (round(size[1] * wide), round(size[0] * high))
    moved = cv2.warpPerspective(picture.labels, centred, target, flags=cv2.INTER_NEAREST)
    return np.asarray(moved, np.uint16)


def _lit(picture: Picture, light: Light) -> Picture:
    factors = light if light.ndim == 3 else light[..., None]
    return _with(picture, clipped(picture.pixels * factors.astype(np.float32)))


def _with(picture: Picture, pixels: Any) -> Picture:
    return replace(picture, pixels=np.ascontiguousarray(pixels, dtype=np.uint8))


def clipped(values: Any) -> Pixels:
    """Rounded to whole grey levels, 0 to 255."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _dice(chance: random.Random) -> np.random.Generator:
    return np.random.default_rng(chance.getrandbits(64))


def _rounded(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _shifting(by: float) -> Matrix:
    return np.array([(1, 0, by), (0, 1, by), (0, 0, 1)], dtype=np.float64)
