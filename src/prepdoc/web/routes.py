"""What the page may ask: documents in, progress, pictures and the result out.

All paths are below the token of this run (`guard`); each browser sees its own documents only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from prepdoc.cardholder import save, saved
from prepdoc.correspondence.letter import Letter
from prepdoc.correspondence.mail import MAX_BYTES, read_mails
from prepdoc.errors import PrepdocError
from prepdoc.page import Cardholder, Language
from prepdoc.reading import MAX_FILE_BYTES
from prepdoc.report import refusal_of
from prepdoc.requirements import ids, named
from prepdoc.texts import speak, spoken
from prepdoc.web.choices import BadChoice, choices_from
from prepdoc.web.desk import Desk, NotThere
from prepdoc.web.document import Document
from prepdoc.web.presence import Presence
from prepdoc.web.recipient import letter_told
from prepdoc.web.sight import MOST_PX, picture

STATIC: Final = Path(__file__).parent / "static"
COOKIE: Final = "prepdoc"
UPLOAD_S: Final = 60.0
"""A file comes from the same machine: the largest in a second."""
MOST_UPLOADS: Final = 4
"""At a time; each holds a file in memory."""
MOST_JSON_BYTES: Final = 1_000_000
MOST_NAME: Final = 300
"""Characters of a file's name; it is only looked at for the result's."""
TICK_S: Final = 0.2
"""How often progress is looked at: as often as a person sees a difference."""
BEAT_S: Final = 15.0
"""How often a silent stream says that it is alive."""

_T = TypeVar("_T")


class Routes:
    """The handlers; they hold the desk, and nothing of a request."""

    def __init__(self, desk: Desk, presence: Presence) -> None:
        self._desk = desk
        self._presence = presence
        self._uploads = asyncio.Semaphore(MOST_UPLOADS)

    def application(self) -> Starlette:
        """The server's inside, to be put behind the guard."""
        one = "/documents/{id}"
        page = f"{one}/pages/{{number:int}}"
        return Starlette(
            routes=[
                Route("/", self.index),
                Route("/documents", self.put, methods=["POST"]),
                Route(one, self.drop, methods=["DELETE"]),
                Route(f"{one}/events", self.events),
                Route(f"{one}/password", self.password, methods=["POST"]),
                Route(f"{one}/cancel", self.cancel, methods=["POST"]),
                Route(f"{one}/letter", self.letter, methods=["POST"]),
                Route(f"{page}/before", self.before),
                Route(f"{page}/after", self.look, methods=["POST"]),
                Route(f"{page}/after", self.after),
                Route(f"{one}/prepare", self.prepare, methods=["POST"]),
                Route(f"{one}/result", self.result),
                Route(f"{one}/reply/{{file}}", self.reply),
                Route("/start", self.start),
                Route("/details", self.save, methods=["POST"]),
                Route("/alive", self.alive),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            exception_handlers={
                NotThere: _answering(404, "no such document"),
                BadChoice: _unusable,
                ClientDisconnect: _answering(400, "gone"),
                PrepdocError: _refused,
            },
        )

    # --- the page ---------------------------------------------------------------------------

    async def index(self, request: Request) -> Response:
        """The page itself; it gives the browser its name, by which it finds its documents."""
        answer = FileResponse(STATIC / "index.html")
        name = self._desk.browser(request.cookies.get(COOKIE))
        answer.set_cookie(COOKIE, name, path=_own_path(request), httponly=True, samesite="strict")
        return answer

    async def start(self, request: Request) -> Response:
        """What the page begins with: the saved details, the profiles, and a file named already."""
        speak(_language(request))
        taken = self._desk.take_named(self._browser(request), _language(request))
        return JSONResponse(
            {
                "details": asdict(saved() or Cardholder("", "", "")),
                "profiles": {id: named(id).titles[spoken()] for id in ids()},
                "document": taken.id if taken else None,
                "why": taken.why if taken else "",
            }
        )

    async def save(self, request: Request) -> Response:
        """Save the details for the next time."""
        choices = choices_from(await _body(request, MOST_JSON_BYTES))
        save(choices.cardholder)
        return Response(status_code=204)

    async def alive(self, request: Request) -> Response:
        """A stream that is open as long as the page is."""
        return StreamingResponse(self._presence.stream(), media_type="text/event-stream")

    # --- documents --------------------------------------------------------------------------

    async def put(self, request: Request) -> Response:
        """Take a file: the body as it is, its name in the query."""
        browser = self._browser(request)
        async with self._uploads:
            data = await _body(request, MAX_FILE_BYTES)
        name = request.query_params.get("name", "")[:MOST_NAME]
        return JSONResponse({"id": self._desk.put(browser, name, data, _language(request))})

    async def drop(self, request: Request) -> Response:
        """Forget a file and all that was made of it."""
        self._desk.drop(self._browser(request), request.path_params["id"])
        return Response(status_code=204)

    async def password(self, request: Request) -> Response:
        """Read a locked PDF with its password, which is the body."""
        document = self._document(request)
        word = (await _body(request, MOST_JSON_BYTES)).decode("utf-8", "replace")
        self._desk.work(_language(request), lambda: document.read(word))
        return Response(status_code=202)

    async def cancel(self, request: Request) -> Response:
        """Let what is going on end."""
        self._document(request).cancel()
        return Response(status_code=202)

    async def events(self, request: Request) -> Response:
        """What becomes of a document, as server-sent events (HTML Standard, 9.2)."""
        told = _changes(self._document(request))
        return StreamingResponse(told, media_type="text/event-stream")

    async def letter(self, request: Request) -> Response:
        """Take the mail that asks for the statement; it is read at once."""
        document = self._document(request)
        data = await _body(request, MAX_BYTES)
        document.letter = await self._worked(request, lambda: Letter.latest(read_mails(data)))
        speak(_language(request))
        return JSONResponse(letter_told(document.letter))

    # --- pages ------------------------------------------------------------------------------

    async def before(self, request: Request) -> Response:
        """A page as it came."""
        document, number = self._page(request)
        width = _width(request)
        png = await self._worked(request, lambda: document.original(number, width))
        return Response(png, media_type="image/png")

    async def look(self, request: Request) -> Response:
        """What a page would look like with the choices in the body; its picture is fetched next."""
        document, number = self._page(request)
        choices = choices_from(await _body(request, MOST_JSON_BYTES))
        sight = await self._worked(request, lambda: document.look(number, choices))
        return JSONResponse(sight.told)

    async def after(self, request: Request) -> Response:
        """The page as it was looked at last."""
        document, number = self._page(request)
        sight, width = document.sights.get(number), _width(request)
        if sight is None:
            raise NotThere
        png = await asyncio.to_thread(picture, sight.pixels, width)
        return Response(png, media_type="image/png")

    # --- the result -------------------------------------------------------------------------

    async def prepare(self, request: Request) -> Response:
        """Make the result with the choices in the body; the events tell what comes of it."""
        document = self._document(request)
        choices = choices_from(await _body(request, MOST_JSON_BYTES))
        self._desk.work(_language(request), lambda: document.prepare(choices))
        return Response(status_code=202)

    async def result(self, request: Request) -> Response:
        """The file, to be saved."""
        document = self._document(request)
        if document.prepared is None or document.prepared.data is None:
            raise NotThere
        return _saved(document.prepared.data, document.result_name, document.media_type)

    async def reply(self, request: Request) -> Response:
        """The message or the draft, to be saved."""
        document, file = self._document(request), request.path_params["file"]
        if document.reply is None or file not in document.reply.files:
            raise NotThere
        return _saved(document.reply.files[file], file, "application/octet-stream")

    # --- inside -----------------------------------------------------------------------------

    def _browser(self, request: Request) -> str:
        return request.cookies.get(COOKIE, "")

    def _document(self, request: Request) -> Document:
        return self._desk.get(self._browser(request), request.path_params["id"])

    def _page(self, request: Request) -> tuple[Document, int]:
        document, number = self._document(request), int(request.path_params["number"])
        if not 1 <= number <= document.page_count:
            raise NotThere
        return document, number

    async def _worked(self, request: Request, task: Callable[[], _T]) -> _T:
        return await asyncio.wrap_future(self._desk.work(_language(request), task))


def _saved(data: bytes, name: str, media_type: str) -> Response:
    """A file that the browser saves and does not open (RFC 6266)."""
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, headers=headers, media_type=media_type)


