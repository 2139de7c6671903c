"""A subscription's life: which hub is asked, when again, and what its answers mean. Pure.

WebSub, W3C Recommendation of 23 January 2018; section numbers are its own::

    wanted -> asked -> active (renewed before its lease ends) -> asked ...
                   \\-> refused (asked again after ``PARDON``)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: the lease we ask for: what section 8.2 calls a good default
LEASE = timedelta(days=10)
#: leases a hub may give: beyond these its figure is taken for a mistake
_LEASES = (timedelta(minutes=5), timedelta(days=30))
#: the share of a lease after which it is renewed
_RENEWAL = 0.8
#: the least time between two requests to a hub for one feed
_PATIENCE = timedelta(hours=1)
_MOST_PATIENCE = timedelta(days=7)
#: a hub that refused is asked again after this
PARDON = timedelta(days=30)
#: after so many requests in vain another hub is tried, where the feed names one
_TRIES = 3
#: no hub makes us ask a feed more often than this
PUSH_FLOOR = timedelta(minutes=1)
#: a change is announced when its push arrives at most this long before the poll that finds it
_ANNOUNCED = timedelta(minutes=10)

_URL = re.compile(r"https?://[^\s/?#][^\s#]*", re.IGNORECASE)
_MAX_URL = 2048
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What we have, or want, from a hub for one feed.

    ``token`` is the last part of our callback's address: 32 hexadecimal digits that only the hub was told.
    ``secret`` is what the hub signs with, empty where none was sent. ``state`` is ``wanted``, ``asked``,
    ``active`` or ``refused``; ``failures`` counts the requests since the last one that was verified.
    """

    feed_id: int
    hub: str
    topic: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    state: str
    failures: int = 0
    callback: str | None = None
    lease_until: datetime | None = None
    next_try: datetime | None = None
    pushed_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether the hub has promised to push now."""
        return self.state == "active" and self.lease_until is not None and self.lease_until > now


def usable_url(url: str) -> bool:
    """Whether hub or topic may be kept: http(s), printable, not too long. Where it leads is judged later."""
    return len(url) <= _MAX_URL and url.isprintable() and _URL.fullmatch(url) is not None


def choose_hub(hubs: Sequence[str], current: Subscription | None) -> str | None:
    """The hub to subscribe at; None where none is usable.

    The one we have, as long as the feed names it, it has not refused and answers; else the next one in
    order, https before http (8.2).
    """
    usable = sorted((hub for hub in dict.fromkeys(hubs) if usable_url(hub)), key=_is_plain)
    if current is None or current.hub not in usable:
        return usable[0] if usable else None
    if current.state != "refused" and current.failures < _TRIES:
        return current.hub
    return usable[(usable.index(current.hub) + 1) % len(usable)]


def _is_plain(url: str) -> bool:
    return not url.lower().startswith("https://")


def may_send_secret(hub: str) -> bool:
    """Whether a secret may be sent to this hub: only over HTTPS (5.1)."""
    return not _is_plain(hub)


def first_try(replaced: Subscription | None, now: datetime) -> datetime:
    """When a new hub is asked first.

    At once; but a feed that names another hub every time must not make us write to all of them.
    """
    if replaced is None or replaced.next_try is None or replaced.state in ("active", "refused"):
        return now
    return max(now, replaced.next_try)


def wait_after(failures: int) -> timedelta:
    """How long a hub is left alone after so many requests that it has not verified: 1 h, 2 h … 7 days."""
    return min(_PATIENCE * (1 << min(max(failures - 1, 0), 10)), _MOST_PATIENCE)


def granted_lease(text: str | None) -> timedelta:
    """The lease a hub gives with ``hub.lease_seconds``; what we asked for where it says none, or junk."""
    if not text or not (text.isascii() and text.isdigit()):
        return LEASE
    seconds = timedelta(seconds=min(int(text[:12]), 10**9))
    return min(max(seconds, _LEASES[0]), _LEASES[1])


def renewal_after(lease: timedelta) -> timedelta:
    """How long after its verification a subscription is renewed; a short lease may lapse before."""
    return max(lease * _RENEWAL, _PATIENCE)


def earliest_poll(last_checked: datetime | None, now: datetime) -> datetime:
    """When a feed that a push announced is asked: now, or a minute after it was asked last."""
    return now if last_checked is None else max(now, last_checked + PUSH_FLOOR)


def second_look(pushed_at: datetime | None, answered: datetime) -> datetime | None:
    """When a feed whose push was followed by an answer without news is asked once more; None for never.

    What is between us and the outlet (a cache, an answer on its way when the push came) may be a little old.
    """
    if pushed_at is None or not timedelta(0) <= answered - pushed_at < PUSH_FLOOR:
        return None
    return answered + PUSH_FLOOR


def announces(subscription: Subscription, last_changed: datetime | None, now: datetime) -> bool:
    """Whether pushes can be relied on: they come, and the last change a poll found was announced by one.

    Hubs that verify and then never deliver are common.
    """
    if not subscription.is_active(now) or subscription.pushed_at is None:
        return False
    return last_changed is None or last_changed - subscription.pushed_at <= _ANNOUNCED


def callback_problem(url: str) -> str | None:
    """Why ``url`` cannot be the public address of our callbacks, in one line; None where it can."""
    if not url.isascii() or not usable_url(url) or "?" in url:
        return "must be a public http:// or https:// address without a query, like https://monitor.example.org/websub"
    if "@" in url:
        return "must not hold a user name or password"
    return None


def callback_url(base: str, token: str) -> str:
    """A subscription's own callback: unguessable, and never used for another (5.1.1)."""
    return f"{base.rstrip('/')}/{token}"


def token_in(path: str) -> str | None:
    """The token that a path ends with, whatever a proxy put before it; None where there is none."""
    last = path.rstrip("/").rpartition("/")[2]
    return last if _TOKEN.fullmatch(last) else None
