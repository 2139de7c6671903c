"""When news comes: what was learned of each feed and each outlet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.rhythm import Rhythm, from_json, to_json
from pipeline.store.connection import Store, iso, moment


def feed_rhythm(store: Store, feed_id: int) -> Rhythm | None:
    """A feed's rhythm; None before its first snapshot."""
    state = store.value("SELECT state FROM feed_rhythms WHERE feed_id = ?", (feed_id,))
    return from_json(state) if state else None


def keep_feed_rhythm(store: Store, feed_id: int, rhythm: Rhythm) -> None:
    """Remember a feed's rhythm."""
    store.execute(
        "INSERT INTO feed_rhythms (feed_id, state) VALUES (?, ?)"
        " ON CONFLICT (feed_id) DO UPDATE SET state = excluded.state",
        (feed_id, to_json(rhythm)),
    )


def outlet_rhythm(store: Store, outlet_id: int) -> tuple[Rhythm | None, datetime | None]:
    """An outlet's rhythm, and when its last news came; None before there was any."""
    row = store.one("SELECT state, last_news FROM outlet_rhythms WHERE outlet_id = ?", (outlet_id,))
    return (from_json(row["state"]), moment(row["last_news"])) if row else (None, None)


def keep_outlet_rhythm(
    store: Store, outlet_id: int, rhythm: Rhythm, *, last_news: datetime, silent_after: datetime | None
) -> None:
    """Remember an outlet's rhythm, its last news, and from when on its silence is unlikely."""
    store.execute(
        "INSERT INTO outlet_rhythms (outlet_id, state, last_news, silent_after) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (outlet_id) DO UPDATE SET state = excluded.state, last_news = excluded.last_news,"
        " silent_after = excluded.silent_after",
        (outlet_id, to_json(rhythm), iso(last_news), iso(silent_after)),
    )


def arrivals(store: Store, feed_id: int, at: datetime) -> tuple[tuple[datetime | None, ...], int]:
    """Of the snapshot taken at ``at``: the publication dates of the entries not seen before, and how many
    entries it has in all.
    """
    rows = store.all(
        "SELECT published, first_seen = last_seen AS new FROM entries WHERE feed_id = ? AND last_seen = ?",
        (feed_id, iso(at)),
    )
    return tuple(moment(row["published"]) for row in rows if row["new"]), len(rows)


def news_among(store: Store, page_ids: Sequence[int], at: datetime) -> tuple[datetime | None, ...]:
    """Of these pages, those that no feed of the outlet had named before: their entries' publication dates."""
    found = (
        store.one(
            "SELECT e.published FROM pages p JOIN entries e ON e.page_id = p.id"
            " WHERE p.id = ? AND p.first_seen = ? LIMIT 1",
            (page_id, iso(at)),
        )
        for page_id in page_ids
    )
    return tuple(moment(row["published"]) for row in found if row is not None)
