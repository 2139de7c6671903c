"""Between a CleanArticle and the columns of ``versions``; both ways, without loss."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.article import Attribution, CleanArticle, DateMention, Link, PageMeta, Removal, RemovalKind
from pipeline.store.connection import Row, dumps, iso, moment


def version_values(article: CleanArticle) -> dict[str, object]:
    """The columns of ``versions`` that the article itself decides."""
    meta = article.meta
    return {
        "url": meta.url,
        "title": meta.title,
        "lead": meta.lead,
        "text": article.text,
        "positions": dumps(article.positions),
        "page_kind": article.kind,
        "language": meta.language,
        "direction": meta.direction,
        "authors": dumps(meta.authors),
        "published": iso(meta.published),
        "published_local": meta.published.isoformat() if meta.published else None,
        "published_raw": meta.published_raw,
        "modified": iso(meta.modified),
        "site_name": meta.site_name,
        "section": meta.section,
        "tags": dumps(meta.tags),
        "image": meta.image,
        "alternates": dumps(meta.alternates),
        "mentioned_dates": dumps([asdict(mention) for mention in article.mentioned_dates]),
        "attribution": dumps(asdict(article.attribution)) if article.attribution else None,
        "sources": dumps(dict(meta.sources)),
    }


def article_from(version: Row, cuts: list[Row], anchors: list[Row]) -> CleanArticle:
    """The article of a row of ``versions`` (with the article's ``canonical_url`` joined) and its parts."""
    return CleanArticle(
        meta=_meta(version),
        paragraphs=tuple(version["text"].split("\n\n")) if version["text"] else (),
        positions=tuple((p[0], p[1], p[2]) for p in json.loads(version["positions"])),
        removals=tuple(_removal(row) for row in cuts),
        links=tuple(Link(url=row["url"], text=row["text"]) for row in anchors),
        attribution=_attribution(version["attribution"]),
        mentioned_dates=tuple(DateMention(**d) for d in json.loads(version["mentioned_dates"])),
        kind=version["page_kind"],
    )


def _meta(row: Row) -> PageMeta:
    return PageMeta(
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        lead=row["lead"],
        authors=tuple(json.loads(row["authors"])),
        published=_local(row["published_local"]),
        published_raw=row["published_raw"],
        modified=moment(row["modified"]),
        language=row["language"],
        direction=row["direction"],
        site_name=row["site_name"],
        section=row["section"],
        tags=tuple(json.loads(row["tags"])),
        image=row["image"],
        alternates=tuple((a[0], a[1]) for a in json.loads(row["alternates"])),
        sources=json.loads(row["sources"]),
    )


def _local(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _removal(row: Row) -> Removal:
    links: list[dict[str, Any]] = json.loads(row["links"])
    return Removal(
        kind=RemovalKind(row["kind"]),
        rule=row["rule"],
        text=row["text"],
        position=(row["block"], row["start"], row["end"]),
        after_paragraph=row["after_paragraph"],
        label=row["label"],
        title=row["title"],
        links=tuple(Link(url=link["url"], text=link["text"]) for link in links),
    )


def _attribution(text: str | None) -> Attribution | None:
    return Attribution(**json.loads(text)) if text else None
