"""The page's server as a process of its own, by `prepdoc open`, and a plain HTTP client."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ANSWER_S = 60


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Client:
    """Asks a server; requests are those of its own page unless they say otherwise."""

    address: str

    @property
    def host(self) -> str:
        """Name and port, as the browser sends them."""
        return urlsplit(self.address).netloc

    @property
    def path(self) -> str:
        """The token, between slashes."""
        return urlsplit(self.address).path

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        below: str | None = None,
    ) -> Answer:
        """A request for what stands below the token; headers with an empty value are left out."""
        own = {"Host": self.host, "Origin": f"http://{self.host}", **(headers or {})}
        connection = http.client.HTTPConnection(self.host, timeout=ANSWER_S)
        connection.putrequest(
            method, (self.path if below is None else below) + path, skip_host=True,
            skip_accept_encoding=True,
        )  # fmt: skip
        for name, value in own.items():
            if value:
                connection.putheader(name, value)
        if body is not None and "Content-Length" not in own:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        said = Answer(answer.status, told, answer.read())
        connection.close()
        return said

    @contextmanager
    def kept(self) -> Iterator[None]:
        """As if a page were open all the time: the server ends when none is."""
        connection = http.client.HTTPConnection(self.host, timeout=ANSWER_S)
        connection.request("GET", f"{self.path}alive", headers=self.browser())
        connection.getresponse()
        try:
            yield
        finally:
            connection.close()

    def browser(self) -> dict[str, str]:
        """The headers by which a new browser is known."""
        cookie = self.ask("GET", "").headers["set-cookie"].partition(";")[0]
        return {"Cookie": cookie}


@dataclass
class Served(Client):
    """A running server."""

    process: subprocess.Popen[str] = field(repr=False)


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[Served]:
    """`prepdoc open` with settings and temporary files below a folder."""
    (folder / "tmp").mkdir(exist_ok=True)
    environ = {
        **os.environ,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "settings"),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "prepdoc", "open", "--no-browser", *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    try:
        assert process.stdout
        yield Served(process.stdout.readline().strip(), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(ANSWER_S)
        if process.stdout:
            process.stdout.close()
