"""Entries of feeds, and the pages they lead to as a queue with attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.decide import PlannedEntry
from pipeline.store import tombstones
from pipeline.store.connection import Row, Store, dumps, iso, moment
from pipeline.store.feeds import HELD_HOSTS
from pipeline.types import DuePage, Failure, FetchedPage

#: how many pages one run takes at most; the rest is due at the next
MOST_PAGES = 20_000
#: how long after its publication a summary that changed is a sign of an edit
_FRESH = timedelta(days=1)


def record_entries(
    store: Store, feed_id: int, outlet_id: int, planned: Sequence[PlannedEntry], now: datetime
) -> tuple[int, ...]:
    """Store a snapshot's entries; returns the pages that are to be fetched because of them.

    These are pages never seen before, and stored articles whose entry tells of an edit. Entries seen before
    only get a new ``last_seen``; those of pruned articles are kept without a page.
    """
    wanted: list[int] = []
    for entry in planned:
        known = store.one(
            "SELECT id, page_id, words_hash, title, published, updated, first_seen FROM entries"
            " WHERE feed_id = ? AND entry_key = ?",
            (feed_id, entry.key),
        )
        if known is None:
            page_id = _page_for(store, feed_id, outlet_id, entry, now)
            _insert_entry(store, feed_id, page_id, entry, now)
            wanted.extend([page_id] if page_id is not None and _is_fresh(store, page_id) else [])
        elif known["words_hash"] != entry.words_hash:
            _update_entry(store, known["id"], entry, now)
            edited = _tells_of_an_edit(store, known, entry, now)
            wanted.extend([known["page_id"]] if edited and _make_due(store, known["page_id"], now) else [])
        else:
            store.execute("UPDATE entries SET last_seen = ? WHERE id = ?", (iso(now), known["id"]))
    return tuple(dict.fromkeys(wanted))


def _tells_of_an_edit(store: Store, known: Row, planned: PlannedEntry, now: datetime) -> bool:
    """Whether an entry's new words are a reason to look at its article before the next recheck.

    A new title or a newer date always are. Of a summary that is true for a day only: later it changes through
    counters and teasers cut anew, again and again.
    """
    entry = planned.entry
    if entry.title != known["title"]:
        return True
    dated = moment(known["updated"] or known["published"] or known["first_seen"])
    if entry.updated and dated and entry.updated.replace(microsecond=0) > dated:
        return True
    return now - _born(store, known) < _FRESH


def _born(store: Store, known: Row) -> datetime:
    """When the article of an entry was published, as far as anybody says, and no later than it was first seen."""
    dates = [known["first_seen"], known["published"]]
    dates.append(
        store.value(
            "SELECT a.published FROM pages p JOIN articles a ON a.id = p.article_id WHERE p.id = ?",
            (known["page_id"],),
        )
    )
    return min(found for found in map(moment, dates) if found)


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
    if tombstones.is_tombstone(store, planned.page_key):
        return None
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
    store: Store,
    run: int,
    now: datetime,
    *,
    slugs: Sequence[str] = (),
    recheck_all: bool = False,
    most: int = MOST_PAGES,
) -> tuple[DuePage, ...]:
    """Take the pages whose time has come: never fetched, to be tried again, or to be looked at again.

    None of a host that another run is at. ``recheck_all`` makes every stored article due now; ``slugs`` narrows both to those outlets; ``most`` is how
    many are taken, those never fetched first.
    """
    narrowed = f" AND o.slug IN ({','.join('?' * len(slugs))})" if slugs else " AND o.paused = 0"
    # Without the alternative SQLite finds what is due in an index; with it it reads all pages.
    due = "(p.next_attempt <= ? OR p.state = 'stored')" if recheck_all else "p.next_attempt <= ?"
    query = (
        f"{_SELECT} WHERE p.lease_run IS NULL AND o.removed_at IS NULL AND {due}{narrowed}"
        f" AND o.host NOT IN ({HELD_HOSTS})"
    )
    rows: list[Row] = []
    with store.write():
        # Asked for one after the other, each by its index: to sort them, SQLite would have to read all that is due.
        for kind in ("p.article_id IS NULL", "+p.article_id IS NOT NULL"):
            rows += store.all(
                f"{query} AND {kind} ORDER BY p.next_attempt, p.id LIMIT ?",
                (iso(now), *slugs, run, run, most - len(rows)),
            )
        return tuple(_lease(store, run, row) for row in rows)


_WAITING = """
    FROM pages p JOIN outlets o ON o.id = p.outlet_id
    WHERE p.next_attempt IS NOT NULL AND p.lease_run IS NULL AND o.removed_at IS NULL AND o.paused = 0
"""


def next_due(store: Store, now: datetime) -> datetime | None:
    """When the next page is due that no run holds: ``now`` where one is already; None where there is none."""
    found = moment(store.value(f"SELECT p.next_attempt {_WAITING} ORDER BY p.next_attempt LIMIT 1"))
    return found and max(found, now)


def count_due(store: Store, now: datetime, most: int = 1000) -> int:
    """How many pages are due that no run holds; counted as far as ``most``."""
    query = f"SELECT count(*) FROM (SELECT 1 {_WAITING} AND p.next_attempt <= ? LIMIT ?)"
    return int(store.value(query, (iso(now), most)))


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


def record_pruned(store: Store, page: FetchedPage) -> None:
    """A page is an article that was pruned, under an address it did not have then: it is not asked for again.

    Where it was found and where it ended become tombstones, too.
    """
    row = page_row(store, page.page_id)
    tombstones.bury(store, row["outlet_id"], (row["url"], page.final_url), page.at)
    store.execute(
        "UPDATE pages SET state = 'pruned', article_id = NULL, attempts = 0, next_attempt = NULL, last_fetched = ?,"
        " last_status = ?, failure_class = NULL, failure_message = NULL, lease_run = NULL WHERE id = ?",
        (iso(page.at), page.status, page.page_id),
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


def bring_back(store: Store, now: datetime) -> int:
    """Make due now what was found by a clock that ran ahead, and never fetched; returns how many pages."""
    return store.execute(
        "UPDATE pages SET next_attempt = ? WHERE article_id IS NULL AND state = 'pending' AND attempts = 0"
        " AND first_seen > ? AND next_attempt > ?",
        (iso(now), iso(now), iso(now)),
    ).rowcount


def release(store: Store, page_id: int, next_attempt: datetime) -> None:
    """Give a page back that could not be asked for reasons of our own; nothing is held against it."""
    store.execute(
        "UPDATE pages SET lease_run = NULL, next_attempt = ? WHERE id = ?", (iso(next_attempt), page_id)
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
