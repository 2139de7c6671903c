"""``Extracted`` -> ``CleanArticle``: every line judged, what is cut kept with its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from pipeline.article import Block, CleanArticle, ExtractedArticle, Link, Removal, RemovalKind
from pipeline.clean import hints, rules
from pipeline.clean.attribution import understand
from pipeline.clean.lines import Cut, Line, Page, part, split
from pipeline.extract.article import Extracted
from pipeline.extract.dates import mentions
from pipeline.text import fold

Kind = Literal["article", "live-blog", "media", "paywall", "listing", "error", "empty"]
Judged = list[tuple[Line, Cut | None]]
K = RemovalKind

#: a class on more of the body than this is the template's, not the noise's
_OWN_SHARE = 0.35
_GROUP = 15
_ERROR = re.compile(
    r"\b(?:404|page (?:not found|doesn t exist|unavailable)|not found|error 4\d\d|access denied|just a moment"
    r"|are you a robot)\b|сторінк\w+ не (?:знайден|існує)|страниц\w+ не (?:найден|существует)"
    r"|الصفحه غير موجوده|seite nicht gefunden|page introuvable"
    r"|pagina no encontrada|pagina non trovata|sayfa bulunamadi|nie znaleziono strony"
)


def clean_article(extracted: Extracted) -> CleanArticle:
    """Judge every line of the extracted article. Body and removals together rebuild its text exactly."""
    article = extracted.article
    judged = _grouped(_judged(article, extracted.titles))
    paragraphs, positions, removals, links = _assemble(article.blocks, judged)
    return CleanArticle(
        meta=article.meta,
        paragraphs=paragraphs,
        positions=positions,
        removals=removals,
        links=links,
        attribution=understand(removals, article.meta.url),
        mentioned_dates=mentions(paragraphs, article.meta.language, article.meta.published),
        kind=_kind(extracted, paragraphs, removals),
    )


def _judged(article: ExtractedArticle, titles: Sequence[str]) -> Judged:
    lines = split(article.blocks)
    page = _page(article, titles, lines)
    judged: Judged = []
    for line in lines:
        cut = rules.judge(line, page)
        at = rules.tail_teaser(line, page) if cut is None else None
        if at is None:
            judged.append((line, cut))
            continue
        head, tail = part(line, at)
        judged += [(head, None), (tail, rules.read_also(tail, page) or Cut(K.READ_ALSO, "structure:tail"))]
    return judged


def _page(article: ExtractedArticle, titles: Sequence[str], lines: Sequence[Line]) -> Page:
    chosen = [line for line in lines if line.chosen]
    mass: Counter[str] = Counter()
    for line in chosen:
        mass[line.path.rpartition(">")[0]] += len(line.text)
    home = max(mass, key=lambda path: mass[path]) if mass else ""
    at_home = [line.block for line in chosen if line.path.rpartition(">")[0] == home and line.linked < 0.8]
    meta = article.meta
    page = Page(
        url=meta.url,
        language=meta.language,
        titles=frozenset(fold(title) for title in titles),
        lead=fold(meta.lead or ""),
        first=min(at_home, default=0),
        last=max(at_home, default=len(article.blocks)),
        home=home,
        lines=lines,
    )
    page.ignored = _ignored(chosen, page)
    page.listing = sum(len(line.text) for line in chosen if line.linked > 0.9) > 0.4 * sum(
        len(line.text) for line in chosen
    )
    return page


def _ignored(chosen: Sequence[Line], page: Page) -> frozenset[str]:
    mass: Counter[str] = Counter()
    for line in chosen:
        found = hints.of_class(line, page)
        if found:
            mass[found[1]] += len(line.text)
    total = sum(len(line.text) for line in chosen)
    return frozenset(word for word, size in mass.items() if size > _OWN_SHARE * total)


# --- a label and what it introduces ---------------------------------------------------------------------


def _grouped(judged: Judged) -> Judged:
    """A label that stands alone ("Read also:") gives itself to the links that follow it."""
    result = list(judged)
    last_body = max((index for index, (_, cut) in enumerate(judged) if cut is None), default=-1)
    index = 0
    while index < len(result):
        line, cut = result[index]
        index += 1
        if cut is None or not _is_label(line, cut):
            continue
        label = cut.label or line.text.rstrip(" :：")
        items = list(_introduced(result, index))
        kind = K.RELATED_LIST if _is_list_heading(line, index, last_body, items) else K.READ_ALSO
        result[index - 1] = (line, Cut(kind, cut.rule, label=label))
        for at in items:
            item = result[at][0]
            title = item.links[0].text if item.links else item.text
            result[at] = (item, Cut(kind, cut.rule, label=label, title=title))
        index += len(items)
    return result


def _is_label(line: Line, cut: Cut) -> bool:
    return cut.kind is K.READ_ALSO and cut.title is None and len(line.text) <= 80 and not line.links


def _introduced(judged: Judged, start: int) -> Iterator[int]:
    for at in range(start, min(start + _GROUP, len(judged))):
        line, cut = judged[at]
        titled = line.linked >= 0.8 or (line.kind == "list-item" and 10 <= len(line.text) <= 250)
        if cut is not None and cut.label and cut.kind is K.READ_ALSO:
            return
        if not titled or (cut is not None and cut.kind not in (K.READ_ALSO, K.RELATED_LIST, K.OTHER)):
            return
        yield at


def _is_list_heading(line: Line, index: int, last_body: int, items: Sequence[int]) -> bool:
    return line.kind == "heading" and index - 1 > last_body and len(items) >= 3


# --- putting together -----------------------------------------------------------------------------------

Span = tuple[int, int, int]


def _assemble(
    blocks: Sequence[Block], judged: Judged
) -> tuple[tuple[str, ...], tuple[Span, ...], tuple[Removal, ...], tuple[Link, ...]]:
    paragraphs: list[str] = []
    positions: list[Span] = []
    removals: list[Removal] = []
    links: list[Link] = []
    for line, cut in _merged(judged, blocks):
        span = (line.block, line.start, line.end)
        if cut is None:
            paragraphs.append(line.text)
            positions.append(span)
            links += line.links
        else:
            removals.append(_removal(line, cut, span, len(paragraphs)))
    return tuple(paragraphs), tuple(positions), tuple(removals), tuple(links)


def _removal(line: Line, cut: Cut, span: Span, after: int) -> Removal:
    return Removal(
        kind=cut.kind,
        rule=cut.rule,
        text=line.text,
        position=span,
        after_paragraph=after,
        label=cut.label,
        title=cut.title,
        links=line.links,
    )


def _merged(judged: Judged, blocks: Sequence[Block]) -> Iterator[tuple[Line, Cut | None]]:
    """Neighbouring body lines of one block as one; the white space between pieces given to the removals."""
    group: Judged = []
    for line, cut in judged:
        if group and line.block != group[0][0].block:
            yield from _block_pieces(group, blocks[group[0][0].block].text)
            group = []
        group.append((line, cut))
    if group:
        yield from _block_pieces(group, blocks[group[0][0].block].text)


def _block_pieces(group: Judged, text: str) -> Iterator[tuple[Line, Cut | None]]:
    pieces: Judged = []
    for line, cut in group:
        if pieces and cut is None and pieces[-1][1] is None:
            before = pieces[-1][0]
            before.end, before.links = line.end, before.links + line.links
        else:
            pieces.append((line, cut))
    for (line, cut), (following, next_cut) in pairwise(pieces):
        if next_cut is not None:
            line.end = line.start + len(text[line.start : line.end].rstrip()) if cut is None else line.end
            following.start = line.end
        else:
            line.end = following.start
    for line, cut in pieces:
        line.text = text[line.start : line.end]
        yield line, cut


# --- what the page is -----------------------------------------------------------------------------------


def _kind(extracted: Extracted, paragraphs: Sequence[str], removals: Sequence[Removal]) -> Kind:
    size = sum(len(paragraph) for paragraph in paragraphs)
    title = fold(extracted.article.meta.title)
    if size < 700 and _ERROR.search(title):
        return "error"
    if not any(char.isalpha() for paragraph in paragraphs for char in paragraph):
        return "empty"
    if extracted.type == "LiveBlogPosting":
        return "live-blog"
    walled = any(removal.kind is K.SUBSCRIPTION for removal in removals)
    if (extracted.free is False and size < 1200) or (walled and size < 800):
        return "paywall"
    if extracted.og_type.startswith("video") and size < 300:
        return "media"
    declared = bool(extracted.type) or extracted.og_type == "article"
    if (
        not declared
        and extracted.all_blocks >= 40
        and extracted.link_blocks > 0.75 * extracted.all_blocks
        and size < 1500
    ):
        return "listing"
    return "article"
