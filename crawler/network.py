"""Telling "my network is down" from "the outlet is down": witnesses, and one probe where there are none.

While our own network is down every outlet seems to be, and nothing may be held against any of them. The
cheapest proof that it is up is that another host answered a moment ago; only where nobody has is a connection
tried to a few hosts that answered lately, without a byte sent. What an error says by itself
(``failures.our_side``) decides where there is nobody to ask.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from crawler.connect import GuardedResolver
from crawler.failures import FetchError, one_line, our_side
from crawler.guard import host_port
from crawler.options import FetchOptions
from crawler.routes import has_default_route
from pipeline.types import Failure, FailureClass

#: (host, port)
Address = tuple[str, int]
#: tries to connect to any of the addresses; None where none of them may be asked
Probe = Callable[[Sequence[Address]], Awaitable[bool | None]]

#: seconds for which another host's answer proves that the network is up: fewer than a connection may take, so
#: that what came before the network went does not speak for it
_FRESH: Final = 8.0
#: likewise where the error itself says that the network is down
_VERY_FRESH: Final = 2.0
#: seconds between two probes; in between the last one's verdict stands
_PAUSE: Final = 30.0
#: how many hosts a probe asks, and how many addresses of each
_WITNESSES: Final = 3
_ADDRESSES: Final = 2
#: seconds a probe may take, look-ups included, and each of its connections
_DEADLINE: Final = 5.0
_EACH: Final = 2.0
#: failures that a network of ours that is down would cause
_DOUBTFUL: Final = frozenset({FailureClass.DNS, FailureClass.CONNECT, FailureClass.TIMEOUT, FailureClass.TLS})
_DOWN: Final = "our own network is down"


class NetworkJudge:
    """Says of a failure whether our own network is to blame. One for a crawl; not for several threads.

    ``witnesses`` are servers of other outlets that answered lately, the latest first; those that answer in
    this crawl are put before them. ``probe``, ``has_route`` (None where it cannot be known) and ``clock``
    (monotonic, seconds) are what touches the machine.
    """

    def __init__(
        self,
        witnesses: Sequence[Address],
        probe: Probe,
        *,
        has_route: Callable[[], bool | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._witnesses = tuple(witnesses)
        self._probe = probe
        self._has_route = has_route
        self._clock = clock
        #: the servers of two hosts that answered last, the latest first, and when
        self._answered: tuple[tuple[Address, float], ...] = ()
        self._asking: asyncio.Task[bool | None] | None = None
        self._asked_at = 0.0

    def answered(self, url: str) -> None:
        """The server of ``url`` gave an answer, whatever its status: the network is up."""
        server = server_of(url)
        others = tuple(seen for seen in self._answered if seen[0][0] != server[0])
        self._answered = ((server, self._clock()), *others[:1])

    async def judged(self, url: str, failure: Failure) -> Failure:
        """``failure`` itself, or one of class ``own-network`` in its place where our network is to blame."""
        if failure.kind is FailureClass.OWN_NETWORK or not await self.is_down(server_of(url)[0], failure):
            return failure
        message = one_line(f"{_DOWN} ({failure.message})")
        return replace(failure, kind=FailureClass.OWN_NETWORK, message=message, permanent=False)

    async def is_down(self, failed_host: str, failure: Failure) -> bool:
        """Whether our own network is down, so that the failure says nothing about ``failed_host``.

        At most one probe in 30 s goes out, whoever asks; those who ask meanwhile wait for it.
        """
        if failure.kind is FailureClass.OWN_NETWORK:
            return True
        if failure.kind not in _DOUBTFUL:
            return False
        said = our_side(failure)
        if failure.kind is FailureClass.CONNECT and said is False:
            return False  # a refusal has come all the way back
        if self._another_answered(failed_host, _VERY_FRESH if said else _FRESH):
            return False
        up = await self._asked(failed_host)
        if up is not None:
            return not up
        # Nobody to ask: in doubt it is the outlet's.
        return said if said is not None else self._has_route() is False

    def _another_answered(self, failed_host: str, lately: float) -> bool:
        since = self._clock() - lately
        return any(host != failed_host and at >= since for (host, _), at in self._answered)

    async def _asked(self, failed_host: str) -> bool | None:
        """The probe's word, a new one's or the last one's; None where there is nobody to ask."""
        now = self._clock()
        asking = self._asking
        if asking is None or (asking.done() and now - self._asked_at >= _PAUSE):
            others = self._others(failed_host)
            if not others:
                return None
            asking = self._asking = asyncio.ensure_future(self._probe(others))
            self._asked_at = now
        return await asyncio.shield(asking)

    def _others(self, failed_host: str) -> tuple[Address, ...]:
        known: dict[str, Address] = {}
        for server in (*(server for server, _ in self._answered), *self._witnesses):
            known.setdefault(server[0], server)
        known.pop(failed_host, None)
        return tuple(known.values())[:_WITNESSES]


