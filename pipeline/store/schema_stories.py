"""The fifth migration's statements: articles on one event."""

from __future__ import annotations

STORIES = (
    # Clues and spellings are made otherwise than before: all articles are related anew.
    "DELETE FROM prints",
    "DELETE FROM clues",
    "DELETE FROM traits",
    "DELETE FROM spellings",
    "DELETE FROM relations WHERE origin = 'text'",
    "INSERT OR IGNORE INTO relate_queue (article_id) SELECT id FROM articles WHERE version_id IS NOT NULL",
    # What an article tells of, while stories can still grow by it: its terms, and the keys it is found by.
    """
    CREATE TABLE story_reports (
        article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
        -- seconds since 1970: published, corrected by the outlet's clock error; and when it was related
        at INTEGER NOT NULL,
        related_at INTEGER NOT NULL,
        language TEXT,
        terms BLOB NOT NULL,
        keys BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX story_reports_related ON story_reports (related_at)",
    # Telling terms of some days. No foreign key, as with prints.
    """
    CREATE TABLE story_keys (
        key INTEGER NOT NULL,
        article_id INTEGER NOT NULL,
        PRIMARY KEY (key, article_id)
    ) STRICT, WITHOUT ROWID
    """,
    # AUTOINCREMENT: the number of a story that is gone is not given to another one.
    """
    CREATE TABLE story_heads (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        made_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        -- seconds since 1970: the latest report of it
        last_at INTEGER NOT NULL,
        -- the story this one went into; NULL while it stands
        merged_into INTEGER REFERENCES story_heads(id)
    ) STRICT
    """,
    "CREATE INDEX story_heads_last ON story_heads (last_at) WHERE merged_into IS NULL",
    """
    CREATE TABLE story_articles (
        article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
        story_id INTEGER NOT NULL REFERENCES story_heads(id) ON DELETE CASCADE,
        -- a report of its own, not the copy or translation of another one in the story
        own INTEGER NOT NULL,
        confidence REAL NOT NULL,
        evidence TEXT NOT NULL,
        added_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX story_articles_story ON story_articles (story_id, own)",
    """
    CREATE TABLE story_changes (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        -- merged: other_id went into story_id | split: articles left story_id for other_id, 0 for none
        what TEXT NOT NULL,
        story_id INTEGER NOT NULL,
        other_id INTEGER NOT NULL,
        articles TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX story_changes_story ON story_changes (story_id)",
    "CREATE INDEX story_changes_other ON story_changes (other_id)",
    """
    CREATE VIEW story_members AS
    SELECT m.story_id AS story, m.article_id, o.slug AS outlet, a.language, a.title, a.url, a.published, a.first_seen,
           -- published as corrected by the outlet's clock error
           coalesce(strftime('%Y-%m-%dT%H:%M:%S+00:00', t.at, 'unixepoch'), a.published, a.first_seen) AS at,
           m.own, m.confidence, m.evidence, m.added_at
    FROM story_articles m JOIN articles a ON a.id = m.article_id JOIN outlets o ON o.id = a.outlet_id
         LEFT JOIN traits t ON t.article_id = m.article_id
    """,
    """
    CREATE VIEW stories AS
    SELECT m.story, count(*) AS articles, sum(m.own) AS reports, count(DISTINCT m.outlet) AS outlets,
           count(DISTINCT m.language) AS languages, min(m.at) AS first_report, max(m.at) AS last_report,
           round(avg(m.confidence), 2) AS confidence, h.made_at, h.changed_at
    FROM story_heads h JOIN story_members m ON m.story = h.id
    WHERE h.merged_into IS NULL
    GROUP BY h.id HAVING count(*) > 1
    """,
    "DROP VIEW lineage",
    # What follows UNION ALL: of the articles of one story each is tied to the earlier reports of it, unless they
    # are tied already. Copies of those reports are left out as ends: that would be all with all.
    """
    CREATE VIEW lineage AS
    SELECT r.src_id, coalesce(r.dst_id, u.article_id) AS dst_id, a.url AS src_url, coalesce(d.url, r.dst_url) AS dst_url,
           r.type, r.confidence, r.direction_known, r.evidence, r.origin
    FROM relations r JOIN articles a ON a.id = r.src_id
         LEFT JOIN article_urls u ON u.url_key = r.dst_key AND r.dst_id IS NULL
         LEFT JOIN articles d ON d.id = coalesce(r.dst_id, u.article_id)
    WHERE r.origin = 'text' OR u.article_id IS NULL
       OR (u.article_id <> r.src_id AND NOT EXISTS (
               SELECT 1 FROM relations t WHERE t.src_id = r.src_id AND t.dst_id = u.article_id AND t.type = r.type)
           AND NOT EXISTS (
               SELECT 1 FROM relations t WHERE t.src_id = u.article_id AND t.dst_id = r.src_id AND t.type = r.type))
    UNION ALL
    SELECT s.article_id, e.article_id, a.url, d.url, 'same-story', round(min(s.confidence, e.confidence), 3), 0,
           s.evidence, 'text'
    FROM story_articles s JOIN articles a ON a.id = s.article_id
         JOIN story_articles e ON e.story_id = s.story_id AND e.own = 1 AND e.article_id <> s.article_id
         JOIN articles d ON d.id = e.article_id
    WHERE (coalesce(d.published, d.first_seen), d.id) < (coalesce(a.published, a.first_seen), a.id)
      AND NOT EXISTS (SELECT 1 FROM relations t WHERE t.src_id = s.article_id AND t.dst_id = e.article_id)
      AND NOT EXISTS (SELECT 1 FROM relations t WHERE t.src_id = e.article_id AND t.dst_id = s.article_id)
      AND NOT EXISTS (SELECT 1 FROM relations t JOIN article_urls u ON u.url_key = t.dst_key
                      WHERE t.src_id = s.article_id AND u.article_id = e.article_id)
      AND NOT EXISTS (SELECT 1 FROM relations t JOIN article_urls u ON u.url_key = t.dst_key
                      WHERE t.src_id = e.article_id AND u.article_id = s.article_id)
    """,
)
