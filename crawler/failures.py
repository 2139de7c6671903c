"""Everything that can go wrong while fetching, as ``Failure`` values: class, one clean line, what to do."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Callable
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
from crawler.fetched import Fetched
from crawler.headers import retry_after
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
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or ""
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if not reason and inner is not None:
        reason = getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or str(inner)
    return f"no trustworthy TLS connection to {host}: {reason or error}"


def _connect(error: BaseException, host: str) -> str:
    cause = getattr(error, "os_error", error)
    number = getattr(cause, "errno", None)
    return f"cannot connect to {host}: {os.strerror(number).lower() if number else cause}"


def _proxy_refused(error: BaseException, host: str) -> str:
    return f"the proxy answered {getattr(error, 'status', 0)} when asked to connect to {host}"


def _not_http(error: BaseException, host: str) -> str:
    reason = _QUOTED.split(str(getattr(error, "message", error)))[0]  # not what was sent instead of HTTP
    return f"{host} did not answer in valid HTTP: {reason}"


def _says(words: str) -> Callable[[BaseException, str], str]:
    return lambda _error, host: words.format(host=host, name=host.rpartition(":")[0] or host)


_Row = tuple[tuple[type[BaseException], ...], FailureClass, Callable[[BaseException, str], str]]

#: exceptions -> class and words; the first row that fits wins, so the special come before the general
_ROWS: Final[tuple[_Row, ...]] = (
    (
        (asyncio.TimeoutError, DownloadTimeoutError),
        FailureClass.TIMEOUT,
        _says("no complete answer from {host} in time"),
    ),
    (
        (aiohttp.ClientConnectorDNSError, CannotResolveHostError, socket.gaierror),
        FailureClass.DNS,
        _says("the host name {name} does not resolve"),
    ),
    (
        (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError),
        FailureClass.TLS,
        _tls,
    ),
    ((aiohttp.ClientHttpProxyError,), FailureClass.CONNECT, _proxy_refused),
    ((aiohttp.ClientProxyConnectionError,), FailureClass.CONNECT, _says("the proxy cannot be reached")),
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
    host = _host(url)
    for kinds, failure_class, words in _ROWS:
        if isinstance(error, kinds):
            permanent = failure_class is FailureClass.REFUSED_ADDRESS
            return Failure(kind=failure_class, message=one_line(words(error, host)), permanent=permanent)
    raise error


def classify_status(fetched: Fetched, now: datetime) -> Failure | None:
    """The failure an answer's status stands for; None where it can be used (200, 201, 203, 304 ...).

    A part (206) and nothing (204, 205) are failures: nobody asked for them. 410 is permanent. ``Retry-After``
    is honoured on every failure, up to seven days.
    """
    status = fetched.status
    wait = retry_after(fetched.header("retry-after"), now)
    wall = wall_of(fetched)
    if wall:
        message = f"blocked by {wall} (HTTP {status})"
        return Failure(kind=FailureClass.BLOCKED, message=message, status=status, retry_after=wait)
    if status == 304 or (200 <= status < 300 and status not in {204, 205, 206}):
        return None
    if status == 410:
        return Failure(kind=FailureClass.GONE, message="HTTP 410 Gone", status=410, permanent=True)
    return Failure(kind=FailureClass.HTTP, message=_status_line(status), status=status, retry_after=wait)


def _status_line(status: int) -> str:
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
