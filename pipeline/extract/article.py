"""A page -> ``ExtractedArticle``: the one place where the parts of extraction meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html

from pipeline.article import Block, ExtractedArticle, PageHints, PageMeta
from pipeline.extract import fallback, language
from pipeline.extract.blocks import segment
from pipeline.extract.choose import choose
from pipeline.extract.container import gather
from pipeline.extract.decode import decode
from pipeline.extract.meta import Fields, read_fields
from pipeline.extract.scan import scan
from pipeline.extract.tree import parse
from pipeline.text import clean, direction, fold

_LEAD = re.compile(
    r"(?:^|[.#_-])(?:sub-?title|sub-?head(?:line|ing)?|stand-?first|lead|lede|dek|deck|intro|excerpt|summary|chapo|"
    r"entradilla|sottotitolo|occhiello|vorspann|strapline|bajada|anons)(?:$|[.#_-]|\d)",
    re.IGNORECASE,
)
_LEAD_LENGTH = (20, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The extracted article and what else the page says that decides what kind of page it is."""

    article: ExtractedArticle
    #: every title the page gives, for recognising its repetition in the body
    titles: tuple[str, ...]
    #: JSON-LD type, ``og:type`` and whether the page says its text is free
    type: str
    og_type: str
    free: bool | None
    #: link-only blocks and all blocks of the whole page
    link_blocks: int
    all_blocks: int


def extract(body: bytes, url: str, *, content_type: str | None, hints: PageHints) -> Extracted:
    """Read one page. Pure; never fails on any bytes."""
    root = parse(decode(body, content_type))
    fields = read_fields(scan(root), url, hints)
    blocks = segment(root, url)
    if not blocks and (markup := fallback.embedded(root)):
        root = parse(markup)
        blocks = segment(root, url)
    chosen = choose(root, blocks, url) or fallback.choose(blocks)
    members, chosen = gather(blocks, chosen)
    steps: dict[html.HtmlElement, str] = {}
    found = [block.as_block(chosen=block.index in chosen, steps=steps) for block in members]
    declared = fallback.declared_body(fields.declared.body, found)
    found = declared or found
    return Extracted(
        article=ExtractedArticle(meta=_meta(fields, found, hints), blocks=tuple(found)),
        titles=tuple(fields.titles),
        type=fields.declared.type,
        og_type=fields.og_type,
        free=fields.declared.free,
        link_blocks=sum(block.link_share > 0.8 for block in blocks),
        all_blocks=len(blocks),
    )


def _meta(fields: Fields, blocks: Sequence[Block], hints: PageHints) -> PageMeta:
    body = "\n".join(block.text for block in blocks if block.chosen)
    primary, how = language.decide(fields.language or hints.language, body or fields.title)
    if primary is not None:
        fields.sources["language"] = how if how == "detected" else "html" if fields.language else "hint"
    lead = _lead(blocks, fields)
    if lead:
        fields.sources["lead"] = "html"
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
        sources=dict(fields.sources),
    )


def _lead(blocks: Sequence[Block], fields: Fields) -> str | None:
    """The standfirst: above the body, in an element of its own, named as one or equal to the description."""
    home = _home(blocks)
    description = fold(fields.description)
    titles = {fold(title) for title in fields.titles}
    for block in blocks:
        if home and f"{block.path}>".startswith(f"{home}>"):
            if block.chosen:
                return None  # the body has begun
            continue
        if not _LEAD_LENGTH[0] <= len(block.text) <= _LEAD_LENGTH[1] or fold(block.text) in titles:
            continue
        own = ">".join(block.path.split(">")[-2:])
        if (description and fold(block.text) == description) or _LEAD.search(own):
            return clean(block.text)
    return None


def _home(blocks: Sequence[Block]) -> str:
    """The path of the element that holds most of the body's paragraphs."""
    sizes: dict[str, int] = {}
    for block in blocks:
        if block.chosen:
            parent = block.path.rpartition(">")[0]
            sizes[parent] = sizes.get(parent, 0) + len(block.text)
    return max(sizes, key=lambda path: sizes[path]) if sizes else ""
