"""The spider: due feeds and due pages in, items out. It reads nothing and decides nothing itself."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.failures import classify_document, classify_error, classify_status
from crawler.feed import parse_feed
from crawler.fetched import Fetched
from crawler.fetcher import Fetcher, fetched_from
from crawler.handler import KIND
from crawler.headers import freshness, http_date, hub_links
from crawler.heal import heal_due
from crawler.items import PageArrived, PageLost
from crawler.job import BEAT, JobSpider, job_of
from crawler.standalone import standalone_job
from pipeline.store import gaps, pages
from pipeline.types import (
    DueFeed,
    DuePage,
    Failure,
    FailureClass,
    FeedChecked,
    FeedSnapshot,
    FetchedPage,
    FetchFailed,
)

#: feeds first: they bring the work
FEED_PRIORITY = 100

#: failures after which another address of the same feed is worth a try
_ELSEWHERE = frozenset(
    {FailureClass.HTTP, FailureClass.GONE, FailureClass.MOVED, FailureClass.PARSE, FailureClass.DNS}
)


class OutletsSpider(JobSpider):
    """Polls the leased feeds, fetches the leased pages, and the pages that the feeds bring."""

    name = "outlets"
    custom_settings = {"ITEM_PIPELINES": {"crawler.items.DeskPipeline": 300}}  # noqa: RUF012 - Scrapy's word
    _closing: asyncio.Task[None] | None = None
    _beating: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> OutletsSpider:
        job = job_of(crawler.settings) or standalone_job(crawler)
        spider = super().from_crawler(crawler, *args, job=job, **kwargs)
        crawler.signals.connect(spider.broke, signals.spider_error)
        crawler.signals.connect(spider.broke, signals.item_error)
        crawler.signals.connect(spider.begin_beating, signals.spider_opened)
        crawler.signals.connect(spider.stop_beating, signals.spider_closed)
        return spider

    def begin_beating(self) -> None:
        """Give signs of life from now on: a loop that is stuck gives none."""
        if self.job.beat is not None:
            self._beating = asyncio.get_running_loop().create_task(_beat(self.job.beat))

    def stop_beating(self) -> None:
        """The crawl is over."""
        if self._beating is not None:
            self._beating.cancel()

    def broke(self, failure: TwistedFailure) -> None:
        """A bug, or a store that cannot be used: the crawl stops, and ends with it."""
        self.job.errors.append(_error(failure))
        if self._closing is None:
            assert self.crawler.engine is not None
            # Not awaited here: closing waits for the very item whose error this is.
            closing = self.crawler.engine.close_spider_async(reason="error")
            self._closing = asyncio.get_running_loop().create_task(closing)

    async def start(self) -> AsyncIterator[Request]:
        """Every leased feed, then every leased page; again, while the job has work."""
        async for batch in self.job.batches:
            self.job.load.open += len(batch)
            for feed in batch.feeds:
                yield self.feed_request(feed)
            for due in batch.pages:
                yield self.page_request(due)

    # --- feeds ---

    def feed_request(self, feed: DueFeed, tried: tuple[tuple[str, Failure], ...] = ()) -> Request:
        """The request for a feed, or for its next address after those ``tried``."""
        url = feed.alternatives[len(tried) - 1] if tried else feed.url
        return Request(
            url,
            headers={} if tried else _conditions(feed.etag, feed.last_modified),
            callback=self.feed_response,
            errback=self.feed_error,
            cb_kwargs={"feed": feed, "tried": tried},
            priority=FEED_PRIORITY,
            dont_filter=True,
            meta={KIND: "feed"},
        )

    async def feed_response(
        self, response: Response, feed: DueFeed, tried: tuple[Any, ...]
    ) -> AsyncIterator[Request]:
        """A feed's answer: stored with its new entries, whose pages are asked for next."""
        now = datetime.now(UTC)
        self.job.judge.answered(response.url)
        fetched = fetched_from(response)
        outcome = read_feed(fetched, feed, now, conditional=not tried)
        if isinstance(outcome, Failure):
            for another in self.feed_lost(fetched.final_url, outcome, feed, tried):
                yield another
            return
        if tried and outcome.moved_to is None:
            outcome = replace(outcome, moved_to=fetched.url)
        new = self.job.feed_desk.answered(feed, outcome)
        self.job.load.open += len(new) - 1
        self.job.watcher.feed_done(feed.outlet, feed.url, None)
        self.job.watcher.pages_queued(len(new))
        for due in (*new, *await self.healed(feed)):
            yield self.page_request(due)

    async def healed(self, feed: DueFeed) -> tuple[DuePage, ...]:
        """Where entries of this outlet's were missed: the pages found elsewhere, leased to this run."""
        desk = self.job.feed_desk
        if not gaps.is_due(desk.store, feed.outlet_id, datetime.now(UTC)):
            return ()
        source = Fetcher(self.crawler, self.crawler.settings["PRESSWATCH_OPTIONS"])
        found = await heal_due(desk.store, source, lambda: datetime.now(UTC), [feed.outlet_id])
        leased = pages.lease_pages(desk.store, desk.run, found)
        self.job.load.open += len(leased)
        self.job.watcher.pages_queued(len(leased))
        return leased

    async def feed_error(self, failure: TwistedFailure) -> AsyncIterator[Request]:
        """A feed that did not answer, unless it is our own network that is down."""
        request = _request(failure)
        lost = await self.job.judge.judged(request.url, classify_error(_error(failure), request.url))
        for another in self.feed_lost(request.url, lost, **request.cb_kwargs):
            yield another

    def feed_lost(
        self, url: str, failure: Failure, feed: DueFeed, tried: tuple[tuple[str, Failure], ...]
    ) -> Iterator[Request]:
        """Try the feed's next address, or store that none answered: for the reason the first one gave."""
        tried = (*tried, (url, failure))
        if failure.kind in _ELSEWHERE and len(tried) <= len(feed.alternatives):
            yield self.feed_request(feed, tried)
            return
        first_url, first_failure = tried[0]
        self.job.feed_desk.failed(feed, first_url, first_failure, datetime.now(UTC))
        self.job.load.open -= 1
        self.job.watcher.feed_done(feed.outlet, first_url, first_failure)

    # --- pages ---

    def page_request(self, due: DuePage) -> Request:
        """The request for a page; for a recheck a conditional one."""
        return Request(
            due.url,
            headers=_conditions(due.etag, due.last_modified),
            callback=self.page_response,
            errback=self.page_error,
            cb_kwargs={"due": due},
            dont_filter=True,
            meta={KIND: "page"},
        )

    def page_response(self, response: Response, due: DuePage) -> Iterator[PageArrived | PageLost]:
        """A page's answer."""
        now = datetime.now(UTC)
        self.job.judge.answered(response.url)
        fetched = fetched_from(response)
        failure = classify_status(fetched, now) or _unasked_304(fetched, due.article_id is not None)
        if failure is not None:
            yield _lost(due, fetched.final_url, failure)
            return
        yield PageArrived(due=due, page=_page(fetched, due, now))

    async def page_error(self, failure: TwistedFailure) -> AsyncIterator[PageLost]:
        """A page that did not answer, unless it is our own network that is down."""
        request = _request(failure)
        lost = await self.job.judge.judged(request.url, classify_error(_error(failure), request.url))
        yield _lost(request.cb_kwargs["due"], request.url, lost)


