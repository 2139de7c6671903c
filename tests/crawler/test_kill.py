"""``kill -9`` at any moment: nothing is lost, nothing is double, the next crawl goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest

from pipeline.store import care, runs
from pipeline.store.connection import open_store

# Fixtures of this folder's conftest; their classes cannot be imported by name.
FakeOutlet = Any
Crawling = Any

STORIES = 40
KILLS = 6


def command(crawling: Crawling) -> list[str]:
    options = ["--db", str(crawling.db), "--allow-address", crawling.outlet.address]
    return [sys.executable, "-m", "presswatch", *options, "-q", "crawl", "--all"]


@pytest.fixture
def paper(outlet: FakeOutlet, crawling: Crawling, now: datetime) -> Crawling:
    """An outlet of forty stories, and a database that watches it."""
    outlet.feed("/rss", *[(f"/{n}", f"Story number {n}") for n in range(STORIES)])
    for n in range(STORIES):
        outlet.article(f"/{n}", f"Story number {n}")
    crawling.watch(now, "/rss")
    return crawling


def killed_after(crawling: Crawling, requests: int) -> int:
    """Start a crawl, kill it as soon as the outlet was asked so often, and say how many articles are kept."""
    asked = len(crawling.outlet.asked)
    crawl = subprocess.Popen(command(crawling), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(crawling.outlet.asked) < asked + requests and crawl.poll() is None:
        os.sched_yield()
    crawl.send_signal(signal.SIGKILL)
    crawl.wait()
    with open_store(crawling.db) as store:
        assert care.check(store) == []
        return care.totals(store)["articles"]


def test_a_killed_crawl_loses_nothing(paper: Crawling) -> None:
    kept = 0
    rng = random.Random(5)
    for _ in range(KILLS):
        now_kept = killed_after(paper, rng.randint(1, 12))
        assert now_kept >= kept
        kept = now_kept
    last = subprocess.run(command(paper), capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stderr
    titles = [title for (title,) in paper.rows("SELECT title FROM articles_latest")]
    assert sorted(titles) == sorted(f"Story number {n}" for n in range(STORIES))
    assert paper.rows("SELECT count(*) FROM article_versions") == [(STORIES,)]
    assert paper.rows("SELECT count(*) FROM runs WHERE ended_at IS NULL") == [(0,)]


def test_term_ends_a_crawl_gracefully(paper: Crawling) -> None:
    crawl = subprocess.Popen(command(paper), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while len(paper.outlet.asked) < 3 and crawl.poll() is None:
        os.sched_yield()
    crawl.send_signal(signal.SIGTERM)
    _, said = crawl.communicate(timeout=30)
    assert b"Traceback" not in said
    with open_store(paper.db) as store:
        assert care.check(store) == []
        assert runs.living_runs(store) == []
    assert paper().failed == 0
    assert paper.rows("SELECT count(*) FROM articles_latest") == [(STORIES,)]


def test_two_crawls_at_once_fetch_nothing_twice(paper: Crawling) -> None:
    crawls = [subprocess.Popen(command(paper), stderr=subprocess.PIPE) for _ in range(3)]
    ended = [(crawl.communicate(timeout=60)[1], crawl.returncode) for crawl in crawls]
    assert {code for _, code in ended} <= {0, 4}
    assert 0 in {code for _, code in ended}
    assert not any(b"Traceback" in said for said, _ in ended)
    asked = [path for path, _ in paper.outlet.asked if path not in ("/robots.txt", "/rss")]
    assert sorted(asked) == sorted(f"/{n}" for n in range(STORIES))
