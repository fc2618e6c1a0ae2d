"""A dask.distributed cluster as an Executor; documents travel to it as bytes, over TLS.

TLS is set up as Dask's documentation says (its configuration `distributed.comm.tls`); without it
documents travel within this machine only.
"""

from __future__ import annotations

import ipaddress
import logging
import time
import warnings
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from prepdoc.batch.encrypting import check_handshake, context_of
from prepdoc.batch.parcel import check_version
from prepdoc.doctor import own_version
from prepdoc.errors import ComponentMissing, PrepdocError
from prepdoc.texts import N_, _

SCHEME: Final = "dask"
AHEAD: Final = 2
"""Parcels a thread of the workers: the next one is there when it is done with one."""
WAIT_S: Final = 30
"""For the scheduler to answer, for the first worker to join it, and for another after the last."""
FAREWELL_S: Final = 5
_LOGGERS: Final = ("distributed", "tornado")
_LARGE: Final = "Sending large graph"
_UNANSWERED: Final = N_("no scheduler answers at {place}, or it wants TLS (docs/scale.md says how)")
_NOBODY: Final = N_("no worker is left; go on with --resume when there are some")
_SILENT: Final = N_("the scheduler does not answer any more; go on with --resume when it does")
_VERSION: Final = "__import__('prepdoc.batch.parcel', fromlist=['_']).own_version()"
"""As an expression: a function of prepdoc's own would not reach a worker that has none."""


class Cluster:
    """The workers of a scheduler; they are left running when it is closed.

    Raises:
        PrepdocError: the address is none, documents would travel unencrypted to another machine,
            or no scheduler or no worker answers.
        ComponentMissing: Dask is not installed.
    """

    def __init__(self, address: str) -> None:
        self._client = _connected(*place_of(address))
        self._executor = self._client.get_executor(pure=False)
        self._seen = time.monotonic()

    @property
    def at_once(self) -> int:
        """Workers come and go."""
        return AHEAD * max(1, self._threads() or 0)

    def executor(self) -> Executor:
        """The client's; two documents that are alike are two documents."""
        executor: Executor = self._executor
        return executor

    def check(self) -> None:
        """Workers may be started anew; but nobody waits for them longer than at the start.

        Raises:
            PrepdocError: there has been none for `WAIT_S`, or the scheduler does not say.
        """
        threads = self._threads()
        if threads:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > WAIT_S:
            raise PrepdocError(_(_SILENT if threads is None else _NOBODY))

    def _threads(self) -> int | None:
        """Of all workers; None where the scheduler does not answer."""
        with suppress(OSError, TimeoutError):
            return sum(map(int, self._client.ncores(callback_timeout=WAIT_S).values()))
        return None

    def deaths(self, error: Exception) -> int:
        """As many as the scheduler gave it to before it gave up."""
        from distributed import KilledWorker

        died = isinstance(error, KilledWorker)
        return int(error.args[2]) + 1 if died else 0  # its third argument: allowed failures

    def close(self) -> None:
        """Leave the workers; what they are at is given up."""
        self._executor.shutdown(wait=False)
        with suppress(TimeoutError):  # a scheduler that is stopped hears no farewell
            self._client.close(timeout=FAREWELL_S)


def place_of(address: str) -> tuple[str, int]:
    """The scheduler's host and port.

    Raises:
        PrepdocError: it is no address of one.
    """
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
        raise ComponentMissing(_("Dask is not installed; pip install 'prepdoc[dask]'")) from None
    _hush()
    security = Security()
    context = context_of(security)
    if context is not None:
        check_handshake(host, port, context, WAIT_S)
    elif not _is_here(host):
        raise PrepdocError(
            _(
                "documents would travel to {host} unencrypted: set up TLS for Dask"
                " (docs/scale.md says how)"
            ).format(host=host)
        )
    place = f"{'tls' if context else 'tcp'}://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        client = Client(place, security=security, timeout=WAIT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        what = _("no scheduler answers at {place}") if context else _(_UNANSWERED)
        raise PrepdocError(what.format(place=place)) from None
    try:
        client.wait_for_workers(1, timeout=WAIT_S)
        _check_workers(client)
    except TimeoutError:
        client.close()
        raise PrepdocError(_("no worker has joined {place}").format(place=place)) from None
    except PrepdocError:
        client.close()
        raise
    return client


def _hush() -> None:
    """What Dask has to say, also of a scheduler that ended, is said by prepdoc in its own words.

    And a document is no graph, though it is sent as one: its advice is for those who write graphs.
    """
    warnings.filterwarnings("ignore", _LARGE, UserWarning)
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _check_workers(client: Any) -> None:
    """A worker without prepdoc would end when it gets a document, and so would the next one.

    Raises:
        PrepdocError: one has none, or another version.
    """
    told = client.run(eval, _VERSION, on_error="return")
    for place, theirs in told.items():
        if isinstance(theirs, BaseException):
            what = _("the worker at {place} has no prepdoc that works: install it on all ({kind})")
            raise PrepdocError(what.format(place=place, kind=type(theirs).__name__))
        check_version(theirs, own_version())


def _is_here(host: str) -> bool:
    """Whether it is this machine's loopback interface (RFC 5735, 4291; RFC 6761 for the name)."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
