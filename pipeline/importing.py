"""Articles that come from a file instead of the network: the same verdicts, the same relations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from pipeline import decide
from pipeline.article import CleanArticle
from pipeline.decide import Known
from pipeline.lesson import said
from pipeline.relate.declared import DeclaredRelation, declared_relations
from pipeline.store import articles, cli_queries, tombstones
from pipeline.store.articles import Provenance
from pipeline.store.browse import load
from pipeline.store.connection import Store
from pipeline.store.outlets import add_outlet
from pipeline.types import Duplicate, New, OutletSpec, Pruned, Rejected, Revision, Unchanged, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One article of a file, read.

    ``lead_known`` is false where the source has no field for the lead: then no lead is not an edit.
    ``first_seen`` and ``gone_at`` are the exporting database's words, None for articles from elsewhere.
    """

    article: CleanArticle
    outlet: OutletSpec
    relations: tuple[DeclaredRelation, ...] = ()
    lead_known: bool = True
    first_seen: datetime | None = None
    gone_at: datetime | None = None


def outlet_of_host(url: str, slug: str, name: str) -> OutletSpec:
    """An outlet without feeds, at the root of the article's host."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return OutletSpec(slug=slug, name=name, home=f"{parts.scheme}://{parts.netloc}/", hosts=(host,))


def import_article(store: Store, incoming: Incoming, now: datetime) -> Verdict:
    """Store one article of a file, in one transaction, unless it is there already.

    An article whose text is that of an earlier stored version changes nothing: an old export is no edit. What
    a row does not say of a known article stays as it is. An outlet is made only for a new article.
    """
    with store.write():
        outlet = cli_queries.outlet_id(store, incoming.outlet.slug)
        known = tuple(_known(store, incoming.article, outlet))
        incoming = _completed(store, incoming, known)
        verdict = _judge(store, incoming.article, known)
        if isinstance(verdict, New) and outlet is None:
            outlet = add_outlet(store, incoming.outlet, now)[0].id
        _store(store, incoming, verdict, outlet, now)
    return verdict


def _judge(store: Store, article: CleanArticle, known: tuple[Known, ...]) -> Verdict:
    verdict = decide.judge(article, known)
    if isinstance(verdict, Revision) and cli_queries.said_before(store, verdict.article_id, article):
        return Unchanged(article_id=verdict.article_id)
    return verdict


#: what a row may leave unsaid without having changed it
_OPTIONAL = ("published", "modified", "language", "authors", "section", "tags", "site_name", "image")


def _completed(store: Store, incoming: Incoming, known: tuple[Known, ...]) -> Incoming:
    if not known or known[0].by != "page":
        return incoming
    article = incoming.article
    stored = load(store, known[0].article_id).article.meta
    names = _OPTIONAL if incoming.lead_known else (*_OPTIONAL, "lead")
    kept = {name: getattr(stored, name) for name in names if not getattr(article.meta, name)}
    if "language" in kept:
        kept["direction"] = stored.direction
    return replace(incoming, article=replace(article, meta=replace(article.meta, **kept)))


def _known(store: Store, article: CleanArticle, outlet: int | None) -> Iterator[Known]:
    """What the article may be, in the order of trust that :func:`pipeline.decide.judge` expects."""
    found = [(articles.article_at(store, url), url) for url in _addresses(article)]
    matches = [(match, _tie(store, match, url)) for match, url in found if match is not None]
    if outlet is not None:
        same = articles.articles_with_body(store, said(article), outlet)
        matches.extend((match, "body") for match in same)
    for match, by in matches:
        known = articles.known_by_article(store, match, by, outlet or 0)
        if known is not None:
            yield known


def _tie(store: Store, article_id: int, url: str) -> str:
    return "page" if cli_queries.is_own_address(store, article_id, url) else "address"


def _addresses(article: CleanArticle) -> tuple[str, ...]:
    canonical = article.meta.canonical_url
    claimed = (canonical,) if canonical and decide.same_site(canonical, article.url) else ()
    return tuple(dict.fromkeys((article.url, *claimed)))


def _store(store: Store, incoming: Incoming, verdict: Verdict, outlet: int | None, now: datetime) -> None:
    article = incoming.article
    match verdict:
        case New():
            assert outlet is not None
            article_id = _insert(store, incoming, outlet, now)
            cli_queries.record_imported_page(store, outlet, article.url, article_id, now)
        case Revision(article_id=article_id, changed=changed):
            origin = Provenance(seen_at=now, cause="import")
            articles.insert_version(store, article_id, article, origin, changed)
        case Duplicate(article_id=article_id) | Unchanged(article_id=article_id):
            pass
        case Rejected() | Pruned():
            return
    if isinstance(verdict, New | Revision):
        articles.relate(store, article_id, (*declared_relations(article), *incoming.relations))
    articles.link_addresses(store, article_id, _addresses(article))
    if isinstance(verdict, New):
        tombstones.unbury(store, article_id)


def _insert(store: Store, incoming: Incoming, outlet: int, now: datetime) -> int:
    origin = Provenance(seen_at=min(incoming.first_seen or now, now), cause="import")
    article_id = articles.insert_article(store, incoming.article, outlet, origin)
    if incoming.gone_at:
        articles.mark_gone(store, article_id, min(incoming.gone_at, now))
    return article_id
