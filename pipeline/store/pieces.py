"""Stored articles as they are compared with others."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.article import Attribution
from pipeline.relate.declared import one_house
from pipeline.relate.types import Piece
from pipeline.store.connection import Row, Store, moment
from pipeline.urls import url_key


def piece(store: Store, article_id: int, clock_error: timedelta = timedelta()) -> tuple[int, Piece] | None:
    """The latest version of an article, with that version's id; None where there is no such article.

    ``clock_error`` is how far its outlet's publication times run ahead.
    """
    row = store.one(
        "SELECT a.id, a.outlet_id, a.first_seen, a.canonical_url, o.name, o.slug, o.home, v.id AS version_id, v.url,"
        " v.title, v.lead, v.text, v.language, v.authors, v.published_local AS published, v.attribution, v.alternates"
        " FROM articles a JOIN versions v ON v.id = a.version_id JOIN outlets o ON o.id = a.outlet_id WHERE a.id = ?",
        (article_id,),
    )
    if row is None:
        return None
    anchors = store.all("SELECT url FROM anchors WHERE version_id = ?", (row["version_id"],))
    declared = store.all(
        "SELECT dst_url FROM relations WHERE src_id = ? AND origin = 'declared' AND direction_known",
        (article_id,),
    )
    links, originals = (tuple(found[0] for found in rows) for rows in (anchors, declared))
    return row["version_id"], _piece(row, links, originals, clock_error)


def _piece(row: Row, links: tuple[str, ...], originals: tuple[str, ...], clock_error: timedelta) -> Piece:
    attribution = Attribution(**json.loads(row["attribution"])) if row["attribution"] else None
    credited = url_key(attribution.url) if attribution and attribution.url else None
    published, first_seen = _published(row["published"], clock_error), moment(row["first_seen"])
    assert first_seen is not None
    return Piece(
        id=row["id"],
        outlet_id=row["outlet_id"],
        outlet=row["name"],
        slug=row["slug"],
        host=_host(row["home"]),
        url=row["url"],
        title=row["title"],
        paragraphs=tuple(row["text"].split("\n\n")) if row["text"] else (),
        language=row["language"],
        published=published,
        first_seen=first_seen,
        lead=row["lead"],
        authors=tuple(json.loads(row["authors"])),
        attribution=attribution,
        links=links,
        alternates=tuple(url for _, url in json.loads(row["alternates"])),
        # What the attribution links to speaks for itself.
        based_on=(*_elsewhere(row), *(url for url in originals if url_key(url) != credited)),
    )


def _elsewhere(row: Row) -> tuple[str, ...]:
    canonical = row["canonical_url"]
    return (canonical,) if canonical and not one_house(canonical, row["url"]) else ()


def _published(local: str | None, clock_error: timedelta) -> datetime | None:
    """In the outlet's own zone, where midnight is a date without a time, which no clock can be wrong about."""
    if local is None:
        return None
    at = datetime.fromisoformat(local)
    return at if at.time() == time() else at - clock_error


@lru_cache(maxsize=256)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def outlet_of(store: Store, article_id: int) -> int | None:
    """Whose an article is."""
    found = store.value("SELECT outlet_id FROM articles WHERE id = ?", (article_id,))
    return None if found is None else int(found)


def articles_at(store: Store, urls: tuple[str, ...]) -> set[int]:
    """The articles that these addresses lead to."""
    if not urls:
        return set()
    rows = store.all(
        "SELECT article_id FROM json_each(?) k CROSS JOIN article_urls u ON u.url_key = k.value",
        (json.dumps([url_key(url) for url in dict.fromkeys(urls)]),),
    )
    return {row["article_id"] for row in rows}
