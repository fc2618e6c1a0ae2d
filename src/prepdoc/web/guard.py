"""Stands before every route: only the page that this server gave out may ask it anything.

The server listens on the loopback address, but every program and every web site on this machine
can reach that. So each request must name this server as its host (against DNS rebinding), come
from its own page (against forgery from other sites), and know the token of this run, which stands
in the address that the browser was opened with.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS: Final = "127.0.0.1"
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
"""They change nothing (RFC 9110, section 9.2.1); browsers send no origin with them."""
OWN_SITES: Final = frozenset({"same-origin", "none"})
"""What a browser says of requests of the page itself, and of addresses typed by hand (Fetch
Metadata, W3C)."""

HEADERS: Final[Mapping[str, str]] = {
    # Nothing is loaded from elsewhere, nothing is framed, no script but the page's own runs.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


class Guard:
    """An ASGI application around another one, which it hands nothing that must not get there.

    `asked` is called for every request that is let in.
    """

    def __init__(self, app: ASGIApp, token: str, port: int, asked: Callable[[], None]) -> None:
        self._app = app
        self._asked = asked
        self._token = token
        self._host = f"{ADDRESS}:{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on with the token taken off its path."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, _with_headers(send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not (self._knows_token(scope) and self._is_own(scope)):
            await PlainTextResponse("not allowed\n", 403)(scope, receive, send)
            return
        self._asked()
        began = _Began(send)
        try:
            await self._app({**scope, "root_path": f"/{self._token}"}, receive, began)
        except Exception as error:  # noqa: BLE001 (the server would print it, with what it holds)
            if not began.is_begun:
                told = f"internal error ({type(error).__name__})\n"
                await PlainTextResponse(told, 500)(scope, receive, send)

    def _knows_token(self, scope: Scope) -> bool:
        """Whether the path begins with it; how much of it is right takes no other time."""
        parts = scope["path"].split("/", 2)  # nothing, the token, the rest
        known = hmac.compare_digest("".join(parts[1:2]).encode(), self._token.encode())
        return len(parts) > 2 and known

    def _is_own(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin, own = headers.get("origin"), f"http://{self._host}"
        from_own = origin == own or (origin is None and scope["method"] in SAFE_METHODS)
        hosts = headers.getlist("host")
        return hosts == [self._host] and from_own and _is_own_site(headers)


def _is_own_site(headers: Headers) -> bool:
    """Browsers say by themselves whose request it is; other programs do not."""
    return headers.get("sec-fetch-site", "none") in OWN_SITES


def _with_headers(send: Send) -> Send:
    """A `send` that puts the headers to every answer."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return answer


class _Began:
    """A `send` that knows whether an answer is on its way."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_begun = False

    async def __call__(self, message: Message) -> None:
        self.is_begun = True
        await self._send(message)
