"""Everything that can go wrong while fetching, as ``Failure`` values: class, one clean line, what to do."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawler.blocked import wall_of
from crawler.consent import consent_wall_of
from crawler.faults import OURS_ALONE, connecting, looking_up, numbers_of, shaking_hands, telling, whose
from crawler.fetched import Fetched
from crawler.headers import retry_after
from crawler.moved import leads_elsewhere, parked_at
from pipeline.types import Failure, FailureClass

#: C0, C1, bidirectional controls and lone surrogates: nothing of it may reach a terminal or a log
_UNCLEAN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_QUOTED: Final = re.compile(r"[:\s]+b['\"]")
_MAX_MESSAGE = 300


class FetchError(IgnoreRequest):  # Scrapy's word for "no response, and no traceback either"
    """A fetch that ended in an expected failure, on its way through Scrapy to ``classify_error``."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def fetch_error(kind: FailureClass, message: str, *, permanent: bool = False) -> FetchError:
    """A FetchError with a cleaned message."""
    return FetchError(Failure(kind=kind, message=one_line(message), permanent=permanent))


def one_line(text: str) -> str:
    """``text`` as one line of at most 300 characters, without control and bidirectional characters."""
    return " ".join(_UNCLEAN.sub(" ", text).split())[:_MAX_MESSAGE]


def _tls(error: BaseException, host: str) -> str:
    return f"no trustworthy TLS connection to {host}: {shaking_hands(error)}"


def _connect(error: BaseException, host: str) -> str:
    return f"cannot connect to {host}: {connecting(error)}"


def _dns(error: BaseException, host: str) -> str:
    return looking_up(error, host.rpartition(":")[0] or host)


def _proxy_refused(error: BaseException, host: str) -> str:
    return f"the proxy answered {getattr(error, 'status', 0)} when asked to connect to {host}"


def _not_http(error: BaseException, host: str) -> str:
    reason = _QUOTED.split(str(getattr(error, "message", error)))[0]  # not what was sent instead of HTTP
    return f"{host} did not answer in valid HTTP: {reason}"


def _says(words: str) -> Callable[[BaseException, str], str]:
    return lambda _error, host: words.format(host=host)


_Words = Callable[[BaseException, str], str]
_Row = tuple[tuple[type[BaseException], ...], FailureClass, _Words]

#: exceptions -> class and words; the first row that fits wins, so the special come before the general
_ROWS: Final[tuple[_Row, ...]] = (
    ((aiohttp.ConnectionTimeoutError,), FailureClass.TIMEOUT, _says("no connection to {host} in time")),
    (
        (asyncio.TimeoutError, DownloadTimeoutError),
        FailureClass.TIMEOUT,
        _says("no complete answer from {host} in time"),
    ),
    (
        (aiohttp.ClientConnectorDNSError, CannotResolveHostError, socket.gaierror),
        FailureClass.DNS,
        _dns,
    ),
    (
        (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError),
        FailureClass.TLS,
        _tls,
    ),
    ((aiohttp.ClientHttpProxyError,), FailureClass.CONNECT, _proxy_refused),
    ((aiohttp.ClientProxyConnectionError,), FailureClass.OWN_NETWORK, _says("the proxy cannot be reached")),
    ((aiohttp.ServerDisconnectedError,), FailureClass.CONNECT, _says("{host} hung up without an answer")),
    (
        (aiohttp.ClientPayloadError, ResponseDataLossError),
        FailureClass.HTTP,
        _says("the answer of {host} broke off before its end"),
    ),
    ((aiohttp.ClientResponseError, HttpProcessingError), FailureClass.HTTP, _not_http),
    ((DownloadConnectionRefusedError, OSError), FailureClass.CONNECT, _connect),
    (
        (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, UnsupportedURLSchemeError, NotSupported),
        FailureClass.REFUSED_ADDRESS,
        _says("not a fetchable URL"),
    ),
    ((DownloadCancelledError,), FailureClass.TOO_LARGE, _says("the answer of {host} is too large")),
    (
        (aiohttp.ClientError, DownloadFailedError, IgnoreRequest, ValueError),
        FailureClass.HTTP,
        lambda error, host: f"fetching from {host} failed: {type(error).__name__} {error}",
    ),
)

#: what a fetch is expected to raise; anything else is a bug and must propagate
FETCH_ERRORS: Final[tuple[type[BaseException], ...]] = tuple(kind for row in _ROWS for kind in row[0])


def classify_error(error: BaseException, url: str) -> Failure:
    """The failure an exception of Scrapy, aiohttp or ours stands for.

    Raises ``error`` itself where it is none of FETCH_ERRORS: a bug, not a failure of the network.
    """
    if isinstance(error, FetchError):
        return error.failure
    row = _unusual(error, url) or next((row[1:] for row in _ROWS if isinstance(error, row[0])), None)
    if row is None:
        raise error
    kind, words = row
    message = one_line(words(error, _host(url)))
    return Failure(kind=kind, message=message, permanent=kind is FailureClass.REFUSED_ADDRESS)


