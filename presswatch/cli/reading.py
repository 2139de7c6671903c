"""One article laid out for reading on a terminal. Whatever a page wrote is made safe before it is shown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

import click

from pipeline.article import CleanArticle, PageMeta, Removal
from pipeline.memory import in_words
from pipeline.store.browse import Relation, StoredArticle
from pipeline.store.stories import Size
from presswatch.cli.terminal import rtl_line, safe
from presswatch.cli.words import when, width

#: how many relations are told below an article
MOST_RELATIONS = 10


def article_lines(stored: StoredArticle, tail: Sequence[str] = ()) -> Iterator[str]:
    """The article as people read it, with its origin below, and ``tail`` for what else there is."""
    yield from head_lines(stored)
    yield from text_lines(stored, stored.article.paragraphs)
    attribution = stored.article.attribution
    if attribution:
        yield _styled(f"[{safe(attribution.text)}] {safe(attribution.url or '')}".rstrip())
    for line in (*relation_lines(stored), *tail):
        yield _styled(line)


def head_lines(stored: StoredArticle) -> Iterator[str]:
    """Title, where and when, address, state."""
    meta = stored.article.meta
    yield click.style(shown(meta.title or "(no title)", meta), bold=True)
    facts = (
        stored.outlet,
        meta.published and when(meta.published),
        ", ".join(meta.authors),
        meta.section,
        meta.language,
    )
    yield safe(" · ".join(fact for fact in facts if fact))
    yield safe(meta.url)
    state = f"article {stored.id} · version {stored.version} of {stored.versions} · {stored.status}"
    if stored.gone_at:
        state += f" since {when(stored.gone_at)}"
    yield _styled(
        f"{state} · first seen {when(stored.first_seen)} · last checked {when(stored.last_checked)}"
    )
    yield ""


def text_lines(stored: StoredArticle, paragraphs: Sequence[str]) -> Iterator[str]:
    """Paragraphs with a blank line after each, wrapped to the terminal."""
    for paragraph in paragraphs:
        yield wrapped(shown(paragraph, stored.article.meta))
        yield ""


def shown(text: str, meta: PageMeta) -> str:
    """One line of the article's own text, in its own direction."""
    return rtl_line(text) if meta.direction == "rtl" else safe(text)


def wrapped(line: str) -> str:
    """A line broken at words to the terminal's width; as it is where the output is no terminal."""
    columns = width()
    return textwrap.fill(line, min(columns, 100), break_long_words=False) if columns else line


def why_lines(stored: StoredArticle) -> Iterator[str]:
    """The body with every removal in its place."""
    yield from head_lines(stored)
    yield from body_with_cuts(stored.article)


def body_with_cuts(article: CleanArticle) -> Iterator[str]:
    """Paragraphs and removals in their order; each removal with its kind, its rule, where it points."""
    for index in range(len(article.paragraphs) + 1):
        for removal in article.removals:
            if removal.after_paragraph == index:
                yield _removal_line(removal, article.meta)
        if index < len(article.paragraphs):
            yield wrapped(shown(article.paragraphs[index], article.meta))
            yield ""
    if not article.removals:
        yield _styled("nothing was cut from this article")


def _removal_line(removal: Removal, meta: PageMeta) -> str:
    target = f" → {safe(removal.target)}" if removal.target else ""
    label = click.style(f"- [{removal.kind} · {safe(in_words(removal.rule))}]", fg="red")
    return f"{label} {shown(' '.join(removal.text.split()), meta)}{target}\n"


def removals_json(article: CleanArticle) -> list[dict[str, object]]:
    """The removals as the commands' JSON has them."""
    return [
        {
            "kind": removal.kind.value,
            "rule": removal.rule,
            "text": removal.text,
            "after_paragraph": removal.after_paragraph,
            "target": removal.target,
        }
        for removal in article.removals
    ]


#: who made a version, where it was not the outlet
_CAUSES: Final = MappingProxyType({"rules": " (our reading, not the outlet)", "import": " (import)"})


def version_lines(versions: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One line a version: number, when it was seen, what changed and why."""
    for version in versions:
        changed = ", ".join(version["changed"]) or "first seen"
        cause = _CAUSES.get(version["cause"], "")
        yield safe(
            f"{version['version']:>3}  {when(version['seen_at'])}  {changed}{cause}  {version['words']} words"
            f"  {version['title']}"
        )


def link_lines(links: Sequence[dict[str, Any]]) -> Iterator[str]:
    """One line a link, with the article it leads to where that is stored."""
    for link in links:
        known = f"  (article {link['to_article_id']})" if link["to_article_id"] else ""
        yield safe(f"{link['url']}  {link['text']}{known}")
    if not links:
        yield _styled("the text has no links")


def relation_lines(stored: StoredArticle) -> Iterator[str]:
    """What the article was made from.

    A copy is related to every earlier copy, too: those are counted, `lineage` shows them.
    """
    kin = [one for one in stored.relations if one.type != "same-story"]
    told = [one for one in kin if one.to_first or one.origin != "text"][:MOST_RELATIONS]
    yield from map(relation_line, told)
    others, hint = len(kin) - len(told), f"(presswatch lineage {stored.id})"
    if others:
        yield f"related to {others} {'other' if others == 1 else 'others'} {hint}"


def story_lines(size: Size | None) -> tuple[str, ...]:
    """Which story an article is part of, and how to see it; nothing where `lineage` tells all of it."""
    if size is None or size.reports < 2:
        return ()
    return (f"story {size.story}: {size.articles:,} articles (presswatch stories {size.story})",)


def relation_line(relation: Relation) -> str:
    """A relation with its evidence."""
    known = f"article {relation.id} " if relation.id else ""
    arrow = "→" if relation.direction_known else "↔"
    evidence = "; ".join(relation.evidence)
    return safe(f"{arrow} {relation.type} {known}{relation.url} ({relation.confidence:.2f}: {evidence})")


def _styled(line: str) -> str:
    return click.style(line, dim=True)
