"""The views and queries that say how the watch goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.store import health, incidents, outlets
from pipeline.store.connection import Store, iso
from pipeline.types import OutletFeed, OutletSpec

HOUR = timedelta(hours=1)


@pytest.fixture
def today() -> datetime:
    """The real time: the view compares with SQLite's own clock."""
    return datetime.now(UTC)


@pytest.fixture
def watched(store: Store, today: datetime) -> Store:
    """Outlet 1 with three feeds."""
    feeds = tuple(OutletFeed(url=f"http://gazette.example/{number}") for number in (1, 2, 3))
    outlets.add_outlet(
        store,
        OutletSpec(slug="gazette", name="Gazette", home="http://gazette.example", feeds=feeds),
        today - 1000 * HOUR,
    )
    return store


def works(store: Store, today: datetime, *feeds: int) -> None:
    for feed in feeds:
        store.execute(
            "UPDATE feeds SET last_success = ?, last_checked = ?, next_check = ? WHERE id = ?",
            (iso(today), iso(today), iso(today + HOUR / 2), feed),
        )


def fails(
    store: Store, since: datetime, *feeds: int, kind: str = "http", trouble: float = 1, state: str = "active"
) -> None:
    for feed in feeds:
        store.execute(
            "UPDATE feeds SET failures = 1, trouble = ?, failing_since = ?, failure_class = ?, failure_message = ?,"
            " state = ? WHERE id = ?",
            (trouble, iso(since), kind, f"{kind} of {feed}", state, feed),
        )


def only(store: Store) -> dict[str, object]:
    (row,) = health.outlets(store)
    return row


def state_of(store: Store) -> tuple[object, object, object]:
    row = only(store)
    return row["state"], row["since"], row["why"]


def silence(store: Store, today: datetime) -> None:
    incidents.open_incident(store, "silence", at=today, message="quiet", evidence={}, outlet_id=1)


def articles(store: Store, today: datetime, *hours_ago: float) -> None:
    for hours in hours_ago:
        store.execute(
            "INSERT INTO articles (outlet_id, url, canonical_url, first_seen, last_checked, title, body_hash, words)"
            " VALUES (1, 'u', 'u', ?, 'x', 'T', 'h', 1)",
            (iso(today - hours * HOUR),),
        )


# --- states ---------------------------------------------------------------------------------------------


def test_new_and_ok(watched: Store, today: datetime) -> None:
    assert state_of(watched) == ("new", iso(today - 1000 * HOUR), None)
    works(watched, today, 1)
    assert state_of(watched) == ("ok", None, None)
    assert only(watched)["next_check"] == iso(today - 1000 * HOUR)


def test_partly_since_the_first_feed_fails_and_why_from_the_one_that_fails_most(
    watched: Store, today: datetime
) -> None:
    works(watched, today, 1, 2, 3)
    fails(watched, today - 9 * HOUR, 1, kind="timeout", trouble=0.5)
    fails(watched, today - 3 * HOUR, 2, kind="dns", trouble=4)
    assert state_of(watched) == ("partly", iso(today - 9 * HOUR), "dns of 2")
    assert (only(watched)["feeds"], only(watched)["feeds_failing"], only(watched)["failure_class"]) == (
        3,
        2,
        "dns",
    )


def test_failing_since_the_last_feed_fails(watched: Store, today: datetime) -> None:
    fails(watched, today - 9 * HOUR, 1, 2)
    fails(watched, today - 3 * HOUR, 3, state="gone")
    assert state_of(watched)[:2] == ("failing", iso(today - 3 * HOUR))
    assert (only(watched)["feeds_failing"], only(watched)["feeds_gone"]) == (2, 1)


def test_blocked_is_told_from_failing_and_says_by_whom(watched: Store, today: datetime) -> None:
    fails(watched, today, 1, 2, trouble=9)
    fails(watched, today, 3, kind="blocked", trouble=1)
    assert state_of(watched) == ("blocked", iso(today), "blocked of 3")


def test_gone_paused_and_without_feeds(watched: Store, today: datetime) -> None:
    fails(watched, today, 1, 2, 3, kind="gone", state="gone")
    assert state_of(watched)[0] == "gone"
    outlets.set_paused(watched, "gazette", True)
    assert (state_of(watched)[0], only(watched)["next_check"]) == ("paused", None)
    outlets.set_paused(watched, "gazette", False)
    watched.execute("UPDATE feeds SET state = 'merged'")
    assert (state_of(watched)[0], only(watched)["feeds"]) == ("no-feeds", 0)
    outlets.remove_outlet(watched, "gazette", today)
    assert health.outlets(watched) == []


