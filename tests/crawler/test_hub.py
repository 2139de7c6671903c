"""Asking hubs: what is sent, what their answers mean, and whom we never write to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from crawler.hub import ask_hubs
from crawler.options import FetchOptions
from pipeline.store import outlets, subscriptions
from pipeline.store.connection import Store
from pipeline.types import Failure, FailureClass, OutletFeed, OutletSpec
from tests.crawler.loopback_hub import LoopbackHub, hub_serving

CALLBACK = "https://monitor.example.org/websub/"
TOPIC = "https://gazette.example/rss?lang=uk&q=a%20b+київ"


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with hub_serving() as serving:
        yield serving


@pytest.fixture
def feed(store: Store, now: datetime) -> int:
    spec = OutletSpec(
        slug="gazette",
        name="Gazette",
        home="https://gazette.example",
        feeds=(OutletFeed(url="https://gazette.example/rss"),),
    )
    outlets.add_outlet(store, spec, now)
    return int(store.value("SELECT id FROM feeds"))


def ask(store: Store, hub: LoopbackHub, at: datetime) -> list[Failure | None]:
    options = FetchOptions(allow_addresses=frozenset({hub.address}), delay=0, deadline=5)
    return [failure for _, failure in ask_hubs(store, options, CALLBACK, clock=lambda: at)]


def asked(store: Store, hub: LoopbackHub, feed: int, now: datetime, path: str = "/") -> Failure | None:
    """The feed's one request to this hub, and why it failed."""
    subscriptions.offered(store, feed, [hub.base + path], TOPIC, now)
    (failure,) = ask(store, hub, now)
    return failure


def test_the_request_is_the_form_the_recommendation_wants(
    store: Store, hub: LoopbackHub, feed: int, now: datetime
) -> None:
    assert asked(store, hub, feed, now) is None
    found = subscriptions.of_feed(store, feed)
    assert found is not None
    assert hub.forms == [
        {
            "hub.callback": f"https://monitor.example.org/websub/{found.token}",
            "hub.mode": "subscribe",
            "hub.topic": TOPIC,
            "hub.lease_seconds": "864000",
        }
    ]
    assert hub.headers[0]["content-type"] == "application/x-www-form-urlencoded"
    assert hub.headers[0]["user-agent"].startswith("presswatch/")
    assert found.state == "asked"
    assert hub.paths == ["/"]  # robots.txt is not for those who were invited to write
    assert ask(store, hub, now) == []


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_request_is_followed(
    store: Store, hub: LoopbackHub, feed: int, now: datetime, status: int
) -> None:
    hub.redirects["/old"] = (status, "/new")
    assert asked(store, hub, feed, now, "/old") is None
    assert hub.paths == ["/old", "/new"]
    assert hub.forms[0]["hub.topic"] == TOPIC


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_loses_the_request_is_a_failure(
    store: Store, hub: LoopbackHub, feed: int, now: datetime, status: int
) -> None:
    hub.redirects["/old"] = (status, "/new")
    failure = asked(store, hub, feed, now, "/old")
    assert failure is not None
    assert "307" in failure.message
    assert hub.forms == []


def test_a_refusal_keeps_the_hub_s_words_on_one_clean_line_and_its_wait(
    store: Store, hub: LoopbackHub, feed: int, now: datetime
) -> None:
    hub.status, hub.words = 503, "come back\r\n\x1b[31mlater\u202e " + "x" * 999
    hub.extra = {"Retry-After": "86400"}
    failure = asked(store, hub, feed, now)
    assert failure is not None
    assert failure.message.startswith("HTTP 503 Service Unavailable: come back [31mlater xxx")
    assert len(failure.message) < 250
    row = store.one("SELECT * FROM subscriptions")
    assert row is not None
    assert (row["state"], row["failures"]) == ("wanted", 1)
    assert row["message"] == f"http: {failure.message}"
    assert row["next_try"] == (now + timedelta(days=1)).isoformat()


def test_a_hub_that_is_not_there_is_left_alone_longer_each_time(
    store: Store, feed: int, now: datetime
) -> None:
    with hub_serving() as gone:
        pass
    subscriptions.offered(store, feed, [gone.base], TOPIC, now)
    waits = []
    for _ in range(4):
        (failure,) = ask(store, gone, now)
        assert failure is not None
        assert failure.kind is FailureClass.CONNECT
        found = subscriptions.of_feed(store, feed)
        assert found is not None
        assert found.next_try is not None
        waits.append((found.next_try - now) / timedelta(hours=1))
        now = found.next_try
    assert waits == [1, 2, 4, 8]


@pytest.mark.parametrize("target", ["http://127.0.0.1:9/", "http://[/hub", "http://169.254.169.254/latest"])
def test_private_and_impossible_hubs_are_never_written_to(
    store: Store, hub: LoopbackHub, feed: int, now: datetime, target: str
) -> None:
    subscriptions.offered(store, feed, [target], TOPIC, now)
    (failure,) = ask(store, hub, now)
    assert failure is not None
    assert failure.kind is FailureClass.REFUSED_ADDRESS


def test_a_redirect_into_the_private_network_is_refused(
    store: Store, hub: LoopbackHub, feed: int, now: datetime
) -> None:
    with hub_serving() as inside:
        hub.redirects["/"] = (307, f"{inside.base}/admin")
        failure = asked(store, hub, feed, now)
        assert inside.paths == []
    assert failure is not None
    assert failure.kind is FailureClass.REFUSED_ADDRESS
