"""What the spider yields, and the item pipeline that hands it to the desk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from scrapy.crawler import Crawler

from crawler.job import CrawlJob, JobSpider
from pipeline.types import DuePage, Failure, FetchedPage, FetchFailed, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArrived:
    """A page that came back whole."""

    due: DuePage
    page: FetchedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLost:
    """A page that did not come back, and why."""

    due: DuePage
    lost: FetchFailed


class DeskPipeline:
    """Scrapy item pipeline: every page that arrived or was lost goes into the store.

    Pages are read one a turn of the loop: reading takes tens of milliseconds, and a loop that reads the
    pages of thirty hosts in one turn would miss the deadlines of all the others. Not in a thread: it would
    only fight the loop for the interpreter's lock.
    """

    def __init__(self, job: CrawlJob) -> None:
        self._job = job
        self._turn = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DeskPipeline:
        assert isinstance(crawler.spider, JobSpider)
        return cls(crawler.spider.job)

    async def process_item(self, item: PageArrived | PageLost) -> PageArrived | PageLost:
        """Store a page, or why there is none."""
        due, watcher = item.due, self._job.watcher
        match item:
            case PageArrived(page=page):
                watcher.page_done(due.outlet, page.final_url, await self._read(due, page))
            case PageLost(lost=lost):
                self._job.desk.page_failed(due, lost.url, lost.failure, lost.at)
                watcher.page_done(due.outlet, lost.url, _reported(due, lost.failure))
        self._job.load.open -= 1
        return item

    async def _read(self, due: DuePage, page: FetchedPage) -> Verdict:
        desk = self._job.desk
        async with self._turn:
            await asyncio.sleep(0)
            return desk.page_answered(due, page)


def _reported(due: DuePage, failure: Failure) -> Failure | None:
    """What the watcher is told: that a known article is gone is news, not a failure."""
    return None if due.article_id is not None and failure.status in (404, 410) else failure
