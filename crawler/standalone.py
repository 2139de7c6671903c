"""What a bare ``scrapy crawl outlets`` needs to be a whole crawl by itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from crawler.job import CrawlJob
from crawler.network import network_judge
from crawler.work import Batch, once
from pipeline.decide import Polling
from pipeline.ingest import Desk
from pipeline.pace import PlainPace
from pipeline.polling import FeedDesk
from pipeline.relate import relating
from pipeline.store import feeds, pages, runs
from pipeline.store.archive_keeper import PageKeeper
from pipeline.store.connection import open_store


def standalone_job(crawler: Crawler) -> CrawlJob:
    """Everything due in the database that ``PRESSWATCH_DB`` names; the run is closed with the spider."""
    store = open_store(Path(os.environ.get("PRESSWATCH_DB", "presswatch.db")), create=False)
    now = datetime.now(UTC)
    run = runs.start_run(store, now)
    keeper = PageKeeper(db=store.path, run=run)
    job = CrawlJob(
        desk=Desk(store=store, run=run, keeper=keeper),
        feed_desk=FeedDesk(store=store, run=run, pace=PlainPace(Polling())),
        judge=network_judge(crawler.settings["PRESSWATCH_OPTIONS"], []),
        batches=once(Batch(feeds=feeds.lease_due(store, run, now), pages=pages.lease_due(store, run, now))),
    )

    def closed(spider: Spider, reason: str) -> None:
        relating.catch_up(store, datetime.now(UTC))
        keeper.finish(store, datetime.now(UTC))
        runs.close_run(
            store, run, datetime.now(UTC), "done" if reason == "finished" else f"stopped: {reason}"
        )
        store.close()

    # Weak references to a local function would be gone before the spider is.
    crawler.signals.connect(closed, signals.spider_closed, weak=False)
    return job
