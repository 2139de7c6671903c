"""WebSub subscriptions: one a feed at most. A row that is gone is a subscription we no longer want.

Removing an outlet removes its rows with its feeds, and the callback answers 410 from then on: the hub stops
by itself, without a farewell that might not arrive. A paused outlet keeps its row; its lease runs out.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline import websub
from pipeline.store.connection import Row, Store, iso, moment
from pipeline.types import Failure
from pipeline.websub import Subscription

#: bytes of randomness
_TOKEN, _SECRET = 16, 32

_DUE = """
    FROM subscriptions s JOIN feeds f ON f.id = s.feed_id JOIN outlets o ON o.id = f.outlet_id
    WHERE o.removed_at IS NULL AND o.paused = 0 AND f.state = 'active' AND (s.next_try <= ? OR s.callback <> ?)
"""


def _subscription(row: Row | None) -> Subscription | None:
    if row is None:
        return None
    return Subscription(
        feed_id=row["feed_id"],
        hub=row["hub"],
        topic=row["topic"],
        token=row["token"],
        secret=row["secret"],
        state=row["state"],
        failures=row["failures"],
        callback=row["callback"],
        lease_until=moment(row["lease_until"]),
        next_try=moment(row["next_try"]),
        pushed_at=moment(row["pushed_at"]),
    )


def of_feed(store: Store, feed_id: int) -> Subscription | None:
    """The feed's subscription, whatever its state."""
    return _subscription(store.one("SELECT * FROM subscriptions WHERE feed_id = ?", (feed_id,)))


def by_token(store: Store, token: str) -> Subscription | None:
    """The subscription whose callback this is."""
    return _subscription(store.one("SELECT * FROM subscriptions WHERE token = ?", (token,)))


def offered(store: Store, feed_id: int, hubs: Sequence[str], topic: str | None, now: datetime) -> None:
    """A feed's answer named hubs: want a subscription at one of them, unless we have it.

    ``topic`` None means the feed's own address. Another hub or topic is another subscription, with a token
    and a secret of its own; the old one is answered 410 from now on.
    """
    current = of_feed(store, feed_id)
    hub = websub.choose_hub(hubs, current)
    topic = topic or store.value("SELECT url FROM feeds WHERE id = ?", (feed_id,))
    if hub is None or topic is None or not websub.usable_url(topic):
        return
    if current is not None and (current.hub, current.topic) == (hub, topic):
        return
    secret = secrets.token_hex(_SECRET) if websub.may_send_secret(hub) else ""
    store.execute(
        "INSERT OR REPLACE INTO subscriptions (feed_id, hub, topic, token, secret, next_try) VALUES (?, ?, ?, ?, ?, ?)",
        (feed_id, hub, topic, secrets.token_hex(_TOKEN), secret, iso(websub.first_try(current, now))),
    )


def withdrawn(store: Store, feed_id: int) -> None:
    """The feed's new document names no hub any more: nothing is to be expected of the old one."""
    store.execute("DELETE FROM subscriptions WHERE feed_id = ?", (feed_id,))


# --- asking hubs ----------------------------------------------------------------------------------------


def are_due(store: Store, callback: str, now: datetime) -> bool:
    """Whether a hub is to be asked now. ``callback`` is the public address from the configuration."""
    return store.one(f"SELECT 1 {_DUE} LIMIT 1", (iso(now), callback)) is not None


def take_due(store: Store, callback: str, now: datetime, *, most: int = 100) -> tuple[Subscription, ...]:
    """The subscriptions to ask for now, noted as asked before anyone does.

    So that a crash does not ask twice, and because a hub may verify before it has answered the request.
    """
    with store.write():
        rows = store.all(f"SELECT s.* {_DUE} ORDER BY s.next_try LIMIT ?", (iso(now), callback, most))
        due = [found for row in rows if (found := _subscription(row))]
        for subscription in due:
            _note_asked(store, subscription, callback, now)
    return tuple(due)


