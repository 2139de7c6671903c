"""Retention: what leaves the database with time, some at a time, so that a crawl may run meanwhile.

Pruned articles leave tombstones (``pipeline.store.tombstones``), so that no feed brings them back as new.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from pipeline.decide import TELLING_WORDS
from pipeline.errors import StoreLockedError
from pipeline.store import story_reports, traits
from pipeline.store.connection import Row, Store, iso

if TYPE_CHECKING:  # a daemon needs no zstd
    from pipeline.store.archive import Archive

#: versions that leave in one transaction, and rows of history
BATCH: Final = 200
_HISTORY_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """For how long what is kept; ``articles`` None: for ever. ``history`` is that of polls, failures, incidents."""

    articles: timedelta | None = None
    history: timedelta = timedelta(days=90)


def prune(store: Store, keeping: Keeping, now: datetime, *, most: int | None = None) -> dict[str, int]:
    """Forget history and articles past their time; ``most`` bounds the articles of one call.

    Returns the counts of :func:`prune_history` and, where articles are not kept for ever, of
    :func:`prune_articles` and ``raw_pages``.

    :raises StoreError: the database, or the file of raw pages, cannot be used
    """
    gone = prune_history(store, now - keeping.history)
    if keeping.articles is not None:
        gone |= prune_articles(store, now - keeping.articles, now, most=most)
        gone["raw_pages"] = _forget_beside(store)
    return gone


def _forget_beside(store: Store) -> int:
    from pipeline.store.archive import archive_path, open_archive  # see above

    if not archive_path(store.path).exists():
        return 0
    try:
        with open_archive(store.path) as archive:
            return forget_raw_pages(store, archive)
    except StoreLockedError:  # a crawl is at work on them: they are found the next time
        return 0


# --- articles -------------------------------------------------------------------------------------------

# Signs of life: it was published (a date to come says nothing), first read, changed by its outlet, or found under
# an address that was new. A page that a run holds at this moment is left until the next time. The newest article
# and that of the newest version stay whatever their age: SQLite would give their numbers to others.
_EXPIRED: Final = """
    FROM articles a WHERE a.first_seen < :before
    AND (a.published IS NULL OR a.published < :before OR a.published > a.last_checked)
    AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.article_id = a.id AND v.seen_at >= :before AND v.cause <> 'rules')
    AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.article_id = a.id
                    AND (p.first_seen >= :before OR p.lease_run IS NOT NULL))
    AND a.id <> (SELECT max(id) FROM articles) AND a.id <> (SELECT article_id FROM versions ORDER BY id DESC LIMIT 1)
"""
_LISTED: Final = "IN (SELECT value FROM json_each(:ids))"
# An entry that its feed still shows stays, without its page: it is what the feed's next snapshot is compared with.
_FORGOTTEN_ENTRIES: Final = f"""
    FROM entries WHERE page_id IN (SELECT id FROM pages WHERE article_id {_LISTED})
    AND last_seen < (SELECT f.last_changed FROM feeds f WHERE f.id = entries.feed_id)
"""
# Entries that stayed for that reason, and have left their feed since.
_LEFT_ENTRIES: Final = """
    SELECT e.id FROM entries e JOIN feeds f ON f.id = e.feed_id
    WHERE e.page_id IS NULL AND e.url IS NOT NULL AND e.last_seen < f.last_changed
    AND EXISTS (SELECT 1 FROM tombstones t WHERE t.url_key = e.entry_key) LIMIT ?
