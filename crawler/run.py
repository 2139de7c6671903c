"""One crawl, from opening the store to the report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from crawler.job import CrawlJob, Silent, Watcher
from crawler.options import FetchOptions
from crawler.process import run_spider
from crawler.robots_store import StoredRobots
from crawler.spiders.outlets import OutletsSpider
from pipeline.decide import Polling
from pipeline.errors import HeldError, StoreError
from pipeline.extract.site.lookup import RuleFolders
from pipeline.ingest import Desk
from pipeline.store import feeds, outlets, pages, runs
from pipeline.store.archive_care import Retention
from pipeline.store.archive_keeper import PageKeeper
from pipeline.store.connection import Store, open_store
from pipeline.types import DueFeed, DuePage, RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """What to crawl and how.

    ``slugs`` names outlets, which makes them due now; ``everything`` makes all of them due now; ``recheck``
    looks at every stored article again. ``pages`` says which raw pages are kept, and for how long,
    ``folders`` holds the user's own rules for pages.
    """

    db: Path
    fetch: FetchOptions
    polling: Polling
    pages: Retention = field(default_factory=Retention)
    folders: RuleFolders | None = None
    slugs: tuple[str, ...] = ()
    everything: bool = False
    recheck: bool = False


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
        run = runs.start_run(store, datetime.now(UTC))
        why = "failed"
        keeper = PageKeeper(db=options.db, run=run, retention=options.pages)
        desk = Desk(store=store, run=run, polling=options.polling, keeper=keeper, folders=options.folders)
        try:
            why = _crawl(desk, options, watcher or Silent())
            keeper.finish(store, datetime.now(UTC))
        finally:
            keeper.close()
            with suppress(StoreError):
                runs.close_run(store, run, datetime.now(UTC), why)
        return replace(runs.report(store, run), seconds=round(time.monotonic() - started, 1))


def _crawl(desk: Desk, options: CrawlOptions, watcher: Watcher) -> str:
    now = datetime.now(UTC)
    store, run = desk.store, desk.run
    due_feeds = feeds.lease_due(store, run, now, slugs=options.slugs, everything=options.everything)
    due_pages = pages.lease_due(store, run, now, slugs=options.slugs, recheck_all=options.recheck)
    if not due_feeds and not due_pages:
        _say_who_holds(store, run, options, now)
        return "done"
    count = _outlets(due_feeds, due_pages)
    runs.set_outlets(store, run, count)
    watcher.planned(len(due_feeds), count)
    watcher.pages_queued(len(due_pages))
    job = CrawlJob(desk=desk, feeds=due_feeds, pages=due_pages, watcher=watcher)
    reason = run_spider(OutletsSpider, options.fetch, job, StoredRobots(store))
    if job.errors:
        raise job.errors[0]
    return "done" if reason == "finished" else f"stopped: {reason}"


def _outlets(due_feeds: Sequence[DueFeed], due_pages: Sequence[DuePage]) -> int:
    return len({feed.outlet_id for feed in due_feeds} | {due.outlet_id for due in due_pages})


def _say_who_holds(store: Store, run: int, options: CrawlOptions, now: datetime) -> None:
    """Nothing could be taken: where that is because others hold it, say who."""
    held = feeds.held_by_others(store, now, slugs=options.slugs, everything=options.everything)
    others = runs.holders(store, run)
    if held and others:
        names = ", ".join(f"run {row['id']} (pid {row['pid']})" for row in others)
        raise HeldError(
            f"{store.path}: {names} is crawling already and holds what is due; wait for it to end"
        )
