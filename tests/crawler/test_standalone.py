"""``scrapy crawl outlets`` is a whole crawl by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# A fixture of this folder's conftest; its class cannot be imported by name.
Crawling = Any

ROOT = Path(__file__).resolve().parents[2]


def test_scrapy_crawls_what_is_due_and_closes_its_run(crawling: Crawling) -> None:
    crawling.watch(datetime.now(UTC), "/rss")
    environment = os.environ | {"PRESSWATCH_DB": str(crawling.db)}
    command = [sys.executable, "-m", "scrapy", "crawl", "outlets"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    # Nothing allows the loopback address here: that it is refused, and stored, shows the guard is in force.
    assert crawling.rows("SELECT class, what FROM failures") == [("refused-address", "feed")]
    assert crawling.rows("SELECT ended_why, feeds_failed FROM runs") == [("done", 1)]
    assert crawling.outlet.asked == []
