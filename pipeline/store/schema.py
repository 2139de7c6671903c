"""The schema, as numbered migrations that are never edited after a release.

Tables are ours to change; the views named in ``docs/schema.md`` are the promised surface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pipeline.store.schema_daemon import DAEMON, home_host
from pipeline.store.schema_relate import RELATE
from pipeline.store.schema_stories import STORIES
from pipeline.store.views import VIEWS

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

#: ``PRAGMA application_id``: "PrWa"
APPLICATION_ID = 0x50725761


def m001_first(db: Database) -> None:
    """The first schema."""
    for statement in (*_TABLES, *_INDEXES, *VIEWS):
        db.conn.execute(statement)


def m002_outlet_memory(db: Database) -> None:
    """The outlets' memory: which lines each of their last articles had."""
    for statement in _MEMORY:
        db.conn.execute(statement)


def m003_daemon(db: Database) -> None:
    """Rhythms, incidents, gaps, tombstones, subscriptions: what a watch of months remembers."""
    for statement in DAEMON:
        db.conn.execute(statement)
    for outlet_id, home in db.conn.execute("SELECT id, home FROM outlets").fetchall():
        db.conn.execute("UPDATE outlets SET host = ? WHERE id = ?", (home_host(home), outlet_id))


def m004_relations(db: Database) -> None:
    """Copies and translations: the articles already there wait in the queue to be related."""
    for statement in RELATE:
        db.conn.execute(statement)


def m005_stories(db: Database) -> None:
    """Articles on one event: all wait in the queue to be related anew."""
    for statement in STORIES:
        db.conn.execute(statement)


#: under this name, and that of each step's function, a database notes what it has had
MIGRATIONS_NAME = "presswatch"
#: every migration, in order
STEPS = (m001_first, m002_outlet_memory, m003_daemon, m004_relations, m005_stories)


def migrations(name: str, steps: Iterable[Callable[[Database], None]]) -> Migrations:
    """Steps in the hands of sqlite-utils, imported when they are wanted: see ``Store.db``."""
    from sqlite_utils import Migrations

    made = Migrations(name)
    for step in steps:
        made()(step)
    return made


