"""Feeds as a queue: what is due, who holds it, what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.pace import Wishes
from pipeline.store.connection import Row, Store, dumps, iso, moment
from pipeline.types import DueFeed, Failure, FeedChecked

#: a feed that is leased is due again by itself after this, should the run's end go unnoticed
LEASE = timedelta(minutes=30)

#: the hosts that other runs are at; it takes the own run's number twice
HELD_HOSTS = """
    SELECT host FROM outlets WHERE id IN (
        SELECT outlet_id FROM feeds WHERE lease_run IS NOT NULL AND lease_run <> ?
        UNION SELECT outlet_id FROM pages WHERE lease_run IS NOT NULL AND lease_run <> ?
    )
"""

# CROSS JOIN: by the index of what is due, in its order. SQLite's statistics of a grown database would have it read
# every feed of every outlet, and sort them, to find the first.
_DUE = """
    FROM feeds f CROSS JOIN outlets o ON o.id = f.outlet_id
    WHERE o.removed_at IS NULL AND f.state <> 'merged'
"""
_OF_OUTLETS = _DUE.replace("CROSS JOIN", "JOIN")


def lease_due(
    store: Store,
    run: int,
    now: datetime,
    *,
    slugs: Sequence[str] = (),
    everything: bool = False,
    most: int = -1,
) -> tuple[DueFeed, ...]:
    """Take the feeds that are due for this run, at most ``most``; none of a host that another run is at, so that
    no host is asked by two at once.

    Naming outlets, or ``everything``, makes them due now; an outlet that is paused is polled only by name.
    The next check is written before anything is fetched, so that a run that dies does not poll again at once.
    """
    wanted, values = _selection(slugs, everything, now)
    with store.write():
        rows = store.all(
            f"SELECT f.*, o.slug AS outlet {_OF_OUTLETS if slugs else _DUE} AND f.lease_run IS NULL AND {wanted}"
            f" AND o.host NOT IN ({HELD_HOSTS}) ORDER BY f.next_check, f.id LIMIT ?",
            (*values, run, run, most),
        )
        store.executemany(
            "UPDATE feeds SET lease_run = ?, next_check = ? WHERE id = ?",
            [(run, iso(now + LEASE), row["id"]) for row in rows],
        )
    return tuple(_due_feed(row) for row in rows)


def held_by_others(
    store: Store, run: int, now: datetime, *, slugs: Sequence[str] = (), everything: bool = False
) -> list[Row]:
    """The feeds that would be due, were their outlets not held by another run."""
    wanted, values = _selection(slugs, everything or not slugs, now)
    return store.all(
        f"SELECT f.id, f.url {_DUE} AND {wanted} AND o.host IN ({HELD_HOSTS})", (*values, run, run)
    )


def _selection(slugs: Sequence[str], everything: bool, now: datetime) -> tuple[str, list[object]]:
    if slugs:
        return f"o.slug IN ({','.join('?' * len(slugs))})", list(slugs)
    if everything:
        # A feed that said it is gone is asked again at its own hour only.
        return "o.paused = 0 AND (f.state = 'active' OR f.next_check <= ?)", [iso(now)]
    return "o.paused = 0 AND f.next_check <= ?", [iso(now)]


def next_due(store: Store) -> datetime | None:
    """When the next feed is due that no run holds; None where there is none."""
    return moment(
        store.value(
            f"SELECT f.next_check {_DUE} AND o.paused = 0 AND f.lease_run IS NULL ORDER BY f.next_check LIMIT 1"
        )
    )


def lately_answered(store: Store, most: int = 5) -> tuple[str, ...]:
    """The addresses of feeds of different outlets that answered last, the latest first."""
    rows = store.all(
        "SELECT url FROM (SELECT url, last_success, outlet_id FROM feeds WHERE last_success IS NOT NULL"
        " ORDER BY last_success DESC LIMIT 50) GROUP BY outlet_id ORDER BY max(last_success) DESC LIMIT ?",
        (most,),
    )
    return tuple(row["url"] for row in rows)


def count_due(store: Store, now: datetime, most: int) -> int:
    """How many feeds are due that no run holds; counted up to ``most``."""
    return int(
        store.value(
            f"SELECT count(*) FROM (SELECT 1 {_DUE} AND o.paused = 0 AND f.lease_run IS NULL"
            " AND f.next_check <= ? LIMIT ?)",
            (iso(now), most),
        )
    )


def due_within(store: Store, before: datetime) -> list[Row]:
    """Feeds due until a moment that no run holds, the most overdue first: id, next_check, last_checked."""
    return store.all(
        f"SELECT f.id, f.next_check, f.last_checked {_DUE} AND o.paused = 0 AND f.lease_run IS NULL"
        " AND f.next_check <= ? ORDER BY f.next_check, f.id",
        (iso(before),),
    )


def checked_after(store: Store, now: datetime) -> list[Row]:
    """Feeds that were asked in the future, by a clock that has been put back since."""
    return store.all(
        "SELECT id, next_check, last_checked FROM feeds WHERE state <> 'merged' AND last_checked > ?",
        (iso(now),),
    )


def never_checked_ahead(store: Store, after: datetime) -> list[int]:
    """Feeds that were never asked and are not due until then: a clock that ran ahead has put them there."""
    rows = store.all(
        "SELECT id FROM feeds WHERE state <> 'merged' AND last_checked IS NULL AND next_check > ?",
        (iso(after),),
    )
    return [row["id"] for row in rows]


def reschedule(store: Store, checks: Sequence[tuple[int, datetime]]) -> None:
    """Give feeds other next checks."""
    # In the order of the table: after a long pause they are many, and each of its pages is written once.
    store.executemany(
        "UPDATE feeds SET next_check = ? WHERE id = ?", [(iso(at), feed_id) for feed_id, at in sorted(checks)]
    )


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


def wishes_of(store: Store, feed_id: int) -> Wishes:
    """What the feed's last document asked of those who poll it."""
    kept = json.loads(store.value("SELECT wishes FROM feeds WHERE id = ?", (feed_id,)) or "{}")
    return Wishes(
        ttl_minutes=kept.get("ttl"),
        skip_hours=tuple(kept.get("hours", ())),
        skip_days=tuple(kept.get("days", ())),
    )


