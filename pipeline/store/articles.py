"""Articles and their versions: writing them, and finding what a page may already be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pipeline.article import CleanArticle, Link
from pipeline.decide import Known
from pipeline.lesson import RULE, rejoined, said
from pipeline.relate.declared import DeclaredRelation
from pipeline.store.codec import version_values
from pipeline.store.connection import Row, Store, dumps, iso
from pipeline.text import search_text, words_hash
from pipeline.urls import url_key


def count_words(paragraphs: Iterable[str]) -> int:
    """Words of a body, as white space separates them."""
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def known_by_article(store: Store, article_id: int, by: str, outlet_id: int) -> Known | None:
    """A stored article as :func:`pipeline.decide.judge` wants it."""
    row = store.one(
        "SELECT a.outlet_id, v.id, v.title, v.lead, v.text, v.positions FROM articles a"
        " JOIN versions v ON v.id = a.version_id"
        " WHERE a.id = ?",
        (article_id,),
    )
    if row is None:
        return None
    paragraphs = tuple(row["text"].split("\n\n")) if row["text"] else ()
    return Known(
        article_id=article_id,
        by=by,
        same_outlet=row["outlet_id"] == outlet_id,
        title=row["title"],
        lead=row["lead"],
        paragraphs=paragraphs,
        said=_said(store, row, paragraphs),
    )


def _said(store: Store, version: Row, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """A version's body with what memory cut from it."""
    cuts = store.all(
        'SELECT block, start, "end", text FROM cuts WHERE version_id = ? AND rule LIKE ?',
        (version["id"], RULE + "%"),
    )
    if not cuts:
        return paragraphs
    positions = [(place[0], place[1], place[2]) for place in json.loads(version["positions"])]
    return rejoined(
        paragraphs, positions, [((cut["block"], cut["start"], cut["end"]), cut["text"]) for cut in cuts]
    )


def article_at(store: Store, url: str) -> int | None:
    """The article that an address leads to."""
    found = store.value("SELECT article_id FROM article_urls WHERE url_key = ?", (url_key(url),))
    return None if found is None else int(found)


def articles_with_body(store: Store, paragraphs: Sequence[str], outlet_id: int) -> list[int]:
    """Articles of the outlet whose latest body folds to the same words."""
    rows = store.all(
        "SELECT id FROM articles WHERE body_hash = ? AND outlet_id = ? ORDER BY id LIMIT 20",
        (words_hash(_folded(tuple(paragraphs))), outlet_id),
    )
    return [row["id"] for row in rows]


