"""Gaps between a feed's snapshots: found, looked into again and again, healed or left open with a reason.

All but ``due`` and ``by_outlet`` are called inside the caller's write transaction.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.coverage import DueGap, Gap, Seen
from pipeline.store.connection import Row, Store, iso, moment

#: how long after each attempt the next one comes; after the last nothing more is tried
BACK_OFF = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
#: how many gaps one run looks into
MOST_DUE = 20
#: how many entries on either side of a gap, and how many that dropped out before, are looked at
_NEIGHBOURS, _DROPPED = 10, 200
#: an entry that outlived this many newer ones, or half of its snapshot if that is more, is pinned
_OUTLIVED = 3
_LONGEST_MESSAGE = 500
_OWN_TURN = timedelta(hours=1)
#: a feed that lists this share of another one's entries lists its others, too
_NEARLY_ALL = 0.8


def previous_snapshot(store: Store, feed_id: int) -> tuple[tuple[Seen, ...], datetime] | None:
    """The entries of the feed's last snapshot that had any, and its time; None before the first.

    To be asked for before the new snapshot is recorded. An entry is pinned where it outlived newer ones: those
    were first seen after it and dropped out before it.
    """
    latest = store.value("SELECT max(last_seen) FROM entries WHERE feed_id = ?", (feed_id,))
    at = moment(latest)
    if at is None:
        return None
    rows = store.all(
        "SELECT entry_key, published, title, first_seen FROM entries WHERE feed_id = ? AND last_seen = ?",
        (feed_id, latest),
    )
    dropped = _dropped(store, feed_id, latest)
    pinned_from = max(_OUTLIVED, len(rows) / 2)
    seen = tuple(
        Seen(
            key=row["entry_key"],
            published=moment(row["published"]),
            title=row["title"],
            pinned=len(dropped) - bisect_right(dropped, row["first_seen"]) >= pinned_from,
        )
        for row in rows
    )
    return seen, at


def _dropped(store: Store, feed_id: int, latest: str) -> list[str]:
    """When the entries that dropped out last were first seen, in order.

    Those brought in by healing were never in the feed: they are first seen after they were last seen.
    """
    rows = store.all(
        "SELECT first_seen FROM entries WHERE feed_id = ? AND last_seen < ? AND first_seen <= last_seen"
        " ORDER BY last_seen DESC LIMIT ?",
        (feed_id, latest, _DROPPED),
    )
    return sorted(row["first_seen"] for row in rows)


def open_gap(
    store: Store, run: int, feed_id: int, gap: Gap, estimated: int | None, now: datetime
) -> int | None:
    """Note a gap, to be looked into at once; its id, or None where an open one has that range already."""
    values = (feed_id, iso(gap.after), iso(gap.before))
    known = store.one(
        'SELECT 1 FROM feed_gaps WHERE feed_id = ? AND state = \'open\' AND "after" <= ? AND "before" >= ?',
        values,
    )
    if known:
        return None
    return int(
        store.value(
            'INSERT INTO feed_gaps (feed_id, "after", "before", older, run_id, found_at, estimated, next_attempt)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (*values, gap.older, run, iso(now), estimated, iso(now)),
        )
    )


def due(store: Store, now: datetime, outlets: Sequence[int] = ()) -> tuple[DueGap, ...]:
    """Take the open gaps whose time has come, of all outlets that are watched or of those named by id.

    The next attempt is written, and this one counted, before anything is fetched: no two runs look into the same
    gap, and a run that dies does not try for ever. Writes a transaction of its own, or joins the caller's.
    """
    named = f" AND o.id IN ({','.join('?' * len(outlets))})" if outlets else ""
    with store.write():
        rows = store.all(
            "SELECT g.*, f.url AS feed_url, f.outlet_id, o.home FROM feed_gaps g JOIN feeds f ON f.id = g.feed_id"
            " JOIN outlets o ON o.id = f.outlet_id WHERE g.state = 'open' AND g.next_attempt <= ?"
            f" AND o.paused = 0 AND o.removed_at IS NULL{named} ORDER BY g.next_attempt, g.id LIMIT ?",
            (iso(now), *outlets, MOST_DUE),
        )
        store.executemany(
            "UPDATE feed_gaps SET attempts = ?, next_attempt = ? WHERE id = ?",
            [(row["attempts"] + 1, iso(_next(row["attempts"], now)), row["id"]) for row in rows],
        )
    return tuple(_due_gap(store, row, now) for row in rows)


def is_due(store: Store, outlet_id: int, now: datetime) -> bool:
    """Whether a gap of this outlet is to be looked into now."""
    found = store.one(
        "SELECT 1 FROM feed_gaps g JOIN feeds f ON f.id = g.feed_id"
        " WHERE g.state = 'open' AND g.next_attempt <= ? AND f.outlet_id = ? LIMIT 1",
        (iso(now), outlet_id),
    )
    return found is not None


def _next(attempts: int, now: datetime) -> datetime | None:
    return now + BACK_OFF[attempts] if attempts < len(BACK_OFF) else None


def _due_gap(store: Store, row: Row, now: datetime) -> DueGap:
    after, before = moment(row["after"]), moment(row["before"])
    assert after is not None
    assert before is not None
    ending = _neighbours(store, row, "first_seen < :found_at ORDER BY coalesce(published, last_seen) DESC")
    beginning = _neighbours(store, row, "first_seen = :found_at ORDER BY coalesce(published, first_seen)")
    around = (*ending, *beginning)
    urls = tuple(entry["url"] for entry in around if entry["url"])
    return DueGap(
        gap_id=row["id"],
        feed_id=row["feed_id"],
        outlet_id=row["outlet_id"],
        feed_url=row["feed_url"],
        home=row["home"],
        gap=Gap(after=after, before=before, older=row["older"]),
        attempts=row["attempts"] + 1,
        before_it=frozenset(entry["entry_key"] for entry in ending),
        after_it=frozenset(entry["entry_key"] for entry in beginning),
        urls=urls,
        guids=tuple(entry["guid"] for entry in around),
        feeds=_other_feeds(store, row, now),
        robots=_robots(store, row["feed_url"], row["home"]),
    )


def _neighbours(store: Store, row: Row, where: str) -> list[Row]:
    return store.all(
        f"SELECT entry_key, url, guid FROM entries WHERE feed_id = :feed_id AND {where} LIMIT :most",
        {"feed_id": row["feed_id"], "found_at": row["found_at"], "most": _NEIGHBOURS},
    )


def _other_feeds(store: Store, row: Row, now: datetime) -> tuple[str, ...]:
    """The outlet's other feeds, but for those whose own turn was lately or comes soon.

    What these list is in the store, or will be by the next attempt; asking them out of turn would be a burst.
    """
    rows = store.all(
        "SELECT url FROM feeds WHERE outlet_id = ? AND id <> ? AND state = 'active' AND failures = 0"
        " AND lease_run IS NULL AND coalesce(last_checked, '') < ? AND next_check > ? ORDER BY kind <> 'sitemap', id",
        (row["outlet_id"], row["feed_id"], iso(now - _OWN_TURN), iso(now + _OWN_TURN)),
    )
    return tuple(other["url"] for other in rows)


def _robots(store: Store, *urls: str) -> tuple[tuple[str, str], ...]:
    """The robots.txt kept for these addresses' origins; ``crawler.robots`` names an origin with its port."""
    found = {}
    for url in urls:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        origin = f"{parts.scheme}://{parts.hostname}:{port}"
        body = store.value("SELECT body FROM robots WHERE origin = ?", (origin,))
        if body is not None:
            found[origin] = str(body)
    return tuple(found.items())


