"""TLS as Dask is told to use it, tried before anything is sent: Dask itself says little of it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any, Final, TypeVar

from prepdoc.errors import PrepdocError
from prepdoc.texts import _, system_says

CA_FILE: Final = "DASK_DISTRIBUTED__COMM__TLS__CA_FILE"
CERT: Final = "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT"

Loaded = TypeVar("Loaded")


def context_of(security: Any) -> ssl.SSLContext | None:
    """What a client of Dask's configuration (a `Security`) encrypts with; None where it does not.

    Raises:
        PrepdocError: it is set up by halves, or a file is none of its kind.
    """
    ca = security.tls_ca_file
    if not ca:
        return None
    if not security.tls_client_cert:
        what = _("TLS for Dask is set up by halves: {name} is missing (docs/scale.md says how)")
        raise PrepdocError(what.format(name=CERT))
    where = {"cadata": ca} if "\n" in ca else {"cafile": ca}
    _loaded(CA_FILE, lambda: ssl.create_default_context(**where))
    context: ssl.SSLContext = _loaded(
        _("{cert} (with its key in it)").format(cert=CERT),
        lambda: security.get_connection_args("client")["ssl_context"],
    )
    return context


def check_handshake(host: str, port: int, context: ssl.SSLContext, timeout_s: float) -> None:
    """Whether what is there speaks TLS, and has a certificate of our authority.

    Raises:
        PrepdocError: it does not; where nobody is there, whoever connects finds out.
    """
    try:
        plain = socket.create_connection((host, port), timeout_s)
    except OSError:
        return
    place = f"{host}:{port}"
    try:
        with plain, context.wrap_socket(plain):
            pass
    except ssl.SSLCertVerificationError:
        what = _("the scheduler at {place} has no certificate of the authority in {name}")
        raise PrepdocError(what.format(place=place, name=CA_FILE)) from None
    except OSError:
        what = _("what answers at {place} does not speak TLS: start the scheduler with it")
        raise PrepdocError(what.format(place=place)) from None


def _loaded(name: str, load: Callable[[], Loaded]) -> Loaded:
    try:
        return load()
    except (OSError, ValueError) as error:
        reason = system_says(error) if isinstance(error, OSError) else type(error).__name__
        what = _("TLS for Dask cannot be set up: {name} cannot be used ({reason})")
        raise PrepdocError(what.format(name=name, reason=reason)) from None
