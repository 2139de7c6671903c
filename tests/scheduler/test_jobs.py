"""The daemon's jobs on a real store, with children that end at once."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.decide import Polling
from pipeline.store import incidents, outlets
from pipeline.store.connection import Store, iso, moment, open_store
from pipeline.types import OutletFeed, OutletSpec
from scheduler.clock import ClockWatch
from scheduler.crew import Crew
from scheduler.jobs import Jobs
from scheduler.log import JsonLines
from scheduler.options import DaemonOptions
from scheduler.order import WINDOW, put_in_order
from scheduler.supervisor import Limits, Supervisor

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
REPORTS = 'print(\'{"report": {"run": 1, "feeds": {"polled": 2}, "articles": {"new": 3}}}\')'


def watch(store: Store, count: int, now: datetime) -> None:
    """So many outlets with one feed each, none of them due before a day has passed."""
    for n in range(count):
        feeds = (OutletFeed(url=f"http://{n}.example/rss"),)
        outlets.add_outlet(
            store, OutletSpec(slug=f"o{n}", name=f"O{n}", home=f"http://{n}.example", feeds=feeds), now
        )
    store.execute("UPDATE feeds SET next_check = ?", (iso(now + DAY),))


def due(store: Store, now: datetime) -> None:
    store.execute("UPDATE feeds SET next_check = ?", (iso(now - HOUR),))


def checks(store: Store) -> list[datetime]:
    found = (moment(row[0]) for row in store.all("SELECT next_check FROM feeds ORDER BY next_check"))
    return [check for check in found if check]


@pytest.fixture
def jobs(tmp_path: Path) -> Callable[[Store, str], Jobs]:
    """Jobs whose crawls run this code."""

    def make(store: Store, code: str) -> Jobs:
        command = (sys.executable, "-c", code)
        options = DaemonOptions(db=store.path, crawl=command, care=command, workers=2)
        made: Jobs = Jobs(
            store=store,
            options=options,
            crawls=Supervisor(command, Limits(), lambda ended: made.crawl_ended(ended)),
            upkeep=Supervisor(command, Limits(), lambda ended: made.upkeep_ended(ended)),
            crew=Crew(2),
            clock=ClockWatch(timedelta(seconds=5)),
        )
        return made

    return make


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], dict[str, dict[str, object]]]:
    """What was logged, by event."""
    caplog.set_level(logging.INFO)

    def events() -> dict[str, dict[str, object]]:
        said = [json.loads(JsonLines().format(record)) for record in caplog.records]
        return {one["event"]: one for one in said}

    return events


async def ended(jobs: Jobs) -> None:
    end = time.monotonic() + 20
    while jobs.crawls.running or jobs.upkeep.running:
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


Make = Callable[[Store, str], Jobs]
Told = Callable[[], dict[str, dict[str, object]]]


def test_a_tick_starts_a_crawl_only_where_something_is_due(store: Store, jobs: Make, told: Told) -> None:
    now = datetime.now(UTC)
    watch(store, 3, now)

    async def run() -> tuple[int, int]:
        made = jobs(store, REPORTS)
        await made.tick()
        idle = made.crawls.running
        due(store, now)
        await made.tick()
        await made.tick()  # one is at work already, and enough
        busy = made.crawls.running
        await ended(made)
        assert made.facts().last_tick is not None
        return idle, busy

    assert asyncio.run(run()) == (0, 1)
    assert told()["crawl_started"]["due"] == 3
    assert (told()["crawl_ended"]["new"], told()["crawl_ended"]["feeds_polled"]) == (3, 2)


def test_a_crawl_that_dies_is_told_with_its_last_words_and_not_tried_again_at_once(
    store: Store, jobs: Make, told: Told
) -> None:
    now = datetime.now(UTC)
    watch(store, 1, now)
    due(store, now)

    async def run() -> int:
        made = jobs(store, "raise ValueError('the reason')")
        await made.tick()
        await ended(made)
        await made.tick()
        return made.crawls.running

    assert asyncio.run(run()) == 0
    died = told()["crawl_died"]
    assert died["why"] == "exit code 1"
    assert str(died["errors"]).endswith("ValueError: the reason")


def test_a_machine_without_room_for_a_crawl_is_said_and_survived(
    store: Store, jobs: Make, told: Told
) -> None:
    now = datetime.now(UTC)
    watch(store, 1, now)
    due(store, now)

    async def run() -> None:
        made = jobs(store, "")
        made.crawls.command = ("/no/such/program",)
        await made.tick()

    asyncio.run(run())
    assert told()["cannot_start"]["level"] == "error"


def test_a_locked_database_lets_the_turn_pass_and_the_leap_is_not_forgotten(
    tmp_path: Path, jobs: Make, told: Told
) -> None:
    now = datetime.now(UTC)
    path = tmp_path / "press.db"
    with open_store(path) as other, open_store(path, patience=0.05) as ours:
        watch(other, 30, now)

        async def run() -> None:
            made = jobs(ours, REPORTS)
            await made.tick()
            due(other, now)
            # As if the last look had been long ago.
            made.clock.look(now - HOUR, time.monotonic())
            with other.write():
                await made.tick()
                assert made.store_fault is not None
                assert "lock" in made.store_fault
                assert made.crawls.running == 0
            await made.tick()
            assert made.store_fault is None
            await ended(made)

        asyncio.run(run())
        assert told()["store_fault"]["job"] == "tick"
        kinds = [one.kind for one in incidents.recent(other, now - HOUR)]
        assert kinds == ["clock"]
        assert len(set(checks(other))) == 30  # spread, no burst


def test_a_silence_is_opened_once_and_closed_on_return(store: Store, jobs: Make, told: Told) -> None:
    now = datetime.now(UTC)
    watch(store, 1, now - DAY)
    store.execute(
        "UPDATE feeds SET last_success = ?, last_changed = ?", (iso(now), iso(now - timedelta(hours=9)))
    )
    from pipeline.rhythm import begin
    from pipeline.store import rhythms

    rhythm = begin(now - 9 * HOUR, [now - 30 * HOUR, now - 9 * HOUR], visible=2)
    rhythms.keep_outlet_rhythm(
        store, 1, rhythm, last_news=now - timedelta(hours=9), silent_after=now - timedelta(hours=1)
    )
    made = jobs(store, "")
    asyncio.run(made.deliver())
    asyncio.run(made.deliver())
    (lasting,) = incidents.open_ones(store)
    assert (lasting.kind, lasting.outlet) == ("silence", "o0")
    assert {"last_news", "expected_since", "feeds_answered"} <= set(lasting.evidence)
    assert told()["outlet_silent"]["level"] == "warning"
    later = datetime.now(UTC) + HOUR
    rhythms.keep_outlet_rhythm(store, 1, rhythm, last_news=later, silent_after=later + DAY)
    asyncio.run(made.deliver())
    assert incidents.open_ones(store) == ()
    assert told()["outlet_back"]["outlet"] == "o0"


def test_upkeep_runs_in_a_child_once_at_a_time(store: Store, jobs: Make, told: Told) -> None:
    async def run() -> int:
        made = jobs(store, 'print(\'{"report": {"articles": 2}}\')')
        await made.care()
        await made.care()
        running = made.upkeep.running
        await ended(made)
        return running

    assert asyncio.run(run()) == 1
    assert told()["upkeep"]["forgot"] == '{"articles":2}'


def test_new_orders_hold_from_the_next_crawl_on(store: Store, jobs: Make) -> None:
    made = jobs(store, REPORTS)
    orders = DaemonOptions(
        db=store.path,
        crawl=("a",),
        care=("b",),
        workers=5,
        tick=900.0,
        limits=Limits(whole=7.0),
        environ={"X": "1"},
    )
    made.obey(orders)
    assert (made.crawls.command, made.upkeep.command) == (("a",), ("b",))
    assert (made.crew.workers, made.crawls.limits.whole, made.crawls.environ) == (5, 7.0, {"X": "1"})
    assert made.clock.usual == timedelta(minutes=15)
    assert made.upkeep.limits.silence == 7.0, "the upkeep gives no sign of life: it may take its whole time"


# --- checks put in order --------------------------------------------------------------------------------


def test_what_is_overdue_is_spread_the_longest_overdue_first(store: Store, now: datetime) -> None:
    watch(store, 40, now)
    for n in range(40):
        store.execute("UPDATE feeds SET next_check = ? WHERE id = ?", (iso(now - HOUR * (n + 1)), n + 1))
    assert put_in_order(store, Polling(), now) == 40
    assert checks(store) == [now + timedelta(seconds=2) * place for place in range(40)]
    assert store.value("SELECT id FROM feeds ORDER BY next_check LIMIT 1") == 40


def test_thousands_that_are_overdue_are_spread_over_no_more_than_the_window(
    store: Store, now: datetime
) -> None:
    watch(store, 1200, now)
    due(store, now)
    put_in_order(store, Polling(), now)
    assert now <= min(checks(store)) <= max(checks(store)) <= now + WINDOW


def test_a_few_that_are_overdue_need_not_wait(store: Store, now: datetime) -> None:
    watch(store, 5, now)
    due(store, now)
    assert put_in_order(store, Polling(), now) == 0


def test_a_clock_that_ran_ahead_makes_no_feed_wait_for_it(store: Store, now: datetime) -> None:
    watch(store, 2, now)
    ahead = now + 30 * DAY
    store.execute(
        "UPDATE feeds SET last_checked = ?, next_check = ? WHERE id = 1", (iso(ahead), iso(ahead + HOUR))
    )
    store.execute(
        "UPDATE feeds SET last_checked = ?, next_check = ? WHERE id = 2",
        (iso(now - HOUR), iso(now + 3 * HOUR)),
    )
    assert put_in_order(store, Polling(), now) == 1
    assert checks(store) == [now + HOUR, now + 3 * HOUR]
