"""Which version of an article a raw page belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.store.connection import Store


@dataclass(frozen=True, slots=True)
class Source:
    """The version that a page was read for: its number over all articles, and when it was seen."""

    version_id: int
    seen_at: str


def source_of(store: Store, article_id: int, version: int | None = None) -> Source | None:
    """The version whose page an article's latest version, or that of a number, was read from.

    Versions that only our own rules made were read from the page of the one before them.
    """
    row = store.one(
        "SELECT id, seen_at FROM versions WHERE article_id = ? AND cause <> 'rules' AND number <= coalesce(?, number)"
        " ORDER BY number DESC LIMIT 1",
        (article_id, version),
    )
    return Source(row["id"], row["seen_at"]) if row else None


def version_count(store: Store, article_id: int) -> int:
    """How many versions an article has."""
    return int(store.value("SELECT versions FROM articles WHERE id = ?", (article_id,)) or 0)
