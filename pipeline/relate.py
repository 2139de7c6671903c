"""What an article itself declares of its origin: attribution lines and editions in other languages. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.article import Attribution, CleanArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRelation:
    """A relation from the article to the page at ``url``; ``evidence`` is lines for a person."""

    url: str
    type: str
    confidence: float
    direction_known: bool
    evidence: tuple[str, ...]


def declared_relations(article: CleanArticle) -> tuple[DeclaredRelation, ...]:
    """The relations that need no comparing of texts, each with evidence a person can read."""
    return (*_from_attribution(article.attribution), *_from_alternates(article))


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
