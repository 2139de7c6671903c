"""``db``: looking after the database file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.errors import StoreDamagedError, StoreError, StoreLockedError, UsageError
from pipeline.store import archive_care, care, cli_queries, retention
from pipeline.store.archive import archive_path, open_archive
from pipeline.store.retention import Keeping
from presswatch.cli.context import App, now, pass_app
from presswatch.cli.filters import Moment
from presswatch.cli.output import print_json
from presswatch.cli.words import counted

if TYPE_CHECKING:
    from pipeline.store.connection import Store

#: what `db prune` counts
_COUNTED = (
    "feed_checks",
    "failures",
    "incidents",
    "gaps",
    "articles",
    "versions",
    "pages",
    "entries",
    "raw_pages",
)


@click.group(epilog="Example: presswatch db backup news-copy.db")
def db() -> None:
    """Look after the database file. It is plain SQLite: sqlite3, sqlite-utils and Datasette open it."""


@db.command(epilog="Example: presswatch db path")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def path(app: App, as_json: bool) -> None:
    """Print where the database is; exit code 0 whether or not it exists yet."""
    if as_json:
        print_json({"path": str(app.db.absolute()), "exists": app.db.exists()})
    else:
        click.echo(app.db.absolute())


@db.command(epilog="Example: presswatch db migrate")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def migrate(app: App, as_json: bool) -> None:
    """Bring the database's tables up to date; every command that opens it does so by itself."""
    before = cli_queries.schema_number(app.db) if app.db.is_file() else 0
    app.write().close()
    after = cli_queries.schema_number(app.db)
    if as_json:
        print_json({"from": before, "to": after})
    elif before == after:
        click.echo(f"schema {after}: up to date")
    else:
        click.echo(f"schema {before} → {after}")


