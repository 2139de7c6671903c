"""One crawl, from opening the store to the report."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from crawler.job import CrawlJob, Silent, Watcher
from crawler.network import network_judge, server_of
from crawler.options import FetchOptions
from crawler.process import run_spider
from crawler.robots_store import StoredRobots
from crawler.spiders.outlets import OutletsSpider
from crawler.work import Batch, Drain, Load, drained, once
from pipeline.decide import Polling
from pipeline.errors import HeldError, StoreError
from pipeline.extract.site.lookup import RuleFolders
from pipeline.ingest import Desk
from pipeline.pace import Pace, PlainPace
from pipeline.polling import FeedDesk
from pipeline.relate import relating
from pipeline.store import feeds, outlets, pages, runs
from pipeline.store.archive_care import Retention
from pipeline.store.archive_keeper import PageKeeper
from pipeline.store.connection import Store, open_store
from pipeline.types import RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """What to crawl and how.

    ``slugs`` names outlets, which makes them due now; ``everything`` makes all of them due now; ``recheck``
    looks at every stored article again. ``pages`` says which raw pages are kept, and for how long,
    ``folders`` holds the user's own rules for pages. ``pace`` decides when feeds are asked next; None asks them
    at plain intervals. With ``drain`` the crawl is one of the daemon's: it goes on with what falls due meanwhile,
    and calls ``beat`` while it lives.
    """

    db: Path
    fetch: FetchOptions
    polling: Polling
    pace: Pace | None = None
    pages: Retention = field(default_factory=Retention)
    folders: RuleFolders | None = None
    slugs: tuple[str, ...] = ()
    everything: bool = False
    recheck: bool = False
    websub: bool = False
    drain: Drain | None = None
    beat: Callable[[], None] | None = None


def crawl(options: CrawlOptions, watcher: Watcher | None = None) -> RunReport:
    """Crawl once and say what came of it.

    :raises NotFoundError: an outlet of ``slugs`` is not watched
    :raises HeldError: other runs hold everything that is due
    :raises StoreError: the database cannot be used; what was stored before stays
    """
    started = time.monotonic()
    with open_store(options.db) as store:
        for slug in options.slugs:
            outlets.find_outlet(store, slug)
        run = runs.start_run(store, datetime.now(UTC), started_by="daemon" if options.drain else "hand")
        why = "failed"
        keeper = PageKeeper(db=options.db, run=run, retention=options.pages)
        desk = Desk(store=store, run=run, polling=options.polling, keeper=keeper, folders=options.folders)
        try:
            why = _crawl(desk, options, watcher or Silent())
            beat = _beat(desk, options.beat)
            relating.catch_up(store, datetime.now(UTC), told=lambda _: beat())
            keeper.finish(store, datetime.now(UTC))
        finally:
            keeper.close()
            with suppress(StoreError):
                runs.close_run(store, run, datetime.now(UTC), why)
        return replace(runs.report(store, run), seconds=round(time.monotonic() - started, 1))


def _crawl(desk: Desk, options: CrawlOptions, watcher: Watcher) -> str:
    taker = _Taker(desk=desk, options=options, watcher=watcher)
    load = Load()
    if options.drain is None:
        batch = taker.take()
        if not batch:
            _say_who_holds(desk.store, desk.run, options)
            return "done"
        batches = once(batch)
    else:
        batches = drained(options.drain, load, taker.take, taker.next_due)
    pace = options.pace or PlainPace(options.polling)
    errors: list[BaseException] = []
    job = CrawlJob(
        desk=desk,
        feed_desk=FeedDesk(store=desk.store, run=desk.run, pace=pace, websub=options.websub),
        batches=_minded(batches, errors),
        judge=network_judge(options.fetch, [server_of(url) for url in feeds.lately_answered(desk.store)]),
        load=load,
        watcher=watcher,
        beat=_beat(desk, options.beat),
        errors=errors,
    )
    reason = run_spider(OutletsSpider, options.fetch, job, StoredRobots(desk.store))
    if job.errors:
        raise job.errors[0]
    return "done" if reason == "finished" else f"stopped: {reason}"


async def _minded(batches: AsyncIterator[Batch], errors: list[BaseException]) -> AsyncIterator[Batch]:
    """The batches; what taking them raises is kept, for Scrapy only logs it and ends as if all were done."""
    try:
        async for batch in batches:
            yield batch
    except Exception as error:
        errors.append(error)
        raise


def _beat(desk: Desk, tell: Callable[[], None] | None) -> Callable[[], None]:
    def beat() -> None:
        with suppress(StoreError):  # somebody compacts the database: the crawl waits, but it lives
            runs.beat(desk.store, desk.run, datetime.now(UTC))
        if tell is not None:
            tell()

    return beat


@dataclass(slots=True, kw_only=True)
class _Taker:
    """Leases what is due, and counts whom it is about."""

    desk: Desk
    options: CrawlOptions
    watcher: Watcher
    outlets: set[int] = field(default_factory=set)

    def take(self, most: int | None = None) -> Batch:
        """What is due now and nobody else is at: so many feeds and so many pages at most."""
        store, run, options, now = self.desk.store, self.desk.run, self.options, datetime.now(UTC)
        slugs, bound = options.slugs, most or pages.MOST_PAGES
        batch = Batch(
            feeds=feeds.lease_due(
                store, run, now, slugs=slugs, everything=options.everything, most=most or -1
            ),
            pages=pages.lease_due(store, run, now, slugs=slugs, recheck_all=options.recheck, most=bound),
        )
        if batch:
            self.outlets |= batch.outlets
            runs.set_outlets(store, run, len(self.outlets))
            self.watcher.planned(len(batch.feeds), len(self.outlets))
            self.watcher.pages_queued(len(batch.pages))
        return batch

    def next_due(self) -> tuple[datetime | None, datetime]:
        """When something falls due next, and the time."""
        store, now = self.desk.store, datetime.now(UTC)
        moments = (feeds.next_due(store), pages.next_due(store, now))
        return min((due for due in moments if due), default=None), now


def _say_who_holds(store: Store, run: int, options: CrawlOptions) -> None:
    """Nothing could be taken: where that is because others hold it, say who."""
    now = datetime.now(UTC)
    held = feeds.held_by_others(store, run, now, slugs=options.slugs, everything=options.everything)
    others = runs.holders(store, run)
    if held and others:
        names = ", ".join(f"run {row['id']} (pid {row['pid']})" for row in others)
        raise HeldError(
            f"{store.path}: {names} is crawling already and holds what is due; wait for it to end"
        )
