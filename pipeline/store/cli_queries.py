"""What only the command line asks of the store: versions, links, imported pages, the file's health."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.article import CleanArticle
from pipeline.lesson import said
from pipeline.store.connection import Store, Translated, iso, moment
from pipeline.text import body_hash
from pipeline.urls import url_key

# --- outlets --------------------------------------------------------------------------------------------


def outlet_id(store: Store, slug: str) -> int | None:
    """The outlet of that short name, watched or removed."""
    found = store.value("SELECT id FROM outlets WHERE slug = ?", (slug,))
    return None if found is None else int(found)


def all_slugs(store: Store) -> tuple[str, ...]:
    """The short names of all outlets that the database knows, watched or removed."""
    return tuple(row["slug"] for row in store.all("SELECT slug FROM outlets ORDER BY slug"))


# --- one article ----------------------------------------------------------------------------------------


def bodies(store: Store, ids: Sequence[int]) -> dict[int, tuple[str | None, str]]:
    """The lead and the text of articles' latest versions, by article id."""
    marks = ",".join("?" * len(ids))
    rows = store.all(f"SELECT id, lead, text FROM articles_latest WHERE id IN ({marks})", tuple(ids))
    return {row["id"]: (row["lead"], row["text"]) for row in rows}


def versions_of(store: Store, article_id: int) -> list[dict[str, object]]:
    """An article's versions, oldest first: number, when, why, what changed, title, words."""
    rows = store.all(
        "SELECT version, seen_at, cause, changed, title, words FROM article_versions WHERE article_id = ?"
        " ORDER BY version",
        (article_id,),
    )
    return [dict(row) | {"changed": json.loads(row["changed"])} for row in rows]


def links_of(store: Store, article_id: int, version: int) -> list[dict[str, object]]:
    """The links inside a version's body, in its order, with the article they lead to where it is stored."""
    rows = store.all(
        "SELECT url, text, to_article_id FROM links WHERE article_id = ? AND version = ? ORDER BY id",
        (article_id, version),
    )
    return [dict(row) for row in rows]


# --- importing ------------------------------------------------------------------------------------------


def is_own_address(store: Store, article_id: int, url: str) -> bool:
    """Whether the address is the one under which the article was stored, not a further one of it."""
    own = store.value("SELECT url FROM articles WHERE id = ?", (article_id,))
    return own is not None and url_key(own) == url_key(url)


def said_before(store: Store, article_id: int, article: CleanArticle) -> bool:
    """Whether some version of the article, not only the latest, has this title and body."""
    found = store.value(
        "SELECT count(*) FROM versions WHERE article_id = ? AND body_hash = ? AND title = ?",
        (article_id, body_hash(said(article)), article.title),
    )
    return bool(found)


def record_imported_page(store: Store, outlet: int, url: str, article_id: int, now: datetime) -> None:
    """Make the page of an imported article known, so that no feed makes it new again.

    A page that waits to be fetched, or could not be, has its article now; one that is stored stays as it is.
    """
    store.execute(
        "INSERT INTO pages (outlet_id, url, url_key, state, article_id, first_seen) VALUES (?, ?, ?, 'stored', ?, ?)"
        " ON CONFLICT (url_key) DO UPDATE SET state = 'stored', article_id = excluded.article_id,"
        " next_attempt = NULL WHERE state IN ('pending', 'failed', 'pruned')",
        (outlet, url, url_key(url), article_id, iso(now)),
    )


# --- the file -------------------------------------------------------------------------------------------


def schema_number(path: Path) -> int:
    """The number of the last migration the file has seen, without changing the file; 0 for none."""
    with Translated(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
        finally:
            connection.close()


def latest_moment(store: Store) -> datetime | None:
    """The latest time at which the database says something happened: a clock behind it was set back."""
    return moment(
        store.value(
            "SELECT max(at) FROM (SELECT max(started_at) AS at FROM crawls UNION ALL"
            " SELECT max(seen_at) FROM versions)"
        )
    )


def has_fts5() -> bool:
    """Whether this SQLite can search full text."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def wal_trouble(folder: Path) -> str | None:
    """Why write-ahead logging does not work in a folder (some network file systems), or None where it does.

    :raises OSError: nothing can be written there
    """
    with tempfile.TemporaryDirectory(prefix=".presswatch-", dir=folder) as scratch:
        connection = sqlite3.connect(Path(scratch) / "probe.db", isolation_level=None)
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            connection.execute("CREATE TABLE probe (x)")
            return None if mode == "wal" else f"SQLite offers journal mode {mode!r} only"
        except sqlite3.OperationalError as error:
            return str(error)
        finally:
            connection.close()
