"""``try``: fetch or read one feed or page, store nothing, show what would be stored and what was cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from pipeline.article import CleanArticle
from pipeline.errors import NotFoundError
from pipeline.types import Failure, FailureClass, FeedEntry, FeedSnapshot
from presswatch.cli.context import App, now
from presswatch.cli.output import print_json
from presswatch.cli.reading import body_with_cuts, removals_json, shown
from presswatch.cli.terminal import safe
from presswatch.cli.words import counted, when

if TYPE_CHECKING:
    from crawler.fetched import Fetched

Kind = Literal["feed", "page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A document that arrived, and what it is."""

    status: int
    final_url: str
    document: FeedSnapshot | CleanArticle


@click.command("try", epilog="Example: presswatch try https://example.org/feed.xml")
@click.argument("url")
@click.option(
    "--as", "kind", type=click.Choice(("feed", "page")), help="What it is; told by the document if not given."
)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read this file as if it came from URL; nothing is fetched.",
)
@click.option("--proxy", metavar="URL", help="Fetch through this proxy (http://host:port).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def try_(
    ctx: click.Context, url: str, kind: Kind | None, file: Path | None, proxy: str | None, as_json: bool
) -> None:
    """Show exactly what would be stored of a feed or page, and what would be cut; store nothing."""
    app: App = ctx.obj
    answer = _from_file(url, file) if file else _fetched(app, url, kind, proxy)
    tried = answer if isinstance(answer, Failure) else _read(app, answer, kind)
    if as_json:
        print_json(_json(tried))
    elif isinstance(tried, Failure):
        click.echo(f"presswatch: {safe(f'{tried.kind}: {tried.message} ({url})')}", err=True)
    else:
        for line in _lines(tried):
            click.echo(line)
    ctx.exit(1 if isinstance(tried, Failure) else 0)


def _from_file(url: str, file: Path) -> Fetched:
    from crawler.fetched import Fetched

    try:
        body = file.read_bytes()
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
        raise NotFoundError(message) from error
    return Fetched(url=url, final_url=url, status=200, body=body)


def _fetched(app: App, url: str, kind: Kind | None, proxy: str | None) -> Fetched | Failure:
    # Scrapy takes 0.6 s to import, which --help and --file do not need.
    from crawler.fetcher import Fetcher, run_with_fetcher

    async def fetch(fetcher: Fetcher) -> Fetched | Failure:
        return await fetcher.get(url, kind or "page")

    return run_with_fetcher(app.fetch_options(proxy), fetch)


def _read(app: App, answer: Fetched, kind: Kind | None) -> Tried | Failure:
    # feedparser and the page reader are slow to import; --help needs neither.
    from crawler.feed import parse_feed

    if kind != "page":
        snapshot = parse_feed(answer.body, answer.final_url, content_type=answer.content_type)
        if snapshot.format != "unknown":
            return Tried(status=answer.status, final_url=answer.final_url, document=snapshot)
        if kind == "feed":
            return Failure(kind=FailureClass.PARSE, message=snapshot.problem or "not a feed")
    return _read_page(app, answer)


def _read_page(app: App, answer: Fetched) -> Tried | Failure:
    from crawler.headers import http_date
    from pipeline.article import PageHints
    from pipeline.decide import judge
    from pipeline.read import read_page
    from pipeline.types import Rejected

    hints = PageHints(reference=http_date(answer.header("date")) or now())
    article = read_page(
        answer.body,
        answer.final_url,
        content_type=answer.content_type,
        hints=hints,
        folders=app.config().rule_folders(),
    )
    verdict = judge(article, ())
    if isinstance(verdict, Rejected):
        return verdict.failure
    return Tried(status=answer.status, final_url=answer.final_url, document=article)


def _json(tried: Tried | Failure) -> dict[str, Any]:
    if isinstance(tried, Failure):
        return {"kind": "error", "error": {"class": tried.kind.value, "message": tried.message}}
    where = {"status": tried.status, "final_url": tried.final_url}
    if isinstance(tried.document, FeedSnapshot):
        entries = [entry_json(entry) for entry in tried.document.entries]
        return {"kind": "feed"} | where | {"entries": entries, "problem": tried.document.problem}
    from presswatch.exchange import article_fields

    article = article_fields(tried.document)
    return {"kind": "page"} | where | {"article": article, "removals": removals_json(tried.document)}


def entry_json(entry: FeedEntry) -> dict[str, object]:
    """A feed's entry; times are ISO 8601 in UTC."""
    from pipeline.store.connection import iso

    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "published": iso(entry.published),
        "updated": iso(entry.updated),
        "authors": list(entry.authors),
        "summary": entry.summary,
    }


def _lines(tried: Tried) -> Iterator[str]:
    document = tried.document
    if isinstance(document, FeedSnapshot):
        yield from _feed_lines(document)
    else:
        yield from _page_lines(document)


def _feed_lines(snapshot: FeedSnapshot) -> Iterator[str]:
    yield safe(
        f"{snapshot.format} feed “{snapshot.title}”: {counted(len(snapshot.entries), 'entry', 'entries')}"
    )
    if snapshot.problem:
        yield safe(f"problem: {snapshot.problem}")
    for entry in snapshot.entries:
        yield safe(f"{when(entry.published)}  {entry.title}  {entry.url or '(no link)'}")


def _page_lines(article: CleanArticle) -> Iterator[str]:
    meta = article.meta
    yield click.style(shown(meta.title or "(no title)", meta), bold=True)
    facts = (
        meta.published and when(meta.published),
        ", ".join(meta.authors),
        meta.section,
        meta.language,
        article.kind,
    )
    yield safe(" · ".join(fact for fact in facts if fact))
    yield safe(meta.canonical_url or meta.url)
    yield ""
    yield from body_with_cuts(article)
