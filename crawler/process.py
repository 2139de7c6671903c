"""Running a spider in this process, to its end."""

from __future__ import annotations

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess

from crawler.fetcher import inherit_log_level
from crawler.job import JOB_SETTING, CrawlJob
from crawler.options import ByReference, FetchOptions
from crawler.robots import RobotsCache
from crawler.settings import scrapy_settings


def run_spider(spider: type[Spider], options: FetchOptions, job: CrawlJob, robots_cache: RobotsCache) -> str:
    """Run a spider on a job until it has nothing left to do; returns Scrapy's reason for its end.

    TERM and INT end it gracefully: what is in flight is finished and stored, the rest stays due. A second
    signal ends it at once.
    """
    settings = scrapy_settings(options, robots_cache) | {JOB_SETTING: ByReference(job)}
    process = AsyncCrawlerProcess(settings)
    inherit_log_level()
    crawler = process.create_crawler(spider)
    end = _End()
    crawler.signals.connect(end.closed, signals.spider_closed)
    crawl = process.crawl(crawler)
    process.start()
    if crawl.done() and not crawl.cancelled():
        crawl.result()  # raises what kept the crawl from starting
    return end.reason


class _End:
    """Remembers why the spider was closed; ``killed`` where it never was."""

    def __init__(self) -> None:
        self.reason = "killed"

    def closed(self, reason: str, spider: Spider) -> None:
        self.reason = reason
