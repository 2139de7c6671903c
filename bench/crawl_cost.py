"""CPU per article from feed to store, by stage, on a loopback site of realistic pages.

make bench            (or: python -m bench.crawl_cost [ARTICLES])
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.site import page
from crawler.options import FetchOptions
from crawler.run import CrawlOptions, crawl
from pipeline.decide import Polling
from pipeline.read import read_page
from pipeline.store import outlets
from pipeline.store.articles import Provenance, insert_article
from pipeline.store.connection import open_store
from pipeline.types import OutletFeed, OutletSpec


def cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def watch(db: Path, url: str) -> None:
    """A database that watches one feed."""
    with open_store(db) as store:
        spec = OutletSpec(slug="bench", name="Bench", home=url, feeds=(OutletFeed(url=f"{url}/rss"),))
        outlets.add_outlet(store, spec, datetime.now(UTC))


def whole_crawl(folder: Path, articles: int) -> tuple[float, float]:
    """(CPU, wall) seconds of one crawl of that many articles."""
    command = [sys.executable, "-m", "bench.site", str(articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:
        try:
            assert site.stdout is not None
            address = site.stdout.readline().strip()
            watch(folder / "crawl.db", f"http://{address}")
            fetch = FetchOptions(allow_addresses=frozenset({address}), delay=0)
            options = CrawlOptions(db=folder / "crawl.db", fetch=fetch, polling=Polling(), everything=True)
            began, clock = cpu(), time.monotonic()
            report = crawl(options)
            assert report.new == articles, report
            return cpu() - began, time.monotonic() - clock
        finally:
            site.kill()


def reading(articles: int) -> float:
    """CPU seconds of reading that many pages."""
    pages = [page(n) for n in range(articles)]
    read_page(pages[0], "http://bench.example/a/0")
    began = cpu()
    for number, body in enumerate(pages):
        read_page(body, f"http://bench.example/a/{number}")
    return cpu() - began


def storing(folder: Path, articles: int) -> float:
    """CPU seconds of storing that many read articles, each in its own transaction."""
    read = [read_page(page(n), f"http://bench.example/a/{n}") for n in range(articles)]
    watch(folder / "store.db", "http://bench.example")
    with open_store(folder / "store.db") as store:
        began = cpu()
        for article in read:
            with store.write():
                insert_article(store, article, 1, Provenance(seen_at=datetime.now(UTC)))
        return cpu() - began


def main() -> None:
    """Print the figures as a table."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    size = sum(len(page(n)) for n in range(20)) / 20 / 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, wall = whole_crawl(folder, articles)
        read, store = reading(articles), storing(folder, articles)
    each = 1000 / articles
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{articles} articles, pages of {size:.0f} kB, Python {sys.version.split()[0]}")
    print("stage                        CPU ms an article")
    print(f"reading (extract and clean)  {read * each:6.1f}")
    print(f"storing                      {store * each:6.1f}")
    print(f"fetching, queue, the rest    {(whole - read - store) * each:6.1f}")
    print(f"feed to store                {whole * each:6.1f}   ({articles / wall:.0f} articles a second)")
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
