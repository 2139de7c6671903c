"""Looking after the database: checks, pruning, counts."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from pipeline.store.connection import Store, iso


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
        "stored pages without an article",
        "SELECT count(*) FROM pages WHERE state IN ('stored', 'duplicate') AND article_id IS NULL",
    ),
    (
        "entries with a link but without a page",
        "SELECT count(*) FROM entries WHERE url IS NOT NULL AND page_id IS NULL",
    ),
)


def prune_history(store: Store, before: datetime) -> dict[str, int]:
    """Forget the history of checks and failures before a date; articles, versions and the latest state stay."""
    with store.write():
        return {
            "feed_checks": store.execute("DELETE FROM feed_checks WHERE at < ?", (iso(before),)).rowcount,
            "failures": store.execute(
                "DELETE FROM fetch_failures WHERE at < ? AND final = 0", (iso(before),)
            ).rowcount,
        }


def optimize(store: Store) -> None:
    """Let SQLite refresh its statistics, merge the search index and give free space back."""
    store.execute("INSERT INTO search (search) VALUES ('optimize')")
    store.execute("PRAGMA optimize")
    store.execute("VACUUM")


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
