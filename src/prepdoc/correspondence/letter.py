"""The mail that asks, together with what it asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from prepdoc.correspondence.mail import Mail
from prepdoc.correspondence.request import Asked, latest_known


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail that asks, and what it asks."""

    mail: Mail = field(repr=False)
    asked: Asked

    @classmethod
    def latest(cls, mails: Iterable[Mail]) -> Letter:
        """Of a mailbox the last mail that asks something or says that it is over; else the last.

        Raises:
            ValueError: there is no mail.
        """
        return cls(*latest_known(mails))