def _unusual(error: BaseException, url: str) -> tuple[FailureClass, _Words] | None:
    """The row of an error that its type alone would put elsewhere."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        wants_login = error.status == 407
        return (
            (FailureClass.OWN_NETWORK, _says("the proxy wants a user name and password"))
            if wants_login
            else None
        )
    if not isinstance(error, OSError) or isinstance(error, aiohttp.ClientProxyConnectionError):
        return None
    numbers = numbers_of(error)
    if OURS_ALONE & set(numbers):
        return FailureClass.OWN_NETWORK, lambda fault, _: f"this machine cannot connect: {connecting(fault)}"
    if telling(numbers) == errno.ETIMEDOUT:
        return FailureClass.TIMEOUT, _says("no connection to {host} in time")
    broken_off = isinstance(getattr(error, "os_error", None), ConnectionResetError) and not numbers
    if broken_off and url.lower().startswith("https:"):
        return FailureClass.TLS, _says(
            "no trustworthy TLS connection to {host}: it hung up during the handshake"
        )
    return None


def our_side(what: BaseException | Failure) -> bool | None:
    """Whose fault an error speaks for: our own network's (True), the outlet's (False), or neither's (None).

    A hint, no verdict: a broken name server of the outlet looks like one of ours. Raises ``what`` where it is
    none of FETCH_ERRORS.
    """
    failure = what if isinstance(what, Failure) else classify_error(what, "")
    if failure.kind is FailureClass.OWN_NETWORK:
        return True
    if failure.kind in {FailureClass.DNS, FailureClass.CONNECT}:
        return whose(failure.message)
    return None if failure.kind in {FailureClass.TLS, FailureClass.TIMEOUT} else False


def classify_status(fetched: Fetched, now: datetime) -> Failure | None:
    """The failure an answer's status stands for; None where it can be used (200, 201, 203, 304 ...).

    A part (206) and nothing (204, 205) are failures: nobody asked for them. 410 is permanent. ``Retry-After``
    is honoured on every failure, up to seven days.
    """
    status = fetched.status
    wait = retry_after(fetched.header("retry-after"), now)
    stopped = _stopped(fetched)
    if stopped is not None:
        return replace(stopped, retry_after=wait)
    if status == 304 or (200 <= status < 300 and status not in {204, 205, 206}):
        return None
    if status == 410:
        return Failure(kind=FailureClass.GONE, message="HTTP 410 Gone", status=410, permanent=True)
    message = _status_line(status, fetched)
    return Failure(kind=FailureClass.HTTP, message=message, status=status, retry_after=wait)


def classify_document(fetched: Fetched, problem: str) -> Failure:
    """The failure that a feed's usable answer is whose document is no feed; ``problem`` is the parser's line.

    An HTML page that redirects led to is a feed that has moved away; other documents are broken feeds.
    """
    where = leads_elsewhere(fetched)
    message = f"its address leads to {where}" if where else problem
    kind = FailureClass.MOVED if where else FailureClass.PARSE
    return Failure(kind=kind, message=one_line(message), status=fetched.status)


def _stopped(fetched: Fetched) -> Failure | None:
    """What stands in the place of the outlet's answer: a bot wall, a consent wall, a dealer in domains."""
    status = fetched.status
    wall = wall_of(fetched)
    if wall:
        return Failure(kind=FailureClass.BLOCKED, message=f"blocked by {wall} (HTTP {status})", status=status)
    consent = consent_wall_of(fetched)
    if consent:
        message = f"a consent wall of {consent} stands before it"
        return Failure(kind=FailureClass.BLOCKED, message=one_line(message), status=status)
    dealer = parked_at(fetched)
    if dealer:
        message = f"the domain is parked at {dealer}"
        return Failure(kind=FailureClass.MOVED, message=one_line(message), status=status)
    return None


#: what Cloudflare's own statuses say of the server behind it (Cloudflare's reference of 5xx errors)
_BEHIND: Final = {
    520: "gives an answer that makes no sense",
    521: "refuses the connection",
    522: "does not answer",
    523: "cannot be reached",
    524: "takes too long",
    525: "fails in the TLS handshake",
    526: "has no valid certificate",
    530: "cannot be found",
}


def _status_line(status: int, fetched: Fetched) -> str:
    if status in _BEHIND:
        cloudflare = fetched.header("cf-ray") or "cloudflare" in (fetched.header("server") or "").lower()
        behind = "behind Cloudflare" if cloudflare else "behind a proxy of its own"
        return f"HTTP {status}: the outlet's server, {behind}, {_BEHIND[status]}"
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}, a status that does not exist"


def _host(url: str) -> str:
    """The host and explicit port of a URL, without its credentials; for messages."""
    try:
        return one_line(urlsplit(url).netloc.rpartition("@")[2]) or "the server"
    except ValueError:
        return "the server"
