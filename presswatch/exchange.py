"""Stored articles as JSON and as rows of a table.

``show --json`` and every line of ``export --format jsonl`` have the one shape of :func:`article_json`; what
it writes, :mod:`presswatch.incoming` reads, so that an export can be imported again.
"""

from __future__ import annotations

from pipeline.article import CleanArticle
from pipeline.present import article_dict
from pipeline.store.browse import Relation, StoredArticle

#: the columns of a CSV export
COLUMNS = (
    *("id", "outlet", "url", "canonical_url", "title", "language", "direction", "published", "modified"),
    *("first_seen", "last_checked", "status", "version", "authors", "section", "tags", "syndicated_from"),
    *("paragraphs", "text"),
)


def article_fields(article: CleanArticle) -> dict[str, object]:
    """What an article itself says, stored or not."""
    return article_dict(article) | {
        "canonical_url": article.meta.canonical_url or article.url,
        "links": [{"url": link.url, "text": link.text} for link in article.links],
    }


def article_json(stored: StoredArticle) -> dict[str, object]:
    """An article as ``show --json`` prints it. Times are ISO 8601 in UTC."""
    document = {"id": stored.id} | article_fields(stored.article)
    return document | {
        "outlet": stored.outlet,
        "first_seen": stored.first_seen,
        "last_checked": stored.last_checked,
        "gone_at": stored.gone_at,
        "status": stored.status,
        "version": stored.version,
        "relations": [relation_json(relation) for relation in stored.relations],
        "syndicated_from": document["syndicated_from"] or _source(stored),
        "duplicate_of": document["duplicate_of"] or _related_url(stored, "same-as"),
    }


def relation_json(relation: Relation) -> dict[str, object]:
    """One relation, from the article to the other; ``origin`` is who says so: the page, the texts, an import."""
    return {
        "type": relation.type,
        "id": relation.id,
        "url": relation.url,
        "confidence": relation.confidence,
        "direction_known": relation.direction_known,
        "origin": relation.origin,
        "evidence": list(relation.evidence),
    }


def _source(stored: StoredArticle) -> dict[str, object] | None:
    """The original that a relation knows although no line of the article names it."""
    url = _related_url(stored, "syndicated-copy-of")
    return {"outlet": None, "url": url} if url else None


def _related_url(stored: StoredArticle, kind: str) -> str | None:
    return next((relation.url for relation in stored.relations if relation.type == kind), None)


def flat_row(document: dict[str, object]) -> dict[str, object]:
    """A document of :func:`article_json` as one row of a table, with ``COLUMNS``."""
    row = {name: document.get(name) for name in COLUMNS}
    origin = document.get("syndicated_from")
    row["syndicated_from"] = origin["url"] if isinstance(origin, dict) else None
    paragraphs = document.get("paragraphs")
    row["paragraphs"] = len(paragraphs) if isinstance(paragraphs, list | tuple) else 0
    return row
