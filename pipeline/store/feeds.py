"""Feeds as a queue: what is due, who holds it, what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.store.connection import Row, Store, dumps, iso
from pipeline.types import DueFeed, Failure, FeedChecked

#: a feed that is leased is due again by itself after this, should the run's end go unnoticed
LEASE = timedelta(minutes=30)

_DUE = """
    FROM feeds f JOIN outlets o ON o.id = f.outlet_id
    WHERE o.removed_at IS NULL AND f.state = 'active'
"""


def lease_due(
    store: Store, run: int, now: datetime, *, slugs: Sequence[str] = (), everything: bool = False
) -> tuple[DueFeed, ...]:
    """Take the feeds that are due for this run; none that another living run holds.

    Naming outlets, or ``everything``, makes them due now; an outlet that is paused is polled only by name.
    The next check is written before anything is fetched, so that a run that dies does not poll again at once.
    """
    wanted, values = _selection(slugs, everything, now)
    with store.write():
        rows = store.all(
            f"SELECT f.*, o.slug AS outlet {_DUE} AND f.lease_run IS NULL AND {wanted} ORDER BY f.next_check, f.id",
            values,
        )
        store.executemany(
            "UPDATE feeds SET lease_run = ?, next_check = ? WHERE id = ?",
            [(run, iso(now + LEASE), row["id"]) for row in rows],
        )
    return tuple(_due_feed(row) for row in rows)


def held_by_others(
    store: Store, now: datetime, *, slugs: Sequence[str] = (), everything: bool = False
) -> list[Row]:
    """The feeds that would be due, were they not held by another run."""
    wanted, values = _selection(slugs, everything, None)
    return store.all(
        f"SELECT f.id, f.url, f.lease_run {_DUE} AND f.lease_run IS NOT NULL AND {wanted}", values
    )


def _selection(slugs: Sequence[str], everything: bool, now: datetime | None) -> tuple[str, list[object]]:
    if slugs:
        return f"o.slug IN ({','.join('?' * len(slugs))})", list(slugs)
    if everything or now is None:
        return "o.paused = 0", []
    return "o.paused = 0 AND f.next_check <= ?", [iso(now)]


def _due_feed(row: Row) -> DueFeed:
    return DueFeed(
        feed_id=row["id"],
        outlet_id=row["outlet_id"],
        outlet=row["outlet"],
        url=row["url"],
        kind=row["kind"],
        alternatives=tuple(json.loads(row["alternatives"])),
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
    )


def record_answer(store: Store, checked: FeedChecked, next_check: datetime) -> None:
    """Remember an answer: validators, body hash, next check, and that the feed works."""
    changed = checked.snapshot is not None
    store.execute(
        "UPDATE feeds SET etag = ?, last_modified = ?, body_hash = ?, next_check = ?, last_checked = ?,"
        " last_success = ?, last_changed = CASE WHEN ? THEN ? ELSE last_changed END, last_status = ?,"
        " last_problem = CASE WHEN ? THEN ? ELSE last_problem END, failures = 0, failing_since = NULL,"
        " failure_class = NULL, failure_message = NULL, lease_run = NULL WHERE id = ?",
        (
            checked.etag,
            checked.last_modified,
            checked.body_hash,
            iso(next_check),
            iso(checked.at),
            iso(checked.at),
            changed,
            iso(checked.at),
            checked.status,
            changed,
            checked.snapshot.problem if checked.snapshot else None,
            checked.feed_id,
        ),
    )


def describe(store: Store, feed_id: int, title: str | None, language: str | None) -> None:
    """Fill in a feed's title and language from its own words, where nobody gave them."""
    store.execute(
        "UPDATE feeds SET title = coalesce(title, ?), language = coalesce(language, ?) WHERE id = ?",
        (title or None, language, feed_id),
    )


def adopt_address(store: Store, feed_id: int, url: str) -> None:
    """Make ``url`` the feed's address and keep the old one as an alternative.

    Where another feed has that address already, the two are one: this one is retired.
    """
    row = store.one("SELECT url, alternatives FROM feeds WHERE id = ?", (feed_id,))
    assert row is not None
    if row["url"] == url:
        return
    if store.one("SELECT 1 FROM feeds WHERE url = ?", (url,)):
        store.execute("UPDATE feeds SET state = 'gone', lease_run = NULL WHERE id = ?", (feed_id,))
        return
    others = [row["url"], *json.loads(row["alternatives"])]
    kept = list(dict.fromkeys(other for other in others if other != url))
    store.execute("UPDATE feeds SET url = ?, alternatives = ? WHERE id = ?", (url, dumps(kept), feed_id))


def record_failure(store: Store, feed_id: int, failure: Failure, now: datetime, next_check: datetime) -> None:
    """Remember that a feed failed, since when and why; what it knew stays. 410 ends its polling."""
    store.execute(
        "UPDATE feeds SET failures = failures + 1, failing_since = coalesce(failing_since, ?), failure_class = ?,"
        " failure_message = ?, last_checked = ?, last_status = ?, next_check = ?, lease_run = NULL,"
        " state = CASE WHEN ? = 410 THEN 'gone' ELSE state END WHERE id = ?",
        (
            iso(now),
            failure.kind,
            failure.message,
            iso(now),
            failure.status,
            iso(next_check),
            failure.status,
            feed_id,
        ),
    )


def failures_so_far(store: Store, feed_id: int) -> int:
    """How often in a row the feed has failed."""
    return int(store.value("SELECT failures FROM feeds WHERE id = ?", (feed_id,)) or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of a feed's history. ``outcome``: ``changed``, ``same-body``, ``not-modified`` or ``failed``."""

    feed_id: int
    at: datetime
    outcome: str
    status: int | None = None
    entries: int | None = None
    new: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was tried in vain: a feed or a page, at ``url``; ``final`` when it will not be tried again."""

    url: str
    at: datetime
    final: bool
    feed_id: int | None = None
    page_id: int | None = None


def log_check(store: Store, run: int, check: Check) -> None:
    """Keep one line of a feed's history."""
    store.execute(
        "INSERT INTO feed_checks (feed_id, run_id, at, status, outcome, entries, new_entries, message)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            check.feed_id,
            run,
            iso(check.at),
            check.status,
            check.outcome,
            check.entries,
            check.new,
            check.message,
        ),
    )


def log_failure(store: Store, run: int, attempt: Attempt, failure: Failure) -> None:
    """Keep one row of ``failures``; the outlet is the feed's or the page's."""
    table, key = ("feeds", attempt.feed_id) if attempt.feed_id is not None else ("pages", attempt.page_id)
    outlet_id = store.value(f"SELECT outlet_id FROM {table} WHERE id = ?", (key,))
    store.execute(
        "INSERT INTO fetch_failures (run_id, at, outlet_id, feed_id, page_id, url, class, status, message, final)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run,
            iso(attempt.at),
            outlet_id,
            attempt.feed_id,
            attempt.page_id,
            attempt.url,
            failure.kind,
            failure.status,
            failure.message,
            int(attempt.final),
        ),
    )
