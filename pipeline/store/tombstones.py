"""Tombstones: the addresses of pruned articles, so that these do not come back as new.

A tombstone is an address's key, with the hash of the article's body where that body is proof of identity by
itself (:data:`pipeline.decide.TELLING_WORDS`): what all of an outlet's stubs for subscribers have in common must
not bury the next one. A pruned article comes back only by the hand of a person: :func:`unbury`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline.store.connection import Store, iso
from pipeline.urls import url_key


def is_tombstone(store: Store, key: str) -> bool:
    """Whether the address of this key was a pruned article's."""
    return store.one("SELECT 1 FROM tombstones WHERE url_key = ?", (key,)) is not None


def is_buried(store: Store, outlet_id: int, body_hash: str, urls: Iterable[str] = ()) -> bool:
    """Whether a page is an article of the outlet that was pruned: it has its body, or one of its addresses.

    ``body_hash`` is :func:`pipeline.text.body_hash` of the body with what memory cut from it; ``urls`` are all
    addresses the page is known under.
    """
    same = "SELECT 1 FROM tombstones WHERE body_hash = ? AND outlet_id = ? LIMIT 1"
    if store.one(same, (body_hash, outlet_id)) is not None:
        return True
    return any(is_tombstone(store, url_key(url)) for url in dict.fromkeys(urls))


def bury(store: Store, outlet_id: int, urls: Iterable[str], now: datetime) -> None:
    """Make further addresses of a pruned article its tombstones."""
    store.executemany(
        "INSERT INTO tombstones (url_key, outlet_id, pruned_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(url_key(url), outlet_id, iso(now)) for url in dict.fromkeys(urls)],
    )


def unbury(store: Store, article_id: int) -> None:
    """A person brought an article in again: its addresses are no tombstones, and feeds' entries lead to it."""
    keys = (
        "(SELECT url_key FROM article_urls WHERE article_id = :id UNION"
        " SELECT url_key FROM pages WHERE article_id = :id)"
    )
    with store.write():
        store.execute(f"DELETE FROM tombstones WHERE url_key IN {keys}", {"id": article_id})
        store.execute(
            "UPDATE entries SET page_id = (SELECT min(id) FROM pages WHERE article_id = :id)"
            f" WHERE page_id IS NULL AND entry_key IN {keys}",
            {"id": article_id},
        )
