"""Incidents, and what is called silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import incidents, outlets
from pipeline.store.connection import Store, iso
from pipeline.store.incidents import FeedSeen, answered_since, is_silent
from pipeline.types import OutletFeed, OutletSpec

HOUR = timedelta(hours=1)
NEWS = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LIMIT = NEWS + 4 * HOUR


@pytest.fixture
def watched(store: Store, now: datetime) -> Store:
    """Outlet 1 with the feeds 1 and 2, outlet 2 with feed 3; outlet 1 was last heard at NEWS."""
    for slug, urls in (("gazette", ("a", "b")), ("herald", ("c",))):
        feeds = tuple(OutletFeed(url=f"http://{slug}.example/{url}") for url in urls)
        outlets.add_outlet(
            store, OutletSpec(slug=slug, name=slug, home=f"http://{slug}.example", feeds=feeds), now
        )
    store.execute(
        "INSERT INTO outlet_rhythms (outlet_id, state, last_news, silent_after) VALUES (1, '{}', ?, ?)",
        (iso(NEWS), iso(LIMIT)),
    )
    return store


def answered(
    store: Store, feed: int, at: datetime, *, changed: datetime | None = None, failing: datetime | None = None
) -> None:
    store.execute(
        "UPDATE feeds SET last_success = ?, last_changed = ?, failing_since = ?, failures = ? WHERE id = ?",
        (iso(at), iso(changed), iso(failing), int(failing is not None), feed),
    )


def begin(store: Store, kind: incidents.Kind, now: datetime, **about: int) -> int | None:
    return incidents.open_incident(
        store,
        kind,
        at=now,
        message="m",
        evidence={"why": "ж"},
        **about,  # type: ignore[arg-type]
    )


# --- the log --------------------------------------------------------------------------------------------


def test_an_incident_lasts_once_for_each_outlet_feed_or_the_whole(watched: Store, now: datetime) -> None:
    everyone: tuple[dict[str, int], ...] = ({}, {"outlet_id": 1}, {"outlet_id": 2}, {"feed_id": 1})
    for about in everyone:
        assert begin(watched, "network", now, **about) is not None
        assert begin(watched, "network", now + HOUR, **about) is None
        assert begin(watched, "clock", now, **about) is not None
    assert incidents.close_incident(watched, "network", at=now + HOUR, outlet_id=1) == 1
    assert incidents.close_incident(watched, "network", at=now + HOUR, outlet_id=1) == 0
    assert begin(watched, "network", now + 2 * HOUR, outlet_id=1) is not None
    assert len(incidents.open_ones(watched)) == 8


def test_an_incident_of_a_feed_names_its_outlet_too(watched: Store, now: datetime) -> None:
    number = incidents.note(
        watched, "moved", at=now, message="moved to …", evidence={"to": "http://x"}, feed_id=3
    )
    (found,) = incidents.recent(watched, now - HOUR)
    assert (found.id, found.outlet, found.feed) == (number, "herald", "http://herald.example/c")
    assert (found.opened_at, found.closed_at, found.evidence) == (now, now, {"to": "http://x"})
    assert incidents.recent(watched, now - HOUR, outlet_id=1) == ()


def test_recent_is_what_lasts_or_ended_since(watched: Store, now: datetime) -> None:
    begin(watched, "silence", now - 90 * HOUR, outlet_id=1)
    begin(watched, "network", now - 80 * HOUR)
    incidents.close_incident(watched, "network", at=now - 70 * HOUR)
    begin(watched, "run", now - 60 * HOUR)
    incidents.close_incident(watched, "run", at=now - HOUR)
    assert [found.kind for found in incidents.recent(watched, now - 2 * HOUR)] == ["run", "silence"]
    assert [found.kind for found in incidents.open_ones(watched)] == ["silence"]
    assert watched.all("SELECT kind, outlet, evidence FROM incidents WHERE closed_at IS NULL")[0][:] == (
        "silence",
        "gazette",
        '{"why":"ж"}',
    )


def test_an_outlet_no_longer_watched_lasts_in_no_list(watched: Store, now: datetime) -> None:
    begin(watched, "silence", now, outlet_id=1)
    begin(watched, "gone", now, feed_id=1)
    outlets.remove_outlet(watched, "gazette", now)
    assert incidents.open_ones(watched) == ()


# --- silence --------------------------------------------------------------------------------------------


def test_quiet_beyond_the_limit_is_silence_once_and_over_with_the_next_news(
    watched: Store, now: datetime
) -> None:
    answered(watched, 1, LIMIT + HOUR, changed=NEWS)
    assert incidents.silent_outlets(watched, LIMIT - HOUR) == ()
    (silent,) = incidents.silent_outlets(watched, now)
    assert (silent.outlet_id, silent.outlet, silent.last_news, silent.silent_after) == (
        1,
        "gazette",
        NEWS,
        LIMIT,
    )
    assert incidents.answers(silent) == {
        "feeds": 2,
        "feeds_answered": 1,
        "last_answer": iso(LIMIT + HOUR),
    }
    begin(watched, "silence", now, outlet_id=1)
    assert incidents.silent_outlets(watched, now) == ()
    assert incidents.returned(watched) == ()
    watched.execute("UPDATE outlet_rhythms SET last_news = ?", (iso(now + HOUR),))
    (over,) = incidents.returned(watched)
    assert (over.outlet, over.opened_at, over.last_news) == ("gazette", now, now + HOUR)
    incidents.close_incident(watched, "silence", at=now + HOUR, outlet_id=over.outlet_id)
    assert incidents.returned(watched) == ()


def test_news_from_before_the_alarm_that_was_heard_after_it_ends_the_silence(
    watched: Store, now: datetime
) -> None:
    answered(watched, 1, now - HOUR / 2, changed=NEWS)
    begin(watched, "silence", now, outlet_id=1)

    def news(published: datetime, silent_after: datetime) -> None:
        watched.execute(
            "UPDATE outlet_rhythms SET last_news = ?, silent_after = ?", (iso(published), iso(silent_after))
        )

    news(NEWS + HOUR, LIMIT + HOUR)  # an old piece, added late: the outlet is as quiet as before
    assert incidents.returned(watched) == ()
    news(now - HOUR, now + 3 * HOUR)
    assert [over.last_news for over in incidents.returned(watched)] == [now - HOUR]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outlets SET paused = 1",
        "UPDATE outlets SET removed_at = '2026'",
        "UPDATE feeds SET state = 'gone'",
    ],
)
def test_who_is_not_asked_is_not_silent(watched: Store, now: datetime, statement: str) -> None:
    answered(watched, 1, LIMIT + HOUR, changed=NEWS)
    watched.execute(statement)
    assert incidents.silent_outlets(watched, now) == ()


def seen(
    success: int | None = None, changed: int | None = None, failing_since: int | None = None
) -> FeedSeen:
    """Hours counted from NEWS."""
    success_at, changed_at, failing_at = (
        None if hours is None else NEWS + hours * HOUR for hours in (success, changed, failing_since)
    )
    return FeedSeen(last_success=success_at, last_changed=changed_at, failing_since=failing_at)


@pytest.mark.parametrize(
    ("why", "feeds", "silent"),
    [
        ("it was asked and has nothing new", [seen(5, 0)], True),
        ("we were off: nothing was asked since", [seen(1, 0)], False),
        ("we are back, its other feed is not asked yet", [seen(5, 0), seen(1, -1)], False),
        ("a feed that changes once a week is not waited for", [seen(5, 0), seen(-20, -100)], True),
        ("the feed that brought the news fails", [seen(2, 0, 3), seen(5, -100)], False),
        ("a feed failing since long before explains nothing", [seen(-100, -100, -99), seen(5, 0)], True),
        ("nor one that failed after it changed, but before the news", [seen(-2, -2, -1), seen(5, 0)], True),
        ("all feeds fail", [seen(2, 0, 3), seen(2, 0, 3)], False),
        ("nothing is known of changes", [seen(5)], True),
        ("of several unknown ones any will do", [seen(5), seen(1)], True),
        ("there is no feed", [], False),
    ],
)
def test_when_a_quiet_is_the_outlets_own(why: str, feeds: list[FeedSeen], silent: bool) -> None:
    assert is_silent(NEWS, LIMIT, feeds) is silent, why


HOURS = st.none() | st.integers(-10, 10)


@given(st.lists(st.builds(seen, HOURS, HOURS, HOURS), max_size=4))
@settings(max_examples=80)
def test_no_silence_without_an_answer_after_the_limit(feeds: list[FeedSeen]) -> None:
    if is_silent(NEWS, LIMIT, feeds):
        assert any(answered_since(feed, LIMIT) for feed in feeds)
