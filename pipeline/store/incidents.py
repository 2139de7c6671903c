"""What happens to the watch and its outlets beside articles: outages, moves, silences.

Every function belongs into its caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal, TypedDict, Unpack

from pipeline.store.connection import Row, Store, dumps, iso, moment

Kind = Literal["silence", "network", "moved", "gone", "clock", "run"]


class About(TypedDict, total=False):
    """Whom an incident is about: an outlet, a feed (its outlet is known then), or with neither the whole watch."""

    outlet_id: int | None
    feed_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident. ``closed_at`` is None while it lasts; ``outlet`` is the short name, ``feed`` the address."""

    id: int
    kind: str
    outlet: str | None
    feed: str | None
    opened_at: datetime
    closed_at: datetime | None
    message: str
    evidence: Mapping[str, object]


def open_incident(
    store: Store,
    kind: Kind,
    *,
    at: datetime,
    message: str,
    evidence: Mapping[str, object],
    **about: Unpack[About],
) -> int | None:
    """Begin an incident; its number, or None where one of the kind lasts already for the same outlet or feed.

    ``evidence`` is what a person needs to check the message; it must be JSON.
    """
    found: int | None = store.value(
        "INSERT INTO incident_log (kind, outlet_id, feed_id, opened_at, message, evidence) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING id",
        (kind, *_subject(store, about), iso(at), message, dumps(evidence)),
    )
    return found


def close_incident(store: Store, kind: Kind, *, at: datetime, **about: Unpack[About]) -> int:
    """End the incident of the kind that lasts for just this outlet or feed; how many there were (0 or 1)."""
    cursor = store.execute(
        "UPDATE incident_log SET closed_at = ? WHERE kind = ? AND closed_at IS NULL"
        " AND coalesce(outlet_id, 0) = ? AND coalesce(feed_id, 0) = ?",
        (iso(at), kind, *(number or 0 for number in _subject(store, about))),
    )
    return cursor.rowcount


def note(
    store: Store,
    kind: Kind,
    *,
    at: datetime,
    message: str,
    evidence: Mapping[str, object],
    **about: Unpack[About],
) -> int:
    """Write down what took no time (a move, a clock set anew): an incident that begins and ends at ``at``."""
    return int(
        store.value(
            "INSERT INTO incident_log (kind, outlet_id, feed_id, opened_at, closed_at, message, evidence)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (kind, *_subject(store, about), iso(at), iso(at), message, dumps(evidence)),
        )
    )


def _subject(store: Store, about: About) -> tuple[int | None, int | None]:
    outlet_id, feed_id = about.get("outlet_id"), about.get("feed_id")
    if outlet_id is None and feed_id is not None:
        outlet_id = store.value("SELECT outlet_id FROM feeds WHERE id = ?", (feed_id,))
    return outlet_id, feed_id


_INCIDENTS = """
    SELECT i.id, i.kind, o.slug AS outlet, f.url AS feed, i.opened_at, i.closed_at, i.message, i.evidence
    FROM incident_log i LEFT JOIN feeds f ON f.id = i.feed_id LEFT JOIN outlets o ON o.id = i.outlet_id
    WHERE o.removed_at IS NULL
"""


def recent(store: Store, since: datetime, *, outlet_id: int | None = None) -> tuple[Incident, ...]:
    """What lasts, or has ended since that moment, newest first; of one outlet, or of all and the watch itself."""
    rows = store.all(
        f"{_INCIDENTS} AND (i.closed_at IS NULL OR i.closed_at >= :since) AND (:outlet IS NULL OR i.outlet_id = :outlet)"
        " ORDER BY i.opened_at DESC, i.id DESC",
        {"since": iso(since), "outlet": outlet_id},
    )
    return tuple(map(_incident, rows))


def open_ones(store: Store) -> tuple[Incident, ...]:
    """What lasts, the longest first."""
    rows = store.all(f"{_INCIDENTS} AND i.closed_at IS NULL ORDER BY i.opened_at, i.id")
    return tuple(map(_incident, rows))


def _incident(row: Row) -> Incident:
    return Incident(
        id=row["id"],
        kind=row["kind"],
        outlet=row["outlet"],
        feed=row["feed"],
        opened_at=datetime.fromisoformat(row["opened_at"]),
        closed_at=moment(row["closed_at"]),
        message=row["message"],
        evidence=json.loads(row["evidence"]),
    )