def _own_path(request: Request) -> str:
    """The path below which this run's cookies are sent: its token."""
    return f"{request.scope['root_path']}/"


def _language(request: Request) -> Language:
    return "ja" if request.query_params.get("lang") == "ja" else "en"


def _width(request: Request) -> int:
    asked = request.query_params.get("width", "")
    return min(MOST_PX, int(asked)) if asked.isdecimal() and 0 < len(asked) < 6 else MOST_PX


async def _body(request: Request, most: int) -> bytes:
    """The body, if it comes in time and is no larger than it may be.

    Raises:
        HTTPException: it is larger, or slower.
    """
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > most:
        raise HTTPException(413)
    data = bytearray()
    try:
        async with asyncio.timeout(UPLOAD_S):
            async for chunk in request.stream():
                data += chunk
                if len(data) > most:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    return bytes(data)


async def _changes(document: Document) -> AsyncIterator[bytes]:
    """Every status that differs from the one before, and a sign of life in between."""
    last, silent = None, 0.0
    while True:
        if document.status != last:
            last, silent = document.status, 0.0
            yield b"data: " + msgspec.json.encode(document.told(last)) + b"\n\n"
        elif silent >= BEAT_S:
            silent = 0.0
            yield b": alive\n\n"
        await asyncio.sleep(TICK_S)
        silent += TICK_S


def _answering(code: int, words: str) -> Callable[[Request, Exception], Response]:
    """A handler that says so much of an error and no more."""
    return lambda request, error: JSONResponse({"error": words}, code)


def _unusable(request: Request, error: Exception) -> Response:
    return JSONResponse({"choice": str(error)}, 400)


def _refused(request: Request, error: Exception) -> Response:
    speak(_language(request))
    return JSONResponse({"refused": refusal_of(error).message}, 422)
