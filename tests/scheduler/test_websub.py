"""Our callback: who is believed, what a push does, and the whole way round with a hub on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.hub import ask_hubs
from crawler.options import FetchOptions
from pipeline.store import outlets, subscriptions
from pipeline.store.connection import Store, open_store
from pipeline.types import OutletFeed, OutletSpec
from pipeline.websub import Subscription
from scheduler.http_message import Listen, Request
from scheduler.http_server import StatusServer
from scheduler.websub import Answer, answer, callback_route, is_genuine
from tests.crawler.loopback_hub import deliver, hub_serving, verify
from tests.crawler.test_handler import certificate, server_tls

HUB = "https://hub.example/"
TOPIC = "https://gazette.example/rss"
BASE = "https://monitor.example.org/websub"
STRANGER = "0" * 32


def add_feed(store: Store, now: datetime) -> int:
    """A feed that is asked again in two hours."""
    spec = OutletSpec(
        slug="gazette", name="Gazette", home="https://gazette.example", feeds=(OutletFeed(url=TOPIC),)
    )
    outlets.add_outlet(store, spec, now)
    store.execute("UPDATE feeds SET next_check = ?", ((now + timedelta(hours=2)).isoformat(),))
    return int(store.value("SELECT id FROM feeds"))


@pytest.fixture
def asked(store: Store, now: datetime) -> Subscription:
    """A subscription that was asked for, with a secret, and not verified yet."""
    feed = add_feed(store, now)
    subscriptions.offered(store, feed, [HUB], TOPIC, now)
    (found,) = subscriptions.take_due(store, BASE, now)
    return found


def get(store: Store, now: datetime, token: str, **fields: str) -> Answer:
    query = urlencode({f"hub.{name}": value for name, value in fields.items()})
    return answer(store, Request(method="GET", path=f"/websub/{token}", query=query), now)


def confirm(store: Store, now: datetime, asked: Subscription, **changes: str) -> Answer:
    fields = {"mode": "subscribe", "topic": TOPIC, "challenge": "abc", "lease_seconds": "86400"}
    return get(store, now, asked.token, **(fields | changes))


def push(store: Store, now: datetime, token: str, body: bytes = b"<rss/>", signature: str = "") -> Answer:
    headers = {"x-hub-signature": signature} if signature else {}
    return answer(store, Request(method="POST", path=f"/websub/{token}", headers=headers, body=body), now)


def signed(secret: str, body: bytes = b"<rss/>", method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def next_check(store: Store) -> datetime:
    return datetime.fromisoformat(store.value("SELECT next_check FROM feeds"))


def state(store: Store) -> str:
    return str(store.value("SELECT state FROM subscriptions"))


# --- questions ------------------------------------------------------------------------------------------


def test_what_we_asked_for_is_confirmed_with_the_challenge(
    store: Store, now: datetime, asked: Subscription
) -> None:
    told = confirm(store, now, asked)
    assert (told.status, told.body, told.poke) == (200, b"abc", None)
    assert told.response.content_type == "application/octet-stream"
    assert subscriptions.is_active(store, asked.feed_id, now)
    assert not subscriptions.is_active(store, asked.feed_id, now + timedelta(seconds=86400))


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": TOPIC + "/"},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"challenge": ""},
        {"challenge": "x" * 5000},
        {"challenge": "a\x00b"},
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(
    store: Store, now: datetime, asked: Subscription, changes: dict[str, str]
) -> None:
    assert confirm(store, now, asked, **changes).status == 404
    assert state(store) == "asked"


def test_nothing_is_confirmed_before_it_was_asked_for(store: Store, now: datetime) -> None:
    subscriptions.offered(store, add_feed(store, now), [HUB], TOPIC, now)
    token = store.value("SELECT token FROM subscriptions")
    told = get(store, now, token, mode="subscribe", topic=TOPIC, challenge="abc", lease_seconds="60")
    assert told.status == 404
    assert state(store) == "wanted"


def test_a_verification_counts_though_the_answer_to_our_request_was_lost(
    store: Store, now: datetime, asked: Subscription
) -> None:
    store.execute("UPDATE subscriptions SET state = 'wanted'")
    assert confirm(store, now, asked).status == 200
    assert state(store) == "active"


def test_strangers_are_not_confirmed_but_may_unsubscribe_what_we_dropped(store: Store, now: datetime) -> None:
    wanted = {"topic": TOPIC, "challenge": "abc", "lease_seconds": "60"}
    assert get(store, now, STRANGER, mode="subscribe", **wanted).status == 404
    told = get(store, now, STRANGER, mode="unsubscribe", **wanted)
    assert (told.status, told.body) == (200, b"abc")


def test_a_refusal_is_kept_with_its_reason_on_one_clean_line(
    store: Store, now: datetime, asked: Subscription
) -> None:
    confirm(store, now, asked)
    reason = "not\r\nlevel=error msg=forged \x1b[2J\u202e" + "y" * 999
    assert get(store, now, asked.token, mode="denied", topic=TOPIC, reason=reason).status == 200
    message = store.value("SELECT message FROM subscriptions")
    assert message.startswith("refused by the hub: not level=error msg=forged [2Jyyy")
    assert message.isprintable()
    assert len(message) < 300
    assert state(store) == "refused"
    assert not subscriptions.is_active(store, asked.feed_id, now)
    assert confirm(store, now, asked).status == 404
    assert not subscriptions.are_due(store, BASE, now + timedelta(days=29))
    assert subscriptions.are_due(store, BASE, now + timedelta(days=31))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/websub/", 404),
        ("POST", "/websub/short", 404),
        ("POST", f"/websub/{STRANGER}/more", 404),
        ("POST", f"/websub/{STRANGER.upper()}G", 404),
        ("DELETE", f"/websub/{STRANGER}", 405),
        ("POST", f"/some/proxy's/prefix/{STRANGER}", 410),
    ],
)
def test_other_paths_and_methods(store: Store, now: datetime, method: str, path: str, status: int) -> None:
    assert answer(store, Request(method=method, path=path), now).status == status


@settings(max_examples=60, deadline=None)
@given(
    query=st.text(max_size=200) | st.sampled_from(["&".join(["a=1"] * 100), "hub.mode=" + "x" * 20_000]),
    signature=st.text(max_size=300),
    body=st.binary(max_size=50),
)
def test_junk_is_answered_and_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, query: str, signature: str, body: bytes
) -> None:
    now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    file = tmp_path_factory.getbasetemp() / "junk.db"
    with open_store(file) as store:
        if not store.value("SELECT count(*) FROM feeds"):
            subscriptions.offered(store, add_feed(store, now), [HUB], TOPIC, now)
            subscriptions.take_due(store, BASE, now)
        token = store.value("SELECT token FROM subscriptions")
        asked = Request(method="GET", path=f"/websub/{token}", query=query)
        assert answer(store, asked, now).status == 404
        assert push(store, now, token, body, signature) == Answer(status=202)
        assert state(store) == "asked"
        assert next_check(store) == now + timedelta(hours=2)


# --- pushes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_makes_the_feed_due(
    store: Store, now: datetime, asked: Subscription, method: str
) -> None:
    confirm(store, now, asked)
    told = push(store, now, asked.token, signature=signed(asked.secret, method=method))
    assert told == Answer(status=202, poke=asked.feed_id)
    assert next_check(store) == now


def test_a_push_with_the_wrong_signature_is_accepted_and_ignored(
    store: Store, now: datetime, asked: Subscription
) -> None:
    confirm(store, now, asked)
    good = signed(asked.secret)
    for wrong in (
        "",
        "sha256=",
        signed("other"),
        good[:-1],
        good.replace("sha256", "md5"),
        good + "0",
        "ä=ö",
    ):
        assert push(store, now, asked.token, signature=wrong) == Answer(status=202)
    assert push(store, now, asked.token, b"<rss>other</rss>", good) == Answer(status=202)
    assert next_check(store) == now + timedelta(hours=2)
    assert "signature" in store.value("SELECT message FROM subscriptions")


def test_no_hub_makes_us_ask_a_feed_more_than_once_a_minute(
    store: Store, now: datetime, asked: Subscription
) -> None:
    confirm(store, now, asked)
    asked_at = now - timedelta(seconds=20)
    store.execute("UPDATE feeds SET last_checked = ?", (asked_at.isoformat(),))
    for seconds in range(3):
        later = now + timedelta(seconds=seconds)
        assert push(store, later, asked.token, signature=signed(asked.secret)).poke is None
    assert next_check(store) == asked_at + timedelta(minutes=1)


@pytest.mark.parametrize(
    "trouble",
    ["failures = 1", "state = 'gone'", "state = 'merged'", "next_check = '2026-11-23T11:59:00+00:00'"],
)
def test_a_push_cuts_no_wait_short_and_makes_nothing_later(
    store: Store, now: datetime, asked: Subscription, trouble: str
) -> None:
    store.execute(f"UPDATE feeds SET {trouble}")
    before = next_check(store)
    assert push(store, now, asked.token, signature=signed(asked.secret)) == Answer(status=202)
    assert next_check(store) == before


def test_a_feed_that_is_being_asked_stays_with_its_run(
    store: Store, now: datetime, asked: Subscription
) -> None:
    run = store.value(
        "INSERT INTO crawls (started_at, pid, process_token) VALUES (?, 1, '') RETURNING id",
        (now.isoformat(),),
    )
    store.execute("UPDATE feeds SET lease_run = ?", (run,))
    assert push(store, now, asked.token, signature=signed(asked.secret)).poke is None
    assert next_check(store) == now + timedelta(hours=2)
    assert subscriptions.second_look(store, asked.feed_id, now + timedelta(seconds=5)) == now + timedelta(
        seconds=65
    )


def test_a_hub_is_told_to_stop_when_the_outlet_is_removed(
    store: Store, now: datetime, asked: Subscription
) -> None:
    confirm(store, now, asked)
    outlets.remove_outlet(store, "gazette", now)
    assert push(store, now, asked.token, signature=signed(asked.secret)).status == 410


@settings(max_examples=100, deadline=None)
@given(secret=st.text(min_size=1, max_size=20), body=st.binary(max_size=100), other=st.text(max_size=20))
def test_only_the_right_secret_signs(secret: str, body: bytes, other: str) -> None:
    secret, other = (text.encode("utf-8", "ignore").decode() for text in (secret + "!", other))
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert is_genuine(secret, f"sha256={right}", body)
    assert is_genuine(secret, f"SHA256={right.upper()}", body)
    if other != secret:
        wrong = hmac.new(other.encode(), body, hashlib.sha256).hexdigest()
        assert not is_genuine(secret, f"sha256={wrong}", body)
    assert not is_genuine(secret, other, body)


# --- the whole way round --------------------------------------------------------------------------------


@dataclass
class Callbacks:
    """Our status server with the callback route, in a loop of its own."""

    base: str = ""
    pokes: list[int] = field(default_factory=list)


@contextmanager
def answering(db: Path, now: datetime) -> Iterator[Callbacks]:
    """The server while the block runs."""
    callbacks, ready, loops = Callbacks(), threading.Event(), []

    async def serve() -> None:
        stop = asyncio.Event()
        with open_store(db) as store:
            route = callback_route(store, lambda: now, callbacks.pokes.append)
            server = StatusServer(listen=Listen("127.0.0.1", 0), routes={"/websub/": route})
            await server.start()
            callbacks.base = f"http://{server.listen}/websub"
            loops.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()
            await server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield callbacks
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@pytest.mark.parametrize("verifies_first", [True, False], ids=["verifies-at-once", "verifies-later"])
def test_from_subscribing_to_the_poll_and_the_end(
    store: Store, now: datetime, tmp_path: Path, verifies_first: bool
) -> None:
    feed = add_feed(store, now)
    file = certificate(tmp_path)
    with hub_serving(server_tls(file)) as hub, answering(store.path, now) as callbacks:
        hub.verifies_first = verifies_first
        subscriptions.offered(store, feed, [hub.base + "/"], None, now)
        options = FetchOptions(allow_addresses=frozenset({hub.address}), ca_bundle=file, delay=0, deadline=5)
        ((_, failure),) = ask_hubs(store, options, callbacks.base, clock=lambda: now)
        assert failure is None
        (form,) = hub.forms
        said = hub.told[0] if verifies_first else verify(form)
        assert said == (200, b"c4a11e/n+ge=?")
        assert subscriptions.is_active(store, feed, now + timedelta(days=9))

        assert deliver(form, b"<rss/>", secret="wrong") == 202
        assert callbacks.pokes == []
        assert not subscriptions.is_proven(store, feed, now)
        assert next_check(store) == now + timedelta(hours=2)
        assert deliver(form, b"<rss/>", "sha1") == 202
        assert callbacks.pokes == [feed]
        assert subscriptions.is_proven(store, feed, now)
        assert next_check(store) == now

        assert not subscriptions.are_due(store, callbacks.base, now + timedelta(days=7))
        assert subscriptions.are_due(store, callbacks.base, now + timedelta(days=8))
        outlets.remove_outlet(store, "gazette", now)
        assert deliver(form, b"<rss/>") == 410
        assert verify(form, mode="unsubscribe")[0] == 200
