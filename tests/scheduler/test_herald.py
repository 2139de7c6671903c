"""What crawls came upon is told in the log: once, and without what was there before."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from pipeline.coverage import Gap
from pipeline.store import feeds, gaps, incidents, outlets, runs
from pipeline.store.connection import open_store
from pipeline.store.feeds import Attempt, Setback
from pipeline.types import Failure, FailureClass, OutletFeed, OutletSpec
from scheduler.herald import Herald
from scheduler.log import JsonLines

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "http://g.example/rss"
DOWN = Failure(kind=FailureClass.DNS, message="the host name g.example does not exist")


def test_each_event_is_told_once(tmp_path: Path) -> None:
    heard = StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(JsonLines())
    log = logging.Logger("test", logging.INFO)
    log.addHandler(handler)
    herald = Herald(log)
    spec = OutletSpec(slug="gazette", name="G", home="http://g.example", feeds=(OutletFeed(url=URL),))
    with open_store(tmp_path / "p.db") as store:
        outlets.add_outlet(store, spec, NOW)
        run = runs.start_run(store, NOW)
        incidents.note(store, "clock", at=NOW, message="old news", evidence={})
        herald.tell(store)
        incidents.note(store, "moved", feed_id=1, at=NOW, message="the feed moved", evidence={})
        gaps.open_gap(store, run, 1, Gap(after=NOW, before=NOW), 7, NOW)
        for at in (NOW, NOW + timedelta(hours=1)):
            feeds.record_failure(store, 1, Setback(failure=DOWN, at=at, weight=1, next_check=at))
            feeds.log_failure(store, run, Attempt(url=URL, at=at, final=False, feed_id=1), DOWN)
            herald.tell(store)
    told = [json.loads(line) for line in heard.getvalue().splitlines()]
    assert [line["event"] for line in told] == ["moved", "gap", "feed_failing"]
    assert told[0]["outlet"] == "gazette"
    assert told[1]["estimated"] == 7
    assert (told[2]["failure"], told[2]["message"]) == ("dns", DOWN.message)
