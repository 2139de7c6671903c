"""HTTP/1.1 messages as the status server reads and writes them (RFC 9112). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

from pipeline.errors import UsageError

_REQUEST_LINE: Final = re.compile(r"([A-Z]{1,16}) (/[!-~]*|\*) HTTP/1\.([01])")
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::([0-9]{1,5}))?")
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. ``path`` is as it was sent, without the query; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedRequest(Exception):  # noqa: N818 (it is an answer on its way, not an error)
    """A request that gets no further than this answer."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status)
        self.response = plain(status, **headers)


def plain(status: int, **headers: str) -> Response:
    """The status's own words as the body."""
    return Response(status=status, body=f"{HTTPStatus(status).phrase}\n".encode(), headers=headers)


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen: a numeric address, and a port (0: any free one)."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Can only this machine reach it?"""
        return ip_address(self.host).is_loopback


def parse_listen(text: str) -> Listen:
    """``HOST:PORT`` with a numeric address, ``[::1]`` in brackets; ``localhost`` is 127.0.0.1.

    :raises UsageError: for everything else
    """
    found = _HOST.fullmatch(text.strip())
    host, port = (found[1], found[2]) if found else ("", None)
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    if port is None or int(port) > _HIGHEST_PORT or not _is_address(host):
        raise UsageError(f"--listen {text}: wanted is an address and a port, as 127.0.0.1:8790 or [::1]:8790")
    return Listen(host, int(port))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def parse_head(head: bytes) -> Request:
    """The request line and the header fields, up to and with the empty line.

    :raises RefusedRequest: 400 for what is no HTTP/1, 501 for methods nobody knows
    """
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    found = _REQUEST_LINE.fullmatch(first)
    if found is None:
        raise RefusedRequest(400)
    path, _, query = found[2].partition("?")
    headers: dict[str, str] = {}
    for line in lines:
        named = _FIELD.fullmatch(line)
        if named is None:
            raise RefusedRequest(400)
        name = named[1].lower()
        if name in headers and name in ("host", "content-length", "transfer-encoding"):
            raise RefusedRequest(400)  # two of these: two readers may understand two requests
        headers[name] = f"{headers[name]}, {named[2]}" if name in headers else named[2]
    return Request(method=found[1], path=path, query=query, headers=headers)


def body_length(headers: Mapping[str, str], most: int) -> int | None:
    """How many bytes of body follow; None where it comes in chunks.

    :raises RefusedRequest: 400 where the headers contradict themselves, 413 for more than ``most``, 501 for
        codings nobody knows
    """
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    if coding is not None:
        if length is not None:
            raise RefusedRequest(400)
        if coding.lower() != "chunked":
            raise RefusedRequest(501)
        return None
    if length is None:
        return 0
    if not (length.isascii() and length.isdigit()):
        raise RefusedRequest(400)
    if len(length) > len(str(most)) or int(length) > most:
        raise RefusedRequest(413)
    return int(length)


def host_allowed(header: str | None, listen: Listen, names: frozenset[str] = frozenset()) -> bool:
    """May a request with this ``Host`` be answered?

    A page in a browser can make its own name lead to this machine (DNS rebinding); it cannot choose the name
    in ``Host``. On loopback: loopback's names, and ``names``. Beyond it, also every numeric address and
    names without a dot (a container's, a machine's in its own network): no stranger can own these.
    """
    found = _HOST.fullmatch(header or "")
    if found is None:
        return False
    host = found[1].strip("[]").lower().removesuffix(".")
    if host == "localhost" or host == listen.host.lower() or host in names:
        return True
    if _is_address(host):
        return ip_address(host).is_loopback or not listen.loopback
    return "." not in host and not listen.loopback


def response_bytes(response: Response, *, body: bool = True) -> bytes:
    """The answer on the wire; without ``body`` only its head (for HEAD)."""
    lines = (
        f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
        f"Date: {formatdate(usegmt=True)}",
        f"Content-Type: {response.content_type}",
        f"Content-Length: {len(response.body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        *(f"{name}: {value}" for name, value in response.headers.items()),
    )
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head + response.body if body else head
