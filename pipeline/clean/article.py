"""``Extracted`` -> ``CleanArticle``: every line judged, what is cut kept with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pipeline.article import Block, CleanArticle, ExtractedArticle, Link, Removal, RemovalKind
from pipeline.clean import phrases, rules, wording
from pipeline.clean.attribution import source_first, understand
from pipeline.clean.lines import Cut, Line, Page, host_of, part, split
from pipeline.clean.patterns import line_key, title_key
from pipeline.extract.article import Extracted
from pipeline.extract.dates import mentions
from pipeline.extract.kind import kind_of

Judged = list[tuple[Line, Cut | None]]
K = RemovalKind

#: chosen blocks after which the body is at its end
_TAIL = 5
_GROUP = 15
#: characters of a list's label
_HEADING = 60


def clean_article(extracted: Extracted) -> CleanArticle:
    """Judge every line of the extracted article. Body and removals together rebuild its text exactly."""
    article = extracted.article
    judged = _grouped(_judged(article, extracted.titles))
    paragraphs, positions, removed, links = _assemble(article.blocks, judged)
    removals = source_first(removed, article.meta.url)
    return CleanArticle(
        meta=article.meta,
        paragraphs=paragraphs,
        positions=positions,
        removals=removals,
        links=links,
        attribution=understand(removals, article.meta.url),
        mentioned_dates=mentions(paragraphs, article.meta.language, article.meta.published),
        kind=kind_of(extracted.page, paragraphs, offered=any(cut.kind is K.SUBSCRIPTION for cut in removals)),
    )


def _judged(article: ExtractedArticle, titles: Sequence[str]) -> Judged:
    lines = split(article.blocks)
    page = _page(article, titles, lines)
    judged: Judged = []
    for line in lines:
        cut = rules.judge(line, page)
        at = wording.tail_teaser(line, page) if cut is None else None
        if at is None:
            judged.append((line, cut))
            continue
        head, tail = part(line, at)
        judged += [(head, None), (tail, wording.read_also(tail, page) or Cut(K.READ_ALSO, "structure:tail"))]
    return judged


def _page(article: ExtractedArticle, titles: Sequence[str], lines: Sequence[Line]) -> Page:
    chosen = [line for line in lines if line.chosen]
    mass: dict[str, int] = {}
    for line in chosen:
        mass[line.path] = mass.get(line.path, 0) + len(line.text)
    home = _home(mass)
    at_home = [line.block for line in chosen if line.path.rpartition(">")[0] == home and line.linked < 0.8]
    meta = article.meta
    size = sum(mass.values())
    return Page(
        url=meta.url,
        host=host_of(meta.url),
        lexicon=phrases.lexicon(meta.language),
        titles=frozenset(map(title_key, titles)) - {""},
        lead=line_key(meta.lead or ""),
        first=min(at_home, default=0),
        last=max(at_home, default=len(article.blocks)),
        home=home,
        lines=lines,
        size=size,
        mass=mass,
        listing=sum(len(line.text) for line in chosen if line.linked > 0.9) > 0.4 * size,
        tail=chosen[-_TAIL].block if len(chosen) > _TAIL else 0,
    )


def _home(mass: Mapping[str, int]) -> str:
    """The path of the element that holds most of the body."""
    homes: dict[str, int] = {}
    for path, size in mass.items():
        parent = path.rpartition(">")[0]
        homes[parent] = homes.get(parent, 0) + size
    return max(homes, key=lambda path: homes[path]) if homes else ""


# --- a label and what it introduces ---------------------------------------------------------------------


def _grouped(judged: Judged) -> Judged:
    """A label that stands alone ("Read also:") gives itself to the links that follow it."""
    result = list(judged)
    last_body = max((index for index, (_, cut) in enumerate(judged) if cut is None), default=-1)
    index = 0
    while index < len(result):
        line, cut = result[index]
        index += 1
        if cut is None and _may_head(line):
            items = [at for at in _introduced(result, index) if result[at][0].linked >= 0.8]
            cut = _heading_of_links(line, [result[at] for at in items])
        elif cut is not None and _is_label(line, cut):
            items = list(_introduced(result, index))
        else:
            continue
        if cut is None:
            continue
        label = cut.label or line.text.rstrip(" :：")
        kind = K.RELATED_LIST if _is_list_heading(line, index, last_body, items) else K.READ_ALSO
        result[index - 1] = (line, Cut(kind, cut.rule, label=label))
        for at in items:
            item = result[at][0]
            title = item.links[0].text if item.links else item.text
            result[at] = (item, Cut(kind, cut.rule, label=label, title=title))
        index += len(items)
    return result


def _may_head(line: Line) -> bool:
    """Could the line be the label of a list, whatever its words? A few of them, with a colon or bold."""
    if not line.chosen or line.links or not 3 <= len(line.text) <= _HEADING or line.kind == "heading":
        return False
    return len(line.words) <= 6 and (line.text[-1:] in ":：" or line.strong >= 0.9 * len(line.text))


def _heading_of_links(line: Line, items: Judged) -> Cut | None:
    """A label in words nobody listed, known by what follows: links to other articles, at least half of it."""
    if line.text[-1:] not in ":：" and not all(item.kind == "list-item" for item, _ in items):
        return None
    teasers = sum(cut is not None and cut.rule == "structure:link-only" for _, cut in items)
    enough = 1 if line.text[-1:] in ":：" else 2
    return Cut(K.READ_ALSO, "structure:list") if teasers >= max(enough, len(items) / 2) else None


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
        if line.partial:
            group.append((line, cut))
        else:  # the block as it is
            yield line, cut
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
