"""One statement that a browser brought, from its bytes to its result.

bytes ─read→ Reading ─choices→ what each page would look like ─choices→ Prepared
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from prepdoc import pipeline
from prepdoc.checked import Checked
from prepdoc.checking import Demand
from prepdoc.checking.telling import check_dict
from prepdoc.correspondence.letter import Letter
from prepdoc.errors import PasswordNeeded
from prepdoc.finding import Wishes, unclaimed_in
from prepdoc.job import Job, Options, OutputFormat, opened
from prepdoc.page import Cardholder, CardNumber
from prepdoc.pan import RULE_VALID
from prepdoc.pipeline import Prepared, Reading
from prepdoc.publishing import output_name
from prepdoc.report import Refusal, refusal_of
from prepdoc.web.choices import Choices
from prepdoc.web.recipient import Reply, demand_of, letter_told, reply_to
from prepdoc.web.sight import Sight, picture, seen

if TYPE_CHECKING:
    from prepdoc.ocr.paddle import Paddle

MEDIA_TYPES: Final[Mapping[OutputFormat, str]] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
}

State: TypeAlias = Literal["waiting", "reading", "locked", "ready", "preparing", "done", "refused"]


@dataclass(frozen=True, slots=True)
class Status:
    """Where a document is; `stage`, `done` and `total` are those of the pipeline's progress."""

    state: State = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A digit run that was left alone; `id` stands for its digits, which no page is told."""

    id: str
    page: int
    digits: int
    last_four: str


class Cancelled(Exception):
    """The person does not want the work to go on."""


class Document:
    """Its methods are called by one thread, one after the other; `status` by any."""

    def __init__(self, name: str, data: bytes, finder: Paddle) -> None:
        self.status = Status()
        self.prepared: Prepared | None = None
        self.reply: Reply | None = None
        self.sights: dict[int, Sight] = {}
        self.letter: Letter | None = None
        self._name = PurePath(name).stem
        self._data = data
        self._finder = finder
        self._salt = secrets.token_bytes(16)
        self._texts: dict[str, str] = {}
        self._open = ExitStack()
        self._job: Job | None = None
        self._reading: Reading | None = None
        self._others: tuple[Other, ...] = ()
        self._is_cancelled = False

    def __repr__(self) -> str:
        return f"Document({self.status.state})"

    @property
    def page_count(self) -> int:
        """Pages read; 0 until they are."""
        return len(self._reading.notes) if self._reading else 0

    def told(self, status: Status) -> dict[str, Any]:
        """A status as JSON takes it; with what was read, where something was."""
        refused = status.refusal
        return {
            "state": status.state,
            "stage": status.stage,
            "done": status.done,
            "total": status.total,
            "pages": self.page_count,
            "others": [asdict(other) for other in self._others],
            "refused": refused.message if refused else None,
            "checks": [check_dict(one) for one in self._checks(refused)],
            "name": self.result_name if self.prepared else None,
            "letter": letter_told(self.letter) if self.letter else None,
            "reply": self.reply.told if self.reply else None,
        }

    @property
    def result_name(self) -> str:
        """The file name of the result, safe and without a card number."""
        return output_name(self._name, f".{self._format}")

    @property
    def media_type(self) -> str:
        """Of the result."""
        return MEDIA_TYPES[self._format]

    def read(self, password: str | None = None) -> None:
        """Read every page; `status` tells what came of it."""
        self._begin("reading")
        try:
            job = self._opened(password)
            self._reading = pipeline.read(job)
            self._others = tuple(self._left_alone(self._reading))
            self._job = job
            self.status = Status("ready")
        except PasswordNeeded as error:
            self._refused("locked", error)
        except Cancelled:
            self.status = Status("waiting")
        except Exception as error:  # noqa: BLE001 (the page is told; the server goes on)
            self._refused("refused", error)

    def look(self, number: int, choices: Choices) -> Sight:
        """What a page would look like with these choices; it stands in `sights` then.

        Raises:
            PrepdocError: it cannot be made so.
        """
        job, reading = self._chosen(choices, None)
        plan, page = pipeline.proposed(job, reading, number)
        self.sights[number] = seen(plan, page, self._id, self._is_removable)
        return self.sights[number]

    def original(self, number: int, width: int) -> bytes:
        """A page as it came, as PNG of at most so many pixels across."""
        assert self._job  # pages are asked for once they are read
        return picture(self._job.bare(number, None).pixels, width)

    def prepare(self, choices: Choices) -> None:
        """Make the result and the answer; `status` tells what came of it."""
        self._begin("preparing")
        self.prepared = self.reply = None
        try:
            job = self._chosen(choices, demand_of(choices, self.letter))
            self.prepared = pipeline.completed(*job)
            self.reply = reply_to(self.prepared, self._name, choices, self.letter)
            self.status = Status("done")
        except Cancelled:
            self.status = Status("ready")
        except Exception as error:  # noqa: BLE001 (the page is told; the server goes on)
            self._refused("ready", error)

    def cancel(self) -> None:
        """Let what is going on end soon."""
        self._is_cancelled = True

    def close(self) -> None:
        """Forget it; the process that read it ends."""
        self.cancel()
        self._open.close()

    # --- inside -----------------------------------------------------------------------------

    def _opened(self, password: str | None) -> Job:
        self._open.close()
        nobody = Cardholder("", "", "")
        options = Options(password=password)
        job = self._open.enter_context(opened(self._data, nobody, options, self._progress))
        return replace(job, finder=self._finder)

    def _chosen(self, choices: Choices, demand: Demand | None) -> tuple[Job, Reading]:
        """The job and the reading with what was chosen."""
        assert self._job and self._reading  # choices come when it has been read
        options = replace(
            self._job.options,
            last_four=choices.last_four,
            lang=choices.language,
            mask=self._texts_of(choices.masked),
            keep=self._texts_of(choices.kept),
            drawn=choices.drawn,
            stamp_at=choices.stamp_at,
            demand=demand,
        )
        job = replace(self._job, cardholder=choices.cardholder, options=options)
        return job, pipeline.reread(self._reading, Wishes(options.mask, options.keep))

    @property
    def _format(self) -> OutputFormat:
        assert self._job  # there is a result only of what was opened
        return self._job.format

    def _checks(self, refused: Refusal | None) -> tuple[Checked, ...]:
        if refused:
            return refused.checks
        return self.prepared.checks if self.prepared else ()

    def _left_alone(self, reading: Reading) -> Iterator[Other]:
        """What looks like a number and is left alone, page by page."""
        for note in reading.notes:
            for run in dict.fromkeys(unclaimed_in(note.read_lines)):
                yield Other(self._id(run), note.page, len(run), run[-4:])

    def _id(self, text: str) -> str:
        """A name for digits that tells nothing of them."""
        id = hashlib.blake2b(text.encode(), key=self._salt, digest_size=12).hexdigest()
        self._texts[id] = text
        return id

    def _texts_of(self, ids: Iterable[str]) -> tuple[str, ...]:
        """In a fixed order; ids that nobody was told are passed over."""
        return tuple(self._texts[id] for id in sorted(ids) if id in self._texts)

    @staticmethod
    def _is_removable(number: CardNumber) -> bool:
        """A number that Luhn proves stays masked, and so does one that is partly hidden."""
        return number.rule != RULE_VALID and number.pan.digits.isdecimal()

    def _begin(self, state: State) -> None:
        self._is_cancelled = False
        self.status = Status(state)

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._is_cancelled:
            raise Cancelled
        self.status = Status(self.status.state, stage, done, total)

    def _refused(self, state: State, error: Exception) -> None:
        self.status = Status(state, refusal=refusal_of(error))