def _note_asked(store: Store, subscription: Subscription, callback: str, now: datetime) -> None:
    same = subscription.callback in (None, callback)
    active = same and subscription.is_active(now)
    failures = 1 + (subscription.failures if same else 0)
    store.execute(
        "UPDATE subscriptions SET callback = ?, state = ?, failures = ?, next_try = ?, message = NULL,"
        " lease_until = iif(?, lease_until, NULL) WHERE token = ?",
        (
            callback,
            "active" if active else "asked",
            failures,
            iso(now + websub.wait_after(failures)),
            active,
            subscription.token,
        ),
    )


def not_accepted(store: Store, token: str, failure: Failure, now: datetime) -> None:
    """A hub did not take the request; unless it has verified meanwhile, that is why we go on waiting."""
    wait = timedelta(seconds=failure.retry_after or 0)
    store.execute(
        "UPDATE subscriptions SET message = ?, next_try = max(next_try, ?),"
        " state = iif(state = 'asked', 'wanted', state) WHERE token = ? AND failures > 0",
        (f"{failure.kind}: {failure.message}", iso(now + wait), token),
    )


# --- what hubs say --------------------------------------------------------------------------------------


def verified(store: Store, token: str, lease: timedelta, now: datetime) -> None:
    """The hub asked whether we meant it, and was told so: it pushes for ``lease`` from now on."""
    store.execute(
        "UPDATE subscriptions SET state = 'active', failures = 0, message = NULL, lease_until = ?, next_try = ?"
        " WHERE token = ?",
        (iso(now + lease), iso(now + websub.renewal_after(lease)), token),
    )


def denied(store: Store, token: str, reason: str, now: datetime) -> None:
    """The hub refuses the subscription, or ends it. ``reason`` is one clean line."""
    store.execute(
        "UPDATE subscriptions SET state = 'refused', message = ?, lease_until = NULL, next_try = ? WHERE token = ?",
        (
            f"refused by the hub: {reason}" if reason else "refused by the hub",
            iso(now + websub.PARDON),
            token,
        ),
    )


def distrusted(store: Store, token: str, message: str) -> None:
    """Remember why a push was ignored; written once, however many follow."""
    store.execute(
        "UPDATE subscriptions SET message = ? WHERE token = ? AND message IS NOT ?", (message, token, message)
    )


def pushed(store: Store, subscription: Subscription, now: datetime) -> bool:
    """A push came: the feed is due, at once or a minute after it was asked last. Says whether that is now.

    A feed in trouble, or one that a run is asking at this moment, keeps its next check: no hub may cut
    short a wait that the outlet asked for. A push never makes a check later.
    """
    with store.write():
        store.execute(
            "UPDATE subscriptions SET pushed_at = ? WHERE token = ? AND pushed_at IS NOT ?",
            (iso(now), subscription.token, iso(now)),
        )
        last = store.value("SELECT last_checked FROM feeds WHERE id = ?", (subscription.feed_id,))
        due = websub.earliest_poll(moment(last), now)
        changed = store.execute(
            "UPDATE feeds SET next_check = ? WHERE id = ? AND state = 'active' AND failures = 0"
            " AND lease_run IS NULL AND next_check > ?",
            (iso(due), subscription.feed_id, iso(due)),
        )
        return changed.rowcount > 0 and due <= now


# --- what polling may rely on ---------------------------------------------------------------------------


def is_active(store: Store, feed_id: int, now: datetime) -> bool:
    """Whether a hub has promised to push this feed's changes now. Promises: see ``is_proven``."""
    found = of_feed(store, feed_id)
    return found is not None and found.is_active(now)


def is_proven(store: Store, feed_id: int, now: datetime) -> bool:
    """Whether pushes come for this feed, and its last change was announced by one: it may be polled less."""
    found = of_feed(store, feed_id)
    changed = moment(store.value("SELECT last_changed FROM feeds WHERE id = ?", (feed_id,)))
    return found is not None and websub.announces(found, changed, now)


def second_look(store: Store, feed_id: int, answered: datetime) -> datetime | None:
    """When a feed is asked again whose answer at ``answered`` had no news though a push had just come."""
    found = of_feed(store, feed_id)
    return websub.second_look(found.pushed_at, answered) if found else None