# --- silence --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSeen:
    """What a feed's record says for or against a silence; ``failing_since`` is None where it works."""

    last_success: datetime | None
    last_changed: datetime | None
    failing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """An outlet that has had nothing new for longer than its rhythm makes likely, though it was asked."""

    outlet_id: int
    outlet: str
    last_news: datetime
    silent_after: datetime
    feeds: tuple[FeedSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A silence that is over: open since ``opened_at``, and there is news published at ``last_news``."""

    outlet_id: int
    outlet: str
    opened_at: datetime
    last_news: datetime


def answered_since(feed: FeedSeen, at: datetime) -> bool:
    """Whether a feed works and has been asked, with success, at that moment or later."""
    return feed.failing_since is None and feed.last_success is not None and feed.last_success >= at


def is_silent(last_news: datetime, silent_after: datetime, feeds: Iterable[FeedSeen]) -> bool:
    """Whether the quiet is the outlet's own, once ``silent_after`` has passed: neither our downtime nor a feed's.

    A feed that changed shortly before the last news (within as long as the quiet may last) is one from which
    something was to be expected: each of these must have answered after ``silent_after``. One that has been failing
    since before the last news explains nothing, for the outlet was heard without it. Where the record names no such
    feed, any that answered will do.
    """
    seen = [feed for feed in feeds if feed.failing_since is None or feed.failing_since > last_news]
    earliest = last_news - (silent_after - last_news)
    expected = [feed for feed in seen if feed.last_changed is not None and feed.last_changed >= earliest]
    answered = [answered_since(feed, silent_after) for feed in expected or seen]
    return any(answered) and (all(answered) or not expected)


def silent_outlets(store: Store, now: datetime) -> tuple[Silent, ...]:
    """The outlets that have become silent and are not known to be: each is to be opened as an incident."""
    rows = store.all(
        "SELECT r.outlet_id, o.slug, r.last_news, r.silent_after, f.last_success, f.last_changed, f.failing_since"
        " FROM outlet_rhythms r JOIN outlets o ON o.id = r.outlet_id JOIN feeds f ON f.outlet_id = o.id"
        " WHERE r.silent_after <= ? AND r.last_news IS NOT NULL AND o.removed_at IS NULL AND o.paused = 0"
        " AND f.state = 'active' AND NOT EXISTS (SELECT 1 FROM incident_log i WHERE i.kind = 'silence'"
        "   AND coalesce(i.outlet_id, 0) = +o.id AND i.feed_id IS NULL AND i.closed_at IS NULL)"
        " ORDER BY r.outlet_id",
        (iso(now),),
    )
    candidates = (_candidate(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row["outlet_id"]))
    return tuple(one for one in candidates if is_silent(one.last_news, one.silent_after, one.feeds))


def _candidate(rows: Sequence[Row]) -> Silent:
    first = rows[0]
    feeds = tuple(
        FeedSeen(
            last_success=moment(row["last_success"]),
            last_changed=moment(row["last_changed"]),
            failing_since=moment(row["failing_since"]),
        )
        for row in rows
    )
    return Silent(
        outlet_id=first["outlet_id"],
        outlet=first["slug"],
        last_news=datetime.fromisoformat(first["last_news"]),
        silent_after=datetime.fromisoformat(first["silent_after"]),
        feeds=feeds,
    )


def answers(silent: Silent) -> dict[str, object]:
    """What tells a silence from our own downtime: how many feeds have answered since, of how many, and when last."""
    times = [
        feed.last_success
        for feed in silent.feeds
        if feed.last_success is not None and answered_since(feed, silent.silent_after)
    ]
    return {
        "feeds": len(silent.feeds),
        "feeds_answered": len(times),
        "last_answer": iso(max(times, default=None)),
    }


def returned(store: Store) -> tuple[Returned, ...]:
    """The silences that are over: each is to be closed.

    ``last_news`` is when the news was published, which may be before the alarm though it was heard after it: then
    the silence is over if the outlet may be quiet again for a while.
    """
    rows = store.all(
        "SELECT i.outlet_id, o.slug, i.opened_at, r.last_news FROM incident_log i JOIN outlets o ON o.id = i.outlet_id"
        " JOIN outlet_rhythms r ON r.outlet_id = o.id"
        " WHERE i.kind = 'silence' AND i.closed_at IS NULL AND (r.last_news > i.opened_at OR r.silent_after > max("
        "   i.opened_at, (SELECT coalesce(max(f.last_success), '') FROM feeds f WHERE f.outlet_id = o.id)))"
        " ORDER BY i.outlet_id"
    )
    return tuple(
        Returned(
            outlet_id=row["outlet_id"],
            outlet=row["slug"],
            opened_at=datetime.fromisoformat(row["opened_at"]),
            last_news=datetime.fromisoformat(row["last_news"]),
        )
        for row in rows
    )