_TABLES = (
    """
    CREATE TABLE outlets (
        id INTEGER PRIMARY KEY,
        slug TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        home TEXT NOT NULL,
        language TEXT,
        country TEXT,
        timezone TEXT,
        paused INTEGER NOT NULL DEFAULT 0,
        added_at TEXT NOT NULL,
        removed_at TEXT
    ) STRICT
    """,
    """
    CREATE TABLE crawls (
        id INTEGER PRIMARY KEY,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        -- done | stopped | died | failed: why
        ended_why TEXT,
        pid INTEGER NOT NULL,
        -- tells this process from a later one with the same number
        process_token TEXT NOT NULL,
        outlets INTEGER NOT NULL DEFAULT 0,
        feeds_polled INTEGER NOT NULL DEFAULT 0,
        feeds_not_modified INTEGER NOT NULL DEFAULT 0,
        feeds_failed INTEGER NOT NULL DEFAULT 0,
        "new" INTEGER NOT NULL DEFAULT 0,
        revised INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        duplicate INTEGER NOT NULL DEFAULT 0,
        gone INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE feeds (
        id INTEGER PRIMARY KEY,
        outlet_id INTEGER NOT NULL REFERENCES outlets(id) ON DELETE CASCADE,
        url TEXT NOT NULL UNIQUE,
        alternatives TEXT NOT NULL DEFAULT '[]',
        kind TEXT NOT NULL DEFAULT 'feed',
        title TEXT,
        language TEXT,
        -- active | gone (410: never polled again)
        state TEXT NOT NULL DEFAULT 'active',
        etag TEXT,
        last_modified TEXT,
        body_hash TEXT,
        next_check TEXT NOT NULL,
        last_checked TEXT,
        last_success TEXT,
        last_changed TEXT,
        last_status INTEGER,
        last_problem TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        failing_since TEXT,
        failure_class TEXT,
        failure_message TEXT,
        lease_run INTEGER REFERENCES crawls(id) ON DELETE SET NULL
    ) STRICT
    """,
    """
    CREATE TABLE feed_checks (
        id INTEGER PRIMARY KEY,
        feed_id INTEGER NOT NULL REFERENCES feeds(id) ON DELETE CASCADE,
        run_id INTEGER NOT NULL REFERENCES crawls(id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        status INTEGER,
        -- changed | same-body | not-modified | failed
        outcome TEXT NOT NULL,
        entries INTEGER,
        new_entries INTEGER,
        message TEXT
    ) STRICT
    """,
    """
    CREATE TABLE articles (
        id INTEGER PRIMARY KEY,
        outlet_id INTEGER NOT NULL REFERENCES outlets(id),
        url TEXT NOT NULL,
        canonical_url TEXT NOT NULL,
        -- live | revised | gone
        status TEXT NOT NULL DEFAULT 'live',
        first_seen TEXT NOT NULL,
        last_checked TEXT NOT NULL,
        gone_at TEXT,
        version_id INTEGER,
        versions INTEGER NOT NULL DEFAULT 0,
        -- repeated from the latest version, for the lists that everyone asks for
        title TEXT NOT NULL,
        language TEXT,
        published TEXT,
        body_hash TEXT NOT NULL,
        words INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE article_urls (
        url_key TEXT PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
        url TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE pages (
        id INTEGER PRIMARY KEY,
        outlet_id INTEGER NOT NULL REFERENCES outlets(id),
        url TEXT NOT NULL,
        url_key TEXT NOT NULL UNIQUE,
        -- pending | stored | duplicate | failed | gone
        state TEXT NOT NULL DEFAULT 'pending',
        article_id INTEGER REFERENCES articles(id) ON DELETE SET NULL,
        -- an article that the feed's GUID says this is another address of
        same_guid_article INTEGER REFERENCES articles(id) ON DELETE SET NULL,
        first_seen TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_attempt TEXT,
        last_fetched TEXT,
        last_status INTEGER,
        failure_class TEXT,
        failure_message TEXT,
        etag TEXT,
        last_modified TEXT,
        lease_run INTEGER REFERENCES crawls(id) ON DELETE SET NULL
    ) STRICT
    """,
    """
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        feed_id INTEGER NOT NULL REFERENCES feeds(id) ON DELETE CASCADE,
        -- the page's key, or where an entry has no link a hash of its words
        entry_key TEXT NOT NULL,
        guid TEXT NOT NULL,
        page_id INTEGER REFERENCES pages(id) ON DELETE SET NULL,
        url TEXT,
        title TEXT NOT NULL,
        published TEXT,
        published_raw TEXT,
        updated TEXT,
        authors TEXT NOT NULL DEFAULT '[]',
        summary TEXT NOT NULL DEFAULT '',
        tags TEXT NOT NULL DEFAULT '[]',
        image TEXT,
        words_hash TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        UNIQUE (feed_id, entry_key)
    ) STRICT
    """,
    """
    CREATE TABLE versions (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        run_id INTEGER REFERENCES crawls(id) ON DELETE SET NULL,
        seen_at TEXT NOT NULL,
        -- outlet: the outlet changed it; rules: our own reading changed; import
        cause TEXT NOT NULL DEFAULT 'outlet',
        changed TEXT NOT NULL DEFAULT '[]',
        url TEXT NOT NULL,
        title TEXT NOT NULL,
        lead TEXT,
        -- paragraphs, joined by a blank line
        text TEXT NOT NULL,
        positions TEXT NOT NULL,
        body_hash TEXT NOT NULL,
        words INTEGER NOT NULL,
        page_kind TEXT NOT NULL,
        language TEXT,
        direction TEXT NOT NULL,
        authors TEXT NOT NULL,
        published TEXT,
        published_local TEXT,
        published_raw TEXT,
        modified TEXT,
        site_name TEXT,
        section TEXT,
        tags TEXT NOT NULL,
        image TEXT,
        alternates TEXT NOT NULL,
        mentioned_dates TEXT NOT NULL,
        attribution TEXT,
        sources TEXT NOT NULL,
        UNIQUE (article_id, number)
    ) STRICT
    """,
    """
    CREATE TABLE cuts (
        id INTEGER PRIMARY KEY,
        version_id INTEGER NOT NULL REFERENCES versions(id) ON DELETE CASCADE,
        block INTEGER NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        after_paragraph INTEGER NOT NULL,
        kind TEXT NOT NULL,
        rule TEXT NOT NULL,
        text TEXT NOT NULL,
        label TEXT,
        title TEXT,
        links TEXT NOT NULL DEFAULT '[]'
    ) STRICT
    """,
    """
    CREATE TABLE anchors (
        id INTEGER PRIMARY KEY,
        version_id INTEGER NOT NULL REFERENCES versions(id) ON DELETE CASCADE,
        url TEXT NOT NULL,
        url_key TEXT NOT NULL,
        text TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE relations (
        id INTEGER PRIMARY KEY,
        src_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
        dst_key TEXT NOT NULL,
        dst_url TEXT NOT NULL,
        type TEXT NOT NULL,
        confidence REAL NOT NULL,
        direction_known INTEGER NOT NULL,
        evidence TEXT NOT NULL,
        UNIQUE (src_id, dst_key, type)
    ) STRICT
    """,
    """
    CREATE TABLE fetch_failures (
        id INTEGER PRIMARY KEY,
        run_id INTEGER REFERENCES crawls(id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        outlet_id INTEGER REFERENCES outlets(id) ON DELETE CASCADE,
        feed_id INTEGER REFERENCES feeds(id) ON DELETE CASCADE,
        page_id INTEGER REFERENCES pages(id) ON DELETE CASCADE,
        url TEXT NOT NULL,
        class TEXT NOT NULL,
        status INTEGER,
        message TEXT NOT NULL,
        final INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE robots (
        origin TEXT PRIMARY KEY,
        status INTEGER,
        body TEXT NOT NULL,
        fetched_at TEXT NOT NULL
    ) STRICT
    """,
    # The text here is folded by pipeline.text, so that the tokenizer has nothing left to decide.
    # Combining marks belong to their words: without them Hindi and Tamil would fall into single letters.
    """
    CREATE VIRTUAL TABLE search USING fts5(
        title, body, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
    )
    """,
)

