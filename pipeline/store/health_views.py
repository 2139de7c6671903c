"""The views of the third schema that say how the watching itself goes; described in ``docs/schema.md``.

Part of a migration, so never edited after a release.
"""

from __future__ import annotations

_FEED_HEALTH = """
    CREATE VIEW feed_health AS
    SELECT o.slug AS outlet, f.id AS feed_id, f.url, f.kind,
           CASE WHEN o.paused THEN 'paused' WHEN f.state = 'gone' THEN 'gone' WHEN f.failures > 0 THEN 'failing'
                WHEN f.last_success IS NULL THEN 'new' ELSE 'ok' END AS state,
           f.failing_since AS since, f.last_checked, f.last_success, f.last_changed, f.next_check, f.last_status,
           f.failures, f.failure_class, f.failure_message, f.last_problem,
           (SELECT count(*) FROM entries e WHERE e.feed_id = f.id) AS entries,
           (SELECT count(*) FROM feed_gaps g WHERE g.feed_id = f.id AND g.state = 'open') AS open_gaps,
           round((julianday(f.next_check) - julianday(f.last_checked)) * 1440.0, 1) AS interval_minutes
    FROM feeds f JOIN outlets o ON o.id = f.outlet_id WHERE o.removed_at IS NULL AND f.state <> 'merged'
"""

# Four steps. counted: an outlet's feeds in numbers, grouped by the short name, so that a condition on it is used
# before anything is counted. judged: the outlet's state by them. explained: of the feeds that fail the one that
# says most. What is left counts articles: through the index articles_seen, and only where these columns are asked
# for. `usual` leaves out the outlet's first day, on which its feeds brought all they had,
# and the last 24 hours, which are to be compared with it.
_OUTLET_HEALTH = """
    CREATE VIEW outlet_health AS
    WITH counted AS (
        SELECT o.id, o.slug, o.name, o.added_at, o.paused, r.last_news, r.silent_after, i.opened_at, i.message,
               count(f.id) AS feeds, total(f.state = 'gone') AS gone,
               total(f.state <> 'gone' AND f.failures > 0) AS failing,
               total(f.state <> 'gone' AND f.failures > 0 AND f.failure_class = 'blocked') AS blocked,
               max(f.last_checked) AS last_checked, max(f.last_success) AS last_success,
               min(f.next_check) AS next_check, min(f.failing_since) AS first_failing,
               max(f.failing_since) AS last_failing
        FROM outlets o LEFT JOIN feeds f ON f.outlet_id = o.id AND f.state <> 'merged'
             LEFT JOIN outlet_rhythms r ON r.outlet_id = o.id
             LEFT JOIN incident_log i
                  ON i.kind = 'silence' AND coalesce(i.outlet_id, 0) = +o.id AND i.feed_id IS NULL AND i.closed_at IS NULL
        WHERE o.removed_at IS NULL GROUP BY o.slug
    ),
    judged AS (
        SELECT c.*,
               CASE WHEN c.paused THEN 'paused' WHEN c.feeds = 0 THEN 'no-feeds' WHEN c.gone = c.feeds THEN 'gone'
                    WHEN c.gone + c.failing = c.feeds THEN iif(c.blocked, 'blocked', 'failing')
                    WHEN c.opened_at IS NOT NULL THEN 'silent' WHEN c.gone + c.failing > 0 THEN 'partly'
                    WHEN c.last_success IS NULL THEN 'new' ELSE 'ok' END AS state
        FROM counted c
    ),
    explained AS (
        SELECT j.*, w.failure_class, w.failure_message
        FROM judged j LEFT JOIN feeds w ON w.id = (
            SELECT id FROM feeds x WHERE x.outlet_id = j.id AND x.failures > 0 AND x.state <> 'merged'
            ORDER BY x.state = 'gone', x.failure_class = 'blocked' DESC, x.trouble DESC, x.failing_since LIMIT 1)
    )
    SELECT x.slug AS outlet, x.name, x.state,
           CASE WHEN x.state IN ('failing', 'blocked', 'gone') THEN x.last_failing
                WHEN x.state = 'partly' THEN x.first_failing WHEN x.state = 'new' THEN x.added_at
                WHEN x.state = 'silent' THEN coalesce(x.last_news, x.opened_at) END AS since,
           x.failure_class, iif(x.state = 'silent', x.message, x.failure_message) AS why, x.last_checked,
           x.last_success, x.last_news, iif(x.state = 'paused', NULL, x.next_check) AS next_check,
           x.feeds, CAST(x.failing AS INTEGER) AS feeds_failing, CAST(x.gone AS INTEGER) AS feeds_gone,
           (SELECT count(*) FROM articles a WHERE a.outlet_id = x.id
             AND a.first_seen >= strftime('%Y-%m-%dT%H:%M:%S', 'now', '-1 day')) AS articles_24h,
           (SELECT CASE WHEN d.days >= 1 THEN round((
                       SELECT count(*) FROM articles a WHERE a.outlet_id = x.id AND a.first_seen >= d.start
                       AND a.first_seen < strftime('%Y-%m-%dT%H:%M:%S', 'now', '-1 day')) / d.days, 1) END
              FROM (SELECT b.start, julianday('now', '-1 day') - julianday(b.start) AS days
                      FROM (SELECT max(strftime('%Y-%m-%dT%H:%M:%S', 'now', '-29 days'),
                                       strftime('%Y-%m-%dT%H:%M:%S', min(a.first_seen), '+1 day')) AS start
                              FROM articles a WHERE a.outlet_id = x.id) b) d) AS usual_24h,
           (SELECT count(*) FROM feed_gaps g JOIN feeds f ON f.id = g.feed_id
             WHERE f.outlet_id = x.id AND f.state <> 'merged' AND g.state = 'open') AS open_gaps,
           x.opened_at AS silent_since, x.silent_after
    FROM explained x
"""

HEALTH_VIEWS = (
    "DROP VIEW feed_health",
    _FEED_HEALTH,
    _OUTLET_HEALTH,
    "DROP VIEW runs",
    """
    CREATE VIEW runs AS
    SELECT id AS run, started_at, ended_at, ended_why, outlets, feeds_polled, feeds_not_modified, feeds_failed,
           "new", revised, unchanged, duplicate, gone, failed,
           round((julianday(ended_at) - julianday(started_at)) * 86400.0, 1) AS seconds, pid, started_by, heartbeat_at
    FROM crawls
    """,
    """
    CREATE VIEW gaps AS
    SELECT g.id, o.slug AS outlet, g.feed_id, f.url AS feed, g.found_at, g."after", g."before", g.estimated, g.state,
           g.recovered, g.healed_at, g.healed_from, g.attempts, g.next_attempt, g.message
    FROM feed_gaps g JOIN feeds f ON f.id = g.feed_id JOIN outlets o ON o.id = f.outlet_id
    """,
    """
    CREATE VIEW incidents AS
    SELECT i.id, i.kind, o.slug AS outlet, f.url AS feed, i.opened_at, i.closed_at, i.message, i.evidence
    FROM incident_log i LEFT JOIN feeds f ON f.id = i.feed_id LEFT JOIN outlets o ON o.id = i.outlet_id
    """,
)
