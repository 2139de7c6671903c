"""What articles were related by, kept so that they need not be read again; and the queue of those to relate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.store import inverted
from pipeline.store.connection import Row, Store, dumps
from pipeline.store.inverted import CLUES, PRINTS, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """One article as it was related.

    ``at`` and ``related_at`` are seconds since 1970: when it was published (corrected by its outlet's clock
    error), and when it was related. ``prints`` counts all its prints; ``print_keys`` and ``clue_keys`` are what
    the indexes hold of it. ``clues`` and ``clue_keys`` are empty once its clues are forgotten.
    """

    article_id: int
    version_id: int
    at: int
    related_at: int
    language: str | None
    words: int
    prints: int
    clues: bytes
    print_keys: bytes
    clue_keys: bytes


_COLUMNS = "article_id, version_id, at, related_at, language, words, prints, clues, print_keys, clue_keys"


def save(store: Store, traits: Traits) -> None:
    """Keep an article's traits in the place of those it had."""
    marks = ", ".join("?" * len(_COLUMNS.split(",")))
    values = tuple(getattr(traits, name.strip()) for name in _COLUMNS.split(","))
    store.execute(f"INSERT OR REPLACE INTO traits ({_COLUMNS}) VALUES ({marks})", values)


def load(store: Store, ids: Iterable[int]) -> dict[int, Traits]:
    """The traits of these articles, as far as they have been related."""
    rows = store.all(
        f"SELECT {_COLUMNS} FROM traits WHERE article_id IN (SELECT value FROM json_each(?))",
        (dumps(list(ids)),),
    )
    return {row["article_id"]: _traits(row) for row in rows}


def published(store: Store, ids: Sequence[int]) -> dict[int, tuple[int, str | None]]:
    """When these articles were published (``Traits.at``) and in which language, as far as they have been related."""
    rows = store.all(
        "SELECT t.article_id, t.at, t.language FROM json_each(?) k CROSS JOIN traits t ON t.article_id = k.value",
        (dumps(ids),),
    )
    return {article_id: (at, language) for article_id, at, language in rows}


def _traits(row: Row) -> Traits:
    return Traits(**dict(row))


def expired(store: Store, before: int, most: int) -> list[Traits]:
    """Articles related before ``before`` (seconds since 1970) of which the index of clues still knows."""
    rows = store.all(
        f"SELECT {_COLUMNS} FROM traits WHERE related_at < ? AND clue_keys <> x'' ORDER BY related_at LIMIT ?",
        (before, most),
    )
    return [_traits(row) for row in rows]


def leave_indexes(store: Store, known: Traits) -> None:
    """Let nothing lead to an article any more: it changes, or goes."""
    inverted.remove(store, PRINTS, known.article_id, unpacked(known.print_keys))
    inverted.remove(store, CLUES, known.article_id, unpacked(known.clue_keys))


def clues_left(store: Store, article_id: int) -> None:
    """Forget an article's clues: the index does not know them any more."""
    store.execute("UPDATE traits SET clues = x'', clue_keys = x'' WHERE article_id = ?", (article_id,))


def forget_all(store: Store) -> None:
    """Forget everything that was found by comparing, and put every article into the queue."""
    for table in ("prints", "clues", "traits", "outlet_aliases", "spellings"):
        store.execute(f"DELETE FROM {table}")
    store.execute("DELETE FROM relations WHERE origin = 'text'")
    store.execute(
        "INSERT OR IGNORE INTO relate_queue (article_id) SELECT id FROM articles WHERE version_id IS NOT NULL"
    )


# --- the queue --------------------------------------------------------------------------------------------


def enqueue(store: Store, ids: Iterable[int]) -> None:
    """Put articles into the queue of those to relate."""
    store.executemany(
        "INSERT OR IGNORE INTO relate_queue (article_id) SELECT id FROM articles WHERE id = ?",
        [(article_id,) for article_id in ids],
    )


def due(store: Store, most: int) -> list[int]:
    """The first articles of the queue."""
    rows = store.all("SELECT article_id FROM relate_queue ORDER BY article_id LIMIT ?", (most,))
    return [row["article_id"] for row in rows]


def still_due(store: Store, ids: Iterable[int]) -> set[int]:
    """Those of these articles that are in the queue."""
    rows = store.all(
        "SELECT q.article_id FROM json_each(?) k CROSS JOIN relate_queue q ON q.article_id = k.value",
        (dumps(list(ids)),),
    )
    return {row["article_id"] for row in rows}


def version_of(store: Store, article_id: int) -> int | None:
    """The latest version of an article."""
    found = store.value("SELECT version_id FROM articles WHERE id = ?", (article_id,))
    return None if found is None else int(found)


def count_due(store: Store) -> int:
    """How many articles wait to be related."""
    return int(store.value("SELECT count(*) FROM relate_queue"))


def done(store: Store, ids: Sequence[int]) -> None:
    """Take articles out of the queue."""
    store.executemany("DELETE FROM relate_queue WHERE article_id = ?", [(article_id,) for article_id in ids])