_INDEXES = (
    "CREATE INDEX feeds_due ON feeds (next_check) WHERE state = 'active'",
    "CREATE INDEX feeds_outlet ON feeds (outlet_id)",
    "CREATE INDEX feeds_lease ON feeds (lease_run) WHERE lease_run IS NOT NULL",
    "CREATE INDEX pages_due ON pages (next_attempt) WHERE next_attempt IS NOT NULL",
    "CREATE INDEX pages_lease ON pages (lease_run) WHERE lease_run IS NOT NULL",
    "CREATE INDEX pages_article ON pages (article_id)",
    "CREATE INDEX entries_page ON entries (page_id)",
    "CREATE INDEX entries_guid ON entries (feed_id, guid)",
    "CREATE INDEX feed_checks_feed ON feed_checks (feed_id, at)",
    "CREATE INDEX articles_outlet ON articles (outlet_id, published)",
    "CREATE INDEX articles_body ON articles (body_hash)",
    "CREATE INDEX articles_published ON articles (published)",
    "CREATE INDEX article_urls_article ON article_urls (article_id)",
    "CREATE INDEX cuts_version ON cuts (version_id)",
    "CREATE INDEX anchors_version ON anchors (version_id)",
    "CREATE INDEX relations_dst ON relations (dst_key)",
    "CREATE INDEX fetch_failures_page ON fetch_failures (page_id)",
    "CREATE INDEX fetch_failures_feed ON fetch_failures (feed_id, at)",
)

_MEMORY = (
    # Rows are few (pipeline.memory.REMEMBERED an outlet) and counted when they are read: there is no counter that
    # two crawls could lose an update of.
    """
    CREATE TABLE outlet_memory (
        article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
        outlet_id INTEGER NOT NULL REFERENCES outlets(id) ON DELETE CASCADE,
        -- the article of which this one is another copy; it may be forgotten before
        same_as INTEGER,
        -- 64-bit hashes of lines, little-endian: the body's long ones, its others, those cut by rules
        keys BLOB NOT NULL,
        longs INTEGER NOT NULL,
        -- of the cut ones: kinds of removal, with a space between them
        kinds TEXT NOT NULL,
        home TEXT
    ) STRICT
    """,
    "CREATE INDEX outlet_memory_outlet ON outlet_memory (outlet_id)",
)