def network_judge(options: FetchOptions, witnesses: Sequence[Address]) -> NetworkJudge:
    """The judge of a crawl with these options. Behind a proxy only the proxy is asked."""
    proxy = _proxy(options)
    if proxy is None:
        return NetworkJudge(witnesses, guarded_probe(options.allow_addresses), has_route=has_default_route)

    async def ask_proxy(_: Sequence[Address]) -> bool | None:
        return await guarded_probe(frozenset({host_port(*proxy)}))([proxy])

    return NetworkJudge([proxy], ask_proxy, has_route=lambda: None)


def guarded_probe(allow: frozenset[str], deadline: float = _DEADLINE) -> Probe:
    """A probe that connects, sends nothing and hangs up; to public addresses and those of ``allow`` only.

    The hosts are asked all at once, within ``deadline`` seconds. A refused connection counts as an answer.
    """

    async def probe(addresses: Sequence[Address]) -> bool | None:
        resolver = GuardedResolver(allow)
        tries = [asyncio.ensure_future(_answers(resolver, address)) for address in addresses]
        try:
            return await _first_sign(tries, deadline)
        finally:
            for task in tries:
                task.cancel()
            await asyncio.gather(*tries, return_exceptions=True)
            await resolver.close()

    return probe


async def _first_sign(tries: Sequence[asyncio.Task[bool | None]], deadline: float) -> bool | None:
    """True with the first host that answers; None where none of them may be asked."""
    loop = asyncio.get_running_loop()
    end, waiting = loop.time() + deadline, set(tries)
    while waiting:
        done, waiting = await asyncio.wait(
            waiting, timeout=max(0.0, end - loop.time()), return_when=asyncio.FIRST_COMPLETED
        )
        if any(task.result() for task in done):
            return True
        if not done:
            return False
    return False if any(task.result() is False for task in tries) else None


async def _answers(resolver: GuardedResolver, address: Address) -> bool | None:
    """Whether a host's server answers the attempt to connect; None where it may not be asked."""
    try:
        found = await resolver.resolve(*address)
    except FetchError:
        return None
    except OSError:
        return False
    for one in found[:_ADDRESSES]:
        if await _connects(resolver, one["family"], (one["host"], one["port"])):
            return True
    return False


async def _connects(resolver: GuardedResolver, family: int, address: Address) -> bool:
    loop = asyncio.get_running_loop()
    with closing(resolver.socket_for((family, socket.SOCK_STREAM, 0, "", address))) as sock:
        sock.setblocking(False)
        try:
            async with asyncio.timeout(_EACH):
                await loop.sock_connect(sock, address)
        except ConnectionRefusedError:
            return True
        except OSError:  # TimeoutError is one
            return False
    return True


def _proxy(options: FetchOptions) -> Address | None:
    """The proxy that requests go through: the configured one, or the environment's."""
    found = getproxies()
    url = options.proxy or found.get("https") or found.get("http")
    return server_of(url if "://" in url else f"http://{url}") if url else None


def server_of(url: str) -> Address:
    """Host and port of an http(s) URL; ``("", 0)`` for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", 0
    return parts.hostname or "", port
