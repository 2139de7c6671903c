"""What a page says of its kind: article, live blog, video, listing, stub of a paywall."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.fields.address import path_of
from pipeline.extract.fields.scan import Scan
from pipeline.extract.jsonld import Declared

_NOINDEX = re.compile(r"\b(?:noindex|none)\b", re.IGNORECASE)
_SECTION = re.compile(
    r"^/(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w+|home|news|latest|all)?/?$"
    r"|/(?:tags?|topics?|themen?|categor(?:y|ies|ia|ie)|kategorie|rubri(?:k|que|ca)|section"
    r"|search|suche|authors?|autor(?:en|es)?"
    r"|archives?|page/\d+)(?:/|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Signs of the page's kind; none of them decides alone."""

    #: ``@type`` of every JSON-LD object, each once, in the page's order
    types: tuple[str, ...] = ()
    #: ``og:type``, lower case
    og_type: str = ""
    #: ``isAccessibleForFree``; None where the page does not say
    free: bool | None = None
    noindex: bool = False
    #: number of ``<article>`` elements that hold a heading of their own
    articles: int = 0
    #: number of ``<h1>`` elements
    headings: int = 0
    #: the address is a home page's, a section's, a tag's, a search's
    section_path: bool = False
    #: address of the page's AMP edition or None
    amp: str | None = None


def signs(found: Scan, declared: Declared, url: str) -> Signs:
    """Read the signs. Pure."""
    robots = found.meta("robots", "googlebot")
    return Signs(
        types=declared.types,
        og_type=found.meta("og:type").lower(),
        free=declared.free,
        noindex=bool(_NOINDEX.search(robots)),
        articles=sum(article.css_first("h1,h2,h3,h4") is not None for article in found.articles),
        headings=len(found.headings),
        section_path=bool(_SECTION.search(path_of(url) or "/")),
        amp=next((href for rel, _, href in found.links if "amphtml" in rel), None),
    )
