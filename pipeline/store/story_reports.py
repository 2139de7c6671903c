"""What articles tell of, kept while stories can still grow by them, and the index that finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.store import inverted
from pipeline.store.connection import Row, Store, dumps
from pipeline.store.inverted import Index

#: telling terms of some days: leads to articles on one event
KEYS: Final = Index("story_keys", "key", 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One article's terms: ``at`` and ``related_at`` are seconds since 1970, ``keys`` what leads to it."""

    article_id: int
    at: int
    related_at: int
    language: str | None
    terms: bytes
    keys: bytes


_COLUMNS: Final = "article_id, at, related_at, language, terms, keys"


def save(store: Store, kept: Kept) -> None:
    """Keep what an article tells of, in the place of what it told of before."""
    forget(store, kept.article_id)
    store.execute(
        f"INSERT INTO story_reports ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        (kept.article_id, kept.at, kept.related_at, kept.language, kept.terms, kept.keys),
    )
    inverted.add(store, KEYS, kept.article_id, inverted.unpacked(kept.keys))


def forget(store: Store, article_id: int) -> None:
    """Let no story grow by an article any more; it stays where it is."""
    keys = store.value("DELETE FROM story_reports WHERE article_id = ? RETURNING keys", (article_id,))
    if keys is not None:
        inverted.remove(store, KEYS, article_id, inverted.unpacked(keys))


def forget_old(store: Store, before: int, most: int) -> None:
    """Forget those related before ``before`` (seconds since 1970), so many at a time."""
    rows = store.all(
        "SELECT article_id FROM story_reports WHERE related_at < ? ORDER BY related_at LIMIT ?",
        (before, most),
    )
    for row in rows:
        forget(store, row["article_id"])


def load(store: Store, ids: Iterable[int]) -> dict[int, Kept]:
    """The terms of these articles, as far as they are kept."""
    rows = store.all(
        f"SELECT {_COLUMNS} FROM story_reports WHERE article_id IN (SELECT value FROM json_each(?))",
        (dumps(list(ids)),),
    )
    return {row["article_id"]: _kept(row) for row in rows}


def latest(store: Store, most: int) -> list[bytes]:
    """The terms of the articles that came in last: a sample of what is written about these days."""
    rows = store.all("SELECT terms FROM story_reports ORDER BY article_id DESC LIMIT ?", (most,))
    return [row["terms"] for row in rows]


def near(store: Store, keys: Sequence[int], most: int) -> list[int]:
    """The articles that share most of these keys, at most ``most``."""
    shared = inverted.look_up(store, KEYS, keys).shared
    return sorted(shared, key=lambda one: (-len(shared[one]), one))[:most]


def _kept(row: Row) -> Kept:
    return Kept(**dict(row))


def forget_all(store: Store) -> None:
    """Forget what all articles tell of. Stories stay, so that they keep their numbers when all is told again."""
    for table in ("story_reports", "story_keys"):
        store.execute(f"DELETE FROM {table}")
