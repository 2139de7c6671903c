"""Checks put in order after a pause or a leap of the clock, in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.decide import Polling
from pipeline.store import feeds, outlets, pages, runs
from pipeline.store.connection import Store, open_store
from pipeline.types import OutletFeed, OutletSpec
from scheduler.order import WINDOW, put_in_order

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "presswatch.db") as opened:
        yield opened


def watch(store: Store, number: int) -> None:
    """So many feeds, due an hour ago."""
    listed = tuple(OutletFeed(url=f"https://example.org/{n}.xml") for n in range(number))
    spec = OutletSpec(slug="example", name="Example", home="https://example.org/", feeds=listed)
    outlets.add_outlet(store, spec, NOW - timedelta(hours=1))


def test_many_overdue_feeds_are_spread_and_none_is_put_off_for_long(store: Store) -> None:
    watch(store, 300)
    with store.write():
        assert put_in_order(store, Polling(), NOW) == 300
    assert len(feeds.due_within(store, NOW)) < 10
    assert len(feeds.due_within(store, NOW + WINDOW)) == 300


def test_a_few_overdue_feeds_are_left_alone(store: Store) -> None:
    watch(store, 5)
    with store.write():
        assert put_in_order(store, Polling(), NOW) == 0
    assert len(feeds.due_within(store, NOW)) == 5


def test_what_a_clock_that_ran_a_day_ahead_wrote_does_not_wait_for_that_day(store: Store) -> None:
    watch(store, 3)
    ahead = NOW + timedelta(days=1)
    store.execute(
        "UPDATE feeds SET last_checked = ?, next_check = ? WHERE id = 1",
        (ahead.isoformat(), (ahead + timedelta(hours=1)).isoformat()),
    )
    store.execute("UPDATE feeds SET next_check = ? WHERE id = 2", (ahead.isoformat(),))
    store.execute(
        "INSERT INTO pages (outlet_id, url, url_key, first_seen, next_attempt) VALUES (1, 'u', 'k', ?, ?)",
        (ahead.isoformat(), ahead.isoformat()),
    )
    with store.write():
        put_in_order(store, Polling(), NOW)
    assert {row["id"] for row in feeds.due_within(store, NOW)} == {2, 3}
    assert {row["id"] for row in feeds.due_within(store, NOW + timedelta(hours=1))} == {1, 2, 3}
    assert pages.count_due(store, NOW) == 1


def test_a_feed_that_a_run_took_and_did_not_ask_is_due_soon(store: Store) -> None:
    watch(store, 1)
    for why, soon in (("stopped: shutdown", timedelta(0)), ("died: killed", runs.AFTER_BREAKDOWN)):
        run = runs.start_run(store, NOW)
        assert len(feeds.lease_due(store, run, NOW, everything=True)) == 1
        runs.close_run(store, run, NOW, why)
        assert feeds.next_due(store) == NOW + soon
