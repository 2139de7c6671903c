"""Subscriptions in the database: which hub, when it is asked, what it may be trusted with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import websub
from pipeline.store import outlets, subscriptions
from pipeline.store.connection import Store
from pipeline.types import Failure, FailureClass, OutletFeed, OutletSpec
from pipeline.websub import Subscription

RSS = "https://gazette.example/rss"
BASE = "https://monitor.example.org/websub"
ONE, TWO = "https://one.example/", "https://two.example/"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FAILED = Failure(kind=FailureClass.CONNECT, message="cannot connect")


@pytest.fixture
def feed(store: Store, now: datetime) -> int:
    spec = OutletSpec(
        slug="gazette", name="Gazette", home="https://gazette.example", feeds=(OutletFeed(url=RSS),)
    )
    outlets.add_outlet(store, spec, now)
    return int(store.value("SELECT id FROM feeds"))


def kept(store: Store, feed: int) -> Subscription:
    found = subscriptions.of_feed(store, feed)
    assert found is not None
    return found


def activated(store: Store, feed: int, now: datetime, lease: timedelta = websub.LEASE) -> Subscription:
    subscriptions.offered(store, feed, [ONE], RSS, now)
    subscriptions.take_due(store, BASE, now)
    subscriptions.verified(store, kept(store, feed).token, lease, now)
    return kept(store, feed)


# --- offers ---------------------------------------------------------------------------------------------


def test_a_feed_s_hub_is_wanted_once_with_a_token_and_a_secret(
    store: Store, feed: int, now: datetime
) -> None:
    subscriptions.offered(store, feed, [ONE, TWO], None, now)
    first = kept(store, feed)
    subscriptions.offered(store, feed, [TWO, ONE], RSS, now + timedelta(hours=1))
    assert kept(store, feed) == first
    assert (first.hub, first.topic, first.state) == (ONE, RSS, "wanted")
    assert (len(first.token), len(first.secret)) == (32, 64)
    assert first.token not in repr(first)
    assert first.secret not in repr(first)


def test_a_secret_never_travels_in_the_clear_and_https_comes_first(
    store: Store, feed: int, now: datetime
) -> None:
    subscriptions.offered(store, feed, ["http://plain.example/"], RSS, now)
    assert kept(store, feed).secret == ""
    hubs = ("http://plain.example/", ONE)
    assert websub.choose_hub(hubs, None) == ONE


def test_another_topic_is_another_subscription(store: Store, feed: int, now: datetime) -> None:
    old = activated(store, feed, now)
    subscriptions.offered(store, feed, [ONE], RSS + "?new", now)
    new = kept(store, feed)
    assert (new.state, new.topic, new.next_try) == ("wanted", RSS + "?new", now)
    assert new.token != old.token
    assert subscriptions.by_token(store, old.token) is None


@pytest.mark.parametrize(
    "hub",
    ["ftp://hub.example/", "/hub", "", "https://", "https://a b/", "https://x/\n", "https://h/" + "x" * 3000],
)
def test_what_is_no_web_address_is_no_hub(store: Store, feed: int, now: datetime, hub: str) -> None:
    subscriptions.offered(store, feed, [hub], RSS, now)
    subscriptions.offered(store, feed, [ONE], "urn:topic", now)
    assert subscriptions.of_feed(store, feed) is None


def test_a_hub_that_does_not_answer_gives_way_to_the_next(store: Store, feed: int, now: datetime) -> None:
    tried = []
    for hours in range(24):
        at = now + timedelta(hours=hours)
        subscriptions.offered(store, feed, [ONE, TWO], RSS, at)
        for subscription in subscriptions.take_due(store, BASE, at):
            tried.append((hours, subscription.hub))
            subscriptions.not_accepted(store, subscription.token, FAILED, at)
    assert tried == [
        (0, ONE),
        (1, ONE),
        (3, ONE),
        (7, TWO),
        (8, TWO),
        (10, TWO),
        (14, ONE),
        (15, ONE),
        (17, ONE),
        (21, TWO),
        (22, TWO),
    ]


def test_a_feed_that_names_another_hub_each_time_cannot_make_us_write_to_all(
    store: Store, feed: int, now: datetime
) -> None:
    written = 0
    for minutes in range(0, 600, 10):
        at = now + timedelta(minutes=minutes)
        subscriptions.offered(store, feed, [f"https://victim.example/{minutes}"], RSS, at)
        written += len(subscriptions.take_due(store, BASE, at))
    assert written == 10


def test_a_feed_that_names_no_hub_any_more_has_no_subscription(
    store: Store, feed: int, now: datetime
) -> None:
    activated(store, feed, now)
    subscriptions.withdrawn(store, feed)
    assert not subscriptions.is_active(store, feed, now)


# --- asking ---------------------------------------------------------------------------------------------


def test_what_is_taken_is_taken_once(store: Store, feed: int, now: datetime) -> None:
    subscriptions.offered(store, feed, [ONE], RSS, now)
    assert subscriptions.are_due(store, BASE, now)
    assert len(subscriptions.take_due(store, BASE, now)) == 1
    assert subscriptions.take_due(store, BASE, now) == ()
    assert kept(store, feed).state == "asked"


def test_nobody_subscribes_for_outlets_that_are_paused_or_feeds_that_are_gone(
    store: Store, feed: int, now: datetime
) -> None:
    subscriptions.offered(store, feed, [ONE], RSS, now)
    outlets.set_paused(store, "gazette", True)
    assert not subscriptions.are_due(store, BASE, now)
    outlets.set_paused(store, "gazette", False)
    store.execute("UPDATE feeds SET state = 'gone'")
    assert not subscriptions.are_due(store, BASE, now)
    store.execute("UPDATE feeds SET state = 'active'")
    assert subscriptions.are_due(store, BASE, now)


def test_a_renewal_that_fails_keeps_the_lease_until_its_end(store: Store, feed: int, now: datetime) -> None:
    activated(store, feed, now)
    renewal = now + timedelta(days=8)
    (taken,) = subscriptions.take_due(store, BASE, renewal)
    subscriptions.not_accepted(store, taken.token, FAILED, renewal)
    assert subscriptions.is_active(store, feed, now + timedelta(days=9))
    assert not subscriptions.is_active(store, feed, now + timedelta(days=10))
    subscriptions.take_due(store, BASE, now + timedelta(days=11))
    assert kept(store, feed).state == "asked"


def test_a_refusal_after_the_verification_changes_nothing(store: Store, feed: int, now: datetime) -> None:
    active = activated(store, feed, now)
    subscriptions.not_accepted(store, active.token, FAILED, now)
    assert kept(store, feed) == active
    assert store.value("SELECT message FROM subscriptions") is None


def test_another_public_address_is_told_to_the_hub_at_once(store: Store, feed: int, now: datetime) -> None:
    activated(store, feed, now)
    moved = "https://elsewhere.example.org/websub"
    assert not subscriptions.are_due(store, BASE, now)
    assert len(subscriptions.take_due(store, moved, now)) == 1
    assert not subscriptions.is_active(store, feed, now)
    assert not subscriptions.are_due(store, moved, now)


# --- what polling may rely on ---------------------------------------------------------------------------


def test_only_a_hub_that_announces_changes_is_proven(store: Store, feed: int, now: datetime) -> None:
    active = activated(store, feed, now)
    assert not subscriptions.is_proven(store, feed, now)
    subscriptions.pushed(store, active, now)
    store.execute("UPDATE feeds SET last_changed = ?", ((now + timedelta(minutes=1)).isoformat(),))
    assert subscriptions.is_proven(store, feed, now)
    store.execute("UPDATE feeds SET last_changed = ?", ((now + timedelta(hours=1)).isoformat(),))
    assert not subscriptions.is_proven(store, feed, now + timedelta(hours=1))
    subscriptions.pushed(store, active, now + timedelta(hours=2))
    assert subscriptions.is_proven(store, feed, now + timedelta(hours=2))
    assert not subscriptions.is_proven(store, feed, now + timedelta(days=10))


def test_a_push_whose_poll_found_nothing_is_followed_once(store: Store, feed: int, now: datetime) -> None:
    active = activated(store, feed, now)
    assert subscriptions.second_look(store, feed, now) is None
    subscriptions.pushed(store, active, now)
    first = now + timedelta(seconds=5)
    again = subscriptions.second_look(store, feed, first)
    assert again == first + timedelta(minutes=1)
    assert subscriptions.second_look(store, feed, again) is None


# --- pure -----------------------------------------------------------------------------------------------


@given(failures=st.integers(0, 10**6))
@settings(max_examples=50)
def test_waiting_grows_and_ends_at_a_week(failures: int) -> None:
    wait = websub.wait_after(failures)
    assert timedelta(hours=1) <= wait <= websub.wait_after(failures + 1) <= timedelta(days=7)


@pytest.mark.parametrize(
    ("said", "lease"),
    [
        (None, timedelta(days=10)),
        ("soon", timedelta(days=10)),
        ("-5", timedelta(days=10)),
        ("٣", timedelta(days=10)),
        ("1", timedelta(minutes=5)),
        ("86400", timedelta(days=1)),
        ("9" * 400, timedelta(days=30)),
    ],
)
def test_leases_that_make_no_sense_are_bounded(said: str | None, lease: timedelta) -> None:
    assert websub.granted_lease(said) == lease


@given(seconds=st.integers(300, 30 * 86400))
@settings(max_examples=50)
def test_renewal_comes_before_the_end_and_never_in_a_hurry(seconds: int) -> None:
    lease = timedelta(seconds=seconds)
    after = websub.renewal_after(lease)
    assert after >= timedelta(hours=1)
    assert after == timedelta(hours=1) or after == lease * 0.8


@given(asked=st.integers(-(10**6), 10**6))
@settings(max_examples=50)
def test_a_push_never_brings_a_poll_within_a_minute_of_the_last(asked: int) -> None:
    last = NOON + timedelta(seconds=asked)
    due = websub.earliest_poll(last, NOON)
    assert due >= NOON
    assert due - last >= timedelta(minutes=1)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        (BASE, True),
        ("http://198.51.100.7:8790/websub/", True),
        ("monitor.example.org/websub", False),
        ("https://monitor.example.org/websub?x=1", False),
        ("https://monitor.example.org/#x", False),
        ("https://user:pw@monitor.example.org/", False),
        ("https://монітор.example/", False),
    ],
)
def test_a_callback_address_that_cannot_work_is_said(url: str, fine: bool) -> None:
    assert (websub.callback_problem(url) is None) is fine


def test_callbacks_end_with_their_token() -> None:
    token = "0123456789abcdef" * 2
    assert websub.callback_url(BASE + "/", token) == websub.callback_url(BASE, token) == f"{BASE}/{token}"
    assert websub.token_in(f"/websub/{token}") == token
    assert websub.token_in(f"/websub/{token}x") is None
