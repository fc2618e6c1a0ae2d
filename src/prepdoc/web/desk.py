"""The documents on the desk: each browser's own, worked on one after the other."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Final, TypeVar

from prepdoc.ocr.paddle import Paddle
from prepdoc.page import Language
from prepdoc.texts import speak
from prepdoc.web.document import Document

MOST_DOCUMENTS: Final = 10
"""Of one browser at a time; the oldest goes when another comes."""
MOST_BROWSERS: Final = 10
"""So many had to open the address with the token in it; a person has one or two."""

_T = TypeVar("_T")


class NotThere(LookupError):
    """There is no such document, or it is another browser's."""


@dataclass(frozen=True, slots=True)
class Named:
    """The file with which the server was started, and why it is looked at, where that is known."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A document on the desk: its id, and why it is looked at."""

    id: str
    why: str


class Desk:
    """Holds what browsers brought, in memory only. The engines load once."""

    def __init__(self, named: Named | None = None) -> None:
        self._named = named
        self._documents: dict[str, dict[str, Document]] = {}
        self._finder = Paddle()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepdoc")

    def browser(self, known: str | None) -> str:
        """The browser's secret name: the one it has, if it is one of ours, else a new one."""
        if known in self._documents:
            assert known is not None  # None is no key
            return known
        if len(self._documents) >= MOST_BROWSERS:
            self._forget(next(iter(self._documents)))
        name = secrets.token_urlsafe(32)
        self._documents[name] = {}
        return name

    def put(self, browser: str, name: str, data: bytes, language: Language) -> str:
        """Take a document and begin to read it; returns its id."""
        own = self._own(browser)
        if len(own) >= MOST_DOCUMENTS:
            own.pop(next(iter(own))).close()
        id, document = secrets.token_urlsafe(16), Document(name, data, self._finder)
        own[id] = document
        self.work(language, document.read)
        return id

    def take_named(self, browser: str, language: Language) -> Taken | None:
        """The file with which the server was started, for the first page that asks.

        Raises:
            NotThere: the browser is none of ours.
        """
        self._own(browser)
        file, self._named = self._named, None
        if file is None:
            return None
        return Taken(self.put(browser, file.name, file.data, language), file.why)

    def get(self, browser: str, id: str) -> Document:
        """A document that this browser brought.

        Raises:
            NotThere: it brought no such.
        """
        try:
            return self._own(browser)[id]
        except KeyError:
            raise NotThere from None

    def drop(self, browser: str, id: str) -> None:
        """Forget a document.

        Raises:
            NotThere: this browser brought no such.
        """
        self.get(browser, id).close()
        del self._documents[browser][id]

    def work(self, language: Language, task: Callable[[], _T]) -> Future[_T]:
        """Do something when what was asked for before is done, speaking a language."""

        def said() -> _T:
            speak(language)
            return task()

        return self._worker.submit(copy_context().run, said)

    def close(self) -> None:
        """Forget everything; what is going on ends soon."""
        for browser in list(self._documents):
            self._forget(browser)
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _own(self, browser: str) -> dict[str, Document]:
        try:
            return self._documents[browser]
        except KeyError:
            raise NotThere from None

    def _forget(self, browser: str) -> None:
        for document in self._documents.pop(browser).values():
            document.close()
