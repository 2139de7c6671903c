"""A small HTTP server in the daemon's own loop: no threads, bounded in every direction.

A slow client costs a coroutine for at most ``DEADLINE`` seconds; every connection carries one request.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.errors import UsageError
from scheduler.http_message import (
    Listen,
    RefusedRequest,
    Request,
    Response,
    body_length,
    host_allowed,
    parse_head,
    plain,
    response_bytes,
)

#: bytes of request line and header fields, of a body, of a chunk's own line
MOST_HEAD: Final = 16 << 10
MOST_BODY: Final = 1 << 20
_MOST_CHUNK_LINE: Final = 256
#: seconds for one connection, from accepting it to the last byte of the answer
DEADLINE: Final = 10.0
MOST_CONNECTIONS: Final = 32
#: seconds in which a client that was refused may finish sending, so that it gets to read the answer
_LINGER: Final = 1.0

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """Who answers, and to which methods; GET includes HEAD."""

    handler: Handler
    methods: frozenset[str] = frozenset({"GET"})


@dataclass(slots=True, kw_only=True)
class StatusServer:
    """A server. Once started, ``listen`` has the real port.

    ``routes`` are by path, those that end in ``/`` by how a path begins. ``names`` are host names, beside the
    address's own, under which it may be asked (that of a public callback). ``deadline`` in seconds.
    """

    listen: Listen
    routes: Mapping[str, Route]
    names: frozenset[str] = frozenset()
    deadline: float = DEADLINE
    _server: asyncio.Server | None = None
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Begin to listen.

        :raises UsageError: the address cannot be listened on; one line that says why
        """
        try:
            self._server = await asyncio.start_server(
                self._talk, self.listen.host, self.listen.port, limit=MOST_HEAD
            )
        except OSError as error:
            raise UsageError(f"--listen {self.listen}: {_why(error)}") from error
        self.listen = Listen(self.listen.host, self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and break off what is being answered."""
        if self._server is not None:
            self._server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        if len(self._talks) >= MOST_CONNECTIONS:
            writer.write(response_bytes(plain(503)))
            writer.close()
            return
        self._talks.add(talk)
        try:
            async with asyncio.timeout(self.deadline):
                await self._exchange(reader, writer)
        except (TimeoutError, ConnectionError):
            writer.transport.abort()  # too slow, or gone: nobody waits for an answer
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        request = None
        try:
            request = await self._read_head(reader)
            route = self._route(request)
            request = await _with_body(request, reader, writer)
        except asyncio.IncompleteReadError:
            return  # it hung up in the middle
        except RefusedRequest as refusal:
            writer.write(response_bytes(refusal.response, body=request is None or request.method != "HEAD"))
            await _linger(reader, writer)
            return
        answer = plain(500)  # stays where the handler has a bug; the loop reports that
        try:
            answer = await route.handler(request)
        finally:
            writer.write(response_bytes(answer, body=request.method != "HEAD"))
        await writer.drain()

    async def _read_head(self, reader: asyncio.StreamReader) -> Request:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise RefusedRequest(431) from None
        return parse_head(head)

    def _route(self, request: Request) -> Route:
        if "host" not in request.headers:
            raise RefusedRequest(400)
        if not host_allowed(request.headers["host"], self.listen, self.names):
            raise RefusedRequest(403)
        prefixes = [key for key in self.routes if key.endswith("/") and request.path.startswith(key)]
        route = self.routes.get(request.path) or self.routes.get(max(prefixes, key=len, default=""))
        if route is None:
            raise RefusedRequest(404)
        if ("GET" if request.method == "HEAD" else request.method) not in route.methods:
            raise RefusedRequest(405, Allow=", ".join(sorted(route.methods | {"HEAD"})))
        return route


async def _with_body(request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    length = body_length(request.headers, MOST_BODY)
    if length != 0 and request.headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _chunks(reader) if length is None else await reader.readexactly(length)
    return Request(
        method=request.method, path=request.path, query=request.query, headers=request.headers, body=body
    )


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """A body in chunks (RFC 9112, 7.1); extensions and trailers are passed over."""
    body = bytearray()
    while size := await _chunk_size(reader):
        if len(body) + size > MOST_BODY:
            raise RefusedRequest(413)
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise RefusedRequest(400)
    while await _line(reader) != b"\r\n":
        pass
    return bytes(body)


async def _chunk_size(reader: asyncio.StreamReader) -> int:
    digits = (await _line(reader)).partition(b";")[0].strip()
    if not digits or len(digits) > 8 or digits.strip(b"0123456789abcdefABCDEF"):
        raise RefusedRequest(400)
    return int(digits, 16)


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        line = await reader.readuntil(b"\r\n")
    except asyncio.LimitOverrunError:
        raise RefusedRequest(400) from None
    if len(line) > _MOST_CHUNK_LINE:
        raise RefusedRequest(400)
    return line


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take what is still on its way: closing on unread bytes would reset the connection."""
    if writer.can_write_eof():
        writer.write_eof()
    try:
        async with asyncio.timeout(_LINGER):
            while await reader.read(1 << 16):
                pass
    except TimeoutError:
        return


def _why(error: OSError) -> str:
    known = {
        errno.EADDRINUSE: "the port is in use, perhaps by another daemon; name another one",
        errno.EACCES: "ports below 1024 are for root; name another one",
        errno.EADDRNOTAVAIL: "this machine has no such address",
    }
    return known.get(error.errno or 0, error.strerror or str(error))
