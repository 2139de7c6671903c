"""Connections that reach public addresses only, and trust only verified certificates.

The check is made on the very addresses aiohttp is about to connect to, so a name that answers with a public
address once and a private one the next time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection

from crawler.failures import FetchError, fetch_error
from crawler.guard import host_port, refuse_ip
from crawler.options import FetchOptions
from pipeline.types import FailureClass

#: look-ups that may hang at once; asyncio's shared pool has six threads on two cores
_DNS_THREADS: Final = 24


class GuardedResolver(AbstractResolver):
    """Resolves names with the system's resolver and drops private addresses from the answer.

    ``resolve`` raises FetchError (refused-address) where nothing public is left. Names listed in ``allow``
    as ``HOST:PORT`` keep all their addresses.
    """

    def __init__(self, allow: frozenset[str]) -> None:
        self._allow = allow
        self._threads = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="dns")
        self._granted: set[tuple[str, int]] = set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._look_up(host, port, family)
        name = host.rstrip(".").lower()
        if host_port(name, port) in self._allow:
            self._granted.update((ip, port) for ip in found)
        usable = [ip for ip in found if self.refusal(ip, port) is None]
        if not usable:
            reason = (self.refusal(ip, port) for ip in found)
            raise _refused(f"{host} resolves to a {next(reason, None) or 'nothing usable'}")
        return [_result(host, ip, port) for ip in usable]

    def refusal(self, ip: str, port: int) -> str | None:
        """The reason why no connection may be made to this address, or None."""
        return None if (ip, port) in self._granted else refuse_ip(ip, port, self._allow)

    def socket_for(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """A socket for one address, at the last moment before connecting; aiohttp's ``socket_factory``."""
        family, kind, protocol, _, address = addr_info
        reason = self.refusal(str(address[0]), int(address[1]))
        if reason:
            raise _refused(reason)
        return socket.socket(family=family, type=kind, proto=protocol)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look_up(self, host: str, port: int, family: int) -> list[str]:
        def ask() -> list[Any]:
            return socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)

        infos = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return list(dict.fromkeys(str(info[4][0]) for info in infos))


class TidyConnector(aiohttp.TCPConnector):
    """A connector that leaves no connection behind when it is closed.

    aiohttp forgets a TLS connection as soon as the server has asked for its end, although both sides have
    yet to say goodbye: where the loop ends first, the transport is left to the garbage collector.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(limit=0, **options)
        self._made: WeakSet[asyncio.WriteTransport] = WeakSet()

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Any], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        if isinstance(connection.transport, asyncio.WriteTransport):
            self._made.add(connection.transport)
        return connection

    async def close(self, *, abort_ssl: bool = False) -> None:
        await super().close(abort_ssl=abort_ssl)
        for transport in tuple(self._made):
            transport.abort()
        await asyncio.sleep(0)  # sockets are closed on the loop's next turn


def direct_connector(options: FetchOptions) -> TidyConnector:
    """A connector to the wide world, guarded. Must be called inside a running event loop."""
    resolver = GuardedResolver(options.allow_addresses)
    return TidyConnector(resolver=resolver, socket_factory=resolver.socket_for)


def proxy_connector() -> TidyConnector:
    """A connector to a proxy of the user's choice, which may well be a private address."""
    return TidyConnector()


def tls_context(ca_bundle: Path | None) -> ssl.SSLContext:
    """A verifying TLS context: the system's authorities, certifi's, ``SSL_CERT_FILE``'s and ``ca_bundle``'s.

    Raises OSError (ssl.SSLError) where a named file holds no certificates.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    named = os.environ.get("SSL_CERT_FILE")
    if named and Path(named).is_file():
        context.load_verify_locations(cafile=named)
    if ca_bundle is not None:
        context.load_verify_locations(cafile=str(ca_bundle))
    return context


def _result(host: str, ip: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    flags = socket.AI_NUMERICHOST
    return ResolveResult(hostname=host, host=ip, port=port, family=family, proto=0, flags=flags)


def _refused(message: str) -> FetchError:
    return fetch_error(FailureClass.REFUSED_ADDRESS, message, permanent=True)