def keep_wishes(store: Store, feed_id: int, wishes: Wishes) -> None:
    """Remember what a feed's new document asks: answers 304 do not repeat it."""
    every = {"ttl": wishes.ttl_minutes, "hours": wishes.skip_hours, "days": wishes.skip_days}
    kept = {name: value for name, value in every.items() if value}
    store.execute("UPDATE feeds SET wishes = ? WHERE id = ?", (dumps(kept), feed_id))


def record_answer(store: Store, checked: FeedChecked, next_check: datetime) -> None:
    """Remember an answer: validators, body hash, next check, and that the feed works; one that was gone is back."""
    changed = checked.snapshot is not None
    store.execute(
        "UPDATE feeds SET etag = ?, last_modified = ?, body_hash = ?, next_check = ?, last_checked = ?,"
        " last_success = ?, last_changed = CASE WHEN ? THEN ? ELSE last_changed END, last_status = ?,"
        " last_problem = CASE WHEN ? THEN ? ELSE last_problem END, failures = 0, trouble = 0,"
        " failing_since = NULL, failure_class = NULL, failure_message = NULL, lease_run = NULL,"
        " state = iif(state = 'gone', 'active', state) WHERE id = ?",
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


def adopt_address(store: Store, feed_id: int, url: str) -> bool:
    """Make ``url`` the feed's address and keep the old one as an alternative; says whether that is new.

    Where another feed has that address already, the two are one: this one is retired.
    """
    row = store.one("SELECT url, alternatives FROM feeds WHERE id = ?", (feed_id,))
    assert row is not None
    if row["url"] == url:
        return False
    if store.one("SELECT 1 FROM feeds WHERE url = ?", (url,)):
        store.execute("UPDATE feeds SET state = 'merged', lease_run = NULL WHERE id = ?", (feed_id,))
        return True
    others = [row["url"], *json.loads(row["alternatives"])]
    kept = list(dict.fromkeys(other for other in others if other != url))
    store.execute("UPDATE feeds SET url = ?, alternatives = ? WHERE id = ?", (url, dumps(kept), feed_id))
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """A failure as it is remembered: how much it weighs, and when the feed is asked again."""

    failure: Failure
    at: datetime
    weight: float
    next_check: datetime


def record_failure(store: Store, feed_id: int, setback: Setback) -> None:
    """Remember that a feed failed, since when and why; what it knew stays. 410 says that it is gone."""
    failure = setback.failure
    store.execute(
        "UPDATE feeds SET failures = failures + 1, trouble = trouble + ?, failing_since = coalesce(failing_since, ?),"
        " failure_class = ?, failure_message = ?, last_checked = ?, last_status = ?, next_check = ?,"
        " lease_run = NULL, state = CASE WHEN ? = 410 THEN 'gone' ELSE state END WHERE id = ?",
        (
            setback.weight,
            iso(setback.at),
            failure.kind,
            failure.message,
            iso(setback.at),
            failure.status,
            iso(setback.next_check),
            failure.status,
            feed_id,
        ),
    )


def release(store: Store, feed_id: int, next_check: datetime) -> None:
    """Give a feed back that could not be asked for reasons of our own; nothing is held against it."""
    store.execute(
        "UPDATE feeds SET lease_run = NULL, next_check = ? WHERE id = ?", (iso(next_check), feed_id)
    )


def failures_so_far(store: Store, feed_id: int) -> tuple[int, float]:
    """How often in a row the feed has failed, and how much that weighs."""
    row = store.one("SELECT failures, trouble FROM feeds WHERE id = ?", (feed_id,))
    return (row["failures"], row["trouble"]) if row else (0, 0.0)


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
