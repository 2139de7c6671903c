"""Reading a page: bytes in, an article and everything that was taken out of it back. Never raises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from pipeline.article import CleanArticle, PageHints
from pipeline.catalogue.loader import load_catalogue
from pipeline.clean.article import clean_article
from pipeline.clean.recall import forget
from pipeline.extract.article import extract
from pipeline.extract.site.lookup import RuleFolders, rules_for
from pipeline.memory import Memory
from pipeline.urls import host_of

_NO_HINTS = PageHints()
#: where nobody knows when the page was fetched, the rules of today are for it: those without an end
_NOW = datetime.max.replace(tzinfo=UTC)


def read_page(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    hints: PageHints = _NO_HINTS,
    memory: Memory | None = None,
    folders: RuleFolders | None = None,
) -> CleanArticle:
    """The article on one page, without its noise; the noise with its kind, rule, place and link target.

    ``body`` is the page as it came, of any size (8 MiB are read) and in any character set; ``url`` its
    address; ``content_type`` the HTTP header, whose charset is believed unless the bytes contradict it.
    ``hints`` are what the caller knows beyond the page, ``memory`` what the outlet's other articles taught,
    ``folders`` the user's own rules, which go before the catalogue's.
    Whatever the bytes are, an article comes back: ``kind`` says ``empty`` where there was none.
    """
    rules = rules_for(url, hints.reference or _NOW, catalogue=load_catalogue(), folders=folders)
    extracted = extract(
        body, url, content_type=content_type, hints=_with_zone(hints, url), home=_home(memory), rules=rules
    )
    article = clean_article(extracted)
    return forget(article, memory) if memory else article


def _home(memory: Memory | None) -> str | None:
    return memory.home() if memory else None


def _with_zone(hints: PageHints, url: str) -> PageHints:
    """The hints, with the outlet's time zone from the catalogue where the caller named none."""
    outlet = None if hints.timezone else load_catalogue().by_host(host_of(url))
    return replace(hints, timezone=outlet.timezone) if outlet else hints


def rebuild(article: CleanArticle) -> str:
    """The extracted text before cleaning, from the body's pieces and the removals by their positions."""
    pieces = [*zip(article.positions, article.paragraphs, strict=True)]
    pieces += [(removal.position, removal.text) for removal in article.removals]
    pieces.sort(key=lambda piece: piece[0])
    blocks = groupby(pieces, key=lambda piece: piece[0][0])
    return "\n\n".join("".join(text for _, text in block) for _, block in blocks)
