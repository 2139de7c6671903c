"""The third migration's statements: what a crawl that runs for months has to remember."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.store.health_views import HEALTH_VIEWS


def home_host(home: str) -> str:
    """The host that stands for an outlet's hosts, with its port: two crawls are never at the same one."""
    return urlsplit(home).netloc.rpartition("@")[2].lower().removeprefix("www.") or home


DAEMON = (
    # Filled by the migration for outlets that were there before.
    "ALTER TABLE outlets ADD COLUMN host TEXT NOT NULL DEFAULT ''",
    # --- polling ---
    # Failures in a row, weighed by how much each says against the feed.
    "ALTER TABLE feeds ADD COLUMN trouble REAL NOT NULL DEFAULT 0",
    # What the feed's own document asks for (ttl, skipHours, skipDays): an answer 304 does not repeat it.
    "ALTER TABLE feeds ADD COLUMN wishes TEXT NOT NULL DEFAULT '{}'",
    # A feed that is another one's double ('merged') is never asked; one that is gone is, now and then.
    "DROP INDEX feeds_due",
    "CREATE INDEX feeds_due ON feeds (next_check) WHERE state <> 'merged'",
    # How often, and at which hours of the week, something new comes: pipeline.rhythm, as JSON.
    """
    CREATE TABLE feed_rhythms (
        feed_id INTEGER PRIMARY KEY REFERENCES feeds(id) ON DELETE CASCADE,
        state TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE outlet_rhythms (
        outlet_id INTEGER PRIMARY KEY REFERENCES outlets(id) ON DELETE CASCADE,
        state TEXT NOT NULL,
        last_news TEXT,
        -- from this moment on, having seen nothing new since last_news is unlike this outlet
        silent_after TEXT
    ) STRICT
    """,
    "CREATE INDEX outlet_rhythms_silent ON outlet_rhythms (silent_after) WHERE silent_after IS NOT NULL",
    # --- how it goes ---
    "CREATE INDEX feeds_failing ON feeds (outlet_id) WHERE failures > 0",
    "CREATE INDEX articles_seen ON articles (outlet_id, first_seen)",
    # --- runs ---
    # hand: started by a person; daemon: by the daemon
    "ALTER TABLE crawls ADD COLUMN started_by TEXT NOT NULL DEFAULT 'hand'",
    "ALTER TABLE crawls ADD COLUMN heartbeat_at TEXT",
    # --- what happened to an outlet beside its articles ---
    """
    CREATE TABLE incident_log (
        id INTEGER PRIMARY KEY,
        -- silence | network | moved | gone | clock | run
        kind TEXT NOT NULL,
        outlet_id INTEGER REFERENCES outlets(id) ON DELETE CASCADE,
        feed_id INTEGER REFERENCES feeds(id) ON DELETE CASCADE,
        opened_at TEXT NOT NULL,
        -- NULL while it lasts
        closed_at TEXT,
        message TEXT NOT NULL,
        evidence TEXT NOT NULL DEFAULT '{}'
    ) STRICT
    """,
    # One open incident of a kind for each outlet, feed, or neither. NULLs would all differ from one another.
    """
    CREATE UNIQUE INDEX incident_log_open ON incident_log (kind, coalesce(outlet_id, 0), coalesce(feed_id, 0))
        WHERE closed_at IS NULL
    """,
    "CREATE INDEX incident_log_outlet ON incident_log (outlet_id, opened_at)",
    "CREATE INDEX incident_log_feed ON incident_log (feed_id) WHERE feed_id IS NOT NULL",
    """
    CREATE TABLE feed_gaps (
        id INTEGER PRIMARY KEY,
        feed_id INTEGER NOT NULL REFERENCES feeds(id) ON DELETE CASCADE,
        run_id INTEGER REFERENCES crawls(id) ON DELETE SET NULL,
        found_at TEXT NOT NULL,
        -- what was published between these two moments may have been missed
        "after" TEXT NOT NULL,
        "before" TEXT NOT NULL,
        -- the document that the feed named as the one before it, when the gap was found
        older TEXT,
        -- how many entries are likely missing; NULL where nothing is known
        estimated INTEGER,
        -- open | healed
        state TEXT NOT NULL DEFAULT 'open',
        -- entries brought in from elsewhere
        recovered INTEGER NOT NULL DEFAULT 0,
        healed_at TEXT,
        healed_from TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        -- NULL when healing is not tried again
        next_attempt TEXT,
        message TEXT
    ) STRICT
    """,
    # The feed's latest snapshot, and what dropped out of it before, without reading the feed's whole past.
    "CREATE INDEX entries_seen ON entries (feed_id, last_seen)",
    "CREATE INDEX feed_gaps_feed ON feed_gaps (feed_id, found_at)",
    "CREATE INDEX feed_gaps_open ON feed_gaps (feed_id) WHERE state = 'open'",
    "CREATE INDEX feed_gaps_due ON feed_gaps (next_attempt) WHERE state = 'open' AND next_attempt IS NOT NULL",
    # --- what was pruned, so that it does not come back as new ---
    """
    CREATE TABLE tombstones (
        url_key TEXT PRIMARY KEY,
        outlet_id INTEGER REFERENCES outlets(id) ON DELETE CASCADE,
        body_hash TEXT,
        pruned_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX tombstones_body ON tombstones (body_hash) WHERE body_hash IS NOT NULL",
    # Without it every article that leaves costs a look at all pages (its foreign key).
    "CREATE INDEX pages_same_guid ON pages (same_guid_article) WHERE same_guid_article IS NOT NULL",
    # What is due, who holds it and whose it is, without reading the pages themselves.
    "DROP INDEX pages_due",
    "CREATE INDEX pages_due ON pages (next_attempt, lease_run, outlet_id) WHERE next_attempt IS NOT NULL",
    # Those that are no articles yet come first. The column that is always NULL has SQLite prefer it to pages_article.
    "CREATE INDEX pages_new ON pages (article_id, next_attempt) WHERE next_attempt IS NOT NULL AND article_id IS NULL",
    # --- WebSub ---
    """
    CREATE TABLE subscriptions (
        feed_id INTEGER PRIMARY KEY REFERENCES feeds(id) ON DELETE CASCADE,
        hub TEXT NOT NULL,
        topic TEXT NOT NULL,
        -- the last part of our callback's address, and what the hub signs with
        token TEXT NOT NULL UNIQUE,
        secret TEXT NOT NULL,
        -- wanted | asked | active | refused
        state TEXT NOT NULL DEFAULT 'wanted',
        -- our address as the hub was told it; another one in the configuration means asking anew
        callback TEXT,
        lease_until TEXT,
        next_try TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        message TEXT,
        pushed_at TEXT
    ) STRICT
    """,
    *HEALTH_VIEWS,
)
