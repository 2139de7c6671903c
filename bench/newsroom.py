"""Loopback outlets that publish all the while, and keep a record of who asks; for ``bench.daemon_kill``."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

from bench.site import sentence

#: entries that a feed shows: more than are published while a daemon is killed again and again
WINDOW = 80
#: seconds of the newsroom's time between two articles of an outlet
EVERY = 1500.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the address, our clock and the newsroom's, in seconds, and the answer's status."""

    url: str
    real: float
    at: float
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """How the feeds were asked. ``shortest`` and ``longest`` time between two polls of one feed in minutes."""

    polls: int
    most_a_second: int
    most_of_one: int
    shortest: float
    longest: float

    def words(self) -> str:
        """One line."""
        return (
            f"{self.polls} polls, at most {self.most_a_second} in a second, {self.most_of_one} of one feed;"
            f" one feed's came {self.shortest:.1f} to {self.longest:.1f} min apart"
        )


@dataclass(slots=True)
class Newsroom:
    """Outlets on addresses of their own, so that each is a host of its own."""

    now: Callable[[], float]
    bases: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    began: float = 0.0
    _closed: float | None = None

    def close(self) -> None:
        """Publish nothing more."""
        self._closed = self.now()

    def stories(self, base: str) -> list[tuple[str, float]]:
        """What an outlet has published, and when, the oldest first."""
        until = self._closed or self.now()
        phase = EVERY * (self.bases.index(base) % 7) / 7
        count = 3 + max(0, int((until - self.began - phase) / EVERY))
        return [(f"{base}/a/{number}", self.began + phase + (number - 2) * EVERY) for number in range(count)]

    @property
    def published(self) -> set[str]:
        """Every address published so far."""
        return {url for base in self.bases for url, _ in self.stories(base)}

    def fetched(self) -> Counter[str]:
        """How often each page was asked for."""
        return Counter(one.url for one in list(self.asked) if "/a/" in one.url)

    def feeds_asked(self) -> set[str]:
        """The feeds that were asked."""
        return {one.url for one in list(self.asked) if one.url.endswith("/rss")}

    def polling(self) -> Polling:
        """How the feeds were asked."""
        feeds: dict[str, list[Asked]] = defaultdict(list)
        for one in list(self.asked):
            if one.url.endswith("/rss"):
                feeds[one.url].append(one)
        gaps = [after.at - before.at for polls in feeds.values() for before, after in pairwise(polls)]
        return Polling(
            polls=sum(map(len, feeds.values())),
            most_a_second=_most(one.real for polls in feeds.values() for one in polls),
            most_of_one=max((_most(one.real for one in polls) for polls in feeds.values()), default=0),
            shortest=min(gaps, default=0.0) / 60,
            longest=max(gaps, default=0.0) / 60,
        )

    def answer(self, url: str, etag: str | None) -> tuple[int, str, str, str]:
        """Status, content type, validator and body for an address."""
        base, _, path = url.partition("/rss") if url.endswith("/rss") else url.partition("/a/")
        stories = self.stories(base) if base in self.bases else []
        if url.endswith("/rss") and stories:
            tag = f'"{len(stories)}"'
            if etag == tag:
                return 304, "application/rss+xml", tag, ""
            return 200, "application/rss+xml", tag, _feed(stories[-WINDOW:])
        if path.isdigit() and int(path) < len(stories):
            return 200, "text/html; charset=utf-8", '"1"', _page(base, int(path))
        return 404, "text/plain", '"0"', ""


def _most(moments: Iterator[float]) -> int:
    """How many fall into one second at most."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def _feed(stories: list[tuple[str, float]]) -> str:
    items = "".join(
        f"<item><title>Story {url.rpartition('/')[2]} of {url.split('/')[2]}</title><link>{url}</link>"
        f"<guid>{url}</guid><pubDate>{formatdate(at, usegmt=True)}</pubDate></item>"
        for url, at in reversed(stories)
    )
    return f'<rss version="2.0"><channel><title>Newsroom</title>{items}</channel></rss>'


def _page(base: str, number: int) -> str:
    rng = random.Random(f"{base} {number}")
    title = f"Story {number} of {base.removeprefix('http://')}"
    paragraphs = "".join(f"<p>{' '.join(sentence(rng) for _ in range(4))}</p>" for _ in range(8))
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><main><article><h1>{title}</h1>{paragraphs}</article></main></body></html>"


@contextmanager
def serve(outlets: int, now: Callable[[], float]) -> Iterator[Newsroom]:
    """A newsroom of so many outlets; ``now`` is its clock, in seconds."""
    newsroom = Newsroom(now, began=now())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = f"http://{self.headers['Host']}{self.path}"
            status, kind, etag, body = newsroom.answer(url, self.headers["If-None-Match"])
            newsroom.asked.append(Asked(url, time.monotonic(), now(), status))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("ETag", etag)
            if status != 304:
                self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            """Who asked was killed."""

    servers = [Server((f"127.0.0.{number + 2}", 0), Handler) for number in range(outlets)]
    newsroom.bases += [f"http://{server.server_address[0]}:{server.server_address[1]}" for server in servers]
    threads = [threading.Thread(target=server.serve_forever, args=(0.1,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield newsroom
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
