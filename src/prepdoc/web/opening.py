"""`prepdoc open`: the server starts, the browser opens, and both end when nobody looks any more."""

from __future__ import annotations

import asyncio
import secrets
import socket
import webbrowser
from collections.abc import Callable
from typing import Final

import uvicorn

from prepdoc.web.desk import Desk, Named
from prepdoc.web.guard import ADDRESS, Guard
from prepdoc.web.presence import Presence
from prepdoc.web.routes import Routes
from prepdoc.web.workplace import workplace

GRACE_S: Final = 3
"""Streams are still open when the server ends; nothing else takes so long."""
LOOK_S: Final = 1.0
"""How often it is asked whether anybody is there."""


def serve(
    file: Named | None,
    told: Callable[[str], None],
    browse: Callable[[str], object] = webbrowser.open,
) -> None:
    """Serve the page, with `file` on it, until it is closed.

    `told` gets its address, and `browse` opens it.
    """
    with workplace(), socket.create_server((ADDRESS, 0)) as listening:
        port, token = listening.getsockname()[1], secrets.token_urlsafe(32)
        address = f"http://{ADDRESS}:{port}/{token}/"
        desk, presence = Desk(file), Presence()
        try:
            told(address)
            browse(address)
            inside = Routes(desk, presence).application()
            server = uvicorn.Server(_config(Guard(inside, token, port, presence.note)))
            asyncio.run(_served(server, listening, presence))
        finally:
            desk.close()


async def _served(server: uvicorn.Server, listening: socket.socket, presence: Presence) -> None:
    watch = asyncio.create_task(_ended(server, presence))
    await server.serve(sockets=[listening])
    watch.cancel()


async def _ended(server: uvicorn.Server, presence: Presence) -> None:
    """End the server when nobody looks at the page any more."""
    while not presence.is_over:
        await asyncio.sleep(LOOK_S)
    server.should_exit = True


def _config(app: Guard) -> uvicorn.Config:
    """Without any log: addresses hold the token, and errors may hold what was read."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
    )
