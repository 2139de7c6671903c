"""Fetching single addresses through a whole Scrapy crawl: the same guard, robots.txt and pace as any run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Headers, Response
from scrapy.http.request import NO_CALLBACK

from crawler.failures import FETCH_ERRORS, classify_error, classify_status
from crawler.fetched import Fetched
from crawler.guard import refuse_address
from crawler.handler import KIND
from crawler.options import FetchOptions
from crawler.redirects import moved_to
from crawler.robots import RobotsCache
from crawler.settings import scrapy_settings
from pipeline.types import Failure, FailureClass

T = TypeVar("T")


class Fetcher:
    """Fetches what it is asked for, inside a running crawl. Made by ``run_with_fetcher``."""

    def __init__(self, crawler: Crawler, options: FetchOptions) -> None:
        self._crawler = crawler
        self._options = options

    async def get(
        self, url: str, kind: Literal["feed", "page"] = "page", headers: Mapping[str, str] | None = None
    ) -> Fetched | Failure:
        """The complete answer (2xx, 304) of ``url``, or why there is none.

        ``kind`` decides the size limit and the Accept header. Exceptions that are no failures of fetching
        are bugs and propagate.
        """
        reason = refuse_address(url, allow=self._options.allow_addresses)
        if reason:
            return Failure(kind=FailureClass.REFUSED_ADDRESS, message=reason, permanent=True)
        try:
            request = Request(
                url, headers=dict(headers or {}), meta={KIND: kind}, callback=NO_CALLBACK, dont_filter=True
            )
            fetched = fetched_from(await self._crawler.engine.download_async(request))
        except FETCH_ERRORS as error:
            return classify_error(error, url)
        return classify_status(fetched, datetime.now(UTC)) or fetched


def fetched_from(response: Response) -> Fetched:
    """A Scrapy response as a ``Fetched``; for spider callbacks, too."""
    asked = response.meta.get("redirect_urls", [response.url])[0]
    headers = _plain_headers(response.headers)
    return Fetched(
        url=asked,
        final_url=response.url,
        status=response.status,
        headers=headers,
        body=response.body,
        content_type=headers.get("content-type"),
        moved_to=moved_to(response),
    )


def run_with_fetcher(
    options: FetchOptions,
    main: Callable[[Fetcher], Awaitable[T]],
    *,
    robots_cache: RobotsCache | None = None,
) -> T:
    """Run ``main`` inside a Scrapy crawl of this process and return its result.

    Blocks until the crawl is closed. Whatever ``main`` raises is raised here. May be called again and again,
    but not inside a running event loop. Ctrl-C raises KeyboardInterrupt as anywhere.
    """
    work = _Work(main, options)
    process = AsyncCrawlerProcess(scrapy_settings(options, robots_cache))
    inherit_log_level()
    crawl = process.crawl(_FetchSpider, work=work)
    process.start(install_signal_handlers=False)
    crawl.result()  # raises what kept the crawl from starting
    return work.result()


def inherit_log_level() -> None:
    """Leave logging to the caller: undo Scrapy's setting of its logger to DEBUG.

    Where the caller has set up none, nothing is printed: what matters is stored or raised.
    """
    logging.getLogger("scrapy").setLevel(logging.NOTSET)
    for name in ("scrapy", "twisted", "asyncio"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


class _Work(Generic[T]):
    """``main`` and what became of it; the spider's only luggage."""

    def __init__(self, main: Callable[[Fetcher], Awaitable[T]], options: FetchOptions) -> None:
        self._main = main
        self._options = options
        self._task: asyncio.Future[T] | None = None

    async def run(self, crawler: Crawler) -> None:
        """Let ``main`` finish. What it raises is kept for ``result``: to Scrapy it would be a bug to log."""
        self._task = asyncio.ensure_future(self._main(Fetcher(crawler, self._options)))
        try:
            await asyncio.wait({self._task})
        finally:
            self._task.cancel()

    def result(self) -> T:
        """What ``main`` returned; raises what it raised."""
        if self._task is None:
            raise asyncio.CancelledError
        return self._task.result()


class _FetchSpider(Spider):
    """A spider without requests of its own: its start is the caller's ``main``."""

    name = "fetch"
    work: _Work[Any]

    async def start(self) -> AsyncIterator[Request]:
        await self.work.run(self.crawler)
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request


def _plain_headers(headers: Headers) -> dict[str, str]:
    """Lower-case names, values joined; UTF-8 where it is, otherwise Latin-1, as HTTP once had it."""
    return {name.decode("latin-1").lower(): ", ".join(map(_text, headers.getlist(name))) for name in headers}


def _text(value: bytes) -> str:
    """A field value as text, without the control characters no field may hold (RFC 9110 5.5)."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    if text.isprintable():
        return text
    return "".join(char for char in text if char.isprintable() or char == "\t")
