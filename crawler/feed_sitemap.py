"""Sitemaps (sitemaps.org) and news sitemaps (Google News schema 0.9) -> FeedSnapshot.

A news sitemap gives titles and publication dates. A plain one gives addresses and ``lastmod``, which says
when a page changed: it becomes ``updated``, never ``published``. An index gives no entries, but
``nested_sitemaps``.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.feed_dates import parse_date
from crawler.feed_rss import distinct, language_code
from crawler.feed_text import MAX_NAME, MAX_TITLE, http_url, plain
from crawler.feed_tokens import decoded, tokens
from pipeline.types import FeedEntry, FeedSnapshot

#: the sitemap protocol's own limit
MAX_URLS = 50_000
_ROOTS = ("urlset", "sitemapindex")
_ROWS = ("url", "sitemap")
_FIELDS = frozenset(
    ("loc", "lastmod", "title", "publication_date", "name", "language", "keywords", "image:loc")
)
_MAX_FIELD, _MAX_BEFORE, _SHOWN = 5000, 200, 3
Row = dict[str, str]


def sitemap_root(source: str) -> str | None:
    """``urlset`` or ``sitemapindex`` where that is the outermost element, else None."""
    for count, token in enumerate(tokens(source)):
        if token.kind == "start":
            name = token.name.rpartition(":")[2].lower()
            return name if name in _ROOTS else None
        if count > _MAX_BEFORE:
            break
    return None


def nested_sitemaps(source: str, url: str) -> tuple[str, ...]:
    """The sitemaps an index names, those for news first, then the latest changed."""
    rows = [(http_url(row.get("loc"), url), row.get("lastmod", "")) for row in _rows(source)]
    named = sorted(
        ((found, changed) for found, changed in rows if found), key=lambda row: row[1], reverse=True
    )
    ordered = sorted(named, key=lambda row: "news" not in row[0].lower())
    return tuple(dict.fromkeys(found for found, _ in ordered))


def read_sitemap(source: str, url: str, root: str) -> FeedSnapshot:
    """The snapshot of a document whose ``sitemap_root`` is ``root``."""
    if root == "sitemapindex":
        nested = nested_sitemaps(source, url)
        shown = ", ".join(nested[:_SHOWN]) + (", …" if len(nested) > _SHOWN else "")
        problem = f"an index of {len(nested)} sitemaps, no articles itself" + (f": {shown}" if shown else "")
        return FeedSnapshot(url=url, format="sitemap", title="", entries=(), problem=problem)
    rows = list(_rows(source))
    entries = tuple(entry for entry in (_entry(row, url) for row in rows) if entry)
    first = next((row for row in rows if row.get("name") or row.get("language")), {})
    return FeedSnapshot(
        url=url,
        format="sitemap",
        title=plain(first.get("name", ""), MAX_TITLE),
        entries=entries,
        problem=_problem(source, rows),
        language=language_code(first.get("language")),
    )


def _problem(source: str, rows: list[Row]) -> str | None:
    if len(rows) >= MAX_URLS:
        return f"{MAX_URLS} addresses or more: the rest was not read"
    return None if "urlset>" in source[-2000:] or "<urlset/>" in source else "the document ends too early"


def _rows(source: str) -> Iterator[Row]:
    """The fields of each ``<url>`` or ``<sitemap>``; a field met twice keeps its first words."""
    row: Row | None = None
    field, count = "", 0
    for token in tokens(source):
        name = token.name.lower()
        short = name if name == "image:loc" else name.rpartition(":")[2]
        if token.kind == "start" and short in _ROWS:
            row, field = {}, ""
        elif token.kind == "start" and row is not None:
            field = short if short in _FIELDS and short not in row and not token.closed else ""
        elif token.kind == "end":
            field = ""
            if short in _ROWS and row is not None:
                yield row
                row, count = None, count + 1
                if count >= MAX_URLS:
                    return
        elif field and row is not None and token.kind in ("text", "cdata"):
            words = token.text[:_MAX_FIELD] if token.kind == "cdata" else decoded(token.text[:_MAX_FIELD], {})
            row[field] = (row.get(field, "") + words)[:_MAX_FIELD]


def _entry(row: Row, base: str) -> FeedEntry | None:
    url = http_url(row.get("loc"), base)
    if url is None:
        return None
    raw = row.get("publication_date", "").strip() or None
    return FeedEntry(
        id=url,
        url=url,
        title=plain(row.get("title", ""), MAX_TITLE),
        published=parse_date(raw),
        published_raw=plain(raw, MAX_NAME, literal=True) if raw else None,
        updated=parse_date(row.get("lastmod")),
        tags=distinct(row.get("keywords", "").split(","), 50),
        image=http_url(row.get("image:loc"), base),
    )
