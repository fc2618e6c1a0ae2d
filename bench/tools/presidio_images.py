"""presidio-image-redactor on pictures of the pages: Tesseract, then the CREDIT_CARD recogniser.

The recogniser is a pattern and a checksum, so the language model that presidio would fetch is
replaced by spaCy's blank English pipeline, which needs no download.
"""

# mypy: disable-error-code="import-not-found"
# Its imports are those of the tool's own environment.

from __future__ import annotations

import io
import tempfile
from functools import lru_cache
from pathlib import Path

import pypdfium2
import spacy
from PIL import Image, ImageOps
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_image_redactor import ImageAnalyzerEngine, ImageRedactorEngine
from serving import serve

DPI = 200
QUALITY = 90


@lru_cache(maxsize=1)
def _engine() -> ImageRedactorEngine:
    folder = Path(tempfile.gettempdir()) / "prepdoc-bench-blank-english"
    spacy.blank("en").to_disk(folder)
    language = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": str(folder)}])
    analyzer = AnalyzerEngine(nlp_engine=language, supported_languages=["en"])
    return ImageRedactorEngine(ImageAnalyzerEngine(analyzer))


def redact(data: bytes, suffix: str) -> bytes:
    """Pictures keep their form; a PDF's pages become pictures."""
    target = io.BytesIO()
    if suffix != ".pdf":
        with Image.open(io.BytesIO(data)) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
        form = "PNG" if suffix == ".png" else "JPEG"
        _redacted(picture).save(target, form, quality=QUALITY)
        return target.getvalue()
    document = pypdfium2.PdfDocument(data)
    pages = [_redacted(page.render(scale=DPI / 72).to_pil().convert("RGB")) for page in document]
    pages[0].save(
        target, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=QUALITY
    )
    return target.getvalue()


def _redacted(picture: Image.Image) -> Image.Image:
    redacted: Image.Image = _engine().redact(picture, entities=["CREDIT_CARD"])
    return redacted


if __name__ == "__main__":
    serve(redact)
