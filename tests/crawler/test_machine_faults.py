"""A full disk and a held write lock: one clear line, the documented exit code, nothing lost."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime
from typing import Any

import pytest

from pipeline.store import care
from pipeline.store.connection import open_store

# Fixtures of this folder's conftest; their classes cannot be imported by name.
FakeOutlet = Any
Crawling = Any

STORIES = 30


@pytest.fixture
def paper(outlet: FakeOutlet, crawling: Crawling, now: datetime) -> Crawling:
    """An outlet of thirty stories, and a database that watches it."""
    outlet.feed("/rss", *[(f"/{n}", f"Story number {n}") for n in range(STORIES)])
    for n in range(STORIES):
        outlet.article(f"/{n}", f"Story number {n}", *[f"Paragraph {p} of story {n}. " * 9 for p in range(9)])
    crawling.watch(now, "/rss")
    return crawling


def crawl(crawling: Crawling, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "presswatch", "--db", str(crawling.db)]
    command += ["--allow-address", crawling.outlet.address, "-q", "crawl", "--all"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=90, **options)


def articles(crawling: Crawling) -> int:
    with open_store(crawling.db) as store:
        assert care.check(store) == []
        return care.totals(store)["articles"]


def test_a_full_disk_is_said_and_the_next_crawl_goes_on(paper: Crawling) -> None:
    with open_store(paper.db) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    room = paper.db.stat().st_size + 60_000

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    ended = crawl(paper, preexec_fn=fill)
    assert ended.returncode == 3
    assert ended.stderr.count("\n") == 1
    assert "presswatch.db: cannot write" in ended.stderr
    assert articles(paper) < STORIES
    assert crawl(paper).returncode == 0
    assert articles(paper) == STORIES


def test_a_lock_held_for_a_moment_is_waited_for(paper: Crawling) -> None:
    other = sqlite3.connect(paper.db, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    let_go = threading.Timer(1.5, lambda: other.execute("ROLLBACK"))
    let_go.start()
    ended = crawl(paper)
    let_go.join()
    other.close()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert articles(paper) == STORIES