"""


def prune_articles(
    store: Store, before: datetime, now: datetime, *, batch: int = BATCH, most: int | None = None
) -> dict[str, int]:
    """Forget the articles whose last sign of life is older than ``before``, with all that hangs on them.

    A sign of life is the publication, the first reading, a change by the outlet, or a new address; not a mere
    look. The newest article always stays, so that no number is ever used again. Every address leaves a tombstone of the time ``now``. Each transaction holds about ``batch`` versions,
    and after each the lock is left free for as long as it was held, so that a crawl may run meanwhile. ``most``
    bounds the articles of one call; what is left over is forgotten the next time.

    Returns how many ``articles``, ``versions``, ``pages`` and ``entries`` went.
    """
    gone = Counter(articles=0, versions=0, pages=0, entries=0)
    for ids in _batches(islice(_expired(store, before), most), batch):
        with fair_write(store):
            gone.update(_prune(store, _still_expired(store, before, ids), now))
    gone["entries"] += _delete_all(store, "entries", lambda: store.all(_LEFT_ENTRIES, (_HISTORY_BATCH,)))
    return dict(gone)


def count_articles(store: Store, before: datetime) -> dict[str, int]:
    """What :func:`prune_articles` would forget of articles, versions, pages and entries; changes nothing."""
    ids = json.dumps([row["id"] for row in _expired(store, before)])
    return {
        "articles": int(store.value("SELECT json_array_length(:ids)", {"ids": ids})),
        "versions": _count(store, f"FROM versions WHERE article_id {_LISTED}", ids),
        "pages": _count(store, f"FROM pages WHERE article_id {_LISTED}", ids),
        "entries": _count(store, _FORGOTTEN_ENTRIES, ids) + len(store.all(_LEFT_ENTRIES, (-1,))),
    }


def _count(store: Store, what: str, ids: str) -> int:
    return int(store.value(f"SELECT count(*) {what}", {"ids": ids}))


def _expired(store: Store, before: datetime) -> Iterator[Row]:
    """The articles past their time, by number; looked for without a lock, some at a time."""
    query = f"SELECT a.id, a.versions {_EXPIRED} AND a.id > :after ORDER BY a.id LIMIT {_HISTORY_BATCH}"
    rows = store.all(query, {"before": iso(before), "after": 0})
    while rows:
        yield from rows
        rows = store.all(query, {"before": iso(before), "after": rows[-1]["id"]})


def _batches(rows: Iterable[Row], versions: int) -> Iterator[list[int]]:
    """Articles together as long as they have so many versions at most: a live blog may have hundreds."""
    ids, size = list[int](), 0
    for row in rows:
        if ids and size + row["versions"] > versions:
            yield ids
            ids, size = [], 0
        ids.append(row["id"])
        size += row["versions"]
    if ids:
        yield ids


def _still_expired(store: Store, before: datetime, ids: Sequence[int]) -> list[int]:
    """Looked at again inside the lock: a crawl may just have found a new version."""
    values = {"before": iso(before), "ids": json.dumps(ids)}
    return [row["id"] for row in store.all(f"SELECT a.id {_EXPIRED} AND a.id {_LISTED}", values)]


def _prune(store: Store, ids: Sequence[int], now: datetime) -> dict[str, int]:
    listed = {"ids": json.dumps(ids)}
    _bury_addresses(store, listed["ids"], now)
    versions = _count(store, f"FROM versions WHERE article_id {_LISTED}", listed["ids"])
    entries = store.execute(f"DELETE {_FORGOTTEN_ENTRIES}", listed).rowcount
    pages = store.execute(f"DELETE FROM pages WHERE article_id {_LISTED}", listed).rowcount
    store.execute(f"DELETE FROM search WHERE rowid {_LISTED}", listed)
    for known in traits.load(store, ids).values():
        traits.leave_indexes(store, known)
        story_reports.forget(store, known.article_id)
    # Versions, cuts, anchors, relations, addresses and what the outlet's memory has of them follow.
    store.execute(f"DELETE FROM articles WHERE id {_LISTED}", listed)
    return {"articles": len(ids), "versions": versions, "pages": pages, "entries": entries}


def _bury_addresses(store: Store, ids: str, now: datetime) -> None:
    store.execute(
        "INSERT INTO tombstones (url_key, outlet_id, body_hash, pruned_at)"
        " SELECT k.url_key, a.outlet_id, iif(a.words >= :telling, a.body_hash, NULL), :now FROM ("
        f" SELECT url_key, article_id FROM article_urls WHERE article_id {_LISTED}"
        f" UNION SELECT url_key, article_id FROM pages WHERE article_id {_LISTED}"
        f" UNION SELECT e.entry_key, p.article_id FROM entries e JOIN pages p ON p.id = e.page_id WHERE p.article_id {_LISTED}"
        " ) k JOIN articles a ON a.id = k.article_id WHERE true"
        " ON CONFLICT (url_key) DO UPDATE SET outlet_id = excluded.outlet_id, body_hash = excluded.body_hash,"
        " pruned_at = excluded.pruned_at",
        {"ids": ids, "telling": TELLING_WORDS, "now": iso(now)},
    )


# --- the pages of what left -----------------------------------------------------------------------------


def forget_raw_pages(store: Store, archive: Archive) -> int:
    """Forget the raw pages of versions that the database does not have (any more); returns how many.

    Bounded transactions of the archive's file; the database is only read. What a crash leaves over is found
    the next time.

    :raises StoreError: the archive cannot be written or is damaged
    """
    after, count = 0, 0
    query = "SELECT version_id, seen_at FROM kept WHERE version_id > ? ORDER BY version_id LIMIT ?"
    while rows := archive.store.all(query, (after, BATCH)):
        after = rows[-1]["version_id"]
        ids = json.dumps([row["version_id"] for row in rows])
        there = store.all(f"SELECT id, seen_at FROM versions WHERE id {_LISTED}", {"ids": ids})
        kept = {(row["id"], row["seen_at"]) for row in there}
        lost = [row["version_id"] for row in rows if (row["version_id"], row["seen_at"]) not in kept]
        if lost:
            with fair_write(archive.store):
                archive.forget(lost)
        count += len(lost)
    return count


# --- history --------------------------------------------------------------------------------------------

# Runs stay: they are small, and what was counted since the beginning is the sum over them.
_HISTORY: Final = (
    ("feed_checks", "feed_checks", "at < ?"),
    ("failures", "fetch_failures", "at < ? AND final = 0"),
    ("incidents", "incident_log", "closed_at < ?"),
    ("gaps", "feed_gaps", "healed_at < ? AND state = 'healed'"),
)


def prune_history(store: Store, before: datetime) -> dict[str, int]:
    """Forget polls, passing failures, closed incidents and healed gaps before a date, some at a time.

    Articles, versions, runs, what failed for good and what still lasts stay. Returns the rows of each.
    """
    return {
        name: _delete_all(store, table, _finder(store, table, condition, before))
        for name, table, condition in _HISTORY
    }


def count_history(store: Store, before: datetime) -> dict[str, int]:
    """How much :func:`prune_history` would forget; changes nothing."""
    return {
        name: int(store.value(f"SELECT count(*) FROM {table} WHERE {condition}", (iso(before),)))
        for name, table, condition in _HISTORY
    }


def _finder(store: Store, table: str, condition: str, before: datetime) -> Callable[[], list[Row]]:
    query = f"SELECT id FROM {table} WHERE {condition} LIMIT ?"
    return lambda: store.all(query, (iso(before), _HISTORY_BATCH))


def _delete_all(store: Store, table: str, find: Callable[[], list[Row]]) -> int:
    """Delete the found rows until there are no more; found without a lock."""
    count = 0
    while rows := find():
        ids = json.dumps([row["id"] for row in rows])
        with fair_write(store):
            count += store.execute(f"DELETE FROM {table} WHERE id {_LISTED}", {"ids": ids}).rowcount
    return count


@contextmanager
def fair_write(store: Store) -> Iterator[None]:
    """A write transaction, and after it the lock left free for as long as it was held.

    Who waits for a lock of SQLite's looks now and then; without the pause it would hardly ever find it free.
    """
    with store.write():
        began = time.monotonic()
        yield
    time.sleep(time.monotonic() - began)