@lru_cache(maxsize=2)
def _folded(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """The body's words. Asked for again within the article: to find its like, to know it, to index it."""
    return tuple(map(search_text, paragraphs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a version comes from: which run saw it, when, and who caused it.

    ``cause`` is ``outlet`` (the outlet published or changed it), ``rules`` (our reading changed) or ``import``.
    """

    seen_at: datetime
    run: int | None = None
    cause: str = "outlet"


def insert_article(store: Store, article: CleanArticle, outlet_id: int, origin: Provenance) -> int:
    """A new article with its first version; returns its id."""
    article_id = int(
        store.value(
            "INSERT INTO articles (outlet_id, url, canonical_url, first_seen, last_checked, title, body_hash, words)"
            " VALUES (?, ?, ?, ?, ?, '', '', 0) RETURNING id",
            (
                outlet_id,
                article.url,
                article.meta.canonical_url or article.url,
                iso(origin.seen_at),
                iso(origin.seen_at),
            ),
        )
    )
    insert_version(store, article_id, article, origin)
    return article_id


def insert_version(
    store: Store, article_id: int, article: CleanArticle, origin: Provenance, changed: Sequence[str] = ()
) -> int:
    """A further version of an article, with its removals and links; the search index follows it."""
    number = 1 + int(store.value("SELECT versions FROM articles WHERE id = ?", (article_id,)))
    values = version_values(article) | {
        "article_id": article_id,
        "number": number,
        "run_id": origin.run,
        "seen_at": iso(origin.seen_at),
        "cause": origin.cause,
        "changed": dumps(tuple(changed)),
        "body_hash": words_hash(_folded(said(article))),
        "words": count_words(article.paragraphs),
    }
    columns = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    version_id = int(store.value(f"INSERT INTO versions ({columns}) VALUES ({marks}) RETURNING id", values))
    _insert_cuts(store, version_id, article)
    _insert_anchors(store, version_id, article.links)
    _show_latest(store, article_id, version_id, number, values)
    _index(store, article_id, article)
    store.execute("INSERT OR IGNORE INTO relate_queue (article_id) VALUES (?)", (article_id,))
    return version_id


def _insert_cuts(store: Store, version_id: int, article: CleanArticle) -> None:
    rows = [
        (
            version_id,
            *cut.position,
            cut.after_paragraph,
            cut.kind,
            cut.rule,
            cut.text,
            cut.label,
            cut.title,
            dumps([{"url": link.url, "text": link.text} for link in cut.links]),
        )
        for cut in article.removals
    ]
    store.executemany(
        'INSERT INTO cuts (version_id, block, start, "end", after_paragraph, kind, rule, text, label, title, links)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _insert_anchors(store: Store, version_id: int, links: Sequence[Link]) -> None:
    store.executemany(
        "INSERT INTO anchors (version_id, url, url_key, text) VALUES (?, ?, ?, ?)",
        [(version_id, link.url, url_key(link.url), link.text) for link in links],
    )


def _show_latest(
    store: Store, article_id: int, version_id: int, number: int, values: dict[str, object]
) -> None:
    # Another reading of ours says nothing of whether the outlet changed, took down or still shows the article.
    ours = values["cause"] == "rules"
    store.execute(
        "UPDATE articles SET version_id = ?, versions = ?, title = ?, language = ?, published = ?, body_hash = ?,"
        " words = ?, status = CASE WHEN ? THEN status WHEN ? > 1 THEN 'revised' ELSE 'live' END,"
        " gone_at = iif(?, gone_at, NULL), last_checked = iif(?, last_checked, ?) WHERE id = ?",
        (
            version_id,
            number,
            values["title"],
            values["language"],
            values["published"],
            values["body_hash"],
            values["words"],
            ours,
            number,
            ours,
            ours,
            values["seen_at"],
            article_id,
        ),
    )


def _index(store: Store, article_id: int, article: CleanArticle) -> None:
    store.execute("DELETE FROM search WHERE rowid = ?", (article_id,))
    store.execute(
        "INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)",
        (
            article_id,
            search_text(article.title),
            " ".join(filter(None, (search_text(article.meta.lead or ""), *_folded(article.paragraphs)))),
        ),
    )


def link_addresses(store: Store, article_id: int, urls: Iterable[str]) -> None:
    """Make these addresses lead to the article; an address that leads to another one stays there."""
    store.executemany(
        "INSERT INTO article_urls (url_key, article_id, url) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(url_key(url), article_id, url) for url in dict.fromkeys(urls)],
    )


def relate(store: Store, article_id: int, declared: Sequence[DeclaredRelation]) -> None:
    """Store what an article, or the file it came from, says of its relations; saying it again changes nothing."""
    store.executemany(
        "INSERT INTO relations (src_id, dst_key, dst_url, type, origin, confidence, direction_known, evidence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (src_id, dst_key, type, origin) DO UPDATE SET"
        " confidence = excluded.confidence, evidence = excluded.evidence",
        [
            (
                article_id,
                url_key(e.url),
                e.url,
                e.type,
                e.origin,
                e.confidence,
                int(e.direction_known),
                dumps(e.evidence),
            )
            for e in declared
        ],
    )


def touch(store: Store, article_id: int, now: datetime) -> None:
    """An article was looked at and says what it said; one that was gone is back."""
    store.execute(
        "UPDATE articles SET last_checked = ?, gone_at = NULL,"
        " status = CASE WHEN status <> 'gone' THEN status WHEN EXISTS (SELECT 1 FROM versions v"
        " WHERE v.article_id = articles.id AND v.number > 1 AND v.cause <> 'rules') THEN 'revised' ELSE 'live' END"
        " WHERE id = ?",
        (iso(now), article_id),
    )


def mark_gone(store: Store, article_id: int, now: datetime) -> bool:
    """An article was taken down by its outlet; returns whether that is news."""
    cursor = store.execute(
        "UPDATE articles SET status = 'gone', gone_at = ?, last_checked = ? WHERE id = ? AND status <> 'gone'",
        (iso(now), iso(now), article_id),
    )
    return cursor.rowcount > 0


def first_seen(store: Store, article_id: int) -> Row:
    """The columns from which the next recheck follows: ``first_seen`` and ``published``."""
    row = store.one("SELECT first_seen, published FROM articles WHERE id = ?", (article_id,))
    assert row is not None
    return row
