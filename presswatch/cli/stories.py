"""``stories``: which articles are on one event, who reported it first, who followed, in which languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from pipeline.errors import NotFoundError
from pipeline.store import lineage
from pipeline.store.connection import Store
from pipeline.store.lineage import Head, Source
from pipeline.store.stories import Change, Member, Story, recent_stories, story
from presswatch.cli.context import App, pass_app
from presswatch.cli.filters import Moment
from presswatch.cli.lineage_tree import after
from presswatch.cli.output import print_json
from presswatch.cli.terminal import rtl_line, safe, table
from presswatch.cli.words import counted, when, width

_WORDS = {
    "same-as": "the same as",
    "version-of": "version of",
    "syndicated-copy-of": "copy of",
    "translation-of": "translation of",
}
_OWN = "own report"


@click.command(epilog="Examples: presswatch stories --since 2d; presswatch stories 12")
@click.argument("number", metavar="[STORY]", type=click.IntRange(min=1), required=False)
@click.option("--since", type=Moment(), help="Only stories with a report from then on (6h, 2d, 2026-01-31).")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="At most so many stories, or articles of one story.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def stories(app: App, number: int | None, since: datetime | None, limit: int, as_json: bool) -> None:
    """List stories: articles on one event, in any language; with STORY show that one's timeline.

    The story reported last comes first. "reports" are the articles that are no copy or translation of another
    one in the story. A story is a suggestion: the confidence says how well its articles fit together.
    """
    with app.read() as store:
        if number is not None:
            _show(store, number, limit, as_json=as_json)
            return
        found = recent_stories(store, since, limit)
        heads = lineage.heads(store, [one.members[0].article_id for one in found])
    if as_json:
        print_json([summary_json(one) for one in found])
    elif found:
        click.echo(story_table(found, heads))
    else:
        app.say("no stories" if since is None else "no stories since then")


def _show(store: Store, number: int, limit: int, *, as_json: bool) -> None:
    found = story(store, number)
    if found is None:
        raise NotFoundError(f"there is no story {number}, or none any more; `presswatch stories` lists them")
    ids = [member.article_id for member in found.members]
    sources = lineage.sources_of(store, ids)
    heads = lineage.heads(store, ids)
    if as_json:
        print_json(story_json(found, sources))
        return
    if found.id != number:
        click.echo(f"story {number} was merged into story {found.id}")
    for line in story_lines(found, sources, heads, limit):
        click.echo(line)


# --- for people -------------------------------------------------------------------------------------------


def story_table(found: Sequence[Story], heads: Mapping[int, Head]) -> str:
    """Stories as lines of a table that fits the terminal; each under the title of its first report."""
    rows = [
        (
            str(one.id),
            when(one.last_report),
            str(one.articles),
            str(_reports(one)),
            str(len(one.outlets)),
            safe(" ".join(one.languages)) or "-",
            f"{one.confidence:.2f}",
            _title(one.title, heads.get(one.members[0].article_id)),
        )
        for one in found
    ]
    headers = ("id", "last report", "articles", "reports", "outlets", "lang", "conf", "title")
    return table(rows, headers, width())


def _reports(one: Story) -> int:
    return sum(member.own for member in one.members)


def _title(title: str, head: Head | None) -> str:
    return rtl_line(title) if head and head.direction == "rtl" else safe(title)


def story_lines(
    found: Story, sources: Mapping[int, Source], heads: Mapping[int, Head], limit: int
) -> Iterator[str]:
    """The first report's title, what there is, then one line an article; last, what became of the story."""
    first = found.members[0]
    yield click.style(_title(found.title, heads.get(first.article_id)), bold=True)
    facts = (
        f"story {found.id}",
        counted(found.articles, "article"),
        counted(_reports(found), "report"),
        counted(len(found.outlets), "outlet"),
        safe(", ".join(found.languages)) or "language unknown",
        f"confidence {found.confidence:.2f}",
    )
    yield " · ".join(facts)
    yield ""
    rows = [_row(member, first, sources.get(member.article_id), heads) for member in found.members[:limit]]
    yield table(rows, ("time", "after", "outlet", "lang", "is", "article"), width())
    if len(found.members) > limit:
        yield f"and {len(found.members) - limit:,} more"
    if found.changes:
        yield ""
        yield from map(_change_line, found.changes)


def _row(
    member: Member, first: Member, source: Source | None, heads: Mapping[int, Head]
) -> tuple[str, str, str, str, str, str]:
    title = _title(member.title, heads.get(member.article_id))
    return (
        when(member.at),
        "first" if member is first else after(_time(member) - _time(first)),
        safe(member.outlet),
        member.language or "-",
        f"{_WORDS[source.type]} [{source.id}]" if source else _OWN,
        f"[{member.article_id}] {title}",
    )


def _time(member: Member) -> datetime:
    return datetime.fromisoformat(member.at)


def _change_line(change: Change) -> str:
    if change.what == "merged":
        return f"{when(change.at)}  story {change.other_id} went into story {change.story_id}"
    articles = ", ".join(map(str, change.articles))
    left = f"{'article' if len(change.articles) == 1 else 'articles'} {articles} left story {change.story_id}"
    return f"{when(change.at)}  {left} {f'for story {change.other_id}' if change.other_id else 'for none'}"


# --- for programs -----------------------------------------------------------------------------------------


def summary_json(one: Story) -> dict[str, Any]:
    """One line of ``stories --json``."""
    return {
        "id": one.id,
        "title": one.title,
        "first_article": one.members[0].article_id,
        "articles": one.articles,
        "reports": _reports(one),
        "outlets": list(one.outlets),
        "languages": list(one.languages),
        "first_report": one.first_report,
        "last_report": one.last_report,
        "confidence": one.confidence,
    }


def story_json(one: Story, sources: Mapping[int, Source]) -> dict[str, Any]:
    """The document of ``stories STORY --json``."""
    start = _time(one.members[0])
    return summary_json(one) | {
        "members": [
            asdict(member)
            | {
                "delay_seconds": round((_time(member) - start).total_seconds()),
                "is": sources[member.article_id].type if member.article_id in sources else "own-report",
                "of": sources[member.article_id].id if member.article_id in sources else None,
            }
            for member in one.members
        ],
        "changes": [asdict(change) for change in one.changes],
    }
