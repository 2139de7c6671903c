"""``export`` and ``import``: articles out and in."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

import click

from pipeline.article import PageHints
from pipeline.errors import NotFoundError, UsageError
from pipeline.store.archive_keeper import PageKeeper
from pipeline.store.articles import article_at
from pipeline.types import FetchedPage, New, Rejected, Revision
from presswatch.cli.context import App, now, pass_app
from presswatch.cli.filters import filter_options, make_filters
from presswatch.cli.output import print_json, write_csv, write_jsonl
from presswatch.cli.words import counted

if TYPE_CHECKING:
    from pipeline.article import CleanArticle, PageMeta
    from pipeline.importing import Incoming
    from pipeline.store.connection import Store
    from presswatch.config import Config

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}


@click.command(
    epilog="Examples: presswatch export july.jsonl --since 2026-07-01; presswatch export - | jq .title"
)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--format", "kind", metavar="jsonl|csv", help="By the file's ending if not given.")
@filter_options(most=None)
@pass_app
def export(app: App, /, file: str, kind: str | None, **given: Any) -> None:
    """Write articles to FILE ("-" for standard output), each with its latest version.

    jsonl: the document of `show --json`, one a line; `import` reads it again. csv: a flat table; cells that a
    spreadsheet would take for a formula are made text.
    """
    from pipeline.store.browse import each_article
    from presswatch.exchange import COLUMNS, article_json, flat_row

    form = _format(file, kind)
    with app.read() as store:
        documents = (article_json(stored) for stored in each_article(store, make_filters(store, given)))
        with _target(file) as stream:
            if form == "csv":
                count = write_csv(stream, map(flat_row, documents), COLUMNS)
            else:
                count = write_jsonl(stream, documents)
    app.say(f"{counted(count, 'article')} written to {'standard output' if file == '-' else file}")


def _format(file: str, kind: str | None) -> str:
    wanted = kind.lower() if kind else FORMATS.get(Path(file).suffix.lower(), "jsonl" if file == "-" else "")
    if wanted not in FORMATS.values():
        named = f"format {kind!r}" if kind else f"the ending of {file!r}"
        message = f"{named} is none that can be written; choose --format jsonl or --format csv"
        raise UsageError(message)
    return wanted


@contextmanager
def _target(file: str) -> Iterator[TextIO]:
    """The file to write; it appears under its name only when it is whole."""
    if file == "-":
        yield sys.stdout
        return
    path = Path(file)
    direct = path.exists() and not path.is_file()  # a pipe or a device cannot be replaced
    part = path if direct else path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        if not direct:
            part.replace(path)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror})"
        raise UsageError(message) from error
    finally:
        if not direct:
            part.unlink(missing_ok=True)


@click.command("import", epilog="Example: presswatch import archive.jsonl")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def import_(ctx: click.Context, file: str, as_json: bool) -> None:
    """Read articles from FILE ("-" for standard input).

    Each line is a JSON object with url, title, text, published, language, outlet. With html the raw page is
    read as if it had been fetched. Dates without an offset are UTC. An outlet that is not there is made,
    without feeds. What is in the database already is not stored again. Exit code 1 where lines could not be
    read; the others are stored.
    """
    from pipeline.relate.relating import catch_up
    from presswatch.incoming import read_lines

    app: App = ctx.obj
    counts: Counter[str] = Counter()
    problems: list[dict[str, object]] = []
    read_html, keeper = _HtmlReader(app.config()), PageKeeper(db=app.db, retention=app.config().pages)
    with _source(file) as lines, app.write(create=True) as store:
        writer = _Writer(store=store, keeper=keeper, pages=read_html, counts=counts)
        for number, incoming in read_lines(lines, read_html):
            problem = incoming if isinstance(incoming, str) else writer.store_one(incoming)
            if problem:
                problems.append({"line": number, "message": problem})
                if not as_json:
                    app.say(f"line {number}: {problem}")
        keeper.close()
        catch_up(store, now())
    if keeper.trouble:
        app.say(keeper.trouble)
    _tell(counts, problems, as_json)
    ctx.exit(1 if problems else 0)


class _HtmlReader:
    """Reads the raw pages of rows as if they had been fetched; ``last`` is the latest, for keeping it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.last: tuple[CleanArticle, FetchedPage, PageHints] | None = None

    def __call__(self, html: str, meta: PageMeta) -> CleanArticle:
        # Only files with raw pages need the reader, which takes half a second to import.
        from pipeline.read import read_page

        hints = PageHints(
            reference=meta.published,
            language=meta.language,
            title=meta.title or None,
            published=meta.published,
        )
        page = FetchedPage(
            page_id=0,
            url=meta.url,
            final_url=meta.url,
            status=200,
            body=html.encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
            at=now(),
        )
        article = read_page(
            page.body,
            page.final_url,
            content_type=page.content_type,
            hints=hints,
            folders=self.config.rule_folders(),
        )
        self.last = (article, page, hints)
        return article


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Where the articles of a file go; ``counts`` is how many came to which verdict."""

    store: Store
    keeper: PageKeeper
    pages: _HtmlReader
    counts: Counter[str]

    def store_one(self, incoming: Incoming) -> str | None:
        """Store the article that was read last, with its page; what is wrong with it where it is rejected."""
        from pipeline.importing import import_article

        verdict = import_article(self.store, incoming, now())
        if isinstance(verdict, Rejected):
            return f"{verdict.failure.kind}: {verdict.failure.message}"
        self.counts[type(verdict).__name__.lower()] += 1
        raw = self.pages.last
        if raw and raw[0] is incoming.article and isinstance(verdict, New | Revision):
            article_id = article_at(self.store, incoming.article.url)
            self.keeper.keep(self.store, *raw[1:], article_id=article_id)
        return None


@contextmanager
def _source(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as stream:
            yield stream
    except FileNotFoundError as error:
        message = f"{file}: there is no such file"
        raise NotFoundError(message) from error
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
        raise UsageError(message) from error


def _tell(counts: Counter[str], problems: list[dict[str, object]], as_json: bool) -> None:
    names = (("new", "new"), ("revised", "revision"), ("unchanged", "unchanged"), ("duplicate", "duplicate"))
    done = {name: counts[word] for name, word in names}
    if as_json:
        print_json(done | {"bad": len(problems), "errors": problems})
        return
    parts = [f"{count} {name}" for name, count in done.items() if count or name == "new"]
    parts.extend([counted(len(problems), "bad line")] if problems else [])
    click.echo(" · ".join(parts))
