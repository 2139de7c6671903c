"""The robots cache that outlives a run: in the store."""

from __future__ import annotations

from datetime import datetime

from crawler.robots import RobotsRecord
from pipeline.store import robots
from pipeline.store.connection import Store


class StoredRobots:
    """A :class:`crawler.robots.RobotsCache` on the store.

    Only answers are kept. An unreachable robots.txt forbids everything (RFC 9309, 2.3.1.4), so remembering
    it for a day would silence an outlet for one bad minute.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, origin: str, now: datetime) -> RobotsRecord | None:
        """The record kept for an origin; the middleware decides whether it is fresh enough."""
        kept = robots.get_robots(self._store, origin, now)
        if kept is None:
            return None
        status, body, fetched_at = kept
        return RobotsRecord(
            origin=origin, status=status, body=body, fetched_at=datetime.fromisoformat(fetched_at)
        )

    def put(self, record: RobotsRecord) -> None:
        """Keep a record, if it is an answer."""
        if record.status is not None and record.status < 500:
            robots.put_robots(self._store, record.origin, record.status, record.body, record.fetched_at)
