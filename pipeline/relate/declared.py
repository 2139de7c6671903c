"""What an article itself declares of its origin: attribution lines, originals, editions in other languages. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pipeline.article import Attribution, CleanArticle
from pipeline.catalogue.loader import load_catalogue
from pipeline.url_data import SECOND_LEVELS, SHARED_HOSTS
from pipeline.urls import host_of, url_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRelation:
    """A relation from the article to the page at ``url``; ``evidence`` is lines for a person.

    ``origin`` is ``declared`` where the page says so itself, ``imported`` where the file it came from does.
    """

    url: str
    type: str
    confidence: float
    direction_known: bool
    evidence: tuple[str, ...]
    origin: Literal["declared", "imported"] = "declared"


def declared_relations(article: CleanArticle) -> tuple[DeclaredRelation, ...]:
    """The relations that need no comparing of texts, each with evidence a person can read.

    One for each address and type: what several declarations say of one is the evidence of the surest.
    """
    found = (*_from_attribution(article.attribution), *_from_originals(article), *_from_alternates(article))
    merged: dict[tuple[str, str], DeclaredRelation] = {}
    for one in found:
        key = url_key(one.url), one.type
        merged[key] = _both(merged[key], one) if key in merged else one
    return tuple(merged.values())


def _both(one: DeclaredRelation, other: DeclaredRelation) -> DeclaredRelation:
    return DeclaredRelation(
        url=one.url,
        type=one.type,
        confidence=max(one.confidence, other.confidence),
        direction_known=one.direction_known or other.direction_known,
        evidence=tuple(dict.fromkeys((*one.evidence, *other.evidence))),
    )


def _from_attribution(attribution: Attribution | None) -> tuple[DeclaredRelation, ...]:
    if attribution is None or attribution.url is None:
        return ()
    named = attribution.outlet or attribution.outlet_as_written or "its source"
    return (
        DeclaredRelation(
            url=attribution.url,
            type="syndicated-copy-of",
            confidence=0.95,
            direction_known=True,
            evidence=(
                f"attribution line names {named}: “{attribution.text}”",
                "the line links to the original",
            ),
        ),
    )


#: how a page declares its original -> the relation's type and confidence, its evidence, may it be of the same site?
_ORIGINALS = {
    "canonical": ("syndicated-copy-of", 0.9, "its canonical link leads to this page of another site", False),
    "syndication-source": ("syndicated-copy-of", 0.95, "the page names it as its syndication source", False),
    "isBasedOn": ("syndicated-copy-of", 0.8, "the page declares that it is based on it (isBasedOn)", False),
    "translationOfWork": (
        "translation-of",
        0.95,
        "the page declares that it is a translation of it (translationOfWork)",
        True,
    ),
}


def _from_originals(article: CleanArticle) -> Iterator[DeclaredRelation]:
    """Originals that the page's markup names: cross-site canonical links, JSON-LD, meta tags."""
    canonical = article.meta.canonical_url
    for how, url in (*article.meta.based_on, *((("canonical", canonical),) if canonical else ())):
        kind, confidence, evidence, own_site = _ORIGINALS[how]
        if (
            _is_page(url)
            and url_key(url) != url_key(article.url)
            and (own_site or not one_house(url, article.url))
        ):
            yield DeclaredRelation(
                url=url, type=kind, confidence=confidence, direction_known=True, evidence=(evidence,)
            )


def _is_page(url: str) -> bool:
    """A web address that leads deeper than a front page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.path.strip("/") or parts.query)


def one_house(one: str, other: str) -> bool:
    """Are two addresses of one outlet: of one host, of hosts beside or above one another, of one catalogued outlet?"""
    first, second = (host_of(url).removeprefix("www.") for url in (one, other))
    if not first or not second or _site(first) == _site(second):
        return True
    catalogue = load_catalogue()
    known = catalogue.by_host(first)
    return known is not None and known == catalogue.by_host(second)


def _site(host: str) -> str:
    """The part of a host that one registers, by the usual second levels ("co.uk") and shared hosts."""
    labels = host.split(".")
    second_level = len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in SECOND_LEVELS
    shared = ".".join(labels[-2:]) in SHARED_HOSTS
    return ".".join(labels[-3 if second_level or shared else -2 :])


def _from_alternates(article: CleanArticle) -> tuple[DeclaredRelation, ...]:
    """``hreflang`` says that two pages are editions of one another, not which came first."""
    own = article.language
    return tuple(
        DeclaredRelation(
            url=url,
            type="translation-of",
            confidence=0.8,
            direction_known=False,
            evidence=(f"the page declares it as its {language} edition (hreflang)",),
        )
        for language, url in article.meta.alternates
        if language != "x-default" and language.partition("-")[0] != own and url != article.url
    )
