"""``articles`` and ``show``: what is in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import click

from pipeline.store import browse, cli_queries, lineage, stories
from pipeline.store.browse import Found, StoredArticle
from pipeline.store.connection import Store
from presswatch.cli import reading
from presswatch.cli.context import App, pass_app
from presswatch.cli.filters import filter_options, make_filters
from presswatch.cli.output import print_json
from presswatch.cli.rawpage import kept_page, page_json, write_page
from presswatch.cli.terminal import rtl_line, safe, table
from presswatch.cli.words import when, width

_MARKS = {"live": "", "gone": "gone"}


@click.command(epilog="Example: presswatch articles --outlet nv --since 6h")
@filter_options(most=50)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@pass_app
def articles(app: App, /, as_json: bool, **given: Any) -> None:
    """List articles, newest first: id, time, outlet, language, version or "gone", title.

    Times are in this machine's zone; with --json in UTC. With --originals each article's copies, versions and
    translations are left out and counted ("+7"); `lineage` shows them.
    """
    with app.read() as store:
        filters = make_filters(store, given)
        found = browse.list_articles(store, filters)
        copies = lineage.count_copies(store, [line.id for line in found]) if filters.originals else {}
    if as_json:
        print_json([asdict(line) | _copies_json(copies, line.id) for line in found])
    elif found:
        click.echo(article_table(found, copies))
    else:
        app.say("no articles match")


def _copies_json(copies: Mapping[int, int], article_id: int) -> dict[str, int]:
    return {"copies": copies[article_id]} if article_id in copies else {}


def article_table(found: Iterable[Found], copies: Mapping[int, int] = MappingProxyType({})) -> str:
    """Articles as lines of a table that fits the terminal; with a column of copies where they were counted."""
    rows = [
        (
            str(line.id),
            when(line.published or line.first_seen),
            safe(line.outlet),
            line.language or "-",
            _MARKS.get(line.status, f"v{line.version}"),
            *([f"+{copies[line.id]}" if copies[line.id] else ""] if copies else []),
            _title(line),
        )
        for line in found
    ]
    headers = ("id", "time", "outlet", "lang", "", *(["copies"] if copies else []), "title")
    return table(rows, headers, width())


def _title(line: Found) -> str:
    return rtl_line(line.title) if line.direction == "rtl" else safe(line.title)


@click.command(epilog="Example: presswatch show 17 --why")
@click.argument("article", metavar="ID|URL")
@click.option("--raw", "part", flag_value="raw", help="The extracted text before anything was cut.")
@click.option("--html", "part", flag_value="html", help="The page as it was fetched, where it was kept.")
@click.option("--why", "part", flag_value="why", help="What was cut, in its place, by which rule.")
@click.option("--versions", "part", flag_value="versions", help="When it changed, and what.")
@click.option("--links", "part", flag_value="links", help="The links in the text.")
@click.option(
    "--version", type=click.IntRange(min=1), metavar="N", help="This version; the latest if not given."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def show(app: App, article: str, part: str | None, version: int | None, as_json: bool) -> None:
    """Show one article, by its id or any of its addresses."""
    with app.read() as store:
        stored = browse.load(store, browse.resolve(store, article), version)
        page = kept_page(app.db, store, stored) if part == "html" else None
        document = page_json(stored, page) if page else _part(store, stored, part)
        tail = _tail(store, stored.id) if part is None else ()
    if as_json:
        print_json(document)
    elif page:
        write_page(page)
    else:
        for line in _lines(stored, part, document, tail):
            click.echo(line)


def _tail(store: Store, article_id: int) -> tuple[str, ...]:
    """What else there is to look at: how much was made of an article, and the story that it is part of."""
    copies = lineage.count_copies(store, [article_id])[article_id]
    return (
        *((f"copies: {copies} (presswatch lineage {article_id})",) if copies else ()),
        *reading.story_lines(stories.size_of_story(store, article_id)),
    )


def _part(store: Store, stored: StoredArticle, part: str | None) -> dict[str, Any]:
    which = {"id": stored.id, "version": stored.version}
    if part == "raw":
        # Reading pages costs half a second to import; no other view of an article needs it.
        from pipeline.read import rebuild

        return which | {"text": rebuild(stored.article)}
    if part == "why":
        return which | {"removals": reading.removals_json(stored.article)}
    if part == "versions":
        return {"id": stored.id, "versions": cli_queries.versions_of(store, stored.id)}
    if part == "links":
        return which | {"links": cli_queries.links_of(store, stored.id, stored.version)}
    from presswatch.exchange import article_json

    return article_json(stored)


def _lines(
    stored: StoredArticle, part: str | None, document: dict[str, Any], tail: Sequence[str]
) -> Iterable[str]:
    if part == "raw":
        return reading.text_lines(stored, str(document["text"]).split("\n\n"))
    if part == "why":
        return reading.why_lines(stored)
    if part == "versions":
        return reading.version_lines(document["versions"])
    if part == "links":
        return reading.link_lines(document["links"])
    return reading.article_lines(stored, tail)
