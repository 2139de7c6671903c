"""CPU per article from feed to store, by stage, and per feed that has nothing new, on a loopback site.

make bench            (or: python -m bench.crawl_cost [ARTICLES])

Every crawl is a process of its own, so that what is paid once a process is seen: it is the cost of a crawl
of a single article (or feed); each further one costs what a larger crawl costs more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.site import page
from pipeline.store import outlets
from pipeline.store.connection import open_store
from pipeline.types import OutletFeed, OutletSpec

#: a crawl in its own process: what it imports, what it stores, what it costs
_CRAWL = """
import json, resource, sys, time
from pathlib import Path

def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

from crawler.options import FetchOptions
from crawler.run import CrawlOptions, crawl
from pipeline import ingest
from pipeline.decide import Polling
from pipeline.relate.relating import Relater

def timed(stage, function):
    # What a stage takes itself, without the stages that it calls.
    def timing(*values, **named):
        global within
        began, around, within = time.thread_time(), within, 0.0
        try:
            return function(*values, **named)
        finally:
            took = time.thread_time() - began
            spent[stage] += took - within
            within = around + took
    return timing

within = 0.0
spent = {"reading": 0.0, "storing": 0.0, "relating": 0.0}
ingest.read_page = timed("reading", ingest.read_page)
ingest.Desk.page_answered = timed("storing", ingest.Desk.page_answered)
Relater.relate = timed("relating", Relater.relate)
imported, clock = cpu(), time.monotonic()
fetch = FetchOptions(allow_addresses=frozenset({sys.argv[2]}), delay=0)
report = crawl(CrawlOptions(db=Path(sys.argv[1]), fetch=fetch, polling=Polling(), everything=True))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(dict(imports=imported, cpu=cpu(), wall=time.monotonic() - clock, peak=peak, new=report.new,
                      unchanged=report.feeds_not_modified, **spent)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """One crawl in a process of its own.

    In CPU seconds: ``cpu`` of the whole process, ``imports`` until it was up, ``reading`` pages, ``storing``
    them (with the look-ups), ``relating`` articles to others. ``wall`` in seconds, ``peak`` memory in MB; articles
    stored, feeds without news.
    """

    imports: float
    cpu: float
    reading: float
    storing: float
    relating: float
    wall: float
    peak: float
    new: int
    unchanged: int


@contextmanager
def site(articles: int) -> Iterator[str]:
    """The bench site in a process of its own; its ``HOST:PORT``."""
    command = [sys.executable, "-m", "bench.site", str(articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def watch(db: Path, *feeds: str) -> None:
    """A database that watches these feeds."""
    spec = OutletSpec(
        slug="bench",
        name="Bench",
        home="http://bench.example",
        feeds=tuple(OutletFeed(url=feed) for feed in feeds),
    )
    with open_store(db) as store:
        outlets.add_outlet(store, spec, datetime.now(UTC))


def crawled(db: Path, address: str) -> Crawled:
    """Crawl everything that the database watches, in a new process."""
    command = [sys.executable, "-c", _CRAWL, str(db), address]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Crawled(**json.loads(done.stdout))


def whole_crawl(folder: Path, articles: int) -> Crawled:
    """One crawl of that many articles."""
    db = folder / f"crawl-{articles}.db"
    with site(articles) as address:
        watch(db, f"http://{address}/rss")
        result = crawled(db, address)
    assert result.new == articles, result
    return result


def polls(folder: Path, feeds: int) -> Crawled:
    """One crawl of that many feeds, none of which has anything new."""
    db = folder / f"polls-{feeds}.db"
    with site(1) as address:
        watch(db, *(f"http://{address}/rss/{number}" for number in range(feeds)))
        crawled(db, address)
        result = crawled(db, address)
    assert result.unchanged == feeds, result
    return result


def main() -> None:
    """Print the figures as a table."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, many = whole_crawl(folder, 1), whole_crawl(folder, articles)
        first, feeds = polls(folder, 1), polls(folder, 200)
    further = 1000 / (articles - 1)
    each = (many.cpu - one.cpu) * further
    read, store = (many.reading - one.reading) * further, (many.storing - one.storing) * further
    relate = (many.relating - one.relating) * further
    size = sum(len(page(n)) for n in range(20)) / 20 / 1000
    print(f"{articles} articles, pages of {size:.0f} kB, Python {sys.version.split()[0]}")
    print("stage                                    CPU ms an article")
    print(f"reading (extract and clean)              {read:6.1f}")
    print(f"storing (look-ups, one transaction)      {store:6.1f}")
    print(f"relating (copies, translations, stories) {relate:6.1f}")
    print(f"feed, fetching, queue, the rest          {each - read - store - relate:6.1f}")
    print(f"feed to store, each further article      {each:6.1f}   ({articles / many.wall:.0f} a second)")
    print(f"feed to store, start-up spread over {articles:<5}{many.cpu * 1000 / articles:6.1f}")
    print(
        f"start-up and the first article, once     {one.cpu * 1000:6.0f}   ({one.imports * 1000:.0f} imports)"
    )
    print(f"a feed that answers 304                  {(feeds.cpu - first.cpu) * 1000 / 199:6.1f}")
    print(f"peak memory {many.peak:.0f} MB")


if __name__ == "__main__":
    main()
