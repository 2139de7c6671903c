"""The views of the first schema: the promised surface, described in ``docs/schema.md``.

Part of a migration, so never edited after a release: a view that changes is dropped and made anew in a later one.
"""

from __future__ import annotations

VIEWS = (
    """
    CREATE VIEW article_versions AS
    SELECT v.id AS version_id, v.article_id, v.number AS version, o.slug AS outlet, v.url, v.title, v.lead,
           v.text, v.language, v.direction, v.authors, v.published, v.modified, v.section, v.tags, v.image, v.words,
           v.page_kind, v.seen_at, v.cause, v.changed, v.run_id
    FROM versions v JOIN articles a ON a.id = v.article_id JOIN outlets o ON o.id = a.outlet_id
    """,
    """
    CREATE VIEW articles_latest AS
    SELECT a.id, o.slug AS outlet, a.url, a.canonical_url, v.title, v.lead,
           v.text, v.language, v.direction, v.authors, v.published, v.modified, v.section, v.tags, v.image, v.words,
           v.page_kind, a.status, a.first_seen, a.last_checked, a.gone_at, v.number AS version
    FROM articles a JOIN versions v ON v.id = a.version_id JOIN outlets o ON o.id = a.outlet_id
    """,
    """
    CREATE VIEW removals AS
    SELECT c.id, v.article_id, v.number AS version, v.id AS version_id, c.kind, c.rule, c.text, c.label, c.title,
           json_extract(c.links, '$[0].url') AS target, c.links, c.after_paragraph, c.block, c.start, c."end"
    FROM cuts c JOIN versions v ON v.id = c.version_id
    """,
    """
    CREATE VIEW links AS
    SELECT n.id, v.article_id, v.number AS version, v.id AS version_id, n.url, n.text, u.article_id AS to_article_id
    FROM anchors n JOIN versions v ON v.id = n.version_id LEFT JOIN article_urls u ON u.url_key = n.url_key
    """,
    # Resolved when it is read: a copy seen before its original is linked as soon as the original comes in.
    """
    CREATE VIEW lineage AS
    SELECT r.src_id, u.article_id AS dst_id, a.url AS src_url, coalesce(d.url, r.dst_url) AS dst_url, r.type,
           r.confidence, r.direction_known, r.evidence
    FROM relations r JOIN articles a ON a.id = r.src_id LEFT JOIN article_urls u ON u.url_key = r.dst_key
         LEFT JOIN articles d ON d.id = u.article_id
    WHERE u.article_id IS NULL OR u.article_id <> r.src_id
    """,
    """
    CREATE VIEW feed_health AS
    SELECT o.slug AS outlet, f.id AS feed_id, f.url, f.kind,
           CASE WHEN o.paused THEN 'paused' WHEN f.state = 'gone' THEN 'gone' WHEN f.failures > 0 THEN 'failing'
                WHEN f.last_success IS NULL THEN 'new' ELSE 'ok' END AS state,
           f.failing_since AS since, f.last_checked, f.last_success, f.last_changed, f.next_check, f.last_status,
           f.failures, f.failure_class, f.failure_message, f.last_problem,
           (SELECT count(*) FROM entries e WHERE e.feed_id = f.id) AS entries
    FROM feeds f JOIN outlets o ON o.id = f.outlet_id WHERE o.removed_at IS NULL
    """,
    """
    CREATE VIEW runs AS
    SELECT id AS run, started_at, ended_at, ended_why, outlets, feeds_polled, feeds_not_modified, feeds_failed,
           "new", revised, unchanged, duplicate, gone, failed,
           round((julianday(ended_at) - julianday(started_at)) * 86400.0, 1) AS seconds, pid
    FROM crawls
    """,
    """
    CREATE VIEW failures AS
    SELECT x.id, x.run_id AS run, x.at, o.slug AS outlet, x.url, x.class, x.status, x.message,
           CASE WHEN x.feed_id IS NULL THEN 'page' ELSE 'feed' END AS what, x.final, x.feed_id, x.page_id
    FROM fetch_failures x LEFT JOIN outlets o ON o.id = x.outlet_id
    """,
)
