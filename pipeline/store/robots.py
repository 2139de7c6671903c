"""robots.txt files as they were last answered; how old one may be is the crawler's to say."""

from __future__ import annotations

from datetime import datetime

from pipeline.store.connection import Store, iso


def get_robots(store: Store, origin: str, now: datetime) -> tuple[int | None, str, str] | None:
    """The (status, body, fetched_at) kept for an origin; None when there is none, or it is from the future."""
    row = store.one(
        "SELECT status, body, fetched_at FROM robots WHERE origin = ? AND fetched_at <= ?",
        (origin, iso(now)),
    )
    return (row["status"], row["body"], row["fetched_at"]) if row else None


def put_robots(store: Store, origin: str, status: int | None, body: str, fetched_at: datetime) -> None:
    """Keep an origin's robots.txt."""
    store.execute(
        "INSERT INTO robots (origin, status, body, fetched_at) VALUES (?, ?, ?, ?) ON CONFLICT (origin)"
        " DO UPDATE SET status = excluded.status, body = excluded.body, fetched_at = excluded.fetched_at",
        (origin, status, body, iso(fetched_at)),
    )
