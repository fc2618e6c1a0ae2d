"""What no mail for people exceeds, and what is said of one that does: it is refused, not cut.

A mail that asks for a statement has some two thousand characters, three parts and ten links. The
bounds are far above the largest newsletter, and low enough for any file to be read in a moment.
"""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 20_000_000
"""Of a mail with its attachments: mail services let through 25 MB in base64, 18 MB of content."""
MAX_LINES: Final = 500_000
"""Of a mail, or of the mails of a mailbox that are read: 20 MB of base64 have 260,000."""
MAX_MAILS: Final = 5_000
"""Of a mailbox, the newest; an inbox of 20 MB has some two thousand."""
MAX_TEXT: Final = 1_000_000
"""Characters of all the words of a mail, and of all its HTML."""
MAX_HEAD_BYTES: Final = 500_000
"""Of all headers: Gmail takes 500 kB, Exchange 256 kB, Postfix 100 kB (header_size_limit)."""
MAX_HEADER: Final = 20_000
"""Characters of a header that is read; one with ten signatures' results has 3,000."""
MAX_ADDRESSES: Final = 100
"""In all the headers of one kind; mails of which more are the authors do not exist."""
MAX_RESULTS: Final = 20
"""Authentication-Results of the receiving server; iCloud writes six."""
MAX_PARTS: Final = 200
MAX_NESTED_PARTS: Final = 20
"""Parts within each other: as many as sendmail takes (MaxMimeDepth)."""
MAX_NESTED_ELEMENTS: Final = 1_000
"""Elements of HTML within each other: browsers put no more than 512, a hundred tables take 400."""
MAX_LINKS: Final = 2_000
"""Different ones; a long newsletter has three hundred."""

TOO_LARGE: Final = "This mail is far larger than any that asks for a statement: save it alone."
NO_TEXT: Final = "This mail holds no text: save it again, or paste its text into a file."
NO_MAIL: Final = "This is no mail: save it as .eml, or paste its text into a file."
HTML_BOMB: Final = "This mail's HTML unpacks to far more than a person reads: paste its text."
OVERGROWN: Final = (
    "This mail has far more headers, parts or links than any that asks for a statement: "
    "paste its text into a file."
)
