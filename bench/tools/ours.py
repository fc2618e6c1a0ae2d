"""prepdoc through its public API, warm: what `prepdoc FILE --last4 --cardholder …` does."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.corpus.truth import Spec
from bench.tools.results import Done, Refused, Result, ToolCrashed

if TYPE_CHECKING:
    from prepdoc import Cardholder, Prepared

# Invented people; one name with variant kanji, as forms most often garble.
PEOPLE = (
    ("髙﨑 花子", "〒107-0099 東京都港区青葉坂三丁目14番15号", "090-1234-5678"),
    (
        "Hanako Takasaki",
        "1420 Example Street, Apt 5B, Springfield, IL 62701, USA",
        "+1 217-555-0142",
    ),
)

LAST_FOUR = "8317"
"""What a user gives where the issuer hides the last four; nothing in the corpus says otherwise."""


class Ours:
    """Gives prepdoc what a user gives: the file and the details, no digits."""

    name = "prepdoc"

    def ready(self) -> None:
        """It is here."""

    def details(self, spec: Spec) -> tuple[str, ...]:
        """Name, address and phone; Japanese and English by turns."""
        return PEOPLE[spec.number % len(PEOPLE)]

    def apply(self, data: bytes, suffix: str, spec: Spec) -> Result:
        """What prepdoc makes of a file.

        Raises:
            ToolCrashed: it raised what it does not promise.
        """
        from prepdoc import Cardholder, PrepdocError

        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            source = Path(folder, f"statement{suffix}")
            source.write_bytes(data)
            try:
                done = _prepared(source, Cardholder(*self.details(spec)))
            except PrepdocError as error:
                return Refused(type(error).__name__, str(error))
            except Exception as error:
                raise ToolCrashed(type(error).__name__) from error
            assert done.output is not None
            return Done(done.output.read_bytes(), done.output.suffix)


def _prepared(source: Path, who: Cardholder) -> Prepared:
    """As a user does it: where the message asks for the last four, the user has the card."""
    from prepdoc import NoCardNumber, Options, prepare

    try:
        return prepare(source, who)
    except NoCardNumber:
        return prepare(source, who, Options(last_four=LAST_FOUR))
