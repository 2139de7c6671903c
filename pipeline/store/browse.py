"""Reading the store as people do: lists, one article, search."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pipeline.article import CleanArticle
from pipeline.errors import NotFoundError
from pipeline.store.codec import article_from
from pipeline.store.connection import Row, Store, iso
from pipeline.store.lineage import IS_ORIGINAL, made_from
from pipeline.text import fts_query
from pipeline.urls import url_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to list. ``since`` looks at the publication, or where it is unknown, at when we saw it first.

    ``originals`` leaves out what was made from another article of the database: copies, versions, translations.
    """

    outlet: str | None = None
    since: datetime | None = None
    language: str | None = None
    status: str | None = None
    originals: bool = False
    limit: int | None = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of a list."""

    id: int
    outlet: str
    title: str
    url: str
    language: str | None
    direction: str
    published: str | None
    first_seen: str
    status: str
    version: int
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A relation of one article, as ``show`` prints it.

    ``to_first`` says that the other one was itself made from none of the database, ``origin`` whether the page
    says so itself (``declared``), the texts do (``text``), or another database found it (``imported``).
    """

    type: str
    id: int | None
    url: str
    confidence: float
    direction_known: bool
    evidence: tuple[str, ...]
    origin: str = "declared"
    to_first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """One article with one of its versions, whole."""

    id: int
    outlet: str
    status: str
    first_seen: str
    last_checked: str
    gone_at: str | None
    version: int
    versions: int
    seen_at: str
    cause: str
    changed: tuple[str, ...]
    article: CleanArticle
    relations: tuple[Relation, ...]


_LIST = """
    SELECT a.id, o.slug AS outlet, a.title, a.url, a.language, v.direction, a.published, a.first_seen, a.status,
           a.versions AS version, a.words
    FROM articles a JOIN versions v ON v.id = a.version_id JOIN outlets o ON o.id = a.outlet_id
"""

#: a date in the future is no reason to stand above today's news: it sorts by when it was seen
_NEWEST = "CASE WHEN a.published IS NULL OR a.published > a.first_seen THEN a.first_seen ELSE a.published END DESC, a.id DESC"


def _where(filters: Filters) -> tuple[str, list[object]]:
    conditions, values = ["1 = 1"], list[object]()
    for column, value in (
        ("o.slug =", filters.outlet),
        ("a.language =", filters.language),
        ("a.status =", filters.status),
        ("coalesce(a.published, a.first_seen) >=", iso(filters.since)),
    ):
        if value is not None:
            conditions.append(f"{column} ?")
            values.append(value)
    if filters.originals:
        conditions.append(IS_ORIGINAL)
    return " AND ".join(conditions), values


def list_articles(store: Store, filters: Filters) -> list[Found]:
    """The articles that match, newest first."""
    where, values = _where(filters)
    rows = store.all(f"{_LIST} WHERE {where} ORDER BY {_NEWEST} LIMIT ?", [*values, _limit(filters)])
    return [_found(row) for row in rows]


def search(
    store: Store, query: str, filters: Filters, *, order: Literal["newest", "best"] = "newest"
) -> list[Found]:
    """The articles in which the words occur, whatever their spelling; newest first, or the best match first."""
    wanted = fts_query(query)
    if not wanted:
        return []
    where, values = _where(filters)
    by = "bm25(search, 4.0, 1.0), a.id" if order == "best" else _NEWEST
    rows = store.all(
        f"{_LIST} JOIN search ON search.rowid = a.id WHERE search MATCH ? AND {where} ORDER BY {by} LIMIT ?",
        [wanted, *values, _limit(filters)],
    )
    return [_found(row) for row in rows]


def _limit(filters: Filters) -> int:
    return -1 if filters.limit is None else filters.limit


def _found(row: Row) -> Found:
    return Found(**dict(row))


def resolve(store: Store, name: str) -> int:
    """The article of an id or of any of its addresses.

    :raises NotFoundError: naming what was asked for
    """
    if name.isdigit():
        found = store.value("SELECT id FROM articles WHERE id = ?", (int(name),)) if len(name) < 19 else None
    else:
        found = store.value("SELECT article_id FROM article_urls WHERE url_key = ?", (url_key(name),))
    if found is None:
        raise NotFoundError(
            f"no article {name} is in the database; `presswatch articles` lists those that are"
        )
    return int(found)


