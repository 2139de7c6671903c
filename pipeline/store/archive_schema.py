"""The tables of the file of raw pages, as numbered migrations that are never edited after a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

#: ``PRAGMA application_id``: "PrWp"
ARCHIVE_ID = 0x50725770


def p001_first(db: Database) -> None:
    """The first schema."""
    for statement in _STATEMENTS:
        db.conn.execute(statement)


#: under this name, and that of each step's function, the file notes what it has had
ARCHIVE_STEPS_NAME = "presswatch-pages"
#: every migration, in order
ARCHIVE_STEPS = (p001_first,)


_STATEMENTS = (
    # What the bodies of an outlet are written down against. Never changed: bodies that refer to it are
    # unreadable without it, and a number is never used twice: programs remember contents by it.
    """
    CREATE TABLE patterns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        outlet_id INTEGER NOT NULL,
        made_at TEXT NOT NULL,
        size INTEGER NOT NULL,
        -- bytes that the pages it was tried on took with it, on average
        mean INTEGER NOT NULL,
        data BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE outlets (
        outlet_id INTEGER PRIMARY KEY,
        pattern_id INTEGER REFERENCES patterns(id),
        -- bodies still to come before patterns are weighed again, and how often they were
        wait INTEGER NOT NULL,
        weighed INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE bodies (
        id INTEGER PRIMARY KEY,
        sha256 BLOB NOT NULL UNIQUE,
        outlet_id INTEGER NOT NULL,
        size INTEGER NOT NULL,
        pattern_id INTEGER REFERENCES patterns(id),
        data BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE kept (
        version_id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL,
        -- of the version: with its number it tells versions of this database from those of another
        seen_at TEXT NOT NULL,
        url TEXT NOT NULL,
        final_url TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        content_type TEXT,
        hints TEXT NOT NULL,
        body_id INTEGER NOT NULL REFERENCES bodies(id)
    ) STRICT
    """,
    "CREATE INDEX bodies_outlet ON bodies (outlet_id, id)",
    "CREATE INDEX bodies_pattern ON bodies (pattern_id)",
    "CREATE INDEX outlets_pattern ON outlets (pattern_id)",
    "CREATE INDEX kept_body ON kept (body_id)",
    "CREATE INDEX kept_fetched ON kept (fetched_at)",
    """
    CREATE VIEW raw_pages AS
    SELECT k.version_id, k.article_id, k.seen_at, k.url, k.final_url, k.fetched_at, k.content_type,
           lower(hex(b.sha256)) AS sha256, b.size, length(b.data) AS stored
    FROM kept k JOIN bodies b ON b.id = k.body_id
    """,
)
