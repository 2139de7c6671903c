"""Looking after the database: checks, pruning, counts."""

from __future__ import annotations

import sqlite3
from typing import Final

from pipeline.store.connection import BUSY_SECONDS, Store
from pipeline.store.retention import fair_write

#: pages of the search index merged in one transaction, and how often in one :func:`refresh`
_MERGED_PAGES: Final = 64
_MERGES: Final = 200


def check(store: Store) -> list[str]:
    """Everything wrong with the file: SQLite's integrity check, foreign keys, and our own invariants."""
    problems = [row[0] for row in store.all("PRAGMA integrity_check") if row[0] != "ok"]
    problems.extend(
        f"{row['table']} row {row['rowid']} points at a missing row of {row['parent']}"
        for row in store.all("PRAGMA foreign_key_check")
    )
    for sentence, query in _INVARIANTS:
        count = store.value(query)
        if count:
            problems.append(f"{count} {sentence}")
    return problems


_INVARIANTS = (
    ("articles without a version", "SELECT count(*) FROM articles WHERE version_id IS NULL"),
    (
        "articles whose search text is missing",
        "SELECT count(*) FROM articles WHERE id NOT IN (SELECT rowid FROM search)",
    ),
    (
        "articles that were never related and do not wait for it",
        "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM traits UNION SELECT article_id FROM relate_queue)",
    ),
    (
        "stored pages without an article",
        "SELECT count(*) FROM pages WHERE state IN ('stored', 'duplicate') AND article_id IS NULL",
    ),
    (
        "entries with a link but without a page or a tombstone",
        "SELECT count(*) FROM entries WHERE url IS NOT NULL AND page_id IS NULL AND entry_key NOT IN (SELECT url_key FROM tombstones)",
    ),
)


def refresh(store: Store) -> None:
    """What a database in use needs now and then: statistics, the search index merged, the log emptied.

    No lock is held for long: the index is merged a little at a time, and a log that others are using is left.
    """
    _analyse(store)
    for _ in range(_MERGES):
        if not _merged(store):
            break
    _empty_log(store)


def _empty_log(store: Store) -> None:
    """Empty the write-ahead log, unless somebody reads or writes: waiting for them would lock others out."""
    store.execute("PRAGMA busy_timeout = 0")
    try:
        store.all("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        store.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def _analyse(store: Store) -> None:
    store.execute("PRAGMA analysis_limit = 400")
    store.all("PRAGMA optimize")


def _merged(store: Store) -> bool:
    """Merge a few pages of the search index; whether there was anything to merge (so FTS5 says of 'merge')."""
    before = store.value("SELECT total_changes()")
    with fair_write(store):
        store.execute("INSERT INTO search (search, rank) VALUES ('merge', ?)", (_MERGED_PAGES,))
    return bool(store.value("SELECT total_changes()") - before >= 2)


def compact(store: Store) -> None:
    """Make the file as small as it can be. Nobody else can write meanwhile, on a large file for minutes.

    :raises StoreLockedError: another program writes or reads for too long
    """
    store.execute("INSERT INTO search (search) VALUES ('optimize')")
    _analyse(store)
    store.execute("VACUUM")
    _empty_log(store)


def totals(store: Store) -> dict[str, int]:
    """How much there is of everything."""
    tables = (
        "outlets",
        "feeds",
        "entries",
        "pages",
        "articles",
        "versions",
        "cuts",
        "relations",
        "fetch_failures",
    )
    return {table: int(store.value(f"SELECT count(*) FROM {table}")) for table in tables}


def sqlite_version() -> str:
    """The version of the SQLite library in use."""
    return sqlite3.sqlite_version