def test_silent_since_its_last_news_until_the_silence_is_closed(watched: Store, today: datetime) -> None:
    works(watched, today, 1, 2)
    fails(watched, today, 3)
    watched.execute(
        "INSERT INTO outlet_rhythms (outlet_id, state, last_news, silent_after) VALUES (1, '{}', ?, ?)",
        (iso(today - 9 * HOUR), iso(today - HOUR)),
    )
    silence(watched, today)
    assert state_of(watched) == ("silent", iso(today - 9 * HOUR), "quiet")
    assert (only(watched)["silent_since"], only(watched)["silent_after"]) == (iso(today), iso(today - HOUR))
    fails(watched, today, 1, 2)
    assert state_of(watched)[0] == "failing"
    works(watched, today, 1, 2)
    watched.execute("UPDATE feeds SET failures = 0")
    incidents.close_incident(watched, "silence", at=today, outlet_id=1)
    assert (state_of(watched)[0], only(watched)["silent_since"]) == ("ok", None)


# --- volume ---------------------------------------------------------------------------------------------


def test_usual_is_the_average_without_the_first_day_and_the_last(watched: Store, today: datetime) -> None:
    articles(watched, today, *[24 * 10 + 1] * 30)
    assert (only(watched)["articles_24h"], only(watched)["usual_24h"]) == (0, 0.0)
    # eight days and an hour lie between the first day and the last
    articles(watched, today, 23, 1, 0.1, *[day * 24 + 5 for day in range(1, 9) for _ in range(2)])
    assert only(watched)["articles_24h"] == 3
    assert only(watched)["usual_24h"] == pytest.approx(16 / (8 + 1 / 24), abs=0.06)


def test_usual_looks_back_28_days(watched: Store, today: datetime) -> None:
    articles(watched, today, *[24 * 60] * 5, *[24 * 40] * 500, *[24 * 20] * 56)
    assert only(watched)["usual_24h"] == 2.0


def test_what_is_usual_is_not_known_too_early(watched: Store, today: datetime) -> None:
    assert only(watched)["usual_24h"] is None
    articles(watched, today, 60, 59)
    assert only(watched)["usual_24h"] is None


# --- gaps, checks, selections ---------------------------------------------------------------------------


def test_open_gaps_are_counted_and_the_healed_are_not(watched: Store, today: datetime) -> None:
    for feed, state, hours, missing in ((1, "open", 1, 7), (2, "open", 300, None), (2, "healed", 1, 5)):
        watched.execute(
            'INSERT INTO feed_gaps (feed_id, found_at, "after", "before", estimated, state) VALUES (?, ?, ?, ?, ?, ?)',
            (feed, iso(today - hours * HOUR), iso(today - 400 * HOUR), iso(today), missing, state),
        )
    assert only(watched)["open_gaps"] == 2
    assert [row["open_gaps"] for row in health.feeds(watched, ("gazette",))] == [1, 1, 0]
    assert health.open_gaps(watched, today - 24 * HOUR) == {"gazette": health.OpenGaps(count=1, missing=7)}
    assert health.open_gaps(watched, today - 999 * HOUR)["gazette"].count == 2
    assert [row["state"] for row in health.gaps_of(watched, "gazette", 9)] == ["open", "open", "healed"]
    assert len(health.gaps_of(watched, "gazette", 1)) == 1


def test_the_last_checks_of_all_feeds_newest_first(watched: Store, today: datetime) -> None:
    watched.execute("INSERT INTO crawls (started_at, pid, process_token) VALUES ('x', 1, 'x')")
    for feed, hours in ((1, 5), (2, 1), (1, 3), (3, 4)):
        watched.execute(
            "INSERT INTO feed_checks (feed_id, run_id, at, outcome) VALUES (?, 1, ?, 'failed')",
            (feed, iso(today - hours * HOUR)),
        )
    found = health.checks_of(watched, 1, 3)
    assert [str(row["feed"])[-1] for row in found] == ["2", "1", "3"]


def test_an_interval_is_the_time_from_the_last_check_to_the_next(watched: Store, today: datetime) -> None:
    works(watched, today, 1)
    assert [row["interval_minutes"] for row in health.feeds(watched)] == [30.0, None, None]


def test_many_names_are_looked_up_and_unknown_ones_are_no_rows(watched: Store, now: datetime) -> None:
    names = [f"o{number}" for number in range(2500)]
    for name in names[::500]:
        outlets.add_outlet(watched, OutletSpec(slug=name, name=name, home="h"), now)
    assert [row["outlet"] for row in health.outlets(watched, names)] == sorted(names[::500])
    assert {row["outlet"] for row in health.outlet_states(watched)} == {"gazette", *names[::500]}


def test_the_last_run(watched: Store) -> None:
    assert health.last_run(watched) is None
    for at in ("a", "b"):
        watched.execute("INSERT INTO crawls (started_at, pid, process_token) VALUES (?, 1, 'x')", (at,))
    last = health.last_run(watched)
    assert last is not None
    assert (last["run"], last["started_at"], last["started_by"]) == (2, "b", "hand")
