"""Outlets and their feeds, as people add and remove them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pipeline.errors import NotFoundError
from pipeline.store.connection import Row, Store, dumps, iso
from pipeline.store.schema_daemon import home_host
from pipeline.types import Outlet, OutletFeed, OutletSpec


def add_outlet(store: Store, spec: OutletSpec, now: datetime) -> tuple[Outlet, int]:
    """Watch an outlet; returns it and how many of its feeds were not watched before.

    An outlet removed earlier comes back with its articles. A feed watched already stays with its outlet.
    """
    with store.write():
        row = store.one("SELECT id FROM outlets WHERE slug = ?", (spec.slug,))
        outlet_id = _update(store, row["id"], spec) if row else _insert(store, spec, now)
        added = sum(_add_feed(store, outlet_id, feed, now) for feed in spec.feeds)
        return _outlet(_row(store, outlet_id)), added


def _insert(store: Store, spec: OutletSpec, now: datetime) -> int:
    return int(
        store.value(
            "INSERT INTO outlets (slug, name, home, host, language, country, timezone, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                spec.slug,
                spec.name,
                spec.home,
                home_host(spec.home),
                spec.language,
                spec.country,
                spec.timezone,
                iso(now),
            ),
        )
    )


def _update(store: Store, outlet_id: int, spec: OutletSpec) -> int:
    store.execute(
        "UPDATE outlets SET name = ?, home = ?, host = ?, language = coalesce(?, language), country = coalesce(?, country),"
        " timezone = coalesce(?, timezone), removed_at = NULL WHERE id = ?",
        (
            spec.name,
            spec.home,
            home_host(spec.home),
            spec.language,
            spec.country,
            spec.timezone,
            outlet_id,
        ),
    )
    return outlet_id


def _add_feed(store: Store, outlet_id: int, feed: OutletFeed, now: datetime) -> bool:
    cursor = store.execute(
        "INSERT INTO feeds (outlet_id, url, alternatives, kind, title, language, next_check)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO NOTHING",
        (outlet_id, feed.url, dumps(feed.alternatives), feed.kind, feed.title, feed.language, iso(now)),
    )
    return cursor.rowcount > 0


def _row(store: Store, outlet_id: int) -> Row:
    row = store.one("SELECT * FROM outlets WHERE id = ?", (outlet_id,))
    assert row is not None
    return row


def _outlet(row: Row) -> Outlet:
    return Outlet(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        home=row["home"],
        language=row["language"],
        country=row["country"],
        timezone=row["timezone"],
        paused=bool(row["paused"]),
    )


def list_outlets(store: Store) -> tuple[Outlet, ...]:
    """Every watched outlet, by name."""
    rows = store.all("SELECT * FROM outlets WHERE removed_at IS NULL ORDER BY slug")
    return tuple(_outlet(row) for row in rows)


def find_outlet(store: Store, slug: str) -> Outlet:
    """The watched outlet of that short name.

    :raises NotFoundError: naming the outlet, with a suggestion where one is near
    """
    row = store.one("SELECT * FROM outlets WHERE slug = ? AND removed_at IS NULL", (slug,))
    if row is None:
        raise NotFoundError(f"no outlet {slug!r} is watched; `presswatch outlets list` shows those that are")
    return _outlet(row)


def feeds_of(store: Store, outlet_id: int) -> tuple[OutletFeed, ...]:
    """An outlet's feeds with the addresses they have today."""
    rows = store.all("SELECT * FROM feeds WHERE outlet_id = ? ORDER BY id", (outlet_id,))
    return tuple(
        OutletFeed(
            url=row["url"],
            alternatives=tuple(json.loads(row["alternatives"])),
            kind=row["kind"],
            title=row["title"],
            language=row["language"],
        )
        for row in rows
    )


def feed_health(store: Store, slugs: Sequence[str] = ()) -> list[dict[str, object]]:
    """The rows of the view ``feed_health``, of all outlets or of those named."""
    rows = store.all("SELECT * FROM feed_health ORDER BY outlet, feed_id")
    return [dict(row) for row in rows if not slugs or row["outlet"] in slugs]


def article_counts(store: Store) -> dict[str, int]:
    """How many articles each outlet has: slug -> count."""
    rows = store.all(
        "SELECT o.slug, count(a.id) AS n FROM outlets o LEFT JOIN articles a ON a.outlet_id = o.id GROUP BY o.id"
    )
    return {row["slug"]: row["n"] for row in rows}


def set_paused(store: Store, slug: str, paused: bool) -> Outlet:
    """Stop or resume polling an outlet; nothing stored is lost."""
    outlet = find_outlet(store, slug)
    store.execute("UPDATE outlets SET paused = ? WHERE id = ?", (int(paused), outlet.id))
    return find_outlet(store, slug)


def remove_outlet(store: Store, slug: str, now: datetime) -> Outlet:
    """Stop watching an outlet and forget its feeds; its articles stay."""
    outlet = find_outlet(store, slug)
    with store.write():
        store.execute("UPDATE outlets SET removed_at = ? WHERE id = ?", (iso(now), outlet.id))
        store.execute("DELETE FROM feeds WHERE outlet_id = ?", (outlet.id,))
        store.execute(
            "UPDATE pages SET next_attempt = NULL, lease_run = NULL WHERE outlet_id = ?", (outlet.id,)
        )
    return outlet
