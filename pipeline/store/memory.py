"""What is remembered of an outlet's articles: a row each, counted when it is read (``pipeline.memory``)."""

from __future__ import annotations

import struct

from pipeline import memory
from pipeline.article import CleanArticle, RemovalKind
from pipeline.clean.recall import Decided
from pipeline.lesson import RULE, Lesson, key_of, lesson
from pipeline.memory import Memory, Remembered
from pipeline.store.connection import Row, Store


def recall(store: Store, outlet_id: int, read: dict[int, Memory]) -> Memory:
    """What is remembered of an outlet. ``read`` is the caller's; what another process has added is read again."""
    row = store.one("SELECT count(*), max(article_id) FROM outlet_memory WHERE outlet_id = ?", (outlet_id,))
    assert row is not None
    known = read.get(outlet_id)
    newest = known.articles[-1].article_id if known and known.articles else None
    if known is None or (len(known.articles), newest) != (row[0], row[1]):
        known = read[outlet_id] = _load(store, outlet_id)
    return known


def learn(
    store: Store, outlet_id: int, article_id: int, article: CleanArticle, read: dict[int, Memory]
) -> None:
    """Remember an article as it is now, in the caller's transaction; the outlet's oldest is forgotten."""
    known = recall(store, outlet_id, read)
    learned = lesson(article)
    same_as = memory.same_article(article_id, article.title, learned, known)
    _write(store, outlet_id, article_id, learned, same_as)
    new = Remembered(article_id=article_id, title=article.title, lesson=learned, same_as=same_as)
    before = known.articles
    read[outlet_id] = memory.grown(known, new)
    _forget(store, {one.article_id for one in (*before, new)}, read[outlet_id])


def decided(store: Store, article_id: int) -> Decided:
    """What the article's latest version kept in its body, and what memory cut from it."""
    text = store.value(
        "SELECT v.text FROM versions v JOIN articles a ON a.version_id = v.id WHERE a.id = ?", (article_id,)
    )
    cuts = store.all(
        "SELECT c.text, c.rule FROM cuts c JOIN articles a ON a.version_id = c.version_id"
        " WHERE a.id = ? AND c.rule LIKE ?",
        (article_id, RULE + "%"),
    )
    return Decided(
        kept=frozenset(key_of(line) for line in (text or "").split("\n") if line.strip()),
        cut={key_of(line): cut["rule"] for cut in cuts for line in cut["text"].split("\n") if line.strip()},
    )


def _load(store: Store, outlet_id: int) -> Memory:
    rows = store.all(
        "SELECT m.article_id, m.same_as, m.keys, m.longs, m.kinds, m.home, a.title FROM outlet_memory m"
        " JOIN articles a ON a.id = m.article_id WHERE m.outlet_id = ? ORDER BY m.article_id",
        (outlet_id,),
    )
    return memory.build(_remembered(row) for row in rows)


def _remembered(row: Row) -> Remembered:
    keys: bytes = row["keys"]
    taught = Lesson(
        keys=struct.unpack(f"<{len(keys) // 8}Q", keys),
        longs=row["longs"],
        kinds=tuple(map(RemovalKind, row["kinds"].split())),
        home=row["home"],
    )
    return Remembered(article_id=row["article_id"], title=row["title"], lesson=taught, same_as=row["same_as"])


def _write(store: Store, outlet_id: int, article_id: int, learned: Lesson, same_as: int | None) -> None:
    store.execute(
        "INSERT INTO outlet_memory (article_id, outlet_id, same_as, keys, longs, kinds, home)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET same_as = excluded.same_as,"
        " keys = excluded.keys, longs = excluded.longs, kinds = excluded.kinds, home = excluded.home",
        (
            article_id,
            outlet_id,
            same_as,
            struct.pack(f"<{len(learned.keys)}Q", *learned.keys),
            learned.longs,
            " ".join(learned.kinds),
            learned.home,
        ),
    )


def _forget(store: Store, remembered: set[int], now: Memory) -> None:
    """Delete what was remembered and is no more."""
    gone = remembered.difference(one.article_id for one in now.articles)
    if gone:
        store.executemany("DELETE FROM outlet_memory WHERE article_id = ?", [(number,) for number in gone])
