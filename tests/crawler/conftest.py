"""A real outlet on loopback, whose answers a test decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.options import FetchOptions
from crawler.run import CrawlOptions, crawl
from pipeline.decide import Polling
from pipeline.store import outlets
from pipeline.store.connection import open_store
from pipeline.types import OutletFeed, OutletSpec, RunReport


@dataclass
class Answer:
    """What the outlet says at one path."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


class FakeOutlet:
    """An HTTP server with a feed and articles; ``asked`` lists (path, headers) of every request."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[dict[str, str]], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                outlet.asked.append((self.path, headers))
                given = outlet.answers.get(self.path, Answer("not here", 404))
                answer = given(headers) if callable(given) else given
                self.send_response(answer.status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.base = f"http://{self.address}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def say(
        self, path: str, body: str | bytes, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self.answers[path] = Answer(body, status, headers or {})

    def say_unless_known(self, path: str, etag: str) -> None:
        """304 to exactly this validator, 500 to anything else."""
        self.answers[path] = lambda headers: Answer("", 304 if headers.get("if-none-match") == etag else 500)

    def article(self, path: str, title: str, *paragraphs: str) -> None:
        body = "".join(
            f"<p>{p}</p>" for p in paragraphs or (f"This is what {title} is about, at some length.",)
        )
        self.answers[path] = Answer(
            f'<!doctype html><html lang="en"><head><title>{title}</title></head>'
            f"<body><article><h1>{title}</h1>{body}</article></body></html>"
        )

    def feed(self, path: str, *items: tuple[str, str], **headers: str) -> None:
        listed = "".join(
            f"<item><title>{title}</title><link>{self.base}{link}</link><guid>{self.base}{link}</guid></item>"
            for link, title in items
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(
            f'<rss version="2.0"><channel><title>Gazette</title>{listed}</channel></rss>',
            headers={"Content-Type": "application/rss+xml", **named},
        )


@pytest.fixture
def outlet() -> Iterator[FakeOutlet]:
    """A fresh outlet."""
    fake = FakeOutlet()
    yield fake
    fake.close()


class Crawling:
    """A database, and crawls of a fake outlet into it."""

    def __init__(self, db: Path, fake: FakeOutlet) -> None:
        self.db = db
        self.outlet = fake

    def watch(
        self, now: object, *paths: str, slug: str = "gazette", alternatives: tuple[str, ...] = ()
    ) -> None:
        others = tuple(self.outlet.base + path for path in alternatives)
        feeds = tuple(OutletFeed(url=self.outlet.base + path, alternatives=others) for path in paths)
        with open_store(self.db) as store:
            outlets.add_outlet(
                store, OutletSpec(slug=slug, name=slug, home=self.outlet.base, feeds=feeds), now
            )  # type: ignore[arg-type]

    def options(self, *slugs: str, recheck: bool = False, everything: bool = True) -> CrawlOptions:
        fetch = FetchOptions(allow_addresses=frozenset({self.outlet.address}), delay=0, deadline=5)
        return CrawlOptions(
            db=self.db, fetch=fetch, polling=Polling(), slugs=slugs, everything=everything, recheck=recheck
        )

    def __call__(self, *slugs: str, recheck: bool = False, everything: bool = True) -> RunReport:
        return crawl(self.options(*slugs, recheck=recheck, everything=everything))

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with open_store(self.db) as store:
            return [tuple(row) for row in store.all(sql)]


@pytest.fixture
def crawling(tmp_path: Path, outlet: FakeOutlet) -> Crawling:
    """Crawls of the outlet into a fresh database."""
    return Crawling(tmp_path / "presswatch.db", outlet)