async def _beat(beat: Callable[[], None]) -> None:
    while True:
        beat()
        await asyncio.sleep(BEAT)


def _request(failure: TwistedFailure) -> Request:
    """The request that failed: the last one of a chain of redirects, as Scrapy notes it on the failure."""
    request: Request = failure.request  # type: ignore[attr-defined]
    return request


def _error(failure: TwistedFailure) -> BaseException:
    assert failure.value is not None
    return failure.value


def _lost(due: DuePage, url: str, failure: Failure) -> PageLost:
    lost = FetchFailed(url=url, at=datetime.now(UTC), failure=failure, page_id=due.page_id)
    return PageLost(due=due, lost=lost)


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The validators of the last complete answer, exactly as the server gave them (RFC 9110, 13.1)."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in conditions.items() if value}


def _unasked_304(fetched: Fetched, asked: bool) -> Failure | None:
    if fetched.status == 304 and not asked:
        message = "the server answered 304 to a request without conditions"
        return Failure(kind=FailureClass.HTTP, message=message, status=304)
    return None


def read_feed(fetched: Fetched, feed: DueFeed, now: datetime, *, conditional: bool) -> FeedChecked | Failure:
    """What a feed's answer means.

    An unchanged body is not parsed; a document that is no feed is a failure.
    """
    asked = conditional and bool(feed.etag or feed.last_modified)
    failure = classify_status(fetched, now) or _unasked_304(fetched, asked)
    if failure is not None:
        return failure
    if fetched.status == 304:
        return _checked(fetched, feed, now, body_hash=feed.body_hash, snapshot=None)
    body_hash = hashlib.sha256(fetched.body).hexdigest()
    if body_hash == feed.body_hash:
        return _checked(fetched, feed, now, body_hash=body_hash, snapshot=None)
    snapshot = parse_feed(fetched.body, fetched.final_url, content_type=fetched.content_type)
    if snapshot.format == "unknown":
        return classify_document(fetched, snapshot.problem or "the document is not a feed")
    return _checked(fetched, feed, now, body_hash=body_hash, snapshot=snapshot)


def _checked(
    fetched: Fetched, feed: DueFeed, now: datetime, *, body_hash: str | None, snapshot: FeedSnapshot | None
) -> FeedChecked:
    # A 304 may leave a validator out that still holds, or bring a new one (RFC 9111, 4.3.4).
    kept = (feed.etag, feed.last_modified) if fetched.status == 304 else (None, None)
    hubs, topic = hub_links(fetched.headers, fetched.final_url)
    return FeedChecked(
        feed_id=feed.feed_id,
        at=now,
        status=fetched.status,
        final_url=fetched.final_url,
        moved_to=fetched.moved_to,
        etag=fetched.header("etag") or kept[0],
        last_modified=fetched.header("last-modified") or kept[1],
        body_hash=body_hash,
        snapshot=snapshot,
        max_age=freshness(fetched.headers, now),
        hubs=hubs,
        topic=topic,
    )


def _page(fetched: Fetched, due: DuePage, now: datetime) -> FetchedPage:
    return FetchedPage(
        page_id=due.page_id,
        url=due.url,
        final_url=fetched.final_url,
        status=fetched.status,
        body=fetched.body,
        content_type=fetched.content_type,
        at=now,
        server_date=http_date(fetched.header("date")),
        etag=fetched.header("etag"),
        last_modified=fetched.header("last-modified"),
    )
