"""A page -> ``ExtractedArticle``: the one place where the parts of extraction meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from pipeline.article import Block, ExtractedArticle, PageHints, PageMeta
from pipeline.extract import dates, hidden, language, twice, zones
from pipeline.extract.blocks import Box, RawBlock, Segments
from pipeline.extract.choose import choose
from pipeline.extract.container import members
from pipeline.extract.decode import decode
from pipeline.extract.features import Told
from pipeline.extract.fields.read import Fields, clock_of, read_fields
from pipeline.extract.fit import fitted
from pipeline.extract.kind import Page, is_declared, shape
from pipeline.extract.site.model import Annotated, SiteRules
from pipeline.extract.walk import base_of, segment
from pipeline.lesson import HOME_SOURCE, signature
from pipeline.text import clean, direction, fold

#: what the marks of rules begin with, see :mod:`pipeline.extract.site.annotate`
_MARK = "data-presswatch"
_NOSCRIPT = re.compile(r"</?noscript[^<>]*>", re.IGNORECASE)
_LEAD_LENGTH = (20, 600)
#: characters of body below which the page's scripts are asked for the article, and for any text at all
_SHORT = 700
_THIN = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The extracted article and what else the page says that decides what kind of page it is."""

    article: ExtractedArticle
    #: every title the page gives, for recognising its repetition in the body
    titles: tuple[str, ...]
    #: what tells the page's kind
    page: Page


def extract(
    body: bytes,
    url: str,
    *,
    content_type: str | None,
    hints: PageHints,
    home: str | None = None,
    rules: SiteRules | None = None,
) -> Extracted:
    """Read one page. Pure; never fails on any bytes.

    ``home`` is the signature of the element that held the body of the outlet's other articles, ``rules`` are
    those written for this outlet's pages.
    """
    markup = decode(body, content_type)
    made = _read(markup, url, hints=hints, home=home, rules=rules)
    if twice.shows_in(made.article.text):
        return _read(twice.mended(markup), url, hints=hints, home=home, rules=rules)
    return made


def _read(markup: str, url: str, *, hints: PageHints, home: str | None, rules: SiteRules | None) -> Extracted:
    document, ruled = _opened(markup, url, rules)
    fields = read_fields(document, url, hints)
    if ruled is not None:
        fields = _overruled(fields, ruled, hints)
    told = Told(titles=fields.titles, description=fields.description, body=fields.declared.body)
    base = base_of(document, url)
    segments = segment(document)
    if not segments.blocks and "<noscript" in markup:  # one that holds an open tag swallows the page
        segments = segment(LexborHTMLParser(fitted(_NOSCRIPT.sub("", markup))))
    body = _chosen(segments, told, home=home)
    body = _swallowed(document, told, body) or body
    body = _drawn(document, told, body, free=fields.declared.free) or body
    blocks, chosen = body.blocks, body.chosen
    around = members(blocks, chosen)
    place = _home(blocks, chosen)
    frozen = [block.as_block(chosen=block.index in chosen, base=base) for block in around]
    frozen = hidden.declared_body(fields.declared.body, frozen) or frozen
    if "LiveBlogPosting" in fields.signs.types:
        frozen = hidden.declared_posts(document, frozen) or frozen
    if place is not None:
        fields.sources[HOME_SOURCE] = signature(place.path)
    lead = _lead(blocks, chosen, place, fields)
    return Extracted(
        article=ExtractedArticle(meta=_meta(fields, frozen, lead, hints), blocks=tuple(frozen)),
        titles=(*fields.titles, *(block.text for block in blocks if block.box.tag == "h1")),
        page=_page(fields, blocks, chosen),
    )


@dataclass(frozen=True, slots=True)
class _Body:
    """A page's blocks and which of them are the article's: their indices, and their characters."""

    blocks: Sequence[RawBlock]
    chosen: frozenset[int]
    size: int


def _chosen(segments: Segments, told: Told, *, home: str | None = None) -> _Body:
    blocks, chosen = segments.blocks, choose(segments, told, home=home).indices
    return _Body(blocks, chosen, sum(len(blocks[index].text) for index in chosen))


def _swallowed(document: LexborHTMLParser, told: Told, shown: _Body) -> _Body | None:
    """The article of a page whose navigation is never closed, and so holds all that follows."""
    if shown.size >= _THIN:
        return None
    found = _chosen(segment(document, whole=True), told)
    return found if found.size >= _SHORT else None