@db.command(epilog="Example: presswatch db check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def check(app: App, as_json: bool) -> None:
    """Look for damage: SQLite's own integrity check, what must hold between our tables, and the raw pages."""
    with app.read() as store:
        problems = care.check(store)
        totals = care.totals(store) if not problems else {}
    pages, kept = _check_pages(app.db)
    if as_json:
        print_json({"ok": not problems + pages, "problems": problems + pages, "totals": totals | kept})
    for problem in pages:
        app.say(problem)
    if problems:
        for problem in problems:
            app.say(problem)
        message = (
            f"{app.db}: {counted(len(problems), 'problem')}; keep a copy of the file, then restore a backup"
        )
        raise StoreDamagedError(message)
    if pages:
        message = f"{archive_path(app.db)}: move it away; the articles do not need it, a new one is begun"
        raise StoreDamagedError(message)
    if not as_json:
        click.echo(f"ok: {', '.join(f'{count} {table}' for table, count in (totals | kept).items())}")


def _check_pages(database: Path) -> tuple[list[str], dict[str, int]]:
    """What is wrong with the file of raw pages, and how much is in it."""
    if not archive_path(database).exists():
        return [], {}
    try:
        with open_archive(database) as archive:
            problems = archive_care.check(archive)
            return problems, {} if problems else archive_care.totals(archive)
    except StoreError as error:
        return [str(error)], {}


@db.command(epilog="Example: presswatch db backup /backups/news.db")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace FILE where it exists.")
@click.option("--no-pages", is_flag=True, help="Leave out the raw pages (reprocess, show --html).")
@pass_app
def backup(app: App, file: Path, overwrite: bool, no_pages: bool) -> None:
    """Copy the database to FILE and the raw pages beside it, also while a crawl writes to them.

    Never copy the files by hand then. The raw pages of press.db are in press.pages.db.
    """
    raw = not no_pages and archive_path(app.db).exists()
    files = [file, archive_path(file)] if raw else [file]
    _check_targets(app.db, files, overwrite)
    with app.read() as store:
        _copy(store, file)
    if raw:
        with open_archive(app.db) as archive:
            _copy(archive.store, files[1])
    names = ", ".join(f"{copy}, {copy.stat().st_size / 1_000_000:.1f} MB" for copy in files)
    click.echo(f"{app.db} copied to {names}")


def _check_targets(database: Path, files: list[Path], overwrite: bool) -> None:
    there = [file for file in files if file.exists()]
    if there and not overwrite:
        message = f"{there[0]}: exists already; name another file or add --overwrite"
        raise UsageError(message)
    own = {one.absolute().resolve() for one in (database, archive_path(database))}
    if own.intersection(one.absolute().resolve() for one in files):
        raise UsageError("the backup cannot be the database itself")
    if not files[0].absolute().parent.is_dir():
        message = f"{files[0]}: its folder does not exist"
        raise UsageError(message)


def _copy(store: Store, file: Path) -> None:
    """Copy a live database; until the copy is complete, what had the file's name stays."""
    part = file.with_name(f".{file.name}.part")
    try:
        store.backup(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@db.command(epilog="Example: presswatch db prune --before 90d --articles-before 730d --dry-run")
@click.option(
    "--before",
    type=Moment(),
    help="Forget polls, passing failures, ended incidents and healed gaps that are older.  [default: 90d]",
)
@click.option(
    "--articles-before",
    type=Moment(),
    help="Forget articles, too, of which there was no sign of life since then.  [default: none]",
)
@click.option("--dry-run", is_flag=True, help="Only count what would be forgotten.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def prune(
    app: App, before: datetime | None, articles_before: datetime | None, dry_run: bool, as_json: bool
) -> None:
    """Forget the history of polls and of what passed, and give the space back.

    Articles stay unless --articles-before says otherwise. An article's signs of life are its publication, its
    first reading, a change, and a new address. One that is forgotten is not stored again as new when its feed
    still shows it; `import` brings it back. What failed for good and the runs stay.
    """
    at = now()
    if articles_before is not None and articles_before > at:
        raise UsageError("--articles-before is in the future: that would be every article")
    history = before or at - Keeping().history
    gone = _count(app, history, articles_before) if dry_run else _prune(app, history, articles_before)
    if as_json:
        print_json({**gone, "dry_run": dry_run})
    else:
        click.echo(_told(gone, dry_run))


def _count(app: App, history: datetime, articles: datetime | None) -> dict[str, int]:
    with app.read() as store:
        return (
            dict.fromkeys(_COUNTED, 0)
            | retention.count_history(store, history)
            | (retention.count_articles(store, articles) if articles else {})
        )


def _prune(app: App, history: datetime, articles: datetime | None) -> dict[str, int]:
    with app.write() as store:
        gone = dict.fromkeys(_COUNTED, 0) | retention.prune_history(store, history)
        if articles:
            gone |= retention.prune_articles(store, articles, now())
            gone["raw_pages"] = _forget_raw_pages(app, store)
        try:
            care.compact(store)
        except StoreLockedError:
            app.say("the space was not given back: another program is at work on the database")
    return gone


def _forget_raw_pages(app: App, store: Store) -> int:
    """Forget the raw pages of what is gone; what is wrong with their file does not stop anything."""
    if not archive_path(app.db).exists():
        return 0
    try:
        with open_archive(app.db) as archive:
            count = retention.forget_raw_pages(store, archive)
            archive.give_back(0)  # all of it
            return count
    except StoreError as error:
        app.say(f"raw pages stay for now: {error}")
        return 0


def _told(gone: dict[str, int], dry_run: bool) -> str:
    words = [
        counted(gone["feed_checks"], "poll"),
        counted(gone["failures"], "failure"),
        *(counted(gone[name], name[:-1]) for name in ("incidents", "gaps") if gone[name]),
    ]
    if gone["articles"]:
        words.append(f"{counted(gone['articles'], 'article')} ({counted(gone['versions'], 'version')})")
    return f"{'would forget' if dry_run else 'forgot'} {', '.join(words)}"