def load(store: Store, article_id: int, version: int | None = None) -> StoredArticle:
    """One article with its latest version, or the one of that number.

    :raises NotFoundError: there is no such version
    """
    row = store.one(
        "SELECT v.*, a.canonical_url, a.status, a.first_seen, a.last_checked, a.gone_at, a.versions, o.slug AS outlet"
        " FROM versions v JOIN articles a ON a.id = v.article_id JOIN outlets o ON o.id = a.outlet_id"
        " WHERE a.id = ? AND v.number = coalesce(?, a.versions)",
        (article_id, version),
    )
    if row is None:
        raise NotFoundError(f"article {article_id} has no version {version}")
    cuts = store.all('SELECT * FROM cuts WHERE version_id = ? ORDER BY block, start, "end", id', (row["id"],))
    anchors = store.all("SELECT url, text FROM anchors WHERE version_id = ? ORDER BY id", (row["id"],))
    return StoredArticle(
        id=article_id,
        outlet=row["outlet"],
        status=row["status"],
        first_seen=row["first_seen"],
        last_checked=row["last_checked"],
        gone_at=row["gone_at"],
        version=row["number"],
        versions=row["versions"],
        seen_at=row["seen_at"],
        cause=row["cause"],
        changed=tuple(json.loads(row["changed"])),
        article=article_from(row, cuts, anchors),
        relations=relations_of(store, article_id),
    )


#: ties to other reports of the same story that are told with an article
MOST_OF_STORY: Final = 20


def relations_of(store: Store, article_id: int) -> tuple[Relation, ...]:
    """The relations that lead from an article, by type; within one, what says most about its origin first.

    What the page declares comes before what the texts say, the first of a family before its other copies.
    Of the reports of the same story those that are the likeliest, at most ``MOST_OF_STORY``.
    """
    rows = store.all(
        "SELECT l.type, l.dst_id AS id, l.dst_url AS url, l.confidence, l.direction_known, l.evidence, l.origin,"
        f" NOT EXISTS ({made_from('l.dst_id')}) AS to_first FROM lineage l WHERE l.src_id = ?"
        " AND l.type <> 'same-story'"
        " ORDER BY l.type, l.origin, to_first DESC, l.direction_known DESC, l.confidence DESC, l.dst_url",
        (article_id,),
    )
    rows += store.all(
        "SELECT type, dst_id AS id, dst_url AS url, confidence, direction_known, evidence, origin, 0 AS to_first"
        " FROM lineage WHERE src_id = ? AND type = 'same-story' ORDER BY confidence DESC, dst_id LIMIT ?",
        (article_id, MOST_OF_STORY),
    )
    return tuple(_relation(row) for row in rows)


def _relation(row: Row) -> Relation:
    values = dict(row)
    flags = {name: bool(values[name]) for name in ("direction_known", "to_first")}
    return Relation(**values | flags | {"evidence": tuple(json.loads(values["evidence"]))})


def each_article(store: Store, filters: Filters) -> Iterator[StoredArticle]:
    """Every matching article, whole, oldest id first: for exports of any size."""
    where, values = _where(filters)
    ids = [
        row["id"]
        for row in store.all(
            f"SELECT a.id FROM articles a JOIN outlets o ON o.id = a.outlet_id WHERE {where} ORDER BY a.id LIMIT ?",
            [*values, _limit(filters)],
        )
    ]
    for article_id in ids:
        yield load(store, article_id)


def newest_ids(store: Store, filters: Filters, *, batch: int = 500) -> Iterator[int]:
    """The ids of the matching articles, newest id first, ``batch`` of them in memory at a time.

    Articles that are stored meanwhile do not come in between.
    """
    where, values = _where(filters)
    left = sys.maxsize if filters.limit is None else filters.limit
    before = sys.maxsize
    while left > 0:
        rows = store.all(
            f"SELECT a.id FROM articles a JOIN outlets o ON o.id = a.outlet_id WHERE a.id < ? AND {where}"
            " ORDER BY a.id DESC LIMIT ?",
            [before, *values, min(batch, left)],
        )
        yield from (row["id"] for row in rows)
        if len(rows) < batch:
            return
        left, before = left - len(rows), rows[-1]["id"]
