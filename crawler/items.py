"""What the spider yields, and the item pipeline that hands it to the desk."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy import Item
from scrapy.crawler import Crawler

from crawler.job import CrawlJob, JobSpider
from pipeline.types import DuePage, Failure, FetchedPage, FetchFailed


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
    """Scrapy item pipeline: every page that arrived or was lost goes into the store."""

    def __init__(self, job: CrawlJob) -> None:
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DeskPipeline:
        assert isinstance(crawler.spider, JobSpider)
        return cls(crawler.spider.job)

    def process_item(self, item: PageArrived | PageLost | Item) -> PageArrived | PageLost | Item:
        """Store a page, or why there is none; other items pass."""
        match item:
            case PageArrived(due=due, page=page):
                self._job.watcher.page_done(due.outlet, self._job.desk.page_answered(due, page))
            case PageLost(due=due, lost=lost):
                self._job.desk.page_failed(due, lost.url, lost.failure, lost.at)
                self._job.watcher.page_done(due.outlet, _reported(due, lost.failure))
        return item


def _reported(due: DuePage, failure: Failure) -> Failure | None:
    """What the watcher is told: that a known article is gone is news, not a failure."""
    return None if due.article_id is not None and failure.status in (404, 410) else failure
