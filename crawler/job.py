"""What one crawl is about: its store, its work, and who watches it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from scrapy import Spider
from scrapy.settings import BaseSettings

from crawler.network import NetworkJudge
from crawler.options import ByReference
from crawler.work import Batch, Load
from pipeline.ingest import Desk
from pipeline.polling import FeedDesk
from pipeline.types import Failure, Verdict

#: the Scrapy setting under which a crawl finds its job
JOB_SETTING = "PRESSWATCH_JOB"


#: seconds between two signs of life
BEAT = 10.0


class Watcher(Protocol):
    """Who is told how a crawl goes, in the crawl's own thread."""

    def planned(self, feeds: int, outlets: int) -> None:
        """So much is due."""

    def feed_done(self, outlet: str, url: str, failure: Failure | None) -> None:
        """A feed answered, or did not."""

    def pages_queued(self, count: int) -> None:
        """So many pages more are to be fetched."""

    def page_done(self, outlet: str, url: str, verdict: Verdict | Failure | None) -> None:
        """A page was stored (a verdict), was lost (a failure), or is gone (None)."""


class Silent:
    """A watcher that says nothing."""

    def planned(self, feeds: int, outlets: int) -> None:
        """Say nothing."""

    def feed_done(self, outlet: str, url: str, failure: Failure | None) -> None:
        """Say nothing."""

    def pages_queued(self, count: int) -> None:
        """Say nothing."""

    def page_done(self, outlet: str, url: str, verdict: Verdict | Failure | None) -> None:
        """Say nothing."""


@dataclass(slots=True, kw_only=True)
class CrawlJob:
    """One crawl.

    ``batches`` brings its work. ``judge`` tells our own network's faults from the outlets'. ``beat`` is called
    every ``BEAT`` seconds while it lives. ``errors`` collects bugs and store faults raised inside callbacks: the
    crawl ends with them.
    """

    desk: Desk
    feed_desk: FeedDesk
    judge: NetworkJudge
    batches: AsyncIterator[Batch]
    load: Load = field(default_factory=Load)
    watcher: Watcher = field(default_factory=Silent)
    beat: Callable[[], None] | None = None
    errors: list[BaseException] = field(default_factory=list)


class JobSpider(Spider):
    """A spider that has a job."""

    def __init__(self, job: CrawlJob, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job


def job_of(settings: BaseSettings) -> CrawlJob | None:
    """The job a crawl was started with, or None for a bare ``scrapy crawl``."""
    reference = settings.get(JOB_SETTING)
    if not isinstance(reference, ByReference):
        return None
    job: CrawlJob = reference.value
    return job
