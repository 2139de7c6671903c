"""Articles and what ties them, put into a database without comparing texts: the relations are the test's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.article import CleanArticle, PageMeta
from pipeline.importing import import_article
from pipeline.store.connection import open_store
from pipeline.urls import url_key
from presswatch.incoming import read_line

DAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
#: when everything was imported
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def url(number: int) -> str:
    """The address of article ``number``."""
    return f"https://paper{number}.example/news/{number}"


def article(number: int, minutes: float = 0, **given: Any) -> dict[str, Any]:
    """A row for ``import``: article ``number``, published so many minutes after eight; any key may be given."""
    return {
        "url": url(number),
        "title": f"Report number {number}",
        "text": f"The ferry number {number} sails again. It carries {number * 17} cars and {number * 31} people.",
        "published": (DAY + timedelta(minutes=minutes)).isoformat(),
        "language": "en",
        "outlet": f"paper{number}",
    } | given


def tie(src: int, dst: int, kind: str = "syndicated-copy-of", **given: Any) -> dict[str, Any]:
    """A row of relations that comparing texts found: ``src`` made from ``dst``; any column may be given."""
    return {
        "src_id": src,
        "dst_id": dst,
        "dst_key": url_key(url(dst)),
        "dst_url": url(dst),
        "type": kind,
        "origin": "text",
        "confidence": 0.9,
        "direction_known": 1,
        "evidence": json.dumps([f"{src} shares its words with {dst}"]),
    } | given


def put(db: Path, rows: Iterable[dict[str, Any]], ties: Iterable[dict[str, Any]] = ()) -> None:
    """Store articles (their ids are 1, 2, … in a new database) and relations."""
    with open_store(db) as store, store.write():
        for row in rows:
            import_article(store, read_line(json.dumps(row).encode(), _no_html), NOW)
        for one in ties:
            columns, marks = ", ".join(one), ", ".join(f":{name}" for name in one)
            store.execute(f"INSERT INTO relations ({columns}) VALUES ({marks})", one)


def put_story(
    db: Path, number: int, articles: Iterable[int], *, at: datetime = DAY, merged_into: int | None = None
) -> None:
    """Write down a story of these articles, the last of them published at ``at``."""
    with open_store(db) as store, store.write():
        store.execute(
            "INSERT INTO story_heads (id, made_at, changed_at, last_at, merged_into) VALUES (?, ?, ?, ?, ?)",
            (number, at.isoformat(), at.isoformat(), int(at.timestamp()), merged_into),
        )
        for one in articles:
            store.execute(
                "INSERT INTO story_articles (article_id, story_id, own, confidence, evidence, added_at)"
                " VALUES (?, ?, ?, 0.8, '[\"shares Ferry\"]', ?)",
                (one, number, int(one != 2), at.isoformat()),
            )


def _no_html(html: str, meta: PageMeta) -> CleanArticle:
    raise AssertionError((html, meta))