def seen_in(store: Store, gap: DueGap) -> str | None:
    """The address of another feed of the outlet that saw what this one missed; None where there is none.

    It lists nearly all that this feed lists on both sides of the gap, and has no open gap there itself.
    """
    others = store.all(
        "SELECT f.id, f.url FROM feeds f WHERE f.outlet_id = ? AND f.id <> ? AND NOT EXISTS (SELECT 1 FROM feed_gaps g"
        ' WHERE g.feed_id = f.id AND g.state = \'open\' AND g."after" < ? AND g."before" > ?)',
        (gap.outlet_id, gap.feed_id, iso(gap.gap.before), iso(gap.gap.after)),
    )
    sides = [keys for keys in (gap.before_it, gap.after_it) if keys]
    for other in others if len(sides) == 2 else ():
        if all(len(known_keys(store, other["id"], tuple(keys))) >= _NEARLY_ALL * len(keys) for keys in sides):
            return str(other["url"])
    return None


def healed(
    store: Store, gap_id: int, *, recovered: int, source: str | None, message: str, now: datetime
) -> None:
    """Close a gap: ``source`` spans it, and ``recovered`` entries came from there."""
    store.execute(
        "UPDATE feed_gaps SET state = 'healed', recovered = recovered + ?, healed_from = ?, message = ?,"
        " healed_at = ?, next_attempt = NULL WHERE id = ?",
        (recovered, source, message[:_LONGEST_MESSAGE], iso(now), gap_id),
    )


def tried(store: Store, gap_id: int, *, recovered: int, message: str) -> None:
    """Leave a gap open, with the reason; what was found in part is counted. ``due`` has set the next attempt."""
    store.execute(
        "UPDATE feed_gaps SET recovered = recovered + ?, message = ? || iif(next_attempt IS NULL, ?, '')"
        " WHERE id = ? AND state = 'open'",
        (recovered, message[:_LONGEST_MESSAGE], "; not tried again", gap_id),
    )


def mark_brought_in(store: Store, feed_id: int, keys: Sequence[str], last_seen: datetime) -> None:
    """Note of entries that healing brought that they were not in the feed when others were.

    Without this the next look at the latest snapshot would take them for a part of it.
    """
    store.executemany(
        "UPDATE entries SET last_seen = ? WHERE feed_id = ? AND entry_key = ?",
        [(iso(last_seen), feed_id, key) for key in keys],
    )


def known_keys(store: Store, feed_id: int, keys: Sequence[str]) -> frozenset[str]:
    """Which of these entries the feed is known to have listed."""
    return frozenset(
        key
        for key in keys
        if store.value("SELECT 1 FROM entries WHERE feed_id = ? AND entry_key = ?", (feed_id, key))
    )


def by_outlet(store: Store, slug: str | None = None) -> list[Row]:
    """The rows of the view ``gaps``, of one outlet or of all: open ones first, the latest of each first."""
    return store.all(
        "SELECT * FROM gaps WHERE :slug IS NULL OR outlet = :slug ORDER BY state <> 'open', found_at DESC, id DESC",
        {"slug": slug},
    )
