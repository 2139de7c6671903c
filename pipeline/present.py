"""An article as JSON: the keys of ``show --json`` and ``export``, documented in ``docs/``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urlsplit

from pipeline.article import Attribution, CleanArticle, Removal, RemovalKind
from pipeline.catalogue.loader import load_catalogue
from pipeline.clean.lines import host_of
from pipeline.text import clean, fold

_APPEALS = (RemovalKind.DONATION, RemovalKind.NEWSLETTER, RemovalKind.SUBSCRIPTION)


def article_dict(article: CleanArticle) -> dict[str, object]:
    """All there is to say of a read page, JSON-ready. Times are ISO 8601, UTC but for ``published_local``."""
    meta = article.meta
    return {
        "url": meta.url,
        "canonical_url": meta.canonical_url,
        "title": meta.title,
        "subtitle": meta.lead,
        "language": meta.language,
        "direction": meta.direction,
        "published": _utc(meta.published),
        "published_local": meta.published.isoformat() if meta.published else None,
        "modified": _utc(meta.modified),
        "authors": list(meta.authors),
        "site_name": meta.site_name,
        "section": meta.section,
        "tags": list(meta.tags),
        "image": meta.image,
        "kind": article.kind,
        "paragraphs": list(article.paragraphs),
        "text": article.text,
        "related": [_related(removal) for removal in article.removals if is_related(removal)],
        "boilerplate": list(_boilerplate(article)),
        "attribution": _attribution(article.attribution),
        "syndicated_from": syndicated_from(article),
        "duplicate_of": duplicate_of(article),
        "translation_of": translation_of(article),
        "mentioned_dates": [{"text": one.text, "date": one.date} for one in article.mentioned_dates],
        "removals": [_removal(removal) for removal in article.removals],
    }


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def is_related(removal: Removal) -> bool:
    """Is the removal a teaser that names another article (rather than the label above such)?"""
    return removal.kind is RemovalKind.READ_ALSO and removal.title is not None


def _related(removal: Removal) -> dict[str, object]:
    return {
        "label": removal.label,
        "title": removal.title,
        "url": removal.target,
        "after_paragraph": removal.after_paragraph,
    }


def _removal(removal: Removal) -> dict[str, object]:
    return {
        "kind": removal.kind.value,
        "rule": removal.rule,
        "text": removal.text.strip(),
        "after_paragraph": removal.after_paragraph,
        "target": removal.target,
    }


def _boilerplate(article: CleanArticle) -> Iterator[dict[str, object]]:
    """Appeals to the reader; a button that follows its plea belongs to it."""
    appeals = [removal for removal in article.removals if removal.kind in _APPEALS]
    buttons = {id(after) for before, after in pairwise(appeals) if _is_button(before, after)}
    for index, removal in enumerate(appeals):
        if id(removal) in buttons:
            continue
        urls = [link.url for link in removal.links]
        following = appeals[index + 1 : index + 2]
        urls += [link.url for after in following if id(after) in buttons for link in after.links]
        yield {"kind": removal.kind.value, "text": clean(removal.text), "urls": list(dict.fromkeys(urls))}


def _is_button(before: Removal, after: Removal) -> bool:
    neighbours = after.position[0] - before.position[0] <= 1 and after.kind is before.kind
    return neighbours and len(after.text) <= 30 and bool(after.links)


def _attribution(found: Attribution | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "text": found.text,
        "label": found.label,
        "outlet_as_written": found.outlet_as_written,
        "outlet": found.outlet,
        "outlet_home": found.outlet_home,
        "url": found.url,
    }


def syndicated_from(article: CleanArticle) -> dict[str, object] | None:
    """The outlet that an attribution line names, with the original's URL where the line links it."""
    found = article.attribution
    if found is None or found.outlet is None:
        return None
    own = fold(article.meta.site_name or "")
    if fold(found.outlet) == own or (
        found.outlet_home and host_of(found.outlet_home) == host_of(article.url)
    ):
        return None
    return {"outlet": found.outlet, "url": found.url}


def duplicate_of(article: CleanArticle) -> str | None:
    """The original's URL, where an attribution gives one and the original is in this article's language."""
    found = article.attribution
    if found is None or found.url is None or syndicated_from(article) is None:
        return None
    language = _original_language(found.url)
    return found.url if language is None or language == article.language else None


def _original_language(url: str) -> str | None:
    """The language of the page at ``url`` by its address or its outlet's; None where neither tells."""
    parts = urlsplit(url)
    hints = [*(parts.hostname or "").split(".")[:1], *parts.path.split("/")[1:2]]
    for hint in hints:
        if language := _ADDRESS_LANGUAGES.get(hint.lower()):
            return language
    outlet = load_catalogue().by_host(host_of(url))
    return outlet.language if outlet else None


_ADDRESS_LANGUAGES = {
    **{
        code: code
        for code in ("en", "uk", "ru", "ar", "fr", "es", "pl", "tr", "fa", "he", "pt", "zh", "ja", "ko", "bg")
    },
    "eng": "en",
    "english": "en",
    "ukr": "uk",
    "ua": "uk",
    "rus": "ru",
    "arabic": "ar",
    "deutsch": "de",
    "espanol": "es",
    "turkce": "tr",
    "persian": "fa",
}


def translation_of(article: CleanArticle) -> str | None:
    """The edition the page lists first by ``hreflang``, where it is in another language than the page."""
    if not article.meta.alternates:
        return None
    language, url = article.meta.alternates[0]
    own = {article.url.rstrip("/"), (article.meta.canonical_url or "").rstrip("/")}
    return url if language != article.language and url.rstrip("/") not in own else None
