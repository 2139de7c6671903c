"""Forty loopback outlets that publish all the time and answer badly now and then; for ``bench.soak``."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from bench.site import sentence

OUTLETS: Final = 40
#: entries that a feed shows
WINDOW: Final = 15
#: seconds between two bursts of an outlet that publishes more at once than its feed shows
_BURST_EVERY: Final = 360
_BURST: Final = 30
_FAULTS: Final = {"500": 0.05, "reset": 0.03, "slow": 0.03, "cut": 0.03, "hang": 0.005, "429": 0.02}
_REASONS: Final = {200: "OK", 304: "Not Modified", 404: "Not Found", 410: "Gone", 429: "Slow Down"}


def host(outlet: int) -> str:
    """Each outlet has a loopback address of its own, so that each is a host of its own."""
    return f"127.0.0.{outlet + 2}"


@dataclass(slots=True)
class Site:
    """What the outlets have published, and what they have told of it to somebody who got the whole answer."""

    port: int
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    began: float = field(default_factory=time.monotonic)
    #: address of a story: seconds since the beginning when a feed that names it was first delivered whole
    told: dict[str, float] = field(default_factory=dict)

    @property
    def age(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def published(self, outlet: int) -> int:
        """How many stories an outlet has published so far."""
        regular = 5 + int(self.age / (40 + 3 * outlet))
        bursts = _BURST * int(self.age / _BURST_EVERY) if outlet % 8 == 0 else 0
        return regular + bursts

    def stories(self, outlet: int) -> list[str]:
        """The addresses that the outlet's feed shows, the newest first."""
        newest = self.published(outlet)
        shown = range(newest - 1, max(-1, newest - 1 - WINDOW), -1)
        return [f"http://{host(outlet)}:{self.port}/a/{number}" for number in shown]

    def page(self, outlet: int, number: int) -> tuple[int, bytes]:
        """A story's page: some come late, some go again."""
        since = self.age - self.told.get(f"http://{host(outlet)}:{self.port}/a/{number}", self.age)
        if number % 13 == 7 and since < 10:
            return 404, b""
        if number % 17 == 9 and since > 300:
            return 410, b""
        return 200, _page(outlet, number)

    def fault(self) -> str | None:
        """What goes wrong with this answer; mostly nothing."""
        drawn = self.rng.random()
        for name, share in _FAULTS.items():
            drawn -= share
            if drawn < 0:
                return name
        return None


def _page(outlet: int, number: int) -> bytes:
    rng = random.Random(outlet * 100_000 + number)
    paragraphs = "".join(f"<p>{' '.join(sentence(rng) for _ in range(3))}</p>" for _ in range(6))
    title = f"Story {number} of outlet {outlet}: {sentence(rng, 6)}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<main><article><h1>{title}</h1>{paragraphs}</article></main></body></html>"
    ).encode()


def _feed(outlet: int, stories: list[str]) -> bytes:
    items = "".join(
        f"<item><title>{url.rpartition('/')[2]} of {outlet}</title><link>{url}</link><guid>{url}</guid></item>"
        for url in stories
    )
    return f'<rss version="2.0"><channel><title>Outlet {outlet}</title>{items}</channel></rss>'.encode()


async def _serve_one(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request, one answer, one connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        outlet = int(writer.get_extra_info("sockname")[0].rpartition(".")[2]) - 2
        path = head.split(" ", 2)[1]
        if path == "/_told":
            body = json.dumps({url: site.age - at for url, at in site.told.items()}).encode()
            await _send(writer, 200, body)
        else:
            await _answer(site, writer, outlet, path, head)
    except (OSError, asyncio.IncompleteReadError):
        pass  # the client has gone
    finally:
        writer.close()


async def _answer(site: Site, writer: asyncio.StreamWriter, outlet: int, path: str, head: str) -> None:
    fault = site.fault()
    if fault in ("500", "429"):
        await _send(writer, int(fault), b"", "Retry-After: 5\r\n" if fault == "429" else "")
    elif fault == "reset":
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    elif path.startswith("/rss"):
        await _answer_feed(site, writer, outlet, head, fault)
    elif path.startswith("/a/"):
        status, body = site.page(outlet, int(path[3:]))
        await _send(writer, status, body, fault=fault)
    else:
        await _send(writer, 404, b"")


async def _answer_feed(
    site: Site, writer: asyncio.StreamWriter, outlet: int, head: str, fault: str | None
) -> None:
    stories = site.stories(outlet)
    etag = '"' + sha256(stories[0].encode()).hexdigest()[:12] + '"'
    if etag in head:
        await _send(writer, 304, b"", f"ETag: {etag}\r\n")
        return
    await _send(writer, 200, _feed(outlet, stories), f"ETag: {etag}\r\n", fault=fault)
    if fault in (None, "slow"):
        for url in stories:
            site.told.setdefault(url, site.age)


async def _send(
    writer: asyncio.StreamWriter, status: int, body: bytes, headers: str = "", fault: str | None = None
) -> None:
    length = len(body) + (1000 if fault == "cut" else 0)
    size = "" if status == 304 else f"Content-Length: {length}\r\n"
    start = f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}\r\nConnection: close\r\n{size}{headers}\r\n"
    writer.write(start.encode())
    if fault == "hang":
        await asyncio.sleep(20)
    pieces = 8 if fault == "slow" else 1
    step = len(body) // pieces + 1
    for begin in range(0, len(body), step):
        writer.write(body[begin : begin + step])
        await writer.drain()
        if pieces > 1:
            await asyncio.sleep(0.4)
    await writer.drain()


async def _run() -> None:
    with socket.create_server((host(0), 0)) as probe:
        port = probe.getsockname()[1]
    site = Site(port)
    hosts = [host(outlet) for outlet in range(OUTLETS)]
    async with await asyncio.start_server(
        lambda reader, writer: _serve_one(site, reader, writer), hosts, port
    ) as server:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run())
