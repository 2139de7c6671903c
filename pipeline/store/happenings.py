"""What crawls wrote down since one last looked: by row numbers, which only grow."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.store.connection import Row, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Up to which rows one has looked."""

    incident: int = 0
    gap: int = 0
    failure: int = 0


def now_at(store: Store) -> Mark:
    """The mark behind everything there is."""
    return Mark(
        incident=_last(store, "incident_log"),
        gap=_last(store, "feed_gaps"),
        failure=_last(store, "fetch_failures"),
    )


def _last(store: Store, table: str) -> int:
    return int(store.value(f"SELECT coalesce(max(id), 0) FROM {table}"))


def incidents_since(store: Store, mark: Mark) -> list[Row]:
    """Incidents but silences and leaps of the clock, which the daemon tells itself: kind, outlet, feed, message."""
    return store.all(
        "SELECT i.kind, o.slug AS outlet, f.url AS feed, i.message FROM incident_log i"
        " LEFT JOIN outlets o ON o.id = i.outlet_id LEFT JOIN feeds f ON f.id = i.feed_id"
        " WHERE i.id > ? AND i.kind NOT IN ('silence', 'clock') ORDER BY i.id",
        (mark.incident,),
    )


def gaps_since(store: Store, mark: Mark) -> list[Row]:
    """Gaps: outlet, feed, after, before, estimated, state, recovered."""
    return store.all(
        'SELECT outlet, feed, "after", "before", estimated, state, recovered FROM gaps WHERE id > ? ORDER BY id',
        (mark.gap,),
    )


def troubles_since(store: Store, mark: Mark) -> list[Row]:
    """Feeds that began to fail: outlet, url, class, message. A feed that goes on failing is not told again."""
    return store.all(
        "SELECT o.slug AS outlet, x.url, x.class, x.message FROM fetch_failures x JOIN feeds f ON f.id = x.feed_id"
        " JOIN outlets o ON o.id = f.outlet_id WHERE x.id > ? AND f.failing_since = x.at ORDER BY x.id",
        (mark.failure,),
    )
