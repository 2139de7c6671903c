"""Entries of feeds, and the pages they lead to as a queue with attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.decide import PlannedEntry
from pipeline.store.connection import Row, Store, dumps, iso
from pipeline.types import DuePage, Failure, FetchedPage

#: how many pages one run takes at most; the rest is due at the next
MOST_PAGES = 20_000


def record_entries(
    store: Store, feed_id: int, outlet_id: int, planned: Sequence[PlannedEntry], now: datetime
) -> tuple[int, ...]:
    """Store a snapshot's entries; returns the pages that are to be fetched because of them.

    These are pages never seen before, and stored articles whose entry changed its words: the cheapest
    sign of an edit. Entries seen before only get a new ``last_seen``.
    """
    wanted: list[int] = []
    for entry in planned:
        known = store.one(
            "SELECT id, page_id, words_hash FROM entries WHERE feed_id = ? AND entry_key = ?",
            (feed_id, entry.key),
        )
        if known is None:
            page_id = _page_for(store, feed_id, outlet_id, entry, now)
            _insert_entry(store, feed_id, page_id, entry, now)
            wanted.extend([page_id] if page_id is not None and _is_fresh(store, page_id) else [])
        elif known["words_hash"] != entry.words_hash:
            _update_entry(store, known["id"], entry, now)
            wanted.extend([known["page_id"]] if _make_due(store, known["page_id"], now) else [])
        else:
            store.execute("UPDATE entries SET last_seen = ? WHERE id = ?", (iso(now), known["id"]))
    return tuple(dict.fromkeys(wanted))


def _page_for(store: Store, feed_id: int, outlet_id: int, planned: PlannedEntry, now: datetime) -> int | None:
    if planned.page_key is None:
        return None
    known = store.value(
        "SELECT p.id FROM pages p WHERE p.url_key = ?"
        " UNION SELECT p.id FROM pages p JOIN article_urls u ON u.article_id = p.article_id"
        " WHERE u.url_key = ? AND p.state <> 'duplicate'",
        (planned.page_key, planned.page_key),
    )
    if known is not None:
        return int(known)
    return int(
        store.value(
            "INSERT INTO pages (outlet_id, url, url_key, same_guid_article, first_seen, next_attempt)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (
                outlet_id,
                planned.entry.url,
                planned.page_key,
                _article_of_guid(store, feed_id, planned),
                iso(now),
                iso(now),
            ),
        )
    )


def _article_of_guid(store: Store, feed_id: int, planned: PlannedEntry) -> int | None:
    """The article that the same GUID of this feed named before, under another address."""
    if not planned.guid_is_identity:
        return None
    rows = store.all(
        "SELECT DISTINCT p.article_id FROM entries e JOIN pages p ON p.id = e.page_id"
        " WHERE e.feed_id = ? AND e.guid = ? AND p.article_id IS NOT NULL",
        (feed_id, planned.entry.id),
    )
    return int(rows[0]["article_id"]) if len(rows) == 1 else None


def _is_fresh(store: Store, page_id: int) -> bool:
    return bool(
        store.value(
            "SELECT state = 'pending' AND attempts = 0 AND lease_run IS NULL FROM pages WHERE id = ?",
            (page_id,),
        )
    )


def _make_due(store: Store, page_id: int | None, now: datetime) -> bool:
    if page_id is None:
        return False
    cursor = store.execute(
        "UPDATE pages SET next_attempt = ? WHERE id = ? AND state IN ('stored', 'pending', 'gone') AND lease_run IS NULL",
        (iso(now), page_id),
    )
    return cursor.rowcount > 0


def _entry_values(planned: PlannedEntry) -> tuple[object, ...]:
    entry = planned.entry
    return (
        entry.id,
        entry.url,
        entry.title,
        iso(entry.published),
        entry.published_raw,
        iso(entry.updated),
        dumps(entry.authors),
        entry.summary,
        dumps(entry.tags),
        entry.image,
        planned.words_hash,
    )


def _insert_entry(
    store: Store, feed_id: int, page_id: int | None, planned: PlannedEntry, now: datetime
) -> None:
    store.execute(
        "INSERT INTO entries (guid, url, title, published, published_raw, updated, authors, summary, tags, image,"
        " words_hash, feed_id, entry_key, page_id, first_seen, last_seen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*_entry_values(planned), feed_id, planned.key, page_id, iso(now), iso(now)),
    )


def _update_entry(store: Store, entry_id: int, planned: PlannedEntry, now: datetime) -> None:
    store.execute(
        "UPDATE entries SET guid = ?, url = ?, title = ?, published = ?, published_raw = ?, updated = ?, authors = ?,"
        " summary = ?, tags = ?, image = ?, words_hash = ?, last_seen = ? WHERE id = ?",
        (*_entry_values(planned), iso(now), entry_id),
    )


_SELECT = """
    SELECT p.*, o.slug AS outlet FROM pages p JOIN outlets o ON o.id = p.outlet_id
