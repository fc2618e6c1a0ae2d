"""blankout (RedactPDF), a local web application: its own endpoint, called without the browser.

The rule is its `credit_card` preset, with its OCR proposals for pictures. It takes PDFs only. An
export that it blocks, or wants a person to look at first, is a refusal.
"""

# mypy: disable-error-code="import-not-found"
# Its imports are those of the tool's own environment.

from __future__ import annotations

import asyncio
import io
import json

from fastapi import HTTPException, UploadFile
from redactpdf.main import redact_apply
from serving import Refused, serve

PAYLOAD = json.dumps({"presets": {"presets": ["credit_card"]}, "options": {"ocr_proposals": True}})


def redact(data: bytes, suffix: str) -> bytes:
    """As the browser posts it.

    Raises:
        Refused: the file is no PDF, or the audit blocks the export.
    """
    if suffix != ".pdf":
        raise Refused("takes PDFs only")
    upload = UploadFile(io.BytesIO(data), filename="statement.pdf")
    try:
        answer = asyncio.run(redact_apply(file=upload, payload=PAYLOAD))
    except HTTPException as error:
        raise Refused(f"status {error.status_code}") from None
    if answer.status_code != 200:
        raise Refused(f"status {answer.status_code}")
    return bytes(answer.body)


if __name__ == "__main__":
    serve(redact)