def _drawn(document: LexborHTMLParser, told: Told, shown: _Body, *, free: bool | None) -> _Body | None:
    """The article as the page's scripts would draw it, where that says more than the page shows.

    What a page shows the beginning of and sells the rest of (``free`` is false) is not asked for.
    """
    if shown.size >= (_THIN if free is False else _SHORT):
        return None
    sure = shown.size >= _THIN
    markup = hidden.embedded(document, told.titles, sure=sure)
    if markup is None:
        return None
    drawn = _chosen(segment(LexborHTMLParser(fitted(markup))), told)
    return drawn if drawn.size > (1.3 if sure else 2) * shown.size else None


def _page(fields: Fields, blocks: Sequence[RawBlock], chosen: frozenset[int]) -> Page:
    dated = fields.sources.get("published") in ("json-ld", "meta")
    declared = is_declared(fields.signs, fields.declared.type, dated=dated)
    return Page(
        url=fields.url,
        signs=fields.signs,
        type=fields.declared.type,
        title=fields.title,
        dated=dated,
        shape=shape(blocks, chosen, fields.url, cards=not declared),
    )


def _opened(markup: str, url: str, rules: SiteRules | None) -> tuple[LexborHTMLParser, Annotated | None]:
    """The parsed document, marked by the outlet's rules where there are any."""
    if rules is not None:
        from pipeline.extract.site.annotate import annotate  # needs lxml, which no other page does

        ruled = annotate(markup, rules, url)
        return LexborHTMLParser(fitted(ruled.markup)), ruled
    if _MARK in markup:  # a page does not get to write marks of its own
        markup = markup.replace(_MARK, "data-other")
    return LexborHTMLParser(fitted(markup)), None


def _overruled(fields: Fields, ruled: Annotated, hints: PageHints) -> Fields:
    """The fields, with what the outlet's rules found in their stead."""
    sources = dict(fields.sources)
    titles, authors, moment, raw = fields.titles, fields.authors, fields.published, fields.published_raw
    if ruled.title:
        titles, sources["title"] = (ruled.title.text, *titles), ruled.title.source
    if ruled.authors:
        authors, sources["authors"] = tuple(found.text for found in ruled.authors), ruled.authors[0].source
    if ruled.published:
        clock = clock_of(hints, fields.declared_language)
        if (parsed := dates.parse(ruled.published.text, clock)) is not None:
            moment, raw, sources["published"] = parsed, ruled.published.text, ruled.published.source
    return replace(
        fields, titles=titles, authors=authors, published=moment, published_raw=raw, sources=sources
    )


def _meta(fields: Fields, blocks: Sequence[Block], lead: str | None, hints: PageHints) -> PageMeta:
    body = "\n".join(block.text for block in blocks if block.chosen)
    sources = dict(fields.sources)
    primary, how = language.decide(fields.declared_language or hints.language, body or fields.title)
    if primary is not None:
        sources["language"] = how if how == "detected" else "html" if fields.declared_language else "hint"
    if lead:
        sources["lead"] = "html"
    return PageMeta(
        url=fields.url,
        canonical_url=fields.canonical,
        title=fields.title,
        lead=lead,
        authors=fields.authors,
        published=fields.published,
        published_raw=fields.published_raw,
        modified=fields.modified,
        language=primary,
        direction=direction(primary, body or fields.title),
        site_name=fields.site_name,
        section=fields.section,
        tags=fields.tags,
        image=fields.image,
        alternates=fields.alternates,
        based_on=fields.based_on,
        sources=sources,
    )


def _lead(blocks: Sequence[RawBlock], chosen: frozenset[int], home: Box | None, fields: Fields) -> str | None:
    """The standfirst: above the body, in an element of its own, named as one or equal to the description."""
    description = fold(fields.description)
    titles = {fold(title) for title in fields.titles}
    for block in blocks:
        if home is not None and home.holds(block.box):
            if block.index in chosen:
                return None  # the body has begun
            continue
        if not _LEAD_LENGTH[0] <= len(block.text) <= _LEAD_LENGTH[1] or block.link_share > 0.5:
            continue
        near = block.box.own | (block.box.parent.own if block.box.parent else 0)
        key = fold(block.text)
        if key not in titles and (key == description or near & zones.LEAD):
            return clean(block.text)
    return None


def _home(blocks: Sequence[RawBlock], chosen: frozenset[int]) -> Box | None:
    """The box that most of the body's paragraphs stand in."""
    sizes: dict[int, int] = {}
    known: dict[int, Box] = {}
    for index in chosen:
        parent = blocks[index].box.parent
        if parent is not None:
            sizes[id(parent)] = sizes.get(id(parent), 0) + len(blocks[index].text)
            known[id(parent)] = parent
    return known[max(sizes, key=lambda key: sizes[key])] if sizes else None