"""


def lease_pages(store: Store, run: int, page_ids: Sequence[int]) -> tuple[DuePage, ...]:
    """Take these pages for this run, as far as no other run holds them."""
    leased = []
    for page_id in page_ids:
        row = store.one(f"{_SELECT} WHERE p.id = ? AND p.lease_run IS NULL", (page_id,))
        if row is not None:
            leased.append(_lease(store, run, row))
    return tuple(leased)


def lease_due(
    store: Store, run: int, now: datetime, *, slugs: Sequence[str] = (), recheck_all: bool = False
) -> tuple[DuePage, ...]:
    """Take the pages whose time has come: never fetched, to be tried again, or to be looked at again.

    ``recheck_all`` makes every stored article due now; ``slugs`` narrows both to those outlets.
    """
    narrowed = f" AND o.slug IN ({','.join('?' * len(slugs))})" if slugs else " AND o.paused = 0"
    due = "(p.next_attempt <= ? OR (? AND p.state = 'stored'))"
    with store.write():
        rows = store.all(
            f"{_SELECT} WHERE p.lease_run IS NULL AND o.removed_at IS NULL AND {due}{narrowed}"
            " ORDER BY p.article_id IS NOT NULL, p.next_attempt, p.id LIMIT ?",
            (iso(now), recheck_all, *slugs, MOST_PAGES),
        )
        return tuple(_lease(store, run, row) for row in rows)


def _lease(store: Store, run: int, row: Row) -> DuePage:
    store.execute("UPDATE pages SET lease_run = ? WHERE id = ?", (run, row["id"]))
    recheck = row["state"] in ("stored", "gone")
    return DuePage(
        page_id=row["id"],
        outlet_id=row["outlet_id"],
        outlet=row["outlet"],
        url=row["url"],
        attempts=row["attempts"],
        article_id=row["article_id"] if recheck else None,
        etag=row["etag"] if recheck else None,
        last_modified=row["last_modified"] if recheck else None,
    )


def record_stored(
    store: Store, page: FetchedPage, *, article_id: int, state: str, next_attempt: datetime | None
) -> None:
    """A page has become, or is, an article (``stored``), or another address of one (``duplicate``)."""
    store.execute(
        "UPDATE pages SET state = ?, article_id = ?, attempts = 0, next_attempt = ?, last_fetched = ?,"
        " last_status = ?, failure_class = NULL, failure_message = NULL, etag = coalesce(?, etag),"
        " last_modified = coalesce(?, last_modified), lease_run = NULL WHERE id = ?",
        (
            state,
            article_id,
            iso(next_attempt),
            iso(page.at),
            page.status,
            page.etag,
            page.last_modified,
            page.page_id,
        ),
    )


def record_failed(
    store: Store, page_id: int, failure: Failure, now: datetime, next_attempt: datetime | None
) -> None:
    """A page did not arrive or is no article; without ``next_attempt`` it failed for good and says why."""
    store.execute(
        "UPDATE pages SET attempts = attempts + 1, next_attempt = ?, last_fetched = ?, last_status = ?,"
        " failure_class = ?, failure_message = ?, lease_run = NULL,"
        " state = CASE WHEN state IN ('pending', 'failed') THEN iif(? IS NULL, 'failed', 'pending') ELSE state END"
        " WHERE id = ?",
        (
            iso(next_attempt),
            iso(now),
            failure.status,
            failure.kind,
            failure.message,
            iso(next_attempt),
            page_id,
        ),
    )


def record_gone(
    store: Store, page_id: int, status: int | None, now: datetime, next_attempt: datetime | None
) -> None:
    """A stored page's address says the article is no more; it is asked again, for it may come back."""
    store.execute(
        "UPDATE pages SET state = 'gone', next_attempt = ?, last_fetched = ?, last_status = ?, lease_run = NULL"
        " WHERE id = ?",
        (iso(next_attempt), iso(now), status, page_id),
    )


def page_row(store: Store, page_id: int) -> Row:
    """A page's row."""
    row = store.one("SELECT * FROM pages WHERE id = ?", (page_id,))
    assert row is not None
    return row


def entry_of(store: Store, page_id: int) -> Row | None:
    """What the feeds said of a page: its oldest entry, with the feed's language and the outlet's zone."""
    return store.one(
        "SELECT e.*, f.language AS feed_language, o.timezone, o.language AS outlet_language"
        " FROM pages p JOIN outlets o ON o.id = p.outlet_id LEFT JOIN entries e ON e.page_id = p.id"
        " LEFT JOIN feeds f ON f.id = e.feed_id WHERE p.id = ? ORDER BY e.id LIMIT 1",
        (page_id,),
    )
