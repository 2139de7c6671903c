"""The fourth migration's statements: what relating articles remembers."""

from __future__ import annotations

RELATE = (
    # Articles whose relations are to be found: new ones, changed ones. Work left by a crash is found here.
    """
    CREATE TABLE relate_queue (
        article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE
    ) STRICT
    """,
    "INSERT INTO relate_queue (article_id) SELECT id FROM articles WHERE version_id IS NOT NULL",
    # Winnowed shingles, 32 bit. No foreign key: pruning an article need not look for its prints, which lead
    # nowhere then and are swept by the upkeep.
    """
    CREATE TABLE prints (
        print INTEGER NOT NULL,
        article_id INTEGER NOT NULL,
        PRIMARY KEY (print, article_id)
    ) STRICT, WITHOUT ROWID
    """,
    # Names, numbers, words that lead to translations and to articles of one story; only of the last weeks.
    """
    CREATE TABLE clues (
        clue INTEGER NOT NULL,
        article_id INTEGER NOT NULL,
        PRIMARY KEY (clue, article_id)
    ) STRICT, WITHOUT ROWID
    """,
    # What an article was related by, so that it need not be read again to be compared.
    """
    CREATE TABLE traits (
        article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
        version_id INTEGER NOT NULL,
        -- seconds since 1970: published, corrected by the outlet's clock error; and when it was related
        at INTEGER NOT NULL,
        related_at INTEGER NOT NULL,
        language TEXT,
        words INTEGER NOT NULL,
        prints INTEGER NOT NULL,
        clues BLOB NOT NULL,
        -- what the indexes hold of it: prints, then clues
        print_keys BLOB NOT NULL,
        clue_keys BLOB NOT NULL
    ) STRICT
    """,
    # For taking what is old out of the index of clues.
    "CREATE INDEX traits_related ON traits (related_at) WHERE clue_keys <> x''",
    "DROP VIEW lineage",
    "ALTER TABLE relations RENAME TO relations_before",
    """
    CREATE TABLE relations (
        id INTEGER PRIMARY KEY,
        src_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
        dst_key TEXT NOT NULL,
        dst_url TEXT NOT NULL,
        -- the other article of a relation found by comparing; what a page declares is resolved by its address
        dst_id INTEGER REFERENCES articles(id) ON DELETE CASCADE,
        type TEXT NOT NULL,
        -- declared: the page says so itself; text: found by comparing, with what the page declares in its evidence
        origin TEXT NOT NULL,
        confidence REAL NOT NULL,
        direction_known INTEGER NOT NULL,
        evidence TEXT NOT NULL,
        UNIQUE (src_id, dst_key, type, origin)
    ) STRICT
    """,
    """
    INSERT INTO relations (id, src_id, dst_key, dst_url, type, origin, confidence, direction_known, evidence)
    SELECT id, src_id, dst_key, dst_url, type, 'declared', confidence, direction_known, evidence FROM relations_before
    """,
    "DROP TABLE relations_before",
    "CREATE INDEX relations_dst ON relations (dst_key)",
    "CREATE INDEX relations_dst_id ON relations (dst_id) WHERE dst_id IS NOT NULL",
    # The prints that copies have in common are held by one of them: when it goes, the others are related anew.
    """
    CREATE TRIGGER relations_lost BEFORE DELETE ON articles BEGIN
        INSERT OR IGNORE INTO relate_queue
        SELECT iif(src_id = OLD.id, dst_id, src_id) FROM relations
        WHERE origin = 'text' AND (src_id = OLD.id OR dst_id = OLD.id);
    END
    """,
    # Names of outlets in other languages, learned from attributions that also carry a link.
    """
    CREATE TABLE outlet_aliases (
        alias TEXT NOT NULL,
        host TEXT NOT NULL,
        times INTEGER NOT NULL,
        written TEXT NOT NULL,
        PRIMARY KEY (alias, host)
    ) STRICT, WITHOUT ROWID
    """,
    # Spellings of names by their consonants, for asking in one script and finding all.
    """
    CREATE TABLE spellings (
        skeleton TEXT NOT NULL,
        word TEXT NOT NULL,
        PRIMARY KEY (skeleton, word)
    ) STRICT, WITHOUT ROWID
    """,
    # Declared relations are resolved when they are read: a copy seen before its original is linked as soon as the
    # original comes in. Where comparing the texts came to the same, its row speaks for both.
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
    """,
)
