"""A dask.distributed cluster as an Executor; documents travel to it as bytes, over TLS.

TLS is set up as Dask's documentation says (its configuration `distributed.comm.tls`); without it
documents travel within this machine only.
"""

from __future__ import annotations

import ipaddress
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from prepdoc.errors import ComponentMissing, PrepdocError
from prepdoc.texts import _

SCHEME: Final = "dask"
AHEAD: Final = 2
"""Parcels a thread of the workers: the next one is there when it is done with one."""
WAIT_S: Final = 30
"""For the scheduler to answer, and for the first worker to join it."""


class Cluster:
    """The workers of a scheduler; they are left running when it is closed.

    Raises:
        PrepdocError: the address is none, documents would travel unencrypted to another machine,
            or no scheduler or no worker answers.
        ComponentMissing: Dask is not installed.
    """

    def __init__(self, address: str) -> None:
        self._client = _connected(*_place(address))
        self._executor = self._client.get_executor(pure=False)

    @property
    def at_once(self) -> int:
        """Workers come and go."""
        return AHEAD * max(1, sum(map(int, self._client.ncores().values())))

    def executor(self) -> Executor:
        """The client's; two documents that are alike are two documents."""
        executor: Executor = self._executor
        return executor

    def renew(self) -> None:
        """The scheduler finds other workers by itself."""

    def deaths(self, error: Exception) -> int:
        """As many as the scheduler gave it to before it gave up."""
        from distributed import KilledWorker

        died = isinstance(error, KilledWorker)
        return int(error.args[2]) + 1 if died else 0  # its third argument: allowed failures

    def close(self) -> None:
        """Leave the workers; what they are at is given up."""
        self._executor.shutdown(wait=False)
        self._client.close()


def _place(address: str) -> tuple[str, int]:
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme == SCHEME and parts.hostname and parts.port and not parts.path.strip("/"):
            return parts.hostname, parts.port
    raise PrepdocError(_("--executor takes the scheduler's address as dask://HOST:PORT"))


def _connected(host: str, port: int) -> Any:
    """A client with at least one worker."""
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError:
        raise ComponentMissing("Dask is not installed; pip install 'prepdoc[dask]'") from None
    security = Security()
    is_encrypted = bool(security.tls_ca_file)
    if not (is_encrypted or _is_here(host)):
        raise PrepdocError(
            _(
                "documents would travel to {host} unencrypted: set up TLS for Dask"
                " (docs/scale.md says how)"
            ).format(host=host)
        )
    place = f"{'tls' if is_encrypted else 'tcp'}://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        client = Client(place, security=security, timeout=WAIT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise PrepdocError(_("no scheduler answers at {place}").format(place=place)) from None
    try:
        client.wait_for_workers(1, timeout=WAIT_S)
    except TimeoutError:
        client.close()
        raise PrepdocError(_("no worker has joined {place}").format(place=place)) from None
    return client


def _is_here(host: str) -> bool:
    """Whether it is this machine's loopback interface (RFC 5735, 4291; RFC 6761 for the name)."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
